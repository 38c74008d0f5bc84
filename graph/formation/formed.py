"""A plan as ledger rows for ``import`` to take: the units it forms, and the rows that a split or an attachment changes.

Headers are those of the schema; the cells are what a ledger holds (codes, not keys).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from graph.formation.naming import new_code
from graph.model import iso
from graph.schema import load_schema

if TYPE_CHECKING:
    from graph.city import City

UNITS = "党组织"
SHEETS = {"enterprise": "非公企业", "social": "社会组织", "rural": "农村新型经营主体"}
PLACES = ("park", "building", "commercial_street", "market")
_LINE = "line"

Table = tuple[str, list[str], list[list[Any]]]
"""A sheet: name, headers, rows."""


def tables(plan: dict[str, Any], city: City) -> list[Table]:
    """Return the sheets of a plan's ledger.

    Joint units, and units of their own for those that form separately or are split off, come as new rows named ``NEW-…`` until the
    office's code replaces it (成立日期 is left to the office as well: a plan founds nothing); units that take an attachment or let
    organizations go, and organizations whose 党组织代码 named the unit that they leave, come as their present rows with what
    changes. A ledger in which an organization's row changes comes whole: what a newer edition does not list would be missing.
    """
    units, o = city.units, city.organizations
    names = o["name"].astype(object).to_dict()
    rows: dict[str, dict[str, Any]] = {}
    people: dict[str, dict[str, Any]] = {}

    def present(code: str) -> dict[str, Any]:
        if code not in rows:
            rows[code] = {p: units.at[code, p] for p in _properties("unit")}
            rows[code]["covers"] = ";".join(_listed(rows[code]["covers"]))
        return rows[code]

    def form(
        codes: list[str], type_: str, superior: str | None, name: str, code: str | None = None
    ) -> str:
        first = o.loc[codes[0]]
        own = len(codes) == 1
        # one that several units let go forms one unit
        code = code or given.get(codes[0]) or new_code(codes, taken)
        taken.add(code)
        if own:
            given[codes[0]] = code
        rows[code] = {
            "name": name, "type": type_, "superior": superior, "district": first["at_district"],
            "street": first["at_street"], "organization": codes[0] if own else None,
            "covers": None if own else ";".join(codes),
        }  # fmt: skip
        return code

    taken = {g["id"] for entry in plan["ledger_units"] for g in entry["joint"] if "id" in g}
    given: dict[str, str] = {}
    # a branch that is an organization's own stays so when it comes to host others: its 所属单位 says it
    own = o["own_unit"].dropna()
    whose = dict(zip(own.astype(str), own.index.astype(str), strict=True))
    for entry in plan["ledger_units"]:
        for g in entry["joint"]:
            codes = g["organizations"]
            name = f"{names[codes[0]]}等{len(codes)}家单位联合党支部"
            form(codes, "联合党支部", g["superior"], name, g.get("id"))
        for x in entry["separate"]:
            code = x["organization"]
            form([code], "党支部", x["superior"], f"{names[code]}党支部")
        for x in entry["attached"]:
            row = present(x["unit"])
            if row["organization"] is None or pd.isna(row["organization"]):
                row["organization"] = whose.get(x["unit"])
            row["covers"] = ";".join([*_listed(row["covers"]), x["organization"]])
        for x in entry["split"]:
            row = present(x["unit"])
            row["covers"] = ";".join(
                c for c in _listed(row["covers"]) if c not in x["organizations"]
            )
            for code in x["organizations"]:
                above = ";".join(_listed(units.at[x["unit"], "superior"])) or None
                own_code = form([code], "党支部", above, f"{names[code]}党支部")
                held = _listed(o.at[code, "unit"])
                if x["unit"] in held:
                    people.setdefault(code, {p: o.at[code, p] for p in _properties("organization")})
                    left = [u for u in _listed(people[code]["unit"]) if u != x["unit"]]
                    people[code]["unit"] = ";".join([*left, own_code])
    _complete(city, people)
    out = [_table("unit", UNITS, rows)]
    for line, sheet in SHEETS.items():
        some = {c: r for c, r in sorted(people.items()) if r[_LINE] == line}
        if some:
            out.append(_without_blank("organization", _table("organization", sheet, some)))
    return out


def _complete(city: City, people: dict[str, dict[str, Any]]) -> None:
    """Add the other rows of the ledgers' newest editions in which the rows of some organizations change."""
    if not people:
        return
    claims = city.store.claims("organization", city.as_of)
    newest = claims.groupby("ledger")["listed"].transform("max")
    claims = claims[claims["listed"] == newest]
    ledgers = claims.loc[claims["key"].isin(people.keys()), "ledger"].unique()
    names = _properties("organization")
    for row in claims[claims["ledger"].isin(ledgers)].to_dict("records"):
        people.setdefault(str(row["key"]), {name: row[name] for name in names})


def _properties(kind: str) -> list[str]:
    names = load_schema().kinds[kind].properties
    return [p for p in names if not p.startswith("suggest")]


def _table(kind: str, sheet: str, rows: dict[str, dict[str, Any]]) -> Table:
    declared = load_schema().kinds[kind]
    names = [p for p in _properties(kind) if p != _LINE]
    headers = [declared.key, *(declared.properties[p].zh for p in names)]
    body = [
        [code, *(_cell(kind, p, declared.properties[p].type, row.get(p)) for p in names)]
        for code, row in rows.items()
    ]
    return sheet, headers, body


def _without_blank(kind: str, table: Table) -> Table:
    """Leave out the columns that no row fills and no ledger needs: a sheet of forty prints too small to read."""
    sheet, headers, body = table
    declared = load_schema().kinds[kind]
    needed = {declared.key, *(p.zh for p in declared.properties.values() if p.required)}
    kept = [
        k
        for k, header in enumerate(headers)
        if header in needed or any(row[k] is not None for row in body)
    ]
    return sheet, [headers[k] for k in kept], [[row[k] for k in kept] for row in body]


def _cell(kind: str, name: str, type_: str, value: Any) -> Any:
    """Return a property as a ledger's cell holds it."""
    if value is None or pd.isna(value):
        return None
    if type_ == "date":
        return iso(int(value))
    if type_ == "bool":
        return "是" if value else "否"
    if type_ == "int":
        return int(value)
    if type_ == "float":
        return float(value)
    text = str(value)
    if kind == "organization" and name in PLACES:
        return text.rpartition("/")[2]
    return text


def _listed(value: Any) -> list[str]:
    return [] if value is None or pd.isna(value) else [c for c in str(value).split(";") if c]
