"""Questions saved under names, ``questions.db``: a small SQLite file of the service's own. All of its SQL is here.

Whoever saved one may change it and take it away. Others see it once it is shared, but only those whose eyes see no less than
theirs: a question may name codes, and who has a jurisdiction sees those of others with the same jurisdiction alone.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.databases import Database
from graph.errors import InputError, StoreCorruptError, UnknownIdError
from graph.model import now
from graph.store.search import folded

if TYPE_CHECKING:
    from pathlib import Path

    from api.access.identity import Identity

FILE = "questions.db"
APPLICATION_ID = 0x4C4A5155  # "LJQU"
VERSION = 1
LONGEST = 80
"""Characters of a name at most."""
MOST = 500
"""Questions that one account may keep."""

TABLES = f"""
CREATE TABLE question (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, pinyin TEXT NOT NULL, initials TEXT NOT NULL, asked TEXT NOT NULL,
  owner TEXT NOT NULL, jurisdiction TEXT, shared INTEGER NOT NULL, made TEXT NOT NULL, changed TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX question_name ON question (owner, name);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""
VISIBLE = "(owner = ?1 OR (shared AND (?2 IS NULL OR jurisdiction = ?2)))"
FOUND = "(instr(lower(name), ?3) OR instr(pinyin, ?3) OR instr(initials, ?3))"
COLUMNS = "id, name, asked, owner, jurisdiction, shared, made, changed"


@dataclass(frozen=True, slots=True)
class Saved:
    """A question under its name.

    Attributes
    ----------
    id, name : str
    asked : dict
        The question as JSON.
    owner : str
        Whoever saved it.
    jurisdiction : str or None
        The owner's.
    shared : bool
    made, changed : str
        When (ISO 8601, UTC).
    """

    id: str
    name: str
    asked: dict[str, Any]
    owner: str
    jurisdiction: str | None
    shared: bool
    made: str
    changed: str

    def as_json(self, reader: Identity) -> dict[str, Any]:
        """Return what its reader is told."""
        return {
            "id": self.id,
            "name": self.name,
            "question": self.asked,
            "owner": self.owner,
            "shared": self.shared,
            "own": self.owner == reader.name,
            "changed": self.changed,
        }


class Questions:
    """Saved questions of one service; one object may be used by any number of threads.

    Parameters
    ----------
    path : pathlib.Path
        The file; made, for its owner alone, with the first question that is saved.

    Raises
    ------
    StoreError
        From any method: the file is damaged, held by another, full, or of another version.
    """

    def __init__(self, path: Path) -> None:
        self._file = Database(path, TABLES, APPLICATION_ID, VERSION, _damaged)

    # -- reading -------------------------------------------------------------------------------------------------------
    def all(self, reader: Identity) -> list[Saved]:
        """Return what a reader may see, by name."""
        with self._file.open() as db:
            if db is None:
                return []
            rows = db.execute(
                f"SELECT {COLUMNS} FROM question WHERE {VISIBLE}"  # noqa: S608
                " ORDER BY name, owner, id",
                (reader.name, reader.jurisdiction),
            )
            return [_saved(row) for row in rows]

    def find(self, reader: Identity, text: str) -> list[Saved]:
        """Return those that a text finds by name, part of a name, pinyin or its initials, the likeliest first."""
        wanted = text.strip().lower()
        if not wanted:
            return []
        with self._file.open() as db:
            if db is None:
                return []
            rows = db.execute(
                f"SELECT {COLUMNS} FROM question WHERE {VISIBLE} AND {FOUND}"  # noqa: S608
                " ORDER BY lower(name) <> ?3, instr(lower(name), ?3) <> 1, instr(lower(name), ?3) = 0, name, owner, id",
                (reader.name, reader.jurisdiction, wanted),
            )
            return [_saved(row) for row in rows]

    def one(self, reader: Identity, id: str) -> Saved:  # noqa: A002
        """Return one that a reader may see.

        Raises
        ------
        UnknownIdError
            There is none, or it is not for this reader.
        """
        for saved in self.all(reader):
            if saved.id == id:
                return saved
        raise _missing()

    def every(self) -> list[Saved]:
        """Return all there are, the newest first: for whoever may read the file itself."""
        with self._file.open() as db:
            if db is None:
                return []
            rows = db.execute(
                f"SELECT {COLUMNS} FROM question ORDER BY changed DESC, id"  # noqa: S608
            )
            return [_saved(row) for row in rows]

    # -- writing -------------------------------------------------------------------------------------------------------
    def add(self, owner: Identity, name: str, asked: dict[str, Any], *, shared: bool) -> Saved:
        """Save a question.

        Raises
        ------
        InputError
            The name is none, or taken by another of the owner's, or the owner has as many as may be kept.
        """
        name, at = _name(name), now()
        made = Saved(
            secrets.token_hex(8), name, asked, owner.name, owner.jurisdiction, shared, at, at
        )
        spelled = folded([name])[0][1:]  # outside of the transaction: the first takes a second
        with self._file.writing() as db:
            self._free(db, owner, name, None)
            number = db.execute("SELECT count(*) FROM question WHERE owner = ?", (owner.name,)).get
            if number >= MOST:
                raise InputError(
                    f"{MOST} questions are saved already; take away some that you don't need",
                    f"已保存 {MOST} 个问题；请先删除不需要的",
                )
            db.execute(
                f"INSERT INTO question({COLUMNS}, pinyin, initials) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    made.id,
                    name,
                    json.dumps(asked, ensure_ascii=False),
                    owner.name,
                    owner.jurisdiction,
                    int(shared),
                    at,
                    at,
                    *spelled,
                ),
            )
        return made

    def change(
        self,
        owner: Identity,
        id: str,  # noqa: A002
        name: str,
        asked: dict[str, Any],
        *,
        shared: bool,
    ) -> Saved:
        """Change one's own.

        Raises
        ------
        UnknownIdError
            It is not there, or another's.
        InputError
            The name is none, or taken by another of the owner's.
        """
        name = _name(name)
        self._owned(owner, id)
        spelled = folded([name])[0][1:]
        with self._file.writing() as db:
            self._free(db, owner, name, id)
            db.execute(
                "UPDATE question SET name = ?3, asked = ?4, shared = ?5, jurisdiction = ?6, changed = ?7, pinyin = ?8,"
                " initials = ?9 WHERE id = ?1 AND owner = ?2",
                (
                    id,
                    owner.name,
                    name,
                    json.dumps(asked, ensure_ascii=False),
                    int(shared),
                    owner.jurisdiction,
                    now(),
                    *spelled,
                ),
            )
        return self.one(owner, id)

    def remove(self, owner: Identity, id: str) -> Saved:  # noqa: A002
        """Take one's own away; ``UnknownIdError`` where it is not there, or another's."""
        gone = self._owned(owner, id)
        with self._file.writing() as db:
            db.execute("DELETE FROM question WHERE id = ? AND owner = ?", (id, owner.name))
        return gone

    def _owned(self, owner: Identity, id: str) -> Saved:  # noqa: A002
        found = self.one(owner, id)
        if found.owner != owner.name:
            raise InputError(
                "only who saved a question changes it or takes it away; save it under a name of your own",
                "只有保存者才能修改或删除该问题；请另存为自己的问题",
            )
        return found

    @staticmethod
    def _free(db: Any, owner: Identity, name: str, but: str | None) -> None:
        taken = db.execute(
            "SELECT 1 FROM question WHERE owner = ?1 AND name = ?2 AND id IS NOT ?3",
            (owner.name, name, but),
        ).fetchone()
        if taken:
            raise InputError(
                f"{name}: you have a question of this name; change that one, or give another name",
                f"{name}：您已有同名的问题；请修改原有的，或换一个名称",
            )


def _saved(row: tuple[Any, ...]) -> Saved:
    id_, name, asked, owner, jurisdiction, shared, made, changed = row
    return Saved(id_, name, json.loads(asked), owner, jurisdiction, bool(shared), made, changed)


def _name(name: str) -> str:
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= LONGEST or any(
        ord(c) < 0x20 or 0xD800 <= ord(c) <= 0xDFFF for c in plain
    ):
        raise InputError(
            f"name: give 1 to {LONGEST} characters in one line",
            f"名称：应为一行 1 至 {LONGEST} 个字符",
        )
    return plain


def _missing() -> UnknownIdError:
    return UnknownIdError(
        "no saved question has this id; it may have been taken away",
        "没有这个已保存的问题；可能已被删除",
    )


def _damaged(path: Path) -> StoreCorruptError:
    return StoreCorruptError(
        f"{path}: damaged, or no saved questions of Lianjian; put a backup of it back",
        f"{path}：已损坏，或不是联建的问题文件；请恢复其备份",
    )
