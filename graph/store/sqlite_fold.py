"""What an entity's words come to: which rows are claims, which only repeat one (base: *corrections*, *repetition*).

Most rows need none of this (:mod:`graph.store.sqlite_write` sees to them set by set): an entity is folded where a row comes late,
corrects another, stands twice on a sheet, or an import is taken back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store.ddl import quoted, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(slots=True)
class Word:
    """One row as it was read. ``claim`` holds its values; ``own`` where that claim is this row."""

    claim: int
    batch: int
    sheet: int
    row: int
    ledger: int
    dated: int
    edition: int
    digest: int
    own: bool


@dataclass(slots=True)
class Entry:
    """A claim to be: its first word, those that repeat it, and the batch that replaced it."""

    first: Word
    again: list[Word] = field(default_factory=list)
    superseded: int | None = None


def entries(words: Sequence[Word]) -> list[Entry]:
    """Return what an entity's words, ordered as loaded, come to."""
    groups: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for w in words:
        groups[w.dated, w.ledger].append(w)
    days: dict[int, dict[int, list[Entry]]] = defaultdict(dict)
    out: list[Entry] = []
    for dated, ledger in sorted(groups):
        found = _group(groups[dated, ledger])
        out += [e for e in found if e.superseded is not None]
        days[dated][ledger] = [e for e in found if e.superseded is None]
    standing: dict[int, list[Entry]] = {}
    for _, said in sorted(days.items()):
        if _repeats(standing, said):
            for ledger, again in said.items():
                _absorb(standing[ledger], again)
        else:
            standing = said
            out += [e for found in said.values() for e in found]
    return out


def _group(words: Sequence[Word]) -> list[Entry]:
    """Let each batch replace what earlier ones said of one entity, ledger and date."""
    out: list[Entry] = []
    for batch, rows in groupby(words, key=lambda w: w.batch):
        hit: set[int] = set()
        for _, sheet in groupby(rows, key=lambda w: w.sheet):
            taken: set[int] = set()
            for w in sheet:
                for n, e in enumerate(out):
                    if e.superseded is None and e.first.digest == w.digest and n not in taken:
                        e.again.append(w)
                        break
                else:
                    n = len(out)
                    out.append(Entry(w))
                taken.add(n)
            hit |= taken
        for n, e in enumerate(out):
            if e.superseded is None and n not in hit:
                e.superseded = batch
    return out


def _repeats(standing: dict[int, list[Entry]], said: dict[int, list[Entry]]) -> bool:
    """Return whether one ledger alone says again, row for row, what it alone said before."""
    if len(said) != 1 or standing.keys() != said.keys():
        return False
    (before,), (now,) = standing.values(), said.values()
    return Counter(e.first.digest for e in before) == Counter(e.first.digest for e in now)


def _absorb(before: list[Entry], now: list[Entry]) -> None:
    left = list(before)
    for e in now:
        n = next(i for i, x in enumerate(left) if x.first.digest == e.first.digest)
        left.pop(n).again += [e.first, *e.again]


# -- in the store ------------------------------------------------------------------------------------------------


def fold(db: Any, kind: str) -> None:
    """Fold the entities of a kind in ``temp.tangled`` anew, and leave them in ``temp.touched``."""
    back = _Writer(db, kind)
    for words in _words(db, kind):
        back.write(entries(words))
    back.flush()
    db.execute(
        "INSERT OR IGNORE INTO touched SELECT kind, key FROM tangled WHERE kind = ?", (kind,)
    )
    db.execute("DELETE FROM tangled WHERE kind = ?", (kind,))


def _words(db: Any, kind: str) -> Iterator[list[Word]]:
    t = table(kind)
    rows = db.execute(
        "SELECT c.key, c.id, c.batch, c.sheet, c.row, c.ledger, c.dated, c.edition, c.digest, 1"
        f" FROM temp.tangled t CROSS JOIN {t} c ON c.key = t.key WHERE t.kind = ?1 UNION ALL"
        " SELECT c.key, c.id, l.batch, l.sheet, l.row, c.ledger, l.dated, l.edition, c.digest, 0"
        f" FROM temp.tangled t CROSS JOIN {t} c ON c.key = t.key CROSS JOIN listing l ON l.kind = ?1 AND l.claim = c.id"
        " WHERE t.kind = ?1 ORDER BY 1, 3, 4, 5, 2",
        (kind,),
    ).fetchall()
    for _, group in groupby(rows, key=lambda r: r[0]):
        yield [Word(*r[1:]) for r in group]


class _Writer:
    """Brings a kind's rows in line with what was folded: copies first, then repetitions, deletions last."""

    def __init__(self, db: Any, kind: str) -> None:
        self.db, self.kind = db, kind
        self.superseded: list[tuple[int | None, int]] = []
        self.moved: list[tuple[Any, ...]] = []
        self.unlisted: list[tuple[Any, ...]] = []
        self.gone: list[int] = []
        self.properties = ", ".join(quoted("p_" + p) for p in load_schema().kinds[kind].properties)

    def write(self, folded: Iterable[Entry]) -> None:
        for e in folded:
            w = e.first
            claim = w.claim if w.own else self._copy(w)
            self.superseded.append((e.superseded, claim))
            for again in e.again:
                if again.own:
                    self.gone.append(again.claim)
                elif again.claim != claim:
                    self.unlisted.append((again.claim, again.batch, again.sheet, again.row))
                else:
                    continue
                self.moved.append(
                    (claim, again.batch, again.sheet, again.row, again.dated, again.edition)
                )

    def _copy(self, w: Word) -> int:
        """Make a claim of a repetition that repeats nothing any more."""
        db = self.db
        db.execute(
            f"INSERT INTO {table(self.kind)}(batch, ledger, sheet, row, key, dated, edition, digest, {self.properties})"
            f" SELECT ?, ledger, ?, ?, key, ?, ?, digest, {self.properties} FROM {table(self.kind)} WHERE id = ?",
            (w.batch, w.sheet, w.row, w.dated, w.edition, w.claim),
        )
        made = int(db.last_insert_rowid())
        db.execute(
            "INSERT INTO former(batch, kind, claim, prop, value) SELECT batch, kind, ?, prop, value FROM former"
            " WHERE kind = ? AND claim = ? ORDER BY id",
            (made, self.kind, w.claim),
        )
        self.unlisted.append((w.claim, w.batch, w.sheet, w.row))
        return made

    def flush(self) -> None:
        db, kind = self.db, self.kind
        t = table(kind)
        db.executemany(
            f"DELETE FROM listing WHERE kind = '{kind}' AND claim = ? AND batch = ? AND sheet = ? AND row = ?",
            self.unlisted,
        )
        db.executemany(
            f"INSERT OR IGNORE INTO listing VALUES('{kind}', ?, ?, ?, ?, ?, ?)", self.moved
        )
        db.executemany(
            f"UPDATE {t} SET superseded = ?1 WHERE id = ?2 AND superseded IS NOT ?1",
            self.superseded,
        )
        drop(db, kind, self.gone)


def drop(db: Any, kind: str, claims: Sequence[int]) -> None:
    """Delete claims and all that follows from them."""
    rows = [(c,) for c in claims]
    for where in ("edge WHERE claim_kind", "name WHERE kind", "former WHERE kind"):
        db.executemany(f"DELETE FROM {where} = '{kind}' AND claim = ?", rows)
    db.executemany(f"DELETE FROM {table(kind)} WHERE id = ?", rows)
