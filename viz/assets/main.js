"use strict";
// What a click or a key does.
(() => {
  const { $, make, net } = P;
  P.choose = (id, move) => {
    P.chosen = id && P.view.byId.has(id) ? id : null;
    P.line = null;
    const m = P.view.byId.get(P.chosen);
    if (m && P.hidden(m)) { P.off.node.delete(m.thing.look); P.legend(); P.redraw(); P.table(); }
    net.unselectAll();
    if (P.chosen) net.selectNodes([P.chosen]);
    P.details();
    if (P.chosen && move) P.look_at(P.chosen);
    P.mark_rows();
    net.redraw();
  };
  P.choose_line = (at, move) => {
    const line = P.view.lines[at];
    if (!line) return;
    P.chosen = null;
    P.line = at;
    net.unselectAll();
    if (P.has_line(at)) net.selectEdges([at]);
    P.details();
    if (move) P.look_at(line.source, line.target);
    P.mark_rows();
    net.redraw();
  };
  const words = () => {
    document.documentElement.lang = P.lang === "zh" ? "zh-CN" : "en";
    for (const e of document.querySelectorAll("[data-t]")) e.textContent = P.t(e.dataset.t);
    for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", P.t(e.dataset.label));
    for (const e of document.querySelectorAll("[data-hint]")) e.title = P.t(e.dataset.hint);
    $("text").placeholder = P.t("search_hint");
    $("title").textContent = document.title = P.pick(P.view.title);
    $("net").setAttribute("aria-label", `${P.pick(P.view.title)}: ${P.view.marks.length} ${P.t("nodes")}, ${P.view.lines.length} ${P.t("edges")}. ${P.t("see_table")}`);
    $("notes").replaceChildren(...P.view.notes.map((n) => make("span", P.pick(n))));
    $("back").hidden = P.view.id === P.data.views[0].id;
    $("keys").replaceChildren(...P.data.texts[P.lang].shortcuts.flatMap(([k, what]) => { const dt = make("dt"); dt.append(make("kbd", k)); return [dt, make("dd", what)]; }));
    P.legend();
    P.details();
    P.table();
  };
  const show = () => {
    let asked = "";
    try { asked = decodeURIComponent(location.hash.slice(1)); } catch { asked = ""; }
    P.view = P.open(P.data.views.find((v) => v.id === asked) ?? P.data.views[0]);
    P.chosen = P.line = null;
    P.load();
    words();
    P.fit();
    if (P.wanted) { const id = P.wanted; P.wanted = null; P.choose(id, true); }
  };
  P.go = (id) => { location.hash = encodeURIComponent(id); };
  const say = (text) => { $("found").textContent = text; };
  const copy = async () => {
    const text = P.text();
    try { await navigator.clipboard.writeText(text); } catch {
      const area = make("textarea", text);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say(P.t("copied"));
  };
  const theme = (to) => { document.documentElement.dataset.theme = to; P.redraw(); P.legend(); P.details(); };
  const language = () => {
    const shut = $("results").hidden;
    P.lang = P.lang === "zh" ? "en" : "zh";
    words();
    P.search(); // its words, too
    if (shut) $("results").hidden = true;
    net.redraw();
  };
  const step = (by) => {
    const order = P.view.marks.filter((m) => !P.hidden(m)).sort((a, b) => a.y - b.y || a.x - b.x);
    if (!order.length) return;
    const at = order.findIndex((m) => m.thing.id === P.chosen);
    P.choose(order[(at + by + order.length + (at < 0 && by < 0 ? 1 : 0)) % order.length].thing.id, true);
  };
  const enter = () => { const m = P.view.byId.get(P.chosen); if (m?.opens && P.has(m.opens) && m.opens !== P.view.id) P.go(m.opens); };
  const sheet = () => { if (!$("sheet").open) $("sheet").showModal(); };

  net.on("click", (e) => {
    $("results").hidden = true;
    if (e.nodes.length || !e.edges.length) P.choose(e.nodes[0] ?? null, false); else P.choose_line(e.edges[0], false);
  });
  net.on("doubleClick", (e) => { P.choose(e.nodes[0] ?? null, false); enter(); });
  const tip = (x, y, ...lines) => {
    const area = $("picture").getBoundingClientRect();
    $("tip").replaceChildren(...lines);
    $("tip").hidden = false;
    // beside what it is of, and all of it within the picture
    const { width, height } = $("tip").getBoundingClientRect();
    $("tip").style.left = `${Math.max(2, x + 18 + width < area.width ? x + 18 : x - 18 - width)}px`;
    $("tip").style.top = `${Math.max(2, Math.min(y + 12, area.height - height - 2))}px`;
    $("net").style.cursor = "pointer";
  };
  net.on("hoverNode", (e) => {
    const m = P.view.byId.get(e.node), p = net.canvasToDOM({ x: m.x, y: m.y });
    tip(p.x, p.y, make("strong", P.name(m.thing)), make("span", [P.kind(m.thing.look), m.thing.type].filter(Boolean).join(" · ") + P.count(m)));
  });
  net.on("hoverEdge", (e) => {
    const line = P.view.lines[e.edge], name = (id) => P.name(P.view.byId.get(id).thing);
    tip(e.pointer.DOM.x, e.pointer.DOM.y, make("strong", P.relation(line.kind) + (line.n > 1 ? ` ×${line.n.toLocaleString("en")}` : "")), make("span", `${name(line.source)} → ${name(line.target)}`));
  });
  const untip = () => { $("tip").hidden = true; $("net").style.cursor = ""; };
  net.on("blurNode", untip);
  net.on("blurEdge", untip);
  for (const moved of ["dragEnd", "zoom"]) net.on(moved, () => { P.own = true; });
  net.on("dragStart", untip);
  net.on("zoom", untip);

  $("search").addEventListener("submit", (e) => { e.preventDefault(); P.next_hit(); });
  $("text").addEventListener("input", P.search);
  $("text").addEventListener("focus", () => { if ($("text").value) P.search(); });
  $("search").addEventListener("focusout", (e) => { if (!$("search").contains(e.relatedTarget)) $("results").hidden = true; });
  $("filter").addEventListener("input", P.table);
  const on = { fit: P.fit, back: () => P.go(P.data.views[0].id), "table-toggle": P.toggle_table, copy, print: () => print(), lang: language, help: sheet,
    close: () => $("sheet").close(), "zoom-in": () => P.zoom(1.3), "zoom-out": () => P.zoom(1 / 1.3), theme: () => theme(P.dark() ? "light" : "dark"),
    csv: () => P.save(new Blob([P.csv()], { type: "text/csv" }), ".csv"), xlsx: () => P.save(workbook(P.rows()), ".xlsx"),
    "tab-marks": () => P.show_table("marks"), "tab-lines": () => P.show_table("lines") };
  for (const [id, act] of Object.entries(on)) $(id).addEventListener("click", () => act());
  for (const [tab, other] of [["tab-marks", "lines"], ["tab-lines", "marks"]]) $(tab).addEventListener("keydown", (e) => {
    if (!/^(ArrowLeft|ArrowRight|Home|End)$/.test(e.key) || (e.key === "Home" && other !== "marks") || (e.key === "End" && other !== "lines")) return;
    e.preventDefault();
    P.show_table(other);
    $(`tab-${other}`).focus();
  });
  $("minimap").addEventListener("click", (e) => P.small_at(e.offsetX, e.offsetY));
  addEventListener("hashchange", show);
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || $("sheet").open) return;
    if (/^(INPUT|TEXTAREA)$/.test(e.target.tagName) && e.target.type !== "checkbox") {
      if (e.key === "Escape") { e.target.value = ""; P.search(); e.target.blur(); P.table(); }
      return;
    }
    const keys = {
      "?": sheet, "/": () => $("text").focus(), 0: P.fit, "+": () => P.zoom(1.25), "=": () => P.zoom(1.25), "-": () => P.zoom(1 / 1.25),
      t: P.toggle_table, d: on.theme, l: language, p: on.print, c: copy, b: on.back, "]": () => step(1), "[": () => step(-1),
      ArrowLeft: () => P.pan(-80, 0), ArrowRight: () => P.pan(80, 0), ArrowUp: () => P.pan(0, -80), ArrowDown: () => P.pan(0, 80),
      Escape: () => { P.choose(null, false); untip(); },
    };
    const free = !/^(BUTTON|A|TR|SUMMARY)$/.test(e.target.tagName);
    if (e.key === "Enter" && free) enter();
    if (/^Arrow/.test(e.key) && e.target.closest("#list, #legend, #details")) return;
    if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { P.redraw(); P.legend(); P.details(); });
  let before;
  // Paper gets a copy: the picture itself is resized by printing, and would be drawn again too late.
  addEventListener("beforeprint", () => {
    before = document.documentElement.dataset.theme;
    theme("light");
    P.all_rows();
    net.redraw();
    const from = $("net").querySelector("canvas"), to = $("paper");
    to.width = from.width;
    to.height = from.height;
    to.getContext("2d").drawImage(from, 0, 0);
  });
  addEventListener("afterprint", () => {
    if (before) theme(before);
    else { delete document.documentElement.dataset.theme; P.redraw(); P.legend(); P.details(); } // as the system has it
  });
  let sized;
  addEventListener("resize", () => { clearTimeout(sized); sized = setTimeout(() => { if (!P.own) P.fit(); }, 150); });
  show();
  document.documentElement.dataset.ready = "1";
})();
