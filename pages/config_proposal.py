"""A text that may be put in force: what is wrong with it, what differs, what it changes now, why, and the button.

The one way for edits, for going back and for the calendar: check → preview → difference → a sentence why → save.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from sqlalchemy import Engine

from config.files import Checked, ConfigFile
from config.i18n import Texts
from config.problems import Problem
from data_access.acting import act_long
from data_access.config_history import Change, Standing, diff
from data_access.demo.stack import runtime
from data_access.previews import kinds
from data_access.previews.table import Preview
from pages.ask import figures_day
from pages.config_draft import TOLD, carry_out
from pages.viewer import Viewer
from widgets.diff import diff_lines, source_line
from widgets.figures import banner, lines, note, panel_title
from widgets.table import Cell, Column, Row, Tone, table

LONGEST_WHY = 500
MOST_PROBLEMS = 5
TONES: dict[str, Tone] = {"bad": "bad", "good": "strong", "quiet": "quiet", "": ""}
ROW_HEIGHT, HIGHEST = 38, 360


@dataclass(frozen=True)
class Looked:
    """What was previewed: the text, the version it was held against, and what came of it."""

    text: str
    against: str
    preview: Preview | None
    trouble: str = ""


def proposal(
    viewer: Viewer, file: ConfigFile, text: str, stands: Standing, *, key: str, button: str,
    save: Callable[[Engine, str], Change],
) -> None:  # fmt: skip
    """Draw what leads from `text` to its being in force; `save(engine, why)` does it."""
    t = viewer.t
    if text == stands.text:
        note(t("Nothing differs from what is in force."))
        return
    checked = file.check(text, figures_day(t))
    if not checked.ok:
        _refused(checked, text, t)
        return
    for hint in checked.hints:
        banner(hint.text(t.lang))
    slot = f"config-looked-{key}"
    if st.button(t("Preview on live data"), key=f"{key}-preview", type="primary"):
        st.session_state[slot] = _look(viewer, file, text, stands, checked)
    panel_title(t("What differs from what is in force"))
    diff_lines(diff(stands.text, text), label=t("Differences"), line_word=t("line {n}"), empty=t("Nothing differs."))
    looked: Looked | None = st.session_state.get(slot)
    if looked is None or (looked.text, looked.against) != (text, stands.version):
        note(t("The text can be right. See what it changes before it is saved: preview it on live data."))
        return
    if looked.preview is None:
        banner(looked.trouble, bad=True)
        return
    show_preview(looked.preview, key, t)
    if looked.preview.stops:
        banner(t("Nothing of it can be saved; what is in force stays, and nobody else notices anything."), bad=True)
        return
    _form(viewer, file, key, button, save)


def told(file: str) -> None:
    """What came of the last save of this file."""
    said = st.session_state.get(TOLD)
    if said is not None and said[0] == file:
        banner(said[1], bad=said[2])


def _refused(checked: Checked, text: str, t: Texts) -> None:
    """What is wrong, where, and what would be right, with the lines as they are written."""
    written = text.splitlines()
    for problem in checked.problems[:MOST_PROBLEMS]:
        banner(problem.text(t.lang), bad=True)
        line = problem.facts.get("line")
        if isinstance(line, int) and 0 < line <= len(written) and written[line - 1].strip():
            source_line(line, written[line - 1])
    more = len(checked.problems) - MOST_PROBLEMS
    if more > 0:
        note(t("and {n} more", n=t.number(more)))
    note(t("Nothing of it can be saved; what is in force stays, and nobody else notices anything."))


def _look(viewer: Viewer, file: ConfigFile, text: str, stands: Standing, checked: Checked) -> Looked:
    known = runtime()
    try:
        if known is None or not known.ready:
            raise Problem("act_no_answer")
        with st.spinner(viewer.t("Looking at live data; this may take up to a minute.")):
            found = act_long(known.store_owner_url, kinds.preview, file.name, file.path, (stands.text, text),
                             (file.value(), checked.value), viewer.t)  # fmt: skip
    except Problem as problem:
        return Looked(text, stands.version, None, problem.text(viewer.t.lang))
    return Looked(text, stands.version, found)


def show_preview(found: Preview, key: str, t: Texts) -> None:
    """What the edit changes now: sentences, then tables."""
    with st.container(key=f"{key}-found"):
        panel_title(t("What it changes now, on live data"))
        lines(found.said)
        for n, one in enumerate(found.tables):
            panel_title(one.title)
            table(
                [Column(words, "right" if number else "left") for words, number in one.heads],
                [Row(str(i), [Cell(c.text, c.sort, TONES[c.tone], c.small) for c in row])
                 for i, row in enumerate(one.rows)],
                key=f"{key}-table-{n}", label=one.title, empty=one.empty,
                height=min(HIGHEST, ROW_HEIGHT * (len(one.rows) + 1) * 2),
            )  # fmt: skip


def _form(viewer: Viewer, file: ConfigFile, key: str, button: str, save: Callable[[Engine, str], Change]) -> None:
    t = viewer.t
    with st.form(f"{key}-form", border=False):
        why = st.text_input(t("Why is this changed? One sentence; it stays in the history."), key=f"{key}-why",
                            max_chars=LONGEST_WHY)  # fmt: skip
        sent = st.form_submit_button(button, key=f"{key}-save", type="primary")
    note(t("Kept in the history under the name {name}.", name=viewer.username))
    if sent:
        if carry_out(viewer, file.name, save, why):
            st.session_state.pop(f"config-looked-{key}", None)
        st.rerun()
