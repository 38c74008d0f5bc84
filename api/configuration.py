"""The settings' file: TOML with the environment's settings, each by its name in small letters without ``LIANJIAN_``.

Settings are read where they are used, in several rooms and in the processes of jobs, and all of them from the environment. So the
file speaks by filling in what the environment leaves open: an option goes before the environment, the environment before the file.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import InputError, LianjianError, in_chinese

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAME = "LIANJIAN_CONFIG"
PREFIX = "LIANJIAN_"
LARGEST = 1 << 16
"""Bytes that no such file has."""
Fault = tuple[str, str]
"""What is wrong with a value, in English and Chinese."""


class _Wrong(Exception):  # noqa: N818 - said on, not raised further
    """A value that can't be used, with what to say of it."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.said: Fault = (en, zh)


def _text(value: Any, _: Path) -> str:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise _Wrong('give a text: "…"', '请给出文本："…"')
    return value


def _place(value: Any, folder: Path) -> str:
    """Return a path, from the file's folder on, or a server's address."""
    text = _text(value, folder)
    return text if "://" in text else str(folder / text)


def _language(value: Any, folder: Path) -> str:
    if _text(value, folder) not in ("zh", "en"):
        raise _Wrong('give "zh" or "en"', '请给出 "zh" 或 "en"')
    return str(value)


def _number(value: Any, _: Path) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Wrong("give a whole number, without quotes", "请给出整数，不带引号")
    return str(value)


def _yes(value: Any, _: Path) -> str:
    if not isinstance(value, bool):
        raise _Wrong("give true or false, without quotes", "请给出 true 或 false，不带引号")
    return str(int(value))


def _list(value: Any, _: Path) -> str:
    if not isinstance(value, list) or not all(isinstance(v, str) and "," not in v for v in value):
        raise _Wrong('give a list of texts: ["…", "…"]', '请给出文本列表：["…", "…"]')
    return ",".join(value)


KEYS: dict[str, Callable[[Any, Path], str]] = {
    "store": _place, "state": _place, "lang": _language,
    "host": _text, "port": _number, "names": _list, "tls_cert": _place, "tls_key": _place,
    "behind_proxy": _yes, "proxies": _list,
    "upload_mb": _number, "jobs": _number, "job_priority": _text, "readers": _number, "grace": _number, "log": _text,
    "rate_login": _text, "rate_address": _text, "rate_reads": _text, "rate_heavy": _text,
    "journal_key_file": _place, "journal_anchor": _place, "mappings": _place,
    "tiles": _text, "tiles_attribution": _text, "tiles_datum": _text,
    "neo4j_user": _text, "neo4j_password": _text,
}  # fmt: skip
"""Every setting that the file may hold, and how its value becomes the environment's text.

Not ``LIANJIAN_DEBUG``: tracebacks with values are nothing that a service is set to.
"""
SECRET = frozenset({"neo4j_password"})
"""Settings that nobody else on the machine may read."""


def named(arguments: Sequence[str]) -> str | None:
    """Return the file that a command line names: ``serve --config F``, else ``LIANJIAN_CONFIG``.

    It is read from the raw arguments, for the file may say which language help and errors are in.
    """
    said = None
    if arguments[:1] and arguments[0] == "serve":
        for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
            if argument == "--config":
                said = following
            elif argument.startswith("--config="):
                said = argument.removeprefix("--config=")
    return said or os.environ.get(NAME) or None


@contextlib.contextmanager
def applied(path: str | None) -> Iterator[None]:
    """Let a file say what the environment leaves open, for a ``with`` block; nothing where there is none.

    Raises
    ------
    InputError
        As :func:`read`.
    """
    if path is None:
        yield
        return
    said = read(Path(path))
    before = {name: os.environ.get(name) for name in said}
    os.environ.update({name: text for name, text in said.items() if not before[name]})
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text


def read(path: Path) -> dict[str, str]:
    """Return a file's settings as the environment would have them.

    Raises
    ------
    InputError
        It is not there, no TOML, holds a setting that there is not, or a value that is none; names the file and each line.
    """
    text = _read(path)
    try:
        held = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        from graph.policy.reading import where_in_toml

        en, zh = where_in_toml(error)
        raise InputError(
            f'{path}{en}: no TOML; each line is a setting: port = 8765, names = ["city.example"]',
            f'{path}{zh}：不是 TOML；每行一项设置：port = 8765，names = ["city.example"]',
        ) from None
    out: dict[str, str] = {}
    faults: list[Fault] = []
    for key, value in held.items():
        line = _line(text, key)
        try:
            made = _made(key, value, path.absolute().parent)
        except _Wrong as wrong:
            en, zh = wrong.said
            faults.append(
                (f"line {line}, {_shown(key)}: {en}", f"第 {line} 行 {_shown(key)}：{zh}")
            )
        else:
            out[f"{PREFIX}{key.upper()}"] = made
    if not faults and any(key in SECRET for key in held):
        _refuse_open(path)
    if faults:
        raise InputError(
            f"{path}, {'; '.join(en for en, _ in faults)}", f"{path} {'；'.join(zh for _, zh in faults)}"
        )  # fmt: skip
    return out


def _made(key: str, value: Any, folder: Path) -> str:
    """Return the environment's text of one setting, held against what the service takes."""
    from api.settings import Settings

    if key not in KEYS:
        near = difflib.get_close_matches(key, KEYS, 1)
        raise _Wrong(
            f"there is no such setting{f', {near[0]} is meant?' if near else ''}; see deploy/service.md",
            f"没有这项设置{f'，是否为 {near[0]}' if near else ''}；见 deploy/service.md",
        )
    text = KEYS[key](value, folder)
    try:
        Settings.of("lianjian.db", environment={f"{PREFIX}{key.upper()}": text})
        if key.startswith("rate_"):
            from api.access.rates import parsed

            parsed(text)
    except LianjianError as refused:  # said as "what: the way out", and what is said already
        raise _Wrong(
            refused.en.partition(": ")[2] or refused.en, refused.zh.partition("：")[2] or refused.zh
        ) from None
    return text


def _read(path: Path) -> str:
    try:
        with path.open("rb") as f:
            raw = f.read(LARGEST + 1)
    except FileNotFoundError:
        raise InputError(
            f"{path}: there is no such file of settings; see {NAME} and --config",
            f"{path}：没有这个设置文件；请检查 {NAME} 与 --config",
        ) from None
    except OSError as error:
        raise InputError(
            f"{path}: can't be read ({error.strerror}); check the file and its rights",
            f"{path}：无法读取（{in_chinese(error)}）；请检查文件及其权限",
        ) from None
    try:
        if len(raw) > LARGEST:
            raise ValueError
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except ValueError:
        raise InputError(
            f"{path}: no file of settings; give TOML in UTF-8, see deploy/lianjian.toml",
            f"{path}：不是设置文件；请给出 UTF-8 编码的 TOML，参见 deploy/lianjian.toml",
        ) from None


def _line(text: str, key: str) -> int:
    """Return the line where a setting, or the table of its name, is written."""
    name = re.escape(key)
    pattern = re.compile(rf"""\s*(?:\[+\s*)?["']?{name}["']?\s*(?:=|\.|\])""")
    lines = enumerate(text.split("\n"), 1)
    return next((n for n, line in lines if pattern.match(line)), 1)


def _shown(key: str) -> str:
    return "".join(c for c in key[:40] if c.isprintable())


def _refuse_open(path: Path) -> None:
    if os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o007:
        raise InputError(
            f"{path}: holds a password and can be read by everybody; take that away: chmod o= {path}",
            f"{path}：含有密码，却可被任何人读取；请收回权限：chmod o= {path}",
        )
