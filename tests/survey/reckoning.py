"""A second count of survey and coverage: one organization after the other, from the rows themselves, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.audit.town import AS_OF, Town

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.city import City

Row = dict[str, Any]
UNITS = ("U1", "U2", "U3")
STREETS = (("420101", "420101001"), ("420101", "420101002"), ("420102", "420102001"))
CATEGORIES = {
    "enterprise": ("私营企业", "外资企业"),
    "social": ("社会团体", "民办学校", "律师事务所", "基金会"),
    "rural": ("农民合作社",),
}


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return values, sometimes none."""
    return st.none() | values


@st.composite
def organizations(draw: st.DrawFn) -> Row:
    """Draw one organization's row."""
    line = draw(st.sampled_from(tuple(CATEGORIES)))
    district, street = draw(st.sampled_from(STREETS))
    named = draw(st.lists(st.sampled_from((*UNITS, "GONE")), max_size=2, unique=True))
    return {
        "line": line,
        "name": "单位",
        "category": draw(st.sampled_from(CATEGORIES[line])),
        "level": draw(st.sampled_from(("市级", "区级", None))) if line == "social" else None,
        "district": draw(st.sampled_from((district, district, None))),
        "street": draw(st.sampled_from((street, street, street, None))),
        "staff": draw(maybe(st.sampled_from((0, 29, 30, 49, 50, 99, 100)))),
        "formal_members": draw(maybe(st.integers(0, 4))),
        "probationary_members": draw(maybe(st.integers(0, 1))),
        "status": draw(st.sampled_from(("正常",) * 6 + ("停业", "空壳", "注销"))),
        "unit": ";".join(named) or None,
        "instructor": draw(st.sampled_from((None, "是", "否", "I1"))),
        "mass_organizations": draw(maybe(st.just("工会"))),
        "investor_guidance": draw(maybe(st.integers(0, 1))),
        "clears": draw(st.sampled_from((None, "1;2", "1;2;3;4;5", "1;2;3;4;5;6"))),
        "measures": draw(maybe(st.just("培养"))),
        "measures_due": 20161101,
        "responsible": "区工商局",
        "federation_member": draw(st.sampled_from((None, True, False))),
        "creative": draw(st.sampled_from((None, True))),
        "size": draw(st.sampled_from((None, "大型", "小型"))),
    }


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Draw a town: the places and committees of the audit's sound one, its own organizations, units and exclusions."""
    town = Town()
    for kind, key in list(town.rows):
        if kind == "organization" or key.startswith("B"):
            town.drop(kind, key)
    codes = [f"Q{n}" for n in range(draw(st.integers(1, 7)))]
    for code in codes:
        town.put("organization", code, **draw(organizations()))
    for key in UNITS:
        covers = draw(st.lists(st.sampled_from((*codes, "NOBODY")), max_size=3, unique=True))
        town.put(
            "unit", key, name=key, superior="S11",
            type=draw(st.sampled_from(("党支部", "党支部", "联合党支部", "功能型党组织", "党总支"))),
            organization=draw(maybe(st.sampled_from(codes))),
            covers=";".join(covers) or None,
            dissolved=draw(st.sampled_from((None, None, None, 20160101, AS_OF + 1))),
        )  # fmt: skip
    for code in draw(st.lists(st.sampled_from(codes), max_size=1)):
        decided = draw(st.sampled_from((None, 20160901, AS_OF + 1)))
        town.put("exclusion", code, organization=code, type="僵尸", decided=decided)
    return town


@dataclass
class Reckoned:
    """What the rows say of one organization."""

    row: Row
    base: bool = False
    excluded: bool = False
    struck: bool = False
    covered: bool = False
    dangling: bool = False
    own: bool = False
    functional: bool = False
    means: bool = False
    eligible: bool = False
    action: str = ""
    clauses: dict[str, bool] = field(default_factory=dict)

    @property
    def m(self) -> int | None:
        """Formal members."""
        value: int | None = self.row["formal_members"]
        return value


def reckon(town: Town) -> dict[str, Reckoned]:
    """Read a town's rows as FORMATION and RULES say, one after the other."""
    orgs = {key: row for (kind, key), row in town.rows.items() if kind == "organization"}
    units = {key: row for (kind, key), row in town.rows.items() if kind == "unit"}
    struck = {
        row["organization"]
        for (kind, _), row in town.rows.items()
        if kind == "exclusion" and (row["decided"] or 0) <= AS_OF
    }
    covered_by: dict[str, set[str]] = {key: set() for key in orgs}
    for key, row in orgs.items():
        covered_by[key].update(u for u in (row["unit"] or "").split(";") if u in units)
    for key, row in units.items():
        for code in [row.get("organization"), *(row.get("covers") or "").split(";")]:
            if code in orgs:
                covered_by[code].add(key)
    living = {k for k, row in units.items() if (row.get("dissolved") or 99999999) > AS_OF}
    formal = {k for k in living if units[k]["type"] != "功能型党组织"}
    held = {key: {o for o in orgs if key in covered_by[o]} for key in units}
    return {
        key: _one(key, row, units, covered_by[key], formal, living, held, key in struck)
        for key, row in orgs.items()
    }


def _one(
    key: str,
    row: Row,
    units: dict[str, Row],
    over: set[str],
    formal: set[str],
    living: set[str],
    held: dict[str, set[str]],
    struck: bool,
) -> Reckoned:
    r = Reckoned(row, struck=struck)
    r.excluded = struck or row["status"] in ("空壳", "僵尸", "影子")
    r.base = row["status"] == "正常" and not r.excluded
    r.covered = bool(over & formal)
    r.functional = bool(over & (living - formal))
    r.dangling = any(u not in units for u in (row["unit"] or "").split(";") if u)
    r.own = any(
        units[u]["type"] != "联合党支部"
        and (held[u] == {key} or units[u].get("organization") == key)
        for u in over & formal
    )
    r.means = (
        (row["instructor"] or "否") != "否"
        or bool(row["mass_organizations"])
        or (row["investor_guidance"] or 0) > 0
    )
    m = row["formal_members"]
    r.eligible = r.base and m is not None and m >= 1
    r.action = _action(r)
    r.clauses = _clauses(r)
    return r


def _action(r: Reckoned) -> str:
    row, m = r.row, r.m
    if r.excluded:
        return "excluded"
    if not r.base:
        return "outside_base"
    if row["line"] == "social":
        homeless = row["level"] != "市级" and not (row["district"] or row["street"])
    else:
        homeless = not row["street"]
    if homeless or m is None or row["staff"] is None:
        return "unknown"
    if r.covered or r.dangling:
        return "covered"
    return "separate" if m >= 3 else "joint" if m else "work_coverage"


def _clauses(r: Reckoned) -> dict[str, bool]:
    """Return the clauses that bind an organization, and whether each is known to be broken."""
    row, m, staff = r.row, r.m, r.row["staff"] or 0
    firm, social = row["line"] == "enterprise", row["line"] == "social"
    municipal = social and row["level"] == "市级"
    bare = r.base and not r.covered and not r.dangling
    lonely = bare and not r.means
    planless = bare and not row["measures"]
    out: dict[str, bool] = {}

    def bind(clause: str, binds: bool, broken: bool) -> None:
        if binds:
            out[clause] = broken

    bind("S2", r.eligible, bare)
    no_member = m is not None and m + (row["probationary_members"] or 0) == 0
    bind("S3", r.base and firm and staff >= 50, no_member)
    bind("S4", r.base and firm and staff >= 100, bare)
    bind("S5", r.eligible and firm and bool(row["creative"]) and row["size"] == "大型", False)
    bind("S6a", r.base and municipal and row["category"] == "社会团体", bare)
    bind("S6b", r.base and municipal, bare)
    bind("S7", r.base and row["category"] == "民办学校" and staff >= 30, bare)
    bind("S8", r.base and row["category"] == "律师事务所", bare)
    bind("S9", r.eligible and row["line"] == "rural", bare)
    bind("S10", bare and not r.eligible, lonely)
    bind("S19", bare, planless)
    bind("S23", bare and not r.eligible, planless)
    three = r.base and m is not None and m >= 3
    bind("S25", three, not r.own and (r.covered or not r.dangling))
    bind("S26", three and r.covered and not r.own, True)
    bind("S28", r.base and m in (1, 2), bare)
    bind("S30", bare, lonely)
    bind("S41", r.excluded, not r.struck)
    bind("S43", r.base and bool(row["federation_member"]), bare)
    bind("S45", bare, not row["mass_organizations"])
    return out


RATES: dict[str, tuple[Callable[[Reckoned], bool], Callable[[Reckoned], bool]]] = {
    "org_all": (lambda r: r.covered, lambda r: True),
    "org_operating": (lambda r: r.covered, lambda r: r.base),
    "org_eligible": (lambda r: r.covered, lambda r: r.eligible),
    "single_rate": (lambda r: r.own, lambda r: r.base),
    "joint_rate": (lambda r: r.covered and not r.own, lambda r: r.base),
    "work_rate": (lambda r: r.covered or r.means, lambda r: True),
}
"""Who counts, of whom; a dangling 党组织代码 keeps out of every numerator."""


def rates(some: list[Reckoned]) -> dict[str, tuple[int, int]]:
    """Return numerator and denominator of every rate of some organizations."""
    return {
        id_: (
            sum(1 for r in some if whole(r) and part(r) and not r.dangling),
            sum(1 for r in some if whole(r)),
        )
        for id_, (part, whole) in RATES.items()
    }


def gap(numerator: int, denominator: int, goal: Fraction = Fraction(4, 5)) -> int:
    """Return how many more organizations reach a goal, one after the other."""
    more = 0
    while denominator and Fraction(numerator + more, denominator) < goal:
        more += 1
    return more


def city(town: Town) -> City:
    """Return a town as a city, from the plain in-memory store."""
    from graph.city import City
    from graph.policy.profile import load
    from graph.store.memory import MemoryStore

    profile = load("wuhan-2016", town.settings or None)
    return City(town.load(MemoryStore()), profile, town.as_of)
