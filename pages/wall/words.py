"""Words and pieces that several of a wall's screens share: heading lines, maps, arrivals."""

from collections.abc import Mapping, Sized
from datetime import datetime, timedelta
from typing import Any

from config.i18n import Texts
from config.indicators import indicator
from config.measures import Measure
from config.registry import registry
from data_access.queries.arrivals import Arrivals
from widgets.measure import class_breaks, ward_values
from widgets.wall import parts
from widgets.wall.curve import Plane

MUCH = 1.5
"""A group whose share of overdue is so many times the whole's stands out."""

OLD_CHECK = timedelta(hours=2)
"""Checks come at least hourly: those that stopped so long ago say nothing of now."""


def as_of_words(t: Texts, at: datetime) -> str:
    """ "Thứ Sáu 20/11/2026"."""
    day = t.local(at).date()
    return f"{t.weekday(day)} {t.day(day)}"


def checked_words(checked_at: datetime | None, at: datetime, t: Texts) -> parts.Late:
    """When a link was last checked, seen from the figures' instant `at`; late with its day. Checks have an age of their
    own: a source that goes on may have lost whoever brings them."""
    late = checked_at is not None and at - checked_at > OLD_CHECK
    return parts.Late(t("last check {clock}", clock=t.moment(checked_at) if late else t.clock(checked_at)), late)


def overdue_cell(overdue: float, held: float, whole_overdue: float, whole: float, t: Texts) -> str:
    """A table's cell of overdue ones, red where their share is far above the whole's."""
    return ("!" if overdue * whole > MUCH * whole_overdue * held else "") + t.number(overdue)


def short_district(code: str, t: Texts) -> str:
    """ "Ba Đình": a district's name without its kind, where there is little room."""
    district = registry().districts.get(code)
    return district.short_name if district else t("Departments")


def city_map(
    measure: Measure,
    values: Mapping[str, float | None],
    t: Texts,
    *,
    layout: str,
    height: str,
    numbered: list[str] | None = None,
    empty: str = "",
) -> dict[str, Any]:
    """Arguments of a map of all wards, for `ward_map`."""
    whole = {code: values.get(code) for code in registry().wards}
    return {
        "values": ward_values(measure, whole, {}, t), "layout": layout, "classes": class_breaks(measure, t),
        "lang": t.lang, "selected": None, "numbered": numbered or [], "height": height, "wall": True,
        "empty_label": empty or t("nothing open"), "legend_title": indicator(measure.indicator).name(t.lang),
    }  # fmt: skip


def more_words(rows: Sized, room: int, t: Texts) -> str:
    """ "và 14 nữa" where a list has more rows than there is room for, else nothing."""
    return t("{n} more", n=t.number(len(rows) - room)) if len(rows) > room else ""


def usual_words(today: Arrivals, t: Texts) -> str:
    """What today is compared with, or why with nothing."""
    if today.day_off is not None:
        return t("Holiday: {name}. No day to compare with.", name=t.pick(today.day_off["vi"], today.day_off["en"]))
    weekday = t.weekday(today.day)
    if today.usual is None:
        if not today.works:
            return t("{weekday}, offices rest.", weekday=weekday)
        return t("Too few earlier days to compare with.")
    if not today.works:
        return t("{weekday}, offices rest; against the last {n} of this weekday.", weekday=weekday,
                 n=t.number(len(today.usual.days)))  # fmt: skip
    return t("against the last {n} working days of this weekday ({weekday})", weekday=weekday,
             n=t.number(len(today.usual.days)))  # fmt: skip


def standing_words(today: Arrivals, t: Texts) -> str:
    """ "Trong khoảng thường lệ" with the usual figure by now."""
    if today.usual is None:
        return ""
    low, middle, high = (t.number(n) for n in today.usual.by_now)
    words = {
        "above": t("Above the usual range"), "below": t("Below the usual range"), "within": t("Within the usual range"),
    }[today.standing]  # fmt: skip
    return t("{standing}: {middle} by now ({low} to {high})", standing=words, middle=middle, low=low, high=high)


def arrivals_chart(today: Arrivals, t: Texts, width: int, height: int, *, axis: bool = True) -> str:
    """The day's cumulative course with the usual range, as SVG."""
    usual = today.usual
    first, last = span_of(today)
    top = max([today.received, *(usual.high if usual else ()), 4])
    plane = Plane(width, height, first, last, top, axis=axis)

    def ends(course: tuple[float, ...]) -> list[tuple[float, float]]:
        return [(h, course[h - 1] if h else 0.0) for h in range(first, last + 1)]

    done = [(float(h), float(today.course[h - 1] if h else 0)) for h in range(first, len(today.course))]
    done.append((min(max(today.hours, first), last), float(today.received)))
    drawn = plane.grid([t.number(n * plane.step) for n in range(round(plane.top / plane.step) + 1)]) if axis else []
    drawn += plane.ticks([(h, f"{h}:00") for h in range(first, last + 1, 1 if axis and last - first < 14 else 2)])
    if usual:
        drawn += plane.band(ends(usual.low), ends(usual.high)) + plane.line(ends(usual.middle), "usual")
    drawn += plane.line(done) + plane.end(done[-1], t.number(today.received))
    label = t("Received today: {n} dossiers. {usual}", n=t.number(today.received), usual=standing_words(today, t))
    return plane.svg(drawn, label)


def span_of(today: Arrivals) -> tuple[int, int]:
    """The hours to be drawn: where something usually comes in, and at least up to now."""
    first, last = 7, 18
    if today.usual and today.usual.high[-1]:
        busy = [h for h in range(24) if today.usual.high[h] > (today.usual.high[h - 1] if h else 0) + 0.5]
        first, last = min([first, *busy]), max([last, *(h + 1 for h in busy)])
    some = [h for h, n in enumerate(today.course) if n]
    first = min([first, *some])
    return first, min(24, max(last, int(today.hours) + 1))


def arrivals_legend(today: Arrivals, t: Texts) -> str:
    """What the chart's marks mean."""
    entries = [("line", t("today"))]
    if today.usual:
        entries += [("usual", t("usual (median)")), ("band", t("usual range"))]
    return parts.legend(*entries)
