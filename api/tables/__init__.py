"""The same answers as tables for people: what a command shows or writes with ``--out``, the service gives as a file.

One function an answer, from :mod:`api.asking`'s object to listings in a language.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from viz.listing import Listing, cell

if TYPE_CHECKING:
    from api.cli.texts import Texts


def worded(t: Texts, listing: Listing) -> Listing:
    """Return a listing that says yes and no in a language."""
    words = {True: t("output.yes"), False: t("output.no")}

    def rows() -> Iterator[list[Any]]:
        for row in listing.rows:
            yield [words[v] if isinstance(v, bool) else v for v in map(cell, row)]

    return Listing(listing.name, listing.columns, rows())
