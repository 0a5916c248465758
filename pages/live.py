"""What keeps a screen alive: a small fragment that watches the version and says how old the figures are."""

import secrets
import time
from html import escape

import streamlit as st

from config.i18n import Texts
from config.kept import revision
from config.problem_texts import TEXTS
from config.problems import Problem
from data_access.queries.watch import Pulse
from pages.ask import current_desk
from pages.pace import turns
from pages.signin import in_force
from pages.viewer import Viewer
from widgets.figures import banner

DRAWING = "drawing"
STALE_SECONDS = 150
"""From this age on the figures are marked as old even when nothing has failed."""


def pulse() -> Pulse:
    """What is known of the store and the sync now."""
    return current_desk().watch.pulse()


def remember_drawn() -> Pulse:
    """Note which version, alerts and configuration this run draws, so that the fragment knows when to draw again."""
    now = pulse()
    st.session_state["drawn"] = (now.version, now.alerts, now.boundaries, now.trouble, revision())
    st.session_state[DRAWING] = True  # a run slower than the figures change would start again and never end
    turns.begin(_me())
    return now


def drawing_ended() -> None:
    """This run has drawn its screen: the next one's turn."""
    st.session_state[DRAWING] = False
    turns.end(_me())


def _me() -> str:
    return str(st.session_state.setdefault("turn", secrets.token_hex(8)))


def freshness(lang: str) -> None:
    """The line that says how old the figures are. Redraws the screen when they changed, else nothing."""
    st.fragment(_look, run_every=turns.look_seconds())(lang)


def _look(lang: str) -> None:
    t = Texts(lang)
    if not in_force():
        st.rerun()  # the session was ended, or its account: the shell shows the sign-in
    now = pulse()
    known = (now.version, now.alerts, now.boundaries, now.trouble, revision())
    if known != st.session_state.get("drawn") and not st.session_state.get(DRAWING) and turns.take(_me()):
        st.rerun()
    age = now.age_seconds
    beat = f'data-at="{round(time.time() * 1000)}"'  # the page's own script listens for it (widgets/connection.py)
    if age is None:
        none = t("No figures yet")
        st.html(f'<div class="fresh old" {beat}><span class="dot"></span>{escape(none)}</div>')
        return
    old = now.trouble is not None or age > STALE_SECONDS
    words = t("Figures {age} old", age=t.span(age))
    title = t("Source at {at}, version {version}", at=t.moment(now.source_at or now.as_of), version=now.version)
    st.html(
        f'<div class="fresh{" old" if old else ""}" {beat} title="{escape(title)}">'
        f'<span class="dot"></span>{escape(words)}</div>'
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
