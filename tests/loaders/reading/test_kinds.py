"""A file is what its bytes say, and what can't be read is refused with a way out."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import pytest

from loaders.reading import Boundaries, RawSheet, Refused, Skipped, read
from tests.loaders.reading.build import (
    HEADER,
    ROWS,
    cells,
    headings,
    one,
    refusal,
    sheets,
    text,
    xls,
    xlsx,
)

TABLE = """<html><head><meta charset="utf-8"><style>td {color: red}</style></head><body>
<table border=1><tr><td colspan=5>附表1 非公企业台账</td></tr>
<tr><th rowspan=2>统一社会信用代码</th><th rowspan=2>单位&nbsp;名称</th>
<th rowspan="2">职工数</th><th colspan="2">党员人数</th></tr>
<tr><th>正式</th><th>预备</th></tr>
<tr><td>91420106MA4KL8X21A</td><td>武汉甲<br>科技</td><td>12</td><td>3</td><td>0</td></tr></table></body></html>"""


def _html_is_read(path: Path, encoding: str) -> None:
    sheet = one(path)
    assert sheet.kind == "html"
    assert sheet.encoding == encoding
    assert headings(sheet)[1:] == ["单位名称", "职工数", "党员人数/正式", "党员人数/预备"]
    assert cells(sheet) == [(4, "91420106MA4KL8X21A", "武汉甲\n科技", "12", "3", "0")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_html_named_xls(tmp_path: Path, encoding: str) -> None:
    """An ``.xls`` that is an HTML page is read as its table, spans and encoding and all."""
    path = tmp_path / "a.xls"
    path.write_bytes(TABLE.encode(encoding))
    _html_is_read(path, encoding)


def test_web_archive(tmp_path: Path) -> None:
    """A web archive is read as the page in it."""
    path = tmp_path / "a.xls"
    body = TABLE.encode().replace(b"=", b"=3D")
    path.write_bytes(
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
        b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        + body
        + b"\r\n--b--\r\n"
    )
    assert headings(one(path))[2] == "职工数"


def test_several_tables(tmp_path: Path) -> None:
    """Each table of a page is a sheet; one that only lays others out is none."""
    inner = "<table><tr><td>代码</td><td>名称</td><td>级别</td></tr><tr><td>1</td><td>甲</td><td>区</td></tr></table>"
    path = tmp_path / "a.html"
    path.write_text(f"<table><tr><td>{inner}</td></tr><tr><td>{inner}</td></tr></table>", "utf-8")
    assert [s.rows for s in sheets(path)] == [1, 1]


def test_utf16_text_named_xls(tmp_path: Path) -> None:
    """An ``.xls`` that is tab-separated text in UTF-16 is read as text."""
    sheet = one(text(tmp_path / "a.xls", HEADER, *ROWS, encoding="utf-16", delimiter="\t"))
    assert (sheet.kind, sheet.encoding, sheet.rows) == ("csv", "utf-16", 3)
    bare = one(text(tmp_path / "b.xls", HEADER, *ROWS, encoding="utf-16-le", delimiter="\t"))
    assert cells(bare) == cells(sheet)


def test_workbook_under_another_name(tmp_path: Path) -> None:
    """Workbooks are known by their bytes, not by their endings."""
    assert one(xlsx(tmp_path / "a.xls", HEADER, ROWS[0])).kind == "xlsx"
    assert one(xls(tmp_path / "a.csv", HEADER, ROWS[0])).kind == "xls"


def test_xml_spreadsheet(tmp_path: Path) -> None:
    """XML Spreadsheet 2003 is read with its types, skipped cells and merged ranges."""
    path = tmp_path / "a.xls"
    path.write_text(
        """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="区划"><Table>
<Row><Cell><Data ss:Type="String">代码</Data></Cell><Cell><Data ss:Type="String">名称</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="String">级别</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="Number">420103</Data></Cell><Cell ss:MergeAcross="1"><Data ss:Type="String">甲</Data></Cell>
<Cell><Data ss:Type="String">区</Data></Cell></Row></Table></Worksheet></Workbook>""",
        "utf-8",
    )
    assert cells(one(path)) == [(3, "420103", "甲", None, "区")]


def _ods(path: Path) -> Path:
    office = "urn:oasis:names:tc:opendocument:xmlns"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        "<table:table-row>" + "".join(cell.format(c) for c in row) + "</table:table-row>"
        for row in (("代码", "名称", "级别"), ("420103", "江汉区", "区"))
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
            f'xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet><table:table table:name="区划">'
            f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path


def test_ods(tmp_path: Path) -> None:
    """An OpenDocument spreadsheet is read."""
    assert cells(one(_ods(tmp_path / "a.ods"))) == [(2, "420103", "江汉区", "区")]


def _compound(*names: str) -> bytes:
    """Return a compound file with empty streams of these names."""
    fat = [0xFFFFFFFD, 0xFFFFFFFE] + [0xFFFFFFFF] * 126
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    directory = bytearray(512)
    for i, name in enumerate(("Root Entry", *names)):
        raw = name.encode("utf-16-le") + b"\0\0"
        directory[i * 128 : i * 128 + len(raw)] = raw
        struct.pack_into("<HB", directory, i * 128 + 64, len(raw), 5 if i == 0 else 2)
    return bytes(header) + struct.pack("<128I", *fat) + bytes(directory)


def test_password(tmp_path: Path) -> None:
    """A workbook with a password (a compound file around it) is refused with the way out."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(_compound("EncryptionInfo", "EncryptedPackage"))
    found = refusal(path)
    assert found.code == "password"
    assert "另存为 .xlsx" in found.way_out_zh


def test_wps_file(tmp_path: Path) -> None:
    """A WPS ``.et`` that holds no workbook stream is refused by its name; one that holds it is no riddle."""
    path = tmp_path / "a.et"
    path.write_bytes(_compound("SomeStream"))
    assert "et" in refusal(path).reason_zh
    assert one(xls(tmp_path / "b.et", HEADER, ROWS[0])).rows == 1


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xls", b"", "empty_file"),
        ("a.xls", b"%PDF-1.7 x", "other_kind"),
        ("a.xls", b"Rar!\x1a\x07\x00", "archive"),
        ("a.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("a.csv", bytes(range(256)) * 8, "unknown_kind"),
        ("a.xls", b"<html><p>nothing</p></html>", "no_table"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "damaged"),
        ("a.json", b'{"code": [1, 2]}', "other_kind"),
    ],
)
def test_refused(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    """Each unreadable kind is one refusal with its reason."""
    path = tmp_path / name
    path.write_bytes(data)
    assert refusal(path).code == code


def test_missing(tmp_path: Path) -> None:
    """A path that leads nowhere, or can't even be asked for, is refused."""
    assert refusal(tmp_path / "nowhere.xlsx").code == "missing"
    assert refusal(tmp_path / "a\0b.xlsx").code == "missing"


def test_truncated_workbooks(tmp_path: Path) -> None:
    """A workbook cut off anywhere is refused or read, never an error of the program."""
    whole = xlsx(tmp_path / "a.xlsx", HEADER, *ROWS).read_bytes()
    old = xls(tmp_path / "a.xls", HEADER, *ROWS).read_bytes()
    paths = []
    for n, data in enumerate((whole, old)):
        for part in range(1, 10):
            path = tmp_path / f"{n}{part}.xls"
            path.write_bytes(data[: len(data) * part // 10])
            paths.append(path)
    for item in read(paths):
        assert isinstance(item, (Refused, RawSheet))


def test_folder(tmp_path: Path) -> None:
    """A folder gives its ledgers in order, passes other files over, and reads a repaired copy after its original."""
    xlsx(tmp_path / "b.xlsx", HEADER, ROWS[0])
    xlsx(tmp_path / "b.faults.xlsx", HEADER, ROWS[0])
    (tmp_path / "sub").mkdir()
    text(tmp_path / "sub" / "a.csv", HEADER, ROWS[0])
    (tmp_path / "~$b.xlsx").write_bytes(b"\x05lock")
    (tmp_path / "readme.md").write_text("# ledgers of the street\n")
    (tmp_path / "truth.json").write_text('{"a": 1}')
    (tmp_path / ".hidden.csv").write_text("a,b\n1,2\n")
    (tmp_path / "edge.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": []})
    )
    found = list(read([tmp_path, tmp_path / "b.xlsx"]))
    assert [Path(i.file).name for i in found if isinstance(i, RawSheet)] == [
        "b.xlsx",
        "b.faults.xlsx",
        "a.csv",
    ]
    assert {Path(i.file).name for i in found if isinstance(i, Skipped)} == {
        "readme.md",
        "truth.json",
        "~$b.xlsx",
    }
    assert [type(i) for i in found if Path(i.file).name == "edge.geojson"] == [Boundaries]


def test_lock_file_named(tmp_path: Path) -> None:
    """A lock file is passed over even where it is named."""
    path = tmp_path / "~$台账.xlsx"
    path.write_bytes(b"\x05user")
    (item,) = read([path])
    assert isinstance(item, Skipped)
