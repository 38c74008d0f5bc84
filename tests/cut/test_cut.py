"""What a jurisdiction sees: its own rows, its public surroundings, and stubs for links that leave it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.affiliation.findings import audit
from graph.city import City
from graph.cut.outside import is_stub
from graph.errors import InputError
from graph.policy.profile import load
from graph.store.base import Store
from tests.cut.conftest import Sheet

Seen = Callable[..., Store]


def firm(key: str, at: int, **more: object) -> dict[str, object]:
    """Return a firm of the first or second district."""
    return {
        "key": key, "line": "enterprise", "name": f"{key}公司", "category": "私营企业", "staff": 9, "formal_members": 4,
        "status": "正常", "district": f"42990{at}", "street": f"42990{at}001",
    } | more  # fmt: skip


def unit(key: str, at: int | None, **more: object) -> dict[str, object]:
    """Return a unit of the first or second district, or of the city."""
    where = {} if at is None else {"district": f"42990{at}"}
    return {"key": key, "name": f"{key}支部", "type": "党支部"} | where | more


UNITS: Sheet = ("unit", 20160801, [
    unit("CITY", None, type="党委"),
    unit("D1", 1, type="工委", superior="CITY"),
    unit("D2", 2, type="工委", superior="CITY"),
    unit("S1", 1, type="工委", street="429901001", superior="D1"),
    unit("B1", 1, street="429901001", superior="S1", organization="F1"),
    unit("B2", 2, street="429902001", superior="D2", covers="F3;F2"),
    unit("LOST", 1, superior="NOWHERE"),
    unit("FAR", 1, superior="ALONE"),
    unit("ALONE", 2),
])  # fmt: skip
FIRMS: Sheet = ("organization", 20160801, [
    firm("F1", 1, unit="B1"), firm("F2", 1), firm("F3", 2, unit="B2"), firm("F4", 1, unit="B2"),
])  # fmt: skip


def test_it_holds_its_own_and_what_lies_above_it(seen: Seen) -> None:
    """Organizations and units of the district, its divisions and the city's; nothing of the other district."""
    store = seen("429901", UNITS, FIRMS)
    assert store.frame("organization", None, [])["key"].tolist() == ["F1", "F2", "F4"]
    assert store.frame("unit", None, [])["key"].tolist() == ["B1", "D1", "FAR", "LOST", "S1"]
    assert store.frame("division", None, [])["key"].tolist() == ["4299", "429901", "429901001"]
    assert store.find("F3") == []
    assert store.lookup("B2") == []
    assert store.node("unit", "CITY") is None


def test_a_link_that_leaves_it_ends_at_a_stub_without_code(seen: Seen) -> None:
    """Superiors, and units of the other district that cover one of its own, by whichever row says so."""
    store = seen("429901", UNITS, FIRMS)
    chain = store.chain("unit", "B1")
    assert [n.id for n in chain.nodes][:3] == ["B1", "S1", "D1"]
    assert is_stub(chain.nodes[-1].id)
    covers = store.edges("COVERS", None).set_index("target")["source"]
    assert is_stub(covers["F2"])
    assert is_stub(covers["F4"])
    assert covers["F2"] != covers["F4"]
    said = str([store.node("organization", k) for k in ("F1", "F2", "F4")])
    said += str([store.neighbours("organization", k, hops=6) for k in ("F1", "F2", "F4")])
    assert not [code for code in ("B2", "F3", "D2", "CITY") if f"'{code}" in said]


def test_a_stub_keeps_whether_a_root_is_reached(seen: Seen) -> None:
    """Chains that leave the area for the root are whole, those that leave it for another end are detached."""
    profile = load()
    store = seen("429901", UNITS, FIRMS)
    found = audit(City(store, profile), store, ["detached", "orphan", "dangling_reference"])
    assert {(f.code, f.subject) for f in found.findings} == {
        ("detached", "FAR"), ("detached", "LOST"), ("dangling_reference", "NOWHERE"),
    }  # fmt: skip
    assert all("ALONE" not in str(f.as_json()) for f in found.findings)
    assert "(outside" not in str(next(f for f in found.findings if f.subject == "LOST").message)


def test_who_is_covered_from_outside_is_not_planned(seen: Seen) -> None:
    """It counts as covered, in words that say from where, and in no rate."""
    city = City(seen("429901", UNITS, FIRMS), load())
    rows = city.organizations
    assert rows["action"].to_dict() == {"F1": "covered", "F2": "covered", "F4": "covered"}
    assert rows["outside"].to_dict() == {"F1": False, "F2": True, "F4": True}
    assert rows["counted"].to_dict() == {"F1": True, "F2": False, "F4": False}


def test_who_moved_is_seen_for_as_long_as_it_was_here(seen: Seen) -> None:
    """Before the move with its row, afterwards not at all; in the other district the other way round."""
    sheets = (
        ("organization", 20160801, [firm("F1", 1), firm("F2", 1)]),
        ("organization", 20160901, [firm("F1", 2)]),
    )
    here, there = seen("429901", *sheets), seen("429902", *sheets)
    assert here.node("organization", "F1", 20160815) is not None
    assert here.node("organization", "F1", 20160915) is None
    assert there.node("organization", "F1", 20160815) is None
    assert there.node("organization", "F1", 20160915) is not None


def test_imports_count_what_is_seen(seen: Seen) -> None:
    """An import's rows and files are those of the area; one without any is none."""
    store = seen(
        "429901",
        ("organization", 20160801, [firm("F1", 1), *(firm(f"G{n}", 2) for n in range(9))]),
        ("unit", 20160801, [unit("B2", 2)]),
    )
    assert [(b.id, b.loaded, b.files) for b in store.batches()] == [
        (1, 3, ("division0.csv",)), (2, 1, ("organization1.csv",)),
    ]  # fmt: skip


def test_members_never_stand_in_a_stub(seen: Seen) -> None:
    """A member of a unit here who works elsewhere is told by no code."""
    store = seen("429901", UNITS, FIRMS, ("member", 20160801, [
        {"key": "M1", "status": "正式", "unit": "B1", "employer": "F3"},
    ]))  # fmt: skip
    employer = store.edges("EMPLOYED_BY")["target"].tolist()
    assert employer == ["outside:member/employer/1"]


@pytest.mark.parametrize("code", ["429999", "zone:Z9", "street:nobody", ""])
def test_a_code_that_means_nothing_is_refused(seen: Seen, code: str) -> None:
    """With the code, before anything is written."""
    with pytest.raises(InputError, match=code or "division"):
        seen(code, UNITS, FIRMS)


def test_records_of_who_moved_are_seen_while_it_was_here(seen: Seen) -> None:
    """What was recorded of it elsewhere, before or after, is not; what was recorded here is."""
    sheets = (
        ("organization", 20160801, [firm("F1", 1), firm("F2", 1)]),
        ("organization", 20160901, [firm("F1", 2)]),
        ("strike_off", 20160815, [{"key": "F1|甲|1", "organization": "F1", "state": "已销号", "basis": "甲区"}]),
        ("strike_off", 20161001, [{"key": "F1|乙|2", "organization": "F1", "state": "已销号", "basis": "乙区"}]),
        ("decision", 20161005, [
            {"key": "base|F1", "type": "exclude", "subject": "F1", "office": "乙区", "decided": 20161005, "reason": "乙"},
        ]),
    )  # fmt: skip
    here = seen("429901", *sheets)
    assert here.frame("strike_off", 20161101, ["basis"])["basis"].tolist() == ["甲区"]
    assert here.frame("decision", 20161101, [])["key"].tolist() == []


def test_rows_are_counted_where_others_stand_beside_them(seen: Seen) -> None:
    """A sheet that holds others' rows numbers one's own anew; a sheet of one's own keeps its numbers."""
    store = seen(
        "429901",
        ("organization", 20160801, [*(firm(f"G{n}", 2) for n in range(50)), firm("F1", 1)]),
        ("unit", 20160801, [unit("B1", 1), unit("B2", 1)]),
    )
    node = store.node("organization", "F1")
    assert node is not None
    assert node.source is not None
    assert node.source.row == 2
    second = store.node("unit", "B2")
    assert second is not None
    assert second.source is not None
    assert second.source.row == 3


def test_two_leading_firms_outside_are_two_stubs(seen: Seen) -> None:
    """Records of one organization stay apart."""
    store = seen("429901", ("organization", 20160801, [firm("F1", 1), firm("F3", 2), firm("F4", 2)]), (
        "leading", 20160801, [{"key": f"F{n}|F1", "leader": f"F{n}", "organization": "F1"} for n in (3, 4)],
    ))  # fmt: skip
    leaders = store.frame("leading", None, ["leader"])["leader"].tolist()
    assert leaders == ["outside:F1/leader/1", "outside:F1/leader/2"]
