"""The web application's files: what ``scripts/web.sh`` built, read once, and what a browser is told to keep of it."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILT = Path(__file__).parents[1] / "viz" / "assets" / "web"
"""Where the build puts it, and where a wheel has it."""
INDEX = "index.html"
ASSETS = "assets"
PLACE = b'<div id="app">'
"""Where the page puts what it shows."""
_HASHED = re.compile(r"[\w.-]+-[\w-]{8,}\.[a-z0-9]+")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def built() -> bool:
    """Return whether there is an application to serve."""
    return (BUILT / INDEX).is_file()


@dataclass(frozen=True, eq=False)
class Asset:
    """A file of the bundle: its bytes and its media type; its name has a hash of both."""

    body: bytes
    media_type: str


@dataclass(frozen=True, eq=False)
class Bundle:
    """The application as it was built; empty where it was not.

    Attributes
    ----------
    index : bytes or None
        The page; ``None`` where nothing was built.
    assets : mapping
        By file name.
    """

    index: bytes | None = None
    assets: Mapping[str, Asset] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Bundle:
        """Return what lies in :data:`BUILT`: nothing where page or folder can't be read."""
        folder = BUILT
        try:
            index = (folder / INDEX).read_bytes()
            found = {
                path.name: Asset(path.read_bytes(), _media_type(path))
                for path in sorted((folder / ASSETS).iterdir())
                if _HASHED.fullmatch(path.name)
            }
        except OSError:
            return cls()
        return cls(index, found)

    @cached_property
    def for_nobody(self) -> bytes | None:
        """The page for whoever is not logged in: it begins with that."""
        return self.index and self.index.replace(PLACE, PLACE[:-1] + b" data-nobody>")


def _media_type(path: Path) -> str:
    return (
        _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    )
