"""Decisions of people and the plan before: what a plan is bound by (FORMATION, *Minimise*)."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import PlanError, Way, in_chinese

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    Codes = tuple[str, ...]

FORMAT = "lianjian.plan/1"
WORDS = ("pin", "forbid", "accept")
NAMED = 20
"""Faulty lines of a file that an error names; how many more there are, it counts."""


@dataclass(frozen=True)
class Place:
    """Where a decision stands: a file, and its line or (in a JSON list) its number."""

    path: str
    number: int
    numbered: bool = False

    @property
    def en(self) -> str:
        """In English."""
        return f"{self.path}, {'set' if self.numbered else 'line'} {self.number}"

    @property
    def zh(self) -> str:
        """In Chinese."""
        return f"{self.path} 第 {self.number} {'组' if self.numbered else '行'}"


@dataclass(frozen=True)
class Decisions:
    """Sets of codes, as people gave them.

    Attributes
    ----------
    pin : tuple of sets
        These organizations in one joint unit, or this one organization attached to this unit.
    forbid : tuple of sets
        Not all of these organizations in one joint unit, or this one not attached to this unit.
    accept : tuple of sets
        Joint units that are formed as they are.
    origins : mapping of (word, set) to Place
        Where people wrote a decision, for what is said of it; no part of what is decided.
    """

    pin: tuple[Codes, ...] = ()
    forbid: tuple[Codes, ...] = ()
    accept: tuple[Codes, ...] = ()
    origins: Mapping[tuple[str, Codes], Place] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def read(cls, pin: Path | None, forbid: Path | None, accept: Path | None) -> Decisions:
        """Read files of decisions: a JSON list of lists, or a set a line, codes separated by blanks, commas or semicolons.

        Raises
        ------
        PlanError
            A file can't be read, or sets have fewer than two codes: all of them are named, up to :data:`NAMED` a file.
        """
        sets: list[tuple[Codes, ...]] = []
        origins: dict[tuple[str, Codes], Place] = {}
        short: list[Place] = []
        for word, path in zip(WORDS, (pin, forbid, accept), strict=True):
            found = [] if path is None else _read(path)
            short += [place for place, some in found if len(some) < 2]
            sets.append(tuple(some for _, some in found))
            for place, some in found:
                origins.setdefault((word, some), place)
        if short:
            raise _too_few(short)
        pins, forbids, accepts = sets
        return cls(pins, forbids, accepts, origins)

    def only(
        self, pin: Iterable[Codes], forbid: Iterable[Codes], accept: Iterable[Codes]
    ) -> Decisions:
        """Return these of the decisions, their origins kept."""
        return replace(self, pin=tuple(pin), forbid=tuple(forbid), accept=tuple(accept))

    def error(
        self, en: str, zh: str, *about: tuple[str, Codes], way: Way | None = None
    ) -> PlanError:
        """Return an error about some decisions (word, set) that begins with where they were written."""
        known = [self.origins[one] for one in about if one in self.origins]
        places = list(dict.fromkeys(known))
        if not places:
            return PlanError(en, zh, way=way)
        return PlanError(
            f"{'; '.join(x.en for x in places)}: {en}",
            f"{'、'.join(x.zh for x in places)}：{zh}",
            way=way,
        )

    def as_json(self) -> dict[str, Any]:
        """Return what the plan carries as ``constraints``."""
        return {
            "pin": [list(s) for s in self.pin],
            "forbid": [list(s) for s in self.forbid],
            "accept": [list(s) for s in self.accept],
        }


@dataclass(frozen=True)
class Previous:
    """The plan that this one continues: who was with whom, who was attached where."""

    joint: tuple[tuple[str, ...], ...] = ()
    attached: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: dict[str, Any]) -> Previous:
        """Read the joint units and attachments of a plan."""
        units = plan.get("ledger_units") or []
        return cls(
            tuple(tuple(sorted(g["organizations"])) for u in units for g in u["joint"]),
            {a["organization"]: a["unit"] for u in units for a in u["attached"]},
        )

    def as_json(self) -> dict[str, Any]:
        """Return what the plan carries as ``previous``."""
        return {
            "joint": [{"organizations": list(g)} for g in self.joint],
            "attached": [{"organization": c, "unit": u} for c, u in sorted(self.attached.items())],
        }


def _read(path: Path) -> list[tuple[Place, Codes]]:
    """Return the sets of codes of a file, each with where it stands."""
    text = _text(path)
    if text.lstrip().startswith("["):
        try:
            raw = json.loads(text)
        except ValueError:
            raw = None
        if not isinstance(raw, list) or not all(
            isinstance(s, list) and all(isinstance(c, str) for c in s) for s in raw
        ):
            raise PlanError(
                f"{path}: give a JSON list of lists of codes, or a set of codes a line",
                f"{path}：应为代码列表的 JSON 列表，或每行一组代码",
            )
        sets = [(Place(str(path), n, numbered=True), s) for n, s in enumerate(raw, start=1)]
    else:
        lines = (line.split("#")[0] for line in text.splitlines())
        split = (line.translate({ord(c): " " for c in ",;，；、\t"}).split() for line in lines)
        sets = [(Place(str(path), n), s) for n, s in enumerate(split, start=1) if s]
    return [(place, tuple(dict.fromkeys(some))) for place, some in sets]


def _too_few(places: list[Place]) -> PlanError:
    """Return one error for all sets that have fewer than two codes."""
    by_file: dict[tuple[str, bool], list[int]] = {}
    for place in places:
        by_file.setdefault((place.path, place.numbered), []).append(place.number)
    en, zh = [], []
    for (path, numbered), numbers in by_file.items():
        some = numbers[:NAMED]
        more = len(numbers) - len(some)
        word = ("set" if numbered else "line") + ("s" if len(numbers) > 1 else "")
        listed = ", ".join(map(str, some)) + (f" and {more:,} more" if more else "")
        en.append(f"{path}, {word} {listed}")
        listed = "、".join(map(str, some)) + (f" 等 {len(numbers):,} " if more else " ")
        zh.append(f"{path} 第 {listed}{'组' if numbered else '行'}")
    return PlanError(
        f"{'; '.join(en)}: fewer than two codes; a decision is about two or more",
        f"{'；'.join(zh)}：不足两个代码；每项决定至少涉及两个",
    )


def _text(path: Path) -> str:
    """Return what a file of decisions says: UTF-8, UTF-16 as Windows marks it, or the GBK that Chinese Windows saves.

    Raises
    ------
    PlanError
        The file can't be read, or is no text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PlanError(
            f"{path}: can't be read ({error.strerror})", f"{path}：无法读取（{in_chinese(error)}）"
        ) from None
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    if b"\0" not in raw or encodings == ("utf-16",):
        for encoding in encodings:
            with contextlib.suppress(UnicodeDecodeError):
                return raw.decode(encoding)
    raise PlanError(
        f"{path}: no text; save the codes as a text file, a set a line (from a workbook: copy the cells into an editor)",
        f"{path}：不是文本文件；请把代码存为文本，每行一组（如在工作簿中，可复制单元格到记事本）",
    )


def refuse_unknown(decisions: Decisions, known: Container[str]) -> None:
    """Refuse decisions that name codes which nothing in the store has, all in one message.

    Raises
    ------
    PlanError
        Naming the codes and the way out.
    """
    about: dict[str, list[tuple[str, Codes]]] = {}
    for word in WORDS:
        for some in getattr(decisions, word):
            for code in some:
                if code not in known:
                    about.setdefault(code, []).append((word, some))
    strange = sorted(about)
    if strange:
        more = " …" if len(strange) > 5 else ""
        raise decisions.error(
            f"decisions name {', '.join(strange[:5])}{more}: no organization or unit has this code",
            f"决定中的 {'、'.join(strange[:5])}{more} 不是单位或党组织的代码",
            *(one for code in strange[:5] for one in about[code]),
            way=Way.find(strange[0]),
        )
