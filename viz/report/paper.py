"""A report as a document (.docx), filled into a template that an office may replace; the trend is a chart of the document's own."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from graph.errors import InputError, in_chinese
from viz.report import circulated
from viz.report.book import MADE
from viz.report.template import circulated as built_in_circulated
from viz.report.template import template as built_in
from viz.report.trend import chart, stacked
from viz.report.wording import Words, indented, percent, received_lines, share, signed, undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

CHART = "\ue0c4"
"""Stands in the paragraph where the chart goes: a character of the private area, which no ledger has a use for."""
MOST = 64 << 20
"""Bytes that a template may have unpacked."""
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\ue0c4]")
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_GROWING = "growing"
"""Marks a table in a template while it is filled."""
_WIDTH, _HEIGHT = 9_000_000, 2_880_000  # 25 by 8 centimetres
_NAMES = ("listed", "units", "separate", "joint", "none", "none_due", "none_few", "none_zero", "none_unknown")  # fmt: skip


def write(
    raw: BinaryIO,
    report: Mapping[str, Any],
    lang: str,
    template: Path | None = None,
    keywords: str = "",
) -> None:
    """Write a report's document.

    Parameters
    ----------
    raw : binary file
    report : mapping
        As ``report --json`` prints it.
    lang : str
        ``zh`` or ``en``.
    template : pathlib.Path, optional
        An office's own; default the one of :mod:`viz.report.template`.
    keywords : str
        What the file's properties say of it.

    Raises
    ------
    InputError
        The template can't be read, or asks for what there is not.
    """
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    words = Words(lang)
    round_ = report["subject"]["kind"] == circulated.CIRCULATED
    source: Any = (
        _saved(_template(words, circulated=round_)) if template is None else _checked(template)
    )
    filled = context(report, words) if not round_ else _circulated(report, words)
    # whoever writes a template writes what runs: it gets texts and lists, and nothing that leads further
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made = DocxTemplate(source)
    try:
        made.init_docx()
    except (ValueError, LookupError, SyntaxError, OSError, zipfile.BadZipFile):
        raise _unreadable(template) from None
    _mark_growing(made.docx)
    try:
        made.render(filled, environment, autoescape=True)
    except (
        TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        SyntaxError,
    ) as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(
            f"{template}: this template asks for what there is not: {said}; begin with the one that --write-template gives",
            f"{template}：模板中有无法填写之处：{said}；请从 --write-template 给出的模板改起",
        ) from None
    _widen(made.docx)
    _draw(made.docx, report, words)
    made.docx.core_properties.title = words.title(report)
    made.docx.core_properties.keywords = keywords
    _settle(_saved(made.docx), raw)


def write_template(raw: BinaryIO, lang: str, *, circulated: bool = False) -> None:
    """Write the template that documents are made from, for an office to change; ``circulated``: of bulletins for circulation."""
    _settle(_saved(_template(Words(lang), circulated=circulated)), raw)


def _template(words: Words, *, circulated: bool) -> Any:
    return built_in_circulated(words) if circulated else built_in(words)


def _circulated(report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    found = circulated.context(report, words, CHART)
    chart = CHART if report["trend"] else ""  # the template leaves the heading out with it
    return {name: _fit(value) for name, value in found.items()} | {"chart": chart}


def _checked(path: Path) -> io.BytesIO:
    """Return a template's bytes.

    Raises
    ------
    InputError
        It is no document, or far too large.
    """
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST:
                raise InputError(
                    f"{path}: this template is too large ({MOST >> 20} MB unpacked at most); take pictures out of it",
                    f"{path}：模板过大（解压后至多 {MOST >> 20} MB）；请减少其中的图片",
                )
            if "word/document.xml" not in packed.namelist():
                raise _unreadable(path)
    except OSError as error:
        raise InputError(
            f"{path}: can't be read ({error.strerror})", f"{path}：无法读取（{in_chinese(error)}）"
        ) from None
    except zipfile.BadZipFile:
        raise _unreadable(path) from None
    return io.BytesIO(data)


def _unreadable(path: Path | None) -> InputError:
    return InputError(
        f"{path}: is no Word document (.docx); save it as one, or begin with the one that --write-template gives",
        f"{path}：不是 Word 文档（.docx）；请另存为 .docx，或从 --write-template 给出的模板改起",
    )


# -- what a template may use -------------------------------------------------------------------------------------------
def context(report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Return what a template may use: texts and lists of texts, figures as people read them.

    ``title``, ``plan``, ``head``, ``summary``, ``chart``, ``rates``, ``parts_title``, ``part_head``, ``parts``, ``forms``,
    ``targets``, ``listed``, ``board``, ``received_lines``, ``overdue``, ``checks``, ``chosen``, ``undefined``, ``footer``; of
    single figures ``date``, ``period``, ``previous``, ``name``, ``office``.
    """
    w = words
    kind = "city" if report["subject"]["kind"] == "city" else "other"
    failing = [i for i in report["identities"] if not i["holds"]]
    none = w("none")
    out = {
        "title": w.title(report), "plan": w.of(report["plan"]), "head": w.head(report), "summary": w.summary(report),
        "name": w.name(report), "office": report["subject"]["office"] or none, "date": report["date"],
        "period": report["period"] or none, "previous": report["previous"] or none, "footer": w("footer"),
        "chart": CHART, "parts_title": w(f"t.parts.{kind}"), "part_head": w(f"h.part.{kind}"),
        "rates": [_rate(d, w) for d in report["rates"]],
        "parts": _parts(report["parts"], w),
        "forms": [_form(f, w) for f in report["forms"]],
        "targets": [
            {"clause": w.by_clause(d["text"], d["id"]), "numerator": f"{d['numerator']:,}",
             "denominator": f"{d['denominator']:,}", "rate": percent(d["rate"]) or none}
            for d in report["targets"]
        ],
        "listed": [
            {"name": w(f"listed.{one['id']}"), "value": f"{one['value']:,}", "before": _told(one["before"], w),
             "change": _change(one["value"], one["before"], w)}
            for one in report["listed"]
        ],
        "board": [{"name": w.of(one["text"]), "value": f"{one['value']:,}"} for one in report["board"]],
        "received_lines": received_lines(w, report),
        "overdue": [
            one | {"received": one["received"] or w("missing"), "days": f"{one['days']:,}"}
            for one in report["received"]["overdue"]
        ],
        "checks": [w("checks.hold", n=len(report["identities"]))] if not failing else [
            w("checks.fail", n=len(failing)),
            *(f"{w.check(i)} — {w.of(i['why']) if i['why'] else ''}" for i in failing),
        ],
        "chosen": [
            {"name": w.of(c["text"]), "value": " ".join(filter(None, w.value(c))), "clause": c["clause"] or none,
             "why": w.of(c["why"])}
            for c in report["chosen"]
        ],
        "undefined": [{"term": term, "stands": stands} for term, stands in undefined(w, report)],
    }  # fmt: skip
    return {name: _fit(value) for name, value in out.items()} | {"chart": CHART}


def _fit(value: Any) -> Any:
    """Return texts without what no document can hold."""
    if isinstance(value, str):
        return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, Mapping):
        return {k: _fit(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_fit(v) for v in value]
    return value


def _told(n: int | None, w: Words) -> str:
    return w("none") if n is None else f"{n:,}"


def _change(now: int, before: int | None, w: Words) -> str:
    if before is None:
        return w("none")
    return signed(now - before)


def _rate(d: Mapping[str, Any], w: Words) -> dict[str, str]:
    before = None if d["before"] is None else d["before"]["rate"]
    moved = None if before is None or d["rate"] is None else (d["rate"] - before) * 100
    return {
        "definition": w.by_clause(d["text"], d["clause"]),
        "numerator": f"{d['numerator']:,}",
        "denominator": f"{d['denominator']:,}",
        "rate": percent(d["rate"]) or w("none"),
        "before": percent(before) or w("none"),
        "points": w("none") if moved is None else f"{moved:+.2f}" if moved else "0.00",
        "goal": percent(d["goal"]) or w("none"),
        "gap": _told(d["gap"], w),
    }


def _parts(parts: Sequence[Mapping[str, Any]], w: Words) -> list[dict[str, str]]:
    rows, total = [], dict.fromkeys(_NAMES, 0)
    former: int | None = None
    for part in parts:
        before = part["before"]
        then = None if before is None else before["separate"] + before["joint"]
        former = former if then is None else (former or 0) + then
        rows.append(_part(w.part(part), part["counts"], then, w))
        for name in _NAMES:
            total[name] += part["counts"][name]
    return [*rows, _part(w("total"), total, former, w)]


def _part(name: str, counts: Mapping[str, int], before: int | None, w: Words) -> dict[str, str]:
    covered = counts["separate"] + counts["joint"]
    return {
        "name": name,
        **{n: f"{counts[n]:,}" for n in _NAMES},
        "coverage": percent(share(covered, counts["units"])) or w("none"),
        "single_rate": percent(share(counts["separate"], counts["units"])) or w("none"),
        "change": _change(covered, before, w),
    }


def _form(form: Mapping[str, Any], w: Words) -> dict[str, Any]:
    return {
        "name": w(f"form.{form['line']}"),
        "item": w("h.item"),
        "before": w("h.before_total"),
        "change": w("h.change_total"),
        "columns": [w.of(c) for c in form["columns"]],
        "rows": [
            {
                "name": indented(row["id"], w.of(row)),
                "figures": [f"{v:,}" for v in row["values"]],
                "before": _told(None if row["before"] is None else row["before"][0], w),
                "change": _change(
                    row["values"][0], None if row["before"] is None else row["before"][0], w
                ),
            }
            for row in form["rows"]
        ],
    }


# -- tables that grew ----------------------------------------------------------------------------------------------------
def _mark_growing(document: Any) -> None:
    """Mark the tables that have columns for each entry of a list, and are therefore to grow."""
    for paragraph in document.element.body.iter(_w("p")):
        if "{%tc" not in "".join(paragraph.itertext()):
            continue
        grid = next((g for t in paragraph.iterancestors(_w("tbl")) for g in t[:2] if g.tag == _w("tblGrid")), None)  # fmt: skip
        if grid is not None:
            grid.set(_GROWING, "1")


def _widen(document: Any) -> None:
    """Give tables that have got columns, and so far less than the page's width, a grid for them; others are as they were."""
    grown = [g for g in document.element.body.iter(_w("tblGrid")) if g.attrib.pop(_GROWING, None)]
    sections = document.sections
    sides = [
        (s.page_width, s.left_margin, s.right_margin) for s in (sections[:1] if sections else ())
    ]
    if not sides or None in sides[0]:
        return
    wide = (sides[0][0] - sides[0][1] - sides[0][2]) // 635  # twentieths of a point
    for grid in grown:
        table, columns = grid.getparent(), grid.gridCol_lst
        told = sum(int(column.w or 0) for column in columns) // 635
        if table.getparent() is not document.element.body or told > 0.95 * wide:
            continue
        first = wide // 4 if len(columns) > 1 else wide
        widths = [first, *([(wide - first) // max(len(columns) - 1, 1)] * (len(columns) - 1))]
        for column, width in zip(columns, widths, strict=True):
            column.w = width * 635
        for row in table.tr_lst:
            at = row.grid_before
            for cell in row.tc_lst:
                cell.width = sum(widths[at : at + cell.grid_span]) * 635
                at += cell.grid_span


# -- the chart ---------------------------------------------------------------------------------------------------------
def _draw(document: Any, report: Mapping[str, Any], words: Words) -> None:
    """Put the trend where its mark stands: a chart of the document's own, with the workbook that it is drawn from."""
    marked = [p for p in document.element.body.iter(_w("p")) if CHART in "".join(p.itertext())]
    for paragraph in marked if not report["trend"] else ():
        for text in paragraph.iter(_w("t")):
            text.text = (text.text or "").replace(CHART, "")
    if not marked or not report["trend"]:
        return
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    drawing, book = _charted(report, words)
    package = document.part.package
    held = Part(PackURI("/word/embeddings/trend.xlsx"), _BOOK_TYPE, book, package)
    part = Part(PackURI("/word/charts/trend.xml"), _CHART_TYPE, drawing, package)
    source = part.relate_to(held, f"{_RELATED}/package")
    part._blob = _with_source(drawing, source)
    related = document.part.relate_to(part, f"{_RELATED}/chart")
    points = ", ".join(
        f"{p['date']} {percent(p['rate']) or words('none')}" for p in report["trend"]
    )
    for at, paragraph in enumerate(marked):
        for text in paragraph.iter(_w("t")):
            text.text = (text.text or "").replace(CHART, "")
        run = parse_xml(
            _RUN.format(
                number=9000 + at, related=related, width=_WIDTH, height=_HEIGHT,
                alt=words("chart.alt", points=points),
            )
        )  # fmt: skip
        paragraph.append(run)


_RUN = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
    '<wp:docPr id="{number}" name="trend" descr="{alt}"/><wp:cNvGraphicFramePr/>'
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
    '<c:chart r:id="{related}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
)
"""A chart in a run of text; nothing in it is from data."""


def _w(name: str) -> str:
    return f"{{{_W}}}{name}"


def _charted(report: Mapping[str, Any], words: Words) -> tuple[bytes, bytes]:
    """Return the chart as the workbook's own writer draws it, and a workbook with its table."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("trend")
    names = stacked(report["trend"])
    heads = ("h.date", "h.units", *(f"chart.{n}" for n in (*names, "rate")))
    for k, name in enumerate(heads):
        sheet.write_string(0, k, words(name))
    for n, p in enumerate(report["trend"], 1):
        sheet.write_string(n, 0, p["date"])
        for k, name in enumerate(("units", *names, "rate"), 1):
            if p[name] is not None:
                sheet.write_number(n, k, p[name])
    drawn = chart(book, "trend", (1, 0), len(report["trend"]), words, names)
    sheet.insert_chart(0, 6, drawn)
    book.close()
    with zipfile.ZipFile(out) as packed:
        return packed.read("xl/charts/chart1.xml"), out.getvalue()


def _with_source(drawing: bytes, related: str) -> bytes:
    """Return a chart that names the workbook it is drawn from, so that word processors can open it."""
    source = f'<c:externalData r:id="{related}"><c:autoUpdate val="0"/></c:externalData>'
    # ECMA-376 has it after printSettings; those of a sheet mean nothing in a document
    plain = re.sub(rb"<c:printSettings>.*?</c:printSettings>", b"", drawing)
    # what a label does not deny, word processors show
    denied = "".join(
        f'<c:show{n} val="0"/>' for n in ("CatName", "SerName", "Percent", "BubbleSize")
    )
    labels = f'<c:showLegendKey val="0"/><c:showVal val="1"/>{denied}'.encode()
    plain = plain.replace(b'<c:showVal val="1"/>', labels)
    return plain.replace(b"</c:chartSpace>", source.encode() + b"</c:chartSpace>")


# -- the file ----------------------------------------------------------------------------------------------------------
def _saved(document: Any) -> io.BytesIO:
    document.core_properties.created = document.core_properties.modified = MADE
    document.core_properties.author = "Lianjian"
    document.core_properties.comments = ""
    out = io.BytesIO()
    document.save(out)
    out.seek(0)
    return out


def _settle(made: io.BytesIO, raw: BinaryIO) -> None:
    """Write a document with its parts' times settled: the same report gives the same bytes."""
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as target:
        for one in source.infolist():
            target.writestr(
                zipfile.ZipInfo(one.filename), source.read(one), compress_type=zipfile.ZIP_DEFLATED
            )
