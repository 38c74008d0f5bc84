"""What auditors ask over HTTP: the command line's answers, in the shapes that the document declares, with its words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.app import run
from api.routes import models
from api.routes.models import auditing as shapes
from api.settings import Settings
from api.wire import Problem
from graph.store import open_store
from tests.cli.commandline import Lianjian

WHO = ("--office", "某局", "--reason", "核实")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of 120 organizations in which offices decided and worked on findings."""
    folder = tmp_path_factory.mktemp("audited")
    store = folder / "city.db"
    at = ("--store", str(store))
    assert run(["generate", str(folder / "ledgers"), "--orgs", "120", "--seed", "5"]) == 0
    assert run(["import", str(folder / "ledgers"), *at]) in (0, 1)
    opened = open_store(str(store))
    codes = [str(k) for k in opened.frame("organization", columns=["name"])["key"]]
    date = f"{opened.latest()}"
    opened.close()
    day = ("--date", f"{date[:4]}-{date[4:6]}-{date[6:]}")
    for command in (
        ("baseline", "freeze", "--office", "某委", *day),
        ("baseline", "remove", codes[0], *WHO, *day),
        ("decide", "merge", codes[1], codes[2], *WHO, *day),
        ("decide", "exclude", codes[3], "--kind", "空壳", *WHO, *day),
        ("finding", f"eligible_uncovered:{codes[4]}", "confirm"),
    ):
        run([*command, *at])
    return store


@pytest.fixture(scope="module")
def asked(city: Path) -> Iterator[TestClient]:
    """A service over it."""
    app = create_app(Settings(str(city)))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


SAME: list[tuple[tuple[str, ...], str, Any]] = [
    (("audit",), "/audit", shapes.Audit),
    (("audit", "--in", "{in}"), "/audit?in={in}", shapes.Audit),
    (("audit", "--code", "orphan", "--code", "cycle"), "/audit?code=orphan&code=cycle", shapes.Audit),
    (("audit", "--as-of", "2016-09-01"), "/audit?as_of=2016-09-01", shapes.Audit),
    (("finding", "list"), "/finding/list", shapes.Worklist),
    (("finding", "list", "--state", "open", "--in", "{in}"), "/finding/list?state=open&in={in}", shapes.Worklist),
    (("finding", "{finding}"), "/finding/{finding}", shapes.Case),
    (("diff", "2016-08-26", "{latest}"), "/diff?from=2016-08-26&to={latest}", shapes.Diff),
    (("diff", "2016-08-26", "{latest}", "--in", "{in}", "--against", "wuhan-2016"),
     "/diff?from=2016-08-26&to={latest}&in={in}&against=wuhan-2016", shapes.Diff),
    (("duplicates",), "/duplicates", shapes.Duplicates),
    (("duplicates", "--in", "{in}"), "/duplicates?in={in}", shapes.Duplicates),
    (("reconcile",), "/reconcile", shapes.Reconciliation),
    (("reconcile", "--register", "{register}"), "/reconcile?register={register}", shapes.Reconciliation),
    (("sample", "--size", "9", "--seed", "4"), "/sample?size=9&seed=4", shapes.Sample),
    (("sample", "--share", "0.1", "--seed", "0"), "/sample?share=0.1&seed=0", shapes.Sample),
    (("decide", "list"), "/decide/list", shapes.Decisions),
    (("decide", "list", "--all"), "/decide/list?all=true", shapes.Decisions),
    (("decide", "list", "--as-of", "2016-01-01"), "/decide/list?as_of=2016-01-01", shapes.Decisions),
    (("baseline", "show"), "/baseline/show", shapes.Baseline),
    (("baseline", "show", "--as-of", "2016-01-01"), "/baseline/show?as_of=2016-01-01", shapes.Baseline),
    (("status",), "/status", models.Holdings),
]  # fmt: skip


@pytest.fixture(scope="module")
def words(asked: TestClient) -> dict[str, str]:
    """What stands for the names in braces: a division, a finding, a register and the latest date of this city."""
    findings = asked.get("/api/v1/audit").json()["findings"]
    return {
        "in": asked.get("/api/v1/sample?size=1&seed=1").json()["strata"][0]["id"],
        "finding": findings[-1]["id"],
        "register": asked.get("/api/v1/reconcile").json()["registers"][0],
        "latest": asked.get("/api/v1/status").json()["latest"],
    }


@pytest.mark.parametrize(("command", "url", "model"), SAME, ids=[url for _, url, _ in SAME])
def test_an_answer_is_what_the_command_line_prints(
    asked: TestClient,
    city: Path,
    lianjian: Lianjian,
    words: dict[str, str],
    command: tuple[str, ...],
    url: str,
    model: type[models.Answer],
) -> None:
    """The same object, and as the OpenAPI document says."""
    printed = lianjian(*(c.format(**words) for c in command), "--store", str(city), "--json")
    answer = asked.get(f"/api/v1{url.format(**words)}")
    assert answer.status_code == 200, answer.text
    expected = printed.json
    if "store" in expected:  # where it lies is not told
        expected["store"] = Path(expected["store"]).name
    assert answer.json() == expected
    assert answer.headers["content-type"] == "application/json"
    model.model_validate(answer.json())


def test_there_is_something_of_everything(asked: TestClient, words: dict[str, str]) -> None:
    """Findings, decisions, a frozen baseline with a change, registers that differ: no comparison is of nothing."""

    def get(url: str) -> Any:
        return asked.get(f"/api/v1{url}").json()

    assert get("/audit")["findings"]
    assert len(get("/decide/list")["decisions"]) == 3
    assert get("/baseline/show")["changes"]
    assert get("/finding/list")["findings"]
    assert get("/reconcile")["registers"]
    found = get(f"/diff?from=2016-01-01&to={words['latest']}")
    assert found["events"]
    assert found["added"]


WRONG: list[tuple[str, int, str, tuple[str, ...] | None]] = [
    ("/audit?code=nonsense", 400, "input", ("audit", "--code", "nonsense")),
    ("/audit?in=999999", 400, "input", ("audit", "--in", "999999")),
    ("/audit?in=420106&as_of=1990-01-01", 400, "input", ("audit", "--in", "420106", "--as-of", "1990-01-01")),
    ("/audit?as_of=soon", 400, "input", None),
    ("/audit?in=", 400, "parameter", None),
    ("/audit?format=pdf", 400, "parameter", None),
    ("/finding/U0001", 404, "unknown_id", ("finding", "U0001")),
    ("/finding/cycle:NOBODY", 404, "unknown_id", ("finding", "cycle:NOBODY")),
    ("/finding/list?state=gone", 400, "parameter", None),
    ("/diff?from=2016-11-20&to=2016-08-26", 400, "input", ("diff", "2016-11-20", "2016-08-26")),
    ("/diff?from=2016-11-20", 400, "parameter", None),
    ("/diff?from=soon&to=2016-11-20", 400, "input", None),
    ("/diff?from=2016-08-26&to=2016-11-20&against=/etc/passwd", 400, "input", None),
    ("/diff?from=2016-08-26&to=2016-11-20&against=../policy/wuhan-2016.toml", 400, "input", None),
    ("/duplicates?in=nowhere", 400, "input", ("duplicates", "--in", "nowhere")),
    ("/reconcile?register=nobody", 400, "input", ("reconcile", "--register", "nobody")),
    ("/sample", 400, "input", ("sample",)),
    ("/sample?size=100000&seed=1", 400, "input", ("sample", "--size", "100000", "--seed", "1")),
    ("/sample?share=1.5&seed=1", 400, "input", ("sample", "--share", "1.5", "--seed", "1")),
    ("/sample?size=1&seed=-1", 400, "parameter", None),
    ("/map", 400, "input", ("map",)),
    ("/map?in=nowhere", 400, "input", ("map", "--in", "nowhere")),
    ("/map/U9999", 404, "unknown_id", ("map", "U9999")),
    ("/map/U9999?hops=7", 400, "parameter", None),
    ("/export/U9999", 404, "unknown_id", ("export", "U9999")),
    ("/export?in=nowhere", 400, "input", ("export", "--in", "nowhere")),
    ("/export?format=exe", 400, "parameter", None),
]  # fmt: skip


@pytest.mark.parametrize(("url", "status", "code", "command"), WRONG, ids=[w[0] for w in WRONG])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_error_has_one_shape_and_the_command_line_s_words(
    asked: TestClient,
    city: Path,
    lianjian: Lianjian,
    url: str,
    status: int,
    code: str,
    command: tuple[str, ...] | None,
    lang: str,
) -> None:
    """What is wrong and the way out, in the language asked for; no file of this machine is read or told of."""
    answer = asked.get(f"/api/v1{url}", headers={"accept-language": lang})
    said = Problem.model_validate(answer.json())
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, said.status, said.code) == (status, status, code)
    assert "root:" not in said.detail
    if command is not None:
        told = lianjian(*command, "--store", str(city), "--lang", lang).err
        assert " ".join(said.detail.split()) in told


def test_without_a_register_it_is_said(client: TestClient, lianjian: Lianjian) -> None:
    """In the command line's words."""
    answer = client.get("/api/v1/reconcile", headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert answer.json()["detail"] in lianjian("reconcile").err


def test_a_sample_without_a_seed_says_how_to_draw_it_again(asked: TestClient) -> None:
    """Its seed draws the same once more."""
    first = asked.get("/api/v1/sample?size=5").json()
    assert asked.get(f"/api/v1/sample?size=5&seed={first['seed']}").json() == first


def test_a_large_answer_that_the_asker_has_is_not_sent_again(asked: TestClient) -> None:
    """What is made piece by piece has a tag as every answer."""
    first = asked.get("/api/v1/audit")
    tag = first.headers["etag"]
    again = asked.get("/api/v1/audit", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = asked.get("/api/v1/audit?code=orphan", headers={"if-none-match": tag})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "value",
    ["\0", "'; DROP TABLE batch; --", ":", "division:", "%", "线" * 66, "a|b", "../..", "`x`"],
)
def test_whatever_is_put_in_a_parameter_is_answered_or_refused(
    client: TestClient, value: str
) -> None:
    """Never a fault of the program: each parameter of text, with what no ledger holds."""
    for url, name in (
        ("/audit", "in"), ("/audit", "code"), ("/audit", "as_of"), ("/finding/list", "in"), ("/diff", "from"), ("/diff", "in"),
        ("/diff", "against"), ("/duplicates", "in"), ("/reconcile", "register"), ("/sample", "in"), ("/sample", "share"),
        ("/map", "in"), ("/export", "in"), ("/export", "format"), ("/decide/list", "as_of"),
    ):  # fmt: skip
        beside = {"from": "2016-08-26", "to": "2016-08-26"} if url == "/diff" else {}
        answer = client.get(f"/api/v1{url}", params=beside | {name: value})
        assert answer.status_code in (200, 400, 404), (url, name, answer.text)
    for url in ("/finding/", "/map/", "/export/"):
        answer = client.get(f"/api/v1{url}{quote(value, safe='')}")
        assert answer.status_code in (400, 404), (url, answer.text)
    for url, body in (
        ("/decide/merge", {"kept": value, "merged": "91A"}), ("/decide/exclude", {"code": "91A", "kind": value}),
        ("/decide/withdraw", {"decision": value}), ("/decide/departure", {"unit": value}),
    ):  # fmt: skip
        said = {"office": "某局", "date": "2016-09-01", "reason": value} | body
        answer = client.post(f"/api/v1{url}", json=said)
        assert answer.status_code in (400, 404), (url, answer.text)
