"""A synthetic city imported and audited, beside the truth that was written with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.affiliation.findings import AuditResult, audit
from graph.city import City
from graph.policy.profile import load
from graph.store import open_store
from loaders.pipeline import import_paths
from loaders.synthetic import generate

if TYPE_CHECKING:
    from loaders.report import ImportReport
    from loaders.synthetic.truth import Truth

Place = tuple[str, str, int, str, str]


@dataclass(frozen=True)
class Audited:
    """What was generated, what the import said, and what the audit found."""

    truth: Truth
    report: ImportReport
    result: AuditResult
    city: City

    @property
    def found(self) -> Counter[tuple[str, str]]:
        """Return the findings as (code, subject), each as often as it was found."""
        return Counter((f.code, f.subject) for f in self.result.findings)

    @property
    def faulty(self) -> Counter[Place]:
        """Return the cells that kept rows out, as (file, sheet, row, column, code)."""
        return Counter(
            (Path(f.file).name, f.sheet, f.row, f.column, f.code) for f in self.report.faults()
        )

    @property
    def expected_faulty(self) -> Counter[Place]:
        """Return the same as the generator wrote it down."""
        return Counter(
            (q["file"], q["sheet"], q["row"], q["column"], q["code"]) for q in self.truth.quarantine
        )


def audited(folder: Path, organizations: int, seed: int) -> Audited:
    """Generate a city, import it into a store of its own, and audit it."""
    truth = generate(folder / "ledgers", organizations, seed)
    store = open_store(str(folder / "city.db"), create=True)
    profile = load()
    report = import_paths([folder / "ledgers"], store, profile, fault_directory=folder / "faults")
    city = City(store, profile)
    return Audited(truth, report, audit(city, store), city)
