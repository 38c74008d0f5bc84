"""Answers about a plan, for a person: lines before the tables, the tables, and lines after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.cli.figures import percent
from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.cli.texts import Texts
    from graph.city import City

Answer = dict[str, Any]


@dataclass(slots=True)
class Shown:
    """What a person gets to read."""

    lines: list[str] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class _Words:
    """Names and numbers of an answer in one language."""

    def __init__(self, t: Texts, city: City) -> None:
        self.t = t
        self.organizations = city.organizations["name"]
        self.units = city.units["name"]

    def organization(self, code: str) -> str:
        name = self.organizations.get(code)
        return f"{code} {name}" if isinstance(name, str) else code

    def unit(self, code: str) -> str:
        name = self.units.get(code)
        return f"{code} {name}" if isinstance(name, str) else code

    def all(self, codes: Iterable[str]) -> str:
        return self.t("questions.comma").join(self.organization(c) for c in codes)

    def text(self, both: dict[str, str]) -> str:
        return self.t.either(both["zh"], both["en"])

    def place(self, x: Answer) -> str:
        """Say what a joint unit, an attachment or an uncovered organization is."""
        if x["as"] == "joint":
            method = self.t(f"method.{x['method']}")
            return self.t(
                "questions.joint", organizations=self.all(x["organizations"]), method=method,
                members=x["formal_members"], cost=_cost(x["cost"]),
            )  # fmt: skip
        who = self.all(x["organizations"])
        if x["as"] == "attached":
            unit = self.unit(x["unit"])
            return self.t("questions.attached", organization=who, unit=unit, cost=_cost(x["cost"]))
        return self.t("questions.uncovered", organization=who, cost=_cost(x["cost"]))

    def dearer(self, value: float) -> str:
        key = "dearer" if value > 0 else ("cheaper" if value < 0 else "same")
        return self.t(f"questions.{key}", value=_cost(abs(value)))

    def proof(self, x: Answer) -> str:
        return (
            self.t("questions.proven")
            if x["proven"]
            else self.t("questions.unproven", gap=percent(x["gap"], 4))
        )


def _cost(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _pairs(t: Texts, words: _Words, pairs: list[Answer]) -> Listing:
    columns = [
        Column("a", t("candidates.a")),
        Column("b", t("candidates.b")),
        Column("d", t("candidates.dissimilarity"), "number"),
        Column("adjacency", t("candidates.adjacency"), "number"),
        Column("near", t("questions.near")),
        Column("similarity", t("candidates.similarity"), "number"),
        Column("alike", t("questions.alike")),
    ]
    rows = [
        {
            "a": words.organization(p["a"]), "b": words.organization(p["b"]), "d": p["dissimilarity"],
            "adjacency": p["adjacency"]["value"], "near": words.text(p["adjacency"]["text"]),
            "similarity": p["similarity"]["value"], "alike": words.text(p["similarity"]["text"]),
        }
        for p in pairs
    ]  # fmt: skip
    return Listing.of(t("candidates.pairs"), columns, rows)


def _changes(t: Texts, words: _Words, x: Answer) -> list[str]:
    """Say what another plan has instead."""
    lines = [t("questions.drops", place=words.place(p)) for p in x["drops"]]
    return lines + [t("questions.forms", place=words.place(p)) for p in x["forms"]]


def _head(t: Texts, words: _Words, who: Answer) -> str:
    where = who["ledger_unit_name"] or t("questions.nowhere")
    return t(
        "questions.who", organization=words.organization(who["organization"]), where=where,
        id=who["ledger_unit"] or "–", members=who["formal_members"],
    )  # fmt: skip


def why_shown(t: Texts, answer: Answer, city: City) -> Shown:
    """Return ``plan --why`` in words."""
    words = _Words(t, city)
    stands = answer["stands"]
    out = Shown([_head(t, words, answer), _stands(t, words, stands)])
    if isinstance(stands.get("why"), dict):
        out.lines.append(words.text(stands["why"]))
    if "reason" in stands:
        out.lines.append(words.text(stands["reason"]))
        out.lines.append(words.text(stands["fallback"]))
        if stands.get("relaxation"):
            out.lines.append(words.text(stands["relaxation"]["text"]))
    if answer["cost_parts"]:
        parts = _parts_of(t, words, answer)
        out.lines.append(t("why.cost", cost=_cost(stands["cost"]), parts=parts))
    if answer["price"] is not None:
        out.lines.append(t("why.price", price=_cost(answer["price"])))
    following = answer["next_best"]
    if following is not None:
        if following["place"] is None:
            out.after.append(t("why.no_other"))
        else:
            out.after.append(
                t(
                    "why.next", place=words.place(following["place"]), proof=words.proof(following),
                    dearer=words.dearer(following["dearer"]),
                )
            )  # fmt: skip
            out.after += _changes(t, words, following)
    out.listings = [_pairs(t, words, answer["pairs"])] if answer["pairs"] else []
    return out


def _parts_of(t: Texts, words: _Words, answer: Answer) -> str:
    """Say what a cost is made of."""
    return t("questions.semicolon").join(
        t("why.part", value=_cost(p["value"]), text=words.text(p["text"]))
        for p in answer["cost_parts"]
    )


def _stands(t: Texts, words: _Words, stands: Answer) -> str:
    """Say where an organization stands."""
    values: Answer = {"others": words.all(stands["with"])}
    if stands.get("unit"):
        values["unit"] = words.unit(stands["unit"])
    if stands["as"] == "joint":
        values["method"] = t(f"method.{stands['method']}")
        values["form"] = stands["form"]
        superior = stands["superior"]
        values["superior"] = words.unit(superior) if superior else t("questions.none")
    elif stands["as"] == "separate":
        superior = stands["superior"]
        values["superior"] = words.unit(superior) if superior else t("questions.none")
    elif stands["as"] == "split":
        values |= {f"left_{k}": v for k, v in stands["remaining"].items()}
    elif "units" in stands:
        values["units"] = t("questions.comma").join(map(words.unit, stands["units"]))
    return t(f"why.{stands['as']}", **values)


def unit_shown(t: Texts, answer: Answer, city: City) -> Shown:
    """Return ``plan --why`` of a unit in words: who is in it, why, and what it costs."""
    words = _Words(t, city)
    where = answer["ledger_unit_name"] or t("questions.nowhere")
    place = {"where": where, "id": answer["ledger_unit"] or "–"}
    out = Shown()
    if answer["as"] == "planned":
        superior = answer.get("superior")
        out.lines.append(
            t(
                "why_unit.planned", unit=answer["unit"], **place, method=t(f"method.{answer['method']}"),
                form=answer["form"], superior=words.unit(superior) if superior else t("questions.none"),
                members=answer["formal_members"],
            )
        )  # fmt: skip
        if isinstance(answer.get("why"), dict):
            out.lines.append(words.text(answer["why"]))
        out.lines.append(
            t("why.cost", cost=_cost(answer["cost"]), parts=_parts_of(t, words, answer))
        )
    else:
        room = {key: answer[key] for key in ("free_places", "free_seats")}
        key = "why_unit.host" if answer["host"] else "why_unit.no_host"
        out.lines.append(t("why_unit.existing", unit=words.unit(answer["unit"]), **place))
        out.lines.append(t(key, type=answer["type"] or "–", **room))
        for a in answer["attached"]:
            who = words.organization(a["organization"])
            out.lines.append(t("why_unit.attached", organization=who, cost=_cost(a["cost"])))
        if answer["split"]:
            out.lines.append(t("why_unit.split", organizations=words.all(answer["split"])))
        if answer["ledger_unit"] and not answer["attached"] and not answer["split"]:
            out.lines.append(t("why_unit.untouched"))
    columns = [
        Column("organization", t("column.id")),
        Column("name", t("column.name")),
        Column("formal_members", t("plan.formal_members"), "number"),
        Column("price", t("column.price"), "number"),
    ]
    out.listings = [Listing.of(t("why_unit.members"), columns, answer["members"])]
    if answer["pairs"]:
        out.listings.append(_pairs(t, words, answer["pairs"]))
    return out


def why_not_shown(t: Texts, answer: Answer, city: City) -> Shown:
    """Return ``plan --why-not`` in words."""
    words = _Words(t, city)
    out = Shown([_head(t, words, answer["a"]), _head(t, words, answer["b"])])
    out.listings = [_pairs(t, words, [answer["pair"]])]
    if answer["together"]:
        out.after.append(t("why_not.together"))
    for rule in answer["forbidden"]:
        out.after.append(t("why_not.forbidden", rule=words.text(rule["text"])))
    if answer["methods"]:
        methods = t("questions.comma").join(t(f"method.{m}") for m in answer["methods"])
        out.after.append(t("why_not.methods", methods=methods))
    cheapest = answer["cheapest"]
    if cheapest is not None:
        proof = words.proof(cheapest)
        out.after.append(t("why_not.cheapest", place=words.place(cheapest["unit"])))
        out.after.append(
            t(
                "why_not.cost", dearer=words.dearer(cheapest["dearer"]), cost=_cost(cheapest["cost"]),
                plan_cost=_cost(cheapest["plan_cost"]), proof=proof,
            )
        )  # fmt: skip
        out.after += _changes(t, words, cheapest)
    return out


MOVES_TOLD = 4
"""Organizations that one line about an alternative names; the table has all."""


def _alternative(t: Texts, words: _Words, x: Answer) -> str:
    """Say in one line what an alternative costs more, and who stands elsewhere in it."""
    told = [
        t(
            "alternatives.move", organization=words.organization(m["organization"]),
            before=_standing_in(t, words, m, m["before"]), after=_standing_in(t, words, m, m["after"]),
        )
        for m in x["moves"][:MOVES_TOLD]
    ]  # fmt: skip
    more = len(x["moves"]) - len(told)
    if more > 0:
        told.append(t("alternatives.more", number=more))
    moves = t("questions.semicolon").join(told)
    return t(
        "alternatives.one", rank=x["rank"], dearer=words.dearer(x["dearer"]), moves=moves,
        number=len(x["moves"]),
    )  # fmt: skip


def _standing_in(t: Texts, words: _Words, move: Answer, place: Answer) -> str:
    """Say shortly where an organization stands: with whom, at which unit, or nowhere."""
    if place["as"] == "attached":
        return t("alternatives.at", unit=words.unit(place["unit"]))
    if place["as"] == "uncovered":
        return t("plan.uncovered")
    others = [c for c in place["organizations"] if c != move["organization"]]
    return t("alternatives.with", others=words.all(others))


def alternatives_shown(t: Texts, answer: Answer, city: City) -> Shown:
    """Return ``plan --alternatives`` in words: a row for each unit that an alternative forms or drops."""
    words = _Words(t, city)
    found = answer["alternatives"]
    columns = [
        Column("rank", t("alternatives.rank"), "number"),
        Column("dearer", t("alternatives.dearer"), "number"),
        Column("proof", t("alternatives.proof")),
        Column("change", t("alternatives.change")),
        Column("place", t("alternatives.place"), width=90),
    ]
    rows = [
        {
            "rank": x["rank"], "dearer": x["dearer"], "proof": words.proof(x), "change": t(f"alternatives.{way}"),
            "place": words.place(p),
        }
        for x in found
        for way in ("drops", "forms")
        for p in x[way]
    ]  # fmt: skip
    after = [
        t(
            "alternatives.line", name=answer["name"], id=answer["ledger_unit"], number=len(found),
            cost=_cost(answer["objective"]),
        )
    ]  # fmt: skip
    after += [_alternative(t, words, x) for x in found]
    if len(found) < answer["asked"]:
        after.append(t("alternatives.fewer", asked=answer["asked"]))
    return Shown([], [Listing.of(t("alternatives.title"), columns, rows)], after)
