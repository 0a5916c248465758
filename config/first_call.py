"""What weighs how much in "call first" (first_call.yaml); what a city leaves out there has the values of here."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.problems import Problem
from config.settings import CONFIG_DIR
from config.yaml_lines import Entry, entries, refusal, twice_problem

log = structlog.get_logger(__name__)
FIRST_CALL_FILE = CONFIG_DIR / "first_call.yaml"
Reason = Literal[
    "overdue", "overdue_rate", "overdue_change", "oldest_days", "due_24h", "still", "link_minutes", "work_days",
    "alerts",
]  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Weight(_Strict):
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


class FirstCall(_Strict):
    """reasons: what gives points, whole after reading; `chance` in standard deviations; `least_open` dossiers;

    still_hours: office hours without a step begun or ended from which a dossier due soon counts as not moving.
    """

    reasons: dict[Reason, Weight] = DEFAULTS
    chance: float = Field(default=1.645, ge=0, le=5)
    least_open: int = Field(default=10, ge=1)
    still_hours: float = Field(default=4, gt=0, le=80)

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, given: dict[str, object]) -> dict[str, object]:
        reasons = given.get("reasons", {})
        return given | {"reasons": DEFAULTS | reasons} if isinstance(reasons, dict) else given

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
    found: dict[str, Entry] = {}
    for entry in entries(path):
        if entry.key in found:
            raise twice_problem(path, entry.key, entry.line, found[entry.key].line)
        if entry.twice is not None:
            key, line, before = entry.twice
            raise twice_problem(path, f"{entry.key}.{key}", line, before)
        found[entry.key] = entry
    try:
        return FirstCall.model_validate({key: entry.value for key, entry in found.items()})
    except ValidationError as error:
        raise refusal(path, _whole_file(found), error) from None


def _whole_file(found: dict[str, Entry]) -> Entry:
    lines = {(key, *place): line for key, entry in found.items() for place, line in entry.lines.items()}
    return Entry("", 1, None, lines | {(): 1})


@lru_cache(maxsize=1)
def first_call() -> tuple[FirstCall, Problem | None]:
    """What is in force, read once; where the file can't be right: the values of this module, and why."""
    try:
        return load(), None
    except Problem as problem:
        log.warning("first_call.yaml refused, the built-in weights stand", reason=problem.text("en"))
        return FirstCall(), problem
