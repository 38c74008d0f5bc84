"""The campaign's timetable, and ledgers summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.asking.dates import listed_date

if TYPE_CHECKING:
    from pathlib import Path

    from graph.campaign.ledgers import Summary
    from graph.campaign.timetable import Timetable
    from graph.policy.profile import Profile
    from graph.store.base import Store

BESIDE = ("台账汇总 SUMMARY", "重复列入 TWICE")
"""Sheets beside the annexes of a summary: an import passes over them (:data:`loaders.reading.reader.OWN_SHEETS`)."""


def calendar(store: Store, profile: Profile, as_of: int | None, within: str | None) -> Timetable:
    """Tell what is due, done and late by when.

    Raises
    ------
    InputError
        As :class:`graph.campaign.timetable.Timetable`, or a date before all listings.
    """
    from graph.campaign.timetable import Timetable
    from graph.city import City

    found = Timetable(City(store, profile, listed_date(store, as_of)), within)
    _ = found.entries  # read while the store is open
    return found


def ledger(
    store: Store, profile: Profile, as_of: int | None, within: str | None, *, whole: bool = True
) -> Summary:
    """Sum ledgers up; ``whole``: whether the store is the whole city's.

    Raises
    ------
    InputError
        As :class:`graph.campaign.ledgers.Summary`, or a date before all listings.
    """
    from graph.campaign.ledgers import Summary
    from graph.city import City

    return Summary(City(store, profile, listed_date(store, as_of)), within, whole)


def write_ledger(path: Path, found: Summary) -> int:
    """Write a summary as a workbook in the annexes' own layout, with who owes one and what stands twice beside them.

    Returns
    -------
    int
        Organizations written.

    Raises
    ------
    InputError
        The file can't be written, or another stands there.
    """
    from graph.campaign.ledgers import LINES
    from graph.files import replacing
    from loaders.forms.kinds import ledgers
    from loaders.forms.sheets import Beside
    from loaders.forms.writing import write_workbook
    from viz.overwriting import mark, refuse_other_kind

    lines = {line for line, n in found.totals["lines"].items() if n}
    some = [x for x in ledgers() if x.line in lines] or [x for x in ledgers() if x.line in LINES]
    keyword = mark([["ledger", "summary"]])
    refuse_other_kind(path, [keyword])
    beside = {
        BESIDE[0]: Beside(KEPT, _kept(found), "没有应报台账的单位"),
        BESIDE[1]: Beside(TWICE, _twice(found), "没有单位重复列入台账"),
    }
    rows = {x.name: found.rows(str(x.line)) for x in some}
    with replacing(path) as file:
        return write_workbook(file, some, rows=rows, keywords=keyword, beside=beside)


def _kept(found: Summary) -> list[list[object]]:
    return [
        [
            k.name, k.id, k.as_json()["sheet"], k.clause, STATE_WORDS[k.state], k.as_json()["due"],
            k.organizations, k.listed, k.as_json()["edition"],
        ]
        for k in found.keepers
    ]  # fmt: skip


def _twice(found: Summary) -> list[list[object]]:
    return [
        [
            t["code"],
            t["name"],
            t["counted_in"],
            "；".join(x["ledger"]["zh"] for x in t["listed_in"]),
        ]
        for t in found.twice
    ]


KEPT = (
    "台账单位",
    "编号",
    "种类",
    "条款",
    "状态",
    "期限",
    "计入单位数",
    "台账所列",
    "最新填报日期",
)
TWICE = ("统一社会信用代码", "单位名称", "计入台账单位", "列入的台账")
STATE_WORDS = {"received": "已报", "by_other": "他单位代报", "owed": "欠报", "awaited": "未到期"}
"""In the words of the ledgers themselves: a workbook that offices hand on is theirs, whatever language asked for it."""
