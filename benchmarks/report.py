"""How long the city's report takes, with the workbook and the document, against plain pandas over the same rows.

Aim: 1,000,000 organizations in 60 s, peak memory under 2 GiB. The peer, in the same run: pandas over the columns as the store gives
them, held in memory already when its time begins, that counts the same forms by line and category and the same rates, and nothing
else: no trend, no identities, no rows behind figures, no files. It has to give the same figures.

``--store`` measures a store that is there (it is read only); else one is made (``_city.py``), with two dates of ledgers.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks._machine import header, measured
from benchmarks.audit import BUILD

REPORT = """
import json, sys, time
from pathlib import Path
from graph.policy.profile import load
from graph.store import open_store
from graph.report.report import report
from viz.report.files import write
store = open_store(sys.argv[1])
begun, worked = time.perf_counter(), time.process_time()
date = int(sys.argv[3]) or store.latest()
found = report(store, load(), date)
said = found.as_json()
counted = time.perf_counter() - begun
for name in ("report.xlsx", "report.docx"):
    write(Path(sys.argv[2]) / name, said, found.rows, "zh")
forms = {f["line"]: {r["id"]: r["values"][0] for r in f["rows"]} for f in said["forms"]}
print(json.dumps({"seconds": time.perf_counter() - begun, "counted": counted, "cpu": time.process_time() - worked,
                  "dates": len(said["trend"]), "holds": all(i["holds"] for i in said["identities"]), "forms": forms}))
"""
PEER = """
import json, sys, time
import pandas as pd
from graph.store import open_store
store = open_store(sys.argv[1])
date = int(sys.argv[2]) or store.latest()
names = ["line", "category", "status", "staff", "formal_members", "probationary_members", "unit"]
o = store.frame("organization", date, names).set_index("key")
units = store.frame("unit", date, ["type", "dissolved"]).set_index("key")
covers = store.edges("COVERS", date)[["source", "target"]].drop_duplicates()
struck = store.frame("exclusion", date, ["organization", "decided"])
begun, worked = time.perf_counter(), time.process_time()
live = units[(units["dissolved"].isna() | (units["dissolved"] > date)) & (units["type"] != "功能型党组织")]
held = covers[covers["source"].isin(live.index) & covers["target"].isin(o.index)]
taken = o["status"].isin(["空壳", "僵尸", "影子"]) | o.index.isin(struck.loc[~(struck["decided"] > date), "organization"])
named = o["unit"].dropna().str.split(";").explode()  # an organization may name several
dangling = o.index.isin(named.index[~named.isin(units.index)])
o = o.assign(covered=o.index.isin(held["target"]) & ~dangling)
base = o[(o["status"] == "正常") & ~taken]
m = base["formal_members"].astype(float)
none = ~base["covered"]
base = base.assign(none=none, none_due=none & (m >= 3), none_few=none & m.isin([1, 2]), none_zero=none & (m == 0), units=True)
rows = ["units", "none", "none_due", "none_few", "none_zero"]
whole = base.groupby("line")[rows].sum()
for size in (50, 100):
    base[base["staff"] >= size].groupby("line")[rows].sum()
base.groupby(["line", "category"])[rows].sum()
print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": time.process_time() - worked,
                  "forms": {line: {r: int(v) for r, v in values.items()} for line, values in whole.iterrows()}}))
"""


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--store", help="a store that is there")
    parser.add_argument(
        "--date",
        type=int,
        default=20161125,
        help="the report's day, yyyymmdd; 0: the store's latest",
    )
    options = parser.parse_args()
    header("the city's report", ["apsw", "docxtpl", "numpy", "pandas", "python-docx", "xlsxwriter"])
    with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
        path = options.store or str(Path(folder) / "a.db")
        if options.store is None:
            sizes = (str(options.organizations), str(options.units), str(options.seed))
            print(measured(BUILD, path, *sizes).output, end="")
        ours = measured(REPORT, path, folder, str(options.date))
        peer = measured(PEER, path, str(options.date))
        sizes_of = {p.name: p.stat().st_size for p in Path(folder).glob("report.*")}
    told, others = json.loads(ours.output), json.loads(peer.output)
    for line, rows in others["forms"].items():
        for row, value in rows.items():
            if told["forms"][line][row] != value:
                raise SystemExit(
                    f"{line}.{row}: {told['forms'][line][row]:,} here, {value:,} by pandas"
                )
    total = sum(f["units"] for f in told["forms"].values())
    print(
        f"\n{total:,} operating organizations, {told['dates']} dates, identities hold: {told['holds']}"
    )
    print(
        f"  report {told['seconds']:6.1f} s (aim: 60), {told['counted']:.1f} of them for the figures,"
        f" {told['cpu']:.1f} s of the processor, peak {ours.peak:.2f} GiB (aim: 2)"
    )
    print(
        f"  pandas {others['seconds']:6.1f} s for the forms of one date,"
        f" {others['cpu']:.1f} s of the processor, peak {peer.peak:.2f} GiB"
    )
    print(
        f"  ours / pandas: {told['cpu'] / others['cpu']:.1f} x the processor's time; files {sizes_of}"
    )


if __name__ == "__main__":
    main()
