"""A report put together, and each of its figures led back to the rows that it counts (S46)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.annual import TOTAL
from graph.board import record
from graph.board.states import LABELS, STATES
from graph.city import City
from graph.columns import is_known, numbers, padded, positions, texts
from graph.coverage import DEFINITIONS, TARGETS, Coverage, asked
from graph.errors import InputError
from graph.history.beginning import first_listed
from graph.model import iso
from graph.report.counting import PART_COUNTS, Counting, Earlier, Point
from graph.report.identities import identities
from graph.report.received import received
from graph.report.whose import NOBODY, Subject
from graph.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from numpy.typing import NDArray

    from graph.policy.profile import Profile
    from graph.store.base import Store

    Bools = NDArray[np.bool_]

STANDINGS = ("single", "joint", "none_due", "none_few", "none_zero", "none_unknown")
"""How an organization of the base stands; others are outside it."""
_AT_ONCE = 20_000
TREND_UP_TO = 200_000
"""Organizations of a city up to which every report so far is a point of the trend; of more, the one before and this one."""


@dataclass(frozen=True, eq=False)
class Report:
    """A report of one subject.

    Attributes
    ----------
    counting : Counting
        At the report's date.
    previous : Earlier or None
        At the date of the report before; ``None`` where there is none, or nothing was listed by then.
    trend : list of Point
        At the dates of all reports so far, and at this one's.
    """

    counting: Counting
    previous: Earlier | None
    trend: list[Point]
    former_parts: Callable[[], Collection[str]] = tuple
    """The parts of the report before, which prints them with this one's zeros; read when asked for."""

    @property
    def subject(self) -> Subject:
        """Whose report it is."""
        return self.counting.subject

    @cached_property
    def _coverage(self) -> Coverage:
        city = self.counting.city
        import pandas as pd

        return Coverage(city, pd.Series(self.counting.within, index=city.organizations.index))

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``report --json`` prints."""
        counting, city, profile = self.counting, self.counting.city, self.counting.city.profile
        subject, before = self.subject, self.previous
        forms = self._forms()
        parts = self._parts()
        listed = counting.listed()
        rates = self._rates()
        base = next(r["denominator"] for r in rates if r["id"] == "org_operating")
        period = next((d for d in profile.semi_monthly if d >= city.as_of), None)
        return {
            "date": iso(city.as_of),
            "period": None if period is None else iso(period),
            "previous": None if before is None else iso(before.date),
            "profile": profile.name,
            "plan": {"zh": profile.title_zh, "en": profile.title_en},
            "subject": {
                "kind": subject.kind, "id": subject.id, "name": subject.name, "office": subject.office,
            },
            "baseline": self._coverage.baseline(),
            "listed": [
                {"id": name, "value": n, "before": None if before is None else before.listed[name]}
                for name, n in listed.items()
            ],
            "forms": forms,
            "rates": rates,
            "targets": [
                one | {"text": asked(one["id"], profile)} for one in self._coverage.targets()
            ],
            "parts": parts,
            "trend": [
                {
                    "date": iso(p.date), "units": p.units, "separate": p.separate, "joint": p.joint,
                    "rate": (p.separate + p.joint) / p.units if p.units else None,
                }
                for p in self.trend
            ],
            "board": self._board(),
            "received": received(city, subject),
            "identities": [
                one.as_json() for one in identities(forms, parts, base, listed)
            ],
            "chosen": [
                *(s.told() for s in profile.settings.values() if s.chosen),
                *(s.told() for s in profile.chosen_deadlines.values()),
            ],
            "undefined": [
                {"term": u.term, "keys": list(u.keys), "text": {"zh": u.zh, "en": u.en}}
                for u in profile.undefined
            ],
        }  # fmt: skip

    def _forms(self) -> list[dict[str, Any]]:
        out = self.counting.annual.as_json()
        former = {} if self.previous is None else {f["line"]: f for f in self.previous.forms}
        for form in out:
            then = former.get(form["line"])
            at = {} if then is None else {c["id"]: k for k, c in enumerate(then["columns"])}
            values = {} if then is None else {r["id"]: r["values"] for r in then["rows"]}
            for row in form["rows"]:
                if self.previous is None:
                    row["before"] = None
                    continue
                row["before"] = [
                    values[row["id"]][at[c["id"]]] if c["id"] in at else 0 for c in form["columns"]
                ]
        return out

    def _rates(self) -> list[dict[str, Any]]:
        former = {} if self.previous is None else {r.id: r for r in self.previous.rates}
        return [
            d | {"goal": d.get("goal"), "gap": d.get("gap")}
            | {"before": former[d["id"]].as_json() if former else None}
            for d in self._coverage.definitions()
        ]  # fmt: skip

    def _parts(self) -> list[dict[str, Any]]:
        counting = self.counting
        found = counting.by_part()
        former = {} if self.previous is None else self.previous.by_part
        nothing = dict.fromkeys(("listed", *PART_COUNTS), 0)
        return [
            {
                "id": part,
                "name": self.subject.part_name(counting.city, part),
                "counts": found.get(part, nothing),
                "before": None if self.previous is None else former.get(part, nothing),
            }
            for part in sorted({*found, *former}, key=_order)
        ]

    def _board(self) -> list[dict[str, Any]]:
        """Return how many organizations stand in each state of the cross-off that somebody recorded (S22)."""
        return [
            {"state": s, "text": {"zh": LABELS[s][0], "en": LABELS[s][1]}, "value": int(some.sum())}
            for s, some in self._stages.items()
        ]

    @cached_property
    def _stages(self) -> dict[str, Bools]:
        """Which organizations stand in each state of the cross-off that somebody recorded."""
        city = self.counting.city
        standings = record.read(city.store, city.as_of)
        at = positions(city.standing.index, list(standings))
        out: dict[str, Bools] = {}
        for state in STATES[1:]:
            # the last is for whoever is no organization of the city
            some = np.zeros(len(city.standing) + 1, dtype=bool)
            some[at[np.array([s.state == state for s in standings.values()], dtype=bool)]] = True
            out[state] = some[:-1] & self.counting.within
        return out

    # -- figures to rows -----------------------------------------------------------------------------------------------
    def counted(self, figure: str) -> Bools:
        """Return which organizations a figure counts.

        Parameters
        ----------
        figure : str
            ``listed.NAME``; ``LINE.ROW`` or ``LINE.ROW.COLUMN`` of a form; ``rate.ID`` (the numerator) or ``rate.ID.of``;
            ``target.CLAUSE`` or ``target.CLAUSE.of``; ``part.COUNT.PART``; ``board.STATE``.

        Raises
        ------
        InputError
            There is no such figure.
        """
        found = self._counted(figure)
        if found is None:
            raise InputError(
                f"--rows: there is no figure {figure}; the report prints the number of each, such as enterprise.none_due or"
                " rate.org_operating",
                f"--rows：没有编号为 {figure} 的数字；报表印有每个数字的编号，如 enterprise.none_due、rate.org_operating",
            )
        return found

    def _counted(self, figure: str) -> Bools | None:
        kind, _, rest = figure.partition(".")
        name, _, tail = rest.partition(".")
        counting = self.counting
        if kind == "listed" and not tail:
            return counting.listed_masks.get(name)
        if kind == "board" and not tail:
            return self._stages.get(name)
        if (
            kind == "part"
            and name in ("listed", *PART_COUNTS)
            and (tail in counting.by_part() or tail in self.former_parts())
        ):
            some = counting.within if name == "listed" else counting.part_masks[name]
            return np.asarray(some & (counting.parts == tail), dtype=bool)
        if kind == "rate" and tail in ("", "of"):
            for d in DEFINITIONS:
                if d.id == name:
                    whole = d.whole(counting.sets) & counting.within
                    return whole if tail else whole & d.part(counting.sets)
            return None
        if kind == "target" and name in TARGETS and tail in ("", "of"):
            survey = Survey(counting.city)
            whole = survey.bound(name)[0] & counting.within
            with np.errstate(invalid="ignore"):
                part = survey.facts.members >= 1 if name == "S3" else counting.sets.covered
            return whole if tail else whole & part
        return counting.annual.counted(kind, name, tail or TOTAL)

    def number(self, figure: str) -> int:
        """Return what the report prints at a figure: how many organizations it counts, or of a sum what it adds up over them.

        Raises
        ------
        InputError
            There is no such figure.
        """
        return self.counting.annual.number(self._row(figure), self.counted(figure))

    def _row(self, figure: str) -> str:
        """Return the row of a form to which a figure belongs, ``""`` of others."""
        kind, _, rest = figure.partition(".")
        return (
            rest.partition(".")[0] if kind in {f.line for f in self.counting.annual.forms} else ""
        )

    def rows(self, figure: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the organizations that a figure counts, or all that the report counts, with what counts of each and its row.

        Raises
        ------
        InputError
            There is no such figure.
        """
        return self._rows(self.counting.within if figure is None else self.counted(figure))

    @cached_property
    def standings(self) -> NDArray[Any]:
        """How each organization of the base stands (:data:`STANDINGS`), ``None`` outside it."""
        masks, base = self.counting.annual.masks, self.counting.sets.base
        named = {"single": "separate"}
        out: NDArray[Any] = np.full(len(base), None, dtype=object)
        for name in STANDINGS:
            out[base & masks[named.get(name, name)]] = name
        return out

    def _rows(self, some: Bools) -> Iterator[dict[str, Any]]:
        city = self.counting.city
        o, at = city.organizations, np.flatnonzero(some)
        said = {n: texts(o[n])[at] for n in ("name", "line", "category", "status", "ledger_unit")}
        staff, m, more = (numbers(o[n])[at] for n in ("staff", "m", "probationary_members"))
        instructed = self.counting.annual.masks["instructed"][at]
        units, organizations, _ = city.formal
        held: dict[int, list[str]] = {}
        wanted = np.zeros(len(o), dtype=bool)
        wanted[at] = True
        codes = padded(city.unit_rows.index)
        for unit, organization in zip(units, organizations, strict=True):
            if wanted[organization]:
                held.setdefault(int(organization), []).append(str(codes[unit]))
        claims = o["claim"].to_numpy(dtype=np.int64)[at]
        known = is_known(said["status"])
        for start in range(0, len(at), _AT_ONCE):
            stop = min(start + _AT_ONCE, len(at))
            sources = city.store.sources("organization", claims[start:stop].tolist())
            for k in range(start, stop):
                source = sources.get(int(claims[k]))
                yield {
                    "code": str(o.index[at[k]]),
                    **{name: values[k] for name, values in said.items()},
                    "status": said["status"][k] if known[k] else None,
                    "part": str(self.counting.parts[at[k]]),
                    "staff": _whole(staff[k]),
                    "members": _whole(m[k]),
                    "probationary": _whole(more[k]),
                    "standing": self.standings[at[k]],
                    "instructed": bool(instructed[k]),
                    "units": held.get(int(at[k]), []),
                    "source": source.as_json() if source else None,
                }


def _whole(number: float) -> int | None:
    return None if np.isnan(number) else int(number)


def _order(part: str) -> tuple[int, str]:
    """Districts and ledgers by code, then departments, then nobody's."""
    return (2 if part == NOBODY else int(part.startswith("dept:"))), part


def refuse_since(since: int | None, date: int) -> None:
    """Refuse a report before that is not before.

    Raises
    ------
    InputError
        With both dates.
    """
    if since is not None and since >= date:
        raise InputError(
            f"--since {iso(since)}: the report before has to be of an earlier date than {iso(date)}",
            f"--since {iso(since)}：上次报表的日期应早于 {iso(date)}",
        )


def report(
    store: Store,
    profile: Profile,
    date: int,
    within: str | None = None,
    *,
    since: int | None = None,
    earlier: bool = True,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Report:
    """Count a report.

    Parameters
    ----------
    date : int
        The report's day, ``yyyymmdd``: all figures are of the end of it.
    within : str, optional
        A division's code, or a ledger unit's id (the organs work committee's is ``dept:`` and its name); default the city.
    since : int, optional
        The date of the report before; default the latest of the profile's semi-monthly dates (S47) before ``date``.
    earlier : bool
        Whether the dates of the reports before are counted too.
    progress : callable, optional
        Called with how many dates are counted, and of how many.

    Raises
    ------
    InputError
        ``within`` is neither; ``since`` is not before ``date``.
    """
    refuse_since(since, date)
    city = City(store, profile, date)
    subject = Subject.of(city, within)
    begun = first_listed(store)
    listed = [d for d in profile.semi_monthly if begun is not None and begun <= d < date]
    former = since if since is not None else max(listed, default=None)
    if former is not None and (begun is None or former < begun):
        former = None
    dates = [] if not earlier else sorted({*listed, *([] if former is None else [former])})
    points: list[Point] = []
    previous = None
    # the report before first, then the latest: each city's size tells whether there is time for one more
    for n, day in enumerate(sorted(dates, key=lambda d: (d != former, -d))):
        progress(n, len(dates) + 1)
        then = City(store, profile, day)  # the whole city at one of them at a time
        if day == former:
            previous = Earlier.of(Counting(then, subject))
            points.append(Point.of(previous.rates, day))
        else:
            points.append(Point.at(then, subject))
        size = len(then.standing)
        del then
        if size > TREND_UP_TO:
            break
    if previous is not None and not previous.listed["listed"]:
        previous = None
    points.sort(key=lambda p: p.date)
    progress(len(dates), len(dates) + 1)
    _ = city.organizations  # all of them at once, before few of their columns are asked for
    now = Counting(city, subject)
    trend = [*points, Point.of(now.rates(), date)]
    while len(trend) > 1 and not trend[0].units:  # before anything of the subject was listed
        trend.pop(0)

    @cache
    def parts_before() -> Collection[str]:
        if previous is not None or earlier or former is None:
            return () if previous is None else previous.by_part
        before = City(store, profile, former)
        return {*map(str, subject.parts(before)[subject.within(before)])}

    return Report(now, previous, trend, parts_before)
