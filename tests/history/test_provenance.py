"""Every value says which row it stands in, since when, and who said otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from graph.model import Claims
from graph.provenance import Value, values

if TYPE_CHECKING:
    from graph.store.base import Store


def load(store: Store, dated: int, ledger: str = "L", row: int = 2, **said: Any) -> None:
    """Load one row about A as a batch."""
    frame = pd.DataFrame([{"key": "A", "row": row, "dated": dated, "line": "enterprise", **said}])
    with store.importing(at="t", dated=dated, files=[f"{ledger}.csv"]) as batch:
        batch.add(Claims("organization", ledger, dated, f"{ledger}.csv", "s", frame))


def of(store: Store, name: str, as_of: int = 20161231) -> Value:
    """Return one value."""
    return next(v for v in values(store, "organization", "A", as_of) if v.declared.name == name)


def test_since(store: Store) -> None:
    """A value holds since the first of the rows, one after another, that give it."""
    for date, staff in ((20160801, 5), (20160901, 7), (20161001, 7), (20161101, 9)):
        load(store, date, staff=staff, name="甲", address=str(date))
    assert [of(store, "staff", d).since for d in (20160815, 20161015, 20161231)] == [
        20160801, 20160901, 20161101,
    ]  # fmt: skip
    assert of(store, "name").since == 20160801
    assert of(store, "name").statement.source.batch == 4
    earlier = [(s.how, s.value, s.statement.valid_to) for s in of(store, "staff").otherwise]
    assert earlier == [
        ("earlier", 5, 20160901), ("earlier", 7, 20161001), ("earlier", 7, 20161101),
    ]  # fmt: skip


def test_other_ledgers(store: Store) -> None:
    """A row of another ledger that stands now disagrees, agrees or states nothing; each is told with its place."""
    load(store, 20160801, "other", row=9, staff=6, name="甲", formal_members=2)
    load(store, 20160801, "same", staff=5, name="乙")
    load(store, 20160901, "L", staff=5, name="甲")
    staff, name = of(store, "staff"), of(store, "name")
    assert (staff.value, staff.agreed, staff.disputed) == (5, 1, True)
    (otherwise,) = staff.otherwise
    assert (otherwise.how, otherwise.value, otherwise.statement.ledger) == ("disagrees", 6, "other")
    assert otherwise.as_json()["source"] == {"file": "other.csv", "sheet": "s", "row": 9}
    assert (name.agreed, [s.value for s in name.otherwise]) == (1, ["乙"])
    members = of(store, "formal_members")  # the newest ledger leaves it blank
    assert (members.value, [s.value for s in members.otherwise]) == (None, [2])


def test_corrected(store: Store) -> None:
    """What a correction replaced is told with the batch that did, and is no dispute."""
    load(store, 20160801, staff=5, unit="U;V")
    load(store, 20160801, staff=6, unit="V;U")
    staff, unit = of(store, "staff"), of(store, "unit")
    assert [(s.how, s.value, s.as_json()["replaced_by"]) for s in staff.otherwise] == [
        ("corrected", 5, 2)
    ]
    assert not staff.disputed
    assert (unit.value, unit.otherwise) == (["V", "U"], ())


def test_before_the_first_row(store: Store) -> None:
    """Before its first row an entity has no values."""
    load(store, 20160801, staff=5)
    assert values(store, "organization", "A", 20160731) == []
