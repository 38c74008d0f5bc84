"""Answers that cost much to make, kept for a while: written once, given whole or in parts as often as asked.

A city at a date takes seconds to read where it is large. Its object is written item by item into a file without a name (in memory
while it is small), so that neither the whole nor its pages have to stand in memory, and a sequence of pages reads the store once.
"""

from __future__ import annotations

import hashlib
import json
import threading
import weakref
from array import array
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, TypeVar

from api.latest import Latest
from api.waiting import ChangedError
from graph.errors import InputError, ServiceError, StoreBusyError, in_chinese
from viz.listing import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from api.latest import Pool
    from graph.store.base import Store

IN_MEMORY = 1 << 20
"""Bytes of an answer's lists that stand in memory; longer ones stand in a file."""
LONGEST = 4 << 30
"""Bytes of an answer's lists at most."""
MOST, MOST_BYTES = 32, 2 << 30
"""Answers that are kept, and bytes of all of them together; the last one is kept whatever its size."""
PIECE = 1 << 18
"""Bytes that are read at a time."""
TRIES = 3
"""How often an answer is made again because the store changed meanwhile."""
_BETWEEN = b",\n"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom: answers to one are the same as long as the store is.

    Attributes
    ----------
    name : str
        The operation.
    scope : hashable
        Whose eyes see the answer: everything of who asks that it follows from.
    parameters : tuple
        Everything else that it follows from, the date resolved.
    """

    name: str
    scope: Hashable
    parameters: tuple[Hashable, ...] = ()

    @property
    def tag(self) -> bytes:
        """Eight bytes that another question hardly has."""
        return hashlib.sha256(repr((self.name, self.scope, self.parameters)).encode()).digest()[:8]


def state_of(store: Store) -> bytes:
    """Return eight bytes that change with every import and every one taken back: cheap, unlike a fingerprint of all claims.

    Of what a jurisdiction sees they follow from that alone: they stand in what is sent (a cursor, and the tag of its page), and an
    import beyond it must not be told by them.
    """
    return hashlib.sha256(repr((store.identity, store.batches())).encode()).digest()[:8]


def while_unchanged(store: Store, make: Callable[[], T], else_: StoreBusyError) -> tuple[bytes, T]:
    """Return what is made of a store by many statements, and the state that the store was in from the first to the last of them.

    Raises
    ------
    StoreBusyError
        The one given, where the store went on changing.
    """
    for _ in range(TRIES):
        state = state_of(store)
        made = make()
        if state_of(store) == state:
            return state, made
    raise else_


def as_it_stood(store: Store, make: Callable[[], T]) -> tuple[bytes, T]:
    """Return what an answer is made of, and the state of the store that all of it is of.

    Raises
    ------
    ChangedError
        The store went on changing.
    """
    busy = ChangedError(
        "the store went on changing while the answer was made; ask again when the import is done",
        "生成答案期间存储不断变化；请在导入完成后重试",
    )
    return while_unchanged(store, make, busy)


class Written:
    """One JSON object whose long lists are in a file.

    Parameters
    ----------
    payload : mapping
        As ``--json`` prints it.
    lists : sequence of str
        The values that are cut where the answer is given in parts, as far as the payload has them; read before all others.

    Raises
    ------
    InputError
        The lists are longer than :data:`LONGEST`.
    ServiceError
        There is no room for them.
    """

    def __init__(self, payload: Mapping[str, Any], lists: Sequence[str] = ()) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self.close = weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()
        self._begins = array("q", [0])
        self._lists: dict[str, tuple[int, int]] = {}
        self._names = list(payload)
        digest = hashlib.sha256()
        try:
            for name in lists:
                if name in payload:
                    first = self.items
                    for item in payload[name]:
                        self._add(_dump(item), digest.update)
                    self._lists[name] = (first, self.items)
        except OSError as error:
            raise ServiceError(
                f"no room for the answer among temporary files ({error.strerror}); make room, or narrow the question with in",
                f"临时文件夹空间不足，无法写下答案（{in_chinese(error)}）；请清理空间，或用 in 缩小范围",
            ) from None
        # totals may be counted while lists are read
        self._others = {n: _dump(payload[n]) for n in payload if n not in self._lists}
        for name in self._names:
            digest.update(repr((name, self._lists.get(name))).encode())
            digest.update(self._others.get(name, b""))
        self.tag = digest.hexdigest()[:32]

    def _add(self, text: bytes, seen: Callable[[bytes], None]) -> None:
        end = self._begins[-1] + len(text) + len(_BETWEEN)
        if end > LONGEST:
            raise InputError(
                "the answer is too long to be given; narrow the question with in",
                "答案过长，无法给出；请用 in 缩小范围",
            )
        self._file.write(text)
        self._file.write(_BETWEEN)
        seen(text)
        self._begins.append(end)

    @property
    def items(self) -> int:
        """How many items the lists have together."""
        return len(self._begins) - 1

    @property
    def size(self) -> int:
        """Bytes of the lists and of all else."""
        return self._begins[-1] + sum(map(len, self._others.values()))

    def pieces(self, first: int = 0, last: int | None = None, **more: Any) -> Iterator[bytes]:
        """Yield the object's text, of its lists only the items from ``first`` up to ``last``, counted through all of them.

        Parameters
        ----------
        more
            Further values, after the object's own.
        """
        last = self.items if last is None else min(last, self.items)
        before = b"{\n"
        for name in self._names:
            yield before + _dump(name) + b": "
            before = b",\n"
            if name in self._lists:
                begin, end = self._lists[name]
                yield b"[\n"
                yield from self._cut(max(first, begin), min(last, end))
                yield b"\n]"
            else:
                yield self._others[name]
        for name, value in more.items():
            yield before + _dump(name) + b": " + _dump(value)
        yield b"\n}\n"

    def item(self, at: int) -> Any:
        """Return one item, counted through all lists."""
        return json.loads(b"".join(self._cut(at, at + 1)))

    def _cut(self, first: int, last: int) -> Iterator[bytes]:
        """Yield some items as they stand in the file, without what follows the last."""
        if first >= last:
            return
        at, end = self._begins[first], self._begins[last] - len(_BETWEEN)
        while at < end:
            with self._lock:
                self._file.seek(at)
                piece: bytes = self._file.read(min(PIECE, end - at))
            at += len(piece)
            yield piece


class Kept:
    """The answers of one service that were asked for last.

    Parameters
    ----------
    most, most_bytes : int
        See :data:`MOST`.
    pool : Pool, optional
        Room shared with others.
    """

    def __init__(
        self, most: int = MOST, most_bytes: int = MOST_BYTES, pool: Pool | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._answers: Latest[Question, Written] = Latest(most, most_bytes, lambda q: q.scope, pool)
        self._making: dict[Question, threading.Lock] = {}

    def answer(
        self,
        store: Store,
        question: Question,
        make: Callable[[], Mapping[str, Any]],
        lists: Sequence[str] = (),
    ) -> tuple[bytes, Written]:
        """Return the store's state and the answer: the one that is kept, where the store has not changed since.

        Whoever asks the same while it is made waits for it.

        Raises
        ------
        StoreBusyError
            The store went on changing while the answer was made.
        InputError, ServiceError
            As :class:`Written`, and whatever ``make`` raises.
        """
        with self._lock:
            making = self._making.setdefault(question, threading.Lock())
        try:
            with making:
                state = state_of(store)
                held = self._answers.held(question, state)
                if held is not None:
                    return state, held
                state, made = self._made(store, make, lists)
                self._answers.keep(question, state, made, made.size)
                return state, made
        finally:
            with self._lock:
                self._making.pop(question, None)

    def object(
        self, store: Store, question: Question, make: Callable[[], Mapping[str, Any]]
    ) -> dict[str, Any]:
        """Return an answer that others rest on, as :meth:`answer` keeps it."""
        found: dict[str, Any] = json.loads(b"".join(self.answer(store, question, make)[1].pieces()))
        return found

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._answers)

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return self._answers.size

    @property
    def making(self) -> int:
        """How many are being made."""
        return len(self._making)

    def close(self) -> None:
        """Let go of all answers; those being given are finished first."""
        self._answers.close()

    @staticmethod
    def _made(
        store: Store, make: Callable[[], Mapping[str, Any]], lists: Sequence[str]
    ) -> tuple[bytes, Written]:
        """Make an answer while the store stays as it is: a city is read by many statements."""
        return as_it_stood(store, lambda: Written(make(), lists))


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=plain).encode()
