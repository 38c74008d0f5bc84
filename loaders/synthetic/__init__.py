"""A synthetic city: ledgers as hard as real ones, with planted faults, near misses beside them, and the truth.

Everything is invented: names, codes (valid ones of no division, see :mod:`loaders.synthetic.codes`), places, members.
One seed gives the same bytes every time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loaders.synthetic.truth import Truth

Progress = Callable[[str, int, "int | None"], object]

LEAST, MOST = 50, 1_200_000
"""How many organizations a city may have (there are invented names for so many)."""


def generate(
    directory: Path | str, organizations: int, seed: int = 0, progress: Progress | None = None
) -> Truth:
    """Write the ledgers of an invented city, and what is right to find in them.

    Parameters
    ----------
    directory : path
        Made where it is not there; must hold no file of an earlier city.
    organizations : int, 50 to 1,200,000
        How many the ledgers list, beside the rows that belong in quarantine.
    seed : int, 0 or more
    progress : callable, optional
        Called with a stage's name, steps done and all steps.

    Returns
    -------
    Truth
        Also as ``truth.json`` (``[{code, subject}]``), ``near_misses.json`` and ``quarantine.json`` beside the ledgers.

    Raises
    ------
    InputError
        A number outside its bounds, or a directory that is not empty.
    """
    from loaders.synthetic.making import make

    return make(Path(directory), organizations, seed, progress or (lambda *_: None))
