"""A plan's ledger units: a list, or what reads them from a file as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from graph.formation.naming import new_code

if TYPE_CHECKING:
    from collections.abc import Iterator

Plan = dict[str, Any]


@runtime_checkable
class Filed(Protocol):
    """The ledger units of a plan that does not stand in memory: what goes through them reads one at a time."""

    def __iter__(self) -> Iterator[Plan]:
        """Go through them in the plan's order."""

    def entry(self, unit: str) -> Plan | None:
        """Return one by its id."""

    def home(self, code: str) -> str | None:
        """Return the id of the one that forms a unit of this code."""


def entry_of(plan: Plan, unit: str) -> Plan | None:
    """Return a plan's entry of a ledger unit, ``None`` where it has none."""
    units = plan["ledger_units"]
    if isinstance(units, Filed):
        return units.entry(unit)
    return next((e for e in units if e.get("id") == unit), None)


def home_in(plan: Plan, code: str) -> str | None:
    """Return the ledger unit in which a plan forms a unit of this code, ``None`` where it forms none."""
    units = plan.get("ledger_units") or ()
    if isinstance(units, Filed):
        return units.home(code)
    return next((str(e["id"]) for e in units if code in codes_of(e)), None)


def codes_of(entry: Plan) -> list[str]:
    """Return the codes of the units that an entry forms."""
    return [code_of(group) for group in entry["joint"]]


def code_of(group: Plan) -> str:
    """Return the code of a unit to be formed."""
    return str(group.get("id") or new_code(group["organizations"]))
