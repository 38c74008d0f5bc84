"""The campaign's words and dates: which 报送 rows are due from whom, what 销号 states mean, what an external register lists.

The one home of these vocabularies: rules read them, and whoever writes ledgers (templates, synthetic cities) takes the
canonical words from here. Real sheets word them otherwise; the functions below recognise what they mean. Dates come from
the profile's ``deadlines``; those here are the plan's own, used where a profile names none.

报送 rows
---------
=================  ==========================================  ========================  ====================================
种类 (canonical)   due from                                    期次 (canonical)          clause, date
=================  ==========================================  ========================  ====================================
``工作方案``       each district's organization department     ``2016-08``               S12: "after the meeting" of 2016-08-17;
                                                                                         no date of its own, so it is due when the
                                                                                         survey ends (2016-08-26)
``附表1``          each district's organization department     ``2016-08-26``            S20, 2016-08-26 (非公)
``附表2``          the same, the organs work committee and     ``2016-08-26``            S20, 2016-08-26 (社会组织)
                   the civil-affairs bureau
``半月报``         the same three                              the due date, ISO         S47: the 10th and 25th, 2016-08-25 to
                                                                                         2016-12-25, nine in all
``专项责任报告``   the municipal departments                   ``2016-11``               S48, 2016-11-30
=================  ==========================================  ========================  ====================================

A district counts as one of whom reports are due when the store holds an organization of it. The organs work committee and the
civil-affairs bureau are counted when it holds a municipal social organization.

销号 states
-----------
``待建`` → ``已组建`` → ``已核实`` → ``已销号`` → ``回头看``; ``撤回`` takes a strike-off back (S22: reversible with reason).

名录 来源
---------
``工商`` lists firms, ``民政`` social organizations, ``商务`` foreign-invested firms, ``司法``/``财政``/``税务`` the three kinds of
professional office, ``工商联`` members of the federation, ``农业`` rural entities. ``经信`` (above-scale firms) and any other
register is read in one direction only: what it lists must be in the ledger.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

WORK_PLAN = "工作方案"
ANNEX_1 = "附表1"
ANNEX_2 = "附表2"
SEMI_MONTHLY = "半月报"
DUTY_REPORT = "专项责任报告"

SUBMISSION_KINDS = (WORK_PLAN, ANNEX_1, ANNEX_2, SEMI_MONTHLY, DUTY_REPORT)

PERIOD_OF = {
    WORK_PLAN: "2016-08",
    ANNEX_1: "2016-08-26",
    ANNEX_2: "2016-08-26",
    DUTY_REPORT: "2016-11",
}
"""The canonical 期次 of what is due once; a semi-monthly report's is its due date."""

SEMI_MONTHLY_DATES = (
    20160825, 20160910, 20160925, 20161010, 20161025, 20161110, 20161125, 20161210, 20161225,
)  # fmt: skip
"""S47: by the 10th and the 25th of each month of the campaign."""

DEPARTMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("市委统战部", ("统战",)),
    ("市直机关工委", ("机关工委",)),
    ("市民政局", ("民政",)),
    ("市工商局", ("工商", "市场监")),
    ("市商务局", ("商务",)),
    ("市经信委", ("经信", "经济和信息化")),
    ("市工商联", ("工商联", "工商业联合会")),
    ("市教育局", ("教育",)),
    ("市卫生计生委", ("卫生", "卫计", "卫健")),
    ("市司法局", ("司法",)),
    ("市财政局", ("财政",)),
    ("市税务局", ("税务", "国税", "地税")),
    ("市总工会", ("总工会",)),
    ("团市委", ("团市委", "共青团")),
    ("市妇联", ("妇联", "妇女联合会")),
)
"""S48: the departments that the plan names (三(二)), each with words by which a 报送单位 is known to be it."""

PENDING, FORMED, VERIFIED, STRUCK_OFF, RECHECKED, REVERSED = (
    "待建", "已组建", "已核实", "已销号", "回头看", "撤回",
)  # fmt: skip

SOCIAL_BY_CIVIL_AFFAIRS = ("社会团体", "民办学校", "民办医院", "其他民办非企业", "基金会")


@dataclass(frozen=True, slots=True)
class RegisterScope:
    """What a full external register lists: the ledger's organizations of these lines and categories must all be in it.

    Parameters
    ----------
    word : str
        A part of 来源 by which the register is known.
    line : str or None
        ``enterprise``, ``social`` or ``rural``.
    categories : tuple of str
        类别; empty for all of the line.
    members_only : bool
        Only organizations whose 工商联会员 is 是.
    """

    word: str
    line: str | None
    categories: tuple[str, ...] = ()
    members_only: bool = False


REGISTER_SCOPES = (
    RegisterScope("工商联", None, members_only=True),
    RegisterScope("工商", "enterprise"),
    RegisterScope("市场监", "enterprise"),
    RegisterScope("商务", "enterprise", ("港澳台企业", "外资企业")),
    RegisterScope("民政", "social", SOCIAL_BY_CIVIL_AFFAIRS),
    RegisterScope("司法", "social", ("律师事务所",)),
    RegisterScope("财政", "social", ("会计师事务所",)),
    RegisterScope("税务", "social", ("税务师事务所",)),
    RegisterScope("农业", "rural"),
)
"""In the order in which a 来源 is tried: 工商联 before 工商."""

REGISTER_GONE = ("注销", "吊销", "撤销", "迁出")
"""A register's entry whose 状态 holds one of these words need not be in the ledger."""


def plain(text: str | None) -> str:
    """Return a text without full-width forms and white space; ``""`` for ``None``."""
    return "" if text is None else "".join(unicodedata.normalize("NFKC", str(text)).split())


def submission_kinds(text: str | None) -> frozenset[str]:
    """Return which submissions a 种类 means; one cell may name both annexes ("附表1、2").

    >>> sorted(submission_kinds("附表１、２"))
    ['附表1', '附表2']
    """
    words = plain(text).replace("附表一", "附表1").replace("附表二", "附表2")
    found = {kind for kind in SUBMISSION_KINDS if kind in words}
    if "附表" in words:
        numbers = set(re.findall(r"[12一二]", words[words.index("附表") :]))
        found |= {ANNEX_1} if numbers & {"1", "一"} else set()
        found |= {ANNEX_2} if numbers & {"2", "二"} else set()
    if "半月" in words:
        found.add(SEMI_MONTHLY)
    if "方案" in words:
        found.add(WORK_PLAN)
    if "专项" in words:
        found.add(DUTY_REPORT)
    return frozenset(found)


def semi_monthly_period(
    text: str | None, dates: tuple[int, ...] = SEMI_MONTHLY_DATES
) -> int | None:
    """Return the due date (``yyyymmdd``) of the semi-monthly report that a 期次 means, ``None`` where it can't be told.

    Read: a date (``2016-09-10``, ``20160910``, ``2016年9月10日``, ``9月10日``), or the number of the report (``第2期``, ``2``).

    >>> semi_monthly_period("9月10日"), semi_monthly_period("第1期"), semi_monthly_period("秋")
    (20160910, 20160825, None)
    """
    words = plain(text)
    numbers = [int(n) for n in re.findall(r"\d+", words)]
    if len(numbers) == 1 and len(words) == 8 and numbers[0] in dates:
        return numbers[0]
    if len(numbers) == 1 and 1 <= numbers[0] <= len(dates):
        return dates[numbers[0] - 1]
    if len(numbers) in (2, 3):
        month, day = numbers[-2:]
        years = {numbers[0]} if len(numbers) == 3 else {date // 10000 for date in dates}
        fitting = [d for d in dates if d // 10000 in years and d % 10000 == month * 100 + day]
        return fitting[0] if len(fitting) == 1 else None
    return None


def strike_off_state(text: str | None) -> str | None:
    """Return the canonical state that a 销号 状态 means, ``None`` for a word not known.

    >>> strike_off_state("已回头看"), strike_off_state("撤销销号"), strike_off_state("销号")
    ('回头看', '撤回', '已销号')
    """
    words = plain(text)
    for state, marks in (
        (REVERSED, ("撤回", "撤销", "取消", "恢复")),
        (RECHECKED, ("回头看", "复查", "复核")),
        (STRUCK_OFF, ("销号",)),
        (VERIFIED, ("核实", "验收")),
        (PENDING, ("待建", "未建", "待组建", "未组建")),
        (FORMED, ("组建", "已建")),
    ):
        if any(mark in words for mark in marks):
            return state
    return None


def register_scope(register: str | None) -> RegisterScope | None:
    """Return what a register (名录 来源) lists in full; ``None`` for one that is read in one direction only."""
    words = plain(register)
    return next((scope for scope in REGISTER_SCOPES if scope.word in words), None)


def department(text: str | None) -> str | None:
    """Return the municipal department (as :data:`DEPARTMENTS` names it) that a 报送单位 means; ``None`` for none of them."""
    words = plain(text)
    hits = [
        (len(mark), name) for name, marks in DEPARTMENTS for mark in (name, *marks) if mark in words
    ]
    return max(hits)[1] if hits else None
