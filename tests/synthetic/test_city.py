"""The shape of synthetic cities, and that one seed makes one city."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import sector
from graph.affiliation.rules import CODES
from graph.credit_code import credit_code_fault
from graph.errors import InputError
from graph.geo import inside
from graph.policy.profile import load
from loaders.synthetic import files, generate, names, sectors
from loaders.synthetic.codes import uscc
from loaders.synthetic.making import NAMES, populated
from loaders.synthetic.truth import base, covered
from tests.synthetic.test_truth import OFF


def digest(folder: Path) -> dict[str, str]:
    """Return a hash of every file of a folder."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_one_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    """Workbooks and texts of one seed are alike to the last byte; another seed makes another city."""
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        generate(tmp_path / name, 120, seed)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert digest(tmp_path / "a")["truth.json"] != digest(tmp_path / "c")["truth.json"]


@pytest.mark.parametrize(
    "organizations", [4000, 20_000, pytest.param(100_000, marks=pytest.mark.large)]
)
def test_shape_is_that_of_a_real_city(organizations: int) -> None:
    """Small ones are 28 to 35 %, places and sectors have heavy tails, coordinates lack for 5 to 10 %, datums and editions vary."""
    city = populated(organizations, 3)
    o, n = city.orgs, organizations
    assert len(city.code) == len(set(city.code)) == n
    assert len(set(city.name)) == n

    small = base(city) & ~covered(city) & (o.formal >= 1) & (o.formal <= 2)
    assert 0.28 <= small.mean() <= 0.35

    per_building = np.bincount(o.building[o.building >= 0])
    assert (per_building >= 200).sum() >= organizations // 20_000
    sizes = np.sort(per_building[per_building > 0])[::-1]
    assert sizes[0] > 4 * np.median(sizes)
    assert sizes[: len(sizes) // 10].sum() > 0.2 * sizes.sum(), "a heavy tail"

    firms = o.line == 0
    per_sector = np.sort(np.bincount(o.sector[firms]))[::-1]
    rank = np.arange(1, 31)
    slope = np.polyfit(np.log(rank), np.log(per_sector[:30]), 1)[0]
    assert -1.15 < slope < -0.85, "Zipf's law"

    assert 0.05 <= np.isnan(o.lon).mean() <= 0.10
    assert set(o.datum.tolist()) == {0, 1, 2}
    assert 0.2 < o.edition_2017.mean() < 0.4
    there = ~np.isnan(o.lon)
    assert inside(o.lon[there], o.lat[there], load().extent).all()


@pytest.mark.large
def test_a_street_of_a_million_has_a_thousand_small_ones() -> None:
    """In a city of a million the largest ledgers of streets hold a thousand small organizations and more."""
    city = populated(1_000_000, 1)
    o = city.orgs
    small = base(city) & ~covered(city) & (o.formal >= 1) & (o.formal <= 2)
    per_street = np.bincount(city.home[small & (city.home < len(city.plan.street_name))])
    assert per_street.max() >= 1000


def test_every_code_is_planted_five_times_with_a_near_miss_beside_it(tmp_path: Path) -> None:
    """From 4,000 organizations on each code that the profile checks has five findings; near misses are no findings."""
    truth = generate(tmp_path, 4000, 2)
    counts = Counter(code for code, _ in truth.findings)
    assert {code: counts[code] for code in CODES if code not in OFF and counts[code] < 5} == {}
    assert not set(truth.near_misses) & set(truth.findings)
    missed = Counter(code for code, _ in truth.near_misses)
    assert {code: missed[code] for code in CODES if code not in OFF and missed[code] < 5} == {}


def test_truth_is_a_plain_list_of_code_and_subject(tmp_path: Path) -> None:
    """truth.json is `[{code, subject}]`, sorted, each once, and says the same as what `generate` returns."""
    truth = generate(tmp_path, 60, 1)
    rows = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert (
        [(r["code"], r["subject"]) for r in rows] == truth.findings == sorted(set(truth.findings))
    )
    assert all(set(r) == {"code", "subject"} for r in rows)
    ledgers = sorted(p.name for p in tmp_path.iterdir() if p.name not in NAMES)
    assert ledgers == truth.files


@given(st.sets(st.integers(0, 31**6 - 1), min_size=1, max_size=30))
def test_codes_are_valid_and_distinct(serials: set[int]) -> None:
    """Every invented code passes GB 32100's check and no two serial numbers give the same."""
    some = sorted(serials)
    codes = uscc(["91"] * len(some), ["429901"] * len(some), np.array(some, dtype=np.int64))
    assert len(set(codes)) == len(some)
    assert [credit_code_fault(code) for code in codes] == [None] * len(codes)


@given(st.sets(st.integers(0, 1_200_000), min_size=2, max_size=200))
def test_brands_are_distinct(index: set[int]) -> None:
    """No two organizations have one brand."""
    brands = names.brands(np.array(sorted(index), dtype=np.int64))
    assert len(set(brands)) == len(index)


def test_sectors_are_codes_of_their_editions() -> None:
    """Every class that the generator uses lies in a division of its edition."""
    tree = sector.facts()
    rows: list[Any] = [*sectors.FIRM_SECTORS, *sectors.RURAL_SECTORS]
    rows += [(kind, *codes) for kind, codes in sectors.SOCIAL_SECTORS.items()]
    for _, old, new in rows:
        assert tree.fault(old, "2011") is None
        assert tree.fault(new, "2017") is None


@pytest.mark.reference
def test_sectors_stand_in_the_published_tables(reference_data: Path) -> None:
    """Every class stands in its edition's table, and each pair in the crosswalk."""
    folder = reference_data / "gbt4754"
    known = {
        edition: {
            line.split(",")[0]
            for line in (folder / f"gbt4754_{edition}.csv").read_text("utf-8").splitlines()
        }
        for edition in ("2011", "2017")
    }
    crosswalk = set((folder / "crosswalk_2011_2017.csv").read_text("utf-8").split())
    rows: list[Any] = [*sectors.FIRM_SECTORS, *sectors.RURAL_SECTORS]
    rows += [(kind, *codes) for kind, codes in sectors.SOCIAL_SECTORS.items()]
    for _, old, new in rows:
        assert old in known["2011"]
        assert new in known["2017"]
        assert f"{old},{new}" in crosswalk


@pytest.mark.parametrize(
    ("organizations", "seed", "words"),
    [(49, 0, "--orgs 49"), (1_200_001, 0, "--orgs 1200001"), (100, -1, "--seed -1")],
)
def test_numbers_out_of_bounds_are_refused(
    tmp_path: Path, organizations: int, seed: int, words: str
) -> None:
    """A number outside its bounds is refused with what may be given, and nothing is written."""
    with pytest.raises(InputError, match=words):
        generate(tmp_path / "city", organizations, seed)
    assert not (tmp_path / "city").exists()


def test_a_directory_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    """Ledgers of two cities never mix: a directory that holds a file is refused."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not an empty directory"):
        generate(tmp_path, 100, 0)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("name", "there"), [("city", False), ("new/er/city", False), ("city", True)]
)
@pytest.mark.parametrize("stage", ["faults", "ledgers"])
def test_a_city_that_is_stopped_leaves_nothing(
    tmp_path: Path, name: str, stage: str, *, there: bool
) -> None:
    """Ctrl-C within any stage leaves no file, neither of a new directory nor of one that was there empty; then it can be made."""
    city = tmp_path / name
    if there:
        city.mkdir()

    def stopped(now: str, done: int, of: int | None) -> None:
        if now == stage and (of is None or done == of - 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(city, 60, 1, stopped)
    assert list(tmp_path.rglob("*")) == ([city] if there else [])

    made = generate(city, 60, 1)
    assert {p.name for p in city.iterdir()} == {*made.files, *NAMES}
    assert [p.name for p in city.parent.iterdir()] == [city.name]
    assert city.stat().st_mode & 0o700 == 0o700


def test_a_city_that_is_stopped_as_its_files_come_forward_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a directory that was there, files come forward all or none."""
    rename, names = Path.rename, []

    def third(path: Path, target: Path) -> Path:
        names.append(target.name)
        if len(names) == 3:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", third)
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path, 60, 1)
    assert list(tmp_path.iterdir()) == []


def test_large_cities_are_text_in_three_encodings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit ledgers are CSV: UTF-8, UTF-8 with a mark and GB18030."""
    monkeypatch.setattr(files, "WORKBOOKS_UP_TO", 0)
    truth = generate(tmp_path, 1500, 4)
    assert {Path(name).suffix for name in truth.files} == {".csv"}
    kinds = set()
    for name in truth.files:
        data = (tmp_path / name).read_bytes()
        if data.startswith(b"\xef\xbb\xbf"):
            kinds.add("mark")
            continue
        try:
            data.decode("utf-8")
            kinds.add("utf-8")
        except UnicodeDecodeError:
            data.decode("gb18030")
            kinds.add("gb18030")
    assert kinds == {"mark", "utf-8", "gb18030"}
