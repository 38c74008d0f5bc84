"""Text that ends its lines at spaces and after Chinese characters, never before what closes and never after what opens."""

from __future__ import annotations

import re
from typing import Any

from rich.cells import cell_len, chop_cells
from rich.containers import Lines
from rich.text import Text

_HAN, _OPENS, _CLOSES = "\u3400-\u9fff", "（“‘《「【", "，。；：、！？…）”’》」】"
_PIECE = re.compile(rf"\s*[{_OPENS}]*(?:[{_HAN}]|[^\s{_HAN}{_OPENS}{_CLOSES}]+)?[{_CLOSES}]*\s*")
"""What stays on one line: a word, or one Chinese character, with the punctuation that belongs to it."""


class Wrapped(Text):
    """Text whose lines end where Chinese may end them."""

    @classmethod
    def of(cls, text: Text) -> Wrapped:
        """Return a text as one that ends its lines so."""
        return cls(text.plain, text.style, overflow="fold", end=text.end, spans=[*text.spans])

    def wrap(self, console: Any, width: int, **_: Any) -> Lines:  # noqa: ARG002 - the signature is rich's
        """Return the lines, none wider than ``width``."""
        lines = Lines()
        for line in self.split(allow_blank=True):
            parts = line.divide(ends(line.plain, width))
            for part in parts:
                part.rstrip_end(width)
            lines.extend(parts)
        return lines


def ends(text: str, width: int) -> list[int]:
    """Return where a text's lines end that are at most so many cells wide."""
    out: list[int] = []
    used = 0
    for piece in _PIECE.finditer(text):
        start, size = piece.start(), cell_len(piece[0].rstrip())
        if used + size <= width:
            used += cell_len(piece[0])
            continue
        if start:
            out.append(start)
        used = cell_len(piece[0])
        if size > width:  # a word longer than a line
            *whole, last = chop_cells(piece[0], width)
            for chopped in whole:
                start += len(chopped)
                out.append(start)
            used = cell_len(last)
    return out
