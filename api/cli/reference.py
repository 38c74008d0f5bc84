"""Writes ``docs/cli.md`` from the commands themselves.

``python -m api.cli.reference --write docs/cli.md`` writes it; ``--check`` fails where it is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from api.cli.app import PROGRAM, create, speak
from api.cli.texts import Texts
from graph.generated import settle


def document() -> str:
    """Return the page: every command with its usage, options and example, in English with the Chinese line beside."""
    lines = [
        "# The command line",
        "",
        "Written from the commands by `make generate`; don't edit.",
        "",
        (
            "Options stand after the command. Exit codes: 0 done · 1 done, with findings or rows in quarantine · "
            "2 usage or input error · 3 store or environment error · 130 interrupted."
        ),
        "",
        (
            "Environment: `LIANJIAN_STORE` the store where `--store` names none (a file, or `neo4j://…`, `bolt://…`,"
            " with `+s` or `+ssc` for TLS) · `LIANJIAN_NEO4J_USER` (else `neo4j`) and `LIANJIAN_NEO4J_PASSWORD` for a server"
            " · `LIANJIAN_LANG` `zh` or `en` · `LIANJIAN_HOST`, `LIANJIAN_PORT`, `LIANJIAN_NAMES`, `LIANJIAN_TLS_CERT`,"
            " `LIANJIAN_TLS_KEY`, `LIANJIAN_BEHIND_PROXY`, `LIANJIAN_PROXIES` for `serve`, and `LIANJIAN_RATE_LOGIN`,"
            " `LIANJIAN_RATE_ADDRESS`, `LIANJIAN_RATE_READS`, `LIANJIAN_RATE_HEAVY` (such as `5/minute;20/hour`)"
            " · `LIANJIAN_STATE` the folder of what is kept beside the store, the journal too"
            " (else `lianjian.service` beside `lianjian.db`)"
            " · `LIANJIAN_JOURNAL_KEY_FILE` and `LIANJIAN_JOURNAL_ANCHOR` the journal's key and anchor (else in that folder)"
            " · `LIANJIAN_UPLOAD_MB` the largest upload (200)"
            " · `LIANJIAN_JOBS` plans, audits and exports that it works on at once (2)"
            " · `LIANJIAN_JOB_PRIORITY` `background`: they make way for all else (`normal`: they don't)"
            " · `LIANJIAN_READERS` processes that answer quick questions (one a processor, 4 at most; 0: the service itself)"
            " · `LIANJIAN_DEBUG=1` tracebacks (they may hold what the ledgers hold)."
        ),
        "",
    ]
    english, chinese = _spoken(Texts("en")), _spoken(Texts("zh"))
    for (name, command), (_, zh) in zip(_leaves(english), _leaves(chinese), strict=True):
        lines += _section(name, command, zh)
    return "\n".join(lines)


def _spoken(texts: Texts) -> Any:
    command = typer.main.get_command(create())
    speak(command, texts)
    return command


def _leaves(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, below in command.commands.items():
        full = f"{path}{name}"
        if hasattr(below, "commands"):
            yield from _leaves(below, f"{full} ")
        else:
            yield full, below


def _section(name: str, command: Any, chinese: Any) -> list[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    usage = " ".join(
        [PROGRAM, name, *(_argument(p) for p in arguments), *(["[OPTIONS]"] if options else [])]
    )
    lines = [f"## {name}", "", f"{command.help}. {chinese.help}。", "", "```", usage, "```", ""]
    lines += ["| argument or option | what it says |", "| --- | --- |"]
    lines += [f"| `{p.metavar or p.name.upper()}` | {_cell(p.help)} |" for p in arguments]
    for p in options:
        names = ", ".join(f"`{o}`" for o in p.opts)
        value = f" {p.metavar}" if p.metavar and not p.is_flag else ""
        lines.append(f"| {names}{_cell(value)} | {_cell(p.help)} |")
    return [*lines, "", command.epilog.replace(": ", ": `", 1) + "`", ""]


def _argument(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    name += "…" if parameter.nargs == -1 else ""
    return name if parameter.required else f"[{name}]"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Write or check the page; 1 where it is stale."""
    mode, path = arguments
    return settle(path, document(), mode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
