"""The commands about profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.policy.reading import BadValueError, from_text
from graph.policy.settings import SPECS
from tests.cli.commandline import Lianjian


def test_show(lianjian: Lianjian) -> None:
    """A profile shows every value with unit and clause, and says which are chosen."""
    settings = lianjian("profile", "show", "--json").json["settings"]
    assert settings["radius"]["value"] == 500
    assert settings["radius"]["unit"] == "m"
    assert settings["radius"]["chosen"] is True
    assert settings["min_members"]["clause"] == "S25"
    assert "formation.radius\t500\tm\tS28" in lianjian("profile", "show").out


def test_list(lianjian: Lianjian) -> None:
    """The project's own profile is listed."""
    assert [p["name"] for p in lianjian("profile", "list", "--json").json["profiles"]] == [
        "wuhan-2016"
    ]


def test_copy_check_show(lianjian: Lianjian) -> None:
    """A copy checks clean, takes a change that says its grounds and no other, and is never written over."""
    assert lianjian("profile", "copy", "mine.toml").code == 0
    assert lianjian("profile", "check", "mine.toml").code == 0
    path = Path("mine.toml")
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("# radius ="))
    lines[at] = 'radius = { value = 300, unit = "m", why_zh = "", why_en = "" }'
    path.write_text("\n".join(lines), encoding="utf-8")
    groundless = lianjian("profile", "show", "mine.toml")
    assert groundless.code == 2
    assert "radius" in groundless.err
    lines[at] = 'radius = { value = 300, unit = "m", why_zh = "老城区", why_en = "old town" }'
    changed = "\n".join(lines)
    path.write_text(changed, encoding="utf-8")
    shown = lianjian("profile", "show", "mine.toml", "--json").json
    assert shown["settings"]["radius"]["value"] == 300
    again = lianjian("profile", "copy", "mine.toml")
    assert again.code == 2
    assert path.read_text(encoding="utf-8") == changed
    assert lianjian("profile", "copy", "mine.txt").code == 2


def test_a_deadline_of_one_s_own_is_chosen(lianjian: Lianjian) -> None:
    """What a profile dates differently from the plan is listed as chosen, with why; a day given as chosen says on what grounds."""
    assert list(lianjian("profile", "show", "--json").json["chosen_deadlines"]) == ["S12"]
    own = Path("own.toml")
    head = 'name = "own"\nextends = "wuhan-2016"\n'
    own.write_text(f"{head}[deadlines]\nS48 = [2016-12-05]\nS20 = [2016-08-26]\n", encoding="utf-8")
    shown = lianjian("profile", "show", "own.toml", "--json").json
    assert list(shown["chosen_deadlines"]) == ["S12", "S48"]
    assert shown["chosen_deadlines"]["S48"]["value"] == ["2016-12-05"]
    assert shown["deadlines"]["S48"] == ["2016-12-05"]
    assert "deadlines.S48\t2016-12-05" in lianjian("profile", "show", "own.toml").out
    own.write_text(
        f"{head}[deadlines.S48]\ndates = [2016-12-05]\nchosen = true\n", encoding="utf-8"
    )
    assert "on what grounds" in lianjian("profile", "show", "own.toml").err


def test_what_is_not_there_is_not_checked(lianjian: Lianjian) -> None:
    """A profile that there is not is an input error, no finding about one."""
    answer = lianjian("profile", "check", "no.toml")
    assert (answer.code, answer.out) == (2, "")
    assert "no.toml" in answer.err


def test_check_lists_every_fault(lianjian: Lianjian) -> None:
    """Everything that is wrong is said at once, exit 1; loading the same names the first and counts the rest, exit 2."""
    Path("bad.toml").write_text(
        'name = "bad"\nextends = "wuhan-2016"\n[formation]\nradios = { value = 5 }\nmax_members = { value = -1 }\n',
        encoding="utf-8",
    )
    answer = lianjian("profile", "check", "bad.toml", "--json")
    assert answer.code == 1
    assert len(answer.json["faults"]) == 2
    loaded = lianjian("profile", "show", "bad.toml")
    assert loaded.code == 2
    assert "radios" in loaded.err
    assert loaded.err.count("\n") == 1


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("radius", "300", 300.0),
        ("radius", "３００", 300.0),
        ("radius", "300米", 300.0),
        ("radius", "３００．５ ｍ", 300.5),
        ("radius", "300 metres", 300.0),
        ("max_organizations", "６家", 6),
        ("max_members", "40 名", 40),
        ("zero_members", " work_coverage", "work_coverage"),
    ],
)
def test_values_are_taken_as_people_write_them(key: str, text: str, value: object) -> None:
    """Digits and signs may be full-width, and a number may be followed by the setting's own unit, in Chinese or English."""
    assert from_text(text, SPECS[key][1]) == value


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("radius", "300公里", ["公里", "以米计"]),
        ("radius", "2 km", ["km", "its unit is m"]),
        ("max_members", "40家", ["家", "以名计"]),
        ("similar", "0.5米", ["没有单位"]),
        ("radius", "三百", ["应为数字"]),
    ],
)
def test_another_unit_is_refused_with_the_one_that_counts(
    key: str, text: str, words: list[str]
) -> None:
    """A number in another unit than its setting's is refused, and the message names both."""
    with pytest.raises(BadValueError) as error:
        from_text(text, SPECS[key][1])
    said = f"{error.value.en} {error.value.zh}"
    for word in words:
        assert word in said
