"""The audit: every rule over a city, its findings worded and sourced, and what was found clean.

``python -m graph.affiliation.findings --write`` writes ``docs/findings.md`` from the list of rules; ``--check`` fails where it
is stale.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from graph.affiliation import handling
from graph.affiliation.board import SEVERITIES
from graph.affiliation.facts import Facts
from graph.affiliation.handling import STATES, Handling, State, evidence, identity
from graph.affiliation.registry import Hit, Hits, NotChecked, Outcome, Rule, Words
from graph.affiliation.rules import CODES, NO_FINDING, RULES
from graph.affiliation.scope import Scope
from graph.affiliation.standing import Standing
from graph.cut.outside import MARK, shown
from graph.errors import InputError
from graph.generated import settle
from graph.model import Finding, Severity, Source, iso
from graph.policy.profile import load

if TYPE_CHECKING:
    from graph.affiliation.registry import Claim
    from graph.city import City
    from graph.store.base import Store

MOST_SOURCES = 50
"""How many source rows a finding prints at most (the closest ones first)."""
AT_ONCE = 5_000
Due = Literal["not_due", "overdue"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the audit says of one rule, found or clean.

    Attributes
    ----------
    code : str
    checked, found : int
        How many were judged (0 where nothing was) and how many findings there are; in a scope: of what lies in it.
    not_checked_reason : Words or None
        Why the rule could not be applied.
    statement : Words or None
        "3,212 of 3,212 units have a superior".
    notes : tuple of Words
        What was left unjudged, and why.
    """

    code: str
    checked: int
    found: int
    not_checked_reason: Words | None = None
    statement: Words | None = None
    notes: tuple[Words, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return ``{code, checked, found, …}`` (DESIGN)."""
        out: dict[str, Any] = {"code": self.code, "checked": self.checked, "found": self.found}
        if self.not_checked_reason is not None:
            out["not_checked"] = {
                "zh": f"未检查：{self.not_checked_reason.zh}",
                "en": f"not checked: {self.not_checked_reason.en}",
            }
        if self.statement is not None:
            out["statement"] = self.statement.as_json()
        if self.notes:
            out["notes"] = [note.as_json() for note in self.notes]
        return out


Found = tuple[Rule, Sequence[Hit]]
"""A rule and what it found."""


class Findings(Sequence[Finding]):
    """Findings in order, worded and sourced when they are looked at: a city of a million organizations has very many.

    Ordered by (code, subject, clause, message). Iterating asks the store for sources a few thousand findings at a time.
    """

    def __init__(
        self, facts: Facts, found: Iterable[Found], handled: Mapping[str, Handling] | None = None
    ) -> None:
        self._facts = facts
        self._handled = handled or {}
        parts = [(rule, hits) for rule, hits in found if len(hits)]
        self._parts = [
            (rule, hits if isinstance(hits, Hits) else _sorted(rule, hits))
            for rule, hits in sorted(parts, key=lambda part: part[0].code)
        ]
        self._ends = list(accumulate(len(hits) for _, hits in self._parts))
        self._ids: dict[str, dict[str, Hit]] = {}

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> list[Finding]: ...
    def __getitem__(self, at: int | slice) -> Finding | list[Finding]:
        if isinstance(at, slice):
            return [self[k] for k in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        at %= len(self)
        part = bisect_right(self._ends, at)
        rule, hits = self._parts[part]
        return next(self._worded(rule, [hits[at - (self._ends[part] - len(hits))]]))

    def __iter__(self) -> Iterator[Finding]:
        for rule, hits in self._parts:
            for start in range(0, len(hits), AT_ONCE):
                yield from self._worded(rule, list(hits[start : start + AT_ONCE]))

    def with_claims(self) -> Iterator[tuple[Finding, tuple[Claim, ...]]]:
        """Yield each finding with the claims behind its source rows, as kind and number, the closest first."""
        for rule, hits in self._parts:
            for start in range(0, len(hits), AT_ONCE):
                some = list(hits[start : start + AT_ONCE])
                for finding, hit in zip(self._worded(rule, some), some, strict=True):
                    yield finding, hit.claims[:MOST_SOURCES]

    def _worded(self, rule: Rule, hits: Sequence[Hit]) -> Iterator[Finding]:
        sources = _sources(self._facts.store, hits)
        return (_finding(self._facts, rule, hit, sources, self._handled) for hit in hits)

    def locate(self, id_: str) -> tuple[Finding, str] | None:
        """Return the finding of an identity and its evidence's fingerprint, ``None`` where it is not among these."""
        found = self._hit(id_)
        if found is None:
            return None
        rule, hit = found
        return next(self._worded(rule, [hit])), evidence(hit)

    def _hit(self, id_: str) -> tuple[Rule, Hit] | None:
        code, _, rest = id_.partition(":")
        for rule, hits in self._parts:
            if rule.code != code:
                continue
            if isinstance(hits, Hits) and rule.identity == ("subject",):
                at = int(np.searchsorted(hits.subjects, rest)) if len(hits) else 0
                if at < len(hits) and hits.subjects[at] == rest:
                    return rule, hits[at]
            else:
                if code not in self._ids:
                    self._ids[code] = {identity(rule, hit): hit for hit in hits}
                if id_ in self._ids[code]:
                    return rule, self._ids[code][id_]
        return None

    def handled(self) -> Counter[tuple[State, Severity]]:
        """Return how many of those that people did something about stand in which state, by severity."""
        out: Counter[tuple[State, Severity]] = Counter()
        for id_, done in self._handled.items():
            found = self._hit(id_)
            if found is not None:
                rule, hit = found
                out[done.standing(evidence(hit)), _dated(self._facts, rule, hit)[2]] += 1
        return out

    def columns(self) -> Standing:
        """Return all findings as columns, dismissed ones among them."""
        codes: list[Any] = []
        subjects: list[Any] = []
        severities: list[Any] = []
        ids: dict[str, int] = {}
        for number, ((rule, hits), end) in enumerate(zip(self._parts, self._ends, strict=True)):
            first = end - len(hits)
            codes.append(np.full(len(hits), number, dtype=np.int16))
            if isinstance(hits, Hits):
                subjects.append(hits.subjects)
                worst = [_dated(self._facts, rule, hits[0])[2]] * len(hits)
            else:
                subjects.append(np.array([hit.subject for hit in hits], dtype=object))
                worst = [_dated(self._facts, rule, hit)[2] for hit in hits]
            severities.append(np.array([SEVERITIES.index(s) for s in worst], dtype=np.int8))
            if rule.identity != ("subject",):
                ids |= {identity(rule, hit): first + k for k, hit in enumerate(hits)}
        found = {id_: self._hit(id_) for id_ in self._handled}
        return Standing(
            as_of=self._facts.as_of,
            codes=tuple(rule.code for rule, _ in self._parts),
            code=np.concatenate(codes or [np.zeros(0, np.int16)]),
            severity=np.concatenate(severities or [np.zeros(0, np.int8)]),
            subject=np.concatenate(subjects or [np.zeros(0, object)]),
            ids=ids,
            evidence={id_: evidence(one[1]) for id_, one in found.items() if one is not None},
        )

    def severities(self) -> Counter[Severity]:
        """Return how many findings there are of each severity."""
        out: Counter[Severity] = Counter()
        for rule, hits in self._parts:
            if isinstance(hits, Hits):
                out[_dated(self._facts, rule, hits[0])[2]] += len(hits)
            else:
                out.update(_dated(self._facts, rule, hit)[2] for hit in hits)
        return out


@dataclass(frozen=True, slots=True)
class AuditResult:
    """An audit's findings, sorted by (code, subject, clause, message), what it checked, and departures with approval.

    Attributes
    ----------
    findings : sequence of Finding
    checked : list of Checked
        One for each rule asked for, in AUDIT's order.
    departures : sequence of Finding
        Departures from line and place whose reason was approved (S32, S33): listed apart, no findings.
    as_of : int
        The date of the audit, ``yyyymmdd``.
    """

    findings: Findings
    checked: list[Checked]
    departures: Findings
    as_of: int

    def severities(self) -> Counter[Severity]:
        """Return how many findings of each severity stand: all but those dismissed."""
        there = self.findings.severities()
        for (state, severity), n in self.findings.handled().items():
            if state == "dismissed":
                there[severity] -= n
        return there

    def states(self) -> dict[State, int]:
        """Return how many findings stand in each state; what nobody touched is open."""
        out: dict[State, int] = dict.fromkeys(STATES, 0)
        for (state, _), n in self.findings.handled().items():
            out[state] += n
        out["open"] += len(self.findings) - sum(out.values())
        return out

    @property
    def worst(self) -> Severity | None:
        """Return the worst severity of what stands, ``None`` where nothing does (``audit`` exits 1 on error and warning)."""
        there = self.severities()
        order: tuple[Severity, ...] = ("error", "warning", "note")
        return next((severity for severity in order if there[severity]), None)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``audit --json`` prints; findings and departures are iterators."""
        return {
            "as_of": iso(self.as_of),
            "findings": (finding.as_json() for finding in self.findings),
            "checked": [entry.as_json() for entry in self.checked],
            "departures": (finding.as_json() for finding in self.departures),
            "states": self.states(),
        }


def audit(
    city: City,
    store: Store,
    codes: Iterable[str] | None = None,
    *,
    within: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> AuditResult:
    """Apply the rules of the audit to a city at its date.

    Parameters
    ----------
    city : graph.city.City
        The whole city: a scope is applied to the findings, never to what the rules read.
    store : graph.store.base.Store
        The store that the city reads.
    codes : iterable of str, optional
        Finding codes; default all.
    within : str, optional
        A division's code or a ledger unit's id (:mod:`graph.affiliation.scope`): only what belongs to it is found and counted.
    progress : callable, optional
        Called with (finding code, rules done, rules in all).

    Raises
    ------
    InputError
        A finding code that is none, or an unknown ``within``.
    """
    chosen = _chosen(codes)
    facts = Facts(city, store)
    scope = None if within is None else Scope.of(facts, within)
    worded: list[Found] = []
    apart: list[Found] = []
    checked: list[Checked] = []
    for done, rule in enumerate(chosen):
        if progress is not None:
            progress(rule.code, done, len(chosen))
        try:
            facts.require(rule.needs)
            outcome = rule.find(facts)
        except NotChecked as lacking:
            checked.append(Checked(rule.code, 0, 0, lacking.reason))
            continue
        seen, unsure = _within_sight(facts, rule, outcome.hits)
        if unsure is not None:
            outcome = replace(outcome, notes=(*outcome.notes, unsure))
        hits = _inside(scope, rule, seen)
        worded.append((rule, hits))
        apart.append((rule, _inside(scope, rule, outcome.apart)))
        checked.append(_statement(rule, outcome, hits, scope))
    handled = handling.read(store, city.as_of)
    return AuditResult(
        Findings(facts, worded, handled), checked, Findings(facts, apart), city.as_of
    )


def _chosen(codes: Iterable[str] | None) -> list[Rule]:
    if codes is None:
        return list(RULES)
    wanted = set(codes)
    strange = sorted(wanted - set(CODES))
    if strange:
        raise InputError(
            f"finding code {strange[0]}: there is none; see docs/findings.md",
            f"问题代码 {strange[0]}：不存在；见 docs/findings.md",
        )
    return [rule for rule in RULES if rule.code in wanted]


def _inside(scope: Scope | None, rule: Rule, hits: Sequence[Hit]) -> Sequence[Hit]:
    if scope is None or not hits:
        return hits
    if isinstance(hits, Hits):
        return hits.where(np.flatnonzero(scope.places(hits.subjects)[0]))
    kept = scope.holds(rule.code, hits)
    return [hit for hit, yes in zip(hits, kept, strict=True) if yes]


NEEDS_ALL_COVERED = frozenset(
    {"too_few_members", "joint_without_anchor", "wrong_type", "count_mismatch"}
)
"""Rules that judge a unit by all that it covers, and by where its members work."""


def _within_sight(
    facts: Facts, rule: Rule, hits: Sequence[Hit]
) -> tuple[Sequence[Hit], Words | None]:
    """Leave out findings about units of which a part lies outside the area, and say of how many nothing was said."""
    if rule.code not in NEEDS_ALL_COVERED:
        return hits, None
    vague = facts.reaching_out
    if rule.code == "joint_without_anchor":
        vague |= facts.vaguely_placed
    if not vague:
        return hits, None
    n = len(vague)
    return [hit for hit in hits if hit.subject not in vague], Words(
        f"{n} 个党组织未检查：其覆盖延及辖区外",
        f"{n} units not checked: what they cover lies outside the area in part",
    )


def _sorted(rule: Rule, hits: Iterable[Hit]) -> list[Hit]:
    """Return hits by (subject, clause, message); only those alike in the first two are worded for it."""

    def place(hit: Hit) -> tuple[str, str]:
        return hit.subject, hit.clause or rule.clauses[0]

    out: list[Hit] = []
    for _, group in groupby(sorted(hits, key=place), key=place):
        alike = list(group)
        if len(alike) > 1:
            alike.sort(key=lambda hit: _say(rule.says.en, hit, "en"))
        out += alike
    return out


def _statement(rule: Rule, outcome: Outcome, hits: Sequence[Hit], scope: Scope | None) -> Checked:
    """Say what was checked and how much of it was clean; in a scope, what of it has no place is counted for the whole city."""
    notes = outcome.notes
    count = (lambda population: population.total) if scope is None else scope.count
    checked = count(outcome.checked)
    if outcome.faulty is not None:
        faulty = count(outcome.faulty)
    else:
        one_each = outcome.each or isinstance(hits, Hits)
        faulty = len(hits) if one_each else len({hit.subject for hit in hits})
    if scope is not None and outcome.checked.others:
        notes = (
            *notes,
            Words(
                f"另有 {outcome.checked.others:,} 项不属于任何区划，只在全市审计中计数",
                f"{outcome.checked.others:,} more have no place: counted in the audit of the whole city only",
            ),
        )
    clean = max(checked - faulty, 0)
    values = {"checked": f"{checked:,}", "clean": f"{clean:,}"}
    words = Words(rule.clean.zh.format(**values), rule.clean.en.format(**values))
    return Checked(rule.code, checked, len(hits), None, words, notes)


def _sources(store: Store, hits: Sequence[Hit]) -> dict[tuple[str, int], Source]:
    """Return where the rows of some hits were read: one question for each kind."""
    wanted: dict[str, set[int]] = {}
    for hit in hits:
        for kind, claim in hit.claims[:MOST_SOURCES]:
            wanted.setdefault(kind, set()).add(claim)
    found: dict[tuple[str, int], Source] = {}
    for kind, claims in wanted.items():
        for claim, source in store.sources(kind, sorted(claims)).items():
            found[kind, claim] = source
    return found


def _dated(facts: Facts, rule: Rule, hit: Hit) -> tuple[tuple[int, ...], Due | None, Severity]:
    """Return a hit's dates, whether the first of them has passed, and its severity: a note before that."""
    due = hit.due if hit.due is not None else facts.due(*rule.deadline)
    severity = hit.severity or rule.severity
    if not due:
        return due, None, severity
    if facts.as_of > due[0]:
        return due, "overdue", severity
    return due, "not_due", "note"


def _finding(
    facts: Facts,
    rule: Rule,
    hit: Hit,
    sources: dict[tuple[str, int], Source],
    handled: Mapping[str, Handling],
) -> Finding:
    """Word one hit, date it, say where its rows stand and what people did about it."""
    id_ = identity(rule, hit)
    done = handled.get(id_)
    due, state, severity = _dated(facts, rule, hit)
    rows = dict.fromkeys(sources[c] for c in hit.claims[:MOST_SOURCES] if c in sources)
    return Finding(
        code=rule.code,
        severity=severity,
        subject=hit.subject,
        clause=hit.clause or rule.clauses[0],
        message={"zh": _say(rule.says.zh, hit, "zh"), "en": _say(rule.says.en, hit, "en")},
        evidence=hit.evidence,
        sources=tuple(rows),
        due=_texts_of(due),
        state=state,
        repair=hit.repair,
        id=id_,
        handling=None if done is None else done.as_json(evidence(hit)),
    )


@cache
def _texts_of(due: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(text for text in (iso(date) for date in due) if text is not None)


def _say(template: str, hit: Hit, lang: Literal["zh", "en"]) -> str:
    values = {
        name: getattr(value, lang) if isinstance(value, Words) else ("" if value is None else value)
        for name, value in hit.values.items()
    }
    words = " ".join(template.format(subject=hit.subject, **values).split())
    return shown(words, lang) if MARK in words else words


# -- docs/findings.md ----------------------------------------------------------------------------------------------


def document() -> str:
    """Return ``docs/findings.md``: every rule of the audit, and every clause that an auditor sees."""
    out = [
        "# Findings 审计问题",
        "",
        "Generated from the list of rules by `python -m graph.affiliation.findings --write`. *Deadline* names the",
        "clauses whose dates in the profile bind a finding: before the first of them its severity is note.",
        "",
        "| code | 名称 | title | severity | clauses | deadline |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    out += [
        f"| [`{r.code}`](#{r.code}) | {r.title.zh} | {r.title.en} | {r.severity} | {', '.join(r.clauses)} |"
        f" {', '.join(r.deadline) or '–'} |"
        for r in RULES
    ]
    for r in RULES:
        needs = ", ".join(f"`{kind}`" for kind in r.needs) or "–"
        out += [
            "",
            f"## {r.code}",
            "",
            f"**{r.title.zh}** · {r.severity} · {', '.join(r.clauses)} · reads {needs}",
            "",
            r.doc.replace(":func:", "")
            .replace(":mod:", "")
            .replace(":class:", "")
            .replace(":data:", ""),
            "",
            f"> {r.says.zh}",
            ">",
            f"> {r.says.en}",
        ]
    out += [
        "",
        "## The plan's clauses that an auditor sees",
        "",
        "| clause | findings, or why none |",
        "| --- | --- |",
    ]
    seen = {name for name, rule in load().rules.items() if "A" in rule.sees}
    for clause in sorted(seen, key=lambda name: int(name[1:])):
        codes = [f"`{r.code}`" for r in RULES if clause in r.clauses]
        why = NO_FINDING[clause].en if clause in NO_FINDING else ""
        out.append(f"| {clause} | {', '.join(codes) or why} |")
    return "\n".join(out) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write or check ``docs/findings.md``; return the exit code."""
    mode = "--write" if "--write" in arguments else "--check"
    return settle("docs/findings.md", document(), mode)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
