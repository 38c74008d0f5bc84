"""Persons stay out: names, numbers and contacts are in no store, report, error or fault workbook (RULES, *Privacy at the door*)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.privacy import MASK, is_id_number, is_pseudonym, mask
from tests.loaders.city import Desk, codes, credit_code, firm, ledger

NAME = "欧阳示例名"
MOBILE = "13812345678"
IDENTITY = "11010519491231002X"
MAIL = "someone@example.org"
PERSONAL = {
    "法定代表人": NAME,
    "书记姓名": NAME,
    "联系人": NAME,
    "联系电话": MOBILE,
    "身份证号": IDENTITY,
    "E-mail": MAIL,
    "政治面貌": "群众丙",
}
SECRETS = [NAME, MOBILE, IDENTITY, MAIL, "群众丙"]


def bytes_of(folder: Path) -> bytes:
    """Return all that the store and the fault workbooks in a folder hold, zipped parts unpacked."""
    out = b""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("store.db"):
            out += path.read_bytes()
        elif ".faults" in path.name:
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    out += b"".join(archive.read(n) for n in archive.namelist())
            else:
                out += path.read_bytes()
    return out


def told(data: bytes) -> list[str]:
    """Return which secrets stand in some bytes, in any encoding that a store or a report may use."""
    return [s for s in SECRETS for e in ("utf-8", "utf-16-le", "gb18030") if s.encode(e) in data]


def test_personal_columns_leave_no_trace(desk: Desk) -> None:
    """Personal columns are named with the cells left behind, and their values stand nowhere."""
    rows = [firm(1, **PERSONAL), firm(2, **PERSONAL, 从业人数="50余人"), firm(3)]
    report = desk.load(ledger(desk.folder / "台账.csv", *rows))
    sheet = next(report.sheets())
    assert dict(sheet.refused) == dict.fromkeys(PERSONAL, 2)
    assert (sheet.loaded, sheet.quarantined) == (2, 1)
    desk.store.close()
    assert told(bytes_of(desk.folder)) == []
    assert told(json.dumps(report.as_json(), ensure_ascii=False).encode()) == []


def test_numbers_in_free_text_are_cut_out(desk: Desk) -> None:
    """ID and mobile numbers in texts are cut out before anything is stored, and the report counts the cells."""
    row = firm(
        1,
        措施=f"联系 {MOBILE} 办理",
        地址=f"一街1号（{IDENTITY}）",
        未建原因="负责人电话１３８-１２３４-５６７８",
    )
    report = desk.load(ledger(desk.folder / "台账.csv", row))
    held = desk.firm(1)
    assert held["measures"] == f"联系{MASK}办理"
    assert held["address"] == f"一街1号（{MASK}）"
    assert next(report.sheets()).notes == {
        ("措施", "mobile_number"): 1, ("地址", "id_number"): 1, ("未建原因", "mobile_number"): 1,
    }  # fmt: skip
    desk.store.close()
    assert told(bytes_of(desk.folder)) == []


@pytest.mark.parametrize(
    "cells",
    [
        {"从业人数": f"{MOBILE}"},
        {"从业人数": f"电话{MOBILE}"},
        {"统一社会信用代码": IDENTITY},
        {"经营状态": f"见{MOBILE}"},
        {"完成时限": f"问 {MOBILE}"},
        {"党组织代码": MOBILE},
        {"行业代码": IDENTITY},
    ],
    ids=["count", "count with words", "code", "choice", "date", "unit", "industry"],
)
def test_a_faulty_cell_is_echoed_without_its_numbers(desk: Desk, cells: dict[str, str]) -> None:
    """A number of a person in the wrong column is a fault whose report doesn't repeat it."""
    report = desk.load(ledger(desk.folder / "台账.csv", firm(1, **cells)))
    assert report.quarantined == 1
    desk.store.close()
    assert told(json.dumps(report.as_json(), ensure_ascii=False).encode()) == []
    assert told(bytes_of(desk.folder)) == []


def test_individual_businesses_are_refused(desk: Desk) -> None:
    """A firm whose code begins with 92 stays out and its code is not repeated."""
    individual = credit_code(7, "92")
    report = desk.load(
        ledger(
            desk.folder / "台账.csv", firm(1), firm(2, 统一社会信用代码=individual, 单位名称=NAME)
        )
    )
    assert codes(report) == {(3, "统一社会信用代码", "person_code")}
    assert individual not in json.dumps(report.as_json())
    desk.store.close()
    assert individual.encode() not in bytes_of(desk.folder)
    assert told(bytes_of(desk.folder)) == []


def test_rural_entities_with_such_a_code_load_without_their_name(desk: Desk) -> None:
    """A family farm whose code begins with 92 loads, and its name is not stored."""
    farm = firm(1, 统一社会信用代码=credit_code(7, "92"), 单位名称=NAME, 类别="家庭农场")
    unit = desk.folder / "党组织.csv"
    other = credit_code(8, "92")
    unit.write_text(
        f"党组织代码,党组织名称,类型,覆盖单位\nU1,支部,党支部,{credit_code(7, '92')};{other}\n",
        encoding="utf-8",
    )
    report = desk.load(ledger(desk.folder / "农村.csv", farm), unit)
    assert report.quarantined == 0
    held = desk.store.node("organization", credit_code(7, "92"))
    assert held is not None
    assert "name" not in held.properties
    covering = desk.store.node("unit", "U1")
    assert covering is not None
    assert covering.properties["covers"] == credit_code(7, "92")
    desk.store.close()
    assert told(bytes_of(desk.folder)) == []
    assert other.encode() not in bytes_of(desk.folder)


def test_an_instructors_name_becomes_yes(desk: Desk) -> None:
    """指导员 keeps 是, 否 and codes; a name there tells only that there is one."""
    rows = [firm(1, 指导员=NAME), firm(2, 指导员="D-017"), firm(3, 指导员="否")]
    desk.load(ledger(desk.folder / "台账.csv", *rows))
    assert [desk.firm(n)["instructor"] for n in (1, 2, 3)] == ["是", "D-017", "否"]
    desk.store.close()
    assert told(bytes_of(desk.folder)) == []


def test_members_are_pseudonymous(desk: Desk) -> None:
    """A 党员 sheet's codes load; a name or an ID number in the place of a code keeps its row out, unrepeated."""
    path = desk.folder / "党员.csv"
    path.write_text(
        f"编号,姓名,状态,党组织代码,工作单位代码\nM001,{NAME},正式,U1,{credit_code(1)}\n{NAME},,正式,U1,\n{IDENTITY},,预备,U1,\nM004,,{NAME},U1,\n",
        encoding="utf-8",
    )
    report = desk.load(path)
    sheet = next(report.sheets())
    assert sheet.refused == [("姓名", 1)]
    assert (sheet.loaded, sheet.quarantined) == (1, 3)
    desk.store.close()
    assert told(bytes_of(desk.folder)) == []
    assert told(json.dumps(report.as_json(), ensure_ascii=False).encode()) == []


@pytest.mark.parametrize(
    "number",
    [
        *(
            "138\u200b12345678",
            "138\u00ad1234\u20605678",
            "138\u00a01234\u20025678",
            "138  1234  5678",
        ),
        *("138.1234.5678", "138·1234·5678", "138_1234_5678", "138/1234/5678", "(138)12345678"),
        *("\u200b".join(IDENTITY), "110105 19491231 002X", "110105\n19491231002X"),
    ],
)
def test_numbers_parted_by_anything_are_cut_out(desk: Desk, number: str) -> None:
    """Spaces of any width, unseen characters and marks between its digits save no number from being cut out."""
    rows = [firm(1, 措施=f"联系{number}办理"), firm(2, 措施=number, 从业人数="约5")]
    report = desk.load(ledger(desk.folder / "台账.csv", *rows))
    assert report.fault_workbooks
    assert MASK in desk.firm(1)["measures"]
    desk.store.close()
    data = bytes_of(desk.folder)
    assert told(data) == []
    assert number.encode() not in data


@pytest.mark.parametrize("heading", ["党务工作者", "党员名单", "入党积极分子", "实际控制人"])
def test_headings_of_persons_are_refused(desk: Desk, heading: str) -> None:
    """A column of persons is left behind, in the fault workbook too, whatever its wording."""
    row = firm(1, 从业人数="约5", **{heading: NAME})
    report = desk.load(ledger(desk.folder / "台账.csv", row))
    assert dict(next(report.sheets()).refused) == {heading: 1}
    assert told(bytes_of(desk.folder)) == []


@given(
    st.integers(0, 9),
    st.text("0123456789", min_size=8, max_size=8),
    st.text("，。电话a号 ", max_size=8),
)
def test_no_mobile_number_survives_masking(third: int, rest: str, around: str) -> None:
    """Whatever stands around an 11-digit mobile number, masking takes the number out and finds nothing more."""
    number = f"1{3 + third % 7}{third}{rest}"
    cut, found = mask(around + number + around)
    assert number not in cut
    assert found
    assert mask(cut) == (cut, frozenset())


@given(st.text(max_size=40))
def test_masking_is_idempotent(text: str) -> None:
    """What was masked once is not masked again."""
    cut, _ = mask(text)
    assert mask(cut)[0] == cut


def test_id_numbers_and_pseudonyms() -> None:
    """An ID number is told by its birth date and check digit, and never serves as a pseudonym."""
    assert is_id_number(IDENTITY)
    assert not is_id_number("110105194912310021")
    assert not is_pseudonym(IDENTITY)
    assert not is_pseudonym(MOBILE)
    assert is_pseudonym("DY-2016-0001")
