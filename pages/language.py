"""Which language a viewer reads: from the URL, else the session, else the city's own; and the switch."""

import streamlit as st

from config.city import city
from config.i18n import LANGUAGES, Texts


def texts() -> Texts:
    """The texts of the viewer's language; keeps URL and session in step."""
    asked, known = st.query_params.get("lang"), city().languages
    if asked in known.offered:
        st.session_state["lang"] = asked
    lang = st.session_state.get("lang", known.default)
    if lang not in known.offered:
        lang = known.default
    if asked not in known.offered and (asked is not None or lang != known.default):
        st.query_params["lang"] = lang
    return Texts(lang)


def language_switch(t: Texts) -> None:
    """One click to the other language, where the city offers one."""

    def switch(other: str) -> None:
        st.session_state["lang"] = other
        st.query_params["lang"] = other

    for other in city().languages.offered:
        if other != t.lang:
            st.button(LANGUAGES[other], key="language", on_click=switch, args=(other,))


def language_params(t: Texts) -> dict[str, str]:
    """The part of the URL that keeps the language from screen to screen."""
    return {"lang": t.lang} if t.lang != city().languages.default else {}
