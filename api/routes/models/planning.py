"""What answers about joint formation look like: who fits with whom, and questions about a plan."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.routes.models import Answer, Label, Paged


class Pair(Answer):
    """Two small organizations that fit together."""

    a: str = Field(examples=["U0001"])
    b: str
    adjacency: float = Field(description="0 is next door")
    similarity: float = Field(description="0 is the same trade")
    dissimilarity: float = Field(description="what a plan reckons with")
    adjacent: bool
    similar: bool
    shared: list[str] = Field(examples=[["building:420106007/001", "class:6510"]])
    metres: float | None


class Group(Answer):
    """Small organizations of one ledger unit that share something."""

    ledger_unit: str
    method: str
    kind: str
    key: str | None
    name: str
    organizations: list[str]
    formal_members: int


class Host(Answer):
    """A unit with room."""

    unit: str
    name: str
    covered: list[str]
    free_places: int
    free_seats: int
    dissimilarity: float
    cost: float
    why: Label


class CandidateTotals(Answer):
    """Candidates in numbers."""

    pairs: int
    groups: int
    small: int = Field(description="organizations among which they were looked for")
    listed: str = Field(description="which pairs: distance_and_sector, or of one organization")
    in_other_ledgers: dict[str, int]


class Candidates(Paged):
    """Which small organizations fit together, and why."""

    pairs: list[Pair]
    groups: list[Group]
    totals: CandidateTotals
    hosts: list[Host] | None = Field(None, description="of one organization: units with room")


class About(Answer):
    """The plan that an answer is about."""

    read: bool = Field(description="whether a plan was given; else the ledger unit was planned")
    as_of: str | None
    profile: str | None
    seed: int | None
    store_changed: bool


class Merge(Answer):
    """A decision by which a code stands for another."""

    id: str
    type: str
    subject: str = Field(description="the code that stays")
    object: str | None
    detail: str | None
    office: str
    decided: str
    reason: str
    withdrawn: bool


class Who(Answer):
    """An organization, and where it stands."""

    organization: str
    name: str
    ledger_unit: str | None
    ledger_unit_name: str | None
    action: str
    formal_members: int


class Part(Answer):
    """A part of a cost."""

    part: str
    value: float
    text: Label


class Near(Answer):
    """Where an adjacency comes from."""

    value: float
    adjacent: bool
    by: str
    places: list[dict[str, str]]
    metres: float | None
    text: Label


class Alike(Answer):
    """Where a similarity comes from."""

    value: float
    similar: bool
    by: str
    level: str | None
    sector: dict[str, Any] | None
    links: list[dict[str, str]]
    text: Label


class Apart(Answer):
    """A pair taken apart."""

    a: str
    b: str
    adjacency: Near
    similarity: Alike
    dissimilarity: float


class Stand(Answer):
    """A joint unit, an attachment, or an organization left uncovered."""

    as_: str = Field(alias="as", description="joint, attached or uncovered")
    organizations: list[str]
    cost: float
    id: str | None = None
    method: str | None = None
    formal_members: int | None = None
    unit: str | None = None


class Next(Answer):
    """What would be next best."""

    place: Stand | None = Field(description="null where there is no other")
    dearer: float | None
    proven: bool
    gap: float
    forms: list[Stand]
    drops: list[Stand]


class Why(Who):
    """Why an organization stands where it stands."""

    stands: dict[str, Any] = Field(description="`as`, and what the plan says of that place")
    cost_parts: list[Part]
    pairs: list[Apart]
    price: float | None
    next_best: Next | None
    merged: list[Merge]
    plan: About


class Member(Answer):
    """An organization of a unit."""

    organization: str
    name: str
    formal_members: int
    price: float | None


class WhyUnit(Answer):
    """Why a unit is in a plan as it is."""

    unit: str
    as_: str = Field(alias="as", description="planned or existing")
    name: str | None
    ledger_unit: str | None
    ledger_unit_name: str | None
    members: list[Member]
    cost: float | None
    cost_parts: list[Part]
    pairs: list[Apart]
    type: str | None = None
    host: bool | None = None
    free_places: int | None = None
    free_seats: int | None = None
    attached: list[dict[str, Any]] | None = None
    split: list[str] | None = None
    plan: About


class Rule(Answer):
    """What forbids a unit."""

    rule: str
    text: Label


class Cheapest(Answer):
    """The best plan with both in one unit."""

    unit: Stand
    cost: float
    plan_cost: float
    dearer: float
    at_least: float
    status: str
    gap: float
    proven: bool
    forms: list[Stand]
    drops: list[Stand]


class WhyNot(Answer):
    """Why two organizations are not in one joint unit."""

    a: Who
    b: Who
    together: bool
    pair: Apart
    methods: list[str]
    forbidden: list[Rule]
    cheapest: Cheapest | None
    merged: list[Merge]
    plan: About


class Move(Answer):
    """Who stands elsewhere."""

    organization: str
    before: Stand
    after: Stand


class Alternative(Answer):
    """Another plan of the ledger unit."""

    rank: int
    cost: float
    dearer: float
    proven: bool
    gap: float
    forms: list[Stand]
    drops: list[Stand]
    moves: list[Move]


class Alternatives(Answer):
    """The next best plans of one ledger unit."""

    ledger_unit: str
    name: str
    objective: float
    status: str
    gap: float
    asked: int
    alternatives: list[Alternative]
    plan: About
