"""Questions about a plan: ``plan --why``, ``--why-not`` and ``--alternatives``.

They are about a plan file where ``--from`` gives one (under the terms that it was made under), else about the ledger unit as it
would be planned now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.cli.answers import alternatives_shown, unit_shown, why_not_shown, why_shown
from api.cli.commands.wording import merged_lines
from api.cli.output import emit, note, say
from api.cli.progress import progress
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from api.cli.answers import Shown
    from api.cli.session import Session
    from api.cli.texts import Texts
    from graph.city import City
    from graph.formation.decisions import Decisions, Previous
    from graph.formation.problem import Problem
    from graph.policy.profile import Profile
    from graph.store.base import Store


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of a plan; at most one of them.

    Parameters
    ----------
    why : str or None
        An organization.
    why_not : (str, str) or None
        Two organizations.
    alternatives : int or None
        How many next best plans.
    """

    why: str | None = None
    why_not: tuple[str, str] | None = None
    alternatives: int | None = None

    @property
    def asked(self) -> list[str]:
        """The options that were given."""
        given = (
            ("--why", self.why),
            ("--why-not", self.why_not),
            ("--alternatives", self.alternatives),
        )
        return [name for name, value in given if value is not None]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is made under where no plan file says it."""

    profile: Profile
    decisions: Decisions
    seed: int
    gap: float | None
    seconds: float | None


def refuse_mixed(
    questions: Questions, beside: Sequence[str], ledger: Path | None, plan: Path | None
) -> None:
    """Refuse options that don't go together.

    Parameters
    ----------
    beside : sequence of str
        Options given that say how to plan.
    ledger, plan : pathlib.Path, optional
        What ``--ledger`` and ``--from`` name.

    Raises
    ------
    InputError
        Two questions, or a plan file together with other terms than its own.
    """
    asked = questions.asked
    if len(asked) > 1:
        raise InputError(
            f"{' and '.join(asked)}: ask one question at a time",
            f"{' 与 '.join(asked)}：一次只能问一个问题",
        )
    if ledger is not None:
        raise InputError(
            f"{asked[0]} --ledger: an answer is no ledger; leave out --ledger, or plan without {asked[0]}",
            f"{asked[0]} --ledger：答案不是台账，请去掉 --ledger，或不带 {asked[0]} 重新运行",
        )
    if plan is not None and beside:
        raise InputError(
            f"{asked[0]} --from {plan}: the plan is explained under its own terms; leave out {', '.join(beside)}",
            f"{asked[0]} --from {plan}：按该方案制定时的条件说明，请去掉 {'、'.join(beside)}",
        )


def ask(
    session: Session,
    questions: Questions,
    terms: Terms,
    plan: Path | None,
    within: Sequence[str],
    out: Sequence[Path],
) -> int:
    """Answer a question; return the exit code."""
    t = session.texts
    with session.store() as opened, progress(t("plan.reading")) as tick:
        desk = _Desk.of(session, opened, terms, plan)
        tick(t("questions.working"))
        shown: Shown
        if questions.why is not None:
            payload, shown = _why(session, desk, questions.why)
        elif questions.why_not is not None:
            payload, shown = _why_not(session, desk, questions.why_not)
        else:
            within = within or desk.scope
            payload, shown = _alternatives(session, desk, questions.alternatives or 1, within)
        payload |= {"plan": desk.described}
    if out:
        from viz.listing import write

        for path in out:
            count = write(path, shown.listings, payload)
            if not session.json:
                note(t("output.wrote", path=path, rows=f"{count:,}"))
    if not session.json:
        for line in shown.lines:
            say(line)
    if payload["plan"]["store_changed"]:
        note(t("questions.changed"))
    emit(session, payload, [] if out else shown.listings, shown.after)
    return 0


class _Desk:
    """A city and a plan of it, made when it is needed or read from a file."""

    def __init__(
        self, city: City, terms: Terms, made: dict[str, Any] | None, previous: Previous | None
    ) -> None:
        self.city, self.terms = city, terms
        self.made, self.previous = made, previous
        self._read = made is not None

    @classmethod
    def of(cls, session: Session, store: Store, terms: Terms, path: Path | None) -> _Desk:
        from graph.city import City

        if path is None:
            return cls(City(store, terms.profile, session.listed_date(store)), terms, None, None)
        from graph.formation.planfile import read_plan, refuse_other_city, terms_of
        from graph.model import parse_date

        made = read_plan(path)
        profile, decisions, previous = terms_of(made, session.profile_name)
        date = session.as_of if session.as_of is not None else parse_date(str(made["as_of"]))
        city = City(store, profile, date)
        refuse_other_city(made, city, str(path))
        stated = made.get("parameters") or {}
        under = Terms(
            profile,
            decisions,
            int(made.get("seed") or 0),
            float(stated["gap"]) if "gap" in stated else terms.gap,
            None,
        )
        return cls(city, under, made, previous)

    @property
    def scope(self) -> list[str]:
        """What the plan that was read is of, where that is a part of the city."""
        return list((self.made or {}).get("scope") or [])

    @property
    def changed(self) -> bool:
        """Whether the store has changed since the plan that was read was made."""
        return (
            self._read
            and self.made is not None
            and self.made.get("input_fingerprint") != self.city.store.fingerprint(self.city.as_of)
        )

    @property
    def described(self) -> dict[str, Any]:
        """What the answer says of the plan that it is about."""
        made = self.made or {}
        return {
            "read": self._read,
            "as_of": made.get("as_of"),
            "profile": made.get("profile"),
            "seed": made.get("seed"),
            "store_changed": self.changed,
        }

    def problem(self, unit: str) -> Problem:
        """Return the problem of one ledger unit, planning it where no plan was read."""
        from graph.formation import plan
        from graph.formation.problem import build

        if self.made is None:
            self.made = plan(
                self.city, [unit], seed=self.terms.seed, gap=self.terms.gap,
                seconds=self.terms.seconds, constraints=self.terms.decisions, scope=[unit],
            )  # fmt: skip
        return build(self.city, [unit], self.terms.decisions, self.previous)

    def home(self, code: str) -> str | None:
        """Return the ledger unit that an organization stands in."""
        from graph.formation.questions.explain import position

        home = self.city.organizations["ledger_unit"].iloc[position(self.city, code)]
        return home if isinstance(home, str) and home in self.city.ledger_units.index else None

    def subject(self, unit: str | None) -> tuple[Any, Any, Any]:
        """Return (problem, plan, standing) of a ledger unit; an empty problem where there is none."""
        from graph.formation.problem import build
        from graph.formation.questions.standing import standing

        if unit is None:
            return build(self.city, []), {"ledger_units": []}, None
        problem = self.problem(unit)
        return problem, self.made, standing(problem, self.made or {}, unit)


def _followed(t: Texts, city: City, code: str) -> tuple[str, list[str], list[dict[str, Any]]]:
    """Return the code that stays of an organization that was merged, and the merges that lead there, in words and as JSON."""
    code = code.removeprefix("organization:")
    steps = city.decisions.steps(code)
    kept = steps[-1].subject if steps else code
    return kept, merged_lines(t, steps), [d.as_json() for d in steps]


def _why(session: Session, desk: _Desk, code: str) -> tuple[dict[str, Any], Shown]:
    from graph.formation.questions.explain import Why

    code, told, merges = _followed(session.texts, desk.city, code)
    if code not in desk.city.organizations.index:
        return _why_unit(session, desk, code.removeprefix("unit:"))
    answer = Why(*desk.subject(desk.home(code))).answer(code)
    shown = why_shown(session.texts, answer, desk.city)
    shown.lines[:0] = told
    return answer | {"merged": merges}, shown


def _why_unit(session: Session, desk: _Desk, code: str) -> tuple[dict[str, Any], Shown]:
    from graph.formation.questions.units import WhyUnit, home_of

    home = home_of(desk.city, desk.made, code)
    answer = WhyUnit(*desk.subject(home)).answer(code)
    return answer, unit_shown(session.texts, answer, desk.city)


def _why_not(session: Session, desk: _Desk, codes: tuple[str, str]) -> tuple[dict[str, Any], Shown]:
    from graph.formation.questions.whynot import WhyNot
    from graph.formation.solve import Parameters

    (a, told_a, of_a), (b, told_b, of_b) = (_followed(session.texts, desk.city, c) for c in codes)
    homes = {desk.home(a), desk.home(b)}
    home = homes.pop() if len(homes) == 1 else None
    parameters = Parameters.within(desk.terms.gap, desk.terms.seconds)
    answer = WhyNot(*desk.subject(home)).answer(a, b, desk.terms.seed, parameters)
    shown = why_not_shown(session.texts, answer, desk.city)
    shown.lines[:0] = [*told_a, *told_b]
    return answer | {"merged": [*of_a, *of_b]}, shown


def _alternatives(
    session: Session, desk: _Desk, number: int, within: Sequence[str]
) -> tuple[dict[str, Any], Shown]:
    from graph.formation.questions.alternatives import alternatives
    from graph.formation.scope import ledger_units

    ids = ledger_units(desk.city, within) if within else []
    if len(ids) != 1:
        some = ", ".join(ids[:4])
        raise InputError(
            "--alternatives is about one ledger unit: give it with --in, like --in street:420106007"
            + (f" ({len(ids)} lie in what was given: {some} …)" if ids else ""),
            "--alternatives 针对一个台账单位：请用 --in 给出，如 --in street:420106007"
            + (f"（所给范围内有 {len(ids)} 个：{'、'.join(ids[:4])} 等）" if ids else ""),
        )
    answer = alternatives(desk.subject(ids[0])[2], number)
    return answer, alternatives_shown(session.texts, answer, desk.city)
