"""Steps of the board and measures as records: how they are keyed, read at a date, and written.

A step is a 销号 row whose key ends in a number: it counts the organization's steps on the board, so that a state that was taken
back and reached anew on one day is two rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.board.states import NOTHING, WORDS, Standing, Step, meaning, standing
from graph.decisions.writing import rows
from graph.model import OPEN, iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from graph.store.base import Store

LEDGER = "挂图作战"
"""The ledger of all that is recorded on the board."""
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Measures:
    """What is to be done about an organization without a unit (S19, S23): as an office set it, or as its ledger says.

    Attributes
    ----------
    organization : str
    measures : str
    due : int
        ``yyyymmdd``.
    responsible : str
        The department in charge: an office, never a person.
    office : str
        Who set them.
    decided : int
        Since when.
    """

    organization: str
    measures: str
    due: int
    responsible: str
    office: str
    decided: int

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "organization": self.organization,
            "measures": self.measures,
            "due": iso(self.due),
            "responsible": self.responsible,
            "office": self.office,
            "decided": iso(self.decided),
        }


@dataclass(frozen=True, slots=True)
class _Row:
    """A step as a row of the kind ``strike_off``."""

    organization: str
    state: str
    basis: str | None
    date: int
    office: str | None


def number_of(key: str) -> int:
    """Return the number at the end of the key of a step of the board; 0 for a ledger's row.

    >>> number_of("F1|已销号|2016-11-20|3"), number_of("F1|已销号|2016-11-20")
    (3, 0)
    """
    end = key.split("|")[_PARTS - 1 :]
    return int(end[0]) if len(end) == 1 and end[0].isdecimal() and end[0].isascii() else 0


def steps(frame: pd.DataFrame) -> Iterator[Step]:
    """Yield the rows of a frame of the kind ``strike_off``."""
    import pandas as pd

    means: dict[Any, str | None] = {}
    for key, organization, state, basis, date, office, claim in zip(
        *(frame[n] for n in ("key", "organization", "state", "basis", "date", "office", "claim")),
        strict=True,
    ):
        if state not in means:
            means[state] = meaning(state)
        yield Step(
            organization=str(organization),
            to=means[state],
            date=0 if pd.isna(date) else int(date),
            text=basis if isinstance(basis, str) else None,
            office=office if isinstance(office, str) else None,
            number=number_of(str(key)),
            claim=int(claim),
        )


def read(store: Store, as_of: int | None = None) -> dict[str, Standing]:
    """Return how far each organization is that rows tell of, by code (default: at the store's latest date)."""
    return _by_organization(steps(store.frame("strike_off", as_of)))


def of(store: Store, codes: Iterable[str], as_of: int | None = None) -> Standing:
    """Return how far one organization is, from the rows of all its codes."""
    frame = store.frame("strike_off", as_of, of=list(codes), by="organization")
    found = list(steps(frame))
    return standing(found) if found else NOTHING


def _by_organization(found: Iterable[Step]) -> dict[str, Standing]:
    by: dict[str, list[Step]] = defaultdict(list)
    for step in found:
        by[step.organization].append(step)
    return {code: standing(some) for code, some in by.items()}


def measures(store: Store, as_of: int | None = None) -> dict[str, Measures]:
    """Return the measures that offices set, by organization."""
    found = sorted(_measures(store.frame("measure", as_of)), key=lambda m: m.decided)
    return {m.organization: m for m in found}  # of several codes of one organization, the latest


def measures_of(store: Store, code: str) -> list[Measures]:
    """Return all measures that offices set for one organization, by date."""
    found = store.history("measure", code)
    return list(_measures(found[found["rank"] == 0]))


def _measures(frame: pd.DataFrame) -> Iterator[Measures]:
    for row in frame.to_dict("records"):
        yield Measures(
            organization=str(row["organization"]),
            measures=str(row["measures"]),
            due=int(row["due"]),
            responsible=str(row["responsible"]),
            office=str(row["office"]),
            decided=int(row["decided"]),
        )


def step_rows(made: Sequence[Step], counted: Mapping[str, int]) -> dict[str, pd.DataFrame]:
    """Return steps as rows to be written.

    Parameters
    ----------
    counted : mapping
        How many steps each organization has on the board already.
    """
    items = [_Row(s.organization, WORDS[str(s.to)], s.text, s.date, s.office) for s in made]
    keys = [
        f"{r.organization}|{r.state}|{iso(r.date)}|{counted[r.organization] + 1}" for r in items
    ]
    return {"strike_off": rows("strike_off", keys, [s.date for s in made], items)}


def measure_rows(made: Measures) -> dict[str, pd.DataFrame]:
    """Return measures as rows to be written."""
    return {"measure": rows("measure", [made.organization], [made.decided], [made])}


ALWAYS = OPEN - 1
"""The date at which all records of whatever date stand."""
