"""Targets with their date and source (targets.yaml). Where sources disagree, both are shown."""

from datetime import date

from pydantic import Field, field_validator

from config.indicators import indicators
from config.kept import Kept
from config.mistakes import nearest
from config.models import Strict, reads
from config.settings import CONFIG_DIR
from config.words import Words, said

TARGETS_FILE = CONFIG_DIR / "targets.yaml"


class Target(Strict):
    """`value`: a share (0.55 = 55 %) to be reached by `by`, as `source` (dated `said`) has it."""

    indicator: str
    value: float = Field(gt=0, le=1)
    by: date
    source: Words
    said: date | None = None

    @field_validator("indicator")
    @classmethod
    def _known(cls, code: str) -> str:
        if code not in indicators():
            raise ValueError(*nearest(code, indicators()))
        return code

    def source_text(self, lang: str) -> str:
        """The document that sets it."""
        return said(self.source, lang)


kept: Kept[tuple[Target, ...]] = Kept(TARGETS_FILE.name, reads(tuple[Target, ...]))


def targets() -> tuple[Target, ...]:
    """All targets, in the file's order."""
    return kept.value()
