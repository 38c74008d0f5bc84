"""What a rule of the audit is, and the list they all stand in.

A rule is a function over :class:`~graph.affiliation.facts.Facts` that selects in columns and returns one
:class:`Hit` for each thing it finds wrong. All that a reader needs to know of it (clause, severity, titles,
what it reads, how its finding is worded) is declared beside it, so explanations, ``docs/findings.md`` and the
tests that walk the rules come from this list alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

from graph.model import Severity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

Evidence = dict[str, Any]
Claim = tuple[str, int]
"""(kind, claim id): what :meth:`graph.store.base.Store.sources` takes."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """Return ``{"zh", "en"}``."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing a rule found, before it is worded and given its sources.

    Parameters
    ----------
    subject : str
        One code (AUDIT): the organization's for findings about organizations, else the unit's.
    values : mapping
        What the rule's wording names; a :class:`Words` gives each language its own.
    evidence : tuple of dict
        The smallest set of nodes and edges that shows it (see :func:`node`, :func:`edge`).
    claims : tuple of (kind, claim id)
        The rows that say so.
    repair : dict
        See :func:`edit` and :func:`no_repair`.
    clause, severity, due
        Where they differ from the rule's own.
    """

    subject: str
    values: Mapping[str, object] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    repair: dict[str, Any] = field(default_factory=dict)
    clause: str | None = None
    severity: Severity | None = None
    due: tuple[int, ...] | None = None


class Row(NamedTuple):
    """One organization or unit as a hit needs it: its position in the facts' frame, code, name, and the claim that defines it."""

    at: int
    code: str
    name: str | None
    claim: Claim


class Hits(Sequence[Hit]):
    """One hit each for some organizations or units, made when it is looked at: a city has hundreds of thousands.

    Parameters
    ----------
    subjects : numpy.ndarray of object
        Codes, ascending, each once.
    make : callable
        From a position in ``subjects`` to the hit, which has that subject and the rule's own severity and dates.
    """

    def __init__(self, subjects: NDArray[Any], make: Callable[[int], Hit]) -> None:
        self.subjects = subjects
        self._make = make

    def __len__(self) -> int:
        return len(self.subjects)

    @overload
    def __getitem__(self, k: int) -> Hit: ...
    @overload
    def __getitem__(self, k: slice) -> Hits: ...
    def __getitem__(self, k: int | slice) -> Hit | Hits:
        if isinstance(k, slice):
            return self.where(np.arange(len(self))[k])
        if not -len(self) <= k < len(self):
            raise IndexError(k)
        return self._make(k % len(self))

    def beside(self, others: Mapping[str, Hit]) -> Hits:
        """Return these and some more, of other subjects."""
        more = np.array(list(others), dtype=object)
        subjects = np.concatenate([self.subjects, more])
        order = np.argsort(subjects, kind="stable")
        own, make = len(self.subjects), self._make

        def hit(k: int) -> Hit:
            at = int(order[k])
            return make(at) if at < own else others[subjects[at]]

        return Hits(subjects[order], hit)

    def where(self, picked: Ints) -> Hits:
        """Return the hits at some positions (ascending)."""
        make = self._make
        return Hits(self.subjects[picked], lambda k: make(int(picked[k])))


def _none() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """What a rule judged, so that it can be counted within a part of the city.

    Parameters
    ----------
    organizations, units : numpy.ndarray of int64
        Positions in the facts' frames, one for each thing judged: a unit of which two links are judged stands twice.
    offices : tuple of str
        Offices by name, likewise.
    others : int
        How many have no place: codes that no row defines, totals, rows of other kinds.
    """

    organizations: Ints = field(default_factory=_none)
    units: Ints = field(default_factory=_none)
    offices: tuple[str, ...] = ()
    others: int = 0

    @classmethod
    def of_organizations(cls, picked: Bools) -> Population:
        """Return the organizations picked."""
        return cls(organizations=np.flatnonzero(picked))

    @classmethod
    def of_units(cls, picked: Bools) -> Population:
        """Return the units picked."""
        return cls(units=np.flatnonzero(picked))

    @property
    def total(self) -> int:
        """How many were judged in the whole city."""
        return len(self.organizations) + len(self.units) + len(self.offices) + self.others


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule looked at and what it found.

    Parameters
    ----------
    checked : Population
        What was judged.
    hits : sequence of Hit
        A list in any order (the audit sorts), or :class:`Hits`.
    notes : tuple of Words
        What could not be judged, or was left to people.
    apart : list of Hit
        Departures with an approved reason (S32, S33): listed apart, no findings.
    faulty : Population, optional
        Which of those checked are not clean, where these are not the subjects found.
    each : bool
        Every hit is one of those checked that is not clean (a subject may have several).
    """

    checked: Population
    hits: Sequence[Hit] = ()
    notes: tuple[Words, ...] = ()
    apart: list[Hit] = field(default_factory=list)
    faulty: Population | None = None
    each: bool = False


class NotChecked(Exception):  # noqa: N818 - no error: the rule lacks what it needs, and says so
    """A rule lacks the data it needs."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = Words(zh, en)


Find = Callable[["Facts"], Outcome]


@dataclass(frozen=True, slots=True)
class Rule:
    """One finding code of AUDIT.

    Parameters
    ----------
    code : str
        The finding's code.
    clauses : tuple of str
        Rules of the plan (``S…``) or of other texts (``O…``) it rests on; the first is printed.
    severity : {"error", "warning", "note"}
        Error: broken structure, and what the plan states without exception. Warning: what holds in
        principle or rests on a chosen value. Note: completeness.
    title : Words
        A few words for lists.
    says : Words
        The finding's message, a format string over :attr:`Hit.values` and ``subject``.
    clean : Words
        What the audit says it checked; ``{clean}`` of ``{checked}`` were found in order.
    needs : tuple of str
        Kinds of the schema without which there is nothing to check.
    deadline : tuple of str
        Clauses whose dates in the profile's ``deadlines`` bind it; empty for none.
    identity : tuple of str
        What tells its findings apart from run to run: ``subject``, or values that its wording names.
    find : callable
        The rule itself; its docstring states the exact reading.
    """

    code: str
    clauses: tuple[str, ...]
    severity: Severity
    title: Words
    says: Words
    clean: Words
    needs: tuple[str, ...]
    deadline: tuple[str, ...]
    identity: tuple[str, ...]
    find: Find

    @property
    def doc(self) -> str:
        """Return the exact reading: the function's docstring, unindented."""
        import inspect

        return inspect.getdoc(self.find) or ""


RULES: list[Rule] = []
"""Every rule, in the order in which AUDIT lists them (see :mod:`graph.affiliation.rules`)."""


def rule(
    code: str,
    *,
    clauses: str,
    severity: Severity,
    title: tuple[str, str],
    says: tuple[str, str],
    clean: tuple[str, str],
    needs: str = "unit",
    deadline: str = "",
    identity: str = "subject",
) -> Callable[[Find], Find]:
    """Register a function as the rule for a finding code.

    Texts are (Chinese, English); ``clauses``, ``needs``, ``deadline`` and ``identity`` are names parted by spaces.
    """

    def register(find: Find) -> Find:
        RULES.append(
            Rule(
                code=code,
                clauses=tuple(clauses.split()),
                severity=severity,
                title=Words(*title),
                says=Words(*says),
                clean=Words(*clean),
                needs=tuple(needs.split()),
                deadline=tuple(deadline.split()),
                identity=tuple(identity.split()),
                find=find,
            )
        )
        return find

    return register


# -- the vocabulary of evidence and repair ---------------------------------------------------------------------------


def node(code: str, kind: str, **more: object) -> Evidence:
    """Return a node of evidence: its code, its kind, and the values that show the fault."""
    return {"node": code, "kind": kind, **{name: v for name, v in more.items() if v is not None}}


def edge(kind: str, source: str, target: str, **more: object) -> Evidence:
    """Return an edge of evidence."""
    return {"edge": kind, "from": source, "to": target, **more}


def edit(sheet: str, key: str, column: str, old: object, new: object) -> dict[str, Any]:
    """Return a repair: the one cell to change, by sheet, key and column as the ledgers call them."""
    return {"sheet": sheet, "key": key, "column": column, "from": old, "to": new}


def no_repair(zh: str, en: str) -> dict[str, Any]:
    """Return the reason why no change of a cell is proposed."""
    return {"none": {"zh": zh, "en": en}}
