"""What weighs how much in "call first" (first_call.yaml); what a city leaves out there has the values of here."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from config.kept import Kept
from config.models import Strict, checked, reads
from config.problems import Problem
from config.settings import CONFIG_DIR

FIRST_CALL_FILE = CONFIG_DIR / "first_call.yaml"
Reason = Literal[
    "overdue", "overdue_rate", "overdue_change", "oldest_days", "due_24h", "still", "link_minutes", "work_days",
    "alerts",
]  # fmt: skip


class Weight(Strict):
    """`weight` points from the figure `full` on, in proportion below."""

    weight: float = Field(ge=0, le=1000)
    full: float = Field(gt=0)


DEFAULTS: dict[Reason, Weight] = {
    "overdue": Weight(weight=30, full=20),
    "overdue_rate": Weight(weight=10, full=0.25),
    "overdue_change": Weight(weight=10, full=5),
    "oldest_days": Weight(weight=10, full=90),
    "due_24h": Weight(weight=10, full=10),
    "still": Weight(weight=15, full=5),
    "link_minutes": Weight(weight=20, full=60),
    "work_days": Weight(weight=5, full=10),
    "alerts": Weight(weight=15, full=2),
}


class FirstCall(Strict):
    """reasons: what gives points, whole after reading; `chance` in standard deviations; `least_open` dossiers;

    still_hours: office hours without a step begun or ended from which a dossier due soon counts as not moving.
    """

    reasons: dict[Reason, Weight] = DEFAULTS
    chance: float = Field(default=1.645, ge=0, le=5)
    least_open: int = Field(default=10, ge=1)
    still_hours: float = Field(default=4, gt=0, le=80)

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, given: object) -> object:
        if not isinstance(given, dict) or not isinstance(reasons := given.get("reasons", {}), dict):
            return given
        return given | {"reasons": DEFAULTS | reasons}

    @field_validator("reasons")
    @classmethod
    def _possible(cls, reasons: dict[Reason, Weight]) -> dict[Reason, Weight]:
        if reasons["overdue_rate"].full > 1:
            raise ValueError("tỷ lệ không thể quá 1 (0.25 là 25 %)", "a share can't be above 1 (0.25 is 25 %)")
        if not any(weight.weight for weight in reasons.values()):
            raise ValueError("cần ít nhất một lý do có trọng số", "at least one reason must have a weight")
        return reasons


def load(path: Path = FIRST_CALL_FILE) -> FirstCall:
    """Read and check the file. Raises Problem with file, line, key and what would be right."""
    return checked(path, FirstCall)


kept: Kept[FirstCall] = Kept(FIRST_CALL_FILE.name, reads(FirstCall), otherwise=FirstCall())


def first_call() -> tuple[FirstCall, Problem | None]:
    """What is in force, the values of this module where nothing better is known; and why the file is not."""
    found = kept.value()
    return found, next(iter(kept.problems()), None)
