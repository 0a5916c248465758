"""Tells the browser the page's language and translates the few labels that are Streamlit's own."""

from pathlib import Path

import streamlit as st

from config.i18n import Texts

_component = st.components.v2.component(
    "ops_page_language",
    html="<span></span>",
    js=(Path(__file__).parent / "assets" / "page_language.js").read_text(encoding="utf-8"),
)


def page_language(t: Texts) -> None:
    """Mount once a page. Streamlit's labels are English whatever the language; words it lacks stay as they are."""
    words = {
        "Skip to main content": t("Skip to main content"),
        "Choose an option": t("Choose an option"),
        "Choose options": t("Choose an option"),
        "Open": t("Open the list"),
        "Show password": t("Show password"),
        "Hide password": t("Hide password"),
        "Show password text": t("Show password"),
        "Hide password text": t("Hide password"),
        "No results": t("No results"),
        "Clear all": t("Clear all"),
        "Selected values": t("What is chosen"),
        "Remove": t("Leave out"),
        "Fullscreen": t("Full screen"),
        "Close fullscreen": t("Leave full screen"),
        "Loading": t("Loading"),
        "Copy Vega-Lite spec": t("Copy the chart's description"),
        "Download as PNG": t("Save as a picture"),
        "Download as SVG": t("Save as a drawing"),
        "View source": t("View source"),
    }
    changed = {said: words[said] for said in words if words[said] != said}
    _component(key="page-language", data={"lang": t.lang, "words": changed if t.lang != "en" else {}}, width="content")
