"""The bulletin for circulation as files: what is not told is marked, and no formula, chart or hidden cell holds it either.

Both files are written from what ``report --circulate --json`` prints, which holds told figures alone: nothing else is to hide.
A figure of an earlier date stands with that date, as part of how the cell looks: it stays a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from graph.report.circulated import LISTED, PROGRESS, change
from viz.report.book import MADE, Pages
from viz.report.sheet import Sheet, at
from viz.report.wording import Words, percent, received_lines, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

CIRCULATED = "circulated"
"""The kind of its subject."""
MARK = "*"
"""Stands for a figure that is not told."""
HEADS = {
    "organizations": "h.listed", "in_base": "h.units", "outside_base": "h.outside_base", "covered": "h.covered",
    "uncovered": "h.none",
} | {f"line:{line}": f"form.{line}" for line in ("enterprise", "social", "rural")}  # fmt: skip
"""What categories are called where not as the report's own counts."""
SHARES = (("coverage", "covered", "org_operating"), ("single_rate", "separate", "single_rate"))


def head(words: Words, category: str) -> str:
    """Return a category's heading."""
    return words(HEADS.get(category, f"h.{category}"))


def rows(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the districts, then the whole city: no sum of those above it, of which some are not told."""
    return [*report["parts"], report["whole"]]


def name(words: Words, part: Mapping[str, Any]) -> str:
    """Return what a part is called."""
    named = {"city": words("subject.city"), "no_district": words("nowhere")}
    return named.get(str(part["id"]), str(part["name"]))


def dated(figure: Mapping[str, Any] | None, report: Mapping[str, Any]) -> str:
    """Return how a figure of an earlier date says so, ``""`` of the publication's own, and of one that is not told."""
    if figure is None or figure["of"] == report["published"]:
        return ""
    return f" ({_day(figure['of'], report['published'])})"


def _day(of: str, now: str) -> str:
    """Return an earlier date as short as it can be told: without its year, where the day was last reached in it.

    With it, each figure of a campaign's last bulletin, which comes in January, would take three lines of its narrow column.
    """
    years = int(now[:4]) - int(of[:4])
    return of[5:] if years == (of[5:] > now[5:]) else of


def told(figure: Mapping[str, Any] | None, report: Mapping[str, Any]) -> str:
    """Return a figure as people read it: with its date where that is an earlier one, or the mark."""
    return MARK if figure is None else f"{figure['value']:,}{dated(figure, report)}"


def shared(part: Mapping[str, Any], rate: str, report: Mapping[str, Any]) -> str:
    """Return a rate of a part as people read it: with the date of both its counts where that is an earlier one, or the mark."""
    shown = percent(part["rates"][rate])
    return MARK if shown is None else f"{shown}{_rated(part, report)}"


def moved(part: Mapping[str, Any], category: str, report: Mapping[str, Any], words: Words) -> str:
    """Return by how much a told figure changed as people read it: since when, where not since the bulletin before."""
    n = change(part, category)
    if n is None:
        return words("none")
    of = str(part["before"][category]["of"])
    since = "" if of == report["previous"] else words("since", date=_day(of, report["published"]))
    return f"{signed(n)}{since}"


def _rated(part: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    """Return how rates say their date: that of the base, since a rate is told only where both its counts are of one."""
    return dated(part["counts"]["in_base"], report)


def summary(words: Words, report: Mapping[str, Any]) -> str:
    """Return the bulletin in a sentence."""
    whole = report["whole"]
    hidden = sum(f is None for part in rows(report) for f in part["counts"].values())
    return words(
        "summary.circulated", date=report["date"], units=told(whole["counts"]["in_base"], report),
        covered=told(whole["counts"]["covered"], report), rate=shared(whole, "org_operating", report), hidden=f"{hidden:,}",
    )  # fmt: skip


def lines(words: Words, report: Mapping[str, Any]) -> list[str]:
    """Return the rule by which figures are left out, and how that is marked."""
    k = report["small_count"]
    return [
        words("rule.small", k=k, last=k - 1, mark=MARK),
        words("rule.dates", published=report["published"], k=k),
        words("rule.parts"),
    ]


def write(raw: BinaryIO, report: Mapping[str, Any], lang: str, keywords: str) -> None:
    """Write the bulletin's workbook.

    Parameters
    ----------
    raw : binary file
    report : mapping
        As ``report --circulate --json`` prints it.
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
    made = _Pages(book, words, report)
    made.overview()
    made.progress()
    made.listed()
    made.received()
    made.chosen()
    book.close()


class _Pages(Pages):
    """The sheets of the bulletin."""

    def overview(self) -> None:
        """Write whose bulletin it is, by which rule figures are left out, the city's own, and the trend."""
        w, r = self.words, self.report
        s = Sheet(self.book, self.looks, w("sheet.overview"))
        s.line(w.title(r), "title")
        for text in (w.of(r["plan"]), *w.head(r), summary(w, r), *lines(w, r)):
            s.line(text, across=8)
        s.row += 1
        s.line(w("t.whole"), "section")
        s.head(["", w("h.item"), *(w(f"h.{n}") for n in ("value", "before", "change"))])
        whole = r["whole"]
        for category in dict.fromkeys((*LISTED, *PROGRESS)):
            s.text(0, None)
            s.text(1, head(w, category))
            before = None if whole["before"] is None else whole["before"][category]
            self._figure(s, 2, whole["counts"][category])
            self._figure(s, 3, before, known=whole["before"] is not None)
            self._change(s, 4, change(whole, category), (2, 3))
            s.row += 1
        if r["trend"]:
            s.row += 1
            self.trend(s)
        s.done()

    def progress(self) -> None:
        """Write how far each district has come, and the city."""
        w, r = self.words, self.report
        s = self._begun("sheet.parts.circulated", "t.parts.circulated", 1 + len(PROGRESS) + 4)
        counts = [c for c in PROGRESS if c != "covered"]
        columns = [*counts, "covered"]
        s.head(
            [
                w("h.district"),
                *(head(w, c) for c in columns),
                *(w(f"h.{n}") for n in ("coverage", "single_rate", "before_covered", "change_covered")),
            ]
        )  # fmt: skip
        top, place = s.row, {c: k for k, c in enumerate(columns, 1)}
        for part in rows(r):
            look = "total_" if part is r["whole"] else ""
            s.text(0, name(w, part), f"{look}text" if look else "cell")
            for category, k in place.items():
                self._figure(s, k, part["counts"][category], look=look)
            last = len(columns)
            for k, (_, some, rate) in enumerate(SHARES, last + 1):
                share = part["rates"][rate]
                if share is None:
                    s.text(k, MARK, f"{look}mark")
                else:
                    made = f"{at(s.row, place[some])}/{at(s.row, place['in_base'])}"
                    said = _rated(part, r)
                    plain = f"{look}rate"
                    s.formula(
                        k, made, share, self._dated(plain, said) if said else plain, len(said)
                    )
            before = None if part["before"] is None else part["before"]["covered"]
            self._figure(s, last + 3, before, look=look, known=part["before"] is not None)
            self._change(s, last + 4, change(part, "covered"), (place["covered"], last + 3), look)
            s.row += 1
        s.done()
        s.sheet.freeze_panes(top, 1)
        s.sheet.repeat_rows(top - 1)

    def listed(self) -> None:
        """Write what is listed in each district, and in the city."""
        w, r = self.words, self.report
        s = self._begun("t.listed", "t.listed", 1 + len(LISTED))
        s.head([w("h.district"), *(head(w, c) for c in LISTED)])
        top = s.row
        for part in rows(r):
            look = "total_" if part is r["whole"] else ""
            s.text(0, name(w, part), f"{look}text" if look else "cell")
            for k, category in enumerate(LISTED, 1):
                self._figure(s, k, part["counts"][category], look=look)
            s.row += 1
        s.done()
        s.sheet.freeze_panes(top, 1)
        s.sheet.repeat_rows(top - 1)

    def _begun(self, sheet: str, title: str, across: int) -> Sheet:
        w, r = self.words, self.report
        s = Sheet(self.book, self.looks, w(sheet))
        s.line(w(title), "section")
        s.line(w("line.date", date=r["date"]), "short")
        for text in lines(w, r):
            s.line(text, across=across)
        return s

    def _figure(
        self,
        s: Sheet,
        column: int,
        figure: Mapping[str, Any] | None,
        *,
        look: str = "",
        known: bool = True,
    ) -> None:
        """Write a told figure as a number, with its date where that is an earlier one; else the mark, or nothing where none was."""
        plain = look.rstrip("_") or "number"
        if figure is None:
            if known:
                s.text(column, MARK, f"{look}mark")
            else:
                s.number(column, None, plain)
            return
        said = dated(figure, self.report)
        s.number(column, figure["value"], self._dated(plain, said) if said else plain, len(said))

    def _dated(self, look: str, said: str) -> str:
        """Return the look of a number or rate that says its date."""
        named = f"{look}{said}"
        if named not in self.looks:
            base = {"border": 1, "border_color": "#B7B7B7", "valign": "vcenter", "italic": True}
            if look.startswith("total"):
                base |= {"bold": True, "bg_color": "#F2F2F2"}
            number = "0.00%" if look.endswith("rate") else "#,##0"
            self.looks[named] = self.book.add_format(base | {"num_format": f'{number}"{said}"'})
        return named

    def _change(
        self, s: Sheet, column: int, moved: int | None, of: tuple[int, int], look: str = ""
    ) -> None:
        if moved is None:
            s.number(column, None, look.rstrip("_") or "number")
        else:
            made = f"{at(s.row, of[0])}-{at(s.row, of[1])}"
            s.formula(column, made, moved, f"{look}signed")


# -- the document ------------------------------------------------------------------------------------------------------
def context(report: Mapping[str, Any], words: Words, chart: str) -> dict[str, Any]:
    """Return what the bulletin's template may use: texts and lists of texts.

    ``title``, ``plan``, ``head``, ``summary``, ``rule``, ``chart`` (what stands for the trend), ``parts``, ``listed``,
    ``received_lines``, ``overdue``, ``chosen``, ``footer``; of single figures ``date``, ``period``, ``previous``, ``name``.
    """
    w, none = words, words("none")

    return {
        "title": w.title(report), "plan": w.of(report["plan"]), "head": w.head(report), "summary": [summary(w, report)],
        "rule": lines(w, report),
        "name": w.name(report), "date": report["date"], "period": report["period"] or none,
        "previous": report["previous"] or none, "footer": w("footer"), "chart": chart,
        "parts": [
            {c: told(part["counts"][c], report) for c in PROGRESS}
            | {"name": name(w, part), "change": moved(part, "covered", report, w)}
            | {id_: shared(part, rate, report) for id_, _, rate in SHARES}
            for part in rows(report)
        ],
        "listed": [
            {"name": name(w, part)} | {c.rpartition(":")[2]: told(part["counts"][c], report) for c in LISTED}
            for part in rows(report)
        ],
        "received_lines": received_lines(w, report),
        "overdue": [
            one | {"received": one["received"] or w("missing"), "days": f"{one['days']:,}"}
            for one in report["received"]["overdue"]
        ],
        "chosen": [
            {"name": w.of(c["text"]), "value": " ".join(filter(None, w.value(c))), "clause": c["clause"] or none,
             "why": w.of(c["why"])}
            for c in report["chosen"]
        ],
    }  # fmt: skip
