"""The landing screen: the main figures with trend and definition, where it hurts, whom to call first."""

from datetime import timedelta
from typing import Any

import streamlit as st

from config.first_call import first_call
from config.i18n import Texts
from config.indicators import indicator
from config.measures import measures
from config.registry import registry
from data_access.queries.overview import Overview, overview
from pages.address import Address
from pages.ask import ask, today
from pages.first_call import linked, top
from pages.links import go, list_of, screen
from pages.paths import BACKLOG, WARD, WORKLOAD
from pages.places import of_map, unit_words
from pages.trend import flow_rows, flow_table, with_late
from pages.viewer import Viewer
from widgets.charts import flow_chart
from widgets.figures import Figure, First, banner, explained, figure_cards, first_list, markup, note, panel_title, title
from widgets.measure import class_breaks, ward_values
from widgets.theme import is_dark
from widgets.ward_map import WardValues, ward_map

MAP_HEIGHT = 700
FIRST = 8


def page(viewer: Viewer) -> None:
    """Draw the landing screen for `viewer`'s scope."""
    t = viewer.t
    address = Address((), t)
    answer = ask(overview, viewer)
    data = answer.value
    day = today(answer, viewer)
    where = _where(viewer)
    title(where, t("{weekday} {day}, as of {clock}", weekday=t.weekday(day), day=t.day(day),
                   clock=t.clock(answer.as_of)))  # fmt: skip
    address.complain()
    refused = first_call()[1]
    if refused is not None and viewer.role == "it":
        banner(refused.text(t.lang), bad=True)
    dark = is_dark()
    markup(answer.once(lambda: figure_cards(_stock_figures(data, viewer), t, dark=dark), "stock", dark, *viewer.reads))
    markup(answer.once(lambda: figure_cards(_flow_figures(data, viewer), t, dark=dark), "flow", dark, *viewer.reads))
    left, right = st.columns([1.35, 1], gap="small")
    calls = top(FIRST, viewer)
    with left, st.container(key="panel-map"):
        values = answer.once(lambda: _ward_values(data, viewer), "map", t.lang)
        _map(values, [call.ward.ward_code for call in calls], viewer)
    with right, st.container(key="panel-first-wards", height="stretch"):
        panel_title(
            t("Wards to call first"),
            t("By points for what is overdue or due soon, links down and alerts. The numbers stand on the map."),
            explained(t, "call_points"),
        )
        first_list([linked(call, viewer) for call in calls], t("Nothing stands badly at any ward."))
    left, right = st.columns([1, 1], gap="small")
    with left, st.container(key="panel-first-officers", height="stretch"):
        panel_title(
            t("Officers to look at first"),
            t("By load index: steps held against the median of the same role and tier."),
            explained(t, "load_index"),
        )
        if viewer.role == "wall":
            note(t("Names are not shown on wall screens."))
        else:
            lines = answer.once(
                lambda: [_officer_first(row, viewer) for row in data.officers], "officers", *viewer.reads
            )
            first_list(lines, t("No officer holds an open step."))
    with right, st.container(key="panel-trend", height="stretch"):
        panel_title(
            t("Received and settled, last 31 days"),
            with_late(t("Dossiers a day; today up to {clock}.", clock=t.clock(answer.as_of)), data.trend, t),
            explained(t, "received_flow", "settled_flow"),
        )
        answer.once(lambda: flow_chart(data.trend, t), "trend", t.lang).show("trend")
        rows = answer.once(lambda: flow_rows(data.trend, viewer), "trend-table", *viewer.reads)
        flow_table(rows, viewer, key="trend-table")


def _where(viewer: Viewer) -> str:
    codes = viewer.scope.districts
    if codes is None:
        return viewer.t("The city now")
    return ", ".join(registry().districts[code].name for code in codes if code in registry().districts)


def _stock_figures(data: Overview, viewer: Viewer) -> list[Figure]:
    t, f, trend = viewer.t, data.figures, data.trend
    yesterday: dict[str, Any] = trend[-2] if len(trend) > 1 else {"open": f["open"], "overdue": f["overdue"]}
    return [
        Figure("open", t.number(f["open"]),
               t("{change} since yesterday evening", change=t.change(f["open"] - yesterday["open"])),
               trend=[row["open"] for row in trend], link=list_of(viewer, "open")),
        Figure("overdue", t.number(f["overdue"]),
               t("{share} of open · {change} since yesterday", share=t.share(f["overdue"], f["open"]),
                 change=t.change(f["overdue"] - yesterday["overdue"])),
               tone="alert" if f["overdue"] else "", trend=[row["overdue"] for row in trend], also=("overdue_rate",),
               link=list_of(viewer, "overdue")),
        Figure("due_24h", t.number(f["due_24h"]), t("{share} of open", share=t.share(f["due_24h"], f["open"])),
               link=list_of(viewer, "due_24h")),
        Figure("suspended", t.number(f["suspended"]), t("{share} of open", share=t.share(f["suspended"], f["open"])),
               link=list_of(viewer, "suspended")),
    ]  # fmt: skip


def _flow_figures(data: Overview, viewer: Viewer) -> list[Figure]:
    t, f, links, today = viewer.t, data.figures, data.links, data.figures["as_of_day"]
    rate = f["in_time_30"] / f["settled_30"] if f["settled_30"] else None
    before = f["in_time_before"] / f["settled_before"] if f["settled_before"] else None
    moved = ""
    if rate is not None and before is not None:
        moved = " · " + t("{change} points", change=t.change((rate - before) * 100, 1))
    return [
        Figure("on_time_rate", t.percent(rate),
               t("rule {rule} · {n} dossiers", rule=indicator("on_time_rate").rule,
                 n=t.number(f["settled_30"])) + moved,
               link=list_of(viewer, "settled", first=today - timedelta(days=29), last=today)),
        Figure("received_today", t.number(f["received_today"]),
               t("{share} online today · {share_30} in 30 days",
                 share=t.share(f["received_today_online"], f["received_today"]),
                 share_30=t.share(f["received_30_online"], f["received_30"])), also=("online_rate",),
               link=list_of(viewer, "received", first=today, last=today)),
        Figure("received_commune", t.number(f["received_commune"]),
               t("of {all} at all tiers, since {month}", all=t.number(f["received_all"]),
                 month=t.month(f["first_month"])), also=("received_all",),
               link=list_of(viewer, "received", tier="commune")),
        _links(links, t),
    ]  # fmt: skip


def _links(links: dict[str, int], t: Texts) -> Figure:
    if not links["wards"]:
        return Figure("links_up", t.number(None), t("the source brings no link checks"))
    context = t("of {wards} wards · {down} without WAN", wards=t.number(links["wards"]),
                down=t.number(links["wan_down"]))  # fmt: skip
    return Figure("links_up", t.number(links["wards"] - links["wan_down"]), context,
                  tone="alert" if links["wan_down"] else "good")  # fmt: skip


def _ward_values(data: Overview, viewer: Viewer) -> WardValues:
    t = viewer.t
    counts = {row["ward_code"]: row for row in data.ward_overdue}
    values: dict[str, float | None] = {}
    lines: dict[str, list[str]] = {}
    for code, ward in registry().wards.items():
        if not viewer.scope.allows(ward.district_code):
            continue
        row = counts.get(code)
        values[code] = row["overdue"] if row else 0
        if row:
            lines[code] = [
                t(
                    "{overdue} overdue of {open} open",
                    overdue=t.number(row["overdue"]),
                    open=t.number(row["open"]),
                )
            ]
    return ward_values(measures()["overdue"], values, lines, t)


def _map(values: WardValues, first: list[str], viewer: Viewer) -> None:
    t = viewer.t
    panel_title(
        t("Overdue dossiers by ward"),
        of_map(t("Approximate boundaries. Click a ward to open it."), t("Click a ward to open it.")),
        explained(t, "overdue"),
    )
    clicked = ward_map(
        values,
        key="overview-map",
        layout="cells",
        classes=class_breaks(measures()["overdue"], t),
        lang=t.lang,
        selected=None,
        numbered=first,
        height=MAP_HEIGHT,
        only_district=viewer.only_district,
        empty_label=t("nothing open"),
        legend_title=indicator("overdue").name(t.lang),
    )
    if clicked:
        place = BACKLOG if viewer.role == "wall" else WARD  # a ward's own screen names its officers
        go(viewer, place, ward=clicked)


def _officer_first(row: dict[str, Any], viewer: Viewer) -> First:
    t = viewer.t
    unit, district = unit_words(row, t)
    reasons = [t("holds {n} steps (median {median})", n=t.short(row["steps"]), median=t.short(row["median"]))]
    if row["overdue"]:
        reasons.append(t("{n} past their deadline", n=t.short(row["overdue"])))
    return First(
        who=row["display_name"],
        where=", ".join(part for part in (unit, district) if part),
        why=" · ".join(reasons),
        value=t.short(row["load_index"]),
        unit=t("times the median"),
        link=screen(viewer, WORKLOAD, officer=row["officer_id"]),
    )
