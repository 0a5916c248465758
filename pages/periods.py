"""The chooser of periods that screens share; period and kind stand in the address."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from config.i18n import Texts
from config.periods import Kind, Named
from config.problems import Problem
from data_access.period_words import KINDS, period_name, read_day
from data_access.rules.period import Period, custom, parse, periods, usual
from pages.address import Address, choose, put, seed, touched

PARAMS = ("by", "period")
FROM, TO = "period-from", "period-to"


def choose_period(
    address: Address,
    t: Texts,
    kinds: Sequence[Kind],
    today: date,
    *,
    default: Named,
    segments: bool = False,
) -> Period:
    """Two filters side by side: the kind, and which; for "custom" its first and last day as text.

    Without a wish it is the newest period of the kind `default` that is over. `today`: the figures' own day.
    What can't be asked for is told by `address` and gives way to that.
    """
    asked = _asked(address, t, kinds, today)
    by: Kind | None = address.get("by", lambda raw: next((kind for kind in kinds if kind == raw), None))
    left, right = st.columns([1, 1.25], gap="small", vertical_alignment="bottom")
    with left:
        kind: Kind = choose(t("Period"), list(kinds), param="by", current=by or (asked.kind if asked else None),
                            default=default, code=str, shown=lambda k: t(KINDS[k]),
                            kind="segments" if segments else "select")  # fmt: skip
    if asked is not None and asked.kind != kind:
        asked = None
        st.query_params.pop("period", None)
    with right:
        if kind == "custom":
            return _any_days(address, t, asked, today)
        offered = periods(kind, today)
        past = usual(offered, today)
        choices = offered if asked is None or asked in offered else sorted([*offered, asked], key=_age)
        return choose(t("Which"), choices, param="period", current=asked, default=past, code=lambda p: p.code,
                      shown=partial(_shown, today=today, t=t))  # fmt: skip


def _age(period: Period) -> int:
    return -period.first.toordinal()


def _shown(period: Period, today: date, t: Texts) -> str:
    name = period_name(period, t)
    return t("{period}, so far", period=name) if period.running(today) and period.last != today else name


def _asked(address: Address, t: Texts, kinds: Sequence[Kind], today: date) -> Period | None:
    """The period of the address; None when there is none, or none that can be asked for."""
    raw = st.query_params.get("period")
    if raw is None:
        return None
    try:
        period = parse(raw, today)
    except Problem as problem:
        address.complaints.append(problem.text(t.lang))
        del st.query_params["period"]
        return None
    return address.get("period", lambda _: period if period.kind in kinds else None)


def _any_days(address: Address, t: Texts, asked: Period | None, today: date) -> Period:
    """First and last day, written as offices write them; the address changes when they make a period."""
    known = asked or custom(today.replace(day=1), today, today)
    for key, day in ((FROM, known.first), (TO, known.last)):
        seed(key, t.day(day), lambda _: True)
    columns = st.columns(2, gap="small")
    for column, key, label in zip(columns, (FROM, TO), (t("From day"), t("To day")), strict=True):
        with column:
            st.text_input(label, key=key, placeholder=t("dd/mm/yyyy"), on_change=_changed, args=(key, today))
    try:
        return _written(today)
    except Problem as problem:
        address.complaints.append(problem.text(t.lang))
        return known


def _written(today: date) -> Period:
    first, last = (read_day(st.session_state[key]) for key in (FROM, TO))
    return custom(first, last, today)


def _changed(key: str, today: date) -> None:
    touched(key)
    try:
        put("period", _written(today).code)
    except Problem:
        put("period", None)  # the sentence comes with the run that follows
