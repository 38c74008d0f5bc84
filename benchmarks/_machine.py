"""What every benchmark prints of the machine, and how it measures others' time and memory."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


def header(title: str, packages: Sequence[str]) -> None:
    """Print what is measured, on what, with which versions."""
    print(f"# {title}")
    print(
        f"machine: {_processor()}, {os.cpu_count()} cores, {_memory():.1f} GiB, {platform.platform()}"
    )
    versions = ", ".join(f"{p} {version(p)}" for p in packages)
    print(f"versions: Python {platform.python_version()}, {versions}")
    if hasattr(os, "getloadavg"):
        load = os.getloadavg()[0]
        print(
            f"load before: {load:.1f}"
            + (" (other programs run: times are too long)" if load > 1 else "")
        )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, OSError, ValueError):
        return float("nan")


LOOK = 0.1
"""Seconds between two looks at a program's memory, at least …"""
IDLE = 100
"""… and times what a look takes."""


@dataclass(frozen=True)
class Run:
    """How long a program took, what it printed, and the most memory that it and its children held at once (GiB)."""

    seconds: float
    output: str
    peak: float


def measured(code: str, *arguments: str) -> Run:
    """Run Python code in a process of its own and watch its tree."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    peak = [0]
    done = threading.Event()

    def watch() -> None:
        pause = LOOK
        while not done.wait(pause):
            looked = time.perf_counter()
            peak[0] = max(peak[0], sum(_resident(p) for p in _tree(process.pid)))
            # to count the pages of gigabytes takes long, and holds up whose they are
            pause = max(LOOK, IDLE * (time.perf_counter() - looked))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"a measured program failed with {process.returncode}")
    return Run(time.perf_counter() - begun, output, peak[0] / 2**30)


def _tree(root: int) -> list[int]:
    """Return a process and all that descend from it (Linux; elsewhere nothing is watched)."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    out, queue = [], [root]
    while queue:
        process = queue.pop()
        out.append(process)
        queue += children.get(process, [])
    return out


def processor() -> float:
    """Return the seconds of the processor that the programs that this one began have taken so far (Linux)."""
    ticks = 0
    for process in _tree(os.getpid())[1:]:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _resident(process: int, sort: str = "Pss") -> int:
    """Return the bytes of memory that a process holds, what it shares with others counted by its share; all, or of one sort."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{sort}:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
