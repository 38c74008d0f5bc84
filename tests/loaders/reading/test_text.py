"""Delimited text: encodings, delimiters, quotes, ragged rows."""

from __future__ import annotations

import csv
import io
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.reading import Limits, delimited, words
from tests.loaders.reading.build import HEADER, ROWS, cells, headings, one, refusal, text

_HAN = st.text("武汉市江岸区某科技有限公司党支部一二三ＡＢ", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, reported: str) -> None:
    """Each encoding that offices use is told and reported."""
    sheet = one(text(tmp_path / "a.csv", HEADER, *ROWS, encoding=encoding))
    assert sheet.encoding == reported
    assert headings(sheet) == list(HEADER)
    assert sheet.rows == 3


@given(
    names=st.lists(_HAN, min_size=1, max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
)
def test_any_encoding_reads_alike(names: list[str], encoding: str, delimiter: str) -> None:
    """What was written in any of the encodings and delimiters is read back, cell by cell."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        written = [[f"{i:03}", name, "水塔街道"] for i, name in enumerate(names)]
        text(path, ["代码", "名称", "级别"], *written, encoding=encoding, delimiter=delimiter)
        assert [list(r[1:]) for r in cells(one(path))] == written


def test_damaged_utf8(tmp_path: Path) -> None:
    """UTF-8 with a broken byte is refused with its line, and not read as another encoding's nonsense."""
    path = text(tmp_path / "a.csv", HEADER, *ROWS)
    path.write_bytes(path.read_bytes() + b"\xff\xfe broken\r\n")
    found = refusal(path)
    assert found.code == "encoding_mixed"
    assert "第 5 行" in found.reason_zh


_CELL = st.text(st.sampled_from('ab甲,"\n\t ;'), max_size=6)


@given(
    rows=st.lists(st.lists(_CELL, min_size=1, max_size=5), min_size=1, max_size=8),
    first=st.integers(1, 40),
)
def test_both_engines_agree(rows: list[list[str]], first: int) -> None:
    """However blocks fall and whichever engine takes them, the records are those of :mod:`csv`."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    data = out.getvalue().encode()
    expected = [
        [c.strip() or None for c in r] for r in csv.reader(io.StringIO(out.getvalue(), newline=""))
    ]
    old = delimited._FIRST, delimited._BLOCK
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(data)
        try:
            delimited._FIRST, delimited._BLOCK = first, 48
            got: list[list[str | None]] = []
            for batch in delimited.batches(path, delimited.Dialect("utf-8", ","), Limits()):
                columns = {int(n[1:]): batch.column(n).to_pylist() for n in batch.schema.names}
                width = max(columns) + 1
                got += [
                    [columns.get(c, [None] * batch.num_rows)[i] for c in range(width)]
                    for i in range(batch.num_rows)
                ]
        finally:
            delimited._FIRST, delimited._BLOCK = old

    def bare(record: list[str | None]) -> list[str | None]:
        while record and record[-1] is None:
            record = record[:-1]
        return record

    assert [bare(r) for r in got] == [bare(r) for r in expected]


def test_ragged_rows(tmp_path: Path) -> None:
    """Short rows are filled up and long ones kept whole."""
    sheet = one(text(tmp_path / "a.csv", HEADER, ROWS[0][:3], (*ROWS[1], "more")))
    assert cells(sheet)[0][1:] == (*ROWS[0][:3], None, None, None)
    assert cells(sheet)[1][-1] == "more"


def test_quotes(tmp_path: Path) -> None:
    """Quoted cells keep delimiters and line breaks; a stray mark within a cell is a character."""
    path = tmp_path / "a.csv"
    path.write_text('代码,名称,级别\n001,"甲,\n""乙""",区\n002,5" 管道厂,区\n003,丙,区\n', "utf-8")
    assert [r[:3] for r in cells(one(path))] == [
        (2, "001", '甲,\n"乙"'),
        (3, "002", '5" 管道厂'),
        (4, "003", "丙"),
    ]


def test_large_in_bounded_memory(tmp_path: Path) -> None:
    """Row numbers, totals and blank lines hold across blocks, and the second reading equals the first."""
    path = tmp_path / "a.csv"
    lines = ["代码,名称,级别"]
    lines += [f"{i:06},名称{i},区" if i % 5000 else "" for i in range(1, 20_000)]
    lines.append("合计,,19996")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    old, delimited._BLOCK = delimited._BLOCK, 70_000
    try:
        sheet = one(path)
        assert sheet.rows == 19_996
        rows = cells(sheet)
    finally:
        delimited._BLOCK = old
    assert all(int(r[1]) + 1 == r[0] for r in rows)
    (total,) = sheet.totals
    assert (total.row, total.first_row, total.last_row) == (20_001, 2, 20_000)


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    """The delimiter is told from the rows, though cells hold commas."""
    sheet = one(
        text(tmp_path / "a.txt", HEADER, ("c", "甲,乙,丙", "水塔,街道", 1, 2), delimiter=delimiter)
    )
    assert headings(sheet) == list(HEADER)


def test_declared_delimiter(tmp_path: Path) -> None:
    """A first line that tells Excel the delimiter is believed."""
    path = tmp_path / "a.csv"
    path.write_text("sep=;\n代码;名称;级别\n001;甲,乙,丙,丁;区\n", "utf-8")
    assert cells(one(path)) == [(3, "001", "甲,乙,丙,丁", "区")]


def test_old_line_ends(tmp_path: Path) -> None:
    """Lines that end in a carriage return alone are lines."""
    path = tmp_path / "a.csv"
    path.write_bytes("代码,名称,级别\r001,甲,区\r002,乙,区\r".encode())
    assert [r[:2] for r in cells(one(path))] == [(2, "001"), (3, "002")]


@pytest.mark.parametrize(
    "piece", ["合", "注：", "（1", "填报单位", " ", "1,", "一", "a/", "：", "20160", "区"]
)
def test_patterns_are_linear(piece: str) -> None:
    """C14: 100,000 characters of anything pass every pattern in a moment."""
    long = (piece * 100_000)[:100_000]
    start = time.perf_counter()
    words.total_label(long)
    words.is_note(long)
    words.looks_like_section(long)
    words.stated_count(long)
    words.stamp([long])
    words.data_like(long)
    words.squeeze(long)
    assert time.perf_counter() - start < 2
