"""Values that forms may hold: drawn by hypothesis, put into workbooks, and what an import reads of them."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from graph.policy.profile import load
from loaders.canonical import Column
from loaders.cells import Settings
from loaders.forms.guidance import choices
from loaders.forms.kinds import Ledger
from loaders.forms.lists import sector_codes
from loaders.reading import RawSheet, read
from loaders.recognition import recognise
from loaders.rows import check
from tests.loaders.city import credit_code

WORDS = st.text("甲乙丙丁戊己庚辛东南西北示范科技", min_size=2, max_size=9)
BEGIN = st.sampled_from(["", "", "=", "+", "-", "@", "=1+1", '=HYPERLINK("x")'])
"""What a spreadsheet would take for a formula (ROBUSTNESS C5)."""
TEXTS = st.builds(str.__add__, BEGIN, WORDS)
CODES = st.from_regex(r"[0-9A-Z]{2,8}", fullmatch=True).map(lambda c: f"A{c}")
USCC = st.integers(1, 9_999_999).map(credit_code)
DAYS = st.dates(
    min_value=dt.date(1950, 1, 1),
    max_value=dt.date(2024, 12, 31),
).map(lambda d: d.year * 10000 + d.month * 100 + d.day)


def _joined(values: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(";".join)


_CELLS: dict[str, st.SearchStrategy[Any]] = {
    "uscc": USCC,
    "uscc_ref": USCC,
    "uscc_list": _joined(USCC),
    "code": CODES | st.from_regex(r"0[0-9]{2,5}", fullmatch=True),
    "code_list": _joined(CODES),
    "organization_or_office": USCC | WORDS,
    "office": WORDS,
    "place": WORDS,
    "industry": st.sampled_from(sector_codes()) | st.sampled_from(["I6510", "6510", "651"]),
    "pseudonym": st.integers(1, 999_999).map(lambda n: f"P{n:06d}"),
    "instructor": st.sampled_from(["是", "否", "ZD001"]),
    "period": st.sampled_from(["2016-08", "2016-08-26", "第1期"]),
    "clears": st.sets(st.sampled_from("123456"), min_size=1).map(lambda s: ";".join(sorted(s))),
    "name": WORDS,
    "text": TEXTS,
    "text_list": _joined(st.sampled_from(["工会", "共青团", "妇联"])),
    "int": st.integers(0, 10_000_000),
    "rate": st.integers(0, 1000).map(lambda n: n / 1000),
    "lon": st.integers(113_700_000, 115_000_000).map(lambda n: n / 1e6),
    "lat": st.integers(29_970_000, 31_300_000).map(lambda n: n / 1e6),
    "date": DAYS,
    "bool": st.booleans(),
}


def cells(column: Column, line: str | None) -> st.SearchStrategy[Any]:
    """Return the values that a column may hold."""
    listed = choices(column, line)
    some = _CELLS[column.cell] if column.cell in _CELLS else st.sampled_from(listed)
    return some if column.required else st.none() | some


def rows(ledger: Ledger, size: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return so many rows of a ledger, by property."""
    row = st.fixed_dictionaries({c.prop: cells(c, ledger.line) for c in ledger.columns})
    return st.lists(row, min_size=size, max_size=size)


def came_back(path: Path, ledgers: tuple[Ledger, ...]) -> dict[str, list[dict[str, Any]]]:
    """Return what an import reads of a workbook, by ledger's name; nothing in it is unknown, refused or faulty."""
    profile = load()
    settings = Settings(20251231, profile.extent, profile.datum, profile.gbt4754_edition)
    by_name = {x.name: x for x in ledgers}
    out = {}
    for raw in read([str(path)]):
        assert isinstance(raw, RawSheet), raw
        name = raw.sheet or path.stem
        ledger = by_name[name]
        width = max(c.index for c in raw.columns) + 1
        headings = [next((c.header for c in raw.columns if c.index == i), "") for i in range(width)]
        plan = recognise(headings, name, raw.file, None, lambda _: ())
        assert plan is not None, headings
        assert (plan.kind.id, plan.unknown, plan.refused, plan.tied) == (
            ledger.sheet.id,
            (),
            (),
            (),
        )
        assert {c.column.name for c in plan.columns} == {c.name for c in ledger.columns}
        found = check(raw, plan, settings)
        assert not found.faults.listed(), found.faults.listed()[:3]
        columns = {c.prop: found.columns[c.prop] for c in ledger.columns}
        out[name] = [
            {prop: _value(values[i]) for prop, values in columns.items()} for i in range(len(found))
        ]
    return out


def _value(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
