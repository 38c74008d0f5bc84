"""The baseline (党建基数): every listed organization, frozen on approval (S21), then changed by dated decisions only.

Frozen are the codes that ledgers list on the day, a merged organization once. The fingerprint is the SHA-256 of these codes in
ascending order, one a line, in UTF-8: anyone can compute it from a list. What is added and removed later are decisions of their
own; the frozen set itself is never written again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.columns import among, texts
from graph.decisions.merged import decided as as_decided
from graph.decisions.record import read
from graph.decisions.writing import append, rows
from graph.errors import InputError, Way
from graph.model import OPEN, iso, today

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from graph.decisions.record import Decision, Decisions
    from graph.store.base import Store

    Bools = NDArray[np.bool_]

FEW = 0.9
"""Part of what ledgers list at the latest date; a freeze of fewer has to be confirmed, for rates leave out all the others."""
KEY, LEDGER, COMMAND = "baseline", "党建基数", "lianjian baseline freeze"


def fingerprint(codes: Iterable[str]) -> str:
    """Return the SHA-256 of codes: sorted, one a line, UTF-8."""
    return hashlib.sha256("".join(f"{code}\n" for code in sorted(codes)).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Baseline:
    """The frozen baseline as it stands at a date.

    Attributes
    ----------
    office, decided, reason
        Who approved it, the date of the freeze (``yyyymmdd``), a remark.
    fingerprint, organizations
        As stated when it was frozen.
    frozen : numpy.ndarray of object
        The codes frozen.
    added, removed : dict of str to Decision
        What was decided since, by code.
    merged : dict of str to str
        Codes that became another's.
    """

    office: str
    decided: int
    reason: str | None
    fingerprint: str
    organizations: int
    frozen: NDArray[Any]
    added: dict[str, Decision] = field(default_factory=dict)
    removed: dict[str, Decision] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)

    @cached_property
    def codes(self) -> NDArray[Any]:
        """Return the codes that the baseline holds at the date, each once."""
        kept = self.frozen[~among(self.frozen, self.removed)] if self.removed else self.frozen
        every: list[Any] = [*kept, *self.added]
        return pd.unique(np.array([self.merged.get(c, c) for c in every], dtype=object))

    @cached_property
    def counted(self) -> str:
        """Return the fingerprint of what the store holds as frozen now."""
        return fingerprint(map(str, self.frozen))

    @property
    def intact(self) -> bool:
        """Say whether the store holds what was frozen."""
        return self.counted == self.fingerprint and len(self.frozen) == self.organizations

    def holds(self, codes: Iterable[str]) -> Bools:
        """Return which codes the baseline holds."""
        return among(np.asarray(codes, dtype=object), self.codes)


def at(store: Store, as_of: int, decisions: Decisions) -> Baseline | None:
    """Return the baseline at a date, ``None`` before it was frozen."""
    heads = store.frame("freeze", as_of)
    if not len(heads):
        return None
    head = heads.iloc[0]
    return Baseline(
        office=str(head["office"]),
        decided=int(head["decided"]),
        reason=head["reason"] if isinstance(head["reason"], str) else None,
        fingerprint=str(head["fingerprint"]),
        organizations=int(head["organizations"]),
        frozen=texts(store.frame("baseline", as_of, [])["key"]),
        added={d.subject: d for d in decisions.of("baseline_add")},
        removed={d.subject: d for d in decisions.of("baseline_remove")},
        merged=decisions.merged,
    )


def freeze(
    store: Store, office: str, date: int, reason: str | None = None, *, confirmed: bool = False
) -> tuple[Baseline, int]:
    """Freeze every organization that ledgers list on a day; return the baseline and its batch.

    Parameters
    ----------
    confirmed : bool
        Freeze though far fewer are listed on that day than later (:data:`FEW`).

    Raises
    ------
    InputError
        No office, a date after today, nothing or few listed on that day, or a baseline frozen already.
    """
    if not office.strip():
        raise InputError("name the office that approved", "请写明审核单位", option="--office")
    if date > today():
        raise InputError(
            f"{iso(date)} is after today; a baseline is frozen once it is approved",
            f"{iso(date)} 晚于今天；审核通过后才能冻结",
            option="--date",
        )
    before = store.frame("freeze", OPEN - 1)
    if len(before):
        head = before.iloc[0]
        source = store.sources("freeze", [int(head["claim"])])[int(head["claim"])]
        raise InputError(
            f"the baseline was frozen on {iso(int(head['decided']))} by {head['office']}",
            f"党建基数已由 {head['office']} 于 {iso(int(head['decided']))} 冻结",
            way=Way(
                "`lianjian baseline add` and `remove` change it by decision,"
                f" `lianjian undo {source.batch}` takes the freeze back",
                f"增减用 `lianjian baseline add`、`remove`，撤销冻结用 `lianjian undo {source.batch}`",
            ),
        )
    seen = as_decided(store, read(store, date), date)
    codes = texts(seen.frame("organization", date, [])["key"])
    if not len(codes):
        raise InputError(
            f"no organization is listed on {iso(date)}; import the ledgers, or give their date",
            f"{iso(date)} 没有列入台账的单位；请先导入台账，或给出台账日期",
            option="--date",
        )
    if not confirmed:
        _refuse_few(store, len(codes), date)
    found = Baseline(office.strip(), date, reason, fingerprint(codes), len(codes), codes)
    return found, _write(store, found)


def _refuse_few(store: Store, listed: int, date: int) -> None:
    """Refuse to freeze what was listed before most ledgers came, unless told to."""
    latest = store.latest()
    later = len(as_decided(store, read(store, latest), latest).frame("organization", latest, []))
    if listed < FEW * later:
        raise InputError(
            f"only {listed:,} organizations are listed on {iso(date)}, {later:,} on {iso(latest)}, and all rates count from"
            " what is frozen",
            f"{iso(date)} 只有 {listed:,} 家单位列入台账，{iso(latest)} 有 {later:,} 家，而各项比率都以冻结的为准",
            option="--date",
            way=Way(
                f"give the date of the approved ledgers, or --confirm to freeze these {listed:,}",
                f"请给出审核台账的日期，确要冻结这 {listed:,} 家请加 --confirm",
                "give the date of the approved ledgers",
                "请给出审核台账的日期",
            ),
        )


def _write(store: Store, found: Baseline) -> int:
    n, dated = len(found.frozen), found.decided
    held = pd.DataFrame({"key": found.frozen, "row": np.arange(2, n + 2), "dated": dated})
    held["frozen"] = pd.array(np.full(n, dated), dtype="Int64")
    head = rows("freeze", [KEY], [dated], [found])
    return append(store, LEDGER, COMMAND, dated, {"freeze": head, "baseline": held})
