"""What is wrong with a command line, in the language asked for: the frame's libraries speak English only.

What they say is told apart by the kind of their error; only of the value of a parameter, and of what has no kind of its own, is
their sentence read. A sentence that nobody has met is not shown in a language that was not asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer.exceptions import TyperException

    from api.cli.texts import Texts


class WrongValue(typer.BadParameter):
    """A value that an option or argument of ours refuses, in words of the catalogue.

    Parameters
    ----------
    key : str
        The text's.
    of : str, optional
        The option, where the command refuses and no parser does.
    **values : object
        What the text says; the parts of a tuple are listed.
    """

    def __init__(self, key: str, *, of: str | None = None, **values: object) -> None:
        super().__init__(key, param_hint=of)
        self.key = key
        self.values = values


WHOLE = {
    "usage.missing_command": r"Missing command",
    "usage.no_command_but": r"No such command '(?P<name>.*?)'\. Did you mean (?P<others>.*)\?",
    "usage.no_command": r"No such command (?P<name>.*)",
    "usage.extra": r"Got unexpected extra argument(?:s|\(s\))? \((?P<name>.*)\)",
    "usage.no_value": r"Option '(?P<name>[^']*)' requires an argument",
    "usage.values": r"Option '(?P<name>[^']*)' requires (?P<number>\d+) arguments",
    "usage.flag": r"Option '(?P<name>[^']*)' does not take a value",
    "usage.takes": r"Argument '(?P<name>[^']*)' takes (?P<number>\d+) values",
}
"""Texts by what the whole message looks like."""
VALUE = {
    "usage.at_least": r"Input should be greater than or equal to (?P<number>\S+)",
    "usage.at_most": r"Input should be less than or equal to (?P<number>\S+)",
    "usage.integer": r"Input should be a valid integer.*|Unable to parse input string as an integer.*",
    "usage.number": r"Input should be a (?:valid|finite) number.*",
    "usage.choice": r"(?P<value>'.*'|\".*\"|\S+) is not one of (?P<others>.*)",
}
"""Texts by what is said of the value of one parameter."""


def worded(error: TyperException, t: Texts) -> str:
    """Return what is wrong in the language asked for."""
    kind = type(error).__name__
    if kind == "NoSuchOption":
        return _no_option(error, t)
    if kind == "MissingParameter":
        return _missing(error, t)
    if not isinstance(error, typer.BadParameter):
        return _said(error.format_message(), WHOLE, "命令写法不合要求", t)
    if isinstance(error, WrongValue):
        values = {k: _listed(v, t) if isinstance(v, tuple) else v for k, v in error.values.items()}
        value = t(error.key, **values)
    else:
        # what a parser of the library raises comes with the validating library's own words before it
        value = _said(error.message.removeprefix("Value error, "), VALUE, "不能用作此项的值", t)
    name = _name(error)
    return value if name is None else t("usage.invalid", name=name, message=value)


def _no_option(error: Any, t: Texts) -> str:
    name = error.option_name
    if isinstance(error.cmd, TyperGroup) and _below(error.cmd, name):
        return t("usage.option_after", name=name)
    if not error.possibilities:
        return t("usage.no_option", name=name)
    return t("usage.no_option_but", name=name, others=_listed(sorted(error.possibilities), t))


def _below(group: TyperGroup, option: str) -> bool:
    """Return whether a command of a group, or of a group in it, takes an option."""
    return any(
        any(option in parameter.opts for parameter in command.params)
        or (isinstance(command, TyperGroup) and _below(command, option))
        for command in group.commands.values()
    )


def _missing(error: Any, t: Texts) -> str:
    name, parameter = _name(error), error.param
    if parameter.param_type_name == "option":
        return t("usage.missing_option", name=name)
    choices = parameter.type_descriptor.choices
    if not choices:
        return t("usage.missing_argument", name=name)
    listed = _listed((str(getattr(choice, "value", choice)) for choice in choices), t)
    return t("usage.missing_choice", name=name, others=listed)


def _name(error: Any) -> str | None:
    """Return what an option or argument is called on the command line; ``None`` where the error is of none."""
    hint = error.param_hint or (error.param.get_error_hint() if error.param else None)
    if hint is None:
        return None
    return " / ".join(str(part).strip("'") for part in ([hint] if isinstance(hint, str) else hint))


def _listed(names: Iterable[str], t: Texts) -> str:
    return t("questions.comma").join(names)


def _said(message: str, known: dict[str, str], other: str, t: Texts) -> str:
    message = " ".join(message.split()).rstrip(".")
    for key, pattern in known.items():
        found = re.fullmatch(pattern, message)
        if found is not None:
            values = found.groupdict()
            if "others" in values:
                parts = re.split(r", | or ", values["others"])
                values["others"] = _listed((part.strip("'") for part in parts), t)
            if key == "usage.no_command":
                values["name"] = values["name"].strip("'")
            return t(key, **values)
    return t.either(other, message)
