"""The file of settings: what it may say, what goes before it, and how its faults are told."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import configuration
from api.jobs import children
from api.settings import Allowances, Settings
from api.tiles import Tiles
from graph.errors import InputError
from tests.cli.commandline import Lianjian

ROOT = Path(__file__).parents[2]
OURS = [f"LIANJIAN_{key.upper()}" for key in configuration.KEYS]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*OURS, configuration.NAME):
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    """A file of settings."""
    path = folder / "l.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def refused(path: Path) -> InputError:
    """How a file is refused."""
    with pytest.raises(InputError) as caught:
        configuration.read(path)
    return caught.value


def test_every_setting_may_stand_in_it(tmp_path: Path) -> None:
    """All that any room reads, but for the file itself and what is for developers; each reaches the service as it was said."""
    rooms = [p for room in ("api", "graph", "loaders", "viz") for p in (ROOT / room).rglob("*.py")]
    read = set(re.findall(r'"(LIANJIAN_[A-Z0-9_]+)"', "".join(p.read_text("utf-8") for p in rooms)))
    assert set(OURS) == read - {configuration.NAME, "LIANJIAN_DEBUG"}
    made = configuration.read(
        written(
            tmp_path,
            'store="city.db"\nstate="kept"\nlang="zh"\nhost="0.0.0.0"\nport=8443\nnames=["city.example","b.example"]\n'
            'tls_cert="c.pem"\ntls_key="/k.pem"\nbehind_proxy=true\nproxies=["10.0.0.0/24"]\nupload_mb=7\njobs=3\njob_priority="normal"\nreaders=2\ngrace=60\n'
            'log="text"\nrate_login="1/minute"\nrate_address="2/minute"\nrate_reads="3/minute"\nrate_heavy="4/minute"\n'
            'journal_key_file="key"\njournal_anchor="anchor"\nmappings="maps"\n'
            'tiles="https://t.example/{z}/{x}/{y}.png"\ntiles_attribution="© T"\ntiles_datum="GCJ-02"\n'
            'neo4j_user="u"\nneo4j_password="p"\n',
        )
    )
    assert set(made) == set(OURS)
    settings = Settings.of(made["LIANJIAN_STORE"], environment=made)
    assert settings == Settings(
        str(tmp_path / "city.db"), "0.0.0.0", 8443, state=str(tmp_path / "kept"), upload_bytes=7 << 20, jobs=3, readers=2,
        job_priority="normal",
        names=("city.example", "b.example"), tls_cert=str(tmp_path / "c.pem"), tls_key="/k.pem", behind_proxy=True,
        proxies=("10.0.0.0/24",), allowances=Allowances("1/minute", "2/minute", "3/minute", "4/minute"), log="text", grace=60,
        tiles=Tiles("https://t.example/{z}/{x}/{y}.png", "© T", "GCJ-02"),
    )  # fmt: skip
    assert made["LIANJIAN_JOURNAL_ANCHOR"] == str(tmp_path / "anchor")


def test_the_example_can_be_used_as_it_is() -> None:
    """deploy/lianjian.toml, also with what is commented out in it; its rates are the defaults."""
    path = ROOT / "deploy/lianjian.toml"
    made = configuration.read(path)
    assert Settings.of("x.db", environment=made).allowances == Allowances()
    commented = re.findall(r"(?m)^# (\w+) =", path.read_text("utf-8"))
    assert set(commented) <= set(configuration.KEYS)
    assert "neo4j_password" in commented


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("prot = 1", "line 2, prot: there is no such setting, port is meant?"),
        ("debug = true", "line 2, debug: there is no such setting"),
        ("port = 70000", "line 2, port: give a number from 0"),
        ('port = "8765"', "line 2, port: give a whole number, without quotes"),
        ("grace = 0", "line 2, grace: give a number from 1 to 3,600"),
        ("jobs = true", "line 2, jobs: give a whole number"),
        ('behind_proxy = "yes"', "line 2, behind_proxy: give true or false, without quotes"),
        ('names = "city.example"', "line 2, names: give a list of texts"),
        ('names = ["http://city.example"]', "line 2, names: no host name"),
        ('proxies = ["10.0.0.300"]', "line 2, proxies: no address or network"),
        ('log = "xml"', "line 2, log: give one of json, text, off"),
        ('lang = "fr"', 'line 2, lang: give "zh" or "en"'),
        ('rate_reads = "often"', "line 2, rate_reads: no rate"),
        ('tiles = "http://t.example/{z}/{x}/{y}.png"', "line 2, tiles: give https://"),
        ('tiles = "https://t.example/{z}/{x}.png"', "line 2, tiles: wants {z}, {x} and {y}, each once"),
        ('tiles = "https://u:p@t.example/{z}/{x}/{y}.png"', "line 2, tiles: no name or password in it"),
        ('tiles = "https://{x}.example/{z}/{y}.png"', "line 2, tiles: name one host in it"),
        ('tiles = "https://*.example/{z}/{x}/{y}.png"', "line 2, tiles: name one host in it"),
        ('tiles = "https://t.example/{z}/{x}/{y}.png; script-src *"', "line 2, tiles: holds characters"),
        ('tiles = "//t.example/{z}/{x}/{y}.png"', "line 2, tiles: give https://"),
        ('tiles_datum = "BD-09"', "line 2, tiles_datum: give WGS84 or GCJ-02"),
        ('state = ""', "line 2, state: give a text"),
        ('[server]\nport = 1', "line 2, server: there is no such setting"),
        ("port 8765", "line 2, column 6: no TOML"),
        ("port = 1\nport = 2", "no TOML"),
    ],
)  # fmt: skip
def test_what_can_t_be_is_refused_where_it_stands(tmp_path: Path, line: str, said: str) -> None:
    """File, line, setting and the way out, in both languages; a value is not repeated."""
    path = written(tmp_path, f"# settings\n{line}\n")
    error = refused(path)
    assert error.en.startswith(f"{path}")
    assert said in error.en
    assert error.zh.startswith(f"{path}")
    assert re.search("[\u4e00-\u9fff]", error.zh)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Each with its line."""
    error = refused(written(tmp_path, "port = -1\n\ngrce = 3\nlog = 1\n"))
    assert all(said in error.en for said in ("line 1, port", "line 3, grce", "line 4, log"))


def test_what_is_no_file_of_settings_is_refused(tmp_path: Path) -> None:
    """One that is missing, a folder, other bytes, one beyond measure, one too deep."""
    assert "no such file" in refused(tmp_path / "none.toml").en
    assert "can't be read" in refused(tmp_path).en
    path = tmp_path / "x.toml"
    for raw in (b"\xff\xfe\x00", b"#" * (configuration.LARGEST + 1)):
        path.write_bytes(raw)
        assert "no file of settings" in refused(path).en
    path.write_bytes(b"x = " + b"[" * 20_000)
    assert "no TOML" in refused(path).en


@given(
    held=st.dictionaries(
        st.sampled_from([*configuration.KEYS, "x", "", "LIANJIAN_PORT"]),
        st.one_of(st.integers(), st.booleans(), st.text(max_size=20), st.lists(st.text(max_size=8), max_size=2), st.none()),
        max_size=4,
    ),
)  # fmt: skip
def test_a_file_is_used_or_refused(tmp_path_factory: pytest.TempPathFactory, held: Any) -> None:
    """Whatever values it holds: they make a service's settings, or the refusal names their lines; nothing else happens."""
    import json

    folder = tmp_path_factory.getbasetemp()
    text = "".join(f"{json.dumps(k)} = {json.dumps(v)}\n" for k, v in held.items())
    path = written(folder, text)
    why = ""
    try:
        made = configuration.read(path)
    except InputError as error:
        why = error.en
    if why:
        assert why.startswith(str(path))
    else:
        assert set(made) == {f"LIANJIAN_{key.upper()}" for key in held}
        Settings.of("x.db", environment=made)


def test_a_password_that_everybody_could_read_is_refused(tmp_path: Path) -> None:
    """With what to do; for its owner and group it is read, and others' settings may be open."""
    text = 'neo4j_password = "geheim-4711"\n'
    error = refused(written(tmp_path, text, 0o644))
    assert "chmod o=" in error.en
    assert "geheim" not in error.en
    assert configuration.read(written(tmp_path, text, 0o640))
    assert configuration.read(written(tmp_path, "jobs = 1\n", 0o644))


def test_options_go_before_the_environment_and_that_before_the_file(
    town: Path, tmp_path: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every command; and afterwards the environment is what it was."""
    path = written(tmp_path, 'store = "nowhere.db"\nlang = "zh"\n')
    monkeypatch.setenv(configuration.NAME, str(path))
    before = dict(os.environ)
    said = lianjian("status").err
    assert "nowhere.db" in said
    assert re.search("[\u4e00-\u9fff]", said)
    assert "nowhere.db" in lianjian("status", "--lang", "en").err
    assert lianjian("status", "--store", str(town)).code == 0
    monkeypatch.setenv("LIANJIAN_STORE", str(town))
    assert lianjian("status").code == 0
    monkeypatch.delenv("LIANJIAN_STORE")
    assert dict(os.environ) == before


def test_serve_names_a_file_of_its_own(
    town: Path, tmp_path: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the one that the environment names; what it says is what the service would do."""
    monkeypatch.setenv(configuration.NAME, str(tmp_path / "none.toml"))
    path = written(tmp_path, f'store = "{town}"\nhost = "0.0.0.0"\n')
    for option in (("--config", str(path)), (f"--config={path}",)):
        answer = lianjian("serve", *option)
        assert (answer.code, "only once there are accounts" in answer.err) == (2, True)
    other = lianjian("status", "--config", str(path))
    assert (other.code, "none.toml" in other.err) == (2, True)


def test_a_job_s_process_has_what_the_service_was_begun_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not what the file says by the time that the job begins."""
    given: list[dict[str, str]] = []
    monkeypatch.setattr(
        "api.jobs.children.subprocess.Popen", lambda *_, env, **__: given.append(env)
    )
    monkeypatch.setenv(configuration.NAME, str(tmp_path / "later.toml"))
    monkeypatch.setenv("LIANJIAN_LANG", "zh")
    (tmp_path / "out").mkdir()
    children.start(tmp_path, tmp_path, "a" * 32, 1)
    assert configuration.NAME not in given[0]
    assert given[0]["LIANJIAN_LANG"] == "zh"
