"""What a map or a file shows: an entity and what hangs on it, a jurisdiction, or everything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from api.asking.dates import date
from api.asking.lookup import identify
from graph.errors import InputError
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import networkx as nx

    from graph.model import Source
    from graph.policy.profile import Profile
    from graph.store.base import Store
    from viz.extract import Extract
    from viz.scene import Scene

HOPS = 6
"""The most edges that a picture reaches."""
LONGEST = 230
"""Bytes of a file's name that follow an entity's code."""


class Format(StrEnum):
    """A format that ``export`` writes."""

    GRAPHML = "graphml"
    GEXF = "gexf"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    CYPHER = "cypher"


def file_name(prefix: str, key: str | None, suffix: str) -> str:
    """Return a file's name that any system takes, whatever an entity's code holds."""
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in key or "")[:80]
    # a system counts bytes (255 of them); what is cut off in the middle of a letter goes whole
    safe = safe.encode("utf-8", "ignore")[:LONGEST].decode("utf-8", "ignore").strip("-")
    return f"{prefix}-{safe or 'map'}{suffix}"


@dataclass(frozen=True)
class Part:
    """What a map or a file is asked to show.

    Attributes
    ----------
    extract : Extract
    as_of : int
    id : str or None
        The entity, division or ledger unit; ``None`` is all that the store holds.
    title : str
        Its name; nothing where it is everything.
    focus : (kind, key) or None
        The entity, where the part is around one.
    cut : dict or None
        Units left out below a drawn one.
    sources : dict or None
        Where each entity was read, if that was asked for.
    """

    extract: Extract
    as_of: int
    id: str | None
    title: str
    focus: tuple[str, str] | None = None
    cut: dict[tuple[str, str], int] | None = None
    sources: dict[tuple[str, str], Source] | None = None


def part(
    store: Store,
    profile: Callable[[], Profile],
    as_of: int | None,
    *,
    identifier: str | None,
    within: str | None,
    hops: int | None,
    read: bool,
) -> Part:
    """Return a part of the graph.

    Parameters
    ----------
    profile : callable
        Gives the profile, where a jurisdiction's facts rest on one.
    read : bool
        Whether to look up where each entity was read.

    Raises
    ------
    UnknownIdError, AmbiguousIdError
        As :func:`api.asking.lookup.identify`.
    InputError
        Two things at once, ``hops`` without an entity, or a place that is none.
    """
    if identifier is not None and within is not None:
        raise InputError(
            "give an ID or --in CODE, not both", "请只给出代码（ID）或 --in 区划代码其中之一"
        )
    if hops is not None and identifier is None:
        raise InputError(
            "--hops goes with an ID; --in takes all of a jurisdiction",
            "--hops 须与 ID 一起使用；--in 取整个辖区",
        )
    at = date(store, as_of)
    if identifier is not None:
        focus = identify(store, identifier, at)
        if focus[0] == "division" and hops is None:
            within = focus[1]
        else:
            return around(store, focus, at, hops=hops, read=read)
    return _jurisdiction(store, profile(), within, at, read=read)


def around(store: Store, focus: tuple[str, str], at: int, *, hops: int | None, read: bool) -> Part:
    """Return an entity and what hangs on it at a date, as :func:`part` does."""
    from viz import selection
    from viz.extract import GraphExtract

    graph, cut = selection.around(store, focus, at, hops)
    found = store.origins(graph.nodes, at) if read else None
    name = str(graph.nodes[focus].get("name") or focus[1])
    return Part(GraphExtract(graph), at, focus[1], name, focus, cut, found)


def _jurisdiction(
    store: Store, profile: Profile, within: str | None, at: int, *, read: bool
) -> Part:
    from graph.city import City
    from viz import selection

    city = City(store, profile, at)
    held = selection.jurisdiction(city, within)
    # a division that rows state and no row describes has no name
    known = (frame["name"].get(within, "") for frame in (city.places.divisions, city.ledger_units))
    title = "" if within is None else next(filter(None, known), within)
    found = store.origins((n for n, _ in held.nodes()), at) if read else None
    return Part(held, at, within, title, sources=found)


def hubs(some: Part) -> list[dict[str, Any]]:
    """Return what hops did not go through, with how many neighbours each has."""
    from api.asking.connections import hubs_of
    from viz.extract import GraphExtract

    return hubs_of(some.extract.graph) if isinstance(some.extract, GraphExtract) else []


# -- drawn -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Drawn:
    """A part of the graph as a picture.

    Attributes
    ----------
    part : Part
    scene : Scene
    planned : int or None
        Joint units and attachments of a plan that are drawn in it; ``None`` without a plan.
    """

    part: Part
    scene: Scene
    planned: int | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Its nodes and edges."""
        return self.part.extract.size

    def as_json(self) -> dict[str, Any]:
        """Return the scene: what is drawn, where, under which name, and what a click opens."""
        nodes, edges = self.size
        return {"id": self.part.id, "nodes": nodes, "edges": edges} | self.scene.as_json()


def refuse_everything(identifier: str | None, within: str | None) -> None:
    """Refuse to draw what nobody named.

    Raises
    ------
    InputError
        Neither an entity nor a jurisdiction.
    """
    if identifier is None and within is None:
        raise InputError(
            "map what? give an ID, or --in CODE for a jurisdiction",
            "要画什么？请给出代码（ID），或用 --in 给出辖区",
        )


def draw(some: Part, hops: int | None, plan: Mapping[str, Any] | None = None) -> Drawn:
    """Draw a part of the graph, a plan in it if one is given.

    Raises
    ------
    PlanError, InputError
        The plan lacks what a picture needs, or one page can't hold the organizations to draw it among.
    """
    from viz import views
    from viz.extract import GraphExtract

    planned = None
    if plan is not None:
        from viz.plans import propose

        some, graph = _with_graph(some)
        planned = propose(graph, plan)
    day = iso(some.as_of) or ""
    if some.focus is not None and isinstance(some.extract, GraphExtract):
        scene = views.around(
            some.extract.graph, some.focus, as_of=day, hops=hops, sources=some.sources, cut=some.cut
        )
    else:
        scene = views.inside(some.extract, some.title, as_of=day, sources=some.sources)
    return Drawn(some, scene, planned)


def _with_graph(some: Part) -> tuple[Part, nx.MultiDiGraph[Any]]:
    """Return a part with the graph that a plan can be drawn into; refused where one page can't hold its organizations."""
    from viz import views
    from viz.extract import GraphExtract

    if isinstance(some.extract, GraphExtract):
        return some, some.extract.graph
    number = len(some.extract.frames.get("organization", ()))
    if number > views.MOST:
        raise InputError(
            f"{number:,} organizations are too many to draw a plan among; give --in a district, street or zone",
            f"共 {number:,} 个组织，无法在一页上画出方案；请用 --in 给出区、街道或园区",
        )
    graph = some.extract.graph()
    return replace(some, extract=GraphExtract(graph)), graph


# -- exported ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Exported:
    """A part of the graph as files."""

    part: Part
    format: Format
    files: list[Path]

    def as_json(self) -> dict[str, Any]:
        """Return what a command says of the files."""
        nodes, edges = self.part.extract.size
        return {
            "id": self.part.id,
            "as_of": iso(self.part.as_of),
            "format": self.format.value,
            "files": [str(p) for p in self.files],
            "nodes": nodes,
            "edges": edges,
            "left_out": hubs(self.part),
        }


def export(
    some: Part, path: Path, format_: Format, progress: Callable[[int], None] | None = None
) -> Exported:
    """Write a part of the graph; ``csv`` makes a folder of two files.

    Raises
    ------
    InputError
        The place can't be written.
    """
    from viz import exports

    return Exported(some, format_, exports.export(some.extract, path, format_.value, progress))
