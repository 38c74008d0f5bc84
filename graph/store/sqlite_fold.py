"""Folding in the embedded store: the rows of an entity are brought in line with what they come to (:mod:`graph.store.fold`).

Most rows need none of this (:mod:`graph.store.sqlite_write` sees to them set by set): an entity is folded where a row comes late,
corrects another, stands twice on a sheet, or an import is taken back.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from graph.schema import load_schema
from graph.store.ddl import quoted, table
from graph.store.fold import Entry, Word, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


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
