"""Cells that hold a choice: one of the schema's values, yes or no, a tick, an instructor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from loaders.cells import (
    NUMBER_TYPE,
    Bad,
    Noted,
    Settings,
    Texts,
    Values,
    each,
    is_blank,
    plain,
    split_list,
    tidy,
)
from loaders.privacy import is_instructor_code, is_pseudonym, mask

if TYPE_CHECKING:
    from loaders.canonical import Column


def text_list(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read several texts in one cell, in their canonical wording where there is one."""
    wordings = _wordings("text_list", None)

    def read(text: str, _: int) -> Any:
        kept: list[str] = []
        notes: set[str] = set()
        for part in split_list(re.sub(r"[,，/]", "、", text)):
            bare, found = mask(tidy(part))
            notes |= found
            kept.append(wordings.get(plain(bare).casefold(), bare))
        joined = ";".join(dict.fromkeys(kept)) or None
        return Noted(joined, notes) if notes else joined

    return each(texts, read)


def _wordings(prop: str, enum: Sequence[str] | None) -> dict[str, str]:
    """Return wording (plain, casefolded) → canonical value."""
    from loaders.canonical import canonical

    table: dict[str, str] = {}
    declared: Mapping[str, Any] = canonical().value_wordings(prop)
    for value in enum if enum is not None else declared:
        for wording in (value, *map(str, declared.get(value, ()))):
            table.setdefault(plain(str(wording)).casefold(), str(value))
    return table


def choice(texts: Texts, column: Column, _settings: Settings) -> Values:
    """Read one of the values that the schema lists, or another wording of it."""
    wordings = _wordings("edition" if column.cell == "edition" else column.prop, column.enum)

    def read(text: str, _: int) -> str:
        word = plain(text).casefold()
        value = wordings.get(word) or wordings.get(re.sub(r"[(（].*$", "", word))
        if value is None:
            raise Bad("unknown_value", "、".join(column.enum))
        return value

    return each(texts, read)


def category(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read 类别 of an organization; which line it belongs to follows from it (:func:`line_of`)."""
    from loaders.canonical import canonical

    table: dict[str, str] = {}
    for values in canonical().values["category"].values():
        for value, others in values.items():
            for wording in (value, *others):
                table.setdefault(plain(wording).casefold(), value)

    def read(text: str, _: int) -> str:
        value = table.get(plain(text).casefold())
        if value is None:
            close = _closest(plain(text), list(table))
            raise Bad(
                "unknown_value", table[close] if close else "、".join(dict.fromkeys(table.values()))
            )
        return value

    return each(texts, read)


def line_of(category: str) -> str | None:
    """Return ``enterprise``, ``social`` or ``rural`` for a canonical 类别."""
    from loaders.canonical import canonical

    for line, values in canonical().values["category"].items():
        if category in values:
            return str(line)
    return None


def _closest(word: str, choices: list[str]) -> str | None:
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=60)
    return str(found[0]) if found else None


_YES = frozenset(
    [
        "是",
        "有",
        "对",
        "已",
        "已建",
        "已建立",
        "y",
        "yes",
        "true",
        "t",
        "1",
        "√",
        "✓",
        "✔",
        "☑",
        "■",
        "●",
        "v",
    ]
)
_NO = frozenset(
    [
        "否",
        "没有",
        "未",
        "未建",
        "未建立",
        "不是",
        "非",
        "n",
        "no",
        "false",
        "f",
        "0",
        "×",
        "✗",
        "✘",
        "x",
        "☐",
        "□",
        "○",
    ]
)


def yes_no(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read 是/否 as 1.0 and 0.0 (NaN: empty)."""

    def read(text: str, _: int) -> float:
        word = plain(text).casefold().removesuffix(".0")
        if word in _YES:
            return 1.0
        if word in _NO:
            return 0.0
        raise Bad("not_yes_no")

    return each(texts, read, np.float64)


def is_tick(text: str) -> bool | None:
    """Say whether a cell of a tick column is ticked; ``None`` where it holds something else."""
    word = plain(text).casefold().removesuffix(".0")
    if is_blank(text) or word in _NO:
        return False
    if word in _YES or (word.isdigit() and int(word) > 0):
        return True
    return None


def instructor(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read 是, 否 or a pseudonymous code; a name is left behind and tells only that there is one."""

    def read(text: str, _: int) -> Any:
        word = plain(text)
        if word.casefold() in _YES - {"1"}:
            return "是"
        if word.casefold() in _NO - {"0"}:
            return "否"
        return word if is_instructor_code(word) else Noted("是", ["instructor_name"])

    return each(texts, read)


def pseudonym(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read a code that stands for a person; a name, ID or mobile number is refused."""

    def read(text: str, type_: int) -> str:
        word = plain(text)
        if type_ == NUMBER_TYPE:
            raise Bad(
                "personal_value" if not is_pseudonym(word.removesuffix(".0")) else "code_number"
            )
        if not is_pseudonym(word):
            raise Bad("personal_value")
        return word

    return each(texts, read)
