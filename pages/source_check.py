"""check-source as a page: per entity whether the sync would read it, and each column's state."""

from typing import Any

import streamlit as st

from config.i18n import NOTHING, Texts
from data_access import source_desk
from data_access.demo.stack import Runtime
from data_access.source.check import EntityCheck
from data_access.source.contract import ENTITIES
from data_access.source_desk import Checked
from data_access.source_words import ENTITY_NAMES, state_words, troubles
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title
from widgets.table import Cell, Column, Row, Tone, table

LOOK_SECONDS = 0.7
HEIGHT = 580


def show(viewer: Viewer, known: Runtime, profile: str, given: dict[str, Any]) -> None:
    """The button, how far the check is, and its result. given: values for the profile's parameters."""
    t = viewer.t
    panel_title(
        t("Check of the source"),
        t("Each SELECT is described and a hundred rows are looked at, contract columns only; rows of large tables are "
          "estimates."),
    )  # fmt: skip
    checked = source_desk.newest()
    waiting = checked is not None and not checked.ended.is_set()
    st.fragment(_check, run_every=LOOK_SECONDS if waiting else None)(viewer, known, profile, given, waiting)


def _check(viewer: Viewer, known: Runtime, profile: str, given: dict[str, Any], waiting: bool) -> None:
    t = viewer.t

    def begin() -> None:
        source_desk.check(known.source_url, known.store_reader_url, profile, given)

    checked = source_desk.newest()
    if waiting and (checked is None or checked.ended.is_set()):
        st.rerun()
    left, right = st.columns([1, 2.4], vertical_alignment="center")
    with left:
        st.button(t("Check the source now"), key="source-check", on_click=begin, disabled=waiting, width="stretch")
    with right:
        if checked is None:
            note(t("Not checked yet since this process started."))
        elif waiting:
            st.progress(checked.share, t("Checking"))
        else:
            note(t("Checked at {at}.", at=t.moment(checked.began)))
    if checked is not None and checked.problem is not None:
        banner(checked.problem.text(t.lang), bad=True)
    with st.container(key="source-checked"):
        if checked is not None:
            _entities(checked, t)


def _entities(checked: Checked, t: Texts) -> None:
    for check in checked.entities.values():
        if check.problem is not None:
            banner(check.problem.text(t.lang), bad=True)
            if checked.said.get(check.entity):
                note(t("The database says: {words}", words=checked.said[check.entity]))
    table(
        [Column(t("Entity")), Column(t("State")), Column(t("Rows in the source, about"), "right"),
         Column(t("Rows in the store"), "right"), Column(t("Columns that need a look"))],
        [Row(name, _cells(check, checked.stored.get(name), t)) for name, check in checked.entities.items()],
        key="source-entities", label=t("Check of the source"), empty=t("Checking"), height=HEIGHT,
    )  # fmt: skip


def _cells(check: EntityCheck, stored: int | None, t: Texts) -> list[Cell]:
    state = state_words(check, t)
    columns = "; ".join(troubles(check, t))
    return [
        Cell(t(ENTITY_NAMES[check.entity]), list(ENTITIES).index(check.entity), "strong", check.file),
        Cell(state, state, tone_of(check)),
        Cell(NOTHING if check.rows is None else t.number(check.rows), check.rows),
        Cell(NOTHING if stored is None else t.number(stored), stored),
        Cell(columns or t("all as the contract has them") if check.present else columns, columns),
    ]


def tone_of(check: EntityCheck) -> Tone:
    """How an entity's state is set."""
    return "quiet" if not check.provided else "bad" if check.problem is not None else ""
