"""Accounts whose changes are journaled: an intent before each, its outcome after it, and a row for each who is not let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.access import names
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
    may stand where a name belongs, and a token where its id does.

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
        with self._changing([f"account:{names.checked(name)}"]):
            return self._accounts.add(name, role, jurisdiction, password)

    def disable(self, name: str) -> Account:
        """See :meth:`api.access.accounts.Accounts.disable`."""
        with self._changing(self._of(name, tokens=True)):
            return self._accounts.disable(name)

    def enable(self, name: str) -> Account:
        """See :meth:`api.access.accounts.Accounts.enable`."""
        with self._changing(self._of(name)):
            return self._accounts.enable(name)

    def set_password(self, name: str, password: str) -> Account:
        """See :meth:`api.access.accounts.Accounts.set_password`."""
        with self._changing(self._of(name, tokens=True)):
            return self._accounts.set_password(name, password)

    # -- tokens --------------------------------------------------------------------------------------------------
    def create_token(self, name: str, days: int) -> tuple[Token, str]:
        """See :meth:`api.access.accounts.Accounts.create_token`."""
        credential = Credential.new()  # drawn before, for the intent to name it
        with self._changing([*self._of(name), f"token:{credential.id}"]):
            return self._accounts.create_token(name, days, credential)

    def revoke(self, id: str) -> Token:  # noqa: A002
        """See :meth:`api.access.accounts.Accounts.revoke`."""
        there = [t for t in self._accounts.tokens() if t.id == id]
        with self._changing(c for t in there for c in (f"account:{t.name}", f"token:{t.id}")):
            return self._accounts.revoke(id)

    # -- sessions ------------------------------------------------------------------------------------------------
    def login(self, name: str, password: str) -> Session:
        """See :meth:`api.access.accounts.Accounts.login`; who is not let in is a row, too."""
        try:
            proven = self._accounts.proven(name, password)
        except LoginError:
            self._journal.read(
                NOBODY, self._operation, self._of(name),
                action=Action.SIGN_IN, outcome=Outcome.FAILED,
            )  # fmt: skip
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
    def _of(self, name: str, *, tokens: bool = False) -> list[str]:
        """Return the account that there is of a name, and its tokens that hold; nothing where there is none."""
        found = self._accounts.named(name)
        if found is None:
            return []
        held = self._accounts.tokens() if tokens else []
        ids = [f"token:{t.id}" for t in held if t.name == found.name and t.revoked is None]
        return [f"account:{found.name}", *ids]

    def _changing(self, codes: Iterable[str]) -> AbstractContextManager[Intent]:
        return self._journal.write(
            self._identity, self._operation, codes, action=Action.ACCOUNT
        )  # fmt: skip

    def _signing(
        self, identity: Identity, credential: Credential
    ) -> AbstractContextManager[Intent]:
        codes = [f"session:{credential.id}"]
        return self._journal.write(identity, self._operation, codes, action=Action.SIGN_IN)
