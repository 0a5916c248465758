"""One dossier: its state, its steps with their holders, its pauses, its due dates then and now, and why it is due."""

from datetime import datetime
from typing import Any

import streamlit as st

from config.i18n import NOTHING, Texts
from config.problems import Problem
from data_access.deadline_told import told
from data_access.deadline_words import amount, office_time
from data_access.queries.dossier import Dossier, dossier
from data_access.rules.plain_clock import office_seconds
from data_access.status_words import pause_words, status_words
from data_access.working_time import city_calendar
from pages.address import Address, put
from pages.ask import ask
from pages.dossier_words import due_words
from pages.links import CODE
from pages.places import CHANNELS, unit_words
from pages.report_links import TITLES, to_form
from pages.viewer import Viewer
from widgets.figures import banner, lines, note, panel_title, title, ways
from widgets.table import Cell, Column, Row, Tone, table
from widgets.timeline import Line, Mark, Span, timeline


def show(viewer: Viewer, address: Address, code: str) -> None:
    """Draw the dossier of that code; an unknown one and one out of scope are told alike."""
    t = viewer.t
    answer = ask(dossier, viewer, code=code) if CODE.fullmatch(code) else None
    head, back = st.columns([6, 1], vertical_alignment="top")
    with head:
        title(t("Dossier {code}", code=code if answer and answer.value else NOTHING),
              t("As of {at}", at=t.moment(answer.as_of)) if answer else "")  # fmt: skip
        if answer and answer.value:
            ways(t("Report"), [(t(TITLES["process"]), to_form(viewer, "process", dossier=code))])
    with back:
        st.button(t("To the list"), key="close-dossier", on_click=put, args=("dossier", None), width="stretch")
    address.complain()
    if answer is None or not answer.value:
        banner(t("There is no dossier of this code in your scope."))
        return
    if len(answer.value) > 1:
        banner(t("The source uses this code for {n} dossiers; all are shown.", n=t.number(len(answer.value))))
    for n, found in enumerate(answer.value):
        _one(found, n, answer.as_of, t)


def _one(found: Dossier, n: int, as_of: datetime, t: Texts) -> None:
    left, right = st.columns([1, 1], gap="small")
    with left, st.container(key=f"panel-dossier-{n}", height="stretch"):
        _facts(found, n, t)
    with right, st.container(key=f"panel-arithmetic-{n}", height="stretch"):
        _arithmetic(found, t)
        _timeline(found, as_of, t)
    with st.container(key=f"panel-steps-{n}"):
        _steps(found, n, as_of, t)
    if found.dated.pauses:
        with st.container(key=f"panel-pauses-{n}"):
            _pauses(found, n, as_of, t)


def _facts(found: Dossier, n: int, t: Texts) -> None:
    f = found.facts
    unit, district = unit_words(f, t)
    standing, tone = due_words(f, t)
    panel_title(f["procedure_name"], f["procedure_code"])
    moved = f["due_original"] is not None and f["due_original"] != f["due_at"]
    facts: list[tuple[str, str, Tone]] = [
        (t("Unit"), ", ".join(part for part in (unit, district) if part), ""),
        (t("Status"), status_words(f["status"], t), "strong"),
        (t("Deadline"), standing, tone),
        (t("Channel"), t(CHANNELS[f["channel"]]) if f["channel"] in CHANNELS else str(f["channel"]), ""),
        (t("Received"), t.moment(f["received_at"]), ""),
        (t("First due date"), t.moment(f["due_original"]), ""),
        (t("Due date now"), t.moment(f["due_at"]), "warn" if moved else ""),
        (t("Due date that counts"), t.moment(f["legal_due_at"]), ""),
        (t("Result ready"), t.moment(f["finished_at"]), ""),
        (t("Returned"), t.moment(f["returned_at"]), ""),
        (t("Supplements asked for"), t.number(f["supplement_count"]), ""),
        (t("Apologies"), t.number(f["apology_count"]), ""),
    ]  # fmt: skip
    if f["late_reason"]:
        facts.append((t("Reason of lateness"), f["late_reason"], ""))
    table(
        [Column(t("Item")), Column(t("As recorded"))],
        [Row(name, [Cell(name, None, "quiet"), Cell(value, None, tone)]) for name, value, tone in facts],
        key=f"dossier-facts-{n}", label=t("As recorded"), empty=NOTHING, height=520,
    )  # fmt: skip


def _arithmetic(found: Dossier, t: Texts) -> None:
    panel_title(t("Why it is due then"), t("By the procedure's time limit and the working calendar of the city."))
    try:
        words = told(found.dated, t)
    except Problem as problem:
        banner(problem.text(t.lang))
        return
    note(words.headline)
    lines([*words.steps, *words.beside])


def _timeline(found: Dossier, as_of: datetime, t: Texts) -> None:
    """From receipt until its end, or until now: steps, pauses and due dates over one axis."""
    facts = found.facts
    ended = facts["returned_at"] or facts["finished_at"]
    until = ended or as_of
    panel_title(
        t("Course"),
        t("Bars: steps, red past the step's own deadline; hatched: pauses. Dashed: the due date that counts. Times and "
          "holders stand in the tables."),
    )  # fmt: skip
    came = facts["received_at"]
    lines_ = [Line(t("Received"), marks=[Mark(came, t.moment(came))])] if came else []
    lines_ += [Line(step["step_name"], _spans(step, until, t)) for step in found.steps if step["started_at"]]
    pauses = [
        Span(pause["from_at"], pause["to_at"] or until,
             f"{pause_words(pause['reason'], t)}: {_from_to(pause['from_at'], pause['to_at'], t)}", "rest")
        for pause in found.dated.pauses
    ]  # fmt: skip
    lines_ += [Line(t("Pauses"), pauses)] if pauses else []
    due = {t("First due date"): facts["due_original"], t("Due date now"): facts["due_at"],
           t("Due date that counts"): facts["legal_due_at"]}  # fmt: skip
    ends = {t("Result ready"): facts["finished_at"], t("Returned"): facts["returned_at"]}
    lines_ += [Line(name, marks=[Mark(at, t.moment(at))]) for name, at in due.items() if at]
    late = facts["legal_due_at"]
    lines_ += [Line(name, marks=[Mark(at, t.moment(at), late=late is not None and at > late)])
               for name, at in ends.items() if at]  # fmt: skip
    if ended is None and facts["settled_day"] is None:
        lines_.append(Line(t("Now"), marks=[Mark(as_of, t.moment(as_of), late=late is not None and as_of > late)]))
    timeline(lines_, late, t("Course"))


def _spans(step: dict[str, Any], until: datetime, t: Texts) -> list[Span]:
    """A step's bar, in two where it went past its deadline."""
    start, end = step["started_at"], step["finished_at"] or until
    words = f"{step['step_name']}: {_from_to(start, step['finished_at'], t)}"
    if end < start:
        return []
    if step["rests"]:
        return [Span(start, end, words, "rest")]
    due = step["due_at"]
    if due is None or due >= end:
        return [Span(start, end, words)]
    turn = max(start, due)
    return [*([Span(start, turn, words)] if turn > start else []), Span(turn, end, words, "late")]


def _from_to(start: datetime, end: datetime | None, t: Texts) -> str:
    return t("{first} – {last}", first=t.moment(start), last=t.moment(end) if end else t("at present"))


def _steps(found: Dossier, n: int, as_of: datetime, t: Texts) -> None:
    panel_title(
        t("Steps"),
        t("A late step is the step holder's, whoever holds the dossier afterwards. Lateness in working time."),
    )
    table(
        [Column(t("Step")), Column(t("Holder")), Column(t("Since"), "right"), Column(t("Step deadline"), "right"),
         Column(t("Finished"), "right"), Column(t("Late by"), "right")],
        [Row(step["step_id"], _step(step, as_of, t)) for step in found.steps],
        key=f"dossier-steps-{n}", label=t("Steps"), empty=t("The source records no step of this dossier."), height=460,
    )  # fmt: skip


def _step(step: dict[str, Any], as_of: datetime, t: Texts) -> list[Cell]:
    unknown = step["holders_all"] - len(step["holders"])
    holders = [*step["holders"], *([t("{n} outside your scope", n=t.number(unknown))] if unknown else [])]
    until = step["finished_at"] or (None if step["rests"] else as_of)
    late = _late(step["due_at"], until, t)
    state = t.moment(step["finished_at"]) if step["finished_at"] else t("rests") if step["rests"] else t("open")
    return [
        Cell(step["step_name"], step["step_name"], "strong" if not step["finished_at"] else ""),
        Cell(", ".join(holders) or NOTHING, ", ".join(holders)),
        Cell(t.moment(step["started_at"]), _at(step["started_at"])),
        Cell(t.moment(step["due_at"]), _at(step["due_at"])),
        Cell(state, _at(step["finished_at"])),
        Cell(late or NOTHING, _at(until) if late else None, "bad" if late else "quiet"),
    ]


def _at(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def _late(due: datetime | None, until: datetime | None, t: Texts) -> str:
    """Office time from the deadline to the end; calendar time where the calendar does not reach; "" when in time."""
    if due is None or until is None or until <= due:
        return ""
    calendar = city_calendar()
    try:
        seconds = office_seconds(calendar, *(t.local(at).replace(tzinfo=None, microsecond=0) for at in (due, until)))
    except ValueError:
        return t.span((until - due).total_seconds())
    if seconds >= calendar.day_seconds:
        return amount(round(seconds / calendar.day_seconds, 1), "working_day", t)
    return office_time(seconds, calendar, t) if seconds >= 60 else t("outside office hours")


def _pauses(found: Dossier, n: int, as_of: datetime, t: Texts) -> None:
    panel_title(t("Pauses"), t("While a dossier waits for the citizen its clock stands."))

    def cells(pause: dict[str, Any]) -> list[Cell]:
        reason = pause_words(pause["reason"], t)
        length = (pause["to_at"] or as_of) - pause["from_at"]
        return [
            Cell(reason, reason, "strong"),
            Cell(t.moment(pause["from_at"]), _at(pause["from_at"])),
            Cell(t.moment(pause["to_at"]) if pause["to_at"] else t("lasts"), _at(pause["to_at"])),
            Cell(t.span(length.total_seconds()), length.total_seconds()),
        ]

    table(
        [Column(t("Reason")), Column(t("From"), "right"), Column(t("To"), "right"), Column(t("Length"), "right")],
        [Row(str(i), cells(pause)) for i, pause in enumerate(found.dated.pauses)],
        key=f"dossier-pauses-{n}", label=t("Pauses"), empty=NOTHING, height=300,
    )  # fmt: skip
