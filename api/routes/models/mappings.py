"""What saved mappings look like, and the body of one that is saved."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.routes.models import Answer
from api.routes.models.auditing import Body


class SavedMapping(Answer):
    """A mapping by name; one that comes with the program was saved by nobody."""

    name: str = Field(examples=["街道台账"])
    by: str | None
    own: bool = Field(description="whether it is the asker's, who may replace and delete it")
    shared: bool = Field(description="whether others see it, too")
    saved: str | None
    sheets: list[str] = Field(description="kinds of sheets that it reads")
    columns: int


class SavedMappings(Answer):
    """All mappings that an import may name."""

    mappings: list[SavedMapping]


class SaveMapping(Body):
    """How sheets are to be read, as a mapping's file has it."""

    sheets: Annotated[
        list[dict[str, Any]],
        Field(
            min_length=1,
            max_length=100,
            examples=[
                [{"sheet": "organization", "when": ["企业名"], "columns": {"企业名": "单位名称"}}]
            ],
        ),
    ]
    replace: bool = Field(default=False, strict=True, description="one's own of the same name")
    shared: bool = Field(
        default=False,
        strict=True,
        description="whether those who see no less than oneself see it, too",
    )
