"""What happened between two dates as an auditor looks at it: event by event with names, and street by street on a map."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.columns import is_known, lookup, padded, positions, texts
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.city import City
    from graph.history.diff import Diff
    from graph.history.events import Event
    from graph.policy.profile import Profile
    from graph.store.base import Store

CAME = ("formed", "restored", "recorded_late", "added", "entered_base", "joined_unit", "covered")
WENT = (
    "dissolved",
    "closed",
    "unlisted",
    "left_base",
    "left_unit",
    "uncovered",
    "merged",
    "succeeded",
)
"""Events that something came or went with; with all others something changed."""
EDITIONS = 60
"""Dates that are told, the latest first."""


def changes(
    store: Store, profile: Profile, start: int, end: int, *, within: str | None = None
) -> dict[str, Any]:
    """Return the events between two dates, each with its names and its place, and how many there are of each, in all and by street.

    Raises
    ------
    InputError
        As :func:`graph.history.diff.diff`.
    """
    from graph.history.diff import diff

    found = diff(store, profile, start, end, within=within)
    events = found.events
    places = _places(found, events)
    return {
        "from": iso(start),
        "to": iso(end),
        "in": within,
        "events": _worded(found, events, places),
        "totals": dict(Counter(e.event for e in events)),
        "values": {
            "changed": sum(map(len, found.changes)),
            "corrected": sum(len(c) for c, _, _ in found.corrections),
        },
        "streets": _streets(found, events, places),
    }


def dates(store: Store) -> dict[str, Any]:
    """Return the dates at which ledgers of organizations and units were kept, the latest first, with how many rows are of each."""
    found: Counter[int] = Counter()
    for kind in ("organization", "unit"):
        found.update(store.editions(kind))
    newest = sorted(found, reverse=True)[:EDITIONS]
    return {
        "latest": iso(store.latest()),
        "dates": [{"date": iso(d), "rows": found[d]} for d in newest],
    }


def direction(event: str) -> str:
    """Return whether something came, went or changed."""
    return "came" if event in CAME else "went" if event in WENT else "changed"


def _ids(events: list[Event], kind: str) -> NDArray[Any]:
    return np.array([e.id for e in events if e.kind == kind], dtype=object)


def _places(
    found: Diff, events: list[Event]
) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Return (district, street) of what events are about, at the later date, else at the earlier."""
    out: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for city in (found.before, found.after):
        for kind in ("organization", "unit"):
            ids = np.unique(_ids(events, kind)) if len(events) else np.empty(0, dtype=object)
            for id_, district, street in zip(ids, *_lie(city, kind, ids), strict=True):
                if district is not None or street is not None:
                    out[kind, str(id_)] = district, street
    return out


def _lie(city: City, kind: str, ids: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    if kind == "organization":
        located = city.located
        at = positions(located.index, ids)
        return tuple(padded(texts(located[c]))[at] for c in ("at_district", "at_street"))  # type: ignore[return-value]
    units = city.unit_rows
    at = positions(units.index, ids)
    street = city.places.street(texts(units["street"]))
    own = texts(units["district"])
    district = np.where(is_known(own), own, lookup(city.places.divisions["parent"], street))
    return padded(district)[at], padded(street)[at]


def _worded(
    found: Diff, events: list[Event], places: dict[tuple[str, str], tuple[str | None, str | None]]
) -> Iterator[dict[str, Any]]:
    called = found.after.places.divisions["name"].to_dict()
    names = _Names(found)
    names.read(events)
    for e in events:
        district, street = places.get((e.kind, e.id), (None, None))
        yield {
            "event": e.event,
            "direction": direction(e.event),
            "kind": e.kind,
            "id": e.id,
            "name": names.of(e.kind, e.id),
            "before": _plain(e.before),
            "after": _plain(e.after),
            "named": names.mentioned(e),
            "district": called.get(district, district),
            "street": called.get(street, street),
            "street_id": street,
            "evidence": list(e.evidence),
        }


def _plain(value: Any) -> Any:
    """Return a cell as JSON shows it; several as a list."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return None if value is None or value != value else str(value)


class _Names:
    """Names of units and organizations, at the later date, else at the earlier."""

    def __init__(self, found: Diff) -> None:
        self._found = found
        self._known: dict[tuple[str, str], str] = {}

    def read(self, events: list[Event]) -> None:
        """Read the names of all that events are about, and of the units and organizations that they mention."""
        wanted = {(e.kind, e.id) for e in events}
        wanted |= {(kind, code) for e in events for kind, code in _mentioned(e)}
        for city in (self._found.before, self._found.after):
            for kind in ("organization", "unit"):
                ids = np.array(sorted(code for k, code in wanted if k == kind), dtype=object)
                table = city.few("name") if kind == "organization" else city.unit_rows
                at = positions(table.index, ids)
                told = padded(texts(table["name"]))[at]
                self._known |= {
                    (kind, str(i)): n for i, n in zip(ids, told, strict=True) if n is not None
                }

    def of(self, kind: str, code: str) -> str | None:
        """Return one name."""
        return self._known.get((kind, code))

    def mentioned(self, event: Event) -> dict[str, str]:
        """Return names of what an event mentions, by code."""
        return {code: name for kind, code in _mentioned(event) if (name := self.of(kind, code))}


def _mentioned(event: Event) -> list[tuple[str, str]]:
    if event.event in ("resubordinated", "left_unit", "joined_unit", "merged", "succeeded"):
        kind = (
            "organization"
            if event.event == "succeeded" and event.kind == "organization"
            else "unit"
        )
        said = [event.before, event.after]
        flat = [x for v in said for x in (v if isinstance(v, (list, tuple)) else [v])]
        return [(kind, str(x)) for x in flat if x is not None]
    return []


def _streets(
    found: Diff, events: list[Event], places: dict[tuple[str, str], tuple[str | None, str | None]]
) -> list[dict[str, Any]]:
    """Return how much came, went and changed in each street that anything happened in, with the middle of what lies in it."""
    counts: dict[str, Counter[str]] = {}
    for e in events:
        _, street = places.get((e.kind, e.id), (None, None))
        if street is not None:
            counts.setdefault(street, Counter())[direction(e.event)] += 1
    city = found.after
    divisions = city.places.divisions
    located = texts(city.located["at_street"])
    lon, lat = city.wgs84
    sound = ~np.isnan(lon) & ~np.isnan(lat) & is_known(located)
    index = {street: k for k, street in enumerate(dict.fromkeys(located[sound].tolist()))}
    which = np.array([index[s] for s in located[sound].tolist()], dtype=np.int64)
    n = np.bincount(which, minlength=len(index))
    x = np.bincount(which, weights=lon[sound], minlength=len(index))
    y = np.bincount(which, weights=lat[sound], minlength=len(index))
    names, parents = divisions["name"].to_dict(), divisions["parent"].to_dict()
    out = []
    for street in sorted({*index, *counts}):
        k = index.get(street)
        district = parents.get(street)
        out.append(
            {
                "id": street,
                "name": names.get(street),
                "district": names.get(district, district),
                "lon": None if k is None else round(float(x[k] / n[k]), 6),
                "lat": None if k is None else round(float(y[k] / n[k]), 6),
                **{d: counts.get(street, Counter())[d] for d in ("came", "went", "changed")},
            }
        )
    return out
