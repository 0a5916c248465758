"""Alerts: the open ones by severity and age, one in detail, and the kept history with its search."""

from datetime import date, datetime
from typing import Literal

import streamlit as st

from config.alerts import alert_rules
from config.i18n import Texts
from config.registry import registry
from data_access.notifications import notifying
from data_access.queries.alert_detail import one_alert
from data_access.queries.alerts import PAGE, Alert, History, OpenAlerts, alert_history, open_alerts
from pages import alert_detail
from pages.address import Address, choose, put
from pages.alert_words import (
    STATES,
    counted,
    end_words,
    quiet_words,
    rule_words,
    sending_words,
    severity_words,
    state_words,
    where_words,
)
from pages.ask import ask, today
from pages.links import READ, screen
from pages.paths import ALERTS
from pages.places import district_name
from pages.viewer import Viewer
from widgets.figures import Figure, banner, figure_row, note, panel_title, title
from widgets.table import Cell, Column, Row, table

TONES: dict[str, Literal["bad", "warn", ""]] = {"urgent": "bad", "attention": "warn", "neutral": ""}
HEIGHT = 520


def page(viewer: Viewer) -> None:
    """Draw the alerts in `viewer`'s scope."""
    t = viewer.t
    address = Address(("severity", "rule", "district", "alert", "q", "state", "first", "page"), t)
    place = st.container()
    answer = ask(open_alerts, viewer)
    found = answer.value
    severity, rule, district = _filters(address, found, viewer)
    chosen = _chosen(address, viewer)
    state = address.get("state", lambda raw: raw if raw in STATES else None)
    day, since = today(answer, viewer), address.get("first", READ["first"])
    if since is not None and since > day:
        address.complaints.append(t("{day} lies ahead; there are figures up to {today}. This day was ignored.",
                                    day=t.day(since), today=t.day(day)))  # fmt: skip
        since = None
        del st.query_params["first"]
    at = address.get("page", lambda raw: int(raw) if raw.isascii() and raw.isdigit() and 0 < len(raw) < 6 else None)
    with place:
        looked = t.moment(found.looked_at) if found.looked_at else t("never")
        title(t("Alerts"), t("{n} rules, last looked at: {at}.", n=t.number(len(alert_rules().rules)), at=looked))
        note(sending_words(notifying(), t))
        if viewer.role == "it":
            for problem in (*alert_rules().problems, *notifying().problems):
                banner(problem.text(t.lang), bad=True)
    address.complain()
    opened = ask(alert_history, viewer, first=day, size=1).value.total
    over = ask(alert_history, viewer, first=day, state="resolved", size=1).value.total
    figure_row(_figures(found, opened, over, day, viewer), t)
    left, right = (st.container(), None) if chosen is None else st.columns([1.35, 1], gap="small")
    shown = [
        a for a in found.alerts
        if severity in (None, a.severity) and rule in (None, a.rule) and district in (None, a.district_code)
    ]  # fmt: skip
    with left, st.container(key="panel-open-alerts", height="stretch"):
        panel_title(
            t("Open alerts · {n}", n=t.number(len(shown))),
            t(
                "The gravest first, then those nobody has acknowledged, then the oldest. "
                "Click one to see its figures and what happened, to acknowledge or to end it."
            ),
        )
        empty = t("No open alert fits these filters.") if found.alerts else quiet_words(found, t)
        _table(shown, t, "open-alerts", empty, chosen, HEIGHT)
    if right is not None and chosen is not None:
        with right, st.container(key="panel-alert", height="stretch"):
            alert_detail.show(viewer, chosen)
    with st.container(key="panel-alert-history"):
        _history(viewer, severity, rule, district, state, since, at, chosen)


def _filters(address: Address, found: OpenAlerts, viewer: Viewer) -> tuple[str | None, str | None, str | None]:
    t = viewer.t
    severities = list(found.counts)
    kinds = {a.rule: a.kind for a in found.alerts} | {name: r.kind for name, r in alert_rules().rules.items()}
    severity = address.get("severity", lambda raw: raw if raw in severities else None)
    rule = address.get("rule", lambda raw: raw if raw in kinds else None)
    codes = [code for code in registry().districts if viewer.scope.allows(code)]
    district = address.get("district", lambda raw: raw if raw in registry().districts else None)
    if district is not None and district not in codes:
        address.complaints.append(t("The district in this address is not in your scope; nothing of it is shown."))
        del st.query_params["district"]
        district = None
    columns = st.columns([1, 1.6, 1.2, 1.4], gap="small", vertical_alignment="bottom")
    with columns[0]:
        severity = choose(t("Severity"), [None, *severities], param="severity", current=severity, default=None,
                          code=str, shown=lambda c: severity_words(c, t)[0] if c else t("All severities"))  # fmt: skip
    with columns[1]:
        rule = choose(t("Rule"), [None, *kinds], param="rule", current=rule, default=None, code=str,
                      shown=lambda c: rule_words(c, kinds[c], t) if c else t("All rules"))  # fmt: skip
    if len(codes) > 1:
        with columns[2]:
            district = choose(t("District"), [None, *codes], param="district", current=district, default=None,
                              code=str, shown=lambda c: district_name(c, t) if c else t("All districts"))  # fmt: skip
    return severity, rule, district


def _chosen(address: Address, viewer: Viewer) -> Alert | None:
    """The alert that the address names; a sentence when there is none of its number in scope."""
    number = address.get("alert", lambda raw: int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 16 else None)
    if number is None:
        return None
    found = ask(one_alert, viewer, alert_id=number).value
    if found is None:
        said = viewer.t("There is no alert no. {n} in your scope; it may belong to another district.", n=number)
        address.complaints.append(said)
        del st.query_params["alert"]
    return found


def _figures(found: OpenAlerts, opened: int, over: int, day: date, viewer: Viewer) -> list[Figure]:
    t, alerts = viewer.t, found.alerts
    waiting = [a for a in alerts if a.acknowledged_at is None]
    gravest = next(iter(alert_rules().severities), "")
    oldest: datetime | None = min((a.opened_at for a in waiting), default=None)
    wards = {a.ward_code for a in alerts if a.ward_code}
    in_scope = sum(viewer.scope.allows(ward.district_code) for ward in registry().wards.values())
    return [
        Figure("alerts_open", t.number(len(alerts)), counted(alerts, t) or quiet_words(found, t),
               tone="alert" if found.counts.get(gravest) else "", link=screen(viewer, ALERTS, state="open")),
        Figure("alerts_waiting", t.number(len(waiting)),
               t("the oldest since {at}", at=t.moment(oldest)) if oldest else t("all are in somebody's hands"),
               tone="" if waiting else "good", link=screen(viewer, ALERTS, state="unacknowledged")),
        Figure("alerts_today", t.number(opened), t("{n} of them over already", n=t.number(over)),
               link=screen(viewer, ALERTS, first=day.isoformat())),
        Figure("alerts_wards", t.number(len(wards)), t("of {n} wards", n=t.number(in_scope))),
    ]  # fmt: skip


def _table(alerts: list[Alert], t: Texts, key: str, empty: str, chosen: Alert | None, height: int) -> None:
    order = {code: n for n, code in enumerate(alert_rules().severities)}

    def cells(alert: Alert) -> list[Cell]:
        word, tone = severity_words(alert.severity, t)
        state: Literal["quiet", "strong"] = "quiet" if alert.acknowledged_at or alert.resolved_at else "strong"
        return [
            Cell(word, order.get(alert.severity, 99), TONES[tone]),
            Cell(t.pick(**alert.what), where_words(alert, t), "", t.pick(**alert.first_step)),
            Cell(t.moment(alert.since), alert.since.timestamp()),
            Cell(state_words(alert, t), alert.acknowledged_by or "", state, end_words(alert, t)),
        ]

    table(
        [Column(t("Severity")), Column(t("What, and what to do first")), Column(t("Since"), "right"),
         Column(t("State"))],
        [Row(str(alert.alert_id), cells(alert)) for alert in alerts],
        key=key, label=t("Alerts"), empty=empty, height=height,
        selected=str(chosen.alert_id) if chosen else None, on_pick=lambda row: put("alert", row),
    )  # fmt: skip


def _history(
    viewer: Viewer, severity: str | None, rule: str | None, district: str | None, state: str | None,
    since: date | None, at: int | None, chosen: Alert | None,
) -> None:  # fmt: skip
    """All alerts that were ever opened, searched by any words, newest opening first."""
    t = viewer.t
    panel_title(
        t("All alerts, open and over"),
        t("Searches texts, names and notes; diacritics don't matter. The filters above hold here too."),
    )
    left, middle, right = st.columns([2, 1, 1.2], gap="small", vertical_alignment="bottom")
    with left:
        words = _search(t)
    with middle:
        state = choose(t("State"), [None, *STATES], param="state", current=state, default=None, code=str,
                       shown=lambda c: t(STATES[c]) if c else t("All states"))  # fmt: skip
    with right:
        if since is not None:
            st.button(f"✕ {t('opened since {day}', day=t.day(since))}", key="drop-first", on_click=put,
                      args=("first", None), help=t("Take this filter away"))  # fmt: skip
    found: History = ask(
        alert_history, viewer, search=words, rule=rule, severity=severity, state=state, district=district, first=since,
        page=max((at or 1) - 1, 0),
    ).value  # fmt: skip
    _table(found.alerts, t, "alert-history", t("No alert fits."), chosen, HEIGHT)
    pages = -(-found.total // PAGE)
    with st.container(horizontal=True, vertical_alignment="center", key="alert-pages"):
        note(t("{n} alerts", n=t.number(found.total)))
        if pages > 1:
            now = min(max(at or 1, 1), pages)
            note(t("page {n} of {all}", n=t.number(now), all=t.number(pages)))
            st.button(t("Newer"), key="alerts-newer", on_click=put, args=("page", str(now - 1)), disabled=now == 1)
            st.button(t("Older"), key="alerts-older", on_click=put, args=("page", str(now + 1)), disabled=now == pages)


def _search(t: Texts) -> str:
    """The words searched for, kept in the address."""
    key = "alerts-q"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get("q", "")[:200]

    def changed() -> None:
        put("q", st.session_state[key].strip() or None)
        put("page", None)

    return str(st.text_input(t("Search"), key=key, on_change=changed, max_chars=200)).strip()
