"""Keeping persons out: numbers in free text, names where a code belongs (RULES, *Privacy at the door*)."""

from __future__ import annotations

import datetime as dt
import re

from graph.credit_code import credit_code_fault

MASK = "***"

_BETWEEN = r" \-‐-―.·_/)）"
"""What people write between the groups of a number."""
_SEP = rf"[{_BETWEEN}]{{0,2}}"
_ID = re.compile(
    rf"(?<![0-9])([0-9]{{6}}){_SEP}([0-9]{{4}}{_SEP}[0-9]{{2}}{_SEP}[0-9]{{2}}){_SEP}([0-9]{{3}}[0-9Xx])(?![0-9])"
)
_MOBILE = re.compile(
    rf"(?<![0-9])(?:\+?86{_SEP})?1[3-9][0-9]{_SEP}[0-9]{{4}}{_SEP}[0-9]{{4}}(?![0-9])"
)
_UNSEEN = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
"""Characters that show nothing, and part a number in two for whoever looks for its digits."""
_WIDE: dict[int, int | None] = {0xFF10 + d: 0x30 + d for d in range(10)}
_WIDE |= {0xFF0D: 0x2D, 0xFF38: 0x58, 0xFF58: 0x78, 0xFF0B: 0x2B}
_WIDE |= dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x3000], 0x20)
_WIDE |= dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF])

SUSPECT = (
    rf"[0-9０-９](?:[\s{_BETWEEN}－　{_UNSEEN}"
    "\u00a0\u2000-\u200a\u202f"
    r"]{0,4}[0-9０-９]){10}"
)
"""What a text must hold before it is worth a scan (RE2 and ``re``)."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CJK = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003134F]")
_PSEUDONYM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/#]{0,63}")
_INSTRUCTOR_CODE = re.compile(
    r"(?:党建)?(?:工作)?(?:指导员|指导|联络员|指|编号|代码|第)?[A-Za-z]{0,8}[-_#]?[0-9]{1,12}号?"
)
_LABELLED = re.compile(
    r"((?:填报|填表|经办|审核|制表|联系|负责|责任|批准|签发)人|法定代表人|法人|书记|校长|会长|理事长|姓名|(?:联系|办公)?电话|手机(?:号码?)?|联系方式|传真|邮箱|微信|QQ)"
    r"(\s{0,64}(?:[（(][^）)]{0,12}[）)])?\s{0,64}[:：]\s{0,64})[^\s;；,，。|]{1,40}"
)


def is_id_number(text: str) -> bool:
    """Say whether 18 characters are a citizen's ID number (GB 11643: a birth date and ISO 7064 MOD 11-2)."""
    return len(text) == 18 and text[:17].isdigit() and (_check(text) and _born(text[6:14]))


def _check(text: str) -> bool:
    total = sum(int(c) * w for c, w in zip(text, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == text[17].upper()


def _born(day: str) -> bool:
    if not "1880" <= day[:4] <= "2060":
        return False
    try:
        dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return True


def mask(text: str) -> tuple[str, frozenset[str]]:
    """Cut ID and mobile numbers out of a text.

    18 digits count as an ID number where positions 7 to 14 are a birth date (with a wrong check digit they are a person's all the
    same), or where MOD 11-2 holds and they aren't a credit code.

    Returns
    -------
    str
        The text; what was cut out is :data:`MASK`.
    frozenset of str
        ``id_number`` and ``mobile_number`` as found.
    """
    found: set[str] = set()
    plain = text.translate(_WIDE)

    def cut_id(match: re.Match[str]) -> str:
        bare = re.sub(r"[^0-9Xx]", "", match.group(0))
        if len(bare) == 18 and (_born(bare[6:14]) or (_check(bare) and not _is_credit_code(bare))):
            found.add("id_number")
            return MASK
        return match.group(0)

    def cut_mobile(_: re.Match[str]) -> str:
        found.add("mobile_number")
        return MASK

    cut = _MOBILE.sub(cut_mobile, _ID.sub(cut_id, plain))
    return (cut, frozenset(found)) if found else (text, frozenset())


def _is_credit_code(text: str) -> bool:
    return credit_code_fault(text.upper()) is None


def mask_labelled(text: str) -> str:
    """Cut numbers and what follows labels such as ``填报人：`` out of a line that is no cell of a table (stamp lines, notes)."""
    return _LABELLED.sub(lambda m: m.group(1) + m.group(2) + MASK, mask(text)[0])


def has_cjk(text: str) -> bool:
    """Say whether a text holds a Chinese character."""
    return _CJK.search(text) is not None


def is_pseudonym(text: str) -> bool:
    """Say whether a text can stand for a person without telling who: a code with a digit, no ID or mobile number."""
    return (
        _PSEUDONYM.fullmatch(text) is not None
        and any(c.isdigit() for c in text)
        and not mask(text)[1]
    )


def is_instructor_code(text: str) -> bool:
    """Say whether a cell of 指导员 holds a code rather than a name."""
    return is_pseudonym(text) or (
        _INSTRUCTOR_CODE.fullmatch(text) is not None and not mask(text)[1]
    )
