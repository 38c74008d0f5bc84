"""What is wrong with a request's parameters: where it is, in the names that who sent them gave, and text that is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fastapi import Request

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fastapi.exceptions import RequestValidationError

    Step = str | int

NAMED, SHOWN = 8, 40
"""Places that are named of all that are wrong, and characters of a key that who sent it chose."""
BODY = {"en": "the body", "zh": "请求体"}
_HALF = re.compile("[\ud800-\udfff]")


class UnreadableError(InputError):
    """A parameter has text that is none."""


async def readable(request: Request) -> None:
    """Refuse a JSON body that has text which is none: a dependency of every operation, before any of it is looked at.

    Raises
    ------
    UnreadableError
        It can't be written as UTF-8, so that no store, file or answer would take it.
    """
    # what the framework has read by now; to ask for a body here would hold uploads in memory
    refuse_halves(getattr(request, "_json", None))


def refuse_halves(value: Any, *within: Step) -> None:
    """Refuse half of a surrogate pair anywhere in parsed JSON, keys too: JSON's escapes can write it, UTF-8 can't.

    Parameters
    ----------
    value : Any
    within : str or int
        Where it stands.

    Raises
    ------
    UnreadableError
        There is one; says where.
    """
    # no recursion: who sent it chose how deep it is; a place is put together only where it is told
    waiting: list[tuple[Any, Any]] = [((), value)]
    while waiting:
        at, one = waiting.pop()
        if isinstance(one, str):
            if _HALF.search(one):
                raise _half(within, at)
        elif isinstance(one, list):
            waiting.extend(((at, n), part) for n, part in enumerate(one))
        elif isinstance(one, dict):
            for key, part in one.items():
                if _HALF.search(key):
                    raise _half(within, (at, key))
                waiting.append(((at, key), part))


def _half(within: Sequence[Step], at: Any) -> UnreadableError:
    steps: list[Step] = []
    while at:
        at, step = at
        steps.append(step)
    steps = [*within, *reversed(steps)]
    return UnreadableError(
        f"{place(steps, 'en')}: has half of a surrogate pair, which is no character; send whole characters",
        f"{place(steps, 'zh')}：含有半个代理对，不是字符；请发送完整的字符",
    )


def place(steps: Sequence[Step], lang: str) -> str:
    """Return how a place in a body is written: ``pins[0][1]``, ``set.radius``; the body itself where there are no steps."""
    if not steps:
        return BODY[lang]
    first, *rest = steps
    start = f"[{first}]" if isinstance(first, int) else _key(first)
    return start + "".join(f"[{s}]" if isinstance(s, int) else f".{_key(s)}" for s in rest)


def _key(text: str) -> str:
    shown = text.encode("utf-8", "backslashreplace").decode()
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def places(request: Request, error: RequestValidationError, lang: str) -> str:
    """Return what parameters are wrong, each once, and only the first ones of very many."""
    found: Iterable[Sequence[Step]] = (_steps(request, error, one) for one in error.errors())
    names = list(dict.fromkeys(place(steps, lang) for steps in found))
    shown = names[:NAMED] + (["…"] if len(names) > NAMED else [])
    return ("、" if lang == "zh" else ", ").join(shown)


def _steps(request: Request, error: RequestValidationError, one: Any) -> list[Step]:
    """Return where an error is.

    The framework's own word has more in it: which type of several it tried last, and where JSON that is none breaks off.
    """
    source, *said = one["loc"]
    missing = one["type"] == "missing"
    if source != "body":
        name, *rest = said
        several = source == "query" and len(request.query_params.getlist(name)) > 1
        return [name, *(s for s in rest if isinstance(s, int) and several)]
    found: list[Step] = []
    here = error.body
    for n, step in enumerate(said):
        if isinstance(step, int):
            if isinstance(here, list) and step < len(here):
                here = here[step]
                found.append(step)
        elif isinstance(here, dict) and step in here:
            here = here[step]
            found.append(step)
        elif n == 0 or (missing and n == len(said) - 1):
            found.append(step)
    return found
