"""The packages that are locked, and what the wheel carries."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")


def pins(lock: str) -> dict[str, set[Version]]:
    """Every pinned package with its versions (one a range of Pythons)."""
    out: dict[str, set[Version]] = {}
    text = (ROOT / lock).read_text(encoding="utf-8")
    for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", text):
        out.setdefault(canonicalize_name(name), set()).add(Version(version))
    return out


def declared(group: str | None) -> list[Requirement]:
    """What pyproject.toml asks for: the run-time dependencies, or a group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = project["project"]["dependencies"]
    if group:
        listed = [one for one in project["dependency-groups"][group] if isinstance(one, str)]
    return [Requirement(one) for one in listed]


@pytest.mark.parametrize(
    ("lock", "group"),
    [
        (LOCKS[0], None),
        (LOCKS[0], "build"),
        (LOCKS[1], None),
        (LOCKS[1], "dev"),
        (LOCKS[2], "bench"),
    ],
)
def test_lock_answers_the_declaration(lock: str, group: str | None) -> None:
    """Each declared dependency is pinned, at a version it allows: else `make lock` was forgotten."""
    locked = pins(lock)
    for requirement in declared(group):
        found = locked.get(canonicalize_name(requirement.name), set())
        assert found, requirement
        assert all(v in requirement.specifier for v in found), requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_hashes_and_no_address(lock: str) -> None:
    """Every pin has a hash, and no line names a host."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    for block in re.split(r"(?m)^(?=[\w.-]+==)", text)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize(("narrow", "wide"), list(itertools.pairwise(LOCKS)))
def test_same_pins_in_the_wider_lock(narrow: str, wide: str) -> None:
    """What is tested and measured is what runs: a wider lock holds all pins of the one before it."""
    held = pins(wide)
    assert {n: v for n, v in pins(narrow).items() if held.get(n) != v} == {}


def test_the_application_s_libraries_are_exact_and_without_address() -> None:
    """package.json names exact versions, and the lock file has each library with its hash and no registry's address."""
    folder = ROOT / "viz/web"
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert locked[f"node_modules/{name}"]["version"] == version
    for name, one in locked.items():
        assert "resolved" not in one, name
        assert not name or one["integrity"].startswith("sha512-"), name


def test_nothing_built_or_fetched_is_in_git() -> None:
    """Bundle, fetched libraries and what is generated for the application are ignored (no font, no vendored library)."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/viz/assets/web/", "/viz/web/node_modules/", "/viz/web/src/generated/"} <= set(ignored)
