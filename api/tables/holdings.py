"""What the store holds, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viz.listing import Column, Listing

if TYPE_CHECKING:
    from api.asking.holdings import Holdings
    from api.cli.texts import Texts


def status(t: Texts, found: Holdings) -> list[Listing]:
    """Return the imports one by one, and how much of each kind there is."""
    from graph.schema import load_schema

    schema, held = load_schema(), found.held
    contents = [
        [t.either(schema.kinds[k].zh, schema.kinds[k].en), n] for k, n in held["kinds"].items()
    ] + [[t.either(schema.edges[k].zh, schema.edges[k].en), n] for k, n in held["edges"].items()]
    imports = Listing.of(
        t("status.imports"),
        [
            Column("id", t("column.batch"), "number"),
            Column("at", t("column.at")),
            Column("date", t("column.date")),
            Column("loaded", t("column.loaded_all"), "number"),
            Column("unchanged", t("column.unchanged"), "number"),
            Column("quarantined", t("column.quarantined"), "number"),
            Column("undone", t("column.undone")),
            Column("files", t("column.files")),
        ],
        found.batches,
    )
    holds = Listing(
        t("status.holds"),
        [Column("kind", t("column.kind")), Column("count", t("column.count"), "number")],
        contents,
    )
    return [imports, holds]
