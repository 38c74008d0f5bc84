"""The integers of the planning problem: every profile value in units of 1e-6, nothing rounded on the way.

The dissimilarity of two organizations is defined over rational numbers: with the distance an integer of centimetres
(``FORMATION``, *Distance*: metres rounded to 0.01), adjacency ``a`` and similarity ``s`` are fractions, and

    d(i,j) = ⌊(weight_adjacency · a + weight_similarity · s) · 10^6⌋

is evaluated exactly, by integers over one common denominator (:attr:`CostModel.denominator`). Whoever computes with
fractions or decimals gets the same integer. Profile values are taken as the decimals that they are written as (0.1 is one
tenth, not the nearest binary number).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.errors import ProfileError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MICRO = 1_000_000
"""Integers of the problem per unit of cost."""

METHODS = ("sector_and_area", "leading_firm", "area", "trade")
"""The methods in the order of FORMATION's table, which also settles ties of surcharge."""

# positions in CostModel.levels
BUILDING, PLACE, COMMUNITY, NEAR, NEAR_SLOPE, FAR, FAR_SLOPE, FARTHEST, UNLOCATED = range(9)
CLASS, GROUP, DIVISION, LINKED, SECTION, OTHER = range(9, 15)


@dataclass(frozen=True, eq=False)
class CostModel:
    """All numbers that the problem depends on, as integers.

    Attributes
    ----------
    levels : int64[15]
        Weighted adjacency and similarity levels times ``denominator`` (positions above); ``NEAR_SLOPE`` and ``FAR_SLOPE``
        multiply a distance in centimetres, ``FARTHEST`` caps the far branch.
    similar : bool[6]
        Whether each level from ``CLASS`` to ``OTHER`` counts as similar.
    denominator : int
        Common denominator of ``levels``; ``d = (adjacency + similarity) // denominator``.
    radius : int
        The greatest distance (centimetres) that counts as near.
    divisor : int64[max_organizations + 1]
        ``cost(g) = ⌊2·Σd / divisor[|g|]⌋ + |g|·surcharge + new_unit``; here ``|g| − 1``.
    """

    levels: NDArray[np.int64]
    similar: NDArray[np.bool_]
    denominator: int
    radius: int
    divisor: NDArray[np.int64]
    surcharge: tuple[int, int, int, int]
    new_unit: int
    attach: int
    uncovered: int
    moved: int
    min_members: int
    max_organizations: int
    max_members: int


def micro(value: float, name: str) -> int:
    """Return a profile value in 1e-6; ``ProfileError`` where it is finer than that."""
    scaled = Fraction(str(value)) * MICRO
    if scaled.denominator != 1:
        raise ProfileError(
            f"profile value {name} = {value} is finer than 1e-6; round it",
            f"配置值 {name} = {value} 的精度超过 1e-6，请取整",
        )
    return int(scaled)


def model(formation: Any) -> CostModel:
    """Return the integers of a profile's ``formation`` section.

    Parameters
    ----------
    formation : graph.policy.profile.Formation
        Attributes as docs/architecture.md lists them (metres, fractions, counts).

    Raises
    ------
    ProfileError
        A surcharge, attachment, uncovered or moved cost is finer than 1e-6.
    """

    def exact(name: str) -> Fraction:
        return Fraction(str(getattr(formation, name)))

    near_radius = exact("radius") * 100  # centimetres
    far_span = exact("far") * 100
    half = Fraction(1, 2)  # "plus 0.5·distance/R" and "plus 0.5·min(1, …)" of FORMATION
    far = exact("adjacency_far")
    adjacency = [
        exact("adjacency_building"),
        exact("adjacency_place"),
        exact("adjacency_community"),
        exact("adjacency_near"),
        half / near_radius if near_radius else Fraction(0),
        far - half * near_radius / far_span if far_span else far + half,
        half / far_span if far_span else Fraction(0),
        far + half,
        far,
    ]
    names = ("class", "group", "division", "linked", "section", "other")
    similarity = [exact(f"similarity_{name}") for name in names]
    for at in (2, 1, 0):  # who shares a class shares its division too: the smallest that applies
        similarity[at] = min(similarity[at], similarity[4 if at == 2 else at + 1])
    weighted = [a * exact("weight_adjacency") * MICRO for a in adjacency]
    weighted += [s * exact("weight_similarity") * MICRO for s in similarity]
    denominator = lcm(*(x.denominator for x in weighted))
    farthest = 4_010_000_000  # centimetres around the earth
    if (2 * max(weighted) + farthest * weighted[FAR_SLOPE]) * denominator >= 2**62:
        raise ProfileError(
            "profile: radius, far and the weights have no small common denominator; round them",
            "规则档案：radius、far 与权重没有较小的公分母，请取整",
        )
    largest = int(formation.max_organizations)
    surcharge = [micro(getattr(formation, f"surcharge_{m}"), f"surcharge_{m}") for m in METHODS]
    return CostModel(
        levels=np.array([int(x * denominator) for x in weighted], dtype=np.int64),
        similar=np.array([s <= exact("similar") for s in similarity], dtype=np.bool_),
        denominator=denominator,
        radius=int(near_radius // 1),
        divisor=np.array([1, 1, *range(1, largest)], dtype=np.int64)[: largest + 1],
        surcharge=(surcharge[0], surcharge[1], surcharge[2], surcharge[3]),
        new_unit=micro(formation.new_unit, "new_unit"),
        attach=micro(formation.attach, "attach"),
        uncovered=micro(formation.uncovered, "uncovered"),
        moved=micro(formation.moved, "moved"),
        min_members=int(formation.min_members),
        max_organizations=largest,
        max_members=int(formation.max_members),
    )
