"""What of a sheet's cells a fault workbook may show: nothing that tells of a person (LEDGERS, *personal columns*)."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING

from loaders.canonical import canonical, normal_heading
from loaders.faults import FAULTS, NOTES, Fault
from loaders.fitting import is_known
from loaders.privacy import is_instructor_code, is_pseudonym, mask, mask_labelled
from loaders.reading.model import RawSheet, TypeCode

if TYPE_CHECKING:
    from loaders.mapping import SheetPlan

Cells = Mapping[int, tuple[str, int]]
"""Column → text and type of a row's cells."""

_CODE_CELLS = frozenset(
    (
        *("uscc", "uscc_ref", "uscc_list", "code", "code_list", "organization_or_office", "office"),
        *("place", "industry", "edition", "pseudonym", "instructor", "period", "clears"),
    )
)
_INDIVIDUAL = re.compile(r"(?<![0-9A-Z])92[0-9A-HJ-NPQRTUWXY]{16}(?![0-9A-Z])")
_LABEL = re.compile("[:：]")
_SEPARATORS = re.compile(r"[;；、,，\s]{2,}")
_PLAIN_WORDS = frozenset(["是", "否", "有", "无", "/", "-", "—", "√", "×", "0", "1"])
_NAME_LEFT_OUT = "（名称略）"


class Scrubber:
    """Knows a sheet's columns and leaves out of its rows what tells of a person.

    Parameters
    ----------
    raw : RawSheet
    plan : SheetPlan or None
        How the sheet was understood; where it was not, headings alone tell which columns are personal.
    rural : container of str
        Codes of rural entities: what refers to them stays, as an import keeps it.
    """

    def __init__(
        self, raw: RawSheet, plan: SheetPlan | None, rural: Container[str] = frozenset()
    ) -> None:
        self._rural = rural
        personal = canonical().personal
        known = {i for c in plan.columns for i in c.indexes} if plan is not None else set()
        self.blank = {i for i, _ in plan.refused} if plan is not None else set()
        self.blank |= {
            c.index for c in raw.columns if c.index not in known and personal.refuses(c.header)
        }
        if plan is not None:
            # only columns that a sheet is known by leave the reader (RULES, *Privacy at the door*)
            known |= set(plan.suggest_indexes().values())
            idle = canonical().idle
            numbers = {c.index for c in raw.columns if normal_heading(c.header) in idle}
            self.blank |= {c.index for c in raw.columns} - known - numbers
        # a heading was left out of a row that may be one of data: so it is, and so are those above it, in the copy
        said = raw.headings_of(*raw.header_rows) or ()
        headless = {c.index for c in raw.columns if not c.header}
        self._withheld = any(text and at in headless for at, text in enumerate(said))
        # what stands under no heading may be anything
        self.blank |= {c.index for c in raw.columns if not c.header and raw.header_rows != (0, 0)}
        self._codes: set[int] = set()
        self._lists: set[int] = set()
        self._instructors: set[int] = set()
        self._members: set[int] = set()
        self._key = self._name = -1
        for used in plan.columns if plan is not None else ():
            cell = used.column.cell
            if cell in _CODE_CELLS:
                self._codes.update(used.indexes)
            if cell in ("uscc_list", "organization_or_office", "uscc_ref"):
                self._lists.update(used.indexes)
            if cell == "instructor":
                self._instructors.update(used.indexes)
            if cell == "pseudonym":
                self._members.update(used.indexes)
            if used.column.prop == "key":
                self._key = used.indexes[0]
            if used.column.prop == "name":
                self._name = used.indexes[0]

    def is_code(self, column: int) -> bool:
        """Say whether a column's cells are codes, to be kept as text."""
        return column in self._codes

    @staticmethod
    def personal(faults: Sequence[Fault]) -> bool:
        """Say whether what a cell holds is itself what must not be repeated."""
        return any((FAULTS.get(f.code) or NOTES[f.code]).withheld for f in faults)

    def row(self, cells: Cells, *, data: bool) -> dict[int, tuple[str, int]]:
        """Return what of a row may be shown; ``data`` is false for titles and headers, whose words stay."""
        if not data:
            shown = {c: (mask_labelled(text), kind) for c, (text, kind) in cells.items()}
            return self._title(shown) if self._withheld else shown
        lone = len(cells) <= 4  # a signature line below the table
        out = {
            c: self._cell(c, text, kind, lone=lone)
            for c, (text, kind) in cells.items()
            if c not in self.blank
        }
        key = out.get(self._key)
        if key is not None and self._name in out and _INDIVIDUAL.fullmatch(key[0].strip().upper()):
            out[self._name] = (_NAME_LEFT_OUT, TypeCode.TEXT)
        return out

    @staticmethod
    def _title(cells: Cells) -> dict[int, tuple[str, int]]:
        """Return what of a row above the data may be shown where it may be one of data itself: titles, stamps, known headings."""
        alone = len(cells) == 1
        return {c: (text, kind) for c, (text, kind) in cells.items() if alone or _LABEL.search(text) or is_known(text)}  # fmt: skip

    def _cell(self, column: int, text: str, kind: int, *, lone: bool) -> tuple[str, int]:
        if (
            column in self._instructors
            and text not in _PLAIN_WORDS
            and not is_instructor_code(text)
        ):
            # a name tells only that there is one
            return "是", TypeCode.TEXT
        if column in self._members and not is_pseudonym(text):
            return "", TypeCode.EMPTY
        if column in self._lists and any(c not in self._rural for c in _INDIVIDUAL.findall(text)):
            entities = _INDIVIDUAL.sub(lambda m: m[0] if m[0] in self._rural else "", text)
            rest = _SEPARATORS.sub(";", entities).strip(";；、,， \n")
            return rest, kind if rest else TypeCode.EMPTY
        if lone:
            text = mask_labelled(text)
        if column in self._codes and _is_code(text):
            return text, kind
        bare, found = mask(text)
        return (bare, TypeCode.TEXT) if found else (text, kind)


def _is_code(text: str) -> bool:
    """Say whether a text in a column of codes is one, and no ID or mobile number that went astray there."""
    from graph.credit_code import credit_code_fault

    if len(text) == 18:
        return credit_code_fault(text.upper()) is None or not mask(text)[1]
    return not mask(text)[1]
