"""The fonts that Chinese is set in: those of this machine, by their files' names, the best first."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.errors import InputError

FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts",
    "C:/Windows/Fonts",
)  # fmt: skip
KNOWN = (
    ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf"),
    ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"),
    ("SourceHanSansSC-Regular.otf", "SourceHanSansSC-Bold.otf"),
    ("SourceHanSansCN-Regular.otf", "SourceHanSansCN-Bold.otf"),
    ("SourceHanSans.ttc", "SourceHanSans.ttc"),
    ("msyh.ttc", "msyhbd.ttc"),
    ("Hiragino Sans GB.ttc", "Hiragino Sans GB.ttc"),
    ("STHeiti Light.ttc", "STHeiti Medium.ttc"),
    ("simhei.ttf", "simhei.ttf"),
    ("wqy-microhei.ttc", "wqy-microhei.ttc"),
    ("wqy-zenhei.ttc", "wqy-zenhei.ttc"),
    ("DroidSansFallbackFull.ttf", "DroidSansFallbackFull.ttf"),
    ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"),
)
"""Regular and bold."""
SIMPLIFIED = ("SC", "GB", "CN", "YaHei")
"""In the name of the font of a collection that is meant for mainland China."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font's file, and which of a collection it is."""

    path: Path
    number: int = 0


@dataclass(frozen=True, slots=True)
class Fonts:
    """What a page is set in."""

    name: str
    regular: Font
    bold: Font


def chinese() -> Fonts:
    """Return the fonts of this machine that have Chinese characters.

    Raises
    ------
    InputError
        There are none.
    """
    found = _found(tuple(str(Path(f).expanduser()) for f in FOLDERS))
    if found is None:
        raise InputError(
            "a PDF embeds the Chinese font that it is set in, and this machine has none that is known; install one"
            " (Debian, Ubuntu: apt install fonts-noto-cjk; Fedora: dnf install google-noto-sans-cjk-fonts),"
            " or ask for .svg, which needs none",
            "PDF 需要嵌入中文字体，而本机没有可识别的中文字体；请安装（Debian、Ubuntu：apt install fonts-noto-cjk；"
            "Fedora：dnf install google-noto-sans-cjk-fonts），或改为输出无需字体的 .svg",
        )
    return found


@cache
def _found(folders: tuple[str, ...]) -> Fonts | None:
    there: dict[str, Path] = {}
    for folder in folders:
        for root, inner, names in os.walk(folder):
            inner.sort()
            for name in sorted(names):
                there.setdefault(name, Path(root) / name)
    for regular, bold in KNOWN:
        if regular in there:
            own = there[regular]
            other = there.get(bold, own)
            return Fonts(_name(own), Font(own, _number(own)), Font(other, _number(other)))
    return None


def _names(path: Path) -> list[str]:
    from fontTools.ttLib import TTCollection, TTFont

    if path.suffix.lower() == ".ttc":
        with TTCollection(str(path), lazy=True) as fonts:
            return [str(f["name"].getDebugName(4) or "") for f in fonts]
    with TTFont(str(path), lazy=True) as font:
        return [str(font["name"].getDebugName(4) or "")]


def _number(path: Path) -> int:
    """Return which font of a file is simplified Chinese's; the first where none says so."""
    names = _names(path)
    some = (k for k, n in enumerate(names) if any(m in n.split() for m in SIMPLIFIED) and "Mono" not in n)  # fmt: skip
    return next(some, 0)


def _name(path: Path) -> str:
    return _names(path)[_number(path)] or path.stem
