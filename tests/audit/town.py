"""A tiny invented city without a fault, row by row, for tests to break in one place at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from graph.model import Claims

if TYPE_CHECKING:
    from graph.affiliation.findings import AuditResult
    from graph.store.base import Store

AS_OF = 20170105
"""After the last of the campaign's deadlines."""

SHEETS = {"enterprise": "非公企业", "social": "社会组织", "rural": "农村新型经营主体"}


class Town:
    """Rows by kind and key; each goes into the ledger of its sheet and reporting office.

    Two districts with streets, one national zone in the first; a root, committees of districts, streets, zone, departments
    and organs; one firm in each place, a district school and a municipal society, each with a branch of its own.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.extra: list[tuple[str, str, dict[str, Any], str, int]] = []
        self.editions: dict[str, int] = {}
        self.as_of = AS_OF
        self.settings: dict[str, object] = {}
        self._places()
        self._committees()
        self._organizations()

    # -- rows --------------------------------------------------------------------------------------------------
    def put(self, kind: str, key: str, **values: Any) -> None:
        """Add a row, or change some of its cells."""
        self.rows.setdefault((kind, key), {}).update(values)

    def drop(self, kind: str, key: str) -> None:
        """Take a row out."""
        del self.rows[kind, key]

    def unit(self, key: str, **values: Any) -> None:
        """Add a unit (a branch founded in 2010) or change it."""
        if ("unit", key) not in self.rows:
            values = {"name": f"党组织{key}", "type": "党支部", "founded": 20100601, **values}
        self.put("unit", key, **values)

    def firm(self, key: str, **values: Any) -> None:
        """Add a firm of the first street, uncovered but looked after, or change it."""
        if ("organization", key) not in self.rows:
            values = {
                "line": "enterprise", "name": f"企业{key}", "category": "私营企业", "industry": "5211",
                "district": "420101", "street": "420101001", "address": f"一街{key}号", "staff": 10,
                "formal_members": 0, "status": "正常", "clears": "1;2;3;4;5;6", "instructor": "是",
                "measures": "培养", "measures_due": 20161101, "responsible": "甲区工商局",
                **values,
            }  # fmt: skip
        self.put("organization", key, **values)

    def social(self, key: str, **values: Any) -> None:
        """Add a district-level social organization of the first district, or change it."""
        if ("organization", key) not in self.rows:
            values = {"line": "social", "category": "其他民办非企业", "level": "区级", **values}
        self.firm(key, **values)

    def joint(self, key: str, *members: int, **values: Any) -> list[str]:
        """Add a joint branch over new firms of one building with so many formal members each; return their codes."""
        codes = [f"{key}F{i}" for i in range(len(members))]
        for code, m in zip(codes, members, strict=True):
            self.firm(code, formal_members=m, building="building:420101001/001", unit=key)
        self.unit(
            key,
            **{
                "type": "联合党支部",
                "superior": "S11",
                "street": "420101001",
                "district": "420101",
                **values,
            },
        )
        return codes

    def member(
        self, key: str, unit: str, employer: str | None = None, status: str = "正式"
    ) -> None:
        """Add a pseudonymous member record."""
        self.put("member", key, unit=unit, employer=employer, status=status)

    # -- the sound town ----------------------------------------------------------------------------------------
    def _places(self) -> None:
        for key, name, level, parent in (
            ("4201", "示例市", "市", None),
            ("420101", "甲区", "区", "4201"),
            ("420102", "乙区", "区", "4201"),
            ("420101001", "一街道", "街道", "420101"),
            ("420101002", "二街道", "街道", "420101"),
            ("420102001", "三街道", "街道", "420102"),
        ):
            self.put("division", key, name=name, level=level, parent=parent)
        self.put(
            "park", "park:420101002/Z1", code="Z1", name="示例高新区", level="国家级",
            district="420101", street="420101002", station=True,
        )  # fmt: skip
        self.put(
            "building", "building:420101001/001", code="001", name="一楼宇", street="420101001"
        )

    def _committees(self) -> None:
        old = {"founded": 20000101}
        self.unit("ROOT", type="党委", name="中共示例市委", founded=19900101)
        for district, streets in (("420101", ("001", "002")), ("420102", ("001",))):
            head = f"D{district[-1]}"
            self.unit(head, type="工委", superior="ROOT", district=district, founded=19950101)
            for street in streets:
                self.unit(
                    f"S{district[-1]}{street[-1]}", type="工委", superior=head, district=district,
                    street=district + street, **old,
                )  # fmt: skip
        self.unit("ZONE", type="党委", superior="D1", organization="Z1", district="420101", **old)
        self.unit("ORGANS", type="工委", name="市直机关工委", superior="ROOT", founded=19950101)
        self.unit("EDU", type="党委", superior="ORGANS", organization="市教育局", **old)
        self.unit("CIVIL", type="党委", superior="ORGANS", organization="市民政局", **old)

    def _organizations(self) -> None:
        covered = {"formal_members": 4, "clears": "1;2;3;4;5"}
        self.firm("F1", **covered)
        self.unit("B1", superior="S11", organization="F1", street="420101001", district="420101")
        self.firm("F2", street="420101002", park="park:420101002/Z1", **covered)
        self.unit("B2", superior="ZONE", organization="F2", district="420101")
        self.firm("F3", street="420102001", district="420102", **covered)
        self.unit("B3", superior="S21", organization="F3", street="420102001", district="420102")
        self.social("X1", category="民办学校", staff=40, **covered)
        self.unit("B4", superior="S11", organization="X1", street="420101001", district="420101")
        self.social("X2", category="社会团体", level="市级", supervisor="市教育局", **covered)
        self.unit("B5", superior="EDU", organization="X2")
        self.social("X3", category="社会团体", level="市级", **covered)
        self.unit("B6", superior="CIVIL", organization="X3")

    # -- into a store ------------------------------------------------------------------------------------------
    def ledger(self, kind: str, values: dict[str, Any]) -> str:
        """Return the ledger a row belongs to: (kind of sheet, reporting office or ledger unit)."""
        if kind == "organization":
            place = values.get("reported_by") or values.get("street") or values.get("district")
            return f"{SHEETS[values['line']]}|{place}"
        return f"{kind}|{values.get('reported_by') or ''}"

    def load(self, store: Store) -> Store:
        """Import all rows, oldest edition first, in one batch each."""
        rows = [
            (kind, key, values, self.ledger(kind, values), self.as_of)
            for (kind, key), values in self.rows.items()
        ]
        for dated in sorted({row[4] for row in self.extra + rows}):
            with store.importing(at="2017-01-05T00:00:00", dated=dated, files=["town"]) as batch:
                part = [row for row in self.extra + rows if row[4] == dated]
                groups: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = {}
                for kind, key, values, ledger, _ in part:
                    groups.setdefault((kind, ledger), []).append((key, values))
                for (kind, ledger), some in groups.items():
                    frame = pd.DataFrame([{"key": key, **values} for key, values in some])
                    frame["row"] = range(2, 2 + len(frame))
                    frame["dated"] = dated
                    batch.add(Claims(kind, ledger, dated, f"{ledger}.csv", kind, frame))
        return store

    def audit(self, *codes: str, store: Store | None = None) -> AuditResult:
        """Audit the town, by default in the plain in-memory store."""
        from graph.affiliation.findings import audit
        from graph.city import City
        from graph.policy.profile import load
        from graph.store.memory import MemoryStore

        store = self.load(store if store is not None else MemoryStore())
        city = City(store, load("wuhan-2016", self.settings or None), self.as_of)
        return audit(city, store, codes or None)


def found(result: AuditResult) -> set[tuple[str, str]]:
    """Return (code, subject) of all findings."""
    return {(finding.code, finding.subject) for finding in result.findings}
