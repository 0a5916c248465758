"""What came and went day by day as a table below its chart, each number a way to the dossiers it counts."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from config.i18n import Texts
from pages.links import list_of
from pages.viewer import Viewer
from widgets.figures import figure_column
from widgets.table import Cell, Column, Packed, Row, packed, table

FLOWS = ("received", "settled")


def with_late(words: str, trend: Sequence[Mapping[str, Any]], t: Texts) -> str:
    """A panel's hint, and which of the trend's days were closed late, if any (the newest by name)."""
    late = [(row["day"], row["late_at"]) for row in trend if row["late_at"] is not None]
    if not late:
        return words
    day, at = late[-1]
    end = words if words.endswith(".") else f"{words}."
    if len(late) == 1:
        told = t("Open and overdue at the end of {day} were counted late, at {at}.", day=t.day(day), at=t.moment(at))
    else:
        told = t("Open and overdue at the end of {n} days were counted late, those of {day} at {at}.",
                 n=t.number(len(late)), day=t.day(day), at=t.moment(at))  # fmt: skip
    return f"{end} {told}"


def flow_rows(trend: Sequence[Mapping[str, Any]], viewer: Viewer, **where: str) -> Packed:
    """The rows of `flow_table`, newest day first; where: their place as filters of a list."""
    t = viewer.t

    def row(one: Mapping[str, Any]) -> Row:
        day = one["day"]
        links = {flow: list_of(viewer, flow, first=day, last=day, **where) if one[flow] else "" for flow in FLOWS}
        return Row(
            day.isoformat(),
            [
                Cell(f"{t.weekday(day)} {t.day(day)}", day.isoformat()),
                *(Cell(t.number(one[flow]), one[flow], link=links[flow]) for flow in FLOWS),
            ],
        )

    return packed([row(one) for one in reversed(trend)])


def flow_table(rows: Packed, viewer: Viewer, *, key: str) -> None:
    """rows: of `flow_rows`."""
    t = viewer.t
    with st.expander(t("As a table")):
        table(
            [Column(t("Day")), *(figure_column(f"{flow}_flow", t) for flow in FLOWS)],
            rows,
            key=key, label=t("Received and settled, last 31 days"), empty="", height=320,
        )  # fmt: skip
