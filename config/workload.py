"""Limits of the workload screen (workload.yaml)."""

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from config.settings import CONFIG_DIR


class WorkloadLimits(BaseModel):
    """Load indices (steps held ÷ median of peers) from which, and up to which, an officer is listed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    busy_index: float = Field(gt=1)
    idle_index: float = Field(ge=0, lt=1)


@lru_cache(maxsize=1)
def workload_limits() -> WorkloadLimits:
    """The limits in force."""
    return WorkloadLimits(**YAML(typ="safe").load((CONFIG_DIR / "workload.yaml").read_text(encoding="utf-8")))
