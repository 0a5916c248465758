"""A SELECT of the profile, edited and tried on ten rows; the files themselves are edited on the server."""

from datetime import datetime
from typing import Any

import streamlit as st

from config.i18n import NOTHING, Texts
from config.problems import Problem
from config.registry import registry
from data_access.demo.stack import Runtime
from data_access.source.contract import ENTITIES
from data_access.source.profile import Profile
from data_access.source.trial import ROWS, Tried, try_select
from data_access.source_words import ENTITY_NAMES, state_words, troubles
from pages.address import Address, choose
from pages.viewer import Viewer
from widgets.figures import banner, lines, note, panel_title
from widgets.table import Cell, Column, Row, table

RESULT = "source-tried"


def show(viewer: Viewer, known: Runtime, profile: Profile, address: Address) -> None:
    """The SELECT of an entity in a field, a button, and what came of it."""
    t = viewer.t
    panel_title(
        t("Try a mapping"),
        t("Edit the SELECT and try it: ten rows are read by the read-only account and shown here; nothing is written, "
          "neither to a file nor to the store. Put it into force by editing the file on the server."),
    )  # fmt: skip
    asked = address.get("entity", lambda raw: raw if raw in profile.sql else None)
    left, right = st.columns([1, 3.2], gap="small", vertical_alignment="bottom")
    with left:
        entity = choose(t("Entity"), list(profile.sql), param="entity", current=asked, default="dossier", code=str,
                        shown=lambda code: t(ENTITY_NAMES[code]))  # fmt: skip
    with right:
        note(t("File: {file}", file=profile.file(entity)))
    key = f"source-sql-{entity}"
    st.text_area(t("The SELECT of this entity"), value=profile.sql[entity], key=key, height=300)

    def tried() -> None:
        select = st.session_state.get(key, "")
        try:
            found: Tried | Problem = try_select(known.source_url, profile, entity, select)
        except Problem as problem:
            found = problem
        st.session_state[RESULT] = (entity, found)

    st.button(t("Try on {n} rows", n=ROWS), key="source-try", on_click=tried, type="primary")
    with st.container(key="source-tried"):
        of, found = st.session_state.get(RESULT, (None, None))
        if of == entity and isinstance(found, Problem):
            banner(found.text(t.lang), bad=True)
        elif of == entity and isinstance(found, Tried):
            _result(found, entity, t)


def _result(found: Tried, entity: str, t: Texts) -> None:
    problem = found.check.problem
    if problem is not None:
        banner(problem.text(t.lang), bad=True)
    if found.said:
        note(t("The database says: {words}", words=found.said))
    lines([t("State: {state}", state=state_words(found.check, t)), *troubles(found.check, t)])
    if problem is None:
        rows = [Row(str(n), [_cell(name, value, t) for name, value in zip(found.columns, row, strict=True)])
                for n, row in enumerate(found.rows)]  # fmt: skip
        table([Column(name) for name in found.columns], rows, key="source-rows", label=t("Rows as mapped"),
              empty=t("The SELECT gives no rows."), height=380)  # fmt: skip
    note(t("Nothing was written. The contract of {entity} has {n} columns.", entity=t(ENTITY_NAMES[entity]),
           n=t.number(len(ENTITIES[entity].columns))))  # fmt: skip


def _cell(name: str, value: Any, t: Texts) -> Cell:
    if value is None:
        return Cell(NOTHING, None, "quiet")
    if isinstance(value, datetime):
        return Cell(t.moment(value), value.isoformat())
    if isinstance(value, bool):
        return Cell(t("yes") if value else t("no"), str(value))
    ward = registry().wards.get(str(value)) if name.endswith("ward_code") else None
    return Cell(str(value)[:120], str(value), "", ward.name if ward else "")
