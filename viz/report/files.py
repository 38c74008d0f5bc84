"""A report's files by their endings: .xlsx, .docx and .json, written all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.errors import InputError, Way
from graph.files import replacing
from viz.listing import json_chunks
from viz.overwriting import mark, refuse_other_kind
from viz.report import book, circulated, paper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

ENDINGS = (".xlsx", ".docx", ".json")
KEYWORDS = mark([["lianjian.report"]])


def write(
    path: Path,
    report: Mapping[str, Any],
    rows: Callable[[], Iterable[Mapping[str, Any]]] | None,
    lang: str,
    template: Path | None = None,
) -> None:
    """Write a report as the file's ending says.

    Parameters
    ----------
    report : mapping
        As ``report --json`` prints it.
    rows : callable
        Gives its organizations one by one; called for a workbook. ``None`` of a bulletin for circulation, which lists none.
    lang : str
        ``zh`` or ``en``.
    template : pathlib.Path, optional
        An office's own, for a document.

    Raises
    ------
    InputError
        Another ending, the place can't be written, something else stands there, or the template is none.
    """
    suffix = path.suffix.lower()
    if suffix not in ENDINGS:
        raise InputError(
            f"{path}: a report ends in .xlsx, .docx or .json",
            f"{path}：报表文件须以 .xlsx、.docx 或 .json 结尾",
        )
    if suffix == ".json":
        refuse_other_kind(path, list(report))
    else:
        refuse_template(path, template)
        refuse_other_kind(path, KEYWORDS.split())
    with replacing(path) as raw:
        if suffix == ".xlsx" and rows is None:
            circulated.write(raw, report, lang, KEYWORDS)
        elif suffix == ".xlsx" and rows is not None:
            book.write(raw, report, rows(), lang, KEYWORDS)
        elif suffix == ".docx":
            paper.write(raw, report, lang, template, KEYWORDS)
        else:
            for piece in json_chunks(report):
                raw.write(piece.encode("utf-8"))


def refuse_template(path: Path, template: Path | None) -> None:
    """Refuse to write a document over the template that it is made from.

    Raises
    ------
    InputError
        With the way out.
    """
    if template is not None and path.exists() and template.exists() and path.samefile(template):
        raise InputError(
            f"{path}: is the template itself; give --out another name",
            f"{path}：是模板本身；请在 --out 后换一个文件名",
        )


def write_template(path: Path, lang: str, *, circulated: bool = False) -> None:
    """Write the document's own template, for an office to change; ``circulated``: of bulletins for circulation.

    Raises
    ------
    InputError
        It does not end in .docx, the place can't be written, or a file stands there: it may be one that was changed.
    """
    if path.suffix.lower() != ".docx":
        raise InputError(f"{path}: a template ends in .docx", f"{path}：模板文件须以 .docx 结尾")
    if path.exists():
        raise InputError(
            f"{path}: is there already; give another name, or remove it first",
            f"{path}：已有此文件；请换一个文件名，或先删除它",
        )
    with replacing(path, Way.another("--write-template")) as raw:
        paper.write_template(raw, lang, circulated=circulated)
