"""How long a full audit and the difference of two dates take, and the structural questions against networkx and Neo4j.

Aims: 1,000,000 organizations and 60,000 units: audit 60 s and 2 GiB, ``diff`` of two dates 30 s. Every tenth organization
changed between the dates. Seconds of the processor are printed too: the rest is other programs' turn. Chains of a whole city have a
benchmark of their own (``chain.py``), and so have duplicates (``duplicates.py``).

The structural questions are asked of hierarchies that no recursion survives (``_structure.py``). Peers, in the same run: networkx
(``strongly_connected_components``, ``simple_cycles``, ``ancestors``, ``descendants``) over a graph in memory, and Cypher where
a server may be asked: ``LIANJIAN_NEO4J_URI`` (``bolt://…`` or ``neo4j://…``), ``LIANJIAN_NEO4J_USER`` (else ``neo4j``),
``LIANJIAN_NEO4J_PASSWORD``, and the package ``neo4j`` beside this program's own. A server that holds anything else is left alone.
All that answer have to give the same answers.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks._machine import header, measured
from benchmarks._structure import structure

BUILD = """
import sys, time
from benchmarks._city import city
from graph.store import open_store
store = open_store(sys.argv[1], create=True)
for dated, changed in ((20160826, 0.0), (20161120, 0.1)):
    begun = time.process_time()
    with store.importing(at="t", dated=dated, files=["city"]) as importer:
        for claims in city(int(sys.argv[2]), int(sys.argv[4]), int(sys.argv[3]), dated, changed):
            importer.add(claims)
    print(f"edition of {dated} stored in {time.process_time() - begun:.1f} s of the processor")
"""
HEAD = """
import json, sys, time
from graph.policy.profile import load
from graph.store import open_store
store = open_store(sys.argv[1])
begun, worked = time.perf_counter(), time.process_time()
"""
TAIL = """
print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - worked, **said}))
"""
AUDIT = (
    HEAD
    + """
from graph.affiliation.findings import audit
from graph.city import City
city = City(store, load())
result = audit(city, store)
severities = result.findings.severities()
said = {"findings": len(result.findings), "severities": dict(severities), "units": len(city.units)}
"""
    + TAIL
)
DIFF = (
    HEAD
    + """
from graph.history.diff import diff
found = diff(store, load(), 20160826, 20161120)
said = {"totals": found.totals()}
"""
    + TAIL
)


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument(
        "--structure-only", action="store_true", help="the structural questions and nothing else"
    )
    options = parser.parse_args()
    header("audit and diff, embedded store", ["apsw", "networkx", "numpy", "pandas", "pyarrow"])
    with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
        if not options.structure_only:
            _whole(str(Path(folder) / "a.db"), options.organizations, options.units, options.seed)
        structure(str(Path(folder) / "b.db"), options.units, options.seed)


def _whole(path: str, organizations: int, units: int, seed: int) -> None:
    """Measure audit and difference of a whole city."""
    print(measured(BUILD, path, str(organizations), str(units), str(seed)).output, end="")
    runs = {name: measured(code, path) for name, code in (("audit", AUDIT), ("diff", DIFF))}
    a, d = (json.loads(run.output) for run in runs.values())
    print(f"\n{organizations:,} organizations, {a['units']:,} units:")
    for name, aim, found in (("audit", 60, a), ("diff", 30, d)):
        print(
            f"  {name:5s} {found['seconds']:7.1f} s (aim: {aim}), {found['cpu']:.1f} s of the processor,"
            f" peak {runs[name].peak:.2f} GiB (aim: 2)"
        )
    print(f"  findings {a['findings']:,} {a['severities']}; difference {d['totals']}")


if __name__ == "__main__":
    main()
