"""The command line's frame: one place where commands are put together, errors become exit codes, and texts get a language.

Start-up counts: this module and the commands' modules import nothing heavy; each command imports what it needs when it runs.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import typer
from typer.exceptions import TyperException

from api import configuration
from api.cli import INTERRUPTED, commands, helping
from api.cli.journaling import journaled
from api.cli.options import LangOption
from api.cli.output import note
from api.cli.texts import ASKED, LANGS, Lang, Texts, preferred
from graph.errors import LianjianError, in_chinese

DONE, FOUND, INPUT, ENVIRONMENT = 0, 1, 2, 3
"""Exit codes: done · done, with findings or rows in quarantine · usage or input · store or environment."""

PROGRAM = "lianjian"

BUILT_IN = ("help", "install_completion", "show_completion")
"""Options that typer makes."""

Command = Callable[..., int]
"""A command returns its exit code; its parameters are declared in :mod:`api.cli.options` or beside it."""


def create(groups: Iterable[commands.Group] = commands.GROUPS) -> typer.Typer:
    """Return the application with every command of ``groups``, its texts still keys of the catalogue.

    A command ``chain`` has the texts ``chain.help`` and ``chain.example``; a command ``list`` of ``profile`` has
    ``profile.list.help`` and so on.
    """
    app = typer.Typer(
        name=PROGRAM, cls=helping.Group, help="app.help", no_args_is_help=True, pretty_exceptions_enable=False,
    )  # fmt: skip
    app.callback()(_root)
    for group in groups:
        for name, function in group.commands.items():
            if isinstance(function, dict):
                nested = typer.Typer(
                    name=name, cls=helping.Group, help=f"{name}.help", no_args_is_help=True
                )
                nested.callback()(_group)
                for below, inner in function.items():
                    _add(nested, below, f"{name}.{below}", group.panel, inner)
                app.add_typer(nested, name=name, rich_help_panel=group.panel)
            else:
                _add(app, name, name, group.panel, function)
    return app


def _root(lang: LangOption = None) -> None:
    """Options stand after the command; the language may stand before it too."""
    ASKED.set(None if lang is None else lang.value)


def _group(lang: LangOption = None) -> None:
    """Between a group's name and its command the language may stand as well; what stood before it holds where none does."""
    if lang is not None:
        ASKED.set(lang.value)


def _add(app: typer.Typer, name: str, key: str, panel: str, function: Command) -> None:
    add = app.command(
        name,
        cls=helping.Command,
        help=f"{key}.help",
        epilog=f"{key}.example",
        rich_help_panel=panel,
    )
    add(journaled(key, function))


def speak(command: Any, texts: Texts) -> None:
    """Put texts in place of keys, in a command and all below it."""

    def spoken(key: str | None) -> str | None:
        return texts(key) if key and texts.has(key) else key

    command.texts = texts
    command.help = spoken(command.help)
    if command.epilog and texts.has(command.epilog):
        command.epilog = texts("app.example", example=texts(command.epilog))
    command.rich_help_panel = spoken(command.rich_help_panel)
    helper = command.get_help_option(typer.Context(command))
    for parameter in [*command.params, helper]:
        # typer's own options have English texts; ours have keys
        own = f"option.{parameter.name}" if parameter.name in BUILT_IN else parameter.help
        parameter.help = spoken(own)
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""  # a flag takes no value; help would show one
        panel = f"panel.{parameter.param_type_name}s"
        parameter.rich_help_panel = spoken(parameter.rich_help_panel or panel)
    for below in getattr(command, "commands", {}).values():
        speak(below, texts)


def _named(arguments: Sequence[str]) -> str | None:
    """Return the command that a command line begins with; ``None`` where it begins otherwise, or with none that there is."""
    first = arguments[0] if arguments else ""
    return first if any(first in group.commands for group in commands.GROUPS) else None


@cache
def _spoken(name: str | None, lang: Lang) -> Any:
    """Return the application in a language, with one command where that is all that is asked for: making all of them takes long."""
    groups = commands.GROUPS
    if name is not None:
        groups = tuple(
            replace(group, commands={name: group.commands[name]})
            for group in groups
            if name in group.commands
        )
    command = typer.main.get_command(create(groups))
    speak(command, Texts(lang))
    return command


def run(
    arguments: Sequence[str],
    app: typer.Typer | None = None,
    failed: Callable[[LianjianError], None] | None = None,
) -> int:
    """Run one command line and return its exit code; whatever goes wrong is one line on stderr.

    Settings that the environment leaves open come from a file, where one is named. ``failed`` is told an error that has its words
    in both languages.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(configuration.applied(configuration.named(arguments)))
        except LianjianError as e:
            note(f"{PROGRAM}: {e.text(preferred(arguments))}")
            return e.exit_code
        return _run(arguments, app, failed)


def _run(
    arguments: Sequence[str],
    app: typer.Typer | None,
    failed: Callable[[LianjianError], None] | None,
) -> int:
    texts = Texts(preferred(arguments))
    try:
        spoken = os.environ.get("LIANJIAN_LANG", "")
        if spoken and spoken not in LANGS:
            note(f"{PROGRAM}: {texts('error.lang', value=spoken)}")
            return INPUT
        completing = f"_{PROGRAM.upper()}_COMPLETE" in os.environ
        if app is not None:
            command = typer.main.get_command(app)
            speak(command, texts)
        else:
            command = _spoken(None if completing else _named(arguments), texts.lang)
        if completing:
            command(prog_name=PROGRAM)  # the shell asks: answers and leaves
        with command.make_context(PROGRAM, list(arguments)) as context:
            code = command.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except LianjianError as e:
        if failed is not None:
            failed(e)
        note(f"{PROGRAM}: {' '.join(e.text(texts.lang).split())}")
        return e.exit_code
    except typer.Exit as e:
        return e.exit_code
    except TyperException as e:
        return _usage(e, texts, _path(command, arguments))
    except (KeyboardInterrupt, typer.Abort):
        note(f"{PROGRAM}: {texts('error.interrupted')}")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough (`| head`). What is still buffered must not fail once more at exit.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except MemoryError:
        note(f"{PROGRAM}: {texts('error.memory')}")
        return ENVIRONMENT
    except OSError as e:
        _details()
        why = texts.either(in_chinese(e), e.strerror or type(e).__name__)
        what = texts.either(f"{e.filename}：{why}", f"{e.filename}: {why}") if e.filename else why
        note(f"{PROGRAM}: {texts('error.system', what=what)}")
        return ENVIRONMENT
    except Exception as e:  # noqa: BLE001 - the last line of defence: no traceback for a person
        _details()
        named = next((a for a in arguments if not a.startswith("-")), "")
        note(f"{PROGRAM}: {texts('error.fault', command=named, kind=type(e).__name__)}")
        return ENVIRONMENT


def _details() -> None:
    """Print the traceback where LIANJIAN_DEBUG asks for it; it may hold what the ledgers hold."""
    if os.environ.get("LIANJIAN_DEBUG"):
        import traceback

        traceback.print_exc()


def _path(command: Any, arguments: Sequence[str]) -> str:
    """Return the command that a command line calls, with what stands before it."""
    words = [PROGRAM]
    for argument in arguments:
        below = getattr(command, "commands", {})
        if argument in below:
            command = below[argument]
            words.append(argument)
        elif not below:
            break
    return " ".join(words)


def _usage(error: TyperException, texts: Texts, path: str) -> int:
    """Say what is wrong with the command line, and where help is (of the command that ``path`` names), in one line."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return INPUT  # the help was printed while the error was made
    from api.cli.usage import worded

    message = worded(error, texts)
    note(f"{PROGRAM}: {texts('error.usage', message=message, path=path)}")
    return error.exit_code if error.exit_code != 1 else INPUT


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line of this process and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A terminal that can't show a character shows its number; nothing fails for it.
            reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
