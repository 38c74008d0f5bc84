"use strict";
// The picture as a table: the same marks and lines, sorted, filtered, copied, saved.
(() => {
  const { $, make, button } = P;
  let what = "marks";
  const sort = { marks: ["name", true], lines: ["source_name", true] };
  const order = new Intl.Collator("zh", { numeric: true });
  const LONG = new Set(["name", "values", "source", "source_name", "target_name"]); // on paper these alone are broken into lines
  const BLOCK = 200; // rows made at a time: further ones as one looks at them
  const columns = {
    marks: {
      name: (m) => P.name(m.thing), kind: (m) => P.kind(m.thing.look), type: (m) => m.thing.type, key: (m) => m.thing.key,
      holds: (m) => m.count || "", values: (m) => m.thing.details.map(([n, v]) => `${P.property(m.thing, n)}：${v}`).join("；"), source: (m) => P.from(m.thing),
    },
    lines: {
      source_name: (e) => P.name(P.view.byId.get(e.source).thing), relation: (e) => P.relation(e.kind), target_name: (e) => P.name(P.view.byId.get(e.target).thing), via: P.via,
      source_key: (e) => P.view.byId.get(e.source).thing.key, target_key: (e) => P.view.byId.get(e.target).thing.key, number: (e) => e.n,
    },
  };
  const cells = (item) => Object.values(columns[what]).map((f) => f(item));
  const items = () => what === "marks" ? P.view.marks.filter((m) => !P.hidden(m))
    : P.view.lines.filter((e) => !P.off.edge.has(e.kind) && !P.hidden(P.view.byId.get(e.source)) && !P.hidden(P.view.byId.get(e.target)));
  const listed = () => {
    const words = $("filter").value.trim().toLowerCase(), names = Object.keys(columns[what]);
    const at = Math.max(0, names.indexOf(sort[what][0])), up = sort[what][1] ? 1 : -1;
    return items().map((i) => [i, cells(i)]).filter(([, c]) => !words || c.some((x) => String(x).toLowerCase().includes(words)))
      .sort((a, b) => { const x = a[1][at], y = b[1][at]; return up * (typeof x === "number" && typeof y === "number" ? x - y : order.compare(x, y)); });
  };
  const id = (i) => (what === "marks" ? i.thing.id : i.at);
  const chosen = () => (what === "marks" ? P.chosen : P.line);
  const take = (key, move) => (what === "marks" ? P.choose(key, move) : P.choose_line(key, move));
  const body = $("list").querySelector("tbody"), head = $("list").querySelector("thead"), scroll = $("list").querySelector(".scroll");
  let rows = [];
  const grow = (to) => {
    const from = body.childElementCount, names = Object.keys(columns[what]);
    body.append(...rows.slice(from, Math.max(to, from)).map(([i, values]) => {
      const tr = make("tr");
      tr.tabIndex = -1;
      tr.append(...values.map((v, k) => make("td", String(v), LONG.has(names[k]) ? "" : "short")));
      tr.addEventListener("click", () => take(id(i), true));
      return tr;
    }));
  };
  // what is chosen in the picture is marked in the table, and is where the keyboard comes in
  P.mark_rows = () => {
    if ($("list").hidden) return;
    const at = rows.findIndex(([i]) => id(i) === chosen());
    if (at >= body.childElementCount) grow(at + BLOCK);
    const inside = body.contains(document.activeElement);
    for (const tr of body.querySelectorAll(".on, [tabindex='0']")) { tr.className = ""; tr.tabIndex = -1; tr.removeAttribute("aria-current"); }
    const tr = body.children[Math.max(at, 0)];
    if (!tr) return;
    tr.tabIndex = 0;
    if (at < 0) return;
    tr.className = "on";
    tr.setAttribute("aria-current", "true");
    if (inside) tr.focus({ preventScroll: true });
    tr.scrollIntoView({ block: "nearest" });
  };
  scroll.addEventListener("scroll", () => { if (scroll.scrollTop + 2 * scroll.clientHeight > scroll.scrollHeight) grow(body.childElementCount + BLOCK); });
  body.addEventListener("keydown", (e) => {
    const here = [...body.children].indexOf(e.target), to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[e.key];
    if (here < 0 || (to === undefined && e.key !== "Enter")) return;
    e.preventDefault();
    e.stopPropagation();
    if (e.key === "Enter") return take(id(rows[here][0]), true);
    if (to >= body.childElementCount) grow(to + BLOCK);
    const tr = body.children[to];
    if (!tr) return;
    e.target.tabIndex = -1;
    tr.tabIndex = 0;
    tr.focus();
  });
  P.table = () => {
    for (const [tab, of] of [["tab-marks", "marks"], ["tab-lines", "lines"]]) {
      $(tab).setAttribute("aria-selected", String(what === of));
      $(tab).tabIndex = what === of ? 0 : -1;
    }
    $("rows-of").setAttribute("aria-labelledby", `tab-${what}`);
    if ($("list").hidden) return;
    const line = make("tr"), [by, up] = sort[what], names = Object.keys(columns[what]);
    // sorting makes the header anew: the focus stays on its column
    const focused = [...head.querySelectorAll("button")].indexOf(document.activeElement);
    for (const c of names) {
      const th = make("th");
      th.scope = "col";
      th.append(button(P.t(`col_${c}`) + (by === c ? (up ? " ▲" : " ▼") : ""), () => { sort[what] = [c, by === c ? !up : true]; P.table(); }));
      th.setAttribute("aria-sort", by === c ? (up ? "ascending" : "descending") : "none");
      line.append(th);
    }
    head.replaceChildren(line);
    if (focused >= 0) head.querySelectorAll("button")[focused]?.focus();
    rows = listed();
    body.replaceChildren();
    scroll.scrollTop = 0;
    grow(BLOCK);
    P.mark_rows();
    $("rows").textContent = `${rows.length.toLocaleString("en")} / ${items().length.toLocaleString("en")}`;
  };
  P.all_rows = () => { if (!$("list").hidden) grow(rows.length); };
  P.show_table = (which) => {
    what = which ?? what;
    $("list").hidden = false;
    $("table-toggle").setAttribute("aria-pressed", "true");
    P.table();
  };
  P.toggle_table = () => {
    if ($("list").hidden) return P.show_table();
    $("list").hidden = true;
    $("table-toggle").setAttribute("aria-pressed", "false");
  };
  const header = () => Object.keys(columns[what]).map((c) => P.t(`col_${c}`));
  P.rows = () => [header(), ...listed().map(([, c]) => c)];
  P.text = () => {
    const kept = what, part = (w) => { what = w; const out = P.rows().map((r) => r.join("\t")).join("\n"); what = kept; return out; };
    return `${P.pick(P.view.title)}\n\n${part("marks")}\n\n${part("lines")}\n`;
  };
  // no spreadsheet may take a cell for a formula
  const safe = (v) => { const s = /^[=+\-@\t\r＝＋－＠]/.test(v) && typeof v !== "number" ? `'${v}` : String(v); return `"${s.replaceAll('"', '""')}"`; };
  P.csv = () => `\ufeff${P.rows().map((r) => r.map(safe).join(",")).join("\r\n")}\r\n`;
  P.save = (blob, ending) => {
    const a = make("a");
    a.href = URL.createObjectURL(blob);
    a.download = `${P.pick(P.view.title).replace(/[\\/:*?"<>|\u0000-\u001f]/g, "-").slice(0, 80)}${ending}`;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 1000);
  };
})();
