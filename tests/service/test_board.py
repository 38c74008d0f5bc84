"""The board and groups that a person puts together, over HTTP: the command line's words, roles, and what groups cost and break."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.routes.models import board as models
from api.settings import Settings
from tests.cli.commandline import Lianjian
from tests.service.people import bearer, tokens_by_role
from tests.service.test_planning import STREET, planned

__all__ = ["planned"]
STEP = {"office": "某街道党工委", "date": "2017-02-01"}
TALL = ["K10", "K11", "K12"]


@pytest.fixture(scope="module")
def asked(planned: Path) -> Any:
    """A service over the planners' town."""
    with TestClient(create_app(Settings(str(planned))), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def weigh(asked: TestClient) -> Callable[..., dict[str, Any]]:
    """Weigh groups of the street; the answer keeps its declared shape."""

    def run(*groups: Any, **more: Any) -> dict[str, Any]:
        sets = [{"organizations": g} if isinstance(g, list) else g for g in groups]
        answer = asked.post(f"/api/v1/plan/groups?in={STREET}", json={"groups": sets, **more})
        assert answer.status_code == 200, answer.text
        models.Groups.model_validate(answer.json())
        return dict(answer.json())

    return run


def job(asked: TestClient, **body: Any) -> str:
    """Plan, wait, and return the job's id."""
    id_ = asked.post("/api/v1/jobs/plan", json={"in": [STREET], **body}).json()["id"]
    for _ in range(600):
        state = asked.get(f"/api/v1/jobs/{id_}").json()["state"]
        if state not in ("queued", "running"):
            assert state in ("done", "done_with_findings")
            return str(id_)
        time.sleep(0.05)
    raise AssertionError("the plan took too long")


def test_the_board_is_the_command_s(asked: TestClient, planned: Path, lianjian: Lianjian) -> None:
    """List, one organization, and pages that put together are the whole."""
    said = asked.get("/api/v1/board/list").json()
    models.Board.model_validate(said)
    assert lianjian("board", "list", "--store", str(planned), "--json").json == said
    first = asked.get("/api/v1/board/list?limit=4").json()
    more = asked.get(f"/api/v1/board/list?limit=1000&cursor={first['next']}").json()
    assert first["entries"] + more["entries"] == said["entries"]
    assert sum(a["organizations"] for a in said["areas"]) == said["totals"]["organizations"]
    shown = asked.get("/api/v1/board/show/K10").json()
    assert lianjian("board", "show", "K10", "--store", str(planned), "--json").json == shown


def test_what_a_plan_s_own_groups_cost_is_what_the_plan_says(asked: TestClient, weigh: Any) -> None:
    """To the last digit, joint units and attachments, parts and pairs too; under the plan's own terms where a job made it."""
    id_ = job(asked)
    plan = asked.get(f"/api/v1/jobs/{id_}/result").json()
    plan = (
        plan
        if "ledger_units" in plan
        else json.loads(asked.get(f"/api/v1/jobs/{id_}/files/plan.json").text)
    )
    (entry,) = plan["ledger_units"]
    groups = [{"organizations": g["organizations"]} for g in entry["joint"]]
    groups += [{"organizations": [a["organization"]], "unit": a["unit"]} for a in entry["attached"]]
    groups += [{"organizations": [u["organization"]]} for u in entry["uncovered"]]
    for answer in (
        weigh(*groups, explain=True),
        asked.post(
            f"/api/v1/plan/groups?in={STREET}&from={id_}", json={"groups": groups, "explain": True}
        ).json(),
    ):
        assert answer["cost"] == entry["objective"]
        assert [g["faults"] for g in answer["groups"]] == [[]] * len(groups)
        for g in answer["groups"]:
            assert round(sum(p["value"] for p in g["cost_parts"]), 6) == g["cost"]
        for planned_, g in zip(entry["joint"], answer["groups"], strict=False):
            assert {
                k: planned_[k] for k in ("id", "method", "form", "anchor", "cost", "why", "fragile")
            } == {k: g[k] for k in ("id", "method", "form", "anchor", "cost", "why", "fragile")}
    why = asked.get(f"/api/v1/plan/why/{entry['joint'][0]['id']}?from={id_}").json()
    assert (why["cost"], why["plan"]["read"]) == (entry["joint"][0]["cost"], True)
    found = asked.get(f"/api/v1/plan/alternatives?in={STREET}&from={id_}").json()
    assert found["objective"] == entry["objective"]
    both = asked.get(f"/api/v1/coverage?from={id_}").json()
    assert both["plan"]["file"] == id_


@pytest.mark.parametrize(
    ("group", "rules"),
    [
        (["K10", "ALONE"], ["min_members", "method"]),
        (["K10", "BIG"], ["not_small"]),
        (["K10", "K11", "K12", "K20", "K21", "K22"], ["organizations"]),
        ({"organizations": ["ALONE"], "unit": "HU"}, ["too_far"]),
        ({"organizations": ["K10"], "unit": "JJ"}, ["no_host"]),
    ],
)
def test_every_rule_that_a_group_breaks_is_named(weigh: Any, group: Any, rules: list[str]) -> None:
    """In words of both languages, with no cost."""
    (found,) = weigh(group)["groups"]
    assert [f["rule"] for f in found["faults"]] == rules
    assert found["cost"] is None
    assert all(f["text"]["zh"] and f["text"]["en"] for f in found["faults"])


def test_decisions_of_the_plan_bind_groups(asked: TestClient) -> None:
    """A part of what is pinned, and two that are forbidden together, are named."""
    id_ = job(asked, pins=[["K10", "K11"]], forbids=[["K20", "K21"]])
    groups = [{"organizations": ["K10", "K12"]}, {"organizations": ["K20", "K21", "K22"]}]
    found = asked.post(
        f"/api/v1/plan/groups?in={STREET}&from={id_}", json={"groups": groups}
    ).json()
    assert [[f["rule"] for f in g["faults"]] for g in found["groups"]] == [
        ["pin", "min_members"],
        ["forbid"],
    ]


def test_a_try_takes_milliseconds(weigh: Any) -> None:
    """Once the ledger unit is laid out: the bound is 300 ms."""
    weigh(TALL)
    began = time.perf_counter()
    weigh(TALL, ["K20", "K21"], explain=True)
    assert time.perf_counter() - began < 0.3


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (f"?in={STREET}", {"groups": [{"organizations": ["NOBODY"]}]}, "unknown_id"),
        (
            f"?in={STREET}",
            {"groups": [{"organizations": ["K10"]}, {"organizations": ["K10"]}]},
            None,
        ),
        ("?in=street:1", {"groups": [{"organizations": ["K10"]}]}, None),
        (f"?in={STREET}&from=0", {"groups": [{"organizations": ["K10"]}]}, None),
    ],
)
def test_groups_that_are_none_are_refused(
    asked: TestClient, path: str, body: Any, code: str | None
) -> None:
    """A code that nobody has, one twice, a ledger unit or a job that is none: with the way out."""
    answer = asked.post(f"/api/v1/plan/groups{path}", json=body)
    assert answer.status_code in (400, 404)
    assert code is None or answer.json()["code"] == code
    assert answer.json()["detail"]


def test_steps_are_recorded_with_the_command_s_words(
    town: Path, client: TestClient, lianjian: Lianjian
) -> None:
    """What the service recorded the command shows; what one refuses, the other refuses with the same words."""
    code = client.get("/api/v1/survey").json()["organizations"][0]["code"]
    skipped = {**STEP, "codes": [code], "to": "struck_off", "evidence": "批复"}
    answer = client.post("/api/v1/board/step", json=skipped)
    assert answer.status_code == 400
    args = ("--office", STEP["office"], "--date", STEP["date"])
    refused = lianjian(
        "board", "step", "struck_off", code, *args, "--evidence", "批复", "--store", str(town)
    )
    assert answer.json()["detail"] in " ".join(refused.err.split())
    made = client.post("/api/v1/board/step", json={**skipped, "to": "formed"})
    models.Steps.model_validate(made.json())
    assert made.json()["steps"][0]["state"] == "formed"
    measure = {
        **STEP,
        "code": code,
        "measures": "联建",
        "due": "2017-03-01",
        "responsible": "某街道办事处",
    }
    models.Measured.model_validate(client.post("/api/v1/board/measure", json=measure).json())
    back = client.post("/api/v1/board/back", json={**STEP, "codes": [code], "reason": "误记"})
    assert back.json()["steps"][0]["state"] == "pending"
    shown = client.get(f"/api/v1/board/show/{code}").json()
    models.History.model_validate(shown)
    assert [s["to"] for s in shown["history"]][-2:] == ["formed", "back"]
    assert lianjian("board", "show", code, "--store", str(town), "--json").json == shown
    numbered = client.post(
        "/api/v1/board/back", json={**STEP, "codes": [code], "reason": "13800138000"}
    )
    assert "13800138000" not in numbered.text
    assert numbered.status_code == 400


def test_auditors_read_and_planners_record(town: Path) -> None:
    """A viewer does neither."""
    tokens = tokens_by_role(town)
    with TestClient(create_app(Settings(str(town))), base_url="http://127.0.0.1") as client:
        body = {**STEP, "codes": ["F1"], "to": "formed", "evidence": "批复"}
        reads, writes = {}, {}
        for role, token in tokens.items():
            reads[role] = client.get("/api/v1/board/list", headers=bearer(token)).status_code
            writes[role] = client.post(
                "/api/v1/board/step", json=body, headers=bearer(token)
            ).status_code
    assert {r for r, status in reads.items() if status == 200} == {
        "planner",
        "auditor",
        "administrator",
    }
    assert {r for r, status in writes.items() if status == 403} == {"viewer", "auditor"}
