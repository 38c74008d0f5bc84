"""Wall maps as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.files import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from viz.wall.page import Wall

FORMATS = (".pdf", ".svg")


def written(wall: Wall, suffix: str, as_of: int) -> bytes:
    """Return a wall map as a file's bytes.

    Raises
    ------
    InputError
        A PDF's Chinese font is missing.
    """
    if suffix == ".svg":
        from viz.wall.svg import svg

        return svg(wall.page).encode("utf-8")
    from viz.wall.pdf import pdf

    return pdf(wall.page, as_of)


def write(wall: Wall, path: Path, as_of: int) -> None:
    """Write a wall map, all or nothing.

    Raises
    ------
    InputError
        The file can't be written, or a PDF's Chinese font is missing.
    """
    data = written(wall, path.suffix.lower(), as_of)
    with replacing(path) as file:
        file.write(data)
