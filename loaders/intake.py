"""Files and folders taken in: what each sheet is, which of two copies counts, and what can't be read."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import InputError, ReadError
from loaders import mapping as mappings
from loaders.canonical import canonical
from loaders.fitting import fitted
from loaders.mapping import CustomMapping, SheetMapping, SheetPlan
from loaders.reading.model import Boundaries, RawSheet, Refused, Skipped
from loaders.reading.reader import LOCK_FILE
from loaders.recognition import recognise
from loaders.report import FileReport, ImportReport, SheetReport

if TYPE_CHECKING:
    from loaders.outlines import Outlines

Progress = Callable[[str, int, int | None], None]
Item = RawSheet | Refused | Skipped | Boundaries
LEFT_OUT = ("按映射不予载入", "left out, as the mapping says")
"""Of a sheet that is none to load."""
PROBED = 200
"""Rows looked at to tell apart kinds of sheets whose headers are the same."""
LOST = 0.1
"""Share of its first cells that are question marks by which a sheet without a known header is told to have lost its Chinese."""


@dataclass(slots=True)
class Sheet:
    """One sheet, how it is read (``None`` where it is no ledger's), and its report."""

    raw: RawSheet
    plan: SheetPlan | None
    report: SheetReport
    entry: SheetMapping | None = None
    """What a mapping says of it."""

    @property
    def known(self) -> SheetPlan:
        """The plan of a sheet that was recognised."""
        if self.plan is None:
            raise ValueError("a sheet that is no ledger's has no plan")
        return self.plan


@dataclass(slots=True)
class Readings:
    """What the files hold, before anything is checked or stored.

    ``read`` are all sheets in the order of files, ``sheets`` those that are ledgers' in the order of loading, ``mended`` the
    files whose faulty rows another file brings, ``places`` the paths of files that are called otherwise than they stand.
    """

    report: ImportReport
    read: list[Sheet] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    mended: frozenset[str] = frozenset()
    outlines: list[Outlines] = field(default_factory=list)
    places: Mapping[str, str] = field(default_factory=dict)


def gather(
    paths: Sequence[str | Path],
    *,
    mapping: str | None = None,
    strict: bool = False,
    progress: Progress | None = None,
    names: Mapping[str, str] | None = None,
) -> Readings:
    """Read files and folders and tell what each sheet is; see :func:`import_paths`.

    ``names`` says what files are called, by their paths, that stand under other names (an upload's): reports, sources and
    mappings know them by these. Such a name is text, never a path.
    """
    from loaders.reading import read

    for path in paths:
        if not Path(path).exists():
            raise InputError(
                f"{path}: there is no such file or folder; check the path",
                f"{path}：没有这个文件或文件夹；请核对路径",
            )
    chosen = mappings.load(mapping) if mapping else None
    if progress is not None:
        progress("reading", 0, None)
    with _made_ready():
        items = called(read([str(p) for p in paths]), names or {})
        places = {name: path for path, name in (names or {}).items()}
        return sort_out(items, chosen, strict=strict, places=places)


def called(items: Iterable[Item], names: Mapping[str, str]) -> Iterator[Item]:
    """Yield the items under the names that their files are called by."""
    for item in items:
        name = names.get(item.file)
        if name is None:
            yield item
        elif name.startswith("~$"):  # its reader could not see what it is called
            yield Skipped(name, *LOCK_FILE)
        else:
            yield replace(item, file=name)


@contextlib.contextmanager
def _made_ready() -> Iterator[None]:
    """Import what checking and storing need during a ``with`` block: parsing is another process's work."""

    def load() -> None:
        with contextlib.suppress(Exception):  # who needs them meets the same error, and says so
            from graph.store.search import folded
            from loaders import identity, judgement, outlines, places, rows, totals  # noqa: F401

            folded([""])

    # waited for: an interpreter that ends under a thread's imports may crash
    thread = threading.Thread(target=load)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def sort_out(
    items: Iterable[Item],
    chosen: CustomMapping | None = None,
    *,
    strict: bool = False,
    places: Mapping[str, str] | None = None,
) -> Readings:
    """Tell what each of the things read is.

    Raises
    ------
    ReadError
        Nothing can be read, or (strict) something can't.
    InputError
        No sheet is a ledger's.
    """
    from loaders import outlines

    report = ImportReport()
    out = Readings(report, places=places or {})
    files: dict[str, FileReport] = {}

    def file(path: str) -> FileReport:
        if path not in files:
            files[path] = FileReport(path)
            report.files.append(files[path])
        return files[path]

    items, out.mended = _without_outdated(list(items), out.places)
    for item in items:
        if isinstance(item, Skipped):
            report.skipped.append(item)
        elif isinstance(item, Refused):
            file(item.file).refused.append(item)
        elif isinstance(item, Boundaries):
            out.outlines.append(outlines.read(item.file, out.places.get(item.file)))
            file(item.file)
        else:
            sheet = recognised(item, chosen)
            file(item.file).sheets.append(sheet.report)
            out.read.append(sheet)
            if sheet.plan is not None:
                out.sheets.append(sheet)
    refused = report.refused
    if refused and (strict or not (out.sheets or out.outlines)):
        raise _all(refused)
    if not out.sheets and not out.outlines:
        raise _no_ledger(report)
    out.sheets.sort(key=lambda s: s.known.kind.order)
    return out


def _without_outdated(
    items: list[Item], places: Mapping[str, str]
) -> tuple[list[Item], frozenset[str]]:
    """Decide between a file and its marked copies where one import is given both: rows of one import replace none of it.

    Read is the newest copy, or the file itself where that is newer. A copy that holds the faulty rows only goes with
    the file, whose faulty rows it then stands for.

    Returns
    -------
    list of items
        What is to be read; the rest as passed over.
    frozenset of str
        Files whose faulty rows a copy brings.
    """
    from loaders.reading.reader import copy_of

    rows: dict[str, int] = {}
    groups: dict[tuple[Path, str], dict[str, int]] = {}
    for item in items:
        path = Path(item.file)
        if isinstance(item, RawSheet) and Path(places.get(item.file, path)).is_file():
            rows[item.file] = rows.get(item.file, 0) + item.rows
            stem, number = copy_of(path.stem)
            groups.setdefault((path.parent, stem), {})[item.file] = number
    instead: dict[str, str] = {}
    mended: set[str] = set()
    for files in groups.values():
        copies = [f for f, number in files.items() if number]
        originals = [f for f, number in files.items() if not number]
        if not copies or not originals:
            continue

        def age(file: str, files: dict[str, int] = files) -> tuple[int, int]:
            return Path(places.get(file, file)).stat().st_mtime_ns, files[file]

        newest = max([*copies, *originals], key=age)
        others = [f for f in (*copies, *originals) if f != newest]
        if newest in copies and len(originals) == 1 and rows[newest] < rows[originals[0]]:
            mended.update(originals)
            others = [f for f in others if f in copies]
        instead.update(dict.fromkeys(others, Path(newest).name))
    out: list[Item] = []
    for item in items:
        name = instead.get(item.file)
        if name is None:
            out.append(item)
        elif not any(isinstance(o, Skipped) and o.file == item.file for o in out):
            out.append(
                Skipped(item.file, f"以较新的 {name} 为准", f"{name} is newer and read instead")
            )
    return out, frozenset(mended)


def _all(refused: list[Refused]) -> ReadError:
    errors = [r.error() for r in refused]
    return ReadError("; ".join(e.en for e in errors), "；".join(e.zh for e in errors))


def _no_ledger(report: ImportReport) -> InputError:
    for sheet in report.sheets():
        where = f"{sheet.file} [{sheet.sheet}]" if sheet.sheet else sheet.file
        if sheet.problem:
            return InputError(f"{where}: {sheet.problem[1]}", f"{where}：{sheet.problem[0]}")
    first = report.skipped[0] if report.skipped else None
    if first is not None:
        return InputError(
            f"{first.file}: {first.reason_en}; no ledger was found",
            f"{first.file}：{first.reason_zh}；没有找到台账",
        )
    return InputError(
        "no ledger was found: give .xlsx, .xls or .csv files or a folder of them",
        "没有找到台账：请给出 .xlsx、.xls、.csv 文件或存放它们的文件夹",
    )


def recognised(raw: RawSheet, chosen: CustomMapping | None) -> Sheet:
    """Return a sheet with how it is to be read, and with why it is not where that is unknown."""
    raw, entry, problem = fitted(raw, chosen)
    named = raw.headings()

    def probe(index: int) -> Sequence[str]:
        for chunk in raw.chunks([index]):
            return [v for v in chunk[f"c{index}"].slice(0, PROBED).to_pylist() if v]
        return []

    report = SheetReport(
        raw.file, raw.sheet, encoding=raw.encoding, hidden=raw.hidden, rows=raw.rows,
        examples=raw.examples,
    )  # fmt: skip
    if entry is not None and entry.leave_out:
        report.set_aside, problem = True, LEFT_OUT
    if problem is not None:
        report.problem = problem
        return Sheet(raw, None, report, entry)
    one = None if entry is None or not entry.sheet else CustomMapping("", "", "", (entry,))
    plan = recognise(named, raw.sheet, raw.file, one, probe)
    if plan is not None and entry is not None and plan.mapping is None and not plan.tied:
        # it says no more than where the header is: what the sheet is, its headings say
        plan = replace(plan, mapping=replace(entry, sheet=plan.kind.id))
    if plan is None:
        begun = [cell for row in raw.first_rows for cell in row if cell]
        if sum(len(c) > 1 and not c.strip("?") for c in begun) > LOST * len(begun):
            report.problem = (
                "中文已变成问号：文件保存时所用的字符集不含中文；请从原表重新保存为“CSV UTF-8”或 .xlsx 再导入",
                (
                    "its Chinese has become question marks: it was saved in a character set that holds none;"
                    " save the original anew as “CSV UTF-8” or .xlsx, and import that"
                ),
            )
            return Sheet(raw, None, report, entry)
        # what no sheet knows as a heading may be a name that stands in the first row
        said = "、".join(h for h in named if h and canonical().knows(h))[:200]
        report.problem = (
            f"表头不是任何一种台账（{'认得的列：' + said if said else '没有认得的列'}）；请核对表头，或用 --map 指定映射",
            (
                f"the header is none of a ledger ({'known columns: ' + said if said else 'no column is known'});"
                " check it, or name a mapping with --map"
            ),
        )
        return Sheet(raw, None, report, entry)
    if plan.tied:
        kinds = [(canonical().sheets[k], plan.lacking.get(k, ())) for k in plan.tied]
        zh = "、".join(
            k.zh + (f"（缺必填列{'、'.join(lacks)}）" if lacks else "") for k, lacks in kinds
        )
        en = ", ".join(
            k.en + (f" (without {', '.join(lacks)})" if lacks else "") for k, lacks in kinds
        )
        report.problem = (
            f"表头同时符合{zh}；请以其中一种命名工作表或文件，或用 --map 指定映射",
            f"the header fits {en} alike; name the sheet or file after one of them, or name a mapping with --map",
        )
        return Sheet(raw, None, report, entry)
    report.kind = plan.kind.kind
    report.label = (plan.kind.zh, plan.kind.en)
    cells = {c.index: c.cells for c in raw.columns}
    report.refused = [(h, cells.get(i, 0)) for i, h in plan.refused]
    report.unknown = list(plan.unknown)
    report.ignored = list(plan.ignored)
    return Sheet(raw, plan, report, entry)
