"""Measures a map can show and the class limits of each, from measures.yaml (a city may set its own)."""

import math
from bisect import bisect_left
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from config.settings import CONFIG_DIR


class Measure(BaseModel):
    """Four limits make five classes: class i holds values up to limits[i], the last all above."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    indicator: str
    kind: Literal["count", "percent", "days"]
    limits: tuple[float, ...] = Field(min_length=4, max_length=4)
    more_is_worse: bool = True
    min_n: int = 0
    """Open dossiers below which a ward gets no class and no rank."""

    @model_validator(mode="after")
    def _rising(self) -> "Measure":
        if list(self.limits) != sorted(set(self.limits)):
            raise ValueError(f"limits of {self.code} must rise: {self.limits}")
        return self

    def klass(self, value: float | None) -> int | None:
        """The class (0 calm … 4 needs a hand) of a value; None when there is no value."""
        if value is None or math.isnan(value):
            return None
        rank = bisect_left(self.limits, value)
        return rank if self.more_is_worse else 4 - rank


@lru_cache(maxsize=1)
def measures() -> dict[str, Measure]:
    """All measures by code, in the file's order."""
    entries = YAML(typ="safe").load((CONFIG_DIR / "measures.yaml").read_text(encoding="utf-8"))
    return {code: Measure(code=code, **entry) for code, entry in entries.items()}
