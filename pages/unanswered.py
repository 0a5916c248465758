"""A part of a screen whose figures are not there: why, in words, and which desk waits for them.

Without the sign-in, so that what only asks can be imported where no browser is.
"""

import streamlit as st

from config.i18n import Texts
from data_access.queries.watch import Pulse
from pages.looks import OpenDesk


def open_desk() -> OpenDesk:
    """This session's desk."""
    desk: OpenDesk = st.session_state.setdefault("open-desk", OpenDesk())
    return desk


def unanswered_words(t: Texts, now: Pulse, *, coming: bool) -> str:
    """Why a part of a screen has no figures, and when it will. coming: they are being asked for, and it takes long."""
    if not now.store_ok:
        return t("The operations store does not answer, and these figures have not been read before. They appear by "
                 "themselves when it answers.")  # fmt: skip
    if now.version == 0:
        return t("There are no figures to show yet. This page comes back by itself as soon as there are.")
    if coming:
        return t("These figures take longer than usual. They appear here by themselves as soon as they are there.")
    return t("These figures could not be read; the reason is in the log. They are asked for again with the next "
             "figures, or when the page is loaded anew.")  # fmt: skip
