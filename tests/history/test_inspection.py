"""Registers beside ledgers, and the inspection sample."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.affiliation.facts import Facts
from graph.affiliation.registers import Reconciliation
from graph.city import City
from graph.errors import InputError
from graph.policy.profile import load
from graph.sample import _quotas, draw
from graph.store.memory import MemoryStore
from tests.audit.town import AS_OF, Town


def town() -> Town:
    """The sound town, with two registers of firms and one of schools."""
    out = Town()
    out.firm("F4")
    out.firm("F5", status="注销")
    for register, code, name, status in (
        ("市工商局", "F1", "企业F1", "存续"),
        ("市工商局", "F2", "别的名字", "存续"),
        ("市工商局", "F3", "企业 Ｆ3", "注销"),
        ("市工商局", "F5", "企业F5", "存续"),
        ("市工商局", "NEW", "新企业", "存续"),
        ("市工商局", "OLD", "旧企业", "吊销"),
        ("市商务局", "F1", "企业F1", None),
        ("市商务局", "NEW", "新企业", None),
    ):
        out.put(
            "register",
            f"{register}|{code}",
            register=register,
            organization=code,
            name=name,
            status=status,
        )
    return out


def reconciled(register: str | None = None, within: str | None = None) -> Reconciliation:
    """Return the town held against its registers."""
    store = town().load(MemoryStore())
    return Reconciliation(Facts(City(store, load(), AS_OF), store), register, within)


def test_three_ways() -> None:
    """Missing, extra and conflicting, each register beside the other, rows with their sources."""
    found = reconciled()
    entries = {e.code: e for e in found}
    assert {code: e.verdicts for code, e in entries.items()} == {
        "F2": ("conflicting",),
        "F3": ("conflicting",),
        "F4": ("extra",),
        "F5": ("conflicting",),
        "NEW": ("missing",),
    }
    assert found.totals() == {"missing": 1, "extra": 1, "conflicting": 3}
    differs = {code: e.registers[1]["differs"] for code, e in entries.items()}
    assert differs == {"F2": ["name"], "F3": ["status"], "F4": [], "F5": ["status"], "NEW": []}
    new = entries["NEW"].as_json()
    assert (new["ledger"], [r["listed"] for r in new["registers"]]) == (None, [True, True])
    lacking = entries["F4"].as_json()
    # the office of commerce lists foreign firms only, and is not asked
    assert [(r["register"], r["listed"]) for r in lacking["registers"]] == [
        ("市商务局", None), ("市工商局", False),
    ]  # fmt: skip
    assert lacking["ledger"]["source"]["file"] == "非公企业|420101001.csv"


def test_agrees_with_the_audit() -> None:
    """What is missing or extra is what the audit finds as register_gap."""
    gaps = {f.subject for f in town().audit("register_gap").findings}
    assert gaps == {c for c, v in reconciled().verdicts.items() if v & {"missing", "extra"}}


def test_one_register_and_a_part() -> None:
    """One register's differences alone; a district's are those of its organizations."""
    assert {e.code for e in reconciled("市商务局")} == {"NEW"}
    assert {e.code for e in reconciled(within="420102")} == {"F3"}
    with pytest.raises(InputError, match="no register 市税务局"):
        reconciled("市税务局")


def test_no_register() -> None:
    """Without a register there is nothing to compare, and it says what to load."""
    store = Town().load(MemoryStore())
    with pytest.raises(InputError, match="名录"):
        Reconciliation(Facts(City(store, load(), AS_OF), store))


# -- the sample ----------------------------------------------------------------------------------------------------


def city(streets: dict[str, int]) -> City:
    """A city with so many firms of the base in each street, and one outside it."""
    out = Town()
    for street, n in streets.items():
        for k in range(n):
            out.firm(f"{street}-{k}", street=street, district=street[:6])
    out.firm("CLOSED", status="注销")
    return City(out.load(MemoryStore()), load(), AS_OF)


def test_repeatable() -> None:
    """The same seed draws the same sample, another seed another; nobody twice, nobody outside the base."""
    some = city({"420101001": 40, "420102001": 20})
    first = [c for _, c in draw(some, 7, size=12)]
    assert first == [c for _, c in draw(some, 7, size=12)]
    assert first != [c for _, c in draw(some, 8, size=12)]
    assert len(set(first)) == 12
    everyone = {c for _, c in draw(some, 7, share=1)}
    assert everyone == set(some.organizations.index[some.organizations["in_base"]])


def test_stratified() -> None:
    """Each ledger unit gives its share."""
    some = city({"420101001": 40, "420102001": 20})
    drawn = draw(some, 7, size=22)
    counts = {s.id: (s.population, len(s.drawn)) for s in drawn.strata}
    assert counts["street:420101001"] == (41, 14)
    assert counts["street:420102001"] == (21, 7)
    assert drawn.size == 22
    assert {s.id for s in draw(some, 7, size=5, within="420102").strata} == {"street:420102001"}


def test_a_little_change() -> None:
    """One organization more changes the sample by a few at most."""
    before = {c for _, c in draw(city({"420101001": 40, "420102001": 20}), 7, size=20)}
    after = {c for _, c in draw(city({"420101001": 41, "420102001": 20}), 7, size=20)}
    assert len(before & after) >= 18


@pytest.mark.parametrize("asked", [{}, {"size": 3, "share": 0.1}, {"size": 10**6}, {"share": 1.5}])
def test_refused(asked: dict[str, Any]) -> None:
    """Neither or both of size and share, more than there are, shares beyond 1: refused with the numbers."""
    with pytest.raises(InputError):
        draw(city({}), 1, **asked)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.floats(0, 1))
@settings(max_examples=200)
def test_quotas(counts: list[int], part: float) -> None:
    """Quotas add up, none is more than a stratum has, and each is within one of its exact share."""
    n = int(part * sum(counts))
    quotas = _quotas(n, counts, [str(k) for k in range(len(counts))])
    assert sum(quotas) == n
    for q, c in zip(quotas, counts, strict=True):
        assert 0 <= q <= c
        assert abs(q - n * c / sum(counts)) < 1


def test_fair() -> None:
    """Over many seeds each organization is drawn about as often as any other (chi square, seeds 0 to 399)."""
    some = city({"420101001": 17})
    drawn = Counter(
        c for seed in range(400) for _, c in draw(some, seed, size=6, within="street:420101001")
    )
    n = len(some.organizations[some.organizations["in_base"] & some.select("street:420101001")])
    expected = 400 * 6 / n
    chi = sum((drawn[c] - expected) ** 2 / expected for c in drawn)
    assert len(drawn) == n
    assert chi < 2 * n, f"chi square {chi:.1f} for {n} organizations"
