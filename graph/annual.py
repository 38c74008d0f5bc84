"""The rows of the annual statistics that say how organizations are covered (RULES, *Annual 党内统计 table rows*).

Columns are those that can be told without storing anything about a person: all, by staff, by category. Two sums hold in every
column: units = separate + joint + none, and none = due + few + without members + unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.city import JOINT_BRANCH
from graph.columns import among, mask, numbers, padded, texts
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
_COLUMNS = ("line", "category", "staff", "formal_members", "probationary_members", "instructor")
_BY_STAFF = ("enterprise",)
TOTAL = "total"
"""The column of all."""


SUMS = {
    "staff": "units",
    "members": "units",
    "staff_covered": "covered",
    "members_covered": "covered",
}
"""Rows that are sums over organizations, and whose."""


@dataclass(frozen=True, eq=False)
class Form:
    """One kind of sheet's table: who is counted in each column.

    Attributes
    ----------
    line : str
    columns : tuple of (str, str, str, numpy.ndarray of bool)
        Id, the form's words, English, and which organizations of the city the column is about.
    """

    line: str
    columns: tuple[tuple[str, str, str, Bools], ...]


class Annual:
    """The tables of a city or a part of it, over the base, and which organizations each of their figures counts.

    Parameters
    ----------
    city : graph.city.City
    within, covered, single : numpy.ndarray of bool
        Over ``city.organizations``: who is asked for, who is covered, who by a unit of its own.
    """

    def __init__(self, city: City, within: Bools, covered: Bools, single: Bools) -> None:
        self._city = city
        self._covered, self._single = covered, single
        self._base = mask(city.standing["in_base"]) & within

    @cached_property
    def forms(self) -> list[Form]:
        """A table for each kind of sheet of which there is anything."""
        o = self._city.few(*_COLUMNS)
        line, category = texts(o["line"]), texts(o["category"])
        staff = np.nan_to_num(numbers(o["staff"]))
        out = []
        for sheet in ("enterprise", "social", "rural"):
            mine = self._base & among(line, [sheet])
            if not mine.any():
                continue
            columns = [(TOTAL, "总数", "all", mine)]
            if sheet in _BY_STAFF:
                audit = self._city.profile.audit
                columns += [
                    (f"staff_{n}", f"从业人员{n}人以上", f"{n} staff or more", mine & (staff >= n))
                    for n in (audit.target_members_staff, audit.target_unit_staff)
                ]
            columns += [
                (word, word, word, mine & among(category, [word]))
                for word in sorted({str(c) for c in category[mine] if c is not None})
            ]
            out.append(Form(sheet, tuple(columns)))
        return out

    @cached_property
    def masks(self) -> dict[str, Bools]:
        """Which organizations of the city each row counts; of a sum, those over which it is one."""
        found = _masks(self._city, self._covered, self._single)
        of = found | {"covered": self._covered}
        sums = {name: of[whose] for name, whose in SUMS.items()}
        return found | sums | {"joint_units": found["joint"]}

    def counted(self, line: str, row: str, column: str = TOTAL) -> Bools | None:
        """Return which organizations a figure counts; ``None`` where there is no such figure."""
        for form in self.forms:
            for id_, _, _, pick in form.columns:
                if (form.line, id_) == (line, column) and row in self.masks:
                    return pick & self.masks[row]
        return None

    def number(self, row: str, some: Bools) -> int:
        """Return a row's figure of organizations that it counts: how many they are, what a sum adds up, or their joint units."""
        if row in SUMS:
            return int(self._weights[row][some].sum())
        if row == "joint_units":
            organization, unit = self._joint_units
            return len(np.unique(unit[some[organization]]))
        return int(some.sum())

    @cached_property
    def _weights(self) -> dict[str, NDArray[Any]]:
        """What each sum adds up, an organization each."""
        o = self._city.few(*_COLUMNS)
        staff = np.nan_to_num(numbers(o["staff"]))
        members = np.nan_to_num(self._city.members) + np.nan_to_num(
            numbers(o["probationary_members"])
        )
        return {name: staff if name.startswith("staff") else members for name in SUMS}

    @cached_property
    def _joint_units(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _joint_units(self._city, self._covered & ~self._single)

    def as_json(self) -> list[dict[str, Any]]:
        """Return ``{"line", "columns": [{"id", "zh", "en"}], "rows": [{"id", "zh", "en", "values"}]}`` for each table."""
        out = []
        for form in self.forms:
            counts = [
                {id_: self.number(id_, pick & some) for id_, some in self.masks.items()}
                for *_, pick in form.columns
            ]
            out.append(
                {
                    "line": form.line,
                    "columns": [{"id": id_, "zh": zh, "en": en} for id_, zh, en, _ in form.columns],
                    "rows": [
                        {"id": id_, "zh": zh, "en": en, "values": [c[id_] for c in counts]}
                        for id_, zh, en in ROWS
                    ],
                }
            )
        return out


def annual_tables(city: City, within: Bools, covered: Bools, single: Bools) -> list[dict[str, Any]]:
    """Return :meth:`Annual.as_json`: one table for each kind of sheet, over the base."""
    return Annual(city, within, covered, single).as_json()


def _masks(city: City, covered: Bools, single: Bools) -> dict[str, Bools]:
    """Return which organizations count in each row that counts organizations."""
    o, units = city.few("instructor"), city.unit_rows
    m = city.members
    least = city.profile.formation.min_members
    type_: NDArray[Any] = padded(texts(units["type"]))[city.own_units]
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
    """Return (organization, joint unit) as positions, of organizations that are covered jointly.

    A 联合党支部 that has one organization left is one of the form's joint units all the same: who is in it counts as covered
    jointly, and jointly by no unit would contradict itself.
    """
    at, organization, _ = city.formal
    joined = mask(city.held["is_joint"]) | among(texts(city.unit_rows["type"]), [JOINT_BRANCH])
    pick = joined[at] & joint[organization]
    return organization[pick], at[pick]
