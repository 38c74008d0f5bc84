"""In which encoding a text stands: mark, strict UTF-8, strict GB18030, then a detector (LIBRARIES, *CSV encoding*)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from loaders.reading.refusals import RefusalError

_BLOCK = 1 << 22
_PROOF = 30
"""Characters beyond ASCII, decoded well, after which a text is UTF-8 for certain and a bad byte in it is damage."""


def encoding_of(path: Path, shown: str) -> str:
    """Return the encoding by which a whole file decodes.

    Parameters
    ----------
    path : pathlib.Path
    shown : str
        What its first bytes declare or show (:func:`loaders.reading.kinds.text_encoding`).

    Raises
    ------
    RefusalError
        None fits, or a text in one encoding holds bytes of another.
    """
    if shown:
        if _decodes(path, shown) is None:
            return shown
        raise RefusalError("encoding_mixed", encoding=shown, row=_line_of_fault(path, shown))
    fault = _decodes(path, "utf-8")
    if fault is None:
        return "utf-8"
    if fault >= _PROOF:
        raise RefusalError("encoding_mixed", encoding="utf-8", row=_line_of_fault(path, "utf-8"))
    if _decodes(path, "gb18030") is None:
        return "gb18030"
    from charset_normalizer import from_bytes

    with path.open("rb") as file:
        best = from_bytes(file.read(1 << 20)).best()
    if best is None or best.encoding == "ascii" or _decodes(path, best.encoding) is not None:
        raise RefusalError("encoding")
    return str(best.encoding)


def _decodes(path: Path, encoding: str) -> int | None:
    """Return ``None`` where a file decodes strictly, else how many characters beyond ASCII came before the fault."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    good = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                head = error.object[: error.start].decode(encoding, "ignore")
                return good + _beyond_ascii(head)
            except UnicodeError:
                return good
            if good < _PROOF and not text.isascii():
                good += _beyond_ascii(text)
            if not block:
                return None


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _line_of_fault(path: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 1
    with path.open("rb") as file:
        while True:
            block = file.read(1 << 16)
            try:
                lines += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                return lines + error.object[: error.start].decode(encoding, "ignore").count("\n")
            except UnicodeError:
                return lines
            if not block:
                return lines


def utf8_blocks(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    """Yield a file as UTF-8 without mark, ``size`` bytes of it at a time."""
    if encoding in ("utf-8", "utf-8-sig", "ascii"):
        with path.open("rb") as file:
            first = file.read(size)
            yield first.removeprefix(codecs.BOM_UTF8)
            while block := file.read(size):
                yield block
        return
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        while True:
            block = file.read(size)
            text = decoder.decode(block, final=not block).removeprefix("\ufeff")
            if text:
                yield text.encode("utf-8", "replace")
            if not block:
                return
