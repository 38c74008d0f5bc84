"""Where organizations lie and whose ledger they stand in (FORMATION, *Ledger unit*, *Exact readings*).

Columns in, columns out. A place that an organization's row leaves blank follows from other rows: park and community from its
building; street from community, building, commercial street, market, park; district from street, community, building, park.
A street or district that a row names counts as named, whether or not a 区划 row defines it yet (the dangling reference is a
finding of the audit); one that a 区划 row defines as something else does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.columns import column, first, is_known, lookup, only, padded, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Texts = NDArray[Any]
    Bools = NDArray[np.bool_]

STREETS = ("街道", "乡镇")
DISTRICTS = ("区",)
HIGH_ZONES = ("国家级", "省级")
MUNICIPAL = "市级"
KINDS = ("zone", "street", "district", "dept")


class Places:
    """The city's divisions and places, as lookups from key to key.

    Parameters
    ----------
    frame : callable
        Returns the store's frame of a kind, with some columns.
    """

    def __init__(self, frame: Callable[[str, list[str]], pd.DataFrame]) -> None:
        self.divisions = frame("division", ["name", "level", "parent"])
        self.parks = frame("park", ["code", "name", "level", "district", "street"])
        own = ["park", "street", "community"]
        self.of = {kind: frame(kind, own) for kind in ("building", "commercial_street", "market")}

    def street(self, named: Texts) -> Texts:
        """Return which of these keys are streets or townships, ``None`` for others."""
        return self._of_level(named, STREETS)

    def district(self, named: Texts) -> Texts:
        """Return which of these keys are districts, ``None`` for others."""
        return self._of_level(named, DISTRICTS)

    def parent(self, divisions: Texts) -> Texts:
        """Return the division above each."""
        return lookup(self.divisions["parent"], divisions)

    def _of_level(self, named: Texts, levels: tuple[str, ...]) -> Texts:
        level = lookup(self.divisions["level"], named)
        return only(~is_known(level) | np.isin(level, levels), named)


def locate(raw: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Return the places of organizations, filled in from other rows.

    Returns
    -------
    pandas.DataFrame
        Index as ``raw``; ``at_building``, ``at_park``, ``at_commercial_street``, ``at_market``, ``at_community``, ``at_street``,
        ``at_district`` (keys or ``None``), and ``ledger_street``: the street that the row names, or its community or building.
    """
    building = texts(raw["building"])
    of_building = places.of["building"]
    park = first(texts(raw["park"]), lookup(of_building["park"], building))
    community = first(texts(raw["community"]), lookup(of_building["community"], building))
    ledger_street = first(
        places.street(texts(raw["street"])),
        places.street(places.parent(community)),
        places.street(lookup(of_building["street"], building)),
    )
    at: dict[str, Texts] = {
        "building": building,
        "park": park,
        "commercial_street": texts(raw["commercial_street"]),
        "market": texts(raw["market"]),
        "community": community,
    }
    street = first(
        ledger_street,
        *(
            places.street(lookup(places.of[kind]["street"], at[kind]))
            for kind in ("commercial_street", "market")
        ),
        places.street(lookup(places.parks["street"], park)),
    )
    district = first(
        places.district(texts(raw["district"])),
        places.district(places.parent(street)),
        places.district(lookup(places.parks["district"], park)),
    )
    out = pd.DataFrame(index=raw.index)
    for kind, keys in (at | {"street": street, "district": district}).items():
        out[f"at_{kind}"] = column(keys, raw.index)
    out["ledger_street"] = column(ledger_street, raw.index)
    return out


def ledger_units(
    raw: pd.DataFrame, at: pd.DataFrame, places: Places, offices: Texts, civil_affairs: str
) -> pd.DataFrame:
    """Return whose ledger each organization stands in.

    Parameters
    ----------
    raw, at : pandas.DataFrame
        Organizations, and :func:`locate` of them.
    offices : object[n]
        Names of the supervising departments, ``None`` where there are none.
    civil_affairs : str
        The civil-affairs bureau, for municipal social organizations without one (S17).

    Returns
    -------
    pandas.DataFrame
        ``ledger_unit`` (``zone:CODE``, ``street:CODE``, ``district:CODE``, ``dept:NAME`` or ``None``) and ``ledger_unit_name``.
    """
    line = texts(raw["line"])
    park = texts(at["at_park"])
    high = np.isin(lookup(places.parks["level"], park), HIGH_ZONES)
    zone = only(high, lookup(places.parks["code"], park))
    in_zone = (line == "enterprise") & is_known(zone)
    social = line == "social"
    municipal = social & (texts(raw["level"]) == MUNICIPAL)
    kind = np.select([in_zone, municipal, social], [0, 3, 2], 1)
    district = texts(at["at_district"])
    codes = (
        zone,
        texts(at["ledger_street"]),
        district,
        first(offices, np.full(len(raw), civil_affairs, object)),
    )
    names = (
        lookup(places.parks["name"], park),
        lookup(places.divisions["name"], codes[1]),
        lookup(places.divisions["name"], district),
        codes[3],
    )
    ids: Texts = np.full(len(raw), None, dtype=object)
    called: Texts = np.full(len(raw), None, dtype=object)
    for number, word in enumerate(KINDS):
        some = np.flatnonzero((kind == number) & is_known(codes[number]))
        ids[some] = _prefixed(word, codes[number][some])
        called[some] = first(names[number][some], codes[number][some])
    out = pd.DataFrame(index=raw.index)
    out["ledger_unit"] = column(ids, raw.index)
    out["ledger_unit_name"] = column(called, raw.index)
    return out


def office_names(named: Texts, units: pd.DataFrame, organizations: pd.Series[Any]) -> Texts:
    """Return the office that each 业务主管单位 names; a code there is resolved to its name first.

    A unit's code means the office that its 所属单位 names, else the unit's own name; an organization's code its name.
    """
    code, unique = pd.factorize(named)
    names = []
    for text in unique:
        if text in units.index:
            office = units.at[text, "organization"]
            names.append(
                office
                if isinstance(office, str) and office not in organizations.index
                else units.at[text, "name"]
            )
        elif text in organizations.index:
            names.append(organizations.at[text])
        else:
            names.append(text)
    return np.asarray(padded(names)[code], dtype=object)


def _prefixed(word: str, codes: Texts) -> Texts:
    code, unique = pd.factorize(codes)
    return np.array([f"{word}:{text}" for text in unique], dtype=object)[code]
