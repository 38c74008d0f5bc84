"""What auditors' answers look like, and the bodies of what they write; tests hold the answers to these."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from api.asking.handling import Action
from api.routes.models import Answer, Label, Source, Whole
from graph.model import parse_date


# -- findings ----------------------------------------------------------------------------------------------------------
class Handling(Answer):
    """What was last done about a finding."""

    state: str = Field(examples=["confirmed"])
    note: str | None
    office: str | None
    due: str | None
    decided: str | None
    evidence_changed: bool


class Finding(Answer):
    """One thing that is wrong."""

    id: str = Field(examples=["orphan:U0012"])
    code: str = Field(examples=["orphan"])
    severity: str = Field(description="error, warning or note")
    subject: str
    evidence: list[dict[str, Any]] = Field(description="the nodes and edges that show it")
    sources: list[Source]
    clause: str = Field(examples=["S32"])
    message: Label
    due: list[str]
    state: str | None = Field(description="not_due or overdue, where there is a date")
    repair: dict[str, Any] = Field(description="the cell to change, or why none is proposed")
    handling: Handling | None


class Checked(Answer):
    """What is said of one rule, found or clean."""

    code: str
    checked: int
    found: int
    not_checked: Label | None = None
    statement: Label | None = None
    notes: list[Label] = Field(default_factory=list)


class States(Answer):
    """How many findings stand in each state."""

    open: int
    confirmed: int
    dismissed: int
    repaired: int


class Audit(Answer):
    """What is wrong, what was found in order, and what could not be checked."""

    as_of: str
    findings: list[Finding]
    checked: list[Checked]
    departures: list[Finding]
    states: States


class Case(Answer):
    """One finding, and all that was done about it; without its values where the audit does not find it any more."""

    id: str
    found: bool
    code: str | None = None
    severity: str | None = None
    subject: str | None = None
    evidence: list[dict[str, Any]] | None = None
    sources: list[Source] | None = None
    clause: str | None = None
    message: Label | None = None
    due: list[str] | None = None
    state: str | None = None
    repair: dict[str, Any] | None = None
    handling: Handling | None = None
    history: list[Handling]


class Work(Handling):
    """A finding in a list of work."""

    id: str
    found: bool
    message: Label | None


class Worklist(Answer):
    """Findings in a state."""

    findings: list[Work]


# -- two dates ---------------------------------------------------------------------------------------------------------
class Event(Answer):
    """One thing that happened."""

    event: str = Field(examples=["formed"])
    kind: str
    id: str
    before: Any
    after: Any
    evidence: list[dict[str, Any]]


class Entity(Answer):
    """Who is there at the later date only."""

    kind: str
    id: str


class Row(Source):
    """The row that says a value, and the import that brought it."""

    batch: int


class Ends(Answer):
    """The rows that say the one and the other."""

    before: Row | None
    after: Row | None


class Changed(Answer):
    """One value that a later row changed."""

    kind: str
    id: str
    property: str
    before: Any
    after: Any
    since: str
    sources: Ends


class Corrected(Answer):
    """One value that a later import put right."""

    kind: str
    id: str
    property: str
    before: Any
    after: Any
    sources: Ends
    dated: str
    batch: int


class ByRules(Answer):
    """What other rules make of the same facts."""

    profile: str
    against: str
    values: list[dict[str, Any]]
    rates: list[dict[str, Any]]
    organizations: list[dict[str, Any]]


class DiffTotals(Answer):
    """How much of each there is."""

    changed: int
    added: dict[str, int]
    events: dict[str, int]
    corrected: int


class Diff(Answer):
    """What changed between two dates."""

    from_: str = Field(alias="from")
    to: str
    in_: str | None = Field(alias="in")
    profile: str
    events: list[Event]
    added: list[Entity]
    changed: list[Changed]
    corrected: list[Corrected]
    rules: ByRules | None
    totals: DiffTotals


# -- duplicates, registers, samples ------------------------------------------------------------------------------------
class Weighed(Answer):
    """A piece of evidence."""

    what: str = Field(examples=["same_name"])
    weight: int


class Pair(Answer):
    """Two codes that may be one organization."""

    a: str
    b: str
    score: int
    evidence: list[Weighed]
    name_a: str | None
    name_b: str | None
    address_a: str | None
    address_b: str | None


class PairTotals(Answer):
    """How many pairs, and how many rows could not be compared."""

    pairs: int
    not_compared: int


class Duplicates(Answer):
    """Pairs that are proposed; nothing is merged."""

    as_of: str
    in_: str | None = Field(alias="in")
    pairs: list[Pair]
    totals: PairTotals
    weights: dict[str, int]
    least: int


class InLedger(Answer):
    """What the ledger says."""

    name: str | None
    status: str | None
    source: Source


class InRegister(Answer):
    """What a register says; ``listed`` is null where it is not asked."""

    register_: str = Field(alias="register")
    listed: bool | None
    name: str | None
    status: str | None
    differs: list[str]
    source: Source | None


class Entry(Answer):
    """A code on which ledgers and registers differ."""

    code: str
    verdicts: list[str] = Field(examples=[["missing"]])
    ledger: InLedger | None
    registers: list[InRegister]


class Reconciliation(Answer):
    """Ledgers against registers."""

    as_of: str
    in_: str | None = Field(alias="in")
    register_: str | None = Field(alias="register")
    registers: list[str]
    entries: list[Entry]
    totals: dict[str, int]


class Stratum(Answer):
    """One ledger unit's part of a sample."""

    id: str
    name: str
    population: int
    drawn: int


class Drawn(Answer):
    """One organization that was drawn."""

    ledger_unit: str
    ledger_unit_name: str
    code: str
    name: str | None
    address: str | None
    action: str
    source: Source


class Sample(Answer):
    """A sample, with all that it takes to draw it again."""

    seed: int
    as_of: str
    in_: str | None = Field(alias="in")
    population: int
    size: int
    strata: list[Stratum]
    sample: list[Drawn]


# -- decisions ---------------------------------------------------------------------------------------------------------
class Decision(Answer):
    """A decision, and the batch that takes it back."""

    id: str = Field(examples=["pair|91A|91B"])
    type: str
    subject: str
    object: str | None
    detail: str | None
    office: str
    decided: str
    reason: str
    withdrawn: bool
    batch: int | None = Field(
        description="null where who records sees a part of the city: what was recorded is ended by `withdraw`"
    )


class Decisions(Answer):
    """Decisions that hold, or all that were ever made."""

    decisions: list[Decision]


class Change(Answer):
    """A decision about the baseline."""

    id: str
    type: str
    subject: str
    object: str | None
    detail: str | None
    office: str
    decided: str
    reason: str
    withdrawn: bool
    name: str | None
    in_baseline: bool


class Now(Answer):
    """How many organizations the baseline holds at a date."""

    date: str
    organizations: int


class Baseline(Answer):
    """The baseline; ``frozen`` alone before it was frozen."""

    frozen: bool
    date: str | None = None
    office: str | None = None
    reason: str | None = None
    fingerprint: str | None = None
    intact: bool | None = None
    organizations: int | None = None
    added: int | None = None
    removed: int | None = None
    now: Now | None = None
    changes: list[Change] | None = None


class Frozen(Answer):
    """A baseline just frozen."""

    date: str
    office: str
    fingerprint: str
    organizations: int
    batch: int


class Handled(Handling):
    """What was recorded about a finding, and the batch that takes it back."""

    id: str
    batch: int | None = Field(
        description="null where who records sees a part of the city: `reopen` is the way back"
    )


# -- pictures ----------------------------------------------------------------------------------------------------------
class Mark(Answer):
    """One thing at its place."""

    id: str
    x: float
    y: float
    focus: bool
    count: int = Field(description="organizations that it holds unseen")
    below: int = Field(description="units that it hides")
    opens: str | None = Field(description="the view that it opens")


class Line(Answer):
    """One edge of a picture."""

    source: str
    target: str
    kind: str
    via: str
    bend: int
    inside: bool
    stands_for: int


class Hull(Answer):
    """A box: left, top, right, bottom."""

    id: str
    kind: str
    box: list[float]
    title: Label


class View(Answer):
    """One picture."""

    id: str
    title: Label
    notes: list[Label] = Field(description="what it leaves out")
    marks: list[Mark]
    lines: list[Line]
    hulls: list[Hull]


class Thing(Answer):
    """What marks stand for."""

    id: str
    kind: str
    key: str
    name: Label
    type: str
    missing: bool
    details: dict[str, str]
    source: Source | None
    found_by: str
    why: Label | None


class Scene(Answer):
    """What is drawn, where, under which name, and what a click opens; the first view is the one that opens."""

    id: str | None
    nodes: int
    edges: int
    title: Label
    as_of: str
    views: list[View]
    things: dict[str, Thing]


# -- what is written ---------------------------------------------------------------------------------------------------
def _day(value: object) -> int:
    """Return a date as the command line reads it."""
    if not isinstance(value, str):
        raise ValueError("a date is text")
    return parse_date(value)


Day = Annotated[
    int,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2016-09-01"]}),
]
Code = Annotated[str, Field(min_length=1, max_length=200, examples=["91420100MA4KABCD1X"])]
Text = Annotated[str, Field(max_length=4_000)]


class Body(BaseModel):
    """What is asked for has what is declared, no more: a misspelt name is a fault, never passed over."""

    model_config = ConfigDict(extra="forbid")


class Act(Body):
    """Who decided, when and why."""

    office: Text = Field(examples=["某区市场监管局"])
    date: Day
    reason: Text = Field(examples=["核实"])


class Merge(Act):
    """Two codes are one organization: that of ``kept`` stays."""

    kept: Code
    merged: Annotated[Code, Field(examples=["91420100MA4KABCD2X"])]


class Distinct(Act):
    """Two codes are two organizations."""

    a: Code
    b: Annotated[Code, Field(examples=["91420100MA4KABCD2X"])]


class OfOne(Act):
    """A decision about one organization."""

    code: Code


class Exclude(OfOne):
    """An organization is excluded from the base."""

    kind: Text = Field(description="空壳, 僵尸 or 影子", examples=["空壳"])


class Departure(Act):
    """A unit may depart from the principle of line and place."""

    unit: Annotated[Code, Field(examples=["U0012"])]


class Withdraw(Act):
    """A decision no longer holds from a date on."""

    decision: Annotated[str, Field(min_length=1, max_length=500, examples=["pair|91A|91B"])]


class Freeze(Body):
    """All organizations listed on a day become the baseline."""

    office: Text = Field(examples=["某区两新工委"])
    date: Day
    reason: Text | None = None
    confirm: bool = Field(
        default=False, strict=True, description="freeze far fewer than are listed later"
    )


class Handle(Body):
    """What is done about a finding; what is not said stays as it was."""

    action: Action
    note: Text | None = None
    office: Text | None = None
    due: Day | None = None
    as_of: Day | None = Field(default=None, description="the date of the audit that shows it")


class Undo(Body):
    """The import to take back."""

    batch: Whole = Field(ge=1, le=2**31, examples=[3])
