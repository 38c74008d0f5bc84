"""Reads what a profile holds besides values (rules, options, dates, definitions), its own or its base's, with every fault."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from graph.model import iso
from graph.policy.reading import BadValueError, Faults, Setting, checked
from graph.policy.rules import RULE_KINDS, Definition, Milestone, Option, Rule, Undefined
from graph.policy.settings import SPECS

if TYPE_CHECKING:
    from graph.policy.profile import Profile

DEFINITIONS = ("org_all", "org_operating", "org_eligible", "single_rate", "work_rate")
"""The coverage definitions that :mod:`graph.coverage` computes; each has to be described."""


class Parts:
    """The rest of a profile: of the file where it says, else of what it extends."""

    def __init__(self, raw: Mapping[str, Any], base: Profile | None, faults: Faults) -> None:
        self.raw, self.base, self.faults = raw, base, faults

    def text(self, key: str) -> str:
        """Return a text of the top."""
        value = self.raw.get(key, getattr(self.base, key, ""))
        return str(value)

    def _table(self, key: str) -> Mapping[str, Any]:
        table = self.raw.get(key, {})
        if isinstance(table, Mapping):
            return table
        self.faults.add(f"{key} has to be a table", f"{key} 应为表")
        return {}

    def _entry(
        self, at: str, entry: object, needed: tuple[str, ...], allowed: tuple[str, ...] = ()
    ) -> Mapping[str, Any] | None:
        """Return a table that has all that is needed and nothing unknown; note what is wrong with it."""
        if not isinstance(entry, Mapping):
            self.faults.add(f"{at} has to be a table", f"{at} 应为表")
            return None
        fine = True
        for key in entry:
            if key not in needed and key not in allowed:
                self.faults.unknown(
                    "key", f"{at}.{key}", [f"{at}.{k}" for k in (*needed, *allowed)]
                )
                fine = False
        for key in needed:
            if not entry.get(key):
                self.faults.add(f"{at}.{key} is missing", f"缺少 {at}.{key}")
                fine = False
        for key in ("keys", "by"):
            if not _is_texts(entry.get(key, [])):
                self.faults.add(f"{at}.{key} has to be a list of texts", f"{at}.{key} 应为文本列表")
                fine = False
        return entry if fine else None

    def _keys(self, at: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
        for key in entry.get("keys", []):
            if key not in SPECS:
                self.faults.unknown(f"key in {at}:", key, SPECS)
        return tuple(entry.get("keys", []))

    # -- rules and options -----------------------------------------------------------------------------------------
    def rules(self) -> dict[str, Rule]:
        """Return the plan's clauses by id."""
        out = dict(self.base.rules) if self.base else {}
        needed, allowed = (
            ("clause", "kind", "zh", "en"),
            ("sees", "keys", "by", "reason_zh", "reason_en"),
        )
        for name, found in self._table("rules").items():
            at = f"rules.{name}"
            entry = self._entry(at, found, needed, allowed)
            if entry is None:
                continue
            if entry["kind"] not in RULE_KINDS:
                self.faults.unknown(f"kind of {at}:", str(entry["kind"]), RULE_KINDS)
            by, why = tuple(entry.get("by", [])), _reason(entry)
            if not by and not all(why):
                self.faults.add(
                    f"{at}: say what applies it (by), or why nothing does (reason_zh, reason_en)",
                    f"{at}：请注明由何处执行（by）或为何不自动执行（reason_zh、reason_en）",
                )
            out[name] = Rule(
                name, entry["clause"], entry["kind"], str(entry.get("sees", "")), entry["zh"], entry["en"],
                self._keys(at, entry), by, *why,
            )  # fmt: skip
        return out

    def options(self) -> dict[str, Option]:
        """Return the options by id; an extending file may switch its base's on and off."""
        out = dict(self.base.options) if self.base else {}
        needed, allowed = ("source", "grade", "zh", "en"), ("sets", "reason_zh", "reason_en", "on")
        for name, found in self._table("options").items():
            at = f"options.{name}"
            known = out.get(name)
            if known is None and self.base is not None and not isinstance(found, Mapping):
                self.faults.unknown("option", name, out)
                continue
            if known is not None:
                entry = self._entry(at, found, (), ("on",))
                if entry is not None:
                    out[name] = self._switched(at, known, entry)
                continue
            entry = self._entry(at, found, needed, allowed)
            if entry is None:
                continue
            sets = {}
            for key, value in (entry.get("sets") or {}).items():
                if key not in SPECS:
                    self.faults.unknown(f"key in {at}.sets:", key, SPECS)
                    continue
                try:
                    sets[key] = checked(value, SPECS[key][1])
                except BadValueError as error:
                    self.faults.add(f"{at}.sets.{key} {error.en}", f"{at}.sets.{key} {error.zh}")
            why = _reason(entry)
            if not sets and not all(why):
                self.faults.add(
                    f"{at}: say what it sets, or why it sets nothing (reason_zh, reason_en)",
                    f"{at}：请注明其设定（sets）或不设定的原因（reason_zh、reason_en）",
                )
            option = Option(
                name, entry["source"], entry["grade"], entry["zh"], entry["en"], sets, *why
            )
            out[name] = self._switched(at, option, entry)
        return out

    def _switched(self, at: str, option: Option, entry: Mapping[str, Any]) -> Option:
        on = entry.get("on", option.on)
        if not isinstance(on, bool):
            self.faults.add(f"{at}.on has to be true or false", f"{at}.on 应为 true 或 false")
            return option
        return dataclasses.replace(option, on=on)

    # -- dates -------------------------------------------------------------------------------------------------------
    def _date(self, at: str, value: object) -> int | None:
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value.year * 10000 + value.month * 100 + value.day
        self.faults.add(f"{at} has to be a date (2016-11-20)", f"{at} 应为日期（2016-11-20）")
        return None

    def _ascending(self, at: str, values: object) -> tuple[int, ...]:
        listed = values if isinstance(values, list) else [values]
        dates = [self._date(at, value) for value in listed]
        known = [d for d in dates if d is not None]
        if known != sorted(set(known)):
            self.faults.add(
                f"{at}: dates out of order; the earlier first, none twice",
                f"{at}：日期次序有误，应由早到晚且不重复",
            )
        return tuple(known)

    def deadlines(
        self, clauses: Collection[str]
    ) -> tuple[dict[str, tuple[int, ...]], dict[str, Setting]]:
        """Return the dates of each clause, and those of them that a person chose, as values of a profile are chosen.

        Where the plan gives a clause no date, its entry is a table that says so (``dates``, ``chosen``, ``why_zh``, ``why_en``).
        What an extending file sets differently is chosen by whoever wrote it.
        """
        base = self.base
        out = dict(base.deadlines) if base else {}
        chosen = dict(base.chosen_deadlines) if base else {}
        for clause, found in self._table("deadlines").items():
            at = f"deadlines.{clause}"
            if clause not in clauses:
                self.faults.unknown("clause in deadlines:", clause, clauses)
            entry: Mapping[str, Any] | None = {"dates": found}
            if isinstance(found, Mapping):
                words = ("zh", "en", "chosen", "why_zh", "why_en")
                entry = self._entry(at, found, ("dates",), words)
            if entry is None:
                continue
            dates = self._ascending(at, entry["dates"])
            if not dates:
                self.faults.add(f"{at} has no date", f"{at} 没有日期")
            changed = base is not None and base.deadlines.get(clause) != dates
            out[clause] = dates
            if made := self._chosen_deadline(at, clause, entry, dates, changed=changed):
                chosen[clause] = made
        return out, chosen

    def _chosen_deadline(
        self,
        at: str,
        clause: str,
        entry: Mapping[str, Any],
        dates: tuple[int, ...],
        *,
        changed: bool,
    ) -> Setting | None:
        """Return a deadline that a person chose as a value of the profile; ``None`` where a clause gives it."""
        said = entry.get("chosen", changed)
        if not isinstance(said, bool):
            self.faults.add(
                f"{at}.chosen has to be true or false", f"{at}.chosen 应为 true 或 false"
            )
            return None
        if not (said or changed):
            return None
        why_zh, why_en = entry.get("why_zh", ""), entry.get("why_en", "")
        if changed and "chosen" not in entry:
            why_zh = why_zh or f"由 {self.faults.name} 设定"
            why_en = why_en or f"set by {self.faults.name}"
        if not (why_zh and why_en):
            self.faults.add(
                f"{at} is chosen: say on what grounds (why_zh, why_en)",
                f"{at} 为自行选定：请注明依据（why_zh、why_en）",
            )
        base = self.base.chosen_deadlines.get(clause) if self.base else None
        zh = entry.get("zh") or (base.zh if base else f"{clause} 的期限")
        en = entry.get("en") or (base.en if base else f"deadline of {clause}")
        days = tuple(str(iso(date)) for date in dates)
        return Setting(at, "deadlines", days, None, True, clause, zh, en, why_zh, why_en)

    def semi_monthly(self) -> tuple[int, ...]:
        """Return the due dates of the semi-monthly reports."""
        table = self._table("reports")
        for key in table:
            if key != "semi_monthly":
                self.faults.unknown("key", f"reports.{key}", ["reports.semi_monthly"])
        if "semi_monthly" in table:
            return self._ascending("reports.semi_monthly", table["semi_monthly"])
        return self.base.semi_monthly if self.base else ()

    def milestones(self, rules: Mapping[str, Rule]) -> tuple[Milestone, ...]:
        """Return the stages of the campaign, in order."""
        found = self.raw.get("milestones")
        if found is None:
            return self.base.milestones if self.base else ()
        if not isinstance(found, list):
            self.faults.add(
                "milestones have to be [[milestones]]", "milestones 应写作 [[milestones]]"
            )
            return ()
        out: list[Milestone] = []
        for n, item in enumerate(found, 1):
            at = f"milestones[{n}]"
            entry = self._entry(at, item, ("id", "clause", "start", "end", "zh", "en"))
            if entry is None:
                continue
            at = f"milestones.{entry['id']}"
            if entry["clause"] not in rules:
                self.faults.unknown(f"clause of {at}:", str(entry["clause"]), rules)
            start, end = (
                self._date(f"{at}.start", entry["start"]),
                self._date(f"{at}.end", entry["end"]),
            )
            if start is None or end is None:
                continue
            if end < start:
                self.faults.add(f"{at} ends before it starts", f"{at} 的结束早于开始")
            if out and end < out[-1].end:
                self.faults.add(
                    f"{at}: dates out of order; it ends before {out[-1].id}",
                    f"{at}：日期次序有误，早于 {out[-1].id}",
                )
            out.append(
                Milestone(entry["id"], entry["clause"], start, end, entry["zh"], entry["en"])
            )
        return tuple(out)

    # -- words ---------------------------------------------------------------------------------------------------------
    def departments(self) -> dict[str, str]:
        """Return who answers for a category of organizations."""
        out = dict(self.base.departments) if self.base else {}
        for category, office in self._table("departments").items():
            if not isinstance(office, str) or not office.strip():
                self.faults.add(
                    f"departments.{category} has to be an office's name",
                    f"departments.{category} 应为部门名称",
                )
            else:
                out[category] = office.strip()
        return out

    def definitions(self, clauses: Collection[str]) -> dict[str, Definition]:
        """Return the coverage definitions by id, in the order of :data:`DEFINITIONS`."""
        out = dict(self.base.definitions) if self.base else {}
        for name, found in self._table("definitions").items():
            at = f"definitions.{name}"
            if name not in DEFINITIONS:
                self.faults.unknown("coverage definition", name, DEFINITIONS)
                continue
            entry = self._entry(at, found, ("clause", "zh", "en"))
            if entry is None:
                continue
            if entry["clause"] not in clauses:
                self.faults.unknown(f"clause of {at}:", str(entry["clause"]), clauses)
            out[name] = Definition(name, entry["clause"], entry["zh"], entry["en"])
        for name in DEFINITIONS:
            if name not in out and not self.faults.errors:
                self.faults.add(f"definitions.{name} is missing", f"缺少 definitions.{name}")
        return {name: out[name] for name in DEFINITIONS if name in out}

    def undefined(self) -> tuple[Undefined, ...]:
        """Return the words that the plan leaves undefined."""
        table = self._table("undefined")
        if not table:
            return self.base.undefined if self.base else ()
        out = []
        for term, found in table.items():
            at = f"undefined.{term}"
            entry = self._entry(at, found, (), ("keys", "zh", "en"))
            if entry is None:
                continue
            keys = self._keys(at, entry)
            if not keys and not (entry.get("zh") and entry.get("en")):
                self.faults.add(
                    f"{at}: name the keys that stand for it, or say who decides (zh, en)",
                    f"{at}：请写明对应的项（keys），或由谁认定（zh、en）",
                )
            out.append(Undefined(term, keys, str(entry.get("zh", "")), str(entry.get("en", ""))))
        return tuple(out)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _reason(entry: Mapping[str, Any]) -> tuple[str, str]:
    return str(entry.get("reason_zh", "")), str(entry.get("reason_en", ""))
