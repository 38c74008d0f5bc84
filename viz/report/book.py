"""A report as a workbook: sums and shares are formulas, each with its value; what is data stays text (ROBUSTNESS C5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, BinaryIO

from viz.listing import HIGHEST, LINE, SPARE, cell, printed, put, sheet_name, text_width
from viz.report.sheet import LEAN, Sheet, at, looks
from viz.report.trend import chart, stacked
from viz.report.wording import Words, indented, received_lines, share, undefined

DETAIL = 50_000
"""Organizations that a workbook lists: more make it slow to open; figures lead to their rows by their numbers all the same."""
MADE = dt.datetime(2016, 8, 14)
"""A fixed date: the same report gives the same bytes."""
TREND = {
    "units": "rate.org_operating.of", "separate": "rate.single_rate", "joint": "rate.joint_rate", "rate": "rate.org_operating",
}  # fmt: skip
"""The number that each figure of the trend has in the report of its date."""
_PARTS = ("listed", "units", "separate", "joint", "none", "none_due", "none_few", "none_zero", "none_unknown")  # fmt: skip


def write(
    raw: BinaryIO,
    report: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    lang: str,
    keywords: str,
) -> None:
    """Write a report's workbook.

    Parameters
    ----------
    raw : binary file
    report : mapping
        As ``report --json`` prints it.
    rows : iterable of mapping
        Its organizations (:meth:`graph.report.report.Report.rows`); read as far as the workbook lists them.
    lang : str
        ``zh`` or ``en``.
    keywords : str
        The mark of the workbook (:mod:`viz.overwriting`).
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(raw, options)
    words = Words(lang)
    book.set_properties({"title": words.title(report), "created": MADE, "keywords": keywords})
    made = Pages(book, words, report)
    made.overview()
    made.parts()
    for form in report["forms"]:
        made.form(form)
    made.received()
    made.checks()
    made.chosen()
    made.rows(rows)
    book.close()


class Pages:
    """The sheets of a report, one method each.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    words : Words
    report : mapping
    """

    def __init__(self, book: Any, words: Words, report: Mapping[str, Any]) -> None:
        self.book, self.words, self.report = book, words, report
        self.looks = looks(book)

    # -- the overview --------------------------------------------------------------------------------------------------
    def overview(self) -> None:
        """Write what stands first: whose report it is, rates, what is listed, targets, crossing off, the trend."""
        w, r = self.words, self.report
        s = Sheet(self.book, self.looks, w("sheet.overview"))
        s.line(w.title(r), "title")
        for text in (w.of(r["plan"]), *w.head(r), w.traced(r), *w.summary(r)):
            s.line(text, across=8)
        s.row += 1
        self._rates(s)
        self._listed(s)
        self._targets(s)
        self._board(s)
        self.trend(s, numbered=True)
        s.done()

    def _rates(self, s: Sheet) -> None:
        w = self.words
        s.line(w("t.rates"), "section")
        s.head(
            [
                w(f"h.{n}")
                for n in (
                    "id",
                    "definition",
                    "numerator",
                    "denominator",
                    "rate",
                    "before_rate",
                    "points",
                    "goal",
                    "gap",
                )
            ]
        )
        for d in self.report["rates"]:
            before = d["before"]
            s.text(0, f"rate.{d['id']}", "id")
            s.text(1, w.by_clause(d["text"], d["clause"]))
            s.number(2, d["numerator"])
            s.number(3, d["denominator"])
            part, whole, rate = (at(s.row, k) for k in (2, 3, 4))
            s.formula(4, f'IF({whole}=0,"",{part}/{whole})', d["rate"], "rate")
            then = None if before is None else before["rate"]
            s.number(5, then, "rate")
            if then is None or d["rate"] is None:
                s.number(6, None)
            else:
                s.formula(6, f"({rate}-{at(s.row, 5)})*100", (d["rate"] - then) * 100, "points")
            s.number(7, d["goal"], "rate")
            if d["gap"] is None:
                s.number(8, None)
            else:
                s.formula(8, f"MAX(0,ROUNDUP(ROUND({at(s.row, 7)}*{whole},6),0)-{part})", d["gap"])
            s.row += 1
        s.row += 1

    def _compared(self, s: Sheet, now: int, before: int | None, column: int) -> None:
        """Write a figure, what it was and how it changed."""
        s.number(column, now)
        s.number(column + 1, before)
        if before is None:
            s.number(column + 2, None)
        else:
            change = f"{at(s.row, column)}-{at(s.row, column + 1)}"
            s.formula(column + 2, change, now - before, "signed")

    def _listed(self, s: Sheet) -> None:
        w = self.words
        s.line(w("t.listed"), "section")
        s.head([w(f"h.{n}") for n in ("id", "item", "value", "before", "change")])
        whole, *parts = self.report["listed"]
        for one in (*parts, whole):
            s.text(0, f"listed.{one['id']}", "id")
            s.text(1, w(f"listed.{one['id']}"))
            self._compared(s, one["value"], one["before"], 2)
            if one is whole:
                above = f"SUM({at(s.row - len(parts), 2)}:{at(s.row - 1, 2)})"
                s.formula(2, above, sum(p["value"] for p in parts), "total")
            s.row += 1
        s.row += 1

    def _targets(self, s: Sheet) -> None:
        w = self.words
        s.page()
        s.line(w("t.targets"), "section")
        s.head([w(f"h.{n}") for n in ("id", "clause", "numerator", "denominator", "rate")])
        for d in self.report["targets"]:
            s.text(0, f"target.{d['id']}", "id")
            s.text(1, w.by_clause(d["text"], d["id"]))
            s.number(2, d["numerator"])
            s.number(3, d["denominator"])
            part, whole = at(s.row, 2), at(s.row, 3)
            s.formula(4, f'IF({whole}=0,"",{part}/{whole})', d["rate"], "rate")
            s.row += 1
        s.row += 1

    def _board(self, s: Sheet) -> None:
        w = self.words
        s.line(w("t.board"), "section")
        s.head([w("h.id"), w("h.item"), w("h.value")])
        for one in self.report["board"]:
            s.text(0, f"board.{one['state']}", "id")
            s.text(1, w.of(one["text"]))
            s.number(2, one["value"])
            s.row += 1
        s.row += 1

    def trend(self, s: Sheet, *, numbered: bool = False) -> None:
        """Write the trend's table and its chart below; ``numbered``: with the numbers that figures have in their date's report."""
        w, points = self.words, self.report["trend"]
        s.page()  # the table beside its chart, also on paper
        s.line(w("t.trend"), "section")
        names = stacked(points)
        if numbered:
            s.line(w.trend(self.report), across=8)
        s.head(
            [
                "",
                *(w(f"h.{n}") for n in ("date", "units")),
                *(w(f"chart.{n}") for n in (*names, "rate")),
            ]
        )
        if numbered:
            s.text(0, None, "id")
            s.text(1, None, "id")
            for k, name in enumerate(("units", *names, "rate"), 2):
                s.text(k, TREND[name], "id")
            s.row += 1
        first = s.row
        for p in points:
            s.text(0, None)
            s.text(1, p["date"])
            for k, name in enumerate(("units", *names), 2):
                s.number(k, p[name])
            whole = at(s.row, 2)
            above = "+".join(at(s.row, k) for k in range(3, 3 + len(names)))
            s.formula(3 + len(names), f'IF({whole}=0,"",({above})/{whole})', p["rate"], "rate")
            s.row += 1
        if not points:  # a chart of nothing is no chart that programs open
            return
        drawn = chart(self.book, s.sheet.get_name(), (first, 1), len(points), w, names)
        s.sheet.insert_chart(s.row + 1, 0, drawn)
        s.row += 18

    # -- the parts and the forms -----------------------------------------------------------------------------------------
    def parts(self) -> None:
        """Write progress by submitter or ledger, with sums below."""
        w, r = self.words, self.report
        kind = "city" if r["subject"]["kind"] == "city" else "other"
        s = Sheet(self.book, self.looks, w(f"sheet.parts.{kind}"))
        s.line(w(f"t.parts.{kind}"), "section")
        s.line(w("line.date", date=r["date"]), "short")
        s.head(
            [
                w("h.id"),
                w(f"h.part.{kind}"),
                *(w(f"h.{n}") for n in _PARTS),
                *(
                    w(f"h.{n}")
                    for n in ("coverage", "single_rate", "before_covered", "change_covered")
                ),
            ]
        )
        s.text(0, "part.", "id")
        s.text(1, None, "id")
        for k, name in enumerate(_PARTS, 2):
            s.text(k, f"{name}.", "id")
        for k in range(11, 15):
            s.text(k, None, "id")
        s.row += 1
        first, totals = s.row, dict.fromkeys(_PARTS, 0)
        former: int | None = None
        for part in r["parts"]:
            counts, before = part["counts"], part["before"]
            s.text(0, part["id"], "id")
            s.text(1, w.part(part))
            for k, name in enumerate(_PARTS, 2):
                s.number(k, counts[name])
                totals[name] += counts[name]
            then = None if before is None else before["separate"] + before["joint"]
            former = former if then is None else (former or 0) + then
            self._shares(s, counts, then, "")
            s.row += 1
        s.text(0, None, "total_text")
        s.text(1, w("total"), "total_text")
        for k, name in enumerate(_PARTS, 2):
            if s.row > first:
                s.formula(k, f"SUM({at(first, k)}:{at(s.row - 1, k)})", totals[name], "total")
            else:
                s.number(k, 0, "total")
        self._shares(s, totals, former, "total_", (first, s.row - 1))
        s.row += 1
        s.text(0, None, "id")
        s.text(1, w("check.row"), "id")
        for k, addends in ((3, (4, 5, 6)), (6, (7, 8, 9, 10))):
            above = s.row - 1
            made = "-".join(at(above, c) for c in (k, *addends))
            s.formula(k, made, totals[_PARTS[k - 2]] - sum(totals[_PARTS[c - 2]] for c in addends), "good")  # fmt: skip
        self._warn(s, s.row)
        s.done()
        s.sheet.freeze_panes(first, 2)

    def _shares(
        self,
        s: Sheet,
        counts: Mapping[str, int],
        before: int | None,
        look: str,
        over: tuple[int, int] | None = None,
    ) -> None:
        units, own, joint = (at(s.row, k) for k in (3, 4, 5))
        covered = counts["separate"] + counts["joint"]
        s.formula(11, f'IF({units}=0,"",({own}+{joint})/{units})', share(covered, counts["units"]), f"{look}rate")  # fmt: skip
        s.formula(12, f'IF({units}=0,"",{own}/{units})', share(counts["separate"], counts["units"]), f"{look}rate")  # fmt: skip
        plain = "total" if look else "number"
        if before is None:
            s.number(13, None, plain)
            s.number(14, None, plain)
            return
        if over is None:
            s.number(13, before, plain)
        else:
            s.formula(13, f"SUM({at(over[0], 13)}:{at(over[1], 13)})", before, plain)
        s.formula(14, f"{own}+{joint}-{at(s.row, 13)}", covered - before, f"{look}signed")

    def form(self, form: Mapping[str, Any]) -> None:
        """Write one statistical form."""
        w, line, columns = self.words, form["line"], form["columns"]
        s = Sheet(self.book, self.looks, w(f"form.{line}"))
        s.line(w(f"form.{line}"), "section")
        s.line(w("line.date", date=self.report["date"]), "short")
        s.head([w("h.id"), w("h.item"), *(w.of(c) for c in columns), w("h.before_total"), w("h.change_total")])  # fmt: skip
        s.text(0, f"{line}.", "id")
        s.text(1, None, "id")
        for k, column in enumerate(columns, 2):
            s.text(k, "" if column["id"] == "total" else f".{column['id']}", "id")
        last = 2 + len(columns)
        s.text(last, None, "id")
        s.text(last + 1, None, "id")
        s.row += 1
        top = s.row
        placed: dict[str, int] = {}
        for row in form["rows"]:
            placed[row["id"]] = s.row
            s.text(0, row["id"], "id")
            s.text(1, indented(row["id"], w.of(row)))
            for k, value in enumerate(row["values"], 2):
                s.number(k, value)
            before = row["before"]
            s.number(last, None if before is None else before[0])
            if before is None:
                s.number(last + 1, None)
            else:
                change = f"{at(s.row, 2)}-{at(s.row, last)}"
                s.formula(last + 1, change, row["values"][0] - before[0], "signed")
            s.row += 1
        values = {row["id"]: row["values"] for row in form["rows"]}
        s.row += 1
        for whole, addends in (
            ("units", ("separate", "joint", "none")),
            ("none", ("none_due", "none_few", "none_zero", "none_unknown")),
            ("separate", ("separate_committee", "separate_general", "separate_branch")),
        ):
            s.text(0, None, "id")
            s.text(1, f"{w('check.' + whole, form=w('form.' + line))}", "id")
            for k in range(len(columns)):
                made = "-".join(at(placed[n], k + 2) for n in (whole, *addends))
                rest = values[whole][k] - sum(values[n][k] for n in addends)
                s.formula(k + 2, made, rest, "good")
            self._warn(s, s.row)
            s.row += 1
        for id_, part in (("coverage", ("separate", "joint")), ("single_rate", ("separate",))):
            s.text(0, None, "id")
            s.text(1, w(f"h.{id_}"), "total_text")
            for k in range(len(columns)):
                units = at(placed["units"], k + 2)
                sum_ = "+".join(at(placed[n], k + 2) for n in part)
                found = share(sum(values[n][k] for n in part), values["units"][k])
                s.formula(k + 2, f'IF({units}=0,"",({sum_})/{units})', found, "total_rate")
            s.row += 1
        s.done()
        s.sheet.freeze_panes(top, 2)

    def _warn(self, s: Sheet, row: int) -> None:
        s.sheet.conditional_format(
            row, 2, row, 40,
            {"type": "formula", "criteria": f'=AND({at(row, 2)}<>"",{at(row, 2)}<>0)', "format": self.looks["bad"]},
        )  # fmt: skip

    # -- what came in, what holds, what was chosen -------------------------------------------------------------------------
    def received(self) -> None:
        """Write what came late or not at all."""
        w, r = self.words, self.report
        s = Sheet(self.book, self.looks, w("sheet.received"))
        s.line(w("t.received"), "section")
        s.line(w("line.date", date=r["date"]), "short")
        for text in received_lines(w, r):
            s.line(text, "short")
        s.head([w(f"h.{n}") for n in ("office", "what", "due", "received", "days")])
        for one in r["received"]["overdue"]:
            s.text(0, one["office"])
            s.text(1, one["what"])
            s.text(2, one["due"])
            s.text(3, one["received"] or w("missing"))
            s.number(4, one["days"])
            s.row += 1
        s.done()

    def checks(self) -> None:
        """Write what has to hold, with its sums, and why where it does not."""
        w, r = self.words, self.report
        s = Sheet(self.book, self.looks, w("sheet.checks"))
        s.line(w("t.checks"), "section")
        most = max((len(i["parts"]) for i in r["identities"]), default=0)
        s.head(
            [
                w("t.checks"),
                w("h.whole"),
                w("h.sum"),
                w("h.holds"),
                w("h.reason"),
                *(str(k + 1) for k in range(most)),
            ]
        )
        for one in r["identities"]:
            s.text(0, w.check(one))
            s.number(1, one["whole"])
            if one["parts"]:
                of = f"SUM({at(s.row, 5)}:{at(s.row, 4 + len(one['parts']))})"
                s.formula(2, of, sum(one["parts"]))
            else:
                s.number(2, 0)
            s.text(3, w("yes" if one["holds"] else "no"))
            s.text(4, None if one["why"] is None else w.of(one["why"]))
            for k, part in enumerate(one["parts"], 5):
                s.number(k, part)
            s.row += 1
        s.done()

    def chosen(self) -> None:
        """Write what people chose, and what the plan leaves undefined."""
        w, r = self.words, self.report
        s = Sheet(self.book, self.looks, w("sheet.chosen"))
        s.line(w("t.chosen"), "section")
        s.head([w(f"h.{n}") for n in ("key", "set", "unit", "clause", "why")])
        for one in r["chosen"]:
            value, unit = w.value(one)
            for k, text in enumerate((w.of(one["text"]), value, unit, one["clause"], w.of(one["why"]))):  # fmt: skip
                s.text(k, text)
            s.row += 1
        s.row += 1
        if r.get("undefined"):
            s.line(w("t.undefined"), "section")
            s.head([w("h.term"), w("h.stands")])
            for term, stands in undefined(w, r):
                s.text(0, term)
                s.text(1, stands)
                s.row += 1
        s.done()

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write the organizations one by one, as far as the workbook lists them."""
        w = self.words
        listed = next(one["value"] for one in self.report["listed"] if one["id"] == "listed")
        sheet = self.book.add_worksheet(sheet_name(w("sheet.rows"), 1))
        printed(sheet, 2)
        if listed > DETAIL:
            sheet.write_string(0, 0, w("rows.beyond", n=f"{listed:,}"), self.looks["short"])
            return
        text, number = self.looks["cell"], self.looks["number"]
        names = (
            ("code", 21), ("name", 30), ("line", 24), ("category", 14), ("status", 9), ("part", 20), ("ledger_unit", 20),
            ("staff", 9), ("members", 9), ("probationary", 13), ("standing", 18), ("instructed", 11), ("covering", 22),
            ("source", 48),
        )  # fmt: skip
        for k, (name, width) in enumerate(names):
            sheet.set_column(k, k, width)
            sheet.write_string(0, k, w(f"h.{name}"), self.looks["head"])
        sheet.set_row(0, 2 * LINE + SPARE)
        parts = {part["id"]: w.part(part) for part in self.report["parts"]}
        row = 0
        for row, one in enumerate(islice(rows, DETAIL), 1):
            standing, source = one["standing"], one["source"]
            values = (
                one["code"], one["name"], one["line"] and w(f"form.{one['line']}"), one["category"], one["status"],
                parts.get(one["part"], one["part"]), one["ledger_unit"], one["staff"], one["members"], one["probationary"],
                standing and w(f"standing.{standing}"), w("yes" if one["instructed"] else "no"), cell(one["units"]),
                source and ":".join(str(source[n]) for n in ("file", "sheet", "row") if source[n] not in ("", None)),
            )  # fmt: skip
            lines = 1.0
            for k, value in enumerate(values):
                if value is not None:
                    put(sheet, row, k, value, number if isinstance(value, int) else text)
                if isinstance(value, str):
                    lines = max(lines, -(-text_width(value) * LEAN // names[k][1]))
            if lines > 1:
                sheet.set_row(row, min(LINE * lines, HIGHEST))
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, row, len(names) - 1)
