"""What a cell of a form is held to: what a list or a rule can tell is refused at once, what it can't is only shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from graph.credit_code import ALPHABET
from loaders.canonical import Column
from loaders.forms.guidance import choices, how, suggested
from loaders.forms.kinds import Ledger
from loaders.forms.lists import Lists, Places, sector_codes
from loaders.reading.model import letter

CHINA = {"lon": (73, 136), "lat": (3, 54)}
FIRST, LAST = dt.date(1949, 10, 1), dt.date(2099, 12, 31)
_TOLD = 255
"""Characters of a note that a check shows."""
_TITLE = 32


def validation(ledger: Ledger, column: Column, at: int, row: int, places: Places, lists: Lists) -> dict[str, Any]:  # fmt: skip
    """Return a column's check with its note.

    Parameters
    ----------
    at, row : int
        The column, and the first row of data, from 0.
    """
    zh, en, example = how(ledger, column)
    rule = _rule(ledger, column, f"{letter(at)}{row + 1}", places, lists)
    note = f"{'必填。' if column.required else ''}{zh}"
    if example and not choices(column, ledger.line):
        note += f"\n例：{example}"
    return rule | {
        "input_title": column.name[:_TITLE],
        "input_message": note[:_TOLD],
        "error_title": column.name[:_TITLE],
        "error_message": f"{zh}\n{en}"[:_TOLD],
    }


def _rule(ledger: Ledger, column: Column, cell: str, places: Places, lists: Lists) -> dict[str, Any]:  # fmt: skip
    stop = {"error_type": "stop"}
    if listed := choices(column, ledger.line):
        return {"validate": "list", "source": lists.refer(listed, column.name)} | stop
    if column.cell == "int":
        return {"validate": "integer", "criteria": ">=", "value": 0} | stop
    if column.cell in CHINA:
        low, high = CHINA[column.cell]
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": low,
            "maximum": high,
        } | stop
    if column.cell == "date":
        return {"validate": "date", "criteria": "between", "minimum": FIRST, "maximum": LAST} | stop
    if column.cell == "rate":
        return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1} | stop
    if column.cell in ("uscc", "uscc_ref"):
        # the check character's rule is for GB 32100 alone, so it may be overruled
        return {"validate": "custom", "value": _check(cell), "error_type": "warning"}
    free = suggested(ledger, column)
    if column.cell == "industry":
        free = sector_codes()
    elif column.cell == "place":
        free = tuple(places.get(column.prop, ()))
    if free:  # others may be right too
        return {"validate": "list", "source": lists.refer(free, column.name), "show_error": False}
    return {"validate": "any"}


def _check(cell: str) -> str:
    """Return the formula of GB 32100's check character: the weighted sum of all 18 is a multiple of 31."""
    numbers = 'ROW(INDIRECT("1:17"))'  # through INDIRECT, so that no deleted row can shift it
    return (
        f'=AND(LEN({cell})=18,MOD(SUMPRODUCT((FIND(MID({cell},{numbers},1),"{ALPHABET}")-1)*MOD(3^({numbers}-1),31))'
        f'+FIND(RIGHT({cell}),"{ALPHABET}")-1,31)=0)'
    )
