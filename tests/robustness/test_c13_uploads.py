"""C13: uploads that are huge, slow, cut off, or find no room."""

from __future__ import annotations

import errno
import resource
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.heads import PatientProtocol
from api.jobs import uploads
from api.wire import PROBLEM, Problem
from tests.service.working import JOBS, firms, line, service

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are Unix's")

BOUNDARY = "b0undary"
PART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
).encode()
MOST = 256 << 10


class Wire:
    """A connection that a client of ill will has."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def head(self, *lines: str, path: str = "/import") -> None:
        head = [
            f"POST {JOBS}{path} HTTP/1.1", "Host: 127.0.0.1",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}", *lines,
        ]  # fmt: skip
        self.socket.sendall(("\r\n".join(head) + "\r\n\r\n").encode())

    def chunk(self, data: bytes) -> bool:
        """Send a chunk; return whether the other end still takes it."""
        try:
            self.socket.sendall(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        except OSError:
            return False
        return True

    def answer(self) -> Problem:
        said = b""
        while b"}" not in said:
            more = self.socket.recv(65536)
            assert more, said
            said += more
        return Problem.model_validate_json(said.partition(b"\r\n\r\n")[2])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A real server with small limits, and where its uploads stand."""
    with line(tmp_path / "a.db", upload_bytes=MOST, upload_seconds=1.0) as (port, _):
        yield port, tmp_path / "a.service" / "jobs"


def size(path: Path) -> int:
    """Return a file's size, 0 where it has just gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def nothing_left(folder: Path) -> None:
    """Assert that no upload is left on the disk, now or in a moment."""
    until = time.monotonic() + 5
    while folder.exists() and any(folder.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize("path", ["/import", "/verify"])
def test_one_that_says_it_is_huge_is_refused_before_it_comes(
    served: tuple[int, Path], path: str
) -> None:
    """413 in the one shape though not a byte of the body was sent."""
    port, folder = served
    with Wire(port) as wire:
        wire.head(f"Content-Length: {10 << 30}", path=path)
        said = wire.answer()
    assert (said.status, said.code) == (413, "too_large")
    assert f"{MOST:,} bytes" in said.detail
    nothing_left(folder)


def test_one_that_does_not_say_is_cut_where_it_is_too_large(served: tuple[int, Path]) -> None:
    """Chunks without a length: 413 once the limit is passed, with little more than the limit ever on the disk."""
    port, folder = served
    sent, largest = 0, 0
    with Wire(port) as wire:
        wire.head("Transfer-Encoding: chunked")
        wire.chunk(PART)
        while sent < 64 << 20 and wire.chunk(b"x" * 65536):
            sent += 65536
            largest = max([largest, *(size(p) for p in folder.glob("*/in/*"))])
    assert sent < 64 << 20, "all of it was taken"
    assert largest <= MOST
    nothing_left(folder)
    with Wire(port) as again:
        again.head("Transfer-Encoding: chunked")
        again.chunk(PART + b"x" * (MOST + 1))
        assert again.answer().status == 413
    nothing_left(folder)


def test_one_that_drips_is_ended(served: tuple[int, Path]) -> None:
    """408 a moment after the time that an upload has, though bytes keep coming."""
    port, folder = served
    said = b""
    begun = time.monotonic()
    with Wire(port) as wire:
        wire.head("Content-Length: 200000")
        wire.socket.sendall(PART)
        wire.socket.settimeout(0.1)
        while time.monotonic() - begun < 20 and b"\r\n\r\n" not in said:
            try:
                wire.socket.sendall(b"x")
                said += wire.socket.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
    assert b" 408 " in said.split(b"\r\n", 1)[0]
    assert 1.0 <= time.monotonic() - begun < 15
    nothing_left(folder)


def dripped(port: int, head: bytes, *, drop: bytes, seconds: float = 20) -> tuple[bytes, float]:
    """Send a head, then drops of something; return what is answered until the other end closes, and after how many seconds."""
    said, begun = b"", time.monotonic()
    with Wire(port) as wire:
        wire.socket.sendall(head)
        wire.socket.settimeout(0.1)
        while time.monotonic() - begun < seconds:
            try:
                wire.socket.sendall(drop)
                more = wire.socket.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
            if not more:
                break
            said += more
    return said, time.monotonic() - begun


@pytest.mark.parametrize(
    "path", ["session", "question", "jobs/audit", "jobs/verify", "views/saved"]
)
def test_a_body_of_any_kind_that_drips_is_ended(served: tuple[int, Path], path: str) -> None:
    """408 in the one shape a moment after the time that a body has, who asks known or not, and the line is closed."""
    port, _ = served
    head = f"POST /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 3000\r\n\r\n"
    said, took = dripped(port, head.encode(), drop=b"{")
    first, _, body = said.partition(b"\r\n\r\n")
    assert b" 408 " in first.split(b"\r\n", 1)[0]
    assert b"connection: close" in first.lower()
    assert Problem.model_validate_json(body).code == "too_slow"
    assert 1.0 <= took < 15


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X-A: b\r\n"),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ", b"b"),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"\r\n"),
        (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3000\r\n\r\n", b"x"),
        (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /healthz HTTP/1.1\r\n", b"X-A: b\r\n"),
    ],
    ids=["nothing", "headers", "header", "blank lines", "a body that nobody reads", "after an answer"],
)  # fmt: skip
def test_a_line_on_which_no_request_comes_is_closed(
    served: tuple[int, Path], monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes
) -> None:
    """A moment after the time that a request's head has, whatever else comes meanwhile."""
    monkeypatch.setattr(PatientProtocol, "seconds", 1.0)
    port, _ = served
    _, took = dripped(port, head, drop=drop)
    assert 0.9 <= took < 10


def test_a_head_without_end_is_not_kept(served: tuple[int, Path]) -> None:
    """The line is closed before a head is larger than one that there is, however fast it comes."""
    port, _ = served
    said, took = dripped(port, b"GET / HTTP/1.1\r\nX-A: ", drop=b"b" * 30_000)
    assert said == b""
    assert took < 5


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /api/v1/me?x=" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /api/v1/find?text=光谷 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(),
        b"GET /api/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_what_is_no_request_is_told_so_in_the_one_shape_of_errors(
    served: tuple[int, Path], sent: bytes
) -> None:
    """Before any operation there is: a problem like all others, in both languages, and the line is closed."""
    with socket.create_connection(("127.0.0.1", served[0]), timeout=20) as line:
        line.sendall(sent)
        head, _, body = b"".join(iter(lambda: line.recv(65536), b"")).partition(b"\r\n\r\n")
    first, *headers = head.decode().lower().split("\r\n")
    assert first == "http/1.1 400 bad request"
    assert {f"content-type: {PROBLEM}", "connection: close"} <= set(headers)
    said = Problem.model_validate_json(body)
    assert (said.status, said.code) == (400, "request")


def test_a_line_that_asks_again_and_again_stays(
    served: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a head may take is counted anew for each request, and not while one is answered."""
    monkeypatch.setattr(PatientProtocol, "seconds", 0.5)
    port, _ = served
    with Wire(port) as wire:
        for _ in range(6):
            wire.socket.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert wire.socket.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(0.2)


def test_one_that_is_cut_off_leaves_nothing(served: tuple[int, Path]) -> None:
    """The sender goes away in the middle; others are answered meanwhile."""
    port, folder = served
    wires = [Wire(port) for _ in range(5)]
    for wire in wires:
        wire.head("Content-Length: 200000")
        wire.socket.sendall(PART + b"x" * 50_000)
    for wire in wires:
        wire.socket.close()
    nothing_left(folder)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no form at all", PART, PART + b"x", b"--" + BOUNDARY.encode() + b"--\r\n",
        PART.replace(b"form-data", b"x") + b"x", b"--b0undary\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
        b'--b0undary\r\nContent-Disposition: form-data; name="date"\r\n\r\n' + b"2" * 5_000 + b"\r\n--b0undary--\r\n",
        b'--b0undary\r\nContent-Disposition: form-data; name="date"\r\n\r\n2016-08-26\r\n--b0undary--\r\n',
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(tmp_path: Path, body: bytes) -> None:
    """400 in the one shape, and nothing is left."""
    with service(tmp_path / "a.db") as client:
        answer = client.post(
            f"{JOBS}/import", content=body, headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        )  # fmt: skip
        assert answer.status_code == 400
        Problem.model_validate(answer.json())
        nothing_left(tmp_path / "a.service" / "jobs")


@pytest.mark.parametrize("path", ["import", "preview", "verify"])
@pytest.mark.parametrize("boundary", ["q" * 500, '"' + "q" * 257 + '"', "\u00e9" * 300])
def test_a_boundary_that_is_none_is_refused(tmp_path: Path, path: str, boundary: str) -> None:
    """400 for one longer than any that is read, and nothing is left."""
    with service(tmp_path / "a.db") as client:
        kind = f"multipart/form-data; boundary={boundary}".encode("latin-1")
        answer = client.post(f"{JOBS}/{path}", content=b"--q", headers={b"content-type": kind})
        assert answer.status_code == 400
        assert Problem.model_validate(answer.json()).code == "input"
        nothing_left(tmp_path / "a.service" / "jobs")


def test_a_question_that_is_huge_is_refused(tmp_path: Path) -> None:
    """413 for a plan's decisions of many megabytes and for an audit's of many kilobytes."""
    with service(tmp_path / "a.db") as client:
        for kind, size in (("plan", 5 << 20), ("audit", 100 << 10)):
            answer = client.post(f"{JOBS}/{kind}", json={"x": "y" * size})
            assert answer.status_code == 413, kind
            assert Problem.model_validate(answer.json()).code == "too_large"


def form(content: bytes) -> dict[str, Any]:
    """Return an upload of one file."""
    return {"file": ("a.csv", content)}


def test_no_room_on_the_disk_is_said_before_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C7: 507 with the way out where less is free than the upload and the store need."""
    usage = shutil.disk_usage(tmp_path)
    room = usage._replace(free=1 << 20)
    monkeypatch.setattr("api.jobs.uploads.shutil.disk_usage", lambda _: room)
    with service(tmp_path / "a.db") as client:
        answer = client.post(f"{JOBS}/import", files=form(firms(1, 2)))
        assert (answer.status_code, answer.json()["code"]) == (507, "no_room")
        nothing_left(tmp_path / "a.service" / "jobs")


def test_a_disk_that_fills_on_the_way_is_said(tmp_path: Path) -> None:
    """C7: 507 where a write fails (the process may write 100 kB a file here), and nothing is left; then a small one goes in."""
    with service(tmp_path / "a.db") as client:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            answer = client.post(f"{JOBS}/import", files=form(b"x" * 1_000_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert (answer.status_code, answer.json()["code"]) == (507, "no_room")
        nothing_left(tmp_path / "a.service" / "jobs")
        assert client.post(f"{JOBS}/import", files=form(firms(1, 2))).status_code == 202


def test_a_full_record_keeps_no_job_and_no_upload(tmp_path: Path) -> None:
    """C7: 507 where `jobs.db` can't grow; with room again the next job is taken."""
    with service(tmp_path / "a.db") as client:
        db = client.app.state.jobs.records._db  # type: ignore[attr-defined]
        db.execute(f"PRAGMA max_page_count = {db.pragma('page_count')}")
        answers = []
        for _ in range(200):
            answers.append(client.post(f"{JOBS}/audit", json={"code": ["x" * 150] * 100}))
            if answers[-1].status_code != 202:
                break
        assert answers[-1].status_code == 507
        assert Problem.model_validate(answers[-1].json()).code == "no_room"
        kept = {j["id"] for j in client.get(JOBS, params={"limit": 200}).json()["jobs"]}
        assert {p.name for p in (tmp_path / "a.service" / "jobs").iterdir()} <= kept
        db.execute("PRAGMA max_page_count = 1000000")
        assert client.post(f"{JOBS}/audit", json={}).status_code == 202


def test_errors_of_the_disk_that_mean_no_room() -> None:
    """Each of them is 507; another error of the disk says that the folder can't be written."""
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        assert "no room" in uploads.refused_by_disk(OSError(number, "")).en
    assert "can't be written" in uploads.refused_by_disk(OSError(errno.EROFS, "")).en
