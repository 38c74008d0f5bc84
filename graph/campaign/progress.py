"""How far what is to be done has come (S1–S9, S13, S36–S38, S40): entries of the timetable that the city itself tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph import coverage
from graph.board.record import read
from graph.campaign.entries import Entry, Standing, deadlines
from graph.columns import column, mask, texts
from graph.survey import Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts
    from graph.policy.reading import Setting
    from graph.policy.rules import Milestone

    Bools = NDArray[np.bool_]

DATED = {
    "S2": "S2",
    "S3": "S3",
    "S4": "S4",
    "S6a": "S6",
    "S6b": "S6",
    "S7": "S7",
    "S8": "S8",
    "S9": "S9",
}
"""Clauses of :data:`graph.coverage.TARGETS` that have a day, and by what name the profile's deadlines have it."""
SURVEYED = (
    "已排查",
    "已摸底",
    "已完成",
    "排查完成",
    "摸底完成",
    "完成",
    "完毕",
    "排查完毕",
    "摸底完毕",
)
"""What a grid's 状态 says where it was surveyed; whatever else it says, it was not, or not yet (S13: none left blank)."""
FORMED = ("formed", "verified", "struck_off", "rechecked")
VERIFIED = FORMED[1:]
STRUCK = FORMED[2:]


class Progress:
    """What is done of what, jurisdiction by jurisdiction.

    Parameters
    ----------
    facts : graph.affiliation.facts.Facts
    parts : mapping
        By identity: a jurisdiction's name, and which organizations are its own.
    """

    def __init__(self, facts: Facts, parts: Mapping[str, tuple[str, Bools]]) -> None:
        self.facts, self.parts = facts, parts
        self._survey = Survey(facts.city)

    def milestone(self, m: Milestone) -> Entry:
        """Return a stage of the campaign with how far each is; one that nothing tells of has nobody."""
        of: dict[str, Any] = {
            "S13": self._surveyed, "S36": lambda: self._kept("S2"),
            "S37": lambda: self._reached(FORMED, VERIFIED), "S38": lambda: self._reached(STRUCK, STRUCK[1:]),
        }  # fmt: skip
        standings = of[m.clause]() if m.clause in of else ()
        dates = self.facts.due(m.clause) if m.clause in of else ()
        chosen = self._chosen(m.clause) if dates else None
        return Entry(
            m.id, "milestone", (m.clause,), m.zh, m.en, m.start, deadlines(dates or (m.end,), chosen), tuple(standings)
        )  # fmt: skip

    def targets(self) -> Iterator[Entry]:
        """Yield the coverage goal (S1) and the targets, each against both deadlines where clauses differ (S40)."""
        profile, start = self.facts.profile, self._begin
        if dates := self.facts.due("S1"):
            goal, by = self._goal, profile.definitions[profile.coverage_definition]
            yield Entry(
                "S1", "target", ("S1",), f"党组织覆盖率达到 {goal:.0%} 以上：{by.zh}",
                f"coverage of {goal:.0%} or more: {by.en}", start, deadlines(dates, self._chosen("S1")),
                tuple(self._coverage()),
            )  # fmt: skip
        for clause, dated in DATED.items():
            dates = self.facts.due(dated)
            if not dates:
                continue
            # two wordings of one target, each with its own day (RULES S6)
            days = {"S6a": dates[-1:], "S6b": dates[:1]}.get(clause, dates)
            clauses = (clause, "S40") if len(dates) > 1 else (clause,)
            standings = tuple(self._kept(clause))
            if any(s.of for s in standings):
                said = coverage.asked(clause, profile)
                yield Entry(
                    clause,
                    "target",
                    clauses,
                    said["zh"],
                    said["en"],
                    start,
                    deadlines(days, self._chosen(dated)),
                    standings,
                )

    def _chosen(self, clause: str) -> Setting | None:
        return self.facts.profile.chosen_deadlines.get(clause)

    @property
    def _begin(self) -> int:
        return min((m.start for m in self.facts.profile.milestones), default=self.facts.as_of)

    @property
    def _goal(self) -> float:
        return self.facts.profile.coverage.coverage_goal

    def _coverage(self) -> Iterator[Standing]:
        for id_, (name, own) in self.parts.items():
            rate = coverage.rate(self.facts.coverage, self.facts.profile.coverage_definition, own)
            yield Standing(id_, name, *self._count(rate.numerator, rate.denominator, not rate.gap(self._goal)))  # fmt: skip

    def _kept(self, clause: str) -> Iterator[Standing]:
        binding, broken = self._survey.bound(clause)
        for id_, (name, own) in self.parts.items():
            of, left = int((binding & own).sum()), int((binding & broken & own).sum())
            yield Standing(id_, name, *self._count(of - left, of, left == 0))

    def _reached(self, whole: tuple[str, ...], done: tuple[str, ...]) -> Iterator[Standing]:
        """Count those that the cross-off says have come so far."""
        come, there = np.isin(self._states, whole), np.isin(self._states, done)
        for id_, (name, own) in self.parts.items():
            of, n = int((come & own).sum()), int((there & own).sum())
            yield Standing(id_, name, *self._count(n, of, n == of))

    @cached_property
    def _states(self) -> NDArray[Any]:
        found = read(self.facts.city.store, self.facts.as_of)
        index = self.facts.organizations.index
        states = [found[c].state if c in found else "" for c in map(str, index)]
        return np.array([*states, ""], dtype=object)[:-1]

    def _surveyed(self) -> Iterator[Standing]:
        """Count grids that were surveyed; where none is loaded, nothing tells: a row in a ledger is no survey."""
        grids = self.facts.frame("grid")
        street = column(texts(grids["street"]), grids.index)
        done = mask(grids["state"].fillna("").astype(str).str.strip().isin(SURVEYED))
        at_street = texts(self.facts.organizations["at_street"])
        divisions = self.facts.expected.divisions
        for id_, (name, own) in self.parts.items():
            kind, _, code = id_.rpartition(":")
            streets = {code}
            if kind == "district":
                streets |= set(divisions.index[divisions["parent"].eq(code)])
                streets |= set(at_street[own])
            here = mask(street.isin(streets))
            if kind in ("district", "street", "") and here.any():
                n, of = int((here & done).sum()), int(here.sum())
                yield Standing(id_, name, n, of, n == of)
            else:
                yield Standing(id_, name)

    @staticmethod
    def _count(done: int, of: int, kept: bool) -> tuple[int | None, int | None, bool | None]:
        """Return what is done of what; nothing to count tells nothing."""
        return (done, of, kept) if of else (None, None, None)
