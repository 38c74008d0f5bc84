"""Rows out of a database as columns: Arrow's while they are gathered, then numpy's and pandas' (base: *frame*)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

CHUNK = 65_536
"""Rows gathered at a time: Python's objects for a whole city's would take gigabytes."""

FEW = 1_000
"""Rows up to which it is quicker to make each text than to look for those that repeat."""

ARROW = {
    "text": "large_string", "list": "large_string", "int": "int64", "date": "int64", "bool": "bool", "float": "float64",
}  # fmt: skip


def chunked(types: dict[str, str], chunks: list[list[Any]]) -> dict[str, Any]:
    """Return gathered chunks as columns, and under no name the type of each."""
    import pyarrow as pa

    arrow = [ARROW[t.removeprefix("property:")] for t in types.values()]
    empty = [pa.array([], getattr(pa, "bool_" if t == "bool" else t)()) for t in arrow]
    return {
        name: pa.chunked_array(found or [none])
        for name, found, none in zip(types, chunks, empty, strict=True)
    } | {"": list(types.values())}


def ordered(columns: dict[str, Any], order: Sequence[str]) -> pd.DataFrame:
    """Return Arrow columns as a frame in the order of some (code points for text)."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    types = columns.pop("")
    by = pa.table({n: columns[n] for n in order})
    index = pc.sort_indices(by, sort_keys=[(n, "ascending") for n in order]).to_numpy()
    del by
    rows = pd.RangeIndex(len(index))
    out = {}
    for name, type_ in zip(list(columns), types, strict=True):
        out[name] = _plain(columns.pop(name), type_, index, rows)  # one by one: they are large
    if len(index) > CHUNK:
        pa.default_memory_pool().release_unused()  # Arrow would keep for itself what a city's columns took
    return pd.DataFrame(out, index=rows, copy=False)


def plainly(found: pd.DataFrame) -> pd.DataFrame:
    """Return columns under their plain names; what the store says (``+name``) comes before a property of the same name."""
    import pandas as pd

    names = [str(c).removeprefix("+") for c in found]
    if len(set(names)) == len(names):
        found.columns = pd.Index(names)
        return found
    return pd.DataFrame(dict(zip(names, (found[c] for c in found), strict=True)), copy=False)


def _plain(array: Any, type_: str, index: NDArray[np.int64], rows: pd.Index[Any]) -> Any:
    """Return a column as numpy or pandas holds it (base: :meth:`~graph.store.base.Store.frame`).

    ``rows`` is the index of the frame: columns with one of their own each would be aligned, half the work of a small frame.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    if type_.removeprefix("property:") in ("text", "list"):
        return pd.Series(
            _texts(array)[index], index=rows, dtype=object, copy=False
        )  # else it would be no object
    if type_ == "int":
        return array.to_numpy()[index]
    if type_ == "property:float":
        return array.fill_null(np.nan).to_numpy()[index]
    unknown = array.is_null().to_numpy()[index]
    if type_ == "property:bool":
        values = array.cast(pa.int8()).fill_null(0).to_numpy()[index].astype(bool)
        return pd.arrays.BooleanArray(values, unknown)
    return pd.arrays.IntegerArray(array.fill_null(0).to_numpy()[index], unknown)


def _texts(array: Any) -> NDArray[np.object_]:
    """Return texts as Python's, each that repeats made once."""
    import numpy as np

    if len(array) <= FEW:
        return np.array(array.to_pylist(), dtype=object)
    few = array.dictionary_encode().combine_chunks()
    few = few.chunk(0) if hasattr(few, "chunks") else few
    texts = np.array([*few.dictionary.to_pylist(), None], dtype=object)
    found: NDArray[np.object_] = texts[few.indices.fill_null(len(texts) - 1).to_numpy()]
    return found
