"""Accounts' names: one spelling for what looks the same."""

from __future__ import annotations

import unicodedata

from api.access.identity import LOCAL
from graph.errors import InputError

LONGEST = 64


def checked(text: str) -> str:
    """Return a name as it is kept: NFKC, without blanks around it.

    Raises
    ------
    InputError
        Empty, too long, with blanks or characters that can't be printed, or reserved.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    if not name or len(name) > LONGEST or not name.isprintable() or " " in name:
        raise InputError(
            f"A name has 1 to {LONGEST} characters that can be printed, and no blanks",
            f"名称须为 1 到 {LONGEST} 个可打印字符，不含空格",
        )
    if folded(name) == LOCAL.name:
        raise InputError(
            f"{name}: stands for whoever sits at the service's machine; take another name",
            f"{name}：指在服务所在机器上操作的人；请另选名称",
        )
    return name


def folded(name: str) -> str:
    """Return what two names share that differ in capitals or width only: there is one account of it."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
