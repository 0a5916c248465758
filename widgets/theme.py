"""The look's tokens per theme, handed to the stylesheet and to charts. Values are LOOK.md's."""

from pathlib import Path

import streamlit as st

LIGHT = {
    "ground": "#f6f8fb",
    "panel": "#ffffff",
    "line": "#dfe6ef",
    "text": "#1b2738",
    "soft": "#33435a",
    "quiet": "#51627a",
    "accent": "#0b57b0",
    "good": "#2f8f63",
    "good-text": "#1d7048",
    "warn": "#b9791a",
    "warn-ground": "#fdf3df",
    "warn-text": "#6e4608",
    "alert": "#c8322f",
    "alert-ground": "#fdeceb",
    "alert-text": "#b3231f",
    "series": "#2f6fb3",
    "series2": "#c07a1c",
    "hover": "#eef3f9",
}
DARK = {
    "ground": "#0b1220",
    "panel": "#111a2b",
    "line": "#22314a",
    "text": "#e8eef7",
    "soft": "#cbd7e8",
    "quiet": "#9fb2cd",
    "accent": "#6db1ff",
    "good": "#3fa877",
    "good-text": "#7ed3a8",
    "warn": "#e0ac4f",
    "warn-ground": "#33270f",
    "warn-text": "#f2cd86",
    "alert": "#e5484d",
    "alert-ground": "#36161a",
    "alert-text": "#ff8084",
    "series": "#6db1ff",
    "series2": "#e0ac4f",
    "hover": "#18243a",
}
STYLESHEET = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def is_dark() -> bool:
    """Whether the viewer's browser shows the dark theme now."""
    return st.context.theme.type == "dark"


def tokens() -> dict[str, str]:
    """The current theme's colours."""
    return DARK if is_dark() else LIGHT


def apply_style() -> None:
    """Put the stylesheet and the current theme's tokens on the page."""
    variables = "".join(f"--{name}:{value};" for name, value in tokens().items())
    st.html(f"<style>:root{{{variables}}}\n{STYLESHEET}</style>")
