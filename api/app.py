"""The HTTP service: routes put together, errors in one shape, headers that a browser keeps to."""

from __future__ import annotations

import contextlib
import time
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import parameters, wire
from api.access import permissions, rates, reach
from api.access.accounts import Accounts
from api.access.identifying import Identify
from api.ahead import Ahead
from api.asking.overview import Kept as Overview
from api.bodies import Bodies, BodyRefusedError
from api.boundaries import Boundaries
from api.document import complete as complete_document
from api.drafts import Drafts
from api.findings import Audits
from api.headers_only import HeadersOnly
from api.hosts import Hosts
from api.jobs.folders import CUTS, RENEWING
from api.jobs.service import Jobs
from api.journal import Journal, Places
from api.journal.operations import complete
from api.journal.serving import Journaling
from api.journal.stores import in_store
from api.kept import Kept
from api.latest import Pool
from api.lock import held
from api.mappings import Mappings
from api.maps import Maps
from api.operation.log import Log
from api.operation.metrics import Metrics
from api.operation.watching import Watching
from api.plans import Plans
from api.preferences import Compressing
from api.questions.cities import Cities
from api.questions.saved import FILE as QUESTIONS
from api.questions.saved import Questions
from api.readers.pool import Readers
from api.redaction import Redaction
from api.routes import (
    application,
    auditing,
    board,
    campaign,
    connections,
    desk,
    ground,
    health,
    inspecting,
    jobs,
    lookup,
    mappings,
    metrics,
    overview,
    pictures,
    planning,
    profiles,
    questions,
    reporting,
    saved,
    selections,
    session,
    surveying,
    views,
    wall,
    writing,
)
from api.saved.records import Views
from api.stores import Stores
from api.waiting import noticed
from api.web import ASSETS, Bundle
from graph.cut.kept import Cuts
from graph.cut.scope import WHOLE
from graph.errors import JournalError, LianjianError, StoreError
from graph.policy.profile import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from api.settings import Settings

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
GUARDS = (
    Depends(permissions.permitted),
    Depends(rates.counted),
    Depends(parameters.readable),
    Depends(noticed),
)
"""What each request passes, whichever operation it asks."""
HSTS = {"strict-transport-security": "max-age=31536000"}
"""Where there is TLS: browsers come back by it alone for a year."""
MEMORY, FILES = 3 << 29, 3 << 30
"""Bytes that all maps, columns and drafts together take, and all answers and audits, which are in temporary files."""


def create_app(settings: Settings, clock: Callable[[], float] = time.time) -> FastAPI:
    """Return the service over one store.

    Parameters
    ----------
    settings : Settings
    clock : callable
        Seconds since 1970: by it sessions and tokens expire.

    Raises
    ------
    ProfileError
        The profile can't be used.
    InputError
        A rate is none.
    UnguardedError
        A route has no row in :mod:`api.access.permissions`.
    SchemaError
        The journal's table says nothing of an operation.
    """
    profile = load(settings.profile)
    counted = Metrics(_version())
    state = Path(settings.state)
    cuts = Cuts(
        settings.store, profile, state / CUTS,
        renewing=lambda: held(state / RENEWING), made=counted.cut,
    )  # fmt: skip
    stores = Stores(settings.store, settings.connections, cuts)
    accounts = Accounts(settings.state, clock)
    journal = Journal(Places.of(settings.state))
    work = Jobs(settings)
    counted.watch(stores, work)
    # what is in memory shares one room, what is in temporary files another
    memory, files = Pool(MEMORY), Pool(FILES)
    kept = Kept(pool=files)
    stores.replaced += [memory.clear, files.clear]
    work.there = stores.refuse_gone
    maps = Maps(pool=memory)
    readers = Readers(settings.store, settings.readers) if settings.readers else None
    drafts = Drafts(pool=memory)
    plans = Plans(pool=memory)
    cities = Cities(pool=memory)
    asked = Questions(state / QUESTIONS)
    audits = Audits(pool=files)
    ahead = Ahead(stores, profile, maps, cities, log := Log(settings.log))
    work.brought = ahead.again
    mapped = Mappings(settings.state)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        work.begin()
        _settle(stores, journal)
        with contextlib.suppress(LianjianError):  # said once they are asked for
            mapped.take_over()
        if readers is not None:
            readers.begin()
        ahead.begin()
        yield
        work.close()
        ahead.close()
        if readers is not None:
            readers.close()
        kept.close()
        maps.close()
        drafts.close()
        plans.close()
        cities.close()
        audits.close()
        stores.close()
        accounts.close()
        journal.close()

    app = FastAPI(
        title="Lianjian",
        summary="A graph-based explorer of organizational relationships",
        version=_version(),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
        dependencies=GUARDS,  # of whatever is added to it later
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.stores = stores
    app.state.readers = readers
    app.state.profile = profile
    app.state.journal = journal
    app.state.redaction = Redaction.of(settings, journal.places)
    app.state.jobs = work
    app.state.kept = kept
    app.state.maps = maps
    app.state.drafts = drafts
    app.state.plans = plans
    app.state.cities = cities
    app.state.questions = asked
    app.state.audits = audits
    app.state.mappings = mapped
    app.state.views = Views(settings.state)
    app.state.boundaries = Boundaries(settings.state)
    app.state.overview = Overview()
    app.state.settings = settings
    app.state.accounts = accounts
    app.state.metrics = counted
    app.state.bundle = bundle = Bundle.read()
    app.state.log = log
    app.state.ahead = ahead
    app.state.rates = rates.Rates(settings.allowances)
    app.router.routes.extend(_operations().routes)
    # the innermost first: what a journal or a limit refuses has the headers of every answer
    app.add_middleware(Journaling, journal=journal)
    uploads = dict.fromkeys(jobs.UPLOADS, settings.upload_bytes)
    limits = jobs.LIMITS | saved.LIMITS | uploads
    app.add_middleware(Bodies, limits=limits, seconds=settings.upload_seconds)
    app.add_middleware(Identify, local=reach.is_local(settings), cookie=settings.cookie)
    app.add_middleware(Compressing, minimum_size=1_000, compresslevel=4)
    app.add_middleware(Hosts, names=reach.answered_names(settings))
    if settings.behind_proxy:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.proxies))
    app.add_middleware(HeadersOnly)
    headers = HEADERS | HSTS if settings.secure else HEADERS
    app.add_middleware(Watching, log=log, metrics=counted, headers=headers)
    app.exception_handler(LianjianError)(_failed)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_refused)
    app.exception_handler(BodyRefusedError)(_unread)
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        # the framework keeps it, and gives the same object again
        made = app.openapi_schema is not None
        document = plain()
        if not made:
            complete_document(document, app.state.permissions, settings.cookie)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
    app.state.permissions = permissions.table(app)
    app.state.public = permissions.public_paths(app) | {
        ("GET", f"/{ASSETS}/{name}") for name in bundle.assets
    }  # by name: no other path below is for everyone
    complete(set(app.state.permissions) - {"openapi"})
    return app


@cache
def _operations() -> APIRouter:
    """Return all operations, each behind permission and rate: they keep nothing of a service, so one table serves all of a process.

    What is asked most comes first: a request is held against one after the other.
    """
    all_ = APIRouter(
        dependencies=GUARDS,
        generate_unique_id_function=lambda route: route.name,
    )
    for part in (
        lookup, connections, selections, pictures, views, session, health, surveying, board, inspecting, planning, profiles,
        auditing, writing, overview, jobs, metrics, ground, wall, saved, questions, desk, mappings, campaign, reporting,
        application,  # answers whatever else there is
    ):  # fmt: skip
        all_.include_router(part.router)
    return all_


def _settle(stores: Stores, journal: Journal) -> None:
    """Note what came of writes whose process died; a store that can't be read yet, or a journal, is said when asked."""
    with contextlib.suppress(StoreError, JournalError), stores.one(WHOLE) as store:
        journal.settle(in_store(store))


def _version() -> str:
    from importlib.metadata import version

    return version("lianjian")


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, LianjianError)  # noqa: S101
    return wire.problem(request, error)


async def _unread(request: Request, error: Exception) -> Response:
    assert isinstance(error, BodyRefusedError)  # noqa: S101
    return wire.problem(request, error.error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return wire.stated(
        request, 400, "parameter", ("A parameter is none", "参数有误"),
        (
            f"{parameters.places(request, error, 'en')}: missing, or not within what is allowed; see /api/v1/openapi.json",
            f"{parameters.places(request, error, 'zh')}：缺少或不在允许范围内，见 /api/v1/openapi.json",
        ),
    )  # fmt: skip


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    said = {
        400: ("parameter", "A parameter is none", "参数有误"),
        404: ("no_path", "No such path", "没有该路径"),
        405: ("method", "Not by this method", "不支持该方法"),
    }
    code, en, in_zh = said.get(error.status_code, ("refused", "Refused", "请求被拒绝"))
    details = ("see /api/v1/openapi.json for what there is", "路径见 /api/v1/openapi.json")
    if error.status_code == 400:  # the framework's word for a body that its reader gave up on
        details = (
            "the body: can't be read as JSON; see /api/v1/openapi.json",
            "请求体：无法按 JSON 读取，见 /api/v1/openapi.json",
        )
    said_so = wire.stated(request, error.status_code, code, (en, in_zh), details)
    if error.status_code == 405:
        said_so.headers["allow"] = ", ".join(_methods(request))  # RFC 9110 asks for it
    return said_so


def _methods(request: Request) -> list[str]:
    """Return the methods of all operations of a request's path; the router names those of the first alone."""
    from fastapi.routing import iter_route_contexts

    found: dict[str | None, set[str]] = {}
    for context in iter_route_contexts(request.app.routes):
        route = context.original_route
        if route.matches(request.scope)[0] is not Match.NONE:
            found.setdefault(context.path, set()).update(getattr(route, "methods", None) or ())
    # `/jobs/audit` is also a `/jobs/{id}`: what comes first says what the path is
    methods = next(iter(found.values()), set())
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)  # api.headers_only
