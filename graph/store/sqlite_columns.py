"""Columns out of the embedded store: frames of entities, claims and edges, and the fingerprint."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import apsw

from graph.schema import load_schema
from graph.store import ddl
from graph.store.ddl import column, table
from graph.store.frames import ARROW, CHUNK, chunked, ordered, plainly

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

GATHERED = 2 * CHUNK
"""From how many claims of a kind on columns are put together inside SQLite (:func:`_gathered`)."""
EXTRA = {"ledger": "text"}
EDGES = (
    "source",
    "source_kind",
    "target",
    "target_kind",
    "via",
    "claim_kind",
    "claim",
    "valid_from",
    "valid_to",
)


def frame(db: Any, kind: str, date: int, names: Sequence[str]) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.frame`."""
    chosen = "".join(f"{column(n)}, " for n in names)
    sql = (
        f"SELECT c.key, {chosen} c.valid_from, c.id FROM {table(kind)} c NOT INDEXED"
        f" WHERE {ddl.primary('c', '?1')}"
    )
    return _entities(db, kind, sql, (date,), names, ("valid_from", "claim"), ("key",), most=True)


def some(
    db: Any, kind: str, date: int, names: Sequence[str], at: str, of: Iterable[str]
) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.frame`: those whose column ``at`` holds one of some values, each looked up."""
    chosen = "".join(f"{column(n)}, " for n in names)
    sql = (
        f"SELECT c.key, {chosen} c.valid_from, c.id FROM json_each(?2) k CROSS JOIN {table(kind)} c ON {at} = k.value"
        f" WHERE {ddl.primary('c', '?1')}"
    )
    bindings = (date, json.dumps(sorted(set(of))))
    return _entities(db, kind, sql, bindings, names, ("valid_from", "claim"), ("key",))


def claims(db: Any, kind: str, date: int, names: Sequence[str]) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.claims`."""
    chosen = "".join(f"{column(n)}, " for n in names)
    again = db.execute("SELECT 1 FROM listing WHERE kind = ? LIMIT 1", (kind,)).fetchone()
    newest = listed("AND g.edition <= ?1") if again else f"max(c.dated, {_EDITION})"
    sql = (
        f"SELECT c.key, {chosen}c.valid_from, l.name, c.dated, {newest}, c.rank, c.id"
        f" FROM {table(kind)} c NOT INDEXED CROSS JOIN ledger l ON l.id = c.ledger WHERE c.superseded IS NULL AND c.dated <= ?1"
        f" AND NOT EXISTS (SELECT 1 FROM {table(kind)} o WHERE o.key = c.key AND o.ledger = c.ledger"
        " AND o.superseded IS NULL AND o.dated > c.dated AND o.dated <= ?1)"
    )
    extra = ("valid_from", "ledger", "dated", "listed", "rank", "claim")
    bindings = (date, kind) if again else (date,)
    return _entities(db, kind, sql, bindings, names, extra, ("key", "ledger", "rank"), most=True)


def editions(db: Any, kind: str, latest: int) -> dict[int, int]:
    """See :meth:`graph.store.base.Store.editions`: claims at their own dates, then those that later editions have again."""
    t = table(kind)
    again = (
        f"SELECT c.edition AS day, c.key, c.ledger, c.dated FROM {t} c WHERE c.superseded IS NULL AND c.edition > c.dated"
        " UNION ALL SELECT g.edition, c.key, c.ledger, c.dated FROM"
        f" (SELECT DISTINCT edition, claim FROM listing WHERE kind = ?1) g CROSS JOIN {t} c ON c.id = g.claim"
        " WHERE c.superseded IS NULL AND g.edition > c.dated AND g.edition <> c.edition"
    )
    rows = db.execute(
        f"SELECT day, sum(n) FROM (SELECT dated AS day, count(*) AS n FROM {t} WHERE superseded IS NULL GROUP BY 1"
        f" UNION ALL SELECT day, count(*) FROM ({again}) a WHERE NOT EXISTS (SELECT 1 FROM {t} o WHERE o.key = a.key"
        " AND o.ledger = a.ledger AND o.superseded IS NULL AND o.dated > a.dated AND o.dated <= a.day) GROUP BY 1)"
        " WHERE day <= ?2 GROUP BY 1 ORDER BY 1 DESC",
        (kind, latest),
    )
    return dict(rows.fetchall())


def history(db: Any, kind: str, key: str) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.history`."""
    names = list(load_schema().kinds[kind].properties)
    chosen = ", ".join(column(n) for n in names)
    sql = (
        f"SELECT c.key, {chosen}, c.valid_from, c.valid_to, l.name, c.dated, {listed('')}, c.rank, c.id"
        f" FROM {table(kind)} c JOIN ledger l ON l.id = c.ledger WHERE c.key = ?1 AND c.superseded IS NULL"
    )
    extra = ("valid_from", "valid_to", "ledger", "dated", "listed", "rank", "claim")
    return _entities(db, kind, sql, (key, kind), names, extra, ("valid_from", "rank"))


def replaced(db: Any, kind: str, after: int, names: Sequence[str], key: str | None) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.replaced`."""
    chosen = "".join(f"{column(n)}, " for n in names)
    now = (
        f"coalesce((SELECT o.id FROM {table(kind)} o WHERE o.key = c.key AND o.ledger = c.ledger AND o.superseded IS NULL"
        " AND o.dated <= c.dated ORDER BY o.dated DESC, o.batch, o.sheet, o.row, o.id LIMIT 1), 0)"
    )
    sql = (
        f"SELECT c.key, {chosen}l.name, c.dated, c.batch, c.superseded, {now}, c.id, c.sheet, c.row FROM {table(kind)} c"
        " JOIN ledger l ON l.id = c.ledger WHERE c.superseded > ?1"
    ) + (" AND c.key = ?2" if key is not None else "")
    extra = ("ledger", "dated", "batch", "superseded", "now", "claim", "sheet", "row")
    order = ("key", "ledger", "dated", "batch", "sheet", "row", "claim")
    bindings: tuple[Any, ...] = (after,) if key is None else (after, key)
    found = _entities(db, kind, sql, bindings, names, extra, order)
    out: pd.DataFrame = found.iloc[:, :-2]
    return out


def said(db: Any, kind: str, claims: Iterable[int], names: Sequence[str]) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.said`."""
    import numpy as np
    import pandas as pd

    wanted = pd.unique(np.fromiter((int(c) for c in claims), dtype=np.int64))
    chosen = "".join(f"{column(n)}, " for n in names)
    sql = (
        f"SELECT c.key, {chosen}l.name, c.dated, c.batch, c.id FROM {table(kind)} c JOIN ledger l ON l.id = c.ledger"
        " WHERE c.id IN (SELECT value FROM json_each(?1))"
    )
    extra = ("ledger", "dated", "batch", "claim")
    found = _entities(db, kind, sql, (json.dumps(wanted.tolist()),), names, extra, ("claim",))
    at = pd.Index(found["claim"]).get_indexer(pd.Index(wanted))
    out: pd.DataFrame = found.iloc[at[at >= 0]].reset_index(drop=True)
    return out


_EDITION = "CASE WHEN c.edition <= ?1 THEN c.edition ELSE 0 END"


def listed(test: str) -> str:
    """Return the expression for the newest edition that has a row, among those that pass a test."""
    own = "c.edition" if not test else _EDITION
    return (
        f"max(c.dated, {own}, coalesce((SELECT max(g.edition) FROM listing g WHERE g.kind = ?2 AND g.claim = c.id"
        f" {test}), 0))"
    )


def edges(db: Any, kind: str, date: int, end: str | None = None) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.edges`; with ``end``, those whose end is in ``temp.wanted``."""
    import pyarrow as pa

    types = {n: "int" if n in ("claim", "valid_from", "valid_to") else "text" for n in EDGES}
    parts: list[dict[str, Any]] = []
    for b in ddl.branches(kind):
        said = {**b.constants(), "via": b.via, "claim_kind": b.claim_kind}  # not read row by row
        names = [n for n in EDGES if n not in said]
        sql = f"SELECT {', '.join(names)} FROM ({b.select(end)})"
        part = fetch(db, sql, (date,), {n: types[n] for n in names})
        for n, value in said.items():
            part[n] = pa.chunked_array(
                [pa.repeat(pa.scalar(value, pa.large_string()), len(part["claim"]))]
            )
        parts.append(part)
    whole = {n: pa.chunked_array([c for p in parts for c in p[n].chunks]) for n in EDGES}
    return ordered(whole | {"": list(types.values())}, _EDGE_ORDER)


_EDGE_ORDER = ("source", "target", "via", "claim")


def unresolved(db: Any, kind: str, prop: str) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.unresolved`."""
    k = load_schema().kinds[kind]
    rule = k.properties[prop].edge
    if rule is None or rule.target is None:
        raise ValueError(f"{kind}.{prop} names no place")
    at = column(prop)
    more = [column(n) if n in k.properties else "NULL" for n in ("street", "district")]
    sql = (
        f"SELECT c.id, c.key, {at}, {', '.join(more)}, c.dated, c.batch, c.sheet, c.row FROM {table(kind)} c"
        f" WHERE {at} IN (SELECT DISTINCT {at} FROM {table(kind)} c WHERE {at} IS NOT NULL AND NOT EXISTS"
        f" (SELECT 1 FROM {table(rule.target)} t WHERE t.key = {at} AND t.superseded IS NULL)) AND c.superseded IS NULL"
    )
    names = dict.fromkeys(("key", "value", "street", "district"), "text")
    order = dict.fromkeys(("dated", "batch", "sheet", "row"), "int")
    out = ordered(fetch(db, sql, (), {"claim": "int", **names, **order}), ("key", *order))
    return out.drop(columns=list(order))


def fingerprint(db: Any, date: int) -> str:
    """See :meth:`graph.store.base.Store.fingerprint`."""
    import numpy as np

    from graph.store import digest

    numbers, names = [0], [""]
    for number, name in db.execute("SELECT id, name FROM ledger"):
        numbers.append(number)
        names.append(name)
    by_number = np.zeros(max(numbers) + 1, dtype=np.uint64)
    by_number[numbers] = digest.of_texts(names)
    out = []
    for kind, declared in load_schema().kinds.items():
        if declared.role == "work":
            continue
        cursor = db.execute(
            f"SELECT key, ledger, dated, digest FROM {table(kind)} WHERE superseded IS NULL"
            " AND valid_from <= ?1 AND valid_to > ?1",
            (date,),
        )
        while rows := list(islice(cursor, CHUNK)):
            keys, ledgers, dated, digests = zip(*rows, strict=True)
            values = np.array(digests, dtype=np.int64).view(np.uint64)
            of = by_number[np.array(ledgers)]
            out.append(digest.of_rows(kind, keys, of, np.array(dated, dtype=np.int64), values))
    return digest.fingerprint(out)


# -- columns -----------------------------------------------------------------------------------------------------


def _entities(
    db: Any,
    kind: str,
    sql: str,
    bindings: tuple[Any, ...],
    names: Sequence[str],
    extra: Sequence[str],
    order: Sequence[str],
    *,
    most: bool = False,
) -> pd.DataFrame:
    """Return a query's rows as typed columns: ``key``, properties, then what the store says of them (``extra``).

    ``most``: the query goes through the kind's claims in the order of their ids, and has a condition at its end.
    """
    properties = load_schema().kinds[kind].properties
    types = {"key": "text", **{n: f"property:{properties[n].type}" for n in names}}
    plain = {f"+{n}": EXTRA.get(n, "int") for n in extra}  # a property may have the same name
    typed = {**types, **plain}
    last: int = (
        db.execute(f"SELECT coalesce(max(id), 0) FROM {table(kind)}").fetchone()[0] if most else 0
    )
    if most and last >= GATHERED:
        found = _gathered(db, sql, bindings, typed, last)
    else:
        found = fetch(db, sql, bindings, typed)
    out = ordered(found, [f"+{n}" if n in extra else n for n in order])
    return plainly(out)


def fetch(db: Any, sql: str, bindings: tuple[Any, ...], types: dict[str, str]) -> dict[str, Any]:
    """Return a query's rows as Arrow columns, chunk by chunk, texts that repeat kept once a chunk."""
    chunks: list[list[Any]] = [[] for _ in types]
    _fetch(db, sql, bindings, types, chunks)
    return chunked(types, chunks)


def _fetch(
    db: Any, sql: str, bindings: tuple[Any, ...], types: dict[str, str], into: list[list[Any]]
) -> None:
    import pyarrow as pa

    cursor = db.execute(sql, bindings)
    while rows := list(islice(cursor, CHUNK)):
        for chunk, values, type_ in zip(into, zip(*rows, strict=True), types.values(), strict=True):
            t = ARROW[type_.removeprefix("property:")]
            try:
                array = pa.array(values, pa.int64() if t == "bool" else getattr(pa, t)())
            except (
                pa.ArrowInvalid,
                pa.ArrowTypeError,
            ):  # another type than the table's: bytes were turned over
                raise apsw.CorruptError("a value of another type") from None
            chunk.append(array.cast(pa.bool_()) if t == "bool" else array)


NOTHING, BETWEEN = "\x1e", "\x1f"
"""What stands for an unknown value in a gathered column, and what parts its values: no ledger's cell has them."""


def _gathered(
    db: Any, sql: str, bindings: tuple[Any, ...], types: dict[str, str], last: int
) -> dict[str, Any]:
    """Return what :func:`fetch` does, in half its time: a column of a chunk is one text that Arrow takes apart.

    Making Python's objects cell by cell is most of what reading a city costs. Floats are fetched as they are, for their text is
    not exact, and so is a chunk whose texts hold the marks after all, or are none.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    arrow = dict(enumerate(ARROW[t.removeprefix("property:")] for t in types.values()))
    floats = {f"a{i}": type_ for i, type_ in enumerate(types.values()) if arrow[i] == "float64"}
    others = [i for i in arrow if f"a{i}" not in floats]
    # the order of types in SQLite: numbers, texts, bytes
    strange = " OR ".join(f"a{i} < '' OR a{i} >= x''" for i in others if arrow[i] == "large_string")
    whole = ", ".join(
        f"group_concat(coalesce(a{i}, '{NOTHING}'), '{BETWEEN}'), count(a{i})" for i in others
    )
    chunks: list[list[Any]] = [[] for _ in types]
    for low in range(0, last, CHUNK):
        rows = f"{sql} AND c.id > {low} AND c.id <= {low + CHUNK}"
        some = f"WITH some({', '.join(f'a{i}' for i in arrow)}) AS ({rows}) SELECT"
        n, bad, *said = db.execute(
            f"{some} count(*), total({strange}), {whole} FROM some", bindings
        ).fetchone()
        if not n:
            continue
        found = {}
        for i, text, known in zip(others, said[::2], said[1::2], strict=True):
            if not known:
                found[i] = pa.nulls(n, pa.large_string())
                continue
            array = pc.split_pattern(pa.array([text], pa.large_string()), BETWEEN).flatten()
            array = pc.if_else(pc.equal(array, NOTHING), pa.scalar(None, array.type), array)
            bad = bad or len(array) != n or n - array.null_count != known
            found[i] = array
        if bad:
            _fetch(db, rows, bindings, types, chunks)
            continue
        for i, array in found.items():
            chunks[i].append(_cast(array, arrow[i]))
        if floats:
            into = [chunks[int(name[1:])] for name in floats]
            _fetch(db, f"{some} {', '.join(floats)} FROM some", bindings, floats, into)
    return chunked(types, chunks)


def _cast(array: Any, type_: str) -> Any:
    """Return a gathered column as what it is; a text that is no number there was no number in the table."""
    import pyarrow as pa

    if type_ == "large_string":
        return array
    try:
        whole = array.cast(pa.int64())
    except pa.ArrowInvalid:
        raise apsw.CorruptError("a value of another type") from None
    return whole.cast(pa.bool_()) if type_ == "bool" else whole
