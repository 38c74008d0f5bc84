"""What a page says of an error is what is wrong, in both languages, without what only a terminal takes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import aloud
from api.app import create_app
from api.settings import Settings
from graph.errors import InputError, UnknownIdError, Way
from tests.cut.conftest import city
from tests.cut.test_cut import FIRMS, UNITS

SAID = [
    ("en", "--due: 2016-12-30 lies before 2017-01-05, the day of the record; give a day that is still to come",
     "2016-12-30 lies before 2017-01-05, the day of the record; give a day that is still to come"),
    ("zh", "--due：2016-12-30 早于登记日期 2017-01-05；请给出之后的日期", "2016-12-30 早于登记日期 2017-01-05；请给出之后的日期"),
    ("en", "organization:NOPE: no entity has this code; `lianjian find organization:NOPE` searches names too",
     "organization:NOPE: no entity has this code; a search finds names too"),
    ("zh", "organization:NOPE：没有这个代码；可用 `lianjian find organization:NOPE` 按名称查找",
     "organization:NOPE：没有这个代码；可搜索名称"),
    ("en", "there is no such job; GET /api/v1/jobs lists yours", "there is no such job"),
    ("zh", "没有这个任务；GET /api/v1/jobs 列出您的任务", "没有这个任务"),
    ("en", "--as-of 2001-01-01: nothing was listed on that date; the first listing is of 2016-08-26: give --as-of 2016-08-26",
     "2001-01-01: nothing was listed on that date; the first listing is of 2016-08-26"),
    ("en", "F1: the audit of 2016-08-26 has no such finding; `lianjian audit` and `lianjian finding list` show ids",
     "F1: the audit of 2016-08-26 has no such finding"),
    ("en", "see /api/v1/openapi.json for what there is", "see /api/v1/openapi.json for what there is"),
    ("en", "A–B: well-known words, and/or 5/minute; ask again", "A–B: well-known words, and/or 5/minute; ask again"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "page"), SAID)
def test_a_page_says_what_is_wrong(lang: str, text: str, page: str) -> None:
    """Options, commands and paths are gone, and nothing of what is wrong is."""
    assert aloud.said(text, lang) == page


def test_a_problem_has_both_languages(tmp_path: Path) -> None:
    """Whatever language is asked for, a page gets both, and the words of a program's stay as they are."""
    city(tmp_path / "city.db", [UNITS, FIRMS]).close()
    with TestClient(create_app(Settings(str(tmp_path / "city.db"))), base_url="http://127.0.0.1") as client:  # fmt: skip
        said = {
            lang: client.get("/api/v1/show/NOPE", headers={"accept-language": lang}).json()
            for lang in ("en", "zh")
        }
    assert said["en"]["both"] == said["zh"]["both"]
    assert "`lianjian find NOPE`" in said["en"]["detail"]
    for lang in ("en", "zh"):
        told = said["en"]["both"][lang]
        assert told["title"] == said[lang]["title"]
        assert said[lang]["detail"].startswith(told["detail"][:6])
        assert "lianjian" not in told["detail"]


CARRIED = [
    (UnknownIdError("U9: no entity has this code", "U9：没有这个代码", way=Way.find("U9")),
     "U9: no entity has this code; `lianjian find U9` searches names too", "U9：没有这个代码；可用 `lianjian find U9` 按名称查找",
     "U9: no entity has this code; a search finds names too", "U9：没有这个代码；可搜索名称"),
    (UnknownIdError("东 渚: none", "东 渚：没有", way=Way.find("东 渚")),
     '东 渚: none; `lianjian find "东 渚"` searches names too', '东 渚：没有；可用 `lianjian find "东 渚"` 按名称查找',
     "东 渚: none; a search finds names too", "东 渚：没有；可搜索名称"),
    (InputError("a; b is after today", "甲；乙晚于今天", option="--date", way=Way("give --date D", "请用 --date 日期")),
     "--date: a; b is after today; give --date D", "--date：甲；乙晚于今天；请用 --date 日期",
     "a; b is after today", "甲；乙晚于今天"),
    (InputError("say why; see `lianjian decide list`", "请写明理由；见 `lianjian decide list`"),
     "say why; see `lianjian decide list`", "请写明理由；见 `lianjian decide list`", "say why", "请写明理由"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "en", "zh", "page_en", "page_zh"), CARRIED)
def test_an_error_carries_its_way_out(
    error: InputError, en: str, zh: str, page_en: str, page_zh: str
) -> None:
    """At a command line it is said with its option, in a page without; where an error has none apart, it is recognized."""
    assert (str(error), error.text("en"), error.text("zh")) == (en, en, zh)
    assert (aloud.page(error, "en"), aloud.page(error, "zh")) == (page_en, page_zh)


def test_an_error_that_came_from_another_process_carries_it_too() -> None:
    """A reader's error is told by the service that asked it."""
    for error, *_ in CARRIED:
        came = pickle.loads(pickle.dumps(error))
        assert (came.en, came.zh) == (error.en, error.zh)
        assert aloud.page(came, "zh") == aloud.page(error, "zh")
