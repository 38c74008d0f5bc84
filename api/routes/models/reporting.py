"""What a report and the rows behind its figures look like."""

from __future__ import annotations

from pydantic import Field

from api.routes.models import Answer, Figure, Label, Paged, Source
from api.routes.models.surveying import Baseline, Chosen


class Subject(Answer):
    """Whose report it is."""

    kind: str = Field(description="city, district, department or area", examples=["district"])
    id: str | None = Field(examples=["420106"])
    name: str
    office: str | None = Field(description="who submits it")


class ListedCount(Answer):
    """One count of what the ledgers list."""

    id: str
    value: int
    before: int | None


class FormColumn(Answer):
    """A column of a statistical form."""

    id: str
    zh: str
    en: str


class FormRow(Answer):
    """A row of a statistical form."""

    id: str
    zh: str
    en: str
    values: list[int]
    before: list[int] | None = Field(description="the same of the report before")


class Form(Answer):
    """One statistical form."""

    line: str = Field(examples=["enterprise"])
    columns: list[FormColumn]
    rows: list[FormRow]


class Fraction(Answer):
    """A rate as it was."""

    id: str
    numerator: int
    denominator: int
    rate: float | None


class ReportRate(Fraction):
    """A rate, and what it was."""

    clause: str
    text: Label
    default: bool
    goal: float | None = Field(
        description="the share that the plan asks for: S1's, of the eligible S2's; of other rates none"
    )
    gap: int | None = Field(description="organizations that are missing to the goal")
    before: Fraction | None


class Target(Fraction):
    """A subset of which a clause asks for all, and how many of it keep it."""

    text: Label


class Part(Answer):
    """A submitter of the bulletin, or a ledger of another report."""

    id: str = Field(examples=["district:420106"])
    name: str
    counts: dict[str, int]
    before: dict[str, int] | None


class Point(Answer):
    """One date of the trend."""

    date: str
    units: int
    separate: int
    joint: int
    rate: float | None


class CirculatedPoint(Answer):
    """One date of the trend as anybody may see it."""

    date: str
    units: int
    covered: int
    rate: float


class Stage(Answer):
    """How many stand in one state of the cross-off."""

    state: str = Field(description="the figure's number is `board.` and this")
    text: Label
    value: int


class Overdue(Answer):
    """A submission that came late or not at all."""

    office: str
    what: str
    due: str
    received: str | None
    days: int = Field(description="late; of what has not come, until the report's day")
    message: Label


class Looked(Answer):
    """What was looked at for late and missing submissions."""

    code: str
    checked: int
    found: int
    not_checked: Label | None


class Received(Answer):
    """What came late or not at all."""

    overdue: list[Overdue]
    checked: list[Looked]


class Identity(Answer):
    """A whole and its parts."""

    id: str
    whole: int
    parts: list[int]
    holds: bool
    why: Label | None


class Undefined(Answer):
    """A word that the plan leaves undefined, and what stands for it."""

    term: str
    keys: list[str]
    text: Label


class Report(Answer):
    """The semi-monthly report of a submitter, or the city's bulletin."""

    date: str = Field(examples=["2016-09-10"])
    period: str | None = Field(description="the due date that it is for")
    previous: str | None = Field(description="the date of the report before")
    profile: str
    plan: Label
    subject: Subject
    baseline: Baseline
    listed: list[ListedCount]
    forms: list[Form]
    rates: list[ReportRate]
    targets: list[Target]
    parts: list[Part]
    trend: list[Point]
    board: list[Stage]
    received: Received
    identities: list[Identity]
    chosen: list[Chosen]
    undefined: list[Undefined]


class CirculatedPart(Answer):
    """A district, or the city, as anybody may see it."""

    id: str = Field(examples=["420106"])
    name: str
    counts: dict[str, Figure | None] = Field(
        description="by category of `/overview`; null: fewer than small_count, or the complement of such"
    )
    before: dict[str, Figure | None] | None = Field(description="the same at the bulletin before")
    rates: dict[str, float | None] = Field(
        description="null unless both counts are told, of one date"
    )


class CirculatedSubject(Answer):
    """The city."""

    kind: str
    id: None
    name: str
    office: None


class Circulated(Answer):
    """The city's bulletin for circulation."""

    date: str = Field(examples=["2016-09-10"])
    period: str | None = Field(description="the due date that it is for")
    previous: str | None = Field(description="the date of the bulletin before")
    published: str = Field(description="the date of the publication that stands")
    small_count: int
    profile: str
    plan: Label
    subject: CirculatedSubject
    whole: CirculatedPart
    parts: list[CirculatedPart]
    trend: list[CirculatedPoint]
    received: Received
    chosen: list[Chosen]


class Row(Answer):
    """An organization that a figure counts."""

    code: str
    name: str | None
    line: str | None
    category: str | None
    status: str | None
    ledger_unit: str | None
    part: str
    staff: int | None
    members: int | None
    probationary: int | None
    standing: str | None
    instructed: bool
    units: list[str]
    source: Source | None


class Rows(Paged):
    """The organizations that one figure of a report counts."""

    date: str
    figure: str = Field(examples=["enterprise.none_due"])
    number: int = Field(description="the figure as the report prints it")
    counted: int = Field(
        description="of how many organizations it is: other than the figure where that is a sum of theirs, or of joint units"
    )
    organizations: list[Row]
