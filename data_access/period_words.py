"""Periods in words, for screens and exported files alike."""

from datetime import date, datetime

from config.i18n import Texts, mark
from config.periods import Kind
from config.problems import Problem
from data_access.rules.period import MONTHS, Period

KINDS: dict[Kind, str] = {
    "day": mark("Day"),
    "week": mark("Week"),
    "month": mark("Month"),
    "quarter": mark("Quarter"),
    "year": mark("Year"),
    "reporting_month": mark("Reporting month"),
    "reporting_quarter": mark("Reporting quarter"),
    "reporting_year": mark("Reporting year"),
    "custom": mark("Chosen days"),
}


def period_name(period: Period, t: Texts) -> str:
    """Month 10/2026, quarter III/2026, reporting month 11/2026, 01/11/2026 – 20/11/2026."""
    if period.kind == "custom":
        return t("{first} – {last}", first=t.day(period.first), last=t.day(period.last))
    if period.kind == "day":
        return t("Day {day}", day=t.day(period.first))
    if period.kind == "week":
        year, week, _ = period.first.isocalendar()
        return t("Week {week}/{year}", week=week, year=year)
    length, reporting = MONTHS[period.kind], period.kind.startswith("reporting")
    if length == 12:
        words = t("Reporting year {year}") if reporting else t("Year {year}")
        return words.format(year=period.last.year)
    if length == 3:
        roman = ("I", "II", "III", "IV")[(period.last.month - 1) // 3]
        words = t("Reporting quarter {quarter}/{year}") if reporting else t("Quarter {quarter}/{year}")
        return words.format(quarter=roman, year=period.last.year)
    words = t("Reporting month {month}") if reporting else t("Month {month}")
    return words.format(month=t.month(period.last))


def period_words(period: Period, t: Texts) -> str:
    """Its name with the days it runs over."""
    if period.kind in ("custom", "day"):
        return period_name(period, t)
    days = t("{first} – {last}", first=t.day(period.first), last=t.day(period.last))
    return f"{period_name(period, t)} ({days})"


def read_day(written: str) -> date:
    """A day as offices write it, 20/11/2026, or 2026-11-20. Raises Problem (period_day)."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(written.strip(), pattern).date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
    raise Problem("period_day", written=written.strip()[:40])
