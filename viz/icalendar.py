"""The campaign's timetable as a calendar file (RFC 5545): whole days, the same identities whenever it is made anew."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.campaign.entries import Deadline, Entry

ZONE = "Asia/Shanghai"
PRODUCT = "-//Lianjian//Calendar//ZH"
WORDS: dict[str, tuple[str, str]] = {
    "upcoming": ("未到期", "to come"),
    "due": ("待办", "due"),
    "late": ("逾期", "late"),
    "done": ("已完成", "done"),
    "done_late": ("逾期完成", "done late"),
    "untold": ("无记录", "nothing recorded"),
}
CHOSEN = ("选定期限", "chosen date")
"""Said of a day that no clause gives, but a person has chosen."""
NAMED = 12
"""Jurisdictions that an event names by state; how many more there are, it counts."""


def calendar(
    entries: Sequence[Entry], as_of: int, lang: Literal["zh", "en"], within: str | None = None
) -> bytes:
    """Return entries as a calendar: an event for each deadline.

    Parameters
    ----------
    as_of : int
        The date of what the events say; also their time stamp, so that the same question gives the same bytes.
    lang : {'zh', 'en'}
        The language of titles; descriptions hold both.
    within : str, optional
        Whose calendar it is: part of the events' identities.
    """
    import icalendar

    from graph.campaign.entries import date_of

    book = icalendar.Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    named = {"zh": "“百日攻坚行动”日程", "en": "Campaign calendar"}[lang]
    book.add("x-wr-calname", f"{named} {within}" if within else named)
    book.add("x-wr-timezone", ZONE)
    # midnight of the day in Shanghai (UTC+8, without summer time since 1992)
    stamp = dt.datetime.combine(date_of(as_of), dt.time(), dt.timezone(dt.timedelta(hours=8)))
    for entry in entries:
        for number, deadline in enumerate(entry.deadlines):
            event = icalendar.Event()
            whose = "".join(c if c.isalnum() else "-" for c in within or "")
            which = f"{entry.id}-{number}{f'-{whose}' if whose else ''}"
            event.add("uid", f"{which}@lianjian")
            event.add("dtstamp", stamp.astimezone(dt.UTC))
            # a stage lasts from its first day; of two deadlines the second is a day of its own
            start = entry.start if entry.kind == "milestone" and not number else deadline.date
            event.add("dtstart", date_of(start))
            event.add("dtend", date_of(deadline.date) + dt.timedelta(days=1))
            event.add("summary", _title(entry, deadline, lang), {"LANGUAGE": lang})
            event.add("description", _described(entry, deadline, as_of))
            event.add("categories", list(entry.clauses))
            event.add("transp", "TRANSPARENT")
            book.add_component(event)
    made: bytes = book.to_ical()
    return made


def _title(entry: Entry, deadline: Deadline, lang: str) -> str:
    own, of = (entry.zh, deadline.zh) if lang == "zh" else (entry.en, deadline.en)
    said = [" ".join(entry.clauses)]
    if len(entry.deadlines) > 1:
        said.append(of)
    if deadline.chosen:
        said.append(CHOSEN[lang != "zh"])
    return f"{own}（{'，'.join(said)}）" if lang == "zh" else f"{own} ({', '.join(said)})"


def _described(entry: Entry, deadline: Deadline, as_of: int) -> str:
    """Return an event's text in both languages: what it is, and who stands how to it."""
    lines = [_title(entry, deadline, "zh"), _title(entry, deadline, "en")]
    if deadline.chosen:
        zh, en = deadline.chosen
        lines += [f"{CHOSEN[0]}：{zh}", f"{CHOSEN[1]}: {en}"]
    by_state: dict[str, list[Any]] = {}
    for standing in entry.standings:
        by_state.setdefault(entry.state_of(standing, as_of, deadline), []).append(standing)
    for state, some in by_state.items():
        zh, en = WORDS[state]
        names = [s.name + (f" {s.done}/{s.of}" if s.of is not None else "") for s in some[:NAMED]]
        more = f" … +{len(some) - NAMED}" if len(some) > NAMED else ""
        lines.append(f"{zh} {en}: {'、'.join(names)}{more}")
    return "\n".join(lines)
