"""The values that a profile sets: their types, units, ranges and effects, declared once.

A dataclass a section of the TOML file; field names are the keys, unique over all sections. What a value means for a
city is said here; which clause it rests on, and whether it is the plan's or a person's choice, stands in the file beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Type = Literal["int", "number", "bool", "text", "date", "texts", "ints", "numbers"]

TYPE_NAMES: dict[str, tuple[str, str]] = {
    "int": ("a whole number", "整数"),
    "number": ("a number", "数字"),
    "bool": ("true or false", "true 或 false"),
    "text": ("a text", "文本"),
    "date": ("a date (2016-11-20)", "日期（2016-11-20）"),
    "texts": ("a list of texts", "文本列表"),
    "ints": ("a list of whole numbers", "整数列表"),
    "numbers": ("a list of numbers", "数字列表"),
}
"""What each type is called in an error, in English and Chinese."""


UNITS: dict[str, tuple[str, ...]] = {
    "m": ("米", "m", "metre", "metres", "meter", "meters", "公尺"),
    "members": ("名", "members", "member", "人", "名党员", "名正式党员"),
    "organizations": ("家", "organizations", "organization", "个", "家单位", "个单位"),
    "staff": ("人", "staff", "名", "名职工"),
    "years": ("年", "years", "year"),
    "percentage points": ("个百分点", "percentage points", "percentage point", "百分点"),
    "deg": ("度", "deg", "°", "degree", "degrees"),
}
"""How each unit is written: in Chinese, in English, and otherwise."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a value may be.

    Attributes
    ----------
    type : str
        One of :data:`TYPE_NAMES`.
    unit : str or None
        The unit that the file has to state (``m``, ``members``, ``organizations``, …); ``None`` for what has none.
    low, high : float or None
        Least and greatest value allowed (of each element of a list).
    choices : tuple of str
        The only texts allowed; empty for any.
    length : int or None
        How many elements a list has.
    optional : bool
        Whether the value may be left unset (``None``; ``unset = true`` in the file).
    step : float or None
        The value is a whole multiple of this (costs: 1e-6, the integer unit of the planning problem).
    """

    type: Type
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    length: int | None = None
    optional: bool = False
    step: float | None = None


def _value(type_: Type, unit: str | None = None, **limits: Any) -> Any:
    return field(metadata={"spec": Spec(type_, unit, **limits)})


def _level() -> Any:
    return _value("number", low=0.0, high=10.0, step=1e-6)


@dataclass(frozen=True, slots=True)
class Formation:
    """Joint formation (FORMATION).

    Attributes
    ----------
    min_members : int
        Formal members from which an organization forms separately, and that a joint unit needs at least (S25, S28).
    max_organizations, max_members : int
        The most that a joint unit may cover and have; also what a host may cover after an attachment.
    radius : float
        Metres up to which two locations are adjacent.
    far : float
        Metres beyond the radius over which adjacency of distant pairs grows to its greatest value.
    similar : float
        Similarity up to which two organizations are similar (smaller is more alike).
    weight_adjacency, weight_similarity : float
        Shares of the two in the dissimilarity of a pair.
    adjacency_building, adjacency_place, adjacency_community : float
        Adjacency of a shared building; park, commercial street or market; community or village.
    adjacency_near, adjacency_far : float
        Adjacency at distance 0 (plus 0.5·distance/radius) and from the radius on (plus 0.5·share of ``far``).
    similarity_class, similarity_group, similarity_division, similarity_linked, similarity_section, similarity_other : float
        Similarity of a shared class, group, division; association or leading firm; section; nothing.
    surcharge_sector_and_area, surcharge_leading_firm, surcharge_area, surcharge_trade : float
        Added per organization of a joint unit by its method.
    new_unit, attach, uncovered, moved : float
        Cost of each new unit, of each attachment, of leaving an organization uncovered, and of each organization that a new plan
        takes from its former companions.
    zero_members : str
        What organizations without members get; the plan neither includes nor excludes them (S28).
    """

    min_members: int = _value("int", "members", low=2, high=100)
    max_organizations: int = _value("int", "organizations", low=2, high=12)
    max_members: int = _value("int", "members", low=2, high=10_000)
    radius: float = _value("number", "m", low=0, high=50_000, step=0.01)
    far: float = _value("number", "m", low=0.01, high=1_000_000, step=0.01)
    similar: float = _value("number", low=0, high=1)
    weight_adjacency: float = _value("number", low=0, high=1, step=1e-6)
    weight_similarity: float = _value("number", low=0, high=1, step=1e-6)
    adjacency_building: float = _level()
    adjacency_place: float = _level()
    adjacency_community: float = _level()
    adjacency_near: float = _level()
    adjacency_far: float = _level()
    similarity_class: float = _level()
    similarity_group: float = _level()
    similarity_division: float = _level()
    similarity_linked: float = _level()
    similarity_section: float = _level()
    similarity_other: float = _level()
    surcharge_sector_and_area: float = _level()
    surcharge_leading_firm: float = _level()
    surcharge_area: float = _level()
    surcharge_trade: float = _level()
    new_unit: float = _level()
    attach: float = _level()
    uncovered: float = _value("number", low=0, high=1000, step=1e-6)
    moved: float = _level()
    zero_members: str = _value("text", choices=("work_coverage",))


@dataclass(frozen=True, slots=True)
class Ledgers:
    """How ledgers are read where they don't say (LEDGERS).

    Attributes
    ----------
    gbt4754_edition : str
        The edition of an 行业代码 whose row names none.
    datum : str
        The datum of coordinates whose row names none.
    extent : tuple of float
        The city, ``(lon_min, lat_min, lon_max, lat_max)`` in WGS84 degrees: coordinates outside are a fault.
    """

    gbt4754_edition: str = _value("text", choices=("2011", "2017"))
    datum: str = _value("text", choices=("WGS84", "GCJ-02", "BD-09"))
    extent: tuple[float, float, float, float] = _value(
        "numbers", "deg", low=-180, high=180, length=4
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """Rates (RULES, *Coverage definitions*).

    Attributes
    ----------
    coverage_definition : str
        The definition that a rate without a name means.
    coverage_goal : float
        The share that the plan asks for (S1).
    eligible_goal : float
        The share that it asks for of those that are eligible (S2).
    functional_counts : bool
        Whether functional units count as coverage (S31).
    eligible_min_members : int
        Formal members from which an organization of the base is *eligible* (符合条件, S2).
    side_by_side : float
        Definitions that differ by more than this are pointed out.
    """

    coverage_definition: str = _value("text", choices=("org_operating", "org_eligible", "org_all"))
    coverage_goal: float = _value("number", low=0, high=1)
    eligible_goal: float = _value("number", low=0, high=1)
    functional_counts: bool = _value("bool")
    eligible_min_members: int = _value("int", "members", low=1, high=100)
    side_by_side: float = _value("number", "percentage points", low=0, high=100)


@dataclass(frozen=True, slots=True)
class Audit:
    """Limits and names that the audit needs (AUDIT).

    Attributes
    ----------
    roots : tuple of str
        Codes or names of units that end affiliation chains; empty: found by AUDIT's rule.
    civil_affairs, organs_committee : str
        Names of the civil-affairs bureau and of the organs work committee (S17, S18).
    target_members_staff, target_unit_staff, target_kind_staff : int
        Staff from which a firm has to have members (S3), a unit (S4), a school or hospital a unit (S7).
    measures_latest : int
        The last day for which measures may be due (S19), ``yyyymmdd``.
    new_unit_since : int
        Units founded from this day on are *new* and need an instructor (S35), ``yyyymmdd``.
    joint_max_years : int or None
        Age from which a joint unit is *long established* (S26); unset: not checked.
    type_thresholds : tuple of int or None
        Members from which a unit is a 党总支 and a 党委 (O3); unset: not checked.
    """

    roots: tuple[str, ...] = _value("texts")
    civil_affairs: str = _value("text")
    organs_committee: str = _value("text")
    target_members_staff: int = _value("int", "staff", low=1, high=1_000_000)
    target_unit_staff: int = _value("int", "staff", low=1, high=1_000_000)
    target_kind_staff: int = _value("int", "staff", low=1, high=1_000_000)
    measures_latest: int = _value("date")
    new_unit_since: int = _value("date")
    joint_max_years: int | None = _value("int", "years", low=1, high=100, optional=True)
    type_thresholds: tuple[int, int] | None = _value(
        "ints", "members", low=1, high=100_000, length=2, optional=True
    )


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is told of a part of the city to those whose jurisdiction it is not (:mod:`graph.disclosure`).

    Attributes
    ----------
    small_count : int
        Counts from 1 up to below this are not told, nor changes by so few.
    """

    small_count: int = _value("int", "organizations", low=2, high=1000)


SECTIONS: dict[str, type[Any]] = {
    "formation": Formation,
    "ledgers": Ledgers,
    "coverage": Coverage,
    "audit": Audit,
    "disclosure": Disclosure,
}

SPECS: dict[str, tuple[str, Spec]] = {
    f.name: (section, f.metadata["spec"]) for section, cls in SECTIONS.items() for f in fields(cls)
}
"""Section and :class:`Spec` of every key."""


def contradictions(v: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what is contradictory between values that are each allowed: (key, English, Chinese)."""
    out: list[tuple[str, str, str]] = []

    def unless(fine: bool, key: str, en: str, zh: str) -> None:
        if not fine:
            out.append((key, en, zh))

    most = v["max_organizations"] * (v["min_members"] - 1)
    unless(
        v["min_members"] <= v["max_members"],
        "max_members",
        f"max_members {v['max_members']} is below min_members {v['min_members']}: no unit could be formed",
        f"max_members {v['max_members']} 小于 min_members {v['min_members']}：无法组建任何党组织",
    )
    unless(
        most >= v["min_members"],
        "max_organizations",
        f"max_organizations {v['max_organizations']}: so many small organizations have {most} members at most, below min_members"
        f" {v['min_members']}",
        f"max_organizations {v['max_organizations']}：最多只有 {most} 名党员，不足 min_members {v['min_members']}",
    )
    unless(
        v["weight_adjacency"] + v["weight_similarity"] > 0,
        "weight_adjacency",
        "weight_adjacency and weight_similarity are both 0: every pair would be alike; raise one",
        "weight_adjacency 与 weight_similarity 均为 0：所有单位将无差别，请调高其一",
    )
    unless(
        v["target_members_staff"] <= v["target_unit_staff"],
        "target_members_staff",
        f"target_members_staff {v['target_members_staff']} is above target_unit_staff {v['target_unit_staff']} (S3 asks for"
        " less than S4)",
        f"target_members_staff {v['target_members_staff']} 大于 target_unit_staff {v['target_unit_staff']}（S3 低于 S4）",
    )
    unless(
        v["new_unit_since"] <= v["measures_latest"],
        "new_unit_since",
        f"new_unit_since {v['new_unit_since']} is after measures_latest {v['measures_latest']}",
        f"new_unit_since {v['new_unit_since']} 晚于 measures_latest {v['measures_latest']}",
    )
    west, south, east, north = v["extent"]
    unless(
        west < east and south < north and south >= -90 and north <= 90,
        "extent",
        "extent is lon_min, lat_min, lon_max, lat_max: the minima first, latitudes within ±90",
        "extent 依次为最小经度、最小纬度、最大经度、最大纬度，纬度在 ±90 之内",
    )
    thresholds = v["type_thresholds"]
    unless(
        thresholds is None or thresholds[0] < thresholds[1],
        "type_thresholds",
        "type_thresholds: the number for 党总支 comes first and is the smaller",
        "type_thresholds：先党总支后党委，前者较小",
    )
    return out
