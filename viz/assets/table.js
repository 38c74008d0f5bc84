"use strict";
// The picture as a table: the same marks and lines, sorted, filtered, copied, saved.
(() => {
  const { $, make, button } = P;
  let what = "marks";
  const sort = { marks: ["name", true], lines: ["source", true] };
  const inside = (m) => P.view.lines.filter((e) => e.source === m.thing.id && e.inside).map((e) => P.name(P.view.byId.get(e.target).thing)).join("；");
  const columns = {
    marks: {
      name: (m) => P.name(m.thing), kind: (m) => P.kind(m.thing.look), type: (m) => m.thing.type, key: (m) => m.thing.key,
      holds: (m) => m.count || "", values: (m) => m.thing.details.map(([n, v]) => `${P.property(m.thing, n)}：${v}`).join("；"), source: (m) => P.from(m.thing),
    },
    lines: {
      source_name: (e) => P.name(P.view.byId.get(e.source).thing), relation: (e) => P.relation(e.kind), target_name: (e) => P.name(P.view.byId.get(e.target).thing),
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
      .sort((a, b) => { const x = a[1][at], y = b[1][at]; return up * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "zh", { numeric: true })); });
  };
  P.table = () => {
    $("tab-marks").setAttribute("aria-selected", String(what === "marks"));
    $("tab-lines").setAttribute("aria-selected", String(what === "lines"));
    if ($("list").hidden) return;
    const head = make("tr"), [by, up] = sort[what];
    for (const c of Object.keys(columns[what])) {
      const th = make("th");
      th.scope = "col";
      th.append(button(P.t(`col_${c}`) + (by === c ? (up ? " ▲" : " ▼") : ""), () => { sort[what] = [c, by === c ? !up : true]; P.table(); }));
      th.setAttribute("aria-sort", by === c ? (up ? "ascending" : "descending") : "none");
      head.append(th);
    }
    $("list").querySelector("thead").replaceChildren(head);
    const rows = listed();
    $("list").querySelector("tbody").replaceChildren(...rows.slice(0, 3000).map(([i, values]) => {
      const id = what === "marks" ? i.thing.id : i.source;
      const tr = make("tr", undefined, what === "marks" && id === P.chosen ? "on" : "");
      tr.tabIndex = 0;
      tr.dataset.id = id;
      tr.append(...values.map((v) => make("td", String(v))));
      tr.addEventListener("click", () => P.choose(id, true));
      tr.addEventListener("keydown", (e) => { if (e.key === "Enter") P.choose(id, true); });
      return tr;
    }));
    $("rows").textContent = `${rows.length.toLocaleString("en")} / ${items().length.toLocaleString("en")}${rows.length > 3000 ? ` · ${P.t("first")} 3,000` : ""}`;
  };
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
