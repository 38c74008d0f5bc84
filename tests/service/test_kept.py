"""Costly answers are kept: for the same question of the same eyes, while the store is as it was, and never too many."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import kept as module
from api.kept import Kept, Question, Written
from api.latest import Latest, Pool
from graph.errors import InputError, ServiceError, StoreBusyError
from graph.store.base import Store
from viz.listing import json_chunks

ROLE = ("planner", "420106")


class Books:
    """A store as far as its imports go."""

    identity = "books"

    def __init__(self) -> None:
        self.number = 1

    def batches(self) -> list[int]:
        return list(range(self.number))


def ask(kept: Kept, store: Any, name: str = "survey", scope: Any = ROLE, items: int = 3) -> Any:
    """Ask, and return the object that is kept."""
    made: Store = store
    return kept.answer(
        made, Question(name, scope, (20160826,)), lambda: {"list": iter(range(items))}, ["list"]
    )[1]


@given(
    head=st.dictionaries(st.sampled_from("abc"), st.text() | st.none() | st.integers()),
    one=st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]))),
    two=st.lists(st.integers()),
    ends=st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_a_written_answer_is_what_the_command_line_prints(
    head: dict[str, Any], one: list[str], two: list[int], ends: tuple[int, int]
) -> None:
    """Whole it is the same object in the same order, and in part its lists are cut as if they were one."""
    payload = {**head, "one": one, "more": 1, "two": two}
    written = Written(payload | {"one": iter(one)}, ["one", "two"])
    try:
        text = b"".join(written.pieces()).decode()
        assert json.loads(text) == json.loads("".join(json_chunks(payload)))
        assert list(json.loads(text)) == list(payload)
        first, last = sorted(ends)
        cut = json.loads(b"".join(written.pieces(first, last, next="x")))
        assert cut.pop("next") == "x"
        assert cut.pop("one") + cut.pop("two") == [*one, *two][first:last]
        assert cut == {**head, "more": 1}
    finally:
        written.close()


def test_long_answers_stand_in_a_file_and_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit into memory is read from a file, piece by piece."""
    monkeypatch.setattr(module, "IN_MEMORY", 10)
    monkeypatch.setattr(module, "PIECE", 7)
    written = Written({"list": [f"第{n}" for n in range(500)]}, ["list"])
    assert json.loads(b"".join(written.pieces()))["list"] == [f"第{n}" for n in range(500)]
    assert json.loads(b"".join(written.pieces(490, 495)))["list"] == [
        f"第{n}" for n in range(490, 495)
    ]
    written.close()


def test_no_room_and_too_long_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is the machine's fault and 503, an endless list the question's."""

    class Full:
        def __init__(self, max_size: int) -> None:
            pass

        def write(self, _: bytes) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    monkeypatch.setattr(module, "LONGEST", 100)
    with pytest.raises(InputError, match="narrow"):
        Written({"list": iter(range(100))}, ["list"])
    monkeypatch.setattr(module, "SpooledTemporaryFile", Full)
    with pytest.raises(ServiceError, match="No space left"):
        Written({"list": [1]}, ["list"])


def test_an_answer_is_made_once_until_the_store_changes() -> None:
    """The same object comes again; after an import another one, and the old one is let go."""
    kept, store = Kept(), Books()
    first = ask(kept, store)
    assert ask(kept, store) is first
    store.number += 1
    assert ask(kept, store) is not first
    assert len(kept) == 1


def test_other_eyes_see_another_answer() -> None:
    """Role and jurisdiction are part of the question."""
    kept, store = Kept(), Books()
    answers = [
        ask(kept, store, scope=scope)
        for scope in (ROLE, ("planner", None), ("auditor", "420106"), ("planner", "420107"))
    ]
    assert len({id(a) for a in answers}) == 4


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 200)), max_size=40),
    st.integers(1, 4),
)
def test_no_more_are_kept_than_there_is_room_for(
    questions: list[tuple[str, int]], most: int
) -> None:
    """By number and by bytes; but the last one always is."""
    kept, store = Kept(most, 1_000), Books()
    for name, items in questions:
        ask(kept, store, name, items=items)
        assert 1 <= len(kept) <= most
        assert kept.size <= 1_000 or len(kept) == 1
        assert ask(kept, store, name) is ask(kept, store, name)
    kept.close()
    assert len(kept) == 0


def test_who_asks_the_same_meanwhile_waits_for_it() -> None:
    """Eight at once: made once, and nothing is left of the waiting."""
    kept, store, made = Kept(), Books(), []

    def make() -> dict[str, Any]:
        made.append(threading.get_ident())
        time.sleep(0.1)
        return {"list": [1]}

    question = Question("survey", ROLE)
    held: Any = store
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: kept.answer(held, question, make), range(8)))
    assert len(made) == 1
    assert len({id(a) for _, a in answers}) == 1
    assert kept.making == 0


def test_an_answer_that_fails_is_asked_again() -> None:
    """An error is nobody's answer but who asked."""
    kept, store = Kept(), Books()
    held: Any = store

    def fail() -> dict[str, Any]:
        raise InputError("no", "不")

    with pytest.raises(InputError):
        kept.answer(held, Question("survey", ROLE, (20160826,)), fail)
    assert kept.making == 0
    assert ask(kept, store).items == 3


def test_a_store_that_goes_on_changing_is_said() -> None:
    """What is read across two imports fits neither: it is made again, and given up in words."""
    kept, store, made = Kept(), Books(), []
    held: Any = store

    def make(until: int) -> dict[str, Any]:
        made.append(1)
        store.number += len(made) < until
        return {"list": [store.number]}

    state, written = kept.answer(held, Question("a", ROLE), lambda: make(3), ["list"])
    assert json.loads(b"".join(written.pieces()))["list"] == [store.number]
    assert state == module.state_of(held)
    with pytest.raises(StoreBusyError, match="ask again"):
        kept.answer(held, Question("b", ROLE), lambda: make(99), ["list"])


def test_what_shares_room_gives_it_to_what_was_asked_for_last() -> None:
    """Together they take no more; what was asked for longest ago goes, whosever it is; the last stays, whatever its size."""
    pool = Pool(100)
    some, others = (Latest[str, str](9, 1_000, lambda _: "", pool) for _ in range(2))
    some.keep("a", b"1", "a", 40)
    others.keep("b", b"1", "b", 40)
    assert some.held("a", b"1") == "a"  # asked for again: the other is older now
    some.keep("c", b"1", "c", 40)
    assert [some.held("a", b"1"), others.held("b", b"1"), some.held("c", b"1")] == ["a", None, "c"]
    others.keep("d", b"1", "d", 400)
    assert (len(some), len(others), pool.size) == (0, 1, 400)
