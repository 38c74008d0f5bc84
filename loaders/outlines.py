"""Boundaries: a GeoJSON feature for each division, told by the division's code, becomes the division's outline."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from graph.errors import ReadError
from graph.model import Claims
from loaders.faults import FaultBlock, FaultList
from loaders.report import SheetReport
from loaders.rows import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.store.base import Store

CODE_NAMES = (
    "代码", "区划代码", "行政区划代码", "统计用区划代码", "code", "adcode", "district_code", "CODE", "id", "ID",
)  # fmt: skip
"""Members of a feature's properties that may hold the division's code, the surest first."""
SHAPES = ("Polygon", "MultiPolygon")
MAX_BYTES = 512 << 20
DIGITS = 7
"""Decimal places of degrees that are kept: a centimetre."""


@dataclass(slots=True)
class Outlines:
    """The outlines of one file, by division code, and where in the file each stands (features from 1)."""

    file: str
    shapes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    nameless: list[int] = field(default_factory=list)
    shapeless: list[int] = field(default_factory=list)
    features: int = 0


def read(file: str, place: str | None = None) -> Outlines:
    """Read a GeoJSON file; ``place`` is its path where it is called otherwise.

    Raises
    ------
    ReadError
        It is too large, no JSON, or holds no features.
    """

    def refuse(en: str, zh: str) -> ReadError:
        return ReadError(f"{file}: {en}", f"{file}：{zh}")

    path = Path(place or file)
    if path.stat().st_size > MAX_BYTES:
        raise refuse("the boundaries are too large; simplify them", "边界文件过大；请先简化")
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        raise refuse(
            "no GeoJSON in UTF-8; export the boundaries again",
            "不是 UTF-8 编码的 GeoJSON；请重新导出",
        ) from None
    features = data.get("features") if isinstance(data, dict) else None
    if isinstance(data, dict) and data.get("type") == "Feature":
        features = [data]
    if not isinstance(features, list):
        raise refuse("GeoJSON without features", "GeoJSON 中没有要素（features）")
    out = Outlines(file, features=len(features))
    for number, feature in enumerate(features, start=1):
        feature = feature if isinstance(feature, dict) else {}
        shape, code = feature.get("geometry"), _code(feature)
        if not isinstance(shape, dict) or shape.get("type") not in SHAPES or code is None:
            out.nameless.append(number)
            continue
        if not _is_shape(shape):
            out.shapeless.append(number)
            continue
        geometry = {"type": shape["type"], "coordinates": _rounded(shape.get("coordinates"))}
        out.shapes[code] = json.dumps(geometry, separators=(",", ":"))
        out.rows[code] = number
    return out


def _code(feature: dict[str, Any]) -> str | None:
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    for value in (*(properties.get(n) for n in CODE_NAMES), feature.get("id")):
        # a number has lost no leading zero here: division codes begin with 1 to 8
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def _is_shape(shape: dict[str, Any]) -> bool:
    """Say whether a geometry is of closed rings in degrees, as GeoJSON has it (RFC 7946), not in metres of a projection."""
    coordinates = shape.get("coordinates")
    polygons = [coordinates] if shape["type"] == "Polygon" else coordinates
    return (
        isinstance(polygons, list)
        and bool(polygons)
        and all(isinstance(p, list) and p and all(map(_is_ring, p)) for p in polygons)
    )


def _is_ring(ring: Any) -> bool:
    return (
        isinstance(ring, list)
        and len(ring) >= 4
        and all(map(_is_position, ring))
        and ring[0] == ring[-1]
    )


def _is_position(position: Any) -> bool:
    return (
        isinstance(position, list)
        and len(position) >= 2
        and all(type(v) in (int, float) and math.isfinite(v) for v in position)
        and abs(position[0]) <= 180
        and abs(position[1]) <= 90
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def report(
    outlines: Outlines,
    known: frozenset[str] | set[str],
    standing: Mapping[str, str | None],
    unknown_as: str = "unknown_division",
) -> SheetReport:
    """Return what becomes of the features: loaded, as they stand already, or without a division to be of."""
    faults = FaultList(outlines.file, "")
    unknown = [c for c in outlines.shapes if c not in known]
    for code, column, rows, found in (
        (
            unknown_as,
            "代码",
            [outlines.rows[c] for c in unknown],
            [shown(c) for c in unknown],
        ),
        ("unknown_division", "代码", outlines.nameless, [None] * len(outlines.nameless)),
        ("not_coordinate", "边界", outlines.shapeless, [None] * len(outlines.shapeless)),
    ):
        if rows:
            faults.blocks.append(
                FaultBlock(
                    code,
                    column,
                    -1,
                    pd.array(rows).to_numpy(),
                    list(found),
                    [None] * len(rows),
                )
            )
    same = sum(standing.get(c) == s for c, s in outlines.shapes.items() if c in known)
    return SheetReport(
        file=outlines.file,
        sheet="",
        kind="division",
        label=("边界", "boundaries"),
        encoding="utf-8",
        rows=outlines.features,
        loaded=len(outlines.shapes) - len(unknown) - same,
        unchanged=same,
        quarantined=len(faults),
        faults=faults,
    )


def claims(outlines: Outlines, store: Store, brought: set[str]) -> Iterator[Claims]:
    """Yield the standing rows of divisions that this import doesn't bring itself, each with its outline.

    A row with an outline replaces the row without, in the same ledger and of the same date: an outline is no news about
    the division.
    """
    codes = [c for c in outlines.shapes if c not in brought]
    if not codes:
        return
    rows = store.claims("division")
    rows = rows[rows["key"].isin(codes) & rows["rank"].eq(0)].copy()
    rows["outline"] = [outlines.shapes[k] for k in rows["key"]]
    rows["row"] = [outlines.rows[k] for k in rows["key"]]
    for (ledger, dated), some in rows.groupby(["ledger", "dated"], sort=True):
        frame = some[["key", "row", "dated", "name", "level", "parent", "outline"]]
        yield Claims(
            "division",
            str(ledger),
            int(str(dated)),
            outlines.file,
            "",
            frame.reset_index(drop=True),
        )
