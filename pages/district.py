"""A district at a glance: its figures, its wards on the map and as a list, the wards to look at first and why."""

from typing import Any

import streamlit as st

from config.district import district_rules
from config.i18n import NOTHING, Texts
from config.indicators import indicator
from config.measures import measures
from config.registry import registry
from data_access.period_words import KINDS, period_words
from data_access.queries.backlog import measured
from data_access.queries.district import District, Place
from data_access.rules.first_call import Call
from data_access.rules.period import Period, comparable
from pages import red
from pages.address import Address, choose
from pages.ask import figures_day
from pages.first_call import linked, top
from pages.links import gaps_of, go, list_of
from pages.paths import WARD
from pages.periods import PARAMS, choose_period
from pages.place_figures import change, figures, figures_of
from pages.places import district_name, of_map, ward_name
from pages.report_links import report_ways
from pages.stuck import stuck
from pages.trend import with_late
from pages.viewer import Viewer
from widgets.figures import banner, explained, figure_column, figure_row, first_list, panel_title, title
from widgets.measure import class_breaks, ward_values
from widgets.table import Cell, Column, Row, table
from widgets.ward_map import ward_map

MAP_HEIGHT = 560
FIRST = 3
COUNTED = ("open", "overdue", "due_24h")
COLUMNS = ("form_on_time", "on_time_change", "online_period", "coverage",
           "satisfied_period", "overdue_course")  # fmt: skip
PICKED = "district-picked"


def page(viewer: Viewer) -> None:
    """Draw one district of `viewer`'s scope: the one in the address, or the first."""
    t, day = viewer.t, figures_day(viewer.t)
    address = Address(("district", *PARAMS), t)
    head = st.container()
    district, period = _filters(address, viewer)
    if district is None:
        address.complain()
        banner(t("Your account has no district. Ask the IT administration to enter it."))
        return
    answer = figures_of(district, period, viewer)
    before = comparable(period, day)
    with head:
        title(
            district_name(district, t),
            t("{period} · compared with {before} · open dossiers as of {at}", period=period_words(period, t),
              before=period_words(before, t), at=t.moment(answer.as_of)),
        )  # fmt: skip
        report_ways(viewer, period.code, district=district)
    address.complain()
    data = answer.value
    figure_row(figures(data.whole, len(data.wards), data, "district", period, viewer, district=district), t)
    calls = top(FIRST, viewer, district)
    left, right = st.columns([1, 2.15], gap="small")
    with left, st.container(key="panel-district-map", height="stretch"):
        clicked = _map(data, district, calls, t)
    with right, st.container(key="panel-district-wards", height="stretch"):
        _list(data, period, viewer)
    left, right = st.columns([1, 1.25], gap="small")
    with left, st.container(key="panel-district-first", height="stretch"):
        panel_title(t("Wards to look at first"), t("The numbers stand on the map."), explained(t, "call_points"))
        first_list([linked(call, viewer) for call in calls], t("Nothing stands badly at any ward."))
    with right, st.container(key="panel-district-why", height="stretch"):
        ward = _reddest(calls, data)
        if ward is not None:
            red.why(viewer, ward, "overdue", before.last)
            stuck(viewer, ward, key="district-stuck", height=280)
    chosen = st.session_state.pop(PICKED, None) or clicked
    if chosen:
        go(viewer, WARD, ward=chosen, **_kept())


def _reddest(calls: list[Call], data: District) -> str | None:
    """Of the wards to look at that have overdue dossiers the first with more or fewer than then, or the first at all;
    where there is none the ward that has most."""
    then = {place.ward_code: place.earlier[1] for place in data.wards}
    late = [call.ward for call in calls if call.ward.overdue]
    moved = [ward for ward in late if ward.overdue != then.get(ward.ward_code)]
    if late:
        return (moved or late)[0].ward_code
    most = max(data.wards, key=lambda place: place.now["overdue"], default=None)
    return most.ward_code if most else None


def _kept() -> dict[str, str]:
    """The period, as it stands in the address."""
    return {name: st.query_params[name] for name in PARAMS if name in st.query_params}


def _filters(address: Address, viewer: Viewer) -> tuple[str | None, Period]:
    t, codes = viewer.t, [code for code in registry().districts if viewer.scope.allows(code)]
    asked = address.district(viewer)
    left, right = st.columns([1, 2.4], gap="small", vertical_alignment="bottom")
    district = codes[0] if codes else None
    if len(codes) > 1:
        with left:
            district = choose(t("District"), codes, param="district", current=asked, default=codes[0], code=str,
                              shown=lambda code: district_name(code, t))  # fmt: skip
    with right if len(codes) > 1 else left:
        return district, choose_period(address, t, tuple(KINDS), figures_day(t), default="reporting_month")


def _map(data: District, district: str, calls: list[Call], t: Texts) -> str | None:
    measure = measures()["overdue_rate"]
    values: dict[str, float | None] = {}
    lines: dict[str, list[str]] = {}
    for place in data.wards:
        values[str(place.ward_code)] = measured(measure, place.now)
        lines[str(place.ward_code)] = [
            t(
                "{overdue} overdue of {open} open",
                overdue=t.number(place.now["overdue"]),
                open=t.number(place.now["open"]),
            )
        ]
    panel_title(
        t("{measure} by ward", measure=indicator("overdue_rate").name(t.lang)),
        of_map(t("Approximate boundaries. Click a ward to open it."), t("Click a ward to open it.")),
        explained(t, "overdue_rate"),
    )
    return ward_map(
        ward_values(measure, values, lines, t), key=f"district-map-{district}", layout="cells",
        classes=class_breaks(measure, t), lang=t.lang, selected=None,
        numbered=[call.ward.ward_code for call in calls], height=MAP_HEIGHT, only_district=district,
        empty_label=t("fewer than {n} open", n=measure.min_n), legend_title=indicator("overdue_rate").name(t.lang),
    )  # fmt: skip


def _list(data: District, period: Period, viewer: Viewer) -> None:
    t, few = viewer.t, district_rules().least_settled
    wards = {place.unit_code: place.ward_code for place in data.places}

    def pick(unit: str) -> None:
        """A ward's row opens the ward; the district's own office has no screen of its own."""
        st.session_state[PICKED] = wards[unit]

    panel_title(
        t("{n} wards", n=t.number(len(data.wards))),
        with_late(t("Most overdue first. Shares of fewer than {n} dossiers stand pale and are not ranked. Click a row "
                    "to open the ward.", n=t.number(few)), data.places[0].trend if data.places else [], t),
    )  # fmt: skip
    places = sorted(data.places, key=lambda p: (p.ward_code is None, -p.now["overdue"], -p.now["open"], _rank(p)))
    table(
        [Column(t("Ward")), *(figure_column(code, t, list_of(viewer, code, unit="{key}")) for code in COUNTED),
         *(figure_column(code, t) for code in COLUMNS)],
        [place_row(place, data, t, lists_of(place, period, viewer)) for place in places],
        key="district-wards", label=t("Wards of the district"), empty=t("The source has no unit of this district."),
        height=MAP_HEIGHT + 30, on_pick=pick,
    )  # fmt: skip


def _rank(place: Place) -> int:
    return registry().wards[place.ward_code].rank if place.ward_code in registry().wards else 0


def lists_of(place: Place, period: Period, viewer: Viewer) -> dict[str, str]:
    """The addresses of what a place's shares in a period are shares of, by column."""
    days = {"first": period.first, "last": period.until(figures_day(viewer.t))}
    sets = {"form_on_time": "settled", "online_period": "received", "satisfied_period": "rated"}
    found = {code: list_of(viewer, what, unit=place.unit_code, **days)
             for code, what in sets.items() if place.flows[what]}  # fmt: skip
    return found | ({"coverage": gaps_of(viewer, place.ward_code)} if place.ward_code else {})


def place_row(place: Place, data: District, t: Texts, lists: dict[str, str] | None = None) -> Row:
    """A place as a row of COUNTED and COLUMNS, after its name; lists: the addresses its cells lead to, by column."""
    to = lists or {}
    now, flows, before = place.now, place.flows, place.before
    course = [row["overdue"] for row in place.trend]
    name = ward_name(place.ward_code, place.name)
    cells = [
        Cell(name, _rank(place), "strong"),
        Cell(t.number(now["open"]), now["open"]),
        Cell(t.number(now["overdue"]), now["overdue"], "bad" if now["overdue"] else "",
             t.percent(now["overdue"] / now["open"]) if now["overdue"] else ""),
        Cell(t.number(now["due_24h"]), now["due_24h"]),
        _share("in_time", "settled", flows, to.get("form_on_time", ""), t),
        _change_cell(flows, before, data.medians.get("ward", {}).get("on_time"), t),
        _share("received_online", "received", flows, to.get("online_period", ""), t),
        _coverage(place, data, to.get("coverage", ""), t),
        _share("satisfied", "rated", flows, to.get("satisfied_period", ""), t),
        Cell(t("{name}: overdue from {first} to {last} in 31 days", name=name, first=t.number(course[0]),
               last=t.number(course[-1])), course[-1] - course[0], "bad" if course[-1] > course[0] else "", "", course),
    ]  # fmt: skip
    return Row(place.unit_code, cells)


def _share(part: str, whole: str, flows: dict[str, int], link: str, t: Texts) -> Cell:
    """A share with its n, which `link` lists; pale and last in order where n is small."""
    n = flows[whole]
    enough = district_rules().enough(n)
    return Cell(t.share(flows[part], n), flows[part] / n if enough else None, "" if enough else "quiet",
                t("n = {n}", n=t.number(n)) if n else "", link=link if n else "")  # fmt: skip


def _change_cell(flows: dict[str, int], before: dict[str, int], median: float | None, t: Texts) -> Cell:
    points = change("in_time", "settled", flows, before)
    against: Any = ""
    if median is not None and district_rules().enough(flows["settled"]):
        against = t("city {change}", change=t.change(100 * (flows["in_time"] / flows["settled"] - median), 1))
    if points is None:
        return Cell(NOTHING, None, "quiet", against)
    return Cell(t.change(points, 1), points, "bad" if points <= -1 else "", against)


def _coverage(place: Place, data: District, link: str, t: Texts) -> Cell:
    if place.ward_code is None or not data.procedures:
        return Cell(NOTHING, None, "quiet")
    return Cell(t.share(place.offered, data.procedures), place.offered, link=link)
