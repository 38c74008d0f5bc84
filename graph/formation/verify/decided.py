"""What offices have decided, as a verifier reads it: codes that are one organization, and who is in the base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from graph.store.base import Store

OF_REGISTRATION = "status"
"""What a merged code's row says of its own registration, and not of the organization that stays."""


@dataclass(frozen=True)
class Decided:
    """Decisions in force.

    Attributes
    ----------
    one : dict[str, str]
        The code that stays by merged code.
    out : frozenset of str
        Excluded from the base.
    back : dict[str, int]
        Exclusions decided up to a date are lifted.
    """

    one: dict[str, str]
    out: frozenset[str]
    back: dict[str, int]

    def code(self, values: pd.Series) -> pd.Series:
        """Return codes, each that of the organization that stays."""
        return values.map(lambda code: self.one.get(code, code)) if self.one else values

    def codes(self, values: pd.Series) -> pd.Series:
        """Return the same for the ends of edges of one kind."""
        return self.code(values.astype(object))

    def rows(self, raw: pd.DataFrame) -> pd.DataFrame:
        """Return organizations without the merged ones; what their rows say fills what is blank in the one that stays."""
        if not self.one:
            return raw
        gone = raw[raw.index.isin(list(self.one))].sort_index()
        out = raw[~raw.index.isin(list(self.one))].copy()
        stays = gone.index.map(self.one)
        for name in out.columns.drop(OF_REGISTRATION):
            said = (
                gone[name].groupby(stays).first().dropna()
            )  # of several merged codes, the least that says something
            if len(said):
                out[name] = out[name].fillna(said)
        return out


def read(store: Store, as_of: int, known: pd.Index) -> Decided:
    """Read the decisions in force at a date; ``known`` are the codes that a row defines."""
    rows = store.frame("decision", as_of, ["type", "subject", "object", "decided", "withdrawn"])
    rows = rows[~rows["withdrawn"].fillna(False).astype(bool)]
    by = {str(kind): some for kind, some in rows.groupby("type")}
    merge = by.get("merge", rows.iloc[:0])
    into = dict(zip(merge["object"], merge["subject"], strict=True))
    one = {}
    for code, kept in into.items():
        at, steps = kept, 0
        while at in into and steps <= len(into):
            at, steps = into[at], steps + 1
        if at not in into and at in known:
            one[str(code)] = str(at)
    include = by.get("include", rows.iloc[:0])
    return Decided(
        one=one,
        out=frozenset(by.get("exclude", rows.iloc[:0])["subject"]),
        back={str(c): int(d) for c, d in zip(include["subject"], include["decided"], strict=True)},
    )
