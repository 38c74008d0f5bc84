"""From a seed to files: the steps of :func:`loaders.synthetic.generate` in their order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from graph.errors import InputError, Way
from graph.files import filling
from loaders.synthetic import LEAST, MOST, covering, listing, records, sizes, structure, truth
from loaders.synthetic.city import AS_OF, City
from loaders.synthetic.files import Writer
from loaders.synthetic.organizations import settle
from loaders.synthetic.plan import lay_out
from loaders.synthetic.roles import populate
from loaders.synthetic.units import organize

if TYPE_CHECKING:
    from loaders.synthetic import Progress

NAMES = ("truth.json", "near_misses.json", "quarantine.json")
ELSEWHERE = Way("name another directory", "另选目录")


def make(directory: Path, organizations: int, seed: int, progress: Progress) -> truth.Truth:
    """Make a city, plant its faults, write its ledgers and the truth."""
    _check(directory, organizations, seed)
    # half a city would be imported as if it were a whole one
    with filling(directory, ELSEWHERE) as here:
        city = populated(organizations, seed, progress)
        writer = Writer(city, here, progress)
        writer.write()
        out = truth.Truth(
            directory=directory,
            organizations=organizations,
            as_of=AS_OF,
            findings=sorted(set(city.truth)),
            near_misses=sorted(set(city.misses) - set(city.truth)),
            quarantine=writer.quarantine,
            files=sorted(writer.files),
        )
        _write(here / NAMES[0], [{"code": c, "subject": s} for c, s in out.findings])
        _write(here / NAMES[1], [{"code": c, "subject": s} for c, s in out.near_misses])
        _write(here / NAMES[2], out.quarantine)
    return out


def populated(organizations: int, seed: int, progress: Progress = lambda *_: None) -> City:
    """Return a city with all its faults, before any ledger is written."""
    rng = np.random.default_rng(seed)
    progress("city", 0, None)
    plan = lay_out(rng, organizations)
    city, groups = populate(rng, plan, settle(rng, plan, organizations))
    organize(city, groups)
    progress("faults", 0, None)
    sizes.plant(city)
    structure.plant(city)
    covering.plant(city)
    records.keep(city)
    listing.plant(city)
    city.truth += truth.count(city)
    truth.near(city)
    return city


def _check(directory: Path, organizations: int, seed: int) -> None:
    if not LEAST <= organizations <= MOST:
        raise InputError(
            f"--orgs {organizations}: give {LEAST} to {MOST:,}",
            f"--orgs {organizations}：请给出 {LEAST} 至 {MOST:,} 之间的数",
        )
    if seed < 0:
        raise InputError(f"--seed {seed}: give 0 or more", f"--seed {seed}：请给出不小于 0 的数")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError(
            f"{directory}: not an empty directory; name another one",
            f"{directory}：不是空目录，请另选一个",
        )


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a JSON list, a row a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f"[\n{lines}\n]\n" if rows else "[]\n", "utf-8")
