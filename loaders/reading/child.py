"""The reading process: parses files that others made under limits of memory and time, and answers through a pipe.

Started by :mod:`loaders.reading.process`; one line of JSON on stdin asks for a file, frames on stdout answer:
``sheet``, its ``batch`` es, then ``done`` or ``refused``. A zipped workbook is looked over by another such process (task
``scan``, frame ``scanned``), whose findings are the line of stdin after the request.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from loaders.reading.model import Limits
from loaders.reading.pipe import SCANNED, write_frame
from loaders.reading.refusals import RefusalError


def limit_memory(size: int) -> None:
    """Cap this process's address space, where the platform can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Findings:
    """The error cells by sheet that the look over a workbook found: the next line of a stream, read once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._line = b""
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        self._line = self._stream.readline()

    @property
    def ready(self) -> bool:
        """Whether the line is there."""
        return not self._thread.is_alive()

    @cached_property
    def errors(self) -> dict[str, list[tuple[int, int, str]]]:
        """Wait for the line; nothing where the other side is gone."""
        self._thread.join()
        found: dict[str, list[tuple[int, int, str]]] = json.loads(self._line) if self._line else {}
        return found


def answer(request: dict[str, Any], out: BinaryIO, told: BinaryIO) -> None:
    """Parse one file and write its frames."""
    limits = Limits(**request["limits"])
    scanned = request.get("task") != "scan" and request["kind"] in SCANNED
    findings = Findings(told) if scanned else None
    try:
        if request.get("task") == "scan":
            _scan(request, out, limits)
        else:
            _read(request, out, limits, findings)
        last: dict[str, Any] = {"frame": "done"}
    except RefusalError as refusal:
        last = {"frame": "refused", "code": refusal.code, "values": refusal.values}
    except MemoryError:
        last = {"frame": "refused", "code": "memory", "values": {"detail": _gib(limits.memory)}}
    except (OSError, RecursionError) as error:
        last = {"frame": "refused", "code": "damaged", "values": {"detail": type(error).__name__}}
    if findings is not None:
        _ = findings.errors  # the line is not the next request
    write_frame(out, last)


def _scan(request: dict[str, Any], out: BinaryIO, limits: Limits) -> None:
    from loaders.reading import zipscan

    path = Path(request["path"])
    scan = zipscan.scan(path, limits)
    errors = zipscan.by_sheet(path, scan) if scan.errors else {}
    write_frame(out, {"frame": "scanned", "errors": errors})


def _read(
    request: dict[str, Any], out: BinaryIO, limits: Limits, findings: Findings | None
) -> None:
    from loaders.reading import grid

    path, kind = Path(request["path"]), str(request["kind"])
    encoding, sheets = _open(path, kind, str(request["encoding"]), limits, findings)
    for sheet in sheets:
        head = {
            "frame": "sheet",
            "name": sheet.name,
            "hidden": sheet.hidden,
            "encoding": encoding,
            "merges": sheet.merges,
        }
        write_frame(out, head)
        for batch in grid.batches(sheet.rows, sheet.left):
            write_frame(out, {"frame": "batch", "rows": batch.num_rows}, grid.to_bytes(batch))


def _gib(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB"


def _open(
    path: Path, kind: str, shown: str, limits: Limits, findings: Findings | None
) -> tuple[str, Iterator[Any]]:
    if findings is not None or kind == "xls":
        from loaders.reading import workbooks

        return "", workbooks.sheets(path, kind, limits, findings)
    if kind == "xmlss":
        from loaders.reading import xmlss

        return "", xmlss.sheets(path, limits)
    from loaders.reading import html

    if kind == "mhtml":
        text, encoding = html.page_of_archive(path)
        return encoding, html.sheets(text, limits)
    from loaders.reading.encodings import encoding_of

    if path.stat().st_size > limits.unpacked:
        raise RefusalError("too_large", detail=f"{path.stat().st_size:,} B")
    encoding = encoding_of(path, shown)
    return encoding, html.sheets(path.read_bytes().decode(encoding), limits)


def main() -> None:
    """Answer requests until stdin ends."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=1 << 16)
    # nothing that a library prints may slip between the frames
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    limited = False
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if not limited:
            limit_memory(int(request["limits"]["memory"]))
            limited = True
        try:
            answer(request, out, sys.stdin.buffer)
        except BrokenPipeError:
            return
        except BaseException as error:  # noqa: BLE001 - whatever ends a parser is a refusal of its file
            # a panic of the parser is no Exception; the process is thrown away after it
            if isinstance(error, KeyboardInterrupt):
                return
            values = {"detail": type(error).__name__}
            write_frame(out, {"frame": "refused", "code": "crashed", "values": values})
            return


if __name__ == "__main__":
    main()
