"""How fast the service answers mixed reads, sent without waiting for each other, while ledgers are imported into the same store.

Aim (issue of the service): 1,000,000 organizations, 200 requests a second for a minute, 99 in 100 answered within 100 ms, no error,
memory flat. Of 100 requests 40 look for a text (parts of names, whole names, pinyin, initials, codes), 25 ask for a chain, 20 for
neighbours, 15 for the picture of an organization or unit. The service has an account; every request brings its token.

The peer is uvicorn with a Starlette application that answers a fixed object of 2 KiB, asked by the same client at the same rate:
the floor of such a stack on this machine. Printed last: the highest of a row of rates at which the aim still holds.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np

from benchmarks._machine import _resident, header

ROOT = Path(__file__).parents[1]
LIANJIAN = [sys.executable, "-c", "import sys; from api.cli import main; sys.exit(main())"]
MIX = {"search": 40, "chain": 25, "neighbours": 20, "map": 15}
ASKED = 20_000
"""Different requests; each is drawn as often as chance has it."""
REPORTED = "2017-01-10"
"""Date of the editions that are imported meanwhile."""
PEER = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
body = {"text": "x" * 2000}
async def fixed(request):
    return JSONResponse(body)
uvicorn.run(Starlette(routes=[Route("/{path:path}", fixed)]), port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def lianjian(*arguments: str, text: str | None = None) -> str:
    """Run a command to its end and return what it printed."""
    done = subprocess.run(
        [*LIANJIAN, *arguments],
        cwd=ROOT, capture_output=True, text=True, input=text, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise SystemExit(f"lianjian {' '.join(arguments[:2])} failed: {done.stderr[-500:]}")
    return done.stdout


def requests(store: str, seed: int) -> list[tuple[str, str]]:
    """Return what is asked: kinds and paths."""
    from graph.store import open_store

    chance = random.Random(seed)
    opened = open_store(store)
    firms = opened.frame("organization", columns=["name", "unit", "building"])
    units = opened.frame("unit", columns=["name"])["key"].tolist()
    some = firms.sample(n=min(ASKED, len(firms)), random_state=seed)
    from graph.store.search import folded

    spelled = folded(some["name"].fillna("").tolist())
    kinds = list(MIX)
    out = []
    for (name, pinyin, initials), key, unit in zip(
        spelled, some["key"].tolist(), some["unit"].tolist(), strict=True
    ):
        kind = chance.choices(kinds, list(MIX.values()))[0]
        if kind == "search":
            out.append(
                (
                    kind,
                    f"/api/v1/find?{urlencode({'text': _text(chance, name, pinyin, initials, key)})}",
                )
            )
        elif kind == "chain":
            out.append((kind, f"/api/v1/chain/{quote(f'organization:{key}')}"))
        elif kind == "neighbours":
            out.append((kind, f"/api/v1/neighbours/{quote(f'organization:{key}')}"))
        else:
            whom = (
                f"unit:{chance.choice(units)}"
                if unit is None or chance.random() < 0.5
                else f"organization:{key}"
            )
            out.append((kind, f"/api/v1/map/{quote(whom)}"))
    opened.close()
    return out


def _text(chance: random.Random, name: str, pinyin: str, initials: str, key: str) -> str:
    """Return what somebody may type who looks for a name."""

    def part(text: str, least: int, most: int) -> str:
        n = min(chance.randint(least, most), len(text))
        at = chance.randint(0, len(text) - n)
        return text[at : at + n]

    ways = {
        "part": part(name, 2, 6), "begin": name[: chance.randint(2, 6)], "whole": name,
        "pinyin": part(pinyin, 4, 14), "initials": part(initials, 3, 8), "code": key,
    }  # fmt: skip
    way = chance.choices(list(ways), [35, 20, 10, 10, 10, 15])[0]
    return ways[way] or key


class Service:
    """``lianjian serve`` over a store, with an account's token, and its memory watched."""

    def __init__(self, store: str, token: str) -> None:
        environment = os.environ | {
            "LIANJIAN_RATE_READS": "1000000/minute", "LIANJIAN_RATE_HEAVY": "1000000/minute",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [*LIANJIAN, "serve", "--store", store, "--port", "0", "--json"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.token = token
        said = ""
        while not (found := re.search(r'"url": "([^"]+)/api/v1"', said)):
            line = self.process.stdout.readline() if self.process.stdout else ""
            if not line:
                raise SystemExit("the service did not start")
            said += line
        self.url = found.group(1)
        self.memory: list[float] = []
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    def _watch(self) -> None:
        while not self._done.wait(1.0):
            # pages of the store are the system's, which takes them back at need
            own = sum(_resident(p, "Pss_Anon") for p in self._processes())
            self.memory.append(own / 2**20)

    def _processes(self) -> list[int]:
        """Return the service and its readers; a job's process has its own figures."""
        me = self.process.pid
        below = subprocess.run(
            ["pgrep", "-P", str(me), "-f", "api.readers"],
            capture_output=True,
            text=True,
            check=False,
        )
        return [me, *map(int, below.stdout.split())]

    def stop(self) -> None:
        """End it as an operator does."""
        self._done.set()
        self._watcher.join()
        self.process.terminate()
        self.process.wait(60)

    def post(self, path: str, files: Sequence[Path]) -> dict[str, Any]:
        """Upload ledgers as one form."""
        edge = "----------lianjian"
        body = b"".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{f.name}"\r\n\r\n'.encode()
            + f.read_bytes()
            + b"\r\n"
            for f in files
        )
        request = urllib.request.Request(
            self.url + path, body + f"--{edge}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={edge}", "Authorization": f"Bearer {self.token}"},
        )  # fmt: skip
        return self._said(request)

    def get(self, path: str) -> dict[str, Any]:
        """Ask for an object."""
        return self._said(
            urllib.request.Request(
                self.url + path, headers={"Authorization": f"Bearer {self.token}"}
            )
        )

    @staticmethod
    def _said(request: urllib.request.Request) -> dict[str, Any]:
        with urllib.request.urlopen(request, timeout=120) as answer:
            said: dict[str, Any] = json.load(answer)
        return said


@contextlib.contextmanager
def importing(service: Service, ledgers: list[list[Path]]) -> Iterator[list[str]]:
    """Import editions of ledgers one after another while the block runs; yields what came of each."""
    done = threading.Event()
    states: list[str] = []

    def work() -> None:
        for some in ledgers:
            if done.is_set():
                return
            job = service.post("/api/v1/jobs/import", some)["id"]
            while not done.wait(1.0):
                state = service.get(f"/api/v1/jobs/{job}")
                if state["state"] not in ("queued", "running"):
                    states.append(state["state"])
                    break
            else:
                states.append("under way")

    worker = threading.Thread(target=work)
    worker.start()
    yield states
    done.set()
    worker.join()


def editions(ledgers: Path, at: Path) -> list[list[Path]]:
    """Return newer editions of the districts' ledgers: each organization with one person more, at the next report's date."""
    out = []
    for file in sorted(ledgers.glob("11-*非公企业.csv")):
        data = file.read_bytes()
        text = data.decode("gb18030" if _in_gb(data) else "utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        newer = at / file.name
        with newer.open("w", encoding="utf-8", newline="") as to:
            writer = csv.DictWriter(to, rows[0])
            writer.writeheader()
            called = {"".join(column.split()): column for column in rows[0]}
            staff = next(called[n] for n in ("从业人数", "职工数") if n in called)
            day = next(called[n] for n in ("填报日期", "填报时间") if n in called)
            for row in rows:
                row[day] = REPORTED
                row[staff] = str(int(row[staff]) + 1) if row[staff].isdigit() else row[staff]
            writer.writerows(rows)
        out.append([newer])
    return out


def _in_gb(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def run(url: str, plan: Path, rate: float, seconds: float, seed: int) -> list[list[Any]]:
    """Let the client ask, in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks._load", url, str(plan), f"--rate={rate}", f"--seconds={seconds}", f"--seed={seed}"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    results: list[list[Any]] = json.loads(said.stdout)["results"]
    return results


def told(results: list[list[Any]]) -> tuple[float, int]:
    """Print what came of requests, by kind and of all; return the 99th percentile (ms) and how many failed."""
    p99, failed = 0.0, 0
    for kind in [*MIX, "all"]:
        some = [r for r in results if kind in (r[0], "all")]
        if not some:
            continue
        times = np.array([r[2] for r in some]) * 1000
        failed = sum(r[3] != 200 for r in some)
        p50, p95, p99 = np.percentile(times, [50, 95, 99])
        size = np.mean([r[4] for r in some]) / 1024
        print(
            f"  {kind:<11} {len(some):>6} requests  median {p50:7.1f}  p95 {p95:7.1f}  p99 {p99:7.1f}  worst {times.max():8.1f} ms"
            f"  {size:6.1f} KiB  failed {failed}"
        )
    return float(p99), failed


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=1_000_000)
    parser.add_argument("--store", help="a store that is there already, with --ledgers")
    parser.add_argument("--ledgers", help="the folder that it was made from")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rates", type=float, nargs="*", default=[250, 300, 400, 500])
    parser.add_argument("--seed", type=int, default=2016)
    options = parser.parse_args()
    header(
        "Mixed reads of the service while ledgers are imported",
        ["fastapi", "starlette", "uvicorn", "apsw"],
    )
    with tempfile.TemporaryDirectory() as folder:
        measure(options, Path(folder))


def measure(options: argparse.Namespace, folder: Path) -> None:
    """Make what is not there, and measure."""
    store, ledgers = options.store, options.ledgers
    if not store:
        ledgers, store = str(folder / "ledgers"), str(folder / "city.db")
        lianjian(
            "generate", ledgers, "--orgs", str(options.organizations), "--seed", str(options.seed)
        )
        begun = time.perf_counter()
        lianjian("import", ledgers, "--store", store)
        print(f"imported in {time.perf_counter() - begun:.0f} s")
    os.environ["LIANJIAN_STATE"] = str(folder / "service")
    lianjian(
        "user",
        "add",
        "bench",
        "--role",
        "administrator",
        "--store",
        store,
        text="a long password for one hour\n" * 2,
    )
    token = json.loads(lianjian("token", "create", "bench", "--store", store, "--json"))["token"]
    plan = folder / "plan.json"
    asked = requests(store, options.seed)
    plan.write_text(json.dumps({
        "headers": {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}, "asked": asked,
    }))  # fmt: skip
    newer = folder / "newer"
    newer.mkdir()
    some = editions(Path(ledgers), newer)

    port = "18765"
    peer = subprocess.Popen([sys.executable, "-c", PEER, port])
    time.sleep(2)
    print(f"\nuvicorn and Starlette, a fixed answer, {options.rate:.0f} requests a second for 15 s")
    told(run(f"http://127.0.0.1:{port}", plan, options.rate, 15, options.seed))
    peer.terminate()

    service = Service(store, token)
    try:
        print("\nthe same from our service, warming up: 10 s")
        told(run(service.url, plan, options.rate / 4, 10, options.seed + 1))
        before = service.memory[-1]
        print(
            f"\n{options.rate:.0f} requests a second for {options.seconds:.0f} s while ledgers are imported"
        )
        with importing(service, some) as states:
            p99, failed = told(run(service.url, plan, options.rate, options.seconds, options.seed))
        after = service.memory[-1]
        print(f"  imports: {', '.join(states) or 'none'}")
        print(
            f"  memory of the service: {before:.0f} MiB before, {max(service.memory):.0f} at most, {after:.0f} after"
        )
        print(
            f"  aim (p99 under 100 ms, none failed): {'holds' if p99 < 100 and not failed else 'MISSED'}"
        )
        best = options.rate if p99 < 100 and not failed else 0.0
        for rate in options.rates:
            print(f"\n{rate:.0f} requests a second for 15 s, no import")
            p99, failed = told(run(service.url, plan, rate, 15, options.seed))
            if p99 >= 100 or failed:
                break
            best = rate
        print(f"\nhighest rate at which the aim holds: {best:.0f} requests a second")
    finally:
        service.stop()


if __name__ == "__main__":
    main()
