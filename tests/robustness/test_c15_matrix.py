"""C15: each operation × who asks × whose object, from the OpenAPI document; what is foreign is as if it were not there.

An operation that the document has and the tables here have not fails the tests.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access.accounts import Accounts
from api.access.identity import ROLES
from api.app import create_app
from api.settings import Settings
from tests.cut.conftest import Sheet, city
from tests.cut.test_cut import FIRMS, UNITS, firm
from tests.loaders.city import HEADER, credit_code, text
from tests.loaders.city import firm as firm_row
from tests.service.people import _quick as quick
from tests.service.people import bearer, headers_of, unnumbered

__all__ = ["quick"]

OWN, FOREIGN, MISSING = "own", "foreign", "missing"
CODES = {
    "organization": {OWN: "F1", FOREIGN: "F3", MISSING: "F8"},
    "another": {OWN: "F2", FOREIGN: "F5", MISSING: "F9"},
    "unit": {OWN: "B1", FOREIGN: "B2", MISSING: "B8"},
    "area": {OWN: "429901001", FOREIGN: "429902001", MISSING: "429903001"},
    "finding": {OWN: "orphan:LONE1", FOREIGN: "orphan:LONE2", MISSING: "orphan:LONE8"},
}
"""What stands in an address or a body for each kind of object."""
REGISTER: Sheet = ("register", 20160801, [
    {"key": f"工商|F{n}", "register": "工商", "organization": f"F{n}", "name": f"F{n}公司", "status": "正常"} for n in (1, 2, 3, 7)
])  # fmt: skip
STEP = {"office": "某局", "date": "2016-08-26"}
MADE = {"office": "某局", "date": "2016-08-26", "reason": "核实"}


@dataclass(frozen=True)
class Asked:
    """How an operation names an object: its address and body, ``{organization}`` and the like in them."""

    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None


OBJECTS: dict[str, list[Asked]] = {
    "find": [Asked("/find", {"text": "{organization}"})],
    "show": [Asked("/show/{organization}"), Asked("/show/{unit}"), Asked("/show/{area}")],
    "chain": [Asked("/chain/{unit}"), Asked("/chain/{organization}"), Asked("/chain/{unit}", {"down": "true"})],
    "path": [Asked("/path", {"a": "F1", "b": "{organization}"}), Asked("/path", {"a": "{unit}", "b": "F1"})],
    "neighbours": [Asked("/neighbours/{organization}", {"hops": "3"}), Asked("/neighbours/{unit}")],
    "selection": [Asked("/selection", body={"ids": ["organization:{organization}", "unit:{unit}", "unit:B1"]}),
                  Asked("/selection", body={"ids": ["{organization}"]})],
    "export_selection": [Asked("/export/selection", body={"ids": ["organization:{organization}"], "format": "json"})],
    "nearby": [Asked("/nearby/{organization}", {"within": "300"})],
    "survey": [Asked("/survey", {"in": "{area}"})],
    "coverage": [Asked("/coverage", {"in": "{area}"}), Asked("/coverage", {"in": "{area}", "rows": "true"})],
    "report": [Asked("/report", {"in": "{area}"})],
    "report_rows": [Asked("/report/rows", {"in": "{area}", "figure": "rate.org_all.of"})],
    "candidates": [Asked("/candidates", {"in": "{area}"}), Asked("/candidates", {"of": "{organization}"})],
    "why": [Asked("/plan/why/{organization}")],
    "why_not": [Asked("/plan/why-not", {"a": "F1", "b": "{organization}"})],
    "alternatives": [Asked("/plan/alternatives", {"in": "street:{area}", "number": "1"})],
    "plan_groups": [Asked("/plan/groups", {"in": "street:{area}"}, {"groups": [{"organizations": ["{organization}"]}]})],
    "board_list": [Asked("/board/list", {"in": "{area}"})],
    "board_show": [Asked("/board/show/{organization}")],
    "board_step": [Asked("/board/step", body=STEP | {"codes": ["{another}"], "to": "formed", "evidence": "批复"})],
    "board_back": [Asked("/board/back", body=STEP | {"codes": ["{another}"], "reason": "误记"})],
    "board_measure": [
        Asked("/board/measure", body=STEP | {"code": "{another}", "measures": "联建", "due": "2016-11-20",
        "responsible": "某处"})
    ],
    "board_lookback": [Asked("/board/lookback", {"in": "{area}"})],
    "inspection_list": [Asked("/inspection/list", {"in": "{area}"})],
    "inspection_show": [Asked("/inspection/show/all/2016-08-26/7", {"in": "{area}"})],
    "inspection_draw": [
        Asked("/inspection/draw", body=STEP | {"in": "{area}", "whom": "base", "size": 1, "seed": 7})
    ],
    "inspection_record": [
        Asked("/inspection/record", body=STEP | {"sample": "all/2016-08-26/7", "codes": ["{another}"], "result": "differs",
        "evidence": "现场"})
    ],
    "inspection_back": [
        Asked("/inspection/back", body=STEP | {"sample": "all/2016-08-26/7", "codes": ["{another}"], "reason": "误记"})
    ],
    "template": [Asked("/template", {"in": "{area}"})],
    "ledger": [Asked("/ledger", {"in": "{area}"})],
    "calendar": [Asked("/calendar", {"in": "{area}"})],
    "audit": [Asked("/audit", {"in": "{area}"})],
    "finding": [Asked("/finding/{finding}")],
    "finding_list": [Asked("/finding/list", {"in": "{area}"})],
    "findings": [Asked("/findings", {"district": "{area}"}), Asked("/findings", {"text": "{organization}"})],
    "finding_opened": [Asked("/findings/open/{finding}")],
    "handle_together": [Asked("/findings/handle", body={"ids": ["{finding}"], "action": "confirm"})],
    "changes": [Asked("/changes", {"from": "2016-08-01", "to": "2016-08-02", "in": "{area}"})],
    "timeline": [Asked("/timeline/{organization}"), Asked("/timeline/{unit}")],
    "diff": [Asked("/diff", {"from": "2016-08-01", "to": "2016-08-02", "in": "{area}"})],
    "duplicates": [Asked("/duplicates", {"in": "{area}"})],
    "reconcile": [Asked("/reconcile", {"in": "{area}"})],
    "sample": [Asked("/sample", {"in": "{area}", "size": "1"})],
    "wallmap": [Asked("/wallmap", {"in": "{area}", "format": "svg"})],
    "map_inside": [Asked("/map", {"in": "{area}"})],
    "map_around": [Asked("/map/{organization}"), Asked("/map/{unit}", {"format": "html"})],
    "view": [Asked("/view", {"in": "{area}"}), Asked("/view", {"at": "building:{area}/1"})],
    "question": [
        Asked("/question", body={"kind": "organization", "in": "{area}"}),
        Asked("/question", body={"kind": "organization", "where": [{"property": "key", "is": "=",
        "value": "{organization}"}]}),
        Asked("/question", body={"kind": "unit", "related": [{"relation": "COVERS", "kind": "organization", "where": [
            {"property": "key", "is": "=", "value": "{organization}"}]}]}),
    ],
    "export_inside": [Asked("/export", {"in": "{area}", "format": "json"})],
    "export_around": [Asked("/export/{organization}", {"format": "json"})],
    "merge": [Asked("/decide/merge", body=MADE | {"kept": "F1", "merged": "{another}"})],
    "distinct": [Asked("/decide/distinct", body=MADE | {"a": "{another}", "b": "F1"})],
    "exclude": [Asked("/decide/exclude", body=MADE | {"code": "{another}", "kind": "空壳"})],
    "include": [Asked("/decide/include", body=MADE | {"code": "{another}"})],
    "departure": [Asked("/decide/departure", body=MADE | {"unit": "{unit}"})],
    "handle": [Asked("/finding/{finding}", body={"action": "confirm"})],
}  # fmt: skip
"""Operations that name an object of the city, and how."""
NO_OBJECT = frozenset(
    {
        "healthz", "readyz", "metrics", "login", "logout", "me", "status", "overview", "circulated", "profile_list", "profile_show",
        "profile_check", "decisions", "baseline", "import_job", "plan_job", "verify_job", "audit_job", "report_job", "export_job",
        "jobs",
        "job", "job_events", "cancel_job", "delete_job", "job_result", "job_file", "question_values", "questions",
        "saved_question",
        "save_question", "change_question", "delete_question", "findings_checked", "ledger_dates", "mapping_list",
        "save_mapping", "delete_mapping", "preview_job", "job_preview", "job_import", "demo_job", "saved_list", "saved_add",
        "saved_view", "saved_change", "saved_remove", "ground",
    }
)  # fmt: skip
"""Operations whose answers are the asker's own cut, counts that are told to everybody, or the asker's own jobs (test_jobs)
and views (test_saved_views)."""
PLAIN = frozenset(
    {
        "find", "show", "board_list", "board_lookback", "board_show", "inspection_list", "inspection_show", "inspection_draw",
        "inspection_record", "chain", "path", "neighbours", "nearby", "survey", "coverage", "report",
        "report_rows", "audit",
        "finding", "finding_list", "diff",
        "duplicates", "reconcile", "sample", "map_inside", "map_around", "view", "export_inside", "export_around",
        "template", "ledger", "calendar", "wallmap",
        "question", "findings", "finding_opened", "changes", "timeline", "selection", "export_selection",
    }
)  # fmt: skip
"""Operations whose answer about anything that is there is an answer."""
WHOLE = frozenset({"freeze", "baseline_add", "baseline_remove", "undo", "withdraw"})
"""Operations on the city as a whole, or on a decision by its number, which nobody can guess."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[str, str]]]:
    """Return a service over a city of two districts, and tokens of each role: for the first district, and for the whole city."""
    folder = tmp_path_factory.mktemp("matrix")
    where = {"lon": 114.30, "lat": 30.60, "datum": "WGS84"}
    lone = [
        {"key": f"LONE{n}", "name": f"孤{n}", "type": "党支部", "district": f"42990{n}"}
        for n in (1, 2)
    ]
    firms = [row | where for row in (*FIRMS[2], firm("F5", 2))]
    sheets = [("unit", 20160801, [*UNITS[2], *lone]), ("organization", 20160801, firms), REGISTER]
    city(folder / "lianjian.db", sheets).close()
    accounts = Accounts(folder / "lianjian.service")
    tokens = {}
    for role in ROLES:
        for name, jurisdiction in ((role, None), (f"{role}@one", "429901")):
            accounts.add(name, role, jurisdiction, "correct horse battery staple")
            tokens[name] = accounts.create_token(name)[1]
    accounts.close()
    app = create_app(Settings(str(folder / "lianjian.db"), allowances=_unbounded()))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        drawn = client.post(
            "/api/v1/inspection/draw", json=STEP | {"whom": "base", "share": 1.0, "seed": 7},
            headers=bearer(tokens["auditor"]),
        )  # fmt: skip
        assert drawn.json()["id"] == "all/2016-08-26/7", drawn.text
        yield client, tokens


def _unbounded() -> Any:
    from api.settings import Allowances

    return Allowances(reads="1000000/minute", heavy="1000000/minute")


def operations(client: Any) -> dict[str, tuple[str, str, list[str]]]:
    """Return method, path and roles by operation."""
    document = client.get("/api/v1/openapi.json").json()
    return {
        o["operationId"]: (method.upper(), path, o.get("x-roles", []))
        for path, methods in document["paths"].items()
        for method, o in methods.items()
    }


def send(client: Any, method: str, asked: Asked, whose: str, token: str | None) -> Any:
    """Ask with the codes of somebody's objects in their places."""
    codes = {kind: some[whose] for kind, some in CODES.items()}
    body = None if asked.body is None else json.loads(_filled(json.dumps(asked.body), codes))
    return client.request(
        method,
        f"/api/v1{_filled(asked.path, codes)}",
        params={name: _filled(value, codes) for name, value in asked.query.items()},
        json=body,
        headers={} if token is None else bearer(token),
    )


def _filled(text: str, codes: dict[str, str]) -> str:
    for kind, code in codes.items():
        text = text.replace("{" + kind + "}", code)
    return text


def masked(answer: Any, whose: str) -> str:
    """Return an answer without the codes that were asked for, and without its request's number."""
    text = unnumbered(answer)
    for kind, some in CODES.items():
        text = text.replace(some[whose], f"<{kind}>")
    return text


def test_every_operation_is_in_the_matrix(made: tuple[Any, dict[str, str]]) -> None:
    """One that is new has to say what its objects are; one that is gone leaves."""
    known = {*OBJECTS, *NO_OBJECT, *WHOLE}
    assert set(operations(made[0])) == known
    assert len(known) == len(OBJECTS) + len(NO_OBJECT) + len(WHOLE)


@pytest.mark.parametrize("operation", sorted(OBJECTS))
def test_what_is_foreign_is_as_if_it_were_not_there(
    made: tuple[Any, dict[str, str]], operation: str
) -> None:
    """Status, headers and body are those of a code that nobody has, for each role whose area is the first district."""
    client, tokens = made
    method, _, roles = operations(client)[operation]
    assert roles
    for asked in OBJECTS[operation]:
        for role in roles:
            token = tokens[f"{role}@one"]
            foreign, missing = (send(client, method, asked, w, token) for w in (FOREIGN, MISSING))
            assert foreign.status_code == missing.status_code, asked
            assert masked(foreign, FOREIGN) == masked(missing, MISSING), asked
            assert headers_of(foreign).keys() == headers_of(missing).keys()


@pytest.mark.parametrize("operation", sorted(OBJECTS))
def test_what_is_one_s_own_is_answered(made: tuple[Any, dict[str, str]], operation: str) -> None:
    """Each role that may ask gets what lies in its district, and nothing of the other's in it."""
    client, tokens = made
    method, _, roles = operations(client)[operation]
    asked = OBJECTS[operation][0]
    for role in [r for r in roles if method == "GET"] or roles[:1]:
        answer = send(client, method, asked, OWN, tokens[f"{role}@one"])
        # who is asked about may be no candidate, or not planned: that is said in the words of the command
        assert answer.status_code in ((200,) if operation in PLAIN else (200, 400)), answer.text
        assert not [
            c for c in ("F3", "F5", "B2", "D2", "LONE2", "乙区", "二街道") if c in answer.text
        ]


@pytest.mark.parametrize("operation", sorted({*OBJECTS, *WHOLE}))
def test_nobody_is_answered_without_an_account(
    made: tuple[Any, dict[str, str]], operation: str
) -> None:
    """401, in one shape, whatever is asked for."""
    client, _ = made
    method, path, _ = operations(client)[operation]
    for asked in OBJECTS.get(operation, [Asked(path.removeprefix("/api/v1"), body={})]):
        for whose in (OWN, FOREIGN, MISSING):
            answer = send(client, method, asked, whose, None)
            assert (answer.status_code, answer.json()["code"]) == (401, "unidentified")


def test_lists_hold_one_s_own_alone(made: tuple[Any, dict[str, str]]) -> None:
    """Without an object: what the store holds, who is found, what is wrong are those of the district."""
    client, tokens = made
    for url in ("/status", "/find?text=公司", "/audit", "/survey", "/candidates", "/duplicates",
        "/export?in=429901&format=json",
                "/decide/list", "/map?in=429901"):  # fmt: skip
        for role in ROLES:
            answer = client.get(f"/api/v1{url}", headers=bearer(tokens[f"{role}@one"]))
            assert answer.status_code in (200, 403), (url, answer.text)
            told = answer.text
            assert not [c for c in ('"F3"', '"F5"', '"B2"', '"D2"', "LONE2") if c in told], url
    held = client.get("/api/v1/status", headers=bearer(tokens["viewer@one"])).json()
    assert (held["kinds"]["organization"], held["kinds"]["unit"]) == (3, 6)


def test_what_concerns_the_city_is_not_for_a_district(made: tuple[Any, dict[str, str]]) -> None:
    """Freezing the baseline, taking an import back: refused in words, and nothing is written."""
    client, tokens = made
    headers = bearer(tokens["administrator@one"])
    for path, body in (("/undo", {"batch": 1}), ("/baseline/freeze", MADE)):
        answer = client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == 400, answer.text
        assert "whole city" in answer.text
    batches = client.get("/api/v1/status", headers=bearer(tokens["viewer"])).json()["batches"]
    assert not [b for b in batches if b["undone"]]


def test_a_decision_of_a_district_is_the_city_s(made: tuple[Any, dict[str, str]]) -> None:
    """What is decided about one's own is written to the city, and seen by whoever sees it."""
    client, tokens = made
    body = MADE | {"code": "F4", "kind": "空壳"}
    answer = client.post("/api/v1/decide/exclude", json=body, headers=bearer(tokens["auditor@one"]))
    assert answer.status_code == 200, answer.text
    for name in ("auditor", "auditor@one"):
        listed = client.get("/api/v1/decide/list", headers=bearer(tokens[name])).text
        assert "F4" in listed, name


def test_a_job_works_on_one_s_own_alone(made: tuple[Any, dict[str, str]]) -> None:
    """An audit and an export of a district's officer hold nothing of the other."""
    client, tokens = made
    headers = bearer(tokens["auditor@one"])
    ids = [
        client.post(f"/api/v1/jobs/{kind}", json=body, headers=headers).json()["id"]
        for kind, body in (("audit", {}), ("export", {"format": "json"}))
    ]
    for id_ in ids:
        until = time.monotonic() + 60
        while not (job := client.get(f"/api/v1/jobs/{id_}", headers=headers).json())["ended"]:
            assert time.monotonic() < until, job
            time.sleep(0.1)
        told = [client.get(f"/api/v1/jobs/{id_}/result", headers=headers).text]
        told += [
            client.get(f"/api/v1/jobs/{id_}/files/{f['name']}", headers=headers).text
            for f in job["files"]
            if f["name"].endswith(".json")
        ]
        assert job["state"] in ("done", "done_with_findings"), (job, told)
        assert not [c for c in ('"F3"', '"F5"', '"B2"', "LONE2") if c in "".join(told)]
    neighbour = bearer(tokens["administrator@one"])
    assert client.get("/api/v1/jobs", headers=neighbour).json()["jobs"] == []
    missing = "0" * 32
    for method, path in (
        ("GET", "/{}"),
        ("GET", "/{}/result"),
        ("POST", "/{}/cancel"),
        ("DELETE", "/{}"),
        ("GET", "/{}/events"),
    ):
        theirs, none = (
            client.request(method, f"/api/v1/jobs{path.format(i)}", headers=neighbour)
            for i in (ids[0], missing)
        )
        assert theirs.status_code == 404
        assert unnumbered(theirs).replace(ids[0], missing) == unnumbered(none)
    assert (
        client.get(f"/api/v1/jobs/{ids[0]}", headers=bearer(tokens["administrator"])).status_code
        == 200
    )


def test_an_import_takes_one_s_own_alone(made: tuple[Any, dict[str, str]]) -> None:
    """A planner's row of the district is stored; one of a district that is there and one of none are refused in the same words."""
    client, tokens = made
    headers = bearer(tokens["planner@one"])
    rows = [
        firm_row(n, 所属区=name, 所属街道=street)
        for n, (name, street) in enumerate((("甲区", "一街道"), ("乙区", "二街道"), ("丙区", "三街道")), 1)
    ]  # fmt: skip
    upload = {"files": ("a.csv", text(HEADER, rows).encode(), "text/csv")}
    id_ = client.post("/api/v1/jobs/import", files=upload, headers=headers).json()["id"]
    until = time.monotonic() + 60
    while not (job := client.get(f"/api/v1/jobs/{id_}", headers=headers).json())["ended"]:
        assert time.monotonic() < until, job
        time.sleep(0.1)
    assert job["state"] == "done_with_findings", job
    cuts = {p.name for p in client.app.state.stores.cuts.folder.glob("*.db")}
    result = client.get(f"/api/v1/jobs/{id_}/result", headers=headers).json()
    assert result["totals"] == {"rows": 3, "loaded": 1, "unchanged": 0, "quarantined": 2}
    one, two = result["faults"]
    assert (one.pop("found"), two.pop("found")) == ("乙区", "丙区")
    assert (one.pop("row"), two.pop("row")) == (3, 4)
    assert one == two
    assert one["code"] == "outside_area"
    for n, status in ((1, 200), (2, 404), (3, 404)):
        for name in ("planner@one", "planner"):
            shown = client.get(f"/api/v1/show/{credit_code(n)}", headers=bearer(tokens[name]))
            assert shown.status_code == status, (n, name)
    # who asks after the import waits for nothing: what the district sees was made with it
    assert {p.name for p in client.app.state.stores.cuts.folder.glob("*.db")} <= cuts
