"""What deploy/ says of a service for others is what there is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from api.cli.app import create
from api.settings import Allowances

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "deploy/service.md").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy/lianjian.service").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "deploy/lianjian.toml").read_text(encoding="utf-8")
CONTAINER = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")


def test_settings_named_are_those_that_are_read() -> None:
    """Every setting of ours in page, unit and container file is read; every one that any room reads is on the page."""
    rooms = [p for room in ("api", "graph", "loaders", "viz") for p in (ROOT / room).rglob("*.py")]
    read = set(re.findall(r'"(LIANJIAN_[A-Z0-9_]+)"', "".join(p.read_text("utf-8") for p in rooms)))
    named = set(re.findall(r"LIANJIAN_[A-Z0-9_]+", PAGE + UNIT + EXAMPLE + CONTAINER))
    assert named <= read
    assert read <= set(re.findall(r"LIANJIAN_[A-Z0-9_]+", PAGE))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_unit_is_one(tmp_path: Path) -> None:
    """Systemd finds nothing to say of it, where the program is in its place."""
    unit = tmp_path / "lianjian.service"
    here = Path(sys.executable).with_name("lianjian")
    assert UNIT.count("/opt/lianjian/.venv/bin/lianjian") == 1
    unit.write_text(UNIT.replace("/opt/lianjian/.venv/bin/lianjian", str(here)), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True, text=True, check=False, env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"},
    )  # fmt: skip
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (
        0,
        [],
    )


def test_commands_named_are_those_that_there_are() -> None:
    """Every command line in the unit and the container file, with its options."""
    lines = re.findall(
        r"(?:bin/|-v [^ ]+ |:\d+ )lianjian ([^\n]+)", (UNIT + CONTAINER).replace("\\\n#", "")
    )
    assert len(lines) == 3
    for line in lines:
        words = line.split()
        command: Any = typer.main.get_command(create())
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert not hasattr(command, "commands"), line
        options = {o for p in command.params for o in p.opts}
        assert {w for w in words if w.startswith("--")} <= options, line


def test_options_named_are_those_that_there_are() -> None:
    """Every option in the page's table is one of `serve`, and the other way round."""
    root: Any = typer.main.get_command(create())
    own = {o for p in root.commands["serve"].params for o in p.opts}
    table = "".join(line for line in PAGE.splitlines() if line.startswith("|"))
    named = set(re.findall(r"`(--[a-z-]+)`", table))
    assert named <= own
    assert own - named == {"--profile", "--json"}


def test_rates_named_are_the_defaults() -> None:
    """The page says what holds where nothing is set."""
    made = Allowances()
    for rate in (made.login, made.address, made.reads, made.heavy):
        assert f"| {rate} |" in PAGE


def test_the_container_takes_what_there_is() -> None:
    """Every path that is copied in exists, all four packages among them."""
    copied = {s for line in re.findall(r"(?m)^COPY (.*)$", CONTAINER) for s in line.split()[:-1]}
    assert {"graph", "loaders", "viz", "api", "requirements.lock"} <= copied
    assert all((ROOT / name).exists() for name in copied)
