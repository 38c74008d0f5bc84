"""What is wrong with a command line, in the language asked for: the frame's libraries speak English only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.cli.texts import Texts

WHOLE = {
    "usage.missing_argument": r"Missing argument '(?P<name>[^']*)'",
    "usage.missing_option": r"Missing option '(?P<name>[^']*)'",
    "usage.missing_command": r"Missing command",
    "usage.no_option_but": r"No such option: (?P<name>\S+) \(Possible options: (?P<others>.*)\)",
    "usage.no_option": r"No such option: (?P<name>\S+)",
    "usage.no_command": r"No such command '(?P<name>.*)'",
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
    "usage.integer": r"Input should be a valid integer.*",
    "usage.number": r"Input should be a (?:valid|finite) number.*",
    "usage.choice": r"(?P<value>'.*'|\S+) is not one of (?P<others>.*)",
    "usage.day": r"(?P<value>'.*') is no date like 2016-08-26",
    "usage.ending": r"(?P<value>'.*') must end in (?:one of )?(?P<others>.*)",
}
"""Texts by what is said of the value of one parameter."""
_INVALID = re.compile(r"Invalid value(?: for '(?P<name>[^']*)')?: (?P<message>.*)", re.DOTALL)


def worded(message: str, t: Texts) -> str:
    """Return a usage message in the language asked for; one that nobody has met before stays as it is."""
    message = " ".join(message.split()).rstrip(".")
    invalid = _INVALID.fullmatch(message)
    if invalid is None:
        return _said(message, WHOLE, t)
    # what a parser of ours or of the library raises comes with the validating library's own words before it
    value = _said(invalid["message"].removeprefix("Value error, "), VALUE, t)
    if invalid["name"] is None:
        return value
    return t("usage.invalid", name=invalid["name"], message=value)


def _said(message: str, known: dict[str, str], t: Texts) -> str:
    for key, pattern in known.items():
        found = re.fullmatch(pattern, message)
        if found is not None:
            values = found.groupdict()
            if "others" in values:
                parts = re.split(r", | or ", values["others"])
                values["others"] = t("questions.comma").join(part.strip("'") for part in parts)
            return t(key, **values)
    return message
