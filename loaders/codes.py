"""Codes: unified social credit codes (GB 32100), the ledgers' own codes, GB/T 4754 codes.

A code that Excel turned into a number is a fault of its own and never guessed at, unless a mapping says how many digits it
had (LEDGERS). Credit codes are checked a column at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.credit_code import FORM, INDIVIDUAL, check_digits, credit_code_fault
from loaders.cells import (
    ERROR,
    MAX_CODE,
    NUMBER_TYPE,
    Bad,
    Noted,
    Settings,
    Texts,
    Values,
    each,
    has_error,
    is_blank,
    plain,
    split_list,
    tidy,
)
from loaders.faults import NUMBER
from loaders.privacy import has_cjk, mask

if TYPE_CHECKING:
    from loaders.canonical import Column

_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,3}")
_CODE = re.compile(r"\w[\w\-./#:(),']{0,399}")
_EASY = r"^(?:[A-Za-z][0-9A-Za-z_]{0,9}|[0-9]{2,10}|[0-9]{12,15}|[\x{4E00}-\x{9FFF}]{2,60})$"
"""Codes and names that need no second look (RE2): no number of a person, nothing that stands for an empty cell."""
_EASY_BLANKS = ("NULL", "null", "NaN", "nan", "None", "暂无", "空白")
_NUMBER = re.compile(r"([0-9]{1,18})(?:\.0+)?")


def as_code(text: str, type_: int, width: int | None = None) -> str:
    """Return a code as text; :class:`Bad` where Excel has made a number of it, or where it is none."""
    word = plain(text)
    if _SCIENTIFIC.fullmatch(word):
        raise Bad("code_scientific")
    if type_ == NUMBER_TYPE:
        number = _NUMBER.fullmatch(word)
        if width is None:
            raise Bad("code_number")
        if number is None or len(number.group(1)) > width:
            raise Bad("code_width", str(width))
        return number.group(1).zfill(width)
    if width is not None and word.isdigit() and len(word) > width:
        raise Bad("code_width", str(width))
    if width is not None and word.isdigit():
        word = word.zfill(width)
    if not _CODE.fullmatch(word):
        raise Bad("code_format")
    if mask(word)[1]:
        raise Bad("personal_value")
    return word


# -- credit codes --------------------------------------------------------------------------------------------------


def uscc(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read a credit code: 18 characters and check digit; those of individual businesses are marked for the row to decide."""
    out = Values.empty(len(texts))
    out.person = np.zeros(len(texts), dtype=bool)
    if not len(texts):
        return out
    easy = texts.matching(r"^[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$") & (
        (texts.types != NUMBER_TYPE) & (texts.types != ERROR)
    )
    at = np.flatnonzero(easy)
    out.values = texts.objects()
    codes = out.values[at].tolist()
    out.fault[at[~check_digits(codes)]] = NUMBER["uscc_checksum"]
    out.person[at] = [c.startswith(INDIVIDUAL) for c in codes]
    for i in np.flatnonzero(~easy):
        text, out.values[i] = out.values[i], None
        if is_blank(text):
            continue
        try:
            out.values[i] = credit_code(text, int(texts.types[i]))
        except Bad as bad:
            out.fault[i] = NUMBER[bad.code]
            continue
        out.person[i] = out.values[i].startswith(INDIVIDUAL)
    out.values[out.fault > 0] = None
    return out


def credit_code(text: str, type_: int) -> str:
    """Return one credit code in capitals, without white space and hyphens; :class:`Bad` where it is wrong."""
    if has_error(text, type_):
        raise Bad("error_cell")
    word = plain(text).upper().replace("-", "")
    if _SCIENTIFIC.fullmatch(word):
        raise Bad("code_scientific")
    if type_ == NUMBER_TYPE:
        raise Bad("code_number")
    if mask(word)[1] and not FORM.fullmatch(word):
        raise Bad("personal_value")
    fault = credit_code_fault(word)
    if fault:
        raise Bad(fault)
    return word


def any_code(texts: Texts, column: Column, settings: Settings) -> Values:
    """Read an organization's code in another scheme than GB 32100 (a mapping's ``identifiers: any``)."""
    out = code(texts, column, settings)
    out.person = np.array(
        [isinstance(v, str) and len(v) == 18 and v.startswith(INDIVIDUAL) for v in out.values],
        dtype=bool,
    )
    return out


def uscc_ref(texts: Texts, column: Column, settings: Settings) -> Values:
    """Read one organization's code where another row refers to it."""
    return (
        any_code(texts, column, settings) if settings.any_scheme else uscc(texts, column, settings)
    )


def uscc_list(texts: Texts, _column: Column, settings: Settings) -> Values:
    """Read several organizations' codes in one cell."""

    def read(text: str, type_: int) -> str:
        parts = split_list(re.sub(r"[,，]", ";", text))
        if settings.any_scheme:
            return ";".join(dict.fromkeys(as_code(p, type_, settings.width) for p in parts))
        return ";".join(dict.fromkeys(credit_code(p, type_) for p in parts))

    return each(texts, read)


def _quickly(texts: Texts, settings: Settings, read: Callable[[str, int], Any]) -> Values:
    """Take what needs no second look as it stands, and read the rest one by one."""
    easy = texts.matching(_EASY)
    if settings.width is not None or not easy.any():
        return each(texts, read)
    import pyarrow as pa
    import pyarrow.compute as pc

    blank = pc.is_in(texts.texts, value_set=pa.array(_EASY_BLANKS, pa.string()))
    easy &= ~np.asarray(blank.to_numpy(zero_copy_only=False), dtype=bool)
    easy &= (texts.types != NUMBER_TYPE) & (texts.types != ERROR)
    rest = np.flatnonzero(~easy)
    out = Values.empty(len(texts))
    out.values[easy] = texts.objects()[easy]
    if len(rest):
        part = each(Texts(texts.texts.take(pa.array(rest)), texts.types[rest]), read)
        out.values[rest], out.fault[rest], out.note[rest] = part.values, part.fault, part.note
        out.detail = {int(rest[i]): words for i, words in part.detail.items()}
    return out


# -- other codes ---------------------------------------------------------------------------------------------------


def code(texts: Texts, _column: Column, settings: Settings) -> Values:
    """Read a code of the ledgers' own."""
    return _quickly(texts, settings, lambda text, type_: as_code(text, type_, settings.width))


def code_list(texts: Texts, _column: Column, settings: Settings) -> Values:
    """Read several codes in one cell."""

    def read(text: str, type_: int) -> str | None:
        parts = split_list(re.sub(r"[,，]", ";", text))
        return ";".join(dict.fromkeys(as_code(p, type_, settings.width) for p in parts)) or None

    return _quickly(texts, settings, read)


def place(texts: Texts, _column: Column, settings: Settings) -> Values:
    """Read a place's code, key or name."""

    def read(text: str, type_: int) -> Any:
        if type_ == NUMBER_TYPE or _SCIENTIFIC.fullmatch(text):
            return as_code(text, type_, settings.width)
        if len(text) > MAX_CODE:
            raise Bad("too_long")
        bare, found = mask(tidy(text))
        if found:
            raise Bad("personal_value")  # nothing lies in a telephone number
        return as_code(bare, type_, settings.width) if settings.width and bare.isdigit() else bare

    return _quickly(texts, settings, read)


def office(texts: Texts, column: Column, settings: Settings) -> Values:
    """Read an office's name or code."""
    return place(texts, column, settings)


def organization_or_office(texts: Texts, _column: Column, settings: Settings) -> Values:
    """Read 所属单位: an organization's code, another code (a zone's), or an office's name."""

    def read(text: str, type_: int) -> Any:
        word = plain(text).upper().replace("-", "")
        if len(word) == 18 and not has_cjk(word) and type_ != NUMBER_TYPE:
            return credit_code(text, type_) if not settings.any_scheme else as_code(text, type_)
        if type_ == NUMBER_TYPE or not has_cjk(text):
            return as_code(text, type_, settings.width)
        bare, found = mask(tidy(text))
        return Noted(bare, found) if found else bare

    return each(texts, read)


def industry(texts: Texts, _column: Column, settings: Settings) -> Values:
    """Read a GB/T 4754 code: section letter, 2 to 4 digits, or both (whether its edition has it, the row tells)."""
    from graph.sector import split_code

    def read(text: str, type_: int) -> str:
        word = plain(text).upper()
        if _SCIENTIFIC.fullmatch(word):
            raise Bad("code_scientific")
        if type_ == NUMBER_TYPE:
            word = as_code(text, type_, settings.width)
        if split_code(word) is None:
            raise Bad("industry_format")
        return word

    return each(texts, read)
