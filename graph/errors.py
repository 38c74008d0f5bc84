"""One root for every error that a person is meant to read.

A message is one line that names the thing and the way out. ``exit_code`` is the command line's:
2 for usage and input, 3 for the store and the environment. The way out is a part of an error, for who sits at a command line and
who looks at a page take different ones.
"""

from __future__ import annotations

import errno
import re
from typing import NamedTuple

_SYSTEM = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.EISDIR: "是文件夹",
    errno.ENOTDIR: "路径中有一级不是文件夹", errno.EEXIST: "已有同名者", errno.ENOTEMPTY: "文件夹不空",
    errno.ENOSPC: "磁盘已满", errno.EDQUOT: "磁盘配额已用完", errno.EFBIG: "文件过大", errno.EROFS: "磁盘为只读",
    errno.ENAMETOOLONG: "名称过长", errno.EINVAL: "名称不可用", errno.EBUSY: "正被占用", errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件过多", errno.ENFILE: "打开的文件过多", errno.ETIMEDOUT: "超时",
    errno.EADDRINUSE: "地址已被占用", errno.EADDRNOTAVAIL: "本机没有这个地址", errno.ECONNREFUSED: "对方拒绝连接",
}  # fmt: skip
"""What the system says in English, in Chinese."""

_PLAIN = re.compile(r"[\w./:@%+,=~\\-]+")


def in_chinese(error: BaseException) -> str:
    """Return why the system refused something, in Chinese where there are words for it; in English ``strerror`` says it."""
    said = str(getattr(error, "strerror", None) or type(error).__name__)
    number = getattr(error, "errno", None)
    return said if number is None else _SYSTEM.get(number, said)


def word(text: object) -> str:
    """Return what is given as one word of a command line, in quotes where it needs them: as every shell reads them."""
    shown = str(text)
    if _PLAIN.fullmatch(shown):
        return shown
    return '"' + re.sub(r'(["$`])', r"\\\1", shown) + '"'


class Way(NamedTuple):
    """The way out that a person has, said after what is wrong.

    Parameters
    ----------
    en, zh : str
        What one does at a command line: it names commands, options and addresses.
    page_en, page_zh : str
        What one does in a page, where there is something; the page has forms and a search box.
    """

    en: str
    zh: str
    page_en: str = ""
    page_zh: str = ""

    @classmethod
    def another(cls, named: str) -> Way:
        """Return the way of who gave the place: another one for the same option or argument."""
        return cls(f"choose another {named}", f"另选 {named}")

    @classmethod
    def find(cls, text: str) -> Way:
        """Return the way of who gave a code that is none: names are found, too."""
        asked = f"`lianjian find {word(text)}`"
        return cls(
            f"{asked} searches names too", f"可用 {asked} 按名称查找", "a search finds names too", "可搜索名称",
        )  # fmt: skip


class LianjianError(Exception):
    """Root of all errors with a message for a person.

    Parameters
    ----------
    en, zh : str
        What is wrong in English and Chinese, with what.
    option : str
        The option that it is wrong with: a form has a field for it.
    value : str
        What was given for it, where that begins the message.
    way : Way, optional
        The way out, where there is one for a command line that a page does not have as it is.

    Attributes
    ----------
    en, zh : str
        The whole message for a command line.
    """

    exit_code = 2

    def __init__(
        self, en: str, zh: str = "", *, option: str = "", value: str = "", way: Way | None = None
    ) -> None:
        self.option = option
        self.way = way
        self.wrong = en, zh or en
        if value:
            self.wrong = f"{value}: {en}", f"{value}：{zh or en}"
        self.en, self.zh = self.wrong
        if way is not None:
            self.en, self.zh = f"{self.en}; {way.en}", f"{self.zh}；{way.zh}"
        if option and value:
            self.en, self.zh = f"{option} {self.en}", f"{option} {self.zh}"
        elif option:
            self.en, self.zh = f"{option}: {self.en}", f"{option}：{self.zh}"
        super().__init__(self.en)

    def text(self, lang: str) -> str:
        """Return the message in ``lang`` (``"zh"`` or ``"en"``)."""
        return self.zh if lang == "zh" else self.en

    def page(self, lang: str) -> str | None:
        """Return the message as a page says it; ``None`` where the error does not carry its way out apart."""
        if self.way is None and not self.option:
            return None
        zh = lang == "zh"
        way = "" if self.way is None else self.way.page_zh if zh else self.way.page_en
        return self.wrong[zh] + (f"{'；' if zh else '; '}{way}" if way else "")


class InputError(LianjianError):
    """An input (file, argument, code, date) is missing, unreadable or unknown."""


class ReadError(InputError):
    """A ledger file can't be read at all."""


class ProfileError(InputError):
    """A policy profile has an unknown key, a wrong unit or a contradiction."""


class PlanError(InputError):
    """A plan file or a decision (pin, forbid, accept) can't be used."""


class UnknownIdError(InputError):
    """No entity has this code."""


class AmbiguousIdError(InputError):
    """A bare code fits several entities."""


class TooMuchError(InputError):
    """What is asked for would go through more of the city than one question may."""


class SchemaError(LianjianError):
    """``schema.yaml`` contradicts itself (a fault of the program, not of its user)."""

    exit_code = 3


class ClusterError(LianjianError):
    """The machines that were asked to plan can't be reached, or don't run this program."""

    exit_code = 3


class ServiceError(LianjianError):
    """The service can't run here as it was asked to."""

    exit_code = 3


class JournalError(LianjianError):
    """The journal can't be written or read; what it does not record is not answered."""

    exit_code = 3


class StoreError(LianjianError):
    """The store can't be opened, read or written."""

    exit_code = 3


class StoreMissingError(StoreError):
    """There is no store at this place."""


class StoreBusyError(StoreError):
    """Another import holds the store."""


class StoreCorruptError(StoreError):
    """The store is damaged or is no Lianjian store."""


class StoreFullError(StoreError):
    """There is no room left to write."""


class BackupError(InputError):
    """A backup is damaged, altered, of another version, or none."""
