"""What ledgers would be read as, and what an import did: the answers of these jobs, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.routes.models import Answer, Label


class RefusedFile(Answer):
    """A file or sheet that was not read, and the way out."""

    sheet: str
    code: str
    zh: str
    en: str


class SkippedFile(Answer):
    """A file that was passed over, and why."""

    path: str
    zh: str
    en: str


class FaultyCell(Answer):
    """One faulty cell; what was found is null where it is empty, or tells of a person."""

    file: str
    sheet: str
    row: int
    column: str
    code: str
    found: str | None
    what: Label
    expected: Label


# -- before an import --------------------------------------------------------------------------------------------------
class PreviewColumn(Answer):
    """One column, what it is taken for, and how that is known."""

    index: int
    letter: str
    heading: str
    cells: int
    means: str | None
    how: str = Field(
        description="canonical, wording, mapping, tick, personal, idle, twice or unknown"
    )
    likely: str | None = Field(description="what an unknown heading most resembles")
    known_as: dict[str, str] = Field(description="what it would mean by kind of sheet")


class PreviewRow(Answer):
    """One of the first rows as it would be stored; null in columns that are not read."""

    row: int
    cells: list[str | None]


class FirstCell(Answer):
    """A cell of the first rows, as far as it is shown."""

    text: str | None = Field(description="null where it may tell of a person")
    shape: str = Field(description="blank, text, number, date or code")


class FirstRow(Answer):
    """One of the first rows as it stands in the file, to tell which of them are the header."""

    row: int
    cells: list[FirstCell]


class BlankedColumn(Answer):
    """A column that a sheet lacks."""

    column: str
    entities: int = Field(description="of the sheet, with a value there before")


class BlankedValues(Answer):
    """Values that end by the columns that a sheet lacks: its rows say all that is known from their date on."""

    columns: list[BlankedColumn]
    entities: int = Field(description="that lose a value in any of them")
    from_: str = Field(alias="from", description="the first date from which on they are blank")


class PreviewSheet(Answer):
    """One sheet as it would be read."""

    sheet: str
    hidden: bool
    encoding: str
    header_rows: list[int]
    header_said: bool = Field(description="whether the mapping says where the header is")
    left_out: bool = Field(description="whether the mapping says that it is none to load")
    first_rows: list[FirstRow]
    rows: int
    kind: str | None
    label: Label | None
    tied: list[str]
    columns: list[PreviewColumn]
    missing: list[str] = Field(description="required columns that it lacks")
    entry: dict[str, Any] | None = Field(description="what the mapping says of it")
    problem: Label | None
    sample: list[PreviewRow]
    faulty_rows: int
    faulty_cells: int
    blanked: BlankedValues | None = Field(
        description="values that the asker sees and that would end by columns that the sheet lacks"
    )


class PreviewFile(Answer):
    """One file."""

    path: str
    outlines: bool
    sheets: list[PreviewSheet]
    refused: list[RefusedFile]


class KindColumn(Answer):
    """What a column can be said to mean."""

    name: str
    required: bool
    label: Label


class SheetKind(Answer):
    """A kind of sheet, and its columns."""

    id: str
    label: Label
    columns: list[KindColumn]


class LedgerPreview(Answer):
    """What files would be read as; cells are checked, references and places are not."""

    files: list[PreviewFile]
    skipped: list[SkippedFile]
    faults: list[FaultyCell]
    faults_omitted: int
    kinds: list[SheetKind]


# -- an import ---------------------------------------------------------------------------------------------------------
class UnknownColumn(Answer):
    """A column that was not read."""

    column: str
    suggestion: str | None
    reason: str


class NotedCells(Answer):
    """What was left behind of cells whose rows loaded, or was read and is not understood."""

    column: str
    code: str
    cells: int
    rows: list[int] = Field(description="the first of them, where the note is about rows")


class StatedTotal(Answer):
    """A total row that differs from its rows."""

    row: int
    column: str
    stated: float
    counted: float


class ImportedSheet(Answer):
    """What became of one sheet."""

    sheet: str
    kind: str | None
    rows: int
    loaded: int
    unchanged: int
    quarantined: int
    refused_columns: list[str]
    refused_cells: dict[str, int]
    unknown_columns: list[UnknownColumn]
    ignored_columns: list[str]
    encoding: str
    hidden: bool
    left_out: int
    examples: int = Field(
        description="rows marked as examples of how a form is filled in: left out"
    )
    notes: list[NotedCells]
    totals: list[StatedTotal]
    blanked: BlankedValues | None
    problem: Label | None


class ImportedFile(Answer):
    """What became of one file."""

    path: str
    sheets: list[ImportedSheet]
    refused: list[RefusedFile]


class ImportTotals(Answer):
    """Rows of all sheets that are ledgers'."""

    rows: int
    loaded: int
    unchanged: int
    quarantined: int


class LedgerImport(Answer):
    """What one import did: the answer of its job."""

    files: list[ImportedFile]
    totals: ImportTotals
    fault_workbooks: list[str]
    batch: int | None
    date: str
    changed: bool
    resolved: int
    withheld: bool
    faults: list[FaultyCell]
    faults_omitted: int
    warnings: list[Label]
    skipped: list[SkippedFile]
