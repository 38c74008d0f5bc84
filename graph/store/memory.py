"""The store as a specification: plain Python over a list of claims, everything computed anew at each question.

It is what the contract suite holds the other stores against, so it is written to be read, not to be fast, and shares no
code with them.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from graph.errors import StoreBusyError, UnknownIdError
from graph.model import (
    OPEN,
    RETURNED,
    Batch,
    Box,
    Chain,
    ChainNode,
    Claims,
    Located,
    Node,
    Source,
    Statement,
    Structure,
    today,
)
from graph.schema import Property, load_schema
from graph.store.base import FOUND, HUBS
from graph.store.networks import around_too_much
from graph.store.origins import origins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import networkx as nx
    import pandas as pd

    from graph.patterns.language import Pattern
    from graph.store.base import End

PERSONAL_EDGES = ("BELONGS_TO", "EMPLOYED_BY", "INSTRUCTED_BY")
ALL_RANKS = ("BELONGS_TO", "EMPLOYED_BY")
DTYPES = {"int": "Int64", "date": "Int64", "float": "float64", "bool": "boolean"}
Key = tuple[str, str]
Step = tuple[Key, str, Literal["out", "in"], Key]


@dataclass
class _Cells:
    """What a claim says, and what it said before places were found: (batch, property, text before)."""

    values: dict[str, Any]
    former: list[tuple[int, str, Any]] = field(default_factory=list)


@dataclass
class _Word:
    """One row as it was read; a claim where it repeats no other (see :func:`_settle`)."""

    id: int
    batch: int
    kind: str
    key: str
    ledger: str
    dated: int
    edition: int
    sheet: int
    source: Source
    cells: _Cells
    repeats: _Word | None = None
    superseded: int | None = None
    editions: list[int] = field(default_factory=list)  # of all rows that say this claim

    @property
    def values(self) -> dict[str, Any]:
        return self.cells.values

    @property
    def order(self) -> tuple[int, int, int, int]:
        return self.batch, self.sheet, self.source.row, self.id

    def listed(self, date: int = OPEN) -> int:
        return max([self.dated, *(e for e in self.editions if e <= date)])


@dataclass(frozen=True)
class _Version:
    claim: _Word
    valid_from: int
    valid_to: int
    rank: int


@dataclass(frozen=True)
class _Edge:
    source: str
    source_kind: str
    target: str
    target_kind: str
    via: str
    version: _Version


class MemoryStore:
    """See :class:`graph.store.base.Store`, whose promises hold here."""

    url = ":memory-model:"

    def __init__(self) -> None:
        self._words: list[_Word] = []
        self._batches: list[Batch] = []
        self._open = False

    @property
    def identity(self) -> str:
        """See :meth:`graph.store.base.Store.identity`."""
        return f"memory {id(self)}"

    def stands(self) -> bool:
        """See :meth:`graph.store.base.Store.stands`."""
        return True

    def again(self) -> MemoryStore:
        """See :meth:`graph.store.base.Store.again`: no URL names one that holds something."""
        return MemoryStore()

    # -- writing -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def importing(
        self, *, at: str, dated: int, files: Sequence[str], corrects: int | None = None
    ) -> Iterator[_Importer]:
        """See :meth:`graph.store.base.Store.importing`."""
        if self._open:
            raise StoreBusyError(
                "another import is under way; try again when it has ended",
                "另一项导入正在进行，请稍后再试",
            )
        if corrects is not None:
            self._batch(corrects)
        self._open = True
        try:
            importer = _Importer(self, len(self._batches) + 1, corrects)
            yield importer
            self._commit(
                importer, Batch(importer.batch, at, dated, tuple(files), 0, 0, 0, corrects)
            )
        finally:
            self._open = False

    def _commit(self, importer: _Importer, batch: Batch) -> None:
        _settle(importer.words)
        if not importer.loaded and not importer.resolved and not _changed(importer.words, batch.id):
            return
        self._words = importer.words
        self._batches.append(
            replace(
                batch,
                loaded=importer.loaded,
                unchanged=importer.unchanged,
                quarantined=importer.quarantined,
            )
        )

    def _batch(self, number: int) -> Batch:
        for b in self._batches:
            if b.id == number and not b.undone:
                return b
        raise UnknownIdError(
            f"batch {number}: none in force; see lianjian status",
            f"批次 {number}：不存在或已撤销；见 lianjian status",
        )

    def undo(self, batch: int) -> Batch:
        """See :meth:`graph.store.base.Store.undo`."""
        taken = replace(self._batch(batch), undone=True)
        for cells in {id(w.cells): w.cells for w in self._words}.values():
            for _, name, text in reversed([x for x in cells.former if x[0] == batch]):
                cells.values[name] = text
            cells.former = [x for x in cells.former if x[0] != batch]
        self._words = [w for w in self._words if w.batch != batch]
        _settle(self._words)
        self._batches[batch - 1] = taken
        return taken

    def batches(self) -> list[Batch]:
        """See :meth:`graph.store.base.Store.batches`."""
        return list(self._batches)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    # -- what the store holds ------------------------------------------------------------------------------------

    def _active(self, kind: str | None = None) -> list[_Word]:
        return [w for w in _claims(self._words) if kind in (None, w.kind)]

    def latest(self) -> int:
        """See :meth:`graph.store.base.Store.latest`."""
        said = (w for w in self._words if (w.repeats or w).superseded is None)
        return max((w.dated for w in said), default=today())

    def _versions(self, kind: str) -> list[_Version]:
        """Return every version of every entity of a kind (the module docstring of base: *timelines*)."""
        by_key: dict[str, list[_Word]] = defaultdict(list)
        for c in self._active(kind):
            by_key[c.key].append(c)
        out = []
        for claims in by_key.values():
            dates = sorted({c.dated for c in claims})
            for n, date in enumerate(dates):
                start = date
                group = sorted((c for c in claims if c.dated == date), key=lambda c: c.order)
                if n == 0:
                    founded = [c.values["founded"] for c in group if c.values.get("founded")]
                    start = min([date, *founded])
                end = dates[n + 1] if n + 1 < len(dates) else OPEN
                out += [_Version(c, start, end, rank) for rank, c in enumerate(group)]
        return out

    def _at(self, kind: str, as_of: int | None) -> list[_Version]:
        date = self.latest() if as_of is None else as_of
        held = [v for v in self._versions(kind) if v.valid_from <= date < v.valid_to]
        return sorted(held, key=lambda v: (v.claim.key, v.rank))

    def status(self) -> dict[str, Any]:
        """See :meth:`graph.store.base.Store.status`."""
        schema = load_schema()
        kinds = {k: sum(v.rank == 0 for v in self._at(k, None)) for k in schema.kinds}
        return {
            "store": self.url,
            "latest": self.latest(),
            "batches": sum(not b.undone for b in self._batches),
            "kinds": {k: n for k, n in kinds.items() if n},
            "edges": {k: n for k in schema.edges if (n := len(self._edges(k, None)))},
            "ledgers": sorted(
                {c.ledger for c in self._active() if schema.kinds[c.kind].role != "work"}
            ),
        }

    def fingerprint(self, as_of: int | None = None) -> str:
        """See :meth:`graph.store.base.Store.fingerprint`."""
        rows = []
        for kind, k in load_schema().kinds.items():
            if k.role == "work":
                continue
            for v in self._at(kind, as_of):
                c = v.claim
                said = sum(_value_hash(n, p.type, c.values[n]) for n, p in k.properties.items())
                said += _mixed(_text_hash(c.key) ^ _seed("key"))
                said += _mixed(_text_hash(c.ledger) ^ _seed("ledger"))
                said += _mixed(c.dated ^ _seed("dated"))
                rows.append(_mixed(said % _WORD ^ _seed(kind)))
        return hashlib.sha256(b"".join(r.to_bytes(8, "little") for r in sorted(rows))).hexdigest()

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
        versions = [v for v in self._at(kind, as_of) if v.rank == 0]
        if of is not None:
            some = set(of)
            if by == "key":
                versions = [v for v in versions if v.claim.key in some]
            else:
                versions = [v for v in versions if v.claim.values.get(by) in some]
        return _frame(kind, versions, columns, {"valid_from": lambda v: v.valid_from})

    def claims(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.claims`."""
        date = self.latest() if as_of is None else as_of
        newest: dict[Key, list[_Version]] = defaultdict(list)
        for v in self._versions(kind):
            if v.claim.dated <= date:
                pair = (v.claim.key, v.claim.ledger)
                if newest[pair] and newest[pair][0].claim.dated < v.claim.dated:
                    newest[pair] = []
                if not newest[pair] or newest[pair][0].claim.dated == v.claim.dated:
                    newest[pair].append(v)
        versions = [
            v for pair in sorted(newest) for v in sorted(newest[pair], key=lambda v: v.rank)
        ]

        extra: dict[str, Callable[[_Version], Any]] = {
            "valid_from": lambda v: v.valid_from,
            "ledger": lambda v: v.claim.ledger,
            "dated": lambda v: v.claim.dated,
            "listed": lambda v: v.claim.listed(date),
            "rank": lambda v: v.rank,
        }
        return _frame(kind, versions, columns, extra)

    def editions(self, kind: str) -> dict[int, int]:
        """See :meth:`graph.store.base.Store.editions`."""
        days = {d for c in self._active(kind) for d in (c.dated, *c.editions)}
        out = {}
        for day in sorted((d for d in days if d <= self.latest()), reverse=True):
            rows = int((self.claims(kind, day, [])["listed"] == day).sum())
            if rows:
                out[day] = rows
        return out

    def replaced(
        self,
        kind: str,
        after: int = 0,
        columns: Sequence[str] | None = None,
        key: str | None = None,
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.replaced`."""
        gone = [w for w in self._words if w.kind == kind and (w.superseded or 0) > after]
        gone = [w for w in gone if w.repeats is None and key in (None, w.key)]
        gone.sort(key=lambda w: (w.key, w.ledger, w.dated, w.order))

        def now(w: _Word) -> int:
            same = [c for c in self._active(kind) if (c.key, c.ledger) == (w.key, w.ledger)]
            held = [c for c in same if c.dated <= w.dated]
            newest = [c for c in held if c.dated == max(h.dated for h in held)]
            return min(newest, key=lambda c: c.order).id if newest else 0

        extra: dict[str, Callable[[_Version], Any]] = {
            "ledger": lambda v: v.claim.ledger,
            "dated": lambda v: v.claim.dated,
            "batch": lambda v: v.claim.batch,
            "superseded": lambda v: v.claim.superseded,
            "now": lambda v: now(v.claim),
        }
        return _frame(kind, [_Version(w, 0, 0, 0) for w in gone], columns, extra)

    def said(
        self, kind: str, claims: Iterable[int], columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.said`."""
        ids = {w.id: w for w in self._words if w.kind == kind and w.repeats is None}
        words = [ids[c] for c in dict.fromkeys(map(int, claims)) if c in ids]
        extra: dict[str, Callable[[_Version], Any]] = {
            "ledger": lambda v: v.claim.ledger,
            "dated": lambda v: v.claim.dated,
            "batch": lambda v: v.claim.batch,
        }
        return _frame(kind, [_Version(w, 0, 0, 0) for w in words], columns, extra)

    def edges(
        self,
        kind: str,
        as_of: int | None = None,
        *,
        of: Iterable[str] | None = None,
        end: End = "source",
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.edges`."""
        import pandas as pd

        some = None if of is None else set(of)
        rows = [
            (
                e.source, e.source_kind, e.target, e.target_kind, e.via, e.version.claim.kind,
                e.version.claim.id, e.version.valid_from, e.version.valid_to,
            )
            for e in self._edges(kind, as_of)
            if some is None or getattr(e, end) in some
        ]  # fmt: skip
        names = [
            "source", "source_kind", "target", "target_kind", "via", "claim_kind", "claim", "valid_from", "valid_to",
        ]  # fmt: skip
        out = pd.DataFrame(rows, columns=names, dtype="object")
        return out.astype(dict.fromkeys(("claim", "valid_from", "valid_to"), "int64"))

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.unresolved`."""
        return _unresolved(self._active(), kind, prop)

    def sources(self, kind: str, claims: Iterable[int]) -> dict[int, Source]:
        """See :meth:`graph.store.base.Store.sources`."""
        wanted = set(claims)
        return {c.id: c.source for c in self._words if c.kind == kind and c.id in wanted}

    def origins(self, nodes: Iterable[Key], as_of: int | None = None) -> dict[Key, Source]:
        """See :meth:`graph.store.base.Store.origins`."""
        return origins(self, nodes, as_of)

    # -- one entity ----------------------------------------------------------------------------------------------

    def lookup(self, code: str, as_of: int | None = None) -> list[Key]:
        """See :meth:`graph.store.base.Store.lookup`."""
        out = set()
        for kind, k in load_schema().kinds.items():
            if k.role != "node":
                continue
            for v in self._at(kind, as_of):
                if code in (v.claim.key, v.claim.values.get("code")):
                    out.add((kind, v.claim.key))
        return sorted(out)

    def node(self, kind: str, key: str, as_of: int | None = None) -> Node | None:
        """See :meth:`graph.store.base.Store.node`."""
        for v in self._at(kind, as_of):
            if v.claim.key == key and v.rank == 0:
                values = {n: v.claim.values.get(n) for n in load_schema().kinds[kind].properties}
                known = {n: x for n, x in values.items() if x is not None}
                return Node(kind, key, known, v.valid_from, v.valid_to, v.claim.source)
        return None

    def having(self, kind: str, prop: str, value: str, as_of: int | None = None) -> list[Node]:
        """See :meth:`graph.store.base.Store.having`."""
        keys = sorted(
            v.claim.key
            for v in self._at(kind, as_of)
            if v.rank == 0 and v.claim.values.get(prop) == value
        )
        found = (self.node(kind, key, as_of) for key in keys)
        return [node for node in found if node is not None]

    def matching(
        self, pattern: Pattern, as_of: int | None = None, limit: int = 100, offset: int = 0
    ) -> tuple[list[str], int]:
        """See :meth:`graph.store.base.Store.matching`."""
        from graph.patterns.plain import fitting, ordered

        def entities(kind: str) -> dict[str, dict[str, Any]]:
            return {v.claim.key: v.claim.values for v in self._at(kind, as_of) if not v.rank}

        def pairs(relation: str) -> set[tuple[Key, Key]]:
            edges = self._edges(relation, as_of)
            return {((e.source_kind, e.source), (e.target_kind, e.target)) for e in edges}

        found = fitting(pattern.part, entities, pairs)
        keys = ordered(found, pattern.order, entities(pattern.part.kind))
        return keys[offset : offset + limit], len(keys)

    def history(self, kind: str, key: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.history`."""
        versions = [v for v in self._versions(kind) if v.claim.key == key]
        versions.sort(key=lambda v: (v.valid_from, v.rank))
        extra: dict[str, Callable[[_Version], Any]] = {
            "valid_from": lambda v: v.valid_from,
            "valid_to": lambda v: v.valid_to,
            "ledger": lambda v: v.claim.ledger,
            "dated": lambda v: v.claim.dated,
            "listed": lambda v: v.claim.listed(),
            "rank": lambda v: v.rank,
        }
        return _frame(kind, versions, None, extra)

    def statements(self, kind: str, key: str) -> list[Statement]:
        """See :meth:`graph.store.base.Store.statements`."""
        held = {id(v.claim): v for v in self._versions(kind) if v.claim.key == key}
        out = []
        for w in sorted(self._words, key=lambda w: (w.dated, w.order)):
            if (w.kind, w.key) != (kind, key) or w.repeats is not None:
                continue
            v = held.get(id(w), _Version(w, w.dated, w.dated, 0))
            names = load_schema().kinds[kind].properties
            values = {n: w.values[n] for n in names if w.values.get(n) is not None}
            span = v.valid_from, v.valid_to, v.rank
            out.append(
                Statement(w.ledger, w.dated, w.listed(), *span, w.superseded, values, w.source)
            )
        return out

    def find(self, text: str, as_of: int | None = None, limit: int = 50) -> list[Node]:
        """See :meth:`graph.store.base.Store.find`."""
        from pypinyin import Style, lazy_pinyin

        wanted = text.strip().lower()
        if not wanted:
            return []
        found = []
        for kind, k in load_schema().kinds.items():
            if k.role != "node":
                continue
            for v in self._at(kind, as_of):
                if v.rank:
                    continue
                name = str(v.claim.values.get("name") or "").lower()
                full = "".join(lazy_pinyin(name))
                initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
                code = str(v.claim.values.get("code") or v.claim.key).lower()
                tests = (
                    wanted in (v.claim.key.lower(), code),
                    name == wanted,
                    name.startswith(wanted),
                    wanted in name,
                    wanted in full or wanted in initials,
                )
                if any(tests):
                    found.append((tests.index(True), kind, v.claim.key))
        nodes = [self.node(kind, key, as_of) for _, kind, key in sorted(found)[:limit]]
        return [
            replace(n, properties={k: v for k, v in n.properties.items() if k in FOUND})
            for n in nodes
            if n is not None
        ]

    # -- the graph -----------------------------------------------------------------------------------------------

    def _edges(self, kind: str, as_of: int | None) -> list[_Edge]:
        out: list[_Edge] = []
        for name, k in load_schema().kinds.items():
            rules = [p for p in k.properties.values() if p.edge is not None and p.edge.kind == kind]
            if not rules:
                continue
            for v in self._at(name, as_of):
                if v.rank and kind not in ALL_RANKS:
                    continue
                for p in rules:
                    out += self._made(v, p)
        return sorted(out, key=lambda e: (e.source, e.target, e.via, e.version.claim.id))

    def _made(self, v: _Version, p: Property) -> Iterator[_Edge]:
        rule = p.edge
        if rule is None:
            return
        here = (v.claim.kind, v.claim.key)
        if rule.source is not None:
            text = v.claim.values.get(rule.source)
            if not text:
                return
            here = (load_schema().edges[rule.kind].source[0], str(text))
        text = v.claim.values.get(p.name)
        values = str(text).split(";") if p.type == "list" else [str(text)]
        for value in values if text else ():
            if rule.when == "code" and any("\u2e80" <= c <= "\u9fff" for c in value):
                continue
            if rule.when == "office" and value in ("是", "否"):
                continue
            there = (rule.target or self._kind_of(rule.kind, value), value)
            a, b = (there, here) if rule.reverse else (here, there)
            yield _Edge(a[1], a[0], b[1], b[0], p.name, v)

    def _kind_of(self, edge: str, value: str) -> str:
        """Return the first kind of the edge's targets that has this key; an implied kind takes all others."""
        targets = load_schema().edges[edge].target
        for kind in targets:
            if kind in load_schema().kinds and any(c.key == value for c in self._active(kind)):
                return kind
        return next(k for k in targets if k in load_schema().implied)

    def inside(
        self,
        places: Iterable[Key],
        as_of: int | None = None,
        *,
        having: tuple[str, str] | None = None,
    ) -> list[str]:
        """See :meth:`graph.store.base.Store.inside`."""
        edges = self._edges("LOCATED_IN", as_of)
        reached = set(places)
        size = -1
        while size < len(reached):
            size = len(reached)
            reached |= {
                (e.source_kind, e.source) for e in edges if (e.target_kind, e.target) in reached
            }
        edge_of = {e.source for e in edges if (e.target_kind, e.target) in reached}
        return [
            v.claim.key
            for v in self._at("organization", as_of)
            if v.rank == 0
            and v.claim.key in edge_of
            and ("organization", v.claim.key) in reached
            and (having is None or v.claim.values.get(having[0]) == having[1])
        ]

    def within(
        self,
        box: Box,
        as_of: int | None = None,
        kinds: Iterable[str] | None = None,
        limit: int | None = None,
    ) -> tuple[list[Located], bool]:
        """See :meth:`graph.store.base.Store.within`."""
        out = []
        for kind in load_schema().pointed(kinds):
            for v in self._at(kind, as_of):
                said = v.claim.values
                lon, lat = said["lon"], said["lat"]
                if v.rank or lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
                    continue
                if box.west <= lon <= box.east and box.south <= lat <= box.north:
                    name = said["name"] or v.claim.key
                    out.append(Located(kind, v.claim.key, name, lon, lat, said["datum"]))
        cut = limit is not None and len(out) > limit
        return out[:limit], cut

    def chain(self, kind: str, key: str, as_of: int | None = None, *, down: bool = False) -> Chain:
        """See :meth:`graph.store.base.Store.chain`."""
        date = self.latest() if as_of is None else as_of
        steps: dict[str, set[str]] = defaultdict(set)
        for e in self._edges("SUBORDINATE_TO", date):
            a, b = (e.target, e.source) if down else (e.source, e.target)
            steps[a].add(b)
        depth = {key: 0}
        edges: set[tuple[str, str, str]] = set()
        queue: deque[str] = deque()
        if kind == "unit":
            queue.append(key)
        elif not down:
            for e in self._edges("COVERS", date):
                if e.target == key:
                    edges.add((e.source, key, "COVERS"))
                    if e.source not in depth:
                        depth[e.source] = 1
                        queue.append(e.source)
        while queue:
            a = queue.popleft()
            for b in sorted(steps[a]):
                edges.add((b, a, "SUBORDINATE_TO") if down else (a, b, "SUBORDINATE_TO"))
                if b not in depth:
                    depth[b] = depth[a] + 1
                    queue.append(b)
        last = {n for n in depth if not steps[n] and (n != key or kind == "unit")}
        if kind != "unit" and len(depth) == 1:
            last = {key}
        ends = sorted(last)
        nodes = []
        for n, d in sorted(depth.items(), key=lambda item: (item[1], item[0])):
            found = self.node(kind if n == key else "unit", n, date)
            if found is None:
                nodes.append(ChainNode(n, n, "missing", None, d))
            else:
                type_ = found.properties.get("type") or found.properties.get("category")
                nodes.append(ChainNode(n, found.name, found.kind, type_, d))
        return Chain(
            key, "down" if down else "up", date, tuple(nodes), tuple(sorted(edges)), tuple(ends),
            _cycles({a: steps[a] for a in depth if a != key or kind == "unit"}),
        )  # fmt: skip

    def above(self, units: Iterable[str], as_of: int | None = None) -> set[str]:
        """See :meth:`graph.store.base.Store.above`."""
        over: dict[str, set[str]] = defaultdict(set)
        for e in self._edges("SUBORDINATE_TO", as_of):
            over[e.source].add(e.target)
        seen = set(units)
        level = seen
        while level:
            level = {b for a in level for b in over[a]} - seen
            seen |= level
        return seen

    def structure(self, as_of: int | None = None) -> Structure:
        """See :meth:`graph.store.base.Store.structure`."""
        steps: dict[str, set[str]] = defaultdict(set)
        for e in self._edges("SUBORDINATE_TO", as_of):
            steps[e.source].add(e.target)
        defined = {v.claim.key for v in self._at("unit", as_of)}
        return Structure(
            tuple(sorted(key for key in defined if not steps.get(key))),
            {key: tuple(sorted(steps[key])) for key in sorted(steps) if len(steps[key]) > 1},
            tuple(sorted(key for key in steps if key in steps[key])),
            tuple(part for part in _cycles(dict(steps)) if len(part) > 1),
            tuple(sorted({b for some in steps.values() for b in some} - defined)),
        )

    def _ties(self, as_of: int | None) -> list[tuple[Key, Key, str, _Edge]]:
        kinds = load_schema().kinds
        implied = load_schema().implied
        out: list[tuple[Key, Key, str, _Edge]] = []
        for kind in load_schema().edges:
            if kind in PERSONAL_EDGES:
                continue
            for e in self._edges(kind, as_of):
                a, b = (e.source_kind, e.source), (e.target_kind, e.target)
                if all((kinds.get(k) or implied[k]).role == "node" for k in (a[0], b[0])):
                    out.append((a, b, kind, e))
        return out

    def ring(
        self,
        nodes: Iterable[Key],
        as_of: int | None = None,
        hops: int = 1,
        kinds: Iterable[str] | None = None,
    ) -> set[Key]:
        """See :meth:`graph.store.base.Store.ring`."""
        near = self._near(as_of, None if kinds is None else set(kinds))
        seen = set(nodes)
        last = set(seen)
        for _ in range(hops):
            last = {b for a in last for b in near[a]} - seen
            seen |= last
        return seen

    def _near(self, as_of: int | None, kinds: set[str] | None = None) -> dict[Key, set[Key]]:
        near: dict[Key, set[Key]] = defaultdict(set)
        for a, b, kind, _ in self._ties(as_of):
            if kinds is None or kind in kinds:
                near[a].add(b)
                near[b].add(a)
        return near

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
        start, ties = (kind, key), self._near(as_of)
        seen, last = {start}, {start}
        hubs: dict[Key, int] = {}
        for _ in range(hops):
            found: set[Key] = set()
            for n in last:
                near = ties[n] - {n}
                if through is not None and n != start and len(near) > through:
                    hubs[n] = len(near)
                else:
                    found |= near
            last = found - seen
            seen |= last
        if most is not None and len(seen) > most:
            raise around_too_much(most, hops)
        out = self.subgraph(seen, as_of)
        out.graph[HUBS] = dict(sorted(hubs.items()))
        return out

    def subgraph(
        self, nodes: Iterable[tuple[str, str]], as_of: int | None = None
    ) -> nx.MultiDiGraph[Any]:
        """See :meth:`graph.store.base.Store.subgraph`."""
        import networkx as nx

        wanted = set(nodes)
        out: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        for n in sorted(wanted):
            found = self.node(*n, as_of) if n[0] in load_schema().kinds else None
            if found is not None:
                out.add_node(
                    n,
                    **{
                        **found.properties,
                        "kind": n[0],
                        "name": found.name,
                        "type": found.properties.get("type"),
                    },
                )
            else:
                missing = n[0] in load_schema().kinds
                out.add_node(
                    n, kind=n[0], name=n[1], type=None, **({"missing": True} if missing else {})
                )
        for a, b, kind, e in sorted(self._ties(as_of), key=lambda t: (t[0], t[1], t[2], t[3].via)):
            if a in wanted and b in wanted and not out.has_edge(a, b, key=kind):
                out.add_edge(
                    a, b, key=kind, kind=kind, via=e.via,
                    valid_from=e.version.valid_from, valid_to=e.version.valid_to,
                )  # fmt: skip
        return out

    def paths(
        self, a: Key, b: Key, as_of: int | None = None, cap: int = 100, *, most: int | None = None
    ) -> tuple[list[list[Step]], bool]:
        """See :meth:`graph.store.base.Store.paths`."""
        del most  # a model goes through all anyway
        near: dict[Key, set[tuple[Key, str, Literal["out", "in"]]]] = defaultdict(set)
        for x, y, kind, _ in self._ties(as_of):
            near[x].add((y, kind, "out"))
            near[y].add((x, kind, "in"))
        if a == b:
            return [[]], False
        distance = {a: 0}
        queue = deque([a])
        while queue:
            x = queue.popleft()
            for y, _, _ in near[x]:
                if y not in distance:
                    distance[y] = distance[x] + 1
                    queue.append(y)
        if b not in distance:
            return [], False
        out: list[list[Step]] = []

        def walk(x: Key, steps: list[Step]) -> None:
            if x == a:
                out.append(steps)
                return
            for y, kind, way in near[x]:
                if distance.get(y) == distance[x] - 1:
                    forth: Literal["out", "in"] = "in" if way == "out" else "out"
                    walk(y, [(y, kind, forth, x), *steps])

        walk(b, [])
        out.sort()
        return out[:cap], len(out) > cap


class _Importer:
    """Works on a copy: what it did becomes the store's at the end of the block, or nothing does."""

    def __init__(self, store: MemoryStore, batch: int, corrects: int | None) -> None:
        import copy

        self.batch = batch
        self.words: list[_Word] = copy.deepcopy(store._words)
        self.corrects = corrects
        self.next = max((w.id for w in self.words), default=0) + 1
        self.sheets: dict[tuple[str, str], int] = {}
        self.loaded = self.unchanged = self.quarantined = self.resolved = 0

    def add(self, claims: Claims) -> tuple[int, int]:
        """See :meth:`graph.store.base.Importer.add`."""
        sheet = self.sheets.setdefault((claims.file, claims.sheet), len(self.sheets))
        said = [self._word(claims, sheet, r) for r in claims.frame.to_dict("records")]
        self.words += said
        _settle(self.words)
        loaded = sum(w.repeats is None for w in said)
        if claims.kind != RETURNED:
            self.loaded += loaded
            self.unchanged += len(said) - loaded
        return loaded, len(said) - loaded

    def _word(self, claims: Claims, sheet: int, record: Mapping[Any, Any]) -> _Word:
        key, dated = str(record["key"]), int(record["dated"])
        if self.corrects is not None:
            former = [
                w.dated for w in self.words
                if w.batch == self.corrects and (w.kind, w.key, w.ledger) == (claims.kind, key, claims.ledger)
            ]  # fmt: skip
            dated = max(former, default=dated)
        values = {
            name: _plain(p.type, record.get(name))
            for name, p in load_schema().kinds[claims.kind].properties.items()
        }
        source = Source(self.batch, claims.file, claims.sheet, int(record["row"]))
        self.next += 1
        return _Word(
            self.next - 1, self.batch, claims.kind, key, claims.ledger, dated, claims.edition, sheet, source, _Cells(values)
        )  # fmt: skip

    def resolve(self, kind: str, prop: str, resolved: pd.DataFrame) -> int:
        """See :meth:`graph.store.base.Importer.resolve`."""
        values = dict(zip(resolved["claim"], resolved["value"], strict=True))
        n = 0
        for w in self.words:
            if w.kind == kind and w.id in values and w.values[prop] != values[w.id]:
                w.cells.former.append((self.batch, prop, w.values[prop]))
                w.values[prop] = str(values[w.id])
                n += 1
        self.resolved += n
        return n

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Importer.unresolved`."""
        return _unresolved(_claims(self.words), kind, prop)

    def note(self, *, quarantined: int) -> None:
        """See :meth:`graph.store.base.Importer.note`."""
        self.quarantined += quarantined


# -- what rows come to (base: corrections, repetition) -----------------------------------------------------------


def _claims(words: list[_Word]) -> list[_Word]:
    return [w for w in words if w.repeats is None and w.superseded is None]


def _settle(words: list[_Word]) -> None:
    """Tell which rows are claims, which repeat one, which are superseded: from the rows alone, anew each time."""
    entities: dict[Key, list[_Word]] = defaultdict(list)
    for w in sorted(words, key=lambda w: w.order):
        w.repeats = w.superseded = None
        entities[w.kind, w.key].append(w)
    for rows in entities.values():
        standing: dict[str, list[_Word]] = {}
        for date in sorted({w.dated for w in rows}):
            ledgers = sorted({w.ledger for w in rows if w.dated == date})
            now = {
                x: _last_word([w for w in rows if (w.dated, w.ledger) == (date, x)])
                for x in ledgers
            }
            if len(now) == 1 and now.keys() == standing.keys():
                (before,), (after,) = standing.values(), now.values()
                if len(before) == len(after) and all(_repeat(w, before, after) for w in after):
                    continue
                for w in after:
                    w.repeats = None
            standing = now
    for w in words:
        while w.repeats is not None and w.repeats.repeats is not None:
            w.repeats = w.repeats.repeats
    _share(words)


def _last_word(rows: list[_Word]) -> list[_Word]:
    """Return the claims of one entity, ledger and date: each batch replaces what earlier ones said otherwise."""
    standing: list[_Word] = []
    for batch in sorted({w.batch for w in rows}):
        said: list[_Word] = []
        for sheet in sorted({w.sheet for w in rows if w.batch == batch}):
            taken: list[_Word] = []
            for w in rows:
                if (w.batch, w.sheet) == (batch, sheet):
                    equal = [c for c in standing if c.values == w.values and not _in(c, taken)]
                    if equal:
                        w.repeats = equal[0]
                    else:
                        standing.append(w)
                    taken.append(w.repeats or w)
            said += taken
        for c in standing:
            if not _in(c, said):
                c.superseded = batch
        standing = [c for c in standing if _in(c, said)]
    return standing


def _repeat(w: _Word, before: list[_Word], after: list[_Word]) -> bool:
    """Let a row repeat one that stood before and that no other row has taken."""
    free = [c for c in before if not any(x.repeats is c for x in after)]
    w.repeats = next((c for c in free if c.values == w.values), None)
    return w.repeats is not None


def _in(w: _Word, words: list[_Word]) -> bool:
    return any(x is w for x in words)


def _share(words: list[_Word]) -> None:
    """Give rows that repeat a claim its cells, so that a place found for one is found for all; each claim has its own."""
    seen: set[int] = set()
    for w in words:
        w.editions = []
    for w in words:
        if w.repeats is None:
            if id(w.cells) in seen:
                w.cells = _Cells(dict(w.cells.values), list(w.cells.former))
            seen.add(id(w.cells))
    for w in words:
        if w.repeats is not None:
            w.cells = w.repeats.cells
        (w.repeats or w).editions.append(w.edition)


def _changed(words: list[_Word], batch: int) -> bool:
    """Return whether a batch of which no row became a claim replaced one, or lists one in a newer edition or at another date."""
    for c in words:
        if c.repeats is None:
            said = [w for w in words if w is c or w.repeats is c]
            mine = [w for w in said if w.batch == batch]
            others = [w for w in said if w.batch != batch]
            newest = max((w.edition for w in others), default=0)
            if c.superseded == batch or not others or any(w.edition > newest for w in mine):
                return True
            # what stands at no date of its own now may have to, once something comes to stand between
            if {w.dated for w in mine} - {w.dated for w in others}:
                return True
    return False


# -- fingerprint (graph/store/digest.py does the same by columns) ------------------------------------------------

_WORD = 2**64


def _mixed(x: int) -> int:
    x = (x + 0x9E3779B97F4A7C15) % _WORD
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 % _WORD
    x = (x ^ x >> 27) * 0x94D049BB133111EB % _WORD
    return x ^ x >> 31


def _seed(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _text_hash(text: str) -> int:
    return sum((octet + 1) * _mixed(place) for place, octet in enumerate(text.encode())) % _WORD


def _value_hash(name: str, type_: str, value: Any) -> int:
    if value is None:
        return 0
    if type_ == "float":
        word = int.from_bytes(struct.pack("<d", value + 0.0), "little")
    elif type_ in ("int", "date", "bool"):
        word = int(value) % _WORD
    else:
        word = _text_hash(str(value))
    return _mixed(word ^ _seed(name))


def _plain(type_: str, value: Any) -> Any:
    """Return a cell as plain Python; every spelling of unknown as ``None``."""
    import pandas as pd

    if value is None or value is pd.NA or value != value or value == "":
        return None
    plain = {"int": int, "date": int, "float": float, "bool": bool}.get(type_, str)
    return plain(value)


def _frame(
    kind: str,
    versions: list[_Version],
    columns: Sequence[str] | None,
    extra: dict[str, Callable[[_Version], Any]],
) -> pd.DataFrame:
    import pandas as pd

    properties = load_schema().kinds[kind].properties
    data: dict[str, Any] = {"key": pd.Series([v.claim.key for v in versions], dtype="object")}
    for name in columns if columns is not None else properties:
        values = [v.claim.values.get(name) for v in versions]
        data[name] = pd.Series(values, dtype=DTYPES.get(properties[name].type, "object"))
    for name, value in extra.items():
        found = [value(v) for v in versions]
        data[name] = pd.Series(found, dtype="object" if name == "ledger" else "int64")
    data["claim"] = pd.Series([v.claim.id for v in versions], dtype="int64")
    return pd.DataFrame(data)


def _unresolved(claims: list[_Word], kind: str, prop: str) -> pd.DataFrame:
    import pandas as pd

    rule = load_schema().kinds[kind].properties[prop].edge
    target = rule.target if rule else None
    known = {c.key for c in claims if c.kind == target}
    rows = [
        (c.id, c.key, c.values[prop], c.values.get("street"), c.values.get("district"))
        for c in sorted(claims, key=lambda c: (c.key, c.dated, c.order))
        if c.kind == kind and c.values.get(prop) and c.values[prop] not in known
    ]
    out = pd.DataFrame(
        rows, columns=["claim", "key", "value", "street", "district"], dtype="object"
    )
    return out.astype({"claim": "int64"})


def _cycles(steps: dict[str, set[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components of two and more, and nodes that lead to themselves."""
    reach: dict[str, set[str]] = {}
    for a, first in steps.items():
        seen: set[str] = set()
        queue = list(first)
        while queue:
            b = queue.pop()
            if b not in seen:
                seen.add(b)
                queue += steps.get(b, ())
        reach[a] = seen
    parts = {
        tuple(sorted(b for b in reach[a] if a in reach.get(b, ()))) for a in steps if a in reach[a]
    }
    return tuple(sorted(parts))
