"""The embedded store: one SQLite file, WAL, indexes both ways over edges (DESIGN, *Two stores, one meaning*).

SQLite comes with apsw, because builds before 3.51.3 (and 3.52) can lose committed pages when a WAL is reset while another
connection reads; such a build is refused.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import defaultdict, deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import apsw

from graph.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreMissingError,
    UnknownIdError,
)
from graph.model import Batch, Chain, ChainNode, Node, Source, today
from graph.schema import load_schema
from graph.store import ddl, sqlite_write
from graph.store.ddl import quoted, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import networkx as nx
    import pandas as pd

Key = tuple[str, str]
Step = tuple[Key, str, Literal["out", "in"], Key]

PERSONAL_EDGES = ("BELONGS_TO", "EMPLOYED_BY", "INSTRUCTED_BY")
DTYPES = {"int": "Int64", "date": "Int64", "float": "float64", "bool": "boolean"}
BUSY_MS = 2000
UP = """SELECT e.target, c.p_name, c.p_type FROM edge e LEFT JOIN claim_unit c ON c.key = e.target AND c.superseded IS NULL
  AND c.rank = 0 AND c.valid_from <= ?2 AND c.valid_to > ?2
  WHERE e.kind = 'SUBORDINATE_TO' AND e.source = ?1 AND e.valid_from <= ?2 AND e.valid_to > ?2 ORDER BY e.target"""
DOWN = """SELECT e.source, c.p_name, c.p_type FROM edge e LEFT JOIN claim_unit c ON c.key = e.source AND c.superseded IS NULL
  AND c.rank = 0 AND c.valid_from <= ?2 AND c.valid_to > ?2
  WHERE e.kind = 'SUBORDINATE_TO' AND e.target = ?1 AND e.valid_from <= ?2 AND e.valid_to > ?2 ORDER BY e.source"""
COVERING = """SELECT DISTINCT e.source, c.p_name, c.p_type FROM edge e LEFT JOIN claim_unit c ON c.key = e.source
  AND c.superseded IS NULL AND c.rank = 0 AND c.valid_from <= ?2 AND c.valid_to > ?2
  WHERE e.kind = 'COVERS' AND e.target = ?1 AND e.valid_from <= ?2 AND e.valid_to > ?2 ORDER BY e.source"""


def _safe_version(version: str) -> bool:
    """Return whether a build is free of the WAL-reset fault: 3.51.3 and later of 3.51, 3.53.0 and later."""
    number = tuple(int(x) for x in version.split(".")[:3])
    return number >= (3, 53, 0) or (3, 51, 3) <= number < (3, 52, 0)


class SqliteStore:
    """See :class:`graph.store.base.Store`."""

    def __init__(self, path: str, *, create: bool = False) -> None:
        if not _safe_version(apsw.sqlite_lib_version()):
            raise StoreError(
                f"SQLite {apsw.sqlite_lib_version()} can lose data in WAL mode; install apsw 3.53 or newer",
                f"SQLite {apsw.sqlite_lib_version()} 在 WAL 模式下可能丢失数据；请安装 apsw 3.53 或更新版本",
            )
        self.url = path
        self._latest: int | None = None
        self._seen: tuple[int, int] | None = None
        exists = Path(path).is_file() and Path(path).stat().st_size > 0
        if not exists and not create:
            raise StoreMissingError(
                f"store {path}: there is none; make one with: lianjian import PATH --store {path}",
                f"存储 {path}：不存在；可用 lianjian import 路径 --store {path} 建立",
            )
        with self._errors():
            self.db: Any = apsw.Connection(path)
            self.db.set_busy_timeout(BUSY_MS)
            if exists:
                self._check()
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = FULL")
            if not exists:
                self.db.execute(ddl.definition(load_schema()))

    def _check(self) -> None:
        found = self.db.execute("PRAGMA application_id").fetchone()[0]
        if found != ddl.APPLICATION_ID:
            raise StoreCorruptError(
                f"store {self.url}: a database of another program; give the path of a Lianjian store",
                f"存储 {self.url}：是其他程序的数据库；请给出联建的存储文件",
            )
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        if version > ddl.VERSION:
            raise StoreError(
                f"store {self.url}: made by a newer version of Lianjian; update this one",
                f"存储 {self.url}：由更新版本的联建建立；请升级本程序",
            )

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Say SQLite's failures in words for a person."""
        try:
            yield
        except (apsw.NotADBError, apsw.CorruptError):
            raise StoreCorruptError(
                f"store {self.url}: damaged or no store; restore a backup, or import the ledgers into a new one",
                f"存储 {self.url}：已损坏或不是存储文件；请恢复备份，或将台账导入新的存储",
            ) from None
        except apsw.BusyError:
            raise StoreBusyError(
                f"store {self.url}: another import is under way; try again when it has ended",
                f"存储 {self.url}：另一项导入正在进行，请稍后再试",
            ) from None
        except apsw.FullError:
            raise StoreFullError(
                f"store {self.url}: no room left; free some space and run the command again (nothing was changed)",
                f"存储 {self.url}：空间不足；请腾出空间后重试（数据未改动）",
            ) from None
        except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.IOError, apsw.PermissionsError):
            raise StoreError(
                f"store {self.url}: can't be opened or written; check the folder and its rights",
                f"存储 {self.url}：无法打开或写入；请检查文件夹及其权限",
            ) from None

    # -- writing -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def importing(
        self, *, at: str, dated: int, files: Sequence[str], corrects: int | None = None
    ) -> Iterator[sqlite_write.SqliteImporter]:
        """See :meth:`graph.store.base.Store.importing`."""
        if self.db.in_transaction:
            raise StoreBusyError(
                "another import is under way; try again when it has ended",
                "另一项导入正在进行，请稍后再试",
            )
        if corrects is not None:
            self._batch(corrects)
        with self._errors():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                number = self.db.execute("SELECT coalesce(max(id), 0) + 1 FROM batch").fetchone()[0]
                importer = sqlite_write.SqliteImporter(self.db, number, corrects)
                yield importer
                if importer.changes:
                    sqlite_write.derive(self.db)
                    self.db.execute(
                        "INSERT INTO batch VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0)",
                        (
                            number, at, dated, json.dumps(list(files), ensure_ascii=False), importer.loaded,
                            importer.unchanged, importer.quarantined, corrects,
                        ),
                    )  # fmt: skip
                    self.db.execute("COMMIT")
                else:
                    self.db.execute("ROLLBACK")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def _batch(self, number: int) -> Batch:
        for b in self.batches():
            if b.id == number and not b.undone:
                return b
        raise UnknownIdError(
            f"batch {number}: none in force; see lianjian status",
            f"批次 {number}：不存在或已撤销；见 lianjian status",
        )

    def undo(self, batch: int) -> Batch:
        """See :meth:`graph.store.base.Store.undo`."""
        self._batch(batch)
        with self._errors():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                sqlite_write.undo(self.db, batch)
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise
        return next(b for b in self.batches() if b.id == batch)

    def batches(self) -> list[Batch]:
        """See :meth:`graph.store.base.Store.batches`."""
        with self._errors():
            rows = self.db.execute("SELECT * FROM batch ORDER BY id").fetchall()
        return [
            Batch(
                i,
                at,
                dated,
                tuple(json.loads(files)),
                loaded,
                unchanged,
                quarantined,
                corrects,
                bool(undone),
            )
            for i, at, dated, files, loaded, unchanged, quarantined, corrects, undone in rows
        ]

    def close(self) -> None:
        """See :meth:`graph.store.base.Store.close`."""
        self.db.close()

    # -- what the store holds ------------------------------------------------------------------------------------

    def latest(self) -> int:
        """See :meth:`graph.store.base.Store.latest`."""
        version = (self.db.execute("PRAGMA data_version").fetchone()[0], self.db.total_changes())
        if self._latest is None or self._seen != version:
            parts = " UNION ALL ".join(
                f"SELECT max(dated) d FROM {table(k)} WHERE superseded IS NULL"
                for k in load_schema().kinds
            )
            self._latest = self.db.execute(f"SELECT max(d) FROM ({parts})").fetchone()[0] or today()
            self._seen = version
        return self._latest

    def _date(self, as_of: int | None) -> int:
        return self.latest() if as_of is None else as_of

    def status(self) -> dict[str, Any]:
        """See :meth:`graph.store.base.Store.status`."""
        date = self.latest()
        kinds = {}
        for k in load_schema().kinds:
            n = self.db.execute(
                f"SELECT count(*) FROM {table(k)} WHERE superseded IS NULL AND rank = 0"
                " AND valid_from <= ?1 AND valid_to > ?1",
                (date,),
            ).fetchone()[0]
            if n:
                kinds[k] = n
        found = dict(
            self.db.execute(
                "SELECT kind, count(*) FROM edge WHERE valid_from <= ?1 AND valid_to > ?1 GROUP BY kind",
                (date,),
            ).fetchall()
        )
        used = " UNION ".join(
            f"SELECT ledger FROM {table(k)} WHERE superseded IS NULL" for k in load_schema().kinds
        )
        ledgers = self.db.execute(
            f"SELECT name FROM ledger WHERE id IN ({used}) ORDER BY name"
        ).fetchall()
        return {
            "store": self.url,
            "latest": date,
            "batches": len(self.batches()),
            "kinds": kinds,
            "edges": {k: found[k] for k in load_schema().edges if k in found},
            "ledgers": sorted(name for (name,) in ledgers),
        }

    def fingerprint(self, as_of: int | None = None) -> str:
        """See :meth:`graph.store.base.Store.fingerprint`."""
        date = self._date(as_of)
        total = 0
        for kind, k in load_schema().kinds.items():
            names = list(k.properties)
            columns = ", ".join(f"c.{quoted('p_' + n)}" for n in names)
            bools = {n for n, p in k.properties.items() if p.type == "bool"}
            for key, ledger, dated, *values in self.db.execute(
                f"SELECT c.key, l.name, c.dated, {columns} FROM {table(kind)} c JOIN ledger l ON l.id = c.ledger"
                " WHERE c.superseded IS NULL AND c.valid_from <= ?1 AND c.valid_to > ?1",
                (date,),
            ):
                known = sorted(
                    (n, bool(v) if n in bools else v)
                    for n, v in zip(names, values, strict=True)
                    if v is not None
                )
                line = repr((kind, key, ledger, dated, known)).encode()
                total += int.from_bytes(hashlib.sha256(line).digest(), "big")
        return f"{total % 2**256:064x}"

    # -- columns -------------------------------------------------------------------------------------------------

    def _frame(
        self,
        kind: str,
        sql: str,
        bindings: tuple[Any, ...],
        names: Sequence[str],
        extra: Sequence[str],
    ) -> pd.DataFrame:
        import pandas as pd

        rows = self.db.execute(sql, bindings).fetchall()
        columns = list(zip(*rows, strict=True)) if rows else [()] * (1 + len(names) + len(extra))
        properties = load_schema().kinds[kind].properties
        data: dict[str, Any] = {"key": pd.Series(columns[0], dtype="object")}
        for n, values in zip(names, columns[1:], strict=False):
            dtype = DTYPES.get(properties[n].type, "object")
            if dtype == "boolean":
                values = tuple(None if v is None else bool(v) for v in values)
            data[n] = pd.Series(values, dtype=dtype)
        for n, values in zip(extra, columns[1 + len(names) :], strict=True):
            data[n] = pd.Series(values, dtype="object" if n == "ledger" else "int64")
        return pd.DataFrame(data)

    def frame(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.frame`."""
        properties = load_schema().kinds[kind].properties
        names = [properties[n].name for n in (columns if columns is not None else properties)]
        chosen = "".join(f"{quoted('p_' + n)}, " for n in names)
        sql = (
            f"SELECT key, {chosen} valid_from, id FROM {table(kind)} WHERE superseded IS NULL AND rank = 0"
            " AND valid_from <= ?1 AND valid_to > ?1 ORDER BY key"
        )
        return self._frame(kind, sql, (self._date(as_of),), names, ("valid_from", "claim"))

    def claims(self, kind: str, as_of: int | None = None) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.claims`."""
        names = list(load_schema().kinds[kind].properties)
        chosen = ", ".join(f"c.{quoted('p_' + n)}" for n in names)
        sql = (
            f"SELECT c.key, {chosen}, c.valid_from, l.name, c.dated, max(c.dated, coalesce((SELECT max(edition) FROM listing g"
            " WHERE g.kind = ?2 AND g.claim = c.id AND g.edition <= ?1), 0)), c.rank, c.id FROM"
            " (SELECT *, rank() OVER (PARTITION BY key, ledger ORDER BY dated DESC) newest"
            f" FROM {table(kind)} WHERE superseded IS NULL AND dated <= ?1) c"
            " JOIN ledger l ON l.id = c.ledger WHERE c.newest = 1 ORDER BY c.key, l.name, c.id"
        )
        extra = ("valid_from", "ledger", "dated", "listed", "rank", "claim")
        return self._frame(kind, sql, (self._date(as_of), kind), names, extra)

    def edges(self, kind: str, as_of: int | None = None) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.edges`."""
        import pandas as pd

        names = [
            "source", "source_kind", "target", "target_kind", "via", "claim_kind", "claim", "valid_from", "valid_to",
        ]  # fmt: skip
        there = ddl.target_kind(load_schema(), kind)
        rows = self.db.execute(
            f"SELECT source, source_kind, target, {there}, via, claim_kind, claim, valid_from, valid_to FROM edge e"
            " WHERE kind = ?1 AND valid_from <= ?2 AND valid_to > ?2 ORDER BY source, target, via, claim",
            (kind, self._date(as_of)),
        ).fetchall()
        out = pd.DataFrame(rows, columns=names, dtype="object")
        return out.astype(dict.fromkeys(("claim", "valid_from", "valid_to"), "int64"))

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.unresolved`."""
        return sqlite_write.unresolved(self.db, kind, prop)

    def sources(self, kind: str, claims: Iterable[int]) -> dict[int, Source]:
        """See :meth:`graph.store.base.Store.sources`."""
        rows = self.db.execute(
            f"SELECT c.id, c.batch, s.file, s.sheet, c.row FROM {table(kind)} c JOIN sheet s ON s.id = c.sheet"
            " WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id",
            (json.dumps([int(c) for c in claims]),),
        )
        return {i: Source(batch, file, sheet, row) for i, batch, file, sheet, row in rows}

    # -- one entity ----------------------------------------------------------------------------------------------

    def lookup(self, code: str, as_of: int | None = None) -> list[Key]:
        """See :meth:`graph.store.base.Store.lookup`."""
        out = []
        for kind, k in load_schema().kinds.items():
            if k.role != "node":
                continue
            also = " OR p_code = ?1" if "code" in k.properties else ""
            out += [
                (kind, key)
                for (key,) in self.db.execute(
                    f"SELECT DISTINCT key FROM {table(kind)} WHERE (key = ?1{also}) AND superseded IS NULL"
                    " AND valid_from <= ?2 AND valid_to > ?2",
                    (code, self._date(as_of)),
                )
            ]
        return sorted(out)

    def node(self, kind: str, key: str, as_of: int | None = None) -> Node | None:
        """See :meth:`graph.store.base.Store.node`."""
        properties = load_schema().kinds[kind].properties
        columns = ", ".join(f"c.{quoted('p_' + n)}" for n in properties)
        row = self.db.execute(
            f"SELECT c.valid_from, c.valid_to, s.batch, s.file, s.sheet, c.row, {columns} FROM {table(kind)} c"
            " JOIN sheet s ON s.id = c.sheet WHERE c.key = ?1 AND c.superseded IS NULL AND c.rank = 0"
            " AND c.valid_from <= ?2 AND c.valid_to > ?2",
            (key, self._date(as_of)),
        ).fetchone()
        if row is None:
            return None
        values = {
            n: bool(v) if p.type == "bool" else v
            for (n, p), v in zip(properties.items(), row[6:], strict=True)
            if v is not None
        }
        return Node(kind, key, values, row[0], row[1], Source(*row[2:6]))

    def history(self, kind: str, key: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.history`."""
        names = list(load_schema().kinds[kind].properties)
        chosen = ", ".join(f"c.{quoted('p_' + n)}" for n in names)
        sql = (
            f"SELECT c.key, {chosen}, c.valid_from, c.valid_to, l.name, c.dated, max(c.dated, coalesce((SELECT max(edition)"
            f" FROM listing g WHERE g.kind = ?2 AND g.claim = c.id), 0)), c.rank, c.id FROM {table(kind)} c"
            " JOIN ledger l ON l.id = c.ledger WHERE c.key = ?1 AND c.superseded IS NULL ORDER BY c.valid_from, c.id"
        )
        extra = ("valid_from", "valid_to", "ledger", "dated", "listed", "rank", "claim")
        return self._frame(kind, sql, (key, kind), names, extra)

    def find(self, text: str, as_of: int | None = None, limit: int = 50) -> list[Node]:
        """See :meth:`graph.store.base.Store.find`."""
        wanted = text.strip().lower()
        if not wanted:
            return []
        like = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        date = self._date(as_of)
        rows = self.db.execute(
            "SELECT CASE WHEN lower(key) = ?1 OR code = ?1 THEN 0 WHEN name = ?1 THEN 1 WHEN name LIKE ?3 ESCAPE '\\' THEN 2"
            " WHEN name LIKE ?2 ESCAPE '\\' THEN 3 ELSE 4 END place, kind, key, claim FROM name"
            " WHERE lower(key) = ?1 OR code = ?1 OR name LIKE ?2 ESCAPE '\\' OR pinyin LIKE ?2 ESCAPE '\\'"
            " OR initials LIKE ?2 ESCAPE '\\' ORDER BY 1, 2, 3",
            (wanted, f"%{like}%", f"{like}%"),
        )
        out: list[Node] = []
        for _, kind, key, claim in rows:
            held = self.db.execute(
                f"SELECT 1 FROM {table(kind)} WHERE id = ?1 AND rank = 0 AND superseded IS NULL"
                " AND valid_from <= ?2 AND valid_to > ?2",
                (claim, date),
            ).fetchone()
            found = self.node(kind, key, date) if held else None
            if found is not None:
                out.append(found)
                if len(out) == limit:
                    break
        return out

    # -- the graph -----------------------------------------------------------------------------------------------

    def chain(self, kind: str, key: str, as_of: int | None = None, *, down: bool = False) -> Chain:
        """See :meth:`graph.store.base.Store.chain`."""
        date = self._date(as_of)
        me = self.node(kind, key, date)
        first = (
            ChainNode(key, key, "missing", None, 0)
            if me is None
            else ChainNode(
                key, me.name, kind, me.properties.get("type") or me.properties.get("category"), 0
            )
        )
        nodes = {key: first}
        edges: list[tuple[str, str, str]] = []
        ends: list[str] = []
        queue: deque[str] = deque()
        again = False
        if kind == "unit":
            queue.append(key)
        elif not down:
            for code, name, type_ in self.db.execute(COVERING, (key, date)):
                edges.append((code, key, "COVERS"))
                if code not in nodes:
                    nodes[code] = _station(code, name, type_, 1)
                    queue.append(code)
        if kind != "unit" and not queue:
            ends.append(key)
        query = DOWN if down else UP
        while queue:
            a = queue.popleft()
            found = self.db.execute(query, (a, date)).fetchall()
            if not found:
                ends.append(a)
            depth = nodes[a].depth + 1
            for b, name, type_ in found:
                edges.append((b, a, "SUBORDINATE_TO") if down else (a, b, "SUBORDINATE_TO"))
                if b in nodes:
                    again = True
                else:
                    nodes[b] = _station(b, name, type_, depth)
                    queue.append(b)
        return Chain(
            key, "down" if down else "up", date,
            tuple(sorted(nodes.values(), key=lambda n: (n.depth, n.id))),
            tuple(sorted(set(edges))), tuple(sorted(ends)), _loops(edges) if again else (),
        )  # fmt: skip

    def _ties(self, keys: Iterable[Key], date: int) -> list[tuple[Key, Key, str, str, int, int]]:
        """Return the edges that touch these nodes, but those of persons and records."""
        schema = load_schema()
        wanted = set(keys)
        text = json.dumps(sorted({k for _, k in wanted}))
        out = set()
        for kind, edge in schema.edges.items():
            if kind in PERSONAL_EDGES:
                continue
            there = ddl.target_kind(schema, kind)
            for end in ("source", "target"):
                rows = self.db.execute(
                    f"SELECT source_kind, source, {there}, target, via, valid_from, valid_to FROM edge e WHERE kind = ?1"
                    f" AND {end} IN (SELECT value FROM json_each(?2)) AND valid_from <= ?3 AND valid_to > ?3",
                    (edge.name, text, date),
                )
                for ak, a, bk, b, via, start, stop in rows:
                    if (ak, a) in wanted or (bk, b) in wanted:
                        out.add(((ak, a), (bk, b), kind, via, start, stop))
        return sorted(out)

    def neighbours(
        self, kind: str, key: str, as_of: int | None = None, hops: int = 1
    ) -> nx.MultiDiGraph[Any]:
        """See :meth:`graph.store.base.Store.neighbours`."""
        date = self._date(as_of)
        seen = {(kind, key)}
        ring = set(seen)
        for _ in range(hops):
            ring = {n for a, b, *_ in self._ties(ring, date) for n in (a, b)} - seen
            seen |= ring
        return self.subgraph(seen, date)

    def subgraph(
        self, nodes: Iterable[tuple[str, str]], as_of: int | None = None
    ) -> nx.MultiDiGraph[Any]:
        """See :meth:`graph.store.base.Store.subgraph`."""
        import networkx as nx

        date = self._date(as_of)
        wanted = set(nodes)
        kinds = load_schema().kinds
        out: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        for n in sorted(wanted):
            found = self.node(*n, date) if n[0] in kinds else None
            if found is not None:
                known = {**found.properties, "kind": n[0], "name": found.name}
                out.add_node(n, **{**known, "type": found.properties.get("type")})
            elif n[0] in kinds:
                out.add_node(n, kind=n[0], name=n[1], type=None, missing=True)
            else:
                out.add_node(n, kind=n[0], name=n[1], type=None)
        for a, b, kind, via, start, stop in self._ties(wanted, date):
            if a in wanted and b in wanted and not out.has_edge(a, b, key=kind):
                out.add_edge(a, b, key=kind, kind=kind, via=via, valid_from=start, valid_to=stop)
        return out

    def paths(
        self, a: Key, b: Key, as_of: int | None = None, cap: int = 100
    ) -> tuple[list[list[Step]], bool]:
        """See :meth:`graph.store.base.Store.paths`."""
        date = self._date(as_of)
        if a == b:
            return [[]], False
        near: dict[Key, set[tuple[Key, str, Literal["out", "in"]]]] = defaultdict(set)
        distance = {a: 0}
        ring = {a}
        while ring and b not in distance:
            for x, y, kind, *_ in self._ties(ring, date):
                near[x].add((y, kind, "out"))
                near[y].add((x, kind, "in"))
            step = max(distance.values()) + 1
            ring = {y for x in ring for y, _, _ in near[x]} - set(distance)
            distance |= dict.fromkeys(ring, step)
        if b not in distance:
            return [], False
        # Walk forwards in sorted order along nodes that still lead to b, so that the first `cap` are the first of all.
        left = {b: 0}
        back = deque([b])
        while back:
            y = back.popleft()
            for x, _, _ in near[y]:
                if distance.get(x) == distance[y] - 1 and x not in left:
                    left[x] = left[y] + 1
                    back.append(x)
        out: list[list[Step]] = []
        stack: list[tuple[Key, list[Step]]] = [(a, [])]
        while stack and len(out) <= cap:
            x, steps = stack.pop()
            if x == b:
                out.append(steps)
                continue
            further = [
                (x, kind, way, y)
                for y, kind, way in near[x]
                if y in left and distance[y] == distance[x] + 1
            ]
            stack += [(s[3], [*steps, s]) for s in sorted(further, reverse=True)]
        return out[:cap], len(out) > cap


def _station(code: str, name: str | None, type_: str | None, depth: int) -> ChainNode:
    if name is None and type_ is None:
        return ChainNode(code, code, "missing", None, depth)
    return ChainNode(code, name or code, "unit", type_, depth)


def _loops(edges: list[tuple[str, str, str]]) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components of two and more, and nodes above themselves (Tarjan, by networkx)."""
    import networkx as nx

    whole = nx.DiGraph([(a, b) for a, b, kind in edges if kind == "SUBORDINATE_TO"])
    parts = nx.strongly_connected_components(whole)
    return tuple(
        sorted(tuple(sorted(p)) for p in parts if len(p) > 1 or whole.has_edge(*(2 * tuple(p))))
    )
