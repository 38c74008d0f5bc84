"""Which place a cell means: a code or a name, within the row's street, then its district, then the city (LEDGERS).

:class:`PlaceBook` holds the divisions and places that the store and the import under way know. What nothing fits stays as
found, a dangling reference that resolves by itself when the missing row comes later; what two fit is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.jurisdiction import DISTRICTS, STREETS
from graph.schema import load_schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.store.base import Importer, Store

    Texts = NDArray[Any]

PLACES = ("park", "building", "commercial_street", "market")
TARGETS = ("division", *PLACES)
COMMUNITIES = ("社区", "村")
LEVELS: Mapping[str, tuple[str, ...]] = {
    "district": DISTRICTS,
    "street": STREETS,
    "community": COMMUNITIES,
}
ORDER = ("district", "street", "community", "park", "building", "commercial_street", "market")
"""Place properties in the order in which one helps to resolve the next."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "division": ("name", "level", "parent", "outline"),
    "park": ("code", "name", "level", "district", "street"),
    **dict.fromkeys(PLACES[1:], ("code", "name", "park", "street", "community")),
}
SHOWN = 4
"""Candidates that a fault names."""

_STEM = re.compile(
    r"(街道办事处|街办事处|街道|地区办事处|办事处|街办|街|镇|乡|社区居民委员会|社区居委会|居民委员会"
    r"|居委会|社区|村民委员会|村委会|村|新区|区|县)$"
)


def stem(name: str) -> str:
    """Return a division's name without the word for what it is (北湖街道办事处, 北湖街 → 北湖)."""
    return _STEM.sub("", name) or name


@dataclass(slots=True)
class _Division:
    name: str
    level: str
    parent: str | None


@dataclass(slots=True)
class _Index:
    """Places of one kind by code and by name."""

    by_text: dict[str, list[str]] = field(default_factory=dict)
    in_street: dict[tuple[str, str | None], list[str]] = field(default_factory=dict)
    where: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Keys (the text as found where nothing fits), and where several fit: position → what they are."""

    values: Texts
    ambiguous: Mapping[int, str]


class PlaceBook:
    """The city's divisions and places, as the store and the import under way know them.

    Parameters
    ----------
    frames : mapping
        Kind to frame, index ``key``, columns as :data:`COLUMNS`.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = dict(frames)
        self._divisions: dict[str, _Division] = {}
        self._names: dict[str, list[str]] = {}
        self._stems: dict[str, list[str]] = {}
        self._index: dict[str, _Index] = {}
        for kind in TARGETS:
            self._rebuild(kind)

    @classmethod
    def of(cls, store: Store) -> PlaceBook:
        """Return the book of what a store holds."""
        return cls(
            {
                kind: store.frame(kind, columns=list(COLUMNS[kind])).set_index("key")
                for kind in TARGETS
            }
        )

    def frame(self, kind: str, columns: Iterable[str]) -> pd.DataFrame:
        """Return a kind's rows (index ``key``), as :class:`graph.jurisdiction.Places` asks for them."""
        return self._frames[kind].reindex(columns=list(columns))

    def extend(self, kind: str, frame: pd.DataFrame) -> None:
        """Add rows of a sheet (column ``key`` and the kind's properties); a later row of a key takes its place."""
        rows = frame.drop_duplicates("key", keep="last").set_index("key")
        rows = rows.reindex(columns=list(COLUMNS[kind])).astype(object)
        old = self._frames[kind]
        old = old[~old.index.isin(rows.index)].astype(object)
        self._frames[kind] = pd.concat([old, rows])
        self._rebuild(kind)

    def put(self, kind: str, frame: pd.DataFrame) -> None:
        """Have rows of a kind stand as they stood when :meth:`frame` gave them, all columns of them."""
        self._frames[kind] = frame
        self._rebuild(kind)

    def _rebuild(self, kind: str) -> None:
        frame = self._frames[kind]
        if kind == "division":
            self._divisions = {
                str(key): _Division(_text(name) or "", _text(level) or "", _text(parent))
                for key, name, level, parent in zip(
                    frame.index, frame["name"], frame["level"], frame["parent"], strict=True
                )
            }
            self._names, self._stems = {}, {}
            for key, division in self._divisions.items():
                self._names.setdefault(division.name, []).append(key)
                self._stems.setdefault(stem(division.name), []).append(key)
        # a place's district follows from its street's row
        for other in PLACES if kind == "division" else (kind,):
            if other in self._frames:
                self._index[other] = self._indexed(other)

    def _indexed(self, kind: str) -> _Index:
        frame = self._frames[kind]
        districts = frame["district"] if "district" in frame else [None] * len(frame)
        index = _Index()
        for key, code, name, street, district in zip(
            frame.index, frame["code"], frame["name"], frame["street"], districts, strict=True
        ):
            street = _text(street)
            index.where[key] = (street, _text(district) or self.district_of(street))
            for text in dict.fromkeys((_text(code), _text(name))):
                if text is not None:
                    index.by_text.setdefault(text, []).append(key)
                    index.in_street.setdefault((text, street), []).append(key)
        return index

    # -- divisions ---------------------------------------------------------------------------------------------
    def level(self, code: str | None) -> str | None:
        """Return a division's level, ``None`` for what no row defines."""
        division = self._divisions.get(code) if code is not None else None
        return division.level if division else None

    def above(self, code: str | None, levels: tuple[str, ...]) -> str | None:
        """Return the division of these levels in which one lies (itself where it is one)."""
        for _ in range(8):
            division = self._divisions.get(code) if code is not None else None
            if division is None:
                return None
            if division.level in levels:
                return code
            code = division.parent
        return None

    def district_of(self, code: str | None) -> str | None:
        """Return the district in which a division lies."""
        return self.above(code, DISTRICTS)

    def street_of(self, code: str | None) -> str | None:
        """Return the street or township in which a community lies."""
        return self.above(code, STREETS)

    def outline(self, code: str) -> str | None:
        """Return a division's outline as it stands."""
        frame = self._frames["division"]
        return _text(frame["outline"].get(code)) if code in frame.index else None

    # -- one text ----------------------------------------------------------------------------------------------
    def find(
        self, prop: str, text: str, street: str | None = None, district: str | None = None
    ) -> list[str]:
        """Return the keys that a text may mean as ``prop``: none, one, or several that fit equally well.

        ``prop`` is a place property; ``parent`` means a division of any level.
        """
        if prop in PLACES:
            index = self._index[prop]
            for key in (text, f"{prop}:{text}"):
                if key in index.where:
                    return [key]
            if street is not None and (text, street) in index.in_street:
                return index.in_street[text, street]
            found = index.by_text.get(text, [])
            return self._narrowed(found, index.where, street, district)
        if text in self._divisions:
            return [text]
        levels = LEVELS.get(prop)
        for table, word in ((self._names, text), (self._stems, stem(text))):
            found = [
                k
                for k in table.get(word, ())
                if levels is None or self._divisions[k].level in levels
            ]
            if found:
                where = {k: (self.street_of(k), self.district_of(k)) for k in found}
                return self._narrowed(found, where, street, district)
        return []

    @staticmethod
    def _narrowed(
        found: list[str],
        where: Mapping[str, tuple[str | None, str | None]],
        street: str | None,
        district: str | None,
    ) -> list[str]:
        if len(found) > 1:
            for at, wanted in ((0, street), (1, district)):
                inside = [k for k in found if wanted is not None and where[k][at] == wanted]
                if inside:
                    return inside
        return found

    # -- columns -----------------------------------------------------------------------------------------------
    def resolve(self, prop: str, texts: Texts, street: Texts, district: Texts) -> Resolved:
        """Resolve a column; equal (text, street, district) are looked up once."""
        keys = [pd.factorize(c, use_na_sentinel=True) for c in (texts, street, district)]
        number = keys[0][0].astype(np.int64)
        for codes, unique in keys[1:]:
            number = number * (len(unique) + 1) + codes + 1
        number[keys[0][0] < 0] = -1
        unique_numbers, first, inverse = np.unique(number, return_index=True, return_inverse=True)
        found = np.full(len(unique_numbers), None, dtype=object)
        several: dict[int, str] = {}
        for i, row in enumerate(first.tolist()):
            if unique_numbers[i] < 0:
                continue
            keys_found = self.find(prop, texts[row], street[row], district[row])
            found[i] = keys_found[0] if len(keys_found) == 1 else texts[row]
            if len(keys_found) > 1:
                several[i] = "、".join(keys_found[:SHOWN])
        ambiguous: dict[int, str] = {}
        for i, words in several.items():
            ambiguous.update(dict.fromkeys(np.flatnonzero(inverse == i).tolist(), words))
        return Resolved(found[inverse], ambiguous)

    def mapped(self, texts: Texts, step: Any) -> Texts:
        """Return ``step`` of each distinct text."""
        codes, unique = pd.factorize(texts)
        out = np.array([*map(step, unique), None], dtype=object)
        return np.asarray(out[codes], dtype=object)

    def resolve_row(self, kind: str, columns: dict[str, Texts], rows: int) -> dict[str, Resolved]:
        """Resolve all place properties of a kind's rows in place; return what was ambiguous, by property.

        The context of each is what the row itself names: its street (or its community's), its district (or its street's).
        """
        properties = load_schema().kinds[kind].properties
        blank = np.full(rows, None, dtype=object)
        street, district = blank, columns.get("district", blank)
        out: dict[str, Resolved] = {}
        for prop in ORDER:
            if prop not in columns or prop not in properties:
                continue
            done = self.resolve(prop, columns[prop], street, district)
            columns[prop], out[prop] = done.values, done
            if prop == "district":
                district = done.values
            elif prop in ("street", "community"):
                street = _first(
                    street,
                    done.values if prop == "street" else self.mapped(done.values, self.street_of),
                )
                district = _first(district, self.mapped(done.values, self.district_of))
        return out


def place_keys(
    kind: str, book: PlaceBook, columns: Mapping[str, Texts], rows: int
) -> tuple[Texts, Texts]:
    """Return the identities ``kind:street/code`` of place rows, and their street or district (``None`` where nothing tells).

    A park without a street takes its district. A place that stands in the book with the same code in the same street keeps
    its key, also where that was made from a street's name before the street's row was known.
    """
    blank = np.full(rows, None, dtype=object)
    street = _first(
        columns.get("street", blank), book.mapped(columns.get("community", blank), book.street_of)
    )
    anchor = _first(street, columns.get("district", blank)) if kind == "park" else street
    index = book._index[kind]
    out = blank.copy()
    for i, (code, at) in enumerate(zip(columns["code"], anchor, strict=True)):
        if code is None or at is None:
            continue
        there = index.in_street.get((code, at), ())
        if kind == "park" and not there:
            there = [k for k in index.by_text.get(code, ()) if at in index.where[k]]
        standing = [k for k in there if k.rpartition("/")[2] == code]
        out[i] = standing[0] if len(standing) == 1 else f"{kind}:{at}/{code}"
    return out, anchor


def resolve_late(
    importer: Importer,
    book: PlaceBook,
    changed: Iterable[str],
    own: Callable[[str, Iterable[str]], NDArray[Any]] | None = None,
) -> int:
    """Resolve texts of earlier rows that name a place which this import brought; return how many.

    Parameters
    ----------
    changed : iterable of str
        Kinds (of :data:`TARGETS`) of which rows came.
    own : callable, optional
        Says of which entities of a kind rows may be changed (default: of all).
    """
    changed = set(changed)
    if not changed:
        return 0
    done = 0
    for kind in load_schema().kinds.values():
        named = [p for p in ("parent", *ORDER) if p in kind.properties]
        for prop in named:
            rule = kind.properties[prop].edge
            # a new division may also tell which of two buildings is meant
            if (
                rule is None
                or rule.target not in TARGETS
                or not changed & {"division", rule.target}
            ):
                continue
            open_ = importer.unresolved(kind.name, prop)
            if own is not None and len(open_):
                open_ = open_[own(kind.name, open_["key"].tolist())]
            if not len(open_):
                continue
            texts, street, district = (
                open_[c].astype(object).where(open_[c].notna(), None).to_numpy(dtype=object)
                for c in ("value", "street", "district")
            )
            district = _first(district, book.mapped(street, book.district_of))
            if prop in ("district", "parent"):
                street = district = np.full(len(open_), None, dtype=object)
            elif prop == "street":
                street = np.full(len(open_), None, dtype=object)
            found = book.resolve(prop, texts, street, district)
            better = np.array(
                [a != b for a, b in zip(found.values, texts, strict=True)], dtype=bool
            )
            if better.any():
                resolved = pd.DataFrame(
                    {"claim": open_["claim"].to_numpy()[better], "value": found.values[better]}
                )
                done += importer.resolve(kind.name, prop, resolved)
    return done


def _first(a: Texts, b: Texts) -> Texts:
    """Return ``a`` where it says something, else ``b``."""
    out = a.copy()
    blank = pd.isna(a)
    out[blank] = b[blank]
    return out


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
