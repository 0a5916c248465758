"""Everything about one ward on one page: figures, why they changed, fields, ages, coverage, officers, links."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from config.i18n import NOTHING, Texts, mark
from config.indicators import indicator
from config.registry import registry
from config.unlisted import FINISHED
from data_access.period_words import KINDS, period_words
from data_access.queries.backlog import WardDetail, ward_detail
from data_access.queries.coverage import ward_gaps
from data_access.queries.district import Place
from data_access.queries.dossiers import OPEN
from data_access.queries.form_ii06a import FormII06a, Line, form_ii06a
from data_access.queries.red import What
from data_access.queries.silence import silence
from data_access.queries.ward import listed_then, ward_officers
from data_access.rules.period import Period, comparable
from data_access.silence_words import silence_line
from data_access.working_time import per_working_day, recent_working_days
from pages import red, ward_panel
from pages.address import Address, choose
from pages.ask import ask, figures_day
from pages.first_call import first_of_district
from pages.form_links import CELLS, cell_links
from pages.gaps import gap_table
from pages.links import list_of, to_process
from pages.periods import PARAMS, choose_period
from pages.place_figures import figures, figures_of
from pages.places import SERVICES, district_name, district_of, role_name, ward_name
from pages.report_links import report_ways
from pages.stuck import stuck
from pages.trend import flow_rows, flow_table, with_late
from pages.viewer import Viewer
from widgets.charts import flow_chart
from widgets.figures import banner, explained, figure_column, figure_row, note, panel_title, title
from widgets.table import Cell, Column, Row, table

SINCE = {"period": mark("The period before"), "week": mark("A week ago"), "yesterday": mark("Yesterday evening")}
WHAT: tuple[What, ...] = ("overdue", "open")
CHANGING = ("open", "overdue", "received_flow", "settled_flow")


def page(viewer: Viewer) -> None:
    """Draw the ward in the address within `viewer`'s scope; without one, the ward to look at first."""
    t, day = viewer.t, figures_day(viewer.t)
    address = Address(("ward", "district", *PARAMS, "since", "of"), t)
    head = st.container()
    ward, period, since, what = _filters(address, viewer)
    if ward is None:
        address.complain()
        banner(t("Your account has no district. Ask the IT administration to enter it."))
        return
    before = comparable(period, day)
    answer = figures_of(registry().wards[ward].district_code, period, viewer)
    with head:
        title(
            ward_name(ward),
            t("{district} · {n} people · {period} · open dossiers as of {at}", district=district_of(ward),
              n=t.number(registry().wards[ward].population), period=period_words(period, t),
              at=t.moment(answer.as_of)),
        )  # fmt: skip
        report_ways(viewer, period.code, ward=ward)
    address.complain()
    place = next((place for place in answer.value.wards if place.ward_code == ward), None)
    if place is None:
        banner(t("The source has no unit of this ward, so nothing is known of it."))
        return
    _hints(place, ward, viewer)
    figure_row(figures(place, 1, answer.value, "ward", period, viewer, ward=ward), t)
    days = {"period": before.last, "week": day - timedelta(days=7), "yesterday": day - timedelta(days=1)}
    detail = ask(ward_detail, viewer, ward=ward).value
    left, right = st.columns([1.45, 1], gap="small")
    with left, st.container(key="panel-ward-why", height="stretch"):
        red.why(viewer, ward, what, days[since])
        stuck(viewer, ward, key="ward-stuck", height=380)
    with right, st.container(key="panel-ward-changes", height="stretch"):
        _changes(place, ward, viewer)
        ward_panel.ages(detail, list_of(viewer, "open", ward=ward), t, key="ward-ages")
    left, right = st.columns([1.1, 1], gap="small")
    with left, st.container(key="panel-ward-trend", height="stretch"):
        panel_title(t("Received and settled, last 31 days"), t("Dossiers a day"),
                    explained(t, "received_flow", "settled_flow"))  # fmt: skip
        flow_chart(place.trend, t).show("ward-trend")
        flow_table(flow_rows(place.trend, viewer, ward=ward), viewer, key="ward-trend-table")
    with right, st.container(key="panel-ward-fields", height="stretch"):
        _fields(ask(form_ii06a, viewer, first=period.first, last=period.last, ward=ward).value, ward, period, viewer)
        lists = {code: list_of(viewer, code, ward=ward, procedure="{key}") for code in ("open", "overdue", "due_24h")}
        ward_panel.procedures(detail, lists, to_process(viewer, ward=ward), t)
    left, right = st.columns([1, 1.1], gap="small")
    with left, st.container(key="panel-ward-gaps", height="stretch"):
        gap_table(ask(ward_gaps, viewer, ward=ward, on=day).value, t, key="ward-gaps", height=360)
    with right, st.container(key="panel-ward-officers", height="stretch"):
        _officers(ask(ward_officers, viewer, ward=ward).value, day, viewer)
    left, right = st.columns([1.1, 1], gap="small")
    with left, st.container(key="panel-ward-oldest", height="stretch"):
        ward_panel.oldest(detail, viewer, day)
    with right, st.container(key="panel-ward-links", height="stretch"):
        _links(detail, t)


def _filters(address: Address, viewer: Viewer) -> tuple[str | None, Period, str, What]:
    t, codes = viewer.t, [code for code in registry().districts if viewer.scope.allows(code)]
    asked, district = address.ward(viewer), address.district(viewer)
    since = address.get("since", lambda raw: raw if raw in SINCE else None)
    of: What | None = address.get("of", lambda raw: next((what for what in WHAT if what == raw), None))
    places, when, changed = st.columns([1.5, 1.6, 2], gap="small", vertical_alignment="bottom")
    ward = None
    with places:
        left, right = st.columns(2, gap="small") if len(codes) > 1 else (st.container(), st.container())
        if len(codes) > 1:
            with left:
                district = choose(t("District"), codes, param="district", default=codes[0], code=str,
                                  current=registry().wards[asked].district_code if asked else district,
                                  shown=lambda code: district_name(code, t))  # fmt: skip
        else:
            district = codes[0] if codes else None
        if district is not None:
            wards = [w.code for w in sorted(registry().wards_of(district), key=lambda w: w.rank)]
            # who comes with a ward has no need of the ranking
            first = asked if asked in wards else first_of_district(viewer, district) or wards[0]
            with right:
                ward = choose(t("Ward"), wards, param="ward", current=asked, default=first, code=str,
                              shown=ward_name)  # fmt: skip
            st.query_params["ward"] = ward  # also when nobody chose it: tomorrow another one may come first
    with when:
        period = choose_period(address, t, tuple(KINDS), figures_day(t), default="reporting_month")
    with changed:
        left, right = st.columns([1.3, 1], gap="small", vertical_alignment="bottom")
        with left:
            what: What = choose(t("Explain"), list(WHAT), param="of", current=of, default="overdue", code=str,
                                shown=lambda code: indicator(code).name(t.lang), kind="segments")  # fmt: skip
        with right:
            since = choose(t("Compared with"), list(SINCE), param="since", current=since, default="period", code=str,
                           shown=lambda code: t(SINCE[code]))  # fmt: skip
    return ward, period, since, what


def _hints(place: Place, ward: str, viewer: Viewer) -> None:
    """Sentences about a ward in which little or nothing happens."""
    t = viewer.t
    if not place.now["open"] and not place.flows["received"] and not place.flows["settled"]:
        banner(t("No dossier of this ward is open, and none came or went in this period. Choose another period, or see "
                 "Data quality for silent wards."))  # fmt: skip
    quiet = ask(silence, viewer, district=registry().wards[ward].district_code).value
    for row in quiet.wards:
        if row["ward_code"] == ward:
            note(silence_line(row, t, quiet.limits))


def _changes(place: Place, ward: str, viewer: Viewer) -> None:
    """Today beside yesterday and the same weekday a week ago."""
    t = viewer.t
    now, yesterday, week = place.trend[-1], place.trend[-2], place.trend[-8]
    listed = ask(listed_then, viewer, ward=ward, days=(yesterday["day"], week["day"])).value
    words = t("Open and overdue at the day's end, received and settled on the day; today so far.")
    if not all(all(of.values()) for of in listed.values()):
        words = f"{words} {t(red.NO_LIST)}"
    panel_title(t("Since yesterday and last week"), with_late(words, [week, yesterday], t),
                explained(t, *CHANGING))  # fmt: skip
    names = dict(zip(CHANGING, ("open", "overdue", "received", "settled"), strict=True))

    def of(name: str, one: dict[str, Any]) -> Cell:
        """A number with its list, if there is one that has as many."""
        link = ""
        if one is now and name in OPEN:
            link = list_of(viewer, name, ward=ward)
        elif name not in OPEN:
            link = list_of(viewer, name, ward=ward, first=one["day"], last=one["day"])
        elif listed[one["day"]][name]:
            link = list_of(viewer, f"{name}_at", ward=ward, last=one["day"])
        return Cell(t.number(one[name]), one[name], link=link if one[name] else "")

    def row(code: str) -> Row:
        name = names[code]
        bad = code == "overdue"
        return Row(str(CHANGING.index(code)), [
            Cell(indicator(code).short_name(t.lang), None, "strong", indicator(code).unit_name(t.lang)),
            of(name, now),
            of(name, yesterday),
            Cell(t.change(now[name] - yesterday[name]), None, "bad" if bad and now[name] > yesterday[name] else ""),
            of(name, week),
            Cell(t.change(now[name] - week[name]), None, "bad" if bad and now[name] > week[name] else ""),
        ])  # fmt: skip

    table(
        [Column(t("Figure")), Column(t("Today"), "right"), Column(t("Yesterday"), "right"), Column("±", "right"),
         Column(t("A week ago"), "right"), Column("±", "right")],
        [row(code) for code in CHANGING],
        key="ward-changes", label=t("Since yesterday and last week"), empty="", height=330,
    )  # fmt: skip


def _fields(form: FormII06a, ward: str, period: Period, viewer: Viewer) -> None:
    t = viewer.t
    panel_title(t("By field, in the period"), t("As in form II.06a, timeliness rule {rule}.", rule=form.rule))
    lines = sorted(form.lines, key=lambda line: (-line.cells.received, line.field_name))

    def cells(line: Line) -> list[Cell]:
        found = cell_links(viewer, period.first, form.until, ward=ward, tier=line.tier, field=line.field_code)
        to, n = dict(zip(CELLS, found, strict=True)), line.cells
        of = t("n = {n}", n=t.number(n.settled)) if n.settled else ""
        return [
            Cell(line.field_name or t("unknown field"), line.field_name),
            Cell(t.number(n.received), n.received, link=to["received"] if n.received else ""),
            Cell(t.number(n.settled), n.settled, link=to["settled"] if n.settled else ""),
            Cell(t.percent(n.on_time_share), n.on_time_share, small=of, link=to["settled"] if n.settled else ""),
            Cell(t.number(n.overdue), n.overdue, "bad" if n.overdue else "", link=to["overdue"] if n.overdue else ""),
        ]

    table(
        [Column(t("Field")),
         *(figure_column(code, t) for code in ("form_received", "form_settled", "form_on_time", "form_overdue"))],
        [Row(f"{line.tier} {line.field_code}", cells(line)) for line in lines],
        key="ward-fields", label=t("By field, in the period"), empty=t("nothing arose"), height=250,
    )  # fmt: skip


def _officers(officers: list[dict[str, Any]], day: date, viewer: Viewer) -> None:
    t = viewer.t
    panel_title(t("Officers"), t("Open steps, split among their holders. A late step is its holder's, whoever comes "
                                 "last.") + " " + t(FINISHED))  # fmt: skip
    working_days = recent_working_days(day)

    def row(one: dict[str, Any]) -> Row:
        per_day = per_working_day(one["finished_28"], working_days)
        kept = one["on_time_28"] / one["with_due_28"] if one["with_due_28"] else None
        role = role_name(one["role"], t)
        return Row(one["officer_id"], [
            Cell(one["display_name"], one["display_name"], "strong",
                 role if one["active"] else t("{role}, no longer active", role=role)),
            Cell(t.short(one["steps"]), one["steps"]),
            Cell(t.short(one["overdue"]), one["overdue"], "bad" if one["overdue"] else ""),
            Cell(t.number(per_day, 1), per_day),
            Cell(t.percent(kept), kept),
            Cell(t.moment(one["last_seen_at"]) if one["last_seen_at"] else NOTHING,
                 one["last_seen_at"].timestamp() if one["last_seen_at"] else None),
        ])  # fmt: skip

    table(
        [Column(t("Officer")), figure_column("officer_steps", t, list_of(viewer, "held", officer="{key}")),
         figure_column("officer_overdue", t, list_of(viewer, "held_late", officer="{key}")),
         *(figure_column(code, t) for code in ("throughput", "step_on_time")),
         Column(t("Last seen"))],
        [row(one) for one in officers],
        key="ward-officers", label=t("Officers"), empty=t("The source has no officer of this ward."), height=360,
    )  # fmt: skip


def _links(detail: WardDetail, t: Texts) -> None:
    panel_title(t("Links"), t("State at the latest check of each."))
    table(
        [Column(t("Link")), Column(t("State")), Column(t("Since")), Column(t("Checked"))],
        [
            Row(row["service"], [
                Cell(t(SERVICES[row["service"]]) if row["service"] in SERVICES else row["service"], row["service"],
                     "strong"),
                Cell(t("connected") if row["up"] else t("not connected"), int(row["up"]), "" if row["up"] else "bad"),
                Cell(t.moment(row["since"]), row["since"].timestamp()),
                Cell(t.moment(row["checked_at"]), row["checked_at"].timestamp(), "quiet"),
            ])
            for row in detail.links
        ],
        key="ward-links", label=t("Links"), empty=t("the source brings no link checks"), height=220,
    )  # fmt: skip
