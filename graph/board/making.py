"""Steps and measures: checked against what the store holds and what was recorded before, then written as one batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.board import record
from graph.board.checks import codes_of, found_of, once, refuse_order, some, stated, superseded
from graph.board.inspections import refuse_uninspected
from graph.board.record import Measures
from graph.board.states import BACK, LABELS, Standing, State, Step, following
from graph.decisions.writing import appending
from graph.errors import InputError
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graph.store.base import Store


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
        No office or evidence, a date after today or before the last step, another state comes first, or an inspection (S37) is
        open or found otherwise; nothing is recorded.
    """
    stated(office, date, ("--evidence", evidence, "say what shows it", "请写明依据"))
    made = [Step(code, to, date, evidence.strip(), office.strip()) for code in once(codes)]
    known = codes_of(store, [step.organization for step in made], date)

    def refuse(found: Mapping[str, Standing]) -> None:
        refuse_order(found, date)
        _refuse_skipped(found, to)
        refuse_uninspected(store, known, to)

    return _written(store, made, known, date, refuse, f"lianjian board {to.replace('_', '-')}")


def take_back(store: Store, codes: Sequence[str], office: str, date: int, reason: str) -> Recorded:
    """Record that the last step of organizations is taken back, from a date on; the history keeps it.

    Raises
    ------
    UnknownIdError
        The store has no organization of a code.
    InputError
        No office or reason, a date after today or before the last step, or there is no step to take back; nothing is recorded.
    """
    stated(office, date, ("--reason", reason, "say why", "请写明理由"))
    made = [Step(code, BACK, date, reason.strip(), office.strip()) for code in once(codes)]
    known = codes_of(store, [step.organization for step in made], date)

    def refuse(found: Mapping[str, Standing]) -> None:
        refuse_order(found, date)
        none = [code for code, s in found.items() if s.last is None]
        if none:
            raise InputError(
                f"{some(none, 'en')}: no step stands that could be taken back",
                f"{some(none, 'zh')}：没有可撤回的登记",
            )

    return _written(store, made, known, date, refuse, "lianjian board back")


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
    stated(
        office, date,
        ("--measures", measures, "say what is to be done", "请写明措施"),
        ("--responsible", responsible, "name the department in charge", "请写明责任单位"),
    )  # fmt: skip
    if due < date:
        raise InputError(
            f"{iso(due)} lies before {iso(date)}, the day of the record; give a day that is still to come",
            f"{iso(due)} 早于登记日期 {iso(date)}；请给出之后的日期",
            option="--due",
        )
    codes_of(store, [code], date)
    made = Measures(code, measures.strip(), due, responsible.strip(), office.strip(), date)

    def refuse() -> None:
        later = [m for m in record.measures_of(store, code) if m.decided > date]
        if later:
            raise superseded(code, later[-1].office, later[-1].decided)

    refuse()  # what can't be waits for nobody who writes
    with appending(store, record.LEDGER, "lianjian board measure", date) as add:
        refuse()  # others may have recorded something before the store was held
        return made, add(record.measure_rows(made))


def numbers_of(found: Mapping[str, Standing]) -> dict[str, int]:
    """Return how many steps each organization has on the board already."""
    return {code: max((p.number for p in s.past), default=0) for code, s in found.items()}


# -- the order of states ---
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
        f"{some(en, 'en')}: can't become {LABELS[to][1]} now; the order is {ways[1]}, and no state is skipped{own_en}",
        f"{some(zh, 'zh')}：现在不能登记为“{LABELS[to][0]}”；顺序为 {ways[0]}，不得跳步{own_zh}",
    )


def _written(
    store: Store,
    made: Sequence[Step],
    known: Mapping[str, Sequence[str]],
    date: int,
    refuse: Callable[[Mapping[str, Standing]], None],
    command: str,
) -> Recorded:
    """Write steps of one date, which rest on those before them."""
    refuse(found_of(store, known))  # what can't be waits for nobody who writes
    with appending(store, record.LEDGER, command, date) as add:
        found = found_of(store, known)
        refuse(found)  # others may have recorded something before the store was held
        batch = add(record.step_rows(made, numbers_of(found)))
    states = []
    for step in made:
        before = found[step.organization]
        if step.to == BACK:
            left = before.steps[:-1]
            states.append(left[-1].to if left else "pending")
        else:
            states.append(step.to)
    return Recorded(tuple(zip(made, states, strict=True)), batch)  # type: ignore[arg-type]
