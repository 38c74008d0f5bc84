"""Blank ledgers for offices to fill in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.asking import templates as asking
from api.cli.options import InOption, JsonOption, LangOption, StoreOption
from api.cli.output import Column, Listing, emit
from api.cli.session import Session
from graph.errors import InputError, StoreMissingError, word

if TYPE_CHECKING:
    from loaders.forms.lists import Places


def template(
    kind: Annotated[list[str] | None, typer.Argument(metavar="KIND", help="template.kind")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER|F.xlsx", help="template.out")
    ] = None,
    within: InOption = None,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Write blank ledgers with drop-downs, notes, checks and an example."""
    from loaders.forms.writing import write_templates

    session = Session.of(lang=lang, json=json, store=store)
    t = session.texts
    words, where = _where(list(kind or ()), out)
    ledgers = asking.kinds(words)
    made = write_templates(where, ledgers, _places(session, within, asked=store is not None))
    rows = [{"path": str(path)} | one for path, held in made for one in asking.told(held)]
    columns = [
        Column("path", t("column.file")),
        Column("sheet", t("template.sheet")),
        Column("required", t("template.required")),
    ]
    said = [
        t("template.done", files=len(rows), dir=where),
        t("template.next", dir=word(where)),
    ]
    emit(
        session,
        {"directory": str(where), "files": rows},
        [Listing.of(t("template.title"), columns, rows)],
        said,
    )
    return 0


def _where(words: list[str], out: Path | None) -> tuple[list[str], Path]:
    """Tell kinds from the place: without ``--out`` the one word that is no kind is the folder or workbook."""
    from loaders.forms.kinds import named

    if out is not None:
        return words, out
    others = [word for word in words if named(word) is None]
    if len(others) == 1:
        return [w for w in words if w != others[0]], Path(others[0])
    if others:
        asking.kinds(others[:-1])  # says which there are
    raise InputError(
        "say where the blank ledgers go: --out FOLDER, or --out F.xlsx for all in one workbook",
        "请指明空白台账写到哪里：--out 文件夹，或 --out F.xlsx 合为一个工作簿",
    )


def _places(session: Session, within: str | None, *, asked: bool) -> Places | None:
    """Return the names that drop down: of the store that was asked for, else of the one that is there."""
    asked = asked or within is not None or bool(os.environ.get("LIANJIAN_STORE"))
    if not asked and not Path(session.url).is_file():
        return None
    try:
        with session.store() as opened:
            return asking.places(opened, within)
    except StoreMissingError:
        if asked:
            raise
        return None  # a file that nothing was loaded into
