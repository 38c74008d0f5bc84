"""C6: services and jobs are killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.robustness.stores import ROOT
from tests.service.working import JOBS, firms, loaded, over, sent, service

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")


def test_forty_kills_lose_nothing_and_leave_nothing_half_done(tmp_path: Path) -> None:
    """Of imports, their service or both, at random moments: each job ends, told of truly; each import is in whole or not at all."""
    killing = subprocess.run(
        [sys.executable, "-m", "tests.robustness.killing", str(tmp_path), "40", "6"],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert killing.returncode == 0, killing.stderr
    counted = json.loads(killing.stdout)
    assert counted["cut"] > 0, "no import was cut off: nothing was tried"
    assert counted["adopted"] > 0, "no job outlived its service: nothing was tried"


def test_a_job_whose_process_is_killed_is_interrupted_and_the_next_runs(tmp_path: Path) -> None:
    """In the process that it really has: it says that nothing is in the store, and to import again; that goes in."""
    with service(tmp_path / "a.db") as client:
        records = client.app.state.jobs.records  # type: ignore[attr-defined]
        id_ = sent(client, ("a.csv", firms(1, 20_000)))["id"]
        until = time.monotonic() + 60
        while records.get(id_).pid is None and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(records.get(id_).pid, signal.SIGKILL)
        said = over(client, id_, 20)
        assert (said["state"], said["batch"], said["result"]) == ("interrupted", None, False)
        assert "import again" in said["error"]["en"]
        assert client.get(f"{JOBS}/{id_}/result").status_code == 409
        assert loaded(client, ("a.csv", firms(1, 5)))["state"] == "done"
