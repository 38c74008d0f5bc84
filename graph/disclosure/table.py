"""The counts of a city that may be published in part: organizations by area and by what is to be done or is done about them.

Areas are the city, its districts, its streets, and beside them the zones and departments that keep ledgers of their own. What lies
in no district or street, or stands in no ledger, is an area too: a whole and its parts differ by nothing that isn't looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.city import ACTIONS, City
from graph.columns import is_known, only, texts
from graph.coverage import SHEETS, Sets
from graph.disclosure.cells import Cells
from graph.disclosure.publishing import Published, published

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from graph.policy.profile import Profile
    from graph.store.base import Store

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Place = tuple[str, ...]

CITY = "city"
LEVELS = (CITY, "district", "street", "zone", "dept")
"""Kinds of areas, in the order in which they are told."""
NOWHERE = {"district": "no_district", "street": "no_street"}
"""What lies in the whole but in no part of it: in the city and no district, in a district and no street."""
CATEGORIES = (
    "organizations", "in_base", "outside_base", "covered", "uncovered",
    *(f"line:{line}" for line in SHEETS), *(f"action:{action}" for action in ACTIONS),
)  # fmt: skip
"""What is counted: all; the base (as ``org_operating`` takes it) and the rest; of the base, those with a unit and the rest; by
line; by what the survey says is to be done. Never persons."""


@dataclass(frozen=True)
class Area:
    """An area: its id as ``--in`` takes it, kind, name, and the area above (``None`` of the city)."""

    id: str
    kind: str
    name: str
    above: str | None


@dataclass(frozen=True, eq=False)
class Table:
    """A city's counts at some dates, and what of them anybody may see.

    Attributes
    ----------
    areas : tuple of Area
    published : Published
    """

    areas: tuple[Area, ...]
    published: Published


class Count:
    """One city at one date, by place and sort: what an organization counts for, and where.

    Parameters
    ----------
    city : graph.city.City
    within : numpy.ndarray of bool, optional
        Only some organizations.
    """

    def __init__(self, city: City, within: Bools | None = None) -> None:
        o = city.organizations
        sets = Sets.of(city)
        rows = np.ones(len(o), dtype=bool) if within is None else within
        line = texts(o["line"])
        of: dict[str, Bools] = {
            "organizations": np.ones(len(o), dtype=bool),
            "in_base": sets.base,
            "outside_base": ~sets.base,
            "covered": sets.base & sets.covered,
            "uncovered": sets.base & ~sets.covered,
        }
        of |= {f"line:{word}": line == word for word in SHEETS}
        action = texts(o["action"])
        of |= {f"action:{word}": action == word for word in ACTIONS}
        bits = sum(of[c].astype(np.int64) << n for n, c in enumerate(CATEGORIES))
        home = texts(o["ledger_unit"])
        keeps = _begins(home, ("zone:", "dept:"))
        place = pd.DataFrame(
            {
                "district": texts(o["at_district"]),
                "street": texts(o["at_street"]),
                "home": only(keeps, home),
                "sort": bits,
            }
        )[rows]
        counted = place.fillna({"district": "", "street": "", "home": ""})
        sizes = counted.groupby(["district", "street", "home", "sort"], sort=True).size()
        self.sizes: dict[tuple[str, str, str, int], int] = {}
        for key, size in zip(sizes.index.to_flat_index(), sizes.to_numpy(), strict=True):
            district, street, unit, sort = key
            self.sizes[str(district), str(street), str(unit), int(sort)] = int(size)
        named = city.places.divisions["name"]
        self.names: dict[str, str] = {
            str(k): str(n) for k, n in zip(named.index, texts(named), strict=True) if n is not None
        }
        units = o[keeps & is_known(texts(o["ledger_unit_name"]))]
        self.names |= dict(
            zip(texts(units["ledger_unit"]), texts(units["ledger_unit_name"]), strict=True)
        )
        whole = city.places.divisions
        cities = whole.index[whole["level"].eq("市").to_numpy(dtype=bool)]
        self.city = str(cities[0]) if len(cities) == 1 else None

    def by_area(self) -> dict[tuple[str, str], dict[str, int]]:
        """Return the counts by area (kind and id) and category."""
        out: dict[tuple[str, str], dict[str, int]] = {}
        for (district, street, home, bits), size in self.sizes.items():
            for area in areas_of(district, street, home):
                here = out.setdefault(area, dict.fromkeys(CATEGORIES, 0))
                for n, category in enumerate(CATEGORIES):
                    here[category] += size * (bits >> n & 1)
        return out


def areas_of(district: str, street: str, home: str) -> list[tuple[str, str]]:
    """Return the areas (kind, id) in which an organization is counted."""
    out = [(CITY, CITY), ("district", district or NOWHERE["district"])]
    out.append(("street", street or f"{NOWHERE['street']}:{district}"))
    if home:
        out.append((home.partition(":")[0], home))
    return out


def cells(counts: Sequence[Count], dates: Sequence[int]) -> tuple[tuple[Area, ...], Cells]:
    """Return areas and cells of some dates' counts."""
    places = sorted({key[:3] for one in counts for key in one.sizes})
    sorts = sorted({key[3] for one in counts for key in one.sizes})
    found: dict[tuple[str, str], str | None] = {(CITY, CITY): None}
    for place in places:
        for kind, id_ in areas_of(*place):
            above = areas_of(*place)[1][1] if kind == "street" else CITY
            found.setdefault((kind, id_), None if kind == CITY else above)
    order = sorted(found, key=lambda a: (LEVELS.index(a[0]), a[1]))
    at = {area: n for n, area in enumerate(order)}
    names: dict[str, str] = {}
    for one in counts:
        names |= one.names
    whole = counts[-1].city if counts else None
    areas = tuple(
        Area(id_, kind, names.get(whole or "", CITY) if kind == CITY else names.get(id_, id_),
             found[kind, id_])
        for kind, id_ in order
    )  # fmt: skip
    place_at = {place: n for n, place in enumerate(places)}
    sort_at = {sort: n for n, sort in enumerate(sorts)}
    sizes = np.zeros((len(counts), len(places), len(sorts)), dtype=np.int64)
    for date, one in enumerate(counts):
        for (d, s, h, bits), n in one.sizes.items():
            sizes[date, place_at[d, s, h], sort_at[bits]] = n
    return areas, Cells(
        tuple(f"{kind}|{id_}" for kind, id_ in order),
        CATEGORIES,
        tuple(dates),
        tuple(tuple(sorted({at[a] for a in areas_of(*place)})) for place in places),
        tuple(tuple(n for n in range(len(CATEGORIES)) if bits >> n & 1) for bits in sorts),
        sizes,
    )


def publications(store: Store) -> list[int]:
    """Return the dates of the imports in force, ascending: at each, figures are published anew; and the latest that a row has."""
    dates = {b.dated for b in store.batches() if not b.undone}
    return sorted({*dates, store.latest()}) if dates else []


def table(
    store: Store,
    profile: Profile,
    k: int,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Table:
    """Return a city's counts at the dates of its imports, and what anybody may see of them.

    Parameters
    ----------
    store : graph.store.base.Store
    profile : graph.policy.profile.Profile
    k : int
        Counts of 1 … k - 1 are small.
    progress : callable, optional
        Called with how many dates are counted, and of how many.
    """
    dates = publications(store)
    counts = []
    for n, date in enumerate(dates):
        counts.append(Count(City(store, profile, date)))
        progress(n + 1, len(dates))
    areas, made = cells(counts, dates)
    return Table(areas, published(made, k))


def _begins(values: NDArray[Any], words: tuple[str, ...]) -> Bools:
    code, unique = pd.factorize(values)
    says = np.array([*(str(text).startswith(words) for text in unique), False], dtype=bool)
    return np.asarray(says[code], dtype=bool)
