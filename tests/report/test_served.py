"""The report by command and over HTTP: the same figures, the same files, and nothing of elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.downloads import TYPES
from api.jobs.model import Job
from api.jobs.service import Jobs
from api.routes.models.reporting import Circulated, Report, Rows
from api.settings import Settings
from graph.errors import InputError
from graph.policy.profile import load
from graph.store import open_store
from loaders.pipeline import import_paths
from tests.cli.commandline import Lianjian
from tests.cli.conftest import _surroundings, lianjian
from tests.report.cities import generate
from tests.service.people import PASSWORD, _quick, accounts_of, bearer
from viz.report.files import write
from viz.report.wording import Words

__all__ = ["_quick", "_surroundings", "lianjian"]

DATE = ("--date", "2016-10-25")
URL = "/api/v1/report"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a small city."""
    folder = tmp_path_factory.mktemp("served")
    generate(folder / "ledgers", 31, 70)
    path = folder / "lianjian.db"
    opened = open_store(str(path), create=True)
    import_paths([folder / "ledgers"], opened, load(), date=20160801)
    opened.close()
    return path


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[TestClient]:
    """A service over it."""
    with TestClient(create_app(Settings(str(store))), base_url="http://127.0.0.1:8765") as made:
        yield made


@pytest.mark.parametrize("within", [None, "429901", "dept:市民政局", "street:429902001"])
def test_the_command_and_the_service_say_the_same(
    store: Path, client: TestClient, lianjian: Lianjian, within: str | None
) -> None:
    """One object, in the declared shape; a figure's rows too, whole and page by page."""
    given = () if within is None else ("--in", within)
    asked: dict[str, Any] = {"date": "2016-10-25"} | ({} if within is None else {"in": within})
    printed = lianjian("report", *DATE, *given, "--store", str(store), "--json")
    assert printed.code == 0, printed.err
    answer = client.get(URL, params=asked)
    assert answer.json() == printed.json
    Report.model_validate(answer.json())
    rows = lianjian("report", *DATE, *given, "--rows", "rate.org_all.of", "--store", str(store), "--json").json  # fmt: skip
    served = client.get(f"{URL}/rows", params=asked | {"figure": "rate.org_all.of"})
    assert served.json() == rows
    Rows.model_validate(rows)
    assert rows["number"] == len(rows["organizations"]) > 0
    page = client.get(f"{URL}/rows", params=asked | {"figure": "rate.org_all.of", "limit": 3})
    assert page.json()["organizations"] == rows["organizations"][:3]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_files_are_those_of_the_command_line(
    store: Path, client: TestClient, lianjian: Lianjian, lang: str
) -> None:
    """To the last byte, with their types and names: workbook and document, and the rows of a figure."""
    names = ("report.xlsx", "report.docx")
    out = [word for name in names for word in ("--out", name)]
    assert lianjian("report", *DATE, *out, "--lang", lang, "--store", str(store)).code == 0
    for name in names:
        form = Path(name).suffix[1:]
        answer = client.get(
            URL, params={"date": "2016-10-25", "format": form}, headers={"accept-language": lang}
        )
        assert answer.content == Path(name).read_bytes()
        assert answer.headers["content-type"] == TYPES[f".{form}"]
        assert f"report-2016-10-25.{form}" in answer.headers["content-disposition"]
    figure = "enterprise.none"
    assert (
        lianjian(
            "report",
            *DATE,
            "--rows",
            figure,
            "--out",
            "rows.csv",
            "--lang",
            lang,
            "--store",
            str(store),
        ).code
        == 0
    )
    asked = {"date": "2016-10-25", "figure": figure, "format": "csv"}
    answer = client.get(f"{URL}/rows", params=asked, headers={"accept-language": lang})
    assert answer.content == Path("rows.csv").read_bytes()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"date": "x"}, 400), ({"since": "x"}, 400), ({"date": "2016-09-10", "since": "2016-09-10"}, 400),
        ({"in": "nowhere"}, 400), ({"format": "pdf"}, 400), ({"date": "1999-01-01"}, 400),
    ],
)  # fmt: skip
def test_what_makes_no_report_is_said(
    client: TestClient, asked: dict[str, str], status: int
) -> None:
    """In the one shape of errors."""
    answer = client.get(URL, params=asked)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_figure_that_is_none_is_said(client: TestClient, store: Path, lianjian: Lianjian) -> None:
    """With the place where figures' numbers stand; by both."""
    answer = client.get(f"{URL}/rows", params={"figure": "enterprise.none_such"})
    assert answer.status_code == 400
    assert "number" in answer.json()["detail"]
    told = lianjian("report", "--rows", "enterprise.none_such", "--store", str(store))
    assert (told.code, told.out) == (2, "")
    assert "enterprise.none_such" in told.err


def test_the_command_refuses_before_it_counts(store: Path, lianjian: Lianjian) -> None:
    """A report as .csv, a folder that is not there, an ending that is none."""
    for out in ("r.csv", "nowhere/r.xlsx", "r.pdf"):
        told = lianjian("report", "--out", out, "--store", str(store))
        assert told.code == 2, out
        assert not Path(out).exists()


def test_figures_on_a_terminal_say_what_the_object_says(store: Path, lianjian: Lianjian) -> None:
    """The summary in words, parts and forms as columns."""
    said = lianjian("report", *DATE, "--store", str(store), "--json").json
    shown = lianjian("report", *DATE, "--store", str(store)).out
    rate = next(r for r in said["rates"] if r["id"] == "org_operating")
    assert f"{rate['denominator']:,} organizations operate" in shown
    assert "identities hold" in shown
    assert "enterprise.none_due" in shown


def test_who_has_a_jurisdiction_gets_its_report_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `in` its own, as the city has it; figures of elsewhere are not there to be asked for."""
    commands: list[str] = []

    def submitted(_: Jobs, id_: str, kind: str, command: list[str], **more: Any) -> Job:
        commands.extend(word for word in command if word.startswith("--in"))
        raise InputError("none is run here", "此处不运行")

    generate(tmp_path / "ledgers", 33, 60)
    path = tmp_path / "lianjian.db"
    opened = open_store(str(path), create=True)
    import_paths([tmp_path / "ledgers"], opened, load(), date=20160801)
    opened.close()
    settings = Settings(str(path))
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8765") as client:
        whole = client.get(URL, params={"date": "2016-10-25", "in": "429901"}).json()
    accounts = accounts_of(path)
    accounts.add("planner", "planner", "429901", PASSWORD)
    token = bearer(accounts.create_token("planner")[1])
    accounts.close()
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8765") as client:
        own = client.get(URL, params={"date": "2016-10-25"}, headers=token)
        assert own.status_code == 200
        assert {k: own.json()[k] for k in ("subject", "forms", "rates", "parts", "trend")} == {
            k: whole[k] for k in ("subject", "forms", "rates", "parts", "trend")
        }
        text = json.dumps(own.json(), ensure_ascii=False)
        assert "429902" not in text
        assert "乙区" not in text
        above = client.get(URL, params={"date": "2016-10-25", "in": "4299"}, headers=token).json()
        assert above == own.json()  # the city's report is not made of a district's figures
        for question in ("ledger", "calendar"):
            asked = {"as_of": "2016-10-25", "in": "4299"}
            told = client.get(f"/api/v1/{question}", params=asked, headers=token).json()
            assert told["in"] == "429901"
        monkeypatch.setattr(Jobs, "submit", submitted)
        client.post("/api/v1/jobs/report", json={"in": "4299"}, headers=token)
        assert commands == ["--in=429901"]
        for within in ("429902", "429909"):
            asked = {"date": "2016-10-25", "in": within}
            assert client.get(URL, params=asked, headers=token).status_code == 400
        figure = {"figure": "part.units.district:429902", "date": "2016-10-25"}
        assert client.get(f"{URL}/rows", params=figure, headers=token).status_code == 400


def test_the_bulletin_for_circulation_is_one_for_all(tmp_path: Path, lianjian: Lianjian) -> None:
    """Whoever asks gets what the command gives, to the last byte: nobody's own figures stand in it exactly."""
    generate(tmp_path / "ledgers", 35, 60)
    path = tmp_path / "lianjian.db"
    opened = open_store(str(path), create=True)
    import_paths([tmp_path / "ledgers"], opened, load(), date=20161010)
    opened.close()
    accounts = accounts_of(path)
    accounts.add("planner", "planner", "429901", PASSWORD)
    accounts.add("office", "planner", "dept:市民政局", PASSWORD)
    tokens = {name: bearer(accounts.create_token(name)[1]) for name in ("planner", "office")}
    accounts.close()
    given = ("report", "--circulate", *DATE, "--store", str(path))
    printed = lianjian(*given, "--json").json
    assert lianjian(*given, "--out", "b.xlsx", "--out", "b.docx", "--lang", "en").code == 0
    with TestClient(create_app(Settings(str(path))), base_url="http://127.0.0.1:8765") as client:
        asked = {"date": "2016-10-25"}
        for token in tokens.values():
            answer = client.get(f"{URL}/circulated", params=asked, headers=token)
            assert answer.json() == printed
            Circulated.model_validate(answer.json())
            for name in ("b.xlsx", "b.docx"):
                form = {"format": Path(name).suffix[1:]}
                file = client.get(
                    f"{URL}/circulated",
                    params=asked | form,
                    headers=token | {"accept-language": "en"},
                )
                assert file.content == Path(name).read_bytes()
        # a department keeps what lies across districts: what it is told is its own, under its own name
        asked = {"in": "429903", "date": "2016-10-25"}
        told = client.get(URL, params=asked, headers=tokens["office"]).json()
        assert told["subject"]["id"] == "dept:市民政局"
        assert told["subject"]["name"] == "市民政局"
        for question in ("ledger", "calendar"):
            asked = {"in": "429903", "as_of": "2016-10-25"}
            told = client.get(f"/api/v1/{question}", params=asked, headers=tokens["office"]).json()
            assert told["in"] == "dept:市民政局"


def test_a_bulletin_for_circulation_is_the_whole_city_s(store: Path, lianjian: Lianjian) -> None:
    """It is nobody's part of it, and leads to no rows; each refusal says the way out."""
    for more in (("--in", "429901"), ("--rows", "rate.org_all")):
        told = lianjian("report", "--circulate", *more, "--store", str(store))
        assert (told.code, told.out) == (2, "")
        assert "--circulate" in told.err


def test_rows_of_a_change_are_asked_for_with_its_date(store: Path, client: TestClient) -> None:
    """The report before is whichever `since` names, for rows as for the report."""
    asked = {"date": "2016-10-25", "figure": "rate.org_all", "since": "2016-08-25"}
    assert client.get(f"{URL}/rows", params=asked).status_code == 200
    late = client.get(f"{URL}/rows", params=asked | {"since": "2016-10-25"})
    assert (late.status_code, "since" in late.json()["detail"]) == (400, True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_bulletin_without_a_trend_has_no_heading_for_one(
    store: Path, lianjian: Lianjian, tmp_path: Path, lang: str
) -> None:
    """Workbook and document say nothing of a trend where there is none, and keep its heading where there is one."""
    asked = ("report", "--circulate", *DATE, "--store", str(store), "--json")
    printed = lianjian(*asked).json
    heading = Words(lang)("t.trend")
    shown: tuple[list[Any], ...] = (printed["trend"], [])
    for trend in shown:
        name = "some" if trend else "none"
        for ending in (".xlsx", ".docx"):
            write(tmp_path / f"{name}{ending}", printed | {"trend": trend}, None, lang)
        book = openpyxl.load_workbook(tmp_path / f"{name}.xlsx")
        cells = [c.value for sheet in book for row in sheet.iter_rows() for c in row]
        lines = [p.text for p in docx.Document(str(tmp_path / f"{name}.docx")).paragraphs]
        assert (heading in cells, heading in lines) == (bool(trend), bool(trend))
    assert printed["trend"]
