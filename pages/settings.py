"""Configuration: every file with its state, an editor, what an edit changes now, its history. For IT."""

from functools import partial

import streamlit as st
from sqlalchemy import Engine

from config.files import FILES, ConfigFile
from config.i18n import NOTHING, Texts
from config.problems import Problem
from data_access import config_history
from data_access.acting import look
from data_access.config_history import Change, Standing, diff
from data_access.demo.stack import Runtime, runtime
from data_access.queries.config_state import latest_changes
from data_access.store.engine import WHOLE_CITY
from pages import config_changes
from pages.address import Address, put
from pages.config_draft import Draft, draft, rebase, write
from pages.config_proposal import proposal, told
from pages.viewer import Viewer
from widgets.diff import diff_lines
from widgets.figures import banner, note, panel_title, title
from widgets.table import Cell, Column, Row, table

EDITOR_HEIGHT, FILES_HEIGHT = 620, 1300


def page(viewer: Viewer) -> None:
    """Draw the files, the one chosen with its editor, and its changes."""
    t = viewer.t
    address = Address(("file", "change", "against"), t)
    known = runtime()
    assert known is not None
    chosen = address.get("file", lambda raw: raw if raw in FILES else None) or next(iter(FILES))
    file = FILES[chosen]
    about = t("What the city sets: {n} files. What is saved holds in every process within 5 seconds; what can't be "
              "right is refused and the last good one stays.", n=t.number(len(FILES)))  # fmt: skip
    title(t("Configuration"), about)
    place = st.container(key="config-complaints")
    left, right = st.columns([1, 1.7], gap="small")
    with left, st.container(key="panel-config-files"):
        _files(known, chosen, t)
    with right, st.container(key="panel-config-editor"):
        panel_title(f"{t(file.title)} · {file.file}", t(file.about))
        _editor(viewer, known, file)
    with st.container(key="panel-config-changes"):
        config_changes.show(viewer, known, file, address)
    with place:
        address.complain()


def _files(known: Runtime, chosen: str, t: Texts) -> None:
    panel_title(t("Files"), t("A click on one opens it."))
    try:
        changed = look(known.store_reader_url, WHOLE_CITY, latest_changes)
    except Problem as problem:
        banner(problem.text(t.lang), bad=True)
        changed = {}
    table(
        [Column(t("File")), Column(t("State")), Column(t("In force since"), "right"), Column(t("By"))],
        [Row(name, _cells(file, changed.get(name), t)) for name, file in FILES.items()],
        key="config-files", label=t("Files"), empty=NOTHING, height=FILES_HEIGHT, selected=chosen,
        on_pick=_open,
    )  # fmt: skip


def _open(name: str) -> None:
    put("file", name)
    put("change", None)
    put("against", None)


def _cells(file: ConfigFile, last: Change | None, t: Texts) -> list[Cell]:
    wrong = len(file.problems())
    state = t("{n} mistakes; the last good one stands", n=t.number(wrong)) if wrong else t("in force")
    by = (last.person or t("edited by hand")) if last else t("as delivered")
    return [
        Cell(t(file.title), t(file.title), "strong", file.file),
        Cell(state, -wrong, "bad" if wrong else ""),
        Cell(t.moment(last.at if last else None), last.at.timestamp() if last else 0.0),
        Cell(by, by, "" if last else "quiet"),
    ]


def _editor(viewer: Viewer, known: Runtime, file: ConfigFile) -> None:
    t = viewer.t
    with st.container(key="config-told"):
        told(file.name)
        for problem in file.problems():
            banner(problem.text(t.lang), bad=True)
    try:
        mine, stands = draft(file.name)
    except Problem as problem:
        banner(problem.text(t.lang), bad=True)
        return
    with st.container(key="config-moved"):
        moved = mine.base.version != stands.version
        if moved:
            _moved(viewer, known, mine, stands)
    mine = _text(mine, t)
    with st.container(key="config-proposal"):
        if not moved:
            proposal(viewer, file, mine.text, stands, key=f"edit-{file.name}", button=t("Save and put in force"),
                     save=partial(_save, mine, viewer.username))  # fmt: skip


def _save(mine: Draft, person: str, engine: Engine, why: str) -> Change:
    return config_history.save(engine, mine.file, mine.text, person, why, mine.base.version)


def _text(mine: Draft, t: Texts) -> Draft:
    """The text as it is typed; every run keeps what it is by then."""
    key = f"config-text-{mine.file}-{mine.turn}"
    if key not in st.session_state:
        st.session_state[key] = mine.text
    typed = str(st.text_area(t("Text of {file}", file=FILES[mine.file].file), key=key, height=EDITOR_HEIGHT))
    if typed != mine.text:
        mine = write(mine, typed, anew=False)
    with st.container(key="config-buttons", horizontal=True, gap="small"):
        st.button(t("Check"), key=f"check-{mine.file}", help=None)
        if st.button(t("Drop my edit"), key=f"drop-{mine.file}", disabled=not mine.edited):
            write(mine, mine.base.text)
            st.rerun()
    return mine


def _moved(viewer: Viewer, known: Runtime, mine: Draft, stands: Standing) -> None:
    """Another person has changed the file since this edit began: what they did, and the choice."""
    t = viewer.t
    try:
        theirs = look(known.store_reader_url, WHOLE_CITY, config_history.since, mine.file, mine.base.version)
    except Problem:
        theirs = []
    banner(t("This file was changed while you were editing. Look at the change, then decide; nothing of yours is lost "
             "or saved meanwhile."), bad=True)  # fmt: skip
    for change in theirs:
        note(t("{at}, {person}: {why}", at=t.moment(change.at), person=change.person or t("edited by hand"),
               why=change.why or t("no reason given")))  # fmt: skip
    diff_lines(diff(mine.base.text, stands.text), label=t("Their change"), line_word=t("line {n}"),
               empty=t("Nothing differs."))  # fmt: skip
    with st.container(key="config-choice", horizontal=True, gap="small"):
        if st.button(t("Go on from theirs, drop my edit"), key=f"theirs-{mine.file}"):
            rebase(mine, stands, keep=False)
            st.rerun()
        if st.button(t("Keep my text over theirs"), key=f"mine-{mine.file}"):
            rebase(mine, stands, keep=True)
            st.rerun()
