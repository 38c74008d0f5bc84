"""Whose codes beginning with 92 are an entity's, not a person's: rural entities' (LEDGERS, *personal columns*)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.credit_code import INDIVIDUAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.store.base import Store


class RuralCodes:
    """The codes of rural entities that look like an individual business's: the store's, and those of sheets read since.

    Parameters
    ----------
    store : graph.store.base.Store
        Read once, when a code is asked for that no sheet has brought.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._brought: set[str] = set()
        self._stored: set[str] | None = None

    def add(self, codes: Iterable[str]) -> None:
        """Take in what a sheet brings."""
        self._brought.update(codes)

    def __contains__(self, code: object) -> bool:
        """Say whether a code is a rural entity's that is known."""
        if code in self._brought:
            return True
        if self._stored is None:
            frame = self._store.frame("organization", columns=["line"])
            some = frame["key"].str.startswith(INDIVIDUAL) & frame["line"].eq("rural")
            self._stored = set(frame.loc[some.fillna(False).astype(bool), "key"])
        return code in self._stored
