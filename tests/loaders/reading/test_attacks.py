"""Files made to do harm (ROBUSTNESS C1, C2, C3): refused with their place, and nothing dies."""

from __future__ import annotations

import sys
import threading
import zipfile
from pathlib import Path

import pytest

from loaders.reading import Limits, RawSheet, Refused, read
from loaders.reading.process import ReadingProcess
from loaders.reading.refusals import RefusalError
from tests.loaders.reading.build import HEADER, ROWS, one, refusal, text, xlsx

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'


def _link(identity: str, kind: str, target: str) -> str:
    one = f'<Relationship Id="{identity}" Type="{_REL}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{one}</Relationships>'


def forged(path: Path, sheet: str | bytes, strings: str = "") -> Path:
    """Write a workbook around the XML of one sheet."""
    book = '<sheets><sheet name="S" sheetId="1" r:id="s"/></sheets>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _link("r", "officeDocument", "xl/workbook.xml"))
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">{book}</workbook>'
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", _link("s", "worksheet", "worksheets/sheet1.xml")
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
    return path


def _rows(*cells: str) -> str:
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(cells)}</sheetData></worksheet>'


_A1 = '<row r="1"><c r="A1"><v>1</v></c></row>'


def test_far_cell(tmp_path: Path) -> None:
    """C1: a cell in the last row and column is refused with its row and column."""
    path = forged(
        tmp_path / "a.xlsx", _rows(_A1, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    )
    found = refusal(path)
    assert found.code == "far_cell"
    for word in ("XFD1048576", "1048576", "16384"):
        assert word in found.reason_zh
        assert word in found.reason_en


@pytest.mark.parametrize(
    "cell",
    [
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row spans="1:3" r = "1048576" ><c s="1" r = "XFD1048576" t="n"><v>1</v></c></row>',
        '<row r="1048576"><c r="BZZ1048576" t="inlineStr"><is><t>x</t></is></c></row>',
    ],
)
def test_far_cell_in_other_spelling(tmp_path: Path, cell: str) -> None:
    """C1: however the XML is written, a far cell is refused."""
    assert refusal(forged(tmp_path / "a.xlsx", _rows(_A1, cell))).code == "far_cell"


def test_far_cell_that_no_scan_sees(tmp_path: Path) -> None:
    """C1: where the look before is fooled, the reading process dies in the program's stead, and the next file is read."""
    hidden = "<row><c r='&#88;FD1048576'><v>1</v></c></row>"
    first = forged(tmp_path / "a.xlsx", _rows(_A1, hidden))
    second = xlsx(tmp_path / "b.xlsx", HEADER, *ROWS)
    found = list(read([first, second], Limits(memory=1 << 30)))
    assert isinstance(found[-1], RawSheet)
    assert found[-1].rows == 3


def test_formatted_blank_far_cells_are_no_attack(tmp_path: Path) -> None:
    """Formatting down to the last row and column, which offices leave behind, holds no data and does no harm."""

    def format_far(book: object, sheet: object) -> None:
        bold = book.add_format({"bold": True})  # type: ignore[attr-defined]
        sheet.write_blank(1_048_575, 16_383, None, bold)  # type: ignore[attr-defined]
        sheet.set_row(1_000_000, 30)  # type: ignore[attr-defined]

    assert one(xlsx(tmp_path / "a.xlsx", HEADER, *ROWS, more=format_far)).rows == 3


def test_zip_bomb(tmp_path: Path) -> None:
    """C2: a few kilobytes that unpack to a thousand times as much are refused before they are unpacked."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/sharedStrings.xml", "w") as member:
            for _ in range(10):
                member.write(b"A" * (4 << 20))
    assert path.stat().st_size < 100_000
    assert refusal(path).code == "bomb"


def test_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    """C2: a member that unpacks to more than its directory says is refused."""
    path = forged(tmp_path / "a.xlsx", _rows(_A1), strings=f"<sst>{' ' * (8 << 20)}</sst>")
    data = path.read_bytes()
    size = (8 << 20) + len("<sst></sst>")
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert refusal(path).code in ("bomb", "damaged")


def test_too_many_members(tmp_path: Path) -> None:
    """C2: a zip of more members than a workbook has is refused."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(60):
            archive.writestr(f"xl/{n}.xml", "<x/>")
    assert refusal(path, Limits(members=50)).code == "bomb"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_entities(tmp_path: Path, declaration: str) -> None:
    """C3: a document type or an entity in a workbook's XML is refused."""
    sheet = f'<?xml version="1.0"?>{declaration}{_rows(_A1)}'
    assert refusal(forged(tmp_path / "a.xlsx", sheet)).code == "entity"


def test_entities_in_an_xml_spreadsheet(tmp_path: Path) -> None:
    """C3: the same in an XML Spreadsheet."""
    path = tmp_path / "a.xls"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    )
    assert refusal(path).code == "entity"


def test_xml_in_another_encoding(tmp_path: Path) -> None:
    """C3: XML in UTF-16, in which a declaration would hide, is refused."""
    sheet = f'<?xml version="1.0" encoding="UTF-16"?>{_rows(_A1)}'.encode("utf-16")
    assert refusal(forged(tmp_path / "a.xlsx", sheet)).code == "not_utf8"


def test_time(tmp_path: Path) -> None:
    """A file that takes too long is refused, and the process that read it is gone."""
    path = xlsx(tmp_path / "a.xlsx", HEADER, *ROWS)
    assert refusal(path, Limits(seconds=0.001)).code == "timeout"


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_memory(tmp_path: Path) -> None:
    """A sheet whose rectangle is allowed but needs more memory than the limit is refused, not fatal."""
    far = '<row r="1000000"><c r="AX1000000"><v>1</v></c></row>'
    path = forged(tmp_path / "a.xlsx", _rows(_A1, far))
    assert refusal(path, Limits(memory=1 << 30)).code == "memory"


def test_looked_over_and_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that is read while it is looked over is refused for its far cell all the same, and the next is read."""
    monkeypatch.setattr("loaders.reading.process._AT_ONCE", 0)
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    error = '<row r="2"><c r="A2" t="e"><v>#DIV/0!</v></c></row>'
    paths = [
        forged(tmp_path / "a.xlsx", _rows(_A1, far)),
        forged(tmp_path / "b.xlsx", _rows(_A1, error, '<row r="3"><c r="A3"><v>3</v></c></row>')),
        tmp_path / "c.xlsx",
        xlsx(tmp_path / "d.xlsx", HEADER, *ROWS),
    ]
    paths[2].write_bytes(paths[1].read_bytes()[:-40])
    first, second, third, last = read(paths, Limits(memory=1 << 30))
    assert isinstance(first, Refused)
    assert first.code == "far_cell"
    assert isinstance(second, RawSheet)
    assert [t["c0"].to_pylist() for t in second.grid()] == [["1", "#DIV/0!", "3"]]
    assert isinstance(third, Refused)
    assert third.code == "damaged"
    assert isinstance(last, RawSheet)
    assert last.rows == len(ROWS)


def test_time_of_others_does_not_count(tmp_path: Path) -> None:
    """What the program does with a sheet takes nothing from the time that its file has."""
    path = xlsx(tmp_path / "a.xlsx", HEADER, *ROWS)
    process = ReadingProcess(Limits(seconds=20))
    frames = process.frames(path, "xlsx", "")
    next(frames)
    alive = process._parser._process
    assert alive is not None
    assert not [
        t
        for t in threading.enumerate()
        if isinstance(t, threading.Timer) and not t.finished.is_set()
    ]
    assert len(list(frames)) == 1
    process.stop()


def test_death(tmp_path: Path) -> None:
    """A reading process that dies in between is a refusal of its file."""
    process = ReadingProcess(Limits())
    # more than a pipe holds, so that the process is still at it
    path = xlsx(tmp_path / "a.xlsx", HEADER, *([*ROWS[0][:1], "甲" * 500, i] for i in range(2000)))
    frames = process.frames(path, "xlsx", "")
    next(frames)
    assert process._parser._process is not None
    process._parser._process.kill()
    with pytest.raises(RefusalError) as error:
        list(frames)
    process.stop()
    assert error.value.code in ("crashed", "memory")


def test_nothing_of_a_sheet_in_a_refusal(tmp_path: Path) -> None:
    """A refusal names the file, never what is in it."""
    path = text(tmp_path / "a.csv", HEADER, ["张三", "13800000000"])
    with path.open("ab") as file:
        file.write('"张三,13800000000\n'.encode() + b"x" * 200_000)
    (item,) = read([path])
    assert isinstance(item, Refused)
    assert "张三" not in repr(item)
    assert item.code == "unclosed_quote"
