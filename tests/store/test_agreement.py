"""Random histories through every store at once: one meaning, one answer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from graph.errors import LianjianError
from graph.model import Box, Claims
from graph.store import open_store

if TYPE_CHECKING:
    from graph.store.base import Store
    from tests.neo4j_server.fixtures import Running

CODES = st.sampled_from(["A", "B", "C", "D"])
FIRMS = st.sampled_from(["a", "b", "c"])
COVERED = st.one_of(st.none(), st.sampled_from(["a", "b", "市教育局"]))
MAYBE = st.one_of(st.none(), st.sampled_from(["A", "B", "A;C", "D;A", "市教育局"]))
DATES = st.sampled_from([20160801, 20160815, 20160901])
UNITS = st.fixed_dictionaries(
    {
        "key": CODES,
        "name": st.sampled_from(["江岸支部", "江汉支部"]),
        "superior": MAYBE,
        "organization": COVERED,
    }
)
LON = st.sampled_from([None, 114.1, 114.2, 114.3, -180.0, 200.0])
LAT = st.sampled_from([None, 30.5, 30.6, 90.0, -91.0])
ORGANIZATIONS = st.fixed_dictionaries(
    {"key": FIRMS, "name": st.sampled_from(["江岸企业", "长江企业"]), "unit": MAYBE, "supervisor": MAYBE,
     "lon": LON, "lat": LAT, "staff": st.one_of(st.none(), st.integers(0, 3)),
     "building": st.sampled_from([None, "大厦", "building:1/1"])}
)  # fmt: skip
MEMBERS = st.fixed_dictionaries(
    {"key": CODES, "status": st.just("正式"), "unit": MAYBE, "employer": FIRMS}
)
PLACES = st.fixed_dictionaries(
    {"key": st.just("building:1/1"), "code": st.just("1"), "name": st.just("大厦"), "street": st.sampled_from([None, "1"]),
     "lon": LON, "lat": LAT, "datum": st.sampled_from([None, "GCJ-02"])}
)  # fmt: skip
ROWS = st.one_of(
    *(
        st.tuples(st.just(kind), st.lists(rows, min_size=1, max_size=4))
        for kind, rows in (
            ("unit", UNITS),
            ("organization", ORGANIZATIONS),
            ("member", MEMBERS),
            ("building", PLACES),
        )
    )
)


class Agreement(RuleBasedStateMachine):
    """Imports, corrections, resolutions and undoing, in any order."""

    def other(self) -> Store:
        """Open what is held against the plain model."""
        return open_store(str(Path(self.folder.name) / "a.db"), create=True)

    @initialize()
    def begin(self) -> None:
        """Open an empty model and an empty store."""
        self.folder = tempfile.TemporaryDirectory()
        self.stores = [open_store(":memory-model:"), self.other()]

    def teardown(self) -> None:
        """Close what was opened."""
        if hasattr(self, "stores"):
            for store in self.stores:
                store.close()
            self.folder.cleanup()

    def both(self, question: Any) -> None:
        """Ask every store; all answer alike, in refusals too."""
        answers = []
        for store in self.stores:
            try:
                answers.append(question(store))
            except LianjianError as e:
                answers.append(type(e))
        first, *others = answers
        for other in others:
            if isinstance(first, pd.DataFrame):
                a, b = first.drop(columns="claim"), other.drop(columns="claim")
                if not a.equals(b):  # far quicker, and says nothing
                    pd.testing.assert_frame_equal(a, b)
            else:
                assert other == first

    @rule(
        parts=st.lists(ROWS, min_size=1, max_size=2),
        dated=DATES,
        later=st.booleans(),
        ledger=st.sampled_from(["east", "west"]),
        corrects=st.one_of(st.none(), st.integers(1, 4)),
    )
    def load(
        self,
        parts: list[tuple[str, list[dict[str, Any]]]],
        dated: int,
        later: bool,
        ledger: str,
        corrects: int | None,
    ) -> None:
        """Load the same rows into each."""

        def run(store: Any) -> Any:
            with store.importing(at="t", dated=dated, files=["f"], corrects=corrects) as importer:
                counts = []
                for n, (kind, rows) in enumerate(parts):
                    frame = pd.DataFrame(
                        [{"row": i + 2, "dated": dated, **r} for i, r in enumerate(rows)]
                    )
                    edition = 20160901 if later else dated
                    counts.append(
                        importer.add(Claims(kind, ledger, edition, "f", f"{kind} {n}", frame))
                    )
                return importer.batch, counts

        self.both(run)

    @rule(batch=st.integers(1, 4))
    def undo(self, batch: int) -> None:
        """Take a batch back, or be refused alike."""
        self.both(lambda store: store.undo(batch).id)

    @rule()
    def resolve(self) -> None:
        """Resolve what waits for a place."""

        def run(store: Any) -> int:
            with store.importing(at="t", dated=20160901, files=[]) as importer:
                waiting = importer.unresolved("organization", "building")
                return int(
                    importer.resolve(
                        "organization", "building", waiting.assign(value="building:1/1")
                    )
                )

        self.both(run)

    @precondition(lambda self: hasattr(self, "stores"))
    @invariant()
    def same_answers(self) -> None:
        """Every question has one answer."""
        self.both(lambda s: s.batches())
        self.both(lambda s: s.latest())
        for date in (20160815, None):
            self.both(lambda s, d=date: s.fingerprint(d))
            for kind in ("unit", "organization", "member", "building"):
                self.both(lambda s, k=kind, d=date: s.frame(k, d))
                self.both(lambda s, k=kind, d=date: s.claims(k, d))
            for edge in ("SUBORDINATE_TO", "COVERS", "BELONGS_TO", "SUPERVISED_BY", "LOCATED_IN"):
                self.both(lambda s, k=edge, d=date: s.edges(k, d))
            self.both(lambda s, d=date: s.chain("unit", "A", d))
            self.both(lambda s, d=date: s.chain("organization", "b", d))
            self.both(lambda s, d=date: s.chain("unit", "A", d, down=True))
            self.both(lambda s, d=date: s.paths(("unit", "A"), ("organization", "b"), d, 5))
            self.both(lambda s, d=date: [(n.kind, n.key) for n in s.find("ja", d)])

            def shape(s: Any, d: int | None = date) -> Any:
                g = s.neighbours("organization", "a", d, 2)
                return list(g.nodes(data=True)), list(g.edges(keys=True, data=True))

            self.both(shape)
            self.both(lambda s, d=date: s.structure(d))
            self.both(lambda s, d=date: s.within(Box(114.1, 30.5, 114.2, 30.5), d))
            self.both(lambda s, d=date: s.within(Box(-200, -90, 180, 90), d, ["organization"], 1))
            self.both(lambda s, d=date: s.inside([("division", "1"), ("building", "大厦")], d))
        self.both(lambda s: s.frame("organization", of=["大厦"], by="building"))
        self.both(lambda s: s.edges("COVERS", of=["a", "c"], end="target"))
        self.both(lambda s: s.edges("SUPERVISED_BY", 20160815, of=["A", "a"], end="target"))
        self.both(lambda s: s.inside([("division", "1")], having=("name", "江岸企业")))
        self.both(lambda s: s.history("unit", "A"))
        for kind, key in (("unit", "A"), ("organization", "a")):
            self.both(lambda s, k=kind, e=key: s.statements(k, e))
            self.both(lambda s, k=kind: s.replaced(k).drop(columns="now"))
            self.both(lambda s, k=kind: s.said(k, s.replaced(k)["now"]))
            self.both(lambda s, k=kind: s.said(k, reversed(s.claims(k)["claim"].tolist()), []))
        self.both(lambda s: s.replaced("unit", 1, ["name"], "A").drop(columns="now"))
        self.both(lambda s: s.unresolved("organization", "building"))


PLAYED = settings(
    stateful_step_count=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking such a machine takes minutes
)


@pytest.mark.parametrize("examples", [6, pytest.param(60, marks=pytest.mark.large)])
def test_embedded_agrees(examples: int) -> None:
    """Whatever is loaded, corrected, resolved and taken back, the embedded store answers as the plain model does."""
    run_state_machine_as_test(Agreement, settings=settings(PLAYED, max_examples=examples))


@pytest.mark.parametrize("examples", [2, pytest.param(40, marks=pytest.mark.large)])
def test_server_agrees(neo4j_url: str, neo4j_server: Running, examples: int) -> None:
    """Whatever is loaded, corrected, resolved and taken back, the store on a server answers as the plain model does."""

    class OnServer(Agreement):
        def other(self) -> Store:
            neo4j_server.wipe()
            return open_store(neo4j_url, create=True)

    run_state_machine_as_test(OnServer, settings=settings(PLAYED, max_examples=examples))
