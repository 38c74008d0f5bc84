"""Pairs of codes that may stand for one organization, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.asking.duplicates import Proposed
    from api.cli.texts import Texts


def duplicates(t: Texts, found: Proposed) -> list[Listing]:
    """Return the pairs, side by side, with what was weighed."""
    columns = [
        Column("score", t("column.score"), "number"),
        *(
            Column(f"{n}_{k}", f"{t(f'column.{header}')} {k.upper()}")
            for k in "ab"
            for n, header in (("code", "id"), ("name", "name"), ("address", "address"))
        ),
        Column("evidence", t("column.evidence")),
    ]

    def rows() -> Iterator[list[Any]]:
        for pair in found.pairs:
            a, b = found.known[pair.a], found.known[pair.b]
            weighed = "; ".join(
                f"{t(f'evidence.{what}')} {weight:+d}" for what, weight in pair.evidence
            )
            yield [
                pair.score, pair.a, a["name"], a["address"], pair.b, b["name"], b["address"], weighed,
            ]  # fmt: skip

    return [Listing(t("duplicates.pairs"), columns, rows())]
