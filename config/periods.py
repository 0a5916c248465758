"""Which periods can be asked for (periods.yaml), checked when read."""

from datetime import date
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, field_validator

from config.kept import Kept
from config.models import Strict, checked, reads
from config.settings import CONFIG_DIR

PERIODS_FILE = CONFIG_DIR / "periods.yaml"
Named = Literal[
    "day", "week", "month", "quarter", "year", "reporting_month", "reporting_quarter", "reporting_year"
]  # fmt: skip
MOST = 400
"""Periods of one kind that a list can offer."""
Kind = Named | Literal["custom"]


class PeriodRules(Strict):
    """reporting_starts_on: day of the month (1: the calendar's own months); oldest: the first day there is."""

    reporting_starts_on: int = Field(ge=1, le=28)
    oldest: date
    offered: dict[Named, int]

    @field_validator("offered")
    @classmethod
    def _at_least_two(cls, offered: dict[Named, int]) -> dict[Named, int]:
        few = [kind for kind in get_args(Named) if not 2 <= offered.get(kind, 0) <= MOST]
        if few:
            raise ValueError(
                f"{few[0]}: cần ít nhất 2 kỳ, nhiều nhất {MOST}",
                f"{few[0]}: at least 2 periods are needed, at most {MOST}",
            )
        return offered


def load(path: Path = PERIODS_FILE) -> PeriodRules:
    """Read and check the file. Raises Problem with file, line, key and what would be right."""
    return checked(path, PeriodRules)


kept: Kept[PeriodRules] = Kept(PERIODS_FILE.name, reads(PeriodRules))


def period_rules() -> PeriodRules:
    """What is in force."""
    return kept.value()
