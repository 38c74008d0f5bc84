"""One fault, or one near miss, a case: what is changed in the sound town and everything the audit then finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.audit.town import AS_OF, Town

Change = Callable[[Town], object]


@dataclass(frozen=True)
class Case:
    """A change of the sound town.

    Parameters
    ----------
    code : str
        The finding code that the case is about.
    says : str
        One sentence: what is found, or must not be.
    change : callable
    finds : str
        All findings, ``code:subject`` parted by spaces; blank for none.
    cleared : bool
        The finding's repair, applied, leaves a sound town.
    """

    code: str
    says: str
    change: Change
    finds: str = ""
    cleared: bool = False

    @property
    def expected(self) -> set[tuple[str, str]]:
        """Return (code, subject) of all findings."""
        return {(c, s) for c, _, s in (entry.partition(":") for entry in self.finds.split())}


def several(*changes: Change) -> Change:
    """Return one change that does several."""

    def change(town: Town) -> None:
        for one in changes:
            one(town)

    return change


def unit(key: str, **values: Any) -> Change:
    """Return a change of a unit."""
    return lambda town: town.unit(key, **values)


def firm(key: str, **values: Any) -> Change:
    """Return a change of a firm."""
    return lambda town: town.firm(key, **values)


def social(key: str, **values: Any) -> Change:
    """Return a change of a social organization."""
    return lambda town: town.social(key, **values)


def put(kind: str, key: str, **values: Any) -> Change:
    """Return a change of any row."""
    return lambda town: town.put(kind, key, **values)


def joint(key: str, *members: int, **values: Any) -> Change:
    """Return a new joint branch over firms of one building."""
    return lambda town: town.joint(key, *members, **values)


def member(key: str, unit_: str, employer: str | None = None, status: str = "正式") -> Change:
    """Return a new member record."""
    return lambda town: town.member(key, unit_, employer, status)


def staff_of(unit_: str, employer: str, formal: int, probationary: int = 0) -> Change:
    """Return so many member records of one unit and employer."""
    return several(
        *(member(f"{unit_}M{i}", unit_, employer) for i in range(formal)),
        *(member(f"{unit_}P{i}", unit_, employer, "预备") for i in range(probationary)),
    )


def as_of(date: int) -> Change:
    """Return the same town at another date."""
    return lambda town: setattr(town, "as_of", date)


def listed(key: str, ledger: str, dated: int, **values: Any) -> Change:
    """Return a further row about an organization, in a ledger and at a date of its own."""

    def change(town: Town) -> None:
        row = {**town.rows["organization", key], **values}
        town.extra.append(("organization", key, row, ledger, dated))

    return change


def reported(
    office: str, type_: str, period: str, date: int | None, rate: float | None = None
) -> Change:
    """Return a 报送 row."""
    return put(
        "submission",
        f"{office}|{type_}|{period}",
        office=office,
        type=type_,
        period=period,
        date=date,
        rate=rate,
    )


OFFICES = ("甲区委组织部", "乙区委组织部", "市直机关工委", "市民政局")
PERIODS = (
    "2016-08-25", "2016-09-10", "2016-09-25", "2016-10-10", "2016-10-25", "2016-11-10", "2016-11-25",
    "2016-12-10", "2016-12-25",
)  # fmt: skip
DEPARTMENTS = (
    "市委统战部", "市直机关工委", "市民政局", "市工商局", "市商务局", "市经信委", "市工商联", "市教育局", "市卫生计生委",
    "市司法局", "市财政局", "市税务局", "市总工会", "团市委", "市妇联",
)  # fmt: skip


def every_report(town: Town) -> None:
    """Let everything that is due come in, in time."""
    for office in OFFICES:
        for period in PERIODS:
            reported(office, "半月报", period, int(period.replace("-", "")))(town)
        reported(office, "附表2", "2016-08-26", 20160826)(town)
    for office in OFFICES[:2]:
        reported(office, "附表1", "2016-08-26", 20160826)(town)
        reported(office, "工作方案", "2016-08", 20160820)(town)
    for office in DEPARTMENTS:
        reported(office, "专项责任报告", "2016-11", 20161130)(town)


def without(kind: str, key: str) -> Change:
    """Return the lack of a row."""
    return lambda town: town.drop(kind, key)


def setting(key: str, value: object) -> Change:
    """Return another value in the profile."""
    return lambda town: town.settings.update({key: value})


def chain(*keys: str, top: str) -> Change:
    """Return new party branches, each subordinate to the next, the last to ``top``."""
    return several(
        *(unit(a, superior=b, type="党总支") for a, b in zip(keys, (*keys[1:], top), strict=True))
    )


ZERO = {"formal_members": 0}
UNCOVERED = {"formal_members": 1}
"""A small firm that nobody covers: at the as-of S2 is overdue, so ``eligible_uncovered`` stands beside what is tested."""

STRUCTURE = (
    Case("orphan", "A unit without a superior that is no root is an orphan, and its repair names the committee of its street.",
         unit("B1", superior=None), "orphan:B1", cleared=True),
    Case("orphan", "A dissolved unit needs no superior.", unit("OLD", superior=None, dissolved=20120101)),
    Case("orphan", "The only committee without superior with subordinates in two districts is the root, and no orphan.",
         lambda town: None),
    Case("orphan", "The civil-affairs bureau's committee without a superior is an orphan, and units below it are detached.",
         unit("CIVIL", superior=None), "orphan:CIVIL detached:B6", cleared=True),
    Case("self_superior", "A unit that is its own superior is found, and is neither orphan nor detached.",
         unit("B1", superior="B1"), "self_superior:B1", cleared=True),
    Case("self_superior", "A unit of almost its own code as superior is not its own superior.",
         several(unit("B1 ", superior="S11", type="党总支"), unit("B1", superior="B1 "))),
    Case("cycle", "Two units above each other are one finding, under the lesser code.",
         several(unit("B1", superior="GEN"), unit("GEN", type="党总支", superior="B1")), "cycle:B1", cleared=True),
    Case("cycle", "A cycle of five is one finding; what hangs below it is detached.",
         several(chain("C1", "C2", "C3", "C4", "C5", top="C1"), unit("C6", superior="C3", type="党总支")),
         "cycle:C1 detached:C6"),
    Case("cycle", "A long way round without a way back is no cycle.", chain("C1", "C2", "C3", "C4", "C5", top="S11")),
    Case("several_superiors", "Two superiors at one time are found, and the repair keeps the expected one.",
         unit("B1", superior="S11;S12"), "several_superiors:B1", cleared=True),
    Case("several_superiors", "A dangling second superior counts.",
         unit("B1", superior="S11;NOWHERE"), "several_superiors:B1 dangling_reference:NOWHERE"),
    Case("several_superiors", "The unit itself counts as a second superior.",
         unit("B1", superior="S11;B1"), "several_superiors:B1 self_superior:B1", cleared=True),
    Case("several_superiors", "A second manager is no superior.",
         several(unit("FUN", type="功能型党组织", superior="S11", second_manager="S12", organization="F1"))),
    Case("dangling_reference", "A superior that no row defines is one finding about that code, and the unit is detached.",
         unit("B1", superior="NOWHERE"), "dangling_reference:NOWHERE detached:B1"),
    Case("dangling_reference", "Three references to one code are one finding.",
         several(firm("N1", unit="GONE"), firm("N2", unit="GONE"), firm("N3", unit="GONE")), "dangling_reference:GONE"),
    Case("dangling_reference", "A building that no row defines is found.",
         firm("F1", building="空中楼阁"), "dangling_reference:空中楼阁"),
    Case("dangling_reference", "An office named as 业务主管单位 or 所属单位 needs no row.",
         social("X2", supervisor="市教育局"), ""),
    Case("dangling_reference", "A zone's code as 所属单位 is defined by its row, not by an organization.",
         unit("ZONE", organization="Z1")),
    Case("dangling_reference", "A reference resolves when the row is there.",
         several(firm("N1", unit="COMING"), unit("COMING", superior="S11", organization="N1"),
                 firm("N1", formal_members=3, clears="1;2;3;4;5"))),
    Case("detached", "A unit below an orphan is detached, the orphan is not.",
         several(unit("GEN", type="党总支", superior=None), unit("B1", superior="GEN")), "orphan:GEN detached:B1"),
    Case("detached", "One of two chains that reaches the root is enough.",
         several(unit("GEN", type="党总支", superior="S11;LOST"), unit("LOST", type="党总支", superior=None)),
         "several_superiors:GEN orphan:LOST"),
    Case("dissolved_superior", "A superior dissolved while the link stands is found, and the chain through it still holds.",
         several(unit("OLD", type="党总支", superior="S11", dissolved=20150101), unit("B1", superior="OLD")),
         "dissolved_superior:B1", cleared=True),
    Case("dissolved_superior", "A unit dissolved on the same day as its superior kept its link no longer than it should.",
         several(unit("OLD", type="党总支", superior="S11", dissolved=20150101),
                 unit("OLDER", type="党支部", superior="OLD", dissolved=20150101))),
    Case("dissolved_superior", "A superior that is to be dissolved later is not dissolved.",
         several(unit("OLD", type="党总支", superior="S11", dissolved=20990101), unit("B1", superior="OLD"))),
    Case("impossible_dates", "Founded after it was dissolved.",
         unit("OLD", superior="S11", founded=20150101, dissolved=20140101), "impossible_dates:OLD"),
    Case("impossible_dates", "Founded in the future.", unit("B1", founded=20170106, instructor="是"), "impossible_dates:B1"),
    Case("impossible_dates", "Founded before its superior was.", unit("B1", founded=19991231), "impossible_dates:B1"),
    Case("impossible_dates", "Founded on the day its superior was is possible.", unit("B1", founded=20000101)),
    Case("impossible_dates", "Founded on the as-of day is possible.", unit("B1", founded=AS_OF, instructor="I7")),
)  # fmt: skip

LINE = (
    Case("wrong_place", "A chain through another street's committee is found, and the repair names the right street.",
         unit("B1", superior="S12"), "wrong_place:B1", cleared=True),
    Case("wrong_place", "A chain through another district is found.", unit("B1", superior="S21"), "wrong_place:B1", cleared=True),
    Case("wrong_place", "In a national zone the street's committee will do as well as the zone's.", unit("B2", superior="S12")),
    Case("wrong_place", "A departure whose reason is approved is no finding.",
         unit("B1", superior="S12", departure_reason="业主委员会要求", approved_by="甲区委组织部")),
    Case("wrong_place", "A reason that nobody approved does not let it off.",
         unit("B1", superior="S12", departure_reason="业主委员会要求"), "wrong_place:B1", cleared=True),
    Case("wrong_place", "A zone that is not provincial is no place to be led by: the street is passed over.",
         several(put("park", "park:420101001/P9", code="P9", name="村办园区", level="区级", street="420101001"),
                 firm("F1", park="park:420101001/P9"),
                 unit("PARK", type="党委", superior="D1", organization="P9", district="420101", founded=20000101),
                 unit("B1", superior="PARK")), "skips_level:B1", cleared=True),
    Case("wrong_line", "A firm's unit under a department is on the wrong line.",
         unit("B1", superior="EDU"), "wrong_line:B1", cleared=True),
    Case("wrong_line", "A municipal society's unit under a street is on the wrong line.",
         unit("B5", superior="S11"), "wrong_line:B5", cleared=True),
    Case("wrong_line", "A municipal society without supervising department belongs under the civil-affairs bureau.",
         unit("B6", superior="S11"), "wrong_line:B6", cleared=True),
    Case("wrong_line", "A district school under its street keeps the territorial line though a department licenses it.",
         social("X1", supervisor="市教育局")),
    Case("wrong_line", "A right chain beside one on the other line is enough.",
         unit("B1", superior="EDU;S11"), "several_superiors:B1", cleared=True),
    Case("skips_level", "A firm's unit directly under the district is found.",
         unit("B1", superior="D1"), "skips_level:B1", cleared=True),
    Case("skips_level", "A committee between the unit and its street is no level skipped.",
         several(unit("GEN", type="党总支", superior="S11"), unit("B1", superior="GEN"))),
    Case("skips_level", "A joint unit is judged by what it covers where that agrees on line and place.",
         joint("J1", 1, 1, 1, superior="D1"), "skips_level:J1", cleared=True),
    Case("skips_level", "A joint unit over two streets is judged by none.",
         several(joint("J1", 1, 1, 1, superior="D1"), firm("J1F1", street="420101002"))),
)  # fmt: skip

SIZE = (
    Case("must_be_separate", "Three formal members and no unit.", firm("N1", formal_members=3), "must_be_separate:N1"),
    Case("must_be_separate", "Two formal and five probationary members are not three.",
         firm("N1", formal_members=2, probationary_members=5), "eligible_uncovered:N1"),
    Case("must_be_separate", "A suspended organization is outside the base.", firm("N1", formal_members=3, status="停业")),
    Case("must_be_separate", "A dissolved unit covers nobody.",
         several(firm("N1", formal_members=3), unit("OLD", organization="N1", superior="S11", dissolved=20160101)),
         "must_be_separate:N1"),
    Case("must_be_separate", "A functional unit covers nobody.",
         several(firm("N1", formal_members=3), unit("FUN", type="功能型党组织", organization="N1", superior="S11")),
         "must_be_separate:N1"),
    Case("must_be_separate", "A dangling 党组织代码 leaves it open whether there is a unit.",
         firm("N1", formal_members=3, unit="GONE"), "dangling_reference:GONE"),
    Case("split_from_joint", "Three formal members under a joint unit qualify for a unit of their own.",
         joint("J1", 3, 1, 1), "split_from_joint:J1F0"),
    Case("split_from_joint", "A branch of its own that hosts another organization is none the less its own.",
         several(firm("N1", formal_members=1, clears="1;2;3;4;5"), unit("B1", covers="N1"))),
    Case("split_from_joint", "Two formal members stay where they are.", joint("J1", 2, 1, 1)),
    Case("over_large", "Six organizations under one unit are more than five.", joint("J1", 1, 1, 1, 1, 1, 1), "over_large:J1"),
    Case("over_large", "Five are not.", joint("J1", 1, 1, 1, 1, 1)),
    Case("over_members", "51 formal members of the organization covered are too many for a branch.",
         firm("F1", formal_members=51), "over_members:B1"),
    Case("over_members", "50 are not.", firm("F1", formal_members=50)),
    Case("over_members", "A committee may have 51.", several(firm("F1", formal_members=51), unit("B1", type="党委"))),
    Case("over_members", "Member records go before counts where the sheet covers the unit.",
         several(firm("F1", formal_members=48, probationary_members=3), staff_of("B1", "F1", 48, 3)), "over_members:B1"),
    Case("too_few_members", "A branch of two formal members.",
         firm("F1", formal_members=2), "too_few_members:B1"),
    Case("too_few_members", "A joint branch of three is enough.", joint("J1", 1, 1, 1)),
    Case("too_few_members", "A general branch is not asked.", several(firm("F1", formal_members=2), unit("B1", type="党总支"))),
    Case("too_few_members", "A branch that covers nothing and has no record is not judged.", unit("NEW", superior="S11")),
    Case("too_few_members", "Probationary members don't make up the number.",
         several(firm("F1", formal_members=2, probationary_members=4), staff_of("B1", "F1", 2, 4)), "too_few_members:B1"),
    Case("wrong_type", "Where the option is on, a branch of 50 should be a general branch.",
         several(setting("type_thresholds", [50, 100]), firm("F1", formal_members=50)), "wrong_type:B1"),
    Case("wrong_type", "A larger type than the number asks for stands with approval.",
         several(setting("type_thresholds", [50, 100]), firm("F1", formal_members=49), unit("B1", type="党总支", approved_by="甲区委"))),
    Case("wrong_type", "The profile of 2016 does not ask.", firm("F1", formal_members=50)),
    Case("joint_without_anchor", "Far apart, of different trades, without a leading firm: no method holds.",
         several(joint("J1", 1, 1, 1), *(firm(f"J1F{i}", building=None, industry=c) for i, c in enumerate(("5211", "8211", "3011")))),
         "joint_without_anchor:J1"),
    Case("joint_without_anchor", "One building is an anchor.", joint("J1", 1, 1, 1)),
    Case("joint_without_anchor", "One division is a trade, whatever the place.",
         several(joint("J1", 1, 1, 1), *(firm(f"J1F{i}", building=None, industry=c) for i, c in enumerate(("5211", "5221", "5299"))))),
    Case("joint_without_anchor", "One leading firm will do.",
         several(joint("J1", 1, 1, 1), *(firm(f"J1F{i}", building=None, industry=c) for i, c in enumerate(("5211", "8211", "3011"))),
                 *(put("leading", f"F1|J1F{i}", leader="F1", organization=f"J1F{i}") for i in range(3)))),
    Case("joint_without_anchor", "Two pairs of three that are near and similar are not all of them.",
         several(joint("J1", 1, 1, 1), *(
             firm(f"J1F{i}", building=None, industry="5211" if i < 2 else "8211", lon=114.30 + 0.002 * i, lat=30.60, datum="WGS84")
             for i in range(3))), "joint_without_anchor:J1"),
    Case("joint_without_anchor", "An association makes neighbours similar.",
         several(joint("J1", 1, 1, 1), *(
             firm(f"J1F{i}", building=None, industry=c, lon=114.30 + 0.002 * i, lat=30.60, datum="WGS84")
             for i, c in enumerate(("5211", "8211", "3011"))), put("association", "A1", name="示例商会", members="J1F0;J1F1;J1F2"))),
    Case("joint_too_old", "Off where the profile sets no limit.", joint("J1", 1, 1, 1)),
    Case("joint_too_old", "Older than the limit that the profile sets.",
         several(setting("joint_max_years", 5), joint("J1", 1, 1, 1)), "joint_too_old:J1"),
    Case("joint_too_old", "Exactly as old as the limit is not older.",
         several(setting("joint_max_years", 5), joint("J1", 1, 1, 1, founded=20120105))),
)  # fmt: skip

COVERAGE = (
    Case("covered_twice", "Two formal units over one organization.",
         several(joint("J1", 1, 1, 1), unit("J1", covers="F1")), "covered_twice:F1"),
    Case("covered_twice", "A committee above a branch of the same organization is no second one.",
         several(unit("COM", type="党委", organization="F1", superior="S11"), unit("B1", superior="COM"))),
    Case("covered_twice", "A firm's committee with two branches below counts once.",
         several(unit("COM", type="党委", organization="F1", superior="S11"), unit("B1", superior="COM"),
                 unit("B1b", superior="COM", organization="F1"))),
    Case("covered_twice", "Two branches of one organization side by side are two.",
         unit("B1b", superior="S11", organization="F1"), "covered_twice:F1"),
    Case("covered_twice", "A functional unit beside the formal one is in order.",
         unit("FUN", type="功能型党组织", superior="S11", organization="F1")),
    Case("counted_twice", "A member in two formal units: both units are told, no member is named.",
         several(joint("J1", 1, 1, 1), member("M1", "B1;J1")),
         "counted_twice:B1 counted_twice:J1 too_few_members:B1 too_few_members:J1"),
    Case("counted_twice", "A member in a formal and a functional unit is counted once.",
         several(staff_of("B1", "F1", 4), put("member", "B1M0", unit="B1;FUN"),
                 unit("FUN", type="功能型党组织", superior="S11", organization="F1"))),
    Case("functional_counted", "An organization that names a functional unit as the one that covers it.",
         several(firm("N1", unit="FUN"), unit("FUN", type="功能型党组织", superior="S11")), "functional_counted:FUN", cleared=True),
    Case("functional_counted", "A member who stands in a functional unit alone.",
         several(member("M1", "FUN"), unit("FUN", type="功能型党组织", superior="S11", organization="F1")), "functional_counted:FUN"),
    Case("functional_counted", "A functional unit named beside the formal one covers nothing and claims nothing.",
         several(firm("F1", unit="FUN"), unit("FUN", type="功能型党组织", superior="S11"))),
    Case("member_outside_coverage", "Members whose employer their unit does not cover.",
         several(staff_of("B1", "F1", 4), member("M9", "B1", "F2"), member("M8", "B1", "F2"), firm("F2", formal_members=2)),
         "member_outside_coverage:B1 too_few_members:B2"),
    Case("member_outside_coverage", "A record without employer says nothing.", several(staff_of("B1", "F1", 4), member("M9", "B1"))),
    Case("covers_excluded", "A unit that covers a closed organization, and the cell that says so.",
         several(joint("J1", 1, 1, 1, 1), firm("J1F3", status="注销")), "covers_excluded:J1", cleared=True),
    Case("covers_excluded", "A shell by its status alone is an exclusion without evidence too.",
         several(joint("J1", 1, 1, 1, 1), firm("J1F3", status="空壳")), "covers_excluded:J1 excluded_without_evidence:J1F3"),
    Case("covers_excluded", "A suspended organization is neither excluded nor closed.",
         several(joint("J1", 1, 1, 1, 1), firm("J1F3", status="停业"))),
    Case("excluded_without_evidence", "A zombie by its status alone.", firm("N1", status="僵尸"), "excluded_without_evidence:N1"),
    Case("excluded_without_evidence", "An exclusion without deciding office.",
         several(firm("N1", status="僵尸"), put("exclusion", "N1", organization="N1", type="僵尸", decided=20160901)),
         "excluded_without_evidence:N1"),
    Case("excluded_without_evidence", "Kind, date and office are enough.",
         several(firm("N1", status="影子"),
                 put("exclusion", "N1", organization="N1", type="影子", decided=20160901, office="市工商局"))),
    Case("excluded_without_evidence", "A closed organization is no exclusion.", firm("N1", status="注销")),
    Case("eligible_uncovered", "One formal member and no unit, after the year's end.",
         firm("N1", formal_members=1), "eligible_uncovered:N1"),
    Case("eligible_uncovered", "A firm without members is not eligible.", firm("N1", formal_members=0)),
    Case("zone_without_committee", "A provincial zone without a committee of its own.",
         put("park", "park:420102001/Z2", code="Z2", name="示例开发区", level="省级", street="420102001"),
         "zone_without_committee:park:420102001/Z2"),
    Case("zone_without_committee", "A municipal zone need not have one.",
         put("park", "park:420102001/Z2", code="Z2", name="示例园区", level="市级", street="420102001")),
    Case("zone_without_committee", "A branch in the zone is no committee of it.",
         several(put("park", "park:420102001/Z2", code="Z2", name="示例开发区", level="省级", street="420102001"),
                 unit("ZB", superior="S21", organization="Z2")),
         "zone_without_committee:park:420102001/Z2"),
)  # fmt: skip

TARGETS = (
    Case("target_50", "Fifty staff and no member.", firm("N1", staff=50), "target_50:N1"),
    Case("target_50", "Forty-nine staff.", firm("N1", staff=49)),
    Case("target_50", "A probationary member is a member.", firm("N1", staff=50, probationary_members=1)),
    Case("target_100", "A hundred staff and no unit.",
         firm("N1", staff=100, formal_members=1), "target_100:N1 eligible_uncovered:N1"),
    Case("target_100", "A joint unit will do.", several(joint("J1", 1, 1, 1), firm("J1F0", staff=100))),
    Case("target_100", "A social organization is not asked by this clause.", social("N1", staff=100)),
    Case("target_kind", "A law firm of any size.", social("N1", category="律师事务所", staff=3), "target_kind:N1"),
    Case("target_kind", "A private hospital of thirty.", social("N1", category="民办医院", staff=30), "target_kind:N1"),
    Case("target_kind", "A private hospital of twenty-nine.", social("N1", category="民办医院", staff=29)),
    Case("target_kind", "A municipal foundation.", social("N1", category="基金会", level="市级"), "target_kind:N1"),
    Case("target_kind", "A district society.", social("N1", category="社会团体")),
    Case("target_kind", "A large internet firm with members is a note for review and nothing more.",
         firm("N1", creative=True, size="大型", formal_members=1), "target_kind:N1 eligible_uncovered:N1"),
    Case("target_kind", "A middling internet firm is not even that.",
         firm("N1", creative=True, size="中型", formal_members=1), "eligible_uncovered:N1"),
    Case("target_rural", "An eligible cooperative without a unit.",
         firm("N1", line="rural", category="农民合作社", formal_members=1), "target_rural:N1 eligible_uncovered:N1"),
    Case("target_rural", "A cooperative without members is not eligible.", firm("N1", line="rural", category="农民合作社")),
)  # fmt: skip

WORK = (
    Case("no_work_coverage", "Neither a unit nor any means.", firm("N1", instructor=None), "no_work_coverage:N1"),
    Case("no_work_coverage", "否 is no instructor.", firm("N1", instructor="否"), "no_work_coverage:N1"),
    Case("no_work_coverage", "A trade union is a means.", firm("N1", instructor=None, mass_organizations="工会")),
    Case("no_work_coverage", "One event of guidance is a means.", firm("N1", instructor=None, investor_guidance=1)),
    Case("no_work_coverage", "A count of zero is none.",
         firm("N1", instructor=None, investor_guidance=0, joint_development=0), "no_work_coverage:N1"),
    Case("no_work_coverage", "A covered organization needs none.", firm("F1", instructor=None)),
    Case("no_measures", "No measures.", firm("N1", measures=None), "no_measures:N1"),
    Case("no_measures", "Measures without a responsible department are not complete.",
         firm("N1", responsible=None), "no_measures:N1"),
    Case("no_measures", "A covered organization needs none.", firm("F1", measures=None, measures_due=None, responsible=None)),
    Case("measures_late", "Due a day after the last.", firm("N1", measures_due=20161121), "measures_late:N1"),
    Case("measures_late", "Due on the last day.", firm("N1", measures_due=20161120)),
    Case("no_instructor", "A unit formed in the campaign without an instructor.",
         unit("B1", founded=20160910), "no_instructor:B1"),
    Case("no_instructor", "An older unit needs none.", unit("B1", founded=20160731)),
    Case("no_instructor", "是 is enough.", unit("B1", founded=20160910, instructor="是")),
    Case("incomplete_clears", "Two of six are missing.", firm("N1", clears="1;2;3;4"), "incomplete_clears:N1"),
    Case("incomplete_clears", "The reason for having no unit is asked of uncovered ones only.", firm("F1", clears="1;2;3;4;5")),
    Case("incomplete_clears", "A blank cell means none is done.", firm("N1", clears=None), "incomplete_clears:N1"),
)  # fmt: skip

LEDGERS = (
    Case("wrong_ledger_owner", "A firm reported by its district's department.",
         firm("F1", reported_by="甲区委组织部"), "wrong_ledger_owner:F1"),
    Case("wrong_ledger_owner", "A firm reported by its street's office.", firm("F1", reported_by="一街道办事处")),
    Case("wrong_ledger_owner", "A firm in a national zone reported by the zone.", firm("F2", reported_by="示例高新区管委会")),
    Case("wrong_ledger_owner", "A firm in a national zone reported by its street.",
         firm("F2", reported_by="二街道"), "wrong_ledger_owner:F2"),
    Case("wrong_ledger_owner", "A district school reported by its district.", social("X1", reported_by="甲区委组织部")),
    Case("wrong_ledger_owner", "A district school reported by its street.",
         social("X1", reported_by="一街道办事处"), "wrong_ledger_owner:X1"),
    Case("wrong_ledger_owner", "A municipal society reported by the bureau though it has a supervising body.",
         social("X2", reported_by="市民政局"), "wrong_ledger_owner:X2"),
    Case("wrong_ledger_owner", "A municipal society without supervising body reported by the bureau.",
         social("X3", reported_by="市民政局")),
    Case("listed_twice", "One firm in two streets' ledgers.",
         listed("F1", "非公企业|二街道", AS_OF), "listed_twice:F1"),
    Case("listed_twice", "Moved: the first ledger's newer edition lists it no longer.",
         several(firm("F9"), listed("F9", "非公企业|420101002", 20160901), firm("F2", **ZERO, clears="1;2;3;4;5"),
                 firm("F2", formal_members=4))),
    Case("listed_twice", "In a ledger of firms and in one of social organizations: two kinds.",
         listed("F1", "社会组织|甲区", AS_OF)),
    Case("register_gap", "In a register and in no ledger.",
         put("register", "工商|Q1", register="工商", organization="Q1", name="企业Q1", status="存续"), "register_gap:Q1"),
    Case("register_gap", "Gone from the register: nobody misses it.",
         put("register", "工商|Q1", register="工商", organization="Q1", status="注销")),
    Case("register_gap", "In the ledger of a district that the register covers, and not in it.",
         put("register", "工商|F1", register="工商", organization="F1", status="存续"), "register_gap:F2"),
    Case("register_gap", "A register of above-scale firms need not hold the others.",
         put("register", "经信|F1", register="市经信委规上名录", organization="F1", status="存续")),
    Case("count_mismatch", "Four stated, five recorded.", staff_of("B1", "F1", 5), "count_mismatch:F1"),
    Case("count_mismatch", "A probationary member on record and none stated.",
         several(firm("F1", probationary_members=0), staff_of("B1", "F1", 4, 1)), "count_mismatch:F1"),
    Case("count_mismatch", "As many as stated.", several(firm("F1", probationary_members=1), staff_of("B1", "F1", 4, 1))),
    Case("count_mismatch", "Nobody is recorded: the sheet does not cover the organization.", staff_of("B1", "F1", 4)),
    Case("total_mismatch", "A total that is not the sum of its rows.",
         put("stated_total", "L|S|9|从业人数", ledger="L", column="从业人数", stated=31.0, counted=30.0),
         "total_mismatch:L|S|9|从业人数"),
    Case("total_mismatch", "A total that is.",
         put("stated_total", "L|S|9|从业人数", ledger="L", column="从业人数", stated=30.0, counted=30.0)),
    Case("conflicting_sources", "Two ledgers state different numbers of staff.",
         listed("F1", "非公企业|二街道", AS_OF, staff=99), "conflicting_sources:F1 listed_twice:F1"),
    Case("conflicting_sources", "Two rows of one ledger state different numbers.",
         listed("F1", "非公企业|420101001", AS_OF, staff=99), "conflicting_sources:F1"),
    Case("conflicting_sources", "A register knows it under another name.",
         put("register", "工商|F1", register="工商", organization="F1", name="另一企业", status="存续"),
         "conflicting_sources:F1 register_gap:F2"),
    Case("conflicting_sources", "A register says that an operating organization is gone.",
         put("register", "经信|F1", register="市经信委规上名录", organization="F1", status="注销"), "conflicting_sources:F1"),
    Case("conflicting_sources", "A register writes the same name in another width, with a space.",
         put("register", "经信|F1", register="市经信委规上名录", organization="F1", name="企业Ｆ1 ", status="存续")),
    Case("conflicting_sources", "A blank cell contradicts nothing.",
         listed("F1", "非公企业|420101001", AS_OF, staff=None)),
    Case("conflicting_sources", "What the same ledger said before is history.",
         listed("F1", "非公企业|420101001", 20160826, staff=99)),
    Case("duplicate_organization", "One name and address under two codes, whatever the width of its characters.",
         several(firm("N1", name="甲乙（示例）公司", address="一街 9 号"), firm("N2", name="甲乙(示例)公司", address="一街９号")),
         "duplicate_organization:N1"),
    Case("duplicate_organization", "The same name elsewhere is another firm.",
         several(firm("N1", name="甲乙公司", address="一街9号"), firm("N2", name="甲乙公司", address="一街19号"))),
    Case("duplicate_organization", "A shadow that was excluded is settled.",
         several(firm("N1", name="甲乙公司", address="一街9号"), firm("N2", name="甲乙公司", address="一街9号", status="影子"),
                 put("exclusion", "N2", organization="N2", type="影子", decided=20160901, office="市工商局"))),
    Case("missing_from_ledger", "Listed in August, not in the newer edition.",
         several(lambda town: town.firm("N1"), listed("N1", "非公企业|420101001", 20160826), without("organization", "N1")),
         "missing_from_ledger:N1"),
    Case("missing_from_ledger", "Moved to another ledger is not missing.",
         several(firm("N1", street="420101001"), listed("N1", "非公企业|420101001", 20160826), firm("N1", street="420101002"))),
)  # fmt: skip

CAMPAIGN = (
    Case("submission_missing", "All that was due came in.", every_report),
    Case("submission_missing", "A district without its annex.",
         several(every_report, without("submission", "甲区委组织部|附表1|2016-08-26")), "submission_missing:甲区委组织部"),
    Case("submission_missing", "One row for both annexes, by another wording, answers for both.",
         several(every_report, without("submission", "甲区委组织部|附表1|2016-08-26"), without("submission", "甲区委组织部|附表2|2016-08-26"),
                 reported("甲区", "附表一、二", "8月", 20160829))),
    Case("submission_missing", "A department without its report.",
         several(every_report, without("submission", "市司法局|专项责任报告|2016-11")), "submission_missing:市司法局"),
    Case("submission_missing", "Before its date nothing is due.",
         several(as_of(20160826), reported("甲区委组织部", "半月报", "2016-08-25", 20160825),
                 *(reported(o, "半月报", "2016-08-25", 20160825) for o in OFFICES[1:]))),
    Case("report_late", "A day late.",
         several(every_report, reported("乙区委组织部", "半月报", "2016-10-10", 20161011)), "report_late:乙区委组织部"),
    Case("report_late", "Not at all.",
         several(every_report, without("submission", "市民政局|半月报|2016-12-25")), "report_late:市民政局"),
    Case("report_late", "On the day, under the number of the report.",
         several(every_report, without("submission", "市民政局|半月报|2016-12-25"), reported("市民政局", "半月报", "第9期", 20161225))),
    Case("rate_differs", "A reported rate that the graph does not bear out.",
         several(every_report, firm("N1"), reported("甲区委组织部", "半月报", "2016-12-25", AS_OF, 0.95)),
         "rate_differs:甲区委组织部 report_late:甲区委组织部"),
    Case("rate_differs", "The recomputed rate, rounded to the digits reported.",
         several(every_report, firm("N1"), reported("甲区委组织部", "工作方案", "2016-08", AS_OF, 0.75))),
    Case("no_recheck", "Struck off and not looked at again by the year's end.",
         put("strike_off", "F1|1", organization="F1", state="已销号", basis="批复", date=20161101), "no_recheck:F1"),
    Case("no_recheck", "Looked at again.",
         several(put("strike_off", "F1|1", organization="F1", state="已销号", basis="批复", date=20161101),
                 put("strike_off", "F1|2", organization="F1", state="回头看", basis="现场", date=20161215))),
    Case("no_recheck", "Looked at before it was struck off does not count.",
         several(put("strike_off", "F1|1", organization="F1", state="已销号", basis="批复", date=20161101),
                 put("strike_off", "F1|2", organization="F1", state="回头看", basis="现场", date=20161031)), "no_recheck:F1"),
    Case("struck_off_without_evidence", "Struck off without a word of evidence.",
         several(put("strike_off", "F1|1", organization="F1", state="已销号", date=20161101),
                 put("strike_off", "F1|2", organization="F1", state="回头看", basis="现场", date=20161215)),
         "struck_off_without_evidence:F1"),
    Case("struck_off_without_evidence", "A strike-off taken back asks for nothing.",
         several(put("strike_off", "F1|1", organization="F1", state="已销号", date=20161101),
                 put("strike_off", "F1|2", organization="F1", state="撤回", basis="复核", date=20161115))),
)  # fmt: skip

CASES = STRUCTURE + LINE + SIZE + COVERAGE + TARGETS + WORK + LEDGERS + CAMPAIGN
