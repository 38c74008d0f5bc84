"""A report as workbook and document: formulas that give what is told, text that stays text, files that others open."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm

from graph.errors import InputError
from graph.policy.profile import load
from graph.report.report import Report, report
from graph.store import open_store
from loaders.pipeline import import_paths
from tests.report.cities import generate
from viz.report import book, paper
from viz.report.files import write, write_template
from viz.report.template import circulated as template_circulated
from viz.report.template import template
from viz.report.wording import Words, catalogue, indented

HOSTILE = (
    "=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "＝1＋1公司", "{{ 7*7 }}", "{% for x in y %}", "<w:p>&amp;</w:p>", "a\x1b\x07b",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    """The bulletin of a small city, some of whose names are formulas, templates and markup."""
    folder = tmp_path_factory.mktemp("files")
    generate(folder / "ledgers", 21, 90)
    ledger = folder / "ledgers" / "非公企业.csv"
    text = ledger.read_text(encoding="utf-8-sig")
    for n in range(len(HOSTILE)):
        text = re.sub(r"第\d+号单位", f"HOSTILE{n}", text, count=1)
    for n, name in enumerate(HOSTILE):
        text = text.replace(f"HOSTILE{n}", '"' + name.replace("\x1b", "").replace("\x07", "") + '"')
    ledger.write_text(text, encoding="utf-8")
    divisions = folder / "ledgers" / "区划.csv"
    renamed = divisions.read_text(encoding="utf-8-sig").replace("甲区,区", "=1+1区,区")
    divisions.write_text(renamed, encoding="utf-8")
    store = open_store(str(folder / "city.db"), create=True)
    import_paths([folder / "ledgers"], store, load(), date=20160801)
    yield report(store, load(), 20161025)
    store.close()


@pytest.fixture(scope="module")
def said(made: Report) -> dict[str, Any]:
    """Its object."""
    return made.as_json()


@pytest.fixture(scope="module", params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    """A language."""
    return str(request.param)


@pytest.fixture(scope="module")
def files(
    made: Report, said: dict[str, Any], lang: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder with report.xlsx and report.docx."""
    folder = tmp_path_factory.mktemp(lang)
    for name in ("report.xlsx", "report.docx"):
        write(folder / name, said, made.rows, lang)
    return folder


def cells(path: Path, *, values: bool) -> dict[tuple[str, str], Any]:
    """Every cell of a workbook by sheet and place: formulas, or values."""
    opened = openpyxl.load_workbook(path, data_only=values)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in opened
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def test_words_are_in_both_languages() -> None:
    """The same keys, the same places to fill in."""
    zh, en = catalogue("zh"), catalogue("en")
    assert list(zh) == list(en)
    for key in zh:
        assert sorted(re.findall(r"{(\w+)}", zh[key])) == sorted(re.findall(r"{(\w+)}", en[key]))


def test_no_value_from_data_becomes_a_formula(files: Path) -> None:
    """Formulas are ours alone: cells, signs and functions; every hostile name is there as text (C5)."""
    formulas = cells(files / "report.xlsx", values=False)
    opened = openpyxl.load_workbook(files / "report.xlsx")
    kinds = {
        (s.title, c.coordinate): c.data_type for s in opened for row in s.iter_rows() for c in row
    }
    made = {at for at, kind in kinds.items() if kind == "f"}
    assert len(made) > 100
    ours = re.compile(r'=[A-Z0-9+\-*/():,.=<>" ]*')
    functions = {"SUM", "IF", "MAX", "ROUNDUP", "ROUND"}
    for at in made:
        assert ours.fullmatch(formulas[at]), formulas[at]
        assert set(re.findall(r"([A-Z]+)\(", formulas[at])) <= functions
    texts = {v for at, v in formulas.items() if at not in made and isinstance(v, str)}
    assert {n for n in HOSTILE if "\x1b" not in n} <= texts
    assert "=1+1区" in texts


def test_the_workbook_holds_the_figures_and_their_numbers(
    files: Path, said: dict[str, Any], lang: str
) -> None:
    """Each form, part and rate stands beside the number by which its rows are asked for."""
    w = Words(lang)
    opened = openpyxl.load_workbook(files / "report.xlsx", data_only=True)
    for form in said["forms"]:
        sheet = opened[w(f"form.{form['line']}")]
        rows = {r[0].value: [c.value for c in r] for r in sheet.iter_rows() if r[0].value}
        heads = rows[f"{form['line']}."]
        for row in form["rows"]:
            found = dict(zip(heads, rows[row["id"]], strict=True))
            for column, value in zip(form["columns"][1:], row["values"][1:], strict=True):
                assert found[f".{column['id']}"] == value
            assert rows[row["id"]][2] == row["values"][0]
    sheet = opened[w("sheet.overview")]
    rows = {r[0].value: [c.value for c in r] for r in sheet.iter_rows() if r[0].value}
    for rate in said["rates"]:
        told = rows[f"rate.{rate['id']}"]
        assert told[2:4] == [rate["numerator"], rate["denominator"]]
        assert told[4] == pytest.approx(rate["rate"])
        assert told[7:9] == [rate["goal"], rate["gap"]]
    for one in said["board"]:
        assert rows[f"board.{one['state']}"][2] == one["value"]
    assert w.traced(said) in rows
    numbers = [
        c.value
        for row in sheet.iter_rows()
        if row[2].value == book.TREND["units"]
        for c in row[2:6]
    ]
    assert numbers == [book.TREND[n] for n in ("units", "separate", "joint", "rate")]
    assert w.trend(said) in rows
    detail = opened[w("sheet.rows")]
    listed = next(one["value"] for one in said["listed"] if one["id"] == "listed")
    assert detail.max_row == listed + 1


def test_the_same_report_gives_the_same_bytes(
    made: Report, said: dict[str, Any], files: Path, lang: str, tmp_path: Path
) -> None:
    """Both files, whenever they are written."""
    for name in ("report.xlsx", "report.docx"):
        write(tmp_path / name, said, made.rows, lang)
        assert (tmp_path / name).read_bytes() == (files / name).read_bytes()


def document(path: Path) -> str:
    """All text of a document, tables too."""
    with zipfile.ZipFile(path) as packed:
        root = ET.fromstring(packed.read("word/document.xml"))
    return "\n".join("".join(p.itertext()) for p in root.iter(f"{{{paper._W}}}p"))


def test_the_document_says_what_the_workbook_says(
    files: Path, said: dict[str, Any], lang: str
) -> None:
    """Summary, every form's figures, the parts, what came late and what was chosen; nothing is left to fill in."""
    text = document(files / "report.docx")
    w = Words(lang)
    for line in (*w.head(said), *w.summary(said)):
        assert line in text
    assert "--rows" not in text  # it prints no numbers of figures
    assert "{%" not in text.replace(HOSTILE[6], "")
    tables = [[[c.text for c in row.cells] for row in t.rows] for t in Document(str(files / "report.docx")).tables]  # fmt: skip
    for form in said["forms"]:
        table = next(
            t
            for t in tables
            if t[1][1:2] == [f"{form['rows'][0]['values'][0]:,}"]
            and len(t[0]) == len(form["columns"]) + 3
        )
        for row, found in zip(form["rows"], table[1:], strict=True):
            assert found[1 : 1 + len(row["values"])] == [f"{v:,}" for v in row["values"]]
            assert found[0] == indented(
                row["id"], w.of(row)
            )  # parts are set in, as in the workbook
    assert any("=1+1区" in cell for t in tables for row in t for cell in row)
    for chosen in said["chosen"]:
        assert w.of(chosen["text"]) in text
    for one in said["received"]["overdue"]:
        assert one["office"] in text


def test_the_document_s_chart_has_the_trend(files: Path, said: dict[str, Any]) -> None:
    """A chart of the document's own, in the schema's order, with a workbook of the same numbers and words for who can't see it."""
    with zipfile.ZipFile(files / "report.docx") as packed:
        chart = packed.read("word/charts/trend.xml").decode()
        inner = packed.read("word/embeddings/trend.xlsx")
        body = packed.read("word/document.xml").decode()
    rates = [p["rate"] for p in said["trend"]]
    drawn = re.findall(r"<c:v>([\d.]+)</c:v>", chart)
    assert all(any(abs(float(v) - r) < 1e-9 for v in drawn) for r in rates)
    assert chart.index("<c:externalData") > chart.index("</c:chart>")
    sheet = openpyxl.load_workbook(io.BytesIO(inner)).active
    assert sheet is not None
    assert [row[4].value for row in sheet.iter_rows(min_row=2)] == pytest.approx(rates)
    assert said["trend"][0]["date"] in body.split('descr="')[1].split('"')[0]


# -- an office's own template --------------------------------------------------------------------------------------------
def test_an_office_s_template_is_filled(said: dict[str, Any], made: Report, tmp_path: Path) -> None:
    """The one that is given out, changed; and a name that looks like a template is text in it."""
    write_template(tmp_path / "own.docx", "zh")
    with pytest.raises(InputError, match="already"):
        write_template(tmp_path / "own.docx", "zh")
    own = Document(str(tmp_path / "own.docx"))
    own.add_paragraph("某局专用：{{ name }}，{{ date }}")
    own.save(str(tmp_path / "own.docx"))
    write(tmp_path / "r.docx", said, made.rows, "zh", tmp_path / "own.docx")
    assert "某局专用：某市，2016-10-25" in document(tmp_path / "r.docx")


@pytest.mark.parametrize(
    "text",
    ["{{ nothing }}", "{{ name", "{% for x in %}", "{{ ''.__class__.__mro__ }}", "{{ name.__init__.__globals__ }}", "{{ 1/0 }}"],
)  # fmt: skip
def test_a_template_that_can_t_be_filled_is_said_and_leaves_no_file(
    said: dict[str, Any], made: Report, tmp_path: Path, text: str
) -> None:
    """What is not there, what is not closed, what leads out of the texts that a template is given."""
    own = Document()
    own.add_paragraph(text)
    own.save(str(tmp_path / "own.docx"))
    with pytest.raises(InputError, match="template"):
        write(tmp_path / "r.docx", said, made.rows, "zh", tmp_path / "own.docx")
    assert not (tmp_path / "r.docx").exists()


def test_tables_of_a_template_stay_as_they_are(
    said: dict[str, Any], made: Report, tmp_path: Path
) -> None:
    """One column, merged cells, less than the page's width: an office's tables are its own; those that grow fill the page."""
    own = Document()
    own.add_table(1, 1).cell(0, 0).text = "{{ name }}"
    merged = own.add_table(3, 3)
    merged.cell(0, 0).merge(merged.cell(0, 2)).text = "{{ date }}"
    merged.cell(2, 1).merge(merged.cell(2, 2)).text = "{{ title }}"
    for table in own.tables:
        for column in table.columns:
            column.width = Cm(2)
    growing = own.add_table(2, 4)
    growing.cell(0, 0).merge(growing.cell(0, 3)).text = "{{ plan }}"
    texts = ("x", "{%tc for r in rates %}", "{{ r.rate }}", "{%tc endfor %}")
    for k, text in enumerate(texts):
        growing.cell(1, k).text = text
        growing.columns[k].width = Cm(1)
    own.save(str(tmp_path / "own.docx"))
    write(tmp_path / "r.docx", said, made.rows, "zh", tmp_path / "own.docx")
    done = Document(str(tmp_path / "r.docx"))
    one, two, three = done.tables
    assert {round((c.width or 0) / Cm(2), 3) for t in (one, two) for c in t.columns} == {1}
    assert [len(row._tr.tc_lst) for row in two.rows] == [1, 3, 2]
    assert len(three.columns) == 1 + len(said["rates"])
    section = done.sections[0]
    assert section.page_width
    assert section.left_margin
    assert section.right_margin
    wide = section.page_width - section.left_margin - section.right_margin
    assert sum(c.width or 0 for c in three.columns) == pytest.approx(wide, rel=0.01)
    with zipfile.ZipFile(tmp_path / "r.docx") as packed:
        assert b"growing" not in packed.read("word/document.xml")


def test_documents_of_others_are_not_written_over(
    said: dict[str, Any], made: Report, tmp_path: Path
) -> None:
    """Neither minutes nor the template that fills the document; a report is made anew."""
    own = Document()
    own.add_paragraph("{{ name }}")
    own.save(str(tmp_path / "own.docx"))
    before = (tmp_path / "own.docx").read_bytes()
    with pytest.raises(InputError, match="template itself"):
        write(tmp_path / "own.docx", said, made.rows, "zh", tmp_path / "own.docx")
    with pytest.raises(InputError, match="something else"):
        write(tmp_path / "own.docx", said, made.rows, "zh")
    assert (tmp_path / "own.docx").read_bytes() == before
    write_template(tmp_path / "t.docx", "zh")
    with pytest.raises(InputError, match="something else"):
        write(tmp_path / "t.docx", said, made.rows, "zh", tmp_path / "own.docx")
    for lang in ("zh", "en"):
        write(tmp_path / "r.docx", said, made.rows, lang, tmp_path / "own.docx")


@pytest.mark.parametrize("data", [b"", b"no document", b"PK\x03\x04broken"])
def test_what_is_no_document_is_no_template(
    said: dict[str, Any], made: Report, tmp_path: Path, data: bytes
) -> None:
    """One sentence, with the way out."""
    (tmp_path / "own.docx").write_bytes(data)
    with pytest.raises(InputError, match="Word document"):
        write(tmp_path / "r.docx", said, made.rows, "zh", tmp_path / "own.docx")
    with pytest.raises(InputError, match="can't be read"):
        write(tmp_path / "r.docx", said, made.rows, "zh", tmp_path / "none.docx")


def test_the_template_is_its_source(lang: str) -> None:
    """Every text in it is a word of the catalogue or a place that the context fills."""
    built = template(Words(lang))
    texts = [p.text for p in built.paragraphs] + [
        c.text for t in built.tables for row in t.rows for c in row.cells
    ]
    words = set(catalogue(lang).values())
    assert all(t in words or "{{" in t or "{%" in t for t in texts if t)


@pytest.mark.parametrize("made_of", [template, template_circulated])
def test_chinese_in_a_document_has_the_mainland_s_shapes(
    made_of: Callable[[Words], Any], lang: str
) -> None:
    """Its Chinese is said to be that of the mainland, else a word processor without the font sets commas amid the line."""
    styles = made_of(Words(lang)).styles.element
    assert {found.get(qn("w:eastAsia")) for found in styles.iter(qn("w:lang"))} == {"zh-CN"}


@pytest.mark.parametrize("made_of", [template, template_circulated])
def test_what_introduces_a_table_stays_with_it(made_of: Callable[[Words], Any]) -> None:
    """The heading of late reports and the lines below it never stand alone at a page's end."""
    paragraphs = made_of(Words("zh")).paragraphs
    at = [p.text for p in paragraphs].index("{%p for line in received_lines %}")
    assert paragraphs[at + 1].paragraph_format.keep_with_next


def test_texts_stand_left_and_numbers_right(files: Path, lang: str) -> None:
    """In the table of late reports, what is due is a text; a count of few words does not stand a page's width from them."""
    tables = Document(str(files / "report.docx")).tables
    office, item = Words(lang)("h.office"), Words(lang)("h.item")
    late = (
        next(t for t in tables if t.cell(0, 0).text == office and len(t.columns) == 5).rows[1].cells
    )
    assert [c.paragraphs[0].alignment for c in late] == [
        None,
        None,
        *[WD_ALIGN_PARAGRAPH.RIGHT] * 3,
    ]
    board = next(t for t in tables if t.cell(0, 0).text == item and len(t.columns) == 2)
    assert sum(c.width.cm for c in board.rows[1].cells) == pytest.approx(10, abs=0.1)


def test_what_did_not_change_has_no_sign(said: dict[str, Any]) -> None:
    """Of the summary's counts and of rates: 0 and 0.00, as the workbook's cells show them."""
    same = deepcopy(said)
    for one in same["rates"]:
        one["before"] = {name: one[name] for name in ("id", "numerator", "denominator", "rate")}
    words = Words("zh")
    assert any("已建增减 0 家，单独组建增减 0 家" in line for line in words.summary(same))
    assert {r["points"] for r in paper.context(same, words)["rates"]} == {"0.00"}


def test_other_endings_and_files_of_others_are_refused(
    said: dict[str, Any], made: Report, tmp_path: Path
) -> None:
    """A listing's workbook is not written over, nor is a report given as something it is not."""
    with pytest.raises(InputError, match="ends in"):
        write(tmp_path / "r.pdf", said, made.rows, "zh")
    openpyxl.Workbook().save(tmp_path / "r.xlsx")
    with pytest.raises(InputError, match="something else"):
        write(tmp_path / "r.xlsx", said, made.rows, "zh")


def test_what_a_workbook_can_t_list_is_said(
    said: dict[str, Any], made: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many organizations the workbook lists none, and says how to get at them."""
    monkeypatch.setattr(book, "DETAIL", 10)
    write(tmp_path / "r.xlsx", said, made.rows, "en")
    detail = openpyxl.load_workbook(tmp_path / "r.xlsx")["Organizations"]
    assert "--rows" in str(detail["A1"].value)
    assert detail.max_row == 1


# -- other programs ----------------------------------------------------------------------------------------------------
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""LibreOffice computes every formula anew when it opens a workbook."""


def test_libreoffice_opens_both_and_computes_the_same(
    made: Report, said: dict[str, Any], tmp_path: Path
) -> None:
    """Each formula gives, computed anew, what was written beside it; both files become PDF without a word of complaint."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip(
            "no LibreOffice here (scripts/system_packages.sh installs it on Debian as root)"
        )
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    for name in ("report.xlsx", "paper.docx"):
        write(tmp_path / name, said, made.rows, "zh")

    def convert(to: str, *names: str) -> str:
        done = subprocess.run(
            [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", to,
             "--outdir", str(tmp_path / to), *(str(tmp_path / n) for n in names)],
            capture_output=True, text=True, timeout=300, check=True,
        )  # fmt: skip
        return done.stdout + done.stderr

    told = convert("xlsx", "report.xlsx") + convert("pdf", "report.xlsx", "paper.docx")
    assert "Error" not in told
    formulas = cells(tmp_path / "report.xlsx", values=False)
    written = cells(tmp_path / "report.xlsx", values=True)
    anew = cells(tmp_path / "xlsx" / "report.xlsx", values=True)
    compared = 0
    for at, formula in formulas.items():
        if not (isinstance(formula, str) and formula.startswith("=") and at in written):
            continue
        if isinstance(written[at], str):
            continue  # a name that is no formula, or a share of nothing
        assert anew[at] == pytest.approx(written[at], abs=1e-9), (at, formula)
        compared += 1
    assert compared > 100
    for name in ("report.xlsx", "paper.docx"):
        pdf = (tmp_path / "pdf" / name).with_suffix(".pdf").read_bytes()
        assert pdf.startswith(b"%PDF")
        assert len(pdf) > 20_000
