"""The frozen baseline as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.listing import Column, Listing

if TYPE_CHECKING:
    from api.asking.baselines import Standing
    from api.cli.texts import Texts


def baseline(t: Texts, found: Standing, *, codes: bool) -> list[Listing]:
    """Return what was decided since the freeze, where anything was; before it all codes, if asked for."""
    return [
        *([_codes(t, found)] if codes else []),
        *([_changes(t, found)] if found.changes else []),
    ]


def _codes(t: Texts, found: Standing) -> Listing:
    columns = [Column("code", t("column.id")), Column("name", t("column.name"))]
    rows = ([code, found.names.get(code)] for code in found.codes)
    return Listing(t("baseline.codes"), columns, rows)


def _changes(t: Texts, found: Standing) -> Listing:
    columns = [
        Column(name, t(f"column.{name}"))
        for name in ("type", "subject", "name", "office", "decided", "reason")
    ]
    rows = [row | {"type": t(f"decide.type.{row['type']}")} for row in found.changes]
    return Listing.of(t("baseline.changes"), columns, rows)
