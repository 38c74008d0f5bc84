"""How the reading process and its parent talk: frames of a JSON head and an optional Arrow body.

Each frame is two lengths (``<II``), the head and the body. The parent asks with one JSON line a file.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

SCANNED = frozenset(["xlsx", "xlsb", "ods"])
"""Kinds of files that are looked over beside being read."""

_LENGTHS = struct.Struct("<II")


def write_frame(stream: BinaryIO, head: dict[str, Any], body: Any = b"") -> None:
    """Write one frame; ``body`` is any buffer."""
    text = json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass")
    stream.write(_LENGTHS.pack(len(text), len(body)))
    stream.write(text)
    if len(body):
        stream.write(body)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Read one frame; ``None`` where the other side has ended."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    size, body_size = _LENGTHS.unpack(lengths)
    text, body = stream.read(size), stream.read(body_size) if body_size else b""
    if len(text) < size or len(body) < body_size:
        return None
    head: dict[str, Any] = json.loads(text)
    return head, body
