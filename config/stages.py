"""The operating stage: its five words and the criteria that set it (stages.yaml), checked when read."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from config.kept import Kept
from config.models import Strict, checked, reads
from config.settings import CONFIG_DIR
from config.words import Words, names_in

STAGES_FILE = CONFIG_DIR / "stages.yaml"
LOWEST, HIGHEST = 1, 5
CriterionCode = Literal["links_down", "overdue_rate", "surge", "data_age"]
"""The figures that data_access/stage.py can take."""


class Stage(Strict):
    """One stage: its word, and the colour it is shown in."""

    word: Words
    tone: Literal["good", "attention", "urgent"]


class Limit(Strict):
    """Reached at `up` or more, left below `down`."""

    up: float = Field(gt=0)
    down: float = Field(gt=0)

    @model_validator(mode="after")
    def _band(self) -> "Limit":
        if self.down >= self.up:
            raise ValueError(
                f"down ({self.down}) phải nhỏ hơn up ({self.up}), nếu không giai đoạn sẽ nhấp nháy",
                f"down ({self.down}) must be less than up ({self.up}), or the stage would flutter",
            )
        return self


class Minutes(Strict):
    """How long a figure must stand beyond a limit before the stage follows."""

    up: float = Field(ge=0, le=1440)
    down: float = Field(ge=0, le=1440)


class Criterion(Strict):
    """A figure with its limits by stage. percent: shares (0.05 = 5 %); times: multiples; minutes: minutes."""

    kind: Literal["percent", "times", "minutes"]
    says: Words
    limits: dict[int, Limit] = Field(min_length=1)
    minutes: Minutes

    @field_validator("limits")
    @classmethod
    def _rising(cls, limits: dict[int, Limit]) -> dict[int, Limit]:
        wrong = [stage for stage in limits if not LOWEST < stage <= HIGHEST]
        if wrong:
            raise ValueError(f"giai đoạn {wrong[0]} không có; từ 2 đến 5", f"there is no stage {wrong[0]}; use 2 to 5")
        ordered = dict(sorted(limits.items()))
        for (low, a), (high, b) in zip(list(ordered.items())[:-1], list(ordered.items())[1:], strict=True):
            if a.up >= b.up or a.down >= b.down:
                raise ValueError(
                    f"ngưỡng của giai đoạn {high} phải cao hơn giai đoạn {low}",
                    f"the limits of stage {high} must be above those of stage {low}",
                )
        return ordered

    @model_validator(mode="after")
    def _possible(self) -> "Criterion":
        if self.kind == "percent" and any(limit.up > 1 for limit in self.limits.values()):
            raise ValueError("tỷ lệ không thể quá 1 (0.05 là 5 %)", "a share can't be above 1 (0.05 is 5 %)")
        if any(names_in(text) != {"value"} for text in self.says.values()):
            raise ValueError("says phải chứa {value}, và chỉ {value}", "says must hold {value}, and no other name")
        return self


class Stages(Strict):
    """stages: 1 to 5; criteria in the file's order, which breaks ties."""

    stages: dict[int, Stage]
    criteria: dict[CriterionCode, Criterion] = Field(min_length=1)

    @field_validator("stages")
    @classmethod
    def _all_five(cls, stages: dict[int, Stage]) -> dict[int, Stage]:
        if sorted(stages) != list(range(LOWEST, HIGHEST + 1)):
            raise ValueError("cần đủ năm giai đoạn 1, 2, 3, 4, 5", "all five stages 1, 2, 3, 4, 5 are needed")
        return stages


def load(path: Path = STAGES_FILE) -> Stages:
    """Read and check the file. Raises Problem with file, line, key and what would be right."""
    return checked(path, Stages)


kept: Kept[Stages] = Kept(STAGES_FILE.name, reads(Stages))


def stages() -> Stages:
    """What is in force."""
    return kept.value()
