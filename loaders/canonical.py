"""The ledgers' canonical sheets, columns and wordings (LEDGERS), as ``mappings/canonical.yaml`` declares them.

A heading is compared after :func:`normal_heading`: NFKC, without white space, line breaks, stars, brackets' marks and case.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.errors import SchemaError

_DROPPED = re.compile(r"[\s*＊★※:：'\"“”‘’。，,·_\-—()（）\[\]【】]+")
_REQUIRED_MARK = re.compile(r"[(（](必填|选填|必填项|选填项|非必填|required|optional)[)）]")
_COUNTED = re.compile(r"[(（](人|名|个|家|次|户|所)[)）]$")
_NUMBERED = re.compile(r"^\d{1,2}[.、．)）](?=\D)")

# parents of composite headings that say nothing of their own: the child's wording decides
_NEUTRAL = frozenset(
    [
        "基本情况",
        "基本信息",
        "单位情况",
        "单位信息",
        "单位基本情况",
        "单位基本信息",
        "企业情况",
        "企业信息",
        "企业基本情况",
        "企业基本信息",
        "组织情况",
        "组织信息",
        "组织基本情况",
        "概况",
        "基本概况",
        "位置",
        "所在位置",
        "地理位置",
        "坐标",
        "区域",
        "所属区域",
        "人员",
        "人员情况",
        "职工队伍",
        "党员队伍",
        "党员情况",
        "职工情况",
        "从业人员情况",
        "经营运行",
        "经营情况",
        "党组织情况",
        "党组织建设情况",
        "填报情况",
        "填报信息",
        "其他",
        "其他情况",
        "六个清楚",
        "登记信息",
        "登记情况",
        "工商登记信息",
    ]
)


@functools.lru_cache(maxsize=20_000)
def normal_heading(text: str) -> str:
    """Return a heading in the form in which headings are compared."""
    text = unicodedata.normalize("NFKC", text)
    text = _COUNTED.sub("", _REQUIRED_MARK.sub("", text).strip())
    text = _NUMBERED.sub("", text.strip())
    return _DROPPED.sub("", text).casefold()


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column of a sheet kind.

    ``prop`` is the schema kind's property, ``key`` for the entity's key, ``dated`` for the row's date.
    ``enum`` holds the allowed values where the schema limits them.
    """

    name: str
    prop: str
    cell: str
    required: bool
    wordings: tuple[str, ...]
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetKind:
    """One kind of sheet: which kind of entity its rows speak of, and in which columns."""

    id: str
    kind: str
    zh: str
    en: str
    names: tuple[str, ...]
    order: int
    office: str | None
    columns: tuple[Column, ...]
    ticks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Normal heading of a tick column of its own → (canonical column, value it means)."""

    def column(self, name: str) -> Column | None:
        """Return the column of this canonical heading, or ``None``."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        """The canonical headings that LEDGERS marks with a star."""
        return tuple(c.name for c in self.columns if c.required)


@dataclass(frozen=True, slots=True)
class Personal:
    """Headings that tell of a person and are never read."""

    anywhere: re.Pattern[str]
    whole: frozenset[str]
    english: re.Pattern[str]

    def refuses(self, heading: str) -> bool:
        """Say whether a heading (a composite one by any of its parts) names a personal column."""
        parts = [normal_heading(p) for p in re.split(r"[/／]", heading)]
        if any(self.anywhere.search(part) for part in parts):
            return True
        spaced = unicodedata.normalize("NFKC", heading).casefold().replace("_", " ")
        return parts[-1] in self.whole or self.english.search(spaced) is not None


@dataclass(frozen=True, slots=True)
class Canonical:
    """All sheet kinds, value wordings and the list of personal headings."""

    sheets: Mapping[str, SheetKind]
    values: Mapping[str, Mapping[str, Any]]
    personal: Personal
    words: frozenset[str]
    """Normal headings of all sheet kinds."""
    idle: frozenset[str]
    """Normal headings of columns that mean nothing (序号)."""
    headings: Mapping[str, Mapping[str, tuple[str, int]]]
    """Sheet kind → normal heading → (canonical column, rank of the wording: 0 is the canonical one)."""

    def find(self, kind: str, heading: str) -> tuple[str, int] | None:
        """Return the canonical column that a heading (simple or ``parent/child``) names, and the wording's rank."""
        table = self.headings[kind]
        hit = table.get(normal_heading(heading))
        if hit or "/" not in heading:
            return hit
        above, _, below = heading.rpartition("/")
        parent, child = normal_heading(above.rpartition("/")[2]), normal_heading(below)
        for joined in (f"{parent}/{child}", parent + child, child + parent):
            if joined in table:
                return table[joined]
        hit = table.get(child)
        # what a cell under a heading of persons says is never read as something else
        if hit is None or self.personal.refuses(heading):
            return None
        plain = parent in _NEUTRAL or parent == child or len(child) >= 4
        # 所属区 says the same under any heading; 合计 or 姓名 doesn't
        return hit if plain or (hit[1] == 0 and len(child) == 3) else None

    def knows(self, heading: str) -> bool:
        """Say whether any sheet kind knows a heading; headers are looked for in many rows, so most are told at once."""
        if normal_heading(heading) in self.words:
            return True
        above, slash, below = heading.rpartition("/")
        if not slash:
            return False
        parent, child = normal_heading(above.rpartition("/")[2]), normal_heading(below)
        if not self.words.intersection(
            (child, f"{parent}/{child}", parent + child, child + parent)
        ):
            return False
        return any(self.find(kind, heading) for kind in self.sheets)

    def value_wordings(self, prop: str) -> Mapping[str, Any]:
        """Return canonical value → other wordings of a property (or cell type)."""
        return self.values.get(prop, {})


def _yaml(package: str, name: str) -> Any:
    import yaml

    text = importlib.resources.files(package).joinpath(name).read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def _column(
    properties: Mapping[str, Any],
    name: str,
    spec: Mapping[str, Any],
    extra: Mapping[str, list[str]],
) -> Column:
    prop = str(spec["property"])
    if prop not in {"key", "dated"} and prop not in properties:
        raise SchemaError(f"mappings/canonical.yaml: {name} names an unknown property: {prop}")
    return Column(
        name=name,
        prop=prop,
        cell=spec["cell"],
        required=bool(spec.get("required")),
        wordings=(name, *map(str, extra.get(name, ())), *map(str, spec.get("also", ()))),
        enum=tuple(map(str, properties.get(prop, {}).get("enum", ()))),
    )


@functools.cache
def canonical() -> Canonical:
    """Return the declaration, read once.

    Raises
    ------
    graph.errors.SchemaError
        A column names a property that ``schema.yaml`` lacks.
    """
    data = _yaml("loaders.mappings", "canonical.yaml")
    kinds = _yaml("graph", "schema.yaml")["kinds"]
    sheets: dict[str, SheetKind] = {}
    headings: dict[str, dict[str, tuple[str, int]]] = {}
    for sheet_id, spec in data["sheets"].items():
        extra = spec.get("wordings", {})
        columns = tuple(
            _column(kinds[spec["kind"]]["properties"], str(name), c, extra)
            for name, c in spec["columns"].items()
        )
        table: dict[str, tuple[str, int]] = {}
        for rank_of in range(max(len(c.wordings) for c in columns)):
            for column in columns:
                if rank_of < len(column.wordings):
                    table.setdefault(
                        normal_heading(column.wordings[rank_of]), (column.name, rank_of)
                    )
        for column, same in spec.get("wordings", {}).items():
            table.update({normal_heading(w): (column, 0) for w in same})
        ticks = {
            normal_heading(heading): (str(column), str(value))
            for column, values in spec.get("ticks", {}).items()
            for value, wordings in values.items()
            for heading in (value, *wordings)
        }
        sheets[sheet_id] = SheetKind(
            id=sheet_id,
            kind=spec["kind"],
            zh=spec["zh"],
            en=spec["en"],
            names=tuple(map(normal_heading, spec["names"])),
            order=spec["order"],
            office=spec.get("office"),
            columns=columns,
            ticks=ticks,
        )
        headings[sheet_id] = table
    personal = data["personal"]
    english = "|".join(re.escape(w) for w in personal["english"])
    return Canonical(
        sheets=sheets,
        values=data["values"],
        personal=Personal(
            anywhere=re.compile(
                "|".join(re.escape(normal_heading(w)) for w in personal["anywhere"])
            ),
            whole=frozenset(normal_heading(w) for w in personal["whole"]),
            english=re.compile(rf"(?<![a-z])(?:{english})(?![a-z])"),
        ),
        words=frozenset(word for table in headings.values() for word in table),
        idle=frozenset(normal_heading(str(w)) for w in data["idle"]),
        headings=headings,
    )
