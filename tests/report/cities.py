"""Small cities as ledgers of plain columns, and a second count of their reports: plain pandas over the files, no code of ours.

Every organization is listed on the first of August; units are founded and dissolved along the campaign, so that reports differ.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tests.loaders.city import credit_code

DATES = ("2016-08-25", "2016-09-10", "2016-09-25", "2016-10-10", "2016-10-25", "2016-11-10", "2016-11-25")  # fmt: skip
LISTED = "2016-08-01"
DISTRICTS = {"429901": "甲区", "429902": "乙区", "429903": "丙区"}
FIRMS = ("私营企业", "港澳台企业", "外资企业")
SOCIAL = ("社会团体", "民办学校", "律师事务所", "基金会")
OWN_TYPES = ("党支部", "党总支", "党委")
SHEETS = {"非公企业": "enterprise", "社会组织": "social", "农村新型经营主体": "rural"}


def generate(folder: Path, seed: int, size: int = 160) -> None:
    """Write a city's ledgers."""
    rng = random.Random(seed)
    folder.mkdir()
    streets = [f"{d}00{n}" for d in DISTRICTS for n in (1, 2)]
    divisions = [("4299", "某市", "市", "")]
    divisions += [(c, n, "区", "4299") for c, n in DISTRICTS.items()]
    divisions += [(s, f"{DISTRICTS[s[:6]]}{s[-1]}街道", "街道", s[:6]) for s in streets]
    _write(folder, "区划", ["代码", "名称", "级别", "上级"], divisions)
    organizations: list[dict[str, object]] = []
    for n in range(size):
        sheet = rng.choice(("非公企业", "非公企业", "社会组织", "农村新型经营主体"))
        street = rng.choice(streets)
        municipal = sheet == "社会组织" and rng.random() < 0.4
        organizations.append(
            {
                "sheet": sheet,
                "统一社会信用代码": credit_code(1000 * seed + n),
                "单位名称": f"第{n}号单位",
                "类别": rng.choice({"非公企业": FIRMS, "社会组织": SOCIAL}.get(sheet, ("农民合作社", "家庭农场"))),
                "登记层级": "市级" if municipal else "区级",
                "业务主管单位": rng.choice(("", "市教育局")) if municipal else "",
                "所属区": street[:6],
                "所属街道": street,
                "从业人数": rng.choice((3, 20, 49, 50, 51, 99, 100, 230)),
                "正式党员数": rng.choice((0, 0, 1, 2, 2, 3, 4, 9)),
                "预备党员数": rng.choice((0, 0, 1)),
                "经营状态": rng.choice(("正常",) * 8 + ("停业", "空壳", "注销")),
                "党组织代码": "",
                "指导员": rng.choice(("是", "否", "")),
                "填报日期": LISTED,
            }
        )  # fmt: skip
    units = _units(rng, organizations)
    for sheet in SHEETS:
        rows = [o for o in organizations if o["sheet"] == sheet]
        names = [name for name in organizations[0] if name != "sheet"]
        if sheet != "社会组织":
            names = [n for n in names if n not in ("登记层级", "业务主管单位")]
        _write(folder, sheet, names, [[o[n] for n in names] for o in rows])
    _write(folder, "党组织", list(units[0]), [list(u.values()) for u in units])
    struck = rng.sample([o["统一社会信用代码"] for o in organizations], 6)
    out = [
        (c, rng.choice(("空壳", "僵尸")), "核查", "市工商局", rng.choice(DATES), LISTED)
        for c in struck
    ]
    _write(folder, "剔除", ["代码", "类型", "依据", "认定单位", "认定日期", "填报日期"], out)
    sent = [
        (f"{name}委组织部", "半月报", date, date if rng.random() < 0.6 else _after(date), LISTED)
        for name in DISTRICTS.values()
        for date in DATES
        if rng.random() < 0.7
    ]
    _write(folder, "报送", ["报送单位", "种类", "期次", "日期", "填报日期"], sent)


def _after(date: str) -> str:
    """Return a day some days later."""
    return str((pd.Timestamp(date) + pd.Timedelta(days=3)).date())


def _units(rng: random.Random, organizations: list[dict[str, object]]) -> list[dict[str, object]]:
    units: list[dict[str, object]] = []

    def unit(type_: str, own: str = "", covers: tuple[str, ...] = (), gone: str = "") -> str:
        code = f"B{len(units):04d}"
        founded = rng.choice((*DATES[:5], LISTED, LISTED, LISTED))
        units.append(
            {
                "党组织代码": code, "党组织名称": f"{code}支部", "类型": type_, "所属单位": own, "覆盖单位": ";".join(covers),
                "成立日期": founded, "撤销日期": gone, "填报日期": founded,
            }
        )  # fmt: skip
        return code

    left = list(organizations)
    rng.shuffle(left)
    while len(left) > len(organizations) // 3:
        kind = rng.random()
        first = left.pop()
        code = str(first["统一社会信用代码"])
        if kind < 0.35:
            unit(rng.choice(OWN_TYPES), own=code, gone=rng.choice(("", "", "2016-10-20")))
        elif kind < 0.5:
            first["党组织代码"] = unit(rng.choice(OWN_TYPES))
        elif kind < 0.55:
            first["党组织代码"] = "B9999"
        elif kind < 0.62:
            unit("功能型党组织", covers=(code,))
        else:
            # of one district: who covers beyond a jurisdiction's border is another question (ADR 0033)
            near = [o for o in left if o["所属区"] == first["所属区"]]
            others = near[: rng.choice((1, 2, 3))]
            left = [o for o in left if all(o is not other for other in others)]
            unit("联合党支部", covers=(code, *(str(o["统一社会信用代码"]) for o in others)))
    return units


def _write(folder: Path, name: str, heads: list[str], rows: Sequence[Any]) -> None:
    frame = pd.DataFrame(rows, columns=heads)
    frame.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig")


@dataclass(frozen=True)
class Recount:
    """A second count of a city at a date."""

    rows: pd.DataFrame
    """An organization a row: ``line``, ``base``, ``own``, ``covered``, ``m`` and what its ledger says."""

    @classmethod
    def of(cls, folder: Path, date: str) -> Recount:
        """Read the ledgers and count."""

        def read(name: str) -> pd.DataFrame:
            return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)

        o = pd.concat([read(name).assign(line=line) for name, line in SHEETS.items()]).fillna("")
        o = o.set_index("统一社会信用代码")
        units = read("党组织").set_index("党组织代码")
        units = units[units["成立日期"] <= date]
        live = units[(units["撤销日期"] == "") | (units["撤销日期"] > date)]
        live = live[live["类型"] != "功能型党组织"]
        pairs = set()
        for code, u in live.iterrows():
            pairs |= {(code, c) for c in [*u["覆盖单位"].split(";"), u["所属单位"]] if c}
        pairs |= {(u, c) for c, u in o["党组织代码"].items() if u in live.index}
        held = pd.DataFrame(sorted(pairs), columns=["unit", "organization"])
        alone = held["unit"].map(held["unit"].value_counts()) == 1
        names = held["unit"].map(units["所属单位"]) == held["organization"]
        mine = held[(alone | names) & (held["unit"].map(units["类型"]) != "联合党支部")]
        first = mine.sort_values("unit").drop_duplicates("organization").set_index("organization")
        dangling = (o["党组织代码"] != "") & ~o["党组织代码"].isin(units.index)
        struck = read("剔除")
        struck = struck[struck["认定日期"] <= date]
        shells = o["经营状态"].isin(["空壳", "僵尸", "影子"])
        taken = o.index.isin(struck["代码"]) | shells
        covered = o.index.isin(held["organization"]) & ~dangling
        o = o.assign(
            base=(o["经营状态"] == "正常") & ~taken,
            taken=taken,
            covered=covered,
            own=o.index.isin(mine["organization"]) & ~dangling,
            type=first["unit"].map(units["类型"]).reindex(o.index),
            m=o["正式党员数"].astype(int),
            all_members=o["正式党员数"].astype(int) + o["预备党员数"].astype(int),
            staff=o["从业人数"].astype(int),
        )
        municipal = (o["line"] == "social") & (o["登记层级"] == "市级")
        office = "district:" + o["所属区"]
        office = office.mask(municipal & (o["业务主管单位"] != ""), "dept:市直机关工委")
        office = office.mask(municipal & (o["业务主管单位"] == ""), "dept:市民政局")
        return cls(
            o.assign(office=office, joint_units=o.index.to_series().map(_joint(held, units, mine)))
        )

    def form(self, line: str) -> dict[str, dict[str, int]]:
        """Return a form: by row, by column."""
        some = self.rows[self.rows["base"] & (self.rows["line"] == line)]
        columns = {"total": some}
        if line == "enterprise":
            columns |= {f"staff_{n}": some[some["staff"] >= n] for n in (50, 100)}
        columns |= {str(word): part for word, part in some.groupby("类别")}
        out: dict[str, dict[str, int]] = {}
        for id_, c in columns.items():
            for row, value in self._column(c).items():
                out.setdefault(row, {})[id_] = value
        return out

    @staticmethod
    def _column(c: pd.DataFrame) -> dict[str, int]:
        joint, none = c[c["covered"] & ~c["own"]], c[~c["covered"]]
        own = c[c["own"]]
        return {
            "units": len(c),
            "instructed": int((c["指导员"] == "是").sum()),
            "separate": len(own),
            "separate_committee": int((own["type"] == "党委").sum()),
            "separate_general": int((own["type"] == "党总支").sum()),
            "separate_branch": int((own["type"] == "党支部").sum()),
            "joint": len(joint),
            "joint_qualified": int((joint["m"] >= 3).sum()),
            "joint_units": len(set().union(*joint["joint_units"])) if len(joint) else 0,
            "none": len(none),
            "none_due": int((none["m"] >= 3).sum()),
            "none_few": int(none["m"].isin([1, 2]).sum()),
            "none_zero": int((none["m"] == 0).sum()),
            "none_unknown": 0,
            "staff": int(c["staff"].sum()),
            "members": int(c["all_members"].sum()),
            "staff_covered": int(c.loc[c["covered"], "staff"].sum()),
            "members_covered": int(c.loc[c["covered"], "all_members"].sum()),
        }

    def part(self, office: str) -> dict[str, int]:
        """Return the counts of one submitter."""
        mine = self.rows[self.rows["office"] == office]
        found = self._column(mine[mine["base"]])
        names = (
            "units",
            "separate",
            "joint",
            "none",
            "none_due",
            "none_few",
            "none_zero",
            "none_unknown",
        )
        return {"listed": len(mine)} | {n: found[n] for n in names}


def _joint(held: pd.DataFrame, units: pd.DataFrame, mine: pd.DataFrame) -> dict[str, set[str]]:
    """Return the joint units of each organization: joint branches, and those that cover several and are nobody's own."""
    several = held["unit"].map(held["unit"].value_counts()) > 1
    branch = held["unit"].map(units["类型"]) == "联合党支部"
    joint = held[branch | (several & ~held["unit"].isin(mine["unit"]))]
    found = joint.groupby("organization")["unit"].agg(set).to_dict()
    return {code: found.get(code, set()) for code in set(held["organization"])}
