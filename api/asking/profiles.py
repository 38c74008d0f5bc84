"""The numbers, dates and switches that a person has to set, with their clauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import UnknownIdError

if TYPE_CHECKING:
    from graph.errors import ProfileError
    from graph.policy.profile import Profile


@dataclass(frozen=True, eq=False)
class BuiltIn:
    """The profiles that come with the program."""

    profiles: list[Profile]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "profiles": [
                {"name": p.name, "title": {"zh": p.title_zh, "en": p.title_en}, "source": p.source}
                for p in self.profiles
            ]
        }


@dataclass(frozen=True, eq=False)
class Checked:
    """Everything that is wrong with a profile."""

    name: str
    faults: list[ProfileError]

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return {
            "profile": self.name,
            "valid": not self.faults,
            "faults": [{"zh": f.zh, "en": f.en} for f in self.faults],
        }


def built_in() -> BuiltIn:
    """List the profiles that come with the program."""
    from graph.policy.profile import load, names

    return BuiltIn([load(name) for name in names()])


def shown(name: str) -> Profile:
    """Return a profile by its name or file; its ``as_json()`` is what both sides say.

    Raises
    ------
    ProfileError
        It can't be used.
    """
    from graph.policy.profile import load

    return load(name)


def checked(name: str) -> Checked:
    """Say everything that is wrong with a profile, named or in a file."""
    from graph.policy.profile import check

    return Checked(name, check(name))


def named(name: str) -> str:
    """Return the name of a profile that comes with the program: files of this machine are not for whoever asks over HTTP.

    Raises
    ------
    UnknownIdError
        There is none of this name.
    """
    from graph.policy.profile import names

    if name in names():
        return name
    known = names()
    raise UnknownIdError(
        f"profile {name[:40]}: there is none of this name; names: {', '.join(known)}",
        f"规则档案 {name[:40]}：没有这个名称；可用名称：{'、'.join(known)}",
    )
