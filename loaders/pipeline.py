"""One import: files in, one transaction, a report.

Sheets are told by their headers, checked column by column, their sound rows claimed ledger by ledger; rows with a faulty cell
stay out, and only count as listed where their code is readable. Kinds that others refer to come first, so that one command may
bring a whole folder in any order. A file that can't be read stays out as a faulty row does: it is named with its way out, and
the others load. Where nothing can be read, where a path leads nowhere, and with ``strict`` where anything is faulty, nothing is
loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import InputError, UnknownIdError
from graph.model import now, today
from loaders.faults import FaultBlock, FaultList
from loaders.intake import Progress, Readings, Sheet, gather
from loaders.report import ImportReport, SheetReport
from loaders.rural import RuralCodes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.policy.profile import Profile
    from graph.store.base import Importer, Store
    from loaders.area import Area
    from loaders.rows import Rows


class _Withheld(Exception):  # noqa: N818 - ends the transaction of a strict import, no error
    pass


def import_paths(
    paths: Sequence[str | Path],
    store: Store,
    profile: Profile,
    *,
    mapping: str | None = None,
    strict: bool = False,
    date: int | None = None,
    corrects: int | None = None,
    fault_directory: Path | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring ledgers into a store.

    Parameters
    ----------
    paths : sequence of path
        Files and folders.
    mapping : str, optional
        A saved mapping's name or a mapping file (:func:`loaders.mapping.load`).
    strict : bool
        Load nothing if any row or file is faulty.
    date : int, optional
        ``yyyymmdd`` of rows without 填报日期 (else today's).
    corrects : int, optional
        The batch that these rows correct.
    fault_directory : pathlib.Path, optional
        Where copies of faulty files go (default: beside each file).
    progress : callable, optional
        Told ``(stage, rows done, rows in all or None)``.

    Raises
    ------
    InputError
        A path leads nowhere, nothing can be read, no sheet is a ledger's, the mapping is unknown; nothing is loaded.
    StoreError
        The store is busy, full or damaged; nothing is loaded.
    """
    readings = gather(paths, mapping=mapping, strict=strict, progress=progress)
    return import_readings(
        readings,
        store,
        profile,
        strict=strict,
        date=date,
        corrects=corrects,
        fault_directory=fault_directory,
        progress=progress,
    )


def import_readings(
    readings: Readings,
    store: Store,
    profile: Profile,
    *,
    strict: bool = False,
    date: int | None = None,
    corrects: int | None = None,
    fault_directory: Path | None = None,
    progress: Progress | None = None,
    area: Area | None = None,
) -> ImportReport:
    """Check and store what was read; see :func:`import_paths`.

    With ``area`` it is for rows of a jurisdiction alone: others are faulty, and ``corrects`` and the report's ``batch`` are numbers
    of what the jurisdiction sees.
    """
    report = readings.report
    report.dated = date or _corrected(store if area is None else area.seen, corrects) or today()
    if area is not None and corrects is not None:
        corrects = area.bounds.batch(corrects)
    before = {b.id for b in store.batches()}
    stood = any(not b.undone for b in store.batches())
    rural = RuralCodes(store)
    try:
        with store.importing(
            at=now(),
            dated=report.dated,
            files=[f.path for f in report.files],
            corrects=corrects,
        ) as importer:
            if area is not None:
                area.bounds.check(b for b in store.batches() if b.id != importer.batch)
            run = _Run(
                readings, store, profile, importer, corrects is not None, progress, area, rural
            )
            run.stood = stood
            run.load()
            if strict and report.quarantined:
                raise _Withheld
            importer.note(quarantined=report.quarantined)
    except _Withheld:
        report.withheld = True
        for sheet in report.sheets():
            sheet.loaded = sheet.unchanged = 0
            sheet.blanked = None
    else:
        made = [b.id for b in store.batches() if b.id not in before]
        report.batch = made[-1] if made else None
        _blanked(readings, store)
        if area is not None and made:
            report.batch = area.bounds.next
    _write_faults(readings, fault_directory, rural)
    return report


def _corrected(store: Store, corrects: int | None) -> int | None:
    """Return the date of the batch that is corrected: its rows' default."""
    if corrects is None:
        return None
    for batch in store.batches():
        if batch.id == corrects and not batch.undone:
            return batch.dated
    raise UnknownIdError(
        f"batch {corrects}: none in force; see lianjian status",
        f"批次 {corrects}：不存在或已撤销；见 lianjian status",
    )


class _Run:
    """The rows of one import on their way through one transaction."""

    def __init__(
        self,
        readings: Readings,
        store: Store,
        profile: Profile,
        importer: Importer,
        correcting: bool,
        progress: Progress | None,
        area: Area | None,
        rural: RuralCodes,
    ) -> None:
        from loaders.cells import Settings
        from loaders.identity import Ledgers
        from loaders.judgement import Known
        from loaders.places import PlaceBook

        store = store if area is None else area.seen
        self.readings, self.store, self.importer, self.area = readings, store, importer, area
        self.correcting, self.progress = correcting, progress
        self.settings = Settings(
            today=today(),
            extent=profile.extent,
            datum=profile.datum,
            edition=profile.gbt4754_edition,
        )
        self.book = PlaceBook.of(store)
        self.known = Known(store, self.book, self.settings, profile, rural)
        self.ledgers = Ledgers(store, self.book, profile.audit.civil_affairs)
        self.changed: set[str] = set()
        self.stood = False
        """Whether anything stood in the store before."""
        self.brought: dict[str, set[str]] = {}
        """Keys that sheets brought, by kind; only while a sheet is to come that lacks a column."""
        self.lacking: dict[str, int] = {}
        """By kind, the last sheet that lacks a column."""
        self.done = 0
        self.rows = sum(s.raw.rows for s in readings.sheets)
        for outlines in readings.outlines:
            self.known.outlines.update(outlines.shapes)

    def load(self) -> None:
        """Load all sheets, then the outlines, then resolve what earlier rows referred to."""
        from loaders import outlines
        from loaders.blanking import lacking
        from loaders.places import resolve_late

        standing = {c: self.book.outline(c) for c in self.known.outlines}
        if self.stood:
            self.lacking = {
                s.known.kind.kind: at
                for at, s in enumerate(self.readings.sheets)
                if lacking(s.known)
            }
        for at, sheet in enumerate(self.readings.sheets):
            self._sheet(sheet, at)
        known, beyond = set(self.book.frame("division", ["name"]).index), "unknown_division"
        if self.area is not None:
            self.area.look(self.book)
            known, beyond = self.area.bounds.jurisdiction.divisions, "outside_area"
        for shapes in self.readings.outlines:
            own = replace(shapes, shapes={c: s for c, s in shapes.shapes.items() if c in known})
            for claims in outlines.claims(own, self.store, self.known.divisions):
                self.importer.add(claims)
            file = next(f for f in self.readings.report.files if f.path == shapes.file)
            file.sheets.append(outlines.report(shapes, known, standing, beyond))
        own_rows = None if self.area is None else self.area.bounds.owns
        self.readings.report.resolved = resolve_late(
            self.importer, self.book, self.changed, own_rows
        )

    def _sheet(self, sheet: Sheet, at: int) -> None:
        from loaders import identity, judgement, totals
        from loaders.places import COLUMNS, TARGETS
        from loaders.rows import check

        raw, plan, report = sheet.raw, sheet.known, sheet.report
        kind = plan.kind.kind
        if not raw.rows:
            return  # a blank form
        if plan.missing:
            _missing(sheet)
            return
        if self.area is not None:
            self.area.look(self.book)
        divisions = self.book.frame("division", COLUMNS["division"])
        rows = check(raw, plan, self.settings, self._tick)
        self.done += raw.rows
        judgement.judge(rows, self.known)
        identity.record_keys(rows)
        self._suggest(rows)
        dated = identity.dates(rows, self.readings.report.dated)
        if self.area is not None:
            self.area.judge(rows, dated, correcting=self.correcting)
            if kind == "division":  # those that stay out resolve nothing
                self.book.put("division", divisions)
        ledgers = self.ledgers.of(rows, raw)
        if self.area is not None:
            ledgers = self.area.ledgers(ledgers)
        report.rows, report.left_out = len(rows), rows.left_out
        report.notes, report.noted = rows.notes, rows.noted
        if raw.file in self.readings.mended:
            report.left_out += int(rows.bad.sum())
            report.rows -= int(rows.bad.sum())
        else:
            report.quarantined, report.faults = int(rows.bad.sum()), rows.faults
        good = ~rows.bad
        if kind == "division":
            self.known.divisions.update(rows.columns["key"][good].tolist())
            self.ledgers.forget()
        elif kind == "sector":
            self.known.add_sectors(rows.column("edition")[good], rows.column("code")[good])
        if kind in TARGETS:
            self.changed.add(kind)
        if at <= self.lacking.get(kind, -1):
            self._blanks(rows, dated, report, at)
        report.totals = totals.totals(rows, raw)
        for claims in totals.claims(report.totals, raw, rows, ledgers, dated):
            self.importer.add(claims)
        if not self.correcting:  # corrections make no newer edition
            for claims in identity.returned(rows, raw, ledgers, dated):
                self.importer.add(claims)
        for claims in identity.claims(rows, raw, ledgers, dated, correcting=self.correcting):
            loaded, unchanged = self.importer.add(claims)
            report.loaded += loaded
            report.unchanged += unchanged
            self._tell("storing", self.done - len(rows) + report.loaded + report.unchanged)
            if kind in TARGETS:
                self.book.extend(kind, claims.frame)

    def _blanks(self, rows: Rows, dated: NDArray[Any], report: SheetReport, at: int) -> None:
        """Note which values end by the columns that a sheet lacks."""
        from loaders.blanking import blanked

        kind = rows.plan.kind.kind
        brought = self.brought.setdefault(kind, set())
        report.blanked = blanked(rows, dated, self.store, brought)
        if at < self.lacking[kind]:
            brought.update(rows.columns["key"][~rows.bad].tolist())
        else:
            del self.brought[kind]

    def _tick(self, seen: int) -> None:
        self._tell("checking", self.done + seen)

    def _tell(self, stage: str, done: int) -> None:
        if self.progress is not None:
            self.progress(stage, done, self.rows)

    def _suggest(self, rows: Rows) -> None:
        """Add suggested sectors and places where the mapping asks for them."""
        wanted = rows.plan.mapping.suggest if rows.plan.mapping else {}
        if wanted and rows.plan.kind.kind == "organization":
            from loaders.suggesting import add_suggestions

            add_suggestions(rows, self.book, self.settings)


def _blanked(readings: Readings, store: Store) -> None:
    """Hold what sheets were about to blank against what the store says with the import."""
    from loaders.blanking import still_blank

    for sheet in readings.sheets:
        if sheet.report.blanked is not None:
            names = {c.name: c.prop for c in sheet.known.kind.columns}
            sheet.report.blanked = still_blank(sheet.report.blanked, store, names)


def _missing(sheet: Sheet) -> None:
    """Put a whole sheet into quarantine for a required column that it lacks."""
    import numpy as np

    report, names = sheet.report, sheet.known.missing
    report.quarantined = report.rows
    faults = FaultList(sheet.raw.file, sheet.raw.sheet)
    row = np.array([max(sheet.raw.header_rows[1], 1)])
    for name in names:
        faults.blocks.append(FaultBlock("missing_column", name, -1, row, [None], [None]))
    report.faults = faults
    report.problem = (
        f"缺少必填列：{'、'.join(names)}；请补上，或用 --map 声明缺列",
        f"required columns are missing: {', '.join(names)}; add them, or declare them absent with --map",
    )


def _write_faults(readings: Readings, directory: Path | None, rural: RuralCodes) -> None:
    """Write a marked copy of each faulty file; a folder that can't be written is said, the rows are in all the same."""
    from loaders.workbook import WHOLE, SheetFaults, copy_called, size, write_faults

    report, left = readings.report, WHOLE
    for file in report.files:
        if not any(s.faults for s in file.sheets if s.faults is not None):
            continue
        sheets = [
            SheetFaults(s.raw, s.plan, s.report.faults, rural)
            for s in readings.read
            if s.raw.file == file.path and s.plan is not None  # what is no ledger may hold anything
        ]
        if not sheets:
            continue
        try:
            place = readings.places.get(file.path)
            made = write_faults(
                place or file.path, sheets, directory, whole_up_to=left, called=file.path
            )
            report.fault_workbooks.append(
                str(made) if place is None else copy_called(file.path, place, made)
            )
            if size(sheets) <= left:
                left -= size(sheets)
        except InputError as error:
            report.warnings.append((error.zh, error.en))


__all__ = ["ImportReport", "Readings", "gather", "import_paths", "import_readings"]
