"""A small town in an embedded store, and a way to run one command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from api.cli.app import run
from graph.model import Claims
from graph.store import open_store
from tests.cli.commandline import Answer, Lianjian

Row = dict[str, Any]
UNITS: list[Row] = [
    {"key": "CITY", "name": "某市两新工委", "type": "工委"},
    {"key": "DIST", "name": "某区两新工委", "type": "工委", "superior": "CITY"},
    {"key": "STREET", "name": "某街道工委", "type": "工委", "superior": "DIST"},
    {"key": "JOINT", "name": "[bold]联合\x1b[31m支部", "type": "联合党支部", "superior": "STREET"},
    {"key": "LOOP1", "name": "甲支部", "type": "党支部", "superior": "LOOP2"},
    {"key": "LOOP2", "name": "乙支部", "type": "党支部", "superior": "LOOP1"},
]
ORGANIZATIONS: list[Row] = [
    {
        "key": "91A",
        "name": "=公式公司",
        "line": "enterprise",
        "category": "私营企业",
        "unit": "JOINT",
    },
    {
        "key": "91B",
        "name": "光谷软件公司",
        "line": "enterprise",
        "category": "私营企业",
        "unit": "JOINT",
    },
    {
        "key": "91C",
        "name": "光谷光电公司",
        "line": "enterprise",
        "category": "私营企业",
        "staff": 12,
    },
    {"key": "DIST", "name": "与党组织同码的单位", "line": "social", "category": "社会团体"},
]


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """English, no store of anyone's, and a folder of one's own."""
    for name in ("LIANJIAN_STORE", "LIANJIAN_DEBUG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIANJIAN_LANG", "en")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def lianjian(capsys: pytest.CaptureFixture[str]) -> Lianjian:
    """Run a command line in this process: ``lianjian("chain", "91A")``."""

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = run(arguments)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """An embedded store with two chains, a cycle and a code that two entities have, in the default place."""
    return made_town(tmp_path / "lianjian.db")


def made_town(path: Path) -> Path:
    """Make the town in a place."""
    store = open_store(str(path), create=True)
    at = "2016-08-26T00:00:00"
    with store.importing(at=at, dated=20160826, files=["town.xlsx"]) as importer:
        for kind, rows in (("unit", UNITS), ("organization", ORGANIZATIONS)):
            frame = pd.DataFrame(
                [{"row": n + 2, "dated": 20160826, **r} for n, r in enumerate(rows)]
            )
            importer.add(Claims(kind, kind, 20160826, "town.xlsx", kind, frame))
    store.close()
    return path
