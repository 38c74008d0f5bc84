"""Divisions and places as tables."""

from __future__ import annotations

from loaders.synthetic import names
from loaders.synthetic.cells import Table, day
from loaders.synthetic.city import GROUND, City
from loaders.synthetic.plan import LEVELS, Places


def divisions(city: City) -> Table:
    """Return the city, its districts, streets and communities as a table."""
    plan = city.plan
    towns = plan.street_is_town.tolist()
    code = [names.CITY_CODE, *plan.district_code, *plan.street_code, *plan.community_code]
    parent = [
        "",
        *[names.CITY_CODE] * len(plan.district_code),
        *(plan.district_code[d] for d in plan.street_district.tolist()),
        *(plan.street_code[s] for s in plan.community_street.tolist()),
    ]
    level = [
        "市",
        *["区"] * len(plan.district_code),
        *("乡镇" if t else "街道" for t in towns),
        *("村" if n.endswith("村") else "社区" for n in plan.community_name),
    ]
    name = [names.CITY_NAME, *plan.district_name, *plan.street_name, *plan.community_name]
    return Table(
        {
            "代码": code,
            "名称": name,
            "级别": level,
            "上级": parent,
            "填报日期": [day(GROUND)] * len(code),
        }
    )


def parks(city: City) -> Table:
    """Return zones and smaller parks as a table."""
    plan = city.plan
    zones = plan.parks
    n = len(zones)
    return Table({
        "代码": list(zones.code),
        "名称": list(zones.name),
        "级别": [LEVELS[k] for k in plan.park_level.tolist()],
        "所属区": [plan.district_code[d] for d in zones.district.tolist()],
        "所属街道": ["" if s < 0 else plan.street_code[s] for s in zones.street.tolist()],
        "经度": [f"{x:.6f}" for x in zones.lon.tolist()],
        "纬度": [f"{x:.6f}" for x in zones.lat.tolist()],
        "坐标系": ["WGS84"] * n,
        "党建工作指导站": ["是" if s else "否" for s in plan.park_station.tolist()],
        "填报日期": [day(GROUND)] * n,
    })  # fmt: skip


def places(city: City, some: Places) -> Table:
    """Return buildings, commercial streets or markets as a table."""
    plan = city.plan
    park = [*plan.parks.code, ""]
    return Table({
        "代码": list(some.code),
        "名称": list(some.name),
        "所在园区": [park[p] for p in some.park.tolist()],
        "所属街道": [plan.street_code[s] for s in some.street.tolist()],
        "所属社区": [plan.community_code[c] for c in some.community.tolist()],
        "经度": [f"{x:.6f}" for x in some.lon.tolist()],
        "纬度": [f"{x:.6f}" for x in some.lat.tolist()],
        "坐标系": ["WGS84"] * len(some),
        "填报日期": [day(GROUND)] * len(some),
    })  # fmt: skip
