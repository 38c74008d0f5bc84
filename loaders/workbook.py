"""Faults back in the user's own workbook: a copy with the faulty cells marked and a comment on each.

The copy keeps the original's sheets, rows and columns, and is built anew from what was read rather than edited: so nothing
else of the file comes along (document properties, comments, pivot caches, macros), and what tells of a person is left out
cell by cell. Cells of codes are formatted as text, so that a code typed anew stays one. A file of more than :data:`WHOLE`
cells gives its titles, headers and faulty rows only: a copy replaces in its ledger what it corrects, so that is enough.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from pathlib import Path

from graph.errors import InputError, Way, in_chinese
from graph.files import replacing
from loaders.marking import FAULT_LIST, SheetFaults, SheetWriter
from loaders.reading.reader import OWN_SHEETS, copy_of

__all__ = ["WHOLE", "SheetFaults", "copy_called", "size", "write_faults"]

WHOLE = 600_000
"""Cells up to which the faulty files of one import are copied whole (some five seconds in all). Chosen."""
LISTS = {"faults": FAULT_LIST, "findings": "审计问题清单"}
"""The sheet beside the others that lists what is marked, by what a copy marks."""
_OPTIONS = {"faults": "--faults", "findings": "--mark"}
"""Which option says where copies go."""
_TITLES = {"faults": "导入问题 Import faults", "findings": "审计问题 Findings"}
_MADE = dt.datetime(2016, 8, 26)  # constant, so that the same faults give the same bytes
_BAD_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f']")


def write_faults(
    original: str | Path,
    sheets: Sequence[SheetFaults],
    directory: str | Path | None = None,
    *,
    whole_up_to: int | None = None,
    suffix: str = "faults",
    called: str | None = None,
) -> Path:
    """Write a copy of a faulty file with its faulty cells marked.

    Parameters
    ----------
    original : path
        The faulty file; it is not touched.
    sheets : sequence of SheetFaults
        All of its sheets, in its order.
    directory : path, optional
        Where the copy goes (default: beside the original); made if missing.
    whole_up_to : int, optional
        Cells up to which all of the file is copied (default :data:`WHOLE`); a larger one gives title, header and faulty rows only.
    suffix : str
        What the copy marks: ``faults`` of an import, ``findings`` of an audit.
    called : str, optional
        What the file is called, where it stands under another name: a text's only sheet has its name.

    Returns
    -------
    pathlib.Path
        ``原名.faults.xlsx``, or ``原名.faults-rows.xlsx`` where it holds the faulty rows only. Where that holds something else,
        perhaps a copy half mended, ``原名.faults-2.xlsx`` and so on: no file is ever overwritten, and the same faults give the
        same bytes, so that asking again makes no second copy.

    Raises
    ------
    InputError
        The folder can't be written or the disk is full.
    """
    original = Path(original)
    folder = original.parent if directory is None else Path(directory)
    option = _OPTIONS[suffix]
    way = Way.another(option)
    if directory is None:
        way = Way(f"say with {option} DIR where copies go", f"用 {option} 指定副本写入的文件夹")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: this folder can't be made ({error.strerror}); {way.en}",
            f"{folder}：无法建立文件夹（{in_chinese(error)}）；请{way.zh}",
        ) from None
    whole = size(sheets) <= (WHOLE if whole_up_to is None else whole_up_to)
    data = _workbook(original if called is None else Path(called), sheets, suffix, whole=whole)
    stem = copy_of(original.stem)[0]
    number = 1
    while True:
        target = folder / _name(stem, number, suffix, whole=whole)
        if not target.exists():
            break
        if target.stat().st_size == len(data) and target.read_bytes() == data:
            return target
        number += 1
    with replacing(target, way) as file:
        file.write(data)
    return target


def copy_called(name: str, place: str | Path, copy: str | Path) -> str:
    """Return what the marked copy of a file is called that is called ``name`` and stands at ``place``."""
    rest = Path(copy).name.removeprefix(copy_of(Path(place).stem)[0])
    return copy_of(Path(name).stem)[0] + rest


def _name(stem: str, number: int, suffix: str, *, whole: bool) -> str:
    rest = "" if whole else "-rows"
    return f"{stem}.{suffix}{rest}{f'-{number}' if number > 1 else ''}.xlsx"


def _workbook(original: Path, sheets: Sequence[SheetFaults], suffix: str, *, whole: bool) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": _TITLES[suffix], "author": "Lianjian", "created": _MADE})
    writer = SheetWriter(book, LISTS[suffix])
    names: list[str] = []
    for sheet in sheets:
        names.append(_sheet_name(sheet.raw.sheet or original.stem, names))
        writer.sheet(names[-1], sheet, whole=whole)
    writer.list_faults()
    book.close()
    return out.getvalue()


def size(sheets: Sequence[SheetFaults]) -> int:
    """Return the cells of a file's sheets."""
    return sum(s.raw.rows * len(s.raw.columns) for s in sheets)


def _sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """Return a name that a spreadsheet takes: 31 characters at most, no brackets or slashes, no other sheet's."""
    bare = _BAD_NAME.sub("", wanted).strip()[:31] or "Sheet"
    name, number = bare, 2
    lower = {n.casefold() for n in (*taken, *OWN_SHEETS, "history")}
    while name.casefold() in lower:
        name = f"{bare[:27]}_{number}"
        number += 1
    return name
