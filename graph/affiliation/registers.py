"""External registers beside the ledgers: missing, extra, conflicting, register by register (S42).

*Missing*: a register lists it, not as gone, and no ledger does. *Extra*: a ledger lists it in the base, and a register that lists
its kind in full (:data:`graph.affiliation.calendar.REGISTER_SCOPES`), in a district of which it lists anything, lacks it.
*Conflicting*: both list it and differ on its name, or on whether it is still there: the register calls it gone and the ledger
operating (正常), or the ledger closed (注销) and the register not gone. Registers stand beside one another: a code that one lists
and another of the same scope lacks shows in its row, register by register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.calendar import REGISTER_GONE, RegisterScope, register_scope
from graph.columns import mask, padded, positions, texts
from graph.duplicates import plain
from graph.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts
    from graph.model import Source

    Bools = NDArray[np.bool_]

OPERATING, CLOSED = "正常", "注销"
VERDICTS = ("missing", "extra", "conflicting")


def gone(register: pd.DataFrame) -> Bools:
    """Return which entries a register itself says are gone."""
    return mask(register["status"].fillna("").astype(str).str.contains("|".join(REGISTER_GONE)))


def asked(facts: Facts, source: str, rows: pd.DataFrame) -> tuple[Bools, Bools] | None:
    """Return which organizations a register should list, and which it does; ``None`` where it lists nothing in full."""
    scope = register_scope(source)
    if scope is None:
        return None
    o = facts.organizations
    listed = np.asarray(o.index.isin(rows["organization"]), dtype=bool)
    wanted = _in_scope(facts, scope) & facts.base
    wanted &= mask(o["at_district"].isin(o.loc[listed, "at_district"].dropna().unique()))
    return wanted, listed


def _in_scope(facts: Facts, scope: RegisterScope) -> Bools:
    """Return which organizations a register lists in full."""
    o = facts.organizations
    pick = np.ones(len(o), dtype=bool)
    if scope.line is not None:
        pick &= mask(o["line"].eq(scope.line))
    if scope.categories:
        pick &= mask(o["category"].isin(scope.categories))
    if scope.members_only:
        pick &= mask(o["federation_member"])
    return pick


def compared(facts: Facts) -> pd.DataFrame:
    """Return the registers' entries beside the ledgers: all columns, ``gone``, ``at``, ``differs_name``, ``differs_status``.

    ``at`` is the organization's position, -1 where no ledger lists it; only where one does, an entry differs.
    """
    o = facts.organizations
    rows = facts.frame("register").copy()
    rows["gone"] = gone(rows)
    at = positions(o.index, texts(rows["organization"]))
    rows["at"] = at
    names = plain(padded(texts(o["name"]))[at])
    said = plain(texts(rows["name"]))
    known = pd.notna(names) & pd.notna(said)
    rows["differs_name"] = known & (names != said)
    status = padded(texts(o["status"]))[at]
    away = rows["gone"].to_numpy(dtype=bool)
    rows["differs_status"] = (away & (status == OPERATING)) | (~away & (status == CLOSED))
    return rows


@dataclass(frozen=True, slots=True)
class Entry:
    """One code on which ledgers and registers differ.

    ``registers`` says of each register what it does: ``{"register", "listed", "name", "status", "differs": [...], "source"}``;
    ``listed`` is ``None`` where the register does not list its kind in full and so is not asked.
    """

    code: str
    verdicts: tuple[str, ...]
    name: str | None
    status: str | None
    registers: tuple[dict[str, Any], ...]
    source: Source | None

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``reconcile --json`` prints."""
        return {
            "code": self.code,
            "verdicts": list(self.verdicts),
            "ledger": None
            if self.source is None
            else {"name": self.name, "status": self.status, "source": self.source.as_json()},
            "registers": list(self.registers),
        }


class Reconciliation:
    """The three-way difference: ledgers, a register, the other registers.

    Parameters
    ----------
    facts : graph.affiliation.facts.Facts
    register : str, optional
        Only codes on which this register differs; the others stand beside it.
    within : str, optional
        A division's code or a ledger unit's id: only organizations of the ledgers that belong to it (what no ledger lists has no
        place, and is left to the whole city).

    Raises
    ------
    InputError
        No register is loaded, or none of that name.
    """

    def __init__(
        self, facts: Facts, register: str | None = None, within: str | None = None
    ) -> None:
        self.facts = facts
        self.register = register
        rows = facts.frame("register")
        self.names = sorted(str(r) for r in rows["register"].unique())
        if not self.names:
            raise InputError(
                "no register is loaded: import a sheet 名录 (来源, 代码, 名称, 状态)",
                "未导入名录：请导入含来源、代码、名称、状态的名录表",
            )
        if register is not None and register not in self.names:
            raise InputError(
                f"no register {register}; there are: {', '.join(self.names)}",
                f"没有名录 {register}；现有：{'、'.join(self.names)}",
            )
        self._within = None if within is None else mask(facts.city.select(within))

    @property
    def compared(self) -> list[str]:
        """The registers whose differences are told: the one asked for, else all."""
        return self.names if self.register is None else [self.register]

    @cached_property
    def _listed(self) -> pd.DataFrame:
        return compared(self.facts)

    @cached_property
    def _absent(self) -> dict[str, Bools]:
        """Return by register which organizations it should list and lacks."""
        out = {}
        for name, rows in self._listed.groupby("register"):
            found = asked(self.facts, str(name), rows)
            if found is not None:
                out[str(name)] = found[0] & ~found[1]
        return out

    @cached_property
    def verdicts(self) -> dict[str, set[str]]:
        """Return by code what is wrong between ledgers and registers."""
        out: dict[str, set[str]] = {}
        rows = self._listed
        if self.register is not None:
            rows = rows[rows["register"].eq(self.register)]
        missing = rows[(rows["at"] < 0) & ~rows["gone"]]
        if self._within is not None:
            missing = missing.iloc[:0]
        for code in missing["organization"]:
            out.setdefault(str(code), set()).add("missing")
        differ = rows[(rows["at"] >= 0) & (rows["differs_name"] | rows["differs_status"])]
        if self._within is not None:
            differ = differ[self._within[differ["at"]]]
        for code in differ["organization"]:
            out.setdefault(str(code), set()).add("conflicting")
        index = self.facts.organizations.index
        for name, absent in self._absent.items():
            if self.register in (None, name):
                some = absent if self._within is None else absent & self._within
                for code in index[some]:
                    out.setdefault(str(code), set()).add("extra")
        return out

    def totals(self) -> dict[str, int]:
        """Return how many codes there are of each verdict."""
        return {v: sum(v in found for found in self.verdicts.values()) for v in VERDICTS}

    def __len__(self) -> int:
        return len(self.verdicts)

    def __iter__(self) -> Iterator[Entry]:
        facts, o = self.facts, self.facts.organizations
        codes = sorted(self.verdicts)
        at = positions(o.index, codes)
        listed = self._listed[self._listed["organization"].isin(codes)]
        claims = listed["claim"].tolist()
        sources = facts.store.sources("register", claims)
        by: dict[tuple[str, str], dict[str, Any]] = {}
        for row in listed.to_dict("records"):
            differs = [n for n in ("name", "status") if row[f"differs_{n}"]]
            by[str(row["organization"]), str(row["register"])] = {
                "register": str(row["register"]),
                "listed": True,
                "name": row["name"] if isinstance(row["name"], str) else None,
                "status": row["status"] if isinstance(row["status"], str) else None,
                "differs": differs,
                "source": sources[int(row["claim"])].as_json(),
            }
        ledger = facts.store.sources("organization", o["claim"].iloc[at[at >= 0]].tolist())
        for code, i in zip(codes, at.tolist(), strict=True):
            registers = tuple(by.get((code, name)) or self._silent(i, name) for name in self.names)
            verdicts = tuple(v for v in VERDICTS if v in self.verdicts[code])
            if i < 0:
                yield Entry(code, verdicts, None, None, registers, None)
                continue
            row = o.iloc[i]
            name, status = (v if isinstance(v, str) else None for v in (row["name"], row["status"]))
            yield Entry(code, verdicts, name, status, registers, ledger[int(row["claim"])])

    def _silent(self, at: int, name: str) -> dict[str, Any]:
        """Return what is said of a code that a register does not list."""
        absent = self._absent.get(name)
        due = absent is not None and at >= 0 and bool(absent[at])
        return {
            "register": name,
            "listed": False if due else None,
            "name": None,
            "status": None,
            "differs": [],
            "source": None,
        }
