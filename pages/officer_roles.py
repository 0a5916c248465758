"""The panel of a district's officers by role, in a period: held, overdue, finished a working day, in time."""

import streamlit as st

from config.i18n import NOTHING
from config.unlisted import FINISHED
from data_access.period_words import KINDS, period_words
from data_access.queries.officer_roles import RoleLoad, by_role
from data_access.working_time import per_working_day, working_days_in
from pages.address import Address
from pages.ask import ask, figures_day
from pages.links import list_of
from pages.periods import choose_period
from pages.places import role_name
from pages.viewer import Viewer
from widgets.figures import banner, figure_column, panel_title
from widgets.table import Cell, Column, Row, table

FIGURES = ("officer_steps", "officer_overdue", "throughput_period", "step_on_time_period")


def by_roles(viewer: Viewer, address: Address, district: str) -> None:
    """Draw it for a district; the period stands in the address."""
    t, day = viewer.t, figures_day(viewer.t)
    head = st.container()
    told = set(address.complaints)
    left, _ = st.columns([1, 1.4], gap="small")
    with left:
        period = choose_period(address, t, tuple(KINDS), day, default="reporting_month")
    for sentence in dict.fromkeys(one for one in address.complaints if one not in told):
        banner(sentence)  # the others stand above
    first, last = period.first, period.until(day)
    try:
        working_days: int | None = working_days_in(first, last)
    except ValueError:  # the calendar does not reach so far
        working_days = None
    with head:
        panel_title(
            t("By role"),
            t("{period}, {n} working days. A late step is its holder's, whoever comes last.",
              period=period_words(period, t), n=t.number(working_days)) + " " + t(FINISHED),
        )  # fmt: skip

    def held(role: str, what: str) -> str:
        return list_of(viewer, what, role=role, staff=district) if role else ""  # an address can't say "no role"

    def row(one: RoleLoad) -> Row:
        per_day = per_working_day(one.finished, working_days)
        kept = one.on_time / one.with_due if one.with_due else None
        late = one.with_due - one.on_time
        return Row(one.role, [
            Cell(role_name(one.role, t), role_name(one.role, t), "strong", t("{n} officers", n=t.number(one.officers))),
            Cell(t.short(one.steps), one.steps, link=held(one.role, "held") if one.steps else ""),
            Cell(t.short(one.overdue), one.overdue, "bad" if one.overdue else "",
                 link=held(one.role, "held_late") if one.overdue else ""),
            Cell(t.number(per_day, 1) if per_day is not None else NOTHING, per_day, "",
                 t("{n} steps finished", n=t.short(one.finished))),
            Cell(t.percent(kept), kept, "", t("{n} late", n=t.short(late)) if one.with_due else ""),
        ])  # fmt: skip

    table(
        [Column(t("Role")), *(figure_column(code, t) for code in FIGURES)],
        [row(one) for one in ask(by_role, viewer, district=district, first=first, last=last).value],
        key="officers-by-role", label=t("By role"), empty=t("The source has no officer of this district."), height=330,
    )  # fmt: skip
