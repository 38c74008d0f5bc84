"""Why a unit is in a plan as it is: one that the plan forms, or an existing one that it attaches to or splits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.errors import UnknownIdError, Way
from graph.formation.entries import code_of, home_in
from graph.formation.naming import PREFIX
from graph.formation.questions.explain import Question, Why

if TYPE_CHECKING:
    from graph.city import City
    from graph.formation.questions.standing import Plan

Object = dict[str, Any]


def home_of(city: City, plan: Plan | None, code: str) -> str | None:
    """Return the ledger unit whose plan a unit's code is about; ``None`` for an existing unit that lies in none.

    Parameters
    ----------
    plan : dict, optional
        The plan asked about; only it knows the units that it forms.

    Raises
    ------
    UnknownIdError
        The code is neither an organization's nor a unit's, or names a planned unit and no plan that has it is given.
    """
    formed = home_in(plan or {}, code)
    if formed is not None:
        return formed
    if code in city.units.index:
        home = city.units["host_ledger_unit"][code]
        return home if isinstance(home, str) else None
    if code.startswith(PREFIX):
        if plan is None:
            raise UnknownIdError(
                f"{code}: a plan's code for a unit to be formed",
                f"{code}：这是方案中拟建党组织的代码",
                way=Way(
                    "give the plan with --from PLAN, or ask about one of its organizations",
                    "请用 --from 给出该方案，或改问其中一家单位",
                ),
            )
        raise UnknownIdError(
            f"{code}: the plan forms no unit of this code (codes follow from the members: it may be another plan's); ask about one"
            " of its organizations",
            f"{code}：方案中没有这个代码的拟建党组织（代码由成员得出，可能属于另一方案）；请改问其中一家单位",
        )
    raise UnknownIdError(
        f"{code}: no organization or unit has this code",
        f"{code}：没有这个代码的单位或党组织",
        way=Way.find(code),
    )


class WhyUnit(Question):
    """Says why a unit is in a plan as it is."""

    def answer(self, code: str) -> Object:
        """Answer about one unit.

        Returns
        -------
        dict
            ``{unit, as, name, ledger_unit, ledger_unit_name, members[], cost, cost_parts[], pairs[], …}``; ``members[]`` holds
            ``{organization, name, formal_members, price}``. *as* is ``planned`` (with ``method``, ``form``, ``anchor``,
            ``superior``, ``formal_members``, ``fragile``, ``clauses``, ``why``) or ``existing`` (its members are whom it covers;
            with ``type``, ``host``, whether it may take any, ``free_places``, ``free_seats``, whom the plan attaches to it,
            ``attached[]``, and whom it splits off, ``split[]``).
        """
        entry: Object = {} if self.standing is None else self.standing.entry
        unit = next((g for g in entry.get("joint", ()) if code_of(g) == code), None)
        return self._existing(code, entry) if unit is None else self._planned(code, unit, entry)

    def _planned(self, code: str, unit: Object, entry: Object) -> Object:
        first = Why(self.problem, self.plan, self.standing).answer(unit["organizations"][0])
        kept = (
            "method",
            "form",
            "anchor",
            "superior",
            "formal_members",
            "fragile",
            "clauses",
            "why",
        )
        return {
            "unit": code,
            "as": "planned",
            "name": None,
            "ledger_unit": entry["id"],
            "ledger_unit_name": first["ledger_unit_name"],
            "members": [self._member(c, entry) for c in unit["organizations"]],
            "cost": unit["cost"],
            "cost_parts": first["cost_parts"],
            "pairs": first["pairs"],
            **{key: unit[key] for key in kept if key in unit},
        }

    def _existing(self, code: str, entry: Object) -> Object:
        row = self.city.units.loc[code].to_dict()
        home = row["host_ledger_unit"]
        known = isinstance(home, str)
        return {
            "unit": code,
            "as": "existing",
            "name": self.leaning.names.unit(code),
            "ledger_unit": home if known else None,
            "ledger_unit_name": self._called(home) if known else None,
            "members": [
                self._member(str(self.problem.codes[r]), entry)
                for r in self.problem.covered_by(code)
            ],
            "cost": None,
            "cost_parts": [],
            "pairs": [],
            "type": row["type"] if isinstance(row["type"], str) else None,
            "host": bool(row["host"]),
            "free_places": int(row["free_places"]),
            "free_seats": int(row["free_seats"]),
            "attached": [
                {key: a[key] for key in ("organization", "cost", "why") if key in a}
                for a in entry.get("attached", ())
                if a["unit"] == code
            ],
            "split": [
                c for s in entry.get("split", ()) if s["unit"] == code for c in s["organizations"]
            ],
        }

    def _called(self, home: str) -> str:
        return str(self.city.ledger_units["name"].to_dict().get(home) or home)

    def _member(self, code: str, entry: Object) -> Object:
        row = self.city.organizations.index.get_loc(code)
        return {
            "organization": code,
            "name": self.leaning.names.organization(code),
            "formal_members": int(self.problem.m[row]),
            "price": entry.get("prices", {}).get(code),
        }
