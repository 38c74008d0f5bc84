"""Where a command's answer goes: one JSON object, a file, a table on the terminal, or plain columns for a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from api.cli.lines import note, say, visible
from api.tables import worded
from viz.listing import Column, Listing, cell, json_chunks, write

if TYPE_CHECKING:
    from api.cli.session import Session

SHOWN = 40
"""Rows that a terminal shows of a listing; the rest by ``--out``."""

__all__ = ["Column", "Listing", "emit", "note", "say", "visible"]


def emit(
    session: Session,
    payload: Mapping[str, Any],
    listings: Sequence[Listing] = (),
    summary: Iterable[str] = (),
) -> None:
    """Give an answer as the options ask for.

    Parameters
    ----------
    session : Session
    payload : mapping
        The object of ``--json``; values that are iterators are written item by item.
    listings : sequence of Listing
        The same as tables, for ``--out`` and the terminal.
    summary : iterable of str
        Lines for a person, read after the tables.
    """
    listings = [worded(session.texts, listing) for listing in listings]
    if session.out is not None:
        if session.json:
            payload = {k: list(v) if isinstance(v, Iterator) else v for k, v in payload.items()}
        count = write(session.out, listings, payload)
        if not session.json:
            note(session.texts("output.wrote", path=session.out, rows=f"{count:,}"))
        if session.out.suffix.lower() == ".csv" and len(listings) > 1:
            note(session.texts("output.csv_first", name=listings[0].name))
    if session.json:
        for piece in json_chunks(payload):
            sys.stdout.write(piece)
        return
    if session.out is None:
        for listing in listings:
            if sys.stdout.isatty():
                _table(session, listing)
            else:
                _columns(listing)
    for line in summary:
        say(line)


def _text(value: Any) -> str:
    shown = cell(value)
    if shown is None:
        return ""
    if isinstance(shown, float):
        return f"{shown:.6g}"
    return visible(shown.replace("\n", "; ") if isinstance(shown, str) else shown)


def _columns(listing: Listing) -> None:
    """Print tab-separated rows, header first: for a pipe or a file."""
    out = sys.stdout
    out.write("\t".join(c.header for c in listing.columns) + "\n")
    for row in listing.rows:
        out.write("\t".join(map(_text, row)) + "\n")


def _table(session: Session, listing: Listing) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = iter(listing.rows)
    first = list(islice(rows, SHOWN))
    if not first:
        return
    table = Table(title=listing.name, title_justify="left", header_style="bold")
    for column in listing.columns:
        table.add_column(
            column.header,
            justify="right" if column.kind == "number" else "left",
            overflow="fold",
        )
    for row in first:
        # Text, never markup: a name may hold brackets
        table.add_row(*(Text(_text(v)) for v in row))
    Console().print(table)
    more = sum(1 for _ in rows)
    if more:
        say(session.texts("output.more", rows=f"{more:,}"))
