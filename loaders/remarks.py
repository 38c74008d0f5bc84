"""The audit's findings back in the user's own workbooks: copies in which the cells that a finding rests on are marked.

A copy is built as that of a faulty file is (:mod:`loaders.workbook`): nothing that tells of a person comes along, and importing it
once it is mended corrects the ledger of its original. A cell is marked only where its row still is the row that the finding was
read from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import InputError
from graph.model import COMMANDS
from loaders.faults import Fault
from loaders.totals import COUNT, stated

if TYPE_CHECKING:
    from graph.model import Finding, Source
    from loaders.intake import Sheet
    from loaders.mapping import ColumnPlan, SheetPlan
    from loaders.reading.model import RawSheet

NAMED_BY_CODE = ("organization", "unit", "division", "association")
"""Kinds whose rows are known by the code in one cell."""

ABOUT_THE_SUPERIOR = frozenset(
    ("orphan", "self_superior", "cycle", "several_superiors", "detached", "dissolved_superior", "wrong_place", "wrong_line",
     "skips_level")
)  # fmt: skip
"""Findings that are mended in 上级党组织代码, whatever value shows them."""


@dataclass(slots=True)
class Remarks:
    """What the copy of one sheet is to show, as :class:`loaders.marking.SheetFaults` takes it."""

    shown: list[Fault] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of remarks."""
        return len(self.shown)

    def listed(self, limit: int | None = None) -> list[Fault]:
        """Return the remarks by (row, column), at most ``limit``."""
        return sorted(self.shown, key=lambda f: (f.row, f.index))[:limit]


@dataclass(slots=True)
class Marked:
    """What was written: copies, how many remarks they hold, files that are not there, remarks whose rows have changed.

    ``left_out``: remarks beyond the :data:`loaders.marking.MARKED` that one sheet's copy shows.
    """

    copies: list[Path] = field(default_factory=list)
    remarks: int = 0
    missing: list[str] = field(default_factory=list)
    changed: int = 0
    left_out: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``audit --mark --json`` prints."""
        return {
            "copies": [str(path) for path in self.copies],
            "remarks": self.remarks,
            "missing_files": list(self.missing),
            "rows_changed_since": self.changed,
            "left_out": self.left_out,
        }


def mark(
    findings: Iterable[Finding],
    directory: str | Path,
    ledgers: str | Path | None = None,
    mapping: str | None = None,
    *,
    rural: Container[str] = frozenset(),
) -> Marked:
    """Write a marked copy of each file that findings rest on.

    Parameters
    ----------
    findings : iterable of Finding
        Those dismissed are for the caller to leave out.
    directory : path
        Where the copies go; made if missing, no file in it is overwritten.
    ledgers : path, optional
        A folder in which the imported files lie now (default: where they lay when they were imported).
    mapping : str, optional
        The mapping (saved name or file) with which they were imported; sheets that it is not about are read without it.
    rural : container of str, optional
        Codes of rural entities (:mod:`loaders.rural`): copies keep what refers to them.

    Raises
    ------
    InputError
        The folder can't be written, or none of the files is there any more.
    """
    from loaders.marking import MARKED
    from loaders.workbook import SheetFaults, write_faults

    out = Marked()
    by_file: dict[str, list[tuple[Finding, Source]]] = {}
    taken: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        for source in finding.sources:
            place = source.file, source.sheet
            if source.file.startswith(COMMANDS):
                continue
            if taken[place] == MARKED:
                out.left_out += 1
                continue
            taken[place] += 1
            by_file.setdefault(source.file, []).append((finding, source))
    for file, wanted in sorted(by_file.items()):
        path = _where(file, ledgers)
        if path is None:
            out.missing.append(file)
            continue
        sheets = []
        for sheet in _read(path, mapping):
            here = [(f, s) for f, s in wanted if s.sheet == sheet.raw.sheet]
            remarks, changed = _remarks(sheet, here)
            out.changed += changed
            out.remarks += len(remarks)
            sheets.append(SheetFaults(sheet.raw, sheet.plan, remarks, rural))
        if any(s.faults for s in sheets):
            out.copies.append(write_faults(path, sheets, directory, suffix="findings"))
    if by_file and len(out.missing) == len(by_file):
        raise InputError(
            f"{out.missing[0]}: none of the imported files is there any more; say where they lie with --ledgers",
            f"{out.missing[0]}：导入的文件都已不在原处；请用 --ledgers 指明所在文件夹",
        )
    return out


def _where(file: str, ledgers: str | Path | None) -> Path | None:
    """Return where an imported file lies now, ``None`` where it is not there."""
    path = Path(file) if ledgers is None else Path(ledgers) / Path(file).name
    if ledgers is not None and not path.is_file():
        path = next((p for p in sorted(Path(ledgers).rglob(Path(file).name)) if p.is_file()), path)
    return path if path.is_file() else None


def _read(path: Path, mapping: str | None) -> list[Sheet]:
    """Return the sheets of a file that are ledgers'."""
    from loaders.intake import gather

    return [sheet for sheet in gather([path], mapping=mapping).read if sheet.plan is not None]


def _remarks(sheet: Sheet, wanted: Sequence[tuple[Finding, Source]]) -> tuple[Remarks, int]:
    """Return what is to be shown of findings in a sheet, and how many rest on rows that are other rows now."""
    out, changed = Remarks(), 0
    if not wanted:
        return out, changed
    plan = sheet.known
    keys = _keys(sheet.raw, plan, {source.row for _, source in wanted})
    for finding, source in wanted:
        if _totalled(finding):
            total = _total(finding, source, sheet)
            if total is None:
                changed += 1
            else:
                out.shown.append(_remark(finding, source, total))
            continue
        key = keys.get(source.row)
        named = _named(finding)
        if plan.kind.kind in NAMED_BY_CODE and (key is None or not named & _codes(key)):
            changed += 1
            continue
        used = _column(finding, key, plan)
        out.shown.append(_remark(finding, source, used))
    return out, changed


def _totalled(finding: Finding) -> dict[str, Any] | None:
    """Return what a finding says of a total row; ``None`` where it is about rows."""
    return next((e for e in finding.evidence if e.get("kind") == "stated_total"), None)


def _total(finding: Finding, source: Source, sheet: Sheet) -> ColumnPlan | None:
    """Return the column of the total that a finding is about; ``None`` where the row states another one now, or is no total."""
    plan, said = sheet.known, _totalled(finding) or {}
    column = finding.subject.rpartition("|")[2]
    first = min(plan.columns, key=lambda used: used.indexes[0])
    for section in sheet.raw.sections:
        if (section.row, column) == (source.row, COUNT):
            return first if section.stated == said.get("stated") else None
    for total in sheet.raw.totals:
        if total.row == source.row:
            if column == COUNT:
                return first if total.stated == said.get("stated") else None
            used = next((c for c in plan.columns if c.heading == column), None)
            if used is not None and stated(total, used) == said.get("stated"):
                return used
    return None


def _named(finding: Finding) -> set[str]:
    """Return all codes that a finding names."""
    ends = ("node", "from", "to")
    return {finding.subject, *(str(e[n]) for e in finding.evidence for n in ends if n in e)}


def _codes(text: str) -> set[str]:
    """Return a code cell's text as it may be keyed: codes are compared without case, width and spaces."""
    import unicodedata

    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return {text, plain, plain.upper()}


def _keys(raw: RawSheet, plan: SheetPlan, rows: set[int]) -> dict[int, str]:
    """Return the key cells of some rows."""
    used = plan.by_prop("key")
    if used is None:
        return {}
    out: dict[int, str] = {}
    index = used.indexes[0]
    for chunk in raw.chunks([index]):
        numbers, cells = chunk["row"].to_pylist(), chunk[f"c{index}"].to_pylist()
        out |= {
            n: c for n, c in zip(numbers, cells, strict=True) if n in rows and isinstance(c, str)
        }
    return out


def _column(finding: Finding, key: str | None, plan: SheetPlan) -> ColumnPlan | None:
    """Return the column to mark: what the repair changes in this row, else what the evidence says of it, else its key."""
    codes = _codes(key) if key is not None else set()
    repair = finding.repair
    if repair.get("key") in codes:
        used = plan.plan(str(repair["column"]))
        if used is not None:
            return used
    own = ["superior"] if finding.code in ABOUT_THE_SUPERIOR and finding.subject in codes else []
    for name in (*own, *_properties(finding, codes)):
        used = plan.by_prop(name)
        if used is not None:
            return used
    return plan.by_prop("key")


def _properties(finding: Finding, codes: set[str]) -> Iterator[str]:
    """Yield the properties that a finding's evidence is about in the row of some codes."""
    made_by = {"SUBORDINATE_TO": "superior", "DUALLY_MANAGED_BY": "second_manager"}
    for piece in finding.evidence:
        if piece.get("node") in codes:
            yield from (name for name in piece if name not in ("node", "kind"))
        elif piece.get("from") in codes and piece.get("edge") in made_by:
            yield made_by[piece["edge"]]
        elif piece.get("edge") == "COVERS" and codes & {piece.get("from"), piece.get("to")}:
            yield from ("unit", "covers", "organization")


def _remark(finding: Finding, source: Source, used: ColumnPlan | None) -> Fault:
    """Return a finding as the remark on one cell: what is wrong, by which clause and id, and the proposed repair."""
    repair = finding.repair
    expected = repair.get("none", {"zh": "", "en": ""})
    if "column" in repair:
        old, new = (repair[n] if repair[n] is not None else "" for n in ("from", "to"))
        where = f"{repair['sheet']} {repair['key']} {repair['column']}"
        expected = {"zh": f"{where}：{old} → {new}", "en": f"{where}: {old} → {new}"}
    tag = f" [{finding.id} · {finding.clause}]"
    return Fault(
        file=source.file,
        sheet=source.sheet,
        row=source.row,
        column=used.heading if used is not None else "",
        index=used.indexes[0] if used is not None else -1,
        code=finding.code,
        found="",
        what={lang: text + tag for lang, text in finding.message.items()},
        expected=expected,
    )
