"""Relaxations in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.formation.uncovered.relaxations import Relaxation
    from graph.formation.wording import Leaning, Text


def said(leaning: Leaning, r: Relaxation) -> Text:
    """Say what would cover an organization, in both languages."""
    codes, units = leaning.problem.codes, leaning.problem.unit_codes
    if r.unit is not None:
        name = leaning.names.unit(str(units[r.unit]))
        then_zh, then_en = f"可挂靠“{name}”", f"it could be attached to {name}"
    elif r.joins:
        names = [leaning.names.organization(str(codes[x])) for x in r.joins]
        then_zh = f"可与{'、'.join(names)}联建"
        then_en = f"it could form a unit with {', '.join(names)}"
    elif r.kind == "time":
        return {
            "zh": "不限时间重新规划后才有结论",
            "en": "plan again without --time: its turn never came",
        }
    else:
        then_zh, then_en = "即应单独组建（S25）", "it forms separately (S25)"
    zh, en = _changed(r)
    return {"zh": f"{zh}，{then_zh}", "en": f"{en}, {then_en}"}


def _changed(r: Relaxation) -> tuple[str, str]:
    """Say what would have to change."""
    value = "" if r.value is None else f"{r.value:,.12g}"
    now = "" if r.now is None else f"{r.now:,.12g}"
    sets = "; ".join(", ".join(s) for s in r.sets)
    if r.kind == "radius":
        return (
            f"若半径由 {now} 米放宽到 {value} 米",
            f"with a radius of {value} m instead of {now} m",
        )
    if r.kind == "max_organizations":
        return (
            f"若每个党组织最多覆盖 {value} 家（现为 {now} 家）",
            f"with {value} organizations a unit at most instead of {now}",
        )
    if r.kind == "max_members":
        return (
            f"若每个党组织最多 {value} 名正式党员（现为 {now} 名）",
            f"with {value} formal members a unit at most instead of {now}",
        )
    if r.kind == "members" and r.joins:
        return (
            f"若与其合计再增加 {value} 名正式党员（现共 {now} 名）",
            f"with {value} more formal member{'s' if r.value != 1 else ''} between them ({now} now)",
        )
    if r.kind == "members":
        return (
            f"若再增加 {value} 名正式党员（现有 {now} 名）",
            f"with {value} more formal member{'s' if r.value != 1 else ''} ({now} now)",
        )
    if r.kind == "place":
        return (
            f"若其腾出 {value} 个名额（现已覆盖 {now} 家）",
            f"with {value} place{'s' if r.value != 1 else ''} freed there ({now} organizations now)",
        )
    if r.kind == "forbid":
        return f"若取消禁止项（{sets}）", f"with the forbid lifted ({sets})"
    return f"若不再固定已确认的联合党组织（{sets}）", f"with the accepted unit opened ({sets})"
