"""One view of the city's map: as many marks as can be drawn, whatever the city's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.maps import Maps
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from viz.city.question import Box, Question
    from viz.city.view import CityMap

MOST_AUDITED = 100_000
"""Organizations of a city that is audited for its map; it takes about ten seconds, once for an import."""


@dataclass(frozen=True, eq=False)
class View:
    """A view, and by which profile it counts."""

    profile: str
    shown: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return what the service says; marks and links are iterators, so that each stands on a line."""
        lists = {name: iter(self.shown[name]) for name in ("marks", "links")}
        return {"profile": self.profile} | self.shown | lists


def view(
    store: Store,
    profile: Profile,
    as_of: int,
    maps: Maps,
    question: Question,
    before: Callable[[], None] | None = None,
) -> View:
    """Show a part of the city as marks with counts, positions and what opening them asks.

    Parameters
    ----------
    before : callable, optional
        Called before the map is read, or its city audited for it.

    Raises
    ------
    InputError
        There is no such area, place or value.
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
    shown = maps.of(store, profile, as_of, before=before)
    if question.of_findings and not shown.audited:
        _audit(store, profile, as_of, maps, shown, before)
    changed = None
    if question.since is not None:
        from graph.history.since import changed_since

        changed = (
            changed_since(store, "organization", question.since, as_of),
            changed_since(store, "unit", question.since, as_of),
        )
    return View(profile.name, shown.view(question, names, changed))


def _findings() -> tuple[str, ...]:
    """Return the codes of findings."""
    from graph.affiliation.rules import CODES

    return CODES


def _audit(
    store: Store,
    profile: Profile,
    as_of: int,
    maps: Maps,
    shown: CityMap,
    before: Callable[[], None] | None,
) -> None:
    """Put findings into a map: its city is audited, once for the store as it is.

    Raises
    ------
    InputError
        The city is too large for an audit within a view.
    """
    from api.asking.auditing import audit

    size = len(shown.columns.organizations)
    if size > MOST_AUDITED:
        raise InputError(
            f"findings: a city of {size:,} organizations is audited by a job (POST /api/v1/jobs/audit), not within a view;"
            f" up to {MOST_AUDITED:,} are",
            f"findings：{size:,} 家组织的城市请用任务核查（POST /api/v1/jobs/audit），视图内只核查 {MOST_AUDITED:,} 家以内",
        )
    with maps.auditing:
        if not shown.audited:
            if before is not None:
                before()
            found = audit(store, profile, as_of).standing()
            shown.audit((f.code, f.severity, f.subject) for f in found)


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
