"""Wards and boundaries: a boundary file is read, looked at on the map, put live, taken back. For IT staff."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from config.i18n import Texts, mark
from config.problems import Problem
from config.registry import registry
from config.shapes import Shapes, remember, shapes
from data_access.acting import act, look
from data_access.demo.stack import Runtime, runtime
from data_access.geo.boundaries import books, work
from data_access.geo.boundaries.books import Kept, Live
from data_access.geo.boundaries.words import live_words
from data_access.store.engine import WHOLE_CITY
from pages import boundary_report
from pages.address import Address, put
from pages.viewer import Viewer
from widgets.figures import banner, note, panel_title, title
from widgets.table import Cell, Column, Row, table
from widgets.upload import Sent, upload

TOLD, CRS, SWAP, WHY = "boundary-told", "boundary-crs", "boundary-swap", "boundary-why"
MOST_BYTES = 400_000_000
"""Of a file sent through the browser."""
PROJECTIONS = {
    "": mark("As the file says"),
    "EPSG:4326": "WGS 84 (EPSG:4326)",
    "EPSG:3405": "VN-2000 / UTM 48N (EPSG:3405)",
    "EPSG:5897": "VN-2000 / TM-3 105° (EPSG:5897)",
    "EPSG:9210": "VN-2000 / TM-3 105°45′ (EPSG:9210)",
    "EPSG:9209": "VN-2000 / TM-3 105°30′ (EPSG:9209)",
    "EPSG:32648": "WGS 84 / UTM 48N (EPSG:32648)",
    "EPSG:3857": "Web Mercator (EPSG:3857)",
}
STAGES = {"read": mark("Reading"), "join": mark("Joining"), "shape": mark("Repairing and simplifying")}
WEIGHT = {"read": (0.0, 0.6), "join": (0.6, 0.05), "shape": (0.65, 0.35)}
"""Where a stage begins in the progress bar, and how much of it it takes."""
LOOK_SECONDS = 0.7
HEIGHT = 300


def page(viewer: Viewer) -> None:
    """Draw what is live, the imports, and the one that the address names."""
    t = viewer.t
    address = Address(("import",), t)
    known = runtime()
    assert known is not None
    try:
        imports = look(known.store_reader_url, WHOLE_CITY, books.imports)
        decided = look(known.store_reader_url, WHOLE_CITY, books.decisions)
    except Problem as problem:
        title(t("Wards and boundaries"))
        banner(problem.text(t.lang), bad=True)
        return
    by_number = {str(kept.import_id): kept for kept in imports}
    chosen = by_number.get(address.get("import", lambda raw: raw if raw in by_number else None) or "")
    title(t("Wards and boundaries"), live_words(decided, t))
    address.complain()
    with st.container(key="boundary-told"):
        if TOLD in st.session_state:
            words, bad = st.session_state[TOLD]
            banner(words, bad=bad)
    left, right = st.columns([1, 1.25], gap="small")
    with left:
        with st.container(key="panel-boundary-file"):
            _import_panel(viewer, known)
        with st.container(key="panel-boundary-imports"):
            _imports(imports, decided, chosen, t)
        with st.container(key="panel-boundary-log"):
            _log(decided, t)
    with right:
        with st.container(key="panel-boundary-live"):
            _decide(viewer, known, chosen, decided)
        with st.container(key="panel-boundary-shown"):
            drawn = _shapes(known, chosen, t)
            boundary_report.preview(drawn, chosen, viewer)
    if chosen is not None:
        with st.container(key="panel-boundary-report"):
            boundary_report.show(chosen, t)


def _import_panel(viewer: Viewer, known: Runtime) -> None:
    t = viewer.t
    panel_title(
        t("Import a file"),
        t("GeoJSON, a zipped shapefile or a GeoPackage, in any projection; wards are found by GSO code, by GADM id or "
          "by the names of district and ward. Nothing changes on any map before you put it live."),
    )  # fmt: skip
    left, right = st.columns([2, 1.2], gap="small", vertical_alignment="bottom")
    with left:
        st.selectbox(t("Projection"), list(PROJECTIONS), key=CRS,
                     format_func=lambda code: t(PROJECTIONS[code]) if code == "" else PROJECTIONS[code])  # fmt: skip
    with right:
        st.checkbox(t("Swap the axes"), key=SWAP)
    job = work.newest()
    st.fragment(_file, run_every=LOOK_SECONDS if job and not job.ended.is_set() else None)(viewer, known)


def _file(viewer: Viewer, known: Runtime) -> None:
    """The place for a file, and how far the one at work is."""
    t = viewer.t

    def came(sent: Sent) -> None:
        st.session_state.pop(TOLD, None)
        try:
            order = work.Order(sent.path, sent.name, viewer.username, st.session_state.get(CRS) or None,
                               bool(st.session_state.get(SWAP)))  # fmt: skip
            work.start(known.store_owner_url, order)
        except Problem as problem:
            sent.path.unlink(missing_ok=True)
            st.session_state[TOLD] = (problem.text(t.lang), True)

    job = work.newest()
    busy = job is not None and not job.ended.is_set()
    upload(
        "boundary-upload", t("Choose a file"), t(".geojson, .zip or .gpkg, up to {n} MB", n=t.number(MOST_BYTES / 1e6)),
        ".geojson,.json,.zip,.gpkg", MOST_BYTES, t, disabled=busy, on_file=came,
        on_refused=lambda words: st.session_state.update({TOLD: (words, True)}),
    )  # fmt: skip
    with st.container(key="boundary-progress"):
        if job is None:
            return
        if busy:
            st.session_state["boundary-waits"] = True
            begin, part = WEIGHT[job.stage]
            st.progress(begin + part * job.share, t("{stage}: {file}", stage=t(STAGES[job.stage]), file=job.order.name))
        elif job.problem is not None:
            banner(job.problem.text(t.lang), bad=True)
    if busy != bool(st.session_state.get("boundary-running")):
        st.session_state["boundary-running"] = busy
        if not busy and job.import_id is not None and job.order.who == viewer.username:
            put("import", str(job.import_id))
        st.rerun()


def _imports(imports: list[Kept], decided: list[Live], chosen: Kept | None, t: Texts) -> None:
    panel_title(t("Imports"), t("A click shows one on the map with what was found."))
    live = decided[0].import_id if decided else None
    wards = len(registry().wards)

    def cells(kept: Kept) -> list[Cell]:
        state = t("live") if kept.import_id == live else t("was live") if kept.live_at else t("never live")
        return [
            Cell(kept.file_name, kept.import_id, "strong", t("import {n}", n=kept.import_id)),
            Cell(t.moment(kept.at), kept.at.isoformat(), "", kept.who),
            Cell(t("{n} of {all}", n=t.number(kept.report.joined), all=t.number(wards)), kept.report.joined,
                 "" if kept.report.complete else "bad"),
            Cell(state, state, "strong" if kept.import_id == live else "quiet"),
        ]  # fmt: skip

    table(
        [Column(t("File")), Column(t("Imported"), "right"), Column(t("Wards joined"), "right"), Column(t("State"))],
        [Row(str(kept.import_id), cells(kept)) for kept in imports], key="boundary-imports", label=t("Imports"),
        empty=t("Nothing was imported yet."), height=HEIGHT, selected=str(chosen.import_id) if chosen else None,
        on_pick=lambda number: put("import", None if st.query_params.get("import") == number else number),
    )  # fmt: skip


def _log(decided: list[Live], t: Texts) -> None:
    panel_title(t("What was live when"))

    def cells(one: Live) -> list[Cell]:
        what = t("approximate cells") if one.import_id is None else t("import {n}", n=one.import_id)
        return [Cell(t.moment(one.at), one.at.isoformat()), Cell(what, what, "strong", one.file_name or ""),
                Cell(one.reason, one.reason, "quiet", one.who)]  # fmt: skip

    table(
        [Column(t("Since")), Column(t("Maps draw")), Column(t("Reason for the change"))],
        [Row(str(one.live_id), cells(one)) for one in decided], key="boundary-log", label=t("What was live when"),
        empty=t("The approximate cells, from the beginning."), height=HEIGHT,
    )  # fmt: skip


def _decide(viewer: Viewer, known: Runtime, chosen: Kept | None, decided: list[Live]) -> None:
    """The three ways to change what maps draw, each with a reason."""
    t, live = viewer.t, decided[0].import_id if decided else None
    panel_title(t("What maps draw"), t("Every map, wall and meeting pack follows within five seconds."))
    st.text_input(t("Reason for the change"), key=WHY, max_chars=books.LONGEST_REASON)

    def decide(what: Callable[..., None], *arguments: int | None) -> None:
        try:
            act(known.store_owner_url, what, viewer.username, st.session_state.get(WHY, ""), *arguments)
            st.session_state[TOLD] = (t("Done; all maps follow within five seconds."), False)
            st.session_state[WHY] = ""
        except Problem as problem:
            st.session_state[TOLD] = (problem.text(t.lang), True)

    with st.container(key="boundary-buttons", horizontal=True, gap="small"):
        name = t("Put import {n} live", n=chosen.import_id) if chosen else t("Put an import live")
        st.button(name, key="boundary-go", type="primary", on_click=decide, args=(
            books.go_live, chosen.import_id if chosen else None), disabled=chosen is None or chosen.import_id == live
            or not chosen.report.complete)  # fmt: skip
        st.button(t("Back to what was live before"), key="boundary-back", on_click=decide, args=(books.go_back,),
                  disabled=not decided)  # fmt: skip
        st.button(t("Approximate cells"), key="boundary-cells", on_click=decide, args=(books.go_live, None),
                  disabled=live is None)  # fmt: skip
    if chosen is not None and not chosen.report.complete:
        note(Problem("boundary_incomplete", n=len(chosen.report.missing)).text(t.lang))


def _shapes(known: Runtime, chosen: Kept | None, t: Texts) -> Shapes:
    """What the map shows: the chosen import, else what is live."""
    if chosen is None:
        return shapes()
    cached = f"boundary-shapes-{Path(chosen.digest).name}"
    if cached not in st.session_state:
        try:
            st.session_state[cached] = look(known.store_reader_url, WHOLE_CITY, books.shapes, chosen.import_id)
        except Problem as problem:
            banner(problem.text(t.lang), bad=True)
            return shapes()
    found: Shapes = st.session_state[cached]
    return remember(found)
