"""The documents can't drift: they name what there is, all of it, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from api.app import create_app
from api.cli import reference
from api.cli.app import create
from api.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    p.relative_to(ROOT).as_posix()
    for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.md")]
)


def command_names() -> set[str]:
    """Every command's name."""
    root: Any = typer.main.get_command(create())
    return set(root.commands)


def test_reference_is_fresh() -> None:
    """docs/cli.md is what the commands say of themselves."""
    assert (ROOT / "docs/cli.md").read_text(encoding="utf-8") == reference.document()


@pytest.mark.parametrize("page", PAGES)
def test_commands_named_exist(page: str) -> None:
    """No page tells people to type a command that there is not."""
    text = (ROOT / page).read_text(encoding="utf-8")
    typed = set(re.findall(r"(?m)^(?:\.venv/bin/)?lianjian ([a-z]+)", text))
    typed |= set(re.findall(r"`(?:\.venv/bin/)?lianjian ([a-z]+)", text))
    assert typed <= command_names()


def test_readme_names_every_command() -> None:
    """A newcomer meets every command in the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {c for c in command_names() if f"lianjian {c}" not in text} == set()


def test_readme_names_what_is_not_served(tmp_path: Path) -> None:
    """What the README excepts from the answers over HTTP is each command that has no address there, and no other."""
    paths = create_app(Settings(str(tmp_path / "lianjian.db"))).openapi()["paths"]
    words = [path.removeprefix("/api/v1/").split("/") for path in paths]
    # a question is asked at its own address; what takes long is a job
    served = {
        "ask" if w[0] == "question" else w[1] if w[0] == "jobs" and w[1:] else w[0] for w in words
    }
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (excepted,) = re.findall(r"over HTTP: everything but (.*)", text)
    assert set(excepted.split(", ")) == command_names() - served


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link of a page leads to a file."""
    here = ROOT / page
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", here.read_text(encoding="utf-8")):
        assert (here.parent / target).exists(), target


def test_make_targets_named_exist() -> None:
    """Every `make` target that the README, CONTRIBUTING or deploy/ names is in the Makefile."""
    targets = set(
        re.findall(r"(?m)^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"))
    )
    for page in ("README.md", "CONTRIBUTING.md", "deploy/neo4j.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        named = set(re.findall(r"(?:`|(?m:^))make ([a-z0-9-]+)", text))
        assert named <= targets, page
