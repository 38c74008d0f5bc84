"""Every coverage rate by its definition, before and after a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.city import City
    from graph.coverage import Coverage
    from graph.policy.profile import Profile
    from graph.store.base import Store


@dataclass(frozen=True, eq=False)
class Covered:
    """The rates of a city or a part of it, and what was asked for beside them.

    Attributes
    ----------
    found : Coverage
    plan : dict or None
        What is said of the plan that was given: ``file`` (its name), ``changed_since`` (the store, since it was made).
    reported : list of dict or None
        The rates that offices reported, each beside the one recomputed.
    rows : bool
        Whether each organization is listed, by ``definition`` (default the profile's).
    """

    found: Coverage
    plan: dict[str, Any] | None = None
    reported: list[dict[str, Any]] | None = None
    rows: bool = False
    definition: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say; ``rows`` is an iterator.

        Raises
        ------
        InputError
            There is no such definition.
        """
        out = self.found.as_json()
        if self.plan is not None:
            out["plan"] |= self.plan
        if self.reported is not None:
            out["reported"] = self.reported
        if self.rows:
            out["rows"] = self.found.rows(self.definition)
        return out


def coverage(
    store: Store,
    profile: Profile,
    as_of: int,
    within: str | None = None,
    *,
    rows: bool = False,
    definition: str | None = None,
    reported: bool = False,
    plan: dict[str, Any] | None = None,
    named: str = "",
) -> Covered:
    """Compute every coverage rate by its definition, side by side; with a plan, before and after it.

    Parameters
    ----------
    rows : bool
        List each organization with where it counts; a ``definition`` asks for that too.
    plan : dict, optional
        A plan's object (``lianjian.plan/1``), and what it is called.

    Raises
    ------
    InputError
        ``within`` is no division's code and no ledger unit's id.
    PlanError
        The plan names no organizations by their codes, or is another city's.
    """
    from graph.city import City
    from graph.coverage import Coverage

    if plan is not None:
        from graph.formation.planfile import refuse_other_city

        refuse_other_city(plan, store, named)
    city = City(store, profile, as_of)
    found = Coverage(city, None if within is None else city.select(within), plan)
    told = None
    if plan is not None:
        stated = plan.get("input_fingerprint")
        changed = stated is not None and stated != store.fingerprint(city.as_of)
        told = {"file": named, "changed_since": changed}
    return Covered(
        found,
        told,
        _reported(city, within) if reported else None,
        rows or definition is not None,
        definition,
    )


def _reported(city: City, within: str | None) -> list[dict[str, Any]]:
    """Return the rates that offices (of a jurisdiction) reported, each beside the one recomputed."""
    from graph.affiliation.facts import Facts
    from graph.affiliation.registry import NotChecked
    from graph.affiliation.reported import reported
    from graph.affiliation.scope import Scope

    facts = Facts(city, city.recorded)
    inside = None if within is None else Scope.of(facts, within).keys
    try:
        return [r.as_json() for r in reported(facts) if inside is None or r.office in inside]
    except NotChecked:
        return []
