"""Who can reach a service, and what has to stand before others may."""

from __future__ import annotations

import ipaddress
import ssl
from typing import TYPE_CHECKING

from graph.errors import InputError

if TYPE_CHECKING:
    from api.access.accounts import Accounts
    from api.settings import Settings

OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""Names under which a service of this machine is asked for; a page that resolves its own name here is not answered."""


def is_own(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    if host.lower() == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def is_any(host: str) -> bool:
    """Return whether an address is every one of the machine: under which name it is asked, it does not say."""
    address = _address(host)
    return address is not None and address.is_unspecified


def in_url(host: str) -> str:
    """Return a host as addresses in a browser have it (RFC 3986, 3.2.2): of IPv6 the shortest form, in brackets."""
    address = _address(host)
    if address is None:
        return host.lower()
    if address.version == 4:
        return str(address)
    return f"[{str(address).partition('%')[0]}]"  # no browser sends an interface with it


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return a host as an address, with brackets or without; ``None`` where it is a name."""
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def is_local(settings: Settings) -> bool:
    """Return whether a service is for this machine alone: its own address, no proxy, no other names."""
    return is_own(settings.host) and not settings.behind_proxy and not settings.names


def answered_names(settings: Settings) -> list[str]:
    """Return the host names that requests may be addressed to."""
    names = [*OWN_NAMES, *settings.names]
    if not is_any(settings.host):
        names.append(in_url(settings.host))
    return names


def shown(settings: Settings, port: int) -> str:
    """Return the address by which a browser asks the service, without a path.

    Parameters
    ----------
    settings : Settings
    port : int
        The port that it listens at.
    """
    host = in_url(settings.host)
    if is_any(settings.host):
        # every address of the machine is none to open: browsers say its name, and a proxy has that, with a port of its own
        local = "[::1]" if ":" in host else "127.0.0.1"
        host = local if settings.behind_proxy or not settings.names else settings.names[0]
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{port}"


def refuse(settings: Settings, accounts: Accounts) -> None:
    """Refuse to be reached by others without accounts, without TLS, or without a name.

    Raises
    ------
    InputError
        With the way out; also where certificate and key can't be used.
    """
    if settings.tls_cert or settings.tls_key:
        _check_certificate(settings)
    if is_local(settings):
        return
    where = (
        settings.host
        if not is_own(settings.host)
        else ", ".join(settings.names) or "--behind-proxy"
    )
    if not accounts.exist():
        raise InputError(
            f"{where}: others may ask only once there are accounts; make one: lianjian user add NAME --role administrator;"
            " or serve this machine alone: --host 127.0.0.1",
            f"{where}：有账号后才能为他人服务；请建立：lianjian user add 名称 --role administrator；"
            "或只为本机服务：--host 127.0.0.1",
        )
    if not settings.secure:
        raise InputError(
            f"{where}: passwords would pass in the clear; give --tls-cert and --tls-key, or --behind-proxy where a proxy has TLS;"
            " or serve this machine alone: --host 127.0.0.1",
            f"{where}：密码会明文传输；请给出 --tls-cert 与 --tls-key，若由代理提供 TLS 则用 --behind-proxy；"
            "或只为本机服务：--host 127.0.0.1",
        )
    if not settings.names and (settings.behind_proxy or is_any(settings.host)):
        raise InputError(
            "Say under which name browsers ask: --name city.example",
            "请给出浏览器访问所用的名称：--name city.example",
        )


def _check_certificate(settings: Settings) -> None:
    cert, key = settings.tls_cert, settings.tls_key
    if not (cert and key):
        raise InputError(
            "Certificate and key belong together: give --tls-cert and --tls-key",
            "证书与私钥须同时给出：--tls-cert 与 --tls-key",
        )
    try:
        # no password: a service has nobody to ask
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password=lambda: "")
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        raise InputError(
            f"{cert}, {key}: no certificate with its key in PEM that can be read; a key with a password can't be used",
            f"{cert}、{key}：不是可读取的 PEM 证书与对应私钥；不支持带密码的私钥",
        ) from None
