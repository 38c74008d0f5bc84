"""What the service counts, for Prometheus: a registry of its own for each application.

Labels hold names of operations, classes of statuses and states: all from closed lists. None holds a code, a name or a jurisdiction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from api.jobs.model import STATES
from graph.cut.scope import WHOLE
from graph.errors import LianjianError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from api.jobs.service import Jobs
    from api.stores import Stores

NONE = "none"
"""The operation of a request that came to none, and the class of one that was cut off before an answer."""
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""A chain takes some 100 µs of the store, an audit of a district seconds."""
CUTTING = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


class Metrics:
    """What one application counts.

    Parameters
    ----------
    version : str
        The program's.

    Attributes
    ----------
    registry : prometheus_client.CollectorRegistry
    """

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        Info("lianjian", "The program", registry=self.registry).info({"version": version})
        self._requests = Counter(
            "lianjian_requests", "Requests that were answered",
            ("operation", "status"), registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "lianjian_request_seconds", "Seconds from a request's head to the end of its answer",
            ("operation",), buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.under_way = Gauge(
            "lianjian_requests_under_way", "Requests under way", registry=self.registry
        )
        self._cuts = Histogram(
            "lianjian_cut_seconds", "Seconds that making what a jurisdiction sees took",
            buckets=CUTTING, registry=self.registry,
        )  # fmt: skip
        ProcessCollector(registry=self.registry)

    def watch(self, stores: Stores, jobs: Jobs) -> None:
        """Also tell of open stores, imports and jobs, as they are when asked."""
        self.registry.register(_Standing(stores, jobs))

    def answered(self, operation: str | None, status: int | None, seconds: float) -> None:
        """Count a request; ``status`` is ``None`` where it was cut off before an answer."""
        name = operation or NONE
        self._requests.labels(name, NONE if status is None else f"{status // 100}xx").inc()
        self._seconds.labels(name).observe(seconds)

    def cut(self, seconds: float) -> None:
        """Count a cut that was made."""
        self._cuts.observe(seconds)


class _Standing(Collector):
    """What is read when it is asked for; what can't be read now is left out, and said by ``lianjian_store_up``."""

    def __init__(self, stores: Stores, jobs: Jobs) -> None:
        self._stores = stores
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        """Yield what stands now."""
        idle, used = self._stores.open
        opened = GaugeMetricFamily("lianjian_stores_open", "Open stores", labels=("state",))
        opened.add_metric(("idle",), idle)
        opened.add_metric(("used",), used)
        yield opened
        up = GaugeMetricFamily("lianjian_store_up", "Whether the store can be read")
        try:
            with self._stores.one(WHOLE) as store:
                batches = store.batches()
        except LianjianError:
            up.add_metric((), 0)
        else:
            up.add_metric((), 1)
            imports = GaugeMetricFamily(
                "lianjian_imports",
                "Imports in the store, by what became of them",
                labels=("state",),
            )
            undone = sum(b.undone for b in batches)
            imports.add_metric(("active",), len(batches) - undone)
            imports.add_metric(("undone",), undone)
            yield imports
        yield up
        try:
            states = self._jobs.records.states()
        except LianjianError:
            return
        jobs = GaugeMetricFamily("lianjian_jobs", "Jobs by state", labels=("state",))
        for state in STATES:
            jobs.add_metric((state,), states.get(state, 0))
        yield jobs
