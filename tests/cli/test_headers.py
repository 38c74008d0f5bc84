"""What stands over the columns that people read, in both languages."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from api.cli.app import run
from api.cli.texts import LANGS
from graph.store import open_store
from tests.audit.town import Town

CODES = {"zh": "问题代码", "en": "finding"}
LISTS = [
    "audit", "candidates", "coverage", "coverage --rows --definition org_operating", "coverage --reported", "decide list",
    "diff 2016-08-01 2016-08-26", "duplicates", "finding list --state open", "find K", "neighbours K0", "profile show",
    "reconcile", "sample --size 2", "show K0", "status", "survey", "verify plan.json", "chain K0", "path K0 K1",
    "plan --why K0",
]  # fmt: skip


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a town, a plan and a decision."""
    monkeypatch.chdir(tmp_path)
    made = Town()
    for x, m in enumerate((1, 2, 1, 2)):
        made.firm(f"K{x}", formal_members=m, building="building:420101001/001", industry="5211")
    made.firm("B", formal_members=4, street="420101002")
    made.put(
        "register",
        "某局名录|K0",
        register="某局名录",
        organization="K0",
        name="企业K0",
        status="存续",
    )
    store = open_store("lianjian.db", create=True)
    made.load(store)
    store.close()
    assert run(["plan", "--out", "plan.json"]) == 0
    assert (
        run(
            [
                "decide",
                "distinct",
                "K0",
                "K1",
                "--office",
                "某局",
                "--date",
                "2016-08-26",
                "--reason",
                "核实",
            ]
        )
        == 0
    )
    return tmp_path


@pytest.mark.parametrize("line", LISTS)
@pytest.mark.large
def test_no_header_stands_twice(town: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No table has two columns of one name, and only findings' codes are called so."""
    for lang in LANGS:
        out = town / f"{lang}.xlsx"
        assert run([*line.split(), "--out", str(out), "--lang", lang]) in (0, 1), (
            capsys.readouterr().err
        )
        for sheet in openpyxl.load_workbook(out):
            head = [cell.value for cell in sheet[1]]
            assert len(head) == len(set(head)), (sheet.title, head)
            assert CODES[lang] not in head or line.startswith("audit"), head
            assert not {"是否逾期", "state"} & set(head) or line.startswith("audit"), head
            said = [cell.value for row in sheet.iter_rows(min_row=2) for cell in row]
            assert not any(isinstance(value, bool) for value in said)


def test_yes_and_no_in_the_language_asked_for(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A listing in Chinese says 是 and 否, on the terminal and in files."""
    capsys.readouterr()
    for lang, words in (("zh", "是否"), ("en", ("yes", "no"))):
        assert run(["decide", "list", "--lang", lang]) == 0
        assert capsys.readouterr().out.splitlines()[1].split("\t")[8] == words[1]
        assert run(["decide", "list", "--lang", lang, "--out", f"{lang}.csv"]) == 0
        row = Path(f"{lang}.csv").read_text("utf-8-sig").splitlines()[1]
        assert words[1] in row.split(",")
        capsys.readouterr()


def test_a_decision_is_said_as_a_sentence(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was recorded says who, what and from when, in words of the office, and how it is taken back."""
    line = [
        "decide",
        "merge",
        "K2",
        "K3",
        "--office",
        "某局",
        "--date",
        "2016-08-26",
        "--reason",
        "换照",
    ]
    capsys.readouterr()
    assert run([*line, "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "自 2016-08-26 起，K3 与 K2 是同一单位，保留代码 K2" in said
    assert "lianjian undo" in said
    assert (
        run(
            [
                "decide",
                "withdraw",
                "pair|K2|K3",
                "--office",
                "某局",
                "--date",
                "2016-08-26",
                "--reason",
                "误",
            ]
        )
        == 0
    )


def test_distances_are_called_distances(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The columns in which 0 is best are called difference and distance."""
    for lang, words in (
        ("zh", {"总差异", "地域距离", "行业差异"}),
        ("en", {"location distance", "sector difference"}),
    ):
        capsys.readouterr()
        assert run(["candidates", "--lang", lang]) == 0
        assert words <= set(capsys.readouterr().out.splitlines()[0].split("\t"))
