"""What one run of a command works with: language, store, date, and where its answers go."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.asking.dates import date, listed_date
from api.cli.journaling import written
from api.cli.lines import note
from api.cli.options import Language
from api.cli.texts import ASKED, Texts, preferred
from api.settings import DEFAULT_PROFILE, DEFAULT_STORE, default_store

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.store.base import Store


@dataclass(frozen=True, slots=True)
class Session:
    """The shared options of one command, resolved.

    Parameters
    ----------
    texts : Texts
        The language that was asked for.
    json : bool
        Whether the answer is one JSON object on stdout.
    out : pathlib.Path or None
        Where a listing goes instead of the terminal.
    url : str
        The store: ``--store``, else ``LIANJIAN_STORE``, else ``lianjian.db``.
    as_of : int or None
        ``yyyymmdd``; ``None`` is the latest date in the store.
    profile_name : str
        Name or path of the policy profile.
    """

    texts: Texts
    json: bool = False
    out: Path | None = None
    url: str = DEFAULT_STORE
    as_of: int | None = None
    profile_name: str = DEFAULT_PROFILE

    @classmethod
    def of(
        cls,
        *,
        lang: Language | None,
        json: bool = False,
        out: Path | None = None,
        store: str | None = None,
        as_of: int | None = None,
        profile: str = DEFAULT_PROFILE,
    ) -> Session:
        """Return the session that options and environment ask for."""
        asked = lang.value if lang else ASKED.get()
        return cls(
            texts=Texts(preferred([f"--lang={asked}"] if asked else [])),
            json=json,
            out=out,
            url=store or default_store(),
            as_of=as_of,
            profile_name=profile,
        )

    @contextmanager
    def store(self, *, create: bool = False) -> Iterator[Store]:
        """Open the store for a ``with`` block; ``StoreMissingError`` where there is none and ``create`` is not set."""
        from graph.store import open_store

        def waiting(en: str, zh: str) -> None:
            if sys.stderr.isatty():
                note(zh if self.texts.lang == "zh" else en)

        store = open_store(self.url, create=create, waiting=waiting)
        try:
            yield written(self.url, store)
        finally:
            store.close()

    def date(self, store: Store) -> int:
        """Return the date to read at: the one asked for, else the store's latest."""
        return date(store, self.as_of)

    def listed_date(self, store: Store) -> int:
        """Return :meth:`date` for a question about a city: ``InputError`` where nothing was listed yet on the one asked for."""
        return listed_date(store, self.as_of)

    def profile(self) -> Profile:
        """Read the policy profile; ``ProfileError`` names what is wrong with it."""
        from graph.policy.profile import load

        return load(self.profile_name)
