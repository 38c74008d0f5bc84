"""What is wrong, what was checked and found in order, and what could not be checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.asking import auditing
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    MapOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from api.tables import auditing as tables

if TYPE_CHECKING:
    from collections import Counter

    from api.cli.texts import Texts
    from graph.affiliation.findings import AuditResult
    from graph.model import Severity
    from loaders.remarks import Marked

MarkOption = Annotated[Path | None, typer.Option("--mark", metavar="DIR", help="audit.mark")]
LedgersOption = Annotated[
    Path | None, typer.Option("--ledgers", metavar="DIR", help="audit.ledgers")
]
CodesOption = Annotated[list[str] | None, typer.Option("--code", metavar="CODE", help="audit.code")]


def audit(
    within: InOption = None,
    code: CodesOption = None,
    mark: MarkOption = None,
    ledgers: LedgersOption = None,
    map_: MapOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Find what is wrong with structure, coverage and ledgers; exit 1 where there is an error or a warning."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened:
        with progress(t("audit.working")) as tick:
            found = auditing.audit(
                opened, rules, session.as_of, codes=code, within=within, progress=tick
            )
            result = found.result
            severities = result.severities()
        listings = tables.audit(t, found)
        lines = _summary(t, result, severities, listed=out is None)
        payload = found.as_json()
        if mark is not None:
            with progress(t("audit.marking")):
                from loaders.remarks import mark as write_back
                from loaders.rural import RuralCodes

                rural = RuralCodes(opened)
                marked = write_back(found.standing(), mark, ledgers, map_, rural=rural)
            payload["marked"] = marked.as_json()
            lines += _marked(t, marked, mark)
        emit(session, payload, listings, lines)
    return 1 if severities["error"] or severities["warning"] else 0


def _marked(t: Texts, marked: Marked, folder: Path) -> list[str]:
    copies, remarks = f"{len(marked.copies):,}", f"{marked.remarks:,}"
    lines = [t("audit.marked", copies=copies, remarks=remarks, folder=folder)]
    if marked.missing:
        n, some = f"{len(marked.missing):,}", ", ".join(marked.missing[:3])
        lines.append(t("audit.unmarked_files", n=n, some=some))
    if marked.left_out:
        lines.append(t("audit.unmarked_rest", n=f"{marked.left_out:,}"))
    if marked.changed:
        lines.append(t("audit.unmarked_rows", n=f"{marked.changed:,}"))
    return lines


def _summary(
    t: Texts, result: AuditResult, severities: Counter[Severity], *, listed: bool
) -> list[str]:
    lines = [
        t(
            "audit.line",
            errors=f"{severities['error']:,}",
            warnings=f"{severities['warning']:,}",
            notes=f"{severities['note']:,}",
        )
    ]
    states = result.states()
    if states["open"] != sum(states.values()):
        lines.append(t("audit.states", **{state: f"{n:,}" for state, n in states.items()}))
    if not listed:
        # a file holds the findings: what could not be checked is said here, for no one should take it for clean
        for entry in result.checked:
            said = entry.as_json().get("not_checked")
            if said is not None:
                lines.append(f"{entry.code}: {said[t.lang]}")
    return lines
