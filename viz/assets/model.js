"use strict";
// What the page holds, decoded, and the words for it. Names are data: they reach the document as text, never as HTML.
const P = {};
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("data");
  P.data = data;
  P.first = { nodes: read("pyvis-nodes"), edges: read("pyvis-edges") };
  P.options = read("options");
  P.$ = (id) => document.getElementById(id);
  P.make = (tag, text, cls) => {
    const e = document.createElement(tag);
    if (text !== undefined) e.textContent = text;
    if (cls) e.className = cls;
    return e;
  };
  P.button = (text, act, cls) => {
    const b = P.make("button", text, cls);
    b.type = "button";
    b.addEventListener("click", act);
    return b;
  };

  P.lang = data.lang;
  P.t = (key) => data.texts[P.lang][key] ?? key;
  P.pick = (words) => (P.lang === "zh" ? words[0] : words[1]);
  P.kind = (kind) => P.pick(data.kinds[kind] ?? [kind, kind]);
  P.relation = (kind, back) => {
    const w = data.edge_kinds[kind];
    return w ? P.pick(back ? [w[2], w[3]] : w) : kind;
  };
  P.dark = () => {
    const set = document.documentElement.dataset.theme;
    return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };

  P.things = data.things.map(([id, kind, key, zh, en, type, missing, flat, source, found, why]) => {
    const details = [];
    for (let k = 0; k < flat.length; k += 2) details.push([flat[k], flat[k + 1]]);
    return { id, kind, key, name: [zh, en || zh], type, missing: !!missing, look: missing ? "missing" : kind, details, source, found, why };
  });
  P.name = (thing) => P.pick(thing.name);
  P.property = (thing, name) => P.pick((data.properties[thing.kind] ?? {})[name] ?? [name, name]);
  // the column of a ledger that says so, whichever end's ledger it is in
  P.via = (line) => {
    if (!line.via) return "";
    const ends = [line.source, line.target].map((id) => P.view.byId.get(id).thing.kind);
    const of = [...ends, ...Object.keys(data.properties)].find((kind) => data.properties[kind]?.[line.via]);
    return of ? P.pick(data.properties[of][line.via]) : line.via;
  };
  P.from = (thing) => thing.source ? `${thing.source[0]} · ${thing.source[1]} · ${P.t("row").replace("#", thing.source[2])}` : "";

  const decoded = new Map();
  P.open = (raw) => {
    if (!decoded.has(raw.id)) {
      const marks = raw.marks.map(([n, x, y, focus, count, below, opens]) => ({ thing: P.things[n], x, y, focus: !!focus, count, below, opens }));
      const lines = raw.lines.map(([a, b, kind, via, bend, inside, n], at) => ({
        at, source: P.things[a].id, target: P.things[b].id, kind, via, bend, inside: !!inside, n,
      }));
      const hulls = raw.hulls.map(([n, kind, l, top, r, b, zh, en]) => ({ thing: P.things[n], kind, box: [l, top, r, b], title: [zh, en] }));
      const byId = new Map(marks.map((m) => [m.thing.id, m]));
      const ties = new Map();
      for (const e of lines) for (const id of new Set([e.source, e.target])) (ties.get(id) ?? ties.set(id, []).get(id)).push(e);
      const framed = new Map(hulls.filter((h) => h.thing && h.kind !== "unit" && h.kind !== "planned").map((h) => [h.thing.id, h]));
      decoded.set(raw.id, { id: raw.id, title: raw.title, notes: raw.notes, marks, lines, hulls, byId, ties, framed });
    }
    return decoded.get(raw.id);
  };
  P.has = (id) => data.views.some((v) => v.id === id);
  P.view = P.open(data.views[0]);
  P.chosen = null;
  P.line = null;
  P.hits = new Set();
  P.off = { node: new Set(), edge: new Set() };
  // Where boxes tell what lies in what, many lines to other places (a street beside a park) would bury the rest: off at first.
  if (P.view.framed.size && P.view.lines.filter((e) => e.kind === "LOCATED_IN" && !e.inside).length > 60) P.off.edge.add("LOCATED_IN");
  P.hidden = (mark) => P.off.node.has(mark.thing.look);
  P.unseen = (line) => line.inside || P.off.edge.has(line.kind) || P.hidden(P.view.byId.get(line.source)) || P.hidden(P.view.byId.get(line.target));
  P.in_brackets = (n) => (P.lang === "zh" ? `（${n.toLocaleString("en")}）` : ` (${n.toLocaleString("en")})`);
  P.count = (mark) => (mark.count ? P.in_brackets(mark.count) : "") + (mark.below ? ` +${mark.below.toLocaleString("en")}` : "");
})();
