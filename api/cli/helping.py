"""Help in one language, whole: Chinese has no spaces, so its lines may end after any character.

What lays help out (typer, rich) speaks English, ends lines at spaces and cuts off what then does not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from api.cli.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable


class Command(TyperCommand):
    """A command whose help has whole texts."""

    texts = Texts("en")
    """The language of its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        _whole(lambda: super(Command, self).format_help(ctx, formatter), self.texts)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Print the line that says how the command is written."""
        _usage(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help has whole texts."""

    texts = Texts("en")
    """The language of its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        _whole(lambda: super(Group, self).format_help(ctx, formatter), self.texts)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Print the line that says how a command of the group is written."""
        _usage(self, ctx, formatter)


def _usage(command: Any, ctx: Any, formatter: Any) -> None:
    """Write how a command is called, its blanks in its language."""
    t = command.texts
    command.options_metavar = t("help.options")
    if isinstance(command, Group):
        command.subcommand_metavar = t("help.commands")
    pieces = command.collect_usage_pieces(ctx)
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=t("help.usage"))


def _whole(show: Callable[[], None], t: Texts) -> None:
    """Show help with texts that end their lines themselves and speak the language: there is no setting for it."""
    from typer import rich_utils

    from api.cli.wrapping import Wrapped

    made: Callable[..., Any] = rich_utils._make_rich_text

    def wrapped(**given: Any) -> Wrapped:
        return Wrapped.of(made(**given))

    ours = {
        made.__name__: wrapped,
        "REQUIRED_LONG_STRING": t("help.required"),
        "DEFAULT_STRING": t("help.default", value="{}"),
    }
    theirs = {name: vars(rich_utils)[name] for name in ours}
    vars(rich_utils).update(ours)
    try:
        show()
    except SystemExit as e:
        if isinstance(e.__context__, BrokenPipeError):
            # the layout leaves by 1 where its reader has seen enough; it is no error anywhere else in the program
            raise e.__context__ from None
        raise
    finally:
        vars(rich_utils).update(theirs)
