"""A store as decisions see it: organizations that were decided to be one are one.

What the rows of a merged code say becomes what one more source says of the organization that stays: its claims and units, its
associations, members and events are those of the one. Where both have a value, that of the code that stays is shown and the other
remains a source that disagrees (``conflicting_sources``) until a ledger is corrected; a value that it lacks is taken from the
merged code, but 经营状态 (it tells of a registration) and 剔除 rows (they take out a registration) are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from graph.columns import among, texts
from graph.model import RETURNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.decisions.record import Decisions
    from graph.store.base import Store

NOT_TAKEN_OVER = frozenset(("status",))
"""What a merged code's row says of its own registration only."""
NAMING = {
    "organization": ("supervisor",),
    "unit": ("organization", "covers"),
    "leading": ("leader", "organization"),
    "association": ("members",),
    "member": ("employer",),
    "strike_off": ("organization",),
    "measure": ("organization",),
    "inspection": ("organization",),
    "register": ("organization",),
}
"""Properties that name organizations. Those of 剔除 rows name a registration, and keep to it."""


def decided(store: Store, decisions: Decisions, as_of: int) -> Store:
    """Return the store as decisions see it at a date: itself where none makes one organization of two."""
    if not decisions.merged:
        return store
    keys = store.frame("organization", as_of, [])["key"]
    stays = among(texts(keys), decisions.merged.values())
    known = set(keys[stays])
    into = {code: kept for code, kept in decisions.merged.items() if kept in known}
    return cast("Store", Merged(store, into)) if into else store


class Merged:
    """Answers in columns with merged codes replaced; everything else is the store's own answer.

    Parameters
    ----------
    store : graph.store.base.Store
    into : dict of str to str
        The code that stays by merged code.
    """

    def __init__(self, store: Store, into: dict[str, str]) -> None:
        self._store = store
        self.into = into

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def frame(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.frame`: merged organizations are no rows of their own."""
        found = self._store.frame(kind, as_of, columns)
        for name in NAMING.get(kind, ()):
            if name in found:
                found[name] = self._renamed(found[name])
        return self._taken_together(found) if kind == "organization" else found

    def claims(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.claims`: what is said of a merged code is said of the one that stays."""
        found = self._store.claims(kind, as_of, columns)
        if kind == RETURNED:
            return found.assign(key=self._renamed(found["key"]))
        if kind != "organization":
            return found
        merged = among(texts(found["key"]), self.into)
        found["key"] = self._renamed(found["key"])
        found["rank"] = found["rank"].where(~merged, found["rank"] + 1)
        return found.sort_values(["key", "ledger", "rank"], kind="stable", ignore_index=True)

    def history(self, kind: str, key: str) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.history`: that of all codes of one organization."""
        if kind != "organization":
            return self._store.history(kind, key)
        merged = sorted(code for code, kept in self.into.items() if kept == key)
        if not merged:
            return self._store.history(kind, key)
        parts = [self._store.history(kind, code) for code in (key, *merged)]
        found = pd.concat([part for part in parts if len(part)], ignore_index=True)
        return found.assign(key=key)

    def edges(self, kind: str, as_of: int | None = None) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.edges`: edges of a merged code are those of the one that stays."""
        found = self._store.edges(kind, as_of)
        changed = False
        for end in ("source", "target"):
            of_kind = found[f"{end}_kind"].eq("organization").to_numpy(dtype=bool)
            here = of_kind & among(texts(found[end]), self.into)
            if here.any():
                column = texts(found[end])
                column[here] = [self.into[code] for code in column[here]]
                found[end] = column
                changed = True
        order = ["source", "target", "via", "claim"]
        return found.sort_values(order, kind="stable", ignore_index=True) if changed else found

    def _renamed(self, values: pd.Series[Any]) -> pd.Series[Any]:
        """Return a column of codes, or of lists of codes, with merged ones replaced and none twice."""
        code, unique = pd.factorize(texts(values))
        new = np.array([*(self._text(str(text)) for text in unique), None], dtype=object)
        return pd.Series(new[code], index=values.index, dtype=object)

    def _text(self, text: str) -> str:
        if ";" not in text:
            return self.into.get(text, text)
        parts = text.split(";")
        if self.into.keys().isdisjoint(parts):
            return text
        return ";".join(dict.fromkeys(self.into.get(part, part) for part in parts))

    def _taken_together(self, found: pd.DataFrame) -> pd.DataFrame:
        keys = texts(found["key"])
        gone = among(keys, self.into)
        at = {str(keys[i]): int(i) for i in np.flatnonzero(gone | among(keys, self.into.values()))}
        place = {str(name): i for i, name in enumerate(found.columns)}
        for name in found.columns.difference([*NOT_TAKEN_OVER, "key", "valid_from", "claim"]):
            values = found[name]
            blank = np.array(values.isna(), dtype=bool)
            for code, kept in sorted(self.into.items()):
                if code in at and blank[at[kept]] and not blank[at[code]]:
                    found.iat[at[kept], place[name]] = values.iloc[at[code]]
                    blank[at[kept]] = False
        return found[~gone].reset_index(drop=True)
