"""Why an organization counts in a rate or does not: a rate opened down to its rows (S46)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph.columns import mask
from graph.survey import work_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.coverage import Coverage, Definition

NUMERATOR, DENOMINATOR, OUTSIDE = "numerator", "denominator", "outside"

WHY = (
    "not_in_baseline", "struck", "excluded_status", "not_operating", "too_few_members",
    "dangling", "outside_area", "own_unit", "not_single", "covered", "functional", "means", "nothing",
)  # fmt: skip
"""What decides, in the order in which it is asked: outside the denominator, then in or out of the numerator."""


def reasons(coverage: Coverage, definition: Definition) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return where each organization of the city counts in a rate, and the first thing that decides it.

    Returns
    -------
    places : numpy.ndarray of object
        ``numerator`` (and so in the denominator), ``denominator`` only, or ``outside``.
    why : numpy.ndarray of object
        One of :data:`WHY`. Outside: the frozen baseline lacks it; a 剔除 row or decision excludes it; its 经营状态 is an
        exclusion; it does not operate; it has too few formal members to be eligible. Inside: its 党组织代码 names no unit; one
        outside the area covers it; it has
        a unit of its own; it is covered, but by none of its own; it is covered; by a functional unit only, which does not
        count; it has means of work coverage; nothing of this.
    """
    city, sets = coverage.city, coverage.sets
    o = city.organizations
    whole = definition.whole(sets)
    part = definition.part(sets) & whole
    struck, excluded, operates = (mask(o[c]) for c in ("struck", "excluded", "in_base"))
    single = sets.single
    of_base = definition.id in ("org_operating", "org_eligible", "single_rate", "joint_rate")
    asks_single = definition.id in ("single_rate", "joint_rate")
    conditions = {
        "not_in_baseline": ~whole & ~sets.baseline,
        "struck": ~whole & of_base & struck,
        "excluded_status": ~whole & of_base & excluded,
        "not_operating": ~whole & of_base & ~operates,
        "too_few_members": ~whole,
        "dangling": mask(o["dangling"]),
        "outside_area": mask(o["outside"]),
        "own_unit": single & sets.covered,
        "not_single": sets.covered & asks_single,
        "covered": sets.covered,
        "functional": mask(o["functional_covered"]) & ~part,
        "means": part & work_means(o),
    }
    table: NDArray[Any] = np.array(WHY, dtype=object)
    # the first that holds: argmax of a column of truth values, the last for those of which none does
    rows = np.stack([*(conditions[name] for name in WHY[:-1]), np.ones(len(o), dtype=bool)])
    why = table[rows.argmax(axis=0)]
    places = np.where(part, NUMERATOR, np.where(whole, DENOMINATOR, OUTSIDE)).astype(object)
    return places, why
