"""The application in the browser as the service gives it: to whom, with which headers, and what is said where it is not built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import web
from api.app import HEADERS, create_app
from api.settings import Settings
from tests.service.people import PASSWORD, accounts_of

SCRIPT = "assets/index-CbuA6skJ.js"
INDEX = b'<!doctype html><script type="module" src="/' + SCRIPT.encode() + b'"></script>'


def made(folder: Path) -> Path:
    """Lay a bundle out as the build does, with files beside it that are none of its."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(INDEX)
    (folder / SCRIPT).write_bytes(b"export {};" * 200)
    (folder / "assets" / "index-CxaIEzOn.css").write_bytes(b"a{}")
    (folder / "assets" / "secret.txt").write_text("not of the bundle", encoding="utf-8")
    (folder / ".stamp").write_text("1", encoding="utf-8")
    return folder


@pytest.fixture
def served(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A service with a bundle."""
    monkeypatch.setattr(web, "BUILT", made(tmp_path / "web"))
    with TestClient(create_app(Settings(str(town))), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def unbuilt(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A service without."""
    monkeypatch.setattr(web, "BUILT", tmp_path / "none")
    with TestClient(create_app(Settings(str(town))), base_url="http://127.0.0.1") as client:
        yield client


def test_the_page_is_asked_for_anew_and_its_files_are_kept_for_ever(served: TestClient) -> None:
    """The page has a tag and no life of its own; a file's name has its hash."""
    page = served.get("/")
    assert (page.status_code, page.content) == (200, INDEX)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    again = served.get("/", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    script = served.get(f"/{SCRIPT}")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert served.get("/assets/index-CxaIEzOn.css").headers["content-type"].startswith("text/css")


def test_the_page_may_run_and_show_its_own_files_only(served: TestClient) -> None:
    """No inline script or style, no other host, no frame, no text that becomes markup; answers keep the policy they had."""
    page = served.get("/").headers
    policy = dict(part.strip().split(" ", 1) for part in page["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in page["content-security-policy"]
    for name in HEADERS.keys() - {"content-security-policy"}:
        assert page[name] == HEADERS[name]
    answer = served.get("/api/v1/status").headers
    assert answer["content-security-policy"] == HEADERS["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/secret.txt", "/assets/.stamp", "/assets/..%2f.stamp", "/assets/%2e%2e/index.html", "/assets/",
        "/assets/index-CbuA6skJ.js/", "/assets/index-CbuA6skJ.js%00", "/index.html", "/assets//etc/passwd",
    ],
)  # fmt: skip
def test_nothing_but_the_bundle_is_given(served: TestClient, path: str) -> None:
    """Files are found by their name among those that were built, never by a path (ROBUSTNESS C12)."""
    assert served.get(path, follow_redirects=False).status_code in (404, 307)
    assert b"not of the bundle" not in served.get(path).content


def test_who_has_no_account_gets_the_page_and_its_files_and_nothing_else(
    served: TestClient, town: Path
) -> None:
    """The same bytes as for anybody, so that one can log in; what it would show is refused."""
    before = served.get("/").content, served.get(f"/{SCRIPT}").content
    accounts = accounts_of(town)
    accounts.add("a", "viewer", None, PASSWORD)
    accounts.close()
    assert (served.get("/").content, served.get(f"/{SCRIPT}").content) == before
    for path in ("/assets/other-CbuA6skJ.js", "/assets/", "/index.html", "/api/v1/status"):
        assert served.get(path).status_code == 401, path
    assert served.post("/").status_code == 401


def test_where_it_is_not_built_the_page_says_what_to_do(unbuilt: TestClient) -> None:
    """In both languages, with what can be asked without it."""
    for lang, said in (("zh", "尚未构建"), ("en", "is not built")):
        page = unbuilt.get("/", headers={"accept-language": lang})
        assert page.status_code == 503
        assert said in page.text
        assert "make setup" in page.text
        assert "/api/v1/openapi.json" in page.text
        assert page.headers["cache-control"] == "no-store"
    assert unbuilt.get("/api/v1/status").status_code == 200


def test_pages_are_no_answers(served: TestClient) -> None:
    """They are not in the OpenAPI document, hold no data and leave no row in the journal."""
    app: Any = served.app
    assert not [p for p in app.openapi()["paths"] if not p.startswith("/api/")][3:]
    served.get("/")
    served.get(f"/{SCRIPT}")
    assert not app.state.journal.places.file.exists()


def test_a_store_that_is_not_there_has_a_code_of_its_own(tmp_path: Path) -> None:
    """By which the page knows that ledgers are to be loaded, and not that something is broken."""
    app = create_app(Settings(str(tmp_path / "none.db")))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.get("/api/v1/status")
    assert (answer.status_code, answer.json()["code"]) == (503, "store_missing")
    assert str(tmp_path) not in answer.text
