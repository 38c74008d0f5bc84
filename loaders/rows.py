"""A sheet's cells checked column by column: values of the schema's types, faults, and what was left behind.

Each chunk's distinct texts are read once (:mod:`loaders.cells`) and spread over the rows; nothing here goes through a clean
sheet row by row. What concerns a row as a whole (places, coordinates, codes of persons) is :mod:`loaders.judgement`'s.
"""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from loaders import cells, choices, codes, quantities
from loaders.cells import Coded, Parser, Settings, Texts, Values, is_blank, plain
from loaders.faults import CODES, NOTE_BITS, NUMBER, FaultBlock, FaultList
from loaders.privacy import mask

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from loaders.mapping import ColumnPlan, SheetPlan
    from loaders.reading.model import RawSheet

PARSERS: Mapping[str, Parser] = {
    "text": cells.text,
    "name": cells.name,
    "text_list": choices.text_list,
    "enum": choices.choice,
    "edition": choices.choice,
    "datum": choices.choice,
    "category": choices.category,
    "bool": choices.yes_no,
    "instructor": choices.instructor,
    "pseudonym": choices.pseudonym,
    "int": quantities.integer,
    "rate": quantities.rate,
    "clears": quantities.clears,
    "lon": quantities.degrees,
    "lat": quantities.degrees,
    "date": quantities.date,
    "period": quantities.period,
    "uscc": codes.uscc,
    "uscc_ref": codes.uscc_ref,
    "uscc_list": codes.uscc_list,
    "code": codes.code,
    "code_list": codes.code_list,
    "place": codes.place,
    "office": codes.office,
    "organization_or_office": codes.organization_or_office,
    "industry": codes.industry,
}
_INDIVIDUAL = re.compile(r"(?<![0-9A-Za-z])92[0-9A-Za-z]{12,18}(?![0-9A-Za-z])")
FOUND_LENGTH = 60
"""Characters of a faulty cell that reports repeat."""


NOTED = 10
"""Rows that a note names; how many there are, it counts."""


@dataclass(slots=True)
class Rows:
    """The rows of one sheet on their way into a store: columns of one length.

    Parameters
    ----------
    row : int[n]
        Row numbers as a spreadsheet shows them.
    columns : mapping
        Property (``key`` and ``dated`` too) to values: object arrays with ``None``, or float arrays with NaN.
    persons : mapping
        Property to where its code is an individual business's.
    bad : bool[n]
        Rows with a faulty cell.
    faults : FaultList
    notes : Counter
        (heading, note's code) to cells.
    noted : dict
        The same to the first rows of these cells, at most :data:`NOTED`, where the note is about a row.
    left_out : int
        Rows that the mapping says are none (``skip``).
    sources : mapping
        Heading to the texts from which sector and place are suggested.
    foreign : bool[n] or None
        Rows that say nothing, not even that something is listed: they are not the importer's (:mod:`loaders.area`).
    """

    plan: SheetPlan
    row: NDArray[Any]
    columns: dict[str, NDArray[Any]]
    persons: dict[str, NDArray[Any]]
    bad: NDArray[Any]
    faults: FaultList
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)
    noted: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    left_out: int = 0
    sources: dict[str, NDArray[Any]] = field(default_factory=dict)
    foreign: NDArray[Any] | None = None

    def __len__(self) -> int:
        """Return the number of rows, faulty ones included."""
        return len(self.row)

    def column(self, prop: str) -> NDArray[Any]:
        """Return a text column, blank where the sheet lacks it."""
        found = self.columns.get(prop)
        return np.full(len(self), None, dtype=object) if found is None else found

    def numbers(self, prop: str) -> NDArray[Any]:
        """Return a number column, NaN where the sheet lacks it."""
        found = self.columns.get(prop)
        return np.full(len(self), np.nan) if found is None else found

    def at_fault(self, prop: str) -> NDArray[Any]:
        """Return where the cell of a column is what keeps a row out."""
        plan = self.plan.by_prop(prop)
        heading = plan.heading if plan else None
        rows = [b.rows for b in self.faults.blocks if b.column == heading]
        return np.isin(self.row, np.concatenate(rows) if rows else [])

    def note(self, code: str, prop: str, at: NDArray[Any]) -> None:
        """Say something of the cells of a column at these positions, which load all the same."""
        if len(at):
            plan = self.plan.by_prop(prop)
            what = (plan.heading if plan else prop, code)
            self.notes[what] += len(at)
            self.noted[what] = [*self.noted.get(what, ()), *self.row[at].tolist()][:NOTED]

    def fault(
        self,
        code: str,
        prop: str,
        at: NDArray[Any],
        found: NDArray[Any] | None = None,
        details: Mapping[int, str] | None = None,
    ) -> None:
        """Put the rows at these positions into quarantine for a fault in one column."""
        if not len(at):
            return
        plan = self.plan.by_prop(prop)
        column = next((c for c in self.plan.kind.columns if c.prop == prop), None)
        heading = plan.heading if plan else column.name if column else prop
        self.bad[at] = True
        self.faults.blocks.append(
            FaultBlock(
                code,
                heading,
                plan.indexes[0] if plan else -1,
                self.row[at],
                [shown(found[i]) if found is not None else None for i in at],
                [details.get(int(i)) if details else None for i in at],
            )
        )


def shown(value: object) -> str | None:
    """Return what a report may repeat of a faulty cell: no ID or mobile number, no individual's code, not endless."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    bare = _INDIVIDUAL.sub("92***", mask(text)[0])
    return bare if len(bare) <= FOUND_LENGTH else bare[:FOUND_LENGTH] + "…"


def check(
    raw: RawSheet, plan: SheetPlan, settings: Settings, tick: Callable[[int], None] | None = None
) -> Rows:
    """Read and check all cells of a sheet.

    Parameters
    ----------
    tick : callable, optional
        Told the rows read so far.
    """
    settings = replace(
        settings, any_scheme=bool(plan.mapping and plan.mapping.identifiers == "any")
    )
    faults = FaultList(raw.file, raw.sheet)
    notes: Counter[tuple[str, str]] = Counter()
    parts: list[_Part] = []
    seen = 0
    for chunk in raw.chunks(plan.needed):
        part = _Part.of(chunk, raw, plan, settings, faults, notes)
        seen += chunk.num_rows
        parts.append(part)
        if tick is not None:
            tick(seen)
    out = _joined(parts, plan, faults)
    out.notes = notes
    out.left_out = seen - len(out)
    _constants(out, raw, plan, settings)
    _required(out)
    return out


@dataclass(slots=True)
class _Part:
    """One chunk, checked."""

    row: NDArray[Any]
    columns: dict[str, NDArray[Any]]
    persons: dict[str, NDArray[Any]]
    bad: NDArray[Any]
    blank_fault: dict[str, NDArray[Any]]
    sources: dict[str, NDArray[Any]]

    @classmethod
    def of(
        cls,
        chunk: pa.Table,
        raw: RawSheet,
        plan: SheetPlan,
        settings: Settings,
        faults: FaultList,
        notes: Counter[tuple[str, str]],
    ) -> _Part:
        chunk = _kept(chunk, plan)
        n = chunk.num_rows
        self = cls(
            chunk["row"].to_numpy().astype(np.int64), {}, {}, np.zeros(n, dtype=bool), {}, {}
        )
        for column in plan.columns:
            if column.ticks:
                self._ticked(chunk, column, faults)
                continue
            coded = _coded(chunk, column.indexes[0], raw)
            values = _parsed(coded, column, settings)
            prop = column.column.prop
            self.columns[prop] = coded.expand(values.values)
            if values.person is not None:
                self.persons[prop] = coded.expand(values.person)
            self._faults(coded, values, column, faults, plan)
            self._notes(coded, values, column, notes)
        for heading, index in plan.suggest_indexes().items():
            source = _coded(chunk, index, raw)
            self.sources[heading] = source.expand(source.unique.objects())
        return self

    def _faults(
        self, coded: Coded, values: Values, column: ColumnPlan, faults: FaultList, plan: SheetPlan
    ) -> None:
        if not values.fault.any():
            return
        fault = coded.expand(values.fault)
        self.bad |= fault > 0
        self.blank_fault[column.column.prop] = fault > 0
        person = plan.kind.id == "member"
        for number in np.unique(fault[fault > 0]).tolist():
            at = np.flatnonzero(fault == number)
            which = coded.codes[at]
            texts = {int(i): coded.unique.texts[int(i)].as_py() for i in np.unique(which)}
            code = CODES[number]
            faults.blocks.append(
                FaultBlock(
                    # what stands in a list of persons may be a name
                    "person_cell" if person and code == "unknown_value" else code,
                    column.heading,
                    column.indexes[0],
                    self.row[at],
                    [None if person else shown(texts[int(i)]) for i in which],
                    [values.detail.get(int(i)) for i in which],
                )
            )

    @staticmethod
    def _notes(
        coded: Coded, values: Values, column: ColumnPlan, notes: Counter[tuple[str, str]]
    ) -> None:
        if not values.note.any():
            return
        note = coded.expand(values.note)
        for code, bit in NOTE_BITS.items():
            cells_noted = int(((note & bit) > 0).sum())
            if cells_noted:
                notes[column.heading, code] += cells_noted

    def _ticked(self, chunk: pa.Table, column: ColumnPlan, faults: FaultList) -> None:
        """Read several columns of which those that are ticked give the value (all of them for a list, else one)."""
        n = len(self.row)
        chosen = np.zeros((len(column.indexes), n), dtype=bool)
        for k, index in enumerate(column.indexes):
            coded = Coded.of(chunk[f"c{index}"])
            texts = coded.unique.texts.to_pylist()
            ticks = [choices.is_tick(t) for t in texts]
            strange = coded.expand(np.array([t is None for t in ticks], dtype=bool))
            chosen[k] = coded.expand(np.array([bool(t) for t in ticks], dtype=bool))
            if strange.any():
                at = np.flatnonzero(strange)
                self.bad[at] = True
                faults.blocks.append(
                    FaultBlock(
                        "not_tick",
                        column.heading,
                        index,
                        self.row[at],
                        [shown(texts[int(i)]) for i in coded.codes[at]],
                        [None] * len(at),
                    )
                )
        cell = column.column.cell
        if cell == "text_list":
            combination, inverse = np.unique(chosen, axis=1, return_inverse=True)
            joined = [
                ";".join(v for v, c in zip(column.ticks, some, strict=True) if c) or None
                for some in combination.T
            ]
            self.columns[column.column.prop] = np.array([*joined, None], dtype=object)[
                inverse.ravel()
            ]
            return
        many = np.flatnonzero(chosen.sum(axis=0) > 1)
        if len(many):
            self.bad[many] = True
            faults.blocks.append(
                FaultBlock(
                    "several_ticked",
                    column.heading,
                    column.indexes[0],
                    self.row[many],
                    [None] * len(many),
                    [None] * len(many),
                )
            )
        if cell == "bool":
            meaning = np.array([1.0 if t == "是" else 0.0 for t in column.ticks] + [np.nan])
        else:
            meaning = np.array([*column.ticks, None], dtype=object)
        which = np.where(chosen.any(axis=0), chosen.argmax(axis=0), len(column.ticks))
        self.columns[column.column.prop] = meaning[which]


def _coded(chunk: pa.Table, index: int, raw: RawSheet) -> Coded:
    types = chunk[f"t{index}"].to_numpy() if index in raw.typed else None
    return Coded.of(chunk[f"c{index}"], types)


def _parsed(coded: Coded, column: ColumnPlan, settings: Settings) -> Values:
    parser = PARSERS[column.column.cell]
    if column.column.cell == "uscc" and settings.any_scheme:
        parser = codes.any_code
    if column.width is not None:
        settings = replace(settings, width=column.width)
    unique = coded.unique
    if column.values:
        import pyarrow as pa

        said = {plain(k).casefold(): v for k, v in column.values.items()}
        texts = [
            said.get(plain(t).casefold(), t) if t is not None else None
            for t in unique.texts.to_pylist()
        ]
        unique = Texts(pa.array([t or "" for t in texts], type=pa.string()), unique.types)
    return parser(unique, column.column, settings)


def _kept(chunk: pa.Table, plan: SheetPlan) -> pa.Table:
    """Leave out rows that the mapping says are none (``skip``: column → patterns of its cells)."""
    skip = plan.mapping.skip if plan.mapping else {}
    for name, patterns in skip.items():
        column = plan.plan(name)
        if column is None:
            continue
        coded = Coded.of(chunk[f"c{column.indexes[0]}"])
        out = np.array(
            [any(fnmatch.fnmatch(t, p) for p in patterns) for t in coded.unique.texts.to_pylist()],
            dtype=bool,
        )
        chunk = chunk.filter(~coded.expand(out))
    return chunk


def _joined(parts: list[_Part], plan: SheetPlan, faults: FaultList) -> Rows:
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Rows(plan, none, {}, {}, np.zeros(0, dtype=bool), faults)
    columns: dict[str, NDArray[Any]] = {}
    for prop in list(parts[0].columns):
        columns[prop] = np.concatenate([p.columns.pop(prop) for p in parts])
    return Rows(
        plan=plan,
        row=np.concatenate([p.row for p in parts]),
        columns=columns,
        persons={k: np.concatenate([p.persons[k] for p in parts]) for k in parts[0].persons},
        bad=np.concatenate([p.bad for p in parts]),
        faults=faults,
        sources={k: np.concatenate([p.sources[k] for p in parts]) for k in parts[0].sources},
    )


def _constants(out: Rows, raw: RawSheet, plan: SheetPlan, settings: Settings) -> None:
    """Fill what the mapping states for all rows, what section headings say, and what the stamp line gives."""
    entry = plan.mapping
    for name, text in entry.constants.items() if entry else ():
        _fill(out, name, text, settings)
    if entry:
        for prop, value in entry.set.items():
            known = out.columns.get(prop)
            constant = np.full(len(out), value, dtype=object)
            out.columns[prop] = (
                constant if known is None else np.where(blank(known), constant, known)
            )
    if entry and entry.sections:
        for section in raw.sections:
            here = (out.row >= section.first_row) & (out.row <= section.last_row)
            text = re.sub(r"[(（].*$", "", section.text).strip()
            _fill(out, entry.sections, text, settings, here)
    stamp = {"填报单位", "填报日期"} & set(raw.stamp)
    for name in sorted(stamp):
        text = raw.stamp[name]
        if plan.kind.column(name) is not None and not is_blank(text):
            _fill(out, name, text, settings)


def _fill(
    out: Rows, name: str, text: str, settings: Settings, here: NDArray[Any] | None = None
) -> None:
    """Put a constant into the blank cells of a canonical column; a constant that can't be read is left out."""
    import pyarrow as pa

    column = out.plan.kind.column(name)
    if column is None:
        return
    texts = Texts(pa.array([text], type=pa.string()), np.zeros(1, dtype=np.int8))
    read = PARSERS[column.cell](texts, column, settings)
    if read.fault[0]:
        return
    value = read.values[0]
    old = out.columns.get(column.prop)
    if old is None:
        fill: Any = np.nan if isinstance(value, float) else None
        old = np.full(len(out), fill, dtype=read.values.dtype)
    where = blank(old) if here is None else blank(old) & here
    old[where] = value
    out.columns[column.prop] = old


def blank(values: NDArray[Any]) -> NDArray[Any]:
    """Return where a column says nothing."""
    import pandas as pd

    return np.asarray(pd.isna(values), dtype=bool)


def _required(out: Rows) -> None:
    """Put rows into quarantine of which a required cell is empty (one that holds a fault has its own)."""
    faulty: dict[str, set[int]] = {}
    for block in out.faults.blocks:
        faulty.setdefault(block.column, set()).update(block.rows.tolist())
    absent = set(out.plan.mapping.absent) if out.plan.mapping else set()
    for plan in out.plan.columns:
        column = plan.column
        if not column.required or column.name in absent:
            continue
        values = out.columns[column.prop]
        at = np.flatnonzero(blank(values))
        known = faulty.get(plan.heading)
        if known and len(at):
            at = at[[row not in known for row in out.row[at].tolist()]]
        out.fault("required", column.prop, at)


def iter_props(rows: Rows) -> Iterator[str]:
    """Yield the properties of the schema that a sheet gives (``key``, ``dated`` and helpers left out)."""
    from graph.schema import load_schema

    known = load_schema().kinds[rows.plan.kind.kind].properties
    yield from (p for p in rows.columns if p in known)


__all__ = ["NUMBER", "PARSERS", "Rows", "check", "iter_props", "shown"]
