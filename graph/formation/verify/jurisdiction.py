"""Whose ledger an organization stands in, by the verifier's own reading (FORMATION, *Ledger unit*, *Ledger unit ids*)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from graph.store.base import Store

STREETS, DISTRICTS = ("街道", "乡镇"), ("区",)
HIGH_ZONES = ("国家级", "省级")
PLACES = ("building", "park", "commercial_street", "market", "community")


def places(store: Store, raw: pd.DataFrame, as_of: int) -> pd.DataFrame:
    """Return each organization's places: its own row's, park and community else from its building's row."""
    building = store.frame("building", as_of, ["park", "community"]).set_index("key")
    out = pd.DataFrame({kind: _text(raw[kind]) for kind in PLACES}, index=raw.index, dtype=object)
    for kind in ("park", "community"):
        out[kind] = _either(out[kind], out["building"].map(_text(building[kind])))
    return out


def lying(store: Store, raw: pd.DataFrame, at: pd.DataFrame, as_of: int) -> pd.DataFrame:
    """Return where organizations lie.

    Parameters
    ----------
    raw, at : pandas.DataFrame
        Organizations and :func:`places` of them, by code.

    Returns
    -------
    pandas.DataFrame
        ``street`` (that the row names, or its community or building), ``lies`` (that, or what its other places tell),
        ``district``, ``zone`` and ``zone_code`` (key and code of a park of provincial or higher level); ``None`` unknown.
    """
    division = store.frame("division", as_of, ["level", "parent"]).set_index("key")
    park = store.frame("park", as_of, ["code", "level", "district", "street"]).set_index("key")
    level, parent = _text(division["level"]), _text(division["parent"])

    def named(keys: pd.Series, levels: tuple[str, ...]) -> pd.Series:
        # a street that no 区划 row defines yet is named all the same; one defined as something else is not
        is_level = keys.map(level)
        return keys.where(is_level.isna() | is_level.isin(levels), None)

    def street_of(kind: str) -> pd.Series:
        frame = store.frame(kind, as_of, ["street"]).set_index("key")
        return named(at[kind].map(_text(frame["street"])), STREETS)

    street = _either(
        named(_text(raw["street"]), STREETS),
        named(at["community"].map(parent), STREETS),
        street_of("building"),
    )
    lies = _either(street, street_of("commercial_street"), street_of("market"), street_of("park"))
    district = _either(
        named(_text(raw["district"]), DISTRICTS),
        named(lies.map(parent), DISTRICTS),
        named(at["park"].map(_text(park["district"])), DISTRICTS),
    )
    high = at["park"].map(_text(park["level"])).isin(HIGH_ZONES)
    return pd.DataFrame(
        {
            "street": street,
            "lies": lies,
            "district": district,
            "zone": at["park"].where(high, None),
            "zone_code": at["park"].map(_text(park["code"])).where(high, None),
        },
        index=raw.index,
        dtype=object,
    )


def ledger_units(
    raw: pd.DataFrame, lie: pd.DataFrame, units: pd.DataFrame, civil_affairs: str
) -> pd.Series:
    """Return the ledger unit's id of each organization, ``None`` where it can't be told.

    Parameters
    ----------
    raw, lie, units : pandas.DataFrame
        Organizations, :func:`lying` of them, and units, all by code.
    civil_affairs : str
        The bureau of municipal social organizations without a supervising department.
    """
    line = raw["line"].astype(object)
    social = line.eq("social")
    municipal = social & _text(raw["level"]).eq("市级")
    in_zone = line.eq("enterprise") & lie["zone_code"].notna()
    bureau = pd.Series(civil_affairs, index=raw.index, dtype=object)
    office = _either(offices(raw["supervisor"], units, raw), bureau)
    out = pd.Series(None, index=raw.index, dtype=object)
    for word, code, who in (
        ("zone", lie["zone_code"], in_zone),
        ("dept", office, municipal),
        ("district", lie["district"], social & ~municipal),
        ("street", lie["street"], ~social & ~in_zone),
    ):
        pick = who & code.notna()
        out[pick] = [f"{word}:{text}" for text in code[pick]]
    return out


def offices(named: pd.Series, units: pd.DataFrame, raw: pd.DataFrame) -> pd.Series:
    """Return the names of the offices that texts name; a unit's or an organization's code is resolved to its office first."""
    text = _text(named)
    of_unit = _text(units["organization"])
    office = _either(of_unit.where(~of_unit.isin(raw.index), None), _text(units["name"]))
    return _either(text.map(office), text.map(_text(raw["name"])), text)


def _text(values: pd.Series) -> pd.Series:
    """Return a column of objects, ``None`` where unknown."""
    out = values.astype(object)
    return out.where(out.notna(), None)


def _either(*columns: pd.Series) -> pd.Series:
    """Return, row by row, the first that is known."""
    out = _text(columns[0])
    for other in columns[1:]:
        out = out.where(out.notna(), _text(other))
    return _text(out)
