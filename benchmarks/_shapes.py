"""Ledger units that are hard to plan, of any size: invented from a seed, straight as claims.

Each is one street of small organizations only, so that it is one ledger unit; most fit with a great many others, which is what
makes them hard. ``tests`` hold small ones of each to what the benchmark holds large ones to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from graph.model import Claims
from graph.store.base import Store
from graph.store.memory import MemoryStore

DATED = 20160826
STREET = "420101001"
DEGREES_PER_METRE = 1 / 111_319.49
CENTRE = (114.3, 30.5)
DIVISION_52 = tuple(
    f"52{group}{last}" for group, count in (("1", 9), ("2", 9), ("3", 8)) for last in range(count)
)
"""Classes of one division of GB/T 4754 (retail trade)."""


def in_buildings(organizations: int = 2_000, seed: int = 0) -> Store:
    """Return small organizations in buildings of 50: everybody in a building may be with everybody in it."""
    rng = np.random.default_rng(seed)
    buildings = max(1, organizations // 50)
    communities = max(1, buildings // 4)
    spot = rng.uniform(-800, 800, (buildings, 2))
    at = np.arange(organizations) % buildings
    return _street(
        rng,
        _classes(rng, organizations),
        spot[at],
        building=at,
        communities=rng.integers(0, communities, buildings),
    )


def of_one_division(
    organizations: int = 840, seed: int = 0, spread: float = 6_000, classes: int = 26
) -> Store:
    """Return small organizations of one division, spread so many metres each way, that share no place: ``trade`` joins any."""
    rng = np.random.default_rng(seed)
    drawn = rng.choice(np.array(DIVISION_52[:classes]), organizations)
    return _street(rng, drawn, rng.uniform(-spread, spread, (organizations, 2)))


def in_one_street(organizations: int = 6_000, seed: int = 0) -> Store:
    """Return a street of 4 km² in which half sit in buildings (few of them large) and all in communities of about 300."""
    rng = np.random.default_rng(seed)
    buildings = max(2, organizations // 40)
    size = np.minimum(rng.zipf(1.8, buildings), 60).astype(float)
    spot = rng.uniform(-1_000, 1_000, (buildings, 2))
    at = np.where(
        rng.random(organizations) < 0.5,
        rng.choice(buildings, organizations, p=size / size.sum()),
        -1,
    )
    where = np.where((at >= 0)[:, None], spot[at], rng.uniform(-1_000, 1_000, (organizations, 2)))
    side = max(1, round((organizations / 300) ** 0.5))

    def community(x: np.ndarray) -> np.ndarray:
        cell = np.clip(((x + 1_000) / 2_000 * side).astype(int), 0, side - 1)
        return np.asarray(cell[:, 0] * side + cell[:, 1])

    return _street(
        rng,
        _classes(rng, organizations),
        where,
        building=at,
        communities=community(spot),
        own=community(where),
    )


SHAPES = {
    "buildings": in_buildings,
    "division": of_one_division,
    "street": in_one_street,
}


def _classes(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return classes of many divisions, few of them frequent."""
    known = np.array(
        [
            f"{d}{g}{c}"
            for d in (13, 17, 26, 34, 39, 51, 52, 62, 65, 70, 72, 75)
            for g in (1, 2, 3)
            for c in (1, 2, 9)
        ]
    )
    weight = 1.0 / np.arange(1, len(known) + 1)
    return np.asarray(rng.choice(rng.permutation(known), n, p=weight / weight.sum()))


def _street(
    rng: np.random.Generator,
    classes: np.ndarray,
    metres: np.ndarray,
    building: np.ndarray | None = None,
    communities: np.ndarray | None = None,
    own: np.ndarray | None = None,
) -> Store:
    """Return a store with one street whose organizations have one or two members each."""
    n = len(classes)
    rows: dict[str, list[dict[str, Any]]] = {
        "division": [
            {"key": "4201", "name": "虚市", "level": "市", "parent": None},
            {"key": "420101", "name": "虚区", "level": "区", "parent": "4201"},
            {"key": STREET, "name": "虚街", "level": "街道", "parent": "420101"},
        ]
    }

    def community(c: int) -> str:
        return f"{STREET}{c:03d}"

    used = {int(c) for some in (communities, own) if some is not None for c in some}
    rows["division"] += [
        {"key": community(c), "name": f"虚社区{c}", "level": "社区", "parent": STREET}
        for c in sorted(used)
    ]
    if communities is not None:
        rows["building"] = [
            {"key": f"building:{STREET}/{b}", "code": str(b), "name": f"虚楼{b}", "street": STREET, "community": community(int(c))}
            for b, c in enumerate(communities)
        ]  # fmt: skip
    lon = CENTRE[0] + metres[:, 0] * DEGREES_PER_METRE / np.cos(np.radians(CENTRE[1]))
    lat = CENTRE[1] + metres[:, 1] * DEGREES_PER_METRE
    members = rng.integers(1, 3, n)
    rows["organization"] = [
        {
            "key": f"O{i:05d}", "line": "enterprise", "name": f"虚企{i}", "category": "私营企业", "industry": str(classes[i]),
            "industry_edition": "2017", "district": "420101", "street": STREET, "staff": 10, "formal_members": int(members[i]),
            "lon": round(float(lon[i]), 7), "lat": round(float(lat[i]), 7), "datum": "WGS84", "status": "正常",
            "building": f"building:{STREET}/{building[i]}" if building is not None and building[i] >= 0 else None,
            "community": community(int(own[i])) if own is not None else None,
        }
        for i in range(n)
    ]  # fmt: skip
    store = MemoryStore()
    with store.importing(at="2016-08-26T00:00:00", dated=DATED, files=["shape"]) as batch:
        for kind, given in rows.items():
            frame = pd.DataFrame(given)
            for column in {"staff", "formal_members"} & set(frame):
                frame[column] = frame[column].astype("Int64")
            frame["row"] = range(2, 2 + len(frame))
            frame["dated"] = DATED
            batch.add(Claims(kind, f"{kind}|", DATED, f"{kind}.csv", kind, frame))
    return store
