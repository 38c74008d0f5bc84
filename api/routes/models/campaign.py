"""What blank ledgers, ledgers summed up and the campaign's calendar look like."""

from __future__ import annotations

from pydantic import Field

from api.routes.models import Answer, Label, Source


class BlankLedger(Answer):
    """A blank ledger."""

    sheet: str = Field(examples=["非公企业"])
    kind: str = Field(description="of the schema", examples=["organization"])
    title: str
    asked_as: list[str] = Field(description="further names of it", examples=[["附表1", "annex1"]])
    columns: list[str]
    required: list[str]


class BlankLedgers(Answer):
    """The blank ledgers there are."""

    kinds: list[BlankLedger]


class LedgerKeeper(Answer):
    """Who keeps a ledger, and whether it is in."""

    id: str = Field(examples=["street:420106007"])
    name: str
    line: str = Field(description="enterprise, social or rural")
    sheet: str
    clause: str = Field(examples=["S15"])
    state: str = Field(description="received, by_other, owed or awaited")
    due: str | None
    owed_since: str | None
    organizations: int = Field(description="counted here, each once")
    listed: int = Field(description="that its own ledger lists")
    edition: str | None = Field(description="the date of its newest ledger")
    ledgers: list[str]


class ListedIn(Answer):
    """A ledger that lists an organization, and where."""

    ledger: Label
    source: Source


class ListedTwice(Answer):
    """An organization that several ledgers of one kind list; it is counted once."""

    code: str
    name: str | None
    counted_in: str | None
    listed_in: list[ListedIn]


class LedgerTotals(Answer):
    """A summary in numbers."""

    organizations: int
    lines: dict[str, int]
    listed: int
    twice: int
    without_keeper: int
    keepers: dict[str, int]


class LedgerSummary(Answer):
    """Ledgers summed up: whose are in, who owes one since when, what stands in two."""

    as_of: str
    in_: str | None = Field(alias="in")
    keepers: list[LedgerKeeper]
    twice: list[ListedTwice]
    totals: LedgerTotals


class CalendarDeadline(Answer):
    """A day to be kept, and whose it is."""

    date: str
    of: Label
    chosen: Label | None = Field(
        description="on what grounds a person chose the day, where no clause gives it"
    )


class CalendarStanding(Answer):
    """How a jurisdiction or office stands to an entry."""

    id: str = Field(examples=["district:420106"])
    name: str
    state: str = Field(description="upcoming, due, late, done, done_late or untold")
    states: list[str] = Field(description="the same for each deadline")
    done: int | None
    of: int | None
    on: str | None = Field(description="the day it came in")
    days_late: int | None
    missing: list[str]


class CalendarEntry(Answer):
    """A milestone, a report or a target."""

    id: str = Field(examples=["S47-2016-09-10"])
    kind: str = Field(description="milestone, report or target")
    clauses: list[str]
    summary: Label
    start: str
    deadlines: list[CalendarDeadline] = Field(description="two where clauses set two (S40)")
    state: str
    standings: list[CalendarStanding]


class Calendar(Answer):
    """The campaign's timetable: what is due, done and late."""

    as_of: str
    in_: str | None = Field(alias="in")
    entries: list[CalendarEntry]
    totals: dict[str, int]
