"""A check of a plan goes by the profile that the plan says, of what a jurisdiction sees too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.jobs.work import _by_its_profile, _cuts

OWN = """name = "ours"
extends = "wuhan-2016"

[audit.civil_affairs]
value = "示例市民政局"
"""


@pytest.mark.parametrize(
    ("made_by", "office"), [("ours", "示例市民政局"), ("wuhan-2016", "市民政局")]
)
def test_a_plan_is_checked_by_the_profile_that_it_names(
    tmp_path: Path, made_by: str, office: str
) -> None:
    """The service's own file for plans that were made by it, the project's for others; and the cut is made by the same."""
    profile = tmp_path / "ours.toml"
    profile.write_text(OWN, encoding="utf-8")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"format": "lianjian.plan/1", "profile": made_by}), encoding="utf-8")
    asked = ["verify", str(plan), "--store=x.db", "--json", "--lang=zh", f"--profile={profile}"]
    command = _by_its_profile(asked)
    assert (f"--profile={profile}" in command) is (made_by == "ours")
    assert _cuts(command, tmp_path).profile.audit.civil_affairs == office
