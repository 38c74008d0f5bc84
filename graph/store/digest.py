"""Digests of rows, a column at a time: 64 bits that tell equal rows, the same on every machine and in every version.

A value's digest is that of its column's name and its bytes; a row's digest is the sum of its known values' (modulo 2^64), so
unknown columns need no looking at and the order of columns does not matter. Text is hashed multilinearly (Lemire & Kaser,
*Strongly universal string hashing is fast*, 2013): the sum of each byte, plus one, times a fixed random word for its place.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from graph.schema import Property

    Words = NDArray[np.uint64]

CHUNK = 65_536
"""Texts hashed at a time: their bytes take 24 times their room on the way."""


def mixed(words: Words) -> Words:
    """Return words whose bits all depend on all bits of the former (splitmix64)."""
    out = words + np.uint64(0x9E3779B97F4A7C15)
    out = (out ^ (out >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    out = (out ^ (out >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return out ^ (out >> np.uint64(31))


def seed(name: str) -> np.uint64:
    """Return the word that stands for a name."""
    return np.uint64(
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    )


def of_texts(texts: Sequence[str | None]) -> Words:
    """Return the hash of each text before mixing; zero for ``None``."""
    import pyarrow as pa

    out = np.zeros(len(texts), dtype=np.uint64)
    for start in range(0, len(texts), CHUNK):
        array = pa.array(texts[start : start + CHUNK], pa.large_string(), from_pandas=True)
        _, bounds, data = array.buffers()
        offsets = np.frombuffer(bounds, dtype=np.int64)[: len(array) + 1]
        if data is None or offsets[-1] == 0:
            continue
        lengths = np.diff(offsets)
        place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
        keys = mixed(np.arange(int(lengths.max()), dtype=np.uint64))
        octets = np.frombuffer(data, dtype=np.uint8, count=int(offsets[-1])).astype(np.uint64)
        octets += np.uint64(1)
        octets *= keys[place]
        some = lengths > 0
        sums = np.add.reduceat(octets, offsets[:-1][some])
        part = out[start : start + len(array)]
        part[some] = sums
    return out


def of_values(name: str, type_: str, values: Any, known: NDArray[np.bool_]) -> Words:
    """Return each value's part in its row's digest: zero where it is unknown."""
    if type_ == "float":
        numbers = np.where(known, values, 0.0).astype(np.float64) + 0.0  # no negative zero
        words: Words = numbers.view(np.uint64)
    elif type_ in ("int", "date", "bool"):
        words = np.where(known, values, 0).astype(np.int64).view(np.uint64)
    else:
        words = of_texts(values)
    return np.where(known, mixed(words ^ seed(name)), np.uint64(0))


def columns(
    frame: pd.DataFrame, properties: Mapping[str, Property]
) -> tuple[dict[str, list[Any]], Words]:
    """Return the frame's known properties as lists of what SQLite takes, and each row's digest.

    Every spelling of unknown (``None``, ``NA``, ``NaN``, empty text) becomes ``None``; columns with nothing known are left out.
    """
    out: dict[str, list[Any]] = {}
    total = np.zeros(len(frame), dtype=np.uint64)
    for name, p in properties.items():
        if name not in frame.columns:
            continue
        column = frame[name]
        plain: list[Any]
        if p.type in ("text", "list"):
            texts, index = _distinct(column)
            known = np.array([t is not None for t in texts])
            if not known.any():
                continue
            total += of_values(name, p.type, texts, known)[index]
            plain = np.array(texts, dtype=object)[index].tolist()
        else:
            known = column.notna().to_numpy(dtype=bool, copy=True)
            if column.dtype == object:
                known &= np.array([v != "" for v in column], dtype=bool)
            if not known.any():
                continue
            kind = np.float64 if p.type == "float" else np.int64
            numbers = np.zeros(len(frame), dtype=kind)
            numbers[known] = column[known].to_numpy().astype(kind)
            total += of_values(name, p.type, numbers, known)
            plain = numbers.tolist()
            if not known.all():
                plain = [v if k else None for v, k in zip(plain, known.tolist(), strict=True)]
        out[name] = plain
    return out, total


def _distinct(column: pd.Series[Any]) -> tuple[list[str | None], NDArray[np.int64]]:
    """Return a column's distinct texts (unknown ones ``None``) and each row's place among them."""
    import pyarrow as pa

    try:
        found = pa.array(column, from_pandas=True)
        if isinstance(found, pa.ChunkedArray):
            found = found.combine_chunks()
        if pa.types.is_null(found.type):
            return [None], np.zeros(len(column), dtype=np.int64)
        if not (pa.types.is_string(found.type) or pa.types.is_large_string(found.type)):
            raise pa.ArrowInvalid
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # other things than texts
        known = column.notna()
        found = pa.array(
            [str(v) if k else None for v, k in zip(column, known, strict=True)], pa.large_string()
        )
    coded = found.dictionary_encode()
    texts = [t or None for t in coded.dictionary.to_pylist()]
    return [*texts, None], coded.indices.fill_null(len(texts)).to_numpy()


def signed(words: Words) -> list[int]:
    """Return words as SQLite keeps them."""
    found: list[int] = words.view(np.int64).tolist()
    return found


def of_rows(
    kind: str, keys: Sequence[str], ledgers: Words, dated: NDArray[np.int64], values: Words
) -> Words:
    """Return what rows of a kind are in a fingerprint: entity, ledger, date and values."""
    row = mixed(of_texts(keys) ^ seed("key")) + mixed(ledgers ^ seed("ledger"))
    row += mixed(dated.astype(np.int64).view(np.uint64) ^ seed("dated")) + values
    return mixed(row ^ seed(kind))


def fingerprint(rows: Sequence[Words]) -> str:
    """Return the hash of a set of rows, whatever their order."""
    together = np.sort(np.concatenate(rows)) if rows else np.zeros(0, dtype=np.uint64)
    return hashlib.sha256(together.astype("<u8").tobytes()).hexdigest()
