"""Long answers in pages: ``limit`` and ``cursor`` asked, ``next`` and a ``Link`` header told where there is more (RFC 8288).

A cursor holds where the page begins and, as eight bytes each, the question that it was given for, the state of the store then, and
a check of all three. It opens nothing: whoever asks with it asks the whole question again, under their own scope, so that it needs
no secret and outlives a restart.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.access.permissions import known
from api.access.rates import paying
from api.kept import Question, state_of
from api.wire import is_known, tagged
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from api.kept import Kept
    from graph.store.base import Store

MOST = 10_000
"""Items of a page at most."""
_VERSION = b"\x01"


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a long answer is asked for; without ``limit``, the whole."""

    limit: int | None = None
    cursor: str | None = None


async def _page(
    limit: Annotated[
        int | None,
        Query(ge=1, le=MOST, description="items of a page; without it, the whole answer", examples=[100]),
    ] = None,
    cursor: Annotated[
        str | None, Query(
            max_length=100, description="`next` of the page before, with the same question",
            examples=["AQAAAAAAAABkeq3NvJ0mN5xq1mBt7yJh4wR2pQ9sLfKc"],
        ),
    ] = None,
) -> Page:  # fmt: skip
    return Page(limit, cursor)


Paged = Annotated[Page, Depends(_page)]
"""``limit`` and ``cursor`` of a route."""


def costly(
    request: Request,
    store: Store,
    name: str,
    parameters: tuple[Hashable, ...],
    make: Callable[[], Mapping[str, Any]],
    lists: Sequence[str] = (),
    page: Page | None = None,
) -> Response:
    """Return an answer that takes long to make, whole or a page of it; it is kept for whoever asks the same next.

    Parameters
    ----------
    store : Store
        As :func:`api.stores.reading` gave it; nothing is read from it later.
    name : str
        The operation.
    parameters : tuple
        Everything that the answer follows from besides the store and who asks: the date resolved, ``in`` and so on.
    make : callable
        Makes the object that ``--json`` prints; its lists may be iterators.
    lists : sequence of str
        Its values that pages cut, one after the other; each page has all the others whole.
    page : Page, optional

    Raises
    ------
    InputError
        A cursor is none, was given for another question, or for the store as it was before.
    StoreBusyError, ServiceError
        As :meth:`api.kept.Kept.answer`.
    """
    page = page or Page()
    if page.cursor is not None and page.limit is None:
        raise InputError(
            "cursor: give limit too, the items of a page", "cursor：请同时给出 limit（每页条数）"
        )
    kept: Kept = request.app.state.kept
    question = Question(name, eyes_of(request), parameters)
    first = 0
    if page.cursor is not None:
        first = begins(page.cursor, question)
        refuse_stale(page.cursor, state_of(store))  # before the answer is made once more
    pay = paying(request)

    def made() -> Mapping[str, Any]:
        pay()
        return make()

    state, written = kept.answer(store, question, made, lists)
    if page.cursor is not None:
        refuse_stale(page.cursor, state)
    if page.limit is None:
        headers = tagged(written.tag)
        if is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return StreamingResponse(written.pieces(), media_type="application/json", headers=headers)
    last = min(first + page.limit, written.items)
    more = {"next": cursor_of(last, question, state)} if last < written.items else {}
    body = b"".join(written.pieces(first, last, **more))
    headers = tagged(hashlib.sha256(body).hexdigest())
    known = is_known(request, headers["etag"])
    if more:
        url = request.url.include_query_params(cursor=more["next"])
        headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    if known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def eyes_of(request: Request) -> Hashable:
    """Return whose eyes see an answer: the role and jurisdiction of who asks."""
    who = known(request)
    return who.role, who.jurisdiction


# -- cursors -----------------------------------------------------------------------------------------------------------
def cursor_of(first: int, question: Question, state: bytes) -> str:
    """Return the cursor of the page that begins at an item, as text that goes into a URL as it is."""
    held = _VERSION + first.to_bytes(8, "big") + question.tag + state
    return base64.urlsafe_b64encode(held + _check(held)).decode()


def begins(cursor: str, question: Question) -> int:
    """Return where a cursor's page begins.

    Raises
    ------
    InputError
        It is none, or was given for another question.
    """
    held = _held(cursor)
    if not hmac.compare_digest(held[9:17], question.tag):
        raise InputError(
            "cursor: was given for another question; ask again with the same parameters, or without cursor from the first page",
            "cursor：属于另一请求；请使用相同参数，或去掉 cursor 从第一页开始",
        )
    return int.from_bytes(held[1:9], "big")


def refuse_stale(cursor: str, state: bytes) -> None:
    """Refuse a cursor of a store that is no more: its pages would not fit the others.

    Raises
    ------
    InputError
        The store has changed since.
    """
    if not hmac.compare_digest(_held(cursor)[17:25], state):
        raise InputError(
            "cursor: the store has changed since the first page; ask again without cursor, from the first page",
            "cursor：存储在取得首页之后已有变化；请去掉 cursor，从第一页重新开始",
        )


def _held(cursor: str) -> bytes:
    """Return the bytes of a cursor that was made here."""
    try:
        whole = base64.b64decode(cursor.encode("ascii"), b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        whole = b""
    held, check = whole[:25], whole[25:]
    if len(whole) != 33 or held[:1] != _VERSION or not hmac.compare_digest(check, _check(held)):
        raise InputError(
            "cursor: is none that was given here; take it from next as it is, or ask without it from the first page",
            "cursor：无效；请原样使用上一页的 next，或去掉 cursor 从第一页开始",
        )
    return held


def _check(held: bytes) -> bytes:
    return hashlib.sha256(b"lianjian cursor" + held).digest()[:8]
