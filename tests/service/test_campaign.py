"""Blank ledgers, the ledgers' summary and the calendar over HTTP: the answers of the command line, and its files."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import icalendar
import openpyxl
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.routes.models import campaign as models
from api.settings import Settings
from tests.cli.commandline import Lianjian


@pytest.mark.parametrize(
    ("command", "query", "shape"),
    [
        (("calendar",), "", models.Calendar),
        (("ledger",), "", models.LedgerSummary),
    ],
)
def test_the_same_words(
    client: TestClient, lianjian: Lianjian, command: tuple[str, ...], query: str, shape: type
) -> None:
    """What the command prints as JSON is what is served, and as it is declared."""
    answer = client.get(f"/api/v1/{command[0]}{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json() == lianjian(*command, "--json").json
    shape.model_validate_json(json.dumps(answer.json()))  # type: ignore[attr-defined]


def test_files(client: TestClient) -> None:
    """A calendar in the asker's language, tables, the annexes, forms in one workbook or each in its own."""
    said = {"accept-language": "zh"}
    ics = client.get("/api/v1/calendar?format=ics", headers=said)
    assert ics.headers["content-type"].startswith("text/calendar")
    assert len(icalendar.Calendar.from_ical(ics.content).walk("VEVENT")) >= 8
    assert "SUMMARY;LANGUAGE=zh" in ics.text
    books = {
        "calendar?format=xlsx": "日程",
        "ledger?format=xlsx": "台账汇总 SUMMARY",
        "template?kind=annex2&format=xlsx": "社会组织",
    }
    for path, sheet in books.items():
        answer = client.get(f"/api/v1/{path}", headers=said)
        assert answer.status_code == 200, answer.text
        assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[0] == sheet
    packed = client.get("/api/v1/template?kind=annex1&kind=楼宇&format=zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert sorted(archive.namelist()) == ["楼宇.xlsx", "非公企业.xlsx"]
    assert len(client.get("/api/v1/template").json()["kinds"]) == 17
    assert client.get("/api/v1/template?kind=附表3").status_code == 400


def test_forms_before_there_is_a_city(tmp_path: Path) -> None:
    """Blank ledgers come first: without a store they are given all the same."""
    app = create_app(Settings(str(tmp_path / "lianjian.db")))
    with TestClient(app, base_url="http://127.0.0.1:8765") as client:
        assert client.get("/api/v1/template?kind=annex1&format=xlsx").status_code == 200
        assert client.get("/api/v1/calendar").status_code == 503
