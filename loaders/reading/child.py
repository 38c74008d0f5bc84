"""The reading process: parses files that others made under limits of memory and time, and answers through a pipe.

Started by :mod:`loaders.reading.process`; one line of JSON on stdin asks for a file, frames on stdout answer:
``sheet``, its ``batch`` es, then ``done`` or ``refused``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from loaders.reading.model import Limits
from loaders.reading.pipe import write_frame
from loaders.reading.refusals import RefusalError


def limit_memory(size: int) -> None:
    """Cap this process's address space, where the platform can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: dict[str, Any], out: BinaryIO) -> None:
    """Parse one file and write its frames."""
    from loaders.reading import grid

    limits = Limits(**request["limits"])
    path, kind = Path(request["path"]), str(request["kind"])
    try:
        encoding, sheets = _open(path, kind, str(request["encoding"]), limits)
        for sheet in sheets:
            write_frame(
                out,
                {
                    "frame": "sheet",
                    "name": sheet.name,
                    "hidden": sheet.hidden,
                    "encoding": encoding,
                    "merges": sheet.merges,
                },
            )
            for batch in grid.batches(sheet.rows, sheet.left):
                write_frame(out, {"frame": "batch", "rows": batch.num_rows}, grid.to_bytes(batch))
        write_frame(out, {"frame": "done"})
    except RefusalError as refusal:
        write_frame(out, {"frame": "refused", "code": refusal.code, "values": refusal.values})
    except MemoryError:
        write_frame(
            out, {"frame": "refused", "code": "memory", "values": {"detail": _gib(limits.memory)}}
        )
    except (OSError, RecursionError) as error:
        detail = type(error).__name__
        write_frame(out, {"frame": "refused", "code": "damaged", "values": {"detail": detail}})


def _gib(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB"


def _open(path: Path, kind: str, shown: str, limits: Limits) -> tuple[str, Iterator[Any]]:
    if kind in ("xlsx", "xlsb", "xls", "ods"):
        from loaders.reading import workbooks

        return "", workbooks.sheets(path, kind, limits)
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
            answer(request, out)
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
