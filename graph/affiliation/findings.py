"""The audit: every rule over a city, its findings worded and sourced, and what was found clean.

``python -m graph.affiliation.findings --write`` writes ``docs/findings.md`` from the list of rules; ``--check`` fails where it
is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from graph.affiliation.facts import Facts
from graph.affiliation.registry import Hit, NotChecked, Outcome, Rule, Words
from graph.affiliation.rules import CODES, NO_FINDING, RULES
from graph.errors import InputError
from graph.generated import settle
from graph.model import Finding, Severity, Source, iso
from graph.policy.profile import load

if TYPE_CHECKING:
    from graph.city import City
    from graph.store.base import Store

MOST_SOURCES = 50
"""How many source rows a finding prints at most (the closest ones first)."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the audit says of one rule, found or clean.

    Attributes
    ----------
    code : str
    checked, found : int
        How many were judged (0 where nothing was) and how many findings there are.
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


@dataclass(frozen=True, slots=True)
class AuditResult:
    """An audit's findings, sorted by (code, subject, clause, message), what it checked, and departures with approval.

    Attributes
    ----------
    findings : list of Finding
    checked : list of Checked
        One for each rule asked for, in AUDIT's order.
    departures : list of Finding
        Departures from line and place whose reason was approved (S32, S33): listed apart, no findings.
    """

    findings: list[Finding]
    checked: list[Checked]
    departures: list[Finding] = field(default_factory=list)

    @property
    def worst(self) -> Severity | None:
        """Return the worst severity among the findings, ``None`` where there are none (``audit`` exits 1 on error and warning)."""
        there = {finding.severity for finding in self.findings}
        order: tuple[Severity, ...] = ("error", "warning", "note")
        return next((severity for severity in order if severity in there), None)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``audit --json`` prints."""
        return {
            "findings": [finding.as_json() for finding in self.findings],
            "checked": [entry.as_json() for entry in self.checked],
            "departures": [finding.as_json() for finding in self.departures],
        }


def audit(city: City, store: Store, codes: Iterable[str] | None = None) -> AuditResult:
    """Apply the rules of the audit to a city at its date.

    Parameters
    ----------
    city : graph.city.City
        The whole city: a scope is applied to the findings, never to what the rules read.
    store : graph.store.base.Store
        The store that the city reads.
    codes : iterable of str, optional
        Finding codes; default all.

    Raises
    ------
    InputError
        A code that is none.
    """
    chosen = _chosen(codes)
    facts = Facts(city, store)
    worded: list[tuple[Rule, Hit]] = []
    apart: list[tuple[Rule, Hit]] = []
    checked: list[Checked] = []
    for rule in chosen:
        try:
            facts.require(rule.needs)
            outcome = rule.find(facts)
        except NotChecked as lacking:
            checked.append(Checked(rule.code, 0, 0, lacking.reason))
            continue
        worded += [(rule, hit) for hit in outcome.hits]
        apart += [(rule, hit) for hit in outcome.apart]
        checked.append(_statement(rule, outcome))
    sources = _sources(store, [hit for _, hit in worded + apart])
    findings = sorted((_finding(facts, rule, hit, sources) for rule, hit in worded), key=_order)
    departures = sorted((_finding(facts, rule, hit, sources) for rule, hit in apart), key=_order)
    return AuditResult(findings, checked, departures)


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


def _order(finding: Finding) -> tuple[str, str, str, str]:
    return (finding.code, finding.subject, finding.clause, finding.message["en"])


def _statement(rule: Rule, outcome: Outcome) -> Checked:
    """Say what was checked and how much of it was clean."""
    faulty = (
        outcome.faulty if outcome.faulty is not None else len({h.subject for h in outcome.hits})
    )
    clean = max(outcome.checked - faulty, 0)
    values = {"checked": f"{outcome.checked:,}", "clean": f"{clean:,}"}
    words = Words(rule.clean.zh.format(**values), rule.clean.en.format(**values))
    return Checked(rule.code, outcome.checked, len(outcome.hits), None, words, outcome.notes)


def _sources(store: Store, hits: Sequence[Hit]) -> dict[tuple[str, int], Source]:
    """Return where the rows of all hits were read: one question for each kind."""
    wanted: dict[str, set[int]] = {}
    for hit in hits:
        for kind, claim in hit.claims[:MOST_SOURCES]:
            wanted.setdefault(kind, set()).add(claim)
    found: dict[tuple[str, int], Source] = {}
    for kind, claims in wanted.items():
        for claim, source in store.sources(kind, sorted(claims)).items():
            found[kind, claim] = source
    return found


def _finding(facts: Facts, rule: Rule, hit: Hit, sources: dict[tuple[str, int], Source]) -> Finding:
    """Word one hit, date it, and say where its rows stand."""
    due = hit.due if hit.due is not None else facts.due(*rule.deadline)
    state: Literal["not_due", "overdue"] | None = None
    severity = hit.severity or rule.severity
    if due:
        state = "overdue" if facts.as_of > due[0] else "not_due"
        if state == "not_due":
            severity = "note"
    rows = dict.fromkeys(sources[c] for c in hit.claims[:MOST_SOURCES] if c in sources)
    return Finding(
        code=rule.code,
        severity=severity,
        subject=hit.subject,
        clause=hit.clause or rule.clauses[0],
        message={"zh": _say(rule.says.zh, hit, "zh"), "en": _say(rule.says.en, hit, "en")},
        evidence=hit.evidence,
        sources=tuple(rows),
        due=tuple(text for text in (iso(date) for date in due) if text is not None),
        state=state,
        repair=hit.repair,
    )


def _say(template: str, hit: Hit, lang: Literal["zh", "en"]) -> str:
    values = {
        name: getattr(value, lang) if isinstance(value, Words) else ("" if value is None else value)
        for name, value in hit.values.items()
    }
    return " ".join(template.format(subject=hit.subject, **values).split())


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
