"""A button that turns the page dark or light and keeps the choice in the browser."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from config.i18n import Texts
from widgets.theme import is_dark

_switch = st.components.v2.component(
    "ops_theme_switch",
    html='<button type="button"></button>',
    css="""
    button { font: inherit; font-size: .9rem; min-height: 2rem; padding: 0 .65rem; cursor: pointer; white-space: nowrap;
             color: var(--text); background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; }
    button:hover, button:focus-visible { border-color: var(--accent); color: var(--accent); }
    """,
    js=(Path(__file__).parent / "assets" / "theme.js").read_text(encoding="utf-8"),
)


def theme_switch(t: Texts, paths: Sequence[str]) -> None:
    """Switch the theme for all `paths` (the screens' URLs below the root)."""
    to = "Light" if is_dark() else "Dark"
    _switch(
        key="theme-switch",
        width="content",
        data={
            "label": t("Light") if to == "Light" else t("Dark"),
            "title": t("Light theme for desks") if to == "Light" else t("Dark theme for walls"),
            "to": to,
            "root": "/" + st.get_option("server.baseUrlPath").strip("/"),
            "paths": ["", *paths],
        },
    )
