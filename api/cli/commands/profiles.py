"""The numbers, dates and switches that a person has to set, with their clauses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.asking import profiles as asking
from api.cli.options import JsonOption, LangOption, OutOption
from api.cli.output import Column, Listing, emit
from api.cli.session import Session
from api.cli.usage import WrongValue
from api.settings import DEFAULT_PROFILE
from graph.errors import InputError

ProfileArgument = Annotated[str, typer.Argument(metavar="NAME|FILE", help="argument.profile")]


def list_(json: JsonOption = False, lang: LangOption = None) -> int:
    """List the profiles that come with the program."""
    session = Session.of(lang=lang, json=json)
    t = session.texts
    found = asking.built_in()
    listing = Listing(
        t("profile.list.title"),
        [Column("name", t("column.name")), Column("title", t("column.title"))],
        [[p.name, t.either(p.title_zh, p.title_en)] for p in found.profiles],
    )
    emit(session, found.as_json(), [listing])
    return 0


def show(
    profile: ProfileArgument = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Show every value with its unit and clause, and which are chosen."""
    session = Session.of(lang=lang, json=json, out=out)
    t = session.texts
    found = asking.shown(profile).as_json()
    settings: dict[str, dict[str, Any]] = found["settings"]
    dated: dict[str, dict[str, Any]] = found["chosen_deadlines"]
    listing = Listing(
        found["name"],
        [
            Column("key", t("column.key")),
            Column("value", t("column.value")),
            Column("unit", t("column.unit")),
            Column("clause", t("column.clause")),
            Column("text", t("column.meaning")),
            Column("why", t("column.chosen")),
        ],
        [
            [
                f"{s['section']}.{key}",
                s["value"],
                s["unit"],
                s["clause"],
                t.either(s["text"]["zh"], s["text"]["en"]),
                (t.either(s["why"]["zh"], s["why"]["en"]) or t("profile.chosen"))
                if s["chosen"]
                else None,
            ]
            for key, s in settings.items()
        ]
        + [
            [
                s["key"],
                list(s["value"]),
                None,
                s["clause"],
                t.either(s["text"]["zh"], s["text"]["en"]),
                t.either(s["why"]["zh"], s["why"]["en"]),
            ]
            for s in dated.values()
        ],
    )
    chosen = sum(s["chosen"] for s in settings.values()) + len(dated)
    values = len(settings) + len(dated)
    emit(session, found, [listing], [t("profile.show.line", values=values, chosen=chosen)])
    return 0


def copy(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="profile.copy.file")],
    source: Annotated[
        str, typer.Option("--from", metavar="NAME|FILE", help="argument.profile")
    ] = DEFAULT_PROFILE,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Write a profile of one's own that extends another, every value there to be changed."""
    from graph.errors import Way
    from graph.files import write_text
    from graph.policy.profile import template

    session = Session.of(lang=lang, json=json)
    if file.suffix.lower() != ".toml":
        raise WrongValue("usage.ending", of="FILE", value=repr(str(file)), others=(".toml",))
    if file.exists():
        raise InputError(
            f"{file}: is there already; choose another name", f"{file}：已存在，请另取名称"
        )
    write_text(file, template(source, file.stem), Way("name another file", "另选文件"))
    emit(
        session,
        {"file": str(file), "name": file.stem, "extends": source},
        summary=[session.texts("profile.copy.done", file=file, source=source)],
    )
    return 0


def check(profile: ProfileArgument, json: JsonOption = False, lang: LangOption = None) -> int:
    """Say everything that is wrong with a profile; exit 1 where something is."""
    session = Session.of(lang=lang, json=json)
    t = session.texts
    found = asking.checked(profile)
    lines = [f.text(t.lang) for f in found.faults] or [t("profile.check.fine", profile=profile)]
    emit(session, found.as_json(), summary=lines)
    return 1 if found.faults else 0
