"""Checking a plan: what was checked, how good it is, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import Column, Listing, emit, note
from api.cli.progress import progress
from api.cli.running import gap_of
from api.cli.session import Session
from graph.errors import PlanError

if TYPE_CHECKING:
    from api.cli.texts import Texts
    from graph.policy.profile import Profile
    from graph.store.base import Store

PlanArgument = Annotated[Path, typer.Argument(metavar="PLAN", help="verify.plan")]
MadeByOption = Annotated[
    str | None, typer.Option("--profile", metavar="NAME|FILE", help="verify.profile")
]


def verify(
    plan: PlanArgument,
    profile: MadeByOption = None,
    store: StoreOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Check a plan and its certificate against the store; exit 1 where something is wrong."""
    session = Session.of(lang=lang, json=json, out=out, store=store)
    t = session.texts
    from graph.formation.verify import load_plan

    read = load_plan(plan)
    rules = made_by(profile, read.get("profile"))
    with session.store() as opened, progress(t("verify.working")) as tick:
        from graph.formation.verify import verify as check

        found = check(
            read,
            opened,
            rules,
            progress=lambda done, of, name: tick(name, done, of),
        )
        if not found["valid"]:
            _note_other_city(session, read, opened, str(plan))
    begun = {
        str(e.get("id"))
        for e in read.get("ledger_units") or ()
        if isinstance(e, dict) and e.get("status") != "not_started"
    }
    emit(session, found, _listings(t, found, begun), _summary(t, found, begun))
    return 0 if found["valid"] else 1


def _note_other_city(session: Session, plan: dict[str, Any], store: Store, named: str) -> None:
    """Say that a plan is another city's, where most of its organizations are unknown: its many faults come from that."""
    from graph.formation.planfile import other_city

    error = other_city(plan, store, named)
    if error is not None:
        note(error.text(session.texts.lang))


def made_by(given: str | None, named: object) -> Profile:
    """Return the profile that the plan was made by, unless another is asked for.

    Raises
    ------
    PlanError
        The plan was made by a profile of someone's own, and no file of it is given.
    """
    from graph.policy.profile import load, names

    if given is not None:
        return load(given)
    if not isinstance(named, str):
        return load()
    if named not in names():
        name = named[:60]
        raise PlanError(
            f"the plan was made by the profile {name}, none of the project's own: give its file with --profile",
            f"方案依据的规则档案 {name} 不是自带的：请用 --profile 给出其文件",
        )
    return load(named)


def _listings(t: Texts, found: dict[str, Any], begun: set[str]) -> list[Listing]:
    units = Listing.of(
        t("verify.units"),
        [
            Column("id", t("column.ledger_unit")),
            Column("name", t("column.name")),
            Column("small", t("column.small"), "number"),
            Column("uncovered", t("column.uncovered"), "number"),
            Column("objective", t("column.objective"), "number"),
            Column("bound", t("verify.bound"), "number"),
            Column("gap", t("verify.gap"), "number"),
        ],
        [
            u if u["id"] in begun else u | {"bound": None, "gap": None}
            for u in found["ledger_units"]
            if u["small"]
        ],
    )
    faults = Listing.of(
        t("verify.faults"),
        [
            Column("code", t("verify.fault")),
            Column("ledger_unit", t("column.ledger_unit")),
            Column("organizations", t("plan.codes")),
            Column("message", t("column.message")),
        ],
        [
            f
            | {
                "organizations": ";".join(f["organizations"]),
                "message": t.either(f["message"]["zh"], f["message"]["en"]),
            }
            for f in found["faults"]
        ],
    )
    return ([faults] if found["faults"] else []) + [units]


def _summary(t: Texts, found: dict[str, Any], begun: set[str]) -> list[str]:
    units = found["ledger_units"]
    planned = [u for u in units if u["id"] in begun]
    lines = [
        t(
            "verify.checked",
            units=f"{len(units):,}",
            small=f"{sum(u['small'] for u in units):,}",
            nodes=f"{sum(u['searched'] for u in units):,}",
        )
    ]
    if found["objective"] is not None:
        lines.append(
            t(
                "verify.figures",
                objective=f"{found['objective']:,.6f}",
                bound=f"{found['bound']:,.6f}",
                gap=gap_of(t, planned, of=len(units)),
                uncovered=f"{sum(u['uncovered'] for u in units):,}",
            )
        )
    unproven = sum(u["claims_optimal"] and u["optimal"] is None for u in units)
    if unproven:
        lines.append(t("verify.unproven", units=f"{unproven:,}"))
    lines += [
        t("verify.parameter", key=key, plan=change["plan"], profile=change["profile"])
        for key, change in found["parameters"].items()
    ]
    if found["store_changed"]:
        lines.append(t("verify.changed"))
    if found["not_in_plan"] and found["valid"]:
        lines.append(t("verify.left_out", units=f"{len(found['not_in_plan']):,}"))
    lines.append(t("verify.not_checked"))
    if found["valid"]:
        lines.append(t("verify.valid"))
    else:
        lines.append(t("verify.invalid", faults=f"{len(found['faults']):,}"))
    return lines
