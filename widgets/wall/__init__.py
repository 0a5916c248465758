"""Walls in the browser: every screen of a wall lies ready in the page, and the page itself shows one after the other.

So rotation needs no server and can't blank: the next screen is drawn before the old one goes, and it goes on
over the last good picture while the server is away. control.js rotates, holds, tells time and age; html.js
changes only what differs; wall.css measures all in rem, 120 of which are the wall's width.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from widgets.connection import CONNECTION

FOLDER = Path(__file__).resolve().parent
STYLESHEET = (FOLDER / "wall.css").read_text(encoding="utf-8")

_html = st.components.v2.component(
    "ops_wall_html", js=(FOLDER / "html.js").read_text(encoding="utf-8"), isolate_styles=False
)
_control = st.components.v2.component(
    "ops_wall_control", js=CONNECTION + (FOLDER / "control.js").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Picture:
    """A screen as drawn: `html` (ours, escaped where it holds data), and a map's arguments with its place."""

    html: str
    map: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Beat:
    """What the page must know every two seconds. Instants are milliseconds since 1970, None: not known.

    `banner`: what is wrong with the figures, a sentence; `shift`: minutes of the city's clock from UTC.
    """

    at: int
    shift: int
    banner: str = ""
    stage: str = ""
    """The stage's word and reason as HTML."""
    ages: Mapping[str, int] = field(default_factory=dict)
    """Screen → instant of the source that its figures describe."""


def wall_style() -> None:
    """The walls' stylesheet, after the house's own."""
    st.html(f"<style>{STYLESHEET}</style>")


def control(
    wall: str, order: Sequence[tuple[str, int]], texts: Mapping[str, str], lang: str, only: str | None
) -> tuple[int, int] | None:
    """Mount what rotates `order` (screen, seconds); `only` shows that screen and holds.

    Returns the browser's page size in CSS pixels, once it has told it.
    """
    data = {"wall": wall, "order": [list(slot) for slot in order], "texts": dict(texts), "lang": lang, "only": only}
    told = _control(key="wall-control", data=data, default={"size": None}, on_size_change=lambda: None).size
    try:
        width, height = (int(part) for part in str(told).split("x"))
    except ValueError:
        return None
    return width, height


def draw(path: str, html: str) -> None:
    """A screen's HTML; only what differs from the last one is touched."""
    _html(key=f"wall-html-{path}", data={"html": html})


def pulse(beat: Beat) -> None:
    """Tell the page the time, the age of its figures, and what is wrong. Nothing to be seen but the stage."""
    facts = asdict(beat)
    stage = facts.pop("stage")
    ages = " ".join(f"{path}:{at}" for path, at in facts.pop("ages").items())
    attributes = "".join(f' data-{name}="{escape(str(value))}"' for name, value in facts.items())
    st.html(f'<div class="wall-pulse"{attributes} data-ages="{escape(ages)}"></div>{stage}')
