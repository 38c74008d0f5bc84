"""The processes that read for the service: the same answers, and none that is lost with one of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import uvloop

from api.access.identity import Identity
from api.readers import pool
from api.readers.pool import ReaderFaultError, Readers
from api.readers.questions import QUESTIONS, asked
from graph.errors import (
    LianjianError,
    StoreBusyError,
    StoreError,
    StoreMissingError,
    UnknownIdError,
)
from graph.store import open_store
from tests.service.working import service
from tests.store.test_find import FIRST, put

ARGUMENTS: dict[str, dict[str, Any]] = {
    "find": {"text": "公司", "limit": 3, "as_of": None},
    "show": {"code": "unit:U-STREET", "relations": 2, "as_of": None},
    "chain": {"code": "unit:U-STREET", "down": True, "as_of": None},
    "path": {"a": "unit:U-STREET", "b": "unit:U-STREET", "as_of": None},
    "neighbours": {"code": "unit:U-STREET", "hops": 1, "each": None, "as_of": None},
    "map": {"code": "unit:U-STREET", "hops": None, "as_of": None},
}
PATHS = (
    "/find?text=公司", "/find?text=gs&limit=2", "/show/unit:{unit}?relations=1", "/chain/unit:{unit}?down=true",
    "/neighbours/unit:{unit}", "/map/unit:{unit}", "/map/unit:{unit}?hops=1", "/path?a=unit:{unit}&b=unit:{unit}",
    "/show/nobody", "/map/nobody", "/chain/unit:{unit}?as_of=never", "/find?text=公司&as_of=2010-01-01",
)  # fmt: skip


@pytest.fixture
def unit(town: Path) -> str:
    """A unit's code in the town."""
    with contextlib.closing(open_store(str(town))) as store:
        return str(store.frame("unit", columns=[])["key"].iloc[0])


class Asking:
    """Readers, and the event loop that they are asked in, for tests that wait."""

    def __init__(self, url: Path | str, most: int) -> None:
        self.loop = uvloop.new_event_loop()  # the service's
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.readers = Readers(str(url), most)

    def ask(self, question: str, arguments: dict[str, Any]) -> bytes | None:
        """Wait for an answer."""
        return asyncio.run_coroutine_threadsafe(
            self.readers.ask(question, arguments), self.loop
        ).result(60)

    def done(self, what: Callable[[], None]) -> None:
        """Do something in the loop, to its end."""

        async def it() -> None:
            what()

        asyncio.run_coroutine_threadsafe(it(), self.loop).result(60)

    def close(self) -> None:
        """End the readers, then the loop."""
        self.done(self.readers.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def readers(town: Path) -> Iterator[Asking]:
    """Two readers of the town."""
    with contextlib.closing(Asking(town, 2)) as made:
        yield made


def alive(asking: Asking) -> list[int]:
    """The processes that wait for questions."""
    return [r._process.pid for r in asking.readers._idle]


def test_every_question_is_answered_as_in_the_service_itself(
    readers: Asking, town: Path, unit: str
) -> None:
    """Each question that readers know has the same answer from one of them."""
    assert set(ARGUMENTS) == set(QUESTIONS)
    with contextlib.closing(open_store(str(town))) as store:
        for question, arguments in ARGUMENTS.items():
            given = {k: f"unit:{unit}" if v == "unit:U-STREET" else v for k, v in arguments.items()}
            told = readers.ask(question, given)
            assert told
            assert told == asked(store, question, given)


def test_the_service_answers_alike_with_and_without_readers(town: Path, unit: str) -> None:
    """Answers, refusals and tags are the same, whoever reads."""
    said = []
    for readers in (0, 1):
        with service(town, readers=readers) as client:
            answers = [client.get("/api/v1" + path.format(unit=unit)) for path in PATHS]
        said.append(
            [(a.status_code, a.headers.get("etag"), a.json() | {"request_id": ""}) for a in answers]
        )
    assert said[0] == said[1]


def test_a_jurisdiction_is_read_by_the_service_itself(town: Path, unit: str) -> None:
    """A reader, which sees the whole city, is never asked for somebody who does not."""
    within = Identity("local", "planner", "420106")
    with service(town, within, readers=1) as client:
        state = client.app.state  # type: ignore[attr-defined]
        state.readers.close()

        async def never(question: str, arguments: dict[str, Any]) -> bytes:
            raise AssertionError(question)

        state.readers.ask = never
        for path in PATHS:
            answer = client.get("/api/v1" + path.format(unit=unit))
            assert answer.status_code in (200, 400, 404), path


def test_a_lost_reader_costs_no_answer(readers: Asking) -> None:
    """A reader that is killed while it waits, or works, is replaced, and the question asked again."""
    arguments = ARGUMENTS["find"]
    expected = readers.ask("find", arguments)
    for pid in alive(readers):
        os.kill(pid, signal.SIGKILL)
    assert readers.ask("find", arguments) == expected
    with ThreadPoolExecutor(2) as threads:
        (pid,) = alive(readers)
        os.kill(pid, signal.SIGSTOP)
        answer = threads.submit(readers.ask, "find", arguments)
        time.sleep(0.1)
        assert not answer.done()
        os.kill(pid, signal.SIGKILL)
        assert answer.result(30) == expected


def test_all_readers_lost_at_once_cost_no_answer(town: Path) -> None:
    """However many died while they waited, as where memory ran out, one is made that answers."""
    with contextlib.closing(Asking(town, 4)) as many:
        many.done(many.readers.begin)
        for pid in alive(many):
            os.kill(pid, signal.SIGKILL)
        assert many.ask("find", ARGUMENTS["find"])
        assert len(alive(many)) == 1


def test_a_reader_that_never_answers_is_given_up(
    readers: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits too long for one is told so, the reader is ended, and the next is answered."""
    monkeypatch.setattr(pool, "PATIENCE", 1.0)
    assert readers.ask("find", ARGUMENTS["find"])
    (pid,) = alive(readers)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(StoreBusyError):
        readers.ask("find", ARGUMENTS["find"])
    assert alive(readers) == []
    monkeypatch.setattr(pool, "PATIENCE", 30.0)
    assert readers.ask("find", ARGUMENTS["find"])


def test_errors_come_over_the_line(readers: Asking, tmp_path: Path) -> None:
    """An error for a person comes with both languages; a fault of the program as its class, without a value; a reader goes on."""
    with pytest.raises(UnknownIdError) as told:
        readers.ask("show", {"code": "nobody", "relations": None, "as_of": None})
    assert "nobody" in told.value.text("en")
    assert told.value.text("zh") != told.value.text("en")
    with pytest.raises(ReaderFaultError) as fault:
        readers.ask("show", {"secret": "41010519491231002X"})
    assert str(fault.value) == "TypeError"
    first = alive(readers)
    assert readers.ask("find", ARGUMENTS["find"])
    assert alive(readers) == first
    with (
        contextlib.closing(Asking(tmp_path / "none.db", 1)) as nowhere,
        pytest.raises(StoreMissingError),
    ):
        nowhere.ask("find", ARGUMENTS["find"])


def test_readers_that_can_not_be_are_said(readers: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where readers end at once, whoever asks is told, in the service's one shape."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(StoreError) as told:
        readers.ask("find", ARGUMENTS["find"])
    assert isinstance(told.value, LianjianError)


@pytest.mark.skipif(os.name == "nt", reason="processes are asked for by signal")
def test_readers_end_with_the_service(town: Path) -> None:
    """Whether it closes or is killed, no reader is left over."""
    code = (
        "import sys, time; from api.readers.pool import Readers; r = Readers(sys.argv[1], 2); r.begin();"
        "print(*[x._process.pid for x in r._idle], flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(town)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids = [int(p) for p in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 20
    while any(
        Path(f"/proc/{p}/cmdline").exists() and Path(f"/proc/{p}/cmdline").read_bytes()
        for p in pids
    ):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_city_that_is_loaded_later_is_read(tmp_path: Path, town: Path) -> None:
    """A reader that found no store finds it once it is there."""
    path = tmp_path / "later.db"
    with contextlib.closing(Asking(path, 1)) as made:
        with pytest.raises(StoreMissingError):
            made.ask("find", ARGUMENTS["find"])
        path.write_bytes(town.read_bytes())
        assert made.ask("find", ARGUMENTS["find"])


def test_what_is_no_quick_question_is_none(tmp_path: Path) -> None:
    """A division's picture is the service's own work: the reader says so."""
    path = tmp_path / "one.db"
    with contextlib.closing(open_store(str(path), create=True)) as store:
        put(store, FIRST, [("division", "420106007", "珞南街道"), ("unit", "U1", "某支部")])
    with service(path, readers=1) as client:
        readers = client.app.state.readers  # type: ignore[attr-defined]
        asked = {"code": "division:420106007", "hops": None, "as_of": None}
        assert client.portal is not None
        assert client.portal.call(readers.ask, "map", asked) is None
        assert client.get("/api/v1/map/division:420106007").json()["code"] == "input"
