"""The data source: what is read and how old it is, the check, a mapping tried out, reconciling. For IT staff."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from config.i18n import Texts, mark
from config.problems import Problem
from config.settings import settings
from config.source import wanted_profile
from data_access import source_desk
from data_access.acting import act, look
from data_access.demo.stack import Runtime, runtime
from data_access.period_words import read_day
from data_access.queries.quality import quality
from data_access.source.profile import Profile, load_profile
from data_access.source_desk import Reconciled
from data_access.sync.reconcile_books import Finding, Round
from pages import quality_codes, source_check, source_trial
from pages.address import Address
from pages.ask import ask
from pages.live import pulse
from pages.viewer import Viewer
from widgets.figures import banner, lines, panel_title, title
from widgets.table import Cell, Column, Row, table

TOLD, WHY, SINCE, EVERY = "source-told", "source-why", "source-since", "source-every"
LOOK_SECONDS = 1.0
LATELY = timedelta(days=30)
STATES = {"loading": mark("the first load is running"), "running": mark("running"),
          "source_down": mark("the source does not answer"), "refused": mark("the mapping was refused")}  # fmt: skip
ROUNDS = {"asked": mark("Asked for"), "recent": mark("Recent days"), "full": mark("Everything")}
KINDS = {"missing": mark("missing in the store"), "stale": mark("different from the source"),
         "gone": mark("gone from the source")}  # fmt: skip


def page(viewer: Viewer) -> None:
    """Draw the source's state, its check, the trial of a mapping, reconciling and the lists of doubtful codes."""
    t, known = viewer.t, runtime()
    assert known is not None
    address = Address(("entity",), t)
    name, given = wanted_profile(settings().source_profile)
    try:
        profile: Profile | None = load_profile(name, parameters=given)
    except Problem as problem:
        profile, refused = None, problem
    title(t("Data source"), t("Profile {name}: what is read from the one-stop database, how, and how far the store "
                              "follows it. The source is only ever read.", name=name))  # fmt: skip
    with st.container(key="source-told"):
        if TOLD in st.session_state:
            words, bad = st.session_state[TOLD]
            banner(words, bad=bad)
    left, right = st.columns([1.5, 1], gap="small")
    with left, st.container(key="panel-source-check"):
        source_check.show(viewer, known, name, given)
    with right:
        with st.container(key="panel-source-state"):
            _state(profile, t)
        with st.container(key="panel-source-reconcile"):
            _reconcile(viewer, known)
    with st.container(key="panel-source-trial"):
        if profile is None:
            banner(refused.text(t.lang), bad=True)
        else:
            source_trial.show(viewer, known, profile, address)
    with st.container(key="panel-source-codes"):
        answer = ask(quality, viewer, months=None)
        quality_codes.show(viewer, answer)
    address.complain()


def _state(profile: Profile | None, t: Texts) -> None:
    """How the sync is doing, in sentences."""
    now = pulse()
    panel_title(t("State of the synchronisation"))
    said = [t("Synchronisation: {state}, since {at}.", state=t(STATES.get(now.sync_state, mark("running"))),
              at=t.moment(now.sync_since))]  # fmt: skip
    if now.age_seconds is not None:
        said.append(t("Lag: the store agrees with the source of {age} ago ({at}).", age=t.span(now.age_seconds),
                      at=t.moment(now.source_at or now.as_of)))  # fmt: skip
    said.append(t("Version of the figures: {n}, as of {at}.", n=t.number(now.version), at=t.moment(now.as_of)))
    if profile is not None:
        conf = profile.conf
        said.append(t("Profile: {n} SELECTs, {m} tables of codes, SQL dialect {dialect}, time zone {zone}.",
                      n=t.number(len(profile.sql)), m=t.number(len(profile.tables)), dialect=conf.dialect,
                      zone=conf.timezone))  # fmt: skip
    lines(said)


def _reconcile(viewer: Viewer, known: Runtime) -> None:
    t = viewer.t
    panel_title(
        t("Compare with the source"),
        t("Days of last change are compared by sums, and what differs is read again and repaired. The synchronisation "
          "does it between its polls, also when this page is left."),
    )  # fmt: skip
    with st.container():  # see pages/wall/main.py: what follows a fragment must not move up when its own is dropped
        st.fragment(_rounds, run_every=LOOK_SECONDS)(viewer, known)

    def order() -> None:
        try:
            written = st.session_state.get(SINCE, "").strip()
            since = read_day(written) if written else None
            act(known.store_owner_url, source_desk.ask_reconcile, viewer.username, st.session_state.get(WHY, ""), since,
                bool(st.session_state.get(EVERY)))  # fmt: skip
            st.session_state[TOLD] = (t("Asked for; the synchronisation begins within seconds."), False)
            st.session_state[WHY] = ""
        except Problem as problem:
            st.session_state[TOLD] = (problem.text(t.lang), True)

    left, right = st.columns([1, 1.3], gap="small", vertical_alignment="bottom")
    with left:
        st.text_input(t("Changed since (empty: ever)"), key=SINCE, max_chars=10, placeholder="20/11/2026")
    with right:
        st.checkbox(t("Read every row again, without trusting sums"), key=EVERY)
    left, right = st.columns([2, 1], gap="small", vertical_alignment="bottom")
    with left:
        st.text_input(t("Reason for comparing"), key=WHY, max_chars=source_desk.LONGEST_REASON)
    with right:
        st.button(t("Compare now"), key="source-reconcile", type="primary", on_click=order, width="stretch")


def _rounds(viewer: Viewer, known: Runtime) -> None:
    """How far the rounds are, and what was repaired lately."""
    t, now = viewer.t, pulse().as_of
    if now is None:
        return
    try:
        found: Reconciled = look(known.store_reader_url, viewer.scope, source_desk.reconciled, now - LATELY)
    except Problem as problem:
        banner(problem.text(t.lang), bad=True)
        return
    with st.container(key="source-progress"):
        asked = found.rounds.get("asked")
        if asked is not None and asked.ended_at is None:
            share, words = _progress(asked, found.begins, t.local(now).date(), t)
            st.progress(share, words)
    table(
        [Column(t("Round")), Column(t("Began"), "right"), Column(t("Days"), "right"), Column(t("Repaired"), "right"),
         Column(t("State"))],
        [Row(kind, _round_cells(kind, found.rounds[kind], t)) for kind in ROUNDS if kind in found.rounds],
        key="source-rounds", label=t("Rounds of comparing"), empty=t("Nothing was compared yet."), height=160,
    )  # fmt: skip
    lines([_finding(one, t) for one in found.findings[:5]] or [t("Nothing had to be repaired in the last 30 days.")])


def _progress(asked: Round, begins: date | None, today: date, t: Texts) -> tuple[float, str]:
    """How much of a round is done, by days from the one it begins with."""
    if begins is None or asked.next_day is None:
        return 0.0, t("Comparing: {n} days done", n=t.number(asked.days))
    whole = max(1, (today - begins).days + 1)
    done = min(1.0, max(0.0, (asked.next_day - begins).days / whole))
    return done, t("Comparing: up to {day}, {n} rows repaired", day=t.day(asked.next_day), n=t.number(asked.repaired))


def _round_cells(kind: str, one: Round, t: Texts) -> list[Cell]:
    state = t("at work") if one.ended_at is None else t("done {at}", at=t.moment(one.ended_at))
    since = t("since {day}", day=t.day(one.since)) if one.since else ""
    return [
        Cell(t(ROUNDS[kind]), kind, "strong", since), Cell(t.moment(one.started_at), one.started_at.isoformat()),
        Cell(t.number(one.days), one.days),
        Cell(t.number(one.repaired), one.repaired, "warn" if one.repaired else ""), Cell(state, state, "quiet"),
    ]  # fmt: skip


def _finding(one: Finding, t: Texts) -> str:
    kinds: dict[str, Any] = KINDS
    return t("{at}: {n} rows of {entity} of {day}, {kind}, repaired", at=t.moment(one.found_at), n=t.number(one.rows),
             entity=one.entity, day=t.day(one.day), kind=t(kinds[one.kind]))  # fmt: skip
