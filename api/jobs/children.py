"""A job's process and what it starts in turn: begun as a group of its own, told to stop, and ended whole."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from api import configuration

if TYPE_CHECKING:
    from pathlib import Path

STDOUT, STDERR = "out/result.json", "stderr"
"""Where a job's process writes, in its folder."""


def start(state: Path, folder: Path, id: str, attempt: int) -> subprocess.Popen[bytes]:  # noqa: A002
    """Begin the process of a job.

    It is the leader of a group that holds whatever it starts, so that a terminal's Ctrl-C for the service is none for it, and
    ending the group ends all. What it imports is what this process imports; nothing is imported from its folder.

    Raises
    ------
    OSError
        It can't be started, or there is no room for its output.
    """
    group: dict[str, Any] = (
        {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        if os.name == "nt"
        else {"start_new_session": True}
    )
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "PYTHONUTF8": "1",
    }
    # what a file of settings said when the service began is in the environment; what it says by now is for the next service
    environment.pop(configuration.NAME, None)
    with (folder / STDOUT).open("wb") as out, (folder / STDERR).open("wb") as said:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            [sys.executable, "-P", "-m", "api.jobs.work", str(state), id, str(attempt)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=said,
            cwd=folder,
            env=environment,
            **group,
        )


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a process is over, without letting its number go to another."""
    waitid = getattr(os, "waitid", None)
    if waitid is None or process.returncode is not None:
        return process.poll() is not None
    with contextlib.suppress(ChildProcessError):
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return waitid(os.P_PID, process.pid, how) is not None
    return True


def tell(pid: int) -> None:
    """Ask the leader of a group to stop: a plan then leaves what it has, anything else ends."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGTERM)


def kill(pid: int) -> None:
    """End a group at once, its leader and all that it started; nothing where it is over."""
    killpg = getattr(os, "killpg", None)
    if killpg is None:
        subprocess.run(  # noqa: S603 - a number
            ["taskkill", "/F", "/T", "/PID", str(pid)],  # noqa: S607 - the system's
            capture_output=True,
            check=False,
        )
        return
    with contextlib.suppress(OSError):
        killpg(pid, signal.SIGKILL)  # type: ignore[attr-defined,unused-ignore]
