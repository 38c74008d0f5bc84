"""Whether the service runs, and whether it can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from api.stores import whole
from api.wire import answer, failures
from graph.errors import ServiceError

if TYPE_CHECKING:
    from api.jobs.service import Jobs

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Whether the process runs", responses=failures())
def healthz(request: Request) -> Response:
    """Answer as long as the process does."""
    return answer(request, {"ok": True})


@router.get("/readyz", summary="Whether questions can be answered", responses=failures())
def readyz(request: Request) -> Response:
    """Answer once the store opens and says its latest date; no more once the service was told to end."""
    jobs: Jobs = request.app.state.jobs
    if jobs.leaving.is_set():
        raise ServiceError(
            "the service is about to end; ask again once it is back",
            "服务即将停止；请待其恢复后重试",
        )
    with whole(request) as store:
        store.latest()
    return answer(request, {"ok": True})
