"""The accounts' file: accounts, sessions and tokens in ``accounts.db`` beside the store; all of its SQL.

Nothing in it opens anything: passwords are argon2id hashes, sessions and tokens SHA-256 of random secrets. Every question
reads the file as it is now, so that what another process revokes holds from the next request on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from api.access import names, passwords
from api.access.credentials import Credential
from api.access.identity import ROLES, Identity, Role
from api.access.refusals import LoginError
from api.databases import prepare, said
from graph.errors import (
    InputError,
    StoreBusyError,
    StoreCorruptError,
    StoreMissingError,
)
from graph.store.sqlite_file import refuse_unsafe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILE = "accounts.db"
APPLICATION_ID = 0x6C6A6163
"""``ljac``."""
VERSION = 1
BUSY_MS = 2000
SESSION = 12 * 3600
"""Seconds after which one logs in again: a working day."""
IDLE = 2 * 3600
"""Seconds without a request after which one logs in again."""
USED = 60
"""A session's use is written down once in so many seconds: reading need not write each time."""
DAYS, MOST_DAYS = 90, 3660
"""How long a token holds: by default, at most."""
DAY = 86_400
TABLES = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'planner', 'auditor', 'administrator')),
  jurisdiction TEXT,
  password TEXT NOT NULL,
  created INTEGER NOT NULL,
  disabled INTEGER
) STRICT;
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL,
  account INTEGER NOT NULL REFERENCES account,
  used INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);
CREATE TABLE token (
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL,
  account INTEGER NOT NULL REFERENCES account,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  revoked INTEGER
) STRICT, WITHOUT ROWID;
"""


def moment(seconds: int) -> str:
    """Return seconds since 1970 in ISO 8601, in this machine's time zone."""
    return dt.datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Account:
    """An account, without its password. Times are seconds since 1970."""

    name: str
    role: Role
    jurisdiction: str | None
    created: int
    disabled: int | None

    def as_json(self) -> dict[str, Any]:
        """Return it as answers have it."""
        return {
            "name": self.name,
            "role": self.role,
            "jurisdiction": self.jurisdiction,
            "created": moment(self.created),
            "disabled": None if self.disabled is None else moment(self.disabled),
        }


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token that was given out."""

    id: str
    name: str
    created: int
    expires: int
    revoked: int | None

    def as_json(self) -> dict[str, Any]:
        """Return it as answers have it."""
        return {
            "id": self.id,
            "name": self.name,
            "created": moment(self.created),
            "expires": moment(self.expires),
            "revoked": None if self.revoked is None else moment(self.revoked),
        }


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in."""

    identity: Identity
    credential: Credential
    expires: int


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody whose name and password are right, and the session that is about to begin.

    Attributes
    ----------
    account : int
    kept : str
        The password's hash that it was held against.
    fresh : str
        As it is to be kept.
    """

    identity: Identity
    credential: Credential
    account: int
    kept: str
    fresh: str


class Accounts:
    """Accounts of one service. Outside of tests, :class:`api.journal.accounts.RecordedAccounts` is what changes them.

    Parameters
    ----------
    folder : str or Path
        The service's state folder (:func:`api.settings.state_of`); made with the first account.
    clock : callable
        Seconds since 1970.

    Raises
    ------
    StoreError
        From any method: the file is damaged, held by another, full, or was taken away while in use.
    """

    def __init__(self, folder: str | Path, clock: Callable[[], float] = time.time) -> None:
        self.path = Path(folder) / FILE
        self._clock = clock
        self._reading = _Line(self.path)
        self._writing = _Line(self.path)
        self._seen = False

    def end_sessions(self) -> None:
        """Log everybody out: nobody comes back into a session of a file that was restored."""
        with self._write() as db:
            db.execute("DELETE FROM session")

    # -- accounts ------------------------------------------------------------------------------------------------
    def exist(self) -> bool:
        """Return whether there is any account; once there was one, a missing file is an error and not an open door."""
        if not self._seen:
            with self._read() as db:
                if db is not None:
                    self._seen = bool(db.execute("SELECT EXISTS (SELECT 1 FROM account)").get)
        elif not self.path.exists():
            raise _gone(self.path)
        return self._seen

    def all(self) -> list[Account]:
        """Return all accounts by name."""
        with self._read() as db:
            if db is None:
                return []
            rows = db.execute(
                "SELECT name, role, jurisdiction, created, disabled FROM account ORDER BY folded"
            )
            return [Account(*row) for row in rows]

    def named(self, name: str) -> Account | None:
        """Return the account of a name, ``None`` where there is none."""
        with self._read() as db:
            found = None if db is None else _id_of(db, name)
            return None if found is None else _account(db, found)

    def known(self, name: str) -> Account:
        """Return the account of a name.

        Raises
        ------
        InputError
            There is none.
        """
        with self._read() as db:
            if db is None:
                raise _none_yet()
            return _account(db, _known(db, name))

    def add(self, name: str, role: Role, jurisdiction: str | None, password: str) -> Account:
        """Make an account.

        Raises
        ------
        InputError
            The name is taken or none, there is no such role, or the password is too easy.
        """
        name = names.checked(name)
        if role not in ROLES:
            raise InputError(
                f"role {role}: there is none; take one of {', '.join(ROLES)}",
                f"角色 {role}：不存在；可选 {'、'.join(ROLES)}",
            )
        passwords.check(password, name)
        kept = passwords.hashed(password)
        made = Account(name, role, jurisdiction, self._now(), None)
        with self._write(create=True) as db:
            if _id_of(db, name) is not None:
                raise InputError(
                    f"{name}: there is an account of this name; `lianjian user list` shows all",
                    f"{name}：已有同名账号；全部账号见 lianjian user list",
                )
            db.execute(
                "INSERT INTO account (name, folded, role, jurisdiction, password, created) VALUES (?, ?, ?, ?, ?, ?)",
                (name, names.folded(name), role, jurisdiction, kept, made.created),
            )
        return made

    def disable(self, name: str) -> Account:
        """Shut an account out: its sessions end and its tokens are revoked with it.

        Raises
        ------
        InputError
            There is none of this name, or it is the last administrator's.
        """
        now = self._now()
        with self._write() as db:
            account = _known(db, name)
            role, disabled = db.execute(
                "SELECT role, disabled FROM account WHERE id = ?", (account,)
            ).get
            others = db.execute(
                "SELECT count(*) FROM account WHERE role = 'administrator' AND disabled IS NULL AND id <> ?",
                (account,),
            ).get
            if role == "administrator" and disabled is None and not others:
                raise InputError(
                    f"{name}: the last administrator; make another first: lianjian user add NAME --role administrator",
                    f"{name}：是最后一个管理员；请先另建：lianjian user add 名称 --role administrator",
                )
            db.execute(
                "UPDATE account SET disabled = coalesce(disabled, ?) WHERE id = ?", (now, account)
            )
            _shut_out(db, account, now)
            return _account(db, account)

    def enable(self, name: str) -> Account:
        """Let a disabled account in again; it logs in anew.

        Raises
        ------
        InputError
            There is none of this name.
        """
        with self._write() as db:
            account = _known(db, name)
            db.execute("UPDATE account SET disabled = NULL WHERE id = ?", (account,))
            return _account(db, account)

    def set_password(self, name: str, password: str) -> Account:
        """Give an account a new password: its sessions end and its tokens are revoked, for somebody may have had the old one.

        Raises
        ------
        InputError
            There is none of this name, or the password is too easy.
        """
        with self._read() as db:
            if db is None or _id_of(db, name) is None:
                raise _no_account(name)
        passwords.check(password, names.checked(name))
        kept = passwords.hashed(password)
        with self._write() as db:
            account = _known(db, name)
            db.execute("UPDATE account SET password = ? WHERE id = ?", (kept, account))
            _shut_out(db, account, self._now())
            return _account(db, account)

    # -- sessions ------------------------------------------------------------------------------------------------
    def login(self, name: str, password: str) -> Session:
        """Begin a session.

        Raises
        ------
        LoginError
            As :meth:`proven` and :meth:`begin`.
        """
        return self.begin(self.proven(name, password))

    def proven(self, name: str, password: str) -> Proven:
        """Find out whether a password is that of a name; nothing is written.

        Raises
        ------
        LoginError
            The same, after the same time, whether the name is unknown, the account is disabled or the password is wrong.
        """
        with self._read() as db:
            row = None if db is None else db.execute(
                "SELECT id, name, role, jurisdiction, password, disabled FROM account WHERE folded = ?",
                (names.folded(name.strip()),),
            ).fetchone()  # fmt: skip
        right = passwords.verified(None if row is None else row[4], password)
        if row is None or not right or row[5] is not None:
            raise LoginError
        account, called, role, jurisdiction, kept, _ = row
        fresh = passwords.hashed(password) if passwords.outdated(kept) else kept
        return Proven(Identity(called, role, jurisdiction), Credential.new(), account, kept, fresh)

    def begin(self, proven: Proven) -> Session:
        """Begin the session of somebody whose password was right.

        Raises
        ------
        LoginError
            The account was disabled, or given another password, in the meantime.
        """
        account, credential, now = proven.account, proven.credential, self._now()
        with self._write() as db:
            # disabled, or given another password, while this one was looked at
            db.execute(
                "UPDATE account SET password = ? WHERE id = ? AND password = ? AND disabled IS NULL",
                (proven.fresh, account, proven.kept),
            )
            if not db.changes():
                raise LoginError
            db.execute("DELETE FROM session WHERE expires <= ? OR used <= ?", (now, now - IDLE))
            db.execute(
                "INSERT INTO session (id, hash, account, used, expires) VALUES (?, ?, ?, ?, ?)",
                (credential.id, credential.hash, account, now, now + SESSION),
            )
        return Session(proven.identity, credential, now + SESSION)

    def by_cookie(self, text: str, *, used: bool = True) -> Session | None:
        """Return the session that a cookie stands for; ``None`` where it does not hold. ``used``: it is noted as in use."""
        credential = Credential.of_cookie(text)
        if credential is None:
            return None
        now = self._now()
        with self._read() as db:
            row = None if db is None else db.execute(
                "SELECT hash, name, role, jurisdiction, used, expires FROM session JOIN account ON account.id = account"
                " WHERE session.id = ? AND disabled IS NULL AND expires > ? AND used > ?",
                (credential.id, now, now - IDLE),
            ).fetchone()  # fmt: skip
        if not credential.proves(None if row is None else row[0]) or row is None:
            return None
        _, name, role, jurisdiction, before, expires = row
        if used and now - before >= USED:
            # held by another just now: the next request will write it down
            with contextlib.suppress(StoreBusyError), self._write(wait_ms=0) as db:
                db.execute("UPDATE session SET used = ? WHERE id = ?", (now, credential.id))
        return Session(Identity(name, role, jurisdiction), credential, expires)

    def end(self, credential: Credential) -> None:
        """End a session; one that does not hold (any more) is as good as ended."""
        if self.by_cookie(credential.cookie, used=False) is None:
            return
        with self._write() as db:
            db.execute("DELETE FROM session WHERE id = ?", (credential.id,))

    # -- tokens --------------------------------------------------------------------------------------------------
    def create_token(
        self, name: str, days: int = DAYS, credential: Credential | None = None
    ) -> tuple[Token, str]:
        """Give out a token, drawn anew where none is given; its text is not kept.

        Raises
        ------
        InputError
            There is no account of this name that is not disabled, or ``days`` is out of range.
        """
        if not 1 <= days <= MOST_DAYS:
            raise InputError(
                f"{days} days: take 1 to {MOST_DAYS}", f"{days} 天：请取 1 到 {MOST_DAYS} 天"
            )
        credential, now = credential or Credential.new(), self._now()
        with self._write() as db:
            account = _account(db, _known(db, name))
            if account.disabled is not None:
                raise InputError(
                    f"{account.name}: disabled; let it in again first: lianjian user enable {account.name}",
                    f"{account.name}：已停用；请先启用：lianjian user enable {account.name}",
                )
            made = Token(credential.id, account.name, now, now + days * DAY, None)
            db.execute(
                "INSERT INTO token (id, hash, account, created, expires) VALUES (?, ?, ?, ?, ?)",
                (credential.id, credential.hash, _known(db, name), now, made.expires),
            )
        return made, credential.token

    def tokens(self) -> list[Token]:
        """Return all tokens that were given out, the oldest first."""
        with self._read() as db:
            if db is None:
                return []
            rows = db.execute(
                "SELECT token.id, name, token.created, expires, revoked FROM token JOIN account ON account.id = account"
                " ORDER BY token.created, token.id"
            )
            return [Token(*row) for row in rows]

    def token(self, id: str) -> Token:  # noqa: A002
        """Return a token that was given out.

        Raises
        ------
        InputError
            There is none of this id.
        """
        with self._read() as db:
            if db is None:
                raise _none_yet()
            return _token(db, id)

    def revoke(self, id: str) -> Token:  # noqa: A002
        """Take a token back: it does not hold from now on.

        Raises
        ------
        InputError
            There is none of this id.
        """
        with self._write() as db:
            db.execute(
                "UPDATE token SET revoked = coalesce(revoked, ?) WHERE id = ?", (self._now(), id)
            )
            return _token(db, id)

    def by_token(self, text: str) -> Identity | None:
        """Return whom a token stands for; ``None`` where it does not hold."""
        credential = Credential.of_token(text)
        if credential is None:
            return None
        with self._read() as db:
            row = None if db is None else db.execute(
                "SELECT hash, name, role, jurisdiction FROM token JOIN account ON account.id = account"
                " WHERE token.id = ? AND disabled IS NULL AND revoked IS NULL AND expires > ?",
                (credential.id, self._now()),
            ).fetchone()  # fmt: skip
        if not credential.proves(None if row is None else row[0]) or row is None:
            return None
        return Identity(row[1], row[2], row[3])

    # -- the file ------------------------------------------------------------------------------------------------
    def close(self) -> None:
        """Let go of the file."""
        self._reading.close()
        self._writing.close()

    def _now(self) -> int:
        return int(self._clock())

    @contextlib.contextmanager
    def _read(self) -> Iterator[Any | None]:
        """Give the file for reading; ``None`` where there is none yet."""
        with self._reading.lock, said(self.path, _damaged):
            db = self._reading.open()
            if db is None and self._seen:
                raise _gone(self.path)
            yield db

    @contextlib.contextmanager
    def _write(self, *, create: bool = False, wait_ms: int | None = None) -> Iterator[Any]:
        """Give the file for one transaction: all of it or nothing."""
        with self._writing.lock, said(self.path, _damaged):
            db = self._writing.open(create=create)
            if db is None:
                raise _none_yet()
            db.set_busy_timeout(BUSY_MS if wait_ms is None else wait_ms)
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")


class _Line:
    """One connection to the file, opened anew where another file has taken its place (a backup that was put back)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.RLock()
        self._db: Any | None = None
        self._which: tuple[int, int] | None = None

    def open(self, *, create: bool = False) -> Any | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            if not create:
                self.close()
                return None
            _make(self.path)
            found = self.path.stat()
        if self._db is None or self._which != (found.st_dev, found.st_ino):
            self.close()
            self._db = _opened(self.path, found.st_mode)
            self._which = (found.st_dev, found.st_ino)
        return self._db

    def close(self) -> None:
        with self.lock:
            if self._db is not None:
                self._db.close()
            self._db = self._which = None


def _make(path: Path) -> None:
    """Make an empty file that its owner alone can read, and the folder around it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # another process was quicker
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _opened(path: Path, mode: int) -> Any:
    refuse_unsafe()
    if os.name == "posix" and mode & 0o077:
        path.chmod(0o600)  # copied back from somewhere with everybody's rights
    db = apsw.Connection(str(path))
    try:
        db.set_busy_timeout(BUSY_MS)
        db.execute(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON"
        )
        if db.pragma("journal_mode") != "wal":
            db.pragma("journal_mode", "wal")
        prepare(db, path, TABLES, APPLICATION_ID, VERSION, _damaged)
    except BaseException:
        db.close()
        raise
    return db


def _damaged(path: Path) -> StoreCorruptError:
    return StoreCorruptError(
        f"{path}: damaged, or no accounts of Lianjian; put a backup of it back",
        f"{path}：已损坏，或不是联建的账号文件；请恢复其备份",
    )


def _gone(path: Path) -> StoreMissingError:
    return StoreMissingError(
        f"{path}: was taken away while the service ran; put it back, or start the service anew",
        f"{path}：在服务运行期间被移走；请放回，或重新启动服务",
    )


def _none_yet() -> InputError:
    return InputError(
        "There are no accounts yet; make one: lianjian user add NAME --role administrator",
        "还没有账号；可建立：lianjian user add 名称 --role administrator",
    )


def _no_account(name: str) -> InputError:
    return InputError(
        f"{name[:80]}: no account has this name; `lianjian user list` shows all",
        f"{name[:80]}：没有该名称的账号；全部账号见 lianjian user list",
    )


def _id_of(db: Any, name: str) -> int | None:
    found: int | None = db.execute(
        "SELECT id FROM account WHERE folded = ?", (names.folded(name.strip()),)
    ).get
    return found


def _known(db: Any, name: str) -> int:
    found = _id_of(db, name)
    if found is None:
        raise _no_account(name)
    return found


def _account(db: Any, id: int) -> Account:  # noqa: A002
    return Account(
        *db.execute(
            "SELECT name, role, jurisdiction, created, disabled FROM account WHERE id = ?", (id,)
        ).fetchone()
    )


def _token(db: Any, id: str) -> Token:  # noqa: A002
    row = db.execute(
        "SELECT token.id, name, token.created, expires, revoked FROM token JOIN account ON account.id = account"
        " WHERE token.id = ?",
        (id,),
    ).fetchone()
    if row is None:
        raise InputError(
            f"{id[:80]}: no token has this id; `lianjian token list` shows all",
            f"{id[:80]}：没有该编号的令牌；全部令牌见 lianjian token list",
        )
    return Token(*row)


def _shut_out(db: Any, account: int, now: int) -> None:
    db.execute("DELETE FROM session WHERE account = ?", (account,))
    db.execute("UPDATE token SET revoked = coalesce(revoked, ?) WHERE account = ?", (now, account))
