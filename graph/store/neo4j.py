"""The scale-out store: a Neo4j server, asked in Cypher (DESIGN, *Two stores, one meaning*).

Here stands the protocol; how it is done: :mod:`~graph.store.neo4j_server` (the server), :mod:`~graph.store.neo4j_names` (labels,
types, keys, indexes), :mod:`~graph.store.neo4j_revision` (what is seen, and who writes), :mod:`~graph.store.neo4j_write`,
:mod:`~graph.store.neo4j_lanes`, :mod:`~graph.store.neo4j_entities` and :mod:`~graph.store.neo4j_edges` (imports),
:mod:`~graph.store.neo4j_columns` (frames), :mod:`~graph.store.neo4j_find` and :mod:`~graph.store.neo4j_graph` (names, chains,
cuts).
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from graph.errors import StoreError
from graph.model import Batch, Chain, Node, Source, Statement, Structure, today
from graph.schema import load_schema
from graph.store import neo4j_find, neo4j_graph, neo4j_revision
from graph.store.base import FOUND
from graph.store.batches import busy, in_force
from graph.store.neo4j_names import BATCH, SHEET, claim, listing, quoted
from graph.store.neo4j_revision import HEAD, asked, held, primary, seen
from graph.store.neo4j_server import Server
from graph.store.origins import origins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import networkx as nx
    import pandas as pd

    from graph.model import Box, Located
    from graph.patterns.language import Pattern
    from graph.store.base import End
    from graph.store.neo4j_copy import Neo4jSource
    from graph.store.neo4j_graph import Key, Step
    from graph.store.neo4j_write import Neo4jImporter


class Neo4jStore:
    """See :class:`graph.store.base.Store`. A store that is not there yet is made by its first import.

    Parameters
    ----------
    url : str
        See :class:`graph.store.neo4j_server.Server`.
    create : bool
        Let the first import make the store where the database is empty.
    waiting : callable, optional
        See :class:`graph.store.neo4j_server.Server`.

    Raises
    ------
    StoreMissingError, StoreError
        There is none and none may be made; the server can't be reached, refuses, or holds something else.
    """

    def __init__(
        self, url: str, *, create: bool = False, waiting: Callable[[str, str], None] | None = None
    ) -> None:
        self.url = url
        self.server = Server(url, waiting=waiting)
        self._revision: int | None = None
        try:
            if not neo4j_revision.check(self.server) and not create:
                raise neo4j_revision.missing(url)
        except BaseException:
            self.server.close()
            raise

    @classmethod
    def to_copy_into(cls, url: str) -> Neo4jStore:
        """Return a store that nobody else reads yet: one that is copied into."""
        from graph.store.neo4j_copy import REVISION

        out = cls.__new__(cls)
        out.url, out.server, out._revision = url, Server(url), REVISION
        return out

    @contextlib.contextmanager
    def copied(self) -> Iterator[Neo4jSource]:
        """Hold what the store says now, to be copied (:mod:`graph.store.copying`)."""
        from graph.store.neo4j_copy import Neo4jSource

        self._revision = neo4j_revision.current(self.server)
        try:
            yield Neo4jSource(self.server, self._revision)
        finally:
            self._revision = None

    @property
    def identity(self) -> str:
        """See :meth:`graph.store.base.Store.identity`: a server's database is what its address names."""
        return self.url

    def stands(self) -> bool:
        """See :meth:`graph.store.base.Store.stands`."""
        return True

    def again(self) -> Neo4jStore:
        """See :meth:`graph.store.base.Store.again`."""
        return Neo4jStore(self.url)

    # -- writing -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def importing(
        self, *, at: str, dated: int, files: Sequence[str], corrects: int | None = None
    ) -> Iterator[Neo4jImporter]:
        """See :meth:`graph.store.base.Store.importing`."""
        from graph.store import neo4j_write

        if self._revision is not None:
            raise busy()
        if corrects is not None:
            in_force(self.batches(), corrects)
        with neo4j_revision.writing(self.server) as writer:
            number = max((b.id for b in self.batches()), default=0) + 1
            importer = neo4j_write.Neo4jImporter(self.server, writer, number, corrects)
            self._revision = writer.revision
            try:
                yield importer
                if importer.finish():
                    neo4j_write.record(importer, at, dated, files)
                    if not writer.seen:
                        neo4j_revision.finish_indexes(self.server)
                    neo4j_revision.show(self.server, writer, importer.rubbish)
            finally:
                self._revision = None
                importer.lanes.close()
            if writer.seen == writer.revision and importer.rubbish:
                with contextlib.suppress(StoreError):  # only for people who look at the database
                    neo4j_write.rename(self.server, writer.revision)

    def undo(self, batch: int) -> Batch:
        """See :meth:`graph.store.base.Store.undo`."""
        from graph.store import neo4j_write

        in_force(self.batches(), batch)
        with neo4j_revision.writing(self.server) as writer:
            in_force(self.batches(), batch)
            rubbish = neo4j_write.undo(self.server, writer, batch)
            neo4j_write.mark_undone(self.server, writer, batch)
            neo4j_revision.show(self.server, writer, rubbish + 1)
            with contextlib.suppress(StoreError):
                neo4j_write.rename(self.server, writer.revision)
        return next(b for b in self.batches() if b.id == batch)

    def batches(self) -> list[Batch]:
        """See :meth:`graph.store.base.Store.batches`."""
        rows = self._rows(
            f"{HEAD} MATCH (b:{quoted(BATCH)}) WHERE {seen('b')} RETURN b.id, b.at, b.dated, b.files, b.loaded, b.unchanged,"
            " b.quarantined, b.corrects, b.undone ORDER BY b.id"
        )
        return [
            Batch(number, at, dated, tuple(files), loaded, unchanged, out, corrects, undone)
            for number, at, dated, files, loaded, unchanged, out, corrects, undone in rows
        ]

    def close(self) -> None:
        """See :meth:`graph.store.base.Store.close`."""
        self.server.close()

    def _rows(self, text: str, as_of: int | None = None, **values: Any) -> list[list[Any]]:
        return self.server.rows(text, **asked(as_of, self._revision), **values)

    # -- what the store holds ------------------------------------------------------------------------------------

    def latest(self) -> int:
        """See :meth:`graph.store.base.Store.latest`."""
        found: int = self._rows(f"{HEAD} RETURN d")[0][0]
        return found or today()

    def status(self) -> dict[str, Any]:
        """See :meth:`graph.store.base.Store.status`."""
        schema = load_schema()
        kinds: dict[str, int] = {}
        ledgers: set[str] = set()
        for kind, n, names in self._rows(_status_query()):
            kinds[kind] = n
            if schema.kinds[kind].role != "work":
                ledgers |= set(names)
        edges: dict[str, int] = dict(self._rows(_edges_query()))
        return {
            "store": self.url,
            "latest": self.latest(),
            "batches": sum(not b.undone for b in self.batches()),
            "kinds": {k: n for k, n in kinds.items() if n},
            "edges": {k: n for k, n in edges.items() if n},
            "ledgers": sorted(ledgers),
        }

    def fingerprint(self, as_of: int | None = None) -> str:
        """See :meth:`graph.store.base.Store.fingerprint`."""
        from graph.store import neo4j_columns

        return neo4j_columns.fingerprint(self.server, as_of, self._revision)

    # -- columns -------------------------------------------------------------------------------------------------

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
        from graph.store import neo4j_columns

        names = _named(kind, columns)
        if of is None:
            return neo4j_columns.frame(self.server, kind, as_of, names, self._revision)
        at = by if by == "key" else _named(kind, [by])[0]
        return neo4j_columns.some(self.server, kind, as_of, names, at, of, self._revision)

    def claims(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.claims`."""
        from graph.store import neo4j_columns

        names = _named(kind, columns)
        return neo4j_columns.claims(self.server, kind, as_of, names, self._revision)

    def editions(self, kind: str) -> dict[int, int]:
        """See :meth:`graph.store.base.Store.editions`."""
        from graph.store import neo4j_columns

        return neo4j_columns.editions(self.server, kind, self._revision)

    def replaced(
        self,
        kind: str,
        after: int = 0,
        columns: Sequence[str] | None = None,
        key: str | None = None,
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.replaced`."""
        from graph.store import neo4j_columns

        names = _named(kind, columns)
        return neo4j_columns.replaced(self.server, kind, after, names, key, self._revision)

    def said(
        self, kind: str, claims: Iterable[int], columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.said`."""
        from graph.store import neo4j_columns

        names = _named(kind, columns)
        return neo4j_columns.said(self.server, kind, claims, names, self._revision)

    def edges(
        self,
        kind: str,
        as_of: int | None = None,
        *,
        of: Iterable[str] | None = None,
        end: End = "source",
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.edges`."""
        from graph.store import neo4j_columns

        return neo4j_columns.edges(self.server, kind, as_of, self._revision, of, end)

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.unresolved`."""
        from graph.store import neo4j_columns

        return neo4j_columns.unresolved(self.server, kind, prop, self._revision)

    def sources(self, kind: str, claims: Iterable[int]) -> dict[int, Source]:
        """See :meth:`graph.store.base.Store.sources`."""
        rows = self._rows(
            f"{HEAD} UNWIND $claims AS number MATCH (c:{claim(kind)} {{`_claim`: number}}) WHERE {seen('c')}"
            f" MATCH (s:{quoted(SHEET)} {{id: c.`_sheet`}}) RETURN number, c.`_batch`, s.file, s.sheet, c.`_row`",
            claims=sorted({int(c) for c in claims}),
        )
        return {i: Source(*rest) for i, *rest in sorted(rows)}

    def origins(self, nodes: Iterable[Key], as_of: int | None = None) -> dict[Key, Source]:
        """See :meth:`graph.store.base.Store.origins`."""
        return origins(self, nodes, as_of)

    # -- one entity ----------------------------------------------------------------------------------------------

    def lookup(self, code: str, as_of: int | None = None) -> list[Key]:
        """See :meth:`graph.store.base.Store.lookup`."""
        rows = self._rows(neo4j_find.lookup_query(), as_of, code=code)
        return sorted((kind, key) for kind, key in rows)

    def node(self, kind: str, key: str, as_of: int | None = None) -> Node | None:
        """See :meth:`graph.store.base.Store.node`."""
        return next(iter(self._nodes(kind, "key", key, as_of)), None)

    def having(self, kind: str, prop: str, value: str, as_of: int | None = None) -> list[Node]:
        """See :meth:`graph.store.base.Store.having`."""
        return self._nodes(kind, _named(kind, [prop])[0], value, as_of)

    def _nodes(self, kind: str, prop: str, value: str, as_of: int | None) -> list[Node]:
        names = load_schema().kinds[kind].properties
        out = []
        for key, start, stop, *rest in self._rows(
            neo4j_find.nodes_query(kind, prop), as_of, value=value
        ):
            pairs = zip(names, rest[4:], strict=True)
            known = {n: v for n, v in pairs if v is not None}
            out.append(Node(kind, key, known, start, stop, Source(*rest[:4])))
        return out

    def matching(
        self, pattern: Pattern, as_of: int | None = None, limit: int = 100, offset: int = 0
    ) -> tuple[list[str], int]:
        """See :meth:`graph.store.base.Store.matching`."""
        from graph.store import neo4j_patterns

        return neo4j_patterns.matching(self.server, pattern, as_of, self._revision, limit, offset)

    def history(self, kind: str, key: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.history`."""
        from graph.store import neo4j_columns

        return neo4j_columns.history(self.server, kind, key, self._revision)

    def statements(self, kind: str, key: str) -> list[Statement]:
        """See :meth:`graph.store.base.Store.statements`."""
        names = load_schema().kinds[kind].properties
        chosen = ", ".join(f"c.{quoted(n)}" for n in names)
        rows = self._rows(
            f"{HEAD} MATCH (c:{claim(kind)} {{key: $key}}) WHERE {seen('c')} MATCH (s:{quoted(SHEET)} {{id: c.`_sheet`}})"
            f" OPTIONAL MATCH (l:{listing(kind)} {{`_claim`: c.`_claim`}}) WHERE {seen('l')} WITH c, s, max(l.`_edition`) AS newest"
            " RETURN c.`_ledger`, c.`_dated`, c.`_edition`, coalesce(newest, 0), c.valid_from, c.valid_to, c.`_rank`,"
            f" c.`_superseded`, c.`_batch`, s.file, s.sheet, c.`_row`, {chosen}"
            " ORDER BY c.`_dated`, c.`_batch`, c.`_sheet`, c.`_row`, c.`_claim`",
            key=key,
        )
        out = []
        for ledger, dated, edition, newest, start, stop, rank, gone, *rest in rows:
            if gone is not None:
                start, stop, rank = dated, dated, 0
            pairs = zip(names, rest[4:], strict=True)
            values = {n: v for n, v in pairs if v is not None}
            listed = max(dated, edition, newest)
            where = Source(*rest[:4])
            out.append(Statement(ledger, dated, listed, start, stop, rank, gone, values, where))
        return out

    def find(self, text: str, as_of: int | None = None, limit: int = 50) -> list[Node]:
        """See :meth:`graph.store.base.Store.find`."""
        found = neo4j_find.find(self.server, text, as_of, limit, self._revision)
        nodes = (self.node(kind, key, as_of) for kind, key in found)
        return [
            replace(n, properties={k: v for k, v in n.properties.items() if k in FOUND})
            for n in nodes
            if n is not None
        ]

    # -- the graph -----------------------------------------------------------------------------------------------

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
        return neo4j_graph.inside(self.server, places, as_of, self._revision, having)

    def within(
        self,
        box: Box,
        as_of: int | None = None,
        kinds: Iterable[str] | None = None,
        limit: int | None = None,
    ) -> tuple[list[Located], bool]:
        """See :meth:`graph.store.base.Store.within`."""
        some = load_schema().pointed(kinds)
        return neo4j_find.within(self.server, box, as_of, self._revision, some, limit)

    def chain(self, kind: str, key: str, as_of: int | None = None, *, down: bool = False) -> Chain:
        """See :meth:`graph.store.base.Store.chain`."""
        return neo4j_graph.chain(self.server, kind, key, as_of, self._revision, down=down)

    def above(self, units: Iterable[str], as_of: int | None = None) -> set[str]:
        """See :meth:`graph.store.base.Store.above`."""
        return neo4j_graph.above(self.server, units, as_of, self._revision)

    def structure(self, as_of: int | None = None) -> Structure:
        """See :meth:`graph.store.base.Store.structure`."""
        return neo4j_graph.knots(self.server, as_of, self._revision)

    def ring(
        self,
        nodes: Iterable[Key],
        as_of: int | None = None,
        hops: int = 1,
        kinds: Iterable[str] | None = None,
    ) -> set[Key]:
        """See :meth:`graph.store.base.Store.ring`."""
        some = None if kinds is None else frozenset(kinds)
        return neo4j_graph.ring(self.server, nodes, as_of, hops, self._revision, some)

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
        return neo4j_graph.neighbours(
            self.server, (kind, key), as_of, hops, self._revision, most, through
        )

    def subgraph(
        self, nodes: Iterable[tuple[str, str]], as_of: int | None = None
    ) -> nx.MultiDiGraph[Any]:
        """See :meth:`graph.store.base.Store.subgraph`."""
        return neo4j_graph.subgraph(self.server, nodes, as_of, self._revision)

    def paths(
        self, a: Key, b: Key, as_of: int | None = None, cap: int = 100, *, most: int | None = None
    ) -> tuple[list[list[Step]], bool]:
        """See :meth:`graph.store.base.Store.paths`."""
        del most  # the server goes from both ends, and ends what takes too long
        return neo4j_graph.paths(self.server, a, b, as_of, cap, self._revision)


@cache
def _status_query() -> str:
    """Return the question for each kind's entities, counted, and the ledgers that say something of them."""
    parts = " UNION ALL ".join(
        f"OPTIONAL MATCH (c:{claim(kind)}) WHERE {seen('c')} AND c.`_superseded` IS NULL RETURN '{kind}' AS kind,"
        f" sum(CASE WHEN {primary('c')} THEN 1 ELSE 0 END) AS n, collect(DISTINCT c.`_ledger`) AS ledgers"
        for kind in load_schema().kinds
    )
    return f"{HEAD} CALL (v, d) {{ {parts} }} RETURN kind, n, ledgers"


@cache
def _edges_query() -> str:
    """Return the question for how many edges of each kind there are."""
    parts = " UNION ALL ".join(
        f"OPTIONAL MATCH ()-[r:{quoted(kind)}]->() WHERE {held('r')} RETURN '{kind}' AS kind, count(r) AS n"
        for kind in load_schema().edges
    )
    return f"{HEAD} CALL (v, d) {{ {parts} }} RETURN kind, n"


def _named(kind: str, columns: Sequence[str] | None) -> list[str]:
    """Return the properties asked for, all where none are named; ``KeyError`` for one that the kind has not."""
    properties = load_schema().kinds[kind].properties
    return [properties[n].name for n in (properties if columns is None else columns)]
