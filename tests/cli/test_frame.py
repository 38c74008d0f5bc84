"""The frame that every command stands in: start-up, language, errors and exit codes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from rich.cells import cell_len

from api.cli import texts
from api.cli.app import create, run, speak
from api.cli.commands import GROUPS, Group
from api.cli.options import JsonOption, LangOption, Language
from api.cli.texts import LANGS, Texts, catalogue, preferred
from graph.errors import InputError, StoreBusyError
from tests.cli.commandline import Lianjian

HEAVY = (
    "distributed",
    "fastapi",
    "highspy",
    "networkx",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "pyvis",
    "scipy",
)


Choice = Annotated[Language, typer.Argument(help="option.lang")]


def commands() -> dict[str, Any]:
    """Every command and subcommand by its full name, as the shell sees it."""
    root: Any = typer.main.get_command(create())
    out = {}
    for name, command in root.commands.items():
        below = getattr(command, "commands", None)
        out.update({f"{name} {k}": c for k, c in below.items()} if below else {name: command})
    return out


def with_command(function: Any) -> typer.Typer:
    """The application with one command ``probe`` only."""
    return create([Group("panel.ledgers", {"probe": function})])


def imported_by(*arguments: str, cwd: Path) -> set[str]:
    """The heavy modules that a process of its own has imported after a command line."""
    script = (
        "import sys\nfrom api.cli.app import run\n"
        f"run({list(arguments)!r})\n"
        f"print('HEAVY', *[m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=cwd, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_help_is_light(tmp_path: Path) -> None:
    """Help, and help of a command, import none of the heavy libraries."""
    assert imported_by("--help", cwd=tmp_path) == set()
    assert imported_by("map", "--help", cwd=tmp_path) == set()


def test_chain_and_show_are_light(town: Path) -> None:
    """A chain imports none of the heavy libraries; a dossier takes networkx for what is around, and no more."""
    assert imported_by("chain", "91A", cwd=town.parent) == set()
    assert imported_by("show", "91A", cwd=town.parent) <= {"networkx"}


def test_catalogues_agree() -> None:
    """Both languages have the same texts with the same blanks to fill in, and none is empty."""
    zh, en = catalogue("zh"), catalogue("en")
    assert sorted(zh) == sorted(en)
    for key in zh:
        assert zh[key]
        assert en[key]
        assert set(re.findall(r"\{(\w+)", zh[key])) == set(re.findall(r"\{(\w+)", en[key])), key


def test_every_text_is_used() -> None:
    """No text of the catalogue is left over from something that has gone."""
    package = Path(texts.__file__).parent.parent.parent
    code = "\n".join(p.read_text(encoding="utf-8") for p in package.rglob("*.py"))
    names = {f"{n.replace(' ', '.')}.{what}" for n in commands() for what in ("help", "example")}
    made = {"app.help", "panel.options", "panel.arguments"} | names
    made |= {f"option.{n}" for n in ("help", "install_completion", "show_completion")}
    made |= {
        f"{name}.help" for g in GROUPS for name, f in g.commands.items() if isinstance(f, dict)
    }
    # t(f"action.{name}") speaks of a family: all keys with what stands before the blank, and after it
    families = re.findall(r"\bf[\"']([a-z_.]+)\{[^{}]+\}([a-z_.]*)[\"']", code)
    left = [
        k
        for k in catalogue("en")
        if k not in made
        and not re.search(f"[\"']{re.escape(k)}[\"']", code)
        and not any(k.startswith(a) and k.endswith(b) for a, b in families)
    ]
    assert left == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_command_speaks(lang: texts.Lang) -> None:
    """Each command and option has help in each language, each command an example that calls it."""
    root: Any = typer.main.get_command(create())
    speak(root, Texts(lang))
    for name, command in root.commands.items():
        for full, one in (
            [(f"{name} {k}", c) for k, c in command.commands.items()]
            if hasattr(command, "commands")
            else [(name, command)]
        ):
            assert f"lianjian {full}" in one.epilog, full
            for text in [one.help, *(p.help for p in one.params)]:
                assert text, full
                assert not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", text), (full, text)


def test_every_usage_error_names_its_own_help(capsys: pytest.CaptureFixture[str]) -> None:
    """An option that is none, and one whose value is missing, lead to the help of the command that was called."""
    for name, command in commands().items():
        values = [
            p.opts[0] for p in command.params if p.param_type_name == "option" and not p.is_flag
        ]
        for wrong in ["--nosuch", *values]:
            assert run([*name.split(), wrong]) == 2
            said = capsys.readouterr().err
            assert said.endswith(f"; see `lianjian {name} --help`\n"), (name, wrong, said)
    assert run(["--lang", "en", "plan", "--why-not", "A"]) == 2
    assert capsys.readouterr().err.endswith("see `lianjian plan --help`\n")


@pytest.mark.parametrize("lang", LANGS)
def test_help_is_whole(
    lang: texts.Lang, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The help of every command has at 80 columns each character that it has where there is room, in lines that are no wider."""
    monkeypatch.setenv("LIANJIAN_LANG", lang)

    def shown(words: list[str], columns: int) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        assert run([*words, "--help"]) == 0
        return capsys.readouterr().out

    root: Any = typer.main.get_command(create())
    asked: list[tuple[list[str], Any]] = [([], root)]
    for words, command in asked:
        asked += [([*words, name], c) for name, c in getattr(command, "commands", {}).items()]
        page, wide = shown(words, 80), shown(words, 2000)
        assert max(map(cell_len, page.splitlines())) <= 80
        assert Counter(re.sub(r"[\s─-╿]", "", page)) == Counter(re.sub(r"[\s─-╿]", "", wide)), words


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一二三四五六", ["一二三四", "五六"]),
        ("一二三四，五", ["一二三", "四，五"]),
        ("一二三（四五", ["一二三", "（四五"]),
        ("见 map 命令的说明", ["见 map", "命令的说", "明"]),
        ("abcdefghij一", ["abcdefgh", "ij一"]),
        ("", [""]),
    ],
)
def test_lines_end_where_chinese_may_end_them(text: str, lines: list[str]) -> None:
    """After any character but before what closes and after what opens; words stay whole as long as they fit."""
    from api.cli.wrapping import Wrapped

    found = Wrapped(text).wrap(None, 8)
    assert [line.plain.rstrip() for line in found] == lines


def test_options_come_everywhere() -> None:
    """Every command takes --lang; every command that prints takes --json; every one that reads a store --store."""
    for name, command in commands().items():
        options = {o for p in command.params for o in p.opts}
        assert {"--lang", "--json"} <= options, name
        if "--as-of" in options:
            assert "--store" in options, name


@pytest.mark.parametrize(
    ("arguments", "environment", "lang"),
    [
        (["chain", "--lang", "zh"], {"LIANJIAN_LANG": "en"}, "zh"),
        (["chain", "--lang=en"], {"LIANJIAN_LANG": "zh"}, "en"),
        ([], {"LIANJIAN_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        ([], {"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, "zh"),
        ([], {"LANG": "zh_CN.GB18030"}, "zh"),
        ([], {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (["--lang", "xx"], {}, "en"),
    ],
)
def test_language(arguments: list[str], environment: dict[str, str], lang: str) -> None:
    """The option goes before LIANJIAN_LANG, that before the locale, in the locale's own order."""
    assert preferred(arguments, environment) == lang


def test_usage_error_is_one_line(lianjian: Lianjian) -> None:
    """A mistyped command or option, or a missing argument, is one line that says where help is, exit 2."""
    for arguments, said in (
        (["chian", "X"], "did you mean chain?"),
        (["chain", "X", "--jsn"], "--jsn"),
        (["chain"], "ID"),
        (["chain", "X", "--as-of", "2016-13-01"], "no date"),
        (["chain", "X", "--as-of", "9999-12-31"], "no date"),
        (["chain", "X", "--out", "x.pdf"], ".xlsx"),
        (["chain", "X", "--lang", "fr"], "fr"),
        (["undo", "0"], "BATCH"),
    ):
        answer = lianjian(*arguments)
        assert answer.code == 2, arguments
        assert answer.err.startswith("lianjian: ")
        assert answer.err.count("\n") == 1
        assert said in answer.err
        assert "--help" in answer.err
        assert answer.out == ""


def test_usage_error_in_chinese(lianjian: Lianjian) -> None:
    """Asked for Chinese, the frame answers errors in Chinese before any option was parsed."""
    assert lianjian("chian", "--lang", "zh").err.startswith("lianjian: 用法有误")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("status --foo", ["--foo"]),
        ("show", ["ID"]),
        ("show A B", ["B"]),
        ("decide exclude X", ["--office"]),
        ("audit --as-of soon", ["--as-of", "soon", "2016-08-26"]),
        ("audit --as-of", ["--as-of"]),
        ("plan --gap 3", ["--gap", "1"]),
        ("plan --seed -1", ["--seed", "0"]),
        ("plan --seed x", ["--seed"]),
        ("plan --gap x", ["--gap"]),
        ("plan --why-not A", ["--why-not", "2"]),
        ("plan --out plan.doc", ["--out", "plan.doc", ".json", ".xlsx"]),
        ("finding a:b bogus", ["bogus", "confirm", "reopen"]),
        ("finding list --state x", ["--state", "dismissed"]),
        ("status --json=1", ["--json"]),
        ("nonsense", ["nonsense"]),
        ("profile nonsense", ["nonsense"]),
        ("chian X", ["chian", "chain"]),
        ("board --json list", ["--json"]),
        ("board --lang", ["--lang"]),
        ("import x --date 2999-01-01", ["--date", "2999-01-01"]),
        ("journal list --since soon", ["--since", "soon", "2016-08-26T14:30"]),
        ("export X --out a.doc", ["--out", "a.doc", ".graphml"]),
        ("profile copy mine", ["FILE", "mine", ".toml"]),
        ("find 光谷 软件园", ["软件园"]),
    ],
)
def test_usage_errors_in_both_languages(
    lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch, line: str, named: list[str]
) -> None:
    """A usage error speaks the language asked for throughout, names what it is about, and cites no library."""
    for lang in LANGS:
        monkeypatch.setenv("LIANJIAN_LANG", lang)
        answer = lianjian(*line.split())
        assert answer.code == 2, answer
        assert all(word in answer.err for word in named), answer.err
        for foreign in ("Value error", "Input should", "Invalid value", "Missing", "No such"):
            assert foreign not in answer.err
        if lang == "zh":
            # names of options and their choices aside, every word is Chinese
            assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", re.sub("`.*`", "", answer.err))


def test_an_option_with_its_value_in_one_word_is_told_in_chinese(lianjian: Lianjian) -> None:
    """What no text of the frame's libraries foresees, an option with a space in it, is told in the language too."""
    said = lianjian("survey", "--in 420106", "--lang", "zh").err
    assert said == "lianjian: 用法有误：没有选项 --in 420106；见 `lianjian survey --help`\n"


def test_an_argument_of_few_values_says_them(capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing where only some words fit is told with these."""

    def probe(what: Choice, lang: LangOption = None) -> int:
        return 0

    for lang, said in (("en", "one of zh, en"), ("zh", "可为 zh、en")):
        assert run(["probe", "--lang", lang], with_command(probe)) == 2
        assert said in capsys.readouterr().err


def test_what_nobody_foresaw_is_not_english_in_chinese() -> None:
    """A usage error of the frame's libraries that has no text is a general sentence in Chinese, its own in English."""
    from api.cli.usage import worded

    error = typer.BadParameter("Value must be an iterable.", param_hint="'--x'")
    assert worded(error, Texts("zh")) == "--x 的值有误：不能用作此项的值"
    assert worded(error, Texts("en")) == "--x: Value must be an iterable"


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("board --lang zh list", "zh"),
        ("board --lang en list", "en"),
        ("--lang zh board list", "zh"),
        ("--lang en board --lang zh list", "zh"),
        ("board --lang en list --lang zh", "zh"),
    ],
)
def test_the_language_stands_anywhere(
    lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch, line: str, lang: str
) -> None:
    """Before a group, between it and its command, and after: the last that is said holds."""
    monkeypatch.setenv("LIANJIAN_LANG", "en" if lang == "zh" else "zh")
    answer = lianjian(*line.split(), "--store", "none.db")
    assert answer.code == 3
    assert ("不存在" if lang == "zh" else "there is none") in answer.err


def test_help_speaks_one_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where help says how a command is written, what must be given and what holds otherwise."""
    monkeypatch.setenv("LIANJIAN_LANG", "zh")
    for words in ([], ["board"], ["show"], ["generate"]):
        assert run([*words, "--help"]) == 0
        page = capsys.readouterr().out
        for foreign in ("Usage", "OPTIONS", "ARGS", "required", "default:"):
            assert foreign not in page, words


def test_help_may_be_read_in_part(tmp_path: Path) -> None:
    """A reader that has seen enough of a help (`| head`) is no error."""
    script = (
        "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1); from api.cli import main; "
        "main(['plan', '--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_bad_language_in_environment(lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch) -> None:
    """A LIANJIAN_LANG that is no language is an input error that names it."""
    monkeypatch.setenv("LIANJIAN_LANG", "klingon")
    answer = lianjian("status")
    assert (answer.code, "klingon" in answer.err, answer.err.count("\n")) == (2, True, 1)


@pytest.mark.parametrize(
    ("raised", "code", "says"),
    [
        (InputError("a.xlsx: gone", "a.xlsx：没有了"), 2, "a.xlsx: gone"),
        (StoreBusyError("busy\nindeed"), 3, "busy indeed"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(13, "Permission denied", "/x/y"), 3, "/x/y: Permission denied"),
        (MemoryError(), 3, "memory"),
        (KeyError("张三"), 3, "probe stopped on a fault of the program (KeyError)"),
    ],
)
def test_errors_become_exit_codes(
    raised: BaseException, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a command raises is one line and the right exit code; what data it held stays unsaid."""

    def probe(json: JsonOption = False, lang: LangOption = None) -> int:
        raise raised

    assert run(["probe"], with_command(probe)) == code
    captured = capsys.readouterr()
    assert captured.err.startswith("lianjian: ")
    assert captured.err.count("\n") == 1
    assert says in captured.err
    assert "张三" not in captured.err
    assert captured.out == ""


def test_the_language_may_stand_first(lianjian: Lianjian, town: Path) -> None:
    """--lang before the command holds for its answers, and only for that command line."""
    assert "截至" in lianjian("--lang", "zh", "status").out
    assert "截至" in lianjian("--lang=en", "status", "--lang", "zh").out
    assert "截至" not in lianjian("status").out
    assert "用法有误" in lianjian("--lang", "zh", "profile", "nonsense").err


def test_help_shows_no_value_for_flags(lianjian: Lianjian) -> None:
    """The help of an option that takes no value shows none."""
    said = lianjian("status", "--help").out
    assert "--json" in said
    assert "bool" not in said


def test_interrupted_while_loading() -> None:
    """Ctrl-C while the program's own modules are being loaded is exit code 130 and no traceback."""
    program = (
        "import sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'api.cli.commands': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "from api.cli import main\n"
        "main(['status'])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only LIANJIAN_DEBUG brings a traceback, before the line."""

    def probe(lang: LangOption = None) -> int:
        raise KeyError("x")

    monkeypatch.setenv("LIANJIAN_DEBUG", "1")
    assert run(["probe"], with_command(probe)) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("code", [0, 1])
def test_a_command_gives_its_exit_code(code: int) -> None:
    """What a command returns is the exit code: 1 is done, with findings."""

    def probe(lang: LangOption = None) -> int:
        return code

    assert run(["probe"], with_command(probe)) == code


def test_pipe_closed_early(town: Path) -> None:
    """A reader that has seen enough (`| head`) makes no noise."""
    script = "from api.cli import main; main(['status', '--json'])"
    done = subprocess.run(
        f'{sys.executable} -c "{script}" | true',
        shell=True,
        capture_output=True,
        text=True,
        cwd=town.parent,
        check=False,
    )
    assert done.stderr == ""


def test_completion(tmp_path: Path) -> None:
    """The shell's completion offers the commands."""
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()"],
        env={"_LIANJIAN_COMPLETE": "complete_bash", "COMP_WORDS": "lianjian ch", "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.stdout.split() == ["chain"]
