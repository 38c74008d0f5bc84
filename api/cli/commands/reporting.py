"""The semi-monthly report and the city's bulletin (S47), as figures, workbook and document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.asking import report as asking
from api.cli.options import (
    JsonOption,
    LangOption,
    ProfileOption,
    StoreOption,
    day,
    ending,
)
from api.cli.output import emit, note
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.report.report import Report

FILES = (".xlsx", ".docx", ".csv", ".json")


def _out(text: str) -> Path:
    return ending(text, *FILES)


def _document(text: str) -> Path:
    return ending(text, ".docx")


def report(
    date: Annotated[
        int | None, typer.Option("--date", metavar="DATE", parser=day, help="report.date")
    ] = None,
    within: Annotated[str | None, typer.Option("--in", metavar="CODE", help="report.in")] = None,
    since: Annotated[
        int | None, typer.Option("--since", metavar="DATE", parser=day, help="report.since")
    ] = None,
    rows: Annotated[str | None, typer.Option("--rows", metavar="NO", help="report.rows")] = None,
    circulate: Annotated[bool, typer.Option("--circulate", help="report.circulate")] = False,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", metavar="F.xlsx|docx|json", parser=_out, help="report.out"),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="F.docx", parser=_document, help="report.template"),
    ] = None,
    write_template: Annotated[
        Path | None,
        typer.Option("--write-template", metavar="F.docx", parser=_document, help="report.write_template"),
    ] = None,
    store: StoreOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:  # fmt: skip
    """Count the report of a day, compare it with the one before, and write it as a workbook and a document."""
    from graph.files import writable
    from viz.report.files import refuse_template

    session = Session.of(lang=lang, json=json, store=store, as_of=date, profile=profile)
    t, files = session.texts, out or []
    if circulate:
        _refuse_rows(within, rows)
    if write_template is not None:
        return _template(session, write_template, circulated=circulate)
    for path in files:
        writable(path)
        refuse_template(path, template)
        if rows is None:
            _refuse_csv(path)
    rules = session.profile()
    with session.store() as opened, progress(t("report.working")) as tick:
        if circulate:
            from graph.disclosure.table import table

            said = asking.circulated(
                opened,
                rules,
                session.listed_date(opened),
                since=since,
                tabled=lambda: table(
                    opened,
                    rules,
                    rules.disclosure.small_count,
                    lambda done, of: tick(t("report.working"), done, of),
                ),
            )
            return _circulated(session, said, files, template)
        found = asking.report(
            opened, rules, session.listed_date(opened), within, since=since, earlier=rows is None,
            progress=lambda done, of: tick(t("report.working"), done, of),
        )  # fmt: skip
        if rows is not None:
            return _rows(session, found, rows, files)
        return _written(session, found, files, template)


def _written(session: Session, found: Report, files: Sequence[Path], template: Path | None) -> int:
    from api.tables import report as tables
    from viz.report.files import write
    from viz.report.wording import Words

    t = session.texts
    payload = found.as_json()
    for path in files:
        write(path, payload, found.rows, t.lang, template)
        if not session.json:
            note(t("report.wrote", path=path))
    words = Words(t.lang)
    failing = [i for i in payload["identities"] if not i["holds"]]
    lines = [*words.summary(payload)]
    lines += [
        words("checks.hold", n=len(payload["identities"]))
        if not failing
        else words("checks.fail", n=len(failing))
    ]
    lines += [f"{words.check(i)} — {words.of(i['why'])}" for i in failing if i["why"]]
    listings = [] if files else [tables.parts(t, payload), *tables.forms(t, payload)]
    emit(session, payload, listings, lines)
    return 0


def _circulated(
    session: Session, said: dict[str, Any], files: Sequence[Path], template: Path | None
) -> int:
    from api.tables import report as tables
    from viz.report.circulated import lines, summary
    from viz.report.files import write
    from viz.report.wording import Words

    t = session.texts
    for path in files:
        write(path, said, None, t.lang, template)
        if not session.json:
            note(t("report.wrote", path=path))
    words = Words(t.lang)
    listings = [] if files else tables.circulated(t, said)
    emit(session, said, listings, [summary(words, said), *lines(words, said)])
    return 0


def _rows(session: Session, found: Report, figure: str, files: Sequence[Path]) -> int:
    from dataclasses import replace

    from api.tables import report as tables

    t = session.texts
    places: list[Path | None] = [*files] or [None]
    for path in places:
        counted = asking.Counted(found, figure)
        payload = counted.as_json()
        same = payload["number"] == payload["counted"]
        line = t(
            "report.rows_line" if same else "report.rows_sum",
            figure=figure,
            number=f"{payload['number']:,}",
            n=f"{payload['counted']:,}",
        )
        listing = tables.rows(t, found.rows(figure))
        emit(replace(session, out=path), payload, [listing], [] if session.json else [line])
    return 0


def _template(session: Session, path: Path, *, circulated: bool) -> int:
    from viz.report.files import write_template

    write_template(path, session.texts.lang, circulated=circulated)
    emit(session, {"file": str(path)}, (), [session.texts("report.template_wrote", path=path)])
    return 0


def _refuse_rows(within: str | None, rows: str | None) -> None:
    from graph.errors import InputError

    if within is not None:
        raise InputError(
            f"--circulate: the bulletin for circulation is the whole city's; leave --in {within} away",
            f"--circulate：传阅的通报是全市的；请去掉 --in {within}",
        )
    if rows is not None:
        raise InputError(
            "--circulate: the bulletin for circulation leads to no rows; ask for them without it",
            "--circulate：传阅的通报不列明细；请不带此选项再用 --rows",
        )


def _refuse_csv(path: Path) -> None:
    from graph.errors import InputError

    if path.suffix.lower() == ".csv":
        raise InputError(
            f"{path}: a report ends in .xlsx, .docx or .json; .csv is for the rows of one figure (--rows)",
            f"{path}：报表须以 .xlsx、.docx 或 .json 结尾；.csv 只用于一个数字的明细（--rows）",
        )
