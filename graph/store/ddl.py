"""The embedded store's tables, generated from the schema: no second declaration of kinds.

Edges of properties with one value are not stored: the claim's row says them, and an index over the property leads back. Only
lists are taken apart, into the table ``edge``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from graph.schema import load_schema

if TYPE_CHECKING:
    from graph.schema import Property, Schema

APPLICATION_ID = 0x4C4A4931
VERSION = 7
PERSONAL_EDGES = ("BELONGS_TO", "EMPLOYED_BY", "INSTRUCTED_BY")
LOOKED_UP = (
    ("exclusion", "organization"), ("strike_off", "organization"), ("inspection", "organization"), ("organization", "level"),
    ("park", "code"), ("building", "code"), ("commercial_street", "code"), ("market", "code"),
)  # fmt: skip
"""Properties that make no edges and that entities are looked up by (base: *frame*, ``by``; *lookup*)."""
COLUMNS = {
    "text": "TEXT", "list": "TEXT", "int": "INTEGER", "date": "INTEGER", "bool": "INTEGER", "float": "REAL",
}  # fmt: skip
BOOKKEEPING = (
    "id INTEGER PRIMARY KEY", "batch INTEGER NOT NULL", "ledger INTEGER NOT NULL", "sheet INTEGER NOT NULL",
    "row INTEGER NOT NULL", "key TEXT NOT NULL", "dated INTEGER NOT NULL", "edition INTEGER NOT NULL",
    "valid_from INTEGER NOT NULL DEFAULT 0", "valid_to INTEGER NOT NULL DEFAULT 0", "rank INTEGER NOT NULL DEFAULT 0",
    "superseded INTEGER", "digest INTEGER NOT NULL",
)  # fmt: skip
FIXED = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
CREATE TABLE batch(id INTEGER PRIMARY KEY, at TEXT NOT NULL, dated INTEGER NOT NULL, files TEXT NOT NULL,
  loaded INTEGER NOT NULL, unchanged INTEGER NOT NULL, quarantined INTEGER NOT NULL, corrects INTEGER, undone INTEGER NOT NULL);
CREATE TABLE ledger(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE sheet(id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, file TEXT NOT NULL, sheet TEXT NOT NULL,
  UNIQUE(batch, file, sheet));
CREATE TABLE listing(kind TEXT NOT NULL, claim INTEGER NOT NULL, batch INTEGER NOT NULL, sheet INTEGER NOT NULL,
  row INTEGER NOT NULL, dated INTEGER NOT NULL, edition INTEGER NOT NULL,
  PRIMARY KEY(kind, claim, batch, sheet, row)) WITHOUT ROWID;
CREATE INDEX listing_at ON listing(kind, dated);
CREATE TABLE former(id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, kind TEXT NOT NULL, claim INTEGER NOT NULL,
  prop TEXT NOT NULL, value TEXT);
CREATE INDEX former_of ON former(kind, claim);
CREATE TABLE edge(kind TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, via TEXT NOT NULL,
  claim_kind TEXT NOT NULL, claim INTEGER NOT NULL, valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL,
  PRIMARY KEY(kind, source, target, via, claim_kind, claim)) WITHOUT ROWID;
CREATE INDEX edge_in ON edge(kind, target, valid_from, valid_to);
CREATE INDEX edge_of ON edge(claim_kind, claim);
CREATE TABLE name(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
  pinyin TEXT NOT NULL, initials TEXT NOT NULL, claim INTEGER NOT NULL, UNIQUE(kind, claim));
CREATE TABLE run(kind TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(kind, first)) WITHOUT ROWID;
CREATE TABLE word(id INTEGER PRIMARY KEY, hits BLOB NOT NULL);
"""


def quoted(name: str) -> str:
    """Return a schema's name as an SQL identifier; names come from the schema only."""
    return '"' + name.replace('"', '""') + '"'


def table(kind: str) -> str:
    """Return the table of a kind's claims."""
    return quoted(f"claim_{kind}")


def column(prop: str, alias: str = "c") -> str:
    """Return the column of a property."""
    return f"{alias}.{quoted('p_' + prop)}"


def indexes(kind: str) -> dict[str, str]:
    """Return the definition of each index over a kind's claims, by name."""
    out = {
        f"claim_{kind}_key": f"CREATE INDEX IF NOT EXISTS {quoted(f'claim_{kind}_key')} ON {table(kind)}(key, dated)",
        # the default as-of is asked for by every question
        f"claim_{kind}_dated": f"CREATE INDEX IF NOT EXISTS {quoted(f'claim_{kind}_dated')} ON {table(kind)}(dated)"
        " WHERE superseded IS NULL",
    }
    for p in load_schema().kinds[kind].properties.values():
        if (kind, p.name) in LOOKED_UP:
            props: tuple[str | None, ...] = (p.name,)
        elif p.edge is None or p.type == "list" or p.edge.kind in PERSONAL_EDGES:
            continue
        else:
            props = (p.name, p.edge.source)
        for prop in props:
            if prop is not None:
                name = f"claim_{kind}_by_{prop}"
                at = quoted("p_" + prop)
                out[name] = (
                    f"CREATE INDEX IF NOT EXISTS {quoted(name)} ON {table(kind)}({at}) WHERE {at} IS NOT NULL"
                )
    if kind in load_schema().located:
        name = point(kind)
        lon, lat = quoted("p_lon"), quoted("p_lat")
        out[name] = (
            f"CREATE INDEX IF NOT EXISTS {quoted(name)} ON {table(kind)}({lat}, {lon}) WHERE {lat} IS NOT NULL"
        )
    return out


def point(kind: str) -> str:
    """Return the name of the index over a kind's points: a strip of latitudes is walked, its longitudes are read on the way."""
    return f"claim_{kind}_at"


def definition(schema: Schema) -> str:
    """Return the statements that make an empty store."""
    out = [FIXED]
    for kind in schema.kinds.values():
        columns = ", ".join(
            f"{quoted('p_' + p.name)} {COLUMNS[p.type]}" for p in kind.properties.values()
        )
        out.append(f"CREATE TABLE {table(kind.name)}({', '.join(BOOKKEEPING)}, {columns});")
        out += [f"{sql};" for sql in indexes(kind.name).values()]
    return "\n".join(out)


# -- edges -------------------------------------------------------------------------------------------------------


def primary(alias: str, date: str) -> str:
    """Return the condition that a claim is the one that speaks for its entity at a date, which is bound as said."""
    a = f"{alias}." if alias else ""
    return f"{a}superseded IS NULL AND {a}rank = 0 AND {a}valid_from <= {date} AND {a}valid_to > {date}"


@dataclass(frozen=True, slots=True)
class Branch:
    """How one property's edges are read: SQL expressions for the columns of an edge, and where they come from."""

    kind: str
    source: str
    source_kind: str
    target: str
    target_kind: str
    via: str
    claim_kind: str
    claim: str
    alias: str
    origin: str
    test: str

    def constants(self) -> dict[str, str]:
        """Return the kinds of ends that are the same for all edges of the branch."""
        kinds = {"source_kind": self.source_kind, "target_kind": self.target_kind}
        return {n: k[1:-1] for n, k in kinds.items() if k.startswith("'")}

    def select(self, end: str | None = None) -> str:
        """Return the query for edges that hold at ``?1``; with ``end``, those whose end is in ``temp.wanted``."""
        held = f"{self.alias}.valid_from <= ?1 AND {self.alias}.valid_to > ?1 AND {self.test}"
        if end is None:
            origin = self.origin
        else:
            at, kind = (
                (self.source, self.source_kind)
                if end == "source"
                else (self.target, self.target_kind)
            )
            origin = f"temp.wanted w CROSS JOIN {self.origin}"
            held = f"{at} = w.key AND w.kind = {kind} AND {held}"
        return (
            f"SELECT {self.source_kind} AS source_kind, {self.source} AS source, {self.target_kind} AS target_kind,"
            f" {self.target} AS target, '{self.kind}' AS kind, '{self.via}' AS via, {self.alias}.valid_from,"
            f" {self.alias}.valid_to, '{self.claim_kind}' AS claim_kind, {self.claim} AS claim FROM {origin} WHERE {held}"
        )


@cache
def ends(edge: str, end: str) -> tuple[str, ...]:
    """Return the kinds that an end of an edge may have."""
    declared = load_schema().edges[edge]
    return tuple(declared.source if end == "source" else declared.target)


@cache
def branches(edge: str) -> tuple[Branch, ...]:
    """Return how the edges of a kind are read, a branch for each property that makes them."""
    schema = load_schema()
    return tuple(
        _branch(kind.name, p)
        for kind in schema.kinds.values()
        for p in kind.properties.values()
        if p.edge is not None and p.edge.kind == edge
    )


def _branch(kind: str, p: Property) -> Branch:
    schema = load_schema()
    rule = p.edge
    if rule is None:
        raise ValueError(p.name)
    edge = schema.edges[rule.kind]
    here_kind = f"'{edge.source[0] if rule.source else kind}'"
    if p.type == "list":
        source, target = "e.source", "e.target"
        there_kind = _kind_of(rule.kind, rule.target, source if rule.reverse else target)
        kinds = (there_kind, here_kind) if rule.reverse else (here_kind, there_kind)
        test = f"e.kind = '{rule.kind}' AND e.via = '{p.name}' AND e.claim_kind = '{kind}'"
        return Branch(
            rule.kind, source, kinds[0], target, kinds[1], p.name, kind, "e.claim", "e", "edge e", test
        )  # fmt: skip
    here = column(rule.source) if rule.source else "c.key"
    there = column(p.name)
    there_kind = _kind_of(rule.kind, rule.target, there)
    ends = (there, there_kind, here, here_kind)
    if not rule.reverse:
        ends = (here, here_kind, there, there_kind)
    tests = [f"{there} IS NOT NULL", "c.superseded IS NULL"]
    if rule.source:
        tests.append(f"{here} IS NOT NULL")
    if kind != "member":
        tests.append("c.rank = 0")
    if (when := _when(rule.when, there)) is not None:
        tests.append(when)
    return Branch(
        rule.kind, *ends, p.name, kind, "c.id", "c", f"{table(kind)} c", " AND ".join(tests)
    )


def _kind_of(edge: str, fixed: str | None, at: str) -> str:
    """Return the SQL for the kind of an end: the first kind that has the key, else the implied one."""
    schema = load_schema()
    targets = schema.edges[edge].target
    if fixed is not None or len(targets) == 1:
        return f"'{fixed or targets[0]}'"
    whens = " ".join(
        f"WHEN EXISTS(SELECT 1 FROM {table(k)} x WHERE x.key = {at} AND x.superseded IS NULL) THEN '{k}'"
        for k in targets
        if k in schema.kinds
    )
    other = next(k for k in targets if k in schema.implied)
    return f"CASE {whens} ELSE '{other}' END"


def _when(when: str | None, value: str) -> str | None:
    if when == "code":
        return f"{value} NOT GLOB '*[' || char(0x2e80) || '-' || char(0x9fff) || ']*'"
    if when == "office":
        return f"{value} NOT IN ('是', '否')"
    return None


def edge_inserts(kind: str, claims: str) -> list[str]:
    """Return the statements that take apart the lists of some claims.

    ``claims`` is a query for them with all columns. Members keep the edges of claims that are not primary too.
    """
    out = []
    for p in load_schema().kinds[kind].properties.values():
        rule = p.edge
        if rule is None or p.type != "list":
            continue
        at = column(p.name)
        here = column(rule.source) if rule.source else "c.key"
        ends = f"v.value, {here}" if rule.reverse else f"{here}, v.value"
        array = f"""'["' || replace(replace(replace({at}, '\\', '\\\\'), '"', '\\"'), ';', '","') || '"]'"""
        tests = [f"{at} IS NOT NULL", f"{here} IS NOT NULL", "c.superseded IS NULL"]
        if kind != "member":
            tests.append("c.rank = 0")
        if (when := _when(rule.when, "v.value")) is not None:
            tests.append(when)
        out.append(
            f"INSERT OR IGNORE INTO edge SELECT '{rule.kind}', {ends}, '{p.name}', '{kind}', c.id, c.valid_from, c.valid_to"
            f" FROM ({claims}) c, json_each({array}) v WHERE {' AND '.join(tests)}"
        )
    return out
