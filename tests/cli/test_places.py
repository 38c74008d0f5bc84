"""Where a command can't write, it names its own way to another place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from graph import errors
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


def test_why_a_place_takes_no_file_is_said_in_the_language(
    town: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system says it in English; a Chinese sentence has a Chinese reason."""
    monkeypatch.setattr(os, "access", read_only)
    said = lianjian("map", "91A", "--out", "a.html", "--lang", "zh").err
    assert "a.html：无法写入（没有权限）；请另选 --out" in said


def test_a_file_that_is_not_there_is_said_in_the_language(lianjian: Lianjian, town: Path) -> None:
    """Decisions that can't be read, and a profile that is no TOML: no English in a Chinese sentence, and the place in the file."""
    Path("p.toml").write_text("min_members\n", encoding="utf-8")
    for arguments, words in (
        (("plan", "--pin", "no.txt"), "no.txt：无法读取（没有这个文件或文件夹）"),
        (("survey", "--profile", "p.toml"), "p.toml 第 1 行第 12 列：不是有效的 TOML"),
        (("plan", "--set", "nokey=3"), "项）"),
    ):
        answer = lianjian(*arguments, "--lang", "zh")
        assert answer.code == 2
        assert words in answer.err
        assert " more" not in answer.err


def test_commands_that_are_proposed_can_be_typed(lianjian: Lianjian, tmp_path: Path) -> None:
    """A name with a space in it stands in quotes, in what to do next and in ways out."""
    (tmp_path / "八月 台账").mkdir()
    ledger(tmp_path / "八月 台账" / "一.csv", firm(1, 从业人数="许多"))
    said = lianjian("import", "八月 台账", "--store", "我的 库.db")
    assert f'lianjian import "{Path("八月 台账") / "一.faults.xlsx"}"' in said.out
    ledger(tmp_path / "二.csv", firm(2))
    said = lianjian("import", "二.csv", "--store", "我的 库.db")
    assert 'lianjian audit --store "我的 库.db"' in said.out
    assert (
        'lianjian import PATH --store "没 有.db"' in lianjian("status", "--store", "没 有.db").err
    )
    assert '`lianjian find "光 谷"`' in lianjian("show", "光 谷", "--store", "我的 库.db").err
    assert (
        '`lianjian find "江 岸区"`'
        in lianjian("survey", "--in", "江 岸区", "--store", "我的 库.db").err
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("91A", "91A"),
        ("building:420106007/001", "building:420106007/001"),
        ("C:\\ledgers\\a.xlsx", "C:\\ledgers\\a.xlsx"),
        ("光谷", "光谷"),
        ("光 谷", '"光 谷"'),
        ('a"b$c', '"a\\"b\\$c"'),
        ("a;b", '"a;b"'),
        ("", '""'),
    ],
)
def test_one_word_of_a_command_line(text: str, word: str) -> None:
    """What a shell would read as more than one word, or otherwise, stands in quotes; nothing else does."""
    assert errors.word(text) == word


def test_full_width_digits_are_digits_in_dates(lianjian: Lianjian, town: Path) -> None:
    """A date typed in Chinese input is the date."""
    for written in ("２０１６-０８-２６", "２０１６－０８－２６"):
        assert lianjian("chain", "91A", "--as-of", written).code == 0
    assert lianjian("chain", "91A", "--as-of", "２０１６年").code == 2


def test_a_question_that_is_no_json_says_how_one_is_written(lianjian: Lianjian, town: Path) -> None:
    """On the command line and in a file."""
    Path("q.json").write_text("{", encoding="utf-8")
    for asked in ("{", "q.json"):
        answer = lianjian("ask", asked, "--lang", "zh")
        assert answer.code == 2
        assert "写法见 `lianjian ask --help`" in answer.err
