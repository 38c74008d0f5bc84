"""Ledgers in: one import is one transaction, and says what it read, what it left behind and what is to be mended."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.journaling import ASKER
from api.cli.options import (
    JsonOption,
    LangOption,
    MapOption,
    OutOption,
    ProfileOption,
    StoreOption,
    day,
)
from api.cli.output import Column, Listing, emit, note
from api.cli.progress import progress
from api.cli.session import Session
from api.cli.usage import WrongValue
from api.settings import DEFAULT_PROFILE
from graph.errors import StoreMissingError, word
from graph.model import iso, today

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from api.cli.texts import Texts
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from loaders.area import Area
    from loaders.blanking import Blanked
    from loaders.faults import Fault
    from loaders.pipeline import Readings
    from loaders.preview import Preview
    from loaders.report import ImportReport, SheetReport

SHOWN = 20
"""Faulty cells that the report shows; the fault workbooks mark all."""


FEW = 3
"""Marked copies that the last line names one by one."""

CALLED: ContextVar[Mapping[str, str] | None] = ContextVar("called", default=None)
"""What files are called, by their paths, that stand under other names: those that were uploaded (:mod:`api.jobs`)."""

STAGES = {
    "reading": "progress.reading",
    "checking": "progress.checking",
    "storing": "progress.storing",
}
"""What the pipeline says it is doing, to the text's key."""


def _past_day(text: str) -> int:
    """Return the date of undated rows: like a 填报日期, it can't be after the day of the import."""
    if (date := day(text)) > today():
        raise WrongValue("usage.after_today", value=repr(text))
    return date


def import_(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="import.paths")],
    map_: MapOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="import.strict")] = False,
    date: Annotated[
        int | None, typer.Option("--date", metavar="DATE", parser=_past_day, help="import.date")
    ] = None,
    corrects: Annotated[
        int | None, typer.Option("--corrects", metavar="BATCH", min=1, help="import.corrects")
    ] = None,
    faults: Annotated[
        Path | None, typer.Option("--faults", metavar="DIR", help="import.faults")
    ] = None,
    save_map: Annotated[
        str | None, typer.Option("--save-map", metavar="NAME", help="import.save_map")
    ] = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    store: StoreOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Bring ledgers into the store; exit 1 where rows or files stayed out."""
    from loaders import pipeline

    session = Session.of(lang=lang, json=json, out=out, store=store, profile=profile)
    t = session.texts
    policy = session.profile()
    asker = ASKER.get()
    jurisdiction = None if asker is None else asker.jurisdiction
    with progress(t("progress.reading")) as ticker:

        def tick(stage: str, done: int, total: int | None) -> None:
            ticker(t(STAGES[stage]), done, total)

        # what can't be read is said before a store is made for it
        readings = pipeline.gather(
            paths, mapping=map_, strict=strict, progress=tick, names=CALLED.get()
        )
        with (
            session.store(create=jurisdiction is None) as opened,
            _area(session, opened, policy, jurisdiction) as area,
        ):
            report = pipeline.import_readings(
                readings,
                opened,
                policy,
                strict=strict,
                date=date,
                corrects=corrects,
                fault_directory=faults,
                progress=tick,
                area=area,
            )
    for refused in report.refused:
        note(refused.error().text(t.lang))
    for warning in report.warnings:
        note(t.either(*warning))
    saved = _save(readings, map_, save_map)
    lines = list(_summary(report, t, session.url))
    if saved is not None:
        lines.append(t("import.saved", name=save_map, path=saved))
    emit(session, report.as_json(), _listings(report, t, whole=out is not None), lines)
    return 0 if report.complete else 1


def preview(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="import.paths")],
    map_: MapOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    store: StoreOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Tell what ledgers would be read as, and which cells are faulty; nothing is stored. Exit 1 where something would stay out."""
    from loaders.preview import preview as previewed

    session = Session.of(lang=lang, json=json, out=out, store=store, profile=profile)
    t = session.texts
    policy = session.profile()
    with progress(t("progress.reading")) as ticker, _loaded(session, named=store) as opened:

        def tick(stage: str, done: int, total: int | None) -> None:
            ticker(t(STAGES[stage]), done, total)

        found = previewed(
            paths, policy, mapping=map_, progress=tick, names=CALLED.get(), store=opened
        )
    for refused in found.refused:
        note(refused.error().text(t.lang))
    lines = [
        t("preview.line", sheets=len(found.sheets), rows=f"{sum(s.rows for s in found.sheets):,}",
          cells=f"{sum(s.faulty_cells for s in found.sheets):,}")
    ]  # fmt: skip
    lines[:0] = [
        _blanked(f"{s.file} [{s.sheet}]" if s.sheet else s.file, s.blanked, t)
        for s in found.sheets
        if s.blanked is not None
    ]
    emit(session, found.as_json(), _previewed(found, t), lines)
    return 0 if found.complete else 1


@contextmanager
def _loaded(session: Session, *, named: str | None) -> Iterator[Store | None]:
    """Give the store that a preview is held against; ``None`` where none is there, and nobody but the service named one."""
    with ExitStack() as opening:
        try:
            opened = opening.enter_context(session.store())
        except StoreMissingError:
            if named is not None and ASKER.get() is None:
                raise
            opened = None
        yield opened


def _previewed(found: Preview, t: Texts) -> list[Listing]:
    from loaders.privacy import mask

    return [
        Listing(
            t("preview.columns"),
            [
                Column("file", t("column.file")),
                Column("sheet", t("column.sheet")),
                Column("kind", t("column.kind")),
                Column("letter", t("column.letter")),
                Column("heading", t("column.heading")),
                Column("means", t("column.means")),
                Column("how", t("column.how")),
                Column("cells", t("column.cells"), "number"),
            ],
            [
                [
                    sheet.file, sheet.sheet,
                    t.either(sheet.kind.zh, sheet.kind.en) if sheet.kind else t("import.no_kind"),
                    column.letter, mask(column.heading)[0], column.means or column.likely,
                    t(f"preview.how.{column.how}"), column.cells,
                ]
                for sheet in found.sheets
                for column in sheet.columns
            ],
        )
    ]  # fmt: skip


def _area(
    session: Session, city: Store, profile: Profile, jurisdiction: str | None
) -> AbstractContextManager[Area | None]:
    """Give what somebody with a jurisdiction imports into; ``None`` where all of the city is theirs."""
    if jurisdiction is None:
        return nullcontext()
    from api.jobs.folders import CUTS
    from api.settings import state_of
    from graph.cut.kept import Cuts
    from loaders.area import area

    return area(city, Cuts(session.url, profile, state_of(session.url) / CUTS), jurisdiction)


def _save(readings: Readings, named: str | None, name: str | None) -> Path | None:
    if name is None:
        return None
    from loaders import mapping

    if named is not None:
        return mapping.save(mapping.load(named), name)
    read = [(s.known, s.raw.headings()) for s in readings.sheets]
    return mapping.save(mapping.as_read(name, read), name)


# -- for people ----------------------------------------------------------------------------------------------------


def _listings(report: ImportReport, t: Texts, *, whole: bool) -> list[Listing]:
    from loaders.privacy import mask

    sheets = Listing(
        t("import.sheets"),
        [
            Column("file", t("column.file")),
            Column("sheet", t("column.sheet")),
            Column("kind", t("column.kind")),
            Column("encoding", t("column.encoding")),
            Column("rows", t("column.rows"), "number"),
            Column("loaded", t("column.loaded"), "number"),
            Column("unchanged", t("column.unchanged"), "number"),
            Column("quarantined", t("column.quarantined"), "number"),
            Column("refused", t("column.refused")),
        ],
        [
            [
                s.file, s.sheet, t.either(*s.label) if s.kind else t("import.no_kind"), s.encoding,
                s.rows, s.loaded, s.unchanged, s.quarantined,
                [f"{mask(heading)[0]} ({cells:,})" for heading, cells in s.refused],
            ]
            for s in report.sheets()
        ],
    )  # fmt: skip
    faults = Listing(
        t("import.faulty"),
        [
            Column("file", t("column.file")),
            Column("sheet", t("column.sheet")),
            Column("row", t("column.row"), "number"),
            Column("column", t("column.column")),
            Column("what", t("column.what")),
            Column("found", t("column.found")),
            Column("expected", t("column.expected")),
        ],
        [_fault(f, t) for f in report.faults(None if whole else SHOWN)],
    )
    if whole:
        return [faults, sheets]
    return [sheets, faults] if report.faulty_cells else [sheets]


def _fault(fault: Fault, t: Texts) -> list[Any]:
    return [
        fault.file, fault.sheet, fault.row, fault.column, fault.what[t.lang],
        fault.found, fault.expected[t.lang],
    ]  # fmt: skip


def _summary(report: ImportReport, t: Texts, url: str) -> Iterator[str]:
    from loaders.privacy import mask

    for sheet in report.sheets():
        yield from _left_behind(sheet, t)
    refused: dict[str, list[int]] = {}
    for sheet in report.sheets():
        for heading, cells in sheet.refused:
            refused.setdefault(mask(heading)[0], []).append(cells)
    for heading, counts_of in refused.items():
        yield t(
            "import.refused", column=heading, cells=f"{sum(counts_of):,}", sheets=len(counts_of)
        )
    for skipped in report.skipped:
        yield t(
            "import.skipped", file=skipped.file, why=t.either(skipped.reason_zh, skipped.reason_en)
        )
    more = report.faulty_cells - SHOWN
    if more > 0:
        yield t("import.more", cells=f"{more:,}")
    if report.resolved:
        yield t("import.resolved", cells=f"{report.resolved:,}")
    counts = {
        what: f"{report.total(what):,}" for what in ("rows", "loaded", "unchanged", "quarantined")
    }
    if report.withheld:
        yield t("import.withheld", store=url, **counts)
    elif report.batch is None:
        yield t("import.nothing_new", store=url, **counts)
    else:
        yield t("import.done", store=url, batch=report.batch, date=iso(report.dated), **counts)
    if report.fault_workbooks:
        yield t("import.mend", files=" ".join(map(word, _copies(report.fault_workbooks))))
    elif report.quarantined:
        yield t("import.mend_source")
    elif report.batch is not None:
        yield t("import.next", store=word(url))


def _blanked(where: str, blanked: Blanked, t: Texts) -> str:
    """Say which values end by columns that a sheet lacks, and the way out."""
    return t(
        "import.blanked", where=where, columns="、".join(blanked.columns), n=f"{blanked.entities:,}",
        date=iso(blanked.since),
    )  # fmt: skip


def _copies(paths: list[str]) -> list[str]:
    """Return what to import once the copies are mended: few files by name, many by their folder (a copy counts before its file)."""
    folders = sorted({str(Path(p).parent) for p in paths})
    return paths if len(paths) <= FEW else folders


def _left_behind(sheet: SheetReport, t: Texts) -> Iterator[str]:
    """Say what of a sheet was not read, and what is odd about it."""
    from loaders.faults import NOTES
    from loaders.privacy import mask

    where = f"{sheet.file} [{sheet.sheet}]" if sheet.sheet else sheet.file
    if sheet.problem:
        yield t("import.problem", where=where, why=t.either(*sheet.problem))
    if sheet.examples:
        yield t("import.examples", where=where, rows=f"{sheet.examples:,}")
    for unknown in sheet.unknown:
        key = "import.twice" if unknown.reason == "twice" else "import.unknown"
        if unknown.suggestion:
            key = "import.suggested"
        yield t(key, where=where, column=mask(unknown.heading)[0], suggestion=unknown.suggestion)
    for (column, code), cells in sorted(sheet.notes.items()):
        said, rows = NOTES[code], sheet.noted.get((column, code), [])
        yield t(
            "import.noted_rows" if rows else "import.noted",
            where=where,
            column=column,
            cells=f"{cells:,}",
            what=t.either(said.zh, said.en),
            rows=", ".join(map(str, rows)) + (" …" if len(rows) < cells else ""),
        )
    if sheet.blanked is not None:
        yield _blanked(where, sheet.blanked, t)
    for total in sheet.totals:
        if total.differs:
            yield t(
                "import.total", where=where, row=total.row, column=total.column,
                stated=f"{total.stated:,.10g}", counted=f"{total.counted:,.10g}",
            )  # fmt: skip
