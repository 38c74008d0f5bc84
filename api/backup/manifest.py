"""What a backup says of itself: versions, files with their hashes, the store's fingerprint; sealed under the journal's key."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from api.access.accounts import VERSION as ACCOUNTS_VERSION
from api.boundaries import FILE as BOUNDARIES
from api.boundaries import VERSION as BOUNDARIES_VERSION
from api.jobs.records import VERSION as JOBS_VERSION
from api.journal.file import VERSION as JOURNAL_VERSION
from api.journal.rows import seal
from api.mappings import FILE as MAPPINGS
from api.mappings import VERSION as MAPPINGS_VERSION
from api.questions.saved import FILE as QUESTIONS
from api.questions.saved import VERSION as QUESTIONS_VERSION
from api.saved.records import VERSION as VIEWS_VERSION
from graph.errors import BackupError
from graph.store.ddl import VERSION as STORE_VERSION

FORMAT = "lianjian.backup/1"
NAME = "manifest.json"
STORE, ACCOUNTS, JOBS, VIEWS = "lianjian.db", "accounts.db", "jobs.db", "views.db"
JOURNAL, ANCHOR = "journal.db", "journal.anchor"
FILES = (STORE, ACCOUNTS, JOBS, QUESTIONS, VIEWS, MAPPINGS, BOUNDARIES, ANCHOR, JOURNAL)
"""All that a backup may hold, in the order in which it is taken.

The store goes first, so that the journal tells of everything that the copy holds; the anchor goes before the journal, so that
no head of it lies beyond the journal's end.
"""
VERSIONS = {
    "store": STORE_VERSION, "accounts": ACCOUNTS_VERSION, "jobs": JOBS_VERSION, "journal": JOURNAL_VERSION,
    "questions": QUESTIONS_VERSION, "views": VIEWS_VERSION, "mappings": MAPPINGS_VERSION,
    "boundaries": BOUNDARIES_VERSION,
}  # fmt: skip
BESIDE_THE_STORE = (ACCOUNTS, JOBS, QUESTIONS, VIEWS, MAPPINGS, BOUNDARIES, JOURNAL)
"""Databases that stand in the folder of what is kept beside the store."""
LARGEST = 1 << 16
"""Bytes that no manifest has."""


@dataclass(frozen=True, slots=True)
class Held:
    """One file of a backup."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes
    ----------
    made : str
        When (ISO 8601, UTC).
    program, sqlite : str
        Versions that made it.
    versions : dict
        Of each kind of file: only this program's own are read.
    server : bool
        Whether the store was a server's.
    batches : int
        Imports that the store holds.
    last : str or None
        Number and time of the last of them.
    latest : int or None
        The store's latest date, ``yyyymmdd``; ``None`` where it is empty.
    fingerprint : str or None
        Of the store at that date.
    files : tuple of Held
    seal : str
        Over all of this, under the journal's key.
    """

    made: str
    program: str
    sqlite: str
    versions: dict[str, int]
    server: bool
    batches: int
    last: str | None
    latest: int | None
    fingerprint: str | None
    files: tuple[Held, ...]
    seal: str = ""

    def sealed(self, key: bytes) -> Manifest:
        """Return it with its seal."""
        return replace(self, seal=self._seal(key))

    def fits(self, key: bytes) -> bool:
        """Say whether a key made its seal, and nothing was altered since."""
        return hmac.compare_digest(self.seal, self._seal(key))

    def _seal(self, key: bytes) -> str:
        said = asdict(self) | {"seal": ""}
        plain = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return seal(key, b"backup", [FORMAT, plain]).hex()

    def text(self) -> str:
        """Return the file's text."""
        return (
            json.dumps({"format": FORMAT} | asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
            + "\n"
        )  # fmt: skip

    @classmethod
    def read(cls, raw: bytes, where: str) -> Manifest:
        """Read a manifest.

        Raises
        ------
        BackupError
            It is none, or of another version.
        """
        try:
            said: Any = json.loads(raw.decode("utf-8"))
            format_ = said.pop("format")
            if format_ == FORMAT:
                said["files"] = tuple(Held(**f) for f in said["files"])
                made = cls(**said)
                made._check()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise damaged(where, NAME) from None
        if format_ != FORMAT or made.versions != VERSIONS:
            by = "" if format_ != FORMAT else f" ({made.program[:40]})"
            raise BackupError(
                f"{where}: made by another version of Lianjian{by}; restore it with that one",
                f"{where}：由其他版本的联建{by}制作；请用该版本恢复",
            )
        return made

    def _check(self) -> None:
        """Refuse values that a manifest of this format can't have: they go into paths and comparisons."""
        names = [f.name for f in self.files]
        texts: list[object] = [self.made, self.program, self.sqlite, self.seal]
        texts += [*names, *(f.sha256 for f in self.files)]
        numbers: list[object] = [self.batches, *(f.bytes for f in self.files)]
        if not (
            all(isinstance(t, str) for t in texts)
            and all(isinstance(n, int) for n in numbers)
            and len(set(names)) == len(names)
            and {STORE, JOURNAL} <= set(names) <= set(FILES)
        ):
            raise ValueError


def damaged(where: str, name: str) -> BackupError:
    """Return what to say of a file of a backup that is not what it was."""
    return BackupError(
        f"{where}: {name} is missing, damaged or altered; nothing was restored, take another backup",
        f"{where}：{name} 缺失、已损坏或被改动；未恢复任何内容，请改用其他备份",
    )
