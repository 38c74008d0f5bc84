"""What stands beside the ledgers of organizations and units as tables: associations, members, decisions, reports, registers."""

from __future__ import annotations

from typing import Final

from loaders.synthetic.cells import Table, day
from loaders.synthetic.city import AS_OF, EDITION, City
from loaders.synthetic.records import grids

_DATES: Final = ("认定日期", "日期")


def associations(city: City) -> Table:
    """Return industry associations with their members."""
    table = Table({"代码": [], "名称": [], "行业代码": [], "会员": [], "填报日期": []})
    for n, row in enumerate(city.associations):
        between = (";", "、", "；")[n % 3]
        table.append({**row, "会员": between.join(row["会员"]), "填报日期": day(AS_OF)})
    return table


def leading(city: City) -> Table:
    """Return who is led by which firm."""
    return Table({
        "龙头代码": [leader for leader, _ in city.leading],
        "单位代码": [led for _, led in city.leading],
        "填报日期": [day(AS_OF)] * len(city.leading),
    })  # fmt: skip


def members(city: City) -> Table:
    """Return pseudonymous member records, and one row with a name where a code belongs."""
    table = Table({
        "编号": [f"DY{n + 1:08d}" for n in range(len(city.members))],
        "状态": ["正式" if m.formal else "预备" for m in city.members],
        "党组织代码": [m.unit for m in city.members],
        "工作单位代码": [city.code[m.employer] if m.employer >= 0 else "" for m in city.members],
        "填报日期": [day(AS_OF)] * len(city.members),
    })  # fmt: skip
    if city.members:
        row = {
            "编号": "示例甲",
            "状态": "正式",
            "党组织代码": city.members[0].unit,
            "填报日期": day(AS_OF),
        }
        table.append(row, ("编号", "personal_value"))
    return table


def others(city: City) -> dict[str, Table]:
    """Return exclusions, cross-offs, reports, registers and survey grids by the sheet's name."""
    tables = {}
    for name, rows, columns in (
        ("剔除", city.exclusions, ("代码", "类型", "依据", "认定单位", "认定日期")),
        ("销号", city.strikes, ("代码", "状态", "依据", "日期", "单位")),
        ("报送", city.submissions, ("报送单位", "种类", "期次", "日期", "覆盖率")),
        ("名录", city.registers, ("来源", "代码", "名称", "状态")),
        ("网格", grids(city), ("代码", "街道", "状态")),
    ):
        table = Table({c: [] for c in (*columns, "填报日期")})
        for n, row in enumerate(rows):
            values = {c: day(row[c], n % 5) if c in _DATES and row[c] else row[c] for c in columns}
            # exclusions were in force when the last reports stated their rates
            table.append({**values, "填报日期": day(EDITION if name == "剔除" else AS_OF)})
        tables[name] = table
    return tables
