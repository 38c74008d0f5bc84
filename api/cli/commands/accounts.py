"""Accounts of the service and their tokens: whoever may write the state folder administers them."""

from __future__ import annotations

import contextlib
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.journaling import changed
from api.cli.options import JsonOption, LangOption, OutOption, StoreOption
from api.cli.output import Column, Listing, emit, note, say
from api.cli.session import Session
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.access.accounts import Account
    from api.journal.accounts import RecordedAccounts


class RoleName(StrEnum):
    """A role, as :data:`api.access.identity.Role` has them."""

    VIEWER = "viewer"
    PLANNER = "planner"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="argument.account")]
DEFAULT_DAYS = 90


def add(
    name: NameArgument,
    role: Annotated[RoleName, typer.Option("--role", help="user.role")],
    within: Annotated[str | None, typer.Option("--in", metavar="CODE", help="user.in")] = None,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Make an account."""
    from api.access import names

    session = Session.of(lang=lang, json=json, store=store)
    names.checked(name)
    if within is not None:
        from api.access.jurisdictions import known

        with session.store() as opened:
            known(opened, session.profile(), within)
    with _accounts(session) as accounts:
        made = accounts.add(name, role.value, within, _password(session, name))
        first = len(accounts.all()) == 1
    words = {"name": made.name, "role": session.texts(f"role.{made.role}")}
    where = within or session.texts("user.city")
    emit(
        session,
        {"account": made.as_json()},
        summary=[session.texts("user.added", **words, where=where)],
    )
    if first:
        note(session.texts("user.first"))
    return 0


def list_(
    store: StoreOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List the accounts."""
    session = Session.of(lang=lang, json=json, out=out, store=store)
    t = session.texts
    with _accounts(session) as accounts:
        rows = [account.as_json() for account in accounts.all()]
    columns = [
        Column(n, t(f"user.column.{n}"))
        for n in ("name", "role", "jurisdiction", "created", "disabled")
    ]
    shown = [row | {"role": t(f"role.{row['role']}")} for row in rows]
    listing = Listing.of(t("user.accounts"), columns, shown)
    emit(session, {"accounts": rows}, [listing], [] if rows else [t("user.none")])
    return 0


def password(
    name: NameArgument,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Give an account a new password; its sessions end and its tokens are revoked."""
    session = Session.of(lang=lang, json=json, store=store)
    with _accounts(session) as accounts:
        account = accounts.set_password(name, _password(session, name))
    return _told(session, account, "user.changed")


def disable(
    name: NameArgument,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Shut an account out at once: its sessions end and its tokens are revoked."""
    session = Session.of(lang=lang, json=json, store=store)
    with _accounts(session) as accounts:
        account = accounts.disable(name)
    return _told(session, account, "user.disabled")


def enable(
    name: NameArgument,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Let a disabled account in again."""
    session = Session.of(lang=lang, json=json, store=store)
    with _accounts(session) as accounts:
        account = accounts.enable(name)
    return _told(session, account, "user.enabled")


def create_token(
    name: NameArgument,
    days: Annotated[int, typer.Option("--days", metavar="N", help="token.days")] = DEFAULT_DAYS,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Give out a token for programs; it is printed this once."""
    session = Session.of(lang=lang, json=json, store=store)
    with _accounts(session) as accounts:
        made, text = accounts.create_token(name, days)
    emit(session, made.as_json() | {"token": text})
    if not session.json:
        say(text)  # alone on stdout, so that it can be piped into a file
        note(session.texts("token.created", **made.as_json()))
    return 0


def list_tokens(
    store: StoreOption = None,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """List the tokens that were given out, without what they are."""
    session = Session.of(lang=lang, json=json, out=out, store=store)
    t = session.texts
    with _accounts(session) as accounts:
        rows = [token.as_json() for token in accounts.tokens()]
    columns = [
        Column(n, t(f"token.column.{n}")) for n in ("id", "name", "created", "expires", "revoked")
    ]
    listing = Listing.of(t("token.tokens"), columns, rows)
    emit(session, {"tokens": rows}, [listing], [] if rows else [t("token.none")])
    return 0


def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="argument.token")],  # noqa: A002
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Take a token back at once."""
    session = Session.of(lang=lang, json=json, store=store)
    with _accounts(session) as accounts:
        token: dict[str, Any] = accounts.revoke(id).as_json()
    emit(session, {"token": token}, summary=[session.texts("token.was_revoked", **token)])
    return 0


def _told(session: Session, account: Account, text: str) -> int:
    """Tell what became of an account."""
    emit(session, {"account": account.as_json()}, summary=[session.texts(text, name=account.name)])
    return 0


@contextlib.contextmanager
def _accounts(session: Session) -> Iterator[RecordedAccounts]:
    from api.access.accounts import Accounts
    from api.settings import state_of

    accounts = Accounts(state_of(session.url))
    try:
        yield changed(session.url, accounts)
    finally:
        accounts.close()


def _password(session: Session, name: str) -> str:
    """Return a password: typed twice without echo, or one line of what stdin is fed with."""
    from api.access.passwords import check

    if not sys.stdin.isatty():
        try:
            given = sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            given = ""
        if not given:
            raise InputError(
                "No password on stdin: give it as one line of text, or run this in a terminal",
                "标准输入中没有密码：请以一行文本给出，或在终端中运行",
            )
        return given
    from getpass import getpass

    given = getpass(session.texts("user.type", name=name))
    check(given, name)  # before it is typed again
    if getpass(session.texts("user.again")) != given:
        raise InputError(
            "The two passwords differ; nothing was changed", "两次输入的密码不同；未作改动"
        )
    return given
