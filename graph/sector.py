"""The GB/T 4754 tree: what a code says, and at which level two codes meet, also across editions.

Editions (LEDGERS, *行业代码*; FORMATION, *Exact readings: Sector*)
------------------------------------------------------------------
Two codes of one edition compare *as given*. Two codes of different editions compare in the edition of 2017
(:data:`COMMON`): that of 2011 is mapped through the crosswalk of classes, and where one code becomes several, what they have
in common at the front is kept (``0170`` → ``0171``, ``0179`` → group ``017``), never more levels than the code gave. Where no
crosswalk is loaded, or it lacks the code, the table of facts beside the profile says which division of 2017 continues
that of 2011 (``79`` → ``80``; the division as a whole, single classes that moved elsewhere aside), and no more than
division and section is known.

So an organization has two readings, *own* and *common*; :func:`meeting` picks the right one for each pair. Mapping
everything to one edition once and for all would be wrong: two different classes of 2011 may share only a group of 2017.

Only levels that both codes give can meet: ``40`` and ``40`` are the same division, ``40`` and ``401`` too, never more.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

EDITIONS = ("2011", "2017")
COMMON = "2017"
"""The edition in which codes of different editions compare."""

_CODE = re.compile(r"([A-T])?([0-9]{0,4})")


class Level(IntEnum):
    """At which level two codes meet: the deeper, the more alike."""

    NONE = 0
    SECTION = 1
    DIVISION = 2
    GROUP = 3
    CLASS = 4


class Levels(NamedTuple):
    """What a code says: its section (letter), division, group and class (2, 3, 4 digits), ``None`` where it doesn't."""

    section: str | None = None
    division: str | None = None
    group: str | None = None
    class_: str | None = None

    @property
    def deepest(self) -> str | None:
        """The code in its canonical form: digits where there are any, else the section's letter."""
        return self.class_ or self.group or self.division or self.section


UNKNOWN = Levels()


@dataclass(frozen=True)
class Sectors:
    """Both editions' trees, and how that of 2011 goes over into that of 2017.

    Attributes
    ----------
    sections : mapping of (edition, division) to section
    names : mapping of (edition, code) to name, sections and divisions only
    successors : mapping of divisions of 2011 to those of 2017 that continue them (one each)
    crosswalk : mapping of classes of 2011 to classes of 2017, ascending; empty where the table is not loaded
    """

    sections: Mapping[tuple[str, str], str]
    names: Mapping[tuple[str, str], str]
    successors: Mapping[str, tuple[str, ...]]
    crosswalk: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_crosswalk(self, table: pd.DataFrame) -> Sectors:
        """Return the same trees with the classes' crosswalk (columns ``code_2011``, ``code_2017``)."""
        pairs: dict[str, set[str]] = {}
        for old, new in zip(table["code_2011"], table["code_2017"], strict=True):
            if isinstance(old, str) and isinstance(new, str):
                pairs.setdefault(old.strip(), set()).add(new.strip())
        crosswalk = {old: tuple(sorted(new)) for old, new in sorted(pairs.items())}
        return Sectors(self.sections, self.names, self.successors, crosswalk)

    def fault(self, code: str, edition: str) -> str | None:
        """Say in English why a text is no code of an edition; ``None`` where it is one, as far as these tables tell."""
        split = split_code(code)
        if split is None:
            return "no GB/T 4754 code: a section letter, 2 to 4 digits, or both"
        letter, digits = split
        if not digits:
            return None
        section = self.sections.get((edition, digits[:2]))
        if section is None:
            return f"GB/T 4754-{edition} has no division {digits[:2]}"
        if letter and letter != section:
            return f"division {digits[:2]} of GB/T 4754-{edition} lies in section {section}, not {letter}"
        return None

    def levels(self, code: object, edition: str) -> Levels:
        """Return what a code says in its own edition; nothing for what is no code.

        The section follows from the division; a letter in front counts only where there are no digits or the edition lacks
        the division.
        """
        split = split_code(code)
        if split is None:
            return UNKNOWN
        letter, digits = split
        n = len(digits)
        section = self.sections.get((edition, digits[:2])) if n >= 2 else None
        return Levels(
            section or letter or None,
            digits[:2] if n >= 2 else None,
            digits[:3] if n >= 3 else None,
            digits[:4] if n >= 4 else None,
        )

    def common(self, code: object, edition: str) -> Levels:
        """Return what a code says in the edition of 2017 (see the module's docstring)."""
        own = self.levels(code, edition)
        if edition == COMMON or own.division is None:
            return own  # section letters mean the same in both editions
        digits = own.class_ or own.group or own.division
        mapped = self._classes_of.get(digits, ())
        if not mapped:
            digits = own.division
            mapped = self.successors.get(digits, ())
        shared = _common_prefix(mapped)[: len(digits)]
        if len(shared) >= 2:
            return self.levels(shared, COMMON)
        sections = {self.sections.get((COMMON, c[:2])) for c in mapped}
        return Levels(sections.pop()) if len(sections) == 1 else UNKNOWN

    @property
    def _classes_of(self) -> Mapping[str, tuple[str, ...]]:
        """Classes of 2017 by class, group and division of 2011."""
        known: Mapping[str, tuple[str, ...]] | None = self.__dict__.get("_by_prefix")
        if known is None:
            gathered: dict[str, set[str]] = {}
            for old, new in self.crosswalk.items():
                for n in (2, 3, 4):
                    gathered.setdefault(old[:n], set()).update(new)
            known = {prefix: tuple(sorted(new)) for prefix, new in gathered.items()}
            self.__dict__["_by_prefix"] = known
        return known

    def columns(self, codes: Iterable[object], editions: Iterable[object]) -> SectorColumns:
        """Return what many codes say; each distinct (code, edition) is read once.

        Parameters
        ----------
        codes, editions : sequences of text or ``None``, of one length

        Raises
        ------
        InputError
            An edition is none of :data:`EDITIONS`.
        """
        import numpy as np
        import pandas as pd

        code_at, code_of = pd.factorize(_objects(codes))
        edition_at, edition_of = pd.factorize(_objects(editions))
        for name in edition_of:
            if name not in EDITIONS:
                raise InputError(
                    f"GB/T 4754 edition {name}: give one of {', '.join(EDITIONS)}",
                    f"行业分类版本 {name}：应为 {'、'.join(EDITIONS)} 之一",
                )
        k = max(len(edition_of), 1)
        pair = np.where((code_at < 0) | (edition_at < 0), -1, code_at * k + edition_at)
        at, pairs = pd.factorize(pair)
        own, common = [], []
        for p in pairs.tolist():
            code, edition = (code_of[p // k], edition_of[p % k]) if p >= 0 else (None, COMMON)
            own.append(self.levels(code, edition))
            common.append(self.common(code, edition))
        number = np.array([EDITIONS.index(e) for e in edition_of] + [-1], dtype=np.int8)
        return SectorColumns(number[edition_at], _Table.of(own, at), _Table.of(common, at))


class _Table(NamedTuple):
    """Levels of many organizations as texts and as numbers."""

    texts: NDArray[Any]
    numbers: NDArray[Any]

    @classmethod
    def of(cls, unique: list[Levels], at: NDArray[Any]) -> _Table:
        import numpy as np

        texts = np.array(unique, dtype=object).reshape(-1, 4)
        numbers = np.array([_numbers(levels) for levels in unique], dtype=np.int32).reshape(-1, 4)
        return cls(texts[at], numbers[at])


@dataclass(frozen=True, eq=False)
class SectorColumns:
    """What organizations' codes say, in columns.

    Attributes
    ----------
    edition : int8[n]
        Position in :data:`EDITIONS`, −1 unknown.
    own, common : (texts object[n, 4], numbers int32[n, 4])
        Section, division, group, class in the organization's own edition and in :data:`COMMON`. A text is ``None``, a number −1,
        where that level is not given; the number of a section is its letter's place in the alphabet (A 1), that
        of the others is their digits read as one.
    """

    edition: NDArray[Any]
    own: _Table
    common: _Table

    def meeting(self, i: NDArray[Any], j: NDArray[Any]) -> NDArray[Any]:
        """Return the :class:`Level` (int8) at which the organizations at positions ``i`` and ``j`` meet."""
        return meeting(self.edition, self.own.numbers, self.common.numbers, i, j)


def meeting(
    edition: NDArray[Any],
    own: NDArray[Any],
    common: NDArray[Any],
    i: NDArray[Any],
    j: NDArray[Any],
) -> NDArray[Any]:
    """Return the deepest :class:`Level` (int8) at which organizations ``i`` and ``j`` (positions, broadcast) meet.

    The readings are *own* where both editions are the same, else *common*; levels that either lacks don't count. Symmetric.
    """
    import numpy as np

    same = (edition[i] == edition[j])[..., None]
    a, b = np.where(same, own[i], common[i]), np.where(same, own[j], common[j])
    met = (a == b) & (a >= 0)
    out = np.zeros(met.shape[:-1], dtype=np.int8)
    for level in (Level.SECTION, Level.DIVISION, Level.GROUP, Level.CLASS):
        out[met[..., level - 1]] = level
    return out


def division_sets(
    edition: NDArray[Any], own: NDArray[Any], common: NDArray[Any]
) -> list[NDArray[Any]]:
    """Return the maximal sets of organizations in which *every* two are of one division (``trade``, FORMATION).

    Those of one edition share a division of that edition. A mixed set holds organizations of 2017 of one division, and those of
    2011 that both share a division of 2011 and are mapped into that of 2017.

    Parameters
    ----------
    edition : int8[n]; own, common : int32[n, 4]
        As in :class:`SectorColumns` (``numbers``).

    Returns
    -------
    list of int64[…]
        Positions, ascending, two and more each; ordered by first members. No set lies inside another.
    """
    import numpy as np

    division = Level.DIVISION - 1
    old = np.flatnonzero((edition == EDITIONS.index("2011")) & (own[:, division] >= 0))
    new = np.flatnonzero((edition == EDITIONS.index("2017")) & (own[:, division] >= 0))
    by_new = _grouped(new, own[new, division])
    sets: list[tuple[int, NDArray[Any]]] = []
    joined: set[int] = set()
    for first, members in _grouped(old, own[old, division]).items():
        parts = _grouped(members, common[members, division])
        parts.pop(-1, None)
        mixed = {code: part for code, part in parts.items() if code in by_new}
        joined |= mixed.keys()
        # all of this division of 2011 by themselves, unless they all go into one mixed set
        if not any(len(part) == len(members) for part in mixed.values()):
            sets.append((first, members))
        sets += [(c, np.sort(np.concatenate([part, by_new[c]]))) for c, part in mixed.items()]
    sets += [(code, members) for code, members in by_new.items() if code not in joined]
    found = [members for _, members in sets if len(members) > 1]
    return sorted(found, key=lambda members: members.tolist())


def _grouped(at: NDArray[Any], codes: NDArray[Any]) -> dict[int, NDArray[Any]]:
    """Return positions by code, ascending."""
    import numpy as np

    order = np.argsort(codes, kind="stable")
    values, starts = np.unique(codes[order], return_index=True)
    return dict(zip(values.tolist(), np.split(at[order], starts[1:]), strict=False))


def split_code(code: object) -> tuple[str, str] | None:
    """Return a code's section letter and digits (either may be empty); ``None`` for what is no code.

    Full-width forms, small letters and white space are read; a single digit is no code (a division has two).

    >>> split_code("c1311"), split_code("40"), split_code("4")
    (('C', '1311'), ('', '40'), None)
    """
    if not isinstance(code, str):
        return None
    match = _CODE.fullmatch("".join(unicodedata.normalize("NFKC", code).split()).upper())
    if match is None:
        return None
    letter, digits = match[1] or "", match[2]
    return (letter, digits) if len(digits) != 1 and (letter or digits) else None


@cache
def facts() -> Sectors:
    """Return sections and divisions of both editions (2011: 20 and 96; 2017: 20 and 97), without a crosswalk."""
    sections, names, successors = {}, {}, {}
    with files("graph.policy").joinpath("gbt4754.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            names[row["edition"], row["code"]] = row["name"]
            if row["level"] == "division":
                sections[row["edition"], row["code"]] = row["section"]
                if row["successor_2017"]:
                    successors[row["code"]] = (row["successor_2017"],)
    return Sectors(sections, names, successors)


def _common_prefix(codes: tuple[str, ...]) -> str:
    """Return what all codes begin with."""
    if not codes:
        return ""
    low, high = min(codes), max(codes)
    same = next((k for k, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), None)
    return low[:same]


def _numbers(levels: Levels) -> tuple[int, int, int, int]:
    section = -1 if levels.section is None else ord(levels.section) - ord("A") + 1
    a, b, c = (-1 if text is None else int(text) for text in levels[1:])
    return section, a, b, c


def _objects(values: Iterable[object]) -> NDArray[Any]:
    import numpy as np
    import pandas as pd

    given = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype="object")
    column = given.astype("object")
    return np.asarray(column.where(column.notna(), None), dtype=object)
