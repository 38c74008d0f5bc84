"""What is said of entities, read from the Neo4j store, folded anew and written back where it differs (base: *timelines*).

All changes of claims go this way: rows about entities that are known, corrections, undoing. Claims are records that are not
changed: one that stands otherwise now is ended, and a copy with its number made, by the server, from itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

from graph.model import OPEN
from graph.schema import load_schema
from graph.store.fold import Entry, Word, entries
from graph.store.neo4j_edges import ALL_RANKS, Edges, columns
from graph.store.neo4j_names import claim, has_entities, label, listing, point, quoted
from graph.store.neo4j_revision import seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graph.store.neo4j_server import Server, Statement

Listing = tuple[int, int, int, int, int, int]
"""A row that repeats a claim: (claim, batch, sheet, row, dated, edition)."""
NUMBERS = (
    "_batch",
    "_sheet",
    "_row",
    "_dated",
    "_edition",
    "_superseded",
    "valid_from",
    "valid_to",
    "_rank",
)


@dataclass(slots=True)
class Held:
    """A claim's record as the store has it, but for its values."""

    word: Word
    superseded: int | None
    valid_from: int
    valid_to: int
    rank: int
    founded: int | None = None
    former: list[str] = field(default_factory=list)

    def numbers(self) -> tuple[Any, ...]:
        """Return what of it may change while it says the same (:data:`NUMBERS`)."""
        w = self.word
        return (
            w.batch, w.sheet, w.row, w.dated, w.edition, self.superseded, self.valid_from, self.valid_to, self.rank,
        )  # fmt: skip

    def tied(self, kind: str) -> bool:
        """Return whether its values make edges."""
        return self.superseded is None and (self.rank == 0 or kind == ALL_RANKS)


@dataclass(slots=True)
class Entity:
    """All that rows say of one entity."""

    key: str
    claims: dict[int, Held] = field(default_factory=dict)
    again: list[Word] = field(default_factory=list)

    def words(self) -> list[Word]:
        """Return its rows in the order in which they were loaded."""
        out = [h.word for h in self.claims.values()] + self.again
        return sorted(out, key=lambda w: (w.batch, w.sheet, w.row, w.claim))


def read(server: Server, kind: str, keys: Sequence[str], revision: int) -> dict[str, Entity]:
    """Return what is said of some entities of a kind as a revision has it; those of which nothing is said are left out."""
    has = "founded" in load_schema().kinds[kind].properties
    founded = "c.founded" if has else "NULL"
    out: dict[str, Entity] = {}
    found = server.rows(
        f"WITH $revision AS v UNWIND $keys AS key MATCH (c:{claim(kind)} {{key: key}}) WHERE {seen('c')}"
        " RETURN c.key, c.`_claim`, c.`_batch`, c.`_sheet`, c.`_row`, c.`_ledger`, c.`_dated`, c.`_edition`, c.`_digest`,"
        f" c.`_superseded`, c.valid_from, c.valid_to, c.`_rank`, {founded}, c.`_former`",
        keys=list(keys),
        revision=revision,
    )
    of: dict[int, Entity] = {}
    for key, number, batch, sheet, row, ledger, dated, edition, digest, *rest in found:
        entity = out.setdefault(key, Entity(key))
        word = Word(number, batch, sheet, row, ledger, dated, edition, digest, own=True)
        gone, start, stop, rank, first_day, former = rest
        entity.claims[number] = Held(word, gone, start, stop, rank, first_day, former or [])
        of[number] = entity
    found = server.rows(
        f"WITH $revision AS v UNWIND $claims AS claim MATCH (l:{listing(kind)} {{`_claim`: claim}}) WHERE {seen('l')}"
        " RETURN claim, l.`_batch`, l.`_sheet`, l.`_row`, l.`_dated`, l.`_edition`",
        claims=list(of),
        revision=revision,
    )
    for number, batch, sheet, row, dated, edition in found:
        first = of[number].claims[number].word
        of[number].again.append(
            Word(number, batch, sheet, row, first.ledger, dated, edition, first.digest, own=False)
        )
    return out


def values(
    server: Server, kind: str, claims: Iterable[int], names: Sequence[str], revision: int
) -> dict[int, dict[str, Any]]:
    """Return some values of some claims as a revision has them."""
    ids = sorted(set(claims))
    if not ids:
        return {}
    chosen = "".join(f", c.{quoted(n)}" for n in names)
    rows = server.rows(
        f"WITH $revision AS v UNWIND $claims AS claim MATCH (c:{claim(kind)} {{`_claim`: claim}}) WHERE {seen('c')}"
        f" RETURN claim{chosen}",
        claims=ids,
        revision=revision,
    )
    return {number: dict(zip(names, found, strict=True)) for number, *found in rows}


@dataclass(slots=True)
class Incoming:
    """A row on its way in: what is told of it, and its values by column."""

    key: str
    word: Word
    founded: int | None
    values: dict[str, Any]


class Changes:
    """What one transaction changes about the entities of a kind."""

    def __init__(self, kind: str, revision: int) -> None:
        self.kind, self.revision = kind, revision
        self.edges = Edges()
        self.ended: list[int] = []
        self.altered: list[list[Any]] = []
        self.copied: list[list[Any]] = []
        self.created: dict[tuple[str, ...], list[Sequence[Any]]] = defaultdict(list)
        self.named: list[tuple[str, str]] = []
        self.listed: list[Listing] = []
        self.unlisted: list[Listing] = []
        self.rubbish = 0

    def create(
        self, key: str, numbers: Sequence[Any], names: tuple[str, ...], cells: Sequence[Any]
    ) -> None:
        """Add a claim: ``numbers`` are its number, ledger, digest and :data:`NUMBERS`."""
        self.created[names].append([key, *numbers, *cells])

    def join(self, others: Changes) -> None:
        """Take in the changes of other entities of the kind."""
        self.edges.join(others.edges)
        self.ended += others.ended
        self.altered += others.altered
        self.copied += others.copied
        for names, rows in others.created.items():
            self.created[names] += rows
        self.named += others.named
        self.listed += others.listed
        self.unlisted += others.unlisted
        self.rubbish += others.rubbish

    def size(self) -> int:
        """Return how many records are written, relationships left out."""
        some = (self.ended, self.altered, self.copied, self.listed, self.unlisted)
        return sum(len(x) for x in some) + sum(len(x) for x in self.created.values())

    def entities(self, there: dict[str, set[str]]) -> Iterator[Statement]:
        """Yield what makes sure of the entities concerned, to be run before anything else of the changes.

        ``there`` are entities, by kind, that have been made sure of already; those of these changes come to it.
        """
        if self.named and has_entities(self.kind):
            yield (
                (
                    f"UNWIND $rows AS row MERGE (n:{label(self.kind)} {{key: row[0]}})"
                    " ON CREATE SET n.name = row[1], n.`_since` = $revision"
                    " ON MATCH SET n.name = CASE n.name WHEN n.key THEN row[1] ELSE n.name END"
                ),
                {"rows": sorted(self.named), "revision": self.revision},
            )
        there.setdefault(self.kind, set()).update(key for key, _ in self.named)
        yield from self.edges.ends(self.revision, there)

    def statements(self) -> Iterator[Statement]:
        """Yield what writes the rest: copies before what they are made from ends."""
        at, v = claim(self.kind), {"revision": self.revision}
        copy = f" CREATE (n:{at}) SET n = properties(c) SET n += row[1], n.`_since` = v, n.`_until` = NULL"
        match = f"WITH $revision AS v UNWIND $rows AS row MATCH (c:{at} {{`_claim`: row[0]}}) WHERE {seen('c')}"
        if self.copied:
            yield match + copy, {"rows": self.copied, **v}
        if self.altered:
            yield f"{match} SET c.`_until` = v{copy}", {"rows": self.altered, **v}
        if self.ended:
            yield (
                (
                    f"WITH $revision AS v UNWIND $claims AS claim MATCH (c:{at} {{`_claim`: claim}}) WHERE {seen('c')}"
                    " SET c.`_until` = v"
                ),
                {"claims": sorted(self.ended), **v},
            )
        for names, rows in self.created.items():
            keys = ("key", "_claim", "_ledger", "_digest", *NUMBERS, *names)
            body = ", ".join(f"{quoted(k)}: row[{i}]" for i, k in enumerate(keys))
            if self.kind in load_schema().located and {"lon", "lat"} <= {*names}:
                # made by the server, of numbers that it gets anyway
                lon, lat = (f"row[{keys.index(n)}]" for n in ("lon", "lat"))
                body += f", `_at`: {point(lon, lat)}"
            yield (
                f"UNWIND $rows AS row CREATE (:{at} {{{body}, `_since`: $revision}})",
                {"rows": rows, **v},
            )
        if self.unlisted:
            yield (
                (
                    f"WITH $revision AS v UNWIND $rows AS row MATCH (l:{listing(self.kind)} {{`_claim`: row[0]}})"
                    f" WHERE l.`_batch` = row[1] AND l.`_sheet` = row[2] AND l.`_row` = row[3] AND {seen('l')} SET l.`_until` = v"
                ),
                {"rows": [list(x) for x in sorted(self.unlisted)], **v},
            )
        if self.listed:
            yield (
                (
                    f"UNWIND $rows AS row CREATE (:{listing(self.kind)} {{`_claim`: row[0], `_batch`: row[1], `_sheet`: row[2],"
                    " `_row`: row[3], `_dated`: row[4], `_edition`: row[5], `_since`: $revision})"
                ),
                {"rows": [list(x) for x in sorted(self.listed)], **v},
            )
        yield from self.edges.statements(self.revision)


@dataclass(slots=True)
class Sheet:
    """Rows of one sheet of a ledger, as columns: what is told of them, and their values."""

    kind: str
    ledger: str
    edition: int
    batch: int
    number: int
    keys: list[str]
    rows: list[int]
    dated: list[int]
    digests: list[int]
    cells: dict[str, list[Any]]
    first: int
    """The number of the first one's claim; those of the others follow."""

    def incoming(self, i: int) -> Incoming:
        """Return one row."""
        return Incoming(
            self.keys[i],
            Word(
                self.first + i, self.batch, self.number, self.rows[i], self.ledger, self.dated[i], self.edition,
                self.digests[i], own=True,
            ),
            self.cells["founded"][i] if "founded" in self.cells else None,
            {name: column[i] for name, column in self.cells.items()},
        )  # fmt: skip

    def made(self, some: Sequence[int], revision: int) -> Changes:
        """Return the changes that make claims of some rows, each the only one about an entity that nothing is known of.

        What folding comes to for these (:meth:`Folding.write`) is told a column at a time.
        """
        out = Changes(self.kind, revision)

        def taken(column: Sequence[Any]) -> list[Any]:
            return [column[i] for i in some]

        keys, dated = taken(self.keys), taken(self.dated)
        claims = [self.first + i for i in some]
        cells = {name: taken(column) for name, column in self.cells.items()}
        starts = dated
        if "founded" in cells:
            starts = [
                min(day, founded) if founded else day
                for day, founded in zip(dated, cells["founded"], strict=True)
            ]
        numbers: dict[str, Iterable[Any]] = {
            "_batch": repeat(self.batch),
            "_sheet": repeat(self.number),
            "_row": taken(self.rows),
            "_dated": dated,
            "_edition": repeat(self.edition),
            "_superseded": repeat(None),
            "valid_from": starts,
            "valid_to": repeat(OPEN),
            "_rank": repeat(0),
        }
        columns = (
            keys,
            claims,
            repeat(self.ledger),
            taken(self.digests),
            *(numbers[n] for n in NUMBERS),
        )
        out.created[tuple(cells)] += zip(*columns, *cells.values(), strict=False)
        if has_entities(self.kind):
            names = cells.get("name", keys)
            out.named += [(key, name or key) for key, name in zip(keys, names, strict=True)]
        out.edges.make_all(self.kind, keys, claims, cells, starts)
        return out


class Folding:
    """Folds entities anew and tells the changes: what they come to now against what the store has."""

    def __init__(self, server: Server, kind: str, revision: int) -> None:
        self.server, self.kind, self.revision = server, kind, revision
        self.changes = Changes(kind, revision)
        self.incoming: dict[int, Incoming] = {}
        self._retied: list[tuple[str, Held | None, Held | None]] = []
        self.next = 0

    def fold(self, entity: Entity, rows: Sequence[Incoming], numbers: Iterator[int]) -> int:
        """Take rows into what is said of an entity; return how many of them become claims."""
        self.incoming.update((r.word.claim, r) for r in rows)
        words = [*entity.words(), *(r.word for r in rows)]
        words.sort(key=lambda w: (w.batch, w.sheet, w.row, w.claim))
        return self.write(entity, words, numbers)

    def write(self, entity: Entity, words: list[Word], numbers: Iterator[int]) -> int:
        """Bring an entity in line with what its rows come to; return how many incoming rows become claims."""
        found = entries(words)
        standing = self._standing(entity, found, numbers)
        loaded = 0
        kept: set[int] = set()
        listed: set[Listing] = set()
        for e, now, source in standing:
            number = now.word.claim
            listed |= {(number, w.batch, w.sheet, w.row, w.dated, w.edition) for w in e.again}
            before = entity.claims.get(number)
            if before is not None:
                kept.add(number)
                if before.numbers() != now.numbers():
                    self._alter(entity.key, before, now)
            elif number in self.incoming:
                loaded += 1
                self._create(entity.key, now)
            else:
                self._copy(entity.key, source, now)
        for number, before in entity.claims.items():
            if number not in kept:
                self.changes.ended.append(number)
                self.changes.rubbish += 1
                if before.tied(self.kind):
                    self._retied.append((entity.key, before, None))
        had = {(w.claim, w.batch, w.sheet, w.row, w.dated, w.edition) for w in entity.again}
        self.changes.listed += listed - had
        self.changes.unlisted += had - listed
        self.changes.rubbish += len(had - listed)
        return loaded

    def _standing(
        self, entity: Entity, found: Sequence[Entry], numbers: Iterator[int]
    ) -> list[tuple[Entry, Held, int]]:
        """Return each claim-to-be with its interval and rank, and the claim whose values it has."""
        out: list[tuple[Entry, Held, int]] = []
        days: dict[int, list[tuple[Held, int | None]]] = defaultdict(list)
        for e in found:
            w = e.first
            source = w.claim
            if not w.own:
                w = replace(w, claim=next(numbers), own=True)
            held = Held(w, e.superseded, w.dated, w.dated, 0, former=self._former(entity, source))
            out.append((e, held, source))
            if e.superseded is None:
                days[w.dated].append((held, self._founded(entity, source)))
        dates = sorted(days)
        for n, date in enumerate(dates):
            start, stop = date, dates[n + 1] if n + 1 < len(dates) else OPEN
            if n == 0:
                start = min([date, *(f for _, f in days[date] if f)])
            some = sorted(
                (h for h, _ in days[date]),
                key=lambda h: (h.word.batch, h.word.sheet, h.word.row, h.word.claim),
            )
            for rank, h in enumerate(some):
                h.valid_from, h.valid_to, h.rank = start, stop, rank
        return out

    def _founded(self, entity: Entity, number: int) -> int | None:
        if number in self.incoming:
            return self.incoming[number].founded
        return entity.claims[number].founded

    def _former(self, entity: Entity, number: int) -> list[str]:
        return [] if number in self.incoming else entity.claims[number].former

    def _alter(self, key: str, before: Held, now: Held) -> None:
        self.changes.altered.append(
            [now.word.claim, dict(zip(NUMBERS, now.numbers(), strict=True))]
        )
        self.changes.rubbish += 1
        a = (before.valid_from, before.valid_to) if before.tied(self.kind) else None
        b = (now.valid_from, now.valid_to) if now.tied(self.kind) else None
        if a != b:
            self._retied.append((key, before if a else None, now if b else None))

    def _create(self, key: str, now: Held) -> None:
        row = self.incoming[now.word.claim]
        w = now.word
        self.changes.create(
            key, (w.claim, w.ledger, w.digest, *now.numbers()), tuple(row.values), list(row.values.values())
        )  # fmt: skip
        if has_entities(self.kind):
            self.changes.named.append((key, str(row.values.get("name") or key)))
        if now.tied(self.kind):
            self.changes.edges.make(
                self.kind, key, w.claim, row.values, now.valid_from, now.valid_to
            )

    def _copy(self, key: str, source: int, now: Held) -> None:
        numbers = dict(zip(NUMBERS, now.numbers(), strict=True)) | {"_claim": now.word.claim}
        if source in self.incoming:  # a row of the same import, which is no record yet
            row = self.incoming[source]
            self.incoming[now.word.claim] = replace(row, word=now.word)
            self._create(key, now)
            return
        self.changes.copied.append([source, numbers])
        if now.tied(self.kind):
            self._retied.append((key, replace_claim(now, source), now))

    def finish(self) -> Changes:
        """Return the changes, with those of edges: their values are asked for together."""
        names = columns(self.kind)
        if names:
            wanted = {h.word.claim for _, a, b in self._retied for h in (a, b) if h is not None}
            said = values(self.server, self.kind, wanted, names, self.revision)
            for key, before, now in self._retied:
                of = before or now
                if of is None:
                    continue
                cells = said[of.word.claim]
                copied = (
                    now is not None and before is not None and before.word.claim != now.word.claim
                )
                if before is not None and not copied:
                    n = self.changes.edges.end(self.kind, key, before.word.claim, cells)
                    self.changes.rubbish += n
                if now is not None:
                    self.changes.edges.make(
                        self.kind, key, now.word.claim, cells, now.valid_from, now.valid_to
                    )
        self._retied.clear()
        return self.changes


def replace_claim(held: Held, number: int) -> Held:
    """Return a claim's record under another number."""
    return replace(held, word=replace(held.word, claim=number))
