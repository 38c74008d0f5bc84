"""What changed between two dates, what was corrected, and what other rules make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import InputError

if TYPE_CHECKING:
    from api.asking.auditing import Progress
    from graph.history.diff import Diff
    from graph.policy.profile import Profile
    from graph.store.base import Store


def diff(
    store: Store,
    profile: Profile,
    earlier: int,
    later: int,
    *,
    within: str | None = None,
    against: Profile | None = None,
    progress: Progress | None = None,
) -> Diff:
    """Compare a store's city at two dates; the answer reads the store while it is said.

    Raises
    ------
    InputError
        Dates the wrong way round, or a place that is none.
    """
    from graph.history.diff import diff as diff_of

    return diff_of(
        store, profile, earlier, later, within=within, against=against, progress=progress
    )


def own_profile(name: str) -> Profile:
    """Return a profile that comes with the program, and no other: who asks from elsewhere names no file of this machine.

    Raises
    ------
    InputError
        There is none of that name.
    """
    from graph.policy.profile import load, names

    if name not in names():
        raise InputError(
            f"{name[:80]}: no profile that comes with the program; there are: {', '.join(names())}",
            f"{name[:80]}：不是程序自带的规则档案；现有：{'、'.join(names())}",
        )
    return load(name)
