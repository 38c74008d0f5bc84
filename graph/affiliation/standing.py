"""An audit's findings as columns, and which of them stand after what people did: for counts and pictures of a whole city.

Nothing is worded or sourced, so that a million organizations take no longer than the rules do. What is done about findings later
changes no audit: as long as the ledgers say the same, so does the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.affiliation.board import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from graph.affiliation.handling import Handling

    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Standing:
    """All findings of an audit.

    Attributes
    ----------
    as_of : int
    codes : tuple of str
    code : numpy.ndarray of int16
        Of each finding its position in ``codes``.
    severity : numpy.ndarray of int8
        Its position in :data:`graph.affiliation.board.SEVERITIES`.
    subject : numpy.ndarray of object
    ids : dict of str to int
        Positions by identity of those that their code and subject don't tell apart.
    evidence : dict of str to str
        Fingerprints by identity of those that something had been done about.
    """

    as_of: int
    codes: tuple[str, ...]
    code: NDArray[np.int16]
    severity: NDArray[np.int8]
    subject: NDArray[np.object_]
    ids: dict[str, int]
    evidence: dict[str, str]

    severities = SEVERITIES

    def __len__(self) -> int:
        """Return how many findings there are."""
        return len(self.code)

    def dismissed(self, handled: Mapping[str, Handling]) -> Bools | None:
        """Return which findings don't stand, by what was done about them by the audit's date.

        Returns
        -------
        numpy.ndarray of bool, or None
            ``None`` where that takes another audit: something was done, as of an earlier date and since this audit, about evidence
            that may have been other.
        """
        out: Bools = np.zeros(len(self), dtype=bool)
        for id_, done in handled.items():
            if done.state != "dismissed":
                continue
            at = self._at(id_)
            if at is None:
                continue
            if id_ in self.evidence:
                out[at] = done.standing(self.evidence[id_]) == "dismissed"
            elif done.decided == self.as_of:
                out[at] = True
            else:
                return None
        return out

    def _at(self, id_: str) -> int | None:
        """Return the position of a finding by its identity."""
        if id_ in self.ids:
            return self.ids[id_]
        code, _, subject = id_.partition(":")
        if code not in self.codes:
            return None
        here = np.flatnonzero((self.code == self.codes.index(code)) & (self.subject == subject))
        return int(here[0]) if len(here) == 1 else None
