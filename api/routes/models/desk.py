"""What an auditor's desk is answered with, and the body of what is done about several findings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.asking.handling import Action
from api.routes.models import Answer, Label, Paged, Source
from api.routes.models.auditing import Body, Checked, Day, Finding, Handling, Text

Id = Annotated[str, Field(min_length=1, max_length=500, examples=["orphan:U0012"])]


class DeskRow(Answer):
    """One finding in a list."""

    id: str
    code: str
    severity: str
    subject: str
    kind: str | None = Field(description="of the subject; null where it is no organization or unit")
    name: str | None
    district: str | None
    street: str | None
    clause: str
    message: Label
    due: list[str]
    state: str | None
    handling: Handling | None


class FacetValue(Answer):
    """One value of a facet, and how many of what the other filters let pass have it."""

    value: str
    n: int
    title: Label | None


class Facets(Answer):
    """What a list can be narrowed by."""

    code: list[FacetValue]
    severity: list[FacetValue]
    state: list[FacetValue]
    district: list[FacetValue]
    street: list[FacetValue] | None = Field(None, description="of the district that is chosen")


class DeskPlace(Answer):
    """Where one finding stands in a list."""

    id: str
    at: int | None = Field(description="from 1; null where the filters do not let it pass")
    previous: str | None = Field(description="the id before it")
    next: str | None = Field(description="the id behind it")


class DeskList(Paged):
    """Findings filtered, the worst first, and how many there are of each."""

    as_of: str
    total: int
    matching: int
    findings: list[DeskRow]
    facets: Facets
    place: DeskPlace | None = Field(default=None, description="of `beside`, where it was given")


class TitledCheck(Checked):
    """What is said of one rule, with its title."""

    title: Label


class DeskChecked(Answer):
    """What was checked, found in order, or could not be checked, rule by rule."""

    as_of: str
    checked: list[TitledCheck]


class Clause(Answer):
    """A clause that a finding rests on."""

    id: str = Field(examples=["S32"])
    where: str = Field(description="where it stands", examples=["二（五）"])
    text: Label


class RuleTitle(Answer):
    """The rule that found it."""

    code: str
    title: Label


class NamedThing(Answer):
    """One entity that evidence names."""

    id: str
    kind: str
    name: str | None
    type: str | None
    there: bool


class ReadValue(Answer):
    """One value of a source row."""

    property: str
    label: Label
    value: Any
    telling: bool = Field(description="whether the evidence speaks of it")


class ReadRow(Answer):
    """One source row with what was read in it; of records of persons its place alone."""

    kind: str
    label: Label
    id: str | None
    source: Source
    batch: int
    dated: str | None
    values: list[ReadValue]


class OpenedFinding(Answer):
    """One finding with all that shows it, and all that was done about it."""

    id: str
    as_of: str
    found: bool
    rule: RuleTitle | None
    kind: str | None = None
    name: str | None = None
    district: str | None = None
    street: str | None = None
    finding: Finding | None
    clauses: list[Clause]
    named: list[NamedThing]
    rows: list[ReadRow]
    history: list[Handling]


class HandleTogether(Body):
    """What is done about several findings; what is not said stays as it was."""

    ids: list[Id] = Field(min_length=1, max_length=200, examples=[["orphan:U0012"]])
    action: Action
    note: Text | None = None
    office: Text | None = None
    due: Day | None = None
    as_of: Day | None = Field(default=None, description="the date of the audit that shows them")


class HandledOne(Handling):
    """What was recorded about one of them."""

    id: str


class NotHandled(Answer):
    """One of which nothing was recorded, and why."""

    id: str
    zh: str
    en: str


class HandledTogether(Answer):
    """What was recorded, in one batch, and what was not."""

    done: list[HandledOne]
    failed: list[NotHandled]
    batch: int | None = Field(
        description="null where nothing was recorded, or who records sees a part of the city"
    )


class ChangeEvent(Answer):
    """One thing that happened, with its names and its place."""

    event: str = Field(examples=["formed"])
    direction: str = Field(description="came, went or changed")
    kind: str
    id: str
    name: str | None
    before: Any
    after: Any
    named: dict[str, str] = Field(
        description="names of units and organizations in before and after, by code"
    )
    district: str | None
    street: str | None
    street_id: str | None
    evidence: list[dict[str, Any]]


class StreetChanges(Answer):
    """How much came, went and changed in a street, and the middle of what lies in it (WGS84)."""

    id: str
    name: str | None
    district: str | None
    lon: float | None
    lat: float | None
    came: int
    went: int
    changed: int


class ValueChanges(Answer):
    """How many values later rows changed, and how many were corrected."""

    changed: int
    corrected: int


class Changes(Paged):
    """What happened between two dates."""

    from_: str = Field(alias="from")
    to: str
    in_: str | None = Field(alias="in")
    events: list[ChangeEvent]
    totals: dict[str, int]
    values: ValueChanges
    streets: list[StreetChanges]


class ValueChange(Answer):
    """One value that a row said otherwise than before."""

    property: str
    label: Label
    before: Any
    after: Any


class TimelineEntry(Answer):
    """One row about an entity, beside what its ledger said before."""

    dated: str
    ledger: str
    called: Label
    source: Source
    batch: int
    stands: str = Field(description="primary, beside or corrected")
    replaced_by: int | None
    first: bool
    changes: list[ValueChange]


class Timeline(Answer):
    """What each import said of one entity, the earliest first."""

    id: str
    kind: str
    entries: list[TimelineEntry]


class LedgerDate(Answer):
    """A date, and how many rows of organizations and units are of it."""

    date: str = Field(examples=["2016-12-20"])
    rows: int


class LedgerDates(Answer):
    """The dates at which ledgers were kept, the latest first."""

    latest: str
    dates: list[LedgerDate]
