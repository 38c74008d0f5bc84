"""Blank ledgers for offices to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import JsonOption, LangOption
from api.cli.output import Column, Listing, emit
from api.cli.session import Session


def template(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="template.directory")],
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Write blank ledgers with drop-downs, notes and checks."""
    from loaders.template import write_templates

    session = Session.of(lang=lang, json=json)
    t = session.texts
    made = write_templates(directory)
    rows = [
        {
            "path": str(path),
            "sheet": ledger.name,
            "columns": [c.name for c in ledger.columns],
            "required": [c.name for c in ledger.columns if c.required],
        }
        for path, ledger in made
    ]
    columns = [
        Column("path", t("column.file")),
        Column("required", t("template.required")),
    ]
    said = [
        t("template.done", files=len(made), dir=directory),
        t("template.next", dir=directory),
    ]
    emit(
        session,
        {"directory": str(directory), "files": rows},
        [Listing.of(t("template.title"), columns, rows)],
        said,
    )
    return 0
