export const workbook = (() => {
  "use strict";
  // A table as a workbook, written here because the page asks nobody for anything: OOXML parts in a zip without compression.
  // The offline page takes it as a script (viz/page.py), the web application as a module: tables are written one way.
  // Text is text, whatever it begins with: no cell is a formula (ROBUSTNESS C5).
  const bytes = (text) => new TextEncoder().encode(text);
  const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
  const crc = (b) => { let c = 0xffffffff; for (const x of b) c = table[(c ^ x) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
  const number = (...pairs) => {
    const out = new Uint8Array(pairs.reduce((n, [size]) => n + size, 0)), v = new DataView(out.buffer);
    let at = 0;
    for (const [size, value] of pairs) { if (size === 2) v.setUint16(at, value, true); else v.setUint32(at, value, true); at += size; }
    return out;
  };
  const zip = (parts) => {
    const out = [], directory = [];
    let at = 0;
    for (const [name, text] of parts) {
      const n = bytes(name), body = bytes(text), sum = crc(body);
      const common = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, sum], [4, body.length], [4, body.length], [2, n.length], [2, 0]];
      const head = number([4, 0x04034b50], ...common);
      directory.push(number([4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), n);
      out.push(head, n, body);
      at += head.length + n.length + body.length;
    }
    const size = directory.reduce((s, d) => s + d.length, 0);
    return [...out, ...directory, number([4, 0x06054b50], [2, 0], [2, 0], [2, parts.length], [2, parts.length], [4, size], [4, at], [2, 0])];
  };
  const xml = (v) => String(v).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd").toWellFormed?.() ?? String(v);
  const escaped = (v) => xml(v).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const letter = (n) => (n >= 26 ? letter(Math.floor(n / 26) - 1) : "") + String.fromCharCode(65 + (n % 26));
  const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n', MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships", PACKAGE = "http://schemas.openxmlformats.org/package/2006";
  return (rows) => {
    const wide = rows[0].length;
    const cell = (v, r, c) => typeof v === "number" ? `<c r="${letter(c)}${r}"><v>${v}</v></c>` : v === "" ? "" : `<c r="${letter(c)}${r}" t="inlineStr"><is><t xml:space="preserve">${escaped(String(v).slice(0, 32767))}</t></is></c>`;
    const sheet = `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="${wide}" width="22" customWidth="1"/></cols><sheetData>${rows.map((r, k) => `<row r="${k + 1}">${r.map((v, c) => cell(v, k + 1, c)).join("")}</row>`).join("")}</sheetData><autoFilter ref="A1:${letter(wide - 1)}${rows.length}"/></worksheet>`;
    const parts = [
      ["[Content_Types].xml", `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`],
      ["_rels/.rels", `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${R}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
      ["xl/workbook.xml", `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${R}"><sheets><sheet name="table" sheetId="1" r:id="r1"/></sheets></workbook>`],
      ["xl/_rels/workbook.xml.rels", `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${R}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`],
      ["xl/worksheets/sheet1.xml", sheet],
    ];
    return new Blob(zip(parts), { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
  };
})();
