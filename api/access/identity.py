"""Who asks: a name, a role and a jurisdiction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

Role = Literal["viewer", "planner", "auditor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Identity:
    """An account as a request knows it.

    Attributes
    ----------
    name : str
        The account's; ``local`` for whoever sits at this machine where there are no accounts.
    role : Role
    jurisdiction : str or None
        A division's code or a ledger unit's id (``zone:…``, ``dept:…``), as ``--in`` takes them; ``None`` is the whole city.
    """

    name: str
    role: Role
    jurisdiction: str | None = None


LOCAL = Identity("local", "administrator")
"""Whoever sits at this machine, where there are no accounts."""
NOBODY = Identity("", cast("Role", ""))
"""Who is not known: in the journal, nowhere else; no request is answered as of this one."""
