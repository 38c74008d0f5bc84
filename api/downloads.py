"""Answers as files: made in a temporary place, sent piece by piece, gone afterwards, also when the asker goes away."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TypeVar
from urllib.parse import quote

from fastapi import Query, Response
from starlette.responses import (
    FileResponse,
    MalformedRangeHeader,
    RangeNotSatisfiable,
    StreamingResponse,
)

from api.access.rates import paying
from api.cli.texts import Texts
from api.kept import as_it_stood
from api.paging import costly
from api.tables import worded
from api.wire import is_known, language, tagged
from graph.errors import InputError, ServiceError
from viz.listing import json_chunks, write

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from api.paging import Page
    from graph.store.base import Store
    from viz.listing import Listing

PIECE = 64 << 10
"""Bytes sent at a time."""
IN_MEMORY = 1 << 20
"""Bytes of an answer that are kept in memory; of more, the rest lies in a temporary file."""
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".cypher": "text/plain; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gexf": "application/xml",
    ".graphml": "application/xml",
    ".ics": "text/calendar; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
"""Content types by a file's ending; GraphML and GEXF have none registered, and are XML; Cypher has none, and is text."""


Made = TypeVar("Made")


class Table(StrEnum):
    """How a listing is given."""

    JSON = "json"
    XLSX = "xlsx"
    CSV = "csv"


AsTable = Annotated[
    Table,
    Query(
        alias="format",
        description="`xlsx` (a sheet a listing) and `csv` (the first listing) are files as `--out` writes them",
        examples=["xlsx"],
    ),
]
"""The query's format of a listing."""


def offered(*suffixes: str) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of an answer that is also given as files with these endings."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    readable = {"schema": {"type": "object"}}
    return {
        200: {
            "content": {
                TYPES[s].split(";")[0]: readable if s == ".json" else binary for s in suffixes
            }
        }
    }


class Sent(StreamingResponse):
    """A file on its way: closed and removed when it is sent, or when nobody waits for it any more."""

    def __init__(
        self,
        file: BinaryIO,
        headers: Mapping[str, str],
        media_type: str,
        folder: tempfile.TemporaryDirectory[str] | None = None,
    ) -> None:
        super().__init__(_pieces(file), headers=headers, media_type=media_type)
        self._file = file
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()
            if self._folder is not None:
                self._folder.cleanup()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


class _Parts(FileResponse):
    """A file that stays, whole or the parts that are asked for.

    What is no range, or lies beyond its end, is passed over (RFC 9110, 14.2). Its tag is weak, so that no part is asked for on the
    condition that the whole is still the same: what one has of it may be compressed.
    """

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        try:
            return super()._parse_range_header(http_range, file_size)
        except (MalformedRangeHeader, RangeNotSatisfiable):
            return []

    def _should_use_range(self, http_if_range: str) -> bool:
        del http_if_range
        return False


def left(request: Request, path: Path, name: str | None = None) -> Response:
    """Return a file that a job left with its tag; nothing but the tag where the asker has it already.

    Parameters
    ----------
    name : str, optional
        Under which it is kept; without, it is an answer as JSON.
    """
    told = path.stat()
    digest = hashlib.sha256(f"{told.st_mtime_ns} {told.st_size}".encode()).hexdigest()
    headers = tagged(digest)
    if is_known(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    type_ = TYPES[".json"] if name is None else None
    made = _Parts(path, headers=headers, media_type=type_, filename=name, stat_result=told)
    del made.headers["last-modified"]
    return made


def streamed(request: Request, payload: Mapping[str, Any]) -> Response:
    """Return an answer as :func:`api.wire.answer` does, one that may be as large as a city: memory does not grow with it.

    Raises
    ------
    ServiceError
        There is no room for it.
    """
    # SIM115: it outlives this function, and closes with the response
    file: Any = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    try:
        digest, size = hashlib.sha256(), 0
        for piece in json_chunks(payload):
            raw = piece.encode()
            digest.update(raw)
            size += len(raw)
            file.write(raw)
        file.seek(0)
    except OSError:
        file.close()
        raise _no_room() from None
    except BaseException:
        file.close()
        raise
    headers = tagged(digest.hexdigest())
    if is_known(request, headers["etag"]):
        file.close()
        return Response(status_code=304, headers=headers)
    return Sent(file, headers | {"content-length": str(size)}, TYPES[".json"])


def download(request: Request, name: str, make: Callable[[Path], object]) -> Response:
    """Return a file to be kept under a name: an export, whatever asked for it.

    Parameters
    ----------
    request : Request
    name : str
        Its ending says its type (:data:`TYPES`).
    make : callable
        Writes it to a path.

    Raises
    ------
    ServiceError
        There is no room for it.
    """
    request.state.is_file = True  # the journal records it so
    suffix = Path(name).suffix
    try:
        # PLR1732: it goes with the response
        folder = tempfile.TemporaryDirectory(prefix="lianjian-", ignore_cleanup_errors=True)
    except OSError:
        raise _no_room() from None
    try:
        path = Path(folder.name) / f"file{suffix}"
        make(path)
        file = path.open("rb")
        size = path.stat().st_size
    except BaseException as error:
        folder.cleanup()
        # the writers say which path failed: of the asker it is none of the business
        if isinstance(error, OSError) or (
            isinstance(error, InputError) and isinstance(error.__context__, OSError)
        ):
            raise _no_room() from None
        raise
    # an open file that has no name any more is gone with this process, whatever ends it; Windows keeps it until it is closed
    folder.cleanup()
    headers = {
        "content-disposition": disposition(name),
        "content-length": str(size),
        "cache-control": "private, no-store",
    }
    return Sent(file, headers, TYPES[suffix], folder)


def disposition(name: str) -> str:
    """Return the header that names a file to be kept (RFC 6266): in ASCII for old programs, in full for all others."""
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%/' else "_" for c in name
    )
    full = quote(name, safe="", errors="replace")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"


def listed(
    request: Request,
    kind: Table,
    name: str,
    payload: Mapping[str, Any],
    listings: Callable[[Texts], Sequence[Listing]],
) -> Response:
    """Return an answer as JSON, or its listings as a file.

    Parameters
    ----------
    name : str
        The file's, without its ending.
    payload : mapping
        The JSON.
    listings : callable
        Gives the tables in a language; called where a file is asked for.

    Raises
    ------
    ServiceError
        There is no room for it.
    """
    return json_or_file(request, kind, name, lambda: streamed(request, payload), listings)


def json_or_file(
    request: Request,
    kind: Table,
    name: str,
    readable: Callable[[], Response],
    listings: Callable[[Texts], Sequence[Listing]],
) -> Response:
    """Return JSON, or listings as a file; what one of the two alone needs is made for that one alone.

    Parameters
    ----------
    name : str
        The file's, without its ending.
    readable : callable
        Gives the JSON's answer.
    listings : callable
        Gives the tables in a language.

    Raises
    ------
    ServiceError
        There is no room for it.
    """
    if kind is Table.JSON:
        return readable()
    t = Texts(language(request))
    return download(request, f"{name}.{kind.value}", lambda path: _write(path, t, listings(t)))


def costly_or_file(
    request: Request,
    store: Store,
    kind: Table,
    question: str,
    parameters: tuple[Hashable, ...],
    make: Callable[[], Made],
    said: Callable[[Made], Mapping[str, Any]],
    lists: Sequence[str] = (),
    page: Page | None = None,
    *,
    name: str,
    listings: Callable[[Texts, Made], Sequence[Listing]],
    workbook: Callable[[Path, Made], object] | None = None,
) -> Response:
    """Return an answer that takes long to make: JSON that is kept, whole or a page of it, or all of it as a file.

    A file is counted among what takes much, as JSON is that is not there yet, and is of one state of the store.

    Parameters
    ----------
    question, parameters, lists, page
        As ``name``, ``parameters``, ``lists`` and ``page`` of :func:`api.paging.costly`.
    make : callable
        Makes what both are made of.
    said : callable
        Gives the object that ``--json`` prints of it.
    name : str
        The file's, without its ending.
    listings : callable
        Gives the tables of what was made, in a language.
    workbook : callable, optional
        Writes an .xlsx file of another layout than the listings'.

    Raises
    ------
    InputError
        A page is asked for as a file; or as :func:`api.paging.costly`.
    StoreBusyError, ServiceError
        As :func:`api.paging.costly` and :func:`download`.
    """
    if kind is Table.JSON:
        return costly(request, store, question, parameters, lambda: said(make()), lists, page)
    if page is not None and (page.limit is not None or page.cursor is not None):
        raise InputError(
            "limit, cursor: cut JSON alone; a file has all of it",
            "limit、cursor：只用于 JSON；文件含全部内容",
        )
    t = Texts(language(request))

    def written(path: Path) -> None:
        found = make()
        if workbook is not None and kind is Table.XLSX:
            workbook(path, found)
        else:
            _write(path, t, listings(t, found))

    return costly_file(request, store, f"{name}.{kind.value}", written)


def costly_file(
    request: Request, store: Store, name: str, write_: Callable[[Path], object]
) -> Response:
    """Return a file that takes long to make: counted among what takes much, and of one state of the store.

    Parameters
    ----------
    name : str
        As of :func:`download`.
    write_ : callable
        Asks the store and writes what it says to a path; called again where the store changed meanwhile.

    Raises
    ------
    ChangedError
        The store went on changing.
    ServiceError
        As :func:`download`.
    """
    paying(request)()
    return download(request, name, lambda path: as_it_stood(store, lambda: write_(path)))


def _write(path: Path, t: Texts, listings: Sequence[Listing]) -> None:
    write(path, [worded(t, one) for one in listings])


def zipped(files: Sequence[Path], path: Path) -> None:
    """Pack files into one; the same files give the same bytes."""
    with zipfile.ZipFile(path, "w") as out:
        for one in files:
            # a ZipInfo of its own has a fixed date and no mode of this machine's
            entry = zipfile.ZipInfo(one.name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with one.open("rb") as source, out.open(entry, "w", force_zip64=True) as target:
                while piece := source.read(PIECE):
                    target.write(piece)


def _no_room() -> ServiceError:
    return ServiceError(
        "the file can't be made: the service's temporary folder has no room, or can't be written; tell who runs the service",
        "无法生成文件：服务的临时文件夹空间不足或无法写入；请告知维护人员",
    )
