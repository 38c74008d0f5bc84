"""Mappings by name: how ledgers with other columns are to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from api.access.permissions import known
from api.journal.serving import written_beside
from api.mappings import checked
from api.routes.models import mappings as models
from api.wire import answer, failures, kept_nowhere

if TYPE_CHECKING:
    from api.mappings import Mappings

router = APIRouter(prefix="/api/v1/mappings", tags=["imports"])

Name = Annotated[str, Path(max_length=64, description="a mapping's name", examples=["街道台账"])]


def _mappings(request: Request) -> Mappings:
    mappings: Mappings = request.app.state.mappings
    return mappings


@router.get("", summary="The mappings that an import may name", response_model=models.SavedMappings,
            responses=failures())  # fmt: skip
def mapping_list(request: Request) -> Response:
    """List one's own, those that are shared, and those that come with the program."""
    reader = known(request)
    found = _mappings(request).all(reader)
    return answer(request, {"mappings": [one.as_json(reader) for one in found]})


@router.post("/{name}", summary="Save a mapping", response_model=models.SavedMapping,
             responses=failures())  # fmt: skip
def save_mapping(request: Request, name: Name, body: models.SaveMapping) -> Response:
    """Keep it under the name, for oneself or shared; columns that tell of persons can be given no meaning."""
    owner, mappings = known(request), _mappings(request)
    checked(name, body.sheets)  # what can't be begins nothing
    before = mappings.get(owner, name)
    with written_beside(request, *([] if before is None else [f"mapping:{before.id}"])):
        made = mappings.save(owner, name, body.sheets, replace=body.replace, shared=body.shared)
    return kept_nowhere(made.as_json(owner))


@router.delete("/{name}", summary="Delete a mapping", status_code=204, response_class=Response,
               responses=failures(404))  # fmt: skip
def delete_mapping(request: Request, name: Name) -> Response:
    """Delete one's own; what was imported with it stays."""
    owner, mappings = known(request), _mappings(request)
    found = mappings.owned(owner, name)  # what can't be begins nothing
    with written_beside(request, f"mapping:{found.id}"):
        mappings.remove(owner, name)
    return Response(status_code=204)
