"""Decisions as records: how they are keyed, read at a date, and written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from graph.decisions.writing import appending, rows
from graph.model import OPEN, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from graph.store.base import Store

Type = Literal[
    "merge", "distinct", "exclude", "include", "departure", "baseline_add", "baseline_remove"
]
LEDGER = "决定"
"""The ledger of all decisions: within it a later decision about the same thing at the same date replaces the earlier."""
PAIR: tuple[Type, ...] = ("merge", "distinct")
_TOPIC: dict[Type, str] = {
    "merge": "pair",
    "distinct": "pair",
    "exclude": "base",
    "include": "base",
    "departure": "departure",
    "baseline_add": "baseline",
    "baseline_remove": "baseline",
}


def topic(type_: Type, subject: str, other: str | None = None) -> str:
    """Return the key of what is decided: decisions about one thing follow one another in its timeline.

    ``pair|A|B`` (the lesser code first): one organization or two; ``base|CODE``: in the base or not; ``departure|UNIT``;
    ``baseline|CODE``.
    """
    codes = sorted((subject, other)) if other is not None else [subject]
    return "|".join((_TOPIC[type_], *codes))


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it stands at a date.

    Parameters
    ----------
    type : str
        ``merge`` (``object`` is ``subject``: the latter's code stays), ``distinct`` (they are two), ``exclude`` (out of the base;
        ``detail`` says why: 空壳, 僵尸, 影子), ``include`` (an exclusion is lifted), ``departure`` (a unit may depart from the
        principle of line and place), ``baseline_add``, ``baseline_remove``.
    subject, object : str
        Codes.
    office, decided, reason
        Who decided, when (``yyyymmdd``, from which it holds), and why.
    withdrawn : bool
        The office took it back at ``decided``.
    claim : int
        The store's number of the record, 0 for one not written yet.
    """

    type: Type
    subject: str
    office: str
    decided: int
    reason: str
    object: str | None = None
    detail: str | None = None
    withdrawn: bool = False
    claim: int = 0

    @property
    def key(self) -> str:
        """What it is about (see :func:`topic`)."""
        return topic(self.type, self.subject, self.object)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``decide list --json`` prints."""
        return {
            "id": self.key,
            "type": self.type,
            "subject": self.subject,
            "object": self.object,
            "detail": self.detail,
            "office": self.office,
            "decided": iso(self.decided),
            "reason": self.reason,
            "withdrawn": self.withdrawn,
        }


@dataclass(frozen=True)
class Decisions:
    """The decisions that hold at a date, by their keys; those withdrawn are not among them."""

    standing: dict[str, Decision]

    def __len__(self) -> int:
        return len(self.standing)

    def of(self, *types: Type) -> Iterator[Decision]:
        """Yield the decisions of some types, by key."""
        return (d for d in self.standing.values() if d.type in types)

    @cached_property
    def merged(self) -> dict[str, str]:
        """Return the code that stays by each code that is merged into it, chains followed to their end."""
        into = {str(d.object): d.subject for d in self.of("merge")}
        out = {}
        for code, kept in into.items():
            end, seen = kept, {code}
            while end in into and end not in seen:
                seen.add(end)
                end = into[end]
            if end not in seen:  # a ring (of several stores' making) merges nothing
                out[code] = end
        return out

    @cached_property
    def _merge_of(self) -> dict[str, Decision]:
        """Return the merge of each code."""
        return {str(d.object): d for d in self.of("merge")}

    def steps(self, code: str) -> list[Decision]:
        """Return the merges that lead from a code to the one that stays, in order; none where it is merged into no other."""
        out = []
        while code in self.merged:
            out.append(self._merge_of[code])
            code = self._merge_of[code].subject
        return out

    def merged_into(self, code: str) -> list[Decision]:
        """Return the last merge of each code that leads to one that stays, by code."""
        return [
            self._merge_of[merged] for merged, kept in sorted(self.merged.items()) if kept == code
        ]

    @cached_property
    def distinct(self) -> frozenset[tuple[str, str]]:
        """Return the pairs (lesser code first) that were decided to be two organizations."""
        pairs = (sorted((d.subject, str(d.object))) for d in self.of("distinct"))
        return frozenset((a, b) for a, b in pairs)

    @cached_property
    def excluded(self) -> dict[str, Decision]:
        """Return the exclusions from the base by code."""
        return {d.subject: d for d in self.of("exclude")}

    @cached_property
    def included(self) -> dict[str, Decision]:
        """Return the exclusions lifted by code: they lift what was decided by their own date."""
        return {d.subject: d for d in self.of("include")}

    @cached_property
    def departures(self) -> dict[str, Decision]:
        """Return the approved departures by unit."""
        return {d.subject: d for d in self.of("departure")}


NONE = Decisions({})


def read(store: Store, as_of: int | None = None) -> Decisions:
    """Return the decisions that hold at a date (default the store's latest)."""
    return Decisions({d.key: d for d in _rows(store.frame("decision", as_of)) if not d.withdrawn})


def merges(store: Store, as_of: int | None = None) -> Decisions:
    """Return the merges that hold at a date, as :func:`read` has them, with nothing heavy: looking up one entity is quick."""
    found = store.having("decision", "type", "merge", as_of)
    return Decisions(
        {
            node.key: Decision(
                "merge", p["subject"], p["office"], int(p["decided"]), p["reason"], p["object"]
            )
            for node in found
            if not (p := node.properties).get("withdrawn")
        }
    )


def history(store: Store, key: str) -> list[tuple[Decision, int]]:
    """Return all decisions about one thing with the batch of each, by date."""
    rows = store.history("decision", key)
    rows = rows[rows["rank"] == 0]
    sources = store.sources("decision", rows["claim"].tolist())
    return [(d, sources[d.claim].batch) for d in _rows(rows)]


def known(store: Store) -> list[str]:
    """Return the keys of all that was ever decided, standing at whatever date."""
    return [str(key) for key in store.frame("decision", OPEN - 1, [])["key"]]


def _rows(frame: pd.DataFrame) -> Iterator[Decision]:
    import pandas as pd

    for row in frame.to_dict("records"):
        text = {c: v if isinstance(v, str) else None for c, v in row.items()}
        yield Decision(
            type=cast("Type", row["type"]),
            subject=str(row["subject"]),
            object=text["object"],
            detail=text["detail"],
            office=str(row["office"]),
            decided=int(row["decided"]),
            reason=str(row["reason"]),
            withdrawn=row["withdrawn"] is True or (row["withdrawn"] is not pd.NA and bool(row["withdrawn"])),
            claim=int(row["claim"]),
        )  # fmt: skip


def write(
    store: Store,
    decisions: Sequence[Decision],
    command: str,
    *,
    refuse: Callable[[], None] | None = None,
) -> int:
    """Write decisions of one date as one batch; return its number.

    Parameters
    ----------
    command : str
        What stands where an import names its files: ``lianjian decide merge``.
    refuse : callable, optional
        Looks once more at what they rest on, while nobody else writes.
    """
    dated = [d.decided for d in decisions]
    frame = rows("decision", [d.key for d in decisions], dated, decisions)
    with appending(store, LEDGER, command, max(dated)) as add:
        if refuse is not None:
            refuse()
        return add({"decision": frame})
