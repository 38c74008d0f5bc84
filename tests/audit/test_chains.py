"""Structure, line and place against a plain reading: every chain walked one by one, on small random forests."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.town import Town, found

PLACES = {
    "S11": ("street", "420101001"), "S12": ("street", "420101002"), "S21": ("street", "420102001"),
    "D1": ("district", "420101"), "D2": ("district", "420102"), "ZONE": ("zone", "Z1"),
    "EDU": ("department", "市教育局"), "CIVIL": ("department", "市民政局"), "ORGANS": ("organs", ""),
}  # fmt: skip
"""The town's committees and what they are of."""

ASKED = {
    "B1": ("territorial", {"420101001"}, "420101"),
    "B2": ("territorial", {"420101002", "Z1"}, "420101"),
    "B3": ("territorial", {"420102001"}, "420102"),
    "B4": ("territorial", {"420101001"}, "420101"),
    "B5": ("industry", {"市教育局"}, ""),
    "B6": ("industry", {"市民政局"}, ""),
}
"""What the rule of line and place asks of each branch: first station, then the district's or the organs committee."""

LINES = ("wrong_place", "wrong_line", "skips_level")
STRUCTURE = ("orphan", "self_superior", "cycle", "several_superiors", "dangling_reference", "detached")  # fmt: skip


def links(town: Town) -> dict[str, list[str]]:
    """Return each unit's superiors as its row says."""
    return {
        key: [part for part in (row.get("superior") or "").split(";") if part]
        for (kind, key), row in town.rows.items()
        if kind == "unit"
    }


def reach(up: dict[str, list[str]], start: str) -> set[str]:
    """Return all above a unit."""
    seen: set[str] = set()
    todo = list(up.get(start, []))
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += up.get(at, [])
    return seen


def chains(up: dict[str, list[str]], at: str, way: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Yield every chain from a unit up to its ends, no unit twice."""
    if at in way:
        return
    over = [one for one in up.get(at, []) if one not in way]
    if not over:
        yield [*way, at]
    for one in over:
        yield from chains(up, one, (*way, at))


@st.composite
def forests(draw: st.DrawFn) -> Town:
    """Draw the sound town with some general branches between, and superiors changed at random."""
    town = Town()
    extra = [f"G{n}" for n in range(draw(st.integers(0, 4)))]
    for key in extra:
        town.unit(key, type="党总支", superior=None)
    movable = [*extra, *ASKED, "S11", "CIVIL", "ZONE"]
    targets = [*extra, *PLACES, "ROOT", "NOWHERE", "B1"]
    for key in extra + draw(st.lists(st.sampled_from(movable), min_size=2, max_size=5)):
        several = draw(st.sampled_from((0, 1, 1, 1, 2)))
        some = st.sampled_from([*targets, *extra, "D1", "D2", key])
        over = draw(st.lists(some, min_size=several, max_size=several, unique=True))
        town.unit(key, superior=";".join(over) or None)
    return town


@settings(max_examples=25)
@given(forests())
def test_structure_is_what_walking_every_chain_finds(town: Town) -> None:
    """Orphans, cycles, several superiors, dangling codes and detached units are those that a walk up every chain meets."""
    up = links(town)
    expected: set[tuple[str, str]] = set()
    circles: set[frozenset[str]] = set()
    for key, over in up.items():
        above = reach(up, key)
        mutual = {one for one in above if one in up and key in reach(up, one)} | {key}
        if len(mutual) > 1:
            circles.add(frozenset(mutual))
        if not over and key != "ROOT":
            expected.add(("orphan", key))
        if key in over:
            expected.add(("self_superior", key))
        if len(over) > 1:
            expected.add(("several_superiors", key))
        expected |= {("dangling_reference", one) for one in over if one not in up}
        ended = any(not up.get(one) for one in above)
        circling = (len(mutual) > 1 or key in over) and not ended
        if over and "ROOT" not in above and not circling:
            expected.add(("detached", key))
    expected |= {("cycle", min(circle)) for circle in circles}
    assert found(town.audit(*STRUCTURE)) == expected


@settings(max_examples=25)
@given(forests())
def test_line_and_place_are_judged_chain_by_chain(town: Town) -> None:
    """A branch keeps the rule if any chain to the root does; else what its chains pass says how it breaks it (S32, S33)."""
    up = links(town)
    expected: set[tuple[str, str]] = set()
    for key, (line, first, goal) in ASKED.items():
        rooted = [chain for chain in chains(up, key) if chain[-1] == "ROOT"]
        stations = [[(PLACES[one], one) for one in chain if one in PLACES] for chain in rooted]
        top = ("district", goal) if line == "territorial" else ("organs", "")
        if any(_meets([of for of, _ in chain], first, top) for chain in stations):
            continue
        passed = {of for chain in stations for of, _ in chain}
        places = {of for of in passed if of[0] in ("street", "zone", "district")}
        own = {of for of in places if of[1] in first or of == ("district", goal)}
        if line == "territorial":
            if places - own:
                expected.add(("wrong_place", key))
            if passed - places:
                expected.add(("wrong_line", key))
            if any(_skips([of for of, _ in chain], top) for chain in stations):
                expected.add(("skips_level", key))
        elif places:
            expected.add(("wrong_line", key))
    judged = {(code, subject) for code, subject in found(town.audit(*LINES)) if subject in ASKED}
    assert judged == expected


def _meets(chain: list[tuple[str, str]], first: set[str], top: tuple[str, str]) -> bool:
    """Say whether a chain passes the first station and after it the top."""
    at = [k for k, (kind, of) in enumerate(chain) if of in first and kind != "district"]
    return bool(at) and top in chain[at[0] :]


def _skips(chain: list[tuple[str, str]], top: tuple[str, str]) -> bool:
    """Say whether a chain reaches its district without a street or zone before."""
    if top not in chain:
        return False
    return all(kind not in ("street", "zone") for kind, _ in chain[: chain.index(top)])
