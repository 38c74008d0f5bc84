"""Nodes and edges for spreadsheets, and for Gephi's spreadsheet import: two .csv files, or one workbook of two sheets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import InputError, in_chinese
from viz.listing import Column, Listing, write
from viz.rows import EDGE_FIELDS, Rows, fields, lexical

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = frozenset({"int", "float"})


def listings(rows: Rows) -> tuple[Listing, Listing]:
    """Return nodes and edges as tables, headed as Gephi reads them."""
    types = {n: t for n, t in fields().items() if n not in ("name", "kind")}

    def nodes() -> Iterator[list[Any]]:
        for n, v in rows.nodes():
            yield [n, v["name"], v["kind"], *(v.get(name) for name in types)]

    def edges() -> Iterator[list[Any]]:
        for number, a, b, v in rows.edges():
            kind = v["kind"]
            yield [number, a, b, "Directed", kind, kind, *(v.get(f) for f in EDGE_FIELDS[1:])]

    heads = [Column(n, n) for n in ("Id", "Label", "Kind")]
    heads += [Column(n, n, "number" if t in NUMBERS else "text") for n, t in types.items()]
    ties = ("Id", "Source", "Target", "Type", "Label", "Kind", *EDGE_FIELDS[1:])
    return Listing("nodes", heads, nodes()), Listing("edges", [Column(n, n) for n in ties], edges())


def csv_files(rows: Rows, path: Path) -> list[Path]:
    """Write ``nodes.csv`` and ``edges.csv`` into a folder, or beside each other where ``path`` is named .csv."""
    if path.suffix.lower() == ".csv":
        folder, prefix = path.parent, f"{path.stem}-"
    else:
        folder, prefix = path, ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as e:
            why = getattr(e, "strerror", None) or "not a folder's name"
            why_zh = in_chinese(e) if isinstance(e, OSError) else "不是文件夹名"
            shown = str(folder).replace("\0", "\N{REPLACEMENT CHARACTER}")
            raise InputError(
                f"{shown}: csv goes into a folder, and this can't be one ({why})",
                f"{shown}：csv 写入文件夹，而此处无法建立（{why_zh}）",
            ) from None
    out = []
    for one in listings(rows):
        target = folder / f"{prefix}{one.name}.csv"
        told = ([lexical(v) if isinstance(v, bool) else v for v in row] for row in one.rows)
        write(target, [Listing(one.name, one.columns, told)])
        out.append(target)
    return out


def workbook(rows: Rows, path: Path) -> list[Path]:
    """Write a workbook of two sheets; what doesn't fit one sheet goes on in a further one."""
    if path.suffix.lower() != ".xlsx":
        raise InputError(
            f"{path}: a workbook's name ends in .xlsx", f"{path}：工作簿文件名须以 .xlsx 结尾"
        )
    write(path, listings(rows))
    return [path]
