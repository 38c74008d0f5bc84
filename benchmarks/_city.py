"""A city of any size straight as claims: what the store's benchmarks load, without files and their reading.

Invented from a seed. Organizations have 26 columns as ledgers of 240 streets report them; a quarter is covered by units, whose
chains lead over street and district committees to the city's root: four hops.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from graph.model import Claims

DATED = 20160826
STREETS = 240
DISTRICTS = 15


def city(
    organizations: int,
    seed: int = 2016,
    units: int | None = None,
    dated: int = DATED,
    changed: float = 0.0,
) -> Iterator[Claims]:
    """Yield the claims of divisions, buildings, units and organizations, a ledger at a time.

    Another edition of the same city has a later date; in it, a share of the organizations has one person more.
    """
    rng = np.random.default_rng(seed)
    streets = [f"4201{1 + i % DISTRICTS:02d}{i // DISTRICTS:03d}" for i in range(STREETS)]
    districts = sorted({s[:6] for s in streets})
    communities = [f"{s}{c:03d}" for s in streets for c in range(20)]
    buildings = [f"{s}/{c:03d}" for s in streets for c in range(40)]
    yield _claims("division", "区划", pd.DataFrame(
        {"key": ["4201", *districts, *streets, *communities],
         "name": ["虚市", *(f"虚区{d}" for d in districts), *(f"虚街{s}" for s in streets), *communities],
         "level": ["市"] + ["区"] * len(districts) + ["街道"] * len(streets) + ["社区"] * len(communities),
         "parent": [None] + ["4201"] * len(districts) + [s[:6] for s in streets] + [c[:9] for c in communities]}
    ), dated)  # fmt: skip
    units = max(organizations // 8, 1) if units is None else units
    yield _claims("building", "楼宇", pd.DataFrame(
        {"key": [f"building:{b}" for b in buildings], "code": [b[-3:] for b in buildings], "name": buildings,
         "street": [b[:9] for b in buildings]}
    ), dated)  # fmt: skip
    at = rng.integers(0, STREETS, units)
    codes = [f"U{i:07d}" for i in range(units)]
    yield _claims("unit", "党组织", pd.DataFrame(
        {"key": ["ROOT", *(f"D{d}" for d in districts), *(f"S{s}" for s in streets), *codes],
         "name": ["虚市工委", *(f"{d}工委" for d in districts), *(f"{s}党委" for s in streets), *(f"{c}支部" for c in codes)],
         "type": ["工委"] * (1 + len(districts)) + ["党委"] * len(streets) + ["党支部"] * units,
         "superior": [None] + ["ROOT"] * len(districts) + [f"D{s[:6]}" for s in streets] + [f"S{streets[i]}" for i in at],
         "founded": [20100701] * (1 + len(districts) + len(streets) + units)}
    ), dated)  # fmt: skip
    bounds = np.linspace(0, organizations, STREETS + 1).astype(int)
    for n, street in enumerate(streets):
        numbers = range(int(bounds[n]), int(bounds[n + 1]))
        frame = _organizations(street, n, numbers, codes, rng)
        if changed:
            frame.loc[np.random.default_rng([seed, n]).random(len(frame)) < changed, "staff"] += 1
        yield _claims("organization", f"enterprise|street:{street}", frame, dated)


def key(number: int) -> str:
    """Return the key of an organization by its number."""
    return f"91420100{number * 7919 % 10**9:09d}X"


def _organizations(
    street: str, number: int, numbers: range, units: list[str], rng: np.random.Generator
) -> pd.DataFrame:
    n = len(numbers)

    def pick(values: list[str | None]) -> list[str | None]:
        return [values[i] for i in rng.integers(0, len(values), n)]

    covered = rng.random(n) < 0.25
    unit = [
        units[i] if c else None
        for i, c in zip(rng.integers(0, len(units), n), covered, strict=True)
    ]
    staff = rng.geometric(0.03, n)
    members = np.minimum(rng.geometric(0.4, n) - 1, staff)
    lon, lat, building = _located(street, number, n, rng)
    return pd.DataFrame(
        {
            "key": [key(i) for i in numbers],
            "line": "enterprise",
            "name": [f"虚市{i}号科技有限公司" for i in numbers],
            "category": pick(["私营企业", "外资企业", "港澳台企业", "混合所有制企业"]),
            "industry": pick([f"{c:04d}" for c in range(1310, 1800)]),
            "industry_edition": pick(["2011", "2017"]),
            "supervisor": pick([None, None, None, "市民政局"]),
            "district": street[:6],
            "street": street,
            "community": pick([f"{street}{c:03d}" for c in range(20)]),
            "building": building,
            "address": [f"虚路{i % 977}号" for i in numbers],
            "lon": lon,
            "lat": lat,
            "datum": "GCJ-02",
            "staff": staff,
            "formal_members": members,
            "probationary_members": rng.integers(0, 2, n),
            "size": pick(["大型", "中型", "小型", "微型"]),
            "creative": rng.random(n) < 0.1,
            "status": pick(["正常", "正常", "正常", "停业", "空壳"]),
            "unit": unit,
            "no_unit_reason": pick([None, "人数不足"]),
            "clears": pick(["1;2;3", "1;2;3;4;5;6", None]),
            "measures": pick([None, "培养发展"]),
            "reported_by": f"{street}街道",
        }
    )


def _located(
    street: str, number: int, n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
    """Return where organizations lie: in their street's square of 3.6 km by 3.7 km, three in five in one of 40 buildings."""
    spot = rng.random((41, 2))
    inside = np.where(rng.random(n) < 0.6, rng.integers(0, 40, n), 40)
    at = np.where((inside < 40)[:, None], spot[inside], rng.random((n, 2)))
    row, column = divmod(number, 16)
    lon = np.round(114.0 + 0.0375 * (column + at[:, 0]), 6)
    lat = np.round(30.3 + 0.0333 * (row + at[:, 1]), 6)
    return lon, lat, [f"building:{street}/{b:03d}" if b < 40 else None for b in inside]


def _claims(kind: str, ledger: str, frame: pd.DataFrame, dated: int) -> Claims:
    rows = frame.assign(row=np.arange(2, len(frame) + 2), dated=dated)
    return Claims(kind, ledger, dated, f"{ledger}.csv", "", rows)
