"""What jobs are asked with and what is said of them, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.jobs.model import Kind, State
from api.routes.models import Answer, Whole

Codes = list[str]


class Asked(BaseModel):
    """A question has what is declared, no more."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class PlanAsked(Asked):
    """What `plan` takes."""

    within: list[str] = Field(
        [], alias="in", max_length=1000, description="division codes or ledger-unit ids; none is the whole city",
        examples=[["420106"]],
    )  # fmt: skip
    gap: float | None = Field(
        None, strict=True, ge=0, le=1, description="good enough within", examples=[0.002]
    )
    time: float | None = Field(
        None, strict=True, ge=0, le=86_400, description="seconds", examples=[300]
    )
    seed: Whole = Field(0, ge=0)
    set: dict[str, str | float | bool] = Field(
        {}, max_length=200, description="values of the profile", examples=[{"radius": 800}]
    )
    pins: list[Codes] = Field([], description="sets of codes that stay together")
    forbids: list[Codes] = Field([], description="sets of codes that stay apart")
    accepts: list[Codes] = Field([], description="joint units that are taken as they are")
    previous: str | None = Field(
        None, alias="from", max_length=64, description="a former job whose plan is continued"
    )
    as_of: str | None = Field(None, max_length=20, examples=["2016-08-26"])


class DemoAsked(Asked):
    """How large an invented city is to be, as `generate` takes it."""

    orgs: Whole = Field(
        4000,
        ge=50,
        le=20_000,
        description="how many organizations its ledgers list",
        examples=[400],
    )
    seed: Whole = Field(7, ge=0, description="one seed gives the same city")


class VerifyAsked(Asked):
    """Whose plan `verify` checks."""

    plan: str = Field(
        alias="from",
        max_length=64,
        description="the job that made the plan",
        examples=["5f0c3a1e9b7d42f6a8c1d0e2b3f49587"],
    )


class AuditAsked(Asked):
    """What `audit` takes."""

    within: str | None = Field(None, alias="in", max_length=200, examples=["420106"])
    code: list[str] = Field(
        [], max_length=200, description="only these finding codes", examples=[["orphan"]]
    )
    as_of: str | None = Field(None, max_length=20)


class ReportAsked(Asked):
    """What `report` takes."""

    within: str | None = Field(None, alias="in", max_length=200, examples=["420106"])
    date: str | None = Field(None, max_length=20, examples=["2016-09-10"])
    since: str | None = Field(None, max_length=20)


class ExportAsked(Asked):
    """What `export` takes of a jurisdiction or the whole city."""

    within: str | None = Field(None, alias="in", max_length=200)
    format: str = Field(
        "graphml", pattern="^(graphml|gexf|csv|xlsx|json|cypher)$", examples=["graphml"]
    )
    as_of: str | None = Field(None, max_length=20)


class File(Answer):
    """A file that was uploaded, or that a job left."""

    name: str = Field(examples=["plan.json"])
    bytes: int


class Progress(Answer):
    """How far a job is, in the words of the command line."""

    stage: str
    done: int
    total: int | None
    gap: float | None = Field(
        default=None,
        description="of a plan: (objective − bound)/objective of what there is; null while nothing is",
        examples=[0.0021],
    )


class Words(Answer):
    """What went wrong, and the way out."""

    zh: str
    en: str


class JobAnswer(Answer):
    """A job."""

    id: str
    kind: Kind
    state: State
    asked_by: str
    asked: dict[str, Any]
    uploads: list[File]
    created: str
    started: str | None
    ended: str | None
    stopping: bool
    progress: Progress | None
    exit_code: int | None = Field(description="the command's")
    error: Words | None
    notes: list[str] = Field(description="what the command said beside its answer")
    batch: int | None = Field(
        description="the import that is in the store, of a job that was cut off before it could say so"
    )
    result: bool = Field(description="whether it has an answer to fetch")
    files: list[File]
    kept: bool


class Jobs(Answer):
    """Jobs, the newest first."""

    jobs: list[JobAnswer]
    next: str | None = Field(
        description="`before` for those that follow; null where there are no more"
    )


LEDGER = (
    "统一社会信用代码,单位名称,类别,所属区,地址,从业人数,正式党员数,填报日期\n"
    "91429900XN0000001E,示例公司,私营企业,甲区,一街1号,10,1,2016-08-26\n"
)
"""A ledger of one invented organization."""
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "ledgers: .xlsx, .xls, .ods, .csv and their kin, one or several",
                            "examples": [[LEDGER]],
                        },
                        "date": {"type": "string", "examples": ["2016-08-26"], "description": "of rows without 填报日期"},
                        "map": {"type": "string", "examples": ["public-bodies"], "description": "a saved mapping's name"},
                        "strict": {"type": "string", "enum": ["true", "false"], "description": "nothing if anything is faulty"},
                        "corrects": {"type": "string", "pattern": "^[0-9]*$", "description": "the batch that these rows correct"},
                    },
                },
                "encoding": {"file": {"contentType": "application/octet-stream"}},
            }
        },
    }
}  # fmt: skip
"""The form of an import: it goes to disk as it comes, not through a model."""
PREVIEW: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        name: FORM["requestBody"]["content"]["multipart/form-data"]["schema"][
                            "properties"
                        ][name]
                        for name in ("file", "map")
                    }
                    | {
                        "layout": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "examples": ['[{"name": "一季度", "header": [2, 3]}]'],
                            "description": "a mapping's sheets, not saved yet: which rows are the header, what stays out",
                        }
                    },
                },
                "encoding": {"file": {"contentType": "application/octet-stream"}},
            }
        },
    }
}
"""The form of a preview: an import's, without what only storing needs, and with what one tries out."""
PLAN: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": VerifyAsked.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": "a plan file",
                                      "examples": ["plan.json"]}},
                }
            },
        },
    }
}  # fmt: skip
"""The plan that is to be verified: a former job's, or one that is uploaded."""
