"""Who fits with whom: candidate pairs of small organizations, and the groups that share something (FORMATION, *Candidate pair*).

Pairs by distance and sector come from a spatial index and from places; those who merely share a place, an association, a leading
firm or a division are kept as that group, and listed as pairs only when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.errors import InputError, UnknownIdError
from graph.formation import costs, pairs
from graph.formation.problem import features
from graph.formation.wording import KINDS, Names
from graph.geo import project, search_radius
from graph.sector import Level, division_sets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.city import City
    from graph.formation.costs import CostModel

    Ints = NDArray[np.int64]

MOST_PAIRS = 20_000_000
"""Pairs that a listing of all of them may come to; beyond, groups say the same."""


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
        self.features = features(city)
        self.home = o["ledger_unit"].to_numpy(dtype=object)
        self._home_code = pd.factorize(self.home)[0]
        self.small = o["action"].eq("joint").to_numpy(dtype=bool)
        self.asked = self.small if within is None else self.small & within.to_numpy(dtype=bool)
        self._at = [o[name].to_numpy(dtype=object) for name in pairs.AT]
        self._names = Names(city)

    # -- pairs by distance and sector ----------------------------------------------------------------------------------
    def near(self) -> tuple[Ints, Ints, pairs.Pairs]:
        """Return the pairs that are adjacent and similar (``sector_and_area``), by their codes' order.

        Of one ledger unit and no two of one place only: what shares a place is found through it, the rest through a tree over
        coordinates.
        """
        units = np.unique(self._home_code[self.asked])
        rows = np.flatnonzero(self.small & np.isin(self._home_code, units))
        a, b = self._close(rows)
        for kind in range(len(KINDS)):
            x, y = self._same(rows, self.features.places[rows, kind])
            a, b = np.concatenate([a, x]), np.concatenate([b, y])
        keep = (self._home_code[a] == self._home_code[b]) & (self.asked[a] | self.asked[b])
        a, b = a[keep], b[keep]
        low, high = np.minimum(a, b), np.maximum(a, b)
        key = np.unique(low * len(self.codes) + high)
        a, b = key // len(self.codes), key % len(self.codes)
        found = pairs.pairs(self.features, a, b, self.model)
        some = found.adjacent & found.alike
        return a[some], b[some], found.take(some)

    def _close(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return pairs within the radius (with a margin), by a tree a ledger unit."""
        from scipy.spatial import cKDTree

        f = self.features
        located = rows[np.isfinite(f.lon[rows]) & np.isfinite(f.lat[rows])]
        order = located[np.argsort(self._home_code[located], kind="stable")]
        cuts = np.flatnonzero(np.diff(self._home_code[order])) + 1
        radius = search_radius(self.city.profile.formation.radius)
        none = np.zeros(0, dtype=np.int64)
        out = [(none, none)]
        for part in np.split(order, cuts):
            if len(part) > 1:
                tree = cKDTree(project(f.lon[part], f.lat[part]))
                found = tree.query_pairs(radius, output_type="ndarray")
                if len(found):
                    out.append(self._alike(part[found[:, 0]], part[found[:, 1]]))
        return np.concatenate([x for x, _ in out]), np.concatenate([y for _, y in out])

    def _alike(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """Leave out, early, the pairs whose sectors differ and that no association or firm can link."""
        f = self.features
        linked = (np.diff(f.association_start) > 0) | (np.diff(f.leader_start) > 0)
        mixed = f.edition[a] != f.edition[b]
        same = mixed | (f.own[a, 0] == f.own[b, 0]) | (linked[a] & linked[b])
        if self.model.similar[costs.OTHER - costs.CLASS]:
            same[:] = True
        return a[same], b[same]

    def _same(self, rows: Ints, values: NDArray[np.int32]) -> tuple[Ints, Ints]:
        """Return all pairs of equal value (and ledger unit) that may be similar."""
        none = np.zeros(0, dtype=np.int64)
        out = [(none, none)]
        for _, part in self._split(rows, values):
            i, j = np.triu_indices(len(part), 1)
            out.append(self._alike(part[i], part[j]))
        return np.concatenate([x for x, _ in out]), np.concatenate([y for _, y in out])

    # -- groups --------------------------------------------------------------------------------------------------------
    def groups(self) -> list[Group]:
        """Return what shares a place, an association or a leading firm, by ledger unit."""
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
            value, unique = pd.factorize(table[column].to_numpy(dtype=object))
            some = self.small[at]
            for number, part in self._split(at[some], value[some]):
                key = str(unique[number])
                called = (
                    str(self._names.associations.get(key) or key)
                    if what == "association"
                    else self._names.organization(key)
                )
                out.append(self._group(method, what, key, called, part))
        return [g for g in out if self.asked[g.rows].any()]

    def _divisions(self) -> Iterator[Ints]:
        """Yield the sets of small organizations of one ledger unit and division."""
        f = self.features
        rows = np.flatnonzero(self.small)
        for _, part in self._split(rows, np.zeros(len(rows), dtype=np.int64)):
            for members in division_sets(f.edition[part], f.own[part], f.common[part]):
                yield part[members]

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
    def of(self, code: str) -> tuple[Ints, Ints, pairs.Pairs]:
        """Return all candidate pairs of one small organization.

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
                f"{code}: no organization has this code; `lianjian find {code}` searches names too",
                f"{code}：没有这个单位；可用 `lianjian find {code}` 按名称查找",
            )
        row = int(index.get_indexer(pd.Index([code], dtype=object))[0])
        if not self.small[row]:
            action = self.city.organizations["action"].iloc[row]
            raise InputError(
                f"{code}: not to be grouped (action {action}); `lianjian survey` says why",
                f"{code}：不属于待联合组建的单位（{action}）；可用 `lianjian survey` 查看原因",
            )
        others = np.flatnonzero(self.small & (self._home_code == self._home_code[row]))
        others = others[others != row]
        a = np.full(len(others), row, dtype=np.int64)
        return self._candidates(a, others)

    def listed(self) -> tuple[Ints, Ints, pairs.Pairs]:
        """Return the candidate pairs by distance and sector: all but those that share only a place, an association or a firm."""
        return self._candidates(*self._together([self.near()[:2], *self._of_divisions()]))

    def _of_divisions(self) -> list[tuple[Ints, Ints]]:
        """Return the pairs of one ledger unit and division.

        Raises
        ------
        InputError
            They are more than :data:`MOST_PAIRS`.
        """
        divisions = list(self._divisions())
        self._refuse_many(divisions)
        return [_all_pairs(part) for part in divisions]

    def _refuse_many(self, parts: list[Ints]) -> None:
        total = sum(len(part) * (len(part) - 1) // 2 for part in parts)
        if total > MOST_PAIRS:
            raise InputError(
                f"{total:,} pairs share something: too many to list; narrow it with --in, or give one organization with --of",
                f"共有 {total:,} 对，无法逐一列出；请用 --in 缩小范围，或用 --of 指定单位",
            )

    def _together(self, found: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
        """Return pairs once each, in order of their codes, those that were asked for."""
        low = np.concatenate([np.minimum(a, b) for a, b in found])
        high = np.concatenate([np.maximum(a, b) for a, b in found])
        key = np.unique(low * len(self.codes) + high)
        a, b = key // len(self.codes), key % len(self.codes)
        keep = self.asked[a] | self.asked[b]
        return a[keep], b[keep]

    def all(self) -> tuple[Ints, Ints, pairs.Pairs]:
        """Return every candidate pair, those that share only a place, association, leading firm or division included.

        Raises
        ------
        InputError
            They are more than :data:`MOST_PAIRS`.
        """
        parts = [g.rows for g in self.groups()]
        self._refuse_many([*parts, *self._divisions()])
        found = [self.near()[:2], *self._of_divisions(), *(_all_pairs(part) for part in parts)]
        return self._candidates(*self._together(found))

    def _candidates(self, a: Ints, b: Ints) -> tuple[Ints, Ints, pairs.Pairs]:
        found = pairs.pairs(self.features, a, b, self.model)
        some = (found.adjacent & found.alike) | (found.shared != 0) | found.linked
        some |= found.meeting >= Level.DIVISION
        return a[some], b[some], found.take(some)

    def rows(self, found: tuple[Ints, Ints, pairs.Pairs]) -> Iterator[dict[str, Any]]:
        """Yield pairs as ``candidates --json`` prints them (DESIGN)."""
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


def _all_pairs(rows: Ints) -> tuple[Ints, Ints]:
    i, j = np.triu_indices(len(rows), 1)
    return rows[i], rows[j]


def _links(table: pd.DataFrame, name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code, value in zip(table["organization"], table[name], strict=True):
        found.setdefault(str(code), set()).add(str(value))
    return found
