"""Finding in the embedded store: by code, by name, part of a name, pinyin and initials (base: *find*).

An inverted index tells of each of a text's words (:mod:`graph.store.sqlite_words`) which names have it, and what has all of them is
looked at before it is an answer (Zobel & Moffat, *Inverted files for text search engines*, ACM Computing Surveys 38(2), 2006).

What few names hold is sorted. What very many hold is read in the order of the answer, and no further than it goes: the names that
one import brings are numbered in order of their keys, such a *run* gives what the index finds in order too, and the runs of a kind
are merged as they are read. When there are many runs of a kind, the smaller ones are written as one.
"""

from __future__ import annotations

import heapq
import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store.sqlite_words import BEGIN, BITS, END, GONE, SEGMENT, coded, held, indexed, plain
from graph.store.sqlite_words import spelled as spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyroaring import BitMap

    from graph.store.sqlite_words import Row, Words

Name = tuple[int, str, str, int]
"""How well a name fits (0: best), kind and key of what has it, and the claim that says so."""
Run = tuple[int, int]
"""The first and the last number of a run's names."""

FEW = 500
"""So many names are sorted."""
TOGETHER = 3
"""Words of a text that are asked for at a time, the rarest first."""
LOOKED_AT = 64
"""So many names are looked at without asking for more words, and so many of a segment at first; then eight times as many."""
RUNS = 12
"""Runs of a kind at most."""

_FITS = (
    "(lower(n.key) = :text OR n.code = :text)",
    "n.name = :text",
    "substr(n.name, 1, length(:text)) = :text",
    "instr(n.name, :text) > 0",
    "(instr(n.pinyin, :text) > 0 OR instr(n.initials, :text) > 0)",
)
_PLACE = f"CASE {' '.join(f'WHEN {test} THEN {i}' for i, test in enumerate(_FITS))} END"
_NAME = f"SELECT {_PLACE} AS place, n.kind, n.key, n.claim FROM"
_SOME = f"{_NAME} json_each(:ids) i CROSS JOIN name n ON n.id = i.value WHERE"
_ALL = f"{_SOME} place IS NOT NULL ORDER BY 1, 2, 3"
_PLACED = f"{_SOME} place = :place ORDER BY n.id"
_READ = f"{_NAME} name n WHERE n.id BETWEEN :first AND :last AND place = :place ORDER BY n.id"


# -- what stands in the index ------------------------------------------------------------------------------------


def add(db: Any, kind: str, claims: str) -> None:
    """Write the names of a kind's claims, as a run; ``claims`` is a query for them with all columns."""
    from graph.store.search import folded

    code = "p_code" if "code" in load_schema().kinds[kind].properties else "key"
    rows = db.execute(
        f"SELECT id, key, lower(coalesce({code}, key)), coalesce(p_name, '') FROM ({claims}) ORDER BY key"
    )

    def parts() -> Iterator[list[Row]]:
        while some := list(islice(rows, SEGMENT)):
            names = folded([r[3] for r in some])
            yield [(*r[:3], *n) for r, n in zip(some, names, strict=True)]

    _write(db, kind, parts())
    _merge(db, kind)


def remove(db: Any, kind: str, claims: str, *more: Any) -> None:
    """Take out the names of some claims of a kind (a query for their ids; ``?2`` … are ``more``).

    Each segment notes which of its names are gone: what a district reports anew lies side by side there, and who looks for a
    frequent word would come upon all of it before the first that there is.
    """
    import numpy as np
    from pyroaring import BitMap

    rows = db.execute(
        f"DELETE FROM name WHERE kind = ?1 AND claim IN ({claims}) RETURNING id", (kind, *more)
    )
    ids = np.fromiter((i for (i,) in rows), dtype=np.int64)
    ids.sort()
    for some in np.split(ids, np.flatnonzero(np.diff(ids // SEGMENT)) + 1) if len(ids) else ():
        at = _at(int(some[0]) // SEGMENT) | GONE
        gone = BitMap((some % SEGMENT).tolist())
        for (before,) in db.execute("SELECT hits FROM word WHERE id = ?", (at,)).fetchall():
            gone |= BitMap.deserialize(before)
        gone.run_optimize()
        db.execute("INSERT OR REPLACE INTO word(id, hits) VALUES(?, ?)", (at, gone.serialize()))


def _merge(db: Any, kind: str) -> None:
    """Where a kind has many runs, write the smaller half of them as one."""
    runs = _runs(db, kind)
    if len(runs) <= RUNS:
        return
    count = "SELECT count(*) FROM name WHERE id BETWEEN ? AND ?"
    runs.sort(key=lambda run: db.execute(count, run).fetchone()[0])
    db.execute("CREATE TEMP TABLE moved AS SELECT * FROM name WHERE 0")
    for first, last in runs[: len(runs) // 2 + 1]:
        db.execute("INSERT INTO moved SELECT * FROM name WHERE id BETWEEN ? AND ?", (first, last))
        db.execute("DELETE FROM name WHERE id BETWEEN ? AND ?", (first, last))
        db.execute("DELETE FROM run WHERE first = ? AND last = ?", (first, last))
        db.execute(
            "DELETE FROM word WHERE id >= ? AND id < ?",
            (_at(first // SEGMENT), _at(last // SEGMENT + 1)),
        )
    rows = db.execute("SELECT claim, key, code, name, pinyin, initials FROM moved ORDER BY key")
    _write(db, kind, iter(lambda: list(islice(rows, SEGMENT)), []))
    db.execute("DROP TABLE moved")


def _write(db: Any, kind: str, parts: Iterator[list[Row]]) -> None:
    """Write names, in order of their keys, as a run, and put them into the index."""
    write = f"INSERT INTO name(id, kind, claim, key, code, name, pinyin, initials) VALUES(?, '{kind}', ?, ?, ?, ?, ?, ?)"
    segment = _segments(db)
    first = segment * SEGMENT
    last = first - 1
    for some in parts:
        ids = range(segment * SEGMENT, segment * SEGMENT + len(some))
        last = ids[-1]
        db.executemany(write, ((i, *r) for i, r in zip(ids, some, strict=True)))
        rows = ((_at(segment) | word, hits) for word, hits in indexed(some))
        db.executemany("INSERT INTO word(id, hits) VALUES(?, ?)", rows)
        segment += 1
    if last >= first:
        db.execute("INSERT INTO run(kind, first, last) VALUES(?, ?, ?)", (kind, first, last))


def _segments(db: Any) -> int:
    """Return the first segment that no name and no run has."""
    last: int = db.execute(
        "SELECT max(coalesce((SELECT max(id) FROM name), -1), coalesce((SELECT max(last) FROM run), -1))"
    ).fetchone()[0]
    return last // SEGMENT + 1


def _at(segment: int) -> int:
    """Return where the words of a segment begin: the table has one number a row, so that what leads to a row is small."""
    return segment << BITS


def _runs(db: Any, kind: str) -> list[Run]:
    runs: list[Run] = db.execute("SELECT first, last FROM run WHERE kind = ?", (kind,)).fetchall()
    return runs


# -- what is asked -----------------------------------------------------------------------------------------------


def find(db: Any, text: str) -> Iterator[Name]:
    """Yield the names that have a text, best first, of whatever date (base: :meth:`~graph.store.base.Store.find`)."""
    wanted = text.strip().lower()
    if wanted:
        yield from _Asked(db, wanted).names()


class _Asked:
    """A text that is looked for."""

    def __init__(self, db: Any, text: str) -> None:
        self.db, self.text = db, text
        self.plain = plain(text.encode(errors="replace").decode())
        self.kinds = sorted(k for k, of in load_schema().kinds.items() if of.role == "node")
        self.runs: dict[str, list[Run]] = {kind: [] for kind in self.kinds}
        for kind, first, last in db.execute("SELECT kind, first, last FROM run"):
            self.runs[kind].append((first, last))
        # where most names are, it is soonest told that there are many
        runs = sorted((r for some in self.runs.values() for r in some), key=lambda r: r[0] - r[1])
        self.segments = [segment for run in runs for segment in _of(run)]
        self._known: dict[Words, dict[int, BitMap]] = {}
        self._gone = self._taken_out()

    def names(self) -> Iterator[Name]:
        """Yield all that have it, best first."""
        code, holds, spelled = (coded(self.text),), held(self.plain), spelling(self.plain)
        if spelled is not None:
            few = self._few([m for m in (code, holds, spelled) if m])
            if few is not None:
                yield from self._ask(_ALL, ids=json.dumps(few))
                return
        whole, begins = held(BEGIN + self.plain + END), held(BEGIN + self.plain)
        matches = code, whole, begins, holds, spelled
        for place, match in enumerate(matches):
            for kind in self.kinds if match != () else ():
                those = (self._placed(run, place, match) for run in self.runs[kind])
                yield from heapq.merge(*those, key=lambda name: name[2])

    def _few(self, matches: Sequence[Words | range]) -> list[int] | None:
        """Return the names that have any of these, or nothing where there are many."""
        found: set[int] = set()
        for match in matches:
            for segment in self.segments if isinstance(match, range) else self._having(match):
                hits = self._hits(match, segment)
                if len(found) + len(hits) > 2 * FEW:
                    return None
                found.update(segment * SEGMENT + i for i in hits)
        return sorted(found) if len(found) <= FEW else None

    def _placed(self, run: Run, place: int, match: Words | range | None) -> Iterator[Name]:
        """Yield the names of a run that fit so well, by key."""
        if match is None:
            yield from self._ask(_READ, first=run[0], last=run[1], place=place)
            return
        for segment in _of(run):
            hits = iter(self._hits(match, segment))
            some = LOOKED_AT
            while ids := [segment * SEGMENT + i for i in islice(hits, some)]:
                yield from self._ask(_PLACED, ids=json.dumps(ids), place=place).fetchall()
                some = min(8 * some, SEGMENT)

    def _taken_out(self) -> dict[int, BitMap]:
        """Return the names that are no more, by segment."""
        from pyroaring import BitMap

        sql = f"SELECT s.value, w.hits FROM json_each(?) s JOIN word w ON w.id = s.value << {BITS} | {GONE}"
        rows = self.db.execute(sql, (json.dumps(self.segments),))
        return {segment: BitMap.deserialize(hits) for segment, hits in rows}

    def _hits(self, match: Words | range, segment: int) -> BitMap:
        """Return the names of a segment that have all of some words, or any of a range of them."""
        from pyroaring import BitMap

        if isinstance(match, range):
            sql = "SELECT hits FROM word WHERE id >= ? AND id < ?"
            rows = self.db.execute(sql, (_at(segment) | match.start, _at(segment) | match.stop))
            found = BitMap.union(BitMap(), *(BitMap.deserialize(hits) for (hits,) in rows))
            return found - self._gone[segment] if segment in self._gone else found
        return self._having(match).get(segment) or BitMap()

    def _having(self, words: Words) -> dict[int, BitMap]:
        """Return the names that have all of some words, by segment; a few of them may lack one, which looking at them tells."""
        known = self._known.get(words)
        if known is None:
            rarest = words if len(words) <= TOGETHER else self._rarest(words)
            known, some = self._joined(rarest[:TOGETHER], self.segments), rarest[TOGETHER:]
            # the words of few leave few: the others are asked for where that is not so
            while some and sum(map(len, known.values())) > LOOKED_AT:
                fewer = self._joined(some[:TOGETHER], known)
                both = ((segment, known[segment] & hits) for segment, hits in fewer.items())
                known = {segment: hits for segment, hits in both if hits}
                some = some[TOGETHER:]
            self._known[words] = known
        return known

    def _joined(self, words: Words, segments: Iterable[int]) -> dict[int, BitMap]:
        """Return the names that have all of some words, in one question: each waits for its turn among the service's others."""
        from pyroaring import BitMap

        each = range(len(words))
        joined = " ".join(f"CROSS JOIN word w{i} ON w{i}.id = s.value << {BITS} | ?" for i in each)
        sql = (
            f"SELECT s.value, {', '.join(f'w{i}.hits' for i in each)} FROM json_each(?) s {joined}"
        )
        rows = self.db.execute(sql, (json.dumps(list(segments)), *words))
        found = ((segment, [BitMap.deserialize(h) for h in hits]) for segment, *hits in rows)
        both = ((segment, BitMap.intersection(*hits)) for segment, hits in found)
        gone, none = self._gone, BitMap()
        there = ((segment, hits - gone.get(segment, none)) for segment, hits in both)
        return {segment: hits for segment, hits in there if hits}

    def _rarest(self, words: Words) -> Words:
        """Return some words, that of the fewest names first."""
        sql = (
            "SELECT i.value, sum(length(w.hits)) FROM json_each(?) i CROSS JOIN json_each(?) s"
            f" JOIN word w ON w.id = s.value << {BITS} | i.value GROUP BY 1"
        )
        sizes = dict(
            self.db.execute(sql, (json.dumps(words), json.dumps(self.segments))).fetchall()
        )
        return tuple(sorted(words, key=lambda word: sizes.get(word, 0)))

    def _ask(self, sql: str, **more: Any) -> Any:
        return self.db.execute(sql, {"text": self.text, **more})


def _of(run: Run) -> range:
    """Return a run's segments."""
    return range(run[0] // SEGMENT, run[1] // SEGMENT + 1)
