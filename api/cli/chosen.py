"""The values that a person chose, labelled and grouped as people read them (RULES: printed on every report)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.policy.settings import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.cli.texts import Texts

Chosen = dict[str, Any]

GROUPS = {
    "limits": ("min_members", "max_", "zero_members"),
    "near": ("radius", "far", "similar"),
    "weights": ("weight_",),
    "location": ("adjacency_",),
    "sector": ("similarity_",),
    "surcharge": ("surcharge_",),
    "costs": ("new_unit", "attach", "uncovered", "moved"),
    "reading": ("gbt4754_edition", "datum", "civil_affairs"),
}
"""Groups of a plan's values, by what their keys are or (ending in ``_``) begin with; what is in none stands by itself."""


def grouped_lines(t: Texts, chosen: Iterable[Chosen]) -> list[str]:
    """Return a heading and one line a group of values: for the many that a plan rests on."""
    groups: dict[str, list[str]] = {}
    number = 0
    for c in chosen:
        number += 1
        group = _group(c["key"])
        groups.setdefault(group, []).append(f"{_label(t, c, group)} = {_value(t, c)}")
    if not number:
        return []
    comma = t("questions.semicolon")
    lines = [
        t("chosen.group", group=t(f"chosen.{group}"), values=comma.join(groups[group]))
        for group in (*GROUPS, "other")
        if group in groups
    ]
    return [t("chosen.heading", number=number), *lines]


def lines(t: Texts, chosen: Iterable[Chosen]) -> list[str]:
    """Return one line for each value, with the ground on which it was chosen."""
    return [
        t("chosen.line", label=_label(t, c, "other"), value=_value(t, c), why=c["why"][t.lang])
        for c in chosen
    ]


def _group(key: str) -> str:
    for group, words in GROUPS.items():
        if any(key.startswith(w) if w.endswith("_") else key == w for w in words):
            return group
    return "other"


def _label(t: Texts, c: Chosen, group: str) -> str:
    """Return what a value is; under a heading that says its first part, the rest."""
    text = str(c["text"][t.lang]) if "text" in c else str(c["key"])
    head, colon, rest = text.partition(t("chosen.colon"))
    return rest if colon and group != "other" and head == t(f"chosen.{group}") else text


def _value(t: Texts, c: Chosen) -> str:
    value = c["value"]
    if isinstance(value, bool):
        return t("word.yes" if value else "word.no")
    if isinstance(value, float | int):
        unit = UNITS.get(str(c.get("unit")))
        return f"{value:,.10g}" + (f" {t.either(*unit[:2])}" if unit else "")
    if isinstance(value, list | tuple):
        return t("questions.comma").join(map(str, value))
    return t(f"action.{value}") if t.has(f"action.{value}") else str(value)
