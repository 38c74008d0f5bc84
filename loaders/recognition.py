"""Which sheet is which, and which of its columns means what: a sheet is known by its header, whatever its name (LEDGERS)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from loaders.canonical import Canonical, Column, SheetKind, canonical, normal_heading
from loaders.mapping import ColumnPlan, CustomMapping, SheetMapping, SheetPlan, Suggestion

Probe = Callable[[int], Sequence[str]]
"""Column index → some of its cells, for telling kinds apart whose headers are equal."""


def recognise(
    columns: Sequence[str],
    sheet: str,
    file: str,
    mapping: CustomMapping | None = None,
    probe: Probe | None = None,
) -> SheetPlan | None:
    """Return how a sheet is to be read, or ``None`` where its header is none of a ledger.

    Parameters
    ----------
    columns : sequence of str
        Flattened headings (``parent/child``); empty for a column without one.
    sheet, file : str
        Names; they decide only between kinds that the header fits equally well, and for a mapping that asks for them.
    """
    known = canonical()
    if mapping is not None:
        for entry in mapping.sheets:
            if entry.sheet and entry.fits(columns, sheet, file):
                return _plan(known, known.sheets[entry.sheet], columns, entry)
    plans = [_plan(known, kind, columns, None) for kind in known.sheets.values()]
    plans = [plan for plan in plans if plan.columns]
    fitting = [plan for plan in plans if _fits(plan)]
    if not fitting:
        return None
    best = max(map(_score, fitting))
    tied, rivals = _others([plan for plan in fitting if _score(plan) == best], plans)
    if rivals:
        tied = _named(_filled([*tied, *rivals], probe), sheet, file)
    else:
        tied = _untie(tied, sheet, file, probe)
    if len(tied) > 1:
        return _with(
            tied[0],
            tied=tuple(p.kind.id for p in tied),
            lacking={p.kind.id: p.missing for p in tied if p.missing},
        )
    return tied[0]


def _score(plan: SheetPlan) -> int:
    return len(plan.columns) - 2 * len(plan.missing)


def _half(plan: SheetPlan) -> bool:
    """Say whether a sheet has at least half of the columns that its kind requires."""
    return 2 * len(plan.missing) <= len(plan.kind.required)


def _fits(plan: SheetPlan) -> bool:
    return _half(plan) and _score(plan) > 0


def _known(plan: SheetPlan) -> frozenset[int]:
    """Return the columns whose headings a kind knows, those of a meaning that another column has too."""
    read = {i for column in plan.columns for i in column.indexes}
    return frozenset(read | {s.index for s in plan.unknown if s.reason == "twice"})


def _canonical(plan: SheetPlan) -> int:
    """Return how many of a kind's columns are headed by its own names, not by other wordings of them."""
    return sum(normal_heading(c.heading) == normal_heading(c.column.name) for c in plan.columns)


def _others(
    best: Sequence[SheetPlan], plans: Sequence[SheetPlan]
) -> tuple[list[SheetPlan], list[SheetPlan]]:
    """Hold the kinds that fit a header best against what others know of it; none wins over them in silence.

    A kind of few required columns fits a part of many a sheet, however much it leaves unread. A kind that knows all that another
    one knows, and a heading that no kind besides knows, has the header, whatever it lacks and whatever the sheet is called.

    Returns
    -------
    list of SheetPlan
        The kinds whose header it is.
    list of SheetPlan
        Kinds whose header it may be as well: they know as much by their own names of columns, or more.
    """
    knows = {plan.kind.id: _known(plan) for plan in plans}

    def beaten(plan: SheetPlan, by: SheetPlan) -> bool:
        mine, theirs = knows[plan.kind.id], knows[by.kind.id]
        others = (known for kind, known in knows.items() if kind != by.kind.id)
        return theirs > mine and bool(theirs.difference(*others))

    first = max(best, key=lambda p: len(knows[p.kind.id]))
    own = [plan for plan in plans if beaten(first, plan)]
    if own:
        most = max(map(_score, own))
        return [plan for plan in own if _score(plan) == most], []
    read = knows[first.kind.id]
    rivals = []
    for plan in plans:
        mine = knows[plan.kind.id]
        more = mine > read or (len(mine) > len(read) and _half(plan))
        nearer = mine == read and _canonical(plan) > _canonical(first)
        if plan not in best and (more or nearer):
            rivals.append(plan)
    return [plan for plan in best if not beaten(plan, first)], rivals


def _with(plan: SheetPlan, **changes: Any) -> SheetPlan:
    return dataclasses.replace(plan, **changes)


def _untie(tied: list[SheetPlan], sheet: str, file: str, probe: Probe | None) -> list[SheetPlan]:
    named = _named(tied, sheet, file)
    if len(named) < len(tied):
        return named
    tied = _filled(tied, probe)
    most = max(len(p.kind.required) for p in tied)
    return [p for p in tied if len(p.kind.required) == most]


def _named(tied: list[SheetPlan], sheet: str, file: str) -> list[SheetPlan]:
    """Return the kinds after which the sheet, or else the file, is named; all where it is named after none."""
    for name in (sheet, PurePath(file).stem):
        words = normal_heading(name)
        hinted = [
            (max(len(n) for n in p.kind.names if n in words), p)
            for p in tied
            if any(n in words for n in p.kind.names)
        ]
        if hinted:
            longest = max(n for n, _ in hinted)
            return [p for n, p in hinted if n == longest]
    return tied


def _filled(tied: list[SheetPlan], probe: Probe | None) -> list[SheetPlan]:
    """Return the kinds whose values the first cells are; all where they are none's."""
    if probe is None:
        return tied
    return [p for p in tied if _values_fit(p, probe)] or tied


def _values_fit(plan: SheetPlan, probe: Probe) -> bool:
    wordings = canonical().value_wordings
    for column in plan.columns:
        if column.column.enum and not column.ticks:
            allowed = set(column.column.enum)
            for value, others in wordings(column.column.prop).items():
                if value in allowed and isinstance(others, list):
                    allowed.update(map(str, others))
            found = {v.strip() for v in probe(column.indexes[0]) if v and v.strip()}
            if found and not found & allowed:
                return False
    return True


def _plan(
    known: Canonical, kind: SheetKind, columns: Sequence[str], entry: SheetMapping | None
) -> SheetPlan:
    renamed = {normal_heading(k): v for k, v in entry.columns.items()} if entry else {}
    ignore = {normal_heading(k) for k in entry.ignore} if entry else set()
    suggest = {normal_heading(h) for s in entry.suggest.values() for h in s} if entry else set()
    hits: dict[str, list[tuple[int, int]]] = {}
    ticked: dict[str, list[tuple[int, str]]] = {}
    refused: list[tuple[int, str]] = []
    ignored: list[str] = []
    left: list[int] = []
    sources: list[tuple[str, int]] = []
    for i, heading in enumerate(columns):
        normal = normal_heading(heading)
        if not normal:
            continue
        if normal in suggest:
            sources.append((normal, i))
        tick = _tick(known, kind, heading)
        if normal in renamed:
            hits.setdefault(renamed[normal], []).append((-1, i))
        elif normal in ignore or (normal in known.idle and known.find(kind.id, heading) is None):
            ignored.append(heading)
        elif tick:
            ticked.setdefault(tick[0], []).append((i, tick[1]))
        elif entry and entry.columns:
            # a mapping says which columns it means; what it doesn't name is read only by its canonical heading
            hit = known.find(kind.id, heading)
            if hit and hit[1] == 0 and normal not in suggest:
                hits.setdefault(hit[0], []).append((hit[1], i))
            elif known.personal.refuses(heading):
                refused.append((i, heading))
            elif normal not in suggest:
                left.append(i)
        elif (hit := known.find(kind.id, heading)) is not None:
            hits.setdefault(hit[0], []).append((hit[1], i))
        elif known.personal.refuses(heading):
            refused.append((i, heading))
        else:
            left.append(i)
    plans, double = _columns(kind, columns, hits, ticked, entry)
    have = {p.column.name for p in plans} | (
        set(entry.constants) | set(entry.absent) if entry else set()
    )
    if entry and entry.sections:
        have.add(entry.sections)
    missing = tuple(c.name for c in kind.columns if c.required and c.name not in have)
    unknown = [Suggestion(i, columns[i], None, "twice") for i in double]
    unknown += [
        Suggestion(i, columns[i], _closest(kind, columns[i], have), "unknown") for i in left
    ]
    return SheetPlan(
        kind=kind,
        columns=tuple(plans),
        refused=tuple(refused),
        unknown=tuple(sorted(unknown, key=lambda s: s.index)),
        ignored=tuple(ignored),
        missing=missing,
        mapping=entry,
        _suggest=tuple(sources),
    )


def _columns(
    kind: SheetKind,
    columns: Sequence[str],
    hits: Mapping[str, list[tuple[int, int]]],
    ticked: Mapping[str, list[tuple[int, str]]],
    entry: SheetMapping | None,
) -> tuple[list[ColumnPlan], list[int]]:
    """Return the plans, and the columns whose meaning another column already has (the better wording wins)."""
    plans: list[ColumnPlan] = []
    double: list[int] = []
    for column in kind.columns:
        width = entry.widths.get(column.name) if entry else None
        values = entry.values.get(column.name, {}) if entry else {}
        found = sorted(hits.get(column.name, ()))
        if found:
            index = found[0][1]
            plans.append(ColumnPlan(column, columns[index], (index,), (), width, values))
            double += [i for _, i in found[1:]] + [i for i, _ in ticked.get(column.name, ())]
        elif column.name in ticked:
            pairs = ticked[column.name]
            heading = columns[pairs[0][0]].rpartition("/")[0] or column.name
            plans.append(
                ColumnPlan(
                    column,
                    heading,
                    tuple(i for i, _ in pairs),
                    tuple(v for _, v in pairs),
                    None,
                    values,
                )
            )
    return plans, double


def _tick(known: Canonical, kind: SheetKind, heading: str) -> tuple[str, str] | None:
    """Return (canonical column, value) where a heading is one of several columns to be ticked."""
    own = kind.ticks.get(normal_heading(heading))
    if own:
        return own
    parent, slash, child = heading.rpartition("/")
    if not slash or known.find(kind.id, heading):
        return None
    alone = kind.ticks.get(normal_heading(child))
    hit = known.headings[kind.id].get(normal_heading(parent.rpartition("/")[2]))
    if hit is None:
        return alone if alone and not known.personal.refuses(heading) else None
    column = kind.column(hit[0])
    value = _tick_value(known, column, child) if column else None
    return (column.name, value) if column and value else None


def _tick_value(known: Canonical, column: Column, child: str) -> str | None:
    word = normal_heading(child)
    if column.cell == "bool":
        return {"是": "是", "有": "是", "否": "否", "无": "否"}.get(word)
    if column.cell == "category":
        tables = list(known.values["category"].values())
    elif column.cell in {"enum", "text_list"}:
        wordings = known.value_wordings("text_list" if column.cell == "text_list" else column.prop)
        allowed = set(column.enum) or set(wordings)
        tables = [{v: wordings.get(v, []) for v in allowed}]
    else:
        return None
    for table in tables:
        for value, others in table.items():
            if word in {normal_heading(w) for w in (value, *map(str, others))}:
                return str(value)
    return None


def _closest(kind: SheetKind, heading: str, have: set[str]) -> str | None:
    """Return the canonical column that an unknown heading most resembles, among those the sheet still lacks."""
    from rapidfuzz import fuzz, process

    choices = {
        normal_heading(w): c.name for c in kind.columns if c.name not in have for w in c.wordings
    }
    word = normal_heading(heading.rpartition("/")[2]) or normal_heading(heading)
    found = process.extractOne(word, list(choices), scorer=fuzz.ratio, score_cutoff=60)
    return choices[found[0]] if found else None
