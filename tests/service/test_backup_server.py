"""Backups of a city that a server holds: they come as a file, and go back into a file or an empty server."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.errors import StoreError
from graph.store import copying, open_store
from tests.cli.commandline import Lianjian
from tests.service.test_backup import nothing_left

if TYPE_CHECKING:
    from tests.neo4j_server.fixtures import Running


@pytest.mark.neo4j
def test_a_server_s_city_is_backed_up_as_a_file_and_put_back_either_way(
    town: Path,
    tmp_path: Path,
    neo4j_url: str,
    neo4j_server: Running,
    lianjian: Lianjian,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same fingerprint and imports on the server, in the backup, in a file, and on the server again; never over a city."""
    copying.copy(str(town), neo4j_url, lambda *_: None)
    monkeypatch.setenv("LIANJIAN_STORE", neo4j_url)
    monkeypatch.setenv("LIANJIAN_STATE", str(tmp_path / "state"))
    made = lianjian("backup", "--out", "safe.zip", "--json")
    assert made.code == 0, made.err
    shutil.copy("state/journal.key", "paper.key")
    city = open_store(str(town))
    assert made.json["fingerprint"] == city.fingerprint(20160826)

    monkeypatch.setenv("LIANJIAN_STATE", str(tmp_path / "again"))
    over = lianjian("restore", "safe.zip", "--key", "paper.key")
    assert over.code in (2, 3), over.out
    assert neo4j_url in over.err
    nothing_left(tmp_path, "again")

    neo4j_server.wipe()
    for state, target in (("again", neo4j_url), ("file.service", str(tmp_path / "file.db"))):
        monkeypatch.setenv("LIANJIAN_STATE", str(tmp_path / state))
        back = lianjian("restore", "safe.zip", "--store", target, "--key", "paper.key", "--json")
        assert back.code == 0, back.err
        store = open_store(target)
        assert store.fingerprint(20160826) == made.json["fingerprint"]
        assert store.batches() == city.batches()
        store.close()
    city.close()


def test_a_server_that_is_not_there_leaves_nothing(
    tmp_path: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line with its address, exit 3."""

    def gone(*_: object, **__: object) -> None:
        raise StoreError(
            "neo4j://db.example: can't be reached", "neo4j://db.example：无法连接服务器"
        )

    monkeypatch.setattr("api.backup.taking.open_store", gone)
    answer = lianjian("backup", "--store", "neo4j://db.example", "--out", "safe")
    assert (answer.code, len(answer.err.splitlines())) == (3, 1)
    assert "neo4j://db.example: can't be reached" in answer.err
    nothing_left(tmp_path, "safe", "lianjian.service")
