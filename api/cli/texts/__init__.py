"""What the command line says, in Chinese and English: one flat catalogue a language, with the same keys."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


ASKED: ContextVar[str | None] = ContextVar("asked", default=None)
"""The language that ``--lang`` before a command asks for."""


@cache
def catalogue(lang: Lang) -> Mapping[str, str]:
    """Return every text of a language by its key."""
    raw = files(__package__).joinpath(f"{lang}.json").read_text(encoding="utf-8")
    texts: dict[str, str] = json.loads(raw)
    return texts


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's texts: ``texts("status.nothing", store=path)``."""

    lang: Lang

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of ``key`` with ``{name}`` filled in; ``KeyError`` where there is none."""
        return catalogue(self.lang)[key].format(**values)

    def either(self, zh: str, en: str) -> str:
        """Return the one of two texts that is in this language."""
        return zh if self.lang == "zh" else en

    def has(self, key: str) -> bool:
        """Return whether there is such a text."""
        return key in catalogue(self.lang)


def preferred(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Lang:
    """Return the language to speak: ``--lang``, else ``LIANJIAN_LANG``, else the locale, else English.

    It is read from the raw arguments, for help and usage errors are spoken before any option is parsed. Values that
    are no language are passed over here; the option itself refuses them.
    """
    environment = os.environ if environment is None else environment
    said = [
        following if argument == "--lang" else argument[len("--lang=") :]
        for argument, following in zip(arguments, [*arguments[1:], ""], strict=False)
        if argument == "--lang" or argument.startswith("--lang=")
    ]
    for value in (*reversed(said), environment.get("LIANJIAN_LANG", "")):
        for lang in LANGS:
            if value == lang:
                return lang
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    if os.name == "nt":
        import locale

        if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")):
            return "zh"
    return "en"
