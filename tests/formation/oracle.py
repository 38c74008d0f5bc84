"""The best plan of a small ledger unit by trying everything: FORMATION read once more, naively, for tests to hold others to.

``best(city_or_store, ledger_unit, profile)`` returns ``Best(objective, groups)``: the least possible sum of costs in integers
of 1e-6 (people's decisions kept, accepted units included), and one set of columns that reaches it. ``objective`` is ``None``
where the decisions leave no plan at all. The first argument is a :class:`graph.city.City` (only its store and date are used) or
a store. Up to 15 small organizations (:data:`LIMIT`) take seconds.

Nothing of ``graph.formation``, ``graph.city``, ``graph.sector`` or ``graph.geo`` is used: rows come from ``Store.frame`` as plain
dictionaries, numbers are fractions, and every subset of organizations is looked at. Also of use by themselves:

``read(store, profile, as_of)``
    :class:`Reading`: organizations (``m``, ``action``, ``ledger_unit``, places, coordinates, sector …), who covers whom, hosts.
``Reading.joint(codes)``, ``Reading.attach(code, unit)``
    ``(method, cost)`` of a joint unit and the cost of an attachment; ``None`` where FORMATION allows neither.
``Reading.columns(ledger_unit, constraints, previous)``
    Every feasible column of a ledger unit, with its cost.
``Reading.lists(ledger_unit)``
    ``separate``, ``split`` (unit, organization), ``work_coverage`` and ``small``.

``constraints``: ``{"pin": [codes…], "forbid": [codes…], "accept": [codes…]}``; in ``pin`` and ``forbid`` one of the codes may be
a unit's. ``previous``: ``{"joint": [codes…], "attached": {organization: unit}}``.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from importlib.resources import files
from itertools import combinations, takewhile
from typing import Any, NamedTuple

Row = dict[str, Any]

LIMIT = 15
MILLION = 1_000_000
PLACES = ("building", "park", "commercial_street", "market", "community")
METHODS = ("sector_and_area", "leading_firm", "area", "trade")


class Column(NamedTuple):
    """One joint unit, attachment or organization left uncovered; ``cost`` in 1e-6."""

    kind: str  # joint, attached, uncovered
    organizations: tuple[str, ...]
    cost: int
    method: str | None = None
    unit: str | None = None


class Best(NamedTuple):
    """The least objective in 1e-6 (``None``: no plan keeps the decisions), and columns that reach it."""

    objective: int | None
    groups: list[Column]


def best(
    city_or_store: Any,
    ledger_unit: str,
    profile: Any,
    *,
    as_of: int | None = None,
    constraints: Mapping[str, Any] | None = None,
    previous: Mapping[str, Any] | None = None,
) -> Best:
    """Return the optimum of a ledger unit (see the module's docstring)."""
    store = getattr(city_or_store, "store", city_or_store)
    date = as_of or getattr(city_or_store, "as_of", None) or store.latest()
    reading = read(store, profile, date)
    return optimum(reading, ledger_unit, constraints, previous)


def optimum(
    reading: Reading,
    ledger_unit: str,
    constraints: Mapping[str, Any] | None = None,
    previous: Mapping[str, Any] | None = None,
) -> Best:
    """Return the optimum over all columns by dynamic programming over subsets.

    ``joint[S]`` is the least cost of grouping or leaving exactly S, ``hosted[S]`` that of attaching exactly S within the
    hosts' free places and seats; the optimum is the least ``joint[all − S] + hosted[S]``.
    """
    columns, fixed = reading.columns(ledger_unit, constraints, previous)
    settled = {c for column in fixed for c in column.organizations}
    small = [c for c in reading.lists(ledger_unit)["small"] if c not in settled]
    if len(small) > LIMIT:
        raise ValueError(f"{ledger_unit} has {len(small)} small organizations: {LIMIT} at most")
    bit = {c: 1 << x for x, c in enumerate(small)}
    everything = (1 << len(small)) - 1

    def mask(column: Column) -> int:
        return sum(bit[c] for c in column.organizations)

    # exactly these grouped or left: the lowest is in one of the columns that begin with it
    by_lowest: dict[int, list[tuple[int, Column]]] = {}
    for column in columns:
        if column.kind != "attached":
            m = mask(column)
            by_lowest.setdefault(m & -m, []).append((m, column))
    joint: list[tuple[int, Column | None] | None] = [None] * (everything + 1)
    joint[0] = (0, None)
    for s in range(1, everything + 1):
        found: tuple[int, Column | None] | None = None
        for m, column in by_lowest.get(s & -s, ()):
            if m & s == m:
                rest = joint[s ^ m]
                if rest is not None and (found is None or rest[0] + column.cost < found[0]):
                    found = (rest[0] + column.cost, column)
        joint[s] = found

    # exactly these attached, host by host
    hosted: dict[int, tuple[int, tuple[Column, ...]]] = {0: (0, ())}
    by_host: dict[str, list[Column]] = {}
    for column in columns:
        if column.kind == "attached":
            by_host.setdefault(column.unit or "", []).append(column)
    for unit, offers in sorted(by_host.items()):
        places, seats = reading.free(unit)
        loads = [
            (sum(mask(c) for c in some), sum(c.cost for c in some), some)
            for k in range(1, min(places, len(offers)) + 1)
            for some in combinations(offers, k)
            if sum(reading.m(c.organizations[0]) for c in some) <= seats
        ]
        grown = dict(hosted)
        for s, (cost, chosen) in hosted.items():
            for m, more, some in loads:
                if not s & m and cost + more < grown.get(s | m, (math.inf, ()))[0]:
                    grown[s | m] = (cost + more, chosen + some)
        hosted = grown

    answer: tuple[int, int] | None = None
    for s, (cost, _) in hosted.items():
        rest = joint[everything ^ s]
        if rest is not None and (answer is None or cost + rest[0] < answer[0]):
            answer = (cost + rest[0], s)
    if answer is None:
        return Best(None, [])
    groups = [*fixed, *hosted[answer[1]][1]]
    left = everything ^ answer[1]
    while left:
        step = joint[left]
        assert step is not None
        last = step[1]
        assert last is not None
        groups.append(last)
        left ^= mask(last)
    return Best(answer[0] + sum(c.cost for c in fixed), sorted(groups, key=lambda c: c[1]))


# -- reading a city ------------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """A city at one date, as dictionaries.

    ``organizations[code]`` holds the row and ``m`` (or ``None``), ``base``, ``covered`` (by a unit that counts, or by a dangling
    code), ``held`` (by a unit that counts), ``own``, ``action``, ``ledger_unit``, ``at`` (places by kind), ``point``, ``sector``.
    ``covers[unit]`` is the set of organizations that a unit that counts covers; ``hosts[unit]`` the ledger unit of a host.
    """

    profile: Any
    organizations: dict[str, Row] = field(default_factory=dict)
    covers: dict[str, set[str]] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    associations: dict[str, set[str]] = field(default_factory=dict)
    leaders: dict[str, set[str]] = field(default_factory=dict)

    @property
    def f(self) -> Any:
        """The profile's numbers of formation."""
        return self.profile.formation

    def m(self, code: str) -> int:
        """Return an organization's formal members, unknown ones as none."""
        return self.organizations[code]["m"] or 0

    def lists(self, ledger_unit: str) -> dict[str, list[Any]]:
        """Return what is small, separate, to be split (unit, organization) and for work coverage, each sorted."""
        here = {c: o for c, o in self.organizations.items() if o["ledger_unit"] == ledger_unit}
        least = self.f.min_members
        split = [
            (unit, c)
            for unit, held in self.covers.items()
            for c in held & here.keys()
            if here[c]["action"] == "covered"
            and here[c]["base"]
            and not here[c]["own"]
            and here[c]["m"] >= least
        ]
        return {
            "small": sorted(c for c, o in here.items() if o["action"] == "joint"),
            "separate": sorted(c for c, o in here.items() if o["action"] == "separate"),
            "work_coverage": sorted(c for c, o in here.items() if o["action"] == "work_coverage"),
            "split": sorted(split),
        }

    def ledger_units(self) -> list[str]:
        """Return the ledger units that have small organizations, sorted."""
        o = self.organizations.values()
        return sorted({x["ledger_unit"] for x in o if x["action"] == "joint"})

    # -- pairs -----------------------------------------------------------------------------------------------------

    def metres(self, i: str, j: str) -> Fraction | None:
        """Return the distance, rounded to 0.01 m; ``None`` where a location is unknown."""
        a, b = self.organizations[i]["point"], self.organizations[j]["point"]
        if a is None or b is None:
            return None
        east = (a[0] - b[0]) * math.cos(math.radians((a[1] + b[1]) / 2.0))
        north = a[1] - b[1]
        return Fraction(round(111319.49 * math.sqrt(east * east + north * north) * 100.0), 100)

    def shared_places(self, i: str, j: str) -> list[str]:
        """Return the kinds of place that two organizations share."""
        a, b = self.organizations[i]["at"], self.organizations[j]["at"]
        return [kind for kind in PLACES if a[kind] is not None and a[kind] == b[kind]]

    def adjacency(self, i: str, j: str) -> tuple[Fraction, bool]:
        """Return a(i,j) and whether the two are adjacent."""
        f = self.f
        of_kind = {
            "building": f.adjacency_building,
            "community": f.adjacency_community,
        } | dict.fromkeys(("park", "commercial_street", "market"), f.adjacency_place)
        values = [decimal(of_kind[kind]) for kind in self.shared_places(i, j)]
        metres, radius = self.metres(i, j), decimal(f.radius)
        if metres is not None and metres <= radius:
            share = metres / radius if radius else Fraction(0)
            values.append(decimal(f.adjacency_near) + share / 2)
        if values:
            return min(values), True
        if metres is None:
            return decimal(f.adjacency_far), False
        return decimal(f.adjacency_far) + min(
            Fraction(1), (metres - radius) / decimal(f.far)
        ) / 2, False

    def level(self, i: str, j: str) -> int:
        """Return how deep two sectors meet: 0 not at all, 1 section, 2 division, 3 group, 4 class."""
        a, b = self.organizations[i]["sector"], self.organizations[j]["sector"]
        which = "own" if a["edition"] == b["edition"] else "common"
        met = [x is not None and x == y for x, y in zip(a[which], b[which], strict=True)]
        return max((x + 1 for x in range(4) if met[x]), default=0)

    def linked(self, i: str, j: str) -> bool:
        """Return whether two share an association or a leading firm."""
        none: set[str] = set()
        return any(
            table.get(i, none) & table.get(j, none) for table in (self.associations, self.leaders)
        )

    def similarity(self, i: str, j: str) -> Fraction:
        """Return s(i,j), the smallest that applies."""
        f = self.f
        steps = (
            f.similarity_section,
            f.similarity_division,
            f.similarity_group,
            f.similarity_class,
        )
        values = [decimal(v) for v in steps[: self.level(i, j)]]
        if self.linked(i, j):
            values.append(decimal(f.similarity_linked))
        return min(values, default=decimal(f.similarity_other))

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], tuple[int, bool]]:
        return {}

    def pair(self, i: str, j: str) -> tuple[int, bool]:
        """Return d(i,j) in 1e-6, rounded down, and whether the two are adjacent and similar."""
        key = (min(i, j), max(i, j))
        if key not in self._pairs:
            a, adjacent = self.adjacency(i, j)
            s = self.similarity(i, j)
            d = decimal(self.f.weight_adjacency) * a + decimal(self.f.weight_similarity) * s
            fits = adjacent and s <= decimal(self.f.similar)
            self._pairs[key] = (math.floor(d * MILLION), fits)
        return self._pairs[key]

    # -- columns ---------------------------------------------------------------------------------------------------

    def methods(self, codes: Iterable[str]) -> list[str]:
        """Return the methods by which these may form a unit."""
        some = sorted(codes)
        pairs = list(combinations(some, 2))
        none: set[str] = set()
        led = set.intersection(*(self.leaders.get(c, none) for c in some))
        allied = set.intersection(*(self.associations.get(c, none) for c in some))
        area = set.intersection(*(set(self.organizations[c]["at"].items()) for c in some))
        holds = {
            "sector_and_area": all(self.pair(i, j)[1] for i, j in pairs),
            "leading_firm": bool(led),
            "area": any(key is not None for _, key in area),
            "trade": bool(allied) or all(self.level(i, j) >= 2 for i, j in pairs),
        }
        return [method for method in METHODS if holds[method]]

    def joint(self, codes: Iterable[str]) -> tuple[str, int] | None:
        """Return (method, cost in 1e-6) of a joint unit; ``None`` where these can't form one."""
        some = sorted(set(codes))
        k = len(some)
        members = sum(self.m(c) for c in some)
        if not 2 <= k <= self.f.max_organizations:
            return None
        if not self.f.min_members <= members <= self.f.max_members:
            return None
        methods = self.methods(some)
        if not methods:
            return None
        surcharge, method = min(
            ((millionths(getattr(self.f, f"surcharge_{m}")), m) for m in methods),
            key=lambda x: (x[0], METHODS.index(x[1])),
        )
        total = sum(self.pair(i, j)[0] for i, j in combinations(some, 2))
        cost = math.floor(Fraction(2 * total, k - 1)) + k * surcharge + millionths(self.f.new_unit)
        return method, cost

    def free(self, unit: str) -> tuple[int, int]:
        """Return a host's free places and free member seats."""
        held = self.covers[unit]
        return (
            max(0, self.f.max_organizations - len(held)),
            max(0, self.f.max_members - sum(self.m(c) for c in held)),
        )

    def attach(self, code: str, unit: str) -> int | None:
        """Return the cost of an attachment in 1e-6; ``None`` where it is not allowed."""
        if self.hosts.get(unit) != self.organizations[code]["ledger_unit"]:
            return None
        held = sorted(self.covers[unit])
        places, seats = self.free(unit)
        if places < 1 or seats < self.m(code):
            return None
        radius = decimal(self.f.radius)
        near = any(
            self.shared_places(code, j)
            or (self.metres(code, j) or radius + 1) <= radius
            or self.metres(code, j) == 0
            or self.level(code, j) >= 2
            for j in held
        )
        if not near:
            return None
        mean = Fraction(sum(self.pair(code, j)[0] for j in held), len(held))
        return millionths(self.f.attach) + math.floor(mean)

    def columns(
        self,
        ledger_unit: str,
        constraints: Mapping[str, Any] | None = None,
        previous: Mapping[str, Any] | None = None,
    ) -> tuple[list[Column], list[Column]]:
        """Return every feasible column of what is to be decided, and the accepted units."""
        small = self.lists(ledger_unit)["small"]
        decided = constraints or {}
        accepted = [tuple(sorted(g)) for g in decided.get("accept", ()) if set(g) <= set(small)]
        settled = {c for g in accepted for c in g}
        fixed = []
        for g in accepted:
            found = self.joint(g)
            if found is None:
                raise ValueError(f"accepted unit {g} is none")
            moved = self._moved(g, None, small, previous, alone=False)
            fixed.append(Column("joint", g, found[1] + moved, found[0]))
        rest = [c for c in small if c not in settled]
        out = [c for c in self._free_columns(rest, small, previous) if _keeps(c, decided, self)]
        return out, fixed

    def _free_columns(
        self, rest: list[str], small: list[str], previous: Mapping[str, Any] | None
    ) -> Iterator[Column]:
        for k in range(2, self.f.max_organizations + 1):
            for some in combinations(rest, k):
                found = self.joint(some)
                if found:
                    moved = self._moved(some, None, small, previous, alone=False)
                    yield Column("joint", some, found[1] + moved, found[0])
        for c in rest:
            for unit in sorted(self.hosts):
                cost = self.attach(c, unit)
                if cost is not None:
                    moved = self._moved((c,), unit, small, previous, alone=False)
                    yield Column("attached", (c,), cost + moved, None, unit)
            moved = self._moved((c,), None, small, previous, alone=True)
            yield Column("uncovered", (c,), millionths(self.f.uncovered) + moved)

    def _moved(
        self,
        some: tuple[str, ...],
        unit: str | None,
        small: list[str],
        previous: Mapping[str, Any] | None,
        *,
        alone: bool,
    ) -> int:
        """Return what a column costs for the organizations that it moves."""
        if not previous:
            return 0
        units = [set(g) for g in previous.get("joint", ())]
        hosts = previous.get("attached", {})
        n = 0
        for c in some:
            former = next((g for g in units if c in g), None)
            if former is None and c not in hosts:
                continue  # it was in no unit: nothing to move it from
            companions = (former or set()) & set(small) - {c}
            n += alone or not companions <= set(some) or hosts.get(c) != unit
        return n * millionths(self.f.moved)


def _keeps(column: Column, decided: Mapping[str, Any], reading: Reading) -> bool:
    """Return whether a column goes against no decision."""
    held = set(column.organizations) | ({column.unit} if column.unit else set())
    for pin in decided.get("pin", ()):
        organizations = {c for c in pin if c in reading.organizations}
        unit = set(pin) - organizations
        touched = organizations & held
        if touched and (touched != organizations or (unit and column.unit not in unit)):
            return False
    return not any(set(ban) <= held for ban in decided.get("forbid", ()))


def decimal(value: float) -> Fraction:
    """Return a profile's number as the decimal that it is written as."""
    return Fraction(str(value))


def millionths(value: float) -> int:
    """Return a cost in 1e-6."""
    return int(decimal(value) * MILLION)


def read(store: Any, profile: Any, as_of: int | None = None) -> Reading:
    """Read a city at a date."""
    date = store.latest() if as_of is None else as_of
    rows = {kind: _rows(store, kind, date) for kind in (
        "organization", "unit", "division", "park", "building", "commercial_street", "market",
        "association", "leading", "exclusion", "crosswalk",
    )}  # fmt: skip
    organizations, units = rows["organization"], rows["unit"]
    out = Reading(profile)

    named: dict[str, set[str]] = {}  # unit → organizations, by all three columns
    dangling = set()
    for code, o in organizations.items():
        for unit in _list(o["unit"]):
            named.setdefault(unit, set()).add(code)
            if unit not in units:
                dangling.add(code)
    belongs: dict[str, str] = {}
    for code, u in units.items():
        if u["organization"] in organizations:
            belongs[code] = u["organization"]
            named.setdefault(code, set()).add(u["organization"])
        named.setdefault(code, set()).update(c for c in _list(u["covers"]) if c in organizations)
    for code, u in units.items():
        undissolved = u["dissolved"] is None or u["dissolved"] > date
        if undissolved and u["type"] != "功能型党组织" and named.get(code):
            out.covers[code] = named[code]
    held = set().union(*out.covers.values()) if out.covers else set()
    own = {
        c
        for unit, some in out.covers.items()
        if units[unit]["type"] != "联合党支部"
        for c in some
        if len(some) == 1 or belongs.get(unit) == c
    }
    struck = {
        x["organization"]
        for x in rows["exclusion"].values()
        if x["decided"] is None or x["decided"] <= date
    }
    sectors = _Sectors(rows["crosswalk"])
    for code, o in organizations.items():
        at = _places(o, rows)
        x = {
            "m": o["formal_members"],
            "base": o["status"] == "正常" and code not in struck,
            "covered": code in held or code in dangling,
            "held": code in held,
            "own": code in own,
            "at": at,
            "ledger_unit": _ledger_unit(o, at, rows, profile),
            "point": _wgs84(o["lon"], o["lat"], o["datum"] or profile.datum),
            "sector": sectors.read(o["industry"], o["industry_edition"] or profile.gbt4754_edition),
        }
        x["action"] = _action(x, o, profile)
        out.organizations[code] = x
    for unit, some in out.covers.items():
        homes = {out.organizations[c]["ledger_unit"] for c in some}
        if (
            units[unit]["type"] in ("党支部", "联合党支部")
            and len(homes) == 1
            and None not in homes
        ):
            out.hosts[unit] = homes.pop()
    for code, a in rows["association"].items():
        for c in _list(a["members"]):
            out.associations.setdefault(c, set()).add(code)
    for link in rows["leading"].values():
        out.leaders.setdefault(link["organization"], set()).add(link["leader"])
    return out


def _rows(store: Any, kind: str, date: int) -> dict[str, Row]:
    frame = store.frame(kind, date)
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return {str(row["key"]): {str(k): v for k, v in row.items()} for row in records}


def _list(text: str | None) -> list[str]:
    return [c for c in (text or "").split(";") if c]


def _action(x: Row, o: Row, profile: Any) -> str:
    if not x["base"]:
        return "outside_base" if o["status"] is not None else "unknown"
    required = ("category", "staff", "formal_members", "status")
    if x["ledger_unit"] is None or any(o[name] is None for name in required):
        return "unknown"
    if x["covered"]:
        return "covered"
    if x["m"] >= profile.formation.min_members:
        return "separate"
    return "joint" if x["m"] >= 1 else "work_coverage"


def _places(o: Row, rows: Mapping[str, dict[str, Row]]) -> dict[str, str | None]:
    building = rows["building"].get(o["building"] or "", {})
    at = {kind: o[kind] for kind in PLACES}
    for kind in ("park", "community"):
        at[kind] = at[kind] or building.get(kind)
    return at


def _ledger_unit(
    o: Row, at: dict[str, str | None], rows: Mapping[str, dict[str, Row]], profile: Any
) -> str | None:
    division, park = rows["division"], rows["park"].get(at["park"] or "", {})

    def of_level(code: str | None, *levels: str) -> str | None:
        # what a row names counts, unless 区划 knows it as something else
        fine = code is not None and (code not in division or division[code]["level"] in levels)
        return code if fine else None

    def parent(code: str | None) -> str | None:
        return division[code]["parent"] if code in division else None

    def street(code: str | None) -> str | None:
        return of_level(code, "街道", "乡镇")

    def street_of(kind: str) -> str | None:
        return street(rows[kind].get(at[kind] or "", {}).get("street"))

    own = street(o["street"]) or street(parent(at["community"])) or street_of("building")
    if o["line"] == "social":
        if o["level"] == "市级":
            return f"dept:{_office(o['supervisor'], rows) or profile.audit.civil_affairs}"
        lies = own or street_of("commercial_street") or street_of("market")
        lies = lies or street(park.get("street"))
        district = of_level(o["district"], "区") or of_level(parent(lies), "区")
        district = district or of_level(park.get("district"), "区")
        return f"district:{district}" if district else None
    if o["line"] == "enterprise" and park.get("level") in ("国家级", "省级"):
        return f"zone:{park['code']}"
    return f"street:{own}" if own else None


def _office(text: str | None, rows: Mapping[str, dict[str, Row]]) -> str | None:
    """Return the office's name; a unit's or an organization's code is resolved to it."""
    unit = rows["unit"].get(text or "")
    if unit is not None:
        office = unit["organization"]
        text = office if office and office not in rows["organization"] else unit["name"]
    elif text in rows["organization"]:
        text = rows["organization"][text]["name"]
    return text


# -- sectors -------------------------------------------------------------------------------------------------------


class _Sectors:
    """The GB/T 4754 codes of both editions: (section, division, group, class), ``None`` where not given."""

    def __init__(self, crosswalk: Mapping[str, Row]) -> None:
        self.section: dict[tuple[str, str], str] = {}
        self.successor: dict[str, str] = {}
        with files("graph.policy").joinpath("gbt4754.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["level"] == "division":
                    self.section[row["edition"], row["code"]] = row["section"]
                    if row["successor_2017"]:
                        self.successor[row["code"]] = row["successor_2017"]
        self.pairs = [(x["code_2011"], x["code_2017"]) for x in crosswalk.values()]

    def read(self, code: str | None, edition: str) -> Row:
        own = self.levels(code, edition)
        return {
            "edition": edition,
            "own": own,
            "common": self.mapped(own) if edition == "2011" and own[1] else own,
        }

    def levels(self, code: str | None, edition: str) -> tuple[str | None, ...]:
        text = "".join(unicodedata.normalize("NFKC", code or "").split()).upper()
        match = re.fullmatch(r"([A-T]?)(|[0-9]{2,4})", text)
        if not match or not text:
            return (None,) * 4
        letter, digits = match.groups()
        section = self.section.get((edition, digits[:2])) or letter or None
        return (section, *(digits[:n] if len(digits) >= n else None for n in (2, 3, 4)))

    def mapped(self, own: tuple[str | None, ...]) -> tuple[str | None, ...]:
        """Return a code of 2011 in the edition of 2017: what all the codes it becomes have in common."""
        digits = next(x for x in reversed(own) if x)
        new = {b for a, b in self.pairs if a.startswith(digits)}
        if not new:
            digits = own[1] or ""
            new = {self.successor[digits]} if digits in self.successor else set()
        if not new:
            return (None,) * 4
        together = zip(*sorted(new), strict=False)
        common = "".join(c[0] for c in takewhile(lambda c: len(set(c)) == 1, together))
        common = common[: len(digits)]
        if len(common) >= 2:
            return self.levels(common, "2017")
        sections = {self.section.get(("2017", b[:2])) for b in new}
        return (sections.pop() if len(sections) == 1 else None, None, None, None)


# -- coordinates ---------------------------------------------------------------------------------------------------


def _wgs84(lon: float | None, lat: float | None, datum: str) -> tuple[float, float] | None:
    """Return WGS84 degrees rounded to 1e-7, or ``None``."""
    if lon is None or lat is None:
        return None
    if datum == "BD-09":
        lon, lat = _undo(_bd, lon, lat)
    if datum in ("BD-09", "GCJ-02"):
        lon, lat = _undo(_gcj, lon, lat)
    return round(lon, 7), round(lat, 7)


def _undo(forward: Any, lon: float, lat: float) -> tuple[float, float]:
    x, y = lon, lat
    while True:
        there = forward(x, y)
        dx, dy = lon - there[0], lat - there[1]
        x, y = x + dx, y + dy
        if max(abs(dx), abs(dy)) < 1e-12:
            return x, y


def _gcj(lon: float, lat: float) -> tuple[float, float]:
    pi, sin = math.pi, math.sin
    x, y = lon - 105.0, lat - 35.0
    both = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + both
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + both
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    a, ee = 6378245.0, 0.00669342162296594323
    phi = math.radians(lat)
    magic = 1 - ee * sin(phi) ** 2
    north = math.degrees(north / (a * (1 - ee) / (magic * math.sqrt(magic))))
    east = math.degrees(east / (a / math.sqrt(magic) * math.cos(phi)))
    return lon + east, lat + north


def _bd(lon: float, lat: float) -> tuple[float, float]:
    k = math.pi * 3000 / 180
    z = math.sqrt(lon * lon + lat * lat) + 0.00002 * math.sin(lat * k)
    theta = math.atan2(lat, lon) + 0.000003 * math.cos(lon * k)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006
