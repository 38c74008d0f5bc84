"""Same organization? Pairs of codes that may stand for one organization, with the weights that led there (S41, S42).

Nothing is merged: a pair is a question for a person. Names are compared by what is their own, the *shop name* (字号): without the
city's divisions, the legal form and the words of a trade, for what all names share makes strangers alike (of two one-character
names with the same place and form, 武汉甲科技有限公司 and 武汉乙科技有限公司, a ratio says 0.89). Who is compared with whom:

* those of one name; those of one shop name, or of shop names one character apart (three characters at least), of one district
  or where one's is unknown;
* those whose credit codes hold the same body (characters 9 to 17): it stays when an entity registers elsewhere.

A shop name that many have says little: its weight falls with their number. Weights add up; a pair is proposed from :data:`LEAST`
on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.columns import codes, is_known, mask, texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.city import City

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Texts = NDArray[Any]
    Words = NDArray[np.uint64]

WEIGHTS = {
    "same_body": 50, "near_code": 15, "same_name": 45, "same_shop_name": 30, "near_shop_name": 22, "common_shop_name": -4,
    "same_address": 35, "near_address": 18, "same_building": 12, "same_street": 6, "other_district": -15,
    "same_division": 8, "other_section": -10, "other_line": -15,
}  # fmt: skip
"""What each piece of evidence weighs; ``common_shop_name`` once for each doubling of those who have it."""
LEAST = 55
"""The least sum that is proposed."""
AT_ONCE = 500_000
"""Pairs weighed at a time: a city's names bring millions of pairs together."""
NEAR_ADDRESS = 88.0
"""From what likeness on (0 to 100) two addresses are near; their numbers have to be the same."""
CODE, BODY = 18, slice(8, 17)
"""How long a credit code is, and where its body stands."""
MOST = 40
"""Rows of one key that are all compared with one another; larger ones are first parted by street, then by address."""

LEGAL_FORMS = (
    "特殊普通合伙", "普通合伙", "有限合伙", "股份有限公司", "有限责任公司", "股份合作公司", "集团有限公司", "有限公司",
    "分公司", "总公司", "公司", "集团", "合伙企业", "专业合作社联合社", "农民专业合作社", "专业合作社", "合作社", "家庭农场",
    "个人独资企业", "研究院", "研究所", "研究会", "促进会", "联合会", "服务中心", "中心", "基金会", "协会", "学会", "商会",
    "律师事务所", "会计师事务所", "税务师事务所", "事务所", "幼儿园", "学校", "医院", "门诊部", "工厂", "厂", "店", "行",
)  # fmt: skip
"""How names end: the legal form, or the kind of institution."""
TRADES = (
    "科技", "信息", "技术", "网络", "软件", "电子", "商务", "商贸", "贸易", "实业", "工贸", "物资", "文化", "传媒", "传播",
    "广告", "教育", "咨询", "管理", "服务", "投资", "发展", "建设", "建筑", "工程", "装饰", "设计", "房地产", "置业", "物业",
    "餐饮", "食品", "酒店", "医疗", "医药", "生物", "环保", "机械", "设备", "制造", "汽车", "物流", "运输", "农业", "种植",
    "养殖", "培训", "新材料", "化工", "服饰", "家居", "旅游", "人力资源", "智能", "数据", "系统", "创意", "国际", "企业",
)  # fmt: skip
"""Words of a trade before the legal form: a short list on purpose; the sector itself is compared by its code."""

_LEVELS = "特别行政区|自治区|自治州|开发区|新区|省|市|区|县|街道|镇|乡"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two codes that may be one organization (``a`` < ``b``), the sum of the weights, and what was weighed."""

    a: str
    b: str
    score: int
    evidence: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``duplicates --json`` prints."""
        return {
            "a": self.a,
            "b": self.b,
            "score": self.score,
            "evidence": [{"what": what, "weight": weight} for what, weight in self.evidence],
        }


class Duplicates:
    """Proposals among the organizations of a city.

    Parameters
    ----------
    city : graph.city.City
    distinct : collection of (code, code)
        Pairs that someone decided are not the same: never proposed again.
    within : str, optional
        A division's code or a ledger unit's id: one of a pair has to belong to it.
    """

    def __init__(
        self,
        city: City,
        distinct: Collection[tuple[str, str]] = (),
        within: str | None = None,
    ) -> None:
        self.city = city
        self.distinct = {tuple(sorted(pair)) for pair in distinct}
        self._within = None if within is None else mask(city.select(within))
        self.skipped = 0
        """How many rows stood in groups too large to be compared, even within one street and address."""

    # -- columns -------------------------------------------------------------------------------------------------
    @property
    def _rows(self) -> pd.DataFrame:
        frame: pd.DataFrame = self.city.organizations
        return frame

    @cached_property
    def names(self) -> Texts:
        """Return names as they are compared: one width and case, no white space or punctuation; ``None`` unknown."""
        return plain(texts(self._rows["name"]))

    @cached_property
    def shop_names(self) -> Texts:
        """Return what of each name is its own; the whole name where nothing else is left."""
        divisions = self.city.places.divisions
        return shop_names(self.names, texts(divisions["name"]))

    @cached_property
    def addresses(self) -> Texts:
        """Return addresses as they are compared."""
        return plain(texts(self._rows["address"]))

    # -- who is compared with whom -------------------------------------------------------------------------------
    @cached_property
    def _compared(self) -> tuple[Ints, Ints]:
        """Return pairs of positions, each once, the lesser first."""
        shop = codes(pd.Series(self.shop_names, dtype=object))
        district = codes(self._rows["at_district"])
        wide = np.int64(district.max(initial=0) + 2)
        keys = [np.where((shop >= 0) & (district >= 0), shop * wide + district, -1)]
        # where a district is unknown, the name alone has to do
        lone = np.isin(shop, shop[(district < 0) & (shop >= 0)]) & (shop >= 0)
        keys.append(np.where(lone, shop, -1))
        keys.append(codes(pd.Series(self.names, dtype=object)))
        body = np.array(
            [c[BODY] if len(c) == CODE else None for c in self._rows.index.tolist()], dtype=object
        )
        keys.append(codes(pd.Series(body, dtype=object)))
        found = [self._within_groups(key) for key in keys]
        found.append(self._near(district))
        return _distinct(found, len(self._rows))

    def _within_groups(self, key: Ints) -> tuple[Ints, Ints]:
        """Return all pairs of rows with the same key (negative: none)."""
        rows = np.flatnonzero(key >= 0)
        _, group, size = np.unique(key[rows], return_inverse=True, return_counts=True)
        large: Bools
        for column in (self._rows["at_street"], pd.Series(self.addresses, dtype=object)):
            large = size[group] > MOST
            if not large.any():
                break
            finer = codes(column)[rows]
            part = np.where(large, finer + 1, 0)
            keep = np.asarray(~large | (finer >= 0), dtype=bool)
            self.skipped += int((~keep).sum())
            rows, both = rows[keep], group[keep] * (part.max(initial=0) + 1) + part[keep]
            _, group, size = np.unique(both, return_inverse=True, return_counts=True)
        small = size[group] <= MOST
        self.skipped += int((~small).sum())
        return _pairs(rows[small], group[small])

    def _near(self, district: Ints) -> tuple[Ints, Ints]:
        """Return pairs of one district whose shop names are one character apart."""
        from rapidfuzz.distance import Levenshtein

        shop = self.shop_names
        known = is_known(shop)
        length = np.array([len(s) if k else 0 for s, k in zip(shop, known, strict=True)])
        rows = np.flatnonzero((length >= 3) & (length <= 12) & (district >= 0))
        # one row for each (shop name, district): equal names are compared elsewhere
        frame = pd.DataFrame({"shop": shop[rows], "district": district[rows]})
        first = ~frame.duplicated().to_numpy()
        rows = rows[first]
        hashes, of = _deletions(shop[rows].tolist(), district[rows])
        order = np.argsort(hashes, kind="stable")
        hashes, of = hashes[order], rows[of[order]]
        _, group, size = np.unique(hashes, return_inverse=True, return_counts=True)
        keep = (size[group] > 1) & (size[group] <= MOST)
        a, b = _pairs(of[keep], group[keep])
        a, b = _distinct([(a, b)], len(self._rows))
        near = [
            Levenshtein.distance(x, y, score_cutoff=1) == 1
            for x, y in zip(shop[a], shop[b], strict=True)
        ]
        picked = np.array(near, dtype=bool)
        return a[picked], b[picked]

    # -- weighing ------------------------------------------------------------------------------------------------
    @cached_property
    def _weighed(self) -> tuple[Ints, Ints, Ints, dict[str, Ints]]:
        """Return the pairs proposed by falling score: positions, scores, and what each kind of evidence weighed."""
        a, b = self._compared
        if self._within is not None:
            picked = self._within[a] | self._within[b]
            a, b = a[picked], b[picked]
        parts = [
            self._weigh(a[start : start + AT_ONCE], b[start : start + AT_ONCE])
            for start in range(0, max(len(a), 1), AT_ONCE)
        ]
        a, b, score = (np.concatenate([part[k] for part in parts]) for k in range(3))
        order = np.lexsort((b, a, -score))
        weights = {n: np.concatenate([part[3][n] for part in parts])[order] for n in WEIGHTS}
        return a[order], b[order], score[order], weights

    def _weigh(self, a: Ints, b: Ints) -> tuple[Ints, Ints, Ints, dict[str, Ints]]:
        """Return those of some pairs that are proposed, with their scores and weights."""
        weights = {name: np.zeros(len(a), dtype=np.int64) for name in WEIGHTS}
        for name, holds in self._evidence(a, b).items():
            weights[name] = holds.astype(np.int64) * WEIGHTS[name]
        score = np.sum(list(weights.values()), axis=0, dtype=np.int64)
        # addresses cost most: only where they can decide
        open_ = (score < LEAST) & (score >= LEAST - WEIGHTS["near_address"])
        open_ &= weights["same_address"] == 0
        near: Bools = np.zeros(len(a), dtype=bool)
        near[open_] = _near_addresses(self.addresses[a[open_]], self.addresses[b[open_]])
        weights["near_address"] = near.astype(np.int64) * WEIGHTS["near_address"]
        score = score + weights["near_address"]
        least = np.flatnonzero(score >= LEAST)
        return a[least], b[least], score[least], {n: w[least] for n, w in weights.items()}

    @cached_property
    def _coded(self) -> dict[str, Ints]:
        """Return what pairs are compared by, as numbers of equal texts."""
        o = self._rows
        derived = {"shop": self.shop_names, "name": self.names, "address": self.addresses}
        columns = (
            "at_district", "at_building", "at_street", "gb_common_division", "gb_common_section", "line",
        )  # fmt: skip
        return {name: codes(pd.Series(v, dtype=object)) for name, v in derived.items()} | {
            name: codes(o[name]) for name in columns
        }

    @cached_property
    def _letters(self) -> NDArray[np.uint32]:
        """Return the characters of each code, a row each; a code that is no credit code is blank."""
        keys = self._rows.index.to_numpy(dtype=object)
        whole = np.array([k if len(k) == CODE else "" for k in keys.tolist()], dtype=f"U{CODE}")
        return whole.view(np.uint32).reshape(len(keys), CODE)

    def _evidence(self, a: Ints, b: Ints) -> dict[str, NDArray[Any]]:
        coded = self._coded

        def same(column: str) -> Bools:
            values = coded[column]
            return np.asarray((values[a] == values[b]) & (values[a] >= 0), dtype=bool)

        def other(column: str) -> Bools:
            values = coded[column]
            return np.asarray(
                (values[a] != values[b]) & (values[a] >= 0) & (values[b] >= 0), dtype=bool
            )

        shop = coded["shop"]
        same_shop, same_name = same("shop"), same("name")
        often = np.log2(np.maximum(self._sharing[np.maximum(shop[a], 0)], 2)).astype(np.int64) - 1
        body, near = _code_evidence(self._letters[a], self._letters[b])
        unlike = ~same_shop & ~body
        return {
            "same_body": body,
            "near_code": near,
            "same_name": same_name,
            "same_shop_name": same_shop & ~same_name,
            "near_shop_name": unlike,
            "common_shop_name": np.where(same_shop & ~same_name, often, 0),
            "same_address": same("address"),
            "same_building": same("at_building"),
            "same_street": same("at_street"),
            "other_district": other("at_district") & ~same("address"),
            "same_division": same("gb_common_division"),
            "other_section": other("gb_common_section"),
            "other_line": other("line"),
        }

    @cached_property
    def _sharing(self) -> Ints:
        """Return how many have each shop name."""
        shop = self._coded["shop"]
        return np.bincount(shop[shop >= 0], minlength=1)

    @property
    def compared(self) -> int:
        """How many pairs are compared."""
        return len(self._compared[0])

    # -- answers -------------------------------------------------------------------------------------------------
    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Pair]:
        a, b, score, weights = self._weighed
        keys = self._rows.index
        for k in range(len(a)):
            x, y = sorted((str(keys[a[k]]), str(keys[b[k]])))
            if (x, y) not in self.distinct:
                evidence = tuple((n, int(w[k])) for n, w in weights.items() if w[k])
                yield Pair(x, y, int(score[k]), evidence)


def propose(
    city: City, distinct: Collection[tuple[str, str]] = (), within: str | None = None
) -> Duplicates:
    """Return the pairs of a city's organizations that may be one; see :class:`Duplicates`."""
    return Duplicates(city, distinct, within)


# -- names ---------------------------------------------------------------------------------------------------------


def plain(values: Texts) -> Texts:
    """Return texts in one width and case, without white space and punctuation; ``None`` where nothing is left."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = pa.array(values, type=pa.large_string())
    array = pc.utf8_lower(pc.utf8_normalize(array, form="NFKC"))
    array = pc.replace_substring_regex(array, pattern=r"[\s\p{P}\p{S}]", replacement="")
    return _back(array)


def shop_names(names: Texts, divisions: Texts) -> Texts:
    """Return names without divisions in front or at the end (甲公司（武汉）), legal form and words of a trade."""
    import re

    import pyarrow as pa
    import pyarrow.compute as pc

    whole_names = {str(d) for d in divisions[is_known(divisions)]}
    short = whole_names | {re.sub(f"(?:{_LEVELS})$", "", d) for d in whole_names}
    known = sorted({re.escape(d.lower()) for d in short if len(d) >= 2}, key=lambda d: (-len(d), d))
    place = f"(?:{'|'.join([*known, '湖北'])})(?:{_LEVELS})?"
    forms = "|".join(sorted(LEGAL_FORMS, key=lambda f: (-len(f), f)))
    trades = "|".join(sorted(TRADES, key=lambda f: (-len(f), f)))
    whole = pa.array(names, type=pa.large_string())
    out = whole
    for pattern in (
        f"^(?:{place})+",
        f"(?:{place})+$",
        f"(?:{forms})+$",
        f"(?:{place})+$",
        f"(?:{trades})+$",
        f"(?:{place})+$",
    ):
        less = pc.replace_substring_regex(out, pattern=pattern, replacement="")
        out = pc.if_else(pc.less(pc.utf8_length(less), 1), out, less)
    return _back(out)


def _back(array: Any) -> Texts:
    coded = array.dictionary_encode()
    values = np.array([*(t or None for t in coded.dictionary.to_pylist()), None], dtype=object)
    return np.asarray(values[coded.indices.fill_null(len(values) - 1).to_numpy()], dtype=object)


def _deletions(names: list[str], district: Ints) -> tuple[Words, Ints]:
    """Return hashes of each name and of it without one of its characters, and whose they are.

    The district and what numbers the name (:data:`ORDINALS`) are in each hash.
    """
    from graph.store.digest import mixed, of_texts

    if not names:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    letters = np.array(names, dtype=f"U{max(map(len, names))}")
    width = letters.dtype.itemsize // 4
    matrix = letters.view(np.uint32).reshape(len(names), width)
    place = mixed(np.arange(width, dtype=np.uint64))
    length = (matrix > 0).sum(axis=1)
    base = mixed(district.astype(np.uint64)) + mixed(of_texts([_ordinals(n) for n in names]))
    hashes = [(matrix * place).sum(axis=1, dtype=np.uint64) + base]
    of = [np.arange(len(names))]
    for i in range(width):
        rows = np.flatnonzero(length > i)
        less = np.delete(matrix[rows], i, axis=1).astype(np.uint64)
        hashes.append((less * place[: width - 1]).sum(axis=1, dtype=np.uint64) + base[rows])
        of.append(rows)
    return mixed(np.concatenate(hashes)), np.concatenate(of)


ORDINALS = frozenset("0123456789一二三四五六七八九十百甲乙丙丁戊己庚辛abcdefghijklmnopqrstuvwxyz")


def _ordinals(name: str) -> str:
    """Return the characters of a name that number things: 第一 and 第二 are one character apart, and two."""
    return "".join(c for c in name if c in ORDINALS)


# -- pairs ---------------------------------------------------------------------------------------------------------


def _pairs(rows: Ints, group: Ints) -> tuple[Ints, Ints]:
    """Return all pairs of rows within groups, a step apart at a time: as many steps as the largest group has rows."""
    order = np.argsort(group, kind="stable")
    rows, group = rows[order], group[order]
    first: list[Ints] = []
    second: list[Ints] = []
    for step in range(1, MOST):
        same = group[step:] == group[:-step]
        if not same.any():
            break
        first.append(rows[:-step][same])
        second.append(rows[step:][same])
    if not first:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    return np.concatenate(first), np.concatenate(second)


def _distinct(found: list[tuple[Ints, Ints]], n: int) -> tuple[Ints, Ints]:
    """Return pairs each once, the lesser first, none of a row with itself."""
    a = np.concatenate([np.minimum(x, y) for x, y in found])
    b = np.concatenate([np.maximum(x, y) for x, y in found])
    number = np.unique((a * n + b)[a != b])
    return (number // n, number % n) if n else (number, number)


def _code_evidence(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> tuple[Bools, Bools]:
    """Return which pairs' credit codes have one body, and which differ in one character before the check digit (or two swapped).

    Codes are rows of characters, blank where they are no credit codes.
    """
    known = (one[:, 0] > 0) & (other[:, 0] > 0)
    differ = one[:, : CODE - 1] != other[:, : CODE - 1]
    body: Bools = known & ~differ[:, BODY].any(axis=1)
    number = differ.sum(axis=1)
    near: Bools = known & ~body & (number == 1)
    two = np.flatnonzero(known & ~body & (number == 2))
    at = differ[two].argmax(axis=1)
    x, y = one[two], other[two]
    rows = np.arange(len(two))
    # where two differ, the second of them stands behind the first before the check digit
    near[two] = (
        differ[two, np.minimum(at + 1, CODE - 2)]
        & (x[rows, at] == y[rows, at + 1])
        & (x[rows, at + 1] == y[rows, at])
    )
    return body, near


def _near_addresses(one: Texts, other: Texts) -> Bools:
    """Return which addresses are near: much alike, and of the same numbers (88号 and 89号 are neighbours, not one)."""
    import re

    from rapidfuzz import fuzz

    digits = re.compile(r"\d+")
    out = np.zeros(len(one), dtype=bool)
    for k, (x, y) in enumerate(zip(one, other, strict=True)):
        if x is not None and y is not None and digits.findall(x) == digits.findall(y):
            out[k] = fuzz.ratio(x, y) >= NEAR_ADDRESS
    return out
