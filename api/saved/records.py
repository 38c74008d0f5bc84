"""The file of saved views, ``views.db`` beside the accounts; all of its SQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from api.databases import Database
from api.saved.model import VIEWS, Drawing, Saved, SavedMissingError
from graph.errors import (
    InputError,
    StoreCorruptError,
)
from graph.model import now

FILE = "views.db"
APPLICATION_ID = 0x6C6A7677
"""``ljvw``."""
VERSION = 1
TABLES = f"""
CREATE TABLE view (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL, shared INTEGER NOT NULL,
  created TEXT NOT NULL, changed TEXT NOT NULL, content TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX view_owner ON view (owner, changed);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""
COLUMNS = "id, owner, name, note, shared, created, changed, content"


class Views:
    """Saved views of one service; one object may be used by any number of threads.

    Parameters
    ----------
    folder : str or pathlib.Path
        The service's state folder; the file is made with the first view.

    Raises
    ------
    StoreError
        From any method: the file is damaged, held by another, full, or of another version.
    """

    def __init__(self, folder: str | Path) -> None:
        self._file = Database(Path(folder) / FILE, TABLES, APPLICATION_ID, VERSION, _damaged)

    def all(self, owner: str) -> list[Saved]:
        """Return the views of one account, the last changed first."""
        with self._file.open() as db:
            if db is None:
                return []
            rows = db.execute(
                f"SELECT {COLUMNS} FROM view WHERE owner = ? ORDER BY changed DESC, id",  # noqa: S608 - names of ours
                (owner,),
            )
            return [_saved(row) for row in rows]

    def get(self, id: str, asker: str) -> Saved:  # noqa: A002
        """Return a view of one's own, or one that its owner shares.

        Raises
        ------
        SavedMissingError
            There is none for this asker.
        """
        with self._file.open() as db:
            found = None if db is None else _get(db, id)
        if found is None or not (found.drawing.shared or found.owner == asker):
            raise _missing(id)
        return found

    def owned(self, id: str, owner: str) -> Saved:  # noqa: A002
        """Return a view of one's own, to change it.

        Raises
        ------
        SavedMissingError
            There is none, or it is another's that is not shared.
        InputError
            It is another's.
        """
        return _own(self.get(id, owner), owner)

    def add(self, id: str, owner: str, drawing: Drawing) -> Saved:  # noqa: A002
        """Keep a view.

        Raises
        ------
        InputError
            This account keeps as many as it may.
        """
        made = Saved(id, owner, drawing, at := now(), at)
        with self._file.writing() as db:
            kept = db.execute("SELECT count(*) FROM view WHERE owner = ?", (owner,)).get
            if kept >= VIEWS:
                raise InputError(
                    f"{VIEWS} views are kept for you, the most there may be; delete some first",
                    f"您已保存 {VIEWS} 个视图，达到上限；请先删除一部分",
                )
            db.execute(
                f"INSERT INTO view ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names of ours
                (
                    id,
                    owner,
                    drawing.name,
                    drawing.note,
                    int(drawing.shared),
                    at,
                    at,
                    _dump(drawing),
                ),
            )
        return made

    def change(self, id: str, owner: str, drawing: Drawing) -> Saved:  # noqa: A002
        """Put another drawing, name or note in a view's place.

        Raises
        ------
        SavedMissingError, InputError
            As :meth:`owned`.
        """
        at = now()
        with self._file.writing() as db:
            before = _own(_given(_get(db, id), id, owner), owner)
            db.execute(
                "UPDATE view SET name = ?, note = ?, shared = ?, changed = ?, content = ? WHERE id = ?",
                (drawing.name, drawing.note, int(drawing.shared), at, _dump(drawing), id),
            )
        return Saved(id, owner, drawing, before.created, at)

    def remove(self, id: str, owner: str) -> None:  # noqa: A002
        """Take a view away; its link leads nowhere from then on.

        Raises
        ------
        SavedMissingError, InputError
            As :meth:`owned`.
        """
        with self._file.writing() as db:
            _own(_given(_get(db, id), id, owner), owner)
            db.execute("DELETE FROM view WHERE id = ?", (id,))


def _dump(drawing: Drawing) -> str:
    return json.dumps(drawing.content, ensure_ascii=False, separators=(",", ":"))


def _saved(row: tuple[Any, ...]) -> Saved:
    id_, owner, name, note, shared, created, changed, content = row
    return Saved(
        id_, owner, Drawing(name, note, bool(shared), json.loads(content)), created, changed
    )


def _get(db: Any, id_: str) -> Saved | None:
    row = db.execute(f"SELECT {COLUMNS} FROM view WHERE id = ?", (id_,)).fetchone()  # noqa: S608 - names of ours
    return None if row is None else _saved(row)


def _given(found: Saved | None, id_: str, asker: str) -> Saved:
    if found is None or not (found.drawing.shared or found.owner == asker):
        raise _missing(id_)
    return found


def _own(found: Saved, owner: str) -> Saved:
    if found.owner != owner:
        raise InputError(
            "this view is another's: save it under a name of your own to change it",
            "这是他人的视图：如需修改，请另存为自己的视图",
        )
    return found


def _missing(id_: str) -> SavedMissingError:
    return SavedMissingError(
        f"{id_[:40]}: there is no such view for you; it was deleted, or its owner does not share it",
        f"{id_[:40]}：没有可供您打开的这个视图；它已被删除，或其所有者未予共享",
    )


def _damaged(path: Path) -> StoreCorruptError:
    return StoreCorruptError(
        f"{path}: damaged, or no views of Lianjian; put a backup of it back",
        f"{path}：已损坏，或不是联建的视图文件；请恢复其备份",
    )
