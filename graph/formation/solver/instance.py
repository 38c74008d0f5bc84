"""The frozen problem of one component in arrays: what pricing, master and primal search see.

Organizations are positions 0 … n−1, hosts 0 … h−1; every cost is an integer of 1e-6. Nothing here knows of ledgers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.formation.costs import CostModel

TOGETHER = 1
"""Flag of a pair: adjacent and similar (``sector_and_area`` holds)."""
NEVER = 2
"""Flag of a pair: a decision forbids the two in one unit."""


BARRED = 10**9
"""What leaving an organization uncovered costs beyond its cost where a decision says that it must not be, in 1e-6."""


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of organizations that some method joins whatever their pairs: one place, association, division, leading firm.

    Attributes
    ----------
    start : int64[k + 1], member : int32[…]
        The sets' members, each ascending.
    surcharge : int64[k]
        Of the set's method, per organization, in 1e-6.
    of_start : int64[n + 1], of : int32[…]
        The sets that each organization is in, ascending.
    """

    start: NDArray[np.int64]
    member: NDArray[np.int32]
    surcharge: NDArray[np.int64]
    of_start: NDArray[np.int64]
    of: NDArray[np.int32]


def sets(n: int, groups: list[tuple[int, NDArray[np.int32]]]) -> Sets:
    """Return :class:`Sets` of ``(surcharge, ascending members)``, cheapest first; sets inside another no dearer are left out."""
    kept: list[tuple[int, NDArray[np.int32]]] = []
    larger: dict[int, list[tuple[frozenset[int], int]]] = {}
    ordered = sorted(
        (g for g in groups if len(g[1]) > 1), key=lambda g: (g[0], -len(g[1]), g[1].tolist())
    )
    for surcharge, members in ordered:
        inside = frozenset(members.tolist())
        # any set that holds all of these also holds the first of them
        if any(inside <= other for other, _ in larger.get(int(members[0]), [])):
            continue
        kept.append((surcharge, members))
        for x in inside:
            larger.setdefault(x, []).append((inside, surcharge))
    sizes = np.array([len(m) for _, m in kept], dtype=np.int64)
    member = np.concatenate([m for _, m in kept]) if kept else np.zeros(0, dtype=np.int32)
    owner = np.repeat(np.arange(len(kept), dtype=np.int32), sizes)
    order = np.lexsort((owner, member))
    return Sets(
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        member=member.astype(np.int32),
        surcharge=np.array([s for s, _ in kept], dtype=np.int64),
        of_start=np.concatenate([[0], np.cumsum(np.bincount(member, minlength=n))]).astype(
            np.int64
        ),
        of=owner[order].astype(np.int32),
    )


@dataclass(frozen=True, eq=False)
class Instance:
    """One component's problem.

    Attributes
    ----------
    members : int64[n]
        Formal members of each organization.
    d : int32[n, n]
        Dissimilarities (symmetric, zero diagonal).
    flags : uint8[n, n]
        :data:`TOGETHER` and :data:`NEVER` by pair.
    sets : Sets
        Where surcharged methods hold.
    places, seats : int64[h]
        Free places and member seats of the hosts.
    attach_org, attach_host : int32[e]; attach_cost : int64[e]
        The allowed attachments, by (organization, host); moving is in the cost.
    alone : int64[n]
        What leaving an organization uncovered costs, :data:`BARRED` more where a decision says that it must not be.
    away : int64[n]
        What a joint unit costs in addition for holding this organization without all its former companions.
    former : tuple of int32 arrays
        Former joint units all of whose small organizations are here: a unit that holds one entirely saves its ``away``.
    pinned : tuple of int32 arrays
        Sets that a joint unit holds entirely or not at all, disjoint.
    apart : tuple of int32 arrays
        Sets of three and more that no joint unit holds entirely (pairs are flags).
    grouped : bool[n]
        Whether an organization may be in a joint unit (not where it is pinned to a host).
    """

    members: NDArray[np.int64]
    d: NDArray[np.int32]
    flags: NDArray[np.uint8]
    sets: Sets
    places: NDArray[np.int64]
    seats: NDArray[np.int64]
    attach_org: NDArray[np.int32]
    attach_host: NDArray[np.int32]
    attach_cost: NDArray[np.int64]
    alone: NDArray[np.int64]
    away: NDArray[np.int64]
    former: tuple[NDArray[np.int32], ...]
    pinned: tuple[NDArray[np.int32], ...]
    apart: tuple[NDArray[np.int32], ...]
    grouped: NDArray[np.bool_]
    model: CostModel

    @cached_property
    def offers(self) -> NDArray[np.int64]:
        """Where each organization's attachments begin, and where the last one's end: int64[n + 1]."""
        held = np.bincount(self.attach_org, minlength=self.n)
        return np.concatenate([[0], np.cumsum(held)]).astype(np.int64)

    @property
    def n(self) -> int:
        """Number of organizations."""
        return len(self.members)

    @property
    def caps(self) -> NDArray[np.int64]:
        """The greatest price that each organization may have: what leaving it uncovered costs by FORMATION. int64[n]."""
        return self.alone - BARRED * self.must

    @property
    def must(self) -> NDArray[np.bool_]:
        """Whether a decision says that an organization must not be left uncovered: bool[n]."""
        out = ~self.grouped
        for block in self.pinned:
            out[block] = True
        return out
