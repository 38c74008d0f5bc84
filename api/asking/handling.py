"""Findings as work: what one finding is, what was done about it, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from api import aloud
from api.asking.dates import date
from api.asking.deciding import impersonal
from graph.errors import LianjianError, UnknownIdError, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.asking.auditing import Progress
    from graph.affiliation.findings import AuditResult
    from graph.affiliation.handling import Handling, State
    from graph.model import Finding
    from graph.policy.profile import Profile
    from graph.store.base import Store


class Action(StrEnum):
    """What can be done about a finding."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REPAIR = "repair"
    REOPEN = "reopen"


class Standing(StrEnum):
    """In which state a finding stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REPAIRED = "repaired"


_STATE: dict[Action, State] = {
    Action.CONFIRM: "confirmed",
    Action.DISMISS: "dismissed",
    Action.REPAIR: "repaired",
    Action.REOPEN: "open",
}


def _code(id_: str) -> str:
    """Return the finding code that an id begins with."""
    from graph.affiliation.rules import CODES

    code, colon, _ = id_.partition(":")
    if not colon or code not in CODES:
        raise UnknownIdError(
            f"{id_}: no finding has such an id; they look like orphan:U0012",
            f"{id_}：没有这样的问题编号；形如 orphan:U0012",
            way=Way("`lianjian audit` shows them", "见 `lianjian audit`"),
        )
    return code


def _audit(
    store: Store,
    profile: Profile,
    at: int,
    codes: list[str] | None,
    within: str | None,
    progress: Progress | None,
) -> AuditResult:
    from graph.affiliation.findings import audit
    from graph.city import City

    return audit(City(store, profile, at), store, codes, within=within, progress=progress)


# -- one finding -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Case:
    """One finding with evidence, sources, repair, and all that was done about it.

    Attributes
    ----------
    id : str
    found : Finding or None
        ``None`` where the audit does not find it any more.
    past : list of Handling
    """

    id: str
    found: Finding | None
    past: list[Handling]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        shown = {} if self.found is None else self.found.as_json()
        return {
            "id": self.id,
            "found": self.found is not None,
            **shown,
            "history": [h.as_json() for h in self.past],
        }


def case(
    store: Store, profile: Profile, id_: str, as_of: int | None, progress: Progress | None = None
) -> Case:
    """Tell what a finding is, and what was done about it.

    Raises
    ------
    UnknownIdError
        The audit has no such finding, and nothing was done about one.
    """
    from graph.affiliation import handling

    code = _code(id_)
    found = _audit(store, profile, date(store, as_of), [code], None, progress).findings.locate(id_)
    past = handling.history(store, id_)
    if found is None and not past:
        raise UnknownIdError(
            f"{id_}: the audit has no such finding, and nothing was done about one",
            f"{id_}：审计没有这一问题，也没有办理记录",
        )
    return Case(id_, None if found is None else found[0], past)


@dataclass(frozen=True, eq=False)
class Handled:
    """What was recorded about a finding, and the batch that ``undo`` takes back.

    Attributes
    ----------
    id : str
    done : Handling
    evidence : str or None
        The finding's evidence now; ``None`` where the audit does not find it any more.
    batch : int
    """

    id: str
    done: Handling
    evidence: str | None
    batch: int

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {"id": self.id} | self.done.as_json(self.evidence) | {"batch": self.batch}


def handle(
    store: Store,
    profile: Profile,
    id_: str,
    action: Action,
    as_of: int | None,
    *,
    note: str | None = None,
    office: str | None = None,
    due: int | None = None,
    whole: Store | None = None,
    progress: Progress | None = None,
) -> Handled:
    """Record what is done about a finding.

    Parameters
    ----------
    whole : Store, optional
        The city, where ``store`` reads a part of it: who sees all of it has to find the same done on the same evidence.

    Raises
    ------
    UnknownIdError, InputError
        As :func:`graph.affiliation.handling.handle`, or a text holds a person's number.
    """
    impersonal(note, office)
    from graph.affiliation import handling

    at = date(store, as_of)
    found = _audit(store, profile, at, [_code(id_)], None, progress).findings.locate(id_)
    kept = None
    if whole is not None:
        there = _audit(whole, profile, at, [_code(id_)], None, progress).findings.locate(id_)
        before = handling.read(whole, at).get(id_)
        kept = there[1] if there else before.evidence if before else None
    done, batch = handling.handle(
        store, found, id_, _STATE[action], at, note=note, office=office, due=due, whole=kept
    )
    return Handled(id_, done, None if found is None else found[1], batch)


# -- several at once ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class HandledTogether:
    """What was recorded about several findings in one go.

    Attributes
    ----------
    done : list of Handled
    failed : list of (id, error)
        Those of which nothing was recorded, and why.
    batch : int or None
        The batch that ``undo`` takes back; ``None`` where nothing was recorded.
    """

    done: list[Handled]
    failed: list[tuple[str, LianjianError]]
    batch: int | None

    def as_json(self) -> dict[str, Any]:
        """Return what the service says; why one failed is said in both languages, as a page says it."""
        return {
            "done": [{"id": h.id} | h.done.as_json(h.evidence) for h in self.done],
            "failed": [
                {"id": id_, "zh": aloud.said(e.zh, "zh"), "en": aloud.said(e.en, "en")}
                for id_, e in self.failed
            ],
            "batch": self.batch,
        }


def handle_together(
    store: Store,
    profile: Profile,
    ids: list[str],
    action: Action,
    as_of: int | None,
    *,
    note: str | None = None,
    office: str | None = None,
    due: int | None = None,
    whole: Store | None = None,
) -> HandledTogether:
    """Record the same about several findings as one batch; those of which it can't be recorded stop none of the others.

    Parameters
    ----------
    whole : Store, optional
        As :func:`handle`.

    Raises
    ------
    InputError
        A text holds a person's number.
    """
    impersonal(note, office)
    from graph.affiliation import handling

    at = date(store, as_of)
    codes: set[str] = set()
    failed: list[tuple[str, LianjianError]] = []
    asked = list(dict.fromkeys(ids))
    for id_ in asked:
        try:
            codes.add(_code(id_))
        except UnknownIdError as error:
            failed.append((id_, error))
    if not codes:
        return HandledTogether([], failed, None)
    seen = _audit(store, profile, at, sorted(codes), None, None).findings
    there = (
        None if whole is None else _audit(whole, profile, at, sorted(codes), None, None).findings
    )
    before = {} if whole is None else handling.read(whole, at)
    strange = list(failed)
    refused = {id_ for id_, _ in strange}

    def sifted() -> list[tuple[Handling, Handling]]:
        failed[:] = strange
        out: list[tuple[Handling, Handling]] = []
        for id_ in (one for one in asked if one not in refused):
            try:
                made = handling.decided(
                    store, seen.locate(id_), id_, _STATE[action], at, note=note, office=office, due=due
                )  # fmt: skip
            except LianjianError as error:
                failed.append((id_, error))
                continue
            written = made
            if there is not None:
                all_of_it, old = there.locate(id_), before.get(id_)
                if all_of_it or old:
                    evidence = all_of_it[1] if all_of_it else old.evidence if old else ""
                    written = replace(made, evidence=evidence)
            out.append((made, written))
        return out

    made, number = handling.write(store, _STATE[action], at, sifted)
    now = {h.id: found[1] for h in made if (found := seen.locate(h.id)) is not None}
    done = [Handled(h.id, h, now.get(h.id), 0) for h in made]
    batch = number if done else None
    return HandledTogether(done, failed, batch)


# -- many --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Worklist:
    """Findings in a state, or all that something was done about."""

    rows: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {"findings": self.rows}


def worklist(
    store: Store,
    profile: Profile,
    as_of: int | None,
    *,
    state: Standing | None = None,
    within: str | None = None,
    progress: Progress | None = None,
) -> Worklist:
    """List findings of a state (all handled ones where none is asked for), those no longer found last.

    Raises
    ------
    InputError
        A place that is none.
    """
    from graph.affiliation import handling

    at = date(store, as_of)
    handled = handling.read(store, at)
    everything = state is Standing.OPEN or within is not None
    codes = None if everything else sorted({h.code for h in handled.values()})
    if codes is not None and not codes:
        return Worklist([])
    result = _audit(store, profile, at, codes, within, progress)
    return Worklist(list(_rows(result, handled, state, within)))


def _rows(
    result: AuditResult,
    handled: dict[str, Handling],
    state: Standing | None,
    within: str | None,
) -> Iterator[dict[str, Any]]:
    blank = {"note": None, "office": None, "due": None, "decided": None, "evidence_changed": False}
    if state is Standing.OPEN:
        for f in result.findings:
            if (f.handling or {"state": "open"})["state"] == "open":
                done = f.handling or blank
                yield done | {"id": f.id, "state": "open", "found": True, "message": f.message}
    missing = []
    for id_, h in handled.items():
        found = result.findings.locate(id_)
        if found is None:
            missing.append(h)
        elif state is not Standing.OPEN:
            done = h.as_json(found[1])
            if state is None or done["state"] == state.value:
                yield done | {"id": id_, "found": True, "message": found[0].message}
    for h in missing if within is None else ():
        if state is None or h.state == state.value:
            yield h.as_json() | {"id": h.id, "found": False, "message": None}
