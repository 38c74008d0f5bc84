"""How long a full audit and the difference of two dates take, against networkx answering the structural questions alone.

Aims: 1,000,000 organizations and 60,000 units: audit 60 s and 2 GiB, ``diff`` of two dates 30 s. Every tenth organization
changed between the dates. The peer gets the units' graph built in memory and answers which units lie on cycles
(``strongly_connected_components``) and what lies below the root (``descendants``); both answers have to be the same.
Seconds of the processor are printed too: the rest is other programs' turn. Chains have a benchmark of their own (``chain.py``).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks._machine import header, measured

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
OURS = (
    HEAD
    + """
from graph.affiliation.chains import Forest
units = store.frame("unit", columns=[])["key"]
links = store.edges("SUBORDINATE_TO")
begun, worked = time.perf_counter(), time.process_time()
forest = Forest.of(units, links)
below = len(store.chain("unit", "ROOT", down=True).nodes) - 1
said = {"cycles": len(forest.cycles()), "below": below}
"""
    + TAIL
)
PEER = (
    HEAD
    + """
import networkx as nx
units = store.frame("unit", columns=[])["key"]
links = store.edges("SUBORDINATE_TO")
begun, worked = time.perf_counter(), time.process_time()
whole = nx.DiGraph()
whole.add_nodes_from(units)
whole.add_edges_from(zip(links["target"], links["source"]))
cycles = sum(len(c) > 1 for c in nx.strongly_connected_components(whole))
said = {"cycles": cycles, "below": len(nx.descendants(whole, "ROOT"))}
"""
    + TAIL
)


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=2016)
    options = parser.parse_args()
    header("audit and diff, embedded store", ["apsw", "networkx", "numpy", "pandas", "pyarrow"])
    with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
        path = str(Path(folder) / "a.db")
        sizes = [str(options.organizations), str(options.units), str(options.seed)]
        print(measured(BUILD, path, *sizes).output, end="")
        runs = {
            name: measured(code, path)
            for name, code in (("audit", AUDIT), ("diff", DIFF), ("ours", OURS), ("peer", PEER))
        }
    said = {name: json.loads(run.output) for name, run in runs.items()}
    a, d, ours, peer = (said[name] for name in runs)
    print(f"\n{options.organizations:,} organizations, {a['units']:,} units:")
    for name, aim, found in (("audit", 60, a), ("diff", 30, d)):
        print(
            f"  {name:5s} {found['seconds']:7.1f} s (aim: {aim}), {found['cpu']:.1f} s of the processor,"
            f" peak {runs[name].peak:.2f} GiB (aim: 2)"
        )
    print(f"  findings {a['findings']:,} {a['severities']}; difference {d['totals']}")
    if any(ours[k] != peer[k] for k in ("cycles", "below")):
        raise SystemExit("the two do not answer alike")
    print(
        f"  cycles and what is below the root: lianjian {ours['cpu']:.2f} s, networkx {peer['cpu']:.2f} s of the processor,"
        f" ratio {ours['cpu'] / peer['cpu']:.2f}"
    )


if __name__ == "__main__":
    main()
