"""The difference between two dates as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.tables.wording import kind_name, place, stated
from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from api.cli.texts import Texts
    from graph.history.diff import Diff


def diff(t: Texts, found: Diff, payload: dict[str, Any]) -> list[Listing]:
    """Return what happened, was added, changed and corrected; and what other rules make of it, where any were named."""
    happened = Listing(
        t("diff.events"),
        [
            Column("event", t("column.event")),
            Column("kind", t("column.kind")),
            Column("id", t("column.id")),
            Column("before", t("column.before")),
            Column("after", t("column.after")),
        ],
        (
            [t(f"event.{e.event}"), kind_name(t, e.kind), e.id, e.before, e.after]
            for e in found.events
        ),
    )
    added = Listing(
        t("diff.added"),
        [Column("kind", t("column.kind")), Column("id", t("column.id"))],
        ([kind_name(t, e["kind"]), e["id"]] for e in found.added()),
    )
    changed = _values(t, t("diff.changed"), found.changed(), "since")
    corrected = _values(t, t("diff.corrected"), found.corrected(), "dated")
    out = [happened, added, changed, corrected]
    if payload["rules"] is not None:
        out += _by_rules(t, payload["rules"])
    return out


def _values(t: Texts, title: str, values: Iterable[dict[str, Any]], date: str) -> Listing:
    from graph.schema import load_schema

    kinds = load_schema().kinds

    def rows() -> Iterator[list[Any]]:
        for v in values:
            declared = kinds[v["kind"]].properties[v["property"]]
            sources = v["sources"]
            yield [
                kind_name(t, v["kind"]),
                v["id"],
                t.either(declared.zh, declared.en),
                stated(t, v["property"], v["before"]),
                stated(t, v["property"], v["after"]),
                v[date],
                *(place(sources[end]) if sources[end] else None for end in ("before", "after")),
            ]

    columns = [
        Column("kind", t("column.kind")),
        Column("id", t("column.id")),
        Column("property", t("column.property")),
        Column("before", t("column.before")),
        Column("after", t("column.after")),
        Column(date, t(f"column.{date}")),
        Column("source_before", t("column.source_before")),
        Column("source_after", t("column.source_after")),
    ]
    return Listing(title, columns, rows())


def _by_rules(t: Texts, found: dict[str, Any]) -> list[Listing]:
    values = Listing.of(
        t("diff.rules"),
        [
            Column("key", t("column.key")),
            Column("clause", t("column.clause")),
            Column("before", found["against"]),
            Column("after", found["profile"]),
        ],
        found["values"],
    )
    organizations = Listing(
        t("diff.by_rules"),
        [
            Column("id", t("column.id")),
            Column("before", found["against"]),
            Column("after", found["profile"]),
        ],
        [
            [o["id"], *(t(f"action.{o[end]['action']}") for end in ("before", "after"))]
            for o in found["organizations"]
        ],
    )
    return [values, organizations]
