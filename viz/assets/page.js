"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const $ = (id) => document.getElementById(id);
  const data = read("data");
  const first = { nodes: read("pyvis-nodes"), edges: read("pyvis-edges") };
  const options = read("options");
  const T = data.texts;
  let lang = data.lang;
  let view = data.views[0];
  let chosen = null;
  let sort = { column: "label", up: true };
  const off = { node: new Set(), edge: new Set() };
  const t = (key) => T[lang][key] ?? key;
  const pick = (pair) => (lang === "zh" ? pair[0] : pair[1]);
  const dark = () => {
    const set = document.documentElement.dataset.theme;
    return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const ink = () => (dark() ? "#ececec" : "#1b1b1b");

  const make = (tag, text, cls) => {
    const e = document.createElement(tag);
    if (text !== undefined) e.textContent = text; // never innerHTML: names are data
    if (cls) e.className = cls;
    return e;
  };

  const nodes = new vis.DataSet(first.nodes);
  const edges = new vis.DataSet(first.edges);
  options.nodes.font.color = ink();
  const net = new vis.Network($("net"), { nodes, edges }, options);

  // -- drawing -------------------------------------------------------------------------------------------------
  const mark = (n) => {
    const look = data.looks.nodes[n.missing ? "missing" : n.kind] ?? data.looks.nodes.missing;
    return {
      id: n.id, label: n.label, x: n.x, y: n.y, shape: look.shape, size: look.size + Math.min(20, Math.sqrt(n.count ?? 0)),
      color: { background: look.colour, border: n.focus ? ink() : look.colour, highlight: { background: look.colour, border: ink() } },
      borderWidth: n.focus ? 4 : 1, hidden: off.node.has(n.kind),
      font: look.shape === "box" ? { color: "#fff" } : { color: ink() },
      shapeProperties: { borderDashes: n.missing ? [4, 3] : false },
    };
  };
  const kinds = () => new Map(view.nodes.map((n) => [n.id, n.kind]));
  const line = (e, k, kind) => {
    const look = data.looks.edges[e.kind] ?? { colour: "#888888", dashes: false };
    return {
      id: k, from: e.source, to: e.target, arrows: "to", dashes: look.dashes, color: { color: look.colour, opacity: 0.75 },
      width: e.kind === "SUBORDINATE_TO" ? 2 : 1,
      smooth: e.bend === 0 ? false : { enabled: true, type: e.bend > 0 ? "curvedCW" : "curvedCCW", roundness: 0.18 * Math.abs(e.bend) },
      hidden: off.edge.has(e.kind) || off.node.has(kind.get(e.source)) || off.node.has(kind.get(e.target)),
    };
  };
  const redraw = () => {
    const kind = kinds();
    nodes.update(view.nodes.map(mark));
    edges.update(view.edges.map((e, k) => line(e, k, kind)));
  };
  net.on("beforeDrawing", (c) => {
    for (const h of view.hulls) {
      const [l, top, r, b] = h.box;
      c.fillStyle = dark() ? "rgba(255,255,255,.05)" : "rgba(0,0,0,.035)";
      c.strokeStyle = dark() ? "#5a5d62" : "#b8b8b8";
      c.lineWidth = 1;
      c.beginPath();
      c.roundRect(l, top, r - l, b - top, 14);
      c.fill();
      c.stroke();
    }
  });
  const drawMinimap = () => {
    const canvas = $("minimap"), c = canvas.getContext("2d");
    const shown = view.nodes.filter((n) => !off.node.has(n.kind));
    c.clearRect(0, 0, canvas.width, canvas.height);
    if (!shown.length) return;
    const xs = shown.map((n) => n.x), ys = shown.map((n) => n.y);
    const l = Math.min(...xs) - 60, r = Math.max(...xs) + 60, a = Math.min(...ys) - 60, b = Math.max(...ys) + 60;
    const s = Math.min(canvas.width / (r - l), canvas.height / (b - a));
    const at = (x, y) => [(x - l) * s, (y - a) * s];
    for (const n of shown) {
      c.fillStyle = (data.looks.nodes[n.missing ? "missing" : n.kind] ?? data.looks.nodes.missing).colour;
      const [x, y] = at(n.x, n.y);
      c.fillRect(x - 1, y - 1, 2.5, 2.5);
    }
    const box = $("net").getBoundingClientRect();
    const p = net.DOMtoCanvas({ x: 0, y: 0 }), q = net.DOMtoCanvas({ x: box.width, y: box.height });
    const [x0, y0] = at(p.x, p.y), [x1, y1] = at(q.x, q.y);
    c.strokeStyle = ink();
    c.strokeRect(x0, y0, x1 - x0, y1 - y0);
    canvas.onclick = (ev) => net.moveTo({ position: { x: ev.offsetX / s + l, y: ev.offsetY / s + a } });
  };
  net.on("afterDrawing", drawMinimap);

  // -- panels --------------------------------------------------------------------------------------------------
  const legend = () => {
    const box = $("legend");
    box.replaceChildren();
    const group = (title, which, counts, label, look) => {
      box.append(make("h2", title));
      for (const [kind, n] of [...counts].sort()) {
        const l = make("label");
        const c = make("input");
        c.type = "checkbox";
        c.checked = !off[which].has(kind);
        c.dataset.kind = kind;
        c.addEventListener("change", () => { c.checked ? off[which].delete(kind) : off[which].add(kind); redraw(); table(); });
        l.append(c, look(kind), make("span", label(kind)), make("span", String(n), "n"));
        box.append(l);
      }
    };
    const count = (items, key) => items.reduce((m, i) => m.set(i[key], (m.get(i[key]) ?? 0) + 1), new Map());
    group(t("nodes"), "node", count(view.nodes, "kind"), (k) => pick(data.kinds[k] ?? [k, k]), symbol);
    group(t("edges"), "edge", count(view.edges, "kind"), (k) => pick(data.edge_kinds[k] ?? [k, k]), stroke);
    if (view.nodes.some((n) => n.missing)) box.append(make("p", t("missing")));
    box.append(make("p", `${t("as_of")} ${data.as_of}`));
  };
  const svg = (tag, attrs) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [k, v] of Object.entries(attrs)) e.setAttribute(k, v);
    return e;
  };
  const symbol = (kind) => {
    const look = data.looks.nodes[kind] ?? data.looks.nodes.missing;
    const s = svg("svg", { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" });
    const points = {
      square: "-6,-6 6,-6 6,6 -6,6", box: "-8,-4 8,-4 8,4 -8,4", diamond: "0,-7 7,0 0,7 -7,0", triangle: "0,-7 7,6 -7,6",
      triangleDown: "0,7 7,-6 -7,-6", hexagon: "-7,0 -3.5,-6 3.5,-6 7,0 3.5,6 -3.5,6",
      star: "0,-7 2,-2 7,-2 3,1 5,6 0,3 -5,6 -3,1 -7,-2 -2,-2",
    }[look.shape];
    s.append(points ? svg("polygon", { points, fill: look.colour }) : svg("circle", { r: 6, fill: look.colour }));
    return s;
  };
  const stroke = (kind) => {
    const look = data.looks.edges[kind] ?? { colour: "#888888", dashes: false };
    const s = svg("svg", { width: 24, height: 10, "aria-hidden": "true" });
    s.append(svg("line", { x1: 0, y1: 5, x2: 24, y2: 5, stroke: look.colour, "stroke-width": 2, "stroke-dasharray": look.dashes ? "4 3" : "none" }));
    return s;
  };
  const details = () => {
    const box = $("details");
    box.replaceChildren();
    const n = view.nodes.find((x) => x.id === chosen);
    if (!n) return;
    box.append(make("h2", n.label), make("p", `${pick(data.kinds[n.kind] ?? [n.kind, n.kind])} · ${n.key}`));
    if (n.missing) box.append(make("p", t("missing")));
    if (n.opens && data.views.some((v) => v.id === n.opens)) {
      const open = make("button", t("open"));
      open.type = "button";
      open.addEventListener("click", () => go(n.opens));
      box.append(open);
    }
    const list = make("dl");
    for (const [zh, en, value] of n.details) list.append(make("dt", lang === "zh" ? zh : en), make("dd", value));
    box.append(list);
    const ties = view.edges.filter((e) => e.source === n.id || e.target === n.id);
    if (ties.length) {
      box.append(make("h2", `${t("edges")}（${ties.length}）`));
      const ul = make("dl");
      const name = new Map(view.nodes.map((x) => [x.id, x.label]));
      for (const e of ties.slice(0, 60)) {
        const out = e.source === n.id, other = out ? e.target : e.source;
        const dd = make("dd"), b = make("button", name.get(other));
        b.type = "button";
        b.addEventListener("click", () => choose(other, true));
        dd.append(b);
        ul.append(make("dt", `${out ? "→" : "←"} ${pick(data.edge_kinds[e.kind] ?? [e.kind, e.kind])}`), dd);
      }
      box.append(ul);
      if (ties.length > 60) box.append(make("p", `… +${ties.length - 60}`));
    }
  };
  const columns = ["label", "kind", "type", "key", "values"];
  const cell = (n, c) => c === "kind" ? pick(data.kinds[n.kind] ?? [n.kind, n.kind]) : c === "values" ? n.details.map((d) => d[2]).join(" · ") : String(n[c] ?? "");
  const listed = () => {
    const words = $("filter").value.trim().toLowerCase();
    return view.nodes
      .filter((n) => !off.node.has(n.kind) && (!words || columns.some((c) => cell(n, c).toLowerCase().includes(words))))
      .sort((a, b) => (sort.up ? 1 : -1) * cell(a, sort.column).localeCompare(cell(b, sort.column), "zh"));
  };
  const table = () => {
    if ($("list").hidden) return;
    const head = make("tr");
    for (const c of columns) {
      const th = make("th"), b = make("button", t(`col_${c}`) + (sort.column === c ? (sort.up ? " ▲" : " ▼") : ""));
      b.type = "button";
      b.addEventListener("click", () => { sort = { column: c, up: sort.column === c ? !sort.up : true }; table(); });
      th.append(b);
      th.setAttribute("aria-sort", sort.column === c ? (sort.up ? "ascending" : "descending") : "none");
      head.append(th);
    }
    $("list").querySelector("thead").replaceChildren(head);
    const items = listed();
    $("list").querySelector("tbody").replaceChildren(...items.map((n) => {
      const tr = make("tr", undefined, n.id === chosen ? "on" : "");
      tr.tabIndex = 0;
      tr.append(...columns.map((c) => make("td", cell(n, c))));
      const act = () => choose(n.id, true);
      tr.addEventListener("click", act);
      tr.addEventListener("keydown", (e) => { if (e.key === "Enter") act(); });
      return tr;
    }));
    $("rows").textContent = `${items.length} / ${view.nodes.length}`;
  };

  // -- doing ---------------------------------------------------------------------------------------------------
  const choose = (id, move) => {
    chosen = id;
    net.unselectAll();
    if (id && nodes.get(id)) {
      net.selectNodes([id]);
      if (move) net.focus(id, { scale: Math.max(0.8, net.getScale()) });
    }
    details();
    table();
  };
  const show = () => {
    view = data.views.find((v) => v.id === decodeURIComponent(location.hash.slice(1))) ?? data.views[0];
    chosen = null;
    const kind = kinds();
    nodes.clear();
    edges.clear();
    nodes.add(view.nodes.map(mark));
    edges.add(view.edges.map((e, k) => line(e, k, kind)));
    words();
    net.fit();
  };
  const go = (id) => { location.hash = encodeURIComponent(id); };
  const words = () => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
    $("title").textContent = pick(view.title);
    document.title = pick(view.title);
    $("net").setAttribute("aria-label", `${pick(view.title)}: ${view.nodes.length} ${t("nodes")}, ${view.edges.length} ${t("edges")}`);
    $("notes").textContent = [...view.notes, ...data.notes].map(pick).join(" ");
    $("back").hidden = view === data.views[0];
    $("keys").replaceChildren(...T[lang].shortcuts.flatMap(([k, what]) => [make("dt", k), make("dd", what)]));
    $("names").replaceChildren(...view.nodes.slice(0, 1000).map((n) => { const o = make("option"); o.value = n.label; return o; }));
    legend();
    details();
    table();
  };
  const search = () => {
    const words = $("text").value.trim().toLowerCase();
    if (!words) { $("found").textContent = ""; return; }
    const fits = (n) => n.label.toLowerCase().includes(words) || n.key.toLowerCase().includes(words);
    const hits = view.nodes.filter((n) => !off.node.has(n.kind) && fits(n));
    $("found").textContent = `${hits.length} ${t("hits")}`;
    if (hits.length) {
      const next = hits[(hits.findIndex((n) => n.id === chosen) + 1) % hits.length];
      choose(next.id, true);
      return;
    }
    const other = data.views.find((v) => v.nodes.some(fits));
    if (other) { go(other.id); $("found").textContent = `${t("elsewhere")} ${pick(other.title)}`; }
  };
  const text = () => listed().map((n) => columns.map((c) => cell(n, c)).join("\t")).join("\n");
  const safe = (v) => { const s = /^[=+\-@\t\r＝＋－＠]/.test(v) ? `'${v}` : v; return `"${s.replaceAll('"', '""')}"`; };
  const save = () => {
    const body = [columns.map((c) => t(`col_${c}`)), ...listed().map((n) => columns.map((c) => cell(n, c)))];
    const blob = new Blob(["\ufeff" + body.map((r) => r.map(safe).join(",")).join("\r\n")], { type: "text/csv" });
    const a = make("a");
    a.href = URL.createObjectURL(blob);
    a.download = "lianjian.csv";
    a.click();
    URL.revokeObjectURL(a.href);
  };
  const theme = () => { document.documentElement.dataset.theme = dark() ? "light" : "dark"; redraw(); net.redraw(); };
  const toggle = () => { const l = $("list"); l.hidden = !l.hidden; $("table-toggle").setAttribute("aria-pressed", String(!l.hidden)); table(); };

  net.on("click", (e) => choose(e.nodes[0] ?? null, false));
  net.on("doubleClick", (e) => {
    const n = view.nodes.find((x) => x.id === e.nodes[0]);
    if (n?.opens && data.views.some((v) => v.id === n.opens)) go(n.opens);
  });
  $("search").addEventListener("submit", (e) => { e.preventDefault(); search(); });
  $("filter").addEventListener("input", table);
  $("fit").addEventListener("click", () => net.fit());
  $("back").addEventListener("click", () => go(data.views[0].id));
  $("table-toggle").addEventListener("click", toggle);
  $("copy").addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text()); } catch {
      const area = make("textarea", text());
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    $("found").textContent = t("copied");
  });
  $("csv").addEventListener("click", save);
  $("print").addEventListener("click", () => print());
  $("theme").addEventListener("click", theme);
  $("lang").addEventListener("click", () => { lang = lang === "zh" ? "en" : "zh"; words(); });
  $("help").addEventListener("click", () => $("sheet").showModal());
  $("close").addEventListener("click", () => $("sheet").close());
  addEventListener("hashchange", show);
  addEventListener("keydown", (e) => {
    if (/^(INPUT|TEXTAREA)$/.test(e.target.tagName) || e.ctrlKey || e.metaKey || e.altKey) return;
    const keys = {
      "?": () => $("sheet").showModal(), "/": () => { $("text").focus(); e.preventDefault(); }, 0: () => net.fit(),
      "+": () => net.moveTo({ scale: net.getScale() * 1.25 }), "=": () => net.moveTo({ scale: net.getScale() * 1.25 }),
      "-": () => net.moveTo({ scale: net.getScale() / 1.25 }), t: toggle, d: theme, l: () => $("lang").click(), p: () => print(),
      ArrowLeft: () => pan(-80, 0), ArrowRight: () => pan(80, 0), ArrowUp: () => pan(0, -80), ArrowDown: () => pan(0, 80),
      Escape: () => choose(null, false),
    };
    keys[e.key]?.();
  });
  const pan = (x, y) => { const p = net.getViewPosition(), s = net.getScale(); net.moveTo({ position: { x: p.x + x / s, y: p.y + y / s } }); };
  if (location.hash) show(); else { redraw(); words(); net.fit(); }
  document.documentElement.dataset.ready = "1";
})();
