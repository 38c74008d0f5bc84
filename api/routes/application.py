"""The application in the browser: one page, and the files that it names. It holds no data; what it shows it asks for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.exceptions import HTTPException

from api.web import ASSETS
from api.wire import entity_tag, is_known, language

if TYPE_CHECKING:
    from api.tiles import Tiles
    from api.web import Bundle

router = APIRouter(tags=["application"], include_in_schema=False)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Scripts and styles are files of ours; no text becomes markup or script, wherever it comes from."""


def policy(tiles: Tiles | None) -> str:
    """Return the page's policy: :data:`POLICY`, with pictures from the one host that tiles are configured to come from."""
    host = None if tiles is None else tiles.host
    return POLICY if host is None else POLICY.replace("img-src 'self'", f"img-src 'self' {host}")


FOR_EVER = "public, max-age=31536000, immutable"
"""Of a file whose name has its hash."""
NOT_BUILT = {
    "en": (
        "The web application is not built",
        "Build it with make setup (npm's registry is needed once), then start anew. Described without it:",
    ),
    "zh": (
        "网页应用尚未构建",
        "请用 make setup 构建（首次需能访问 npm 源），然后重新启动服务。不经网页可查询的内容见",
    ),
}
_PAGE = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
    '<p>{said} <a href="/api/v1/openapi.json">/api/v1/openapi.json</a></p></html>'
)


@router.get("/", name="page")
def page(request: Request) -> Response:
    """Give the page; where it is not built, one that says what to do."""
    bundle: Bundle = request.app.state.bundle
    tiles: Tiles | None = request.app.state.settings.tiles
    headers = {
        "content-security-policy": policy(tiles), "cache-control": "no-cache", "vary": "Cookie",
    }  # fmt: skip
    shown = bundle.for_nobody if request.state.nobody else bundle.index
    if shown is None:
        lang = language(request)
        title, said = NOT_BUILT[lang]
        body = _PAGE.format(lang=lang, title=title, said=said)
        headers["cache-control"] = "no-store"
        return Response(body, 503, headers, "text/html")
    headers["etag"] = entity_tag(hashlib.sha256(shown).hexdigest())
    if is_known(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(shown, headers=headers, media_type="text/html")


@router.get(f"/{ASSETS}/{{name}}", name="asset")
def asset(request: Request, name: Annotated[str, Path(max_length=200)]) -> Response:
    """Give a script or style of the page."""
    bundle: Bundle = request.app.state.bundle
    found = bundle.assets.get(name)
    if found is None:
        raise HTTPException(404)
    return Response(found.body, headers={"cache-control": FOR_EVER}, media_type=found.media_type)
