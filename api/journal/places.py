"""Where the journal, its key and its anchor lie; the key is made at first use, and never a second one."""

from __future__ import annotations

import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import JournalError, in_chinese

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES = 32
SHORTEST = 32
"""Characters that a key has at least."""


@dataclass(frozen=True, slots=True)
class Places:
    """The journal's files.

    Attributes
    ----------
    file : pathlib.Path
        The database, ``journal.db`` in the folder of what is kept beside the store.
    key : pathlib.Path
        ``LIANJIAN_JOURNAL_KEY_FILE``, else ``journal.key`` beside it.
    anchor : pathlib.Path
        ``LIANJIAN_JOURNAL_ANCHOR``, else ``journal.anchor`` beside it.
    """

    file: Path
    key: Path
    anchor: Path

    @classmethod
    def of(cls, state: str | Path, environment: Mapping[str, str] | None = None) -> Places:
        """Return the places that a folder and the environment name."""
        environment = os.environ if environment is None else environment
        folder = Path(state)
        return cls(
            folder / "journal.db",
            Path(environment.get("LIANJIAN_JOURNAL_KEY_FILE") or folder / "journal.key"),
            Path(environment.get("LIANJIAN_JOURNAL_ANCHOR") or folder / "journal.anchor"),
        )

    @property
    def writing(self) -> Path:
        """The folder of locks that writers hold while they write."""
        return self.file.with_name("journal.writing")

    def prepare(self) -> None:
        """Make the folder, for its owner alone.

        Raises
        ------
        JournalError
            It can't be made.
        """
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.file.parent, error) from None

    def begun(self) -> bool:
        """Say whether there is a journal, or an anchor that tells of one."""
        return self.file.exists() or (self.anchor.exists() and self.anchor.stat().st_size > 0)

    def read_key(self) -> bytes:
        """Return the key.

        Raises
        ------
        JournalError
            There is none, it is too short, or others may read it.
        """
        try:
            # the text is the key: whoever sets one may take any text that is long enough
            text = self.key.read_bytes().strip()
            mode = self.key.stat().st_mode
        except FileNotFoundError:
            raise JournalError(
                f"{self.key}: the journal's key is not there; put it back, or name it by LIANJIAN_JOURNAL_KEY_FILE",
                f"{self.key}：日志密钥不存在；请放回原处，或用 LIANJIAN_JOURNAL_KEY_FILE 指明",
            ) from None
        except OSError as error:
            raise unreadable(self.key, error) from None
        if len(text) < SHORTEST:
            raise JournalError(
                f"{self.key}: a key of the journal has {SHORTEST} characters or more",
                f"{self.key}：日志密钥至少须有 {SHORTEST} 个字符",
            )
        if os.name == "posix" and mode & stat.S_IRWXO:
            raise JournalError(
                f"{self.key}: everybody on this machine may read the journal's key; run: chmod 600 {self.key}",
                f"{self.key}：本机任何人都能读取日志密钥；请执行：chmod 600 {self.key}",
            )
        return text

    def key_made(self) -> bytes:
        """Return the key, made where nothing was journaled yet.

        Raises
        ------
        JournalError
            As :meth:`read_key`; a journal without its key gets no other, which would make all of it look altered.
        """
        if not self.key.exists() and not self.begun():
            self.prepare()
            try:
                self.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                placed(self.key, secrets.token_hex(KEY_BYTES).encode() + b"\n")
            except OSError as error:
                raise unwritable(self.key, error) from None
        return self.read_key()


def placed(target: Path, content: bytes) -> None:
    """Put a file of the owner's alone in its place, whole or not at all; one that another put there first stays."""
    part = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        linked(part, target)
    finally:
        part.unlink(missing_ok=True)


def unplaced(target: Path) -> list[Path]:
    """Return what was left of putting a file in its place, where that was killed on the way."""
    named = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}")
    if not target.parent.is_dir():
        return []
    return [p for p in target.parent.iterdir() if named.fullmatch(p.name)]


def linked(part: Path, target: Path) -> None:
    """Give a file that is whole its name, unless another has it."""
    try:
        os.link(part, target)
    except FileExistsError:
        return


def unwritable(path: Path, error: OSError) -> JournalError:
    """Return what to say where something of the journal can't be written."""
    return JournalError(
        f"{path}: can't be written ({error.strerror}), and nothing is answered that the journal does not record; mend that,"
        " or name another folder by LIANJIAN_STATE",
        f"{path}：无法写入（{in_chinese(error)}）；未记入日志的请求不予回答；请排除故障，或用 LIANJIAN_STATE 另指文件夹",
    )


def unreadable(path: Path, error: OSError) -> JournalError:
    """Return what to say where something of the journal can't be read."""
    return JournalError(
        f"{path}: can't be read ({error.strerror})", f"{path}：无法读取（{in_chinese(error)}）"
    )
