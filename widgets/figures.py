"""Figures with their context: unit, comparison, trend, and the definition on demand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import quote

import streamlit as st

from config.i18n import Texts
from config.indicators import NONE, indicator
from config.kept import revision
from config.unlisted import unlisted
from widgets.go import anchor
from widgets.palette import Palette, palette
from widgets.table import Column
from widgets.theme import is_dark


@dataclass(frozen=True)
class Figure:
    """One figure: `code` names its indicator (label and definition), `value` and `context` are formatted.

    `also`: the indicators of figures that stand in the context; `link`: the address of the list that `value` counts.
    """

    code: str
    value: str
    context: str
    tone: str = ""
    trend: Sequence[float] | None = None
    also: Sequence[str] = ()
    link: str = ""


def figure_row(figures: Sequence[Figure], t: Texts) -> None:
    """Figures side by side, each with its indicator's definition behind the question mark (hover or focus)."""
    st.html(figure_cards(figures, t, dark=is_dark()))


def figure_cards(figures: Sequence[Figure], t: Texts, *, dark: bool) -> str:
    """The HTML of `figure_row`, to be made once for many viewers."""
    many = ' style="grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr))"' if len(figures) > 6 else ""
    return f'<div class="figures"{many}>{"".join(_card(figure, t, palette(dark)) for figure in figures)}</div>'


def _card(figure: Figure, t: Texts, colours: Palette) -> str:
    name = escape(indicator(figure.code).name(t.lang))
    spark = _sparkline(figure.trend, colours.urgent if figure.tone == "alert" else colours.quiet)
    return (
        f'<div class="figure {figure.tone}"><div class="label">{name}'
        f"{_what((figure.code, *figure.also), t)}</div>"
        f'<div class="value">{anchor(figure.value, figure.link)}{spark}</div>'
        f'<div class="context">{escape(figure.context)}</div></div>'
    )


def _what(codes: Sequence[str], t: Texts) -> str:
    """The question mark behind which the definitions of these indicators stand (hover or focus)."""
    return _about(tuple(codes), t.lang, revision()) if codes else ""


@lru_cache(maxsize=512)
def _about(codes: tuple[str, ...], lang: str, _: int) -> str:
    """Remembered until the configuration changes: a screen shows some twenty."""
    t = Texts(lang)
    names = [indicator(code).name(t.lang) for code in codes]
    parts = []
    for code, name in zip(codes, names, strict=True):
        parts += [f"<p><b>{escape(name)}</b></p>"] if len(codes) > 1 else []
        parts += [f"<p>{escape(line)}</p>" for line in definition(code, t)]
    label = escape(t("What is “{name}”?", name=", ".join(names)))
    about = "".join(parts)
    return (
        f'<span class="what" tabindex="0" role="button" aria-label="{label}">?<span class="about">{about}</span></span>'
    )


def _sparkline(trend: Sequence[float] | None, colour: str, width: int = 100, height: int = 26) -> str:
    """A line of the last days beside a figure: decoration, so without a text for screen readers.

    As a picture in a data URI, since Streamlit takes drawings out of the HTML it is given.
    """
    if not trend or len(trend) < 2:
        return ""
    low, high = min(trend), max(trend)
    span = (high - low) or 1
    step = (width - 6) / (len(trend) - 1)
    points = [(i * step + 2, height - 4 - (value - low) / span * (height - 8)) for i, value in enumerate(trend)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"/></svg>'
    )
    return f'<img class="spark" alt="" width="{width}" height="{height}" src="data:image/svg+xml,{quote(drawing)}">'


def definition(code: str, t: Texts) -> list[str]:
    """An indicator's entry in sentences: unit, formula, what a ratio divides, rule, source, and why it has no list."""
    entry = indicator(code)
    parts = [
        t("Numerator: {words}", words=t.pick(**entry.numerator)),
        t("Denominator: {words}", words=t.pick(**entry.denominator)),
    ]
    rule = [t("Timeliness rule: {rule}", rule=entry.rule)] if entry.rule != NONE else []
    return [
        t("Unit: {unit}", unit=entry.unit_name(t.lang)),
        entry.formula_text(t.lang),
        *(parts if entry.is_ratio else ()),
        *rule,
        t("Source: {source}", source=entry.source_text(t.lang)),
        *([t(why)] if (why := unlisted(code)) else ()),
    ]


def explained(t: Texts, *codes: str) -> str:
    """The question mark of a panel that shows these indicators, for `panel_title`."""
    return _what(codes, t)


def figure_column(code: str, t: Texts, link: str = "") -> Column:
    """The head of a table's column that shows an indicator: its (short) name, its definition as the explanation.

    `link`: the address of the lists that its cells count.
    """
    note = "\n".join([indicator(code).name(t.lang), *definition(code, t)])
    return Column(indicator(code).short_name(t.lang), "right", note, link)


def title(text: str, sub: str = "") -> None:
    """A page's heading with a quiet line below."""
    below = f'<div class="page-sub">{escape(sub)}</div>' if sub else ""
    st.html(f'<h1 class="page-title">{escape(text)}</h1>{below}')


def panel_title(text: str, note: str = "", what: str = "") -> None:
    """A panel's heading with a quiet note below; `what` from `explained` says what its figures are."""
    below = f'<div class="panel-note">{escape(note)}</div>' if note else ""
    st.html(f'<div class="panel-title" role="heading" aria-level="2">{escape(text)}{what}</div>{below}')


def note(text: str) -> None:
    """A quiet line."""
    st.html(_note(text))


def _note(text: str) -> str:
    return f'<div class="panel-note">{escape(text)}</div>'


def markup(html: str) -> None:
    """What `figure_cards` or `first_lines` made before."""
    st.html(html)


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
    """One line of "look here first": who, where, why, and the figure with its unit; `link` as Figure's."""

    who: str
    where: str
    why: str
    value: str
    unit: str
    link: str = ""


def first_list(items: Sequence[First], empty: str) -> None:
    """A ranked list; the numbers are those on the map."""
    st.html(first_lines(items, empty))


def first_lines(items: Sequence[First], empty: str) -> str:
    """The HTML of `first_list`, to be made once for many viewers."""
    if not items:
        return _note(empty)
    parts = [
        f'<div class="n">{n}</div>'
        f'<div><span class="who">{escape(i.who)} <span>{escape(i.where)}</span></span>'
        f'<div class="why">{escape(i.why)}</div></div>'
        f'<div class="v">{anchor(i.value, i.link)}<small>{escape(i.unit)}</small></div>'
        for n, i in enumerate(items, 1)
    ]
    return f'<div class="first" role="list">{"".join(parts)}</div>'


@dataclass(frozen=True)
class Fact:
    """A small figure: its indicator, value and context, formatted; `bad`: it needs a hand; `link` as Figure's."""

    code: str
    value: str
    context: str
    bad: bool = False
    link: str = ""


def facts(items: Sequence[Fact], t: Texts) -> None:
    """Small figures in a grid, each with its definition."""
    parts = [
        f'<div><div class="k">{escape(indicator(f.code).name(t.lang))}{_what((f.code,), t)}</div>'
        f'<div class="v{" bad" if f.bad else ""}">{anchor(f.value, f.link)}</div>'
        f'<div class="x">{escape(f.context)}</div></div>'
        for f in items
    ]
    st.html(f'<div class="facts">{"".join(parts)}</div>')


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, where or what it is, its address."""

    name: str
    about: str
    href: str


def hits(head: str, found: Sequence[Hit]) -> None:
    """What was found of one kind, each a link."""
    each = "".join(f"<li>{anchor(h.name, h.href)} <span>{escape(h.about)}</span></li>" for h in found)
    st.html(f'<div class="hits"><b>{escape(head)}</b><ul>{each}</ul></div>')


def lines(parts: Sequence[str]) -> None:
    """Sentences one below the other, in order."""
    st.html(f'<ol class="lines">{"".join(f"<li>{escape(part)}</li>" for part in parts)}</ol>')


def ways(head: str, links: Sequence[tuple[str, str]]) -> None:
    """A quiet line of links to other screens after its head, each (what it is called, address); those without none."""
    each = " · ".join(anchor(name, href) for name, href in links if href)
    if each:
        st.html(f'<div class="ways">{escape(head)}: {each}</div>')
