"""The backlog map: where dossiers pile up, on the geographic and the tile map, one click from each ward."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from config.i18n import Texts, mark
from config.indicators import indicator
from config.measures import Measure, measures
from config.registry import registry
from data_access.queries.answers import Answer
from data_access.queries.backlog import COUNTED, Backlog, backlog, measured, ward_detail
from data_access.queries.silence import silence
from pages import ward_panel
from pages.address import Address, choose, put
from pages.ask import ask, figures_day, today
from pages.links import list_of, to_process
from pages.places import CHANNELS, map_note
from pages.viewer import Viewer
from widgets.figures import Figure, explained, figure_cards, figure_column, markup, panel_title, title
from widgets.geo_map import geo_map
from widgets.measure import class_breaks, legend, shown, ward_values
from widgets.table import Cell, Column, Packed, Row, packed, table
from widgets.theme import is_dark
from widgets.ward_map import WardValues, ward_map

MEASURES = ("overdue", "overdue_rate", "due_24h", "open", "suspended", "work_days")
VIEWS = {"cells": mark("Map"), "tiles": mark("Tiles"), "geo": mark("Zoom map"), "table": mark("Table")}
PERIODS = (None, 7, 30, 90, 365)
MAP_HEIGHT = 600


@dataclass(frozen=True)
class Filters:
    """What is chosen above the map."""

    measure: Measure
    field: str | None
    channel: int | None
    days: int | None
    view: str

    @property
    def asked(self) -> dict[str, Any]:
        """The part that the store is asked with."""
        return {"field": self.field, "channel": self.channel, "days": self.days}

    def links(self, viewer: Viewer, **more: str) -> dict[str, str]:
        """The addresses of the lists of open dossiers under these filters and more, by what is counted."""
        first = figures_day(viewer.t) - timedelta(days=self.days - 1) if self.days else None
        chosen = {"field": self.field, "channel": self.channel, "first": first}
        return {what: list_of(viewer, what, **chosen, **more) for what in COUNTED}


def page(viewer: Viewer) -> None:
    """Draw the backlog of `viewer`'s scope under the filters in the URL."""
    t = viewer.t
    address = Address(("ward", "measure", "field", "channel", "days", "view"), t)
    title_place = st.container()
    fields = ask(backlog, viewer).value.fields
    filters = _filters(address, fields, t)
    answer = ask(backlog, viewer, **filters.asked)
    with title_place:
        title(t("Backlog"), t("Open dossiers as of {at}", at=t.moment(answer.as_of)))
    ward = address.ward(viewer)
    address.complain()
    dark = is_dark()
    figures = answer.once(
        lambda: figure_cards(_totals(answer.value, filters, viewer), t, dark=dark), "figures", dark, *viewer.reads
    )
    markup(figures)
    left, right = st.columns([1.55, 1], gap="small")
    with left, st.container(key="panel-backlog", height="stretch"):
        _draw(answer, filters, viewer, ward)
    if ward is None:
        with right, st.container(key="panel-worst", height="stretch"):
            panel_title(t("No ward chosen"), t("Click a ward on the map or in the table to see what lies there."))
            _worst(answer, filters, viewer)
        return
    detail = ask(ward_detail, viewer, ward=ward, **filters.asked).value
    quiet = ask(silence, viewer, district=registry().wards[ward].district_code).value
    with right, st.container(key="panel-ward", height="stretch"):
        ward_panel.summary(detail, ward, filters.links(viewer, ward=ward), viewer, quiet)
    left, right = st.columns([1, 1.1], gap="small")
    with left, st.container(key="panel-procedures", height="stretch"):
        ward_panel.procedures(detail, filters.links(viewer, ward=ward, procedure="{key}"),
                              to_process(viewer, ward=ward), t)  # fmt: skip
    with right, st.container(key="panel-oldest", height="stretch"):
        ward_panel.oldest(detail, viewer, today(answer, viewer))


def _filters(address: Address, fields: list[dict[str, Any]], t: Texts) -> Filters:
    names = {row["field_code"]: row["field_name"] for row in fields}
    measure = address.get("measure", lambda raw: raw if raw in MEASURES else None)
    field = address.get("field", lambda raw: raw if raw in names else None)
    channel = address.get("channel", lambda raw: int(raw) if raw in {"1", "2", "3"} else None)
    days = address.get("days", lambda raw: int(raw) if raw in {str(p) for p in PERIODS if p} else None)
    view = address.get("view", lambda raw: raw if raw in VIEWS else None)
    columns = st.columns([1, 1, 0.85, 0.85, 1.75], gap="small", vertical_alignment="bottom")
    with columns[0]:
        chosen = choose(t("Measure"), list(MEASURES), param="measure", current=measure, default="overdue",
                        code=str, shown=lambda code: _measure_name(code, t))  # fmt: skip
    with columns[1]:
        field = choose(t("Field"), [None, *names], param="field", current=field, default=None, code=str,
                       shown=lambda code: names[code] if code else t("All fields"))  # fmt: skip
    with columns[2]:
        channel = choose(t("Channel"), [None, *CHANNELS], param="channel", current=channel, default=None, code=str,
                         shown=lambda code: t(CHANNELS[code]) if code else t("All channels"))  # fmt: skip
    with columns[3]:
        days = choose(t("Received"), list(PERIODS), param="days", current=days, default=None, code=str,
                      shown=lambda n: t("Within {n} days", n=n) if n else t("At any time"))  # fmt: skip
    with columns[4]:
        view = choose(t("Shown as"), list(VIEWS), param="view", current=view, default="cells", code=str,
                      shown=lambda code: t(VIEWS[code]), kind="segments")  # fmt: skip
    return Filters(measures()[chosen], field, channel, days, view)


def _measure_name(code: str, t: Texts) -> str:
    return indicator(measures()[code].indicator).name(t.lang)


def _totals(data: Backlog, filters: Filters, viewer: Viewer) -> list[Figure]:
    t, total = viewer.t, data.total
    links = filters.links(viewer)
    of_open = {key: t("{share} of open", share=t.share(total[key], total["open"])) for key in total}
    return [
        Figure("open", t.number(total["open"]), t("in {n} units", n=t.number(len(data.units))), link=links["open"]),
        Figure(
            "overdue",
            t.number(total["overdue"]),
            of_open["overdue"],
            tone="alert" if total["overdue"] else "",
            link=links["overdue"],
        ),
        Figure("due_24h", t.number(total["due_24h"]), of_open["due_24h"], link=links["due_24h"]),
        Figure("suspended", t.number(total["suspended"]), of_open["suspended"], link=links["suspended"]),
        Figure("work_days", t.number(data.work_days, 1), t("{n} settled in {days} working days",
               n=t.number(data.settled_28), days=t.number(data.working_days))),
    ]  # fmt: skip


def _draw(answer: Answer[Backlog], filters: Filters, viewer: Viewer, ward: str | None) -> None:
    t, measure = viewer.t, filters.measure
    name = _measure_name(measure.code, t)
    note = {
        "cells": map_note(t),
        "tiles": t("One equal tile a ward, grouped by district."),
        "geo": map_note(t),
        "table": t("Click a head to sort, a row to open the ward."),
    }
    panel_title(t("{measure} by ward", measure=name), note[filters.view], explained(t, measure.indicator))
    if filters.view == "table":
        _table(answer.value, filters, viewer, ward)
        return
    items = answer.once(lambda: _ward_values(answer.value, measure, viewer), "map", measure.code, t.lang)
    if filters.view == "geo":
        clicked = geo_map(items, key="backlog-geo", classes=class_breaks(measure, t), lang=t.lang, selected=ward,
                          height=MAP_HEIGHT, dark=is_dark())  # fmt: skip
        legend(class_breaks(measure, t), name)
    else:
        clicked = ward_map(
            items, key=f"backlog-{filters.view}", layout="tiles" if filters.view == "tiles" else "cells",
            classes=class_breaks(measure, t), lang=t.lang, selected=ward, height=MAP_HEIGHT,
            only_district=viewer.only_district, empty_label=_empty(measure, t), legend_title=name,
        )  # fmt: skip
    if clicked and clicked != ward and any(item.code == clicked for item in items):
        pick(clicked)
        st.rerun()


def _ward_values(data: Backlog, measure: Measure, viewer: Viewer) -> WardValues:
    t = viewer.t
    values: dict[str, float | None] = {}
    lines: dict[str, list[str]] = {}
    for code, place in registry().wards.items():
        if viewer.scope.allows(place.district_code):
            values[code] = None if measure.kind != "count" else 0.0
    for row in data.units:
        if row["ward_code"] in values:
            values[row["ward_code"]] = measured(measure, row)
            lines[row["ward_code"]] = [
                t("{n} open", n=t.number(row["open"])),
                t("{n} overdue", n=t.number(row["overdue"])),
                t("{n} due within 24 hours", n=t.number(row["due_24h"])),
            ]
    return ward_values(measure, values, lines, t)


def _empty(measure: Measure, t: Texts) -> str:
    return t("fewer than {n} open", n=measure.min_n) if measure.min_n else t("nothing open")


def pick(code: str) -> None:
    """Choose a ward: it goes into the URL."""
    put("ward", code)


def _table(data: Backlog, filters: Filters, viewer: Viewer, ward: str | None) -> None:
    t = viewer.t
    links = filters.links(viewer, ward="{key}")
    shown_in = (*COUNTED, "overdue_rate", "work_days")
    columns = [Column(t("Ward")), *(figure_column(code, t, links.get(code, "")) for code in shown_in)]
    known = [row for row in data.units if row["ward_code"] in registry().wards]
    known.sort(key=lambda row: registry().wards[row["ward_code"]].rank)
    table(
        columns,
        [_table_row(row, t) for row in known],
        key="backlog-table",
        label=t("Backlog by ward"),
        empty=t("No dossier matches these filters."),
        height=MAP_HEIGHT,
        selected=ward,
        on_pick=pick,
    )


def _table_row(row: dict[str, Any], t: Texts) -> Row:
    place = registry().wards[row["ward_code"]]
    rate, days = row["overdue"] / row["open"], row["work_days"]
    return Row(
        place.code,
        [
            Cell(place.name, place.rank, "strong", registry().districts[place.district_code].name),
            *(Cell(t.number(row[c]), row[c], "bad" if c == "overdue" and row[c] else "") for c in COUNTED),
            Cell(t.percent(rate), rate, "bad" if row["overdue"] else ""),
            Cell(t.number(days, 1), days),
        ],
    )


def _worst(answer: Answer[Backlog], filters: Filters, viewer: Viewer) -> None:
    """The wards that stand highest by the chosen measure, as a short table."""
    t, measure = viewer.t, filters.measure
    links = filters.links(viewer, ward="{key}")
    table(
        [Column(t("Ward")), figure_column(measure.indicator, t, links.get(measure.code, "")),
         figure_column("open", t, links["open"])],
        answer.once(lambda: _ranked(answer.value, measure, t), "worst", measure.code, t.lang),
        key="backlog-worst",
        label=t("Wards that stand highest"),
        empty=t("No dossier matches these filters."),
        height=540,
        on_pick=pick,
    )  # fmt: skip


def _ranked(data: Backlog, measure: Measure, t: Texts) -> Packed:
    ranked = [
        (value, row)
        for row in data.units
        if row["ward_code"] in registry().wards and (value := measured(measure, row)) is not None
    ]
    ranked.sort(key=lambda pair: (-pair[0], -pair[1]["open"], registry().wards[pair[1]["ward_code"]].rank))
    return packed([
        Row(
            row["ward_code"],
            [
                Cell(registry().wards[row["ward_code"]].name, registry().wards[row["ward_code"]].rank, "strong",
                     registry().districts[registry().wards[row["ward_code"]].district_code].name),
                Cell(shown(measure, value, t, unit=False), value, "bad" if measure.klass(value) == 4 else ""),
                Cell(t.number(row["open"]), row["open"]),
            ],
        )
        for value, row in ranked[:30]
    ])  # fmt: skip
