"""The whole way once, on an invented city: each step is the command that a person would type."""

from __future__ import annotations

import contextlib
import io
import json as jsons
import os
import shlex
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.figures import percent
from api.cli.options import JsonOption, LangOption
from api.cli.output import emit, note, say
from api.cli.session import Session
from api.settings import DEFAULT_STORE
from graph.errors import InputError, Way, word

if TYPE_CHECKING:
    from api.cli.texts import Texts

DIRECTORY = Path("demo")
ORGANIZATIONS = 20_000
SEED = 7
DATED = "2016-08-26"
"""The ledgers' date: the day by which districts had to hand them in (S13, S20)."""
REPORTED = "2016-12-25"
"""The day of the campaign's last semi-monthly report (S47)."""
DISTRICT = 6
"""Digits of a street's code that are its district's."""
OWN = (
    "ledgers", "faults", "exports", DEFAULT_STORE, f"{DEFAULT_STORE}-wal", f"{DEFAULT_STORE}-shm",
    "lianjian.service", "survey.xlsx", "candidates.xlsx", "plan.json", "plan.xlsx", "audit.xlsx", "audit.json", "coverage.xlsx",
    "coverage.json", "report.xlsx", "report.docx", "bulletin.docx", "ledger.xlsx", "calendar.ics", "street.html", "unit.html",
)  # fmt: skip
"""What a demonstration makes in its folder."""
SETTINGS = (
    "LIANJIAN_STORE", "LIANJIAN_STATE", "LIANJIAN_JOURNAL_KEY_FILE", "LIANJIAN_JOURNAL_ANCHOR",
)  # fmt: skip
"""What would lead out of the folder."""
FORMATS = ("graphml", "gexf", "xlsx", "json", "cypher")
"""Exports that are one file; csv makes a folder of two."""


class _Stopped(Exception):  # noqa: N818 - carries a step's exit code out of the run
    def __init__(self, code: int) -> None:
        self.code = code


@dataclass
class _Run:
    """The steps so far: what each made, and what its ``--json`` said."""

    texts: Texts
    quiet: bool
    made: list[dict[str, str]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def step(
        self,
        key: str,
        *arguments: str,
        made: Mapping[str, str] | None = None,
        numbers: Callable[[dict[str, Any]], Mapping[str, object]] | None = None,
    ) -> dict[str, Any]:
        """Run one command with ``--json`` and say what came of it.

        Exit code 1 (findings, rows in quarantine) is what a planted fault asks for; 2 and 3 end the demonstration.
        """
        from api.cli.app import FOUND, run

        begin = time.perf_counter()
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = run([*arguments, "--json", "--lang", self.texts.lang])
        if code > FOUND:
            raise _Stopped(code)
        answer: dict[str, Any] = jsons.loads(said.getvalue())
        seconds = time.perf_counter() - begin
        self.steps.append({"command": ["lianjian", *arguments], "exit": code})
        for path, what in (made or {}).items():
            self.made.append({"path": path, "what": what})
        if not self.quiet:
            counts = numbers(answer) if numbers else {}
            say(f"$ lianjian {shlex.join(arguments)}")
            say(f"  {self.texts(f'demo.{key}', **counts)}  ({seconds:.1f} s)")
        return answer

    def keep(self, path: str, answer: Mapping[str, Any], what: str) -> None:
        """Write what a command said, all or nothing."""
        from graph.files import replacing
        from viz.listing import json_chunks

        with replacing(Path(path), Way("name another folder", "另选文件夹")) as file:
            for piece in json_chunks(answer):
                file.write(piece.encode())
        self.made.append({"path": path, "what": what})


def demo(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="demo.directory")] = DIRECTORY,
    orgs: Annotated[int, typer.Option("--orgs", min=50, help="demo.orgs")] = ORGANIZATIONS,
    seed: Annotated[int, typer.Option("--seed", min=0, help="demo.seed")] = SEED,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Make an invented city and go the whole way with it, from its ledgers to plan, audit, maps and exports."""
    session = Session.of(lang=lang, json=json)
    t = session.texts
    _prepare(directory)
    begin = time.perf_counter()
    run = _Run(t, quiet=json)
    if not json:
        say(t("demo.begin", directory=directory, organizations=f"{orgs:,}", seed=seed))
    try:
        # from inside the folder: what the files say of each other then holds wherever the folder is moved to
        with contextlib.chdir(directory), _own_store():
            street, unit = _whole_way(run, orgs, seed)
    except _Stopped as stopped:
        note(t("demo.stopped", directory=directory))
        return stopped.code
    store = directory / DEFAULT_STORE
    tries = [
        f"lianjian survey --in {street} --store {word(store)}",
        f"lianjian chain {unit} --store {word(store)}",
        f"lianjian map --in {street} --plan {word(directory / 'plan.json')} --store {word(store)}",
    ]
    serving = f"lianjian serve --store {word(store)}"
    payload = {
        "directory": str(directory),
        "organizations": orgs,
        "seed": seed,
        "steps": run.steps,
        "made": [{**m, "path": str(directory / m["path"])} for m in run.made],
        "next": tries,
        "serve": serving,
    }
    shown = list(_closing(run, directory, tries, begin))
    emit(session, payload, summary=[*shown, *_application(run.texts, serving)])
    return 0


def _prepare(directory: Path) -> None:
    """Make the folder; a demonstration's own files in it are replaced, anyone else's are not touched."""
    marker = directory / ".lianjian-demo"
    if directory.exists():
        if not directory.is_dir():
            raise InputError(
                f"{directory}: not a folder; name another", f"{directory}：不是文件夹，请另指定一个"
            )
        if any(directory.iterdir()) and not marker.exists():
            raise InputError(
                f"{directory}: holds files that are not the demo's; name an empty or new folder",
                f"{directory}：已有其他文件，请指定空的或新的文件夹",
            )
        _refuse_used(directory / DEFAULT_STORE)
        for entry in (directory / name for name in OWN):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)
    directory.mkdir(parents=True, exist_ok=True)
    marker.write_text("lianjian demo\n", encoding="utf-8")


def _refuse_used(store: Path) -> None:
    """Refuse a demonstration's store that somebody has worked with: imports, decisions or states of findings came after it."""
    from graph.errors import StoreError
    from graph.store import open_store

    if not store.exists():
        return
    try:
        opened = open_store(str(store))
    except StoreError:  # of another version, or damaged: nobody can go on with it
        return
    try:
        used = len(opened.batches()) > 1
    finally:
        opened.close()
    if used:
        raise InputError(
            f"{store}: holds what came after the demo (imports, decisions); name another folder, or delete this one",
            f"{store}：其中有演示之后的导入或决定，请另指定文件夹，或先删除此文件夹",
        )


@contextlib.contextmanager
def _own_store() -> Iterator[None]:
    """Keep to the folder's store and journal for a ``with`` block, whichever the user's settings name."""
    before = {name: os.environ.pop(name, None) for name in SETTINGS}
    try:
        yield
    finally:
        os.environ.update({name: said for name, said in before.items() if said is not None})


def _whole_way(run: _Run, orgs: int, seed: int) -> tuple[str, str]:
    """Run every step; return a street worth looking at and a unit whose chain shows something."""
    t = run.texts
    run.step(
        "generate", "generate", "ledgers", "--orgs", str(orgs), "--seed", str(seed),
        made={"ledgers": t("demo.made.ledgers")},
        numbers=lambda a: {"files": len(a["files"]), "faults": sum(a["findings"].values())},
    )  # fmt: skip
    run.step(
        "import", "import", "ledgers", "--date", DATED, "--faults", "faults",
        made={DEFAULT_STORE: t("demo.made.store"), "faults": t("demo.made.faults")},
        numbers=lambda a: _grouped(a["totals"]),
    )  # fmt: skip
    run.step(
        "survey", "survey", "--out", "survey.xlsx",
        made={"survey.xlsx": t("demo.made.survey")},
        numbers=lambda a: _grouped(a["totals"]["actions"]),
    )  # fmt: skip
    run.step(
        "candidates", "candidates", "--out", "candidates.xlsx",
        made={"candidates.xlsx": t("demo.made.candidates")},
        numbers=lambda a: _grouped(a["totals"]),
    )  # fmt: skip
    plan = run.step(
        "plan", "plan", "--seed", str(seed), "--out", "plan.json", "--out", "plan.xlsx",
        made={"plan.json": t("demo.made.plan"), "plan.xlsx": t("demo.made.worklist")},
        numbers=lambda a: {
            **_grouped(a["totals"]), "gap": percent(a["totals"]["gap"], 4),
            "joint": f"{sum(len(u['joint']) for u in a['ledger_units']):,}",
        },
    )  # fmt: skip
    run.step("verify", "verify", "plan.json", numbers=lambda a: {"gap": percent(a["gap"], 4)})
    audit = run.step(
        "audit", "audit", "--out", "audit.xlsx",
        made={"audit.xlsx": t("demo.made.audit")},
        numbers=lambda a: {"findings": f"{len(a['findings']):,}", "codes": _codes(a)},
    )  # fmt: skip
    run.keep("audit.json", audit, t("demo.made.audit_json"))
    coverage = run.step(
        "coverage", "coverage", "--plan", "plan.json", "--out", "coverage.xlsx",
        made={"coverage.xlsx": t("demo.made.coverage")},
        numbers=_rates,
    )  # fmt: skip
    run.keep("coverage.json", coverage, t("demo.made.coverage_json"))
    entry = _street(plan)
    street, unit = str(entry["id"]), _unit(entry, audit)
    _handed_in(run, street)
    run.step(
        "map", "map", "--in", street, "--plan", "plan.json", "--out", "street.html",
        made={"street.html": t("demo.made.street")}, numbers=_grouped,
    )  # fmt: skip
    run.step(
        "map", "map", unit, "--hops", "2", "--out", "unit.html",
        made={"unit.html": t("demo.made.unit")}, numbers=_grouped,
    )  # fmt: skip
    Path("exports").mkdir()
    for name in (*FORMATS, "csv"):
        out = "street" if name == "csv" else f"street.{name}"
        run.step(
            "export", "export", "--in", street, "--format", name, "--out", f"exports/{out}",
            made={f"exports/{out}": t("demo.made.export", format=name)}, numbers=_grouped,
        )  # fmt: skip
    return street, unit


def _handed_in(run: _Run, street: str) -> None:
    """Make what a district hands in and keeps to: its report, its ledgers summed up, its calendar; and the city's bulletin."""
    t = run.texts
    kind, _, code = street.partition(":")
    within = ("--in", code[:DISTRICT]) if kind == "street" else ()
    run.step(
        "report", "report", "--date", REPORTED, *within, "--out", "report.xlsx", "--out", "report.docx",
        made={"report.xlsx": t("demo.made.report"), "report.docx": t("demo.made.report_docx")},
        numbers=_reported,
    )  # fmt: skip
    run.step(
        "circulate", "report", "--circulate", "--date", REPORTED, "--out", "bulletin.docx",
        made={"bulletin.docx": t("demo.made.bulletin")},
        numbers=lambda a: {"parts": len(a["parts"]), "k": a["small_count"]},
    )  # fmt: skip
    run.step(
        "ledger", "ledger", *within, "--out", "ledger.xlsx",
        made={"ledger.xlsx": t("demo.made.ledger")},
        numbers=lambda a: {**_grouped(a["totals"]), "owed": a["totals"]["keepers"]["owed"]},
    )  # fmt: skip
    run.step(
        "calendar", "calendar", *within, "--out", "calendar.ics",
        made={"calendar.ics": t("demo.made.calendar")}, numbers=lambda a: a["totals"],
    )  # fmt: skip


def _reported(answer: dict[str, Any]) -> dict[str, object]:
    rate = next(r for r in answer["rates"] if r["default"])
    return {
        "name": answer["subject"]["name"],
        "units": f"{rate['denominator']:,}",
        "rate": "–" if rate["rate"] is None else percent(rate["rate"], 1),
    }


def _street(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the street whose plan forms the most joint units (the first by id of several)."""
    streets = [u for u in plan["ledger_units"] if u["id"].startswith("street:")]
    best: dict[str, Any] = max(streets or plan["ledger_units"], key=lambda u: len(u["joint"]))
    return best


def _unit(entry: dict[str, Any], audit: dict[str, Any]) -> str:
    """Return a unit of the street whose chain is worth looking at: a host, else a superior, else any that was found."""
    near = [a["unit"] for a in entry["attached"]] + [j["superior"] for j in entry["joint"]]
    shown = (e["node"] for f in audit["findings"] for e in f["evidence"] if e.get("kind") == "unit")
    return str(next((u for u in [*near, *shown] if u), ""))


def _codes(audit: dict[str, Any]) -> int:
    return len({f["code"] for f in audit["findings"]})


def _rates(answer: dict[str, Any]) -> dict[str, object]:
    chosen = next(d for d in answer["definitions"] if d["default"])
    return {
        "definition": chosen["id"],
        "before": percent(chosen["rate"], 1),
        "after": percent(chosen["after"]["rate"], 1),
    }


def _grouped(counts: Mapping[str, Any]) -> dict[str, object]:
    return {k: f"{v:,}" for k, v in counts.items() if isinstance(v, int)}


def _application(t: Texts, serving: str) -> Iterator[str]:
    """Say how the application in the browser is opened, or that it has to be built first."""
    from api.settings import HOST, PORT
    from api.web import built

    yield ""
    yield t("demo.application", url=f"http://{HOST}:{PORT}/") if built() else t("serve.not_built")
    yield f"  {serving}"


def _closing(run: _Run, directory: Path, tries: list[str], begin: float) -> Iterator[str]:
    t = run.texts
    yield ""
    yield t("demo.done", directory=directory, seconds=f"{time.perf_counter() - begin:.0f}")
    width = max(len(m["path"]) for m in run.made)
    for made in run.made:
        yield f"  {directory / made['path']!s:<{width + len(str(directory)) + 1}}  {made['what']}"
    yield ""
    yield t("demo.next")
    yield from (f"  {command}" for command in tries)
