"""The board: who of a jurisdiction has no unit, what each qualifies for and why, how far it is, and what is to be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.board import record
from graph.board.states import NOTHING, STATES, Standing, Step
from graph.columns import mask, numbers, texts
from graph.model import iso
from graph.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.city import City

    Bools = NDArray[np.bool_]

TO_FORM = ("separate", "joint")
"""Actions that end in a unit; work coverage is none (S30)."""
WITHOUT = (*TO_FORM, "work_coverage")


def told_step(step: Step) -> dict[str, Any]:
    """Return a step as both sides say it."""
    return {
        "to": step.to,
        "date": iso(step.date) if step.date else None,
        "office": step.office,
        "text": step.text,
        "on_board": step.number > 0,
    }


@dataclass(frozen=True, eq=False)
class Board:
    """The board of a city, or of a division or ledger unit of it.

    Parameters
    ----------
    city : graph.city.City
    within : str, optional
        A division's code or a ledger unit's id.
    state : str, optional
        Only entries in this state of the cross-off.
    """

    city: City
    within: str | None = None
    state: str | None = None

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """How far each organization is that rows tell of."""
        return record.read(self.city.store, self.city.as_of)

    @cached_property
    def _survey(self) -> Survey:
        o = self.city.organizations
        here = np.ones(len(o), dtype=bool)
        if self.within is not None:
            here = mask(self.city.select(self.within))
        whole = Survey(self.city)
        _, split = whole.bound("S26")
        action = texts(o["action"])
        stepped = np.asarray(o.index.isin(list(self.standings)), dtype=bool)
        keep = here & (np.isin(action, WITHOUT) | split | stepped)
        return Survey(self.city, pd.Series(keep, index=o.index))

    @cached_property
    def _to_form(self) -> Bools:
        """Who is to be crossed off once it has a unit; the others are on the board for work coverage."""
        o = self._survey.organizations
        _, split = self._survey.bound("S26")
        stepped = np.asarray(o.index.isin(list(self.standings)), dtype=bool)
        found: Bools = np.isin(texts(o["action"]), TO_FORM) | split | stepped
        return found

    @cached_property
    def _states(self) -> NDArray[Any]:
        index = self._survey.organizations.index
        found = [self.standings.get(str(code), NOTHING).state for code in index]
        states: NDArray[Any] = np.array([*found, None], dtype=object)[:-1]
        states[~self._to_form] = None
        return states

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the entries by code."""
        survey, own = self._survey, record.measures(self.city.store, self.city.as_of)
        f, o = survey.frame, survey.organizations
        latest = self.city.profile.audit.measures_latest
        due, m = numbers(o["measures_due"]), numbers(o["m"])
        lon, lat = numbers(o["wlon"]), numbers(o["wlat"])
        names = ("ledger_unit", "ledger_unit_name", "measures", "responsible")
        said = {name: texts(o[name]) for name in names}
        for at, (code, name, action, clauses, unmet, zh, en) in enumerate(
            zip(f.index, f["name"], f["action"], f["clauses"], f["unmet"], f["why_zh"], f["why_en"], strict=True)
        ):  # fmt: skip
            if self.state is not None and self._states[at] != self.state:
                continue
            s = self.standings.get(str(code), NOTHING)
            text, who = said["measures"][at], said["responsible"][at]
            measures = None
            if text or who or not np.isnan(due[at]):
                mine = own.get(str(code))
                measures = {
                    "measures": text,
                    "due": None if np.isnan(due[at]) else iso(int(due[at])),
                    "responsible": who,
                    "late": bool(due[at] > latest),
                    "on_board": mine is not None and mine.measures == text,
                }
            yield {
                "code": code,
                "name": name,
                "ledger_unit": said["ledger_unit"][at],
                "ledger_unit_name": said["ledger_unit_name"][at],
                "action": action,
                "formal_members": None if np.isnan(m[at]) else int(m[at]),
                "clauses": list(clauses),
                "unmet": list(unmet),
                "why": {"zh": zh, "en": en},
                "lon": None if np.isnan(lon[at]) else float(lon[at]),
                "lat": None if np.isnan(lat[at]) else float(lat[at]),
                "state": self._states[at],
                "skipped": s.skipped,
                "last": None if s.last is None else told_step(s.last),
                "measures": measures,
            }

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Counts over all entries, whatever their state: by action, by state, and of those without complete measures (S19)."""
        survey = self._survey
        action = texts(survey.organizations["action"])
        _, unplanned = survey.bound("S19")
        return {
            "organizations": len(action),
            "actions": {a: int((action == a).sum()) for a in (*WITHOUT, "covered")},
            "states": {s: int((self._states == s).sum()) for s in STATES},
            "without_measures": int(unplanned.sum()),
        }

    @cached_property
    def areas(self) -> list[dict[str, Any]]:
        """The entries by ledger unit: how many, how many are struck off, and their middle; for maps of more than can be drawn."""
        o = self._survey.organizations
        home = texts(o["ledger_unit"])
        at, units = pd.factorize(home, sort=True)
        lon, lat = numbers(o["wlon"]), numbers(o["wlat"])
        counted = {
            "to_form": self._to_form,
            "small": texts(o["action"]) == "joint",
            "struck_off": np.isin(self._states, ("struck_off", "rechecked")),
        }

        def each(which: Bools) -> NDArray[Any]:
            return np.bincount(at[which & (at >= 0)], minlength=len(units))

        totals = each(np.ones(len(o), dtype=bool))
        counts = {name: each(which) for name, which in counted.items()}
        first = pd.Series(texts(o["ledger_unit_name"])).groupby(at).first()
        middle = pd.DataFrame({"lon": lon, "lat": lat})[~np.isnan(lon)]
        middle = middle.groupby(at[~np.isnan(lon)]).median().round(7)
        return [
            {
                "ledger_unit": str(unit),
                "name": str(first.get(k) or unit),
                "organizations": int(totals[k]),
                **{name: int(found[k]) for name, found in counts.items()},
                "lon": float(middle["lon"][k]) if k in middle.index else None,
                "lat": float(middle["lat"][k]) if k in middle.index else None,
            }
            for k, unit in enumerate(units)
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``board list --json`` prints; ``entries`` is an iterator."""
        return {
            "as_of": iso(self.city.as_of),
            "in": self.within,
            "entries": self.rows(),
            "totals": self.totals,
            "areas": self.areas,
        }
