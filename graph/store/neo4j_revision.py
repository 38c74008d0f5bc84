"""Revisions of the Neo4j store: how an import of many transactions is seen whole or not at all (docs/adr/0019).

Every node and relationship of the store is a *record*: made by one revision (``_since``), if ended then by another (``_until``).
One node, the store's own, says which revision is to be seen; a question reads it once, at its beginning, and passes over records
that a later one made or an earlier one ended. A writer works under a revision that nobody sees yet, in as many transactions as it
likes, and shows it by changing that node. What a writer that died left behind is swept by the next.

One writes at a time: it holds a lease, written beside the revision, which it renews while it lives. It may write in several lanes
(docs/adr/0024), each a node that says whose it is: each transaction first locks its lane, makes sure that it is the writer's
still, and leaves its number there, so that one which the driver repeats, not knowing that it went well, does nothing. Who takes
the lease over locks and takes all lanes: what was under way has ended then, and nothing more can begin.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph.errors import StoreBusyError, StoreError, StoreMissingError
from graph.model import OPEN, today
from graph.schema import load_schema
from graph.store import copying, neo4j_server
from graph.store.batches import busy
from graph.store.neo4j_names import (
    BATCH,
    FOREVER,
    LANE,
    SHEET,
    STORE,
    VERSION,
    claim,
    definitions,
    has_entities,
    label,
    late,
    listing,
    point,
    quoted,
)
from graph.store.neo4j_server import LONGEST_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Set

    from graph.store.neo4j_server import Server

LEASE_MS = 20_000
"""How long a writer that gives no sign of life holds the store, in milliseconds of the server's clock."""
BEAT_S = 5.0
"""Seconds between a writer's signs of life."""
LANES = 2
"""Transactions that are written side by side, beside one that makes sure of entities: a server uses so many cores for an import."""
ALONE = 0
"""The lane of a writer's transactions that nothing goes on beside; the others follow."""
RUBBISH = 10_000
"""Ended records from which on they are collected."""
PARCEL = 1_000
"""Records deleted in one transaction: as few as a server with 16 MB for it deletes, with all that hangs on them."""

_UNREADY = (
    "SHOW INDEXES YIELD name, state WHERE name STARTS WITH 'lianjian_' AND state <> 'ONLINE'"
    " RETURN name, state"
)
_NODE = f"(store:{quoted(STORE)} {{store: 'lianjian'}})"
_LANE = f"(lane:{quoted(LANE)} {{id: $lane}})"
HEAD = (
    f"OPTIONAL MATCH {_NODE} WITH coalesce($revision, store.revision, 0) AS v,"
    " coalesce($as_of, store.latest, $today) AS d "
)
"""How every question begins: with the revision ``v`` to be seen and the date ``d`` to be answered for."""


def seen(name: str) -> str:
    """Return the test that a record is to be seen."""
    return f"{name}.`_since` <= v AND v < coalesce({name}.`_until`, {FOREVER})"


def held(name: str) -> str:
    """Return the test that a record is to be seen and what it says holds at the date asked for."""
    return f"{seen(name)} AND {name}.valid_from <= d AND d < coalesce({name}.valid_to, {OPEN})"


def primary(name: str) -> str:
    """Return the test that a claim is to be seen, holds at the date asked for, and speaks for its entity."""
    return f"{held(name)} AND {name}.`_rank` = 0 AND {name}.`_superseded` IS NULL"


def asked(as_of: int | None = None, revision: int | None = None) -> dict[str, Any]:
    """Return the values that :data:`HEAD` takes."""
    return {"as_of": as_of, "revision": revision, "today": today()}


@dataclass(slots=True)
class Writer:
    """What a writer holds: its lease, the revision it writes, and how far the store's numbers have gone."""

    owner: str
    seen: int
    revision: int
    latest: int | None
    claims: int
    sheets: int
    transactions: dict[int, int] = field(default_factory=dict)
    lost: bool = False


def check(server: Server) -> bool:
    """Return whether there is a store; refuse what is none, or of another version.

    Raises
    ------
    StoreError
        The database holds something else, an unfinished copy, or a store of another version.
    """
    rows = server.rows(
        f"OPTIONAL MATCH {_NODE} RETURN store.version, store.copying, store IS NULL"
        " AND EXISTS { MATCH (n) }"
    )
    version, half, foreign = rows[0]
    at = server.url
    if foreign:
        raise StoreError(
            f"store {at}: the database holds data of another program; give an empty one",
            f"存储 {at}：数据库里有其他程序的数据；请使用空数据库",
        )
    if version is None:
        return False
    _same_version(at, version)
    if half is not None:
        raise copying.unfinished(at)
    return True


def _same_version(at: str, version: int) -> None:
    """Refuse records of another version: read or gone on with as ours they would say something else."""
    if version > VERSION:
        raise StoreError(
            f"store {at}: made by a newer version of Lianjian; update this one",
            f"存储 {at}：由更新版本的联建建立；请升级本程序",
        )
    if version < VERSION:
        raise StoreError(
            f"store {at}: made by an older version of Lianjian; empty the database, then import the ledgers anew,"
            " or lianjian copy the city back from a file that the older version copied it to",
            f"存储 {at}：由旧版本的联建建立；请清空数据库后重新导入台账，"
            "或先用旧版本的 lianjian copy 复制到文件，清空后再复制回来",
        )


def missing(url: str) -> StoreMissingError:
    """Return what to say where there is no store."""
    return StoreMissingError(
        f"store {url}: there is none; make one with: lianjian import PATH --store {url}",
        f"存储 {url}：不存在；可用 lianjian import 路径 --store {url} 建立",
    )


@contextlib.contextmanager
def writing(server: Server) -> Iterator[Writer]:
    """Hold the store for writing; what is not shown by :func:`show` at the end is swept."""
    writer = _begin(server)
    try:
        with _beating(server, writer):
            if writer.seen:
                _complete(server, writer)
            yield writer
    finally:
        if not writer.lost:
            with contextlib.suppress(StoreError):  # the next writer sweeps
                _leave(server, writer)


@contextlib.contextmanager
def _beating(server: Server, writer: Writer) -> Iterator[None]:
    """Renew a writer's lease while a block runs, and be as patient as what is written is worth."""
    server.patience = neo4j_server.RETRY_WRITING_S
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(server, writer, stop), daemon=True)
    beat.start()
    try:
        yield
    finally:
        server.patience = neo4j_server.RETRY_S
        stop.set()
        beat.join()


def current(server: Server) -> int:
    """Return the revision that is to be seen."""
    found: int = server.rows(f"{HEAD} RETURN v", **asked())[0][0]
    return found


@contextlib.contextmanager
def copying_into(
    server: Server, state: str, revision: int
) -> Iterator[tuple[Writer, str | None, str]]:
    """Hold an empty database, or one that a copy was cut off in, for a copy of a source in some state.

    Yields the writer, how far the copy has come (``None``: nowhere), and the state of the source that it began with.
    """
    foreign, version = server.rows(
        f"OPTIONAL MATCH {_NODE} RETURN store IS NULL AND EXISTS {{ MATCH (n) }}"
        " OR store IS NOT NULL AND store.copying IS NULL, store.version"
    )[0]
    if foreign:
        raise copying.occupied(server.url)
    if version is not None:
        _same_version(server.url, version)  # whose half would be of one sort, ours of another
    owner = secrets.token_hex(16)
    _make(server, state)
    if not _take(server, owner):
        raise busy(server.url)
    writer = Writer(owner, 0, revision, None, 0, 0)
    copied, begun = server.rows(f"MATCH {_NODE} RETURN store.copied, store.copying")[0]
    try:
        with _beating(server, writer):
            yield writer, copied, begun
    finally:
        if not writer.lost:
            with contextlib.suppress(StoreError):  # the lease ends by itself
                _release(server, writer)


def _make(server: Server, copied_from: str | None = None) -> None:
    """Make a store that holds nothing: constraints, most indexes, and the node that says which revision is seen."""
    _define(server, definitions().keys() - late())
    head = f"MERGE {_NODE} ON CREATE SET store.version = $version, store.revision = 0, store.attempt = 0,"
    tail = " store.claims = 0, store.sheets = 0, store.rubbish = 0, store.lease = 0, store.shown = timestamp(),"
    tail += " store.pointed = 0, store.copying = $state"
    server.write([(head + tail, {"version": VERSION, "state": copied_from})])


def _begin(server: Server) -> Writer:
    owner = secrets.token_hex(16)
    rows = _take(server, owner)
    if rows is None:
        _make(server)
        rows = _take(server, owner)
    if not rows:
        raise busy(server.url)
    revision, attempt, latest, claims, sheets, dirty, rubbish, quiet = rows[0]
    writer = Writer(owner, revision, attempt, latest, claims, sheets)
    if dirty:
        sweep(server, writer)
    elif rubbish > RUBBISH and quiet > 1000 * LONGEST_S:
        # all who may still read by an older revision have been ended
        for pattern, name in _records():
            end = "DETACH DELETE" if name == "n" else "DELETE"
            server.parcelled(
                f"MATCH {pattern} WHERE {name}.`_until` <= $seen OR {name}.`_until` <= {name}.`_since`"
                f" CALL ({name}) {{ {end} {name} }} IN TRANSACTIONS OF {PARCEL} ROWS",
                seen=revision,
            )
        transact(server, writer, lambda run: run(f"MATCH {_NODE} SET store.rubbish = 0"))
    return writer


def points(server: Server) -> tuple[int | None, bool]:
    """Return the revision that is to be seen, and whether the claims that it has carry their points."""
    rows = server.rows(
        f"MATCH {_NODE} RETURN store.revision, coalesce(store.pointed = store.revision, false)"
    )
    return (rows[0][0], rows[0][1]) if rows else (None, True)


def _complete(server: Server, writer: Writer) -> None:
    """Make what a store lacks that an earlier version made, or wrote to since: the points of claims, and indexes.

    Until then questions are answered without, by going through all of a kind.
    """
    if not points(server)[1]:
        for kind in load_schema().located:
            server.parcelled(
                f"MATCH (c:{claim(kind)}) WHERE c.`_at` IS NULL AND c.lon IS NOT NULL AND c.lat IS NOT NULL"
                f" CALL (c) {{ SET c.`_at` = {point('c.lon', 'c.lat')} }} IN TRANSACTIONS OF {PARCEL} ROWS"
            )
        done = f"MATCH {_NODE} WHERE store.writer = $owner SET store.pointed = store.revision"
        server.write([(done, {"owner": writer.owner})])
    _define(server, definitions().keys())


def finish_indexes(server: Server) -> None:
    """Make the indexes that the first import waits for, before anyone sees what it wrote."""
    _define(server, late())


def _define(server: Server, names: Set[str]) -> None:
    """Make some constraints and indexes where they are not there yet, and wait until they serve.

    Nothing is asked meanwhile: a server whose schema changes too often for a query to be planned refuses it.
    """
    there = {
        name
        for text in (
            "SHOW CONSTRAINTS YIELD name RETURN name",
            "SHOW INDEXES YIELD name RETURN name",
        )
        for (name,) in server.rows(text)
    }
    new: list[tuple[str, dict[str, Any]]] = [
        (statement, {})
        for name, statement in definitions().items()
        if name in names and name not in there
    ]
    if new:
        server.write(new)  # together: each commit of a schema is written to disk
    while states := {state for _, state in server.rows(_UNREADY)}:
        if "FAILED" in states:
            raise StoreError(
                f"store {server.url}: the server could not fill an index; its log says why",
                f"存储 {server.url}：服务器未能建立索引；原因见其日志",
            )
        time.sleep(0.1)


def _take(server: Server, owner: str) -> list[list[Any]] | None:
    """Take the lease: what the store says of itself, nothing where another holds it, ``None`` where there is no store."""

    def work(run: Callable[..., list[list[Any]]]) -> list[list[Any]] | None:
        # the node is written before it is read: nobody else can read it to write until this transaction ends
        if not run(f"MATCH {_NODE} SET store.touched = timestamp() RETURN 1"):
            return None
        taken = run(
            f"MATCH {_NODE} WHERE store.writer IS NULL OR store.lease < timestamp() OR store.writer = $owner"
            " WITH store, store.writer IS NOT NULL AS dirty"
            " SET store.attempt = store.attempt + CASE WHEN store.writer = $owner THEN 0 ELSE 1 END"
            " SET store.writer = $owner, store.lease = timestamp() + $lease"
            " RETURN store.revision, store.attempt, store.latest, store.claims, store.sheets, dirty, store.rubbish,"
            " timestamp() - store.shown",
            owner=owner,
            lease=LEASE_MS,
        )
        if taken:
            run(
                f"UNWIND range({ALONE}, {ALONE + 1 + LANES}) AS id MERGE (:{quoted(LANE)} {{id: id}})"
            )
            # all there are, for another version may write in more; each waits for what a writer has under way in it
            run(
                f"MATCH (lane:{quoted(LANE)}) WITH lane ORDER BY lane.id SET lane.writer = $owner, lane.transaction = 0",
                owner=owner,
            )
        return taken

    return server.transact(work)


def transact(
    server: Server,
    writer: Writer,
    work: Callable[[Callable[..., list[list[Any]]]], Any],
    lane: int = ALONE,
) -> None:
    """Run one of a writer's transactions: once, and only while it holds its lanes. In a lane they come one after the other.

    Raises
    ------
    StoreBusyError
        The lease ran out, and another writer took it.
    """
    number = writer.transactions[lane] = writer.transactions.get(lane, 0) + 1

    def once(run: Callable[..., list[list[Any]]]) -> None:
        found = run(
            f"MATCH {_LANE} SET lane.touched = timestamp() WITH lane WHERE lane.writer = $owner"
            " WITH lane, lane.transaction < $number AS open SET lane.transaction = $number RETURN open",
            lane=lane,
            owner=writer.owner,
            number=number,
        )
        if not found:
            writer.lost = True
            raise StoreBusyError(
                f"store {server.url}: out of reach for too long, another import took over; nothing of this one remains",
                f"存储 {server.url}：失联过久，已由另一项导入接手；本次导入未留下任何数据",
            )
        if found[0][0]:
            work(run)

    server.transact(once)


def show(server: Server, writer: Writer, rubbish: int) -> None:
    """Let everyone see a writer's revision, and end its lease: one small transaction."""

    def work(run: Callable[..., list[list[Any]]]) -> None:
        run(f"MATCH {_NODE} SET store.touched = timestamp()")
        found = run(
            f"MATCH {_NODE} WHERE store.writer = $owner SET store.revision = $revision, store.latest = $latest,"
            " store.pointed = $revision, store.claims = $claims, store.sheets = $sheets, store.rubbish = store.rubbish + $rubbish,"
            " store.shown = timestamp(), store.writer = NULL, store.lease = 0, store.shower = $owner RETURN 1",
            owner=writer.owner,
            revision=writer.revision,
            latest=writer.latest,
            claims=writer.claims,
            sheets=writer.sheets,
            rubbish=rubbish,
        )
        if not found and not run(
            f"MATCH {_NODE} WHERE store.shower = $owner RETURN 1", owner=writer.owner
        ):
            writer.lost = True
            raise StoreBusyError(
                f"store {server.url}: out of reach for too long, another import took over; nothing of this one remains",
                f"存储 {server.url}：失联过久，已由另一项导入接手；本次导入未留下任何数据",
            )

    server.transact(work)
    writer.seen = writer.revision


def _beat(server: Server, writer: Writer, stop: threading.Event) -> None:
    while not stop.wait(BEAT_S):
        with contextlib.suppress(StoreError):  # the next transaction tells whether it is still held
            server.write(
                [
                    (
                        f"MATCH {_NODE} WHERE store.writer = $owner SET store.lease = timestamp() + $lease",
                        {"owner": writer.owner, "lease": LEASE_MS},
                    )
                ]
            )


def _leave(server: Server, writer: Writer) -> None:
    """Give the lease back; what was not shown is swept first."""
    if writer.seen == writer.revision:
        return
    if writer.transactions:
        # what the server may still be about, whose end nobody was told, has ended once all lanes are given back
        mine = "SET lane.touched = timestamp() WITH lane WHERE lane.writer = $owner SET lane.writer = NULL"
        server.write([(f"MATCH (lane:{quoted(LANE)}) {mine}", {"owner": writer.owner})])
        sweep(server, writer)
    _release(server, writer)
    server.write(
        [
            # a store that holds nothing was made by an import that failed: as if it had never been
            (
                (
                    # locked before it is asked whose it is: the next writer may be taking it just now
                    f"MATCH {_NODE} SET store.touched = timestamp() WITH store"
                    " WHERE store.writer IS NULL AND store.revision = 0 AND store.copying IS NULL"
                    f" OPTIONAL MATCH (lane:{quoted(LANE)}) DELETE lane, store"
                ),
                {},
            ),
        ]
    )  # fmt: skip


def _release(server: Server, writer: Writer) -> None:
    text = f"MATCH {_NODE} WHERE store.writer = $owner SET store.writer = NULL, store.lease = 0"
    server.write([(text, {"owner": writer.owner})])


def _records() -> Iterator[tuple[str, str]]:
    """Yield the pattern of each sort of record, and the name in it: relationships first, for nodes hang on them."""
    schema = load_schema()
    for edge in schema.edges:
        yield f"()-[r:{quoted(edge)}]->()", "r"
    for kind in schema.kinds:
        yield f"(n:{claim(kind)})", "n"
        yield f"(n:{listing(kind)})", "n"
    yield f"(n:{quoted(BATCH)})", "n"
    yield f"(n:{quoted(SHEET)})", "n"


def sweep(server: Server, writer: Writer) -> None:
    """Take away what revisions after the one that is seen, up to the writer's own, made; and what they ended stands again."""
    schema = load_schema()
    window = {"seen": writer.seen, "mine": writer.revision}
    for pattern, name in _records():
        end = "DETACH DELETE" if name == "n" else "DELETE"
        server.parcelled(
            f"MATCH {pattern} WHERE $seen < {name}.`_since` <= $mine"
            f" CALL ({name}) {{ {end} {name} }} IN TRANSACTIONS OF {PARCEL} ROWS",
            **window,
        )
        server.parcelled(
            f"MATCH {pattern} WHERE $seen < {name}.`_until` <= $mine"
            f" CALL ({name}) {{ REMOVE {name}.`_until` }} IN TRANSACTIONS OF {PARCEL} ROWS",
            **window,
        )
    for kind in (*schema.kinds, *schema.implied):
        if has_entities(kind):
            server.parcelled(
                f"MATCH (n:{label(kind)}) WHERE $seen < n.`_since` <= $mine"
                f" CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF {PARCEL} ROWS",
                **window,
            )
