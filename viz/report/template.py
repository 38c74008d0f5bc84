"""The document's own template, made from this source: an office changes it in its word processor and gives it back.

What stands between ``{{ }}`` and ``{% %}`` is filled in by docxtpl; :func:`viz.report.paper.context` says what there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.report.wording import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

FONT, SCRIPT = "宋体", "zh-CN"
"""Of Chinese characters, in either language: without the latter they get another region's shapes and punctuation."""
_HEAD, _GRID = "DDEBF7", "B7B7B7"
_NARROW = 2.2
"""Centimetres of a column up to which its text is small."""


def template(words: Words) -> Any:
    """Return the template as a python-docx document."""
    document = _begun()
    _lines(document, "head")
    _lines(document, "summary")

    document.add_heading(words("t.rates"), 1)
    _table(
        document,
        "rates",
        [
            words(f"h.{n}")
            for n in (
                "definition",
                "numerator",
                "denominator",
                "rate",
                "before_rate",
                "points",
                "goal",
                "gap",
            )
        ],
        ["definition", "numerator", "denominator", "rate", "before", "points", "goal", "gap"],
        wide=6,
    )
    document.add_heading(words("t.trend"), 1)
    document.add_paragraph("{{ chart }}")
    document.add_heading("{{ parts_title }}", 1)
    names = (
        "listed",
        "units",
        "separate",
        "joint",
        "none",
        "none_due",
        "none_few",
        "none_zero",
        "none_unknown",
    )
    _table(
        document,
        "parts",
        [
            "{{ part_head }}",
            *(words(f"h.{n}") for n in names),
            words("h.coverage"),
            words("h.single_rate"),
            words("h.change_covered"),
        ],
        ["name", *names, "coverage", "single_rate", "change"],
        wide=4,
        long=True,
    )
    document.add_paragraph("{%p for form in forms %}")
    document.add_heading("{{ form.name }}", 1)
    _wide(document)
    document.add_paragraph("{%p endfor %}")
    document.add_heading(words("t.targets"), 1)
    _table(document, "targets", [words(f"h.{n}") for n in ("clause", "numerator", "denominator", "rate")],
           ["clause", "numerator", "denominator", "rate"], wide=15)  # fmt: skip
    document.add_heading(words("t.listed"), 1)
    _table(document, "listed", [words(f"h.{n}") for n in ("item", "value", "before", "change")],
           ["name", "value", "before", "change"], wide=8)  # fmt: skip
    document.add_heading(words("t.board"), 1)
    _table(
        document,
        "board",
        [words("h.item"), words("h.value")],
        ["name", "value"],
        wide=6,
        others=(4,),
    )
    document.add_heading(words("t.received"), 1)
    _lines(document, "received_lines", with_next=True)
    _overdue(document, words)
    document.add_heading(words("t.checks"), 1)
    _lines(document, "checks")
    document.add_heading(words("t.chosen"), 1)
    _chosen(document, words)
    document.add_heading(words("t.undefined"), 1)
    _table(document, "undefined", [words("h.term"), words("h.stands")], ["term", "stands"],
           wide=6, texts=2, long=True)  # fmt: skip
    return _ended(document)


def circulated(words: Words) -> Any:
    """Return the template of the bulletin for circulation (:func:`viz.report.circulated.context`)."""
    from graph.report.circulated import LISTED, PROGRESS
    from viz.report.circulated import head

    document = _begun()
    _lines(document, "head")
    _lines(document, "summary")
    _lines(document, "rule")
    document.add_heading(words("t.parts.circulated"), 1)
    heads = [head(words, c) for c in PROGRESS]
    shares = [words(f"h.{n}") for n in ("coverage", "single_rate", "change_covered")]
    _table(document, "parts", [words("h.district"), *heads, *shares],
           ["name", *PROGRESS, "coverage", "single_rate", "change"], wide=3, long=True)  # fmt: skip
    document.add_heading(words("t.listed"), 1)
    fields = [c.rpartition(":")[2] for c in LISTED]
    _table(document, "listed", [words("h.district"), *(head(words, c) for c in LISTED)], ["name", *fields], wide=6)  # fmt: skip
    document.add_paragraph("{%p if chart %}")
    document.add_heading(words("t.trend"), 1)
    document.add_paragraph("{{ chart }}")
    document.add_paragraph("{%p endif %}")
    document.add_heading(words("t.received"), 1)
    _lines(document, "received_lines", with_next=True)
    _overdue(document, words)
    document.add_heading(words("t.chosen"), 1)
    _chosen(document, words)
    return _ended(document)


def _begun() -> Any:
    """Return a document across the page, with its styles and its title."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin = section.bottom_margin = Cm(1.8)
    for name, size in (("Normal", 10.5), ("Title", 18), ("Heading 1", 14), ("Heading 2", 12)):
        style: Any = document.styles[name]
        style.font.size = Pt(size)
        style.font.name = "Times New Roman"
        if name != "Normal":
            style.font.color.rgb = RGBColor(0x1F, 0x4E, 0x78)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), FONT)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), SCRIPT)
    document.styles["Normal"].paragraph_format.space_after = Pt(3)

    title = document.add_paragraph("{{ title }}", style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("{{ plan }}").alignment = WD_ALIGN_PARAGRAPH.CENTER
    return document


def _ended(document: Any) -> Any:
    """Return a document with its footer."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    footer = document.sections[0].footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("{{ footer }}  ")
    _page_number(footer)
    return document


def _overdue(document: Any, words: Words) -> None:
    """Add the table of what came late or not at all, where there is any."""
    document.add_paragraph("{%p if overdue %}")
    _table(document, "overdue", [words(f"h.{n}") for n in ("office", "what", "due", "received", "days")],
           ["office", "what", "due", "received", "days"], wide=6, texts=2)  # fmt: skip
    document.add_paragraph("{%p endif %}")


def _chosen(document: Any, words: Words) -> None:
    """Add the table of what people chose."""
    _table(document, "chosen", [words(f"h.{n}") for n in ("key", "set", "clause", "why")],
           ["name", "value", "clause", "why"], wide=9, texts=4, others=(6, 1.8, 9.3), long=True)  # fmt: skip


def _lines(document: Any, name: str, *, with_next: bool = False) -> None:
    """Add a paragraph for each text of a list; ``with_next``: on one page with the table that they introduce."""
    document.add_paragraph(f"{{%p for line in {name} %}}")
    line = document.add_paragraph("{{ line }}")
    if with_next:
        line.paragraph_format.keep_with_next = True
    document.add_paragraph("{%p endfor %}")


def _table(
    document: Any,
    name: str,
    heads: Sequence[str],
    fields: Sequence[str],
    *,
    wide: float,
    texts: int = 1,
    others: Sequence[float] = (),
    long: bool = False,
) -> None:
    """Add a table with a row for each entry of a list.

    Its first column is so many centimetres wide, and the others as wide as is said, or as each other. So many columns, from the
    first, hold texts, and numbers and dates the others. One that is not long stays on one page.
    """
    table = _grid(document, 4, len(heads))
    width = 26.1
    rest = (width - wide) / max(len(heads) - 1, 1)
    size = 9.0 if rest > _NARROW else 8.0
    for k, head in enumerate(heads):
        _cell(table.cell(0, k), head, head=True, size=size)
        _cell(table.cell(2, k), f"{{{{ row.{fields[k]} }}}}", left=k < texts, size=size)
    _cell(table.cell(1, 0), f"{{%tr for row in {name} %}}")
    _cell(table.cell(3, 0), "{%tr endfor %}")
    if not long:
        _together(document, table)
    _widths(table, [wide, *(others or [rest] * (len(heads) - 1))])
    _kept(table)


def _wide(document: Any) -> None:
    """Add the table of a form: as many columns as it has."""
    table = _grid(document, 4, 6)
    heads = (
        "{{ form.item }}",
        "{%tc for c in form.columns %}",
        "{{ c }}",
        "{%tc endfor %}",
        "{{ form.before }}",
        "{{ form.change }}",
    )
    cells = (
        "{{ row.name }}",
        "{%tc for v in row.figures %}",
        "{{ v }}",
        "{%tc endfor %}",
        "{{ row.before }}",
        "{{ row.change }}",
    )
    for k, (head, one) in enumerate(zip(heads, cells, strict=True)):
        _cell(table.cell(0, k), head, head=True)
        _cell(table.cell(2, k), one, left=k == 0)
    _cell(table.cell(1, 0), "{%tr for row in form.rows %}")
    _cell(table.cell(3, 0), "{%tr endfor %}")
    _together(document, table)
    _widths(table, [6.5, 2, 2, 2, 2, 2])
    _kept(table)


def _together(document: Any, table: Any) -> None:
    """Keep a table's rows on one page: each with the next, and the last with an empty line that goes on to nothing."""
    from docx.shared import Pt

    for row in (table.rows[0], table.rows[2]):
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    last = document.add_paragraph()
    last.paragraph_format.space_after = Pt(0)
    last.paragraph_format.line_spacing = Pt(4)


def _grid(document: Any, rows: int, columns: int) -> Any:
    table = document.add_table(rows=rows, cols=columns)
    table.style = "Table Grid"
    return table


def _widths(table: Any, centimetres: Sequence[float]) -> None:
    from docx.shared import Cm

    for k, width in enumerate(centimetres):
        table.columns[k].width = Cm(width)
        for row in table.rows:
            row.cells[k].width = Cm(width)


def _cell(
    cell: Any, text: str, *, head: bool = False, left: bool = False, size: float = 9.0
) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.bold = head
    if head:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD)):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
    elif not left:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if size < 9.0:  # a word of a heading stays whole in a narrow column
        for side in ("left", "right"):
            _margin(cell, side)
    # last: what belongs before it in the schema's order is there; lines with and without Chinese are not of one height
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def _margin(cell: Any, side: str) -> None:
    """Leave half a millimetre beside a cell's text."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()
    margins = properties.find(qn("w:tcMar"))
    if margins is None:
        margins = OxmlElement("w:tcMar")
        properties.append(margins)
    one = OxmlElement(f"w:{side}")
    one.set(qn("w:w"), "28")
    one.set(qn("w:type"), "dxa")
    margins.append(one)


def _kept(table: Any) -> None:
    """Have a table's head stand on each page that it goes on to, and no row broken over two."""
    from docx.oxml import OxmlElement

    for row in (table.rows[0], table.rows[2]):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _page_number(paragraph: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
