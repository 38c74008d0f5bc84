"""How long an organization's chain takes out of the embedded store, against networkx walking the same city in memory.

Aim (DESIGN, *Speed and size*): 1,000,000 organizations, median under 100 µs, 99th percentile under 1 ms. Keys are drawn over the
whole city without repeats; both answer the same keys with the same nodes, in the same order.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks._machine import header, measured

BUILD = """
import sys
from benchmarks._city import city
from graph.store import open_store
store = open_store(sys.argv[1], create=True)
with store.importing(at="2016-08-26T00:00:00", dated=20160826, files=["city"]) as importer:
    for claims in city(int(sys.argv[2]), int(sys.argv[3])):
        importer.add(claims)
"""
HEAD = """
import hashlib, json, sys, time
import numpy as np
from benchmarks._city import key
path, organizations, seed, n = sys.argv[1], *map(int, sys.argv[2:])
keys = [key(int(i)) for i in np.random.default_rng(seed).choice(organizations, size=n, replace=False)]
from graph.store import open_store
store = open_store(path)

def report(chain, built):
    times, cpu, said, hops = np.empty(n), np.empty(n), hashlib.sha256(), 0
    for i, k in enumerate(keys):
        begun, worked = time.perf_counter_ns(), time.thread_time_ns()
        nodes = chain(k)
        times[i], cpu[i] = time.perf_counter_ns() - begun, time.thread_time_ns() - worked
        said.update(repr(nodes).encode())
        hops = max(hops, len(nodes) - 1)
    p = [float(x) / 1000 for x in [*np.percentile(times, [50, 99]), *np.percentile(cpu, [50, 99])]]
    print(json.dumps({"built": built, "median": p[0], "p99": p[1], "cpu": p[2:], "same": said.hexdigest(), "hops": hops}))
"""
OURS = (
    HEAD
    + """
report(lambda k: [n.id for n in store.chain("organization", k).nodes], 0.0)
"""
)
PEER = (
    HEAD
    + """
import networkx as nx
begun = time.perf_counter()
whole = nx.DiGraph()
whole.add_nodes_from(store.frame("organization", columns=[])["key"])
for kind in ("COVERS", "SUBORDINATE_TO"):
    edges = store.edges(kind)
    ends = ("target", "source") if kind == "COVERS" else ("source", "target")
    whole.add_edges_from(zip(edges[ends[0]], edges[ends[1]]))
for kind in ("unit", "organization"):
    named = store.frame(kind, columns=["name", "type" if kind == "unit" else "category"])
    for k, name, type_ in zip(*(named.iloc[:, i] for i in range(3))):
        whole.nodes[k].update(name=name, type=type_)
built = time.perf_counter() - begun

def chain(start):
    depth = nx.single_source_shortest_path_length(whole, start)
    return sorted(depth, key=lambda n: (depth[n], n))

report(chain, built)
"""
)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=1_000_000)
    parser.add_argument(
        "--keys", type=int, default=20_000, help="chains asked for, each of another organization"
    )
    parser.add_argument("--seed", type=int, default=2016)
    options = parser.parse_args()
    header("chain, embedded store", ["apsw", "networkx", "numpy"])
    sizes = [str(options.organizations), str(options.seed)]
    with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
        path = str(Path(folder) / "a.db")
        load = measured(BUILD, path, *sizes)
        asked = [path, *sizes, str(min(options.keys, options.organizations))]
        ours, peer = measured(OURS, *asked), measured(PEER, *asked)
        size = Path(path).stat().st_size / 2**20
    a, b = json.loads(ours.output), json.loads(peer.output)
    if a["same"] != b["same"]:
        raise SystemExit("the two do not answer alike")
    print(
        f"\n{int(asked[-1]):,} chains of up to {a['hops']} hops among {options.organizations:,} organizations"
    )
    print(
        f"(made and stored as claims in {load.seconds:.1f} s, peak {load.peak:.2f} GiB, {size:.0f} MiB), the same answers:"
    )
    print(
        f"  lianjian  median {a['median']:7.1f} µs (aim: 100)  99 % {a['p99']:8.1f} µs (aim: 1,000)"
        f"  peak {ours.peak:.2f} GiB"
    )
    print(
        f"  networkx  median {b['median']:7.1f} µs             99 % {b['p99']:8.1f} µs              "
        f"  peak {peer.peak:.2f} GiB, built in {b['built']:.1f} s"
    )
    print(
        f"  of it on the processor (the rest is other programs' turn): {a['cpu'][0]:.1f} and {a['cpu'][1]:.1f} µs"
    )
    print(
        f"  ratio     median {a['median'] / b['median']:7.2f} x networkx's time, {ours.peak / peer.peak:.2f} x its memory"
    )


if __name__ == "__main__":
    main()
