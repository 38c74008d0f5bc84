"""Mappings that people saved through the service: how the columns of their ledgers are to be read, by name.

Whoever saved one may replace it and take it away. Others see it once it is shared, but only those whose eyes see no less than
theirs; what is shared by who sees the whole city is everybody's. A name is shared once in all districts, so that it means one
mapping to whoever sees several.
All SQL of ``mappings.db`` is here.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.databases import Database
from graph.errors import InputError, LianjianError, StoreCorruptError, UnknownIdError
from graph.model import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.access.identity import Identity
    from loaders.mapping import CustomMapping

FILE = "mappings.db"
APPLICATION_ID = 0x4C4A4D50  # "LJMP"
VERSION = 1
FORMER = "mappings"
"""The folder in which mappings were kept before, each a file that everybody saw."""
Former = tuple[str, str, str, dict[str, Any]]
"""Its name, who saved it and when, and what it says."""
MOST = 200
"""Mappings that one account may keep."""
TABLES = f"""
CREATE TABLE mapping (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL, jurisdiction TEXT, shared INTEGER NOT NULL,
  saved TEXT NOT NULL, document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mapping_name ON mapping (owner, name);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""
COLUMNS = "id, name, owner, jurisdiction, shared, saved, document"
VISIBLE = "(owner = ?1 OR (shared AND (?2 IS NULL OR jurisdiction IS NULL OR jurisdiction = ?2)))"


@dataclass(frozen=True, slots=True)
class Saved:
    """A mapping by name.

    Attributes
    ----------
    id, owner, saved : str
        Its number, who saved it and when (ISO 8601, UTC); a mapping that comes with the program has none of them.
    name : str
    jurisdiction : str or None
        The owner's.
    shared : bool
    document : dict
        As a mapping's file has it.
    """

    id: str | None
    name: str
    owner: str | None
    jurisdiction: str | None
    shared: bool
    saved: str | None
    document: dict[str, Any]

    def as_json(self, reader: Identity) -> dict[str, Any]:
        """Return what its reader is told."""
        entries = self.document["sheets"]
        return {
            "name": self.name,
            "by": self.owner,
            "own": self.owner == reader.name,
            "shared": self.shared,
            "saved": self.saved,
            "sheets": list(dict.fromkeys(str(e["sheet"]) for e in entries if e.get("sheet"))),
            "columns": sum(len(e.get("columns") or {}) for e in entries),
        }


class Mappings:
    """The file of one service; one object may be used by any number of threads.

    Parameters
    ----------
    state : str
        The service's folder; the file is made with the first mapping.

    Raises
    ------
    StoreError
        From any method: the file is damaged, held by another, full, or of another version.
    """

    def __init__(self, state: str) -> None:
        self._file = Database(Path(state) / FILE, TABLES, APPLICATION_ID, VERSION, _damaged)
        self._former = Path(state) / FORMER

    # -- reading -------------------------------------------------------------------------------------------------------
    def all(self, reader: Identity) -> list[Saved]:
        """Return those that a reader may see, by name, then those that come with the program."""
        from loaders import mapping as mappings

        seen = self._visible(reader)
        names = {s.name for s in seen}
        others = [
            Saved(None, n, None, None, True, None, mappings.as_dict(mappings.load(n)))
            for n in mappings.names()
            if n not in names
        ]
        return seen + others

    def get(self, reader: Identity, name: str) -> Saved | None:
        """Return the one that a name means to a reader; ``None`` where nobody saved one that they see."""
        return next((s for s in self._visible(reader) if s.name == name), None)

    def owned(self, owner: Identity, name: str) -> Saved:
        """Return one's own.

        Raises
        ------
        UnknownIdError
            One sees none of the name.
        InputError
            It is another's.
        """
        return _own(self.get(owner, name), owner, name)

    def _visible(self, reader: Identity) -> list[Saved]:
        with self._file.open() as db:
            return [] if db is None else _visible(db, reader)

    # -- writing -------------------------------------------------------------------------------------------------------
    def save(
        self, owner: Identity, name: str, sheets: list[dict[str, Any]], *, replace: bool, shared: bool
    ) -> Saved:  # fmt: skip
        """Keep a mapping.

        Raises
        ------
        InputError
            The name is none, taken by one's own that is not to be replaced, or by another's that is shared; the mapping has an
            unknown key, kind or column, or one that tells of persons; there are too many.
        """
        checked(name, sheets)
        document = {"mapping": name, "zh": name, "en": name, "sheets": sheets}
        text = json.dumps(document, ensure_ascii=False)
        with self._file.writing() as db:
            before = next((s for s in _visible(db, owner) if s.name == name), None)
            _refuse_taken(before, owner, name, replace=replace)
            if shared:
                _refuse_shared(db, owner, name)
            if before is None:
                _refuse_more(db, owner)
            id_ = secrets.token_hex(8) if before is None or before.id is None else before.id
            made = Saved(id_, name, owner.name, owner.jurisdiction, shared, now(), document)
            _put(db, made, text)
        return made

    def remove(self, owner: Identity, name: str) -> Saved:
        """Take one's own away, and return it.

        Raises
        ------
        UnknownIdError, InputError
            As :meth:`owned`.
        """
        with self._file.writing() as db:
            found = next((s for s in _visible(db, owner) if s.name == name), None)
            gone = _own(found, owner, name)
            db.execute("DELETE FROM mapping WHERE id = ?", (gone.id,))
        return gone

    # -- what was kept before ------------------------------------------------------------------------------------------
    def take_over(self) -> None:
        """Take in the files that mappings were before: everybody's still, until whoever saved them says otherwise.

        What is none, or can't be read any more, stays where it is.

        Raises
        ------
        StoreError
            They can't be kept; the files stay.
        """
        if not self._former.is_dir():
            return
        with self._file.writing() as db:
            taken = []
            for file, (name, by, at, document) in _read_former(sorted(self._former.glob("*.json"))):
                free = db.execute(
                    "SELECT count(*) = 0 FROM mapping WHERE owner = ? AND name = ?", (by, name)
                ).get
                if free:
                    made = Saved(secrets.token_hex(8), name, by, None, True, at, document)
                    _put(db, made, json.dumps(document, ensure_ascii=False))
                taken.append(file)
        for file in taken:  # once they are in
            with contextlib.suppress(OSError):  # found again, it is there already
                file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody's own things stay
            self._former.rmdir()


def _read_former(files: list[Path]) -> Iterator[tuple[Path, Former]]:
    for file in files:
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            checked(told["name"], told["document"]["sheets"])
            found = str(told["name"]), str(told["by"]), str(told["saved"]), told["document"]
        except (LianjianError, OSError, ValueError, KeyError, TypeError, RecursionError):
            continue  # no mapping of ours
        yield file, found


def _visible(db: Any, reader: Identity) -> list[Saved]:
    """Return what a reader sees, by name; of one's own and another's of one name, one's own.

    Of several that were shared under one name before that was refused, always the same: the order is no matter of who saved last.
    """
    rows = db.execute(
        f"SELECT {COLUMNS} FROM mapping WHERE {VISIBLE} ORDER BY name, owner <> ?1, id",  # noqa: S608 - names of ours
        (reader.name, reader.jurisdiction),
    )
    out: dict[str, Saved] = {}
    for id_, name, owner, jurisdiction, shared, saved, document in rows:
        found = Saved(id_, name, owner, jurisdiction, bool(shared), saved, json.loads(document))
        out.setdefault(name, found)
    return list(out.values())


def _put(db: Any, made: Saved, text: str) -> None:
    db.execute(
        f"INSERT OR REPLACE INTO mapping ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names of ours
        (made.id, made.name, made.owner, made.jurisdiction, int(made.shared), made.saved, text),
    )


def _refuse_taken(before: Saved | None, owner: Identity, name: str, *, replace: bool) -> None:
    if before is None:
        return
    if before.owner != owner.name:
        raise InputError(
            f"a mapping {name} is shared by {before.owner}; save yours under another name",
            f"{before.owner} 已共享映射 {name}；请换一个名称",
        )
    if not replace:
        raise InputError(
            f"a mapping {name} is there already; save it under another name, or replace it",
            f"已有映射 {name}；请换一个名称，或选择替换",
        )


def _refuse_shared(db: Any, owner: Identity, name: str) -> None:
    """Refuse to share a name that another shares, in whichever district: who sees the whole city sees both."""
    taken = db.execute(
        "SELECT count(*) FROM mapping WHERE name = ? AND owner <> ? AND shared", (name, owner.name)
    ).get
    if taken:
        raise InputError(
            f"a mapping {name} is shared by another; share yours under another name",
            f"已有他人共享的映射 {name}；请换一个名称再共享",
        )


def _refuse_more(db: Any, owner: Identity) -> None:
    if db.execute("SELECT count(*) FROM mapping WHERE owner = ?", (owner.name,)).get >= MOST:
        raise InputError(
            f"{MOST} mappings are kept for you already; delete one that is not needed any more",
            f"您已保存 {MOST} 个映射；请先删除不用的映射",
        )


def _own(found: Saved | None, owner: Identity, name: str) -> Saved:
    if found is None:
        raise UnknownIdError(f"{name[:64]}: no such mapping", f"{name[:64]}：没有这个映射")
    if found.owner != owner.name:
        raise InputError(
            f"{name[:64]}: only {found.owner}, who saved it, deletes it; save it under a name of your own to change it",
            f"{name[:64]}：只有保存者 {found.owner} 才能删除；如需修改，请另存为自己的映射",
        )
    return found


def _damaged(path: Path) -> StoreCorruptError:
    return StoreCorruptError(
        f"{path}: damaged, or no mappings of Lianjian; put a backup of it back",
        f"{path}：已损坏，或不是联建的映射文件；请恢复其备份",
    )


def checked(name: str, sheets: list[dict[str, Any]]) -> CustomMapping:
    """Return a mapping as readers take it.

    Raises
    ------
    InputError
        As :meth:`Mappings.save`.
    """
    from loaders import mapping as mappings
    from loaders.canonical import canonical

    mappings.check_name(name)
    if not sheets:
        raise InputError("the mapping says nothing of any sheet", "映射没有任何表")
    _refuse_unwritable(sheets)
    made = mappings.parse({"sheets": sheets}, name, name)
    personal = canonical().personal
    for entry in made.sheets:
        for heading in (*entry.columns, *entry.when):
            if personal.refuses(heading):
                raise InputError(
                    f"column {_shown(heading)}: tells of persons and is never read, whatever it is said to mean",
                    f"列 {_shown(heading)}：涉及个人信息，一律不读，不能指定含义",
                )
        means = list(entry.columns.values())
        twice = next((m for m in means if means.count(m) > 1), None)
        if twice is not None:
            raise InputError(
                f"{twice}: two columns are said to mean it; choose one",
                f"{twice}：有两列指定为同一含义；请只保留一列",
            )
    return made


def _refuse_unwritable(sheets: list[dict[str, Any]]) -> None:
    """Refuse what no file takes: halves of characters, as JSON may have them by their number."""
    try:
        json.dumps(sheets, ensure_ascii=False).encode()
    except (ValueError, TypeError, RecursionError):
        raise InputError(
            "the mapping holds half of a character, or what is no text, number, list or table; type its texts anew",
            "映射中有不完整的字符，或有文字、数字、列表、键值以外的内容；请重新输入",
        ) from None


def _shown(heading: str) -> str:
    from loaders.privacy import mask

    return "".join(c for c in mask(heading)[0][:40] if c.isprintable())
