"""What the screens of districts and wards weigh (district.yaml), checked when read."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from config.settings import CONFIG_DIR
from config.yaml_lines import checked

DISTRICT_FILE = CONFIG_DIR / "district.yaml"


class DistrictRules(BaseModel):
    """least_settled: dossiers; absent_hours: office hours; alike: dossiers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_settled: int = Field(ge=1, le=1000)
    absent_hours: float = Field(gt=0, le=400)
    alike: int = Field(ge=1, le=100)


def load(path: Path = DISTRICT_FILE) -> DistrictRules:
    """Read and check the file. Raises Problem with file, line, key and what would be right."""
    return checked(path, DistrictRules)


@lru_cache(maxsize=1)
def district_rules() -> DistrictRules:
    """The rules in force, read once."""
    return load()
