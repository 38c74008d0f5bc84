"""The first rows of a sheet, for a person who says which of them are the header: headings as they are, all else by its shape.

What stands in a row of data may be a person's name: its cells are told by what they look like alone. A row is shown as it stands
where it reads like headings; what stands alone in a row, as a title does, without what labels say of persons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from loaders.fitting import read_as_headings
from loaders.privacy import mask, mask_labelled
from loaders.reading import words

if TYPE_CHECKING:
    from loaders.reading.model import RawSheet

Shape = Literal["blank", "text", "number", "date", "code"]
ROWS, WIDTH, LONGEST = 12, 60, 40
"""Rows and columns that are shown, and characters of a cell."""
BELOW = 3
"""Rows that are shown below a header, however deep it stands."""


def glanced(raw: RawSheet, *, said: bool) -> list[dict[str, Any]]:
    """Return the first rows: ``{row, cells: [{text, shape}]}``, ``text`` null where it is not shown.

    Parameters
    ----------
    said : bool
        Whether a person says that the sheet's header is one, and it reads like one: its rows are shown then.
    """
    last = min(max(ROWS, raw.header_rows[1] + BELOW), len(raw.first_rows))
    out = []
    for number, row in enumerate(raw.first_rows[:last], 1):
        cells = list(row[:WIDTH])
        header = raw.header_rows[0] <= number <= raw.header_rows[1]
        shown = (said and header) or read_as_headings([words.squeeze(c) for c in cells])
        alone = sum(1 for c in cells if c) == 1
        out.append({"row": number, "cells": [_cell(c, shown=shown, alone=alone) for c in cells]})
    return out


def _cell(text: str, *, shown: bool, alone: bool) -> dict[str, str | None]:
    shape = _shape(text)
    if shape == "blank":
        return {"text": "", "shape": shape}
    if shown:
        said = mask(text)[0]
    elif alone and shape == "text" and len(text) > _NAME:
        said = mask_labelled(mask(text)[0])
    else:
        return {"text": None, "shape": shape}
    return {"text": said if len(said) <= LONGEST else f"{said[:LONGEST]}…", "shape": shape}


_NAME = 6
"""Characters of a text that may be no more than a name; a title is longer."""


def _shape(text: str) -> Shape:
    bare = text.strip()
    if not bare:
        return "blank"
    if not words.data_like(bare):
        return "text"
    if len(bare) >= 15 and bare.isalnum():
        return "code"
    return "date" if any(c in bare for c in "-/年") and not bare.startswith("-") else "number"
