"""Questions of kinds, relations and conditions, and the names that they are saved under."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request, Response

from api.access.permissions import BY_TAG, known, may, refuse_file
from api.access.rates import paying
from api.access.refusals import SurveyedError
from api.asking import patterns as asking
from api.asking.deciding import impersonal
from api.downloads import AsTable, Table, json_or_file, offered
from api.journal.rows import Action
from api.journal.serving import operation_of
from api.kept import Question as Asked
from api.paging import begins, cursor_of, eyes_of, refuse_stale
from api.questions.saved import Questions
from api.questions.saved import Saved as SavedQuestion
from api.routes.asked import profile_of
from api.routes.models import questions as models
from api.stores import reading
from api.tables import patterns as tables
from api.wire import Date, answer, city_date, failures, kept_nowhere
from graph.errors import InputError
from graph.model import iso
from graph.patterns.language import Part, Pattern
from graph.patterns.parsing import as_json, parse
from graph.patterns.vocabulary import surveyed

if TYPE_CHECKING:
    from collections.abc import Iterator

router = APIRouter(prefix="/api/v1", tags=["questions"])

Saved = Annotated[
    str, Path(max_length=64, description="a saved question's id", examples=["5f0c3a1e9b7d42f6"])
]
_BODY: dict[str, Any] = {
    "requestBody": {"content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/Pattern"}, "example": models.EXAMPLE}}}
}  # fmt: skip


@router.post("/question", summary="Whom a question of kinds, relations and conditions fits",
             response_model=models.Question, responses=failures(made=True) | offered(".xlsx", ".csv"),
             openapi_extra=_BODY)  # fmt: skip
def question(
    request: Request,
    body: Annotated[dict[str, Any], Body()],
    cursor: Annotated[
        str | None,
        Query(max_length=100, description="`next` of the page before, with the same question",
              examples=["AQAAAAAAAABkeq3NvJ0mN5xq1mBt7yJh4wR2pQ9sLfKc"]),
    ] = None,
    format_: AsTable = Table.JSON,
) -> Response:  # fmt: skip
    """Give those that fit, with the values that the question names, and how many there are in all.

    The question is read as a closed language: kinds, properties and relations are the schema's, values are only compared.
    """
    pattern = parse(body)
    refuse_surveyed(request, pattern)
    if format_ is not Table.JSON:
        refuse_file(request)
    request.state.subjects = subjects(pattern)
    profile = profile_of(request)
    with reading(request) as store:
        as_of = city_date(None if pattern.as_of is None else iso(pattern.as_of), store)
        same = Asked("question", eyes_of(request), (str(as_json(replace(pattern, limit=0))), as_of))
        first = 0
        if cursor is not None:
            first = begins(cursor, same)
        state, found = asking.of_kept(
            store, profile, pattern, as_of, request.app.state.cities, first, paying(request)
        )
        if cursor is not None:
            refuse_stale(cursor, state)
    told = asking.said(found, profile)
    last = first + len(found.keys)
    if found.keys and last < found.count:
        told["next"] = cursor_of(last, same, state)
    return json_or_file(
        request,
        format_,
        "question",
        lambda: kept_nowhere(told),
        lambda t: [tables.results(t, told)],
    )


@router.get("/question/values", summary="The texts that a property has most often",
            response_model=models.QuestionValues, responses=failures(made=True))  # fmt: skip
def question_values(
    request: Request,
    kind: Annotated[str, Query(max_length=40, examples=["organization"])],
    property_: Annotated[str, Query(alias="property", max_length=40, examples=["category"])],
    as_of: Date = None,
) -> Response:
    """Propose values to whoever types one; of what nearly everybody has another text, nothing."""
    refuse_surveyed(request, asking.of_property(kind, property_))
    profile = profile_of(request)
    with reading(request) as store:
        date = city_date(as_of, store)
        cities = request.app.state.cities
        found = asking.values(store, profile, kind, property_, date, cities, paying(request))
    return answer(request, found)


@router.get("/questions", summary="Saved questions, all or those that a text finds",
            response_model=models.SavedQuestions, responses=failures())  # fmt: skip
def questions(
    request: Request,
    text: Annotated[
        str | None,
        Query(min_length=1, max_length=200, examples=["未覆盖"],
              description="name, part of a name, pinyin or its initials; all without"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1_000, description="questions at most")] = 1_000,
) -> Response:  # fmt: skip
    """List one's own and those that are shared."""
    reader, saved = known(request), _saved(request)
    found = saved.all(reader) if text is None else saved.find(reader, text)
    # what may not be asked is not offered
    offered = [one for one in found if may(request, "survey") or not surveyed(_read(one))]
    return answer(request, {"questions": [one.as_json(reader) for one in offered[:limit]]})


@router.get("/questions/{id}", summary="One saved question",
            response_model=models.SavedQuestion, responses=failures(404))  # fmt: skip
def saved_question(request: Request, id: Saved) -> Response:  # noqa: A002
    """Give a question by its id."""
    reader = known(request)
    one = _saved(request).one(reader, id)
    refuse_surveyed(request, _read(one))
    return answer(request, one.as_json(reader))


@router.post("/questions", summary="Save a question under a name",
             response_model=models.SavedQuestion, responses=failures())  # fmt: skip
def save_question(request: Request, body: models.SaveQuestion) -> Response:
    """Keep it for oneself, or share it with whoever sees no less than oneself."""
    pattern = parse(body.question)
    refuse_surveyed(request, pattern)
    asked = as_json(pattern)
    impersonal(body.name, *_texts(asked))
    owner = known(request)
    with _writing(request) as saved:
        made = saved.add(owner, body.name, asked, shared=body.shared)
    return kept_nowhere(made.as_json(owner))


@router.put("/questions/{id}", summary="Change a saved question",
            response_model=models.SavedQuestion, responses=failures(404))  # fmt: skip
def change_question(request: Request, id: Saved, body: models.SaveQuestion) -> Response:  # noqa: A002
    """Give one's own another name, other conditions, or other readers."""
    pattern = parse(body.question)
    refuse_surveyed(request, pattern)
    asked = as_json(pattern)
    impersonal(body.name, *_texts(asked))
    owner = known(request)
    with _writing(request, id) as saved:
        made = saved.change(owner, id, body.name, asked, shared=body.shared)
    return kept_nowhere(made.as_json(owner))


@router.delete("/questions/{id}", summary="Take a saved question away",
               response_model=models.GoneQuestion, responses=failures(404))  # fmt: skip
def delete_question(request: Request, id: Saved) -> Response:  # noqa: A002
    """Take away one's own; nothing else goes with it."""
    with _writing(request, id) as saved:
        gone = saved.remove(known(request), id)
    return kept_nowhere({"id": gone.id, "name": gone.name})


def _texts(said: Any) -> Iterator[str]:
    """Yield the texts of a question."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict | list):
        for part in said.values() if isinstance(said, dict) else said:
            yield from _texts(part)


def refuse_surveyed(request: Request, pattern: Pattern) -> None:
    """Refuse a question about what the survey alone tells to who may not survey (ADR 0059).

    Raises
    ------
    SurveyedError
        With what it names.
    """
    named = surveyed(pattern)
    if named and not may(request, "survey"):
        en, zh = ", ".join(n.en for n in named), "、".join(n.zh for n in named)
        raise SurveyedError(BY_TAG["survey"], en, zh)


def subjects(pattern: Pattern) -> list[str]:
    """Return the codes that a question names: its place, and keys that it asks for."""
    keys = [
        str(value)
        for part in pattern.part.every()
        for condition in part.where
        if condition.property == "key"
        for value in condition.values
    ]
    return ([] if pattern.within is None else [pattern.within]) + keys[:20]


def _read(one: SavedQuestion) -> Pattern:
    """Read a question that was saved; one that is none by now names nothing."""
    try:
        return parse(one.asked)
    except InputError:
        return Pattern(Part(one.asked.get("kind", "")))


def _saved(request: Request) -> Questions:
    saved: Questions = request.app.state.questions
    return saved


@contextlib.contextmanager
def _writing(request: Request, *ids: str) -> Iterator[Questions]:
    """Give the saved questions for a change, which is journaled: an intent before it, its outcome after."""
    request.state.journaled = True
    codes = [f"question:{one}" for one in ids]
    operation = operation_of(request) or ""
    with request.app.state.journal.write(known(request), operation, codes, action=Action.WRITE):
        yield _saved(request)
