"""Plans that jobs made, for questions about them: where their ledger units stand in the file is noted once, beside the requests.

A plan of a million organizations has hundreds of megabytes, and a question is about one ledger unit of it; coverage goes through
all of them, one at a time.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.beside import Beside, Words
from api.latest import Latest
from api.pieces import spans
from graph.errors import PlanError
from graph.formation.entries import codes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from api.beside import Making
    from api.latest import Pool

    Span = tuple[int, int]

MOST, MOST_BYTES = 16, 1 << 28
"""Plans of which it is kept where what stands, and bytes of all of them together; the last one is kept whatever its size."""
ALWAYS = b""
"""The state of what never changes: a job's plan."""
WORDS = Words(
    (
        "the plan is being read, once (megabytes: {})",
        "正在读取方案（只需一次，已读兆字节 {}）",
    ),
    ("other plans are being read", "正在读取其他方案"),
    ("the store changed while this was asked; ask again", "查询期间存储发生变化；请重试"),
)
_MEGA = 1 << 20
_PER_UNIT, _PER_CODE = 400, 200
"""About how many bytes it takes to know of a ledger unit, and of a unit that is formed in it."""


@dataclass(frozen=True, eq=False)
class Filed:
    """The ledger units of a plan's file (:class:`graph.formation.entries.Filed`).

    Attributes
    ----------
    path : pathlib.Path
    units : mapping of str to (int, int)
        Between which bytes each stands, by its id, in the plan's order.
    formed : mapping of str to str
        The ledger unit of each unit that is to be formed, by its code.
    """

    path: Path
    units: Mapping[str, Span]
    formed: Mapping[str, str]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Read one after the other."""
        for span in self.units.values():
            yield _at(self.path, span)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.units)

    def entry(self, unit: str) -> dict[str, Any] | None:
        """Return one by its id."""
        span = self.units.get(unit)
        if span is None:
            return None
        found: dict[str, Any] = _at(self.path, span)
        return found

    def home(self, code: str) -> str | None:
        """Return the id of the one that forms a unit of this code."""
        return self.formed.get(code)


@dataclass(frozen=True, eq=False)
class _Noted:
    """Where the values of a plan's file stand."""

    others: Mapping[str, Span]
    units: Filed

    @property
    def nbytes(self) -> int:
        return _PER_UNIT * (len(self.units) + 1) + _PER_CODE * len(self.units.formed)


class Plans:
    """The plans that were asked about last, by job.

    Parameters
    ----------
    pool : Pool, optional
        Room shared with others.
    patience : float, optional
        Seconds that a request waits for a plan; as long as who asks does by default.
    """

    def __init__(self, pool: Pool | None = None, patience: float | None = None) -> None:
        kept: Latest[str, _Noted] = Latest(MOST, MOST_BYTES, lambda job: job, pool)
        self._plans = Beside(kept, "plan", WORDS, patience)

    def of(self, job: str, path: Path) -> dict[str, Any]:
        """Return a job's plan; its ``ledger_units`` are read as they are asked for.

        Parameters
        ----------
        path : pathlib.Path
            The plan's file; who asks may see it.

        Raises
        ------
        AskAgainError
            It is being gone through, and takes a while yet, or others are.
        PlanError
            It is damaged, or not there any more.
        """
        noted = self._plans.get(
            job, lambda: ALWAYS, lambda making, _: _noted(making, path), lambda one: one.nbytes
        )[1]  # fmt: skip
        return {n: _at(path, at) for n, at in noted.others.items()} | {"ledger_units": noted.units}

    def __len__(self) -> int:
        """Return of how many plans it is known where what stands."""
        return len(self._plans)

    def close(self) -> None:
        """Let go of all; one under way ends with its next ledger unit."""
        self._plans.close()


def values(making: Making[Any], path: Path) -> Iterator[tuple[str, Any, int, int]]:
    """Yield a plan's values from its file with where they stand, ledger unit by ledger unit.

    Raises
    ------
    PlanError
        The file is not there any more, or is no plan.
    """
    try:
        size = path.stat().st_size
        # line ends stay as they are: what follows one that became another would not stand where it stood
        with path.open("rb") as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as file:

            def reached() -> None:
                making.reached(raw.tell() // _MEGA, -(-size // _MEGA))

            yield from spans(file, "ledger_units", reached)
    except OSError:
        raise _gone() from None


def _noted(making: Making[_Noted], path: Path) -> _Noted:
    """Go through a plan's file once."""
    others: dict[str, Span] = {}
    units: dict[str, Span] = {}
    formed: dict[str, str] = {}
    try:
        for name, value, begin, end in values(making, path):
            if name != "ledger_units":
                others[name] = begin, end
                continue
            unit = str(value["id"])
            units[unit] = begin, end
            formed |= dict.fromkeys(codes_of(value), unit)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PlanError(
            "the plan's file is damaged; choose another plan, or plan again",
            "方案文件已损坏；请选择其他方案，或重新规划",
        ) from None
    return _Noted(others, Filed(path, units, formed))


def _at(path: Path, span: Span) -> Any:
    """Read the value that stands between two bytes."""
    begin, end = span
    try:
        with path.open("rb") as file:
            file.seek(begin)
            return json.loads(file.read(end - begin))
    except (OSError, ValueError):
        raise _gone() from None


def _gone() -> PlanError:
    return PlanError(
        "the plan's file can't be read any more; choose another plan, or plan again",
        "方案文件已无法读取；请选择其他方案，或重新规划",
    )
