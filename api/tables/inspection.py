"""Ledgers against registers, and inspection samples, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.tables.wording import place
from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.asking.inspection import Reconciled, Sampled
    from api.cli.texts import Texts
    from graph.affiliation.registers import Entry
    from graph.board.inspections import Inspections


def reconcile(t: Texts, found: Reconciled) -> list[Listing]:
    """Return the codes on which ledgers and registers differ, a column a register."""
    return [_entries(t, found.found.names, found.found)]


def _entries(t: Texts, names: list[str], entries: Any) -> Listing:
    columns = [
        Column("code", t("column.id")),
        Column("verdicts", t("column.verdict")),
        Column("name", t("column.name")),
        Column("status", t("column.status")),
        Column("source", t("column.source")),
        *(Column(name, name) for name in names),
    ]

    def rows() -> Iterator[list[Any]]:
        entry: Entry
        for entry in entries:
            verdicts = ", ".join(t(f"verdict.{v}") for v in entry.verdicts)
            source = place(entry.source.as_json()) if entry.source else None
            said = [_said(t, register) for register in entry.registers]
            yield [entry.code, verdicts, entry.name, entry.status, source, *said]

    return Listing(t("reconcile.entries"), columns, rows())


def _said(t: Texts, register: dict[str, Any]) -> str | None:
    """Return what a register says of a code as one cell."""
    if register["listed"] is None:
        return None
    if not register["listed"]:
        return t("reconcile.lacks")
    parts = [p for p in (register["name"], register["status"]) if p]
    return " · ".join([*parts, place(register["source"])])


def sample(t: Texts, found: Sampled) -> list[Listing]:
    """Return who was drawn, with a column for what the inspector finds."""
    columns = [
        Column("ledger_unit_name", t("column.ledger_unit")),
        Column("code", t("column.id")),
        Column("name", t("column.name")),
        Column("address", t("column.address")),
        Column("action", t("column.action")),
        Column("source", t("column.source")),
        Column("result", t("column.result")),
    ]
    rows = [
        [
            r["ledger_unit_name"], r["code"], r["name"], r["address"], t(f"action.{r['action']}"),
            place(r["source"]), None,
        ]
        for r in found.rows
    ]  # fmt: skip
    return [Listing(t("sample.list"), columns, rows)]


_COUNTS = ("drawn", "recorded", "as_stated", "differs", "not_found")


def _counted(t: Texts) -> list[Column]:
    return [Column(name, t(f"inspection.column.{name}"), "number") for name in _COUNTS]


def samples(t: Texts, found: Inspections) -> list[Listing]:
    """Return the samples that were drawn, each with what draws it again and how far it is."""
    columns = [
        Column("id", t("inspection.column.sample")),
        Column("date", t("board.column.date")),
        Column("office", t("column.office")),
        Column("in", t("inspection.column.in")),
        Column("whom", t("inspection.column.of")),
        Column("asked", t("inspection.column.asked")),
        Column("seed", t("inspection.column.seed")),
        Column("drawn_as_of", t("inspection.column.as_of")),
        *_counted(t),
    ]
    heads = [found.head(one) for one in found.items]
    rows = [
        h | {"whom": h["whom"] and t(f"inspection.of.{h['whom']}"), "seed": str(h["seed"])}
        for h in heads
    ]
    return [Listing.of(t("inspection.title"), columns, rows)]


def items(t: Texts, found: Inspections, sample_id: str) -> list[Listing]:
    """Return who is in a sample with what was found, and how far it is by ledger unit."""
    columns = [
        Column("ledger_unit_name", t("column.ledger_unit")),
        Column("code", t("column.id")),
        Column("name", t("column.name")),
        Column("address", t("column.address")),
        Column("state", t("board.column.state")),
        Column("result", t("column.result")),
        Column("evidence", t("board.column.text")),
        Column("date", t("board.column.date")),
        Column("office", t("column.office")),
    ]
    rows = []
    for r in found.rows(sample_id):
        last = r["last"] or {}
        rows.append(
            r
            | {name: last.get(name) for name in ("evidence", "date", "office")}
            | {
                "state": t(f"board.state.{r['state']}"),
                "result": r["result"] and t(f"inspection.result.{r['result']}"),
            }
        )
    areas = [
        Column("name", t("column.ledger_unit")),
        Column("ledger_unit", t("column.id")),
        *_counted(t),
    ]
    return [
        Listing.of(t("sample.list"), columns, rows),
        Listing.of(t("inspection.areas"), areas, found.areas(sample_id)),
    ]
