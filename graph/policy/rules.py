"""What a profile holds besides values: the plan's clauses, options, milestones, definitions, and the words left undefined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RULE_KINDS = (
    "number",
    "date",
    "switch",
    "owner",
    "evidence",
    "structure",
    "review",
    "report",
    "none",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause of the plan as a check (RULES).

    Attributes
    ----------
    id, clause : str
        ``S25`` and where it stands in the plan.
    kind : str
        One of :data:`RULE_KINDS`.
    sees : str
        ``P`` on a planner's screen, ``A`` in an auditor's findings, both or neither.
    text_zh, text_en : str
        The plan's own words; the check.
    keys : tuple of str
        The profile's keys that hold its numbers, dates and switches.
    by : tuple of str
        What applies it: a command, ``audit:CODE``, ``city:COLUMN`` or a part of the profile.
    reason_zh, reason_en : str
        Why it is not automated, or not wholly; empty where it is.
    due : tuple of int
        Its deadlines (``yyyymmdd``).
    """

    id: str
    clause: str
    kind: str
    sees: str
    text_zh: str
    text_en: str
    keys: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    reason_zh: str = ""
    reason_en: str = ""
    due: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A later or local rule (O-rules of RULES) that a profile may switch on.

    ``sets`` are the values that switching it on sets; where there are none, ``reason_zh`` and ``reason_en`` say why it can't be
    switched.
    """

    id: str
    source: str
    grade: str
    text_zh: str
    text_en: str
    sets: Mapping[str, Any]
    reason_zh: str = ""
    reason_en: str = ""
    on: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage of the campaign, first and last day as ``yyyymmdd``."""

    id: str
    clause: str
    start: int
    end: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One coverage definition: its id, the rule it comes from, and its fraction in words."""

    id: str
    clause: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Undefined:
    """A word that the plan leaves undefined: the keys that stand for it, or (``zh``, ``en``) who decides."""

    term: str
    keys: tuple[str, ...]
    zh: str = ""
    en: str = ""
