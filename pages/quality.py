"""Data quality: doubtful rows by kind and ward, examples on demand, and wards from which nothing comes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from config.i18n import NOTHING, Texts, mark
from config.indicators import indicator
from config.measures import measures
from config.registry import registry
from data_access.queries.answers import Answer
from data_access.queries.quality import DOUBTS, Quality, quality, troubled_share
from data_access.queries.silence import Silence, silence
from data_access.rules.quality import BY_CODE, BY_UNIT, DOSSIER_ORDERS, KINDS, STEP_ORDERS, Kind, direction
from data_access.silence_words import NEEDS_A_HAND, evidence, reason
from pages import quality_examples
from pages.address import Address, choose, put
from pages.ask import ask
from pages.links import list_of
from pages.places import map_note, unit_words, ward_name
from pages.viewer import Viewer
from widgets.figures import Figure, explained, figure_column, figure_row, note, panel_title, title
from widgets.measure import class_breaks, shown, ward_values
from widgets.table import Cell, Column, Row, packed, table
from widgets.ward_map import WardValues, ward_map

PERIODS = (None, 1, 3, 12)
LATELY = 3
"""Months whose share is set against the whole, to say whether a kind grows."""
VIEWS = {"tiles": mark("Tiles"), "cells": mark("Map"), "table": mark("Table")}
UNKNOWN = ("unknown_unit", "unknown_procedure", "unknown_status", "unknown_channel", "unknown_rating")
ORDERS = tuple(order.kind for order in (*DOSSIER_ORDERS, *STEP_ORDERS))
NEVER_STORED = ("orphan_pause",)
"""Pauses without a dossier are not brought over; the dry run of a profile counts them."""
ARROWS = {-1: " ▼", 0: "", 1: " ▲"}
MAP_HEIGHT = 520
MEASURE = "quality_share"


def page(viewer: Viewer) -> None:
    """Draw the quality of the data in `viewer`'s scope."""
    t = viewer.t
    address = Address(("kind", "months", "ward", "view"), t)
    place = st.container()
    months, view = _filters(address, t)
    kind = address.get("kind", lambda raw: raw if raw in BY_CODE and raw not in NEVER_STORED else None)
    ward = address.ward(viewer)
    answer = ask(quality, viewer, months=months)
    data = answer.value
    lately = ask(quality, viewer, months=LATELY).value
    quiet = ask(silence, viewer)
    with place:
        title(
            t("Data quality"),
            t("As of {at}. Doubtful rows stay in all figures; here they are counted.", at=t.moment(answer.as_of)),
        )
    address.complain()
    figure_row(_figures(data, quiet.value, viewer), t)
    left, right = st.columns([1.25, 1], gap="small")
    with left, st.container(key="panel-kinds", height="stretch"):
        _kinds(data, lately, viewer, kind, ward)
    with right, st.container(key="panel-quality-map", height="stretch"):
        _places(answer, viewer, ward, view)
    chosen = st.container()
    if kind is not None:
        with chosen, st.container(key="panel-examples"):
            units = [unit["unit_code"] for unit in _here(data, ward)] if ward else None
            quality_examples.show(viewer, BY_CODE[kind], months, units, data)
    with st.container(key="panel-silent"):
        _silent(quiet, viewer)


def _filters(address: Address, t: Texts) -> tuple[int | None, str]:
    months = address.get("months", lambda raw: int(raw) if raw in {str(p) for p in PERIODS if p} else None)
    view = address.get("view", lambda raw: raw if raw in VIEWS else None)
    columns = st.columns([1, 1.3, 2.6], gap="small", vertical_alignment="bottom")
    with columns[0]:
        months = choose(t("Received"), list(PERIODS), param="months", current=months, default=None, code=str,
                        shown=lambda n: _period(n, t))  # fmt: skip
    with columns[1]:
        view = choose(t("Shown as"), list(VIEWS), param="view", current=view, default="tiles", code=str,
                      shown=lambda code: t(VIEWS[code]), kind="segments")  # fmt: skip
    return months, view


def _period(months: int | None, t: Texts) -> str:
    if months is None:
        return t("At any time")
    return t("This month") if months == 1 else t("In the last {n} months", n=months)


def _figures(data: Quality, quiet: Silence, viewer: Viewer) -> list[Figure]:
    t = viewer.t
    dossiers, troubled = (sum(unit[key] for unit in data.units) for key in ("dossiers", "troubled"))
    unknown, times = (sum(data.total(kind) for kind in kinds) for kinds in (UNKNOWN, ORDERS))
    silent = [row for row in quiet.wards if row["silent"]]
    urgent = [row for row in silent if row["reason"] in NEEDS_A_HAND]
    return [
        Figure("quality_troubled", t.number(troubled),
               t("{share} of {n} dossiers", share=small_share(troubled, dossiers, t), n=t.number(dossiers)),
               link=list_of(viewer, "any", doubt="troubled", first=data.since)),
        Figure("quality_unknown", t.number(unknown), t("units, procedures, statuses and the like, of dossiers")),
        Figure("quality_time", t.number(times), t("of dossiers and steps")),
        Figure("silent_wards", t.number(len(silent)),
               t("of {n} wards, {days} working days and more; {urgent} need a hand", n=t.number(quiet.all_wards),
                 days=quiet.limits.days, urgent=t.number(len(urgent))), tone="alert" if urgent else ""),
        Figure("paper_wards", t.number(sum(row["paper"] != "" for row in quiet.wards)),
               t("of {n} wards", n=t.number(quiet.all_wards))),
    ]  # fmt: skip


def _here(data: Quality, ward: str | None) -> list[dict[str, Any]]:
    return [unit for unit in data.units if ward is None or unit["ward_code"] == ward]


def _kinds(data: Quality, lately: Quality, viewer: Viewer, kind: str | None, ward: str | None) -> None:
    """Counts a kind, most first; a click asks for examples."""
    t = viewer.t
    units, recent = _here(data, ward), _here(lately, ward)
    all_of, recent_of = (sum(unit["dossiers"] for unit in some) for some in (units, recent))
    shown_kinds = [k for k in KINDS if k.code in BY_UNIT or (viewer.scope.is_city and ward is None)]
    found = []
    for k in (k for k in shown_kinds if k.code not in NEVER_STORED):
        counted = k.code in BY_UNIT
        n = sum(unit[k.code] for unit in units) if counted else data.total(k.code)
        now = sum(unit[k.code] for unit in recent) if counted else 0
        found.append(Found(k, n, now, all_of if k.entity == "dossier" else 0, recent_of))
    found.sort(key=lambda row: -row.rows)
    clean = [t.pick(**row.kind.names) for row in found if not row.rows]
    head, close = st.columns([5, 1], vertical_alignment="top")
    with head:
        panel_title(
            ward_name(ward) if ward else t("Kinds of doubtful rows"),
            t("Click a kind to see its first dossiers. Lower is better for every kind."),
            explained(t, "quality_rows", "quality_kind_share"),
        )
    with close:
        if ward:
            st.button(t("Close"), key="close-ward", on_click=put, args=("ward", None), width="stretch")
    table(
        [Column(t("Kind")), figure_column("quality_rows", t), figure_column("quality_kind_share", t),
         Column(t("Last {n} months", n=LATELY), "right",
                t("The share among dossiers received in these months; an arrow where it differs by more than chance"))],
        [Row(row.kind.code, _kind_cells(row, _list(row.kind, ward, data, viewer), t)) for row in found if row.rows],
        key="quality-kinds", label=t("Kinds of doubtful rows"), empty=t("No doubtful rows."), height=MAP_HEIGHT,
        selected=kind, on_pick=pick_kind,
    )  # fmt: skip
    if clean:
        note(t("Looked for and not found: {kinds}.", kinds="; ".join(clean)))


@dataclass(frozen=True)
class Found:
    """Rows of a kind, of `of` dossiers (0: not dossiers); `lately` of `of_lately` in the last months."""

    kind: Kind
    rows: int
    lately: int
    of: int
    of_lately: int

    @property
    def trend(self) -> str:
        """▲ or ▼ where the last months differ from the whole by more than chance."""
        return ARROWS[direction(self.rows, self.of, self.lately, self.of_lately)]


def _list(kind: Kind, ward: str | None, data: Quality, viewer: Viewer) -> str:
    """The address of a kind's dossiers; "" for what is counted in steps or codes."""
    return list_of(viewer, "any", doubt=kind.code, ward=ward, first=data.since) if kind.code in DOUBTS else ""


def _kind_cells(row: Found, link: str, t: Texts) -> list[Cell]:
    names, of_dossiers = t.pick(**row.kind.names), row.of > 0 and row.of_lately > 0
    trend = row.trend if of_dossiers else ""
    return [
        Cell(names, names, "strong", t.pick(**row.kind.effect)),
        Cell(t.number(row.rows), row.rows, link=link),
        Cell(small_share(row.rows, row.of, t) if row.of else NOTHING, row.rows),
        Cell(small_share(row.lately, row.of_lately, t) + trend if of_dossiers else NOTHING,
             row.lately, "warn" if trend == " ▲" else ""),
    ]  # fmt: skip


def small_share(part: int, whole: int, t: Texts) -> str:
    """A share to the hundredth of a percent; few of very many are "< 0,01 %", not nothing."""
    least = 0.0001
    return f"< {t.percent(least, 2)}" if 0 < part < least * whole else t.share(part, whole, 2)


def pick_kind(code: str) -> None:
    """Choose a kind: it goes into the URL; chosen again, it goes."""
    put("kind", None if st.query_params.get("kind") == code else code)


def pick_ward(code: str) -> None:
    """Choose a ward: it goes into the URL."""
    put("ward", code)


def _places(answer: Answer[Quality], viewer: Viewer, ward: str | None, view: str) -> None:
    t, measure = viewer.t, measures()[MEASURE]
    name = indicator(MEASURE).name(t.lang)
    notes = {
        "cells": map_note(t),
        "tiles": t("One equal tile a ward, grouped by district."),
        "table": t("Click a head to sort, a row to open the ward."),
    }
    panel_title(t("{measure} by ward", measure=name), notes[view], explained(t, MEASURE))
    if view == "table":
        _unit_table(answer.value, viewer, ward)
        return
    values = answer.once(lambda: _ward_values(answer.value, viewer), "map", t.lang)
    clicked = ward_map(
        values, key=f"quality-{view}", layout="tiles" if view == "tiles" else "cells",
        classes=class_breaks(measure, t), lang=t.lang, selected=ward, height=MAP_HEIGHT,
        only_district=viewer.only_district, empty_label=t("fewer than {n} dossiers", n=measure.min_n),
        legend_title=name,
    )  # fmt: skip
    if clicked and clicked != ward and any(value.code == clicked for value in values):
        pick_ward(clicked)
        st.rerun()


def _ward_values(data: Quality, viewer: Viewer) -> WardValues:
    t, measure = viewer.t, measures()[MEASURE]
    units = [unit for unit in data.units if unit["ward_code"] in registry().wards]
    values: dict[str, float | None] = {
        code: None for code, place in registry().wards.items() if viewer.scope.allows(place.district_code)
    }
    values |= {unit["ward_code"]: troubled_share(unit, measure) for unit in units}
    lines = {unit["ward_code"]: _lines(unit, t) for unit in units}
    return ward_values(measure, values, lines, t)


def _lines(unit: dict[str, Any], t: Texts) -> list[str]:
    most = sorted((kind for kind in BY_UNIT if unit[kind]), key=lambda kind: -unit[kind])[:3]
    said = [t("{n} of {all} dossiers", n=t.number(unit["troubled"]), all=t.number(unit["dossiers"]))]
    return said + [f"{t.pick(**BY_CODE[kind].names)}: {t.number(unit[kind])}" for kind in most]


def _unit_table(data: Quality, viewer: Viewer, ward: str | None) -> None:
    t, measure = viewer.t, measures()[MEASURE]

    def cells(unit: dict[str, Any]) -> list[Cell]:
        known = registry().wards.get(unit["ward_code"] or "")
        who, where = unit_words({**unit, "unit_name": unit["name"]}, t)
        rank = float(known.rank) if known else 1e6
        share = troubled_share(unit, measure)
        to = list_of(viewer, "any", doubt="troubled", unit=unit["unit_code"], first=data.since)
        return [
            Cell(who, rank, "strong", where),
            Cell(t.number(unit["troubled"]), unit["troubled"], link=to if unit["troubled"] else ""),
            Cell(t.number(unit["dossiers"]), unit["dossiers"]),
            Cell(shown(measure, share, t), share, "bad" if measure.klass(share) == 4 else ""),
        ]

    rows = sorted(data.units, key=lambda unit: (-unit["troubled"], unit["unit_code"]))
    table(
        [Column(t("Unit")), figure_column("quality_troubled", t),
         Column(t("Dossiers"), "right", t("All dossiers of the unit, of which the share is taken.")),
         figure_column(MEASURE, t)],
        [Row(unit["ward_code"] or unit["unit_code"], cells(unit)) for unit in rows],
        key="quality-units", label=t("Doubtful dossiers by unit"), empty=t("No doubtful rows."), height=MAP_HEIGHT,
        selected=ward, on_pick=lambda code: pick_ward(code) if code in registry().wards else None,
    )  # fmt: skip


def _silent(answer: Answer[Silence], viewer: Viewer) -> None:
    """Silent wards and those that seem to log on paper, with reason and evidence."""
    t, quiet = viewer.t, answer.value
    limits = quiet.limits
    panel_title(
        t("Silent wards, and wards that seem to log on paper"),
        t("Nothing received since {day}, for {n} working days. Told apart by offerings, links, officers signed in, "
          "finished steps, the district's other wards and the ward's own rate. Where nothing lies open at a ward, "
          "paper and a client that does not deliver look the same.", day=t.day(quiet.since), n=limits.days),
        explained(t, "silent_wards", "paper_wards"),
    )  # fmt: skip

    def cells(row: dict[str, Any]) -> list[Cell]:
        known = registry().wards[row["ward_code"]]
        urgent = row["silent"] and row["reason"] in NEEDS_A_HAND
        day: date | None = row["last_received"]
        return [
            Cell(known.name, known.rank, "strong", registry().districts[known.district_code].name),
            Cell(reason(row, t, limits), reason(row, t, limits), "bad" if urgent else "", evidence(row, t, limits)),
            Cell(t.day(day) if day else t("never"), day.isoformat() if day else ""),
            Cell(t.number(row["silent_days"]), row["silent_days"]),
            Cell(t.number(row["usual"], 1), row["usual"]),
        ]

    table(
        [Column(t("Ward")), Column(t("Reason and evidence")), Column(t("Last received"), "right"),
         figure_column("silent_days", t), figure_column("usual_rate", t)],
        answer.once(lambda: packed([Row(row["ward_code"], cells(row)) for row in quiet.wards]), "silent", t.lang),
        key="quality-silent", label=t("Silent wards"), empty=t("No ward is silent."), height=460, on_pick=pick_ward,
    )  # fmt: skip
