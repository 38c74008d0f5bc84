"""Ledgers summed up (S15–S18): whose are in, who still owes one and since when, and what stands in two counted once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from graph.affiliation.facts import Facts
from graph.affiliation.offices import means
from graph.columns import mask, positions, texts
from graph.credit_code import INDIVIDUAL
from graph.errors import InputError
from graph.jurisdiction import HIGH_ZONES, MUNICIPAL, STREETS
from graph.model import iso
from graph.schema import load_schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City

State = Literal["received", "by_other", "owed", "awaited"]
LINES = {"enterprise": "非公企业", "social": "社会组织", "rural": "农村新型经营主体"}
"""Kinds of sheets by line, in the order of a summary."""
CLAUSES = {"street": "S15", "zone": "S15", "district": "S16", "dept": "S18"}
UNNAMED = "（名称不保存）"
"""What stands for the name of a rural entity whose code is a person's: an import leaves it behind."""
MOST_ROWS = 1_048_573
"""Rows that a sheet of the annexes' layout holds below its title and headings."""
_AT_ONCE = 20_000
PLACES = ("park", "building", "commercial_street", "market")


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps the ledger of one line of organizations, and whether it is in.

    Attributes
    ----------
    id, name : str
        The ledger unit.
    line, clause : str
    state : State
        ``by_other``: another office reported its organizations. ``owed`` since ``due``; before that day ``awaited``.
    due : int or None
        ``None`` where the plan sets none (rural entities).
    organizations : int
        Counted here, each once.
    listed : int
        Rows of its own ledger, those that are counted elsewhere too.
    edition : int or None
        The date of its ledger's newest edition.
    ledgers : tuple of str
        Which ledgers list its organizations.
    """

    id: str
    name: str
    line: str
    clause: str
    state: State
    due: int | None
    organizations: int
    listed: int
    edition: int | None
    ledgers: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "id": self.id,
            "name": self.name,
            "line": self.line,
            "sheet": LINES[self.line],
            "clause": self.clause,
            "state": self.state,
            "due": iso(self.due),
            "owed_since": iso(self.due) if self.state == "owed" else None,
            "organizations": self.organizations,
            "listed": self.listed,
            "edition": iso(self.edition),
            "ledgers": list(self.ledgers),
        }


@dataclass(frozen=True, eq=False)
class Summary:
    """The ledgers of a jurisdiction, summed up.

    Parameters
    ----------
    city : graph.city.City
    within : str, optional
        A division's code or a ledger unit's id; default the whole city, which its own code means, too.
    whole : bool
        Whether the store is the whole city's: in a jurisdiction's, a ledger that is not there may be another's, and none is owed.

    Raises
    ------
    InputError
        ``within`` is none (when it is looked at).
    """

    city: City
    within: str | None = None
    whole: bool = True

    @cached_property
    def facts(self) -> Facts:
        """What the audit reads of the city."""
        return Facts(self.city, self.city.store)

    @cached_property
    def _part(self) -> str | None:
        """What is asked for, ``None`` where it is the whole city: by no code, or by its own."""
        return None if self.within is None or self.city.is_all(self.within) else self.within

    @cached_property
    def organizations(self) -> pd.DataFrame:
        """The organizations of the summary, each once, by code; ``ledger_unit`` whose they are."""
        o = self.city.organizations
        if self._part is None:
            return o
        found = self.city.lying(self._part)
        if found is None and self.whole and self._part in self._everyone():
            return o.iloc[:0]  # it lists nothing yet, and owes that
        here = mask(self.city.select(self._part) if found is None else found)
        if ":" not in self._part:  # what municipal offices keep is no district's, wherever it lies
            here = here & ~mask(o["line"].eq("social") & o["level"].eq(MUNICIPAL))
        return o[here]

    @cached_property
    def listings(self) -> pd.DataFrame:
        """Which ledger lists which of the organizations now: ``key``, ``ledger``, ``kind``, ``newest``, ``claim``."""
        rows = self.facts.listings
        return rows[rows["current"] & rows["key"].isin(self.organizations.index)]

    # -- who keeps what --------------------------------------------------------------------------------------------
    @cached_property
    def keepers(self) -> tuple[Keeper, ...]:
        """Everyone whose ledger belongs to the summary, by line and id."""
        o, found = self.organizations, self.listings
        units, lines = texts(o["ledger_unit"]), texts(o["line"])
        unit_of = pd.Series(units, index=o.index, dtype=object)
        owners = self._owners(found, unit_of)
        out = []
        for line, sheet in LINES.items():
            counts = pd.Series(units[lines == line], dtype=object).value_counts()
            some = found.assign(owner=owners, unit=found["key"].map(unit_of))
            some = some[some["kind"].eq(sheet)]
            ids = sorted({*map(str, counts.index), *self._expected(line)})
            by_unit = {k: sorted(set(g)) for k, g in some.groupby("unit")["ledger"]}
            own = some[some["owner"].notna()].groupby("owner")
            listed, newest = own["key"].nunique(), own["newest"].max()
            for id_ in ids:
                state: State = "received" if id_ in listed.index else "owed"
                due = self._due(id_, line)
                if state == "owed" and by_unit.get(id_):
                    state = "by_other"
                elif state == "owed" and (due is None or self.city.as_of <= due):
                    state = "awaited"
                out.append(
                    Keeper(
                        id_, self._name(id_), line, self._clause(id_), state, due, int(counts.get(id_, 0)),
                        int(listed.get(id_, 0)), int(newest[id_]) if id_ in newest.index else None,
                        tuple(map(str, by_unit.get(id_, ()))),
                    )
                )  # fmt: skip
        return tuple(out)

    def _owners(self, found: pd.DataFrame, unit_of: pd.Series[Any]) -> pd.Series[Any]:
        """Return whose ledger each listing stands in: the ledger unit that the ledger names, by id or in words."""
        pairs = found.assign(unit=found["key"].map(unit_of))[["ledger", "unit"]].drop_duplicates()
        whose: dict[str, str] = {}
        for ledger, unit in pairs.itertuples(index=False):
            kept_by = str(ledger).partition("|")[2]
            if not isinstance(unit, str) or str(ledger) in whose:
                continue
            kind, _, code = unit.partition(":")
            if kept_by == unit or means(kept_by, kind, code, self._name(unit)):  # type: ignore[arg-type]
                whose[str(ledger)] = unit
        # one that lists none of its own names its keeper by the id alone
        for ledger in found["ledger"].unique():
            kept_by = str(ledger).partition("|")[2]
            if kept_by.partition(":")[0] in CLAUSES:
                whose.setdefault(str(ledger), kept_by)
        return found["ledger"].map(whose)

    def _expected(self, line: str) -> Iterator[str]:
        """Yield who of the summary owes a ledger whatever it lists."""
        part = self._part
        for id_, district in self._owing(line):
            if part is None or part in (id_, district) or id_ == f"street:{part}":
                yield id_

    def _everyone(self) -> Iterator[str]:
        for line in LINES:
            yield from (id_ for id_, _ in self._owing(line))

    def _owing(self, line: str) -> Iterator[tuple[str, str | None]]:
        """Yield who in the city owes a ledger, and in which district.

        Streets and zones owe one of firms, districts one of social organizations, the civil-affairs bureau one of municipal social
        organizations where there are any.
        """
        divisions, parks = self.city.places.divisions, self.city.places.parks
        level = divisions["level"]
        code = "" if self._part is None else self._part.rpartition(":")[2]
        asked = {code, divisions["parent"].get(code)}  # also where nothing is listed
        known = {*texts(self.city.located["at_district"]), *asked}
        districts = divisions.index[level.eq("区") & divisions.index.isin(known)]
        if line == "social":
            yield from ((f"district:{code}", str(code)) for code in districts)
            of = self.city.few("line", "level")
            if mask(of["line"].eq("social") & of["level"].eq(MUNICIPAL)).any():
                yield f"dept:{self.city.profile.audit.civil_affairs}", None
        if line == "enterprise":
            here = level.isin(STREETS) & divisions["parent"].isin(districts)
            streets = divisions.index[here]
            above = texts(divisions["parent"][here])
            yield from ((f"street:{code}", d) for code, d in zip(streets, above, strict=True))
            high = parks["level"].isin(HIGH_ZONES) & parks["district"].isin(districts)
            codes, above = texts(parks.loc[high, "code"]), texts(parks.loc[high, "district"])
            yield from ((f"zone:{code}", d) for code, d in zip(codes, above, strict=True))

    def _name(self, id_: str) -> str:
        units = self.city.ledger_units
        if id_ in units.index:
            return str(units.at[id_, "name"])
        kind, _, code = id_.partition(":")
        if kind == "zone":
            parks = self.city.places.parks
            found = parks.loc[parks["code"].eq(code), "name"]
            return str(found.iloc[0]) if len(found) else code
        name = self.city.places.divisions["name"].get(code)
        return name if isinstance(name, str) else code

    def _clause(self, id_: str) -> str:
        kind, _, code = id_.partition(":")
        return "S17" if code == self.city.profile.audit.civil_affairs else CLAUSES[kind]

    def _due(self, id_: str, line: str) -> int | None:
        dates = () if line == "rural" else self.facts.due(self._clause(id_))
        return dates[0] if dates else None

    # -- what stands in two ----------------------------------------------------------------------------------------
    @cached_property
    def twice(self) -> list[dict[str, Any]]:
        """Organizations that several ledgers of one kind list now, by code: which these are, and where each is counted."""
        pairs = self.listings.drop_duplicates(["key", "kind", "ledger"])
        some = pairs[pairs.duplicated(["key", "kind"], keep=False)]
        o = self.organizations
        called = cache(self.facts.ledger_name)
        sources = self.city.store.sources("organization", some["claim"].tolist())
        some = some.sort_values(["key", "ledger"], kind="stable")
        listed: dict[str, list[dict[str, Any]]] = {}
        for code, ledger, claim in zip(some["key"], some["ledger"], some["claim"], strict=True):
            listed.setdefault(str(code), []).append(
                {
                    "ledger": dict(zip(("zh", "en"), called(str(ledger)), strict=True)),
                    "source": sources[int(claim)].as_json(),
                }
            )
        at = positions(o.index, listed)
        names, units = o["name"].to_numpy(dtype=object)[at], texts(o["ledger_unit"])[at]
        return [
            {"code": code, "name": name, "counted_in": unit, "listed_in": listed[code]}
            for code, name, unit in zip(listed, names, units, strict=True)
        ]

    # -- the rows --------------------------------------------------------------------------------------------------
    def rows(self, line: str) -> Iterator[dict[str, Any]]:
        """Return the organizations of a line as ledgers have them, by ledger unit and code: an import reads them as they are.

        Raises
        ------
        InputError
            There are more than a sheet holds; before any is read.
        """
        o = self.organizations
        some = o[mask(o["line"].eq(line))]
        if len(some) > MOST_ROWS:
            raise InputError(
                f"a sheet holds {MOST_ROWS:,} rows, and {LINES[line]} are {len(some):,}; sum up a district at a time (--in)",
                f"一张工作表至多 {MOST_ROWS:,} 行，而{LINES[line]}有 {len(some):,} 个；请用 --in 逐区汇总",
            )
        return self._rows(
            some.assign(_unit=some["ledger_unit"].fillna("~")).sort_values("_unit", kind="stable")
        )

    def _rows(self, some: pd.DataFrame) -> Iterator[dict[str, Any]]:
        dated = self.city.store.claims("organization", self.city.as_of, []).set_index("claim")["dated"]  # fmt: skip
        names = [n for n in load_schema().kinds["organization"].properties if n in some.columns]
        days = dated.reindex(some["claim"]).to_numpy()
        for start in range(0, len(some), _AT_ONCE):
            part = some.iloc[start : start + _AT_ONCE]
            columns = [texts(part[name]).tolist() for name in names]
            told = zip(part.index, days[start : start + _AT_ONCE], *columns, strict=True)
            for code, day, *values in told:
                found = dict(zip(names, values, strict=True))
                for place in PLACES:
                    if isinstance(found.get(place), str):
                        found[place] = found[place].rpartition("/")[2]
                if found.get("name") is None and str(code).startswith(INDIVIDUAL):
                    found["name"] = UNNAMED
                yield found | {"key": str(code), "dated": None if pd.isna(day) else int(day)}

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Counts: organizations by line, each once; rows that ledgers list of them; keepers by state."""
        lines = texts(self.organizations["line"])
        unit: NDArray[np.bool_] = self.organizations["ledger_unit"].isna().to_numpy(dtype=bool)
        return {
            "organizations": len(lines),
            "lines": {line: int((lines == line).sum()) for line in LINES},
            "listed": len(self.listings.drop_duplicates(["key", "ledger"])),
            "twice": len(self.twice),
            "without_keeper": int(unit.sum()),
            "keepers": {
                state: sum(k.state == state for k in self.keepers)
                for state in ("received", "by_other", "owed", "awaited")
            },
        }

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``ledger --json`` prints."""
        return {
            "as_of": iso(self.city.as_of),
            "in": self.within,
            "keepers": [k.as_json() for k in self.keepers],
            "twice": self.twice,
            "totals": self.totals,
        }
