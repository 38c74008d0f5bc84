"""Where things lie on the service's machine is nobody's business outside: texts lose it before they leave.

Errors name the file that they are about, which is right for whoever sits at the machine. Over HTTP the store is *the store*, and
all else of the service's is *a file of the service*: also what lies where nobody thought of, as any absolute path does.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from api import aloud

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.journal import Places
    from api.settings import Settings
    from graph.errors import LianjianError

STORE = {"en": "the store", "zh": "存储"}
FILE = {"en": "a file of the service", "zh": "服务的文件"}
_TAIL = r"""[^\s:：,，;；、。()（）'"]*"""
_ABSOLUTE = (
    rf"""(?<![\w.:/\\~])(?:[A-Za-z]:[\\/]|/(?!api/v1\b|healthz\b|readyz\b)(?=[^\s/])){_TAIL}"""
)


class Redaction:
    """What takes paths out of texts.

    Parameters
    ----------
    store : str
        The store's path or address, which texts call the store; so they do with the cuts of it.
    cuts : pathlib.Path
        Where those lie.
    others : iterable of pathlib.Path
        Further files and folders of the service.
    """

    def __init__(self, store: str, cuts: Path, others: Iterable[Path] = ()) -> None:
        stores = [re.escape(store)] if "://" in store else _spelt(Path(store))
        self._store = _any([*stores, *_spelt(cuts)])
        self._file = _any([p for other in others for p in _spelt(other)])

    @classmethod
    def of(cls, settings: Settings, places: Places) -> Redaction:
        """Return what takes the paths of one service out."""
        state = Path(settings.state)
        others = [
            state, places.file, places.key, places.anchor, Path(tempfile.gettempdir()), Path.home(), Path.cwd(),
        ]  # fmt: skip
        others += [Path(p) for p in (settings.profile, settings.tls_cert, settings.tls_key) if p]
        return cls(settings.store, state / "cuts", others)

    def __call__(self, text: str, lang: str) -> str:
        """Return a text without paths."""
        text = self._store.sub(STORE[lang], text)
        return re.sub(_ABSOLUTE, FILE[lang], self._file.sub(FILE[lang], text))

    def words(self, error: LianjianError, lang: str) -> str:
        """Return an error's words without paths."""
        return self(error.text(lang), lang)

    def page(self, error: LianjianError, lang: str) -> str:
        """Return what a page says of an error, without paths."""
        return self(aloud.page(error, lang), lang)


def _spelt(path: Path) -> list[str]:
    """Return the ways in which a path is written, as patterns; a bare word is none that could be told from others."""
    ways = {str(path), str(path.absolute()), os.path.realpath(path)}
    return [re.escape(way) for way in ways if len(way) > 1 and re.search(r"[./\\]", way)]


def _any(ways: list[str]) -> re.Pattern[str]:
    longest = sorted(set(ways), key=len, reverse=True)
    return re.compile(rf"(?<![\w./\\~-])(?:{'|'.join(longest)})(?![\w-]){_TAIL}")
