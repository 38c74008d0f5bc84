"""The plan file's shape: JSON of any kind in, typed values out; what is not as the contract says is a fault and left out.

Costs, prices, objectives and bounds are decimals in the file and integers of 1e-6 from here on. One that is no multiple of 1e-6
is a fault and goes on to the certificate's disadvantage (FORMATION: p is rounded down, σ, q and r up).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from graph.errors import PlanError
from graph.formation.verify.faults import Report, shown
from graph.model import parse_date

FAMILY = "lianjian.plan/"
FORMAT = FAMILY + "1"
STATUSES = ("optimal", "feasible", "time_limit", "not_started")
MICRO = 1_000_000
LARGEST = 1_000_000_000
"""No cost of a city comes near; beyond it (1e15 in integers of 1e-6) sums would leave 64 bits."""


@dataclass
class Joint:
    """One entry of ``joint[]``."""

    organizations: tuple[str, ...]
    cost: int | None
    method: str | None
    form: str | None
    anchor: str | None
    superior: str | None
    id: str | None
    formal_members: Any = None
    fragile: Any = None


@dataclass
class Separate:
    """One entry of ``separate[]``."""

    organization: str
    superior: str | None
    formal_members: Any


@dataclass
class Claim:
    """The ``clauses[]`` of one entry of a list, and whom it is about; ``None`` where they are no texts."""

    key: str
    who: tuple[str, ...]
    clauses: tuple[str, ...] | None


@dataclass
class Attached:
    """One entry of ``attached[]``."""

    organization: str
    unit: str
    cost: int | None


@dataclass
class Entry:
    """One entry of ``ledger_units[]``, in integers of 1e-6; ``None`` where the file has no such number."""

    id: str
    name: str
    status: str | None
    objective: int | None
    bound: int | None
    gap: float | None
    prices: dict[str, int] = field(default_factory=dict)
    cuts: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    unit_prices: dict[str, tuple[int, int]] = field(default_factory=dict)
    joint: list[Joint] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    separate: list[Separate] = field(default_factory=list)
    split: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    work_coverage: list[str] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    moved: list[str] | None = None
    """Whom the plan says that it moves; ``None`` where it does not say."""


@dataclass
class Plan:
    """A plan as far as it could be read."""

    as_of: int | None
    profile: str | None
    fingerprint: str | None
    parameters: dict[str, Any]
    constraints: dict[str, Any]
    previous: Any
    totals: dict[str, Any]
    entries: list[Entry]
    scope: Any


def read(plan: Any, report: Report) -> Plan:
    """Return what of a plan can be checked; note all that is absent or of another type."""
    if not isinstance(plan, dict):
        raise PlanError("plan: no JSON object", "方案：不是 JSON 对象")
    top = _Fields(plan, report, None, "")
    if plan.get("format") != FORMAT:
        stated = shown(plan.get("format"))
        report.add(
            "unknown_format", None, (),
            f"its format is {stated}, this program reads {FORMAT}: update it, or plan again",
            f"格式为 {stated}，本程序读取 {FORMAT}：请更新程序或重新生成方案",
        )  # fmt: skip
    as_of = None
    text = top.text("as_of")
    if text is not None:
        try:
            as_of = parse_date(text)
        except ValueError:
            top.wrong("as_of")
    seed = plan.get("seed")
    if isinstance(seed, bool) or not isinstance(seed, int | None):
        top.wrong("seed")
    if "versions" in plan and not isinstance(plan["versions"], dict):
        top.wrong("versions")
    scope = plan.get("scope")
    if not isinstance(scope, str | list | None):
        top.wrong("scope")
    out = Plan(
        as_of=as_of,
        profile=top.text("profile"),
        fingerprint=top.text("input_fingerprint"),
        parameters=top.object("parameters", optional=True),
        constraints=top.object("constraints", optional=True),
        previous=plan.get("previous"),
        totals=top.object("totals"),
        entries=[],
        scope=scope,
    )
    seen: set[str] = set()
    for at, item in enumerate(top.array("ledger_units")):
        where = f"ledger_units[{at}]"
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            top.wrong(f"{where}.id")
            continue
        if item["id"] in seen:
            report.add(
                "listed_twice", item["id"], (), "stands twice in the plan", "在方案中出现两次"
            )
            continue
        seen.add(item["id"])
        out.entries.append(_entry(item, report))
    return out


def _entry(item: dict[str, Any], report: Report) -> Entry:
    f = _Fields(item, report, item["id"], "")
    status = f.is_one_of("status", STATUSES)
    name = item.get("name")
    if name is not None and not isinstance(name, str):
        f.wrong("name")
    out = Entry(
        id=item["id"],
        name=name if isinstance(name, str) else item["id"],
        status=status,
        objective=f.micro("objective"),
        bound=f.micro("bound"),
        gap=f.number("gap"),
    )
    prices = _Fields(f.object("prices"), report, item["id"], "prices.")
    for code in prices.item:
        value = prices.micro(code)
        if value is not None:
            out.prices[code] = value
    for x in f.objects("cuts"):
        three, price = x.codes("organizations"), x.micro("price", up=True)
        if three is not None and price is not None:
            out.cuts.append((three, price))
    for host, given in f.object("unit_prices").items():
        if not isinstance(given, dict):
            f.wrong(f"unit_prices.{host}")
            continue
        x = _Fields(given, report, item["id"], f"unit_prices.{host}.")
        places, seats = x.micro("places", up=True), x.micro("seats", up=True)
        if places is not None and seats is not None:
            out.unit_prices[host] = (places, seats)
    for x in f.objects("joint"):
        members = x.codes("organizations")
        cost = x.micro("cost")
        if members is not None:
            texts = (x.text_or_null(key) for key in ("method", "form", "anchor", "superior", "id"))
            figures = (x.item.get(key) for key in ("formal_members", "fragile"))
            out.joint.append(Joint(members, cost, *texts, *figures))
        out.claims.append(x.claim("joint", members))
    for x in f.objects("attached"):
        who, unit, cost = x.text("organization"), x.text("unit"), x.micro("cost")
        if who is not None and unit is not None:
            out.attached.append(Attached(who, unit, cost))
        if "clauses" in x.item:
            out.claims.append(x.claim("attached", (who or "",)))
    for x in f.objects("separate"):
        who = x.text("organization")
        if who is not None:
            superior = x.text_or_null("superior")
            out.separate.append(Separate(who, superior, x.item.get("formal_members")))
        out.claims.append(x.claim("separate", (who or "",)))
    for x in f.objects("split"):
        of, members = x.text("unit"), x.codes("organizations")
        if of is not None and members is not None:
            out.split.append((of, members))
        out.claims.append(x.claim("split", members))
    for x in f.objects("work_coverage"):
        who = x.text("organization")
        x.present("means")
        if who is not None:
            out.work_coverage.append(who)
        if "clauses" in x.item:
            out.claims.append(x.claim("work_coverage", (who or "",)))
    for x in f.objects("uncovered"):
        who = x.text("organization")
        x.present("reason")
        x.present("fallback")
        if who is not None:
            out.uncovered.append(who)
    if "moved" in item:
        out.moved = [who for x in f.objects("moved") if (who := x.text("organization")) is not None]
    return out


@dataclass
class _Fields:
    """One JSON object whose values are asked for by name and type; ``at`` is the path to it."""

    item: dict[str, Any]
    report: Report
    unit: str | None
    at: str

    def wrong(self, key: str) -> None:
        """Note that a value is absent or of another type."""
        path = shown(self.at + key)
        self.report.add(
            "malformed", self.unit, (),
            f"{path} is absent or not as the contract says", f"{path} 缺失或格式不符",
        )  # fmt: skip

    def text(self, key: str) -> str | None:
        """Return a text."""
        value = self.item.get(key)
        if isinstance(value, str):
            return value
        self.wrong(key)
        return None

    def text_or_null(self, key: str) -> str | None:
        """Return a text, ``None`` where there is none."""
        value = self.item.get(key)
        if value is None or isinstance(value, str):
            return value
        self.wrong(key)
        return None

    def is_one_of(self, key: str, allowed: tuple[str, ...]) -> str | None:
        """Return one of the texts allowed."""
        value = self.item.get(key)
        if isinstance(value, str) and value in allowed:
            return value
        self.wrong(key)
        return None

    def present(self, key: str) -> None:
        """Note where something has to be said and nothing is."""
        if not self.item.get(key):
            self.wrong(key)

    def object(self, key: str, *, optional: bool = False) -> dict[str, Any]:
        """Return an object, an empty one where there is none."""
        value = self.item.get(key)
        if isinstance(value, dict):
            return value
        if value is not None or not optional:
            self.wrong(key)
        return {}

    def array(self, key: str) -> list[Any]:
        """Return an array, an empty one where there is none (FORMATION: arrays are there even when empty)."""
        value = self.item.get(key)
        if isinstance(value, list):
            return value
        self.wrong(key)
        return []

    def objects(self, key: str) -> list[_Fields]:
        """Return an array's objects."""
        out = []
        for at, item in enumerate(self.array(key)):
            if isinstance(item, dict):
                out.append(_Fields(item, self.report, self.unit, f"{self.at}{key}[{at}]."))
            else:
                self.wrong(f"{key}[{at}]")
        return out

    def codes(self, key: str) -> tuple[str, ...] | None:
        """Return an array of texts."""
        value = self.item.get(key)
        if isinstance(value, list) and all(isinstance(c, str) for c in value):
            return tuple(value)
        self.wrong(key)
        return None

    def claim(self, key: str, who: tuple[str, ...] | None) -> Claim:
        """Return which clauses an entry of a list says that it rests on."""
        return Claim(key, who or (), self.codes("clauses"))

    def number(self, key: str) -> float | None:
        """Return a finite number of a size that costs can have."""
        value = self.item.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and _is_cost(value):
            return value
        self.wrong(key)
        return None

    def micro(self, key: str, *, up: bool = False) -> int | None:
        """Return a decimal in integers of 1e-6."""
        value = self.number(key)
        if value is None:
            return None
        nearest = round(value * MICRO)
        if nearest / MICRO == value:  # the double next to so many millionths: what the file says
            return nearest
        # repr is the shortest decimal that is this double: what the file says, up to 17 digits
        exact = Fraction(repr(value)) * MICRO
        nearest = round(exact)
        if abs(exact - nearest) > Fraction(1, 1000):
            path = shown(self.at + key)
            self.report.add(
                "not_a_millionth", self.unit, (),
                f"{path} = {value} is no multiple of 1e-6", f"{path} = {value} 不是 1e-6 的整数倍",
            )  # fmt: skip
            return math.ceil(exact) if up else math.floor(exact)
        return nearest


def _is_cost(value: float) -> bool:
    return -LARGEST <= value <= LARGEST  # false for NaN
