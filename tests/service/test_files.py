"""Files over HTTP: what the command line writes, under a name that any system takes, and nothing of them stays here."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import gc
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.app import create_app
from api.asking.pictures import file_name
from api.downloads import TYPES, disposition
from api.routes.models import auditing as shapes
from api.settings import Settings
from graph.model import Claims
from graph.store import open_store
from tests.aside import run_aside
from tests.cli.commandline import Lianjian

LISTED = [
    (("audit",), "/audit"),
    (("audit", "--code", "cycle"), "/audit?code=cycle"),
    (("finding", "list", "--state", "open"), "/finding/list?state=open"),
    (("diff", "2016-08-25", "2016-08-26"), "/diff?from=2016-08-25&to=2016-08-26"),
    (("duplicates",), "/duplicates"),
    (("sample", "--size", "2", "--seed", "1"), "/sample?size=2&seed=1"),
    (("decide", "list"), "/decide/list"),
    (("baseline", "show"), "/baseline/show"),
    (("status",), "/status"),
]


@pytest.fixture
def worked(town: Path, lianjian: Lianjian) -> Path:
    """The town, with two organizations of the base whose names look like formulas, a decision and a frozen baseline."""
    store = open_store(str(town))
    rows = [
        {
            "row": n,
            "dated": 20160826,
            "key": f"92{n}",
            "name": name,
            "line": "enterprise",
            "status": "正常",
        }
        for n, name in ((2, "=cmd|' /C calc'!A0"), (3, "＋1公司"))
    ]
    with store.importing(at="2016-08-26T00:00:00", dated=20160826, files=["x.xlsx"]) as importer:
        importer.add(Claims("organization", "x", 20160826, "x.xlsx", "x", pd.DataFrame(rows)))
    store.close()
    who = ("--office", "某局", "--date", "2016-08-26", "--reason", "核实")
    assert lianjian("decide", "exclude", "91C", "--kind", "空壳", *who).code == 0
    assert lianjian("baseline", "freeze", *who).code == 0
    return town


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize(("command", "url"), LISTED, ids=[u for _, u in LISTED])
def test_a_listing_is_the_file_that_the_command_line_writes(
    worked: Path,
    client: TestClient,
    lianjian: Lianjian,
    command: tuple[str, ...],
    url: str,
    kind: str,
    lang: str,
) -> None:
    """To the last byte, with its type, to be kept under a name with its ending."""
    lianjian(*command, "--out", f"listing.{kind}", "--lang", lang)
    joint = "&" if "?" in url else "?"
    answer = client.get(f"/api/v1{url}{joint}format={kind}", headers={"accept-language": lang})
    assert answer.content == Path(f"listing.{kind}").read_bytes()
    assert answer.headers["content-type"] == TYPES[f".{kind}"]
    kept = answer.headers["content-disposition"]
    assert kept.startswith("attachment; ")
    assert f'.{kind}"' in kept


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("command", "url"),
    [(("JOINT",), "/map/JOINT?"), (("CITY", "--hops", "2"), "/map/CITY?hops=2&")],
)
def test_a_page_is_the_one_that_the_command_line_writes(
    worked: Path, client: TestClient, lianjian: Lianjian, command: tuple[str, ...], url: str, lang: str
) -> None:  # fmt: skip
    """To the last byte, never shown as a page of the service itself; and its scene is JSON in the declared shape."""
    lianjian("map", *command, "--out", "page.html", "--lang", lang)
    page = client.get(f"/api/v1{url}format=html", headers={"accept-language": lang})
    assert page.content == Path("page.html").read_bytes()
    assert page.headers["content-type"] == TYPES[".html"]
    assert page.headers["content-disposition"].startswith("attachment; ")
    printed = lianjian("map", *command, "--out", "page.html", "--json").json
    scene = client.get(f"/api/v1{url}").json()
    shapes.Scene.model_validate(scene)
    assert (scene["nodes"], scene["edges"], len(scene["views"])) == (
        printed["nodes"], printed["edges"], printed["views"],
    )  # fmt: skip
    drawn = {mark["id"] for view in scene["views"] for mark in view["marks"]}
    assert drawn
    assert drawn <= set(scene["things"])


@pytest.mark.parametrize("kind", ["graphml", "gexf", "json", "xlsx", "cypher"])
@pytest.mark.parametrize(
    ("command", "url"),
    [((), "/export?"), (("JOINT", "--hops", "2"), "/export/JOINT?hops=2&")],
)
def test_an_export_is_the_file_that_the_command_line_writes(
    worked: Path, client: TestClient, lianjian: Lianjian, command: tuple[str, ...], url: str, kind: str
) -> None:  # fmt: skip
    """Whatever the format."""
    lianjian("export", *command, "--format", kind, "--out", f"cut.{kind}")
    answer = client.get(f"/api/v1{url}format={kind}")
    assert answer.content == Path(f"cut.{kind}").read_bytes()
    assert answer.headers["content-type"] == TYPES[f".{kind}"]


def test_an_export_as_csv_is_both_files_packed_into_one(
    worked: Path, client: TestClient, lianjian: Lianjian
) -> None:
    """Nodes and edges as the command line writes them, and the same bytes each time."""
    lianjian("export", "--format", "csv", "--out", "cut")
    answer = client.get("/api/v1/export?format=csv")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["nodes.csv", "edges.csv"]
        for name in packed.namelist():
            assert packed.read(name) == (Path("cut") / name).read_bytes()
    assert client.get("/api/v1/export?format=csv").content == answer.content


@pytest.mark.parametrize(
    "path", ["board/lookback?", "inspection/show/x?", "report/rows?figure=enterprise.base&"]
)
@pytest.mark.parametrize("page", ["limit=1", "cursor=x"])
def test_a_page_as_a_file_is_refused_as_a_page(client: TestClient, path: str, page: str) -> None:
    """A file has all of an answer: who asks for a part of it is told, whatever it is a list of."""
    answer = client.get(f"/api/v1/{path}format=csv&{page}", headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (400, "input")
    assert "limit, cursor: cut JSON alone" in answer.json()["detail"]


def test_a_name_that_is_a_formula_stays_text(worked: Path, client: TestClient) -> None:
    """In a table, in a workbook and in an export: no spreadsheet computes what a ledger says."""
    table = client.get("/api/v1/sample?size=2&seed=1&format=csv").content.decode("utf-8-sig")
    cells = {cell for row in csv.reader(io.StringIO(table)) for cell in row}
    assert {"'=cmd|' /C calc'!A0", "'＋1公司"} <= cells
    for url in ("/sample?size=2&seed=1&format=xlsx", "/export?format=xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/api/v1{url}").content))
        found = [
            cell.data_type
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.value == "=cmd|' /C calc'!A0"
        ]
        assert found, url
        assert set(found) == {"s"}, url


HOSTILE = [
    "../../etc/passwd",
    'a"; filename="x.exe',
    "a\r\nX-Evil: 1",
    "C:\\con\\nul",
    "名\u202egpj.exe",
    "." * 300,
]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_code_names_no_hostile_file(town: Path, client: TestClient, key: str) -> None:
    """Quotes, line breaks, folders and turned writing stay out of the header and of the name."""
    store = open_store(str(town))
    row = {"row": 2, "dated": 20160826, "key": key, "name": key, "line": "enterprise"}
    with store.importing(at="2016-08-26T00:00:00", dated=20160826, files=["x.xlsx"]) as importer:
        importer.add(Claims("organization", "x", 20160826, "x.xlsx", "x", pd.DataFrame([row])))
    store.close()
    for url in (f"/map/{quote(key, safe='')}?format=html", f"/export/{quote(key, safe='')}"):
        answer = client.get(f"/api/v1{url}")
        assert "x-evil" not in answer.headers
        if len(key) > 200 or "\n" in key:  # no path leads to either
            assert answer.status_code in (400, 404)
            continue
        assert answer.status_code == 200, answer.text
        name = _kept(answer.headers["content-disposition"])
        assert not set(name[: name.rindex(".")]) & set('./\\:"%\r\n\u202e;')
        assert name.startswith(("map-", "export-"))


def _kept(header: str) -> str:
    """The name under which a program of today keeps what has this header."""
    return unquote(header.partition("filename*=UTF-8''")[2])


@given(st.text(st.characters(), max_size=300))
def test_any_name_travels_whole_in_a_header_that_nothing_breaks_out_of(key: str) -> None:
    """One line of printable ASCII; read back, it is the name, and the name is one that any system takes."""
    name = file_name("map", key, ".html")
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert _kept(header) == name
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\:*?"<>|\0')


# -- nothing stays -----------------------------------------------------------------------------------------------------


@pytest.fixture
def corner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of one's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    "url",
    ["/export?format=json", "/export?format=csv", "/map/JOINT?format=html", "/audit?format=xlsx"],
)
def test_a_file_that_was_sent_is_gone(
    worked: Path, client: TestClient, corner: Path, url: str
) -> None:
    """After an answer, after a refusal: no file, and none that is open."""
    client.get(f"/api/v1{url}")
    before = _open_files()
    assert client.get(f"/api/v1{url}").status_code == 200
    assert client.get("/api/v1/map/nobody?format=html").status_code == 404
    assert list(corner.iterdir()) == []
    assert _open_files() <= before


async def _leave(app: Any, path: str, *, by: str) -> list[Any]:
    """Ask for a path as a server does, and go away after the first piece of the body."""
    url, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4" if by == "error" else "2.3"},
        "http_version": "1.1", "method": "GET", "scheme": "http", "path": url, "raw_path": url.encode(),
        "query_string": query.encode(), "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "root_path": "",
    }  # fmt: skip
    gone = asyncio.Event()
    asked = False
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            gone.set()
            if by == "error":
                raise OSError("the other side is gone")
            await asyncio.sleep(0.05)

    with contextlib.suppress(BaseException):  # how a server tells of it is not what is tested
        await app(scope, receive, send)
    return sent


@pytest.mark.parametrize("by", ["error", "disconnect"])
@pytest.mark.parametrize("path", ["/api/v1/export?format=json", "/api/v1/map/JOINT?format=html"])
def test_a_file_is_gone_when_the_asker_goes_away(
    worked: Path, corner: Path, monkeypatch: pytest.MonkeyPatch, path: str, by: str
) -> None:
    """In the middle of the body, however the server tells of it: closed, and removed."""
    monkeypatch.setattr("api.downloads.PIECE", 4096 if "html" in path else 64)
    app = create_app(Settings(str(worked)))
    with TestClient(app, base_url="http://127.0.0.1") as warm:
        size = len(warm.get(path).content)
    app = create_app(Settings(str(worked)))
    before = _open_files()
    sent = run_aside(_leave(app, path, by=by))
    assert sent[0]["status"] == 200
    assert sum(len(m.get("body", b"")) for m in sent) < size
    assert list(corner.iterdir()) == []
    for kept in (app.state.stores, app.state.journal, app.state.accounts):
        kept.close()
    assert _open_files() <= before


def test_no_room_for_a_file_is_said_without_a_path(
    worked: Path, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, in both languages; where the service keeps its files is told to nobody."""
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    for lang, word in (("en", "no room"), ("zh", "空间不足")):
        answer = client.get("/api/v1/export", headers={"accept-language": lang})
        assert (answer.status_code, answer.json()["code"]) == (503, "service")
        assert word in answer.json()["detail"]
        assert "/proc" not in answer.text
    monkeypatch.undo()
    assert client.get("/api/v1/export").status_code == 200
