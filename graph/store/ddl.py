"""The embedded store's tables, generated from the schema: no second declaration of kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.schema import Property, Schema

APPLICATION_ID = 0x4C4A4931
VERSION = 1
COLUMNS = {
    "text": "TEXT", "list": "TEXT", "int": "INTEGER", "date": "INTEGER", "bool": "INTEGER", "float": "REAL",
}  # fmt: skip
BOOKKEEPING = (
    "id INTEGER PRIMARY KEY", "batch INTEGER NOT NULL", "ledger INTEGER NOT NULL", "sheet INTEGER NOT NULL",
    "row INTEGER NOT NULL", "key TEXT NOT NULL", "dated INTEGER NOT NULL", "valid_from INTEGER NOT NULL DEFAULT 0",
    "valid_to INTEGER NOT NULL DEFAULT 0", "rank INTEGER NOT NULL DEFAULT 0", "superseded INTEGER", "digest INTEGER NOT NULL",
)  # fmt: skip
FIXED = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
CREATE TABLE batch(id INTEGER PRIMARY KEY, at TEXT NOT NULL, dated INTEGER NOT NULL, files TEXT NOT NULL,
  loaded INTEGER NOT NULL, unchanged INTEGER NOT NULL, quarantined INTEGER NOT NULL, corrects INTEGER, undone INTEGER NOT NULL);
CREATE TABLE ledger(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE sheet(id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, file TEXT NOT NULL, sheet TEXT NOT NULL,
  UNIQUE(batch, file, sheet));
CREATE TABLE listing(kind TEXT NOT NULL, claim INTEGER NOT NULL, batch INTEGER NOT NULL, edition INTEGER NOT NULL,
  PRIMARY KEY(kind, claim, batch, edition)) WITHOUT ROWID;
CREATE TABLE former(id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, kind TEXT NOT NULL, claim INTEGER NOT NULL,
  prop TEXT NOT NULL, value TEXT);
CREATE TABLE edge(kind TEXT NOT NULL, source TEXT NOT NULL, source_kind TEXT NOT NULL, target TEXT NOT NULL,
  target_kind TEXT NOT NULL, via TEXT NOT NULL, claim_kind TEXT NOT NULL, claim INTEGER NOT NULL,
  valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL);
CREATE INDEX edge_out ON edge(kind, source, target, valid_from, valid_to);
CREATE INDEX edge_in ON edge(kind, target, source, valid_from, valid_to);
CREATE INDEX edge_of ON edge(claim_kind, claim);
CREATE TABLE name(kind TEXT NOT NULL, key TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, pinyin TEXT NOT NULL,
  initials TEXT NOT NULL, claim INTEGER NOT NULL, PRIMARY KEY(kind, claim)) WITHOUT ROWID;
"""


def quoted(name: str) -> str:
    """Return a schema's name as an SQL identifier; names come from the schema only."""
    return '"' + name.replace('"', '""') + '"'


def table(kind: str) -> str:
    """Return the table of a kind's claims."""
    return quoted(f"claim_{kind}")


def definition(schema: Schema) -> str:
    """Return the statements that make an empty store."""
    out = [FIXED]
    for kind in schema.kinds.values():
        columns = ", ".join(
            f"{quoted('p_' + p.name)} {COLUMNS[p.type]}" for p in kind.properties.values()
        )
        out.append(f"CREATE TABLE {table(kind.name)}({', '.join(BOOKKEEPING)}, {columns});")
        out.append(
            f"CREATE INDEX {quoted(f'claim_{kind.name}_key')} ON {table(kind.name)}(key, dated);"
        )
    return "\n".join(out)


def edge_insert(kind: str, p: Property, schema: Schema) -> str:
    """Return the statement that makes the edges of a property for the entities in ``temp.touched``.

    Lists are split by ``json_each``; an empty ``target_kind`` is settled on reading (see :func:`target_kind`).
    """
    rule = p.edge
    if rule is None:
        raise ValueError(p.name)
    edge = schema.edges[rule.kind]
    here_kind = edge.source[0] if rule.source else kind
    here = f"c.{quoted('p_' + rule.source)}" if rule.source else "c.key"
    fixed = rule.target or (edge.target[0] if len(edge.target) == 1 else "")
    a, b = (
        (("v.value", fixed), (here, here_kind))
        if rule.reverse
        else ((here, here_kind), ("v.value", fixed))
    )
    column = f"c.{quoted('p_' + p.name)}"
    array = f"""'["' || replace(replace(replace({column}, '\\', '\\\\'), '"', '\\"'), ';', '","') || '"]'"""
    tests = [f"{column} IS NOT NULL", "c.superseded IS NULL", f"{here} IS NOT NULL"]
    if kind != "member":
        tests.append("c.rank = 0")
    if rule.when == "code":
        tests.append("v.value NOT GLOB '*[' || char(0x2e80) || '-' || char(0x9fff) || ']*'")
    if rule.when == "office":
        tests.append("v.value NOT IN ('是', '否')")
    return (
        f"INSERT INTO edge SELECT '{rule.kind}', {a[0]}, '{a[1]}', {b[0]}, '{b[1]}', '{p.name}', '{kind}', c.id,"
        f" c.valid_from, c.valid_to FROM temp.touched t JOIN {table(kind)} c ON c.key = t.key,"
        f" json_each({array}) v WHERE t.kind = '{kind}' AND {' AND '.join(tests)}"
    )


def target_kind(schema: Schema, edge: str, alias: str = "e") -> str:
    """Return the SQL expression of an edge's target kind: the first kind that has the key, else the implied one."""
    targets = schema.edges[edge].target
    if len(targets) == 1 or edge == "LOCATED_IN":
        return f"{alias}.target_kind"
    whens = " ".join(
        f"WHEN EXISTS(SELECT 1 FROM {table(k)} x WHERE x.key = {alias}.target AND x.superseded IS NULL) THEN '{k}'"
        for k in targets
        if k in schema.kinds
    )
    other = next(k for k in targets if k in schema.implied)
    return f"CASE {whens} ELSE '{other}' END"
