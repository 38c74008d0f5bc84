"""The survey (二（三）): who is in the base, what is to be done with each organization and by which clause, the six clears.

An organization's ``clauses`` are those that bind it; ``unmet`` those of them that it does not keep yet. Both come from
:data:`CLAUSES`, one row a clause, in the plan's order. What is unknown is never taken to be broken: a 党组织代码 that dangles
leaves open whether there is a unit, a blank number whether there are members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from graph.city import ACTIONS
from graph.columns import among, column, filled, is_known, mask, numbers, padded, texts
from graph.jurisdiction import MUNICIPAL
from graph.model import iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City
    from graph.policy.profile import Profile

    Bools = NDArray[np.bool_]
    Texts = NDArray[Any]

SCHOOLS_AND_HOSPITALS = ("民办学校", "民办医院")
PROFESSIONAL_OFFICES = ("律师事务所", "会计师事务所", "税务师事务所")
SOCIETY = "社会团体"
LARGE = "大型"
CLEARS = 6

WHY = {
    "separate": (
        "有正式党员 {m} 名，须单独建立党组织（S25）",
        "{m} formal members: has to form a unit of its own (S25)",
    ),
    "joint": (
        "有正式党员 {m} 名，不足 {least} 名，可联合组建（S28）",
        "{m} formal members, fewer than {least}: may form jointly (S28)",
    ),
    "work_coverage": (
        "没有正式党员，先实现党的工作覆盖（S10、S30）",
        "no formal members: work coverage (S10, S30)",
    ),
    "own": ("已单独建立党组织", "has a unit of its own"),
    "held": ("已由联合党组织覆盖", "covered by a joint unit"),
    "split": (
        "有正式党员 {m} 名，由联合党组织覆盖，应单独组建（S26）",
        "{m} formal members in a joint unit: to be split off (S26)",
    ),
    "dangling": (
        "党组织代码所指的党组织尚无记录，待补，不列入规划",
        "its 党组织代码 names a unit that no row defines: not planned until it comes",
    ),
    "outside": (
        "由辖区外的党组织覆盖",
        "covered by a unit outside the area",
    ),
    "struck": ("已剔除（S41）", "taken out by a 剔除 row in force (S41)"),
    "status": ("经营状态为“{status}”，列为剔除（S41）", "its status {status} excludes it (S41)"),
    "closed": ("经营状态为“{status}”，不在基数内", "its status {status} keeps it out of the base"),
    "absent": ("缺少：{what}，无法判断", "nobody can say: no {what}"),
}
"""Why an organization has its action: the text in Chinese and English, by case."""

_ABSENT = (
    ("category", "类别", "类别"),
    ("staff", "从业人数", "从业人数"),
    ("formal_members", "正式党员数", "正式党员数"),
    ("status", "经营状态", "经营状态"),
    (
        "ledger_unit",
        "台账单位（街道、区或主管部门）",
        "ledger unit (street, district or department)",
    ),
)


class Facts(NamedTuple):
    """What the clauses look at, a row each organization.

    ``settled``: covered, or so said by a 党组织代码 that dangles; ``uncovered``: in the base and not settled. Numbers are NaN
    where unknown; ``members`` counts formal and probationary ones, a blank number of the latter as none.
    """

    base: Bools
    covered: Bools
    settled: Bools
    uncovered: Bools
    own: Bools
    line: Texts
    category: Texts
    municipal: Bools
    m: NDArray[np.float64]
    members: NDArray[np.float64]
    staff: NDArray[np.float64]
    eligible: Bools
    action: Texts
    excluded: Bools
    struck: Bools
    creative_and_large: Bools
    mass: Bools
    worked: Bools
    planned: Bools
    federation: Bools
    profile: Profile


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as columns: whom it binds, and who of them keeps it (unknown counts as kept)."""

    id: str
    binds: Callable[[Facts], Bools]
    met: Callable[[Facts], Bools]


def _firms_of(f: Facts, staff: int) -> Bools:
    return f.base & among(f.line, ["enterprise"]) & (f.staff >= staff)


CLAUSES: tuple[Clause, ...] = (
    Clause("S2", lambda f: f.eligible, lambda f: f.settled),
    Clause(
        "S3",
        lambda f: _firms_of(f, f.profile.audit.target_members_staff),
        lambda f: ~(f.members <= 0),
    ),
    Clause("S4", lambda f: _firms_of(f, f.profile.audit.target_unit_staff), lambda f: f.settled),
    # for people to decide: listed where the ledger says both, never taken to be unmet
    Clause(
        "S5",
        lambda f: f.eligible & among(f.line, ["enterprise"]) & f.creative_and_large,
        lambda f: np.ones(len(f.base), dtype=bool),
    ),
    Clause("S6a", lambda f: f.base & f.municipal & (f.category == SOCIETY), lambda f: f.settled),
    Clause("S6b", lambda f: f.base & f.municipal, lambda f: f.settled),
    Clause(
        "S7",
        lambda f: (
            f.base
            & among(f.line, ["social"])
            & among(f.category, SCHOOLS_AND_HOSPITALS)
            & (f.staff >= f.profile.audit.target_kind_staff)
        ),
        lambda f: f.settled,
    ),
    Clause(
        "S8",
        lambda f: f.base & among(f.line, ["social"]) & among(f.category, PROFESSIONAL_OFFICES),
        lambda f: f.settled,
    ),
    Clause("S9", lambda f: f.eligible & among(f.line, ["rural"]), lambda f: f.settled),
    # 尚不具备条件的: uncovered and not eligible; S30 asks the same of all that are uncovered
    Clause("S10", lambda f: f.uncovered & ~f.eligible, lambda f: f.worked),
    Clause("S19", lambda f: f.uncovered, lambda f: f.planned),
    Clause("S23", lambda f: f.uncovered & ~f.eligible, lambda f: f.planned),
    Clause(
        "S25",
        lambda f: f.base & (f.m >= f.profile.formation.min_members),
        lambda f: f.own | (f.settled & ~f.covered),
    ),
    Clause(
        "S26",
        lambda f: f.base & f.covered & ~f.own & (f.m >= f.profile.formation.min_members),
        lambda f: np.zeros(len(f.base), dtype=bool),
    ),
    Clause(
        "S28",
        lambda f: f.base & (f.m > 0) & (f.m < f.profile.formation.min_members),
        lambda f: f.settled,
    ),
    Clause("S30", lambda f: f.uncovered, lambda f: f.worked),
    Clause("S41", lambda f: f.excluded, lambda f: f.struck),
    Clause("S43", lambda f: f.base & f.federation, lambda f: f.settled),
    Clause("S45", lambda f: f.uncovered, lambda f: f.mass),
)
"""S2–S45 as far as they bind single organizations. S6 stands in two wordings (S6a, S6b: RULES)."""


class Survey:
    """What is known and to be done of each organization.

    Parameters
    ----------
    city : graph.city.City
    within : pandas.Series of bool, optional
        Over ``city.organizations`` (``City.select``); default all.
    """

    def __init__(self, city: City, within: pd.Series[Any] | None = None) -> None:
        self.city = city
        o = city.organizations
        self.organizations = o if within is None else o[within.to_numpy(dtype=bool)]

    @cached_property
    def facts(self) -> Facts:
        """What the clauses look at."""
        o = self.organizations
        line = texts(o["line"])
        m = numbers(o["m"])
        planned = np.ones(len(o), dtype=bool)
        for name in ("measures", "responsible"):
            planned &= filled(o[name])
        planned &= o["measures_due"].notna().to_numpy(dtype=bool)
        base, covered = mask(o["in_base"]), mask(o["covered"])
        settled = covered | mask(o["dangling"]) | mask(o["outside"])
        return Facts(
            base=base,
            covered=covered,
            settled=settled,
            uncovered=base & ~settled,
            own=is_known(texts(o["own_unit"])),
            line=line,
            category=texts(o["category"]),
            municipal=among(line, ["social"]) & among(texts(o["level"]), [MUNICIPAL]),
            m=m,
            members=m + np.nan_to_num(numbers(o["probationary_members"])),
            staff=numbers(o["staff"]),
            eligible=mask(o["eligible"]),
            action=texts(o["action"]),
            excluded=mask(o["excluded"]),
            struck=mask(o["struck"]),
            creative_and_large=mask(o["creative"]) & among(texts(o["size"]), [LARGE]),
            mass=filled(o["mass_organizations"]),
            worked=work_means(o),
            planned=planned,
            federation=mask(o["federation_member"]),
            profile=self.city.profile,
        )

    @cached_property
    def clause_bits(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which clauses bind each organization, and which of these are unmet: bit k stands for ``CLAUSES[k]``."""
        f = self.facts
        binding = np.zeros(len(f.base), dtype=np.int64)
        broken = np.zeros(len(f.base), dtype=np.int64)
        with np.errstate(invalid="ignore"):
            for at, clause in enumerate(CLAUSES):
                binds = clause.binds(f)
                binding |= binds.astype(np.int64) << at
                broken |= (binds & ~clause.met(f)).astype(np.int64) << at
        return binding, broken

    def bound(self, clause: str) -> tuple[Bools, Bools]:
        """Return whom a clause of :data:`CLAUSES` binds, and who of them does not keep it."""
        at = [c.id for c in CLAUSES].index(clause)
        binding, broken = self.clause_bits
        return (binding >> at & 1).astype(bool), (broken >> at & 1).astype(bool)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row an organization, by code.

        ``name``, ``ledger_unit``, ``m``, ``in_base``, ``action``; ``clauses``, ``unmet``, ``clears`` (tuples; equal ones are one
        object), ``why_zh``, ``why_en``.
        """
        o = self.organizations
        out = o[["name", "ledger_unit", "m", "in_base", "action"]].copy()
        ids = [clause.id for clause in CLAUSES]
        binding, broken = self.clause_bits
        out["clauses"] = column(_bit_tuples(binding, ids), o.index)
        out["unmet"] = column(_bit_tuples(broken, ids), o.index)
        out["clears"] = column(
            _bit_tuples(clear_bits(o["clears"]), list(range(1, CLEARS + 1))), o.index
        )
        why_zh, why_en = self._why
        out["why_zh"] = column(why_zh, o.index)
        out["why_en"] = column(why_en, o.index)
        return out

    @cached_property
    def _why(self) -> tuple[Texts, Texts]:
        """Return why each organization has its action, in Chinese and English; equal texts are one object."""
        o, f = self.organizations, self.facts
        is_covered = f.action == "covered"
        cases = {
            "struck": f.excluded & f.struck,
            "status": f.excluded,
            "closed": f.action == "outside_base",
            "absent": f.action == "unknown",
            "outside": is_covered & mask(o["outside"]) & ~mask(o["dangling"]),
            "dangling": is_covered & ~f.covered,
            "split": is_covered & ~f.own & (np.nan_to_num(f.m) >= self._least),
            "own": is_covered & f.own,
            "held": is_covered,
            "separate": f.action == "separate",
            "joint": f.action == "joint",
            "work_coverage": np.ones(len(o), dtype=bool),
        }
        names = list(cases)
        case = np.select(list(cases.values()), list(range(len(cases))), -1)
        absent = np.zeros(len(o), dtype=np.int64)
        for at, (name, _, _) in enumerate(_ABSENT):
            absent |= o[name].isna().to_numpy(dtype=np.int64) << at
        absent[case != names.index("absent")] = 0
        counted = np.isin(case, [names.index(c) for c in ("split", "separate", "joint")])
        m = np.where(counted, np.nan_to_num(f.m), 0).astype(np.int64)
        status = texts(o["status"])
        status[~np.isin(case, [names.index(c) for c in ("status", "closed")])] = None
        status_at, statuses = pd.factorize(status)
        at_row, unique = _unique_rows(case, absent, m, status_at)
        zh, en = [], []
        for case_, absent_, m_, status_ in unique:
            lack = [words for bit, words in enumerate(_ABSENT) if absent_ >> bit & 1]
            values = {
                "m": m_,
                "least": self._least,
                "status": statuses[status_] if status_ >= 0 else "",
            }
            text_zh, text_en = WHY[names[case_]]
            zh.append(text_zh.format(**values, what="、".join(w[1] for w in lack)))
            en.append(text_en.format(**values, what=", ".join(w[2] for w in lack)))
        return padded(zh)[at_row], padded(en)[at_row]

    @property
    def _least(self) -> int:
        return self.city.profile.formation.min_members

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Counts: organizations and those of the base, by action; by clause bound and unmet; clears done, over the base.

        ``clears_complete`` counts organizations of the base that have all the clears asked of them: the sixth, the reason for
        having no unit, is asked of those only that have none (S14). ``review`` are the firms that S5 leaves to people.
        """
        f = self.facts
        actions = pd.Series(f.action).value_counts()
        done = clear_bits(self.organizations["clears"])[f.base]
        need = np.where(f.uncovered[f.base], (1 << CLEARS) - 1, (1 << (CLEARS - 1)) - 1)
        large, _ = self.bound("S5")
        return {
            "organizations": len(self.organizations),
            "in_base": int(f.base.sum()),
            "actions": {action: int(actions.get(action, 0)) for action in ACTIONS},
            "clauses": self._counts(self.clause_bits[0]),
            "unmet": self._counts(self.clause_bits[1]),
            "review": {"S5": int((large & f.uncovered).sum())},
            "clears": {str(n + 1): int((done >> n & 1).sum()) for n in range(CLEARS)},
            "clears_complete": int((done & need == need).sum()),
        }

    @staticmethod
    def _counts(bits: NDArray[np.int64]) -> dict[str, int]:
        counts = {c.id: int((bits >> at & 1).sum()) for at, c in enumerate(CLAUSES)}
        return {word: count for word, count in counts.items() if count}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the objects of ``organizations`` (DESIGN), with what is unmet, the ledger unit and why besides."""
        f = self.frame
        for code, name, base, action, clauses, clears, unmet, unit, zh, en in zip(
            f.index, f["name"], f["in_base"], f["action"], f["clauses"], f["clears"], f["unmet"],
            f["ledger_unit"], f["why_zh"], f["why_en"], strict=True,
        ):  # fmt: skip
            yield {
                "code": code,
                "name": name,
                "in_base": bool(base),
                "action": action,
                "clauses": list(clauses),
                "clears": list(clears),
                "unmet": list(unmet),
                "ledger_unit": unit,
                "why": {"zh": zh, "en": en},
            }

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``survey --json`` prints (DESIGN); ``organizations`` is an iterator."""
        profile = self.city.profile
        return {
            "as_of": iso(self.city.as_of),
            "profile": profile.name,
            "chosen": chosen_values(profile, ("eligible_min_members",)),
            "organizations": self.rows(),
            "totals": self.totals,
        }


def survey(city: City, code: str | None = None) -> Survey:
    """Return the survey of a city, or of a division or ledger unit of it (``InputError`` for an unknown one)."""
    return Survey(city, None if code is None else city.select(code))


def chosen_values(profile: Profile, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return those of some values that a person chose, as reports print them: ``key``, ``value``, ``unit``, ``text``, ``why``."""
    return [s.told() for s in profile.settings.values() if s.chosen and s.key in keys]


def clear_bits(values: pd.Series[Any]) -> NDArray[np.int64]:
    """Return which of the six clears 六清 says are done (S14): bit ``n - 1`` for number ``n``; a blank cell has none."""
    code, unique = pd.factorize(texts(values))
    words = [{part.strip() for part in str(text).split(";")} for text in unique]
    bits = [sum(1 << n for n in range(CLEARS) if str(n + 1) in some) for some in words]
    return np.array([*bits, 0], dtype=np.int64)[code]


WORK_MEANS = ("instructor", "mass_organizations", "investor_guidance", "joint_development")
"""What :func:`work_means` looks at."""


def work_means(organizations: pd.DataFrame) -> Bools:
    """Return which organizations show any of S30's four means of work coverage.

    An instructor (是 or a code), a mass organization, investor guidance or joint development of members (one event or more). A
    blank cell is no evidence.
    """
    o = organizations
    found = instructed(o["instructor"]) | filled(o["mass_organizations"])
    for name in ("investor_guidance", "joint_development"):
        found |= np.nan_to_num(numbers(o[name])) > 0
    return found


def instructed(values: pd.Series[Any]) -> Bools:
    """Return where 指导员 says yes or names one (a pseudonymous code)."""
    return filled(values) & ~among(texts(values), ["否"])


def _bit_tuples(bits: NDArray[np.int64], words: list[Any]) -> Texts:
    """Return the words of each number's bits as tuples; equal ones are one object."""
    code, unique = pd.factorize(bits)
    table: Texts = np.empty(len(unique), dtype=object)
    table[:] = [tuple(w for k, w in enumerate(words) if int(n) >> k & 1) for n in unique]
    return np.asarray(table[code], dtype=object)


def _unique_rows(*columns: NDArray[Any]) -> tuple[NDArray[np.int64], list[tuple[int, ...]]]:
    """Return each row's place among the different rows of integer columns, and these."""
    at = np.zeros(len(columns[0]), dtype=np.int64)
    for values in columns:
        code, unique = pd.factorize(np.asarray(values))
        at = pd.factorize(at * (len(unique) + 1) + code + 1)[0].astype(np.int64)
    n = int(at.max()) + 1 if len(at) else 0
    first = np.zeros(n, dtype=np.int64)
    first[at[::-1]] = np.arange(len(at) - 1, -1, -1)
    return at, [tuple(int(values[i]) for values in columns) for i in first]
