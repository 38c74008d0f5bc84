"""One line for a person: of an answer on stdout, beside it on stderr."""

from __future__ import annotations

import sys


def visible(text: object) -> str:
    """Return text with control characters made visible, so that no ledger's cell can steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def say(text: str = "") -> None:
    """Print one line of an answer for a person on stdout."""
    sys.stdout.write(visible(text) + "\n")


def note(text: str) -> None:
    """Print one line beside the answer on stderr."""
    sys.stderr.write(visible(text) + "\n")
