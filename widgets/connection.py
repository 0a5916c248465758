"""What a page does while it doesn't hear its server: the last picture stays, a sentence says since when."""

from pathlib import Path

import streamlit as st

from config.i18n import Texts

ASSETS = Path(__file__).parent / "assets"
CONNECTION = (ASSETS / "connection.js").read_text(encoding="utf-8")
"""The class that listens; walls have it in a script of their own."""

_component = st.components.v2.component(
    "ops_desk_connection",
    html="<span></span>",
    js=CONNECTION + (ASSETS / "desk_connection.js").read_text(encoding="utf-8"),
)


def lost_words(t: Texts) -> str:
    """The sentence, with `{since}` for the browser to fill in."""
    return t("No connection to the server since {since}. The last picture is shown; it comes back by itself.")


def desk_connection(t: Texts) -> None:
    """Mount once a page of a desk; it asks for a run when a look finds something newer (pages/looks.py)."""
    said = {"lost": lost_words(t), "zone": t.tz.key}
    _component(key="desk-connection", data=said, on_draw_change=lambda: None, width="content")
