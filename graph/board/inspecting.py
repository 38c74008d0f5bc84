"""Samples drawn and kept, results recorded and taken back: checked, then written in one batch with the steps that they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.board import inspections, record
from graph.board.checks import codes_of, found_of, once, refuse_order, some, stated, superseded
from graph.board.inspections import BACK, DRAWN, RESULTS, Item, Result, Row, sample_id
from graph.board.making import numbers_of
from graph.board.states import BACK as STEP_BACK
from graph.board.states import Standing, Step
from graph.decisions.writing import appending, rows
from graph.errors import InputError, UnknownIdError, Way
from graph.sample import Sample, draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from graph.city import City
    from graph.sample import Population
    from graph.store.base import Store


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample that was drawn and kept."""

    id: str
    sample: Sample
    batch: int


@dataclass(frozen=True, slots=True)
class Found:
    """Results that were recorded or taken back, with the steps of the cross-off that went with them."""

    made: tuple[Row, ...]
    steps: tuple[Step, ...]
    batch: int


def keep(
    city: City,
    store: Store,
    office: str,
    date: int,
    seed: int,
    *,
    whom: Population,
    size: int | None = None,
    share: float | None = None,
    within: str | None = None,
) -> Drawn:
    """Draw a sample and keep it.

    Parameters
    ----------
    city : graph.city.City
        Whom it is drawn from: what the asker sees.
    store : graph.store.base.Store
        Where it is kept.
    date : int
        The day on which it is drawn.

    Raises
    ------
    InputError
        No office, a date after today, a sample of this place, day and seed was drawn already, or as :func:`graph.sample.draw`.
    """
    stated(office, date)
    drawn = draw(city, seed, size=size, share=share, within=within, whom=whom)
    id_ = sample_id(within, date, seed)
    asked = str(size) if size is not None else f"{float(share or 0):g}"
    made = [
        Row(
            id_, code, DRAWN, None, office.strip(), date,
            seed=seed, within=within, population=whom, asked=asked, as_of=drawn.as_of,
        )
        for _, code in drawn
    ]  # fmt: skip

    def refuse() -> None:
        keys = [row.key for row in made]
        if len(store.frame("inspection", record.ALWAYS, ["sample"], of=keys)):
            raise InputError(
                f"{id_}: this sample was drawn already",
                f"{id_}：该抽查已抽取",
                way=Way(
                    f"`lianjian inspection show {id_}` shows it; give another --seed",
                    f"可用 `lianjian inspection show {id_}` 查看；另抽请换 --seed",
                ),
            )

    refuse()
    with appending(store, record.LEDGER, "lianjian inspection draw", date) as add:
        refuse()
        return Drawn(id_, drawn, add(_rows(made)))


def found(
    store: Store,
    sample: str,
    codes: Sequence[str],
    result: Result,
    evidence: str,
    office: str,
    date: int,
) -> Found:
    """Record what the inspection of organizations of a sample found.

    One that is ``formed`` and found as stated is ``verified`` with it (S22): in the same batch, with the same evidence.

    Raises
    ------
    UnknownIdError
        There is no such organization, or it is not in the sample.
    InputError
        No office or evidence, or a date after today, before the drawing, the last result or the last step; nothing is recorded.
    """
    stated(office, date, ("--evidence", evidence, "say what shows it", "请写明依据"))
    codes = once(codes)
    known = codes_of(store, codes, date)

    def made(
        items: Mapping[str, Item], standings: Mapping[str, Standing]
    ) -> tuple[list[Row], list[Step]]:
        for code, item in items.items():
            last = (item.drawn, *item.past)[-1]
            if last.decided > date:
                raise superseded(code, last.office, last.decided)
        verified = [c for c in codes if result == RESULTS[0] and standings[c].state == "formed"]
        refuse_order({c: standings[c] for c in verified}, date)
        rows_ = [
            _next(item, result, evidence.strip(), office.strip(), date) for item in items.values()
        ]
        steps = [Step(c, "verified", date, evidence.strip(), office.strip()) for c in verified]
        return rows_, steps

    made(
        _items(store, sample, known), found_of(store, known)
    )  # what can't be waits for nobody who writes
    with appending(store, record.LEDGER, "lianjian inspection record", date) as add:
        standings = found_of(store, known)
        rows_, steps = made(_items(store, sample, known), standings)
        return Found(tuple(rows_), tuple(steps), add(_with(rows_, steps, standings)))


def take_back(
    store: Store, sample: str, codes: Sequence[str], office: str, date: int, reason: str
) -> Found:
    """Record that the last result of organizations of a sample is taken back, and the ``verified`` that came with it.

    Raises
    ------
    UnknownIdError
        There is no such organization, or it is not in the sample.
    InputError
        No office or reason, a date after today or before the last result or step, no result stands, or a step that rests on it was
        recorded since; nothing is recorded.
    """
    stated(office, date, ("--reason", reason, "say why", "请写明理由"))
    codes = once(codes)
    known = codes_of(store, codes, date)

    def made(
        items: Mapping[str, Item], standings: Mapping[str, Standing]
    ) -> tuple[list[Row], list[Step]]:
        none = [code for code, item in items.items() if item.last is None]
        if none:
            raise InputError(
                f"{some(none, 'en')}: no result stands that could be taken back",
                f"{some(none, 'zh')}：没有可撤回的结果",
            )
        rows_, steps, resting = [], [], []
        for code, item in items.items():
            newest = item.past[-1]
            if newest.decided > date:
                raise superseded(code, newest.office, newest.decided)
            rows_.append(_next(item, BACK, reason.strip(), office.strip(), date))
            way = [s for s in standings[code].steps if _with_it(s, item)]
            if way and way[-1] is standings[code].last:
                steps.append(Step(code, STEP_BACK, date, reason.strip(), office.strip()))
            elif way:
                resting.append(code)
        if resting:
            raise InputError(
                f"{some(resting, 'en')}: later steps rest on this result",
                f"{some(resting, 'zh')}：此后已有以该结果为据的登记",
                way=Way(
                    "take them back first, `lianjian board back`",
                    "请先用 `lianjian board back` 撤回",
                    "take them back first",
                    "请先撤回",
                ),
            )
        refuse_order({s.organization: standings[s.organization] for s in steps}, date)
        return rows_, steps

    made(_items(store, sample, known), found_of(store, known))
    with appending(store, record.LEDGER, "lianjian inspection back", date) as add:
        standings = found_of(store, known)
        rows_, steps = made(_items(store, sample, known), standings)
        return Found(tuple(rows_), tuple(steps), add(_with(rows_, steps, standings)))


def _items(store: Store, sample: str, known: Mapping[str, Sequence[str]]) -> dict[str, Item]:
    """Return the items of organizations in a sample, by the code that stays."""
    every = inspections.of(store, [one for codes in known.values() for one in codes])
    out = {}
    for code, codes in known.items():
        item = next((every[sample, one] for one in codes if (sample, one) in every), None)
        if item is not None:
            out[code] = item
    missing = [code for code in known if code not in out]
    if missing:
        raise UnknownIdError(
            f"{some(missing, 'en')}: not drawn in {sample[:120]}",
            f"{some(missing, 'zh')}：未抽入 {sample[:120]}",
            way=Way(
                "`lianjian inspection list` shows the samples",
                "`lianjian inspection list` 列出各次抽查",
            ),
        )
    return out


def _next(item: Item, result: str, text: str, office: str, date: int) -> Row:
    number = max((row.number for row in item.past), default=0) + 1
    return Row(item.drawn.sample, item.drawn.organization, result, text, office, date, number)


def _with_it(step: Step, item: Item) -> bool:
    """Whether a step was recorded with an item's standing result."""
    last = item.last
    return (
        last is not None
        and step.to == "verified"
        and (step.date, step.text, step.office) == (last.decided, last.evidence, last.office)
    )


def _rows(made: Sequence[Row]) -> dict[str, pd.DataFrame]:
    keys = [row.key for row in made]
    return {"inspection": rows("inspection", keys, [row.decided for row in made], made)}


def _with(
    made: Sequence[Row], steps: Sequence[Step], standings: Mapping[str, Standing]
) -> dict[str, pd.DataFrame]:
    frames = _rows(made)
    return frames | record.step_rows(steps, numbers_of(standings)) if steps else frames
