"""How long it takes to propose which codes may stand for one organization, against the same blocking by a self-merge.

Aim (issue 5): a million organizations in minutes, under 3 GiB. The city is that of the other benchmarks with names as cities have
them: shop names of two to four characters, which recur, and one organization in a hundred listed a second time under another code
with its name or one character of its shop name changed, at the same address.

Peers, in the same run: *self-merge* takes our blocking keys of (shop name, district), joins them by ``pandas.merge`` and weighs
each pair by rapidfuzz's ratio of the whole names, as record-linkage tools do; it sees no pair whose shop names differ. *All pairs*
is rapidfuzz's ``cdist`` over the names of some thousands, and what that would be for all of them: it grows with the square.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks._machine import header, measured

BUILD = """
import sys
import numpy as np, pandas as pd
from benchmarks._city import city, key
from dataclasses import replace
from graph.store import open_store
store = open_store(sys.argv[1], create=True)
organizations, seed = int(sys.argv[2]), int(sys.argv[3])
rng = np.random.default_rng(seed)
letters = np.array([chr(c) for c in range(0x5000, 0x5000 + 150)])
trades = np.array(["科技", "商贸", "餐饮管理", "建筑工程", "文化传媒", "物流"])
forms = np.array(["有限公司", "有限责任公司", "股份有限公司"])

def shop(n):
    length = rng.choice([2, 3, 4], n, p=[0.4, 0.35, 0.25])
    drawn = letters[rng.integers(0, len(letters), (n, 4))]
    return np.array(["".join(row[:k]) for row, k in zip(drawn, length)], dtype=object)

def named(shops):
    return "虚市" + shops + trades[rng.integers(0, 6, len(shops))] + forms[rng.integers(0, 3, len(shops))]

planted, at = 0, 0
with store.importing(at="t", dated=20160826, files=["city"]) as importer:
    for claims in city(organizations, seed):
        if claims.kind == "organization":
            frame = claims.frame
            shops = shop(len(frame))
            frame = frame.assign(name=named(shops), address=[f"虚路{i}号" for i in rng.integers(1, 9999, len(frame))])
            again = np.flatnonzero(rng.random(len(frame)) < 0.01)
            other = np.array([s[:-1] + str(rng.choice(letters)) if len(s) > 2 else s for s in shops[again]], dtype=object)
            twice = frame.iloc[again].assign(
                key=[key(organizations + planted + i) for i in range(len(again))],
                name=np.where(rng.random(len(again)) < 0.5, frame["name"].to_numpy()[again], named(other)),
            )
            planted += len(again)
            frame = pd.concat([frame, twice], ignore_index=True)
            claims = replace(claims, frame=frame.assign(row=np.arange(2, len(frame) + 2)))
        importer.add(claims)
print(planted)
"""
HEAD = """
import json, sys, time
from graph.city import City
from graph.duplicates import propose
from graph.policy.profile import load
from graph.store import open_store
store = open_store(sys.argv[1])
city = City(store, load())
"""
OURS = (
    HEAD
    + """
begun, worked = time.perf_counter(), time.process_time()
city.organizations
read = time.process_time() - worked
found = propose(city)
pairs = sum(1 for _ in found)
print(json.dumps({
    "seconds": time.perf_counter() - begun, "cpu": time.process_time() - worked, "read": read, "pairs": pairs,
    "compared": found.compared, "skipped": found.skipped,
}))
"""
)
MERGE = (
    HEAD
    + """
import pandas as pd
from rapidfuzz import fuzz
found = propose(city)
o = city.organizations
table = pd.DataFrame({"shop": found.shop_names, "district": o["at_district"].to_numpy(), "name": o["name"].to_numpy()})
table["row"] = range(len(table))
begun, worked = time.perf_counter(), time.process_time()
pairs = table.merge(table, on=["shop", "district"])
pairs = pairs[pairs["row_x"] < pairs["row_y"]]
alike = sum(fuzz.ratio(a, b) >= 90 for a, b in zip(pairs["name_x"], pairs["name_y"]))
print(json.dumps({"cpu": time.process_time() - worked, "pairs": len(pairs), "alike": alike}))
"""
)
ALL = (
    HEAD
    + """
from rapidfuzz import fuzz, process
names = store.frame("organization", columns=["name"])["name"].tolist()[: int(sys.argv[2])]
begun = time.process_time()
process.cdist(names, names, scorer=fuzz.ratio, score_cutoff=90, workers=1)
print(json.dumps({"cpu": time.process_time() - begun, "names": len(names)}))
"""
)


def main() -> None:
    """Measure ours and both peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=1_000_000)
    parser.add_argument("--all-pairs", type=int, default=10_000, help="names compared all with all")
    parser.add_argument("--seed", type=int, default=2016)
    options = parser.parse_args()
    header("duplicates, embedded store", ["apsw", "numpy", "pandas", "pyarrow", "rapidfuzz"])
    with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
        path = str(Path(folder) / "a.db")
        planted = int(measured(BUILD, path, str(options.organizations), str(options.seed)).output)
        ours, merged = measured(OURS, path), measured(MERGE, path)
        whole = json.loads(measured(ALL, path, str(options.all_pairs)).output)
    a, b = json.loads(ours.output), json.loads(merged.output)
    n = options.organizations + planted
    print(f"\n{n:,} organizations, {planted:,} of them listed a second time:")
    print(
        f"  lianjian    {a['seconds']:7.1f} s, {a['cpu']:.1f} s of the processor ({a['read']:.1f} s of it to read the city),"
        f" peak {ours.peak:.2f} GiB (aim: 3)"
    )
    print(
        f"              {a['pairs']:,} proposed of {a['compared']:,} compared; {a['skipped']:,} rows in groups too large"
    )
    print(
        f"  self-merge  {b['cpu']:7.1f} s of the processor for (shop name, district) alone, peak {merged.peak:.2f} GiB:"
        f" {b['pairs']:,} pairs, {b['alike']:,} alike; ratio {(a['cpu'] - a['read']) / b['cpu']:.2f}"
    )
    scaled = whole["cpu"] * (n / whole["names"]) ** 2
    print(
        f"  all pairs   {whole['cpu']:7.1f} s of the processor for {whole['names']:,} names,"
        f" so about {scaled / 3600:,.1f} hours for all"
    )


if __name__ == "__main__":
    main()
