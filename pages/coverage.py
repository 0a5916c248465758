"""Service coverage per ward: what is offered online at level 3 and 4, what is used, what is missing where."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import streamlit as st

from config.i18n import NOTHING, Texts, mark
from config.indicators import indicator
from config.measures import measures
from config.registry import registry
from config.targets import targets
from data_access.queries.answers import Answer
from data_access.queries.coverage import Coverage, coverage, offers, ward_gaps
from pages.address import Address, choose, put
from pages.ask import ask
from pages.gaps import gap_table
from pages.links import gaps_of, screen
from pages.paths import COVERAGE
from pages.places import district_of, of_map, ward_name
from pages.running import current_desk
from pages.viewer import Viewer
from widgets.charts import Chart, history_chart, share_bars
from widgets.figures import (
    Fact,
    Figure,
    banner,
    explained,
    facts,
    figure_cards,
    figure_column,
    markup,
    panel_title,
    title,
)
from widgets.measure import class_breaks, ward_values
from widgets.table import Cell, Column, Packed, Row, packed, table
from widgets.theme import is_dark
from widgets.ward_map import ward_map

KEY_DAYS = (date(2018, 12, 31), date(2018, 8, 31), date(2017, 12, 31))
"""Days for which figures were published; the other choices are ends of years."""
EARLIEST = date(2010, 1, 1)
VIEWS = {"cells": mark("Map"), "tiles": mark("Tiles"), "table": mark("Table")}
MEASURES = ("coverage", "active_coverage")
MAP_HEIGHT = 560


def page(viewer: Viewer) -> None:
    """Draw coverage in `viewer`'s scope as it stood on the chosen day."""
    t = viewer.t
    address = Address(("ward", "on", "measure", "view"), t)
    place = st.container()
    day, measure_code, view = _filters(address, t)
    answer = ask(coverage, viewer, on=day)
    data = answer.value
    with place:
        title(
            t("Service coverage"),
            t("Commune-level procedures online at level 3 and 4, as of {day}", day=t.day(day)),
        )
    ward = address.ward(viewer)
    address.complain()
    dark = is_dark()
    figures = answer.once(
        lambda: figure_cards(_figures(data, day, viewer), t, dark=dark), "figures", dark, day, *viewer.reads
    )
    markup(figures)
    left, right = st.columns([1.4, 1], gap="small")
    with left, st.container(key="panel-coverage-map"):
        _map(answer, measure_code, view, viewer, ward)
    with right, st.container(key="panel-coverage-side", height="stretch"):
        if ward is None:
            _ranking(answer, measure_code, viewer)
        else:
            _gaps(viewer, ward, day, data)
    left, right = st.columns([1.4, 1], gap="small")
    with left, st.container(key="panel-history", height="stretch"):
        _history(answer, t, day)
    with right, st.container(key="panel-missing", height="stretch"):
        _missing(answer, viewer)


def _filters(address: Address, t: Texts) -> tuple[date, str, str]:
    pulse = current_desk().watch.pulse()
    now = t.local(pulse.as_of).date() if pulse.as_of else date.today()  # noqa: DTZ011 - no figures: any day will do
    days = _days(now)
    asked = address.get("on", partial(_parse_day, latest=now))
    if asked is not None and asked not in days:
        days = sorted({*days, asked}, reverse=True)
    measure = address.get("measure", lambda raw: raw if raw in MEASURES else None)
    view = address.get("view", lambda raw: raw if raw in VIEWS else None)
    columns = st.columns([1, 1.3, 2.6], gap="small", vertical_alignment="bottom")
    with columns[0]:
        day = choose(t("State of"), days, param="on", current=asked, default=now, code=date.isoformat,
                     shown=lambda d: t("Today, {day}", day=t.day(d)) if d == now else t.day(d))  # fmt: skip
    with columns[1]:
        code = choose(t("Measure"), list(MEASURES), param="measure", current=measure, default="coverage", code=str,
                      shown=lambda c: indicator(c).name(t.lang))  # fmt: skip
    with columns[2]:
        shown_as = choose(t("Shown as"), list(VIEWS), param="view", current=view, default="cells", code=str,
                          shown=lambda c: t(VIEWS[c]), kind="segments")  # fmt: skip
    return day, code, shown_as


def _parse_day(raw: str, latest: date) -> date | None:
    """A day for which there can be figures: not before any service was online, not in the future."""
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return day if EARLIEST <= day <= latest else None


def _days(now: date) -> list[date]:
    ends = [date(year, 12, 31) for year in range(2017, now.year)]
    return sorted({now, *ends, *KEY_DAYS}, reverse=True)


def _figures(data: Coverage, day: date, viewer: Viewer) -> list[Figure]:
    t, wards_table = viewer.t, screen(viewer, COVERAGE, view="table", on=day.isoformat())
    city, wards, online = data.city, len(data.wards), offers(data.city)
    return [
        Figure("city_online", t("{n} of {all}", n=t.number(online), all=t.number(city["procedures"])),
               t("{share} · level 3: {l3} · level 4: {l4}", share=t.share(online, city["procedures"]),
                 l3=t.number(city["level3"]), l4=t.number(city["level4"]))),
        Figure("coverage", t.share(data.offered, data.total * wards),
               t("mean of {wards} wards · {n} commune-level procedures", wards=t.number(wards),
                 n=t.number(data.total)), link=wards_table),
        Figure("active_coverage", t.share(data.active, data.offered),
               t("{n} of {all} offers used within 12 months", n=t.number(data.active), all=t.number(data.offered)),
               link=wards_table)
        if data.use_known else Figure("active_coverage", NOTHING, t("dossiers of these 12 months are not recorded")),
        Figure("full_coverage", t.number(data.complete_wards),
               t("of {wards} wards offer all procedures", wards=t.number(wards))),
    ]  # fmt: skip


def _percent(share: float | None, data: Coverage, t: Texts) -> str:
    """Active coverage; a dash, not "nothing arose", where use is not recorded."""
    return t.percent(share) if data.use_known else NOTHING


def _lines(row: dict[str, Any], data: Coverage, t: Texts) -> list[str]:
    return [
        t("{n} of {all} procedures", n=t.number(offers(row)), all=t.number(data.total)),
        t("level 3: {l3}, level 4: {l4}", l3=t.number(row["level3"]), l4=t.number(row["level4"])),
        _used(row, data, t),
    ]


def _used(row: dict[str, Any], data: Coverage, t: Texts) -> str:
    if not data.use_known:
        return t("dossiers of these 12 months are not recorded")
    return t("{n} used within 12 months", n=t.number(row["active"]))


def _map(answer: Answer[Coverage], code: str, view: str, viewer: Viewer, ward: str | None) -> None:
    t, measure, data = viewer.t, measures()[code], answer.value
    rows = [row for row in data.wards if row["ward_code"] in registry().wards]
    panel_title(
        t("{measure} by ward", measure=indicator(code).name(t.lang)),
        of_map(t("Approximate boundaries. Red is what is offered least."), t("Red is what is offered least."))
        if view == "cells"
        else t("One equal tile a ward, grouped by district.") if view == "tiles"
        else t("Click a head to sort, a row to open the ward."),
        explained(t, code),
    )  # fmt: skip
    if view == "table":
        _table(rows, data, viewer, ward)
        return
    values = answer.once(
        lambda: ward_values(measure, {row["ward_code"]: data.share(row, code) for row in rows},
                            {row["ward_code"]: _lines(row, data, t) for row in rows}, t),
        "map", code, t.lang,
    )  # fmt: skip
    clicked = ward_map(
        values,
        key=f"coverage-{view}", layout="tiles" if view == "tiles" else "cells", classes=class_breaks(measure, t),
        lang=t.lang, selected=ward, height=MAP_HEIGHT, only_district=viewer.only_district,
        empty_label=t("nothing offered") if data.use_known or code == "coverage" else t("not recorded"),
        legend_title=indicator(code).name(t.lang),
    )  # fmt: skip
    if clicked and clicked != ward and any(row["ward_code"] == clicked for row in rows):
        pick(clicked)
        st.rerun()


def pick(code: str) -> None:
    """Choose a ward: it goes into the URL."""
    put("ward", code)


COLUMNS = ("level3", "level4", "coverage", "services_used", "active_coverage")


def _table(rows: list[dict[str, Any]], data: Coverage, viewer: Viewer, ward: str | None) -> None:
    t = viewer.t
    links = {"coverage": gaps_of(viewer, "{key}")}
    columns = [Column(t("Ward")), *(figure_column(code, t, links.get(code, "")) for code in COLUMNS)]

    def cells(row: dict[str, Any]) -> list[Cell]:
        place = registry().wards[row["ward_code"]]
        offered, used = data.share(row, "coverage"), data.share(row, "active_coverage")
        return [
            Cell(place.name, place.rank, "strong", registry().districts[place.district_code].name),
            Cell(t.number(row["level3"]), row["level3"]),
            Cell(t.number(row["level4"]), row["level4"]),
            Cell(t.percent(offered), offered),
            Cell(t.number(row["active"] if data.use_known else None), row["active"]),
            Cell(_percent(used, data, t), used),
        ]

    ordered = sorted(rows, key=lambda row: registry().wards[row["ward_code"]].rank)
    table(columns, [Row(row["ward_code"], cells(row)) for row in ordered], key="coverage-table",
          label=t("Coverage by ward"), empty=t("nothing offered"), height=MAP_HEIGHT, selected=ward,
          on_pick=pick)  # fmt: skip


def _ranking(answer: Answer[Coverage], code: str, viewer: Viewer) -> None:
    """Districts by the mean of their wards; for one district, its wards."""
    t = viewer.t
    panel_title(
        t("Ranking by ward") if viewer.only_district else t("Ranking by district"),
        indicator(code).name(t.lang) + (t(", mean of the district's wards") if not viewer.only_district else ""),
    )
    answer.once(lambda: _ranked(answer.value, code, viewer), "ranking", code, t.lang).show("coverage-ranking")


def _ranked(data: Coverage, code: str, viewer: Viewer) -> Chart:
    t = viewer.t
    by, places = ("ward_code", registry().wards) if viewer.only_district else ("district_code", registry().districts)
    means = [(mean, places[key].name, n) for mean, key, n in reversed(data.means(code, by)) if key in places]
    return share_bars(
        [
            {"words": name, "share": mean, "value": t.percent(mean),
             "text": t("{name}: {share}, {n} wards", name=name, share=t.percent(mean), n=t.number(n))}
            for mean, name, n in means
        ],
        t, unit=indicator(code).name(t.lang),
    )  # fmt: skip


def _gaps(viewer: Viewer, ward: str, day: date, data: Coverage) -> None:
    t = viewer.t
    missing = ask(ward_gaps, viewer, ward=ward, on=day).value
    head, close = st.columns([5, 1], vertical_alignment="top")
    with head:
        panel_title(ward_name(ward), district_of(ward))
    with close:
        st.button(t("Close"), key="close-ward", on_click=put, args=("ward", None), width="stretch")
    row = next((row for row in data.wards if row["ward_code"] == ward), None)
    if row is not None:
        facts([
            Fact("coverage", t.percent(data.share(row, "coverage")),
                 t("{n} of {all} procedures", n=t.number(offers(row)), all=t.number(data.total))),
            Fact("active_coverage", _percent(data.share(row, "active_coverage"), data, t), _used(row, data, t)),
        ], t)  # fmt: skip
    gap_table(missing, t, key="coverage-gaps", height=440)


def _history(answer: Answer[Coverage], t: Texts, day: date) -> None:
    panel_title(
        t("City total by level over time"),
        t("Each procedure counts once, by its highest level. Targets with their source; sources may disagree."),
        explained(t, "city_online"),
    )
    if not answer.value.history:
        banner(t("No service was offered online before this day."))
        return
    answer.once(lambda: _courses(answer.value, t, day), "history", day, t.lang).show("history")


def _courses(data: Coverage, t: Texts, day: date) -> Chart:
    total = data.history[-1]["procedures"]
    lines = [
        {
            "by": goal.by, "n": round(goal.value * total),
            "short": t("{share} by {day}: {source}", share=t.percent(goal.value, 0), day=t.day(goal.by),
                       source=goal.source_text(t.lang)),
            "text": t("{share} by {day}: {source}", share=t.percent(goal.value, 0), day=t.day(goal.by),
                      source=goal.source_text(t.lang)),
        }
        for goal in targets() if goal.indicator == "city_online"
    ]  # fmt: skip
    since = day - timedelta(days=365 * 10)
    return history_chart([row for row in data.history if row["day"] >= since], lines, t, until=day)


def _missing(answer: Answer[Coverage], viewer: Viewer) -> None:
    t, data = viewer.t, answer.value
    wards = len(data.wards)

    def rows() -> Packed:
        return packed([
            Row(item["procedure_code"], [
                Cell(item["name"], item["name"], small=f"{item['procedure_code']} · {item['field_name']}"),
                Cell(t.number(item["wards_offering"]), item["wards_offering"]),
                Cell(t.number(wards - item["wards_offering"]), wards - item["wards_offering"],
                     "bad" if item["wards_offering"] == 0 else ""),
            ])
            for item in data.procedures
        ])  # fmt: skip

    panel_title(t("Gap list: procedures offered by the fewest wards"),
                t("Of {n} wards in view.", n=t.number(wards)))  # fmt: skip
    table(
        [Column(t("Procedure")), figure_column("wards_offering", t), figure_column("wards_missing", t)],
        answer.once(rows, "missing", t.lang),
        key="coverage-missing", label=t("Procedures offered by the fewest wards"),
        empty=t("nothing offered"), height=320,
    )  # fmt: skip
