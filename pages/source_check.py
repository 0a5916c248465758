"""check-source as a page: per entity whether the sync would read it, and each column's state."""

import streamlit as st

from config.i18n import NOTHING, Texts, mark
from data_access import source_desk
from data_access.demo.stack import Runtime
from data_access.source.check import EntityCheck
from data_access.source.contract import ENTITIES
from data_access.source_desk import Checked
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title
from widgets.table import Cell, Column, Row, Tone, table

LOOK_SECONDS = 0.7
HEIGHT = 580
ENTITY_NAMES = {
    "unit": mark("Units"), "procedure": mark("Procedures"), "offering": mark("Offerings"), "officer": mark("Officers"),
    "dossier": mark("Dossiers"), "step": mark("Steps"), "pause": mark("Pauses"), "link_check": mark("Line checks"),
    "observation": mark("Observations"),
}  # fmt: skip


def show(viewer: Viewer, known: Runtime, profile: str) -> None:
    """The button, how far the check is, and its result."""
    t = viewer.t
    panel_title(
        t("Check of the source"),
        t("Each SELECT is described and a hundred rows are looked at, contract columns only; rows of large tables are "
          "estimates."),
    )  # fmt: skip
    checked = source_desk.newest()
    waiting = checked is not None and not checked.ended.is_set()
    st.fragment(_check, run_every=LOOK_SECONDS if waiting else None)(viewer, known, profile, waiting)


def _check(viewer: Viewer, known: Runtime, profile: str, waiting: bool) -> None:
    t = viewer.t

    def begin() -> None:
        source_desk.check(known.source_url, known.store_reader_url, profile)

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
    state, tone = state_of(check, t)
    columns = "; ".join(troubles(check, t))
    return [
        Cell(t(ENTITY_NAMES[check.entity]), list(ENTITIES).index(check.entity), "strong", check.file),
        Cell(state, state, tone),
        Cell(NOTHING if check.rows is None else t.number(check.rows), check.rows),
        Cell(NOTHING if stored is None else t.number(stored), stored),
        Cell(columns or t("all as the contract has them") if check.present else columns, columns),
    ]


def state_of(check: EntityCheck, t: Texts) -> tuple[str, Tone]:
    """Whether the sync would read an entity, in words, and the tone of it."""
    if not check.provided:
        return t("no file (optional)"), "quiet"
    if check.error is not None:
        return t("does not run"), "bad"
    return (t("refused"), "bad") if check.problem is not None else (t("fits"), "")


def troubles(check: EntityCheck, t: Texts) -> list[str]:
    """Each column that isn't simply there, in words."""
    said = [t("{column}: missing", column=name) for name in check.missing_required]
    said += [t("{column}: {found} instead of {kind}", column=w.column, found=w.found, kind=w.expected)
             for w in check.wrong_type]  # fmt: skip
    said += [t("{column}: unknown values {values}", column=name, values=", ".join(values))
             for name, values in check.unknown_values.items()]  # fmt: skip
    said += [t("{column}: empty values", column=name) for name in check.nulls]
    said += [t("{column}: missing (optional)", column=name) for name in check.missing_optional]
    return said + [t("{column}: beyond the contract, not read", column=name) for name in check.extra]
