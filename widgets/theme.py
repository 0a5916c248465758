"""Puts the current theme's colours (palette.py) and the stylesheet on the page."""

from dataclasses import fields
from pathlib import Path

import streamlit as st

from widgets.palette import Palette, palette

STYLESHEET = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def is_dark() -> bool:
    """Whether the viewer's browser shows the dark theme now."""
    return st.context.theme.type == "dark"


def apply_style(*, dark: bool | None = None) -> None:
    """The stylesheet with tokens --ground, --panel, --attention-ground …: `dark` (walls) or the current theme's."""
    colours = palette(is_dark() if dark is None else dark)
    tokens = "".join(
        f"--{field.name.replace('_', '-')}:{getattr(colours, field.name)};"
        for field in fields(Palette)
        if isinstance(getattr(colours, field.name), str)
    )
    st.html(f"<style>:root{{{tokens}}}\n{STYLESHEET}</style>")
