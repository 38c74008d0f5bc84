"""The embedded store as source and target of a copy (:mod:`graph.store.copying`)."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store import copying, sqlite_file, sqlite_write
from graph.store.copying import Part, Sheet
from graph.store.ddl import column, quoted, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.model import Batch
    from graph.store.base import Store


class SqliteSource:
    """See :class:`graph.store.copying.Source`."""

    def __init__(self, db: Any) -> None:
        self.db = db

    def sheets(self) -> list[Sheet]:
        """See :meth:`graph.store.copying.Source.sheets`."""
        rows: list[Sheet] = self.db.execute(
            "SELECT id, batch, file, sheet FROM sheet ORDER BY id"
        ).fetchall()
        return rows

    def count(self) -> int:
        """See :meth:`graph.store.copying.Source.count`."""
        return sum(
            self.db.execute(f"SELECT count(*) FROM {table(k)}").fetchone()[0]
            for k in load_schema().kinds
        )

    def dates(self) -> list[int]:
        """See :meth:`graph.store.copying.Source.dates`."""
        days = "SELECT DISTINCT dated FROM listing UNION " + " UNION ".join(
            f"SELECT DISTINCT dated FROM {table(k)}" for k in load_schema().kinds
        )
        return sorted(day for (day,) in self.db.execute(days))

    def part(self, kind: str, after: int) -> Part:
        """See :meth:`graph.store.copying.Source.part`."""
        properties = load_schema().kinds[kind].properties
        values = "".join(f", {column(n)}" for n in properties)
        bools = [
            len(copying.CLAIM) + i for i, p in enumerate(properties.values()) if p.type == "bool"
        ]
        former = (
            "(SELECT json_group_array(json_array(f.batch, f.prop, f.value) ORDER BY f.id) FROM former f"
            f" WHERE f.kind = '{kind}' AND f.claim = c.id)"
        )
        rows = self.db.execute(
            "SELECT c.id, c.batch, l.name, c.sheet, c.row, c.key, c.dated, c.edition, c.valid_from, c.valid_to, c.rank,"
            f" c.superseded, c.digest, {former}{values} FROM {table(kind)} c JOIN ledger l ON l.id = c.ledger"
            " WHERE c.id > ? ORDER BY c.id LIMIT ?",
            (after, copying.PART),
        )
        claims = []
        for found in rows:
            row = list(found)
            row[13] = [tuple(f) for f in json.loads(row[13])] if row[13] != "[]" else []
            if row[11] is not None:  # where it stood once says nothing any more
                row[8], row[9], row[10] = row[6], row[6], 0
            for i in bools:
                row[i] = None if row[i] is None else bool(row[i])
            claims.append(tuple(row))
        if not claims:
            return Part(kind, [], [])
        listings = self.db.execute(
            "SELECT claim, batch, sheet, row, dated, edition FROM listing WHERE kind = ? AND claim BETWEEN ? AND ?"
            " ORDER BY 1, 2, 3, 4",
            (kind, claims[0][0], claims[-1][0]),
        ).fetchall()
        return Part(kind, claims, listings)


@contextlib.contextmanager
def copied(db: Any, url: str) -> Iterator[SqliteSource]:
    """Hold what a store says now, whatever others write."""
    with sqlite_file.errors(url):
        db.execute("BEGIN")
        try:
            yield SqliteSource(db)
        finally:
            db.execute("ROLLBACK")


class SqliteReceiver:
    """See :class:`graph.store.copying.Receiver`."""

    def __init__(self, db: Any, store: Store) -> None:
        self.db, self.store = db, store
        self.position: dict[str, int] = {
            k: db.execute(f"SELECT coalesce(max(id), 0) FROM {table(k)}").fetchone()[0]
            for k in load_schema().kinds
        }
        self._ledgers: dict[str, int] = dict(db.execute("SELECT name, id FROM ledger").fetchall())

    def source(self) -> SqliteSource:
        """See :meth:`graph.store.copying.Receiver.source`."""
        return SqliteSource(self.db)

    def take(self, part: Part) -> None:
        """See :meth:`graph.store.copying.Receiver.take`."""
        db, kind = self.db, part.kind
        properties = load_schema().kinds[kind].properties
        names = "".join(f", {quoted('p_' + n)}" for n in properties)
        with db:
            for name in dict.fromkeys(c[2] for c in part.claims):
                if name not in self._ledgers:
                    db.execute("INSERT INTO ledger(name) VALUES(?)", (name,))
                    self._ledgers[name] = db.last_insert_rowid()
            db.executemany(
                f"INSERT INTO {table(kind)}(id, batch, ledger, sheet, row, key, dated, edition, valid_from, valid_to, rank,"
                f" superseded, digest{names}) VALUES(?{', ?' * (12 + len(properties))})",
                ((*c[:2], self._ledgers[c[2]], *c[3:13], *c[14:]) for c in part.claims),
            )
            db.executemany(
                f"INSERT INTO former(batch, kind, claim, prop, value) VALUES(?, '{kind}', ?, ?, ?)",
                ((b, c[0], prop, text) for c in part.claims for b, prop, text in c[13]),
            )
            db.executemany(f"INSERT INTO listing VALUES('{kind}', ?, ?, ?, ?, ?, ?)", part.listings)
            sqlite_write.follow(
                db, kind, f"SELECT c.* FROM {table(kind)} c WHERE c.id >= {int(part.claims[0][0])} AND c.superseded IS NULL"
            )  # fmt: skip

    def finish(self, latest: int | None) -> None:  # noqa: ARG002 - it follows from the rows
        """See :meth:`graph.store.copying.Receiver.finish`; ``latest`` follows from the rows."""
        self.db.execute("DROP TABLE copying")


@contextlib.contextmanager
def receiving(
    path: str, state: str, batches: Sequence[Batch], sheets: Sequence[Sheet]
) -> Iterator[SqliteReceiver]:
    """Open a file to be copied into: one that is not there yet, or that the same copy was cut off in."""
    from graph.store.sqlite import SqliteStore

    with sqlite_file.errors(path):
        db = sqlite_file.marked(path)
        if db is not None and db.execute("SELECT state FROM copying").fetchone()[0] != state:
            db.close()
            for file in (path, f"{path}-wal", f"{path}-shm", f"{path}-journal"):
                Path(file).unlink(missing_ok=True)
            db = None
        if db is None:
            if Path(path).is_file() and Path(path).stat().st_size:
                raise copying.occupied(path)
            db = sqlite_file.begin(path)
            db.execute("CREATE TABLE copying(state TEXT NOT NULL)")
            db.execute("INSERT INTO copying VALUES(?)", (state,))
            db.executemany("INSERT INTO sheet(id, batch, file, sheet) VALUES(?, ?, ?, ?)", sheets)
            db.executemany(
                "INSERT INTO batch VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        b.id, b.at, b.dated, json.dumps(list(b.files), ensure_ascii=False), b.loaded, b.unchanged,
                        b.quarantined, b.corrects, int(b.undone),
                    )
                    for b in batches
                ),
            )  # fmt: skip
            db.execute("COMMIT")
        # nobody else copies into it, and nobody reads it, while this one does
        db.pragma("locking_mode", "exclusive")
        db.execute(f"PRAGMA cache_size = -{sqlite_write.CACHE_KIB}")
        db.execute("BEGIN IMMEDIATE")
        db.execute("COMMIT")
        try:
            yield SqliteReceiver(db, SqliteStore.over(db, path))
        finally:
            db.pragma("locking_mode", "normal")
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            sqlite_file.settle(db)
            db.close()
