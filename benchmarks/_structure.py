"""The structural questions of the audit over hierarchies that no recursion survives, and the peers that answer them too.

60,000 units of a city, and beside them a chain of 5,000, a cycle through 4,000, 200 cycles of three, and a unit with 100,000
directly below it. Asked are: the cycles; all that is below the root; all that is above the last of the long chain.
"""

from __future__ import annotations

import json
import os

from benchmarks._machine import measured

BUILD = """
import sys
import pandas as pd
from benchmarks._city import city
from graph.model import Claims
from graph.store import open_store
DEEP, RING, WIDE, SMALL = 5_000, 4_000, 100_000, 200
above = {"C00000": "ROOT"}
above |= {f"C{i:05d}": f"C{i - 1:05d}" for i in range(1, DEEP)}
above |= {f"R{i:05d}": f"R{(i + 1) % RING:05d}" for i in range(RING)}
above |= {f"T{i:03d}{k}": f"T{i:03d}{(k + 1) % 3}" for i in range(SMALL) for k in range(3)}
above |= {"WIDE": "ROOT"} | {f"W{i:06d}": "WIDE" for i in range(WIDE)}
frame = pd.DataFrame({"key": list(above), "superior": list(above.values()), "dated": 20160826, "type": "党支部"})
frame["name"], frame["row"] = frame["key"], range(len(frame))
store = open_store(sys.argv[1], create=True)
with store.importing(at="t", dated=20160826, files=["f"]) as importer:
    for claims in city(1_000, int(sys.argv[3]), int(sys.argv[2])):
        importer.add(claims)
    importer.add(Claims("unit", "more", 20160826, "f", "", frame))
"""
HEAD = """
import json, sys, time
from graph.store import open_store
store = open_store(sys.argv[1])
units = store.frame("unit", columns=[])["key"]
links = store.edges("SUBORDINATE_TO")
took = {}

def timed(name, work):
    begun = time.process_time()
    out = work()
    took[name] = time.process_time() - begun
    return out
"""
TAIL = """
print(json.dumps({"took": took, "said": said}))
"""
OURS = (
    HEAD
    + """
cycles = timed("cycles", lambda: store.structure().cycles)
below = timed("below", lambda: store.chain("unit", "ROOT", down=True))
chain = timed("above", lambda: store.chain("unit", "C04999"))
said = {"cycles": sorted(map(len, cycles)), "below": len(below.nodes) - 1, "above": len(chain.nodes) - 1}
"""
    + TAIL
)
NETWORKX = (
    HEAD
    + """
import networkx as nx
whole = nx.DiGraph()

def build():
    whole.add_nodes_from(units)
    whole.add_edges_from(zip(links["source"], links["target"]))

timed("built", build)
found = timed("cycles", lambda: [c for c in nx.strongly_connected_components(whole) if len(c) > 1])
below = timed("below", lambda: nx.ancestors(whole, "ROOT"))
chain = timed("above", lambda: nx.descendants(whole, "C04999"))
inside = whole.subgraph([n for c in found for n in c])
simple = timed("simple_cycles", lambda: sum(1 for _ in nx.simple_cycles(inside)))
said = {"cycles": sorted(map(len, found)), "below": len(below), "above": len(chain), "simple_cycles": simple}
"""
    + TAIL
)
CYPHER = (
    HEAD
    + """
import os
from neo4j import GraphDatabase, Query
uri, user = os.environ["LIANJIAN_NEO4J_URI"], os.environ.get("LIANJIAN_NEO4J_USER", "neo4j")
driver = GraphDatabase.driver(uri, auth=(user, os.environ["LIANJIAN_NEO4J_PASSWORD"]))
run = lambda text, **values: driver.execute_query(text, **values).records
version = run("CALL dbms.components() YIELD versions RETURN versions[0]")[0][0]
if run("MATCH (n) RETURN count(n) > 0")[0][0] and not run("MATCH (n:LianjianBenchmark) RETURN count(n) > 0")[0][0]:
    raise SystemExit("the Neo4j server holds data that is not this benchmark's: it is left alone")

def build():
    with driver.session() as session:
        session.run("MATCH (n:LianjianBenchmark) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
    run("CREATE CONSTRAINT lianjian_benchmark IF NOT EXISTS FOR (u:LianjianBenchmark) REQUIRE u.key IS UNIQUE")
    keys, pairs = units.tolist(), links[["source", "target"]].to_numpy().tolist()
    for i in range(0, len(keys), 10_000):
        run("UNWIND $keys AS key CREATE (:LianjianBenchmark {key: key})", keys=keys[i : i + 10_000])
    for i in range(0, len(pairs), 10_000):
        run("UNWIND $pairs AS p MATCH (a:LianjianBenchmark {key: p[0]}), (b:LianjianBenchmark {key: p[1]})"
            " CREATE (a)-[:SUBORDINATE_TO]->(b)", pairs=pairs[i : i + 10_000])

def timed(name, work):  # the server's time, not this process's
    begun = time.perf_counter()
    out = work()
    took[name] = time.perf_counter() - begun
    return out

def asked(name, text, **values):
    def ask():
        try:
            with driver.session() as session:
                return session.run(Query(text, timeout=120), **values).single()[0]
        except Exception as error:
            if "Timed" not in str(error) and "timeout" not in str(error) and "Memory" not in str(error):
                raise
            return None
    return timed(name, ask)

timed("built", build)
said = {
    "version": version,
    "below": asked("below", "MATCH (:LianjianBenchmark {key: 'ROOT'})<-[:SUBORDINATE_TO]-+(u) RETURN count(DISTINCT u)"),
    "above": asked("above", "MATCH (:LianjianBenchmark {key: 'C04999'})-[:SUBORDINATE_TO]->+(u) RETURN count(DISTINCT u)"),
    "cycles": asked("cycles", "MATCH (u:LianjianBenchmark) WHERE EXISTS { (u)-[:SUBORDINATE_TO]->+(u) } RETURN count(u)"),
}
with driver.session() as session:
    session.run("MATCH (n:LianjianBenchmark) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
run("DROP CONSTRAINT lianjian_benchmark")
"""
    + TAIL
)


def structure(path: str, units: int, seed: int) -> None:
    """Build the hierarchies in a store at ``path``, ask all who can answer, and print it."""
    measured(BUILD, path, str(units), str(seed))
    ours, peer = (json.loads(measured(code, path).output) for code in (OURS, NETWORKX))
    a, b = ours["said"], peer["said"]
    if any(a[k] != b[k] for k in a):
        raise SystemExit("lianjian and networkx do not answer alike")
    on_cycles = sum(a["cycles"])
    print(
        f"\nstructure: {len(a['cycles'])} cycles through {on_cycles:,} units, the longest through {max(a['cycles']):,};"
        f" {a['below']:,} below the root; {a['above']:,} above the last of a chain (seconds of the processor)"
    )
    names = ("cycles", "below", "above")
    told = ", ".join(f"{n} {ours['took'][n]:.3f}" for n in names)
    print(f"  lianjian  {told}; all out of the store, where networkx has all in memory")
    ratios = ", ".join(f"{n} {ours['took'][n] / peer['took'][n]:.2f}" for n in names)
    print(
        "  networkx  "
        + ", ".join(f"{n} {peer['took'][n]:.3f}" for n in names)
        + f" (strongly_connected_components, ancestors, descendants), {peer['took']['built']:.2f} to build its graph;"
        f" ratio {ratios}"
    )
    print(
        f"            simple_cycles {peer['took']['simple_cycles']:.3f}, {b['simple_cycles']} found: on the subgraph of those"
        " components only, for where cycles share units their number knows no bound"
    )
    if not os.environ.get("LIANJIAN_NEO4J_URI"):
        print("  Neo4j     not asked: LIANJIAN_NEO4J_URI is not set")
        return
    cypher = json.loads(measured(CYPHER, path).output)
    c, took = cypher["said"], cypher["took"]
    if any(c[k] not in (None, a[k]) for k in ("below", "above")) or c["cycles"] not in (
        None,
        on_cycles,
    ):
        raise SystemExit("lianjian and Neo4j do not answer alike")
    told = ", ".join(f"{n} {took[n]:.3f}" + (" (given up)" if c[n] is None else "") for n in names)
    print(
        f"  Neo4j     {told} (seconds by the clock, {c['version']}), {took['built']:.1f} to load; cycles are units on one:"
        " Cypher has no components"
    )
