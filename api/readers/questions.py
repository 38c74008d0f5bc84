"""What readers can be asked: questions about single entities, whose work does not grow with the city.

Each is a function of a store and plain arguments, and its answer is what the service sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.asking import connections, lookup, pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.store.base import Store


def asked(store: Store, question: str, arguments: Mapping[str, Any]) -> bytes | None:
    """Return an answer as JSON; ``None`` where this is no question for a reader after all.

    Raises
    ------
    LianjianError
        As the question's function.
    """
    from viz.listing import json_chunks

    said = QUESTIONS[question](store, **arguments)
    return None if said is None else "".join(json_chunks(said)).encode()


def _at(store: Store, as_of: int | None) -> int:
    return store.latest() if as_of is None else as_of


def _find(store: Store, text: str, limit: int, as_of: int | None) -> Mapping[str, Any]:
    return lookup.find(store, text, _at(store, as_of), limit).as_json()


def _show(store: Store, code: str, relations: int | None, as_of: int | None) -> Mapping[str, Any]:
    told = lookup.dossier(store, code, _at(store, as_of)).as_json()
    if relations is not None:
        told["relations_found"] = len(told["relations"])
        told["relations"] = told["relations"][:relations]
    return told


def _chain(store: Store, code: str, down: bool, as_of: int | None) -> Mapping[str, Any]:
    return connections.chain(store, code, as_of, down=down).as_json()


def _path(store: Store, a: str, b: str, as_of: int | None) -> Mapping[str, Any]:
    return connections.paths(store, a, b, _at(store, as_of)).as_json()


def _neighbours(
    store: Store, code: str, hops: int, each: int | None, as_of: int | None
) -> Mapping[str, Any]:
    return connections.connected(store, code, _at(store, as_of), hops, each).as_json()


def _map(store: Store, code: str, hops: int | None, as_of: int | None) -> Mapping[str, Any] | None:
    at = _at(store, as_of)
    kind, key = lookup.identify(store, code, at)
    if kind == "division" and hops is None:
        return None  # a jurisdiction: it takes much
    part = pictures.around(store, (kind, key), at, hops=hops, read=True)
    return pictures.draw(part, hops).as_json()


QUESTIONS: Mapping[str, Callable[..., Mapping[str, Any] | None]] = {
    "find": _find, "show": _show, "chain": _chain, "path": _path, "neighbours": _neighbours, "map": _map,
}  # fmt: skip
