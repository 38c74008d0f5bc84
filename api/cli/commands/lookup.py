"""Finding an entity and reading its dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.commands.wording import kind_name, merged_lines, place, relation, stated
from api.cli.options import AsOfOption, IdArgument, JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import Column, Listing, emit
from api.cli.session import Session, identify
from graph.ledger_names import ledger_name
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.cli.texts import Texts
    from graph.decisions import Decision
    from graph.provenance import Value
    from graph.store.base import Store


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
    from graph.decisions.record import merges as merges_of

    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        date = session.date(opened)
        # one more than asked for tells whether there are more
        found = opened.find(text, date, limit + 1)
        merges = merges_of(opened, date)
    more, found = len(found) > limit, found[:limit]
    rows = [
        {
            "id": n.key, "name": n.name, "kind": n.kind, "type": n.properties.get("type"),
            "merged_into": merges.merged.get(n.key) if n.kind == "organization" else None,
        }
        for n in found
    ]  # fmt: skip
    gone = [step for r in rows if r["merged_into"] for step in merges.steps(str(r["id"]))]
    width = 5 if gone else 4
    payload = {"text": text, "as_of": iso(date), "results": rows, "more": more}
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
    elif more:
        summary = [t("find.more", limit=limit)]
    summary += merged_lines(t, dict.fromkeys(gone))
    emit(session, payload, [listing] if rows or out else [], summary)
    return 0


def _named(store: Store, date: int) -> Callable[[str, str], str | None]:
    """Return a look-up of places' names by kind and code."""

    def name(kind: str, code: str) -> str | None:
        keys = [key for found, key in store.lookup(code, date) if found == kind]
        node = store.node(kind, keys[0], date) if len(keys) == 1 else None
        return None if node is None else node.name

    return name


def show(
    identifier: IdArgument,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Show all that is known of one entity, and where each value was read."""
    from graph.decisions.record import merges as merges_of
    from graph.provenance import values as values_of

    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        date = session.date(opened)
        kind, key = identify(opened, identifier, date)
        steps: list[Decision] = []
        taken_over: list[Decision] = []
        if kind == "organization":
            merges = merges_of(opened, date)
            # who names the kind wants the rows of this very code
            steps = merges.steps(key)
            if steps and ":" not in identifier:
                key = steps[-1].subject
            taken_over = [] if steps and ":" in identifier else merges.merged_into(key)
        node = opened.node(kind, key, date)
        around = opened.neighbours(kind, key, date)
        values = values_of(opened, kind, key, date)
        beside = {s.statement.ledger for v in values for s in v.otherwise}
        called = {ledger: ledger_name(ledger, _named(opened, date)) for ledger in beside}
    relations = sorted(
        _relations(around, (kind, key)), key=lambda r: (r["kind"], r["direction"], r["id"])
    )
    payload = {
        "id": key,
        "kind": kind,
        "name": node.name if node else key,
        "as_of": iso(date),
        "valid_from": iso(node.valid_from) if node else None,
        "valid_to": iso(node.valid_to) if node else None,
        "merged": [d.as_json() for d in steps],
        "merged_here": [d.as_json() for d in taken_over],
        "values": [v.as_json() for v in values],
        "relations": relations,
    }
    dossier = Listing(
        t("show.values", name=payload["name"], kind=kind_name(t, kind)),
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
                t.either(*called[s.statement.ledger]),
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
        [[relation(t, r["kind"], r["direction"]), r["id"], r["name"]] for r in relations],
    )
    lines = [t("show.since", date=payload["valid_from"])] if payload["valid_from"] else []
    lines += merged_lines(t, dict.fromkeys([*steps, *taken_over]))
    disputed = [_label(t, v) for v in values if v.disputed]
    if disputed:
        lines.append(t("show.disputed", properties=", ".join(disputed)))
    listings = [dossier]
    listings += [others] if any(v.otherwise for v in values) else []
    listings += [ties] if relations else []
    emit(session, payload, listings, lines)
    return 0


def _label(t: Texts, value: Value) -> str:
    return t.either(value.declared.zh, value.declared.en)


def _relations(around: Any, center: tuple[str, str]) -> list[dict[str, Any]]:
    out = []
    for a, b, data in around.edges(data=True):
        if center not in (a, b):
            continue
        other, direction = (b, "out") if a == center else (a, "in")
        out.append(
            {
                "kind": data["kind"],
                "direction": direction,
                "id": other[1],
                "name": around.nodes[other].get("name") or other[1],
                "other": "missing" if around.nodes[other].get("missing") else other[0],
                "via": data["via"],
            }
        )
    return out
