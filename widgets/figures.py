"""Figures with their context: unit, comparison, trend, and the definition on demand."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from config.i18n import Texts
from config.indicators import indicator


@dataclass(frozen=True)
class Figure:
    """One figure: `code` names its indicator (label and definition), `value` and `context` are formatted."""

    code: str
    value: str
    context: str
    tone: str = ""
    trend: Sequence[float] | None = None


def figure_row(figures: Sequence[Figure], t: Texts, *, key: str) -> None:
    """Figures side by side, each with its indicator's definition behind the question mark."""
    columns = st.columns(len(figures))
    for column, figure in zip(columns, figures, strict=True):
        entry = indicator(figure.code)
        tone = f"{figure.tone}-" if figure.tone else ""
        with column, st.container(key=f"{tone}{key}-{figure.code}"):
            st.metric(
                entry.name(t.lang),
                figure.value,
                delta=figure.context,
                delta_color="off",
                delta_arrow="off",
                help=definition(figure.code, t),
                border=True,
                height="stretch",
                chart_data=list(figure.trend) if figure.trend else None,
                chart_type="line",
            )


def definition(code: str, t: Texts) -> str:
    """An indicator's entry as text: name, formula, unit, rule, source."""
    entry = indicator(code)
    lines = [
        f"**{entry.name(t.lang)}** ({entry.unit_name(t.lang)})",
        entry.formula_text(t.lang),
        t("Source: {source}", source=entry.source_text(t.lang)),
    ]
    if entry.rule:
        lines.insert(2, t("Timeliness rule: {rule}", rule=entry.rule))
    return "\n\n".join(lines)


def title(text: str, sub: str = "") -> None:
    """A page's heading with a quiet line below."""
    below = f'<div class="page-sub">{escape(sub)}</div>' if sub else ""
    st.html(f'<h1 class="page-title">{escape(text)}</h1>{below}')


def panel_title(text: str, note: str = "") -> None:
    """A panel's heading with a quiet note below."""
    below = f'<div class="panel-note">{escape(note)}</div>' if note else ""
    st.html(f'<div class="panel-title" role="heading" aria-level="2">{escape(text)}</div>{below}')


def note(text: str) -> None:
    """A quiet line."""
    st.html(f'<div class="panel-note">{escape(text)}</div>')


def brand(name: str, below: str = "") -> None:
    """The product's name above a form, with a quiet line below."""
    sub = f'<div class="signin-sub">{escape(below)}</div>' if below else ""
    st.html(f'<div class="signin-brand">{escape(name)}</div>{sub}')


def banner(text: str, *, bad: bool = False) -> None:
    """A sentence across the page that says what is old, missing or wrong."""
    tone = "banner bad" if bad else "banner"
    st.html(f'<div class="{tone}" role="status">{escape(text)}</div>')


@dataclass(frozen=True)
class First:
    """One line of "look here first": who, where, why, and the figure with its unit."""

    who: str
    where: str
    why: str
    value: str
    unit: str


def first_list(items: Sequence[First], empty: str) -> None:
    """A ranked list; the numbers are those on the map."""
    if not items:
        note(empty)
        return
    parts = [
        f'<div class="n">{n}</div>'
        f'<div><span class="who">{escape(i.who)} <span>{escape(i.where)}</span></span>'
        f'<div class="why">{escape(i.why)}</div></div>'
        f'<div class="v">{escape(i.value)}<small>{escape(i.unit)}</small></div>'
        for n, i in enumerate(items, 1)
    ]
    st.html(f'<div class="first" role="list">{"".join(parts)}</div>')


def facts(items: Sequence[tuple[str, str, str, bool]]) -> None:
    """Small figures in a grid: (label, value, context, whether it needs a hand)."""
    parts: list[Any] = [
        f'<div><div class="k">{escape(k)}</div><div class="v{" bad" if bad else ""}">{escape(v)}</div>'
        f'<div class="x">{escape(x)}</div></div>'
        for k, v, x, bad in items
    ]
    st.html(f'<div class="facts">{"".join(parts)}</div>')
