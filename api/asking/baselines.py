"""The frozen baseline: freezing it, what changed since, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from api.asking.dates import date
from api.asking.deciding import impersonal
from graph.model import iso

if TYPE_CHECKING:
    import pandas as pd

    from graph.decisions.baseline import Baseline
    from graph.store.base import Store


@dataclass(frozen=True, eq=False)
class Frozen:
    """A baseline just frozen, and its batch."""

    found: Baseline
    batch: int

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "date": iso(self.found.decided),
            "office": self.found.office,
            "fingerprint": self.found.fingerprint,
            "organizations": self.found.organizations,
            "batch": self.batch,
        }


def freeze(
    store: Store, office: str, on: int, reason: str | None, *, confirmed: bool = False
) -> Frozen:
    """Freeze all organizations listed on a day.

    Raises
    ------
    InputError
        As :func:`graph.decisions.baseline.freeze`, or a text holds a person's number.
    """
    impersonal(office, reason)
    from graph.decisions.baseline import freeze as freeze_all

    return Frozen(*freeze_all(store, office, on, reason, confirmed=confirmed))


@dataclass(frozen=True, eq=False)
class Standing:
    """The baseline as it stands at a date; ``found`` is ``None`` before it was frozen.

    Attributes
    ----------
    found : Baseline or None
    as_of : int
    names : pandas.Series
        Names of organizations by code.
    """

    found: Baseline | None
    as_of: int
    names: pd.Series[Any]

    @cached_property
    def codes(self) -> list[str]:
        """What it holds, by code."""
        return [] if self.found is None else sorted(map(str, self.found.codes))

    @cached_property
    def changes(self) -> list[dict[str, Any]]:
        """What was decided since it was frozen."""
        if self.found is None:
            return []
        held = set(self.codes)
        return [
            d.as_json() | {"name": self.names.get(d.subject), "in_baseline": d.subject in held}
            for d in (*self.found.added.values(), *self.found.removed.values())
        ]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        found = self.found
        if found is None:
            return {"frozen": False}
        return {
            "frozen": True,
            "date": iso(found.decided),
            "office": found.office,
            "reason": found.reason,
            "fingerprint": found.fingerprint,
            "intact": found.intact,
            "organizations": found.organizations,
            "added": len(found.added),
            "removed": len(found.removed),
            "now": {"date": iso(self.as_of), "organizations": len(self.codes)},
            "changes": self.changes,
        }


def baseline(store: Store, as_of: int | None) -> Standing:
    """Tell what is frozen and what changed since."""
    from graph.decisions import baseline as of_baseline
    from graph.decisions import read

    at = date(store, as_of)
    found = of_baseline.at(store, at, read(store, at))
    names = store.frame("organization", at, ["name"]).set_index("key")["name"]
    return Standing(found, at, names)
