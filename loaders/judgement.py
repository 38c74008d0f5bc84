"""What is judged by the row, not by the cell: whose line an organization is of, codes of persons, places, coordinates, editions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph import geo, sector
from graph.affiliation import calendar
from graph.affiliation.submitters import submitter
from graph.credit_code import INDIVIDUAL
from graph.formation.naming import PREFIX
from graph.jurisdiction import DISTRICTS
from loaders.choices import line_of
from loaders.places import COLUMNS, ORDER, PLACES, PlaceBook, place_keys
from loaders.rows import blank

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from loaders.cells import Settings
    from loaders.rows import Rows
    from loaders.rural import RuralCodes

CREDIT_CODE = 18
"""Characters of a credit code."""


@dataclass(slots=True)
class Known:
    """What rows are judged by besides themselves: what the store holds and what this import has brought so far.

    Read from the store only when something asks for it.
    """

    store: Store
    book: PlaceBook
    settings: Settings
    profile: Profile
    rural: RuralCodes
    outlines: dict[str, str] = field(default_factory=dict)
    divisions: set[str] = field(default_factory=set)
    _sectors: dict[str, set[str]] | None = None

    def sectors(self) -> dict[str, set[str]]:
        """Return the codes of each edition whose table is loaded."""
        if self._sectors is None:
            frame = self.store.frame("sector", columns=["edition", "code"])
            self._sectors = {}
            self.add_sectors(frame["edition"], frame["code"])
        return self._sectors

    def add_sectors(self, editions: Iterable[Any], codes: Iterable[Any]) -> None:
        """Add rows of a classification."""
        table = self.sectors() if self._sectors is None else self._sectors
        for edition, code in zip(editions, codes, strict=True):
            table.setdefault(str(edition), set()).add(str(code))


def judge(rows: Rows, known: Known) -> None:
    """Check what concerns whole rows, resolve their places and work out the keys; faults go into ``rows``."""
    kind = rows.plan.kind.kind
    if kind == "organization":
        _lines(rows)
    elif kind == "unit":
        _planned(rows)
    elif kind == "submission":
        _submissions(rows, known)
    _persons(rows, known)
    _individuals_in_lists(rows, known)
    _coordinates(rows, known.settings)
    _industries(rows, known)
    _places(rows, known.book)
    if kind == "organization":
        _districts(rows)
    elif kind == "division":
        _outlines(rows, known)
        _parents(rows, known.book)
    elif kind in PLACES:
        _place_keys(rows, kind, known.book)


def _planned(rows: Rows) -> None:
    """Point out codes that a plan gave to units that it proposes: an office has yet to give its own (DESIGN)."""
    number = sum(str(v).startswith(PREFIX) for v in rows.column("key").tolist() if v is not None)
    plan = rows.plan.by_prop("key")
    if number:
        rows.notes[plan.heading if plan else "key", "planned_code"] += number


def _submissions(rows: Rows, known: Known) -> None:
    """Point out reports that nobody will find: of an office that is none, or of a half month that is none (S47)."""
    audit = known.profile.audit
    divisions = known.book.frame("division", COLUMNS["division"])
    names = divisions.loc[divisions["level"].isin(DISTRICTS), "name"].dropna()
    districts = {str(code): str(name) for code, name in names.items()}
    offices, periods, nobody, no_half = rows.column("office"), rows.column("period"), [], []
    for k, text in enumerate(rows.column("type").tolist()):
        what = calendar.submission_kinds(text)
        if rows.bad[k] or not what:
            continue
        office = str(offices[k])
        by_duty = calendar.department(office) if what == {calendar.DUTY_REPORT} else None
        who = by_duty or submitter(office, districts, audit.organs_committee, audit.civil_affairs)
        if who is None:
            nobody.append(k)
        if calendar.SEMI_MONTHLY in what:
            known_date = calendar.semi_monthly_period(periods[k], known.profile.semi_monthly)
            if known_date is None:
                no_half.append(k)
    rows.note("office_untold", "office", np.array(nobody, dtype=np.int64))
    rows.note("period_untold", "period", np.array(no_half, dtype=np.int64))


# -- organizations -------------------------------------------------------------------------------------------------


def _lines(rows: Rows) -> None:
    """Set ``line`` from 类别, where the mapping doesn't say it."""
    if "line" in rows.columns:
        return
    codes, unique = pd.factorize(rows.column("category"))
    lines = np.array([*map(line_of, unique), None], dtype=object)
    rows.columns["line"] = lines[codes]


def _persons(rows: Rows, known: Known) -> None:
    """Refuse codes of individual businesses, except rural entities, whose name is then not kept."""
    for prop, person in rows.persons.items():
        if not person.any():
            continue
        values = rows.columns[prop]
        if prop == "key" and rows.plan.kind.kind == "organization":
            rural = person & (rows.column("line") == "rural")
            at = np.flatnonzero(rural)
            known.rural.add(values[at].tolist())
            if len(at) and "name" in rows.columns:
                rows.columns["name"][at] = None
                plan = rows.plan.by_prop("name")
                rows.notes[plan.heading if plan else "name", "rural_name"] += len(at)
            refused = np.flatnonzero(person & ~rural)
        else:
            refused = np.flatnonzero(person)
            refused = refused[[v not in known.rural for v in values[refused].tolist()]]
        plan = rows.plan.by_prop(prop)
        if len(refused) and plan is not None and not plan.column.required:
            values[refused] = None
            rows.notes[plan.heading, "person_code_left"] += len(refused)
        else:
            rows.fault("person_code", prop, refused)


def _individuals_in_lists(rows: Rows, known: Known) -> None:
    """Leave codes of individual businesses out of lists of organizations."""
    for plan in rows.plan.columns:
        if plan.column.cell not in {"uscc_list", "organization_or_office"}:
            continue
        values = rows.columns[plan.column.prop]
        codes, unique = pd.factorize(values)
        suspect = [str(v).startswith(INDIVIDUAL) or f";{INDIVIDUAL}" in str(v) for v in unique]
        if not any(suspect):
            continue
        kept = [
            _without_individuals(str(v), known.rural) if s else v
            for v, s in zip(unique, suspect, strict=True)
        ]
        changed = np.array(
            [a != b for a, b in zip(kept, unique, strict=True)] + [False], dtype=bool
        )
        if changed.any():
            rows.columns[plan.column.prop] = np.array([*kept, None], dtype=object)[codes]
            rows.notes[plan.heading, "person_code_left"] += int(changed[codes].sum())


def _without_individuals(text: str, rural: RuralCodes) -> str | None:
    kept = [
        p
        for p in text.split(";")
        if not (len(p) == CREDIT_CODE and p.startswith(INDIVIDUAL) and p not in rural)
    ]
    return ";".join(kept) or None


def _districts(rows: Rows) -> None:
    """Ask for 所属区 only where neither it nor a street, community, building or park is named."""
    absent = rows.plan.mapping.absent if rows.plan.mapping else ()
    if "所属区" in absent:
        return
    tells = np.zeros(len(rows), dtype=bool)
    for prop in ORDER:
        tells |= ~blank(rows.column(prop))
    rows.fault("no_district", "district", np.flatnonzero(~tells & ~rows.bad))


# -- places --------------------------------------------------------------------------------------------------------


def _places(rows: Rows, book: PlaceBook) -> None:
    kind = rows.plan.kind.kind
    before = {prop: rows.columns[prop] for prop in ORDER if prop in rows.columns}
    for prop, done in book.resolve_row(kind, rows.columns, len(rows)).items():
        if done.ambiguous:
            at = np.array(sorted(done.ambiguous), dtype=np.int64)
            rows.fault("ambiguous_place", prop, at, before[prop], done.ambiguous)


def _outlines(rows: Rows, known: Known) -> None:
    """Give division rows the outline that this import brings, or the one that stands: a table of names takes none away."""
    keys = rows.columns["key"]
    shapes = [
        None if k is None else known.outlines.get(k) or known.book.outline(k) for k in keys.tolist()
    ]
    if any(shapes):
        rows.columns["outline"] = np.array([*shapes, None], dtype=object)[:-1]


def _parents(rows: Rows, book: PlaceBook) -> None:
    """Resolve 上级 among the divisions that stand and those of this sheet."""
    if "parent" not in rows.columns:
        return
    frame = pd.DataFrame({p: rows.column(p) for p in ("key", *COLUMNS["division"])}, dtype=object)
    book.extend("division", frame[~rows.bad])
    nothing = np.full(len(rows), None, dtype=object)
    found = rows.columns["parent"]
    done = book.resolve("parent", found, nothing, nothing)
    rows.columns["parent"] = done.values
    if done.ambiguous:
        at = np.array(sorted(done.ambiguous), dtype=np.int64)
        rows.fault("ambiguous_place", "parent", at, found, done.ambiguous)


def _place_keys(rows: Rows, kind: str, book: PlaceBook) -> None:
    keys, anchor = place_keys(kind, book, {p: rows.column(p) for p in ("code", *ORDER)}, len(rows))
    rows.columns["key"] = keys
    rows.fault("no_street", "street", np.flatnonzero(blank(anchor) & ~rows.bad))


# -- coordinates ---------------------------------------------------------------------------------------------------


def _coordinates(rows: Rows, settings: Settings) -> None:
    """Check that coordinates lie in the city after conversion from their datum (a blank one: the profile's)."""
    if "lon" not in rows.columns and "lat" not in rows.columns:
        return
    lon, lat = rows.numbers("lon"), rows.numbers("lat")
    has_lon, has_lat = ~np.isnan(lon), ~np.isnan(lat)
    rows.fault("half_coordinate", "lat", np.flatnonzero(has_lon & ~has_lat & ~rows.bad))
    rows.fault("half_coordinate", "lon", np.flatnonzero(has_lat & ~has_lon & ~rows.bad))
    at = np.flatnonzero(has_lon & has_lat)
    if not len(at):
        return
    datum = rows.column("datum")[at]
    datum[blank(datum)] = settings.datum
    x, y = geo.to_wgs84(lon[at], lat[at], datum)
    outside = at[~geo.inside(x, y, settings.extent)]
    found = np.full(len(rows), None, dtype=object)
    found[outside] = [
        f"{a:.10g}, {b:.10g}" for a, b in zip(lon[outside], lat[outside], strict=True)
    ]
    # the longitude's cell is named, but where the latitude alone is wrong
    west, _, east, _ = settings.extent
    there = np.isin(outside, at[(x >= west) & (x <= east)])
    rows.fault("outside_city", "lon", outside[~there], found)
    rows.fault("outside_city", "lat", outside[there], found)


# -- industry codes ------------------------------------------------------------------------------------------------


def _industries(rows: Rows, known: Known) -> None:
    """Check 行业代码 against its edition: divisions and sections always, all levels where the table is loaded."""
    if rows.plan.by_prop("industry") is None:
        return
    values = rows.columns["industry"]
    edition = rows.column("industry_edition").copy()
    edition[blank(edition)] = known.settings.edition
    code_at, codes = pd.factorize(values)
    edition_at, editions = pd.factorize(edition)
    pair = np.where(code_at < 0, -1, code_at * max(len(editions), 1) + edition_at)
    facts, tables = sector.facts(), known.sectors()
    wrong: list[int] = []
    for p in np.unique(pair[pair >= 0]).tolist():
        code, of = str(codes[p // len(editions)]), str(editions[p % len(editions)])
        if facts.fault(code, of) is not None or not _listed(code, tables.get(of)):
            wrong.append(p)
    if wrong:
        rows.fault("industry_unknown", "industry", np.flatnonzero(np.isin(pair, wrong)), values)


def _listed(code: str, table: set[str] | None) -> bool:
    if not table:
        return True
    split = sector.split_code(code)
    if split is None:
        return False
    letter, digits = split
    return code in table or digits in table or (not digits and letter in table)
