"""Workbooks of forms: one for each ledger (each is kept by another office and sent in by itself), or all in one."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from graph.errors import InputError, Way, in_chinese
from graph.files import replacing
from loaders.forms import sheets
from loaders.forms.kinds import Ledger
from loaders.forms.lists import LISTS_SHEET, SECTORS_SHEET, Lists, Places
from loaders.forms.sheets import Row

HELP_SHEET = "填表说明 README"
ELSEWHERE = Way("choose another place", "另选位置")
_MADE = dt.datetime(2016, 8, 26)  # constant, so that the same forms have the same bytes


def workbook(
    ledgers: Sequence[Ledger],
    places: Places | None = None,
    rows: Mapping[str, Iterable[Row]] | None = None,
) -> bytes:
    """Return ledgers as one workbook, blank where ``rows`` (by name) are not given."""
    out = io.BytesIO()
    write_workbook(out, ledgers, places, rows)
    return out.getvalue()


def write_workbook(
    file: BinaryIO,
    ledgers: Sequence[Ledger],
    places: Places | None = None,
    rows: Mapping[str, Iterable[Row]] | None = None,
    keywords: str = "",
    beside: Mapping[str, sheets.Beside] | None = None,
) -> int:
    """Write ledgers as one workbook and return the rows that it holds; memory does not grow with them.

    Parameters
    ----------
    places : mapping, optional
        Names of places that drop down, by property.
    rows : mapping, optional
        What ledgers hold, by their names; without, they are blank and have an example.
    keywords : str
        What the file's properties say of it.
    beside : mapping, optional
        Further tables by their sheets' names (of :data:`loaders.reading.reader.OWN_SHEETS`).
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    title = ledgers[0].title if len(ledgers) == 1 else "台账"
    book.set_properties(
        {"title": title, "author": "Lianjian", "created": _MADE, "keywords": keywords}
    )
    look, lists, count = sheets.looks(book), Lists(), 0
    for name, table in (beside or {}).items():
        sheets.plain_sheet(book.add_worksheet(name), table, look)
    for ledger in ledgers:
        some = None if rows is None else rows.get(ledger.name, ())
        count += sheets.ledger_sheet(
            book.add_worksheet(ledger.name), ledger, look, lists, places or {}, some
        )
    sheets.help_sheet(book.add_worksheet(HELP_SHEET), ledgers, look)
    if any(c.cell == "industry" for x in ledgers for c in x.columns):
        sheets.sector_sheet(book.add_worksheet(SECTORS_SHEET), look)
    if lists.columns:
        lists.write(book.add_worksheet(LISTS_SHEET), look["optional"], look["text"])
    book.close()
    return count


def write_templates(
    where: str | Path, ledgers: Sequence[Ledger], places: Places | None = None
) -> list[tuple[Path, tuple[Ledger, ...]]]:
    """Write blank ledgers: into a folder one workbook each, into a file of the name ``….xlsx`` all of them.

    Parameters
    ----------
    where : path
        A folder (made if missing), or a workbook.

    Returns
    -------
    list of (path, ledgers in it)
        The same bytes each time.

    Raises
    ------
    InputError
        A file of such a name is there and is no such blank ledger (nothing is written then), or the folder can't be written.
    """
    where = Path(where)
    if where.suffix.lower() == ".xlsx":
        folder = where.parent
        books = [(where, tuple(ledgers), workbook(ledgers, places))]
    else:
        folder = where
        books = [(folder / f"{x.name}.xlsx", (x,), workbook([x], places)) for x in ledgers]
    taken = [
        path
        for path, _, data in books
        if path.exists() and (not path.is_file() or path.read_bytes() != data)
    ]
    if taken:
        names = "、".join(p.name for p in taken)
        raise InputError(
            f"{folder}: {', '.join(p.name for p in taken)} there already, perhaps filled in; {ELSEWHERE.en}",
            f"{folder}：已有 {names}，可能已填写；请{ELSEWHERE.zh}",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: this folder can't be made ({error.strerror}); {ELSEWHERE.en}",
            f"{folder}：无法建立文件夹（{in_chinese(error)}）；请{ELSEWHERE.zh}",
        ) from None
    for path, _, data in books:
        if not path.exists():
            with replacing(path, ELSEWHERE) as file:
                file.write(data)
    return [(path, held) for path, held, _ in books]
