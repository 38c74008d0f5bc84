"""Joint units that lean on nothing: no method of FORMATION holds for the organizations they cover (S29)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from graph.affiliation.columns import codes, mask, positions, texts
from graph.affiliation.facts import Facts
from graph.affiliation.registry import Hit, Outcome, edge, no_repair, rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

PLACES = ("at_building", "at_park", "at_commercial_street", "at_market", "at_community")
METRES_PER_DEGREE = 111319.49  # FORMATION, Distance
PAIRS_AT_ONCE = 2_000_000
SHOWN = 20


@rule(
    "joint_without_anchor",
    clauses="S29 S28",
    severity="warning",
    title=("联合党组织无依托", "joint unit without an anchor"),
    says=(
        "联合党组织 {subject} {name} 覆盖的 {n} 家单位不合任何一种联建方式",
        "no method of forming jointly holds for the {n} organizations of the joint unit {subject} {name}",
    ),
    clean=(
        "{checked} 个联合党组织中 {clean} 个有依托",
        "{clean} of {checked} joint units have an anchor",
    ),
    needs="unit organization",
)
def joint_without_anchor(facts: Facts) -> Outcome:
    """Find joint units to whose organizations none of FORMATION's four methods applies.

    A joint unit covers several organizations and is no one's own, whatever its type says; all it covers are taken, whatever
    their status. The methods: all are led by one firm; all lie in one building, park, commercial street, market or community;
    all belong to one association or one GB/T division; every pair is adjacent and similar. Attaching (挂靠) is no
    method of that table: a unit that organizations were attached to has to keep one of the four.
    """
    units = facts.units
    joint = units.index[facts.formal & mask(units["is_joint"])]
    covers = facts.covers[facts.covers["unit"].isin(joint)]
    n = covers.groupby("unit").size()
    open_ = n.index[n >= 2]
    checked = len(open_)
    for shared in _shared(facts, covers):
        held = shared.groupby(["unit", "value"]).size()
        whole = held.to_numpy() == n.reindex(held.index.get_level_values(0)).to_numpy()
        open_ = open_.difference(held.index.get_level_values(0)[whole])
    rest = covers[covers["unit"].isin(open_)]
    bad = [str(u) for u in open_.difference(_near_and_similar(facts, rest))]
    by = {str(u): sorted(g) for u, g in rest.groupby("unit")["organization"]}
    repair = no_repair("如何调整须由人决定", "how to change it is for people to decide")
    hits = [
        Hit(
            unit,
            {"name": units.at[unit, "name"], "n": len(by[unit])},
            tuple(edge("COVERS", unit, o) for o in by[unit][:SHOWN]),
            (
                *facts.claims_of("unit", [unit]),
                *facts.claims_of("organization", by[unit][:SHOWN]),
            ),
            repair,
        )
        for unit in bad
    ]
    return Outcome(checked, hits)


def _shared(facts: Facts, covers: pd.DataFrame) -> list[pd.DataFrame]:
    """Return what the organizations of units have that a method may hold by: ``unit``, ``value``, one frame a kind."""
    o = facts.organizations
    at = positions(o.index, covers["organization"])
    out = []
    for column in (*PLACES, "gb_division"):
        rows = pd.DataFrame(
            {
                "unit": covers["unit"].to_numpy(dtype=object),
                "value": texts(o[column].iloc[at]),
            }
        )
        out.append(rows.dropna())
    for links, name in ((facts.city.associations, "association"), (facts.city.leaders, "leader")):
        rows = covers.merge(links.drop_duplicates(), on="organization")
        out.append(rows[["unit", name]].rename(columns={name: "value"}))
    return out


def _near_and_similar(facts: Facts, covers: pd.DataFrame) -> list[str]:
    """Return the units of whose organizations every pair is adjacent and similar.

    The first organization is held against all others; only where that holds are all pairs looked at.
    """
    compare = _Comparison(facts)
    rows = covers.sort_values(["unit", "organization"])
    at = positions(facts.organizations.index, rows["organization"])
    code, unit = pd.factorize(rows["unit"].to_numpy(dtype=object))
    size = np.bincount(code)
    start = np.concatenate([[0], np.cumsum(size)])[:-1] if len(size) else np.zeros(0, np.int64)
    good = compare.all_of(code, at[start[code]], at, len(unit)) if len(at) else np.zeros(0, bool)
    for k in np.flatnonzero(good & (size > 2)):
        good[k] = compare.every_pair(at[start[k] : start[k] + size[k]])
    return [str(u) for u in unit[good]]


class _Comparison:
    """Adjacency and similarity of organizations (positions) as truth values."""

    def __init__(self, facts: Facts) -> None:
        o, values = facts.organizations, facts.profile.formation
        self.radius = values.radius
        self.places = np.stack([codes(o[c]) for c in PLACES], axis=1)
        self.lon = o["wlon"].to_numpy(dtype=float, na_value=np.nan)
        self.lat = o["wlat"].to_numpy(dtype=float, na_value=np.nan)
        levels = (
            ("gb_class", values.similarity_class),
            ("gb_group", values.similarity_group),
            ("gb_division", values.similarity_division),
            ("gb_section", values.similarity_section),
        )
        alike = [c for c, s in levels if s <= values.similar]
        self.sectors = (
            np.stack([codes(o[c]) for c in alike], axis=1)
            if alike
            else np.empty((len(o), 0), np.int64)
        )
        self.linked: set[tuple[int, int]] = set()
        self._links: list[dict[int, frozenset[str]]] = []
        if values.similarity_linked <= values.similar:
            for links, name in (
                (facts.city.associations, "association"),
                (facts.city.leaders, "leader"),
            ):
                at = positions(o.index, links["organization"])
                by: dict[int, set[str]] = {}
                for i, value in zip(at.tolist(), links[name], strict=True):
                    by.setdefault(i, set()).add(value)
                self._links.append({i: frozenset(v) for i, v in by.items()})

    def hold(self, a: Ints, b: Ints) -> Bools:
        """Say of each pair whether the two are adjacent and similar."""
        adjacent = ((self.places[a] == self.places[b]) & (self.places[a] >= 0)).any(axis=1)
        with np.errstate(invalid="ignore"):
            x = (self.lon[a] - self.lon[b]) * np.cos(np.radians((self.lat[a] + self.lat[b]) / 2))
            metres = METRES_PER_DEGREE * np.hypot(x, self.lat[a] - self.lat[b])
            adjacent |= np.round(metres, 2) <= self.radius
        similar = ((self.sectors[a] == self.sectors[b]) & (self.sectors[a] >= 0)).any(axis=1)
        for i in np.flatnonzero(adjacent & ~similar):
            p, q = int(a[i]), int(b[i])
            similar[i] = any(by.get(p, frozenset()) & by.get(q, frozenset()) for by in self._links)
        return np.asarray((adjacent & similar) | (a == b), dtype=bool)

    def all_of(self, code: Ints, a: Ints, b: Ints, size: int) -> Bools:
        """Say of each group whether all of its pairs hold."""
        bad = np.bincount(code[~self.hold(a, b)], minlength=size)
        return np.asarray(bad == 0, dtype=bool)

    def every_pair(self, at: Ints) -> bool:
        """Say whether every pair of a set holds, a bounded number of pairs at a time."""
        step = max(1, PAIRS_AT_ONCE // len(at))
        for begin in range(0, len(at), step):
            part = at[begin : begin + step]
            if not self.hold(np.repeat(part, len(at)), np.tile(at, len(part))).all():
                return False
        return True
