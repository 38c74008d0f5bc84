"""What has to hold of a report's figures, and where it does not, why (RULES, *Annual rows*, consequence 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUMS = (
    ("units", ("separate", "joint", "none")),
    ("none", ("none_due", "none_few", "none_zero", "none_unknown")),
    ("separate", ("separate_committee", "separate_general", "separate_branch")),
)
"""In each column of each form: a row, and those of which it is the sum."""
WHY = {
    "separate": (
        "有 {n} 家的自有党组织类型不在党委、总支部、支部之列",
        "{n} have a unit of their own that is neither committee, general branch nor branch",
    ),
    "lines": (
        "在册正常的有 {n} 家不在冻结的党建基数内",
        "{n} operate and are not in the frozen baseline",
    ),
}


@dataclass(frozen=True)
class Identity:
    """A whole and its parts.

    Attributes
    ----------
    id : str
        ``forms.LINE.ROW``, ``parts.COUNT``, ``lines`` or ``listed``.
    whole : int
    parts : tuple of int
        Of a form: over its column of all; every other column was held together too.
    why : tuple of str or None
        In Chinese and English, where it does not hold.
    """

    id: str
    whole: int
    parts: tuple[int, ...]
    why: tuple[str, str] | None = None

    @property
    def holds(self) -> bool:
        """Say whether the whole is the sum of its parts."""
        return self.whole == sum(self.parts) and self.why is None

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "id": self.id,
            "whole": self.whole,
            "parts": list(self.parts),
            "holds": self.holds,
            "why": None if self.why is None else {"zh": self.why[0], "en": self.why[1]},
        }


def identities(
    forms: Sequence[dict[str, Any]],
    parts: Sequence[dict[str, Any]],
    base: int,
    listed: dict[str, int],
) -> Iterator[Identity]:
    """Yield all that has to hold: in the forms, over the parts, between forms and rates, and of all that is listed."""
    for form in forms:
        of = {row["id"]: row["values"] for row in form["rows"]}
        for whole, addends in SUMS:
            differ = [
                total - sum(of[one][k] for one in addends) for k, total in enumerate(of[whole])
            ]
            worst = next((d for d in differ if d), 0)
            yield Identity(
                f"forms.{form['line']}.{whole}",
                of[whole][0],
                tuple(of[one][0] for one in addends),
                _why(whole, worst),
            )
    for count in ("listed", "units", "separate", "joint", "none"):
        found = tuple(part["counts"][count] for part in parts)
        total = listed["listed"] if count == "listed" else None
        if count == "units":
            total = base
        if total is not None:
            yield Identity(f"parts.{count}", total, found, _why(count, total - sum(found)))
    lines = tuple(row["values"][0] for f in forms for row in f["rows"] if row["id"] == "units")
    yield Identity("lines", base, lines, _why("lines", sum(lines) - base))
    rest = tuple(n for name, n in listed.items() if name != "listed")
    yield Identity("listed", listed["listed"], rest, _why("listed", listed["listed"] - sum(rest)))


def _why(id_: str, difference: int) -> tuple[str, str] | None:
    if not difference:
        return None
    zh, en = WHY.get(id_, ("相差 {n} 家，请核对", "differs by {n}: to be looked into"))
    return zh.format(n=abs(difference)), en.format(n=abs(difference))
