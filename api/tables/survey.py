"""A survey as tables: organizations one by one, and how many of each action and clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.listing import Column, Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.cli.texts import Texts
    from graph.survey import Survey


def survey(t: Texts, found: Survey, totals: dict[str, Any]) -> list[Listing]:
    """Return organizations, actions and clauses; ``totals`` are those of the survey's JSON."""
    return [_organizations(t, found), _actions(t, totals), _clauses(t, totals)]


def _organizations(t: Texts, found: Survey) -> Listing:
    columns = [
        Column("code", t("column.id")),
        Column("name", t("column.name")),
        Column("ledger_unit", t("column.ledger_unit")),
        Column("in_base", t("column.in_base")),
        Column("action", t("column.action")),
        Column("clauses", t("column.clauses")),
        Column("unmet", t("column.unmet")),
        Column("clears", t("column.clears")),
        Column("why", t("column.why")),
    ]
    words = {True: t("word.yes"), False: t("word.no")}

    def rows() -> Iterator[list[Any]]:
        actions: dict[str, str] = {}
        for r in found.rows():
            action = actions.setdefault(r["action"], t(f"action.{r['action']}"))
            yield [
                r["code"],
                r["name"],
                r["ledger_unit"],
                words[r["in_base"]],
                action,
                r["clauses"],
                r["unmet"],
                ";".join(map(str, r["clears"])),
                r["why"][t.lang],
            ]

    return Listing(t("survey.organizations"), columns, rows())


def _actions(t: Texts, totals: dict[str, Any]) -> Listing:
    rows = [[t(f"action.{name}"), count] for name, count in totals["actions"].items()]
    columns = [
        Column("action", t("column.action")),
        Column("count", t("column.organizations"), "number"),
    ]
    return Listing(t("survey.actions"), columns, rows)


def _clauses(t: Texts, totals: dict[str, Any]) -> Listing:
    columns = [
        Column("clause", t("column.clause")),
        Column("bound", t("column.bound"), "number"),
        Column("unmet", t("column.unmet"), "number"),
    ]
    rows = [[c, n, totals["unmet"].get(c, 0)] for c, n in totals["clauses"].items()]
    return Listing(t("survey.clauses"), columns, rows)
