"""What is refused to whoever asks, in words for a person; :data:`api.wire.KINDS` has the HTTP status of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import InputError, LianjianError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.access.identity import Role

REALM = 'Bearer realm="lianjian"'


class AccessError(LianjianError):
    """Something is refused because of who asks, or how.

    Attributes
    ----------
    headers : mapping
        What the answer's headers say of it.
    """

    headers: Mapping[str, str] = {}


class UnidentifiedError(AccessError):
    """Nobody is known to ask, or what was shown for it does not hold (any more)."""

    def __init__(self, *, shown: bool = False) -> None:
        if shown:
            super().__init__(
                "The session or token does not hold: it is unknown, expired or revoked; log in again or get a new token",
                "会话或令牌无效：不存在、已过期或已撤销；请重新登录或取得新令牌",
            )
        else:
            super().__init__(
                "Log in (POST /api/v1/session), or send a token: Authorization: Bearer TOKEN",
                "请先登录（POST /api/v1/session），或发送令牌：Authorization: Bearer 令牌",
            )
        self.headers = {"www-authenticate": f'{REALM}, error="invalid_token"' if shown else REALM}


class LoginError(AccessError):
    """Name and password don't fit: which of the two is wrong, and whether there is such a name, is not said."""

    def __init__(self) -> None:
        super().__init__(
            "Name or password is wrong; an administrator sets a new one: lianjian user password NAME",
            "名称或密码不正确；可请管理员重设：lianjian user password 名称",
        )
        self.headers = {"www-authenticate": REALM}


class ForbiddenError(AccessError):
    """The role does not allow it."""

    def __init__(self, roles: frozenset[Role]) -> None:
        needed = sorted(roles)
        super().__init__(
            f"This needs the role {' or '.join(needed)}; an administrator gives accounts their role",
            f"需要角色 {' 或 '.join(needed)}；账号角色由管理员设定",
        )


class SurveyedError(ForbiddenError):
    """A question names what the survey alone tells.

    Parameters
    ----------
    roles : frozenset of str
        Those that may survey.
    en, zh : str
        What it names.
    """

    def __init__(self, roles: frozenset[Role], en: str, zh: str) -> None:
        super().__init__(roles)
        self.en = f"{en}: the survey alone tells it. {self.en}; or ask without it"
        self.zh = f"{zh}：仅见于摸排结果。{self.zh}；也可去掉该项后再问"


class ForeignPageError(AccessError):
    """A browser sends it on behalf of another page, or without the proof that it is ours."""

    def __init__(self) -> None:
        super().__init__(
            "Changes by a browser's session need its header X-CSRF-Token (GET /api/v1/me has it), from a page of this service",
            "浏览器会话的更改请求须来自本服务的页面，并带有请求头 X-CSRF-Token（见 GET /api/v1/me）",
        )


class ProxiedError(AccessError):
    """Somebody elsewhere asks a service that is for this machine alone."""

    def __init__(self) -> None:
        super().__init__(
            "Came through a proxy, but this service has no accounts and answers its own machine only; make accounts"
            " (lianjian user add) and serve with --behind-proxy",
            "请求经由代理，而本服务没有账号，只为本机服务；请建立账号（lianjian user add）并以 --behind-proxy 启动",
        )


class TokenInAddressError(AccessError, InputError):
    """A token stands where histories, logs and other pages' referrers get it."""

    def __init__(self) -> None:
        super().__init__(
            "A token does not belong in an address: send it as Authorization: Bearer TOKEN, and revoke this one"
            " (lianjian token revoke ID)",
            "令牌不应出现在网址中：请用 Authorization: Bearer 令牌 发送，并撤销此令牌（lianjian token revoke 编号）",
        )


class TooManyError(AccessError):
    """More requests than are allowed in some time."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"Too many requests; ask again in {seconds} s", f"请求过多；请在 {seconds} 秒后重试"
        )
        self.headers = {"retry-after": str(seconds)}
