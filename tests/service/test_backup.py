"""Backups: taken while the service works, put back for real, and refused where anything is not what it was."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.access.accounts import Accounts
from api.access.identity import LOCAL
from api.backup import manifest as manifests
from api.backup import take
from api.backup.manifest import ACCOUNTS, ANCHOR, JOBS, JOURNAL, STORE
from api.backup.packing import held as packed
from api.backup.packing import pack
from api.backup.staging import staging
from api.boundaries import Boundaries
from api.cli.app import run
from api.jobs.folders import folder
from api.jobs.records import Records
from api.journal import Journal, Places
from api.mappings import Mappings
from api.questions.saved import FILE as QUESTIONS
from api.questions.saved import Questions
from api.saved.model import Drawing
from api.saved.records import Views
from graph.store import open_store
from loaders.boundaries import Boundary, Outline
from tests.cli.commandline import Answer, Lianjian
from tests.cli.conftest import made_town
from tests.service.people import PASSWORD
from tests.service.working import firms, line, loaded, service

ROOT = Path(__file__).parents[2]
SHEETS = [{"sheet": "organization", "columns": {"甲": "单位名称"}}]
DRAWN = Drawing("上级", "", shared=False, content={"things": [{"id": "unit:JOINT"}]})


@pytest.fixture(autouse=True)
def _own_places(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIANJIAN_STATE", "LIANJIAN_JOURNAL_KEY_FILE", "LIANJIAN_JOURNAL_ANCHOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the town, an account, a record of jobs, a journal, its key elsewhere too, and a backup of it all."""
    made = tmp_path_factory.mktemp("kept")
    town = made_town(made / "lianjian.db")
    state = town.with_suffix(".service")
    accounts = Accounts(state)
    accounts.add("office", "administrator", None, PASSWORD)
    accounts.close()
    records = Records(state / JOBS)
    for id_ in ("a" * 32, "b" * 32):
        records.add(
            id_, "audit", asked_by="office", lang="en", asked={}, command=["audit"], uploads=[]
        )
    assert records.claim(1) is not None
    records.close()
    Questions(state / QUESTIONS).add(LOCAL, "未覆盖", {"kind": "organization"}, shared=False)
    Views(state).add("c" * 32, "office", DRAWN)
    Mappings(str(state)).save(LOCAL, "街道", SHEETS, replace=False, shared=True)
    outline = Outline(200, (114.0, 30.0, 114.1, 30.1), [[[11400000, 3000000, 9, 0, 0, 9]]])
    Boundaries(state).load([Boundary("420106", "甲区", (outline,))], "b.geojson")
    for command in (
        ["export", "91B", "--format=json", f"--out={made}/x.json"],
        ["backup", f"--out={made}/safe"],
    ):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            assert run([*command, f"--store={town}"]) == 0
    shutil.copy(state / "journal.key", made / "paper.key")
    return made


@pytest.fixture
def safe(template: Path, tmp_path: Path) -> Path:
    """All of it in this test's own folder: the store, what is beside it, and its backup ``safe``."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path / "lianjian.db"


@pytest.fixture
def kept(safe: Path) -> Path:
    """The same without a backup yet, nor a row in the journal that tells of one."""
    shutil.rmtree(safe.with_name("safe"))
    return safe


def taken(lianjian: Lianjian, out: str) -> Answer:
    """A backup of the town."""
    answer = lianjian("backup", "--out", out, "--json")
    assert answer.code == 0, answer.err
    return answer


def put_back(lianjian: Lianjian, source: str, target: str = "new.db", *more: str) -> Answer:
    """What restoring says."""
    return lianjian("restore", source, "--store", target, "--key", "paper.key", "--json", *more)


def nothing_left(folder_: Path, *names: str) -> None:
    """Nothing of these names, nor what is put together beside them."""
    left = [p.name for p in folder_.iterdir() if p.name in names or p.name.startswith(".lianjian-")]
    assert left == []


@pytest.mark.parametrize("out", ["safe", "safe.zip"])
def test_a_restored_city_is_the_one_that_was_backed_up(
    kept: Path, tmp_path: Path, lianjian: Lianjian, out: str
) -> None:
    """Its fingerprint, what it answers, its accounts and tokens, its journal, which tells of both; for their owner alone."""
    accounts = Accounts(kept.with_suffix(".service"))
    _, token = accounts.create_token("office")
    accounts.close()
    said = taken(lianjian, out).json
    answer = put_back(lianjian, out)
    assert answer.code == 0, answer.err
    assert answer.json["fingerprint"] == said["fingerprint"]
    for command in (("status",), ("show", "91B"), ("audit",), ("chain", "JOINT")):
        answers = [lianjian(*command, "--json", "--store", s).out for s in (str(kept), "new.db")]
        assert answers[0].replace(str(kept), "new.db") == answers[1], command
    before, after = open_store(str(kept)), open_store("new.db")
    assert before.fingerprint(20160826) == after.fingerprint(20160826) == said["fingerprint"]
    assert before.batches() == after.batches()
    before.close()
    after.close()
    accounts = Accounts(tmp_path / "new.service")
    assert accounts.by_token(token) is not None
    accounts.close()
    assert [v.drawing for v in Views(tmp_path / "new.service").all("office")] == [DRAWN]
    mapping = Mappings(str(tmp_path / "new.service")).get(LOCAL, "街道")
    assert mapping is not None
    assert mapping.document["sheets"] == SHEETS
    assert [b.code for b in Boundaries(tmp_path / "new.service").all()] == ["420106"]
    journal = Journal(Places.of(tmp_path / "new.service"))
    assert journal.verify().ok
    newest = [(r.action, r.outcome) for r in journal.rows()][:3]
    assert newest == [("restore", "done"), ("restore", "intent"), ("export", "answered")]
    for path in (tmp_path / out, tmp_path / "new.db", tmp_path / "new.service"):
        assert path.stat().st_mode & 0o077 == 0
    for path in (tmp_path / "new.service").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_key_is_apart_and_that_is_said(kept: Path, tmp_path: Path, lianjian: Lianjian) -> None:
    """No byte of the key is in the backup, stderr names where it lies, and without it nothing is restored."""
    answer = taken(lianjian, "safe")
    key = (kept.with_suffix(".service") / "journal.key").read_bytes().strip()
    assert not [p for p in (tmp_path / "safe").iterdir() if key in p.read_bytes()]
    assert "lianjian.service/journal.key" in answer.err
    refused = lianjian("restore", "safe", "--store", "new.db")
    assert (refused.code, "--key" in refused.err) == (2, True)
    nothing_left(tmp_path, "new.db", "new.service")


def test_the_key_may_lie_in_its_place_already(
    kept: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """A folder that holds the key and nothing else is where a restore may go."""
    taken(lianjian, "safe")
    (tmp_path / "new.service").mkdir(mode=0o700)
    shutil.copy("paper.key", "new.service/journal.key")
    assert lianjian("restore", "safe", "--store", "new.db").code == 0


def test_who_was_logged_in_is_not_and_jobs_that_ran_are_interrupted(
    kept: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """What a session or a job rested on is not in a backup; what is said of the job is the way out."""
    state = kept.with_suffix(".service")
    accounts = Accounts(state)
    accounts.login("office", PASSWORD)
    accounts.close()
    taken(lianjian, "safe")
    assert put_back(lianjian, "safe").json["interrupted_jobs"] == 2
    records = Records(tmp_path / "new.service" / JOBS)
    for id_ in ("a" * 32, "b" * 32):
        job = records.get(id_)
        assert (job.state, job.kept) == ("interrupted", False)
        assert "ask again" in (job.error or {})["en"]
        assert not folder(tmp_path / "new.service", id_).exists()
    records.close()
    restored = Accounts(tmp_path / "new.service")
    with restored._read() as db:
        assert db is not None
        assert db.execute("SELECT count(*) FROM session").get == 0
    restored.close()


IMPORTS = """
import sys
from api.cli.app import run
for n in range(6):
    assert run(["import", f"{n}.csv"]) == 0
"""


def test_a_backup_while_imports_run_is_the_city_at_one_moment(
    kept: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """Each import is in it whole or not at all, in their order, and each that is has its intent in the journal beside it."""
    for n in range(6):
        (tmp_path / f"{n}.csv").write_bytes(firms(1000 * (n + 1), 100))
    city = open_store(str(kept))
    began = len(city.batches())
    done: list[Answer] = []
    with subprocess.Popen(
        [sys.executable, "-c", IMPORTS],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as importing:  # fmt: skip
        while importing.poll() is None:
            if len(city.batches()) > began and len(done) < 3:
                done.append(taken(lianjian, f"safe{len(done)}"))
    assert importing.returncode == 0
    held = city.batches()
    city.close()
    assert len(held) == began + 6
    assert done
    for n, answer in enumerate(done):
        back = put_back(lianjian, f"safe{n}", f"new{n}.db")
        assert back.code == 0, back.err
        assert back.json["fingerprint"] == answer.json["fingerprint"]
        store = open_store(f"new{n}.db")
        batches = store.batches()
        store.close()
        assert batches == held[: len(batches)]
        assert len(batches) > began
        with contextlib.closing(Journal(Places.of(f"new{n}.service"))) as journal:
            assert journal.verify().ok
            begun = [r for r in journal.rows() if (r.action, r.outcome) == ("import", "intent")]
            assert len(begun) >= len(batches) - began


def test_a_restored_service_answers(kept: Path, tmp_path: Path, lianjian: Lianjian) -> None:
    """A service over what was restored starts, knows the token, answers, and takes an import."""
    accounts = Accounts(kept.with_suffix(".service"))
    _, token = accounts.create_token("office")
    accounts.close()
    taken(lianjian, "safe.zip")
    assert put_back(lianjian, "safe.zip").code == 0
    with service(tmp_path / "new.db") as client:
        client.headers["authorization"] = f"Bearer {token}"
        assert client.get("/api/v1/show/91B").json()["name"] == "光谷软件公司"
        assert loaded(client, ("a.csv", firms(1, 3)))["state"] == "done"


# -- refused ------------------------------------------------------------------------------------------------------


WAYS = ("turned", "cut", "gone", "longer")


def altered(folder_: Path) -> Iterator[tuple[str, Path]]:
    """Copies of a backup, each with one file that is not what it was: a byte turned, its end cut off, the file gone."""
    for name, what in [
        *((ACCOUNTS, way) for way in WAYS), (STORE, "turned"), (JOBS, "cut"), (ANCHOR, "gone"), (JOURNAL, "longer"),
    ]:  # fmt: skip
        copy = folder_.with_name(f"{name}-{what}")
        shutil.copytree(folder_, copy)
        raw = bytearray((copy / name).read_bytes())
        if what == "turned":
            raw[len(raw) // 2] ^= 0x40
            (copy / name).write_bytes(raw)
        elif what == "gone":
            (copy / name).unlink()
        else:
            (copy / name).write_bytes(raw[:-7] if what == "cut" else raw + b"\0")
        yield name, copy


def test_a_damaged_backup_is_refused_and_the_file_named(
    safe: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """Each file, whatever happened to it; nothing is put anywhere."""
    for name, copy in altered(tmp_path / "safe"):
        answer = put_back(lianjian, str(copy))
        assert answer.code == 2, copy
        assert f"{name} is missing, damaged or altered" in answer.err.replace("\n", " ")
        nothing_left(tmp_path, "new.db", "new.service")
    assert put_back(lianjian, "safe").code == 0


def test_a_damaged_zip_is_refused(kept: Path, tmp_path: Path, lianjian: Lianjian) -> None:
    """A byte turned anywhere in it is found, or is none that anything is read from; never a traceback, never half a restore."""
    said = taken(lianjian, "safe.zip").json
    whole = (tmp_path / "safe.zip").read_bytes()
    refused = 0
    for n in range(12):
        raw = bytearray(whole)
        raw[(len(raw) - 1) * n // 11] ^= 0x55
        (tmp_path / "bad.zip").write_bytes(raw)
        answer = put_back(lianjian, "bad.zip")
        assert answer.code in (0, 2), answer.err
        if answer.code == 0:
            assert answer.json["fingerprint"] == said["fingerprint"]
            shutil.rmtree(tmp_path / "new.service")
            (tmp_path / "new.db").unlink()
        else:
            refused += 1
            nothing_left(tmp_path, "new.db", "new.service")
    assert refused >= 8


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_zip_that_was_cut_off_is_refused(
    kept: Path, tmp_path: Path, lianjian: Lianjian, share: float
) -> None:
    """Wherever a copy of it ended: its list of files stands at its end."""
    taken(lianjian, "safe.zip")
    whole = (tmp_path / "safe.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * share)])
    answer = put_back(lianjian, "cut.zip")
    assert (answer.code, "damaged" in answer.err) == (2, True), answer.err
    nothing_left(tmp_path, "new.db", "new.service")


def test_a_zip_that_was_packed_anew_is_refused(
    safe: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """With an account added, and every hash in the manifest as it should be: the seal takes the key."""
    folder_ = tmp_path / "safe"
    accounts = Accounts(folder_)
    accounts.add("intruder", "administrator", None, PASSWORD)
    accounts.close()
    rewritten(
        folder_,
        files=[vars_of(packed(folder_ / n)) for n in manifests.FILES if (folder_ / n).exists()],
    )
    pack(folder_, tmp_path / "anew.zip")
    answer = put_back(lianjian, "anew.zip")
    assert (answer.code, "altered" in answer.err) == (2, True)
    nothing_left(tmp_path, "new.db", "new.service")


def rewritten(path: Path, **values: Any) -> None:
    """A manifest with other values, as somebody without the key could write it."""
    said = json.loads((path / manifests.NAME).read_text(encoding="utf-8"))
    (path / manifests.NAME).write_text(json.dumps(said | values), encoding="utf-8")


def test_a_manifest_that_was_altered_is_refused(
    safe: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """Also where every hash in it fits the files again: the seal takes the key."""
    other = tmp_path / "safe" / ACCOUNTS
    other.write_bytes(other.read_bytes()[:-1] + b"x")
    safe_ = tmp_path / "safe"
    files = [vars_of(packed(safe_ / n)) for n in manifests.FILES if (safe_ / n).exists()]
    rewritten(tmp_path / "safe", files=files)
    answer = put_back(lianjian, "safe")
    assert (answer.code, "altered" in answer.err) == (2, True)
    nothing_left(tmp_path, "new.db", "new.service")


def vars_of(one: manifests.Held) -> dict[str, Any]:
    """A file's entry."""
    return {"name": one.name, "bytes": one.bytes, "sha256": one.sha256}


@pytest.mark.parametrize(
    "said",
    [
        {"format": "lianjian.backup/2"},
        {"versions": {"store": 3, "accounts": 1, "jobs": 1, "journal": 1}},
    ],
)
def test_another_version_is_refused(
    safe: Path, tmp_path: Path, lianjian: Lianjian, said: dict[str, Any]
) -> None:
    """Of the backup or of a file in it; with the way out, in both languages."""
    rewritten(tmp_path / "safe", **said)
    assert "another version" in put_back(lianjian, "safe").err
    assert "其他版本" in put_back(lianjian, "safe", "new.db", "--lang", "zh").err
    nothing_left(tmp_path, "new.db", "new.service")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b"[]", b"\xff\xfe", b"[" * 60_000, b"x" * 70_000, b'{"format": "lianjian.backup/1"}',
        b'{"format": "lianjian.backup/1", "files": [{"name": "../x", "bytes": 1, "sha256": ""}]}',
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(
    safe: Path, tmp_path: Path, lianjian: Lianjian, raw: bytes
) -> None:
    """Empty, another shape, too long, too deep, names that lead elsewhere: one line, no traceback."""
    (tmp_path / "safe" / manifests.NAME).write_bytes(raw)
    answer = put_back(lianjian, "safe")
    assert answer.code == 2
    assert "manifest.json" in answer.err or "another version" in answer.err


def test_another_key_is_refused(safe: Path, tmp_path: Path, lianjian: Lianjian) -> None:
    """One that did not seal the backup: rows under it would make the journal look altered."""
    (tmp_path / "paper.key").write_text("0" * 64)
    answer = put_back(lianjian, "safe")
    assert (answer.code, "another journal key" in answer.err) == (2, True)
    nothing_left(tmp_path, "new.db", "new.service")


def test_what_is_there_already_is_never_written_over(
    safe: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """A backup's name that is taken; a store, its write-ahead log, or a folder of accounts in a restore's way."""
    before = {p.name: p.read_bytes() for p in (tmp_path / "safe").iterdir()}
    assert "something already" in lianjian("backup", "--out", "safe").err
    (tmp_path / "x.zip").write_bytes(b"theirs")
    assert lianjian("backup", "--out", "x.zip").code == 2
    assert (tmp_path / "x.zip").read_bytes() == b"theirs"
    assert {p.name: p.read_bytes() for p in (tmp_path / "safe").iterdir()} == before
    assert "something already" in put_back(lianjian, "safe", str(safe)).err
    (tmp_path / "new.db-wal").write_bytes(b"theirs")
    assert put_back(lianjian, "safe").code == 2
    (tmp_path / "new.db-wal").unlink()
    (tmp_path / "new.service").mkdir()
    (tmp_path / "new.service/accounts.db").write_bytes(b"theirs")
    answer = put_back(lianjian, "safe")
    assert (answer.code, "accounts.db" in answer.err) == (2, True)
    assert [p.name for p in (tmp_path / "new.service").iterdir()] == ["accounts.db"]
    nothing_left(tmp_path, "new.db")


def test_what_is_no_backup_and_where_none_can_go_is_said(
    kept: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """A name that is not there, a folder of something else, a text; a folder that is missing, a store that is."""
    (tmp_path / "other").mkdir()
    (tmp_path / "text.zip").write_text("hello")
    for source in ("nothing", "other", "text.zip"):
        assert put_back(lianjian, source).code == 2, source
    taken(lianjian, "safe")
    assert "no such folder" in put_back(lianjian, "safe", "missing/new.db").err
    assert "no such folder" in lianjian("backup", "--out", "missing/safe").err
    assert lianjian("backup", "--out", "b", "--store", "none.db").code == 3
    nothing_left(tmp_path, "b", "new.db", "new.service")


def test_a_backup_names_with_two_members_of_one_name_is_refused(
    kept: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """Readers differ in which one they take."""
    taken(lianjian, "safe.zip")
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(tmp_path / "safe.zip", "a") as packed,
    ):
        packed.writestr(ACCOUNTS, b"another")
    assert put_back(lianjian, "safe.zip").code == 2


def test_a_damaged_city_is_not_backed_up(kept: Path, tmp_path: Path, lianjian: Lianjian) -> None:
    """A store with turned bytes in the middle is said, and leaves no backup that looks like one."""
    raw = bytearray(kept.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 8192] = bytes(b ^ 0xFF for b in raw[middle : middle + 8192])
    kept.write_bytes(raw)
    answer = lianjian("backup", "--out", "safe")
    assert (answer.code, "damaged" in answer.err) == (3, True)
    nothing_left(tmp_path, "safe")


@contextlib.contextmanager
def little_room(most: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
@pytest.mark.parametrize("room", [1_000, 100_000, 300_000])
def test_without_room_nothing_is_left(
    safe: Path, tmp_path: Path, lianjian: Lianjian, room: int
) -> None:
    """C7: a backup and a restore whose files can't grow end in one line, exit 3, and leave nothing; with room both go through."""
    attempts = (
        ("backup", "--out", "more"), ("backup", "--out", "more.zip"),
        ("restore", "safe", "--store", "new.db", "--key", "paper.key"),
    )  # fmt: skip
    for attempt in attempts:
        with little_room(room):
            answer = lianjian(*attempt)
        assert (answer.code, len(answer.err.splitlines())) == (3, 1), answer.err
        # below 32 KiB not even what readers of a store share can be mapped
        shared = room < 32_768 and attempt[0] == "backup"
        assert ("can't be opened or written" if shared else "no room left") in answer.err
        nothing_left(tmp_path, "more", "more.zip", "new.db", "new.service")
    assert [lianjian(*attempt).code for attempt in attempts] == [0, 0, 0]


def test_backups_at_once_do_not_touch_each_other(
    kept: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """What one puts together is nobody's rubbish to the other, also in the moment before its lock is held."""

    def begin_and_leave(n: int) -> None:
        for _ in range(40):
            with staging(tmp_path) as here:
                (here / "x").write_text(str(n))
                assert (here / "x").read_text() == str(n)

    def back_up(n: int) -> str | None:
        done = take(
            str(kept), kept.with_suffix(".service"), tmp_path / f"at-once-{n}", journaled=lambda: None, progress=lambda *_: None
        )  # fmt: skip
        return done.manifest.fingerprint

    with ThreadPoolExecutor(8) as threads:
        others = [threads.submit(begin_and_leave, n) for n in range(5)]
        backups = [threads.submit(back_up, n) for n in range(3)]
        assert [one.result() for one in others] == [None] * 5
        assert len({one.result() for one in backups}) == 1
    nothing_left(tmp_path)
    for n in range(3):
        assert put_back(lianjian, f"at-once-{n}", f"new{n}.db").code == 0


def test_the_service_answers_while_a_backup_runs(kept: Path, lianjian: Lianjian) -> None:
    """Over a real line, asked all along: every answer is one."""
    accounts = Accounts(kept.with_suffix(".service"))
    _, token = accounts.create_token("office")
    accounts.close()
    import urllib.request

    with line(kept) as (port, _):
        over, statuses = threading.Event(), []

        def ask() -> None:
            while not over.is_set():
                asked = urllib.request.Request(
                    f"http://127.0.0.1:{port}/api/v1/show/91B",
                    headers={"authorization": f"Bearer {token}"},
                )
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    statuses.append(answer.status)

        asking = threading.Thread(target=ask)
        asking.start()
        for n in range(3):
            taken(lianjian, f"safe{n}")
        over.set()
        asking.join()
    assert set(statuses) == {200}
