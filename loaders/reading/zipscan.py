"""A zipped workbook looked over before any parser sees it: bombs, far cells, entities; and where its errors are.

The parser allocates the rectangle from A1 to the last cell of a sheet, and an allocation that fails ends its process
(ROBUSTNESS C1); so the rectangle is measured first, in one pass over the unpacked XML that keeps a block of it at a time.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loaders.reading.model import Limits, letter
from loaders.reading.refusals import RefusalError

_BLOCK = 1 << 20
_SMALL = 16 << 20
# as every program writes them: a literal start, which is found ten times as fast as a class of characters
_ROW_TAG = re.compile(rb"<row ([^>]{0,2000})>")
_WIDE = re.compile(rb'r="(?:[A-Z]{3}|[B-Z][A-Z])[0-9]')
_WIDEST = re.compile(rb'r="[A-Z]{3}[0-9]')
# as XML would allow them besides: asked only of a block that shows signs of it
_PREFIXED = re.compile(rb"<\w{1,20}:worksheet\b")
_ODD_ROW_TAG = re.compile(rb"<(?:\w{1,20}:)?row\b([^>]{0,2000})>")
_ODD_WIDE = re.compile(rb"""\br\s{0,8}=\s{0,8}["'](?:[A-Z]{3}|[B-Z][A-Z])[0-9]""")
_ODD_WIDEST = re.compile(rb"""\br\s{0,8}=\s{0,8}["'][A-Z]{3}[0-9]""")
_ROW_NUMBER = re.compile(rb"""\br\s{0,8}=\s{0,8}["'](\d{1,9})""")
# a cell with something in it: not closed at once
_FILLED = re.compile(
    rb"""<(?:\w{1,20}:)?c\s[^>]{0,400}?\br\s{0,8}=\s{0,8}["']([A-Z]{1,3})(\d{1,9})["'][^>]{0,400}(?<!/)>(?!</)"""
)
_REF = re.compile(rb"""\br\s{0,8}=\s{0,8}["']([A-Z]{1,3})(\d{1,9})["']""")
_ERROR_MARKS = ((b'"', b't="e"'), (b"'", b"t='e'"))
_VALUE = re.compile(rb"<(?:\w{1,20}:)?v>([^<]{1,40})<")
_MAX_ERRORS = 500_000


@dataclass(slots=True)
class Scan:
    """What the pass over a workbook found: for each sheet's member its error cells as (row, column, text), from 0."""

    errors: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)


def check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse a zip whose directory declares more than a ledger needs (ROBUSTNESS C2)."""
    members = archive.infolist()
    if len(members) > limits.members:
        raise RefusalError("bomb", detail=f"{len(members):,} files")
    total = sum(m.file_size for m in members)
    if total > limits.unpacked:
        raise RefusalError("bomb", detail=_mib(total))
    for member in members:
        if member.flag_bits & 1:
            raise RefusalError("password")
        if member.file_size > _SMALL and member.file_size > limits.ratio * max(
            member.compress_size, 1
        ):
            raise RefusalError("bomb", detail=f"{_mib(member.file_size)}, {limits.ratio} : 1")


def scan(path: Path, limits: Limits) -> Scan:
    """Look a workbook over, counting what really unpacks.

    Raises
    ------
    RefusalError
        ``bomb``, ``far_cell``, ``entity``, ``not_utf8``, ``password`` or ``damaged``.
    """
    found = Scan()
    try:
        with zipfile.ZipFile(path) as archive:
            check_directory(archive, limits)
            left = limits.unpacked
            for member in archive.infolist():
                name = member.filename.replace("\\", "/")
                if not name.lower().endswith((".xml", ".rels", ".vml")):
                    continue  # pictures and the like: no parser of ours unpacks them
                sheet = name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml")
                measure = _Sheet(name, limits) if sheet else None
                for block in _blocks(archive, member, min(left, member.file_size + _BLOCK)):
                    left -= len(block.fresh)
                    _refuse_declarations(name, block)
                    if measure is not None:
                        measure.feed(block.joined)
                if measure is not None:
                    _check_rectangle(archive, member, measure, limits)
                    if measure.errors:
                        found.errors[name.lower()] = measure.errors
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise RefusalError("damaged", detail="zip") from error
    except zlib_error() as error:
        raise RefusalError("damaged", detail="zip") from error
    return found


def zlib_error() -> type[Exception]:
    """Return the error of the unpacker, which is no ``ValueError``."""
    import zlib

    return zlib.error


@dataclass(frozen=True, slots=True)
class _Block:
    fresh: bytes
    joined: bytes
    """What is new, after the tail of the block before from the last ``<`` on: no tag is cut in two."""
    first: bool


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> Iterator[_Block]:
    counted, tail, first = 0, b"", True
    with archive.open(member) as file:
        while fresh := file.read(_BLOCK):
            counted += len(fresh)
            if counted > most:
                raise RefusalError("bomb", detail=_mib(counted))
            joined = tail + fresh
            yield _Block(fresh, joined, first)
            first = False
            cut = joined.rfind(b"<c", len(joined) - 4096)
            if cut < 0:
                cut = joined.rfind(b"<", len(joined) - 4096)
            tail = joined[cut:] if cut >= 0 else b""


def _refuse_declarations(name: str, block: _Block) -> None:
    if block.first and (block.fresh[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in block.fresh[:4]):
        raise RefusalError("not_utf8", member=_short(name))
    if block.first:
        head = block.fresh[:200].split(b">", 1)[0].lower()
        if (
            head.startswith(b"<?xml")
            and b"encoding" in head
            and b"utf-8" not in head
            and b"ascii" not in head
        ):
            raise RefusalError("not_utf8", member=_short(name))
    if b"!" in block.joined and (b"<!DOCTYPE" in block.joined or b"<!ENTITY" in block.joined):
        raise RefusalError("entity", member=_short(name))


class _Sheet:
    """Bounds of one sheet's cells, cheap ones: its last row that is not closed at once, and a class of widths."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.rows = 0
        self.columns = 52
        self.errors: list[tuple[int, int, str]] = []
        self.seen = self.prefixed = False

    def feed(self, text: bytes) -> None:
        # one character is found at the speed of memory, so that the common case costs next to nothing
        if not self.seen:
            self.seen, self.prefixed = True, _PREFIXED.search(text) is not None
        odd = self.prefixed or b"'" in text or b"\t" in text or b"\n" in text or b" = " in text
        wide, widest, rows = (
            (_ODD_WIDE, _ODD_WIDEST, _ODD_ROW_TAG) if odd else (_WIDE, _WIDEST, _ROW_TAG)
        )
        if self.columns < 702 and wide.search(text):
            self.columns = 702
        if self.columns == 702 and widest.search(text):
            self.columns = 16384
        for match in rows.finditer(text):
            attributes = match.group(1)
            if not attributes.endswith(b"/") and (number := _ROW_NUMBER.search(attributes)):
                self.rows = max(self.rows, int(number.group(1)))
        for quote, mark in _ERROR_MARKS:
            at = text.find(mark) if quote in text else -1
            while at >= 0 and len(self.errors) < _MAX_ERRORS:
                self._error(text, at)
                at = text.find(mark, at + 5)

    def _error(self, text: bytes, at: int) -> None:
        start = text.rfind(b"<", max(0, at - 400), at)
        end = text.find(b"</", text.find(b">", at)) if start >= 0 else -1
        close = text.find(b"c>", at)
        ref = _REF.search(text, start, text.find(b">", at) + 1) if start >= 0 else None
        if ref is None or end < 0 or close < 0:
            return
        value = _VALUE.search(text, at, close)
        cell = (
            int(ref.group(2)) - 1,
            column_number(ref.group(1)) - 1,
            value.group(1).decode("ascii", "replace") if value else "#ERROR!",
        )
        if not self.errors or self.errors[-1] != cell:
            self.errors.append(cell)


def _check_rectangle(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, sheet: _Sheet, limits: Limits
) -> None:
    if sheet.rows * sheet.columns <= limits.cells:
        return
    # the cheap bounds don't rule a far cell out: read every reference, counting filled cells only
    rows = columns = 0
    far_row, far_column = b"A1", b"A1"
    for block in _blocks(archive, member, member.file_size + _BLOCK):
        for match in _FILLED.finditer(block.joined):
            column, row = column_number(match.group(1)), int(match.group(2))
            if row > rows:
                rows, far_row = row, match.group(1) + match.group(2)
            if column > columns:
                columns, far_column = column, match.group(1) + match.group(2)
    if rows * columns > limits.cells:
        far = far_column if columns > 1024 else far_row
        ref = re.fullmatch(rb"([A-Z]+)(\d+)", far)
        row, column = (int(ref.group(2)), column_number(ref.group(1))) if ref else (rows, columns)
        raise RefusalError(
            "far_cell",
            member=_short(sheet.name),
            cell=f"{letter(column - 1)}{row}",
            row=row,
            column=column,
            cells=f"{rows * columns:,}",
        )


def by_sheet(path: Path, scan: Scan) -> dict[str, list[tuple[int, int, str]]]:
    """Return the error cells by sheet name instead of by member."""
    from defusedxml import ElementTree

    try:
        with zipfile.ZipFile(path) as archive:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            rels = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError, zipfile.BadZipFile, OSError):
        return {}
    targets = {r.get("Id"): r.get("Target", "") for r in rels}
    named: dict[str, list[tuple[int, int, str]]] = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            identity = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            target = targets.get(identity, "")
            member = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )
            named[sheet.get("name", "")] = scan.errors.get(member.lower(), [])
    return named


def column_number(letters: bytes) -> int:
    """Return the number of a column (``A`` is 1)."""
    number = 0
    for c in letters:
        number = number * 26 + c - 64
    return number


def _short(name: str) -> str:
    return "".join(c for c in name if c.isprintable())[-60:]


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MiB"
