"""The Neo4j store's server: reaching it, asking it, and what its failures mean for the one who uses the store.

Nothing of the driver leaves this module but plain values. All queries run in managed transactions, which the driver repeats where
the server says that trying again helps; credentials are never tried twice, and a query that needs more memory than the server
gives is not tried again (:class:`CrowdedError`): who writes sends less at a time.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from graph.errors import StoreError
from graph.store.neo4j_faults import meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
CONNECT_S = 10.0
"""Seconds to wait for the server to answer a call."""
RETRY_S = 30.0
"""Seconds after which what the server wants tried again, or can't be asked, is given up."""
RETRY_WRITING_S = 120.0
"""Seconds of the same in an import: recovery after a crash was seen to take 67, and an import is worth more."""
ROUND_S = 5.0
"""Seconds that the driver tries by itself before whoever waits is told so."""
LONGEST_S = 600.0
"""Seconds after which a query is ended: what readers no longer see is kept for as long (:mod:`graph.store.neo4j_revision`)."""
COMMITS = 3
"""Times that a transaction is tried whose connection breaks before the server's word that it is committed."""
PAUSE_S = 0.5
"""Seconds between the driver's tries and ours."""
FETCH = 5_000
"""Rows that the server sends at a time."""

T = TypeVar("T")
Statement = tuple[str, dict[str, Any]]


class CrowdedError(Exception):
    """The server has not the memory for so much at a time."""


class Server:
    """A database on a Neo4j server.

    Parameters
    ----------
    url : str
        ``neo4j://host:7687``, with one of :data:`SCHEMES`; a path names the database where it is not the user's own.
        User and password are ``LIANJIAN_NEO4J_USER`` (else ``neo4j``) and ``LIANJIAN_NEO4J_PASSWORD``.

    waiting : callable, optional
        Is told, in English and Chinese, that the server does not answer and for how long it is still tried.

    Attributes
    ----------
    patience : float
        Seconds for which anything is tried: :data:`RETRY_S`, or :data:`RETRY_WRITING_S` in an import.

    Raises
    ------
    StoreError
        The address is none, holds a password, or no password is set.
    """

    def __init__(self, url: str, *, waiting: Callable[[str, str], None] | None = None) -> None:
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None or parts.query:
            at = f"{parts.scheme}://{parts.hostname or ''}"
            raise StoreError(
                f"store {at}: give user and password as LIANJIAN_NEO4J_USER and LIANJIAN_NEO4J_PASSWORD, not in the address",
                f"存储 {at}：用户名和密码请用 LIANJIAN_NEO4J_USER 和 LIANJIAN_NEO4J_PASSWORD 给出，不要写在地址里",
            )
        if not parts.hostname:
            raise StoreError(
                f"store {url}: names no server; give an address such as neo4j://localhost:7687",
                f"存储 {url}：没有写明服务器；请给出地址，例如 neo4j://localhost:7687",
            )
        self.url = url
        self.patience = RETRY_S
        self._waiting, self._given_up = waiting, False
        self.address = f"{parts.scheme}://{parts.netloc}"
        self.database = parts.path.strip("/") or None
        password = os.environ.get("LIANJIAN_NEO4J_PASSWORD")
        if not password:
            raise StoreError(
                f"store {url}: no password; set LIANJIAN_NEO4J_PASSWORD (and LIANJIAN_NEO4J_USER where it is not neo4j)",
                f"存储 {url}：没有密码；请设置 LIANJIAN_NEO4J_PASSWORD（用户不是 neo4j 时还有 LIANJIAN_NEO4J_USER）",
            )
        from neo4j import GraphDatabase
        from neo4j.exceptions import DriverError

        try:
            self._driver = GraphDatabase.driver(
                self.address,
                auth=(os.environ.get("LIANJIAN_NEO4J_USER") or "neo4j", password),
                connection_timeout=CONNECT_S,
                connection_acquisition_timeout=2 * CONNECT_S,
                max_transaction_retry_time=min(ROUND_S, RETRY_S),
                notifications_min_severity="OFF",
                telemetry_disabled=True,
            )
        except (DriverError, ValueError) as e:  # an address that the driver can't read
            raise self._said(e, first=True) from None
        # in a cluster a reader waits until its own writing has come to the member that it asks
        self._bookmarks = GraphDatabase.bookmark_manager()
        # people are told here what the driver would log to their terminal, where nobody else asked for it
        logging.getLogger("neo4j").addHandler(logging.NullHandler())
        try:
            self._greet()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of all connections."""
        with suppress(Exception):  # whatever it says: nothing is left to be done here
            self._driver.close()

    def _greet(self) -> None:
        """Make the first contact, without any waiting: an address may just be mistyped.

        What the member that takes writes has committed by now is seen by all reading from now, also by read replicas that lag
        behind: whoever has imported finds it, in whatever process (docs/adr/0020).
        """
        from neo4j import READ_ACCESS, WRITE_ACCESS
        from neo4j import exceptions as x

        def ask(access: str) -> None:
            with self._driver.session(**self._options(), default_access_mode=access) as session:
                session.run("RETURN 1").consume()

        try:
            try:
                ask(WRITE_ACCESS)
            except (x.ServiceUnavailable, x.SessionExpired):
                if not self.address.startswith("neo4j"):
                    raise
                ask(READ_ACCESS)  # a cluster without a leader can still be read
        except x.TransientError:
            pass  # there, and not ready yet: questions wait
        except (x.DriverError, x.Neo4jError, OSError) as e:
            raise self._said(e, first=True) from e

    def read(
        self, text: str, values: dict[str, Any], take: Callable[[Iterator[list[Any]]], T]
    ) -> T:
        """Ask one question; ``take`` is handed its rows as they come, from the first again where the server wants another try."""

        def work(tx: Any) -> T:
            return take(record.values() for record in tx.run(text, values))

        return self._run("execute_read", work)

    def rows(self, text: str, /, **values: Any) -> list[list[Any]]:
        """Return the rows of a question with a short answer."""
        return self.read(text, values, list)

    def write(self, statements: Sequence[Statement]) -> list[list[list[Any]]]:
        """Run statements in one transaction; return the rows of each."""

        def work(tx: Any) -> list[list[list[Any]]]:
            return [[r.values() for r in tx.run(text, values)] for text, values in statements]

        return self._run("execute_write", work)

    def transact(self, work: Callable[[Callable[..., list[list[Any]]]], T]) -> T:
        """Do some work in one transaction; ``work`` is handed what runs a statement and returns its rows."""

        def managed(tx: Any) -> T:
            return work(lambda text, **values: [r.values() for r in tx.run(text, values)])

        return self._run("execute_write", managed)

    def parcelled(self, text: str, /, **values: Any) -> None:
        """Run a statement that commits parcel by parcel (``IN TRANSACTIONS``) and does no more when it is run again."""
        from neo4j.exceptions import DriverError, Neo4jError

        def once() -> None:
            with self._driver.session(**self._options()) as session:
                session.run(text, values).consume()

        try:
            self._patiently(once)
        except (DriverError, Neo4jError, OSError) as e:
            raise self._said(e) from e

    def _options(self) -> dict[str, Any]:
        return {
            "database": self.database,
            "fetch_size": FETCH,
            "bookmark_manager": self._bookmarks,
        }

    def _run(self, how: str, work: Callable[[Any], T]) -> T:
        from neo4j import unit_of_work
        from neo4j.exceptions import DriverError, Neo4jError

        def guarded(tx: Any) -> T:
            try:
                return work(tx)
            except Neo4jError as e:
                if "MemoryPool" in str(e.code) or "OutOfMemory" in str(e.code):
                    raise CrowdedError(str(e.code)) from None  # the driver would try the same again
                raise

        def once() -> T:
            with self._driver.session(**self._options()) as session:
                run: Callable[[Any], T] = getattr(session, how)
                return run(unit_of_work(timeout=LONGEST_S)(guarded))

        try:
            return self._patiently(once)
        except CrowdedError:
            if how == "execute_read":
                raise self.crowded() from None
            raise
        except (DriverError, Neo4jError, OSError) as e:
            if how == "execute_write" and "MemoryPool" in str(getattr(e, "code", "")):  # on commit
                raise CrowdedError from None
            raise self._said(e) from e

    def _patiently(self, once: Callable[[], T]) -> T:
        """Do something that does no more when it is done again, until it goes well or patience ends.

        The driver tries again by itself for a while; whoever waits longer is told. What trying again can't mend is raised at once.
        """
        from neo4j.exceptions import (
            IncompleteCommit,
            ServiceUnavailable,
            SessionExpired,
            TransientError,
        )

        end = time.monotonic() + (0.0 if self._given_up else self.patience)
        commits = 0
        while True:
            try:
                out = once()
                self._given_up = False
                return out
            except IncompleteCommit:
                # whether it went well is not known; every transaction does nothing where it did (neo4j_revision.transact)
                commits += 1
                if commits == COMMITS:
                    raise
            except (ServiceUnavailable, SessionExpired, TransientError) as e:
                left = end - time.monotonic()
                if "MemoryPool" in str(getattr(e, "code", "")):
                    raise
                if left <= 0:
                    self._given_up = True
                    raise
                if self._waiting is not None:
                    self._waiting(
                        f"store {self.url}: the server doesn't answer; trying again for {left:.0f} s",
                        f"存储 {self.url}：服务器没有应答；将继续重试 {left:.0f} 秒",
                    )
                time.sleep(min(PAUSE_S, left))

    def crowded(self) -> StoreError:
        """Return what to say where the server has not the memory for what can't be cut further."""
        return StoreError(
            f"store {self.url}: the server has not the memory for this; give it more, or ask for less",
            f"存储 {self.url}：服务器内存不足；请增加其内存，或缩小范围",
        )

    def _said(self, error: Exception, *, first: bool = False) -> StoreError:
        """Return what a failure of the server or the way to it means for the one who uses the store."""
        return meaning(error, self.url, longest=LONGEST_S, retried=RETRY_S, first=first)
