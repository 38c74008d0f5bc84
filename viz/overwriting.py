"""What stands where a listing is to go: a file of another kind is not written over.

A workbook says in its properties which tables it holds, so that one written in the other language is known too; a document says
what it is in the same place, a calendar by its product. A table as .csv has no place to say so: it is not looked at.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from typing import TYPE_CHECKING

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

HEAD = 1 << 16
"""Bytes from which an object's first key is told."""
PLAN = "format"
"""The key that begins a plan file."""


def mark(tables: Iterable[Iterable[str]]) -> str:
    """Return the mark of a workbook that holds tables with columns of these names: a word for each shape of a table."""
    shapes = dict.fromkeys(",".join(names) for names in tables)
    return " ".join(hashlib.sha256(shape.encode()).hexdigest()[:12] for shape in shapes)


def refuse_other_kind(path: Path, names: Collection[str]) -> None:
    """Refuse to write over a file that holds something else than what is to be written.

    Parameters
    ----------
    path : pathlib.Path
        Ends in ``.json``, ``.xlsx``, ``.docx`` or ``.ics``.
    names : collection of str
        What is to be written: the keys of an object, the words of a workbook's or document's mark, or a calendar's product. A file
        that has none of them is of another kind; so is a plan, for an answer about it may have keys of it.

    Raises
    ------
    InputError
        The file is of another kind.
    """
    if not path.is_file() or not path.stat().st_size:
        return
    found = _TOLD.get(path.suffix.lower(), _marked)(path)
    if found[:1] == [PLAN] and PLAN not in names:
        raise InputError(
            f"{path}: is a plan, and this would write something else over it; give --out another name",
            f"{path}：是方案文件，写入将把它覆盖；请在 --out 后换一个文件名",
        )
    if not set(found) & set(names):
        raise InputError(
            f"{path}: is there and holds something else; give another name, or remove it first",
            f"{path}：已有此文件且内容不同；请换一个文件名，或先删除它",
        )


def _keys(path: Path) -> list[str]:
    with path.open("rb") as file:
        start = file.read(HEAD).decode("utf-8-sig", errors="replace")
    first = re.match(r'\s*\{\s*("(?:[^"\\]|\\.)*")\s*:', start)
    return [json.loads(first[1])] if first else []


def _marked(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as book:
            text = book.read("docProps/core.xml").decode("utf-8")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return []
    found = re.search(r"<cp:keywords>([0-9a-f ]*)</cp:keywords>", text)
    return found[1].split() if found else []


def _product(path: Path) -> list[str]:
    with path.open("rb") as file:
        start = file.read(HEAD).decode("utf-8-sig", errors="replace")
    found = re.search(r"^PRODID:(.*?)\r?$", start, re.MULTILINE)
    return [found[1]] if start.startswith("BEGIN:VCALENDAR") and found else []


_TOLD = {".json": _keys, ".ics": _product}
"""What tells, by the file's ending, of which kind it is; else the mark among its properties."""
