"""What questions rest on, read from a city: only what is asked for, and with it what is asked for most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from graph.affiliation.submitters import answering
from graph.city import PLACED
from graph.columns import first, mask, texts
from graph.patterns.facts import Divisions, Facts
from graph.patterns.values import Numbers, Texts
from graph.patterns.vocabulary import KEY, properties
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Set

    from numpy.typing import NDArray

    from graph.city import City
    from graph.patterns.facts import Need
    from graph.patterns.values import Column

STATED = (
    "name",
    "line",
    "category",
    "status",
    "staff",
    "formal_members",
    "probationary_members",
    "size",
    "level",
    "industry",
    *PLACED,
)
DERIVED = ("covered", "in_base", "eligible", "action", "ledger_unit")
OF_UNITS = ("name", "type", "live", "functional", "n_covered", "m_covered", "own", "is_joint")
USUAL: frozenset[Need] = frozenset(
    (
        *(("column", "organization", name) for name in (*STATED, *DERIVED)),
        *(("column", "unit", name) for name in OF_UNITS),
        *(
            ("relation", "LOCATED_IN", "organization", kind)
            for kind in ("division", "park", "building")
        ),
        ("relation", "COVERS", "unit", "organization"),
        ("relation", "SUBORDINATE_TO", "unit", "unit"),
        ("place", "organization"),
    )
)
"""What is read the first time with whatever organizations or units are asked for: each reading goes through all rows."""
_RESTS_ON = {
    "in_base": ("status",),
    "excluded": ("status",),
    "eligible": ("status", "formal_members"),
    "gb_section": ("industry", "industry_edition"),
    "ledger_unit": ("line", "level", "supervisor", "name", *PLACED),
    "action": (
        "line",
        "level",
        "supervisor",
        "name",
        *PLACED,
        "category",
        "staff",
        "formal_members",
        "status",
    ),
}
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
        Read with organizations and units what most questions ask for.
    """
    out = Facts(
        facts.as_of,
        dict(facts.keys),
        dict(facts.columns),
        dict(facts.relations),
        dict(facts.places),
        set(facts.sorted),
        facts.divisions,
        facts.submitters,
    )
    needs = out.lacks(set(wanted))
    if (
        ahead
        and not out.keys.keys() & {"organization", "unit"}
        and _kinds(needs) & {"organization", "unit"}
    ):
        needs |= USUAL
    needs |= out.lacks({more for need in needs for more in _rests_on(need)})
    if "organization" in _kinds(needs):
        # organizations are gone through once
        city.few(*sorted(_stated(needs)))
    for kind in sorted(_kinds(needs) - out.keys.keys()):
        out.keys[kind] = (
            city.codes
            if kind == "organization"
            else pa.array(_index(city, kind), pa.large_string())
        )
    for need in sorted(needs):
        if out.lacks({need}):
            _READ[need[0]](city, out, *need[1:])
    return out


def stated() -> set[str]:
    """Return the properties of organizations that :data:`USUAL` is made of."""
    return _stated(USUAL | {more for need in USUAL for more in _rests_on(need)})


def _rests_on(need: Need) -> Iterable[Need]:
    """Yield the columns that a relation of organizations is made of."""
    if need[:3] == ("relation", "LOCATED_IN", "organization"):
        for name in _naming("organization", need[3]):
            yield "column", "organization", name


def _stated(needs: Set[Need]) -> set[str]:
    """Return the properties of organizations that are to be read."""
    some = {
        need[2] for need in needs if need[0] in ("column", "order") and need[1] == "organization"
    }
    if ("place", "organization") in needs:
        some |= {*PLACED}
    if ("submitter", "organization") in needs:
        some |= {"line", "level", "supervisor", *PLACED}
    rest = {n for name in some for n in _RESTS_ON.get(name, ())}
    return rest | {n for n in some if n != KEY and not properties("organization")[n].derived}


def _kinds(needs: set[Need]) -> set[str]:
    return {
        kind for what, *rest in needs for kind in (rest[1:] if what == "relation" else rest[:1])
    }


def _index(city: City, kind: str) -> pd.Index[Any]:
    return city.unit_rows.index if kind == "unit" else _frame(city, kind, []).index


def _frame(city: City, kind: str, names: list[str]) -> pd.DataFrame:
    return city.store.frame(kind, city.as_of, names).set_index("key")


# -- columns -----------------------------------------------------------------------------------------------------------
def _column(city: City, facts: Facts, kind: str, name: str) -> None:
    named = properties(kind)[name]
    found: pd.Series[Any] | NDArray[Any]
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
    if (relation, source) == ("LOCATED_IN", "organization"):
        ends = _lying(facts, target)
    else:
        found = _pairs(city, relation, source, target)
        ends = tuple(
            _positions(facts, kind, keys)
            for kind, keys in zip((source, target), found, strict=True)
        )
    both = (ends[0] >= 0) & (ends[1] >= 0)
    size = max(len(facts.keys[target]), 1)
    # a pair that two properties or two rows state is one
    once = np.unique(ends[0][both].astype(np.int64) * size + ends[1][both])
    facts.relations[relation, source, target] = (
        (once // size).astype(np.int32),
        (once % size).astype(np.int32),
    )


def _positions(facts: Facts, kind: str, keys: NDArray[Any]) -> NDArray[Any]:
    """Return where keys stand among those of a kind; −1 for those that no row defines."""
    code, unique = pd.factorize(keys)
    index = pd.Index(facts.keys[kind].to_pylist(), dtype=object)
    at = index.get_indexer(pd.Index(unique, dtype=object))
    return np.append(at, -1)[code]


def _naming(source: str, target: str) -> list[str]:
    """Return the properties of a kind that say in which entities of another it lies."""
    return [
        p.name
        for p in load_schema().kinds[source].properties.values()
        if p.edge is not None and p.edge.kind == "LOCATED_IN" and p.edge.target == target
    ]


def _lying(facts: Facts, target: str) -> tuple[NDArray[Any], ...]:
    """Return which organization lies in which entity of a kind, by the columns that say so: as edges there are millions."""
    index = pd.Index(facts.keys[target].to_pylist(), dtype=object)
    here, there = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for name in _naming("organization", target):
        column = facts.columns["organization", name]
        assert isinstance(column, Texts)  # noqa: S101
        at = index.get_indexer(pd.Index(column.values.to_pylist(), dtype=object))
        at = at if column.codes is None else np.append(at, -1)[column.codes]
        rows = np.flatnonzero(at >= 0)
        here.append(rows)
        there.append(at[rows])
    return np.concatenate(here), np.concatenate(there)


def _pairs(city: City, relation: str, source: str, target: str) -> tuple[NDArray[Any], ...]:
    if relation == "COVERS":
        return texts(city.covers["unit"]), texts(city.covers["organization"])
    if relation == "LOCATED_IN":
        names = _naming(source, target)
        rows = city.unit_rows if source == "unit" else _frame(city, source, names)
        keys = np.asarray(rows.index, dtype=object)
        none = np.zeros(0, dtype=object)
        return (
            np.concatenate([none, *(keys for _ in names)]),
            np.concatenate([none, *(texts(rows[name]) for name in names)]),
        )
    edges = city.store.edges(relation, city.as_of)
    here = edges["source_kind"].eq(source) & edges["target_kind"].eq(target)
    return texts(edges.loc[here, "source"]), texts(edges.loc[here, "target"])


# -- places ------------------------------------------------------------------------------------------------------------
def _place(city: City, facts: Facts, kind: str) -> None:
    """Read where entities of a kind lie: columns of districts, streets and communities."""
    divisions = city.places.divisions
    if facts.divisions is None:
        facts.divisions = Divisions(
            *(
                dict(zip(map(str, divisions.index), texts(divisions[n]), strict=True))
                for n in ("level", "parent")
            )
        )
    facts.places[kind] = tuple(Texts.of(column) for column in _lies(city, kind))


def _submitter(city: City, facts: Facts, kind: str) -> None:
    """Read who answers for each organization."""
    del kind
    facts.submitters = Texts.of(answering(city))


def _lies(city: City, kind: str) -> list[NDArray[Any]]:
    places = city.places
    if kind == "organization":
        return [texts(city.located[f"at_{n}"]) for n in ("district", "street", "community")]
    if kind == "association":
        return []
    if kind == "division":
        return _above(city)
    stated: list[str] = [
        n
        for n in ("district", "street", "community", "park")
        if n in load_schema().kinds[kind].properties
    ]
    rows = city.unit_rows if kind == "unit" else _frame(city, kind, stated)
    nothing = np.full(len(rows), None, dtype=object)
    at = {
        n: texts(rows[n]) if n in stated else nothing
        for n in ("district", "street", "community", "park")
    }
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


def _order(city: City, facts: Facts, kind: str, name: str) -> None:
    """Put a column into its order, which takes a second of a million names."""
    if (kind, name) not in facts.columns:
        _column(city, facts, kind, name)
    facts.sorted.add((kind, name))
    _ = facts.columns[kind, name].rank


_READ: dict[str, Callable[..., None]] = {
    "kind": _kind,
    "column": _column,
    "order": _order,
    "relation": _relation,
    "place": _place,
    "submitter": _submitter,
}
