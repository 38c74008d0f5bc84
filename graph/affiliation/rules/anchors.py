"""Joint units that lean on nothing: no method of FORMATION holds for the organizations they cover (S29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph import geo, sector
from graph.affiliation.registry import Hit, Outcome, Population, Row, edge, no_repair, rule
from graph.columns import among, codes, mask, numbers, positions, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

PLACES = ("at_building", "at_park", "at_commercial_street", "at_market", "at_community")
COMPARED = ("wlon", "wlat", "industry", "industry_edition")
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
    all belong to one association or one GB/T division; every pair is adjacent and similar. A unit that leaned on one of them
    (or covered a single organization) and to which others were attached later (挂靠, by FORMATION's conditions), as its rows
    over time tell, leans on it still.
    """
    units = facts.units
    joint = facts.formal & mask(units["is_joint"])
    covers = facts.covers
    unit = positions(units.index, texts(covers["unit"]))
    pick = joint[unit]
    unit, code = unit[pick], texts(covers["organization"])[pick]
    organization = positions(facts.organizations.index, code)  # in the order of codes, as the index
    order = np.lexsort((organization, unit))
    unit, code, organization = unit[order], code[order], organization[order]
    n = np.bincount(unit, minlength=len(units))
    checked = np.flatnonzero(n >= 2)
    open_ = n >= 2
    for row, value in _shared(facts, organization):
        width = int(value.max(initial=0)) + 1
        pair, size = np.unique(unit[row] * width + value, return_counts=True)
        open_[(pair // width)[size == n[pair // width]]] = False
    rest = open_[unit]
    open_[_of_one_kind(facts, unit[rest], organization[rest])] = False
    bad = open_[unit]
    compared = _Comparison(facts, facts.organizations.index[np.unique(organization[bad])])
    by: dict[str, list[str]] = {}
    for at, one in zip(unit[bad].tolist(), code[bad].tolist(), strict=True):
        by.setdefault(str(units.index[at]), []).append(one)
    rows = _named_over_time(facts, list(by))
    by = {key: some for key, some in by.items() if not _attached_to(compared, rows[key], some)}
    repair = no_repair("如何调整须由人决定", "how to change it is for people to decide")

    def hit(row: Row) -> Hit:
        some = by[row.code]
        return Hit(
            row.code,
            {"name": row.name, "n": len(some)},
            tuple(edge("COVERS", row.code, o) for o in some[:SHOWN]),
            (row.claim, *facts.claims_of("organization", some[:SHOWN])),
            repair,
        )

    hits = facts.unit_hits(np.asarray(units.index.isin(by), dtype=bool), hit)
    return Outcome(Population(units=checked), hits)


def _shared(facts: Facts, organization: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield what organizations of units may all have in common: (rows, values), one pair of columns a kind of place or link."""
    o = facts.organizations
    for column in PLACES:
        value = codes(o[column])[organization]
        yield np.flatnonzero(value >= 0), value[value >= 0]
    for links, name in ((facts.city.associations, "association"), (facts.city.leaders, "leader")):
        links = links.drop_duplicates()
        of = positions(o.index, texts(links["organization"]))
        value = codes(links[name])
        rows = pd.DataFrame({"organization": organization, "row": np.arange(len(organization))})
        both = rows.merge(pd.DataFrame({"organization": of, "value": value}), on="organization")
        yield both["row"].to_numpy(np.int64), both["value"].to_numpy(np.int64)


def _of_one_kind(facts: Facts, units: Ints, organizations: Ints) -> Ints:
    """Return the units of whose organizations every pair is of one division, or every pair adjacent and similar.

    The first organization is held against all others; only where that holds are all pairs looked at. Rows are grouped by unit.
    """
    if not len(units):
        return units
    unit, names = pd.factorize(units)
    unique, at = np.unique(organizations, return_inverse=True)
    compare = _Comparison(facts, facts.organizations.index[unique])
    size = np.bincount(unit)
    start = np.concatenate([[0], np.cumsum(size)])[:-1]
    good = np.zeros(len(names), dtype=bool)
    for holds in (compare.one_division, compare.near_and_similar):
        star = holds(at[start[unit]], at)
        some = np.bincount(unit[~star], minlength=len(names)) == 0
        open_ = np.flatnonzero(some & (size > 2))
        # units of one size together: so many pairs of positions, the same for each
        for n in np.unique(size[open_]):
            alike = open_[size[open_] == n]
            first, second = np.triu_indices(int(n), 1)
            step = max(1, PAIRS_AT_ONCE // len(first))
            for begin in range(0, len(alike), step):
                part = alike[begin : begin + step]
                a = at[(start[part][:, np.newaxis] + first).ravel()]
                b = at[(start[part][:, np.newaxis] + second).ravel()]
                some[part] = holds(a, b).reshape(len(part), len(first)).all(axis=1)
        good |= some
    return np.asarray(names[good], dtype=np.int64)


def _named_over_time(facts: Facts, keys: list[str]) -> dict[str, list[set[str]]]:
    """Return which organizations the rows of some units name, one set a row, the earliest row first.

    All units together, an edition at a time and the latest first: asking for one unit's rows after the other would take a city
    of sixty thousand units minutes.
    """
    found: dict[str, list[set[str]]] = {key: [] for key in keys}
    due = {facts.as_of: keys}
    while due:
        date = max(due)
        rows = facts.store.frame("unit", date, ["covers", "organization"])
        rows = rows[among(texts(rows["key"]), due.pop(date))]
        said = facts.store.said("unit", rows["claim"], [])["dated"].to_numpy(np.int64)
        begun = rows["valid_from"].to_numpy(np.int64)
        for key, covers, own in zip(rows["key"], rows["covers"], rows["organization"], strict=True):
            found[key].insert(0, {*_split(covers), *_split(own)})
        # a first row holds from the unit's founding, so that one that holds from before its own date has none before it
        for start in np.unique(begun[begun == said]).tolist():
            earlier = rows["key"][(begun == start) & (said == start)]
            due.setdefault(start - 1, []).extend(earlier)
    return found


def _attached_to(compared: _Comparison, named: list[set[str]], codes: list[str]) -> bool:
    """Whether a unit had an anchor once, and each organization that its later rows add could be attached to it then."""
    if len(named) < 2:
        return False
    by_own_row = set(codes) - named[-1]  # these name the unit, not it them: of no date
    anchored, before = False, set[str]()
    for some in named:
        now = (some & set(codes)) | by_own_row
        at, were = compared.at(sorted(now)), compared.at(sorted(before))
        if len(now) == 1 or compared.joined(at):
            anchored = True
        elif anchored:
            anchored = compared.attachable(compared.at(sorted(now - before)), were)
        before = now
    return anchored


def _split(value: object) -> list[str]:
    return value.split(";") if isinstance(value, str) else []


class _Comparison:
    """Pairs of some organizations (positions in ``keys``), each against itself holding."""

    def __init__(self, facts: Facts, keys: pd.Index[Any]) -> None:
        o, values = facts.organizations[[*PLACES, *COMPARED]].loc[keys], facts.profile.formation
        self.keys = keys
        self.radius = round(values.radius * 100)
        self.places = np.stack([codes(o[c]) for c in PLACES], axis=1)
        self.lon, self.lat = numbers(o["wlon"]), numbers(o["wlat"])
        editions = o["industry_edition"].fillna(facts.profile.gbt4754_edition)
        self.sectors = facts.city.sectors.columns(texts(o["industry"]), texts(editions))
        levels = (
            values.similarity_other,
            values.similarity_section,
            values.similarity_division,
            values.similarity_group,
            values.similarity_class,
        )
        self.alike = np.array([s <= values.similar for s in levels])
        self.linked_alike = values.similarity_linked <= values.similar
        self.links: list[dict[int, frozenset[str]]] = []
        for links, name in (
            (facts.city.associations, "association"),
            (facts.city.leaders, "leader"),
        ):
            at = positions(keys, links["organization"])
            by: dict[int, set[str]] = {}
            for i, value in zip(at[at >= 0].tolist(), links.loc[at >= 0, name], strict=True):
                by.setdefault(i, set()).add(value)
            self.links.append({i: frozenset(v) for i, v in by.items()})

    def at(self, codes: list[str]) -> Ints:
        """Return the positions of some organizations."""
        return positions(self.keys, np.array(codes, dtype=object))

    def joined(self, at: Ints) -> bool:
        """Say whether one of FORMATION's methods holds for two or more organizations."""
        if len(at) < 2:
            return False
        a, b = (at[x] for x in np.triu_indices(len(at), 1))
        place = (self.places[at] == self.places[at[0]]) & (self.places[at] >= 0)
        none: frozenset[str] = frozenset()
        shared = (frozenset.intersection(*(by.get(int(x), none) for x in at)) for by in self.links)
        return bool(
            place.all(axis=0).any()
            or any(shared)
            or self.one_division(a, b).all()
            or self.near_and_similar(a, b).all()
        )

    def attachable(self, at: Ints, to: Ints) -> bool:
        """Say whether each of some could be attached to a unit that covers others (FORMATION, *Attaching*)."""
        if not len(to):
            return False
        a, b = np.repeat(at, len(to)), np.tile(to, len(at))
        near = self.adjacent(a, b) | (self.sectors.meeting(a, b) >= sector.Level.DIVISION)
        return bool(near.reshape(len(at), len(to)).any(axis=1).all())

    def one_division(self, a: Ints, b: Ints) -> Bools:
        """Say of each pair whether the two are of one GB/T division."""
        met = self.sectors.meeting(a, b) >= sector.Level.DIVISION
        return np.asarray(met | (a == b), dtype=bool)

    def adjacent(self, a: Ints, b: Ints) -> Bools:
        """Say of each pair whether the two share a place or lie within the radius."""
        shared = ((self.places[a] == self.places[b]) & (self.places[a] >= 0)).any(axis=1)
        far = geo.centimetres(self.lon[a], self.lat[a], self.lon[b], self.lat[b])
        return np.asarray(shared | ((far >= 0) & (far <= self.radius)), dtype=bool)

    def near_and_similar(self, a: Ints, b: Ints) -> Bools:
        """Say of each pair whether the two are adjacent and similar."""
        adjacent = self.adjacent(a, b)
        similar = self.alike[self.sectors.meeting(a, b)]
        for i in np.flatnonzero(adjacent & ~similar & self.linked_alike):
            p, q = int(a[i]), int(b[i])
            similar[i] = any(by.get(p, frozenset()) & by.get(q, frozenset()) for by in self.links)
        return np.asarray((adjacent & similar) | (a == b), dtype=bool)
