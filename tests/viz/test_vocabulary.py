"""What the web application calls things: every word that it shows of evidence and values has a name in both languages."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import graph.affiliation.rules as rules
from graph.schema import load_schema
from viz.vocabulary import vocabulary

WEB = Path(__file__).parents[2] / "viz" / "web" / "src" / "texts"


def said() -> set[str]:
    """Names of the values that rules put into nodes and edges of evidence, as far as the code spells them."""
    found = set()
    for path in Path(rules.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("node", "edge"):
                found |= {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_evidence_says_has_a_name(lang: str) -> None:
    """It is a property of an organization or unit, or the desk's texts name it."""
    texts = json.loads((WEB / "desk" / f"{lang}.json").read_text(encoding="utf-8"))
    properties = vocabulary()["properties"]
    known = {*properties["organization"], *properties["unit"]}
    assert len(said()) > 15
    assert {n for n in said() - known if f"desk.said.{n}" not in texts} == set()


def test_words_of_the_program_have_names_in_both_languages() -> None:
    """Values that are plain Latin words are no ledger's: each is called something; datums and editions are called as they are."""
    for kind in load_schema().kinds.values():
        for p in kind.properties.values():
            for value in p.enum:
                if value.isascii() and value.islower():
                    zh, en = p.named(value)
                    assert not zh.isascii(), f"{kind.name}.{p.name}: {value}"
                    assert en.isascii(), f"{kind.name}.{p.name}: {value}"
