"""Ledgers looked at before they are imported, and mappings saved by name, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.routes.models import ledgers as shapes
from tests.loaders.city import HEADER, firm, text
from tests.loaders.test_fitting import HIDDEN, MEANS, strange
from tests.service.working import JOBS, loaded, over, service

ODD = {"单位名称": "主体叫法", "从业人数": "多少人上班"}


def odd() -> bytes:
    """Return a ledger with two unknown headings, one of persons, and a faulty cell."""
    rows = [
        [*(firm(k, **cells).get(h, "") for h in HEADER), "张三丰 13800138000"]
        for k, cells in ((1, {}), (2, {"正式党员数": "约5"}))
    ]
    return text([*(ODD.get(h, h) for h in HEADER), "法定代表人"], rows).encode()


def previewed(client: TestClient, *files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    """Send ledgers to be looked at, and return what is said of them."""
    sent = client.post(f"{JOBS}/preview", files=[("file", f) for f in files], data=fields)
    assert sent.status_code == 202, sent.text
    job = over(client, sent.json()["id"])
    assert job["result"], job
    answer = client.get(f"{JOBS}/{job['id']}/preview")
    assert answer.status_code == 200
    shapes.LedgerPreview.model_validate(answer.json())
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[TestClient]:
    """A service without a store yet."""
    with service(tmp_path / "new.db", log="off") as client:
        yield client


def test_a_look_stores_nothing_and_shows_no_person(asked: TestClient, tmp_path: Path) -> None:
    """Columns with how each is known, first rows as they would be stored, faulty cells; the personal column is named alone."""
    found = previewed(asked, ("台账.csv", odd()))
    (sheet,) = found["files"][0]["sheets"]
    how = {c["heading"]: c["how"] for c in sheet["columns"]}
    assert how["统一社会信用代码"] == "canonical"
    assert how["法定代表人"] == "personal"
    assert how["主体叫法"] == "unknown"
    assert sorted(sheet["missing"]) == sorted(ODD)
    assert "张三丰" not in str(found)
    assert "13800138000" not in str(found)
    assert found["faults"][0]["column"] == "正式党员数"
    assert not (tmp_path / "new.db").exists()
    assert not list(tmp_path.rglob("in/*.csv"))


def test_a_mapping_that_is_saved_is_what_ledgers_are_read_with(asked: TestClient) -> None:
    """By the look and by the import; one of the name is replaced only where that is said; deleted, it is gone."""
    sheets = [
        {
            "sheet": "organization",
            "columns": {h: h for h in HEADER if h not in ODD} | {v: k for k, v in ODD.items()},
        }
    ]
    answer = asked.post("/api/v1/mappings/街道", json={"sheets": sheets})
    assert answer.status_code == 200, answer.text
    assert asked.post("/api/v1/mappings/街道", json={"sheets": sheets}).status_code == 400
    assert (
        asked.post("/api/v1/mappings/街道", json={"sheets": sheets, "replace": True}).status_code
        == 200
    )
    names = [m["name"] for m in asked.get("/api/v1/mappings").json()["mappings"]]
    assert names[0] == "街道"
    assert "public-bodies" in names
    (sheet,) = previewed(asked, ("台账.csv", odd()), map="街道")["files"][0]["sheets"]
    assert sheet["missing"] == []
    assert "示例1公司" in sheet["sample"][0]["cells"]
    job = loaded(asked, ("台账.csv", odd()), map="街道")
    report = asked.get(f"{JOBS}/{job['id']}/import").json()
    shapes.LedgerImport.model_validate(report)
    assert report["totals"] | {"rows": 2, "loaded": 1, "quarantined": 1} == report["totals"]
    assert asked.delete("/api/v1/mappings/街道").status_code == 204
    assert asked.delete("/api/v1/mappings/街道").status_code == 404


@pytest.mark.parametrize(
    "name", ["..", "a b", "con", "x" * 65, "a.yaml", "canonical", "%00", "..%2Fx"]
)
def test_what_is_no_name_is_refused(asked: TestClient, tmp_path: Path, name: str) -> None:
    """Nothing is written, within the service's folder or out of it."""
    body = {"sheets": [{"sheet": "organization", "columns": {"甲": "单位名称"}}]}
    before = sorted(p for p in tmp_path.rglob("*") if "mapping" in p.name)
    assert asked.post(f"/api/v1/mappings/{name}", json=body).status_code in (400, 404, 405)
    assert sorted(p for p in tmp_path.rglob("*") if "mapping" in p.name) == before


@pytest.mark.parametrize(
    ("sheets", "word"),
    [
        ([{"sheet": "organization", "columns": {"法定代表人": "单位名称"}}], "persons"),
        ([{"sheet": "organization", "columns": {"联系电话": "地址"}}], "persons"),
        ([{"sheet": "nothing", "columns": {"甲": "单位名称"}}], "no sheet kind"),
        ([{"sheet": "organization", "columns": {"甲": "没有"}}], "has no column"),
        ([{"sheet": "organization", "columns": {"甲": "地址", "乙": "地址"}}], "two columns"),
        ([{"sheet": "organization", "other": 1}], "unknown key"),
    ],
)
def test_what_is_no_mapping_is_refused(
    asked: TestClient, sheets: list[dict[str, Any]], word: str
) -> None:
    """A personal column can be given no meaning; what is wrong is named."""
    answer = asked.post(
        "/api/v1/mappings/x", json={"sheets": sheets}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 400
    assert word in answer.json()["detail"]


def test_what_is_no_ledger_is_said_of_each_file(asked: TestClient) -> None:
    """An unreadable file stands beside one that is read; a form's field that is none is refused."""
    found = previewed(asked, ("坏.xlsx", b"PK\x03\x04 none"), ("台账.csv", odd()))
    assert [bool(f["refused"]) for f in found["files"]] == [True, False]
    files = [("file", ("a.csv", odd()))]
    assert (
        asked.post(f"{JOBS}/preview", files=files, data={"date": "2016-08-26"}).status_code == 400
    )
    assert asked.post(f"{JOBS}/preview", files=files, data={"map": "../x"}).status_code == 400
    assert asked.get(f"{JOBS}/{'0' * 32}/preview").status_code == 404


def test_a_header_is_tried_out_saved_and_followed(asked: TestClient, tmp_path: Path) -> None:
    """What is tried goes before the mapping that is chosen; saved with meanings, the import reads it so; a sheet is left out."""
    content = strange(tmp_path / "台账.xlsx").read_bytes()
    layout = json.dumps([{"name": "一季度", "header": [3, 4]}, {"name": "说明", "leave_out": True}])
    found = previewed(asked, ("台账.xlsx", content), layout=layout, map="public-bodies")
    first, notes = found["files"][0]["sheets"]
    assert (first["header_rows"], first["header_said"]) == ([3, 4], True)
    assert first["columns"][4]["heading"] == "人手/其中党员"
    assert notes["left_out"] is True
    assert HIDDEN not in str(found)
    entry = {"sheet": "organization", "header": [3, 4], "when": list(MEANS), "columns": MEANS, "absent": ["经营状态"]}  # fmt: skip
    sheets = [{"name": "说明", "leave_out": True}, entry]
    saved = asked.post("/api/v1/mappings/季报", json={"sheets": sheets})
    assert saved.json()["sheets"] == ["organization"]
    job = loaded(asked, ("下季.xlsx", content), map="季报")
    report = asked.get(f"{JOBS}/{job['id']}/import").json()
    assert report["totals"]["loaded"] == 3
    assert "mapping" in report["files"][0]["sheets"][1]["problem"]["en"]


@pytest.mark.parametrize("layout", ["x", "{}", '[{"header": 0}]', '[{"sheet": "nothing"}]', "[[]]"])
def test_a_layout_that_is_none_is_refused(asked: TestClient, layout: str) -> None:
    """Before any job is made."""
    answer = asked.post(
        f"{JOBS}/preview", files=[("file", ("a.csv", odd()))], data={"layout": layout}
    )
    assert answer.status_code == 400
    assert asked.get(JOBS).json()["jobs"] == []
