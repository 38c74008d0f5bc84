"""Ledgers looked at before they are imported, and mappings saved by name, over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access.accounts import Accounts
from api.access.identity import Identity
from api.databases import Database
from api.mappings import APPLICATION_ID, FILE, FORMER, TABLES, VERSION, Mappings, _damaged
from api.routes.models import ledgers as shapes
from api.settings import state_of
from graph.errors import InputError, StoreCorruptError
from loaders.preview import preview
from tests.cut.conftest import city
from tests.cut.test_cut import FIRMS, UNITS
from tests.loaders.city import HEADER, Desk, firm, ledger, text
from tests.loaders.test_fitting import HIDDEN, MEANS, strange
from tests.service.people import PASSWORD, bearer
from tests.service.working import JOBS, LONG, loaded, over, service

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


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A city with two firms of one district and one of another."""
    desk = Desk(tmp_path).with_places()
    other = firm(3, 所属区="乙区", 所属街道="三街道")
    desk.load(ledger(tmp_path / "八月.csv", firm(1), firm(2), other))
    return desk


def short() -> bytes:
    """Return a later ledger of all three without an address."""
    heads = [h for h in HEADER if h != "地址"]
    streets = {1: ("甲区", "一街道"), 2: ("甲区", "一街道"), 3: ("乙区", "三街道")}
    rows = [firm(k, 所属区=d, 所属街道=s, 填报日期="2016-09-10") for k, (d, s) in streets.items()]
    return text(heads, rows).encode()


@pytest.mark.parametrize(("who", "entities"), [(None, 3), ("420101", 2), ("420102", 1)])
def test_a_look_says_what_of_one_s_own_an_import_would_take_away(
    desk: Desk, tmp_path: Path, who: str | None, entities: int
) -> None:
    """As the command line's does, of what the asker may see alone; the store stays as it is."""
    before = desk.store.fingerprint()
    asker = Identity("a", "planner", who)
    with service(desk.path, asker, log="off") as client:
        (sheet,) = previewed(client, ("九月.csv", short()))["files"][0]["sheets"]
    assert sheet["blanked"] == {
        "columns": [{"column": "地址", "entities": entities}],
        "entities": entities,
        "from": "2016-09-10",
    }
    if who is None:
        (tmp_path / "九月.csv").write_bytes(short())
        told = preview([tmp_path / "九月.csv"], desk.profile, store=desk.store).as_json()
        assert told["files"][0]["sheets"][0]["blanked"] == sheet["blanked"]
    assert desk.store.fingerprint() == before


def test_a_look_of_a_jurisdiction_needs_no_store(tmp_path: Path) -> None:
    """Before anything is loaded, ledgers are looked at all the same, and nothing would end."""
    with service(tmp_path / "new.db", Identity("a", "planner", "420101"), log="off") as client:
        (sheet,) = previewed(client, ("九月.csv", short()))["files"][0]["sheets"]
    assert (sheet["rows"], sheet["blanked"]) == (3, None)
    assert not (tmp_path / "new.db").exists()


def test_a_mapping_that_is_saved_is_what_ledgers_are_read_with(
    asked: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the look and by the import; one of the name is replaced only where that is said; deleted, it is gone.

    What the import brought is read before anybody asks for it.
    """
    monkeypatch.setattr("api.ahead.LARGE", 1)
    state: Any = asked.app.state  # type: ignore[attr-defined]
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
    until = time.monotonic() + LONG
    while not (len(state.cities) and len(state.maps)) and time.monotonic() < until:
        time.sleep(0.05)
    assert (len(state.cities), len(state.maps)) == (1, 1)
    assert asked.delete("/api/v1/mappings/街道").status_code == 204
    assert asked.delete("/api/v1/mappings/街道").status_code == 404


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A service with planners of two districts and one of the whole city, and their tokens."""
    store = tmp_path_factory.mktemp("mapped") / "lianjian.db"
    city(store, [("unit", 20160801, UNITS[2]), ("organization", 20160801, FIRMS[2])]).close()
    old = Path(state_of(str(store))) / "mappings"
    accounts = Accounts(old.parent)
    tokens = {}
    for name, area in (("one", "429901"), ("beside", "429901"), ("two", "429902"), ("whole", None)):
        accounts.add(name, "planner", area, PASSWORD)
        tokens[name] = accounts.create_token(name)[1]
    accounts.close()
    old.mkdir()
    document = {"mapping": "旧", "zh": "旧", "en": "旧", "sheets": PLAIN}
    former = {"name": "旧", "by": "one", "saved": "2026-01-01T00:00:00+00:00", "document": document}
    (old / "00.json").write_text(json.dumps(former), encoding="utf-8")
    none: dict[str, Any] = document | {"sheets": [{"sheet": "nothing"}]}
    (old / "01.json").write_text(json.dumps(former | {"document": none}), encoding="utf-8")
    (old / "notes.json").write_text("{}", encoding="utf-8")
    with service(store, log="off") as client:
        yield client, tokens


PLAIN = [{"sheet": "organization", "columns": {"甲": "单位名称"}}]


def test_a_mapping_is_its_owners_until_it_is_shared_with_who_sees_no_less(
    people: tuple[TestClient, dict[str, str]],
) -> None:
    """Others neither see, replace nor delete it; shared, the same district and the city see it, another district does not."""
    client, tokens = people
    as_ = {name: bearer(token) for name, token in tokens.items()}

    def seen(name: str) -> dict[str, bool]:
        listed = client.get("/api/v1/mappings", headers=as_[name]).json()["mappings"]
        return {m["name"]: m["own"] for m in listed if m["by"] is not None}

    def save(who: str, name: str, **more: Any) -> int:
        body = {"sheets": PLAIN} | more
        return client.post(f"/api/v1/mappings/{name}", json=body, headers=as_[who]).status_code

    # what was kept before mappings had owners is everybody's still; what is none, or no longer, stays in its folder
    former = Path(state_of(client.app.state.settings.store)) / "mappings"  # type: ignore[attr-defined]
    assert sorted(f.name for f in former.iterdir()) == ["01.json", "notes.json"]
    assert [seen(name)["旧"] for name in as_] == [True, False, False, False]
    assert save("one", "街道") == 200
    assert [("街道" in seen(name)) for name in as_] == [True, False, False, False]
    # two may keep one name while neither is shared
    assert save("beside", "街道") == 200
    assert save("one", "街道", replace=True, shared=True) == 200
    assert [seen(name).get("街道") for name in as_] == [True, True, None, False]
    assert save("beside", "街道", replace=True, shared=True) == 400
    assert save("whole", "街道", replace=True) == 400
    assert client.delete("/api/v1/mappings/街道", headers=as_["whole"]).status_code == 400
    assert client.delete("/api/v1/mappings/街道", headers=as_["two"]).status_code == 404
    # a name is shared once: who sees the whole city reads the same by it, whoever saves again
    assert save("two", "街道", shared=True) == 400
    assert save("two", "街道") == 200
    # the whole city's is everybody's
    assert save("whole", "全市", shared=True) == 200
    assert [seen(name).get("全市") for name in as_] == [False, False, False, True]


def test_a_mapping_is_written_with_a_row_in_the_journal(
    people: tuple[TestClient, dict[str, str]],
) -> None:
    """An intent before, its outcome after, by number and never by its name; one that is refused leaves none."""
    client, tokens = people
    mine = bearer(tokens["one"])
    client.post("/api/v1/mappings/记录", json={"sheets": PLAIN}, headers=mine)
    client.post("/api/v1/mappings/记录", json={"sheets": [{"sheet": "x"}]}, headers=mine)
    client.delete("/api/v1/mappings/记录", headers=mine)
    app: Any = client.app
    rows = [r for r in app.state.journal.rows() if r.operation.endswith("_mapping")][:4]
    assert [(r.operation, r.action, r.outcome) for r in rows] == [
        (operation, "write", outcome)
        for operation in ("delete_mapping", "save_mapping")
        for outcome in ("done", "intent")
    ]
    assert "记录" not in str(rows)


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
        ([{"header": 3, "columns": {"法定代表人": "单位名称"}}], "needs a `sheet`"),
        ([{"header": 3, "when": ["法定代表人"]}], "persons"),
        ([{"header": 3, "when": 5}], "list of headings"),
        ([{"header": 3, "name": "\ud800"}], "half of a surrogate pair"),
    ],
)
def test_what_is_no_mapping_is_refused(
    asked: TestClient, sheets: list[dict[str, Any]], word: str
) -> None:
    """A personal column can be given no meaning; what is wrong is named."""
    answer = asked.post(
        "/api/v1/mappings/x",
        content=json.dumps({"sheets": sheets}),
        headers={"accept-language": "en", "content-type": "application/json"},
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


@pytest.mark.parametrize(
    "layout",
    [
        "x", "{}", '[{"header": 0}]', '[{"sheet": "nothing"}]', "[[]]", '[{"header": 1, "when": 5}]',
        '[{"header": 1, "name": "\\ud800"}]',
    ],
)  # fmt: skip
def test_a_layout_that_is_none_is_refused(asked: TestClient, tmp_path: Path, layout: str) -> None:
    """Before any job is made; the ledgers that came with it are gone."""
    answer = asked.post(
        f"{JOBS}/preview", files=[("file", ("a.csv", odd()))], data={"layout": layout}
    )
    assert answer.status_code == 400
    assert asked.get(JOBS).json()["jobs"] == []
    assert not list(tmp_path.rglob("in/*"))


@pytest.mark.parametrize("kind", ["preview", "import"])
def test_ledgers_do_not_stay_behind_whatever_goes_wrong(
    asked: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Also where what goes wrong was foreseen by nobody; and mappings are read where other requests don't wait for them."""
    loops: list[bool] = []

    def read(*_: object) -> None:
        with contextlib.suppress(RuntimeError):
            loops.append(asyncio.get_running_loop() is not None)
        raise KeyError

    monkeypatch.setattr("api.mappings.Mappings.get", read)
    with contextlib.suppress(KeyError):
        asked.post(f"{JOBS}/{kind}", files=[("file", ("a.csv", odd()))], data={"map": "x"})
    assert not list(tmp_path.rglob("in/*"))
    assert loops == []


def test_what_is_wrong_with_a_text_is_not_said_of_the_file(tmp_path: Path) -> None:
    """Half a character is whose text it is; only what was read and is no mapping any more is a damaged file."""
    kept = Database(tmp_path / FILE, TABLES, APPLICATION_ID, VERSION, _damaged)
    row = "INSERT INTO mapping VALUES ('1', ?, 'a', NULL, 1, '2026', ?)"
    with pytest.raises(InputError), kept.writing() as db:
        db.execute(row, ("\ud800", "{}"))
    with kept.writing() as db:
        db.execute(row, ("x", "{"))
    with pytest.raises(StoreCorruptError):
        Mappings(str(tmp_path)).all(Identity("a", "planner", None))


def test_former_mappings_that_can_not_be_deleted_are_taken_in_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service begins all the same, also the next time."""
    (tmp_path / FORMER).mkdir()
    told = {"name": "旧", "by": "a", "saved": "2026", "document": {"sheets": PLAIN}}
    (tmp_path / FORMER / "00.json").write_text(json.dumps(told), encoding="utf-8")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refused)
    for _ in range(2):
        Mappings(str(tmp_path)).take_over()
    own = [m for m in Mappings(str(tmp_path)).all(Identity("a", "planner", None)) if m.owner]
    assert [m.name for m in own] == ["旧"]
