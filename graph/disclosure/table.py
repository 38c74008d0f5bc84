"""The counts of a city that may be published in part: organizations by area and by what is to be done or is done about them.

Areas are the city, its districts, its streets, and beside them the zones and departments that keep ledgers of their own. What lies
in no district or street, or stands in no ledger, is an area too: a whole and its parts differ by nothing that isn't looked at.
All that goes round, the overview and the bulletin for circulation, is taken from this one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.annual import Annual
from graph.city import ACTIONS, PLACED, REQUIRED, City
from graph.columns import is_known, only, texts
from graph.coverage import SHEETS, Sets
from graph.disclosure.cells import Cells
from graph.disclosure.publishing import Published, published
from graph.errors import InputError
from graph.history.beginning import first_listed
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from graph.policy.profile import Profile
    from graph.store.base import Store

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Place = tuple[str, str, str]

CITY = "city"
LEVELS = (CITY, "district", "street", "zone", "dept")
"""Kinds of areas, in the order in which they are told."""
NOWHERE = {"district": "no_district", "street": "no_street"}
"""What lies in the whole but in no part of it: in the city and no district, in a district and no street."""
STANDINGS = ("separate", "joint", "none_due", "none_few", "none_zero", "none_unknown")
"""How an organization of the base stands: the statistical forms' rows of these names (:mod:`graph.annual`)."""
CATEGORIES = (
    "organizations", "in_base", "outside_base", "covered", "uncovered", *STANDINGS,
    *(f"line:{line}" for line in SHEETS), *(f"action:{action}" for action in ACTIONS),
)  # fmt: skip
"""What is counted: all; the base (as ``org_operating`` takes it) and the rest; of the base, those with a unit and the rest, and
both as the forms tell them apart; by line; by what the survey says is to be done. Never persons."""

READ = ("line", "level", "supervisor", "instructor", *REQUIRED, *PLACED)
"""Columns of organizations that tell what each counts for, and where."""

Figure = tuple[int, int]
"""A count and the date that it is of."""


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

    def publication(self, date: int) -> int:
        """Return the date of the publication that stands at a date.

        Raises
        ------
        InputError
            Nothing was imported by then.
        """
        dates = self.published.cells.dates
        before = [one for one in dates if one <= date]
        if not before:
            said = iso(dates[0]) if dates else None
            raise InputError(
                f"{iso(date)}: nothing was imported by then; "
                + (f"the first figures are of {said}" if said else "import ledgers first"),
                f"{iso(date)}：此前没有导入；"
                + (f"最早的数据为 {said}" if said else "请先导入台账"),
            )
        return before[-1]

    def figures(self, area: int, date: int) -> dict[str, Figure | None]:
        """Return what of an area (by position) anybody may see at a date: each category's count and the date that it is of.

        ``None``: fewer than k, or the complement of such; or the last that was told is of a date at which nothing of the area was
        listed yet, and says nothing of a later one.
        """
        seen = self.published
        name, at = seen.cells.areas[area], seen.cells.dates.index(self.publication(date))
        out = {c: seen.figure(date, name, c) for c in seen.cells.categories}
        for category, figure in out.items():
            if figure is not None and not figure[0] and figure[1] < seen.cells.dates[at]:
                then = seen.cells.dates.index(figure[1])
                if not seen.cells.values[then, area].any():
                    out[category] = None
        return out

    def counted(self, date: int) -> dict[tuple[str, str], dict[str, int]] | None:
        """Return what :meth:`Count.by_area` says of the whole city at a date; ``None`` where nothing is published on it."""
        cells = self.published.cells
        if date not in cells.dates:
            return None
        values = cells.values[cells.dates.index(date)]
        return {
            (area.kind, area.id): dict(zip(cells.categories, map(int, row), strict=True))
            for area, row in zip(self.areas, values, strict=True)
            if row.any()
        }


class Count:
    """One city at one date, by place and sort: what an organization counts for, and where.

    Parameters
    ----------
    city : graph.city.City
    within : numpy.ndarray of bool, optional
        Only some organizations.
    """

    def __init__(self, city: City, within: Bools | None = None) -> None:
        # all that is needed, read at once: the derived columns of all of an organization would cost several times as much
        o = city.few(*READ)
        sets = Sets.formed(city)
        rows = np.ones(len(o), dtype=bool) if within is None else within
        line = texts(o["line"])
        of: dict[str, Bools] = {
            "organizations": np.ones(len(o), dtype=bool),
            "in_base": sets.base,
            "outside_base": ~sets.base,
            "covered": sets.base & sets.covered,
            "uncovered": sets.base & ~sets.covered,
        }
        forms = Annual(city, sets.base, sets.covered, sets.single).masks
        of |= {standing: sets.base & forms[standing] for standing in STANDINGS}
        of |= {f"line:{word}": line == word for word in SHEETS}
        action = city.action
        of |= {f"action:{word}": action == word for word in ACTIONS}
        bits = np.zeros(len(o), dtype=np.int64)
        for n, c in enumerate(CATEGORIES):
            bits |= of[c].astype(np.int64) << n
        home = texts(city.homes["ledger_unit"])
        keeps = _begins(home, ("zone:", "dept:"))
        parts = [
            pd.factorize(words[rows])
            for words in (texts(city.located["at_district"]), texts(city.located["at_street"]), only(keeps, home))
        ]  # fmt: skip
        # one number a place and sort: numbers are counted in a fraction of the time that texts take
        sort, sorts = pd.factorize(bits[rows])
        key = sort.astype(np.int64)
        for code, unique in parts:
            key = key * (len(unique) + 1) + code + 1
        found, sizes = np.unique(key, return_counts=True)
        self.sizes: dict[tuple[Place, int], int] = {}
        for number, size in zip(found.tolist(), sizes.tolist(), strict=True):
            place: list[str] = []
            for _, unique in reversed(parts):
                number, at = divmod(number, len(unique) + 1)
                place.append(str(unique[at - 1]) if at else "")
            unit, street, district = place
            self.sizes[(district, street, unit), int(sorts[number])] = size
        named = city.places.divisions["name"]
        self.names: dict[str, str] = {
            str(k): str(n) for k, n in zip(named.index, texts(named), strict=True) if n is not None
        }
        units = city.homes[keeps & is_known(texts(city.homes["ledger_unit_name"]))]
        self.names |= dict(
            zip(texts(units["ledger_unit"]), texts(units["ledger_unit_name"]), strict=True)
        )
        whole = city.places.divisions
        cities = whole.index[whole["level"].eq("市").to_numpy(dtype=bool)]
        self.city = str(cities[0]) if len(cities) == 1 else None

    def by_area(self) -> dict[tuple[str, str], dict[str, int]]:
        """Return the counts by area (kind and id) and category."""
        out: dict[tuple[str, str], dict[str, int]] = {}
        for (place, bits), size in self.sizes.items():
            for area in areas_of(*place):
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
    places = sorted({place for one in counts for place, _ in one.sizes})
    sorts = sorted({sort for one in counts for _, sort in one.sizes})
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
        for (place, bits), n in one.sizes.items():
            sizes[date, place_at[place], sort_at[bits]] = n
    return areas, Cells(
        tuple(f"{kind}|{id_}" for kind, id_ in order),
        CATEGORIES,
        tuple(dates),
        tuple(tuple(sorted({at[a] for a in areas_of(*place)})) for place in places),
        tuple(tuple(n for n in range(len(CATEGORIES)) if bits >> n & 1) for bits in sorts),
        sizes,
    )


def publications(store: Store, profile: Profile) -> list[int]:
    """Return the dates at which figures are published anew, ascending.

    Those of the imports in force, the latest that a row has, and from the first listing to then the days of bulletins (S47): what a
    bulletin tells is published on its day.
    """
    dates = {b.dated for b in store.batches() if not b.undone}
    if not dates:
        return []
    latest = store.latest()
    first = first_listed(store) or latest
    return sorted({*dates, latest, *(d for d in profile.semi_monthly if first <= d <= latest)})


def table(
    store: Store,
    profile: Profile,
    k: int,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Table:
    """Return a city's counts at the dates of its publications, and what anybody may see of them.

    Parameters
    ----------
    store : graph.store.base.Store
    profile : graph.policy.profile.Profile
    k : int
        Counts of 1 … k - 1 are small.
    progress : callable, optional
        Called with how many dates are counted, and of how many.
    """
    dates = publications(store, profile)
    counts = []
    for n, date in enumerate(dates):
        counts.append(Count(City(store, profile, date)))
        progress(n + 1, len(dates))
    areas, made = cells(counts, dates)
    return Table(areas, published(made, k))


def rate(figures: Mapping[str, Figure | None], part: str, whole: str) -> float | None:
    """Return a share of what is told: ``None`` unless both its counts are, and of one date."""
    some, all_ = figures[part], figures[whole]
    if some is None or all_ is None or some[1] != all_[1] or not all_[0]:
        return None
    return some[0] / all_[0]


def _begins(values: NDArray[Any], words: tuple[str, ...]) -> Bools:
    code, unique = pd.factorize(values)
    says = np.array([*(str(text).startswith(words) for text in unique), False], dtype=bool)
    return np.asarray(says[code], dtype=bool)
