"""How many bytes and milliseconds the first and further views of a city's map take, whatever the city's size.

Aims: 1,000,000 organizations: each view at most 1 MB before compression, at least 300 marks where there are that many, an answer in
200 ms. A view is timed as the service gives it: the question, the marks, their names from the store, the JSON. Reading the city
comes before the first view of a date, once for what the store holds, and is printed apart; seconds of the processor too, for the
rest is other programs' turn.

Peers, in the same run: a plain GROUP BY of the same file by district and street, and pandas' groupby over columns that it has read
already. Both count organizations and nothing else: no coverage, hull, place or tie.

The browser's half, how long a frame takes beside pyvis and cytoscape.js: :mod:`benchmarks._frames`.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._city import city as claims
from benchmarks._frames import PATIENCE, SECONDS, SIZES, frames
from benchmarks._machine import header

MARKS, MILLISECONDS, MEGABYTE = 300, 200.0, 1_000_000
VIEWS = 40
Asked = tuple[dict[str, Any], float, float, int]
"""A view, the milliseconds it took, those of the processor, and its bytes."""


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--store", help="a city that there is already, opened and not changed")
    parser.add_argument("--only", choices=("views", "frames"), help="half of it")
    parser.add_argument(
        "--nodes", type=int, nargs="+", default=list(SIZES), help="drawn in the browser"
    )
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="of panning and zooming each"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=PATIENCE,
        help="seconds that a picture may take to be drawn",
    )
    options = parser.parse_args()
    header("city map, embedded store", ["apsw", "numpy", "pandas", "pyarrow", "pyvis"])
    if options.only != "frames":
        with tempfile.TemporaryDirectory(prefix="lianjian-bench-") as folder:
            path = options.store or _built(Path(folder), options.organizations, options.seed)
            _measure(path, options.seed)
    if options.only != "views":
        frames(tuple(options.nodes), options.seed, options.seconds, options.patience)


def _built(folder: Path, organizations: int, seed: int) -> str:
    from graph.store import open_store

    path = str(folder / "city.db")
    store = open_store(path, create=True)
    with store.importing(at="t", dated=20160826, files=["city"]) as importer:
        for some in claims(organizations, seed):
            importer.add(some)
    store.close()
    return path


def _measure(path: str, seed: int) -> None:
    from api.asking.view import view
    from api.maps import Maps
    from graph.policy.profile import load
    from graph.store import open_store
    from viz.city.question import MOST, Question
    from viz.listing import json_chunks

    store, profile, maps = open_store(path), load(), Maps()
    date = store.latest()
    begun, worked = time.perf_counter(), time.process_time()
    made = maps.of(store, profile, date)
    print(
        f"reading: {len(made.columns.organizations):,} organizations, {len(made.columns.units):,} units, "
        f"{len(made.tree.levels[0])} districts, {len(made.tree.levels[1])} streets, {len(made.tree.levels[2]):,} places: "
        f"{time.perf_counter() - begun:.1f} s, {time.process_time() - worked:.1f} s of the processor, "
        f"{made.nbytes / 1e6:.0f} MB kept, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
    )

    def ask(**asked: Any) -> Asked:
        begun, worked = time.perf_counter(), time.process_time()
        answer = "".join(json_chunks(view(store, profile, date, maps, Question(**asked)).as_json()))
        body = answer.encode()
        took, worked = time.perf_counter() - begun, time.process_time() - worked
        return json.loads(body), took * 1000, worked * 1000, len(body)

    asked = ask()
    first, took = asked[:2]
    _line("first view", [asked])
    draw = random.Random(seed)
    whole = ask(limit=MOST)
    _line(f"first view, {MOST} marks asked for", [whole])
    districts = [m["opens"] for m in first["marks"] if m["level"] == "district"]
    streets = [m["opens"] for m in first["marks"] if m["level"] == "street"]
    places = [m["opens"] for m in whole[0]["marks"] if m["level"] == "place"]
    points = [
        m["geographic"] for m in whole[0]["marks"] if m["level"] == "place" and m["geographic"]
    ]
    for name, opened in (("districts", districts), ("streets", streets), ("places", places)):
        some = draw.sample(opened, min(VIEWS, len(opened)))
        _line(f"further views, {name}", [ask(within=o["in"], at=o.get("at")) for o in some])
    for reach in (0.002, 0.01, 0.05):
        boxes = [(x - reach, y - reach, x + reach, y + reach) for x, y in draw.sample(points, min(VIEWS, len(points)))]  # fmt: skip
        _line(f"further views, boxes of {2 * reach}°", [ask(box=b) for b in boxes])
    states = ("eligible", "uncovered", "joint", "single")
    _line(
        "further views, filtered", [ask(wanted={"coverage": (s,)}, colour="line") for s in states]
    )
    _peers(store, path, date, took)
    store.close()


def _line(name: str, found: list[Asked]) -> None:
    if not found:
        print(f"{name}: none in this city")
        return
    marks = [len(view["marks"]) for view, *_ in found]
    times, worked, sizes = ([one[n] for one in found] for n in (1, 2, 3))
    print(
        f"{name} ({len(found)}): {statistics.median(times):.0f} ms median, {max(times):.0f} ms at most (aim {MILLISECONDS:.0f}), "
        f"{max(worked):.0f} ms of the processor at most; "
        f"{max(sizes) / 1000:.0f} kB at most (aim {MEGABYTE / 1000:.0f}); {min(marks)} to {max(marks)} marks"
    )
    for view, _, _, size in found:
        assert size <= MEGABYTE, name
        assert len(view["marks"]) >= MARKS or not view["left_out"], name


def _peers(store: Any, path: str, date: int, took: float) -> None:
    import apsw

    from graph.store import ddl

    def plain() -> int:
        db = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
        district, street = ddl.column("district"), ddl.column("street")
        sql = (
            f"SELECT {district}, {street}, count(*) FROM {ddl.table('organization')} c"
            f" WHERE {ddl.primary('c', '?1')} GROUP BY {district}, {street}"
        )
        return len(list(db.execute(sql, (date,))))

    columns = store.frame("organization", date, ["district", "street"])

    def grouped() -> int:
        return len(columns.groupby(["district", "street"], dropna=False).size())

    for name, peer in (("SQL GROUP BY", plain), ("pandas groupby, columns read", grouped)):
        seconds, groups = _best(peer)
        print(
            f"peer, {name}: {seconds * 1000:.0f} ms for {groups} counts; the first view takes {took / (seconds * 1000):.2f} of that"
        )


def _best(peer: Callable[[], int]) -> tuple[float, int]:
    times, out = [], 0
    for _ in range(3):
        begun = time.perf_counter()
        out = peer()
        times.append(time.perf_counter() - begun)
    return min(times), out


if __name__ == "__main__":
    main()
