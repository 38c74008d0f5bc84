from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import StoreBusyError, UnknownIdError
from graph.model import OPEN, Claims
from graph.store import open_store

if TYPE_CHECKING:
    from graph.store.base import Store

Load = Callable[..., int]


def unit(key: str, superior: str | None = None, **more: Any) -> dict[str, Any]:
    """A unit's row."""
    return {"key": key, "name": f"{key}支部", "type": "党支部", "superior": superior, **more}


def organization(key: str, **more: Any) -> dict[str, Any]:
    """An organization's row."""
    return {"key": key, "line": "enterprise", "name": f"企业{key}", "category": "私营企业", **more}


def test_as_of(store: Store, load: Load) -> None:
    """A later ledger is a change: each date reads what held then, and before the first nothing."""
    load("organization", organization("A", staff=5), dated=20160801)
    load("organization", organization("A", staff=9), dated=20160901)
    staff = {
        d: store.frame("organization", d)["staff"].tolist() for d in (20160731, 20160831, 20160901)
    }
    assert staff == {20160731: [], 20160831: [5], 20160901: [9]}
    assert store.latest() == 20160901


def test_older_ledger(store: Store, load: Load) -> None:
    """An older ledger that comes later goes into history up to the next known date and changes nothing after it."""
    load("organization", organization("A", staff=9), dated=20160901)
    load("organization", organization("A", staff=5), dated=20160801)
    assert store.frame("organization", 20160815)["staff"].tolist() == [5]
    assert store.frame("organization")["staff"].tolist() == [9]
    assert store.history("organization", "A")["valid_to"].tolist() == [20160901, OPEN]


def test_correction(store: Store, load: Load) -> None:
    """A row of the same ledger and date replaces what it corrects, at that date too."""
    load("organization", organization("A", staff=5), organization("B", staff=1))
    load("organization", organization("A", staff=7), organization("B", staff=1))
    assert store.frame("organization")["staff"].tolist() == [7, 1]
    assert len(store.history("organization", "A")) == 1
    assert [(b.loaded, b.unchanged) for b in store.batches()] == [(2, 0), (1, 1)]


def test_corrects_batch(store: Store, load: Load) -> None:
    """With --corrects a row takes the date of the batch that it corrects."""
    first = load("organization", organization("A", staff=5), dated=20160801)
    load("organization", organization("A", staff=6), dated=20160901, corrects=first)
    assert store.frame("organization", 20160801)["staff"].tolist() == [6]
    with pytest.raises(UnknownIdError, match="batch 77"):
        load("organization", organization("A"), corrects=77)


def test_idempotent(store: Store, load: Load) -> None:
    """The same rows again leave no batch and no difference."""
    load("organization", organization("A", staff=5))
    before = store.fingerprint()
    load("organization", organization("A", staff=5))
    assert store.fingerprint() == before
    assert len(store.batches()) == 1


def test_listed_again(store: Store, load: Load) -> None:
    """An unchanged row of a newer edition adds no claim, and is remembered as listed in it."""
    load("organization", organization("A"), organization("B"), dated=20160801)
    load("organization", organization("A"), dated=20160901)
    claims = store.claims("organization", 20160901).set_index("key")
    assert claims["listed"].to_dict() == {"A": 20160901, "B": 20160801}
    assert claims["dated"].tolist() == [20160801, 20160801]


def test_two_ledgers(store: Store, load: Load) -> None:
    """Of two ledgers of one date the first loaded is primary, and both stay visible."""
    load("organization", organization("A", staff=5), ledger="east")
    load("organization", organization("A", staff=6), ledger="west")
    assert store.frame("organization")["staff"].tolist() == [5]
    claims = store.claims("organization")
    assert claims[["ledger", "staff", "rank"]].values.tolist() == [["east", 5, 0], ["west", 6, 1]]


def test_same_row_twice(store: Store, load: Load) -> None:
    """Rows of one batch never replace each other."""
    load("organization", organization("A", staff=5), organization("A", staff=6))
    assert store.claims("organization")["staff"].tolist() == [5, 6]
    assert [
        s.row for s in store.sources("organization", store.claims("organization")["claim"]).values()
    ] == [2, 3]


def test_founded(store: Store, load: Load) -> None:
    """A unit's founding date dates its first row only."""
    load("unit", unit("U", founded=20100101), dated=20160826)
    load("unit", unit("U", "T", founded=20100101), dated=20160901)
    assert store.frame("unit", 20120101)["key"].tolist() == ["U"]
    assert store.history("unit", "U")["valid_from"].tolist() == [20100101, 20160901]


def test_undo(store: Store, load: Load) -> None:
    """Undo takes back one batch, superseded claims stand again, and later batches stay."""
    load("organization", organization("A", staff=5))
    before = store.fingerprint()
    second = load("organization", organization("A", staff=6))
    load("organization", organization("B"))
    assert store.undo(second).undone
    assert store.frame("organization")["staff"].fillna(0).tolist() == [5, 0]
    store.undo(3)
    assert store.fingerprint() == before
    with pytest.raises(UnknownIdError):
        store.undo(second)


def test_all_or_nothing(store: Store) -> None:
    """An import that fails leaves nothing, and the store open for the next."""
    frame = pd.DataFrame([{"row": 2, "dated": 20160826, **organization("A")}])

    def fail() -> None:
        with store.importing(at="t", dated=20160826, files=[]) as importer:
            importer.add(Claims("organization", "L", 20160826, "a", "", frame))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.batches() == []
    assert store.frame("organization", 20160826).empty


def test_one_writer(store: Store) -> None:
    """A second import waits for nothing: it is told that one is under way."""
    with store.importing(at="t", dated=20160826, files=[]), pytest.raises(StoreBusyError):
        store.importing(at="t", dated=20160826, files=[]).__enter__()


def test_dangling(store: Store, load: Load) -> None:
    """A reference to what is not there is an edge that dangles, and holds once the row comes."""
    load("organization", organization("A", unit="U9"))
    edges = store.edges("COVERS")
    assert edges[["source", "target", "via"]].values.tolist() == [["U9", "A", "unit"]]
    assert [(n.id, n.kind) for n in store.chain("organization", "A").nodes] == [
        ("A", "organization"),
        ("U9", "missing"),
    ]
    load("unit", unit("U9"))
    assert [n.kind for n in store.chain("organization", "A").nodes] == ["organization", "unit"]


def test_place_resolved_later(store: Store, load: Load) -> None:
    """A place text waits for its place; undoing the import that resolved it puts the text back."""
    load("organization", organization("A", building="科技大厦", street="420106007"))
    assert store.unresolved("organization", "building")["value"].tolist() == ["科技大厦"]
    with store.importing(at="t", dated=20160826, files=[]) as importer:
        waiting = importer.unresolved("organization", "building")
        assert waiting[["key", "street"]].values.tolist() == [["A", "420106007"]]
        importer.resolve("organization", "building", waiting.assign(value="building:420106007/001"))
    assert store.frame("organization")["building"].tolist() == ["building:420106007/001"]
    store.undo(2)
    assert store.frame("organization")["building"].tolist() == ["科技大厦"]


def test_office_is_no_organization(store: Store, load: Load) -> None:
    """An office's name in 所属单位 makes no COVERS edge, a code does."""
    load("unit", unit("U1", organization="市教育局"), unit("U2", organization="A"))
    assert store.edges("COVERS")[["source", "target"]].values.tolist() == [["U2", "A"]]


def test_chain_shapes(store: Store, load: Load) -> None:
    """Several superiors are all followed, each node stands once at its least depth, by depth and id."""
    load("unit", unit("A", "B;C"), unit("B", "D"), unit("C", "B"), unit("D"))
    chain = store.chain("unit", "A")
    assert [(n.id, n.depth) for n in chain.nodes] == [("A", 0), ("B", 1), ("C", 1), ("D", 2)]
    assert chain.ends == ("D",)
    assert ("C", "B", "SUBORDINATE_TO") in chain.edges
    down = store.chain("unit", "D", down=True)
    assert [(n.id, n.depth) for n in down.nodes] == [("D", 0), ("B", 1), ("A", 2), ("C", 2)]


@pytest.mark.parametrize(
    ("rows", "cycles"),
    [
        ([("A", "A")], (("A",),)),
        ([("A", "B"), ("B", "C"), ("C", "A")], (("A", "B", "C"),)),
        ([("A", "B"), ("B", "C"), ("C", "B")], (("B", "C"),)),
    ],
)
def test_cycles(
    store: Store, load: Load, rows: list[tuple[str, str]], cycles: tuple[tuple[str, ...], ...]
) -> None:
    """A cycle is followed once and reported, a unit above itself too."""
    load("unit", *(unit(a, b) for a, b in rows))
    assert store.chain("unit", "A").cycles == cycles


def test_persons_stay_out(store: Store, load: Load) -> None:
    """Members are never results of find, lookup, neighbours or paths."""
    load("unit", unit("U"))
    load("organization", organization("A", unit="U"))
    load("member", {"key": "M1", "status": "正式", "unit": "U", "employer": "A"})
    assert store.find("M1") == []
    assert store.lookup("M1") == []
    assert set(store.neighbours("unit", "U", hops=3).nodes) == {
        ("unit", "U"),
        ("organization", "A"),
    }
    assert store.edges("BELONGS_TO")["source"].tolist() == ["M1"]


def test_find_order(store: Store, load: Load) -> None:
    """Exact code before exact name before a name's beginning, its middle and pinyin."""
    load(
        "organization",
        organization("X1", name="江岸"),
        organization("X2", name="江岸科技"),
        organization("X3", name="大江岸"),
        organization("江岸", name="别名"),
    )
    assert [n.key for n in store.find("江岸")] == ["江岸", "X1", "X2", "X3"]
    assert [n.key for n in store.find("jiangan")] == ["X1", "X2", "X3"]
    assert [n.key for n in store.find("jakj")] == ["X2"]


def test_paths(store: Store, load: Load) -> None:
    """All shortest connections are given, in order, up to a cap that says when it cuts."""
    load("unit", unit("U1"), unit("U2"))
    load("organization", organization("A", unit="U1;U2"), organization("B", unit="U1;U2"))
    found, cut = store.paths(("organization", "A"), ("organization", "B"))
    assert [[step[3][1] for step in path] for path in found] == [["U1", "B"], ["U2", "B"]]
    assert not cut
    assert store.paths(("organization", "A"), ("organization", "B"), cap=1)[1]
    assert store.paths(("unit", "U1"), ("unit", "nowhere")) == ([], False)


@given(st.permutations([("A", 1), ("B", 2), ("C", 3)]))
def test_fingerprint_of_content(rows: list[tuple[str, int]]) -> None:
    """The fingerprint is that of the content, whatever the order of loading."""
    prints = set()
    for order in (rows, sorted(rows)):
        store = open_store(":memory-model:")
        for key, staff in order:
            frame = pd.DataFrame([{"row": 2, "dated": 20160826, **organization(key, staff=staff)}])
            with store.importing(at="t", dated=20160826, files=[]) as importer:
                importer.add(Claims("organization", "L", 20160826, "a", "", frame))
        prints.add(store.fingerprint())
    assert len(prints) == 1
