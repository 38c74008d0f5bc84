"""What the two stores take for the same city and the same questions, and what Neo4j takes for them without this program.

200,000 organizations by default, 25,000 units. Measured are the import, and chains, neighbourhoods, boxes and what lies
round an organization, what the candidates of one street and the structural part of an audit ask of a store. Peers, in the same
run, on the same server:

- the bare driver running the very Cypher that the store sends, its rows put into a list and nothing else (aim: 1.5 ×);
- a ``LOAD CSV … CALL { } IN TRANSACTIONS`` written by hand of the same rows, which both read from files made before: a node a row
  with all its values, the relationships that lead from it, constraints on keys, and a full-text index over names, without history,
  pinyin or any check (aim: at least half its speed). Constraints, indexes and the wait for them are in both times.

A server of the tests is started for it (``make neo4j`` starts the same), with the whole compiler and 2 GiB. It has run for a while,
as live ones have: a city of 20,000 was imported in both ways, twice, and deleted, before the clock starts.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import pickle
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._city import STREETS, city, key
from benchmarks._machine import header, measured, seconds
from graph.around import around
from graph.formation.candidates import Candidates
from graph.model import Box
from graph.part import part_for
from graph.policy.profile import load
from graph.schema import load_schema
from graph.store import open_store
from tests.neo4j_server.server import Server

BUILD = """
import pickle, sys, time
from pathlib import Path
import pandas, pyarrow
from graph.store import open_store
store = open_store(sys.argv[1], create=True)
begun = time.perf_counter()
with store.importing(at="2016-08-26T00:00:00", dated=20160826, files=["city"]) as importer:
    for path in sorted(Path(sys.argv[2]).iterdir()):
        importer.add(pickle.loads(path.read_bytes()))
print(time.perf_counter() - begun)
"""
NEAR = {"300 m around": 300.0, "3 km around": 3_000.0}
EACH = ("chain", "neighbourhood", *NEAR, "a box of 2 km")
"""Questions that are asked of each key."""
WARM = 20_000
"""Organizations that a server is warmed with."""
Asked = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
LABELS = {"division": "Place", "building": "House", "unit": "Branch", "organization": "Firm"}
"""What the peer calls its nodes: it stands in the same database."""
TIES = {
    "division": [("parent", "IN", "Place", False)],
    "building": [("street", "IN", "Place", False)],
    "unit": [("superior", "UNDER", "Branch", False)],
    "organization": [
        ("district", "IN", "Place", False),
        ("street", "IN", "Place", False),
        ("community", "IN", "Place", False),
        ("building", "IN", "House", False),
        ("supervisor", "LOOKED_AFTER_BY", "Office", False),
        ("unit", "LOOKS_AFTER", "Branch", True),
    ],
}
"""The peer's relationships: column, type, the other end's label, whether it begins there."""


class Listening:
    """A store that remembers what it was asked."""

    def __init__(self, store: Any) -> None:
        self.store, self.asked = store, Asked()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        if not callable(found):
            return found

        def ask(*args: Any, **kwargs: Any) -> Any:
            self.asked.append((name, args, kwargs))
            return found(*args, **kwargs)

        return ask


@contextmanager
def overheard() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Note every query that the driver sends."""
    import neo4j

    sent: list[tuple[str, dict[str, Any]]] = []
    real = neo4j.ManagedTransaction.run

    def run(self: Any, query: Any, parameters: Any = None, **more: Any) -> Any:
        sent.append((str(query), dict(parameters or more)))
        return real(self, query, parameters, **more)

    neo4j.ManagedTransaction.run = run  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        neo4j.ManagedTransaction.run = real  # type: ignore[method-assign]


def questions(store: Any, organizations: int, n: int, seed: int) -> dict[str, Asked]:
    """Return what is asked, by name: keys over the whole city without repeats."""
    drawn = np.random.default_rng(seed).choice(organizations, size=2 * n, replace=False)
    keys = [key(int(i)) for i in drawn]
    out: dict[str, Asked] = {
        "chain": [("chain", ("organization", k), {}) for k in keys[:n]],
        "neighbourhood": [("neighbours", ("organization", k), {}) for k in keys[n:]],
    }
    for name, metres in NEAR.items():
        out[name] = [one for k in keys[:n] for one in heard_around(store, k, metres)]
    places = store.frame("organization", columns=["lon", "lat"], of=keys[:n]).dropna()
    out["a box of 2 km"] = [
        ("within", (Box(x - 0.0105, y - 0.009, x + 0.0105, y + 0.009),), {})
        for x, y in zip(places["lon"].tolist(), places["lat"].tolist(), strict=True)
    ]
    street = f"street:{store.frame('organization', columns=['street'])['street'].iloc[0]}"
    out["candidates of a street"] = heard(store, street)
    out["whole city for them"] = heard(store, None)
    out["structural audit"] = [("structure", (), {})]
    out["its rows instead"] = [
        ("frame", ("unit", None, []), {}),
        ("edges", ("SUBORDINATE_TO",), {}),
    ]
    return out


def heard_around(store: Any, organization: str, metres: float) -> Asked:
    """Return what a store is asked for what lies within some metres of an organization."""
    listening = Listening(store)
    around(listening, load(), "organization", organization, metres, store.latest())  # type: ignore[arg-type]
    return listening.asked


def heard(store: Any, within: str | None) -> Asked:
    """Return what a store is asked for the candidates of a ledger unit, or of all of them."""
    listening = Listening(store)
    town = part_for(listening, load(), store.latest(), within=within)  # type: ignore[arg-type]
    made = Candidates(town, None if within is None else town.select(within))
    for _ in made.rows(made.listed()):
        pass
    made.groups()
    return listening.asked


def ask(store: Any, asked: Asked) -> None:
    """Ask a store."""
    for name, args, kwargs in asked:
        getattr(store, name)(*args, **kwargs)


def bare(server: Server, sent: list[tuple[str, dict[str, Any]]]) -> None:
    """Run the same Cypher with nothing but the driver."""
    import neo4j

    with neo4j.GraphDatabase.driver(server.url, auth=(server.user, server.password)) as driver:
        driver.verify_connectivity()
        for text, values in sent:
            with driver.session() as session:
                session.execute_read(lambda tx, t=text, v=values: tx.run(t, v).values())


@contextmanager
def ledgers(organizations: int, seed: int) -> Iterator[str]:
    """Write a city's ledgers, a file each, as the frames that a store takes in."""
    with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
        for n, claims in enumerate(city(organizations, seed)):
            (Path(folder) / f"{n:04d}").write_bytes(pickle.dumps(claims))
        yield folder


def by_hand(server: Server, organizations: int, seed: int) -> float:
    """Import the same rows with statements written for them; return the seconds that the server took."""
    import neo4j

    folder = server.home / "import"
    folder.mkdir(exist_ok=True)
    files: dict[str, list[str]] = {}
    for claims in city(organizations, seed):
        names = ["key", *(c for c in claims.frame.columns if c not in ("key", "row", "dated"))]
        path = folder / f"{claims.kind}.csv"
        new = claims.kind not in files
        with path.open("w" if new else "a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(names)
            writer.writerows(
                claims.frame[names]
                .astype(object)
                .where(claims.frame[names].notna(), "")
                .to_numpy()
                .tolist()
            )
        files[claims.kind] = names
    with (
        neo4j.GraphDatabase.driver(server.url, auth=(server.user, server.password)) as driver,
        driver.session() as session,
    ):
        begun = time.perf_counter()
        for label in (*LABELS.values(), "Office"):
            session.run(
                f"CREATE CONSTRAINT hand_{label} IF NOT EXISTS FOR (n:{label}) REQUIRE n.key IS UNIQUE"
            ).consume()
        for kind, names in files.items():
            session.run(_statement(kind, names)).consume()
        session.run(
            f"CREATE FULLTEXT INDEX hand_names IF NOT EXISTS FOR (n:{'|'.join(LABELS.values())}) ON EACH [n.name]"
            " OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
        ).consume()
        session.run("CALL db.awaitIndexes(600)").consume()
        return time.perf_counter() - begun


def _statement(kind: str, names: list[str]) -> str:
    properties = load_schema().kinds[kind].properties
    casts = {"int": "toInteger", "date": "toInteger", "float": "toFloat", "bool": "toBoolean"}
    values = ", ".join(
        f"n.{c} = {casts.get(properties[c].type, '')}(nullIf(row.{c}, ''))"
        for c in names
        if c != "key"
    )
    ties = []
    for column, edge, label, back in TIES[kind]:
        arrow = f"(m)-[:{edge}]->(n)" if back else f"(n)-[:{edge}]->(m)"
        ties.append(
            f"WITH row, n CALL (row, n) {{ WITH row, n WHERE row.{column} <> '' MERGE (m:{label} {{key: row.{column}}})"
            f" CREATE {arrow} }}"
        )
    return (
        f"LOAD CSV WITH HEADERS FROM 'file:///{kind}.csv' AS row CALL (row) {{ MERGE (n:{LABELS[kind]} {{key: row.key}})"
        f" SET {values} {' '.join(ties)} }} IN TRANSACTIONS OF 5000 ROWS"
    )


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=200_000)
    parser.add_argument("--keys", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2016)
    options = parser.parse_args()
    header("the two stores", ["apsw", "neo4j", "neo4j-rust-ext", "numpy", "pandas", "pyarrow"])
    with (
        tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder,
        closing(Server(quick=False, heap="2g").start()) as server,
    ):
        print(f"server: Neo4j {server.release.version}, heap 2 GiB, page cache 128 MiB")
        os.environ |= {
            "LIANJIAN_NEO4J_USER": server.user,
            "LIANJIAN_NEO4J_PASSWORD": server.password,
        }
        urls = {"SQLite": str(Path(folder) / "a.db"), "Neo4j": server.url}
        _imports(urls, server, options.organizations, options.seed)
        _questions(urls, server, options.organizations, options.keys, options.seed)


def _warm(server: Server, seed: int) -> None:
    """Let a server that was just started do what it is to be measured at, until it is compiled; it is as empty as before then."""
    with ledgers(WARM, seed) as folder:
        for _ in range(2):
            measured(BUILD, server.url, folder)
            by_hand(server, WARM, seed)
            server.wipe(schema=True)


def _imports(urls: dict[str, str], server: Server, organizations: int, seed: int) -> None:
    _warm(server, seed)
    print(f"\nimport of {organizations:,} organizations in {STREETS} ledgers:")
    took: dict[str, float] = {}
    with ledgers(organizations, seed) as folder:
        for name, url in urls.items():
            run = measured(BUILD, url, folder)
            took[name] = float(json.loads(run.output))
            print(f"  {name:22s} {took[name]:8.1f} s, peak of the client {run.peak:.2f} GiB")
    took["by hand"] = by_hand(server, organizations, seed)
    speed = took["by hand"] / took["Neo4j"]
    print(
        f"  {'LOAD CSV by hand':22s} {took['by hand']:8.1f} s; ours at {speed:.2f} of its speed (aim: 0.5)"
    )


def _questions(urls: dict[str, str], server: Server, organizations: int, n: int, seed: int) -> None:
    stores = {name: open_store(url) for name, url in urls.items()}
    asked = questions(stores["SQLite"], organizations, n, seed)
    print(f"\nquestions ({n} keys), milliseconds each:")
    print(f"  {'':22s} {'SQLite':>10s} {'Neo4j':>10s} {'bare':>10s}   ours/bare (aim: 1.5)")
    for name, some in asked.items():
        with overheard() as sent:
            ask(stores["Neo4j"], some)  # the server has its caches and plans then, for both
        each = n if name in EACH else 1

        def took(work: Callable[[], object], each: int = each) -> float:
            return 1000 * seconds(work) / each

        embedded = took(lambda some=some: ask(stores["SQLite"], some))
        # by turns, and the better of two for both: what else the machine does hits either
        turns = [
            (took(lambda some=some: ask(stores["Neo4j"], some)), took(lambda sent=sent: bare(server, sent)))
            for _ in range(2)
        ]  # fmt: skip
        ours, plain = map(min, zip(*turns, strict=True))
        print(f"  {name:22s} {embedded:10.2f} {ours:10.2f} {plain:10.2f}   {ours / plain:.2f}")
    for store in stores.values():
        store.close()


if __name__ == "__main__":
    main()
