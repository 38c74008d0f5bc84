"""Findings as work, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.asking.handling import Worklist
    from api.cli.texts import Texts
    from graph.affiliation.handling import Handling


def history(t: Texts, past: Iterable[Handling]) -> list[Listing]:
    """Return all that was done about a finding."""
    columns = [Column("decided", t("column.handled_on")), Column("state", t("column.handling"))]
    columns += _done(t)
    rows = [h.as_json() | {"state": t(f"finding.state.{h.state}")} for h in past]
    return [Listing.of(t("finding.history"), columns, rows)]


def worklist(t: Texts, found: Worklist) -> list[Listing]:
    """Return findings with their states and what was done about them."""
    columns = [Column("id", t("column.identity"))]
    columns += [Column("state", t("column.handling")), Column("found", t("finding.found"))]
    columns += [Column("message", t("column.message")), *_done(t)]
    columns += [Column("decided", t("column.handled_on"))]
    shown = [
        r | {"state": t(f"finding.state.{r['state']}"), "message": (r["message"] or {}).get(t.lang)}
        for r in found.rows
    ]
    return [Listing.of(t("finding.list"), columns, shown)]


def _done(t: Texts) -> list[Column]:
    """Return the columns of what was done about a finding."""
    return [
        Column("note", t("column.note")),
        Column("office", t("column.handled_by")),
        Column("due", t("column.handle_by")),
    ]
