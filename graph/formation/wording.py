"""What joint units lean on, and why a plan does what it does, in both languages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.formation.costs import METHODS
from graph.formation.pairs import AT
from graph.sector import Level, meeting

if TYPE_CHECKING:
    import pandas as pd

    from graph.city import City
    from graph.formation.problem import Problem

KINDS = tuple(name.removeprefix("at_") for name in AT)

FORMS = {
    "leading_firm": "龙头带建",
    "area": "区域联建",
    "trade": "同业共建",
    "attached": "挂靠组建",
    "sent": "派驻帮建",
}
"""The plan's forms (S29); ``sector_and_area`` is 区域联建 where a place is shared, else 同业共建."""

_PLACE_WORDS = {
    "building": ("楼宇", "the building"),
    "park": ("园区", "the park"),
    "commercial_street": ("商业街区", "the commercial street"),
    "market": ("市场", "the market"),
    "community": ("社区（村）", "the community"),
}
LEVEL_WORDS = {
    Level.CLASS: ("行业小类", "class"),
    Level.GROUP: ("行业中类", "group"),
    Level.DIVISION: ("行业大类", "division"),
    Level.SECTION: ("行业门类", "section"),
}

_SHARED = {
    "association": ("同属", "", "all members of "),
    "organization": ("同由", "带动", "all led by "),
}

Text = dict[str, str]


class Names:
    """Names of places, associations, organizations and units, read when first asked for."""

    def __init__(self, city: City) -> None:
        self.city = city

    @cached_property
    def places(self) -> dict[str, dict[str, str]]:
        """Return names by kind and key."""
        store, date = self.city.store, self.city.as_of
        out = {}
        for kind in KINDS:
            table = store.frame("division" if kind == "community" else kind, date, ["name"])
            out[kind] = dict(zip(table["key"], table["name"], strict=True))
        return out

    @cached_property
    def associations(self) -> dict[str, str]:
        """Return associations' names by code."""
        table = self.city.store.frame("association", self.city.as_of, ["name"])
        return dict(zip(table["key"], table["name"], strict=True))

    def place(self, kind: str, key: str) -> str:
        """Return a place's name, its key where no row defines it."""
        return str(self.places[kind].get(key) or key)

    def anchor(self, key: str) -> str:
        """Return the name of what a plan's ``anchor`` names: a place, an association or a leading firm."""
        kind, colon, _ = key.partition(":")
        if colon:
            return self.place(kind, key) if kind in self.places else key
        community = self.places["community"].get(key)
        association = self.associations.get(key)
        return str(community or association or self.organization(key))

    def organization(self, code: str) -> str:
        """Return an organization's name, its code where it is unknown."""
        names = self._organizations
        return str(names[code]) if code in names.index else code

    @cached_property
    def _organizations(self) -> pd.Series[Any]:
        # a column taken out of its table for each name would take longer than all else that is said of a plan
        return self.city.organizations["name"]

    def unit(self, code: str) -> str:
        """Return a unit's name, its code where it is unknown."""
        return str(self._units.get(code) or code)

    @cached_property
    def _units(self) -> dict[str, Any]:
        return dict(self.city.units["name"].items())  # type: ignore[arg-type]


class Leaning:
    """What sets of organizations (positions in the city) share: methods, anchors, forms."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.city = problem.city
        self.names = Names(problem.city)
        o = self.city.organizations
        self._at = {
            kind: o[name].to_numpy(dtype=object) for kind, name in zip(KINDS, AT, strict=True)
        }
        self._surcharge = dict(zip(METHODS, problem.model.surcharge, strict=True))
        self._sectors = self.city.sector_columns
        self._editions = o["gb_edition"]

    @cached_property
    def _associations(self) -> dict[str, list[str]]:
        return _by_organization(self.city.associations, "association")

    @cached_property
    def _leaders(self) -> dict[str, list[str]]:
        return _by_organization(self.city.leaders, "leader")

    def places(self, rows: list[int]) -> list[tuple[str, str]]:
        """Return the places (kind, key) that all are in, the closest kind first."""
        out = []
        for kind in KINDS:
            keys = {self._at[kind][r] for r in rows}
            if len(keys) == 1 and (key := keys.pop()) is not None:
                out.append((kind, str(key)))
        return out

    def associations(self, rows: list[int]) -> list[str]:
        """Return the associations that all belong to."""
        return self._common(self._associations, rows)

    def leaders(self, rows: list[int]) -> list[str]:
        """Return the leading firms or cooperatives that lead all."""
        return self._common(self._leaders, rows)

    def _common(self, table: dict[str, list[str]], rows: list[int]) -> list[str]:
        codes = self.problem.codes
        sets = [set(table.get(codes[r], ())) for r in rows]
        return sorted(set.intersection(*sets))

    def level(self, rows: list[int]) -> Level:
        """Return the level at which every two of them meet in sector."""
        x = np.array(rows)
        s = self._sectors
        met = meeting(s.edition, s.own.numbers, s.common.numbers, x[:, None], x[None, :])
        return Level(int(met[~np.eye(len(x), dtype=bool)].min()))

    def methods(self, rows: list[int]) -> list[str]:
        """Return the methods that join these, in the order of FORMATION's table."""
        from graph.formation import pairs

        x = np.array(rows, dtype=np.int64)
        i, j = np.triu_indices(len(x), 1)
        found = pairs.pairs(self.problem.features, x[i], x[j], self.problem.model)
        holds = {
            "sector_and_area": bool((found.adjacent & found.alike).all()),
            "leading_firm": bool(self.leaders(rows)),
            "area": bool(self.places(rows)),
            "trade": bool((found.meeting >= Level.DIVISION).all()) or bool(self.associations(rows)),
        }
        return [m for m in METHODS if holds[m]]

    def method(self, rows: list[int]) -> str:
        """Return the method of least surcharge that joins these, the first of FORMATION's table where several do."""
        return min(self.methods(rows), key=lambda m: self._surcharge[m])

    def anchor(self, rows: list[int], method: str) -> tuple[str, str] | None:
        """Return what a unit leans on, (kind, key) of a place, association or firm; ``None`` where division or distance binds."""
        places = self.places(rows)
        if method in ("sector_and_area", "area") and places:
            return places[0]
        if method == "area":
            return None
        found: list[tuple[str, str]] = []
        if method != "trade":
            found += [("organization", code) for code in self.leaders(rows)]
        if method != "leading_firm":
            found += [("association", code) for code in self.associations(rows)]
        return found[0] if found else None

    def form(self, rows: list[int], method: str) -> str:
        """Return the plan's form (S29)."""
        if method == "sector_and_area":
            return FORMS["area"] if self.places(rows) else FORMS["trade"]
        return FORMS[method]

    def anchor_name(self, anchor: tuple[str, str]) -> tuple[str, str]:
        """Return what an anchor is called, in Chinese and English."""
        kind, key = anchor
        if kind == "association":
            name = str(self.names.associations.get(key) or key)
            return f"行业协会“{name}”", f"the association {name}"
        if kind == "organization":
            name = self.names.organization(key)
            return f"龙头单位“{name}”", f"the leading firm {name}"
        zh, en = _PLACE_WORDS[kind]
        name = self.names.place(kind, key)
        return f"{zh}“{name}”", f"{en} {name}"

    def why(self, rows: list[int], method: str, members: int) -> Text:
        """Say why these form one unit."""
        zh, en = [], []
        anchor = self.anchor(rows, method)
        if anchor is not None:
            a, b = self.anchor_name(anchor)
            before, after, words = _SHARED.get(anchor[0], ("同在", "", "all in "))
            zh.append(before + a + after)
            en.append(words + b)
        elif method == "sector_and_area":
            zh.append(f"彼此相距不超过 {self.city.profile.formation.radius:g} 米")
            en.append(f"within {self.city.profile.formation.radius:g} m of each other")
        level = self.level(rows)
        if level > Level.NONE:
            a, b = LEVEL_WORDS[level]
            sector = self.sector(rows[0], level)
            name = " ".join(x for x in sector.values() if x)
            zh.append(f"同一{a}（{name}）")
            en.append(f"of one {b} ({name})")
        zh.append(f"{len(rows)} 家单位共有正式党员 {members} 名")
        en.append(f"{len(rows)} organizations with {members} formal members together")
        least = self.city.profile.formation.min_members
        if members == least:
            zh.append(f"刚满 {least} 名，调出一人即不足")
            en.append(f"exactly {least}: one departure breaks it")
        return {"zh": "，".join(zh) + "（S28、S29）", "en": "; ".join(en) + " (S28, S29)"}

    def sector(self, row: int, level: Level) -> dict[str, str | None]:
        """Return an organization's sector at a level: its code, and the name of its section or division where one is known."""
        texts = self._sectors.own.texts[row]
        edition = self._editions.iloc[row]
        name = self.city.sectors.names.get((str(edition), str(texts[min(level, 2) - 1])))
        return {"code": str(texts[level - 1]), "name": name}

    def has_sector(self, row: int) -> bool:
        """Return whether any level of an organization's sector is known."""
        return any(x is not None for x in self._sectors.own.texts[row])

    def attached_why(self, row: int, unit: str) -> Text:
        """Say why an organization is attached to a unit."""
        covered = self.problem.covered_by(unit)
        zh = en = ""
        for c in covered.tolist():
            places = self.places([row, c])
            if places:
                a, b = self.anchor_name(places[0])
                zh, en = f"与其所覆盖单位同在{a}", f"shares {b} with what it covers"
                break
        if not zh:
            from graph.formation import pairs

            found = pairs.pairs(
                self.problem.features, np.full(len(covered), row), covered, self.problem.model
            )
            near = found.centimetres[found.adjacent]
            if len(near):
                metres = int(near.min()) / 100
                zh, en = f"相距 {metres:.0f} 米", f"{metres:.0f} m away"
            else:
                zh, en = "与其所覆盖单位同一行业大类", "of the same division as what it covers"
        name = self.names.unit(unit)
        return {
            "zh": f"挂靠“{name}”：{zh}，名额有余（S29 {FORMS['attached']}）",
            "en": f"attached to {name}: {en}, and it has room (S29)",
        }


REASONS: dict[str, Text] = {
    "no_partner": {
        "zh": "本台账单位内没有地域相邻且行业相近、同一场所、协会、龙头或行业大类的小微组织，也没有可挂靠的党组织",
        "en": "no small organization of its ledger unit fits by any method, and no unit has room for it",
    },
    "too_few": {
        "zh": "可联建的单位正式党员合计不足",
        "en": "all that could join it have too few formal members together",
    },
    "capacity": {
        "zh": "可挂靠的党组织名额已满，可联建的小微组织不足",
        "en": "the units that it could join are full, and too few small organizations fit with it",
    },
    "decision": {
        "zh": "有人工决定（禁止或已确认）使其不能加入",
        "en": "a decision of people (forbid or accept) keeps it out",
    },
    "others_first": {
        "zh": "可联建的单位另行联建后总体覆盖更多或成本更低",
        "en": "those that could join it serve better elsewhere: more are covered, or at less cost",
    },
    "not_started": {
        "zh": "运行结束时尚未轮到本台账单位",
        "en": "the run was over before its ledger unit's turn",
    },
    "lost": {
        "zh": "规划本台账单位的进程屡次中断，已放弃",
        "en": "whoever planned its ledger unit ended each time it was tried, so it was given up",
    },
    "out_of_memory": {
        "zh": "规划本台账单位时内存不足",
        "en": "there was too little memory to plan its ledger unit",
    },
}
"""Why a small organization is left uncovered."""


def _by_organization(table: pd.DataFrame, name: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for code, value in zip(table["organization"], table[name], strict=True):
        out.setdefault(str(code), []).append(str(value))
    return out
