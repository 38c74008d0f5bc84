"""The embedded store: one SQLite file, WAL, indexes both ways over edges (DESIGN, *Two stores, one meaning*).

Here stands the protocol; how it is done: :mod:`~graph.store.sqlite_file` (the file), :mod:`~graph.store.sqlite_write` and
:mod:`~graph.store.sqlite_fold` (imports), :mod:`~graph.store.sqlite_columns` (frames), :mod:`~graph.store.sqlite_graph`
(chains, cuts).
"""

from __future__ import annotations

import contextlib
import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from graph.model import Batch, Chain, Node, Source, Statement, Structure, today
from graph.schema import load_schema
from graph.store import (
    ddl,
    sqlite_columns,
    sqlite_copy,
    sqlite_file,
    sqlite_find,
    sqlite_graph,
    sqlite_write,
)
from graph.store.base import FOUND
from graph.store.batches import busy, in_force
from graph.store.ddl import column, table
from graph.store.sqlite_file import guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import networkx as nx
    import pandas as pd

    from graph.model import Box, Located
    from graph.patterns.language import Pattern
    from graph.store.base import End
    from graph.store.sqlite_graph import Key, Step


class SqliteStore:
    """See :class:`graph.store.base.Store`. A store that is not there yet is made by its first import, in its transaction."""

    def __init__(self, path: str, *, create: bool = False, mapped: bool = False) -> None:
        self.url = path
        self._latest: int | None = None
        self._seen: int | None = None
        # before it is opened: where another file is put there meanwhile, this one is taken for the one that it is no more
        self._place = str(Path(path).absolute())
        self._file = sqlite_file.inode(self._place, filled=True)
        found = sqlite_file.connect(path, create=create, mapped=mapped)
        self._log = sqlite_file.inode(sqlite_file.log_of(path))
        self._mapped = mapped
        self._made = found is not None
        self.db: Any = found or sqlite_file.blank()
        with sqlite_file.errors(path):
            self._content = None if found is None else sqlite_file.content(found)

    @classmethod
    def over(cls, db: Any, path: str) -> SqliteStore:
        """Return a store over a file that is open already: one that is copied into."""
        out = cls.__new__(cls)
        out.url, out.db = path, db
        out._latest = out._seen = None
        out._place = str(Path(path).absolute())
        out._file, out._content = sqlite_file.inode(path, filled=True), None
        out._log, out._mapped = sqlite_file.inode(sqlite_file.log_of(path)), False
        out._made = True
        return out

    @property
    def identity(self) -> str:
        """See :meth:`graph.store.base.Store.identity`."""
        return f"file {self._file}" if self._content is None else f"cut {self._content}"

    def stands(self) -> bool:
        """See :meth:`graph.store.base.Store.stands`."""
        return sqlite_file.inode(self._place, filled=True) == self._file

    def again(self) -> SqliteStore:
        """See :meth:`graph.store.base.Store.again`."""
        file = sqlite_file.inode(self._place, filled=True)
        log = sqlite_file.inode(sqlite_file.log_of(self._place), filled=True)
        if file not in (None, self._file) and log is not None and log == self._log:
            raise sqlite_file.beside_another_s_log(self.url)
        return SqliteStore(self.url, mapped=self._mapped)

    def copied(self) -> contextlib.AbstractContextManager[sqlite_copy.SqliteSource]:
        """Hold what the store says now, to be copied (:mod:`graph.store.copying`)."""
        return sqlite_copy.copied(self.db, self.url)

    # -- writing -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def importing(
        self, *, at: str, dated: int, files: Sequence[str], corrects: int | None = None
    ) -> Iterator[sqlite_write.SqliteImporter]:
        """See :meth:`graph.store.base.Store.importing`."""
        if self.db.in_transaction:
            raise busy()
        if corrects is not None:
            in_force(self.batches(), corrects)
        with self._writing() as keep:
            number = self.db.execute("SELECT coalesce(max(id), 0) + 1 FROM batch").fetchone()[0]
            importer = sqlite_write.SqliteImporter(self.db, number, corrects)
            yield importer
            if importer.finish():
                self.db.execute(
                    "INSERT INTO batch VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0)",
                    (
                        number, at, dated, json.dumps(list(files), ensure_ascii=False), importer.loaded,
                        importer.unchanged, importer.quarantined, corrects,
                    ),
                )  # fmt: skip
                keep()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Any]:
        """Hold one transaction: kept where the block calls what it is given, else as if it had never been."""
        kept: list[bool] = []
        blank = None if self._made else self.db
        with sqlite_file.errors(self.url):
            if blank is None:
                self.db.execute("BEGIN IMMEDIATE")
            else:
                self.db = sqlite_file.begin(self.url)
            changes = self.db.total_changes()
            try:
                # a file that nobody finds any more takes what is written as well as any other
                held = sqlite_file.inode(self._place)
                if blank is None and held != self._file:
                    raise sqlite_file.lost(self.url)
                yield lambda: kept.append(True)
                if kept and sqlite_file.inode(self._place) != held:
                    raise sqlite_file.lost(self.url)
                self.db.execute("COMMIT" if kept else "ROLLBACK")
            except BaseException:
                if self.db.in_transaction:
                    with contextlib.suppress(apsw.Error):
                        self.db.execute("ROLLBACK")
                kept.clear()
                raise
            finally:
                self._latest = None
                if blank is not None and not kept and self.db.in_transaction is False:
                    self.db.close()
                    self.db = blank
            self._made = self._made or bool(kept)
            self.db.execute(f"PRAGMA cache_size = -{sqlite_file.CACHE_KIB}")
            if blank is not None and kept:
                blank.close()
                self._file = sqlite_file.inode(self._place, filled=True)
                sqlite_file.settle(self.db)
            elif kept and self.db.total_changes() - changes >= sqlite_file.LONG:
                sqlite_file.bring_in(self.db)

    def undo(self, batch: int) -> Batch:
        """See :meth:`graph.store.base.Store.undo`."""
        in_force(self.batches(), batch)
        with self._writing() as keep:
            sqlite_write.undo(self.db, batch)
            keep()
        return next(b for b in self.batches() if b.id == batch)

    @guarded
    def batches(self) -> list[Batch]:
        """See :meth:`graph.store.base.Store.batches`."""
        rows = self.db.execute("SELECT * FROM batch ORDER BY id").fetchall()
        return [
            Batch(
                number,
                at,
                dated,
                tuple(json.loads(files)),
                loaded,
                unchanged,
                out,
                corrects,
                bool(undone),
            )
            for number, at, dated, files, loaded, unchanged, out, corrects, undone in rows
        ]

    def close(self) -> None:
        """See :meth:`graph.store.base.Store.close`."""
        self.db.close()

    # -- what the store holds ------------------------------------------------------------------------------------

    @guarded
    def latest(self) -> int:
        """See :meth:`graph.store.base.Store.latest`."""
        version = self.db.pragma("data_version")
        if self._latest is None or self._seen != version or self.db.in_transaction:
            parts = " UNION ALL ".join(
                f"SELECT max(dated) d FROM {table(k)} WHERE superseded IS NULL UNION ALL"
                " SELECT * FROM (SELECT l.dated FROM listing l CROSS JOIN"
                f" {table(k)} c ON c.id = l.claim WHERE l.kind = '{k}' AND c.superseded IS NULL"
                " ORDER BY l.dated DESC LIMIT 1)"
                for k in load_schema().kinds
            )
            self._latest = self.db.execute(f"SELECT max(d) FROM ({parts})").fetchone()[0] or today()
            self._seen = version
        return self._latest

    def _date(self, as_of: int | None) -> int:
        return self.latest() if as_of is None else as_of

    @guarded
    def status(self) -> dict[str, Any]:
        """See :meth:`graph.store.base.Store.status`."""
        date = self.latest()
        schema = load_schema()

        def count(sql: str) -> int:
            return int(self.db.execute(f"SELECT count(*) FROM {sql}", (date,)).fetchone()[0])

        kinds = {k: count(f"{table(k)} WHERE {ddl.primary('', '?1')}") for k in schema.kinds}
        edges = {
            k: sum(
                count(
                    f"{b.origin} WHERE {b.alias}.valid_from <= ?1 AND {b.alias}.valid_to > ?1 AND {b.test}"
                )
                for b in ddl.branches(k)
            )
            for k in schema.edges
        }
        used = " UNION ".join(
            f"SELECT ledger FROM {table(k)} WHERE superseded IS NULL"
            for k, declared in schema.kinds.items()
            if declared.role != "work"
        )
        ledgers = self.db.execute(f"SELECT name FROM ledger WHERE id IN ({used})").fetchall()
        return {
            "store": self.url,
            "latest": date,
            "batches": sum(not b.undone for b in self.batches()),
            "kinds": {k: n for k, n in kinds.items() if n},
            "edges": {k: n for k, n in edges.items() if n},
            "ledgers": sorted(name for (name,) in ledgers),
        }

    @guarded
    def fingerprint(self, as_of: int | None = None) -> str:
        """See :meth:`graph.store.base.Store.fingerprint`."""
        return sqlite_columns.fingerprint(self.db, self._date(as_of))

    # -- columns -------------------------------------------------------------------------------------------------

    @guarded
    def frame(
        self,
        kind: str,
        as_of: int | None = None,
        columns: Sequence[str] | None = None,
        *,
        of: Iterable[str] | None = None,
        by: str = "key",
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.frame`."""
        names, date = _named(kind, columns), self._date(as_of)
        if of is None:
            return sqlite_columns.frame(self.db, kind, date, names)
        at = "c.key" if by == "key" else column(_named(kind, [by])[0])
        return sqlite_columns.some(self.db, kind, date, names, at, of)

    @guarded
    def claims(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.claims`."""
        return sqlite_columns.claims(self.db, kind, self._date(as_of), _named(kind, columns))

    @guarded
    def editions(self, kind: str) -> dict[int, int]:
        """See :meth:`graph.store.base.Store.editions`."""
        return sqlite_columns.editions(self.db, kind, self.latest())

    @guarded
    def replaced(
        self,
        kind: str,
        after: int = 0,
        columns: Sequence[str] | None = None,
        key: str | None = None,
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.replaced`."""
        return sqlite_columns.replaced(self.db, kind, after, _named(kind, columns), key)

    @guarded
    def said(
        self, kind: str, claims: Iterable[int], columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.said`."""
        return sqlite_columns.said(self.db, kind, claims, _named(kind, columns))

    @guarded
    def edges(
        self,
        kind: str,
        as_of: int | None = None,
        *,
        of: Iterable[str] | None = None,
        end: End = "source",
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.edges`."""
        if of is not None:
            sqlite_graph.want(self.db, ddl.ends(kind, end), of)
        return sqlite_columns.edges(
            self.db, kind, self._date(as_of), end if of is not None else None
        )

    @guarded
    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.unresolved`."""
        return sqlite_columns.unresolved(self.db, kind, prop)

    @guarded
    def sources(self, kind: str, claims: Iterable[int]) -> dict[int, Source]:
        """See :meth:`graph.store.base.Store.sources`."""
        rows = self.db.execute(
            f"SELECT c.id, c.batch, s.file, s.sheet, c.row FROM {table(kind)} c JOIN sheet s ON s.id = c.sheet"
            " WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id",
            (json.dumps([int(c) for c in claims]),),
        )
        return {i: Source(batch, file, sheet, row) for i, batch, file, sheet, row in rows}

    @guarded
    def origins(self, nodes: Iterable[Key], as_of: int | None = None) -> dict[Key, Source]:
        """See :meth:`graph.store.base.Store.origins`."""
        return sqlite_graph.origins(self.db, nodes, self._date(as_of))

    # -- one entity ----------------------------------------------------------------------------------------------

    @guarded
    def lookup(self, code: str, as_of: int | None = None) -> list[Key]:
        """See :meth:`graph.store.base.Store.lookup`."""
        date = self._date(as_of)
        out = set()
        for kind, k in load_schema().kinds.items():
            if k.role != "node":
                continue
            held = "superseded IS NULL AND valid_from <= ?2 AND valid_to > ?2"
            sql = f"SELECT key FROM {table(kind)} WHERE key = ?1 AND {held}"
            if "code" in k.properties:
                sql += f" UNION SELECT key FROM {table(kind)} WHERE p_code = ?1 AND {held}"
            out |= {(kind, key) for (key,) in self.db.execute(sql, (code, date))}
        return sorted(out)

    @guarded
    def node(self, kind: str, key: str, as_of: int | None = None) -> Node | None:
        """See :meth:`graph.store.base.Store.node`."""
        return next(iter(self._nodes(kind, "c.key", key, as_of)), None)

    @guarded
    def having(self, kind: str, prop: str, value: str, as_of: int | None = None) -> list[Node]:
        """See :meth:`graph.store.base.Store.having`."""
        return self._nodes(kind, column(_named(kind, [prop])[0]), value, as_of)

    def _nodes(self, kind: str, at: str, value: str, as_of: int | None) -> list[Node]:
        return list(self._read(kind, f"{at} = ?1", value, self._date(as_of)).values())

    def _read(
        self, kind: str, which: str, value: str, date: int, only: Sequence[str] | None = None
    ) -> dict[int, Node]:
        """Return the entities of a kind for which a condition on ``?1`` holds at a date, by claim, in order of their keys.

        With all of their properties, or some.
        """
        declared = load_schema().kinds[kind].properties
        properties = {n: p for n, p in declared.items() if only is None or n in only}
        columns = [column(n) for n in properties]
        rows = self.db.execute(
            f"SELECT c.id, c.key, c.valid_from, c.valid_to, s.batch, s.file, s.sheet,"
            f" {', '.join(['c.row', *columns])} FROM {table(kind)} c"
            f" JOIN sheet s ON s.id = c.sheet WHERE {which} AND {ddl.primary('c', '?2')} ORDER BY c.key",
            (value, date),
        )
        out = {}
        for claim, key, start, end, *rest in rows:
            values = {
                n: bool(v) if p.type == "bool" else v
                for (n, p), v in zip(properties.items(), rest[4:], strict=True)
                if v is not None
            }
            out[claim] = Node(kind, key, values, start, end, Source(*rest[:4]))
        return out

    @guarded
    def matching(
        self, pattern: Pattern, as_of: int | None = None, limit: int = 100, offset: int = 0
    ) -> tuple[list[str], int]:
        """See :meth:`graph.store.base.Store.matching`."""
        from graph.store import sqlite_patterns

        return sqlite_patterns.matching(self.db, pattern, self._date(as_of), limit, offset)

    @guarded
    def history(self, kind: str, key: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.history`."""
        return sqlite_columns.history(self.db, kind, key)

    @guarded
    def statements(self, kind: str, key: str) -> list[Statement]:
        """See :meth:`graph.store.base.Store.statements`."""
        properties = load_schema().kinds[kind].properties
        rows = self.db.execute(
            f"SELECT l.name, c.dated, {sqlite_columns.listed('')}, c.valid_from, c.valid_to, c.rank, c.superseded, s.batch, s.file,"
            f" s.sheet, c.row, {', '.join(column(n) for n in properties)} FROM {table(kind)} c JOIN ledger l ON l.id = c.ledger"
            " JOIN sheet s ON s.id = c.sheet WHERE c.key = ?1 ORDER BY c.dated, c.batch, c.sheet, c.row, c.id",
            (key, kind),
        ).fetchall()
        out = []
        for ledger, dated, listed, start, end, rank, gone, *source in rows:
            if gone is not None:
                start, end, rank = dated, dated, 0
            values = {
                n: bool(v) if p.type == "bool" else v
                for (n, p), v in zip(properties.items(), source[4:], strict=True)
                if v is not None
            }
            where = Source(*source[:4])
            out.append(Statement(ledger, dated, listed, start, end, rank, gone, values, where))
        return out

    @guarded
    def find(self, text: str, as_of: int | None = None, limit: int = 50) -> list[Node]:
        """See :meth:`graph.store.base.Store.find`."""
        date, names = self._date(as_of), sqlite_find.find(self.db, text)
        out: list[Node] = []
        # most names hold at the date: so many are looked at together as are still asked for
        while len(out) < limit and (some := list(islice(names, limit - len(out)))):
            claims: dict[str, list[int]] = {}
            for _, kind, _, claim in some:
                claims.setdefault(kind, []).append(claim)
            of = "c.id IN (SELECT value FROM json_each(?1))"
            held = {k: self._read(k, of, json.dumps(v), date, FOUND) for k, v in claims.items()}
            out += [held[kind][claim] for _, kind, _, claim in some if claim in held[kind]]
        return out

    # -- the graph -----------------------------------------------------------------------------------------------

    @guarded
    def inside(
        self,
        places: Iterable[Key],
        as_of: int | None = None,
        *,
        having: tuple[str, str] | None = None,
    ) -> list[str]:
        """See :meth:`graph.store.base.Store.inside`."""
        if having is not None:
            _named("organization", having[:1])
        return sqlite_graph.inside(self.db, places, self._date(as_of), having)

    @guarded
    def within(
        self,
        box: Box,
        as_of: int | None = None,
        kinds: Iterable[str] | None = None,
        limit: int | None = None,
    ) -> tuple[list[Located], bool]:
        """See :meth:`graph.store.base.Store.within`."""
        some = load_schema().pointed(kinds)
        return sqlite_graph.within(self.db, box, self._date(as_of), some, limit)

    @guarded
    def chain(self, kind: str, key: str, as_of: int | None = None, *, down: bool = False) -> Chain:
        """See :meth:`graph.store.base.Store.chain`."""
        return sqlite_graph.chain(self.db, kind, key, self._date(as_of), down=down)

    @guarded
    def above(self, units: Iterable[str], as_of: int | None = None) -> set[str]:
        """See :meth:`graph.store.base.Store.above`."""
        return sqlite_graph.above(self.db, units, self._date(as_of))

    @guarded
    def structure(self, as_of: int | None = None) -> Structure:
        """See :meth:`graph.store.base.Store.structure`."""
        return sqlite_graph.knots(self.db, self._date(as_of))

    @guarded
    def ring(
        self,
        nodes: Iterable[Key],
        as_of: int | None = None,
        hops: int = 1,
        kinds: Iterable[str] | None = None,
    ) -> set[Key]:
        """See :meth:`graph.store.base.Store.ring`."""
        some = None if kinds is None else frozenset(kinds)
        return sqlite_graph.ring(self.db, nodes, self._date(as_of), hops, some)

    @guarded
    def neighbours(
        self,
        kind: str,
        key: str,
        as_of: int | None = None,
        hops: int = 1,
        *,
        most: int | None = None,
        through: int | None = None,
    ) -> nx.MultiDiGraph[Any]:
        """See :meth:`graph.store.base.Store.neighbours`."""
        return sqlite_graph.neighbours(self.db, (kind, key), self._date(as_of), hops, most, through)

    @guarded
    def subgraph(
        self, nodes: Iterable[tuple[str, str]], as_of: int | None = None
    ) -> nx.MultiDiGraph[Any]:
        """See :meth:`graph.store.base.Store.subgraph`."""
        return sqlite_graph.subgraph(self.db, nodes, self._date(as_of))

    @guarded
    def paths(
        self, a: Key, b: Key, as_of: int | None = None, cap: int = 100, *, most: int | None = None
    ) -> tuple[list[list[Step]], bool]:
        """See :meth:`graph.store.base.Store.paths`."""
        return sqlite_graph.paths(self.db, a, b, self._date(as_of), cap, most)


def _named(kind: str, columns: Sequence[str] | None) -> list[str]:
    """Return the properties asked for, all where none are named; ``KeyError`` for one that the kind has not."""
    properties = load_schema().kinds[kind].properties
    return [properties[n].name for n in (properties if columns is None else columns)]
