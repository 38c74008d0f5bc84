"""Codes that no row defines: one finding for each, wherever they are referred to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.registry import (
    Claim,
    Hit,
    Outcome,
    Population,
    Words,
    edge,
    no_repair,
    node,
    rule,
)
from graph.columns import texts
from graph.cut.outside import stubs
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts
    from graph.schema import EdgeRule

SHOWN = 10
CJK = re.compile(r"[㐀-鿿]")

RECORDS = (("exclusion", "organization"), ("strike_off", "organization"))
"""Records that name an organization without making an edge."""


@dataclass
class _Found:
    """What refers to one missing code."""

    kinds: tuple[str, ...]
    count: int = 0
    edges: list[dict[str, Any]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


@rule(
    "dangling_reference",
    clauses="S34 S46",
    severity="error",
    title=("引用不存在", "dangling reference"),
    says=(
        "{subject} 被引用 {count} 次，但没有任何一行定义这个{kind}",
        "{subject} is referred to {count} times, but no row defines this {kind}",
    ),
    clean=(
        "{checked} 个被引用的代码中 {clean} 个有定义",
        "{clean} of {checked} codes that are referred to are defined",
    ),
    needs="",
    deadline="S34",
)
def dangling_reference(facts: Facts) -> Outcome:
    """Find each code that some row refers to and that no row defines; the subject is the code (or text) as found.

    Walked are all properties that make an edge to something a sheet defines (units, organizations, divisions, parks,
    buildings, streets, markets, associations), and the organizations of 剔除 and 销号 rows. Supervising offices and
    instructors exist by being named. 所属单位 may name a zone, a unit or an office instead of an organization; only what
    looks like a code (no Chinese character) and is none of these dangles. A code in a register (名录) that the ledgers
    lack is ``register_gap``.
    """
    found: dict[str, _Found] = {}
    checked: Checked = {}
    for reference in _references():
        _collect(facts, reference, found, checked)
    labels = load_schema().kinds
    hits = []
    for code, what in found.items():
        kind = labels[what.kinds[0]]
        hits.append(
            Hit(
                code,
                {"count": what.count, "kind": Words(kind.zh, kind.en)},
                (node(code, "missing"), *what.edges[:SHOWN]),
                tuple(what.claims[:SHOWN]),
                no_repair(
                    "补上缺少的一行，或更正代码",
                    "load the row that is missing, or correct the code",
                ),
            )
        )
    return Outcome(Population(others=sum(len(named) for named in checked.values())), hits)


Checked = dict[tuple[str, ...], "pd.Index[Any]"]
"""The codes looked at, each once, by the kinds that they may name."""


def _note(checked: Checked, targets: tuple[str, ...], named: pd.Index[Any]) -> None:
    before = checked.get(targets)
    checked[targets] = named if before is None else before.union(named, sort=False)


@dataclass(frozen=True, slots=True)
class _Reference:
    kind: str
    column: str
    several: bool
    targets: tuple[str, ...]
    rule: EdgeRule | None
    source: str | None = None


def _references() -> Iterator[_Reference]:
    """Yield the properties whose values name an entity that a sheet defines."""
    schema = load_schema()
    for kind in schema.kinds.values():
        for p in kind.properties.values():
            if p.edge is None:
                continue
            targets = schema.named(p.edge)
            if all(t in schema.kinds for t in targets):
                yield _Reference(
                    kind.name, p.name, p.type == "list", targets, p.edge, p.edge.source
                )
    for name, column in RECORDS:
        yield _Reference(name, column, False, ("organization",), None)
    # the led organization is the source of its edge
    yield _Reference("leading", "organization", False, ("organization",), None)


def _defined(facts: Facts, kind: str, named: pd.Index[Any]) -> NDArray[np.bool_]:
    """Return which of some codes are entities of a kind; a merged code is the organization that it was merged into."""
    if kind == "organization":
        merged = named.isin(list(facts.city.decisions.merged))
        return np.asarray(merged | (facts.organizations.index.get_indexer(named) >= 0), dtype=bool)
    keys = facts.units.index if kind == "unit" else pd.Index(facts.frame(kind)["key"])
    return np.asarray(keys.get_indexer(named) >= 0, dtype=bool)


def _collect(
    facts: Facts,
    reference: _Reference,
    found: dict[str, _Found],
    checked: Checked,
) -> None:
    """Add what one property refers to in vain: values are looked at once each, then the rows that hold them."""
    if reference.kind == "member":
        _collect_members(facts, reference, found, checked)
        return
    if reference.kind == "organization":
        source: Any = facts.organizations
    elif reference.kind == "unit":
        source = facts.units
    else:
        source = facts.frame(reference.kind)
    code, values = pd.factorize(texts(source[reference.column]))
    parts = [
        [str(v)] if not reference.several else [p for p in str(v).split(";") if p] for v in values
    ]
    named = pd.Index(sorted({part for some in parts for part in some}), dtype=object)
    named = named[~stubs(named)]  # they are there, outside the area
    if reference.rule is not None and reference.rule.when == "code":
        named = named[[CJK.search(text) is None for text in named]]
        named = named.difference(_other_offices(facts))
    _note(checked, reference.targets, named)
    known = np.zeros(len(named), dtype=bool)
    for kind in reference.targets:
        known |= _defined(facts, kind, named)
    missing = set(named[~known])
    if not missing:
        return
    bad = [i for i, some in enumerate(parts) if missing.intersection(some)]
    faulty = np.zeros(len(values) + 1, dtype=bool)
    faulty[bad] = True
    rows = np.flatnonzero(faulty[code])
    key = source.index if reference.kind in ("organization", "unit") else source["key"]
    here = (source[reference.source] if reference.source else key).to_numpy(dtype=object)
    claim = source["claim"].to_numpy()
    # rows by value, in their order: of each value, those that are shown and how many there are
    order = rows[np.argsort(code[rows], kind="stable")]
    start = np.searchsorted(code[order], bad)
    size = np.bincount(code[rows], minlength=len(values))
    named_by: list[tuple[int, str]] = []
    for i, begin in zip(bad, start.tolist(), strict=True):
        for text in parts[i]:
            if text in missing:
                this = found.setdefault(text, _Found(reference.targets))
                this.count += int(size[i])
                named_by += [(int(r), text) for r in order[begin : begin + min(SHOWN, size[i])]]
    named_by.sort(key=lambda pair: pair[0])
    for row, text in named_by:
        this = found[text]
        if len(this.claims) < SHOWN:
            this.claims.append((reference.kind, int(claim[row])))
            if reference.rule is not None:
                ends = (text, str(here[row])) if reference.rule.reverse else (str(here[row]), text)
                this.edges.append(edge(reference.rule.kind, *ends))


def _other_offices(facts: Facts) -> list[str]:
    """Return what 所属单位 may name besides organizations: zones, units, and codes of supervising offices."""
    parks = facts.frame("park")
    supervising = facts.organizations["supervisor"].dropna().unique()
    return [*parks["key"], *parks["code"], *facts.units.index, *supervising]


def _collect_members(
    facts: Facts,
    reference: _Reference,
    found: dict[str, _Found],
    checked: Checked,
) -> None:
    """Add units and employers that member records name in vain: counted, with their rows, never the member."""
    column = "unit" if reference.column == "unit" else "employer"
    people = facts.members[facts.members[column].notna()]
    unique = pd.Index(people[column].unique())
    unique = unique[~stubs(unique)]
    _note(checked, reference.targets, unique)
    missing = unique[~_defined(facts, reference.targets[0], unique)]
    for code, some in people[people[column].isin(missing)].groupby(column):
        this = found.setdefault(str(code), _Found(reference.targets))
        this.count += int(some["claim"].nunique())
        room = max(0, SHOWN - len(this.claims))
        this.claims += [("member", int(c)) for c in sorted(set(some["claim"]))[:room]]
