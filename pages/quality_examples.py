"""First dossiers of a kind of doubtful rows, or the codes nobody knows: what is recorded, so that it can be mended."""

from typing import Any

import streamlit as st

from config.i18n import Texts, mark
from data_access.queries.quality import Quality, examples
from data_access.rules.quality import BY_UNIT, CHANNELS, RATINGS, Kind
from pages.address import put
from pages.ask import ask
from pages.links import one_dossier
from pages.places import unit_words
from pages.viewer import Viewer
from widgets.figures import panel_title
from widgets.table import Cell, Column, Row, table


def show(viewer: Viewer, kind: Kind, months: int | None, units: list[str] | None, data: Quality) -> None:
    """Examples of `kind` among dossiers of the last `months`, of some units or of all in scope; with a way to close."""
    t = viewer.t
    head, close = st.columns([8, 1], vertical_alignment="top")
    with head:
        panel_title(t("For example: {kind}", kind=t.pick(**kind.names)), t.pick(**kind.effect))
    with close:
        st.button(t("Close"), key="close-kind", on_click=put, args=("kind", None), width="stretch")
    if kind.code not in BY_UNIT:
        _codes([code for code in data.codes if code["kind"] == kind.code], t)
        return
    of: list[str | None] = [*units] if units is not None else [None]
    found = [row for unit in of for row in ask(examples, viewer, kind=kind.code, months=months, unit=unit).value]
    table(
        [Column(t("Dossier"), link=one_dossier(viewer)), Column(t("Unit")), Column(t("Procedure")),
         Column(t("What is recorded"))],
        [Row(f"{n}", _example_cells(row, t)) for n, row in enumerate(found)],
        key="quality-examples", label=t("Examples"), empty=t("No doubtful rows of this kind here."), height=360,
    )  # fmt: skip


TIMES = {
    "submitted_at": mark("submitted {at}"), "received_at": mark("received {at}"), "due_at": mark("due {at}"),
    "started_at": mark("started {at}"), "finished_at": mark("finished {at}"), "returned_at": mark("returned {at}"),
    "updated_at": mark("written {at}"),
}  # fmt: skip


def _example_cells(row: dict[str, Any], t: Texts) -> list[Cell]:
    who, where = unit_words(row, t)
    recorded = [t(words, at=t.moment(row[name])) for name, words in TIMES.items() if row[name] is not None]
    step = [t("step “{step}”", step=row["step_name"])] if row["step_name"] else []
    codes = [t("status {code}", code=row["status"])]
    if row["channel"] not in CHANNELS:
        codes.append(t("channel {code}", code=row["channel"]))
    if row["rating"] is not None and row["rating"] not in RATINGS:
        codes.append(t("rating {code}", code=row["rating"]))
    return [
        Cell(row["dossier_code"], row["dossier_code"], "strong"),
        Cell(who, who, "", where),
        Cell(row["procedure_name"], row["procedure_name"], "", row["procedure_code"]),
        Cell(" · ".join([*step, *codes, *recorded]), None, "quiet"),
    ]


def _codes(codes: list[dict[str, Any]], t: Texts) -> None:
    table(
        [Column(t("Code")), Column(t("Rows"), "right"), Column(t("First seen"), "right")],
        [Row(code["key"], _code_cells(code, t)) for code in codes],
        key="quality-codes", label=t("Examples"), empty=t("No doubtful rows of this kind here."), height=360,
    )  # fmt: skip


def _code_cells(code: dict[str, Any], t: Texts) -> list[Cell]:
    n = int(code["detail"]) if code["detail"] else None
    return [
        Cell(code["key"], code["key"], "strong"),
        Cell(t.number(n), n),
        Cell(t.moment(code["first_seen"]), code["first_seen"].isoformat(), "quiet"),
    ]
