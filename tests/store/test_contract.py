from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import StoreBusyError, TooMuchError, UnknownIdError
from graph.model import OPEN, Claims
from graph.store import open_store
from graph.store.base import HUBS

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


def test_replaced(store: Store, load: Load) -> None:
    """What a correction replaced can be asked for: what was said, by which batch, what replaced it, what stands now."""
    first = load("organization", organization("A", staff=5), organization("B", staff=1))
    second = load("organization", organization("A", staff=7), organization("B", staff=1))
    third = load("organization", organization("A", staff=8), organization("B", staff=1))
    gone = store.replaced("organization")
    asked = gone[["key", "staff", "ledger", "dated", "batch", "superseded"]].values.tolist()
    assert asked == [["A", 5, "L", 20160826, first, second], ["A", 7, "L", 20160826, second, third]]
    assert store.said("organization", gone["now"])["staff"].tolist() == [8]
    assert store.replaced("organization", second)["staff"].tolist() == [7]
    assert len(store.replaced("organization", key="B")) == 0
    assert store.sources("organization", gone["claim"])[gone["claim"][0]].batch == first
    store.undo(third)
    assert store.replaced("organization")["staff"].tolist() == [5]


def test_said(store: Store, load: Load) -> None:
    """Claims by id come as asked for, each once; ids that nothing has are left out."""
    load("organization", *(organization(k, staff=n) for n, k in enumerate("ABC")))
    claims = store.frame("organization", columns=[])["claim"].tolist()
    said = store.said("organization", [claims[2], 999, claims[0], claims[2]], ["staff"])
    assert list(said.columns) == ["key", "staff", "ledger", "dated", "batch", "claim"]
    assert said[["key", "staff", "claim"]].values.tolist() == [
        ["C", 2, claims[2]],
        ["A", 0, claims[0]],
    ]


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


def test_editions(store: Store, load: Load) -> None:
    """What each edition lists is what claims at its date say, also where rows repeat, change, or are corrected."""
    a, b, c = (organization(k, staff=1) for k in "ABC")
    load("organization", a, b, c, dated=20160801)
    load("organization", a, {**b, "staff": 2}, dated=20160901)
    load("organization", a, b, dated=20161001)
    load("organization", c, dated=20160901, ledger="other")
    load("organization", {**a, "staff": 9}, dated=20161001)
    found = store.editions("organization")
    assert list(found) == sorted(found, reverse=True)
    days = (20160801, 20160901, 20161001)
    listed = {d: int((store.claims("organization", d, [])["listed"] == d).sum()) for d in days}
    assert found == {d: n for d, n in sorted(listed.items(), reverse=True) if n}
    assert store.editions("unit") == {}


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


def test_above(store: Store, load: Load) -> None:
    """All above some units at once, through loops and past codes that nothing defines, and nothing below or beside."""
    load("unit", unit("A", "B;C"), unit("B", "D"), unit("C", "B"), unit("D"), unit("E", "GONE"))
    load("unit", unit("F", "G"), unit("G", "F"), unit("H", "D"))
    assert store.above(["A"]) == {"A", "B", "C", "D"}
    assert store.above(["C", "E", "F"]) == {"C", "B", "D", "E", "GONE", "F", "G"}
    assert store.above(["NOWHERE"]) == {"NOWHERE"}
    assert store.above([]) == set()
    assert store.above(["A"], 20000101) == {"A"}


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


def test_ring(store: Store, load: Load) -> None:
    """What lies within some edges of any of several entities, themselves with it, of whichever kinds they are."""
    load("unit", unit("U1"), unit("U2", superior="U1"), unit("U3", superior="U2"))
    load("organization", organization("A", unit="U1"), organization("B", unit="U3"))
    a, b = ("organization", "A"), ("organization", "B")
    one, two, three = ("unit", "U1"), ("unit", "U2"), ("unit", "U3")
    assert store.ring([a]) == {a, one}
    assert store.ring([a, three]) == {a, one, three, two, b}
    assert store.ring([a], hops=2) == set(store.neighbours(*a, hops=2)) == {a, one, two}
    assert store.ring([a], hops=0) == {a}
    assert store.ring([]) == set()
    assert store.ring([("organization", "nowhere")]) == {("organization", "nowhere")}
    assert store.ring([one], hops=3, kinds=["SUBORDINATE_TO"]) == {one, two, three}
    assert store.ring([b], hops=9, kinds=["COVERS"]) == {b, three}
    assert store.ring([b], kinds=[]) == {b}


def test_what_lies_around_one_is_bounded(store: Store, load: Load) -> None:
    """As many as may be are given, one more is refused with the way out, at whichever hop."""
    load("unit", unit("U"), unit("V", superior="U"))
    load("organization", *(organization(k, unit="U") for k in "ABC"))
    assert len(store.neighbours("unit", "U", most=5)) == 5
    assert len(store.neighbours("organization", "A", hops=2, most=5)) == 5
    for kind, key, hops in (("unit", "U", 1), ("organization", "A", 2), ("unit", "V", 6)):
        with pytest.raises(TooMuchError, match="more than 4 "):
            store.neighbours(kind, key, hops=hops, most=4)


def test_hops_stop_at_what_has_too_many_neighbours(store: Store, load: Load) -> None:
    """It is given, named with how many it has, and not gone through; where one begins there is no such end."""
    load("unit", unit("T"), unit("U", superior="T"), unit("V", superior="T"))
    load("organization", *(organization(k, unit="U") for k in "ABCDE"), organization("Z", unit="V"))
    a, t, u, v, z = (("organization", "A"), *(("unit", k) for k in "TUV"), ("organization", "Z"))
    spared = store.neighbours(*a, hops=4, most=9, through=5)
    assert (set(spared), spared.graph[HUBS]) == ({a, u}, {u: 6})
    assert spared.has_edge(u, a)
    found = store.neighbours(*a, hops=4, through=6)
    assert (len(found), found.graph[HUBS]) == (9, {})
    around = store.neighbours(*u, hops=3, most=9, through=5)
    assert ({t, v, z} <= set(around), around.graph[HUBS]) == (True, {})
    back = store.neighbours(*z, hops=3, through=5)
    assert (set(back), back.graph[HUBS]) == ({z, v, t, u}, {})
    assert store.neighbours(*z, hops=4, through=5).graph[HUBS] == {u: 6}
    assert set(store.neighbours(*z, hops=4)) == set(found)
    assert store.neighbours(*z, hops=1, through=0).graph[HUBS] == {}


def test_origins(store: Store, load: Load) -> None:
    """Where several entities' values were read is told at once, of those that a row describes at the date."""
    load("unit", unit("U1"), unit("U2", superior="U1"))
    load("organization", organization("A", unit="U1"))
    nodes = [("organization", "A"), ("unit", "U1"), ("unit", "U2"), ("unit", "A"), ("missing", "X")]
    told = store.origins(nodes)
    assert sorted(told) == nodes[:3]
    for kind, key in nodes[:3]:
        node = store.node(kind, key)
        assert node is not None
        assert told[kind, key] == node.source
    assert store.origins(nodes, 19000101) == {}
    assert store.origins([]) == {}


def test_paths(store: Store, load: Load) -> None:
    """All shortest connections are given, in order, up to a cap that says when it cuts."""
    load("unit", unit("U1"), unit("U2"))
    load("organization", organization("A", unit="U1;U2"), organization("B", unit="U1;U2"))
    found, cut = store.paths(("organization", "A"), ("organization", "B"))
    assert [[step[3][1] for step in path] for path in found] == [["U1", "B"], ["U2", "B"]]
    assert not cut
    assert store.paths(("organization", "A"), ("organization", "B"), cap=1)[1]
    assert store.paths(("unit", "U1"), ("unit", "nowhere")) == ([], False)


def test_repeats_end_where_something_comes_between(store: Store, load: Load) -> None:
    """A ledger that repeats a row keeps its word when an older one, or a correction of the first, comes late."""
    first = load("organization", organization("A", staff=5), dated=20160801)
    load("organization", organization("A", staff=5), dated=20160901)
    late = load("organization", organization("A", staff=7), dated=20160815)
    staff = {
        d: store.frame("organization", d)["staff"].tolist()[0]
        for d in (20160801, 20160815, 20160901)
    }
    assert staff == {20160801: 5, 20160815: 7, 20160901: 5}
    store.undo(late)
    assert store.history("organization", "A")["dated"].tolist() == [20160801]
    load("organization", organization("A", staff=6), corrects=first)
    assert store.frame("organization", 20160815)["staff"].tolist() == [6]
    assert store.frame("organization", 20160901)["staff"].tolist() == [5]


def test_other_ledger_between(store: Store, load: Load) -> None:
    """What another ledger said in between does not outlast a newer edition that repeats the older word."""
    load("organization", organization("A", staff=5), dated=20160801, ledger="east")
    load("organization", organization("A", staff=6), dated=20160815, ledger="west")
    load("organization", organization("A", staff=5), dated=20160901, ledger="east")
    assert store.frame("organization")["staff"].tolist() == [5]


def test_undo_between(store: Store, load: Load) -> None:
    """Of three corrections the middle one taken back leaves the last, and the first taken back what repeated it."""
    first = load("organization", organization("A", staff=5))
    second = load("organization", organization("A", staff=6))
    load("organization", organization("A", staff=7))
    store.undo(second)
    assert store.history("organization", "A")["staff"].tolist() == [7]
    load("organization", organization("A", staff=7), organization("B"))
    store.undo(first)
    store.undo(3)
    assert store.frame("organization")[["key", "staff"]].fillna(0).values.tolist() == [
        ["A", 7],
        ["B", 0],
    ]
    assert [
        s.batch
        for s in store.sources("organization", store.frame("organization")["claim"]).values()
    ] == [4, 4]


def test_rows_of_a_batch_across_sheets(store: Store) -> None:
    """Rows of one import on two sheets stand beside each other, and the same import again changes nothing."""

    def run() -> list[tuple[int, int]]:
        with store.importing(at="t", dated=20160826, files=[]) as importer:
            counts = []
            for sheet, staff in (("one", [5]), ("two", [6, 5])):
                rows = [
                    {"row": 2 + n, "dated": 20160826, **organization("A", staff=x)}
                    for n, x in enumerate(staff)
                ]
                claims = Claims("organization", "L", 20160826, "a", sheet, pd.DataFrame(rows))
                counts.append(importer.add(claims))
            return counts

    assert run() == [(1, 0), (1, 1)]
    assert run() == [(0, 1), (0, 2)]
    assert store.claims("organization")["staff"].tolist() == [5, 6]
    assert len(store.batches()) == 1


def test_status_without_the_undone(store: Store, load: Load) -> None:
    """Status counts what is in force: entities, edges, ledgers and batches that were not taken back."""
    load("organization", organization("A", unit="U", street="420101001"), ledger="east")
    before = store.status()
    second = load("organization", organization("B", unit="U"), dated=20160901, ledger="west")
    during = store.status()
    assert (during["batches"], during["kinds"], during["edges"]["COVERS"]) == (
        2,
        {"organization": 2},
        2,
    )
    assert (during["ledgers"], during["latest"]) == (["east", "west"], 20160901)
    store.undo(second)
    assert store.status() == before
    assert before["edges"] == {"COVERS": 1, "LOCATED_IN": 1}
    assert len(store.batches()) == 2


VALUES: list[dict[str, Any]] = [
    {"key": "A", "staff": 5, "lon": 114.25, "creative": True, "unit": "U1;U2"},
    {"key": "A", "staff": None, "lon": -0.0, "creative": False, "name": "武汉"},
    {"key": "B", "staff": 0, "lon": None, "creative": None, "measures_due": 20161231},
]


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(VALUES), st.sampled_from([20160801, 20160815, 20160901]), st.sampled_from("ew")),
        min_size=1, max_size=5, unique_by=lambda r: (r[0]["key"], r[1], r[2]),
    ),
    data=st.data(),
)  # fmt: skip
@settings(max_examples=20)
def test_fingerprint_of_content(
    rows: list[tuple[dict[str, Any], int, str]], data: st.DataObject
) -> None:
    """The fingerprint is that of the content: the same in every store, whatever the order of loading."""
    prints = set()
    with tempfile.TemporaryDirectory() as folder:
        for n, url in enumerate((":memory-model:", f"{folder}/a.db", f"{folder}/b.db")):
            store = open_store(url, create=True)
            for values, dated, ledger in rows if n == 0 else data.draw(st.permutations(rows)):
                frame = pd.DataFrame([{"row": 2, "dated": dated, **organization("A"), **values}])
                with store.importing(at="t", dated=dated, files=[]) as importer:
                    importer.add(Claims("organization", ledger, dated, "a", "", frame))
            prints.add((store.fingerprint(), store.fingerprint(20160815)))
            store.close()
    assert len(prints) == 1


def test_latest_of_a_newer_edition_that_changes_nothing(store: Store, load: Load) -> None:
    """A newer edition is the store's latest date even where every row of it repeats the one before."""
    load("organization", organization("A"), organization("B"), dated=20160801)
    newer = load("organization", organization("A"), dated=20160901)
    assert store.latest() == 20160901
    listed = store.claims("organization").set_index("key")["listed"]
    assert listed.to_dict() == {"A": 20160901, "B": 20160801}
    store.undo(newer)
    assert store.latest() == 20160801


def test_some_entities(store: Store, load: Load) -> None:
    """A frame of some entities is the whole frame without the others, by key or by a property, in the same order."""
    rows = [organization(k, staff=n, level=("市级", None)[n % 2]) for n, k in enumerate("DBAC")]
    load("organization", *rows, dated=20160801)
    load("organization", organization("B", level="市级"), dated=20160901)
    for date in (20160731, 20160801, None):
        whole = store.frame("organization", date)
        some = store.frame("organization", date, of=["C", "B", "nobody", "B"])
        wanted = whole[whole["key"].isin(["B", "C"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(some, wanted)
    assert store.frame("organization", 20160801, [], of=["市级"], by="level")["key"].tolist() == [
        "A",
        "D",
    ]
    assert store.frame("organization", None, [], of=["市级"], by="level")["key"].tolist() == [
        "A",
        "B",
        "D",
    ]
    assert len(store.frame("organization", of=[])) == 0


def test_some_edges(store: Store, load: Load) -> None:
    """Edges of some ends are all edges without the others, in the same order, dangling ones included."""
    load("unit", unit("U1", organization="A", covers="A;B"), unit("U2", covers="C;A"))
    load("organization", *(organization(k, unit="U3;U1") for k in "AB"))
    whole = store.edges("COVERS")
    for end, of in (("source", ["U1", "U3"]), ("target", ["A", "nobody"]), ("source", [])):
        some = store.edges("COVERS", of=of, end=end)  # type: ignore[arg-type]
        pd.testing.assert_frame_equal(some, whole[whole[end].isin(of)].reset_index(drop=True))


def test_what_lies_inside(store: Store, load: Load) -> None:
    """Organizations lie in a place over places between, at a date, also in one that no row defines and over loops."""
    load(
        "division",
        {"key": "D", "name": "区", "level": "区", "parent": "S"},  # a loop
        {"key": "S", "name": "街道", "level": "街道", "parent": "D"},
        {"key": "C", "name": "社区", "level": "社区", "parent": "S"},
        dated=20160801,
    )
    load("building", {"key": "building:S/1", "code": "1", "name": "楼", "community": "C"})
    rows = [
        organization("A", building="building:S/1"),
        organization("B", community="C", line="social"),
        organization("E", street="S", building="building:S/1"),
        organization("F", district="D", market="market:S/none"),
        organization("G"),
    ]
    load("organization", *rows, dated=20160826)
    load("organization", organization("A", market="market:S/none"), dated=20160901)
    assert store.inside([("division", "S")], 20160826) == ["A", "B", "E", "F"]
    assert store.inside([("division", "C")], 20160826) == ["A", "B", "E"]
    assert store.inside([("division", "C")]) == ["B", "E"]
    assert store.inside([("market", "market:S/none"), ("building", "building:S/1")]) == [
        "A",
        "E",
        "F",
    ]
    assert store.inside([("division", "D")], 20160826, having=("line", "social")) == ["B"]
    assert store.inside([("division", "D")], 20160825) == []
    assert store.inside([("division", "nowhere"), ("building", "D")]) == []
    assert store.inside([]) == []


def test_structure(store: Store, load: Load) -> None:
    """Told are units without superior, with several, their own, in cycles, and superiors that no row defines, at a date."""
    load(
        "unit",
        unit("R"),
        unit("A", "R"),
        unit("B", "A;R"),
        unit("C", "D"),
        unit("D", "E"),
        unit("E", "C;A"),
        unit("S", "S"),
        unit("T", "S;gone;T"),
        unit("X", "gone"),
        dated=20160801,
    )
    load("unit", unit("D", "R"), unit("N"), dated=20160901)
    then, now = store.structure(20160801), store.structure()
    assert then.headless == ("R",)
    assert now.headless == ("N", "R")
    assert then.several == {"B": ("A", "R"), "E": ("A", "C"), "T": ("S", "T", "gone")}
    assert (then.itself, then.cycles, then.missing) == (("S", "T"), (("C", "D", "E"),), ("gone",))
    assert now.several == then.several
    assert now.cycles == ()
    assert store.structure(20160731).headless == ()


def test_entities_that_have_a_value(store: Store, load: Load) -> None:
    """Entities are found by a property's value, by key, as they hold at a date."""
    load("unit", unit("U2", "R"), unit("U1", "R"), unit("U3", "S"), dated=20160801)
    load("unit", unit("U2", "S"), dated=20160901)
    found = store.having("unit", "superior", "R", 20160801)
    assert [n.key for n in found] == ["U1", "U2"]
    assert found[1] == store.node("unit", "U2", 20160801)
    assert [n.key for n in store.having("unit", "superior", "R")] == ["U1"]
    assert store.having("unit", "superior", "T") == []
