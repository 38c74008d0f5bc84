"""One view of the city's map: as many marks as can be drawn, whatever the city's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.maps import Maps
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from viz.city.question import Box, Question


@dataclass(frozen=True, eq=False)
class View:
    """A view, and by which profile it counts."""

    profile: str
    shown: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return what the service says; marks and links are iterators, so that each stands on a line."""
        lists = {name: iter(self.shown[name]) for name in ("marks", "links")}
        return {"profile": self.profile} | self.shown | lists


def view(store: Store, profile: Profile, as_of: int, maps: Maps, question: Question) -> View:
    """Show a part of the city as marks with counts, positions and what opening them asks.

    Raises
    ------
    InputError
        There is no such area, place or value.
    """

    def names(kind: str, keys: list[str]) -> Mapping[str, str]:
        found = store.frame(kind, as_of, ["name"], of=keys)
        return {k: n for k, n in zip(found["key"], found["name"], strict=True) if isinstance(n, str)}  # fmt: skip

    return View(profile.name, maps.of(store, profile, as_of).view(question, names))


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
