"""Limits of the workload screen (workload.yaml)."""

from pydantic import Field

from config.kept import Kept
from config.models import Strict, reads
from config.settings import CONFIG_DIR

WORKLOAD_FILE = CONFIG_DIR / "workload.yaml"


class WorkloadLimits(Strict):
    """Load indices (steps held ÷ median of peers) from which, and up to which, an officer is listed."""

    busy_index: float = Field(gt=1)
    idle_index: float = Field(ge=0, lt=1)


kept: Kept[WorkloadLimits] = Kept(WORKLOAD_FILE.name, reads(WorkloadLimits))


def workload_limits() -> WorkloadLimits:
    """What is in force."""
    return kept.value()
