"""The options that several commands share, each declared once. Help texts are keys of the catalogue."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.usage import WrongValue
from graph.model import parse_date


class Language(StrEnum):
    """A language of the interface."""

    ZH = "zh"
    EN = "en"


LISTING_FORMATS = (".xlsx", ".csv", ".json")


def day(text: str) -> int:
    """Return a date of the command line as ``yyyymmdd``; a usage error where it is none."""
    try:
        return parse_date(unicodedata.normalize("NFKC", text))  # full-width digits are digits
    except ValueError:
        raise WrongValue("usage.day", value=repr(text)) from None


def _listing(text: str) -> Path:
    return ending(text, *LISTING_FORMATS)


def ending(text: str, *suffixes: str) -> Path:
    """Return ``text`` as a path; a usage error where it ends in none of ``suffixes``."""
    path = Path(text)
    if path.suffix.lower() not in suffixes:
        raise WrongValue("usage.ending", value=repr(text), others=suffixes)
    return path


COMMON = "panel.common"

CodesArgument = Annotated[list[str], typer.Argument(metavar="CODE…", help="board.codes")]

JsonOption = Annotated[bool, typer.Option("--json", help="option.json", rich_help_panel=COMMON)]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="STORE", help="option.store", rich_help_panel=COMMON),
]
AsOfOption = Annotated[
    int | None,
    typer.Option(
        "--as-of", metavar="DATE", parser=day, help="option.as_of", rich_help_panel=COMMON
    ),
]
LangOption = Annotated[
    Language | None,
    typer.Option("--lang", help="option.lang", rich_help_panel=COMMON),
]
ProfileOption = Annotated[
    str,
    typer.Option("--profile", metavar="NAME|FILE", help="option.profile", rich_help_panel=COMMON),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="F.xlsx|csv|json",
        parser=_listing,
        help="option.out",
        rich_help_panel=COMMON,
    ),
]
InOption = Annotated[
    str | None,
    typer.Option("--in", metavar="CODE", help="option.in"),
]
MapOption = Annotated[str | None, typer.Option("--map", metavar="NAME|FILE", help="option.map")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="argument.id")]
