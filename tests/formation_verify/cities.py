"""Small invented cities, drawn from a seed, in which every reading of FORMATION occurs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from graph.model import Claims
from graph.store.base import Store
from graph.store.memory import MemoryStore

AS_OF = 20170105

SECTORS = (
    "5211", "5212", "5219", "522", "52", "F52", "F", "7910", "79", "8010", "4011", "401", "40", "0170", "0171", "6510", "I65",
    None, "9999", "C5",
)  # fmt: skip
CROSSWALK = (
    ("0170", "0171"),
    ("0170", "0179"),
    ("5211", "5211"),
    ("5219", "5212"),
    ("6510", "6511"),
    ("6510", "6621"),
)
WHOLE = {"formal_members", "staff", "dissolved", "founded", "decided"}
DEGREES = {"lon", "lat"}


class Draw:
    """Choices from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def maybe(self, share: float) -> bool:
        """Return true so often."""
        return bool(self.rng.random() < share)

    def one(self, some: Any) -> Any:
        """Return one of some."""
        return some[int(self.rng.integers(len(some)))]


def city(seed: int, organizations: int = 40, streets: int = 2, store: Store | None = None) -> Store:
    """Return a store with an invented city: mostly small organizations, in few places, of few sectors."""
    draw = Draw(seed)
    rows: dict[str, list[dict[str, Any]]] = {}

    def put(kind: str, key: str, **values: Any) -> None:
        rows.setdefault(kind, []).append({"key": key, **values})

    homes = [f"42010100{s + 1}" for s in range(streets)]
    put("division", "4201", name="示例市", level="市", parent=None)
    put("division", "420101", name="甲区", level="区", parent="4201")
    communities = []
    for s in homes:
        put("division", s, name=f"街道{s[-1]}", level="街道", parent="420101")
        for number in (1, 2):
            communities.append(f"{s}00{number}")
            put("division", communities[-1], name="社区", level="社区", parent=s)
    parks = {"park:420101001/P1": "市级", "park:420101/Z1": "国家级", "park:420101001/P2": None}
    for key, level in parks.items():
        put(
            "park",
            key,
            code=key.partition("/")[2],
            name=key,
            level=level,
            district="420101",
            street=homes[0],
        )
    buildings, markets = [], []
    for b in range(5):
        s = draw.one(homes)
        buildings.append(f"building:{s}/{b}")
        put(
            "building", buildings[-1], code=str(b), name=f"楼{b}",
            street=s if draw.maybe(0.8) else None,
            park=draw.one(list(parks)) if draw.maybe(0.3) else None,
            community=draw.one([c for c in communities if c.startswith(s)]) if draw.maybe(0.6) else None,
        )  # fmt: skip
    for kind in ("market", "commercial_street"):
        markets.append(f"{kind}:{homes[0]}/1")
        put(kind, markets[-1], code="1", name=kind, street=homes[0], park=None, community=None)
    if draw.maybe(0.6):
        for old, new in CROSSWALK:
            put("crosswalk", f"{old}|{new}", code_2011=old, code_2017=new)

    codes = [f"O{x:03d}" for x in range(organizations)]
    units = [f"U{x:02d}" for x in range(max(2, organizations // 6))]
    lat, lon = 30.5, 114.3
    for code in codes:
        line = draw.one(["enterprise"] * 7 + ["social"] * 4 + ["rural"])
        located = draw.maybe(0.85)
        street = draw.one(homes)
        put(
            "organization", code, line=line, name=f"组织{code}", category="私营企业" if draw.maybe(0.97) else None,
            industry=draw.one(SECTORS), industry_edition=draw.one([None, None, "2011", "2017"]),
            level=draw.one([None, "区级", "市级"]) if line == "social" else None,
            supervisor=draw.one([None, "市教育局", units[0], codes[0]]) if line == "social" else None,
            district="420101" if draw.maybe(0.8) else None, street=street if draw.maybe(0.85) else None,
            community=draw.one([c for c in communities if c.startswith(street)]) if draw.maybe(0.4) else None,
            park=draw.one(list(parks)) if draw.maybe(0.15) else None,
            building=draw.one(buildings) if draw.maybe(0.35) else None,
            market=markets[0] if draw.maybe(0.1) else None,
            commercial_street=markets[1] if draw.maybe(0.1) else None,
            lon=lon + float(draw.rng.integers(0, 2000)) / 1e5 if located else None,
            lat=lat + float(draw.rng.integers(0, 2000)) / 1e5 if located or draw.maybe(0.1) else None,
            datum=draw.one([None, "WGS84", "GCJ-02", "BD-09"]), staff=10 if draw.maybe(0.98) else None,
            formal_members=draw.one([1, 1, 1, 2, 2, 2, 1, 2, 0, 3, 5, 48]) if draw.maybe(0.98) else None,
            status="正常" if draw.maybe(0.94) else draw.one(["停业", "空壳", "注销"]),
            unit=draw.one(units) if draw.maybe(0.08) else "NIRGENDS" if draw.maybe(0.02) else None,
        )  # fmt: skip
    for unit in units:
        n = int(draw.rng.integers(0, 4))
        put(
            "unit", unit, name=f"党组织{unit}", type=draw.one(["党支部"] * 3 + ["联合党支部"] * 3 + ["功能型党组织", "党委"]),
            organization=draw.one([None, None, "市民政局", draw.one(codes)]),
            covers=";".join(sorted({draw.one(codes) for _ in range(n)})) or None, founded=20100101,
            dissolved=draw.one([None] * 8 + [20160101, AS_OF, 20180101]),
        )  # fmt: skip
    # committees without draws of their own; a street and the bureau may have none, a zone's may be a plain branch
    heads: list[tuple[str, str, str | None, str | None, str | None]]
    heads = [(f"GW{s[-1]}", "工委", None, "420101", s) for s in homes]
    heads += [("QW", "党委", None, "420101", None), ("YQ", "党委", "Z1", "420101", None)]
    heads += [("JY", "党组", "市教育局", None, None), ("DW", "党委", "东湖开发区", None, homes[0])]
    for place, (unit, kind, belongs, district, within) in enumerate(heads):
        if (seed + place) % 4:
            put(
                "unit", unit, name=f"党组织{unit}", type=kind, organization=belongs, covers=None, founded=20100101,
                dissolved=None, district=district, street=within,
            )  # fmt: skip
    for kind, group, share in (("association", "A", 0.3), ("leading", "L", 0.12)):
        some = [c for c in codes if draw.maybe(share)]
        if kind == "association":
            for part in (1, 2):
                members = [c for c in some if draw.maybe(0.6)]
                put(
                    "association",
                    f"{group}{part}",
                    name="协会",
                    industry=None,
                    members=";".join(members) or None,
                )
        else:
            for c in some:
                leader = draw.one(codes[:2])
                put("leading", f"{leader}|{c}", leader=leader, organization=c)
    for c in codes[:2]:
        decided = draw.one([None, 20160101, 20180101])
        if draw.maybe(0.5):
            put(
                "exclusion",
                c,
                organization=c,
                type="其他",
                basis="无",
                office="区",
                decided=decided,
            )

    store = MemoryStore() if store is None else store
    with store.importing(at="2017-01-05T00:00:00", dated=AS_OF, files=["city"]) as batch:
        for kind, given in rows.items():
            frame = pd.DataFrame(given)
            for column in WHOLE & set(frame):
                frame[column] = frame[column].astype("Int64")
            for column in DEGREES & set(frame):
                frame[column] = frame[column].astype("float64")
            frame["row"] = range(2, 2 + len(frame))
            frame["dated"] = AS_OF
            batch.add(Claims(kind, f"{kind}|", AS_OF, f"{kind}.csv", kind, frame))
    return store
