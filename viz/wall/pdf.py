"""A page as PDF: lines and text, the fonts cut down to what is written and embedded."""

from __future__ import annotations

import contextlib
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from viz.wall.drawing import PAPER, POINTS_PER_MM, Page, Shape, Text, width
from viz.wall.fonts import chinese

if TYPE_CHECKING:
    from collections.abc import Iterator

REGULAR, BOLD = "regular", "bold"


def pdf(page: Page, as_of: int) -> bytes:
    """Return a page as PDF, dated with what it shows: the same page gives the same bytes on a machine.

    Raises
    ------
    InputError
        There is no font with Chinese characters.
    """
    fonts = chinese()
    with _quiet():
        from fpdf import FPDF

        out = FPDF(unit="mm", format=(page.width, page.height))
        out.set_auto_page_break(False)
        out.set_margin(0)
        out.set_creation_date(datetime(as_of // 10000, as_of // 100 % 100, as_of % 100, tzinfo=UTC))
        out.set_title(page.title)
        out.set_producer("Lianjian")
        out.set_lang("zh-CN" if page.lang == "zh" else "en")
        for name, font in ((REGULAR, fonts.regular), (BOLD, fonts.bold)):
            out.add_font(name, fname=font.path, collection_font_number=font.number)
        out.add_page()
        for item in page.items:
            if isinstance(item, Shape):
                _shape(out, item)
            else:
                _text(out, item)
        return bytes(out.output())


def _shape(out: Any, shape: Shape) -> None:
    """Write a shape's operators: the library's own paths take a tenfold of time and bytes."""
    high = out.h
    said = ["q"]
    if shape.fill:
        said.append(f"{_colour(shape.fill)} rg")
    if shape.stroke:
        said.append(f"{_colour(shape.stroke)} RG {_n(shape.width)} w 1 j 1 J")
        if shape.dashes:
            said.append(f"[{' '.join(_n(d) for d in shape.dashes)}] 0 d 0 J")
    for ring in shape.rings:
        for k, (x, y) in enumerate(ring):
            said.append(f"{_n(x)} {_n(high - y)} {'l' if k else 'm'}")
        if shape.closed:
            said.append("h")
    said.append({(1, 1): "B*", (1, 0): "f*", (0, 1): "S", (0, 0): "n"}[int(bool(shape.fill)), int(bool(shape.stroke))])  # fmt: skip
    said.append("Q")
    out._out("\n".join(said))


def _text(out: Any, text: Text) -> None:
    out.set_font(BOLD if text.bold else REGULAR, size=text.size * POINTS_PER_MM)
    wide = out.get_string_width(text.text)
    most = width(text.text, text.size, bold=text.bold)
    # no wider than the room that was kept for it
    out.set_stretching(min(100.0, 100.0 * most / wide) if wide else 100.0)
    wide = min(wide, most)
    x = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    if text.halo:
        with out.local_context(
            text_mode="STROKE", line_width=text.size * 0.24 * POINTS_PER_MM, draw_color=PAPER
        ):
            out.text(x, text.y, text.text)
    out.set_text_color(text.colour)
    out.text(x, text.y, text.text)


def _colour(hexed: str) -> str:
    return " ".join(f"{int(hexed[k : k + 2], 16) / 255:.3f}" for k in (1, 3, 5))


def _n(millimetres: float) -> str:
    return f"{millimetres * POINTS_PER_MM:.3f}".rstrip("0").rstrip(".") or "0"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep libraries from logging what is written: names of the city are nothing for logs."""
    some = [logging.getLogger(name) for name in ("fpdf", "fontTools")]
    before = [one.level for one in some]
    for one in some:
        one.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for one, level in zip(some, before, strict=True):
            one.setLevel(level)
