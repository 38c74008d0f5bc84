"""Cells that hold a quantity: counts, rates, degrees, days and periods."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from loaders.cells import (
    ERROR,
    NUMBER_TYPE,
    Bad,
    Noted,
    Settings,
    Texts,
    Values,
    each,
    plain,
    tidy,
)
from loaders.faults import NUMBER
from loaders.privacy import mask

if TYPE_CHECKING:
    from loaders.canonical import Column

_INT = re.compile(
    r"([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.0+)?(?:人|名|个|家|次|位|户|所)?"
)
_ABOUT = re.compile(
    r"(约|近|大约|左右|上下|以上|以下|余|多|几|~|～|不足|超过|至|到|>|<|≥|≤|\+|[0-9][-—][0-9])"
)
_MAX_INT = 100_000_000


def integer(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read a count: ``3``, ``３``, ``3人``; ``50余人`` asks for a number."""

    def read(text: str, _: int) -> float:
        word = plain(text)
        match = _INT.fullmatch(word)
        if match:
            value = int(match.group(1).replace(",", ""))
            if value > _MAX_INT:
                raise Bad("too_large")
            return float(value)
        if re.fullmatch(r"[-−－][0-9][0-9,.]*(?:人|名|个|家|次|位|户|所)?", word):
            raise Bad("negative")
        raise Bad(
            "approximate"
            if _ABOUT.search(word) and re.search(r"[0-9一二三四五六七八九十百千万]", word)
            else "not_integer"
        )

    return each(texts, read, np.float64)


def rate(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read a share as a fraction of one: ``85%``, ``0.85`` and ``85`` are the same."""

    def read(text: str, _: int) -> float:
        match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,12})?)(%|%25)?", plain(text))
        if not match:
            raise Bad("negative" if plain(text).startswith("-") else "not_rate")
        value = float(match.group(1))
        if match.group(2) or value > 1:
            value = round(value / 100, 12)
        if value > 1:
            raise Bad("not_rate")
        return value

    return each(texts, read, np.float64)


def clears(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read which of the six clears are done, by number."""

    def read(text: str, _: int) -> str:
        word = plain(text).removesuffix(".0")
        digits = (
            re.sub(r"[;；、,，.\s]+", "", word) if re.fullmatch(r"[0-9;；、,，.]+", word) else word
        )
        if not re.fullmatch(r"[1-6]{1,6}", digits) or len(set(digits)) != len(digits):
            raise Bad("not_clears")
        return ";".join(sorted(digits))

    return each(texts, read)


def degrees(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read a coordinate in decimal degrees (whether it lies in the city, the row tells: its datum matters)."""
    import pyarrow.compute as pc

    out = Values.empty(len(texts), np.float64)
    if not len(texts):
        return out
    easy = texts.matching(r"^[0-9]{1,3}(\.[0-9]{1,15})?$") & (texts.types != ERROR)
    where = np.flatnonzero(easy)
    out.values[where] = pc.cast(texts.texts.take(where), "float64").to_numpy(zero_copy_only=False)
    rest = np.flatnonzero(~easy)
    if len(rest):

        def read(text: str, _: int) -> float:
            word = re.sub(r"[°度]?[EN东北经纬]?$", "", plain(text).upper().lstrip("东经北纬EN"))
            if not re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{1,17})?(E-?[0-9]{1,2})?", word):
                raise Bad("not_coordinate")
            return float(word)

        part = each(Texts(texts.texts.take(rest), texts.types[rest]), read, np.float64)
        out.values[rest], out.fault[rest] = part.values, part.fault
    out.fault[np.abs(out.values) > 180] = NUMBER["not_coordinate"]
    return out


_DAY = re.compile(
    r"([12][0-9]{3})(?:[-./年])([01]?[0-9])(?:[-./月])([0-3]?[0-9])[日号]?"
    r"(?:[T ]?[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?Z?)?"
)
_EIGHT = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])(?:\.0)?")
_MONTH = re.compile(r"([12][0-9]{3})(?:[-./年]([01]?[0-9])月?|([01][0-9]))(?:份)?")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_EPOCH = dt.date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1900, 2099


def read_day(text: str) -> int:
    """Return a day as ``yyyymmdd``; :class:`Bad` where it is none (a month needs its day)."""
    word = plain(text)
    match = _DAY.fullmatch(word) or _EIGHT.fullmatch(word)
    if match:
        return _day(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    serial = _SERIAL.fullmatch(word)
    if serial and 10_000 <= int(serial.group(1)) <= 73_050:  # 1927 to 2099
        day = _EPOCH + dt.timedelta(days=int(serial.group(1)))
        return day.year * 10000 + day.month * 100 + day.day
    month = _MONTH.fullmatch(word)
    if month and 1 <= int(month.group(2) or month.group(3)) <= 12:
        raise Bad("month_only")
    raise Bad("not_date")


def _day(year: int, month: int, day: int) -> int:
    try:
        dt.date(year, month, day)
    except ValueError:
        raise Bad("impossible_date") from None
    if year < _FIRST_YEAR:
        raise Bad("impossible_date")
    return year * 10000 + month * 100 + day


def date(texts: Texts, column: Column, settings: Settings) -> Values:
    """Read a day as ``yyyymmdd``; 填报日期 must not lie after the day of the import."""
    dated = column.prop == "dated"

    def read(text: str, _: int) -> float:
        day = read_day(text)
        if dated and day > settings.today:
            raise Bad("future_date")
        if day // 10000 > _LAST_YEAR:
            raise Bad("impossible_date")
        return float(day)

    return each(texts, read, np.float64)


def period(texts: Texts, _column: Column, _settings: Settings) -> Values:
    """Read a period of reporting: a day or month in ISO form, another wording as it stands."""

    def read(text: str, type_: int) -> Any:
        word = plain(text)
        try:
            day = read_day(word)
            return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
        except Bad as bad:
            if bad.code == "impossible_date":
                raise
            month = _MONTH.fullmatch(word)
            if bad.code == "month_only" and month:
                if type_ == NUMBER_TYPE and "." in word:
                    raise Bad("not_period") from None  # 2016.1 may have been 2016.10
                return f"{month.group(1)}-{int(month.group(2) or month.group(3)):02d}"
        bare, found = mask(tidy(text))
        return Noted(bare, found) if found else bare

    return each(texts, read)
