"""What planners ask, over HTTP: the command line's answers and errors, whole and in pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.app import run
from api.routes.models import planning, profiles, surveying
from api.settings import Settings
from api.wire import Problem
from graph.store import open_store
from tests.audit.town import Town
from tests.cli.commandline import Lianjian

STREET = "street:420101002"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town: six small firms in two buildings, a unit with room, one alone, one to form separately, a code merged into another."""
    made = Town()
    made.unit("S12", type="工委", superior="D1", street="420101002", district="420101")
    for b in ("1", "2"):
        made.put("building", f"building:420101002/{b}", code=b, name=f"{b}号楼", street="420101002")
        for x, m in enumerate((1, 2, 1)):
            made.firm(
                f"K{b}{x}", formal_members=m, street="420101002", industry="5211" if b == "1" else "5212",
                building=f"building:420101002/{b}",
            )  # fmt: skip
    made.firm("H", formal_members=4, street="420101002", unit="HU", building="building:420101002/1")
    made.unit("HU", superior="S12", organization="H", street="420101002", district="420101")
    made.firm("ALONE", formal_members=1, street="420101002", industry="0111")
    made.firm("DUP", formal_members=1, street="420101002", industry="0111")
    made.firm("BIG", formal_members=3, street="420101002")
    made.joint("JJ", 4, 1)
    path = tmp_path_factory.mktemp("town") / "town.db"
    store = open_store(str(path), create=True)
    made.load(store)
    store.close()
    who = ["--office", "某局", "--date", "2016-08-26", "--reason", "核实"]
    assert run(["decide", "merge", "K10", "DUP", *who, "--store", str(path)]) == 0
    assert run(["baseline", "freeze", *who[:2], "--date", "2017-01-05", "--store", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def asked(planned: Path) -> Iterator[TestClient]:
    """A service over it."""
    with TestClient(create_app(Settings(str(planned))), base_url="http://127.0.0.1") as client:
        yield client


SAME = [
    (("survey",), "/survey", surveying.Survey),
    (("survey", "--in", "420101002"), "/survey?in=420101002", surveying.Survey),
    (("survey", "--in", STREET, "--as-of", "2017-01-05"), f"/survey?in={STREET}&as_of=2017-01-05", surveying.Survey),
    (("coverage",), "/coverage", surveying.Coverage),
    (("coverage", "--in", "420101", "--rows"), "/coverage?in=420101&rows=true", surveying.Coverage),
    (("coverage", "--definition", "org_all"), "/coverage?definition=org_all", surveying.Coverage),
    (("coverage", "--reported"), "/coverage?reported=true", surveying.Coverage),
    (("candidates",), "/candidates", planning.Candidates),
    (("candidates", "--in", "420101"), "/candidates?in=420101", planning.Candidates),
    (("candidates", "--of", "K10"), "/candidates?of=K10", planning.Candidates),
    (("candidates", "--of", "organization:K21", "--in", STREET), f"/candidates?of=organization:K21&in={STREET}",
     planning.Candidates),
    (("plan", "--why", "K20"), "/plan/why/K20", planning.Why),
    (("plan", "--why", "DUP", "--seed", "3"), "/plan/why/DUP?seed=3", planning.Why),
    (("plan", "--why", "JJF0", "--gap", "0"), "/plan/why/JJF0?gap=0", planning.Why),
    (("plan", "--why", "unit:HU"), "/plan/why/unit:HU", planning.WhyUnit),
    (("plan", "--why-not", "K10", "K22"), "/plan/why-not?a=K10&b=K22", planning.WhyNot),
    (("plan", "--why-not", "K10", "BIG"), "/plan/why-not?a=K10&b=BIG", planning.WhyNot),
    (("plan", "--alternatives", "3", "--in", STREET), f"/plan/alternatives?in={STREET}&number=3", planning.Alternatives),
    (("profile", "list"), "/profile/list", profiles.BuiltIn),
    (("profile", "show"), "/profile/show/wuhan-2016", profiles.Shown),
    (("profile", "check", "wuhan-2016"), "/profile/check/wuhan-2016", profiles.Checked),
]  # fmt: skip


def _stored(command: tuple[str, ...], store: Path) -> tuple[str, ...]:
    return command if command[0] == "profile" else (*command, "--store", str(store))


@pytest.mark.parametrize(("command", "url", "model"), SAME, ids=[url for _, url, _ in SAME])
def test_an_answer_is_what_the_command_line_prints(
    asked: TestClient,
    planned: Path,
    lianjian: Lianjian,
    command: tuple[str, ...],
    url: str,
    model: Any,
) -> None:
    """The same object with its values in the same order, as the OpenAPI document says; its tag answers for it."""
    printed = lianjian(*_stored(command, planned), "--json")
    answer = asked.get(f"/api/v1{url}")
    assert answer.status_code == 200, answer.text
    assert answer.json() == printed.json
    assert list(answer.json()) == list(printed.json)
    assert answer.headers["content-type"] == "application/json"
    TypeAdapter(model).validate_python(answer.json())
    again = asked.get(f"/api/v1{url}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


WRONG = [
    ("/survey?in=999", 400, "input", ("survey", "--in", "999")),
    ("/survey?in=street:999", 400, "input", ("survey", "--in", "street:999")),
    ("/survey?as_of=2001-01-01", 400, "input", ("survey", "--as-of", "2001-01-01")),
    ("/survey?as_of=tomorrow", 400, "input", None),
    ("/survey?in=", 400, "parameter", None),
    ("/coverage?definition=nothing", 400, "input", ("coverage", "--definition", "nothing")),
    ("/coverage?limit=5", 400, "input", None),
    ("/candidates?of=NOBODY", 404, "unknown_id", ("candidates", "--of", "NOBODY")),
    ("/candidates?of=BIG", 400, "input", ("candidates", "--of", "BIG")),
    ("/candidates?in=999", 400, "input", ("candidates", "--in", "999")),
    ("/candidates?limit=0", 400, "parameter", None),
    ("/candidates?limit=10001", 400, "parameter", None),
    ("/candidates?cursor=abc", 400, "input", None),
    ("/candidates?limit=5&cursor=abc", 400, "input", None),
    ("/candidates?limit=5&cursor=%E6%96%87", 400, "input", None),
    ("/plan/why/NOBODY", 404, "unknown_id", ("plan", "--why", "NOBODY")),
    ("/plan/why/NEW-00000000", 404, "unknown_id", ("plan", "--why", "NEW-00000000")),
    ("/plan/why-not?a=K10&b=DUP", 400, "input", ("plan", "--why-not", "K10", "DUP")),
    ("/plan/why-not?a=K10&b=NOBODY", 404, "unknown_id", ("plan", "--why-not", "K10", "NOBODY")),
    ("/plan/why-not?a=K10", 400, "parameter", None),
    ("/plan/why/K10?time=600", 400, "parameter", None),
    ("/plan/alternatives", 400, "input", ("plan", "--alternatives", "1")),
    ("/plan/alternatives?in=420101", 400, "input", ("plan", "--alternatives", "1", "--in", "420101")),
    ("/profile/show/nothing", 404, "unknown_id", None),
    ("/profile/show/pyproject.toml", 404, "unknown_id", None),
    ("/profile/check/%2Fetc%2Fpasswd", 404, "unknown_id", None),
    ("/profile/show/..%2F..%2Fwuhan-2016", 404, "unknown_id", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "status", "code", "command"), WRONG, ids=[w[0][:40] for w in WRONG]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_error_has_the_command_line_s_words(
    asked: TestClient,
    planned: Path,
    lianjian: Lianjian,
    url: str,
    status: int,
    code: str,
    command: Any,
    lang: str,
) -> None:
    """What is wrong and the way out, in the language asked for and in the one shape."""
    answer = asked.get(f"/api/v1{url}", headers={"accept-language": lang})
    said = Problem.model_validate(answer.json())
    assert (answer.status_code, said.code) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if command is not None:
        printed = lianjian(*_stored(command, planned), "--lang", lang)
        assert printed.code == 2
        assert " ".join(said.detail.split()) in " ".join(printed.err.split())


def test_a_profile_in_a_file_is_not_read(
    asked: TestClient, tmp_path: Path, lianjian: Lianjian
) -> None:
    """What the command line reads from a file is refused over HTTP, whether the file is there or not, in the same words."""
    path = tmp_path / "own.toml"
    assert lianjian("profile", "copy", str(path)).code == 0
    assert lianjian("profile", "check", str(path)).code == 0
    for name in (path, tmp_path / "not.toml"):
        answer = asked.get(f"/api/v1/profile/show/{name}")
        assert answer.status_code == 404
        assert "wuhan-2016" in answer.json()["detail"]


# -- pages -------------------------------------------------------------------------------------------------------------
LISTS = {
    "/survey": ("organizations",),
    "/survey?in=420101": ("organizations",),
    "/candidates": ("pairs", "groups"),
    f"/candidates?in={STREET}": ("pairs", "groups"),
    "/candidates?of=K10": ("pairs", "groups"),
    "/coverage?rows=true": ("rows",),
}


def _pages(client: TestClient, url: str, limit: int) -> Iterator[dict[str, Any]]:
    """Follow ``Link`` from page to page."""
    following: str | None = f"/api/v1{url}{'&' if '?' in url else '?'}limit={limit}"
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text
        link = answer.links.get("next")
        following = None if link is None else link["url"]
        page = answer.json()
        assert (following is None) == ("next" not in page)
        assert following is None or f"cursor={page['next']}" in following.replace("%3D", "=")
        yield page


@given(url=st.sampled_from(sorted(LISTS)), limit=st.integers(1, 40))
@settings(max_examples=40)
def test_pages_together_are_the_whole(asked: TestClient, url: str, limit: int) -> None:
    """Each page has so many items at most and all but the last just so many; together they are the whole answer."""
    whole = asked.get(f"/api/v1{url}").json()
    lists = LISTS[url]
    joined: dict[str, list[Any]] = {name: [] for name in lists}
    sizes = []
    for page in _pages(asked, url, limit):
        page.pop("next", None)
        assert {k: v for k, v in page.items() if k not in lists} == {
            k: v for k, v in whole.items() if k not in lists
        }
        sizes.append(sum(len(page[name]) for name in lists))
        for name in lists:
            joined[name] += page[name]
    assert joined == {name: whole[name] for name in lists}
    assert set(sizes[:-1]) <= {limit}
    assert sizes[-1] <= limit


def test_a_page_is_in_the_declared_shape(asked: TestClient) -> None:
    """With ``next``, as without it."""
    (first, *_) = _pages(asked, "/candidates", 2)
    planning.Candidates.model_validate(first)
    (first, *_) = _pages(asked, "/survey", 2)
    surveying.Survey.model_validate(first)


def test_pages_read_the_city_once(asked: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first page to the last, and the whole after them, one city is made."""
    from api.asking import survey as asking

    made = []
    plain = asking.survey

    def counted(*arguments: Any) -> Any:
        made.append(arguments)
        return plain(*arguments)

    monkeypatch.setattr(asking, "survey", counted)
    url = "/survey?as_of=2017-03-01"
    pages = list(_pages(asked, url, 1))
    assert len(pages) > 2
    assert asked.get(f"/api/v1{url}").json()["totals"] == pages[0]["totals"]
    assert len(made) == 1


def test_a_ledger_unit_is_planned_once_for_all_questions(
    asked: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why, why not and what else about one ledger unit rest on one plan; another seed is another one."""
    from api.asking.questions import planned as plain

    made = []

    def counted(*arguments: Any) -> Any:
        made.append(arguments[1])
        return plain(*arguments)

    monkeypatch.setattr("api.routes.planning.planned", counted)
    for url in ("why/K11", "why/HU", "why-not?a=K11&b=K22", f"alternatives?in={STREET}&number=2"):
        joined = "&" if "?" in url else "?"
        answer = asked.get(f"/api/v1/plan/{url}{joined}seed=77")
        assert (answer.status_code, answer.json()["plan"]["seed"]) == (200, 77)
    assert made == [STREET]
    assert asked.get("/api/v1/plan/why/K11?seed=78").status_code == 200
    assert made == [STREET] * 2


@pytest.fixture(scope="module")
def cursor(asked: TestClient) -> str:
    """The cursor of the survey's second page."""
    found: str = asked.get("/api/v1/survey?limit=3").json()["next"]
    return found


@given(data=st.data())
@settings(max_examples=60)
def test_a_cursor_that_was_tampered_with_is_refused(
    asked: TestClient, cursor: str, data: st.DataObject
) -> None:
    """Whatever character is changed, taken out or added."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+/ "
    at = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from(letters).filter(lambda c: c != cursor[at]))
    changed = data.draw(
        st.sampled_from(
            [
                cursor[:at] + other + cursor[at + 1 :],
                cursor[:at] + cursor[at + 1 :],
                cursor[:at] + other + cursor[at:],
            ]
        )
    )
    answer = asked.get("/api/v1/survey", params={"limit": 3, "cursor": changed})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("cursor: is none")


@pytest.mark.parametrize("url", ["/survey?in=420101", "/candidates", "/survey?as_of=2017-02-01"])
def test_a_cursor_is_for_its_question(asked: TestClient, cursor: str, url: str) -> None:
    """Other parameters, another operation or another date are refused with the way out; another limit is fine."""
    joined = "&" if "?" in url else "?"
    answer = asked.get(f"/api/v1{url}{joined}limit=3&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "input")
    assert "another question" in answer.json()["detail"]
    assert asked.get(f"/api/v1/survey?limit=5&cursor={cursor}").status_code == 200


def test_a_cursor_is_for_the_store_as_it_was(town: Path, lianjian: Lianjian) -> None:
    """An import, and one taken back, end a sequence of pages, in words; a restart does not."""
    url = "/api/v1/survey?limit=1"

    def after(cursor: str) -> Any:
        app = create_app(Settings(str(town), state=str(town.with_suffix(".other"))))
        with TestClient(app, base_url="http://127.0.0.1") as client:
            return client.get(f"{url}&cursor={cursor}")

    with TestClient(create_app(Settings(str(town))), base_url="http://127.0.0.1") as client:
        first = client.get(url).json()["next"]
        assert after(first).status_code == 200
        who = ("--office", "某局", "--date", "2016-08-26", "--reason", "核实")
        assert lianjian("decide", "exclude", "91C", "--kind", "空壳", *who).code == 0
        for answer in (client.get(f"{url}&cursor={first}"), after(first)):
            assert answer.status_code == 400
            assert "has changed since" in answer.json()["detail"]
        second = client.get(url).json()["next"]
        assert client.get(f"{url}&cursor={second}").status_code == 200
        batch = lianjian("status", "--json").json["batches"][-1]["id"]
        assert lianjian("undo", str(batch)).code == 0
        assert client.get(f"{url}&cursor={second}").status_code == 400
