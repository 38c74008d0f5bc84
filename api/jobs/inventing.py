"""An invented city for a store that holds nothing: its ledgers stand in the job's folder as uploads do, and are imported so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from api.jobs.errors import NotEmptyError
from api.jobs.folders import ENDINGS, IN
from api.jobs.model import Job, Upload
from graph.errors import StoreMissingError
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

ORGS, SEED = "orgs", "seed"
"""Among what was asked: how many organizations, and the seed (what `lianjian generate` takes)."""
MADE = f"{IN}/city"
"""Where the generator writes, in the job's folder."""


def only_where_empty(store: str) -> None:
    """Let an invented city into no store that holds anything.

    Raises
    ------
    NotEmptyError
        It holds a city.
    StoreError
        It can't be read.
    """
    from api.asking.holdings import empty

    try:
        opened = open_store(store)
    except StoreMissingError:
        return
    try:
        if not empty(opened):
            raise NotEmptyError
    finally:
        opened.close()


def invented(job: Job, tell: Callable[[str, int, int | None], None]) -> Job:
    """Return a job with the ledgers of the city that was asked for, as if they had been uploaded.

    Parameters
    ----------
    tell : callable
        Told (what is done, steps done, all steps) in the words of the command line.

    Raises
    ------
    InputError
        A number outside the generator's bounds.
    """
    from api.cli.commands.generating import STAGES
    from api.cli.texts import Texts
    from loaders.synthetic import generate

    t = Texts("zh" if job.lang == "zh" else "en")
    made = generate(
        MADE, int(job.asked[ORGS]), int(job.asked[SEED]),
        lambda stage, done, of: tell(t(STAGES[stage]), done, of),
    )  # fmt: skip
    uploads = []
    for number, name in enumerate(made.files, 1):
        source = Path(MADE) / name
        ending = source.suffix.lower()
        place = f"{IN}/{number}{ending if ending in ENDINGS else ''}"
        uploads.append(Upload(source.name, place, source.stat().st_size))
        source.rename(place)
    command = [job.command[0], *(u.place for u in uploads), *job.command[1:]]
    return replace(job, uploads=uploads, command=command)
