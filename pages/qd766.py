"""The score of Decision 766: points reached of the points that can be computed, by group, component and place."""

import streamlit as st

from config.i18n import NOTHING, Texts
from config.indicators import NONE, indicator
from config.qd766 import qd766
from config.unlisted import DERIVED
from data_access.period_words import period_name
from data_access.queries.qd766 import Score, score
from data_access.queries.scored import SCORED
from data_access.rules.period import CALENDAR, Period
from data_access.rules.qd766 import Outcome, Points, points
from data_access.score_words import days_words, in_days, of_computable, points_words, ratio_words
from pages.address import Address, put
from pages.ask import ask, figures_day
from pages.links import list_of
from pages.periods import choose_period
from pages.place_filter import Place, choose_place
from pages.places import district_name, ward_name
from pages.viewer import Viewer
from widgets.figures import Figure, explained, figure_column, figure_row, panel_title, title
from widgets.points import PARTS, PointsBar, points_bars
from widgets.table import Cell, Column, Row, table

COUNTED = {
    "in_time": ("in_time", "handled"), "mean_days": ("", "done"), "online_result": ("online_result", "received"),
    "paid_online": ("paid_online", "fee_owed"), "result_file": ("done_result", "done_written"),
    "digitised_both": ("done_both", "done"), "digitised_in": ("digitised_in", "received"),
    "eid_verified": ("eid_verified", "received"), "not_late": ("settled_in_time", "settled"),
}  # fmt: skip
"""Measure → the counts of dossiers that are its numerator and denominator ("": none is); others count procedures."""


def page(viewer: Viewer) -> None:
    """Draw the score of the place and period in the URL, within `viewer`'s scope."""
    t = viewer.t
    address = Address(("by", "period", "district", "ward"), t)
    head = st.container()
    place, period = _filters(address, viewer)
    months = {"first": period.first, "last": period.last.replace(day=1)}
    data = ask(score, viewer, **months, level=place.level, district=place.district, ward=place.ward).value
    with head:
        title(
            t("Decision 766 score"),
            t("{place} · {period} · counted to {day}", place=place.name(t), period=period_name(period, t),
              day=t.day(data.until)),
        )  # fmt: skip
    address.complain()
    lists = _lists(place, period, data, viewer)
    figure_row(_figures(data, lists, t), t)
    left, right = st.columns([1, 1.1], gap="small")
    with left, st.container(key="panel-groups", height="stretch"):
        _groups(data, t)
    with right, st.container(key="panel-places", height="stretch"):
        compared = (
            data
            if place.ward is None
            else ask(score, viewer, **months, level="district", district=place.district).value
        )
        _places(compared, place, period, viewer)
    with st.container(key="panel-components"):
        _components(data, lists, t)


def _filters(address: Address, viewer: Viewer) -> tuple[Place, Period]:
    left, right = st.columns([2.1, 3.2], gap="small", vertical_alignment="bottom")
    with left:
        period = choose_period(address, viewer.t, CALENDAR, figures_day(viewer.t), default="month", segments=True)
    with right:
        return choose_place(address, viewer), period


def _lists(place: Place, period: Period, data: Score, viewer: Viewer) -> dict[str, str]:
    """The addresses of the dossiers that the score counts, by count."""
    months = {"first": period.first, "last": data.until}
    return {name: list_of(viewer, "any", score=name, **months, **place.filters) for name in SCORED}


def _rest(total: Points, t: Texts) -> str:
    """The points that are not among those computable, by reason."""
    said = []
    if total.not_computable:
        said.append(t("{n} points not computable", n=t.short(total.not_computable)))
    if total.nothing:
        said.append(t("{n} points: nothing arose", n=t.short(total.nothing)))
    if total.not_applicable:
        said.append(t("{n} points not applicable", n=t.short(total.not_applicable)))
    return " · ".join(said) or t("all points computable")


def _figures(data: Score, lists: dict[str, str], t: Texts) -> list[Figure]:
    found = {o.component.code: o for o in data.outcomes}
    in_time, days = found["qd766_2_1"], found["qd766_2_2"]
    total = points(data.outcomes)
    return [
        Figure("qd766_score", t("{score} points", score=of_computable(total, t)), _rest(total, t)),
        Figure("qd766_2_1", t.percent(in_time.ratio),
               t("rule {rule} · {n} dossiers", rule=indicator("qd766_2_1").rule, n=t.number(data.counts.handled)),
               link=lists["handled"]),
        Figure("qd766_settled", t.number(data.counts.settled),
               t("{late} late · {n} without due date left out", late=t.number(data.counts.settled_late),
                 n=t.number(data.counts.without_due)),
               link=lists["settled"]),
        Figure("qd766_2_2", t.percent(None) if days.ratio is None else days_words(days.ratio, t),
               t("{n} dossiers completed, all procedures together", n=t.number(data.counts.done)),
               link=lists["done"]),
    ]  # fmt: skip


def _groups(data: Score, t: Texts) -> None:
    panel_title(
        t("Points by group"),
        t("The split into components is a third party's reconstruction, not legal text. What cannot be computed from "
          "this source is hatched and counts neither for nor against."),
        explained(t, "qd766_score"),
    )  # fmt: skip
    bars = []
    for group in qd766().groups:
        total = points(o for o in data.outcomes if o.component.group == group.id)
        bars.append(
            PointsBar(
                t.pick(**group.names),
                {part: getattr(total, part) for part in PARTS},
                of_computable(total, t),
                t("of {n} points", n=t.short(group.max_points)) + " · " + _rest(total, t),
            )
        )
    points_bars(bars, t)


def _pick_district(code: str) -> None:
    put("district", code)
    st.session_state["choice-district"] = code


def _pick_ward(code: str) -> None:
    put("ward", code)
    st.session_state["choice-ward"] = code


def _places(data: Score, place: Place, period: Period, viewer: Viewer) -> None:
    """Districts, or the wards of a district, best first; small ones below without a rank."""
    t, few = viewer.t, qd766().min_settled
    wards = place.district is not None
    panel_title(
        t("Wards compared") if wards else t("Districts compared"),
        t("By points reached of those computable. No rank below {n} dossiers settled in the period.", n=t.number(few)),
    )
    settled = list_of(viewer, "any", score="settled", first=period.first, last=data.until,
                      **{"ward" if wards else "district": "{key}"})  # fmt: skip
    rows = []
    for rank, one in enumerate(data.within, 1):
        name = ward_name(one.code, one.code) if wards else district_name(one.code, t)
        ranked = one.settled >= few
        rows.append(
            Row(one.code, [
                Cell(t.number(rank) if ranked else NOTHING, rank if ranked else None),
                Cell(name, name, "strong", "" if ranked else t("too few to rank")),
                Cell(of_computable(one.points, t), one.points.share if ranked else None, "" if ranked else "quiet",
                     t.percent(one.points.share)),
                Cell(t.percent(one.in_time), one.in_time, "" if ranked else "quiet"),
                Cell(t.number(one.settled), one.settled),
            ])
        )  # fmt: skip
    table(
        [Column(t("Rank"), "right", t(DERIVED)), Column(t("Ward") if wards else t("District")),
         *(figure_column(code, t) for code in ("qd766_score", "qd766_2_1")),
         figure_column("qd766_settled", t, settled)],
        rows, key="qd766-places", label=t("Wards compared") if wards else t("Districts compared"),
        empty=t("nothing arose"), height=560, selected=place.ward, on_pick=_pick_ward if wards else _pick_district,
    )  # fmt: skip


def _components(data: Score, lists: dict[str, str], t: Texts) -> None:
    panel_title(
        t("The 23 components"),
        t("Points = maximum × min(1, ratio ÷ threshold). Source: {source}", source=t.pick(**qd766().source)),
    )
    counts, derived = t("Where it leads to no list, it counts days or procedures, not dossiers."), t(DERIVED)
    table(
        [Column(t("No.")), Column(t("Component")), Column(t("Numerator"), "right", counts),
         Column(t("Denominator"), "right", counts), Column(t("Ratio"), "right", derived),
         Column(t("Threshold"), "right", t("The ratio from which a component has all its points.")),
         Column(t("Points"), "right", derived),
         Column(t("Rule")), Column(t("Remark"))],
        [_component(o, i, lists, t) for i, o in enumerate(data.outcomes)],
        key="qd766-components", label=t("The 23 components"), empty=t("nothing arose"), height=2400,
    )  # fmt: skip


def _component(found: Outcome, order: int, lists: dict[str, str], t: Texts) -> Row:
    c = found.component
    above, below = ((lists[of] if of and n else "") for of, n in zip(
        COUNTED.get(c.measure or "", ("", "")), (found.numerator, found.denominator), strict=True))  # fmt: skip
    days = in_days(found)
    words = t("{numerator} ÷ {denominator}", numerator=t.pick(**c.numerator), denominator=t.pick(**c.denominator))
    return Row(
        c.id,
        [
            Cell(c.id, order),
            Cell(t.pick(**c.names), t.pick(**c.names), "strong", words),
            Cell(days_words(found.numerator, t) if days else t.number(found.numerator), found.numerator, link=above),
            Cell(t.number(found.denominator), found.denominator, link=below),
            Cell(ratio_words(found, t), found.ratio),
            Cell(t.percent(c.threshold, 0) if c.threshold else NOTHING, c.threshold),
            _points_cell(found, t),
            Cell(c.rule if c.rule != NONE else NOTHING, c.rule),
            Cell(_remark(found, t), None, "quiet"),
        ],
    )


def _points_cell(found: Outcome, t: Texts) -> Cell:
    most = t("of {n}", n=t.short(found.component.max_points)) if found.component.max_points else ""
    return Cell(points_words(found, t), found.points, "quiet" if found.points is None else "strong", most)


def _remark(found: Outcome, t: Texts) -> str:
    if found.state == "not_applicable":
        return t("Not applicable at this level.")
    if found.unfilled:
        return t("The source gives nothing for this.")
    return t.pick(**found.component.why) if found.component.why else ""
