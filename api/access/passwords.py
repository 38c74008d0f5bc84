"""Passwords: what is one, its argon2id hash, and checking one in the same time whether or not there is an account."""

from __future__ import annotations

import base64
import secrets
import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from api.access.names import folded
from graph.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256
"""Characters of a password (NIST SP 800-63B-4: length instead of rules about kinds of characters)."""
TIME_COST, MEMORY_KIB, LANES = 3, 64 * 1024, 4
"""RFC 9106, second recommended option. Raising one rehashes each password at its next login."""
AT_ONCE = threading.BoundedSemaphore(2)
"""Passwords hashed side by side: each takes 64 MiB."""


def check(password: str, name: str) -> None:
    """Refuse what is too easy to guess.

    Raises
    ------
    InputError
        Too short, too long, or the account's own name; the password itself is not repeated.
    """
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise InputError(
            f"The password has {len(plain)} characters; take {SHORTEST} to {LONGEST} (several words are fine)",
            f"密码为 {len(plain)} 个字符；请用 {SHORTEST} 到 {LONGEST} 个字符（可用几个词组成）",
        )
    if folded(plain.strip()) == folded(name):
        raise InputError(
            "The password is the account's name; take another", "密码与账号名称相同；请另选密码"
        )


def hashed(password: str) -> str:
    """Return a password's hash with its salt and parameters, as it is kept."""
    with AT_ONCE:
        return _hasher().hash(_plain(password))


def verified(kept: str | None, password: str) -> bool:
    """Return whether a password is the one whose hash is kept; ``None`` takes as long and is never right."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with AT_ONCE:
        try:
            _hasher().verify(_dummy() if kept is None else kept, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Return whether a hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def _plain(password: str) -> str:
    # the same characters typed with another input method are the same password
    return unicodedata.normalize("NFKC", password)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=LANES)


@cache
def _dummy() -> str:
    """Return a hash of no known password, without taking the time of making one: the first login must not tell either."""
    salt, digest = (base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (16, 32))
    return f"$argon2id$v=19$m={MEMORY_KIB},t={TIME_COST},p={LANES}${salt}${digest}"
