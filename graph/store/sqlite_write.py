"""Writing the embedded store: one import is one transaction, its timelines and edges derived set by set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graph.model import OPEN
from graph.schema import load_schema
from graph.store import ddl
from graph.store.ddl import quoted, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from graph.model import Claims
    from graph.schema import Kind


class SqliteImporter:
    """See :class:`graph.store.base.Importer`."""

    def __init__(self, db: Any, batch: int, corrects: int | None) -> None:
        self.db = db
        self.batch = batch
        self.corrects = corrects
        self.loaded = self.unchanged = self.quarantined = self.changes = 0
        db.execute("DROP TABLE IF EXISTS temp.touched")
        db.execute(
            "CREATE TEMP TABLE touched(kind TEXT, key TEXT, PRIMARY KEY(kind, key)) WITHOUT ROWID"
        )

    # -- rows in -------------------------------------------------------------------------------------------------

    def add(self, claims: Claims) -> tuple[int, int]:
        """See :meth:`graph.store.base.Importer.add`."""
        kind = load_schema().kinds[claims.kind]
        names = [f"p_{p}" for p in kind.properties]
        columns = ", ".join(quoted(n) for n in names)
        db = self.db
        db.execute("DROP TABLE IF EXISTS temp.incoming")
        db.execute(
            "CREATE TEMP TABLE incoming(id INTEGER PRIMARY KEY, row INTEGER, key TEXT, dated INTEGER, digest INTEGER,"
            f" n INTEGER, match INTEGER, {columns})"
        )
        values = _columns(claims.frame, kind)
        marks = ", ".join("?" * (4 + len(names)))
        db.executemany(
            f"INSERT INTO incoming(row, key, dated, digest, {columns}) VALUES({marks})",
            zip(
                claims.frame["row"].astype(int).tolist(),
                claims.frame["key"].astype(str).tolist(),
                claims.frame["dated"].astype(int).tolist(),
                _digests(values),
                *values,
                strict=True,
            ),
        )
        ledger = self._number("ledger", {"name": claims.ledger})
        sheet = self._number(
            "sheet", {"batch": self.batch, "file": claims.file, "sheet": claims.sheet}
        )
        self._match(kind, ledger)
        self._list(kind, claims.edition)
        before = db.execute(f"SELECT coalesce(max(id), 0) FROM {table(kind.name)}").fetchone()[0]
        db.execute(
            f"INSERT INTO {table(kind.name)}(batch, ledger, sheet, row, key, dated, digest, {columns})"
            f" SELECT ?, ?, ?, row, key, dated, digest, {columns} FROM incoming WHERE match IS NULL ORDER BY id",
            (self.batch, ledger, sheet),
        )
        loaded = db.changes()
        db.execute(
            f"INSERT OR IGNORE INTO listing SELECT ?, id, ?, ? FROM {table(kind.name)} WHERE id > ? AND dated < ?",
            (kind.name, self.batch, claims.edition, before, claims.edition),
        )
        db.execute(
            f"UPDATE {table(kind.name)} SET superseded = ? WHERE superseded IS NULL AND ledger = ? AND batch <> ?"
            " AND (key, dated) IN (SELECT key, dated FROM incoming)"
            " AND id NOT IN (SELECT match FROM incoming WHERE match IS NOT NULL)",
            (self.batch, ledger, self.batch),
        )
        gone = db.changes()
        if loaded or gone:
            db.execute(
                "INSERT OR IGNORE INTO touched SELECT DISTINCT ?, key FROM incoming", (kind.name,)
            )
        self.changes += loaded + gone
        self.loaded += loaded
        self.unchanged += len(claims.frame) - loaded
        return loaded, len(claims.frame) - loaded

    def _match(self, kind: Kind, ledger: int) -> None:
        """Pair each incoming row with an equal claim of its group, else of the date that stands before it."""
        db, t = self.db, table(kind.name)
        if self.corrects is not None:
            db.execute(
                f"UPDATE incoming SET dated = coalesce((SELECT max(c.dated) FROM {t} c WHERE c.key = incoming.key"
                " AND c.ledger = ? AND c.batch = ?), dated)",
                (ledger, self.corrects),
            )
        db.execute("CREATE INDEX IF NOT EXISTS temp.incoming_key ON incoming(key, dated)")
        db.execute(
            "UPDATE incoming SET n = x.n FROM (SELECT id, row_number() OVER"
            " (PARTITION BY key, dated, digest ORDER BY id) n FROM incoming) x WHERE x.id = incoming.id"
        )
        own = f"c.ledger = {int(ledger)} AND c.superseded IS NULL"
        here = (
            "SELECT c.id, c.key, c.dated, c.digest, row_number() OVER (PARTITION BY c.key, c.dated, c.digest ORDER BY c.id) n"
            f" FROM (SELECT DISTINCT key, dated FROM incoming) i JOIN {t} c ON c.key = i.key AND c.dated = i.dated AND {own}"
        )
        db.execute(
            f"UPDATE incoming SET match = h.id FROM ({here}) h WHERE h.key = incoming.key AND h.dated = incoming.dated"
            " AND h.digest = incoming.digest AND h.n = incoming.n"
        )
        standing = (
            "SELECT c.id, c.key, i.dated, c.digest, row_number() OVER"
            " (PARTITION BY c.key, i.dated, c.digest ORDER BY c.id) n"
            f" FROM (SELECT DISTINCT key, dated FROM incoming) i JOIN {t} c ON c.key = i.key AND {own} AND c.dated ="
            f" (SELECT max(c.dated) FROM {t} c WHERE c.key = i.key AND c.dated < i.dated AND {own})"
            f" WHERE NOT EXISTS (SELECT 1 FROM {t} c WHERE c.key = i.key AND c.dated = i.dated AND {own})"
        )
        db.execute(
            f"UPDATE incoming SET match = s.id FROM ({standing}) s WHERE incoming.match IS NULL AND s.key = incoming.key"
            " AND s.dated = incoming.dated AND s.digest = incoming.digest AND s.n = incoming.n"
        )

    def _list(self, kind: Kind, edition: int) -> None:
        """Remember the rows of a newer edition that change nothing."""
        self.db.execute(
            "INSERT OR IGNORE INTO listing SELECT ?1, c.id, ?2, ?3 FROM incoming i"
            f" JOIN {table(kind.name)} c ON c.id = i.match WHERE ?3 >"
            " max(c.dated, coalesce((SELECT max(edition) FROM listing l WHERE l.kind = ?1 AND l.claim = c.id), 0))",
            (kind.name, self.batch, edition),
        )
        self.changes += self.db.changes()

    def _number(self, name: str, values: dict[str, Any]) -> int:
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        test = " AND ".join(f"{c} = ?" for c in values)
        self.db.execute(
            f"INSERT OR IGNORE INTO {name}({columns}) VALUES({marks})", tuple(values.values())
        )
        return int(
            self.db.execute(
                f"SELECT id FROM {name} WHERE {test}", tuple(values.values())
            ).fetchone()[0]
        )

    def resolve(self, kind: str, prop: str, resolved: pd.DataFrame) -> int:
        """See :meth:`graph.store.base.Importer.resolve`."""
        column = quoted("p_" + load_schema().kinds[kind].properties[prop].name)
        rows = list(zip(resolved["claim"].tolist(), resolved["value"].tolist(), strict=True))
        db = self.db
        db.execute(
            "CREATE TEMP TABLE IF NOT EXISTS resolved(claim INTEGER PRIMARY KEY, value TEXT)"
        )
        db.execute("DELETE FROM resolved")
        db.executemany("INSERT OR REPLACE INTO resolved VALUES(?, ?)", rows)
        same = f"FROM resolved r JOIN {table(kind)} c ON c.id = r.claim WHERE c.{column} IS NOT r.value"
        db.execute(
            f"INSERT INTO former(batch, kind, claim, prop, value) SELECT ?, ?, c.id, ?, c.{column} {same}",
            (self.batch, kind, prop),
        )
        done = db.changes()
        db.execute(f"INSERT OR IGNORE INTO touched SELECT DISTINCT ?, c.key {same}", (kind,))
        db.execute(
            f"UPDATE {table(kind)} SET {column} = r.value FROM resolved r WHERE r.claim = {table(kind)}.id"
        )
        renew_digests(db, kind, [c for c, _ in rows])
        self.changes += done
        return int(done)

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Importer.unresolved`."""
        return unresolved(self.db, kind, prop)

    def note(self, *, quarantined: int) -> None:
        """See :meth:`graph.store.base.Importer.note`."""
        self.quarantined += quarantined


# -- shared by imports and undo ----------------------------------------------------------------------------------


def unresolved(db: Any, kind: str, prop: str) -> pd.DataFrame:
    """See :meth:`graph.store.base.Store.unresolved`."""
    import pandas as pd

    k = load_schema().kinds[kind]
    rule = k.properties[prop].edge
    if rule is None or rule.target is None:
        raise ValueError(f"{kind}.{prop} names no place")
    column = quoted("p_" + prop)
    more = [
        f"c.{quoted('p_' + n)}" if n in k.properties else "NULL" for n in ("street", "district")
    ]
    rows = db.execute(
        f"SELECT c.id, c.key, c.{column}, {', '.join(more)} FROM {table(kind)} c WHERE c.superseded IS NULL"
        f" AND c.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table(rule.target)} t"
        f" WHERE t.key = c.{column} AND t.superseded IS NULL) ORDER BY c.id"
    ).fetchall()
    out = pd.DataFrame(
        rows, columns=["claim", "key", "value", "street", "district"], dtype="object"
    )
    return out.astype({"claim": "int64"})


def derive(db: Any) -> None:
    """Derive timelines, edges and search names of the entities in ``temp.touched`` anew (base: *timelines*)."""
    schema = load_schema()
    for (name,) in db.execute("SELECT DISTINCT kind FROM touched").fetchall():
        kind = schema.kinds[name]
        t = table(name)
        active = f"SELECT c.* FROM touched t JOIN {t} c ON c.key = t.key WHERE t.kind = '{name}' AND c.superseded IS NULL"
        founded = "min(founded, dated)" if "founded" in kind.properties else "dated"
        first = "min(p_founded) AS founded," if "founded" in kind.properties else ""
        db.execute(
            f"UPDATE {t} SET valid_from = x.start, valid_to = x.stop, rank = x.rank FROM ("
            f" WITH active AS ({active}), days AS (SELECT key, dated, {first} 1 FROM active GROUP BY key, dated),"
            f" spans AS (SELECT key, dated, lead(dated, 1, {OPEN}) OVER w AS stop,"
            f" CASE WHEN row_number() OVER w = 1 THEN coalesce({founded}, dated) ELSE dated END AS start"
            " FROM days WINDOW w AS (PARTITION BY key ORDER BY dated))"
            " SELECT a.id, s.start, s.stop, row_number() OVER (PARTITION BY a.key, a.dated ORDER BY a.id) - 1 AS rank"
            " FROM active a JOIN spans s ON s.key = a.key AND s.dated = a.dated"
            f") x WHERE x.id = {t}.id"
        )
        db.execute(
            "DELETE FROM edge WHERE claim_kind = ?1 AND claim IN"
            f" (SELECT c.id FROM touched t JOIN {t} c ON c.key = t.key WHERE t.kind = ?1)",
            (name,),
        )
        for p in kind.properties.values():
            if p.edge is not None:
                db.execute(ddl.edge_insert(name, p, schema))
        if kind.role == "node":
            _names(db, name, active, "p_code" if "code" in kind.properties else "key")


def _names(db: Any, kind: str, active: str, code: str) -> None:
    from graph.store.search import folded

    db.execute(
        "DELETE FROM name WHERE kind = ?1 AND claim IN"
        f" (SELECT c.id FROM touched t JOIN {table(kind)} c ON c.key = t.key WHERE t.kind = ?1)",
        (kind,),
    )
    rows = db.execute(
        f"SELECT key, coalesce({code}, key), coalesce(p_name, ''), id FROM ({active})"
    ).fetchall()
    db.executemany(
        "INSERT INTO name VALUES(?, ?, ?, ?, ?, ?, ?)",
        ((kind, key, str(c).lower(), *folded(name), claim) for key, c, name, claim in rows),
    )


def undo(db: Any, batch: int) -> None:
    """Take back what a batch did, in the present transaction; the batch's row stays."""
    db.execute("DROP TABLE IF EXISTS temp.touched")
    db.execute(
        "CREATE TEMP TABLE touched(kind TEXT, key TEXT, PRIMARY KEY(kind, key)) WITHOUT ROWID"
    )
    former = db.execute(
        "SELECT kind, claim, prop, value FROM former WHERE batch = ? ORDER BY id DESC", (batch,)
    ).fetchall()
    schema = load_schema()
    for kind, claim, prop, value in former:
        column = quoted("p_" + schema.kinds[kind].properties[prop].name)
        db.execute(f"UPDATE {table(kind)} SET {column} = ? WHERE id = ?", (value, claim))
        db.execute(
            f"INSERT OR IGNORE INTO touched SELECT ?, key FROM {table(kind)} WHERE id = ?",
            (kind, claim),
        )
        renew_digests(db, kind, [claim])
    for kind in schema.kinds:
        t = table(kind)
        db.execute(
            f"INSERT OR IGNORE INTO touched SELECT DISTINCT ?1, key FROM {t} WHERE batch = ?2 OR superseded = ?2",
            (kind, batch),
        )
        mine = f"(SELECT id FROM {t} WHERE batch = ?2)"
        for other in ("edge WHERE claim_kind", "name WHERE kind", "listing WHERE kind"):
            db.execute(f"DELETE FROM {other} = ?1 AND claim IN {mine}", (kind, batch))
        db.execute(f"DELETE FROM {t} WHERE batch = ?", (batch,))
        db.execute(f"UPDATE {t} SET superseded = NULL WHERE superseded = ?", (batch,))
    db.execute("DELETE FROM listing WHERE batch = ?", (batch,))
    db.execute("DELETE FROM former WHERE batch = ?", (batch,))
    db.execute("UPDATE batch SET undone = 1 WHERE id = ?", (batch,))
    derive(db)


# -- values ------------------------------------------------------------------------------------------------------


def _columns(frame: pd.DataFrame, kind: Kind) -> list[list[Any]]:
    """Return the properties as lists of what SQLite takes, every spelling of unknown as ``None``."""
    plain = {"int": int, "date": int, "bool": int, "float": float}
    out = []
    for name, p in kind.properties.items():
        if name not in frame.columns:
            out.append([None] * len(frame))
            continue
        column = frame[name].astype("object")
        known = column.notna() & (column != "")
        cast = plain.get(p.type, str)
        out.append(
            [cast(v) if k else None for v, k in zip(column.tolist(), known.tolist(), strict=True)]
        )
    return out


def _digests(values: Sequence[Sequence[Any]]) -> list[int]:
    """Return 64 bits of BLAKE2 for each row of values."""
    from hashlib import blake2b

    return [
        int.from_bytes(blake2b(repr(row).encode(), digest_size=8).digest(), "big", signed=True)
        for row in zip(*values, strict=True)
    ]


def renew_digests(db: Any, kind: str, claims: Sequence[int]) -> None:
    """Compute the digests of changed claims anew."""
    columns = ", ".join(quoted(f"p_{p}") for p in load_schema().kinds[kind].properties)
    rows = db.execute(
        f"SELECT id, {columns} FROM {table(kind)} WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps([int(c) for c in claims]),),
    ).fetchall()
    digests = _digests(list(zip(*(r[1:] for r in rows), strict=True))) if rows else []
    db.executemany(
        f"UPDATE {table(kind)} SET digest = ? WHERE id = ?",
        list(zip(digests, (r[0] for r in rows), strict=True)),
    )
