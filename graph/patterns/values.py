"""Columns of values as numbers, for conditions and orders over a million of them in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.patterns.language import Condition

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Codes = NDArray[np.int32]

FEW = 0.5
"""Texts are kept once each where there are at most so many different ones for each row."""
MANY, OFTEN = 100_000, 20_000
"""Texts from which on, and finds up to which, a part is looked for in all of them at once."""
_LAST = np.iinfo(np.int64).max


@dataclass(eq=False)
class Texts:
    """A column of texts, or of lists joined by ``;``.

    Attributes
    ----------
    values : pyarrow.Array
        The texts, each once where they repeat.
    codes : numpy.ndarray of int32 or None
        Positions in ``values``, −1 where unknown; ``None`` where ``values`` has a text a row.
    several : bool
        Whether they are lists.
    octets : bytes
        Of all texts of ``values``, where they were made one object with them; the same memory.
    """

    values: pa.Array
    codes: Codes | None
    several: bool = False
    octets: bytes = b""

    @classmethod
    def of(cls, column: NDArray[Any], *, several: bool = False) -> Texts:
        """Return an object array (``None`` unknown) as a column."""
        code, unique = pd.factorize(column)
        if len(unique) > FEW * len(column):
            array, octets = _with_octets(pa.array(column, pa.large_string()))
            return cls(array, None, several, octets)
        return cls(pa.array(unique, pa.large_string()), code.astype(np.int32), several)

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return int(self.values.nbytes) + (0 if self.codes is None else self.codes.nbytes)

    def where(self, condition: Condition) -> Bools:
        """Return of which rows a condition holds."""
        if condition.operator in ("known", "unknown"):
            known = ~self._spread(pc.is_null(self.values), unknown=True)
            return known if condition.operator == "known" else ~known
        return self._spread(pc.fill_null(self._fits(condition), False), unknown=False)

    def _spread(self, fits: Any, *, unknown: bool) -> Bools:
        found = np.asarray(fits.to_numpy(zero_copy_only=False), dtype=bool)
        return found if self.codes is None else np.append(found, unknown)[self.codes]

    def _fits(self, condition: Condition) -> Any:
        wanted = condition.values
        match condition.operator:
            case "contains":
                found = (
                    None if self.codes is not None else holding(self.values, self.octets, wanted[0])
                )
                return pc.match_substring(self.values, wanted[0]) if found is None else found
            case "=" | "in" if self.several:
                mark, none = (pa.scalar(text, pa.large_string()) for text in (";", ""))
                whole = pc.binary_join_element_wise(mark, self.values, mark, none)
                fits = [pc.match_substring(whole, f";{text};") for text in wanted]
                out = fits[0]
                for more in fits[1:]:
                    out = pc.or_(out, more)
                return out
            case "=":
                return pc.equal(self.values, wanted[0])
            case "!=":
                return pc.not_equal(self.values, wanted[0])
            case "in":
                some = pa.array(wanted, pa.large_string())
                # is_in calls an unknown value none of them, as it should
                return pc.is_in(self.values, value_set=some)
        raise ValueError(condition.operator)

    @cached_property
    def rank(self) -> Ints:
        """Each row's place in the order of code points, equal texts alike; the greatest number where unknown."""
        known = self.values.dictionary_encode() if self.codes is None else None
        unique = self.values if known is None else known.dictionary
        order = np.asarray(pc.sort_indices(unique))
        place = np.empty(len(unique) + 1, dtype=np.int64)
        place[order] = np.arange(len(unique))
        place[-1] = _LAST
        if known is None:
            return place[self.codes]
        codes: Ints = pc.fill_null(known.indices, -1).to_numpy(zero_copy_only=False)
        return np.asarray(place[codes])

    def take(self, rows: Ints) -> list[str | None]:
        """Return the values of some rows."""
        if self.codes is None:
            return list(self.values.take(pa.array(rows)).to_pylist())
        code = self.codes[rows]
        found = pa.array(code, mask=code < 0)
        return list(self.values.take(found).to_pylist())

    def few(self, most: int) -> list[tuple[str, int]]:
        """Return the texts that most rows have, and how many have them."""
        if self.codes is None:
            return []
        number = np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))
        first = np.argsort(-number, kind="stable")[:most]
        texts = self.values.take(pa.array(first)).to_pylist()
        return [(text, int(n)) for text, n in zip(texts, number[first], strict=True) if n]


@dataclass(eq=False)
class Numbers:
    """A column of numbers, dates (``yyyymmdd``) or truth values.

    Attributes
    ----------
    values : numpy.ndarray of float64, or of int8 for truth values
        NaN, or −1, where unknown.
    """

    values: NDArray[Any]
    type: str

    @classmethod
    def of(cls, column: pd.Series[Any] | NDArray[Any], type_: str) -> Numbers:
        """Return a column of a frame."""
        if type_ == "bool":
            if isinstance(column, np.ndarray):
                return cls(column.astype(np.int8), type_)
            found = column.to_numpy(dtype=float, na_value=-1.0)
            return cls(found.astype(np.int8), type_)
        if isinstance(column, np.ndarray):
            return cls(column.astype(np.float64), type_)
        return cls(column.to_numpy(dtype=float, na_value=np.nan), type_)

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return int(self.values.nbytes)

    @property
    def _unknown(self) -> Bools:
        return self.values < 0 if self.type == "bool" else np.isnan(self.values)

    def where(self, condition: Condition) -> Bools:
        """Return of which rows a condition holds; of what is unknown none but ``unknown`` does."""
        values, wanted = self.values, condition.values
        match condition.operator:
            case "known":
                return ~self._unknown
            case "unknown":
                return self._unknown
            case "=":
                return np.asarray(values == wanted[0])
            case "!=":
                return np.asarray((values != wanted[0]) & ~self._unknown)
            case "in":
                return np.isin(values, np.array(wanted, dtype=np.float64))
            case ">=":
                return np.asarray(values >= wanted[0])
            case "<=":
                return np.asarray(values <= wanted[0])
            case "between":
                return np.asarray((values >= wanted[0]) & (values <= wanted[1]))
        raise ValueError(condition.operator)

    @cached_property
    def rank(self) -> Ints:
        """Each row's place in the order of values, equal ones alike; the greatest number where unknown."""
        unknown = self._unknown
        out = np.full(len(self.values), _LAST, dtype=np.int64)
        _, out[~unknown] = np.unique(self.values[~unknown], return_inverse=True)
        return out

    def take(self, rows: Ints) -> list[Any]:
        """Return the values of some rows."""
        some = self.values[rows]
        plain = {"bool": bool, "float": float}.get(self.type, int)
        gone = some < 0 if self.type == "bool" else np.isnan(some)
        return [None if g else plain(v) for v, g in zip(some.tolist(), gone.tolist(), strict=True)]

    def few(self, most: int) -> list[tuple[str, int]]:
        """Return nothing: numbers are typed, not chosen."""
        del most
        return []


Column = Texts | Numbers


def _with_octets(texts: pa.Array) -> tuple[pa.Array, bytes]:
    """Return texts with their octets as one object, over which the array lies: searched without being copied each time."""
    known, offsets, data = texts.buffers()
    octets = data.to_pybytes() if data is not None else b""
    made = pa.Array.from_buffers(texts.type, len(texts), [known, offsets, pa.py_buffer(octets)])
    return made, octets


def holding(texts: pa.Array, octets: bytes, part: str) -> Any:
    """Return which of many texts hold a part, ``None`` where too many do: one search through all their octets, for what is rare.

    It takes a fifth of the time that comparing text by text does; names are looked for far more often than words of all names.
    """
    if len(texts) < MANY or not octets:
        return None
    begins = np.frombuffer(texts.buffers()[1], dtype=np.int64)[: len(texts) + 1]
    wanted = part.encode()
    at: list[int] = []
    place = octets.find(wanted)
    while place >= 0:
        at.append(place)
        # so many of so much: there will be too many
        if len(at) % 500 == 0 and len(at) * len(octets) > OFTEN * place:
            return None
        place = octets.find(wanted, place + 1)
    hits = np.array(at, dtype=np.int64)
    rows = np.searchsorted(begins, hits, side="right") - 1
    # what begins in one text may end in the next
    rows = rows[hits + len(wanted) <= begins[rows + 1]]
    found = np.zeros(len(texts), dtype=bool)
    found[rows] = True
    return pa.array(found)


def first(rank: Ints, rows: Ints, *, descending: bool, number: int) -> Ints:
    """Return the first so many of some rows in an order: unknown ones last either way, equal ones as they stand.

    Only those are sorted.
    """
    key = rank[rows]
    if descending:
        key = np.where(key == _LAST, _LAST, -key)
    if number < len(rows):
        # all that could be among the first, ties at the border included
        border = np.partition(key, number - 1)[number - 1] if number else -_LAST
        some = np.flatnonzero(key <= border)
        if number and border == _LAST:
            some = np.r_[np.flatnonzero(key < _LAST), np.flatnonzero(key == _LAST)[:number]]
        key, rows = key[some], rows[some]
    order = np.argsort(key, kind="stable")[:number]
    return rows[order]
