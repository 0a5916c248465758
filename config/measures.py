"""Measures a map can show and the class limits of each, from measures.yaml (a city may set its own)."""

import math
from bisect import bisect_left
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, RootModel, field_validator, model_validator

from config.indicators import indicators
from config.kept import Kept
from config.mistakes import nearest
from config.models import Strict, verdict
from config.problems import Problem
from config.settings import CONFIG_DIR

MEASURES_FILE = CONFIG_DIR / "measures.yaml"
Code = Literal[
    "open", "due_24h", "overdue", "overdue_rate", "suspended", "work_days", "coverage", "active_coverage",
    "quality_share",
]  # fmt: skip
"""The measures that screens ask for."""


class Scale(Strict):
    """What the file says of a measure: four limits make five classes."""

    indicator: str
    kind: Literal["count", "percent", "days"]
    limits: tuple[float, ...] = Field(min_length=4, max_length=4)
    more_is_worse: bool = True
    min_n: int = Field(default=0, ge=0)
    """Open dossiers below which a ward gets no class and no rank."""

    @field_validator("indicator")
    @classmethod
    def _known(cls, code: str) -> str:
        if code not in indicators():
            raise ValueError(*nearest(code, indicators()))
        return code

    @field_validator("limits")
    @classmethod
    def _rising(cls, limits: tuple[float, ...]) -> tuple[float, ...]:
        if list(limits) != sorted(set(limits)):
            raise ValueError(
                "bốn ngưỡng phải tăng dần, ví dụ [1, 2, 4, 8]", "the four limits must rise, for example [1, 2, 4, 8]"
            )
        return limits

    @model_validator(mode="after")
    def _possible(self) -> "Scale":
        if self.kind == "percent" and max(self.limits) > 1:
            raise ValueError("tỷ lệ không thể quá 1 (0.05 là 5 %)", "a share can't be above 1 (0.05 is 5 %)")
        return self


class Measure(Scale):
    """A scale with its code. Class i holds values up to limits[i], the last all above."""

    code: str

    def klass(self, value: float | None) -> int | None:
        """The class (0 calm … 4 needs a hand) of a value; None when there is no value."""
        if value is None or math.isnan(value):
            return None
        rank = bisect_left(self.limits, value)
        return rank if self.more_is_worse else 4 - rank


class Measures(RootModel[dict[Code, Scale]]):
    """The file: every measure once."""

    @model_validator(mode="after")
    def _all(self) -> "Measures":
        missing = [code for code in get_args(Code) if code not in self.root]
        if missing:
            raise ValueError(f"thiếu {missing[0]}", f"{missing[0]} is missing")
        return self


def read(
    path: Path = MEASURES_FILE, text: str | None = None, _: object = None
) -> tuple[dict[str, Measure] | None, list[Problem]]:
    """The file's (or the text's) measures by code, or None and all that is wrong."""
    found, problems = verdict(path, Measures, text)
    if found is None:
        return None, problems
    return {code: Measure(code=code, **dict(scale)) for code, scale in found.root.items()}, []


kept: Kept[dict[str, Measure]] = Kept(MEASURES_FILE.name, read)


def measures() -> dict[str, Measure]:
    """All measures by code, in the file's order."""
    return kept.value()
