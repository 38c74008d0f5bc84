"""The command line ``lianjian``: one module a group of commands; texts, options, output, progress."""

from __future__ import annotations

import sys
from collections.abc import Sequence

INTERRUPTED = 130
"""Exit code of Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line of this process and leave with its exit code, also while it is still being loaded."""
    try:
        from api.cli.app import main as run  # here, so that Ctrl-C during imports is no traceback

        run(arguments)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


__all__ = ["INTERRUPTED", "main"]
