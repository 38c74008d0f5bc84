"""The words of a report in one language, and figures as people read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from graph.model import iso
from graph.policy.settings import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "org_operating"
FIRST_DATE = 19000101
"""A whole number without a unit from here on is a date."""


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Return every text of a language by its key."""
    raw = files(__package__).joinpath("texts.json").read_text(encoding="utf-8")
    texts: dict[str, str] = json.loads(raw)[lang]
    return texts


def signed(n: int) -> str:
    """Return by how much a figure changed: with its sign, where it did."""
    return f"{n:+,}" if n else "0"


def indented(id_: str, text: str) -> str:
    """Return a form's row in words, set in where it is a part of the one above."""
    deep = id_.startswith(("separate_", "joint_", "none_"))
    return f"    {text}" if deep else text


@dataclass(frozen=True, slots=True)
class Words:
    """One language's texts: ``words("line.date", date="2016-09-10")``."""

    lang: str

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of ``key`` with ``{name}`` filled in."""
        return catalogue(self.lang)[key].format(**values)

    def of(self, said: Mapping[str, Any]) -> str:
        """Return what an object with ``zh`` and ``en`` says in this language."""
        return str(said[self.lang])

    def title(self, report: Mapping[str, Any]) -> str:
        """Return a report's title."""
        kind = report["subject"]["kind"]
        return self(f"title.{kind}" if kind in ("city", "circulated") else "title.other")

    def name(self, report: Mapping[str, Any]) -> str:
        """Return whose report it is."""
        return report["subject"]["name"] or self("subject.city")

    def head(self, report: Mapping[str, Any]) -> list[str]:
        """Return the lines that stand below the title."""
        subject = report["subject"]
        lines = [self("line.subject", name=self.name(report))]
        if subject["office"]:
            lines.append(self("line.office", office=subject["office"]))
        lines.append(self("line.date", date=report["date"]))
        if report["period"]:
            lines.append(self("line.period", period=report["period"]))
        lines.append(
            self("line.previous", previous=report["previous"])
            if report["previous"]
            else self("line.first")
        )
        if subject["kind"] == "circulated":  # leads to no rows
            return lines
        baseline = report["baseline"]
        lines.append(
            self("line.baseline", date=baseline["date"], fingerprint=baseline["fingerprint"][:12])
            if baseline["frozen"]
            else self("line.open")
        )
        if subject["kind"] == "district":
            lines.append(self("line.district"))
        return lines

    def traced(self, report: Mapping[str, Any]) -> str:
        """Return how a figure's number leads to its rows: to be said where the numbers are printed."""
        return self("line.traced", date=report["date"], within=self._within(report))

    def trend(self, report: Mapping[str, Any]) -> str:
        """Return how a point of the trend leads to its rows."""
        return self("line.trend", within=self._within(report))

    @staticmethod
    def _within(report: Mapping[str, Any]) -> str:
        id_ = report["subject"]["id"]
        return "" if id_ is None else f" --in {id_}"

    def part(self, part: Mapping[str, Any]) -> str:
        """Return what a part is called."""
        return part["name"] or (self("nobody") if part["id"] == "-" else part["id"])

    def by_clause(self, text: Mapping[str, str], clause: str) -> str:
        """Return a text with the clause that it rests on."""
        return self("with_clause", what=self.of(text), clause=clause)

    def check(self, identity: Mapping[str, Any]) -> str:
        """Return what an identity says."""
        kind, _, rest = identity["id"].partition(".")
        if kind == "forms":
            line, _, row = rest.partition(".")
            return self(f"check.{row}", form=self(f"form.{line}"))
        return self(f"check.{identity['id']}")

    def value(self, chosen: Mapping[str, Any]) -> tuple[str, str]:
        """Return a chosen value and its unit."""
        value = chosen["value"]
        unit = UNITS.get(str(chosen["unit"]))
        said = "" if unit is None else unit[0 if self.lang == "zh" else 1]
        if value is None:
            return self("none"), ""
        if isinstance(value, bool):
            return self("yes" if value else "no"), said
        if unit is None and isinstance(value, int) and value > FIRST_DATE:
            return str(iso(value)), ""
        if isinstance(value, float | int):
            return f"{value:,.10g}", said
        if isinstance(value, list | tuple):
            return ("、" if self.lang == "zh" else ", ").join(map(str, value)) or self("none"), said
        key = f"value.{value}"
        return (self(key) if key in catalogue(self.lang) else str(value)), said

    def summary(self, report: Mapping[str, Any]) -> list[str]:
        """Return the report in a few sentences."""
        rates = {r["id"]: r for r in report["rates"]}
        whole, single, joint = (rates[i] for i in (DEFAULT, "single_rate", "joint_rate"))
        lines = [
            self(
                "summary.rate", date=report["date"], units=f"{whole['denominator']:,}",
                covered=f"{whole['numerator']:,}", separate=f"{single['numerator']:,}",
                joint=f"{joint['numerator']:,}", rate=percent(whole["rate"]) or self("none"),
                goal=percent(whole["goal"]), gap=f"{whole['gap']:,}",
            )
        ]  # fmt: skip
        if report["previous"]:
            moved = {r["id"]: r["numerator"] - r["before"]["numerator"] for r in (whole, single)}
            lines.append(
                self("summary.change", previous=report["previous"],
                     covered=signed(moved[DEFAULT]), separate=signed(moved["single_rate"]))
            )  # fmt: skip
        none = {
            n: f"{sum(p['counts'][n] for p in report['parts']):,}"
            for n in ("none", "none_due", "none_few", "none_zero", "none_unknown")
        }
        lines.append(self("summary.none", **{n.removeprefix("none_"): v for n, v in none.items()}))
        if report["received"]["overdue"]:
            lines.append(self("summary.received", n=len(report["received"]["overdue"])))
        return lines


def percent(rate: float | None) -> str | None:
    """Return a fraction in per cent; one that is not all never reads as all."""
    if rate is None:
        return None
    shown = f"{rate * 100:.2f}%"
    return "99.99%" if shown == "100.00%" and rate < 1 else shown


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole, ``None`` of nothing."""
    return part / whole if whole else None


def received_lines(words: Words, report: Mapping[str, Any]) -> list[str]:
    """Return what is to be said beside the list of what is late or missing."""
    if report["subject"]["kind"] == "area":
        return [words("received.area")]
    lines = [words.of(c["not_checked"]) for c in report["received"]["checked"] if c["not_checked"]]
    due = {one["due"] for one in report["received"]["overdue"]}
    for one in report["chosen"]:
        if one["key"].startswith("deadlines.") and not due.isdisjoint(one["value"]):
            said = {"what": words.of(one["text"]), "date": words.value(one)[0]}
            lines.append(words("received.chosen", **said, why=words.of(one["why"])))
    if not report["received"]["overdue"] and not lines:
        lines.append(words("received.clean", date=report["date"]))
    return list(dict.fromkeys(lines))


def undefined(words: Words, report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the plan leaves undefined, and which value or who stands for it."""
    known = {c["key"]: c for c in report["chosen"]}
    out = []
    for u in report["undefined"]:
        said = [
            f"{words.of(known[k]['text'])} = {' '.join(filter(None, words.value(known[k])))}"
            for k in u["keys"]
            if k in known
        ]
        joint = "；" if words.lang == "zh" else "; "
        out.append((u["term"], words.of(u["text"]) or joint.join(said) or words("none")))
    return out
