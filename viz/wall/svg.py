"""A page as SVG: text stays text, fonts are named with those that may stand in for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.wall.drawing import PAPER, Page, Shape, Text, width
from viz.xmlfiles import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "WenQuanYi Zen Hei", "SimHei",
)  # fmt: skip
"""In which Chinese is set, the first that the reader's machine has."""


def svg(page: Page) -> str:
    """Return a page as SVG 1.1, as large on paper as the page; the same page gives the same text."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    w, h = _n(page.width), _n(page.height)
    family = ", ".join(f"'{f}'" for f in FAMILIES) + ", sans-serif"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}"'
        f' xml:lang={quoted(page.lang)} font-family={quoted(family)} role="img" aria-labelledby="title">'
    )
    yield f'<title id="title">{escaped(page.title)}</title>'
    yield f'<rect width="{w}" height="{h}" fill="{PAPER}"/>'
    for item in page.items:
        yield _shape(item) if isinstance(item, Shape) else _text(item)
    yield "</svg>"


def _shape(shape: Shape) -> str:
    end = "Z" if shape.closed else ""
    d = "".join(
        "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in ring) + end for ring in shape.rings if ring
    )
    said = f'<path d="{d}" fill="{shape.fill or "none"}"'
    if shape.fill and len(shape.rings) > 1:
        said += ' fill-rule="evenodd"'
    if shape.stroke:
        said += f' stroke="{shape.stroke}" stroke-width="{_n(shape.width)}" stroke-linejoin="round"'
        if shape.dashes:
            said += f' stroke-dasharray="{" ".join(_n(v) for v in shape.dashes)}"'
    return said + "/>"


def _text(text: Text) -> str:
    said = (
        f'<text x="{_n(text.x)}" y="{_n(text.y)}" font-size="{_n(text.size)}" fill="{text.colour}"'
    )
    if text.anchor != "start":
        said += f' text-anchor="{text.anchor}"'
    if text.bold:
        said += ' font-weight="700"'
    if text.halo:
        said += f' stroke="{PAPER}" stroke-width="{_n(text.size * 0.22)}" stroke-linejoin="round" paint-order="stroke"'
    # whatever font stands in, nothing is wider than the room that was kept for it
    said += f' textLength="{_n(width(text.text, text.size, bold=text.bold) * 0.97)}" lengthAdjust="spacingAndGlyphs"'
    return f"{said}>{escaped(text.text)}</text>"


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"
