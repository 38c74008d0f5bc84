"""Which office a name means: 填报单位 and 报送单位 are free text that names a street, zone, district or department.

Nothing is guessed from likeness: a text means an office where it *is* the office's code or name, or holds the name with nothing
of another level around it ("示例区委组织部" is the district's, "示例区甲街道办事处" the street's).
"""

from __future__ import annotations

import re
from typing import Literal

from graph.affiliation.calendar import plain

OfficeKind = Literal["street", "zone", "district", "dept"]

_OF_A_DISTRICT = re.compile(
    r"(?:区|县|市)?(?:委|党委)?(?:组织部|两新(?:组织)?(?:党)?工委|非公(?:有制)?(?:经济)?(?:组织)?(?:党)?工委)?"
)
_STREET_SUFFIX = ("街道", "街", "乡", "镇")


def district_organization_department(name: str) -> str:
    """Return the canonical name of a district's organization department: 示例区 → 示例区委组织部."""
    return f"{name}委组织部"


def means(text: str | None, kind: OfficeKind, code: str, name: str | None) -> bool:
    """Say whether an office's text means the street, zone, district or department with this code and name.

    >>> means("甲街道办事处", "street", "420199001", "甲街道"), means("示例区委组织部", "street", "420199001", "甲街道")
    (True, False)
    >>> means("示例区委组织部", "district", "420199", "示例区"), means("示例区甲街道", "district", "420199", "示例区")
    (True, False)
    """
    words, own = plain(text), plain(name)
    if not words:
        return False
    if words in (plain(code), own):
        return True
    if not own:
        return False
    if kind == "district":
        head, held, rest = words.partition(own)
        return bool(held) and _ends_as_city(head) and _OF_A_DISTRICT.fullmatch(rest) is not None
    if kind == "street":
        return "组织部" not in words and any(form in words for form in _street_forms(own))
    return own in words  # a zone's management, a department's party group


def _ends_as_city(head: str) -> bool:
    """Say whether what stands before a district's name is a city's (示例市), the party's (中共), both or nothing."""
    return head == "" or head == "中共" or head.endswith("市")


def _street_forms(name: str) -> tuple[str, ...]:
    """Return the ways in which a street's name is written: 甲街道 also as 甲街."""
    for suffix in _STREET_SUFFIX:
        if name.endswith(suffix) and len(name) > len(suffix):
            stem = name[: -len(suffix)]
            return (name, stem + "街") if suffix in ("街道", "街") else (name,)
    return (name,)
