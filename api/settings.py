"""The service's settings: one place, from the environment or the command line."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST, PORT = "127.0.0.1", 8765
DEFAULT_PROFILE = "wuhan-2016"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service runs with.

    Attributes
    ----------
    store : str
        A path or a server's address (``LIANJIAN_STORE``).
    host, port : str, int
        Where it listens (``LIANJIAN_HOST``, ``LIANJIAN_PORT``); this machine only, for there are no accounts yet.
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
        That an upload has however slow its line; beyond them it must have come at 1 KiB a second.
    jobs : int
        Plans, audits and exports at work at once (``LIANJIAN_JOBS``; 2); imports go one by one beside them.
    stop_seconds : float
        That a job gets to leave what it has once it is asked to stop.
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
    stop_seconds: float = 60.0

    def __post_init__(self) -> None:
        """Put the folder beside the store where nobody said where it is."""
        if not self.state:
            object.__setattr__(self, "state", str(state_of(self.store)))

    @classmethod
    def of(
        cls,
        store: str,
        host: str | None = None,
        port: int | None = None,
        profile: str = DEFAULT_PROFILE,
        environment: Mapping[str, str] | None = None,
    ) -> Settings:
        """Return the settings that options and environment ask for.

        Raises
        ------
        InputError
            A number is none, or the address is not this machine's own.
        """
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
        refuse_open(host)
        return cls(
            store,
            host,
            PORT if port is None else port,
            profile,
            state=str(state_of(store, environment)),
            upload_bytes=_number(environment, "LIANJIAN_UPLOAD_MB", 200, 1 << 20) << 20,
            jobs=_number(environment, "LIANJIAN_JOBS", 2, 64),
        )


def state_of(store: str, environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder of what is kept beside a store: ``LIANJIAN_STATE``, else one named after the store.

    Beside a server's store it is ``lianjian.service`` in the current folder.
    """
    said = (os.environ if environment is None else environment).get("LIANJIAN_STATE")
    if said:
        return Path(said)
    return Path("lianjian.service") if "://" in store else Path(store).with_suffix(".service")


def refuse_open(host: str) -> None:
    """Refuse an address that others can reach: whoever reaches the service may read all of it.

    Raises
    ------
    InputError
        With the way out.
    """
    if host == "localhost":
        return
    try:
        own = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        own = False
    if not own:
        raise InputError(
            f"{host}: without accounts the service listens on this machine only; give --host 127.0.0.1 (or ::1, localhost)",
            f"{host}：没有账号时，服务只在本机监听；请用 --host 127.0.0.1（或 ::1、localhost）",
        )


def _number(environment: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = environment.get(name) or str(usual)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise InputError(
            f"{name}={text[:40]}: give a number from 1 to {most:,}",
            f"{name}={text[:40]}：请给出 1 到 {most:,} 之间的数字",
        )
    return int(text)


def _no_port(text: str) -> InputError:
    return InputError(
        f"port {text}: give a number from 0 (any free one) to 65535",
        f"端口 {text}：请给出 0（任一空闲端口）到 65535 之间的数字",
    )
