"""Which codes may stand for one organization, and what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.asking.dates import listed_date
from graph.model import iso

if TYPE_CHECKING:
    from graph.duplicates import Pair
    from graph.policy.profile import Profile
    from graph.store.base import Store


@dataclass(frozen=True, eq=False)
class Proposed:
    """Pairs of codes that may stand for one organization.

    Attributes
    ----------
    as_of : int
    within : str or None
    pairs : list of Pair
        The likeliest first.
    known : dict
        ``name``, ``address`` and ``ledger_unit_name`` by code.
    skipped : int
        Rows in groups too large to be compared.
    """

    as_of: int
    within: str | None
    pairs: list[Pair]
    known: dict[str, dict[str, Any]]
    skipped: int

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        from graph.duplicates import LEAST, WEIGHTS

        return {
            "as_of": iso(self.as_of),
            "in": self.within,
            "pairs": [self._full(pair) for pair in self.pairs],
            "totals": {"pairs": len(self.pairs), "not_compared": self.skipped},
            "weights": dict(WEIGHTS),
            "least": LEAST,
        }

    def _full(self, pair: Pair) -> dict[str, Any]:
        names = {
            f"{n}_{k}": self.known[code][n]
            for k, code in (("a", pair.a), ("b", pair.b))
            for n in ("name", "address")
        }
        return pair.as_json() | names


def duplicates(store: Store, profile: Profile, as_of: int | None, within: str | None) -> Proposed:
    """Propose pairs of codes that may stand for one organization; nothing is merged.

    Raises
    ------
    InputError
        A place that is none, or a date before all listings.
    """
    from graph.city import City
    from graph.duplicates import propose

    city = City(store, profile, listed_date(store, as_of))
    proposed = propose(city, distinct=city.decisions.distinct, within=within)
    pairs = list(proposed)
    rows = city.organizations[["name", "address", "ledger_unit_name"]]
    some = {code for pair in pairs for code in (pair.a, pair.b)}
    said = rows[rows.index.isin(some)].astype(object).where(lambda x: x.notna(), None)
    known: dict[str, dict[str, Any]] = {
        str(code): dict(zip(said.columns, row, strict=True))
        for code, row in zip(said.index, said.to_numpy(dtype=object), strict=True)
    }
    return Proposed(city.as_of, within, pairs, known, proposed.skipped)
