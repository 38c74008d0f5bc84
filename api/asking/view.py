"""One view of the city's map: as many marks as can be drawn, whatever the city's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from api.maps import Maps
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from viz.city.question import Box, Question


@dataclass(frozen=True, eq=False)
class Planned:
    """A plan that may be laid over a view.

    Attributes
    ----------
    job : str
        The job that made it.
    told : dict
        What is said of it.
    path : pathlib.Path
        The plan's file.
    """

    job: str
    told: dict[str, Any]
    path: Path


@dataclass(frozen=True, eq=False)
class View:
    """A view, and by which profile it counts."""

    profile: str
    shown: dict[str, Any]
    plan: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what the service says; marks and links are iterators, so that each stands on a line."""
        lists = {name: iter(self.shown[name]) for name in ("marks", "links")}
        return {"profile": self.profile} | self.shown | {"plan": self.plan} | lists


def view(
    store: Store,
    profile: Profile,
    as_of: int,
    maps: Maps,
    question: Question,
    planned: Planned | None = None,
    before: Callable[[], None] | None = None,
) -> View:
    """Show a part of the city as marks with counts, positions and what opening them asks.

    Parameters
    ----------
    planned : Planned, optional
        The plan that is laid over it, where a plan is asked for; without one no organization is in any.
    before : callable, optional
        Called before the map is read, or its city audited for it.

    Raises
    ------
    InputError
        There is no such area, place or value.
    StoreBusyError
        What was asked for is being made: the map, its audit, the plan's columns.
    PlanError
        The plan is damaged.
    """

    def names(kind: str, keys: list[str]) -> Mapping[str, str]:
        found = store.frame(kind, as_of, ["name"], of=keys)
        return {k: n for k, n in zip(found["key"], found["name"], strict=True) if isinstance(n, str)}  # fmt: skip

    unknown = set(question.wanted.get("finding", ())) - set(_findings())
    if unknown:
        raise InputError(
            f"finding {min(unknown)[:40]}: no finding of the audit; give one of {', '.join(_findings())}",
            f"finding {min(unknown)[:40]}：不是核查问题代码；应为 {', '.join(_findings())} 之一",
        )
    from viz.city.proposal import Proposal

    shown = maps.of(store, profile, as_of, before=before)
    found = maps.audits.of(store, profile, shown, before) if question.of_findings else None
    over, plan = None, None
    if question.of_plan and planned is None:
        over = Proposal.none(shown.columns, shown.tree, shown.ground)
    elif question.of_plan and planned is not None:
        over = maps.proposals.of(store, shown, planned.job, planned.path, before)
        plan = planned.told | {"as_of": over.as_of, "groups": len(over.groups), "elsewhere": over.elsewhere}  # fmt: skip
    if question.since is not None:
        maps.newest(store, shown)
    return View(profile.name, shown.view(question, names, found=found, over=over), plan)


def _findings() -> tuple[str, ...]:
    """Return the codes of findings."""
    from graph.affiliation.rules import CODES

    return CODES


def box_of(text: str | None) -> Box | None:
    """Return a box of four numbers, ``west,south,east,north``.

    Raises
    ------
    InputError
        It is none.
    """
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (west <= east and south <= north):
        raise InputError(
            "box: give west,south,east,north (left,top,right,bottom of a network), each pair in order, as 114.2,30.5,114.4,30.6",
            "box：请按“西,南,东,北”（网络图为“左,上,右,下”）给出，且由小到大，如 114.2,30.5,114.4,30.6",
        )
    return west, south, east, north
