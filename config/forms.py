"""Limits and names for reports and exported files (forms.yaml), checked when read."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from config.settings import CONFIG_DIR
from config.yaml_lines import checked

FORMS_FILE = CONFIG_DIR / "forms.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Receivers(_Strict):
    """Who receives a place's reports; {district} and {city} are filled in."""

    commune: str
    district: str
    city: str


class Rows(_Strict):
    """How many rows of a list: on the screen, in a PDF, in any file."""

    screen: int = Field(ge=10, le=1_000)
    pdf: int = Field(ge=10, le=10_000)
    file: int = Field(ge=1_000, le=1_000_000)


class Forms(_Strict):
    """The file as a whole; city: its name as it signs."""

    city: str
    receivers: Receivers
    rows: Rows
    keep_minutes: int = Field(ge=1, le=1_440)
    files_each: int = Field(ge=1, le=100)
    at_a_time: int = Field(ge=1, le=8)


def load(path: Path = FORMS_FILE) -> Forms:
    """Read and check the file. Raises Problem with file, line, key and what would be right."""
    return checked(path, Forms)


@lru_cache(maxsize=1)
def forms() -> Forms:
    """What is in force, read once."""
    return load()
