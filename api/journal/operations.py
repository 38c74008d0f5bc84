"""Which operations of the service are journaled, and as what: the one table. One that is missing here is not served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.journal.rows import Action
from graph.errors import SchemaError


@dataclass(frozen=True, slots=True)
class Recorded:
    """How an operation is journaled.

    Attributes
    ----------
    action : Action
        Looks and exports are recorded as their answer is about to leave; whatever writes does so within
        :func:`api.journal.serving.writing`, and is not answered where it did not.
    subjects : tuple of str
        Parameters of path and query that hold codes.
    """

    action: Action
    subjects: tuple[str, ...] = ()


OPERATIONS: Mapping[str, Recorded | None] = {
    "healthz": None,
    "readyz": None,
    "find": None,
    "status": None,
    "chain": None,
    "path": None,
    "neighbours": None,  # ids, names, kinds
    "nearby": None,
    "show": Recorded(Action.LOOK, ("id",)),  # an organization's and a unit's members
}
"""Operation to how it is journaled; ``None`` for answers without members' counts that write nothing and leave no file."""


def complete(operations: Iterable[str]) -> None:
    """Refuse operations of which the table says nothing.

    Raises
    ------
    SchemaError
        Names them.
    """
    unknown = sorted(set(operations) - set(OPERATIONS))
    if unknown:
        names = ", ".join(unknown)
        raise SchemaError(
            f"{names}: say in api/journal/operations.py whether and as what this is journaled",
            f"{names}：请在 api/journal/operations.py 中说明是否记入日志、如何记入",
        )
