"""Making decisions: each is checked against what the store holds and what was decided before, then written as one batch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graph.decisions.baseline import at
from graph.decisions.record import PAIR, Decision, history, read, topic, write
from graph.errors import InputError, UnknownIdError, Way
from graph.model import iso, today

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.decisions.record import Decisions
    from graph.store.base import Store

EXCLUSIONS = ("空壳", "僵尸", "影子")
"""Kinds of exclusion (S41)."""
OPERATING = "正常"
_OF_BASELINE = ("baseline_add", "baseline_remove")


def decide(store: Store, decision: Decision) -> int:
    """Write a decision; return its batch.

    Raises
    ------
    UnknownIdError
        The store has no organization (unit) of that code.
    InputError
        No office or reason, a date after today, a kind of exclusion that is none, or what was decided before says otherwise;
        the message says who decided what, and how to take it back.
    """
    _stated(decision)
    codes = [decision.subject] if decision.object is None else [decision.subject, decision.object]
    kind = "unit" if decision.type == "departure" else "organization"
    for code in codes:
        _known(store, kind, code, decision.decided)
    _in_order(store, decision)
    check = _CHECKS.get(decision.type)
    if check is not None:
        check(store, decision)
    command = (
        decision.type.replace("_", " ")
        if decision.type in _OF_BASELINE
        else f"decide {decision.type}"
    )
    return write(
        store, [decision], f"lianjian {command}", refuse=lambda: _in_order(store, decision)
    )


def withdraw(
    store: Store, key: str, office: str, decided: int, reason: str
) -> tuple[Decision, int]:
    """Take back a decision from a date on (before it, it stood); return what was withdrawn and the batch.

    Raises
    ------
    InputError
        Nothing of that key stands at the date, or something was decided about it later.
    """
    standing = read(store, decided).standing.get(key)
    if standing is None:
        raise InputError(
            f"{key}: no such decision stands on {iso(decided)}",
            f"{key}：{iso(decided)} 没有这一决定",
            way=Way("`lianjian decide list` lists them", "见 `lianjian decide list`"),
        )
    taken = replace(
        standing, office=office, decided=decided, reason=reason, withdrawn=True, claim=0
    )
    _stated(taken)

    def refuse() -> None:
        later = [d for d, _ in history(store, key) if d.decided > decided]
        if later:
            _refuse_order(later[0], key)

    refuse()
    return taken, write(store, [taken], "lianjian decide withdraw", refuse=refuse)


def _stated(decision: Decision) -> None:
    """Refuse a decision without office or reason, or of the future."""
    for option, text, en, zh in (
        ("--office", decision.office, "name the office that decided", "请写明决定单位"),
        ("--reason", decision.reason, "say why", "请写明理由"),
    ):
        if not text.strip():
            raise InputError(en, zh, option=option)
    if decision.decided > today():
        raise InputError(
            f"{iso(decision.decided)} is after today; a decision is recorded once it is made",
            f"{iso(decision.decided)} 晚于今天；决定作出后才能登记",
            option="--date",
        )


def _known(store: Store, kind: str, code: str, decided: int) -> None:
    if store.node(kind, code, max(decided, store.latest())) is None:
        what = {"unit": ("unit", "党组织")}.get(kind, ("organization", "单位"))
        raise UnknownIdError(
            f"{code}: no {what[0]} has this code",
            f"{code}：没有这个{what[1]}代码",
            way=Way.find(code),
        )


def _in_order(store: Store, decision: Decision) -> None:
    """Refuse what was decided already, or before something that was decided later about the same thing."""
    for earlier, batch in history(store, decision.key):
        if earlier.decided > decision.decided:
            _refuse_order(earlier, decision.key)
        if earlier.decided == decision.decided and not earlier.withdrawn:
            _refuse(earlier, batch)
    standing = read(store, decision.decided).standing.get(decision.key)
    if standing is not None and (standing.type == decision.type or standing.type in PAIR):
        _refuse(standing, _batch(store, standing))


def _refuse_order(later: Decision, key: str) -> None:
    raise InputError(
        f"{key}: {later.office} decided about it on {iso(later.decided)}; a decision before that one can't be added",
        f"{key}：{later.office} 已于 {iso(later.decided)} 作出决定；不能在其之前补登",
    )


def _refuse(standing: Decision, batch: int) -> None:
    raise InputError(
        f"{standing.key}: {standing.office} decided {standing.type} on {iso(standing.decided)}",
        f"{standing.key}：{standing.office} 已于 {iso(standing.decided)} 决定 {standing.type}",
        way=Way(
            f"`lianjian undo {batch}` erases that, `lianjian decide withdraw '{standing.key}'` ends it from a date on",
            f"误记可用 `lianjian undo {batch}` 撤销，改变决定可用 `lianjian decide withdraw '{standing.key}'`",
        ),
    )


def _batch(store: Store, decision: Decision) -> int:
    return store.sources("decision", [decision.claim])[decision.claim].batch


# -- what each kind asks for ---------------------------------------------------------------------------------------


def _two(decision: Decision) -> None:
    if decision.subject == decision.object:
        raise InputError(
            f"{decision.subject}: is the same code twice; give two codes",
            f"{decision.subject}：两个代码相同；请给出两个代码",
        )


def _group(standing: Decisions, code: str) -> set[str]:
    """Return all codes of the organization that a code belongs to."""
    kept = standing.merged.get(code, code)
    return {kept, *(c for c, into in standing.merged.items() if into == kept)}


def _merge(store: Store, decision: Decision) -> None:
    _two(decision)
    standing = read(store, decision.decided)
    for code in (decision.subject, str(decision.object)):
        if code in standing.merged:
            kept = standing.merged[code]
            raise InputError(
                f"{code}: is merged into {kept} already; give {kept}",
                f"{code}：已并入 {kept}；请用 {kept}",
            )
    for a in _group(standing, decision.subject):
        for b in _group(standing, str(decision.object)):
            if (min(a, b), max(a, b)) in standing.distinct:
                told = standing.standing[topic("distinct", a, b)]
                _refuse(told, _batch(store, told))


def _distinct(store: Store, decision: Decision) -> None:
    _two(decision)
    standing = read(store, decision.decided)
    if decision.object in _group(standing, decision.subject):
        pair = next(
            d for d in standing.of("merge") if d.object in (decision.subject, decision.object)
        )
        _refuse(pair, _batch(store, pair))


def _exclude(_: Store, decision: Decision) -> None:
    if decision.detail not in EXCLUSIONS:
        raise InputError(
            f"{decision.detail or 'none'} is no kind of exclusion; give one of {', '.join(EXCLUSIONS)}",
            f"{decision.detail or '未填'} 不是剔除类型；应为 {'、'.join(EXCLUSIONS)} 之一",
            option="--kind",
        )


def _include(store: Store, decision: Decision) -> None:
    """Ask that there is an exclusion to lift, and that nothing else keeps the organization out of the base."""
    code = decision.subject
    node = store.node("organization", code, max(decision.decided, store.latest()))
    status = node.properties.get("status") if node is not None else None
    if status != OPERATING:
        raise InputError(
            f"{code}: its 经营状态 is {status or 'blank'}, and only {OPERATING} is in the base; a corrected ledger changes that",
            f"{code}：经营状态为 {status or '空白'}，只有“{OPERATING}”在基数内；请更正台账",
        )
    if code in read(store, decision.decided).excluded:
        return
    # a row may come into the ledgers after the date that it states
    latest = max(decision.decided, store.latest())
    rows = store.frame("exclusion", latest, ["organization", "decided"])
    when = rows.loc[rows["organization"].eq(code), "decided"].to_numpy(dtype=float, na_value=0.0)
    if not bool((when <= decision.decided).any()):
        raise InputError(
            f"{code}: is not excluded on {iso(decision.decided)}: nothing to lift",
            f"{code}：{iso(decision.decided)} 并未剔除，无须恢复",
        )


def _baseline_add(store: Store, decision: Decision) -> None:
    if _in_baseline(store, decision):
        raise InputError(
            f"{decision.subject}: is in the baseline on {iso(decision.decided)}: nothing to add",
            f"{decision.subject}：{iso(decision.decided)} 已在党建基数内，无须纳入",
        )


def _baseline_remove(store: Store, decision: Decision) -> None:
    if not _in_baseline(store, decision):
        raise InputError(
            f"{decision.subject}: is not in the baseline on {iso(decision.decided)}: nothing to remove",
            f"{decision.subject}：{iso(decision.decided)} 不在党建基数内，无须移出",
        )


def _in_baseline(store: Store, decision: Decision) -> bool:
    standing = read(store, decision.decided)
    baseline = at(store, decision.decided, standing)
    if baseline is None:
        raise InputError(
            f"no baseline was frozen by {iso(decision.decided)}",
            f"{iso(decision.decided)} 尚未冻结党建基数",
            way=Way("`lianjian baseline freeze` freezes it", "请先 `lianjian baseline freeze`"),
        )
    code = standing.merged.get(decision.subject, decision.subject)
    return bool(baseline.holds([code])[0])


_CHECKS: dict[str, Callable[[Store, Decision], None]] = {
    "merge": _merge,
    "distinct": _distinct,
    "exclude": _exclude,
    "include": _include,
    "baseline_add": _baseline_add,
    "baseline_remove": _baseline_remove,
}
