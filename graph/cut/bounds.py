"""What somebody with a jurisdiction may import: rows of the jurisdiction alone, that take nothing in and let nothing out.

Whether a row belongs is :mod:`graph.cut.membership`'s, read as a cut reads it. Beside that an entity must not stand elsewhere on
the row's day, and no place may be made that rows elsewhere name already: they would come along with it.

What a row *names* is no more than a reference, whether it is there or not. So that the answer tells nothing of what lies outside,
places are looked up among what the jurisdiction sees (the caller's frames), and a place that has to lie in it and does not is
refused whether there is such a place or none.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from graph.columns import among, is_known, texts
from graph.cut.cutting import TELLING, Cut, Interval, framed
from graph.cut.membership import Jurisdiction
from graph.errors import StoreBusyError, UnknownIdError
from graph.model import OPEN
from graph.schema import load_schema, parts
from graph.store.copying import CLAIM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from graph.cut.cutting import Bools
    from graph.model import Batch
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from graph.store.copying import Copyable, Part, Source

    Texts = NDArray[Any]
    Frames = Callable[[str, list[str]], pd.DataFrame]

_DIVISIONS = ("district", "street", "community")
_PLACES = ("park", "building", "commercial_street", "market")
_OF_ONE = ("leading", "exclusion", "strike_off", "register")
"""Records of one organization."""
_UNITS = {"区": "district", "街道": "street", "乡镇": "street"}
"""What the ledger units of divisions are called, by level."""
_ANYBODY_S = ("sector", "crosswalk")
"""Tables of reference: nobody's, so nobody's to change who has a jurisdiction."""
_IMPORTED = frozenset(
    (
        "organization", "unit", "division", *_PLACES, "association", "leading", "member", "exclusion", "strike_off", "submission",
        "register", "grid",
    )
)  # fmt: skip
"""Kinds that ledgers bring, beside tables of reference."""
_KEY, _LEDGER, _FROM, _TO, _SUPERSEDED = (
    CLAIM.index(n) for n in ("key", "ledger", "valid_from", "valid_to", "superseded")
)


class Bounds(Cut):
    """A city as one jurisdiction may write to it, and what an import under way has added.

    Read once, before the import's transaction; in it, :meth:`check` tells whether the city is still the one that was read.

    Attributes
    ----------
    jurisdiction : Jurisdiction
        As the city stood; :meth:`looking` gives the one that knows the import's own places.
    """

    def __init__(self, city: Store, source: Source, jurisdiction: Jurisdiction) -> None:
        super().__init__(city, source, jurisdiction)
        self._strange: dict[str, dict[str, list[Interval]]] = defaultdict(dict)
        self._loose: set[str] = set()
        self._named_there: set[str] = set()
        self._covering_there: set[str] = set()
        self._ledgers: set[str] = set()
        self._shared: set[str] = set()
        self._now: list[Batch] = city.batches()

    @classmethod
    def of(cls, city: Store, profile: Profile, code: str) -> Bounds:
        """Read a city.

        Raises
        ------
        InputError
            The code means nothing.
        """
        with cast("Copyable", city).copied() as source:
            jurisdiction = Jurisdiction(city, profile, code, city.latest())
            jurisdiction.check()
            made = cls(city, source, jurisdiction)
            made.read()
        return made

    # -- the city ----------------------------------------------------------------------------------------------------------
    def _note(self, part: Part, mine: Bools) -> None:
        super()._note(part, mine)
        own = self._own_alone(part, mine)
        named = [
            at
            for at, p in enumerate(load_schema().kinds[part.kind].properties, len(CLAIM))
            if p in (*_DIVISIONS, *_PLACES, "parent")
        ]
        if part.kind not in _IMPORTED:
            return
        strange = self._strange[part.kind]
        for claim, here in zip(part.claims, own.tolist(), strict=True):
            (self._ledgers if here else self._shared).add(claim[_LEDGER])
            if here or claim[_SUPERSEDED] is not None:
                continue
            strange.setdefault(claim[_KEY], []).append((claim[_FROM], claim[_TO]))
            self._named_there.update(claim[at] for at in named if claim[at] is not None)

    def _own_alone(self, part: Part, mine: Bools) -> Bools:
        """Say which rows are the jurisdiction's to change: what it sees of its surroundings is not."""
        if part.kind == "division":
            return np.array(
                [c[_KEY] in self.jurisdiction.divisions for c in part.claims], dtype=bool
            )
        rows = framed(part)
        if part.kind == "park":
            return self.jurisdiction.place(rows, "park")
        if part.kind == "association":
            inside = self.kinds["organization"].within
            return np.array(
                [all(c in inside for c in parts(v)) for v in texts(rows["members"])], dtype=bool
            )
        if part.kind == "organization":
            for row in texts(rows["unit"])[~mine]:
                self._covering_there.update(parts(row))
        if part.kind == "unit":
            placed = is_known(texts(rows["district"])) | is_known(texts(rows["street"]))
            if not self.jurisdiction.divisions:
                placed[:] = (
                    False  # a zone's are those that cover its organizations, wherever they are
                )
            gone = rows["superseded"].notna().to_numpy(dtype=bool)
            self._loose.update(rows.index[~mine & ~placed & ~gone])
            # one that covers others as well is everybody's who sees it
            inside = self.kinds["organization"].within
            alone = [all(c in inside for c in parts(v)) for v in texts(rows["covers"])]
            shared = among(np.asarray(rows.index, dtype=object), self._covering_there)
            return mine & (placed | (np.array(alone, dtype=bool) & ~shared))
        return mine

    def check(self, batches: Iterable[Batch]) -> None:
        """Refuse to go on where the city has changed since it was read.

        Raises
        ------
        StoreBusyError
            Another import came between.
        """
        if list(batches) != self._now:
            raise StoreBusyError(
                "another import came between; import again", "期间有其他导入完成；请重新导入"
            )

    # -- imports by number -------------------------------------------------------------------------------------------------
    @property
    def _held(self) -> list[int]:
        return [b.id for b in self._now if b.id in self._batches]

    def batch(self, number: int) -> int:
        """Return the city's import that has a number where the jurisdiction is seen.

        Raises
        ------
        UnknownIdError
            None has.
        """
        held = self._held
        if not 0 < number <= len(held):
            raise UnknownIdError(
                f"batch {number}: none in force; see lianjian status",
                f"批次 {number}：不存在或已撤销；见 lianjian status",
            )
        return held[number - 1]

    @property
    def next(self) -> int:
        """The number that this import will have where the jurisdiction is seen."""
        return len(self._held) + 1

    # -- rows of an import -------------------------------------------------------------------------------------------------
    def looking(self, seen: Store, frames: Frames) -> None:
        """Look at rows with some divisions and places: those that the jurisdiction sees, and those that this import has brought.

        Parameters
        ----------
        seen : graph.store.base.Store
            What the jurisdiction sees.
        frames : callable
            Gives a kind's frame with some columns, by key.
        """
        was = self.jurisdiction
        self.jurisdiction = Jurisdiction(seen, was.profile, was.code, was.as_of, frames=frames)
        _ = self.jurisdiction.divisions, self.jurisdiction.places  # as they are now

    def ledger(self, name: str) -> str:
        """Return the ledger in which rows are to stand: the one that they name, where it is the jurisdiction's alone.

        A newer edition tells of all that it leaves out. So rows in the name of another office, or of none, are of a ledger of the
        jurisdiction's own.
        """
        sheet, _, office = name.partition("|")
        if self._is_own(office) or (name in self._ledgers and name not in self._shared):
            return name
        return f"{sheet}|{self._office}"

    @property
    def _office(self) -> str:
        """The jurisdiction as a ledger unit."""
        if self.jurisdiction.kind:
            return self.jurisdiction.code
        return f"{_UNITS.get(self.jurisdiction.level, 'division')}:{self.jurisdiction.code}"

    def _is_own(self, office: str) -> bool:
        kind, colon, code = office.partition(":")
        if not colon or office == self._office:
            return bool(office) and (office == self._office or self.jurisdiction.office(office))
        if kind in ("street", "district"):
            return code in self.jurisdiction.divisions
        return kind == "zone" and self.jurisdiction.has_zone(code)

    def owns(self, kind: str, keys: Iterable[str]) -> Bools:
        """Say which entities belong to the jurisdiction alone, as of any day."""
        within, strange = self.kinds[kind].within, self._strange[kind]
        return np.array([k in within and k not in strange for k in keys], dtype=bool)

    def outside(
        self, kind: str, columns: dict[str, Texts], dated: NDArray[Any], *, correcting: bool = False
    ) -> list[tuple[str, Bools]]:
        """Return which rows are not the jurisdiction's to write, by the property that says so; each row once.

        Parameters
        ----------
        columns : mapping
            ``key`` and the kind's properties as they are to be stored; rows without a key are nobody's.
        dated : int[n]
        correcting : bool
            The rows take an earlier import's date: whoever ever stood elsewhere is refused.
        """
        rows = self._as_read(kind, columns, dated)
        left = np.ones(len(rows), dtype=bool)
        out: list[tuple[str, Bools]] = []

        def refuse(prop: str, where: Bools) -> None:
            now = np.asarray(where, dtype=bool) & left
            left[now] = False
            if now.any():
                out.append((prop, now))

        refuse("key", ~is_known(columns["key"]))
        if kind in _ANYBODY_S:
            refuse("key", left.copy())
            return out
        if kind == "division":
            self._divisions(columns, refuse)
        else:
            for prop, where in self._places(rows):
                refuse(prop, where)
            refuse(self._telling(kind, columns), ~self._belong(kind, rows))
        if kind == "organization":
            refuse("unit", np.array([not self._loose.isdisjoint(parts(v)) for v in texts(rows["unit"])], dtype=bool))  # fmt: skip
        if kind in _OF_ONE:
            about = texts(rows["organization"])
            refuse("organization", self._elsewhere("organization", about, dated, ever=correcting))
        refuse("key", self._elsewhere(kind, columns["key"], dated, ever=correcting))
        if kind in ("division", *_PLACES):
            new = np.array([k not in self.kinds[kind].within for k in columns["key"]], dtype=bool)
            refuse("key", new & among(columns["key"], self._named_there))
        return out

    def take(self, kind: str, columns: dict[str, Texts], dated: NDArray[Any], at: Bools) -> None:
        """Count rows of this import as the jurisdiction's: what follows may be about them."""
        within = self.kinds[kind].within
        for key, day in zip(columns["key"][at].tolist(), dated[at].tolist(), strict=True):
            within[key].append((day, OPEN))
        if kind == "organization" and "unit" in columns:
            self._covering.update(c for v in columns["unit"][at] if v is not None for c in parts(v))

    def _as_read(self, kind: str, columns: dict[str, Texts], dated: NDArray[Any]) -> pd.DataFrame:
        """Return rows as a cut reads them."""
        index = pd.Index(columns["key"], dtype=object)
        data: dict[str, Any] = {
            "valid_from": dated,
            "valid_to": OPEN,
            "superseded": pd.array(np.full(len(index), None, dtype=object)),
        }
        blanks = np.full(len(index), None, dtype=object)
        for name in load_schema().kinds[kind].properties:
            if name in TELLING:
                data[name] = pd.Series(columns.get(name, blanks), index=index, dtype=object)
        return pd.DataFrame(data, index=index)

    @staticmethod
    def _telling(kind: str, columns: dict[str, Texts]) -> str:
        """Return the property that says first whom rows of a kind belong to."""
        names = [p for p in load_schema().kinds[kind].properties if p in TELLING and p in columns]
        wanted = {
            "unit": ("district", "organization", "covers"), "organization": ("district", "park", "supervisor"),
            "leading": ("organization",),
        }.get(kind, tuple(names))  # fmt: skip
        return next((p for p in wanted if p in columns), "key")

    def _places(self, rows: pd.DataFrame) -> Iterable[tuple[str, Bools]]:
        """Yield where rows name a place that has to lie in the jurisdiction and does not.

        Divisions have to (a community may be a mere name); of other places those that are named by their identity.
        """
        known = self.jurisdiction.divisions | set(self.jurisdiction.above)
        if not known:  # a zone's or department's organizations lie in divisions of others
            known = {str(k) for k in self.jurisdiction.places.divisions.index}
        for prop in _DIVISIONS:
            if prop in rows:
                named = texts(rows[prop])
                code, unique = pd.factorize(named)
                strange = [
                    text not in known and (prop != "community" or _is_code(text)) for text in unique
                ]
                yield prop, np.array([*strange, False], dtype=bool)[code]
        for prop in _PLACES:
            if prop in rows:
                there = self.jurisdiction.place_keys(prop)
                code, unique = pd.factorize(texts(rows[prop]))
                strange = [text.startswith(f"{prop}:") and text not in there for text in unique]
                yield prop, np.array([*strange, False], dtype=bool)[code]

    def _divisions(self, columns: dict[str, Texts], refuse: Callable[[str, Bools], None]) -> None:
        """Refuse divisions outside, and rows that would move one: the jurisdiction's own stays where it is."""
        places, own = self.jurisdiction.places.divisions, set(self.jurisdiction.divisions)
        keys = columns["key"].tolist()
        blanks = np.full(len(keys), None, dtype=object)
        parents = columns.get("parent", blanks).tolist()
        levels = columns.get("level", blanks).tolist()
        rows = list(zip(keys, parents, levels, strict=True))
        while more := {k for k, p, _ in rows if p in own and k not in own}:
            own |= more
        bare = self.jurisdiction.bare
        standing = zip(texts(places["parent"]), texts(places["level"]), strict=True)
        stands = dict(zip(places.index, standing, strict=True)).get(bare)
        bad = [
            (p, level) != stands if k == bare else k not in own or p not in own
            for k, p, level in rows
        ]
        refuse("parent", np.array(bad, dtype=bool))

    def _elsewhere(
        self, kind: str, keys: Iterable[Any], dated: NDArray[Any], *, ever: bool
    ) -> Bools:
        """Say which entities stand outside on some days: on them what a row says would be said of what is there."""
        strange, within = self._strange[kind], self.kinds[kind].within
        out = np.zeros(len(dated), dtype=bool)
        for at, (key, day) in enumerate(zip(keys, dated.tolist(), strict=True)):
            there = strange.get(key)
            if there is None:
                continue
            # before its first day an entity is where it is on that day
            day = max(day, min(a for a, _ in (*there, *within.get(key, ()))))
            out[at] = ever or any(a <= day < b for a, b in there)
        return out


def _is_code(text: str) -> bool:
    return text.isascii()
