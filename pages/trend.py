"""What came and went day by day as a table below its chart, each number a way to the dossiers it counts."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.links import list_of
from pages.viewer import Viewer
from widgets.figures import figure_column
from widgets.table import Cell, Column, Row, table

FLOWS = ("received", "settled")


def flow_table(trend: Sequence[Mapping[str, Any]], viewer: Viewer, *, key: str, **where: str) -> None:
    """rows: day (date), received, settled (dossiers); where: their place as filters of a list. Newest day first."""
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

    with st.expander(t("As a table")):
        table(
            [Column(t("Day")), *(figure_column(f"{flow}_flow", t) for flow in FLOWS)],
            [row(one) for one in reversed(trend)],
            key=key, label=t("Received and settled, last 31 days"), empty="", height=320,
        )  # fmt: skip
