"""What ledgers would be read as, before anything is stored: headers, columns with their meanings, first rows, faults.

Nothing is kept. Cells of columns that tell of persons, and of columns whose meaning nobody knows, are not shown: the reader leaves
them behind here as it does in an import. The others are shown as they would be stored. References and places are checked in an
import alone, against what the store holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from graph.errors import InputError
from graph.model import today
from graph.schema import load_schema
from loaders import mapping as mappings
from loaders.canonical import SheetKind, canonical, normal_heading
from loaders.fitting import header_reads
from loaders.glance import glanced
from loaders.intake import Sheet, called, recognised
from loaders.privacy import MASK, mask
from loaders.reading.model import Boundaries, RawSheet, Refused, Skipped

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.schema import Property
    from graph.store.base import Store
    from loaders.blanking import Blanked
    from loaders.faults import Fault
    from loaders.rows import Rows

    Progress = Callable[[str, int, int | None], None]

How = Literal["canonical", "wording", "mapping", "tick", "personal", "idle", "twice", "unknown"]
SHOWN_ROWS, SHOWN_FAULTS = 8, 500
"""Rows that are shown of a sheet, and faulty cells of all of them."""
LONGEST = 60
"""Characters of a cell that are shown."""


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """One column: its heading, what it is taken for, how that is known, and how many cells it fills.

    Attributes
    ----------
    means : str or None
        A canonical column; ``None`` where it is not read.
    how : str
        ``canonical`` and ``wording`` (known headings), ``mapping`` (a mapping says so), ``tick`` (one of several that are ticked),
        ``personal`` (left behind), ``idle`` (means nothing), ``twice`` (another column means the same), ``unknown``.
    likely : str or None
        What an unknown heading most resembles.
    known_as : mapping
        Canonical column by kind of sheet: what it would mean, were the sheet of another kind.
    """

    index: int
    letter: str
    heading: str
    cells: int
    means: str | None
    how: How
    likely: str | None = None
    known_as: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``preview --json`` prints."""
        return {
            "index": self.index, "letter": self.letter, "heading": mask(self.heading)[0], "cells": self.cells,
            "means": self.means, "how": self.how, "likely": self.likely,
            "known_as": dict(self.known_as),
        }  # fmt: skip


@dataclass(slots=True)
class SheetPreview:
    """One sheet as it would be read.

    Attributes
    ----------
    kind : str or None
        The sheet kind of the mappings; ``None`` where the header is none of a ledger.
    sample : list of (row, cells)
        The first rows, cell by column; ``None`` in columns that are not read.
    first_rows : list of dict
        As :func:`loaders.glance.glanced`.
    header_said : bool
        Whether the mapping says where the header is.
    left_out : bool
        Whether the mapping says that it is none to load.
    blanked : Blanked or None
        Values in the store that end by columns that the sheet lacks, where a store was looked at.
    """

    file: str
    sheet: str
    hidden: bool
    encoding: str
    header_rows: tuple[int, int]
    rows: int
    kind: SheetKind | None
    tied: tuple[str, ...]
    columns: list[ColumnPreview]
    missing: tuple[str, ...]
    entry: dict[str, Any] | None
    problem: tuple[str, str] | None
    first_rows: list[dict[str, Any]] = field(default_factory=list)
    header_said: bool = False
    left_out: bool = False
    sample: list[tuple[int, list[str | None]]] = field(default_factory=list)
    faulty_rows: int = 0
    faulty_cells: int = 0
    blanked: Blanked | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``preview --json`` prints."""
        kind = self.kind
        return {
            "sheet": self.sheet,
            "hidden": self.hidden,
            "encoding": self.encoding,
            "header_rows": list(self.header_rows),
            "header_said": self.header_said,
            "left_out": self.left_out,
            "first_rows": self.first_rows,
            "rows": self.rows,
            "kind": None if kind is None else kind.id,
            "label": None if kind is None else {"zh": kind.zh, "en": kind.en},
            "tied": list(self.tied),
            "columns": [c.as_json() for c in self.columns],
            "missing": list(self.missing),
            "entry": self.entry,
            "problem": None
            if self.problem is None
            else {"zh": self.problem[0], "en": self.problem[1]},
            "sample": [{"row": row, "cells": cells} for row, cells in self.sample],
            "faulty_rows": self.faulty_rows,
            "faulty_cells": self.faulty_cells,
            "blanked": None if self.blanked is None else self.blanked.as_json(),
        }


@dataclass(slots=True)
class Preview:
    """What some files would be read as."""

    sheets: list[SheetPreview] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    outlines: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether all that was given would be read, without a fault in any cell."""
        return not self.refused and all(
            s.left_out
            or (s.kind is not None and not s.missing and not s.faulty_cells and not s.problem)
            for s in self.sheets
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``preview --json`` prints."""
        found = sum(s.faulty_cells for s in self.sheets)
        return {
            "files": [
                {
                    "path": path,
                    "outlines": path in self.outlines,
                    "sheets": [s.as_json() for s in self.sheets if s.file == path],
                    "refused": [
                        {
                            "sheet": r.sheet, "code": r.code,
                            "zh": f"{r.reason_zh}；{r.way_out_zh}", "en": f"{r.reason_en}; {r.way_out_en}",
                        }
                        for r in self.refused if r.file == path
                    ],
                }
                for path in self.order
            ],
            "skipped": [
                {"path": s.file, "zh": s.reason_zh, "en": s.reason_en} for s in self.skipped
            ],
            "faults": [f.as_json() for f in self.faults],
            "faults_omitted": found - len(self.faults),
            "kinds": kinds(),
        }  # fmt: skip


def kinds() -> list[dict[str, Any]]:
    """Return the kinds of sheets with their columns: what a column can be said to mean."""
    schema = load_schema().kinds
    out = []
    for kind in canonical().sheets.values():
        properties = schema[kind.kind].properties
        columns = [
            {
                "name": c.name,
                "required": c.required,
                "label": {
                    "zh": c.name,
                    "en": properties[c.prop].en
                    if c.prop in properties
                    else {"key": "code", "dated": "date of the row"}.get(c.prop, c.prop),
                },
            }
            for c in kind.columns
        ]
        out.append({"id": kind.id, "label": {"zh": kind.zh, "en": kind.en}, "columns": columns})
    return out


def preview(
    paths: Sequence[str | Path],
    profile: Profile,
    *,
    mapping: str | None = None,
    progress: Progress | None = None,
    names: Mapping[str, str] | None = None,
    store: Store | None = None,
) -> Preview:
    """Read files and tell what each sheet of them would be read as; nothing is stored.

    Parameters
    ----------
    mapping : str, optional
        A saved mapping's name or a mapping file.
    names : mapping, optional
        As :func:`loaders.intake.gather`.
    store : graph.store.base.Store, optional
        What is loaded already: what of it would become blank by columns that sheets lack is told.

    Raises
    ------
    InputError
        A path leads nowhere, or the mapping is unknown.
    """
    from loaders.reading import read

    for path in paths:
        if not Path(path).exists():
            raise InputError(
                f"{path}: there is no such file or folder; check the path",
                f"{path}：没有这个文件或文件夹；请核对路径",
            )
    chosen = mappings.load(mapping) if mapping else None
    out = Preview()
    if progress is not None:
        progress("reading", 0, None)
    for item in called(read([str(p) for p in paths]), names or {}):
        if isinstance(item, Skipped):
            out.skipped.append(item)
            continue
        if item.file not in out.order:
            out.order.append(item.file)
        if isinstance(item, Refused):
            out.refused.append(item)
        elif isinstance(item, Boundaries):
            out.outlines.append(item.file)
        else:
            sheet = recognised(item, chosen)
            out.sheets.append(_sheet(sheet, profile, out, progress, store))
    return out


def _sheet(
    sheet: Sheet,
    profile: Profile,
    out: Preview,
    progress: Progress | None,
    store: Store | None,
) -> SheetPreview:
    raw, plan = sheet.raw, sheet.plan
    tied = plan.tied if plan is not None else ()
    known = plan if plan is not None and not tied else None
    said = sheet.entry is not None and raw.header_rows == sheet.entry.header
    # a row of data that is said to be a header, as it stands, may hold a person's name
    shown = said and header_reads(raw)
    made = SheetPreview(
        file=raw.file,
        sheet=raw.sheet,
        hidden=raw.hidden,
        encoding=raw.encoding,
        header_rows=raw.header_rows,
        rows=raw.rows,
        kind=None if known is None else known.kind,
        tied=tied,
        columns=list(_columns(raw, known, said=shown)),
        missing=() if known is None else known.missing,
        entry=None if known is None or known.mapping is None else _entry(known.mapping),
        problem=sheet.report.problem,
        first_rows=glanced(raw, said=shown),
        header_said=said,
        left_out=sheet.report.set_aside,
    )
    if known is None or not raw.rows:
        return made
    from loaders.cells import Settings
    from loaders.rows import check

    settings = Settings(
        today=today(), extent=profile.extent, datum=profile.datum, edition=profile.gbt4754_edition
    )

    def tick(seen: int) -> None:
        if progress is not None:
            progress("checking", seen, raw.rows)

    rows = check(raw, known, settings, tick)
    made.faulty_rows, made.faulty_cells = int(rows.bad.sum()), len(rows.faults)
    left = SHOWN_FAULTS - len(out.faults)
    if left > 0:
        out.faults += rows.faults.listed(left)
    if store is not None and not known.missing:
        from loaders import identity
        from loaders.blanking import blanked

        identity.record_keys(rows)
        made.blanked = blanked(rows, identity.dates(rows, today()), store)
    made.sample = list(_sample(made, rows))
    return made


def _entry(entry: mappings.SheetMapping) -> dict[str, Any]:
    """Return a mapping's entry as files have it."""
    one = mappings.CustomMapping("", "", "", (entry,))
    found: dict[str, Any] = mappings.as_dict(one)["sheets"][0]
    return found


def _columns(
    raw: RawSheet, plan: mappings.SheetPlan | None, *, said: bool
) -> Iterator[ColumnPreview]:
    known = canonical()
    means: dict[int, tuple[str, How]] = {}
    likely: dict[int, tuple[str | None, str]] = {}
    left: set[int] = set()
    if plan is not None:
        renamed = {} if plan.mapping is None else {normal_heading(k) for k in plan.mapping.columns}
        titles = raw.headings()
        for planned in plan.columns:
            for index in planned.indexes:
                how: How = "tick"
                if not planned.ticks:
                    heading = titles[index]
                    hit = known.find(plan.kind.id, heading)
                    exact = hit is not None and hit[0] == planned.column.name and hit[1] == 0
                    how = "canonical" if exact else "wording"
                    if normal_heading(heading) in renamed and not exact:
                        how = "mapping"
                means[index] = planned.column.name, how
        left = {index for index, _ in plan.refused}
        likely = {u.index: (u.suggestion, u.reason) for u in plan.unknown}
    # where no heading is known, what stands there may be a first row, with a person's name in it
    is_header = (
        said or plan is not None or any(known.knows(c.header) for c in raw.columns if c.header)
    )
    for column in raw.columns:
        index = column.index
        how = "unknown"
        meaning: str | None = None
        guess: str | None = None
        if index in means:
            meaning, how = means[index]
        elif index in left or (plan is None and known.personal.refuses(column.header)):
            how = "personal"
        elif index in likely:
            guess, reason = likely[index]
            how = "twice" if reason == "twice" else "unknown"
        elif plan is not None:
            how = "idle"
        heading = column.header if is_header else ""
        known_as = {
            kind: hit[0]
            for kind in known.sheets
            if heading and how != "personal" and (hit := known.find(kind, heading)) is not None
        }
        yield ColumnPreview(
            index, column.letter, heading, column.cells, meaning, how, guess, known_as
        )


def _sample(made: SheetPreview, rows: Rows) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the first rows as they would be stored; what can't be read as it was found, as far as reports repeat it."""
    at_fault = {
        (f.row, f.index): f.found for f in rows.faults.listed(SHOWN_ROWS * len(made.columns))
    }
    person = rows.plan.kind.id == "member"
    types = dict(load_schema().kinds[rows.plan.kind.kind].properties)
    for k in islice(range(len(rows)), SHOWN_ROWS):
        number = int(rows.row[k])
        hidden = person or any(bool(where[k]) for where in rows.persons.values())
        cells: list[str | None] = []
        for column in made.columns:
            plan = next((c for c in rows.plan.columns if column.index in c.indexes), None)
            if plan is None or column.means is None:
                cells.append(None)
            elif hidden:
                cells.append(MASK)
            elif (number, column.index) in at_fault:
                cells.append(at_fault[number, column.index] or MASK)
            else:
                cells.append(_cell(rows.columns[plan.column.prop][k], types.get(plan.column.prop)))
        yield number, cells


def _cell(value: Any, declared: Property | None) -> str:
    """Return a value as it is shown: in the words of ledgers, without numbers of persons, not endless."""
    if value is None or value != value:  # NaN
        return ""
    said = value if declared is None else declared.shown(value)
    if isinstance(said, bool):
        text = "是" if said else "否"
    elif isinstance(said, list):
        text = "；".join(map(str, said))
    elif isinstance(said, float):
        text = f"{said:.10g}"
    else:
        text = str(said)
    bare = mask(text)[0]
    return bare if len(bare) <= LONGEST else f"{bare[:LONGEST]}…"


__all__ = ["Preview", "SheetPreview", "kinds", "preview"]
