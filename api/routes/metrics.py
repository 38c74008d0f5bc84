"""What the service counts, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from api.operation.metrics import Metrics
from api.stores import refuse_within
from api.wire import failures

router = APIRouter(tags=["operation"])


@router.get(
    "/metrics",
    summary="What the service counts, in Prometheus' text format",
    response_class=Response,
    responses=failures() | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request) -> Response:
    """Answer requests by operation and status, seconds, open stores, jobs, imports, cuts and the process."""
    refuse_within(request)
    counted: Metrics = request.app.state.metrics
    made = generate_latest(counted.registry)
    return Response(
        made, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"cache-control": "no-store"}
    )
