"""One import: files in, one transaction, a report.

Sheets are told by their headers, checked column by column, their sound rows claimed ledger by ledger; rows with a faulty cell
stay out. Kinds that others refer to come first, so that one command may bring a whole folder in any order. A file that can't
be read stays out as a faulty row does: it is named with its way out, and the others load. Where nothing can be read, where
a path leads nowhere, and with ``strict`` where anything is faulty, nothing is loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import InputError, ReadError, UnknownIdError
from graph.model import today
from loaders import mapping as mappings
from loaders.faults import FaultBlock, FaultList
from loaders.mapping import CustomMapping, SheetPlan, recognise
from loaders.privacy import mask
from loaders.reading.model import Boundaries, RawSheet, Refused, Skipped
from loaders.report import FileReport, ImportReport, SheetReport

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.store.base import Importer, Store
    from loaders.outlines import Outlines
    from loaders.rows import Rows

Progress = Callable[[str, int, int | None], None]
Item = RawSheet | Refused | Skipped | Boundaries
PROBED = 200
"""Rows looked at to tell apart kinds of sheets whose headers are the same."""


@dataclass(slots=True)
class Sheet:
    """One sheet, how it is read (``None`` where it is no ledger's), and its report."""

    raw: RawSheet
    plan: SheetPlan | None
    report: SheetReport

    @property
    def known(self) -> SheetPlan:
        """The plan of a sheet that was recognised."""
        if self.plan is None:
            raise ValueError("a sheet that is no ledger's has no plan")
        return self.plan


@dataclass(slots=True)
class Readings:
    """What the files hold, before anything is checked or stored.

    ``read`` are all sheets in the order of files, ``sheets`` those that are ledgers' in the order of loading, ``mended`` the
    files whose faulty rows another file brings.
    """

    report: ImportReport
    read: list[Sheet] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    mended: frozenset[str] = frozenset()
    outlines: list[Outlines] = field(default_factory=list)


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


# -- files in ------------------------------------------------------------------------------------------------------


def gather(
    paths: Sequence[str | Path],
    *,
    mapping: str | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> Readings:
    """Read files and folders and tell what each sheet is; see :func:`import_paths`."""
    from loaders.reading import read

    for path in paths:
        if not Path(path).exists():
            raise InputError(
                f"{path}: there is no such file or folder; check the path",
                f"{path}：没有这个文件或文件夹；请核对路径",
            )
    chosen = mappings.load(mapping) if mapping else None
    if progress is not None:
        progress("reading", 0, None)
    return sort_out(read([str(p) for p in paths]), chosen, strict=strict)


def sort_out(
    items: Iterable[Item], chosen: CustomMapping | None = None, *, strict: bool = False
) -> Readings:
    """Tell what each of the things read is.

    Raises
    ------
    ReadError
        Nothing can be read, or (strict) something can't.
    InputError
        No sheet is a ledger's.
    """
    from loaders import outlines

    report = ImportReport()
    out = Readings(report)
    files: dict[str, FileReport] = {}

    def file(path: str) -> FileReport:
        if path not in files:
            files[path] = FileReport(path)
            report.files.append(files[path])
        return files[path]

    items, out.mended = _without_outdated(list(items))
    for item in items:
        if isinstance(item, Skipped):
            report.skipped.append(item)
        elif isinstance(item, Refused):
            file(item.file).refused.append(item)
        elif isinstance(item, Boundaries):
            out.outlines.append(outlines.read(item.file))
            file(item.file)
        else:
            sheet = _recognised(item, chosen)
            file(item.file).sheets.append(sheet.report)
            out.read.append(sheet)
            if sheet.plan is not None:
                out.sheets.append(sheet)
    refused = report.refused
    if refused and (strict or not (out.sheets or out.outlines)):
        raise _all(refused)
    if not out.sheets and not out.outlines:
        raise _no_ledger(report)
    out.sheets.sort(key=lambda s: s.known.kind.order)
    return out


def _without_outdated(items: list[Item]) -> tuple[list[Item], frozenset[str]]:
    """Decide between a file and its marked copies where one import is given both: rows of one import replace none of it.

    Read is the newest copy, or the file itself where that is newer. A copy that holds the faulty rows only goes with
    the file, whose faulty rows it then stands for.

    Returns
    -------
    list of items
        What is to be read; the rest as passed over.
    frozenset of str
        Files whose faulty rows a copy brings.
    """
    from loaders.reading.reader import copy_of

    rows: dict[str, int] = {}
    groups: dict[tuple[Path, str], dict[str, int]] = {}
    for item in items:
        path = Path(item.file)
        if isinstance(item, RawSheet) and path.is_file():
            rows[item.file] = rows.get(item.file, 0) + item.rows
            stem, number = copy_of(path.stem)
            groups.setdefault((path.parent, stem), {})[item.file] = number
    instead: dict[str, str] = {}
    mended: set[str] = set()
    for files in groups.values():
        copies = [f for f, number in files.items() if number]
        originals = [f for f, number in files.items() if not number]
        if not copies or not originals:
            continue

        def age(file: str, files: dict[str, int] = files) -> tuple[int, int]:
            return Path(file).stat().st_mtime_ns, files[file]

        newest = max([*copies, *originals], key=age)
        others = [f for f in (*copies, *originals) if f != newest]
        if newest in copies and len(originals) == 1 and rows[newest] < rows[originals[0]]:
            mended.update(originals)
            others = [f for f in others if f in copies]
        instead.update(dict.fromkeys(others, Path(newest).name))
    out: list[Item] = []
    for item in items:
        name = instead.get(item.file)
        if name is None:
            out.append(item)
        elif not any(isinstance(o, Skipped) and o.file == item.file for o in out):
            out.append(
                Skipped(item.file, f"以较新的 {name} 为准", f"{name} is newer and read instead")
            )
    return out, frozenset(mended)


def _all(refused: list[Refused]) -> ReadError:
    errors = [r.error() for r in refused]
    return ReadError("; ".join(e.en for e in errors), "；".join(e.zh for e in errors))


def _no_ledger(report: ImportReport) -> InputError:
    for sheet in report.sheets():
        where = f"{sheet.file} [{sheet.sheet}]" if sheet.sheet else sheet.file
        if sheet.problem:
            return InputError(f"{where}: {sheet.problem[1]}", f"{where}：{sheet.problem[0]}")
    first = report.skipped[0] if report.skipped else None
    if first is not None:
        return InputError(
            f"{first.file}: {first.reason_en}; no ledger was found",
            f"{first.file}：{first.reason_zh}；没有找到台账",
        )
    return InputError(
        "no ledger was found: give .xlsx, .xls or .csv files or a folder of them",
        "没有找到台账：请给出 .xlsx、.xls、.csv 文件或存放它们的文件夹",
    )


def _recognised(raw: RawSheet, chosen: CustomMapping | None) -> Sheet:
    named = headings(raw)

    def probe(index: int) -> Sequence[str]:
        for chunk in raw.chunks([index]):
            return [v for v in chunk[f"c{index}"].slice(0, PROBED).to_pylist() if v]
        return []

    report = SheetReport(
        raw.file, raw.sheet, encoding=raw.encoding, hidden=raw.hidden, rows=raw.rows
    )
    plan = recognise(named, raw.sheet, raw.file, chosen, probe)
    if plan is None:
        said = "、".join(mask(h)[0] for h in named if h)[:200]
        report.problem = (
            f"表头不是任何一种台账（{said or '没有表头'}）；请核对表头，或用 --map 指定映射",
            f"the header is none of a ledger ({said or 'no header'}); check it, or name a mapping with --map",
        )
        return Sheet(raw, None, report)
    if plan.tied:
        from loaders.canonical import canonical

        kinds = [canonical().sheets[k] for k in plan.tied]
        report.problem = (
            f"表头同时符合{'、'.join(k.zh for k in kinds)}；请以其中一种命名工作表或文件",
            f"the header fits {', '.join(k.en for k in kinds)} alike; name the sheet or file after one of them",
        )
        return Sheet(raw, None, report)
    report.kind = plan.kind.kind
    report.label = (plan.kind.zh, plan.kind.en)
    cells = {c.index: c.cells for c in raw.columns}
    report.refused = [(h, cells.get(i, 0)) for i, h in plan.refused]
    report.unknown = list(plan.unknown)
    report.ignored = list(plan.ignored)
    return Sheet(raw, plan, report)


def headings(raw: RawSheet) -> list[str]:
    """Return a sheet's headings by column, empty where a column has none."""
    width = max((c.index for c in raw.columns), default=-1) + 1
    out = [""] * width
    for column in raw.columns:
        out[column.index] = column.header
    return out


# -- one transaction -----------------------------------------------------------------------------------------------


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
) -> ImportReport:
    """Check and store what was read; see :func:`import_paths`."""
    report = readings.report
    report.dated = date or _corrected(store, corrects) or today()
    before = {b.id for b in store.batches()}
    try:
        with store.importing(
            at=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
            dated=report.dated,
            files=[f.path for f in report.files],
            corrects=corrects,
        ) as importer:
            run = _Run(readings, store, profile, importer, corrects is not None, progress)
            run.load()
            if strict and report.quarantined:
                raise _Withheld
            importer.note(quarantined=report.quarantined)
    except _Withheld:
        report.withheld = True
        for sheet in report.sheets():
            sheet.loaded = sheet.unchanged = 0
    else:
        made = [b.id for b in store.batches() if b.id not in before]
        report.batch = made[-1] if made else None
    _write_faults(readings, fault_directory)
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
    ) -> None:
        from loaders.cells import Settings
        from loaders.identity import Ledgers
        from loaders.judgement import Known
        from loaders.places import PlaceBook

        self.readings, self.store, self.importer = readings, store, importer
        self.correcting, self.progress = correcting, progress
        self.settings = Settings(
            today=today(),
            extent=profile.extent,
            datum=profile.datum,
            edition=profile.gbt4754_edition,
        )
        self.book = PlaceBook.of(store)
        self.known = Known(store, self.book, self.settings)
        self.ledgers = Ledgers(store, self.book, profile.audit.civil_affairs)
        self.changed: set[str] = set()
        self.done = 0
        self.rows = sum(s.raw.rows for s in readings.sheets)
        for outlines in readings.outlines:
            self.known.outlines.update(outlines.shapes)

    def load(self) -> None:
        """Load all sheets, then the outlines, then resolve what earlier rows referred to."""
        from loaders import outlines
        from loaders.places import resolve_late

        standing = {c: self.book.outline(c) for c in self.known.outlines}
        for sheet in self.readings.sheets:
            self._sheet(sheet)
        known = set(self.book.frame("division", ["name"]).index)
        for shapes in self.readings.outlines:
            for claims in outlines.claims(shapes, self.store, self.known.divisions):
                self.importer.add(claims)
            file = next(f for f in self.readings.report.files if f.path == shapes.file)
            file.sheets.append(outlines.report(shapes, known, standing))
        self.readings.report.resolved = resolve_late(self.importer, self.book, self.changed)

    def _sheet(self, sheet: Sheet) -> None:
        from loaders import identity, judgement, totals
        from loaders.places import TARGETS
        from loaders.rows import check

        raw, plan, report = sheet.raw, sheet.known, sheet.report
        kind = plan.kind.kind
        if not raw.rows:
            return  # a blank form
        if plan.missing:
            _missing(sheet)
            return
        rows = check(raw, plan, self.settings, self._tick)
        self.done += raw.rows
        judgement.judge(rows, self.known)
        identity.record_keys(rows)
        self._suggest(rows)
        dated = identity.dates(rows, self.readings.report.dated)
        ledgers = self.ledgers.of(rows, raw)
        report.rows, report.left_out = len(rows), rows.left_out
        report.notes = rows.notes
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
        report.totals = totals.totals(rows, raw)
        for claims in totals.claims(report.totals, raw, rows, ledgers, dated):
            self.importer.add(claims)
        for claims in identity.claims(rows, raw, ledgers, dated, correcting=self.correcting):
            loaded, unchanged = self.importer.add(claims)
            report.loaded += loaded
            report.unchanged += unchanged
            self._tell("storing", self.done - len(rows) + report.loaded + report.unchanged)
            if kind in TARGETS:
                self.book.extend(kind, claims.frame)

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


def _write_faults(readings: Readings, directory: Path | None) -> None:
    """Write a marked copy of each faulty file; a folder that can't be written is said, the rows are in all the same."""
    from loaders.workbook import SheetFaults, write_faults

    report = readings.report
    for file in report.files:
        if not any(s.faults for s in file.sheets if s.faults is not None):
            continue
        sheets = [
            SheetFaults(s.raw, s.plan, s.report.faults)
            for s in readings.read
            if s.raw.file == file.path
        ]
        if not sheets:
            continue
        try:
            report.fault_workbooks.append(str(write_faults(file.path, sheets, directory)))
        except InputError as error:
            report.warnings.append((error.zh, error.en))
