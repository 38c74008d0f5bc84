"""What ledgers are called: the store names one ``<kind of sheet>|<reporting office, else ledger unit>``, people otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Named = Callable[[str, str], str | None]
    """Returns the name of a place by its kind (``division``, ``park``) and code, ``None`` where no row says it."""

KEPT_BY = {"street": "division", "district": "division", "zone": "park", "dept": None}
"""The kind of place that keeps the ledgers of each kind of ledger unit; a department stands there by its name."""


def ledger_name(ledger: str, named: Named) -> tuple[str, str]:
    """Return what a ledger is called, in Chinese and English; its own words (kind of sheet, office) stay as they are."""
    sheet, bar, keeper = ledger.partition("|")
    if not bar:
        return ledger, ledger
    kind, colon, code = keeper.partition(":")
    if colon and kind in KEPT_BY:
        place = KEPT_BY[kind]
        who = code if place is None else named(place, code) or code
    else:
        who = named("division", keeper) or keeper
    if not who:
        return f"{sheet}台账", f"the {sheet} ledger"
    return f"{who}的{sheet}台账", f"the {sheet} ledger of {who}"
