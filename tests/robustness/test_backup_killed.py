"""C6 for backups: killed at every step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import _surroundings
from tests.robustness.stores import ROOT
from tests.service.people import _quick
from tests.service.test_backup import kept, safe, template

__all__ = ["_quick", "_surroundings", "kept", "safe", "template"]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.large)])
def test_a_kill_at_any_step_leaves_all_or_nothing(kept: Path, tmp_path: Path, every: int) -> None:
    """Of a backup into a folder, into a file, and of a restore: what has its name is whole, and the next run goes through."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.robustness.dying", str(tmp_path), str(every)],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False, env=os.environ,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout)
    assert min(counted.values()) >= 20, f"too few steps were tried: {counted}"
