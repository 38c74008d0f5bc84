"""What answers about policy profiles look like."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.routes.models import Answer, Chosen, Label


class Titled(Answer):
    """A profile that comes with the program."""

    name: str = Field(examples=["wuhan-2016"])
    title: Label
    source: str


class BuiltIn(Answer):
    """The profiles that come with the program."""

    profiles: list[Titled]


class Setting(Answer):
    """One value that a person has to set."""

    section: str
    value: Any
    unit: str | None
    clause: str | None
    chosen: bool = Field(description="chosen by a person, not given by the plan")
    text: Label
    why: Label


class Shown(Answer):
    """Every value of a profile with its unit and clause."""

    name: str
    title: Label
    source: str
    settings: dict[str, Setting]
    deadlines: dict[str, list[str]]
    chosen_deadlines: dict[str, Chosen] = Field(description="those that no clause gives")
    semi_monthly: list[str]
    milestones: list[dict[str, Any]]
    departments: dict[str, str]
    definitions: dict[str, dict[str, Any]]
    undefined: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    options: list[dict[str, Any]]
    overridden: dict[str, Any]


class Checked(Answer):
    """Everything that is wrong with a profile."""

    profile: str
    valid: bool
    faults: list[Label]
