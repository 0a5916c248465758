"""What happened between two instants, a line each: spans as bars, instants as marks; the text stands in a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Literal

import streamlit as st


@dataclass(frozen=True)
class Span:
    """A bar; `words` are read when one points at it. late: past its deadline; rest: nobody works on it."""

    start: datetime
    end: datetime
    words: str
    tone: Literal["", "late", "rest"] = ""


@dataclass(frozen=True)
class Mark:
    """An instant, with its text beside it."""

    at: datetime
    words: str
    late: bool = False


@dataclass(frozen=True)
class Line:
    """One line, its name in front."""

    name: str
    spans: Sequence[Span] = ()
    marks: Sequence[Mark] = ()


def timeline(lines: Sequence[Line], deadline: datetime | None, label: str) -> None:
    """Draw `drawing`."""
    st.html(drawing(lines, deadline, label))


def drawing(lines: Sequence[Line], deadline: datetime | None, label: str) -> str:
    """The lines as HTML over one axis, from the first instant of all to the last; "" where there is none.

    deadline: an instant that runs through all lines. `label` names it for screen readers.
    """
    spans = [span for line in lines for span in line.spans]
    instants = [*(span.start for span in spans), *(span.end for span in spans),
                *(mark.at for line in lines for mark in line.marks), *([deadline] if deadline else [])]  # fmt: skip
    if not instants:
        return ""
    first, whole = min(instants), (max(instants) - min(instants)).total_seconds() or 1.0

    def place(at: datetime) -> float:
        return 100 * (at - first).total_seconds() / whole

    through = f'<i class="due" style="left:{place(deadline):.2f}%"></i>' if deadline else ""
    rows = [
        f'<span class="name">{escape(line.name)}</span>'
        f'<span class="track">{through}{"".join(_bar(span, place) for span in line.spans)}'
        f"{''.join(_mark(mark, place) for mark in line.marks)}</span>"
        for line in lines
    ]
    return f'<div class="timeline" role="img" aria-label="{escape(label)}">{"".join(rows)}</div>'


def _bar(span: Span, place: Callable[[datetime], float]) -> str:
    left, right = place(span.start), place(span.end)
    return (
        f'<span class="bar {span.tone}" style="left:{left:.2f}%;width:{max(right - left, 0.6):.2f}%" '
        f'title="{escape(span.words)}"></span>'
    )


def _mark(mark: Mark, place: Callable[[datetime], float]) -> str:
    """The text stands on the side that has room."""
    left = place(mark.at)
    side = f"right:{100 - left:.2f}%" if left > 60 else f"left:{left:.2f}%"
    tone = "mark late" if mark.late else "mark"
    return (
        f'<span class="{tone}" style="left:{left:.2f}%"></span>'
        f'<span class="said" style="{side}">{escape(mark.words)}</span>'
    )
