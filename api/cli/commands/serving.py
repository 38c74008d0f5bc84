"""The service."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import JsonOption, LangOption, ProfileOption, StoreOption
from api.cli.output import emit, note
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from graph.errors import ServiceError, StoreMissingError, in_chinese, word

if TYPE_CHECKING:
    from types import FrameType


def serve(
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="serve.host")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", help="serve.port")] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="HOST", help="serve.name")
    ] = None,
    tls_cert: Annotated[
        str | None, typer.Option("--tls-cert", metavar="F.pem", help="serve.tls_cert")
    ] = None,
    tls_key: Annotated[
        str | None, typer.Option("--tls-key", metavar="F.pem", help="serve.tls_key")
    ] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="serve.behind_proxy")
    ] = False,
    proxy: Annotated[
        list[str] | None, typer.Option("--proxy", metavar="ADDRESS", help="serve.proxy")
    ] = None,
    config: Annotated[  # noqa: ARG001 - read before anything else, by api.configuration
        str | None, typer.Option("--config", metavar="F.toml", help="serve.config")
    ] = None,
    store: StoreOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Answer questions over HTTP: on this machine, or to those who have accounts."""
    from api.access import reach
    from api.access.accounts import Accounts
    from api.settings import Settings

    session = Session.of(lang=lang, json=json, store=store)
    settings = Settings.of(
        session.url, host, port, profile,
        names=name or (), tls_cert=tls_cert, tls_key=tls_key, behind_proxy=behind_proxy, proxies=proxy or (),
    )  # fmt: skip
    accounts = Accounts(settings.state)
    try:
        reach.refuse(settings, accounts)
        guarded = accounts.exist()
    finally:
        accounts.close()
    empty = _there_is_none(session)
    with _listening(settings.host, settings.port) as listening:
        import uvicorn

        from api.app import create_app
        from api.heads import PatientProtocol
        from api.operation.log import routed

        app = create_app(settings)
        log = app.state.log
        app.state.jobs.begin()  # another service that holds the folder is said before it answers
        origin = reach.shown(settings, listening.getsockname()[1])
        url = f"{origin}/api/v1"
        built = app.state.bundle.index is not None
        emit(
            session,
            {"url": url, "application": f"{origin}/" if built else None, "store": session.url},
            summary=[
                session.texts(
                    "serve.application" if built else "serve.not_built", url=f"{origin}/"
                ),
                session.texts("serve.at", url=f"{url}/openapi.json", store=session.url),
            ],
        )
        sys.stdout.flush()  # it goes on for long
        if settings.log == "json":  # programs read it: each line is an event
            log("serving", accounts=guarded)
        else:
            note(session.texts("serve.accounts" if guarded else "serve.open"))
        if empty:
            note(session.texts("serve.no_store", store=session.url, named=word(session.url)))
        how = uvicorn.Config(
            app, http=PatientProtocol, workers=1, log_config=None, log_level="warning", access_log=False, server_header=False,
            timeout_graceful_shutdown=settings.grace, proxy_headers=False,  # believed as the settings say, by the application
            ssl_certfile=settings.tls_cert or None, ssl_keyfile=settings.tls_key or None,
        )  # fmt: skip
        server = uvicorn.Server(how)

        def leave(sig: int, frame: FrameType | None) -> None:  # noqa: ARG001 - its name is the server's
            app.state.jobs.leave()  # who listens to a job's progress would be waited for
            # not the server's own: it would end the process by the signal once more, before the last line and not with 0
            server.force_exit = server.should_exit and sig == signal.SIGINT
            server.should_exit = True

        server.handle_exit = leave  # type: ignore[method-assign]
        # what is there by now stays: looking through it for garbage would stop every request for a tenth of a second at a time
        gc.collect()
        gc.freeze()
        with routed(log):
            server.run(sockets=[listening])
    if settings.log == "json":
        log("stopped")
    else:
        note(session.texts("serve.done"))
    return 0


def _there_is_none(session: Session) -> bool:
    """Return whether the store is still to be made, by ledgers that are loaded in the browser or by a command.

    Raises
    ------
    StoreMissingError
        It could not be made there: its folder is missing, or it is a server's.
    StoreError
        It is damaged, or can't be opened: said before anybody asks.
    """
    try:
        with session.store():
            return False
    except StoreMissingError:
        if "://" in session.url or not Path(session.url).resolve().parent.is_dir():
            raise
        return True


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket at an address.

    Raises
    ------
    ServiceError
        Something else is there, or the address can't be had.
    """
    bare = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    try:
        # an interface (%eth0) is part of where one listens, and only the resolver knows its number
        where = socket.getaddrinfo(bare, port, family, socket.SOCK_STREAM)[0][4]
        listening = socket.create_server(where, family=family)
        # connections have it from here: asyncio sets it only where a socket names its protocol, and without it head and body of an
        # answer, written one after the other, wait 40 ms for each other (RFC 896)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no address"
        raise ServiceError(
            f"{host}, port {port}: can't listen there ({why}); give another --port, or 0 for any free one",
            f"{host} 端口 {port}：无法监听（{in_chinese(error)}）；请换一个 --port，或用 0 任取空闲端口",
        ) from None
