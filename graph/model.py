"""What the graph is made of, and what questions to it come back as.

Dates are integers ``yyyymmdd`` (``20160826``) wherever they stand in columns: they sort, take four bytes
and can be read. ``OPEN`` stands for "still valid". Text that people see uses ISO 8601 (:func:`iso`).

This module imports nothing heavy: ``chain`` and ``show`` start with it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

OPEN = 99991231
"""The valid-to of what is still valid."""

RETURNED = "returned"
"""The kind of what rows in quarantine say all the same: that their ledger lists an organization. They count as no rows loaded."""

COMMANDS = "lianjian "
"""How the names of files begin that are none: a command wrote the rows."""

Severity = Literal["error", "warning", "note"]


def iso(date: int | None) -> str | None:
    """Return a ``yyyymmdd`` integer as ISO 8601 text; ``None`` and ``OPEN`` give ``None``."""
    if date is None or date == OPEN:
        return None
    return f"{date // 10000:04d}-{date // 100 % 100:02d}-{date % 100:02d}"


def parse_date(text: str) -> int:
    """Return an ISO 8601 date as a ``yyyymmdd`` integer; ``ValueError`` where it is none, or the one that stands for ``OPEN``."""
    day = dt.date.fromisoformat(text.strip())
    date = day.year * 10000 + day.month * 100 + day.day
    if date == OPEN:
        raise ValueError(f"{text}: stands for no end")
    return date


def today() -> int:
    """Return today's date (local clock) as ``yyyymmdd``."""
    day = dt.date.today()
    return day.year * 10000 + day.month * 100 + day.day


def now() -> str:
    """Return the clock's time as batches keep it: local, with its offset, to the second."""
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read: one row of one sheet of one file, in one import."""

    batch: int
    file: str
    sheet: str
    row: int

    def as_json(self) -> dict[str, Any]:
        """Return the shape that findings print."""
        return {"file": self.file, "sheet": self.sheet, "row": self.row}


@dataclass(frozen=True, slots=True)
class Batch:
    """One ``import`` command: one transaction, taken back as one."""

    id: int
    at: str
    dated: int
    files: tuple[str, ...]
    loaded: int
    unchanged: int
    quarantined: int
    corrects: int | None = None
    undone: bool = False

    @property
    def by_command(self) -> bool:
        """Whether it is what somebody decided or did, and no ledgers."""
        return any(file.startswith(COMMANDS) for file in self.files)


@dataclass(frozen=True, slots=True)
class Claims:
    """Rows of one sheet on their way into a store: what one ledger says of entities of one kind.

    Parameters
    ----------
    kind : str
        A kind of ``schema.yaml`` that has properties.
    ledger : str
        The ledger's identity: ``"<sheet kind>|<reporting office or ledger unit>"`` (LEDGERS: *a ledger*).
        A ledger's editions differ by date only; file names never identify.
    edition : int
        The date of this edition of the ledger (``yyyymmdd``): the latest date among its rows.
    file, sheet : str
        Where the rows were read.
    frame : pandas.DataFrame
        Columns ``key`` (str), ``row`` (int, 1-based as a spreadsheet shows it), ``dated`` (int ``yyyymmdd``), then any of
        the kind's properties (absent ones are unknown): text as ``str``/object with ``None``, ``int`` as ``Int64``,
        ``float`` as ``float64``, ``bool`` as ``boolean``, ``date`` as ``Int64`` ``yyyymmdd``, ``list`` as text joined
        by ``;`` in the order found, without repeats.
    """

    kind: str
    ledger: str
    edition: int
    file: str
    sheet: str
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Node:
    """One entity as of a date (``properties`` in the schema's order, unknown ones left out)."""

    kind: str
    key: str
    properties: dict[str, Any]
    valid_from: int
    valid_to: int
    source: Source | None

    @property
    def name(self) -> str:
        """The name to show; the key where it has none."""
        return str(self.properties.get("name") or self.key)


class Box(NamedTuple):
    """A box of degrees whose edges belong to it."""

    west: float
    south: float
    east: float
    north: float

    def on_earth(self) -> Box | None:
        """Return what of it lies within ±180° and ±90°, where points are; ``None`` where nothing does."""
        west, south = max(self.west, -180.0), max(self.south, -90.0)
        east, north = min(self.east, 180.0), min(self.north, 90.0)
        return Box(west, south, east, north) if west <= east and south <= north else None


@dataclass(frozen=True, slots=True)
class Located:
    """An entity that has a point: degrees as its row states them, of the datum that the row names."""

    kind: str
    key: str
    name: str
    lon: float
    lat: float
    datum: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What one row says of an entity: its values (unknown ones left out), whose word it is, and whether it stands.

    ``listed`` is the newest edition of the ledger that has the row; ``valid_from`` and ``valid_to`` bound the interval in which it
    stands, ``rank`` 0 is the primary row of that interval; a row that batch ``replaced_by`` corrected stands in none.
    """

    ledger: str
    dated: int
    listed: int
    valid_from: int
    valid_to: int
    rank: int
    replaced_by: int | None
    values: dict[str, Any]
    source: Source


@dataclass(frozen=True, slots=True)
class Edge:
    """One relationship as of a date. ``via`` is the property that made it, ``source_row`` its provenance."""

    kind: str
    source: str
    source_kind: str
    target: str
    target_kind: str
    via: str
    valid_from: int
    valid_to: int
    source_row: Source | None = None


@dataclass(frozen=True, slots=True)
class ChainNode:
    """One station of a chain; ``kind`` is ``missing`` where no row defines it."""

    id: str
    name: str
    kind: str
    type: str | None
    depth: int


@dataclass(frozen=True, slots=True)
class Chain:
    """All that is reachable by formal subordination, each node once at its least depth, by (depth, id).

    ``ends`` are the nodes (ids, sorted) from which formal subordination leads no further in this direction;
    ``cycles`` the sets of ids (each sorted, the list sorted) that lead back to themselves.
    """

    id: str
    direction: Literal["up", "down"]
    as_of: int
    nodes: tuple[ChainNode, ...]
    edges: tuple[tuple[str, str, str], ...]
    ends: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``chain --json`` prints (AUDIT)."""
        return {
            "id": self.id,
            "direction": self.direction,
            "as_of": iso(self.as_of),
            "nodes": [
                {"id": n.id, "name": n.name, "kind": n.kind, "type": n.type, "depth": n.depth}
                for n in self.nodes
            ],
            "edges": [{"from": a, "to": b, "kind": kind} for a, b, kind in self.edges],
            "ends": list(self.ends),
            "cycles": [list(c) for c in self.cycles],
        }


@dataclass(frozen=True, slots=True)
class Structure:
    """Where formal subordination is no plain tree at a date (AUDIT); all of it sorted by code.

    Attributes
    ----------
    headless : tuple of str
        Units that a row defines and that have no superior.
    several : dict
        The superiors of each unit that has two or more, dangling ones and itself counted.
    itself : tuple of str
        Units that are their own superior.
    cycles : tuple of tuple of str
        Strongly connected components of two units or more, by their least codes.
    missing : tuple of str
        Superiors that no row defines.
    """

    headless: tuple[str, ...]
    several: dict[str, tuple[str, ...]]
    itself: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with what shows it, where it was read and the clause it rests on.

    ``evidence`` is the smallest set of nodes and edges that shows the finding:
    ``{"node": id, "kind": kind, …}`` and ``{"edge": kind, "from": id, "to": id}`` objects. ``id`` is its identity across runs,
    ``handling`` what people did about it (:mod:`graph.affiliation.handling`).
    """

    code: str
    severity: Severity
    subject: str
    clause: str
    message: dict[str, str]
    evidence: tuple[dict[str, Any], ...] = ()
    sources: tuple[Source, ...] = ()
    due: tuple[str, ...] = ()
    state: str | None = None
    repair: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    handling: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``audit --json`` prints (DESIGN)."""
        return {
            "id": self.id,
            "code": self.code,
            "severity": self.severity,
            "subject": self.subject,
            "evidence": list(self.evidence),
            "sources": [s.as_json() for s in self.sources],
            "clause": self.clause,
            "message": self.message,
            "due": list(self.due),
            "state": self.state,
            "repair": self.repair,
            "handling": self.handling,
        }
