"""What stands beside organizations and units in a sound city: associations, leading firms, members, survey grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from loaders.synthetic import names
from loaders.synthetic.city import BRANCH, JOINT_BRANCH, City
from loaders.synthetic.organizations import FIRM, NORMAL, OWN
from loaders.synthetic.sectors import FIRM_SECTORS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def keep(city: City) -> None:
    """Add associations, leading links and member records of what no fault is planted in."""
    _associations(city)
    _leading(city)
    _members(city)


def _associations(city: City) -> None:
    """Found an association for each sector, of firms all over the city."""
    o = city.orgs
    n = len(o)
    free = (o.line == FIRM) & ~city.used
    for sector in range(len(FIRM_SECTORS)):
        who = np.flatnonzero(free & (o.sector == sector) & (city.rng.random(n) < 0.25))
        who = who[: min(300, max(4, n // 400))]
        if len(who) >= 3:
            city.associations.append(
                {
                    "代码": city.next("XH", 4),
                    "名称": f"{names.CITY_NAME}{FIRM_SECTORS[sector][0]}行业协会",
                    "行业代码": FIRM_SECTORS[sector][1],
                    "会员": [city.code[i] for i in who.tolist()],
                }
            )


def _leading(city: City) -> None:
    """Let some large firms lead small ones of their sector."""
    o = city.orgs
    rng = city.rng
    heads = np.flatnonzero(
        (o.line == FIRM) & (o.role == OWN) & (o.formal >= 12) & (o.status == NORMAL)
    )
    heads = heads[: max(2, len(o) // 500)]
    led = (o.line == FIRM) & ~city.used & (o.formal > 0) & (o.role != OWN)
    by_sector: dict[int, NDArray[np.int64]] = {}
    for head in heads.tolist():
        sector = int(o.sector[head])
        if sector not in by_sector:
            by_sector[sector] = rng.permutation(np.flatnonzero(led & (o.sector == sector)))
        size = int(rng.integers(3, 9))
        some, by_sector[sector] = by_sector[sector][:size], by_sector[sector][size:]
        city.leading += [(city.code[head], city.code[i]) for i in np.sort(some).tolist()]


def _members(city: City) -> None:
    """Record the members of some of the units in which nothing is planted."""
    free = [
        unit
        for unit in city.units
        if unit.code not in city.recorded
        and (
            (unit.type == BRANCH and unit.own >= 0 and not unit.covers and not city.used[unit.own])
            or (unit.type == JOINT_BRANCH and unit.covers and not city.used[unit.covers].any())
        )
    ]
    order = city.rng.permutation(len(free))[: min(len(free) // 8, 12_000)]
    for n in np.sort(order).tolist():
        city.record(free[n])


def grids(city: City) -> list[dict[str, Any]]:
    """Return three survey grids a street, all surveyed (S13)."""
    return [
        {"代码": f"WG{code}{k + 1:02d}", "街道": name, "状态": "已摸底"}
        for code, name in zip(city.plan.street_code, city.plan.street_name, strict=True)
        for k in range(3)
    ]
