"""Whole months, quarters and years that a screen can be asked for, newest first; the newest still runs."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.i18n import Texts, mark

Kind = Literal["month", "quarter", "year"]
KINDS: dict[Kind, str] = {"month": mark("Month"), "quarter": mark("Quarter"), "year": mark("Year")}
LENGTH: dict[Kind, int] = {"month": 1, "quarter": 3, "year": 12}
OFFERED: dict[Kind, int] = {"month": 36, "quarter": 16, "year": 9}
"""How many are offered of each kind."""


@dataclass(frozen=True)
class Period:
    """From the month that begins on `first` to the one that begins on `last`, both included."""

    kind: Kind
    first: date
    last: date

    @property
    def code(self) -> str:
        """2026-10, 2026-q3 or 2026."""
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}-q{self.last.month // 3}" if self.kind == "quarter" else f"{self.first.year}"

    def words(self, t: Texts) -> str:
        """Month 10/2026, quarter III/2026, year 2026."""
        if self.kind == "month":
            return t("Month {month}", month=t.month(self.first))
        if self.kind == "quarter":
            roman = ("I", "II", "III", "IV")[self.last.month // 3 - 1]
            return t("Quarter {quarter}/{year}", quarter=roman, year=self.first.year)
        return t("Year {year}", year=self.first.year)


def periods(kind: Kind, today: date) -> list[Period]:
    """Those of a kind, from the one that `today` lies in back."""
    length = LENGTH[kind]
    newest = (today.year * 12 + today.month - 1) // length * length
    return [_period(kind, newest - back * length) for back in range(OFFERED[kind])]


def _period(kind: Kind, month: int) -> Period:
    """The one whose first month is `month` (counted from year 0)."""
    last = month + LENGTH[kind] - 1
    return Period(kind, date(month // 12, month % 12 + 1, 1), date(last // 12, last % 12 + 1, 1))
