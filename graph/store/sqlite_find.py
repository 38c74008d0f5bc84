"""Finding in the embedded store: by code, by name, part of a name, pinyin and initials (base: *find*).

Names are taken apart into characters and pairs of neighbouring ones, between a mark of beginning and one of end; their pinyin and
initials into threes. An inverted index (SQLite's FTS5) over these tells which names may hold a text, and each of them is looked at
before it is an answer (Zobel & Moffat, *Inverted files for text search engines*, ACM Computing Surveys 38(2), 2006).

What few names hold is sorted. What very many hold is read in the order of the answer, and no further than it goes: the names that
one import brings are numbered in order of their keys, such a *run* gives what the index finds in order too, and the runs of a kind
are merged as they are read. When there are many runs of a kind, the smaller ones are written as one.
"""

from __future__ import annotations

import heapq
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Name = tuple[int, str, str, int]
"""How well a name fits (0: best), kind and key of what has it, and the claim that says so."""
Row = tuple[int, str, str, str, str, str]
"""A name as it is written: its claim, key, code, the name, its pinyin and initials."""

FEW = 500
"""So many names are sorted."""
WORDS = 32
"""So many words of a text are asked for: a longer text is told by looking at what has these."""
SAMPLE = 3_000
"""Names by which it is told which of frequent words leave the fewest."""
WORTH = 0.8
"""Another word is asked for where it leaves less than this share of them."""
RUNS = 12
"""Runs of a kind at most."""
PART = 50_000
"""Names that are taken apart at a time."""

_BEGIN, _END, _OTHER, _CODE, _LOST = "\ue000", "\ue001", "\ue002", "\ue003", "\ufffd"
_RESERVED = re.compile("[\0\ue000-\ue1ff]")
_SIGN = 0xE100
"""Where ASCII's signs stand in the index: the tokenizer parts words at them, at nothing else."""
_PLAIN = {c: chr(_SIGN + c) for c in range(0x80) if not chr(c).isalnum()}
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_UNSPELLED = re.compile(f"[^{_LETTERS}]")
"""What is no letter or digit is one character among threes: with it the words that begin with two letters can be listed."""

_FITS = (
    "(lower(n.key) = :text OR n.code = :text)",
    "n.name = :text",
    "substr(n.name, 1, length(:text)) = :text",
    "instr(n.name, :text) > 0",
    "(instr(n.pinyin, :text) > 0 OR instr(n.initials, :text) > 0)",
)
_PLACE = f"CASE {' '.join(f'WHEN {test} THEN {i}' for i, test in enumerate(_FITS))} END"
_NAME = f"SELECT {_PLACE} AS place, n.kind, n.key, n.claim FROM"
_HITS = "SELECT rowid FROM found WHERE found MATCH :match"

_MANY = f"SELECT count(*) > :few FROM ({_HITS} LIMIT :few + 1)"
_ALL = f"{_NAME} found f CROSS JOIN name n ON n.id = f.rowid WHERE found MATCH :match AND place IS NOT NULL ORDER BY 1, 2, 3"
_PLACED = f"{_NAME} found f CROSS JOIN name n ON n.id = f.rowid WHERE found MATCH :match AND place = :place ORDER BY 2, 3"
_PART = f"SELECT first, min(last, first + {SAMPLE}) FROM run ORDER BY last - first DESC LIMIT 1"
_IN_PART = "SELECT rowid FROM found WHERE found MATCH :match AND rowid BETWEEN :first AND :last"
_RUN = (
    f"{_NAME} found f CROSS JOIN name n ON n.id = f.rowid WHERE found MATCH :match AND f.rowid BETWEEN :first AND :last"
    " AND place = :place ORDER BY f.rowid"
)
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
        while some := list(islice(rows, PART)):
            names = folded([r[3] for r in some])
            yield [(*r[:3], *n) for r, n in zip(some, names, strict=True)]

    _write(db, kind, parts())
    _merge(db, kind)


def _merge(db: Any, kind: str) -> None:
    """Where a kind has many runs, write the smaller half of them as one."""
    runs = _runs(db, kind)
    if len(runs) <= RUNS:
        return
    count = "SELECT count(*) FROM name WHERE id BETWEEN ? AND ?"
    runs.sort(key=lambda run: db.execute(count, run).fetchone()[0])
    db.execute("CREATE TEMP TABLE moved AS SELECT * FROM name WHERE 0")
    for run in runs[: len(runs) // 2 + 1]:
        db.execute("INSERT INTO moved SELECT * FROM name WHERE id BETWEEN ? AND ?", run)
        db.execute("DELETE FROM name WHERE id BETWEEN ? AND ?", run)
        db.execute("DELETE FROM run WHERE first = ? AND last = ?", run)
    rows = db.execute("SELECT claim, key, code, name, pinyin, initials FROM moved ORDER BY key")
    _write(db, kind, iter(lambda: list(islice(rows, PART)), []))
    db.execute("DROP TABLE moved")


def _write(db: Any, kind: str, parts: Iterator[list[Row]]) -> None:
    """Write names, in order of their keys, as a run, and put them into the index."""
    write = f"INSERT INTO name(id, kind, claim, key, code, name, pinyin, initials) VALUES(?, '{kind}', ?, ?, ?, ?, ?, ?)"
    first = last = _last(db)
    for some in parts:
        ids = range(last + 1, last + 1 + len(some))
        last = ids[-1]
        db.executemany(write, ((i, *r) for i, r in zip(ids, some, strict=True)))
        _index(db, ids, [r[1:3] for r in some], [r[3:] for r in some])
    if last > first:
        db.execute("INSERT INTO run(kind, first, last) VALUES(?, ?, ?)", (kind, first + 1, last))


def _last(db: Any) -> int:
    """Return the last number that a name or a run has."""
    found: int = db.execute(
        "SELECT max(coalesce((SELECT max(id) FROM name), 0), coalesce((SELECT max(last) FROM run), 0))"
    ).fetchone()[0]
    return found


def _runs(db: Any, kind: str) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = db.execute(
        "SELECT first, last FROM run WHERE kind = ?", (kind,)
    ).fetchall()
    return runs


def _index(
    db: Any,
    ids: Sequence[int],
    codes: Sequence[tuple[str, str]],
    names: Sequence[tuple[str, str, str]],
) -> None:
    """Put keys and codes, names with pinyin and initials (:func:`~graph.store.search.folded`) into the index."""
    coded = (f"{_coded(key)} {_coded(code)}" for key, code in codes)
    own = [n for n, _, _ in names]
    spelled = (_grams([n[i] for n in names], 3, spelled=True) for i in (1, 2))
    parts = zip(coded, _grams(own, 1), _grams(own, 2, _BEGIN), *spelled, strict=True)
    rows = zip(ids, map(" ".join, parts), strict=True)
    db.executemany("INSERT INTO found(rowid, words) VALUES(?, ?)", rows)


def _coded(text: str) -> str:
    """Return the word that a key or a code stands under; the tokenizer turns capitals into small letters."""
    return _CODE + (text if text.isascii() and text.isalnum() else _worded(text))


def _worded(text: str) -> str:
    """Return a text of characters that can stand in a word."""
    return _RESERVED.sub(_LOST, text).translate(_PLAIN)


def _grams(
    texts: Sequence[str], width: int, begin: str = "", *, spelled: bool = False
) -> list[str]:
    """Return each text's words of ``width`` characters, one from each of its characters on; end marks fill up the last."""
    import numpy as np

    # one long text: its characters are moved all at once
    between = f"{_END * (width - 1)}\n{begin}"
    text = _RESERVED.sub(_LOST, "\n".join(texts)).replace("\n", between)
    text = f"{begin}{text}{between.removesuffix(begin)}"
    signs = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4")
    line, over = signs == ord("\n"), signs == ord(_END)
    plain = np.arange(0x80, dtype="<u4")
    plain[list(_PLAIN)] = [ord(c) for c in _PLAIN.values()]
    signs = np.where(signs < 0x80, plain[np.minimum(signs, 0x7F)], signs)
    if spelled:
        signs[(signs >= 0x80) & ~over] = ord(_OTHER)
    words = np.zeros((len(signs), width + 1), dtype="<u4")
    for i in range(width):
        words[: len(signs) - i, i] = signs[i:]
    words[:, width] = ord(" ")
    words[over] = 0
    words[line] = 0
    words[line, 0] = ord("\n")
    flat = words.ravel()
    found: list[str] = flat[flat != 0].tobytes().decode("utf-32-le").split("\n")
    return found[:-1]


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

    def names(self) -> Iterator[Name]:
        """Yield all that have it, best first."""
        holds, spelled = self._held(), self._spelled()
        code = f'"{_coded(self.text)}"'
        either = " OR ".join(f"({match})" for match in (code, holds, spelled) if match)
        if spelled is not None and not self._many(either):
            yield from self._ask(_ALL, match=either)
            return
        yield from self._ask(_PLACED, match=code, place=0)
        matches = self._held(_BEGIN, _END), self._held(_BEGIN), holds, spelled
        kinds = sorted(k for k, declared in load_schema().kinds.items() if declared.role == "node")
        for place, match in enumerate(matches, 1):
            if match == "":
                continue
            if match is not None and not self._many(match):
                yield from self._ask(_PLACED, match=match, place=place)
                continue
            for kind in kinds:
                yield from self._merged(kind, place, match)

    def _merged(self, kind: str, place: int, match: str | None) -> Iterator[Name]:
        """Yield the names of a kind that fit so well, by key."""
        runs = [
            self._ask(
                _READ if match is None else _RUN, match=match, place=place, first=first, last=last
            )
            for first, last in _runs(self.db, kind)
        ]
        yield from heapq.merge(*runs, key=lambda name: name[2])

    def _ask(self, sql: str, **more: Any) -> Any:
        return self.db.execute(sql, {"text": self.text, "few": FEW, **more})

    def _many(self, match: str) -> bool:
        return bool(self._ask(_MANY, match=match).fetchone()[0])

    def _held(self, begin: str = "", end: str = "") -> str:
        """Return the index's question for names that hold the text, or more."""
        plain = begin + _worded(self.text) + end
        return self._words(plain, min(len(plain), 2))

    def _spelled(self) -> str | None:
        """Return that for pinyin and initials; nothing where only names can hold it, ``None`` where as good as all may."""
        if not any(c in _LETTERS for c in self.text):
            return ""  # what is not spelled stands in the name itself
        plain = _UNSPELLED.sub(_OTHER, self.text)
        if len(plain) == 1:
            return None
        if len(plain) == 2:
            return " OR ".join(f'"{plain}{c}"' for c in (*_LETTERS, _OTHER, _END))
        return self._words(plain, 3)

    def _words(self, plain: str, width: int) -> str:
        """Return the question for words; of many, for those that tell most: what has them is looked at."""
        words = [f'"{plain[i : i + width]}"' for i in range(len(plain) - width + 1)]
        words = list(dict.fromkeys(words))[:WORDS]
        if len(words) <= 2:
            return " ".join(words)
        rare = list(islice((w for w in words if not self._many(w)), 2))
        if rare:
            return " ".join(rare)
        # lists of very many are long to go through, and so are names that have the words of few of them
        first, last = self._ask(_PART).fetchone() or (0, 0)
        those = {
            w: {i for (i,) in self._ask(_IN_PART, match=w, first=first, last=last)} for w in words
        }
        left, chosen = set[int](range(first, last + 1)), list[str]()
        while those:
            best = min(those, key=lambda w: len(left & those[w]))
            fewer = left & those.pop(best)
            if chosen and len(fewer) > WORTH * len(left):
                break
            left = fewer
            chosen.append(best)
        return " ".join(chosen)
