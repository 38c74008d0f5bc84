"""What each import said of one entity, one after the other: what was new, what differed from what stood before, and who said it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.model import iso
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.model import Statement
    from graph.store.base import Store


@dataclass(frozen=True, slots=True)
class Entry:
    """One row about an entity, beside the row of the same ledger before it, else the one that stood.

    Attributes
    ----------
    statement : Statement
    first : bool
        Whether it is the first that is known of the entity.
    changes : list of dict
        ``property``, ``label``, ``before``, ``after``; none where the row repeats what stood. Of the first row all that it states.
    """

    statement: Statement
    first: bool
    changes: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return the object that the service gives."""
        s = self.statement
        how = "corrected" if s.replaced_by is not None else "primary" if s.rank == 0 else "beside"
        return {
            "dated": iso(s.dated),
            "ledger": s.ledger,
            "source": s.source.as_json(),
            "batch": s.source.batch,
            "stands": how,
            "replaced_by": s.replaced_by,
            "first": self.first,
            "changes": self.changes,
        }


def timeline(store: Store, kind: str, key: str) -> Iterator[Entry]:
    """Yield what rows said of an entity, the earliest first; rows that repeat what their ledger said before have no changes."""
    properties = load_schema().kinds[kind].properties
    said = sorted(store.statements(kind, key), key=lambda s: (s.dated, s.source.batch, s.rank))
    by_ledger: dict[str, Statement] = {}
    stood: Statement | None = None
    for statement in said:
        before = by_ledger.get(statement.ledger) or stood
        old = {} if before is None else before.values
        changes = []
        for name, declared in properties.items():
            if name not in statement.values and name not in old:
                continue
            a, b = old.get(name), statement.values.get(name)
            if declared.same(a, b):
                continue
            changes.append(
                {
                    "property": name,
                    "label": {"zh": declared.zh, "en": declared.en},
                    "before": declared.shown(a),
                    "after": declared.shown(b),
                }
            )
        yield Entry(statement, before is None, changes)
        by_ledger[statement.ledger] = statement
        if statement.rank == 0 and statement.replaced_by is None:
            stood = statement
