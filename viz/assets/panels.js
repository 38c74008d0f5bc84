"use strict";
// Beside the picture: the legend that filters, the details of what is chosen, the results of a search.
(() => {
  const { $, make, button, data } = P;
  const svg = (tag, attributes) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    return e;
  };
  const symbol = (kind) => {
    const s = svg("svg", { width: 18, height: 18, viewBox: "-1.2 -1.2 2.4 2.4", "aria-hidden": "true" });
    s.append(svg("path", { d: P.look(kind).path, fill: P.colour(P.look(kind)), "fill-rule": "evenodd", stroke: "rgba(0,0,0,.45)", "stroke-width": 0.1 }));
    return s;
  };
  P.symbol = symbol;
  const sample = (kind) => {
    const l = P.stroke(kind), colour = P.colour(l);
    const s = svg("svg", { width: 36, height: 12, "aria-hidden": "true" });
    s.append(
      svg("line", { x1: 1, y1: 6, x2: 29, y2: 6, stroke: colour, "stroke-width": Math.max(1.5, l.width), "stroke-dasharray": l.dashes.join(" ") || "none" }),
      svg("path", { d: "M28 2L35 6L28 10Z", fill: colour }),
    );
    return s;
  };

  P.legend = () => {
    const box = $("legend");
    box.replaceChildren();
    const group = (title, which, counts, label, look) => {
      if (!counts.size) return;
      const set = make("fieldset");
      set.append(make("legend", title));
      for (const [kind, n] of [...counts].sort((a, b) => label(a[0]).localeCompare(label(b[0]), "zh"))) {
        const l = make("label"), c = make("input");
        c.type = "checkbox";
        c.checked = !P.off[which].has(kind);
        c.dataset.kind = kind;
        c.addEventListener("change", () => {
          if (c.checked) P.off[which].delete(kind); else P.off[which].add(kind);
          P.redraw();
          P.table();
        });
        l.append(c, look(kind), make("span", label(kind)), make("span", n.toLocaleString("en"), "n"));
        set.append(l);
      }
      box.append(set);
    };
    const count = (items, key) => items.reduce((m, i) => m.set(key(i), (m.get(key(i)) ?? 0) + 1), new Map());
    group(P.t("nodes"), "node", count(P.view.marks, (m) => m.thing.look), P.kind, symbol);
    group(P.t("edges"), "edge", count(P.view.lines.filter((e) => !e.inside), (e) => e.kind), (k) => P.relation(k), sample);
    const inside = P.view.lines.filter((e) => e.inside).length;
    if (inside) box.append(make("p", P.t("boxes") + P.in_brackets(inside)));
    if (P.view.hulls.some((h) => h.kind === "unit")) box.append(make("p", P.t("unit_hull")));
    if (P.view.hulls.some((h) => h.kind === "planned")) box.append(make("p", P.t("planned_hull")));
    if (P.view.marks.some((m) => m.focus)) box.append(make("p", P.t("ring")));
    if (P.view.marks.some((m) => m.count)) box.append(make("p", P.t("counted")));
    if (P.view.marks.some((m) => m.below)) box.append(make("p", P.t("beneath")));
    if (P.view.marks.some((m) => m.thing.missing)) box.append(make("p", P.t("missing")));
    box.append(make("p", `${P.t("as_of")} ${data.as_of}`));
  };

  const about_line = (box, e) => {
    const head = make("h2"), list = make("dl");
    head.append(sample(e.kind), make("span", P.relation(e.kind)));
    const add = (term, what) => { const dd = make("dd"); dd.append(what); list.append(make("dt", term), dd); };
    for (const [term, id] of [["col_source_name", e.source], ["col_target_name", e.target]]) add(P.t(term), button(P.name(P.view.byId.get(id).thing), () => P.choose(id, true), "link"));
    if (e.via) add(P.t("col_via"), P.via(e));
    if (e.n > 1) add(P.t("col_number"), e.n.toLocaleString("en"));
    box.append(head, list);
  };
  P.details = () => {
    const box = $("details"), m = P.view.byId.get(P.chosen);
    // what is chosen from here is told here: the keyboard stays, though its button is gone
    if (box.contains(document.activeElement)) box.focus();
    box.replaceChildren();
    if (P.line !== null) return about_line(box, P.view.lines[P.line]);
    if (!m) return;
    const x = m.thing, head = make("h2");
    head.append(symbol(x.look), make("span", P.name(x)));
    box.append(head, make("p", [P.kind(x.look), x.type, x.key].filter(Boolean).join(" · "), "quiet"));
    if (x.missing) box.append(make("p", P.t("missing")));
    if (m.count) box.append(make("p", `${P.t("holds")} ${m.count.toLocaleString("en")}`));
    if (m.below) box.append(make("p", `${P.t("below")} ${m.below.toLocaleString("en")}`));
    if (m.opens && P.has(m.opens) && m.opens !== P.view.id) box.append(button(P.t("open"), () => P.go(m.opens), "main"));
    const list = make("dl");
    const add = (term, ...what) => { list.append(make("dt", term)); const dd = make("dd"); dd.append(...what); list.append(dd); };
    for (const [name, value] of x.details) add(P.property(x, name), value);
    if (x.why) add(P.t("why"), P.pick(x.why));
    if (x.source) add(P.t("source"), P.from(x));
    box.append(list);
    const ties = P.view.ties.get(x.id) ?? [];
    if (ties.length) {
      box.append(make("h3", P.t("edges") + P.in_brackets(ties.length)));
      const ul = make("ul");
      for (const e of ties.slice(0, 100)) {
        const out = e.source === x.id, other = P.view.byId.get(out ? e.target : e.source), li = make("li");
        li.append(make("span", `${P.relation(e.kind, !out)}${e.n > 1 ? ` ×${e.n}` : ""} `, "quiet"), button(P.name(other.thing), () => P.choose(other.thing.id, true), "link"));
        ul.append(li);
      }
      box.append(ul);
      if (ties.length > 100) box.append(button(P.t("more") + P.in_brackets(ties.length - 100), () => P.show_table("lines"), "link"));
    }
  };

  // -- search: name, code, pinyin and initials, in this picture first, then in the others ------------------------------
  const fits = (x, words) => P.name(x).toLowerCase().includes(words) || x.name[0].toLowerCase().includes(words) || x.key.toLowerCase().includes(words) || x.found.includes(words);
  let at = -1;
  P.search = () => {
    const words = $("text").value.trim().toLowerCase(), list = $("results");
    P.hits = new Set();
    at = -1;
    list.replaceChildren();
    if (!words) { $("found").textContent = ""; list.hidden = true; P.net.redraw(); return []; }
    const squeezed = words.replaceAll(" ", "");
    const here = [], elsewhere = [], known = new Set();
    for (const x of P.things) {
      if (!fits(x, words) && !fits(x, squeezed)) continue;
      if (P.view.byId.has(x.id)) { here.push([x, P.view.id]); P.hits.add(x.id); known.add(x.id); }
      else elsewhere.push(x);
    }
    const wanted = new Set(elsewhere.map((x) => x.id)), found = new Map();
    for (const v of P.data.views) for (const m of v.marks) { const id = P.things[m[0]].id; if (wanted.has(id) && !found.has(id)) found.set(id, v.id); }
    const all = [...here, ...elsewhere.map((x) => [x, found.get(x.id)])].filter(([, v]) => v);
    $("found").textContent = all.length ? `${all.length.toLocaleString("en")} ${P.t("hits")}` : P.t("nothing");
    for (const [x, view] of all.slice(0, 30)) {
      const li = make("li"), b = button(undefined, () => P.reach(x.id, view));
      b.append(symbol(x.look), make("span", P.name(x)), make("span", view === P.view.id ? x.key : `${x.key} · ${P.t("elsewhere")} ${P.pick(P.data.views.find((v) => v.id === view).title)}`, "quiet"));
      li.append(b);
      list.append(li);
    }
    if (all.length > 30) list.append(make("li", `… +${(all.length - 30).toLocaleString("en")}`, "quiet"));
    list.hidden = !all.length;
    P.found = all;
    P.net.redraw();
    return all;
  };
  P.next_hit = () => {
    if (!P.found?.length) return;
    at = (at + 1) % P.found.length;
    P.reach(P.found[at][0].id, P.found[at][1]);
  };
  P.reach = (id, view) => {
    if (view !== P.view.id) { P.wanted = id; P.go(view); } else P.choose(id, true);
  };
})();
