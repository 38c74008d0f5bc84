"""What proves who asks: random secrets behind a public id, kept as their hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

PREFIX = "lianjian_"
"""What a token begins with, so that programs that look for secrets know it."""
SECRET = 32
"""Bytes of a secret."""
_TOKEN = re.compile(rf"{PREFIX}([0-9a-f]{{12}})_([0-9a-f]{{64}})")
_SESSION = re.compile(r"([0-9a-f]{12})\.([0-9a-f]{64})")
_NOTHING = bytes(hashlib.sha256().digest_size)


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret and the id under which its hash is kept.

    The secret is 256 random bits, so that its plain SHA-256 can't be searched; it is not shown where this is printed.
    """

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"Credential({self.id})"

    @classmethod
    def new(cls) -> Credential:
        """Draw one."""
        return cls(secrets.token_hex(6), secrets.token_hex(SECRET))

    @classmethod
    def of_token(cls, text: str) -> Credential | None:
        """Return what a token says, ``None`` where it is none."""
        return cls._read(_TOKEN, text)

    @classmethod
    def of_cookie(cls, text: str) -> Credential | None:
        """Return what a session's cookie says, ``None`` where it is none."""
        return cls._read(_SESSION, text)

    @classmethod
    def _read(cls, form: re.Pattern[str], text: str) -> Credential | None:
        found = form.fullmatch(text)
        return cls(found[1], found[2]) if found else None

    @property
    def token(self) -> str:
        """As a bearer token."""
        return f"{PREFIX}{self.id}_{self.secret}"

    @property
    def cookie(self) -> str:
        """As a session's cookie."""
        return f"{self.id}.{self.secret}"

    @property
    def hash(self) -> bytes:
        """What is kept of the secret."""
        return hashlib.sha256(self.secret.encode()).digest()

    def proves(self, kept: bytes | None) -> bool:
        """Return whether this is the secret whose hash is kept, in the same time whatever is kept."""
        return hmac.compare_digest(self.hash, _NOTHING if kept is None else kept)

    @property
    def csrf(self) -> str:
        """The proof that a page of ours sends a session's request: follows from the secret, so that nothing of it is kept."""
        return hmac.new(self.secret.encode(), b"lianjian csrf", hashlib.sha256).hexdigest()
