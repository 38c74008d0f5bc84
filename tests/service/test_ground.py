"""What lies under the map: boundaries by command, tiles by configuration, and what the page's policy then lets in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.boundaries import BYTES, Boundaries
from api.journal import Journal, Places
from api.routes.application import POLICY
from api.settings import Settings, state_of
from graph import geo
from graph.errors import InputError
from loaders.boundaries import Boundary, Outline
from tests.cli.commandline import Lianjian
from tests.cut.conftest import city
from tests.cut.test_cut import firm
from viz.city import view

TILES = {
    "LIANJIAN_TILES": "https://tiles.example:8443/{z}/{x}/{y}.png?key=1",
    "LIANJIAN_TILES_ATTRIBUTION": "© 测绘",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of two districts, by its organizations alone."""
    store = tmp_path_factory.mktemp("ground") / "city.db"
    rows = [firm("F1", 1, street="429901001"), firm("F2", 2, street="429902001")]
    city(store, [("organization", 20160801, rows)]).close()
    return store


def serving(store: Path, **environment: str) -> TestClient:
    """A service of a store."""
    settings = Settings.of(str(store), environment=environment)
    return TestClient(create_app(settings), base_url="http://127.0.0.1")


def drawn(folder: Path, *codes: str) -> Path:
    """A file with a square each."""
    features = []
    for k, code in enumerate(codes):
        west, east = 114 + k / 10, 114.1 + k / 10
        ring = [[west, 30.5], [east, 30.5], [east, 30.6], [west, 30.6]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": geometry})
    path = folder / "f.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")  # fmt: skip
    return path


def test_boundaries_are_loaded_listed_served_and_taken_away(
    small: Path, tmp_path: Path, lianjian: Lianjian
) -> None:
    """By command, and the service has them from its next answer on; each write is in the journal."""
    store = ("--store", str(small))
    with serving(small) as client:
        assert client.get("/api/v1/ground").json()["boundaries"] == 0
        loaded = lianjian("boundaries", "load", str(drawn(tmp_path, "429901", "429902", "330100")), *store, "--json")  # fmt: skip
        assert loaded.code == 1  # one was left out
        assert [one["code"] for one in loaded.json["loaded"]] == ["429901", "429902"]
        assert loaded.json["left_out"] == ["330100"]
        again = lianjian("boundaries", "load", str(drawn(tmp_path, "429901")), *store)
        assert (again.code, "1 of them in place of earlier ones" in again.out) == (0, True)
        listed = lianjian("boundaries", "list", *store, "--json").json["boundaries"]
        assert [(one["code"], one["source"], one["points"]) for one in listed] == [
            ("429901", "f.geojson", 4),
            ("429902", "f.geojson", 4),
        ]
        ground = client.get("/api/v1/ground", params={"metres": 50}).json()
        assert (ground["boundaries"], ground["metres"], ground["tiles"]) == (2, 50, None)
        corners = np.cumsum(np.reshape(ground["outlines"][0]["rings"][0][0], (-1, 2)), axis=0)
        assert (corners.min(axis=0).tolist(), corners.max(axis=0).tolist()) == (
            [11400000, 3050000],
            [11410000, 3060000],
        )
        near = client.get("/api/v1/ground", params={"box": "114.15,30.52,114.16,30.53"}).json()
        assert ([one["code"] for one in near["outlines"]], near["metres"]) == (["429902"], 3)
        assert client.get("/api/v1/ground", params={"box": "3,2,1,0"}).status_code == 400
        missing = lianjian("boundaries", "remove", "429901", "429909", *store)
        assert (missing.code, "429909: no boundary is held" in missing.err) == (2, True)
        assert lianjian("boundaries", "remove", *store).code == 2
        assert "1 boundaries taken away" in lianjian("boundaries", "remove", "429901", *store).out
        assert lianjian("boundaries", "remove", "--all", *store, "--json").json == {"removed": 1}
        assert client.get("/api/v1/ground").json()["outlines"] == []
    rows = list(Journal(Places.of(state_of(str(small)))).rows())
    done = [r.operation for r in rows if r.operation.startswith("boundaries") and r.outcome == "done"]  # fmt: skip
    assert sorted(done) == ["boundaries load"] * 2 + ["boundaries remove"] * 2


def test_an_answer_is_never_more_than_there_is_room_for(tmp_path: Path) -> None:
    """The finest detail that fits; where not even the coarsest does, the larger first and the number of the rest."""
    ring = [11400000, 3000000, *([7, 3] * 3000)]
    box = (114.0, 30.0, 114.2, 30.1)
    levels = (Outline(200, box, [[ring[:32]]]), Outline(3, box, [[ring]]))
    many = [Boundary(f"4299{n:02}", None, levels) for n in range(60)]
    held = Boundaries(tmp_path)
    held.load(many, "f")
    whole = held.drawn()
    assert (whole.metres, len(whole.outlines), whole.left_out) == (200, 60, 0)
    held.load([Boundary("429999", None, (Outline(200, (114.0, 30.0, 114.2, 30.1), [[ring]] * 5),))], "f")  # fmt: skip
    most = held.drawn(most=20_000)
    assert most.left_out == 61 - len(most.outlines) > 0
    assert len(json.dumps(most.outlines, separators=(",", ":"))) <= 20_000
    assert BYTES * 1.5 + view.BYTES + view.BYTES_OF_LINKS < 1_000_000


def test_without_configured_tiles_no_other_host_is_named(small: Path) -> None:
    """The page's policy is what it is without; the answer has none."""
    with serving(small) as client:
        assert client.get("/").headers["content-security-policy"] == POLICY
        assert client.get("/api/v1/ground").json()["tiles"] is None


def test_tiles_open_the_policy_for_pictures_of_one_host(small: Path) -> None:
    """And for nothing else; a path of the service's own host opens nothing."""
    with serving(small, **TILES) as client:
        policy = client.get("/").headers["content-security-policy"]
        tiles: Any = client.get("/api/v1/ground").json()["tiles"]
    assert policy == POLICY.replace("img-src 'self'", "img-src 'self' https://tiles.example:8443")
    assert (tiles["address"], tiles["attribution"], tiles["shift"]) == (TILES["LIANJIAN_TILES"], "© 测绘", None)  # fmt: skip
    with serving(small, LIANJIAN_TILES="/tiles/{z}/{x}/{y}.png") as client:
        assert client.get("/").headers["content-security-policy"] == POLICY
        assert client.get("/api/v1/ground").json()["tiles"]["host"] is None


def test_tiles_in_gcj_02_come_with_how_far_they_lie_off(small: Path) -> None:
    """At the corners of the box that is asked for, by the formulas of graph.geo."""
    with serving(small, **TILES, LIANJIAN_TILES_DATUM="GCJ-02") as client:
        shift = client.get("/api/v1/ground", params={"box": "114.2,30.5,114.4,30.6"}).json()["tiles"]["shift"]  # fmt: skip
    lon, lat = geo.wgs84_to_gcj02(114.4, 30.6)
    assert (shift["lon"][3], shift["lat"][3]) == pytest.approx((lon - 114.4, lat - 30.6), abs=1e-6)
    assert geo.metres(114.4, 30.6, lon, lat) > 400


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("LIANJIAN_TILES", "https://user@t.example/{z}/{x}/{y}", "no name or password"),
        ("LIANJIAN_TILES", "https://t.example/{z}/{x}/{y}/{y}", "each once"),
        ("LIANJIAN_TILES", "ftp://t.example/{z}/{x}/{y}", "give https://"),
        ("LIANJIAN_TILES", "https://t.example:x/{z}/{x}/{y}", "no address"),
        ("LIANJIAN_TILES", "https://t.example /{z}/{x}/{y}", "name one host"),
        ("LIANJIAN_TILES", "https://t.example/{z}/{x}/{y}'; script-src *", "characters"),
        ("LIANJIAN_TILES_ATTRIBUTION", "x" * 201, "at most 200"),
        ("LIANJIAN_TILES_DATUM", "BD-09", "give WGS84 or GCJ-02"),
    ],
)
def test_an_address_that_could_do_more_is_refused(name: str, text: str, said: str) -> None:
    """Before the service listens; the address itself, which may hold a key, is not repeated."""
    with pytest.raises(InputError) as caught:
        Settings.of("x.db", environment={"LIANJIAN_TILES": "/{z}/{x}/{y}", name: text})
    assert said in caught.value.en
    assert name in caught.value.zh
    assert text not in caught.value.en
