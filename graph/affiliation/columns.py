"""Columns of frames as numpy arrays with one spelling of unknown: ``None`` in texts, NaN in numbers, false in truth values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Texts = NDArray[np.object_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def texts(values: pd.Series[Any]) -> Texts:
    """Return a column as an object array of its own, ``None`` where unknown."""
    out = np.array(values, dtype=object)
    out[pd.isna(out)] = None
    return out


def known(values: Texts) -> Bools:
    """Return where an object array says something."""
    return np.asarray(~pd.isna(values), dtype=bool)


def filled(values: pd.Series[Any]) -> Bools:
    """Return where a text column says something other than white space."""
    return np.asarray(values.notna() & values.astype(str).str.strip().ne(""), dtype=bool)


def mask(values: pd.Series[Any]) -> Bools:
    """Return a column of truth values, unknown ones as false."""
    return np.asarray(values.fillna(False), dtype=bool)


def numbers(values: pd.Series[Any]) -> Floats:
    """Return a column of numbers, NaN where unknown."""
    return np.asarray(values.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)


def positions(index: pd.Index[Any], values: Iterable[Any]) -> Ints:
    """Return where values stand in an index, -1 where they don't."""
    wanted = pd.Index(
        np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=object)
    )
    return np.asarray(index.get_indexer(wanted), dtype=np.int64)


def among(values: Texts, some: Iterable[str]) -> Bools:
    """Return where an object array holds one of some texts."""
    return np.asarray(pd.Index(values).isin(list(some)), dtype=bool)


def codes(values: pd.Series[Any]) -> Ints:
    """Return a column of texts as numbers of equal texts, -1 where unknown."""
    return np.asarray(pd.factorize(texts(values))[0], dtype=np.int64)
