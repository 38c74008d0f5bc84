"""Samples for inspection that were drawn and kept, and what was found (检查验收: S37): read, counted, and what follows from it.

A sample's items are rows of the kind ``inspection``: one that says that an organization was drawn, with all that it takes to draw
the sample again, then one for each result. Results are numbered, so that one which is taken back stays in the history.

An inspection stands behind ``verified`` of the cross-off: of who was drawn, nobody records ``verified`` before the result, and
nobody strikes off what was found otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from graph.board import record
from graph.board.checks import some
from graph.board.states import NOTHING
from graph.columns import mask
from graph.errors import InputError, UnknownIdError, Way
from graph.model import OPEN, iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graph.board.states import State
    from graph.city import City
    from graph.sample import Population
    from graph.store.base import Store

Result = Literal["as_stated", "differs", "not_found"]
RESULTS: tuple[Result, ...] = ("as_stated", "differs", "not_found")
DRAWN, BACK = "drawn", "back"
LABELS: dict[str, tuple[str, str]] = {
    DRAWN: ("未登记结果", "no result yet"),
    "as_stated": ("属实", "as stated"),
    "differs": ("不符", "differs"),
    "not_found": ("查无此单位", "not found"),
    BACK: ("撤回", "taken back"),
}
"""What each is called, in Chinese and English."""
_ALWAYS = OPEN - 1
_SHOWN = ("name", "address", "action", "ledger_unit", "ledger_unit_name")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the kind ``inspection``: drawn, a result, or one taken back.

    Attributes
    ----------
    sample, organization : str
    result : str
        ``drawn``, one of :data:`RESULTS`, or ``back``.
    evidence : str or None
        What shows the result; of one taken back, the reason.
    office : str
        Who drew it, or inspected: an office, never a person.
    decided : int
        ``yyyymmdd``.
    number : int
        0 of a row that draws; results count on.
    seed, within, population, asked, as_of
        Of a row that draws: what draws the sample again.
    """

    sample: str
    organization: str
    result: str
    evidence: str | None
    office: str
    decided: int
    number: int = 0
    seed: int | None = None
    within: str | None = None
    population: Population | None = None
    asked: str | None = None
    as_of: int | None = None

    @property
    def key(self) -> str:
        """What the store knows it by."""
        return f"{self.sample}|{self.organization}|{self.number}"


@dataclass(frozen=True, slots=True)
class Item:
    """An organization of a sample: when it was drawn, and all that was recorded of it since, in order."""

    drawn: Row
    past: tuple[Row, ...] = ()

    @property
    def last(self) -> Row | None:
        """The result that stands; ``None`` before there is one, or once it was taken back."""
        way: list[Row] = []
        for row in self.past:
            way = way[:-1] if row.result == BACK else [*way, row]
        return way[-1] if way else None

    @property
    def result(self) -> str:
        """The result's word, ``drawn`` where none stands."""
        last = self.last
        return DRAWN if last is None else last.result


def sample_id(within: str | None, decided: int, seed: int) -> str:
    """Return what a sample is known by: where, when and with which seed it was drawn.

    >>> sample_id("420106", 20161121, 7)
    '420106/2016-11-21/7'
    """
    return f"{within or 'all'}/{iso(decided)}/{seed}"


def read(store: Store, as_of: int | None = None) -> dict[tuple[str, str], Item]:
    """Return the items of all samples by sample and organization, as they stand at a date (default: the store's latest)."""
    return _items(store.frame("inspection", as_of))


def of(store: Store, codes: Iterable[str]) -> dict[tuple[str, str], Item]:
    """Return the items of some organizations, whatever their dates."""
    return _items(store.frame("inspection", _ALWAYS, of=list(codes), by="organization"))


def _items(frame: pd.DataFrame) -> dict[tuple[str, str], Item]:
    drawn: dict[tuple[str, str], Row] = {}
    past: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for raw in frame.to_dict("records"):
        known = {str(c): None if pd.isna(v) else v for c, v in raw.items()}
        whole = {n: None if (v := known[n]) is None else int(v) for n in ("seed", "as_of")}
        row = Row(
            str(known["sample"]), str(known["organization"]), str(known["result"]), known["evidence"],
            str(known["office"]), int(raw["decided"]), int(str(known["key"]).rpartition("|")[2]),
            within=known["within"], population=known["population"], asked=known["asked"], **whole,
        )  # fmt: skip
        at = (row.sample, row.organization)
        if row.result == DRAWN:
            drawn[at] = row
        else:
            past[at].append(row)
    return {
        at: Item(row, tuple(sorted(past[at], key=lambda r: r.number)))
        for at, row in sorted(drawn.items())
    }


def newest(items: Iterable[Item]) -> dict[str, Item]:
    """Return each organization's item of the sample that was drawn last."""
    out: dict[str, Item] = {}
    for item in sorted(items, key=lambda i: (i.drawn.decided, i.drawn.sample)):
        out[item.drawn.organization] = item
    return out


def refuse_uninspected(store: Store, known: Mapping[str, Sequence[str]], to: State) -> None:
    """Refuse a step that an inspection stands against: ``verified`` without its result, ``struck_off`` against it.

    Parameters
    ----------
    known : mapping
        All codes of each organization by the one that stays.

    Raises
    ------
    InputError
        Names the organizations.
    """
    if to not in ("verified", "struck_off"):
        return
    every = [one for codes in known.values() for one in codes]
    found = newest(of(store, every).values())
    items = {c: newest(found[o] for o in codes if o in found) for c, codes in known.items()}
    last = {
        c: max(some_.values(), key=lambda i: i.drawn.decided) for c, some_ in items.items() if some_
    }
    open_ = [c for c, item in last.items() if item.result == DRAWN]
    if to == "verified" and open_:
        sample = last[open_[0]].drawn.sample
        raise InputError(
            f"{some(open_, 'en')}: drawn for inspection {sample}, and no result is recorded",
            f"{some(open_, 'zh')}：已抽入检查 {sample}，尚未登记结果",
            way=Way(
                f"`lianjian inspection record {sample} {open_[0]}` records it, and the state with it",
                f"请用 `lianjian inspection record {sample} {open_[0]}` 登记，状态随之登记",
            ),
        )
    other = [c for c, item in last.items() if item.result in RESULTS[1:]]
    if other:
        row = last[other[0]].last
        assert row is not None  # noqa: S101 - it has a result
        raise InputError(
            f"{some(other, 'en')}: the inspection of {iso(row.decided)} found otherwise ({LABELS[row.result][1]});"
            " inspect again and record the result first",
            f"{some(other, 'zh')}：{iso(row.decided)} 检查结果为“{LABELS[row.result][0]}”；请复查并登记结果后再登记",
        )


# -- samples as they stand ------------------------------------------------------------------------------------------------
def told_result(row: Row) -> dict[str, Any]:
    """Return a result, or one taken back, as both sides say it."""
    return {
        "result": row.result,
        "evidence": row.evidence,
        "office": row.office,
        "date": iso(row.decided),
    }


@dataclass(frozen=True, eq=False)
class Inspections:
    """The samples of a city, or of a division or ledger unit of it, with what was found.

    Parameters
    ----------
    city : graph.city.City
    within : str, optional
        A division's code or a ledger unit's id: items that lie there alone.
    """

    city: City
    within: str | None = None

    @cached_property
    def items(self) -> dict[str, list[Item]]:
        """The items by sample, the newest sample first; a merged organization is the one that stays."""
        o, merged = self.city.organizations, self.city.decisions.merged
        here = None if self.within is None else set(o.index[mask(self.city.select(self.within))])
        out: dict[str, list[Item]] = defaultdict(list)
        for item in read(self.city.store, self.city.as_of).values():
            code = merged.get(item.drawn.organization, item.drawn.organization)
            if here is None or code in here:
                out[item.drawn.sample].append(
                    replace(item, drawn=replace(item.drawn, organization=code))
                )
        order = sorted(out, key=lambda s: (-out[s][0].drawn.decided, s))
        return {sample: out[sample] for sample in order}

    def of(self, sample: str) -> list[Item]:
        """Return the items of a sample.

        Raises
        ------
        UnknownIdError
            There is no such sample, or none of it lies here.
        """
        if sample not in self.items:
            raise UnknownIdError(
                f"{sample[:120]}: no sample of this number",
                f"{sample[:120]}：没有这一编号的抽查",
                way=Way(
                    "`lianjian inspection list` shows those that were drawn",
                    "`lianjian inspection list` 列出已抽取的",
                ),
            )
        return self.items[sample]

    @cached_property
    def _places(self) -> pd.DataFrame:
        return self.city.organizations[list(_SHOWN)]

    @cached_property
    def _standings(self) -> dict[str, Any]:
        return record.read(self.city.store, self.city.as_of)

    def rows(self, sample: str) -> Iterator[dict[str, Any]]:
        """Yield the items of a sample by ledger unit and code, with result and state."""
        o = self._places
        known = []
        for item in self.of(sample):
            code = item.drawn.organization
            said = (
                dict.fromkeys(_SHOWN, None)
                if code not in o.index
                else {n: _text(o.at[code, n]) for n in _SHOWN}
            )
            known.append((said["ledger_unit"] or "", code, item, said))
        for _, code, item, said in sorted(known, key=lambda k: k[:2]):
            last = item.last
            yield {
                "code": code,
                **said,
                "state": self._standings.get(code, NOTHING).state,
                "result": None if last is None else last.result,
                "last": None if last is None else told_result(last),
                "history": [told_result(row) for row in item.past],
            }

    def head(self, sample: str) -> dict[str, Any]:
        """Return a sample in numbers, with what draws it again."""
        items = self.of(sample)
        first = items[0].drawn
        counts = self.counts(items)
        return {
            "id": sample,
            "date": iso(first.decided),
            "office": first.office,
            "seed": first.seed,
            "in": first.within,
            "whom": first.population,
            "asked": first.asked,
            "drawn_as_of": iso(first.as_of),
            **counts,
        }

    @staticmethod
    def counts(items: Iterable[Item]) -> dict[str, int]:
        """Return how many were drawn, how many have a result, and each result's number."""
        found = [item.result for item in items]
        each: dict[str, int] = {name: found.count(name) for name in RESULTS}
        return {"drawn": len(found), "recorded": sum(each.values()), **each}

    def areas(self, sample: str) -> list[dict[str, Any]]:
        """Return how far a sample is by ledger unit (street, zone, district or department)."""
        by: dict[str, list[Item]] = defaultdict(list)
        names: dict[str, str | None] = {}
        o = self._places
        for item in self.of(sample):
            code = item.drawn.organization
            unit = (_text(o.at[code, "ledger_unit"]) if code in o.index else None) or ""
            by[unit].append(item)
            names[unit] = _text(o.at[code, "ledger_unit_name"]) if unit else None
        return [
            {"ledger_unit": unit or None, "name": names[unit], **self.counts(by[unit])}
            for unit in sorted(by)
        ]

    def as_json(self, sample: str | None = None) -> dict[str, Any]:
        """Return the samples in numbers; of one of them, its items too."""
        told_ = {"as_of": iso(self.city.as_of), "in": self.within}
        if sample is None:
            return told_ | {"samples": [self.head(one) for one in self.items]}
        return told_ | {
            "sample": self.head(sample),
            "areas": self.areas(sample),
            "items": list(self.rows(sample)),
        }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def formed(city: City) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which organizations are to be inspected: those that the cross-off has as formed, or further (S37)."""
    found = record.read(city.store, city.as_of)
    reached = {code for code, s in found.items() if s.state != "pending"}
    merged = city.decisions.merged
    reached = {merged.get(code, code) for code in reached}
    return np.asarray(city.organizations.index.isin(list(reached)), dtype=bool)
