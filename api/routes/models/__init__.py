"""What answers look like, for the OpenAPI document; a test holds the answers to these."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def integral(value: Any) -> Any:
    """Return 12.0 as 12, for JSON has one sort of numbers; ``true`` and ``"12"`` stay what they are, and are refused."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(integral), Field(strict=True)]
"""A whole number in what is asked; bounds of one that may be left out belong within, where a document tells them."""


class Answer(BaseModel):
    """An answer has what is declared, no more."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Paged(Answer):
    """An answer with a list that pages cut."""

    next: str | None = Field(
        None, description="where a limit was given and there is more: the next page's cursor"
    )


class FoundOne(Answer):
    """One entity that was found."""

    id: str = Field(examples=["U0001"])
    name: str | None = Field(examples=["光谷软件联合党支部"])
    kind: str = Field(examples=["unit"])
    type: str | None = Field(examples=["联合党支部"])
    merged_into: str | None = Field(description="the code that stays, of one that was merged")


class Found(Answer):
    """Who is found by a text."""

    text: str
    as_of: str = Field(examples=["2016-08-26"])
    results: list[FoundOne]
    more: bool = Field(description="whether there are more than were asked for")


class Source(Answer):
    """The row that says something."""

    file: str
    sheet: str
    row: int


class Label(Answer):
    """What something is called."""

    zh: str
    en: str


class Statement(Answer):
    """What another row says, or said."""

    how: str = Field(description="disagrees, earlier, replaced …")
    value: Any
    ledger: str
    dated: str
    source: Source
    until: str | None = None
    replaced_by: int | None = None


class Value(Answer):
    """One property, and where it was read."""

    property: str
    label: Label
    value: Any
    since: str
    ledger: str
    source: Source
    agreed: int = Field(description="further ledgers that say the same")
    disputed: bool
    otherwise: list[Statement]


class Relation(Answer):
    """An edge from or to the entity."""

    kind: str
    direction: str = Field(description="out or in")
    id: str
    name: str
    other: str = Field(description="the other's kind, or missing where no row defines it")
    via: str | None


class Dossier(Answer):
    """All that is known of one entity."""

    id: str
    kind: str
    name: str | None
    as_of: str
    valid_from: str | None
    valid_to: str | None
    merged: list[dict[str, Any]]
    merged_here: list[dict[str, Any]]
    values: list[Value]
    relations: list[Relation]
    relations_found: int | None = Field(
        None, description="where the first were asked for: how many there are"
    )


class Import(Answer):
    """One import."""

    id: int
    at: str
    date: str
    files: list[str]
    loaded: int
    unchanged: int
    quarantined: int
    corrects: int | None
    undone: bool


class Holdings(Answer):
    """What the store holds."""

    store: str | None = Field(description="null for who has a jurisdiction")
    latest: str | None
    kinds: dict[str, int]
    edges: dict[str, int]
    ledgers: Any
    merged: dict[str, str]
    invented: bool = Field(
        description="whether it is a city of the generator's, of which nothing is real"
    )
    batches: list[Import]


class Station(Answer):
    """One unit or organization of a chain."""

    id: str
    name: str | None
    kind: str
    type: str | None
    depth: int


class Edge(Answer):
    """A link of a chain."""

    from_: str = Field(alias="from")
    to: str
    kind: str


class Chain(Answer):
    """Formal subordination from one entity."""

    id: str
    direction: str
    as_of: str
    nodes: list[Station]
    edges: list[Edge]
    ends: list[str]
    cycles: list[list[str]]


class Step(Answer):
    """One edge of a path."""

    from_: str = Field(alias="from")
    from_kind: str
    to: str
    to_kind: str
    kind: str
    direction: str


class Paths(Answer):
    """The shortest connections."""

    a: str
    b: str
    as_of: str
    length: int | None = Field(description="edges of each; null where nothing connects the two")
    paths: list[list[Step]]
    cap: int
    capped: bool


class Thing(Answer):
    """An entity that is connected."""

    id: str
    name: str | None
    kind: str
    type: str | None


class Tie(Answer):
    """An edge between two."""

    from_: str = Field(alias="from")
    from_kind: str
    to: str
    to_kind: str
    kind: str
    via: str | None


class Group(Answer):
    """How many are connected by one relation, in one direction, of one kind."""

    kind: str = Field(examples=["LOCATED_IN"])
    direction: str = Field(description="out or in")
    other: str = Field(description="the others' kind, or missing where no row defines them")
    count: int


class Hub(Answer):
    """What many things are connected with."""

    id: str = Field(examples=["420106"])
    name: str
    kind: str
    neighbours: int = Field(examples=[95000])


class Connected(Answer):
    """What is connected within some edges."""

    id: str
    kind: str
    as_of: str
    hops: int
    nodes: list[Thing]
    edges: list[Tie]
    left_out: list[Hub] = Field(
        default_factory=list,
        description="what has too many neighbours for several hops to go through it; it is among the nodes",
    )
    groups: list[Group] | None = Field(
        None, description="where the first of `each` were asked for: how many there are"
    )


class Datum(Answer):
    """The datum that was taken for coordinates without one, and for how many."""

    datum: str
    of: int


class Place(Answer):
    """What lies near."""

    id: str
    name: str | None
    kind: str
    metres: float
    lon: float = Field(description="WGS84 degrees")
    lat: float


class Nearby(Answer):
    """What lies within some metres."""

    id: str
    kind: str
    name: str | None
    as_of: str
    lon: float
    lat: float
    within: int
    assumed_datum: Datum
    found: int
    limit: int
    more: bool
    results: list[Place]


class Chosen(Answer):
    """A value of the profile that a person chose."""

    key: str
    value: Any
    unit: str | None
    clause: str | None
    text: Label
    why: Label


class Figure(Answer):
    """A count, and the date that it is of."""

    value: int
    of: str = Field(examples=["2016-08-26"])


class AreaCounts(Answer):
    """What is counted in an area."""

    id: str = Field(examples=["420106", "zone:P01"])
    kind: str = Field(description="city, district, street, zone or dept")
    name: str
    above: str | None = Field(description="the area that this one is listed under")
    exact: bool = Field(description="whether it lies in the asker's jurisdiction")
    counts: dict[str, Figure | None] = Field(
        description="by category; null: fewer than small_count, or the complement of such"
    )
    rate: float | None = Field(
        description="org_operating; null unless both its counts are told, of one date"
    )


class Overview(Answer):
    """The city in counts."""

    as_of: str
    published: str = Field(description="the import whose figures stand at that date")
    profile: str
    chosen: list[Chosen]
    small_count: int
    jurisdiction: str | None = Field(description="where counts are exact; null: everywhere")
    areas: list[AreaCounts]
