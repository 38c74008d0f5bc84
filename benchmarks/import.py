"""How long ledgers take to come in: a workbook against reading it only, and a whole city of CSV.

Aims (DESIGN, *Speed and size*): 100,000 rows of .xlsx at least 5 times faster than ``pandas.read_excel`` with openpyxl takes only
to read them; 1,000,000 organizations of CSV under 90 s and 2 GiB.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from statistics import median

from benchmarks._machine import header, measured
from benchmarks._workbook import write

IMPORT = """
import json, sys, time
from pathlib import Path
begun = time.perf_counter()
from graph.policy.profile import load
from graph.store import open_store
from loaders.pipeline import import_paths
source, store, faults = sys.argv[1:]
opened = open_store(store, create=True)
report = import_paths([source], opened, load(), fault_directory=Path(faults))
opened.close()
print(json.dumps({"seconds": time.perf_counter() - begun, **report.as_json()["totals"]}))
"""
PEER = """
import sys, time
import pandas
begun = time.perf_counter()
frame = pandas.read_excel(sys.argv[1], engine="openpyxl", sheet_name="非公企业", dtype=str)
print(time.perf_counter() - begun, len(frame))
"""
GENERATE = """
import sys
from loaders.synthetic import generate
generate(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
"""


def workbook(folder: Path, rows: int, repeats: int) -> None:
    """Import a workbook of one big sheet; its peer only reads that file. The two take turns."""
    path = folder / "ledger.xlsx"
    write(path, rows)
    ours, peers = [], []
    for turn in range(repeats):
        faults = folder / f"faults {turn}"
        faults.mkdir()
        ours.append(measured(IMPORT, str(path), str(folder / f"{turn}.db"), str(faults)))
        peers.append(measured(PEER, str(path)))
    told = [json.loads(o.output) for o in ours]
    read = [p.output.split() for p in peers]
    took, peer = [t["seconds"] for t in told], [float(r[0]) for r in read]
    first = told[0]
    size = path.stat().st_size / 2**20
    print(
        f"\n{rows:,} rows of .xlsx ({size:.1f} MiB), checked and stored, median (all) of {repeats}:"
    )
    print(
        f"  lianjian       {_times(took)}  peak {max(o.peak for o in ours):.2f} GiB"
        f"  loaded {first['loaded']:,}, quarantined {first['quarantined']:,}"
    )
    print(
        f"  pandas+openpyxl{_times(peer)}  peak {max(p.peak for p in peers):.2f} GiB  only read {int(read[0][1]):,}"
    )
    print(f"  ratio          {median(peer) / median(took):8.2f} x faster (aim: 5)")


def _times(seconds: list[float]) -> str:
    return f"{median(seconds):8.2f} s ({', '.join(f'{s:.2f}' for s in seconds)})"


def city(folder: Path, organizations: int, seed: int, source: Path | None) -> None:
    """Import a generated city of CSV."""
    ledgers = source or folder / "city"
    if source is None:
        measured(GENERATE, str(ledgers), str(organizations), str(seed))
    (folder / "city faults").mkdir()
    size = sum(f.stat().st_size for f in ledgers.rglob("*.csv")) / 2**20
    ours = measured(IMPORT, str(ledgers), str(folder / "city.db"), str(folder / "city faults"))
    told = json.loads(ours.output)
    stored = (folder / "city.db").stat().st_size / 2**20
    print(
        f"\na city of {organizations:,} organizations ({told['rows']:,} rows, {size:.0f} MiB of CSV), seed {seed}:"
    )
    print(
        f"  lianjian       {told['seconds']:8.2f} s (aim: 90 for 1,000,000)"
        f"  peak {ours.peak:.2f} GiB (aim: 2)  store {stored:.0f} MiB"
    )
    print(
        f"  loaded {told['loaded']:,}, quarantined {told['quarantined']:,}; {told['rows'] / told['seconds']:,.0f} rows a second"
    )


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", type=int, default=100_000, help="rows of the workbook; 0 leaves it out"
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="times that workbook and peer are measured"
    )
    parser.add_argument(
        "--organizations", type=int, default=1_000_000, help="of the city; 0 leaves it out"
    )
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument(
        "--city", type=Path, help="a folder of ledgers already generated with this size and seed"
    )
    options = parser.parse_args()
    header("import", ["apsw", "numpy", "openpyxl", "pandas", "pyarrow", "python-calamine"])
    folder = Path(tempfile.mkdtemp(prefix="lianjian-bench-"))
    try:
        if options.rows:
            workbook(folder, options.rows, options.repeats)
        if options.organizations:
            city(folder, options.organizations, options.seed, options.city)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
