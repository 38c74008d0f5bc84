"""A jurisdiction's own store, made of a city's: the rows that belong to it with all their history, and stubs for the rest.

Rows are read twice, part by part as a copy reads them (:mod:`graph.store.copying`): once to learn which belong to the jurisdiction,
once to write these. Imports, sheets and rows are numbered anew, so that their numbers tell nothing of how much else there is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from graph.affiliation.expected import Expected
from graph.affiliation.handling import named_in, of_evidence
from graph.city import City
from graph.columns import among, texts
from graph.cut.membership import Jurisdiction, some
from graph.cut.outside import stub
from graph.decisions import baseline
from graph.model import OPEN
from graph.schema import load_schema, parts
from graph.store.copying import CLAIM, Part
from graph.store.copying import parts as parts_of
from graph.store.digest import columns as digested
from graph.store.digest import signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from graph.model import Batch
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from graph.store.copying import Copyable, Receiver, Source

    Bools = NDArray[np.bool_]

NUMBER, BATCH, LEDGER, SHEET, ROW, KEY, DATED, EDITION, FROM, TO, RANK, SUPERSEDED, DIGEST, FORMER = range(len(CLAIM))  # fmt: skip
_PLACES = ("building", "commercial_street", "market")
_OF_ORGANIZATIONS = (
    "leading",
    "exclusion",
    "strike_off",
    "measure",
    "inspection",
    "register",
    "returned",
)
TELLING = frozenset(
    (
        "district", "street", "community", "park", "building", "commercial_street", "market", "code", "line", "level", "supervisor",
        "unit", "covers", "organization", "members", "employer", "subject", "object", "office", "evidence",
    )
)  # fmt: skip
"""Properties that tell whom a row belongs to."""
_SHOWN = ("sector", "crosswalk")
"""Tables of reference: everybody's."""
_SURROUNDINGS = ("division", "park")
"""What is public: shown by name wherever a row names it."""
Interval = tuple[int, int]


@dataclass(eq=False)
class _Kind:
    """What is known of a kind after the first reading.

    ``kept`` are the numbers of the rows that belong, ``within`` when an entity does, ``beyond`` the entities of which some row does
    not.
    """

    kept: list[int] = field(default_factory=list)
    within: dict[str, list[Interval]] = field(default_factory=lambda: defaultdict(list))
    beyond: set[str] = field(default_factory=set)
    ranks: dict[tuple[str, int], list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def holds(self, key: str, until: int) -> bool:
        """Say whether an entity belongs on the last day before a date."""
        if key not in self.within:
            return False
        return key not in self.beyond or any(a < until <= b for a, b in self.within[key])

    def overlaps(self, key: str, begin: int, end: int) -> bool:
        """Say whether an entity belongs on some day of an interval."""
        if key not in self.within:
            return False
        return key not in self.beyond or any(a < end and begin < b for a, b in self.within[key])

    def elsewhere(self, key: str, until: int) -> bool:
        """Say whether an entity is somewhere, and not here."""
        return key in self.beyond and not self.holds(key, until)


class Cut:
    """One reading of a city for a jurisdiction, and its writing.

    Parameters
    ----------
    city : graph.store.base.Store
        The whole; unchanged while ``source`` is held.
    source : graph.store.copying.Source
    jurisdiction : graph.cut.membership.Jurisdiction
    """

    def __init__(self, city: Store, source: Source, jurisdiction: Jurisdiction) -> None:
        self.city, self.source, self.jurisdiction = city, source, jurisdiction
        self.kinds = {kind: _Kind() for kind in load_schema().kinds}
        self._covering: set[str] = set()
        self._covered_outside: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        self._sheets: dict[int, int] = {}
        self._batches: dict[int, int] = {}
        self._loaded: dict[int, int] = defaultdict(int)
        self._repeated: dict[int, int] = defaultdict(int)
        self._frozen: list[str] = []
        self._mixed: set[int] = set()
        self._rows: dict[int, int] = defaultdict(int)
        self._led: dict[str, int] = defaultdict(int)

    # -- the first reading -------------------------------------------------------------------------------------------------
    def read(self) -> None:
        """Learn which rows belong to the jurisdiction."""
        units: list[tuple[str, str | None, str | None, int, int]] = []
        for part in parts_of(self.source, _after_all_of(*_SURROUNDINGS)):
            rows = framed(part)
            mine = self._belong(part.kind, rows)
            if part.kind == "organization":
                self._covering.update(
                    code for v in rows.loc[mine, "unit"].dropna() for code in parts(v)
                )
            self._note(part, mine)
            if part.kind == "unit":
                units += [
                    (key, covers, belongs, begin, end)
                    for key, covers, belongs, begin, end, own, gone in zip(
                        rows.index, texts(rows["covers"]), texts(rows["organization"]), rows["valid_from"],
                        rows["valid_to"], mine, rows["superseded"], strict=True,
                    )
                    if not own and gone is None and (covers or belongs)
                ]  # fmt: skip
        organizations = self.kinds["organization"]
        for unit, covers, belongs, begin, end in units:
            for code in {*parts(covers), *some([belongs])}:
                if code in organizations.within:
                    self._covered_outside[code].append((unit, begin, end))
        for part in parts_of(self.source, _after_all_but("park")):
            rows = framed(part)
            named = among(np.asarray(rows.index, dtype=object), self.jurisdiction.parks)
            mine = self.jurisdiction.place(rows, "park") | named
            self._name_places(rows[mine])
            self._note(part, mine)
        divisions = self.jurisdiction.surroundings()
        for part in parts_of(self.source, _after_all_but("division")):
            self._note(part, np.array([c[KEY] in divisions for c in part.claims], dtype=bool))

    def _belong(self, kind: str, rows: pd.DataFrame) -> Bools:
        jurisdiction = self.jurisdiction
        organizations = self.kinds["organization"].within
        if kind == "organization":
            mine = jurisdiction.organizations(rows)
            self._name_places(rows[mine])
            return mine
        if kind == "unit":
            mine = jurisdiction.units(rows, self._covering, organizations)
            self._name_places(rows[mine])
            return mine
        if kind in _PLACES:
            mine = jurisdiction.place(rows, kind)
            self._name_places(rows[mine])
            return mine
        if kind == "association":
            return np.array(
                [any(c in organizations for c in parts(v)) for v in texts(rows["members"])],
                dtype=bool,
            )
        if kind in _OF_ORGANIZATIONS:
            return self._then(rows, texts(rows["organization"]), "organization")
        if kind == "member":
            named = [parts(v) for v in texts(rows["unit"])]
            own = np.zeros(len(rows), dtype=bool)
            for at in range(max(map(len, named), default=0)):
                codes = [some_[at] if at < len(some_) else None for some_ in named]
                own |= self._then(rows, codes, "unit")
            return own | self._then(rows, texts(rows["employer"]), "organization")
        if kind == "baseline":
            mine = self._then(rows, rows.index, "organization")
            self._frozen += [str(k) for k in rows.index[mine]]
            return mine
        if kind in ("decision", "handling"):
            mine = self._then(rows, texts(rows["subject"]), "organization", "unit")
            if kind == "handling":
                mine |= self._of_nobody(rows)
            if kind == "decision":  # two codes that are one, or are not: both have to be known
                other = texts(rows["object"])
                blank = np.array([o is None for o in other], dtype=bool)
                mine &= blank | self._then(rows, other, "organization", "unit")
            else:  # what is found may be told apart by a second code
                mine &= np.array(
                    [not self._named_beyond(str(key)) for key in rows.index], dtype=bool
                )
            return mine
        if kind == "submission":
            asked = {o: jurisdiction.office(o) for o in some(texts(rows["office"]))}
            return np.array([asked[o] for o in texts(rows["office"])], dtype=bool)
        if kind == "grid":
            return among(texts(rows["street"]), jurisdiction.divisions)
        if kind in (*_SHOWN, "freeze"):
            return np.ones(len(rows), dtype=bool)
        return np.zeros(len(rows), dtype=bool)  # totals are of whole ledgers

    def _then(self, rows: pd.DataFrame, codes: Iterable[Any], *kinds: str) -> Bools:
        """Say of which rows the entity that they are about belongs while they hold."""
        gone = rows["superseded"].notna()
        # what a correction replaced holds on no day: its own date tells
        ends = np.where(gone, rows["valid_from"] + 1, rows["valid_to"]).tolist()
        found = [self.kinds[kind] for kind in kinds]
        return np.fromiter(
            (
                code is not None and any(kind.overlaps(code, begin, end) for kind in found)
                for code, begin, end in zip(codes, rows["valid_from"].tolist(), ends, strict=True)
            ),
            dtype=bool,
            count=len(rows),
        )

    def _of_nobody(self, rows: pd.DataFrame) -> Bools:
        """Say which findings are about an office of the jurisdiction, or about a code that nobody has and only rows here name."""
        entities = [self.kinds[kind] for kind in ("organization", "unit")]

        def is_mine(subject: str, evidence: str) -> bool:
            if any(subject in kind.within or subject in kind.beyond for kind in entities):
                return False
            if self.jurisdiction.office(subject):
                return True
            named = named_in(evidence)
            return bool(named) and all(
                any(kind.holds(code, OPEN) for kind in entities) for code in named
            )

        told = zip(texts(rows["subject"]), texts(rows["evidence"]), strict=True)
        return np.fromiter((is_mine(*one) for one in told), dtype=bool, count=len(rows))

    def _named_beyond(self, finding: str) -> bool:
        """Say whether a finding's identity names something outside beside its subject."""
        return any(
            self.kinds[kind].elsewhere(code, OPEN)
            for code in finding.split(":")[2:]
            for kind in ("organization", "unit")
        )

    def _name_places(self, rows: pd.DataFrame) -> None:
        """Note the divisions and parks that rows name."""
        for name in ("district", "street", "community"):
            if name in rows:
                self.jurisdiction.named.update(some(texts(rows[name])))
        if "park" in rows:
            self.jurisdiction.parks.update(some(texts(rows["park"])))

    def _note(self, part: Part, mine: Bools) -> None:
        """Take down which rows of a part belong."""
        kind = self.kinds[part.kind]
        kept = set[int]()
        for claim, own in zip(part.claims, mine.tolist(), strict=True):
            if own:
                kind.kept.append(claim[NUMBER])
                kept.add(claim[NUMBER])
                if claim[SUPERSEDED] is None:
                    kind.within[claim[KEY]].append((claim[FROM], claim[TO]))
                    kind.ranks[claim[KEY], claim[FROM]].append((claim[RANK], claim[NUMBER]))
                else:
                    self._batches[claim[SUPERSEDED]] = 0
                self._sheets[claim[SHEET]] = self._batches[claim[BATCH]] = 0
                self._loaded[claim[BATCH]] += 1
            else:
                if part.kind != "stated_total":
                    self._mixed.add(claim[SHEET])
                if claim[SUPERSEDED] is None:
                    kind.beyond.add(claim[KEY])
        for number, batch, sheet, *_ in part.listings:
            if number in kept:
                self._sheets[sheet] = self._batches[batch] = 0
                self._repeated[batch] += 1
            elif part.kind != "stated_total":
                self._mixed.add(sheet)

    # -- the second ----------------------------------------------------------------------------------------------------------
    def imports(self) -> tuple[list[Batch], list[tuple[int, int, str, str]]]:
        """Return the imports and sheets that rows of the jurisdiction came with, numbered anew and counted by these rows."""
        held = [b for b in self.city.batches() if b.id in self._batches]
        self._batches = {b.id: at for at, b in enumerate(held, 1)}
        sheets = [s for s in self.source.sheets() if s[0] in self._sheets]
        self._sheets = {s[0]: at for at, s in enumerate(sheets, 1)}
        files: dict[int, dict[str, None]] = defaultdict(dict)
        for _, batch, file, _ in sheets:
            files[batch][file] = None
        batches = [
            replace(
                b, id=self._batches[b.id], files=tuple(files[b.id]), loaded=self._loaded[b.id], unchanged=self._repeated[b.id],
                quarantined=0, corrects=self._batches.get(b.corrects) if b.corrects else None,
            )
            for b in held
        ]  # fmt: skip
        return batches, [
            (self._sheets[n], self._batches.get(batch, 0), file, sheet)
            for n, batch, file, sheet in sheets
        ]

    def write(self, receiver: Receiver) -> None:
        """Write the rows that belong, what they name outside made stubs."""
        reaching = self._reaching()
        position = _after_all_but(*(k for k, found in self.kinds.items() if found.kept))
        number = dict.fromkeys(self.kinds, 0)
        for part in parts_of(self.source, position):
            kept = self.kinds[part.kind].kept
            low = bisect_right(kept, part.claims[0][NUMBER] - 1)
            mine = set(kept[low : bisect_right(kept, part.claims[-1][NUMBER])])
            if not mine:
                continue
            claims, renamed = [], {}
            for claim in part.claims:
                if claim[NUMBER] in mine:
                    number[part.kind] += 1
                    renamed[claim[NUMBER]] = number[part.kind]
                    claims.append(self._own(part.kind, list(claim), number[part.kind], reaching))
            listings = [
                (
                    renamed[claim],
                    self._batches[batch],
                    self._sheets[sheet],
                    self._row(sheet, row),
                    dated,
                    edition,
                )
                for claim, batch, sheet, row, dated, edition in part.listings
                if claim in renamed
            ]
            receiver.take(Part(part.kind, _digested(part.kind, claims), listings))

    def _own(
        self, kind: str, row: list[Any], number: int, reaching: Callable[[str, int], bool]
    ) -> list[Any]:
        """Return a row as the jurisdiction has it."""
        if row[SUPERSEDED] is None:
            alike = self.kinds[kind].ranks[row[KEY], row[FROM]]
            if len(alike) > 1 or alike[0][0]:
                row[RANK] = sorted(alike).index((row[RANK], row[NUMBER]))
        else:
            row[SUPERSEDED] = self._batches[row[SUPERSEDED]]
        row[ROW] = self._row(row[SHEET], row[ROW])
        row[NUMBER], row[BATCH], row[SHEET] = number, self._batches[row[BATCH]], self._sheets[row[SHEET]]  # fmt: skip
        row[FORMER] = []
        self._hide(kind, row, reaching)
        if kind == "freeze":
            names = list(load_schema().kinds[kind].properties)
            row[len(CLAIM) + names.index("fingerprint")] = baseline.fingerprint(self._frozen)
            row[len(CLAIM) + names.index("organizations")] = len(set(self._frozen))
        return row

    def _row(self, sheet: int, row: int) -> int:
        """Return a row's number: counted below a header among those that belong, where others' rows stand on the sheet too."""
        if sheet not in self._mixed:
            return row
        self._rows[sheet] += 1
        return self._rows[sheet] + 1

    def _hide(self, kind: str, row: list[Any], reaching: Callable[[str, int], bool]) -> None:
        """Put stubs for what a row names outside."""
        key, until = row[KEY], row[TO]
        own = {"leading": key.rpartition("|")[2], "member": "member"}.get(kind, key)
        if kind == "handling":
            row[_EVIDENCE] = of_evidence(
                row[_EVIDENCE], lambda code: self._outside(code, ("organization", "unit"), until)
            )
        named = set(parts(row[_COVERED_BY])) if kind == "organization" else set[str]()
        for at, prop, targets in _LINKS[kind]:
            value = row[at]
            if value is None:
                continue
            if kind == "association":
                inside = [c for c in parts(value) if self.kinds["organization"].holds(c, until)]
                more = [stub(own, prop, 1)] if len(inside) < len(parts(value)) else []
                row[at] = ";".join([*inside, *more])
                continue
            told = parts(value) if ";" in value else [value]
            out, n = [], 0
            for code in told:
                if not self._outside(code, targets, until):
                    out.append(code)
                    continue
                if (kind, prop) == ("organization", "supervisor"):
                    office = self.jurisdiction.office_of(code)
                    if office is not None:  # a department's name is public, its unit's code is not
                        out.append(office)
                        continue
                n += 1
                if kind == "leading":
                    self._led[own] += 1
                    n = self._led[own]
                up = (kind, prop) == ("unit", "superior")
                out.append(stub(own, prop, n, rooted=up and reaching(code, until)))
            row[at] = ";".join(out)
        if kind == "organization" and any(
            a < until and row[FROM] < b and unit not in named
            for unit, a, b in self._covered_outside.get(key, ())
        ):  # nothing but their own rows says so
            row[_COVERED_BY] = ";".join([*parts(row[_COVERED_BY]), stub(key, "covered_by", 1)])
        if kind == "leading":  # its key is made of the two codes
            leader = row[_LEADER]
            if leader is not None:
                row[KEY] = f"{leader}|{key.rpartition('|')[2]}"

    def _outside(self, code: str, targets: tuple[str, ...], until: int) -> bool:
        """Say whether a code means something that is there and does not belong."""
        if any(t in self.kinds and self.kinds[t].holds(code, until) for t in targets):
            return False
        return any(
            t in self.kinds and t not in _SURROUNDINGS and self.kinds[t].elsewhere(code, until)
            for t in targets
        )

    def _reaching(self) -> Callable[[str, int], bool]:
        """Return what tells whether a unit's chain reached a root on the last day before a date."""
        latest, known = self.jurisdiction.as_of, dict[int, set[str]]()

        def reaches(code: str, until: int) -> bool:
            at = latest if until > latest else _eve(until)
            if at not in known:
                city = City(self.city, self.jurisdiction.profile, at)
                expected = Expected(city, self.city)
                known[at] = set(expected.forest.ids[expected.reached[0]].tolist())
            return code in known[at]

        return reaches


def _after_all_but(*kinds: str) -> dict[str, int]:
    """Return a position after the last row of all kinds but some."""
    return {k: (1 << 62) for k in load_schema().kinds if k not in kinds}


def _after_all_of(*kinds: str) -> dict[str, int]:
    """Return a position after the last row of some kinds, before the first of the others."""
    return dict.fromkeys(kinds, 1 << 62)


def _eve(date: int) -> int:
    """Return the day before."""
    day = pd.Timestamp(str(date)) - pd.Timedelta(days=1)
    return int(day.strftime("%Y%m%d"))


def _links() -> dict[str, list[tuple[int, str, tuple[str, ...]]]]:
    """Return of each kind the places in a row, properties and target kinds of what names other entities."""
    schema = load_schema()
    out: dict[str, list[tuple[int, str, tuple[str, ...]]]] = {}
    for kind in schema.kinds.values():
        out[kind.name] = []
        for at, p in enumerate(kind.properties.values(), len(CLAIM)):
            if p.edge is None:
                continue
            targets = schema.named(p.edge)
            if (kind.name, p.name) == ("unit", "organization"):
                targets = ("organization", "unit", "park")
            if any(t in schema.kinds for t in targets):
                out[kind.name].append((at, p.name, targets))
    return out


_LINKS = _links()
_COVERED_BY = len(CLAIM) + list(load_schema().kinds["organization"].properties).index("unit")
_EVIDENCE = len(CLAIM) + list(load_schema().kinds["handling"].properties).index("evidence")
_LEADER = len(CLAIM) + list(load_schema().kinds["leading"].properties).index("leader")


def framed(part: Part) -> pd.DataFrame:
    """Return a part as columns by key: what tells where its rows belong, and ``valid_from``, ``valid_to``, ``superseded``."""
    names = list(load_schema().kinds[part.kind].properties)
    columns = list(zip(*part.claims, strict=True))
    index = pd.Index(np.array(columns[KEY], dtype=object), dtype=object)
    data: dict[str, Any] = {
        "valid_from": columns[FROM],
        "valid_to": columns[TO],
        "superseded": pd.array(np.array(columns[SUPERSEDED], dtype=object)),
    }
    data |= {
        name: pd.Series(np.array(values, dtype=object), index=index)
        for name, values in zip(names, columns[len(CLAIM) :], strict=True)
        if name in TELLING
    }
    return pd.DataFrame(data, index=index)


def _digested(kind: str, claims: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Return rows with the digests of what they say now."""
    properties = load_schema().kinds[kind].properties
    values = list(zip(*(c[len(CLAIM) :] for c in claims), strict=True))
    frame = pd.DataFrame(
        {n: pd.Series(list(v), dtype=object) for n, v in zip(properties, values, strict=True)}
    )
    for c, digest in zip(claims, signed(digested(frame, properties)[1]), strict=True):
        c[DIGEST] = digest
    return [tuple(c) for c in claims]


def cut(city: Store, profile: Profile, code: str, path: str, state: str) -> None:
    """Write what a jurisdiction sees of a city into a new embedded store.

    Parameters
    ----------
    city : graph.store.base.Store
        One that can be copied.
    code : str
        A division's code or a ledger unit's id.
    path : str
        A file that is not there.
    state : str
        What the copy is marked with while it is written.

    Raises
    ------
    InputError
        The code means nothing.
    """
    from graph.store import sqlite_copy, sqlite_file

    with cast("Copyable", city).copied() as source:
        jurisdiction = Jurisdiction(city, profile, code, city.latest())
        jurisdiction.check()
        made = Cut(city, source, jurisdiction)
        made.read()
        batches, sheets = made.imports()
        with sqlite_copy.receiving(path, state, batches, sheets) as receiver:
            made.write(receiver)
            receiver.finish(city.latest() if batches else None)
            sqlite_file.seal(receiver.db)
