"""Questions as JSON, read and written; what is no question is refused with the place in it where it stops being one.

``{"kind": "organization", "where": [{"property": "covered", "is": "=", "value": false}], "related": [{"relation": "COVERS",
"direction": "in", "kind": "unit", "where": […], "at_least": 1}], "in": "420106007", "as_of": "2016-08-26",
"order": {"by": "formal_members", "descending": true}, "show": ["status"], "limit": 100}``
"""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

from graph.errors import InputError, Way
from graph.model import iso, parse_date
from graph.patterns.language import (
    CONDITIONS,
    LEAST_MOST,
    LONGEST,
    MOST,
    SHOWN,
    STEPS,
    USUAL,
    VALUES,
    Condition,
    Order,
    Part,
    Pattern,
    Step,
)
from graph.patterns.vocabulary import kinds, properties, relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.patterns.vocabulary import Named

_SPELLED = {"≠": "!=", "≥": ">=", "≤": "<=", "==": "="}
_WHOLE = 2**53
"""Whole numbers up to here are the same in every store and in every browser."""

WRITTEN = Way("`lianjian ask --help` says how one is written", "写法见 `lianjian ask --help`")
"""Where a question is no JSON."""


class _At:
    """Where in a question one is, in its own words and in both languages."""

    def __init__(self, en: str = "", zh: str = "") -> None:
        self.en, self.zh = en, zh

    def down(self, en: str, zh: str) -> _At:
        return _At(f"{self.en} › {en}" if self.en else en, f"{self.zh}，{zh}" if self.zh else zh)

    def refuse(self, en: str, zh: str, way: Way | None = None) -> InputError:
        return InputError(
            f"{self.en or 'the question'}: {en}", f"{self.zh or '查询条件'}：{zh}", way=way
        )  # fmt: skip


def parse(asked: Any) -> Pattern:
    """Return the question that a JSON value states.

    Parameters
    ----------
    asked : dict, or str of JSON

    Raises
    ------
    InputError
        It is none: says where, and what may stand there.
    """
    at = _At()
    if isinstance(asked, str | bytes):
        try:
            asked = json.loads(asked)
        except (ValueError, RecursionError):
            raise at.refuse("is no JSON", "不是 JSON", WRITTEN) from None
    body = _object(asked, at, ("kind", "where", "related", "in", "as_of", "order", "show", "limit"))
    budget = [CONDITIONS, STEPS]
    part = _part(body, at, budget)
    return Pattern(
        part,
        _place(body.get("in"), at.down("in", "范围")),
        _as_of(body.get("as_of"), at.down("as_of", "日期")),
        _order(body.get("order"), part.kind, at.down("order", "排序")),
        _show(body.get("show"), part.kind, at.down("show", "显示")),
        _limit(body.get("limit"), at.down("limit", "条数")),
    )


def as_json(pattern: Pattern) -> dict[str, Any]:
    """Return a question as JSON, in one spelling: equal questions are equal texts."""
    out = _part_json(pattern.part)
    if pattern.within is not None:
        out["in"] = pattern.within
    if pattern.as_of is not None:
        out["as_of"] = iso(pattern.as_of)
    if pattern.order != Order():
        out["order"] = {"by": pattern.order.by, "descending": pattern.order.descending}
    if pattern.show:
        out["show"] = list(pattern.show)
    if pattern.limit != USUAL:
        out["limit"] = pattern.limit
    return out


# -- parts, conditions, steps ----------------------------------------------------------------------------------------
def _part(body: Mapping[str, Any], at: _At, budget: list[int]) -> Part:
    kind = _one_of(body.get("kind"), kinds(), at.down("kind", "对象"))
    where = []
    for n, said in enumerate(_list(body.get("where"), at.down("where", "条件")), 1):
        here = at.down(f"condition {n}", f"条件 {n}")
        budget[0] -= 1
        if budget[0] < 0:
            raise here.refuse(f"more than {CONDITIONS} conditions", f"条件超过 {CONDITIONS} 个")
        where.append(_condition(said, kind, here))
    steps = []
    for n, said in enumerate(_list(body.get("related"), at.down("related", "关联")), 1):
        here = at.down(f"relation {n}", f"关联 {n}")
        budget[1] -= 1
        if budget[1] < 0:
            raise here.refuse(f"more than {STEPS} steps", f"关联超过 {STEPS} 步")
        steps.append(_step(said, kind, here, budget))
    return Part(kind, tuple(where), tuple(steps))


def _condition(said: Any, kind: str, at: _At) -> Condition:
    body = _object(said, at, ("property", "is", "value"))
    known = properties(kind)
    named = known[_one_of(body.get("property"), known, at.down("property", "属性"))]
    operator = body.get("is")
    operator = _SPELLED.get(operator, operator) if isinstance(operator, str) else operator
    operator = _one_of(operator, named.operators, at.down(f"{named.name}: is", f"{named.zh}的比较"))
    here = at.down(f"{named.name}: value", f"{named.zh}的值")
    value = body.get("value")
    if operator in ("known", "unknown"):
        if value is not None:
            raise here.refuse(f"“{operator}” takes none", "“已知”“未知”不带值")
        return Condition(named.name, operator)
    if operator == "in":
        some = _list(value, here)
        if not 1 <= len(some) <= VALUES:
            raise here.refuse(f"give 1 to {VALUES} values", f"请给出 1 至 {VALUES} 个值")
        return Condition(
            named.name, "in", tuple(dict.fromkeys(_value(named, v, here) for v in some))
        )
    if operator == "between":
        ends = _list(value, here)
        if len(ends) != 2:
            raise here.refuse("give two values, the lesser first", "请给出两个值，小的在前")
        low, high = (_value(named, v, here) for v in ends)
        if low > high:
            raise here.refuse("the first is greater than the second", "前一个值大于后一个值")
        return Condition(named.name, "between", (low, high))
    found = _value(named, value, here, whole=operator != "contains")
    return Condition(named.name, operator, (found,))


def _step(said: Any, kind: str, at: _At, budget: list[int]) -> Step:
    allowed = ("relation", "direction", "kind", "where", "related", "at_least", "none")
    body = _object(said, at, allowed)
    relation = _one_of(body.get("relation"), relations(), at.down("relation", "关系"))
    direction = _one_of(body.get("direction", "out"), ("out", "in"), at.down("direction", "方向"))
    sources, targets = relations()[relation]
    here, there = (sources, targets) if direction == "out" else (targets, sources)
    if kind not in here:
        raise at.refuse(
            f"{relation} leads {direction} of {', '.join(here)}, not of {kind}",
            f"{relation} 的这一端是 {'、'.join(here)}，不是 {kind}",
        )
    _one_of(body.get("kind"), there, at.down("kind", "对象"))
    least, none = body.get("at_least", 1), body.get("none", False)
    if not isinstance(none, bool):
        raise at.down("none", "没有").refuse("give true or false", "应为 true 或 false")
    if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= LEAST_MOST:
        raise at.down("at_least", "至少").refuse(
            f"give a whole number from 1 to {LEAST_MOST}", f"应为 1 至 {LEAST_MOST} 的整数"
        )
    if none and "at_least" in body:
        raise at.refuse("give at_least or none, not both", "at_least 与 none 不能同时给出")
    return Step(relation, direction, _part(body, at, budget), 0 if none else least)


# -- values ----------------------------------------------------------------------------------------------------------
def _value(named: Named, value: Any, at: _At, *, whole: bool = True) -> Any:
    """Return a value as stores hold it; ``whole`` says that it is all of one, not a part of a text."""
    match named.type:
        case "bool":
            if not isinstance(value, bool):
                raise at.refuse("give true or false", "应为 true 或 false")
        case "int":
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _WHOLE:
                raise at.refuse("give a whole number", "应为整数")
        case "float":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise at.refuse("give a number", "应为数字")
            if not abs(value) <= _WHOLE:  # neither is NaN
                raise at.refuse("the number is too large", "数字过大")
            value = float(value)
        case "date":
            try:
                value = parse_date(value) if isinstance(value, str) else None
            except ValueError:
                value = None
            if value is None:
                raise at.refuse("give a date, as 2016-08-26", "应为日期，如 2016-08-26")
        case _:
            value = _text(value, at)
            if named.type == "list" and ";" in value:
                raise at.refuse("give one element of the list, without ;", "请给出一项，不含“;”")
            if whole and named.values and value not in {v for v, _, _ in named.values}:
                some = [v for v, _, _ in named.values]
                raise at.refuse(f"give one of {', '.join(some)}", f"应为 {'、'.join(some)} 之一")
    return value


def _text(value: Any, at: _At) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST:
        raise at.refuse(
            f"give a text of 1 to {LONGEST} characters", f"应为 1 至 {LONGEST} 个字符的文字"
        )
    if any(ord(c) < 0x20 or 0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise at.refuse("holds a character that no ledger has", "含有台账中不会出现的字符")
    return value


def _place(value: Any, at: _At) -> str | None:
    return None if value is None else _text(value, at)


def _as_of(value: Any, at: _At) -> int | None:
    if value is None:
        return None
    try:
        return parse_date(value)
    except (ValueError, TypeError, AttributeError):
        raise at.refuse("give a date, as 2016-08-26", "应为日期，如 2016-08-26") from None


def _order(value: Any, kind: str, at: _At) -> Order:
    if value is None:
        return Order()
    body = _object(value, at, ("by", "descending"))
    some = [p.name for p in properties(kind).values() if p.type != "list"]
    by = _one_of(body.get("by"), some, at.down("by", "依据"))
    descending = body.get("descending", False)
    if not isinstance(descending, bool):
        raise at.down("descending", "降序").refuse("give true or false", "应为 true 或 false")
    return Order(by, descending)


def _show(value: Any, kind: str, at: _At) -> tuple[str, ...]:
    some = _list(value, at)
    if len(some) > SHOWN:
        raise at.refuse(f"give {SHOWN} properties at most", f"最多 {SHOWN} 个属性")
    known = [name for name in properties(kind) if name not in ("key", "name")]
    return tuple(dict.fromkeys(_one_of(name, known, at) for name in some))


def _limit(value: Any, at: _At) -> int:
    if value is None:
        return USUAL
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise at.refuse(f"give a whole number from 0 to {MOST}", f"应为 0 至 {MOST} 的整数")
    return value


_MAY_BE_NULL = frozenset({"in", "as_of", "order", "value"})


# -- shapes ----------------------------------------------------------------------------------------------------------
def _object(value: Any, at: _At, allowed: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise at.refuse(
            "give an object with " + ", ".join(allowed), "应为对象，可含 " + "、".join(allowed)
        )
    for name in value:
        if name not in allowed:
            raise at.refuse(
                f"there is no “{str(name)[:40]}” here; there are {', '.join(allowed)}",
                f"此处没有“{str(name)[:40]}”；可用 {'、'.join(allowed)}",
            )
        if value[name] is None and name not in _MAY_BE_NULL:
            raise at.refuse(f"leave “{name}” out instead of null", f"请省略“{name}”，不要写 null")
    return value


def _list(value: Any, at: _At) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise at.refuse("give a list", "应为列表")
    return value


def _one_of(value: Any, known: Iterable[str], at: _At) -> Any:
    some = list(known)
    if isinstance(value, str) and value in some:
        return value
    if not isinstance(value, str):
        raise at.refuse(f"give one of {', '.join(some)}", f"应为 {'、'.join(some)} 之一")
    near = difflib.get_close_matches(value[:80], some, n=3)
    raise at.refuse(
        f"there is no “{value[:40]}”; "
        + (f"did you mean {', '.join(near)}?" if near else f"give one of {', '.join(some)}"),
        f"没有“{value[:40]}”；"
        + (f"是否指 {'、'.join(near)}？" if near else f"应为 {'、'.join(some)} 之一"),
    )


# -- as JSON ---------------------------------------------------------------------------------------------------------
def _part_json(part: Part) -> dict[str, Any]:
    out: dict[str, Any] = {"kind": part.kind}
    if part.where:
        out["where"] = [_condition_json(part.kind, c) for c in part.where]
    if part.steps:
        out["related"] = [_step_json(step) for step in part.steps]
    return out


def _condition_json(kind: str, condition: Condition) -> dict[str, Any]:
    named = properties(kind)[condition.property]
    out: dict[str, Any] = {"property": condition.property, "is": condition.operator}
    values = [iso(v) if named.type == "date" else v for v in condition.values]
    if condition.operator in ("in", "between"):
        out["value"] = values
    elif values:
        out["value"] = values[0]
    return out


def _step_json(step: Step) -> dict[str, Any]:
    out: dict[str, Any] = {"relation": step.relation, "direction": step.direction}
    out |= _part_json(step.to)
    if not step.least:
        out["none"] = True
    elif step.least > 1:
        out["at_least"] = step.least
    return out
