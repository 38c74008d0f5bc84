"""Who fits with whom, and the plan of joint formation."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.asking import candidates as asking
from api.asking.questions import Terms
from api.cli.chosen import grouped_lines
from api.cli.commands.comparing import compared, lines
from api.cli.commands.questions import Questions, ask, refuse_mixed
from api.cli.figures import percent
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
    ending,
)
from api.cli.output import Column, Listing, emit, note
from api.cli.progress import progress
from api.cli.running import gap_of, standing, stoppable, unfinished
from api.cli.session import Session
from api.cli.worklists import worklists
from api.settings import DEFAULT_PROFILE
from graph.errors import InputError, ProfileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.cli.texts import Texts
    from graph.city import City
    from graph.formation.decisions import Decisions
    from graph.formation.spreading.course import Standing
    from graph.policy.profile import Profile

QUESTIONS = "panel.questions"


def _plan_file(text: str) -> Path:
    return ending(text, ".json", ".xlsx")


def _ledger_file(text: str) -> Path:
    return ending(text, ".xlsx")


def candidates(
    within: InOption = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="ORG", help="candidates.of_option")
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="candidates.pairs_option")] = False,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List which small organizations fit together, and why."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, ExitStack() as told:
        told.enter_context(progress(t("candidates.working")))
        found = asking.candidates(
            opened, rules, session.listed_date(opened), within, of, every=pairs
        )
        hosts = found.hosts

        def line() -> Iterator[str]:
            counts = {k: f"{v:,}" for k, v in found.totals.items() if isinstance(v, int)}
            if hosts is None:
                yield t("candidates.line", **counts)
            else:
                yield t("candidates.of_line", **counts, hosts=f"{len(hosts):,}")
            yield from _elsewhere(t, "candidates.elsewhere", found.elsewhere)

        if out is None and sys.stdout.isatty():
            told.close()
        tables = [_pairs(t, found.city, found.pairs()), *_groups(t, found.groups)]
        emit(session, found.as_json(), [*tables, *_hosts(t, hosts or [])], line())
    return 0


def _elsewhere(t: Texts, key: str, others: dict[str, int]) -> Iterator[str]:
    """Say which small organizations of a jurisdiction stand in other ledgers: plans are of ledgers, not of areas."""
    if others:
        units = t("questions.comma").join(f"{unit} {n:,}" for unit, n in others.items())
        yield t(key, count=f"{sum(others.values()):,}", units=units, unit=next(iter(others)))


def _pairs(t: Texts, city: City, rows: Iterator[dict[str, Any]]) -> Listing:
    names = city.organizations["name"]
    columns = [
        Column("a", t("candidates.a")),
        Column("a_name", f"{t('column.name')} {t('candidates.a')}"),
        Column("b", t("candidates.b")),
        Column("b_name", f"{t('column.name')} {t('candidates.b')}"),
        Column("dissimilarity", t("candidates.dissimilarity"), "number"),
        Column("adjacency", t("candidates.adjacency"), "number"),
        Column("similarity", t("candidates.similarity"), "number"),
        Column("metres", t("candidates.metres"), "number"),
        Column("shared", t("candidates.shared")),
    ]
    named = (r | {"a_name": names[r["a"]], "b_name": names[r["b"]]} for r in rows)
    return Listing.of(t("candidates.pairs"), columns, named)


def _groups(t: Texts, groups: list[dict[str, Any]]) -> list[Listing]:
    if not groups:
        return []
    columns = [
        Column("ledger_unit", t("column.ledger_unit")),
        Column("method", t("plan.method")),
        Column("name", t("column.name")),
        Column("key", t("column.key")),
        Column("count", t("column.count"), "number"),
        Column("formal_members", t("plan.formal_members"), "number"),
        Column("organizations", t("plan.codes")),
    ]
    rows = [
        g | {"method": t(f"method.{g['method']}"), "count": len(g["organizations"])} for g in groups
    ]
    return [Listing.of(t("candidates.groups"), columns, rows)]


def _hosts(t: Texts, hosts: list[dict[str, Any]]) -> list[Listing]:
    if not hosts:
        return []
    columns = [
        Column("unit", t("plan.unit")),
        Column("name", t("column.name")),
        Column("dissimilarity", t("candidates.dissimilarity"), "number"),
        Column("cost", t("column.cost"), "number"),
        Column("free_places", t("candidates.free_places"), "number"),
        Column("free_seats", t("candidates.free_seats"), "number"),
        Column("covered", t("candidates.covered")),
        Column("why", t("column.why")),
    ]
    rows = [h | {"why": t.either(h["why"]["zh"], h["why"]["en"])} for h in hosts]
    return [Listing.of(t("candidates.hosts"), columns, rows)]


def plan(
    within: Annotated[
        list[str] | None, typer.Option("--in", metavar="CODE", help="plan.in")
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", metavar="F.json|xlsx", parser=_plan_file, help="plan.out"),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", metavar="F.xlsx", parser=_ledger_file, help="plan.ledger"),
    ] = None,
    pin: Annotated[Path | None, typer.Option("--pin", metavar="FILE", help="plan.pin")] = None,
    forbid: Annotated[
        Path | None, typer.Option("--forbid", metavar="FILE", help="plan.forbid")
    ] = None,
    accept: Annotated[
        Path | None, typer.Option("--accept", metavar="FILE", help="plan.accept")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option("--from", metavar="PLAN", help="plan.from")
    ] = None,
    gap: Annotated[
        float | None, typer.Option("--gap", min=0.0, max=1.0, metavar="G", help="plan.gap")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--time", min=0.0, metavar="S", help="plan.time")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="plan.seed")] = 0,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="plan.set")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=1024, metavar="N", help="plan.workers")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="URL", help="plan.cluster")
    ] = None,
    why: Annotated[
        str | None,
        typer.Option("--why", metavar="ORG", help="plan.why", rich_help_panel=QUESTIONS),
    ] = None,
    why_not: Annotated[
        tuple[str, str] | None,
        typer.Option("--why-not", metavar="A B", help="plan.why_not", rich_help_panel=QUESTIONS),
    ] = None,
    alternatives: Annotated[
        int | None,
        typer.Option(
            "--alternatives",
            metavar="K",
            min=1,
            max=100,
            help="plan.alternatives",
            rich_help_panel=QUESTIONS,
        ),
    ] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Plan joint formation: who forms with whom, who joins an existing unit, and how good the plan provably is."""
    session = Session.of(lang=lang, json=json, store=store, as_of=as_of, profile=profile)
    t = session.texts
    questions = Questions(why, why_not, alternatives)
    if questions.asked:
        given = {"--pin": pin, "--forbid": forbid, "--accept": accept, "--set": settings}
        refuse_mixed(questions, [k for k, v in given.items() if v], ledger, previous)
    rules = _profile(profile, settings or [])
    if questions.asked:
        decisions = _decisions(pin, forbid, accept, None)[0]
        terms = Terms(rules, decisions, seed, gap, seconds)
        return ask(session, questions, terms, previous, within or [], out or [])
    if workers is not None and cluster is not None:
        raise InputError(
            "--workers and --cluster: give one of them; a cluster's workers are those that were started for it",
            "--workers 与 --cluster 只能给出其一：集群的工作进程在启动集群时确定",
        )
    decisions, former = _decisions(pin, forbid, accept, previous)
    with session.store() as opened, progress(t("plan.reading")) as tick:
        from graph.city import City
        from graph.formation import plan as make
        from graph.formation.continued import refuse_falsified, scope_of
        from graph.formation.decisions import Previous
        from graph.formation.formed import tables
        from graph.formation.planfile import refuse_other_city
        from graph.formation.scope import beyond, ledger_units

        if former is not None:
            refuse_other_city(former, opened, str(previous))
        city = City(opened, rules, session.listed_date(opened))
        if former is not None:
            refuse_falsified(former, opened, profile, str(previous))
            asked, within = within, scope_of(former, city, within, str(previous))
            if within and not asked:
                note(
                    t("plan.scope_of_from", plan=previous, scope=t("questions.comma").join(within))
                )
        ids = ledger_units(city, within) if within else None
        others = beyond(city, within) if within else {}
        if former is not None:
            _refuse_losing(former, previous, ids, out or [])
        _note_idle(t, decisions, city, ids, {"pin": pin, "forbid": forbid, "accept": accept})
        before = None if former is None else Previous.of(former)

        def report(now: Standing) -> None:
            tick(standing(t, now), now.done, now.units, now.gap if now.known else None)

        with stoppable(t("plan.stopping")) as stopped:

            def planned(of: City) -> dict[str, Any]:
                return make(
                    of, ids, seed=seed, gap=gap, seconds=seconds, constraints=decisions, previous=before,
                    scope=within, progress=report, workers=workers, cluster=cluster, stopped=stopped,
                )  # fmt: skip

            def without() -> dict[str, Any]:
                return planned(City(opened, session.profile(), city.as_of))

            made = planned(city)
            difference = None if stopped() else compared(made, former, settings or [], without)
        sheets = tables(made, city) if ledger is not None else []
        for path in out or []:
            _write(session, path, made, worklists(t, made, city))
        # what they name is read from the store
        shown = [] if out or json else [w.read() for w in worklists(t, made, city)[:2]]
    if ledger is not None:
        from graph.errors import Way
        from viz.listing import write

        forms = [Listing.fitted(name, heads, rows) for name, heads, rows in sheets]
        count = write(ledger, forms, way=Way.another("--ledger"))
        note(t("output.wrote", path=ledger, rows=f"{count:,}"))
    payload = made if difference is None else made | {"compared": difference}
    told = [] if difference is None else lines(t, difference)
    told += _elsewhere(t, "plan.elsewhere", others)
    emit(session, payload, shown, [*_summary(t, made), *told])
    left = unfinished(t, made)
    for line in left:
        note(line)
    return 1 if left else 0


def _refuse_losing(
    former: dict[str, Any], path: Path | None, ids: list[str] | None, out: list[Path]
) -> None:
    """Refuse to write a plan of some ledger units over the plan of more that it continues."""
    lost = {str(u["id"]) for u in former["ledger_units"]} - set(ids or ())
    if ids is None or not lost or path is None or path.resolve() not in [p.resolve() for p in out]:
        return
    raise InputError(
        f"--out {path}: it holds {len(former['ledger_units']):,} ledger units, the new plan only {len(ids):,};"
        " give the new plan another name, or plan all of them again (without --in)",
        f"--out {path}：其中有 {len(former['ledger_units']):,} 个台账单位，新方案只有 {len(ids):,} 个；"
        "请为新方案另取文件名，或不加 --in 重新规划全部",
    )


def _note_idle(
    t: Texts, decisions: Decisions, city: City, ids: list[str] | None, files: dict[str, Path | None]
) -> None:
    """Say which decisions change nothing: files without any, and sets that lie outside what is planned."""
    for word, path in files.items():
        if path is not None and not getattr(decisions, word):
            note(t("plan.no_decision", file=path))
    if ids is None:
        return
    homes = city.organizations["ledger_unit"]
    planned = set(ids)
    sets = [s for word in files for s in getattr(decisions, word)]
    outside = [s for s in sets if not planned & {homes.get(code) for code in s}]
    if outside:
        note(
            t(
                "plan.decisions_outside",
                count=f"{len(outside):,}",
                of=f"{len(sets):,}",
                code=outside[0][0],
            )
        )


def _write(session: Session, path: Path, made: dict[str, Any], lists: list[Listing]) -> None:
    """Write the plan file, or a worklist per street."""
    from viz.listing import write

    if path.suffix.lower() == ".json":
        # a ledger unit a line: maps read them one by one
        write(path, [], made | {"ledger_units": iter(made["ledger_units"])})
        count = len(made["ledger_units"])
    else:
        count = write(path, lists)
    if not session.json:
        note(session.texts("output.wrote", path=path, rows=f"{count:,}"))


def _profile(name: str, settings: list[str]) -> Profile:
    """Read the profile, with ``--set KEY=VALUE``.

    Raises
    ------
    ProfileError
        A setting is no ``KEY=VALUE``, or the profile does not take it.
    """
    from graph.policy.profile import load

    values: dict[str, object] = {}
    for text in settings:
        key, equals, value = text.replace("＝", "=", 1).partition("=")
        if not equals or not key.strip():
            raise ProfileError(
                f"--set {text}: give KEY=VALUE, like --set radius=800; `lianjian profile show` lists the keys",
                f"--set {text}：格式为 键=值，如 --set radius=800；可用 `lianjian profile show` 查看各键",
            )
        values[key.strip()] = value.strip()
    return load(name, values or None)


def _decisions(
    pin: Path | None, forbid: Path | None, accept: Path | None, previous: Path | None
) -> tuple[Decisions, dict[str, Any] | None]:
    from graph.formation.decisions import Decisions
    from graph.formation.planfile import read_plan

    read = Decisions.read(pin, forbid, accept)
    return read, None if previous is None else read_plan(previous)


def _summary(t: Texts, made: dict[str, Any]) -> list[str]:
    totals = made["totals"]
    whole = {k: f"{v:,}" for k, v in totals.items() if isinstance(v, int)}
    lines = [
        t("plan.line", **whole),
        t("plan.beside", **whole),
        *([t("plan.moved", **whole)] if made["previous"] is not None else []),
        *_reasons(t, made),
        t(
            "plan.figures",
            objective=f"{totals['objective']:,.6f}",
            bound=f"{totals['bound']:,.6f}",
            gap=_gap(t, made),
            status=", ".join(f"{t('status.' + k)} {v:,}" for k, v in totals["status"].items()),
        ),
    ]
    return [*lines, *grouped_lines(t, made["chosen"])]


def _gap(t: Texts, made: dict[str, Any]) -> str:
    """Return the gap in words; over its covered part too where every ledger unit was begun."""
    entries = made["ledger_units"]
    begun = [e for e in entries if e["status"] != "not_started"]
    text = gap_of(t, begun, of=len(entries))
    if len(begun) < len(entries):
        return text
    if made["totals"]["gap"] and all(e["status"] == "optimal" for e in entries):
        text += t("plan.proven")
    return text + t("plan.covered_gap", gap=percent(made["totals"]["covered_gap"], 4))


def _reasons(t: Texts, made: dict[str, Any]) -> list[str]:
    """Say why organizations are uncovered, and what would cover how many of them."""
    found = [u for e in made["ledger_units"] for u in e["uncovered"]]
    if not found:
        return []
    why = Counter(u["reason"]["code"] for u in found)
    how = Counter(u["relaxation"]["kind"] for u in found)
    comma = t("questions.comma")
    return [
        t(
            "plan.uncovered_line",
            reasons=comma.join(f"{t(f'reason.{k}')} {v:,}" for k, v in why.most_common()),
            relaxations=comma.join(f"{t(f'relaxation.{k}')} {v:,}" for k, v in how.most_common()),
        )
    ]
