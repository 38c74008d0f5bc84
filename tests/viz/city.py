"""An invented city of any size for pictures and exports: districts, streets, parks, buildings, units and associations."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pandas as pd

from graph.model import Claims

if TYPE_CHECKING:
    from graph.store.base import Store

DATE = 20160826
FIRST = "云海星河晨光远山青松金桥银杏白鹭蓝湾翠谷红枫紫薇长风明月"
TRADES = (
    "软件",
    "餐饮",
    "物流",
    "设计",
    "教育咨询",
    "机电",
    "生物医药",
    "文化传媒",
    "建材",
    "服饰",
)
FORMS = ("有限公司", "股份有限公司", "合作社", "工作室", "服务中心")

Rows = list[dict[str, Any]]


def fill(store: Store, organizations: int, *, seed: int = 7, streets: int = 12) -> Store:
    """Fill a store with a city of one district, a building of which holds 220 organizations where there are that many."""
    rows = build(organizations, random.Random(seed), streets)
    with store.importing(at="2016-08-26T00:00:00", dated=DATE, files=["city.xlsx"]) as batch:
        for kind, some in rows.items():
            frame = pd.DataFrame(some)
            frame["row"] = range(2, 2 + len(frame))
            frame["dated"] = DATE
            batch.add(Claims(kind, f"{kind}|甲区", DATE, f"{kind}.csv", kind, frame))
    return store


def build(organizations: int, draw: random.Random, streets: int) -> dict[str, Rows]:
    """Return the city's rows by kind."""
    out: dict[str, Rows] = {
        "division": [
            {"key": "4201", "name": "示例市", "level": "市"},
            {"key": "420101", "name": "甲区", "level": "区", "parent": "4201"},
        ],
        "unit": [
            {"key": "ROOT", "name": "中共示例市委两新工委", "type": "工委", "founded": 19900101},
            {
                "key": "D1", "name": "甲区委两新工委", "type": "工委", "superior": "ROOT",
                "district": "420101", "founded": 19950101,
            },
        ],
        "building": [],
        "park": [],
        "association": [],
        "organization": [],
        "leading": [],
    }  # fmt: skip
    spots = [spot for number in range(1, streets + 1) for spot in _street(out, number, draw)]
    big = spots[0]
    members: list[list[str]] = [[] for _ in range(max(2, organizations // 400))]
    waiting: dict[str, list[dict[str, Any]]] = {}
    for n in range(organizations):
        place = big if n < 220 else draw.choice(spots)
        row: dict[str, Any] = {
            "key": f"9142{n:08d}", "name": _name(draw, n), "line": "enterprise", "category": "私营企业",
            "industry": draw.choice(("6510", "6210", "5821", "1311")), "district": "420101",
            "staff": draw.randrange(1, 300), "formal_members": draw.choice((0, 0, 0, 1, 1, 2, 4, 8)),
            "status": "正常", "address": f"示例路{n}号", "instructor": "ZD-0001", **place,
        }  # fmt: skip
        out["organization"].append(row)
        if draw.random() < 0.08:
            members[n % len(members)].append(str(row["key"]))
        if int(row["formal_members"]) >= 3:
            _branch(out, row)
        elif row["formal_members"] and draw.random() < 0.6:
            spot = str(place.get("building") or place["street"])
            group = waiting.setdefault(spot, [])
            group.append(row)
            if len(group) == 3:
                _joint(out, group, spot)
                del waiting[spot]
    for k, some in enumerate(members):
        name = f"甲区{TRADES[k % len(TRADES)]}行业协会"
        out["association"].append({"key": f"X{k:03d}", "name": name, "members": ";".join(some)})
    codes = [o["key"] for o in out["organization"]]
    for a, b in zip(codes[3::97], codes[5::97], strict=False):
        out["leading"].append({"key": f"{a}|{b}", "leader": a, "organization": b})
    return {kind: rows for kind, rows in out.items() if rows}


def _street(out: dict[str, Rows], number: int, draw: random.Random) -> list[dict[str, str]]:
    """Add a street with its committee, communities, buildings and a park; return where organizations of it may lie."""
    code = f"420101{number:03d}"
    name = f"{FIRST[2 * (number % 12) : 2 * (number % 12) + 2]}街道"
    out["division"].append({"key": code, "name": name, "level": "街道", "parent": "420101"})
    out["unit"].append(
        {
            "key": f"S{number:02d}", "name": f"{name}党工委", "type": "工委", "superior": "D1", "district": "420101",
            "street": code, "founded": 20000101,
        }
    )  # fmt: skip
    spots = []
    park = f"park:{code}/P1"
    if number % 3 == 0:
        out["park"].append(
            {
                "key": park, "code": "P1", "name": f"{name[:2]}产业园", "level": "区级", "district": "420101",
                "street": code,
            }
        )  # fmt: skip
    for c in range(1, 4):
        community = f"{code}{c:03d}"
        out["division"].append(
            {"key": community, "name": f"{name[:2]}第{c}社区", "level": "社区", "parent": code}
        )
        spots.append({"street": code, "community": community})
        for b in range(1, 3):
            bare = f"{c}{b:02d}"
            key = f"building:{code}/{bare}"
            building = {
                "key": key, "code": bare, "name": f"{name[:2]}{FIRST[draw.randrange(20)]}大厦{bare}座",
                "street": code, "community": community,
            }  # fmt: skip
            if number % 3 == 0 and c == 1:
                building["park"] = park
            out["building"].append(building)
            spots.insert(0, {"street": code, "building": key})
    spots.append({"street": code})
    return spots


def _name(draw: random.Random, n: int) -> str:
    a = draw.randrange(0, len(FIRST) - 1)
    b = draw.randrange(0, len(FIRST) - 1)
    return f"示例{FIRST[a]}{FIRST[b]}{draw.choice(TRADES)}{draw.choice(FORMS)}{'' if n % 5 else '（甲区分店）'}"


def _branch(out: dict[str, Rows], row: dict[str, Any]) -> None:
    row["unit"] = f"U{row['key'][4:]}"
    out["unit"].append(
        {
            "key": row["unit"], "name": f"{row['name'][:8]}党支部", "type": "党支部", "founded": 20100601,
            "superior": f"S{row['street'][6:].lstrip('0'):0>2}", "organization": row["key"], "street": row["street"],
            "district": "420101",
        }
    )  # fmt: skip


def _joint(out: dict[str, Rows], group: list[dict[str, Any]], spot: str) -> None:
    street = group[0]["street"]
    key = f"J{group[0]['key'][4:]}"
    for row in group:
        row["unit"] = key
    out["unit"].append(
        {
            "key": key, "name": f"{spot[-3:]}联合党支部", "type": "联合党支部", "founded": 20160601,
            "superior": f"S{street[6:].lstrip('0'):0>2}", "covers": ";".join(r["key"] for r in group), "street": street,
            "district": "420101",
        }
    )  # fmt: skip
