"""What names are found by: themselves, their pinyin and its initials."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@cache
def _tables() -> tuple[dict[int, str], dict[int, str]]:
    import unicodedata

    from pypinyin.pinyin_dict import pinyin_dict

    # One reading a character is enough to be found by; a phrase dictionary would cost a hundred times more at import.
    some = {
        c: readings.split(",")[0] for c, readings in pinyin_dict.items() if 0x4E00 <= c < 0x9FA6
    }
    plain = unicodedata.normalize("NFD", "\n".join(some.values())).replace("u\u0308", "v")
    tones = {ord(c): None for c in set(plain) if unicodedata.combining(c)}
    full = dict(zip(some, plain.translate(tones).split("\n"), strict=True))
    return full, {c: reading[0] for c, reading in full.items()}


def folded(names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return each name in lower case, its pinyin and its initials."""
    full, initials = _tables()
    # one long text is translated many times faster than many short ones
    text = "\n".join(n.replace("\n", " ") for n in names).lower()
    parts = (text, text.translate(full), text.translate(initials))
    return list(zip(*(p.split("\n") for p in parts), strict=True))
