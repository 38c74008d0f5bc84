"""Questions of kinds, relations and conditions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from api.cli.options import (
    AsOfOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE, state_of


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="argument.question")],
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, max=10_000, help="ask.limit")
    ] = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    profile: ProfileOption = DEFAULT_PROFILE,
    lang: LangOption = None,
) -> int:
    """Ask whom a question fits: JSON, a file of it, or a saved question by its name."""
    from api.asking import patterns as asking
    from api.questions.saved import FILE
    from api.tables import patterns as tables
    from graph.patterns.language import MOST

    session = Session.of(
        lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile
    )  # fmt: skip
    t = session.texts
    pattern = asking.read(question, state_of(session.url) / FILE)
    if limit is not None:
        pattern = replace(pattern, limit=limit)
    elif out is not None:
        pattern = replace(pattern, limit=MOST)
    if pattern.as_of is not None and session.as_of is None:
        session = replace(session, as_of=pattern.as_of)
    numbers = session.profile()
    with session.store() as opened, progress(t("progress.answering")):
        found = asking.once(opened, numbers, pattern, session.listed_date(opened))
    told = asking.said(found, numbers)
    summary = [t("ask.count", count=found.count)]
    if len(found.keys) < found.count and pattern.limit:
        summary.append(t("ask.more", limit=len(found.keys)))
    emit(session, told, [tables.results(t, told)] if found.keys or out else [], summary)
    return 0
