"""Puts the current theme's colours (palette.py) and the stylesheet on the page."""

from dataclasses import fields
from functools import lru_cache
from pathlib import Path

import streamlit as st

from widgets.palette import Palette, palette

STYLESHEET = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def is_dark() -> bool:
    """Whether the viewer's browser shows the dark theme now."""
    return st.context.theme.type == "dark"


def apply_style(*, dark: bool | None = None) -> None:
    """The stylesheet with tokens --ground, --panel, --attention-ground …: `dark` (walls) or the current theme's."""
    st.html(_Style(is_dark() if dark is None else dark))


class _Style:
    """As an object: Streamlit takes 14 KB of text apart by regular expressions in every run, to dedent it."""

    def __init__(self, dark: bool) -> None:
        self._dark = dark

    def _repr_html_(self) -> str:
        return _style(self._dark)


@lru_cache(maxsize=2)
def _style(dark: bool) -> str:
    colours = palette(dark)
    tokens = "".join(
        f"--{field.name.replace('_', '-')}:{getattr(colours, field.name)};"
        for field in fields(Palette)
        if isinstance(getattr(colours, field.name), str)
    )
    return f"<style>:root{{{tokens}}}\n{STYLESHEET}</style>"
