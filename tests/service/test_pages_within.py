"""Pages of who has a jurisdiction: what is written elsewhere changes neither them nor the way to the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

from api.access.identity import Identity
from api.app import create_app
from api.settings import Settings
from graph.store import open_store
from tests.cut.conftest import add, city
from tests.cut.test_cut import UNITS, firm, unit
from tests.service.people import put_in

WHERE = {"lon": 114.30, "lat": 30.60, "datum": "WGS84", "sector": "6510"}
MINE = [firm(f"F{n}", 1, **WHERE) for n in (1, 2, 4, 6, 10, 11)]
LATER = [row | {"name": f"{row['key']}新公司", "formal_members": 2} for row in MINE]
LONE = [unit(f"LONE{n}", 1, street="429901001") for n in (1, 2)]
STEP = {"office": "某局", "date": "2016-09-01"}
ASKED: dict[str, dict[str, str]] = {
    "changes": {"from": "2016-08-01", "to": "2016-09-01"},
    "report_rows": {"figure": "rate.org_all.of", "in": "429901"},
    "coverage": {"rows": "true"},
}
"""What the operations that need more than a page's size are asked."""
EMPTY = frozenset({"board_lookback", "candidates"})
"""Operations of which this city has no second page: nothing was struck off, and nobody fits another."""


def paged(client: TestClient) -> dict[str, tuple[str, str]]:
    """Return method and path of each operation that goes on by a cursor."""
    document = client.get("/api/v1/openapi.json").json()
    return {
        o["operationId"]: (method, path)
        for path, methods in document["paths"].items()
        for method, o in methods.items()
        if any(p["name"] == "cursor" for p in o.get("parameters", ()))
    }


def ask(client: TestClient, name: str, how: tuple[str, str], drawn: str, **more: str) -> Any:
    """Ask for a page of one item."""
    method, path = how
    path = path.replace("{id}", quote(drawn, safe="/"))
    if method == "post":
        body = {"kind": "organization", "limit": 1}
        return client.post(path, json=body, params=more)
    return client.get(path, params=ASKED.get(name, {}) | {"limit": "1"} | more)


def test_what_is_written_elsewhere_is_told_by_no_page(tmp_path: Path) -> None:
    """Bodies, tags and cursors are the same bytes after an import into another district, and a cursor of before goes on."""
    path = tmp_path / "city.db"
    units = [*UNITS[2], *LONE]
    firms = [*MINE, firm("F3", 2, unit="B2"), firm("F5", 2)]
    city(
        path,
        [
            ("unit", 20160801, units),
            ("organization", 20160801, firms),
            ("organization", 20160901, LATER),
        ],
    ).close()
    who: Identity = Identity("d1", "administrator", "429901")
    app = create_app(Settings(str(path), state=str(tmp_path / "state")))
    put_in(app, lambda: who)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        asked = paged(client)
        made = client.post(
            "/api/v1/inspection/draw", json=STEP | {"whom": "base", "share": 1.0, "seed": 7}
        )
        assert made.status_code == 200, made.text
        drawn = made.json()["id"]
        before = {name: ask(client, name, how, drawn) for name, how in asked.items()}
        for name, answer in before.items():
            assert answer.status_code == 200, (name, answer.text)
            assert name in EMPTY or "next" in answer.json(), (
                f"{name}: no second page, which tells nothing"
            )
        store = open_store(str(path))
        add(
            store,
            9,
            ("organization", 20161001, [firm("F3", 2, unit="B2", name="另一家"), firm("F8", 2)]),
        )
        store.close()
        for name, how in asked.items():
            first, after = before[name], ask(client, name, how, drawn)
            assert after.content == first.content, name
            assert after.headers.get("etag") == first.headers.get("etag"), name
            if "next" in first.json():
                second = ask(client, name, how, drawn, cursor=first.json()["next"])
                assert second.status_code == 200, (name, second.text)
        who = Identity("city", "administrator", None)
        stale = before["survey"].json()["next"]
        assert ask(client, "survey", asked["survey"], drawn, cursor=stale).status_code == 400
        fresh = ask(client, "survey", asked["survey"], drawn).json()["next"]
        store = open_store(str(path))
        add(store, 10, ("organization", 20161001, [firm("F9", 2)]))
        store.close()
        refused = ask(client, "survey", asked["survey"], drawn, cursor=fresh)
        assert (refused.status_code, refused.json()["code"]) == (400, "input")


def test_what_is_written_here_ends_a_cursor(tmp_path: Path) -> None:
    """A page of another answer fits no more, whatever the place of the cut is called."""
    path = tmp_path / "city.db"
    city(path, [("unit", 20160801, UNITS[2]), ("organization", 20160801, MINE)]).close()
    app = create_app(Settings(str(path), state=str(tmp_path / "state")))
    put_in(app, lambda: Identity("d1", "planner", "429901"))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        first = client.get("/api/v1/survey", params={"limit": 1}).json()["next"]
        store = open_store(str(path))
        add(store, 9, ("organization", 20160801, [MINE[0] | {"formal_members": 9}]))
        store.close()
        refused = client.get("/api/v1/survey", params={"limit": 1, "cursor": first})
        assert refused.status_code == 400
        assert "has changed" in refused.json()["detail"] or "已有变化" in refused.json()["detail"]
