"""Drawings that somebody keeps: made, listed, opened by a link, changed, taken away."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from api.access.permissions import known
from api.asking import selections
from api.journal.serving import written_beside
from api.routes.models import exploring as models
from api.saved.model import VIEWS, checked
from api.stores import reading
from api.wire import answer, date_of, failures, given_date, kept_nowhere
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.saved.model import Drawing, Saved
    from api.saved.records import Views

router = APIRouter(prefix="/api/v1/views/saved", tags=["views"])
LIMIT = 1 << 20
"""Bytes of a drawing at most: 500 things with ids of 200 characters, each brought by 50 others, and a note, are under 0.9 MB."""
LIMITS = {router.prefix: LIMIT, f"{router.prefix}/{{id}}": LIMIT}
"""By path (:mod:`api.bodies`)."""
Id = Annotated[
    str,
    Path(
        max_length=64, description="as the list gives it", examples=["9f86d081884c7d659a2feaa0c55ad015"]
    ),
]  # fmt: skip


@router.get("", name="saved_list", summary="The views that one keeps", response_model=models.SavedListing,
            responses=failures())  # fmt: skip
def saved_list(request: Request) -> Response:
    """Give one's own, the last changed first; others' shared ones are opened by their links."""
    asker = known(request).name
    found = _views(request).all(asker)
    return answer(request, {"views": [one.listed(asker) for one in found], "most": VIEWS})


@router.post("", name="saved_add", summary="Keep a view", response_model=models.Listed,
             responses=failures())  # fmt: skip
def saved_add(request: Request, body: models.Drawing) -> Response:
    """Keep which things are drawn and how, under a name, with a note."""
    drawing, asker = _drawing(body), known(request).name
    id_ = secrets.token_hex(16)
    with written_beside(request, f"view:{id_}"):
        made = _views(request).add(id_, asker, drawing)
    return kept_nowhere(made.listed(asker))


@router.get("/{id}", name="saved_view", summary="A view that is one's own or shared", response_model=models.Saved,
            responses=failures(404, 409))  # fmt: skip
def saved_view(request: Request, id: Id) -> Response:  # noqa: A002
    """Give what is drawn, as far as it is there and lies in the asker's area; `outside` counts the rest."""
    asker = known(request).name
    found = _views(request).get(id, asker)
    content = dict(found.drawing.content)
    with reading(request) as store:
        wanted = [thing["id"] for thing in content["things"]]
        chosen = selections.select(store, wanted, date_of(content["as_of"], store))
    outside = set(chosen.outside)
    named = [_named(t, wanted) for t in content["things"]]
    content["things"] = [_seen(t, outside) for t in named if t["id"] not in outside]
    return answer(request, found.listed(asker) | content | {"outside": len(outside)})


@router.put("/{id}", name="saved_change", summary="Change a view of one's own", response_model=models.Listed,
            responses=failures(404))  # fmt: skip
def saved_change(request: Request, id: Id, body: models.Drawing) -> Response:  # noqa: A002
    """Put what is drawn now, another name or note in its place; its link stays."""
    drawing, asker, views = _drawing(body), known(request).name, _views(request)
    views.owned(id, asker)  # what can't be begins nothing
    with written_beside(request, f"view:{id}"):
        made = views.change(id, asker, drawing)
    return kept_nowhere(made.listed(asker))


@router.delete("/{id}", name="saved_remove", summary="Take a view of one's own away", status_code=204,
               response_model=None, responses=failures(404))  # fmt: skip
def saved_remove(request: Request, id: Id) -> Response:  # noqa: A002
    """Delete it: its link leads nowhere from then on."""
    asker, views = known(request).name, _views(request)
    found: Saved = views.owned(id, asker)
    with written_beside(request, f"view:{id}"):
        views.remove(found.id, asker)
    return Response(status_code=204)


def _views(request: Request) -> Views:
    views: Views = request.app.state.views
    return views


def _drawing(body: models.Drawing) -> Drawing:
    given_date(body.as_of)  # refuses what is none
    for thing in body.things:
        beyond = [by for by in thing.by if isinstance(by, int) and by >= len(body.things)]
        if beyond:
            raise InputError(
                f"things: {thing.id[:40]} is brought by number {beyond[0]}, and the last of them is {len(body.things) - 1}",
                f"things：{thing.id[:40]} 由第 {beyond[0]} 个带入，而最后一个为第 {len(body.things) - 1} 个",
            )
    content = body.model_dump(exclude={"name", "note", "shared"})
    return checked(body.name, body.note, shared=body.shared, content=content)


def _named(thing: dict[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    """Return a thing with those that brought it by id, however they were told."""
    return thing | {"by": [ids[by] if isinstance(by, int) else by for by in thing["by"]]}


def _seen(thing: dict[str, Any], outside: set[str]) -> dict[str, Any]:
    """Return a thing without what it says of those that are not seen."""
    return thing | {"by": [one for one in thing["by"] if one not in outside]}
