"""What a row may say of whom it is about: codes as they are; whatever is no plain code only as a keyed hash.

A name, a telephone number or a search text that stands where a code belongs does not reach the journal, and can be asked for
all the same: the same text has the same hash under the same key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HASHED = "~"
"""What a hash begins with; no code does."""
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z:/_.+-]{0,199}")


def written(key: bytes, codes: Iterable[str]) -> str:
    """Return codes as a row holds them: each once, in the order given, parted by spaces."""
    return " ".join(dict.fromkeys(token(key, code) for code in codes if code))


def token(key: bytes, code: str) -> str:
    """Return one code as a row holds it."""
    if _CODE.fullmatch(code) and _impersonal(code):
        return code
    made = hmac.new(key, b"subject\0" + code.encode("utf-8", "replace"), hashlib.sha256)
    return HASHED + made.hexdigest()[:16]


def _impersonal(code: str) -> bool:
    from loaders.privacy import is_id_number, mask

    return mask(code)[0] == code and not is_id_number(code)
