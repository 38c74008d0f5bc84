"""Columns out of the Neo4j store: frames of entities, claims and edges, and the fingerprint.

Rows are taken as they come and put into Arrow's columns part by part, so that the client never holds Python's objects for all.
"""

from __future__ import annotations

from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from graph.errors import StoreCorruptError
from graph.model import OPEN
from graph.schema import load_schema
from graph.store.frames import ARROW, CHUNK, chunked, ordered, plainly
from graph.store.neo4j_names import claim, kinds_by_label, label, listing, made_by, quoted
from graph.store.neo4j_revision import HEAD, asked, held, primary, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    from graph.store.neo4j_server import Server

TEXTS = ("ledger", "key")


def frame(
    server: Server, kind: str, as_of: int | None, names: Sequence[str], revision: int | None
) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.frame`."""
    text = (
        f"{HEAD} MATCH (c:{claim(kind)}) WHERE {primary('c')}"
        f" RETURN c.key, {_chosen(names)}c.valid_from, c.`_claim`"
    )
    return _entities(
        server, kind, text, asked(as_of, revision), names, ("valid_from", "claim"), ("key",)
    )


def some(
    server: Server,
    kind: str,
    as_of: int | None,
    names: Sequence[str],
    at: str,
    of: Iterable[str],
    revision: int | None,
) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.frame`: those that have one of some values, each looked up."""
    text = (
        f"{HEAD} UNWIND $some AS value MATCH (c:{claim(kind)} {{{quoted(at)}: value}}) WHERE {primary('c')}"
        f" RETURN c.key, {_chosen(names)}c.valid_from, c.`_claim`"
    )
    bindings = asked(as_of, revision) | {"some": sorted(set(of))}
    return _entities(server, kind, text, bindings, names, ("valid_from", "claim"), ("key",))


def claims(
    server: Server, kind: str, as_of: int | None, names: Sequence[str], revision: int | None
) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.claims`."""
    again, newest = _listed(kind, "d")
    text = (
        f"{HEAD} MATCH (c:{claim(kind)}) WHERE {seen('c')} AND c.`_superseded` IS NULL AND c.`_dated` <= d"
        f" AND NOT EXISTS {{ MATCH (o:{claim(kind)} {{key: c.key}}) WHERE o.`_ledger` = c.`_ledger` AND {seen('o')}"
        f" AND o.`_superseded` IS NULL AND c.`_dated` < o.`_dated` AND o.`_dated` <= d }}{again}"
        f" RETURN c.key, {_chosen(names)}c.valid_from, c.`_ledger`, c.`_dated`, {newest}, c.`_rank`, c.`_claim`"
    )
    extra = ("valid_from", "ledger", "dated", "listed", "rank", "claim")
    return _entities(
        server, kind, text, asked(as_of, revision), names, extra, ("key", "ledger", "rank")
    )


def _listed(kind: str, until: str | None) -> tuple[str, str]:
    """Return the clause and the expression for the newest edition that has a row, among those not after a date."""
    own = "c.`_edition`"
    if until is not None:
        own = f"CASE WHEN c.`_edition` <= {until} THEN c.`_edition` ELSE 0 END"
    some = "" if until is None else f" AND l.`_edition` <= {until}"
    return (
        (
            f" OPTIONAL MATCH (l:{listing(kind)} {{`_claim`: c.`_claim`}}) WHERE {seen('l')}{some}"
            " WITH c, v, d, max(l.`_edition`) AS again"
        ),
        f"reduce(newest = c.`_dated`, e IN [{own}, coalesce(again, 0)] | CASE WHEN e > newest THEN e ELSE newest END)",
    )


def editions(server: Server, kind: str, revision: int | None) -> dict[int, int]:
    """See :meth:`graph.store.base.Store.editions`: claims at their own dates, then those that later editions have again."""
    c, stands = claim(kind), f"{seen('c')} AND c.`_superseded` IS NULL"

    def last(day: str) -> str:
        return (
            f"NOT EXISTS {{ MATCH (o:{c} {{key: c.key}}) WHERE o.`_ledger` = c.`_ledger` AND {seen('o')}"
            f" AND o.`_superseded` IS NULL AND c.`_dated` < o.`_dated` AND o.`_dated` <= {day} }}"
        )

    text = (
        f"{HEAD} CALL (v) {{ MATCH (c:{c}) WHERE {stands} RETURN c.`_dated` AS day, count(*) AS n"
        f" UNION ALL MATCH (c:{c}) WHERE {stands} AND c.`_edition` > c.`_dated` AND {last('c.`_edition`')}"
        " RETURN c.`_edition` AS day, count(*) AS n"
        f" UNION ALL MATCH (l:{listing(kind)}) WHERE {seen('l')} WITH DISTINCT l.`_edition` AS day, l.`_claim` AS number"
        f" MATCH (c:{c} {{`_claim`: number}}) WHERE {stands} AND c.`_dated` < day AND day <> c.`_edition` AND {last('day')}"
        " RETURN day, count(*) AS n }"
        " WITH d, day, sum(n) AS n WHERE day <= d RETURN day, n ORDER BY day DESC"
    )
    return dict(server.rows(text, **asked(None, revision)))


def history(server: Server, kind: str, key: str, revision: int | None) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.history`."""
    names = list(load_schema().kinds[kind].properties)
    again, newest = _listed(kind, None)
    text = (
        f"{HEAD} MATCH (c:{claim(kind)} {{key: $key}}) WHERE {seen('c')} AND c.`_superseded` IS NULL{again}"
        f" RETURN c.key, {_chosen(names)}c.valid_from, c.valid_to, c.`_ledger`, c.`_dated`, {newest},"
        " c.`_rank`, c.`_claim`"
    )
    extra = ("valid_from", "valid_to", "ledger", "dated", "listed", "rank", "claim")
    bindings = asked(None, revision) | {"key": key}
    return _entities(server, kind, text, bindings, names, extra, ("valid_from", "rank"))


def replaced(
    server: Server,
    kind: str,
    after: int,
    names: Sequence[str],
    key: str | None,
    revision: int | None,
) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.replaced`."""
    only = "" if key is None else " {key: $key}"
    now = (
        f"COLLECT {{ MATCH (o:{claim(kind)} {{key: c.key}}) WHERE o.`_ledger` = c.`_ledger` AND {seen('o')}"
        " AND o.`_superseded` IS NULL AND o.`_dated` <= c.`_dated`"
        " RETURN o.`_claim` ORDER BY o.`_dated` DESC, o.`_batch`, o.`_sheet`, o.`_row`, o.`_claim` LIMIT 1 }"
    )
    text = (
        f"{HEAD} MATCH (c:{claim(kind)}{only}) WHERE {seen('c')} AND c.`_superseded` > $after"
        f" RETURN c.key, {_chosen(names)}c.`_ledger`, c.`_dated`, c.`_batch`, c.`_superseded`, coalesce({now}[0], 0), c.`_claim`,"
        " c.`_sheet`, c.`_row`"
    )
    extra = ("ledger", "dated", "batch", "superseded", "now", "claim", "sheet", "row")
    order = ("key", "ledger", "dated", "batch", "sheet", "row", "claim")
    bindings = asked(None, revision) | {"after": after, "key": key}
    found = _entities(server, kind, text, bindings, names, extra, order)
    out: pd.DataFrame = found.iloc[:, :-2]
    return out


def said(
    server: Server, kind: str, claims: Iterable[int], names: Sequence[str], revision: int | None
) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.said`."""
    import numpy as np
    import pandas as pd

    wanted = pd.unique(np.fromiter((int(c) for c in claims), dtype=np.int64))
    text = (
        f"{HEAD} UNWIND $claims AS number MATCH (c:{claim(kind)} {{`_claim`: number}}) WHERE {seen('c')}"
        f" RETURN c.key, {_chosen(names)}c.`_ledger`, c.`_dated`, c.`_batch`, c.`_claim`"
    )
    extra = ("ledger", "dated", "batch", "claim")
    bindings = asked(None, revision) | {"claims": wanted.tolist()}
    found = _entities(server, kind, text, bindings, names, extra, ("claim",))
    at = pd.Index(found["claim"]).get_indexer(pd.Index(wanted))
    out: pd.DataFrame = found.iloc[at[at >= 0]].reset_index(drop=True)
    return out


EDGES = {
    "source": "text", "source_kind": "text", "target": "text", "target_kind": "text", "via": "text", "claim_kind": "text",
    "claim": "int", "valid_from": "int", "valid_to": "int",
}  # fmt: skip


def edges(
    server: Server,
    kind: str,
    as_of: int | None,
    revision: int | None,
    of: Iterable[str] | None = None,
    end: str = "source",
) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.edges`."""
    bindings = asked(as_of, revision)
    match = f"MATCH (a)-[r:{quoted(kind)}]->(b) WHERE {held('r')}"
    if of is not None:
        bindings |= {"some": sorted(set(of))}
        declared = load_schema().edges[kind]
        here, there = ("a", "b") if end == "source" else ("b", "a")
        way = f"-[r:{quoted(kind)}]->" if end == "source" else f"<-[r:{quoted(kind)}]-"
        parts = " UNION ALL ".join(
            f"UNWIND $some AS value MATCH ({here}:{label(k)} {{key: value}}){way}({there}) WHERE {held('r')} RETURN a, r, b"
            for k in (declared.source if end == "source" else declared.target)
        )
        match = f"CALL (v, d) {{ {parts} }}"
    text = (
        f"{HEAD} {match}"
        f" RETURN a.key, labels(a)[0], b.key, labels(b)[0], r.`_by`, r.`_claim`, r.valid_from, coalesce(r.valid_to, {OPEN})"
    )
    kinds, made = kinds_by_label(), made_by()

    def named(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
        for source, one, target, other, number, *rest in rows:
            if number not in made:
                raise damaged(server)
            claim_kind, via = made[number]
            yield [source, kinds[one], target, kinds[other], via, claim_kind, *rest]

    found = _found(server, text, bindings, EDGES, named)
    return ordered(found, ("source", "target", "via", "claim"))


def unresolved(server: Server, kind: str, prop: str, revision: int | None = None) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.unresolved`."""
    k = load_schema().kinds[kind]
    rule = k.properties[prop].edge
    if rule is None or rule.target is None:
        raise ValueError(f"{kind}.{prop} names no place")
    at = f"c.{quoted(prop)}"
    more = [
        f"{f'c.{quoted(n)}' if n in k.properties else 'NULL'} AS {n}"
        for n in ("street", "district")
    ]
    text = (
        f"{HEAD} MATCH (c:{claim(kind)}) WHERE {at} IS NOT NULL AND {seen('c')} AND c.`_superseded` IS NULL"
        f" WITH v, {at} AS place, collect(c) AS rows WHERE NOT EXISTS {{ MATCH (t:{claim(rule.target)} {{key: place}})"
        f" WHERE {seen('t')} AND t.`_superseded` IS NULL }} UNWIND rows AS c"
        f" RETURN c.`_claim`, c.key, place, {', '.join(more)}, c.`_dated`, c.`_batch`, c.`_sheet`, c.`_row`"
    )
    names = dict.fromkeys(("key", "value", "street", "district"), "text")
    order = dict.fromkeys(("dated", "batch", "sheet", "row"), "int")
    types = {"claim": "int", **names, **order}
    found = server.read(text, asked(None, revision), lambda rows: _gather(server, rows, types))
    return ordered(found, ("key", *order)).drop(columns=list(order))


def fingerprint(server: Server, as_of: int | None, revision: int | None) -> str:
    """See :meth:`graph.store.base.Store.fingerprint`."""
    import numpy as np

    from graph.store import digest

    kinds = [k for k, declared in load_schema().kinds.items() if declared.role != "work"]

    def take(rows: Iterator[list[Any]]) -> list[Any]:
        words = []
        while some := list(islice(rows, CHUNK)):
            # rows come kind by kind: a part has few
            for n, group in groupby(some, key=itemgetter(0)):
                _, keys, ledgers, dated, digests = zip(*group, strict=True)
                names = {name: i for i, name in enumerate(dict.fromkeys(ledgers))}
                hashes = digest.of_texts(list(names))[[names[x] for x in ledgers]]
                values = np.array(digests, dtype=np.int64).view(np.uint64)
                days = np.array(dated, dtype=np.int64)
                words.append(digest.of_rows(kinds[n], keys, hashes, days, values))
        return words

    parts = " UNION ALL ".join(
        f"MATCH (c:{claim(kind)}) RETURN {n} AS kind, c" for n, kind in enumerate(kinds)
    )
    text = (
        f"{HEAD} CALL () {{ {parts} }} WITH kind, c, v, d WHERE {held('c')} AND c.`_superseded` IS NULL"
        " RETURN kind, c.key, c.`_ledger`, c.`_dated`, c.`_digest`"
    )
    return digest.fingerprint(server.read(text, asked(as_of, revision), take))


# -- columns -----------------------------------------------------------------------------------------------------


def _chosen(names: Sequence[str]) -> str:
    return "".join(f"c.{quoted(n)}, " for n in names)


def _entities(
    server: Server,
    kind: str,
    text: str,
    bindings: dict[str, Any],
    names: Sequence[str],
    extra: Sequence[str],
    order: Sequence[str],
) -> pd.DataFrame:
    """Return a question's rows as typed columns: ``key``, properties, then what the store says of them (``extra``)."""
    properties = load_schema().kinds[kind].properties
    types = {"key": "text", **{n: f"property:{properties[n].type}" for n in names}}
    plain = {
        f"+{n}": "text" if n in TEXTS else "int" for n in extra
    }  # a property may have the same name
    types |= plain
    found = _found(server, text, bindings, types)
    out = ordered(found, [f"+{n}" if n in extra else n for n in order])
    return plainly(out)


def _found(
    server: Server,
    text: str,
    bindings: dict[str, Any],
    types: dict[str, str],
    told: Callable[[Iterator[list[Any]]], Iterator[list[Any]]] = iter,
) -> dict[str, Any]:
    """Return a question's rows as columns; of nothing (``$some``) nothing is found, and nobody need be asked."""
    if bindings.get("some") == []:
        return _gather(server, iter(()), types)
    return server.read(text, bindings, lambda rows: _gather(server, told(rows), types))


def _gather(server: Server, rows: Iterator[list[Any]], types: dict[str, str]) -> dict[str, Any]:
    import pyarrow as pa

    chunks: list[list[Any]] = [[] for _ in types]
    while some := list(islice(rows, CHUNK)):
        for chunk, values, type_ in zip(
            chunks, zip(*some, strict=True), types.values(), strict=True
        ):
            t = ARROW[type_.removeprefix("property:")]
            try:
                chunk.append(pa.array(values, pa.bool_() if t == "bool" else getattr(pa, t)()))
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                raise damaged(server) from None
    return chunked(types, chunks)


def damaged(server: Server) -> StoreCorruptError:
    """Return what to say of a value that the store never writes: another program did."""
    return StoreCorruptError(
        f"store {server.url}: holds a value of another type than its ledgers have; copy or import the city anew",
        f"存储 {server.url}：有类型不符的值；请重新复制或导入",
    )
