"""Steps and measures: checked against what the store holds and what was recorded before, then written as one batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.board import record
from graph.board.record import ALWAYS, Measures
from graph.board.states import BACK, LABELS, Standing, State, Step, following
from graph.decisions.record import merges
from graph.decisions.writing import appending
from graph.errors import InputError, UnknownIdError
from graph.model import iso, today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graph.store.base import Store

NAMED = 5
"""Organizations that an error names; how many more there are, it counts."""
MOST = 1000
"""Organizations of one record at most."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: the steps with what they led to, and the batch that ``undo`` takes back."""

    made: tuple[tuple[Step, State], ...]
    batch: int


def advance(
    store: Store, codes: Sequence[str], to: State, office: str, date: int, evidence: str
) -> Recorded:
    """Record that organizations have reached a state.

    Raises
    ------
    UnknownIdError
        The store has no organization of a code.
    InputError
        No office or evidence, a date after today or before the last step, or another state comes first; nothing is recorded.
    """
    _stated(office, date, ("--evidence", evidence, "say what shows it", "请写明依据"))
    made = [Step(code, to, date, evidence.strip(), office.strip()) for code in _once(codes)]

    def refuse(found: Mapping[str, Standing]) -> None:
        _refuse_order(found, date)
        _refuse_skipped(found, to)

    return _written(store, made, date, refuse, f"lianjian board {to.replace('_', '-')}")


def take_back(store: Store, codes: Sequence[str], office: str, date: int, reason: str) -> Recorded:
    """Record that the last step of organizations is taken back, from a date on; the history keeps it.

    Raises
    ------
    UnknownIdError
        The store has no organization of a code.
    InputError
        No office or reason, a date after today or before the last step, or there is no step to take back; nothing is recorded.
    """
    _stated(office, date, ("--reason", reason, "say why", "请写明理由"))
    made = [Step(code, BACK, date, reason.strip(), office.strip()) for code in _once(codes)]

    def refuse(found: Mapping[str, Standing]) -> None:
        _refuse_order(found, date)
        none = [code for code, s in found.items() if s.last is None]
        if none:
            raise InputError(
                f"{_some(none, 'en')}: no step stands that could be taken back",
                f"{_some(none, 'zh')}：没有可撤回的登记",
            )

    return _written(store, made, date, refuse, "lianjian board back")


def measure(
    store: Store,
    code: str,
    measures: str,
    due: int,
    responsible: str,
    office: str,
    date: int,
) -> tuple[Measures, int]:
    """Record what is to be done about an organization, by when, and which department is in charge; return it and its batch.

    Raises
    ------
    UnknownIdError
        The store has no organization of the code.
    InputError
        A text is blank, a date after today, a deadline before it, or a later record stands.
    """
    _stated(
        office, date,
        ("--measures", measures, "say what is to be done", "请写明措施"),
        ("--responsible", responsible, "name the department in charge", "请写明责任单位"),
    )  # fmt: skip
    if due < date:
        raise InputError(
            f"--due: {iso(due)} lies before {iso(date)}, the day of the record; give a day that is still to come",
            f"--due：{iso(due)} 早于登记日期 {iso(date)}；请给出之后的日期",
        )
    _known(store, [code], date)
    made = Measures(code, measures.strip(), due, responsible.strip(), office.strip(), date)

    def refuse() -> None:
        later = [m for m in record.measures_of(store, code) if m.decided > date]
        if later:
            raise _later(code, later[-1].office, later[-1].decided)

    refuse()  # what can't be waits for nobody who writes
    with appending(store, record.LEDGER, "lianjian board measure", date) as add:
        refuse()  # others may have recorded something before the store was held
        return made, add(record.measure_rows(made))


# -- checks ------------------------------------------------------------------------------------------------------------
def _stated(office: str, date: int, *texts: tuple[str, str, str, str]) -> None:
    office_ = ("--office", office, "name the office that records it", "请写明登记单位")
    for option, text, en, zh in (office_, *texts):
        if not text.strip():
            raise InputError(f"{option}: {en}", f"{option}：{zh}")
    if date > today():
        raise InputError(
            f"--date: {iso(date)} is after today; a step is recorded once it is made",
            f"--date：{iso(date)} 晚于今天；完成后才能登记",
        )


def _known(store: Store, codes: Sequence[str], date: int) -> dict[str, list[str]]:
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
            f"{_some(unknown, 'en')}: no organization has this code; `lianjian find {unknown[0]}` searches names too",
            f"{_some(unknown, 'zh')}：没有这个单位代码；可用 `lianjian find {unknown[0]}` 按名称查找",
        )
    return {c: [c, *(m.object or c for m in merged.merged_into(c))] for c in codes}


def _once(codes: Sequence[str]) -> list[str]:
    once = list(dict.fromkeys(codes))
    if not 1 <= len(once) <= MOST:
        raise InputError(
            f"give 1 to {MOST:,} organizations at a time", f"每次请给出 1 至 {MOST:,} 家单位"
        )
    return once


def _found(store: Store, known: Mapping[str, Sequence[str]]) -> dict[str, Standing]:
    """Return how far each organization is, all that was ever recorded of any of its codes considered."""
    return {code: record.of(store, all_, ALWAYS) for code, all_ in known.items()}


def _refuse_skipped(found: Mapping[str, Standing], to: State) -> None:
    """Refuse a state that does not come next."""
    wrong = {code: s.state for code, s in found.items() if following(s.state) != to}
    if not wrong:
        return
    nexts = {following(s.state) for s in found.values()}
    ways = [
        " → ".join(
            LABELS[s][lang] for s in ("pending", "formed", "verified", "struck_off", "rechecked")
        )
        for lang in (0, 1)
    ]
    own_en = own_zh = ""
    if len(nexts) == 1 and (one := next(iter(nexts))) is not None:
        own_en, own_zh = f"; next comes {LABELS[one][1]}", f"；下一步为“{LABELS[one][0]}”"
    en = [f"{code} ({LABELS[s][1]})" for code, s in wrong.items()]
    zh = [f"{code}（{LABELS[s][0]}）" for code, s in wrong.items()]
    raise InputError(
        f"{_some(en, 'en')}: can't become {LABELS[to][1]} now; the order is {ways[1]}, and no state is skipped{own_en}",
        f"{_some(zh, 'zh')}：现在不能登记为“{LABELS[to][0]}”；顺序为 {ways[0]}，不得跳步{own_zh}",
    )


def _refuse_order(found: Mapping[str, Standing], date: int) -> None:
    for code, s in found.items():
        if s.past and s.past[-1].date > date:
            last = s.past[-1]
            raise _later(code, last.office or "", last.date)


def _later(code: str, office: str, date: int) -> InputError:
    return InputError(
        f"{code}: {office or 'somebody'} recorded a step on {iso(date)}; give that date or a later one",
        f"{code}：{office or '已有单位'}已于 {iso(date)} 登记；请给出当日或更晚的日期",
    )


def _written(
    store: Store,
    made: Sequence[Step],
    date: int,
    refuse: Callable[[Mapping[str, Standing]], None],
    command: str,
) -> Recorded:
    """Write steps of one date, which rest on those before them."""
    known = _known(store, [step.organization for step in made], date)
    refuse(_found(store, known))  # what can't be waits for nobody who writes
    with appending(store, record.LEDGER, command, date) as add:
        found = _found(store, known)
        refuse(found)  # others may have recorded something before the store was held
        counted = {code: max((p.number for p in s.past), default=0) for code, s in found.items()}
        batch = add(record.step_rows(made, counted))
    states = []
    for step in made:
        before = found[step.organization]
        if step.to == BACK:
            left = before.steps[:-1]
            states.append(left[-1].to if left else "pending")
        else:
            states.append(step.to)
    return Recorded(tuple(zip(made, states, strict=True)), batch)  # type: ignore[arg-type]


def _some(codes: Iterable[str], lang: str) -> str:
    named = list(codes)
    more = len(named) - NAMED
    joined = (", " if lang == "en" else "、").join(named[:NAMED])
    if more <= 0:
        return joined
    return f"{joined} and {more:,} more" if lang == "en" else f"{joined} 等 {len(named):,} 家"
