"""The words by which a sheet's rows are told apart: headings, totals, stamp lines, notes.

Headings are those of :mod:`loaders.canonical`; everything else here is how Chinese ledgers are laid out, whatever they are about.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence

_SPACE = re.compile(r"\s+")
_DATA_LIKE = re.compile(
    r"[-+]?[\d,.]+%?|[0-9A-Z]{15,20}|\d{4}[-./年]\d{1,2}([-./月]\d{1,2}日?)?|[\d.]+[Ee][+-]?\d+"
)

SERIAL = frozenset(["序号", "序", "顺序号", "行号", "编次", "no", "no.", "№", "#", "行次"])
"""Headings of a running number."""

EXAMPLE = r"^\s*[(（【\[]?\s*(?i:示\s*例|样\s*例|举\s*例|例子?|example|sample)\s*行?\s*[)）】\]]?\s*[:：]?\s*\d*$"
"""What stands in the running number's cell of a row that only shows how a form is filled in (RE2 and ``re``)."""
_EXAMPLE = re.compile(EXAMPLE)

TOTAL = r"^[^\d,，。；;]{0,20}?(合\s*计|小\s*计|总\s*计|共\s*计|累\s*计)\s*数?\s*([:：(（].{0,40}|\d.{0,20})?$"
"""A total row's label (RE2 and ``re``)."""
_TOTAL = re.compile(TOTAL)
_STATED = re.compile(r"(\d{1,9})\s*(?:家|个|户|所|名|人|条|项|座|栋|处|支|次)")

NOTE = (
    r"^[\s※*]*(注|备\s*注|附\s*注|说\s*明|填表说明|填报说明|填表要求|填报要求|填表人|填报人|制表人|审核人|经办人|联系人|负责人|审批人"
    r"|分管领导|单位负责人|主要负责人|党组织负责人|联系电话|办公电话|电话|审核|制表|签字|签章|盖章|填报单位|填表单位|上报单位|报送单位|制表单位"
    r"|填报日期|填报时间|填表日期|填表时间|上报日期|上报时间|报送日期|制表日期|制表时间|日期|数据来源|资料来源|来源|统计口径|统计时点)"
    r"\s*([(（][^)）]{0,20}[)）])?\s*\d{0,2}\s*[:：.、]"
)
"""A line under or above a table that is none of its rows (RE2 and ``re``)."""
_NOTE = re.compile(NOTE)

_SECTION = re.compile(
    r"^([一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）])"
    r"|[(（]\s*\d{1,7}\s*(家|个|户|所|名|人|条|项)?\s*[)）]$"
    r"|^\S{1,14}(区|县|市|省|街道|街|乡|镇|社区|村|园区|开发区|类|部分)$"
)

_OFFICE = re.compile(
    r"(?:填报|填表|上报|报送|制表|报表|呈报)(?:单位|部门|机关)(?:名称)?\s*(?:[(（][^)）]{0,20}[)）])?\s*[:：]\s*"
)
_DAY = re.compile(
    r"(?:填报|填表|上报|报送|制表|报表|呈报|统计)(?:日期|时间)\s*(?:[(（][^)）]{0,20}[)）])?\s*[:：]\s*"
)
_LABEL = re.compile(r"[一-鿿]{1,8}\s*(?:[(（][^)）]{0,20}[)）])?\s*[:：]")
_SEAL = re.compile(r"\s*[(（](?:盖章|公章|章|签章|加盖公章)[)）]\s*$")
_MAX = 200


def squeeze(text: str | None) -> str:
    """Return a heading as :class:`~loaders.reading.model.Column` keeps it: NFKC, without white space, at most 200 characters."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))[:_MAX] if text else ""


def data_like(text: str) -> bool:
    """Say whether a text looks like a value: a number, a date, a long code."""
    return _DATA_LIKE.fullmatch(text.strip()) is not None


@functools.cache
def _headings() -> frozenset[str]:
    from loaders.canonical import canonical

    declared = canonical()
    return frozenset(
        word
        for sheet, table in declared.headings.items()
        for word in (*table, *declared.sheets[sheet].ticks)
    )


@functools.lru_cache(maxsize=100_000)
def known(heading: str) -> bool:
    """Say whether some canonical sheet knows a heading, or it names a personal column."""
    from loaders.canonical import canonical, normal_heading

    if not heading or len(heading) > 60 or data_like(heading):
        return False
    declared = canonical()
    if normal_heading(heading) in _headings():
        return True
    if "/" in heading and declared.knows(heading):
        return True
    return len(heading) <= 16 and ":" not in heading and declared.personal.refuses(heading)


def is_label_line(cells: Sequence[str]) -> bool:
    """Say whether some cell of a row is a label with a colon (``填报单位（盖章）：``), which no heading is."""
    return any(_OFFICE.match(c) or _DAY.match(c) or _NOTE.match(c) for c in cells)


def total_label(text: str) -> tuple[str, int | None] | None:
    """Return the word of a total row's label (``合计``) and the count that it states, ``None`` for any other text."""
    match = _TOTAL.match(text.strip())
    if match is None:
        return None
    stated = _STATED.search(match.group(2) or "")
    return _SPACE.sub("", match.group(1)), int(stated.group(1)) if stated else None


def is_example(text: str) -> bool:
    """Say whether a running number's cell marks its row as an example."""
    return _EXAMPLE.match(text) is not None


def is_note(text: str) -> bool:
    """Say whether a text begins like a note, signature or stamp line."""
    return _NOTE.match(text) is not None


def looks_like_section(text: str) -> bool:
    """Say whether a lone text reads as a heading over the rows below it."""
    return not data_like(text) and _SECTION.search(text.strip()) is not None


def stated_count(text: str) -> int | None:
    """Return the count that a section heading states in brackets (``北京市（23所）``)."""
    match = re.search(r"[(（]\s*(?:共|计|合计)?\s*(\d{1,9})\s*[家个户所名人条项]?\s*[)）]", text)
    return int(match.group(1)) if match else None


def stamp(cells: Sequence[str]) -> Mapping[str, str]:
    """Return ``填报单位`` and ``填报日期`` of a stamp line, as written; a value may stand in the cell after its label."""
    found: dict[str, str] = {}
    for i, text in enumerate(cells):
        for key, label in (("填报单位", _OFFICE), ("填报日期", _DAY)):
            match = label.search(text)
            if match is None or key in found:
                continue
            value = _until_next_label(text[match.end() :])
            if not value and i + 1 < len(cells) and not _LABEL.match(cells[i + 1]):
                value = cells[i + 1].strip()
            value = _SEAL.sub("", value).strip(" 　_:：")
            if value:
                found[key] = value[:_MAX]
    return found


def _until_next_label(text: str) -> str:
    following = _LABEL.search(text)
    if following is not None:
        # the label's words may follow the value without a space: cut at the last gap before its colon
        head = text[: following.end()]
        known_label = re.search(
            r"(?:填报|填表|上报|报送|制表|报表|统计|审核|经办|联系|负责)?(?:单位|部门|日期|时间|人|电话)\s*(?:[(（][^)）]{0,20}[)）])?\s*[:：]$",
            head,
        )
        text = head[: known_label.start()] if known_label else text[: following.start()]
    return re.split(r"[ 　\t]{2,}|\n", text.strip(), maxsplit=1)[0].strip()
