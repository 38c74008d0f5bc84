"""The words that names are found by in the embedded store, as numbers, and which names have them, as bitmaps.

Names are taken apart into characters and pairs of neighbouring ones, between a mark of beginning and one of end; their pinyin and
initials into threes; keys and codes are one word each. Bitmaps are compressed (Lemire, Kaser, Kurz and others, *Roaring bitmaps:
implementation of an optimized software library*, Software: Practice and Experience 48(4), 2018).
"""

from __future__ import annotations

from array import array
from itertools import islice
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

Row = tuple[int, str, str, str, str, str]
"""A name as it is written: its claim, key, code, the name, its pinyin and initials."""
Words = tuple[int, ...]
"""Words that all have to be in a name."""

SEGMENT = 1 << 16
"""Names that bitmaps tell of together."""
BITS = 44
"""A word's number is below two to this power."""
MOST = 32
"""So many words of a text are asked for: a longer text is told by looking at what has these."""
BEGIN, END = "\ue000", "\ue001"
"""Marks of beginning and end."""
LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
"""What pinyin and initials are looked for by."""

_HEADER, _COUNT, _DENSE = (12346, 0, 1, 0, 0, 0, 16, 0), 5, 4096
"""What a small bitmap begins with, in pairs of octets; which of them is its number of values less one; so many values at most."""

_LOST = 0xFFFD
_SPELLING = "".join(sorted(LETTERS))
_OTHER, _FILL = len(_SPELLING) + 1, len(_SPELLING) + 2
"""What is no letter or digit is one sign among threes; another fills up the last: so what begins with two letters can be listed."""
_SPELLED, _CODE = 1 << 42, 2 << 42
"""Above two characters of 21 bits each stands what sort of word it is."""
GONE = 3 << 42
"""No word: which names of a segment are no more."""


def indexed(rows: Sequence[Row]) -> Iterator[tuple[int, bytes]]:
    """Yield the words of a segment's names, in order, each with the places of the names that have it, as a bitmap."""
    import numpy as np

    codes = np.array([[coded(r[1].lower()), coded(r[2])] for r in rows], dtype=np.uint64)
    places = np.arange(len(rows), dtype=np.uint64)
    _, _, _, names, pinyin, initials = zip(*rows, strict=True)
    parts = [
        (codes[:, 0], places),
        (codes[:, 1], places),
        *_held(names),
        _threes(pinyin),
        _threes(initials),
    ]
    # one number each, so that one sort brings together what belongs together: the word, and which name has it
    found = np.concatenate([(word << np.uint64(16)) | place for word, place in parts])
    found.sort()
    found = found[np.r_[True, found[1:] != found[:-1]]]
    word = found >> np.uint64(16)
    starts = np.flatnonzero(np.r_[True, word[1:] != word[:-1]])
    yield from zip(word[starts].tolist(), _bitmaps(found, starts), strict=True)


def _bitmaps(found: NDArray[np.uint64], starts: NDArray[np.int64]) -> Iterator[bytes]:
    """Yield the bitmap of each word's names, as its library keeps it.

    Most words have a few names of a segment: such bitmaps are written here, all at once (*Roaring bitmap format specification*: the
    cookie, one container, its key, its number of values less one, where they begin, the values).
    """
    import numpy as np
    from pyroaring import BitMap

    counts = np.diff(starts, append=len(found))
    header = len(_HEADER)
    begins = starts + header * np.arange(len(starts))
    out = np.empty(len(found) + header * len(starts), dtype="<u2")
    for i, value in enumerate(_HEADER):
        out[begins + i] = value
    out[begins + _COUNT] = np.minimum(counts, _DENSE) - 1
    out[np.arange(len(found)) + header * np.repeat(np.arange(1, len(starts) + 1), counts)] = (
        found & np.uint64(0xFFFF)
    )
    written = memoryview(out.tobytes())
    ends = 2 * (begins + header + counts)
    for start, end in zip((2 * begins).tolist(), ends.tolist(), strict=True):
        one = written[start:end]
        if len(one) <= 2 * (header + _DENSE):
            yield bytes(one)
        else:
            many = np.frombuffer(one, dtype="<u2", offset=2 * header).astype(np.uint32)
            yield BitMap(array("I", many.tobytes())).serialize()


def _held(names: Sequence[str]) -> list[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
    """Return the characters and the pairs of each name, with its place."""
    import numpy as np

    # one long text: its characters are moved all at once
    signs = _signs(BEGIN + f"{END}{BEGIN}".join(map(plain, names)) + END)
    place = np.cumsum(signs == ord(BEGIN)).astype(np.uint64) - np.uint64(1)
    own, more = (signs != ord(BEGIN)) & (signs != ord(END)), signs != ord(END)
    first = signs << np.uint64(21)
    pair = first[:-1] | signs[1:]
    return [(first[own], place[own]), (pair[more[:-1]], place[:-1][more[:-1]])]


def _threes(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the threes of each text of pinyin or initials, with its place."""
    import numpy as np

    signs = _signs("".join(f"{plain(text)}{END}{END}" for text in texts))
    over = signs == ord(END)
    place = (np.cumsum(over) // 2).astype(np.uint64)
    letter = np.full(0x80, _OTHER, dtype=np.uint64)
    letter[[ord(c) for c in _SPELLING]] = np.arange(1, len(_SPELLING) + 1)
    signs = np.where(signs < 0x80, letter[np.minimum(signs, 0x7F)], np.uint64(_OTHER))
    signs[over] = _FILL
    word = (signs[:-2] << np.uint64(12)) | (signs[1:-1] << np.uint64(6)) | signs[2:]
    own = ~over[:-2]
    return word[own] | np.uint64(_SPELLED), place[:-2][own]


def _signs(text: str) -> NDArray[np.uint64]:
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)


def plain(text: str) -> str:
    """Return a text without the index's own signs."""
    if "\0" in text or BEGIN in text or END in text:
        return text.translate({0: _LOST, ord(BEGIN): _LOST, ord(END): _LOST})
    return text


def coded(text: str) -> int:
    """Return the word that a key or a code stands under: others may have the same, which looking at them tells."""
    return _CODE | crc32(text.encode(errors="replace"))


def _spelled(text: str) -> int:
    """Return the word of three letters."""
    word = 0
    for c in text:
        word = word << 6 | (_FILL if c == END else _SPELLING.find(c) + 1 or _OTHER)
    return _SPELLED | word


def _pair(text: str) -> int:
    """Return the word of one or two characters."""
    first, *second = (ord(c) for c in text)
    return first << 21 | (second[0] if second else 0)


def held(text: str) -> Words:
    """Return the words of names that hold a text, as :func:`plain` gives it, or more; it may have marks."""
    return _distinct(_pair(text[i : i + 2]) for i in range(max(1, len(text) - 1)))


def spelled(text: str) -> Words | range | None:
    """Return those of pinyin and initials; nothing where only names can hold it, ``None`` where as good as all may."""
    if LETTERS.isdisjoint(text):
        return ()  # what is not spelled stands in the name itself
    if len(text) == 1:
        return None
    if len(text) == 2:
        first = _spelled(text + _SPELLING[0]) - 1
        return range(first, first + _FILL + 1)
    return _distinct(_spelled(text[i : i + 3]) for i in range(len(text) - 2))


def _distinct(words: Iterable[int]) -> Words:
    return tuple(islice(dict.fromkeys(words), MOST))
