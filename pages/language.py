"""Which language a viewer reads: from the URL, else the session, else Vietnamese; and the switch."""

import streamlit as st

from config.i18n import DEFAULT_LANGUAGE, LANGUAGES, Texts


def texts() -> Texts:
    """The texts of the viewer's language; keeps URL and session in step."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state["lang"] = asked
    lang = st.session_state.get("lang", DEFAULT_LANGUAGE)
    if asked not in LANGUAGES and (asked is not None or lang != DEFAULT_LANGUAGE):
        st.query_params["lang"] = lang
    return Texts(lang)


def language_switch(t: Texts) -> None:
    """One click to the other language."""
    other = "en" if t.lang == "vi" else "vi"

    def switch() -> None:
        st.session_state["lang"] = other
        st.query_params["lang"] = other

    st.button(LANGUAGES[other], key="language", on_click=switch)


def language_params(t: Texts) -> dict[str, str]:
    """The part of the URL that keeps the language from screen to screen."""
    return {"lang": t.lang} if t.lang != DEFAULT_LANGUAGE else {}
