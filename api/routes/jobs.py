"""Work outside the request: asked for, followed by events, stopped, and its answer and files fetched."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import time
from collections.abc import AsyncIterable
from pathlib import Path as File
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import FileResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.access.identifying import stands
from api.access.permissions import known
from api.downloads import left
from api.jobs.errors import JobsError, JobStateError
from api.jobs.folders import IN, gone, made
from api.jobs.inventing import ORGS, SEED, only_where_empty
from api.jobs.model import JURISDICTION, RESULT, ROLE, Job, Kind
from api.jobs.service import Jobs
from api.jobs.uploads import Form, receive, refused_by_disk
from api.mappings import checked
from api.parameters import refuse_halves
from api.routes.asked import own_where_above
from api.routes.models import jobs as models
from api.routes.models import ledgers
from api.stores import reading, refuse_within
from api.wire import answer, failures, given_date, language
from graph.errors import InputError
from graph.model import parse_date, today

if TYPE_CHECKING:
    from api.jobs.model import Upload
    from api.mappings import Mappings
    from api.plans import Plans
    from api.redaction import Redaction

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

UPLOADS = ("/api/v1/jobs/import", "/api/v1/jobs/preview", "/api/v1/jobs/verify")
"""Paths that take files; how large a body of theirs may be, the settings say (``upload_bytes``)."""
LIMITS = {"/api/v1/jobs/plan": 4 << 20}
"""Bytes of a body (:mod:`api.bodies`): a plan may have decisions on thousands."""
STANDS = 1.0
"""Seconds between two looks whether who follows a job may still."""
POLL = 0.25
"""Seconds between two looks for new events of a job that is followed."""
LAST = 2**63 - 1
"""The highest number that an event could have."""
MAPPING = re.compile(r"[\w-]{1,64}")
"""A saved mapping's name: never a path on the service's machine."""
ACCEPTED = 202

Id = Annotated[
    str,
    Path(max_length=64, description="a job's id", examples=["5f0c3a1e9b7d42f6a8c1d0e2b3f49587"]),
]


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


def _whose(request: Request) -> str | None:
    """Return whose jobs are seen: the asker's, by the account's name; ``None`` for all, which only who sees the whole city does."""
    asker = known(request)
    return None if asker.role == "administrator" and asker.jurisdiction is None else asker.name


def _job(request: Request, id: str) -> Job:  # noqa: A002
    """Return a job of the asker's; those of an administrator of the whole city are all."""
    return _jobs(request).records.get(id, _whose(request))


def _said(request: Request, job: Job) -> dict[str, Any]:
    records = _jobs(request).records
    said = job.as_json(_pathless(request, job, records.progress(job.id)), records.files(job.id))
    redaction: Redaction = request.app.state.redaction
    said["notes"] = [redaction(line, job.lang) for line in said["notes"]]
    if said["error"] is not None:
        said["error"] = {lang: redaction(text, lang) for lang, text in said["error"].items()}
    return said


def _pathless(request: Request, job: Job, told: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what a job's process told without where it was: for whom it waits is said by the file that is held."""
    redaction: Redaction = request.app.state.redaction
    if told is None or "stage" not in told:
        return told
    return told | {"stage": redaction(told["stage"], job.lang)}


def _taken(request: Request, job: Job) -> Response:
    """Answer that a job is in the queue, and where it is to be found."""
    response = answer(request, _said(request, job))
    response.status_code = ACCEPTED
    response.headers["location"] = f"{router.prefix}/{job.id}"
    del response.headers["etag"]
    return response


def _submit(
    request: Request,
    id: str,  # noqa: A002
    kind: Kind,
    command: list[str],
    asked: dict[str, Any],
    uploads: list[Upload] | None = None,
) -> Response:
    asker, jobs = known(request), _jobs(request)
    asked = asked | {ROLE: asker.role}
    if asker.jurisdiction is not None:
        asked[JURISDICTION] = asker.jurisdiction
    if kind in ("audit", "report") and asker.jurisdiction is not None and "in" not in asked:
        command = [*command, f"--in={asker.jurisdiction}"]
    job = jobs.submit(
        id, kind, command, asked_by=asker.name, lang=language(request), asked=asked,
        uploads=uploads,
    )  # fmt: skip
    return _taken(request, job)


@router.post("/import", tags=["imports"], summary="Bring ledgers into the store", status_code=ACCEPTED,
             response_model=models.JobAnswer, responses=failures(408, 413, 429),
             openapi_extra=models.FORM)  # fmt: skip
async def import_job(request: Request) -> Response:
    """Take one or several ledgers; they go in as one import, after those that wait, all of it or nothing.

    Of who has a jurisdiction, rows of it alone: others stay out as faulty rows do.
    """
    jobs = _jobs(request)
    id_, here = jobs.new()
    form = await _received(request, here)
    try:
        options = _import_options(form) + await run_in_threadpool(_mapped, request, form, here)
    except BaseException:  # ledgers don't stay behind, whatever is wrong
        gone(here)
        raise
    command = ["import", *(u.place for u in form.files), "--faults=faults", *options]
    asked = {k: v for k, v in form.fields.items() if v}
    return await run_in_threadpool(_submit, request, id_, "import", command, asked, form.files)


@router.post("/demo", tags=["imports"], summary="Load an invented city into an empty store", status_code=ACCEPTED,
             response_model=models.JobAnswer, responses=failures(409, 413, 429))  # fmt: skip
def demo_job(request: Request, asked: models.DemoAsked) -> Response:
    """Make the ledgers of a city of which nothing is real, with planted faults, and import them; all of it or nothing.

    As `generate` and `import` do. Of who has a jurisdiction it is refused: a city is nothing that lies in one.
    """
    jobs = _jobs(request)
    from api.cli.commands.demonstration import DATED

    refuse_within(request)
    only_where_empty(jobs.store)
    id_, _ = jobs.new()
    command = ["import", "--faults=faults", f"--date={DATED}"]
    return _submit(request, id_, "demo", command, {ORGS: asked.orgs, SEED: asked.seed})


@router.post("/preview", tags=["imports"], summary="Tell what ledgers would be read as", status_code=ACCEPTED,
             response_model=models.JobAnswer, responses=failures(408, 413, 429),
             openapi_extra=models.PREVIEW)  # fmt: skip
async def preview_job(request: Request) -> Response:
    """Read them as an import would, and store nothing: sheets, headers, what each column means, first rows, faulty cells."""
    jobs = _jobs(request)
    id_, here = jobs.new()
    form = await _received(request, here)
    try:
        if strange := sorted(set(form.fields) - {"map", "layout"}):
            raise _no_field(strange[0], "map, layout")
        options = await run_in_threadpool(_laid_out, request, form, here)
    except BaseException:  # ledgers don't stay behind, whatever is wrong
        gone(here)
        raise
    command = ["preview", *(u.place for u in form.files), *options]
    asked = {k: v for k, v in form.fields.items() if v and k != "layout"}
    return await run_in_threadpool(_submit, request, id_, "preview", command, asked, form.files)


def _mapped(request: Request, form: Form, here: File) -> list[str]:
    """Return the option that names the form's mapping: one saved through the service lies beside the files, as it is now.

    Raises
    ------
    InputError
        It is no mapping's name.
    NoRoomError
        The disk does not take it.
    """
    name = form.fields.get("map")
    if not name:
        return []
    if not MAPPING.fullmatch(name):
        raise _no_field("map", "a saved mapping's name")
    mappings: Mappings = request.app.state.mappings
    saved = mappings.get(known(request), name)
    return [f"--map={name}"] if saved is None else _beside(here, saved.document)


def _beside(here: File, document: dict[str, Any]) -> list[str]:
    """Write a mapping beside the files of a form and return the option that names it."""
    place = f"{IN}/mapping.yaml"
    try:
        (here / place).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise refused_by_disk(error) from None
    return [f"--map={place}"]


def _laid_out(request: Request, form: Form, here: File) -> list[str]:
    """Return the option that names the form's mapping, with what it says of headers in front: that is saved nowhere yet.

    Raises
    ------
    InputError
        It is no list of a mapping's sheets, or as :func:`_mapped`.
    NoRoomError
        The disk does not take it.
    """
    said = form.fields.get("layout")
    if not said:
        return _mapped(request, form, here)
    try:
        sheets = json.loads(said)
    except (ValueError, RecursionError):
        raise _no_field("layout", "a list of a mapping's sheets, as JSON") from None
    if not isinstance(sheets, list):
        raise _no_field("layout", "a list of a mapping's sheets, as JSON")
    refuse_halves(sheets, "layout")
    mappings: Mappings = request.app.state.mappings
    checked("layout", sheets)
    if name := form.fields.get("map"):
        reader = known(request)
        before = next((m for m in mappings.all(reader) if m.name == name), None)
        if before is None:
            raise _no_field("map", "a saved mapping's name")
        sheets = [*sheets, *before.document["sheets"]]
    return _beside(here, {"sheets": sheets})


async def _received(request: Request, folder: File) -> Form:
    """Return an upload's form, with at least one file in it."""
    form = await receive(request, folder)
    if not form.files:
        gone(folder)
        raise InputError(
            "no file in the form; give one or several ledgers", "表单中没有文件；请给出一个或多个台账"
        )  # fmt: skip
    return form


def _import_options(form: Form) -> list[str]:
    """Return an import's options from the form's fields.

    Raises
    ------
    InputError
        A field is unknown or none of its kind.
    """
    out: list[str] = []
    for name, text in form.fields.items():
        if name not in ("date", "map", "strict", "corrects"):
            raise _no_field(name, "date, map, strict, corrects")
        if not text:
            continue
        if name == "date":
            out.append(f"--date={_past(text)}")
        elif name == "map":
            continue  # _mapped
        elif name == "strict":
            if text.lower() not in ("true", "false", "1", "0"):
                raise _no_field(name, "true, false")
            out += ["--strict"] if text.lower() in ("true", "1") else []
        elif text.isascii() and text.isdigit() and 0 < int(text[:18]) < 1 << 53:
            out.append(f"--corrects={int(text[:18])}")
        else:
            raise _no_field(name, "a batch's number")
    return out


def _past(text: str) -> str:
    try:
        found = parse_date(text)
    except ValueError:
        raise _no_field("date", "2016-08-26") from None
    if found > today():
        raise _no_field("date", "not after today")
    return text


def _no_field(name: str, wanted: str) -> InputError:
    shown = "".join(c for c in name[:40] if c.isprintable())
    return InputError(f"{shown}: give {wanted}", f"{shown}：应为 {wanted}")


@router.post("/plan", tags=["plans"], summary="Plan joint formation", status_code=ACCEPTED,
             response_model=models.JobAnswer, responses=failures(404, 409, 413, 429))  # fmt: skip
def plan_job(request: Request, asked: models.PlanAsked) -> Response:
    """Leave `plan.json`, `worklist.xlsx` and `units.xlsx`; a plan that is cancelled leaves what it has so far."""
    jobs = _jobs(request)
    given_date(asked.as_of)
    former = None if asked.previous is None else plan_file(request, asked.previous)
    id_, folder = jobs.new()
    command = [
        "plan", "--out=out/plan.json", "--out=out/worklist.xlsx", "--ledger=out/units.xlsx", f"--seed={asked.seed}",
        *(f"--in={code}" for code in asked.within),
        *([] if asked.gap is None else [f"--gap={asked.gap!r}"]),
        *([] if asked.time is None else [f"--time={asked.time!r}"]),
        *(f"--set={key}={_value(value)}" for key, value in asked.set.items()),
        *([] if asked.as_of is None else [f"--as-of={asked.as_of}"]),
    ]  # fmt: skip
    with _filled(folder):
        for word, sets in (
            ("pin", asked.pins), ("forbid", asked.forbids), ("accept", asked.accepts)
        ):  # fmt: skip
            if sets:
                (folder / IN / f"{word}.json").write_text(json.dumps(sets), encoding="utf-8")
                command.append(f"--{word}={IN}/{word}.json")
        if former is not None:
            shutil.copyfile(former, folder / IN / "plan.json")
            command.append(f"--from={IN}/plan.json")
    said = asked.model_dump(by_alias=True, exclude_defaults=True)
    return _submit(request, id_, "plan", command, said)


def _value(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def plan_from(request: Request, id: str) -> dict[str, Any]:  # noqa: A002
    """Return the plan that a former job of the asker's left; its ledger units are read as they are asked for.

    Raises
    ------
    AskAgainError
        It is long, and is being gone through.
    UnknownJobError, JobStateError
        There is no such job of the asker's, or it has left no plan.
    """
    kept: Plans = request.app.state.plans
    return kept.of(id, plan_file(request, id))


MOST_PLANS = 20
"""Plans to choose from: the newest."""


def plans(request: Request) -> list[Job]:
    """Return the jobs that made plans which the asker may see, the newest first; none where the service lives without jobs."""
    try:
        records = _jobs(request).records
    except JobsError:
        return []
    return records.having("plan", "plan.json", _whose(request), MOST_PLANS)


def plan_job_of(request: Request, id: str) -> Job:  # noqa: A002
    """Return a job of the asker's that left a plan.

    Raises
    ------
    UnknownJobError, JobStateError
        There is none.
    """
    plan_file(request, id)
    return _job(request, id)


def plan_file(request: Request, id: str) -> File:  # noqa: A002
    """Return the file of the plan that a former job of the asker's left.

    Raises
    ------
    UnknownJobError, JobStateError
        There is no such job of the asker's, or it has left no plan.
    """
    job = _job(request, id)
    if job.kind != "plan":
        raise JobStateError("that job made no plan", "该任务不是规划任务")
    return _jobs(request).path(job, "plan.json")[1]


class _filled:  # noqa: N801 - a block, as contextlib's are
    """Make a job's folder for what its command reads; where that can't be written, none of it stays."""

    def __init__(self, folder: File) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        try:
            made(self._folder / IN)
        except OSError as e:
            raise refused_by_disk(e) from None

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if error is not None:
            gone(self._folder)
        if isinstance(error, OSError):
            raise refused_by_disk(error) from None


@router.post("/verify", tags=["plans"], summary="Check a plan and its certificate", status_code=ACCEPTED,
             response_model=models.JobAnswer, responses=failures(404, 408, 409, 413, 429),
             openapi_extra=models.PLAN)  # fmt: skip
async def verify_job(request: Request) -> Response:
    """Check a former job's plan, or one that is uploaded as a form's only file."""
    jobs = _jobs(request)
    id_, folder = jobs.new()
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await _received(request, folder)
        if len(form.files) > 1 or form.fields:
            gone(folder)
            raise InputError("give one plan, and nothing else", "请只给出一个方案文件")
        command = ["verify", form.files[0].place]
        return await run_in_threadpool(_submit, request, id_, "verify", command, {}, form.files)
    wanted = await _verify_asked(request)
    return await run_in_threadpool(_verify, request, id_, folder, wanted)


async def _verify_asked(request: Request) -> models.VerifyAsked:
    """Return the question of a small JSON body."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > 4096:
            raise _no_field("from", "the id of a job that made a plan")
    try:
        return models.VerifyAsked.model_validate_json(bytes(body))
    except ValidationError:
        raise _no_field("from", "the id of a job that made a plan") from None


def _verify(request: Request, id_: str, folder: File, wanted: models.VerifyAsked) -> Response:
    plan = plan_file(request, wanted.plan)
    with _filled(folder):
        shutil.copyfile(plan, folder / IN / "plan.json")
    asked = {"from": wanted.plan}
    return _submit(request, id_, "verify", ["verify", f"{IN}/plan.json"], asked)


@router.post("/audit", tags=["audit"], summary="Find what is wrong", status_code=ACCEPTED,
             response_model=models.JobAnswer, responses=failures(429))  # fmt: skip
def audit_job(request: Request, asked: models.AuditAsked) -> Response:
    """Leave `audit.xlsx`: findings with evidence and source rows, and what was found clean."""
    given_date(asked.as_of)
    id_, _ = _jobs(request).new()
    command = [
        "audit", "--out=out/audit.xlsx",
        *([] if asked.within is None else [f"--in={asked.within}"]),
        *(f"--code={code}" for code in asked.code),
        *([] if asked.as_of is None else [f"--as-of={asked.as_of}"]),
    ]  # fmt: skip
    said = asked.model_dump(by_alias=True, exclude_defaults=True)
    return _submit(request, id_, "audit", command, said)


@router.post("/report", tags=["reports"], summary="Write the semi-monthly report, or the city's bulletin",
             status_code=ACCEPTED, response_model=models.JobAnswer, responses=failures(429))  # fmt: skip
def report_job(request: Request, asked: models.ReportAsked) -> Response:
    """Leave `report.xlsx` with formulas and `report.docx`."""
    given_date(asked.date)
    given_date(asked.since)
    within = asked.within
    if within is not None and known(request).jurisdiction is not None:
        with reading(request) as store:
            within = own_where_above(request, store, within)
    id_, _ = _jobs(request).new()
    command = [
        "report", "--out=out/report.xlsx", "--out=out/report.docx",
        *([] if within is None else [f"--in={within}"]),
        *([] if asked.date is None else [f"--date={asked.date}"]),
        *([] if asked.since is None else [f"--since={asked.since}"]),
    ]  # fmt: skip
    said = asked.model_dump(by_alias=True, exclude_defaults=True)
    said |= {} if within is None else {"in": within}
    return _submit(request, id_, "report", command, said)


@router.post("/export", tags=["exports"], status_code=ACCEPTED,
             summary="Write a jurisdiction, or the whole city, for other programs",
             response_model=models.JobAnswer, responses=failures(429))  # fmt: skip
def export_job(request: Request, asked: models.ExportAsked) -> Response:
    """Leave one file, or the two of `csv`."""
    given_date(asked.as_of)
    id_, _ = _jobs(request).new()
    ending = "" if asked.format == "csv" else f".{asked.format}"
    command = [
        "export", f"--format={asked.format}", f"--out=out/export{ending}",
        *([] if asked.within is None else [f"--in={asked.within}"]),
        *([] if asked.as_of is None else [f"--as-of={asked.as_of}"]),
    ]  # fmt: skip
    said = asked.model_dump(by_alias=True, exclude_unset=True)
    return _submit(request, id_, "export", command, said)


@router.get("", summary="Your jobs, the newest first", response_model=models.Jobs,
            responses=failures(404))  # fmt: skip
def jobs(
    request: Request,
    before: Annotated[
        str | None,
        Query(
            max_length=64,
            description="`next` of the page before: a job's id",
            examples=["5f0c3a1e9b7d42f6a8c1d0e2b3f49587"],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """List those that the asker asked for; an administrator of the whole city sees everybody's."""
    mine = _whose(request)
    found = _jobs(request).records.page(mine, before, limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    listed = [_said(request, job) for job in found[:limit]]
    return answer(request, {"jobs": listed, "next": more})


@router.get("/{id}", summary="How a job is", response_model=models.JobAnswer,
            responses=failures(404))  # fmt: skip
def job(request: Request, id: Id) -> Response:  # noqa: A002
    """Tell its state, its newest progress, and what it left."""
    return answer(request, _said(request, _job(request, id)))


def _followed(request: Request, id: Id) -> Job:  # noqa: A002
    """Return the job to follow, before the first line is sent: a missing one is an error like any other."""
    return _job(request, id)


@router.get("/{id}/events", summary="A job's progress as it goes", response_class=EventSourceResponse,
            responses=failures(404, tagged=False))  # fmt: skip
async def job_events(
    request: Request,
    followed: Annotated[Job, Depends(_followed)],
    last_event_id: Annotated[
        str, Header(max_length=20, description="the last event that was seen: what follows is sent")
    ] = "0",
) -> AsyncIterable[ServerSentEvent]:
    """Send `progress` in the words of the command line, `state` as it changes, `stopping` once it is to stop, the job as `end`.

    It ends without one as soon as the session or token that asked for it does not hold any more.
    """
    jobs = _jobs(request)
    known = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    seen = min(known, LAST)
    looked = time.monotonic()
    while not jobs.leaving.is_set():
        if time.monotonic() - looked >= STANDS:
            looked = time.monotonic()
            if not await run_in_threadpool(stands, request):
                return
        # the state first: what it says comes after all events that led there
        now = await run_in_threadpool(jobs.records.get, followed.id)
        for number, kind, body in await run_in_threadpool(jobs.records.events, now.id, seen):
            seen = number
            data = _pathless(request, now, body)
            yield ServerSentEvent(id=str(number), event=kind, data=data)
        if now.over:
            yield ServerSentEvent(event="end", data=await run_in_threadpool(_said, request, now))
            return
        await asyncio.sleep(POLL)


@router.post("/{id}/cancel", summary="Stop a job", response_model=models.JobAnswer,
             responses=failures(404, 409))  # fmt: skip
def cancel_job(request: Request, id: Id) -> Response:  # noqa: A002
    """Stop its process and all that it started; a plan leaves what it has, an import leaves nothing."""
    stopped = _jobs(request).stop(_job(request, id))
    return answer(request, _said(request, stopped))


@router.get("/{id}/result", summary="A job's answer: the command's `--json`",
            response_class=FileResponse, responses=failures(404, 409))  # fmt: skip
def job_result(request: Request, id: Id) -> Response:  # noqa: A002
    """Give the object that the command prints."""
    _, path = _jobs(request).path(_job(request, id), RESULT)
    return left(request, path)


@router.get("/{id}/preview", tags=["imports"], summary="What ledgers would be read as: a preview's answer",
            response_model=ledgers.LedgerPreview, responses=failures(404, 409))  # fmt: skip
def job_preview(request: Request, id: Id) -> Response:  # noqa: A002
    """Give sheets, headers, meanings, first rows and faulty cells."""
    return _result_of(request, id, "preview")


@router.get("/{id}/import", tags=["imports"], summary="What an import did: its answer",
            response_model=ledgers.LedgerImport, responses=failures(404, 409))  # fmt: skip
def job_import(request: Request, id: Id) -> Response:  # noqa: A002
    """Give what became of each file and sheet, and faulty cells with their way out."""
    return _result_of(request, id, "import", "demo")


def _result_of(request: Request, id: str, *kinds: Kind) -> Response:  # noqa: A002
    job = _job(request, id)
    if job.kind not in kinds:
        raise JobStateError(
            f"that job is no {kinds[0]}; its answer is under /result",
            "任务种类不符；其结果见 /result",
        )
    _, path = _jobs(request).path(job, RESULT)
    return left(request, path)


@router.get("/{id}/files/{name:path}", summary="A file that a job left",
            response_class=FileResponse, responses=failures(404, 409))  # fmt: skip
def job_file(
    request: Request,
    id: Id,  # noqa: A002
    name: Annotated[
        str, Path(max_length=300, description="as `files` lists it", examples=["plan.json"])
    ],
) -> Response:
    """Give a plan, a worklist, an audit, an export or a marked copy of a faulty ledger."""
    one, path = _jobs(request).path(_job(request, id), name)
    return left(request, path, one.name)


@router.delete("/{id}", summary="Delete a job's files", status_code=204, response_class=Response,
               responses=failures(404, 409))  # fmt: skip
def delete_job(request: Request, id: Id) -> Response:  # noqa: A002
    """Delete what it left; that it was, stays."""
    _jobs(request).forget(_job(request, id))
    return Response(status_code=204)
