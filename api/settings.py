"""The service's settings: one place, from the environment or the command line."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from api.operation.log import FORMS, Form
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.tiles import Tiles

Priority = Literal["background", "normal"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
DEFAULT_STORE = "lianjian.db"
HOST, PORT = "127.0.0.1", 8765
PROXIES = ("127.0.0.1", "::1")
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*|\[[0-9A-Fa-f:]+\]")
DEFAULT_PROFILE = "wuhan-2016"


@dataclass(frozen=True, slots=True)
class Allowances:
    """How often one may ask, as ``5/minute;20/hour``.

    Attributes
    ----------
    login : str
        Logging in, by name and address (``LIANJIAN_RATE_LOGIN``).
    address : str
        Logging in, by address, whatever the names (``LIANJIAN_RATE_ADDRESS``): each takes 64 MiB for a tenth of a second.
    reads : str
        Requests of any kind, by account, else by address (``LIANJIAN_RATE_READS``).
    heavy : str
        Requests that compute over a part of the city, by account (``LIANJIAN_RATE_HEAVY``).
    """

    login: str = "5/minute;20/hour"
    address: str = "30/minute;300/hour"
    reads: str = "600/minute"
    heavy: str = "30/minute"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Allowances:
        """Return those that the environment sets, else the defaults."""
        said = {
            "login": environment.get("LIANJIAN_RATE_LOGIN"),
            "address": environment.get("LIANJIAN_RATE_ADDRESS"),
            "reads": environment.get("LIANJIAN_RATE_READS"),
            "heavy": environment.get("LIANJIAN_RATE_HEAVY"),
        }
        return cls(**{name: text for name, text in said.items() if text})


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service runs with.

    Attributes
    ----------
    store : str
        A path or a server's address (``LIANJIAN_STORE``).
    host, port : str, int
        Where it listens (``LIANJIAN_HOST``, ``LIANJIAN_PORT``); what has to stand before others may ask: :mod:`api.access.reach`.
    profile : str
        Name or path of the policy profile.
    connections : int
        Store connections open at once at most; further requests wait for one.
    state : str
        Folder of what the service keeps beside the store (``LIANJIAN_STATE``): accounts, journal, jobs, what was uploaded; by
        default ``lianjian.service`` beside ``lianjian.db``. Made when the service starts, for its owner alone.
    upload_bytes : int
        Bytes of one upload at most (``LIANJIAN_UPLOAD_MB``, in MiB; 200).
    upload_seconds : float
        That a body has however slow its line; beyond them it must have come at 1 KiB a second.
    jobs : int
        Plans, audits and exports at work at once (``LIANJIAN_JOBS``; 2); imports go one by one beside them.
    job_priority : {'background', 'normal'}
        Whether jobs make way for answers and for everything else on the machine (``LIANJIAN_JOB_PRIORITY``).
    stop_seconds : float
        That a job gets to leave what it has once it is asked to stop.
    readers : int
        Processes that answer quick questions about the whole city (``LIANJIAN_READERS``; as many as there are processors, 4 at
        most); 0: the service itself.
    names : tuple of str
        Host names under which others ask (``LIANJIAN_NAMES``, with commas between).
    tls_cert, tls_key : str
        Certificate chain and key in PEM (``LIANJIAN_TLS_CERT``, ``LIANJIAN_TLS_KEY``).
    behind_proxy : bool
        Whether a proxy that has TLS stands before it (``LIANJIAN_BEHIND_PROXY=1``).
    proxies : tuple of str
        Addresses or networks of the proxies, whose ``X-Forwarded-For`` and ``-Proto`` are believed (``LIANJIAN_PROXIES``, with
        commas between); nobody else's are.
    allowances : Allowances
        How often one may ask.
    log : {'json', 'text', 'off'}
        How events are written on stderr (``LIANJIAN_LOG``).
    grace : int
        Seconds that requests under way get when the service is stopped (``LIANJIAN_GRACE``; 10).
    tiles : Tiles or None
        Where tiles of a street map come from (``LIANJIAN_TILES``, ``LIANJIAN_TILES_ATTRIBUTION``, ``LIANJIAN_TILES_DATUM``).
    """

    store: str
    host: str = HOST
    port: int = PORT
    profile: str = DEFAULT_PROFILE
    connections: int = 8
    state: str = ""
    upload_bytes: int = 200 << 20
    upload_seconds: float = 30.0
    jobs: int = 2
    readers: int = 0
    job_priority: Priority = "background"
    stop_seconds: float = 60.0
    names: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    behind_proxy: bool = False
    proxies: tuple[str, ...] = PROXIES
    allowances: Allowances = field(default_factory=Allowances)
    log: Form = "json"
    grace: int = 10
    tiles: Tiles | None = None

    def __post_init__(self) -> None:
        """Fill in the state folder where none is said."""
        if not self.state:
            object.__setattr__(self, "state", str(state_of(self.store)))

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return bool(self.tls_cert) or self.behind_proxy

    @property
    def cookie(self) -> str:
        """The session cookie's name: with TLS one that only this host can set, for this host alone (RFC 6265bis)."""
        return "__Host-lianjian" if self.secure else "lianjian"

    @classmethod
    def of(
        cls,
        store: str,
        host: str | None = None,
        port: int | None = None,
        profile: str = DEFAULT_PROFILE,
        environment: Mapping[str, str] | None = None,
        *,
        names: Sequence[str] = (),
        tls_cert: str | None = None,
        tls_key: str | None = None,
        behind_proxy: bool = False,
        proxies: Sequence[str] = (),
    ) -> Settings:
        """Return the settings that options and environment ask for.

        Raises
        ------
        InputError
            A port is no number, a host name, a proxy's or the tiles' address is none.
        """
        from api.tiles import Tiles  # which imports numpy

        environment = os.environ if environment is None else environment
        host = host or environment.get("LIANJIAN_HOST") or HOST
        said = environment.get("LIANJIAN_PORT")
        if port is None and said:
            try:
                port = int(said)
            except ValueError:
                raise _no_port(said) from None
        if port is not None and not 0 <= port < 65_536:
            raise _no_port(str(port))
        said_proxies = tuple(proxies) or _listed(environment, "LIANJIAN_PROXIES") or PROXIES
        return cls(
            store,
            host,
            PORT if port is None else port,
            profile,
            state=str(state_of(store, environment)),
            upload_bytes=_number(environment, "LIANJIAN_UPLOAD_MB", 200, 1 << 20) << 20,
            jobs=_number(environment, "LIANJIAN_JOBS", 2, 64),
            readers=_readers(store, environment),
            job_priority=job_priority(environment),
            names=tuple(map(_name, tuple(names) or _listed(environment, "LIANJIAN_NAMES"))),
            tls_cert=tls_cert or environment.get("LIANJIAN_TLS_CERT", ""),
            tls_key=tls_key or environment.get("LIANJIAN_TLS_KEY", ""),
            behind_proxy=behind_proxy or _yes(environment, "LIANJIAN_BEHIND_PROXY"),
            proxies=tuple(map(_network, said_proxies)),
            allowances=Allowances.of(environment),
            log=_form(environment),
            grace=_number(environment, "LIANJIAN_GRACE", 10, 3600),
            tiles=Tiles.of(environment),
        )


def default_store() -> str:
    """Return the store where ``--store`` names none: ``LIANJIAN_STORE``, else ``lianjian.db``."""
    return os.environ.get("LIANJIAN_STORE") or DEFAULT_STORE


def state_of(store: str, environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder of what is kept beside a store: ``LIANJIAN_STATE``, else one named after the store.

    Beside a server's store it is ``lianjian.service`` in the current folder.
    """
    said = (os.environ if environment is None else environment).get("LIANJIAN_STATE")
    if said:
        return Path(said)
    return Path("lianjian.service") if "://" in store else Path(store).with_suffix(".service")


def job_priority(environment: Mapping[str, str]) -> Priority:
    """Return how jobs take their share of the machine: ``LIANJIAN_JOB_PRIORITY``, else behind everything else.

    Raises
    ------
    InputError
        It is neither.
    """
    said = environment.get("LIANJIAN_JOB_PRIORITY") or PRIORITIES[0]
    for priority in PRIORITIES:
        if said == priority:
            return priority
    raise InputError(
        f"LIANJIAN_JOB_PRIORITY={said[:40]}: give {' or '.join(PRIORITIES)}",
        f"LIANJIAN_JOB_PRIORITY={said[:40]}：请给出 {' 或 '.join(PRIORITIES)}",
    )


def _readers(store: str, environment: Mapping[str, str]) -> int:
    """Return how many readers there are to be: a server reads for itself, and where processes get no sockets there are none."""
    most = min(4, os.cpu_count() or 1)
    said = _number(environment, "LIANJIAN_READERS", most, 64, least=0)
    return 0 if "://" in store or os.name == "nt" else said


def _listed(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environment.get(name, "").split(",") if part.strip())


def _yes(environment: Mapping[str, str], name: str) -> bool:
    said = environment.get(name, "").strip().lower()
    if said not in ("", "0", "no", "false", "1", "yes", "true"):
        raise InputError(f"{name}={said[:40]}: give 1 or 0", f"{name}={said[:40]}：请给出 1 或 0")
    return said in ("1", "yes", "true")


def _form(environment: Mapping[str, str]) -> Form:
    said = environment.get("LIANJIAN_LOG") or "json"
    if said not in FORMS:
        raise InputError(
            f"LIANJIAN_LOG={said[:40]}: give one of {', '.join(FORMS)}",
            f"LIANJIAN_LOG={said[:40]}：请给出 {'、'.join(FORMS)} 之一",
        )
    return said


def _name(text: str) -> str:
    if not _HOST_NAME.fullmatch(text):
        raise InputError(
            f"--name {text[:80]}: no host name; give it as browsers do, without scheme or port: city.example",
            f"--name {text[:80]}：不是主机名；请按浏览器中的写法给出，不带协议与端口：city.example",
        )
    return text.lower()


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        raise InputError(
            f"--proxy {text[:80]}: no address or network; give it as 10.0.0.5 or 10.0.0.0/24",
            f"--proxy {text[:80]}：不是地址或网段；请写成 10.0.0.5 或 10.0.0.0/24",
        ) from None
    return text


def _number(
    environment: Mapping[str, str], name: str, usual: int, most: int, least: int = 1
) -> int:
    text = environment.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise InputError(
            f"{name}={text[:40]}: give a number from {least} to {most:,}",
            f"{name}={text[:40]}：请给出 {least} 到 {most:,} 之间的数字",
        )
    return int(text)


def _no_port(text: str) -> InputError:
    return InputError(
        f"port {text}: give a number from 0 (any free one) to 65535",
        f"端口 {text}：请给出 0（任一空闲端口）到 65535 之间的数字",
    )
