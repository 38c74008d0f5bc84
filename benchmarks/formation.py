"""Joint formation: gaps, times and proofs on cities and hard shapes; microaggregation; and what peers do on the same instance.

Aims (two cores): 20,000 organizations to 0.2 % in 30 s, 200,000 to 0.5 % in 4 minutes, 1,000,000 to 1 % in 15 minutes and 4 GiB;
over the covered part of the cost 0.3, 1 and 2 %. Hard shapes: 2,000 in 40 buildings and 840 of one division to 0.5 % in 60 s each,
6,000 in one street to 2 % in 4 minutes. Microaggregation with k = 3: 1568.6 (Tarragona) and 655.4 (Census), proven to 0.1 %, a
minute each. Every plan is verified by the checker that shares no code with the planner.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._machine import header, measured

Aim = tuple[float | None, float | None, int | None]
"""Gap, gap over the covered part, seconds."""
AIMS: dict[int, Aim] = {
    20_000: (0.002, 0.003, 30),
    200_000: (0.005, 0.01, 240),
    1_000_000: (0.01, 0.02, 900),
}
SHAPES: dict[str, tuple[int, Aim]] = {
    "buildings": (2_000, (0.005, None, 60)),
    "division": (840, (0.005, None, 60)),
    "street": (6_000, (0.02, None, 240)),
}
SSE = {"Tarragona": 1568.6, "Census": 655.4}

LEDGERS = """
import sys
from api.cli.app import run
folder, store, organizations, seed = sys.argv[1:]
assert run(["generate", folder, "--orgs", organizations, "--seed", seed]) == 0
run(["import", folder, "--store", store])
"""
PLAN = """
import sys
from api.cli.app import run
raise SystemExit(run(["plan", "--store", sys.argv[1], "--out", sys.argv[2]]))
"""
VERIFY = """
import sys
from api.cli.app import run
raise SystemExit(run(["verify", sys.argv[2], "--store", sys.argv[1]]))
"""
SHAPE = """
import json, resource, sys, time
from benchmarks._shapes import DATED, SHAPES
from graph.city import City
from graph.formation import plan
from graph.formation.verify import verify
from graph.policy.profile import load
store = SHAPES[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
profile = load()
begun = time.perf_counter()
made = plan(City(store, profile, DATED))
planned = time.perf_counter()
faults = verify(made, store, profile)["faults"]
print(json.dumps({"plan": made, "seconds": planned - begun, "verified": time.perf_counter() - planned, "faults": len(faults)}))
"""
RECORDS = """
import json, sys, time
from pathlib import Path
import numpy as np
from benchmarks._microaggregation import problem, records, squared_error
from graph.formation.problem import Component
from graph.formation.solve import Parameters, Solved, _component
x = records(Path(sys.argv[1]))
instance = problem(x)
begun = time.perf_counter()
none = np.zeros(0, dtype=np.int64)
effort = Parameters(turns=22, pool=3_000, sweeps=2, nodes=20, gap=0, dives=True)
out = Solved(None, [], [], [], [], [], [], 0, 0, "optimal", True)
_, bound, _, _ = _component(Component(np.arange(instance.n), none, instance), out, 0, effort, lambda: False)
error = squared_error(x, [g for g, _ in out.joint])
print(json.dumps({"error": error, "bound": bound / 1e6, "seconds": time.perf_counter() - begun}))
"""
PEERS = """
import json, sys, time
from dataclasses import asdict
import numpy as np
from benchmarks import _peers as peers
from benchmarks._shapes import DATED, SHAPES
from graph.city import City
from graph.formation.problem import build
from graph.formation.solve import Parameters, _unit
from graph.policy.profile import load
shape, n, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
problem = build(City(SHAPES[shape](n, seed), load(), DATED))
unit = next(u for u in problem.units if len(u.rows))
parts = problem.parts(unit)
begun = time.perf_counter()
ours = _unit(problem, unit, 0, Parameters(), lambda: False)
seconds = time.perf_counter() - begun
(component,) = parts.components
i = component.instance
f = problem.features.take(component.rows)
features = np.column_stack([f.lon * 200, f.lat * 200, f.own[:, 1], f.own[:, 3] / 10.0])
rows = [peers.Row("lianjian", n - len(ours.uncovered), ours.objective / 1e6, seconds, 0)]
rows += [
    peers.measured("greedy by cost", i, lambda: peers.greedy(i)),
    peers.measured("spopt MaxPHeuristic", i, lambda: peers.max_p(i, features, seed)),
    peers.measured("agglomerative, cut", i, lambda: peers.agglomerative(i)),
    peers.measured("Louvain, cut", i, lambda: peers.louvain(i, seed)),
    peers.measured("MIP over all groups", i, lambda: peers.enumeration(i)),
]
print(json.dumps({"bound": ours.bound / 1e6, "n": i.n, "rows": [r if isinstance(r, str) else asdict(r) for r in rows]}))
"""


def main() -> None:
    """Measure everything, or what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, nargs="*", default=[20_000, 200_000, 1_000_000])
    parser.add_argument("--shapes", nargs="*", default=list(SHAPES), choices=list(SHAPES))
    parser.add_argument("--peers", type=int, nargs="*", default=[16, 150], help="organizations")
    parser.add_argument("--skip-microaggregation", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    header("formation", ["highspy", "networkx", "numba", "numpy", "scipy"])
    print(f"{'what':<28}{'small':>8}{'covered':>9}{'cost':>12}{'gap':>9}{'aim':>7}"
          f"{'covered part':>14}{'aim':>7}{'proven':>9}{'plan s':>8}{'aim':>5}{'GiB':>6}{'verify s':>9}")  # fmt: skip
    before: tuple[int, float] | None = None
    for n in options.cities:
        before = _city(n, options.seed, before)
    for name in options.shapes:
        _shape(name, options.seed)
    if not options.skip_microaggregation:
        _microaggregation()
    for n in options.peers:
        _peers(n, options.seed)


def _city(n: int, seed: int, before: tuple[int, float] | None) -> tuple[int, float]:
    with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
        store, out = f"{folder}/city.db", Path(folder) / "plan.json"
        measured(LEDGERS, f"{folder}/ledgers", store, str(n), str(seed))
        planned = measured(PLAN, store, str(out))
        checked = measured(VERIFY, store, str(out))
        made = json.loads(out.read_text())
    _line(
        f"city of {n:,}",
        made,
        AIMS.get(n, (None, None, None)),
        planned.seconds,
        planned.peak,
        checked.seconds,
    )
    small = sum(len(u["prices"]) for u in made["ledger_units"])
    if before is not None:
        times, sizes = planned.seconds / before[1], small / before[0]
        print(f"  {sizes:.1f} times the small organizations took {times:.1f} times as long")
    return small, planned.seconds


def _line(
    what: str, made: dict[str, Any], aims: Aim, seconds: float, peak: float, checked: float
) -> None:
    units = [u for u in made["ledger_units"] if u["prices"]]
    small = sum(len(u["prices"]) for u in units)
    alone = sum(len(u["uncovered"]) for u in units)
    objective, bound = made["totals"]["objective"], made["totals"]["bound"]
    part = objective - 10 * alone
    proven = sum(u["status"] == "optimal" for u in units) / max(len(units), 1)
    gap = (objective - bound) / objective if objective else 0.0
    print(f"{what:<28}{small:>8,}{small - alone:>9,}{objective:>12.3f}{gap:>9.3%}{_part(aims[0])}"
          f"{(objective - bound) / part:>14.3%}{_part(aims[1])}{proven:>9.1%}{seconds:>8.1f}{aims[2] or '':>5}"
          f"{peak:>6.2f}{checked:>9.1f}", flush=True)  # fmt: skip


def _part(aim: float | None) -> str:
    return f"{'' if aim is None else f'{aim:.1%}':>7}"


def _shape(name: str, seed: int) -> None:
    n, aims = SHAPES[name]
    run = measured(SHAPE, name, str(n), str(seed))
    told = json.loads(run.output)
    if told["faults"]:
        raise SystemExit(f"{name}: the plan has {told['faults']} faults")
    _line(f"{n:,} by {name}", told["plan"], aims, told["seconds"], run.peak, told["verified"])


def _microaggregation() -> None:
    data = os.environ.get("LIANJIAN_REFERENCE_DATA")
    folder = Path(data) / "microaggregation" if data else None
    if folder is None or not folder.is_dir():
        print("microaggregation: skipped, LIANJIAN_REFERENCE_DATA names no folder that holds it")
        return
    for name, aim in SSE.items():
        told = json.loads(measured(RECORDS, str(folder / f"{name}.csv")).output)
        gap = (told["error"] - told["bound"]) / told["error"]
        print(
            f"{name}, k = 3: squared error {told['error']:.3f} (aim {aim}), gap {gap:.3%} (aim 0.1 %), {told['seconds']:.1f} s"
        )


def _peers(n: int, seed: int) -> None:
    told = json.loads(measured(PEERS, "street", str(n), str(seed)).output)
    print(f"a street of {told['n']} that hang together, bound {told['bound']:.3f}")
    print(f"  {'':<22}{'covered':>8}{'cost':>10}{'gap':>9}{'seconds':>9}{'violated':>9}")
    for row in told["rows"]:
        if isinstance(row, str):
            print(f"  {row}")
            continue
        gap = (row["cost"] - told["bound"]) / row["cost"]
        print(
            f"  {row['name']:<22}{row['covered']:>8}{row['cost']:>10.3f}{gap:>9.2%}{row['seconds']:>9.2f}{row['violated']:>9}"
        )


if __name__ == "__main__":
    main()
