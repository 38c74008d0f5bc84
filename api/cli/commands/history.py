"""What changed between two dates, what was corrected, and what other rules make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.commands.wording import kind_name, place, stated
from api.cli.options import (
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
    day,
)
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from api.cli.texts import Texts
    from graph.history.diff import Diff

EarlierArgument = Annotated[int, typer.Argument(metavar="DATE", parser=day, help="diff.from")]
LaterArgument = Annotated[int, typer.Argument(metavar="DATE", parser=day, help="diff.to")]
AgainstOption = Annotated[
    str | None, typer.Option("--against", metavar="NAME|FILE", help="diff.against")
]


def diff(
    earlier: EarlierArgument,
    later: LaterArgument,
    within: InOption = None,
    against: AgainstOption = None,
    store: StoreOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Tell what changed between two dates: in the world, by correction, and by other rules."""
    session = Session.of(lang=lang, json=json, out=out, store=store, profile=profile)
    t = session.texts
    rules = session.profile()
    former = None
    if against is not None:
        from graph.policy.profile import load

        former = load(against)
    with session.store() as opened:
        with progress(t("diff.working")) as tick:
            from graph.history.diff import diff as diff_of

            found = diff_of(
                opened, rules, earlier, later, within=within, against=former, progress=tick
            )
            payload = found.as_json()
        emit(session, payload, _listings(t, found, payload), _summary(t, payload))
    return 0


def _listings(t: Texts, found: Diff, payload: dict[str, Any]) -> list[Listing]:
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


def _summary(t: Texts, payload: dict[str, Any]) -> list[str]:
    totals = payload["totals"]
    lines = [
        t(
            "diff.line",
            start=payload["from"],
            end=payload["to"],
            changed=f"{totals['changed']:,}",
            added=f"{sum(totals['added'].values()):,}",
            corrected=f"{totals['corrected']:,}",
        )
    ]
    events = [f"{t(f'event.{e}')} {n:,}" for e, n in totals["events"].items()]
    if events:
        lines.append("; ".join(events))
    if payload["rules"] is not None:
        lines.append(
            t(
                "diff.rules_line",
                values=len(payload["rules"]["values"]),
                organizations=f"{len(payload['rules']['organizations']):,}",
            )
        )
    return lines
