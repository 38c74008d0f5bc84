"""Where an answer leads: links of the OpenAPI document (3.1, Link Object), by operation.

Programs that follow them need no path by heart: a job's answer leads to its events and files, a page to the next, a finding to what
is done about it, a decision to its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Link = dict[str, Any]


def _to(target: str, body: Mapping[str, str] | None = None, **parameters: str) -> Link:
    """Return a link to an operation: its parameters by name, or its body, as pointers into the answer."""
    made: Link = {"operationId": target}
    if parameters:
        made["parameters"] = {n.rstrip("_"): _found(p) for n, p in parameters.items()}
    if body is not None:
        made["requestBody"] = {n: _found(p) for n, p in body.items()}
    return made


def _found(pointer: str) -> str:
    return pointer if pointer.startswith("$") else f"$response.body#/{pointer}"


def _page(target: str, *asked: str) -> Link:
    """Return the link from a page to the next: the same question, with the cursor that was given."""
    return _to(target, None, cursor="next", **{n: f"$request.query.{n}" for n in ("limit", *asked)})


_ENTITY = ("show", "chain", "neighbours", "nearby", "map_around", "export_around", "why")
_JOB = [_to(o, id="id") for o in ("job", "job_events", "cancel_job", "job_result", "delete_job")]
_DECIDED = [
    _to("withdraw", {"decision": "id"}), _to("undo", {"batch": "batch"}), _to("show", id="subject"),
]  # fmt: skip

LINKS: Mapping[str, list[Link]] = {
    "find": [_to(o, id="results/0/id") for o in _ENTITY],
    "status": [_to("undo", {"batch": "batches/0/id"})],
    "chain": [_to("show", id="nodes/0/id")],
    "neighbours": [_to("show", id="nodes/0/id")],
    "nearby": [_to("show", id="results/0/id"), _to("path", a="id", b="results/0/id")],
    "selection": [_to("show", id="nodes/0/id"), _to("neighbours", id="nodes/0/id")],
    "saved_list": [_to("saved_view", id="views/0/id")],
    "saved_add": [_to("saved_view", id="id"), _to("saved_remove", id="id")],
    "saved_view": [_to("saved_change", id="id"), _to("saved_remove", id="id")],
    "overview": [_to("map_inside", in_="areas/0/id")],
    "view": [_to("view", in_="marks/0/opens/in")],
    "question": [_to("show", id="results/0/id"), _to("question", cursor="next")],
    "questions": [_to("saved_question", id="questions/0/id")],
    "saved_question": [_to("change_question", id="id"), _to("delete_question", id="id")],
    "save_question": [_to("saved_question", id="id"), _to("delete_question", id="id")],
    "survey": [_page("survey", "in", "as_of"), _to("show", id="organizations/0/code")],
    "coverage": [_page("coverage", "in", "rows", "definition", "reported", "as_of")],
    "circulated": [_to("report", in_="parts/0/id")],
    "report_rows": [
        _page("report_rows", "in", "figure", "since", "date"),
        _to("show", id="organizations/0/code"),
    ],
    "candidates": [
        _page("candidates", "in", "of", "as_of"),
        _to("why", id="pairs/0/a"),
        _to("why_not", a="pairs/0/a", b="pairs/0/b"),
    ],
    "board_list": [
        _page("board_list", "in", "state", "as_of"),
        _to("board_show", id="entries/0/code"),
        _to("show", id="entries/0/code"),
        _to("plan_groups", in_="entries/0/ledger_unit"),
    ],
    "board_show": [_to("show", id="code")],
    "board_step": [_to("board_show", id="steps/0/organization"), _to("undo", {"batch": "batch"})],
    "board_back": [_to("board_show", id="steps/0/organization"), _to("undo", {"batch": "batch"})],
    "board_lookback": [
        _page("board_lookback", "in", "as_of"),
        _to("show", id="rows/0/code"),
    ],
    "inspection_list": [_to("inspection_show", id="samples/0/id")],
    "inspection_show": [
        _page("inspection_show", "in", "as_of"),
        _to("show", id="items/0/code"),
        _to("inspection_record", {"sample": "sample/id"}),
    ],
    "inspection_draw": [_to("inspection_show", id="id"), _to("undo", {"batch": "batch"})],
    "inspection_record": [
        _to("board_show", id="results/0/organization"),
        _to("inspection_back", {"sample": "results/0/sample"}),
        _to("undo", {"batch": "batch"}),
    ],
    "inspection_back": [
        _to("inspection_show", id="results/0/sample"),
        _to("undo", {"batch": "batch"}),
    ],
    "board_measure": [_to("board_show", id="organization"), _to("undo", {"batch": "batch"})],
    "profile_list": [
        _to("profile_show", name="profiles/0/name"),
        _to("profile_check", name="profiles/0/name"),
    ],
    "ledger": [_to("show", id="twice/0/code"), _to("survey", in_="keepers/0/id")],
    "audit": [_to("finding", id="findings/0/id"), _to("handle", id="findings/0/id")],
    "finding_list": [_to("finding", id="findings/0/id"), _to("handle", id="findings/0/id")],
    "finding": [_to("handle", id="id"), _to("show", id="subject")],
    "findings": [
        _page("findings", "code", "severity", "state", "district", "street", "text", "as_of"),
        _to("finding_opened", id="findings/0/id"),
        _to("handle", id="findings/0/id"),
    ],
    "finding_opened": [_to("handle", id="id"), _to("show", id="finding/subject")],
    "handle_together": [_to("finding_opened", id="done/0/id"), _to("undo", {"batch": "batch"})],
    "changes": [_page("changes", "from", "to", "in"), _to("show", id="events/0/id")],
    "ledger_dates": [_to("changes", from_="dates/0/date", to="latest")],
    "timeline": [_to("show", id="id")],
    "handle": [_to("finding", id="id"), _to("undo", {"batch": "batch"})],
    "duplicates": [
        _to("merge", {"kept": "pairs/0/a", "merged": "pairs/0/b"}),
        _to("distinct", {"a": "pairs/0/a", "b": "pairs/0/b"}),
    ],
    "reconcile": [_to("show", id="entries/0/code")],
    "sample": [_to("show", id="sample/0/code")],
    "decisions": [
        _to("withdraw", {"decision": "decisions/0/id"}),
        _to("show", id="decisions/0/subject"),
    ],
    "merge": _DECIDED,
    "distinct": _DECIDED,
    "exclude": [*_DECIDED, _to("include", {"code": "subject"})],
    "include": _DECIDED,
    "departure": _DECIDED,
    "withdraw": [_to("undo", {"batch": "batch"})],
    "freeze": [_to("baseline"), _to("undo", {"batch": "batch"})],
    "baseline_add": [*_DECIDED, _to("baseline_remove", {"code": "subject"})],
    "baseline_remove": [*_DECIDED, _to("baseline_add", {"code": "subject"})],
    "import_job": _JOB,
    "demo_job": [*_JOB, _to("job_import", id="id")],
    "preview_job": [*_JOB, _to("job_preview", id="id")],
    "mapping_list": [_to("delete_mapping", name="mappings/0/name")],
    "save_mapping": [_to("delete_mapping", name="name")],
    "plan_job": [*_JOB, _to("verify_job", {"from": "id"}), _to("plan_job", {"from": "id"})],
    "verify_job": _JOB,
    "audit_job": _JOB,
    "report_job": _JOB,
    "export_job": _JOB,
    "jobs": [_to("job", id="jobs/0/id"), _to("jobs", before="next")],
    "job": [*_JOB[1:], _to("job_file", id="id", name="files/0/name")],
    "cancel_job": [_to("job", id="id"), _to("delete_job", id="id")],
}
"""Links by the operation that answers; named after the operation that they lead to."""


def link(operations: Mapping[str, dict[str, Any]]) -> None:
    """Write the links into operations of a document, by their ids."""
    for name, links in LINKS.items():
        done = next(r for s, r in operations[name]["responses"].items() if s in ("200", "202"))
        done["links"] = {one["operationId"]: one for one in links}
