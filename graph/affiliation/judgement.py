"""Which units keep the rule of line and place, and how the others break it (S32, S33; AUDIT).

A unit is judged by the organization that its 所属单位 names, else by those it covers where they agree on line and place, else
not. Only chains that reach a root are judged, and the rule is met where any of them meets it. "Chain" is every way up: with
several superiors all are followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.expected import INDUSTRY, TERRITORIAL
from graph.affiliation.registry import Words
from graph.columns import among, is_known, positions, texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Judgement:
    """The units that could be judged.

    Attributes
    ----------
    units : pandas.DataFrame
        One row a judged unit, by ``node``: ``by`` (an organization it was judged by), ``line``, ``street``, ``zone``, ``park``,
        ``district``, ``department``; ``met``; ``other_line`` and ``other_place`` (the least committee that shows
        it, -1 for none), ``skips``.
    notes : tuple of Words
        How many were not judged, and why.
    """

    units: pd.DataFrame
    notes: tuple[Words, ...]


def judge(facts: Facts) -> Judgement:
    """Judge all undissolved units of a city that has a root."""
    expected = facts.expected
    units, notes = facts.asked
    reaches = expected.reached[0][units["node"].to_numpy(dtype=np.int64)]
    if lost := int((~reaches).sum()):
        notes = (
            *notes,
            Words(
                f"{lost} 个党组织未判断：链条不通到根", f"{lost} units not judged: no root above"
            ),
        )
    units = units[reaches].reset_index(drop=True)
    below, head = expected.passed
    row = np.full(expected.forest.size, -1, dtype=np.int64)
    row[units["node"].to_numpy(dtype=np.int64)] = np.arange(len(units))
    mine = row[below] >= 0
    at, over = row[below[mine]], head[mine]
    kind, of = expected.kind[over], expected.of[over]

    def column(name: str) -> NDArray[Any]:
        return texts(units[name])[at]

    territorial = column("line") == "territorial"
    first = ((kind == "street") & (of == column("street"))) | (
        (kind == "zone") & (of == column("zone"))
    )
    first = (territorial & first) | (
        ~territorial & (kind == "department") & (of == column("department"))
    )
    goal = np.where(territorial, column("district"), facts.profile.audit.organs_committee)
    met = np.zeros(len(units), dtype=bool)
    met[at[first][_lies_under(facts, over[first], goal[first])]] = True

    # heads above a district's committee stand over both lines and show neither
    above_districts = np.zeros(expected.forest.size, dtype=bool)
    above_districts[head[(expected.kind[below] == "district") & (below != head)]] = True
    above_districts[expected.roots] = True
    shows = np.zeros(expected.forest.size, dtype=bool)
    committees = expected.committees
    shows[committees.loc[committees["heads"], "node"].to_numpy(dtype=np.int64)] = True
    of_industry = among(kind, INDUSTRY) & shows[over] & ~above_districts[over]
    of_places = among(kind, TERRITORIAL)
    other_line = np.where(territorial, of_industry, of_places & ~above_districts[over])
    own = (
        ((kind == "street") & (of == column("street")))
        | ((kind == "zone") & (of == column("park")))
        | ((kind == "district") & (of == column("district")))
    )
    other_place = territorial & of_places & ~own

    # nobody knows what a way out of the area passes: who breaks the rule on none but such is not judged
    outward = expected.beyond
    if outward.any():
        tops = among(expected.kind, ("district", "organs"))
        leaves = expected.forest.toward(outward, tops)[0][units["node"].to_numpy(dtype=np.int64)]
        unsure = leaves & ~met
        if count := int(unsure.sum()):
            notes = (
                *notes,
                Words(
                    f"{count} 个党组织未判断：链条通往辖区外",
                    f"{count} units not judged: their chain leads out of the area",
                ),
            )
    else:
        unsure = np.zeros(len(units), dtype=bool)
    units["met"] = met
    units["other_line"] = _least(at, over, other_line & ~met[at], len(units))
    units["other_place"] = _least(at, over, other_place & ~met[at], len(units))
    units["skips"] = ~met & _skips(facts, units)
    return Judgement(units[~unsure].reset_index(drop=True), notes)


def _lies_under(facts: Facts, nodes: Ints, goal: NDArray[Any]) -> Bools:
    """Say of each (committee, goal) whether the committee's chain passes the district's or organs committee ``goal``."""
    expected = facts.expected
    below, head = expected.passed
    top = among(expected.kind[head], ("district", "organs"))
    have = pd.MultiIndex.from_arrays([below[top], expected.of[head[top]]])
    want = pd.MultiIndex.from_arrays([nodes, goal])
    return np.asarray(want.isin(have), dtype=bool)


def _least(at: Ints, over: Ints, pick: Bools, size: int) -> Ints:
    """Return for each row the least node among those picked, -1 where there is none."""
    out = np.full(size, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(out, at[pick], over[pick])
    out[out == np.iinfo(np.int64).max] = -1
    return out


def _skips(facts: Facts, units: pd.DataFrame) -> Bools:
    """Say which territorial units reach their own district's committee without passing any street's or zone's."""
    expected, forest = facts.expected, facts.expected.forest
    barred = among(expected.kind, ("street", "zone"))
    # a lower zone's committee is no station on the way: only provincial-or-higher ones count (S32)
    high = expected.parks.index[expected.parks["high"].to_numpy(dtype=bool)]
    barred &= (expected.kind != "zone") | among(expected.of, high)
    node = units["node"].to_numpy(dtype=np.int64)
    district = units["district"].to_numpy(dtype=object)
    territorial = units["line"].to_numpy(dtype=object) == "territorial"
    out = np.zeros(len(units), dtype=bool)
    heads = np.flatnonzero((expected.kind == "district") & expected.reached[0])
    wanted = set(district[territorial].tolist())
    for head in heads:
        if expected.of[head] in wanted:
            reached = np.zeros(forest.size, dtype=bool)
            reached[forest.below(int(head), barred=barred)] = True
            out |= territorial & (district == expected.of[head]) & reached[node]
    return out


def asked(facts: Facts) -> tuple[pd.DataFrame, tuple[Words, ...]]:
    """Return the undissolved units of which the rule asks something, what it asks, and how many it can't ask.

    Returns
    -------
    units : pandas.DataFrame
        ``node``, ``by`` (an organization it is judged by) and the columns of :meth:`Expected.demands`.
    notes : tuple of Words
    """
    expected = facts.expected
    units = facts.units
    n = len(units)
    own = expected.named_organization
    by_own = facts.live & is_known(own)
    at = positions(facts.organizations.index, own[by_own])
    parts = [(np.flatnonzero(by_own), at)]

    covers = facts.covers
    unit = positions(units.index, covers["unit"])
    organization = positions(facts.organizations.index, covers["organization"])
    rest = ~by_own[unit]
    parts.append((unit[rest], organization[rest]))
    unit = np.concatenate([nodes for nodes, _ in parts]).astype(np.int64)
    organization = np.concatenate([orgs for _, orgs in parts]).astype(np.int64)

    named = np.unique(organization)
    demands = expected.demands(facts.organizations.index[named])
    # zone before street: in a zone either committee will do, so the zone alone is the place to agree on
    zone, street = demands["zone"], demands["street"]
    place = zone.where(zone.notna(), street)
    department = demands["department"]
    said = pd.Series(
        np.where(
            demands["line"] == "industry",
            "industry|" + department.astype(str),
            "territorial|" + place.astype(str) + "|" + demands["district"].astype(str),
        )
    )
    vague = (demands["line"] == "territorial") & (place.isna() | demands["district"].isna())
    code = pd.factorize(said)[0].astype(np.int64)
    code[vague.to_numpy(dtype=bool)] = -1
    position = np.searchsorted(named, organization)

    low = np.full(n, np.iinfo(np.int64).max, dtype=np.int64)
    high = np.full(n, -2, dtype=np.int64)
    first = np.full(n, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(low, unit, code[position])
    np.maximum.at(high, unit, code[position])
    np.minimum.at(first, unit, position)
    some = high > -2
    agreed = some & (low == high)
    clear = agreed & (low >= 0)

    pick = np.flatnonzero(clear)
    out = demands.iloc[first[pick]].copy()
    out.insert(0, "by", out.index)
    out.insert(0, "node", pick)
    # of several organizations the street is asked for only where they share it
    out["street"] = _shared(street, unit, position, n)[pick]
    out["park"] = _shared(demands["park"], unit, position, n)[pick]
    counts = (
        (
            int((some & ~agreed).sum()),
            "所覆盖单位的条线或属地不一",
            "the organizations they cover differ in line or place",
        ),
        (
            int((agreed & ~clear).sum()),
            "单位所在街道或区不明",
            "their organizations' street or district is unknown",
        ),
    )
    notes = tuple(
        Words(f"{count} 个党组织未判断：{zh}", f"{count} units not judged: {en}")
        for count, zh, en in counts
        if count
    )
    return out.reset_index(drop=True), notes


def _shared(values: pd.Series[Any], unit: Ints, position: Ints, n: int) -> NDArray[Any]:
    """Return for each unit the value that all of its organizations share, else ``None``."""
    code, unique = pd.factorize(values.to_numpy(dtype=object))
    low = np.full(n, np.iinfo(np.int64).max, dtype=np.int64)
    high = np.full(n, -2, dtype=np.int64)
    np.minimum.at(low, unit, code[position])
    np.maximum.at(high, unit, code[position])
    out: NDArray[Any] = np.full(n, None, dtype=object)
    same = (low == high) & (low >= 0)
    out[same] = unique[low[same]]
    return out
