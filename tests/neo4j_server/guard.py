"""A server's parent: ends it, and deletes its folder, once whoever started it is gone, however that went.

``python guard.py ALIVE HOME COMMAND…``: whoever starts it holds a lock on the file ALIVE as long as it wants the server. A killed
process lets go of its locks, so that there is no way to leave a server behind. The folders that go are HOME and that of ALIVE.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time

LOOKS = 0.2
"""Seconds between two looks at the lock."""


def main(alive: str, home: str, *command: str) -> int:
    """Run the command until it ends or nobody wants it any more."""
    os.setsid()  # Ctrl-C is for the owner alone, which then ends the server in good order
    log = os.open(os.path.join(home, "console.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)  # noqa: PTH118
    # the owner reads the number from the pipe; the server has to hold no end of it
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home)
    print(server.pid, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        watched = os.open(alive, os.O_RDWR)
    except FileNotFoundError:
        watched = -1
    while True:
        wanted = watched >= 0 and _held(watched)
        if not wanted:
            server.kill()
            server.wait()
            for folder in (home, os.path.dirname(alive)):  # noqa: PTH120
                shutil.rmtree(folder, ignore_errors=True)
            return 0
        if server.poll() is not None:
            return server.returncode
        time.sleep(LOOKS)


def _held(file: int) -> bool:
    """Say whether somebody holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
