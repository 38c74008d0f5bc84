"""Which existing units one organization could be attached to (FORMATION, *Attaching*, *Hosts*)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.formation import pairs
from graph.formation.problem import build
from graph.formation.result import coin
from graph.formation.wording import Leaning

if TYPE_CHECKING:
    from graph.city import City


def attachable(city: City, code: str) -> list[dict[str, Any]]:
    """Return the units with room that a small organization could join, the cheapest first.

    Parameters
    ----------
    code : str
        A small organization.

    Returns
    -------
    list of dict
        ``{unit, name, covered[], free_places, free_seats, dissimilarity, cost, why}``: whom the unit covers, what it has room for,
        the mean dissimilarity to whom it covers, what a plan reckons for the attachment.
    """
    row = int(city.organizations.index.get_indexer(pd.Index([code], dtype=object))[0])
    problem = build(city, [str(city.organizations["ledger_unit"].iloc[row])])
    unit = problem.units[0]
    start, covered = problem.hosts_of(unit)
    unique, at = np.unique(covered, return_inverse=True)
    one = problem.features.take(np.array([row], dtype=np.int64))
    others = problem.features.take(unique)
    sums = pairs.host_sums(one, others, start, at.astype(np.int64), problem.model)[:, 0]
    open_ = (sums >= 0) & (problem.seats[unit.hosts] >= problem.m[row])
    leaning = Leaning(problem)
    out = []
    for x in np.flatnonzero(open_).tolist():
        host = int(unit.hosts[x])
        rows = covered[start[x] : start[x + 1]]
        mean = int(sums[x]) // max(len(rows), 1)
        name = str(problem.unit_codes[host])
        out.append(
            {
                "unit": name,
                "name": leaning.names.unit(name),
                "covered": [str(problem.codes[r]) for r in rows],
                "free_places": int(problem.places[host]),
                "free_seats": int(problem.seats[host]),
                "dissimilarity": coin(mean),
                "cost": coin(problem.model.attach + mean),
                "why": leaning.attached_why(row, name),
            }
        )
    return sorted(out, key=lambda x: (x["cost"], x["unit"]))
