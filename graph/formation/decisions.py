"""Decisions of people and the plan before: what a plan is bound by (FORMATION, *Minimise*)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Container

FORMAT = "lianjian.plan/1"


@dataclass(frozen=True)
class Decisions:
    """Sets of codes, as people gave them.

    Attributes
    ----------
    pin : tuple of sets
        These organizations in one joint unit, or this one organization attached to this unit.
    forbid : tuple of sets
        Not all of these organizations in one joint unit, or this one not attached to this unit.
    accept : tuple of sets
        Joint units that are formed as they are.
    """

    pin: tuple[tuple[str, ...], ...] = ()
    forbid: tuple[tuple[str, ...], ...] = ()
    accept: tuple[tuple[str, ...], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what the plan carries as ``constraints``."""
        return {
            "pin": [list(s) for s in self.pin],
            "forbid": [list(s) for s in self.forbid],
            "accept": [list(s) for s in self.accept],
        }


@dataclass(frozen=True)
class Previous:
    """The plan that this one continues: who was with whom, who was attached where."""

    joint: tuple[tuple[str, ...], ...] = ()
    attached: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: dict[str, Any]) -> Previous:
        """Read the joint units and attachments of a plan."""
        units = plan.get("ledger_units") or []
        return cls(
            tuple(tuple(sorted(g["organizations"])) for u in units for g in u["joint"]),
            {a["organization"]: a["unit"] for u in units for a in u["attached"]},
        )

    def as_json(self) -> dict[str, Any]:
        """Return what the plan carries as ``previous``."""
        return {
            "joint": [{"organizations": list(g)} for g in self.joint],
            "attached": [{"organization": c, "unit": u} for c, u in sorted(self.attached.items())],
        }


def read_sets(path: Path) -> tuple[tuple[str, ...], ...]:
    """Read sets of codes: a JSON list of lists, or a set a line, codes separated by blanks, commas or semicolons.

    Raises
    ------
    PlanError
        The file can't be read, or a set has fewer than two codes.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no UTF-8 text"
        raise PlanError(f"{path}: can't be read ({why})", f"{path}：无法读取") from None
    if text.lstrip().startswith("["):
        try:
            raw = json.loads(text)
        except ValueError:
            raw = None
        if not isinstance(raw, list) or not all(
            isinstance(s, list) and all(isinstance(c, str) for c in s) for s in raw
        ):
            raise PlanError(
                f"{path}: give a JSON list of lists of codes, or a set of codes a line",
                f"{path}：应为代码列表的 JSON 列表，或每行一组代码",
            )
        sets = [tuple(s) for s in raw]
    else:
        lines = (line.split("#")[0] for line in text.splitlines())
        split = (line.translate({ord(c): " " for c in ",;，；、\t"}).split() for line in lines)
        sets = [tuple(s) for s in split if s]
    for number, some in enumerate(sets, start=1):
        if len(set(some)) < 2:
            raise PlanError(
                f"{path}: set {number} names fewer than two codes; a decision is about two or more",
                f"{path}：第 {number} 组不足两个代码；每项决定至少涉及两个",
            )
    return tuple(tuple(dict.fromkeys(s)) for s in sets)


def refuse_unknown(decisions: Decisions, known: Container[str]) -> None:
    """Refuse decisions that name codes which nothing in the store has, all in one message.

    Raises
    ------
    PlanError
        Naming the codes and the way out.
    """
    named = {
        c for sets in (decisions.pin, decisions.forbid, decisions.accept) for s in sets for c in s
    }
    strange = sorted(c for c in named if c not in known)
    if strange:
        more = " …" if len(strange) > 5 else ""
        raise PlanError(
            f"decisions name {', '.join(strange[:5])}{more}: no organization or unit has this code;"
            f" `lianjian find {strange[0]}` searches names too",
            f"决定中的 {'、'.join(strange[:5])}{more} 不是单位或党组织的代码；可用 `lianjian find {strange[0]}` 按名称查找",
        )
