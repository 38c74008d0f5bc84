"""Where a command can't write, it names its own way to another place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.commandline import Lianjian
from tests.loaders.city import firm, ledger


def read_only(_: object, mode: int) -> bool:
    """What may be done with a place: read it."""
    return mode == os.R_OK


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        (("import", "一.csv"), "say with --faults DIR where copies go", "请用 --faults 指定副本写入的文件夹"),
        (("import", "一.csv", "--faults", "a"), "choose another --faults", "请另选 --faults"),
        (("import", "一.csv", "--faults", "一.csv/a"), "choose another --faults", "请另选 --faults"),
        (("import", "一.csv", "--out", "a.json", "--faults", "a"), "choose another --out", "请另选 --out"),
        (("profile", "copy", "m.toml"), "name another file", "请另选文件"),
        (("profile", "copy", "no/m.toml"), "make it or name another file", "请先建立或另选文件"),
        (("report", "--write-template", "t.docx"), "choose another --write-template", "请另选 --write-template"),
        (("template", "a"), "choose another place", "请另选位置"),
        (("map", "91A", "--out", "a.html"), "choose another --out", "请另选 --out"),
        (("export", "91A", "--out", "no/a.gexf"), "make it or choose another --out", "请先建立或另选 --out"),
    ],
)  # fmt: skip
def test_a_place_that_takes_no_file(
    town: Path,
    lianjian: Lianjian,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    en: str,
    zh: str,
) -> None:
    """What is said of a place that can't be written is what this command has for another: its option, or its argument."""
    ledger(tmp_path / "一.csv", firm(1, 从业人数="许多"))
    monkeypatch.setattr(os, "access", read_only)
    for lang, words in (("en", en), ("zh", zh)):
        answer = lianjian(*arguments, "--lang", lang)
        assert answer.code in (1, 2)
        assert f"{words}\n" in answer.out + answer.err
        others = {"--out", "--faults", "--write-template"} - {*arguments, *words.split()}
        assert not [option for option in others if option in answer.err], "another command's way"


def test_another_place_for_the_ledger_of_a_plan(
    lianjian: Lianjian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan whose ledger can't be written names the option that gives its place."""
    ledger(tmp_path / "一.csv", *(firm(n, 正式党员数="2") for n in (1, 2)))
    assert lianjian("import", "一.csv").code == 0
    monkeypatch.setattr(os, "access", read_only)
    answer = lianjian("plan", "--ledger", "new.xlsx")
    assert answer.code == 2
    assert "new.xlsx: can't write there (Permission denied); choose another --ledger" in answer.err
