"""The rows of the annual statistics that say how organizations are covered (RULES, *Annual 党内统计 table rows*).

Columns are those that can be told without storing anything about a person: all, by staff, by category. Two sums hold in every
column: units = separate + joint + none, and none = due + few + without members + unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph.columns import among, mask, numbers, positions, texts
from graph.survey import instructed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City

    Bools = NDArray[np.bool_]

ROWS = (
    ("units", "单位数", "organizations"),
    ("instructed", "党建工作指导员联系的", "with an instructor"),
    ("separate", "已单独建立党组织", "with a unit of their own"),
    ("separate_committee", "建立党委的", "a party committee"),
    ("separate_general", "建立总支部的", "a general branch"),
    ("separate_branch", "建立支部的", "a branch"),
    ("joint", "已建立联合党支部的", "covered jointly"),
    ("joint_qualified", "其中具有3名以上党员的", "of these with three formal members or more"),
    ("joint_units", "联合党支部数", "joint units"),
    ("none", "未建立党组织", "without a unit"),
    ("none_due", "应建尚未建立党组织的", "due and not formed"),
    ("none_few", "仅有个别党员的", "with one or two formal members"),
    ("none_zero", "没有党员的", "without formal members"),
    ("none_unknown", "党员数不详的", "members unknown"),
    ("staff", "在岗职工", "staff"),
    ("members", "党员", "members"),
    ("staff_covered", "已建立党组织的在岗职工", "staff where there is a unit"),
    ("members_covered", "已建立党组织的党员", "members where there is a unit"),
)
"""Id, the form's own words, English. Staff and members are sums of what the ledgers state; members include probationary ones."""

TYPES = {
    "separate_committee": ("党委", "工委", "党组"),
    "separate_general": ("党总支",),
    "separate_branch": ("党支部",),
}
_BY_STAFF = ("enterprise",)


def annual_tables(city: City, within: Bools, covered: Bools, single: Bools) -> list[dict[str, Any]]:
    """Return one table for each kind of sheet, over the base.

    Parameters
    ----------
    city : graph.city.City
    within, covered, single : numpy.ndarray of bool
        Over ``city.organizations``: who is asked for, who is covered, who by a unit of its own.

    Returns
    -------
    list of dict
        ``{"line", "columns": [{"id", "zh", "en"}], "rows": [{"id", "zh", "en", "values"}]}``.
    """
    o = city.organizations
    base = mask(o["in_base"]) & within
    line, category = texts(o["line"]), texts(o["category"])
    staff = np.nan_to_num(numbers(o["staff"]))
    members = np.nan_to_num(numbers(o["m"])) + np.nan_to_num(numbers(o["probationary_members"]))
    rows = _masks(city, covered, single)
    joint_units = _joint_units(city, covered & ~single)
    out = []
    for sheet in ("enterprise", "social", "rural"):
        mine = base & among(line, [sheet])
        if not mine.any():
            continue
        columns = [("total", "总数", "all", mine)]
        if sheet in _BY_STAFF:
            audit = city.profile.audit
            columns += [
                (f"staff_{n}", f"从业人员{n}人以上", f"{n} staff or more", mine & (staff >= n))
                for n in (audit.target_members_staff, audit.target_unit_staff)
            ]
        columns += [
            (word, word, word, mine & among(category, [word]))
            for word in sorted({str(c) for c in category[mine] if c is not None})
        ]
        counts = [
            {
                **{id_: int((some & pick).sum()) for id_, some in rows.items()},
                "joint_units": len(np.unique(joint_units[1][pick[joint_units[0]]])),
                "staff": int(staff[pick].sum()),
                "members": int(members[pick].sum()),
                "staff_covered": int(staff[pick & covered].sum()),
                "members_covered": int(members[pick & covered].sum()),
            }
            for *_, pick in columns
        ]
        out.append(
            {
                "line": sheet,
                "columns": [{"id": id_, "zh": zh, "en": en} for id_, zh, en, _ in columns],
                "rows": [
                    {"id": id_, "zh": zh, "en": en, "values": [c[id_] for c in counts]}
                    for id_, zh, en in ROWS
                ],
            }
        )
    return out


def _masks(city: City, covered: Bools, single: Bools) -> dict[str, Bools]:
    """Return which organizations count in each row that counts organizations."""
    o, units = city.organizations, city.units
    m = numbers(o["m"])
    least = city.profile.formation.min_members
    type_: NDArray[Any] = np.array([*units["type"], None], dtype=object)
    type_ = type_[positions(units.index, texts(o["own_unit"]))]
    joint, none = covered & ~single, ~covered
    with np.errstate(invalid="ignore"):
        qualified, few, zero = m >= least, (m > 0) & (m < least), m <= 0
    return {
        "units": np.ones(len(o), dtype=bool),
        "instructed": instructed(o["instructor"]),
        "separate": single,
        **{name: single & among(type_, words) for name, words in TYPES.items()},
        "joint": joint,
        "joint_qualified": joint & qualified,
        "none": none,
        "none_due": none & qualified,
        "none_few": none & few,
        "none_zero": none & zero,
        "none_unknown": none & np.isnan(m),
    }


def _joint_units(city: City, joint: Bools) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (organization, joint unit) as positions, of organizations that are covered jointly."""
    units = city.units
    covers = city.covers
    covers = covers[(covers["formal"] & covers["known"]).to_numpy(dtype=bool)]
    at = positions(units.index, texts(covers["unit"]))
    organization = positions(city.organizations.index, texts(covers["organization"]))
    pick = mask(units["is_joint"])[at] & joint[organization]
    return organization[pick], at[pick]
