"""What the values of a map's colours are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.sector import EDITIONS, facts

if TYPE_CHECKING:
    from collections.abc import Sequence

STATES = {
    "single": ("有单独党组织", "has a unit of its own"),
    "joint": ("由联合等党组织覆盖", "covered by a joint or other unit"),
    "eligible": ("应建未建", "qualifies, has no unit"),
    "uncovered": ("无党组织", "no unit, not known to qualify"),
    "outside": ("基数外", "outside the base"),
}
TYPES = {
    "党委": "party committee", "党总支": "general branch", "党支部": "branch", "联合党支部": "joint branch",
    "功能型党组织": "functional unit", "工委": "working committee", "党组": "leading group",
}  # fmt: skip
STATUSES = {
    "正常": "operating", "停业": "suspended", "空壳": "shell", "僵尸": "dormant (zombie)", "影子": "shadow", "注销": "closed",
}  # fmt: skip
GRAVITY = {
    "error": ("有错误", "an error"),
    "warning": ("有提醒", "a warning"),
    "note": ("有待补充", "a note"),
    "none": ("未发现问题", "nothing found"),
}
UNKNOWN = ("未填", "not known")
UNTIED = ("没有任何联系", "tied to nothing")
STANDS = {
    "joint": ("拟建联合党组织", "in a proposed joint unit"),
    "attached": ("拟加入已有党组织", "to join an existing unit"),
    "separate": ("拟单独组建", "to have a unit of its own"),
    "work_coverage": ("拟以工作覆盖", "to be covered by work"),
    "alone": ("方案未能覆盖", "left without one by the plan"),
    "unplanned": ("不在方案内", "not in the plan"),
}
COUNTED = {"degree": ("个联系", "ties"), "core": ("核", "-core")}
"""What classes of numbers are of."""


def legend(colour: str, values: Sequence[str]) -> list[dict[str, Any]]:
    """Return the values of a colour in their order, with what they are called; the last is unknown."""
    out: list[dict[str, Any]] = []
    for value in values:
        zh, en = _words(colour, value)
        out.append({"id": value, "label": {"zh": zh, "en": en}})
    unknown = UNTIED if colour == "community" else UNKNOWN
    return [*out, {"id": None, "label": dict(zip(("zh", "en"), unknown, strict=True))}]


def titled(code: str) -> dict[str, Any]:
    """Return a finding's code with what it is called."""
    from graph.affiliation.rules import RULES

    title = next((rule.title for rule in RULES if rule.code == code), None)
    return {"id": code, "label": {"zh": code, "en": code} if title is None else title.as_json()}


def _words(colour: str, value: str) -> tuple[str, str]:
    if colour == "coverage":
        return STATES[value]
    if colour == "line":
        return load_schema().kinds["organization"].properties["line"].named(value)
    if colour == "type":
        return value, TYPES.get(value, value)
    if colour == "finding":
        return GRAVITY[value]
    if colour == "group":
        return STANDS[value]
    if colour in COUNTED:
        number, (zh, en) = value.partition("-")[2].replace("-", "–"), COUNTED[colour]
        return f"{number} {zh}", f"{number}{en}" if colour == "core" else f"{number} {en}"
    if colour == "community":
        number = value.partition("-")[2]
        return f"第 {number} 种样式", f"look {number}"
    if colour == "status":
        return value, STATUSES.get(value, value)
    name = facts().names.get((EDITIONS[-1], value), value)
    return name, f"{value} {name}"
