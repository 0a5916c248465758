"""What is seen while the application is still coming up, and when it can't."""

import streamlit as st

from config.city import city
from config.i18n import Texts
from config.problems import Problem
from data_access.demo.progress import Progress
from data_access.demo.stack import runtime
from widgets.figures import banner, brand, note


@st.fragment(run_every=1.0)
def starting(lang: str) -> None:
    """The first start's progress: generating the city, loading it; goes on by itself when ready."""
    t = Texts(lang)
    known = runtime()
    if known is not None and known.ready:
        st.rerun()
    with st.container(key="signin"):
        brand(t.pick(**city().application), t("The application is starting"))
        if known is None or known.problem is None:
            progress = Progress() if known is None else known.progress
            st.progress(progress.overall, progress.text(t.lang))
            note(t("The first start generates the city and takes a minute or two."))
        else:
            banner(known.problem.text(t.lang), bad=True)


def broken(problem: Problem, t: Texts) -> None:
    """A configuration that can't be used: what, where, and what to do."""
    with st.container(key="signin"):
        brand(t.pick(**city().application))
        banner(problem.text(t.lang), bad=True)
