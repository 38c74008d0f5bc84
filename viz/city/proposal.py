"""What a plan proposes for a city's organizations, as columns of its map: where each would stand, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.errors import PlanError
from viz.city.columns import Words
from viz.city.counting import Colouring
from viz.city.findings import positions
from viz.city.parts import NONE, Parts, around, beside, tints

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from viz.city.columns import Columns
    from viz.city.ground import Ground
    from viz.city.tree import Tree

    Ints = NDArray[np.int64]

STANDS = ("joint", "attached", "separate", "work_coverage", "alone", "unplanned")
"""What a plan says of an organization: in a new joint unit; joined to a unit that there is; with a unit of its own; covered by
work without a unit; in none, though it qualifies; nothing."""
JOINT, ATTACHED, SEPARATE, WORK_COVERAGE, ALONE, UNPLANNED = range(6)
ONE_BY_ONE = (("separate", SEPARATE), ("work_coverage", WORK_COVERAGE), ("uncovered", ALONE))


@dataclass(frozen=True, slots=True)
class Group:
    """A unit that a plan proposes or joins organizations to.

    Attributes
    ----------
    id : str
        The planned unit, or the one that there is.
    joint : bool
        Whether it is a new one.
    ledger_unit, ledger_unit_name : str
    form : str or None
        Of a joint unit.
    members : tuple of str
        Organizations that are put together, those included that the map has not.
    why : (str, str)
        In Chinese and English; of several that join a unit, why the first does.
    """

    id: str
    joint: bool
    ledger_unit: str
    ledger_unit_name: str
    form: str | None
    members: tuple[str, ...]
    why: tuple[str, str]


@dataclass(frozen=True, eq=False)
class Proposal:
    """A plan over a city's map.

    Attributes
    ----------
    as_of : str
        The plan's date.
    stands : Words
        Of organizations, in the order of the tree: positions in :data:`STANDS`.
    parts : Parts
        Groups by organization; of units those that take organizations in.
    groups : list of Group
    elsewhere : int
        Organizations of the plan that the map has not: of another date, or outside of what is seen.
    """

    as_of: str
    stands: Words
    parts: Parts
    groups: list[Group]
    elsewhere: int

    @classmethod
    def of(cls, columns: Columns, tree: Tree, ground: Ground, plan: Mapping[str, Any]) -> Proposal:
        """Return a plan's columns.

        Raises
        ------
        PlanError
            A part of the plan that a map needs is missing or of another kind.
        """
        try:
            groups, members = _told(plan)
            as_of = str(plan["as_of"])
        except (KeyError, TypeError, AttributeError):
            raise PlanError(
                "the plan lacks what the map needs; check it with: lianjian verify PLAN",
                "方案缺少地图所需的内容；可用 lianjian verify 方案 检查",
            ) from None
        n = len(tree.organizations.order)
        part, stand = np.full(n, NONE, np.int32), np.full(n, UNPLANNED, np.int8)
        codes = [code for code, _, _ in members]
        at = positions(columns.organizations, tree.organizations.order, codes)
        here = at >= 0
        stand[at[here]] = np.array([s for _, s, _ in members], dtype=np.int8)[here]
        part[at[here]] = np.array([g for _, _, g in members], dtype=np.int32)[here]
        units = np.full(len(tree.units.order), NONE, np.int32)
        hosts = [k for k, group in enumerate(groups) if not group.joint]
        at = positions(columns.units, tree.units.order, [groups[k].id for k in hosts])
        units[at[at >= 0]] = np.array(hosts, dtype=np.int32)[at >= 0]
        near = np.concatenate([beside(tree.organizations, part), around(ground, part, len(groups))])
        return cls(
            as_of,
            Words(STANDS, stand),
            Parts(part, units, tints(near, len(groups))),
            groups,
            int((~here).sum()),
        )

    @classmethod
    def none(cls, columns: Columns, tree: Tree, ground: Ground) -> Proposal:
        """Return what it is without a plan."""
        return cls.of(columns, tree, ground, {"as_of": "", "ledger_units": []})

    @cached_property
    def colouring(self) -> Colouring:
        """Where organizations stand."""
        return Colouring(STANDS, self.stands, None)

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        columns = (self.stands.codes, self.parts.organizations, self.parts.units, self.parts.tint)
        return sum(column.nbytes for column in columns) + 1_000 * len(self.groups)


Members = list[tuple[str, int, int]]
"""Codes of organizations, where each stands, and in which group."""


def _told(plan: Mapping[str, Any]) -> tuple[list[Group], Members]:
    """Return the groups of a plan and who stands where."""
    groups: list[Group] = []
    members: Members = []
    for entry in plan["ledger_units"]:
        for codes, stand, group in _groups(entry):
            members += [(code, stand, len(groups)) for code in codes]
            groups.append(group)
        for name, stand in ONE_BY_ONE:
            members += [(str(one["organization"]), stand, NONE) for one in entry[name]]
    return groups, members


def _groups(entry: Mapping[str, Any]) -> Iterator[tuple[list[str], int, Group]]:
    """Yield the groups of a ledger unit's entry: joint units, then units that organizations are joined to."""
    where = str(entry["id"]), str(entry["name"])
    for joint in entry["joint"]:
        codes = [str(code) for code in joint["organizations"]]
        form = joint.get("form")
        said = None if form is None else str(form)
        yield codes, JOINT, Group(str(joint["id"]), True, *where, said, tuple(codes), _why(joint))
    hosts: dict[str, list[str]] = {}
    whys: dict[str, tuple[str, str]] = {}
    for one in entry["attached"]:
        unit = str(one["unit"])
        hosts.setdefault(unit, []).append(str(one["organization"]))
        whys.setdefault(unit, _why(one))
    for unit, codes in hosts.items():
        yield codes, ATTACHED, Group(unit, False, *where, None, tuple(codes), whys[unit])


def _why(entry: Mapping[str, Any]) -> tuple[str, str]:
    why = entry.get("why") or {}
    return str(why.get("zh", "")), str(why.get("en", ""))
