"""Which ledger units ``--in`` means for a plan: ledger units are planned whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.city import City


def ledger_units(city: City, codes: Sequence[str]) -> list[str]:
    """Return the ledger units that lie in some jurisdictions: those with most of their organizations there.

    Parameters
    ----------
    codes : sequence of str
        Divisions' codes or ledger units' ids.

    Raises
    ------
    InputError
        An unknown code, or a division in which no ledger unit lies (a community): the message names whose ledger to plan.
    """
    home = city.organizations["ledger_unit"]
    sizes = city.ledger_units["organizations"]
    out: set[str] = set()
    for code in codes:
        if code in city.ledger_units.index:
            out.add(code)
            continue
        inside = home[city.select(code)].value_counts().reindex(sizes.index).fillna(0)
        most = sizes.index[np.asarray(2 * inside > sizes)]
        if not len(most):
            some = pd.Index(sizes.index[np.asarray(inside > 0)]).tolist()[:4]
            where = ", ".join(some)
            raise InputError(
                f"{code}: no ledger unit lies in it"
                + (
                    f"; its organizations stand in the ledgers of {where}: give one of these"
                    if some
                    else ""
                ),
                f"{code}：其中没有台账单位"
                + (f"；其单位列入 {'、'.join(some)}，请给出其一" if some else ""),
            )
        out.update(str(unit) for unit in most)
    return sorted(out)


def beyond(city: City, codes: Sequence[str]) -> dict[str, int]:
    """Return the small organizations that lie in some jurisdictions and stand in other ledgers: number by ledger unit, most first.

    A plan of the jurisdictions leaves them to those ledgers' own plans: a street's social organizations, for one, stand in their
    district's.
    """
    o = city.organizations
    inside = np.zeros(len(o), dtype=bool)
    planned: set[str] = set()
    for code in codes:
        inside |= city.select(code).to_numpy(dtype=bool)
        try:
            planned.update(ledger_units(city, [code]))
        except InputError:  # no ledger unit lies in it: all that do lie there stand in others
            continue
    homes = o["ledger_unit"][inside & o["action"].eq("joint").to_numpy(dtype=bool)]
    counts = homes[~homes.isin(planned)].value_counts()
    return dict(sorted(((str(u), int(n)) for u, n in counts.items()), key=lambda x: (-x[1], x[0])))
