"""Whom the plan asks for reports, and how a 报送 row names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation import calendar
from graph.affiliation.calendar import plain
from graph.affiliation.offices import district_organization_department, means
from graph.columns import mask, numbers, padded, texts
from graph.jurisdiction import MUNICIPAL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from graph.affiliation.facts import Facts
    from graph.city import City


def answering(city: City) -> NDArray[Any]:
    """Return who reports each organization of a city (S47, S16-S18): ``district:CODE``, ``dept:OFFICE`` or ``None``.

    Municipal social organizations are the organs work committee's where they have a supervising body, else the civil-affairs
    bureau's; all others are the organization department's of the district in which they lie.
    """
    o, audit = city.few("line", "level", "supervisor"), city.profile.audit
    municipal = mask(o["line"].eq("social")) & mask(o["level"].eq(MUNICIPAL))
    supervised = o["supervisor"].notna().to_numpy(dtype=bool)
    district = texts(city.located["at_district"])
    code, unique = pd.factorize(district)
    out = padded([f"district:{one}" for one in unique])[code]
    out[municipal & supervised] = f"dept:{audit.organs_committee}"
    out[municipal & ~supervised] = f"dept:{audit.civil_affairs}"
    return np.asarray(out, dtype=object)


def submitter(
    office: str, districts: Mapping[str, str], organs: str | None, civil_affairs: str | None
) -> str | None:
    """Return the identity of the submitter that a 报送单位 means: of districts by code and name, and of the two municipal ones."""
    for code, name in districts.items():
        if means(office, "district", code, name):
            return f"district:{code}"
    words = plain(office)
    if organs is not None and (plain(organs) in words or "机关工委" in words):
        return f"dept:{organs}"
    if civil_affairs is not None and plain(civil_affairs) in words:
        return f"dept:{civil_affairs}"
    return None


class Submitters:
    """Whom the plan asks for reports, and which 报送 rows are theirs.

    Parameters
    ----------
    also : collection of str
        Districts that count although the store holds no organization of them yet.

    Attributes
    ----------
    districts : dict of str to str
        Code and name of each district of which the store holds an organization.
    organs, civil_affairs : str or None
        The two municipal submitters, where the store holds a municipal social organization.
    """

    def __init__(self, facts: Facts, also: Collection[str] = ()) -> None:
        self._facts = facts
        o, divisions = facts.organizations, facts.expected.divisions
        codes = sorted({*map(str, o["at_district"].dropna().unique()), *also})
        self.districts = {c: str(divisions.at[c, "name"]) for c in codes if c in divisions.index}
        municipal = bool((mask(o["line"].eq("social")) & mask(o["level"].eq(MUNICIPAL))).any())
        audit = facts.profile.audit
        self.organs = audit.organs_committee if municipal else None
        self.civil_affairs = audit.civil_affairs if municipal else None

    def names(self) -> dict[str, str]:
        """Return the canonical name of each submitter by its identity."""
        out = {
            f"district:{c}": district_organization_department(n) for c, n in self.districts.items()
        }
        out |= {f"dept:{n}": n for n in (self.organs, self.civil_affairs) if n is not None}
        return out

    def who(self, office: str) -> str | None:
        """Return the identity of the submitter that a 报送单位 means."""
        return submitter(office, self.districts, self.organs, self.civil_affairs)

    def own(self, who: str) -> NDArray[np.bool_]:
        """Return which organizations are a submitter's own (:func:`answering`)."""
        return np.asarray(answering(self._facts.city) == who, dtype=bool)


def received(facts: Facts) -> pd.DataFrame:
    """Return the 报送 rows that have come in by the as-of, one for each submission that a row stands for.

    ``office``, ``what`` (canonical 种类), ``period``, ``date`` (NaN unknown), ``rate``, ``claim``.
    """
    rows = facts.frame("submission")
    date = numbers(rows["date"])
    with np.errstate(invalid="ignore"):
        rows = rows[~(date > facts.as_of)]
    what = {text: sorted(calendar.submission_kinds(text)) for text in rows["type"].unique()}
    out = rows.assign(what=rows["type"].map(what), date=numbers(rows["date"]))
    return out.explode("what").dropna(subset=["what"])
