"""The store's protocol: the domain's questions, in the domain's words.

No SQL, Cypher or driver type passes through here. Every answer has a stated order, so that all stores answer alike.

Meaning shared by all stores
----------------------------
*Claims and timelines.* What a row says is a *claim*: (kind, key, ledger, date, properties, source). Of an entity's active
claims, those of one date stand from that date to the next date of that entity, whatever ledger they are of. The first
interval begins at the earlier of its date and the entity's ``founded`` (units). Of several claims of one date, the one loaded
first (batch, then sheet, then row) is *primary* (rank 0); the others stay visible (:meth:`Store.claims`).

*Corrections.* Within (kind, key, ledger, date), a later batch replaces what earlier ones said: its rows that equal an active
claim repeat it, its other rows are added, and claims that none of its rows repeats are superseded. Rows of one batch never
replace each other. A row that stands twice on one sheet is two claims; on two sheets of a batch it is one. With ``corrects=B``
the date of an incoming row is the (latest) date of what batch B said in the same (kind, key, ledger), if it said anything.

*Repetition.* Where one ledger alone speaks of an entity at a date, and says row for row what it alone said at the entity's date
before, its rows add no claims: they are remembered as *listed* in the newer edition. Should something come to stand between
(an older ledger that comes late, a correction), they are claims of their own date again.

What is active follows from the rows of the batches in force, in the order of these batches, and from nothing else.

*Edges* follow from claims by the schema's ``edge`` declarations: each value of a list makes one, a text is one value. They hold
while their claim holds; those of claims that are not primary are kept for members only (``BELONGS_TO``, ``EMPLOYED_BY``). A
target that no claim defines dangles.

*Places found later* (:meth:`Importer.resolve`) change a claim's text for all rows that repeat it.

*Undo* takes a batch back: afterwards every answer is as if it had never been loaded, later batches kept. What later batches
repeated of it stands as theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal, Protocol

from graph.model import Batch, Box, Chain, Claims, Located, Node, Source, Statement, Structure

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from graph.patterns.language import Pattern


FOUND = ("name", "type")
"""Properties of what is found (:meth:`Store.find`)."""
End = Literal["source", "target"]
MOST_AROUND, MOST_BETWEEN = 20_000, 200_000
"""Entities that an answer about what lies around one has at most, and that are looked at for the connections of two."""
MOST_THROUGH = 1_000
"""Neighbours of an entity that several hops go through, at most: beyond a street's or a district's lies what has nothing in common
but the street or district."""
HUBS = "hubs"
"""The attribute of a graph that names what was not gone through, with the number of its neighbours (:meth:`Store.neighbours`)."""


class Importer(Protocol):
    """One import under way: nothing of it is visible before the ``with`` block ends well."""

    batch: int

    def add(self, claims: Claims) -> tuple[int, int]:
        """Take rows in; return (rows that change something, rows unchanged)."""

    def resolve(self, kind: str, prop: str, resolved: pd.DataFrame) -> int:
        """Replace texts that named a place not yet known.

        Parameters
        ----------
        resolved : pandas.DataFrame
            Columns ``claim`` (int, as :meth:`Store.unresolved` gave it) and ``value`` (the place's key).
            Undoing this batch puts the former text back.
        """

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """Like :meth:`Store.unresolved`, the rows of this import included."""

    def note(self, *, quarantined: int) -> None:
        """Remember how many rows of this import stayed out."""


class Store(Protocol):
    """A city over time. ``as_of`` is ``yyyymmdd``; ``None`` means :meth:`latest`."""

    url: str

    @property
    def identity(self) -> str:
        """Which store this is: another one at the same place has another, and so has one of other content where this is a cut."""

    def stands(self) -> bool:
        """Say whether this is still the store that its URL names: a file may be moved, deleted or replaced while it is open."""

    def again(self) -> Store:
        """Open what its URL names now, be it another store by then; this one stays as it is, open or closed.

        Raises
        ------
        StoreMissingError, StoreCorruptError, StoreError
            As :func:`graph.store.open_store`; or a file was put there beside this one's log, whose pages would be read, and brought
            in, as the other's own.
        """

    # -- writing -------------------------------------------------------------------------------------------------
    def importing(
        self, *, at: str, dated: int, files: Sequence[str], corrects: int | None = None
    ) -> AbstractContextManager[Importer]:
        """Begin one import (one transaction).

        A batch leaves no trace where it adds and changes nothing, and lists nothing in a newer edition or at another date.

        It changes something if one of its rows is a claim, supersedes one or lists one in a newer edition, or a place was found.

        Raises
        ------
        StoreBusyError
            Another import is under way.
        UnknownIdError
            ``corrects`` names no batch, or one taken back.
        StoreFullError
            No room; nothing of the import remains.
        """

    def undo(self, batch: int) -> Batch:
        """Take a batch back (see the module's docstring); ``UnknownIdError`` where there is none."""

    def batches(self) -> list[Batch]:
        """Return all batches by id, those taken back included."""

    def close(self) -> None:
        """Let go of files and connections."""

    # -- what the store holds ------------------------------------------------------------------------------------
    def latest(self) -> int:
        """Return the default as-of: the latest date of any row in force, repeated ones included; today's where there is none."""

    def status(self) -> dict[str, Any]:
        """Return ``{"store", "latest", "batches", "kinds": {kind: entities}, "edges": {kind: n}, "ledgers": [...]}``.

        All of it as of :meth:`latest`. ``batches`` counts those in force, not those taken back; ``ledgers`` are those that say
        something of a kind whose role is not ``work``.
        """

    def fingerprint(self, as_of: int | None = None) -> str:
        """Return a hash of all claims that hold at a date, equal for equal content in whatever store and load order.

        Content is (kind, key, ledger, date, values); claim ids, batches, files and rows are not, nor are kinds of the role
        ``work``: what people did about findings and have still to mend is no value of anything.
        """

    # -- columns -------------------------------------------------------------------------------------------------
    def frame(
        self,
        kind: str,
        as_of: int | None = None,
        columns: Sequence[str] | None = None,
        *,
        of: Iterable[str] | None = None,
        by: str = "key",
    ) -> pd.DataFrame:
        """Return the entities of a kind at a date.

        Parameters
        ----------
        of : iterable of str, optional
            Only those whose key is one of these, or whose text property ``by`` is: what it takes follows from how many they are.

        Returns
        -------
        pandas.DataFrame
            One row an entity, ordered by ``key`` (code points): ``key``, the properties asked for (default all, typed as in
            :class:`~graph.model.Claims`), ``valid_from``, ``claim`` (int64, for :meth:`sources`).
        """

    def claims(
        self, kind: str, as_of: int | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return what each ledger says at a date: each (ledger, key)'s latest claims, not only the primary ones.

        Columns as :meth:`frame` (the properties asked for, default all), and ``ledger``, ``dated``, ``listed`` (the newest
        edition not after ``as_of`` that has the row), ``rank``; ordered by (``key``, ``ledger``, ``rank``).
        """

    def editions(self, kind: str) -> dict[int, int]:
        """Return how many rows each edition of the ledgers of a kind has: of each date up to :meth:`latest`, the latest first.

        As :meth:`claims` at each of these dates would say by ``listed``, in one question.
        """

    def replaced(
        self,
        kind: str,
        after: int = 0,
        columns: Sequence[str] | None = None,
        key: str | None = None,
    ) -> pd.DataFrame:
        """Return what was corrected: the claims that batches later than ``after`` replaced, of one entity where ``key`` is given.

        Columns ``key``, the properties asked for (default all), ``ledger``, ``dated``, ``batch`` (that said it), ``superseded``
        (the batch that replaced it), ``now`` (int64: the claim that its ledger's first row makes of the entity at that date now;
        0 where there is none) and ``claim``; ordered by (``key``, ``ledger``, ``dated``) and as loaded.
        """

    def said(
        self, kind: str, claims: Iterable[int], columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return what some claims say, replaced ones too: one row each, in the order asked.

        Columns ``key``, the properties asked for (default all), ``ledger``, ``dated``, ``batch``, ``claim``. Each id counts once;
        those that no claim of the kind has are left out.
        """

    def edges(
        self,
        kind: str,
        as_of: int | None = None,
        *,
        of: Iterable[str] | None = None,
        end: End = "source",
    ) -> pd.DataFrame:
        """Return the edges of a kind at a date, dangling ones included; with ``of``, those with one of these keys at an end.

        Columns ``source``, ``source_kind``, ``target``, ``target_kind``, ``via``, ``claim_kind``, ``claim``, ``valid_from``,
        ``valid_to``; ordered by (``source``, ``target``, ``via``, ``claim``). The same pair by two properties is two rows.
        """

    def unresolved(self, kind: str, prop: str) -> pd.DataFrame:
        """Return active claims whose place property names no known place.

        Columns ``claim``, ``key``, ``value`` (the text found), and ``street``, ``district`` of the same claim where the kind has
        them; ordered by ``key``, date, and as loaded.
        """

    def sources(self, kind: str, claims: Iterable[int]) -> dict[int, Source]:
        """Return where claims of a kind were read, by claim id."""

    def origins(
        self, nodes: Iterable[tuple[str, str]], as_of: int | None = None
    ) -> dict[tuple[str, str], Source]:
        """Return where each of these entities' primary values were read; what no row describes is left out."""

    # -- one entity ----------------------------------------------------------------------------------------------
    def lookup(self, code: str, as_of: int | None = None) -> list[tuple[str, str]]:
        """Return every (kind, key) of role *node* that ``code`` may mean: its key, a place's bare code; by (kind, key)."""

    def node(self, kind: str, key: str, as_of: int | None = None) -> Node | None:
        """Return one entity, or ``None``."""

    def having(self, kind: str, prop: str, value: str, as_of: int | None = None) -> list[Node]:
        """Return the entities of a kind whose text property has a value, by key."""

    def matching(
        self, pattern: Pattern, as_of: int | None = None, limit: int = 100, offset: int = 0
    ) -> tuple[list[str], int]:
        """Return the keys of what fits a question (:mod:`graph.patterns.language`), in its order, and how many fit in all.

        Of the question the part and the order count: what rows state, without a place
        (:func:`graph.patterns.vocabulary.is_stated`); ``KeyError`` for a property that the schema has not.

        Parameters
        ----------
        limit, offset : int
            Of the keys; the number is that of all.
        """

    def history(self, kind: str, key: str) -> pd.DataFrame:
        """Return all active claims about an entity: :meth:`claims`'s columns and ``valid_to``, by (``valid_from``, ``rank``)."""

    def statements(self, kind: str, key: str) -> list[Statement]:
        """Return all that rows say of an entity, those replaced by corrections too, by date and as loaded.

        Rows that repeat another are one statement with it. Of what is replaced, ``valid_from`` and ``valid_to`` are its date.
        """

    def find(self, text: str, as_of: int | None = None, limit: int = 50) -> list[Node]:
        """Return nodes by code, name, part of a name, pinyin or its initials (never records or persons).

        Order: exact code, exact name, names that begin with the text, names that hold it, pinyin; within each by (kind, key). Of
        their properties they have those of :data:`FOUND` only, which tell one from another: more is read of the one that is chosen.
        """

    # -- the graph -----------------------------------------------------------------------------------------------
    def inside(
        self,
        places: Iterable[tuple[str, str]],
        as_of: int | None = None,
        *,
        having: tuple[str, str] | None = None,
    ) -> list[str]:
        """Return the organizations that lie in some places, by key: ``LOCATED_IN`` leads there, over whatever lies between.

        Parameters
        ----------
        places : iterable of (kind, key)
            Divisions, parks, buildings …, also ones that no row defines.
        having : (property, value), optional
            Only organizations of which a text property has a value at the date.
        """

    def within(
        self,
        box: Box,
        as_of: int | None = None,
        kinds: Iterable[str] | None = None,
        limit: int | None = None,
    ) -> tuple[list[Located], bool]:
        """Return organizations and places whose point lies in a box, by kind and key; and whether there are more than ``limit``.

        A point is the longitude and latitude that the row states, whatever its datum: degrees of several lie half a kilometre and
        more apart (:func:`graph.geo.surroundings` widens a box to hold those of all). Where one of them is unknown, or beyond
        ±180° or ±90°, there is no point, and where ``west`` lies east of ``east`` no box.

        Parameters
        ----------
        kinds : iterable of str, optional
            Some of :attr:`graph.schema.Schema.located`, all by default; ``KeyError`` for a kind that has no point.
        """

    def chain(self, kind: str, key: str, as_of: int | None = None, *, down: bool = False) -> Chain:
        """Return the chain of formal subordination (AUDIT); an organization's begins with the units that cover it."""

    def above(self, units: Iterable[str], as_of: int | None = None) -> set[str]:
        """Return the codes of all units above any of these, up to their roots, themselves with them.

        What a superior's code names is among them also where no row defines it. It takes one question, or one a level, however
        many units there are.
        """

    def structure(self, as_of: int | None = None) -> Structure:
        """Return where formal subordination is no plain tree: units without superior, with several, in cycles.

        Units with one superior and nobody below them are looked at and not told: they are nearly all of a city's.
        """

    def ring(
        self,
        nodes: Iterable[tuple[str, str]],
        as_of: int | None = None,
        hops: int = 1,
        kinds: Iterable[str] | None = None,
    ) -> set[tuple[str, str]]:
        """Return all that lies within some edges of any of these nodes, themselves with it: (kind, key), without properties.

        Edges are :meth:`neighbours`'s, or those of ``kinds`` among them. It takes one question a hop and kind, however many nodes
        there are.
        """

    def neighbours(
        self,
        kind: str,
        key: str,
        as_of: int | None = None,
        hops: int = 1,
        *,
        most: int | None = None,
        through: int | None = None,
    ) -> nx.MultiDiGraph[Any]:
        """Return the graph within ``hops`` edges (any direction, all kinds but those of persons) of an entity.

        Node ids are ``(kind, key)``; node attributes ``kind``, ``name``, ``type`` and the properties; edge key and attribute
        ``kind``, attribute ``via``. Dangling targets are nodes with ``missing=True``. Nodes and edges in sorted order.

        Parameters
        ----------
        most : int, optional
            Of entities, itself among them.
        through : int, optional
            What has more neighbours than this, besides the entity itself, is given but not gone through: the graph's attribute
            :data:`HUBS` has it as ``{(kind, key): neighbours}``, sorted.

        Raises
        ------
        TooMuchError
            There are more; it is raised once that many were come upon, however many there are.
        """

    def subgraph(
        self, nodes: Iterable[tuple[str, str]], as_of: int | None = None
    ) -> nx.MultiDiGraph[Any]:
        """Return the graph that these nodes induce, as :meth:`neighbours` shapes it."""

    def paths(
        self,
        a: tuple[str, str],
        b: tuple[str, str],
        as_of: int | None = None,
        cap: int = 100,
        *,
        most: int | None = None,
    ) -> tuple[
        list[list[tuple[tuple[str, str], str, Literal["out", "in"], tuple[str, str]]]], bool
    ]:
        """Return all shortest connections (steps ``(from, edge kind, direction, to)``), sorted, up to ``cap``; and whether cut.

        Over all kinds of edges but those of members and instructors, in either direction.

        Parameters
        ----------
        most : int, optional
            Of entities that are looked at, where the store goes from one to the next itself; a server ends what takes too long.

        Raises
        ------
        TooMuchError
            The two lie too far apart, among too many.
        """
