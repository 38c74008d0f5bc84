"""Questions composed of kinds, relations and conditions: asked once, or of cities that are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graph.errors import InputError
from graph.model import iso
from graph.patterns.answering import Answer, ask
from graph.patterns.facts import needs, shown_by
from graph.patterns.parsing import WRITTEN, as_json, parse
from graph.patterns.vocabulary import properties

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from api.questions.cities import Cities
    from graph.patterns.language import Pattern
    from graph.policy.profile import Profile
    from graph.store.base import Store

EXAMPLE = '{"kind": "organization", "where": [{"property": "covered", "is": "=", "value": false}]}'
"""A question that any store answers."""
COMPLETED = 60
"""Values that a property's column proposes at most."""


def said(answer: Answer, profile: Profile) -> dict[str, Any]:
    """Return an answer as both sides say it."""
    kind = answer.pattern.part.kind
    known = properties(kind)
    return {
        "question": as_json(answer.pattern),
        "profile": profile.name,
        "as_of": iso(answer.as_of),
        "count": answer.count,
        "columns": [
            {"property": n, "type": known[n].type, "label": {"zh": known[n].zh, "en": known[n].en}}
            for n in shown_by(answer.pattern)
        ],
        "results": [
            {"id": key, "kind": kind, "name": row.get("name"), "values": row}
            for key, row in zip(answer.keys, answer.shown, strict=True)
        ],
    }


def once(store: Store, profile: Profile, pattern: Pattern, as_of: int) -> Answer:
    """Answer a question of a city that nobody keeps.

    Raises
    ------
    InputError
        There is no such place.
    """
    from graph.city import City

    return ask(store, lambda: City(store, profile, as_of), pattern, as_of)


def of_kept(
    store: Store,
    profile: Profile,
    pattern: Pattern,
    as_of: int,
    cities: Cities,
    offset: int = 0,
    before: Callable[[], None] | None = None,
) -> tuple[bytes, Answer]:
    """Answer a question of a city that is kept, from some result on; and say which state the store was in.

    Raises
    ------
    InputError
        There is no such place.
    StoreBusyError
        As :meth:`api.questions.cities.Cities.of`.
    """
    state, facts = cities.of(store, profile, as_of, needs(pattern), before=before)
    return state, Answer(pattern, as_of, *facts.answer(pattern, pattern.limit, offset))


def of_property(kind: str, name: str) -> Pattern:
    """Return the question that asks for one property.

    Raises
    ------
    InputError
        There is no such kind or property.
    """
    return parse({"kind": kind, "show": [] if name in ("key", "name") else [name], "limit": 0})


def values(
    store: Store,
    profile: Profile,
    kind: str,
    name: str,
    as_of: int,
    cities: Cities,
    before: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Return the texts that a property has most often, for whoever types one.

    Raises
    ------
    InputError
        There is no such kind or property.
    """
    pattern = of_property(kind, name)
    found: list[tuple[str, int]] = []
    if name not in ("key", "name"):  # those are found by the search
        _, facts = cities.of(store, profile, as_of, needs(pattern), before=before)
        found = facts.columns[kind, name].few(COMPLETED)
    return {
        "kind": kind, "property": name, "as_of": iso(as_of),
        "values": [{"value": text, "count": count} for text, count in found],
    }  # fmt: skip


def read(text: str, saved: Path) -> Pattern:
    """Return the question that a text on the command line means: JSON, a file of it, or the name of a saved one.

    Raises
    ------
    InputError
        It is none of these; or the JSON is no question, and where.
    """
    from pathlib import Path as File

    if text.lstrip().startswith("{"):
        return parse(text)
    file = File(text)
    if len(text) < 1_000 and file.is_file():
        try:
            return parse(json.loads(file.read_text(encoding="utf-8-sig")))
        except (OSError, ValueError):
            raise InputError(
                f"{text}: is no JSON file", f"{text}：不是 JSON 文件", way=WRITTEN
            ) from None
    from api.questions.saved import Questions

    every = Questions(saved).every()
    for one in every:
        if one.name == text.strip():
            return parse(one.asked)
    names = [one.name for one in every[:8]]
    en, zh = ", ".join(names) or "none", "、".join(names) or "无"
    raise InputError(
        f"{text[:80]}: no file and no saved question (saved are: {en}); write it as JSON, such as '{EXAMPLE}'"
        " (see `lianjian ask --help`), or save it by a name in the application (`lianjian serve`)",
        f"{text[:80]}：没有该文件，也没有该名称的已保存问题（已保存：{zh}）；请写成 JSON，如 '{EXAMPLE}'"
        "（见 `lianjian ask --help`），或在网页应用（`lianjian serve`）中按名称保存",
    )
