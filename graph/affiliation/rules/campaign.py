"""Reports, strike-offs and reported rates (S12, S20, S22, S38, S46–S48)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation import calendar
from graph.affiliation.calendar import (
    ANNEX_1,
    ANNEX_2,
    DEPARTMENTS,
    DUTY_REPORT,
    RECHECKED,
    REVERSED,
    SEMI_MONTHLY,
    STRUCK_OFF,
    WORK_PLAN,
)
from graph.affiliation.facts import Facts
from graph.affiliation.registry import (
    Hit,
    Outcome,
    Population,
    Words,
    no_repair,
    node,
    rule,
)
from graph.affiliation.reported import reported
from graph.affiliation.submitters import Submitters, received
from graph.board.record import read
from graph.columns import numbers, positions, texts
from graph.model import iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

SUBMIT = no_repair("须由该单位补报", "the office has to submit it")


@rule(
    "submission_missing",
    clauses="S12 S20 S48",
    severity="error",
    title=("应报未报", "nothing submitted"),
    says=(
        "{office} 应于 {date} 前报送{what}，至今未报",
        "{office} has not submitted {what}, due on {date}",
    ),
    clean=(
        "{checked} 件到期应报材料中 {clean} 件已报",
        "{clean} of {checked} submissions that were due came in",
    ),
    needs="submission organization",
    identity="subject what",
)
def submission_missing(facts: Facts) -> Outcome:
    """Find offices from which a submission was due and none came, one finding for each submission.

    What is due from whom, and the words by which it is known, stand in :mod:`graph.affiliation.calendar`: 工作方案 (S12), 附表1
    and 附表2 (S20) from districts, 附表2 from the organs work committee and the civil-affairs bureau, 专项责任报告 (S48) from the
    departments. Before its date nothing is due, so nothing is missing; a row of any date answers, late or
    undated. Semi-monthly reports are ``report_late``.
    """
    people = Submitters(facts)
    came = received(facts)
    came = came.assign(who=came["office"].map(people.who))
    have = set(zip(came["what"], came["who"], strict=True))
    departments = {
        (DUTY_REPORT, calendar.department(office))
        for what, office in zip(came["what"], came["office"], strict=True)
        if what == DUTY_REPORT
    }
    due: list[tuple[str, str, str, str]] = []  # clause, what, identity, name
    for who, name in people.names().items():
        wanted = [("S20", ANNEX_2)]
        if who.startswith("district:"):
            wanted += [("S12", WORK_PLAN), ("S20", ANNEX_1)]
        due += [(clause, what, who, name) for clause, what in wanted]
    due += [("S48", DUTY_REPORT, name, name) for name, _ in DEPARTMENTS]
    hits = []
    checked = []
    for clause, what, who, name in due:
        dates = facts.due(clause)
        if not dates or facts.as_of <= dates[0]:
            continue
        checked.append(name)
        if (what, who) in have or (what, who) in departments:
            continue
        hits.append(
            Hit(
                name,
                {"office": name, "what": what, "date": iso(dates[0])},
                (node(name, "office", missing=what, period=calendar.PERIOD_OF[what]),),
                (),
                SUBMIT,
                clause=clause,
                due=dates,
            )
        )
    return Outcome(Population(offices=tuple(checked)), hits, each=True)


@rule(
    "report_late",
    clauses="S47",
    severity="error",
    title=("半月报迟报或缺报", "semi-monthly report late or missing"),
    says=(
        "{office} 的 {period} 半月报{what}",
        "the semi-monthly report of {office} for {period} {what}",
    ),
    clean=(
        "{checked} 份到期半月报中 {clean} 份按时",
        "{clean} of {checked} semi-monthly reports that were due came in time",
    ),
    needs="submission organization",
    identity="subject period",
)
def report_late(facts: Facts) -> Outcome:
    """Find semi-monthly reports that came after their date or, once it has passed, not at all.

    Due from each district, the organs work committee and the civil-affairs bureau by the 10th and 25th of each month of the
    campaign, nine times. A report on the day itself is in time; the earliest of several rows counts; a row without
    a date is not judged.
    """
    people = Submitters(facts)
    dates = facts.profile.semi_monthly
    rows = received(facts)
    rows = rows[rows["what"] == SEMI_MONTHLY]
    periods = {t: calendar.semi_monthly_period(t, dates) for t in rows["period"].unique()}
    came: dict[tuple[str, int], tuple[float, int]] = {}
    undated: set[tuple[str, int]] = set()
    strange = 0
    for office, text, date, claim in zip(
        rows["office"], rows["period"], rows["date"], rows["claim"], strict=True
    ):
        who, period = people.who(str(office)), periods[text]
        if who is None or period is None:
            strange += 1
        elif np.isnan(date):
            undated.add((who, period))
        else:
            came[who, period] = min(came.get((who, period), (float("inf"), 0)), (date, int(claim)))
    hits = []
    checked = []
    for who, name in people.names().items():
        for period in dates:
            if facts.as_of <= period and (who, period) not in came:
                continue
            checked.append(name)
            date, claim = came.get((who, period), (float("nan"), 0))
            if date <= period or (np.isnan(date) and (who, period) in undated):
                continue
            if np.isnan(date):
                what = Words("至今未报", "has not come in")
                evidence = node(name, "office", missing=SEMI_MONTHLY, period=iso(period))
            else:
                day = iso(int(date))
                what = Words(f"迟至 {day} 才报", f"came in only on {day}")
                evidence = node(name, "office", period=iso(period), received=day)
            hits.append(
                Hit(
                    name,
                    {"office": name, "period": iso(period), "what": what},
                    (evidence,),
                    (("submission", claim),) if claim else (),
                    SUBMIT if np.isnan(date) else no_repair("已成事实", "it can't be undone"),
                    due=(period,),
                )
            )
    notes = (
        (
            Words(
                f"{strange} 行半月报的单位或期次无法识别",
                f"{strange} rows name no known office or period",
            ),
        )
        if strange
        else ()
    )
    return Outcome(Population(offices=tuple(checked)), hits, notes, each=True)


# -- strike-offs -----------------------------------------------------------------------------------------------------


def _standing_strikes(facts: Facts) -> pd.DataFrame:
    """Return the last strike-off of each organization of the base that is struck off now.

    ``organization``, ``date`` (0 unknown), ``basis``, ``claim``, ``rechecked`` (looked at again since). Where steps were recorded
    on the board (:mod:`graph.board`), its states tell.
    """
    rows = facts.frame("strike_off")
    boarded = read(facts.city.store, facts.as_of)
    boarded = {code: s for code, s in boarded.items() if any(step.number for step in s.past)}
    states = {text: calendar.strike_off_state(text) for text in rows["state"].unique()}
    date = np.nan_to_num(numbers(rows["date"]), nan=0.0)
    rows = rows.assign(what=rows["state"].map(states), date=date)
    rows = rows[(rows["date"] <= facts.as_of)]
    rows = rows[rows["organization"].isin(facts.organizations.index[facts.base])]
    # of one day, a strike-off comes before what follows from it
    rank = rows["what"].map({STRUCK_OFF: 1, RECHECKED: 2, REVERSED: 3}).fillna(0)
    rows = rows.assign(rank=rank).sort_values(["organization", "date", "rank", "claim"])
    struck = rows[rows["what"] == STRUCK_OFF].drop_duplicates("organization", keep="last")
    later = rows[rows["what"].isin((RECHECKED, REVERSED))]
    last = {
        what: later[later["what"] == what].groupby("organization")["date"].max()
        for what in (RECHECKED, REVERSED)
    }
    reversed_on = struck["organization"].map(last[REVERSED]).to_numpy(dtype=float)
    checked_on = struck["organization"].map(last[RECHECKED]).to_numpy(dtype=float)
    day = struck["date"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        out = struck.assign(rechecked=checked_on >= day)
        out = out[~(reversed_on >= day)]
    if not boarded:
        return out
    claims = {
        step.claim: s.state == "rechecked"
        for s in boarded.values()
        for step in s.steps
        if step.to == "struck_off"
    }
    told = rows[rows["claim"].isin(claims)].assign(
        rechecked=lambda r: r["claim"].map(claims).astype(bool)
    )
    out = pd.concat([out[~out["organization"].isin(boarded)], told])
    return out.sort_values("organization", kind="stable")


@rule(
    "struck_off_without_evidence",
    clauses="S22",
    severity="error",
    title=("销号缺依据", "struck off without evidence"),
    says=("{subject} {name} 已销号而没有依据", "{subject} {name} was struck off without evidence"),
    clean=(
        "{checked} 家已销号单位中 {clean} 家有依据",
        "{clean} of {checked} struck-off organizations have evidence",
    ),
    needs="strike_off organization",
)
def struck_off_without_evidence(facts: Facts) -> Outcome:
    """Find organizations of the base whose standing strike-off row (状态 已销号) has a blank 依据.

    Each 销号 row states its own evidence; that of an earlier row (已组建) does not answer for the strike-off. One taken
    back since is not judged.
    """
    struck = _standing_strikes(facts)
    blank = struck["basis"].isna() | struck["basis"].astype(str).str.strip().eq("")
    return _struck(
        facts,
        struck[blank],
        struck,
        no_repair(
            "补上组建批复等依据，否则撤回销号", "supply the evidence, or take the strike-off back"
        ),
    )


@rule(
    "no_recheck",
    clauses="S38",
    severity="error",
    title=("销号后未回头看", "not looked at again"),
    says=(
        "{subject} {name} 于 {date} 销号后未回头看",
        "{subject} {name}, struck off on {date}, was not looked at again",
    ),
    clean=(
        "{checked} 家已销号单位中 {clean} 家已回头看",
        "{clean} of {checked} struck-off organizations were looked at again",
    ),
    needs="strike_off organization",
    deadline="S38",
)
def no_recheck(facts: Facts) -> Outcome:
    """Find organizations of the base that are struck off and that no 回头看 row of that day or later names."""
    struck = _standing_strikes(facts)
    return _struck(
        facts,
        struck[~struck["rechecked"].to_numpy(dtype=bool)],
        struck,
        no_repair("须先回头看", "it has to be looked at again first"),
    )


def _struck(
    facts: Facts, rows: pd.DataFrame, checked: pd.DataFrame, repair: dict[str, Any]
) -> Outcome:
    hits = [
        Hit(
            str(code),
            {"name": facts.organizations.at[code, "name"], "date": iso(int(date)) if date else "—"},
            (node(str(code), "organization", struck_off=iso(int(date)) if date else None),),
            (("strike_off", int(claim)),),
            repair,
        )
        for code, date, claim in zip(rows["organization"], rows["date"], rows["claim"], strict=True)
    ]
    at = positions(facts.organizations.index, texts(checked["organization"]))
    return Outcome(Population(organizations=at), hits)


# -- reported rates -------------------------------------------------------------------------------------------


@rule(
    "rate_differs",
    clauses="S46",
    severity="error",
    title=("报送覆盖率与重算不符", "reported rate differs from the one recomputed"),
    says=(
        "{office} {period} 报送覆盖率 {stated}，按{definition}重算为 {counted}（{numerator}/{denominator}）",
        "{office} reported {stated} for {period}; recomputed by {definition} it is {counted} ({numerator}/{denominator})",
    ),
    clean=(
        "{checked} 个报送的覆盖率中 {clean} 个与重算相符",
        "{clean} of {checked} reported rates agree with the one recomputed",
    ),
    needs="submission organization",
    identity="subject period",
)
def rate_differs(facts: Facts) -> Outcome:
    """Find reported coverage rates (报送 覆盖率) that differ from the one recomputed from the graph.

    Recomputed as of the day of the report, by the profile's definition, over the office's own ledgers: a district's firms,
    rural entities and social organizations below the municipal level; of municipal social organizations the
    civil-affairs bureau's those without a supervising body, the organs work committee's the others. A rate
    agrees if it is the recomputed one rounded to the digits reported. An undated row is not judged.
    """
    hits = []
    checked = []
    for one in reported(facts):
        checked.append(one.office)
        if one.agrees:
            continue
        counted = one.counted
        of = {"numerator": counted.numerator, "denominator": counted.denominator}
        hits.append(
            Hit(
                one.office,
                {
                    "office": one.office,
                    "period": one.period,
                    "stated": f"{one.stated:.2%}",
                    "counted": f"{counted.numerator / counted.denominator:.2%}",
                    "definition": counted.id,
                    **of,
                },
                (node(one.office, "office", period=one.period, stated=one.stated, **of),),
                (("submission", one.claim),),
                no_repair("由该单位核对后重报", "the office has to check and report again"),
            )
        )
    return Outcome(Population(offices=tuple(checked)), hits, each=True)
