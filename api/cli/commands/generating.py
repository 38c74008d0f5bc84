"""A synthetic city on disk: ledgers with known faults, and their truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import JsonOption, LangOption, OutOption
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from graph.model import iso

STAGES = {
    "city": "generate.city",
    "faults": "generate.faults",
    "ledgers": "generate.ledgers",
}
"""What the generator says it is doing, to the text's key."""


def generate(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="generate.directory")],
    orgs: Annotated[int, typer.Option("--orgs", metavar="N", help="generate.orgs")] = 4000,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="generate.seed")] = 0,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Write the ledgers of an invented city with planted faults, and their truth."""
    from collections import Counter

    from loaders import synthetic

    session = Session.of(lang=lang, json=json, out=out)
    t = session.texts
    with progress(t("generate.city")) as ticker:

        def tick(stage: str, done: int, total: int | None) -> None:
            ticker(t(STAGES[stage]), done, total)

        made = synthetic.generate(directory, orgs, seed, tick)
    counts = Counter(code for code, _ in made.findings)
    payload = {
        "directory": str(made.directory),
        "organizations": made.organizations,
        "seed": seed,
        "as_of": iso(made.as_of),
        "files": made.files,
        "findings": dict(sorted(counts.items())),
        "near_misses": len(made.near_misses),
        "quarantine": len(made.quarantine),
    }
    rows = [{"code": code, "count": count} for code, count in sorted(counts.items())]
    columns = [Column("code", t("column.code")), Column("count", t("column.count"), "number")]
    said = t(
        "generate.done",
        orgs=f"{made.organizations:,}",
        files=len(made.files),
        dir=made.directory,
        findings=f"{len(made.findings):,}",
        near=len(made.near_misses),
        quarantine=len(made.quarantine),
    )
    emit(session, payload, [Listing.of(t("generate.title"), columns, rows)], [said])
    return 0
