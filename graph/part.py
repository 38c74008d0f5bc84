"""A part of a city: what the store says of some organizations and of all that their facts depend on, and nothing else.

:class:`graph.city.City` over a :class:`Part` tells of each organization what it tells over the whole store, for the part is closed:
with an organization come the units that cover it and all that these cover, the codes that were merged with it, the firms that lead
it and the authority that a municipal one is supervised by. What it takes follows from the part, not from the city.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from graph.city import City
from graph.columns import texts
from graph.decisions.record import merges
from graph.errors import InputError
from graph.jurisdiction import KINDS, MUNICIPAL
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.policy.profile import Profile
    from graph.store.base import Store

Same = dict[str, set[str]]
_NAMED = {
    "organization": ("building", "commercial_street", "market", "park", "district", "street", "community"),
    "building": ("park", "street", "community"),
    "commercial_street": ("park", "street", "community"),
    "market": ("park", "street", "community"),
    "park": ("district", "street"),
}  # fmt: skip
"""Places that rows of a kind name, by property; those of divisions are called otherwise."""
_DIVISIONS = ("district", "street", "community")
_OF_DIVISIONS = ("name", "level", "parent")
"""What is read of divisions: outlines are large."""
_LIMITED = (*_NAMED, "unit", "exclusion", "association", "division")


class Part:
    """A store's answers in columns, for some organizations and what hangs on them; everything else is the store's own answer.

    Parameters
    ----------
    store : graph.store.base.Store
    as_of : int
        The date at which the part is closed; it answers for no other.
    organizations : iterable of str
        Codes to begin with.
    same : dict, optional
        The other codes of organizations that were decided to have several; read from the store where it is not given.
    """

    def __init__(
        self, store: Store, as_of: int, organizations: Iterable[str], same: Same | None = None
    ) -> None:
        self._store, self._as_of = store, as_of
        self._same = _merged(store, as_of) if same is None else same
        self.organizations: set[str] = set()
        self.units: set[str] = set()
        self._kept: dict[str, pd.DataFrame] = {}
        self._close(set(organizations))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def _close(self, new: set[str]) -> None:
        """Take in organizations and whatever their facts depend on, round by round; each is asked for once."""
        store, date = self._store, self._as_of
        covers, leads = [store.edges("COVERS", date, of=())], [store.edges("LED_BY", date, of=())]
        while new:
            new |= {
                other for code in new for other in self._same.get(code, ())
            } - self.organizations
            self.organizations |= new
            rows = store.frame("organization", date, ["line", "level", "supervisor"], of=new)
            municipal = rows["line"].eq("social") & rows["level"].eq(MUNICIPAL)
            offices = set(texts(rows["supervisor"][municipal])) - {None}
            covering = store.edges("COVERS", date, of=new, end="target")["source"]
            units = {*covering, *offices} - self.units
            self.units |= units
            leads.append(store.edges("LED_BY", date, of=new))
            covers.append(store.edges("COVERS", date, of=units))
            new = {*offices, *leads[-1]["target"], *covers[-1]["target"]} - self.organizations
        self._edges = {"COVERS": _together(covers), "LED_BY": _together(leads)}

    def frame(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.frame`: the rows that belong to the part."""
        names = list(load_schema().kinds[kind].properties if columns is None else columns)
        if kind == "division" and not {*names} <= {*_OF_DIVISIONS}:
            return self._store.frame(kind, self._as_of, columns, of=self._rows(kind)["key"])
        if kind not in _LIMITED:
            return self._store.frame(kind, as_of, columns)
        return self._rows(kind)[["key", *names, "valid_from", "claim"]].copy()

    def _rows(self, kind: str) -> pd.DataFrame:
        """Return a kind's rows that belong to the part, read once."""
        if kind not in self._kept:
            self._kept[kind] = self._read(kind)
        return self._kept[kind]

    def _read(self, kind: str) -> pd.DataFrame:
        store, date = self._store, self._as_of
        if kind == "organization":
            return store.frame(kind, date, of=self.organizations)
        if kind == "unit":
            return store.frame(kind, date, of=self.units)
        if kind == "exclusion":
            return store.frame(kind, date, of=self.organizations, by="organization")
        if kind == "association":
            return store.frame(kind, date, of=self.edges("MEMBER_OF")["target"])
        if kind != "division":
            return store.frame(kind, date, of=self._named(kind))
        # with all that lie above
        parts: list[pd.DataFrame] = []
        new, seen = self._named(kind), set[str]()
        while new or not parts:
            seen |= new
            parts.append(store.frame(kind, date, _OF_DIVISIONS, of=new))
            new = set(texts(parts[-1]["parent"])) - seen - {None}
        return _joined(parts, ["key"])

    def _named(self, place: str) -> set[str]:
        """Return the places of a kind that the part's organizations name, or that these places name."""
        out: set[str] = set()
        for kind, names in _NAMED.items():
            for name in names:
                if place == ("division" if name in _DIVISIONS else name):
                    out.update(texts(self._rows(kind)[name]))
        return out - {None}

    def edges(self, kind: str, as_of: int | None = None) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.edges`: those that begin in the part."""
        if kind == "MEMBER_OF" and kind not in self._edges:
            self._edges[kind] = self._store.edges(kind, self._as_of, of=self.organizations)
        if kind in self._edges:
            return self._edges[kind].copy()
        return self._store.edges(kind, as_of)


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return _joined(parts, ["source", "target", "via", "claim"])


def _joined(parts: list[pd.DataFrame], order: list[str]) -> pd.DataFrame:
    """Return parts of an answer as one, in its order."""
    some = [part for part in parts if len(part)] or parts[:1]
    if len(some) == 1:
        return some[0]
    return pd.concat(some, ignore_index=True).sort_values(order, kind="stable", ignore_index=True)


def _merged(store: Store, as_of: int) -> Same:
    """Return the other codes of each organization that was decided to have several."""
    out: Same = {}
    codes: dict[str, set[str]] = defaultdict(set)
    for code, kept in merges(store, as_of).merged.items():
        codes[kept] |= {code, kept}
    for some in codes.values():
        for code in some:
            out[code] = some - {code}
    return out


def part_for(
    store: Store, profile: Profile, as_of: int, *, within: str | None = None, of: str | None = None
) -> City:
    """Return a city in which ledger units are whole: those of the organizations asked for.

    Whose action, ledger unit, places or sector is asked for has the same in it as in the whole city. Where a scope's part can't be
    told from a code (a city, a code that nothing lies in), it is the whole.

    Parameters
    ----------
    within : str, optional
        A division's code or a ledger unit's id (:meth:`graph.city.City.select`).
    of : str, optional
        An organization's code.
    """
    if within is None and of is None:
        return City(store, profile, as_of)
    same = _merged(store, as_of)
    wanted = set() if of is None else {of}
    if within is not None:
        some = _lying(store, as_of, within, same)
        if not some:
            return City(store, profile, as_of)
        wanted |= some
    part = Part(store, as_of, wanted, same)
    city = City(cast("Store", part), profile, as_of)
    o = city.organizations
    asked = o.index == of
    if within is not None:
        try:
            asked = asked | city.select(within).to_numpy(dtype=bool)
        except InputError:  # so that it names what there is instead
            return City(store, profile, as_of)
    homes = {u for u in texts(o["ledger_unit"][asked & o["action"].eq("joint")]) if u is not None}
    for unit in sorted(homes - {within}):
        wanted |= _standing(store, as_of, str(unit), same)
    if wanted <= part.organizations:
        return city
    return City(cast("Store", Part(store, as_of, wanted, same)), profile, as_of)


def _lying(store: Store, as_of: int, code: str, same: Same) -> set[str]:
    """Return the organizations that may lie in a division, or stand in a ledger unit; none where that can't be told."""
    if code.partition(":")[0] in KINDS and ":" in code:
        return _standing(store, as_of, code, same)
    division = store.node("division", code, as_of)
    if division is not None and division.properties.get("level") == "市":
        return set()
    return set(store.inside([("division", code)], as_of))


def _standing(store: Store, as_of: int, unit: str, same: Same) -> set[str]:
    """Return the organizations that may stand in a ledger unit (FORMATION): all that do, and some that don't.

    A code of one that was merged counts whatever its own row says of the line: the code that stays may take its place from it.
    """
    kind, _, code = unit.partition(":")
    if kind == "street":
        return set(store.inside([("division", code)], as_of))
    if kind == "zone":
        parks = store.having("park", "code", code, as_of)
        return set(store.inside([("park", park.key) for park in parks], as_of))
    if kind == "district":
        here = [("division", code)]
        merged = same.keys() & store.inside(here, as_of) if same else set()
        return {*store.inside(here, as_of, having=("line", "social")), *merged}
    rows = store.frame("organization", as_of, ["line"], of=[MUNICIPAL], by="level")
    return set(rows["key"][rows["line"].eq("social") | rows["key"].isin(list(same))])
