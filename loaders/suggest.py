"""Sector and place suggested from words, for lists that give a business scope and an address instead of codes.

A suggestion is kept apart from the ledger's own value, with what it rests on (LEDGERS, *Nothing is invented*). Where words
disagree, or fit two places, nothing is suggested. Words and their sectors stand in ``sector_words.yaml``.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CLAUSES = 8
"""Clauses of a business scope that are read: what is listed first is what the organization lives on."""
NAME_WEIGHT = 2.0
"""A name's trade word against one activity named first in the scope. Chosen, like the two values below."""
LEAST = 0.9
"""Less than this is no ground for a suggestion."""
AHEAD = 1.3
"""How far the first sector must lead the second (times)."""

_CLAUSE = re.compile(r"[；;。]|(?<=[^、])[，,]")
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]")
_LEGAL_FORM = re.compile(
    r"(股份)?(有限)?(责任)?公司.*$|(集团|事务所|合作社|分公司|办事处|营业部|厂)$"
)


_MANUFACTURING = "C"
_MAKING_ANYTHING = ("制造", "生产")  # 图文制作 is no manufacture: 加工 and 制作 need their goods


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested of one organization; ``basis`` names the words it rests on, ``""`` where nothing is."""

    industry: str | None = None
    street: str | None = None
    district: str | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    activity: re.Pattern[str]
    activity_code: Mapping[str, str]
    goods: re.Pattern[str]
    goods_code: Mapping[str, str]
    making: re.Pattern[str]
    trade: re.Pattern[str]
    trade_code: Mapping[str, str]
    name: re.Pattern[str]
    name_code: Mapping[str, str]


def _either(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds the longest of some literal words (no nested repetition: linear)."""
    return re.compile("|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))))


def _codes(entries: Sequence[Mapping[str, Any]], edition: str) -> dict[str, str]:
    key = f"code_{edition}"
    return {str(w): str(e.get(key, e["code"])) for e in entries for w in e["words"]}


@functools.cache
def _words(edition: str) -> _Words:
    import yaml

    text = importlib.resources.files("loaders").joinpath("sector_words.yaml").read_text("utf-8")
    data = yaml.safe_load(text)
    activity = _codes(data["activities"], edition)
    goods = {str(w): str(code) for code, words in data["makers"].items() for w in words}
    trade = _codes(data["trades"], edition)
    name = _codes(data["names"], edition)
    return _Words(
        _either(activity), activity, _either(goods), goods, _either(map(str, data["making"])),
        _either(trade), trade, _either(name), name,
    )  # fmt: skip


@functools.cache
def _sections(edition: str) -> Mapping[str, str]:
    """Return division → section letter of an edition."""
    from graph.sector import facts

    columns = facts().columns([f"{n:02d}" for n in range(1, 100)], [edition] * 99)
    texts = columns.own.texts
    return {str(row[1]): str(row[0]) for row in texts if row[1] is not None and row[0] is not None}


def sector(name: str | None, scope: str | None, edition: str) -> tuple[str | None, str]:
    """Return a suggested 行业代码 (division or section letter) and the words it rests on.

    Parameters
    ----------
    name, scope : str or None
        The organization's name and its business scope (经营范围).
    edition : {"2011", "2017"}
        The edition of GB/T 4754 that the code is of.
    """
    words = _words(edition)
    votes: dict[str, float] = {}
    grounds: dict[str, list[str]] = {}

    def vote(code: str, weight: float, ground: str) -> None:
        votes[code] = votes.get(code, 0.0) + weight
        if ground not in grounds.setdefault(code, []):
            grounds[code].append(ground)

    trade_name = _LEGAL_FORM.sub("", _BRACKETED.sub("", unicodedata.normalize("NFKC", name or "")))
    found = words.name.findall(trade_name)
    if found:  # the last trade word of a name says what it is (武汉市建筑装饰…)
        vote(words.name_code[found[-1]], NAME_WEIGHT, found[-1])
    plain = _BRACKETED.sub("", unicodedata.normalize("NFKC", scope or ""))
    clauses = [c for c in _CLAUSE.split(plain) if c.strip()][:CLAUSES]
    for at, clause in enumerate(clauses):
        weight = 1.0 / (1.0 + 0.5 * at)
        for word in dict.fromkeys(words.activity.findall(clause)):
            vote(words.activity_code[word], weight, word)
        made = words.making.search(clause)
        if made:
            goods = words.goods.search(clause[: made.start()]) or words.goods.search(clause)
            if goods:
                vote(words.goods_code[goods.group()], weight, goods.group() + made.group())
            elif made.group() in _MAKING_ANYTHING:
                vote(_MANUFACTURING, weight, made.group())
        trades = words.trade.findall(clause)
        if trades:
            best = min(trades, key=lambda w: (len(words.trade_code[w]) == 1, words.trade_code[w]))
            vote(words.trade_code[best], weight, best)
    return _decide(votes, grounds, _sections(edition))


def _decide(
    votes: Mapping[str, float], grounds: Mapping[str, list[str]], sections: Mapping[str, str]
) -> tuple[str | None, str]:
    """Return the leading section's leading division, or the section alone where its divisions tie; else nothing."""
    by_section: dict[str, float] = {}
    for code, weight in votes.items():
        section = sections.get(code, code)
        by_section[section] = by_section.get(section, 0.0) + weight
    ranked = sorted(by_section.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < LEAST:
        return None, ""
    if len(ranked) > 1 and ranked[0][1] < AHEAD * ranked[1][1]:
        return None, ""
    section = ranked[0][0]
    inside = sorted(
        ((w, c) for c, w in votes.items() if sections.get(c) == section),
        key=lambda x: (-x[0], x[1]),
    )
    code = section
    if inside and (len(inside) == 1 or inside[0][0] >= AHEAD * inside[1][0]):
        code = inside[0][1]
    said = [g for c in sorted(grounds) if sections.get(c, c) == section for g in grounds[c]]
    return code, "、".join(said[:4])


# -- places --------------------------------------------------------------------------------------------------------


_STREET_SUFFIX = re.compile(r"(办事处)?(街道|街道办事处|镇|乡)$")
_AFTER = ("街道", "街道办事处", "街办事处", "街办", "办事处", "街", "镇", "乡")
_NUMBERED_ROAD = re.compile(r"\s*[特附]?\s*[0-9]|\s*[特附]?[一二三四五六七八九十]+号")
_COMMUNITY_SUFFIX = re.compile(r"(社区居民委员会|社区居委会|居民委员会|居委会|村民委员会|村委会)$")
_ROAD = ("路", "街", "大道", "巷", "道")
_GENERIC = frozenset(
    ["开发区", "经济开发区", "工业园", "工业园区", "农场", "林场", "原种场", "风景区"]
)
"""Names of divisions that any other place may have too: never a ground of their own."""


class Gazetteer:
    """Divisions of a city, to be found in addresses.

    Parameters
    ----------
    divisions : iterable of (code, name, level, parent)
        Rows of 区划 (``level`` as in ``schema.yaml``; ``parent`` a code or ``None``).
    """

    def __init__(self, divisions: Iterable[tuple[str, str, str, str | None]]) -> None:
        rows = list(divisions)
        self._parent = {code: parent for code, _, _, parent in rows}
        self._level = {code: level for code, _, level, _ in rows}
        self._districts = {
            unicodedata.normalize("NFKC", name): code
            for code, name, level, _ in rows
            if level == "区"
        }
        self._district_codes = set(self._districts.values())
        self._district = _either(self._districts) if self._districts else None
        stems = {n[:-1]: c for n, c in self._districts.items() if n.endswith("区") and len(n) > 2}
        self._stem = re.compile("|".join(map(re.escape, sorted(stems)))) if stems else None
        self._stems = stems
        self._streets: dict[str, set[str]] = {}
        self._longest = 0
        for code, name, level, _ in rows:
            if level in ("街道", "乡镇"):
                for form in _street_forms(unicodedata.normalize("NFKC", name)):
                    self._add(form, code)
            elif level in ("社区", "村"):
                form = _COMMUNITY_SUFFIX.sub("", unicodedata.normalize("NFKC", name))
                parent = self._parent.get(code)
                if parent and len(form) >= 3 and form.endswith(("社区", "村", "小区")):
                    self._add(form, parent)

    def _add(self, form: str, street: str) -> None:
        if form in _GENERIC:
            return
        self._streets.setdefault(form, set()).add(street)
        self._longest = max(self._longest, len(form))

    def district_of(self, code: str | None) -> str | None:
        """Return the district in which a division lies (itself where it is one)."""
        seen = 0
        while code is not None and seen < 8:
            if code in self._district_codes:
                return code
            code, seen = self._parent.get(code), seen + 1
        return None

    def place(self, address: str | None, code: str | None) -> tuple[str | None, str | None, str]:
        """Return (street, district, the words they rest on), ``None`` where nothing or more than one thing fits.

        Parameters
        ----------
        address : str or None
        code : str or None
            The organization's code: digits 3 to 8 name the division of its registration, the last resort for a district.
        """
        text = unicodedata.normalize("NFKC", address or "").replace(" ", "")
        district, ground = self._find_district(text)
        street, said = self._find_street(text, district)
        if street is not None:
            own = self.district_of(street)
            return street, own or district, "、".join(w for w in (ground, said) if w)
        if district is None and code and code[2:8] in self._district_codes:
            return None, code[2:8], f"代码区划{code[2:8]}"
        return None, district, ground

    def _find_district(self, text: str) -> tuple[str | None, str]:
        named = self._district.search(text) if self._district else None
        if named:
            return self._districts[named.group()], named.group()
        start = re.sub(r"^(湖北省|湖北)?(武汉市|武汉)?", "", text)
        stem = self._stem.match(start) if self._stem else None
        # 武昌大道 or 江汉路 is a road that may lie elsewhere
        if stem and not start[stem.end() :].startswith(_ROAD):
            return self._stems[stem.group()], stem.group()
        return None, ""

    def _find_street(self, text: str, district: str | None) -> tuple[str | None, str]:
        hits: dict[str, str] = {}
        longest = 0
        for at in range(len(text)):
            for size in range(min(self._longest, len(text) - at), 1, -1):
                form = text[at : at + size]
                streets = self._streets.get(form)
                if not streets or size < longest:
                    continue
                if form.endswith(_ROAD) and _NUMBERED_ROAD.match(text[at + size :]):
                    continue  # a house number follows: a road of that name
                inside = {s for s in streets if district is None or self.district_of(s) == district}
                if len(inside) == 1:
                    if size > longest:
                        hits, longest = {}, size
                    hits[next(iter(inside))] = form
                break
        if len(hits) == 1:
            return next(iter(hits.items()))
        return None, ""


def _street_forms(name: str) -> set[str]:
    """Return the wordings by which an address may name a street or township; bare stems only where they can't be a road's."""
    stem = _STREET_SUFFIX.sub("", name)
    forms = {name}
    if len(stem) < 2:
        return forms
    if stem.endswith("街"):
        forms |= {stem, stem + "办事处", stem + "办"}
    elif not stem.endswith(_ROAD):
        forms |= {stem + after for after in _AFTER[:6]}
    else:
        forms |= {stem + after for after in _AFTER[:5]}
    if len(stem) >= 3 and not stem.endswith(_ROAD):
        forms.add(stem)
    return forms


def suggest(
    names: Sequence[str | None],
    scopes: Sequence[str | None],
    addresses: Sequence[str | None],
    codes: Sequence[str | None],
    gazetteer: Gazetteer,
    edition: str,
    *,
    industry: bool = True,
    place: bool = True,
) -> list[Suggested]:
    """Return what is suggested of each organization (all sequences of one length; equal rows are worked out once)."""
    known: dict[tuple[Any, ...], Suggested] = {}
    out = []
    for row in zip(names, scopes, addresses, codes, strict=True):
        name, scope, address, code = row
        key = (name, scope, address, code[2:8] if code else None)
        made = known.get(key)
        if made is None:
            found, words = sector(name, scope, edition) if industry else (None, "")
            street, district, where = gazetteer.place(address, code) if place else (None, None, "")
            basis = [
                f"行业：{words}" if found else "",
                f"地点：{where}" if district or street else "",
            ]
            made = Suggested(found, street, district, "；".join(b for b in basis if b))
            known[key] = made
        out.append(made)
    return out
