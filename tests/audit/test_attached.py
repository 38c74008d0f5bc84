"""A joint unit to which organizations were attached: its rows over time tell what it leaned on."""

from __future__ import annotations

import pytest

from tests.audit.town import Town, found


def _town(industry: str, building: str | None, first: list[str]) -> Town:
    """Return a town whose joint unit covered ``first`` in an earlier edition and covers one firm more now."""
    town = Town()
    for code, sector in (("A", "5211"), ("B", "6510")):
        town.firm(code, formal_members=2, building="building:420101001/001", industry=sector)
    town.firm("C", formal_members=1, building=building, industry=industry)
    row = {"type": "联合党支部", "superior": "S11", "street": "420101001", "district": "420101"}
    town.unit("J", **row, covers="A;B;C")
    town.extra.append(
        ("unit", "J", {"name": "党组织J", "founded": 20100601, **row, "covers": ";".join(first)}, "unit|", 20160901)
    )  # fmt: skip
    return town


@pytest.mark.parametrize(
    ("industry", "building", "first", "anchored"),
    [
        ("5219", None, ["A", "B"], True),  # of A's division, attached to what leaned on a building
        ("8211", None, ["A", "B"], False),  # shares nothing with either
        (
            "5219",
            None,
            ["A"],
            True,
        ),  # a unit over one organization takes who shares something with it: C does
        ("5219", None, ["A", "B", "C"], False),  # never leaned on anything
        ("5219", "building:420101001/001", ["A", "B", "C"], True),  # all in one building
    ],
)
def test_what_was_attached_keeps_the_anchor(
    industry: str, building: str | None, first: list[str], anchored: bool
) -> None:
    """Whom a later row adds may share something with one of the unit's organizations only; from the start all must."""
    town = _town(industry, building, first)
    codes = {f for f in found(town.audit("joint_without_anchor")) if f[1] == "J"}
    assert codes == (set() if anchored else {("joint_without_anchor", "J")})
