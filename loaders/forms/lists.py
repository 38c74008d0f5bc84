"""What drops down: short lists stand in the check itself, long ones on a hidden sheet, which an import passes over."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from graph.errors import InputError, Way
from graph.jurisdiction import DISTRICTS, STREETS
from loaders.reading.model import letter

if TYPE_CHECKING:
    import pandas as pd

    from graph.store.base import Store

LISTS_SHEET = "选项 LISTS"
SECTORS_SHEET = "行业代码表 GBT4754"
SHORT = 255
"""Characters of a list that a check itself can hold."""
COMMUNITIES = ("社区", "村")

Places = Mapping[str, Sequence[str]]
"""Names of places by the property that holds them."""


@dataclass(slots=True)
class Lists:
    """The hidden sheet of a workbook: a column for each list, each once.

    ``refer`` gives what a check takes as its source; :meth:`write` makes the sheet once all are known.
    """

    columns: dict[tuple[str, ...], str] = field(default_factory=dict)

    def refer(self, values: Sequence[str], heading: str) -> list[str] | str:
        """Return a list, or where it stands."""
        if len(",".join(values)) <= SHORT and not any("," in v for v in values):
            return list(values)
        key = tuple(values)
        self.columns.setdefault(key, heading)
        at = letter(list(self.columns).index(key))
        return f"='{LISTS_SHEET}'!${at}$2:${at}${len(values) + 1}"

    def write(self, ws: Any, head: Any, text: Any) -> None:
        """Write the sheet, and hide it."""
        rows = max(map(len, self.columns), default=0)
        for c, heading in enumerate(self.columns.values()):
            ws.set_column(c, c, 20)
            ws.write_string(0, c, heading, head)
        for r in range(rows):  # by rows: a sheet that is written as it goes takes them in order
            for c, values in enumerate(self.columns):
                if r < len(values):
                    ws.write_string(r + 1, c, values[r], text)
        ws.protect()
        ws.hide()


@functools.cache
def sectors() -> tuple[tuple[str, str, str, str], ...]:
    """Return GB/T 4754's sections and divisions: edition, section, code, name."""
    with files("graph.policy").joinpath("gbt4754.csv").open(encoding="utf-8") as file:
        return tuple(
            (row["edition"], row["section"], row["code"], row["name"]) for row in csv.DictReader(file)
        )  # fmt: skip


def sector_codes() -> tuple[str, ...]:
    """Return the codes of all sections and divisions, of whichever edition; deeper ones are typed."""
    codes = {code for _, _, code, _ in sectors()}
    return tuple(sorted(codes, key=lambda c: (c.isdigit(), c)))


def places(store: Store, within: str | None = None) -> Places:
    """Return the names of a store's places, of a division or ledger unit where one is given.

    Raises
    ------
    InputError
        There is no such division.
    """
    divisions = store.frame("division", columns=["name", "level", "parent"]).set_index("key")
    below = None if within is None else _below(divisions, within)
    out: dict[str, list[str]] = {}
    for prop, levels in (("district", DISTRICTS), ("street", STREETS), ("community", COMMUNITIES)):
        some = divisions[divisions["level"].isin(levels)]
        if below is not None:
            some = some[some.index.isin(below)]
        out[prop] = _names(some)
    for prop in ("park", "building", "commercial_street", "market"):
        of_park = ["district"] if prop == "park" else []
        some = store.frame(prop, columns=["name", "street", *of_park])
        if below is not None:
            here = some["street"].isin(below)
            for column in of_park:
                here |= some[column].isin(below)
            some = some[here]
        out[prop] = _names(some)
    return {prop: names for prop, names in out.items() if names}


def _below(divisions: pd.DataFrame, within: str) -> set[str]:
    code = within.partition(":")[2] or within
    if code not in divisions.index:
        raise InputError(
            f"{within}: the store has no such division",
            f"{within}：存储中没有这个区划",
            way=Way.find(within),
        )
    below, parents = {code}, divisions["parent"]
    # a district and a street are named too: those above are what its rows state
    above = parents.get(code)
    while isinstance(above, str) and above in divisions.index and above not in below:
        below.add(above)
        above = parents.get(above)
    level = {code}
    while level:
        level = set(map(str, parents.index[parents.isin(level)])) - below
        below |= level
    return below


def _names(rows: pd.DataFrame) -> list[str]:
    return sorted({str(n) for n in rows["name"] if isinstance(n, str) and n})
