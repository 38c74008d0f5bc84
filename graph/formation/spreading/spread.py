"""Ledger units planned by other processes: of this machine (``--workers``) or of a Dask cluster (``--cluster``), in one way.

A task is one ledger unit (:mod:`.tasks`), sent as bytes, one for each thread that can work; whoever is killed
costs a retry. What comes back is a plan, and its certificate says whether it is right, wherever it was made.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import pickle
import queue
import signal
import sys
import threading
import time
import uuid
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import ClusterError, InputError
from graph.formation.spreading.crew import Outcome, work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.formation.solve import Parameters
    from graph.formation.spreading.tasks import Task

CONNECT = 5.0
"""Seconds within which a cluster has to answer."""
LOOK = 2.0
"""Seconds between two looks at who is there to work."""
NOBODY = 60.0
"""Seconds without anybody to work after which a run gives up waiting."""
DEATHS = 2
"""Workers of this machine that a ledger unit may cost before it is given up: the next one is the last."""
FOREIGN = 5
"""Times that a ledger unit may meet a worker with another program before a cluster is refused."""
ENOUGH = 2_500
"""Small organizations from which starting workers of this machine (some seconds) pays, unless their number is given."""


def usual_workers(sizes: list[int]) -> int:
    """Return how many workers a problem is given where nobody says: one for what is small, else the processor's cores.

    Parameters
    ----------
    sizes : list of int
        Small organizations of each ledger unit.
    """
    if sum(sizes) < ENOUGH:
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, min(cores, sum(n > 0 for n in sizes)))


class Spread:
    """Workers elsewhere; a :class:`graph.formation.spreading.crew.Crew`.

    Parameters
    ----------
    client : distributed.Client
    seed : int
    parameters : Parameters
    where : str
        The cluster's address, for messages.
    """

    def __init__(self, client: Any, seed: int, parameters: Parameters, where: str) -> None:
        self._client, self._where = client, where
        self._seed, self._parameters = seed, parameters
        self._run = uuid.uuid4().hex
        self._done: queue.SimpleQueue[tuple[int, Any, Any]] = queue.SimpleQueue()
        self._given: dict[int, tuple[bytes, float | None]] = {}
        self._future: dict[int, Any] = {}
        self._met: dict[int, int] = {}
        self._workers: dict[str, int] = {}
        self._seen = time.monotonic()
        self._looked = float("-inf")
        self._ended = False
        self._look()

    @property
    def size(self) -> int:
        """Threads of the workers that are there."""
        return max(1, sum(self._workers.values()))

    def begin(self, x: int, task: Task, seconds: float | None) -> None:
        """Send a ledger unit to whoever is free."""
        self._given[x] = (pickle.dumps(task), seconds)
        self._send(x, None)

    def _send(self, x: int, workers: list[str] | None) -> None:
        task, seconds = self._given[x]

        def fetch(future: Any) -> None:
            try:
                self._done.put((x, future, future.result()))
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                self._done.put((x, future, error))

        future = self._client.submit(
            _work, x, task, self._seed, self._parameters, seconds, self._run, edition(),
            key=f"lianjian-{self._run}-{x}-{self._met.get(x, 0)}", workers=workers,
        )  # fmt: skip
        self._future[x] = future
        # a thread each: what a worker that ends takes along is made again, and nobody waits for it
        future.add_done_callback(
            lambda f: threading.Thread(target=fetch, args=(f,), daemon=True).start()
        )

    def next(self, timeout: float) -> Outcome | None:
        """Return what was finished next; ``None`` where nothing was within so many seconds.

        Raises
        ------
        PlanError
            A decision can't be kept.
        ClusterError
            The cluster went away, has had nobody to work for :data:`NOBODY` seconds, or works with another program.
        """
        self._look()
        try:
            x, told, said = self._done.get(timeout=timeout)
        except queue.Empty:
            return None
        if self._future.get(x) is not told:
            return None
        if isinstance(said, BaseException):
            outcome = self._failed(x, said)
        else:
            found: Outcome | str = pickle.loads(said)  # noqa: S301 - as far as the cluster is trusted
            if isinstance(found, str):
                self._elsewhere(x, found)
                return None
            outcome = found
        del self._future[x], self._given[x]
        return outcome

    def _failed(self, x: int, error: BaseException) -> Outcome:
        """Return the outcome of a ledger unit that killed its workers; raise whatever else went wrong."""
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker

        if isinstance(error, KilledWorker):
            return Outcome(x, None, 0.0, "lost")
        if isinstance(error, FutureCancelledError | OSError):
            raise _gone(self._where) from None
        raise error

    def _elsewhere(self, x: int, theirs: str) -> None:
        """Send a ledger unit away from a worker with another program (it came after the cluster was looked at)."""
        self._met[x] = self._met.get(x, 0) + 1
        same = same_edition(self._client)
        if not same or self._met[x] > FOREIGN:
            raise _foreign(self._where, theirs)
        self._send(x, same)

    def _look(self) -> None:
        """See who is there, now and then."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        self._workers = present(self._client, self._where)
        if self._workers:
            self._seen = now
        elif now - self._seen > NOBODY:
            raise _gone(self._where)

    def end(self) -> None:
        """Tell all workers to end with what they have."""
        with contextlib.suppress(Exception):
            self._client.run(_end, self._run, wait=False, on_error="ignore")

    def close(self) -> None:
        """Give up what is still worked on."""
        with contextlib.suppress(Exception):
            if self._future:
                self.end()
                self._client.cancel(list(self._future.values()), force=True)
        self._future.clear()


@contextlib.contextmanager
def crew(
    workers: int | None, address: str | None, sizes: list[int], seed: int, parameters: Parameters
) -> Iterator[Spread | None]:
    """Give whoever is asked for, for a ``with`` block; ``None`` is this process.

    Parameters
    ----------
    workers : int or None
        Processes of this machine; ``None``: as many as pay.
    address : str or None
        Of a cluster, that works instead.
    sizes : list of int
        Small organizations of each ledger unit.
    """
    number = usual_workers(sizes) if workers is None else workers
    if address is not None:
        with cluster(address, seed, parameters) as found:
            yield found
    elif number > 1:
        with local(number, seed, parameters) as found:
            yield found
    else:
        yield None


@contextlib.contextmanager
def local(workers: int, seed: int, parameters: Parameters) -> Iterator[Spread]:
    """Give workers of this machine for a ``with`` block: processes of one thread each, on the loopback, with keys of this run."""
    distributed = _distributed()
    import dask

    settings = {
        "distributed.scheduler.allowed-failures": DEATHS,
        # no pages for others to read: the servers that Dask opens all the same answer nothing
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.terminate": False,
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        with _deaf():
            cluster = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None,
                    scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                    security=distributed.Security.temporary(), protocol="tls://", memory_limit=0, silence_logs=_level(),
                )
            )  # fmt: skip
            client = stack.enter_context(distributed.Client(cluster, set_as_default=False))
        crew = Spread(client, seed, parameters, cluster.scheduler_address)
        stack.callback(crew.close)
        yield crew


@contextlib.contextmanager
def cluster(address: str, seed: int, parameters: Parameters) -> Iterator[Spread]:
    """Give a cluster's workers for a ``with`` block; a ``tls://`` address takes its keys from Dask's own configuration.

    Raises
    ------
    InputError
        The address is none.
    ClusterError
        Nobody answers there, nobody works there, or another version of this program does.
    """
    if not address.startswith(("tcp://", "tls://")) or address.endswith("://"):
        raise InputError(
            f"--cluster {address}: give the scheduler's address as tcp://HOST:PORT or tls://HOST:PORT",
            f"--cluster {address}：请写调度器地址，如 tcp://主机:端口 或 tls://主机:端口",
        )
    distributed = _distributed()
    with contextlib.ExitStack() as stack:
        try:
            with warnings.catch_warnings(), _deaf():
                warnings.simplefilter("ignore")  # what differs is said below, in our words
                client = stack.enter_context(
                    distributed.Client(
                        address, timeout=CONNECT, set_as_default=False, name="lianjian"
                    )
                )
        except Exception as error:
            if isinstance(error, TypeError | RuntimeError) and "TLS" in str(error):
                raise ClusterError(
                    f"{address}: {error}; Dask's configuration names certificates under distributed.comm.tls",
                    f"{address}：{error}；证书写在 Dask 配置的 distributed.comm.tls 中",
                ) from None
            if not isinstance(error, OSError | ValueError):
                raise
            raise ClusterError(
                f"{address}: no Dask scheduler answers there; start one with `dask scheduler`, or check the address",
                f"{address}：没有 Dask 调度器应答；请用 `dask scheduler` 启动，或检查地址",
            ) from None
        there = present(client, address)
        if not there:
            raise ClusterError(
                f"{address}: no worker is there; start some with `dask worker {address} --nthreads 1`",
                f"{address}：没有工作进程；请用 `dask worker {address} --nthreads 1` 启动",
            )
        if len(same_edition(client)) < len(there):
            raise _foreign(address, "")
        crew = Spread(client, seed, parameters, address)
        stack.callback(crew.close)
        yield crew


def present(client: Any, where: str) -> dict[str, int]:
    """Return the addresses of a cluster's workers, with their threads.

    Raises
    ------
    ClusterError
        The scheduler doesn't answer any more.
    """
    try:
        found = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=2 * CONNECT)
    except (OSError, ValueError, TimeoutError):
        raise _gone(where) from None
    return {address: int(w["nthreads"]) for address, w in found["workers"].items()}


def same_edition(client: Any) -> list[str]:
    """Return the addresses of the workers that run the same program with the same libraries."""
    said = client.run(edition, on_error="return")
    return sorted(address for address, theirs in said.items() if theirs == edition())


@cache
def edition() -> str:
    """Return what a plan depends on beside its input: a digest of this program's code and its libraries' versions."""
    import graph
    from graph.formation.result import versions

    said = hashlib.sha256()
    for path in sorted(Path(str(graph.__file__ or graph.__path__[0])).parent.rglob("*.py")):
        said.update(path.read_bytes().replace(b"\r\n", b"\n"))
    said.update(repr((versions(), sys.version_info[:2])).encode())
    return said.hexdigest()[:16]


# -- what runs at the worker -------------------------------------------------------------------------------------------

_over: set[str] = set()
"""Runs that were told to end."""


def _end(run: str) -> None:
    _over.add(run)


def _work(
    x: int,
    task: bytes,
    seed: int,
    parameters: Parameters,
    seconds: float | None,
    run: str,
    wanted: str,
) -> bytes:
    """Plan one ledger unit at a worker; where it runs another program, say which instead."""
    if edition() != wanted:
        return pickle.dumps(edition())
    made = pickle.loads(task)  # noqa: S301 - whoever may submit here may run anything anyway
    return pickle.dumps(work(x, made, seed, parameters, seconds, lambda: run in _over))


# -- starting ----------------------------------------------------------------------------------------------------------


def _distributed() -> Any:
    """Import Dask and keep its words to itself."""
    import distributed

    logging.getLogger("distributed").setLevel(_level())
    return distributed


def _level() -> int:
    return logging.INFO if os.environ.get("LIANJIAN_DEBUG") else logging.CRITICAL


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Start threads and processes that don't hear Ctrl-C: a terminal sends it to all, and the planner alone decides."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # its start would let the signal through again in the thread that starts workers
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _gone(where: str) -> ClusterError:
    return ClusterError(
        f"{where}: the cluster went away, or all its workers did",
        f"{where}：集群或其全部工作进程已离线",
    )


def _foreign(where: str, theirs: str) -> ClusterError:
    return ClusterError(
        f"{where}: its workers don't all run this version of Lianjian with these libraries"
        f" ({edition()}{', not ' + theirs if theirs else ''}); install the same on each machine",
        f"{where}：并非所有工作进程都运行相同版本的联建及其依赖"
        f"（{edition()}{'，而非 ' + theirs if theirs else ''}）；请在各机器上安装同一版本",
    )
