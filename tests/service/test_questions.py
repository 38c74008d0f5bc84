"""Questions over HTTP and on the command line, and the names that they are saved under."""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from starlette.testclient import TestClient

from api import ahead
from api.access.identity import Identity, Role
from api.app import create_app
from api.cli.texts import Texts
from api.journal import Places
from api.maps import Maps
from api.questions.cities import Cities
from api.questions.saved import FILE, Questions
from api.routes.models.questions import EXAMPLE, Question, SavedQuestions
from api.settings import Settings, state_of
from graph.city import City
from graph.patterns.facts import needs
from graph.patterns.parsing import parse
from graph.policy.profile import load
from graph.store import open_store
from tests.cut.conftest import city
from tests.cut.test_cut import firm
from tests.service.people import accounts_of, put_in

FIRMS = {"kind": "organization"}
Asking = Callable[..., Any]


@pytest.fixture
def ask(client: TestClient) -> Asking:
    """Ask a question of the service over the town."""

    def asking(question: Any, status: int = 200, lang: str = "en", **query: Any) -> Any:
        answer = client.post(
            "/api/v1/question", json=question, params=query, headers={"accept-language": lang}
        )
        assert answer.status_code == status, answer.text
        return (
            answer.json() if answer.headers["content-type"].startswith("application/") else answer
        )

    return asking


def test_answers_have_the_declared_shape_and_the_true_count(ask: Asking) -> None:
    """Whom it fits with the values that the question names, as many as asked for, and how many there are in all."""
    every = ask(FIRMS)
    Question.model_validate(every)
    assert every["count"] == len(every["results"])
    one = ask(
        FIRMS | {"limit": 1, "order": {"by": "staff", "descending": True}, "show": ["covered"]}
    )
    Question.model_validate(one)
    assert (one["count"], len(one["results"])) == (every["count"], 1)
    assert [c["property"] for c in one["columns"]] == ["name", "covered", "staff"]
    assert one["results"][0]["values"].keys() == {"name", "covered", "staff"}
    assert ask(FIRMS | {"limit": 0})["results"] == []


def test_pages_follow_one_another(ask: Asking) -> None:
    """Each page begins where the one before ended; a cursor of another question is refused."""
    whole = [r["id"] for r in ask(FIRMS)["results"]]
    asked = FIRMS | {"limit": 2}
    pages, page = [], ask(asked)
    while True:
        pages += [r["id"] for r in page["results"]]
        if "next" not in page:
            break
        page = ask(asked, cursor=page["next"])
    assert pages == whole
    first = ask(asked)["next"]
    assert ask(FIRMS | {"limit": 2, "show": ["staff"]}, 400, cursor=first)["code"] == "input"


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "condition 1 › staff: value"), ("zh", "条件 1，从业人数的值")]
)
def test_what_is_no_question_is_said_in_its_own_words(ask: Asking, lang: str, said: str) -> None:
    """With the place in it, in the asker's language."""
    asked = FIRMS | {"where": [{"property": "staff", "is": ">=", "value": "three"}]}
    problem = ask(asked, 400, lang)
    assert problem["code"] == "input"
    assert problem["detail"].startswith(said)


def test_answers_are_those_of_the_city(ask: Asking, town: Path) -> None:
    """Who is covered, by the survey's own reading."""
    store = open_store(str(town))
    wanted = City(store, load("wuhan-2016")).organizations["covered"]
    store.close()
    for value in (True, False):
        found = ask(FIRMS | {"where": [{"property": "covered", "is": "=", "value": value}]})
        assert [r["id"] for r in found["results"]] == sorted(wanted.index[wanted.eq(value)])


def test_a_question_leaves_as_a_file(client: TestClient, ask: Asking, tmp_path: Path) -> None:
    """All that fits, with codes as text and headers in the asker's language."""
    answer = client.post(
        "/api/v1/question?format=xlsx", json=FIRMS | {"show": ["covered"], "limit": 10_000}, headers={"accept-language": "zh"}
    )  # fmt: skip
    (tmp_path / "a.xlsx").write_bytes(answer.content)
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.values)  # type: ignore[union-attr]
    assert "党组织覆盖" in rows[0]
    assert [r[0] for r in rows[1:]] == [r["id"] for r in ask(FIRMS)["results"]]


def test_looking_is_journaled_with_what_it_names(ask: Asking, town: Path) -> None:
    """A question may ask for members' counts: a look, with its place and the keys that it asks for."""
    found = ask(FIRMS)["results"][0]["id"]
    ask(FIRMS | {"where": [{"property": "key", "is": "=", "value": found}]})
    rows = [r for r in journal_of(town) if r["operation"] == "question"]
    assert {r["action"] for r in rows} == {"look"}
    assert rows[-1]["subjects"] == [found]


def journal_of(store: Path) -> list[dict[str, Any]]:
    """The journal's rows, in order."""
    db = sqlite3.connect(Places.of(state_of(str(store))).file)
    db.row_factory = sqlite3.Row
    rows = [dict(r) for r in db.execute("SELECT * FROM journal ORDER BY sequence")]
    db.close()
    return [r | {"subjects": r["subjects"].split()} for r in rows]


def test_values_are_proposed(client: TestClient) -> None:
    """The texts that a property has most often, with how many have them."""
    query = {"kind": "organization", "property": "category"}
    found = client.get("/api/v1/question/values", params=query).json()
    assert found["values"]
    counts = [v["count"] for v in found["values"]]
    assert counts == sorted(counts, reverse=True)
    assert (
        client.get("/api/v1/question/values", params=query | {"property": "x"}).status_code == 400
    )


# -- saved -------------------------------------------------------------------------------------------------------------
def test_a_question_is_saved_found_changed_and_taken_away(client: TestClient, town: Path) -> None:
    """By name, part of it, pinyin and initials; each write is an intent and an outcome in the journal."""
    url = "/api/v1/questions"
    assert client.get(url).json() == {"questions": []}
    made = client.post(url, json={"name": " 未覆盖  大户 ", "question": EXAMPLE}).json()
    assert (made["name"], made["own"], made["shared"]) == ("未覆盖 大户", True, False)
    for text in ("未覆盖", "大户", "weifugai", "wfg", "DAHU"):
        found = client.get(url, params={"text": text}).json()
        SavedQuestions.model_validate(found)
        assert [q["id"] for q in found["questions"]] == [made["id"]], text
    assert client.get(url, params={"text": "无"}).json() == {"questions": []}
    again = client.post(url, json={"name": "未覆盖 大户", "question": EXAMPLE})
    assert again.status_code == 400
    other = {"name": "小户", "question": {"kind": "unit"}, "shared": True}
    assert client.put(f"{url}/{made['id']}", json=other).json()["question"]["kind"] == "unit"
    assert client.get(f"{url}/{made['id']}").json()["name"] == "小户"
    assert client.get(url, params={"text": "xiaohu"}).json()["questions"]
    assert client.delete(f"{url}/{made['id']}").json() == {"id": made["id"], "name": "小户"}
    assert client.get(f"{url}/{made['id']}").status_code == 404
    assert client.delete(f"{url}/{made['id']}").status_code == 404
    writes = [(r["operation"], r["outcome"]) for r in journal_of(town) if r["action"] == "write"]
    for operation in ("save_question", "change_question", "delete_question"):
        assert (operation, "intent") in writes
        assert (operation, "done") in writes


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "question": EXAMPLE},
        {"name": "x" * 81, "question": EXAMPLE},
        {"name": "a", "question": {"kind": "member"}},
        {"name": "a", "question": EXAMPLE, "shared": "yes"},
        {"name": "张某 13812345678 所在单位", "question": EXAMPLE},
        {
            "name": "a",
            "question": FIRMS
            | {"where": [{"property": "address", "is": "contains", "value": "13812345678"}]},
        },
        {"name": "a"},
    ],
)
def test_what_can_t_be_asked_can_t_be_saved(client: TestClient, body: dict[str, Any]) -> None:
    """Nor what has no name."""
    assert client.post("/api/v1/questions", json=body).status_code == 400
    assert client.get("/api/v1/questions").json() == {"questions": []}


@pytest.fixture
def two_districts(tmp_path: Path) -> Iterator[tuple[TestClient, dict[str, dict[str, str]]]]:
    """A service over a city of two districts, and how its people prove who they are."""
    store = tmp_path / "lianjian.db"
    rows = [firm("F1", 1), firm("F2", 1), firm("F3", 2)]
    city(store, [("organization", 20160801, rows)]).close()
    accounts = accounts_of(store)
    people = {}
    for name, jurisdiction in (
        ("one", "429901"),
        ("alike", "429901"),
        ("two", "429902"),
        ("all", None),
    ):
        accounts.add(name, "viewer", jurisdiction, "correct horse battery staple")
        people[name] = {"authorization": f"Bearer {accounts.create_token(name)[1]}"}
    accounts.close()
    with TestClient(create_app(Settings(str(store))), base_url="http://127.0.0.1") as client:
        yield client, people


def test_who_has_a_jurisdiction_asks_of_what_lies_in_it(two_districts: Any) -> None:
    """Nothing else is counted, and a foreign place is none."""
    client, people = two_districts
    for name, ids in (("one", ["F1", "F2"]), ("two", ["F3"]), ("all", ["F1", "F2", "F3"])):
        told = client.post("/api/v1/question", json=FIRMS, headers=people[name]).json()
        assert ([r["id"] for r in told["results"]], told["count"]) == (ids, len(ids))
    foreign, missing = (
        client.post("/api/v1/question", json=FIRMS | {"in": code}, headers=people["one"])
        for code in ("429902", "429909")
    )
    assert (foreign.status_code, missing.status_code) == (400, 400)
    assert foreign.json()["detail"].replace("429902", "429909") == missing.json()["detail"]


def test_shared_questions_are_seen_by_who_sees_no_less(two_districts: Any) -> None:
    """One's own by oneself; shared ones by the same jurisdiction and by whoever sees the whole city, who can't change them."""
    client, people = two_districts
    url = "/api/v1/questions"

    def seen(name: str) -> list[str]:
        return [q["name"] for q in client.get(url, headers=people[name]).json()["questions"]]

    ids = {}
    for name in people:
        for shared in (False, True):
            body = {"name": f"{name} {shared}", "question": EXAMPLE, "shared": shared}
            ids[name, shared] = client.post(url, json=body, headers=people[name]).json()["id"]
    assert seen("one") == ["alike True", "one False", "one True"]
    assert seen("two") == ["two False", "two True"]
    assert seen("all") == ["alike True", "all False", "all True", "one True", "two True"]
    assert client.get(f"{url}/{ids['one', False]}", headers=people["all"]).status_code == 404
    assert client.delete(f"{url}/{ids['one', True]}", headers=people["all"]).status_code == 400
    assert client.delete(f"{url}/{ids['one', True]}", headers=people["two"]).status_code == 404
    assert "one True" in seen("one")


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    """A damaged file of saved questions is an error in words, and nothing is written over it."""
    (tmp_path / FILE).write_bytes(b"no database, but long enough to be taken for one" * 40)
    before = (tmp_path / FILE).read_bytes()
    from api.access.identity import LOCAL
    from graph.errors import StoreCorruptError

    questions = Questions(tmp_path / FILE)
    with pytest.raises(StoreCorruptError, match=FILE):
        questions.all(LOCAL)
    with pytest.raises(StoreCorruptError):
        questions.add(LOCAL, "a", FIRMS, shared=False)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_city_is_read_once_and_anew_after_an_import(tmp_path: Path) -> None:
    """What is kept is used until the store changes."""
    path = tmp_path / "lianjian.db"
    store = city(path, [("organization", 20160801, [firm("F1", 1)])])
    profile, cities = load("wuhan-2016"), Cities()
    wanted = needs(parse(FIRMS))
    _, first = cities.of(store, profile, 20160801, wanted)
    assert cities.of(store, profile, 20160801, wanted)[1] is first
    store.close()
    store = city(path, [("organization", 20160801, [firm("F2", 1)])])
    state, second = cities.of(store, profile, 20160801, wanted)
    assert second is not first
    assert len(cities) == 1
    assert second.answer(parse(FIRMS), 10)[0] == ["F1", "F2"]
    assert state
    store.close()


def test_a_city_is_read_ahead_once_for_its_map_and_for_questions(tmp_path: Path) -> None:
    """Nothing is left to be read for either, and what both hold is one."""
    store = city(tmp_path / "lianjian.db", [("organization", 20160801, [firm("F1", 1)])])
    profile, cities, maps = load("wuhan-2016"), Cities(), Maps()
    ahead.read(store, profile, maps, cities)

    def never() -> None:
        raise AssertionError

    shown = maps.of(store, profile, 20160801, before=never)
    _, facts = cities.of(store, profile, 20160801, needs(parse(FIRMS)), before=never)
    assert shown.columns.organizations is facts.keys["organization"]
    store.close()


# -- the command line ----------------------------------------------------------------------------------------------------
def test_the_command_answers_with_the_same_words(
    lianjian: Any, town: Path, ask: Asking, client: TestClient, tmp_path: Path
) -> None:
    """JSON, a file of it, and a saved question's name; the object is the service's."""
    asked = FIRMS | {"where": [{"property": "covered", "is": "=", "value": False}]}
    wanted = ask(asked)
    file = tmp_path / "question.json"
    file.write_text(json.dumps(asked), encoding="utf-8")
    client.post("/api/v1/questions", json={"name": "未覆盖", "question": asked})
    for given in (json.dumps(asked), str(file), "未覆盖"):
        done = lianjian("ask", given, "--store", str(town), "--json")
        assert done.code == 0, done.err
        assert json.loads(done.out) == wanted
    stated = FIRMS | {
        "where": [{"property": "staff", "is": ">=", "value": 1}],
        "order": {"by": "staff"},
    }
    done = lianjian("ask", json.dumps(stated), "--store", str(town), "--json")
    assert json.loads(done.out) == ask(stated)  # by the store's own language there, by columns here
    out = tmp_path / "a.xlsx"
    assert lianjian("ask", str(file), "--store", str(town), "--out", str(out)).code == 0
    assert openpyxl.load_workbook(out).active.max_row == wanted["count"] + 1  # type: ignore[union-attr]
    assert lianjian("ask", "无此问题", "--store", str(town)).code == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_help_and_errors_show_is_a_question(lianjian: Any, town: Path, lang: str) -> None:
    """The example of the help is answered by a store in which nothing was saved; a name of none leads to one that is answered."""
    example = shlex.split(Texts("zh" if lang == "zh" else "en")("ask.example"))[1:]
    answered = lianjian(*example[:2], "--store", str(town), "--json")
    assert answered.code == 0, answered.err
    assert answered.out.startswith("{")
    refused = lianjian("ask", "无此问题", "--store", str(town), "--lang", lang)
    assert refused.code == 2
    assert example[1] in refused.err
    for word in ("lianjian ask --help", "lianjian serve"):
        assert word in refused.err


def test_saved_questions_are_in_a_backup(client: TestClient, lianjian: Any, town: Path, tmp_path: Path) -> None:  # fmt: skip
    """And back after a restore."""
    client.post("/api/v1/questions", json={"name": "未覆盖", "question": EXAMPLE})
    done = lianjian("backup", "--out", str(tmp_path / "safe"), "--store", str(town))
    assert done.code == 0, done.err
    assert (tmp_path / "safe" / FILE).exists()
    from api.access.identity import LOCAL

    held = Questions(tmp_path / "safe" / FILE)
    assert [q.name for q in held.all(LOCAL)] == ["未覆盖"]


SURVEYED: list[dict[str, Any]] = [
    FIRMS | {"show": ["action"]},
    FIRMS | {"where": [{"property": "action", "is": "=", "value": "joint"}], "limit": 0},
    FIRMS | {"order": {"by": "excluded"}},
    {"kind": "unit", "related": [{"relation": "COVERS", "kind": "organization",
                                  "where": [{"property": "excluded", "is": "=", "value": True}]}]},
]  # fmt: skip
"""Questions about what the survey alone tells: shown, in a condition, in the order, and along a relation."""


@pytest.fixture
def as_role(town: Path) -> Iterator[Callable[[Role], TestClient]]:
    """Ask the service over the town as one of a role."""
    now: list[Role] = ["viewer"]
    app = create_app(Settings(str(town)))
    put_in(app, lambda: Identity(now[0], now[0], None))
    with TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as made:

        def be(role: Role) -> TestClient:
            now[0] = role
            return made

        yield be


@pytest.mark.parametrize("question", SURVEYED)
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "the survey alone tells it"), ("zh", "仅见于摸排结果")]
)
def test_what_the_survey_alone_tells_is_no_question_of_a_viewer(
    as_role: Callable[[Role], TestClient], question: dict[str, Any], lang: str, said: str
) -> None:
    """Asked or to be saved it is 403 with what it names and who may; a planner is answered."""
    for path, body in (("question", question), ("questions", {"name": "问", "question": question})):
        refused = as_role("viewer").post(
            f"/api/v1/{path}", json=body, headers={"accept-language": lang}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert said in refused.json()["detail"]
        assert "planner" in refused.json()["detail"]
        assert as_role("planner").post(f"/api/v1/{path}", json=body).status_code == 200
    asked = {"property": "action", "kind": "organization"}
    assert as_role("viewer").get("/api/v1/question/values", params=asked).status_code == 403
    assert as_role("planner").get("/api/v1/question/values", params=asked).status_code == 200


def test_a_viewer_asks_what_the_map_shows_and_takes_no_file(
    as_role: Callable[[Role], TestClient],
) -> None:
    """Covered or not is on the map; a file of any question is for those who may export."""
    body = FIRMS | {"show": ["covered", "formal_members"]}
    expected: dict[Role, int] = {"viewer": 403, "planner": 200, "auditor": 200}
    for role, status in expected.items():
        assert as_role(role).post("/api/v1/question", json=body).status_code == 200
        for form in ("csv", "xlsx"):
            answer = as_role(role).post("/api/v1/question", json=body, params={"format": form})
            assert answer.status_code == status, (role, form)


def test_a_saved_question_of_the_survey_is_not_offered_to_a_viewer(
    as_role: Callable[[Role], TestClient],
) -> None:
    """It is neither listed nor found, and who opens it by its id is told why; others that are shared are there."""
    planner = as_role("planner")
    ids = [
        planner.post(
            "/api/v1/questions", json={"name": name, "question": asked, "shared": True}
        ).json()["id"]
        for name, asked in (("问措施", SURVEYED[1]), ("问企业", FIRMS))
    ]
    viewer = as_role("viewer")
    for params in ({}, {"text": "问"}):
        told = viewer.get("/api/v1/questions", params=params).json()["questions"]
        assert [one["id"] for one in told] == ids[1:]
    assert [viewer.get(f"/api/v1/questions/{id_}").status_code for id_ in ids] == [403, 200]
    assert len(as_role("auditor").get("/api/v1/questions").json()["questions"]) == 2
