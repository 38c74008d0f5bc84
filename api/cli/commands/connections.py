"""Affiliation chains and other connections."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli.commands.wording import kind_name, relation
from api.cli.options import (
    DEFAULT_PROFILE,
    AsOfOption,
    IdArgument,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import Column, Listing, emit
from api.cli.session import Session, identify
from graph.errors import InputError
from graph.model import iso

PATHS = 100
"""The most shortest connections that ``path`` lists."""
FARTHEST = 100_000
"""The most metres that ``neighbours --within`` takes: more than any city is wide."""
NEAREST = 500
"""Of what lies near, so many are listed unless more are asked for."""


def chain(
    identifier: IdArgument,
    down: Annotated[bool, typer.Option("--down", help="chain.down")] = False,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Follow formal subordination up to its ends, or down."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        found = opened.chain(*identify(opened, identifier, as_of), as_of, down=down)
    listing = Listing(
        t("chain.title", id=found.id, date=iso(found.as_of)),
        [
            Column("depth", t("column.depth"), "number"),
            Column("id", t("column.id")),
            Column("name", t("column.name")),
            Column("kind", t("column.kind")),
            Column("type", t("column.type")),
        ],
        [[n.depth, n.id, n.name, kind_name(t, n.kind), n.type] for n in found.nodes],
    )
    summary = [t("chain.ends", ends=", ".join(found.ends))] if found.ends and not down else []
    summary += [t("chain.cycle", ids=", ".join(c)) for c in found.cycles]
    emit(session, found.as_json(), [listing], summary)
    return 0


def path(
    a: Annotated[str, typer.Argument(metavar="A", help="argument.a")],
    b: Annotated[str, typer.Argument(metavar="B", help="argument.b")],
    store: StoreOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List the shortest connections between two entities."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of)
    t = session.texts
    with session.store() as opened:
        date = session.date(opened)
        begin, end = identify(opened, a, date), identify(opened, b, date)
        paths, cut = opened.paths(begin, end, date, PATHS)
    steps = [
        [
            {
                "from": x[1],
                "from_kind": x[0],
                "to": y[1],
                "to_kind": y[0],
                "kind": kind,
                "direction": way,
            }
            for x, kind, way, y in one
        ]
        for one in paths
    ]
    payload = {
        "a": begin[1],
        "b": end[1],
        "as_of": iso(date),
        "length": len(steps[0]) if steps else None,
        "paths": steps,
        "cap": PATHS,
        "capped": cut,
    }
    listing = Listing(
        t("path.title", a=begin[1], b=end[1]),
        [
            Column("path", t("column.path"), "number"),
            Column("step", t("column.step"), "number"),
            Column("from", t("column.from")),
            Column("relation", t("column.relation")),
            Column("to", t("column.to")),
        ],
        [
            [n, k, s["from"], relation(t, str(s["kind"]), str(s["direction"])), s["to"]]
            for n, one in enumerate(steps, start=1)
            for k, s in enumerate(one, start=1)
        ],
    )
    if not paths:
        summary = [t("path.none", a=begin[1], b=end[1])]
    else:
        summary = [t("path.found", paths=len(paths), length=payload["length"])]
        if cut:
            summary.append(t("path.capped", cap=PATHS))
    emit(session, payload, [listing] if any(steps) or out else [], summary)
    return 0


def neighbours(
    identifier: IdArgument,
    hops: Annotated[
        int | None, typer.Option("--hops", min=1, max=6, help="neighbours.hops_option")
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(
            "--within", metavar="METRES", min=1, max=FARTHEST, help="neighbours.within_option"
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help="neighbours.limit_option")
    ] = NEAREST,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List what is connected with an entity within some edges, or lies within some metres of it."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    if within is not None:
        if hops is not None:
            raise InputError(
                "give --hops or --within, not both", "请只给出 --hops 或 --within 其中之一"
            )
        return _within(session, identifier, within, limit)
    return _connected(session, identifier, 1 if hops is None else hops)


def _within(session: Session, identifier: str, metres: int, limit: int) -> int:
    """List the organizations and places within some metres."""
    from graph.around import around

    t = session.texts
    rules = session.profile()
    with session.store() as opened:
        date = session.date(opened)
        found = around(opened, rules, *identify(opened, identifier, date), metres, date)
    listed = found.near[:limit]
    more = len(found.near) > limit
    payload = {
        "id": found.key,
        "kind": found.kind,
        "name": found.name,
        "as_of": iso(date),
        "lon": found.lon,
        "lat": found.lat,
        "within": metres,
        "assumed_datum": {"datum": rules.datum, "of": found.assumed},
        "found": len(found.near),
        "limit": limit,
        "more": more,
        "results": [
            {
                "id": x.key,
                "name": x.name,
                "kind": x.kind,
                "metres": x.metres,
                "lon": x.lon,
                "lat": x.lat,
            }
            for x in listed
        ],
    }
    listing = Listing(
        t("neighbours.near", id=found.key, metres=f"{metres:,}"),
        [
            Column("metres", t("candidates.metres"), "number"),
            Column("id", t("column.id")),
            Column("name", t("column.name")),
            Column("kind", t("column.kind")),
        ],
        [[x.metres, x.key, x.name, kind_name(t, x.kind)] for x in listed],
    )
    summary = [
        t("neighbours.line", id=found.key, metres=f"{metres:,}", count=f"{len(found.near):,}")
    ]
    if more:
        summary.append(t("neighbours.more", limit=f"{limit:,}"))
    if found.assumed:
        summary.append(t("neighbours.assumed", datum=rules.datum, count=f"{found.assumed:,}"))
    emit(session, payload, [listing] if listed or session.out else [], summary)
    return 0


def _connected(session: Session, identifier: str, hops: int) -> int:
    """List what is connected within some edges."""
    t = session.texts
    with session.store() as opened:
        date = session.date(opened)
        kind, key = identify(opened, identifier, date)
        around = opened.neighbours(kind, key, date, hops)

    def node_kind(n: tuple[str, str], data: dict[str, Any]) -> str:
        return "missing" if data.get("missing") else n[0]

    nodes = [
        {"id": n[1], "name": d.get("name") or n[1], "kind": node_kind(n, d), "type": d.get("type")}
        for n, d in around.nodes(data=True)
    ]
    edges = [
        {
            "from": x[1],
            "from_kind": x[0],
            "to": y[1],
            "to_kind": y[0],
            "kind": d["kind"],
            "via": d["via"],
        }
        for x, y, d in around.edges(data=True)
    ]
    payload = {
        "id": key,
        "kind": kind,
        "as_of": iso(date),
        "hops": hops,
        "nodes": nodes,
        "edges": edges,
    }
    things = Listing(
        t("neighbours.nodes", id=key),
        [
            Column("id", t("column.id")),
            Column("name", t("column.name")),
            Column("kind", t("column.kind")),
            Column("type", t("column.type")),
        ],
        [[n["id"], n["name"], kind_name(t, str(n["kind"])), n["type"]] for n in nodes],
    )
    ties = Listing(
        t("neighbours.edges"),
        [
            Column("from", t("column.from")),
            Column("relation", t("column.relation")),
            Column("to", t("column.to")),
        ],
        [[e["from"], relation(t, str(e["kind"]), "out"), e["to"]] for e in edges],
    )
    emit(session, payload, [things, ties])
    return 0
