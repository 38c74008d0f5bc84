"""C12: what a sender calls a file is text. It is never part of a path."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import Request

from api.jobs.folders import ENDINGS
from api.jobs.uploads import NAME, Form, given_name, once, receive
from tests.aside import run_aside
from tests.service.working import JOBS, firms, loaded, service

Test = TypeVar("Test", bound=Callable[..., None])
EVIL = [
    "../../../../tmp/evil.csv", "/etc/passwd", "..", ".", "", " ", "...", "a/../../b.csv", "C:\\Windows\\evil.csv",
    "\\\\host\\share\\x.csv", "CON", "NUL.csv", "aux.xlsx", "a\0b.csv", "nul\0", "x" * 4_000 + ".csv", "台" * 1_300,
    "a.csv/", ".bashrc", "~", "$(id).csv", "`id`", "-rf", "--store=x.db", "a\r\nSet-Cookie: x=y", "\u202evsc.exe", "\ud800.csv",
    "in/1.csv", "alive.lock", "result.json", "a.csv:stream", "%2e%2e%2fevil", "a.faults.xlsx",
]  # fmt: skip


def received(folder: Path, names: list[str]) -> Form:
    """Send files of these names."""
    parts = []
    for name in names:
        quoted = name.encode("utf-8", "surrogatepass").replace(b"\\", b"\\\\")
        quoted = quoted.replace(b'"', b"%22").replace(b"\r", b"%0D").replace(b"\n", b"%0A")
        parts.append(
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + quoted + b'"\r\n\r\nx\r\n'
        )  # fmt: skip
    body = b"".join(parts) + b"--b--\r\n"
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", b"multipart/form-data; boundary=b")],
    }  # fmt: skip

    async def receive_body() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return run_aside(receive(Request(scope, receive_body), folder))


def examples(names: list[str]) -> Callable[[Test], Test]:
    """Give each name as an example of its own, and all at once."""

    def on(test: Test) -> Test:
        for name in names:
            test = example([name])(test)
        return example(names)(test)

    return on


@examples(EVIL)
@given(st.lists(st.text(max_size=300), min_size=1, max_size=5))
def test_files_stand_under_numbers_whatever_they_are_called(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    """One number each, with an ending of a closed list; nothing anywhere else; the names are short, printable and different."""
    top = tmp_path_factory.mktemp("top")
    folder = top / "state" / "jobs" / "id"
    names = [n.replace("\0", "\\0") if n.startswith("\0") else n for n in names]
    form = received(folder, names)
    there = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert there == sorted(f.place for f in form.files)
    assert len(there) == len(names)
    for number, file in enumerate(form.files, start=1):
        match = re.fullmatch(r"in/(\d+)(\.[a-z]+)?", file.place)
        assert match is not None
        assert int(match[1]) == number
        assert match[2] is None or match[2] in ENDINGS
        assert file.name
        assert file.name.isprintable()
        assert "/" not in file.name
        assert len(file.name) <= NAME + 10
        assert file.bytes == 1
    assert len({f.name.casefold() for f in form.files}) == len(names)
    assert sorted(p.name for p in top.iterdir()) == ["state"]


@given(st.text(max_size=400))
def test_a_shown_name_shows_again_as_it_is(name: str) -> None:
    """What was made fit to show is not changed by being made fit once more, and a second of that name is told apart."""
    shown = given_name(name)
    assert given_name(shown) == shown
    taken: set[str] = set()
    assert once(shown, taken) != once(shown, taken)


def test_a_faulty_ledger_of_an_evil_name_comes_back_under_it(tmp_path: Path) -> None:
    """All the way: import, marked copy and download, with the name as text only; no other file can be had by any name."""
    name = "../../..\\x/台账 (终) $(id).csv"
    store = tmp_path / "deep" / "er" / "a.db"
    store.parent.mkdir(parents=True)
    before = sorted(p.name for p in tmp_path.iterdir())
    with service(store) as client:
        said = loaded(client, (name, firms(1, 2, 从业人数="若干")), ("CON.csv", firms(5, 2)))
        assert [u["name"] for u in said["uploads"]] == ["台账 (终) $(id).csv", "CON.csv"]
        assert [f["name"] for f in said["files"]] == ["台账 (终) $(id).faults.xlsx"]
        url = f"{JOBS}/{said['id']}/files"
        copy = client.get(f"{url}/台账 (终) $(id).faults.xlsx")
        assert copy.content[:2] == b"PK"
        missing = client.get(f"{url}/nothing.xlsx")
        for wanted in (
            "../../jobs.db", "..%2f..%2fjobs.db", "%2e%2e/%2e%2e/jobs.db", "/etc/passwd", "stderr", "alive.lock",
            "in/1.csv", "out/result.json", "faults/1.faults.xlsx", "%00", "1.faults.xlsx",
        ):  # fmt: skip
            answer = client.get(f"{url}/{wanted}")
            assert answer.status_code in (404, missing.status_code), wanted
            assert b"SQLite" not in answer.content
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_link_in_a_job_s_folder_is_not_followed_on_deleting(tmp_path: Path) -> None:
    """Deleting a job's files deletes the link that somebody put there, not what it leads to."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "ledger.csv").write_bytes(b"x")
    with service(tmp_path / "a.db") as client:
        said = loaded(client, ("a.csv", firms(1, 2)))
        folder = tmp_path / "a.service" / "jobs" / said["id"]
        (folder / "link").symlink_to(kept)
        assert client.delete(f"{JOBS}/{said['id']}").status_code == 204
        assert not folder.exists()
    assert (kept / "ledger.csv").read_bytes() == b"x"
