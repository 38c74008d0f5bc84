"""Accounts whose changes are journaled: an intent before each, its outcome after it, and a row for each who is not let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.access import names, passwords
from api.access.credentials import Credential
from api.access.identity import NOBODY
from api.access.refusals import LoginError
from api.journal.rows import Action, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from api.access.accounts import Account, Accounts, Session, Token
    from api.access.identity import Identity, Role
    from api.journal.journal import Intent, Journal


class RecordedAccounts:
    """The accounts for whoever changes them: none of it happens unless the journal says that it is about to.

    Rows are about ``account:NAME``, ``token:ID`` and ``session:ID``; of what was typed they have only what there is, for a password
    may stand where a name belongs, and a token where its id does. What is refused before it begins (a name that is none, a password
    that is too easy) is no row.

    Parameters
    ----------
    accounts : Accounts
    journal : Journal
    operation : str
    identity : Identity
        Who changes them; who logs in or out is known by that.

    Raises
    ------
    JournalError
        From all that changes something: it can't be recorded. Then nothing was changed, or (after it) it is noted later.
    """

    def __init__(
        self, accounts: Accounts, journal: Journal, operation: str, identity: Identity = NOBODY
    ) -> None:
        self._accounts = accounts
        self._journal = journal
        self._operation = operation
        self._identity = identity

    def all(self) -> list[Account]:
        """See :meth:`api.access.accounts.Accounts.all`."""
        return self._accounts.all()

    def tokens(self) -> list[Token]:
        """See :meth:`api.access.accounts.Accounts.tokens`."""
        return self._accounts.tokens()

    # -- accounts ------------------------------------------------------------------------------------------------
    def add(self, name: str, role: Role, jurisdiction: str | None, password: str) -> Account:
        """See :meth:`api.access.accounts.Accounts.add`."""
        passwords.check(password, names.checked(name))  # what can't be begins nothing
        with self._changing([f"account:{names.checked(name)}"]):
            return self._accounts.add(name, role, jurisdiction, password)

    def disable(self, name: str) -> Account:
        """See :meth:`api.access.accounts.Accounts.disable`."""
        with self._changing(self._with_tokens(self._accounts.known(name))):
            return self._accounts.disable(name)

    def enable(self, name: str) -> Account:
        """See :meth:`api.access.accounts.Accounts.enable`."""
        with self._changing([f"account:{self._accounts.known(name).name}"]):
            return self._accounts.enable(name)

    def set_password(self, name: str, password: str) -> Account:
        """See :meth:`api.access.accounts.Accounts.set_password`."""
        account = self._accounts.known(name)
        passwords.check(password, account.name)
        with self._changing(self._with_tokens(account)):
            return self._accounts.set_password(name, password)

    # -- tokens --------------------------------------------------------------------------------------------------
    def create_token(self, name: str, days: int) -> tuple[Token, str]:
        """See :meth:`api.access.accounts.Accounts.create_token`."""
        account = self._accounts.known(name)
        credential = Credential.new()  # drawn before, for the intent to name it
        with self._changing([f"account:{account.name}", f"token:{credential.id}"]):
            return self._accounts.create_token(name, days, credential)

    def revoke(self, id: str) -> Token:  # noqa: A002
        """See :meth:`api.access.accounts.Accounts.revoke`."""
        token = self._accounts.token(id)
        with self._changing([f"account:{token.name}", f"token:{token.id}"]):
            return self._accounts.revoke(id)

    # -- sessions ------------------------------------------------------------------------------------------------
    def login(self, name: str, password: str) -> Session:
        """See :meth:`api.access.accounts.Accounts.login`; who is not let in is a row, too."""
        try:
            proven = self._accounts.proven(name, password)
        except LoginError:
            tried = self._accounts.named(name)
            whom = [] if tried is None else [f"account:{tried.name}"]
            self._journal.read(
                NOBODY, self._operation, whom, action=Action.SIGN_IN, outcome=Outcome.FAILED
            )
            raise
        with self._signing(proven.identity, proven.credential):
            return self._accounts.begin(proven)

    def end(self, credential: Credential) -> None:
        """See :meth:`api.access.accounts.Accounts.end`."""
        session = self._accounts.by_cookie(credential.cookie, used=False)
        if session is None:
            return
        with self._signing(session.identity, credential):
            self._accounts.end(credential)

    # -- within --------------------------------------------------------------------------------------------------
    def _with_tokens(self, account: Account) -> list[str]:
        """Return an account and its tokens that hold: they end with what is done to it."""
        held = [t for t in self._accounts.tokens() if t.name == account.name and t.revoked is None]
        return [f"account:{account.name}", *(f"token:{t.id}" for t in held)]

    def _changing(self, codes: Iterable[str]) -> AbstractContextManager[Intent]:
        return self._journal.write(
            self._identity, self._operation, codes, action=Action.ACCOUNT
        )  # fmt: skip

    def _signing(
        self, identity: Identity, credential: Credential
    ) -> AbstractContextManager[Intent]:
        codes = [f"session:{credential.id}"]
        return self._journal.write(identity, self._operation, codes, action=Action.SIGN_IN)
