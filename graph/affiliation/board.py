"""The findings of an audit as columns: by code, severity and place, for lists that are filtered and counted.

A list of hundreds of thousands is filtered anew with every click; its findings are worded once, elsewhere
(:mod:`api.findings`), and here is only what filters look at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.columns import is_known, lookup, padded, positions, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from graph.city import City
    from graph.model import Finding

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

SEVERITIES = ("error", "warning", "note")
NOWHERE = "none"
"""Stands for the place of what has none: offices, codes that no row defines."""
DIMENSIONS = ("code", "severity", "state", "district", "street")


@dataclass(eq=False)
class Wanted:
    """What a list of findings is narrowed to; empty is no narrowing.

    Attributes
    ----------
    code, severity, state : frozenset of str
    district, street : str or None
        Codes of divisions, or :data:`NOWHERE`.
    text : str
        Words that name or code of the subject have to hold, or the finding's words.
    """

    code: frozenset[str] = frozenset()
    severity: frozenset[str] = frozenset()
    state: frozenset[str] = frozenset()
    district: str | None = None
    street: str | None = None
    text: str = ""


@dataclass(eq=False)
class Gathering:
    """Findings as they come, one by one, before their columns stand."""

    ids: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    severities: list[int] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def take(self, finding: Finding) -> None:
        """Take one finding in."""
        self.ids.append(finding.id)
        self.codes.append(finding.code)
        self.severities.append(SEVERITIES.index(finding.severity))
        self.subjects.append(finding.subject)
        self.words.append(f"{finding.message['zh']}\n{finding.message['en']}")

    def board(self, city: City) -> Board:
        """Return the columns, with the places of a city's organizations and units."""
        subjects = np.array(self.subjects, dtype=object)
        kind, name, district, street = _placed(city, subjects)
        codes = np.array(self.codes, dtype=object)
        severity = np.array(self.severities, dtype=np.int64)
        order = np.lexsort((np.arange(len(codes)), codes.astype(str), severity))
        says = np.array(
            [
                f"{s}\n{n or ''}\n{w}".casefold()
                for s, n, w in zip(self.subjects, name, self.words, strict=True)
            ],
            dtype=object,
        )
        divisions = city.places.divisions
        return Board(
            ids=self.ids,
            order=order.astype(np.int64),
            columns={
                "code": codes,
                "severity": np.array(SEVERITIES, dtype=object)[severity]
                if len(severity)
                else np.empty(0, dtype=object),
                "district": district,
                "street": street,
            },
            kind=kind,
            name=name,
            says=says,
            called=dict(zip(map(str, divisions.index), texts(divisions["name"]), strict=True)),
            at={id_: k for k, id_ in enumerate(self.ids)},
        )


@dataclass(frozen=True, eq=False)
class Board:
    """Findings as columns, in the order in which the audit gives them.

    Attributes
    ----------
    ids : list of str
    order : numpy.ndarray of int64
        Positions by (severity, code, subject): the order of lists.
    columns : mapping
        ``code``, ``severity``, ``district``, ``street``: one value each, ``none`` where there is no place.
    kind, name : numpy.ndarray of object
        Of the subject; ``None`` where it is no organization or unit.
    says : numpy.ndarray of object
        Subject, name and words of each, for searching.
    called : mapping
        Divisions' names by code.
    at : mapping
        Position by id.
    """

    ids: list[str]
    order: Ints
    columns: Mapping[str, NDArray[Any]]
    kind: NDArray[Any]
    name: NDArray[Any]
    says: NDArray[Any]
    called: Mapping[str, str | None]
    at: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.ids)

    def states(self, standing: Mapping[str, str]) -> NDArray[Any]:
        """Return each finding's state: what nobody touched is open."""
        out: NDArray[Any] = np.full(len(self), "open", dtype=object)
        for id_, state in standing.items():
            at = self.at.get(id_)
            if at is not None:
                out[at] = state
        return out

    def picked(self, wanted: Wanted, states: NDArray[Any]) -> tuple[Ints, dict[str, Bools]]:
        """Return the positions of what is wanted, in the order of lists, and for each dimension what all others let pass."""
        tests: dict[str, Bools] = {}
        for name in ("code", "severity", "state"):
            values: frozenset[str] = getattr(wanted, name)
            if values:
                column = states if name == "state" else self.columns[name]
                tests[name] = np.isin(column, list(values))
        for name in ("district", "street"):
            place = getattr(wanted, name)
            if place is not None:
                tests[name] = np.asarray(self.columns[name] == place, dtype=bool)
        base = np.ones(len(self), dtype=bool)
        for word in wanted.text.casefold().split():
            base &= np.fromiter((word in text for text in self.says), dtype=bool, count=len(self))
        others: dict[str, Bools] = {}
        for dimension in DIMENSIONS:
            passed = base.copy()
            for name, test in tests.items():
                # streets are counted within their district; choosing one hides no other of its district
                if name != dimension and not (dimension == "district" and name == "street"):
                    passed &= test
            others[dimension] = passed
        for test in tests.values():
            base &= test
        return self.order[base[self.order]], others

    def counts(self, dimension: str, passed: Bools, states: NDArray[Any]) -> dict[str, int]:
        """Return how many of those that pass have which value of a dimension."""
        column = states if dimension == "state" else self.columns[dimension]
        values, numbers = np.unique(column[passed].astype(str), return_counts=True)
        return dict(zip(values.tolist(), numbers.tolist(), strict=True))


def _placed(
    city: City, subjects: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return kind, name, district and street of subjects: an organization's own, a unit's own or of the first that it covers."""
    n = len(subjects)
    kind: NDArray[Any] = np.full(n, None, dtype=object)
    name, district, street = kind.copy(), kind.copy(), kind.copy()
    names, located = city.few("name"), city.located
    at = positions(located.index, subjects)
    mine = at >= 0
    kind[mine] = "organization"
    name[mine] = texts(names["name"])[at[mine]]
    district[mine] = texts(located["at_district"])[at[mine]]
    street[mine] = texts(located["at_street"])[at[mine]]
    units, parents = city.unit_rows, city.places.divisions["parent"]
    own_street = city.places.street(texts(units["street"]))
    own_district = texts(units["district"])
    by_street = lookup(parents, own_street)
    own_district = np.where(is_known(own_district), own_district, by_street)
    covers = city.covers.drop_duplicates("unit")
    first = positions(located.index, texts(covers["organization"]))
    of = positions(units.index, texts(covers["unit"]))
    for own, column in ((own_district, "at_district"), (own_street, "at_street")):
        told = padded(texts(located[column]))[first]
        fill = (of >= 0) & ~is_known(own)[of]
        own[of[fill]] = told[fill]
    at = positions(units.index, subjects)
    mine = (at >= 0) & ~mine
    kind[mine] = "unit"
    name[mine] = texts(units["name"])[at[mine]]
    district[mine], street[mine] = own_district[at[mine]], own_street[at[mine]]
    for places in (district, street):
        places[~is_known(places)] = NOWHERE
    return kind, name, district, street
