"""The numbers that a plan was made under: the profile's, but for what the plan says was set otherwise."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from graph.formation.verify.faults import Report, shown
from graph.policy.reading import BadValueError, checked
from graph.policy.settings import SECTIONS, SPECS, contradictions

if TYPE_CHECKING:
    from graph.policy.profile import Profile

Changes = dict[str, dict[str, Any]]

USED = frozenset(
    key
    for key, (section, _) in SPECS.items()
    if section == "formation" or key in ("gbt4754_edition", "datum", "civil_affairs")
)
"""Keys of the profile that a check of a plan depends on."""


def under(profile: Profile, stated: dict[str, Any], report: Report) -> tuple[Profile, Changes]:
    """Return the profile with a plan's own ``parameters``, and what differs: ``{key: {profile, plan}}``."""
    sections = {name: getattr(profile, name) for name in SECTIONS}
    changes: Changes = {}
    for key, value in _flat(stated):
        if key not in USED:
            continue
        section, spec = SPECS[key]
        here = getattr(sections[section], key)
        try:
            new = checked(value, spec)
        except (BadValueError, OverflowError) as error:  # a whole number beyond any float
            text = shown(value)
            if not isinstance(error, BadValueError):
                error = BadValueError("is out of range", "超出范围")
            report.add(
                "bad_parameter", None, (),
                f"parameters.{key} = {text} {error.en}", f"parameters.{key} = {text} {error.zh}",
            )  # fmt: skip
            continue
        if new != here:
            changes[key] = {"profile": here, "plan": new}
            sections[section] = dataclasses.replace(sections[section], **{key: new})
    values = {k: getattr(sections[s], k) for k, (s, _) in SPECS.items()}
    wrong = contradictions(values) if changes else []
    for key, en, zh in wrong:
        report.add("bad_parameter", None, (), f"parameters.{key}: {en}", f"parameters.{key}：{zh}")
    if wrong:
        return profile, {}
    return dataclasses.replace(profile, **sections), changes


def _flat(stated: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return (key, value), whether the values stand by section or not, alone or with their unit and clause."""
    out = []
    for key, value in stated.items():
        if key in SECTIONS and isinstance(value, dict):
            out += _flat(value)
        elif isinstance(value, dict) and "value" in value:
            out.append((key.rpartition(".")[2], value["value"]))
        else:
            out.append((key.rpartition(".")[2], value))
    return out
