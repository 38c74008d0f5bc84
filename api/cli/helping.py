"""Help that loses nothing at the end of a line: Chinese has no spaces, so its lines may end after any character.

What lays help out (typer, rich) ends lines at spaces and cuts off what then does not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Callable


class Command(TyperCommand):
    """A command whose help has whole texts."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        _whole(lambda: super(Command, self).format_help(ctx, formatter))


class Group(TyperGroup):
    """A group of commands whose help has whole texts."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        _whole(lambda: super(Group, self).format_help(ctx, formatter))


def _whole(show: Callable[[], None]) -> None:
    """Show help with texts that end their lines themselves: there is no setting for it."""
    from typer import rich_utils

    from api.cli.wrapping import Wrapped

    made: Callable[..., Any] = rich_utils._make_rich_text

    def wrapped(**given: Any) -> Wrapped:
        return Wrapped.of(made(**given))

    vars(rich_utils)[made.__name__] = wrapped
    try:
        show()
    finally:
        vars(rich_utils)[made.__name__] = made
