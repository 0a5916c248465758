"""From a measure and its values to what maps need: classes with printed limits, texts, tooltips."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from config.i18n import NBSP, NOTHING, Texts
from config.indicators import indicator
from config.measures import Measure
from widgets.palette import palette
from widgets.theme import is_dark
from widgets.ward_map import ClassBreak, WardValue, WardValues


def shown(measure: Measure, value: float | None, t: Texts, *, unit: bool = True) -> str:
    """A value with its unit: 41 hồ sơ, 6,5 %, 4,1 ngày làm việc."""
    return _shown(measure, value, t, indicator(measure.indicator).unit_name(t.lang) if unit else "")


def _shown(measure: Measure, value: float | None, t: Texts, unit: str) -> str:
    if value is None:
        return NOTHING
    if measure.kind == "percent":
        return t.percent(value)
    return f"{t.number(value, 1 if measure.kind == 'days' else 0)} {unit}".rstrip()


def class_breaks(measure: Measure, t: Texts) -> list[ClassBreak]:
    """Five classes from calm to urgent with their limits: counts as 0, 1, 2, 3–5, > 5; shares as ≤ 1 %, 5, 10 …"""
    if measure.kind == "count":
        lows = [0, *(int(limit) + 1 for limit in measure.limits[:-1])]
        spans = [
            t.number(low) if low == int(high) else f"{t.number(low)}–{t.number(high)}"
            for low, high in zip(lows, measure.limits, strict=True)
        ]
        return [ClassBreak(label) for label in (*spans, f"> {t.number(measure.limits[-1])}")]
    percent = measure.kind == "percent"
    sign = f"{NBSP}%" if percent else ""
    words = [t.short(round(limit * 100, 4) if percent else limit) for limit in measure.limits]
    if measure.more_is_worse:
        labels = [f"≤ {words[0]}{sign}", *words[1:], f"> {words[-1]}{sign}"]
    else:
        labels = [f"> {words[3]}{sign}", *reversed(words[1:4]), f"≤ {words[0]}{sign}"]
    return [ClassBreak(label) for label in labels]


def legend(breaks: Sequence[ClassBreak], title: str) -> None:
    """The printed legend of a map that has none of its own."""
    colours = palette(is_dark()).classes
    entries = "".join(
        f'<span class="entry"><span class="swatch" style="background:{colour}"></span>{escape(b.label)}</span>'
        for b, colour in zip(breaks, colours, strict=True)
    )
    st.html(f'<div class="legend">{escape(title)}{entries}</div>')


def ward_values(
    measure: Measure,
    values: Mapping[str, float | None],
    lines: Mapping[str, list[str]],
    t: Texts,
) -> WardValues:
    """One WardValue a ward; `values` by ward code, `lines` are further tooltip lines."""
    unit = indicator(measure.indicator).unit_name(t.lang)
    return WardValues(
        WardValue(code, measure.klass(value), _shown(measure, value, t, unit), tuple(lines.get(code, ())))
        for code, value in values.items()
    )
