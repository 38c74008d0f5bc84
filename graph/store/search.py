"""What names are found by: themselves, their pinyin and its initials."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

WIDEST = 6
"""The longest syllables (zhuang) have as many letters; a character of UTF-8 has four octets at most."""


@cache
def _tables() -> tuple[NDArray[np.bytes_], NDArray[np.uint32]]:
    """Return what each character of the basic plane is written as in pinyin (UTF-8), and its initial."""
    import unicodedata

    import numpy as np
    from pypinyin.pinyin_dict import pinyin_dict

    # One reading a character is enough to be found by; a phrase dictionary would cost a hundred times more at import.
    some = {
        c: readings.split(",")[0] for c, readings in pinyin_dict.items() if 0x4E00 <= c < 0x9FA6
    }
    plain = unicodedata.normalize("NFD", "\n".join(some.values())).replace("u\u0308", "v")
    tones = {ord(c): None for c in set(plain) if unicodedata.combining(c)}
    readings = dict(zip(some, plain.translate(tones).split("\n"), strict=True))
    full = np.array([chr(c).encode(errors="replace") for c in range(0x10000)], dtype=f"S{WIDEST}")
    initials = np.arange(0x10000, dtype=np.uint32)
    for c, reading in readings.items():
        full[c] = reading.encode()
        initials[c] = ord(reading[0])
    return full, initials


def folded(names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return each name in lower case, its pinyin and its initials."""
    import numpy as np

    full, initials = _tables()
    # one long text: its characters are looked up all at once
    text = "\n".join(n.replace("\n", " ") for n in names).lower()
    signs: NDArray[Any] = np.frombuffer(
        text.encode("utf-32-le", "replace"), dtype=np.dtype("<u4")
    ).copy()
    signs[signs > 0xFFFF] = 0xFFFD  # rarer characters are found as themselves only
    parts = (
        text,
        full[signs].tobytes().replace(b"\0", b"").decode(),
        initials[signs].astype("<u4").tobytes().decode("utf-32-le", "replace"),
    )
    return list(zip(*(p.split("\n") for p in parts), strict=True))
