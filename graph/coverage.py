"""Coverage: every rate by its definition, recomputed from the graph (S1, S2, S27, S30, S31, S43; RULES, *Coverage definitions*).

*Single*: the organization has a unit of its own; *joint*: covered otherwise (FORMATION). Every numerator is a part of its own
denominator, so no rate passes 1. A 党组织代码 that dangles keeps an organization out of every numerator. The baseline is every
listed organization until it is frozen (S21), then the frozen set with its additions and removals; a rate over the base takes
what of the baseline operates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from graph.annual import annual_tables
from graph.columns import mask, padded, positions, texts
from graph.errors import InputError, PlanError
from graph.model import iso
from graph.reasons import reasons
from graph.survey import WORK_MEANS, Survey, chosen_values, work_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City
    from graph.policy.profile import Profile
    from graph.policy.settings import Coverage as CoverageSettings

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

SHEETS = {"enterprise": "非公企业", "social": "社会组织", "rural": "农村新型经营主体"}
CHOSEN = ("coverage_definition", "functional_counts", "eligible_min_members", "side_by_side")
TARGETS = {
    "S2": ("符合条件的 {eligible} 覆盖", "{eligible} of those that qualify are covered"),
    "S3": (
        "职工 {members} 人以上的非公企业有党员",
        "firms of {members} staff or more have a member",
    ),
    "S4": ("职工 {unit} 人以上的非公企业建有党的组织", "firms of {unit} staff or more have a unit"),
    "S6a": ("市级社会团体建有党的组织", "municipal social associations have a unit"),
    "S6b": ("市级社会组织建有党的组织", "municipal social organizations have a unit"),
    "S7": (
        "从业人员 {kind} 人以上的民办学校、民办医院建有党的组织",
        "private schools and hospitals of {kind} staff or more have a unit",
    ),
    "S8": ("律师、会计师、税务师事务所建有党的组织", "law, accounting and tax offices have a unit"),
    "S9": ("符合条件的农村新型经营主体建立党组织", "rural entities that qualify have a unit"),
    "S43": ("工商联会员企业建有党的组织", "members of the federation have a unit"),
}
"""Clauses that ask for all of a subset, in words: of whom, and what."""


@dataclass(frozen=True, eq=False)
class Sets:
    """Which organizations count for what, a row each organization of the city.

    ``baseline`` is every listed organization, or the frozen set; ``base`` and ``eligible`` are what of it operates, and qualifies.
    ``single``, ``covered`` and ``work`` (covered, or any means of work coverage) leave out those whose 党组织代码 dangles.
    """

    baseline: Bools
    base: Bools
    eligible: Bools
    single: Bools
    covered: Bools
    work: Bools

    @classmethod
    def of(cls, city: City, *, functional: bool | None = None) -> Sets:
        """Return the sets of a city; ``functional``: whether functional units cover (default: as the profile says, S31)."""
        o = city.few(*WORK_MEANS)
        formed = cls.formed(city, functional=functional)
        return replace(formed, work=formed.work | (~city.dangling & work_means(o)))

    @classmethod
    def formed(cls, city: City, *, functional: bool | None = None) -> Sets:
        """Return the sets as far as units go: without the means of work coverage, for which all of an organization is read.

        ``work`` is ``covered`` there. Few columns of the city are enough (:meth:`graph.city.City.few`).
        """
        firm = ~city.dangling
        covered = mask(city.standing["covered"])
        if city.profile.functional_counts if functional is None else functional:
            covered = covered | city.functionally_covered
        covered = covered & firm
        return cls(
            baseline=city.in_baseline,
            base=mask(city.standing["in_base"]) & city.in_baseline,
            eligible=city.eligible & city.in_baseline,
            single=firm & city.owned,
            covered=covered,
            work=covered,
        )

    def after(self, effect: Effect) -> Sets:
        """Return the sets once a plan has been carried out."""
        covered = self.covered | effect.joint | effect.single
        return replace(
            self,
            single=self.single | effect.single,
            covered=covered,
            work=self.work | covered | effect.work,
        )


class Definition(NamedTuple):
    """One rate: whose part of whom, and the share that the plan asks for, where it asks for one."""

    id: str
    part: Callable[[Sets], Bools]
    whole: Callable[[Sets], Bools]
    goal: Callable[[CoverageSettings], float] | None = None


def _all(s: Sets) -> Bools:
    return s.baseline


def _most(c: CoverageSettings) -> float:
    return c.coverage_goal


DEFINITIONS = (
    Definition("org_all", lambda s: s.covered, _all, _most),
    Definition("org_operating", lambda s: s.covered, lambda s: s.base, _most),
    Definition(
        "org_eligible", lambda s: s.covered, lambda s: s.eligible, lambda c: c.eligible_goal
    ),
    Definition("single_rate", lambda s: s.single, lambda s: s.base),
    Definition("joint_rate", lambda s: s.covered & ~s.single, lambda s: s.base),
    Definition("work_rate", lambda s: s.work, _all),
)
"""RULES' five, and the share of the base that is covered jointly.

S1 asks for 80 % and leaves open of whom; S2 says both: all that are eligible.
"""


def asked(clause: str, profile: Profile) -> dict[str, str]:
    """Return what a clause of :data:`TARGETS` asks for, in both languages."""
    audit = profile.audit
    said = {
        "eligible": f"{profile.coverage.eligible_goal * 100:.10g}%",
        "members": audit.target_members_staff,
        "unit": audit.target_unit_staff,
        "kind": audit.target_kind_staff,
    }
    zh, en = TARGETS[clause]
    return {"zh": zh.format(**said), "en": en.format(**said)}


def defined(id_: str) -> Definition:
    """Return a definition by its id; ``InputError`` where there is none."""
    for one in DEFINITIONS:
        if one.id == id_:
            return one
    known = ", ".join(d.id for d in DEFINITIONS)
    raise InputError(
        f"there is no {id_}; give one of {known}",
        f"没有口径 {id_}；应为 {known} 之一",
        option="--definition",
    )


JOINT_RATE = ("O6", "联合/实体运营", "joint / base")


@dataclass(frozen=True)
class Rate:
    """One rate of one set of organizations; ``rate`` is ``None`` where there is nobody to count."""

    id: str
    numerator: int
    denominator: int

    @property
    def rate(self) -> float | None:
        """The fraction."""
        return self.numerator / self.denominator if self.denominator else None

    def gap(self, goal: float) -> int:
        """Return how many more organizations reach a goal: exactly, never by a rounded rate."""
        return max(0, math.ceil(Fraction(str(goal)) * self.denominator) - self.numerator)

    def as_json(self) -> dict[str, Any]:
        """Return ``{id, numerator, denominator, rate}`` (DESIGN)."""
        return {
            "id": self.id,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "rate": self.rate,
        }


def rates(sets: Sets, within: Bools | None = None) -> list[Rate]:
    """Return all rates of some organizations (default all), in the order of :data:`DEFINITIONS`."""
    out = []
    for d in DEFINITIONS:
        whole = d.whole(sets) if within is None else d.whole(sets) & within
        out.append(Rate(d.id, int((d.part(sets) & whole).sum()), int(whole.sum())))
    return out


def rate(sets: Sets, definition: str, within: Bools) -> Rate:
    """Return one rate of some organizations."""
    return next(r for r in rates(sets, within) if r.id == definition)


@dataclass(frozen=True, eq=False)
class Effect:
    """What carrying out a plan would add, a row each organization of the city.

    Attributes
    ----------
    joint, single, work : numpy.ndarray of bool
        Covered by a new joint unit or by attachment; by a unit of its own, split off or new; work coverage.
    counts : dict of str to int
        How many organizations each of the plan's lists names (``joint``, ``attached``, ``separate`` …).
    unknown : tuple of str
        Those that the store does not hold.
    """

    joint: Bools
    single: Bools
    work: Bools
    counts: dict[str, int]
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, city: City, plan: dict[str, Any]) -> Effect:
        """Return the effect of a plan (``lianjian.plan/1``) on a city.

        Organizations left uncovered get the fallback as work coverage (FORMATION).
        """
        named = _named(plan)
        index = city.organizations.index
        masks = {}
        unknown: set[str] = set()
        for name, codes in named.items():
            at = positions(index, codes)
            unknown.update(code for code, i in zip(codes, at, strict=True) if i < 0)
            here = np.zeros(len(index), dtype=bool)
            here[at[at >= 0]] = True
            masks[name] = here
        return cls(
            joint=masks["joint"] | masks["attached"],
            single=masks["separate"] | masks["split"],
            work=masks["work_coverage"] | masks["uncovered"],
            counts={name: len(set(codes)) for name, codes in named.items()},
            unknown=tuple(sorted(unknown)),
        )


_LISTS = ("joint", "attached", "separate", "split", "work_coverage", "uncovered")


def _named(plan: dict[str, Any]) -> dict[str, list[str]]:
    """Return the organizations that each of a plan's lists names; its ledger units are gone through once."""
    named: dict[str, list[str]] = {name: [] for name in _LISTS}
    name = _LISTS[0]
    try:
        for unit in plan.get("ledger_units", ()):
            for name, codes in named.items():
                for entry in unit.get(name, ()):
                    several = entry.get("organizations")
                    some = several if several is not None else (entry["organization"],)
                    if not all(isinstance(code, str) for code in some):
                        raise TypeError
                    codes += some
    except (AttributeError, KeyError, TypeError):
        raise PlanError(
            f"the plan's {name}[] names no organizations by their codes; give the file that plan --out wrote",
            f"方案的 {name}[] 没有以代码列出单位；请给出 plan --out 写出的文件",
        ) from None
    return named


class Coverage:
    """All rates of a city or a part of it, before and after a plan.

    Parameters
    ----------
    city : graph.city.City
    within : pandas.Series of bool, optional
        Over ``city.organizations`` (``City.select``); default all.
    plan : dict, optional
        A plan's object.
    """

    def __init__(
        self,
        city: City,
        within: pd.Series[Any] | None = None,
        plan: dict[str, Any] | None = None,
    ) -> None:
        self.city = city
        self.within: Bools = (
            np.ones(len(city.organizations), dtype=bool)
            if within is None
            else within.to_numpy(dtype=bool)
        )
        self.plan = plan

    @cached_property
    def sets(self) -> Sets:
        """What counts now."""
        return Sets.of(self.city)

    @cached_property
    def effect(self) -> Effect | None:
        """What the plan adds, ``None`` where there is none."""
        return None if self.plan is None else Effect.of(self.city, self.plan)

    @cached_property
    def later(self) -> Sets | None:
        """What counts once the plan has been carried out."""
        return None if self.effect is None else self.sets.after(self.effect)

    # -- the whole ---------------------------------------------------------------------------------------------------
    def definitions(self) -> list[dict[str, Any]]:
        """Return every rate with its clause and words, which one the profile means, and the gap to its goal (S1, S2)."""
        after = rates(self.later, self.within) if self.later is not None else None
        out = []
        for at, found in enumerate(rates(self.sets, self.within)):
            entry = found.as_json() | self._words(found.id)
            asks = DEFINITIONS[at].goal
            goal = None if asks is None else asks(self.city.profile.coverage)
            if goal is not None:
                entry |= {"goal": goal, "gap": found.gap(goal)}
            if after is not None:
                entry["after"] = {
                    "numerator": after[at].numerator,
                    "rate": after[at].rate,
                } | ({} if goal is None else {"gap": after[at].gap(goal)})
            out.append(entry)
        return out

    def _words(self, id_: str) -> dict[str, Any]:
        profile = self.city.profile
        known = profile.definitions.get(id_)
        clause, zh, en = (known.clause, known.zh, known.en) if known else JOINT_RATE
        return {
            "clause": clause,
            "text": {"zh": zh, "en": en},
            "default": id_ == profile.coverage_definition,
        }

    def spread(self) -> float | None:
        """Return by how many percentage points the definitions of organization coverage differ at most."""
        found = [r.rate for r in rates(self.sets, self.within) if r.id.startswith("org_")]
        known = [r for r in found if r is not None]
        return (max(known) - min(known)) * 100 if known else None

    def functional(self) -> dict[str, Any]:
        """Return the other side of the switch (S31): the rates with functional units in where they are out, or the reverse."""
        counts = self.city.profile.functional_counts
        other = Sets.of(self.city, functional=not counts)
        differ = (other.covered != self.sets.covered) & self.within
        return {
            "counted": counts,
            "organizations": int(differ.sum()),
            "otherwise": [r.as_json() for r in rates(other, self.within)],
        }

    def baseline(self) -> dict[str, Any]:
        """Return what the rates take for the baseline: frozen or not, when, its fingerprint, how many of it there are here.

        ``missing``: codes of the frozen baseline that no ledger of the store defines any more, wherever they were; no rate can
        count them, and the audit finds them (``baseline_drift``).
        """
        n = int((self.sets.baseline & self.within).sum())
        frozen = self.city.baseline
        if frozen is None:
            return {"frozen": False, "organizations": n}
        return {
            "frozen": True,
            "date": iso(frozen.decided),
            "office": frozen.office,
            "fingerprint": frozen.fingerprint,
            "intact": frozen.intact,
            "organizations": n,
            "added": len(frozen.added),
            "removed": len(frozen.removed),
            "missing": len(frozen.codes) - int(self.city.in_baseline.sum()),
        }

    def targets(self) -> list[dict[str, Any]]:
        """Return the subsets of which a clause asks for all: who is bound, and who is known to keep it."""
        survey = Survey(self.city)
        with np.errstate(invalid="ignore"):
            members = survey.facts.members >= 1
        out = []
        for clause in TARGETS:
            whole = survey.bound(clause)[0] & self.within
            part = whole & (members if clause == "S3" else self.sets.covered)
            entry = Rate(clause, int(part.sum()), int(whole.sum())).as_json()
            if self.later is not None and clause != "S3":
                entry["after"] = {"numerator": int((whole & self.later.covered).sum())}
            out.append(entry)
        return out

    # -- the parts ---------------------------------------------------------------------------------------------------
    def by(self) -> list[dict[str, Any]]:
        """Return the rates of each kind of sheet, district and ledger unit; ``id`` is ``None`` for those that have none."""
        o = self.city.organizations
        divisions = self.city.places.divisions["name"]
        units = o["ledger_unit_name"].groupby(o["ledger_unit"], sort=False).first()
        out: list[dict[str, Any]] = []
        for kind, name, names in (
            ("sheet", "line", SHEETS),
            ("district", "at_district", divisions),
            ("ledger_unit", "ledger_unit", units),
        ):
            out += self._parts(kind, texts(o[name]), names)
        return out

    def _parts(self, kind: str, values: NDArray[Any], names: Any) -> Iterable[dict[str, Any]]:
        code, unique = pd.factorize(values[self.within], use_na_sentinel=False)
        size = len(unique)
        counted = []
        for sets in (self.sets, self.later):
            if sets is None:
                continue
            table = []
            for d in DEFINITIONS:
                whole = d.whole(sets)[self.within]
                part = d.part(sets)[self.within] & whole
                table.append(
                    (
                        np.bincount(code[part], minlength=size),
                        np.bincount(code[whole], minlength=size),
                    )
                )
            counted.append(table)
        order = sorted(range(size), key=lambda k: (pd.isna(unique[k]), str(unique[k])))
        for k in order:
            id_ = None if pd.isna(unique[k]) else str(unique[k])
            found = []
            for at, d in enumerate(DEFINITIONS):
                one = Rate(d.id, int(counted[0][at][0][k]), int(counted[0][at][1][k]))
                entry = one.as_json()
                if len(counted) > 1:
                    later = Rate(d.id, int(counted[1][at][0][k]), one.denominator)
                    entry["after"] = {"numerator": later.numerator, "rate": later.rate}
                found.append(entry)
            name = names.get(id_) if id_ is not None else None
            yield {
                "kind": kind,
                "id": id_,
                "name": name if isinstance(name, str) else None,
                "definitions": found,
            }

    # -- number to rows (S46) ----------------------------------------------------------------------------------------
    def rows(self, definition: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield each organization with the rates in whose numerator and denominator it counts, its units and its row (S46).

        ``counts`` says where it counts in one of them (default the profile's), ``why`` what decides that
        (:func:`graph.reasons.reasons`).

        Raises
        ------
        InputError
            ``definition`` is none.
        """
        places, why = reasons(self, defined(definition or self.city.profile.coverage_definition))
        return self._rows(places, why)

    def _rows(self, places: NDArray[Any], why: NDArray[Any]) -> Iterator[dict[str, Any]]:
        o = self.city.organizations
        sets, at = self.sets, np.flatnonzero(self.within)
        part = np.stack([d.part(sets) & d.whole(sets) for d in DEFINITIONS])[:, at]
        whole = np.stack([d.whole(sets) for d in DEFINITIONS])[:, at]
        ids = [d.id for d in DEFINITIONS]
        covers = self.city.covers
        covers = covers[covers["formal"] & covers["known"]]
        units = covers.groupby("organization", sort=False)["unit"].agg(list)
        held = padded(units)[positions(units.index, o.index[at])]
        claims = o["claim"].to_numpy(dtype=np.int64)[at]
        some = zip(o.index[at], o["name"].iloc[at], o["ledger_unit"].iloc[at], strict=True)
        for start in range(0, len(at), _AT_ONCE):
            stop = min(start + _AT_ONCE, len(at))
            sources = self.city.store.sources("organization", claims[start:stop].tolist())
            for k in range(start, stop):
                code, name, unit = next(some)
                source = sources.get(int(claims[k]))
                yield {
                    "code": code,
                    "name": name,
                    "ledger_unit": unit,
                    "counts": places[at[k]],
                    "why": why[at[k]],
                    "counts_in": [id_ for id_, yes in zip(ids, part[:, k], strict=True) if yes],
                    "counts_of": [id_ for id_, yes in zip(ids, whole[:, k], strict=True) if yes],
                    "units": held[k] or [],
                    "source": source.as_json() if source else None,
                }

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``coverage --json`` prints (DESIGN), without ``rows``."""
        profile = self.city.profile
        out: dict[str, Any] = {
            "as_of": iso(self.city.as_of),
            "profile": profile.name,
            "definition": profile.coverage_definition,
            "chosen": chosen_values(profile, CHOSEN),
            "baseline": self.baseline(),
            "definitions": self.definitions(),
            "spread": self.spread(),
            "functional": self.functional(),
            "targets": self.targets(),
            "annual": annual_tables(self.city, self.within, self.sets.covered, self.sets.single),
            "by": self.by(),
        }
        if self.effect is not None:
            out["plan"] = {"adds": self.effect.counts, "unknown": list(self.effect.unknown)}
        return out


_AT_ONCE = 20_000
