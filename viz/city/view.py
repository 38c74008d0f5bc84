"""One view of a city: as many marks as can be drawn, the large before what lies in them, and what is left out said.

A view is of the whole city, of a division or of a place in it; of all of it or of what lies in a box. It goes down level by level,
districts, streets, places, then organizations and units, as long as there is room for marks; of the level that does not fit whole
it has the nodes that hold most, of organizations first those that qualify for a unit and have none.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.errors import InputError
from graph.model import iso
from viz.city import columns as city_columns
from viz.city.cells import DECIMALS as CELL_DECIMALS
from viz.city.cells import Cells
from viz.city.columns import ELIGIBLE, OTHER, UNCOVERED, Columns
from viz.city.communities import Communities
from viz.city.counting import (
    COLOURS,
    COMMUNITY,
    CORE,
    COUNTED,
    DEGREE,
    FINDING,
    GROUP,
    Colouring,
    Counting,
    Counts,
)
from viz.city.findings import Found, positions
from viz.city.ground import DECIMALS, HOW, Ground, Outline
from viz.city.links import Links
from viz.city.newest import Newest
from viz.city.parts import NONE
from viz.city.question import DEEPEST, Question
from viz.city.ties import Ties, classed
from viz.city.together import Together
from viz.city.tree import DISTRICT, LEVELS, PLACE, STREET, Residents, Tree
from viz.city.wording import legend, titled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City
    from viz.city.proposal import Proposal

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

Names = Callable[[str, list[str]], Mapping[str, str]]
"""Returns names of organizations or units, by code."""

Shown = tuple[dict[int, int], dict[int, int]]
"""Which mark each of the organizations and units is that are shown."""
MOST_LINKS = 600
BYTES = 780_000
"""Of a view's marks; with :data:`BYTES_OF_LINKS` of its links and the outlines under it (``api.boundaries.BYTES``), all of it
stays under a megabyte."""
BYTES_OF_LINKS = 100_000
LONGEST = 80
"""Characters of a name; what is longer is cut, and ends in an ellipsis."""


@dataclass(eq=False)
class _Drawn:
    """What a view has so far."""

    marks: list[dict[str, Any]]
    nodes: dict[tuple[int, int], int]
    left: list[dict[str, Any]]
    groups: dict[int, dict[str, Any]] = field(default_factory=dict)
    size: int = 0
    full: bool = False

    def add(
        self, mark: dict[str, Any], of: int = NONE, group: dict[str, Any] | None = None
    ) -> bool:
        """Take a mark in, and the part that it is of, if there is room for them."""
        size = _bytes(mark)
        if group is not None and of not in self.groups:
            size += _bytes(group)
        if self.size + size > BYTES:
            self.full = True
            return False
        self.size += size
        self.marks.append(mark)
        if group is not None:
            self.groups[of] = group
        return True


class CityMap:
    """A city at a date, ready for views.

    Parameters
    ----------
    columns : viz.city.columns.Columns
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.tree = Tree(columns)
        self.ground = Ground(columns, self.tree)
        self.cells = Cells(self.tree)
        self.counting = Counting(columns, self.tree)
        self.links = Links(columns, self.tree)
        self.ties = Ties.of(columns, self.tree)
        by = self.counting.colourings
        by[DEGREE] = classed(DEGREE, self.ties.degree)
        by[CORE] = classed(CORE, self.ties.core)
        self.newest: Newest | None = None
        self.state = b""
        """Of the store that it was read of, as whoever keeps it tells states apart."""
        self._looking = threading.Lock()
        self._communities: Communities | None = None
        # what the first views of all would wait for
        self.counting.counts(by[Question.colour])
        _ = self.tree.by_code, self.tree.by_place

    @classmethod
    def of(cls, city: City) -> CityMap:
        """Return the map of a city; all of it is read here, and nothing later."""
        return cls(city_columns.read(city))

    @property
    def communities(self) -> Communities:
        """Its communities, looked for when they are first asked for: a second at a million organizations."""
        with self._looking:
            if self._communities is None:
                self._communities = Communities.of(self.columns, self.tree, self.ties)
            return self._communities

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        seen: set[int] = set()
        return _kept(self, seen)

    # -- one view ------------------------------------------------------------------------------------------------------
    def view(
        self,
        question: Question,
        names: Names,
        *,
        found: Found | None = None,
        over: Proposal | None = None,
    ) -> dict[str, Any]:
        """Return a view as JSON.

        Parameters
        ----------
        names : callable
            Asked once for the organizations and once for the units that are shown.
        found : Found, optional
            What an audit of the same city and date found: needed where it is asked for.
        over : Proposal, optional
            A plan that is laid over it: likewise.

        Raises
        ------
        InputError
            There is no such area, place or value.
        """
        places, start = self._scope(question)
        by = self._colourings(question, found, over)
        colour = by[question.colour]
        organizations, units = self._some(question, by, found)
        counts = self.counting.counts(colour, organizations, units)
        drawn = _Drawn([], {}, [])
        deepest = len(LEVELS) if question.level is None else DEEPEST.index(question.level)
        deepest = max(deepest, start)  # what lies in what is asked for, whatever it is
        whole = True
        for level in range(start, min(deepest, PLACE) + 1):
            whole = self._nodes(question, drawn, level, places, counts)
            if not whole:
                break
        together = None
        if question.colour in (GROUP, COMMUNITY):
            together = Together(self, question.colour, over, names)
        shown = None
        if whole and deepest == len(LEVELS):
            shown = self._residents(
                question, drawn, places, organizations, units, names, colour, together
            )
        number = None
        if together is not None:
            number = together.largest(drawn.groups, places, organizations, units)
        counted, shares = counts.sum(places)
        came = (
            None if question.since is None else self._changed(drawn, places, question.since, shown)
        )
        links, more = self._links(drawn, shown)
        return {
            "as_of": iso(self.columns.as_of),
            "in": question.within,
            "at": question.at,
            "layout": question.layout,
            "datum": "WGS84",
            "side": SIDE_OF_NETWORK,
            "colour": question.colour,
            "legend": legend(question.colour, colour.values),
            "path": self._path(places, start),
            "extent": self.ground.extent,
            "values": self._values(question, places, by, found)
            | self._named(question, places, names),
            "totals": _counted(counted) | {"shares": shares.tolist()},
            "communities": number,
            "groups": None if together is None else [drawn.groups[k] for k in sorted(drawn.groups)],
            "marks": drawn.marks,
            "links": links,
            "left_out": drawn.left,
            "links_left_out": more,
            "changed": came,
        }

    def _colourings(
        self, question: Question, found: Found | None, over: Proposal | None
    ) -> dict[str, Colouring]:
        """Return by what a view may be coloured and filtered, as far as it asks for it."""
        by = dict(self.counting.colourings)
        if question.of_findings:
            assert found is not None  # noqa: S101 (whoever asks for findings gives them)
            by[FINDING] = found.colouring
        if question.colour == COMMUNITY:
            by[COMMUNITY] = self.communities.colouring
        if question.of_plan:
            assert over is not None  # noqa: S101 (or for a plan)
            by[GROUP] = over.colouring
        return by

    def _scope(self, question: Question) -> tuple[Bools, int]:
        """Return which places a view is of, and the level that it begins with."""
        tree = self.tree
        n = len(tree.levels[PLACE])
        places: Bools = np.ones(n, dtype=bool)
        start = DISTRICT
        if question.within is not None and question.within not in self._everywhere:
            found = tree.by_code.get(question.within)
            if found is None and question.within in self.columns.cities:
                found = [
                    (DISTRICT, node) for node in range(len(tree.levels[DISTRICT]))
                    if self.columns.parents.get(tree.code(DISTRICT, node)) == question.within
                ]  # fmt: skip
            elif found is None:
                raise InputError(
                    f"in {question.within[:80]}: no city, district or street of this map; take one from what a view opens",
                    f"in {question.within[:80]}：此图中没有该市、区或街道；请取自视图的 opens",
                )
            places[:] = False
            for level, node in found:
                nodes = tree.levels[level]
                places[nodes.first[node] : nodes.last[node]] = True
                # a street that lies in two districts is still one street
                start = level + 1
            if question.within in self.columns.cities:
                start = DISTRICT
        if question.at is not None:
            at = tree.by_place.get(question.at)
            here: Bools = np.zeros(n, dtype=bool)
            if at is not None:
                here[at] = True
            places &= here
            start = len(LEVELS)
            if not places.any():
                raise InputError(
                    f"at {question.at[:80]}: no place there; take one from what a view opens",
                    f"at {question.at[:80]}：此处没有该场所；请取自视图的 opens",
                )
        return places, start

    def _path(self, places: Bools, start: int) -> list[dict[str, Any]]:
        """Return what the view lies in, the larger first; of what rows put into several, only what holds all of it."""
        if start == DISTRICT:
            return []
        tree, out = self.tree, []
        node = np.flatnonzero(places)
        for level in range(min(start, len(LEVELS))):
            at = np.unique(np.searchsorted(tree.levels[level].last, node, side="right"))
            if len(at) == 1 or level == start - 1:
                one = int(at[0])
                out.append({"level": LEVELS[level], "kind": tree.kind(level, one), "code": tree.key(level, one),
                            "name": _short(tree.name(level, one)), "opens": self._opens(level, one)})  # fmt: skip
        return out

    def _values(
        self,
        question: Question,
        places: Bools,
        by: Mapping[str, Colouring],
        found: Found | None,
    ) -> dict[str, list[dict[str, Any]]]:
        """Return by what a view may be filtered: of each column the values there are in its places, with how many have them.

        Findings only where they are asked for: a map that was audited for one is there for others too, who may not see them.
        """
        out = {}
        for name in (*COLOURS, *((GROUP,) if question.of_plan else ())):
            shares = self.counting.counts(by[name]).shares[places].sum(axis=0).tolist()
            told = zip(legend(name, by[name].values), shares, strict=True)
            out[name] = [
                value | {"number": n} for value, n in told if n and value["id"] is not None
            ]
        if question.of_findings and found is not None:
            of_place = self.tree.organizations.place, self.tree.units.place
            counted = {
                code: sum(int(places[where[at]].sum()) for where, at in zip(of_place, having, strict=True))
                for code, having in found.by_code.items()
            }  # fmt: skip
            out[FINDING] = [titled(code) | {"number": n} for code, n in counted.items() if n]
        return out

    def _named(
        self, question: Question, places: Bools, names: Names
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the communities by which a view may be filtered: those asked for, and those that have most in its places."""
        if not question.of_communities:
            return {}
        asked = self._wanted_communities(question)
        together = Together(self, COMMUNITY, None, names)
        found = together.told(np.array(list(asked), dtype=np.int64))
        together.largest(found, places, None, None)
        most = sorted(found.items(), key=lambda one: (-one[1]["here"], one[0]))
        return {
            COMMUNITY: [
                {
                    "id": asked.get(part, told["id"]),
                    "label": dict.fromkeys(("zh", "en"), told["name"] or told["id"]),
                    "number": told["here"],
                    "tint": told["tint"],
                }
                for part, told in most
            ]
        }

    def _changed(
        self, drawn: _Drawn, places: Bools, since: int, shown: Shown | None
    ) -> dict[str, int]:
        """Say of each mark how much of it changed, and return how much did in all, whatever is filtered."""
        assert self.newest is not None  # noqa: S101 (whoever asks what changed has it put in before)
        tree, out = self.tree, dict[str, int]()
        sides = self.newest.since(since)
        for name, side in zip(("organizations", "units"), sides, strict=True):
            out[name] = int(side.of_place[places].sum())
        before = np.r_[0, np.cumsum(sides[0].of_place + sides[1].of_place)]
        for (level, node), mark in drawn.nodes.items():
            nodes = tree.levels[level]
            n = before[nodes.last[node]] - before[nodes.first[node]]
            drawn.marks[mark]["changed"] = int(n)
        for side, marks in zip(sides, shown or ({}, {}), strict=True):
            for at, mark in marks.items():
                drawn.marks[mark]["changed"] = int(side.came[at])
        return out

    @property
    def _everywhere(self) -> tuple[str, ...]:
        """The code that means all of it: that of the only city."""
        return self.columns.cities if len(self.columns.cities) == 1 else ()

    def _some(
        self, question: Question, by: Mapping[str, Colouring], found: Found | None
    ) -> tuple[Bools | None, Bools | None]:
        """Return which organizations and units are counted and shown; ``None`` for all."""
        tree = self.tree
        for name in ("status", "sector"):
            for value in question.wanted.get(name, ()):
                if value not in by[name].values:
                    known = ", ".join(by[name].values) or "-"
                    raise InputError(
                        f"{name} {value[:40]}: nothing has it; give one of {known}",
                        f"{name} {value[:40]}：没有该值；应为 {known} 之一",
                    )
        columns = {
            n: values for n, values in question.wanted.items() if n not in (FINDING, COMMUNITY)
        }
        organizations, units = self.counting.some(columns, by)
        sides: list[tuple[Bools, Bools]] = []
        if FINDING in question.wanted and found is not None:
            sides.append(found.having(question.wanted[FINDING]))
        if COMMUNITY in question.wanted:
            sides.append(self.communities.having(list(self._wanted_communities(question))))
        for having in sides:
            organizations = having[0] if organizations is None else organizations & having[0]
            units = having[1] if units is None else units & having[1]
        if question.kind == "unit":
            organizations = np.zeros(len(tree.organizations.order), dtype=bool)
        if question.kind == "organization":
            units = np.zeros(len(tree.units.order), dtype=bool)
        return organizations, units

    def _wanted_communities(self, question: Question) -> dict[int, str]:
        """Return the communities that are asked for, each with the unit that asks for it; one that is in none asks for nothing."""
        codes = question.wanted.get(COMMUNITY, ())
        at = positions(self.columns.units, self.tree.units.order, codes)
        part = self.communities.parts.units[at]
        return {int(p): code for p, a, code in zip(part, at, codes, strict=True) if a >= 0 and p != NONE}  # fmt: skip

    # -- districts, streets, places ------------------------------------------------------------------------------------
    def _nodes(
        self, question: Question, drawn: _Drawn, level: int, places: Bools, counts: Counts
    ) -> bool:
        """Add the nodes of a level; return whether all of them are there."""
        nodes = self.tree.levels[level]
        here = counts.of_level(self.tree, level)
        size = here.counted[:, 0] + here.counted[:, 1]
        candidates = places[nodes.first] & (size > 0)
        if question.box is not None:
            candidates &= self._touched(level, question)
        some = np.flatnonzero(candidates)
        room = question.limit - len(drawn.marks)
        chosen = some
        if len(some) > room:
            # those that hold most; of equal ones the first
            chosen = np.sort(some[np.lexsort((some, -size[some]))[:room]])
        out = []
        outlines = self.ground.hulls(level, chosen)
        for node, outline in zip(chosen.tolist(), outlines, strict=True):
            mark = self._node(drawn, level, node, here, outline)
            if not drawn.add(mark):
                break
            drawn.nodes[level, node] = len(drawn.marks) - 1
            out.append(node)
        if len(out) == len(some):
            return True
        left = np.setdiff1d(some, np.asarray(out, dtype=np.int64))
        drawn.left.append(
            {"level": LEVELS[level], "marks": len(left), **_left(here.counted[left].sum(axis=0)),
             "because": "bytes" if drawn.full else "limit"}
        )  # fmt: skip
        return False

    def _touched(self, level: int, question: Question) -> Bools:
        assert question.box is not None  # noqa: S101
        by = self.ground if question.layout == "geographic" else self.cells
        return by.touched(level, question.box)

    def _node(
        self, drawn: _Drawn, level: int, node: int, counts: Counts, outline: Outline
    ) -> dict[str, Any]:
        tree = self.tree
        points = self.ground.levels[level]
        up = (level - 1, tree.above(level, node)) if level else None
        parent = drawn.nodes.get(up) if up is not None else None
        return {
            "id": tree.id(level, node),
            "level": LEVELS[level],
            "kind": tree.kind(level, node),
            "code": tree.key(level, node),
            "name": _short(tree.name(level, node)),
            "parent": None if parent is None else drawn.marks[parent]["id"],
            **_place(points.lon[node], points.lat[node], HOW[points.how[node]]),
            "hull": outline[0],
            "outliers": outline[1],
            "network": [round(float(v), CELL_DECIMALS) for v in _centred(self.cells.levels[level][node])],
            "counts": _counted(counts.counted[node]),
            "shares": counts.shares[node].tolist(),
            "opens": self._opens(level, node),
        }  # fmt: skip

    def _opens(self, level: int, node: int) -> dict[str, str]:
        tree = self.tree
        if level < PLACE:
            return {"in": tree.code(level, node)}
        return {"in": tree.code(STREET, tree.above(PLACE, node)), "at": tree.code(PLACE, node)}

    # -- organizations and units ---------------------------------------------------------------------------------------
    def _residents(
        self, question: Question, drawn: _Drawn, places: Bools,
        organizations: Bools | None, units: Bools | None, names: Names, colour: Colouring, together: Together | None,
    ) -> Shown:  # fmt: skip
        """Add organizations and units; return which mark each of those shown is."""
        tree, counting = self.tree, self.counting
        found = []
        for of, some, on_ground, on_cells in (
            (tree.organizations, organizations, self.ground.organizations, self.cells.organizations),
            (tree.units, units, self.ground.units, self.cells.units),
        ):  # fmt: skip
            whose = places
            # what units cover may lie outside of their places, whatever else lies where its place does
            if question.box is not None and (
                of is tree.organizations or question.layout == "network"
            ):
                whose = places & self._touched(PLACE, question)
            at = _residents_of(of, whose)
            if some is not None:
                at = at[some[at]]
            if question.box is not None:
                west, south, east, north = question.box
                if question.layout == "geographic":
                    x, y = on_ground.lon[at], on_ground.lat[at]
                else:
                    x, y = on_cells(at)
                at = at[(x >= west) & (x <= east) & (y >= south) & (y <= north)]
            found.append(at)
        firms, bodies = found
        state = counting.state.codes[firms]
        # first who qualifies and has no unit, then units, then who has none, then all others
        urgent = np.select([state == ELIGIBLE, state == UNCOVERED], [0, 2], 3)
        rank = np.r_[urgent, np.full(len(bodies), 1)]
        which = np.r_[firms, bodies]
        is_unit = np.r_[np.zeros(len(firms), dtype=bool), np.ones(len(bodies), dtype=bool)]
        room = max(question.limit - len(drawn.marks), 0)
        chosen = np.argsort(rank, kind="stable")[:room]
        if len(chosen) == len(which):
            chosen = np.arange(len(which))
        made = [
            self._marks(
                drawn, which[chosen][is_unit[chosen] == unit], names, unit, colour, together
            )
            for unit in (False, True)
        ]
        parts = (
            []
            if together is None
            else [
                together.of(unit, which[chosen][is_unit[chosen] == unit]) for unit in (False, True)
            ]
        )
        told = {} if together is None else together.told(np.concatenate(parts))
        shown: Shown = ({}, {})
        number = [0, 0]
        for at, unit in zip(which[chosen].tolist(), is_unit[chosen].tolist(), strict=True):
            part = int(parts[unit][number[unit]]) if parts else NONE
            if not drawn.add(made[unit][number[unit]], part, told.get(part)):
                break
            shown[unit][at] = len(drawn.marks) - 1
            number[unit] += 1
        if sum(number) < len(which):
            drawn.left.append(
                {"level": DEEPEST[-1], "marks": len(which) - sum(number), "organizations": len(firms) - number[0],
                 "units": len(bodies) - number[1], "because": "bytes" if drawn.full else "limit"}
            )  # fmt: skip
        return shown

    def _marks(
        self,
        drawn: _Drawn,
        some: Ints,
        names: Names,
        unit: bool,
        colour: Colouring,
        together: Together | None,
    ) -> list[dict[str, Any]]:
        """Return the marks of some organizations or units."""
        tree, counting = self.tree, self.counting
        kind = "unit" if unit else "organization"
        of = tree.units if unit else tree.organizations
        points = self.ground.units if unit else self.ground.organizations
        x, y = (self.cells.units if unit else self.cells.organizations)(some)
        codes = self.columns.units if unit else self.columns.organizations
        keys: list[str] = codes.take(of.order[some]).to_pylist()
        called = names(kind, keys) if keys else {}
        sort = counting.type if unit else counting.line
        words = colour.units if unit else colour.organizations
        part = None if together is None else together.of(unit, some).tolist()
        within: dict[int, str | None] = {}
        out = []
        for n, (at, key) in enumerate(zip(some.tolist(), keys, strict=True)):
            place = int(of.place[at])
            if place not in within:
                parent = self._shown(drawn, place)
                within[place] = None if parent is None else drawn.marks[parent]["id"]
            value = None if words is None else int(words.codes[at])
            out.append({
                "id": f"{kind}:{key}",
                "level": DEEPEST[-1],
                "kind": kind,
                "code": key,
                "name": _short(called.get(key, key)),
                "parent": within[place],
                **_place(points.lon[at], points.lat[at], HOW[points.how[at]]),
                "network": [round(float(x[n]), CELL_DECIMALS), round(float(y[n]), CELL_DECIMALS), 0.0, 0.0],
                "state": None if unit else counting.state.values[counting.state.codes[at]],
                "type": _word(sort, at),
                # the last value of the legend is unknown
                "value": len(words.values) if words is not None and value == OTHER else value,
                "group": None if together is None or part is None or part[n] == NONE else together.id(part[n]),
                "tint": None if together is None or part is None or part[n] == NONE else int(together.parts.tint[part[n]]),
                "degree": int(self.ties.degree[unit][at]),
                "core": int(self.ties.core[unit][at]),
                "opens": {"id": key},
            })  # fmt: skip
        return out

    def _shown(self, drawn: _Drawn, place: int) -> int | None:
        """Return the mark of the smallest node that holds a place."""
        node = place
        for level in range(PLACE, -1, -1):
            found = drawn.nodes.get((level, node))
            if found is not None or not level:
                return found
            node = self.tree.above(level, node)
        return None

    # -- ties ----------------------------------------------------------------------------------------------------------
    def _links(self, drawn: _Drawn, shown: Shown | None) -> tuple[list[dict[str, Any]], int]:
        """Return the ties between the smallest marks, most first, and how many more there are."""
        tree = self.tree
        mark = np.full(len(tree.levels[PLACE]), -1, dtype=np.int32)
        for (level, node), at in drawn.nodes.items():  # the larger come first
            nodes = tree.levels[level]
            mark[nodes.first[node] : nodes.last[node]] = at
        if shown is None or not (shown[0] or shown[1]):
            found = self.links.between_places(mark)
        else:
            marks = []
            for of, some in zip((tree.organizations, tree.units), shown, strict=True):
                column = mark[of.place]
                column[list(some)] = list(some.values())
                marks.append(column)
            found = self.links.between(marks[1], marks[0])
        out: list[dict[str, Any]] = []
        size = 0
        for link in found[:MOST_LINKS]:
            one = {"from": drawn.marks[link.source]["id"], "to": drawn.marks[link.target]["id"],
                   "kind": link.kind, "number": link.number}  # fmt: skip
            size += len(json.dumps(one, ensure_ascii=False).encode()) + 2
            if size > BYTES_OF_LINKS:
                break
            out.append(one)
        return out, len(found) - len(out)


SIDE_OF_NETWORK = 1000.0


def _residents_of(of: Residents, places: Bools) -> Ints:
    """Return the residents of some places, in their order."""
    some = np.flatnonzero(places)
    if len(some) == len(places):
        return np.arange(len(of.order))
    begins, number = of.begins[some], of.begins[some + 1] - of.begins[some]
    before = np.cumsum(number) - number
    out: Ints = np.arange(int(number.sum())) + np.repeat(begins - before, number)
    return out


def _bytes(told: Any) -> int:
    return len(json.dumps(told, ensure_ascii=False).encode()) + 2


def _counted(row: Ints) -> dict[str, int]:
    return dict(zip(COUNTED, row.tolist(), strict=True))


def _left(row: Ints) -> dict[str, int]:
    return {name: int(row[COUNTED.index(name)]) for name in ("organizations", "units")}


def _place(lon: float, lat: float, how: str) -> dict[str, Any]:
    known = bool(np.isfinite(lon) and np.isfinite(lat))
    return {
        "geographic": [round(float(lon), DECIMALS), round(float(lat), DECIMALS)] if known else None,
        "placed": how if known else None,
    }


def _centred(cell: NDArray[np.float64]) -> tuple[float, float, float, float]:
    x, y, w, h = cell.tolist()
    return x + w / 2, y + h / 2, w, h


def _short(name: str | None) -> str | None:
    return name if name is None or len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _word(words: city_columns.Words, at: int) -> str | None:
    code = int(words.codes[at])
    return None if code < 0 else words.values[code]


def _kept(value: Any, seen: set[int]) -> int:
    """Return the bytes of the arrays of an object and of those that it is made of."""
    if id(value) in seen:
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray) or type(value).__module__.startswith("pyarrow"):
        return int(value.nbytes)
    if isinstance(value, Mapping):
        # texts and small tuples: about a hundred bytes an entry
        return 100 * len(value) + sum(
            _kept(v, seen) for v in value.values() if not isinstance(v, str)
        )
    if isinstance(value, list | tuple):
        return 60 * len(value) + sum(_kept(v, seen) for v in value if not isinstance(v, str | float | int))  # fmt: skip
    if hasattr(value, "__dict__"):
        return sum(_kept(v, seen) for v in vars(value).values())
    return 0
