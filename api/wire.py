"""What goes over the wire: answers as ``--json`` prints them, errors as problem+json (RFC 9457), language and dates."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from api import aloud
from api.access.refusals import (
    AccessError,
    ForbiddenError,
    ForeignPageError,
    LoginError,
    ProxiedError,
    TokenInAddressError,
    TooManyError,
    UnidentifiedError,
)
from api.asking.dates import listed_date
from api.jobs.errors import (
    JobMissingError,
    JobsError,
    JobStateError,
    NoRoomError,
    NotEmptyError,
    TooLargeError,
    TooManyJobsError,
    TooSlowError,
)
from api.parameters import UnreadableError
from api.preferences import ANY, weights
from api.saved.model import SavedMissingError
from api.waiting import PREFERENCE, AskAgainError, prefers
from graph.errors import (
    AmbiguousIdError,
    InputError,
    JournalError,
    LianjianError,
    ServiceError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreMissingError,
    UnknownIdError,
)
from graph.model import parse_date
from viz.listing import json_chunks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.cli.texts import Lang
    from api.redaction import Redaction
    from graph.store.base import Store

PROBLEM = "application/problem+json"
COMING = "#/components/schemas/Coming"
RETRY = "5"
"""Seconds after which to ask again where the store is held or can't be reached."""
SOON = "1"
"""Seconds after which to ask again for what is being made: each asking waits a while by itself."""


class ProblemWords(BaseModel):
    """An error's words in one language, as a page says them."""

    title: str = Field(description="the kind of error", examples=["Unknown code"])
    detail: str = Field(
        description="what is wrong, without commands, options and paths",
        examples=["U9999: no entity has this code; a search finds names too"],
    )


class ProblemInBoth(BaseModel):
    """An error's words in both languages, for a page that changes between them."""

    en: ProblemWords
    zh: ProblemWords


class Problem(BaseModel):
    """An error, in one shape whatever went wrong."""

    title: str = Field(
        description="the kind of error, in the language asked for", examples=["Unknown code"]
    )
    status: int = Field(description="the HTTP status", examples=[404])
    detail: str = Field(
        description="what is wrong, with what, and the way out",
        examples=["U9999: no entity has this code; `lianjian find U9999` searches names too"],
    )
    code: str = Field(description="the same kind for programs", examples=["unknown_id"])
    instance: str = Field(description="the path asked for", examples=["/api/v1/show/U9999"])
    request_id: str = Field(
        description="by which the service's log has the request", examples=["9f86d081884c7d65"]
    )
    both: ProblemInBoth = Field(description="the same for a page, in both languages")


class Coming(BaseModel):
    """What is said of an answer that is being made, to who prefers that to waiting (``Prefer: respond-async``)."""

    title: str = Field(
        description="that it is being made, in the language asked for",
        examples=["Being made: ask again"],
    )
    detail: str = Field(
        description="what is being made, and how far it is where that can be said",
        examples=["the city is being audited, once after an import (rules: 12/56)"],
    )  # fmt: skip
    code: str = Field(description="the same for programs", examples=["being_made"])
    done: int = Field(description="how far it is", examples=[12])
    of: int = Field(description="of how much; 0 where that is not known", examples=[56])
    seconds: int = Field(description="since it was begun", examples=[7])
    retry_after: int = Field(description="seconds after which to ask the same again", examples=[1])


KINDS: tuple[tuple[type[LianjianError], int, str, str, str], ...] = (
    (UnidentifiedError, 401, "unidentified", "Who asks is not known", "尚未登录"),
    (LoginError, 401, "login", "Not logged in", "登录失败"),
    (ForbiddenError, 403, "forbidden", "Not for this role", "角色权限不足"),
    (ForeignPageError, 403, "csrf", "Not from a page of this service", "请求并非来自本服务的页面"),
    (ProxiedError, 403, "proxied", "For this machine alone", "只为本机服务"),
    (TokenInAddressError, 400, "token_in_address", "A token in the address", "网址中含有令牌"),
    (TooManyError, 429, "too_many", "Too many requests", "请求过多"),
    (JobMissingError, 404, "no_job", "No such job", "没有这个任务"),
    (JobStateError, 409, "job_state", "The job is not in that state", "任务状态不符"),
    (NotEmptyError, 409, "not_empty", "There is a city already", "已有城市数据"),
    (TooManyJobsError, 429, "too_many_jobs", "Too many jobs are waiting", "排队任务过多"),
    (TooLargeError, 413, "too_large", "The body is too large", "请求体过大"),
    (TooSlowError, 408, "too_slow", "The body came too slowly", "上传超时"),
    (NoRoomError, 507, "no_room", "No room is left", "空间不足"),
    (StoreFullError, 507, "no_room", "No room is left", "空间不足"),
    (JobsError, 503, "jobs", "The service keeps no jobs now", "服务暂不能保存任务"),
    (SavedMissingError, 404, "no_view", "No such view", "没有这个视图"),
    (UnknownIdError, 404, "unknown_id", "Unknown code", "没有这个代码"),
    (AmbiguousIdError, 409, "ambiguous_id", "Several are meant", "代码不唯一"),
    (UnreadableError, 400, "parameter", "A parameter is none", "参数有误"),
    (InputError, 400, "input", "The question can't be answered", "无法回答该请求"),
    (AskAgainError, 503, "being_made", "Being made: ask again", "正在准备，请稍后再问"),
    (StoreBusyError, 503, "store_busy", "The store is held by another", "存储正被占用"),
    (JournalError, 503, "journal", "Not recorded, so not answered", "未能记入日志，故不予回答"),
    (StoreMissingError, 503, "store_missing", "There is no store yet", "尚无存储"),
    (StoreError, 503, "store", "The store can't be read", "存储无法读取"),
    (ServiceError, 503, "service", "Not answered now", "暂时无法回答"),
    (LianjianError, 500, "internal", "A fault of this program", "程序内部错误"),
)
"""Errors by class, the narrower first: status, code, and title in English and Chinese."""

Date = Annotated[
    str | None,
    Query(
        alias="as_of",
        description="the date to read at (ISO 8601); the latest by default",
        examples=["2016-08-26"],
    ),
]
"""The query's date."""


def language(request: Request) -> Lang:
    """Return the language of an answer's words: the first of zh and en that ``Accept-Language`` prefers, else English."""
    given = weights(request.headers.get("accept-language", ""))
    taken: dict[str, float] = {}
    for tag, weight in given.items():
        lang = tag.partition("-")[0]
        if lang in ("en", "zh"):
            taken[lang] = max(weight, taken.get(lang, 0.0))
    for lang in ("en", "zh"):
        taken.setdefault(lang, given.get(ANY, 0.0))
    best = max(taken, key=lambda lang: taken[lang])  # the first of those that are liked alike
    return "zh" if best == "zh" and taken[best] else "en"


def date_of(text: str | None, store: Store) -> int:
    """Return the date asked for, else the store's latest.

    Raises
    ------
    InputError
        It is no date.
    """
    given = given_date(text)
    return store.latest() if given is None else given


def city_date(text: str | None, store: Store) -> int:
    """Return the date that a question about a city is asked for.

    Raises
    ------
    InputError
        It is no date, or nothing was listed yet on it.
    """
    return listed_date(store, given_date(text))


def given_date(text: str | None) -> int | None:
    """Return a date as ``yyyymmdd``; ``None`` where none is given; ``InputError`` where it is no date."""
    if text is None:
        return None
    try:
        return parse_date(text)
    except ValueError:
        raise _no_date("as_of", text) from None


def day(name: str, text: str) -> int:
    """Return a date that a parameter has to give as ``yyyymmdd``; ``InputError`` where it is none."""
    try:
        return parse_date(text)
    except ValueError:
        raise _no_date(name, text) from None


def _no_date(name: str, text: str) -> InputError:
    return InputError(
        f"{name} {text[:40]}: no date; write it as 2016-08-26",
        f"{name} {text[:40]}：不是日期；请写成 2016-08-26",
    )


def answer(request: Request, payload: Mapping[str, Any]) -> Response:
    """Return an answer with its tag; nothing but the tag where the asker has it already (RFC 9110)."""
    return answered(request, "".join(json_chunks(payload)).encode())


def answered(request: Request, body: bytes) -> Response:
    """Return an answer that is JSON already, as :func:`answer` does."""
    headers = tagged(hashlib.sha256(body).hexdigest())
    if is_known(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def tagged(digest: str) -> dict[str, str]:
    """Return the headers of an answer whose body has a hash: it is asked for again each time, and sent if it changed."""
    return {"etag": entity_tag(digest), "cache-control": "private, no-cache"}


def entity_tag(digest: str) -> str:
    """Return the tag of an answer whose body has a hash, compressed or not: a weak one, which does not tell the two apart."""
    return f'W/"{digest[:32]}"'


def is_known(request: Request, tag: str) -> bool:
    """Return whether the asker has the answer of this tag (RFC 9110, 13.1.2: weak ones are compared as strong ones are)."""
    said = ",".join(request.headers.getlist("if-none-match"))
    known = [one.strip().removeprefix("W/") for one in said.split(",")]
    return tag.removeprefix("W/") in known or known == ["*"]


def kept_nowhere(payload: Mapping[str, Any]) -> Response:
    """Return an answer that no cache keeps: it is for one asker, now."""
    body = "".join(json_chunks(payload)).encode()
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


def problem(request: Request, error: LianjianError) -> Response:
    """Return an error as the asker's language says it; where something lies on the service's machine is not told."""
    lang = language(request)
    status, code, en, zh = next(
        (s, c, e, z) for kind, s, c, e, z in KINDS if isinstance(error, kind)
    )
    redaction: Redaction = request.app.state.redaction
    if isinstance(error, AskAgainError) and prefers(request) and _may_be_coming(request):
        return coming(request, error, zh if lang == "zh" else en, error.what[lang == "zh"])
    details = (redaction.words(error, "en"), redaction.words(error, "zh"))
    pages = (redaction.page(error, "en"), redaction.page(error, "zh"))
    said = stated(request, status, code, (en, zh), details, pages)
    if isinstance(error, AccessError):
        said.headers.update(error.headers)
    return said


def _may_be_coming(request: Request) -> bool:
    """Return whether an operation says of itself that it may answer so (:func:`failures`)."""
    declared = getattr(request.scope.get("route"), "responses", None) or {}
    return bool(declared.get(202, {}).get("content", {}))


def coming(request: Request, error: AskAgainError, title: str, detail: str) -> Response:
    """Return what is said meanwhile of an answer that is being made: that it was accepted, which is no error."""
    request.state.coming = True
    made = Coming(
        title=title, detail=detail, code="being_made", done=error.done, of=error.of, seconds=int(error.seconds),
        retry_after=int(SOON),
    )  # fmt: skip
    headers = {
        "cache-control": "no-store", "content-language": language(request), "retry-after": SOON,
        "preference-applied": PREFERENCE, "vary": "Prefer",
    }  # fmt: skip
    return Response(made.model_dump_json(), 202, headers, "application/json")


def stated(
    request: Request,
    status: int,
    code: str,
    titles: tuple[str, str],
    details: tuple[str, str],
    pages: tuple[str, str] | None = None,
) -> Response:
    """Return an error in the one shape there is, of words in English and Chinese; ``pages`` are those of a page."""
    id_ = str(getattr(request.state, "request_id", ""))
    details = _sayable(details)
    pages = _sayable(pages or aloud.pages(details))
    at = int(language(request) == "zh")
    made = Problem(
        title=titles[at], status=status, detail=details[at], code=code, instance=request.url.path, request_id=id_,
        both=both(titles, pages),
    )  # fmt: skip
    headers = {"cache-control": "no-store", "content-language": language(request)}
    if status in (408, 413):
        headers["connection"] = "close"  # the rest of the body is not read
    if status in (429, 503):
        headers["retry-after"] = RETRY
    return Response(made.model_dump_json(), status, headers, PROBLEM)


def both(titles: tuple[str, str], pages: tuple[str, str]) -> ProblemInBoth:
    """Return what a page says of an error, of its words in English and Chinese."""
    en, zh = (ProblemWords(title=t, detail=page) for t, page in zip(titles, pages, strict=True))
    return ProblemInBoth(en=en, zh=zh)


def unreadable() -> bytes:
    """Return the error of what is no request of HTTP: nobody knows what was asked, nor in which language."""
    titles = ("No request", "不是有效的请求")
    details = (
        "what was sent is no request of HTTP/1.1: its first line, a header or the length of its body is none",
        "收到的内容不是有效的 HTTP/1.1 请求：请求行、标头或正文长度有误",
    )
    made = Problem(
        title=titles[0], status=400, detail=details[0], code="request", instance="", request_id="",
        both=both(titles, details),
    )  # fmt: skip
    return made.model_dump_json().encode()


def _sayable(words: tuple[str, str]) -> tuple[str, str]:
    """Return words of both languages that can be said whatever they quote."""
    en, zh = (text.encode("utf-8", "backslashreplace").decode() for text in words)
    return en, zh


def broken(request: Request) -> Response:
    """Return what is said of a fault of the program: by which id its log has the rest."""
    id_ = getattr(request.state, "request_id", "")
    return stated(
        request, 500, "internal", ("A fault of this program", "程序内部错误"),
        (
            f"tell who runs the service this number: {id_}; its log has the rest",
            f"请把编号 {id_} 告知维护人员；服务日志中有详情",
        ),
    )  # fmt: skip


def failures(
    *statuses: int, tagged: bool = True, made: bool = False
) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of an operation's errors: those of every one, and some of its own.

    Parameters
    ----------
    statuses : int
        Its own.
    tagged : bool
        Whether its answers have a tag by which one asks again.
    made : bool
        Whether its answers may have to be made first, for longer than one waits.
    """
    titles = {status: title for _, status, _, title, _ in KINDS} | {
        304: "Not changed since the tag given", 400: "A parameter is none, or the question can't be answered",
        401: "Who asks is not known", 403: "Not for this role, or not from a page of this service",
        413: "The body is too large",
    }  # fmt: skip
    out: dict[int | str, dict[str, Any]] = {304: {"description": titles[304]}} if tagged else {}
    if made:
        out[202] = {
            "description": "Being made: ask the same again (only with `Prefer: respond-async`; others wait, then get 503)",
            "content": {"application/json": {"schema": {"$ref": COMING}}},
        }
    # a full disk is anybody's: what a jurisdiction sees, long answers and sessions are files too
    for status in sorted({400, 500, 503, 507, *statuses}):
        out[status] = {
            "description": titles[status],
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return out
