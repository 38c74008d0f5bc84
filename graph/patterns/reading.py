"""What questions rest on, read from a city: only what is asked for, and with it what is asked for most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from graph.city import PLACED
from graph.columns import first, is_known, mask, texts
from graph.patterns.facts import Divisions, Facts
from graph.patterns.values import Numbers, Texts
from graph.patterns.vocabulary import properties
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from graph.city import City
    from graph.patterns.facts import Need
    from graph.patterns.values import Column

USUAL = (
    "name", "line", "category", "status", "staff", "formal_members", "probationary_members", "size", "level", "industry", "district",
    "street", "community", "park", "building",
)  # fmt: skip
"""Properties of organizations that are read the first time, whatever is asked: each reading goes through all rows."""
_RESTS_ON = {
    "in_base": ("status",), "excluded": ("status",), "eligible": ("status", "formal_members"),
    "gb_section": ("industry", "industry_edition"), "ledger_unit": ("line", "level", "supervisor", "name", *PLACED),
    "action": ("line", "level", "supervisor", "name", *PLACED, "category", "staff", "formal_members", "status"),
}  # fmt: skip
"""Properties of organizations that what is derived rests on: read together, organizations are gone through once."""


def read(city: City, facts: Facts, wanted: Iterable[Need], *, ahead: bool = False) -> Facts:
    """Return facts with what is lacking of a question's needs; the given ones stay as they are.

    Parameters
    ----------
    city : graph.city.City
        The same at each reading: of one store in one state, at one date.
    facts : Facts
    wanted : iterable of Need
    ahead : bool
        Read with organizations what most questions ask for.
    """
    out = Facts(
        facts.as_of, dict(facts.keys), dict(facts.columns), dict(facts.relations), dict(facts.places), facts.divisions
    )  # fmt: skip
    needs = out.lacks(set(wanted))
    some = {need[2] for need in needs if need[:2] == ("column", "organization")}
    if ahead and _organizations(needs) and "organization" not in out.keys:
        some |= {*USUAL, "covered", "in_base", "eligible"}
        needs |= {("column", "organization", name) for name in some}
    if some or _organizations(needs):
        rest = {n for name in some for n in _RESTS_ON.get(name, ())}
        stated = {n for n in some if not properties("organization")[n].derived}
        if ("place", "organization") in needs:
            rest |= {*PLACED}
        city.few(*sorted(stated | rest))
    for kind in sorted({kind for need in needs for kind in _kinds(need)} - out.keys.keys()):
        out.keys[kind] = pa.array(_index(city, kind), pa.large_string())
    for need in sorted(needs):
        if out.lacks({need}):
            _READ[need[0]](city, out, *need[1:])
    return out


def _organizations(needs: set[Need]) -> bool:
    return any("organization" in _kinds(need) for need in needs)


def _kinds(need: Need) -> tuple[str, ...]:
    what, *rest = need
    return tuple(rest[1:]) if what == "relation" else (rest[0],)


def _index(city: City, kind: str) -> pd.Index[Any]:
    if kind == "organization":
        return city.few().index
    if kind == "unit":
        return city.unit_rows.index
    return _frame(city, kind, []).index


def _frame(city: City, kind: str, names: list[str]) -> pd.DataFrame:
    return city.store.frame(kind, city.as_of, names).set_index("key")


# -- columns -----------------------------------------------------------------------------------------------------------
def _column(city: City, facts: Facts, kind: str, name: str) -> None:
    named = properties(kind)[name]
    if named.derived:
        found = (_of_organizations if kind == "organization" else _of_units)(city, name)
    elif kind == "organization":
        found = city.few(name)[name]
    elif kind == "unit":
        found = city.unit_rows[name]
    else:
        found = _frame(city, kind, [name])[name]
    facts.columns[kind, name] = _packed(found, named.type)


def _packed(values: pd.Series[Any] | NDArray[Any], type_: str) -> Column:
    if type_ in ("text", "list"):
        column = values if isinstance(values, np.ndarray) else texts(values)
        return Texts.of(column, several=type_ == "list")
    return Numbers.of(values, type_)


def _of_organizations(city: City, name: str) -> NDArray[Any]:
    match name:
        case "covered" | "in_base" | "excluded":
            return mask(city.standing[name])
        case "owned":
            return city.owned
        case "joint_covered":
            return mask(city.standing["covered"]) & ~city.owned
        case "functional_covered":
            return city.functionally_covered
        case "dangling":
            return city.dangling
        case "eligible":
            return city.eligible
        case "action":
            return city.action
        case "ledger_unit":
            return texts(city.homes["ledger_unit"])
        case "gb_section":
            return np.asarray(city.sector_columns.own.texts[:, 0], dtype=object)
    raise KeyError(name)


def _of_units(city: City, name: str) -> NDArray[Any]:
    rows = city.unit_rows if name in ("live", "functional") else city.held
    return rows[name].to_numpy()


# -- relations ---------------------------------------------------------------------------------------------------------
def _relation(city: City, facts: Facts, relation: str, source: str, target: str) -> None:
    pairs = _pairs(city, relation, source, target)
    at = [
        pd.Index(facts.keys[kind].to_pylist(), dtype=object).get_indexer(pd.Index(keys, dtype=object))
        for kind, keys in zip((source, target), pairs, strict=True)
    ]  # fmt: skip
    both = (at[0] >= 0) & (at[1] >= 0)
    size = max(len(facts.keys[target]), 1)
    # a pair that two properties or two rows state is one
    once = np.unique(at[0][both].astype(np.int64) * size + at[1][both])
    facts.relations[relation, source, target] = (
        (once // size).astype(np.int32),
        (once % size).astype(np.int32),
    )


def _pairs(city: City, relation: str, source: str, target: str) -> tuple[NDArray[Any], ...]:
    if relation == "COVERS":
        return texts(city.covers["unit"]), texts(city.covers["organization"])
    if relation == "LOCATED_IN":
        return _located(city, source, target)
    edges = city.store.edges(relation, city.as_of)
    here = edges["source_kind"].eq(source) & edges["target_kind"].eq(target)
    return texts(edges.loc[here, "source"]), texts(edges.loc[here, "target"])


def _located(city: City, source: str, target: str) -> tuple[NDArray[Any], ...]:
    """Return what lies in what, by the properties that say so: as edges there are millions of them."""
    names = [
        p.name
        for p in load_schema().kinds[source].properties.values()
        if p.edge is not None and p.edge.kind == "LOCATED_IN" and p.edge.target == target
    ]
    if source == "organization":
        rows = city.few(*names)
    elif source == "unit":
        rows = city.unit_rows
    else:
        rows = _frame(city, source, names)
    keys = np.asarray(rows.index, dtype=object)
    some: list[NDArray[Any]] = [texts(rows[name]) for name in names]
    known = [is_known(values) for values in some]
    none = np.zeros(0, dtype=object)
    return (
        np.concatenate([none, *(keys[k] for k in known)]),
        np.concatenate([none, *(values[k] for values, k in zip(some, known, strict=True))]),
    )


# -- places ------------------------------------------------------------------------------------------------------------
def _place(city: City, facts: Facts, kind: str) -> None:
    """Read where entities of a kind lie: columns of districts, streets and communities."""
    divisions = city.places.divisions
    if facts.divisions is None:
        facts.divisions = Divisions(
            *(dict(zip(map(str, divisions.index), texts(divisions[n]), strict=True)) for n in ("level", "parent"))
        )  # fmt: skip
    facts.places[kind] = tuple(Texts.of(column) for column in _lies(city, kind))


def _lies(city: City, kind: str) -> list[NDArray[Any]]:
    places = city.places
    if kind == "organization":
        return [texts(city.located[f"at_{n}"]) for n in ("district", "street", "community")]
    if kind == "association":
        return []
    if kind == "division":
        return _above(city)
    stated = [n for n in ("district", "street", "community", "park") if n in load_schema().kinds[kind].properties]  # fmt: skip
    rows = city.unit_rows if kind == "unit" else _frame(city, kind, stated)
    nothing = np.full(len(rows), None, dtype=object)
    at = {n: texts(rows[n]) if n in stated else nothing for n in ("district", "street", "community", "park")}
    parks = places.parks
    index = pd.Index(at["park"], dtype=object)
    in_park = {n: texts(parks[n].reindex(index)) for n in ("street", "district")}
    street = first(places.street(at["street"]), places.parent(at["community"]), in_park["street"])
    district = first(
        places.district(at["district"]), places.district(places.parent(street)), in_park["district"]
    )
    return [district, street, at["community"]]


def _above(city: City) -> list[NDArray[Any]]:
    """Return, of each division, that of each level which it is or lies in."""
    divisions = city.places.divisions
    keys = [str(key) for key in divisions.index]
    parents = dict(zip(keys, texts(divisions["parent"]), strict=True))
    levels = dict(zip(keys, texts(divisions["level"]), strict=True))
    out: list[list[str | None]] = [[], [], []]
    wanted = (("区",), ("街道", "乡镇"), ("社区", "村"))
    for key in keys:
        line: list[str] = []
        at: str | None = key
        while at in parents and at not in line:
            line.append(at)
            at = parents[at]
        for column, names in zip(out, wanted, strict=True):
            column.append(next((one for one in line if levels[one] in names), None))
    return [np.array([*column, None], dtype=object)[:-1] for column in out]


def _kind(city: City, facts: Facts, kind: str) -> None:
    """Do nothing: keys are read before all else."""
    del city, facts, kind


_READ = {"kind": _kind, "column": _column, "relation": _relation, "place": _place}

