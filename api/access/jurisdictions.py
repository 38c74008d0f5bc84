"""Whether a code names a jurisdiction that the store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.store.base import Store


def known(store: Store, profile: Profile, code: str) -> str:
    """Return the code of a division or ledger unit, as ``--in`` takes it.

    Raises
    ------
    InputError
        The store knows neither; names the code and what comes near.
    """
    if store.node("division", code) is None:
        from graph.city import City

        city = City(store, profile)
        if (
            city.lying(code) is None
        ):  # a ledger unit, or a division that only organizations' rows name
            city.refuse(code)
    return code
