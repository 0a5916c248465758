"""Charts: Altair specifications built once per language and theme; only their rows travel with a change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from config.i18n import Texts
from config.indicators import indicator
from widgets.palette import palette
from widgets.theme import is_dark

Rows = Sequence[Mapping[str, Any]]
DASHES = [[1, 0], [6, 3], [2, 2], [10, 3, 2, 3], [4, 6]]
"""Lines that differ by more than colour."""
NUMBERS = {
    "vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", " ₫"]},
}


@dataclass(frozen=True)
class Chart:
    """A chart to be shown to many viewers: its rows as they travel, and its specification in light and dark."""

    spec: Callable[[bool], dict[str, Any]]
    datasets: Mapping[str, pa.Table]

    def show(self, key: str) -> None:
        """Draw it in the viewer's theme."""
        spec = {**self.spec(is_dark()), "datasets": dict(self.datasets)}
        st.vega_lite_chart(spec, theme=None, width="stretch", key=key)


def flow_chart(trend: Rows, t: Texts) -> Chart:
    """Received (bars) and settled (line) a day; rows: day (date), received, settled (dossiers)."""
    words = {kind: indicator(f"{kind}_flow").short_name(t.lang) for kind in ("received", "settled")}
    rows = [
        {"day": row["day"].isoformat(), "date": t.day(row["day"]), "kind": kind, "words": words[kind], "n": row[kind],
         "text": f"{t.weekday(row['day'])} {t.day(row['day'])}", "value": t.number(row[kind])}
        for row in trend for kind in ("received", "settled")
    ]  # fmt: skip
    return _chart(lambda dark: _flow(t.lang, dark, *words.values(), t("dossiers"), t("Day")), rows)


def age_bars(ages: Mapping[str, int], t: Texts) -> Chart:
    """Open dossiers by age class: to_3, to_10, to_30, over_30 (calendar days)."""
    classes = [("to_3", "0–3"), ("to_10", "4–10"), ("to_30", "11–30"), ("over_30", "> 30")]
    rows = [
        {"order": i, "words": words, "n": ages[code], "value": t.number(ages[code]), "text": words}
        for i, (code, words) in enumerate(classes)
    ]
    return _chart(lambda dark: _ages(t.lang, dark, t("days"), t("dossiers")), rows)


def history_chart(history: Rows, lines: Rows, t: Texts, *, until: date) -> Chart:
    """City-wide procedures online over time, stacked by level, with targets as lines.

    history: day, level3, level4 (procedures); lines: by (date), n (procedures), text, late (bool).
    """
    words = {level: indicator(level).short_name(t.lang) for level in ("level3", "level4")}
    rows = [
        {"day": row["day"].isoformat(), "kind": kind, "words": words[kind], "n": row[kind],
         "value": t.number(row[kind]), "text": t.day(row["day"])}
        for row in [*history, *([{**history[-1], "day": until}] if history else [])]
        for kind in words
    ]  # fmt: skip
    marks = [{"by": row["by"].isoformat(), "n": row["n"], "text": row["text"], "short": row["short"]} for row in lines]
    spoken = (*words.values(), t("procedures"), t("Day"), t("Target"))
    return _chart(lambda dark: _history(t.lang, dark, *spoken), rows, marks=marks)


def share_bars(items: Rows, t: Texts, *, unit: str, height: int | None = None) -> Chart:
    """Ranked horizontal bars; items: words, share (0..1), value (formatted), text (tooltip)."""
    rows = [{**item, "order": i} for i, item in enumerate(items)]
    return _chart(lambda dark: _bars(t.lang, dark, unit, height or 18 * len(rows) + 30), rows)


def course_chart(courses: Sequence[tuple[str, Rows]], t: Texts, *, unit: str) -> Chart:
    """A figure of several places day by day, a line each; courses: (name, rows of day and n)."""
    rows = [
        {"day": row["day"].isoformat(), "date": t.day(row["day"]), "words": name, "n": row["n"],
         "text": f"{t.weekday(row['day'])} {t.day(row['day'])}", "value": t.number(row["n"])}
        for name, course in courses for row in course
    ]  # fmt: skip
    return _chart(lambda dark: _course(t.lang, dark, tuple(name for name, _ in courses), unit, t("Day")), rows)


def step_bars(items: Rows, t: Texts, *, unit: str, compared: str) -> Chart:
    """Time at each step, in the given order: the median as a bar, the 90th percentile as a line's end.

    items: words, median, p90, other (a median to compare with, or None), mark (the bottleneck), value, text. `compared`
    says what the others are ("": there are none).
    """
    names = tuple(item["words"] for item in items)
    return _chart(lambda dark: _steps(t.lang, dark, names, unit, compared), items)


def spread_chart(groups: Sequence[tuple[str, Sequence[float]]], t: Texts, *, unit: str, many: str) -> Chart:
    """How a quantity spreads within groups, in the given order: quartile box, median, far ones as dots.

    groups: (name, values). Far is above the upper quartile by more than 1.5 times the box.
    """
    boxes, dots = [], []
    for order, (words, values) in enumerate(groups):
        low, middle, high = (float(q) for q in np.quantile(values, [0.25, 0.5, 0.75]))
        fence = high + 1.5 * (high - low)
        far = sorted(v for v in values if v > fence)
        top = max((v for v in values if v <= fence), default=high)
        text = t(
            "{name}: median {middle}, quartiles {low} to {high}, {n} officers",
            name=words,
            n=t.number(len(values)),
            middle=t.number(middle, 1),
            low=t.number(low, 1),
            high=t.number(high, 1),
        )
        boxes.append({"words": words, "order": order, "low": low, "middle": middle, "high": high,
                      "least": float(min(values)), "top": float(top), "text": text})  # fmt: skip
        dots += [{"words": words, "order": order, "n": round(v, 1), "text": f"{words}: {t.number(v, 1)}"} for v in far]
    return _chart(lambda dark: _spread(t.lang, dark, unit, many, 20 * len(boxes) + 40), boxes, dots=dots)


def _chart(spec: Callable[[bool], dict[str, Any]], rows: Rows, **more: Rows) -> Chart:
    return Chart(
        spec, {name: pa.Table.from_pandas(pd.DataFrame(list(r))) for name, r in {"rows": rows, **more}.items()}
    )


def _finish(chart: Any, lang: str, dark: bool, height: int) -> dict[str, Any]:
    """The chart as a dict in the house's look."""
    c = palette(dark)
    spec: dict[str, Any] = (
        chart.properties(height=height)
        .configure(background="transparent", font="Source Sans, sans-serif", padding=2)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=c.quiet, titleColor=c.quiet, gridColor=c.line, domainColor=c.line,
            tickColor=c.line, labelFontSize=13, titleFontSize=13, titleFontWeight="normal",
        )
        .configure_legend(
            labelColor=c.text, titleColor=c.quiet, labelFontSize=13, orient="top", title=None, offset=4
        )
        .configure_text(color=c.text, font="Source Sans, sans-serif")
        .to_dict()
    )  # fmt: skip
    spec["config"]["locale"] = {"number": NUMBERS[lang]}
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    spec["usermeta"] = {"embedOptions": {"actions": False}}
    spec.pop("datasets", None)
    return spec


def _rows(name: str = "rows") -> Any:
    return alt.Data(name=name)


def _day_axis(title: str, fmt: str) -> Any:
    return alt.Axis(
        title=None, labelExpr=f"utcFormat(datum.value, '{fmt}')", grid=False, tickCount="year", description=title
    )


@lru_cache(maxsize=8)
def _flow(lang: str, dark: bool, received: str, settled: str, unit: str, day: str) -> dict[str, Any]:
    c = palette(dark)
    colour = alt.Color(
        "words:N", scale=alt.Scale(domain=[received, settled], range=[c.series, c.series_second]), legend=alt.Legend()
    )
    ticks = alt.Axis(title=None, labelAngle=0, ticks=False, labelOverlap="greedy", labelExpr="slice(datum.value, 0, 5)")
    bars = (
        alt.Chart(_rows())
        .mark_bar()
        .encode(
            x=alt.X("date:O", sort=alt.SortField("day"), axis=ticks, scale=alt.Scale(paddingInner=0.25)),
            xOffset=alt.XOffset("kind:N", sort=["received", "settled"]),
            y=_counted(unit),
            color=colour,
            tooltip=[
                alt.Tooltip("text:N", title=day), alt.Tooltip("words:N", title=" "), alt.Tooltip("value:N", title=unit)
            ],
        )
    )  # fmt: skip
    return _finish(bars, lang, dark, 500)


def _counted(unit: str) -> alt.Y:
    """Counts upwards; the scale ends at a line of the grid, so that no bar seems cut off."""
    return alt.Y("n:Q", title=unit, scale=alt.Scale(nice=4), axis=alt.Axis(tickCount=4, format=",.0f", tickMinStep=1))


@lru_cache(maxsize=8)
def _ages(lang: str, dark: bool, days: str, unit: str) -> dict[str, Any]:
    c = palette(dark)
    base = alt.Chart(_rows()).encode(
        x=alt.X("words:N", sort=alt.SortField("order"), title=days, axis=alt.Axis(labelAngle=0, ticks=False)),
        y=alt.Y("n:Q", title=None, axis=None),
    )
    bars = base.mark_bar(color=c.series, opacity=0.8, size=46).encode(
        tooltip=[alt.Tooltip("text:N", title=days), alt.Tooltip("value:N", title=unit)]
    )
    return _finish(bars + base.mark_text(dy=-8, fontSize=14).encode(text="value:N"), lang, dark, 130)


@lru_cache(maxsize=8)
def _history(lang: str, dark: bool, level3: str, level4: str, unit: str, day: str, target: str) -> dict[str, Any]:
    c = palette(dark)
    scale = alt.Scale(domain=[level3, level4], range=[c.series, c.series_third])
    area = (
        alt.Chart(_rows())
        .mark_area(interpolate="step-after", opacity=0.75)
        .encode(
            x=alt.X("day:T", scale=alt.Scale(type="utc"), axis=_day_axis(day, "%Y")),
            y=alt.Y("n:Q", stack="zero", title=unit, axis=alt.Axis(format=",.0f", tickCount=5)),
            color=alt.Color("words:N", scale=scale, legend=alt.Legend(orient="bottom")),
            order=alt.Order("kind:N"),
            tooltip=[alt.Tooltip("text:N", title=day), alt.Tooltip("words:N", title=" "),
                     alt.Tooltip("value:N", title=unit)],
        )
    )  # fmt: skip
    marks = alt.Chart(_rows("marks"))
    tip = [alt.Tooltip("text:N", title=target)]
    rule = marks.mark_rule(strokeDash=[5, 4], color=c.attention, strokeWidth=1.6).encode(y="n:Q", tooltip=tip)
    point = marks.mark_point(shape="diamond", filled=True, size=90, color=c.attention).encode(
        x="by:T", y="n:Q", tooltip=tip
    )

    def words(**more: Any) -> Any:
        text = marks.mark_text(align="left", dx=4, dy=-9, fontSize=12, color=c.attention, **more)
        return text.encode(x=alt.value(2), y="n:Q", text="short:N")

    halo = words(stroke=c.panel, strokeWidth=4, strokeJoin="round")  # they stand on areas and lines of the grid
    return _finish(alt.layer(area, halo, rule, point, words()), lang, dark, 320)


@lru_cache(maxsize=16)
def _bars(lang: str, dark: bool, unit: str, height: int) -> dict[str, Any]:
    c = palette(dark)
    base = alt.Chart(_rows()).encode(
        y=alt.Y("words:N", sort=alt.SortField("order"), title=None,
                axis=alt.Axis(labelLimit=190, ticks=False, domain=False)),
        x=alt.X("share:Q", title=None, axis=None, scale=alt.Scale(domainMin=0)),
    )  # fmt: skip
    bars = base.mark_bar(color=c.series, opacity=0.8, height={"band": 0.7}).encode(
        tooltip=[alt.Tooltip("text:N", title=unit)]
    )
    return _finish(bars + base.mark_text(align="left", dx=4, fontSize=12).encode(text="value:N"), lang, dark, height)


@lru_cache(maxsize=16)
def _spread(lang: str, dark: bool, unit: str, many: str, height: int) -> dict[str, Any]:
    c = palette(dark)
    tip = [alt.Tooltip("text:N", title=many)]
    y = alt.Y("words:N", sort=alt.SortField("order"), title=None,
              axis=alt.Axis(labelLimit=190, ticks=False, domain=False))  # fmt: skip
    axis = alt.Axis(format=",.0f", tickMinStep=1)
    base = alt.Chart(_rows()).encode(y=y, tooltip=tip)
    layers = (
        base.mark_rule(color=c.quiet).encode(x=alt.X("least:Q", title=unit, axis=axis), x2="top:Q"),
        base.mark_bar(color=c.series, opacity=0.75, height=11).encode(x=alt.X("low:Q", title=unit), x2="high:Q"),
        base.mark_tick(color=c.text, thickness=2, size=13).encode(x=alt.X("middle:Q", title=unit)),
        alt.Chart(_rows("dots")).mark_point(filled=True, size=18, color=c.attention, opacity=0.8)
        .encode(y=y, x=alt.X("n:Q", title=unit), tooltip=tip),
    )  # fmt: skip
    return _finish(alt.layer(*layers), lang, dark, height)


@lru_cache(maxsize=32)
def _steps(lang: str, dark: bool, names: tuple[str, ...], unit: str, compared: str) -> dict[str, Any]:
    c = palette(dark)
    tip = [alt.Tooltip("text:N", title=unit)]
    base = alt.Chart(_rows()).encode(
        y=alt.Y("words:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=210, ticks=False, domain=False)),
        tooltip=tip,
    )
    axis = alt.Axis(format=",.2~f", tickCount=6)
    colour = alt.condition("datum.mark", alt.value(c.attention), alt.value(c.series))
    layers = [
        base.mark_rule(color=c.quiet, strokeWidth=1.5).encode(x=alt.X("median:Q", title=unit, axis=axis), x2="p90:Q"),
        base.mark_tick(color=c.quiet, thickness=1.5, size=12).encode(x="p90:Q"),
        base.mark_bar(height=20, opacity=0.85).encode(x=alt.X("median:Q", title=unit), color=colour),
        base.mark_text(align="left", dx=4, dy=-15, fontSize=12).encode(x="p90:Q", text="value:N"),
    ]
    if compared:
        layers.append(
            base.transform_filter("datum.other !== null")
            .mark_point(shape="diamond", filled=True, size=90, color=c.text, opacity=1)
            .encode(x="other:Q")
        )
    return _finish(alt.layer(*layers), lang, dark, 44 * len(names) + 50)


@lru_cache(maxsize=64)
def _course(lang: str, dark: bool, names: tuple[str, ...], unit: str, day: str) -> dict[str, Any]:
    c = palette(dark)
    colours = [c.series, c.series_second, c.series_third, c.urgent, c.quiet][: len(names)]
    ticks = alt.Axis(title=None, labelAngle=0, ticks=False, labelOverlap="greedy", labelExpr="slice(datum.value, 0, 5)")
    base = alt.Chart(_rows()).encode(
        x=alt.X("date:O", sort=alt.SortField("day"), axis=ticks),
        y=_counted(unit),
        color=alt.Color("words:N", scale=alt.Scale(domain=list(names), range=colours),
                        legend=alt.Legend(columns=2, labelLimit=240)),
        tooltip=[alt.Tooltip("words:N", title=" "), alt.Tooltip("text:N", title=day),
                 alt.Tooltip("value:N", title=unit)],
    )  # fmt: skip
    shapes = alt.StrokeDash("words:N", scale=alt.Scale(domain=list(names), range=DASHES[: len(names)]), legend=None)
    lines = base.mark_line(strokeWidth=2.2).encode(strokeDash=shapes)
    return _finish(lines + base.mark_point(filled=True, size=22), lang, dark, 300)
