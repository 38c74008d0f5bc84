"""Writing the Neo4j store: an import in many transactions under a revision that nobody sees before it is whole."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import count, groupby
from typing import TYPE_CHECKING, Any

from graph.model import OPEN, RETURNED
from graph.schema import load_schema
from graph.store.neo4j_columns import unresolved
from graph.store.neo4j_edges import columns, move, settle
from graph.store.neo4j_entities import (
    Changes,
    Entity,
    Folding,
    Incoming,
    Sheet,
    read,
    values,
)
from graph.store.neo4j_lanes import Lanes, write
from graph.store.neo4j_names import (
    BATCH,
    SHEET,
    claim,
    has_entities,
    implied_end,
    label,
    listing,
    open_ends,
    quoted,
)
from graph.store.neo4j_revision import seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from graph.model import Claims
    from graph.store.fold import Word
    from graph.store.neo4j_revision import Writer
    from graph.store.neo4j_server import Server

ROWS = 2_500
"""Rows written in one transaction with all that follows from them; three are under way at a time."""
KNOWN = 100_000
"""Entities of a kind that are remembered as being there: places and units, which many rows name, are fewer in most cities."""


class Neo4jImporter:
    """See :class:`graph.store.base.Importer`."""

    def __init__(self, server: Server, writer: Writer, batch: int, corrects: int | None) -> None:
        self.server, self.writer, self.batch, self.corrects = server, writer, batch, corrects
        self.loaded = self.unchanged = self.quarantined = self.resolved = self.rubbish = 0
        self.lanes = Lanes(server, writer)
        self._sheets: dict[tuple[str, str], int] = {}
        self._fresh: dict[str, bool] = {}
        self._seen: dict[str, set[int]] = defaultdict(set)
        self._tangled: dict[str, set[str]] = defaultdict(set)
        self._numbers = count(writer.claims + 1)
        self._few: dict[str, Changes] = {}
        self._there: dict[str, set[str]] = {}
        self._read: list[list[Any]] = []

    # -- rows in -------------------------------------------------------------------------------------------------

    def add(self, claims: Claims) -> tuple[int, int]:
        """See :meth:`graph.store.base.Importer.add`."""
        from graph.store import digest

        n = len(claims.frame)
        if not n:
            return 0, 0
        kind = load_schema().kinds[claims.kind]
        number = self._sheet(claims.file, claims.sheet)
        keys = [str(k) for k in claims.frame["key"].tolist()]
        dated: list[int] = claims.frame["dated"].astype("int64").tolist()
        rows: list[int] = claims.frame["row"].astype("int64").tolist()
        cells, words = digest.columns(claims.frame, kind.properties)
        if kind.role == "node":
            cells["_spelled"] = spelled(keys, cells)
        digests = digest.signed(words)
        loaded = 0
        known = self._known(kind.name, digest.of_texts(keys).tolist())
        for name, p in kind.properties.items():
            if p.type == "bool" and name in cells:
                cells[name] = [None if v is None else bool(v) for v in cells[name]]
        first = next(self._numbers)
        self._numbers = count(first + n)
        if known is None or known:
            self.sync()  # what is read has to be there; parts of these rows are about other entities each
        sheet = Sheet(
            kind.name, claims.ledger, claims.edition, self.batch, number, keys, rows, dated, digests, cells, first
        )  # fmt: skip
        order = sorted(range(n), key=keys.__getitem__)
        for start, stop in _cuts(keys, order):
            loaded += self._chunk(sheet, order[start:stop], known)
        if claims.kind != RETURNED:
            self.loaded += loaded
            self.unchanged += n - loaded
        return loaded, n - loaded

    def _chunk(self, sheet: Sheet, some: Sequence[int], known: set[int] | None) -> int:
        """Write some rows, all that there are of their entities; return how many become claims.

        ``known`` are those whose entities may be known; ``None`` for all.
        """
        kind, revision = sheet.kind, self.writer.revision
        entities: dict[str, Entity] = {}
        keys = {sheet.keys[i] for i in some if known is None or i in known}
        if keys:
            entities = read(self.server, kind, sorted(keys), revision)
        alone: list[int] = []
        folding = Folding(self.server, kind, revision)
        loaded = 0
        newest = self.writer.latest or 0
        for key, rows in groupby(some, key=sheet.keys.__getitem__):
            same = list(rows)
            if len(same) == 1 and key not in entities:
                alone += same
                continue
            entity = entities.get(key) or Entity(key)
            incoming = [sheet.incoming(i) for i in same]
            if self.corrects is not None:
                _redate(entity, incoming, self.corrects)
            loaded += folding.fold(entity, incoming, self._numbers)
            newest = max(newest, *(r.word.dated for r in incoming))
        self._put(folding.finish())
        if alone:
            self._put(sheet.made(alone, revision))
            newest = max(newest, *(sheet.dated[i] for i in alone))
        self.writer.latest = newest
        return loaded + len(alone)

    def _put(self, changes: Changes) -> None:
        """Write changes, together with others where they are few: ledgers of a few rows are many."""
        self.rubbish += changes.rubbish
        self._few.setdefault(changes.kind, Changes(changes.kind, self.writer.revision)).join(
            changes
        )
        if sum(c.size() for c in self._few.values()) >= ROWS:
            self._send()

    def _send(self) -> None:
        entities = [s for c in self._few.values() for s in c.entities(self._there)]
        statements = [s for c in self._few.values() for s in c.statements()]
        for kind, keys in self._there.items():
            if len(keys) > KNOWN:
                self._there[kind] = set()
        if self._read:
            told = "id: r[0], batch: r[1], file: r[2], sheet: r[3], `_since`: $revision"
            text = f"UNWIND $rows AS r CREATE (:{quoted(SHEET)} {{{told}}})"
            statements.append((text, {"rows": self._read, "revision": self.writer.revision}))
        self._few, self._read = {}, []
        if entities or statements:
            self.lanes.spread(entities, statements)

    def sync(self) -> None:
        """Wait until all that was said is written."""
        self._send()
        self.lanes.flush()

    def _known(self, kind: str, hashes: list[int]) -> set[int] | None:
        """Return which rows (by place) may be about entities that are known: ``None`` for all, where the store had some before."""
        if kind not in self._fresh:
            rows = self.server.rows(f"MATCH (c:{claim(kind)}) RETURN count(c)")
            self._fresh[kind] = not rows[0][0]
        if not self._fresh[kind]:
            return None
        had = self._seen[kind]
        found = set() if had.isdisjoint(hashes) else {i for i, h in enumerate(hashes) if h in had}
        had.update(hashes)
        return found

    def _peek(self) -> int:
        number = next(self._numbers)
        self._numbers = count(number)
        return number

    def _sheet(self, file: str, sheet: str) -> int:
        if (file, sheet) not in self._sheets:
            self.writer.sheets += 1
            number = self._sheets[file, sheet] = self.writer.sheets
            self._read.append([number, self.batch, file, sheet])
        return self._sheets[file, sheet]

    # -- places found later --------------------------------------------------------------------------------------

    def resolve(self, kind: str, prop: str, resolved: pd.DataFrame) -> int:
        """See :meth:`graph.store.base.Importer.resolve`."""
        self.sync()
        new = dict(
            zip(map(int, resolved["claim"].tolist()), resolved["value"].tolist(), strict=True)
        )
        n = 0
        for some in _parcels(sorted(new)):
            rows = rewritable(self.server, kind, prop, some, self.writer.revision)
            rows = [r for r in rows if r.value != new[r.claim]]
            for r in rows:
                r.former = [*r.former, json.dumps([self.batch, prop, r.value], ensure_ascii=False)]
                r.value, r.before = str(new[r.claim]), r.value
            self._put(rewrite(self.server, kind, prop, rows, self.writer.revision))
            self._tangled[kind] |= {r.key for r in rows}
            n += len(rows)
        self.resolved += n
        return n

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Importer.unresolved`."""
        self.sync()
        return unresolved(self.server, kind, prop, self.writer.revision)

    def note(self, *, quarantined: int) -> None:
        """See :meth:`graph.store.base.Importer.note`."""
        self.quarantined += quarantined

    # -- the end -------------------------------------------------------------------------------------------------

    def finish(self) -> bool:
        """Write what follows from the rows; return whether this import leaves a trace."""
        self.sync()
        for kind, keys in self._tangled.items():
            for some in _parcels(sorted(keys)):
                folding = Folding(self.server, kind, self.writer.revision)
                for entity in read(self.server, kind, some, self.writer.revision).values():
                    folding.write(entity, entity.words(), self._numbers)
                self._put(folding.finish())
        self.sync()
        if not self.loaded and not self.resolved and not self._changed():
            return False
        lead(self.server, self.lanes)
        self.writer.claims = self._peek()
        return True

    def _changed(self) -> bool:
        """Return whether an import that loaded nothing replaced a claim, or lists one in a newer edition or at another date."""
        for kind in self._fresh:
            at, again = claim(kind), listing(kind)
            rows = self.server.rows(
                f"WITH $revision AS v MATCH (c:{at}) WHERE c.`_since` = v AND {seen('c')}"
                " AND (c.`_batch` = $batch OR c.`_superseded` = $batch) RETURN 1 LIMIT 1",
                revision=self.writer.revision,
                batch=self.batch,
            )
            rows = rows or self.server.rows(
                f"WITH $revision AS v MATCH (l:{again}) WHERE l.`_batch` = $batch AND {seen('l')}"
                f" MATCH (c:{at} {{`_claim`: l.`_claim`}}) WHERE {seen('c')}"
                f" OPTIONAL MATCH (o:{again} {{`_claim`: l.`_claim`}}) WHERE o.`_batch` <> $batch AND {seen('o')}"
                " WITH l, c, max(o.`_edition`) AS newest, collect(o.`_dated`) AS days"
                " WHERE (l.`_edition` > c.`_edition` AND l.`_edition` > coalesce(newest, 0))"
                # what stands at no date of its own now may have to, once something comes to stand between
                " OR (l.`_dated` <> c.`_dated` AND NOT l.`_dated` IN days) RETURN 1 LIMIT 1",
                revision=self.writer.revision,
                batch=self.batch,
            )
            if rows:
                return True
        return False


def _redate(entity: Entity, rows: Sequence[Incoming], corrects: int) -> None:
    """Give rows the date of what a batch said in the same ledger, if it said anything (base: *corrections*)."""
    days: dict[Any, int] = {}
    for w in entity.words():
        if w.batch == corrects:
            days[w.ledger] = max(days.get(w.ledger, 0), w.dated)
    for r in rows:
        r.word.dated = days.get(r.word.ledger, r.word.dated)


def _cuts(keys: Sequence[str], order: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield parts of at most :data:`ROWS` rows, none of which ends between rows of one entity."""
    start, n = 0, len(order)
    while start < n:
        stop = min(start + ROWS, n)
        while stop < n and keys[order[stop]] == keys[order[stop - 1]]:
            stop += 1
        yield start, stop
        start = stop


def _parcels(items: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), ROWS):
        yield list(items[start : start + ROWS])


def spelled(keys: Sequence[str], cells: dict[str, list[Any]]) -> list[str]:
    """Return what each row is found by, a line each: name, pinyin, initials, key, and a code that is another; in lower case."""
    from graph.store.search import folded

    blank = [None] * len(keys)
    names = folded([n or "" for n in cells.get("name", blank)])
    codes = cells.get("code", blank)
    out = []
    for name, key, code in zip(names, keys, codes, strict=True):
        # one of them where both are the same: the index over parts is what an import waits for longest
        own = dict.fromkeys((key.lower(), (code or key).lower()))
        out.append("\n".join((*name, *own)))
    return out


# -- shared by imports and undo ----------------------------------------------------------------------------------


class Rewritable:
    """A claim one of whose texts is to be another: its number, entity, value, digest, and what it said before."""

    __slots__ = (
        "before",
        "claim",
        "digest",
        "former",
        "key",
        "rank",
        "start",
        "stop",
        "superseded",
        "value",
    )

    def __init__(self, row: Sequence[Any]) -> None:
        self.claim, self.key, self.value, self.digest, former, *span = row
        self.former: list[str] = former or []
        self.start, self.stop, self.rank, self.superseded = span
        self.before: Any = self.value


def rewritable(
    server: Server, kind: str, prop: str, claims: Sequence[int], revision: int
) -> list[Rewritable]:
    """Return some claims that may be given another text."""
    rows = server.rows(
        f"WITH $revision AS v UNWIND $claims AS claim MATCH (c:{claim(kind)} {{`_claim`: claim}}) WHERE {seen('c')}"
        f" RETURN claim, c.key, c.{quoted(prop)}, c.`_digest`, c.`_former`, c.valid_from, c.valid_to, c.`_rank`, c.`_superseded`",
        claims=list(claims),
        revision=revision,
    )
    return [Rewritable(r) for r in rows]


def rewrite(
    server: Server, kind: str, prop: str, rows: Sequence[Rewritable], revision: int
) -> Changes:
    """Return the changes that give claims another text, with what follows for digests and edges."""
    import numpy as np

    from graph.store import digest

    out = Changes(kind, revision)
    if not rows:
        return out
    words = np.array([r.digest for r in rows], dtype=np.int64).view(np.uint64)
    for texts, sign in (([r.before for r in rows], -1), ([r.value for r in rows], 1)):
        part = digest.of_values(prop, "text", texts, np.array([t is not None for t in texts]))
        words = words + part if sign > 0 else words - part
    names = columns(kind)
    said = values(server, kind, [r.claim for r in rows], names, revision) if names else {}
    for r, word in zip(rows, digest.signed(words), strict=True):
        out.altered.append([r.claim, {prop: r.value, "_digest": word, "_former": r.former or None}])
        out.rubbish += 1
        if names and r.superseded is None and (r.rank == 0 or kind == "member"):
            before = said[r.claim]
            out.edges.end(kind, r.key, r.claim, before)
            out.edges.make(kind, r.key, r.claim, {**before, prop: r.value}, r.start, r.stop)
    return out


def lead(server: Server, lanes: Lanes) -> None:
    """Lead relationships whose target may be of several kinds to those that rows define now."""
    lanes.flush()
    revision = lanes.writer.revision
    for edge in load_schema().edges:
        kinds = (*open_ends(edge), implied_end(edge))
        wrong: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind, text in settle(edge):
            for key, right in server.rows(text, revision=revision):
                wrong[kind, kinds[right]].append(key)
        for (old, new), keys in sorted(wrong.items()):
            for some in _parcels(keys):
                lanes.put([(move(edge, old, new), {"keys": some, "revision": revision})])
    lanes.flush()


def undo(server: Server, writer: Writer, batch: int) -> int:
    """Take back what a batch did; return how many records ended."""
    lanes = Lanes(server, writer)
    numbers = count(writer.claims + 1)
    rubbish = 0
    try:
        for kind, keys in _concerned(server, batch, writer.revision).items():
            rubbish += _put_back(server, lanes, kind, keys, batch)
            for some in _parcels(keys):
                folding = Folding(server, kind, writer.revision)
                for entity in read(server, kind, some, writer.revision).values():
                    folding.write(entity, _without(entity, batch), numbers)
                changes = folding.finish()
                rubbish += changes.rubbish
                lanes.put([*changes.entities({}), *changes.statements()])
            lanes.flush()
        lead(server, lanes)
    finally:
        lanes.close()
    writer.claims = next(numbers)
    writer.latest = latest(server, writer.revision)
    return rubbish


def _put_back(server: Server, lanes: Lanes, kind: str, keys: Sequence[str], batch: int) -> int:
    """Put back the texts that a batch replaced by the places it found."""
    revision = lanes.writer.revision
    todo: dict[str, dict[int, Any]] = defaultdict(dict)
    for some in _parcels(keys):
        rows = server.rows(
            f"WITH $revision AS v UNWIND $keys AS key MATCH (c:{claim(kind)} {{key: key}}) WHERE c.`_former` IS NOT NULL"
            f" AND {seen('c')} RETURN c.`_claim`, c.`_former`",
            keys=some,
            revision=revision,
        )
        for number, former in rows:
            for b, prop, text in (json.loads(f) for f in reversed(former)):
                if b == batch:
                    todo[prop][number] = text
    rubbish = 0
    for prop, texts in todo.items():
        for part in _parcels(sorted(texts)):
            found = rewritable(server, kind, prop, part, revision)
            for r in found:
                kept = [f for f in r.former if json.loads(f)[:2] != [batch, prop]]
                r.former, r.value = kept, texts[r.claim]
            changes = rewrite(server, kind, prop, found, revision)
            rubbish += changes.rubbish
            lanes.put([*changes.entities({}), *changes.statements()])
        lanes.flush()
    return rubbish


def _concerned(server: Server, batch: int, revision: int) -> dict[str, list[str]]:
    """Return the entities of which a batch said anything, or some of whose texts it replaced, by kind and key."""
    parts = " UNION ".join(
        f"MATCH (c:{claim(kind)}) WHERE {seen('c')} AND (c.`_batch` = $batch OR c.`_superseded` = $batch"
        f" OR any(f IN c.`_former` WHERE f STARTS WITH $mark)) RETURN '{kind}' AS kind, c.key AS key UNION"
        f" MATCH (l:{listing(kind)}) WHERE l.`_batch` = $batch AND {seen('l')}"
        f" MATCH (c:{claim(kind)} {{`_claim`: l.`_claim`}}) WHERE {seen('c')} RETURN '{kind}' AS kind, c.key AS key"
        for kind in load_schema().kinds
    )
    rows = server.rows(
        f"WITH $revision AS v CALL (v) {{ {parts} }} RETURN kind, key",
        batch=batch,
        revision=revision,
        mark=json.dumps([batch])[:-1] + ",",
    )
    out: dict[str, list[str]] = defaultdict(list)
    for kind, key in sorted(rows):
        out[kind].append(key)
    return out


def _without(entity: Entity, batch: int) -> list[Word]:
    """Return an entity's rows without a batch's: a row of another that repeats a claim of it becomes the claim."""
    out = [w for w in entity.words() if w.batch != batch]
    for number, held in entity.claims.items():
        if held.word.batch == batch:
            heir = next((w for w in out if w.claim == number), None)
            if heir is not None:
                heir.own = True
    return out


def latest(server: Server, revision: int) -> int | None:
    """Return the latest date of any row in force."""
    parts = " UNION ALL ".join(
        f"MATCH (c:{claim(kind)}) WHERE {seen('c')} AND c.`_superseded` IS NULL RETURN max(c.`_dated`) AS day UNION ALL"
        f" MATCH (l:{listing(kind)}) WHERE {seen('l')} AND EXISTS {{ MATCH (c:{claim(kind)} {{`_claim`: l.`_claim`}})"
        f" WHERE {seen('c')} AND c.`_superseded` IS NULL }} RETURN max(l.`_dated`) AS day"
        for kind in load_schema().kinds
    )
    rows = server.rows(
        f"WITH $revision AS v CALL (v) {{ {parts} }} RETURN max(day)", revision=revision
    )
    found: int | None = rows[0][0]
    return found


def rename(server: Server, revision: int) -> None:
    """Give entities the names that a revision's rows say: for people who look at the database, no question reads them."""
    for kind, declared in load_schema().kinds.items():
        if has_entities(kind) and "name" in declared.properties:
            server.parcelled(
                f"WITH $revision AS v MATCH (c:{claim(kind)}) WHERE c.`_since` = v AND {seen('c')} AND c.`_rank` = 0"
                f" AND c.`_superseded` IS NULL AND c.valid_to = {OPEN} MATCH (n:{label(kind)} {{key: c.key}})"
                " WHERE n.name <> c.name CALL (n, c) { SET n.name = c.name } IN TRANSACTIONS OF 10000 ROWS",
                revision=revision,
            )


def record(importer: Neo4jImporter, at: str, dated: int, files: Sequence[str]) -> None:
    """Write a batch's own record."""
    importer.lanes.put(
        [
            (
                (f"CREATE (:{quoted(BATCH)} {{id: $id, at: $at, dated: $dated, files: $files, loaded: $loaded,"
                " unchanged: $unchanged, quarantined: $quarantined, corrects: $corrects, undone: false,"
                " `_since`: $revision})"),
                {
                    "id": importer.batch, "at": at, "dated": dated, "files": list(files), "loaded": importer.loaded,
                    "unchanged": importer.unchanged, "quarantined": importer.quarantined, "corrects": importer.corrects,
                    "revision": importer.writer.revision,
                },
            )
        ]
    )  # fmt: skip
    importer.lanes.flush()


def mark_undone(server: Server, writer: Writer, batch: int) -> None:
    """Write that a batch was taken back."""
    write(
        server,
        writer,
        [
            (
                (
                    f"WITH $revision AS v MATCH (b:{quoted(BATCH)} {{id: $batch}}) WHERE {seen('b')} SET b.`_until` = v"
                    f" CREATE (n:{quoted(BATCH)}) SET n = properties(b), n.undone = true, n.`_since` = v, n.`_until` = NULL"
                ),
                {"batch": batch, "revision": writer.revision},
            ),
            (
                f"MATCH (s:{quoted(SHEET)}) WHERE s.batch = $batch SET s.`_until` = $revision",
                {"batch": batch, "revision": writer.revision},
            ),
        ],
    )
