"""Writing the embedded store: one import is one transaction, its rows, timelines and edges written set by set."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from graph.model import OPEN, RETURNED
from graph.schema import load_schema
from graph.store import ddl, sqlite_find, sqlite_fold
from graph.store.ddl import quoted, table
from graph.store.sqlite_columns import unresolved

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from graph.model import Claims

NEW, REPEAT, KNOWN, LATER, TANGLED = range(5)
CACHE_KIB = 256 * 1024
"""Pages that an import keeps in memory (of 2 GiB it may take)."""

_TEMPORARY = """
CREATE TEMP TABLE IF NOT EXISTS touched(kind TEXT, key TEXT, PRIMARY KEY(kind, key)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS tangled(kind TEXT, key TEXT, PRIMARY KEY(kind, key)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS incoming(id INTEGER PRIMARY KEY, key TEXT, dated INTEGER, digest INTEGER, state INTEGER,
  match INTEGER);
CREATE TEMP TABLE IF NOT EXISTS resolved(claim INTEGER PRIMARY KEY, value TEXT);
DELETE FROM touched;
DELETE FROM tangled;
"""


class SqliteImporter:
    """See :class:`graph.store.base.Importer`."""

    def __init__(self, db: Any, batch: int, corrects: int | None) -> None:
        self.db = db
        self.batch = batch
        self.corrects = corrects
        self.loaded = self.unchanged = self.quarantined = self.resolved = 0
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        db.execute(_TEMPORARY)
        self.last: dict[str, int] = {}
        self.fresh: dict[str, set[int]] = {}
        self.numbers: dict[tuple[Any, ...], int] = {}

    # -- rows in -------------------------------------------------------------------------------------------------

    def add(self, claims: Claims) -> tuple[int, int]:
        """See :meth:`graph.store.base.Importer.add`."""
        from graph.store import digest

        n = len(claims.frame)
        if not n:
            return 0, 0
        kind = load_schema().kinds[claims.kind]
        self._begin(kind.name)
        keys = [str(k) for k in claims.frame["key"].tolist()]
        dated: list[int] = claims.frame["dated"].astype("int64").tolist()
        rows: list[int] = claims.frame["row"].astype("int64").tolist()
        columns, words = digest.columns(claims.frame, kind.properties)
        digests = digest.signed(words)
        ledger = self._number("ledger", {"name": claims.ledger})
        sheet = self._number(
            "sheet", {"batch": self.batch, "file": claims.file, "sheet": claims.sheet}
        )
        states = [NEW] * n
        if at := self._suspects(kind.name, digest.of_texts(keys).tolist()):
            self._index(kind.name, "key")
            some = [keys[i] for i in at], [dated[i] for i in at], [digests[i] for i in at]
            for i, state, day in zip(at, *self._judge(kind.name, ledger, *some), strict=True):
                states[i], dated[i] = state, day
            self._repeat(kind.name, sheet, rows, at, claims.edition)
        starts = dated
        if "founded" in columns:
            starts = [min(f or d, d) for f, d in zip(columns["founded"], dated, strict=True)]
        names = "".join(f", {quoted('p_' + p)}" for p in columns)
        values = zip(rows, keys, dated, starts, digests, *columns.values(), strict=True)
        before = self._max(kind.name)
        self.db.executemany(
            f"INSERT INTO {table(kind.name)}(batch, ledger, sheet, edition, valid_to, row, key, dated, valid_from, digest{names})"
            f" VALUES({self.batch}, {ledger}, {sheet}, {int(claims.edition)}, {OPEN}, ?, ?, ?, ?, ?{', ?' * len(columns)})",
            (v for v, s in zip(values, states, strict=True) if s != REPEAT) if at else values,
        )
        if TANGLED in states:
            sqlite_fold.fold(self.db, kind.name)
            (loaded,) = self.db.execute(
                f"SELECT count(*) FROM {table(kind.name)} WHERE id > ? AND batch = ? AND sheet = ? AND ledger = ?",
                (before, self.batch, sheet, ledger),
            ).fetchone()
            loaded = min(loaded, n)
        else:
            loaded = n - states.count(REPEAT)
        if claims.kind != RETURNED:
            self.loaded += loaded
            self.unchanged += n - loaded
        return loaded, n - loaded

    def _max(self, kind: str) -> int:
        found: int = self.db.execute(f"SELECT coalesce(max(id), 0) FROM {table(kind)}").fetchone()[
            0
        ]
        return found

    def _begin(self, kind: str) -> None:
        """Remember where a kind's rows of this import begin; an empty table is filled without its indexes."""
        if kind in self.last:
            return
        self.last[kind] = self._max(kind)
        if self.last[kind] == 0:
            self.fresh[kind] = set()
            for name in ddl.indexes(kind):
                self.db.execute(f"DROP INDEX IF EXISTS {quoted(name)}")

    def _suspects(self, kind: str, keys: list[int]) -> Sequence[int]:
        """Return the rows whose entity (by its key's hash) may be known, or is named twice: all, where the table had rows."""
        if kind not in self.fresh:
            return range(len(keys))
        seen = self.fresh[kind]
        counts = Counter(keys)
        out: list[int] = []
        if len(counts) < len(keys) or not seen.isdisjoint(counts):
            out = [i for i, k in enumerate(keys) if k in seen or counts[k] > 1]
        seen.update(counts)
        return out

    def _index(self, kind: str, only: str | None = None) -> None:
        """Put a kind's indexes back: that over the key alone while more new rows may come, or all."""
        if kind in self.fresh:
            found = ddl.indexes(kind)
            for sql in [found[f"claim_{kind}_key"]] if only else found.values():
                self.db.execute(sql)
            if not only:
                del self.fresh[kind]

    def _judge(
        self, kind: str, ledger: int, keys: list[str], dated: list[int], digests: list[int]
    ) -> tuple[list[int], list[int]]:
        """Return each row's state and date: new, a repetition, or to be folded with all that is said of its entity."""
        db, t = self.db, table(kind)
        twice = {k for k, count in Counter(keys).items() if count > 1}
        db.execute("DELETE FROM incoming")
        db.executemany(
            f"INSERT INTO incoming(key, dated, digest, state) VALUES(?, ?, ?, CASE ? WHEN 1 THEN {TANGLED} ELSE {NEW} END)",
            zip(keys, dated, digests, (k in twice for k in keys), strict=True),
        )
        if self.corrects is not None:
            db.execute(
                "UPDATE incoming SET dated = coalesce((SELECT max(d) FROM ("
                f"SELECT c.dated AS d FROM {t} c WHERE c.key = incoming.key AND c.ledger = ?1 AND c.batch = ?2 UNION ALL"
                f" SELECT l.dated FROM {t} c CROSS JOIN listing l ON l.kind = ?3 AND l.claim = c.id AND l.batch = ?2"
                " WHERE c.key = incoming.key AND c.ledger = ?1)), dated)",
                (ledger, self.corrects, kind),
            )
        db.execute(
            f"UPDATE incoming SET state = {KNOWN} WHERE state = {NEW}"
            f" AND EXISTS (SELECT 1 FROM {t} c WHERE c.key = incoming.key)"
        )
        if db.changes():
            self._repetitions(kind, ledger)
        db.execute(f"UPDATE incoming SET state = {TANGLED} WHERE state = {KNOWN}")
        db.execute(
            f"INSERT OR IGNORE INTO tangled SELECT ?, key FROM incoming WHERE state = {TANGLED}",
            (kind,),
        )
        db.execute(
            f"INSERT OR IGNORE INTO touched SELECT ?, key FROM incoming WHERE state = {LATER}",
            (kind,),
        )
        found = db.execute("SELECT state, dated FROM incoming ORDER BY id").fetchall()
        return [s for s, _ in found], [d for _, d in found]

    def _repetitions(self, kind: str, ledger: int) -> None:
        """Tell what repeats a claim, at its date or after all other dates of its entity, and what only comes later."""
        db, t = self.db, table(kind)
        alone = (
            f"NOT EXISTS (SELECT 1 FROM {t} o WHERE o.key = c.key AND o.dated = c.dated AND o.superseded IS NULL"
            " AND o.id <> c.id{})"
        )
        same = (
            f"UPDATE incoming SET state = {REPEAT}, match = c.id FROM {t} c WHERE incoming.state = ?2 AND c.key = incoming.key"
            " AND c.superseded IS NULL AND c.ledger = ?1 AND c.digest = incoming.digest"
        )
        db.execute(
            f"{same} AND (c.dated = incoming.dated OR EXISTS (SELECT 1 FROM listing l WHERE l.kind = ?3 AND l.claim = c.id"
            f" AND +l.dated = incoming.dated)) AND {alone.format(' AND o.ledger = c.ledger')}",
            (ledger, KNOWN, kind),
        )
        db.execute(
            f"UPDATE incoming SET state = {LATER} WHERE state = {KNOWN}"
            f" AND NOT EXISTS (SELECT 1 FROM {t} c WHERE c.key = incoming.key AND c.dated >= incoming.dated)"
            f" AND NOT EXISTS (SELECT 1 FROM {t} c CROSS JOIN listing l ON l.kind = ? AND l.claim = c.id"
            " WHERE c.key = incoming.key AND +l.dated >= incoming.dated)",  # by claim: at a date there are a million
            (kind,),
        )
        db.execute(
            f"{same} AND c.dated = (SELECT max(o.dated) FROM {t} o WHERE o.key = c.key AND o.superseded IS NULL)"
            f" AND {alone.format('')}",
            (ledger, LATER),
        )

    def _repeat(
        self, kind: str, sheet: int, rows: Sequence[int], at: Sequence[int], edition: int
    ) -> None:
        """Remember the rows that repeat a claim."""
        found = self.db.execute("SELECT match, dated, state FROM incoming ORDER BY id").fetchall()
        self.db.executemany(
            f"INSERT OR IGNORE INTO listing VALUES('{kind}', ?, {self.batch}, {sheet}, ?, ?, {int(edition)})",
            ((m, rows[i], d) for i, (m, d, s) in zip(at, found, strict=True) if s == REPEAT),
        )

    def _number(self, name: str, values: dict[str, Any]) -> int:
        """Return the number of a ledger or sheet, a new one where it is not known yet."""
        known = (name, *values.values())
        if known not in self.numbers:
            columns, marks = ", ".join(values), ", ".join("?" * len(values))
            test = " AND ".join(f"{c} = ?" for c in values)
            bindings = tuple(values.values())
            self.db.execute(f"INSERT OR IGNORE INTO {name}({columns}) VALUES({marks})", bindings)
            found = self.db.execute(f"SELECT id FROM {name} WHERE {test}", bindings).fetchone()
            self.numbers[known] = int(found[0])
        return self.numbers[known]

    # -- places found later --------------------------------------------------------------------------------------

    def resolve(self, kind: str, prop: str, resolved: pd.DataFrame) -> int:
        """See :meth:`graph.store.base.Importer.resolve`."""
        at = ddl.column(load_schema().kinds[kind].properties[prop].name)
        db = self.db
        db.execute("DELETE FROM resolved")
        db.executemany(
            "INSERT OR REPLACE INTO resolved VALUES(?, ?)",
            zip(resolved["claim"].tolist(), resolved["value"].tolist(), strict=True),
        )
        rows = db.execute(
            f"SELECT c.id, {at}, r.value, c.digest FROM resolved r JOIN {table(kind)} c ON c.id = r.claim"
            f" WHERE {at} IS NOT r.value ORDER BY c.id"
        ).fetchall()
        db.executemany(
            "INSERT INTO former(batch, kind, claim, prop, value) VALUES(?, ?, ?, ?, ?)",
            ((self.batch, kind, claim, prop, value) for claim, value, _, _ in rows),
        )
        change(db, kind, prop, rows)
        self.resolved += len(rows)
        return len(rows)

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Importer.unresolved`."""
        for name in tuple(self.fresh):
            self._index(name)
        return unresolved(self.db, kind, prop)

    def note(self, *, quarantined: int) -> None:
        """See :meth:`graph.store.base.Importer.note`."""
        self.quarantined += quarantined

    # -- the end -------------------------------------------------------------------------------------------------

    def finish(self) -> bool:
        """Derive what follows from the rows; return whether this import leaves a trace."""
        for kind in load_schema().kinds:
            self._index(kind)
            sqlite_fold.fold(self.db, kind)
        if not self.loaded and not self.resolved and not self._changed():
            return False
        for kind in load_schema().kinds:
            for sql in ddl.indexes(kind).values():  # a store of an earlier version may lack some
                self.db.execute(sql)
        for kind, last in self.last.items():
            derive_new(self.db, kind, last)
        derive(self.db)
        return True

    def _changed(self) -> bool:
        """Return whether an import that loaded nothing replaced a claim, or lists one in a newer edition or at another date."""
        db = self.db
        for kind in load_schema().kinds:
            t = table(kind)
            if db.execute(
                f"SELECT 1 FROM {t} WHERE batch = ?1 OR superseded = ?1 LIMIT 1", (self.batch,)
            ).fetchone():
                return True
            newest = (
                f"SELECT 1 FROM listing l JOIN {t} c ON c.id = l.claim WHERE l.kind = ?1 AND l.batch = ?2"
                " AND (l.edition > max(c.edition, coalesce((SELECT max(o.edition) FROM listing o"
                " WHERE o.kind = ?1 AND o.claim = l.claim AND o.batch <> ?2), 0))"
                # what stands at no date of its own now may have to, once something comes to stand between
                " OR (l.dated <> c.dated AND NOT EXISTS (SELECT 1 FROM listing o WHERE o.kind = ?1"
                " AND o.claim = l.claim AND o.batch <> ?2 AND o.dated = l.dated))) LIMIT 1"
            )
            if db.execute(newest, (kind, self.batch)).fetchone():
                return True
        return False


# -- shared by imports and undo ----------------------------------------------------------------------------------


def change(db: Any, kind: str, prop: str, rows: Sequence[tuple[int, Any, Any, int]]) -> None:
    """Give claims another text: rows of (claim, text before, text after, digest before)."""
    import numpy as np

    from graph.store import digest

    if not rows:
        return
    t = table(kind)
    words = np.array([r[3] for r in rows], dtype=np.int64).view(np.uint64)
    for texts, sign in (([r[1] for r in rows], -1), ([r[2] for r in rows], 1)):
        known = np.array([x is not None for x in texts])
        part = digest.of_values(prop, "text", texts, known)
        words = words + part if sign > 0 else words - part
    db.executemany(
        f"UPDATE {t} SET {quoted('p_' + prop)} = ?, digest = ? WHERE id = ?",
        zip((r[2] for r in rows), digest.signed(words), (r[0] for r in rows), strict=True),
    )
    several = (
        f"SELECT 1 FROM {t} o WHERE o.key = c.key AND o.id <> c.id UNION ALL"
        f" SELECT 1 FROM listing l WHERE l.kind = '{kind}' AND l.claim = c.id"
    )
    db.executemany(
        f"INSERT OR IGNORE INTO tangled SELECT '{kind}', c.key FROM {t} c WHERE c.id = ? AND EXISTS ({several})",
        ((r[0],) for r in rows),
    )


def derive_new(db: Any, kind: str, last: int) -> None:
    """Derive what follows from an import's rows about entities that are new (their timelines stand already)."""
    claims = (
        f"SELECT c.* FROM {table(kind)} c WHERE c.id > {int(last)}"
        f" AND NOT EXISTS (SELECT 1 FROM touched t WHERE t.kind = '{kind}' AND t.key = c.key)"
    )
    follow(db, kind, claims)


def derive(db: Any) -> None:
    """Derive timelines, edges and search names of the entities in ``temp.touched`` anew (base: *timelines*)."""
    schema = load_schema()
    for (name,) in db.execute("SELECT DISTINCT kind FROM touched").fetchall():
        kind = schema.kinds[name]
        t = table(name)
        of = f"FROM touched t CROSS JOIN {t} c ON c.key = t.key WHERE t.kind = '{name}'"
        active = f"SELECT c.* {of} AND c.superseded IS NULL"
        founded = "min(founded, dated)" if "founded" in kind.properties else "dated"
        first = "min(p_founded) AS founded," if "founded" in kind.properties else ""
        db.execute(
            f"UPDATE {t} SET valid_from = x.start, valid_to = x.stop, rank = x.rank FROM ("
            f" WITH active AS ({active}), days AS (SELECT key, dated, {first} 1 FROM active GROUP BY key, dated),"
            f" spans AS (SELECT key, dated, lead(dated, 1, {OPEN}) OVER w AS stop,"
            f" CASE WHEN row_number() OVER w = 1 THEN coalesce({founded}, dated) ELSE dated END AS start"
            " FROM days WINDOW w AS (PARTITION BY key ORDER BY dated))"
            " SELECT a.id, s.start, s.stop, row_number() OVER"
            " (PARTITION BY a.key, a.dated ORDER BY a.batch, a.sheet, a.row, a.id) - 1 AS rank"
            " FROM active a JOIN spans s ON s.key = a.key AND s.dated = a.dated"
            f") x WHERE x.id = {t}.id"
        )
        db.execute(
            f"DELETE FROM edge WHERE claim_kind = ?1 AND claim IN (SELECT c.id {of})", (name,)
        )
        if kind.role == "node":
            sqlite_find.remove(db, name, f"SELECT c.id {of}")
        follow(db, name, active)


def follow(db: Any, kind: str, claims: str) -> None:
    """Write the edges and search names of some claims."""
    for sql in ddl.edge_inserts(kind, claims):
        db.execute(sql)
    if load_schema().kinds[kind].role == "node":
        sqlite_find.add(db, kind, claims)


def undo(db: Any, batch: int) -> None:
    """Take back what a batch did, in the present transaction; the batch's row stays."""
    db.execute(_TEMPORARY)
    schema = load_schema()
    former = db.execute(
        "SELECT kind, claim, prop, value FROM former WHERE batch = ? ORDER BY id DESC", (batch,)
    ).fetchall()
    for kind, claim, prop, value in former:
        at = quoted("p_" + schema.kinds[kind].properties[prop].name)
        found = db.execute(
            f"SELECT {at}, digest FROM {table(kind)} WHERE id = ?", (claim,)
        ).fetchone()
        change(db, kind, prop, [(claim, found[0], value, found[1])])
    db.execute("DELETE FROM former WHERE batch = ?", (batch,))
    for kind in schema.kinds:
        _take_back(db, kind, batch)
    db.execute("DELETE FROM listing WHERE batch = ?", (batch,))
    for kind in schema.kinds:
        sqlite_fold.fold(db, kind)
    db.execute("DELETE FROM sheet WHERE batch = ?", (batch,))
    db.execute("UPDATE batch SET undone = 1 WHERE id = ?", (batch,))
    derive(db)


def _take_back(db: Any, kind: str, batch: int) -> None:
    """Take back a batch's claims: another batch's row that repeats one becomes the claim."""
    t = table(kind)
    db.execute(
        f"INSERT OR IGNORE INTO tangled SELECT DISTINCT ?1, c.key FROM {t} c WHERE c.superseded = ?2 OR c.batch = ?2 AND ("
        f"EXISTS (SELECT 1 FROM {t} o WHERE o.key = c.key AND o.batch <> ?2) OR"
        " EXISTS (SELECT 1 FROM listing l WHERE l.kind = ?1 AND l.claim = c.id AND l.batch <> ?2))",
        (kind, batch),
    )
    heirs = db.execute(
        f"SELECT l.batch, l.sheet, l.row, l.dated, l.edition, c.id FROM {t} c CROSS JOIN listing l ON l.kind = ?1"
        " AND l.claim = c.id WHERE c.batch = ?2 AND l.batch <> ?2 AND (l.batch, l.sheet, l.row) = (SELECT o.batch, o.sheet, o.row"
        " FROM listing o WHERE o.kind = ?1 AND o.claim = c.id AND o.batch <> ?2 ORDER BY o.batch, o.sheet, o.row LIMIT 1)",
        (kind, batch),
    ).fetchall()
    db.executemany(
        f"UPDATE {t} SET batch = ?, sheet = ?, row = ?, dated = ?, edition = ? WHERE id = ?", heirs
    )
    db.executemany(
        f"DELETE FROM listing WHERE kind = '{kind}' AND batch = ? AND sheet = ? AND row = ? AND claim = ?",
        ((b, s, r, c) for b, s, r, _, _, c in heirs),
    )
    mine = f"SELECT id FROM {t} WHERE batch = ?2"
    for where in ("edge WHERE claim_kind", "listing WHERE kind", "former WHERE kind"):
        db.execute(f"DELETE FROM {where} = ?1 AND claim IN ({mine})", (kind, batch))
    sqlite_find.remove(db, kind, mine, batch)
    db.execute(f"DELETE FROM {t} WHERE batch = ?", (batch,))
