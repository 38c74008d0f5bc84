"""Suggested sectors and places of one sheet's rows, where its mapping names the columns to read them from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from loaders.canonical import normal_heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loaders.cells import Settings
    from loaders.places import PlaceBook
    from loaders.rows import Rows


def add_suggestions(rows: Rows, book: PlaceBook, settings: Settings) -> None:
    """Fill ``suggested_*`` of organizations that give no sector or place themselves (LEDGERS, *Nothing is invented*)."""
    from loaders.suggest import Gazetteer, suggest

    wanted = rows.plan.mapping.suggest if rows.plan.mapping else {}
    divisions = book.frame("division", ["name", "level", "parent"])
    gazetteer = Gazetteer(
        (str(key), str(name), str(level), parent if isinstance(parent, str) else None)
        for key, name, level, parent in divisions.itertuples()
        if isinstance(name, str) and isinstance(level, str)
    )
    name_plan = rows.plan.by_prop("name")
    own = normal_heading(name_plan.heading) if name_plan else ""
    scopes = _joined(rows, (h for h in wanted.get("industry", ()) if normal_heading(h) != own))
    addresses = _joined(rows, wanted.get("place", ()))
    made = suggest(
        rows.column("name").tolist(),
        scopes,
        addresses,
        rows.column("key").tolist(),
        gazetteer,
        settings.edition,
        industry="industry" in wanted,
        place="place" in wanted,
    )
    for prop, values in (
        ("suggested_industry", [s.industry for s in made]),
        ("suggested_street", [s.street for s in made]),
        ("suggested_district", [s.district for s in made]),
        ("suggestion_basis", [s.basis or None for s in made]),
    ):
        column: Any = np.full(len(rows), None, dtype=object)
        column[:] = values
        rows.columns[prop] = column


def _joined(rows: Rows, headings: Iterable[str]) -> list[str | None]:
    columns = [
        rows.sources[normal_heading(h)] for h in headings if normal_heading(h) in rows.sources
    ]
    return [
        "；".join(t for t in texts if isinstance(t, str)) or None
        for texts in zip(*columns, strict=True)
    ] or [None] * len(rows)
