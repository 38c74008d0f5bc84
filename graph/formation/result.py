"""The plan file (DESIGN, ``lianjian.plan/1``) from what the solver found."""

from __future__ import annotations

from collections import Counter
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.affiliation.expected import superiors_for
from graph.formation.decisions import FORMAT
from graph.formation.moves import moved
from graph.formation.naming import new_code
from graph.formation.uncovered.relaxations import Relaxation, Relaxer
from graph.formation.uncovered.relaxed import said
from graph.formation.wording import FORMS, REASONS, Leaning
from graph.model import iso
from graph.survey import instructed

if TYPE_CHECKING:
    from graph.formation.problem import Problem
    from graph.formation.solve import Parameters, Result, Solved

MICRO = 1_000_000
JOINT, SEPARATE, SPLIT, WORK = ["S28", "S29"], ["S25"], ["S26"], ["S10", "S30"]
PARAMETERS = ("gbt4754_edition", "datum", "civil_affairs")
"""Keys beyond the profile's formation section on which a plan depends."""

MEANS = (
    ("instructor", "党建工作指导员联系", "an instructor"),
    ("mass_organizations", "组建群团组织", "a mass organization"),
    ("investor_guidance", "出资人教育引导", "guidance of investors"),
    ("joint_development", "联合发展党员", "joint development of members"),
)
"""The four means of work coverage (S30): the ledger's column, Chinese, English."""


def coin(value: int) -> float:
    """Return integers of 1e-6 as the decimal that the file holds."""
    return value / MICRO


def fraction(objective: int, bound: int) -> float:
    """Return (objective − bound)/objective to nine digits; 0 where the objective is 0."""
    return round((objective - bound) / objective, 9) if objective else 0.0


class Writer:
    """Turns solutions into the plan's objects."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result = problem, result
        self.city = problem.city
        self.leaning = Leaning(problem)
        self.codes = problem.codes
        self.o = problem.city.organizations
        self._home = self.o["ledger_unit"].to_numpy(dtype=object)
        self._lists()
        self._superiors()

    def _lists(self) -> None:
        """Find who forms separately, is split off or gets work coverage, by ledger unit."""
        o = self.o
        action = o["action"].to_numpy(dtype=object)
        least = self.city.profile.formation.min_members
        split = (
            (action == "covered")
            & o["covered"].to_numpy(dtype=bool)
            & o["in_base"].to_numpy(dtype=bool)
        )
        split &= o["own_unit"].isna().to_numpy(dtype=bool) & (self.problem.m >= least)
        keys = ("separate", "split", "work_coverage")
        self._rows: dict[str, dict[str, list[int]]] = {
            u.id: {key: [] for key in keys} for u in self.problem.units
        }
        for key, some in (
            ("separate", action == "separate"),
            ("split", split),
            ("work_coverage", action == "work_coverage"),
        ):
            for r in np.flatnonzero(some).tolist():
                if self._home[r] in self._rows:
                    self._rows[self._home[r]][key].append(r)

    def _superiors(self) -> None:
        """Ask AUDIT's expectation of all new units at once."""
        groups = [rows for s in self.result.units for rows, _ in s.joint]
        groups += [[r] for x in self._rows.values() for r in x["separate"]]
        named = [[str(self.codes[r]) for r in rows] for rows in groups]
        found = superiors_for(self.city, named) if named else []
        self._superior = {tuple(rows): s for rows, s in zip(groups, found, strict=True)}

    # -- the parts of an entry -----------------------------------------------------------------------------------------
    def entry(self, s: Solved) -> dict[str, Any]:
        """Return one ledger unit's entry."""
        rows = self._rows[s.unit.id]
        out: dict[str, Any] = {
            "id": s.unit.id,
            "name": s.unit.name,
            "status": s.status,
            "objective": coin(s.objective),
            "bound": coin(s.bound),
            "gap": fraction(s.objective, s.bound),
            "prices": {str(self.codes[r]): coin(p) for r, p in s.prices},
            "cuts": [
                {"organizations": [str(self.codes[r]) for r in three], "price": coin(p)}
                for three, p in s.cuts
            ],
            "unit_prices": {
                str(self.problem.unit_codes[u]): {"places": coin(q), "seats": coin(r)}
                for u, q, r in s.hosts
            },
            "joint": [self._joint(members, cost) for members, cost in s.joint],
            "attached": [
                self._attached(r, str(self.problem.unit_codes[u]), cost)
                for r, u, cost in s.attached
            ],
            "separate": [self._separate(r) for r in rows["separate"]],
            "split": self._split(rows["split"]),
            "work_coverage": [self._work(r) for r in rows["work_coverage"]],
            "uncovered": self._all_uncovered(s),
        }
        out["moved"] = moved(self.problem, s)
        if not s.deterministic:
            out["deterministic"] = False
        return out

    def _all_uncovered(self, s: Solved) -> list[dict[str, Any]]:
        if not s.uncovered:
            return []
        relaxer = Relaxer(self.problem, self.leaning, s)
        return [self._uncovered(relaxer, s, r) for r in s.uncovered]

    def _joint(self, rows: list[int], cost: int) -> dict[str, Any]:
        members = int(self.problem.m[rows].sum())
        method = self.leaning.method(rows)
        anchor = self.leaning.anchor(rows, method)
        codes = sorted(str(self.codes[r]) for r in rows)
        return {
            "id": new_code(codes),
            "organizations": codes,
            "method": method,
            "form": self.leaning.form(rows, method),
            "anchor": None if anchor is None else anchor[1],
            "superior": self._superior[tuple(rows)],
            "formal_members": members,
            "fragile": members == self.city.profile.formation.min_members,
            "cost": coin(cost),
            "clauses": list(JOINT),
            "why": self.leaning.why(rows, method, members),
        }

    def _attached(self, row: int, unit: str, cost: int) -> dict[str, Any]:
        return {
            "organization": str(self.codes[row]),
            "unit": unit,
            "form": FORMS["attached"],
            "cost": coin(cost),
            "clauses": list(JOINT),
            "why": self.leaning.attached_why(row, unit),
        }

    def _separate(self, row: int) -> dict[str, Any]:
        return {
            "organization": str(self.codes[row]),
            "superior": self._superior[(row,)],
            "formal_members": int(self.problem.m[row]),
            "clauses": list(SEPARATE),
        }

    def _split(self, rows: list[int]) -> list[dict[str, Any]]:
        """Return what joint units have to let go, with what would remain of each (S26)."""
        by_unit: dict[int, list[int]] = {}
        for r in rows:
            for u in self.problem.units_of(r).tolist():
                by_unit.setdefault(u, []).append(r)
        units, least = self.city.units, self.city.profile.formation.min_members
        out = []
        for u, some in sorted(by_unit.items()):
            members = int(units["m_covered"].iloc[u]) - int(self.problem.m[some].sum())
            out.append(
                {
                    "unit": str(self.problem.unit_codes[u]),
                    "organizations": [str(self.codes[r]) for r in some],
                    "remaining": {
                        "organizations": int(units["n_covered"].iloc[u]) - len(some),
                        "formal_members": members,
                        "enough": members >= least,
                    },
                    "clauses": list(SPLIT),
                }
            )
        return out

    def _work(self, row: int) -> dict[str, Any]:
        shown = [(name, zh, en) for (name, zh, en) in MEANS if self._has_means[name][row]]
        if shown:
            zh, en = "、".join(x[1] for x in shown), ", ".join(x[2] for x in shown)
            why = {
                "zh": f"没有正式党员；已有{zh}（S30）",
                "en": f"no formal members; has {en} (S30)",
            }
        else:
            why = {
                "zh": "没有正式党员，且尚无工作覆盖措施：先选派党建工作指导员联系（S10、S30）",
                "en": "no formal members and no means of work coverage yet: assign an instructor first (S10, S30)",
            }
        return {
            "organization": str(self.codes[row]),
            "means": [x[0] for x in shown] or ["instructor"],
            "exists": bool(shown),
            "clauses": list(WORK),
            "why": why,
        }

    @property
    def _has_means(self) -> dict[str, Any]:
        found: dict[str, Any] | None = self.__dict__.get("_means")
        if found is None:
            o = self.o
            found = {"instructor": instructed(o["instructor"])}
            groups = o["mass_organizations"].to_numpy(dtype=object)
            found["mass_organizations"] = np.array([bool(g) and g == g for g in groups], dtype=bool)
            for name in ("investor_guidance", "joint_development"):
                found[name] = o[name].to_numpy(dtype=float, na_value=0.0) > 0
            self.__dict__["_means"] = found
        return found

    def _uncovered(self, relaxer: Relaxer, s: Solved, row: int) -> dict[str, Any]:
        found = relaxer.of(row)
        code = relaxer.reason(row, found)
        first, *others = [self._relaxation(r) for r in found]
        near = self.problem.nearest_unit(s.unit.id, row)
        if near is None:
            fallback = {
                "form": FORMS["sent"], "unit": None, "instructor": True,
                "zh": "派驻帮建：选派党建工作指导员", "en": "assign an instructor",
            }  # fmt: skip
        else:
            unit = str(self.problem.unit_codes[near])
            name = self.leaning.names.unit(unit)
            fallback = {
                "form": FORMS["sent"], "unit": unit, "instructor": False,
                "zh": f"派驻帮建：由邻近的“{name}”帮建", "en": f"helped by the nearby unit {name}",
            }  # fmt: skip
        return {
            "organization": str(self.codes[row]),
            "reason": {"code": code, **REASONS[code]},
            "fallback": fallback,
            "relaxation": first,
            "other_relaxations": others,
        }

    def _relaxation(self, r: Relaxation) -> dict[str, Any]:
        """Return a relaxation; ``joins`` names the small organizations, ``unit`` the existing unit that it would be with."""
        return {
            "kind": r.kind,
            "value": r.value,
            "now": r.now,
            "size": round(r.size, 6),
            "joins": sorted(str(self.codes[x]) for x in r.joins),
            "unit": None if r.unit is None else str(self.problem.unit_codes[r.unit]),
            "sets": [list(x) for x in r.sets],
            "text": said(self.leaning, r),
        }


def plan_object(
    problem: Problem, result: Result, parameters: Parameters, seed: int, scope: list[str] | None
) -> dict[str, Any]:
    """Return the plan file's object."""
    city = problem.city
    writer = Writer(problem, result)
    entries = [writer.entry(s) for s in result.units]
    _name(entries)
    settings = city.profile.settings
    keys = [k for k, s in settings.items() if s.section == "formation" or k in PARAMETERS]
    return {
        "format": FORMAT,
        "profile": city.profile.name,
        "as_of": iso(city.as_of),
        "scope": scope,
        "parameters": {k: settings[k].value for k in keys}
        | {"gap": parameters.gap, "time": parameters.seconds},
        "chosen": [settings[k].told() for k in keys if settings[k].chosen],
        "seed": seed,
        "versions": versions(),
        "input_fingerprint": city.store.fingerprint(city.as_of),
        "constraints": problem.decisions.as_json(),
        "previous": None if problem.previous is None else problem.previous.as_json(),
        "totals": totals(problem, result, entries),
        "ledger_units": entries,
    }


def _name(entries: list[dict[str, Any]]) -> None:
    """Give each joint unit a code that no other of the plan bears."""
    taken: set[str] = set()
    for entry in entries:
        for unit in entry["joint"]:
            unit["id"] = new_code(unit["organizations"], taken)
            taken.add(unit["id"])


def totals(problem: Problem, result: Result, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the plan's totals: covered organizations, the cost of the covered part, the gap over each (FORMATION)."""
    objective = sum(s.objective for s in result.units)
    bound = sum(s.bound for s in result.units)
    uncovered = sum(len(s.uncovered) for s in result.units)
    small = sum(len(s.unit.rows) for s in result.units)
    part = objective - problem.model.uncovered * uncovered
    grouped = sum(len(rows) for s in result.units for rows, _ in s.joint)
    return {
        "objective": coin(objective),
        "bound": coin(bound),
        "gap": fraction(objective, bound),
        "covered_cost": coin(part),
        "covered_gap": round((objective - bound) / part, 9) if part else 0.0,
        "small": small,
        "covered": small - uncovered,
        "joint_units": sum(len(s.joint) for s in result.units),
        "joint_organizations": grouped,
        "attached": sum(len(s.attached) for s in result.units),
        "uncovered": uncovered,
        "separate": sum(len(e["separate"]) for e in entries),
        "split": len({c for e in entries for x in e["split"] for c in x["organizations"]}),
        "work_coverage": sum(len(e["work_coverage"]) for e in entries),
        "moved": sum(len(e["moved"]) for e in entries),
        "fragile": sum(j["fragile"] for e in entries for j in e["joint"]),
        "ledger_units": len(entries),
        "status": dict(sorted(Counter(s.status for s in result.units).items())),
    }


def versions() -> dict[str, str]:
    """Return the versions of what a plan depends on."""
    out = {}
    for name in ("lianjian", "highspy", "numba", "numpy"):
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            out[name] = "unknown"
    return out
