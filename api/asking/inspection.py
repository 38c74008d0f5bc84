"""Ledgers held against external registers, and samples for inspection."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.asking.dates import listed_date
from graph.model import iso

if TYPE_CHECKING:
    from graph.affiliation.registers import Reconciliation
    from graph.policy.profile import Profile
    from graph.sample import Sample
    from graph.store.base import Store

SEEDS = 2**31
"""Seeds that are drawn where none is given are below."""


@dataclass(frozen=True, eq=False)
class Reconciled:
    """Codes on which ledgers and registers differ."""

    found: Reconciliation
    as_of: int
    within: str | None

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say; ``entries`` is an iterator that reads the store."""
        return {
            "as_of": iso(self.as_of),
            "in": self.within,
            "register": self.found.register,
            "registers": self.found.names,
            "entries": (entry.as_json() for entry in self.found),
            "totals": self.found.totals(),
        }


def reconcile(
    store: Store, profile: Profile, as_of: int | None, register: str | None, within: str | None
) -> Reconciled:
    """Hold the ledgers against external registers: missing, extra, conflicting.

    Raises
    ------
    InputError
        No register is loaded, or none of that name; a place that is none; a date before all listings.
    """
    from graph.affiliation.facts import Facts
    from graph.affiliation.registers import Reconciliation
    from graph.city import City

    city = City(store, profile, listed_date(store, as_of))
    return Reconciled(Reconciliation(Facts(city, store), register, within), city.as_of, within)


@dataclass(frozen=True, eq=False)
class Sampled:
    """A sample, with what an inspector needs of each organization drawn."""

    drawn: Sample
    rows: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        drawn = self.drawn
        return {
            "seed": drawn.seed,
            "as_of": iso(drawn.as_of),
            "in": drawn.within,
            "population": drawn.population,
            "size": drawn.size,
            "strata": [
                {"id": s.id, "name": s.name, "population": s.population, "drawn": len(s.drawn)}
                for s in drawn.strata
            ],
            "sample": self.rows,
        }


def sample(
    store: Store,
    profile: Profile,
    as_of: int | None,
    *,
    size: int | None = None,
    share: float | None = None,
    seed: int | None = None,
    within: str | None = None,
) -> Sampled:
    """Draw a random sample, stratified by ledger unit; the same seed draws it again.

    Raises
    ------
    InputError
        As :func:`graph.sample.draw`, or a date before all listings.
    """
    from graph.city import City
    from graph.sample import draw

    city = City(store, profile, listed_date(store, as_of))
    chosen = secrets.randbelow(SEEDS) if seed is None else seed
    drawn = draw(city, chosen, size=size, share=share, within=within)
    some = city.organizations.loc[
        [code for _, code in drawn], ["name", "address", "action", "claim"]
    ]
    sources = store.sources("organization", some["claim"].tolist())
    rows = [
        {
            "ledger_unit": stratum.id,
            "ledger_unit_name": stratum.name,
            "code": code,
            "name": name if isinstance(name, str) else None,
            "address": address if isinstance(address, str) else None,
            "action": action,
            "source": sources[int(claim)].as_json(),
        }
        for (stratum, code), name, address, action, claim in zip(
            drawn, *(some[c] for c in some), strict=True
        )
    ]
    return Sampled(drawn, rows)
