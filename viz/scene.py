"""The one view model of every picture: what is drawn, where, under which name, and what a click opens.

A scene knows nothing of pyvis, HTML or files; :mod:`viz.page` draws it, :mod:`viz.views` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str]
Words = tuple[str, str]
"""The same in Chinese and in English."""

LIMIT = 1000
"""Above this many nodes places are drawn as one node with counts (EXPLORER)."""


@dataclass(frozen=True)
class Thing:
    """What a mark stands for, told once for all pictures of a page.

    ``details`` are (property, value as text); ``source`` is (file, sheet, row); ``found_by`` holds what the search box looks
    through beside name and code: pinyin and its initials; ``why`` gives a plan's reason.
    """

    id: str
    kind: str
    key: str
    name: Words
    type: str = ""
    missing: bool = False
    details: tuple[tuple[str, str], ...] = ()
    source: tuple[str, str, int] | None = None
    found_by: str = ""
    why: Words = ("", "")


@dataclass(frozen=True)
class Mark:
    """One thing at its place. ``count`` says how many organizations it holds unseen, ``below`` how many units it hides."""

    id: str
    x: float
    y: float
    focus: bool = False
    count: int = 0
    below: int = 0
    opens: str | None = None


@dataclass(frozen=True)
class Line:
    """One edge. ``bend`` tells parallel edges apart: 0 straight, then 1, -1, 2, -2 and so on.

    ``inside`` edges are told by a box, or through a smaller place between; ``stands_for`` counts the edges of hidden nodes.
    """

    source: str
    target: str
    kind: str
    via: str = ""
    bend: int = 0
    inside: bool = False
    stands_for: int = 1


@dataclass(frozen=True)
class Hull:
    """A box (left, top, right, bottom) round what lies in a place, belongs to a unit, or a plan would join."""

    id: str
    kind: str
    box: tuple[float, float, float, float]
    title: Words = ("", "")


@dataclass(frozen=True)
class View:
    """One picture, with what it leaves out said in ``notes``."""

    id: str
    title: Words
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    hulls: tuple[Hull, ...] = ()
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Scene:
    """All views of one page; the first is the one that opens."""

    title: Words
    as_of: str
    views: tuple[View, ...]
    things: dict[str, Thing] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the scene for another program that draws it: things by id, and where each view has its marks."""
        return {
            "title": _both(self.title),
            "as_of": self.as_of,
            "views": [
                {
                    "id": view.id,
                    "title": _both(view.title),
                    "notes": [_both(note) for note in view.notes],
                    "marks": [vars(mark) for mark in view.marks],
                    "lines": [vars(line) for line in view.lines],
                    "hulls": [
                        vars(hull) | {"box": list(hull.box), "title": _both(hull.title)}
                        for hull in view.hulls
                    ],
                }
                for view in self.views
            ],
            "things": {
                id_: vars(thing)
                | {
                    "name": _both(thing.name),
                    "details": dict(thing.details),
                    "source": None
                    if thing.source is None
                    else dict(zip(("file", "sheet", "row"), thing.source, strict=True)),
                    "why": _both(thing.why) if any(thing.why) else None,
                }
                for id_, thing in self.things.items()
            },
        }


def _both(words: Words) -> dict[str, str]:
    return {"zh": words[0], "en": words[1]}


def identity(node: Key) -> str:
    """Return a node's id in pictures and exports: ``kind:key``; places carry their kind in the key already."""
    kind, key = node
    return key if key.startswith(f"{kind}:") else f"{kind}:{key}"


def kind_of(identity: str) -> str:
    """Return the kind of a node by its id in pictures and exports."""
    return identity.partition(":")[0]
