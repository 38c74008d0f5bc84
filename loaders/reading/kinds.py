"""What a file is, by its bytes: an ``.xls`` from an office system is often HTML or UTF-16 text.

The extension decides only between JSON that could be boundaries and other JSON.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from loaders.reading import ole
from loaders.reading.refusals import RefusalError

SAMPLE = 64 * 1024
"""Bytes from which a text's kind, encoding and delimiter are judged."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# magic bytes -> what it is, zh and en
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
    (b"SQLite format 3\0", "数据库文件", "a database"),
    # workbooks of Excel 2 to 4, without a compound file around them
    (b"\x09\x00\x04\x00", "Excel 5.0 以前的工作簿", "a workbook older than Excel 5.0"),
    (b"\x09\x02\x06\x00", "Excel 5.0 以前的工作簿", "a workbook older than Excel 5.0"),
    (b"\x09\x04\x06\x00", "Excel 5.0 以前的工作簿", "a workbook older than Excel 5.0"),
)
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")

_HTML = re.compile(r"<(?:!doctype\s+html|html|table|frameset)\b", re.IGNORECASE)
_FEATURES = re.compile(r'"type"\s*:\s*"(?:FeatureCollection|Feature|GeometryCollection)"')


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A file's kind and, for text, the encoding its first bytes speak for (``""`` where none is clear).

    ``kind`` is one of ``xlsx``, ``xlsb``, ``xls``, ``ods``, ``html``, ``mhtml``, ``xmlss`` (XML Spreadsheet
    2003), ``csv`` (any delimited text) and ``geojson``.
    """

    kind: str
    encoding: str = ""


def sniff(path: str | Path) -> Sniffed:
    """Tell what a file is from its bytes.

    Parameters
    ----------
    path : str or Path
        A regular file.

    Raises
    ------
    loaders.reading.refusals.RefusalError
        The file is empty, protected by a password or of a kind that holds no ledger; ``read`` turns that
        into a :class:`~loaders.reading.model.Refused`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            sample = file.read(SAMPLE)
    except OSError as error:
        raise RefusalError("no_access", detail=error.strerror or "I/O") from error
    if not sample:
        raise RefusalError("empty_file")
    if sample.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Sniffed(_zip_kind(path))
    if sample.startswith(ole.MAGIC):
        return Sniffed(_ole_kind(path))
    if sample.startswith(_ARCHIVES):
        raise RefusalError("archive")
    for magic, zh, en in _OTHERS:
        if sample.startswith(magic):
            raise RefusalError("other_kind", kind_zh=zh, kind_en=en)
    return _text_kind(path, sample)


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            mimetype = b""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mimetype = archive.read("mimetype")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        # RuntimeError: an encrypted member, NotImplementedError: a way of packing that zipfile lacks
        raise RefusalError("damaged", detail="zip") from error
    lower = {name.lower().replace("\\", "/") for name in names}
    if "xl/workbook.bin" in lower:
        return "xlsb"
    if any(name.startswith("xl/") for name in lower):
        return "xlsx"
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if any(name.startswith("word/") for name in lower):
        raise RefusalError("other_kind", kind_zh="Word 文档", kind_en="a Word document")
    if any(name.startswith("ppt/") for name in lower):
        raise RefusalError("other_kind", kind_zh="演示文稿", kind_en="a presentation")
    if mimetype:
        raise RefusalError("other_kind", kind_zh="其他办公文档", kind_en="another office document")
    raise RefusalError("archive")


def _ole_kind(path: Path) -> str:
    try:
        compound = ole.CompoundFile(path.read_bytes())
    except (ValueError, OSError) as error:
        raise RefusalError("damaged", detail="OLE") from error
    names = compound.names()
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise RefusalError("password")
    for name in ("Workbook", "Book", "WORKBOOK", "BOOK"):
        if name in names:
            if ole.encrypted(compound.stream(name)):
                raise RefusalError("password")
            return "xls"
    if "WordDocument" in names:
        raise RefusalError("other_kind", kind_zh="Word 文档", kind_en="a Word document")
    if path.suffix.lower() in (".et", ".ett"):
        raise RefusalError("other_kind", kind_zh="WPS 专有格式（.et）", kind_en="a WPS .et file")
    raise RefusalError("unknown_kind")


def _text_kind(path: Path, sample: bytes) -> Sniffed:
    encoding = text_encoding(sample)
    if encoding is None:
        raise RefusalError("unknown_kind")
    # markup and JSON are ASCII where it matters, whatever the text between is encoded in
    wide = encoding.startswith(("utf-16", "utf-32"))
    text = sample.decode(encoding if wide else "latin-1", "ignore")
    start = text.lstrip("\ufeff\u00ef\u00bb\u00bf \t\r\n")
    if start.startswith("<"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in text and "<Workbook" in text:
            return Sniffed("xmlss", encoding)
        if _HTML.search(text):
            return Sniffed("html", encoding)
        if start.startswith("<?xml"):
            raise RefusalError("other_kind", kind_zh="XML 文件", kind_en="an XML file")
    if "mime-version:" in start[:2048].lower():
        return Sniffed("mhtml", encoding)
    if start.startswith(("{", "[")):
        if _FEATURES.search(text) or path.suffix.lower() == ".geojson":
            return Sniffed("geojson", encoding)
        if start[1:].lstrip()[:1] in ('"', "{", "}"):
            raise RefusalError("other_kind", kind_zh="JSON 文件", kind_en="a JSON file")
    return Sniffed("csv", encoding)


def text_encoding(sample: bytes) -> str | None:
    """Return the encoding that a text's first bytes declare or show, ``""`` undecided, ``None`` no text.

    A byte-order mark declares. Without one, text in UTF-16 shows by the zero bytes of its line ends
    and digits, all on one side; other zero or control bytes speak for a binary file.
    """
    for bom, encoding in _BOMS:
        if sample.startswith(bom):
            return encoding
    zeros = sample.count(0)
    if zeros:
        high, low = sample[1::2].count(0), sample[0::2].count(0)
        for mostly, other, encoding in ((high, low, "utf-16-le"), (low, high, "utf-16-be")):
            if mostly > 20 * other and mostly * 50 > len(sample):
                text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
                if text.count("\ufffd") <= 1 and ("\n" in text or "\t" in text or "," in text):
                    return encoding
        return None
    controls = sum(
        sample.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13, 26, 27)
    )
    return None if controls * 100 > len(sample) else ""
