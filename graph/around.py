"""Who is within so many metres of an organization or a place: the store narrows to a box, the distance is that of FORMATION."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph import geo
from graph.decisions.record import merges
from graph.errors import InputError, Way
from graph.model import Located
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.model import Node
    from graph.policy.profile import Profile
    from graph.store.base import Store

PLACES = ("building", "commercial_street", "market", "park")
"""Places that an organization's row names, the smallest first."""


@dataclass(frozen=True, slots=True)
class Near:
    """What lies near: its WGS84 degrees, and its distance."""

    kind: str
    key: str
    name: str
    lon: float
    lat: float
    metres: float


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around an organization or a place.

    Parameters
    ----------
    lon, lat : float
        Its own WGS84 degrees.
    near : tuple of Near
        The nearest first, those at one distance by kind and key; not itself.
    assumed : int
        Of it and them, how many name no datum, so that the profile's was taken.
    """

    kind: str
    key: str
    name: str
    lon: float
    lat: float
    near: tuple[Near, ...]
    assumed: int


def around(
    store: Store, profile: Profile, kind: str, key: str, metres: float, as_of: int
) -> Around:
    """Return the organizations and places within so many metres of one, as far as they have coordinates.

    Organizations that were decided to be one are one here too, where the code that stays lies, or the others if it has no
    coordinates. Members are no results: they have none.

    Raises
    ------
    InputError
        It has no coordinates; the message names what there is instead.
    """
    one = _Merged(store, as_of)
    centre = one.at(kind, key)
    here = None if centre is None else _wgs84(profile, [centre])[0]
    if centre is None or here is None:
        raise _nowhere(store, kind, key, metres, as_of)
    box = geo.surroundings(*here, metres)
    found = one.together(store.within(box, as_of)[0])
    found = [x for x in found if (x.kind, x.key) != (centre.kind, centre.key)]
    near: list[Near] = []
    assumed = int(centre.datum is None)
    for x, at in zip(found, _wgs84(profile, found), strict=True):
        if at is None:
            continue
        far = int(geo.centimetres(*here, *at))
        if far <= metres * 100:
            near.append(Near(x.kind, x.key, x.name, *at, far / 100))
            assumed += x.datum is None
    near.sort(key=lambda x: (x.metres, x.kind, x.key))
    return Around(centre.kind, centre.key, centre.name, *here, tuple(near), assumed)


def _wgs84(profile: Profile, some: Sequence[Located]) -> list[tuple[float, float] | None]:
    """Return where each is in WGS84 degrees; ``None`` where its datum is none that is known."""
    import numpy as np

    datum = np.array([x.datum or profile.datum for x in some], dtype=object)
    lon, lat = geo.to_wgs84([x.lon for x in some], [x.lat for x in some], datum)
    places = zip(lon.tolist(), lat.tolist(), strict=True)
    return [None if x != x else (x, y) for x, y in places]


class _Merged:
    """Points as decisions see them: codes that were merged are one (as :mod:`graph.decisions.merged` has it for columns)."""

    def __init__(self, store: Store, as_of: int) -> None:
        self._store, self._as_of = store, as_of
        self._into: dict[str, str] = {}
        self._codes: dict[str, list[str]] = defaultdict(list)
        for code, kept in sorted(merges(store, as_of).merged.items()):
            if self._node("organization", kept) is not None:
                self._into[code] = kept
                self._codes[kept].append(code)

    def _node(self, kind: str, key: str) -> Node | None:
        return self._store.node(kind, key, self._as_of)

    def at(self, kind: str, key: str) -> Located | None:
        """Return an entity with its point; ``None`` where it has none."""
        key = self._into.get(key, key) if kind == "organization" else key
        codes = [key, *(self._codes.get(key, ()) if kind == "organization" else ())]
        said: dict[str, Any] = {}
        for node in (self._node(kind, code) for code in codes):
            if node is not None:
                said = node.properties | said
        if kind not in load_schema().located or not {"lon", "lat"} <= said.keys():
            return None
        if abs(said["lon"]) > 180 or abs(said["lat"]) > 90:
            return None
        return Located(
            kind, key, said.get("name", key), said["lon"], said["lat"], said.get("datum")
        )

    def together(self, found: Sequence[Located]) -> list[Located]:
        """Return what was found, each organization once."""
        out: dict[tuple[str, str], Located] = {}
        for x in found:
            if x.kind == "organization" and (x.key in self._into or x.key in self._codes):
                one = self.at(x.kind, x.key)
                if one is not None:
                    out[one.kind, one.key] = one
            else:
                out[x.kind, x.key] = x
        return list(out.values())


def _nowhere(store: Store, kind: str, key: str, metres: float, as_of: int) -> InputError:
    """Return what to say of an entity without coordinates: what can be asked for instead."""
    node = store.node(kind, key, as_of)
    if kind not in load_schema().located:
        return InputError(
            f"{key}: coordinates belong to organizations and places; give one of these with --within,"
            f" or see what it is connected with: lianjian neighbours {key}",
            f"{key}：只有单位和场所有经纬度；--within 请给出单位或场所的代码，"
            f"或用 lianjian neighbours {key} 查看与其相连者",
        )
    named = [(p, node.properties[p]) for p in PLACES if p in node.properties] if node else []
    one = _Merged(store, as_of)
    for place, code in named:
        if one.at(place, code) is not None:
            return InputError(
                f"{key}: no coordinates in its ledger row",
                f"{key}：台账中没有经纬度",
                way=Way(
                    f"ask round the place that it lies in: lianjian neighbours {code} --within {metres:g}",
                    f"可改查其所在场所周围：lianjian neighbours {code} --within {metres:g}",
                    "ask round the place that it lies in",
                    "可改查其所在场所周围",
                ),
            )
    return InputError(
        f"{key}: no coordinates in its ledger row; fill in 经度 and 纬度 (and 坐标系) there and import it again",
        f"{key}：台账中没有经纬度；请在台账中填写经度、纬度（及坐标系）后重新导入",
    )
