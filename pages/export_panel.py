"""The buttons that order files, and the files: made in the background, told how far they are, then to be taken."""

from collections.abc import Callable
from time import monotonic

import streamlit as st

from config.i18n import Texts
from config.problems import Problem
from data_access.demo.stack import runtime
from data_access.exports.document import Document
from data_access.exports.jobs import MIME, Exports, Job, Make, exports
from data_access.exports.log import About, Format
from data_access.exports.official import Exporter
from pages.viewer import Viewer
from widgets.figures import banner, note

LABELS: dict[Format, str] = {"xlsx": "Excel", "csv": "CSV", "pdf": "PDF"}
JOBS, REFUSED = "export-jobs", "export-refused"
QUICK_SECONDS = 1.5
"""So long a click waits for its file, so that small ones are there at once."""
LOOK_SECONDS = 0.7
TWICE_SECONDS = 5.0
"""A click for the same file within so long is a double click (or one that a redraw handed on twice)."""


def export_panel(viewer: Viewer, document: Document, about: Callable[[Format], About], make: Make) -> None:
    """A button a format, and below them the files this viewer ordered in this session, newest first."""
    t = viewer.t
    known = runtime()
    assert known is not None
    desk = exports(known.store_reader_url)
    who = Exporter(viewer.username, viewer.name, viewer.role, viewer.scope)

    def order(kind: Format) -> None:
        st.session_state.pop(REFUSED, None)
        wanted, newest = about(kind), _mine(desk, viewer)[:1]
        if newest and newest[0].about == wanted and monotonic() - newest[0].since < TWICE_SECONDS:
            return
        try:
            job = desk.order(who, wanted, make, t)
        except Problem as problem:
            st.session_state[REFUSED] = problem.text(t.lang)
            return
        st.session_state[JOBS] = [job.job_id, *st.session_state.get(JOBS, [])]
        job.ended.wait(QUICK_SECONDS)

    with st.container(key="export-buttons", horizontal=True, gap="small", vertical_alignment="center"):
        note(t("Export {n} rows:", n=t.number(document.count)))
        for kind, label in LABELS.items():
            st.button(label, key=f"export-{kind}", on_click=order, args=(kind,))
    with st.container(key="export-files"):
        jobs = _mine(desk, viewer)
        waiting = any(not job.ended.is_set() for job in jobs)
        st.fragment(_files, run_every=LOOK_SECONDS if waiting else None)(viewer, desk, waiting)


def _mine(desk: Exports, viewer: Viewer) -> list[Job]:
    """The jobs of this session that are still there."""
    found = [desk.job(key, viewer.username) for key in st.session_state.get(JOBS, [])]
    return [job for job in found if job is not None]


def _files(viewer: Viewer, desk: Exports, waiting: bool) -> None:
    """Each file with how far it is, or its button; the screen is drawn once more when all are done."""
    t, jobs = viewer.t, _mine(desk, viewer)
    if waiting and all(job.ended.is_set() for job in jobs):
        st.rerun()
    if REFUSED in st.session_state:
        banner(st.session_state[REFUSED])
    for job in jobs:
        with st.container(key=f"export-{job.job_id}"):
            _file(job, t)


def _file(job: Job, t: Texts) -> None:
    if job.problem is not None:
        banner(job.problem.text(t.lang), bad=True)
    elif job.state == "ready" and job.path is not None and job.path.exists():
        label = t("Download {name} ({size} kB)", name=job.name, size=t.number(max(1, job.size / 1024)))
        st.download_button(label, job.path.read_bytes(), job.name, MIME[job.about.format], on_click="ignore",
                           key=f"take-{job.job_id}", type="primary")  # fmt: skip
    elif job.state == "waiting":
        note(t("Waiting for another file to be finished."))
    elif job.state == "making":
        words = t("{done} of {all} rows", done=t.number(job.done), all=t.number(job.total))
        st.progress(job.share, f"{LABELS[job.about.format]}: {words}")
