"""What names are found by: themselves, their pinyin and its initials."""

from __future__ import annotations

from functools import cache


@cache
def _tables() -> tuple[dict[int, str], dict[int, str]]:
    from pypinyin import Style, lazy_pinyin

    # One reading a character is enough to be found by; a phrase dictionary would cost a hundred times more at import.
    signs = [chr(c) for c in range(0x4E00, 0x9FA6)]
    full = {ord(c): lazy_pinyin(c)[0] for c in signs}
    return full, {ord(c): lazy_pinyin(c, style=Style.FIRST_LETTER)[0] for c in signs}


def folded(name: str) -> tuple[str, str, str]:
    """Return a name in lower case, its pinyin and its initials."""
    text = name.lower()
    full, initials = _tables()
    return text, text.translate(full), text.translate(initials)
