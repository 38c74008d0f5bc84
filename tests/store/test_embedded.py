"""What only the embedded store promises: how it asks its file, and what its digests are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import StoreCorruptError, TooMuchError
from graph.model import Claims
from graph.schema import load_schema
from graph.store import digest, open_store, sqlite_columns
from graph.store.sqlite import SqliteStore


def filled(path: Path, n: int) -> SqliteStore:
    """A store of ``n`` organizations in one street under ``n`` units."""
    store = SqliteStore(str(path), create=True)
    keys = range(n)
    common: dict[str, Any] = {"row": range(2, n + 2), "dated": 20160826}
    units = pd.DataFrame({**common, "key": [f"U{i}" for i in keys], "superior": "R"})
    firms = pd.DataFrame(
        {**common, "key": [f"F{i}" for i in keys], "unit": [f"U{i}" for i in keys], "street": "S"}
    )
    with store.importing(at="t", dated=20160826, files=[]) as importer:
        importer.add(Claims("unit", "u", 20160826, "f", "u", units))
        importer.add(Claims("organization", "o", 20160826, "f", "o", firms))
    return store


def statements(store: SqliteStore, n: int) -> int:
    """Count the statements that a cut of ``2 n`` nodes takes."""
    seen: list[str] = []

    def trace(_: Any, sql: str, __: Any) -> bool:
        seen.append(sql)
        return True

    nodes = [("unit", f"U{i}") for i in range(n)] + [("organization", f"F{i}") for i in range(n)]
    store.latest()  # remembered until something is written
    store.db.exec_trace = trace
    try:
        cut = store.subgraph(nodes)
    finally:
        store.db.exec_trace = None
    assert len(cut) == 2 * n
    assert cut.number_of_edges() == n  # the superior and the street lie outside
    return len(seen) - sum("INSERT OR IGNORE INTO temp.wanted" in s for s in seen)


def test_cut_set_by_set(tmp_path: Path) -> None:
    """A cut is asked for set by set: a hundred times the nodes take no question more."""
    store = filled(tmp_path / "a.db", 300)
    assert statements(store, 3) == statements(store, 300) < 60
    store.close()


def test_many_new_rows_and_a_few_known(tmp_path: Path) -> None:
    """A first import that meets an entity twice loads it right, indexes and all."""
    store = filled(tmp_path / "a.db", 50)
    again = pd.DataFrame([{"row": 9, "dated": 20160901, "key": "F7", "unit": "U1", "street": "T"}])
    with store.importing(at="t", dated=20160901, files=[]) as importer:
        importer.add(Claims("organization", "p", 20160901, "f", "p", again))
        importer.add(
            Claims("member", "m", 20160901, "f", "m", again[["row", "dated", "key", "unit"]])
        )
        importer.add(
            Claims("member", "n", 20160901, "f", "n", again[["row", "dated", "key", "unit"]])
        )
    plans = store.db.execute(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchone()
    empty = SqliteStore(str(tmp_path / "b.db"), create=True)
    assert (
        plans
        == empty.db.execute(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchone()
    )
    assert store.edges("COVERS").set_index("target").loc["F7", "source"] == "U1"
    assert store.edges("BELONGS_TO")["source"].tolist() == ["F7", "F7"]
    assert store.frame("organization", 20160826).shape[0] == 50
    empty.close()
    store.close()


ROW = st.fixed_dictionaries(
    {
        "name": st.one_of(
            st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
        ),
        "staff": st.one_of(st.none(), st.integers(-(2**53), 2**53)),
        "lon": st.one_of(st.none(), st.floats(allow_nan=False)),
        "creative": st.one_of(st.none(), st.booleans()),
    }
)


@given(st.lists(ROW, min_size=1, max_size=6))
def test_digests_tell_rows_apart(rows: list[dict[str, Any]]) -> None:
    """Rows have one digest exactly where they are equal, whatever stands around them and in whatever order."""
    properties = load_schema().kinds["organization"].properties
    frame = pd.DataFrame(rows, columns=["name", "staff", "lon", "creative"], dtype=object)
    frame = frame.astype({"staff": "Int64", "lon": "float64", "creative": "boolean"})
    words = digest.columns(frame, properties)[1]
    alone = [digest.columns(frame.iloc[[i]], properties)[1][0] for i in range(len(rows))]
    assert words.tolist() == alone
    backwards = digest.columns(frame[::-1][["creative", "lon", "staff", "name"]], properties)[1]
    assert backwards[::-1].tolist() == alone
    for i, a in enumerate(rows):
        for j, b in enumerate(rows):
            same = {k: v if v != "" else None for k, v in a.items()} == {
                k: v if v != "" else None for k, v in b.items()
            }
            assert (alone[i] == alone[j]) == same


def test_digests_stay() -> None:
    """Digests are the same in every process and version: these were written down."""
    properties = load_schema().kinds["organization"].properties
    frame = pd.DataFrame(
        {"name": ["虚市一号公司"], "staff": [7], "lon": [114.25], "creative": [True]}
    )
    assert digest.columns(frame, properties)[1].tolist() == WRITTEN
    assert np.uint64(digest.seed("name")) == np.uint64(NAME)


WRITTEN = [17330835614649070216]
NAME = 15739679558528647255


def test_light_start(tmp_path: Path) -> None:
    """A chain from a store needs neither pandas nor numpy nor pyarrow."""
    filled(tmp_path / "a.db", 3).close()
    code = (
        "import sys; from graph.store import open_store; s = open_store(sys.argv[1]);"
        "assert len(s.chain('organization', 'F1').nodes) == 3; assert s.node('unit', 'U1');"
        "print([m for m in ('pandas', 'numpy', 'pyarrow', 'networkx') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.db")],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert found.stdout.strip() == "[]"


def test_open_store_takes_paths_only(tmp_path: Path) -> None:
    """The embedded store is what a path opens."""
    store = open_store(str(tmp_path / "a.db"), create=True)
    assert isinstance(store, SqliteStore)
    store.close()


VALUES = st.one_of(
    st.none(), st.text("甲a;\n\x00\x1e\x1f", max_size=3), st.just(sqlite_columns.NOTHING)
)


@given(
    names=st.lists(VALUES, min_size=1, max_size=9),
    staff=st.lists(st.one_of(st.none(), st.integers(-(2**60), 2**60)), min_size=9, max_size=9),
    lon=st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=9, max_size=9),
    creative=st.lists(st.sampled_from([None, True, False]), min_size=9, max_size=9),
)
def test_gathered_columns(
    names: list[str | None],
    staff: list[int | None],
    lon: list[float | None],
    creative: list[bool | None],
) -> None:
    """Columns put together inside SQLite are those that are fetched cell by cell, whatever they hold."""
    store = SqliteStore(":memory:", create=True)
    n = len(names)
    rows = pd.DataFrame(
        {
            "row": range(2, n + 2), "dated": 20160826, "key": [f"O{i}" for i in range(n)], "name": names,
            "staff": pd.array(staff[:n], dtype="Int64"), "lon": lon[:n],
            "creative": pd.array(creative[:n], dtype="boolean"),
        }
    )  # fmt: skip
    with store.importing(at="t", dated=20160826, files=[]) as importer:
        importer.add(Claims("organization", "o", 20160826, "f", "", rows))
    fetched = store.frame("organization"), store.claims("organization")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_columns, "CHUNK", 4)
        patch.setattr(sqlite_columns, "GATHERED", 0)
        gathered = store.frame("organization"), store.claims("organization")
        for one, other in zip(fetched, gathered, strict=True):
            pd.testing.assert_frame_equal(one, other, check_exact=True)
        store.db.execute("UPDATE claim_organization SET p_staff = 'x' WHERE key = 'O0'")
        with pytest.raises(StoreCorruptError):
            store.frame("organization")
        store.db.execute(
            "UPDATE claim_organization SET p_staff = 1, p_name = x'ff' WHERE key = 'O0'"
        )
        with pytest.raises(StoreCorruptError):
            store.frame("organization")
    store.close()


def test_a_search_for_connections_is_bounded(tmp_path: Path) -> None:
    """It ends with the way out once it has come upon as many as it may; from both ends it comes upon few."""
    store = open_store(str(tmp_path / "a.db"), create=True)
    with store.importing(at="t", dated=20160801, files=[]) as importer:
        unit = {"name": "支部", "type": "党支部", "dated": 20160801}
        rows = [
            unit | {"key": f"U{n}", "superior": f"U{n // 10}" if n else None, "row": n + 2}
            for n in range(200)
        ]
        importer.add(Claims("unit", "L", 20160801, "a", "", pd.DataFrame(rows)))
    found, _ = store.paths(("unit", "U123"), ("unit", "U187"), most=80)
    assert [[s[3][1] for s in one] for one in found] == [["U12", "U1", "U18", "U187"]]
    with pytest.raises(TooMuchError, match="more than 20 "):
        store.paths(("unit", "U123"), ("unit", "U187"), most=20)
    store.close()
