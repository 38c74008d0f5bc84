"""What answers of the survey and of coverage look like."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.routes.models import Answer, Label, Paged, Source


class Chosen(Answer):
    """A value that a person chose, not the plan."""

    key: str
    value: Any
    unit: str | None
    clause: str | None
    text: Label
    why: Label


class Surveyed(Answer):
    """One organization of a survey."""

    code: str = Field(examples=["U0001"])
    name: str | None
    in_base: bool
    action: str = Field(
        description="separate, joint, work_coverage, covered, excluded, outside_base or unknown",
        examples=["joint"],
    )
    clauses: list[str] = Field(description="clauses that bind it", examples=[["S28", "S30"]])
    clears: list[int] = Field(description="which of the six clears are done")
    unmet: list[str] = Field(description="clauses that it does not keep yet")
    ledger_unit: str | None = Field(examples=["street:420106007"])
    why: Label


class SurveyTotals(Answer):
    """A survey in numbers."""

    organizations: int
    in_base: int
    actions: dict[str, int]
    clauses: dict[str, int]
    unmet: dict[str, int]
    review: dict[str, int] = Field(description="left to people to decide, by clause")
    clears: dict[str, int]
    clears_complete: int


class Survey(Paged):
    """Who is in the base, who qualifies for what and by which clause."""

    as_of: str = Field(examples=["2016-08-26"])
    profile: str
    chosen: list[Chosen]
    organizations: list[Surveyed]
    totals: SurveyTotals


class Baseline(Answer):
    """What rates take for the baseline."""

    frozen: bool
    organizations: int
    date: str | None = None
    office: str | None = None
    fingerprint: str | None = None
    intact: bool | None = None
    added: int | None = None
    removed: int | None = None
    missing: int | None = None


class After(Answer):
    """A rate once a plan has been carried out."""

    numerator: int
    rate: float | None = None
    gap: int | None = None


class Rate(Answer):
    """One rate."""

    id: str = Field(examples=["org_operating"])
    numerator: int
    denominator: int
    rate: float | None = Field(description="null where there is nobody to count")
    after: After | None = None


class Definition(Rate):
    """One rate with what it means."""

    clause: str
    text: Label
    default: bool = Field(description="whether it is what a rate without a name means")
    goal: float | None = Field(
        None,
        description="the share that the plan asks for: S1's, of the eligible S2's; of other rates none",
    )
    gap: int | None = Field(None, description="organizations that are missing to the goal")


class Functional(Answer):
    """The rates with functional units counted the other way (S31)."""

    counted: bool
    organizations: int = Field(description="for how many it makes a difference")
    otherwise: list[Rate]


class AnnualColumn(Answer):
    """A column of the annual statistics."""

    id: str
    zh: str
    en: str


class AnnualRow(Answer):
    """A row of the annual statistics."""

    id: str | None = None
    zh: str
    en: str
    values: list[Any]


class Annual(Answer):
    """A table of the annual statistics."""

    line: str
    columns: list[AnnualColumn]
    rows: list[AnnualRow]


class CoveragePart(Answer):
    """The rates of one sheet, district or ledger unit."""

    kind: str
    id: str | None
    name: str | None
    definitions: list[Rate]


class Reported(Answer):
    """A rate that an office reported, beside the one recomputed."""

    office: str
    period: Any
    date: Any
    reported: float | None
    definition: str | None
    numerator: int | None
    denominator: int | None
    rate: float | None
    agrees: bool | None


class Counting(Answer):
    """Where one organization counts."""

    code: str
    name: str | None
    ledger_unit: str | None
    counts: str = Field(description="in the numerator, the denominator, or neither")
    why: str
    counts_in: list[str] = Field(description="rates in whose numerator it counts")
    counts_of: list[str] = Field(description="rates in whose denominator it counts")
    units: list[str]
    source: Source | None


class Coverage(Paged):
    """Every coverage rate by its definition, side by side."""

    as_of: str
    profile: str
    definition: str
    chosen: list[Chosen]
    baseline: Baseline
    definitions: list[Definition]
    spread: float | None = Field(description="percentage points between the definitions at most")
    functional: Functional
    targets: list[Rate]
    annual: list[Annual]
    by: list[CoveragePart]
    reported: list[Reported] | None = None
    rows: list[Counting] | None = None
