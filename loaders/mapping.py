"""How sheets are read: plans made from headers, and mappings for lists that are laid out otherwise.

A :class:`CustomMapping` (``--map NAME|FILE``) tells how such a list is to be read; everything else is the canonical declaration
(:mod:`loaders.canonical`). Which sheet is which, :mod:`loaders.recognition` tells.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from graph.errors import InputError
from loaders.canonical import Column, SheetKind, canonical, normal_heading

MAPPINGS = Path(__file__).with_name("mappings")
_NAME = re.compile(r"[0-9A-Za-z_\-一-鿿]{1,64}")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)")
_MAX_BYTES = 1_000_000
LOWEST, TALLEST = 200, 5
"""Where a header may stand, and how many rows it may have (as :mod:`loaders.reading.header` looks for it)."""


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """How sheets of one layout are read (one entry of a mapping file)."""

    sheet: str = ""
    """A sheet kind; empty where the entry says only where the header is, or that the sheet stays out."""
    file: str = "*"
    name: str = "*"
    leave_out: bool = False
    """Whether the sheet is none to load."""
    header: tuple[int, int] | None = None
    """First and last row of the header, from 1, where it is found wrongly."""
    when: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    set: Mapping[str, Any] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    identifiers: str = "gb32100"
    widths: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    skip: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suggest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sections: str | None = None
    """Canonical column that the sheet's section rows give (``北京市（23所）``), where none of its columns does."""

    def fits(self, columns: Sequence[str], sheet: str, file: str) -> bool:
        """Say whether this entry is about a sheet with these headings and names."""
        return self.named(sheet, file) and self.asks(columns)

    def named(self, sheet: str, file: str) -> bool:
        """Say whether this entry is about a sheet of this name in a file of this one."""
        return fnmatch.fnmatch(PurePath(file).name, self.file) and fnmatch.fnmatch(sheet, self.name)

    def asks(self, columns: Sequence[str]) -> bool:
        """Say whether the headings that this entry asks for are there."""
        have = {normal_heading(c) for c in columns}
        return all(normal_heading(c) in have for c in self.asked)

    @property
    def asked(self) -> tuple[str, ...]:
        """The headings by which this entry knows its sheets."""
        return self.when or tuple(self.columns)

    @property
    def headings(self) -> frozenset[str]:
        """All headings that this entry names."""
        suggested = (h for of in self.suggest.values() for h in of)
        return frozenset((*self.when, *self.columns, *self.ignore, *suggested))


@dataclass(frozen=True, slots=True)
class CustomMapping:
    """A named set of :class:`SheetMapping`."""

    name: str
    zh: str
    en: str
    sheets: tuple[SheetMapping, ...]


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """How one canonical column of a sheet is filled.

    ``indexes`` are the sheet's columns: one, or several that are ticked (``ticks`` gives the value that each stands for).
    """

    column: Column
    heading: str
    indexes: tuple[int, ...]
    ticks: tuple[str, ...] = ()
    width: int | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A heading that no sheet kind knows, and what it may mean."""

    index: int
    heading: str
    suggestion: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """How one sheet is read: what of it, as what, and what is left behind."""

    kind: SheetKind
    columns: tuple[ColumnPlan, ...]
    refused: tuple[tuple[int, str], ...]
    unknown: tuple[Suggestion, ...]
    ignored: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    mapping: SheetMapping | None = None
    tied: tuple[str, ...] = ()
    """Other sheet kinds that the header fits as well (then the sheet is not loaded)."""
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of these by kind the required columns that the sheet lacks."""

    def plan(self, name: str) -> ColumnPlan | None:
        """Return the plan of a canonical column, or ``None`` where the sheet lacks it."""
        return next((c for c in self.columns if c.column.name == name), None)

    def by_prop(self, prop: str) -> ColumnPlan | None:
        """Return the plan of a property, or ``None`` where the sheet lacks it."""
        return next((c for c in self.columns if c.column.prop == prop), None)

    @property
    def needed(self) -> list[int]:
        """Indexes of the sheet's columns that are read at all, ascending."""
        extra = self.suggest_indexes()
        return sorted({i for c in self.columns for i in c.indexes} | set(extra.values()))

    def suggest_indexes(self) -> dict[str, int]:
        """Return heading → index of the columns from which sector and place are suggested."""
        return dict(self._suggest)

    _suggest: tuple[tuple[str, int], ...] = ()


def user_directory() -> Path:
    """Return where a user's own mappings are kept (``LIANJIAN_MAPPINGS``, else the platform's configuration folder)."""
    named = os.environ.get("LIANJIAN_MAPPINGS")
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "lianjian" / "mappings"


def names() -> list[str]:
    """Return the names that ``--map`` knows, sorted."""
    found = {p.stem for folder in (MAPPINGS, user_directory()) for p in folder.glob("*.yaml")}
    return sorted(found - {"canonical"})


def load(name: str) -> CustomMapping:
    """Return a saved mapping by name, or one from a file.

    Raises
    ------
    InputError
        No such mapping; or it has an unknown key, sheet kind or column (named).
    """
    if _NAME.fullmatch(name) and not _RESERVED.fullmatch(name) and name != "canonical":
        for folder in (user_directory(), MAPPINGS):
            path = folder / f"{name}.yaml"
            if path.is_file():
                return _read(path, name)
    path = Path(name)
    if path.suffix.lower() in {".yaml", ".yml"} and path.is_file():
        return _read(path, path.stem)
    known = "、".join(names())
    raise InputError(
        f"no mapping {name}: give a .yaml file or one of {', '.join(names())}",
        f"没有映射 {name}：请给出 .yaml 文件，或以下之一：{known}",
    )


def save(mapping: CustomMapping, name: str) -> Path:
    """Keep a mapping under a name for ``--map NAME``; return its file.

    Raises
    ------
    InputError
        The name is not 1 to 64 letters, digits, ``_`` or ``-``.
    """
    import yaml

    check_name(name)
    folder = user_directory()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(
        yaml.safe_dump(as_dict(mapping), allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    return path


def check_name(name: str) -> None:
    """Refuse what is no name of a mapping.

    Raises
    ------
    InputError
        The name is not 1 to 64 letters, digits, ``_`` or ``-``.
    """
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name) or name == "canonical":
        raise InputError(
            f"mapping name {name!r}: use 1 to 64 letters, digits, - or _",
            f"映射名称 {name!r}：请用 1 至 64 个汉字、字母、数字、- 或 _",
        )


def as_read(name: str, sheets: Iterable[tuple[SheetPlan, Sequence[str]]]) -> CustomMapping:
    """Return a mapping that reads sheets as they were read just now, suggestions for unknown headings taken.

    Parameters
    ----------
    sheets : iterable of (plan, headings)
        The headings of all the sheet's columns.
    """
    entries = []
    for plan, headings in sheets:
        columns = {c.heading: c.column.name for c in plan.columns if not c.ticks}
        columns |= {u.heading: u.suggestion for u in plan.unknown if u.suggestion}
        given = plan.mapping
        entry = given or SheetMapping(plan.kind.id)
        entries.append(
            dataclasses.replace(
                entry,
                sheet=plan.kind.id,
                when=given.when
                if given and given.asked
                else tuple(h for h in headings if h in columns),
                columns={**columns, **entry.columns},
            )
        )
    return CustomMapping(name, name, name, tuple(entries))


def as_dict(mapping: CustomMapping) -> dict[str, Any]:
    """Return the shape of a mapping file."""
    sheets = []
    for s in mapping.sheets:
        entry: dict[str, Any] = {"sheet": s.sheet} if s.sheet else {}
        for key in _ENTRY_KEYS - {"sheet"}:
            value = getattr(s, key)
            if (
                value not in ((), {}, None)
                and value != SheetMapping.__dataclass_fields__[key].default
            ):
                entry[key] = _plain(value)
        sheets.append(dict(sorted(entry.items(), key=lambda item: _ENTRY_ORDER.index(item[0]))))
    return {"mapping": mapping.name, "zh": mapping.zh, "en": mapping.en, "sheets": sheets}


_ENTRY_ORDER = list(SheetMapping.__dataclass_fields__)
_ENTRY_KEYS = frozenset(_ENTRY_ORDER)
_WITHOUT_KIND = frozenset(("sheet", "header", "leave_out", "file", "name", "when"))
"""Keys of an entry that says no more than where the header is, or that the sheet stays out."""


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return list(value)
    return value


def _read(path: Path, name: str) -> CustomMapping:
    import yaml

    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(
                f"mapping {path}: larger than {_MAX_BYTES} bytes", f"映射文件 {path} 过大"
            )
        data = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        line = str(error).splitlines()[0]
        raise InputError(f"mapping {path}: {line}", f"映射文件 {path} 读不了：{line}") from None
    return parse(data, str(path), name)


def parse(data: Any, where: str, name: str) -> CustomMapping:
    """Check a mapping document.

    Raises
    ------
    InputError
        An unknown key, sheet kind or column; the message names it.
    """

    def fault(en: str, zh: str) -> InputError:
        return InputError(f"mapping {where}: {en}", f"映射 {where}：{zh}")

    if not isinstance(data, Mapping) or not isinstance(data.get("sheets"), list):
        raise fault("`sheets` must be a list", "缺少 sheets 列表")
    strange = set(data) - {"mapping", "zh", "en", "sheets"}
    if strange:
        raise fault(f"unknown key {min(map(str, strange))}", f"不认识的键 {min(map(str, strange))}")
    known = canonical()
    entries = []
    for number, entry in enumerate(data["sheets"], 1):
        if not isinstance(entry, Mapping):
            raise fault("each of `sheets` must be a table of keys", "sheets 的每一项须为键值")
        odd = {str(k) for k in entry} - _ENTRY_KEYS
        if odd:
            raise fault(f"unknown key {min(odd)}", f"不认识的键 {min(odd)}")
        try:
            header = _header(entry.get("header"))
        except ValueError:
            raise fault(*_wrong_header(number, entry)) from None
        left_out = entry.get("leave_out") is True
        if entry.get("leave_out") not in (None, True, False):
            raise fault(
                f"entry {number}: leave_out: true or false",
                f"第 {number} 项：leave_out 应为 true 或 false",
            )
        kind = known.sheets.get(str(entry.get("sheet")))
        if not entry.get("sheet") and (left_out or header is not None):
            if over := {str(k) for k in entry} - _WITHOUT_KIND:
                raise fault(
                    f"entry {number}: {min(over)} needs a `sheet`, the kind that it is about",
                    f"第 {number} 项：有 {min(over)} 就须用 sheet 注明表类",
                )
            try:
                when = _texts(entry.get("when"))
            except TypeError:
                raise fault(
                    f"entry {number}: when: give a list of headings",
                    f"第 {number} 项：when 应为列名的列表",
                ) from None
            entries.append(
                SheetMapping(
                    file=str(entry.get("file", "*")), name=str(entry.get("name", "*")), leave_out=left_out,
                    header=header, when=when,
                )
            )  # fmt: skip
            continue
        if kind is None:
            kinds = ", ".join(known.sheets)
            raise fault(
                f"no sheet kind {entry.get('sheet')}: one of {kinds}",
                f"没有表类 {entry.get('sheet')}：应为 {kinds}",
            )
        try:
            made = _entry(entry)
        except (TypeError, ValueError, AttributeError) as error:
            raise fault(f"sheet {kind.id}: {error}", f"表 {kind.id}：{error}") from None
        used = [
            *made.columns.values(),
            *made.constants,
            *made.absent,
            *made.values,
            *made.skip,
            *made.widths,
        ]
        used += [made.sections] if made.sections else []
        for column in used:
            if kind.column(column) is None:
                raise fault(f"{kind.id} has no column {column}", f"{kind.zh}没有列 {column}")
        if made.identifiers not in {"gb32100", "any"}:
            raise fault(
                f"identifiers {made.identifiers}: gb32100 or any",
                f"identifiers {made.identifiers}：应为 gb32100 或 any",
            )
        bad = set(made.suggest) - {"industry", "place"}
        if bad:
            raise fault(
                f"suggest {min(bad)}: industry or place",
                f"suggest {min(bad)}：应为 industry 或 place",
            )
        entries.append(made)
    return CustomMapping(name, str(data.get("zh", name)), str(data.get("en", name)), tuple(entries))


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value or ()))


def _header(said: Any) -> tuple[int, int] | None:
    """Return the first and last row of a header: ``3`` or ``[2, 3]``; ``ValueError`` where it is none."""
    if said is None:
        return None
    rows = said if isinstance(said, (list, tuple)) else [said]
    if not 1 <= len(rows) <= 2 or any(isinstance(r, bool) or not isinstance(r, int) for r in rows):
        raise ValueError(said)
    first, last = rows[0], rows[-1]
    if not 1 <= first <= last <= LOWEST or last - first >= TALLEST:
        raise ValueError(said)
    return first, last


def _wrong_header(number: int, entry: Mapping[str, Any]) -> tuple[str, str]:
    which = "".join(
        c for c in str(entry.get("name", entry.get("sheet", "")))[:40] if c.isprintable()
    )
    said = "".join(c for c in str(entry.get("header"))[:40] if c.isprintable())
    en = (
        f"entry {number} ({which}): header {said}: give the row that holds the headings, as 3, or the first and the last of"
        f" up to {TALLEST} rows, as [2, 3]; rows count from 1, a header stands within the first {LOWEST}"
    )
    zh = (
        f"第 {number} 项（{which}）：header {said}：请给出表头所在行号，如 3；或首行与末行（至多 {TALLEST} 行），如 [2, 3]；"
        f"行号从 1 起，表头须在前 {LOWEST} 行之内"
    )
    return en, zh


def _entry(entry: Mapping[str, Any]) -> SheetMapping:
    def texts(key: str) -> tuple[str, ...]:
        return _texts(entry.get(key))

    def table(key: str) -> dict[str, Any]:
        return {str(k): v for k, v in (entry.get(key) or {}).items()}

    return SheetMapping(
        sheet=str(entry["sheet"]),
        file=str(entry.get("file", "*")),
        name=str(entry.get("name", "*")),
        leave_out=entry.get("leave_out") is True,
        header=_header(entry.get("header")),
        when=texts("when"),
        columns={k: str(v) for k, v in table("columns").items()},
        constants={k: str(v) for k, v in table("constants").items()},
        set=table("set"),
        absent=texts("absent"),
        ignore=texts("ignore"),
        identifiers=str(entry.get("identifiers", "gb32100")),
        widths={k: int(v) for k, v in table("widths").items()},
        values={
            k: {str(a): None if b in (None, "") else str(b) for a, b in v.items()}
            for k, v in table("values").items()
        },
        skip={
            k: (v,) if isinstance(v, str) else tuple(map(str, v)) for k, v in table("skip").items()
        },
        suggest={
            k: (v,) if isinstance(v, str) else tuple(map(str, v))
            for k, v in table("suggest").items()
        },
        sections=str(entry["sections"]) if entry.get("sections") else None,
    )
