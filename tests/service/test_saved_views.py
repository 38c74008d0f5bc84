"""Saved views and selections: kept for oneself, opened by a link in the opener's own area, journaled, bounded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access.accounts import Accounts
from api.app import create_app
from api.journal import Journal, Places
from api.saved import model
from api.settings import Settings, state_of
from tests.cut.conftest import city
from tests.cut.test_cut import FIRMS, UNITS
from tests.service.people import PASSWORD, bearer, unnumbered

URL = "/api/v1/views/saved"
Served = tuple[TestClient, dict[str, str], Path]
THINGS = ["unit:B1", "organization:F1", "organization:F3", "unit:NOBODY"]


def drawing(*ids: str, **more: Any) -> dict[str, Any]:
    """A drawing of some things, the first pinned, each further one brought by it."""
    things = [
        {"id": one, "x": 10.5 * k, "y": -3, "pinned": not k, "by": list(ids[:1]) if k else []}
        for k, one in enumerate(ids)
    ]
    return {"name": "联建", "note": "请复核", "layout": "levels", "without": ["LOCATED_IN"], "things": things} | more  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over two districts; tokens of who sees the city, and of two who see the first district."""
    store = tmp_path_factory.mktemp("saved") / "lianjian.db"
    city(store, [("unit", 20160801, UNITS[2]), ("organization", 20160801, FIRMS[2])]).close()
    accounts = Accounts(state_of(str(store)))
    tokens = {}
    for name, role, area in (
        ("planner", "planner", None), ("one", "viewer", "429901"), ("two", "auditor", "429901"),
    ):  # fmt: skip
        accounts.add(name, role, area, PASSWORD)  # type: ignore[arg-type]
        tokens[name] = accounts.create_token(name)[1]
    accounts.close()
    app = create_app(Settings(str(store)))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client, tokens, store


@pytest.fixture
def served(town: Served) -> Served:
    """The same, without any view."""
    (Path(state_of(str(town[2]))) / "views.db").unlink(missing_ok=True)
    return town


def test_a_view_comes_back_as_it_was_kept(served: Served) -> None:
    """Ids, places, pins, layout and filters; listed with name and note; changed in its place; gone once deleted."""
    client, tokens, _ = served
    mine = bearer(tokens["planner"])
    made = client.post(URL, json=drawing(*THINGS[:3]), headers=mine)
    assert made.status_code == 200, made.text
    id_ = made.json()["id"]
    found = client.get(f"{URL}/{id_}", headers=mine).json()
    assert found["things"] == [
        {"id": "unit:B1", "x": 0, "y": -3, "pinned": True, "by": []},
        {"id": "organization:F1", "x": 10.5, "y": -3, "pinned": False, "by": ["unit:B1"]},
        {"id": "organization:F3", "x": 21, "y": -3, "pinned": False, "by": ["unit:B1"]},
    ]
    assert (found["layout"], found["without"], found["outside"]) == ("levels", ["LOCATED_IN"], 0)
    assert (found["name"], found["note"], found["mine"]) == ("联建", "请复核", True)
    client.put(f"{URL}/{id_}", json=drawing("unit:B1", name="改"), headers=mine)
    (listed,) = client.get(URL, headers=mine).json()["views"]
    assert (listed["id"], listed["name"], listed["number"]) == (id_, "改", 1)
    assert client.delete(f"{URL}/{id_}", headers=mine).status_code == 204
    assert client.get(f"{URL}/{id_}", headers=mine).status_code == 404
    assert client.get(URL, headers=mine).json()["views"] == []


def test_a_link_opens_in_the_opener_s_area(served: Served) -> None:
    """What is foreign to who opens is counted with what is not there, and no code of it leaves, nor in what names it."""
    client, tokens, _ = served
    body = drawing("organization:F3", "unit:B1", "organization:F1", "unit:NOBODY", shared=True)
    id_ = client.post(URL, json=body, headers=bearer(tokens["planner"])).json()["id"]
    answer = client.get(f"{URL}/{id_}", headers=bearer(tokens["one"]))
    found = answer.json()
    assert [t["id"] for t in found["things"]] == ["unit:B1", "organization:F1"]
    assert (found["outside"], found["mine"]) == (2, False)
    assert "F3" not in answer.text
    assert "NOBODY" not in answer.text
    assert client.get(URL, headers=bearer(tokens["one"])).json()["views"] == []


def test_what_is_not_shared_is_as_if_it_were_not_there(served: Served) -> None:
    """To open, change or delete: another's view and none are told apart by nothing; a shared one is another's to change."""
    client, tokens, _ = served
    id_ = client.post(URL, json=drawing("unit:B1"), headers=bearer(tokens["one"])).json()["id"]
    other, none = bearer(tokens["two"]), "0" * 32
    for method, body in (("GET", None), ("PUT", drawing("unit:B1")), ("DELETE", None)):
        theirs, missing = (
            client.request(method, f"{URL}/{i}", json=body, headers=other) for i in (id_, none)
        )
        assert (theirs.status_code, theirs.json()["code"]) == (404, "no_view")
        assert unnumbered(theirs).replace(id_, none) == unnumbered(missing)
    client.put(f"{URL}/{id_}", json=drawing("unit:B1", shared=True), headers=bearer(tokens["one"]))
    assert client.get(f"{URL}/{id_}", headers=other).status_code == 200
    for method, body in (("PUT", drawing("unit:B1")), ("DELETE", None)):
        refused = client.request(method, f"{URL}/{id_}", json=body, headers=other)
        assert (refused.status_code, "another's" in refused.text) == (400, True)
    assert client.get(URL).status_code == 401


def test_a_full_board_fits(served: Served) -> None:
    """500 things with long names, each brought by 50 others, are kept and changed; who brought them comes back by id."""
    client, tokens, _ = served
    mine = bearer(tokens["planner"])
    things = [
        {"id": f"unit:{'街' * 190}{k:03}", "x": -123456.78, "y": 123456.78,
         "by": [(k + n) % 500 for n in range(1, 51)]}
        for k in range(499)
    ]  # fmt: skip
    body = drawing(note="注" * 2_000) | {"things": [{"id": "unit:B1", "by": [1]}, *things]}
    body["things"][1] = {"id": "organization:F1", "by": [0, 2]}
    made = client.post(URL, json=body, headers=mine)
    assert made.status_code == 200, made.text
    changed = client.put(f"{URL}/{made.json()['id']}", json=body, headers=mine)
    assert (changed.status_code, changed.json()["number"]) == (200, 500)
    found = client.get(f"{URL}/{made.json()['id']}", headers=mine).json()
    assert [(t["id"], t["by"]) for t in found["things"]] == [
        ("unit:B1", ["organization:F1"]),
        ("organization:F1", ["unit:B1"]),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (drawing("unit:B1", name=" \n "), "name: 1 to 100 characters"),
        (drawing("unit:B1", name="长" * 101), "this one has 101"),
        (drawing("unit:B1", note="长" * 2001), "this one has 2001"),
        (drawing("unit:B1", note="致电 13812345678"), "telephone number"),
        (drawing(), "nothing is drawn"),
        (drawing(*(f"unit:U{n}" for n in range(501))), "holds at most 500; this one has 501"),
        (drawing("unit:B1", as_of="2016-02-30"), "no date"),
        (drawing("unit:B1", layout="spiral"), "layout"),
        (drawing(things=[{"id": "unit:B1", "by": [1]}]), "brought by number 1"),
    ],
)
def test_what_can_not_be_kept_is_refused_in_words(
    served: Served, body: dict[str, Any], said: str
) -> None:
    """Each limit with what was given, a person's number without repeating it; nothing is kept."""
    client, tokens, _ = served
    answer = client.post(URL, json=body, headers=bearer(tokens["one"]))
    assert answer.status_code == 400, answer.text
    assert said in answer.text
    assert "13812345678" not in answer.text
    assert client.get(URL, headers=bearer(tokens["one"])).json()["views"] == []


def test_one_keeps_so_many_at_most(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused with the way out, another account has its own number; a body beyond all measure is not read."""
    client, tokens, _ = served
    monkeypatch.setattr("api.saved.records.VIEWS", 2)
    answers = [
        client.post(URL, json=drawing("unit:B1"), headers=bearer(tokens["one"])) for _ in range(3)
    ]
    assert [a.status_code for a in answers] == [200, 200, 400]
    assert "delete some first" in answers[2].text
    assert client.post(URL, json=drawing("unit:B1"), headers=bearer(tokens["two"])).status_code == 200  # fmt: skip
    large = drawing("unit:B1", note="x" * (1 << 20))
    assert client.post(URL, json=large, headers=bearer(tokens["two"])).status_code == 413
    assert model.VIEWS == 200


def test_the_journal_tells_of_views_and_of_exported_selections(served: Served) -> None:
    """An intent and an outcome for each write, by the view's id; an export by the codes in it, hidden where they are none."""
    client, tokens, store = served
    mine = bearer(tokens["planner"])
    id_ = client.post(URL, json=drawing("unit:B1"), headers=mine).json()["id"]
    client.put(f"{URL}/{id_}", json=drawing("unit:B1"), headers=mine)
    client.delete(f"{URL}/{id_}", headers=mine)
    body = {"ids": ["unit:B1", "organization:F1"], "format": "graphml"}
    answer = client.post("/api/v1/export/selection", json=body, headers=mine)
    assert answer.status_code == 200
    assert "COVERS" in answer.text
    rows = list(Journal(Places.of(state_of(str(store)))).rows())
    assert [(r.action, r.operation, r.outcome) for r in rows[:7]] == [
        ("export", "export_selection", "answered"),
        ("view", "saved_remove", "done"), ("view", "saved_remove", "intent"),
        ("view", "saved_change", "done"), ("view", "saved_change", "intent"),
        ("view", "saved_add", "done"), ("view", "saved_add", "intent"),
    ]  # fmt: skip
    assert rows[0].subjects.split() == ["unit:B1", "organization:F1"]
    assert {r.subjects for r in rows[1:7]} == {f"view:{id_}"}


def test_a_selection_has_its_edges_and_says_what_is_not_there(served: Served) -> None:
    """All edges between what was asked for; no person's record by any id; too many or none are refused in words."""
    client, tokens, _ = served
    mine = bearer(tokens["planner"])
    ids = [*THINGS, "member:M1", "unit:", ":", "nonsense"]
    found = client.post("/api/v1/selection", json={"ids": ids}, headers=mine).json()
    assert {n["id"] for n in found["nodes"]} == {"B1", "F1", "F3"}
    assert {(e["from"], e["kind"], e["to"]) for e in found["edges"]} == {("B1", "COVERS", "F1")}
    assert set(found["outside"]) == set(ids[3:])
    many = [f"unit:U{n}" for n in range(501)]
    for ids_, said in ((many, "these are 501"), ([], "none is given")):
        answer = client.post("/api/v1/selection", json={"ids": ids_}, headers=mine)
        assert (answer.status_code, said in answer.text) == (400, True)
    refused = client.post("/api/v1/export/selection", json={"ids": THINGS}, headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_id")
    viewer = client.post("/api/v1/export/selection", json={"ids": ["unit:B1"]}, headers=bearer(tokens["one"]))  # fmt: skip
    assert viewer.status_code == 403


def test_a_damaged_file_is_said_and_left_alone(served: Served) -> None:
    """Neither another program's nor a broken file is written over, and no path of the machine leaves."""
    client, tokens, store = served
    path = Path(state_of(str(store))) / "views.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    for raw in (path.read_bytes(), b"no database at all" * 100):
        path.write_bytes(raw)
        answer = client.post(URL, json=drawing("unit:B1"), headers=bearer(tokens["one"]))
        assert (answer.status_code, answer.json()["code"]) == (503, "store")
        assert str(path.parent) not in answer.text
        assert path.read_bytes() == raw
