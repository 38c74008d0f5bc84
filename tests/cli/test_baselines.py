"""The baseline and opened rates by the command line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from graph.model import Claims
from graph.store import open_store
from tests.cli.commandline import Lianjian

WHO = ("--office", "某部", "--date", "2016-08-26")


def test_freeze_show_and_change(lianjian: Lianjian, town: Path) -> None:
    """The baseline is frozen, shown with its fingerprint, changed by decision, and named by coverage."""
    assert lianjian("baseline", "show", "--json").json == {"frozen": False}
    made = lianjian("baseline", "freeze", *WHO, "--json").json
    assert (made["organizations"], made["batch"], len(made["fingerprint"])) == (4, 2, 64)
    removed = lianjian("baseline", "remove", "91C", *WHO, "--reason", "迁出")
    assert removed.code == 0
    shown = lianjian("baseline", "show", "--json").json
    assert shown["fingerprint"] == made["fingerprint"]
    assert (shown["removed"], shown["now"]["organizations"], shown["intact"]) == (1, 3, True)
    found = lianjian("coverage", "--json").json["baseline"]
    assert (found["frozen"], found["date"], found["organizations"]) == (True, "2016-08-26", 3)
    assert found["fingerprint"] == made["fingerprint"]
    assert lianjian("baseline", "show", "--out", "b.csv").code == 0
    assert "91C" not in Path("b.csv").read_text("utf-8-sig").splitlines()[1:]


def test_freezing_few_wants_a_confirmation(lianjian: Lianjian, town: Path) -> None:
    """A freeze on a day on which few are listed says both numbers and freezes only with --confirm."""
    store = open_store(str(town))
    many = pd.DataFrame(
        {
            "key": [f"92{n:04}" for n in range(1200)],
            "row": range(1200),
            "dated": 20160901,
            "name": "甲",
            "line": "enterprise",
            "category": "私营企业",
        }
    )
    with store.importing(at="2016-09-01", dated=20160901, files=["b.xlsx"]) as importer:
        importer.add(Claims("organization", "b", 20160901, "b.xlsx", "", many))
    store.close()
    refused = lianjian("baseline", "freeze", *WHO)
    assert refused.code == 2
    for said in ("4 organizations", "2016-08-26", "1,204 on 2016-09-01", "--confirm"):
        assert said in refused.err
    assert lianjian("baseline", "show", "--json").json == {"frozen": False}
    made = lianjian("baseline", "freeze", *WHO, "--confirm", "--json").json
    assert made["organizations"] == 4


def test_a_rate_opens_to_its_rows(lianjian: Lianjian, town: Path) -> None:
    """--definition lists each organization with where it counts and why; an unknown one is refused."""
    rows = lianjian("coverage", "--definition", "org_all", "--json").json["rows"]
    assert {r["code"]: (r["counts"], r["why"]) for r in rows} == {
        "91A": ("numerator", "covered"), "91B": ("numerator", "covered"),
        "91C": ("denominator", "nothing"), "DIST": ("denominator", "nothing"),
    }  # fmt: skip
    assert lianjian("coverage", "--definition", "x").code == 2
    assert lianjian("coverage", "--reported", "--json").json["reported"] == []
