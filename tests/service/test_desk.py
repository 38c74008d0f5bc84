"""The auditor's desk over HTTP: lists that are filtered and counted, findings opened and handled together, two dates, timelines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access.identity import LOCAL, Identity
from api.app import create_app
from api.cli.app import run
from api.routes.models import desk as shapes
from api.settings import Settings
from tests.service.people import put_in

SAID = {
    "zh": ("编号", "所在区", "出处（文件 · 表 · 行）"),
    "en": ("id", "district", "source (file · sheet · row)"),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service over a city of 300 organizations with planted findings."""
    folder = tmp_path_factory.mktemp("desk")
    store = folder / "city.db"
    assert run(["generate", str(folder / "ledgers"), "--orgs", "300", "--seed", "5"]) == 0
    assert run(["import", str(folder / "ledgers"), "--store", str(store)]) in (0, 1)
    app = create_app(Settings(str(store), log="off"))
    app.state.asker = LOCAL
    put_in(app, lambda: app.state.asker)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def get(client: TestClient, path: str, **query: Any) -> dict[str, Any]:
    """Ask, and return the answer's object."""
    answer = client.get(f"/api/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def everything(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    """Return all findings of a list, page by page."""
    rows: list[dict[str, Any]] = []
    more: dict[str, Any] = {}
    while True:
        page = get(client, "/findings", limit=40, **query, **more)
        shapes.DeskList.model_validate(page)
        rows += page["findings"]
        if "next" not in page:
            return rows
        more = {"cursor": page["next"]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_the_filters_let_pass_is_one_file(asked: TestClient, lang: str) -> None:
    """All of it and nothing else, in the order of the list, with where each finding was read and lies."""
    import csv

    wanted = {"severity": "error"}
    answer = asked.get(
        "/api/v1/findings", params=wanted | {"format": "csv", "limit": "1"}, headers={"accept-language": lang}
    )  # fmt: skip
    rows = list(csv.DictReader(answer.text.lstrip("\ufeff").splitlines()))
    listed = everything(asked, **wanted)
    names = SAID[lang]
    assert [row[names[0]] for row in rows] == [one["id"] for one in listed]
    assert [row[names[1]] or None for row in rows] == [one["district"] for one in listed]
    assert all(row[names[2]] for row in rows)
    assert 1 < len(rows) < get(asked, "/findings")["total"]


def test_pages_hold_each_finding_of_the_audit_once_the_worst_first(asked: TestClient) -> None:
    """As `audit` gives them, in another order."""
    audit = get(asked, "/audit")["findings"]
    rows = everything(asked)
    assert sorted(r["id"] for r in rows) == sorted(f["id"] for f in audit)
    grave = ["error", "warning", "note"]
    places = [grave.index(r["severity"]) for r in rows]
    assert places == sorted(places)
    said = {f["id"]: f["message"] for f in audit}
    assert all(r["message"] == said[r["id"]] for r in rows)


def test_counts_are_of_what_a_click_would_leave(asked: TestClient) -> None:
    """Each value of a facet, asked for, gives as many findings as it says; others keep their counts within it."""
    facets = get(asked, "/findings", limit=1)["facets"]
    for name in ("code", "severity", "district"):
        for value in facets[name][:4]:
            found = get(asked, "/findings", limit=1, **{name: value["value"]})
            assert found["matching"] == value["n"], (name, value)
            assert found["facets"][name] == facets[name]
    district = next(v for v in facets["district"] if v["value"] != "none")["value"]
    streets = get(asked, "/findings", limit=1, district=district)["facets"]["street"]
    assert (
        sum(s["n"] for s in streets)
        == get(asked, "/findings", limit=1, district=district)["matching"]
    )


def test_words_narrow_a_list(asked: TestClient) -> None:
    """By name, code or words of a finding; all of them have to be there, as text and never as a pattern."""
    one = everything(asked)[0]
    found = get(asked, "/findings", text=f"{one['subject']} {one['message']['zh'][:4]}")
    assert one["id"] in [f["id"] for f in found["findings"]]
    assert get(asked, "/findings", text=".*")["matching"] == 0


def test_a_finding_opens_with_all_that_shows_it(asked: TestClient) -> None:
    """Of each code one: the audit's own evidence, its clause in both languages, rows with values; none of a person."""
    audit = {f["id"]: f for f in get(asked, "/audit")["findings"]}
    first = {f["code"]: f["id"] for f in audit.values()}
    assert len(first) > 20
    for id_ in first.values():
        opened = get(asked, f"/findings/open/{id_}")
        shapes.OpenedFinding.model_validate(opened)
        assert opened["finding"] == audit[id_]
        assert all(c["text"]["zh"] and c["text"]["en"] for c in opened["clauses"])
        places = [s["source"] for s in opened["rows"]]
        assert [s for s in audit[id_]["sources"] if s not in places] == []
        for row in opened["rows"]:
            if row["kind"] == "member":
                assert (row["id"], row["values"]) == (None, [])
    assert asked.get("/api/v1/findings/open/orphan:NOBODY").status_code == 404


def test_several_are_handled_as_one_batch_and_the_rest_said(asked: TestClient) -> None:
    """What can't be recorded stops none of the others; lists count anew, and cursors from before go on."""
    page = get(asked, "/findings", limit=3, state="open")
    ids = [f["id"] for f in page["findings"]]
    body = {"ids": [*ids, "orphan:NOBODY", "nothing"], "action": "dismiss", "note": "核实无误"}
    answer = asked.post("/api/v1/findings/handle", json=body)
    assert answer.status_code == 200, answer.text
    said = shapes.HandledTogether.model_validate(answer.json())
    assert [d.id for d in said.done] == ids
    assert sorted(f.id for f in said.failed) == ["nothing", "orphan:NOBODY"]
    now = get(asked, "/findings", limit=3, state="dismissed")
    assert now["matching"] == 3
    assert {f["handling"]["note"] for f in now["findings"]} == {"核实无误"}
    more = get(asked, "/findings", limit=3, state="open", cursor=page["next"])
    assert not {f["id"] for f in more["findings"]} & set(ids)
    assert get(asked, f"/findings/open/{ids[0]}")["history"][0]["state"] == "dismissed"
    assert asked.post("/api/v1/undo", json={"batch": said.batch}).status_code == 200
    assert get(asked, "/findings", limit=1, state="dismissed")["matching"] == 0


def test_a_finding_has_its_place_in_the_whole_list(asked: TestClient) -> None:
    """Its number and its neighbours, wherever it stands; handled and no longer listed, its neighbours alone."""
    query = {"code": "eligible_uncovered", "state": "open"}
    ids = [row["id"] for row in everything(asked, **query)]

    def place(id_: str) -> dict[str, Any]:
        found = get(asked, "/findings", limit=1, beside=id_, **query)
        shapes.DeskList.model_validate(found)
        said: dict[str, Any] = found["place"]
        assert said.pop("id") == id_
        return said

    for k in (0, 7, len(ids) - 1):
        assert place(ids[k]) == {
            "at": k + 1,
            "previous": ids[k - 1] if k else None,
            "next": ids[k + 1] if k + 1 < len(ids) else None,
        }
    body = {"ids": [ids[7]], "action": "confirm"}
    assert asked.post("/api/v1/findings/handle", json=body).status_code == 200
    assert place(ids[7]) == {"at": None, "previous": ids[6], "next": ids[8]}
    assert place(ids[8])["at"] == 8
    assert place("orphan:NOBODY") == {"at": None, "previous": None, "next": None}
    assert "place" not in get(asked, "/findings", limit=1)


@pytest.mark.parametrize(
    "body",
    [
        {"action": "confirm"},
        {"ids": [], "action": "confirm"},
        {"ids": ["a"] * 201, "action": "confirm"},
        {"ids": ["orphan:U1"], "action": "delete"},
        {"ids": ["orphan:U1"], "action": "confirm", "note": "联系 13800138000"},
    ],
)
def test_what_is_no_handling_is_refused(asked: TestClient, body: dict[str, Any]) -> None:
    """A missing list, too long a one, an action that is none, a person's number."""
    answer = asked.post("/api/v1/findings/handle", json=body)
    assert answer.status_code == 400
    assert "13800138000" not in answer.text


def test_one_of_them_is_dismissed_with_a_note_only(asked: TestClient) -> None:
    """As on the command line; nothing is written."""
    id_ = everything(asked)[5]["id"]
    said = asked.post("/api/v1/findings/handle", json={"ids": [id_], "action": "dismiss"}).json()
    assert (said["done"], said["batch"]) == ([], None)
    assert said["failed"][0]["id"] == id_


def test_why_one_is_not_handled_is_said_as_in_a_page(asked: TestClient) -> None:
    """Without options and commands, which nobody has in a browser, in both languages."""
    id_ = everything(asked)[5]["id"]
    body = {"ids": [id_, "orphan:NOBODY"], "action": "dismiss"}
    failed = asked.post("/api/v1/findings/handle", json=body).json()["failed"]
    assert {f["id"] for f in failed} == set(body["ids"])
    for one in failed:
        assert one["zh"] != one["en"]
        for words in (one["zh"], one["en"]):
            assert "--" not in words
            assert "lianjian" not in words


def test_who_loads_ledgers_sees_what_they_changed(asked: TestClient) -> None:
    """A planner is told of two dates within the jurisdiction, not of findings; a viewer of neither."""
    app: Any = asked.app
    paths = ("/changes/dates", "/changes?from=2016-08-26&to=2016-11-20", "/findings")
    for role, allowed in (("planner", [200, 200, 403]), ("viewer", [403] * 3)):
        who = Identity("p", role)  # type: ignore[arg-type]
        app.state.asker = who
        try:
            assert [asked.get(f"/api/v1{path}").status_code for path in paths] == allowed
        finally:
            app.state.asker = LOCAL


def test_two_dates_have_the_events_of_diff_with_names_and_streets(asked: TestClient) -> None:
    """Counts in all and by street are those of the events."""
    dates = shapes.LedgerDates.model_validate(get(asked, "/changes/dates"))
    assert [d.date for d in dates.dates] == sorted((d.date for d in dates.dates), reverse=True)
    query = {"from": dates.dates[-1].date, "to": dates.latest}
    found = get(asked, "/changes", **query)
    shapes.Changes.model_validate(found)
    diff = get(asked, "/diff", **query)
    assert [(e["event"], e["id"]) for e in found["events"]] == [
        (e["event"], e["id"]) for e in diff["events"]
    ]
    assert found["totals"] == diff["totals"]["events"]
    for street in found["streets"]:
        here = [e for e in found["events"] if e["street_id"] == street["id"]]
        for direction in ("came", "went", "changed"):
            assert street[direction] == sum(e["direction"] == direction for e in here)


def test_a_timeline_says_what_each_import_said(asked: TestClient) -> None:
    """The first row says all that it states; sources are those of the dossier."""
    id_ = next(r["subject"] for r in everything(asked) if r["kind"] == "organization")
    found = get(asked, f"/timeline/{id_}")
    shapes.Timeline.model_validate(found)
    first, *_ = found["entries"]
    assert first["first"]
    assert {c["property"] for c in first["changes"]} >= {"name"}
    values = get(asked, f"/show/organization:{id_}")["values"]
    assert {v["source"]["row"] for v in values} <= {e["source"]["row"] for e in found["entries"]}


def test_what_was_checked_is_said_rule_by_rule(asked: TestClient) -> None:
    """As in the audit, with titles."""
    found = get(asked, "/findings/checked")
    shapes.DeskChecked.model_validate(found)
    audit = get(asked, "/audit")["checked"]
    assert [(c["code"], c["found"]) for c in found["checked"]] == [
        (c["code"], c["found"]) for c in audit
    ]
