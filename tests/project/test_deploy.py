"""What deploy/ tells people to type is what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import neo4j
import pytest
import yaml
from neo4j.exceptions import ClientError, CypherSyntaxError

from graph.store import neo4j_server
from tests.neo4j_server.jars import LTS, NEWEST

if TYPE_CHECKING:
    from tests.neo4j_server.fixtures import Running

DEPLOY = Path(__file__).parents[2] / "deploy"
PAGE = (DEPLOY / "neo4j.md").read_text(encoding="utf-8")


def statements() -> list[str]:
    """Every statement of rights.cypher."""
    text = re.sub(r"(?m)^//.*$", "", (DEPLOY / "rights.cypher").read_text(encoding="utf-8"))
    return [s.strip() for s in text.split(";") if s.strip()]


def test_the_server_understands_the_rights(neo4j_shared: Running) -> None:
    """Each statement about roles and rights is one that a server understands, and that Community refuses by name."""
    auth = (neo4j_shared.user, neo4j_shared.password)
    refused = 0
    with neo4j.GraphDatabase.driver(neo4j_shared.url, auth=auth) as driver:
        for statement in statements():
            try:
                driver.execute_query(
                    neo4j.Query(statement),
                    {"password": "only-for-this-test"},
                    database_="system",
                )
            except CypherSyntaxError as e:
                pytest.fail(f"{statement}: {e.message}")
            except ClientError as e:
                if "UnsupportedAdministrationCommand" not in str(e.code):
                    raise
                refused += 1
        for user in ("lianjian", "lianjian_browse"):
            driver.execute_query(f"DROP USER {user} IF EXISTS", database_="system")
    assert refused == len(statements()) - 2


def test_settings_named_are_read() -> None:
    """Every setting of ours that the page names is one that the program reads."""
    read = "".join(
        p.read_text(encoding="utf-8") for room in ("graph", "api") for p in (DEPLOY.parent / room).rglob("*.py")
    )  # fmt: skip
    named = set(re.findall(r"LIANJIAN_[A-Z0-9_]+", PAGE + (DEPLOY / "compose.yaml").read_text()))
    assert named
    assert {n for n in named if f'"{n}"' not in read} == set()


def test_versions_named_are_those_tested() -> None:
    """The page and the compose file name the versions that tests run on."""
    assert LTS.version in PAGE
    assert NEWEST.version in PAGE
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["services"]["neo4j"]["image"] == f"neo4j:{LTS.version}-community"


def test_every_scheme_is_explained() -> None:
    """The page's table of addresses has every scheme that the store takes."""
    assert {f"`{scheme}://`" for scheme in neo4j_server.SCHEMES} <= set(
        re.findall(r"`[a-z0-9+]+://`", PAGE)
    )
