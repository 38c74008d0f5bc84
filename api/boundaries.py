"""The file of boundaries, ``boundaries.db`` beside the accounts; all of its SQL.

It is opened for each question: what a command loaded or took away holds from the next one on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.databases import Database
from graph.errors import InputError, StoreCorruptError
from graph.model import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.boundaries import Boundary

    Box = tuple[float, float, float, float]

FILE = "boundaries.db"
APPLICATION_ID = 0x6C6A6264
"""``ljbd``."""
VERSION = 1
BYTES = 66_000
"""Of the outlines of one answer, half as much again as they are sent: with a view's marks and links, all of a map stays under a
megabyte."""
TABLES = f"""
CREATE TABLE boundary (
  code TEXT PRIMARY KEY, name TEXT, source TEXT NOT NULL, loaded TEXT NOT NULL, points INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outline (
  metres INTEGER NOT NULL, code TEXT NOT NULL REFERENCES boundary (code) ON DELETE CASCADE,
  west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL, north REAL NOT NULL, rings TEXT NOT NULL,
  PRIMARY KEY (metres, code)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A boundary that is held.

    Attributes
    ----------
    code : str
        The division's.
    name : str or None
        The division's, when it was loaded.
    source : str
        Name of the file that it came from.
    loaded : str
        When (ISO 8601, UTC).
    points : int
        Of its finest outline.
    """

    code: str
    name: str | None
    source: str
    loaded: str
    points: int

    def as_json(self) -> dict[str, Any]:
        """Return it as ``--json`` has it."""
        return {n: getattr(self, n) for n in ("code", "name", "source", "loaded", "points")}


@dataclass(frozen=True, slots=True)
class Drawn:
    """Outlines for a map.

    Attributes
    ----------
    held : int
        Boundaries that there are in all.
    metres : int or None
        What the outlines may be off; ``None`` where there are none.
    outlines : list of (str, list)
        Codes and rings (:class:`loaders.boundaries.Outline`), larger areas first.
    left_out : int
        Outlines of the box for which there was no room even at the coarsest.
    """

    held: int
    metres: int | None
    outlines: list[tuple[str, Any]]
    left_out: int


class Boundaries:
    """The boundaries of one service; one object may be used by any number of threads.

    Parameters
    ----------
    folder : str or pathlib.Path
        The service's state folder; the file is made with the first boundary.

    Raises
    ------
    StoreError
        From any method: the file is damaged, held by another, full, or of another version.
    """

    def __init__(self, folder: str | Path) -> None:
        self._file = Database(Path(folder) / FILE, TABLES, APPLICATION_ID, VERSION, _damaged)

    def load(self, boundaries: Sequence[Boundary], source: str) -> int:
        """Keep boundaries, each in the place of the one that its division had; all of them or none.

        Returns
        -------
        int
            How many took another's place.
        """
        at = now()
        with self._file.writing() as db:
            before = {code for (code,) in db.execute("SELECT code FROM boundary")}
            codes = [(one.code,) for one in boundaries]
            db.executemany("DELETE FROM boundary WHERE code = ?", codes)
            db.executemany(
                "INSERT INTO boundary VALUES (?, ?, ?, ?, ?)",
                [(b.code, b.name, source, at, _points(b)) for b in boundaries],
            )
            db.executemany(
                "INSERT INTO outline VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (o.metres, b.code, *o.box, json.dumps(o.rings, separators=(",", ":")))
                    for b in boundaries
                    for o in b.outlines
                ],
            )
        return sum(one.code in before for one in boundaries)

    def all(self) -> list[Held]:
        """Return what is held, by code."""
        with self._file.open() as db:
            rows = (
                []
                if db is None
                else list(
                    db.execute(
                        "SELECT code, name, source, loaded, points FROM boundary ORDER BY code"
                    )
                )
            )
        return [Held(*row) for row in rows]

    def remove(self, codes: Sequence[str] | None) -> int:
        """Take boundaries away, all of them where ``None``; hulls are drawn again.

        Raises
        ------
        InputError
            One of them has none; nothing is taken away.
        """
        held = {one.code for one in self.all()}
        missing = [] if codes is None else sorted(set(codes) - held)
        if missing:
            raise InputError(
                f"{', '.join(missing[:5])}: no boundary is held; lianjian boundaries list says which are",
                f"{'、'.join(missing[:5])}：没有边界；可用 lianjian boundaries list 查看已有边界",
            )
        some = sorted(held if codes is None else set(codes))
        if some:
            with self._file.writing() as db:
                db.executemany("DELETE FROM boundary WHERE code = ?", [(c,) for c in some])
        return len(some)

    def drawn(self, box: Box | None = None, metres: float = 0.0, most: int = BYTES) -> Drawn:
        """Return the outlines that touch a box, at the finest detail that is of use and for which there is room.

        Parameters
        ----------
        box : tuple of float, optional
            West, south, east, north; all without it.
        metres : float
            What a pixel is: nothing finer is given.
        most : int
            Bytes of the outlines.
        """
        west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
        with self._file.open() as db:
            if db is None:
                return Drawn(0, None, [], 0)
            held = db.execute("SELECT count(*) FROM boundary").get
            sizes = db.execute(
                "SELECT metres, sum(length(rings) + length(code) + 24), count(*) FROM outline"
                " WHERE west <= ? AND east >= ? AND south <= ? AND north >= ? GROUP BY metres ORDER BY metres DESC",
                (east, west, north, south),
            ).fetchall()
            fitting = [size for size in sizes if size[1] <= most] or sizes[:1]
            if not fitting:
                return Drawn(held, None, [], 0)
            useful = [size for size in fitting if size[0] <= metres] or fitting[-1:]
            chosen = useful[0][0]
            rows = db.execute(
                "SELECT code, rings FROM outline WHERE metres = ? AND west <= ? AND east >= ? AND south <= ? AND north >= ?"
                " ORDER BY length(code), round((east - west) * (north - south), 9) DESC, code",
                (chosen, east, west, north, south),
            )
            out, size, left = [], 0, 0
            for code, rings in rows:
                size += len(rings) + len(code) + 24
                if size > most:
                    left += 1
                else:
                    out.append((code, json.loads(rings)))
        return Drawn(held, chosen, out, left)


def _points(boundary: Boundary) -> int:
    finest = boundary.outlines[-1].rings if boundary.outlines else []
    return sum(len(ring) // 2 for part in finest for ring in part)


def _damaged(path: Path) -> StoreCorruptError:
    return StoreCorruptError(
        f"{path}: damaged, or no boundaries of Lianjian; take it away and load the boundaries again",
        f"{path}：已损坏，或不是联建的边界文件；请移走后重新载入边界",
    )
