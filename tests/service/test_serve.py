"""``lianjian serve``: a process that answers on this machine, and leaves cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.cli.commandline import Lianjian


def test_it_says_where_it_listens_answers_and_leaves_when_told(town: Path) -> None:
    """A port of its own, an answer, then SIGTERM: exit 0 and the store closed, with no line of a traceback."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from api.cli import main; main()",
            "serve",
            "--port",
            "0",
            "--json",
            "--store",
            str(town),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert process.stdout is not None
        url = "".join(iter(process.stdout.readline, "}\n")) + "}"
        url = f"{json.loads(url)['url']}/show/91B"
        with urllib.request.urlopen(url, timeout=30) as answer:
            assert json.load(answer)["name"] == "光谷软件公司"
            assert "server" not in answer.headers
    finally:
        process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=30)
    assert "Traceback" not in rest
    assert process.returncode in (0, -signal.SIGTERM)
    assert not town.with_name("lianjian.db-wal").exists()


def test_a_port_that_is_taken_is_said(town: Path, lianjian: Lianjian) -> None:
    """With the way out, exit 3."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        answer = lianjian("serve", "--port", str(other.getsockname()[1]))
    assert answer.code == 3
    assert "--port" in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "0.0.0.0"), "127.0.0.1"),
        (("--port", "70000"), "65535"),
        (("--store", "nowhere/nothing.db"), "nothing.db"),
    ],
)
def test_what_can_t_be_served_is_refused_before_it_listens(
    town: Path, lianjian: Lianjian, arguments: tuple[str, ...], said: str
) -> None:
    """An address that others reach, a port that is none, a store that could not be made there."""
    answer = lianjian("serve", *arguments)
    assert answer.code in (2, 3)
    assert said in answer.err
