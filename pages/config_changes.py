"""The history of one configuration file: who changed what, when and why; any two compared; back to any of them."""

from functools import partial

import streamlit as st
from sqlalchemy import Engine

from config.files import ConfigFile
from config.i18n import Texts, mark
from config.problems import Problem
from data_access import config_history
from data_access.acting import look
from data_access.config_history import Change, Standing, diff, standing
from data_access.demo.stack import Runtime
from data_access.store.engine import WHOLE_CITY
from pages.address import Address, choose, put
from pages.config_proposal import proposal
from pages.viewer import Viewer
from widgets.diff import diff_lines
from widgets.figures import banner, panel_title
from widgets.table import Cell, Column, Row, table

KINDS = {"saved": mark("saved"), "by_hand": mark("edited by hand"), "restored": mark("gone back")}
BEFORE, NOW = "before", "now"
HEIGHT = 320


def show(viewer: Viewer, known: Runtime, file: ConfigFile, address: Address) -> None:
    """The changes of a file; one chosen with its difference and the way back."""
    t = viewer.t
    try:
        found = look(known.store_reader_url, WHOLE_CITY, config_history.history, file.name)
        stands = standing(file.name)
    except Problem as problem:
        banner(problem.text(t.lang), bad=True)
        return
    by_number = {str(change.change_id): change for change in found}
    chosen = address.get("change", lambda raw: raw if raw in by_number else None)
    against = address.get("against", lambda raw: raw if raw in (BEFORE, NOW, *by_number) else None)
    panel_title(t("Changes of {file}", file=file.file),
                t("Every change that was ever in force, the newest first. Click one to see it and to go "
                  "back."))  # fmt: skip
    table(
        [Column(t("No."), "right"), Column(t("When"), "right"), Column(t("By")), Column(t("Why")), Column(t("How"))],
        [Row(number, _cells(change, t)) for number, change in by_number.items()],
        key="config-changes", label=t("Changes"), empty=t("Nothing was changed yet: the file is as delivered."),
        height=HEIGHT, selected=chosen, on_pick=lambda number: put("change", number),
    )  # fmt: skip
    with st.container(key="config-change"):
        if chosen is not None:
            _one(viewer, file, by_number, chosen, against, stands)


def _cells(change: Change, t: Texts) -> list[Cell]:
    how = t(KINDS[change.kind])
    if change.from_change is not None:
        how = t("{how} to no. {n}", how=how, n=change.from_change)
    return [
        Cell(t.number(change.change_id), change.change_id),
        Cell(t.moment(change.at), change.at.timestamp()),
        Cell(change.person or t("edited by hand"), change.person, "strong"),
        Cell(change.why or t("no reason given"), change.why, "" if change.why else "quiet"),
        Cell(how, how),
    ]


def _one(
    viewer: Viewer, file: ConfigFile, found: dict[str, Change], chosen: str, against: str | None, stands: Standing
) -> None:  # fmt: skip
    t, change = viewer.t, found[chosen]
    others = [number for number in found if number != chosen]

    def name(code: str) -> str:
        if code in found:
            return t("change no. {n}, {at}", n=code, at=t.moment(found[code].at))
        return t("what stood before it") if code == BEFORE else t("what stands now")

    left, right = st.columns([1.2, 1], gap="small", vertical_alignment="bottom")
    with left:
        panel_title(t("Change no. {n}", n=chosen), _said(change, t))
    with right:
        with_what = choose(t("Compare with"), [BEFORE, NOW, *others], param="against", current=against, default=BEFORE,
                           code=str, shown=name)  # fmt: skip
    other = {BEFORE: change.before, NOW: stands.text}.get(with_what) or found.get(with_what, change).after
    older, newer = (change.after, other) if _later(with_what, chosen) else (other, change.after)
    diff_lines(diff(older, newer), label=t("Differences"), line_word=t("line {n}"), empty=t("Nothing differs."))
    ways = {False: t("the text after this change"), True: t("the text before this change")}
    before = bool(st.radio(t("Go back to"), [False, True], format_func=lambda b: ways[b], key=f"back-{chosen}",
                           horizontal=True))  # fmt: skip
    proposal(viewer, file, change.before if before else change.after, stands, key=f"back-{chosen}-{before:d}",
             button=t("Go back to this text"),
             save=partial(_restore, change.change_id, viewer.username, stands.version, before))  # fmt: skip


def _said(change: Change, t: Texts) -> str:
    return t("{at}, {person}: {why}", at=t.moment(change.at), person=change.person or t("edited by hand"),
             why=change.why or t("no reason given"))  # fmt: skip


def _later(code: str, chosen: str) -> bool:
    return code == NOW or (code != BEFORE and int(code) > int(chosen))


def _restore(change_id: int, person: str, base: str, before: bool, engine: Engine, why: str) -> Change:
    return config_history.restore(engine, change_id, person, why, base, before)
