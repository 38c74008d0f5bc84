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
        :func:`api.stores.writing`, accounts within :func:`api.journal.serving.accounts_through`, and is not answered where it did
        not.
    subjects : tuple of str
        Parameters of path and query that hold codes.
    """

    action: Action
    subjects: tuple[str, ...] = ()


OPERATIONS: Mapping[str, Recorded | None] = {
    "healthz": None,
    "readyz": None,
    "metrics": None,  # counts of requests and imports; none of members
    "find": None,
    "status": None,
    "chain": None,
    "path": None,
    "neighbours": None,  # ids, names, kinds
    "nearby": None,
    "selection": None,  # ids, names, kinds
    "export_selection": Recorded(Action.EXPORT),  # the body's codes
    "saved_list": None,
    "saved_view": None,  # ids
    "saved_add": Recorded(Action.VIEW),
    "saved_change": Recorded(Action.VIEW),
    "saved_remove": Recorded(Action.VIEW),
    "show": Recorded(Action.LOOK, ("id",)),  # an organization's and a unit's members
    "overview": None,  # counts of organizations; none of members
    "circulated": None,  # the same, as a bulletin
    "ground": None,  # outlines of divisions and where tiles come from; nothing of the city
    "profile_list": None,
    "profile_show": None,
    "profile_check": None,
    "survey": Recorded(Action.LOOK, ("in",)),
    "coverage": Recorded(Action.LOOK, ("in",)),
    "report": Recorded(Action.LOOK, ("in",)),
    "report_rows": Recorded(Action.LOOK, ("in",)),
    "candidates": Recorded(Action.LOOK, ("in", "of")),
    "why": Recorded(Action.LOOK, ("id",)),
    "why_not": Recorded(Action.LOOK, ("a", "b")),
    "alternatives": Recorded(Action.LOOK, ("in",)),
    "plan_groups": Recorded(Action.LOOK, ("in",)),
    "board_list": Recorded(Action.LOOK, ("in",)),
    "board_show": None,  # steps and measures of an organization; none of members
    "board_step": Recorded(Action.DECIDE),
    "board_back": Recorded(Action.DECIDE),
    "board_measure": Recorded(Action.DECIDE),
    "board_lookback": Recorded(Action.LOOK, ("in",)),  # whose unit has too few members
    "inspection_list": None,  # counts of results
    "inspection_show": None,  # states and results; none of members
    "inspection_draw": Recorded(Action.DECIDE),
    "inspection_record": Recorded(Action.DECIDE),
    "inspection_back": Recorded(Action.DECIDE),
    "template": None,  # blank
    "ledger": Recorded(Action.LOOK, ("in",)),  # members' counts, as a workbook
    "calendar": Recorded(Action.LOOK, ("in",)),
    "audit": Recorded(Action.LOOK, ("in",)),
    "finding": Recorded(Action.LOOK, ("id",)),
    "finding_list": Recorded(Action.LOOK, ("in",)),
    "findings": Recorded(Action.LOOK, ("district", "street")),
    "findings_checked": Recorded(Action.LOOK),
    "finding_opened": Recorded(Action.LOOK, ("id",)),
    "handle_together": Recorded(Action.FINDING),
    "changes": Recorded(Action.LOOK, ("in",)),
    "ledger_dates": None,
    "timeline": Recorded(Action.LOOK, ("id",)),  # as show
    "diff": Recorded(Action.LOOK, ("in",)),
    "duplicates": None,  # names and codes side by side
    "reconcile": None,
    "sample": None,
    "decisions": None,
    "baseline": None,
    "wallmap": Recorded(Action.EXPORT, ("in",)),
    "map_inside": Recorded(Action.LOOK, ("in",)),
    "map_around": Recorded(Action.LOOK, ("id",)),
    "view": Recorded(Action.LOOK, ("in", "at")),  # who qualifies for a unit follows from members
    "question": Recorded(
        Action.LOOK
    ),  # members' counts may be asked for; what it names is said by its body
    "question_values": None,  # words of columns; none of members
    "questions": None,
    "saved_question": None,
    "save_question": Recorded(Action.WRITE),
    "change_question": Recorded(Action.WRITE, ("id",)),
    "delete_question": Recorded(Action.WRITE, ("id",)),
    "export_inside": Recorded(Action.EXPORT, ("in",)),
    "export_around": Recorded(Action.EXPORT, ("id",)),
    "merge": Recorded(Action.DECIDE),
    "distinct": Recorded(Action.DECIDE),
    "exclude": Recorded(Action.DECIDE),
    "include": Recorded(Action.DECIDE),
    "departure": Recorded(Action.DECIDE),
    "withdraw": Recorded(Action.DECIDE),
    "handle": Recorded(Action.FINDING, ("id",)),
    "freeze": Recorded(Action.BASELINE),
    "baseline_add": Recorded(Action.BASELINE),
    "baseline_remove": Recorded(Action.BASELINE),
    "undo": Recorded(Action.UNDO),
    # what jobs write is recorded by the commands that do it, under the name of who asked
    "import_job": None,
    "demo_job": None,
    "preview_job": None,  # stores nothing
    "mapping_list": None,
    "save_mapping": Recorded(Action.WRITE),  # its number: a name is somebody's own words
    "delete_mapping": Recorded(Action.WRITE),
    "plan_job": None,
    "verify_job": None,
    "audit_job": None,
    "report_job": None,
    "export_job": None,
    "jobs": None,
    "job": None,
    "job_events": None,
    "cancel_job": None,
    "delete_job": None,
    "job_preview": Recorded(
        Action.LOOK, ("id",)
    ),  # how many have values in columns that a ledger lacks
    "job_import": Recorded(Action.LOOK, ("id",)),
    "job_result": Recorded(Action.LOOK, ("id",)),
    "job_file": Recorded(Action.EXPORT, ("id",)),
    "login": Recorded(Action.SIGN_IN),
    "logout": Recorded(Action.SIGN_IN),
    "me": None,
    "page": None,
    "asset": None,
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
