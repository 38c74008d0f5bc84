"""Safe copies of a city and all that is kept beside it, and the way back from one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import JsonOption, LangOption, StoreOption
from api.cli.output import emit, note
from api.cli.progress import progress
from api.cli.session import Session
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.backup.manifest import Manifest
    from api.cli.texts import Texts

STAGES = {"copying": "progress.copying", "verifying": "progress.verifying"}


def backup(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER|F.zip", help="backup.out")],
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Copy store, accounts, jobs and journal as they are now, while the service runs; read back before it gets its name."""
    from api.backup import take
    from api.cli.journaling import leaving
    from api.settings import state_of

    session = Session.of(lang=lang, json=json, store=store)
    t = session.texts
    with progress(t("progress.copying")) as ticker:
        taken = take(
            session.url, state_of(session.url), out, journaled=leaving, progress=_told(t, ticker)
        )
    payload = {
        "out": str(out),
        "store": session.url,
        **_payload(taken.manifest),
        "key": str(taken.key),
    }
    line = t(
        "backup.done",
        out=out,
        store=session.url,
        files=len(taken.manifest.files),
        bytes=f"{sum(f.bytes for f in taken.manifest.files):,}",
        latest=payload["latest"] or "–",
    )
    emit(session, payload, summary=[line])
    note(t("backup.key", key=taken.key))
    return 0


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="restore.from")],
    store: StoreOption = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="restore.key")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Put a backup back where nothing is yet: held against its manifest first, whole or not at all."""
    from api.backup import restore as put_back
    from api.cli.journaling import restored
    from api.settings import state_of

    session = Session.of(lang=lang, json=json, store=store)
    t, url = session.texts, session.url
    with progress(t("progress.verifying")) as ticker:
        done = put_back(
            source, url, state_of(url),
            key=key, journaled=lambda mark: restored(url, mark), progress=_told(t, ticker),
        )  # fmt: skip
    payload = {
        "from": str(source),
        "store": url,
        "state": str(done.state),
        **_payload(done.manifest),
        "interrupted_jobs": done.interrupted,
    }
    line = t(
        "restore.done",
        source=source,
        store=url,
        state=done.state,
        batches=f"{done.manifest.batches:,}",
        latest=payload["latest"] or "–",
    )
    emit(session, payload, summary=[line])
    note(t("restore.again", made=done.manifest.made, jobs=done.interrupted))
    return 0


def _told(t: Texts, ticker: Callable[..., None]) -> Callable[[str, int, int | None], None]:
    return lambda stage, done, total: ticker(t(STAGES[stage]), done, total)


def _payload(manifest: Manifest) -> dict[str, Any]:
    return {
        "made": manifest.made,
        "program": manifest.program,
        "versions": manifest.versions,
        "batches": manifest.batches,
        "latest": None if manifest.latest is None else iso(manifest.latest),
        "fingerprint": manifest.fingerprint,
        "files": [{"name": f.name, "bytes": f.bytes, "sha256": f.sha256} for f in manifest.files],
    }
