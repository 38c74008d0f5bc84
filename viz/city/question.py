"""What a view of the city's map is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]
DEEPEST = ("district", "street", "place", "organization")
"""How deep a view may go; the last has organizations and units."""
FEWEST, MOST, USUAL = 1, 2_000, 600
"""Marks of a view: the fewest and most that may be asked for, and how many there are unless asked."""


@dataclass(frozen=True)
class Question:
    """What a view shows.

    Attributes
    ----------
    within : str, optional
        A division's code; of nothing in particular the codes that views have (``no_district``, ``no_street:420106``).
    at : str, optional
        A place in it, as views name it: of what lies in no smaller one.
    level : str, optional
        One of :data:`DEEPEST`; as deep as there is room without.
    box : (float, float, float, float), optional
        West, south, east, north in WGS84 degrees; left, top, right, bottom in a network layout.
    layout : str
        ``geographic`` or ``network``: what a box is of.
    colour : str
        One of :data:`viz.city.counting.COLOURS`, or of the further ones there.
    kind : str, optional
        ``organization`` or ``unit``: nothing of the other is counted or shown.
    wanted : dict of str to tuple of str
        Only organizations of one of some ``coverage``, ``line``, ``status``, ``sector``, units of one of some ``type``; of both
        those with one of some ``finding``, or of the ``community`` of one of some units; organizations of which a plan says one of
        some ``group``.
    since : int, optional
        An import: what came after it is counted, and marked.
    limit : int
        Marks at most.
    """

    within: str | None = None
    at: str | None = None
    level: str | None = None
    box: Box | None = None
    layout: str = "geographic"
    colour: str = "coverage"
    kind: str | None = None
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: int | None = None
    limit: int = USUAL

    @property
    def of_plan(self) -> bool:
        """Whether it takes a plan to answer."""
        return self.colour == "group" or "group" in self.wanted

    @property
    def of_communities(self) -> bool:
        """Whether it takes the city's communities to answer."""
        return self.colour == "community" or "community" in self.wanted

    @property
    def of_findings(self) -> bool:
        """Whether it takes an audit to answer."""
        return self.colour == "finding" or "finding" in self.wanted
