"""The OpenAPI document, beyond what the routes say of themselves: every error of each operation, examples, headers, links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import aloud, wire
from api.access import permissions
from api.access.refusals import REALM
from api.links import link
from api.waiting import PREFERENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.access.permissions import Roles

ERRORS: Mapping[str, tuple[str, tuple[str, str], tuple[str, str]]] = {
    "400": ("parameter", ("A parameter is none", "参数有误"),
            ("limit: missing, or not within what is allowed; see /api/v1/openapi.json",
             "limit：缺少或不在允许范围内，见 /api/v1/openapi.json")),
    "401": ("unidentified", ("Who asks is not known", "尚未登录"),
            ("Log in (POST /api/v1/session), or send a token: Authorization: Bearer TOKEN",
             "请登录（POST /api/v1/session），或发送令牌：Authorization: Bearer TOKEN")),
    "403": ("forbidden", ("Not for this role", "角色权限不足"),
            ("This needs the role administrator or planner; an administrator gives accounts their role",
             "此操作须有 administrator 或 planner 角色；角色由管理员授予")),
    "404": ("unknown_id", ("Unknown code", "没有这个代码"),
            ("U9999: no entity has this code; `lianjian find U9999` searches names too",
             "U9999：没有这个代码；可用 `lianjian find U9999` 按名称查找")),
    "408": ("too_slow", ("The body came too slowly", "上传超时"),
            ("the upload was broken off: it came too slowly; send it over a better line", "上传过慢，已中断；请改用更好的线路")),
    "409": ("job_state", ("The job is not in that state", "任务状态不符"),
            ("the job is not over; wait for it, or stop it first", "任务尚未结束；请等待或先停止任务")),
    "413": ("too_large", ("The body is too large", "请求体过大"),
            ("the body is larger than 64 KiB; send less at a time", "请求体超过 64 KiB；请分次发送")),
    "429": ("too_many", ("Too many requests", "请求过多"), ("Too many requests; ask again in 12 s", "请求过多；请 12 秒后再试")),
    "500": ("internal", ("A fault of this program", "程序内部错误"),
            ("tell who runs the service the time; its log has the rest", "请把时间告知维护人员；服务日志中有详情")),
    "503": ("store_busy", ("The store is held by another", "存储正被占用"),
            ("all connections to the store are taken; ask again in a moment", "存储的连接都在使用；请稍后再问")),
    "507": ("no_room", ("No room is left", "空间不足"),
            ("no room is left on the service's disk; tell who runs the service", "服务的磁盘已满；请告知维护人员")),
}  # fmt: skip
"""An example of each error by its status: code, title and detail in English and Chinese."""


REQUEST_ID = "5c1e010262383c2b"


def _header(description: str, example: str | int, *, always: bool = True) -> dict[str, Any]:
    kind = "integer" if isinstance(example, int) else "string"
    return {"description": description, "required": always, "schema": {"type": kind}, "example": example}  # fmt: skip


HEADERS: Mapping[str, dict[str, Any]] = {
    "202": {"Location": _header("the job", "/api/v1/jobs/5f0c3a1e9b7d42f6a8c1d0e2b3f49587")},
    "304": {"ETag": _header("of the answer that the asker has", 'W/"9f2c3a1e9b7d42f6a8c1d0e2b3f49587"')},
    "401": {"WWW-Authenticate": _header("how to say who asks", REALM)},
    "429": {"Retry-After": _header("seconds", 12)},
    "503": {"Retry-After": _header("seconds", int(wire.RETRY))},
}  # fmt: skip
"""Headers that answers of a status have."""
WAIT = {
    "Preference-Applied": _header("that this is said instead of waiting", PREFERENCE),
    "Retry-After": _header("seconds", int(wire.SOON)),
}
"""Headers of what is said while an answer is being made."""
PREFER: Mapping[str, Any] = {
    "name": "Prefer", "in": "header", "required": False, "schema": {"type": "string", "examples": [PREFERENCE]},
    "description": "`respond-async` (RFC 7240): be told with 202 how far an answer is that is still being made, and ask again",
}  # fmt: skip
EVENTS: Mapping[str, Any] = {
    "text/event-stream": {"example": 'id: 1\nevent: state\ndata: {"state": "running"}\n\n'}
}
"""Events as far as OpenAPI 3.1 can say them: the framework's words for the shape of a single one are of 3.2."""
NEXT_PAGE = {
    "Link": _header("the next page (RFC 8288)", '</api/v1/survey?limit=100&cursor=AQ>; rel="next"', always=False)
}  # fmt: skip


def complete(document: dict[str, Any], roles: Mapping[str, Roles | None], cookie: str) -> None:
    """Write into a document of an application all that a client can rest on.

    Parameters
    ----------
    document : dict
        As the framework makes it from the routes.
    roles : mapping
        Who may ask each operation (:func:`api.access.permissions.table`).
    cookie : str
        The session's.
    """
    shapes = document["components"]["schemas"]
    for shape in (wire.Problem, wire.Coming):
        made = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes |= made.pop("$defs", {})
        shapes[shape.__name__] = made
    permissions.document(document, roles, cookie)
    operations: dict[str, dict[str, Any]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operations[operation["operationId"]] = operation
            _answers(operation, path, method)
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content.setdefault("example", example(content["schema"], shapes))
    link(operations)


def _answers(operation: dict[str, Any], path: str, method: str) -> None:
    answers = operation["responses"]
    answers.pop("422", None)  # parameters that are none are 400, in the one shape
    if method != "get":
        answers.pop("304", None)  # nothing that is written was there before
    if "requestBody" in operation:  # api.bodies
        for status in (408, 413):
            answers.setdefault(str(status), wire.failures(status)[status])
    for status, answer in answers.items():
        if "text/event-stream" in answer.get("content", {}):
            answer["content"] = EVENTS
        coming = answer.get("content", {}).get("application/json", {}).get("schema") == {
            "$ref": wire.COMING
        }
        if coming:
            operation.setdefault("parameters", []).append(dict(PREFER))
        always = {"X-Request-Id": _header("what the service's log calls this request", REQUEST_ID)}
        answer["headers"] = {
            n: dict(h) for n, h in (always | (WAIT if coming else HEADERS.get(status, {}))).items()
        }
        problem = answer.get("content", {}).get(wire.PROBLEM)
        if problem is not None:
            code, titles, details = ERRORS[status]
            answer["content"] = {wire.PROBLEM: problem | {"example": {
                "title": titles[0], "status": int(status), "detail": details[0], "code": code, "instance": path,
                "request_id": REQUEST_ID, "both": wire.both(titles, aloud.pages(details)).model_dump(),
            }}}  # fmt: skip
    if any(p["name"] == "cursor" for p in operation.get("parameters", ())):
        answers["200"]["headers"] |= {n: dict(h) for n, h in NEXT_PAGE.items()}
    operation["responses"] = dict(sorted(answers.items()))


def example(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> Any:
    """Return an example of a shape, from those of its parts; what has none and need not be there is left out.

    Raises
    ------
    KeyError
        Something that has to be there has no example.
    """
    if "$ref" in schema:
        return example(shapes[schema["$ref"].rsplit("/", 1)[-1]], shapes)
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    needed = schema.get("required", ())
    if "properties" not in schema:
        raise KeyError(schema.get("title"))
    return {
        name: example(part, shapes)
        for name, part in schema["properties"].items()
        if name in needed or "examples" in part
    }
