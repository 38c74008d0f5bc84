"""Whether the service runs, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.stores import whole
from api.wire import answer, failures

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Whether the process runs", responses=failures())
def healthz(request: Request) -> Response:
    """Answer as long as the process does."""
    return answer(request, {"ok": True})


@router.get("/readyz", summary="Whether the store can be read", responses=failures())
def readyz(request: Request) -> Response:
    """Answer once the store opens and says its latest date."""
    with whole(request) as store:
        store.latest()
    return answer(request, {"ok": True})
