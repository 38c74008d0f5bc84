"""The Neo4j store as source and target of a copy (:mod:`graph.store.copying`)."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store import copying
from graph.store.copying import Part, Sheet
from graph.store.neo4j_edges import ALL_RANKS
from graph.store.neo4j_entities import NUMBERS, Changes
from graph.store.neo4j_lanes import Lanes, write
from graph.store.neo4j_names import BATCH, SHEET, by, claim, has_entities, listing, quoted
from graph.store.neo4j_revision import (
    Writer,
    copying_into,
    finish_indexes,
    seen,
    sweep,
    transact,
)
from graph.store.neo4j_write import lead, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.model import Batch
    from graph.store.base import Store
    from graph.store.neo4j_server import Server

REVISION = 1
"""The revision that a copied city is seen by: the first of its store."""


class Neo4jSource:
    """See :class:`graph.store.copying.Source`: what one revision has, which later ones leave as it is."""

    def __init__(self, server: Server, revision: int) -> None:
        self.server, self.revision = server, revision

    def sheets(self) -> list[Sheet]:
        """See :meth:`graph.store.copying.Source.sheets`: those that any record is of."""
        rows = self.server.rows(
            f"WITH $revision AS v MATCH (s:{quoted(SHEET)}) WHERE {seen('s')} RETURN s.id, s.batch, s.file, s.sheet ORDER BY s.id",
            revision=self.revision,
        )
        return [(n, batch, file, sheet) for n, batch, file, sheet in rows]

    def count(self) -> int:
        """See :meth:`graph.store.copying.Source.count`."""
        parts = " UNION ALL ".join(
            f"MATCH (c:{claim(k)}) WHERE {seen('c')} RETURN count(c) AS n"
            for k in load_schema().kinds
        )
        rows = self.server.rows(
            f"WITH $revision AS v CALL (v) {{ {parts} }} RETURN sum(n)", revision=self.revision
        )
        return int(rows[0][0])

    def dates(self) -> list[int]:
        """See :meth:`graph.store.copying.Source.dates`."""
        parts = " UNION ".join(
            f"MATCH (c:{at}) WHERE {seen('c')} RETURN c.`_dated` AS day"
            for k in load_schema().kinds
            for at in (claim(k), listing(k))
        )
        rows = self.server.rows(
            f"WITH $revision AS v CALL (v) {{ {parts} }} RETURN day ORDER BY day",
            revision=self.revision,
        )
        return [day for (day,) in rows]

    def part(self, kind: str, after: int) -> Part:
        """See :meth:`graph.store.copying.Source.part`."""
        values = "".join(f", c.{quoted(n)}" for n in load_schema().kinds[kind].properties)
        rows = self.server.rows(
            f"WITH $revision AS v MATCH (c:{claim(kind)}) WHERE c.`_claim` > $after AND {seen('c')}"
            " RETURN c.`_claim` AS claim, c.`_batch`, c.`_ledger`, c.`_sheet`, c.`_row`, c.key, c.`_dated`, c.`_edition`,"
            f" c.valid_from, c.valid_to, c.`_rank`, c.`_superseded`, c.`_digest`, c.`_former`{values}"
            " ORDER BY claim LIMIT $most",
            revision=self.revision,
            after=after,
            most=copying.PART,
        )
        for row in rows:
            row[13] = [tuple(json.loads(f)) for f in row[13] or ()]
            if row[11] is not None:  # where it stood once says nothing any more
                row[8], row[9], row[10] = row[6], row[6], 0
        if not rows:
            return Part(kind, [], [])
        listings = self.server.rows(
            f"WITH $revision AS v MATCH (l:{listing(kind)}) WHERE $low <= l.`_claim` <= $high AND {seen('l')}"
            " RETURN l.`_claim`, l.`_batch`, l.`_sheet`, l.`_row`, l.`_dated`, l.`_edition`",
            revision=self.revision,
            low=rows[0][0],
            high=rows[-1][0],
        )
        return Part(
            kind,
            [tuple(r) for r in rows],
            sorted((a, b, c, d, e, f) for a, b, c, d, e, f in listings),
        )


class Neo4jReceiver:
    """See :class:`graph.store.copying.Receiver`."""

    def __init__(
        self, server: Server, writer: Writer, store: Store, position: dict[str, int]
    ) -> None:
        self.server, self.writer, self.store, self.position = server, writer, store, position

    def source(self) -> Neo4jSource:
        """See :meth:`graph.store.copying.Receiver.source`."""
        return Neo4jSource(self.server, REVISION)

    def take(self, part: Part) -> None:
        """See :meth:`graph.store.copying.Receiver.take`."""
        kind = load_schema().kinds[part.kind]
        changes = Changes(part.kind, REVISION)
        names = tuple(kind.properties)
        rows = [(c, dict(zip(names, c[14:], strict=True))) for c in part.claims]
        words: list[str] = []
        if kind.role == "node":
            cells = {
                str(n): [values[n] for _, values in rows] for n in ("name", "code") if n in names
            }
            words = spelled([c[5] for c, _ in rows], cells)
        for n, (c, values) in enumerate(rows):
            (
                number,
                batch,
                ledger,
                sheet,
                row,
                key,
                dated,
                edition,
                start,
                stop,
                rank,
                gone,
                digest,
                former,
            ) = c[:14]
            told = dict(
                zip(
                    NUMBERS,
                    (batch, sheet, row, dated, edition, gone, start, stop, rank),
                    strict=True,
                )
            )
            more: dict[str, Any] = {
                "_former": [json.dumps(f, ensure_ascii=False) for f in former] or None
            }
            if words:
                more["_spelled"] = words[n]
            changes.create(
                key, (number, ledger, digest, *told.values()), (*names, *more), (*c[14:], *more.values())
            )  # fmt: skip
            if has_entities(part.kind) and gone is None:
                changes.named.append((key, str(values.get("name") or key)))
            if gone is None and (rank == 0 or part.kind == ALL_RANKS):
                changes.edges.make(part.kind, key, number, values, start, stop)
        changes.listed.extend(part.listings)
        write(self.server, self.writer, [*changes.entities({}), *changes.statements()])
        self.position[part.kind] = part.claims[-1][0]
        # after all of it, for a part may have been written in pieces
        transact(
            self.server,
            self.writer,
            lambda run: run(
                "MATCH (store:LianjianStore {store: 'lianjian'}) SET store.copied = $position",
                position=json.dumps(self.position),
            ),
        )

    def finish(self, latest: int | None) -> None:
        """See :meth:`graph.store.copying.Receiver.finish`."""
        lanes = Lanes(self.server, self.writer)
        try:
            lead(self.server, lanes)
        finally:
            lanes.close()
        finish_indexes(self.server)
        parts = " UNION ALL ".join(
            f"MATCH (c:{claim(k)}) RETURN max(c.`_claim`) AS n" for k in load_schema().kinds
        )
        claims = self.server.rows(f"CALL () {{ {parts} }} RETURN coalesce(max(n), 0)")[0][0]
        sheets = self.server.rows(f"MATCH (s:{quoted(SHEET)}) RETURN coalesce(max(s.id), 0)")[0][0]
        transact(
            self.server,
            self.writer,
            lambda run: run(
                "MATCH (store:LianjianStore {store: 'lianjian'}) SET store.revision = $revision, store.attempt = $revision,"
                " store.pointed = $revision,"
                " store.latest = $latest, store.claims = $claims, store.sheets = $sheets, store.copying = NULL,"
                " store.copied = NULL, store.shown = timestamp()",
                revision=REVISION,
                latest=latest,
                claims=claims,
                sheets=sheets,
            ),
        )


@contextlib.contextmanager
def receiving(
    url: str, state: str, batches: Sequence[Batch], sheets: Sequence[Sheet]
) -> Iterator[Neo4jReceiver]:
    """Open a database to be copied into: an empty one, or one that the same copy was cut off in."""
    from graph.store.neo4j import Neo4jStore

    store = Neo4jStore.to_copy_into(url)
    server = store.server
    try:
        with copying_into(server, state, REVISION) as (writer, copied, begun):
            if begun != state:  # of another source, or of this one before it changed
                sweep(server, writer)
                copied = None
            position: dict[str, int] = json.loads(copied) if copied else {}
            if copied is None:
                _heads(server, writer, batches, sheets, state)
            _cut(server, position)
            yield Neo4jReceiver(server, writer, store, position)
    finally:
        store.close()


def _heads(
    server: Server, writer: Writer, batches: Sequence[Batch], sheets: Sequence[Sheet], state: str
) -> None:
    """Write batches and sheets, and that the copy is at its beginning."""
    tail = f"`_since`: {REVISION}}})"
    write(
        server,
        writer,
        [
            (
                f"UNWIND $rows AS r CREATE (:{quoted(SHEET)} {{id: r[0], batch: r[1], file: r[2], sheet: r[3], {tail}",
                {"rows": [list(s) for s in sheets]},
            ),
            (
                (f"UNWIND $rows AS r CREATE (:{quoted(BATCH)} {{id: r[0], at: r[1], dated: r[2], files: r[3], loaded: r[4],"
                f" unchanged: r[5], quarantined: r[6], corrects: r[7], undone: r[8], {tail}"),
                {
                    "rows": [
                        [b.id, b.at, b.dated, list(b.files), b.loaded, b.unchanged, b.quarantined, b.corrects, b.undone]
                        for b in batches
                    ]
                },
            ),
            (
                "MATCH (store:LianjianStore {store: 'lianjian'}) SET store.copied = '{}', store.copying = $state",
                {"state": state},
            ),
        ],
    )  # fmt: skip


def _cut(server: Server, position: dict[str, int]) -> None:
    """Take away what came over in pieces before a copy was cut off."""
    schema = load_schema()
    for kind in schema.kinds:
        last = {"last": position.get(kind, 0), "by": by(kind)}
        for edge in {rule.kind for p in schema.kinds[kind].properties.values() if (rule := p.edge)}:
            server.parcelled(
                f"MATCH ()-[r:{quoted(edge)}]->() WHERE r.`_by` IN $by AND r.`_claim` > $last"
                " CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS",
                **last,
            )
        for at in (claim(kind), listing(kind)):
            server.parcelled(
                f"MATCH (n:{at}) WHERE n.`_claim` > $last CALL (n) {{ DELETE n }} IN TRANSACTIONS OF 10000 ROWS",
                **last,
            )
