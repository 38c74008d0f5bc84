"""Cells to values, column by column: each distinct text is read once, faults come as masks.

A parser takes the distinct texts of a column (:class:`Texts`) and gives one value, fault and note for each (:class:`Values`);
:meth:`Coded.expand` spreads them over the rows. Types are the reader's: 1 text, 2 number, 3 date, 4 bool, 5 error; 0 unknown (CSV).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loaders.faults import NOTE_BITS, NUMBER
from loaders.privacy import SUSPECT, mask

if TYPE_CHECKING:
    import pyarrow as pa

    from loaders.canonical import Column

TEXT, NUMBER_TYPE, DATE, BOOL, ERROR = 1, 2, 3, 4, 5

BLANKS = frozenset(
    [
        "无",
        "/",
        "—",
        "-",
        "―—",
        "——",
        "--",
        "―",
        "–",
        "－",
        "／",
        "\\",
        "＼",
        "暂无",
        "空白",
        "N/A",
        "n/a",
        "NULL",
        "null",
        "NaN",
        "nan",
        "None",
        "无。",
        "(无)",
        "（无）",
        "//",
        "———",
    ]
)
"""What stands for an empty cell (LEDGERS, and what such sheets hold beside it)."""

MAX_CODE, MAX_NAME, MAX_TEXT = 400, 1000, 30000
_SPLIT = re.compile(r"[;；、\r\n]+")
_WIDE_ALNUM = {0xFF10 + i: 0x30 + i for i in range(10)}
_WIDE_ALNUM |= {0xFF21 + i: 0x41 + i for i in range(26)} | {0xFF41 + i: 0x61 + i for i in range(26)}
_WIDE_ALNUM |= {0x3000: 0x20, 0xA0: 0x20, 0x200B: None, 0xFEFF: None}  # type: ignore[dict-item]
_NEEDS_CARE = r"[\s０-９Ａ-Ｚａ-ｚ　\x{200B}\x{FEFF}\x{00A0}]"
# between Chinese characters or punctuation a space means nothing; between words of other scripts it does
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2014-\u2026\U00020000-\U0003134f]"
_INNER_SPACE = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
_SPACES = re.compile(r"\s+")
_ERRORS = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|GETTING_DATA|SPILL!|CALC!)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What cells are checked against: the day of the import, the profile's values, what a mapping says of a column.

    ``extent`` is in WGS84. ``any_scheme``: organizations have other codes than GB 32100; ``width``: digits of a code that
    was typed as a number.
    """

    today: int
    extent: tuple[float, float, float, float]
    datum: str = "GCJ-02"
    edition: str = "2011"
    any_scheme: bool = False
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts of one column with their types (all 0 where the file tells none)."""

    texts: pa.Array
    types: NDArray[Any]

    def __len__(self) -> int:
        """Return the number of distinct texts."""
        return len(self.types)

    def matching(self, pattern: str) -> NDArray[Any]:
        """Return which texts hold a match (RE2: linear, whatever the text)."""
        import pyarrow.compute as pc

        if not len(self):
            return np.zeros(0, dtype=bool)
        return np.asarray(
            pc.match_substring_regex(self.texts, pattern).to_numpy(zero_copy_only=False)
        )

    def objects(self) -> NDArray[Any]:
        """Return the texts as an object array of ``str``."""
        out = np.empty(len(self), dtype=object)
        out[:] = self.texts.to_pylist()
        return out


@dataclass(slots=True)
class Values:
    """What distinct texts mean: value (``None`` or NaN: empty), fault number, note bits, details for the fault's words."""

    values: NDArray[Any]
    fault: NDArray[Any]
    note: NDArray[Any]
    detail: dict[int, str] = field(default_factory=dict)
    person: NDArray[Any] | None = None
    """Codes of individual businesses, kept apart until the row's line is known."""

    @classmethod
    def empty(cls, n: int, dtype: Any = object) -> Values:
        """Return ``n`` empty values without faults."""
        fill = None if dtype is object else np.nan
        return cls(
            np.full(n, fill, dtype=dtype), np.zeros(n, dtype=np.int16), np.zeros(n, dtype=np.int16)
        )


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as distinct texts and the position of each row's text among them (−1: empty)."""

    unique: Texts
    codes: NDArray[Any]

    @classmethod
    def of(cls, texts: pa.Array, types: NDArray[Any] | None = None) -> Coded:
        """Factorize a column; one text with two types stands twice."""
        import pyarrow as pa

        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        encoded = texts.dictionary_encode()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        if types is None:
            return cls(Texts(encoded.dictionary, np.zeros(len(encoded.dictionary), np.int8)), codes)
        pair = np.where(codes < 0, -1, codes * 8 + types)
        pairs, where = np.unique(pair, return_inverse=True)
        empty = int(len(pairs) > 0 and pairs[0] < 0)
        pairs = pairs[empty:]
        unique = encoded.dictionary.take(pa.array(pairs // 8))
        return cls(Texts(unique, (pairs % 8).astype(np.int8)), where.astype(np.int64) - empty)

    def expand(self, values: NDArray[Any]) -> NDArray[Any]:
        """Spread one value a distinct text over the rows; empty cells give ``None``, NaN, 0 or False."""
        fill: Any = {"O": None, "f": np.nan, "b": False}.get(values.dtype.kind, 0)
        padded = np.append(values, np.array([fill], dtype=values.dtype))
        return np.asarray(padded[self.codes])


Parser = Callable[[Texts, "Column", Settings], Values]


# -- shared --------------------------------------------------------------------------------------------------------


def tidy(text: str) -> str:
    """Return a text with half-width letters and digits, and without needless white space."""
    # runs of white space first: what follows then looks at one space at a time, and stays linear
    return _INNER_SPACE.sub("", _SPACES.sub(" ", text.translate(_WIDE_ALNUM))).strip()


def plain(text: str) -> str:
    """Return NFKC without any white space: for numbers, dates and choices."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


def is_blank(text: str) -> bool:
    """Say whether a text stands for an empty cell."""
    stripped = text.strip()
    return not stripped or stripped in BLANKS


def has_error(text: str, type_: int) -> bool:
    """Say whether a cell holds a formula's error instead of a value."""
    return type_ == ERROR or (text.startswith("#") and _ERRORS.fullmatch(text.strip()) is not None)


def split_list(text: str) -> list[str]:
    """Return the parts of a multi-valued cell, in order, without repeats and blanks."""
    parts = (p.strip() for p in _SPLIT.split(text))
    return list(dict.fromkeys(p for p in parts if not is_blank(p)))


def each(
    texts: Texts,
    read: Callable[[str, int], Any],
    dtype: Any = object,
) -> Values:
    """Read each distinct text by a function; a :class:`Bad` that it raises becomes the fault."""
    out = Values.empty(len(texts), dtype)
    for i, (text, type_) in enumerate(
        zip(texts.texts.to_pylist(), texts.types.tolist(), strict=True)
    ):
        if is_blank(text):
            continue
        if has_error(text, type_):
            out.fault[i] = NUMBER["error_cell"]
            continue
        try:
            value = read(text, type_)
        except Bad as bad:
            out.fault[i] = NUMBER[bad.code]
            if bad.detail is not None:
                out.detail[i] = bad.detail
            continue
        if isinstance(value, Noted):
            for note in value.notes:
                out.note[i] |= NOTE_BITS[note]
            value = value.value
        if value is not None:
            out.values[i] = value
    return out


class Bad(Exception):  # noqa: N818 - not an error of the program: a cell's
    """A cell can't be read; ``code`` is one of :data:`loaders.faults.FAULTS`."""

    def __init__(self, code: str, detail: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Noted:
    """A value, of whose cell something was left behind."""

    value: Any
    notes: Iterable[str]


# -- texts ---------------------------------------------------------------------------------------------------------


def _texts(texts: Texts, limit: int) -> Values:
    """Tidy texts and cut numbers of persons out; only texts that need it are touched one by one."""
    import pyarrow.compute as pc

    out = Values.empty(len(texts))
    if not len(texts):
        return out
    out.values = texts.objects()
    care = texts.matching(_NEEDS_CARE)
    for i in np.flatnonzero(care):
        out.values[i] = tidy(out.values[i])
    short = np.asarray(pc.utf8_length(texts.texts).to_numpy(zero_copy_only=False))
    for i in np.flatnonzero((short <= 4) | care):
        if is_blank(out.values[i]):
            out.values[i] = None
    for i in np.flatnonzero(texts.matching(SUSPECT)):
        if out.values[i] is not None:
            out.values[i], found = mask(out.values[i])
            for note in found:
                out.note[i] |= NOTE_BITS[note]
    out.fault[short > limit] = NUMBER["too_long"]
    errors = texts.types == ERROR
    errors |= texts.matching(r"^\s*#[A-Z/0]+[!?A]\s*$")
    out.fault[errors] = NUMBER["error_cell"]
    out.values[out.fault > 0] = None
    return out


def text(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read free text."""
    return _texts(texts, MAX_TEXT)


def name(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read a name of an organization, unit or place."""
    return _texts(texts, MAX_NAME)
