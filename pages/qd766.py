"""The score of Decision 766: points reached of the points that can be computed, by group, component and place."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from config.i18n import NOTHING, Texts
from config.indicators import NONE, indicator
from config.qd766 import Level, qd766
from config.registry import registry
from data_access.queries.qd766 import Score, score
from data_access.rules.qd766 import Outcome, Points, points
from pages.address import Address, choose, put
from pages.ask import ask, current_desk
from pages.periods import KINDS, Kind, Period, periods
from pages.places import district_name, ward_name
from pages.viewer import Viewer
from widgets.figures import Figure, explained, figure_column, figure_row, panel_title, title
from widgets.points import PARTS, PointsBar, points_bars
from widgets.table import Cell, Column, Row, table


@dataclass(frozen=True)
class Place:
    """What is looked at: a ward, a district, or all that the viewer may see."""

    level: Level
    district: str | None
    ward: str | None

    def name(self, t: Texts) -> str:
        """In words."""
        if self.ward:
            return ward_name(self.ward)
        if self.district:
            return district_name(self.district, t)
        return t("Whole city") if self.level == "city" else t("My districts")


def page(viewer: Viewer) -> None:
    """Draw the score of the place and period in the URL, within `viewer`'s scope."""
    t = viewer.t
    address = Address(("by", "period", "district", "ward"), t)
    head = st.container()
    place, period = _filters(address, viewer)
    answer = ask(score, viewer, first=period.first, last=period.last, level=place.level, district=place.district,
                 ward=place.ward)  # fmt: skip
    data = answer.value
    with head:
        title(
            t("Decision 766 score"),
            t("{place} · {period} · counted to {day}", place=place.name(t), period=period.words(t),
              day=t.day(data.until)),
        )  # fmt: skip
    address.complain()
    figure_row(_figures(data, t), t)
    left, right = st.columns([1, 1.1], gap="small")
    with left, st.container(key="panel-groups", height="stretch"):
        _groups(data, t)
    with right, st.container(key="panel-places", height="stretch"):
        compared = (
            data
            if place.ward is None
            else ask(
                score, viewer, first=period.first, last=period.last, level="district", district=place.district
            ).value
        )
        _places(compared, place, viewer)
    with st.container(key="panel-components"):
        _components(data, t)


def _filters(address: Address, viewer: Viewer) -> tuple[Place, Period]:
    t = viewer.t
    pulse = current_desk().watch.pulse()
    now = t.local(pulse.as_of).date() if pulse.as_of else date.today()  # noqa: DTZ011 - no figures: any day will do
    known = {p.code: p for kind in KINDS for p in periods(kind, now)}
    by: Kind | None = address.get("by", lambda raw: next((kind for kind in KINDS if kind == raw), None))
    asked = address.get("period", known.get)
    ward, codes = address.ward(viewer), [c for c in registry().districts if viewer.scope.allows(c)]
    district = address.get("district", lambda raw: raw if raw in registry().districts else None)
    if district is not None and district not in codes:
        address.complaints.append(t("The district in this address is not in your scope; nothing of it is shown."))
        del st.query_params["district"]
        district = None
    columns = iter(st.columns([1.1, 1, 1.2, 1.2, 0.8], gap="small", vertical_alignment="bottom"))
    with next(columns):
        kind: Kind = choose(t("Period"), list(KINDS), param="by", current=by or (asked.kind if asked else None),
                            default="month", code=str, shown=lambda k: t(KINDS[k]), kind="segments")  # fmt: skip
    choices = periods(kind, now)
    if asked is not None and asked.kind != kind:
        asked = None
        del st.query_params["period"]
    with next(columns):
        period = choose(t("Which"), choices, param="period", current=asked, default=choices[1],
                        code=lambda p: p.code,
                        shown=lambda p: _running(p, t) if p == choices[0] else p.words(t))  # fmt: skip
    if len(codes) > 1:
        with next(columns):
            district = choose(t("District"), [None, *codes], param="district",
                              current=district or (registry().wards[ward].district_code if ward else None),
                              default=None, code=str,
                              shown=lambda c: district_name(c, t) if c else t("All districts"))  # fmt: skip
    else:
        district = codes[0] if codes else None
    if district is None or (ward is not None and registry().wards[ward].district_code != district):
        ward = None
        st.query_params.pop("ward", None)
        st.session_state.pop("choice-ward", None)
    if district is not None:
        wards = [w.code for w in sorted(registry().wards_of(district), key=lambda w: w.rank)]
        with next(columns):
            ward = choose(t("Ward"), [None, *wards], param="ward", current=ward, default=None, code=str,
                          shown=lambda c: ward_name(c) if c else t("All wards"))  # fmt: skip
    level: Level = "commune" if ward else "city" if district is None and viewer.scope.is_city else "district"
    return Place(level, district, ward), period


def _running(period: Period, t: Texts) -> str:
    return t("{period}, so far", period=period.words(t))


def _of_computable(total: Points, t: Texts) -> str:
    """12,4 of 20; a dash where nothing can be computed."""
    if not total.computable:
        return NOTHING
    return t("{n} of {all}", n=t.number(total.reached, 1), all=t.short(total.computable))


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


def _figures(data: Score, t: Texts) -> list[Figure]:
    found = {o.component.code: o for o in data.outcomes}
    in_time, days = found["qd766_2_1"], found["qd766_2_2"]
    total = points(data.outcomes)
    return [
        Figure("qd766_score", t("{score} points", score=_of_computable(total, t)), _rest(total, t)),
        Figure("qd766_2_1", t.percent(in_time.ratio),
               t("rule {rule} · {n} dossiers", rule=indicator("qd766_2_1").rule, n=t.number(data.counts.handled))),
        Figure("qd766_settled", t.number(data.counts.settled),
               t("{late} late · {n} without due date left out", late=t.number(data.counts.settled_late),
                 n=t.number(data.counts.without_due))),
        Figure("qd766_2_2", t.percent(None) if days.ratio is None else _days(days.ratio, t),
               t("{n} dossiers completed, all procedures together", n=t.number(data.counts.done))),
    ]  # fmt: skip


def _days(n: float | None, t: Texts) -> str:
    return NOTHING if n is None else t("{n} days", n=t.number(n, 1))


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
                _of_computable(total, t),
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


def _places(data: Score, place: Place, viewer: Viewer) -> None:
    """Districts, or the wards of a district, best first; small ones below without a rank."""
    t, few = viewer.t, qd766().min_settled
    wards = place.district is not None
    panel_title(
        t("Wards compared") if wards else t("Districts compared"),
        t("By points reached of those computable. No rank below {n} dossiers settled in the period.", n=t.number(few)),
    )
    rows = []
    for rank, one in enumerate(data.within, 1):
        name = ward_name(one.code, one.code) if wards else district_name(one.code, t)
        ranked = one.settled >= few
        rows.append(
            Row(one.code, [
                Cell(t.number(rank) if ranked else NOTHING, rank if ranked else None),
                Cell(name, name, "strong", "" if ranked else t("too few to rank")),
                Cell(_of_computable(one.points, t), one.points.share if ranked else None, "" if ranked else "quiet",
                     t.percent(one.points.share)),
                Cell(t.percent(one.in_time), one.in_time, "" if ranked else "quiet"),
                Cell(t.number(one.settled), one.settled),
            ])
        )  # fmt: skip
    table(
        [Column(t("Rank"), "right"), Column(t("Ward") if wards else t("District")),
         *(figure_column(code, t) for code in ("qd766_score", "qd766_2_1", "qd766_settled"))],
        rows, key="qd766-places", label=t("Wards compared") if wards else t("Districts compared"),
        empty=t("nothing arose"), height=560, selected=place.ward, on_pick=_pick_ward if wards else _pick_district,
    )  # fmt: skip


def _components(data: Score, t: Texts) -> None:
    panel_title(
        t("The 23 components"),
        t("Points = maximum × min(1, ratio ÷ threshold). Source: {source}", source=t.pick(**qd766().source)),
    )
    table(
        [Column(t("No.")), Column(t("Component")), Column(t("Numerator"), "right"), Column(t("Denominator"), "right"),
         Column(t("Ratio"), "right"), Column(t("Threshold"), "right"), Column(t("Points"), "right"),
         Column(t("Rule")), Column(t("Remark"))],
        [_component(o, i, t) for i, o in enumerate(data.outcomes)],
        key="qd766-components", label=t("The 23 components"), empty=t("nothing arose"), height=2400,
    )  # fmt: skip


def _component(found: Outcome, order: int, t: Texts) -> Row:
    c = found.component
    days = c.unit["en"] != "%"
    ratio = NOTHING
    if found.ratio is not None:
        ratio = _days(found.ratio, t) if days else t.percent(found.ratio)
    elif found.state == "nothing":
        ratio = t("nothing arose")
    words = t("{numerator} ÷ {denominator}", numerator=t.pick(**c.numerator), denominator=t.pick(**c.denominator))
    return Row(
        c.id,
        [
            Cell(c.id, order),
            Cell(t.pick(**c.names), t.pick(**c.names), "strong", words),
            Cell(_days(found.numerator, t) if days else t.number(found.numerator), found.numerator),
            Cell(t.number(found.denominator), found.denominator),
            Cell(ratio, found.ratio),
            Cell(t.percent(c.threshold, 0) if c.threshold else NOTHING, c.threshold),
            _points_cell(found, t),
            Cell(c.rule if c.rule != NONE else NOTHING, c.rule),
            Cell(_remark(found, t), None, "quiet"),
        ],
    )


def _points_cell(found: Outcome, t: Texts) -> Cell:
    most = t("of {n}", n=t.short(found.component.max_points)) if found.component.max_points else ""
    if found.points is not None:
        return Cell(t.number(found.points, 2), found.points, "strong", most)
    words = {
        "watched": t("no points"),
        "nothing": t("nothing arose"),
        "not_computable": t("not computable"),
        "not_applicable": t("not applicable"),
    }
    return Cell(words[found.state], None, "quiet", most)


def _remark(found: Outcome, t: Texts) -> str:
    if found.state == "not_applicable":
        return t("Not applicable at this level.")
    if found.unfilled:
        return t("The source gives nothing for this.")
    return t.pick(**found.component.why) if found.component.why else ""
