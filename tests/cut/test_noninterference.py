"""Nothing that happens outside a jurisdiction changes an answer to who may see the jurisdiction alone (ROBUSTNESS C16)."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.affiliation.findings import audit
from graph.city import City
from graph.cut.cutting import cut
from graph.cut.kept import Cuts
from graph.policy.profile import load
from graph.schema import load_schema
from graph.store import open_store
from graph.store.base import Store
from graph.survey import survey
from loaders.area import area
from loaders.pipeline import gather, import_readings
from tests.cut.conftest import Row, Sheet, city
from tests.cut.test_cut import firm, unit
from tests.loaders.city import HEADER, credit_code, text
from tests.loaders.city import firm as firm_row
from tests.loaders.test_area import UNIT
from viz.city.question import Question
from viz.city.view import CityMap

PROFILE = load()
FIRMS = [credit_code(n) for n in range(6)]
UNITS = [f"U{n}" for n in range(6)]
DATES = (20160801, 20160901)

codes = st.lists(st.sampled_from(UNITS), max_size=2, unique=True).map(";".join)
covered = st.lists(st.sampled_from(FIRMS), max_size=3, unique=True).map(";".join)


@st.composite
def cities(draw: st.DrawFn) -> tuple[list[Sheet], list[Sheet]]:
    """Draw a city of two districts, and the same one with another second district.

    Who lies where and whom a row of the first district names stays; of the second, everything else may change: names, numbers, who
    is subordinate to whom, rows that come and go. What stays of it is what a stub tells: that there is a link, and whether a
    superior reaches a root (here nobody does, for no root is left).
    """
    one: list[Sheet] = []
    two: list[Sheet] = []
    home = {key: draw(st.sampled_from((1, 2))) for key in (*FIRMS, *UNITS)}
    for date in DATES:
        for kind, keys in (("organization", FIRMS), ("unit", UNITS)):
            first: list[Row] = []
            second: list[Row] = []
            listed = draw(st.sets(st.sampled_from(keys)))
            for key in sorted(listed):
                if home[key] == 1:
                    row = _row(draw, kind, key, 1)
                    first.append(row)
                    second.append(row)
            for rows in (first, second):
                # the others' rows stand last: the number of a row of one's own ledger is one's own
                rows += [
                    _row(draw, kind, key, 2, beyond=True)
                    for key in sorted(keys)
                    if home[key] == 2 and (date == DATES[0] or draw(st.booleans()))
                ]
                rows += [
                    _row(draw, kind, f"{key}X", 2, beyond=True)
                    for key in draw(st.sets(st.sampled_from(keys), max_size=3))
                ]
            one.append((kind, date, first))
            two.append((kind, date, second))
    return one, two


def _row(draw: st.DrawFn, kind: str, key: str, at: int, *, beyond: bool = False) -> Row:
    name = draw(st.sampled_from(("甲", "乙", "丙丁", "一家公司")))
    if kind == "organization":
        unit_ = "" if beyond else draw(codes)
        return firm(key, at, name=name, unit=unit_, formal_members=draw(st.integers(0, 9)))
    up = draw(codes) if not beyond else ""
    covers = draw(covered) if not beyond else ""
    return unit(key, at, name=name, superior=up, covers=covers)


def held(store: Store) -> list[Any]:
    """Return what a store holds, at every date."""
    out: list[Any] = [store.latest(), store.status() | {"store": ""}, store.batches()]
    for date in DATES:
        out.append(store.fingerprint(date))
        for kind in load_schema().kinds:
            out.append(_plain(store.frame(kind, date)))
            out.append(_plain(store.claims(kind, date)))
        out += [_plain(store.edges(kind, date)) for kind in load_schema().edges]
    return out


def said(store: Store) -> list[Any]:
    """Return everything that a store says, at every date."""
    out = held(store)
    for date in DATES:
        out.append(store.structure(date))
        for kind, keys in (("organization", FIRMS[:3]), ("unit", UNITS[:3])):
            for key in keys:
                out += [
                    store.node(kind, key, date),
                    store.lookup(key, date),
                    store.chain(kind, key, date),
                ]
                if store.node(kind, key, date) is not None:
                    around = store.neighbours(kind, key, date, 3)
                    out.append(
                        (
                            sorted(map(str, around.nodes(data=True))),
                            sorted(map(str, around.edges(data=True))),
                        )
                    )
        out.append(store.find("公司", date))
        out.append(store.paths(("unit", UNITS[0]), ("unit", UNITS[1]), date))
    found = City(store, PROFILE, DATES[-1])
    out.append([f.as_json() for f in audit(found, store).findings])
    out.append(_plain(survey(found).frame))
    shown = CityMap.of(found).view(Question(), lambda kind, keys: {})
    out.append(json.dumps(shown, sort_keys=True))
    return out


def _plain(frame: pd.DataFrame) -> str:
    return str(frame.reset_index().to_json(orient="split"))


@settings(max_examples=6, deadline=None)
@given(cities())
def test_what_happens_outside_changes_no_answer(drawn: tuple[list[Sheet], list[Sheet]]) -> None:
    """Two cities that are alike in a district, and have the same links out of it, are one to who sees the district."""
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for n, sheets in enumerate(drawn):
            whole = city(Path(folder) / f"city{n}.db", sheets)
            target = f"{folder}/cut{n}.db"
            cut(whole, PROFILE, "429901", target, "test")
            whole.close()
            store = open_store(target)
            answers.append([*said(store), store.identity])
            store.close()
    for first, second in zip(*answers, strict=True):
        assert first == second


@st.composite
def uploads(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """Draw two times two ledgers: of things of both districts and of none; the second names units that only may be there."""
    where = st.sampled_from(
        [("甲区", "一街道"), ("429901", ""), ("乙区", "二街道"), ("429902", ""), ("丙区", "")]
    )
    day = st.sampled_from(("2016-08-15", "2016-09-15"))

    def some(superiors: list[str]) -> dict[str, str]:
        units, firms = [], []
        for key in draw(st.sets(st.sampled_from([*UNITS, "NEW"]), min_size=1)):
            district, street = draw(where)
            up = draw(st.sampled_from(superiors))
            units.append([key, f"{key}支部", "党支部", up, district, street, "", draw(st.sampled_from(["", *FIRMS]))])  # fmt: skip
        for n in draw(st.sets(st.integers(0, 7), min_size=1)):
            district, street = draw(where)
            more = {"党组织代码": draw(st.sampled_from(["", *superiors]))}
            firms.append(firm_row(n, 所属区=district, 所属街道=street, 填报日期=draw(day), **more))
        units, firms = sorted(units), sorted(firms, key=str)
        return {"党组织": text(UNIT, units), "非公企业": text([*HEADER, "党组织代码"], firms)}

    return some(UNITS), some([f"{u}X" for u in UNITS])


@settings(max_examples=4, deadline=None)
@given(cities(), uploads())
def test_what_stands_outside_changes_no_import(
    drawn: tuple[list[Sheet], list[Sheet]], sent: tuple[dict[str, str], dict[str, str]]
) -> None:
    """Two such cities report an import of the district alike, and the district sees the same of both after it."""
    answers = []
    with tempfile.TemporaryDirectory() as folder, patch("loaders.pipeline.now", return_value="x"):
        for n, sheets in enumerate(drawn):
            whole = city(Path(folder) / f"city{n}.db", sheets)
            cuts = Cuts(str(Path(folder) / f"city{n}.db"), PROFILE, Path(folder) / f"cuts{n}")
            answer: list[Any] = []
            for upload in sent:
                for name, ledger in upload.items():
                    (Path(folder) / f"{name}.csv").write_text(ledger, encoding="utf-8")
                paths = [f"{folder}/{name}.csv" for name in upload]
                with area(whole, cuts, "429901") as into:
                    report = import_readings(gather(paths), whole, PROFILE, date=20160910, area=into,
                                             fault_directory=Path(folder) / f"faults{n}")  # fmt: skip
                answer.append(str(report.as_json()).replace(f"faults{n}", "faults"))
                if not answer[1:]:
                    store = open_store(cuts.path(whole, "429901"))
                    answer += held(store)
                    store.close()
            whole.close()
            answers.append(answer)
    for first, second in zip(*answers, strict=True):
        assert first == second
