"""The Neo4j store's names: labels, relationship types, property keys, indexes, all from the schema and from nowhere else.

A node labelled with a kind (``Organization``, ``PartyUnit``, ``Building``) is an *entity*: it has a ``key`` and a ``name``, and
relationships of the schema's types lead between entities. What a row says of one is a node of its own, an
``OrganizationClaim``, with the row's values under the schema's names; keys that begin with ``_`` are the store's (docs/adr/0019).

Query texts are put together here and in the other ``neo4j_*`` modules from what these functions return. :func:`quoted` refuses
whatever the schema or :data:`KEYS` does not name, so that no text of a ledger can become part of a query.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from graph.errors import SchemaError
from graph.schema import load_schema

if TYPE_CHECKING:
    from graph.schema import EdgeRule

VERSION = 4
FOREVER = 2**34
"""What stands for the end of what has none: of all revisions later."""
PERSONAL_EDGES = ("BELONGS_TO", "EMPLOYED_BY", "INSTRUCTED_BY")

LOOKED_UP = (
    ("decision", "type"), ("exclusion", "organization"), ("strike_off", "organization"), ("inspection", "organization"),
    ("organization", "level"),
)  # fmt: skip
"""Properties that entities are looked up by (:meth:`Store.having`, :meth:`Store.frame` with ``by``), beside keys and codes."""

STORE, BATCH, SHEET, LANE = "LianjianStore", "LianjianBatch", "LianjianSheet", "LianjianLane"
NAMES = "lianjian_names"
"""The full-text index over the names of all that is drawn and found."""

KEYS = (
    "key", "valid_from", "valid_to", "_claim", "_batch", "_ledger", "_sheet", "_row", "_dated", "_edition", "_rank", "_superseded",
    "_digest", "_since", "_until", "_former", "_spelled", "_by", "_at",
)  # fmt: skip
"""Keys of the store's own, beside the schema's."""


@cache
def _closed() -> frozenset[str]:
    schema = load_schema()
    out = {STORE, BATCH, SHEET, LANE, NAMES, *KEYS, *schema.edges}
    for kind in (*schema.kinds, *schema.implied):
        out |= {_camel(kind), f"{_camel(kind)}Claim", f"{_camel(kind)}Listing"}
    for declared in schema.kinds.values():
        clash = set(declared.properties) & set(KEYS)
        if clash:
            raise SchemaError(
                f"schema: {declared.name}.{clash.pop()} has a name of the store's own"
            )
        out |= set(declared.properties)
    return frozenset(out)


def quoted(name: str) -> str:
    """Return a name as a Cypher identifier; ``SchemaError`` for one that neither schema nor store has."""
    if name not in _closed():
        raise SchemaError(f"schema: no label, type or key is called {name!r}")
    return f"`{name}`"


def _camel(kind: str) -> str:
    # what people call it: a "Unit" alone could be anything
    return "PartyUnit" if kind == "unit" else "".join(part.title() for part in kind.split("_"))


def label(kind: str) -> str:
    """Return the label of a kind's entities."""
    return quoted(_camel(kind))


def claim(kind: str) -> str:
    """Return the label of what rows say of a kind's entities."""
    return quoted(f"{_camel(kind)}Claim")


def listing(kind: str) -> str:
    """Return the label of rows that only repeat a claim."""
    return quoted(f"{_camel(kind)}Listing")


def point(lon: str, lat: str) -> str:
    """Return the expression for a point of two numbers, which is unknown where they are none of a point (base: *within*)."""
    on_earth = f"abs({lon}) <= 180 AND abs({lat}) <= 90"
    return f"CASE WHEN {on_earth} THEN point({{longitude: {lon}, latitude: {lat}}}) END"


@cache
def kinds_by_label() -> dict[str, str]:
    """Return the kind of each label of entities."""
    schema = load_schema()
    return {_camel(kind): kind for kind in (*schema.kinds, *schema.implied)}


@cache
def made_by() -> dict[int, tuple[str, str]]:
    """Return what a relationship's ``_by`` stands for: the kind of the claim that makes it, and the property that does.

    Numbers of 32 bits, which take a quarter of the room of the two names, follow from these and from nothing else: whatever comes
    to the schema, they stay.
    """
    out: dict[int, tuple[str, str]] = {}
    for kind in load_schema().kinds:
        for prop, _ in rules(kind):
            name = f"{kind}.{prop}"
            other = out.setdefault(_number(name), (kind, prop))
            if other != (kind, prop):
                raise SchemaError(f"schema: {name} has the number of {'.'.join(other)}")
    return out


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")


@cache
def by(kind: str, prop: str | None = None) -> list[int]:
    """Return the numbers in ``_by`` of what a kind's properties make, or one of them makes."""
    return [n for n, made in made_by().items() if made[0] == kind and prop in (None, made[1])]


@cache
def has_entities(kind: str) -> bool:
    """Return whether a kind's entities are nodes of their own: they are drawn, or relationships lead to them."""
    schema = load_schema()
    ends = {k for e in schema.edges.values() for k in (*e.source, *e.target)}
    declared = schema.kinds.get(kind) or schema.implied[kind]
    return declared.role == "node" or kind in ends


@cache
def drawn() -> tuple[str, ...]:
    """Return the kinds of edges that are drawn and followed: those between nodes that are no persons."""
    return tuple(kind for kind in load_schema().edges if kind not in PERSONAL_EDGES)


@cache
def rules(kind: str) -> tuple[tuple[str, EdgeRule], ...]:
    """Return the properties of a kind that make edges, with how."""
    properties = load_schema().kinds[kind].properties.values()
    return tuple((p.name, p.edge) for p in properties if p.edge is not None)


@cache
def open_ends(edge: str) -> tuple[str, ...]:
    """Return the kinds that a target without a kind of its own may turn out to be; none where it is settled."""
    schema = load_schema()
    made = [
        p.edge
        for k in schema.kinds.values()
        for p in k.properties.values()
        if p.edge is not None and p.edge.kind == edge
    ]
    targets = schema.edges[edge].target
    if len(targets) == 1 or all(rule.target for rule in made):
        return ()
    return tuple(k for k in targets if k in schema.kinds)


@cache
def implied_end(edge: str) -> str:
    """Return the kind that a target is where no row defines it."""
    schema = load_schema()
    targets = schema.edges[edge].target
    return next((k for k in targets if k in schema.implied), targets[0])


# -- constraints and indexes -------------------------------------------------------------------------------------


@cache
def late() -> frozenset[str]:
    """Return the indexes that a store gets at the end of its first import: the server fills them far quicker than row by row.

    They are over names and points, and serve :mod:`~graph.store.neo4j_find` alone; all others serve the import itself.
    """
    return frozenset(n for n in definitions() if n == NAMES or n.endswith(("_spelled", "_at")))


@cache
def definitions() -> dict[str, str]:
    """Return the statements that make constraints and indexes, by the names of these."""
    schema = load_schema()
    out = {
        "lianjian_store": f"CONSTRAINT lianjian_store IF NOT EXISTS FOR (n:{quoted(STORE)}) REQUIRE n.store IS UNIQUE",
        "lianjian_lane": f"CONSTRAINT lianjian_lane IF NOT EXISTS FOR (n:{quoted(LANE)}) REQUIRE n.id IS UNIQUE",
        "lianjian_batch": f"INDEX lianjian_batch IF NOT EXISTS FOR (n:{quoted(BATCH)}) ON (n.id)",
        "lianjian_sheet": f"INDEX lianjian_sheet IF NOT EXISTS FOR (n:{quoted(SHEET)}) ON (n.id)",
    }

    def index(name: str, at: str, key: str, sort: str = "INDEX") -> None:
        out[name] = f"{sort} {name} IF NOT EXISTS FOR (n:{at}) ON (n.{quoted(key)})"

    for kind in (*schema.kinds, *schema.implied):
        if has_entities(kind):
            name = f"lianjian_{kind}"
            out[name] = (
                f"CONSTRAINT {name} IF NOT EXISTS FOR (n:{label(kind)}) REQUIRE n.key IS UNIQUE"
            )
    for kind, declared in schema.kinds.items():
        at = claim(kind)
        index(f"lianjian_{kind}_claim", at, "_claim")
        index(f"lianjian_{kind}_key", at, "key")
        index(f"lianjian_{kind}_listing", listing(kind), "_claim")
        if declared.role == "node":
            index(f"lianjian_{kind}_spelled", at, "_spelled", "TEXT INDEX")
            if "code" in declared.properties:
                index(f"lianjian_{kind}_code", at, "code")
    for kind in schema.located:
        index(f"lianjian_{kind}_at", claim(kind), "_at", "POINT INDEX")
    for kind, prop in LOOKED_UP:
        index(f"lianjian_{kind}_{prop}", claim(kind), prop)
    named = "|".join(claim(k) for k, declared in schema.kinds.items() if declared.role == "node")
    out[NAMES] = (
        f"FULLTEXT INDEX {NAMES} IF NOT EXISTS FOR (n:{named}) ON EACH [n.name]"
        " OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk', `fulltext.eventually_consistent`: false}}"
    )
    return {name: f"CREATE {body}" for name, body in out.items()}
