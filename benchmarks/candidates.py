"""How long the candidates among a city's small organizations take, against a bare tree that gives pairs within the radius.

Aim (DESIGN, *Speed and size*): within twice the time of scipy's ``cKDTree.query_pairs(output_type='ndarray')`` over the same small
organizations, ledger unit by ledger unit. Ours come with adjacency, similarity, distance and
what is shared: the pairs that are adjacent and similar (``near``), and beside them those of one division wherever they lie
(``listed``, what ``candidates`` writes); the tree's are bare numbers of all that lie within the radius.
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
import json, resource, sys, time
import numpy as np
from graph.city import City
from graph.formation.candidates import Candidates
from graph.policy.profile import load
from graph.store import open_store
store, profile = open_store(sys.argv[1]), load()
made = Candidates(City(store, profile, 20160826))
f = made.features
units = list(made.units())
radius = profile.formation.radius

def report(work):
    times, cpu, count = [], [], 0
    for _ in range(4):  # the first compiles, or reads what was compiled
        begun, worked = time.perf_counter(), time.process_time()
        count = sum(work())
        times.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - worked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": min(times[1:]), "cpu": min(cpu[1:]), "pairs": count, "units": len(units),
                      "small": int(sum(map(len, units))), "most": max(map(len, units)), "peak": peak}))
"""
OURS = (
    HEAD
    + """

def near():
    vars(made).pop("_nearby", None)  # what is sorted beforehand counts, as the tree's building does
    return (len(a) for a, b, found in made.near())

report(near)
"""
)
LISTED = OURS.replace("made.near()", "made.listed()")
PEER = (
    HEAD
    + """
from scipy.spatial import cKDTree
from graph.geo import project, search_radius
places = [project(f.lon[rows], f.lat[rows]) for rows in units]
report(lambda: (len(cKDTree(p).query_pairs(search_radius(radius), output_type="ndarray")) for p in places))
"""
)
IDLE = (
    HEAD
    + """
report(lambda: [0])
"""
)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--organizations", type=int, default=100_000, help="1000000 for a whole city"
    )
    parser.add_argument("--seed", type=int, default=2016)
    options = parser.parse_args()
    header("candidates, ledger unit by ledger unit", ["numba", "numpy", "scipy"])
    sizes = [str(options.organizations), str(options.seed)]
    with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
        path = str(Path(folder) / "a.db")
        measured(BUILD, path, *sizes)
        ours, listed, peer, idle = (
            json.loads(measured(c, path).output) for c in (OURS, LISTED, PEER, IDLE)
        )
    mib = 1024
    print(
        f"\n{ours['small']:,} small organizations of {options.organizations:,}, in {ours['units']} ledger units"
        f" of up to {ours['most']:,} (best of three; seconds on the processor in brackets):"
    )
    for name, one in (("near", ours), ("listed", listed), ("cKDTree", peer)):
        print(
            f"  {name:9} {one['seconds']:7.2f} s ({one['cpu']:.2f})  {one['pairs']:>12,} pairs"
            f"  {max(0, one['peak'] - idle['peak']) / mib:6.0f} MiB above the city's {idle['peak'] / mib:,.0f}"
        )
    print(
        f"  ratio     {ours['seconds'] / peer['seconds']:7.2f} x the tree's time (aim: 2), on the processor"
        f" {ours['cpu'] / peer['cpu']:.2f} x; listed {listed['cpu'] / peer['cpu']:.2f} x"
    )


if __name__ == "__main__":
    main()
