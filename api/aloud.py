"""What a page says of an error: what is wrong as it was said, without ways out that only a terminal takes.

Errors are worded where they arise, for whoever sits at a command line: they name options, commands and paths of the service. In a
page a form has fields, a search box finds, and an address is nobody's to type. Who words an error gives its way out apart
(:class:`graph.errors.Way`); of the others it is recognized.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graph.errors import Way

if TYPE_CHECKING:
    from graph.errors import LianjianError

_SEARCH = Way.find("")
FIND = {"en": f"; {_SEARCH.page_en}", "zh": f"；{_SEARCH.page_zh}"}
_OPTION = re.compile(r"^--[a-z][a-z-]*\s*[:：]?\s*")
_CLAUSE = re.compile(
    r"""\s*[;；，,:：]\s*          # what parts it from what is wrong
        (?P<clause>[^;；，,:：`]*?
        (?:`lianjian[^`]*`|(?:(?:GET|POST|PUT|DELETE)\ )?/api/v1/|(?<![\w-])--[a-z])
        [^;；]*)""",
    re.VERBOSE,
)
"""A clause with a command, an option or a path of the service in it, and what parts it from the one before."""


def page(error: LianjianError, lang: str) -> str:
    """Return an error as a page says it in ``lang``."""
    carried = error.page(lang)
    return said(error.text(lang), lang) if carried is None else carried


def pages(texts: tuple[str, str]) -> tuple[str, str]:
    """Return what a page says of words in English and Chinese that come without an error of ours."""
    en, zh = texts
    return said(en, "en"), said(zh, "zh")


def said(text: str, lang: str) -> str:
    """Return an error's text as a page says it in ``lang``; what is nothing but such a way out stays as it is."""

    def without(found: re.Match[str]) -> str:
        return FIND[lang] if "`lianjian find " in found["clause"] else ""

    return _CLAUSE.sub(without, _OPTION.sub("", text))
