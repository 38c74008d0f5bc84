"""The look-back (回头看: S38): what was struck off and no longer holds at a date, by who answers for it, row by row.

Struck off is who stands at ``struck_off`` or ``rechecked`` on the board, whoever wrote it down. Whether it still holds is read from
what the store has at the date: the organization, its unit, the unit's members, and what an inspection found since.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.facts import BRANCHES, Facts
from graph.affiliation.submitters import Submitters, answering
from graph.board import inspections, record
from graph.columns import mask, positions, texts
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.board.states import Standing
    from graph.city import City

    Bools = NDArray[np.bool_]

STRUCK = ("struck_off", "rechecked")
REASONS = (
    "not_listed",
    "missing_from_ledger",
    "closed",
    "unit_dissolved",
    "without_unit",
    "too_few_members",
    "inspected_otherwise",
)
"""Why a strike-off no longer holds, in the order in which it is told: no ledger has the organization, or only an older edition of
its ledger does; it is out of the base; its unit is dissolved; it has none; its units' formal members are too few; an inspection
found otherwise."""


@dataclass(frozen=True, eq=False)
class Lookback:
    """Who was struck off in a city, or in a division or ledger unit of it, and of whom that no longer holds.

    Parameters
    ----------
    city : graph.city.City
    within : str, optional
        A division's code or a ledger unit's id.
    """

    city: City
    within: str | None = None

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self.city, self.city.store)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """How far each organization is that is struck off, by code."""
        found = record.read(self.city.store, self.city.as_of)
        struck = {code: s for code, s in found.items() if s.state in STRUCK}
        if self.within is None:
            return struck
        o = self.city.organizations
        here = set(o.index[mask(self.city.select(self.within))])
        return {code: s for code, s in struck.items() if code in here}

    @cached_property
    def _codes(self) -> list[str]:
        return sorted(self.standings)

    @cached_property
    def _at(self) -> NDArray[np.int64]:
        """Position of each code among organizations, −1 where no ledger has it."""
        index = self.city.organizations.index
        return np.asarray(index.get_indexer(pd.Index(self._codes, dtype=object)), dtype=np.int64)

    @cached_property
    def reasons(self) -> dict[str, list[str]]:
        """Why it no longer holds, of each code of whom it does not."""
        holding = self._holding
        out = {code: [r for r in REASONS if code in holding[r]] for code in self._codes}
        return {code: some for code, some in out.items() if some}

    @cached_property
    def _holding(self) -> dict[str, set[str]]:
        """Of whom each reason holds, among those that are struck off."""
        o, listed = self.city.organizations, self._facts.listings
        struck = o[np.isin(np.arange(len(o)), self._at)]
        codes = np.asarray(struck.index, dtype=object)
        current = set(listed.loc[mask(listed["current"]), "key"])
        covered = mask(struck["covered"])
        without = ~(covered | mask(struck["dangling"]) | mask(struck["outside"]))
        dissolved = mask(struck.index.to_series().isin(self._dissolved))
        few = mask(struck.index.to_series().isin(self._few))

        def some(which: Bools) -> set[str]:
            return set(codes[which])

        return {
            "not_listed": {
                c for c, at in zip(self._codes, self._at.tolist(), strict=True) if at < 0
            },
            "missing_from_ledger": {c for c in codes if c not in current},
            "closed": some(~mask(struck["in_base"])),
            "unit_dissolved": some(without & dissolved),
            "without_unit": some(without & ~dissolved),
            "too_few_members": some(covered & few),
            "inspected_otherwise": self._otherwise,
        }

    @cached_property
    def _otherwise(self) -> set[str]:
        """Of whom an inspection since the last step found otherwise."""
        items = inspections.newest(inspections.read(self.city.store, self.city.as_of).values())
        out = set()
        for code, s in self.standings.items():
            told = items[code].last if code in items else None
            if (
                told
                and told.result in inspections.RESULTS[1:]
                and told.decided >= (s.last.date if s.last else 0)
            ):
                out.add(code)
        return out

    @cached_property
    def _dissolved(self) -> set[str]:
        """Organizations that a dissolved unit covered."""
        rows = self.city.unit_rows
        gone = set(rows.index[~mask(rows["live"])])
        c = self.city.covers
        return set(c.loc[c["unit"].isin(gone), "organization"])

    @cached_property
    def _few(self) -> set[str]:
        """Organizations all of whose units are branches with too few formal members; an unknown number is not too few."""
        facts = self._facts
        n = facts.unit_members["formal"].to_numpy(dtype=float)
        least = facts.profile.formation.min_members
        with np.errstate(invalid="ignore"):
            few = mask(facts.units["type"].isin(BRANCHES)) & (n < least)
        c = facts.covers
        enough = ~few[positions(facts.units.index, texts(c["unit"]))]
        return set(c["organization"]) - set(c.loc[enough, "organization"])

    @cached_property
    def _units(self) -> dict[str, list[str]]:
        """The units that cover or covered each struck-off organization."""
        c = self.city.covers
        some = c[c["organization"].isin(self._codes)]
        return {
            str(code): sorted(map(str, set(g))) for code, g in some.groupby("organization")["unit"]
        }

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield who no longer holds, by code, each with its reasons, its unit and the row that it was read in."""
        o = self.city.organizations
        columns = ("name", "ledger_unit", "ledger_unit_name", "status")
        said = {n: texts(o[n]) for n in columns}
        claims = [int(o["claim"].iloc[at]) for at in self._at.tolist() if at >= 0]
        sources = self.city.store.sources("organization", claims) if claims else {}
        for code, at in zip(self._codes, self._at.tolist(), strict=True):
            if code not in self.reasons:
                continue
            s = self.standings[code]
            struck = next((step for step in s.steps if step.to == "struck_off"), s.last)
            source = sources[int(o["claim"].iloc[at])] if at >= 0 else None
            whose = self._whose(at)
            yield {
                "code": code,
                **{n: said[n][at] if at >= 0 else None for n in columns},
                "jurisdiction": whose,
                "jurisdiction_name": self._called(whose),
                "state": s.state,
                "struck_off": iso(struck.date) if struck and struck.date else None,
                "looked_at": iso(s.last.date) if s.state == "rechecked" and s.last else None,
                "reasons": self.reasons[code],
                "units": self._units.get(code, []),
                "source": None if source is None else source.as_json(),
            }

    # -- by jurisdiction ---------------------------------------------------------------------------------------------
    @cached_property
    def _answering(self) -> NDArray[Any]:
        return answering(self.city)

    @cached_property
    def _names(self) -> dict[str, str]:
        people = Submitters(self._facts)
        own = {f"district:{code}": name for code, name in people.districts.items()}
        return people.names() | own

    def _whose(self, at: int) -> str | None:
        found = self._answering[at] if at >= 0 else None
        return found if isinstance(found, str) else None

    def _called(self, whose: str | None) -> str | None:
        return None if whose is None else self._names.get(whose, whose.partition(":")[2])

    @cached_property
    def areas(self) -> list[dict[str, Any]]:
        """How many are struck off, looked at again, and no longer hold, by who answers for them; nobody's last."""
        by: dict[str | None, list[str]] = {}
        for code, at in zip(self._codes, self._at.tolist(), strict=True):
            by.setdefault(self._whose(at), []).append(code)
        order = sorted(by, key=lambda whose: (whose is None, whose or ""))
        return [
            {"id": whose, "name": self._called(whose), **self._counts(by[whose])} for whose in order
        ]

    def _counts(self, codes: list[str]) -> dict[str, Any]:
        rechecked = sum(self.standings[code].state == "rechecked" for code in codes)
        lost = [self.reasons[code] for code in codes if code in self.reasons]
        return {
            "struck_off": len(codes),
            "rechecked": rechecked,
            "to_recheck": len(codes) - rechecked,
            "no_longer": len(lost),
            "reasons": {name: sum(name in some for some in lost) for name in REASONS},
        }

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``board lookback --json`` prints."""
        return {
            "as_of": iso(self.city.as_of),
            "in": self.within,
            "due": [iso(date) for date in self._facts.due("S38")],
            "rows": list(self.rows()),
            "areas": self.areas,
            "totals": self._counts(self._codes),
        }
