"""Officer workload: who holds how much, against peers; overloaded and idle side by side."""

from statistics import median
from typing import Any

import streamlit as st

from config.registry import registry
from config.unlisted import FINISHED
from config.workload import workload_limits
from data_access.queries.answers import Answer
from data_access.queries.workload import Workload, officer, officer_steps, roles, workload
from data_access.working_time import per_working_day
from pages.address import Address, choose, put
from pages.ask import ask
from pages.links import list_of, one_dossier
from pages.officer_roles import by_roles
from pages.periods import PARAMS
from pages.places import TIERS, district_name, role_name, unit_words
from pages.viewer import Viewer
from widgets.charts import Chart, spread_chart
from widgets.figures import Figure, explained, figure_cards, figure_column, markup, panel_title, title
from widgets.table import Cell, Column, Row, packed, table
from widgets.theme import is_dark


def page(viewer: Viewer) -> None:
    """Draw the officers' load in `viewer`'s scope."""
    t = viewer.t
    limits = workload_limits()
    address = Address(("officer", "tier", "role", "district", *PARAMS), t)
    place = st.container()
    tier, role, district = _filters(address, ask(roles, viewer).value, viewer)
    answer = ask(
        workload, viewer, busy_index=limits.busy_index, idle_index=limits.idle_index, tier=tier, role=role,
        district=district, by_unit=viewer.only_district is not None,
    )  # fmt: skip
    data = answer.value
    with place:
        title(
            t("Officer workload"),
            t("Open steps, split among their holders, as of {at}", at=t.moment(answer.as_of)) + ". " + t(FINISHED),
        )
    picked = st.query_params.get("officer")
    chosen = ask(officer, viewer, officer_id=picked).value if picked is not None else None
    if picked is not None and chosen is None:
        address.complaints.append(t("The officer in this address is not in your scope; nothing is shown."))
        del st.query_params["officer"]
    address.complain()
    dark = is_dark()
    figures = answer.once(
        lambda: figure_cards(_figures(data, viewer, tier, role, district), t, dark=dark), "figures", dark, *viewer.reads
    )
    markup(figures)
    if chosen is not None:
        with st.container(key="panel-officer"):
            _officer(viewer, chosen)
    left, right = st.columns(2, gap="small")
    with left, st.container(key="panel-busy", height="stretch"):
        panel_title(t("Overloaded"), t("Load index of {n} and more, highest first", n=t.short(limits.busy_index)))
        _list(answer, data.busy, viewer, "busy", chosen)
    with right, st.container(key="panel-idle", height="stretch"):
        panel_title(
            t("With room"),
            t("Active officers at {n} times the median or below, lightest first", n=t.short(limits.idle_index)),
        )
        _list(answer, data.idle, viewer, "idle", chosen)
    one = district or viewer.only_district
    if one is not None:
        with st.container(key="panel-roles"):
            by_roles(viewer, address, one)
    with st.container(key="panel-spread"):
        _spread(answer, viewer)


def _filters(address: Address, known: list[str], viewer: Viewer) -> tuple[str | None, str | None, str | None]:
    t = viewer.t
    codes = [code for code in registry().districts if viewer.scope.allows(code)]
    tier = address.get("tier", lambda raw: raw if raw in TIERS else None)
    role = address.get("role", lambda raw: raw if raw in known else None)
    district = address.get("district", lambda raw: raw if raw in registry().districts else None)
    if district is not None and district not in codes:
        address.complaints.append(t("The district in this address is not in your scope; nothing of it is shown."))
        del st.query_params["district"]
        district = None
    columns = st.columns([1, 1, 1, 1.5], gap="small")
    with columns[0]:
        tier = choose(t("Tier"), [None, *TIERS], param="tier", current=tier, default=None, code=str,
                      shown=lambda c: t(TIERS[c]) if c else t("All tiers"))  # fmt: skip
    with columns[1]:
        role = choose(t("Role"), [None, *known], param="role", current=role, default=None, code=str,
                      shown=lambda c: role_name(c, t) if c else t("All roles"))  # fmt: skip
    if len(codes) > 1:
        with columns[2]:
            district = choose(t("District"), [None, *codes], param="district", current=district, default=None,
                              code=str, shown=lambda c: district_name(c, t) if c else t("All districts"))  # fmt: skip
    return tier, role, district


def _figures(data: Workload, viewer: Viewer, tier: str | None, role: str | None, district: str | None) -> list[Figure]:
    t, whole = viewer.t, data.whole
    held, late = (list_of(viewer, what, role=role, staff=district, staff_tier=tier) for what in ("held", "held_late"))
    middle = whole.median if whole.officers else None
    return [
        Figure("officer_steps", t.short(whole.steps),
               t("{n} officers hold steps · median {median}", n=t.number(whole.officers), median=t.short(middle)),
               link=held),
        Figure("officer_overdue", t.short(whole.overdue),
               t("{share} of steps held", share=t.share(whole.overdue, whole.steps)),
               tone="alert" if whole.overdue else "", link=late),
        Figure("throughput", t.number(per_working_day(whole.finished_28, data.working_days)),
               t("{n} in {days} working days", n=t.number(whole.finished_28), days=t.number(data.working_days))),
        Figure("step_on_time", t.share(whole.on_time_28, whole.with_due_28),
               t("{n} steps with a deadline", n=t.number(whole.with_due_28))),
        Figure("overloaded", t.number(whole.busy),
               t("officers at {n} times the median or more", n=t.short(workload_limits().busy_index))),
    ]  # fmt: skip


def pick(officer: str) -> None:
    """Choose an officer: goes into the URL."""
    put("officer", officer)


COLUMNS = ("officer_steps", "officer_overdue", "throughput", "load_index")


def _list(
    answer: Answer[Workload], officers: list[dict[str, Any]], viewer: Viewer, name: str, chosen: dict[str, Any] | None
) -> None:
    t = viewer.t
    links = {
        "officer_steps": list_of(viewer, "held", officer="{key}"),
        "officer_overdue": list_of(viewer, "held_late", officer="{key}"),
    }

    def cells(row: dict[str, Any]) -> list[Cell]:
        unit, district = unit_words(row, t)
        small = " · ".join(part for part in (role_name(row["role"], t), unit, district) if part)
        return [
            Cell(row["display_name"], row["display_name"], "strong", small),
            Cell(t.short(row["steps"]), row["steps"]),
            Cell(t.short(row["overdue"]), row["overdue"], "bad" if row["overdue"] else ""),
            Cell(t.number(row["per_day"], 1), row["finished_28"]),
            Cell(t.short(row["load_index"]), row["load_index"] or 0.0),
        ]

    table(
        [Column(t("Officer")), *(figure_column(code, t, links.get(code, "")) for code in COLUMNS)],
        answer.once(lambda: packed([Row(row["officer_id"], cells(row)) for row in officers]), name, t.lang),
        key=f"load-{name}", label=t("Officer workload"), empty=t("No officer is in this group."),
        height=430, selected=chosen["officer_id"] if chosen else None, on_pick=pick,
    )  # fmt: skip


def _officer(viewer: Viewer, row: dict[str, Any]) -> None:
    t = viewer.t
    unit, district = unit_words(row, t)
    head, close = st.columns([8, 1], vertical_alignment="top")
    with head:
        panel_title(
            row["display_name"],
            " · ".join(part for part in (role_name(row["role"], t), unit, district) if part)
            + " · " + t("holds {n} steps (median {median})", n=t.short(row["steps"]),
                        median=t.short(row["median"])),
        )  # fmt: skip
    with close:
        st.button(t("Close"), key="close-officer", on_click=put, args=("officer", None), width="stretch")
    steps = ask(officer_steps, viewer, officer_id=row["officer_id"]).value
    table(
        [Column(t("Dossier"), link=one_dossier(viewer)), Column(t("Step")), Column(t("Holders"), "right"),
         Column(t("Since"), "right"),
         Column(t("Step deadline"), "right")],
        [
            Row(step["step_id"], [
                Cell(step["dossier_code"], step["dossier_code"], "strong", step["procedure_name"] or ""),
                Cell(step["step_name"], step["step_name"]),
                Cell(t.number(step["holders"]), step["holders"]),
                Cell(t.moment(step["started_at"]), step["started_at"].timestamp()),
                Cell(t.moment(step["due_at"]), step["due_at"].timestamp() if step["due_at"] else None,
                     "bad" if step["overdue"] else ""),
            ])
            for step in steps
        ],
        key="officer-steps", label=t("Open steps"), empty=t("No officer holds an open step."), height=300,
    )  # fmt: skip


def _spread(answer: Answer[Workload], viewer: Viewer) -> None:
    """Distribution of steps held, by district (by ward for a single district)."""
    t = viewer.t
    one = viewer.only_district is not None
    panel_title(
        t("Distribution by ward") if one else t("Distribution by district"),
        t("Steps held by each officer: box from the lower to the upper quartile, dots are officers far above."),
        explained(t, "officer_steps"),
    )
    answer.once(lambda: _spreads(answer.value.spread, viewer), "spread", t.lang).show("spread")


def _spreads(spread: list[dict[str, Any]], viewer: Viewer) -> Chart:
    t, one = viewer.t, viewer.only_district is not None
    groups: dict[str, list[float]] = {}
    for row in spread:
        name = unit_words(row, t)[0] if one else district_name(row["district_code"], t)
        groups.setdefault(name, []).extend(row["steps"])
    ordered = sorted(groups.items(), key=lambda pair: (-median(pair[1]), -sum(pair[1]), pair[0]))
    return spread_chart(ordered, t, unit=t("steps held"), many=t("Unit"))
