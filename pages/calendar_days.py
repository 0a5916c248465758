"""The named days of a year of the working calendar, and taking out of it what the city's own file says."""

from datetime import date

import streamlit as st

from config.i18n import NOTHING, Texts, mark
from data_access import calendar_edit
from data_access.previews.working_calendar import KINDS as KIND_NAMES
from data_access.previews.working_calendar import kind_of
from data_access.rules.plain_clock import Calendar
from pages.config_draft import Draft, write
from widgets.figures import banner, note, panel_title
from widgets.table import Cell, Column, Row, Tone, table

LISTS = {"swaps": mark("swap"), "days_off": mark("day off"), "working_days": mark("make-up day")}
SAID = "calendar-said"
"""What came of the last edit: sentences, each with whether it is bad."""


def kind_in(calendar: Calendar, day: date) -> str:
    """As the preview calls it; a plain weekend by its own name."""
    kind = kind_of(calendar, day)
    return "weekend" if kind == "off" and day not in calendar.off else kind


def kind_words(kind: str) -> str:
    """Its source text."""
    return mark("weekend") if kind == "weekend" else KIND_NAMES[kind]


def edits_told(edited: bool) -> None:
    """What came of the last edit; without one (it was saved or dropped) only what went wrong."""
    with st.container(key="calendar-said"):
        for words, bad in st.session_state.get(SAID, []):
            if edited or bad:
                banner(words, bad=bad)


def edit_done(*said: tuple[str, bool]) -> None:
    """Keep what came of an edit for the next run, which shows the draft as it is then."""
    st.session_state[SAID] = list(said)
    st.rerun()


def show(mine: Draft, shown: int, calendar: Calendar, t: Texts) -> None:
    """The named days of the year, and the file's own ones, which can be taken out."""
    own = {day: (key, at) for key, at, day in calendar_edit.named_days(mine.text)}
    named = sorted(day for day in {*calendar.off, *calendar.made_up} if day.year == shown)
    panel_title(t("Named days of {year}", year=shown),
                t("Public holidays and known swaps come with the program; what the city's file says wins over "
                  "them."))  # fmt: skip

    def cells(day: date) -> list[Cell]:
        name = calendar.made_up.get(day) or calendar.off[day]
        source = own.get(day.isoformat())
        kind = kind_in(calendar, day)
        tone: Tone = "warn" if kind == "off" else "strong"
        return [
            Cell(t.day(day), day.toordinal(), "", t.weekday(day)),
            Cell(t(kind_words(kind)), kind, tone),
            Cell(name[t.lang]),
            Cell(t("the city's file: {what}", what=t(LISTS[source[0]])) if source else t("public holiday"), None,
                 "" if source else "quiet"),
        ]  # fmt: skip

    left, right = st.columns([2.4, 1], gap="small")
    with left:
        table(
            [Column(t("Day"), "right"), Column(t("Kind")), Column(t("What it is called")), Column(t("Set by"))],
            [Row(day.isoformat(), cells(day)) for day in named],
            key="calendar-days", label=t("Named days of {year}", year=shown), empty=NOTHING, height=420,
        )  # fmt: skip
    with right:
        entries = list(dict.fromkeys((key, at) for key, at in own.values()))
        if not entries:
            note(t("The city's file names no day of its own."))
            return
        days = {entry: [d for d, e in own.items() if e == entry] for entry in entries}
        with st.form(f"calendar-out-{mine.turn}", border=False):
            picked = st.selectbox(t("Take out of the city's file"), range(len(entries)),
                                  key=f"calendar-pick-{mine.turn}",
                                  format_func=lambda n: _entry_words(entries[n][0], days[entries[n]], t))  # fmt: skip
            sent = st.form_submit_button(t("Take out of my edit"), key="calendar-remove")
        if sent:
            write(mine, calendar_edit.without(mine.text, *entries[picked]))
            edit_done((t("Taken out of your edit; preview it below."), False))


def _entry_words(key: str, days: list[str], t: Texts) -> str:
    return f"{t(LISTS[key])}: {' → '.join(_shown(day, t) for day in days)}"


def _shown(day: str, t: Texts) -> str:
    try:
        return t.day(date.fromisoformat(day))
    except ValueError:
        return day
