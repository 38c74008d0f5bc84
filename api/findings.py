"""The audits of cities that were asked for last: made once for what a store holds at a date, and kept for every list of it.

What people do about findings is no part of what is kept: it is read anew each time, so that a note on one finding makes no audit
of the city. What a jurisdiction sees is a store of its own (:mod:`graph.cut`), made anew with each write, and so is its audit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.beside import Beside, Words
from api.kept import Written
from api.latest import Latest
from graph.affiliation.board import Gathering
from graph.affiliation.handling import STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from api.beside import Making
    from api.latest import Pool
    from graph.affiliation.board import Board
    from graph.affiliation.handling import Handling
    from graph.policy.profile import Profile
    from graph.store.base import Store

    Key = tuple[str, int]

MOST, MOST_BYTES = 6, 1 << 30
"""Audits that are kept, and bytes of their findings together; the last one is kept whatever its size."""
WORDS = Words(
    (
        "the city is being audited, once after an import (rules: {})",
        "正在核查全市（导入后一次，已完成规则 {}）",
    ),
    ("other dates are being audited", "正在核查其他日期"),
    (
        "the store went on changing while it was audited; ask again when the import is done",
        "核查期间存储不断变化；请在导入完成后重试",
    ),
)
HANDLED = frozenset((f"lianjian finding {state}",) for state in STATES)
"""What stands for the files of batches that say what was done about findings."""


def state_but_handling(store: Store) -> bytes:
    """Return eight bytes that change with what a store holds, but not with what is done about findings."""
    held = [b for b in store.batches() if tuple(b.files) not in HANDLED]
    return hashlib.sha256(repr((store.identity, held)).encode()).digest()[:8]


@dataclass(frozen=True, eq=False)
class Audit:
    """An audit that is kept.

    Attributes
    ----------
    as_of : int
    state : bytes
        Of the store that it is of (:func:`state_but_handling`).
    board : Board
        What lists are filtered by.
    checked : list of dict
        What was checked and found in order, rule by rule.
    """

    as_of: int
    state: bytes
    board: Board
    checked: list[dict[str, Any]]
    _written: Written

    def finding(self, at: int) -> dict[str, Any]:
        """Return one finding as ``audit --json`` prints it, and ``claims``: what its source rows are to the store."""
        found: dict[str, Any] = self._written.item(at)
        return found

    def standing(self, handled: dict[str, Handling]) -> dict[str, dict[str, Any]]:
        """Return what was done about those findings that are still found, in the state that holds for their evidence now."""
        out = {}
        for id_, done in handled.items():
            at = self.board.at.get(id_)
            if at is not None:
                out[id_] = done.as_json(self.evidence(at))
        return out

    def evidence(self, at: int) -> str:
        """Return the fingerprint of a finding's evidence."""
        from graph.affiliation.handling import evidence
        from graph.affiliation.registry import Hit

        found = self.finding(at)
        return evidence(Hit(found["subject"], evidence=tuple(found["evidence"])))

    @property
    def size(self) -> int:
        """Bytes of its findings."""
        return self._written.size


class Audits:
    """The audits of one service's stores, by store and date.

    Parameters
    ----------
    most, most_bytes : int
        See :data:`MOST`.
    pool : Pool, optional
        Room shared with others.
    """

    def __init__(
        self, most: int = MOST, most_bytes: int = MOST_BYTES, pool: Pool | None = None
    ) -> None:
        kept: Latest[Key, Audit] = Latest(most, most_bytes, lambda key: key[0], pool)
        self._audits = Beside(kept, "audit", WORDS)

    def of(
        self,
        store: Store,
        profile: Profile,
        as_of: int,
        *,
        before: Callable[[], None] | None = None,
    ) -> Audit:
        """Return the audit of what a store holds at a date: the one that is kept, where the store has not changed since.

        One audit is made at a time, beside the requests: whoever asks for one that there is not yet waits for it, and for those
        before it, and is told where that takes long.

        Parameters
        ----------
        before : callable, optional
            Called before an audit is made.

        Raises
        ------
        AskAgainError
            It is being made, or others are; or the store went on changing meanwhile.
        InputError, ServiceError
            As :class:`api.kept.Written`.
        """

        def made(making: Making[Audit], state: bytes) -> Audit:
            with self._audits.reading(store, state, state_but_handling) as own:
                return _made(own, profile, as_of, making, state)

        return self._audits.get(
            (store.url, as_of),
            lambda: state_but_handling(store),
            made,
            lambda audit: audit.size,
            before=before,
        )[1]

    def __len__(self) -> int:
        """Return how many audits are kept."""
        return len(self._audits)

    def close(self) -> None:
        """Let go of all audits; their files go once nobody reads them."""
        self._audits.close()


def _made(store: Store, profile: Profile, as_of: int, making: Making[Audit], state: bytes) -> Audit:
    """Audit a city of a store that is in a state."""
    from api.asking.auditing import audit

    audited = audit(store, profile, as_of, progress=lambda _, done, of: making.reached(done, of))
    gathering = Gathering()

    def told() -> Iterator[dict[str, Any]]:
        for finding, claims in audited.result.findings.with_claims():
            making.reached(making.done, making.of)
            gathering.take(finding)
            yield finding.as_json() | {"handling": None, "claims": [list(c) for c in claims]}

    written = Written({"findings": told()}, ("findings",))
    checked = [entry.as_json() for entry in audited.result.checked]
    return Audit(as_of, state, gathering.board(audited.city), checked, written)
