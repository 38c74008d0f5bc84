"""Any ledger file as raw tables, read safely: nothing here knows what a column means.

:func:`read` turns paths into :class:`RawSheet` objects (and says what it refused or passed over and why),
:func:`sniff` tells a file's kind from its bytes. Workbooks and HTML are parsed in a child process under
limits of memory and time; delimited text is streamed in this one. Nothing is written to disk on the way:
the child answers through a pipe.
"""

from loaders.reading.kinds import Sniffed, sniff
from loaders.reading.model import (
    Boundaries,
    Column,
    Limits,
    Note,
    RawSheet,
    Refused,
    Section,
    Skipped,
    TotalRow,
    TypeCode,
)
from loaders.reading.reader import Item, read

__all__ = [
    "Boundaries",
    "Column",
    "Item",
    "Limits",
    "Note",
    "RawSheet",
    "Refused",
    "Section",
    "Skipped",
    "Sniffed",
    "TotalRow",
    "TypeCode",
    "read",
    "sniff",
]
