"""What a check finds wrong, as it is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

NAMED = 5
"""Organizations that a message names; ``organizations[]`` holds all."""


@dataclass(frozen=True)
class Fault:
    """One thing that a plan gets wrong.

    Attributes
    ----------
    code : str
        What kind of thing (``wrong_cost``, ``group_undercuts`` …).
    ledger_unit : str or None
        Where; ``None`` for the plan as a whole.
    organizations : tuple of str
        Whom it concerns.
    en, zh : str
        One line for a person.
    """

    code: str
    ledger_unit: str | None
    organizations: tuple[str, ...]
    en: str
    zh: str

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints in ``faults[]``."""
        return {
            "code": self.code,
            "ledger_unit": self.ledger_unit,
            "organizations": list(self.organizations),
            "message": {"zh": self.zh, "en": self.en},
        }


@dataclass
class Report:
    """Faults in the order found."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, code: str, unit: str | None, who: Iterable[str], en: str, zh: str) -> None:
        """Note a fault of a ledger unit (its id stands in front of the message) or, with ``None``, of the plan."""
        where = "plan" if unit is None else shown(unit)
        ort = "方案" if unit is None else shown(unit)
        fault = Fault(
            code,
            None if unit is None else shown(unit),
            tuple(shown(c) for c in who),
            f"{where}: {en}",
            f"{ort}：{zh}",
        )
        self.faults.append(fault)


def shown(text: object) -> str:
    """Return what a file holds as a text that can be printed: no lone surrogates, not endless."""
    clean = str(text).encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= 120 else clean[:119] + "…"


def names(who: Iterable[str]) -> str:
    """Return some of the codes, for a message in English."""
    return _some(who, ", ", "and {} more")


def namen(who: Iterable[str]) -> str:
    """Return some of the codes, for a message in Chinese."""
    return _some(who, "、", "等共 {} 个")


def _some(who: Iterable[str], comma: str, more: str) -> str:
    codes = [shown(c) for c in who]
    if len(codes) <= NAMED:
        return comma.join(codes)
    rest = len(codes) - NAMED if comma == ", " else len(codes)
    return comma.join(codes[:NAMED]) + " " + more.format(rest)


def coin(micro: int) -> str:
    """Return integers of 1e-6 as the decimal that they are."""
    sign = "-" if micro < 0 else ""
    whole, part = divmod(abs(micro), 1_000_000)
    return f"{sign}{whole}.{part:06d}".rstrip("0").rstrip(".")
