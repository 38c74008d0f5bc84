"""A part of a city: what the store says of some organizations and of all that their facts depend on, and nothing else.

:class:`graph.city.City` over a :class:`Part` tells of each organization what it tells over the whole store, for the part is closed:
with an organization come the units that cover it and all that these cover, the codes that were merged with it, the firms that lead
it and the authority that a municipal one is supervised by. What it takes follows from the part, not from the city.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from graph.city import City
from graph.columns import texts
from graph.decisions.record import merges
from graph.errors import InputError
from graph.jurisdiction import KINDS, MUNICIPAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from graph.policy.profile import Profile
    from graph.store.base import Store

PLACES = ("building", "commercial_street", "market", "park")
_NAMED = {
    "organization": ("building", "commercial_street", "market", "park", "district", "street", "community"),
    "building": ("park", "street", "community"),
    "commercial_street": ("park", "street", "community"),
    "market": ("park", "street", "community"),
    "park": ("district", "street"),
}  # fmt: skip
"""Places that rows of a kind name, by property; those of divisions are called otherwise."""
_DIVISIONS = ("district", "street", "community")


class Part:
    """A store's answers in columns, for some organizations and what hangs on them; everything else is the store's own answer.

    Parameters
    ----------
    store : graph.store.base.Store
    as_of : int
        The date at which the part is closed; it answers for no other.
    organizations : iterable of str
        Codes to begin with.
    """

    def __init__(self, store: Store, as_of: int, organizations: Iterable[str]) -> None:
        self._store, self._as_of = store, as_of
        self.organizations: set[str] = set()
        self.units: set[str] = set()
        self._frames: dict[str, pd.DataFrame] = {}
        self._close(set(organizations))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def _close(self, new: set[str]) -> None:
        """Take in organizations and whatever their facts depend on, round by round."""
        store, date = self._store, self._as_of
        same = _merged(store, date)
        while new:
            new |= {other for code in new for other in same[code]}
            self.organizations |= new
            rows = store.frame("organization", date, ["line", "level", "supervisor"], of=new)
            municipal = rows["line"].eq("social") & rows["level"].eq(MUNICIPAL)
            offices = set(texts(rows["supervisor"][municipal])) - {None}
            covering = store.edges("COVERS", date, of=new, end="target")["source"]
            units = {*covering, *offices} - self.units
            self.units |= units
            new = {*offices, *store.edges("LED_BY", date, of=new)["target"]}
            if units:
                new |= set(store.edges("COVERS", date, of=units)["target"])
            new -= self.organizations

    def frame(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.frame`: the rows that belong to the part."""
        if kind == "organization":
            return self._store.frame(kind, as_of, columns, of=self.organizations)
        if kind == "unit":
            return self._store.frame(kind, as_of, columns, of=self.units)
        if kind == "exclusion":
            return self._store.frame(kind, as_of, columns, of=self.organizations, by="organization")
        if kind == "association":
            some = set(self.edges("MEMBER_OF", as_of)["target"])
            return self._store.frame(kind, as_of, columns, of=some)
        if kind in PLACES:
            return self._store.frame(kind, as_of, columns, of=self._places[kind])
        if kind == "division":
            return self._store.frame(kind, as_of, columns, of=self._divisions)
        return self._store.frame(kind, as_of, columns)

    def edges(self, kind: str, as_of: int | None = None) -> pd.DataFrame:
        """See :meth:`graph.store.base.Store.edges`: those that begin in the part."""
        if kind == "COVERS":
            return self._store.edges(kind, as_of, of=self.units)
        if kind in ("MEMBER_OF", "LED_BY"):
            return self._store.edges(kind, as_of, of=self.organizations)
        return self._store.edges(kind, as_of)

    @cached_property
    def _places(self) -> dict[str, set[str]]:
        """Return the places that the part's organizations name, or that these places name, by kind."""
        found: dict[str, set[str]] = defaultdict(set)
        self._name("organization", self.organizations, found)
        for kind in PLACES:  # parks come last: they are named by the others
            self._name(kind, found[kind], found)
        return found

    def _name(self, kind: str, of: set[str], into: dict[str, set[str]]) -> None:
        if of:
            names = _NAMED[kind]
            rows = self._store.frame(kind, self._as_of, names, of=of)
            for name in names:
                place = "division" if name in _DIVISIONS else name
                into[place].update(text for text in texts(rows[name]) if text is not None)

    @cached_property
    def _divisions(self) -> set[str]:
        """Return the divisions that these places name, with all above them."""
        out: set[str] = set()
        new = set(self._places["division"])
        while new:
            out |= new
            rows = self._store.frame("division", self._as_of, ["parent"], of=new)
            new = {text for text in texts(rows["parent"]) if text is not None} - out
        return out


def _merged(store: Store, as_of: int) -> dict[str, set[str]]:
    """Return the other codes of each organization that was decided to have several."""
    out: dict[str, set[str]] = defaultdict(set)
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

    def over(codes: Iterable[str]) -> City:
        return City(cast("Store", Part(store, as_of, codes)), profile, as_of)

    wanted = set() if of is None else {of}
    if within is None and of is None:
        return City(store, profile, as_of)
    if within is not None:
        some = _lying(store, as_of, within)
        if not some:
            return City(store, profile, as_of)
        wanted |= some
    city = over(wanted)
    o = city.organizations
    asked = o.index == of
    if within is not None:
        try:
            asked = asked | city.select(within).to_numpy(dtype=bool)
        except InputError:  # so that it names what there is instead
            return City(store, profile, as_of)
    homes = {u for u in texts(o["ledger_unit"][asked & o["action"].eq("joint")]) if u is not None}
    for unit in sorted(homes - {within}):
        wanted |= _standing(store, as_of, str(unit))
    known = city.organizations.index
    return city if wanted <= {*known, *([of] if of else [])} else over(wanted)


def _lying(store: Store, as_of: int, code: str) -> set[str]:
    """Return the organizations that may lie in a division, or stand in a ledger unit; none where that can't be told."""
    if code.partition(":")[0] in KINDS and ":" in code:
        return _standing(store, as_of, code)
    division = store.node("division", code, as_of)
    if division is not None and division.properties.get("level") == "市":
        return set()
    return set(store.inside([("division", code)], as_of))


def _standing(store: Store, as_of: int, unit: str) -> set[str]:
    """Return the organizations that may stand in a ledger unit (FORMATION): all that do, and some that don't."""
    kind, _, code = unit.partition(":")
    if kind == "street":
        return set(store.inside([("division", code)], as_of))
    if kind == "zone":
        parks = store.having("park", "code", code, as_of)
        return set(store.inside([("park", park.key) for park in parks], as_of))
    if kind == "district":
        return set(store.inside([("division", code)], as_of, having=("line", "social")))
    rows = store.frame("organization", as_of, ["line"], of=[MUNICIPAL], by="level")
    return set(rows["key"][rows["line"].eq("social")])
