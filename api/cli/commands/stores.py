"""What the store holds, and taking an import back."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking.holdings import holdings
from api.asking.holdings import undo as take_back
from api.cli.journaling import copied
from api.cli.options import JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.tables import holdings as tables
from api.tables.wording import merged_lines
from graph.model import iso

MERGES = 20
"""How many merges ``status`` tells one by one; ``decide list`` has them all."""


def status(
    store: StoreOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Tell what the store holds: kinds, edges, ledgers and imports."""
    session = Session.of(lang=lang, json=json, out=out, store=store)
    t = session.texts
    with session.store() as opened:
        holds_of = holdings(opened)
    found, batches, merged = holds_of.held, holds_of.batches, holds_of.merges
    payload = holds_of.as_json()
    active = sum(not b["undone"] for b in batches)
    if batches:
        line = t(
            "status.line",
            store=found["store"],
            latest=payload["latest"],
            batches=active,
            ledgers=len(found["ledgers"]),
        )
    else:
        line = t("status.empty", store=found["store"])
    gone = [t("status.merged", n=f"{len(merged.merged):,}")] if merged.merged else []
    gone += merged_lines(t, list(merged.of("merge"))[:MERGES])
    emit(session, payload, tables.status(t, holds_of) if batches else [], [line, *gone])
    return 0


def undo(
    batch: Annotated[int, typer.Argument(metavar="BATCH", help="argument.batch", min=1)],
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Take one import back; later ones stay."""
    session = Session.of(lang=lang, json=json, store=store)
    with session.store() as opened:
        taken = take_back(opened, batch)
    emit(
        session,
        taken.as_json(),
        summary=[session.texts("undo.done", batch=batch, files=", ".join(taken.batch.files))],
    )
    return 0


STAGES = {"copying": "progress.copying", "verifying": "progress.verifying"}


def copy(
    source: Annotated[str, typer.Option("--from", metavar="STORE", help="copy.from")],
    target: Annotated[str, typer.Option("--to", metavar="STORE", help="copy.to")],
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Copy a city with its history; every record and the fingerprint at every date are compared before the copy is opened."""
    from graph.store import copying

    session = Session.of(lang=lang, json=json, store=target)
    t = session.texts
    with progress(t("progress.copying")) as ticker:

        def tick(stage: str, done: int, total: int | None) -> None:
            ticker(t(STAGES[stage]), done, total)

        with copied(source):
            done = copying.copy(source, target, tick)
    payload = {
        "from": source,
        "to": target,
        "batches": done.batches,
        "claims": done.claims,
        "resumed": done.resumed,
        "verified": [{"date": iso(d), "fingerprint": f} for d, f in done.verified.items()],
    }
    line = t(
        "copy.done",
        source=source,
        target=target,
        batches=f"{done.batches:,}",
        claims=f"{done.claims:,}",
        resumed=f"{done.resumed:,}",
        dates=len(done.verified),
    )
    emit(session, payload, summary=[line])
    return 0
