"""A small invented city as canonical CSV files, and codes that no organization has."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.policy.profile import Profile, load
from graph.store import open_store
from graph.store.base import Store
from loaders.pipeline import import_paths
from loaders.report import ImportReport

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(number: int, prefix: str = "91") -> str:
    """Return an invented credit code (division 429900, which is none) with its check digit, worked out digit by digit."""
    body = f"{prefix}429900XN{number:07d}"
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


DIVISIONS = (
    ("代码", "名称", "级别", "上级"),
    ("4201", "示例市", "市", ""),
    ("420101", "甲区", "区", "4201"),
    ("420102", "乙区", "区", "4201"),
    ("420101001", "一街道", "街道", "420101"),
    ("420101002", "二街道", "街道", "420101"),
    ("420102001", "三街道", "街道", "420102"),
    ("420101001001", "花园社区", "社区", "420101001"),
    ("420101002001", "湖滨社区", "社区", "420101002"),
)
BUILDINGS = (
    ("代码", "名称", "所在园区", "所属街道", "所属社区", "经度", "纬度", "坐标系"),
    ("001", "国际大厦", "", "一街道", "花园社区", "114.3", "30.6", "WGS84"),
    ("001", "科技大厦", "", "三街道", "", "", "", ""),
    ("002", "国际大厦", "", "三街道", "", "", "", ""),
)
HEADER = (
    "统一社会信用代码", "单位名称", "类别", "行业代码", "所属区", "所属街道", "所在楼宇", "地址", "经度", "纬度",
    "从业人数", "正式党员数", "经营状态", "填报日期",
)  # fmt: skip


def firm(number: int = 1, **cells: Any) -> dict[str, Any]:
    """Return a sound row of 非公企业; ``cells`` by canonical heading change it."""
    return {
        "统一社会信用代码": credit_code(number),
        "单位名称": f"示例{number}公司",
        "类别": "私营企业",
        "行业代码": "5211",
        "所属区": "甲区",
        "所属街道": "一街道",
        "地址": f"一街{number}号",
        "从业人数": "10",
        "正式党员数": "1",
        "经营状态": "正常",
        "填报日期": "2016-08-26",
        **cells,
    }


def text(header: Sequence[str], rows: Iterable[Sequence[Any] | Mapping[str, Any]]) -> str:
    """Return a CSV text; rows are sequences, or mappings by heading."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([row.get(h, "") for h in header] if isinstance(row, Mapping) else row)
    return out.getvalue()


def ledger(
    path: Path, *rows: Mapping[str, Any], extra: Sequence[str] = (), encoding: str = "utf-8"
) -> Path:
    """Write a 非公企业 ledger with the columns that its rows name beyond the usual ones."""
    more = dict.fromkeys(h for row in rows for h in row if h not in HEADER)
    path.write_bytes(text([*HEADER, *more, *extra], rows).encode(encoding))
    return path


def places(folder: Path) -> Path:
    """Write 区划 and 楼宇 into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "区划.csv").write_text(text(DIVISIONS[0], DIVISIONS[1:]), encoding="utf-8")
    (folder / "楼宇.csv").write_text(text(BUILDINGS[0], BUILDINGS[1:]), encoding="utf-8")
    return folder


class Desk:
    """A store in a folder and what is imported into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "store.db"
        self.store: Store = open_store(str(self.path), create=True)
        self.profile: Profile = load("wuhan-2016")

    def load(self, *paths: Path, **options: Any) -> ImportReport:
        """Import files; the date of rows without one is 2016-08-26."""
        options.setdefault("date", 20160826)
        options.setdefault("fault_directory", self.folder)
        return import_paths([str(p) for p in paths], self.store, self.profile, **options)

    def with_places(self) -> Desk:
        """Load divisions and buildings first."""
        self.load(places(self.folder / "places"))
        return self

    def firm(self, number: int = 1, as_of: int | None = None) -> dict[str, Any]:
        """Return what holds of a firm at a date."""
        node = self.store.node("organization", credit_code(number), as_of)
        return {} if node is None else dict(node.properties)

    def audit(self) -> set[tuple[str, str]]:
        """Return (code, subject) of the audit's findings."""
        from graph.affiliation.findings import audit
        from graph.city import City

        result = audit(City(self.store, self.profile), self.store, None)
        return {(f.code, f.subject) for f in result.findings}

    def gone(self, since: int, until: int) -> set[str]:
        """Return the organizations that a ledger lists no longer."""
        from graph.history.diff import diff

        found = diff(self.store, self.profile, since, until)
        return {e.id for e in found.events if e.event == "unlisted"}


def codes(report: ImportReport) -> set[tuple[int, str, str]]:
    """Return (row, column, fault) of what stayed out."""
    return {(f.row, f.column, f.code) for f in report.faults()}
