"""Who is in the base, who qualifies for what and by which clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from graph.survey import Survey


def survey(store: Store, profile: Profile, as_of: int, within: str | None = None) -> Survey:
    """Survey a city, a division or a ledger unit; its ``as_json()`` is what both sides say.

    Raises
    ------
    InputError
        ``within`` is no division's code and no ledger unit's id.
    """
    from graph.city import City
    from graph.survey import survey as survey_of

    return survey_of(City(store, profile, as_of), within)
