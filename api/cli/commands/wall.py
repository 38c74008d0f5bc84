"""The wall map: one printable page of a city, a district or a street."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.asking import wall as asking
from api.asking.pictures import file_name
from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    ProfileOption,
    StoreOption,
    ending,
)
from api.cli.output import emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from viz.wall.paper import Paper, Turned


def _page(text: str) -> Path:
    return ending(text, ".pdf", ".svg")


def wallmap(
    within: InOption = None,
    paper: Annotated[Paper, typer.Option("--paper", help="wallmap.paper")] = Paper.A3,
    turned: Annotated[Turned | None, typer.Option("--turned", help="wallmap.turned")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="F.pdf|svg", parser=_page, help="wallmap.out"),
    ] = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Draw a city, a district or a street on one page to be printed: coverage, units, what is pending, true to scale."""
    from api.boundaries import Boundaries
    from api.settings import state_of
    from graph.city import City
    from graph.files import writable
    from viz.city.view import CityMap
    from viz.wall.files import write

    session = Session.of(lang=lang, json=json, store=store, as_of=as_of, profile=profile)
    t = session.texts
    path = out or Path(file_name("wallmap", within, ".pdf"))
    writable(path)
    rules = session.profile()
    with session.store() as opened, progress(t("progress.reading")):
        shown = CityMap.of(City(opened, rules, session.listed_date(opened)))
        held = Boundaries(state_of(session.url))
        drawn = asking.wall(opened, rules, shown, held, within, paper, turned, t.lang)
    with progress(t("progress.drawing")):
        write(drawn.wall, path, drawn.as_of)
    payload = drawn.as_json() | {"file": str(path)}
    scale = payload["scale"]
    summary = [
        t("wallmap.done", **payload | {"turned": t(f"wallmap.{payload['turned']}"), "scale": f"{scale:,}"})
        if scale
        else t("wallmap.empty", **payload)
    ]  # fmt: skip
    emit(session, payload, summary=summary)
    return 0
