"""What the board's answers look like, and the bodies of what is recorded on it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from api.asking.board import Reached
from api.asking.inspection import Result, Whom
from api.routes.models import Answer, Label, Paged, Source, integral
from api.routes.models.auditing import Body, Code, Day, Text
from api.routes.models.planning import Apart, Part
from graph.sample import LIMIT

Size = Annotated[int, Field(strict=True, ge=1, le=1_000_000), BeforeValidator(integral)]
Seed = Annotated[int, Field(strict=True, ge=0, lt=LIMIT), BeforeValidator(integral)]


class BoardStep(Answer):
    """A step of the cross-off, or one taken back."""

    to: str | None = Field(
        description="formed, verified, struck_off, rechecked, back; null for a word that means none"
    )
    date: str | None
    office: str | None
    text: str | None = Field(description="the evidence; of a step taken back, the reason")
    on_board: bool = Field(description="recorded on the board; else a ledger's row")


class Planned(Answer):
    """What is to be done about an organization."""

    measures: str | None
    due: str | None
    responsible: str | None
    late: bool = Field(description="due after the campaign's date")
    on_board: bool


class BoardEntry(Answer):
    """An organization of the board."""

    code: str = Field(examples=["91420100MA4KABCD1W"])
    name: str | None
    ledger_unit: str | None
    ledger_unit_name: str | None
    action: str
    formal_members: int | None
    clauses: list[str]
    unmet: list[str]
    why: Label
    lon: float | None = Field(description="WGS84")
    lat: float | None
    state: str | None = Field(description="null where no unit is to be formed (work coverage)")
    skipped: bool = Field(description="a ledger jumped over a state")
    last: BoardStep | None
    measures: Planned | None


class BoardTotals(Answer):
    """The board in numbers."""

    organizations: int
    actions: dict[str, int]
    states: dict[str, int]
    without_measures: int


class Area(Answer):
    """A ledger unit of the board."""

    ledger_unit: str
    name: str
    organizations: int
    to_form: int
    small: int
    struck_off: int
    lon: float | None
    lat: float | None


class Board(Paged):
    """Who has no unit, and how far each is."""

    as_of: str
    in_: str | None = Field(alias="in")
    entries: list[BoardEntry]
    totals: BoardTotals
    areas: list[Area]


class Measures(Answer):
    """Measures as an office set them."""

    organization: str
    measures: str
    due: str
    responsible: str
    office: str
    decided: str


class History(Answer):
    """One organization with all that was recorded of it."""

    code: str
    name: str | None
    state: str
    skipped: bool
    history: list[BoardStep]
    measures: list[Measures]


class Stepped(BoardStep):
    """A step that was recorded."""

    organization: str
    state: str = Field(description="the state that it led to")


class Steps(Answer):
    """Steps that were recorded."""

    steps: list[Stepped]
    batch: int | None = Field(description="what undo takes back; null for a jurisdiction")


class Measured(Measures):
    """Measures that were recorded."""

    batch: int | None


Codes = Annotated[
    list[Code], Field(min_length=1, max_length=1000, examples=[["91420100MA4KABCD1W"]])
]


class Take(Body):
    """Organizations have reached a state."""

    codes: Codes
    to: Reached = Field(examples=["formed"])
    office: Text = Field(examples=["某街道党工委"])
    date: Day
    evidence: Text = Field(examples=["批复〔2016〕12号"])


class Back(Body):
    """The last step of organizations is taken back."""

    codes: Codes
    office: Text = Field(examples=["某区委组织部"])
    date: Day
    reason: Text = Field(examples=["批复文号有误"])


class Measure(Body):
    """What is to be done about an organization."""

    code: Code
    measures: Text = Field(examples=["与同楼宇企业联合组建"])
    due: Day
    responsible: Text = Field(examples=["某街道办事处"])
    office: Text = Field(examples=["某街道党工委"])
    date: Day


# -- the look-back -----------------------------------------------------------------------------------------------------
class Lost(Answer):
    """An organization that was struck off and no longer holds."""

    code: str
    name: str | None
    ledger_unit: str | None
    ledger_unit_name: str | None
    status: str | None
    jurisdiction: str | None = Field(examples=["district:420106"])
    jurisdiction_name: str | None
    state: str = Field(description="struck_off or rechecked")
    struck_off: str | None
    looked_at: str | None
    reasons: list[str] = Field(
        description="not_listed, missing_from_ledger, closed, unit_dissolved, without_unit, too_few_members, inspected_otherwise"
    )
    units: list[str]
    source: Source | None


class LookedBack(Answer):
    """Strike-offs in numbers."""

    struck_off: int
    rechecked: int
    to_recheck: int
    no_longer: int
    reasons: dict[str, int]


class AreaLookedBack(LookedBack):
    """Those of one jurisdiction."""

    id: str | None = Field(description="who answers for them; null where nobody does")
    name: str | None


class Lookback(Paged):
    """What was struck off and no longer holds."""

    as_of: str
    in_: str | None = Field(alias="in")
    due: list[str]
    rows: list[Lost]
    areas: list[AreaLookedBack]
    totals: LookedBack


# -- inspection --------------------------------------------------------------------------------------------------------
class Counted(Answer):
    """How many were drawn, and what was found of them."""

    drawn: int
    recorded: int
    as_stated: int
    differs: int
    not_found: int


class SampleHead(Counted):
    """A sample that was drawn, with what draws it again."""

    id: str = Field(examples=["420106/2016-11-21/7"])
    date: str
    office: str
    seed: int | None
    in_: str | None = Field(alias="in")
    whom: str | None = Field(description="base, or formed")
    asked: str | None = Field(description="the size, or the share")
    drawn_as_of: str | None


class Samples(Answer):
    """The samples that were drawn, the newest first."""

    as_of: str
    in_: str | None = Field(alias="in")
    samples: list[SampleHead]


class InspectionResult(Answer):
    """What an inspection found, or a result that was taken back."""

    result: str = Field(description="as_stated, differs, not_found, back")
    evidence: str | None = Field(description="what shows it; of one taken back, the reason")
    office: str
    date: str


class SampleItem(Answer):
    """An organization of a sample."""

    code: str
    name: str | None
    address: str | None
    action: str | None
    ledger_unit: str | None
    ledger_unit_name: str | None
    state: str = Field(description="of the cross-off")
    result: str | None = Field(description="null until it is recorded")
    last: InspectionResult | None
    history: list[InspectionResult]


class SampleArea(Counted):
    """A ledger unit of a sample."""

    ledger_unit: str | None
    name: str | None


class OneSample(Paged):
    """A sample with its items and how far it is by ledger unit."""

    as_of: str
    in_: str | None = Field(alias="in")
    sample: SampleHead
    areas: list[SampleArea]
    items: list[SampleItem]


class DrawnStratum(Answer):
    """A ledger unit's part of a sample."""

    id: str
    name: str
    population: int
    drawn: int


class DrawnSample(Answer):
    """A sample that was drawn and kept."""

    id: str
    seed: int
    as_of: str
    in_: str | None = Field(alias="in")
    population: int
    size: int
    strata: list[DrawnStratum]
    batch: int | None = Field(description="what undo takes back; null for a jurisdiction")


class RecordedResult(InspectionResult):
    """A result that was recorded."""

    sample: str
    organization: str


class WithIt(BoardStep):
    """A step of the cross-off that went with a result."""

    organization: str


class Inspected(Answer):
    """Results that were recorded or taken back, and the steps of the cross-off that went with them."""

    results: list[RecordedResult]
    steps: list[WithIt]
    batch: int | None


SampleId = Annotated[str, Field(min_length=1, max_length=300, examples=["420106/2016-11-21/7"])]


class Draw(Body):
    """A sample of those to be inspected."""

    whom: Whom = Field(
        Whom.FORMED,
        description="formed: whom the cross-off has as formed or further; base: all",
        examples=["base"],
    )
    size: Size | None = Field(None, examples=[1])
    share: float | None = Field(
        None, strict=True, gt=0, le=1, description="which part; instead of a size", examples=[None]
    )
    seed: Seed | None = Field(None, examples=[7])
    in_: str | None = Field(None, alias="in", min_length=1, max_length=200, examples=["420106"])
    office: Text = Field(examples=["某区委组织部"])
    date: Day


class Inspection(Body):
    """What the inspection of organizations of a sample found."""

    sample: SampleId
    codes: Codes
    result: Result = Field(examples=["as_stated"])
    evidence: Text = Field(examples=["现场核实，党员名册齐全"])
    office: Text = Field(examples=["某区委组织部"])
    date: Day


class InspectionBack(Body):
    """The last result of organizations of a sample is taken back."""

    sample: SampleId
    codes: Codes
    office: Text = Field(examples=["某区委组织部"])
    date: Day
    reason: Text = Field(examples=["登记有误"])


# -- groups that a person puts together -----------------------------------------------------------------------------------
class Tried(Body):
    """Some organizations as one joint unit, one attached to a unit, or one on its own."""

    organizations: list[Code] = Field(
        min_length=1, max_length=60, examples=[["91420100MA4KABCD1W", "91420100MA4KABCD2X"]]
    )
    unit: Code | None = Field(None, examples=[None])


class Trying(Body):
    """Groups of one ledger unit."""

    groups: list[Tried] = Field(
        min_length=1, max_length=500,
        examples=[[{"organizations": ["91420100MA4KABCD1W", "91420100MA4KABCD2X"]}]],
    )  # fmt: skip
    explain: bool = Field(False, strict=True, description="take costs and pairs apart")


class Broken(Answer):
    """A rule that a group breaks."""

    rule: str
    text: Label


class GroupWeighed(Answer):
    """A group, what it costs, and what it breaks."""

    as_: str = Field(alias="as", description="joint, attached or uncovered")
    id: str | None
    organizations: list[str]
    unit: str | None
    method: str | None
    form: str | None
    anchor: str | None
    why: Label | None
    formal_members: int
    fragile: bool
    cost: float | None = Field(description="null where it breaks a rule")
    cost_parts: list[Part]
    pairs: list[Apart]
    faults: list[Broken]


class Groups(Answer):
    """Groups weighed."""

    ledger_unit: str
    name: str
    groups: list[GroupWeighed]
    cost: float | None
