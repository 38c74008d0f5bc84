"""Secondary suppression by Gaussian elimination: what of one date's counts may be published beside each other.

Cells are taken in an order of their worth; one is suppressed where it, with those published before, would determine a count that is
to stay unknown (Langsrud, *Secondary Cell Suppression by Gaussian Elimination*, PSD 2024: the method of the R package
GaussSuppression; for linear programmes instead: Fischetti and Salazar, *Management Science* 47 (2001), and Cox, *JASA* 75 (1980),
where the problem was stated). So no cell that is suppressed is determined in the end: else publishing it would have told nothing
more, and it would have been published.

The same is asked once more for each area, as those see it who know the area's own counts: columns that they know are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.disclosure.elimination import Sets, System

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Knower:
    """One who knows some columns exactly.

    Attributes
    ----------
    columns : numpy.ndarray of bool
        Those known.
    secrets : numpy.ndarray of int64
        What has to stay unknown to this one, by position.
    """

    columns: Bools
    secrets: Ints


def suppress(candidates: Sets, secrets: Sets, knowers: list[Knower], width: int) -> Bools:
    """Return which candidates are published.

    Parameters
    ----------
    candidates : Sets
        What may be published, the most worth first.
    secrets : Sets
        What some knower must not learn; none of them is empty on the columns that the knower doesn't know.
    knowers : list of Knower
        Each by itself; the first is the public, who knows no column.
    width : int
        Columns.
    """
    system = System(candidates, width)
    admitted = np.arange(len(candidates), dtype=np.int64)
    for at, knower in enumerate(knowers):
        if not len(knower.secrets):
            continue
        if at and not _learns(system, secrets, knower):
            continue
        system.hide(knower.columns)
        kept: list[Ints] = []
        _admit(system, admitted, secrets, knower.secrets, kept, doubtful=bool(at))
        fewer = np.concatenate([np.zeros(0, np.int64), *kept])
        system.hide(np.zeros(width, dtype=np.bool_))
        admitted = fewer
        system.add(admitted)
    out = np.zeros(len(candidates), dtype=np.bool_)
    out[admitted] = True
    return out


def _learns(system: System, secrets: Sets, knower: Knower) -> bool:
    """Tell whether what is published and known together determines a secret."""
    rank = system.rank
    system.know(np.flatnonzero(knower.columns).astype(np.int64))
    found = bool(system.determined(secrets)[knower.secrets].any())
    system.back(rank)
    return found


def _admit(
    system: System, some: Ints, secrets: Sets, kept: Ints, out: list[Ints], *, doubtful: bool
) -> None:
    """Add what can be added one after another, by halves; ``doubtful`` where all of it is known not to be."""
    if not len(some):
        return
    rank = system.rank
    if not doubtful:
        system.add(some)
        if not system.determined(secrets)[kept].any():
            out.append(some)
            return
        system.back(rank)
    if len(some) == 1:
        return
    half = len(some) // 2
    before = len(out)
    _admit(system, some[:half], secrets, kept, out, doubtful=False)
    whole = len(out) == before + 1 and len(out[-1]) == half
    # where the first half went in whole, the fault lies in the second
    _admit(system, some[half:], secrets, kept, out, doubtful=whole)
