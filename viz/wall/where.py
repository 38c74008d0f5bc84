"""Where a wall map looks: which part of the city it is of, and which outlines there are for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.errors import InputError
from viz.city.findings import positions
from viz.city.tree import DISTRICT, PLACE, STREET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from viz.city.view import CityMap

    Bools = NDArray[np.bool_]
    Rings = list[NDArray[np.float64]]
    Nodes = list[tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Only:
    """The organizations of one ledger, and the units that cover them, wherever in the city they lie: a department's, a zone's.

    Attributes
    ----------
    name : str
        Of the ledger unit.
    organizations, units : sequence of str
        Codes.
    """

    name: str
    organizations: Sequence[str]
    units: Sequence[str]

    def within(self, city: CityMap) -> tuple[Bools, Bools]:
        """Return which organizations and units of a map these are, in the order of its tree."""
        tree, out = city.tree, []
        sides = ((city.columns.organizations, tree.organizations.order, self.organizations),
                 (city.columns.units, tree.units.order, self.units))  # fmt: skip
        for keys, order, codes in sides:
            some: Bools = np.zeros(len(order), dtype=bool)
            at = positions(keys, order, codes)
            some[at[at >= 0]] = True
            out.append(some)
        return out[0], out[1]


def unpacked(rings: Sequence[Sequence[Sequence[int]]]) -> list[Rings]:
    """Return the polygons of a boundary (:class:`loaders.boundaries.Outline`) in degrees."""
    return [[np.cumsum(np.reshape(r, (-1, 2)), axis=0) / 100_000 for r in part] for part in rings]


def scope(city: CityMap, code: str | None) -> tuple[list[tuple[int, int]], Bools]:
    """Return the nodes that a code names, none where it names all of it, and which places are in it.

    Raises
    ------
    InputError
        There is no such city, district or street.
    """
    tree, columns = city.tree, city.columns
    places: Bools = np.ones(len(tree.levels[PLACE]), dtype=bool)
    if code is None or (len(columns.cities) == 1 and code == columns.cities[0]):
        return [], places
    found = tree.by_code.get(code)
    if found is None and ":" in code:  # a ledger unit's id
        found = tree.by_code.get(code.partition(":")[2])
    if found is None and code in columns.cities:
        found = [
            (DISTRICT, node) for node in range(len(tree.levels[DISTRICT]))
            if columns.parents.get(tree.code(DISTRICT, node)) == code
        ]  # fmt: skip
    if found is None:
        raise InputError(
            f"--in {code[:80]}: a wall map is of a city, district or street with organizations, or of a ledger unit; give its code",
            f"--in {code[:80]}：挂图的范围为有单位所在的市、区、街道，或台账单位；请给出其代码",
        )
    places[:] = False
    for level, node in found:
        nodes = tree.levels[level]
        places[nodes.first[node] : nodes.last[node]] = True
    return found, places


def own_of(
    city: CityMap, code: str | None, found: list[tuple[int, int]], outlines: Mapping[str, list[Rings]]
) -> tuple[list[Rings], bool]:  # fmt: skip
    """Return the outline of what the map is of."""
    key = city.tree.key(*found[0]) if len(found) == 1 else code
    if key is not None and key in outlines:
        return outlines[key], True
    if len(found) == 1:
        level, node = found[0]
        corners, _ = city.ground.hulls(level, np.array([node]))[0]
        if corners is not None:
            return [[np.array(corners)]], False
    return [], False


def nodes_in(city: CityMap, level: int, places: Bools) -> list[int]:
    """Return the nodes of a level that some places lie in."""
    nodes = city.tree.levels[level]
    if not len(nodes):
        return []
    return [int(k) for k in np.flatnonzero(np.logical_or.reduceat(places, nodes.first))]


def codes_of(city: CityMap, level: int, places: Bools) -> list[str]:
    """Return their codes."""
    return [city.tree.code(level, node) for node in nodes_in(city, level, places)]


def above_of(
    city: CityMap, found: list[tuple[int, int]], places: Bools, outlines: Mapping[str, list[Rings]]
) -> list[tuple[str, list[Rings], bool]]:  # fmt: skip
    """Return the districts of a map by streets."""
    tree, out = city.tree, []
    some = [node for level, node in found if level == DISTRICT] or nodes_in(city, DISTRICT, places)
    hulls = city.ground.hulls(DISTRICT, np.array(some, dtype=np.int64))
    for node, (corners, _) in zip(some, hulls, strict=True):
        key = tree.key(DISTRICT, node)
        if key is None:
            continue
        rings = outlines.get(key, [])
        if rings or corners is not None:
            own = rings or [[np.array(corners)]]
            out.append((tree.name(DISTRICT, node) or key, own, bool(rings)))
    return out


def level_of(city: CityMap, found: list[tuple[int, int]], places: Bools, most: int) -> int:
    """Return the level of the areas: streets of a city where there is room for them."""
    if found and found[0][0] == STREET:
        return PLACE
    if found and len(found) == 1:
        return STREET
    nodes = city.tree.levels[STREET]
    number = int(np.logical_or.reduceat(places, nodes.first).sum()) if len(nodes) else 0
    return STREET if number <= most else DISTRICT
