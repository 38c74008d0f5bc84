"""Findings as work: which finding is which across runs, and what people have done about it.

A finding's identity is its code and what the rule says tells its findings apart (mostly the subject), never a row number or a
file: ``orphan:U0012``, ``report_late:某区委组织部:2016-09-10``. What people do about it is a record of its own (kind ``handling``),
dated, kept over imports, and taken back by ``undo``. A dismissed finding stays dismissed while its evidence is what it was.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

import pandas as pd

from graph.affiliation.registry import Words
from graph.cut.outside import is_stub
from graph.decisions.writing import appending, rows
from graph.errors import InputError, UnknownIdError, Way
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graph.affiliation.registry import Hit, Rule
    from graph.model import Finding
    from graph.store.base import Store

State = Literal["open", "confirmed", "dismissed", "repaired"]
STATES: tuple[State, ...] = ("open", "confirmed", "dismissed", "repaired")
LEDGER = "问题办理"
PASSING = frozenset(("edition",))
"""Values of evidence that only say that a newer ledger says the same again."""

NAMING = ("node", "from", "to")
"""Values of evidence that are codes."""


def identity(rule: Rule, hit: Hit) -> str:
    """Return a finding's identity: its code and the values that tell the rule's findings apart."""
    parts = [rule.code]
    for name in rule.identity:
        value = hit.subject if name == "subject" else hit.values[name]
        parts.append(value.zh if isinstance(value, Words) else str(value))
    return ":".join(parts)


def evidence(hit: Hit) -> str:
    """Return a fingerprint of what shows a finding: equal while nodes, edges and values are the same, wherever they were read.

    It has a part for each node and edge, a hash and the codes that it names, so that a jurisdiction's cut can keep the parts that
    lie in it (:func:`of_evidence`). Stubs have none, as what they stand for has none there; nor has a count of what was left out.
    """
    pieces = set[tuple[str, ...]]()
    for piece in hit.evidence:
        codes = [
            str(piece[name]) for name in NAMING if name in piece and piece[name] != hit.subject
        ]
        if ("node" not in piece and "edge" not in piece) or any(map(is_stub, codes)):
            continue
        kept = {
            name: value
            for name, value in piece.items()
            if name not in PASSING and not (name == "node" and value == hit.subject)
        }
        text = json.dumps(kept, ensure_ascii=False, sort_keys=True, default=str)
        pieces.add((hashlib.sha256(text.encode()).hexdigest()[:16], *codes))
    return _joined(pieces)


def of_evidence(kept: str, beyond: Callable[[str], bool]) -> str:
    """Return the parts of a fingerprint that name nothing beyond: what :func:`evidence` says where that is not seen."""
    return _joined(piece for piece in _pieces(kept) if not any(map(beyond, piece[1:])))


def named_in(kept: str) -> set[str]:
    """Return the codes that a fingerprint names, but the finding's subject."""
    return {code for piece in _pieces(kept) for code in piece[1:]}


def _pieces(kept: str) -> list[tuple[str, ...]]:
    """Return the parts of a fingerprint; of one that an earlier version made, none."""
    return [tuple(piece) for piece in json.loads(kept)] if kept.startswith("[") else []


def _joined(pieces: Iterable[tuple[str, ...]]) -> str:
    return json.dumps(sorted(pieces), ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Handling:
    """What was last done about a finding.

    Parameters
    ----------
    id, code, subject : str
        The finding (:func:`identity`).
    state : str
        ``confirmed`` (it is so, and an office has it in charge), ``dismissed`` (it is no fault), ``repaired`` (mended, as someone
        says; the next ledger has to show it), ``open`` (taken up again).
    note, office, due
        Why, who is in charge, until when (``yyyymmdd``).
    decided : int
        From when the state holds.
    evidence : str
        The evidence as it was (:func:`evidence`).
    claim : int
        The store's number of the record.
    """

    id: str
    code: str
    subject: str
    state: State
    decided: int
    evidence: str
    note: str | None = None
    office: str | None = None
    due: int | None = None
    claim: int = 0

    def standing(self, now: str) -> State:
        """Return the state that holds for evidence as it is now: what was dismissed or repaired on other evidence is open."""
        if self.state in ("dismissed", "repaired") and now != self.evidence:
            return "open"
        return self.state

    def as_json(self, now: str | None = None) -> dict[str, Any]:
        """Return the object beside a finding; ``now`` is its evidence, ``None`` where it is not found any more."""
        return {
            "state": self.state if now is None else self.standing(now),
            "note": self.note,
            "office": self.office,
            "due": iso(self.due),
            "decided": iso(self.decided),
            "evidence_changed": now is not None and now != self.evidence,
        }


def read(store: Store, as_of: int | None = None) -> dict[str, Handling]:
    """Return what was done about findings by a date, by identity."""
    return {h.id: h for h in _rows(store.frame("handling", as_of))}


def history(store: Store, id_: str) -> list[Handling]:
    """Return all that was ever done about a finding, by date."""
    rows = store.history("handling", id_)
    return list(_rows(rows[rows["rank"] == 0]))


def _rows(frame: pd.DataFrame) -> Iterator[Handling]:
    for row in frame.to_dict("records"):
        known = {str(c): None if pd.isna(v) else v for c, v in row.items()}
        yield Handling(
            id=str(row["key"]),
            code=str(row["code"]),
            subject=str(row["subject"]),
            state=cast("State", row["state"]),
            decided=int(row["decided"]),
            evidence=str(row["evidence"]),
            note=known["note"],
            office=known["office"],
            due=None if known["due"] is None else int(known["due"]),
            claim=int(row["claim"]),
        )


def decided(
    store: Store,
    found: tuple[Finding, str] | None,
    id_: str,
    state: State,
    date: int,
    *,
    note: str | None = None,
    office: str | None = None,
    due: int | None = None,
) -> Handling:
    """Return what is done about a finding, checked, to be written; what is not said anew stays as it was.

    Parameters
    ----------
    found : tuple of Finding and str, optional
        The finding and its evidence's fingerprint; ``None`` where the audit does not find it at the date.
    date : int
        From when it holds: the date of the audit that shows it.

    Raises
    ------
    UnknownIdError
        It is neither found nor was anything done about it before.
    InputError
        A dismissal without a note, or something done at a later date.
    """
    before = {h.decided: h for h in history(store, id_)}
    if before and max(before) > date:
        raise InputError(
            f"{id_}: something was done about it on {iso(max(before))}",
            f"{id_}：{iso(max(before))} 已有办理记录",
            way=Way("give a later --as-of", "请给出更晚的 --as-of"),
        )
    last = before[max(before)] if before else None
    if found is None and last is None:
        raise UnknownIdError(
            f"{id_}: the audit of {iso(date)} has no such finding",
            f"{id_}：{iso(date)} 的审计没有这一问题",
            way=Way(
                "`lianjian audit` and `lianjian finding list` show ids",
                "编号见 `lianjian audit` 与 `lianjian finding list`",
            ),
        )
    if state == "dismissed" and not (note or "").strip():
        raise InputError(
            "a finding is dismissed with a reason", "不作问题处理须写明理由", option="--note"
        )
    old = last or Handling(id_, "", "", state, date, "")
    made = Handling(
        id=id_,
        code=found[0].code if found else old.code,
        subject=found[0].subject if found else old.subject,
        state=state,
        decided=date,
        evidence=found[1] if found else old.evidence,
        note=note.strip() if note else old.note,
        office=office.strip() if office else old.office,
        due=due or old.due,
    )
    if last is not None and replace(made, decided=last.decided, claim=last.claim) == last:
        raise InputError(
            f"{id_}: that stands already, since {iso(last.decided)}; nothing was recorded",
            f"{id_}：自 {iso(last.decided)} 起即为此状态，未作记录",
        )
    return made


def handle(
    store: Store,
    found: tuple[Finding, str] | None,
    id_: str,
    state: State,
    date: int,
    *,
    note: str | None = None,
    office: str | None = None,
    due: int | None = None,
    whole: str | None = None,
) -> tuple[Handling, int]:
    """Record what is done about a finding (see :func:`decided`); return the record and its batch.

    Parameters
    ----------
    whole : str, optional
        Where the finding is seen in part: its evidence in the whole city, which is what is kept.

    Raises
    ------
    UnknownIdError, InputError
        As :func:`decided`.
    """

    def sifted() -> list[tuple[Handling, Handling]]:
        made = decided(store, found, id_, state, date, note=note, office=office, due=due)
        return [(made, made if whole is None else replace(made, evidence=whole))]

    done, batch = write(store, state, date, sifted)
    return done[0], batch


def write(
    store: Store, state: State, date: int, sifted: Callable[[], list[tuple[Handling, Handling]]]
) -> tuple[list[Handling], int]:
    """Write what is done at one date as one batch; return it, and the batch's number.

    Parameters
    ----------
    sifted : callable
        Gives what may be recorded as it is told, and as it is kept, by what stands when it is called: before (what can't be waits
        for nobody who writes), and while nobody else writes.
    """
    if not sifted():
        return [], 0
    with appending(store, LEDGER, f"lianjian finding {state}", date) as add:
        done = sifted()
        if not done:
            return [], 0
        kept = [h for _, h in done]
        frame = rows("handling", [h.id for h in kept], [h.decided for h in kept], kept)
        return [told for told, _ in done], add({"handling": frame})
