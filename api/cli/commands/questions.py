"""Questions about a plan: ``plan --why``, ``--why-not`` and ``--alternatives``.

They are about a plan file where ``--from`` gives one (under the terms that it was made under), else about the ledger unit as it
would be planned now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.asking.questions import Desk
from api.cli.answers import alternatives_shown, unit_shown, why_not_shown, why_shown
from api.cli.output import emit, note, say
from api.cli.progress import progress
from api.tables.wording import merged_lines
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from api.asking.questions import Answered, Asked, Terms
    from api.cli.answers import Shown
    from api.cli.session import Session
    from api.cli.texts import Texts
    from graph.city import City
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
        desk = _desk(session, opened, terms, plan)
        tick(t("questions.working"))
        if questions.why is not None:
            found = desk.why(questions.why)
        elif questions.why_not is not None:
            found = desk.why_not(*questions.why_not)
        else:
            found = desk.alternatives(questions.alternatives or 1, within)
        payload, shown = found.as_json(), _shown(t, found)
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


def _desk(session: Session, store: Store, terms: Terms, plan: Path | None) -> Desk:
    """Return a desk with the plan of a file, or with none."""
    if plan is None:
        return Desk.now(store, terms, session.listed_date(store))
    from graph.formation.planfile import read_plan

    return Desk.about(
        store,
        read_plan(plan),
        terms,
        named=str(plan),
        profile=session.profile_name,
        as_of=session.as_of,
    )


def _shown(t: Texts, found: Answered) -> Shown:
    """Say an answer to a person, the merges that led to it first."""
    said: dict[Asked, Callable[[Texts, dict[str, Any], City], Shown]] = {
        "why": why_shown,
        "why_unit": unit_shown,
        "why_not": why_not_shown,
        "alternatives": alternatives_shown,
    }
    shown = said[found.asked](t, found.answer, found.city)
    shown.lines[:0] = merged_lines(t, found.merges or [])
    return shown
