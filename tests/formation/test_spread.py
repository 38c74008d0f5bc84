"""Plans by several processes: the same plan whoever works, and none lost with a worker."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.city import City
from graph.errors import ClusterError, InputError, PlanError
from graph.formation import plan, result
from graph.formation.decisions import Decisions, Previous
from graph.formation.problem import Problem
from graph.formation.solve import Parameters
from graph.formation.spreading import spread
from graph.formation.spreading.course import Course, Standing
from graph.formation.spreading.tasks import Task, Tasks
from graph.formation.verify import verify
from graph.policy.profile import load
from graph.store import open_store
from tests.formation_verify.cities import AS_OF, city

PATIENCE = 60.0
"""Seconds that a process of a test gets to do what it is waited for."""


@pytest.fixture(scope="module")
def town() -> City:
    """A city of nine ledger units with something to plan."""
    return City(city(5, 300, 3), load(), AS_OF)


@pytest.fixture(scope="module")
def expected(town: City) -> str:
    """What this process plans for it."""
    return _text(plan(town))


def _text(made: dict[str, Any]) -> str:
    return json.dumps(made, ensure_ascii=False)


def _until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)


@contextlib.contextmanager
def _process(*arguments: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process for a block, and end it."""
    process = subprocess.Popen([sys.executable, *arguments], **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _client(address: str) -> Any:
    import distributed

    client: Any = distributed.Client
    return client(address, set_as_default=False)


class Cluster:
    """A scheduler and two workers, processes of their own that talk over TCP."""

    def __init__(self, stack: contextlib.ExitStack, folder: Path) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        told = folder / "scheduler.json"
        stack.enter_context(
            _process(
                "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                "--scheduler-file", str(told), **quiet,
            )
        )  # fmt: skip
        _until(lambda: told.exists() and told.read_text())
        self.address = str(json.loads(told.read_text())["address"])
        self.workers = {
            name: stack.enter_context(
                _process(
                    "-m", "dask", "worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--name", name,
                    "--no-dashboard", "--local-directory", str(folder / name), **quiet,
                )
            )
            for name in ("one", "two")
        }  # fmt: skip

    def busy(self, client: Any, name: str) -> bool:
        """Whether a worker is at something."""
        there = client.sync(client.scheduler.identity, n_workers=-1)["workers"]
        at = [address for address, w in there.items() if w["id"] == name]
        return any(client.processing().get(address) for address in at)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster that is up; one of its workers may be killed by the last test that uses it."""
    with contextlib.ExitStack() as stack:
        made = Cluster(stack, tmp_path_factory.mktemp("cluster"))
        with _client(made.address) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield made


def test_a_cluster_gives_the_plan_of_one_process(
    town: City, expected: str, cluster: Cluster
) -> None:
    """Planned by two workers of a scheduler over TCP, a plan is the one of a single process to the last letter."""
    told: list[Standing] = []
    assert _text(plan(town, cluster=cluster.address, progress=told.append)) == expected
    assert (told[-1].done, told[-1].units) == (9, 9)


def test_a_refused_decision_is_refused_by_workers_too(town: City, cluster: Cluster) -> None:
    """A decision that can't be kept raises the same error from a worker, which names whose ledger it is about."""
    accept = _infeasible(town)
    wrong = Decisions(accept=(accept,))
    with pytest.raises(PlanError) as here:
        plan(town, constraints=wrong)
    with pytest.raises(PlanError) as there:
        plan(town, constraints=wrong, cluster=cluster.address)
    assert all(code in str(here.value) for code in accept)
    assert str(here.value) == str(there.value)


def _infeasible(town: City) -> tuple[str, str]:
    """Return two small organizations of one ledger unit that no method joins, or that have too few members together."""
    problem = Problem(town)
    for unit in problem.units:
        for a, b in itertools.combinations(problem.codes[unit.rows].tolist(), 2):
            try:
                plan(town, [unit.id], constraints=Decisions(accept=((a, b),)))
            except PlanError:
                return a, b
    raise AssertionError("any two organizations of this town may form a unit")


def test_workers_of_another_version_are_refused(
    town: City, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cluster whose workers run other code or other libraries plans nothing, and the message says what to do."""
    monkeypatch.setattr(result, "versions", lambda: {"lianjian": "0.0.0"})
    spread.edition.cache_clear()
    try:
        with pytest.raises(ClusterError, match="install the same on each machine") as refused:
            plan(town, cluster=cluster.address)
    finally:
        monkeypatch.undo()
        spread.edition.cache_clear()
    assert refused.value.exit_code == 3


def test_a_worker_killed_in_the_middle_costs_a_retry_and_not_the_plan(
    town: City, expected: str, cluster: Cluster
) -> None:
    """A worker that is killed while it plans a ledger unit is made up for by the other, and the plan is the same."""
    killed: list[int] = []
    with _client(cluster.address) as client:

        def kill(now: Standing) -> None:
            for name, worker in cluster.workers.items():
                if killed or now.done < 1:
                    return
                worker.send_signal(signal.SIGSTOP)  # so that it is caught at something
                if cluster.busy(client, name):
                    worker.kill()
                    worker.wait()
                    killed.append(now.done)
                else:
                    worker.send_signal(signal.SIGCONT)

        made = plan(town, cluster=cluster.address, progress=kill)
    assert killed
    assert killed[0] < len(made["ledger_units"])
    assert _text(made) == expected


class Poison:
    """What ends whoever reads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (9,)


def test_workers_of_this_machine_give_the_same_plan_and_a_ledger_unit_that_kills_them_is_given_up(
    town: City, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes plan what one does; where one ledger unit kills each worker that takes it, all others are planned."""
    whole = json.loads(expected)
    bad = next(x for x, e in enumerate(whole["ledger_units"]) if len(e["joint"]) > 2)
    task = Tasks.task
    monkeypatch.setattr(
        Tasks, "task", lambda self, x: Poison() if x == bad else task(self, x), raising=True
    )
    made = plan(town, workers=2)
    entry = made["ledger_units"].pop(bad)
    whole["ledger_units"].pop(bad)
    assert made["ledger_units"] == whole["ledger_units"]
    assert entry["status"] == "not_started"
    assert {u["reason"]["code"] for u in entry["uncovered"]} == {"lost"}
    made["ledger_units"].insert(bad, entry)
    assert verify(made, town.store, town.profile)["faults"] == []


def test_what_is_sent_is_small_and_needs_no_city(town: City) -> None:
    """A task holds its ledger unit's arrays and no more: some kilobytes, without store, city or other ledger units."""
    import pickle

    problem = Problem(town)
    tasks = Tasks(problem)
    for x, unit in enumerate(problem.units):
        sent = pickle.dumps(tasks.task(x))
        assert len(sent) < 4_000 + 400 * (len(unit.rows) + 8 * len(unit.hosts))
        made = pickle.loads(sent)
        assert isinstance(made, Task)
        assert not hasattr(made, "city")
        assert made.codes[: len(unit.rows)].tolist() == problem.codes[unit.rows].tolist()


@pytest.mark.parametrize(
    ("address", "error"),
    [("10.0.0.1:8786", InputError), ("tcp://", InputError), ("tcp://127.0.0.1:9", ClusterError)],
)
def test_no_cluster_there(town: City, address: str, error: type[Exception]) -> None:
    """An address that is none, or where nobody answers, is told in one line within seconds."""
    began = time.monotonic()
    with pytest.raises(error, match=re.escape(address)) as told:
        plan(town, cluster=address)
    assert "\n" not in str(told.value)
    assert time.monotonic() - began < 20


def test_ledger_units_that_were_not_begun_keep_what_people_accepted(town: City) -> None:
    """Stopped before its turn, a ledger unit keeps its accepted units, former companions count as moved, and it verifies."""
    whole = plan(town)
    accept: list[tuple[str, ...]] = []
    joint: list[tuple[str, ...]] = []
    for entry in whole["ledger_units"]:
        for g in entry["joint"]:
            joint.append(tuple(g["organizations"]))
            if len(accept) < 4 and len(entry["joint"]) > 2:
                accept.append(tuple(g["organizations"]))
    attached = {a["organization"]: a["unit"] for e in whole["ledger_units"] for a in e["attached"]}
    # one accepted unit tears another's former companions apart
    former = [accept[0][:1] + accept[1][:1], *(g for g in joint if g not in accept[:2])]
    made = plan(
        town, constraints=Decisions(accept=tuple(accept)), previous=Previous(tuple(former), attached),
        stopped=lambda: True,
    )  # fmt: skip
    assert verify(made, town.store, town.profile)["faults"] == []
    some = [e for e in made["ledger_units"] if e["uncovered"]]
    assert all(e["status"] == "not_started" for e in some)
    assert sorted(g["organizations"] for e in some for g in e["joint"]) == sorted(map(list, accept))


def test_stopped_in_the_middle_keeps_what_is_done(town: City, expected: str) -> None:
    """Whoever asks to stop after three ledger units gets these as they would have been, the rest not started."""
    told: list[Standing] = []
    made = plan(
        town, progress=told.append, stopped=lambda: bool(told) and told[-1].done >= 3
    )  # fmt: skip
    whole = {e["id"]: e for e in json.loads(expected)["ledger_units"]}
    done = [e for e in made["ledger_units"] if e["status"] != "not_started"]
    assert 3 <= len(done) < len(whole)
    assert all(e == whole[e["id"]] for e in done)
    assert verify(made, town.store, town.profile)["faults"] == []


def test_shares_of_the_time_are_for_all_workers_and_never_beyond_the_end() -> None:
    """Of 60 seconds, two workers give out up to 120, each ledger unit at most what is left, the larger ones more."""
    one, two = Course([400, 300, 200, 100], 60.0), Course([400, 300, 200, 100], 60.0)
    shares = {n: [c.begin(x, n) or 0.0 for x in c.order] for n, c in ((1, one), (2, two))}
    assert shares[1][0] == pytest.approx(60 * 0.4**0.8, rel=0.01)
    assert shares[2][0] == pytest.approx(min(60, 120 * 0.4**0.8), rel=0.01)
    for n, given in shares.items():
        assert given == sorted(given, reverse=True)
        assert max(given) <= 60
        assert sum(given) <= 60 * n + 1  # the clock goes on between two of them
    assert Course([1], None).begin(0, 1) is None


def test_the_time_left_is_told_by_the_work_left() -> None:
    """Before anything is done nothing is said; then the rest takes as long as it is work; a limit caps it."""
    course = Course([100, 100, 100], None)
    assert course.standing(1).left is None
    course.begin(0, 1)
    course.end(0, 90, 50_000_000, 49_000_000, 6.0)
    now = course.standing(1)
    assert now.left == pytest.approx(12.0, abs=0.1)
    assert course.standing(2).left == pytest.approx(6.0, abs=0.1)
    assert (now.done, now.units, now.covered, now.small) == (1, 3, 90, 300)
    assert now.gap == pytest.approx(0.02)
    course.begin(1, 1)
    course.partly(1, 50_000_000, 47_000_000)
    assert course.standing(1).gap == pytest.approx(0.04)
    course.partly(1, 50_000_000, 49_000_000)  # it moves while that is worked on
    assert course.standing(1).gap == pytest.approx(0.02)
    course.end(1, 90, 50_000_000, 50_000_000, 6.0)
    assert course.standing(1).gap == pytest.approx(0.01)
    assert not Course([100], None).standing(1).known
    limited = Course([100, 100], 5.0)
    assert limited.standing(1).left == pytest.approx(5.0, abs=0.1)


def test_small_problems_start_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody says how many, little is planned by one process, much by one a core, never more than ledger units."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert spread.usual_workers([200, 300]) == 1
    assert spread.usual_workers([900] * 20 + [0] * 9) == 8
    assert spread.usual_workers([90_000, 0]) == 1
    assert spread.usual_workers([]) == 1
    assert Parameters().seconds is None


# -- signals -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that takes some seconds to plan."""
    made = tmp_path_factory.mktemp("signals")
    store = open_store(str(made / "lianjian.db"), create=True)
    city(7, 1_500, 12, store=store)
    store.close()
    return made


@contextlib.contextmanager
def _planning(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], bytearray]]:
    """Start ``lianjian plan`` on a terminal of its own; give it and what it says there, from its first ledger unit done.

    Where the machine has no terminals to give (a bare root without /dev/pts), a pipe says that it is one.
    """
    import pty
    import threading

    code = "from api.cli import main; main()"
    try:
        terminal, other = pty.openpty()
    except OSError:
        terminal, other = os.pipe()
        code = f"import sys; sys.stderr.isatty = lambda: True; {code}"
    said = bytearray()
    environment = {**os.environ, "LIANJIAN_LANG": "en", "TERM": "xterm", "COLUMNS": "150"}
    environment.pop("LIANJIAN_STORE", None)
    with _process(
        "-c", code, "plan", "--gap", "0", *options,
        cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=other, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(other)

        def read() -> None:
            with contextlib.suppress(OSError):
                while some := os.read(terminal, 4096):
                    said.extend(some)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        _until(lambda: re.search(rb"[1-9]\d*/\d\d", said) or process.poll() is not None)
        assert process.poll() is None, bytes(said)
        yield process, said
    reader.join(5)
    os.close(terminal)


def _children(process: int) -> list[int]:
    """Return the processes that descend from one (Linux)."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == process:
                found += [int(stat.parent.name), *_children(int(stat.parent.name))]
    return found


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_leaves_a_valid_plan_of_what_is_done(folder: Path, workers: str) -> None:
    """Ctrl-C on the terminal ends with 1 and a plan that verifies: what was done is kept, the rest is not started."""
    out = folder / f"stopped-{workers}.json"
    with _planning(folder, "--workers", workers, "--out", out.name) as (process, said):
        below = _children(process.pid)
        assert len(below) >= (2 if workers == "2" else 0)
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells all of its processes
        assert process.wait(PATIENCE) == 1, bytes(said)
        _until(lambda: not any(map(_alive, below)))
    assert b"Planning: " in said
    assert b" covered, gap so far " in said
    assert b"were not begun" in said
    made = json.loads(out.read_text(encoding="utf-8"))
    status = [e["status"] for e in made["ledger_units"]]
    assert "not_started" in status
    assert {"optimal", "feasible", "time_limit"} & set(status)
    store = open_store(str(folder / "lianjian.db"))
    try:
        assert verify(made, store, load())["faults"] == []
    finally:
        store.close()


def test_a_second_ctrl_c_ends_at_once_and_leaves_no_file(folder: Path) -> None:
    """Asked twice, it ends there and then: no plan, no half of one, and the exit code of an interrupt."""
    before = {p.name for p in folder.iterdir()}
    with _planning(folder, "--workers", "1", "--out", "none.json") as (process, said):
        process.send_signal(signal.SIGINT)
        _until(lambda: b"once more" in said)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) in (-signal.SIGINT, 130, 1), bytes(said)
        ended_with = process.returncode
    # where the plan was faster than the second Ctrl-C, it is whole
    assert (ended_with == 1) == (folder / "none.json").exists()
    # SQLite's own files beside the store stay until it is opened next
    left = {p.name for p in folder.iterdir()} - before - {"none.json"}
    assert all(name.startswith("lianjian.db-") for name in left)


def test_workers_end_with_whoever_started_them(folder: Path) -> None:
    """Where the planner itself is killed, its workers end by themselves within seconds."""
    with _planning(folder, "--workers", "2", "--out", "gone.json") as (process, _):
        below = _children(process.pid)
        assert len(below) >= 2
        process.kill()
        process.wait()
        _until(lambda: not any(map(_alive, below)))
    assert not (folder / "gone.json").exists()
