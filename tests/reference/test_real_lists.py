"""Real lists that are no ledgers load through mappings, are found, chained and audited, and are never planned."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from graph.affiliation.findings import audit
from graph.formation import plan
from graph.survey import survey
from loaders.canonical import canonical
from loaders.cells import Settings, Texts
from loaders.codes import uscc
from loaders.faults import CODES
from loaders.reading import RawSheet, read
from tests.reference.conftest import Real

pytestmark = pytest.mark.reference


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Read a list without our loaders."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("mapping", "count"),
    [
        ("gbt4754", 1642 + 1971 + 1401),
        ("wuhan-divisions", 3702),
        ("wuhan-enterprises", 3356),
        ("adult-colleges", 248),
        ("industry-associations", 111),
        ("public-bodies", 2785),
    ],
)
def test_every_row_is_accounted_for(real: Real, mapping: str, count: int) -> None:
    """Rows loaded and rows in quarantine together are the rows of the list; only one name in all of them is no name."""
    totals = real.reports[mapping].as_json()["totals"]
    assert totals["rows"] == count
    assert totals["loaded"] + totals["quarantined"] == count
    assert totals["quarantined"] == (1 if mapping == "wuhan-enterprises" else 0)


def test_enterprises_are_as_registered(real: Real, reference_data: Path) -> None:
    """Name and address of each firm are the list's own, and what the list doesn't say is unknown."""
    o = real.city.organizations
    for row in rows(reference_data, "wuhan_enterprises/wuhan_enterprises_jianghan_wuchang.csv"):
        if "\0" in row["name"]:
            assert row["uscc"] not in o.index
            continue
        found = o.loc[row["uscc"]]
        assert found["line"] == "enterprise"
        assert "".join(str(found["name"]).split()) in "".join(row["name"].split())
        for unknown in ("category", "industry", "street", "district", "status"):
            assert found[unknown] is None or found[unknown] != found[unknown]


def test_lists_without_members_are_never_planned(real: Real) -> None:
    """Organizations of lists that are no ledgers have action unknown, stand in no plan and in no coverage base."""
    city = real.city
    assert set(city.organizations["action"]) == {"unknown"}
    assert len(city.organizations) == 3355 + 248
    totals = survey(city).as_json()["totals"]
    assert totals["actions"]["unknown"] == 3355 + 248
    assert totals["in_base"] == 0
    planned = plan(city)["ledger_units"]
    named = {code for unit in planned for joint in unit["joint"] for code in joint["organizations"]}
    for part in ("attached", "separate", "work_coverage", "uncovered"):
        named |= {entry["organization"] for unit in planned for entry in unit[part]}
    assert named == set()


def test_suggestions_stand_apart(real: Real) -> None:
    """Most firms get a suggested sector and district with what they rest on; none of it becomes the ledger's own value."""
    o = real.city.organizations
    firms = o[o["line"] == "enterprise"]
    assert firms["industry"].isna().all()
    assert firms["suggested_industry"].notna().mean() > 0.8
    assert firms["suggested_district"].notna().all()
    suggested = firms[["suggested_industry", "suggested_street", "suggested_district"]].notna()
    assert (suggested.any(axis=1) == firms["suggestion_basis"].notna()).all()
    assert firms["at_district"].isna().all()


def test_suggested_districts_agree_with_addresses(real: Real) -> None:
    """Where an address names exactly one district, that one is suggested, whatever the code's digits say."""
    divisions = real.store.frame("division", columns=["name", "level"])
    names = dict(
        divisions.loc[divisions["level"] == "区", ["name", "key"]].itertuples(
            index=False, name=None
        )
    )
    o = real.city.organizations
    seen = 0
    for address, suggested in zip(o["address"], o["suggested_district"], strict=True):
        named = [n for n in names if isinstance(address, str) and n in address]
        if len(named) == 1:
            seen += 1
            assert suggested == names[named[0]]
    assert seen > 2500


def test_divisions_make_a_tree(real: Real, reference_data: Path) -> None:
    """Each division has the parent that the list gives it, and the city none."""
    parent = real.store.frame("division", columns=["parent"]).set_index("key")["parent"]
    for row in rows(reference_data, "wuhan_divisions/wuhan_divisions.csv"):
        if row["kind"] == "city":
            assert parent[row["code"]] is None or parent[row["code"]] != parent[row["code"]]
        elif row["kind"] != "province":
            assert parent[row["code"]] == row["parent"]


def test_chains_of_public_bodies(real: Real, reference_data: Path) -> None:
    """The chain of every fortieth body is the walk over parent links, down to each link."""
    bodies = rows(reference_data, "public_bodies_ch/ch.csv")
    parent = {b["id"]: b["parent_id"] for b in bodies}
    for body in bodies[::40]:
        walk = [body["id"]]
        while parent[walk[-1]]:
            walk.append(parent[walk[-1]])
        chain = real.store.chain("unit", body["id"])
        assert [n.id for n in chain.nodes] == walk
        assert [n.depth for n in chain.nodes] == list(range(len(walk)))
        assert chain.ends == (walk[-1],)
        assert chain.cycles == ()


def test_audit_of_a_foreign_hierarchy(real: Real, reference_data: Path) -> None:
    """Each body without parent is an orphan of severity note, the rest of the tree is clean, and what needs a root says so."""
    bodies = rows(reference_data, "public_bodies_ch/ch.csv")
    found = audit(real.city, real.store)
    orphans = {f.subject for f in found.findings if f.code == "orphan"}
    assert orphans == {b["id"] for b in bodies if not b["parent_id"]}
    assert {f.severity for f in found.findings if f.code == "orphan"} == {"note"}
    structural = {"self_superior", "cycle", "several_superiors", "dissolved_superior"}
    assert not structural & {f.code for f in found.findings}
    reasons = {c.code: c.not_checked_reason for c in found.checked}
    for code in ("detached", "wrong_place", "wrong_line", "skips_level"):
        assert reasons[code] is not None
    assert "no root" in str(reasons["detached"])


def test_sections_of_a_ministry_list_state_their_counts(reference_data: Path) -> None:
    """A real .xls with its header on row three: each province heading's stated count is the count of rows under it."""
    (sheet,) = [s for s in read([reference_data / "moe_adult_colleges"]) if isinstance(s, RawSheet)]
    assert sheet.header_rows == (3, 3)
    assert [c.header for c in sheet.columns][:4] == ["序号", "学校名称", "学校标识码", "主管部门"]
    assert len(sheet.sections) == 30
    numbers = np.concatenate([np.asarray(t["row"]) for t in sheet.chunks([1])])
    for section in sheet.sections:
        under = (numbers >= section.first_row) & (numbers <= section.last_row)
        assert int(under.sum()) == section.stated
    assert sum(s.stated or 0 for s in sheet.sections) == sheet.rows == 248


def test_college_codes_are_ten_digits(real: Real) -> None:
    """Codes that a workbook holds as numbers in some rows are text of the declared width in all."""
    o = real.city.organizations
    colleges = o[o["line"] == "social"]
    assert len(colleges) == 248
    assert all(len(code) == 10 and code.isdigit() for code in colleges.index)


def test_credit_codes_as_the_standard_says(reference_data: Path) -> None:
    """Real codes pass; wrong length, characters and check digits fail by name; authorities A, N and Y are valid (GB 32100)."""
    column = canonical().sheets["organization"].column("统一社会信用代码")
    assert column is not None
    vectors = rows(reference_data, "uscc_vectors/uscc_vectors.csv")
    inputs = [v["input"] for v in vectors]
    texts = Texts(pa.array(inputs, pa.string()), np.ones(len(inputs), dtype=np.uint8))
    settings = Settings(today=DATE, extent=(73.0, 3.0, 136.0, 54.0))
    faults = [CODES[n] for n in uscc(texts, column, settings).fault]
    expected = {
        "InvalidLength": {"uscc_length", "code_number"},
        # the library rejects A… by its form; it is an authority of the standard, and the check digit is wrong
        "InvalidFormat": {"uscc_format", "uscc_checksum"},
        "InvalidChecksum": {"uscc_checksum"},
    }
    for vector, fault in zip(vectors, faults, strict=True):
        if vector["expected"] in expected:
            assert fault in expected[vector["expected"]], vector
        elif "e17" in vector["input"]:
            assert fault == "code_scientific"
        else:
            assert fault == "", vector
    assert Counter(bool(f) for f in faults)[True] == 5


DATE = 20160826
