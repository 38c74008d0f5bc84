"""Where entities' values were read, for stores that keep no better way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.model import Source
    from graph.store.base import Store


def origins(
    store: Store, nodes: Iterable[tuple[str, str]], as_of: int | None
) -> dict[tuple[str, str], Source]:
    """See :meth:`graph.store.base.Store.origins`; two questions a kind."""
    by: dict[str, list[str]] = {}
    for kind, key in nodes:
        if kind in load_schema().kinds:
            by.setdefault(kind, []).append(key)
    out: dict[tuple[str, str], Source] = {}
    for kind, keys in by.items():
        frame = store.frame(kind, as_of, [], of=keys)
        read = store.sources(kind, frame["claim"].tolist())
        for key, claim in zip(frame["key"], frame["claim"], strict=True):
            if claim in read:
                out[kind, str(key)] = read[claim]
    return out
