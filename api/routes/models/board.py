"""What the board's answers look like, and the bodies of what is recorded on it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.asking.board import Reached
from api.routes.models import Answer, Label, Paged
from api.routes.models.auditing import Body, Code, Day, Text
from api.routes.models.planning import Apart, Part


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
