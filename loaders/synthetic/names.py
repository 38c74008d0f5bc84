"""Words for an invented city. No place, organization or person of this name is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CITY_NAME: Final = "云渡市"
CITY_CODE: Final = "429900"

DISTRICTS: Final = (
    "青澜", "望渚", "栖霞岭", "鹭洲", "沧浪渡", "星汉", "临皋", "碧梧", "凤台坡", "玉澄", "烟浦", "云麓", "赤壤",
)  # fmt: skip
STREET_FIRST: Final = tuple("东西南北中上下前后新老大小长圆平")
STREET_SECOND: Final = (
    "渚", "桥头", "柳林", "荷塘", "石矶", "竹苑", "枫亭", "鹤滩", "雁湖", "松岗", "梅坞", "莲溪", "桂园", "芦汀", "棠里", "榆荫",
)  # fmt: skip
COMMUNITY_WORDS: Final = (
    "春晖", "秋实", "朝阳门", "晚晴", "同心桥", "和顺", "长乐里", "安居", "永泰", "福缘", "锦绣里", "清风", "明月湾", "书香",
    "百花", "双桥头", "三元里", "四季", "五星", "六合", "七彩", "八方", "九如", "十里", "向阳", "迎春", "怡景", "悦来",
    "祥瑞", "瑞雪", "丰登", "望江", "听涛", "观澜", "枕流", "临泉", "叠翠", "流芳", "含章", "致远",
)  # fmt: skip
PLACE_WORDS: Final = (
    "云顶", "天际", "环宇", "星光", "银河", "晨曦", "极光", "海纳", "百川", "鼎盛", "恒通", "汇金", "聚贤", "博雅",
    "华彩", "锦程", "龙腾", "凤鸣", "麒麟", "祥云", "瑞景", "盛世", "辉煌", "卓越", "创想", "未来", "启航", "领航",
)  # fmt: skip
ROADS: Final = (
    "沿河路",
    "迎宾路",
    "创业街",
    "环湖路",
    "科技路",
    "文化路",
    "站前路",
    "兴业街",
    "滨江道",
    "团结路",
)
BRAND: Final = tuple(
    "澜汐煜晟璟玥翊骁霖沅泓淼焱垚鑫磊晶品森淙瀚烨熠曜昱昕暄曦晗皓皎旻昊昶旭晞"
    "睿哲慧敏捷达畅顺裕丰盈盛昌隆茂荣欣悦怡恬惠泰祺祥瑞福禄禧吉庆嘉佳美善仁义礼智信诚谦和睦谐"
    "协合聚汇融贯连接启创拓展宏博广远弘毅笃行卓立凌翔腾飞跃升峰岭岚嵘峻屹"
)
DEPARTMENTS: Final = (
    "市教育局",
    "市卫生计生委",
    "市司法局",
    "市财政局",
    "市文化局",
    "市科技局",
    "市商务局",
    "市经信委",
)
CIVIL_AFFAIRS: Final = "市民政局"
ORGANS_COMMITTEE: Final = "市直机关工委"


def brands(index: NDArray[np.int64]) -> list[str]:
    """Return a distinct three-character brand for each index below ``len(BRAND) ** 3``."""
    n = len(BRAND)
    size = n**3
    step = 611_953  # a prime that divides no power of n: neighbours get unlike brands, no two the same one
    mixed = (index * step + 40_507) % size
    first, rest = mixed // (n * n), mixed % (n * n)
    second, third = rest // n, rest % n
    return [
        BRAND[a] + BRAND[b] + BRAND[c]
        for a, b, c in zip(first.tolist(), second.tolist(), third.tolist(), strict=True)
    ]


def street_names(count: int) -> list[str]:
    """Return ``count`` distinct names of streets and townships, without their suffix."""
    pairs = [b if a == "" else a + b for b in STREET_SECOND for a in STREET_FIRST]
    step = 37
    if count > len(pairs):
        msg = f"no more than {len(pairs)} streets have a name, not {count}"
        raise ValueError(msg)
    return [pairs[(i * step) % len(pairs)] for i in range(count)]


def cycle(words: tuple[str, ...], count: int, offset: int = 0) -> list[Any]:
    """Return ``count`` distinct texts: the words, then the words with a Chinese ordinal."""
    ordinals = ("", "二", "三", "四", "五", "六", "七", "八", "九", "十")
    n = len(words)
    return [
        words[(i + offset) % n] + (ordinals[i // n] if i // n < 10 else str(i // n + 1))
        for i in range(count)
    ]
