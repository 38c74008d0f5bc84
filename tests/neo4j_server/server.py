"""A real Neo4j Community server on this machine alone, with a password, for as long as somebody wants it."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from tests.neo4j_server import jars
from tests.neo4j_server.jars import LTS, MissingError, Release

HOST = "127.0.0.1"
USER = "neo4j"
PATIENCE = 120.0
"""Seconds until a start counts as failed: six are usual, a recovery after a crash was seen to take 67."""

# spares Netty warnings and a slow way to its buffers
OPENED = [
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
]
# half the starting time and CPU; a server that is measured wants the whole compiler (``quick=False``)
QUICK = ["-XX:TieredStopAtLevel=1"]

SETTINGS = {
    "server.default_listen_address": HOST,
    "server.default_advertised_address": HOST,
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.security.auth_enabled": "true",
    "dbms.usage_report.enabled": "false",
    "server.directories.import": "import",
    "server.memory.pagecache.size": "128m",
    # a log of 256 MiB would be laid out at each start, and its size would not be what is written
    "db.tx_log.preallocate": "false",
    "db.logs.query.enabled": "OFF",
    # a database that is wiped and filled again and again would have all its questions planned anew each time
    "dbms.cypher.min_replan_interval": "1h",
    # else each stop in good order waits ten seconds for clients that may still have something to say
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    "internal.dbms.bolt.netty_server_shutdown_timeout": "1",
}

HELLO = bytes.fromhex("6060b017" + "00000405" + "00000404" + "00000004" + "00000000")
"""What a Bolt client says first: the versions that it speaks."""


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.socket() as s:
        s.bind((HOST, 0))
        return int(s.getsockname()[1])


def answers(port: int, *, tls: bool = False, timeout: float = 1.0) -> bool:
    """Say whether a Bolt server answers at a port, behind TLS or without."""
    try:
        with contextlib.ExitStack() as stack:
            s = stack.enter_context(socket.create_connection((HOST, port), timeout))
            s.settimeout(timeout)
            if tls:
                s = stack.enter_context(ssl._create_unverified_context().wrap_socket(s))
            s.sendall(HELLO)
            said = s.recv(4)
    except OSError:
        return False
    return len(said) == 4 and said != b"HTTP"


WIPE = (
    "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 1000 ROWS",
    # apart, since one node may hold more relationships than a small server deletes at once
    "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 1000 ROWS",
)


def wipe(url: str, user: str, password: str, *, schema: bool = False) -> None:
    """Delete all nodes and relationships, and on request constraints and indexes (making them anew takes longer)."""
    import neo4j

    with (
        neo4j.GraphDatabase.driver(url, auth=(user, password)) as driver,
        driver.session() as session,
    ):
        for statement in WIPE:
            session.run(statement).consume()
        if schema:
            for what, show in (
                ("CONSTRAINT", "SHOW CONSTRAINTS YIELD name"),
                ("INDEX", "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'"),
            ):
                # names come from the server's own list
                for name in [record["name"] for record in session.run(show)]:
                    session.run(f"DROP {what} `{name}` IF EXISTS").consume()


class Server:
    """A server with a folder of its own, which goes when the server is closed or whoever owns it is gone.

    Parameters
    ----------
    release : Release
        The version.
    settings : mapping of str to str
        Settings over those that all servers here have.
    heap : str
        Java's largest heap.
    quick : bool
        Start faster and compile less well: for tests, not for measurements.
    alive : pathlib.Path
        A file that somebody else holds a lock on for as long as the server is wanted; without it, this process and object do.

    Attributes
    ----------
    url : str
        Its address for the store (``neo4j://…``), without user and password.
    user, password : str
        Who may do everything there.
    password_file : pathlib.Path
        Where the password stands, readable by its owner only.
    pid : int
        The server's own process.
    """

    user = USER

    def __init__(
        self,
        release: Release = LTS,
        *,
        settings: Mapping[str, str] | None = None,
        heap: str = "1g",
        quick: bool = True,
        alive: Path | None = None,
    ) -> None:
        self.release = release
        self.heap, self.quick = heap, quick
        self.java = jars.java_home() / "bin" / "java"
        lib = jars.ready(release)
        self.home = Path(tempfile.mkdtemp(prefix="lianjian-neo4j-"))
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.settings = {
            **SETTINGS,
            **dict(release.settings),
            "server.bolt.listen_address": f"{HOST}:{self.port}",
            **(settings or {}),
        }
        self.pid = 0
        self._guard: subprocess.Popen[str] | None = None
        self._lock: IO[str] | None = None
        if alive is None:
            alive = self.home / "alive"
            self._lock = alive.open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            atexit.register(self.close)
        self.alive = alive
        for name in ("conf", "import"):
            (self.home / name).mkdir()
        (self.home / "lib").symlink_to(lib)
        self.password_file = self.home / "password"
        self.password_file.touch(0o600)
        self.password_file.write_text(self.password + "\n", encoding="utf-8")
        self.configure()
        try:
            self._admin("dbms", "set-initial-password", self.password)
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """The address for the store."""
        return f"neo4j://{HOST}:{self.port}"

    @property
    def log(self) -> str:
        """What the server has said so far."""
        files = [self.home / "console.log", self.home / "logs" / "neo4j.log"]
        return "".join(f.read_text(encoding="utf-8", errors="replace") for f in files if f.exists())

    def configure(self, **settings: str) -> None:
        """Write the settings, with changes that hold from the next start."""
        self.settings.update(settings)
        lines = "".join(f"{key}={value}\n" for key, value in self.settings.items())
        (self.home / "conf" / "neo4j.conf").write_text(lines, encoding="utf-8")

    def start(self) -> Server:
        """Start and wait until it answers.

        Raises
        ------
        MissingError
            It ends at once or does not answer in time; the message has the server's last words.
        """
        command = [
            str(self.java), *(QUICK if self.quick else []), "-XX:+UseSerialGC", "-Xms256m", f"-Xmx{self.heap}", *OPENED,
            "-cp", f"{self.home}/lib/*", self.release.main, f"--home-dir={self.home}", f"--config-dir={self.home}/conf",
        ]  # fmt: skip
        self._guard = subprocess.Popen(
            [sys.executable, "-S", str(jars.HERE / "guard.py"), str(self.alive), str(self.home), *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._guard.stdout is not None
        self.pid = int(self._guard.stdout.readline() or 0)
        end = time.monotonic() + PATIENCE
        tls = self.settings.get("server.bolt.tls_level") == "REQUIRED"
        while not answers(self.port, tls=tls):
            late = time.monotonic() > end
            if late or self._guard.poll() is not None:
                self.kill()
                raise MissingError(
                    f"Neo4j {self.release.version} {'does not answer' if late else 'does not start'}: {self.last_words()}"
                )
            time.sleep(0.1)
        self._serve("bolt+ssc" if tls else "bolt", end - time.monotonic())
        return self

    def _serve(self, scheme: str, patience: float) -> None:
        """Wait until the database serves: after a crash it recovers while the server answers already."""
        import neo4j

        with neo4j.GraphDatabase.driver(
            f"{scheme}://{HOST}:{self.port}",
            auth=(self.user, self.password),
            max_transaction_retry_time=patience,
        ) as driver:
            driver.execute_query("RETURN 1")

    def running(self) -> bool:
        """Say whether it was started and has not ended."""
        return self._guard is not None and self._guard.poll() is None

    def last_words(self) -> str:
        """Return the end of what it said, as one line."""
        return " / ".join(self.log.strip().splitlines()[-3:])[-600:]

    def stop(self) -> None:
        """Stop in good order, as an administrator does; :meth:`start` starts it again with what it holds."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Stop at once, as a power cut does to a process; :meth:`start` starts it again."""
        self._end(signal.SIGKILL)

    def _end(self, by: signal.Signals) -> None:
        if self._guard is None:
            return
        if self._guard.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, by)
            self._guard.wait()
        if self._guard.stdout is not None:
            self._guard.stdout.close()
        self._guard = None

    def disown(self) -> None:
        """Leave the server to whoever holds the lock on :attr:`alive`: this process may end before it."""
        if self._guard is not None:
            assert self._guard.stdout is not None
            self._guard.stdout.close()
            self._guard.returncode = 0  # nobody waits for it here; else Python warns at its own end
            self._guard = None

    def wipe(self, *, schema: bool = False) -> None:
        """See :func:`wipe`."""
        wipe(self.url, self.user, self.password, schema=schema)

    def close(self) -> None:
        """Stop at once and delete all that it held."""
        self.kill()
        if self._lock is not None:
            self._lock.close()
            atexit.unregister(self.close)
        shutil.rmtree(self.home, ignore_errors=True)

    def _admin(self, *arguments: str) -> None:
        """Run one of the server's own administration commands."""
        done = subprocess.run(
            [
                str(self.java), *QUICK, "-cp", f"{self.home}/lib/*",
                "org.neo4j.server.startup.Neo4jAdminCommand", *arguments,
            ],
            env={
                **os.environ, "JAVA_HOME": str(self.java.parents[1]),
                "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf"),
            },
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()
            raise MissingError(
                f"Neo4j {self.release.version}: neo4j-admin failed: {' / '.join(said[-3:])}"
            )
