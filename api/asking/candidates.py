"""Who fits with whom, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.city import City
    from graph.formation.candidates import Candidates, Found
    from graph.policy.profile import Profile
    from graph.store.base import Store


@dataclass(frozen=True, eq=False)
class Fitting:
    """Candidate pairs and groups of some small organizations.

    Attributes
    ----------
    city : City
        The part of the city that they lie in.
    made : Candidates
    wanted : iterable of Found, optional
        The pairs of the one organization that was asked about.
    every : bool
        Whether all pairs are listed; else those by distance and sector.
    groups : list of dict
        Who share something.
    hosts : list of dict or None
        The units with room for the one organization that was asked about.
    totals : dict
        ``pairs`` is counted while :meth:`pairs` are read.
    """

    city: City
    made: Candidates
    wanted: Iterable[Found] | None
    every: bool
    groups: list[dict[str, Any]]
    hosts: list[dict[str, Any]] | None
    totals: dict[str, Any]

    @property
    def elsewhere(self) -> dict[str, int]:
        """How many of the small ones stand in other ledgers, by ledger unit: plans are of ledgers, not of areas."""
        others: dict[str, int] = self.totals["in_other_ledgers"]
        return others

    def pairs(self) -> Iterator[dict[str, Any]]:
        """Yield the pairs, and count them."""
        self.totals["pairs"] = 0
        made, some = self.made, self.wanted
        if some is None:
            some = made.all() if self.every else made.ordered(made.listed())
        for row in made.rows(some):
            self.totals["pairs"] += 1
            yield row

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say; ``pairs`` is an iterator, and ``totals`` are told once it was read."""
        out = {"pairs": self.pairs(), "groups": self.groups, "totals": self.totals}
        if self.hosts is not None:
            out["hosts"] = self.hosts
        return out


def candidates(
    store: Store,
    profile: Profile,
    as_of: int,
    within: str | None = None,
    of: str | None = None,
    *,
    every: bool = False,
) -> Fitting:
    """List which small organizations fit together; of one of them, with whom it does and which units have room for it.

    Parameters
    ----------
    within : str, optional
        A division's code or a ledger unit's id.
    of : str, optional
        An organization's code, or ``organization:CODE``.
    every : bool
        All pairs, those too that share only something.

    Raises
    ------
    UnknownIdError
        No organization has the code ``of``.
    InputError
        It is not to be grouped, or ``within`` is no division's code and no ledger unit's id.
    """
    from graph.formation.attachable import attachable
    from graph.formation.candidates import Candidates
    from graph.formation.scope import beyond
    from graph.part import part_for

    one = None if of is None else of.removeprefix("organization:")
    city = part_for(store, profile, as_of, within=within, of=one)
    made = Candidates(city, None if within is None else city.select(within))
    wanted = None if one is None else list(made.of(one))
    groups = made.groups() if one is None else []
    hosts = None if one is None else attachable(city, one)
    listed = "all" if every else "distance_and_sector"
    totals: dict[str, Any] = {
        "pairs": 0,
        "groups": len(groups),
        "small": made.beside(one) if one and within is None else int(made.asked.sum()),
        "listed": listed if one is None else "of",
        "in_other_ledgers": {} if within is None else beyond(city, [within]),
    }
    shared = [g.as_json(made.codes, made.m) for g in groups]
    return Fitting(city, made, wanted, every, shared, hosts, totals)
