"""Who waits for what is being made: how long, and what is said of what is not there yet.

Who can be told meanwhile (``Prefer: respond-async``, RFC 7240) is told soon, and asks again; anybody else waits for longer.
"""

from __future__ import annotations

from contextvars import ContextVar

from starlette.requests import Request

from graph.errors import StoreBusyError

PREFERENCE = "respond-async"
SOON, LONG = 2.0, 30.0
"""Seconds that a request waits that is told meanwhile, and one that is not: it holds a connection and a turn."""
_told: ContextVar[bool] = ContextVar("told", default=False)


class AskAgainError(StoreBusyError):
    """What this rests on is being made, or changed meanwhile: asked again in a moment, it is there.

    Parameters
    ----------
    en, zh : str
    done, of : int
        How far it is; nought of nought where that can't be said.
    seconds : float
        Since it was begun.

    Attributes
    ----------
    what : (str, str)
        What is said to who asks again by itself: in English and Chinese, without being told to.
    """

    def __init__(
        self, en: str, zh: str = "", done: int = 0, of: int = 0, seconds: float = 0.0
    ) -> None:
        super().__init__(en, zh)
        self.what = self.en, self.zh
        self.done, self.of, self.seconds = done, of, seconds

    @classmethod
    def being_made(
        cls, en: str, zh: str, done: int = 0, of: int = 0, seconds: float = 0.0
    ) -> AskAgainError:
        """Return one that says what is being made, and to ask again."""
        made = cls(f"{en}; ask again in a moment", f"{zh}，请稍后再试", done, of, seconds)
        made.what = en, zh
        return made


class ChangedError(AskAgainError):
    """The store changed while something was made of it."""


def prefers(request: Request) -> bool:
    """Return whether who asks can be told that an answer is being made."""
    given = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(one.partition(";")[0].strip() == PREFERENCE for one in given)


async def noticed(request: Request) -> None:
    """Notice how long a request is to wait: a dependency of every operation.

    It is asynchronous so that what it notes holds for the operation, too, which copies its context.
    """
    _told.set(prefers(request))


def patience() -> float:
    """Return how many seconds the request that is being answered waits."""
    return SOON if _told.get() else LONG
