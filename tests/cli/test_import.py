"""lianjian import: its JSON, its report for people, its exit codes, and that nothing is ever half done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph.errors import StoreFullError
from graph.store import open_store
from tests.cli.commandline import Lianjian
from tests.loaders.city import credit_code, firm, ledger, places


def test_import_as_json(lianjian: Lianjian, tmp_path: Path) -> None:
    """--json prints DESIGN's object: files with sheets, totals and fault workbooks; faulty rows make exit code 1."""
    folder = places(tmp_path / "ledgers")
    ledger(folder / "非公企业.csv", firm(1, 联系电话="13812345678"), firm(2, 从业人数="50余人"))
    answer = lianjian("import", str(folder), "--json")
    assert answer.code == 1
    said = answer.json
    assert said["totals"] == {"rows": 13, "loaded": 12, "unchanged": 0, "quarantined": 1}
    by_name = {Path(f["path"]).name: f for f in said["files"]}
    assert set(by_name) == {"区划.csv", "楼宇.csv", "非公企业.csv"}
    sheet = by_name["非公企业.csv"]["sheets"][0]
    assert {k: sheet[k] for k in ("kind", "rows", "loaded", "unchanged", "quarantined")} == {
        "kind": "organization", "rows": 2, "loaded": 1, "unchanged": 0, "quarantined": 1,
    }  # fmt: skip
    assert sheet["refused_columns"] == ["联系电话"]
    assert sheet["refused_cells"] == {"联系电话": 1}
    assert said["fault_workbooks"] == [str(folder / "非公企业.faults.xlsx")]
    fault = said["faults"][0]
    assert (fault["row"], fault["column"], fault["found"]) == (3, "从业人数", "50余人")
    assert "13812345678" not in answer.out + answer.err


def test_import_says_what_to_do(lianjian: Lianjian, tmp_path: Path) -> None:
    """The report names what was read, what was left behind, each faulty cell and the next step, in both languages."""
    path = ledger(
        tmp_path / "一.csv", firm(1, 书记="某某", 从业人员数量="3"), firm(2, 正式党员数="两")
    )
    for lang, words in (
        (
            "en",
            [
                "utf-8",
                "personal column 书记 not read",
                "正式党员数",
                "a whole number",
                "next: mend",
            ],
        ),
        ("zh", ["utf-8", "个人信息列“书记”未读入", "非负整数", "下一步：改正"]),
    ):
        answer = lianjian("import", str(path), "--lang", lang)
        assert answer.code == 1
        for word in words:
            assert word in answer.out, (lang, word)
        assert "某某" not in answer.out + answer.err


def test_import_again_says_that_nothing_is_new(lianjian: Lianjian, tmp_path: Path) -> None:
    """A clean import exits 0; the same again exits 0, makes no batch and says so."""
    path = ledger(tmp_path / "一.csv", firm(1))
    assert lianjian("import", str(path)).code == 0
    answer = lianjian("import", str(path))
    assert answer.code == 0
    assert "no change" in answer.out
    assert len(lianjian("status", "--json").json["batches"]) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.csv", None),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n0000"),
        ("broken.xlsx", b"PK\x03\x04 no archive"),
        ("empty.csv", b""),
        ("letter.csv", "尊敬的领导\n此致敬礼\n".encode()),
    ],
)
def test_what_is_no_ledger_is_one_line_and_no_store(
    lianjian: Lianjian, tmp_path: Path, name: str, content: bytes | None
) -> None:
    """A missing, unreadable or foreign file is one line on stderr that names it, exit 2, and makes no store."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    answer = lianjian("import", str(path))
    assert answer.code == 2
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1
    assert name in answer.err
    assert not (tmp_path / "lianjian.db").exists()


def test_one_unreadable_file_among_others(lianjian: Lianjian, tmp_path: Path) -> None:
    """A file that can't be read is named and the others load (exit 1); with --strict nothing does (exit 2)."""
    good = ledger(tmp_path / "一.csv", firm(1))
    bad = tmp_path / "二.xlsx"
    bad.write_bytes(b"PK\x03\x04 no archive")
    strict = lianjian("import", str(good), str(bad), "--strict")
    assert strict.code == 2
    assert not (tmp_path / "lianjian.db").exists()
    answer = lianjian("import", str(good), str(bad), "--json")
    assert answer.code == 1
    assert "二.xlsx" in answer.err
    assert answer.json["totals"]["loaded"] == 1
    assert [len(f["refused"]) for f in answer.json["files"]] == [0, 1]


def test_strict_loads_nothing(lianjian: Lianjian, tmp_path: Path) -> None:
    """--strict with a faulty row loads nothing, exits 1 and says so."""
    path = ledger(tmp_path / "一.csv", firm(1), firm(2, 从业人数="-1"))
    answer = lianjian("import", str(path), "--strict")
    assert answer.code == 1
    assert "nothing loaded" in answer.out
    assert (
        lianjian("import", str(ledger(tmp_path / "二.csv", firm(3))), "--json").json["batch"] == 1
    )


def test_bad_options(lianjian: Lianjian, tmp_path: Path) -> None:
    """A wrong date, an unknown mapping or batch, and a mapping name that is a path are usage errors that name it."""
    path = str(ledger(tmp_path / "一.csv", firm(1)))
    for options, named in (
        (("--date", "August"), "August"),
        (("--date", "2999-01-01"), "2999-01-01"),
        (("--map", "nowhere"), "nowhere"),
        (("--map", "../../etc/passwd"), "passwd"),
        (("--corrects", "9"), "9"),
    ):
        answer = lianjian("import", path, *options)
        assert answer.code == 2, options
        assert named in answer.err
        assert len(answer.err.splitlines()) == 1


def test_faults_as_a_listing(lianjian: Lianjian, tmp_path: Path) -> None:
    """--out writes all faulty cells to a file, formulas in cells kept as text."""
    rows = [firm(n, 从业人数="=1+1") for n in range(1, 31)]
    path = ledger(tmp_path / "一.csv", *rows)
    answer = lianjian("import", str(path), "--out", "faults.json")
    assert answer.code == 1
    listed = json.loads((tmp_path / "faults.json").read_text(encoding="utf-8"))
    assert len(listed["faults"]) == 30
    assert listed["faults"][0]["found"] == "=1+1"


def test_saved_mapping(lianjian: Lianjian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--save-map keeps the suggestions taken, and --map NAME reads the same layout with them."""
    monkeypatch.setenv("LIANJIAN_MAPPINGS", str(tmp_path / "maps"))
    row: dict[str, Any] = firm(1)
    row["从业人员数量"] = row.pop("从业人数")
    path = tmp_path / "一.csv"
    path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    first = lianjian("import", str(path), "--save-map", "mine")
    assert first.code == 1
    assert "从业人数?" in first.out
    answer = lianjian("import", str(path), "--map", "mine", "--json")
    assert answer.code == 0
    assert answer.json["totals"]["loaded"] == 1


@pytest.mark.parametrize(
    "fault", [RuntimeError("killed"), KeyboardInterrupt(), StoreFullError("full")]
)
def test_an_import_that_breaks_off_leaves_nothing(
    lianjian: Lianjian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    """Whatever ends an import in its last step, nothing of it is visible and all before it is."""
    assert lianjian("import", str(ledger(tmp_path / "一.csv", firm(1)))).code == 0

    def end(*_: object, **__: object) -> int:
        raise fault

    monkeypatch.setattr("loaders.places.resolve_late", end)
    answer = lianjian("import", str(ledger(tmp_path / "二.csv", firm(2))))
    assert answer.code in (3, 130)
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1
    store = open_store(str(tmp_path / "lianjian.db"))
    assert store.frame("organization")["key"].tolist() == [credit_code(1)]
    assert len(store.batches()) == 1
    store.close()


def test_reports_that_nobody_will_find_are_pointed_out(lianjian: Lianjian, tmp_path: Path) -> None:
    """A semi-monthly report's row whose half month or office can't be told loads, and is named with what to write."""
    folder = places(tmp_path / "ledgers")
    path = folder / "报送.csv"
    rows = [
        "报送单位,种类,期次,日期",
        "甲区委组织部,半月报,2016-08,2016-08-25",
        "甲区委组织部,半月报,2016-09-10,2016-09-10",
        "无名区委组织部,半月报,2016-09-25,2016-09-25",
        "市教育局,专项责任报告,2016-11,2016-11-30",
        "甲区委组织部,半月报,秋,2016-10-10",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    answer = lianjian("import", str(folder))
    assert answer.code == 0
    assert "such as 2016-08-25 (2 cells; rows 2, 6)" in answer.out
    assert (
        "某区委组织部), or the department's whole name (市直机关工委) (1 cells; rows 4)"
        in answer.out
    )
    said = lianjian("import", str(path), "--json").json
    (sheet,) = said["files"][0]["sheets"]
    assert (sheet["rows"], sheet["quarantined"]) == (5, 0)
    assert [(n["column"], n["code"], n["cells"], n["rows"]) for n in sheet["notes"]] == [
        ("报送单位", "office_untold", 1, [4]),
        ("期次", "period_untold", 2, [2, 6]),
    ]


def test_codes_of_planned_units_are_pointed_out(lianjian: Lianjian, tmp_path: Path) -> None:
    """Units whose codes a plan gave are imported, and the report says what such codes are and what to do about them."""
    path = tmp_path / "党组织.csv"
    rows = [
        "党组织代码,党组织名称,类型,上级党组织代码",
        "NEW-0123abcd,甲等2家单位联合党支部,联合党支部,",
        "U1,乙支部,党支部,",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    answer = lianjian("import", str(path))
    assert "NEW- stand for units that a plan proposes" in answer.out
    assert "(1 cells)" in answer.out
    said = lianjian("import", str(path), "--json").json
    notes = said["files"][0]["sheets"][0]["notes"]
    assert [(n["column"], n["code"], n["cells"]) for n in notes] == [
        ("党组织代码", "planned_code", 1)
    ]
