"""The cross-off board as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.tables.wording import place
from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.asking.board import Entry
    from api.cli.texts import Texts
    from graph.board.listing import Board
    from graph.board.lookback import Lookback


def entries(t: Texts, found: Board) -> list[Listing]:
    """Return who is on the board, with action, state, what shows it, and measures."""
    columns = [
        Column("code", t("column.id")),
        Column("name", t("column.name")),
        Column("ledger_unit", t("column.ledger_unit")),
        Column("action", t("column.action")),
        Column("formal_members", t("plan.formal_members"), "number"),
        Column("clauses", t("column.clauses")),
        Column("unmet", t("column.unmet")),
        Column("why", t("column.why")),
        Column("state", t("board.column.state")),
        Column("date", t("board.column.date")),
        Column("text", t("board.column.text")),
        Column("office", t("column.office")),
        Column("measures", t("board.column.measures")),
        Column("due", t("board.column.due")),
        Column("responsible", t("board.column.responsible")),
    ]

    def rows() -> Iterator[dict[str, Any]]:
        for r in found.rows():
            last, measures = r["last"] or {}, r["measures"] or {}
            state = r["state"]
            yield r | {
                "action": t(f"action.{r['action']}"),
                "why": r["why"][t.lang],
                "state": None if state is None else t(f"board.state.{state}"),
                **{name: last.get(name) for name in ("date", "text", "office")},
                **{name: measures.get(name) for name in ("measures", "due", "responsible")},
            }

    return [Listing.of(t("board.list.title"), columns, rows())]


def entry(t: Texts, found: Entry) -> list[Listing]:
    """Return all steps of one organization, and all its measures."""
    said = found.as_json()
    columns = [
        Column("date", t("board.column.date")),
        Column("to", t("board.column.state")),
        Column("text", t("board.column.text")),
        Column("office", t("column.office")),
    ]
    steps = [s | {"to": s["to"] and t(f"board.state.{s['to']}")} for s in said["history"]]
    own = [
        Column("decided", t("board.column.date")),
        Column("measures", t("board.column.measures")),
        Column("due", t("board.column.due")),
        Column("responsible", t("board.column.responsible")),
        Column("office", t("column.office")),
    ]
    tables = [Listing.of(t("board.show.history"), columns, steps)] if steps else []
    return [
        *tables,
        *(
            [Listing.of(t("board.column.measures"), own, said["measures"])]
            if said["measures"]
            else []
        ),
    ]


def lookback(t: Texts, found: Lookback) -> list[Listing]:
    """Return who was struck off and no longer holds, and the counts of each jurisdiction."""
    said = found.as_json()
    columns = [
        Column("jurisdiction_name", t("lookback.column.whose")),
        Column("ledger_unit_name", t("column.ledger_unit")),
        Column("code", t("column.id")),
        Column("name", t("column.name")),
        Column("state", t("board.column.state")),
        Column("struck_off", t("lookback.column.struck_off")),
        Column("looked_at", t("lookback.column.looked_at")),
        Column("reasons", t("lookback.column.reasons"), width=34),
        Column("units", t("lookback.column.units")),
        Column("status", t("column.status")),
        Column("source", t("column.source")),
    ]
    rows = [
        r
        | {
            "state": t(f"board.state.{r['state']}"),
            "reasons": [t(f"lookback.reason.{name}") for name in r["reasons"]],
            "source": place(r["source"]) if r["source"] else None,
        }
        for r in said["rows"]
    ]
    counts = ("struck_off", "rechecked", "to_recheck", "no_longer")
    areas = [
        Column("name", t("lookback.column.whose")),
        *(Column(name, t(f"lookback.count.{name}"), "number") for name in counts),
        *(
            Column(name, t(f"lookback.reason.{name}"), "number")
            for name in said["totals"]["reasons"]
        ),
    ]
    by = [{**a, **a["reasons"], "name": a["name"] or t("lookback.nobody")} for a in said["areas"]]
    return [
        Listing.of(t("lookback.title"), columns, rows),
        Listing.of(t("lookback.areas"), areas, by),
    ]
