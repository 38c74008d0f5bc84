"""Mappings that people saved through the service: how the columns of their ledgers are to be read, by name.

Each is a file of its own in the service's folder, called by a hash: no name that somebody gave is ever part of a path.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.jobs.uploads import refused_by_disk
from graph.errors import InputError, UnknownIdError
from graph.model import now

if TYPE_CHECKING:
    from loaders.mapping import CustomMapping

FOLDER = "mappings"
MOST = 200
"""Mappings that are kept."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A mapping that was saved.

    Attributes
    ----------
    name, by, saved : str
        What it is called, who saved it and when; a mapping that comes with the program has neither.
    document : dict
        As a mapping's file has it.
    """

    name: str
    by: str | None
    saved: str | None
    document: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return what the service says of it."""
        entries = self.document["sheets"]
        return {
            "name": self.name,
            "by": self.by,
            "saved": self.saved,
            "sheets": list(dict.fromkeys(str(e["sheet"]) for e in entries if e.get("sheet"))),
            "columns": sum(len(e.get("columns") or {}) for e in entries),
        }


class Mappings:
    """What is kept in one service's folder.

    Parameters
    ----------
    state : str
        The service's folder.
    """

    def __init__(self, state: str) -> None:
        self._folder = Path(state) / FOLDER

    def all(self) -> list[Saved]:
        """Return those that were saved, by name, then those that come with the program."""
        from loaders import mapping as mappings

        own = sorted(self._read_all(), key=lambda s: s.name)
        names = {s.name for s in own}
        others = [
            Saved(n, None, None, mappings.as_dict(mappings.load(n)))
            for n in mappings.names()
            if n not in names
        ]
        return own + others

    def get(self, name: str) -> Saved | None:
        """Return one that was saved; ``None`` where there is none of the name."""
        return self._read(self._path(name), name)

    def save(self, name: str, sheets: list[dict[str, Any]], by: str, *, replace: bool) -> Saved:
        """Keep a mapping.

        Raises
        ------
        InputError
            The name is none, or taken and not to be replaced; the mapping has an unknown key, kind or column, or one that tells of
            persons; there are too many.
        NoRoomError
            The disk does not take it.
        """
        checked(name, sheets)
        before = self.get(name)
        if before is not None and not replace:
            raise InputError(
                f"a mapping {name} is there already; save it under another name, or replace it",
                f"已有映射 {name}；请换一个名称，或选择替换",
            )
        if before is None and len(self._read_all()) >= MOST:
            raise InputError(
                f"there are {MOST} mappings already; delete one that is not needed any more",
                f"已有 {MOST} 个映射；请先删除不用的映射",
            )
        document = {"mapping": name, "zh": name, "en": name, "sheets": sheets}
        made = Saved(name, by, now(), document)
        text = json.dumps(
            {"name": name, "by": by, "saved": made.saved, "document": document}, ensure_ascii=False
        )
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, place = tempfile.mkstemp(dir=self._folder, suffix=".new")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(place).replace(self._path(name))
            except OSError:
                with contextlib.suppress(OSError):
                    Path(place).unlink()
                raise
        except OSError as error:
            raise refused_by_disk(error) from None
        return made

    def remove(self, name: str) -> None:
        """Delete a mapping that was saved.

        Raises
        ------
        UnknownIdError
            There is none of the name.
        """
        if self.get(name) is None:
            raise UnknownIdError(f"{name[:64]}: no such mapping", f"{name[:64]}：没有这个映射")
        with contextlib.suppress(FileNotFoundError):
            self._path(name).unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"

    def _read_all(self) -> list[Saved]:
        try:
            places = sorted(self._folder.glob("*.json"))
        except OSError:
            return []
        return [s for s in (self._read(p) for p in places) if s is not None]

    @staticmethod
    def _read(path: Path, name: str | None = None) -> Saved | None:
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            found = Saved(told["name"], told["by"], told["saved"], told["document"])
        except (OSError, ValueError, KeyError, TypeError):
            return None  # not there, or not ours: a mapping that can't be read is none
        return found if name is None or found.name == name else None


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
    made = mappings.parse({"sheets": sheets}, name, name)
    personal = canonical().personal
    for entry in made.sheets:
        for heading in entry.columns:
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


def _shown(heading: str) -> str:
    from loaders.privacy import mask

    return "".join(c for c in mask(heading)[0][:40] if c.isprintable())
