"""Who is meant by a code, who is found by a text, and all that is known of one entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import AmbiguousIdError, UnknownIdError, Way
from graph.ledger_names import ledger_name
from graph.model import OPEN, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.decisions import Decision
    from graph.model import Node
    from graph.provenance import Value
    from graph.store.base import Store

Relation = dict[str, Any]


def identify(store: Store, code: str, as_of: int | None) -> tuple[str, str]:
    """Return the one entity (kind, key) that ``code`` means; ``kind:code`` settles which where a bare code fits several.

    Raises
    ------
    UnknownIdError
        No entity has it, or none at that date: the message says since when.
    AmbiguousIdError
        Several have it; the message lists what it could mean.
    """
    found = _meant(store, code, as_of)
    if not found:
        later = _meant(store, code, OPEN - 1)
        if as_of is not None and later:
            kind, key = later[0]
            first = iso(int(store.history(kind, key)["valid_from"].min()))
            raise UnknownIdError(
                f"{code}: first listed on {first}, after {iso(as_of)}",
                f"{code}：{first} 才首次列入，晚于 {iso(as_of)}",
                way=Way(f"give --as-of {first} or later", f"请用 --as-of {first} 或更晚的日期"),
            )
        raise UnknownIdError(
            f"{code}: no entity has this code",
            f"{code}：没有这个代码",
            way=Way.find(code),
        )
    if len(found) > 1:
        some = ", ".join(key if ":" in key else f"{kind}:{key}" for kind, key in found[:8])
        more = " …" if len(found) > 8 else ""
        raise AmbiguousIdError(
            f"{code}: could mean {some}{more}; give one of these",
            f"{code}：可能指 {some}{more}；请写明其一",
        )
    return found[0]


def _meant(store: Store, code: str, as_of: int | None) -> list[tuple[str, str]]:
    """Return the entities that a code, or ``kind:code``, may mean at a date."""
    found = store.lookup(code, as_of)
    kind, colon, bare = code.partition(":")
    if not found and colon:
        found = [one for one in store.lookup(bare, as_of) if one[0] == kind]
    return found


# -- by a text ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Found:
    """Who is found by a text, the likeliest first.

    Attributes
    ----------
    text : str
    as_of : int
    rows : list of dict
        ``id``, ``name``, ``kind``, ``type``, ``merged_into``.
    more : bool
        Whether there are more than were asked for.
    merged : list of Decision
        The merges that lead from those found to the codes that stay.
    """

    text: str
    as_of: int
    rows: list[dict[str, Any]]
    more: bool
    merged: list[Decision]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "text": self.text,
            "as_of": iso(self.as_of),
            "results": self.rows,
            "more": self.more,
        }


def find(store: Store, text: str, as_of: int, limit: int) -> Found:
    """Find organizations, units and places by code, name, part of a name, pinyin or initials."""
    from graph.decisions.record import merges as merges_of

    # one more than asked for tells whether there are more
    found = store.find(text, as_of, limit + 1)
    merges = merges_of(store, as_of)
    more, found = len(found) > limit, found[:limit]
    rows = [
        {
            "id": n.key, "name": n.name, "kind": n.kind, "type": n.properties.get("type"),
            "merged_into": merges.merged.get(n.key) if n.kind == "organization" else None,
        }
        for n in found
    ]  # fmt: skip
    gone = [step for r in rows if r["merged_into"] for step in merges.steps(str(r["id"]))]
    return Found(text, as_of, rows, more, gone)


# -- one entity ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Dossier:
    """All that is known of one entity.

    Attributes
    ----------
    kind, key : str
    as_of : int
    node : Node or None
        ``None`` where only links name it.
    steps, taken_over : list of Decision
        Merges that led here from the code asked for, and those of other codes into this one.
    values : list of Value
        What its rows say, and what was said otherwise.
    relations : list of dict
        Its edges, by kind, direction and id.
    called : dict
        Names in Chinese and English of ledgers that say otherwise.
    """

    kind: str
    key: str
    as_of: int
    node: Node | None
    steps: Sequence[Decision]
    taken_over: Sequence[Decision]
    values: Sequence[Value]
    relations: list[Relation]
    called: dict[str, tuple[str, str]]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        node = self.node
        return {
            "id": self.key,
            "kind": self.kind,
            "name": node.name if node else self.key,
            "as_of": iso(self.as_of),
            "valid_from": iso(node.valid_from) if node else None,
            "valid_to": iso(node.valid_to) if node else None,
            "merged": [d.as_json() for d in self.steps],
            "merged_here": [d.as_json() for d in self.taken_over],
            "values": [v.as_json() for v in self.values],
            "relations": self.relations,
        }


def dossier(store: Store, code: str, as_of: int) -> Dossier:
    """Return all that is known of the entity that ``code`` means; of one that was merged, the one that stays.

    Raises
    ------
    UnknownIdError, AmbiguousIdError
        As :func:`identify`.
    """
    from graph.decisions.record import merges as merges_of
    from graph.provenance import values as values_of

    kind, key = identify(store, code, as_of)
    steps: Sequence[Decision] = []
    taken_over: Sequence[Decision] = []
    if kind == "organization":
        merges = merges_of(store, as_of)
        # who names the kind wants the rows of this very code
        steps = merges.steps(key)
        if steps and ":" not in code:
            key = steps[-1].subject
        taken_over = [] if steps and ":" in code else merges.merged_into(key)
    around = store.neighbours(kind, key, as_of)
    values = values_of(store, kind, key, as_of)
    beside = {s.statement.ledger for v in values for s in v.otherwise}
    return Dossier(
        kind,
        key,
        as_of,
        store.node(kind, key, as_of),
        steps,
        taken_over,
        values,
        sorted(_relations(around, (kind, key)), key=lambda r: (r["kind"], r["direction"], r["id"])),
        {ledger: ledger_name(ledger, _named(store, as_of)) for ledger in beside},
    )


def timeline(store: Store, code: str, as_of: int) -> dict[str, Any]:
    """Return what each import said of the entity that ``code`` means, the earliest first.

    Raises
    ------
    UnknownIdError, AmbiguousIdError
        As :func:`identify`.
    """
    from graph.timeline import timeline as timeline_of

    kind, key = identify(store, code, as_of)
    named = _named(store, as_of)
    entries = []
    for entry in timeline_of(store, kind, key):
        zh, en = ledger_name(entry.statement.ledger, named)
        entries.append(entry.as_json() | {"called": {"zh": zh, "en": en}})
    return {"id": key, "kind": kind, "entries": entries}


def _named(store: Store, date: int) -> Callable[[str, str], str | None]:
    """Return a look-up of places' names by kind and code."""

    def name(kind: str, code: str) -> str | None:
        keys = [key for found, key in store.lookup(code, date) if found == kind]
        node = store.node(kind, keys[0], date) if len(keys) == 1 else None
        return None if node is None else node.name

    return name


def _relations(around: Any, center: tuple[str, str]) -> list[Relation]:
    out = []
    for a, b, data in around.edges(data=True):
        if center not in (a, b):
            continue
        other, direction = (b, "out") if a == center else (a, "in")
        out.append(
            {
                "kind": data["kind"],
                "direction": direction,
                "id": other[1],
                "name": around.nodes[other].get("name") or other[1],
                "other": "missing" if around.nodes[other].get("missing") else other[0],
                "via": data["via"],
            }
        )
    return out
