"""How often: limits by identity, else by address, counted in this process.

Whoever sits at the machine of a service without accounts is not counted: the machine is theirs.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from starlette.requests import Request

from api.access.identity import LOCAL, Identity
from api.access.names import folded
from api.access.permissions import operation_of
from api.access.refusals import TooManyError
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from limits import RateLimitItem

    from api.settings import Allowances

HEAVY_TAGS = frozenset(
    {"overview", "maps", "survey", "candidates", "plans", "imports", "audit", "exports"}
)
"""Tags of operations that compute over a part of the city."""
HEAVY_OPERATIONS: frozenset[str] = frozenset(
    {"calendar", "circulated", "ledger", "template", "report_job"}
)
"""Further ones.

What answers at once from what is kept (questions, findings, the board, two dates, views) is not among them: it counts as one that
takes much only where that has to be made first (:func:`paying`).
"""


def parsed(allowance: str) -> list[RateLimitItem]:
    """Return the limits that a text states, such as ``5/minute;20/hour``.

    Raises
    ------
    InputError
        It states none.
    """
    from limits import parse_many

    try:
        return parse_many(allowance)
    except ValueError:
        raise InputError(
            f"{allowance[:80]}: no rate; write it as 600/minute, or several as 5/minute;20/hour",
            f"{allowance[:80]}：不是频率；请写成 600/minute，多个写成 5/minute;20/hour",
        ) from None


class Rates:
    """What has been asked lately, and whether more may be.

    Parameters
    ----------
    allowances : Allowances

    Raises
    ------
    InputError
        One of them states no rate.
    """

    def __init__(self, allowances: Allowances) -> None:
        from limits.storage import MemoryStorage
        from limits.strategies import SlidingWindowCounterRateLimiter

        self._login = parsed(allowances.login)
        self._address = parsed(allowances.address)
        self._reads = parsed(allowances.reads)
        self._heavy = parsed(allowances.heavy)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def login(self, name: str, address: str) -> None:
        """Count an attempt to log in, right or wrong.

        Raises
        ------
        TooManyError
            Too many from the address, or for the name from there.
        """
        self._count(self._address, "address", address)
        self._count(self._login, "login", address, folded(name.strip()))

    def request(self, identity: Identity | None, address: str) -> None:
        """Count any request.

        Raises
        ------
        TooManyError
            Too many of this identity; of this address, where nobody is known.
        """
        if identity is not LOCAL:
            self._count(self._reads, "reads", *_who(identity, address))

    def heavy(self, identity: Identity | None, address: str) -> None:
        """Count a request that takes much.

        Raises
        ------
        TooManyError
            Too many of this identity.
        """
        if identity is not LOCAL:
            self._count(self._heavy, "heavy", *_who(identity, address))

    def _count(self, items: Iterable[RateLimitItem], *who: str) -> None:
        for item in items:
            if not self._limiter.test(item, *who):
                self._refuse(item, *who)
        for item in items:
            if not self._limiter.hit(item, *who):  # others were quicker
                self._refuse(item, *who)

    def _refuse(self, item: RateLimitItem, *who: str) -> None:
        wait = self._limiter.get_window_stats(item, *who).reset_time - time.time()
        raise TooManyError(max(1, math.ceil(wait)))


def _who(identity: Identity | None, address: str) -> tuple[str, str]:
    return ("address", address) if identity is None else ("name", identity.name)


def address_of(request: Request) -> str:
    """Return where a request comes from; what a trusted proxy says of it, where there is one."""
    return request.client.host if request.client else "unknown"


def takes_much(request: Request) -> bool:
    """Return whether a request is to an operation that takes much."""
    tags = getattr(request.scope["route"], "tags", None) or ()
    return operation_of(request) in HEAVY_OPERATIONS or not HEAVY_TAGS.isdisjoint(tags)


async def counted(request: Request) -> None:
    """Count a request to an operation that takes much: a dependency of every operation, after :func:`permitted`.

    Raises
    ------
    TooManyError
        Too many of this identity.
    """
    if takes_much(request):
        rates: Rates = request.app.state.rates
        rates.heavy(request.state.identity, address_of(request))


def paying(request: Request) -> Callable[[], None]:
    """Return what counts a request among those that take much, once: called before what it needs is made and kept.

    Whoever finds it there, or waits while another has it made, is not counted.
    """

    def pay() -> None:
        if not takes_much(request) and not getattr(request.state, "paid", False):
            request.state.paid = True
            rates: Rates = request.app.state.rates
            rates.heavy(request.state.identity, address_of(request))

    return pay
