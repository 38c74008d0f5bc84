"""Suggested sectors and places (LEDGERS: *Nothing is invented*), in time that grows with their texts (C14)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.suggest import Gazetteer, sector, suggest

TOWN = Gazetteer(
    [
        ("4299", "云江市", "市", None),
        ("429901", "东浦区", "区", "4299"),
        ("429902", "西渡区", "区", "4299"),
        ("429901001", "柳堤街道", "街道", "429901"),
        ("429901002", "白鹭洲街道", "街道", "429901"),
        ("429901003", "民生路街道", "街道", "429901"),
        ("429901004", "开发区", "街道", "429901"),
        ("429902001", "柳堤街道", "街道", "429902"),
        ("429902101", "石桥镇", "乡镇", "429902"),
        ("429902101001", "望江社区居委会", "社区", "429902101"),
    ]
)


@pytest.mark.parametrize(
    ("name", "scope", "edition", "code"),
    [
        ("甲某装饰工程有限公司", "室内外装饰工程设计、施工", "2011", "50"),
        ("乙某商贸有限公司", "日用百货、五金交电批发兼零售", "2011", "51"),
        ("丙某餐饮有限公司", "中餐制售", "2011", "62"),
        ("丁某有限公司", "服装、服饰生产、加工", "2011", "18"),
        ("戊某培训有限公司", "职业技能培训", "2011", "82"),
        ("戊某培训有限公司", "职业技能培训", "2017", "83"),
        ("己某有限公司", "通用零件制造", "2011", "C"),
    ],
)
def test_sector_from_name_and_scope(name: str, scope: str, edition: str, code: str) -> None:
    """Name and scope that agree suggest the edition's own division, or a section where no division is told."""
    assert sector(name, scope, edition)[0] == code


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        (None, None),
        ("", ""),
        ("甲某有限公司", "按许可证"),
        ("乙某有限公司", "住宿、广告设计"),
    ],
)
def test_no_sector_from_nothing_or_disagreement(name: str | None, scope: str | None) -> None:
    """Words that say nothing, or as much for one sector as for another, suggest none."""
    assert sector(name, scope, "2011") == (None, "")


def test_first_named_activity_weighs_most() -> None:
    """What a scope lists first outweighs what it lists later."""
    assert sector(None, "物业管理服务；房地产中介；摄影", "2011")[0] == "70"


@pytest.mark.parametrize(
    ("address", "street", "district"),
    [
        ("云江市东浦区柳堤街12号院", None, "429901"),
        ("西渡区柳堤街道办事处旁", "429902001", "429902"),
        ("柳堤街道3号", None, None),
        ("东浦白鹭洲广场", "429901002", "429901"),
        ("东浦区民生路18号", None, "429901"),
        ("东浦区开发区一路", None, "429901"),
        ("石桥镇望江社区5组", "429902101", "429902"),
        ("", None, None),
    ],
)
def test_place_from_address(address: str, street: str | None, district: str | None) -> None:
    """An address suggests the one street and district that it names, and none where two fit or only a road is named."""
    found = TOWN.place(address, None)
    assert found[:2] == (street, district)
    assert bool(found[2]) == (district is not None)


def test_code_names_the_district_last() -> None:
    """The registration code's division suggests a district only where the address names none."""
    assert TOWN.place("和平大道1号", "91429902MA0000000X")[:2] == (None, "429902")
    assert TOWN.place("东浦区和平大道1号", "91429902MA0000000X")[1] == "429901"


def test_what_it_rests_on_is_said() -> None:
    """Each suggestion carries the words it rests on, and nothing else carries any."""
    one, none = suggest(
        ["甲某装饰有限公司", None],
        ["室内装饰", None],
        ["东浦区白鹭洲街道", None],
        ["91429902MA0000000X", "X"],
        TOWN,
        "2011",
    )
    assert one.industry == "50"
    assert "室内装饰" in one.basis
    assert "白鹭洲" in one.basis
    assert (none.industry, none.street, none.district, none.basis) == (None, None, None, "")


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_is_taken(address: str, scope: str) -> None:
    """Whatever a cell holds, suggesting neither fails nor names a division that isn't there."""
    street, district, _ = TOWN.place(address, None)
    assert street is None or TOWN.district_of(street) == district
    code, ground = sector(None, scope, "2017")
    assert (code is None) == (ground == "")


def test_long_cells_take_linear_time() -> None:
    """A cell of a hundred thousand characters is read in seconds (ROBUSTNESS C14)."""
    begin = time.monotonic()
    sector("有限公司" * 25_000, "销售、" * 33_000, "2011")
    TOWN.place("柳堤街（" * 25_000, None)
    assert time.monotonic() - begin < 10
