"""Ledgers held against external registers, samples for inspection, and what inspections found."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from api.asking.dates import listed_date
from api.asking.deciding import impersonal
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.affiliation.registers import Reconciliation
    from graph.board.inspecting import Drawn, Found
    from graph.board.inspections import Inspections
    from graph.policy.profile import Profile
    from graph.sample import Sample
    from graph.store.base import Store

SEEDS = 2**31
"""Seeds that are drawn where none is given are below."""


class Whom(StrEnum):
    """Whom a sample is drawn from."""

    BASE = "base"
    FORMED = "formed"


class Result(StrEnum):
    """What an inspection found."""

    AS_STATED = "as_stated"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"


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
    whom: Whom = Whom.BASE,
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
    drawn = draw(city, chosen, size=size, share=share, within=within, whom=whom.value)
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


# -- samples that are kept, and their results -------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class KeptSample:
    """A sample that was drawn and kept, and the batch that ``undo`` takes back."""

    made: Drawn

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        drawn = self.made.sample
        return {
            "id": self.made.id,
            "seed": drawn.seed,
            "as_of": iso(drawn.as_of),
            "in": drawn.within,
            "population": drawn.population,
            "size": drawn.size,
            "strata": [
                {"id": s.id, "name": s.name, "population": s.population, "drawn": len(s.drawn)}
                for s in drawn.strata
            ],
            "batch": self.made.batch,
        }


def keep(
    store: Store,
    profile: Profile,
    office: str,
    on: int,
    *,
    whom: Whom = Whom.FORMED,
    size: int | None = None,
    share: float | None = None,
    seed: int | None = None,
    within: str | None = None,
) -> KeptSample:
    """Draw a sample of those to be inspected, and keep it.

    Raises
    ------
    InputError
        As :func:`graph.board.inspecting.keep`, or the office holds a person's number.
    """
    impersonal(office)
    from graph.board import inspecting
    from graph.city import City

    city = City(store, profile, listed_date(store, None))
    chosen = secrets.randbelow(SEEDS) if seed is None else seed
    return KeptSample(
        inspecting.keep(
            city, store, office, on, chosen, whom=whom.value, size=size, share=share, within=within
        )
    )


def samples(store: Store, profile: Profile, as_of: int, within: str | None = None) -> Inspections:
    """Give the samples that were drawn, with what was found; ``as_json(ID)`` has the items of one.

    Raises
    ------
    InputError
        ``within`` is no division's code and no ledger unit's id.
    UnknownIdError
        No such sample (when it is looked at).
    """
    from graph.board.inspections import Inspections
    from graph.city import City

    return Inspections(City(store, profile, as_of), within)


@dataclass(frozen=True, eq=False)
class Inspected:
    """Results that were recorded or taken back, and the batch that ``undo`` takes back."""

    found: Found

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        from graph.board.inspections import told_result
        from graph.board.listing import told_step

        return {
            "results": [
                told_result(row) | {"sample": row.sample, "organization": row.organization}
                for row in self.found.made
            ],
            "steps": [
                told_step(step) | {"organization": step.organization, "on_board": True}
                for step in self.found.steps
            ],
            "batch": self.found.batch,
        }


def record(
    store: Store,
    sample_id: str,
    codes: Sequence[str],
    result: Result,
    evidence: str,
    office: str,
    on: int,
) -> Inspected:
    """Record what the inspection of organizations of a sample found.

    Raises
    ------
    UnknownIdError, InputError
        As :func:`graph.board.inspecting.found`, or a text holds a person's number.
    """
    impersonal(office, evidence)
    from graph.board import inspecting

    return Inspected(inspecting.found(store, sample_id, codes, result.value, evidence, office, on))


def take_back(
    store: Store, sample_id: str, codes: Sequence[str], office: str, on: int, reason: str
) -> Inspected:
    """Record that the last result of organizations of a sample is taken back.

    Raises
    ------
    UnknownIdError, InputError
        As :func:`graph.board.inspecting.take_back`, or a text holds a person's number.
    """
    impersonal(office, reason)
    from graph.board import inspecting

    return Inspected(inspecting.take_back(store, sample_id, codes, office, on, reason))
