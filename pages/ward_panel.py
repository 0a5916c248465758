"""One ward beside the map: figures, ages, procedures, oldest dossiers, links."""

from datetime import date, timedelta
from html import escape
from typing import Any

import streamlit as st

from config.i18n import Texts
from config.registry import registry
from data_access.queries.backlog import WardDetail
from data_access.queries.silence import Silence
from data_access.silence_words import silence_line
from pages.address import put
from pages.ask import figures_day
from pages.dossier_words import AGE
from pages.links import list_of, one_dossier
from pages.places import SERVICES, district_of, ward_name
from pages.viewer import Viewer
from widgets.charts import age_bars
from widgets.figures import Fact, banner, explained, facts, figure_column, note, panel_title
from widgets.go import anchor
from widgets.table import Cell, Column, Row, table

FEW = 30
"""Below so many settled dossiers a share says little; its n is shown with a warning."""


def summary(detail: WardDetail, ward: str, lists: dict[str, str], viewer: Viewer, quiet: Silence) -> None:
    """Name, figures, links and ages of `ward`, under the same filters as the map; a line when it is silent.

    lists: the addresses of its open dossiers by what is counted.
    """
    t = viewer.t
    head, close = st.columns([4, 1], vertical_alignment="top")
    with head:
        people = registry().wards[ward].population
        panel_title(ward_name(ward), t("{district} · {n} people", district=district_of(ward), n=t.number(people)))
    with close:
        st.button(t("Close"), key="close-ward", on_click=put, args=("ward", None), width="stretch")
    day = figures_day(t)
    days = {"first": day - timedelta(days=29), "last": day}
    _figures(detail, lists | {what: list_of(viewer, what, ward=ward, **days) for what in ("received", "settled")}, t)
    _links(detail, t)
    for row in quiet.wards:
        if row["ward_code"] == ward:
            note(silence_line(row, t, quiet.limits))
    ages(detail, lists["open"], t, key="ages")


def ages(detail: WardDetail, link: str, t: Texts, *, key: str) -> None:
    """Open dossiers by age, below them the numbers as links; link: the address of the list of all of them."""
    panel_title(t("Age of the open dossiers"), t("Calendar days since receipt"), explained(t, "open_by_age"))
    age_bars(detail.ages, t).show(key)
    if link:
        counts = [f"{escape(t(AGE[age]))}: {anchor(t.number(n), f'{link}&age={age}')}"
                  for age, n in detail.ages.items() if n]  # fmt: skip
        st.html(f'<div class="panel-note">{" · ".join(counts)}</div>')


def _figures(detail: WardDetail, lists: dict[str, str], t: Texts) -> None:
    total, flow = detail.totals, detail.flows
    settled = t("{n} settled", n=t.number(flow["settled_30"]))
    few = f"{settled} · {t('few dossiers')}" if 0 < flow["settled_30"] < FEW else settled
    facts(
        [
            Fact("open", t.number(total["open"]), t("dossiers"), link=lists["open"]),
            Fact("overdue", t.number(total["overdue"]), t.share(total["overdue"], total["open"]), total["overdue"] > 0,
                 lists["overdue"]),
            Fact("due_24h", t.number(total["due_24h"]), t("dossiers"), link=lists["due_24h"]),
            Fact("suspended", t.number(total["suspended"]), t("dossiers"), link=lists["suspended"]),
            Fact("on_time_rate", t.share(flow["in_time_30"], flow["settled_30"]), few,
                 link=lists["settled"] if flow["settled_30"] else ""),
            Fact("online_rate", t.share(flow["online_30"], flow["received_30"]),
                 t("{n} received", n=t.number(flow["received_30"])),
                 link=lists["received"] if flow["received_30"] else ""),
        ],
        t,
    )  # fmt: skip


def _links(detail: WardDetail, t: Texts) -> None:
    down = [row for row in detail.links if not row["up"]]
    words = "; ".join(
        t("{service} down since {since}", service=t(SERVICES[row["service"]]), since=t.moment(row["since"]))
        for row in down
    )
    if words:
        banner(words, bad=True)
    elif detail.links:
        note(t("All links are up."))


def procedures(detail: WardDetail, lists: dict[str, str], steps: str, t: Texts) -> None:
    """Open dossiers of the ward by procedure; lists: their addresses, steps: that of the procedure's steps ("{key}"
    stands for the procedure in both).
    """
    panel_title(t("By procedure"))
    table(
        [Column(t("Procedure"), link=steps),
         *(figure_column(code, t, lists[code]) for code in ("open", "overdue", "due_24h"))],
        [
            Row(
                row["procedure_code"],
                [
                    Cell(row["name"], row["name"]),
                    Cell(t.number(row["open"]), row["open"]),
                    Cell(t.number(row["overdue"]), row["overdue"], "bad" if row["overdue"] else ""),
                    Cell(t.number(row["due_24h"]), row["due_24h"]),
                ],
            )
            for row in detail.procedures
        ],
        key="ward-procedures",
        label=t("Open dossiers by procedure"),
        empty=t("No dossier matches these filters."),
        height=360,
    )  # fmt: skip


def oldest(detail: WardDetail, viewer: Viewer, day: date) -> None:
    """The ward's longest open dossiers on the local day `day`, each a link to it."""
    t = viewer.t
    panel_title(t("Oldest dossiers"))

    def state(row: dict[str, Any]) -> Cell:
        if row["suspended"]:
            return Cell(t("suspended"), 1, "quiet")
        if row["legal_due_at"] is None:
            return Cell(t("no due date"), 3, "quiet")
        late = (day - t.local(row["legal_due_at"]).date()).days
        if row["overdue"]:
            return Cell(t("{n} days late", n=t.number(late)), -late, "bad")
        return Cell(t("due {day}", day=t.day(t.local(row["legal_due_at"]).date())), -late)

    table(
        [Column(t("Dossier"), link=one_dossier(viewer)), Column(t("Received"), "right"),
         Column(t("Deadline"), "right")],
        [
            Row(
                row["dossier_code"],
                [
                    Cell(row["dossier_code"], row["dossier_code"], "strong",
                         " · ".join(part for part in (row["procedure_name"], row["step_name"]) if part)),
                    Cell(t.day(t.local(row["received_at"]).date()), row["received_at"].timestamp()),
                    state(row),
                ],
            )
            for row in detail.oldest
        ],
        key="ward-oldest",
        label=t("Oldest dossiers"),
        empty=t("No dossier matches these filters."),
        height=360,
    )  # fmt: skip
