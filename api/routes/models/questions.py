"""What questions of kinds, relations and conditions look like, with their answers and the names they are saved under."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.routes.models import Answer, Label, Paged
from graph.patterns.language import LEAST_MOST, MOST

Value = str | float | bool | None
EXAMPLE: dict[str, Any] = {
    "kind": "organization",
    "where": [
        {"property": "covered", "is": "=", "value": False},
        {"property": "formal_members", "is": ">=", "value": 3},
    ],
    "in": "420106007",
    "order": {"by": "formal_members", "descending": True},
}
"""Who is not covered in a street, though there are three formal members and more."""


class PatternCondition(Answer):
    """One condition on one property."""

    property: str = Field(examples=["formal_members"])
    is_: Literal["=", "!=", "in", ">=", "<=", "between", "contains", "known", "unknown"] = Field(
        alias="is"
    )
    value: Value | list[Value] = Field(
        None, description="a list of `in` and `between`, none of `known` and `unknown`"
    )


class PatternStep(Answer):
    """A step along a relation: so many of those that it leads to have to fit, or none."""

    relation: str = Field(examples=["COVERS"])
    direction: Literal["out", "in"] = "out"
    kind: str = Field(examples=["unit"])
    where: list[PatternCondition] = Field(default_factory=list)
    related: list[PatternStep] = Field(default_factory=list)
    at_least: int = Field(1, ge=1, le=LEAST_MOST)
    none: bool = False


class PatternOrder(Answer):
    """By which property results come; unknown values last."""

    by: str = Field(examples=["formal_members"])
    descending: bool = False


class Pattern(Answer):
    """A question: what is asked for, with conditions, steps along relations, a place, a date, an order."""

    model_config = ConfigDict(
        extra="forbid", populate_by_name=True, json_schema_extra={"examples": [EXAMPLE]}
    )
    kind: str
    where: list[PatternCondition] = Field(default_factory=list)
    related: list[PatternStep] = Field(default_factory=list, description="4 steps at most in all")
    in_: str | None = Field(None, alias="in", description="a division's code or a ledger unit's id")
    as_of: str | None = Field(None, description="ISO 8601; the latest date by default")
    order: PatternOrder | None = None
    show: list[str] = Field(default_factory=list, description="properties beside the name")
    limit: int = Field(100, ge=0, le=MOST, description="results at most; 0: the count alone")


AsPattern = Annotated[
    dict[str, Any],
    WithJsonSchema({"allOf": [{"$ref": "#/components/schemas/Pattern"}], "examples": [EXAMPLE]}),
]
"""A question in a body: it is read by its own parser, which says in which condition of it something is wrong."""


class Asked(Answer):
    """A property that results have."""

    property: str
    type: Literal["text", "list", "int", "float", "date", "bool"]
    label: Label


class Result(Answer):
    """One of those that fit."""

    id: str
    kind: str
    name: str | None
    values: dict[str, Any]


class Question(Paged):
    """What fits a question."""

    question: Pattern = Field(description="as it was understood")
    profile: str
    as_of: str = Field(examples=["2016-08-26"])
    count: int = Field(description="how many fit in all")
    columns: list[Asked]
    results: list[Result]


class QuestionValue(Answer):
    """A text that a property has, and how often."""

    value: str
    count: int


class QuestionValues(Answer):
    """What a property's column proposes."""

    kind: str
    property: str
    as_of: str
    values: list[QuestionValue] = Field(
        description="the most frequent first; none where nearly all differ"
    )


class SavedQuestion(Answer):
    """A question under its name."""

    id: str = Field(examples=["5f0c3a1e9b7d42f6"])
    name: str
    question: Pattern
    owner: str
    own: bool = Field(description="whether it is the asker's: only then it may be changed")
    shared: bool
    changed: str = Field(examples=["2016-08-26T08:00:00+00:00"])


class SavedQuestions(Answer):
    """Questions under their names."""

    questions: list[SavedQuestion]


class GoneQuestion(Answer):
    """A question that was taken away."""

    id: str
    name: str


class SaveQuestion(BaseModel):
    """A question to be saved."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=200, examples=["未覆盖且正式党员 3 人以上"])
    question: AsPattern
    shared: bool = Field(False, strict=True, description="whether others see it, too")
