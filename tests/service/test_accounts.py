"""Accounts: what is kept of them, who may not be shut out, which names and passwords there are, and the commands."""

from __future__ import annotations

import os
import pty
import stat
import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access import names, passwords
from api.access.accounts import IDLE, SESSION, Accounts
from api.access.identity import ROLES, Identity
from api.access.refusals import LoginError
from graph.errors import InputError, StoreBusyError, StoreCorruptError, StoreError
from tests.cli.commandline import Lianjian
from tests.service.people import CHINESE, PASSWORD, STRONG, Clock


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    """No accounts yet."""
    return Accounts(tmp_path / "state", clock)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Feed stdin."""
    monkeypatch.setattr(sys, "stdin", StringIO(text))


def test_asking_makes_no_file(accounts: Accounts) -> None:
    """A service without accounts leaves nothing behind by looking for them."""
    assert not accounts.exist()
    assert accounts.all() == []
    assert accounts.tokens() == []
    assert accounts.by_token("lianjian_" + "0" * 12 + "_" + "0" * 64) is None
    with pytest.raises(LoginError):
        accounts.login("anyone", PASSWORD)
    assert not accounts.path.parent.exists()


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_the_file_is_its_owner_s_alone(accounts: Accounts) -> None:
    """Folder 0700; database, journal and shared memory 0600, also where a copy came back with everybody's rights."""
    accounts.add("a", "administrator", None, PASSWORD)
    files = list(accounts.path.parent.iterdir())
    assert len(files) == 3
    assert stat.S_IMODE(accounts.path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    accounts.close()
    accounts.path.chmod(0o644)
    again = Accounts(accounts.path.parent)
    assert again.exist()
    assert stat.S_IMODE(accounts.path.stat().st_mode) == 0o600


def test_passwords_cost_what_rfc_9106_recommends() -> None:
    """Three passes over 64 MiB: its second recommended option."""
    assert STRONG == (3, 65_536, 4)


def test_passwords_are_argon2id_with_a_salt_of_their_own(accounts: Accounts) -> None:
    """The same password twice is two hashes, with today's parameters."""
    for name in "ab":
        accounts.add(name, "viewer", None, PASSWORD)
    db = apsw.Connection(str(accounts.path))
    kept = [str(p) for (p,) in db.execute("SELECT password FROM account")]
    assert len(set(kept)) == 2
    assert all(p.startswith(f"$argon2id$v=19$m={passwords.MEMORY_KIB},") for p in kept)
    assert not any(map(passwords.outdated, kept))


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_login(accounts: Accounts) -> None:
    """And only then: the password is not known before."""
    from argon2 import PasswordHasher

    accounts.add("a", "viewer", None, PASSWORD)
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=2).hash(PASSWORD)
    db = apsw.Connection(str(accounts.path))
    db.execute("UPDATE account SET password = ?", (weak,))
    with pytest.raises(LoginError):
        accounts.login("a", PASSWORD + "!")
    assert db.execute("SELECT password FROM account").get == weak
    accounts.login("a", PASSWORD)
    kept = str(db.execute("SELECT password FROM account").get)
    assert not passwords.outdated(kept)
    assert accounts.login("a", PASSWORD).identity == Identity("a", "viewer")


def test_a_dummy_is_verified_as_long_as_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name costs one verification with today's parameters, the very first time too."""
    asked: list[str] = []
    real = passwords._hasher()

    class Watched:
        def verify(self, kept: str, given: str) -> bool:
            asked.append(kept)
            return real.verify(kept, given)

    monkeypatch.setattr(passwords, "_hasher", Watched)
    assert not passwords.verified(None, PASSWORD)
    assert len(asked) == 1
    assert not real.check_needs_rehash(asked[0])


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    """Another one has to be there first, and not a disabled one."""
    accounts.add("a", "administrator", None, PASSWORD)
    accounts.add("p", "planner", None, PASSWORD)
    with pytest.raises(InputError, match="last administrator"):
        accounts.disable("a")
    accounts.add("b", "administrator", None, PASSWORD)
    assert accounts.disable("a").disabled
    with pytest.raises(InputError, match="last administrator"):
        accounts.disable("b")
    assert accounts.disable("a").disabled  # once more changes nothing
    assert accounts.enable("a").disabled is None
    assert accounts.disable("b").disabled


def test_two_administrators_can_t_disable_each_other_at_once(tmp_path: Path) -> None:
    """Of two processes that each disable one of the last two, one is refused."""
    for n in range(8):
        folder = tmp_path / str(n)
        lines = [Accounts(folder), Accounts(folder)]
        for name in "ab":
            lines[0].add(name, "administrator", None, PASSWORD)

        def gone(which: int, lines: list[Accounts] = lines) -> bool:
            try:
                lines[which].disable("ab"[which])
            except InputError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(gone, range(2))) == [False, True]


def test_names_that_look_the_same_are_one(accounts: Accounts) -> None:
    """Full-width and capital letters make no second account, and log in to the first."""
    accounts.add("Jianghan", "viewer", None, PASSWORD)
    with pytest.raises(InputError, match="there is an account"):
        accounts.add("ｊｉａｎｇｈａｎ", "viewer", None, PASSWORD)
    assert accounts.login(" JIANGHAN ", PASSWORD).identity.name == "Jianghan"
    accounts.add("江汉区两新工委", "viewer", "420103", CHINESE)
    assert accounts.login("江汉区两新工委", CHINESE).identity.jurisdiction == "420103"


@pytest.mark.parametrize(
    "name", ["", "   ", "a b", "a\tb", "a\x1b[31m", "a\u200bb", "x" * 65, "local", "ＬＯＣＡＬ", "\ud800", "a\nb"]
)  # fmt: skip
def test_what_is_no_name(name: str) -> None:
    """Nothing, blanks within, what can't be seen, too long, or whoever sits at the machine."""
    with pytest.raises(InputError):
        names.checked(name)


@given(st.text(max_size=70))
def test_a_name_that_is_taken_is_plain(text: str) -> None:
    """It can be printed, is in NFKC, is itself when checked again, and has one folded form."""
    try:
        name = names.checked(text)
    except InputError:
        return
    assert name.isprintable()
    assert unicodedata.is_normalized("NFKC", name)
    assert names.checked(name) == name
    assert names.folded(names.folded(name)) == names.folded(name)


@pytest.mark.parametrize("given", ["", "short", "x" * 11, "x" * 257])
def test_a_password_has_its_length(given: str) -> None:
    """Twelve characters at least; the message doesn't repeat it."""
    with pytest.raises(InputError, match="12") as refused:
        passwords.check(given, "a")
    assert not given or given not in str(refused.value)


def test_a_password_is_not_the_name() -> None:
    """Not in capitals, other width or with blanks around either."""
    for typed_as in (
        "jianghan-office",
        "JIANGHAN-office",
        "ｊｉａｎｇｈａｎ-office",
        " jianghan-office ",
    ):
        with pytest.raises(InputError, match="name"):
            passwords.check(typed_as, "Jianghan-Office")


def test_a_session_ends_by_itself(accounts: Accounts, clock: Clock) -> None:
    """After a time without use, and after a working day however much it is used."""
    accounts.add("a", "viewer", None, PASSWORD)
    cookie = accounts.login("a", PASSWORD).credential.cookie
    clock.now += IDLE - 1
    assert accounts.by_cookie(cookie) is not None
    clock.now += IDLE - 1  # counted from the last use
    assert accounts.by_cookie(cookie) is not None
    clock.now += IDLE
    assert accounts.by_cookie(cookie) is None
    began = clock.now
    cookie = accounts.login("a", PASSWORD).credential.cookie
    while clock.now + 3000 < began + SESSION:
        clock.now += 3000
        assert accounts.by_cookie(cookie) is not None
    clock.now = began + SESSION
    assert accounts.by_cookie(cookie) is None


def test_sessions_that_ended_are_swept(accounts: Accounts, clock: Clock) -> None:
    """The file doesn't grow with each login."""
    accounts.add("a", "viewer", None, PASSWORD)
    for _ in range(3):
        accounts.login("a", PASSWORD)
        clock.now += SESSION
    db = apsw.Connection(str(accounts.path))
    assert db.execute("SELECT count(*) FROM session").get == 1


def test_a_login_under_way_does_not_outlive_a_disabled_account(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account that is disabled, or given another password, while its password is verified gets no session."""
    accounts.add("root", "administrator", None, PASSWORD)
    accounts.add("a", "viewer", None, PASSWORD)
    real = passwords.verified
    for meanwhile in (lambda: accounts.disable("a"), lambda: accounts.set_password("a", CHINESE)):
        accounts.enable("a")

        def verified(kept: str | None, given: str, now: object = meanwhile) -> bool:
            right = real(kept, given)
            now()  # type: ignore[operator]
            return right

        monkeypatch.setattr(passwords, "verified", verified)
        with pytest.raises(LoginError):
            accounts.login("a", PASSWORD)
    db = apsw.Connection(str(accounts.path))
    assert db.execute("SELECT count(*) FROM session").get == 0


def test_a_file_that_was_taken_away_opens_nothing(accounts: Accounts) -> None:
    """Once there were accounts, their file's absence is an error and not a service without accounts."""
    accounts.add("a", "administrator", None, PASSWORD)
    assert accounts.exist()
    accounts.path.unlink()
    with pytest.raises(StoreError, match="taken away"):
        accounts.exist()
    with pytest.raises(StoreError, match="taken away"):
        accounts.login("a", PASSWORD)


def test_a_backup_that_is_put_back_is_read(accounts: Accounts, tmp_path: Path) -> None:
    """Another file in the same place counts from the next question on."""
    accounts.add("a", "administrator", None, PASSWORD)
    token = accounts.create_token("a")[1]
    other = Accounts(tmp_path / "other")
    other.add("b", "administrator", None, PASSWORD)
    other.close()
    assert accounts.by_token(token)
    for name in ("accounts.db-wal", "accounts.db-shm"):
        accounts.path.with_name(name).unlink(missing_ok=True)
    other.path.replace(accounts.path)
    assert accounts.by_token(token) is None
    assert [a.name for a in accounts.all()] == ["b"]


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_damaged_file_is_said(accounts: Accounts, content: bytes) -> None:
    """With its path and the way out."""
    accounts.path.parent.mkdir()
    accounts.path.write_bytes(content)
    with pytest.raises(StoreCorruptError, match=r"accounts\.db.*backup"):
        accounts.exist()


def test_another_program_s_database_is_left_alone(accounts: Accounts) -> None:
    """It is refused, and nothing is made in it."""
    accounts.path.parent.mkdir()
    db = apsw.Connection(str(accounts.path))
    db.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreCorruptError):
        accounts.add("a", "administrator", None, PASSWORD)
    assert db.execute("SELECT count(*) FROM sqlite_schema").get == 1


def test_a_file_that_another_holds_is_read_and_not_written(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """Who is logged in stays so while somebody writes; what would be written says that it is held."""
    monkeypatch.setattr("api.access.accounts.BUSY_MS", 50)
    accounts.add("a", "administrator", None, PASSWORD)
    cookie = accounts.login("a", PASSWORD).credential.cookie
    db = apsw.Connection(str(accounts.path))
    db.execute("BEGIN IMMEDIATE")
    clock.now += 100  # its use would be written down
    assert accounts.by_cookie(cookie) is not None
    with pytest.raises(StoreBusyError, match="another process"):
        accounts.create_token("a")
    db.execute("ROLLBACK")


def test_many_at_once_get_their_own_answers(accounts: Accounts) -> None:
    """Threads share the file without mixing rows."""
    tokens = {}
    for n in range(4):
        accounts.add(f"u{n}", "viewer", None, PASSWORD)
        tokens[accounts.create_token(f"u{n}")[1]] = f"u{n}"
    with ThreadPoolExecutor(8) as pool:
        asked = list(tokens) * 100
        found = list(pool.map(accounts.by_token, asked))
    assert [f.name for f in found if f] == [tokens[t] for t in asked]


# -- the commands ------------------------------------------------------------------------------------------------


def test_the_commands_make_list_and_shut_out(
    town: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account's whole life by command line, each answer one object."""
    typed(monkeypatch, PASSWORD + "\n")
    made = lianjian("user", "add", "Root", "--role", "administrator", "--json")
    assert made.code == 0
    assert made.json["account"]["name"] == "Root"
    assert "from now on" in made.err
    typed(monkeypatch, CHINESE + "\r\n")
    assert "planner" in lianjian("user", "add", "p", "--role", "planner").out
    listed = lianjian("user", "list", "--json").json["accounts"]
    assert [(a["name"], a["role"], a["jurisdiction"]) for a in listed] == [
        ("p", "planner", None), ("Root", "administrator", None),
    ]  # fmt: skip
    token = lianjian("token", "create", "p", "--days", "3", "--json").json
    kept = Accounts(town.with_suffix(".service"))
    assert kept.by_token(token["token"]) == Identity("p", "planner")
    assert lianjian("token", "revoke", token["id"]).code == 0
    assert kept.by_token(token["token"]) is None
    shown = lianjian("token", "list", "--json")
    assert shown.json["tokens"][0]["revoked"]
    assert token["token"] not in shown.out
    typed(monkeypatch, PASSWORD)
    assert lianjian("user", "password", "p").code == 0
    assert kept.login("p", PASSWORD).identity.role == "planner"
    assert lianjian("user", "disable", "p").code == 0
    with pytest.raises(LoginError):
        kept.login("p", PASSWORD)
    assert lianjian("user", "enable", "p").code == 0
    assert lianjian("user", "disable", "root").code == 2
    assert lianjian("user", "list", "--out", "a.csv").code == 0
    assert "administrator" in Path("a.csv").read_text(encoding="utf-8-sig")


def test_a_token_can_be_piped(town: Path, lianjian: Lianjian) -> None:
    """It stands alone on stdout; what is said of it is beside."""
    Accounts(town.with_suffix(".service")).add("a", "viewer", None, PASSWORD)
    answer = lianjian("token", "create", "a")
    assert answer.out.startswith("lianjian_")
    assert len(answer.out.split()) == 1
    assert answer.out.strip() not in answer.err


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (("add", "x", "--role", "viewer"), "", "stdin"),
        (("add", "x", "--role", "viewer"), "short\n", "12"),
        (("add", "somebody-here", "--role", "viewer"), "Somebody-Here\n", "name"),
        (("add", "x", "--role", "king"), PASSWORD, "viewer"),
        (("add", "x y", "--role", "viewer"), PASSWORD, "blanks"),
        (("add", "x", "--role", "viewer", "--in", "420199"), PASSWORD, "420199"),
        (("add", "x", "--role", "viewer", "--in", "street:9"), PASSWORD, "street:9"),
        (("disable", "nobody"), "", "no accounts"),
        (("password", "nobody"), PASSWORD, "no accounts"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_can_t_be_is_said_and_makes_nothing(
    town: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], text: str, said: str, lang: str,
) -> None:  # fmt: skip
    """Exit 2 with what is wrong; no account is made."""
    typed(monkeypatch, text)
    answer = lianjian("user", *arguments, "--lang", lang)
    assert answer.code == 2
    if lang == "en":
        assert said in answer.err
    assert text.strip() == "" or text.strip() not in answer.err
    assert not town.with_suffix(".service").exists()


def test_a_jurisdiction_that_only_rows_name_is_one(
    town: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A division of the store is taken as it stands."""
    import pandas as pd

    from graph.model import Claims
    from graph.store import open_store

    store = open_store(str(town))
    rows = pd.DataFrame(
        [{"row": 2, "dated": 20160826, "key": "420103", "name": "江汉区", "level": "区"}]
    )
    with store.importing(at="2016-08-26T00:00:00", dated=20160826, files=["d.xlsx"]) as importer:
        importer.add(Claims("division", "d", 20160826, "d.xlsx", "d", rows))
    store.close()
    typed(monkeypatch, PASSWORD)
    made = lianjian("user", "add", "x", "--role", "viewer", "--in", "420103", "--json")
    assert made.json["account"]["jurisdiction"] == "420103"


def test_a_password_is_typed_twice_without_being_seen(town: Path) -> None:
    """In a terminal nothing of it is echoed; two that differ make nothing."""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError:
        pytest.skip("this system has no terminals to give (no /dev/pts)")
    root = Path(__file__).parents[2]

    def typing(*lines: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", "from api.cli import main; main()", "user", "add", "t", "--role", "viewer"],
            stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True, start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(root)}, cwd=town.parent,
        )  # fmt: skip
        os.close(theirs)
        seen = b""
        for line, asked in zip(lines, (b"Password of t", b"Again"), strict=False):
            while asked not in seen:
                seen += os.read(ours, 1000)
            time.sleep(0.3)  # echo is switched off after the question is written
            os.write(ours, line.encode() + b"\n")
        while True:
            try:
                more = os.read(ours, 1000)
            except OSError:
                break
            if not more:
                break
            seen += more
        os.close(ours)
        return process.wait(timeout=30), seen.decode()

    code, seen = typing(PASSWORD, PASSWORD + "!")
    assert code == 2
    assert "differ" in seen
    assert not town.with_suffix(".service").exists()
    code, seen = typing(PASSWORD, PASSWORD)
    assert code == 0
    assert PASSWORD not in seen
    assert Accounts(town.with_suffix(".service")).login("t", PASSWORD).identity.name == "t"


def test_a_password_is_asked_for_twice_at_a_terminal(
    town: Path, lianjian: Lianjian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what asks without echo; two that differ make nothing, two that agree make the account."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    for second, code in ((PASSWORD + "!", 2), (PASSWORD, 0)):
        answers = iter((PASSWORD, second))
        monkeypatch.setattr("getpass.getpass", lambda _, given=answers: next(given))
        assert lianjian("user", "add", "t", "--role", "viewer").code == code
        assert town.with_suffix(".service").exists() is (code == 0)
    assert Accounts(town.with_suffix(".service")).login("t", PASSWORD).identity.name == "t"


def test_every_role_has_an_account(accounts: Accounts) -> None:
    """The file takes the roles that the program has, and no other."""
    for role in ROLES:
        accounts.add(role, role, None, PASSWORD)
    with pytest.raises(InputError, match="viewer"):
        accounts.add("x", "king", None, PASSWORD)  # type: ignore[arg-type]
