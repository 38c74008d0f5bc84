"""What is wrong, what was checked and found in order, and what could not be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.asking.dates import date, listed_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from graph.affiliation.findings import AuditResult
    from graph.city import City
    from graph.model import Finding
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Audited:
    """An audit, and the city that it is of.

    Attributes
    ----------
    city : City
    result : AuditResult
    """

    city: City
    result: AuditResult

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say; findings and departures are iterators that read the store."""
        return self.result.as_json()

    def standing(self) -> Iterator[Finding]:
        """Yield the findings that are not dismissed."""
        return (f for f in self.result.findings if (f.handling or {}).get("state") != "dismissed")

    def name(self, code: str) -> str | None:
        """Return the name of a finding's subject; one that is no organization or unit names itself."""
        for table in (self.city.units["name"], self.city.organizations["name"]):
            if code in table.index:
                found = table.at[code]
                return found if isinstance(found, str) else None
        return None


def audit(
    store: Store,
    profile: Profile,
    as_of: int | None,
    *,
    codes: Sequence[str] | None = None,
    within: str | None = None,
    progress: Progress | None = None,
) -> Audited:
    """Apply the rules of the audit.

    Parameters
    ----------
    codes : sequence of str, optional
        Finding codes; all by default.
    within : str, optional
        A division's code or a ledger unit's id.

    Raises
    ------
    InputError
        A finding code or a place that is none, or a date before all listings.
    """
    from graph.affiliation.findings import audit as audit_of
    from graph.city import City

    at = date(store, as_of) if within is None else listed_date(store, as_of)
    city = City(store, profile, at)
    return Audited(city, audit_of(city, store, codes or None, within=within, progress=progress))
