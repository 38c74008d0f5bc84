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
