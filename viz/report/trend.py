"""The trend as a chart of a workbook: who is covered, and the rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from viz.report.wording import Words


COLOURS = {"separate": "#1F4E78", "joint": "#9DC3E6", "covered": "#1F4E78"}


def stacked(points: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return what a trend's columns are made of: who is covered, told apart where that is known of each date."""
    return ("covered",) if any("covered" in point for point in points) else ("separate", "joint")


def chart(
    book: Any, sheet: str, at: tuple[int, int], count: int, words: Words, names: Sequence[str]
) -> Any:
    """Return the trend as a chart over a table that begins in a cell: columns of the covered, a line of the rate.

    The table's columns are date, organizations, ``names`` and the rate.
    """
    made = book.add_chart({"type": "column", "subtype": "stacked"})
    first, left = at
    last = first + count - 1
    for column, name in enumerate(names, left + 2):
        made.add_series(
            {
                "name": words(f"chart.{name}"),
                "categories": [sheet, first, left, last, left],
                "values": [sheet, first, column, last, column],
                "fill": {"color": COLOURS[name]},
                "gap": 80,
            }
        )
    line = book.add_chart({"type": "line"})
    line.add_series(
        {
            "name": words("chart.rate"),
            "categories": [sheet, first, left, last, left],
            "values": [sheet, first, left + 2 + len(names), last, left + 2 + len(names)],
            "y2_axis": True,
            "line": {"color": "#C55A11", "width": 2.25},
            "marker": {"type": "circle", "size": 6, "fill": {"color": "#C55A11"}, "border": {"color": "#C55A11"}},
            # on white: a label may stand before a column
            "data_labels": {
                "value": True, "position": "above", "num_format": "0.0%", "fill": {"color": "#FFFFFF"},
            },
        }
    )  # fmt: skip
    made.combine(line)
    made.set_title({"name": words("chart.title"), "name_font": {"size": 12}})
    made.set_y_axis(
        {
            "num_format": "#,##0",
            "min": 0,
            "minor_tick_mark": "none",
            "major_gridlines": {"visible": True, "line": {"color": "#E5E5E5"}},
        }
    )
    made.set_x_axis({"minor_tick_mark": "none", "text_axis": True})
    line.set_y2_axis({"num_format": "0%", "min": 0, "max": 1, "minor_tick_mark": "none"})
    made.set_legend({"position": "bottom"})
    made.set_size({"width": 760, "height": 320})
    return made
