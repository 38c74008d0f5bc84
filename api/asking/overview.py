"""The city in counts for anyone: exact within one's jurisdiction, beyond it what may be told of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.model import iso
from graph.survey import chosen_values

if TYPE_CHECKING:
    from graph.disclosure.table import Area, Figure, Table
    from graph.policy.profile import Profile
    from graph.store.base import Store

NUMERATOR, DENOMINATOR = "covered", "in_base"
"""Of the rate ``org_operating``: told only where both counts are, and of one date."""


class Kept:
    """The table that everybody sees, made once for what the store holds: whoever asks meanwhile waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: object = None
        self._table: Table | None = None

    def table(self, store: Store, profile: Profile) -> Table:
        """Return what may be told of the city."""
        from graph.disclosure.table import table

        with self._lock:
            of = store.identity, store.latest(), [(b.id, b.undone) for b in store.batches()]
            if self._table is None or self._of != of:
                self._table = table(store, profile, profile.disclosure.small_count)
                self._of = of
            return self._table


@dataclass(frozen=True, eq=False)
class Overview:
    """A city's counts as one person may see them.

    Attributes
    ----------
    as_of, of : int
        The date asked for, and the publication that stands at it.
    jurisdiction : str or None
        Where counts are exact; ``None``: everywhere.
    rows : list of (Area, bool, dict)
        Each area, whether its counts are exact, and its figures by category; ``None`` for fewer than k, or the complement of such.
    """

    as_of: int
    of: int
    jurisdiction: str | None
    profile: Profile
    rows: list[tuple[Area, bool, dict[str, Figure | None]]]

    def as_json(self) -> dict[str, Any]:
        """Return what the service says."""
        return {
            "as_of": iso(self.as_of),
            "published": iso(self.of),
            "profile": self.profile.name,
            "chosen": chosen_values(self.profile, ("small_count",)),
            "small_count": self.profile.disclosure.small_count,
            "jurisdiction": self.jurisdiction,
            "areas": [
                {
                    "id": area.id,
                    "kind": area.kind,
                    "name": area.name,
                    "above": area.above,
                    "exact": exact,
                    "counts": {
                        c: None if f is None else {"value": f[0], "of": iso(f[1])}
                        for c, f in figures.items()
                    },
                    "rate": _rate(figures),
                }
                for area, exact, figures in self.rows
            ],
        }


def overview(
    store: Store,
    profile: Profile,
    as_of: int,
    jurisdiction: str | None,
    kept: Kept,
    *,
    outside: bool = False,
) -> Overview:
    """Count the organizations of each area, by what they are and what is done about them.

    Parameters
    ----------
    store : Store
    profile : Profile
    as_of : int
    jurisdiction : str or None
        A division's code or a ledger unit's id, as ``--in`` takes them; ``None``: the whole city.
    kept : Kept
    outside : bool
        Nothing exact: as those see it whose jurisdiction none of it is.

    Raises
    ------
    InputError
        Nothing was imported by that date.
    """
    from graph.disclosure.table import CATEGORIES

    table = kept.table(store, profile)
    standing = table.publication(as_of)
    exact = {} if outside else _exact(store, profile, as_of, jurisdiction, table)
    rows = []
    for n, area in enumerate(table.areas):
        own = exact.get((area.kind, area.id))
        if own is not None:
            figures: dict[str, Figure | None] = {c: (own[c], as_of) for c in CATEGORIES}
        else:
            figures = table.figures(n, as_of)
        rows.append((area, own is not None, figures))
    return Overview(as_of, standing, jurisdiction, profile, rows)


def _exact(
    store: Store, profile: Profile, as_of: int, jurisdiction: str | None, table: Table
) -> dict[tuple[str, str], dict[str, int]]:
    """Return the counts of the areas all of whose organizations lie in a jurisdiction, by kind and id."""
    from graph.city import City
    from graph.columns import mask
    from graph.disclosure.table import CATEGORIES, Count

    city = City(store, profile, as_of)
    # of a publication's day, as the latest is, the table has counted everything already
    everywhere = table.counted(as_of)
    if everywhere is None:
        everywhere = Count(city).by_area()
    if jurisdiction is None:
        return everywhere
    within = city.lying(jurisdiction)
    if within is None:  # nothing lies there at this date
        return {}
    own = Count(city, mask(within)).by_area()
    total = CATEGORIES[0]
    return {a: own[a] for a in own if own[a][total] == everywhere[a][total]}


def _rate(figures: dict[str, Figure | None]) -> float | None:
    from graph.disclosure.table import rate

    return rate(figures, NUMERATOR, DENOMINATOR)
