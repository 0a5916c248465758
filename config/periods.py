"""Which periods can be asked for (periods.yaml), checked when read."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from config.settings import CONFIG_DIR
from config.yaml_lines import checked

PERIODS_FILE = CONFIG_DIR / "periods.yaml"
Named = Literal[
    "day", "week", "month", "quarter", "year", "reporting_month", "reporting_quarter", "reporting_year"
]  # fmt: skip
Kind = Named | Literal["custom"]


class PeriodRules(BaseModel):
    """reporting_starts_on: day of the month (1: the calendar's own months); oldest: the first day there is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reporting_starts_on: int = Field(ge=1, le=28)
    oldest: date
    offered: dict[Named, int]

    @field_validator("offered")
    @classmethod
    def _at_least_two(cls, offered: dict[Named, int]) -> dict[Named, int]:
        few = [kind for kind, n in offered.items() if n < 2]
        if few:
            raise ValueError(f"{few[0]}: cần ít nhất 2 kỳ", f"{few[0]}: at least 2 periods are needed")
        return offered


def load(path: Path = PERIODS_FILE) -> PeriodRules:
    """Read and check the file. Raises Problem with file, line, key and what would be right."""
    return checked(path, PeriodRules)


@lru_cache(maxsize=1)
def period_rules() -> PeriodRules:
    """The rules in force, read once."""
    return load()
