"""Finding an entity and reading its dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.commands.wording import kind_name, relation
from api.cli.options import AsOfOption, IdArgument, JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import Column, Listing, emit
from api.cli.session import Session, identify
from graph.model import iso

if TYPE_CHECKING:
    from graph.schema import Property


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
        date = session.date(opened)
        # one more than asked for tells whether there are more
        found = opened.find(text, date, limit + 1)
    more, found = len(found) > limit, found[:limit]
    rows = [
        {"id": n.key, "name": n.name, "kind": n.kind, "type": n.properties.get("type")}
        for n in found
    ]
    payload = {"text": text, "as_of": iso(date), "results": rows, "more": more}
    listing = Listing(
        t("find.results"),
        [
            Column("id", t("column.id")),
            Column("name", t("column.name")),
            Column("kind", t("column.kind")),
            Column("type", t("column.type")),
        ],
        [[r["id"], r["name"], kind_name(t, str(r["kind"])), r["type"]] for r in rows],
    )
    summary = []
    if not rows:
        summary = [t("find.nothing", text=text)]
    elif more:
        summary = [t("find.more", limit=limit)]
    emit(session, payload, [listing] if rows or out else [], summary)
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
    from graph.schema import load_schema

    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    schema = load_schema()
    with session.store() as opened:
        date = session.date(opened)
        kind, key = identify(opened, identifier, date)
        node = opened.node(kind, key, date)
        around = opened.neighbours(kind, key, date)
    declared = schema.kinds[kind]
    source = node.source.as_json() if node and node.source else None
    values = [
        {
            "property": name,
            "label": {"zh": p.zh, "en": p.en},
            "value": _value(p, node.properties[name]),
            "source": source,
        }
        for name, p in declared.properties.items()
        if node and name in node.properties
    ]
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
        "values": values,
        "relations": relations,
    }
    place = f"{source['file']} · {source['sheet']} · {source['row']}" if source else None
    dossier = Listing(
        t("show.values", name=payload["name"], kind=kind_name(t, kind)),
        [
            Column("property", t("column.property")),
            Column("value", t("column.value")),
            Column("source", t("column.source")),
        ],
        [[t.either(v["label"]["zh"], v["label"]["en"]), v["value"], place] for v in values],
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
    since = t("show.since", date=payload["valid_from"]) if payload["valid_from"] else ""
    emit(session, payload, [dossier, ties] if relations else [dossier], [since] if since else [])
    return 0


def _value(declared: Property, value: Any) -> Any:
    """Return a stored value as JSON shows it: dates ISO 8601, lists as arrays."""
    if declared.type == "date":
        return iso(int(value))
    if declared.type == "list":
        return [v for v in str(value).split(";") if v]
    return value


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
