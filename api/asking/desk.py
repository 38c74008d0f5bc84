"""What an auditor has on the desk: findings filtered and counted, one of them opened with all that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import UnknownIdError
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from api.findings import Audit
    from graph.affiliation.board import Board, Ints, Wanted
    from graph.policy.profile import Profile
    from graph.store.base import Store

NAMES = 300
"""Entities of evidence that are named at most."""
VALUES_OF = 12
"""Source rows whose values are shown at most; the others with their place alone."""


@dataclass(frozen=True, eq=False)
class Listed:
    """One page of a list of findings.

    Attributes
    ----------
    rows : list of dict
    found, total : int
        How many the filters let pass, and how many there are.
    facets : dict
        For each dimension its values with how many of what the other filters let pass have each.
    after : int or None
        Where the next page begins, in the order of lists; ``None`` where there is none.
    place : dict or None
        Where the finding that was asked for stands (:func:`_place`); ``None`` where none was.
    """

    rows: list[dict[str, Any]]
    found: int
    total: int
    facets: dict[str, list[dict[str, Any]]]
    after: int | None
    place: dict[str, Any] | None


def every(audit: Audit, store: Store, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Yield all of what is wanted in the order of lists, each finding with all that the audit says of it."""
    from graph.affiliation import handling

    standing = audit.standing(handling.read(store, audit.as_of))
    states = audit.board.states({id_: done["state"] for id_, done in standing.items()})

    def told() -> Iterator[dict[str, Any]]:
        for at in audit.board.picked(wanted, states)[0].tolist():
            yield _row(audit, at, standing)

    return told()


def listed(
    audit: Audit, store: Store, wanted: Wanted, first: int, limit: int, beside: str | None = None
) -> Listed:
    """Return one page of what is wanted, from a place in the order of lists on, and where a finding stands in the whole list."""
    import numpy as np

    from graph.affiliation import handling

    board = audit.board
    standing = audit.standing(handling.read(store, audit.as_of))
    states = board.states({id_: done["state"] for id_, done in standing.items()})
    picked, others = board.picked(wanted, states)
    rank = np.empty(len(board), dtype=np.int64)
    rank[board.order] = np.arange(len(board))
    left = picked[rank[picked] >= first]
    page = left[:limit].tolist()
    rows = []
    for at in page:
        row = _row(audit, at, standing)
        del row["evidence"], row["sources"], row["repair"]
        rows.append(row)
    facets = {
        name: _facet(name, board.counts(name, passed, states), board.called)
        for name, passed in others.items()
        if name != "street" or wanted.district is not None
    }
    after = int(rank[left[limit]]) if len(left) > limit else None
    place = None if beside is None else _place(board, rank, picked, beside)
    return Listed(rows, len(picked), len(board), facets, after, place)


def _place(board: Board, rank: Ints, picked: Ints, id_: str) -> dict[str, Any]:
    """Return a finding's number in a list, from 1, and the ids before and behind it.

    One that the filters let pass no longer, since something was done about it, has no number, but its neighbours: whoever works
    through a list goes on from there. One that the audit has not stands nowhere.
    """
    here = board.at.get(id_)
    if here is None:
        return {"id": id_, "at": None, "previous": None, "next": None}
    before = int((rank[picked] < rank[here]).sum())
    listed = before < len(picked) and int(picked[before]) == here
    behind = before + listed
    return {
        "id": id_,
        "at": before + 1 if listed else None,
        "previous": board.ids[int(picked[before - 1])] if before else None,
        "next": board.ids[int(picked[behind])] if behind < len(picked) else None,
    }


def _row(audit: Audit, at: int, standing: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a finding, what was done about it, and whom it is about."""
    board, found = audit.board, audit.finding(at)
    del found["claims"]
    return found | {
        "handling": standing.get(found["id"]),
        "kind": board.kind[at],
        "name": board.name[at],
        "district": _called(board.called, board.columns["district"][at]),
        "street": _called(board.called, board.columns["street"][at]),
    }


def _called(called: Any, place: str) -> str | None:
    from graph.affiliation.board import NOWHERE

    return None if place == NOWHERE else called.get(place) or place


def _facet(name: str, counts: dict[str, int], called: Any) -> list[dict[str, Any]]:
    from graph.affiliation.board import SEVERITIES
    from graph.affiliation.handling import STATES
    from graph.affiliation.rules import RULES

    if name == "code":
        titles = {rule.code: rule.title.as_json() for rule in RULES}
        rows = [{"value": c, "n": n, "title": titles[c]} for c, n in counts.items()]
    elif name in ("district", "street"):
        rows = [
            {"value": c, "n": n, "title": {"zh": w, "en": w} if (w := _called(called, c)) else None}
            for c, n in counts.items()
        ]
    else:
        order: Iterable[str] = SEVERITIES if name == "severity" else STATES
        return [{"value": v, "n": counts.get(v, 0), "title": None} for v in order]
    return sorted(rows, key=lambda row: (-row["n"], row["value"]))


def opened(audit: Audit, store: Store, profile: Profile, id_: str) -> dict[str, Any]:
    """Return one finding with its rule, its clause, names of what its evidence holds, source rows as read, and its history.

    Raises
    ------
    UnknownIdError
        The audit has no such finding, and nothing was done about one.
    """
    from graph.affiliation import handling
    from graph.affiliation.rules import RULES

    past = handling.history(store, id_)
    at = audit.board.at.get(id_)
    if at is None and not past:
        raise UnknownIdError(
            f"{id_}: the audit has no such finding, and nothing was done about one",
            f"{id_}：审计没有这一问题，也没有办理记录",
        )
    code = id_.partition(":")[0]
    rule = next((r for r in RULES if r.code == code), None)
    out: dict[str, Any] = {
        "id": id_,
        "as_of": iso(audit.as_of),
        "found": at is not None,
        "rule": None if rule is None else {"code": code, "title": rule.title.as_json()},
        "history": [h.as_json() for h in past],
        "finding": None,
        "clauses": [],
        "named": [],
        "rows": [],
    }
    if at is None:
        return out
    found = audit.finding(at)
    claims = [(str(kind), int(claim)) for kind, claim in found.pop("claims")]
    done = handling.read(store, audit.as_of).get(id_)
    found["handling"] = None if done is None else done.as_json(audit.evidence(at))
    board = audit.board
    return out | {
        "finding": found,
        "kind": board.kind[at],
        "name": board.name[at],
        "district": _called(board.called, board.columns["district"][at]),
        "street": _called(board.called, board.columns["street"][at]),
        "clauses": _clauses(profile, [found["clause"], *(rule.clauses if rule else ())]),
        "named": list(_named(store, audit.as_of, found["evidence"])),
        "rows": _rows(store, claims, found["evidence"]),
    }


def _clauses(profile: Profile, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the clauses that a finding rests on, its own first, in the plan's words and as a check."""
    out = []
    for id_ in dict.fromkeys(ids):
        rule, option = profile.rules.get(id_), profile.options.get(id_)
        if rule is not None:
            text = {"zh": rule.text_zh, "en": rule.text_en}
            out.append({"id": id_, "where": rule.clause, "text": text})
        elif option is not None:
            text = {"zh": option.text_zh, "en": option.text_en}
            out.append({"id": id_, "where": option.source, "text": text})
    return out


def _named(store: Store, as_of: int, evidence: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield kind, name and type of what evidence names, as far as it is no record of a person."""
    from graph.schema import load_schema

    nodes = {k for k, d in load_schema().kinds.items() if d.role == "node"}
    named: dict[str, str | None] = {}
    for piece in evidence:
        if "node" in piece:
            named.setdefault(str(piece["node"]), str(piece.get("kind", "")))
        for end in ("from", "to"):
            if end in piece:
                named.setdefault(str(piece[end]), None)
    for key, kind in list(named.items())[:NAMES]:
        kinds = [kind] if kind in nodes else [k for k, _ in store.lookup(key, as_of)]
        node = next((n for k in kinds if k and (n := store.node(k, key, as_of))), None)
        if node is None:
            kind_said = kind if kind in nodes else None
            yield {
                "id": key,
                "kind": kind_said or "missing",
                "name": None,
                "type": None,
                "there": False,
            }
        else:
            type_ = node.properties.get("type") or node.properties.get("category")
            yield {
                "id": key, "kind": node.kind, "name": node.name,
                "type": type_ if isinstance(type_, str) else None, "there": True,
            }  # fmt: skip


def _rows(
    store: Store, claims: list[tuple[str, int]], evidence: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return source rows with the values that they state; of records of persons, the place alone."""
    from graph.schema import load_schema

    schema = load_schema().kinds
    telling = {name for piece in evidence for name in piece}
    by_kind: dict[str, list[int]] = {}
    for kind, claim in claims:
        by_kind.setdefault(kind, []).append(claim)
    places = {
        (kind, claim): source
        for kind, some in by_kind.items()
        for claim, source in store.sources(kind, some).items()
    }
    out: list[dict[str, Any]] = []
    for number, (kind, claim) in enumerate(dict.fromkeys(claims)):
        source = places.get((kind, claim))
        if source is None:
            continue
        declared = schema[kind]
        row: dict[str, Any] = {
            "kind": kind,
            "label": {"zh": declared.zh, "en": declared.en},
            "id": None,
            "source": source.as_json(),
            "batch": source.batch,
            "dated": None,
            "values": [],
        }
        if declared.role != "person" and number < VALUES_OF:
            said = store.said(kind, [claim]).to_dict("records")
            for values in said[:1]:
                row["id"], row["dated"] = str(values["key"]), iso(int(values["dated"]))
                row["values"] = list(_values(declared.properties, values, telling))
        out.append(row)
    return out


def _values(properties: Any, values: dict[Any, Any], telling: set[str]) -> Iterable[dict[str, Any]]:
    import pandas as pd

    for name, declared in properties.items():
        value = values.get(name)
        if value is None or (not isinstance(value, (list, tuple)) and pd.isna(value)):
            continue
        yield {
            "property": name,
            "label": {"zh": declared.zh, "en": declared.en},
            "value": declared.shown(value),
            "telling": name in telling,
        }
