"""Which codes may stand for one organization, and what speaks for it."""

from __future__ import annotations

from api.asking import duplicates as asking
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from api.tables import duplicates as tables


def duplicates(
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Propose pairs of codes that may stand for one organization, with the weights that led there; nothing is merged."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("duplicates.working")):
        found = asking.duplicates(opened, rules, session.as_of, within)
    payload = found.as_json()
    summary = [t("duplicates.line", pairs=f"{len(found.pairs):,}", least=payload["least"])]
    if found.skipped:
        summary.append(t("duplicates.skipped", rows=f"{found.skipped:,}"))
    emit(session, payload, tables.duplicates(t, found), summary)
    return 0
