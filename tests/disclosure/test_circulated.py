"""The bulletin for circulation (C19): its files hold told figures and what is made of them, and nothing small follows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document

from api.cli.texts import Texts
from api.tables import report as tables
from graph.disclosure.table import Table, table
from graph.model import parse_date
from graph.policy.profile import Profile, load
from graph.report.circulated import LISTED, PROGRESS, circulated
from graph.store import open_store
from loaders.pipeline import import_paths
from tests.disclosure.attack import found_out
from tests.report.cities import generate
from viz.report import circulated as written
from viz.report.files import write
from viz.report.wording import Words

DATES = (20160910, 20161025)
NOBODY: dict[str, Any] = {"overdue": [], "checked": []}


@pytest.fixture(scope="module")
def profile() -> Profile:
    """A campaign of two bulletins: what an attacker has to solve grows with every date."""
    return replace(load(), semi_monthly=DATES)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, profile: Profile) -> Table:
    """What anybody may be told of a small city whose units were founded and dissolved in between."""
    folder = tmp_path_factory.mktemp("circulated")
    generate(folder / "ledgers", 31, 200)
    store = open_store(str(folder / "city.db"), create=True)
    import_paths([folder / "ledgers"], store, profile, date=DATES[0])
    made = table(store, profile, profile.disclosure.small_count)
    store.close()
    return made


@pytest.fixture(scope="module")
def bulletins(told: Table, profile: Profile) -> dict[int, dict[str, Any]]:
    """The bulletin of each date."""
    return {date: circulated(told, profile, date, NOBODY).as_json() for date in DATES}


@pytest.fixture(scope="module", params=["zh", "en"])
def files(
    request: pytest.FixtureRequest,
    bulletins: dict[int, dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Words, dict[int, Path]]:
    """Both files of each date, in a language."""
    folders = {}
    for date, said in bulletins.items():
        folders[date] = tmp_path_factory.mktemp(f"{request.param}{date}")
        for name in ("b.xlsx", "b.docx"):
            write(folders[date] / name, said, None, request.param)
    return Words(request.param), folders


def read(words: Words, path: Path, published: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield each figure of a workbook's tables of districts: area, category, count, and the date that its look says."""
    book = openpyxl.load_workbook(path, data_only=True)
    for title, categories in (("sheet.parts.circulated", PROGRESS), ("t.listed", LISTED)):
        rows = list(book[words(title)].iter_rows())
        top = next(n for n, row in enumerate(rows) if row[0].value == words("h.district"))
        for row in rows[top + 1 :]:
            for category, cell in zip(categories, row[1:], strict=False):
                if cell.value == written.MARK:
                    continue
                day = re.search(r'\((?:(\d{4})-)?(\d\d)-(\d\d)\)"', str(cell.number_format))
                of = published
                if day is not None:
                    of = int(f"{day[1] or str(published)[:4]}{day[2]}{day[3]}")
                assert isinstance(cell.value, int), (row[0].value, category)
                yield str(row[0].value), category, cell.value, of


def test_no_secret_follows_from_bulletins_and_overview_together(
    told: Table, bulletins: dict[int, dict[str, Any]], files: tuple[Words, dict[int, Path]]
) -> None:
    """Every number of every workbook is added to what the overview tells, and all of it solved: no small count, change or marked
    cell is determined, by anybody or by a district's own office.
    """
    words, folders = files
    seen = told.published
    value, since = seen.value.copy(), seen.since.copy()
    dates = seen.cells.dates
    areas = {
        written.name(words, {"id": a.id, "name": a.name}): n
        for n, a in enumerate(told.areas)
        if a.kind in ("city", "district")
    }
    added = 0
    for date, folder in folders.items():
        for area, category, count, of in read(words, folder / "b.xlsx", told.publication(date)):
            where = dates.index(of), areas[area], seen.cells.categories.index(category)
            value[where], since[where] = count, where[0]
            added += 1
    assert added > 60
    assert any(
        f is None for b in bulletins.values() for p in b["parts"] for f in p["counts"].values()
    )
    everything = replace(seen, value=value, since=since)
    assert list(found_out(everything, insiders=False)) == []
    assert (
        since == seen.since
    ).all()  # the table's own figures, of their own dates, and no more: insiders learn none either
    assert (value == seen.value).all()


def test_a_bulletin_that_leaves_small_counts_out_alone_is_found_out(told: Table) -> None:
    """It is no test that can't fail: with every other count told, the same solver determines what is left out."""
    seen = told.published
    at = len(seen.cells.dates) - 1
    value, since = seen.value.copy(), seen.since.copy()
    now = seen.cells.values[at]
    tells = (now == 0) | (now >= seen.k)
    value[at][tells], since[at][tells] = now[tells], at
    assert any(found_out(replace(seen, value=value, since=since), insiders=False))


def test_what_is_marked_stands_nowhere_in_the_files(
    told: Table, bulletins: dict[int, dict[str, Any]], files: tuple[Words, dict[int, Path]]
) -> None:
    """Formulas name told cells alone, charts draw told figures alone, nothing is hidden, and the document says the same."""
    for date, folder in files[1].items():
        said = bulletins[date]
        formulas = openpyxl.load_workbook(folder / "b.xlsx")
        for sheet in formulas:
            assert sheet.sheet_state == "visible"
            made = [c for cells in sheet.iter_rows() for c in cells if c.data_type == "f"]
            named = {n for c in made for n in re.findall(r"\b([A-Z]+\d+)\b", str(c.value))}
            assert {sheet[n].data_type for n in named} <= {"n", "f"}, sheet.title
        drawn = {n for p in said["trend"] for n in (p["units"], p["covered"])}
        told_of_city = {f["value"] for f in said["whole"]["counts"].values() if f} | {
            int(v) for v in told.published.value[:, 0].ravel() if v >= 0
        }
        assert drawn <= told_of_city
        tables = [[[c.text for c in r.cells] for r in t.rows] for t in Document(str(folder / "b.docx")).tables]  # fmt: skip
        of_parts = next(t for t in tables if len(t[0]) == len(PROGRESS) + 4)
        for part, row in zip([*said["parts"], said["whole"]], of_parts[1:], strict=True):
            for category, text in zip(PROGRESS, row[1:], strict=False):
                figure = part["counts"][category]
                assert text.partition(" ")[0] == (
                    written.MARK if figure is None else f"{figure['value']:,}"
                )
        with zipfile.ZipFile(folder / "b.docx") as packed:
            inner = [n for n in packed.namelist() if n.startswith("word/embeddings/")]
            for name in inner:
                inside = openpyxl.load_workbook(io.BytesIO(packed.read(name)))["trend"]
                numbers = {c.value for r in inside.iter_rows(min_row=2, max_col=3) for c in r[1:]}
                assert numbers <= drawn


def test_rates_and_changes_are_made_of_told_figures_alone(
    bulletins: dict[int, dict[str, Any]],
) -> None:
    """A rate needs both its counts, of one date; a change two figures of two dates."""
    from graph.report.circulated import RATES, change

    for said in bulletins.values():
        for part in [*said["parts"], said["whole"]]:
            for rate, category in RATES.items():
                some, whole = part["counts"][category], part["counts"]["in_base"]
                if some is None or whole is None or some["of"] != whole["of"]:
                    assert part["rates"][rate] is None
            for category in PROGRESS:
                if part["before"] is None or part["before"][category] is None:
                    assert change(part, category) is None


@pytest.fixture(scope="module")
def stale(bulletins: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """A bulletin of which the city's base and covered stand from the first publication, and with them its rates."""
    said = deepcopy(bulletins[DATES[1]])
    for category in ("in_base", "covered", "separate"):
        said["whole"]["counts"][category] = {
            "value": 60 if category == "in_base" else 30,
            "of": "2016-09-10",
        }
    said["whole"]["rates"] |= {"org_operating": 0.5, "single_rate": 0.5}
    return said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_headline_dates_what_is_not_of_the_day(stale: dict[str, Any], lang: str) -> None:
    """Counts and rate of an earlier date say it in the sentence that stands first, as in the tables."""
    said = written.summary(Words(lang), stale)
    assert said.count("(09-10)") == 3
    for figure in ("60 (09-10)", "30 (09-10)", "50.00% (09-10)"):
        assert figure in said


def test_a_rate_of_earlier_counts_says_its_date(stale: dict[str, Any], tmp_path: Path) -> None:
    """In workbook, document and on a terminal: a rate without a date is one of the day."""
    for name in ("b.xlsx", "b.docx"):
        write(tmp_path / name, stale, None, "en")
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")[Words("en")("sheet.parts.circulated")]
    last = list(sheet.iter_rows())[-1][1:]
    assert [c.number_format for c in last[len(PROGRESS) :][:2]] == ['0.00%" (09-10)"'] * 2
    rows = [
        [c.text for c in r.cells] for t in Document(str(tmp_path / "b.docx")).tables for r in t.rows
    ]
    assert sum(row.count("50.00% (09-10)") for row in rows) == 2
    shown = list(tables.circulated(Texts("en"), stale)[0].rows)[-1]
    assert (shown[2], shown[-1]) == ("60 (09-10)", "50.00% (09-10)")


def test_a_change_says_since_when(bulletins: dict[int, dict[str, Any]]) -> None:
    """Where the figure before is older than the bulletin before, a change from it is none since that bulletin."""
    said = bulletins[DATES[1]]
    part = {
        "counts": {"covered": {"value": 40, "of": "2016-10-25"}},
        "before": {"covered": {"value": 30, "of": said["previous"]}},
    }
    assert said["previous"] == "2016-09-10"
    assert written.moved(part, "covered", said, Words("zh")) == "+10"
    part["before"]["covered"]["of"] = "2016-08-25"
    assert written.moved(part, "covered", said, Words("zh")) == "+10（自 08-25）"
    assert written.moved(part, "covered", said, Words("en")) == "+10 (since 08-25)"


@pytest.mark.parametrize(
    ("of", "said"),
    [("2016-12-25", " (12-25)"), ("2016-01-05", " (2016-01-05)"), ("2015-12-25", " (2015-12-25)"), ("2017-01-02", " (01-02)")],
)  # fmt: skip
def test_a_date_has_its_year_where_it_would_be_taken_for_a_later_one(of: str, said: str) -> None:
    """In January last December's figures are short to tell, as they are within the year."""
    assert written.dated({"value": 9, "of": of}, {"published": "2017-01-05"}) == said


def test_a_figure_of_the_day_has_no_date(bulletins: dict[int, dict[str, Any]]) -> None:
    """At the first bulletin nothing is of an earlier one."""
    assert "(" not in written.summary(Words("zh"), bulletins[DATES[0]])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_reasons_for_an_old_figure_are_said(
    bulletins: dict[int, dict[str, Any]], lang: str
) -> None:
    """It moved by less than k, or the new one would tell what stays out; and a mark may stand for a zero (ADR 0032)."""
    small, dates, _ = written.lines(Words(lang), bulletins[DATES[1]])
    says = {
        "zh": ("不足 5 家", "推出隐去的数字", "可能是零"),
        "en": ("less than 5", "be derived", "may be a zero"),
    }[lang]
    assert says[0] in dates
    assert says[1] in dates
    assert says[2] in small


def test_the_rule_is_said(files: tuple[Words, dict[int, Path]]) -> None:
    """In both files: which counts stay out, and how that is marked."""
    words, folders = files
    rule = words("rule.small", k=5, last=4, mark=written.MARK)
    folder = folders[DATES[0]]
    texts = [p.text for p in Document(str(folder / "b.docx")).paragraphs]
    assert rule in texts
    for sheet in openpyxl.load_workbook(folder / "b.xlsx").worksheets[:3]:
        assert rule in {c.value for row in sheet.iter_rows() for c in row}, sheet.title


def test_a_place_that_was_empty_has_no_zeros_left_over(told: Table) -> None:
    """A zero of a date on which nothing of the area was listed says nothing of a later one."""
    last = told.published.cells.dates[-1]
    for n in range(len(told.areas)):
        for figure in told.figures(n, last).values():
            if figure is not None and not figure[0]:
                at = told.published.cells.dates.index(figure[1])
                assert figure[1] == last or told.published.cells.values[at, n].any()


def test_dates_are_of_the_publication(told: Table, bulletins: dict[int, dict[str, Any]]) -> None:
    """A bulletin's day is a publication of its own, whatever was imported when."""
    for date, said in bulletins.items():
        assert parse_date(said["published"]) == date == told.publication(date)
