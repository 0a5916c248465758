"""Side by side: two to five wards, a ward with wards like it, or one period with another; differences in words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from config.district import district_rules
from config.i18n import Texts, mark
from config.indicators import indicator
from config.registry import registry
from data_access.period_words import KINDS, period_words
from data_access.queries.compare import demand
from data_access.queries.district import SHARES, District, Place, ward_figures
from data_access.rules.alike import Traits, alike
from data_access.rules.period import Period, comparable
from pages import compare_periods
from pages.address import Address, choose, put, seed, touched
from pages.ask import ask, figures_day
from pages.district import COLUMNS, COUNTED, lists_of, place_row
from pages.first_call import top
from pages.links import list_of, screen
from pages.paths import WARD
from pages.periods import PARAMS, choose_period
from pages.places import district_of, ward_name
from pages.trend import with_late
from pages.viewer import Viewer
from widgets.charts import course_chart
from widgets.figures import Figure, banner, explained, figure_column, figure_row, lines, panel_title, title
from widgets.table import Column, Row, table

FEWEST, MOST = 2, 5
MODES = {"wards": mark("Wards side by side"), "alike": mark("A ward with wards like it"),
         "periods": mark("One period with another")}  # fmt: skip


def page(viewer: Viewer) -> None:
    """Draw what the address compares, within `viewer`'s scope."""
    t = viewer.t
    address = Address(("mode", "wards", "ward", "district", "other", *PARAMS), t)
    head = st.container()
    asked = address.get("mode", lambda raw: raw if raw in MODES else None)
    mode = choose(t("Compare"), list(MODES), param="mode", current=asked, default="wards", code=str,
                  shown=lambda one: t(MODES[one]), kind="segments")  # fmt: skip
    if mode == "periods":
        compare_periods.show(address, head, viewer)
    else:
        _wards(address, head, viewer, like=mode == "alike")


def _allowed(viewer: Viewer) -> list[str]:
    return [code for code, ward in registry().wards.items() if viewer.scope.allows(ward.district_code)]


def _asked(address: Address, viewer: Viewer) -> list[str]:
    """The wards of the address that may be shown; what else it names is told."""
    t, known = viewer.t, registry().wards
    codes = list(dict.fromkeys(code.strip() for code in st.query_params.get("wards", "").split(",") if code.strip()))
    for code in [code for code in codes if code not in known]:
        address.complaints.append(t("There is no ward with the code “{code}”.", code=code[:20]))
    foreign = [c for c in codes if c in known and not viewer.scope.allows(known[c].district_code)]
    if foreign:
        address.complaints.append(t("The ward in this address is not in your scope; nothing of it is shown."))
    found = [code for code in codes if code in known and code not in foreign]
    if found != codes:
        put_aside = ",".join(found)
        st.query_params.pop("wards", None) if not found else st.query_params.update({"wards": put_aside})
    return found


def _choose_wards(address: Address, viewer: Viewer, *, one: bool) -> list[str]:
    """The wards to compare, as they stand in the address; the two to look at first when it names none."""
    t, allowed = viewer.t, _allowed(viewer)
    asked = _asked(address, viewer)
    first = [call.ward.ward_code for call in top(FEWEST, viewer)]
    start = asked or (first + [code for code in allowed if code not in first])[:FEWEST]
    many = len({registry().wards[code].district_code for code in allowed}) > 1

    def shown(code: str) -> str:
        return f"{ward_name(code)} · {district_of(code)}" if many else ward_name(code)

    if one:
        return [choose(t("Ward"), allowed, param="wards", current=start[0], default=start[0], code=str, shown=shown)]
    key = "choice-wards-many"
    seed(key, start, lambda picked: isinstance(picked, list) and set(picked) <= set(allowed))

    def changed() -> None:
        if touched(key):
            put("wards", ",".join(st.session_state[key]) or None)

    st.multiselect(t("Wards to compare"), allowed, format_func=shown, key=key, on_change=changed,
                   placeholder=t("Choose two to five wards"))  # fmt: skip
    return list(st.session_state[key])


def _like(ward: str, viewer: Viewer) -> tuple[list[str], dict[str, int]]:
    """The wards like `ward` in scope, and the demand of all."""
    received = ask(demand, viewer).value
    traits = {
        code: Traits(w.kind, w.population, received.get(code, 0))
        for code, w in registry().wards.items()
        if viewer.scope.allows(w.district_code) and (code in received or code == ward)
    }
    return alike(ward, traits, district_rules().like_wards), received


def _wards(address: Address, head: Any, viewer: Viewer, *, like: bool) -> None:
    t, day = viewer.t, figures_day(viewer.t)
    if not _allowed(viewer):
        address.complain()
        banner(t("Your account has no district. Ask the IT administration to enter it."))
        return
    left, right = st.columns([1.6, 1], gap="small", vertical_alignment="bottom")
    with right:
        period = choose_period(address, t, tuple(KINDS), day, default="reporting_month")
    with left:
        chosen = _choose_wards(address, viewer, one=like)
    received: dict[str, int] = {}
    if like:
        others, received = _like(chosen[0], viewer)
        chosen = [*chosen, *others]
    if len(chosen) > MOST:
        address.complaints.append(t("At most {n} wards are compared at once; the first {n} are shown.",
                                    n=t.number(MOST)))  # fmt: skip
        chosen = chosen[:MOST]
    before = comparable(period, day)
    with head:
        title(
            t("Compare: {wards}", wards=", ".join(ward_name(code) for code in chosen)),
            t("{period} · compared with {before}", period=period_words(period, t), before=period_words(before, t)),
        )
    address.complain()
    if len(chosen) < FEWEST:
        banner(
            t("There is no other ward of its kind in your scope.") if like
            else t("Choose at least two wards to compare; a single one can be compared with wards like it, or one "
                   "period with another.")
        )  # fmt: skip
        if not like:
            return
    answer = ask(
        ward_figures, viewer, wards=tuple(chosen), first=period.first, last=period.until(day),
        before_first=before.first, before_last=before.last, few=district_rules().least_settled,
    )  # fmt: skip
    data = answer.value
    by_ward = {place.ward_code: place for place in reversed(data.wards)}
    places = [by_ward[code] for code in chosen if code in by_ward]
    for code in (code for code in chosen if code not in by_ward):
        banner(t("The source has no unit of {ward}, so nothing is known of it.", ward=ward_name(code)))
    for place in places:
        if not place.now["open"] and not place.flows["received"] and not place.flows["settled"]:
            banner(t("No dossier of {ward} is open, and none came or went in this period.",
                     ward=ward_name(place.ward_code)))  # fmt: skip
    if places:
        figure_row(_cards(places, data, period, viewer), t)
    with st.container(key="panel-compare-wards"):
        _table(places, data, period, received, viewer)
    left, right = st.columns([1, 1.2], gap="small")
    with left, st.container(key="panel-compare-words", height="stretch"):
        panel_title(t("Differences"), t("Shares of fewer than {n} dossiers are not compared.",
                                        n=t.number(district_rules().least_settled)))  # fmt: skip
        lines(_differences(places, data, t))
    with right, st.container(key="panel-compare-course", height="stretch"):
        hint = with_late(t("At the end of each day"), places[0].trend if places else [], t)
        panel_title(t("Overdue dossiers, last 31 days"), hint, explained(t, "overdue_course"))
        course_chart(
            [(ward_name(p.ward_code), [{"day": r["day"], "n": r["overdue"]} for r in p.trend]) for p in places],
            t, unit=t("dossiers"),
        ).show("compare-course")  # fmt: skip


def _cards(places: Sequence[Place], data: District, period: Period, viewer: Viewer) -> list[Figure]:
    """The first ward's figures, each with what it is at the others."""
    t, first = viewer.t, places[0]
    links = {code: list_of(viewer, code, ward=first.ward_code) for code in COUNTED} | lists_of(first, period, viewer)

    def card(code: str, values: list[str]) -> Figure:
        others = [f"{ward_name(place.ward_code)} {value}" for place, value in zip(places[1:], values[1:], strict=True)]
        n = first.flows[SHARES[code][1]] if code in SHARES else 0
        mine = " · ".join([ward_name(first.ward_code), *([t("n = {n}", n=t.number(n))] if n else [])])
        return Figure(code, values[0], " · ".join([mine, *others]), link=links.get(code, ""))

    cards = [card(code, [t.number(place.now[code]) for place in places]) for code in COUNTED]
    cards += [card(code, [t.share(p.flows[part], p.flows[whole]) for p in places])
              for code, (part, whole) in SHARES.items()]  # fmt: skip
    return [*cards, card("coverage", [t.share(place.offered, data.procedures) for place in places])]


def _table(places: Sequence[Place], data: District, period: Period, received: dict[str, int], viewer: Viewer) -> None:
    t = viewer.t
    medians = data.medians.get("ward", {})
    said = [(code, medians.get(code)) for code in COUNTED]
    told = " · ".join(f"{indicator(c).short_name(t.lang)} {t.short(n)}" for c, n in said if n is not None)
    on_time = medians.get("on_time")
    if on_time is not None:
        told += f" · {indicator('form_on_time').short_name(t.lang)} {t.percent(on_time)}"
    like = t("Alike: of the same kind, then nearest in people (census of 2019) and in dossiers received since the "
             "system began.") if received else ""  # fmt: skip
    panel_title(
        t("{n} wards", n=t.number(len(places))),
        " ".join(
            part for part in (like, t("City's medians of a ward: {figures}.", figures=told) if told else "") if part
        ),
    )

    def row(place: Place) -> Row:
        ward, made = registry().wards[place.ward_code or ""], place_row(place, data, t, lists_of(place, period, viewer))
        facts = t("{kind} · {people} people", kind=ward.kind, people=t.number(ward.population))
        if received:
            facts += " · " + t("{n} dossiers received", n=t.number(received.get(ward.code, 0)))
        else:
            facts = f"{district_of(ward.code)} · {facts}"
        return Row(ward.code, [replace(made.cells[0], small=facts), *made.cells[1:]])

    table(
        [Column(t("Ward"), link=screen(viewer, WARD, ward="{key}")),
         *(figure_column(code, t, list_of(viewer, code, ward="{key}")) for code in COUNTED),
         *(figure_column(code, t) for code in COLUMNS)],
        [row(place) for place in places],
        key="compare-wards", label=t("Wards side by side"), empty=t("There is nothing to compare."), height=360,
    )  # fmt: skip


def _differences(places: Sequence[Place], data: District, t: Texts) -> list[str]:
    few = district_rules().least_settled

    def named(values: Iterable[tuple[Place, float | None]]) -> list[tuple[str, float]]:
        return [(ward_name(place.ward_code), value) for place, value in values if value is not None]

    said = [_counts(code, named((p, float(p.now[code])) for p in places), t) for code in COUNTED]
    for code, (part, whole) in SHARES.items():
        said.append(_shares(code, named((p, p.flows[part] / p.flows[whole] if p.flows[whole] >= few else None)
                                        for p in places), few, t))  # fmt: skip
    if data.procedures:
        said.append(_shares("coverage", named((p, p.offered / data.procedures) for p in places), few, t))
    return [sentence for sentence in said if sentence]


def _ends(values: list[tuple[str, float]]) -> tuple[tuple[str, float], tuple[str, float]]:
    return max(values, key=lambda one: one[1]), min(values, key=lambda one: one[1])


def _counts(code: str, values: list[tuple[str, float]], t: Texts) -> str:
    if len(values) < FEWEST:
        return ""
    high, low = _ends(values)
    name = indicator(code).name(t.lang)
    if high[1] == low[1]:
        return t("{figure}: the same at all ({value}).", figure=name, value=t.number(high[1]))
    return t("{figure}: most at {high} ({a}), fewest at {low} ({b}), {difference} apart.", figure=name, high=high[0],
             a=t.number(high[1]), low=low[0], b=t.number(low[1]), difference=t.number(high[1] - low[1]))  # fmt: skip


def _shares(code: str, values: list[tuple[str, float]], few: int, t: Texts) -> str:
    name = indicator(code).name(t.lang)
    if len(values) < FEWEST:
        return t(
            "{figure}: fewer than two wards have {n} dossiers and more; not compared.", figure=name, n=t.number(few)
        )
    high, low = _ends(values)
    if high[1] == low[1]:
        return t("{figure}: the same at all ({value}).", figure=name, value=t.percent(high[1]))
    return t("{figure}: highest at {high} ({a}), lowest at {low} ({b}), {points} points apart.", figure=name,
             high=high[0], a=t.percent(high[1]), low=low[0], b=t.percent(low[1]),
             points=t.number(100 * (high[1] - low[1]), 1))  # fmt: skip
