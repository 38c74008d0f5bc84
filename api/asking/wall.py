"""The wall map: one printable page of a city, a district or a street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.boundaries import Boundaries
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from viz.city.view import CityMap
    from viz.wall.page import Wall
    from viz.wall.paper import Paper, Turned
    from viz.wall.where import Only

FINE = 12.0
"""Metres that boundaries may be off: less than a tenth of a millimetre of a sheet of a district."""
BYTES = 8 << 20
"""Of all outlines."""
SCATTERED = ("dept", "zone")
"""Kinds of ledger units whose organizations are no district's and no street's."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A wall map, and what is said of it."""

    wall: Wall
    as_of: int

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        wall = self.wall
        return {
            "as_of": iso(self.as_of),
            "in": wall.subject.code,
            "name": wall.subject.name,
            "paper": wall.sheet.paper.value,
            "turned": wall.sheet.turned.value,
            "scale": None if wall.scale is None else wall.scale.of,
            "areas": len(wall.subject.areas),
            "units": wall.subject.totals["units"],
            "pending": wall.subject.totals["pending"],
            "under_way": wall.subject.totals["under_way"],
            "labels": wall.labels,
        }


def wall(
    store: Store,
    profile: Profile,
    shown: CityMap,
    boundaries: Boundaries,
    within: str | None,
    paper: Paper,
    turned: Turned | None,
    lang: str,
) -> Drawn:
    """Draw a wall map.

    Parameters
    ----------
    shown : CityMap
        The map of the store at the date.

    Raises
    ------
    InputError
        ``within`` is no city, district or street of the map, and no ledger unit.
    StoreError
        The boundaries' file is damaged.
    """
    from graph.board import record
    from viz.wall.map import Told
    from viz.wall.page import wall as drawn
    from viz.wall.where import unpacked

    as_of = shown.columns.as_of

    def names(codes: list[str]) -> Mapping[str, str]:
        found = store.frame("unit", as_of, ["name"], of=codes)
        return {k: n for k, n in zip(found["key"], found["name"], strict=True) if isinstance(n, str)}  # fmt: skip

    outlines = boundaries.drawn(None, FINE, BYTES).outlines
    # an import's own date says when it came, not of when its ledgers are
    dates = {d for kind in ("organization", "unit") for d in store.editions(kind) if d <= as_of}
    told = Told(
        outlines={code: unpacked(rings) for code, rings in outlines},
        standings={code: standing.state for code, standing in record.read(store, as_of).items()},
        names=names,
        ledgers=(min(dates), max(dates), len(dates)) if dates else None,
        profile=profile.name,
        definition=profile.coverage_definition,
        only=_only(store, profile, as_of, within),
    )
    return Drawn(drawn(shown, within, paper, turned, lang, told), as_of)


def _only(store: Store, profile: Profile, as_of: int, within: str | None) -> Only | None:
    """Return whose map it is, where a ledger unit is asked for that is no part of the city: its organizations lie anywhere."""
    if within is None or within.partition(":")[0] not in SCATTERED:
        return None
    from graph.city import City
    from viz.wall.where import Only

    city = City(store, profile, as_of)
    here = city.select(within)
    codes = [str(code) for code in here.index[here.to_numpy(dtype=bool)]]
    covers = city.covers
    units = covers.loc[covers["formal"] & covers["organization"].isin(codes), "unit"]
    named = city.ledger_units["name"].get(within, within.partition(":")[2])
    return Only(str(named), codes, sorted(set(map(str, units))))
