"""What changed between two dates, what was corrected, and what other rules make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.asking import history as asking
from api.cli.options import (
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
    day,
)
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from api.tables import history as tables

if TYPE_CHECKING:
    from api.cli.texts import Texts

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
            found = asking.diff(
                opened, rules, earlier, later, within=within, against=former, progress=tick
            )
            payload = found.as_json()
        emit(session, payload, tables.diff(t, found, payload), _summary(t, payload))
    return 0


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
