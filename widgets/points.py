"""Bars of points: reached, not reached, and the points that nobody can know, each with its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from config.i18n import Texts, mark

PARTS = {
    "reached": mark("Reached"),
    "lost": mark("Not reached"),
    "nothing": mark("Nothing arose"),
    "not_computable": mark("Not computable from this source"),
    "not_applicable": mark("Not applicable"),
}


@dataclass(frozen=True)
class PointsBar:
    """One bar: points by part (keys of PARTS; they add up to its length), `value` and `words` formatted."""

    name: str
    parts: dict[str, float]
    value: str
    words: str


def points_bars(bars: Sequence[PointsBar], t: Texts) -> None:
    """Bars of one scale below each other, with a printed legend of the parts that occur."""
    longest = max((sum(bar.parts.values()) for bar in bars), default=0) or 1
    drawn = []
    for bar in bars:
        spans = "".join(
            f'<span class="{part}" style="width:{100 * points / longest:.2f}%"></span>'
            for part, points in bar.parts.items()
            if points > 0
        )
        drawn.append(
            f'<div class="name">{escape(bar.name)}</div><div class="value">{escape(bar.value)}</div>'
            f'<div class="bar" role="img" aria-label="{escape(bar.name)}: {escape(bar.value)}. {escape(bar.words)}">'
            f'{spans}</div><div class="words">{escape(bar.words)}</div>'
        )
    seen = [part for part in PARTS if any(bar.parts.get(part, 0) > 0 for bar in bars)]
    legend = "".join(
        f'<span class="entry"><span class="swatch {part}"></span>{escape(t(PARTS[part]))}</span>' for part in seen
    )
    st.html(f'<div class="points">{"".join(drawn)}</div><div class="legend points-legend">{legend}</div>')
