"""The audit against the truth of a synthetic city: everything that is there is found, and nothing else."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from graph.coverage import Sets, rates
from graph.policy.profile import load
from graph.store import open_store
from loaders.faults import FAULTS
from loaders.pipeline import import_paths
from loaders.synthetic import faulty, files
from loaders.synthetic.city import FUNCTIONAL, JOINT_BRANCH
from loaders.synthetic.making import populated
from loaders.synthetic.truth import base, covered, dangling, live
from tests.synthetic.audited import Audited, audited

if TYPE_CHECKING:
    from graph.store.base import Store
    from loaders.report import ImportReport

OFF = {"wrong_type", "joint_too_old", "single_rate_not_risen", "baseline_drift"}
"""Rules that `wuhan-2016` switches off, or that ask for a frozen baseline."""


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """Return a city of 4,000 in CSV files: every finding code is planted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "WORKBOOKS_UP_TO", 0)
        return audited(tmp_path_factory.mktemp("text"), 4000, 11)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """Return a small city in workbooks, laid out in every way."""
    return audited(tmp_path_factory.mktemp("books"), 500, 5)


def check(city: Audited) -> None:
    """Hold a city's audit and import against its truth."""
    found = city.found
    truth = set(city.truth.findings)
    assert sorted(found.keys() - truth) == [], "found and not there"
    assert sorted(truth - found.keys()) == [], "there and not found"
    assert [k for k, n in found.items() if n > 1] == [], "found twice"
    assert [miss for miss in city.truth.near_misses if miss in found] == []
    assert city.faulty == city.expected_faulty
    assert city.report.refused == []
    assert city.city.as_of == city.truth.as_of
    assert len(city.city.organizations) == city.truth.organizations


def test_audit_finds_all_of_a_city_of_csv_files_and_nothing_else(text: Audited) -> None:
    """Precision and recall are 1 over all codes of a city of 4,000, and every faulty row is named with row, column and fault."""
    check(text)


def test_audit_finds_all_of_a_city_of_workbooks_and_nothing_else(books: Audited) -> None:
    """Titles, stamps, grouped headings, totals and other wordings change nothing of what is found."""
    check(books)


def unmended(
    city: Audited, folder: Path
) -> tuple[dict[tuple[str, str, int, int], set[str]], Store]:
    """Return the faults of an import of the marked copies as they are, by cell and the store with it."""
    copied = shutil.copy(Path(city.city.store.url), folder / "city.db")
    store = open_store(str(copied))
    report = import_paths(
        city.report.fault_workbooks, store, load(), fault_directory=folder / "again"
    )
    return by_cell(report), store


def by_cell(report: ImportReport) -> dict[tuple[str, str, int, int], set[str]]:
    """Return fault codes by cell; a text file's copy has the file's name for a sheet's."""
    out: dict[tuple[str, str, int, int], set[str]] = {}
    for f in report.faults():
        stem = Path(f.file).name.partition(".")[0]
        out.setdefault((stem, f.sheet or stem, f.row, f.index), set()).add(f.code)
    return out


def test_a_marked_copy_that_nobody_mended_is_as_faulty_as_its_original(
    text: Audited, books: Audited, tmp_path: Path
) -> None:
    """Each kind of fault stands in the same cell of the copy; one that must not be repeated is empty there, and faulty as such."""
    seen = set()
    for city in (text, books):
        folder = tmp_path / str(len(city.city.organizations))
        folder.mkdir()
        before = by_cell(city.report)
        withheld = {
            at: codes for at, codes in before.items() if any(FAULTS[c].withheld for c in codes)
        }
        after, store = unmended(city, folder)
        assert after == before | {at: {"required"} for at in withheld}
        for kind in (
            "organization",
            "unit",
        ):  # what sound rows say, references to rural entities too, is in the copies
            then, now = (
                s.frame(kind).set_index("key").sort_index() for s in (city.city.store, store)
            )
            pd.testing.assert_frame_equal(now, then, check_like=True)
        seen |= {code for codes in before.values() for code in codes}
    assert seen >= {fault for _, _, fault in faulty.ORGANIZATION}


@pytest.mark.parametrize("seed", [30, 31, 33, 34, 36])
@pytest.mark.large
def test_several_faults_on_one_unit_are_each_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Precision and recall are 1 for five seeds (of those that put two faults on one unit) with every kind of fault planted."""
    monkeypatch.setattr(files, "WORKBOOKS_UP_TO", 0)  # CSV: sooner written and read
    city = audited(tmp_path, 2_000, seed)
    check(city)
    codes = {c.code for c in city.result.checked}
    assert {code for code, _ in city.truth.findings} == codes - OFF
    units = Counter(
        subject for _, subject in city.truth.findings if subject in city.city.units.index
    )
    assert units.most_common(1)[0][1] > 1


def test_every_rule_that_is_on_found_something(text: Audited) -> None:
    """No rule of the profile passes a city of 4,000 unnoticed: each was checked and each found something."""
    by_code = {c.code: c for c in text.result.checked}
    silent = {c for c, entry in by_code.items() if entry.not_checked_reason is not None}
    assert silent == OFF
    assert {c for c, entry in by_code.items() if not entry.found} == OFF


def test_personal_columns_of_a_synthetic_city_are_left_behind(books: Audited) -> None:
    """The invented names and numbers of the workbooks are refused column by column."""
    refused = {heading for sheet in books.report.sheets() for heading, _ in sheet.refused}
    assert refused == {"法定代表人", "联系电话"}


def test_a_telephone_number_beside_a_reason_is_cut_out(text: Audited) -> None:
    """Numbers of persons in free text don't reach the store; the rest of the text does."""
    reasons = text.city.organizations["no_unit_reason"].dropna()
    assert reasons.str.contains("联系电话", regex=False).any()
    assert not reasons.str.contains("19900000000", regex=False).any()


def test_rates_are_those_of_an_independent_count(text: Audited) -> None:
    """Every definition's numerator and denominator is what a plain count over the generator's own lists gives."""
    city = populated(4000, 11)
    o = city.orgs
    has, in_base = covered(city) & ~dangling(city), base(city)
    position = {code: i for i, code in enumerate(city.code)}
    covers: dict[str, set[int]] = {u.code: set(u.covers) for u in city.units}
    for unit in city.units:
        if unit.organization in position:
            covers[unit.code].add(position[unit.organization])
    for i, cell in city.unit_cell.items():
        for code in cell.split(";"):
            covers.get(code, set()).add(i)
    single = np.zeros(len(has), dtype=bool)
    for unit in city.units:
        if live(unit) and unit.type not in (JOINT_BRANCH, FUNCTIONAL):
            named = position.get(unit.organization, -1)
            alone = covers[unit.code] if len(covers[unit.code]) == 1 else set()
            single[list(alone | ({named} if named >= 0 else set()))] = True
    single &= has
    means = (
        (city.instructor % 2 == 1) | (city.mass > 0) | (city.guidance > 0) | (city.development > 0)
    )
    eligible = in_base & (o.formal >= 1)
    expected = {
        "org_all": (has.sum(), len(has)),
        "org_operating": ((has & in_base).sum(), in_base.sum()),
        "org_eligible": ((has & eligible).sum(), eligible.sum()),
        "single_rate": ((single & in_base).sum(), in_base.sum()),
        "joint_rate": ((has & ~single & in_base).sum(), in_base.sum()),
        # a 党组织代码 that dangles keeps an organization out of every numerator (FORMATION)
        "work_rate": (((has | means) & ~dangling(city)).sum(), len(has)),
    }
    found = {r.id: (r.numerator, r.denominator) for r in rates(Sets.of(text.city))}
    assert found == expected


@pytest.mark.large
@pytest.mark.parametrize("seed", range(20, 27))
@pytest.mark.parametrize("organizations", [50, 300, 1000, 4000])
def test_audit_agrees_with_the_truth_of_many_cities(
    tmp_path: Path, organizations: int, seed: int
) -> None:
    """Precision and recall are 1 whatever the seed and size."""
    check(audited(tmp_path, organizations, seed))


@pytest.mark.large
def test_audit_agrees_with_the_truth_of_a_large_city(tmp_path: Path) -> None:
    """Precision and recall are 1 for 20,000 organizations."""
    check(audited(tmp_path, 20_000, 2))
