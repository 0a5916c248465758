"""Limits and names for reports and exported files (forms.yaml), checked when read."""

from pathlib import Path

from pydantic import Field, field_validator

from config.kept import Kept
from config.models import Strict, checked, reads
from config.settings import CONFIG_DIR
from config.words import names_in

FORMS_FILE = CONFIG_DIR / "forms.yaml"
MOST_AT_A_TIME = 8


class Receivers(Strict):
    """Who receives a place's reports; {district} and {city} (city.yaml) are filled in."""

    commune: str = Field(min_length=1)
    district: str = Field(min_length=1)
    city: str = Field(min_length=1)

    @field_validator("commune", "district", "city")
    @classmethod
    def _sayable(cls, text: str) -> str:
        wrong = sorted(names_in(text) - {"district", "city"})
        if wrong:
            raise ValueError(
                f"không có {{{wrong[0]}}}; có: {{district}}, {{city}}",
                f"there is no {{{wrong[0]}}}; there are: {{district}}, {{city}}",
            )
        return text


class Rows(Strict):
    """How many rows of a list: on the screen, in a PDF, in any file."""

    screen: int = Field(ge=10, le=1_000)
    pdf: int = Field(ge=10, le=10_000)
    file: int = Field(ge=1_000, le=1_000_000)

    def limit(self, extension: str) -> int:
        """Most rows of a file of one kind: xlsx, csv, pdf."""
        return self.pdf if extension == "pdf" else self.file


class Forms(Strict):
    """The file as a whole."""

    receivers: Receivers
    rows: Rows
    keep_minutes: int = Field(ge=1, le=1_440)
    files_each: int = Field(ge=1, le=100)
    at_a_time: int = Field(ge=1, le=MOST_AT_A_TIME)


def load(path: Path = FORMS_FILE) -> Forms:
    """Read and check the file. Raises Problem with file, line, key and what would be right."""
    return checked(path, Forms)


kept: Kept[Forms] = Kept(FORMS_FILE.name, reads(Forms))


def forms() -> Forms:
    """What is in force."""
    return kept.value()
