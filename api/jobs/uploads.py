"""Uploads, part by part to disk: never in memory, and never under the sender's names; limit and time are :mod:`api.bodies`'."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from api.jobs.errors import NoRoomError, TooSlowError
from api.jobs.folders import ENDINGS, IN, gone, made
from api.jobs.model import Upload
from graph.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

SPARE = 64 << 20
"""Bytes that stay free on the disk: the store's own room."""
FIELD, FIELDS, FILES, HEADER, NAME = 4096, 32, 200, 8192, 200
"""Bytes of a field's value, fields, files, bytes of a part's headers, and characters of a name, at most."""
FULL = frozenset(
    number
    for name in ("ENOSPC", "EDQUOT", "EFBIG")
    if (number := getattr(errno, name, None)) is not None
)


@dataclass(slots=True)
class Form:
    """What a form brought: texts by name, and files that lie in a folder."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)


async def receive(request: Request, folder: Path) -> Form:
    """Read a ``multipart/form-data`` body into a job's folder; where anything is wrong, nothing of it is left.

    Parameters
    ----------
    request : Request
    folder : pathlib.Path
        The job's, made here.

    Raises
    ------
    TooSlowError
        It was cut off.
    NoRoomError
        The disk is full.
    InputError
        It is no form, or not a sound one.
    """
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header
    from starlette.requests import ClientDisconnect

    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise InputError(
            "the body is no multipart/form-data; send ledgers as a form with one or several files",
            "请求体不是 multipart/form-data；请以表单形式上传一个或多个台账文件",
        )
    try:
        made(folder / IN)
        if shutil.disk_usage(folder).free < _declared(request) + SPARE:
            raise _no_room()
        parts = _Parts(folder)
        try:
            parser: Any = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type,unused-ignore]
            async for chunk in request.stream():
                parser.write(chunk)
            parser.finalize()
        finally:
            parts.close()
        if not parts.complete:
            raise _broken()
        return parts.form
    except OSError as e:
        gone(folder)
        raise refused_by_disk(e) from None
    except (FormParserError, UnicodeError):  # its boundary, or what lies between
        gone(folder)
        raise _broken() from None
    except ClientDisconnect:
        gone(folder)
        raise TooSlowError("the upload was cut off", "上传中断") from None
    except BaseException:
        gone(folder)
        raise


def _declared(request: Request) -> int:
    """Return the length that a body says it has, 0 where it says none."""
    text = request.headers.get("content-length", "0")
    return int(text) if text.isascii() and text.isdigit() else 0


class _Parts:
    """The parts of a form as they come: files go to disk under numbers, texts into memory up to a limit."""

    def __init__(self, folder: Path) -> None:
        self.form = Form()
        self.complete = False
        self._folder = folder
        self._file: BinaryIO | None = None
        self._place, self._name, self._size = "", "", 0
        self._header, self._value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._spent = 0
        self._field: str | None = None
        self._taken: set[str] = set()

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, a, b: self._grow(self._header, data[a:b]),
            "on_header_value": lambda data, a, b: self._grow(self._value, data[a:b]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": lambda data, a, b: self._data(data[a:b]),
            "on_part_end": self._end,
            "on_end": self._over,
        }

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def _grow(self, what: bytearray, data: bytes) -> None:
        self._spent += len(data)
        if self._spent > HEADER:
            raise _broken()
        what += data

    def _begin(self) -> None:
        self._headers, self._spent, self._field = {}, 0, None
        self._header, self._value = bytearray(), bytearray()

    def _header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        from python_multipart.multipart import parse_options_header

        said = self._headers.get(b"content-disposition", b"")
        _, options = parse_options_header(said)
        if b"filename" in options:
            if len(self.form.files) >= FILES:
                raise InputError(
                    f"more than {FILES} files in one upload; send them in several",
                    f"一次上传超过 {FILES} 个文件；请分次上传",
                )
            self._name = once(given_name(_text(options[b"filename"])), self._taken)
            number = len(self.form.files) + 1
            ending = PurePosixPath(self._name).suffix.lower()
            self._place = f"{IN}/{number}{ending if ending in ENDINGS else ''}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            handle = os.open(self._folder / self._place, flags, 0o600)
            self._file, self._size = os.fdopen(handle, "wb"), 0
        elif b"name" in options:
            if len(self.form.fields) >= FIELDS:
                raise _broken()
            self._field = _text(options[b"name"])
        else:
            raise _broken()
        self._value = bytearray()

    def _data(self, data: bytes) -> None:
        if self._file is not None:
            self._file.write(data)
            self._size += len(data)
            return
        if len(self._value) + len(data) > FIELD:
            raise InputError(
                f"a field of the form is longer than {FIELD} bytes", f"表单字段超过 {FIELD} 字节"
            )
        self._value += data

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()  # what the disk can't take, it says here
            self._file = None
            self.form.files.append(Upload(self._name, self._place, self._size))
        elif self._field is not None:
            self.form.fields[self._field] = self._value.decode("utf-8", "replace")

    def _over(self) -> None:
        self.complete = True


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def given_name(said: str) -> str:
    """Return what a sender calls a file, as text to show: its last part, what prints of it, and not too long.

    It is shown and written into reports; it is no path, and nothing is opened by it.
    """
    last = said.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in last)
    shown = unicodedata.normalize("NFC", shown).strip()
    if shown.strip(".") == "":
        return "ledger"
    if len(shown) > NAME:
        ending = PurePosixPath(shown).suffix[:16]
        shown = shown[: NAME - len(ending) - 1] + "…" + ending
    return shown


def once(name: str, taken: set[str]) -> str:
    """Return a name that no other file of the upload has, case aside, and note it."""
    stem, ending, number, found = PurePosixPath(name).stem, PurePosixPath(name).suffix, 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{stem} ({number}){ending}"
    taken.add(found.casefold())
    return found


def _broken() -> InputError:
    return InputError(
        "the form is not sound, or not complete; send it again", "表单格式有误或不完整；请重新上传"
    )


def refused_by_disk(error: OSError) -> NoRoomError:
    """Return what to say where the disk doesn't take what was sent."""
    return _no_room() if error.errno in FULL else _unwritable()


def _no_room() -> NoRoomError:
    return NoRoomError(
        "no room left on the service's disk to keep the upload; nothing was kept, tell who runs the service",
        "服务器磁盘空间不足，无法保存上传文件；未保留任何内容，请告知维护人员",
    )


def _unwritable() -> NoRoomError:
    return NoRoomError(
        "the service's folder can't be written; nothing was kept, tell who runs the service",
        "服务的文件夹无法写入；未保留任何内容，请告知维护人员",
    )
