"""Which files the city's offices hand in: workbooks up to some ten thousand organizations, CSV files beyond."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from loaders.synthetic import faulty, names, papers
from loaders.synthetic.cells import Lookup, Table, day, organizations, units
from loaders.synthetic.city import EDITION, FIRST_EDITION, City, Listing
from loaders.synthetic.exports import write_lock, write_page, write_wide_text
from loaders.synthetic.ground import divisions, parks, places
from loaders.synthetic.layouts import OTHER_WORDS, Layout, write_text, write_workbook
from loaders.synthetic.organizations import FIRM, LINES, RURAL, SOCIAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

WORKBOOKS_UP_TO: Final = 30_000
"""Above this many organizations ledgers are CSV files, which a spreadsheet still opens one at a time."""

_HIDDEN: Final = (("字典", [["经营状态"], ["正常"], ["停业"], ["空壳"]]),)
_COUNTED: Final = ("从业人数", "正式党员数")


@dataclass
class Writer:
    """The files of one city.

    Attributes
    ----------
    quarantine : list of dict
        Where each faulty cell stands.
    """

    city: City
    directory: Path
    progress: Callable[[str, int, int | None], object]
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    _faults: int = 0
    _sheets: int = 0
    _wrong: int = 0

    def __post_init__(self) -> None:
        self.look = Lookup(self.city)
        self.workbooks = len(self.city.code) <= WORKBOOKS_UP_TO
        self._wrong = self.city.quota()
        if not self.workbooks:
            # only the districts' social organizations state totals then: half of them keep right ones
            self._wrong = min(self._wrong, max(5, len(self.city.plan.district_name) // 2))
        n = len(self.city.code)
        self._faulty = max(3, min(round(len(faulty.ORGANIZATION) * 2 * n / 4000), 600))
        self._by_ledger = self._sorted()
        self._again: dict[int, list[Listing]] = {}
        for listing in self.city.again:
            self._again.setdefault(listing.home, []).append(listing)

    def write(self) -> None:
        """Write every file."""
        city = self.city
        districts = range(len(city.plan.district_name))
        steps: list[Callable[[], None]] = [
            self._ground,
            *(lambda d=d: self._district(d) for d in districts),
            self._municipal,
            self._earlier,
            *(lambda d=d: self._units(d) for d in districts),
            lambda: self._units(-1),
            self._records,
        ]
        for n, step in enumerate(steps):
            self.progress("ledgers", n, len(steps))
            step()

    # -- one file ------------------------------------------------------------------------------------------------
    def _workbook(
        self, name: str, sheets: list[tuple[str, Table, Layout]], *, hidden: bool = False
    ) -> None:
        sheets = [s for s in sheets if len(s[1])]
        if not sheets:
            return
        rows = write_workbook(self.directory / name, sheets, _HIDDEN if hidden else ())
        self.files.append(name)
        for (sheet, table, layout), where in zip(sheets, rows, strict=True):
            self._expect(name, sheet[:31], table, layout, where)

    def _text(self, name: str, table: Table, layout: Layout, encoding: str = "utf-8") -> None:
        if len(table):
            where = write_text(self.directory / name, table, layout, encoding)
            self.files.append(name)
            self._expect(name, "", table, layout, where)

    def _expect(
        self, file: str, sheet: str, table: Table, layout: Layout, where: list[int]
    ) -> None:
        for row, column, code in table.faults:
            self.quarantine.append(
                {
                    "file": file,
                    "sheet": sheet,
                    "row": where[row],
                    "column": layout.flat(column),
                    "code": code,
                }
            )
        for column, stated in table.totals.items():
            office = table.columns["填报单位"][0] if "填报单位" in table.columns else ""
            ledger = f"{LINES[self._line_of(table)]}|{office}"
            row = where[-1] + 1 + layout.subtotals
            key = f"{ledger}|{sheet}|{row}|{layout.flat(column)}"
            right = stated == _sum(table, column)
            (self.city.near if right else self.city.plant)("total_mismatch", key)

    def _line_of(self, table: Table) -> int:
        return (
            SOCIAL
            if "登记层级" in table.columns
            else (FIRM if "所在市场" in table.columns else RURAL)
        )

    # -- organizations -------------------------------------------------------------------------------------------
    def _sorted(self) -> dict[tuple[int, int], Ints]:
        """Return organizations by ledger and line, those that only an earlier edition lists left out."""
        city = self.city
        key = city.home * 4 + city.orgs.line
        order = np.argsort(key, kind="stable")
        if city.left:
            gone = np.zeros(len(key), dtype=bool)
            gone[list(city.left)] = True
            order = order[~gone[order]]
        unique, start = np.unique(key[order], return_index=True)
        ends = [*start[1:].tolist(), len(order)]
        return {
            divmod(int(k), 4): order[s:e]
            for k, s, e in zip(unique, start.tolist(), ends, strict=True)
        }

    def _homes(self, district: int) -> list[int]:
        """Return the ledgers of a district's streets and zones."""
        plan = self.city.plan
        streets = np.flatnonzero(plan.street_district == district)
        zones = np.flatnonzero(plan.parks.district[: plan.zones] == district) + len(
            plan.street_name
        )
        return [*streets.tolist(), *zones.tolist()]

    def _table(self, homes: list[int], line: int, *, by_code: bool, form: int) -> Table:
        """Return the rows of some ledgers, further rows about organizations at their end."""
        none = np.zeros(0, dtype=np.int64)
        parts = [self._by_ledger.get((home, line), none) for home in homes]
        at = np.concatenate([*parts, none]).astype(np.int64)
        again = [
            listing
            for home in homes
            for listing in self._again.get(home, ())
            if self.city.orgs.line[listing.organization] == line
        ]
        changes: list[dict[str, Any]] = [{}] * len(at) + [x.cells for x in again]
        at = np.concatenate([at, np.array([x.organization for x in again], dtype=np.int64)])
        return organizations(
            self.city,
            self.look,
            at,
            line,
            by_code=by_code,
            form=form,
            changes=changes if again else None,
        )

    def _layout(self, table: Table, office: str, line: int) -> Layout:
        """Return the next layout in turn; a stamp line stands for two columns where every row says the same."""
        kind = self._sheets % 5
        self._sheets += 1
        title = f"{names.CITY_NAME}{LINES[line]}基本情况台账"
        same = len(set(table.columns["填报单位"])) <= 1
        stamp = f"填报单位（盖章）：{office}    填报日期：{day(EDITION, 2)}"
        without = frozenset(("填报单位", "填报日期")) if same else frozenset()
        if kind == 1:
            layout = Layout(
                title, "说明：人数以在册为准", stamp if same else "", without=without, numbered=True, personal=True, wide=True,
                subtotals=len(table) >= 8,
            )  # fmt: skip
        elif kind == 2:
            layout = Layout(title, grouped=True, personal=True)
        elif kind == 3:
            words = (
                OTHER_WORDS
                if line == FIRM
                else {k: v for k, v in OTHER_WORDS.items() if k != "单位名称"}
            )
            layout = Layout(
                title, "", stamp if same else "", words=words, without=without, blank_every=20, blank="无",
            )  # fmt: skip
        elif kind == 4:
            layout = Layout(personal=True, blank="/", native=False)
        else:
            layout = Layout(dates=True)
        if kind in (1, 3) and len(table) > 1:
            self._total(table, office)
        elif line == FIRM:
            share = (
                self._faulty if self._sheets < 3 else min(self._faulty, max(2, self._faulty // 12))
            )
            for _ in range(min(share, 8)):
                if self._faults < self._faulty:
                    faulty.organization(
                        self.city, table, self._faults, workbook=self.workbooks and layout.native
                    )
                    self._faults += 1
        return layout

    def _total(self, table: Table, office: str) -> None:
        """Let a sheet state its totals; of the first few, one number is wrong (S46)."""
        table.totals = {name: _sum(table, name) for name in _COUNTED}
        if office != table.columns["填报单位"][0]:
            return
        if self._wrong > 0:
            self._wrong -= 1
            table.totals["从业人数"] += 10

    def _district(self, d: int) -> None:
        plan = self.city.plan
        name = plan.district_name[d]
        by_code, form = d % 3 == 1, d % 5
        homes = self._homes(d)
        social = len(plan.street_name) + plan.zones + d
        if not self.workbooks:
            for line, part in ((FIRM, homes), (SOCIAL, [social]), (RURAL, homes)):
                table = self._table(part, line, by_code=by_code, form=form)
                if line == SOCIAL and len(table):
                    layout = Layout(f"{name}{LINES[line]}台账")
                    self._total(table, self.city.office_of(social))
                else:
                    layout = Layout(words=OTHER_WORDS if d % 4 == 2 else {})
                    for _ in range(3 if line == FIRM else 0):
                        faulty.organization(self.city, table, self._faults, workbook=False)
                        self._faults += 1
                encoding = ("utf-8", "utf-8-sig", "gb18030")[d % 3]
                self._text(f"11-{d + 1:02d}{name}{LINES[line]}.csv", table, layout, encoding)
            return
        sheets: list[tuple[str, Table, Layout]] = []
        for home in homes:
            table = self._table([home], FIRM, by_code=by_code, form=form)
            office = self.city.office_of(home)
            if len(table):
                sheets.append(
                    (office.removeprefix(name)[:20], table, self._layout(table, office, FIRM))
                )
            table = self._table([home], RURAL, by_code=by_code, form=form)
            if len(table):
                sheets.append(
                    (
                        office.removeprefix(name)[:20] + "农村",
                        table,
                        self._layout(table, office, RURAL),
                    )
                )
                sheets[-1][2].hidden = d % 4 == 1
        table = self._table([social], SOCIAL, by_code=by_code, form=form)
        if len(table):
            office = self.city.office_of(social)
            sheets.append(("社会组织", table, self._layout(table, office, SOCIAL)))
        self._workbook(f"11-{d + 1:02d}{name}台账.xlsx", sheets, hidden=d % 4 == 0)

    def _municipal(self) -> None:
        plan = self.city.plan
        first = len(plan.street_name) + plan.zones + len(plan.district_name)
        homes = range(first, first + len(names.DEPARTMENTS) + 1)
        if not self.workbooks:
            table = self._table(list(homes), SOCIAL, by_code=False, form=0)
            self._text("12市直社会组织.csv", table, Layout(), "gb18030")
            return
        sheets = []
        for home in homes:
            table = self._table([home], SOCIAL, by_code=False, form=1)
            if len(table):
                office = self.city.office_of(home)
                sheets.append((office, table, self._layout(table, office, SOCIAL)))
        self._workbook("12市直社会组织台账.xlsx", sheets)

    def _earlier(self) -> None:
        """Write the first editions that were kept."""
        by_home: dict[int, list[Listing]] = {}
        for listing in self.city.earlier:
            by_home.setdefault(listing.home, []).append(listing)
        for n, (home, listings) in enumerate(sorted(by_home.items())):
            at = np.array([x.organization for x in listings], dtype=np.int64)
            changes = [x.cells for x in listings]
            table = organizations(
                self.city,
                self.look,
                at,
                FIRM,
                by_code=False,
                form=n % 5,
                changes=changes,
                date=FIRST_EDITION,
            )
            office = self.city.office_of(home)
            self._text(
                f"13{office}非公企业（8月摸底）.csv",
                table,
                Layout(),
                ("gb18030", "utf-8-sig")[n % 2],
            )

    # -- units ---------------------------------------------------------------------------------------------------
    def _units(self, district: int) -> None:
        doubled: dict[str, list[dict[str, str]]] = {}
        for unit, change in self.city.doubled:
            doubled.setdefault(unit.code, []).append(change)
        rows: list[tuple[Any, dict[str, str]]] = []
        for unit in self.city.units:
            if unit.district == district:
                rows.append((unit, {}))
                rows += [(unit, change) for change in doubled.get(unit.code, ())]
        form = (district + 1) % 5
        table = units(self.city, rows, form)
        name = f"{self.city.plan.district_name[district]}" if district >= 0 else "市直"
        if district >= 0 and self._faulty > 3:
            faulty.unit(table, district, workbook=self.workbooks)
        if self.workbooks:
            layout = Layout(f"{name}党组织台账" if district % 2 else "", personal=district % 3 == 0)
            self._workbook(f"21-{district + 1:02d}{name}党组织.xlsx", [("党组织", table, layout)])
        else:
            encoding = ("utf-8", "gb18030")[district % 2]
            self._text(f"21-{district + 1:02d}{name}党组织.csv", table, Layout(), encoding)

    # -- the rest ------------------------------------------------------------------------------------------------
    def _ground(self) -> None:
        sheets = [("区划", divisions(self.city), Layout()), ("园区", parks(self.city), Layout())]
        plan = self.city.plan
        for name, some in (
            ("楼宇", plan.buildings),
            ("商业街区", plan.commercial_streets),
            ("市场", plan.markets),
        ):
            sheets.append((name, places(self.city, some), Layout()))
        self._set("01基础", sheets)

    def _records(self) -> None:
        city = self.city
        links = [
            ("行业协会", papers.associations(city), Layout()),
            ("龙头带动", papers.leading(city), Layout()),
        ]
        self._set("31", links)
        self._text("32党员.csv", papers.members(city), Layout(), "utf-8-sig")
        tables = papers.others(city)
        self._set("33", [(name, tables[name], Layout()) for name in ("剔除", "销号")])
        self._set("34", [("报送", tables["报送"], Layout())])
        if not self.workbooks:
            self._set("35", [(name, tables[name], Layout()) for name in ("名录", "网格")])
            return
        # what systems export is no workbook, whatever its name says
        if len(tables["名录"]):
            write_page(self.directory / "35名录.xls", tables["名录"], "登记名录")
            self.files.append("35名录.xls")
        write_wide_text(self.directory / "36网格.xls", tables["网格"])
        write_lock(self.directory / "~$34报送.xlsx")
        self.files += ["36网格.xls", "~$34报送.xlsx"]

    def _set(self, name: str, sheets: list[tuple[str, Table, Layout]]) -> None:
        """Write some sheets as one workbook, or as CSV files."""
        if self.workbooks:
            words = "与".join(s[0] for s in sheets[:2])
            self._workbook(f"{name}{words}.xlsx", sheets)
        else:
            for sheet, table, layout in sheets:
                self._text(f"{name}{sheet}.csv", table, layout)


def _sum(table: Table, column: str) -> int:
    return sum(c for c in table.columns[column] if isinstance(c, int))
