"""Selections by ids: what ties some things to each other, and the same as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from api.asking import pictures, selections
from api.asking.pictures import Format, file_name
from api.downloads import download, offered, zipped
from api.routes.models import exploring as models
from api.stores import reading
from api.wire import failures, kept_nowhere

if TYPE_CHECKING:
    from pathlib import Path

    from graph.store.base import Store

router = APIRouter(prefix="/api/v1")
FILES = offered(".graphml", ".gexf", ".zip", ".xlsx", ".json", ".cypher")


@router.post("/selection", tags=["connections"], summary="Some things by their ids, and what ties them to each other",
             response_model=models.Selection, responses=failures(409))  # fmt: skip
def selection(request: Request, body: models.Select) -> Response:
    """Give nodes and all edges between them; a question in a body, for ids are many."""
    with reading(request) as store:
        found = selections.select(store, body.ids, _date(store, body.as_of))
    return kept_nowhere(found.as_json())


@router.post("/export/selection", tags=["exports"], summary="Some things by their ids as a file for other programs",
             response_class=Response, responses=failures(404, 409) | FILES)  # fmt: skip
def export_selection(request: Request, body: models.SelectAsFile) -> Response:
    """Give nodes and all edges between them for Gephi, Cytoscape, a spreadsheet or networkx."""
    with reading(request) as store:
        part = selections.part(store, body.ids, _date(store, body.as_of))
    request.state.subjects = body.ids  # the journal records whom the file is about

    def make(path: Path) -> None:
        if body.format is Format.CSV:
            zipped(pictures.export(part, path.with_suffix(""), body.format).files, path)
        else:
            pictures.export(part, path, body.format)

    suffix = ".zip" if body.format is Format.CSV else f".{body.format.value}"
    return download(request, file_name("export", "selection", suffix), make)


def _date(store: Store, asked: int | None) -> int:
    return store.latest() if asked is None else asked
