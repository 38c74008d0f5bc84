"""What happened between two dates, in the words of the trade: formed, dissolved, moved, renamed, merged, joined, covered.

Everything is read from two views of the city, each as it is known now: columns and sets, never row by row.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from graph.columns import day, mask, positions, texts
from graph.schema import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.city import City
    from graph.history.values import Differences

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Texts = NDArray[Any]

EVENTS = (
    "formed", "recorded_late", "dissolved", "restored", "succeeded", "merged", "renamed", "moved", "resubordinated",
    "added", "closed", "unlisted", "left_base", "entered_base", "left_unit", "joined_unit", "uncovered", "covered",
)  # fmt: skip
"""Kinds of events, in the order in which they are listed."""

PLACE = (
    "district",
    "street",
    "community",
    "park",
    "building",
    "commercial_street",
    "market",
    "address",
)
CLOSED = "注销"


class Event(NamedTuple):
    """One thing that happened to one entity.

    ``before`` and ``after`` are the values that show it (codes, names, dates), ``evidence`` what it rests on where it is
    concluded from several facts.
    """

    event: str
    kind: str
    id: str
    before: Any = None
    after: Any = None
    evidence: tuple[dict[str, Any], ...] = ()


@dataclass(eq=False)
class Between:
    """A city at two dates (``before``, ``after``), of one profile, and the values of it that differ."""

    before: City
    after: City
    units: Differences
    organizations: Differences

    def events(self) -> Iterator[Event]:
        """Yield all events, by (order of :data:`EVENTS`, kind, id)."""
        found = [*self._of_units(), *self._of_organizations(), *self._successors()]
        place = {name: n for n, name in enumerate(EVENTS)}
        found.sort(key=lambda e: (place[e.event], e.kind, e.id, str(e.after)))
        return iter(found)

    # -- units ---------------------------------------------------------------------------------------------------
    def _of_units(self) -> Iterator[Event]:
        old, new = self.before.unit_rows, self.after.unit_rows
        at = positions(old.index, new.index)
        was = np.append(mask(old["live"]), False)[at]
        now = mask(new["live"])
        founded = new["founded"].to_numpy(dtype=float, na_value=np.nan)
        ended = new["dissolved"].to_numpy(dtype=float, na_value=np.nan)
        names = texts(new["name"])
        for i in np.flatnonzero(now & ~was).tolist():
            kind = "formed" if at[i] < 0 else "restored"
            yield Event(kind, "unit", str(new.index[i]), None, day(founded[i]) or names[i])
        for i in np.flatnonzero(was & ~now).tolist():
            yield Event("dissolved", "unit", str(new.index[i]), None, day(ended[i]))
        told = self.after.store.said("unit", old["claim"].tolist(), [])["dated"].to_numpy(np.int64)
        first = old["valid_from"].to_numpy(np.int64)
        late = (told > self.before.as_of) & (first <= self.before.as_of)
        for i in np.flatnonzero(late).tolist():
            yield Event("recorded_late", "unit", str(old.index[i]), day(first[i]), day(told[i]))
        yield from self._renamed(self.units)
        yield from self._moved(self.units)
        rows, before, after = self.units.columns.get("superior", _NOTHING)
        for i, a, b in zip(rows.tolist(), before, after, strict=True):
            yield Event("resubordinated", "unit", str(self.units.keys[i]), parts(a), parts(b))

    # -- organizations -------------------------------------------------------------------------------------------
    def _of_organizations(self) -> Iterator[Event]:
        old, new = self.before.standing, self.after.standing
        at = positions(old.index, new.index)
        for i in np.flatnonzero(at < 0).tolist():
            yield Event("added", "organization", str(new.index[i]))
        known = at >= 0
        for column, gained, lost in (
            ("in_base", "entered_base", "left_base"),
            ("covered", "covered", "uncovered"),
        ):
            was = np.append(mask(old[column]), False)[at]
            now = mask(new[column])
            for event, some in ((gained, now & ~was & known), (lost, was & ~now & known)):
                for i in np.flatnonzero(some).tolist():
                    yield Event(event, "organization", str(new.index[i]))
        rows, before, after = self.organizations.columns.get("status", _NOTHING)
        for i, a, b in zip(rows.tolist(), before, after, strict=True):
            if b == CLOSED:
                yield Event("closed", "organization", str(self.organizations.keys[i]), a, b)
        yield from self._renamed(self.organizations)
        yield from self._moved(self.organizations)
        yield from self._memberships()
        yield from self._unlisted()

    def _unlisted(self) -> Iterator[Event]:
        """Yield the organizations that their ledger listed at the earlier date and its newest edition lacks at the later."""
        from graph.affiliation.facts import listings_of

        def listed(city: City) -> pd.DataFrame:
            return listings_of(city.store, "organization", city.as_of)

        now = listed(self.after)
        gone = now[~now["current"] & (now["newest"] > self.before.as_of)]
        if not len(gone):
            return
        held = now[now["current"] & now["key"].isin(gone["key"])]
        moved = pd.MultiIndex.from_frame(held[["key", "kind"]])
        gone = gone[~pd.MultiIndex.from_frame(gone[["key", "kind"]]).isin(moved)]
        was = listed(self.before)
        was = was[was["current"] & was["key"].isin(gone["key"])]
        there = pd.MultiIndex.from_frame(was[["key", "ledger"]])
        gone = gone[pd.MultiIndex.from_frame(gone[["key", "ledger"]]).isin(there)]
        for key, ledger, last, newest in gone[["key", "ledger", "listed", "newest"]].itertuples(
            index=False
        ):
            evidence = ({"ledger": ledger},)
            yield Event("unlisted", "organization", str(key), day(last), day(newest), evidence)

    def _memberships(self) -> Iterator[Event]:
        """Yield who joined or left which unit: pairs of formal coverage that stand at one of the dates only."""
        old, new = (
            pd.MultiIndex.from_frame(view[["organization", "unit"]])
            for view in (self._covers_before, self._covers_after)
        )
        for organization, unit in old.difference(new, sort=False):
            yield Event("left_unit", "organization", str(organization), str(unit), None)
        for organization, unit in new.difference(old, sort=False):
            yield Event("joined_unit", "organization", str(organization), None, str(unit))

    @cached_property
    def _covers_before(self) -> pd.DataFrame:
        return _formal(self.before)

    @cached_property
    def _covers_after(self) -> pd.DataFrame:
        return _formal(self.after)

    # -- names and places ----------------------------------------------------------------------------------------
    @staticmethod
    def _renamed(found: Differences) -> Iterator[Event]:
        rows, before, after = found.columns.get("name", _NOTHING)
        for i, a, b in zip(rows.tolist(), before, after, strict=True):
            yield Event("renamed", found.kind, str(found.keys[i]), a, b)

    @staticmethod
    def _moved(found: Differences) -> Iterator[Event]:
        """Yield one event for each entity that moved, with the cells that say so."""
        was: dict[int, dict[str, Any]] = defaultdict(dict)
        now: dict[int, dict[str, Any]] = defaultdict(dict)
        for name in PLACE:
            rows, before, after = found.columns.get(name, _NOTHING)
            for i, a, b in zip(rows.tolist(), before, after, strict=True):
                was[i][name], now[i][name] = a, b
        for i, before_cells in was.items():
            yield Event("moved", found.kind, str(found.keys[i]), before_cells, now[i])

    # -- what came of them ---------------------------------------------------------------------------------------
    def _successors(self) -> Iterator[Event]:
        """Yield which unit took over what a dissolved one covered, and under which code a closed organization goes on.

        A unit dissolved in between is *merged* into the one unit that covers, at the later date, all that it covered at the
        earlier (or, where it covered nothing, in which all that stood under it stand): *succeeded* by it where that unit was
        formed in between and took over from no other. A closed organization is succeeded by a new code of the same name.
        """
        old, new = self.before.unit_rows, self.after.unit_rows
        live = new.index[mask(new["live"])]
        gone = old.index[mask(old["live"])].difference(live)
        into = {**self._under(gone, live), **self._over(gone, live)}
        heirs = pd.Series([u for u, _ in into.values()], dtype=object).value_counts()
        formed = set(live.difference(old.index[mask(old["live"])]))
        for unit, (heir, evidence) in into.items():
            alone = heir in formed and heirs[heir] == 1
            yield Event("succeeded" if alone else "merged", "unit", unit, None, heir, evidence)
        yield from self._recoded()

    def _over(self, gone: pd.Index[Any], live: pd.Index[Any]) -> _Heirs:
        """Return the heirs of dissolved units by whom they covered."""
        before, after = self._covers_before, self._covers_after
        left = before[before["unit"].isin(gone)]
        taken = after[after["organization"].isin(left["organization"])]
        pairs = left.merge(taken, on="organization", suffixes=("", "_now"))
        size = left.groupby("unit")["organization"].nunique()
        return _whole(pairs, "unit", "unit_now", "organization", size, "COVERS", live)

    def _under(self, gone: pd.Index[Any], live: pd.Index[Any]) -> _Heirs:
        """Return the heirs of dissolved units by what stood under them."""
        rows, before, after = self.units.columns.get("superior", _NOTHING)
        moved = [
            (str(self.units.keys[i]), a, b)
            for i, a, b in zip(rows.tolist(), before, after, strict=True)
            if a in gone and b is not None
        ]
        pairs = pd.DataFrame(moved, columns=["below", "unit", "unit_now"], dtype=object)
        pairs = pairs[pairs["below"].isin(live)]
        old = self.before.unit_rows
        was = old[old["superior"].isin(gone) & pd.Series(old.index.isin(live), old.index)]
        size = was.groupby("superior").size()
        return _whole(pairs, "unit", "unit_now", "below", size, "SUBORDINATE_TO", live)

    def _recoded(self) -> Iterator[Event]:
        from graph.affiliation.rules.ledgers import alike

        rows, _, after = self.organizations.columns.get("status", _NOTHING)
        closed = [
            str(self.organizations.keys[i]) for i, b in zip(rows, after, strict=True) if b == CLOSED
        ]
        old, new = self.before.standing, self.after.standing
        fresh = new.index[positions(old.index, new.index) < 0]
        if not closed or not len(fresh):
            return
        some = self.after.store.frame("organization", self.after.as_of, ["name"]).set_index("key")
        some = some.loc[[*closed, *fresh]]
        name = alike(some["name"])
        of: dict[int, list[str]] = defaultdict(list)
        for code, number in zip(fresh, name[len(closed) :].tolist(), strict=True):
            of[number].append(str(code))
        for code, number in zip(closed, name[: len(closed)].tolist(), strict=True):
            if number >= 0 and len(of[number]) == 1:
                evidence = {"same": "name", "value": some.at[code, "name"]}
                yield Event("succeeded", "organization", code, None, of[number][0], (evidence,))


_Heirs = dict[str, tuple[str, tuple[dict[str, Any], ...]]]
_NOTHING: tuple[Ints, Texts, Texts] = (
    np.empty(0, dtype=np.int64), np.empty(0, dtype=object), np.empty(0, dtype=object),
)  # fmt: skip
SHOWN = 10
"""Edges of evidence that an event names at most."""


def _whole(
    pairs: pd.DataFrame,
    unit: str,
    heir: str,
    item: str,
    size: pd.Series[Any],
    edge: str,
    live: pd.Index[Any],
) -> _Heirs:
    """Return the heirs that took over all items of a unit."""
    pairs = pairs[pairs[heir].isin(live) & (pairs[unit] != pairs[heir])]
    out: _Heirs = {}
    for (one, other), items in pairs.groupby([unit, heir], sort=True)[item]:
        if items.nunique() == size.get(one, 0) and one not in out:
            taken = sorted(map(str, items.unique()))
            # as edges run: units cover organizations, units are subordinate to others
            ends = [(other, x) if edge == "COVERS" else (x, other) for x in taken[:SHOWN]]
            evidence = tuple({"edge": edge, "from": str(a), "to": str(b)} for a, b in ends)
            out[str(one)] = str(other), evidence
    return out


def _formal(city: City) -> pd.DataFrame:
    covers = city.covers
    return covers.loc[covers["formal"] & covers["known"], ["organization", "unit"]]
