"""Pairs that may be one organization: found, weighed, and no stranger among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from graph.city import City
from graph.duplicates import Duplicates, plain, propose, shop_names
from graph.model import Claims
from graph.policy.profile import load
from graph.store.memory import MemoryStore

PLACES = ["虚渡市", "青澜区", "望渚区", "临江街道"]


def city(*rows: dict[str, Any]) -> City:
    """A city of these organizations in one district."""
    store = MemoryStore()
    divisions = pd.DataFrame(
        {"key": ["4299", "429901", "429902", "429901001"], "name": PLACES,
         "level": ["市", "区", "区", "街道"], "parent": [None, "4299", "4299", "429901"],
         "row": range(4), "dated": 20160826}
    )  # fmt: skip
    plain_row = {"line": "enterprise", "category": "私营企业", "status": "正常", "dated": 20160826}
    frame = pd.DataFrame(
        [
            {"key": f"F{n:04d}", "row": n, "district": "429901", "street": "429901001", "industry": "6510",
             **plain_row, **r}
            for n, r in enumerate(rows)
        ]
    )  # fmt: skip
    with store.importing(at="t", dated=20160826, files=["f"]) as batch:
        batch.add(Claims("division", "d", 20160826, "f", "d", divisions))
        batch.add(Claims("organization", "o", 20160826, "f", "o", frame))
    return City(store, load())


def pairs(found: Duplicates) -> set[tuple[str, str]]:
    """Return the pairs proposed."""
    return {(p.a, p.b) for p in found}


@pytest.mark.parametrize(
    ("name", "shop"),
    [
        ("虚渡市青澜区远帆科技有限公司", "远帆"),
        ("虚渡远帆（青澜）信息技术股份有限公司", "远帆"),
        ("青澜区育苗幼儿园", "育苗"),
        ("科技有限公司", "科技"),
        ("远帆 商贸（虚渡）有限责任公司", "远帆"),
        (None, None),
    ],
)
def test_shop_name(name: str | None, shop: str | None) -> None:
    """The shop name is what is left without division, legal form and trade; never nothing."""
    names = np.array([name], dtype=object)
    assert shop_names(plain(names), np.array([*PLACES, None], dtype=object)).tolist() == [shop]


def test_ratio_would_mislead() -> None:
    """Names that share all but their shop name are strangers; one spelled in two ways at one address is not."""
    found = propose(
        city(
            {"name": "虚渡甲科技有限公司", "address": "临江路8号"},
            {"name": "虚渡乙科技有限公司", "address": "临江路8号"},
            {"name": "虚渡市远帆科技有限公司", "address": "临江路10号"},
            {"name": "远帆信息技术（虚渡）有限责任公司", "address": "临江路10号"},
        )
    )
    (pair,) = found
    assert (pair.a, pair.b) == ("F0002", "F0003")
    assert pair.evidence == (
        ("same_shop_name", 30), ("same_address", 35), ("same_street", 6), ("same_division", 8),
    )  # fmt: skip
    assert pair.score == 79


def test_code_body() -> None:
    """An entity registered elsewhere keeps the body of its code; codes one character apart count beside a like name."""
    found = propose(
        city(
            {"key": "91429901MA4KTEST1A", "name": "虚渡远帆科技有限公司"},
            {"key": "91429902MA4KTEST1B", "name": "虚渡新港贸易有限公司", "street": None, "district": "429902"},
            {"key": "91429901MA4KTEST77", "name": "虚渡金海岸商贸有限公司", "address": "临江路1号"},
            {"key": "91429901MA4KTEST6C", "name": "虚渡金海湾商贸有限公司", "address": "临江路1号"},
        )
    )  # fmt: skip
    proposed = list(found)
    assert [(p.a, p.b) for p in proposed] == [("91429901MA4KTEST6C", "91429901MA4KTEST77")]
    assert {w for w, _ in proposed[0].evidence} >= {"near_code", "near_shop_name", "same_address"}


def test_numbers_tell_apart() -> None:
    """第一 and 第二, No. 8 and No. 9 are neighbours, not one; a common shop name alone proposes nobody."""
    same = [
        {"name": f"虚渡长江{trade}有限公司"} for trade in ("商贸", "物流", "餐饮", "广告", "科技")
    ]
    found = propose(
        city(
            {"name": "虚渡第一机械厂", "address": "厂前路8号"},
            {"name": "虚渡第二机械厂", "address": "厂前路8号"},
            {"name": "虚渡海上升商贸有限公司", "address": "临江路8号"},
            {"name": "虚渡海上昇商贸有限公司", "address": "临江路9号"},
            *same,
        )
    )
    assert pairs(found) == set()


def test_decided_and_scope() -> None:
    """A pair decided as distinct is not proposed again; a scope keeps pairs with one inside."""
    rows = (
        {"name": "虚渡远帆科技有限公司", "address": "临江路10号"},
        {"name": "虚渡远帆科技有限公司", "address": "临江路10号", "district": "429902", "street": None},
    )  # fmt: skip
    assert pairs(propose(city(*rows))) == {("F0000", "F0001")}
    assert pairs(propose(city(*rows), distinct=[("F0001", "F0000")])) == set()
    assert pairs(propose(city(*rows), within="429902")) == {("F0000", "F0001")}
    assert len(propose(city(*rows, {"name": "别家", "street": "429901001"}), within="429902")) == 1


@pytest.mark.parametrize("seed", range(3))
def test_precision_and_recall(seed: int) -> None:
    """Of 2,000 strangers with names of few shop names, and 60 planted variants, at least 95 % are found and 95 % are right."""
    rng = np.random.default_rng(seed)
    letters = list("远帆新港金海岸育苗德润嘉禾明远博雅恒通瑞丰宏图启航华茂天成")
    trades, forms = ["科技", "商贸", "餐饮", "物流"], ["有限公司", "有限责任公司"]
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    while len(rows) < 2000:
        shop = "".join(rng.choice(letters, 3))
        name, n = f"虚渡{shop}{rng.choice(trades)}{rng.choice(forms)}", len(rows)
        if name in seen:  # no office registers a name twice
            continue
        seen.add(name)
        rows.append(
            {
                "name": name,
                "address": f"临江路{n}号",
                "industry": str(rng.choice(["6510", "5211", "6210"])),
            }
        )
    planted = set()
    for k, n in enumerate(rng.choice(2000, 60, replace=False).tolist()):
        row, code = dict(rows[n]), f"F{len(rows):04d}"
        if k % 3 == 0:
            row["name"] = (
                row["name"].replace("虚渡", "虚渡市青澜区").replace("有限责任公司", "有限公司")
            )
        elif k % 3 == 1:
            row["name"] = row["name"].replace("虚渡", "") + "（虚渡）"
        else:  # a slip of the pen in the shop name
            row["name"] = row["name"][:2] + "龘" + row["name"][3:]
        planted.add((f"F{n:04d}", code))
        rows.append(row)
    proposed = pairs(propose(city(*rows)))
    assert len(proposed & planted) >= 0.95 * len(planted), f"seed {seed}"
    assert len(proposed & planted) >= 0.95 * len(proposed), f"seed {seed}"
