"""Mappings by name: how ledgers with other columns are to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from api.access.permissions import known
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
    """List those that were saved, and those that come with the program."""
    return answer(request, {"mappings": [s.as_json() for s in _mappings(request).all()]})


@router.post("/{name}", summary="Save a mapping", response_model=models.SavedMapping,
             responses=failures())  # fmt: skip
def save_mapping(request: Request, name: Name, body: models.SaveMapping) -> Response:
    """Keep it under the name; columns that tell of persons can be given no meaning."""
    made = _mappings(request).save(name, body.sheets, known(request).name, replace=body.replace)
    return kept_nowhere(made.as_json())


@router.delete("/{name}", summary="Delete a mapping", status_code=204, response_class=Response,
               responses=failures(404))  # fmt: skip
def delete_mapping(request: Request, name: Name) -> Response:
    """Delete one that was saved; what was imported with it stays."""
    _mappings(request).remove(name)
    return Response(status_code=204)
