"""Working calendar: a year at a glance, days off, make-up days and hours; a file of days; moved deadlines. For IT.

Edits go into the draft of working_calendar.yaml, which the screen Configuration edits as text, and become true in the
same way: check, preview, difference, a sentence why, save.
"""

from datetime import date, time
from functools import partial

import streamlit as st
from babel import dates
from sqlalchemy import Engine

from config.files import FILES
from config.i18n import Texts, mark
from config.problems import Problem
from config.working_calendar import WorkingCalendar
from data_access import calendar_edit, config_history
from data_access.calendar_edit import Kind, NewDay
from data_access.config_history import Change
from data_access.period_words import read_day
from data_access.rules.plain_clock import Calendar
from data_access.working_time import calendar_of
from pages import calendar_days
from pages.address import Address, choose
from pages.ask import figures_day
from pages.calendar_days import SAID, edit_done, edits_told, kind_in, kind_words
from pages.config_draft import Draft, draft, rebase, write
from pages.config_proposal import proposal, told
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title, title
from widgets.upload import Sent, upload
from widgets.year import Day, year, year_legend

FILE = "working_calendar"
GIVEN = "calendar-given"
"""The bytes of a file of days that was sent and not put into the edit yet."""
MOST_BYTES = 1_000_000
OFFERED: dict[Kind, str] = {"off": mark("day off"), "work": mark("make-up day")}


def page(viewer: Viewer) -> None:
    """Draw a year of the draft, what can be edited, and what the edit changes."""
    t = viewer.t
    address = Address(("year",), t)
    file = FILES[FILE]
    about = t("Office hours, days off and make-up days, from which deadlines and means per working day are counted. "
              "Closed days are never rewritten: an edit counts from now on.")  # fmt: skip
    title(t("Working calendar"), about)
    place = st.container(key="calendar-complaints")
    with st.container(key="config-told"):
        told(FILE)
        for problem in file.problems():
            banner(problem.text(t.lang), bad=True)
    try:
        mine, stands = draft(FILE)
    except Problem as problem:
        banner(problem.text(t.lang), bad=True)
        return
    known: WorkingCalendar = file.value()
    edited: WorkingCalendar = file.check(mine.text).value or known
    today = figures_day(t)
    years = list(range(edited.first.year, edited.last.year + 1))
    asked = address.get("year", lambda raw: int(raw) if raw in {str(n) for n in years} else None)
    with place:
        address.complain()
    left, right = st.columns([2.1, 1], gap="small")
    with left, st.container(key="panel-year", height="stretch"):
        now = min(max(today.year, years[0]), years[-1])
        shown = choose(t("Year"), years, param="year", current=asked, default=now, code=str, shown=str)
        _year(shown, calendar_of(known), calendar_of(edited), today, t)
    with right, st.container(key="panel-calendar-edit", height="stretch"):
        edits_told(mine.edited)
        _add(mine, t)
        _hours(mine, edited, t)
        _import(mine, edited, t)
    with st.container(key="panel-days"):
        calendar_days.show(mine, shown, calendar_of(edited), t)
    with st.container(key="panel-calendar-proposal"):
        panel_title(t("What is to be put in force"))
        if mine.base.version != stands.version:
            banner(t("This file was changed while you were editing. Look at the change on the screen Configuration, "
                     "then decide."), bad=True)  # fmt: skip
            if st.button(t("Go on from theirs, drop my edit"), key="calendar-theirs"):
                rebase(mine, stands, keep=False)
                st.rerun()
            return
        if mine.edited and st.button(t("Drop my edit"), key="calendar-drop"):
            write(mine, mine.base.text)
            st.rerun()
        proposal(viewer, file, mine.text, stands, key="calendar", button=t("Save and put in force"),
                 save=partial(_save, mine, viewer.username))  # fmt: skip


def _save(mine: Draft, person: str, engine: Engine, why: str) -> Change:
    return config_history.save(engine, mine.file, mine.text, person, why, mine.base.version)


def _year(number: int, known: Calendar, edited: Calendar, today: date, t: Texts) -> None:
    def day(at: date) -> Day:
        kind = kind_in(edited, at)
        name = edited.off.get(at) or edited.made_up.get(at)
        words = ", ".join([t.day(at), t(kind_words(kind)), *([name[t.lang]] if name else [])]) if kind != "work" else ""
        return Day(kind, words, kind != kind_in(known, at))

    months = dates.get_month_names("wide", "stand-alone", t.locale)
    weekdays = dates.get_day_names("short", "stand-alone", t.locale)
    works = sum(kind_in(edited, at) in ("work", "made_up") for at in _all_days(number, edited))
    panel_title(t("Year {year} · {n} working days", year=number, n=t.number(works)))
    year(number, day, months=[months[n] for n in range(1, 13)], weekdays=[weekdays[n] for n in range(7)], today=today)
    year_legend([("off", t("day off")), ("made_up", t("make-up day")), ("weekend", t("weekend")),
                 ("edited", t("changed by your edit"))])  # fmt: skip
    note(t("Days off and make-up days are listed with their names below."))


def _all_days(number: int, calendar: Calendar) -> list[date]:
    first, last = max(date(number, 1, 1), calendar.first), min(date(number, 12, 31), calendar.last)
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def _add(mine: Draft, t: Texts) -> None:
    """One day into the draft."""
    panel_title(t("A day off or a make-up day"), t("It goes into your edit, not into force. A holiday that is to be "
                                                   "worked is entered as a make-up day."))  # fmt: skip
    with st.form(f"calendar-day-{mine.turn}", border=False):
        left, right = st.columns(2, gap="small")
        with left:
            written = st.text_input(t("Day"), key=f"calendar-day-at-{mine.turn}", placeholder=t("dd/mm/yyyy"))
        with right:
            kinds = list(OFFERED)
            kind = st.selectbox(t("Kind"), kinds, key=f"calendar-day-kind-{mine.turn}",
                                format_func=lambda k: t(OFFERED[k]))  # fmt: skip
        vi = st.text_input(t("Name in Vietnamese"), key=f"calendar-day-vi-{mine.turn}",
                           max_chars=calendar_edit.LONGEST_NAME)  # fmt: skip
        en = st.text_input(t("Name in English (empty: as in Vietnamese)"), key=f"calendar-day-en-{mine.turn}",
                           max_chars=calendar_edit.LONGEST_NAME)  # fmt: skip
        sent = st.form_submit_button(t("Put into my edit"), key="calendar-add")
    if sent:
        try:
            day = read_day(written)
            write(mine, calendar_edit.with_day(mine.text, NewDay(day, kind, vi, en)))
        except Problem as problem:
            edit_done((problem.text(t.lang), True))
        edit_done((t("{day} is in your edit; preview it below.", day=t.day(day)), False))


def _hours(mine: Draft, edited: WorkingCalendar, t: Texts) -> None:
    panel_title(t("Office hours"), t("Written like 08:00. Same-day procedures handed in from the limit on are due on "
                                     "the next working day."))  # fmt: skip
    with st.form(f"calendar-hours-{mine.turn}", border=False):
        spans = []
        for n, span in enumerate(edited.office_hours):
            columns = st.columns(2, gap="small")
            with columns[0]:
                opens = st.text_input(t("From"), _clock(span.opens), key=f"calendar-from-{n}-{mine.turn}")
            with columns[1]:
                closes = st.text_input(t("To"), _clock(span.closes), key=f"calendar-to-{n}-{mine.turn}")
            spans.append((opens.strip(), closes.strip()))
        cutoff = st.text_input(t("Limit of same-day procedures"), _clock(edited.same_day_cutoff),
                               key=f"calendar-cutoff-{mine.turn}")  # fmt: skip
        sent = st.form_submit_button(t("Put into my edit"), key="calendar-hours")
    if sent:
        try:
            write(mine, calendar_edit.with_hours(mine.text, spans, cutoff.strip()))
        except Problem as problem:
            edit_done((problem.text(t.lang), True))
        edit_done((t("The hours are in your edit; preview them below."), False))


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _import(mine: Draft, edited: WorkingCalendar, t: Texts) -> None:
    panel_title(t("Import from a file"), t("CSV with the columns day, kind (off or work), name and, if wanted, "
                                           "name_en. One wrong line, and nothing of the file is taken."))  # fmt: skip

    def came(sent: Sent) -> None:
        st.session_state[GIVEN] = sent.path.read_bytes()
        sent.path.unlink(missing_ok=True)

    def refused(words: str) -> None:
        st.session_state[SAID] = [(words, True)]

    upload("calendar-file", t("Choose a file of days"), t("or drop it here (CSV)"), ".csv", MOST_BYTES, t,
           disabled=False, on_file=came, on_refused=refused)  # fmt: skip
    if GIVEN not in st.session_state:
        return
    found, wrong = calendar_edit.read_days(st.session_state[GIVEN], edited)
    for problem in wrong[:5]:
        banner(problem.text(t.lang), bad=True)
    if len(wrong) > 5:
        note(t("and {n} more", n=t.number(len(wrong) - 5)))
    if not wrong and st.button(t("Put {n} days into my edit", n=t.number(len(found))), key="calendar-take"):
        text, taken, known = mine.text, 0, []
        for new in found:
            try:
                text = calendar_edit.with_day(text, new)
                taken += 1
            except Problem:
                known.append(t.day(new.day))
        write(mine, text)
        st.session_state.pop(GIVEN)
        said = [(t("{n} days are in your edit; preview them below.", n=t.number(taken)), False)]
        if known:
            said.append((t("In the file already and left as they are: {days}.", days=", ".join(known)), False))
        edit_done(*said)
