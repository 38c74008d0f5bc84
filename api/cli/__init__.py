"""The command line ``lianjian``: one module a group of commands; texts, options, output, progress."""

from api.cli.app import main

__all__ = ["main"]
