"""From one number to another in steps: what added, what took away; the bars add up as the numbers do."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from widgets.go import anchor


@dataclass(frozen=True)
class Bar:
    """`amount` more or, negative, less; `value` is how it is written, `words` say why; `link`: what it counts."""

    amount: float
    value: str
    words: str
    link: str = ""


def waterfall(start: Bar, changes: Sequence[Bar], end: Bar) -> None:
    """The number before, each change floating where the one before it ended, the number after. More is worse."""
    level, tops = start.amount, [start.amount, end.amount]
    for change in changes:
        level += change.amount
        tops.append(level)
    low = min([*tops, 0.0])
    span = max([*tops, 0.0]) - low or 1.0
    rows, level = [_row(start, 0.0, start.amount, "sum", low, span)], start.amount
    for change in changes:
        rows.append(_row(change, level, level + change.amount, "up" if change.amount > 0 else "down", low, span))
        level += change.amount
    rows.append(_row(end, 0.0, end.amount, "sum", low, span))
    st.html(f'<div class="waterfall" role="list">{"".join(rows)}</div>')


def _row(bar: Bar, since: float, until: float, tone: str, low: float, span: float) -> str:
    left, right = sorted((100 * (since - low) / span, 100 * (until - low) / span))
    return (
        f'<div class="step {tone}" role="listitem"><span class="track"><span class="bar" '
        f'style="left:{left:.2f}%;width:{max(right - left, 0.4):.2f}%"></span></span>'
        f'<span class="value">{anchor(bar.value, bar.link)}</span><span class="words">{escape(bar.words)}</span></div>'
    )
