"""What groups cost that a person has put together: read once for a ledger unit, then answered in milliseconds."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.city import City
    from graph.formation.decisions import Decisions, Previous
    from graph.formation.questions.groups import Group, Groups
    from graph.policy.profile import Profile
    from graph.store.base import Store


class Lent:
    """A store that is at hand only while somebody asks: what is kept between requests reads through it."""

    def __init__(self) -> None:
        self.now: Store | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)


@dataclass(frozen=True)
class Conditions:
    """Under what groups are weighed: a plan's own, or those of a plan that would be made now."""

    profile: Profile
    as_of: int
    decisions: Decisions
    previous: Previous | None = None

    @classmethod
    def of(cls, made: dict[str, Any], profile: str) -> Conditions:
        """Return what a plan was made under.

        Raises
        ------
        ProfileError
            A parameter is none that a profile takes.
        """
        from graph.formation.planfile import terms_of
        from graph.model import parse_date

        rules, decisions, previous = terms_of(made, profile)
        return cls(rules, parse_date(str(made["as_of"])), decisions, previous)


@dataclass
class Table:
    """One ledger unit laid out for trying groups."""

    lent: Lent
    groups: Groups
    lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def lay(cls, store: Store, unit: str, conditions: Conditions) -> Table:
        """Read a ledger unit.

        Raises
        ------
        InputError
            There is no such ledger unit, or it has no small organization.
        """
        from graph.formation.problem import build
        from graph.formation.questions.groups import Groups
        from graph.part import part_for

        lent = Lent()
        lent.now = store
        city = part_for(cast("Store", lent), conditions.profile, conditions.as_of, within=unit)
        if unit not in city.ledger_units.index:
            raise InputError(
                f"in {unit[:60]}: no ledger unit, like street:420106007; `plan` and `board list` name them",
                f"in {unit[:60]}：不是台账单位，如 street:420106007；`plan` 与 `board list` 中有列出",
            )
        here = _here(city, conditions.decisions)
        return cls(lent, Groups(build(city, [unit], here, conditions.previous)))

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes: those of the numbers for pairs, and of what is known of its organizations."""
        return self.groups.nbytes

    def weigh(self, store: Store, groups: Sequence[Group], *, explain: bool) -> dict[str, Any]:
        """Say what groups cost and break (:meth:`graph.formation.questions.groups.Groups.evaluate`)."""
        with self.lock:
            self.lent.now = store
            try:
                return self.groups.evaluate(groups, explain=explain)
            finally:
                self.lent.now = None


def _here(city: City, decisions: Decisions) -> Decisions:
    """Return the decisions about what is read: those of other ledger units say nothing of it."""
    known = {*city.organizations.index, *city.units.index}

    def some(sets: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
        return [s for s in sets if set(s) <= known]

    return decisions.only(some(decisions.pin), some(decisions.forbid), some(decisions.accept))
