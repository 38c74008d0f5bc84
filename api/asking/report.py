"""The semi-monthly report (S47), and the rows behind each of its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.disclosure.table import Table
    from graph.policy.profile import Profile
    from graph.report.report import Report
    from graph.store.base import Store


def report(
    store: Store,
    profile: Profile,
    date: int,
    within: str | None = None,
    *,
    since: int | None = None,
    earlier: bool = True,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Report:
    """Count a report.

    Parameters
    ----------
    date : int
        The report's day, ``yyyymmdd``.
    within : str, optional
        A division's code, or a ledger unit's id; default all of the store.
    earlier : bool
        Whether the dates of the reports before are counted too; of no use to who asks for rows.
    since : int, optional
        The date of the report before; default the latest of the profile's (S47).

    Raises
    ------
    InputError
        ``within`` is neither; ``since`` is not before ``date``.
    """
    from graph.report.report import report as counted

    return counted(store, profile, date, within, since=since, earlier=earlier, progress=progress)


def circulated(
    store: Store,
    profile: Profile,
    date: int,
    tabled: Callable[[], Table],
    *,
    since: int | None = None,
) -> dict[str, Any]:
    """Return the bulletin for circulation: nothing that is not told to everybody.

    Parameters
    ----------
    store : Store
        The whole city.
    date : int
        The bulletin's day, ``yyyymmdd``.
    tabled : callable
        Gives what anybody may be told of the city (:func:`graph.disclosure.table.table`).
    since : int, optional
        The date of the bulletin before; default the latest of the profile's (S47).

    Raises
    ------
    InputError
        Nothing was imported by that date; ``since`` is not before ``date``.
    """
    from graph.city import City
    from graph.report.circulated import circulated as made
    from graph.report.received import received
    from graph.report.report import refuse_since
    from graph.report.whose import Subject

    refuse_since(since, date)
    table = tabled()
    table.publication(date)
    city = City(store, profile, date)
    return made(table, profile, date, received(city, Subject.of(city, None)), since).as_json()


@dataclass(frozen=True, eq=False)
class Counted:
    """The organizations that one figure of a report counts."""

    found: Report
    figure: str

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say; ``organizations`` is an iterator.

        Raises
        ------
        InputError
            There is no such figure.
        """
        from graph.model import iso

        some = self.found.counted(self.figure)
        return {
            "date": iso(self.found.counting.city.as_of),
            "figure": self.figure,
            "number": self.found.number(self.figure),
            "counted": int(some.sum()),
            "organizations": self.found.rows(self.figure),
        }
