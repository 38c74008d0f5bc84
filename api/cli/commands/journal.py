"""The journal: who wrote, exported and looked at members' counts, and whether it is as it was written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from api.cli.usage import WrongValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.journal import Journal

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d{1,6})?)?)?Z?)?")
_COLUMNS = ("time", "name", "role", "action", "operation", "subjects", "scope", "outcome", "clock")


def _since(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise WrongValue("usage.time", value=repr(text))
    return text.removesuffix("Z")


def list_(
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", parser=_since, help="journal.since")
    ] = None,
    of: Annotated[str | None, typer.Option("--of", metavar="CODE", help="journal.of")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="journal.by")] = None,
    store: StoreOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List what was journaled, the newest first."""
    session = Session.of(lang=lang, json=json, out=out, store=store)
    t = session.texts
    journal = _journal(session)

    def rows() -> Iterator[dict[str, Any]]:
        return (r.as_json() for r in journal.rows(since=since, by=by, of=of))

    columns = [Column("sequence", t("column.sequence"), "number")]
    columns += [Column(name, t(f"journal.column.{name}")) for name in _COLUMNS]
    columns.append(Column("intent", t("journal.column.intent"), "number"))
    names = [c.name for c in columns]
    worded = (
        r | {"action": t(f"journal.action.{r['action']}"), "outcome": t(f"journal.outcome.{r['outcome']}")}
        for r in rows()
    )  # fmt: skip
    listing = Listing(t("journal.title"), columns, ([r[n] for n in names] for r in worded))
    emit(session, {"rows": rows()}, [listing])
    return 0


def head(store: StoreOption = None, json: JsonOption = False, lang: LangOption = None) -> int:
    """Print the last row's sequence, time and seal, to be kept on paper."""
    session = Session.of(lang=lang, json=json, store=store)
    found = _journal(session).head()
    payload = {
        "sequence": found.sequence if found else 0,
        "time": found.time if found else None,
        "hmac": found.mac.hex() if found else None,
    }
    line = str(found) if found else session.texts("journal.empty")
    emit(session, payload, summary=[line])
    return 0


def verify(
    heads: Annotated[
        list[str] | None, typer.Option("--head", metavar="LINE", help="journal.head")
    ] = None,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Tell whether the journal is as it was written; exit 1 where it is not."""
    from api.journal.anchor import Head

    session = Session.of(lang=lang, json=json, store=store)
    t = session.texts
    printed = [Head.parse(text) for text in heads or ()]
    with progress(t("progress.checking")):
        found = _journal(session).verify(printed)
    counts = {n: f"{getattr(found, n):,}" for n in ("rows", "anchored", "vouched")}
    key = "anchor_altered" if found.place == "anchor" else found.verdict
    line = t(f"journal.verdict.{key}", sequence=found.sequence, **counts)
    emit(session, found.as_json(), summary=[line])
    return 0 if found.ok else 1


def _journal(session: Session) -> Journal:
    from api.journal import Journal, Places
    from api.settings import state_of

    return Journal(Places.of(state_of(session.url)))
