"""Work on findings by the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commandline import Lianjian


def test_a_finding_is_shown_dismissed_and_listed(lianjian: Lianjian, town: Path) -> None:
    """From the audit's id to a state, the list and the audit's count; open ones are the others."""
    ids = [f["id"] for f in lianjian("audit", "--json").json["findings"]]
    assert "cycle:LOOP1" in ids
    shown = lianjian("finding", "cycle:LOOP1", "--json").json
    assert (shown["found"], shown["history"], shown["code"]) == (True, [], "cycle")
    done = lianjian("finding", "cycle:LOOP1", "dismiss", "--note", "试点", "--json")
    assert (done.code, done.json["state"]) == (0, "dismissed")
    listed = lianjian("finding", "list", "--json").json["findings"]
    assert [(f["id"], f["state"], f["found"]) for f in listed] == [("cycle:LOOP1", "dismissed", True)]  # fmt: skip
    left = lianjian("finding", "list", "--state", "open", "--json").json["findings"]
    assert sorted(f["id"] for f in left) == sorted(i for i in ids if i != "cycle:LOOP1")
    audit = lianjian("audit", "--code", "cycle", "--json")
    assert (audit.code, audit.json["states"]["dismissed"]) == (0, 1)
    assert audit.json["findings"][0]["handling"]["note"] == "试点"


def test_faults_of_use_are_named(lianjian: Lianjian, town: Path) -> None:
    """An id of no finding, an unknown finding, a note about a person, and a dismissal without a note."""
    for arguments, word in (
        (("LOOP1", "confirm"), "orphan:U0012"),
        (("cycle:LOOP9", "confirm"), "cycle:LOOP9"),
        (("cycle:LOOP1", "confirm", "--note", "电话 13800138000"), "telephone"),
        (("cycle:LOOP1", "dismiss"), "--note"),
        (("list", "confirm"), "--state"),
    ):
        answer = lianjian("finding", *arguments)
        assert (answer.code, word in answer.err) == (2, True), arguments
