"""A small city of two districts, the service over it, and how schemathesis asks all of it as somebody.

The city's codes are those of the document's examples, so that an example asks for something that is there.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import schemathesis
from schemathesis.engine import events, from_schema
from schemathesis.python.asgi import shutdown_lifespans
from starlette.testclient import TestClient

from api.access.accounts import Accounts
from api.access.identity import Role
from api.app import create_app
from api.jobs.errors import JobMissingError, JobStateError
from api.settings import Allowances, Settings
from tests.cut.conftest import Sheet, city
from tests.service.people import PASSWORD
from tests.service.working import JOBS, firms, over, stopped

if TYPE_CHECKING:
    from fastapi import FastAPI
    from schemathesis import Case, CheckContext, Response
    from schemathesis.engine.recorder import ScenarioRecorder

DISTRICT, STREET = "420106", "420106007"
REGISTER = "市工商局登记名录"
WHERE = {"district": DISTRICT, "street": STREET, "lon": 114.30, "lat": 30.60, "datum": "WGS84"}
ELSEWHERE = {
    "district": "429901",
    "street": "429901001",
    "lon": 114.30,
    "lat": 30.601,
    "datum": "WGS84",
}


def _firm(key: str, at: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "key": key, "line": "enterprise", "name": f"光谷{key}公司", "category": "私营企业", "staff": 9, "formal_members": 2,
        "status": "正常",
    } | at | more  # fmt: skip


def _registered(*codes: str) -> list[dict[str, Any]]:
    return [
        {"key": f"{REGISTER}|{n}", "register": REGISTER, "organization": n, "name": f"光谷{n}公司", "status": "正常"}
        for n in codes
    ]  # fmt: skip


SHEETS: list[Sheet] = [
    # the least number of a batch, and the next, are tried on `undo`: they take away little
    ("register", 20160801, _registered("U0007")),
    ("division", 20160101, [
        {"key": "4201", "name": "武汉市", "level": "市"},
        {"key": DISTRICT, "name": "武昌区", "level": "区", "parent": "4201"},
        {"key": STREET, "name": "某街道", "level": "街道", "parent": DISTRICT},
    ]),
    ("unit", 20160801, [
        {"key": "CITY", "name": "市委", "type": "党委"},
        {"key": "D1", "name": "区工委", "type": "工委", "superior": "CITY", "district": DISTRICT},
        {"key": "S1", "name": "街工委", "type": "工委", "superior": "D1", "district": DISTRICT, "street": STREET},
        {"key": "B1", "name": "甲支部", "type": "党支部", "superior": "S1", "organization": "U0001", "district": DISTRICT,
         "street": STREET},
        {"key": "B2", "name": "乙支部", "type": "党支部", "superior": "CITY", "covers": "F3;U0002", "district": "429901"},
        {"key": "U0012", "name": "孤支部", "type": "党支部", "district": DISTRICT},
    ]),
    ("organization", 20160801, [
        _firm("U0001", WHERE, unit="B1", formal_members=4), _firm("U0002", WHERE), _firm("U0003", WHERE), _firm("U0004", WHERE),
        _firm("91420100MA4KABCD1X", WHERE),
        _firm("N1", WHERE), _firm("N2", WHERE), _firm("N3", WHERE),
        _firm("F3", ELSEWHERE, unit="B2"), _firm("F4", ELSEWHERE), _firm("F5", ELSEWHERE),
    ]),
    ("organization", 20160902, [_firm("L1", WHERE)]),
    ("register", 20160801, _registered("U0001", "U0002", "F4")),
]  # fmt: skip
REALLY: dict[str, tuple[float, list[str]]] = {
    "path.id": (0.5, ["U0001", "U0002", "F3", "B1", DISTRICT, STREET, "orphan:U0012"]),
    "query.as_of": (0.7, ["2016-08-26"]),
    "query.in": (0.6, [DISTRICT, STREET, f"street:{STREET}"]),
    "query.at": (0.8, ["no_place"]),
    "query.status": (0.8, ["正常"]),
    "query.type": (0.8, ["党支部"]),
    "query.box": (0.5, ["114.2,30.5,114.4,30.6"]),
    "query.a": (0.7, ["U0001", "B1"]),
    "query.b": (0.7, ["U0002", "U0003"]),
    "query.of": (0.7, ["U0003", "U0004"]),
    "query.from": (0.7, ["2016-08-01", "2016-08-26"]),
    "query.to": (0.7, ["2016-08-26", "2016-09-01"]),
    "body.in": (0.6, [DISTRICT, f"street:{STREET}"]),
    "body.as_of": (0.6, ["2016-08-26"]),
    "body.office": (0.8, ["某区市场监管局"]),
    "body.date": (0.8, ["2016-09-01"]),
    "body.reason": (0.8, ["核实"]),
    "body.kind": (0.8, ["空壳", "僵尸"]),
    "body.unit": (0.8, ["B1", "U0012"]),
} | {
    f"body.{name}": (0.8, ["U0003", "U0004", "N1", "N2", "F4"])
    for name in ("code", "kept", "merged", "a", "b")
}
"""How often a value of a positive case is one that the city has; whatever else it may be otherwise."""
PROMISED = ("healthz", "readyz", "me", "logout", "profile_list", "status", "jobs")
"""Operations whose document says all there is to say of what they accept."""
REJECTED = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]
"""What a case that breaks the document may be answered with: 413 too, for a body of nonsense may be long. No 5xx."""
ACCEPTED = ["2xx", "3xx", "400", "401", "403", "404", "409", "429"]
"""What one that keeps it may be answered with.

400 too: whether there is such a day, batch or decision, and a question about it makes sense, no document can tell. That it is not
the parameter which is refused there is a check of its own (:func:`what_is_declared_is_taken`).
"""
CHECKS = {
    "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx"]},
    "negative_data_rejection": {"expected-statuses": REJECTED},
    "positive_data_acceptance": {"expected-statuses": ACCEPTED},
    # runs only with accounts in a format of its own; tests/robustness/test_c15_matrix.py asks whose object, operation by operation
    "object_level_authorization": {"enabled": False},
}
"""All that schemathesis checks, but for one."""
RARE = (
    "withdraw",
    "include",
    "baseline_remove",
    "undo",
    "why_not",
    "board_back",
    "inspection_back",
    "delete_job",
)
"""Operations that answer only where several values fit each other: asked more often."""
SLOW = (
    "ledger", "calendar",
    "audit", "finding_list", "finding", "duplicates", "reconcile", "sample", "diff", "survey", "coverage", "candidates",
    "why", "alternatives", "map_inside", "map_around", "wallmap", "view", "export_inside", "export_around",
    "plan_job", "report_job", "report", "report_rows", "circulated", "audit_job", "export_job", "verify_job",
)  # fmt: skip
"""Operations that compute over the city, or make files and processes: asked less often."""
WORKED_ON = 2
"""Imports whose process begins; each takes a second or two of a core."""
WAITING = 4
"""Jobs that stay in the queue, to be followed or stopped there; older ones are stopped."""
EVENT = {
    "type": "object", "additionalProperties": False, "required": ["event", "data"],
    "properties": {
        "id": {"type": "string"}, "data": {"type": "string"}, "event": {"enum": ["progress", "state", "stopping", "end"]},
    },
}  # fmt: skip
UNBOUNDED = "1000000/minute"
MADE = {"office": "某区市场监管局", "date": "2016-08-26", "reason": "核实"}


@schemathesis.check
def what_is_declared_is_taken(_: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Refuse a 400 that finds fault with a parameter which is as the document says."""
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if positive and response.status_code == 400 and response.json()["code"] == "parameter":
        raise AssertionError(f"refused as a parameter: {response.json()['detail']}")
    return None


@dataclass
class Asked:
    """What came of asking.

    Attributes
    ----------
    cases : Counter
        By phase.
    statuses : Counter
        By operation and status.
    faults : dict
        What failed by check and operation: one example of each, to be sent again.
    """

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def take(self, phase: str, recorder: ScenarioRecorder) -> None:
        """Count a scenario's cases and keep its failures."""
        for id_, interaction in recorder.interactions.items():
            self.cases[phase] += 1
            if interaction.response is not None:
                operation = _id(recorder.cases[id_].value)
                self.statuses[operation, interaction.response.status_code] += 1
        for id_, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    said = f"{check.name} · {_id(recorder.cases[id_].value)} · {failure.title}"
                    self.faults.setdefault(
                        said, f"{failure.message}\n{check.failure_info.code_sample}"[:1500]
                    )

    @property
    def ok(self) -> set[str]:
        """The operations that were answered with what was asked for."""
        return {operation for operation, status in self.statuses if status < 400}


def _id(case: Any) -> str:
    return str(case.operation.definition.raw["operationId"])


@dataclass(frozen=True)
class Served:
    """A service over the small city, who asks it, and what is there to be asked about."""

    app: FastAPI
    token: str
    real: dict[str, dict[str, Any]]


@contextmanager
def service(folder: Path, role: Role, jurisdiction: str | None) -> Iterator[Served]:
    """Give a service in which somebody has a job done, and decisions were made; no job of it goes on afterwards."""
    store = folder / "lianjian.db"
    city(store, SHEETS).close()
    accounts = Accounts(folder / "lianjian.service")
    accounts.add("city", "administrator", None, PASSWORD)
    accounts.add(role, role, jurisdiction, PASSWORD)
    whole, token = accounts.create_token("city")[1], accounts.create_token(role)[1]
    accounts.close()
    rates = Allowances(login=UNBOUNDED, address=UNBOUNDED, reads=UNBOUNDED, heavy=UNBOUNDED)
    settings = Settings(str(store), allowances=rates, jobs=1)
    real = _real(role, _prepared(create_app(settings), role, whole, token))
    # of the jobs that are asked for, only imports are worked on
    app = create_app(replace(settings, jobs=0))
    numbers = itertools.count(1)
    try:
        # an id by chance would lead each run another way
        with mock.patch("secrets.token_hex", lambda n: f"{next(numbers):0{2 * n}x}"):
            yield Served(app, token, real)
    finally:
        if app.state.jobs._records is not None:
            stopped(app.state.jobs)
        shutdown_lifespans()


def _prepared(app: FastAPI, role: Role, whole: str, token: str) -> dict[str, Any]:
    """Have decisions made and a job done; return their ids."""
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.headers["authorization"] = f"Bearer {whole}"

        def decided(what: str, **body: str) -> dict[str, Any]:
            answer = client.post(f"/api/v1/decide/{what}", json=MADE | body)
            assert answer.status_code == 200, answer.text
            said: dict[str, Any] = answer.json()
            return said

        decided("exclude", code="N3", kind="空壳")
        ends = decided("distinct", a="U0001", b="U0002")
        goes = decided("distinct", a="U0001", b="U0003")
        everyone = {
            "whom": "base",
            "share": 1.0,
            "seed": 7,
            "office": MADE["office"],
            "date": "2016-09-01",
        }
        sample = client.post("/api/v1/inspection/draw", json=everyone).json()["id"]
        shown = client.get(f"/api/v1/inspection/show/{sample}?in={DISTRICT}").json()
        # a viewer makes no jobs: what is asked about one is refused, whosever it is
        maker = whole if role == "viewer" else token
        client.headers["authorization"] = f"Bearer {maker}"
        kind, body = ("audit", {}) if role == "auditor" else ("plan", {"in": [DISTRICT], "time": 5})
        job = client.post(f"{JOBS}/{kind}", json=body).json()
        ended = over(client, job["id"])
        assert ended["state"] in ("done", "done_with_findings"), ended
        read = {}
        if role != "auditor":
            for sort in ("preview", "import"):
                ledger = [("file", ("台账.csv", firms(900, 1)))]
                read[sort] = client.post(f"{JOBS}/{sort}", files=ledger).json()["id"]
                assert over(client, read[sort])["state"] in ("done", "done_with_findings")
        client.headers["authorization"] = f"Bearer {token}"
        drawn = {"name": "上级", "things": [{"id": "unit:U0001"}]}
        views = [client.post("/api/v1/views/saved", json=drawn).json()["id"] for _ in range(2)]
        every = {"kind": "organization"}
        questions = [
            client.post("/api/v1/questions", json={"name": name, "question": every}).json()["id"]
            for name in ("甲", "乙")
        ]
        client.headers["authorization"] = f"Bearer {whole}"
        found = client.get("/api/v1/findings?limit=100").json()["findings"]
        stays = (
            f["id"] for f in found if not f["id"].startswith("no_measures:")
        )  # whom others set measures for
        return {
            "questions": questions,
            "read": read,
            "finding": next(stays),
            "views": views,
            "job": job["id"],
            "file": ended["files"][0]["name"],
            "decision": ends["id"],
            "sample": sample,
            "sampled": shown["items"][0]["code"],
            "batch": goes["batch"],
        }


def _real(role: Role, ids: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return examples of this city by operation, for those of the document; ``None`` takes one away, ``...`` the parameter."""
    job = {"id": ids["job"]}
    decided = MADE | {"date": "2016-09-01"}
    plan: dict[str, Any] = {
        "from": ...
    }  # of any job but a plan's it is refused, and here are others too
    return {
        "why": plan, "why_not": plan, "alternatives": plan,
        "plan_groups": plan | {"body": {"groups": [{"organizations": ["N1", "N2"]}]}},
        "question": {"cursor": None},
        "saved_question": {"id": ids["questions"][0]},
        "change_question": {"id": ids["questions"][0], "body": {"name": "丙", "question": {"kind": "organization"}}},
        "delete_question": {"id": ids["questions"][1]},
        "job_preview": {"id": ids["read"].get("preview", ids["job"])},
        "job_import": {"id": ids["read"].get("import", ids["job"])},
        "handle": {"id": ids["finding"]},
        "login": {"body": {"name": role, "password": PASSWORD}},
        "coverage": plan | {"cursor": None, "limit": 2},
        "survey": {"cursor": None, "limit": 2},
        "report": {"since": None, "date": None},
        "circulated": {"since": None, "date": None},
        "report_rows": {"cursor": None, "limit": None, "date": None, "since": None, "figure": "rate.org_all"},
        "candidates": {"cursor": None, "limit": 2, "of": None},
        "sample": {"share": None, "size": 2},
        "inspection_show": {"id": ids["sample"], "cursor": None, "limit": None, "as_of": "2016-09-02", "in": DISTRICT},
        "inspection_draw": {"body": {"whom": "base", "size": 1, "office": MADE["office"], "date": "2016-09-01"}},
        "inspection_record": {"body": {"sample": ids["sample"], "codes": [ids["sampled"]], "result": "as_stated",
            "evidence": "现场核实", "office": MADE["office"], "date": "2016-09-01"}},
        "inspection_back": {"body": {"sample": ids["sample"], "codes": [ids["sampled"]], "office": MADE["office"],
            "date": "2016-09-01", "reason": "登记有误"}},
        "jobs": {"before": None},
        "job": job, "job_events": job, "job_result": job,
        "job_file": job | {"name": ids["file"]},
        "delete_job": {"id": None},
        "plan_job": {"body": {"in": [DISTRICT], "gap": 0.002, "time": 5, "set": {"radius": 800}, "from": ids["job"]}},
        "verify_job": {"body": {"from": ids["job"]}},
        "selection": {"body": {"ids": ["organization:U0001", "unit:B1"]}},
        "export_selection": {"body": {"ids": ["organization:U0001", "unit:B1"], "format": "graphml"}},
        "saved_view": {"id": ids["views"][0]},
        "saved_change": {"id": ids["views"][0]},
        "saved_remove": {"id": ids["views"][1]},
        "undo": {"body": {"batch": ids["batch"]}},
        "withdraw": {"body": decided | {"decision": ids["decision"]}},
        "merge": {"body": decided | {"kept": "N1", "merged": "N2"}},
        "distinct": {"body": decided | {"a": "U0003", "b": "U0004"}},
        "exclude": {"body": decided | {"code": "U0004", "kind": "空壳"}},
        "include": {"body": decided | {"code": "N3"}},
        "departure": {"body": decided | {"unit": "B1"}},
        "freeze": {"body": {"office": MADE["office"], "date": "2016-08-10"}},
        "baseline_add": {"body": decided | {"code": "L1", "date": "2016-09-03"}},  # listed after it is frozen
        "baseline_remove": {"body": decided | {"code": "U0003"}},
    }  # fmt: skip


class _AsServed:
    """An application as a server runs it: what it raises after it has answered 500 ends there.

    And a patient client's: some imports are worked on, and jobs beyond a few in the queue are stopped; one is followed once it is
    about to end.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.imports = 0
        self.waiting: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].split("/")
        if path[-1] == "events":
            self._stop(path[-2])
        answered = False

        async def noted(message: Any) -> None:
            nonlocal answered
            answered = True
            if message["type"] == "http.response.start" and message["status"] == 202:
                where = dict(message["headers"]).get(b"location")
                if where is not None:  # else an answer is being made, and there is no job
                    self._begun(where.decode(), path[-1])
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            if not answered:
                raise

    def _begun(self, where: str, kind: str) -> None:
        id_ = where.rsplit("/", 1)[-1]
        if kind == "import":
            self.imports += 1
            if self.imports > WORKED_ON:
                self._stop(id_)
            return
        self.waiting.append(id_)
        if len(self.waiting) > WAITING:
            self._stop(self.waiting.pop(0))

    def _stop(self, id_: str) -> None:
        jobs = self.app.state.jobs
        with contextlib.suppress(JobMissingError, JobStateError):
            jobs.stop(jobs.records.get(id_))


def ask(
    served: Served, seed: int, examples: int, steps: int, *, coverage: bool = True, thorough: bool = False
) -> Asked:  # fmt: skip
    """Ask all operations of the document with everything that schemathesis has.

    Parameters
    ----------
    examples : int
        Random cases of an operation.
    steps : int
        Sequences of requests, of up to eight each.
    coverage : bool
        Also each value at and beyond the edges of what is declared, one by one.
    thorough : bool
        Those at the edges too; else only those beyond them, which are refused at once.
    """
    brief = (
        {}
        if thorough
        else {
            "phases": {
                "coverage": {"generation": {"mode": "negative"}, "unexpected-methods": ["PATCH"]}
            }
        }
    )
    names = {key: key.replace(".", "-") for key in REALLY}
    values = {name: REALLY[key][1] for key, name in names.items()} | {
        "counts": [1, 2, 3], "later": ["2016-09-03"],
        "batches": [served.real["undo"]["body"]["batch"]], "decisions": [served.real["withdraw"]["body"]["decision"]],
    }  # fmt: skip
    chances = {key: (name, REALLY[key][0]) for key, name in names.items()} | {
        "body.decision": ("decisions", 0.7), "body.batch": ("batches", 0.9),
    }  # fmt: skip
    asked = Asked()
    said: dict[str, Any] = {
        "seed": seed, "continue-on-failure": True, "base-url": "http://127.0.0.1",
        "headers": {"Authorization": f"Bearer {served.token}"},
        "dictionaries": {name: {"values": of} for name, of in values.items()},
        "parameters": {key: {"dictionary": name, "probability": p} for key, (name, p) in chances.items()},
        "generation": {
            "max-examples": examples, "database": "none", "no-shrink": True,
            "dictionaries": {"integer": {"dictionary": "counts", "probability": 0.4}},
        },
        "phases": brief.get("phases", {}) | {
            "stateful": {"max-steps": 8, "generation": {"max-examples": steps}},
        },
        "checks": CHECKS,
        "operations": [
            {"include-operation-id": list(RARE), "generation": {"max-examples": 4 * examples},
             "phases": {"coverage": {"generation": {"mode": "all"}}}},
            {"include-operation-id": list(SLOW), "generation": {"max-examples": max(1, examples // 2)}, **brief},
            {"include-operation-id": ["baseline_add"], "parameters": {"body.date": {"dictionary": "later", "probability": 0.8}},
             "generation": {"max-examples": 4 * examples}},
            {"include-operation-id": list(PROMISED),
             "checks": {"positive_data_acceptance": {"expected-statuses": [s for s in ACCEPTED if s != "400"]}}},
        ],
    }  # fmt: skip
    # sequences by themselves: what all the nonsense taught about the operations would cut them short
    single = ("examples", "coverage", "fuzzing") if coverage else ("examples", "fuzzing")
    for phases in (single, ("stateful",)):
        _run(served, _only(said, phases), asked)
    return asked


def _only(said: dict[str, Any], phases: tuple[str, ...]) -> dict[str, Any]:
    out = copy.deepcopy(said)
    for phase in ("examples", "coverage", "fuzzing", "stateful"):
        out["phases"].setdefault(phase, {})["enabled"] = phase in phases
    return out


def _run(served: Served, said: dict[str, Any], asked: Asked) -> None:
    config = schemathesis.Config.from_dict(said)
    schema = schemathesis.openapi.from_dict(with_examples(served), config=config)
    schema.app = _AsServed(served.app)
    schema.location = "/api/v1/openapi.json"
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            asked.take(event.phase.value, event.recorder)
        elif isinstance(event, events.NonFatalError):
            asked.faults[f"{event.label} · {event.phase}"] = repr(event.value)
        elif isinstance(event, events.FatalError):
            raise event.exception


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a document's operations by their ids."""
    return {o["operationId"]: o for path in document["paths"].values() for o in path.values()}


def with_examples(served: Served) -> dict[str, Any]:
    """Return the service's document with examples of what is really there."""
    document: dict[str, Any] = copy.deepcopy(served.app.openapi())
    for name, real in served.real.items():
        operation = operations(document)[name]
        if out := {parameter for parameter, value in real.items() if value is ...}:
            kept = [p for p in operation["parameters"] if p["name"] not in out]
            operation["parameters"] = kept
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in real:
                parameter["schema"].pop("examples", None)
                if real[parameter["name"]] is not None:
                    parameter["example"] = real[parameter["name"]]
        if "body" in real:
            operation["requestBody"]["content"]["application/json"]["example"] = real["body"]
    del document["components"]["schemas"]["Undo"]["properties"]["batch"]["examples"]
    # schemathesis reads the shape of a stream as that of each of its events
    stream = operations(document)["job_events"]["responses"]["200"]["content"]["text/event-stream"]
    stream["schema"] = EVENT
    return document
