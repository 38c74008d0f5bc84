"""The difference between two dates: what changed in the world, what was corrected, what the rules changed.

*Changed in the world*: a row of a later date says otherwise; both dates are read as they are known now. *Corrected*: a row of the
same date, imported later, says otherwise (:mod:`graph.history.corrections`). *Changed by the rules*: at the later date, the same
facts by another profile. Nothing about a person: member records are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.city import City
from graph.columns import among, positions, texts
from graph.errors import InputError
from graph.history import rules
from graph.history.corrections import corrected
from graph.history.events import Between, Event
from graph.history.values import SAID_AT_ONCE, Differences, compare, sourced
from graph.model import iso
from graph.schema import load_schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.policy.profile import Profile
    from graph.store.base import Store

APART = ("stated_total", "member")
"""Kinds that are not compared: totals follow from rows, and members only count."""


def kinds() -> list[str]:
    """Return the kinds that are compared: nodes and records, units and organizations first."""
    schema = load_schema()
    found = [k for k, d in schema.kinds.items() if d.role in ("node", "record") and k not in APART]
    first = ["unit", "organization"]
    return first + [k for k in found if k not in first]


@dataclass(frozen=True)
class Part:
    """What of a city lies in a division or ledger unit at one of two dates: codes by kind, and the places."""

    organizations: frozenset[str]
    units: frozenset[str]
    keys: frozenset[str]

    def holds(self, kind: str, keys: NDArray[Any]) -> NDArray[np.bool_]:
        """Say which entities of a kind belong to it; records by the organization that their key names."""
        if kind == "organization":
            return among(keys, self.organizations)
        if kind == "unit":
            return among(keys, self.units)
        if load_schema().kinds[kind].role == "record":
            return np.array(
                [any(x in self.organizations for x in str(k).split("|")) for k in keys], dtype=bool
            )
        # a place's key names the street or district it lies in; a division's code begins with its district's
        return np.array(
            [
                k in self.keys or str(k).partition(":")[2].partition("/")[0] in self.keys
                for k in keys
            ],
            dtype=bool,
        )


@dataclass(eq=False)
class Diff:
    """See :func:`diff`. Everything is worked out when first asked for."""

    store: Store
    before: City
    after: City
    within: str | None = None
    against: Profile | None = None
    progress: Callable[[str, int, int], None] | None = None

    # -- the two views -------------------------------------------------------------------------------------------
    @cached_property
    def part(self) -> Part | None:
        """Return what ``within`` names, at either date."""
        if self.within is None:
            return None
        from graph.affiliation.facts import Facts
        from graph.affiliation.scope import Scope

        organizations: set[str] = set()
        units: set[str] = set()
        keys: set[str] = set()
        refused: list[InputError] = []
        for city in (self.before, self.after):
            try:
                scope = Scope.of(Facts(city, self.store), self.within)
            except InputError as unknown:  # not there yet, or not any more
                refused.append(unknown)
                continue
            organizations.update(city.organizations.index[scope.organizations])
            units.update(city.units.index[scope.units])
            keys |= scope.keys
        if len(refused) == 2:
            raise refused[1]
        return Part(frozenset(organizations), frozenset(units), frozenset(keys))

    def _tick(self, kind: str, done: int) -> None:
        if self.progress is not None:
            self.progress(kind, done, len(kinds()))

    @cached_property
    def changes(self) -> list[Differences]:
        """Return the values that later rows changed, kind by kind."""
        return [found for _, found in self._compared]

    @cached_property
    def new(self) -> dict[str, NDArray[Any]]:
        """Return the entities that hold at the later date only, by kind."""
        return {found.kind: added for added, found in self._compared if len(added)}

    @cached_property
    def _compared(self) -> list[tuple[NDArray[Any], Differences]]:
        _ = self.part
        out = []
        for done, kind in enumerate(kinds()):
            self._tick(kind, done)
            (old_keys, old), (keys, claims) = (
                self._claims(c, kind) for c in (self.before, self.after)
            )
            at = positions(_index(old_keys), keys)
            both = np.flatnonzero(at >= 0)
            differ = both[old[at[both]] != claims[both]]
            if self.part is not None:
                differ = differ[self.part.holds(kind, keys[differ])]
            added = keys[at < 0]
            if self.part is not None and len(added):
                added = added[self.part.holds(kind, added)]
            found = compare(self.store, kind, keys[differ], old[at[differ]], claims[differ])
            out.append((added, found))
        return out

    def _claims(self, city: City, kind: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
        if kind in ("organization", "unit"):  # what the city has read anyhow
            rows = city.standing if kind == "organization" else city.unit_rows
            return np.asarray(rows.index, dtype=object), rows["claim"].to_numpy(np.int64)
        rows = self.store.frame(kind, city.as_of, [])
        return texts(rows["key"]), rows["claim"].to_numpy(np.int64)

    @cached_property
    def events(self) -> list[Event]:
        """Return what happened, in the words of the trade."""
        units, organizations = self.changes[:2]
        found = Between(self.before, self.after, units, organizations).events()
        part = self.part
        if part is None:
            return list(found)
        sets = {"unit": part.units, "organization": part.organizations}
        return [e for e in found if e.id in sets[e.kind]]

    @cached_property
    def corrections(self) -> list[tuple[Differences, NDArray[np.int64], NDArray[np.int64]]]:
        """Return what was corrected, kind by kind, with each pair's date and correcting batch."""
        out = []
        for kind in kinds():
            found, dated, batch = corrected(self.store, kind, self.before.as_of, self.after.as_of)
            if self.part is not None and len(found.keys):
                found = found.where(self.part.holds(kind, found.keys))
            out.append((found, dated, batch))
        return out

    # -- as JSON -------------------------------------------------------------------------------------------------
    def changed(self) -> Iterator[dict[str, Any]]:
        """Yield each value that a later row changed, with what it was, since when, and both rows."""
        for found in self.changes:
            yield from self._values(found)

    def corrected(self) -> Iterator[dict[str, Any]]:
        """Yield each value that was corrected: as :meth:`changed`, with the fact's date and the batch that corrected it."""
        for found, dated, batch in self.corrections:
            for row, value in zip(_rows(found), self._values(found), strict=True):
                del value["since"]
                yield value | {"dated": iso(int(dated[row])), "batch": int(batch[row])}

    def _values(self, found: Differences) -> Iterator[dict[str, Any]]:
        pending: list[tuple[int, str, Any, Any]] = []
        for one in found.order():
            pending.append(one)
            if len(pending) == SAID_AT_ONCE:
                yield from self._worded(found, pending)
                pending = []
        yield from self._worded(found, pending)

    def _worded(
        self, found: Differences, some: list[tuple[int, str, Any, Any]]
    ) -> Iterator[dict[str, Any]]:
        pairs = [(int(found.before[row]), int(found.after[row])) for row, *_ in some]
        sources = sourced(self.store, found.kind, pairs)
        said = self.store.said(found.kind, dict.fromkeys(b for _, b in pairs), [])
        since = dict(zip(said["claim"].tolist(), said["dated"].tolist(), strict=True))
        properties = load_schema().kinds[found.kind].properties
        for (row, name, old, new), (a, b) in zip(some, pairs, strict=True):
            yield {
                "kind": found.kind,
                "id": str(found.keys[row]),
                "property": name,
                "before": properties[name].shown(old),
                "after": properties[name].shown(new),
                "since": iso(since[b]),
                "sources": {"before": sources.get(a), "after": sources.get(b)},
            }

    def added(self) -> Iterator[dict[str, str]]:
        """Yield the entities that hold at the later date only."""
        for kind, keys in self.new.items():
            for key in keys:
                yield {"kind": kind, "id": str(key)}

    def by_rules(self) -> dict[str, Any] | None:
        """Return what the rules changed; ``None`` where no other profile is named."""
        if self.against is None:
            return None
        new = self.after
        old = City(self.store, self.against, new.as_of)
        within = None if self.part is None else self.part.organizations
        return {
            "profile": new.profile.name,
            "against": self.against.name,
            "values": rules.values(self.against, new.profile),
            "rates": rules.rates(old, new, within),
            "organizations": list(rules.actions(old, new, within)),
        }

    def totals(self) -> dict[str, Any]:
        """Return how much of each there is."""
        happened = Counter(e.event for e in self.events)
        return {
            "changed": sum(map(len, self.changes)),
            "added": {kind: len(keys) for kind, keys in self.new.items()},
            "events": dict(happened),
            "corrected": sum(len(found) for found, _, _ in self.corrections),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``diff --json`` prints; lists are iterators."""
        return {
            "from": iso(self.before.as_of),
            "to": iso(self.after.as_of),
            "in": self.within,
            "profile": self.after.profile.name,
            "events": (e._asdict() | {"evidence": list(e.evidence)} for e in self.events),
            "added": self.added(),
            "changed": self.changed(),
            "corrected": self.corrected(),
            "rules": self.by_rules(),
            "totals": self.totals(),
        }


def diff(
    store: Store,
    profile: Profile,
    start: int,
    end: int,
    *,
    within: str | None = None,
    against: Profile | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Diff:
    """Compare a store's city at two dates.

    Parameters
    ----------
    start, end : int
        ``yyyymmdd``, the earlier first.
    within : str, optional
        A division's code or a ledger unit's id: what belongs to it at either date.
    against : Profile, optional
        The rules as they were: what ``profile`` makes otherwise of the facts of ``end``.

    Raises
    ------
    InputError
        Dates the wrong way round, or an unknown ``within``.
    """
    if start > end:
        raise InputError(
            f"{iso(start)} is later than {iso(end)}; give the earlier date first",
            f"{iso(start)} 晚于 {iso(end)}；请先写较早的日期",
        )
    return Diff(
        store, City(store, profile, start), City(store, profile, end), within, against, progress
    )


def _index(keys: NDArray[Any]) -> Any:
    import pandas as pd

    return pd.Index(keys, dtype=object)


def _rows(found: Differences) -> Iterator[int]:
    return (row for row, *_ in found.order())
