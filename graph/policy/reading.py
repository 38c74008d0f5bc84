"""Reads one profile's TOML into plain, checked parts; collects every fault instead of stopping at the first."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from graph.errors import ProfileError
from graph.model import parse_date
from graph.policy.settings import SECTIONS, SPECS, TYPE_NAMES, UNITS, Spec

ENTRY_KEYS = (
    "value", "unit", "unset", "clause", "zh", "en", "chosen", "why_zh", "why_en",
)  # fmt: skip
TOP_KEYS = (
    "name", "extends", "title_zh", "title_en", "source", *SECTIONS, "deadlines", "reports", "milestones",
    "departments", "definitions", "undefined", "rules", "options",
)  # fmt: skip

_UNSET = ("unset", "none", "未设", "不设", "")
_TRUE, _FALSE = ("true", "yes", "on", "1", "是"), ("false", "no", "off", "0", "否")
_MEASURED = re.compile(r"(?P<number>[-+0-9.eE]+)\s*(?P<unit>\D*)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a profile, with what it rests on.

    Attributes
    ----------
    key, section : str
        ``radius``, ``formation``.
    value : object
        As :class:`~graph.policy.settings.Spec` types it; dates ``yyyymmdd``, lists tuples, ``None`` unset.
    unit, clause : str or None
    chosen : bool
        Whether a person chose it; else a clause of the plan gives it.
    zh, en, why_zh, why_en : str
        What it is, and on what grounds it was chosen.
    """

    key: str
    section: str
    value: Any
    unit: str | None
    chosen: bool
    clause: str | None
    zh: str
    en: str
    why_zh: str = ""
    why_en: str = ""

    def told(self) -> dict[str, Any]:
        """Return the value as reports print it: what it is, its unit and clause, and on what grounds it was chosen."""
        return {
            "key": self.key,
            "value": self.value,
            "unit": self.unit,
            "clause": self.clause,
            "text": {"zh": self.zh, "en": self.en},
            "why": {"zh": self.why_zh, "en": self.why_en},
        }


class Faults:
    """Collects what is wrong with a profile: one error a fault."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.errors: list[ProfileError] = []

    def add(self, en: str, zh: str) -> None:
        """Note a fault; the profile's name is put in front."""
        self.errors.append(
            ProfileError(f"profile {self.name}: {en}", f"规则档案 {self.name}：{zh}")
        )

    def unknown(self, word: str, key: str, known: Iterable[str]) -> None:
        """Note an unknown word, with what it may have meant."""
        guess = did_you_mean(key, known)
        some_en, some_zh = shortlist(known)
        en = f"did you mean {guess}?" if guess else f"known: {some_en}"
        zh = f"是否指 {guess}？" if guess else f"可用：{some_zh}"
        self.add(f"unknown {word} {key}; {en}", f"未知项 {key}；{zh}")


def did_you_mean(text: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to a text, ``None`` where none is near."""
    near = difflib.get_close_matches(text, list(known), n=1, cutoff=0.6)
    return near[0] if near else None


def shortlist(known: Iterable[str], most: int = 12) -> tuple[str, str]:
    """Return the first known words, and how many more there are, in English and Chinese."""
    words = list(known)
    left = len(words) - most
    en, zh = (f", … ({left} more)", f"……（另有 {left} 项）") if left > 0 else ("", "")
    return ", ".join(words[:most]) + en, "、".join(words[:most]) + zh


def where_in_toml(error: BaseException) -> tuple[str, str]:
    """Return where a file is no TOML, to be said after its name in English and Chinese: its reader says it in English only."""
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    if found is None:
        return "", ""
    return f", line {found[1]}, column {found[2]}", f" 第 {found[1]} 行第 {found[2]} 列"


def parse(text: bytes, name: str) -> dict[str, Any]:
    """Return the tables of a TOML file; ``ProfileError`` where it is none."""
    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ProfileError(
            f"profile {name}: not UTF-8; save the file as UTF-8",
            f"规则档案 {name}：不是 UTF-8 编码，请另存为 UTF-8",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(
            f"profile {name}: no valid TOML: {error}",
            f"规则档案 {name}{where_in_toml(error)[1]}：不是有效的 TOML",
        ) from None


# -- values ----------------------------------------------------------------------------------------------------------


class BadValueError(ValueError):
    """A value is not what its spec allows; ``en`` and ``zh`` say what is."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


def _wrong_type(type_: str) -> BadValueError:
    en, zh = TYPE_NAMES[type_]
    return BadValueError(f"has to be {en}", f"应为{zh}")


def _wrong_unit(unit: str, spec: Spec) -> BadValueError:
    if spec.unit is None:
        return BadValueError(
            f"has the unit {unit}; it has no unit", f"带有单位 {unit}；该项没有单位"
        )
    zh, en = UNITS[spec.unit][:2]
    return BadValueError(
        f"has the unit {unit}; its unit is {en}: give the number in it, with or without the unit",
        f"所带单位为 {unit}；该项以{zh}计，请换算后只写数字或写明{zh}",
    )


def _is_unit(text: str, spec: Spec) -> bool:
    """Return whether a text is a way to write a setting's unit."""
    return spec.unit is not None and text.casefold() in (spec.unit, *UNITS[spec.unit])


def checked(value: object, spec: Spec, unit: str | None = None) -> Any:
    """Return a TOML value as its spec types it.

    Raises
    ------
    BadValueError
        The text says what is allowed.
    """
    items = value if isinstance(value, (list, tuple)) else [value]
    listed = spec.type in ("texts", "ints", "numbers")
    if listed != isinstance(value, (list, tuple)):
        raise _wrong_type(spec.type)
    if unit is not None and not _is_unit(unit, spec):
        raise _wrong_unit(unit, spec)
    if spec.length is not None and len(items) != spec.length:
        raise BadValueError(f"has to have {spec.length} elements", f"应有 {spec.length} 个元素")
    out = tuple(_one(item, spec) for item in items)
    return out if listed else out[0]


def _one(item: object, spec: Spec) -> Any:
    kind = {"texts": "text", "ints": "int", "numbers": "number"}.get(spec.type, spec.type)
    wrong = _wrong_type(spec.type)
    if kind == "bool":
        if not isinstance(item, bool):
            raise wrong
        return item
    if kind == "text":
        if not isinstance(item, str) or not item.strip():
            raise wrong
        if spec.choices and item not in spec.choices:
            raise BadValueError(
                f"has to be one of {', '.join(spec.choices)}",
                f"应为 {'、'.join(spec.choices)} 之一",
            )
        return item.strip()
    if kind == "date":
        if isinstance(item, dt.datetime) or not isinstance(item, dt.date):
            raise wrong
        return item.year * 10000 + item.month * 100 + item.day
    if isinstance(item, bool) or not isinstance(item, (int, float)) or not math.isfinite(item):
        raise wrong
    if kind == "int" and item != int(item):
        raise wrong
    number = int(item) if kind == "int" else float(item)
    low, high = spec.low, spec.high
    if (low is not None and number < low) or (high is not None and number > high):
        raise BadValueError(f"has to be from {low:g} to {high:g}", f"应在 {low:g} 至 {high:g} 之间")
    if spec.step is not None and (Fraction(str(number)) / Fraction(str(spec.step))).denominator > 1:
        raise BadValueError(
            f"is finer than {spec.step:g}; round it", f"精度超过 {spec.step:g}，请取整"
        )
    return number


def from_text(text: str, spec: Spec) -> Any:
    """Return what a text of the command line (``--set KEY=VALUE``) means; its own unit may follow a number ("300 m", "３００米").

    Raises
    ------
    BadValueError
        The text says what is allowed.
    """
    plain = text.strip()
    if spec.type != "text" or spec.choices:
        # digits, letters and signs as Chinese input methods write them
        plain = unicodedata.normalize("NFKC", plain)
    if spec.optional and plain.lower() in _UNSET:
        return None
    if spec.type == "text":
        return checked(plain, spec)
    if spec.type == "date":
        try:
            return parse_date(plain)
        except ValueError:
            raise _wrong_type("date") from None
    if spec.type == "bool":
        if plain.lower() in _TRUE:
            return True
        if plain.lower() in _FALSE:
            return False
        raise _wrong_type("bool")
    if spec.type == "texts":
        return checked([part for part in re.split(r"[,;，；、]\s*", plain) if part.strip()], spec)
    if spec.type in ("ints", "numbers"):
        return checked([_number(part, spec) for part in re.split(r"[,;，；]\s*", plain)], spec)
    return checked(_number(plain, spec), spec)


def _number(text: str, spec: Spec) -> float:
    match = _MEASURED.fullmatch(text.strip())
    try:
        number = float(match["number"]) if match else math.nan
    except ValueError:
        number = math.nan
    if match is None or not math.isfinite(number):
        raise _wrong_type(spec.type)
    unit = match["unit"].strip()
    if unit and not _is_unit(unit, spec):
        raise _wrong_unit(unit, spec)
    return number


# -- sections --------------------------------------------------------------------------------------------------------


def settings(
    raw: Mapping[str, Any], base: Mapping[str, Setting] | None, faults: Faults
) -> dict[str, Setting]:
    """Return the values of all sections, by key; those that a file doesn't set are its base's.

    Parameters
    ----------
    raw : mapping
        The file's tables.
    base : mapping or None
        The settings of the profile that the file extends: what the file sets differently from it is chosen by whoever wrote
        the file. ``None`` for a file that stands alone: it has to set everything.
    """
    out = dict(base or {})
    for section, cls in SECTIONS.items():
        table = raw.get(section, {})
        if not isinstance(table, Mapping):
            faults.add(f"{section} has to be a table", f"{section} 应为表")
            continue
        keys = cls.__dataclass_fields__
        for key, entry in table.items():
            if key not in keys:
                home = SPECS.get(key)
                if home is not None:
                    faults.add(
                        f"{section}.{key}: {key} belongs under [{home[0]}]",
                        f"{section}.{key}：{key} 应写在 [{home[0]}] 下",
                    )
                else:
                    faults.unknown("key", f"{section}.{key}", [f"{section}.{k}" for k in keys])
                continue
            found = _setting(section, key, entry, (base or {}).get(key), faults)
            if found is not None:
                out[key] = found
        if base is None:
            for key in keys:
                if key not in table:
                    faults.add(
                        f'{section}.{key} is missing; set it, or begin with: extends = "wuhan-2016"',
                        f'缺少 {section}.{key}；请补上，或以 extends = "wuhan-2016" 开头',
                    )
    return out


def _setting(
    section: str, key: str, entry: object, base: Setting | None, faults: Faults
) -> Setting | None:
    spec = SPECS[key][1]
    at = f"{section}.{key}"
    table: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"value": entry}
    for word in table:
        if word not in ENTRY_KEYS:
            faults.unknown("key", f"{at}.{word}", [f"{at}.{k}" for k in ENTRY_KEYS])
    unset = table.get("unset", False)
    if not isinstance(unset, bool) or unset == ("value" in table):
        faults.add(
            f"{at} needs a value" + (" or unset = true" if spec.optional else ""),
            f"{at} 缺少 value" + ("（或 unset = true）" if spec.optional else ""),
        )
        return None
    if unset and not spec.optional:
        faults.add(f"{at} can't be unset", f"{at} 不能留空")
        return None
    value = None
    if not unset:
        if spec.unit is not None and "unit" not in table:
            faults.add(
                f'{at} needs its unit: {{ value = {table["value"]}, unit = "{spec.unit}" }}',
                f'{at} 须注明单位：{{ value = {table["value"]}, unit = "{spec.unit}" }}',
            )
            return None
        try:
            value = checked(table["value"], spec, table.get("unit"))
        except ValueError as error:
            faults.add(
                f"{at} = {table['value']!r} {error}", f"{at} = {table['value']!r} 不符合：{error}"
            )
            return None

    def told(word: str, default: Any) -> Any:
        return table.get(word, getattr(base, word) if base is not None else default)

    changed = base is not None and base.value != value
    chosen = table.get("chosen", changed or (base is not None and base.chosen))
    if not isinstance(chosen, bool):
        faults.add(f"{at}.chosen has to be true or false", f"{at}.chosen 应为 true 或 false")
        return None
    if changed:
        why_zh, why_en = f"由 {faults.name} 设定", f"set by {faults.name}"
    else:
        why_zh = base.why_zh if base is not None else ""
        why_en = base.why_en if base is not None else ""
    why_zh, why_en = table.get("why_zh", why_zh), table.get("why_en", why_en)
    if chosen and not (why_zh and why_en):
        faults.add(
            f"{at} is chosen: say on what grounds (why_zh, why_en)",
            f"{at} 为自行选定：请注明依据（why_zh、why_en）",
        )
    return Setting(
        key, section, value, spec.unit, chosen or changed, told("clause", None), told("zh", key), told("en", key),
        why_zh, why_en,
    )  # fmt: skip
