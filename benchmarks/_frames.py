"""How long a frame takes while a map is panned and zoomed: ours, pyvis and cytoscape.js, drawing the same.

Each draws the same nodes, edges and positions in the system's Chromium without a screen, then its camera is put somewhere else
at each frame for some seconds, along the same way: a circle over the picture, closer and farther by steps of 1/0.6. What counts is
the time between two of the browser's frames (requestAnimationFrame). Without a graphics card Chromium draws by SwiftShader, on the
processor: the renderer is printed, and times are far above those of a desk. Beside them stands what all of the browser's processes
took of the processor for a frame, which other programs' turns do not lengthen.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks._machine import processor

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "build" / "bench"
SIZES = (5_000, 20_000, 50_000)
SECONDS = 6.0
PATIENCE = 60.0
"""Seconds that a picture may take until it stands; what takes longer is left out, and said."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip
RENDERER = """() => {
  const gl = document.createElement('canvas').getContext('webgl2');
  const known = gl && gl.getExtension('WEBGL_debug_renderer_info');
  return gl ? gl.getParameter(known ? known.UNMASKED_RENDERER_WEBGL : gl.RENDERER) : 'no WebGL';
}"""
MEASURE = """(seconds) => new Promise((done) => {
  const times = [], began = performance.now();
  let before = null;
  const frame = (now) => {
    if (before !== null) times.push(now - before);
    before = now;
    const t = (performance.now() - began) / 1000;
    if (t > seconds && times.length > 2) return done(times);
    const turn = t * 2 * Math.PI / 3;
    const step = [0, 1, 2, 3, 2, 1][Math.floor(t) % 6];
    window.look(0.5 + 0.2 * Math.cos(turn), 0.5 + 0.2 * Math.sin(turn), Math.pow(1 / 0.6, step));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
Drawn = dict[str, list[Any]]


def drawn(size: int, seed: int) -> Drawn:
    """Return nodes and edges: a fifth units among their organizations, each unit below another, as one edge a node."""
    draw = random.Random(seed)
    units = size // 5
    places = [(draw.random(), draw.random()) for _ in range(units)]
    nodes: list[Any] = [[round(x, 5), round(y, 5), 1] for x, y in places]
    edges: list[Any] = [[n, draw.randrange(max(n // 30, 1)), 1] for n in range(1, units)]
    for n in range(units, size):
        unit = draw.randrange(units)
        x, y = places[unit]
        nodes.append([round(x + draw.gauss(0, 0.004), 5), round(y + draw.gauss(0, 0.004), 5), 0])
        edges.append([unit, n, 0])
    return {"nodes": nodes, "edges": edges}


def frames(
    sizes: tuple[int, ...] = SIZES,
    seed: int = 2016,
    seconds: float = SECONDS,
    patience: float = PATIENCE,
) -> None:
    """Measure all of it, and print one table."""
    path = next((p for p in map(shutil.which, CHROMIUM) if p), None)
    if path is None:
        print(f"frames: not measured, no browser is there ({', '.join(CHROMIUM)})")
        return
    missing = _built()
    if missing:
        print(f"frames: not measured, {missing}")
        return
    from playwright.sync_api import sync_playwright

    with _served(ROOT) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page()
        renderer = page.evaluate(RENDERER)
        page.close()
        print(
            f"frames: Chromium {browser.version}, renderer: {renderer}; 1280 × 800, {seconds:.0f} s of panning and zooming each,"
            f" one edge a node; at most {patience:.0f} s to draw"
        )
        print(
            f"{'drawn by':34} {'nodes':>7} {'drawn after':>12} {'median':>9} {'p95':>9} {'processor':>10} {'frames':>7}"
        )
        lost: set[str] = set()
        for size in sizes:
            what = drawn(size, seed)
            for name, make in PICTURES.items():
                if name in lost:
                    print(f"{name:34} {size:>7,} left out: the smaller one was not done in time")
                    continue
                try:
                    line = _measured(browser, address, make, what, seconds, patience)
                except _TooSlowError as slow:
                    lost.add(name)
                    line = f"left out: {slow}"
                print(f"{name:34} {size:>7,} {line}", flush=True)
        browser.close()


class _TooSlowError(Exception):
    """A picture does not stand in time."""


def _measured(
    browser: Any,
    address: str,
    make: Callable[[Drawn, Path], str],
    what: Drawn,
    seconds: float,
    patience: float,
) -> str:
    """Draw one picture and return its line of the table."""
    # without animations of its own the camera goes where it is put, at once
    page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.set_default_timeout(patience * 1000)
    page.route("**/*", lambda route: route.continue_() if route.request.url.startswith(address) else route.abort())  # fmt: skip
    try:
        begun = time.perf_counter()
        page.goto(address + make(what, BUILT), timeout=patience * 1000)
        page.wait_for_function("() => window.draw")
        page.evaluate("(what) => { window.stands = false; window.draw(what).then(() => window.stands = true); }", what)  # fmt: skip
        left = patience - (time.perf_counter() - begun)
        page.wait_for_function("() => window.stands", timeout=max(left, 1) * 1000)
        stood = time.perf_counter() - begun
        before = processor()
        times = _patiently(page, seconds, patience)
        worked = (processor() - before) / len(times) * 1000
    except _TooSlowError:
        raise
    except Exception as error:
        if "Timeout" not in type(error).__name__:
            raise
        raise _TooSlowError(f"not drawn after {patience:.0f} s") from None
    finally:
        page.close(run_before_unload=False)
    ordered = sorted(times)
    p95 = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
    return f"{stood:>10.1f} s {statistics.median(times):>6.0f} ms {p95:>6.0f} ms {worked:>7.0f} ms {len(times):>7}"


def _patiently(page: Any, seconds: float, patience: float) -> list[float]:
    page.evaluate(f"() => {{ window.times = null; ({MEASURE})({seconds}).then((found) => window.times = found); }}")  # fmt: skip
    page.wait_for_function("() => window.times", timeout=(seconds + patience) * 1000)
    times: list[float] = page.evaluate("() => window.times")
    return times


# -- the three --------------------------------------------------------------------------------------------------------
def _ours(_: Drawn, __: Path) -> str:
    return "build/bench/ours/index.html"


def _cytoscape(_: Drawn, __: Path) -> str:
    return "benchmarks/web/cytoscape.html"


def _pyvis(physics: bool) -> Callable[[Drawn, Path], str]:
    return partial(_page_of_pyvis, physics=physics)


def _page_of_pyvis(what: Drawn, folder: Path, *, physics: bool) -> str:
    """Write the page that pyvis makes, its scripts in it; what is added is how its camera is put."""
    from pyvis.network import Network

    net = Network(height="800px", width="100%", directed=True, cdn_resources="in_line")
    net.toggle_physics(physics)
    side = 1000
    for n, (x, y, unit) in enumerate(what["nodes"]):
        net.add_node(n, label=" ", x=x * side, y=(1 - y) * side, size=3, shape="square" if unit else "dot")  # fmt: skip
    # its add_edge looks through all edges each time: minutes at 20,000
    net.edges = [{"from": a, "to": b, "arrows": "to"} for a, b, _ in what["edges"]]
    text = net.generate_html(notebook=False)
    # it begins to calm down before anybody asks; without that it draws once while the page is read, and has to be asked again
    stands = "stabilizationIterationsDone" if physics else "afterDrawing"
    more = (
        f"<script>const stands = new Promise((done) => network.once('{stands}', () => done()));"
        f" window.draw = () => {{ {'' if physics else 'network.redraw();'} return stands; }}; window.look = (x, y, zoom) =>"
        " network.moveTo({ position: { x: x * 1000, y: (1 - y) * 1000 }, scale: 0.8 * zoom, animation: false });</script>"
    )
    path = folder / f"pyvis-{'physics' if physics else 'plain'}.html"
    path.write_text(text.replace("</body>", f"{more}</body>"), encoding="utf-8")
    return str(path.relative_to(ROOT))


PICTURES: dict[str, Callable[[Drawn, Path], str]] = {
    "our map": _ours,
    "cytoscape.js": _cytoscape,
    "pyvis (vis-network), physics off": _pyvis(physics=False),
    "pyvis (vis-network), physics on": _pyvis(physics=True),
}


def _built() -> str | None:
    """Build what draws ours and fetch the peer that npm has, by its lock; return what is missing."""
    npm = ROOT / ".venv" / "bin" / "npm"
    BUILT.mkdir(parents=True, exist_ok=True)
    path = f"{ROOT / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    steps = (
        ("the application can't be built", ["bash", "scripts/web.sh", "build"], ROOT),
        ("the map's picture can't be built",
         [str(npm), "exec", "--", "vite", "build", "--logLevel=error", "--config=bench/vite.config.ts"], ROOT / "viz" / "web"),
        ("cytoscape.js can't be fetched", [str(npm), "ci", "--no-progress", "--loglevel=error"], ROOT / "benchmarks" / "web"),
    )  # fmt: skip
    for what, command, folder in steps:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return f"{what}: {(done.stderr or done.stdout).strip()[-200:]}"
    return None


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
