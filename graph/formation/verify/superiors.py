"""Whom a unit to be formed should be subordinate to (AUDIT; S32, S33), by the verifier's own reading.

Units of municipal social organizations stand under the supervising department's unit, without a department under the
civil-affairs bureau's; all others under the committee of the provincial-or-higher zone that they lie in, where it has one, else of
their street or township. Organizations that lie under several such committees come together under their district's.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from graph.formation.verify.jurisdiction import offices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.policy.profile import Profile
    from graph.store.base import Store

COMMITTEES = ("党委", "工委")
NOBODY: frozenset[str | None] = frozenset({None})

Fitting = frozenset[str | None]
Heads = dict[tuple[str, str], frozenset[str]]
"""The committees by what they are of: ("street", code), ("zone", park's key), ("district", code), ("department", name)."""


@dataclass(frozen=True)
class Seats:
    """For some organizations: which committees they lie directly under, and which are their district's; either may be none."""

    direct: dict[str, frozenset[str]]
    district: dict[str, frozenset[str]]

    def fitting(self, who: Sequence[str]) -> Fitting:
        """Return what the superior of a unit of these organizations may be; ``{None}`` where the ledgers hold none for it."""
        for committees in (self.direct, self.district):
            of_all = {committees[c] for c in who}
            if len(of_all) == 1:
                return of_all.pop() or NOBODY
        return NOBODY


@dataclass(frozen=True)
class Superiors:
    """The committees of a city, and what each organization's line and place ask for.

    Attributes
    ----------
    asked : pandas.DataFrame
        By organization: ``department`` (municipal social ones only), ``zone``, ``street``, ``district`` (the others only).
    heads : dict
    """

    asked: pd.DataFrame
    heads: Heads

    def of(self, codes: Iterable[str]) -> Seats:
        """Return where some organizations stand."""
        rows = self.asked.loc[list(codes)]
        none: frozenset[str] = frozenset()
        direct, district = {}, {}
        columns = (rows[name] for name in ("department", "zone", "street", "district"))
        for code, office, zone, street, within in zip(rows.index, *columns, strict=True):
            if office is not None:
                direct[code] = self.heads.get(("department", office), none)
            else:
                direct[code] = self.heads.get(("zone", zone)) or self.heads.get(
                    ("street", street), none
                )
            district[code] = self.heads.get(("district", within), none)
        return Seats(direct, district)


def superiors(
    store: Store,
    profile: Profile,
    as_of: int,
    raw: pd.DataFrame,
    lying: pd.DataFrame,
    units: pd.DataFrame,
) -> Superiors:
    """Read the committees from the units' rows.

    Parameters
    ----------
    raw : pandas.DataFrame
        Organizations by code: ``line``, ``level``, ``supervisor``, ``name``.
    lying : pandas.DataFrame
        :func:`graph.formation.verify.jurisdiction.lying` of them.
    units : pandas.DataFrame
        By code: ``name``, ``type``, ``organization``, ``district``, ``street``, ``live``, ``formal``.
    """
    municipal = (raw["line"].eq("social") & raw["level"].eq("市级")).fillna(False).astype(bool)
    supervising = _plain(offices(raw.loc[municipal, "supervisor"], units, raw))
    asked = pd.DataFrame(index=raw.index)
    for name, column in (("zone", "zone"), ("street", "lies"), ("district", "district")):
        asked[name] = lying[column].where(~municipal, None)
    asked["department"] = supervising.fillna(_word(profile.audit.civil_affairs))
    asked = asked.astype(object)
    asked = asked.where(asked.notna(), None)
    return Superiors(asked, _heads(store, profile, as_of, raw, units, set(supervising.dropna())))


def _heads(
    store: Store,
    profile: Profile,
    as_of: int,
    raw: pd.DataFrame,
    units: pd.DataFrame,
    supervising: set[str],
) -> Heads:
    """Return who heads what: undissolved formal units only."""
    some = units[units["live"] & units["formal"]]
    named = some["organization"].astype(object)
    office = _plain(offices(named, units, raw))
    zones = _zones(store, as_of, units)
    organs = _organs(some, office, _word(profile.audit.organs_committee))
    out: dict[tuple[str, str], set[str]] = defaultdict(set)
    columns = (some["type"], some["street"], some["district"], named, office, named.isna())
    for code, type_, street, district, belongs, of, blank in zip(some.index, *columns, strict=True):
        committee = type_ in COMMITTEES
        zone = None if blank else zones.get(code)
        if committee and blank and isinstance(street, str):
            out["street", street].add(code)
        elif committee and blank and isinstance(district, str):
            out["district", district].add(code)
        if committee and zone is not None:
            out["zone", zone].add(code)
        # the unit of an organization of the ledgers heads a department only where that organization supervises others
        its_office = zone is None and belongs not in raw.index
        if of is not None and code not in organs and (its_office or of in supervising):
            out["department", of].add(code)
    return {what: frozenset(codes) for what, codes in out.items()}


def _organs(units: pd.DataFrame, office: pd.Series, word: str) -> set[str]:
    """Return the organs work committee: so coded, named or belonging; else committees whose name holds the words."""
    name = _plain(units["name"])
    exact = (units.index == word) | (name == word).to_numpy() | (office == word).to_numpy()
    if exact.any():
        return set(units.index[exact])
    holds = np.array([word != "" and word in (text or "") for text in name], dtype=bool)
    return set(units.index[holds & units["type"].isin(COMMITTEES).to_numpy(dtype=bool)])


def _zones(store: Store, as_of: int, units: pd.DataFrame) -> dict[str, str]:
    """Return the park that each unit's 所属单位 names; of several of one name that in the unit's street, else in its district."""
    parks = store.frame("park", as_of, ["code", "name", "district", "street"]).set_index("key")
    called: dict[str, list[str]] = defaultdict(list)
    for key, code, name in zip(parks.index, parks["code"], parks["name"], strict=True):
        for word in {str(key), _word(code), _word(name)} - {""}:
            called[word].append(str(key))
    division = store.frame("division", as_of, ["parent"]).set_index("key")["parent"]
    out = {}
    for code, text, street, district in zip(
        units.index, units["organization"], units["street"], units["district"], strict=True
    ):
        keys = called.get(_word(text), [])
        if len(keys) > 1 and isinstance(street, str):
            keys = [k for k in keys if parks.at[k, "street"] == street] or keys
        if len(keys) > 1:
            within = district if isinstance(district, str) else division.get(street)
            keys = [k for k in keys if parks.at[k, "district"] == within] or keys
        if len(keys) == 1:
            out[str(code)] = keys[0]
    return out


def _plain(values: pd.Series) -> pd.Series:
    """Return texts as names are compared, ``None`` where there are none."""
    return values.astype(object).map(lambda text: _word(text) or None)


def _word(text: object) -> str:
    """Return a text without full-width forms and white space."""
    return "".join(unicodedata.normalize("NFKC", text).split()) if isinstance(text, str) else ""
