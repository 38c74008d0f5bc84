"""Backs up and restores a city again and again, killed at each of its operations on files in turn, and looks what is left.

``python -m tests.robustness.dying FOLDER EVERY`` finds ``lianjian.db`` and ``paper.key`` there, kills at the first step
and at every so-manieth after it, and prints ``{"backup": …, "zip": …, "restore": …}``: how many steps each has.
Processes are forked from this one, which has imported everything.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import api.asking.holdings
import api.backup
import api.cli.app
from api.backup.packing import Backup
from api.journal import Journal, Places
from graph.store import open_store

STEPS = (
    "open",
    "os.rename",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.chmod",
    "shutil.move",
    "tempfile.mkdtemp",
    "os.rmdir",
)
"""What a process is killed at, as Python tells it (``sys.addaudithook``); ``open`` is each file that is opened."""


def died(arguments: list[str], at: int) -> bool:
    """Run a command in a process that is killed before its ``at``-th step; return whether it came so far."""
    pid = os.fork()
    if pid == 0:
        seen = 0

        def step(event: str, args: tuple[object, ...]) -> None:
            nonlocal seen
            if event in STEPS and not (
                event == "open" and str(args[0]).endswith((".py", ".pyc", ".json", ".so"))
            ):
                seen += 1
                if seen == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what goes wrong is said on stderr
        sys.addaudithook(step)
        code = 1
        with contextlib.suppress(SystemExit):
            code = api.cli.app.run(arguments)
        os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, f"{arguments} ended with {os.WEXITSTATUS(status)}"
    return False


def done(arguments: list[str]) -> None:
    """Run a command to its end."""
    assert not died(arguments, 0)


def whole(path: Path) -> None:
    """Hold a finished backup against its manifest."""
    with contextlib.closing(Backup(path)) as backup:
        for one in backup.manifest.files:
            backup.unpack(one, None)


def backed_up(folder: Path, name: str, every: int) -> int:
    """Kill a backup at each step: what has its name is whole, and the next goes through and leaves nothing else."""
    out, at = folder / name, 1
    command = ["backup", "--store", str(folder / "lianjian.db"), "--out", str(out)]
    while died(command, at):
        if out.exists():
            whole(out)
        elif at % 10 == 1:
            done(command)
            whole(out)
        _gone(out)
        at += every
    _gone(out)
    done(command)
    # one that was killed before it had its lock is empty, and taken away when it is old enough to be nobody's
    left = [p for p in folder.glob(".lianjian-*") if any(p.iterdir())]
    assert not left, "something was left behind"
    return at - every


def put_back(folder: Path, backup: Path, fingerprint: str, date: int, every: int) -> int:
    """Kill a restore at each step: a store that is there is the city, with its journal; else the same restore goes through."""
    target, at = folder / "there" / "new.db", 1
    command = ["restore", str(backup), "--store", str(target), "--key", str(folder / "paper.key")]
    target.parent.mkdir()
    while died(command, at):
        if not target.exists():
            done(command)
        store = open_store(str(target))
        assert store.fingerprint(date) == fingerprint
        store.close()
        places = Places.of(target.with_suffix(".service"))
        journal = Journal(places)
        assert journal.verify().ok, journal.verify()
        newest = next(iter(journal.rows()))
        assert newest.action == "restore", newest
        assert (places.file.parent / "accounts.db").is_file()
        shutil.rmtree(target.parent)
        target.parent.mkdir()
        at += every
    return at - every


def _gone(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def main(folder: Path, every: int) -> None:
    """Do all of it."""
    store = open_store(str(folder / "lianjian.db"))
    date = store.latest()
    fingerprint = store.fingerprint(date)
    store.close()
    counted: dict[str, Callable[[], int]] = {
        "backup": lambda: backed_up(folder, "killed", every),
        "zip": lambda: backed_up(folder, "killed.zip", every),
        "restore": lambda: put_back(folder, folder / "killed", fingerprint, date, every),
    }
    print(json.dumps({name: kill() for name, kill in counted.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
