"""What keeps a screen alive: it notes what it draws, says how old the figures are, and what keeps them from coming."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from config.i18n import Texts
from config.problem_texts import TEXTS
from config.problems import Problem
from data_access.queries.watch import Pulse
from pages.looks import age, pulse
from pages.signin import held
from pages.unanswered import open_desk
from pages.viewer import Viewer
from widgets.figures import banner


@contextmanager
def drawing(t: Texts) -> Iterator[Pulse]:
    """While this run draws its screen: which version, alerts and configuration it draws, so that the desk knows when to
    draw again.
    """
    desk, now = open_desk(), pulse()
    desk.begin(held(), t.lang, now)
    try:
        yield now
    finally:
        desk.end()  # kept from before: after st.stop() whatever asks Streamlit is stopped too


def freshness(t: Texts) -> None:
    """The line that says how old the figures are; the page's own script keeps it (desk_connection.js)."""
    told = age(pulse(), t)
    st.html(
        f'<div class="fresh{" old" if told["old"] else ""}" data-look="{open_desk().token}" data-run="{told["at"]}" '
        f'data-at="{told["at"]}" title="{escape(told["title"])}">'
        f'<span class="dot"></span><span class="age">{escape(told["words"])}</span></div>'
    )


def trouble_words(t: Texts, now: Pulse) -> str | None:
    """What keeps the figures from being fresh, since when, and what it means; None when nothing does."""
    since, as_of = t.moment(now.trouble_since), t.moment(now.as_of)
    if now.trouble == "store":
        return t("The operations store has not answered since {since}. The last good figures are shown; "
                 "the screen comes back by itself.", since=since)  # fmt: skip
    if now.trouble == "source":
        return t("The one-stop database has not answered since {since}. The figures are those of {as_of}.",
                 since=since, as_of=as_of)  # fmt: skip
    if now.trouble == "sync":
        return t("The synchronisation has been silent since {since}. The figures are those of {as_of}.",
                 since=since, as_of=as_of)  # fmt: skip
    if now.trouble == "refused":
        return t("Reading from the one-stop database has been refused since {since}. The figures are those of "
                 "{as_of}.", since=since, as_of=as_of)  # fmt: skip
    if now.trouble == "loading" and now.progress is not None:
        return t("The first load from the one-stop database is running: {share}", share=t.percent(now.progress, 0))
    return None


def trouble_banner(viewer: Viewer, now: Pulse) -> None:
    """One sentence when something keeps the figures from being fresh; a bar while the first load runs."""
    words = trouble_words(viewer.t, now)
    if words is None:
        return
    if now.trouble == "loading":
        st.progress(min(1.0, max(0.0, now.progress or 0.0)), words)
        return
    banner(words, bad=True)
    if now.trouble == "refused" and viewer.role == "it" and now.problem_code in TEXTS:
        banner(Problem(now.problem_code, **(now.problem_facts or {})).text(viewer.t.lang), bad=True)
