"""A ward or a district in one period beside another: the figures, and what changed in words."""

from datetime import date
from typing import Any

import streamlit as st

from config.district import district_rules
from config.i18n import Texts
from config.indicators import indicator
from config.periods import Named
from config.problems import Problem
from data_access.period_words import KINDS, period_name, period_words
from data_access.queries.compare import InPeriod, two_periods
from data_access.queries.district import SHARES
from data_access.rules.period import Period, comparable, parse, periods
from pages.address import Address, choose
from pages.ask import ask, figures_day
from pages.links import list_of
from pages.periods import choose_period
from pages.place_filter import choose_place
from pages.red import NO_LIST
from pages.viewer import Viewer
from widgets.figures import Figure, banner, figure_column, figure_row, lines, panel_title, title
from widgets.table import Cell, Column, Row, table

IN_PERIOD = ("form_received", "form_settled", "form_on_time", "online_period", "satisfied_period", "form_open",
             "form_overdue")  # fmt: skip


def show(address: Address, head: Any, viewer: Viewer) -> None:
    """Draw the place of the address in two periods; `head`: where the title goes."""
    t, day = viewer.t, figures_day(viewer.t)
    left, right = st.columns([1.2, 1.6], gap="small", vertical_alignment="bottom")
    with left:
        where = choose_place(address, viewer)
    with right:
        first, second = st.columns([2, 1.2], gap="small", vertical_alignment="bottom")
        with first:
            period = choose_period(address, t, tuple(KINDS), day, default="reporting_month")
        with second:
            other = _other(address, period, day, t)
    if where.ward is None and where.district is None:
        address.complain()
        banner(t("Choose a district or a ward: periods are compared of one place."))
        return
    place = {"ward": where.ward, "district": None if where.ward else where.district}
    spans = tuple((one.first, one.until(day)) for one in (period, other))
    both, median = ask(two_periods, viewer, **place, spans=spans, few=district_rules().least_settled).value
    with head:
        title(
            t("Compare: {place}", place=where.name(t)),
            t("{period} · compared with {before}", period=period_words(period, t), before=period_words(other, t)),
        )
    address.complain()
    if not any(flows[name] for flows in (one.flows for one in both) for name in ("received", "settled")):
        banner(t("No dossier came or went here in either period. Choose other periods."))
    figure_row(_cards(both, period, other, place, viewer), t)
    with st.container(key="panel-compare-periods"):
        _beside(both, (period, other), place, viewer)
    with st.container(key="panel-compare-said"):
        panel_title(t("Differences"), t("Shares of fewer than {n} dossiers are not compared.",
                                        n=t.number(district_rules().least_settled)))  # fmt: skip
        lines(_moves(both, median, t))


def _other(address: Address, period: Period, day: date, t: Texts) -> Period:
    """The period to compare with: the one before, unless the address says another."""
    usual, asked = comparable(period, day), None
    raw = st.query_params.get("other")
    if raw is not None:
        try:
            asked = parse(raw, day)
        except Problem as problem:
            address.complaints.append(problem.text(t.lang))
            del st.query_params["other"]
    kind: Named = "month" if period.kind == "custom" else period.kind
    known = {
        one.code: one for one in (usual, *([asked] if asked else []), *periods(kind, day)) if one.code != period.code
    }
    return choose(t("Compared with"), list(known.values()), param="other", current=asked, default=usual,
                  code=lambda p: p.code, shown=lambda p: period_name(p, t))  # fmt: skip


def _values(one: InPeriod, t: Texts) -> dict[str, tuple[float | None, str, str]]:
    """Indicator → (value that is compared or None, as written, its n)."""
    few = district_rules().least_settled
    found: dict[str, tuple[float | None, str, str]] = {
        code: (float(n), t.number(n), "")
        for code, n in (("form_received", one.flows["received"]), ("form_settled", one.flows["settled"]),
                        ("form_open", one.open), ("form_overdue", one.overdue))
    }  # fmt: skip
    for code, (part, whole) in SHARES.items():
        n = one.flows[whole]
        found[code] = (one.flows[part] / n if n >= few else None, t.share(one.flows[part], n),
                       t("n = {n}", n=t.number(n)) if n else "")  # fmt: skip
    return found


def _difference(code: str, a: float | None, b: float | None, t: Texts) -> str:
    if a is None or b is None:
        return ""
    return t("{change} points", change=t.change(100 * (a - b), 1)) if code in SHARES else t.change(a - b)


def _lists(one: InPeriod, period: Period, place: dict[str, str | None], viewer: Viewer) -> dict[str, str]:
    """The lists behind a period's figures; what was counted at a day's end may have none any more (pages/red.py)."""
    day = figures_day(viewer.t)
    days = {"first": period.first.isoformat(), "last": period.until(day).isoformat()}
    found = {code: list_of(viewer, what, **place, **days) for code, what in
             (("form_received", "received"), ("form_settled", "settled"), ("form_on_time", "settled"),
              ("online_period", "received"), ("satisfied_period", "rated")) if one.flows[what]}  # fmt: skip
    now = period.until(day) == day
    return found | {
        f"form_{what}": list_of(viewer, what, **place) if now
        else list_of(viewer, f"{what}_at", **place, last=days["last"])
        for what, listed in one.listed.items() if listed and getattr(one, what)
    }  # fmt: skip


def _cards(
    both: list[InPeriod], period: Period, other: Period, place: dict[str, str | None], viewer: Viewer
) -> list[Figure]:
    t = viewer.t
    now, then, links = _values(both[0], t), _values(both[1], t), _lists(both[0], period, place, viewer)
    found = []
    for code in IN_PERIOD:
        value, written, n = now[code]
        more = _difference(code, value, then[code][0], t)
        against = f"{period_name(other, t)}: {then[code][1]}"
        found.append(Figure(code, written, " · ".join(part for part in (more, against, n) if part),
                            link=links.get(code, "")))  # fmt: skip
    return found


def _beside(both: list[InPeriod], spans: tuple[Period, Period], place: dict[str, str | None], viewer: Viewer) -> None:
    t, told = viewer.t, []
    if not all(one.counted for one in both):
        told.append(t("Open and overdue at a period's end are reckoned back from now by what came and went."))
    if not all(all(one.listed.values()) for one in both):
        told.append(t(NO_LIST))
    panel_title(t("The periods side by side"), " ".join(told))

    def row(one: InPeriod, period: Period) -> Row:
        values, links = _values(one, t), _lists(one, period, place, viewer)
        return Row(period.code, [
            Cell(period_name(period, t), None, "strong", t("{first} – {last}", first=t.day(period.first),
                                                           last=t.day(period.until(figures_day(t))))),
            *(Cell(values[code][1], values[code][0], "" if values[code][0] is not None else "quiet", values[code][2],
                   link=links.get(code, "")) for code in IN_PERIOD),
        ])  # fmt: skip

    table(
        [Column(t("Period")), *(figure_column(code, t) for code in IN_PERIOD)],
        [row(one, period) for one, period in zip(both, spans, strict=True)],
        key="compare-periods", label=t("The periods side by side"), empty="", height=220,
    )  # fmt: skip


def _moves(both: list[InPeriod], median: float | None, t: Texts) -> list[str]:
    """What changed, a sentence a figure; the share on time beside the city's median too."""
    now, then = (_values(one, t) for one in both)
    said = []
    for code in IN_PERIOD:
        a, b, name = now[code][0], then[code][0], indicator(code).name(t.lang)
        if a is None or b is None:
            said.append(t("{figure}: too few dossiers in one of the periods; not compared.", figure=name))
        elif a == b:
            said.append(t("{figure}: unchanged ({value}).", figure=name, value=now[code][1]))
        else:
            words = t("{figure}: up from {before} to {after} ({change}).") if a > b else t(
                "{figure}: down from {before} to {after} ({change}).")  # fmt: skip
            said.append(words.format(figure=name, before=then[code][1], after=now[code][1],
                                     change=_difference(code, a, b, t)))  # fmt: skip
    if median is not None and now["form_on_time"][0] is not None:
        said.append(t("{figure}: the city's median in the period is {value}.",
                      figure=indicator("form_on_time").name(t.lang), value=t.percent(median)))  # fmt: skip
    return said
