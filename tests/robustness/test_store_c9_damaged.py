"""C9: the store is damaged, is none, or is not for us."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw
import pytest

from api.cli.app import run
from graph.errors import StoreCorruptError, StoreError, StoreMissingError
from graph.store import ddl, open_store, sqlite_file
from tests.robustness.stores import DATED, load, made, rows

if TYPE_CHECKING:
    from graph.store.base import Store

PAGE = 4096


def answers(path: Path) -> list[Any]:
    """Ask a store a question of each kind."""
    store = open_store(str(path))
    try:
        asked: list[Callable[[Store], Any]] = [
            lambda s: s.status()["kinds"],
            lambda s: s.fingerprint(DATED),
            lambda s: s.frame("organization", DATED).drop(columns="claim").values.tolist(),
            lambda s: s.edges("COVERS", DATED)["target"].tolist(),
            lambda s: s.edges("LOCATED_IN", DATED)["target"].tolist(),
            lambda s: s.chain("organization", "F000007", DATED),
            lambda s: [n.key for n in s.find("虚企1", DATED)],
            lambda s: sorted(s.neighbours("organization", "F000007", DATED).nodes),
            lambda s: [b.loaded for b in s.batches()],
        ]
        return [question(store) for question in asked]
    finally:
        store.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Any]]:
    """A sound store's bytes and its answers."""
    path = tmp_path_factory.mktemp("whole") / "a.db"
    made(path)
    return path.read_bytes(), [str(a) for a in answers(path)]


def damage(content: bytes, pages: range) -> bytes:
    """Return a store's bytes with some pages turned over."""
    inside = range(pages.start * PAGE, min(pages.stop * PAGE, len(content)))
    broken = bytearray(content)
    for i in inside:
        broken[i] ^= 0xFF
    return bytes(broken)


def refusal(path: Path, question: Callable[[], Any]) -> tuple[Any, StoreError | None]:
    """Return an answer, or the refusal, whose line names the store and the way out."""
    try:
        return question(), None
    except StoreError as e:
        told = e
    assert str(path) in told.en
    assert str(path) in told.zh
    assert "\n" not in told.en + told.zh
    return None, told


def test_flipped_pages(tmp_path: Path, whole: tuple[bytes, list[Any]]) -> None:
    """With any two pages turned over a store answers what is right or says in a line that it is damaged; nothing else."""
    content, right = whole
    drawn = random.Random(9)
    refused = 0
    path = tmp_path / "a.db"
    pages = len(content) // PAGE
    for page in [0, pages // 2, *drawn.sample(range(1, pages - 1), 18)]:
        path.write_bytes(damage(content, range(page, page + 2)))
        found, told = refusal(path, lambda: answers(path))
        if told is None:
            assert [str(a) for a in found] == right
        else:
            assert isinstance(told, StoreCorruptError)
            assert "restore a backup" in told.en
            assert "恢复备份" in told.zh
            refused += 1
    assert refused > 3


@pytest.mark.parametrize("seed", [10, 11, 12])
def test_flipped_bytes(tmp_path: Path, whole: tuple[bytes, list[Any]], seed: int) -> None:
    """Single bits turned over never end in anything but an answer or a line that says what is wrong."""
    content, _ = whole
    drawn = random.Random(seed)
    path = tmp_path / "a.db"
    refused = 0
    for _ in range(25):
        broken = bytearray(content)
        for _ in range(40):
            broken[drawn.randrange(len(broken))] ^= 1 << drawn.randrange(8)
        path.write_bytes(broken)
        refused += refusal(path, lambda: answers(path))[1] is not None
    assert refused > 3


def test_import_into_damaged(tmp_path: Path, whole: tuple[bytes, list[Any]]) -> None:
    """An import that comes upon a damaged page is refused, and no transaction stays open."""
    content, _ = whole
    path = tmp_path / "a.db"
    refused = 0
    for page in range(2, len(content) // PAGE, 7):
        path.write_bytes(damage(content, range(page, page + 1)))
        store: Any
        store, told = refusal(path, lambda: open_store(str(path)))
        if told is None:
            _, told = refusal(path, lambda s=store: load(s, rows(0, 300, staff=8)))  # type: ignore[misc]
            assert not store.db.in_transaction
            store.close()
        assert told is None or isinstance(told, StoreCorruptError)
        refused += told is not None
    assert refused > 1


def other_program(path: Path) -> None:
    """Make another program's database."""
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE accounts(id)")
    db.commit()
    db.close()


def versioned(version: int) -> Callable[[Path], None]:
    """Return what makes a store of another schema version."""

    def make(path: Path) -> None:
        made(path, 5)
        db = apsw.Connection(str(path))
        db.execute(f"PRAGMA user_version = {version}")
        db.close()

    return make


BAD: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "text": (lambda p: p.write_text("甲,乙\n" * 2000, encoding="utf-8"), "damaged or no store", "已损坏或不是存储文件"),
    "short": (lambda p: p.write_bytes(b"SQLite format 3\0" + b"\0" * 20), "damaged or no store", "已损坏"),
    "other": (other_program, "another program", "其他程序"),
    "newer": (versioned(ddl.VERSION + 1), "newer version of Lianjian; update", "请升级本程序"),
    "older": (versioned(ddl.VERSION - 1), "older version of Lianjian; import", "旧版本"),
    "folder": (lambda p: p.mkdir(), "a folder; give the path", "是文件夹"),
    "missing": (lambda p: None, "there is none; make one", "不存在"),
    "empty": (lambda p: p.touch(), "there is none; make one", "不存在"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_no_store(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no store for us is named in one line of either language, with the way out, and exit code 3."""
    make, en, zh = BAD[name]
    path = tmp_path / "a.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    for lang, words in (("en", en), ("zh", zh)):
        code = run(["status", "--store", str(path), "--lang", lang])
        said = capsys.readouterr()
        assert code == 3
        assert words in said.err.replace("\n", "")
        assert "a.db" in said.err.replace("\n", "")
        assert "Traceback" not in said.err
        assert not said.out
    assert (path.read_bytes() if path.is_file() else None) == before


def test_create_keeps_what_is_there(tmp_path: Path) -> None:
    """An import does not write over a file that is no store, and a store that none was imported into is not there."""
    path = tmp_path / "a.txt"
    path.write_text("甲" * 5000, encoding="utf-8")
    with pytest.raises(StoreCorruptError):
        open_store(str(path), create=True)
    assert path.read_text(encoding="utf-8") == "甲" * 5000
    store = open_store(str(tmp_path / "b.db"), create=True)
    assert store.batches() == []
    assert store.frame("organization").empty
    store.close()
    assert not (tmp_path / "b.db").exists()
    with pytest.raises(StoreError, match=r"nowhere.*can't be opened"):
        load(open_store(str(tmp_path / "nowhere" / "b.db"), create=True), rows(0, 1))


def test_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that may only be read is read, and an import into it is refused in a line."""
    path = tmp_path / "a.db"
    before = made(path, 5)

    def read_only(name: str, mapped: int = 0) -> Any:
        return apsw.Connection(name, flags=apsw.SQLITE_OPEN_READONLY)

    monkeypatch.setattr(sqlite_file, "_open", read_only)
    store = open_store(str(path))
    assert store.fingerprint(DATED) == before
    with pytest.raises(StoreError, match=r"can't be opened or written; check"):
        load(store, rows(10, 5))
    assert store.fingerprint(DATED) == before
    store.close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [("3.40.1", False), ("3.51.2", False), ("3.51.3", True), ("3.52.0", False), ("3.53.0", True), ("4.0.0", True)],
)  # fmt: skip
def test_wal_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, safe: bool
) -> None:
    """A build of SQLite that can lose committed pages in WAL mode is refused before it touches anything."""
    path = tmp_path / "a.db"
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: version)
    with pytest.raises(StoreMissingError if safe else StoreError) as told:
        open_store(str(path))
    assert isinstance(told.value, StoreMissingError) == safe
    assert told.value.exit_code == 3
    if not safe:
        assert version in told.value.zh


def test_a_file_cut_short_under_an_open_store_is_said(tmp_path: Path) -> None:
    """Whoever has it open is told that it is damaged; no process ends for it."""
    path = tmp_path / "a.db"
    made(path)
    asking = (
        "import sys; from graph.errors import StoreError; from graph.store import open_store\n"
        "store = open_store(sys.argv[1]); store.frame('organization'); print('read', flush=True); sys.stdin.readline()\n"
        "try: store.frame('organization'); store.frame('unit'); store.edges('LOCATED_IN')\n"
        "except StoreError as error: print(error.en)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", asking, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "read\n"
        with path.open("r+b") as file:
            file.truncate(2 * PAGE)
        said, _ = other.communicate("go\n", timeout=60)
    assert other.returncode == 0
    assert "damaged" in said
