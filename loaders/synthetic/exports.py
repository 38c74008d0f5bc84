"""Files as office systems export them: an ``.xls`` that is a web page or UTF-16 text, and what a spreadsheet leaves behind."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loaders.synthetic.cells import Table


def write_page(path: Path, table: Table, title: str) -> None:
    """Write a table as HTML under an ``.xls`` name."""
    lines = ["<tr>" + "".join(f"<th>{html.escape(name)}</th>" for name in table.columns) + "</tr>"]
    lines += [
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in zip(*table.columns.values(), strict=True)
    ]
    head = f'<html><head><meta charset="utf-8"><title>{html.escape(title)}</title></head><body>'
    body = "\n".join(lines)
    path.write_bytes(f"{head}\n<table>\n{body}\n</table>\n</body></html>\n".encode())


def write_wide_text(path: Path, table: Table) -> None:
    """Write a table as UTF-16 text with tabs under an ``.xls`` name."""
    rows = [
        list(table.columns),
        *([str(c) for c in r] for r in zip(*table.columns.values(), strict=True)),
    ]
    text = "".join("\t".join(row) + "\r\n" for row in rows)
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))


def write_lock(path: Path) -> None:
    """Leave the lock file that a spreadsheet program keeps beside an open workbook."""
    path.write_bytes(b"\x04WPS " + b" " * 160)
