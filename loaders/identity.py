"""Who a row is about, of which date, and of which ledger (LEDGERS: *A ledger*, *Time*)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.jurisdiction import DISTRICTS, STREETS, Places, ledger_units, locate, office_names
from graph.model import RETURNED, Claims, iso
from graph.schema import load_schema
from loaders.rows import blank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.store.base import Store
    from loaders.places import PlaceBook
    from loaders.reading.model import RawSheet
    from loaders.rows import Rows

LINES = {"enterprise": "非公企业", "social": "社会组织", "rural": "农村新型经营主体"}
"""Kinds of sheets of organizations: one sheet may hold rows of several."""

KEYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "leading": ("|", ("leader", "organization")),
    "exclusion": ("|", ("organization",)),
    "strike_off": ("|", ("organization", "state", "date")),
    "submission": ("|", ("office", "type", "period")),
    "register": ("|", ("register", "organization")),
    "sector": ("/", ("edition", "code")),
    "crosswalk": ("|", ("code_2011", "code_2017")),
}
"""How records are named that no cell names: the properties that make the key (schema.yaml, ``key``)."""


PLACED = (
    "line", "level", "supervisor", "building", "park", "community", "street", "district", "commercial_street",
    "market",
)  # fmt: skip
"""What tells in which ledger unit a row lies."""


def record_keys(rows: Rows) -> None:
    """Work out the keys of kinds whose keys are put together."""
    made = KEYS.get(rows.plan.kind.kind)
    if made is None:
        return
    between, props = made
    parts = []
    for prop in props:
        if prop == "date":
            parts.append([iso(int(d)) or "" if d == d else "" for d in rows.numbers(prop).tolist()])
        else:
            parts.append([v if isinstance(v, str) else "" for v in rows.column(prop).tolist()])
    keys = np.empty(len(rows), dtype=object)
    keys[:] = [between.join(p) for p in zip(*parts, strict=True)]
    rows.columns["key"] = keys


def dates(rows: Rows, default: int) -> NDArray[Any]:
    """Return each row's date: 填报日期 (a cell's, else the stamp line's), else ``default``."""
    given = rows.numbers("dated").astype(np.float64)
    return np.where(np.isnan(given), default, given).astype(np.int64)


# -- ledgers -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Ledgers:
    """Names ledgers ``"<kind of sheet>|<填报单位, else ledger unit>"``.

    A ledger that stands in the store under a street's name, from before the street's row was known, keeps that name.
    """

    store: Store
    book: PlaceBook
    civil_affairs: str
    _aliases: dict[str, str] | None = None
    _names: frozenset[str] | None = None
    _offices: tuple[pd.DataFrame, pd.Series[Any]] | None = field(default=None, repr=False)

    def of(self, rows: Rows, raw: RawSheet) -> NDArray[Any]:
        """Return the ledger of each row."""
        n = len(rows)
        if rows.plan.kind.kind == "organization":
            line_at, lines = pd.factorize(rows.column("line"))
            sheets = [*(LINES.get(str(x), rows.plan.kind.zh) for x in lines), rows.plan.kind.zh]
        else:
            line_at, sheets = np.zeros(n, dtype=np.int64), [rows.plan.kind.zh]
        office = self._office(rows, raw)
        open_ = blank(office)
        if open_.any():
            some = {p: rows.column(p)[open_] for p in PLACED}
            office[open_] = self._units(some, rows.plan.kind.kind, int(open_.sum()))
        office_at, offices = pd.factorize(office)
        names = [*map(str, offices), ""]
        aliases = self._known_aliases()
        pair, pairs = pd.factorize(line_at * (len(names) + 1) + office_at)
        joined = []
        for p in pairs.tolist():
            sheet, at = divmod(p + 1, len(names) + 1)
            name = f"{sheets[sheet]}|{names[at - 1]}"
            joined.append(aliases.get(name, name))
        out = np.array(joined, dtype=object)[pair] if n else np.zeros(0, dtype=object)
        if open_.any():
            self._keep_standing(rows, out, open_)
        return out

    def _keep_standing(self, rows: Rows, ledgers: NDArray[Any], derived: NDArray[Any]) -> None:
        """Keep rows in the ledger in which they stand, where only later knowledge of places would move them to a new one.

        A row that was listed before its building or zone was known lies, by what is known now, in another ledger unit.
        Its claim tells: seen with the same knowledge, it lies there too.
        """
        kind = rows.plan.kind.kind
        held = self._held()
        # rows stand elsewhere if their ledger is new, or if there are rows whose ledger unit was not known
        number, names = pd.factorize(ledgers)
        unsure = [n not in held or str(n).partition("|")[0] + "|" in held for n in names]
        new = derived & np.array([*unsure, False], dtype=bool)[number]
        if not held or not new.any():
            return
        keys = self.store.frame(kind, columns=["reported_by"] if rows.plan.kind.office else [])[
            "key"
        ]
        at = np.flatnonzero(new)
        at = at[pd.Index(rows.columns["key"][at], dtype=object).isin(keys)]
        if not len(at):
            return
        standing = self.store.claims(kind)
        standing = standing[standing["key"].isin(rows.columns["key"][at])]
        if rows.plan.kind.office:
            standing = standing[standing[rows.plan.kind.office].isna()]
        seen = self._seen_now(rows, standing)
        former = dict(zip(zip(standing["key"], seen, strict=True), standing["ledger"], strict=True))
        for i in at.tolist():
            ledgers[i] = former.get((rows.columns["key"][i], ledgers[i]), ledgers[i])

    def _seen_now(self, rows: Rows, claims: pd.DataFrame) -> list[str]:
        """Return the ledgers in which standing rows lie by what is known now."""
        columns: dict[str, NDArray[Any]] = {}
        for name in claims.columns:
            if claims[name].dtype == object or str(claims[name].dtype).startswith(
                ("str", "string")
            ):
                values = claims[name].astype(object)
                columns[name] = values.where(values.notna(), None).to_numpy(dtype=object)
        self.book.resolve_row(rows.plan.kind.kind, columns, len(claims))
        units = self._units(columns, rows.plan.kind.kind, len(claims))
        sheets = [str(ledger).partition("|")[0] for ledger in claims["ledger"]]
        return [f"{s}|{u if u is not None else ''}" for s, u in zip(sheets, units, strict=True)]

    def _office(self, rows: Rows, raw: RawSheet) -> NDArray[Any]:
        if rows.plan.kind.office:
            return rows.column(rows.plan.kind.office).copy()
        from loaders.cells import tidy
        from loaders.privacy import mask

        stamp = raw.stamp.get("填报单位")
        return np.full(len(rows), mask(tidy(stamp))[0] if stamp else None, dtype=object)

    def _units(self, columns: Mapping[str, NDArray[Any]], kind: str, n: int) -> NDArray[Any]:
        """Return the ledger units in which rows lie: organizations' as FORMATION has them, the district of others."""
        blanks = np.full(n, None, dtype=object)
        if kind != "organization":
            street = self.book.mapped(columns.get("street", blanks), self.book.district_of)
            named = columns.get("district", blanks).copy()
            named[blank(named)] = street[blank(named)]
            return self.book.mapped(named, lambda d: f"district:{d}")
        raw = pd.DataFrame({p: columns.get(p, blanks) for p in PLACED}, dtype=object)
        places = Places(self.book.frame)
        where = locate(raw, places)
        offices = self._named_offices(columns.get("supervisor", blanks))
        units = ledger_units(raw, where, places, offices, self.civil_affairs)["ledger_unit"]
        return units.to_numpy(dtype=object)

    def _named_offices(self, named: NDArray[Any]) -> NDArray[Any]:
        """Resolve codes in 业务主管单位 to offices' names."""
        from loaders.privacy import has_cjk

        values = pd.unique(named)
        if all(v is None or has_cjk(str(v)) for v in values):
            return named
        if self._offices is None:
            units = self.store.frame("unit", columns=["name", "organization"]).set_index("key")
            organizations = self.store.frame("organization", columns=["name"])
            self._offices = units, organizations.set_index("key")["name"]
        return office_names(named, *self._offices)

    def _held(self) -> frozenset[str]:
        if self._names is None:
            self._names = frozenset(self.store.status()["ledgers"])
        return self._names

    def _known_aliases(self) -> dict[str, str]:
        if self._aliases is None:
            self._aliases = {}
            for name in sorted(self._held()):
                sheet, _, office = name.partition("|")
                kind, colon, text = office.partition(":")
                levels = {"street": STREETS, "district": DISTRICTS}.get(kind)
                if not colon or levels is None or self.book.level(text) is not None:
                    continue
                found = self.book.find(kind, text)
                known = f"{sheet}|{kind}:{found[0]}" if len(found) == 1 else ""
                if known and known not in self._held():
                    self._aliases[known] = name
        return self._aliases

    def forget(self) -> None:
        """Look for aliases anew: divisions have come."""
        self._aliases = None


# -- claims --------------------------------------------------------------------------------------------------------


def claims(
    rows: Rows, raw: RawSheet, ledgers: NDArray[Any], dated: NDArray[Any], *, correcting: bool
) -> Iterator[Claims]:
    """Yield a sheet's sound rows, ledger by ledger, each in the order of the sheet; ``rows`` gives its columns away.

    Parameters
    ----------
    correcting : bool
        The rows correct an earlier import: they make no newer edition of their ledger.
    """
    good = np.flatnonzero(~rows.bad)
    number, names = pd.factorize(ledgers[good])
    order = good[np.argsort(number, kind="stable")]
    ends = np.cumsum(np.bincount(number, minlength=len(names)))
    whole = _frame(rows, order, dated)
    dates_in_order = dated[order]
    start = 0
    for name, end in zip(names, ends.tolist(), strict=True):
        yield Claims(
            kind=rows.plan.kind.kind,
            ledger=str(name),
            edition=0 if correcting else int(dates_in_order[start:end].max()),
            file=raw.file,
            sheet=raw.sheet,
            frame=whole.iloc[start:end].reset_index(drop=True),
        )
        start = end


def returned(
    rows: Rows, raw: RawSheet, ledgers: NDArray[Any], dated: NDArray[Any]
) -> Iterator[Claims]:
    """Yield what rows that stay out say all the same where their code is readable: that their ledger lists the organization.

    They are of their edition's date (that of the sound rows of the ledger, else of the sheet), whatever their own cell says: that
    may be the fault. Codes of persons are none of theirs.
    """
    if rows.plan.kind.kind != "organization":
        return
    told = rows.bad & ~blank(rows.column("key")) & ~rows.at_fault("key")
    if rows.foreign is not None:
        told &= ~rows.foreign
    at = np.flatnonzero(told)
    if not len(at):
        return
    good = ~rows.bad
    sheet = int((dated[good] if good.any() else dated[at]).max())
    number, names = pd.factorize(ledgers[at])
    for n, name in enumerate(names):
        sound = dated[good & (ledgers == name)]
        edition = int(sound.max()) if len(sound) else sheet
        some = at[number == n]
        keys = pd.Series(rows.column("key")[some], dtype=object)
        frame = pd.DataFrame({"key": keys, "row": rows.row[some], "dated": edition})
        frame["organization"] = keys
        yield Claims(RETURNED, str(name), edition, raw.file, raw.sheet, frame)


def _frame(rows: Rows, at: NDArray[Any], dated: NDArray[Any]) -> pd.DataFrame:
    """Return rows as :class:`graph.model.Claims` wants them; a million rows stand in memory once."""
    properties = load_schema().kinds[rows.plan.kind.kind].properties
    columns: dict[str, Any] = {
        "key": pd.Series(rows.columns.pop("key")[at], dtype=object),
        "row": rows.row[at],
        "dated": dated[at],
    }
    for name, prop in properties.items():
        if name in rows.columns:
            columns[name] = _typed(rows.columns.pop(name)[at], prop.type)
    return pd.DataFrame(columns, copy=False)


def _typed(values: NDArray[Any], type_: str) -> Any:
    if type_ in ("int", "date", "bool"):
        known = ~blank(values)
        filled = np.where(known, values, 0)
        if type_ == "bool":
            return pd.arrays.BooleanArray(filled.astype(bool), ~known)
        return pd.arrays.IntegerArray(filled.astype(np.int64), ~known)
    if type_ == "float":
        return values.astype(np.float64)
    return pd.Series(values, dtype=object)
