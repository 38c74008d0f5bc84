"""Finding an entity and reading its dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.asking import lookup
from api.cli.options import AsOfOption, IdArgument, JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import Column, Listing, emit
from api.cli.session import Session
from api.tables.wording import kind_name, merged_lines, place, relation, stated
from graph.model import iso

if TYPE_CHECKING:
    from api.cli.texts import Texts
    from graph.provenance import Value


def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="argument.text")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="find.limit")] = 50,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Find organizations, units and places by code, name, part of a name, pinyin or initials."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        found = lookup.find(opened, text, session.date(opened), limit)
    rows, gone = found.rows, found.merged
    width = 5 if gone else 4
    listing = Listing(
        t("find.results"),
        [
            Column("id", t("column.id")),
            Column("name", t("column.name")),
            Column("kind", t("column.kind")),
            Column("type", t("column.type")),
            *([Column("merged_into", t("column.merged_into"))] if gone else []),
        ],
        [
            [r["id"], r["name"], kind_name(t, str(r["kind"])), r["type"], r["merged_into"]][:width]
            for r in rows
        ],
    )
    summary = []
    if not rows:
        summary = [t("find.nothing", text=text)]
    elif found.more:
        summary = [t("find.more", limit=limit)]
    summary += merged_lines(t, dict.fromkeys(gone))
    emit(session, found.as_json(), [listing] if rows or out else [], summary)
    return 0


def show(
    identifier: IdArgument,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Show all that is known of one entity, and where each value was read."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        known = lookup.dossier(opened, identifier, session.date(opened))
    payload, values = known.as_json(), known.values
    dossier = Listing(
        t("show.values", name=payload["name"], kind=kind_name(t, known.kind)),
        [
            Column("property", t("column.property")),
            Column("value", t("column.value")),
            Column("since", t("column.since")),
            Column("source", t("column.source")),
        ],
        [
            [
                _label(t, v),
                stated(t, v.declared.name, v.as_json()["value"]),
                iso(v.since),
                place(v.statement.source.as_json()),
            ]
            for v in values
        ],
    )
    others = Listing(
        t("show.otherwise"),
        [
            Column("property", t("column.property")),
            Column("value", t("column.value")),
            Column("how", t("column.how")),
            Column("dated", t("column.dated")),
            Column("ledger", t("column.ledger")),
            Column("source", t("column.source")),
        ],
        [
            [
                _label(t, v),
                stated(t, v.declared.name, s.value),
                t(f"how.{s.how}"),
                iso(s.statement.dated),
                t.either(*known.called[s.statement.ledger]),
                place(s.statement.source.as_json()),
            ]
            for v in values
            for s in v.otherwise
        ],
    )
    ties = Listing(
        t("show.relations"),
        [
            Column("relation", t("column.relation")),
            Column("id", t("column.id")),
            Column("name", t("column.name")),
        ],
        [[relation(t, r["kind"], r["direction"]), r["id"], r["name"]] for r in known.relations],
    )
    lines = [t("show.since", date=payload["valid_from"])] if payload["valid_from"] else []
    lines += merged_lines(t, dict.fromkeys([*known.steps, *known.taken_over]))
    disputed = [_label(t, v) for v in values if v.disputed]
    if disputed:
        lines.append(t("show.disputed", properties=", ".join(disputed)))
    listings = [dossier]
    listings += [others] if any(v.otherwise for v in values) else []
    listings += [ties] if known.relations else []
    emit(session, payload, listings, lines)
    return 0


def _label(t: Texts, value: Value) -> str:
    return t.either(value.declared.zh, value.declared.en)
