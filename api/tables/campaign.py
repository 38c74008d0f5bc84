"""The campaign's timetable, and who keeps which ledger, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.model import iso
from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.cli.texts import Texts
    from graph.campaign.ledgers import Summary
    from graph.campaign.timetable import Timetable


def calendar(t: Texts, found: Timetable) -> list[Listing]:
    """Return a row for each jurisdiction of each entry."""
    columns = [
        Column("date", t("calendar.column.date"), width=12),
        Column("goal", t("calendar.column.goal"), width=12),
        Column("entry", t("calendar.column.entry"), width=34),
        Column("clauses", t("column.clauses"), width=10),
        Column("name", t("calendar.column.who"), width=24),
        Column("state", t("calendar.column.state"), width=12),
        Column("done", t("calendar.column.done"), "number", 9),
        Column("of", t("calendar.column.of"), "number", 9),
        Column("on", t("calendar.column.on"), width=12),
        Column("missing", t("calendar.column.missing"), width=20),
    ]
    as_of = found.city.as_of

    def rows() -> Iterator[list[Any]]:
        for entry in found.entries:
            days = [iso(d.date) for d in entry.deadlines]
            name = t.either(entry.zh, entry.en)
            if entry.deadlines[0].chosen:
                name = t("calendar.chosen", entry=name, why=t.either(*entry.deadlines[0].chosen))
            own = [days[0], days[1] if len(days) > 1 else None, name, list(entry.clauses)]
            if not entry.standings:
                state = t(f"calendar.state.{entry.state(as_of)}")
                yield [*own, None, state, None, None, None, None]
            for s in entry.standings:
                state = t(f"calendar.state.{entry.state_of(s, as_of)}")
                yield [*own, s.name, state, s.done, s.of, iso(s.on), list(s.missing)]

    return [Listing(t("calendar.title"), columns, rows())]


def ledger(t: Texts, found: Summary) -> list[Listing]:
    """Return who keeps a ledger and whether it is in, and which organizations stand in two."""
    columns = [
        Column("name", t("ledger.column.keeper")),
        Column("id", t("column.ledger_unit")),
        Column("sheet", t("ledger.column.sheet")),
        Column("clause", t("column.clauses")),
        Column("state", t("calendar.column.state")),
        Column("owed_since", t("ledger.column.since")),
        Column("organizations", t("ledger.column.organizations"), "number"),
        Column("listed", t("ledger.column.listed"), "number"),
        Column("edition", t("ledger.column.edition")),
    ]
    rows = [k.as_json() | {"state": t(f"ledger.state.{k.state}")} for k in found.keepers]
    twice = [
        Column("code", t("column.id")),
        Column("name", t("column.name")),
        Column("counted_in", t("ledger.column.counted")),
        Column("ledgers", t("ledger.column.ledgers")),
    ]
    double = [
        x | {"ledgers": [one["ledger"][t.lang] for one in x["listed_in"]]} for x in found.twice
    ]
    tables = [Listing.of(t("ledger.title"), columns, rows)]
    return [*tables, *([Listing.of(t("ledger.twice"), twice, double)] if double else [])]
