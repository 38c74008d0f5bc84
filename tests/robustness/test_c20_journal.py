"""C20: whatever is done to the journal is told, from which row on, and nothing of a person is in it."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.identity import LOCAL, Identity
from api.journal import Action, Intent, Journal, Places, journal, rows
from api.journal.anchor import Head
from api.journal.verify import Finding
from graph.errors import JournalError
from tests.robustness.stores import child

ROWS = 12
ANNA = Identity("anna", "planner", "420106")
TEXTS = ("time", "clock", "name", "role", "action", "operation", "subjects", "scope", "outcome", "mark")  # fmt: skip
NUMBERS = ("sequence", "intent")


def places(folder: Path) -> Places:
    """Return the files of a journal in a folder, whatever the environment names."""
    return Places.of(folder / "state", {})


def filled(folder: Path) -> Places:
    """A journal of twelve rows with every field in use, anchored at the first and the last."""
    where = places(folder)
    times = iter([dt.datetime(2026, 1, 1, 0, n, tzinfo=dt.UTC) for n in (3, 1, *range(4, 20))])
    made = Journal(where, clock=lambda: next(times))
    for n in range(4):
        made.read(ANNA, "show", [f"U000{n}", "orphan:U0012"], action=Action.EXPORT)
    for n in range(3):
        with made.write(ANNA, "import", ["91A"], action=Action.IMPORT, mark=f"import {n} t"):
            pass
    made.read(LOCAL, "show", ["U1"])
    made.read(LOCAL, "show", ["U2"])
    made.close()
    return where


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Such a journal, for all tests that leave it as it is."""
    return filled(tmp_path_factory.mktemp("journal"))


@pytest.fixture
def copy(whole: Places, tmp_path: Path) -> Places:
    """A copy of it to do harm to."""
    shutil.copytree(whole.file.parent, tmp_path / "state")
    return places(tmp_path)


def tampered(where: Places, *changes: tuple[str, tuple[Any, ...]]) -> None:
    """Change the file as somebody with a database tool would: without triggers, and without types."""
    db = apsw.Connection(str(where.file))
    db.execute("DROP TRIGGER IF EXISTS kept; DROP TRIGGER IF EXISTS fixed")
    for sql, values in changes:
        db.execute(sql, values)
    db.close()


def told(where: Places, *heads: Head) -> tuple[str, int | None]:
    """Return the verdict and the first bad row."""
    found = Journal(where).verify(heads)
    return found.verdict, found.sequence


def test_untouched_is_ok(whole: Places) -> None:
    """A journal that nobody touched is ok, anchored up to its last row."""
    found = Journal(whole).verify()
    assert found == Finding("ok", None, "journal", ROWS, ROWS, ROWS)


def fields(where: Places) -> list[tuple[int, str, bytes]]:
    """Return each field of each row: its sequence, its name, its bytes."""
    db = apsw.Connection(str(where.file))
    found = []
    for name in (*TEXTS, "mac"):
        for sequence, value in db.execute(
            f"SELECT sequence, CAST({name} AS BLOB) FROM journal WHERE {name} IS NOT NULL"
        ):
            found.append((int(str(sequence)), name, bytes(value)))
    db.close()
    return found


def test_each_byte_of_each_field_counts(whole: Places, tmp_path: Path) -> None:
    """A byte turned over in whichever field of whichever row is `altered` at that row, also of the last one's seal."""
    tried = 0
    key = whole.read_key()
    where = places(tmp_path)
    shutil.copytree(whole.file.parent, where.file.parent)
    tampered(where)
    db = apsw.Connection(str(where.file))
    for sequence, name, value in fields(whole):
        for at in range(len(value)):
            other = bytearray(value)
            other[at] ^= 1 << (at % 7)
            kind = "?" if name == "mac" else "CAST(? AS TEXT)"
            db.execute(
                f"UPDATE journal SET {name} = {kind} WHERE sequence = ?", (bytes(other), sequence)
            )
            assert told(where) == ("altered", sequence), (sequence, name, at)
            db.execute(f"UPDATE journal SET {name} = {kind} WHERE sequence = ?", (value, sequence))
            tried += 1
    db.close()
    assert told(where) == ("ok", None)
    assert where.read_key() == key
    assert tried > 1000


@pytest.mark.parametrize("name", ["clock", "scope", "mark", "intent"])
def test_a_value_taken_away_counts(copy: Places, name: str) -> None:
    """A field that is emptied is as bad as one that is changed."""
    row = {"clock": 2, "mark": 5}.get(name, 6)
    tampered(copy, (f"UPDATE journal SET {name} = NULL WHERE sequence = ?", (row,)))
    assert told(copy) == ("altered", row)


def test_a_row_that_is_tied_to_another_intent_is_altered(copy: Places) -> None:
    """Numbers count as texts do."""
    tampered(copy, ("UPDATE journal SET intent = 3 WHERE sequence = ?", (6,)))
    assert told(copy) == ("altered", 6)


@pytest.mark.parametrize("gone", [1, 2, 7, 11])
def test_a_row_deleted_is_a_gap(copy: Places, gone: int) -> None:
    """A row that is missing before others is a gap at its sequence, the first one too."""
    tampered(copy, ("DELETE FROM journal WHERE sequence = ?", (gone,)))
    assert told(copy) == ("gap", gone)


@pytest.mark.parametrize("gone", [ROWS, 9, 1])
def test_the_end_cut_off_is_truncated(copy: Places, gone: int) -> None:
    """Rows missing at the end are told by the anchor, from the first missing one on."""
    tampered(copy, ("DELETE FROM journal WHERE sequence >= ?", (gone,)))
    assert told(copy) == ("truncated", gone)


def test_the_whole_file_taken_away_is_truncated_and_none_is_begun(copy: Places) -> None:
    """Without the file all is missing, and no new one hides that."""
    copy.file.unlink()
    assert told(copy) == ("truncated", 1)
    with pytest.raises(JournalError, match="gone"):
        Journal(copy).read(LOCAL, "show")
    assert not copy.file.exists()


def test_rows_in_another_order_are_altered(copy: Places) -> None:
    """Two rows that change places are bad from the first of them on."""
    tampered(
        copy,
        ("UPDATE journal SET sequence = -1 WHERE sequence = ?", (4,)),
        ("UPDATE journal SET sequence = 4 WHERE sequence = ?", (5,)),
        ("UPDATE journal SET sequence = 5 WHERE sequence = ?", (-1,)),
    )
    assert told(copy) == ("altered", 4)


def resealed(where: Places, key: bytes, first: int, change: str = "operation") -> None:
    """Write the chain anew from a row on, as somebody with a key would."""
    db = apsw.Connection(str(where.file))
    db.execute("DROP TRIGGER IF EXISTS fixed")
    before = rows.BEGINNING
    for found in db.execute("SELECT * FROM journal ORDER BY sequence").fetchall():
        *values, mac = found
        if int(str(values[0])) >= first:
            if values[0] == first and change:
                values[6] = change
            mac = rows.seal(key, before, values)  # type: ignore[arg-type]
            db.execute(
                "UPDATE journal SET operation = ?, mac = ? WHERE sequence = ?",
                (values[6], mac, values[0]),
            )
        before = mac  # type: ignore[assignment]
    db.close()


@pytest.mark.parametrize("first", [1, 5, 11])
@pytest.mark.parametrize("change", ["", "status"])
def test_written_anew_with_another_key(copy: Places, first: int, change: str) -> None:
    """A chain under another key is `rewritten` from its first row on, whether or not a word was changed."""
    resealed(copy, b"x" * 64, first, change)
    assert told(copy) == ("rewritten", first)


def test_written_anew_with_the_right_key_does_not_fit_the_anchor(copy: Places) -> None:
    """Who has the key too is told by the old anchor: rows no longer agree with it."""
    resealed(copy, copy.read_key(), 5)
    found = Journal(copy).verify()
    assert (found.verdict, found.sequence, found.vouched) == ("rewritten", ROWS, 1)


def test_written_anew_with_key_and_anchor_does_not_fit_paper(copy: Places) -> None:
    """Who has key and anchor is told by a head on paper."""
    paper = Journal(copy).head()
    assert paper is not None
    paper = Head.parse(str(paper))
    resealed(copy, copy.read_key(), 5)
    copy.anchor.unlink()
    Journal(copy).read(LOCAL, "show")
    assert told(copy, paper) == ("rewritten", ROWS)


def test_an_altered_anchor_is_told(copy: Places) -> None:
    """Each byte of an anchor's line counts; a line that was cut off while it was written does not."""
    raw = copy.anchor.read_bytes()
    first = raw.index(b"\n")
    for at in range(first):
        copy.anchor.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        found = Journal(copy).verify()
        assert (found.verdict, found.place, found.sequence) == ("altered", "anchor", 1), at
    copy.anchor.write_bytes(raw + b"13 2026-01")
    assert told(copy) == ("ok", None)
    with contextlib.closing(Journal(copy)) as going_on:
        going_on.read(LOCAL, "show")
    assert told(copy) == ("ok", None)


def test_without_anchor_or_key_nothing_is_claimed(copy: Places) -> None:
    """Verifying says what is missing, not `ok`; and no second key is made."""
    kept = copy.anchor.read_bytes()
    copy.anchor.unlink()
    with pytest.raises(JournalError, match="no anchor"):
        Journal(copy).verify()
    copy.anchor.write_bytes(kept)
    copy.key.unlink()
    with pytest.raises(JournalError, match="key is not there"):
        Journal(copy).verify()
    with pytest.raises(JournalError, match="key is not there"):
        Journal(copy).read(LOCAL, "show")
    assert not copy.key.exists()


def test_bytes_turned_over_in_the_file_never_pass(whole: Places, tmp_path: Path) -> None:
    """A byte of the database turned over anywhere: every row is still there as written, or the verdict or an error says no."""
    where = places(tmp_path)
    shutil.copytree(whole.file.parent, where.file.parent)
    raw = where.file.read_bytes()
    expected = list(Journal(whole).rows())
    noticed = 0
    for at in range(100, len(raw), 29):
        where.file.write_bytes(raw[:at] + bytes([raw[at] ^ 0x15]) + raw[at + 1 :])
        try:
            ok = Journal(where).verify().ok
            found = list(Journal(where).rows()) if ok else []
        except JournalError:
            ok = False
        assert not ok or found == expected, at
        noticed += not ok
    assert noticed > 20


WRITER = """
import sys
from pathlib import Path
from api.access.identity import LOCAL
from api.journal import Journal, Places
made = Journal(Places.of(Path(sys.argv[1]), {}))
for n in range(int(sys.argv[2])):
    if n % 3:
        made.read(LOCAL, "show", [f"U{n}"])
    else:
        with made.write(LOCAL, "import"):
            pass
made.close()
"""


def test_many_writers_make_one_chain(tmp_path: Path) -> None:
    """Processes and threads that begin a journal at once and write side by side make one chain without a fork or a hole."""
    where = places(tmp_path)
    processes = [child(WRITER, str(where.file.parent), "30") for _ in range(4)]
    own = Journal(where)
    threads = [
        threading.Thread(target=lambda: [own.read(ANNA, "show", ["U1"]) for _ in range(20)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    own.close()
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    found = Journal(where).verify()
    assert (found.verdict, found.rows) == ("ok", 4 * 40 + 4 * 20)
    assert found.anchored == found.rows


DYING = """
import os, signal, sys
from pathlib import Path
from api.access.identity import LOCAL
from api.journal import Journal, Places
made = Journal(Places.of(Path(sys.argv[1]), {}))
with made.write(LOCAL, "import", mark="import 0 t"):
    print("writing", flush=True)
    sys.stdin.readline()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
@pytest.mark.parametrize(
    ("happened", "outcome"), [(True, "settled_done"), (False, "settled_failed")]
)
def test_a_write_that_was_killed_is_settled(tmp_path: Path, happened: bool, outcome: str) -> None:
    """An intent is left alone while its writer lives; after kill -9 it is settled once, by what the store says."""
    where = places(tmp_path)
    dying = subprocess.Popen(
        [sys.executable, "-c", DYING, str(where.file.parent)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert dying.stdout is not None
    assert dying.stdout.readline() == "writing\n"
    asked: list[Intent] = []

    def store(intent: Intent) -> bool:
        asked.append(intent)
        return happened

    after = Journal(where)
    assert after.settle(store) == 0
    assert asked == []
    dying.communicate("\n", timeout=30)
    assert dying.returncode == -signal.SIGKILL
    assert after.settle(lambda _: None) == 0
    assert after.settle(store) == 1
    assert after.settle(store) == 0
    assert [i.mark for i in asked] == ["import 0 t"]
    after.close()
    assert [(r.outcome, r.intent) for r in Journal(where).rows()] == [
        (outcome, 1),
        ("intent", None),
    ]
    assert told(where) == ("ok", None)
    assert list(where.writing.iterdir()) == []


def test_a_clock_moved_back_is_said_in_the_row(tmp_path: Path) -> None:
    """Times never go back; what the clock said stands beside."""
    times = iter(dt.datetime(2026, 1, d, tzinfo=dt.UTC) for d in (5, 2, 6))
    where = places(tmp_path)
    made = Journal(where, clock=lambda: next(times))
    for _ in range(3):
        made.read(LOCAL, "show")
    made.close()
    found = [(r.time[:10], r.clock and r.clock[:10]) for r in made.rows()]
    assert found == [("2026-01-06", None), ("2026-01-05", "2026-01-02"), ("2026-01-05", None)]
    assert told(where) == ("ok", None)


PERSONAL = st.one_of(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=8),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.just("11010519491231002X"),
    st.text(min_size=1, max_size=20).filter(lambda t: " " in t.strip()),
)


@given(PERSONAL)
def test_nothing_of_a_person_is_written(text: str) -> None:
    """A name, number or text in a code's place is kept as a hash, by which the same text finds it."""
    from api.journal import subjects

    key = b"k" * 64
    found = subjects.written(key, [text, "91420100MA4KX0000X", "orphan:U0012"])
    hashed, *codes = found.split(" ")
    assert codes == ["91420100MA4KX0000X", "orphan:U0012"]
    assert text not in found
    assert hashed == subjects.token(key, text)
    assert hashed.startswith("~")
    assert hashed != subjects.token(b"l" * 64, text)


def test_the_database_holds_no_byte_of_a_name(tmp_path: Path) -> None:
    """Nor do anchor and log of the database."""
    where = places(tmp_path)
    made = Journal(where)
    made.read(ANNA, "show", ["张三丰", "13812345678"], scope="某街道")
    for path in where.file.parent.iterdir():
        raw = path.read_bytes() if path.is_file() else b""
        assert not any(t.encode() in raw for t in ("张三丰", "13812345678", "某街道")), path
    assert len(list(made.rows(of="张三丰"))) == 1
    made.close()


def test_without_room_nothing_is_answered(tmp_path: Path) -> None:
    """A full disk is said with the way out, the chain stays whole, and goes on when there is room."""
    where = places(tmp_path)
    made = Journal(where)
    made.read(LOCAL, "show")
    db: Any = made._file._db  # type: ignore[union-attr]
    db.execute(f"PRAGMA max_page_count = {db.pragma('page_count')}")
    subjects = [f"{n:0150d}" for n in range(200)]
    with pytest.raises(JournalError, match="no room left") as failure:
        made.read(LOCAL, "show", subjects)
    assert "LIANJIAN_STATE" in failure.value.zh
    made.read(LOCAL, "show", subjects)  # the file was opened anew
    made.close()
    assert told(where) == ("ok", None)
    assert len(list(made.rows())) == 2


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_t_be_written_is_said(tmp_path: Path) -> None:
    """Without the right to write nothing is answered."""
    tmp_path.chmod(0o500)
    with pytest.raises(JournalError, match="can't be written"):
        Journal(places(tmp_path)).read(LOCAL, "show")


def test_an_anchor_that_can_t_be_written_holds_answers_back(
    copy: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The anchor is due and its place is gone: no answer, until it is back."""
    monkeypatch.setattr(journal, "ANCHOR_ROWS", 1)
    away = Places(copy.file, copy.key, copy.anchor.parent / "gone" / "anchor")
    made = Journal(away)
    with pytest.raises(JournalError, match="gone"):
        made.read(LOCAL, "show")
    away.anchor.parent.mkdir()
    made.read(LOCAL, "show")
    assert away.anchor.read_text().count("\n") == 1
    made.close()


@pytest.mark.skipif(os.name != "posix", reason="rights are Unix's")
def test_files_are_the_owner_s_alone(whole: Places) -> None:
    """Nobody else reads key, journal or anchor; a key that others may read is refused."""
    for path in (whole.key, whole.file, whole.anchor):
        assert path.stat().st_mode & 0o077 == 0, path
    whole.key.chmod(0o644)
    try:
        with pytest.raises(JournalError, match="chmod 600"):
            whole.read_key()
    finally:
        whole.key.chmod(0o600)


@pytest.mark.parametrize("sql", ["DELETE FROM journal", "UPDATE journal SET name = 'x'"])
def test_the_file_itself_refuses_to_forget(copy: Places, sql: str) -> None:
    """Deleting or changing rows by accident does not work."""
    db = apsw.Connection(str(copy.file))
    with pytest.raises(apsw.ConstraintError, match="keeps its rows"):
        db.execute(sql)
    db.close()


def test_a_block_that_raises_is_failed(tmp_path: Path) -> None:
    """The outcome of a write says how it ended, and the error goes on its way."""
    made = Journal(places(tmp_path))

    def broken() -> None:
        with made.write(LOCAL, "import"):
            raise ValueError("as it comes")

    with pytest.raises(ValueError, match="as it comes"):
        broken()
    made.close()
    assert [r.outcome for r in made.rows()] == ["failed", "intent"]
