"""What the audit has to find where a fault is common: counted here from the cells, in a few lines a rule.

This is the second, independent count: nothing of :mod:`graph` is called. Rare faults are noted where they are planted
(:meth:`loaders.synthetic.city.City.plant`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from loaders.synthetic.city import AS_OF, FUNCTIONAL, City, Unit
from loaders.synthetic.organizations import (
    ACCOUNTING,
    FIRM,
    HOSPITAL,
    LARGE,
    LAW,
    NORMAL,
    RURAL,
    SCHOOL,
    SOCIAL,
    TAX,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Truth:
    """What was generated, and what is right to find in it.

    Attributes
    ----------
    directory : Path
    organizations : int
        How many the ledgers list, faulty rows aside.
    as_of : int
        The city's latest date.
    findings : list of (code, subject)
        Everything that the audit has to find under ``wuhan-2016``, sorted; ``truth.json``.
    near_misses : list of (code, subject)
        What looks like that finding and is none; ``near_misses.json``.
    quarantine : list of dict
        ``file``, ``sheet``, ``row``, ``column``, ``code`` of each faulty cell; ``quarantine.json``.
    files : list of str
        The ledgers' names, sorted.
    """

    directory: Path
    organizations: int
    as_of: int
    findings: list[tuple[str, str]]
    near_misses: list[tuple[str, str]]
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def live(unit: Unit) -> bool:
    """Say whether a unit is undissolved at the city's date."""
    return not unit.dissolved or unit.dissolved > AS_OF


def covered(city: City) -> Bools:
    """Return which organizations an undissolved formal unit covers, by any of the three cells that say so."""
    out = np.zeros(len(city.code), dtype=bool)
    standing = {u.code: u for u in city.units if live(u) and u.type != FUNCTIONAL}
    named = {u.organization for u in standing.values() if u.organization}
    position = {code: i for i, code in enumerate(city.code) if code in named}
    for unit in standing.values():
        if unit.organization in position:
            out[position[unit.organization]] = True
        if unit.covers:
            out[unit.covers] = True
    for i, cell in city.unit_cell.items():
        if any(code in standing for code in cell.split(";")):
            out[i] = True
    return out


def dangling(city: City) -> Bools:
    """Return which organizations name a unit that no row defines."""
    out = np.zeros(len(city.code), dtype=bool)
    known = {u.code for u in city.units}
    for i, cell in city.unit_cell.items():
        if any(code not in known for code in cell.split(";")):
            out[i] = True
    return out


def base(city: City) -> Bools:
    """Return who operates and has not been taken out."""
    return np.asarray((city.orgs.status == NORMAL) & ~city.struck, dtype=bool)


def count(city: City) -> list[tuple[str, str]]:
    """Return the findings of the rules that concern many: (code, subject)."""
    o = city.orgs
    in_base = base(city)
    open_ = in_base & ~covered(city) & ~dangling(city)
    m = o.formal
    firm, social, rural = o.line == FIRM, o.line == SOCIAL, o.line == RURAL
    means = (
        (city.instructor % 2 == 1) | (city.mass > 0) | (city.guidance > 0) | (city.development > 0)
    )
    kinds = social & (
        o.municipal
        | (np.isin(o.category, (SCHOOL, HOSPITAL)) & (o.staff >= 30))
        | np.isin(o.category, (LAW, ACCOUNTING, TAX))
    )
    review = firm & o.creative & (o.size == LARGE) & (m >= 1)
    asked = np.where(open_, 63, 31)
    found = {
        "must_be_separate": open_ & (m >= 3),
        "eligible_uncovered": open_ & (m >= 1) & (m < 3),
        "target_50": in_base & firm & (o.staff >= 50) & (m + o.probationary == 0),
        "target_100": open_ & firm & (o.staff >= 100),
        "target_kind": open_ & (kinds | review),
        "target_rural": open_ & rural & (m >= 1),
        "no_work_coverage": open_ & ~means,
        "no_measures": open_ & ((city.measures == 0) | (city.due == 0) | ~city.responsible),
        "measures_late": open_ & (city.due > 20161120),
        "incomplete_clears": in_base & ((city.clears & asked) != asked),
    }
    out = [
        (code, city.code[i]) for code, mask in found.items() for i in np.flatnonzero(mask).tolist()
    ]
    out += [
        ("no_instructor", u.code)
        for u in city.units
        if live(u) and 20160801 <= u.founded <= AS_OF and not u.instructor
    ]
    return out


def near(city: City) -> None:
    """Note what just misses the rules that concern many: the city is full of it."""
    o = city.orgs
    in_base = base(city)
    has = covered(city)
    open_ = in_base & ~has & ~dangling(city)
    nobody = o.formal == 0
    few = {
        "eligible_uncovered": open_ & nobody & (o.probationary > 0),
        "target_rural": (o.line == RURAL) & in_base & has,
        "no_work_coverage": open_ & (city.instructor != 1) & (city.instructor != 3) & (city.mass == 0) & (city.guidance == 1),
        "no_measures": in_base & has & (city.measures == 0),
        "measures_late": open_ & (city.due == 20161120),
        "incomplete_clears": in_base & has & (city.clears == 31),
    }  # fmt: skip
    for code, mask in few.items():
        for i in np.flatnonzero(mask & ~city.used)[: city.quota(6)].tolist():
            city.near(code, city.code[i])
