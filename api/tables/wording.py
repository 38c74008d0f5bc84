"""Words that several commands share: the schema's labels in the language of the session, and where a row was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.cli.texts import Texts
    from graph.decisions import Decision


def kind_name(texts: Texts, kind: str) -> str:
    """Return the label of a kind of node; ``missing`` is what no row defines."""
    from graph.schema import load_schema

    schema = load_schema()
    declared = schema.kinds.get(kind) or schema.implied.get(kind)
    if declared is not None:
        return texts.either(declared.zh, declared.en)
    return texts("kind.missing") if kind == "missing" else kind


def relation(texts: Texts, kind: str, direction: str) -> str:
    """Return the words for an edge, read from its source (``out``) or from its target (``in``)."""
    from graph.schema import load_schema

    edge = load_schema().edges[kind]
    if direction == "out":
        return texts.either(edge.zh, edge.en)
    return texts.either(edge.reverse_zh, edge.reverse_en)


def not_gone_through(texts: Texts, hubs: Iterable[dict[str, Any]]) -> list[str]:
    """Return a line for each thing that has too many neighbours for hops to go through it."""
    return [
        texts(
            "neighbours.left",
            kind=kind_name(texts, h["kind"]),
            id=h["id"],
            name="" if h["name"] == h["id"] else h["name"],
            number=f"{h['neighbours']:,}",
        )
        for h in hubs
    ]


def stated(texts: Texts, prop: str, value: Any) -> Any:
    """Return a value as people read it: a ledger line by its name, all others as they are."""
    return texts(f"line.{value}") if prop == "line" and value is not None else value


def place(source: dict[str, Any]) -> str:
    """Return a source as one text: file · sheet · row; a file of one nameless sheet has none to name."""
    return " · ".join(str(source[x]) for x in ("file", "sheet", "row") if source[x] != "")


def merged_lines(texts: Texts, merges: Iterable[Decision]) -> list[str]:
    """Return a line for each merge: which code was merged into which, by whose decision and when."""
    return [
        texts("merged.into", code=d.object, kept=d.subject, office=d.office, date=iso(d.decided))
        for d in merges
    ]
