from __future__ import annotations

import pytest

from graph.ledger_names import ledger_name

NAMES = {
    ("division", "420101001"): "一街道",
    ("division", "420101"): "甲区",
    ("park", "Z1"): "示例高新区",
}


@pytest.mark.parametrize(
    ("ledger", "zh", "en"),
    [
        (
            "非公企业|某街道办事处",
            "某街道办事处的非公企业台账",
            "the 非公企业 ledger of 某街道办事处",
        ),
        ("非公企业|street:420101001", "一街道的非公企业台账", "the 非公企业 ledger of 一街道"),
        ("非公企业|420101001", "一街道的非公企业台账", "the 非公企业 ledger of 一街道"),
        ("党组织|district:420101", "甲区的党组织台账", "the 党组织 ledger of 甲区"),
        ("非公企业|zone:Z1", "示例高新区的非公企业台账", "the 非公企业 ledger of 示例高新区"),
        ("社会组织|dept:市教育局", "市教育局的社会组织台账", "the 社会组织 ledger of 市教育局"),
        ("非公企业|street:9", "9的非公企业台账", "the 非公企业 ledger of 9"),
        ("区划|", "区划台账", "the 区划 ledger"),
        ("名录", "名录", "名录"),
    ],
)
def test_a_ledger_is_called_by_its_kind_and_keeper(ledger: str, zh: str, en: str) -> None:
    """A ledger is named in words: what it lists, and the office, street, district, zone or department that keeps it."""
    assert ledger_name(ledger, lambda kind, code: NAMES.get((kind, code))) == (zh, en)
