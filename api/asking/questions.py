"""What people ask of a plan: why someone stands where they stand, why two are not together, what else could be formed.

About a plan that is given (under the terms that it was made under), else about the ledger unit as it would be planned now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.city import City
    from graph.decisions import Decision
    from graph.formation.decisions import Decisions, Previous
    from graph.formation.problem import Problem
    from graph.policy.profile import Profile
    from graph.store.base import Store

Asked = Literal["why", "why_unit", "why_not", "alternatives"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is made under where no plan says it."""

    profile: Profile
    decisions: Decisions
    seed: int = 0
    gap: float | None = None
    seconds: float | None = None


Planner = Callable[["City", str, Terms], dict[str, Any]]


def planned(city: City, unit: str, terms: Terms) -> dict[str, Any]:
    """Return the plan of one ledger unit as it would be made now."""
    from graph.formation import plan

    return plan(
        city, [unit], seed=terms.seed, gap=terms.gap, seconds=terms.seconds,
        constraints=terms.decisions, scope=[unit],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Answered:
    """An answer about a plan.

    Attributes
    ----------
    asked : str
        What was asked.
    city : City
    answer : dict
        As :mod:`graph.formation.questions` gives it.
    merges : list of Decision or None
        The merges that led from the codes asked about to those that stay; ``None`` where none is looked for.
    plan : dict
        What is said of the plan: whether it was given, its date, profile and seed, and whether the store has changed since.
    """

    asked: Asked
    city: City
    answer: dict[str, Any]
    merges: list[Decision] | None
    plan: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        merged = {} if self.merges is None else {"merged": [d.as_json() for d in self.merges]}
        return {**self.answer, **merged, "plan": self.plan}


class Desk:
    """A city and a plan of it, made when it is needed or given.

    Parameters
    ----------
    city : City
    terms : Terms
    made : dict, optional
        The plan that is asked about; the ledger unit is planned where none is given.
    previous : Previous, optional
        The plan that it continues.
    plan : callable, optional
        Plans one ledger unit of the city under the terms, where no plan is given: :func:`planned`, or what keeps its plans.
    """

    def __init__(
        self,
        city: City,
        terms: Terms,
        made: dict[str, Any] | None = None,
        previous: Previous | None = None,
        plan: Planner | None = None,
    ) -> None:
        self.city, self.terms = city, terms
        self._plan = planned if plan is None else plan
        self.made, self.previous = made, previous
        self._read = made is not None

    @classmethod
    def now(cls, store: Store, terms: Terms, as_of: int, plan: Planner | None = None) -> Desk:
        """Return a desk at which ledger units are planned as they would be now."""
        from graph.city import City

        return cls(City(store, terms.profile, as_of), terms, plan=plan)

    @classmethod
    def about(
        cls,
        store: Store,
        made: dict[str, Any],
        terms: Terms,
        *,
        named: str,
        profile: str,
        as_of: int | None = None,
    ) -> Desk:
        """Return a desk with a plan, under the plan's own terms.

        Parameters
        ----------
        terms : Terms
            For what the plan does not state.
        named : str
            What the plan is called in messages.
        profile : str
            Name or file of the profile that gives what the plan does not state.
        as_of : int, optional
            The date to read at; default the plan's.

        Raises
        ------
        PlanError
            It is another city's.
        ProfileError
            A parameter is none that a profile takes.
        """
        from graph.city import City
        from graph.formation.planfile import refuse_other_city, terms_of
        from graph.model import parse_date

        rules, decisions, previous = terms_of(made, profile)
        date = as_of if as_of is not None else parse_date(str(made["as_of"]))
        refuse_other_city(made, store, named)
        city = City(store, rules, date)
        stated = made.get("parameters") or {}
        gap = float(stated["gap"]) if "gap" in stated else terms.gap
        under = Terms(rules, decisions, int(made.get("seed") or 0), gap)
        return cls(city, under, made, previous)

    # -- questions -----------------------------------------------------------------------------------------------------
    def why(self, code: str) -> Answered:
        """Say why an organization or a unit is in the plan as it is, what that costs, and what would be next best.

        Raises
        ------
        UnknownIdError
            No organization or unit has the code.
        """
        from graph.formation.questions.explain import Why
        from graph.formation.questions.units import WhyUnit, home_of

        code, steps = self._followed(code)
        if code not in self.city.organizations.index:
            code = code.removeprefix("unit:")
            home = home_of(self.city, self.made, code)
            answer = WhyUnit(*self._subject(home)).answer(code)
            return Answered("why_unit", self.city, answer, None, self.described)
        answer = Why(*self._subject(self._home(code))).answer(code)
        return Answered("why", self.city, answer, steps, self.described)

    def why_not(self, a: str, b: str) -> Answered:
        """Say what keeps two organizations apart, or what having them in one unit would cost the plan.

        Raises
        ------
        UnknownIdError
            No organization has one of the codes.
        PlanError
            Both are one organization.
        """
        from graph.formation.questions.whynot import WhyNot
        from graph.formation.solve import Parameters

        (a, of_a), (b, of_b) = self._followed(a), self._followed(b)
        homes = {self._home(a), self._home(b)}
        home = homes.pop() if len(homes) == 1 else None
        parameters = Parameters.within(self.terms.gap, self.terms.seconds)
        answer = WhyNot(*self._subject(home)).answer(a, b, self.terms.seed, parameters)
        return Answered("why_not", self.city, answer, [*of_a, *of_b], self.described)

    def alternatives(self, number: int, within: Sequence[str]) -> Answered:
        """List the next best plans of one ledger unit.

        Parameters
        ----------
        within : sequence of str
            What means the one ledger unit; empty is what the plan is of.

        Raises
        ------
        InputError
            It means none, or several.
        """
        from graph.formation.questions.alternatives import alternatives
        from graph.formation.scope import ledger_units

        within = within or list((self.made or {}).get("scope") or [])
        ids = ledger_units(self.city, within) if within else []
        if len(ids) != 1:
            some = ", ".join(ids[:4])
            raise InputError(
                "--alternatives is about one ledger unit: give it with --in, like --in street:420106007"
                + (f" ({len(ids)} lie in what was given: {some} …)" if ids else ""),
                "--alternatives 针对一个台账单位：请用 --in 给出，如 --in street:420106007"
                + (f"（所给范围内有 {len(ids)} 个：{'、'.join(ids[:4])} 等）" if ids else ""),
            )
        answer = alternatives(self._subject(ids[0])[2], number)
        return Answered("alternatives", self.city, answer, None, self.described)

    # -- the plan ------------------------------------------------------------------------------------------------------
    @property
    def described(self) -> dict[str, Any]:
        """What the answer says of the plan that it is about."""
        made = self.made or {}
        return {
            "read": self._read,
            "as_of": made.get("as_of"),
            "profile": made.get("profile"),
            "seed": made.get("seed"),
            "store_changed": self._read
            and made.get("input_fingerprint") != self.city.store.fingerprint(self.city.as_of),
        }

    def _problem(self, unit: str) -> Problem:
        """Return the problem of one ledger unit, planning it where no plan was given."""
        from graph.formation.problem import build

        if self.made is None:
            self.made = self._plan(self.city, unit, self.terms)
        return build(self.city, [unit], self.terms.decisions, self.previous)

    def _home(self, code: str) -> str | None:
        """Return the ledger unit that an organization stands in."""
        from graph.formation.questions.explain import position

        home = self.city.organizations["ledger_unit"].iloc[position(self.city, code)]
        return home if isinstance(home, str) and home in self.city.ledger_units.index else None

    def _subject(self, unit: str | None) -> tuple[Any, Any, Any]:
        """Return (problem, plan, standing) of a ledger unit; an empty problem where there is none."""
        from graph.formation.problem import build
        from graph.formation.questions.standing import standing

        if unit is None:
            return build(self.city, []), {"ledger_units": []}, None
        problem = self._problem(unit)
        return problem, self.made, standing(problem, self.made or {}, unit)

    def _followed(self, code: str) -> tuple[str, list[Decision]]:
        """Return the code that stays of an organization that was merged, and the merges that lead there."""
        code = code.removeprefix("organization:")
        steps = self.city.decisions.steps(code)
        return (steps[-1].subject if steps else code), list(steps)
