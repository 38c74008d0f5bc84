"""What a plan proposes for a city's organizations, as columns of its map: where each would stand, and in which unit."""

from __future__ import annotations

from array import array
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
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa
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


_TEXTS = ("id", "ledger_unit", "ledger_unit_name", "form", "zh", "en")
"""What is kept of each group as text."""
_REPEATED = frozenset(("ledger_unit", "ledger_unit_name", "form"))
"""Of which many groups have the same."""


@dataclass(frozen=True, eq=False)
class Outline:
    """What a plan says, as columns: a hundred bytes an organization, whatever maps it is laid over.

    Attributes
    ----------
    as_of : str
        The plan's date.
    codes : pyarrow.Array
        Organizations that it says something of; those of a group follow each other.
    stand : numpy.ndarray of int8
        Of each its position in :data:`STANDS`.
    group : numpy.ndarray of int32
        Of each the group it is of.
    joint : numpy.ndarray of bool
        Of each group.
    begins : numpy.ndarray of int64
        Where the organizations of each group begin, and their end.
    texts : mapping of str to pyarrow.Array
    """

    as_of: str
    codes: pa.Array
    stand: NDArray[np.int8]
    group: NDArray[np.int32]
    joint: NDArray[np.bool_]
    begins: tuple[Ints, Ints]
    texts: Mapping[str, pa.Array]

    @classmethod
    def of(cls, pieces: Iterable[tuple[str, Any]]) -> Outline:
        """Return a plan's columns.

        Parameters
        ----------
        pieces : iterable of (str, object)
            Values of the plan by name, its ledger units one by one.

        Raises
        ------
        PlanError
            A part of the plan that a map needs is missing or of another kind.
        """
        gathering, as_of = _Gathering(), None
        try:
            for name, value in pieces:
                if name == "ledger_units":
                    gathering.take(value)
                elif name == "as_of":
                    as_of = str(value)
        except (KeyError, TypeError, AttributeError, ValueError):
            as_of = None
        if as_of is None:
            raise PlanError(
                "the plan lacks what the map needs; check it with: lianjian verify PLAN",
                "方案缺少地图所需的内容；可用 lianjian verify 方案 检查",
            )
        return gathering.made(as_of)

    def __len__(self) -> int:
        """Return how many groups there are."""
        return len(self.joint)

    def __getitem__(self, at: int) -> Group:
        """Return a group."""
        text = {name: column[at].as_py() for name, column in self.texts.items()}
        first, last = (int(side[at]) for side in self.begins)
        return Group(
            text["id"], bool(self.joint[at]), text["ledger_unit"], text["ledger_unit_name"], text["form"],
            tuple(self.codes[first:last].to_pylist()), (text["zh"], text["en"]),
        )  # fmt: skip

    def id(self, at: int) -> str:
        """Return the unit of a group."""
        return str(self.texts["id"][at].as_py())

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        numbers = (self.stand, self.group, self.joint, *self.begins)
        return sum(column.nbytes for column in (*numbers, self.codes, *self.texts.values()))


class _Gathering:
    """Columns as they grow, ledger unit by ledger unit: no text of a plan stays as an object of its own."""

    def __init__(self) -> None:
        self._codes: list[pa.Array] = []
        self._numbers: list[tuple[Ints, Ints]] = []
        self._joint = array("b")
        self._begins = array("q"), array("q")
        self._texts: dict[str, list[pa.Array]] = {name: [] for name in _TEXTS}
        self._size = 0

    def take(self, entry: Mapping[str, Any]) -> None:
        """Take in a ledger unit's entry."""
        import pyarrow as pa

        codes: list[str] = []
        numbers: list[tuple[int, int]] = []
        groups: list[tuple[str | None, ...]] = []
        for some, stand, group in _groups(entry):
            self._begins[0].append(self._size + len(codes))
            codes += some
            self._begins[1].append(self._size + len(codes))
            numbers += [(stand, len(self._joint))] * len(some)
            self._joint.append(group.joint)
            groups.append((group.id, group.ledger_unit, group.ledger_unit_name, group.form, *group.why))  # fmt: skip
        for name, stand in ONE_BY_ONE:
            some = [str(one["organization"]) for one in entry[name]]
            codes += some
            numbers += [(stand, NONE)] * len(some)
        self._size += len(codes)
        self._codes.append(pa.array(codes, pa.string()))
        both = np.array(numbers, dtype=np.int64).reshape(-1, 2)
        self._numbers.append((both[:, 0].astype(np.int8), both[:, 1].astype(np.int32)))
        for name, column in zip(_TEXTS, zip(*groups, strict=True), strict=False):
            self._texts[name].append(pa.array(column, pa.string()))

    def made(self, as_of: str) -> Outline:
        """Return the columns."""
        import pyarrow as pa

        stand, group = (
            np.concatenate([np.zeros(0, kind), *(n[side] for n in self._numbers)])
            for side, kind in enumerate((np.int8, np.int32))
        )
        texts = {n: pa.chunked_array(some, pa.string()) for n, some in self._texts.items()}
        return Outline(
            as_of,
            pa.concat_arrays([pa.array([], pa.string()), *self._codes]),
            stand,
            group,
            np.array(self._joint, dtype=bool),
            (np.array(self._begins[0], dtype=np.int64), np.array(self._begins[1], dtype=np.int64)),
            {n: (t.dictionary_encode() if n in _REPEATED else t).combine_chunks() for n, t in texts.items()},
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Proposal:
    """A plan over a city's map.

    Attributes
    ----------
    stands : Words
        Of organizations, in the order of the tree: positions in :data:`STANDS`.
    parts : Parts
        Groups by organization; of units those that take organizations in.
    groups : Outline
    elsewhere : int
        Organizations of the plan that the map has not: of another date, or outside of what is seen.
    """

    stands: Words
    parts: Parts
    groups: Outline
    elsewhere: int

    @classmethod
    def of(cls, columns: Columns, tree: Tree, ground: Ground, plan: Outline) -> Proposal:
        """Return a plan's columns in the order of a map's."""
        n = len(tree.organizations.order)
        part, stand = np.full(n, NONE, np.int32), np.full(n, UNPLANNED, np.int8)
        at = positions(columns.organizations, tree.organizations.order, plan.codes.to_pandas())
        here = at >= 0
        stand[at[here]] = plan.stand[here]
        part[at[here]] = plan.group[here]
        units = np.full(len(tree.units.order), NONE, np.int32)
        hosts = np.flatnonzero(~plan.joint)
        at = positions(columns.units, tree.units.order, plan.texts["id"].take(hosts).to_pandas())
        units[at[at >= 0]] = hosts[at >= 0]
        near = np.concatenate([beside(tree.organizations, part), around(ground, part, len(plan))])
        return cls(
            Words(STANDS, stand),
            Parts(part, units, tints(near, len(plan))),
            plan,
            int((~here).sum()),
        )

    @classmethod
    def none(cls, columns: Columns, tree: Tree, ground: Ground) -> Proposal:
        """Return what it is without a plan."""
        return cls.of(columns, tree, ground, Outline.of([("as_of", "")]))

    @cached_property
    def colouring(self) -> Colouring:
        """Where organizations stand."""
        return Colouring(STANDS, self.stands, None)

    @property
    def as_of(self) -> str:
        """The plan's date."""
        return self.groups.as_of

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes beside the plan's own columns."""
        columns = (self.stands.codes, self.parts.organizations, self.parts.units, self.parts.tint)
        return sum(column.nbytes for column in columns)


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
