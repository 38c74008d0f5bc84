"""Tiles of a street map under the city's: an address that whoever runs the service configured; without one nobody is asked for any.

Browsers ask the tiles' host themselves: it sees their addresses and what part of the map they look at. So it is one host, named in
the page's policy, and nothing else may be fetched from it but pictures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from graph import geo
from graph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Box = tuple[float, float, float, float]

ADDRESS, ATTRIBUTION, DATUM = (
    "LIANJIAN_TILES", "LIANJIAN_TILES_ATTRIBUTION", "LIANJIAN_TILES_DATUM",
)  # fmt: skip
LONGEST = 500
_PLACEHOLDERS = ("{z}", "{x}", "{y}")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")
_PLAIN = re.compile(r"[A-Za-z0-9/._~!$&()*+,=:@%?-]*")
"""What the rest of an address may hold: nothing that could end it in a header or in a page."""
_SHOWN = "https://tiles.example/{z}/{x}/{y}.png"


@dataclass(frozen=True, slots=True)
class Tiles:
    """Where tiles come from.

    Attributes
    ----------
    address : str
        With ``{z}``, ``{x}`` and ``{y}`` (Web Mercator, y from the north).
    attribution : str
        What its licence wants to be read on the map.
    datum : {'WGS84', 'GCJ-02'}
        Of its streets; those of Chinese providers are GCJ-02, some 500 m off.
    """

    address: str
    attribution: str
    datum: str = geo.WGS84

    @property
    def host(self) -> str | None:
        """The other host that pictures may come from, as a policy names it; ``None`` where it is the service's own."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Tiles | None:
        """Return what the environment sets; ``None`` without an address.

        Raises
        ------
        InputError
            The address is none, or could ask more than one host for more than pictures; the datum is none of tiles.
        """
        datum = environment.get(DATUM) or geo.WGS84
        if datum not in (geo.WGS84, geo.GCJ02):
            raise InputError(
                f"{DATUM}: give {geo.WGS84} or {geo.GCJ02}", f"{DATUM}：请给出 {geo.WGS84} 或 {geo.GCJ02}"
            )  # fmt: skip
        attribution = environment.get(ATTRIBUTION, "").strip()
        if len(attribution) > 200 or not attribution.isprintable():
            raise InputError(
                f"{ATTRIBUTION}: give one line of at most 200 characters, as the provider's licence has it",
                f"{ATTRIBUTION}：请给出一行、不超过 200 字的来源说明（按提供方许可的写法）",
            )
        address = environment.get(ADDRESS, "").strip()
        if not address:
            return None
        return cls(_checked(address), attribution, datum)

    def as_json(self, box: Box) -> dict[str, Any]:
        """Return what a browser needs to draw them, with how far they lie off in a box's corners."""
        west, south, east, north = box
        shift = None
        if self.datum == geo.GCJ02:
            corners = ((west, south), (east, south), (west, north), (east, north))
            moved = [geo.wgs84_to_gcj02(x, y) for x, y in corners]
            shift = {
                "box": list(box),
                "lon": [round(float(a - x), 7) for (a, _), (x, _) in zip(moved, corners, strict=True)],
                "lat": [round(float(b - y), 7) for (_, b), (_, y) in zip(moved, corners, strict=True)],
            }  # fmt: skip
        return {
            "address": self.address, "host": urlsplit(self.address).hostname, "attribution": self.attribution,
            "datum": self.datum, "shift": shift,
        }  # fmt: skip


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise _none("no address", "不是网址") from None
    if any(address.count(one) != 1 for one in _PLACEHOLDERS):
        raise _none("wants {z}, {x} and {y}, each once", "需含 {z}、{x}、{y}，且各出现一次")
    if parts.username is not None or parts.password is not None:
        raise _none(
            "no name or password in it: every browser would be told", "不可含用户名或密码：它会发给每个浏览器"
        )  # fmt: skip
    own = not parts.scheme and not parts.netloc and address.startswith("/")
    if not own and parts.scheme != "https":
        raise _none(
            "give https://…, or a path of this service's own host: /tiles/{z}/{x}/{y}.png",
            "请给出 https://…，或本服务主机上的路径：/tiles/{z}/{x}/{y}.png",
        )
    if not own and not _HOST.fullmatch(parts.netloc):
        raise _none(
            "name one host in it, in small letters, without placeholders", "主机名须为一个，小写且不含占位符"
        )  # fmt: skip
    plain = address
    for one in _PLACEHOLDERS:
        plain = plain.replace(one, "0")
    if (
        len(address) > LONGEST
        or parts.fragment
        or not _PLAIN.fullmatch(plain.partition("://")[2] if not own else plain)
    ):
        raise _none(
            "holds characters that belong in no address, or is too long", "含有网址中不应有的字符，或过长"
        )  # fmt: skip
    return address


def _none(en: str, zh: str) -> InputError:
    return InputError(f"{ADDRESS}: {en}; as {_SHOWN}", f"{ADDRESS}：{zh}；如 {_SHOWN}")
