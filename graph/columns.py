"""Columns of frames as numpy arrays with one spelling of unknown: ``None`` in texts, NaN in numbers, false in truth values."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Texts = NDArray[Any]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def texts(values: pd.Series[Any]) -> Texts:
    """Return a column as an object array, ``None`` where unknown."""
    out = np.array(values, dtype=object)
    out[pd.isna(out)] = None
    return out


def is_known(values: Texts) -> Bools:
    """Return where an object array says something."""
    return np.asarray(pd.notna(values), dtype=bool)


def column(values: Texts, index: pd.Index[Any]) -> pd.Series[Any]:
    """Return an object array as a column that stays one (pandas would make it a column of strings)."""
    return pd.Series(values, index=index, dtype=object)


def lookup(table: pd.Series[Any], keys: Texts) -> Texts:
    """Return a table's values (object) for keys, ``None`` where it has none."""
    at = table.index.get_indexer(pd.Index(keys, dtype=object))
    return np.asarray(padded(texts(table))[at], dtype=object)


def only(where: Bools, values: Texts) -> Texts:
    """Return an object array with ``None`` where a condition does not hold."""
    out = values.copy()
    out[~where] = None
    return out


def first(*candidates: Texts) -> Texts:
    """Return, row by row, the first of several that is known."""
    out = candidates[0].copy()
    for other in candidates[1:]:
        blank = ~is_known(out)
        if not blank.any():
            break
        out[blank] = other[blank]
    return out


def shared(values: Iterable[Any]) -> Texts:
    """Return a column of texts in which equal ones are one object: a city's columns repeat a few words a million times."""
    code, unique = pd.factorize(np.asarray(values, dtype=object))
    return np.asarray(padded(unique)[code], dtype=object)


def padded(values: Iterable[Any]) -> Texts:
    """Return an object array with ``None`` behind it, which position −1 (not found) then gives."""
    return np.array([*values, None], dtype=object)


def filled(values: pd.Series[Any]) -> Bools:
    """Return where a text column says something other than white space."""
    code, unique = pd.factorize(texts(values))
    says = np.array([*(bool(str(text).strip()) for text in unique), False], dtype=bool)
    return np.asarray(says[code], dtype=bool)


def mask(values: pd.Series[Any]) -> Bools:
    """Return a column of truth values, unknown ones as false."""
    # a column in which nothing is known may be one of floats
    return np.asarray(values.eq(True).fillna(False), dtype=bool)


def numbers(values: pd.Series[Any]) -> Floats:
    """Return a column of numbers, NaN where unknown."""
    return np.asarray(values.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)


def day(date: float) -> str | None:
    """Return a date of :func:`numbers` as ISO 8601 text, ``None`` where it is unknown."""
    return None if np.isnan(date) else iso(int(date))


def positions(index: pd.Index[Any], values: Iterable[Any]) -> Ints:
    """Return where values stand in an index, -1 where they don't."""
    wanted = pd.Index(
        np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=object)
    )
    return np.asarray(index.get_indexer(wanted), dtype=np.int64)


def among(values: Texts, some: Iterable[str]) -> Bools:
    """Return where an object array holds one of some texts."""
    if isinstance(some, Set | Mapping) and len(some) > len(values):
        # asked value by value: an index of a large set takes longer to make than a few look-ups
        return np.fromiter((value in some for value in values), dtype=bool, count=len(values))
    return np.asarray(pd.Index(values).isin(list(some)), dtype=bool)


def codes(values: pd.Series[Any]) -> Ints:
    """Return a column of texts as numbers of equal texts, -1 where unknown."""
    return np.asarray(pd.factorize(texts(values))[0], dtype=np.int64)
