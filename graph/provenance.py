"""Where each value of an entity comes from: which row says so, since when, and who said otherwise (S46).

*Since* is the beginning of the run of rows, one after another in time, that give the property the value it has. *Otherwise* are
the rows that give it another: ``disagrees`` (a row that stands beside it now, of another ledger or of the same), ``earlier`` (what
was said before, until a later row), ``corrected`` (what a later import of the same date replaced). A blank states nothing. What
``disagrees`` stays until the ledgers agree or someone decides; the audit lists it as ``conflicting_sources`` where both rows stand
in the newest editions. Nothing heavy is imported: ``show`` begins with this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from graph.model import iso
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.model import Statement
    from graph.schema import Property
    from graph.store.base import Store

How = Literal["disagrees", "earlier", "corrected"]


@dataclass(frozen=True, slots=True)
class Said:
    """One row that gives a property another value."""

    how: How
    value: Any
    statement: Statement

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``show --json`` prints."""
        s = self.statement
        out: dict[str, Any] = {
            "how": self.how,
            "value": self.value,
            "ledger": s.ledger,
            "dated": iso(s.dated),
            "source": s.source.as_json(),
        }
        if self.how == "earlier":
            out["until"] = iso(s.valid_to)
        if s.replaced_by is not None:
            out["replaced_by"] = s.replaced_by
        return out


@dataclass(frozen=True, slots=True)
class Value:
    """One property of an entity at a date.

    ``value`` is ``None`` where only rows beside the primary one state it; ``agreed`` counts further ledgers that say the same.
    """

    declared: Property
    value: Any
    since: int
    statement: Statement
    agreed: int
    otherwise: tuple[Said, ...]

    @property
    def disputed(self) -> bool:
        """Say whether a row that stands now says otherwise."""
        return any(s.how == "disagrees" for s in self.otherwise)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``show --json`` prints."""
        return {
            "property": self.declared.name,
            "label": {"zh": self.declared.zh, "en": self.declared.en},
            "value": self.value,
            "since": iso(self.since),
            "ledger": self.statement.ledger,
            "source": self.statement.source.as_json(),
            "agreed": self.agreed,
            "disputed": self.disputed,
            "otherwise": [s.as_json() for s in self.otherwise],
        }


def values(store: Store, kind: str, key: str, as_of: int) -> list[Value]:
    """Return an entity's values at a date, in the schema's order; none where it does not hold then."""
    said = store.statements(kind, key)
    standing = [s for s in said if s.replaced_by is None]
    primary = [s for s in standing if s.rank == 0 and s.valid_from <= as_of]
    primary.sort(key=lambda s: s.valid_from)
    if not primary:
        return []
    now = primary[-1]
    beside = [s for s in _newest(standing, as_of) if s is not now]
    before = [s for s in primary[:-1] if s not in beside]
    replaced = [s for s in said if s.replaced_by is not None and s.dated <= as_of]
    rows_of: tuple[tuple[How, Sequence[Statement]], ...] = (
        ("disagrees", beside),
        ("earlier", before),
        ("corrected", replaced),
    )
    out = []
    for p in load_schema().kinds[kind].properties.values():
        value = now.values.get(p.name)
        others = [
            Said(how, p.shown(s.values[p.name]), s)
            for how, rows in rows_of
            for s in rows
            if p.name in s.values and not p.same(s.values[p.name], value)
        ]
        if value is None and not any(s.how == "disagrees" for s in others):
            continue
        agreed = {s.ledger for s in beside if p.same(s.values.get(p.name), value)}
        out.append(
            Value(
                p,
                p.shown(value),
                _since(p, primary),
                now,
                len(agreed - {now.ledger}),
                tuple(others),
            )
        )
    return out


def _newest(standing: Sequence[Statement], as_of: int) -> list[Statement]:
    """Return each ledger's latest rows at a date."""
    latest: dict[str, int] = {}
    for s in standing:
        if s.dated <= as_of:
            latest[s.ledger] = max(latest.get(s.ledger, 0), s.dated)
    return [s for s in standing if latest.get(s.ledger) == s.dated]


def _since(declared: Property, primary: Sequence[Statement]) -> int:
    value = primary[-1].values.get(declared.name)
    since = primary[-1].valid_from
    for s in reversed(primary[:-1]):
        if not declared.same(s.values.get(declared.name), value):
            break
        since = s.valid_from
    return since
