"""Who fits with whom: candidate pairs of small organizations, and the groups that share something (FORMATION, *Candidate pair*).

Pairs by distance and sector come from a spatial index and from places (:mod:`graph.formation.nearby`), ledger unit by ledger unit;
those who merely share a place, an association or a leading firm are kept as that group, and listed as pairs only when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.errors import InputError, UnknownIdError, Way
from graph.formation import costs, pairs
from graph.formation.nearby import TRADE, Nearby, crowded
from graph.formation.problem import features
from graph.formation.wording import KINDS, Names
from graph.sector import Level, division_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from graph.city import City
    from graph.formation.costs import CostModel

    Ints = NDArray[np.int64]
    Found = tuple[Ints, Ints, pairs.Pairs]

MOST_LISTED = 100
"""Organizations that share a place and a sector, a division, an association or a leading firm: more are told as a group only."""
BATCH = 4_096
"""Small organizations of small ledger units that are looked at in one go."""
SLICE = 1 << 19
"""Pairs whose columns are in memory at once."""


@dataclass(frozen=True)
class Group:
    """Small organizations of one ledger unit that share something, so that some method joins any of them."""

    ledger_unit: str
    method: str
    kind: str
    key: str | None
    name: str
    rows: Ints

    def as_json(self, codes: NDArray[Any], m: Ints) -> dict[str, Any]:
        """Return the object that ``candidates --json`` prints in ``groups[]``."""
        return {
            "ledger_unit": self.ledger_unit,
            "method": self.method,
            "kind": self.kind,
            "key": self.key,
            "name": self.name,
            "organizations": [str(codes[r]) for r in self.rows],
            "formal_members": int(m[self.rows].sum()),
        }


class Candidates:
    """Candidate pairs and groups of some small organizations.

    Parameters
    ----------
    city : City
    within : bool Series, optional
        Organizations looked at (``City.select``); default all. A pair is listed where either of the two is.
    """

    def __init__(self, city: City, within: pd.Series[Any] | None = None) -> None:
        self.city = city
        self.model: CostModel = costs.model(city.profile.formation)
        o = city.organizations
        self.codes: NDArray[Any] = np.asarray(o.index, dtype=object)
        self.m = o["m"].to_numpy(dtype=float, na_value=0.0).astype(np.int64)
        # places by their keys: whose groups come first does not hang on who else is in the city
        places = np.empty((len(o), len(pairs.AT)), dtype=np.int32)
        for kind, name in enumerate(pairs.AT):
            places[:, kind] = pd.factorize(o[name].to_numpy(dtype=object), sort=True)[0]
        self.features = features(city)._replace(places=places)
        self.home = o["ledger_unit"].to_numpy(dtype=object)
        self._home_code = pd.factorize(self.home, sort=True)[0].astype(np.int64)
        self.small = o["action"].eq("joint").to_numpy(dtype=bool)
        self.asked = self.small if within is None else self.small & within.to_numpy(dtype=bool)
        self._at = [o[name].to_numpy(dtype=object) for name in pairs.AT]
        self._names = Names(city)

    # -- pairs ---------------------------------------------------------------------------------------------------------
    def units(self) -> Iterator[Ints]:
        """Yield the small organizations of each ledger unit in which some are asked for, positions ascending."""
        for number in self._asked_units.tolist():
            yield self._order[self._unit[number] : self._unit[number + 1]]

    @cached_property
    def _order(self) -> Ints:
        rows = np.flatnonzero(self.small & (self._home_code >= 0))
        return rows[np.argsort(self._home_code[rows], kind="stable")]

    @cached_property
    def _unit(self) -> Ints:
        """Where each ledger unit's organizations begin in :attr:`_order`."""
        home = self._home_code
        return np.searchsorted(home[self._order], np.arange(home.max(initial=-1) + 2))

    @cached_property
    def _asked_units(self) -> Ints:
        return np.unique(self._home_code[self.asked & (self._home_code >= 0)])

    def _batches(self) -> Iterator[tuple[int, int]]:
        """Yield ledger units next to each other: one, or several small ones at once (first, and the last not included)."""
        first = last = size = 0
        for number in self._asked_units.tolist():
            more = int(self._unit[number + 1] - self._unit[number])
            if size and (number != last or size + more > BATCH):
                yield first, last
                size = 0
            first = first if size else number
            last, size = number + 1, size + more
        if size:
            yield first, last

    def near(self) -> Iterator[Found]:
        """Yield the pairs that are adjacent and similar (``sector_and_area``), some ledger units after the other."""
        return self._listed(far=False)

    def listed(self) -> Iterator[Found]:
        """Yield the pairs by distance and sector, some ledger units after the other: :meth:`near`, and those of one division.

        Left out, and told by :meth:`groups`, are those that share only a place, an association or a leading firm; and where more
        than :data:`MOST_LISTED` share a place and a sector, a division, an association or a leading firm, what comes of that alone.
        """
        return self._listed(far=True)

    def _listed(self, *, far: bool) -> Iterator[Found]:
        whole = bool((self.asked == self.small).all())
        for first, last in self._batches():
            a, b = self._nearby.pairs(first, last, far=far)
            if not whole:
                keep = self.asked[a] | self.asked[b]
                a, b = a[keep], b[keep]
            for x, y in _slices(a, b):
                found = pairs.pairs(self.features, x, y, self.model)
                some = found.adjacent & found.alike
                if far:
                    some |= found.meeting >= Level.DIVISION
                yield (x, y, found) if some.all() else (x[some], y[some], found.take(some))

    def ordered(self, some: Iterable[Found]) -> Iterator[Found]:
        """Yield what was found with the ledger units in order, the most alike first (as far as one part holds a ledger unit)."""
        for a, b, found in some:
            order = np.lexsort((b, a, found.d, self._home_code[a]))
            yield a[order], b[order], found.take(order)

    def all(self) -> Iterator[Found]:
        """Yield every candidate pair, in order of ledger units and codes; those that share only something included."""
        for rows in self.units():
            step = max(1, SLICE // max(len(rows), 1))
            for first in range(0, len(rows), step):
                block = np.arange(first, min(first + step, len(rows)))
                sizes = len(rows) - 1 - block
                x = np.repeat(block, sizes)
                y = np.arange(len(x)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + x + 1
                a, b = rows[x], rows[y]
                keep = self.asked[a] | self.asked[b]
                yield self._candidates(a[keep], b[keep])

    @cached_property
    def _nearby(self) -> Nearby:
        return Nearby(self.features, self.model, self._order, self._home_code, MOST_LISTED)

    # -- groups --------------------------------------------------------------------------------------------------------
    def groups(self) -> list[Group]:
        """Return what shares a place, an association or a leading firm, and what is too much to list pair by pair."""
        rows = np.flatnonzero(self.small)
        out: list[Group] = []
        f = self.features
        for kind, name in enumerate(KINDS):
            keys = self._at[kind]
            for _, part in self._split(rows, f.places[rows, kind]):
                key = str(keys[part[0]])
                out.append(self._group("area", name, key, self._names.place(name, key), part))
        index = self.city.organizations.index
        for table, column, method, what in (
            (self.city.associations, "association", "trade", "association"),
            (self.city.leaders, "leader", "leading_firm", "organization"),
        ):
            who = pd.Index(table["organization"].to_numpy(dtype=object), dtype=object)
            at = index.get_indexer(who)
            value, unique = pd.factorize(table[column].to_numpy(dtype=object), sort=True)
            some = self.small[at]
            for number, part in self._split(at[some], value[some]):
                key = str(unique[number])
                called = (
                    str(self._names.associations.get(key) or key)
                    if what == "association"
                    else self._names.organization(key)
                )
                out.append(self._group(method, what, key, called, part))
        return [g for g in [*out, *self._many()] if self.asked[g.rows].any()]

    def _many(self) -> Iterator[Group]:
        """Yield the groups of more than are listed pair by pair: one sector in one place, one division."""
        f, nearby = self.features, self._nearby
        for number, rows in zip(self._asked_units.tolist(), self.units(), strict=True):
            for some in (nearby.same, nearby.across):
                for kind, part in crowded(f, some, number, number + 1, MOST_LISTED):
                    key = str(self._at[kind][part[0]])
                    place = self._names.place(KINDS[kind], key)
                    name = f"{place} · {self._sector(part, max(nearby.column, 0))}"
                    yield self._group("sector_and_area", KINDS[kind], key, name, part)
            if len(rows) <= MOST_LISTED:
                continue
            for members in division_sets(f.edition[rows], f.own[rows], f.common[rows]):
                if len(members) > MOST_LISTED:
                    part = rows[members]
                    name = self._sector(part, TRADE)
                    yield self._group("trade", "division", name, name, part)

    def _sector(self, rows: Ints, column: int) -> str:
        """Return what a bucket's sector is called: its code, of whichever edition comes first."""
        columns = self.city.sector_columns
        same = (self.features.edition[rows] == self.features.edition[rows[0]]).all()
        return str((columns.own if same else columns.common).texts[rows[0]][column] or "–")

    def _group(self, method: str, kind: str, key: str, name: str, rows: Ints) -> Group:
        return Group(str(self.home[rows[0]]), method, kind, key, name, np.sort(rows))

    def _split(self, rows: Ints, values: NDArray[Any]) -> Iterator[tuple[int, Ints]]:
        """Yield the rows of one value and ledger unit, two and more, with the value."""
        keep = values >= 0
        rows, values = rows[keep], values[keep]
        order = np.lexsort((rows, values, self._home_code[rows]))
        rows, values = rows[order], values[order]
        home = self._home_code[rows]
        cuts = np.flatnonzero((np.diff(values) != 0) | (np.diff(home) != 0)) + 1
        for start, part in zip(np.r_[0, cuts].tolist(), np.split(rows, cuts), strict=True):
            if len(part) > 1:
                yield int(values[start]), part

    # -- pairs on demand -----------------------------------------------------------------------------------------------
    def of(self, code: str) -> Iterator[Found]:
        """Return all candidate pairs of one small organization, the most alike first.

        Raises
        ------
        UnknownIdError
            No organization has this code.
        InputError
            It is not to be grouped.
        """
        index = self.city.organizations.index
        if code not in index:
            raise UnknownIdError(
                f"{code}: no organization has this code",
                f"{code}：没有这个单位",
                way=Way.find(code),
            )
        row = int(index.get_indexer(pd.Index([code], dtype=object))[0])
        if not self.small[row]:
            action = self.city.organizations["action"].iloc[row]
            raise InputError(
                f"{code}: not to be grouped (action {action})",
                f"{code}：不属于待联合组建的单位（{action}）",
                way=Way("`lianjian survey` says why", "可用 `lianjian survey` 查看原因"),
            )
        others = np.flatnonzero(self.small & (self._home_code == self._home_code[row]))
        others = others[others != row]
        a = np.full(len(others), row, dtype=np.int64)
        return self.ordered([self._candidates(a, others)])

    def beside(self, code: str) -> int:
        """Return among how many small organizations one that is asked for stands, itself counted: those of its ledger unit."""
        row = int(self.city.organizations.index.get_indexer(pd.Index([code], dtype=object))[0])
        return int((self.small & (self._home_code == self._home_code[row])).sum())

    def _candidates(self, a: Ints, b: Ints) -> Found:
        found = pairs.pairs(self.features, a, b, self.model)
        some = (found.adjacent & found.alike) | (found.shared != 0) | found.linked
        some |= found.meeting >= Level.DIVISION
        return a[some], b[some], found.take(some)

    def rows(self, some: Iterable[Found]) -> Iterator[dict[str, Any]]:
        """Yield pairs as ``candidates --json`` prints them (DESIGN)."""
        for found in some:
            yield from self._rows(found)

    def _rows(self, found: Found) -> Iterator[dict[str, Any]]:
        a, b, p = found
        f = self.city.profile.formation
        scale = self.model.denominator * costs.MICRO
        adjacency = p.adjacency / scale / (f.weight_adjacency or 1.0)
        similarity = p.similarity / scale / (f.weight_similarity or 1.0)
        for x in range(len(a)):
            metres = int(p.centimetres[x])
            yield {
                "a": str(self.codes[a[x]]),
                "b": str(self.codes[b[x]]),
                "adjacency": round(float(adjacency[x]), 6),
                "similarity": round(float(similarity[x]), 6),
                "dissimilarity": int(p.d[x]) / costs.MICRO,
                "adjacent": bool(p.adjacent[x]),
                "similar": bool(p.alike[x]),
                "shared": self._shared(
                    int(a[x]), int(b[x]), int(p.shared[x]), bool(p.linked[x]), int(p.meeting[x])
                ),
                "metres": metres / 100 if metres >= 0 else None,
            }

    def _shared(self, i: int, j: int, places: int, linked: bool, level: int) -> list[str]:
        """Return what two share: place keys, ``association:CODE``, ``leader:CODE``, ``class:CODE`` (the deepest level met)."""
        out = []
        for kind in range(len(KINDS)):
            if places >> kind & 1:
                key = str(self._at[kind][i])
                out.append(key if ":" in key else f"{KINDS[kind]}:{key}")
        if linked:
            for word, table in (("association", self._associations), ("leader", self._leaders)):
                both = table.get(str(self.codes[i]), set()) & table.get(str(self.codes[j]), set())
                out += [f"{word}:{code}" for code in sorted(both)]
        if level:
            name = ("section", "division", "group", "class")[level - 1]
            same = self.features.edition[i] == self.features.edition[j]
            columns = self.city.sector_columns
            table_ = columns.own if same else columns.common
            out.append(f"{name}:{table_.texts[i][level - 1]}")
        return out

    @cached_property
    def _associations(self) -> dict[str, set[str]]:
        return _links(self.city.associations, "association")

    @cached_property
    def _leaders(self) -> dict[str, set[str]]:
        return _links(self.city.leaders, "leader")


def _slices(a: Ints, b: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs in parts that a bounded memory holds with all that is known of them; one at the least."""
    for first in range(0, max(len(a), 1), SLICE):
        yield a[first : first + SLICE], b[first : first + SLICE]


def _links(table: pd.DataFrame, name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code, value in zip(table["organization"], table[name], strict=True):
        found.setdefault(str(code), set()).add(str(value))
    return found
