"""What every record of the board is checked by, before it is written: texts, dates, codes, the order of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.board import record
from graph.board.record import ALWAYS
from graph.decisions.record import merges
from graph.errors import InputError, UnknownIdError, Way
from graph.model import iso, today

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.board.states import Standing
    from graph.store.base import Store

NAMED = 5
"""Organizations that an error names; how many more there are, it counts."""
MOST = 1000
"""Organizations of one record at most."""


def stated(office: str, date: int, *texts: tuple[str, str, str, str]) -> None:
    """Refuse a blank text (its option, the text, what to say in English and Chinese), no office, a date after today."""
    office_ = ("--office", office, "name the office that records it", "请写明登记单位")
    for option, text, en, zh in (office_, *texts):
        if not text.strip():
            raise InputError(en, zh, option=option)
    if date > today():
        raise InputError(
            f"{iso(date)} is after today; a step is recorded once it is made",
            f"{iso(date)} 晚于今天；完成后才能登记",
            option="--date",
        )


def codes_of(store: Store, codes: Sequence[str], date: int) -> dict[str, list[str]]:
    """Return all codes of each organization by the one that stays."""
    merged = merges(store, ALWAYS)
    gone = [code for code in codes if code in merged.merged]
    if gone:
        kept = merged.merged[gone[0]]
        raise InputError(
            f"{gone[0]}: is merged into {kept}; give {kept}",
            f"{gone[0]}：已并入 {kept}；请用 {kept}",
        )
    at = max(date, store.latest())
    unknown = [code for code in codes if store.node("organization", code, at) is None]
    if unknown:
        raise UnknownIdError(
            f"{some(unknown, 'en')}: no organization has this code",
            f"{some(unknown, 'zh')}：没有这个单位代码",
            way=Way.find(unknown[0]),
        )
    return {c: [c, *(m.object or c for m in merged.merged_into(c))] for c in codes}


def once(codes: Sequence[str]) -> list[str]:
    """Return each code once, in order; refuse none or too many."""
    once = list(dict.fromkeys(codes))
    if not 1 <= len(once) <= MOST:
        raise InputError(
            f"give 1 to {MOST:,} organizations at a time", f"每次请给出 1 至 {MOST:,} 家单位"
        )
    return once


def found_of(store: Store, known: Mapping[str, Sequence[str]]) -> dict[str, Standing]:
    """Return how far each organization is, all that was ever recorded of any of its codes considered."""
    return {code: record.of(store, all_, ALWAYS) for code, all_ in known.items()}


def refuse_order(found: Mapping[str, Standing], date: int) -> None:
    """Refuse a date before an organization's last step."""
    for code, s in found.items():
        if s.past and s.past[-1].date > date:
            last = s.past[-1]
            raise superseded(code, last.office or "", last.date)


def superseded(code: str, office: str, date: int) -> InputError:
    """Return the error that says that something later stands."""
    return InputError(
        f"{code}: {office or 'somebody'} recorded a step on {iso(date)}; give that date or a later one",
        f"{code}：{office or '已有单位'}已于 {iso(date)} 登记；请给出当日或更晚的日期",
    )


def some(codes: Iterable[str], lang: str) -> str:
    """Return some codes by name, and how many more there are."""
    named = list(codes)
    more = len(named) - NAMED
    joined = (", " if lang == "en" else "、").join(named[:NAMED])
    if more <= 0:
        return joined
    return f"{joined} and {more:,} more" if lang == "en" else f"{joined} 等 {len(named):,} 家"
