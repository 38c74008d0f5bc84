"""Affiliation chains and other connections."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking import connections
from api.cli.options import (
    AsOfOption,
    IdArgument,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from api.tables.wording import kind_name, not_gone_through, relation
from graph.errors import InputError
from graph.model import iso


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
        found = connections.chain(opened, identifier, as_of, down=down)
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
    with session.store() as opened, progress(t("progress.answering")):
        found = connections.paths(opened, a, b, session.date(opened))
    steps = found.steps
    listing = Listing(
        t("path.title", a=found.a, b=found.b),
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
    if not steps:
        summary = [t("path.none", a=found.a, b=found.b)]
    else:
        summary = [t("path.found", paths=len(steps), length=found.length)]
        if found.capped:
            summary.append(t("path.capped", cap=connections.PATHS))
    emit(session, found.as_json(), [listing] if any(steps) or out else [], summary)
    return 0


def neighbours(
    identifier: IdArgument,
    hops: Annotated[
        int | None,
        typer.Option("--hops", min=1, max=connections.HOPS, help="neighbours.hops_option"),
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(
            "--within",
            metavar="METRES",
            min=1,
            max=connections.FARTHEST,
            help="neighbours.within_option",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help="neighbours.limit_option")
    ] = connections.NEAREST,
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
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("progress.answering")):
        shown = connections.nearby(opened, rules, identifier, session.date(opened), metres, limit)
    found, listed = shown.found, shown.listed
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
    if shown.more:
        summary.append(t("neighbours.more", limit=f"{limit:,}"))
    if found.assumed:
        summary.append(t("neighbours.assumed", datum=rules.datum, count=f"{found.assumed:,}"))
    emit(session, shown.as_json(), [listing] if listed or session.out else [], summary)
    return 0


def _connected(session: Session, identifier: str, hops: int) -> int:
    """List what is connected within some edges."""
    t = session.texts
    with session.store() as opened, progress(t("progress.answering")):
        found = connections.connected(opened, identifier, session.date(opened), hops)
    things = Listing(
        t("neighbours.nodes", id=found.key),
        [
            Column("id", t("column.id")),
            Column("name", t("column.name")),
            Column("kind", t("column.kind")),
            Column("type", t("column.type")),
        ],
        [[n["id"], n["name"], kind_name(t, str(n["kind"])), n["type"]] for n in found.nodes],
    )
    ties = Listing(
        t("neighbours.edges"),
        [
            Column("from", t("column.from")),
            Column("relation", t("column.relation")),
            Column("to", t("column.to")),
        ],
        [[e["from"], relation(t, str(e["kind"]), "out"), e["to"]] for e in found.edges],
    )
    emit(session, found.as_json(), [things, ties], not_gone_through(t, found.left_out))
    return 0
