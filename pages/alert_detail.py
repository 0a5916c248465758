"""One alert beside the list: its figures, what happened, what was sent; acknowledging and ending it with a note."""

import time
from html import escape

import streamlit as st

from config.alerts import alert_rules
from config.i18n import NOTHING, Texts
from config.problems import Problem
from config.registry import registry
from config.screens import seen
from data_access import alert_desk
from data_access.acting import act
from data_access.alert_words import figure_words
from data_access.demo.stack import runtime
from data_access.notifications import notifying
from data_access.queries.alerts import Alert, Event, Notice, alert_events, alert_notices
from data_access.queries.dossiers import OPEN
from pages.address import put
from pages.alert_words import EVENTS, end_words, rule_words, severity_words, state_words, where_words
from pages.ask import ask
from pages.dossier_words import WHAT
from pages.links import go, list_of
from pages.live import pulse
from pages.paths import BACKLOG, DOSSIERS
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title
from widgets.go import anchor
from widgets.table import Cell, Column, Row, table

DONE = "alert-done"
"""Where the session keeps what came of the last act: (alert, sentence, whether it failed)."""
ACTS = "alert-acts"
"""How many acts were carried out: each next note begins empty."""


def show(viewer: Viewer, alert: Alert) -> None:
    """Draw the panel of one alert."""
    t = viewer.t
    head, close = st.columns([4, 1], vertical_alignment="top")
    with head:
        panel_title(f"{severity_words(alert.severity, t)[0]} · {where_words(alert, t)}", t.pick(**alert.what))
    with close:
        st.button(t("Close"), key="close-alert", on_click=put, args=("alert", None), width="stretch")
    with st.container(key="alert-act"):
        _told(alert)
    panel_title(t("What to do first"), t.pick(**alert.first_step))
    panel_title(t("Figures"), _figures(alert, t))
    if alert.ward_code in registry().wards:
        if BACKLOG in seen(viewer.role) and st.button(t("Open the ward on the backlog map"), key="alert-ward"):
            go(viewer, BACKLOG, ward=str(alert.ward_code))
        if DOSSIERS in seen(viewer.role):
            lists = [anchor(t(WHAT[what]), list_of(viewer, what, ward=alert.ward_code)) for what in OPEN]
            st.html(f'<div class="panel-note">{escape(t("Its dossiers now"))}: {" · ".join(lists)}</div>')
    if alert.resolved_at is None:
        _form(viewer, alert)
    panel_title(t("What happened"), f"{state_words(alert, t)} {end_words(alert, t)}".strip())
    _events(ask(alert_events, viewer, alert_id=alert.alert_id).value, alert, t)
    note(_sent(ask(alert_notices, viewer, alert_id=alert.alert_id).value, t))


def _figures(alert: Alert, t: Texts) -> str:
    rule = alert_rules().rules.get(alert.rule)
    words = [
        rule_words(alert.rule, alert.kind, t),
        t("{value} at {at}", value=figure_words(rule, alert.value, t), at=t.moment(alert.updated_at)),
    ]
    if rule is not None:
        words.append(t("opens from {opens}, ends below {closes}", opens=figure_words(rule, rule.limit.opens, t),
                       closes=figure_words(rule, rule.limit.closes, t)))  # fmt: skip
    words.append(
        t("since {since}, alert opened {opened}", since=t.moment(alert.since), opened=t.moment(alert.opened_at))
    )
    return " · ".join(words)


def _told(alert: Alert) -> None:
    """What came of the last act, until something else is chosen."""
    done = st.session_state.get(DONE)
    if done is not None and done[0] == alert.alert_id:
        banner(done[1], bad=done[2])


def _form(viewer: Viewer, alert: Alert) -> None:
    """Acknowledge or end it, by the person signed in, with a note; a note that was refused stays in its field."""
    t = viewer.t
    key = f"alert-note-{alert.alert_id}-{st.session_state.get(ACTS, 0)}"
    with st.form(f"alert-{alert.alert_id}", border=False):
        said = st.text_area(t("Note: what is being done"), key=key, max_chars=alert_desk.LONGEST_NOTE, height=80)
        left, right = st.columns(2, gap="small")
        with left:
            taken = st.form_submit_button(t("Acknowledge"), key="alert-acknowledge", type="primary", width="stretch",
                                          disabled=alert.acknowledged_at is not None)  # fmt: skip
        with right:
            ended = st.form_submit_button(t("End the alert"), key="alert-end", width="stretch")
    note(t("Noted under the name {name}. An alert ended by hand opens anew only after its condition was over once.",
           name=viewer.name))  # fmt: skip
    if taken or ended:  # in the run itself: the shell has just seen that this person is still let in
        _act(viewer, alert.alert_id, "resolve" if ended else "acknowledge", said)
        st.rerun()


def _act(viewer: Viewer, alert_id: int, what: str, said: str) -> None:
    """Carry it out and keep what came of it for the next run, which sees the alert as it is then."""
    t, known, before = viewer.t, runtime(), pulse().alerts
    try:
        if known is None or not known.ready:
            raise Problem("act_no_answer")
        do = alert_desk.acknowledge if what == "acknowledge" else alert_desk.resolve
        act(known.store_owner_url, do, alert_id, viewer.name, said, viewer.scope.districts)
    except Problem as problem:
        st.session_state[DONE] = (alert_id, problem.text(t.lang), True)
        return
    st.session_state[DONE] = (alert_id, t("Acknowledged.") if what == "acknowledge" else t("Ended."), False)
    st.session_state[ACTS] = st.session_state.get(ACTS, 0) + 1
    until = time.monotonic() + 3
    while pulse().alerts == before and time.monotonic() < until:
        time.sleep(0.05)


def _events(events: list[Event], alert: Alert, t: Texts) -> None:
    rule = alert_rules().rules.get(alert.rule)
    table(
        [Column(t("Time"), "right"), Column(t("What")), Column(t("By")), Column(t("Figure"), "right")],
        [
            Row(str(e.event_id), [
                Cell(t.moment(e.at), e.at.timestamp()),
                Cell(t(EVENTS[e.kind]), e.kind, "strong", e.note or ""),
                Cell(e.who or t("by itself"), e.who or ""),
                Cell(NOTHING if e.value is None else figure_words(rule, e.value, t), e.value),
            ])
            for e in events
        ],
        key="alert-events", label=t("What happened"), empty=t("Nothing yet."), height=260,
    )  # fmt: skip


def _sent(notices: list[Notice], t: Texts) -> str:
    """How many messages about it went out, wait or were given up, and where to."""
    if not notices:
        return t("No message was sent about this alert.")
    services = {target.id: target.service for target in notifying().targets}
    sent = [n for n in notices if n.sent_at]
    waiting = [n for n in notices if not n.sent_at and not n.dropped_at]
    words = t("Messages: {sent} sent, {waiting} waiting, {dropped} not sent.", sent=t.number(len(sent)),
              waiting=t.number(len(waiting)), dropped=t.number(len(notices) - len(sent) - len(waiting)))  # fmt: skip
    places = ", ".join(sorted({services[n.target] for n in notices if n.target in services}))
    return f"{words} {places}".strip()
