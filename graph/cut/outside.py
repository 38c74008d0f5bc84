"""Stubs: what stands where a row names something outside the area of whoever asks.

A stub says that there is a link, and of whom: of the entity that the row is about. It has no code, name or number of what lies
beyond, two links to the same thing have two stubs, and nothing can be asked of one. A superior's keeps one bit: whether its chain
reaches a root.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

MARK = "outside:"
_ROOTED = "outside:root:"
_STUB = re.compile(r"outside:[^\s,;，；、（）()]+")


def stub(own: str, prop: str, number: int, *, rooted: bool = False) -> str:
    """Return the stub of an entity's link by a property, the so-manieth of that property."""
    return f"{_ROOTED if rooted else MARK}{own}/{prop}/{number}"


def shown(text: str, lang: str) -> str:
    """Return a text with words for the stubs in it."""
    return _STUB.sub("辖区外" if lang == "zh" else "(outside your area)", text)


def is_stub(code: object) -> bool:
    """Say whether a code is a stub."""
    return isinstance(code, str) and code.startswith(MARK)


def stubs(codes: Iterable[Any]) -> Bools:
    """Say of each code whether it is a stub."""
    return np.fromiter((is_stub(code) for code in codes), dtype=bool)


def rooted(codes: Iterable[Any]) -> Bools:
    """Say of each code whether it is a superior's stub whose chain reaches a root."""
    return np.fromiter(
        (isinstance(code, str) and code.startswith(_ROOTED) for code in codes), dtype=bool
    )
