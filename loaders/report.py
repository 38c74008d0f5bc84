"""What one import did, for programs (DESIGN's object) and as the material of the report for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph.model import iso
from loaders.privacy import mask

if TYPE_CHECKING:
    from loaders.blanking import Blanked
    from loaders.faults import Fault, FaultList
    from loaders.mapping import Suggestion
    from loaders.reading.model import Refused, Skipped
    from loaders.totals import Total

FAULTS_IN_JSON = 10_000
"""Faulty cells that ``--json`` lists; the fault workbooks hold all."""


@dataclass(slots=True)
class SheetReport:
    """What became of one sheet.

    Parameters
    ----------
    kind : str or None
        Kind of ``schema.yaml``; ``None`` where the header is none of a ledger.
    refused : list of (heading, cells)
        Personal columns, and how many cells of each were left behind.
    examples : int
        Rows marked as examples of how a form is filled in: left out.
    notes : Counter
        (heading, note's code) to cells whose rows loaded all the same; ``noted``: to the first of them, where it is about rows.
    unknown : list of Suggestion
        Headings that no sheet kind knows: their cells were not read.
    blanked : Blanked or None
        Values that ended by columns that the sheet lacks.
    problem : (zh, en) or None
        Why the sheet as a whole was not loaded.
    set_aside : bool
        Whether it is none to load, as the mapping says.
    """

    file: str
    sheet: str
    kind: str | None = None
    label: tuple[str, str] = ("", "")
    encoding: str = ""
    hidden: bool = False
    rows: int = 0
    loaded: int = 0
    unchanged: int = 0
    quarantined: int = 0
    left_out: int = 0
    examples: int = 0
    refused: list[tuple[str, int]] = field(default_factory=list)
    unknown: list[Suggestion] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)
    noted: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    totals: list[Total] = field(default_factory=list)
    faults: FaultList | None = None
    blanked: Blanked | None = None
    problem: tuple[str, str] | None = None
    set_aside: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the shape that ``import --json`` prints."""
        return {
            "sheet": self.sheet,
            "kind": self.kind,
            "rows": self.rows,
            "loaded": self.loaded,
            "unchanged": self.unchanged,
            "quarantined": self.quarantined,
            "refused_columns": [heading for heading, _ in self.refused],
            "refused_cells": dict(self.refused),
            "unknown_columns": [
                {"column": mask(s.heading)[0], "suggestion": s.suggestion, "reason": s.reason}
                for s in self.unknown
            ],
            "ignored_columns": list(self.ignored),
            "encoding": self.encoding,
            "hidden": self.hidden,
            "left_out": self.left_out,
            "examples": self.examples,
            "notes": [
                {
                    "column": column,
                    "code": code,
                    "cells": cells,
                    "rows": list(self.noted.get((column, code), ())),
                }
                for (column, code), cells in sorted(self.notes.items())
            ],
            "totals": [
                {"row": t.row, "column": t.column, "stated": t.stated, "counted": t.counted}
                for t in self.totals
                if t.differs
            ],
            "blanked": None if self.blanked is None else self.blanked.as_json(),
            "problem": {"zh": self.problem[0], "en": self.problem[1]} if self.problem else None,
        }


@dataclass(slots=True)
class FileReport:
    """What became of one file."""

    path: str
    sheets: list[SheetReport] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the shape that ``import --json`` prints."""
        return {
            "path": self.path,
            "sheets": [s.as_json() for s in self.sheets],
            "refused": [
                {
                    "sheet": r.sheet,
                    "code": r.code,
                    "zh": f"{r.reason_zh}；{r.way_out_zh}",
                    "en": f"{r.reason_en}; {r.way_out_en}",
                }
                for r in self.refused
            ],
        }


@dataclass(slots=True)
class ImportReport:
    """What one import did.

    Parameters
    ----------
    batch : int or None
        The batch to name in ``undo``; ``None`` where nothing changed.
    dated : int
        The date of rows that give none (``yyyymmdd``).
    resolved : int
        References of earlier rows that found what they name.
    withheld : bool
        ``--strict``, and a row was faulty: nothing was loaded.
    fault_workbooks : list of str
        Copies of the files with their faulty cells marked.
    warnings : list of (zh, en)
        What could not be done beside the import itself.
    """

    files: list[FileReport] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    batch: int | None = None
    dated: int = 0
    resolved: int = 0
    withheld: bool = False
    fault_workbooks: list[str] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def sheets(self) -> Iterator[SheetReport]:
        """Yield all sheets, file by file."""
        for file in self.files:
            yield from file.sheets

    def total(self, what: str) -> int:
        """Return ``rows``, ``loaded``, ``unchanged`` or ``quarantined`` over all sheets that are ledgers."""
        return sum(int(getattr(s, what)) for s in self.sheets() if s.kind is not None)

    @property
    def quarantined(self) -> int:
        """Rows that stayed out for a fault."""
        return self.total("quarantined")

    @property
    def refused(self) -> list[Refused]:
        """Files and sheets that could not be read."""
        return [r for f in self.files for r in f.refused]

    @property
    def complete(self) -> bool:
        """Whether all that was given is a ledger and all its rows are in the store."""
        empty = any(
            f.sheets and all(s.kind is None and not s.set_aside for s in f.sheets)
            for f in self.files
        )
        return not self.quarantined and not self.refused and not empty and not self.withheld

    def faults(self, limit: int | None = None) -> list[Fault]:
        """Return the faulty cells in the order of files, sheets and rows, at most ``limit``."""
        out: list[Fault] = []
        for sheet in self.sheets():
            if sheet.faults is not None and (limit is None or len(out) < limit):
                out += sheet.faults.listed(None if limit is None else limit - len(out))
        return out

    @property
    def faulty_cells(self) -> int:
        """The number of faulty cells."""
        return sum(len(s.faults) for s in self.sheets() if s.faults is not None)

    def as_json(self) -> dict[str, Any]:
        """Return DESIGN's object, with what else a program may want beside it."""
        faults = self.faults(FAULTS_IN_JSON)
        return {
            "files": [f.as_json() for f in self.files],
            "totals": {
                what: self.total(what) for what in ("rows", "loaded", "unchanged", "quarantined")
            },
            "fault_workbooks": list(self.fault_workbooks),
            "batch": self.batch,
            "date": iso(self.dated),
            "changed": self.batch is not None,
            "resolved": self.resolved,
            "withheld": self.withheld,
            "faults": [f.as_json() for f in faults],
            "faults_omitted": self.faulty_cells - len(faults),
            "warnings": [{"zh": zh, "en": en} for zh, en in self.warnings],
            "skipped": [
                {"path": s.file, "zh": s.reason_zh, "en": s.reason_en} for s in self.skipped
            ],
        }
