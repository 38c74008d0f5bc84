"""The invented city's values as the cells of a ledger: columns of text for some organizations at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph import geo, sector
from loaders.synthetic import names
from loaders.synthetic.city import EDITION, City
from loaders.synthetic.organizations import (
    CATEGORIES,
    DATUMS,
    FIRM,
    RURAL,
    SIZES,
    SMALL,
    SOCIAL,
    STATUSES,
    ZERO,
)
from loaders.synthetic.sectors import FIRM_SECTORS, RURAL_SECTORS, SOCIAL_SECTORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

Cells = list[Any]

MASS: Final = ("工会", "共青团", "妇联")
MEASURES: Final = (
    "",
    "培养发展党员",
    "选派指导员联系",
    "与邻近单位联合组建",
    "引导出资人支持",
    "先行组建工会",
)
REASONS: Final = ("无党员", "不足三名正式党员", "正在筹建")


@dataclass
class Table:
    """A sheet's columns under their canonical headings, and what is wrong in some of its cells.

    Attributes
    ----------
    columns : dict of str to list
        Text, whole numbers, or ``""`` for blank; all of one length.
    faults : list of (row, column, code)
        Rows counted from 0 among the data rows.
    totals : dict of str to int
        What the 合计 row states, by column; empty for none.
    """

    columns: dict[str, Cells]
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))

    def append(self, row: dict[str, Any], fault: tuple[str, str] | None = None) -> None:
        """Add a row; ``fault`` names the column that is wrong in it, and how."""
        if fault is not None:
            self.faults.append((len(self), *fault))
        for name, cells in self.columns.items():
            cells.append(row.get(name, ""))


def day(date: int, form: int = 0) -> str:
    """Return a date as a ledger may write it."""
    if not date:
        return ""
    y, m, d = date // 10000, date // 100 % 100, date % 100
    return (
        f"{y}-{m:02d}-{d:02d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{y}{m:02d}{d:02d}", f"{y}/{m}/{d}",
    )[form]  # fmt: skip


@dataclass
class Lookup:
    """Texts that many cells share, made once."""

    city: City
    places: dict[str, tuple[NDArray[Any], NDArray[Any]]] = field(default_factory=dict)
    sectors: dict[int, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plan = self.city.plan
        texts = {
            "district": (plan.district_code, plan.district_name),
            "street": (plan.street_code, plan.street_name),
            "community": (plan.community_code, plan.community_name),
            "park": (plan.parks.code, plan.parks.name),
            "building": (plan.buildings.code, plan.buildings.name),
            "commercial_street": (plan.commercial_streets.code, plan.commercial_streets.name),
            "market": (plan.markets.code, plan.markets.name),
        }
        self.places = {
            kind: (np.array([*code, ""], dtype=object), np.array([*name, ""], dtype=object))
            for kind, (code, name) in texts.items()
        }
        social = [(c, *SOCIAL_SECTORS[c]) for c in CATEGORIES[4:12]]
        tree = sector.facts()
        for line, table in ((FIRM, FIRM_SECTORS), (SOCIAL, social), (RURAL, RURAL_SECTORS)):
            rows = [
                [
                    "",
                    *(code[:k] for k in (2, 3, 4)),
                    (tree.levels(code, edition).section or "") + code,
                ]
                for row in table
                for edition, code in zip(sector.EDITIONS, row[1:], strict=True)
            ]
            self.sectors[line] = np.array(rows, dtype=object).reshape(len(table), 2, 5)

    def place(self, kind: str, index: NDArray[Any], by_code: bool) -> Cells:
        """Return codes or names of places, ``""`` for none."""
        return list(self.places[kind][0 if by_code else 1][index])

    def industry(self, at: Ints) -> Cells:
        """Return 行业代码: four digits mostly, fewer, with the section's letter, or none."""
        o = self.city.orgs
        level = np.array([0, 0, 1, 2, 3, 4])[o.sector_digits[at]]
        out: NDArray[Any] = np.full(len(at), "", dtype=object)
        for line, table in self.sectors.items():
            mine = o.line[at] == line
            index = o.sector[at][mine]
            out[mine] = table[index, o.edition_2017[at][mine].astype(np.int64), level[mine]]
        return list(out)


def organizations(
    city: City, look: Lookup, at: Ints, line: int, *, by_code: bool, form: int, changes: list[dict[str, Any]] | None = None,
    date: int = EDITION,
) -> Table:  # fmt: skip
    """Return the rows of organizations as a table.

    Parameters
    ----------
    at : int64[n]
        Organizations in the order of their rows; one may stand there twice.
    by_code : bool
        Places by their codes (else by their names).
    form : int
        How dates are written (:func:`day`).
    changes : list of dict, optional
        For each row, cells that differ.
    """
    o, plan = city.orgs, city.plan
    index = at.tolist()
    street = o.street[at]
    district_text = np.array([*plan.district_name, ""], dtype=object)[o.district[at]]
    street_text = np.array([*plan.street_name, ""], dtype=object)[street]
    uncovered = np.isin(o.role[at], (SMALL, ZERO))
    columns: dict[str, Cells] = {
        "统一社会信用代码": [city.code[i] for i in index],
        "单位名称": [city.name[i] for i in index],
        "类别": [CATEGORIES[c] for c in o.category[at].tolist()],
        "行业代码": look.industry(at),
        "行业版本": ["2017" if new else "" for new in o.edition_2017[at].tolist()],
    }
    if line == SOCIAL:
        columns["登记层级"] = ["市级" if m else "区级" for m in o.municipal[at].tolist()]
        departments = np.array([*names.DEPARTMENTS, ""], dtype=object)
        columns["业务主管单位"] = [
            city.department_committee(int(o.department[i])) if name and i % 4 == 0 else name
            for i, name in zip(index, departments[o.department[at]], strict=True)
        ]
    # a district follows from its street, a street from its community's code
    told = (o.community[at] >= 0) & (o.park[at] < 0) & (o.building[at] < 0) & (at % 17 == 0)
    told &= by_code & (o.market[at] < 0) & (o.commercial_street[at] < 0)
    columns["所属区"] = look.place(
        "district", np.where(told | (at % 5 == 0), -1, o.district[at]), by_code
    )
    columns["所属街道"] = look.place("street", np.where(told, -1, street), by_code)
    columns["所属社区"] = look.place("community", o.community[at], by_code)
    if line != RURAL:
        columns["所在园区"] = look.place("park", o.park[at], by_code)
        columns["所在楼宇"] = look.place("building", o.building[at], by_code)
        columns["所在商业街区"] = look.place("commercial_street", o.commercial_street[at], by_code)
        columns["所在市场"] = look.place("market", o.market[at], by_code)
    road = len(names.ROADS)
    columns["地址"] = [
        f"{d}{s}{names.ROADS[i % road]}{i // road + 1}号"
        for d, s, i in zip(district_text.tolist(), street_text.tolist(), index, strict=True)
    ]
    columns["经度"], columns["纬度"] = _coordinates(city, at)
    datum = o.datum[at]
    located = ~np.isnan(o.lon[at])
    blank = (datum == 0) & (at % 3 == 0)
    columns["坐标系"] = [
        DATUMS[d] if there and not b else ""
        for d, there, b in zip(datum.tolist(), located.tolist(), blank.tolist(), strict=True)
    ]
    columns["从业人数"] = o.staff[at].tolist()
    columns["正式党员数"] = o.formal[at].tolist()
    columns["预备党员数"] = [
        p if p or i % 4 else "" for p, i in zip(o.probationary[at].tolist(), index, strict=True)
    ]
    columns["规模"] = [SIZES[s] for s in o.size[at].tolist()]
    if line == FIRM:
        columns["互联网或文化创意"] = ["是" if c else "否" for c in o.creative[at].tolist()]
        columns["工商联会员"] = ["是" if f else "否" for f in city.federation[at].tolist()]
    if line == SOCIAL:
        columns["机关事业人员为主体"] = ["是" if c else "否" for c in o.civil_service[at].tolist()]
    columns["经营状态"] = [STATUSES[s] for s in o.status[at].tolist()]
    columns["党组织代码"] = [city.unit_cell.get(i, "") for i in index]
    columns["未建原因"] = [
        (REASONS[0 if m == 0 else 1 if m < 3 else 2]) if u else ""
        for m, u in zip(o.formal[at].tolist(), uncovered.tolist(), strict=True)
    ]
    # what people write beside it: the number is cut out where the cell is read
    for n, i in enumerate(index):
        if i % 211 == 7 and columns["未建原因"][n]:
            columns["未建原因"][n] += "（联系电话19900000000）"
    bits = np.array(
        [";".join(w for k, w in enumerate(MASS) if b >> k & 1) for b in range(8)], dtype=object
    )
    columns["群团组织"] = list(bits[city.mass[at]])
    columns["指导员"] = [
        ("", "是", "否", f"ZD{i % 9973:06d}")[k]
        for k, i in zip(city.instructor[at].tolist(), index, strict=True)
    ]
    numbers = np.array(
        [";".join(str(k + 1) for k in range(6) if b >> k & 1) for b in range(64)], dtype=object
    )
    columns["六清"] = list(numbers[city.clears[at]])
    columns["措施"] = [MEASURES[m] for m in city.measures[at].tolist()]
    columns["完成时限"] = [day(d, form) for d in city.due[at].tolist()]
    columns["责任单位"] = [
        f"{d}工商局" if r else ""
        for r, d in zip(city.responsible[at].tolist(), district_text.tolist(), strict=True)
    ]
    columns["出资人引导次数"] = [g or "" for g in city.guidance[at].tolist()]
    columns["联合发展次数"] = [g or "" for g in city.development[at].tolist()]
    columns["填报单位"] = [city.office_of(h) for h in city.home[at].tolist()]
    columns["填报日期"] = [day(date, form)] * len(index)
    _change(city, columns, index, changes)
    return Table(columns)


def _change(
    city: City, columns: dict[str, Cells], index: list[int], changes: list[dict[str, Any]] | None
) -> None:
    """Put in what some cells hold instead."""
    if city.cells:
        for row, i in enumerate(index):
            for name, text in city.cells.get(i, {}).items():
                columns.setdefault(name, [""] * len(index))[row] = text
    for row, change in enumerate(changes or ()):
        for name, text in change.items():
            columns.setdefault(name, [""] * len(index))[row] = text


def _coordinates(city: City, at: Ints) -> tuple[Cells, Cells]:
    """Return longitude and latitude in each one's own datum, six decimals, ``""`` where unknown."""
    o = city.orgs
    lon, lat = o.lon[at], o.lat[at]
    for number, convert in ((0, geo.wgs84_to_gcj02), (2, geo.wgs84_to_bd09)):
        mine = o.datum[at] == number
        if mine.any():
            lon, lat = lon.copy(), lat.copy()
            lon[mine], lat[mine] = convert(lon[mine], lat[mine])
    return (
        ["" if x != x else f"{x:.6f}" for x in lon.tolist()],
        ["" if x != x else f"{x:.6f}" for x in lat.tolist()],
    )


# -- everything else ---------------------------------------------------------------------------------------------------

UNIT_COLUMNS: Final = (
    "党组织代码", "党组织名称", "类型", "上级党组织代码", "第二管理党组织代码", "管理方式", "所属区", "所属街道", "所属单位",
    "覆盖单位", "成立日期", "撤销日期", "偏离原因", "批准单位", "指导员", "填报日期",
)  # fmt: skip


def units(city: City, rows: list[Any], form: int) -> Table:
    """Return units as a table (pairs of a unit and the cells that differ)."""
    plan = city.plan
    table = Table({name: [] for name in UNIT_COLUMNS})
    for unit, change in rows:
        covers = ";".join(city.code[i] for i in unit.covers)
        row = {
            "党组织代码": unit.code,
            "党组织名称": unit.name,
            "类型": unit.type,
            "上级党组织代码": unit.superior,
            "第二管理党组织代码": unit.second,
            "管理方式": unit.management,
            "所属区": plan.district_name[unit.district] if unit.district >= 0 else "",
            "所属街道": plan.street_name[unit.street] if unit.street >= 0 else "",
            "所属单位": unit.organization,
            "覆盖单位": covers,
            "成立日期": day(unit.founded, form),
            "撤销日期": day(unit.dissolved, form),
            "偏离原因": unit.reason,
            "批准单位": unit.approved,
            "指导员": unit.instructor,
            "填报日期": day(EDITION, form),
        }
        for name, cells in table.columns.items():
            cells.append(change.get(name, row[name]))
    return table
