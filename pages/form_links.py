"""The lists of dossiers behind the cells of form II.06a."""

from datetime import date, timedelta

from pages.links import list_of
from pages.viewer import Viewer

CELLS = ("received", "online", "in_person", "carried", "settled", "early", "on_time", "late", "still_open", "in_time",
         "overdue")  # fmt: skip
"""Columns 3 to 13 as `Cells` (queries/form_ii06a.py) names them."""


def cell_links(viewer: Viewer, first: date, until: date, **where: str | None) -> tuple[str, ...]:
    """The addresses of columns 3 to 13 of a line counted from `first` to `until`; where: place, tier and field."""

    def to(what: str, *, since: date | None = first, online: bool | None = None) -> str:
        return list_of(viewer, what, first=since, last=until, online=online, **where)

    carried = list_of(viewer, "open_at", last=first - timedelta(days=1), **where)
    return (
        to("handled"), to("received", online=True), to("received", online=False), carried, to("settled"), to("early"),
        to("on_time"), to("late"), to("open_at", since=None), to("in_time_at", since=None),
        to("overdue_at", since=None),
    )  # fmt: skip
