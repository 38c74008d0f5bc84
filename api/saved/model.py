"""A saved view: what is drawn by stable ids, how, and what its owner says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import InputError, UnknownIdError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME, LONGEST_NOTE = 100, 2_000
THINGS = 500
"""Things of a view at most: as many as a page draws."""
VIEWS = 200
"""Views that one account keeps at most."""


class SavedMissingError(UnknownIdError):
    """There is no such view for the one who asks: one that its owner does not share is told apart from none by nothing."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What somebody wants to keep.

    Attributes
    ----------
    name, note : str
    shared : bool
        Whether whoever has the link may open it.
    content : mapping
        ``as_of``, ``layout``, ``without`` and ``things``, as the service's models have them.
    """

    name: str
    note: str
    shared: bool
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Saved:
    """A view that is kept. Times are ISO 8601, UTC."""

    id: str
    owner: str
    drawing: Drawing
    created: str
    changed: str

    def listed(self, asker: str) -> dict[str, Any]:
        """Return what a list says of it."""
        return {
            "id": self.id,
            "name": self.drawing.name,
            "note": self.drawing.note,
            "shared": self.drawing.shared,
            "mine": self.owner == asker,
            "created": self.created,
            "changed": self.changed,
            "number": len(self.drawing.content["things"]),
        }


def checked(name: str, note: str, *, shared: bool, content: Mapping[str, Any]) -> Drawing:
    """Return a drawing as it is kept.

    Raises
    ------
    InputError
        No name or one that is too long, a note that is too long or has a person's number in it, nothing drawn, or too much.
    """
    from api.asking.deciding import impersonal

    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    note = "".join(c for c in note if c == "\n" or c.isprintable()).strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputError(
            f"name: 1 to {LONGEST_NAME} characters; this one has {len(name)}",
            f"名称：须为 1 到 {LONGEST_NAME} 个字符；现有 {len(name)} 个",
        )
    if len(note) > LONGEST_NOTE:
        raise InputError(
            f"note: at most {LONGEST_NOTE} characters; this one has {len(note)}, so shorten it",
            f"备注：至多 {LONGEST_NOTE} 个字符；现有 {len(note)} 个，请缩短",
        )
    number = len(content["things"])
    if not number:
        raise InputError(
            "things: nothing is drawn, so there is nothing to keep",
            "things：图上没有内容，无需保存",
        )
    if number > THINGS:
        raise InputError(
            f"things: a view holds at most {THINGS}; this one has {number}, so hide some first",
            f"things：每个视图至多 {THINGS} 个对象；现有 {number} 个，请先隐藏一部分",
        )
    impersonal(name, note)
    return Drawing(name, note, shared, content)
