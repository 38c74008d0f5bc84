"""The offline page in a real browser (C4): it asks nobody for anything, runs nothing from data, and does what people expect."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from tests.viz.graphs import ORG, OTHER, UNIT, graph, parallel
from viz import page, selection, views

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import networkx as nx

    from graph.city import City
    from tests.browser.conftest import Opened

    Open = Callable[..., Opened]

pytestmark = pytest.mark.browser

PAYLOADS = (
    "</script><script>window.fired=1;alert(1)</script>",
    "<img src=x onerror=window.fired=1;alert(2)>",
    '"><svg onload=window.fired=1;alert(3)>',
    "'-alert(4)-'",
    '"; window.fired=1; alert(5); "',
    "{{7*7}}${window.fired=1}{% raw %}<%= 1 %>",
    '<a href="javascript:window.fired=1">href</a>',
    "<!--<script>window.fired=1</script>-->",
    "\u2028window.fired=1\u2029//",
    "</style><style>*{background:url(http://example.invalid/x)}</style>",
    "javascript:window.fired=1",
    "]]>\0\x1b[31m\ud800",
)

COLOURS = """() => {
  const c = document.querySelector('#net canvas'), seen = new Set();
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  for (let i = 0; i < d.length; i += 4) if (d[i + 3]) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
  return seen.size;
}"""
"""How many colours the canvas has."""
ORGANIZATIONS = """() => {
  const ids = new Set();
  for (const v of P.data.views) for (const m of v.marks) ids.add(P.things[m[0]].id);
  return [...ids].filter((x) => x.startsWith('organization:')).length;
}"""
MARKS = """() => P.view.marks.map((m) => {
  const p = P.net.canvasToDOM(m), r = P.net.body.nodes[m.thing.id].shape.width / 2 * P.net.getScale() - 1;
  return [m.thing.id, p.x - r, p.y - r, p.x + r, p.y + r];
})"""
"""Where each mark is on the screen, a hair smaller than it is."""
UNPAINTED = """() => {
  const c = document.querySelector('#net canvas'), area = P.$('net').getBoundingClientRect(), r = c.width / area.width;
  return P.view.marks.filter((m) => {
    const p = P.net.canvasToDOM(m);
    if (p.x < 5 || p.y < 5 || p.x > area.width - 5 || p.y > area.height - 5) return false;
    const [red, green, blue] = c.getContext('2d').getImageData(Math.round(p.x * r), Math.round(p.y * r), 1, 1).data;
    const colour = P.colour(P.look(m.thing.look));
    return Math.abs(red - parseInt(colour.slice(1, 3), 16)) > 40 || Math.abs(blue - parseInt(colour.slice(5), 16)) > 40;
  }).map((m) => m.thing.id);
}"""
"""Marks in sight in whose middle there is not their colour."""
NAMED = """(e) => (e.getAttribute('aria-label') || e.textContent || e.labels?.[0]?.textContent || '').trim()"""


def written(
    tmp_path: Path, drawn: nx.MultiDiGraph[Any], focus: tuple[str, str], lang: str = "zh"
) -> Path:
    """Draw the surroundings of an entity into a file."""
    path = tmp_path / "map.html"
    page.write(views.around(drawn, focus, as_of="2016-08-26"), path, lang)
    return path


@pytest.fixture(scope="session")
def district_page(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a district of 1,500 organizations, more than one picture can hold."""
    part = selection.jurisdiction(city, "420101")
    found = city.store.origins((n for n, _ in part.nodes()), city.as_of)
    path = tmp_path_factory.mktemp("page") / "district.html"
    page.write(views.inside(part, "甲区", as_of="2016-08-26", sources=found), path, "zh")
    return path


def test_drawn_offline(tmp_path: Path, open_page: Open) -> None:
    """The page asks for nothing but itself, reports no error, and its canvas isn't empty."""
    path = written(tmp_path, parallel(), ORG)
    opened = open_page(path)
    opened.page.wait_for_timeout(300)
    assert opened.requests == [path.resolve().as_uri()]
    assert opened.troubles == []
    assert opened.run("P.drawn()") == {"nodes": 4, "edges": 6}
    painted = opened.run(COLOURS)
    assert painted > 20
    assert opened.run("P.labels.length") == 4


def test_no_payload_runs(tmp_path: Path, open_page: Open) -> None:
    """Names, codes, values, edge labels and headings from data stay text, wherever they are shown."""
    nodes: dict[tuple[str, str], dict[str, Any]] = {}
    edges: list[tuple[Any, ...]] = []
    for k, text in enumerate(PAYLOADS):
        nodes["organization", f"{text}{k}"] = {"name": text, "address": text, "category": text}
        nodes["unit", f"{text}{k}"] = {"name": text, "type": text}
        edges.append((("unit", f"{text}{k}"), ("organization", f"{text}{k}"), "COVERS", text))
    drawn = graph(nodes, edges)
    for a, b, key in list(drawn.edges(keys=True)):
        drawn.edges[a, b, key]["kind"] = PAYLOADS[1]
    for heading in (PAYLOADS[0], PAYLOADS[1]):
        scene = views.inside(selection_of(drawn), heading, as_of="2016-08-26")
        path = tmp_path / "map.html"
        page.write(scene, path, "en")
        opened = open_page(path)
        for key in ("t", "l", "?", "Escape", "c", "d"):
            opened.page.keyboard.press(key)
        opened.run("for (const m of P.view.marks) P.choose(m.thing.id, true)")
        opened.page.fill("#text", "window")
        opened.page.hover("#net")
        opened.run(
            "for (const m of P.view.marks.slice(0, 12)) P.net.body.emitter.emit('hoverNode', { node: m.thing.id })"
        )
        opened.page.wait_for_timeout(300)
        assert opened.troubles == []
        assert opened.requests == [path.resolve().as_uri()]
        assert opened.run("window.fired") is None
        assert opened.run("document.querySelectorAll('img, a, svg[onload]').length") == 0
        assert heading in opened.page.inner_text("#title")


def selection_of(drawn: nx.MultiDiGraph[Any]) -> Any:
    """Return a graph as what a jurisdiction's picture is made of."""
    from viz.extract import GraphExtract

    return GraphExtract(drawn)


def test_policy_forbids_what_the_page_does_not_need(tmp_path: Path, open_page: Open) -> None:
    """Scripts need the file's own nonce, which follows from its content; everything else is closed."""
    text = written(tmp_path, parallel(), ORG).read_text("utf-8")
    (nonce,) = set(re.findall(r'nonce="([0-9a-f]+)"', text))
    assert f"default-src 'none'; script-src 'nonce-{nonce}'" in text
    assert len(nonce) == 32
    other = graph({ORG: {"name": "别的公司"}}, [])
    assert nonce not in written(tmp_path, other, ORG).read_text("utf-8")
    opened = open_page(written(tmp_path, parallel(), ORG))
    opened.run(
        """() => { const s = document.createElement('script'); s.textContent = 'window.fired = 1'; document.body.append(s);
        new Image().src = 'http://127.0.0.1:9/x'; fetch('http://127.0.0.1:9/y').catch(() => 0); }"""
    )
    opened.page.wait_for_timeout(200)
    assert opened.run("window.fired") is None
    assert [t for t in opened.troubles if "Content Security Policy" in t]


def test_same_scene_same_bytes(city: City) -> None:
    """The same jurisdiction gives the same page, byte for byte, whatever was drawn before."""
    once, again = (
        page.render(
            views.inside(selection.jurisdiction(city, "420101"), "甲区", as_of="2016-08-26"), "zh"
        )
        for _ in range(2)
    )
    assert once == again


def test_parallel_edges_apart(tmp_path: Path, open_page: Open) -> None:
    """Two edges between one pair are drawn as two lines."""
    opened = open_page(written(tmp_path, parallel(), ORG))
    bends = opened.run(
        "P.view.lines.filter((e) => e.source === 'organization:91A' && e.target === 'organization:91B').map((e) => e.bend)"
    )
    assert len(bends) == len(set(bends)) == 2


def test_click_shows_details(tmp_path: Path, open_page: Open) -> None:
    """A click on a mark shows its name, code, known values, relations and where each was read; Escape takes them away."""
    from graph.model import Source

    scene = views.around(
        parallel(),
        UNIT,
        as_of="2016-08-26",
        sources={ORG: Source(1, "台账.xlsx", "非公企业", 7)},
    )
    path = tmp_path / "map.html"
    page.write(scene, path, "zh")
    opened = open_page(path)
    at = opened.run(
        "(() => { const m = P.view.byId.get('organization:91A'); return P.net.canvasToDOM({ x: m.x, y: m.y }); })()"
    )
    opened.page.click("#net", position=at)
    shown = opened.page.inner_text("#details")
    for text in ("甲公司", "91A", "从业人数", "12", "台账.xlsx · 非公企业 · 第 7 行", "龙头带动", "乙公司", "一街道"):  # fmt: skip
        assert text in shown
    opened.page.keyboard.press("Escape")
    assert opened.page.inner_text("#details") == ""


def test_search_finds(district_page: Path, open_page: Open) -> None:
    """The search box finds by name, code and pinyin, in this picture and in the others, and goes there."""
    opened = open_page(district_page)
    opened.page.fill("#text", "xinghejiedao")
    assert "星河街道" in opened.page.inner_text("#results")
    opened.page.fill("#text", "914200000003")
    found = opened.page.inner_text("#results")
    assert "914200000003" in found
    opened.page.keyboard.press("Enter")
    opened.wait("P.chosen === 'organization:914200000003'")
    assert opened.run("P.view.id") != "start"
    assert "914200000003" in opened.page.inner_text("#details")
    opened.page.fill("#text", "没有这样的名字")
    assert opened.page.inner_text("#found") == "没有找到"


@pytest.mark.large
def test_large_graph_opens_by_place(district_page: Path, open_page: Open) -> None:
    """Above 1,000 nodes places are one node with a count, the page says so, and each opens into its own picture."""
    opened = open_page(district_page)
    assert "超过 1,000" in opened.page.inner_text("#notes")
    assert opened.run("P.view.marks.length") <= 1000
    assert opened.run("P.view.marks.reduce((n, m) => n + (P.view.framed.has(m.thing.id) ? 0 : m.count), 0)") == 1500  # fmt: skip
    inside = opened.run(
        "P.view.marks.filter((m) => m.opens && P.has(m.opens)).map((m) => [m.opens, m.count])"
    )
    assert inside
    place, count = max(inside, key=lambda i: i[1])
    opened.run(f"P.choose({place!r}, true)")
    opened.page.click("#details button.main")
    opened.wait(f"P.view.id === {place!r}")
    organizations = opened.run("P.view.marks.filter((m) => m.thing.kind === 'organization').length")
    hidden = opened.run("P.view.marks.reduce((n, m) => n + (P.view.framed.has(m.thing.id) ? 0 : m.count), 0)")  # fmt: skip
    assert organizations + hidden == count
    opened.page.keyboard.press("b")
    opened.wait("P.view.id === 'start'")
    opened.page.go_back()
    opened.wait(f"P.view.id === {place!r}")


def test_every_organization_is_in_some_picture(district_page: Path, open_page: Open) -> None:
    """Nothing is cut in silence: each of 1,500 organizations is a mark of some picture, none of more than 1,000 marks."""
    opened = open_page(district_page)
    drawn = opened.run(ORGANIZATIONS)
    assert drawn == 1500
    assert max(opened.run("P.data.views.map((v) => v.marks.length)")) <= 1000


def test_filters(tmp_path: Path, open_page: Open) -> None:
    """Unchecking a kind in the legend hides its marks and their lines, or its lines; a hidden mark that is found comes back."""
    opened = open_page(written(tmp_path, parallel(), ORG))
    visible = "[P.view.marks.filter((m) => !P.hidden(m)).length, P.view.lines.filter((e) => !P.unseen(e)).length]"
    assert opened.run(visible) == [4, 6]
    opened.page.uncheck("#legend input[data-kind=COVERS]")
    assert opened.run(visible) == [4, 4]
    opened.page.uncheck("#legend input[data-kind=organization]")
    assert opened.run(visible) == [2, 1]
    opened.page.fill("#text", "甲公司")
    opened.page.keyboard.press("Enter")
    assert opened.run(visible) == [4, 4]


def test_keyboard(tmp_path: Path, open_page: Open) -> None:
    """Keys zoom, pan, fit, step from mark to mark, show the table and the sheet of shortcuts, and switch the language."""
    opened = open_page(written(tmp_path, parallel(), ORG))
    press = opened.page.keyboard.press
    scale = opened.run("P.net.getScale()")
    press("+")
    assert opened.run("P.net.getScale()") > scale
    press("-")
    press("-")
    assert opened.run("P.net.getScale()") < scale
    x = opened.run("P.net.getViewPosition().x")
    press("ArrowRight")
    assert opened.run("P.net.getViewPosition().x") > x
    press("0")
    assert opened.run("P.net.getScale()") == pytest.approx(scale)
    press("]")
    first = opened.run("P.chosen")
    press("]")
    assert opened.run("P.chosen") not in (None, first)
    press("[")
    assert opened.run("P.chosen") == first
    press("t")
    assert opened.page.is_visible("#list")
    press("t")
    assert opened.page.is_hidden("#list")
    press("?")
    assert opened.page.is_visible("#sheet")
    press("Escape")
    assert opened.page.is_hidden("#sheet")
    press("l")
    assert opened.page.inner_text("#fit") == "Fit"
    press("/")
    assert opened.run("document.activeElement.id") == "text"


def test_table_is_the_twin(tmp_path: Path, open_page: Open) -> None:
    """The table lists the same marks and edges, sorts, filters by any column, and selecting a row selects the mark."""
    opened = open_page(written(tmp_path, parallel(), ORG))
    opened.page.keyboard.press("t")
    rows = opened.page.locator("#list tbody tr")
    assert rows.count() == 4
    opened.page.click("#list thead button >> nth=0")
    names = rows.all_inner_texts()
    opened.page.click("#list thead button >> nth=0")
    assert rows.all_inner_texts() == names[::-1]
    opened.page.fill("#filter", "联合")
    assert rows.count() == 1
    rows.first.click()
    assert opened.run("P.chosen") == "unit:U1"
    opened.page.fill("#filter", "")
    opened.page.click("#tab-lines")
    assert rows.count() == 6
    opened.page.fill("#filter", "龙头")
    assert rows.count() == 1


def test_an_edge_is_chosen_too(tmp_path: Path, open_page: Open) -> None:
    """A click on a line tells its relation, its ends and which column says so, and marks its row; a row chosen marks the line."""
    opened = open_page(written(tmp_path, parallel(), ORG))
    page = opened.page
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.keyboard.press("t")
    page.click("#tab-lines")
    page.wait_for_timeout(300)
    at = opened.run(
        """(() => { const e = P.view.lines.find((e) => e.kind === 'COVERS');
        const [a, b] = [e.source, e.target].map((id) => P.view.byId.get(id));
        return P.net.canvasToDOM({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }); })()"""
    )
    page.click("#net", position=at)
    for text in ("覆盖", "联合党支部"):
        assert text in page.inner_text("#details")
    assert "覆盖" in page.inner_text("#list tr.on")
    page.click("#list tbody tr:has-text('龙头带动')")
    assert opened.run("P.view.lines[P.line].kind") == "LED_BY"
    assert opened.run("P.net.getSelectedEdges()") == [opened.run("P.line")]
    assert "龙头带动" in page.inner_text("#details")
    page.keyboard.press("Escape")
    assert page.inner_text("#details") == ""


def test_the_keyboard_stays_in_the_table(tmp_path: Path, open_page: Open) -> None:
    """Sorting leaves the focus on its column, choosing a row on its row; arrows go from row to row, and between the tabs."""
    opened = open_page(written(tmp_path, parallel(), ORG))
    press = opened.page.keyboard.press
    press("t")
    opened.page.focus("#list thead button >> nth=1")
    press("Enter")
    assert "▲" in opened.run("document.activeElement.textContent")
    opened.page.focus("#list tbody tr[tabindex='0']")
    press("ArrowDown")
    press("Enter")
    assert opened.run("document.activeElement.matches('tr.on:nth-child(2)')")
    assert opened.page.locator("#list tbody tr[tabindex='0']").count() == 1
    opened.page.focus("#tab-marks")
    press("ArrowRight")
    assert opened.run("[document.activeElement.id, document.activeElement.ariaSelected]") == ["tab-lines", "true"]  # fmt: skip


def test_long_tables_are_made_as_they_are_looked_at(district_page: Path, open_page: Open) -> None:
    """Choosing among hundreds of rows makes none of them anew; whatever is chosen has its row, and paper has them all."""
    opened = open_page(district_page)
    opened.run("P.show_table('lines')")
    rows, all_rows = opened.page.locator("#list tbody tr"), opened.run("P.rows().length - 1")
    assert rows.count() == 200 < all_rows
    opened.run("document.querySelector('#list tbody tr').dataset.same = '1'")
    opened.run("P.choose_line(P.view.lines.length - 1, true)")
    assert opened.page.locator("#list tr.on").count() == 1
    assert opened.page.locator("#list tr[data-same]").count() == 1
    opened.run("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == all_rows


def test_the_picture_is_left_where_it_was_moved(district_page: Path, open_page: Open) -> None:
    """Another size of the window fits the picture only where nobody moved it; after printing the ground is the system's again."""
    opened = open_page(district_page, color_scheme="dark")
    for moved in (False, True):
        if moved:
            opened.page.keyboard.press("+")
        opened.page.set_viewport_size({"width": 1000 if moved else 1100, "height": 700})
        opened.page.wait_for_timeout(400)
        scale = opened.run("P.net.getScale()")
        opened.run("P.fit()")
        assert (opened.run("P.net.getScale()") != pytest.approx(scale)) is moved
    opened.run("dispatchEvent(new Event('beforeprint')), dispatchEvent(new Event('afterprint'))")
    opened.page.emulate_media(color_scheme="light")
    ground = opened.run("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


def test_results_speak_the_language(tmp_path: Path, open_page: Open) -> None:
    """Switching the language says the number of what was found in it, without opening the list again."""
    opened = open_page(written(tmp_path, parallel(), ORG))
    opened.page.fill("#text", "公司")
    assert opened.page.inner_text("#found") == "2 处"
    opened.page.click("#lang")
    assert opened.page.inner_text("#found") == "2 found"
    assert opened.page.is_hidden("#results")


def test_the_tip_is_in_the_picture(district_page: Path, open_page: Open) -> None:
    """What is said beside a mark stands within the picture, at its right and lower edge, too."""
    opened = open_page(district_page)
    opened.run("P.zoom(1.4)")
    opened.run("P.pan(-250, -120)")
    inside = """(id) => {
      P.net.body.emitter.emit('hoverNode', { node: id });
      const [a, t] = ['picture', 'tip'].map((one) => document.getElementById(one).getBoundingClientRect());
      return t.left >= a.left && t.right <= a.right && t.top >= a.top && t.bottom <= a.bottom;
    }"""
    sight = """(() => {
      const { width, height } = P.$('net').getBoundingClientRect(), put = (m) => P.net.canvasToDOM(m);
      const seen = (p) => p.x > 0 && p.y > 0 && p.x < width && p.y < height;
      return P.view.marks.filter((m) => seen(put(m))).map((m) => m.thing.id);
    })()"""
    marks = opened.run(sight)
    assert len(marks) > 20
    assert all(opened.page.evaluate(inside, m) for m in marks)


def test_copies_and_saves(tmp_path: Path, open_page: Open) -> None:
    """The table is saved as CSV and as a workbook without a formula; the copy as text names every node and edge."""
    drawn = parallel()
    drawn.nodes[OTHER]["name"] = "=1+1"
    opened = open_page(written(tmp_path, drawn, ORG))
    opened.page.keyboard.press("t")
    with opened.page.expect_download() as saving:
        opened.page.click("#csv")
    text = saving.value.path().read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 5
    assert {"'=1+1", "甲公司"} <= {r[0] for r in rows}
    with opened.page.expect_download() as saving:
        opened.page.click("#xlsx")
    saving.value.save_as(tmp_path / "table.xlsx")
    book = load_workbook(tmp_path / "table.xlsx")
    cells = [c for row in book.active.iter_rows() for c in row]  # type: ignore[union-attr]
    assert "=1+1" in {c.value for c in cells}
    assert "f" not in {c.data_type for c in cells}
    book.close()
    copied = opened.run("P.text()")
    for name in ("甲公司", "=1+1", "联合党支部", "一街道", "龙头带动"):
        assert name in copied


def test_prints(tmp_path: Path, open_page: Open) -> None:
    """Paper gets the legend and a copy of the picture in light colours; afterwards the screen is as it was."""
    opened = open_page(written(tmp_path, parallel(), ORG), color_scheme="dark")
    before = opened.run("getComputedStyle(document.body).backgroundColor")
    opened.run("dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened.page.is_visible("#paper")
    assert opened.page.is_visible("#legend")
    assert opened.page.is_hidden("#tools")
    assert opened.run(COLOURS.replace("#net canvas", "#paper")) > 20
    assert opened.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    opened.page.emulate_media(media="screen")
    opened.run("dispatchEvent(new Event('afterprint'))")
    assert opened.run("getComputedStyle(document.body).backgroundColor") == before


def test_accessible(tmp_path: Path, open_page: Open) -> None:
    """Every control has a name in both languages, the picture a description, results and notes a live region."""
    opened = open_page(written(tmp_path, parallel(), ORG))
    for _ in range(2):
        for control in opened.page.locator("button:visible, input:visible").all():
            named = control.evaluate(NAMED)
            assert named, control.evaluate("(e) => e.outerHTML")
        label = opened.page.get_attribute("#net", "aria-label") or ""
        assert "甲公司" in label
        assert "4" in label
        opened.page.keyboard.press("l")
    assert opened.page.get_attribute("#found", "aria-live") == "polite"
    assert opened.page.get_attribute("#notes", "role") == "status"
    tree = opened.page.locator("body").aria_snapshot()
    for role in ("heading", "search", "navigation", "checkbox", "img"):
        assert role in tree


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(tmp_path: Path, open_page: Open, scheme: str) -> None:
    """In light and dark, each kind's colour stands out from the ground by 3 to 1 at least, and text by 4.5."""
    opened = open_page(written(tmp_path, parallel(), ORG), color_scheme=scheme)
    ground = opened.run("getComputedStyle(document.body).backgroundColor")
    back = luminance([int(x) / 255 for x in re.findall(r"\d+", ground)[:3]])
    looks = opened.run(
        "[...Object.entries(P.data.looks), ...Object.entries(P.data.strokes)].map(([k, l]) => [k, P.colour(l)])"
    )
    for kind, colour in looks:
        fore = luminance([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
        assert contrast(fore, back) >= 3, kind
    ink = opened.run("getComputedStyle(document.body).color")
    assert contrast(luminance([int(x) / 255 for x in re.findall(r"\d+", ink)[:3]]), back) >= 4.5


def luminance(rgb: list[float]) -> float:
    """Return the relative luminance of WCAG 2."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: float, b: float) -> float:
    """Return the contrast ratio of WCAG 2."""
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def apart(a: list[float], b: list[float]) -> bool:
    """Return whether two boxes (left, top, right, bottom) have nothing in common."""
    return a[0] >= b[2] or a[2] <= b[0] or a[1] >= b[3] or a[3] <= b[1]


def test_what_is_gone_to_is_drawn(district_page: Path, open_page: Open) -> None:
    """A picture that jumps to one of its marks shows those around it at once, not only their names."""
    opened = open_page(district_page)
    opened.page.wait_for_timeout(300)
    opened.run("P.look_at(P.view.marks.reduce((a, b) => b.x + b.y > a.x + a.y ? b : a).thing.id)")
    opened.page.wait_for_timeout(400)
    assert opened.run("P.labels.length") > 5
    assert opened.run(UNPAINTED) == []


def test_names_hide_nothing(district_page: Path, open_page: Open) -> None:
    """No name written in the picture lies over another name, nor over a mark other than a box's corner."""
    opened = open_page(district_page)
    for _ in range(2):
        opened.page.wait_for_timeout(200)
        labels = opened.run("P.labels")
        assert len(labels) > 10
        titles = set(opened.run("[...P.view.framed.keys()]"))
        marks = opened.run(MARKS)
        for k, (name, *box) in enumerate(labels):
            assert all(apart(box, other) for _, *other in labels[k + 1 :]), name
            if name not in titles:
                over = [m for m, *at in marks if m not in (name, *titles) and not apart(box, at)]
                assert not over, name
        opened.run("P.zoom(2)")
