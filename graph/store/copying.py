"""A whole city from one store to another, with its history: batches, claims, what corrections replaced, what was taken back.

Records go over as they stand, part by part in the order of their numbers, so that nothing is decided anew. The target is marked
until all of it is there and was read back: a copy that was cut off leaves a store that refuses to be read, and the same copy run
again goes on where it ended (or begins anew, where the source has changed in between).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from graph.errors import StoreError
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from graph.model import Batch
    from graph.store.base import Store

PART = 5_000
"""Claims that go over at a time: the client never holds more."""

CLAIM = (
    "claim", "batch", "ledger", "sheet", "row", "key", "dated", "edition", "valid_from", "valid_to", "rank", "superseded", "digest",
    "former",
)  # fmt: skip
"""What leads a claim's row, before its values in the schema's order. ``former`` is a list of (batch, property, text)."""

Sheet = tuple[int, int, str, str]
"""Where rows were read: (number, batch, file, sheet)."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some claims of a kind by number, replaced ones too (:data:`CLAIM`, then values), and the rows that repeat them.

    ``listings`` are (claim, batch, sheet, row, dated, edition), sorted.
    """

    kind: str
    claims: list[tuple[Any, ...]]
    listings: list[tuple[int, int, int, int, int, int]]


class Source(Protocol):
    """A store while it is copied: what it held at the beginning, whatever is imported meanwhile."""

    def sheets(self) -> list[Sheet]:
        """Return all sheets that were read, by number."""

    def count(self) -> int:
        """Return how many claims there are, replaced ones too."""

    def dates(self) -> list[int]:
        """Return the dates of all rows, sorted."""

    def part(self, kind: str, after: int) -> Part:
        """Return the :data:`PART` claims of a kind that come next after a number; an empty part at the end."""


class Copyable(Protocol):
    """A store that can be copied: all that have a URL."""

    def copied(self) -> AbstractContextManager[Source]:
        """Hold what the store says now, whatever is imported meanwhile."""


class Receiver(Protocol):
    """A store that a city is copied into."""

    store: Store
    position: dict[str, int]
    """The number of the last claim of each kind that came over whole."""

    def source(self) -> Source:
        """Return what has come over, to be read back."""

    def take(self, part: Part) -> None:
        """Take a part in, whole or not at all."""

    def finish(self, latest: int | None) -> None:
        """Take the mark away: from now on the store is read."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy moved, and at which dates source and target were found to have the same fingerprint."""

    batches: int
    claims: int
    resumed: int
    verified: dict[int, str]


def copy(
    source: str, target: str, progress: Callable[[str, int, int | None], None] | None = None
) -> Copied:
    """Copy the city in one store into another that is empty, or half full of the same copy.

    Parameters
    ----------
    source, target : str
        Stores, as :func:`graph.store.open_store` takes them.
    progress : callable, optional
        Told ``(stage, claims done, claims in all)``; stages are ``copying`` and ``verifying``.

    Raises
    ------
    StoreError
        The target holds a city, is the source, or does not say the same when it is read back (it stays marked then).
    """
    from graph.store import open_store

    say = progress or (lambda *_: None)
    opened = open_store(source)
    try:
        with cast("Copyable", opened).copied() as held:
            batches = opened.batches()
            sheets = held.sheets()
            state = _state(batches, held.count())
            with _receiving(target, state, batches, sheets) as receiver:
                resumed = _move(held, receiver, say)
                verified = _verify(opened, held, receiver, say)
                receiver.finish(opened.latest() if batches else None)
            return Copied(len(batches), held.count(), resumed, verified)
    finally:
        opened.close()


def _receiving(
    target: str, state: str, batches: Sequence[Batch], sheets: Sequence[Sheet]
) -> AbstractContextManager[Receiver]:
    if target == ":memory-model:":
        raise StoreError(
            "store :memory-model: keeps nothing; give a .db file or a server's address",
            "存储 :memory-model: 不保存数据；请给出 .db 文件或服务器地址",
        )
    if "://" in target:
        from graph.store import neo4j_copy

        return neo4j_copy.receiving(target, state, batches, sheets)
    from graph.store import sqlite_copy

    return sqlite_copy.receiving(target, state, batches, sheets)


def _state(batches: Sequence[Batch], count: int) -> str:
    """Return what tells whether a source is the one that a copy began with."""
    said = repr(([asdict(b) for b in batches], count))
    return hashlib.sha256(said.encode()).hexdigest()


def parts(source: Source, position: dict[str, int]) -> Iterator[Part]:
    """Yield all parts after a position, kind by kind."""
    for kind in load_schema().kinds:
        after = position.get(kind, 0)
        while (part := source.part(kind, after)).claims:
            yield part
            after = part.claims[-1][0]


def _move(held: Source, receiver: Receiver, say: Callable[[str, int, int | None], None]) -> int:
    done = resumed = receiver.source().count()
    total = held.count()
    for part in parts(held, dict(receiver.position)):
        receiver.take(part)
        done += len(part.claims)
        say("copying", done, total)
    return resumed


def _verify(
    opened: Store, held: Source, receiver: Receiver, say: Callable[[str, int, int | None], None]
) -> dict[int, str]:
    """Read everything back: all records, and the fingerprint at every date."""
    found = receiver.source()
    total, done = held.count(), 0
    same = found.count() == total and opened.batches() == receiver.store.batches()
    for part in parts(held, {}):
        before = part.claims[0][0] - 1
        same = same and found.part(part.kind, before) == part
        done += len(part.claims)
        say("verifying", done, total)
    out: dict[int, str] = {}
    for date in held.dates():
        out[date] = opened.fingerprint(date)
        same = same and receiver.store.fingerprint(date) == out[date]
    if not same:
        raise StoreError(
            f"store {receiver.store.url}: doesn't say what {opened.url} says and stays closed; copy into an empty one",
            f"存储 {receiver.store.url}：复制后与 {opened.url} 不一致，已停用；请复制到空的存储",
        )
    return out


def occupied(url: str) -> StoreError:
    """Return what to say where a target holds a city."""
    return StoreError(
        f"store {url}: holds a city already; copy into an empty one",
        f"存储 {url}：已有数据；请复制到空的存储",
    )


def unfinished(url: str) -> StoreError:
    """Return what to say of a store that a copy was cut off in."""
    return StoreError(
        f"store {url}: a copy into it was cut off; run the same lianjian copy again to finish it",
        f"存储 {url}：向其复制时中断；请再次运行同一条 lianjian copy 命令完成复制",
    )
