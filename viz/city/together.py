"""The parts that a view shows: proposed units or communities, each named once, with how much of it the view has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from viz.city.counting import COMMUNITY, GROUP
from viz.city.parts import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from viz.city.parts import Parts
    from viz.city.proposal import Proposal
    from viz.city.view import CityMap, Names

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

LISTED = 12
"""Communities of a view that are named though none of their marks is shown: those that have most in it."""
LONGEST = 80


class Together:
    """What a view's organizations and units are coloured by where near ones of a colour belong together."""

    def __init__(self, shown: CityMap, colour: str, over: Proposal | None, names: Names) -> None:
        self._map, self._over, self._names = shown, over, names
        self._planned = colour == GROUP
        if self._planned:
            assert over is not None  # noqa: S101
            self.parts: Parts = over.parts
        else:
            self.parts = shown.communities.parts
        self._here: Ints | None = None

    def of(self, unit: bool, some: Ints) -> Ints:
        """Return the parts of some organizations or units."""
        column = self.parts.units if unit else self.parts.organizations
        return column[some].astype(np.int64)

    def told(self, which: Ints) -> dict[int, dict[str, Any]]:
        """Return what is said of some parts."""
        known = np.unique(which[which != NONE]).tolist()
        return self._groups(known) if self._planned else self._communities(known)

    def id(self, part: int) -> str:
        """Return the code of a part: of a unit that is proposed, of one that is joined, of the unit in a community's middle."""
        if self._over is not None and self._planned:
            return self._over.groups.id(part)
        columns, tree = self._map.columns, self._map.tree
        hub = int(self._map.communities.hub[part])
        return str(columns.units[int(tree.units.order[hub])])

    def _groups(self, parts: list[int]) -> dict[int, dict[str, Any]]:
        assert self._over is not None  # noqa: S101
        groups = {part: self._over.groups[part] for part in parts}
        hosts = [group.id for group in groups.values() if not group.joint]
        called = self._names("unit", hosts) if hosts else {}
        codes = [code for group in groups.values() for code in group.members]
        # of what is not seen here no name comes back, and so nothing is said
        firms = self._names("organization", codes) if codes else {}
        return {
            part: {
                "id": group.id,
                "kind": "joint" if group.joint else "attached",
                "name": _short(called.get(group.id)),
                "tint": int(self.parts.tint[part]),
                "organizations": len(group.members),
                "units": None,
                "here": None,
                "ledger_unit": group.ledger_unit,
                "ledger_unit_name": _short(group.ledger_unit_name),
                "form": group.form,
                "members": [
                    {"code": c, "name": _short(firms[c])} for c in group.members if c in firms
                ],
                "why": dict(zip(("zh", "en"), group.why, strict=True)),
            }
            for part, group in groups.items()
        }

    def _communities(self, parts: list[int]) -> dict[int, dict[str, Any]]:
        ids = {part: self.id(part) for part in parts}
        called = self._names("unit", list(ids.values())) if ids else {}
        size = self._map.communities.size
        return {
            part: {
                "id": code,
                "kind": COMMUNITY,
                "name": _short(called.get(code)),
                "tint": int(self.parts.tint[part]),
                "organizations": int(size[part, 0]),
                "units": int(size[part, 1]),
                "here": None,
                "ledger_unit": None,
                "ledger_unit_name": None,
                "form": None,
                "members": None,
                "why": None,
            }
            for part, code in ids.items()
        }

    def largest(
        self,
        groups: dict[int, dict[str, Any]],
        places: Bools,
        organizations: Bools | None,
        units: Bools | None,
    ) -> int | None:
        """Say of communities how much of them a view has, add those that have most in it, and return how many it has any of."""
        if self._planned:
            return None
        tree = self._map.tree
        here = np.zeros(len(self.parts), dtype=np.int64)
        for of, part, some in (
            (tree.organizations, self.parts.organizations, organizations),
            (tree.units, self.parts.units, units),
        ):
            seen = (part != NONE) & places[of.place]
            if some is not None:
                seen &= some
            here += np.bincount(part[seen], minlength=len(here))
        order = np.argsort(-here, kind="stable")[:LISTED]
        most = order[here[order] > 0]
        groups |= self.told(np.setdiff1d(most, np.fromiter(groups, dtype=np.int64)))
        for one, told in groups.items():
            told["here"] = int(here[one])
        return int((here > 0).sum())


def _short(name: str | None) -> str | None:
    return name if name is None or len(name) <= LONGEST else name[: LONGEST - 1] + "…"
