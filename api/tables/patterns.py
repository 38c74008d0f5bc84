"""Whom a question fits, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from api.cli.texts import Texts

_NUMBERS = ("int", "float")


def results(t: Texts, told: Mapping[str, Any]) -> Listing:
    """Return the results of a question's answer: code, name, and the values that the question names."""
    from graph.patterns.vocabulary import properties

    known = properties(told["question"]["kind"])
    asked = [c for c in told["columns"] if c["property"] != "name"]
    columns = [Column("id", t("column.id")), Column("name", t("column.name"))]
    columns += [
        Column(
            c["property"],
            t.either(c["label"]["zh"], c["label"]["en"]),
            "number" if c["type"] in _NUMBERS else "text",
        )
        for c in asked
    ]
    words = {
        c["property"]: {value: t.either(zh, en) for value, zh, en in known[c["property"]].values}
        for c in asked
    }
    truths = {True: t("word.yes"), False: t("word.no")}

    def shown(name: str, type_: str, value: Any) -> Any:
        if type_ == "bool" and value is not None:
            return truths[value]
        if isinstance(value, list):
            return ";".join(value)
        return words[name].get(value, value) if isinstance(value, str) else value

    def rows() -> Iterator[list[Any]]:
        for r in told["results"]:
            yield [
                r["id"],
                r["name"],
                *(shown(c["property"], c["type"], r["values"].get(c["property"])) for c in asked),
            ]

    return Listing(t("ask.results"), columns, rows())
