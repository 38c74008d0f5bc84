"use strict";
// The picture: vis-network holds the marks and lines; shapes, boxes, names and the small map are drawn here.
(() => {
  const { $, data } = P;
  const paths = Object.fromEntries(Object.entries(data.looks).map(([k, v]) => [k, new Path2D(v.path)]));
  const look = (kind) => data.looks[kind] ?? data.looks.missing;
  const stroke = (kind) => data.strokes[kind] ?? data.strokes[""];
  P.colour = (l) => (P.dark() ? l.dark : l.colour);
  P.look = look;
  P.stroke = stroke;
  const ground = () => (P.dark() ? "#16181b" : "#ffffff");
  const ink = () => (P.dark() ? "#ececec" : "#1b1b1b");
  const FONT = 'system-ui, "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';

  const nodes = new vis.DataSet(P.first.nodes);
  const edges = new vis.DataSet(P.first.edges);
  const net = new vis.Network($("net"), { nodes, edges }, P.options);
  P.net = net;

  const radius = (m) => look(m.thing.look).size + (P.view.framed.has(m.thing.id) ? 0 : Math.min(16, Math.sqrt(m.count) * 0.9));
  const smallest = (m) => (P.view.framed.has(m.thing.id) ? 5.5 : 3.2);
  const paint = ({ ctx, id, x, y, state }) => {
    const m = P.view.byId.get(id);
    const r = m ? Math.max(radius(m), smallest(m) / net.getScale()) : 0;
    const drawNode = () => {
      if (!m) return;
      ctx.save();
      ctx.translate(x, y);
      if (m.focus || id === P.chosen || P.hits.has(id) || state.hover) {
        ctx.beginPath();
        ctx.arc(0, 0, r * 1.55, 0, 7);
        ctx.fillStyle = P.dark() ? "rgba(255,255,255,.16)" : "rgba(0,0,0,.09)";
        ctx.fill();
        ctx.lineWidth = (id === P.chosen ? 3 : 1.6) / Math.max(0.35, net.getScale());
        ctx.strokeStyle = ink();
        if (!m.focus || id === P.chosen) ctx.setLineDash(P.hits.has(id) && id !== P.chosen ? [4, 3] : []);
        ctx.stroke();
        ctx.setLineDash([]);
      }
      ctx.scale(r, r);
      ctx.fillStyle = P.colour(look(m.thing.look));
      ctx.fill(paths[m.thing.look] ?? paths.missing, "evenodd");
      ctx.lineWidth = 1 / r;
      ctx.strokeStyle = P.dark() ? "rgba(0,0,0,.55)" : "rgba(0,0,0,.45)";
      ctx.stroke(paths[m.thing.look] ?? paths.missing);
      ctx.restore();
    };
    return { drawNode, nodeDimensions: { width: 2 * r, height: 2 * r } };
  };
  const mark = (m) => ({ id: m.thing.id, x: m.x, y: m.y, shape: "custom", ctxRenderer: paint, hidden: P.hidden(m), label: undefined });
  const line = (e, faint) => {
    const s = stroke(e.kind);
    const bent = e.bend !== 0 && e.source !== e.target;
    // a bend is told from source to target: turned round where the pair is drawn the other way, so that both keep their side
    const clockwise = (e.bend > 0) === (e.source < e.target);
    return {
      id: e.at, from: e.source, to: e.target, dashes: s.dashes.length ? s.dashes : false, hidden: P.unseen(e),
      width: s.width + Math.min(4, Math.log2(e.n) * 0.6),
      color: { color: P.colour(s), highlight: ink(), hover: P.colour(s), opacity: faint(e.kind) },
      smooth: bent ? { enabled: true, type: clockwise ? "curvedCW" : "curvedCCW", roundness: 0.14 * Math.abs(e.bend) + 0.04 } : false,
    };
  };
  const fainter = () => {
    const n = new Map();
    for (const e of P.view.lines) if (!e.inside) n.set(e.kind, (n.get(e.kind) ?? 0) + 1);
    return (kind) => Math.max(0.16, Math.min(0.9, 4.5 / Math.sqrt(n.get(kind) ?? 1)));
  };
  P.load = () => {
    nodes.clear();
    edges.clear();
    nodes.add(P.view.marks.map(mark));
    const faint = fainter();
    edges.add(P.view.lines.filter((e) => !e.inside).map((e) => line(e, faint)));
    // else vis-network takes a mark for being at the origin until it was once out of sight, and leaves it out of that frame
    net.body.emitter.emit("_resizeNodes");
  };
  P.redraw = () => {
    nodes.update(P.view.marks.map(mark));
    const faint = fainter();
    edges.update(P.view.lines.filter((e) => !e.inside).map((e) => line(e, faint)));
    net.redraw();
  };
  P.has_line = (at) => edges.get(at) !== null;
  P.drawn = () => ({ nodes: nodes.length, edges: edges.length });

  // -- fit: the whole picture with its boxes, names and a margin ----------------------------------------------------
  const extent = () => {
    let l = Infinity, top = Infinity, r = -Infinity, b = -Infinity;
    for (const m of P.view.marks) {
      if (P.hidden(m)) continue;
      l = Math.min(l, m.x - 62); r = Math.max(r, m.x + 62); top = Math.min(top, m.y - 26); b = Math.max(b, m.y + 66);
    }
    for (const h of P.view.hulls) { l = Math.min(l, h.box[0]); top = Math.min(top, h.box[1]); r = Math.max(r, h.box[2]); b = Math.max(b, h.box[3]); }
    return l < r ? [l, top, r, b] : [-100, -100, 100, 100];
  };
  P.extent = extent;
  P.own = false; // somebody moved the picture: it is left where it is
  P.fit = () => {
    P.own = false;
    const [l, top, r, b] = extent();
    const box = $("net").getBoundingClientRect();
    const under = 34; // room for the names of the lowest row, which don't shrink with the picture
    const scale = Math.min(1.3, 0.97 * Math.min(box.width / (r - l), (box.height - under) / (b - top)));
    net.moveTo({ position: { x: (l + r) / 2, y: (top + b) / 2 + under / 2 / scale }, scale });
  };
  P.zoom = (by) => { P.own = true; net.moveTo({ scale: Math.min(6, Math.max(0.02, net.getScale() * by)) }); };
  P.pan = (x, y) => {
    P.own = true;
    const p = net.getViewPosition(), s = net.getScale();
    net.moveTo({ position: { x: p.x + x / s, y: p.y + y / s } });
  };
  // a mark, or the middle between two, as near as shows both
  P.look_at = (id, other = id) => {
    const a = P.view.byId.get(id), b = P.view.byId.get(other);
    if (!a || !b) return;
    P.own = true;
    const area = $("net").getBoundingClientRect(), both = 0.8 * Math.min(area.width / (Math.abs(a.x - b.x) + 200), area.height / (Math.abs(a.y - b.y) + 200));
    net.moveTo({ position: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, scale: id === other ? Math.max(0.75, net.getScale()) : Math.min(both, Math.max(0.75, net.getScale())) });
  };

  // -- boxes ------------------------------------------------------------------------------------------------------
  net.on("beforeDrawing", (c) => {
    for (const h of P.view.hulls) {
      const [l, top, r, b] = h.box;
      const unit = h.kind === "unit", planned = h.kind === "planned";
      if (h.thing && P.off.node.has(h.thing.look)) continue;
      c.beginPath();
      c.roundRect(l, top, r - l, b - top, unit || planned ? 22 : 12);
      c.fillStyle = unit ? (P.dark() ? "rgba(240,125,38,.10)" : "rgba(213,94,0,.07)") : planned ? (P.dark() ? "rgba(38,198,174,.12)" : "rgba(0,105,92,.09)")
        : P.dark() ? "rgba(255,255,255,.035)" : "rgba(0,60,40,.028)";
      c.strokeStyle = unit ? P.colour(data.looks.unit) : planned ? P.colour(data.looks.planned) : P.dark() ? "#565b61" : "#b3b8bd";
      c.lineWidth = 1 / Math.max(0.25, net.getScale());
      c.setLineDash(unit ? [6, 5] : planned ? [12, 4, 2, 4] : []);
      c.fill();
      c.stroke();
      c.setLineDash([]);
    }
  });

  // -- names: placed like a map's, the more important first; none over another name or over another mark --------------
  const widths = new Map();
  const width = (c, text, font) => {
    const k = `${font}|${text}`;
    let w = widths.get(k);
    if (w === undefined) { c.font = font; w = c.measureText(text).width; widths.set(k, w); }
    return w;
  };
  const wrapped = new Map();
  const wrap = (c, text, font, limit, most) => {
    const k = `${font}|${Math.round(limit)}|${most}|${text}`;
    let out = wrapped.get(k);
    if (out) return out;
    c.font = font;
    out = [];
    let rest = [...text];
    while (rest.length && out.length < most) {
      let n = rest.length;
      if (c.measureText(text.length > 200 ? rest.join("").slice(0, 200) : rest.join("")).width > limit || n > 200) {
        n = 1;
        while (n < rest.length && c.measureText(rest.slice(0, n + 1).join("")).width <= limit) n += 1;
        if (n < rest.length) { // a Latin word isn't broken where a space is near
          const space = rest.slice(0, n + 1).lastIndexOf(" ");
          if (space > n / 2) n = space + 1;
        }
      }
      out.push(rest.slice(0, n).join("").trim());
      rest = rest.slice(n);
    }
    if (rest.length) out[out.length - 1] = `${[...out[out.length - 1]].slice(0, -1).join("")}…`;
    wrapped.set(k, out);
    return out;
  };
  const rank = (m) => m.thing.id === P.chosen ? 0 : m.focus ? 1 : P.hits.has(m.thing.id) ? 2 : P.view.framed.has(m.thing.id) ? 3 : m.count ? 4
    : /^(unit|planned)$/.test(m.thing.kind) ? 5 : m.thing.kind === "association" ? 6 : m.thing.kind === "organization" ? 8 : 7;
  class Room {
    constructor() { this.grid = new Map(); }
    * cells([l, t, r, b]) { for (let x = Math.floor(l / 90); x <= r / 90; x++) for (let y = Math.floor(t / 60); y <= b / 60; y++) yield x * 4096 + y; }
    free(box, owner) {
      for (const k of this.cells(box)) for (const o of this.grid.get(k) ?? [])
        if (o.owner !== owner && o.box[0] < box[2] && o.box[2] > box[0] && o.box[1] < box[3] && o.box[3] > box[1]) return false;
      return true;
    }
    take(box, owner) { for (const k of this.cells(box)) (this.grid.get(k) ?? this.grid.set(k, []).get(k)).push({ box, owner }); }
  }
  const names = (c) => {
    const scale = net.getScale(), canvas = $("net").querySelector("canvas"), area = $("net").getBoundingClientRect();
    const ratio = canvas.width / Math.max(1, area.width);
    c.save();
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    const size = Math.max(11, Math.min(15, 12.5 * scale)), room = new Room(), titles = new Room(), seen = [];
    for (const m of P.view.marks) {
      if (P.hidden(m)) continue;
      const p = net.canvasToDOM({ x: m.x, y: m.y });
      if (p.x < -150 || p.y < -80 || p.x > area.width + 150 || p.y > area.height + 40) continue;
      const r = Math.max(radius(m) * scale, smallest(m));
      seen.push([m, p, r]);
      room.take([p.x - r, p.y - r, p.x + r, p.y + r], m.thing.id);
    }
    seen.sort((a, b) => rank(a[0]) - rank(b[0]) || b[0].count - a[0].count);
    c.textBaseline = "top";
    c.lineJoin = "round";
    const labels = [];
    for (const [m, p, r] of seen) {
      const id = m.thing.id, frame = P.view.framed.get(id), loud = m.focus || id === P.chosen || frame || m.count > 0;
      if (m.thing.kind === "organization" && scale < 0.34 && rank(m) > 2) continue;
      const font = `${loud ? "600 " : ""}${frame ? Math.max(12, size) : size}px ${FONT}`;
      const full = P.name(m.thing) + P.count(m);
      const owner = frame ? titles : room;
      const placed = (most) => {
      let rows, left, y;
      if (frame) {
        const span = (frame.box[2] - m.x) * scale - r - 10;
        if (span < 26) return null;
        rows = wrap(c, full, font, span, 1);
        left = p.x + r + 5;
        y = p.y - size * 0.62;
      } else {
        const tail = P.count(m).trim();
        rows = wrap(c, P.name(m.thing), font, Math.max(64, (m.count ? 160 : 114) * scale), tail ? Math.max(1, most - 1) : most);
        if (tail) rows = [...rows, tail];
        y = p.y + r + 3;
      }
      const wide = Math.max(...rows.map((x) => width(c, x, font))), tall = rows.length * size * 1.22;
      if (!frame) left = p.x - wide / 2;
      return { rows, left, y, box: [left - 1, y - 1, left + wide + 1, y + tall] };
      };
      // three lines where there is room, else fewer with an ellipsis, else none until one zooms in
      const fit = [3, 2, 1].map(placed).find((o) => o && (id === P.chosen || owner.free(o.box, id)));
      if (!fit) continue;
      const { rows, left, y, box } = fit;
      if (frame) titles.take(box, id);
      room.take(box, id);
      c.font = font;
      c.lineWidth = 3.5;
      c.strokeStyle = ground();
      c.fillStyle = ink();
      rows.forEach((x, k) => {
        const at = frame ? left : p.x - width(c, x, font) / 2;
        c.strokeText(x, at, y + k * size * 1.22);
        c.fillText(x, at, y + k * size * 1.22);
      });
      labels.push([id, ...box]);
    }
    c.restore();
    P.labels = labels;
  };

  // -- the small map ----------------------------------------------------------------------------------------------
  const small = () => {
    const canvas = $("minimap"), c = canvas.getContext("2d");
    const [l, top, r, b] = extent();
    const s = Math.min(canvas.width / (r - l), canvas.height / (b - top));
    const dx = (canvas.width - (r - l) * s) / 2, dy = (canvas.height - (b - top) * s) / 2;
    const at = (x, y) => [(x - l) * s + dx, (y - top) * s + dy];
    c.clearRect(0, 0, canvas.width, canvas.height);
    for (const m of P.view.marks) {
      if (P.hidden(m)) continue;
      c.fillStyle = P.colour(look(m.thing.look));
      const [x, y] = at(m.x, m.y);
      c.fillRect(x - 1, y - 1, 2.5, 2.5);
    }
    const box = $("net").getBoundingClientRect();
    const p = net.DOMtoCanvas({ x: 0, y: 0 }), q = net.DOMtoCanvas({ x: box.width, y: box.height });
    const [x0, y0] = at(p.x, p.y), [x1, y1] = at(q.x, q.y);
    canvas.hidden = p.x <= l && p.y <= top && q.x >= r && q.y >= b; // all is in sight
    c.strokeStyle = ink();
    c.strokeRect(x0, y0, x1 - x0, y1 - y0);
    P.small_at = (x, y) => { P.own = true; net.moveTo({ position: { x: (x - dx) / s + l, y: (y - dy) / s + top } }); };
  };
  net.on("afterDrawing", (c) => { names(c); small(); });
})();
