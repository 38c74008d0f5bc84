"""The commands about profiles."""

from __future__ import annotations

from pathlib import Path

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
