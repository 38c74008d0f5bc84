"""What a view of the city's map looks like."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.routes.models import Answer, Label

Deep = Literal["district", "street", "place", "organization"]
Point = list[float]


class Colour(Answer):
    """A value that marks are coloured by."""

    id: str | None = Field(description="null: not known", examples=["joint"])
    label: Label


class Counts(Answer):
    """How many organizations and units there are, and the rates' denominators and numerators."""

    organizations: int
    units: int = Field(description="not dissolved")
    baseline: int = Field(description="denominator of org_all")
    baseline_covered: int
    base: int = Field(description="denominator of org_operating")
    base_covered: int
    eligible: int = Field(description="denominator of org_eligible")
    eligible_covered: int


class Totals(Counts):
    """The counts of all that the view is of, whatever of it is shown."""

    shares: list[int] = Field(description="by the legend's values")


class ColourValue(Colour):
    """A value that a view may be filtered by."""

    number: int = Field(
        description="organizations (units of a type, both of a community) of the view's places that have it"
    )
    tint: int | None = Field(
        None, description="of a community: what it is drawn in, as its group says"
    )


class ColourValues(Answer):
    """By what a view may be filtered: the values that occur in it, whatever is filtered already."""

    coverage: list[ColourValue]
    type: list[ColourValue]
    line: list[ColourValue]
    sector: list[ColourValue]
    status: list[ColourValue]
    group: list[ColourValue] | None = Field(
        None,
        description="what the plan says; absent unless a plan is asked for, by colour or filter",
    )
    finding: list[ColourValue] | None = Field(
        None,
        description="codes of findings; absent unless findings are asked for, by colour or filter",
    )
    community: list[ColourValue] | None = Field(
        None,
        description="those that are asked for and those with most in them, by the unit that most is tied to; "
        "absent unless communities are asked for, by colour or filter",
    )


class Opens(Answer):
    """The parameters of what opening a mark asks: `view` of an area, `show` of an organization or unit."""

    in_: str | None = Field(None, alias="in", examples=["420106007"])
    at: str | None = Field(None, examples=["building:420106007/001"])
    id: str | None = Field(None, examples=["U0001"])


class CityStep(Answer):
    """A division or place that a view lies in."""

    level: Deep
    kind: str | None
    code: str | None = Field(examples=["420106"])
    name: str | None
    opens: Opens


class CityMark(Answer):
    """An area, a place, an organization or a unit."""

    id: str = Field(description="the same in every view", examples=["street:420106007"])
    level: Deep
    kind: str | None = Field(
        description="district, street, building, market, commercial_street, park, community, organization or unit; "
        "null for what lies in none of these"
    )
    code: str | None = Field(examples=["420106007"])
    name: str | None = Field(description="cut after 80 characters")
    parent: str | None = Field(description="the mark that it lies in, where that is shown")
    geographic: Point | None = Field(description="WGS84 longitude and latitude; null unknown")
    placed: Literal["own", "mean", "place"] | None = Field(
        description="how that is known: its own row; the mean of what it holds or covers; its place's row"
    )
    hull: list[Point] | None = Field(
        None,
        description="convex hull of its organizations' points, 16 vertices at most; no boundary",
    )
    outliers: int | None = Field(
        None,
        description="of its organizations' points, those too far from the others to be in the hull",
    )
    network: Point = Field(
        description="centre, width and height in a square of `side`, y downwards"
    )
    counts: Counts | None = Field(None, description="of an area or place")
    shares: list[int] | None = Field(
        None, description="of an area or place, by the legend's values"
    )
    state: str | None = Field(None, description="of an organization: what coverage says")
    type: str | None = Field(None, description="an organization's line, a unit's type")
    value: int | None = Field(None, description="position in the legend")
    group: str | None = Field(
        None,
        description="of an organization or unit, coloured by group or community: the one it is of",
        examples=["NEW-5A0B3C11"],
    )
    tint: int | None = Field(
        None, description="of what its group is drawn in: near groups have others"
    )
    degree: int | None = Field(
        None,
        description="of an organization or unit: others that it is tied to, by coverage or subordination",
    )
    core: int | None = Field(None, description="of an organization or unit: the k of its k-core")
    changed: int | None = Field(
        None, description="organizations and units of it that came or changed after `since`"
    )
    opens: Opens


class CityMember(Answer):
    """An organization of a group."""

    code: str
    name: str | None


class CityGroup(Answer):
    """A unit that a plan proposes or joins organizations to, or a community: what is tied more within itself than with others."""

    id: str = Field(description="its unit's code; of a community that of the unit most is tied to")
    kind: Literal["joint", "attached", "community"]
    name: str | None = Field(description="of its unit, where there is one already")
    tint: int = Field(description="of 12, a colour and a pattern each")
    organizations: int
    units: int | None = Field(description="of a community")
    here: int | None = Field(
        description="organizations and units of a community that the view counts"
    )
    ledger_unit: str | None = Field(examples=["street:420106007"])
    ledger_unit_name: str | None
    form: str | None = Field(description="of a joint unit")
    members: list[CityMember] | None = Field(
        description="whom the plan puts together, as far as one sees them"
    )
    why: Label | None = Field(description="in the plan's words")


class CityPlanMade(Answer):
    """A job that made a plan which one may see."""

    job: str
    ended: str | None
    within: list[str] = Field(description="divisions or ledger units; none for all")


class CityPlan(CityPlanMade):
    """The plan that is laid over a view."""

    as_of: str = Field(description="the date that it is of")
    groups: int = Field(description="units that it proposes or joins organizations to")
    elsewhere: int = Field(description="organizations of it that this map has not")
    plans: list[CityPlanMade] = Field(description="those to choose from, the newest first")


class CityChanged(Answer):
    """How many came or changed since an import, in all that the view is of."""

    organizations: int
    units: int


class CityTie(Answer):
    """How often something in one mark is tied to something in another."""

    from_: str = Field(alias="from")
    to: str
    kind: Literal["SUBORDINATE_TO", "COVERS"]
    number: int


class LeftOut(Answer):
    """What there was no room for."""

    level: Deep
    marks: int
    organizations: int
    units: int
    because: Literal["limit", "bytes"]


class CityView(Answer):
    """One view of the city's map."""

    profile: str
    as_of: str = Field(examples=["2016-08-26"])
    in_: str | None = Field(alias="in")
    at: str | None
    layout: Literal["geographic", "network"]
    datum: Literal["WGS84"]
    side: float = Field(description="of the network's square")
    colour: Literal[
        "coverage",
        "type",
        "line",
        "sector",
        "status",
        "finding",
        "group",
        "community",
        "degree",
        "core",
    ]
    legend: list[Colour]
    path: list[CityStep] = Field(
        description="what the view lies in, the larger first; the city not among it"
    )
    extent: list[float] | None = Field(
        description="west, south, east, north of the whole city; null where no row says where anything lies"
    )
    values: ColourValues
    totals: Totals
    plan: CityPlan | None = Field(description="null unless a plan is asked for and there is one")
    groups: list[CityGroup] | None = Field(
        description="those of the marks, and the communities of which the view has most; null unless coloured by them"
    )
    communities: int | None = Field(description="how many the view has any of")
    marks: list[CityMark] = Field(description="the larger before what lies in them")
    links: list[CityTie] = Field(
        description="between the smallest marks shown, whatever is filtered; most first"
    )
    left_out: list[LeftOut]
    links_left_out: int
    changed: CityChanged | None = Field(description="null unless `since` is given")
